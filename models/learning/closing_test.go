package learning

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func TestClosingSheet(t *testing.T) {
	each(t, func(w *world) {
		finished, ended, late, idle, absent := w.pupil(w.class), w.pupil(w.class), w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)
		s := w.exam(finished, ended, late, idle)
		w.quiz(finished, course1, s.ID, 9)
		w.answer(ended, w.start(ended, course1, s.ID).ID, 2)
		w.answer(late, w.start(late, course1, s.ID).ID, 5)
		_, err := w.l.ClosingSheet(ctx, w.teacher, s.ID)
		assert.Equal(w.t, "still_open", models.CodeOf(err))
		assert.Equal(w.t, "still_open", models.CodeOf(w.l.NoteIncident(ctx, w.teacher, s.ID, idle.Person, "other")))
		require.NoError(w.t, w.l.EndFor(ctx, w.teacher, s.ID, ended.Person, ended.Name, "technical"))
		w.clock.Add(longestSession * 60e9)
		_, err = w.l.CloseExpired(ctx)
		require.NoError(w.t, err)

		sheet, err := w.l.ClosingSheet(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, sheet.Finished)
		how := map[models.ID]Unfinished{}
		for _, u := range sheet.Unfinished {
			how[u.PersonID] = u
		}
		assert.Len(w.t, how, 4)
		for p, want := range map[models.ID]string{ended.Person: "by_teacher", late.Person: "by_clock", idle.Person: "not_started", absent.Person: "absent"} {
			assert.Equal(w.t, want, how[p].How)
		}
		assert.Equal(w.t, 5, how[late.Person].Answered)
		assert.Equal(w.t, "end", sheet.Record[len(sheet.Record)-1].Kind)

		note := func(actor models.Actor, p models.ID, category string) string {
			return models.CodeOf(w.l.NoteIncident(ctx, actor, s.ID, p, category))
		}
		for _, category := range IncidentCategories {
			assert.Empty(w.t, note(w.teacher, late.Person, category))
		}
		assert.Empty(w.t, note(w.teacher, idle.Person, "site_blocked"))
		assert.Empty(w.t, note(w.teacher, absent.Person, "name_fix"))
		assert.Empty(w.t, note(w.teacher, absent.Person, ""))
		assert.Equal(w.t, "invalid", note(w.teacher, late.Person, "was ill"), "categories only")
		assert.Equal(w.t, "not_found", note(w.teacher, w.pupil(w.other).Person, "other"))
		assert.Equal(w.t, "not_found", note(w.teacherOf(w.other), late.Person, "other"))

		list, err := w.l.Incidents(ctx, models.System())
		require.NoError(w.t, err)
		require.Len(w.t, list, 1)
		assert.Equal(w.t, SchoolIncidents{SchoolID: w.school, SchoolName: "THCS Ba Chẽ", Sessions: 1, Total: 2,
			Categories: map[string]int{"other": 1, "site_blocked": 1}}, list[0])
		elsewhere := models.Actor{Account: newID(), Grants: []models.Grant{{Role: models.RoleDeptOfficer, Scope: models.ScopeArea, At: newID()}}}
		list, err = w.l.Incidents(ctx, elsewhere)
		require.NoError(w.t, err)
		assert.Empty(w.t, list)
		_, err = w.l.Incidents(ctx, w.teacher)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}
