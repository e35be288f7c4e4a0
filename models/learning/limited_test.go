package learning

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// limitedTo is a module teacher who has a class or school for one course.
func limitedTo(scope models.ScopeKind, at models.ID, course string) models.Actor {
	return models.Actor{Account: newID(), Name: "Thầy Nam", Grants: []models.Grant{{Role: models.RoleModuleTeacher, Scope: scope, At: at, Course: course}}}
}

// A teacher who was given one course in a class opens, assigns and sees this
// course, and nothing else of the class.
func TestModuleTeacherOfOneCourse(t *testing.T) {
	each(t, func(w *world) {
		const course2 = "online_shopping-thcs"
		p := w.pupil(w.class)
		nam := limitedTo(models.ScopeClass, w.class, course1)
		open := func(who models.Actor, course string) (Session, error) {
			return w.l.OpenSession(ctx, who, NewSession{ID: newID(), ClassID: w.class, CourseKey: course, Minutes: 45})
		}
		for _, course := range []string{"", course2} {
			_, err := open(nam, course)
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err), course)
		}
		s, err := open(nam, course1)
		require.NoError(w.t, err)
		_, err = w.l.JoinSession(ctx, p, s.Code)
		require.NoError(w.t, err)
		w.lessons(p, course1)
		w.quiz(p, course1, s.ID, 9)
		_, results, err := w.l.SessionResults(ctx, nam, s.ID)
		require.NoError(w.t, err)
		assert.Len(w.t, results, 1)
		heads, err := w.l.Classes(ctx, nam)
		require.NoError(w.t, err)
		require.Len(w.t, heads, 1)
		assert.Equal(w.t, []any{[]string{course1}, s.ID, 0}, []any{heads[0].Courses, heads[0].Session.ID, heads[0].Certified})
		_, err = w.l.CloseSession(ctx, nam, s.ID)
		require.NoError(w.t, err)
		w.exec(`INSERT INTO question_reports (id, person_id, class_id, course_key, question_key, question_hash, place, reason, note, reported_at)
			VALUES (?, ?, ?, ?, 'q-00', 'x', 'practice', 'unclear', '', ?)`, newID(), p.Person, w.class, course2, w.clock.Now())
		reported, err := w.l.ClassReports(ctx, nam, w.class)
		require.NoError(w.t, err)
		assert.Empty(w.t, reported)

		// The class's own lesson, of any course or of another, is not theirs.
		for _, course := range []string{"", course2} {
			own, err := open(w.teacher, course)
			require.NoError(w.t, err)
			heads, err = w.l.Classes(ctx, nam)
			require.NoError(w.t, err)
			assert.Nil(w.t, heads[0].Session, "no code of another lesson")
			_, err = w.l.CloseSession(ctx, nam, own.ID)
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
			_, _, err = w.l.SessionResults(ctx, nam, own.ID)
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
			_, err = w.l.CloseSession(ctx, w.teacher, own.ID)
			require.NoError(w.t, err)
		}
		held, err := w.l.Sessions(ctx, nam, w.class)
		require.NoError(w.t, err)
		require.Len(w.t, held, 1, "of three lessons the own one")
		assert.Equal(w.t, s.ID, held[0].ID)

		theirs := w.give(nil)
		others := w.give(func(n *NewAssignment) { n.CourseKey = course2 })
		list, err := w.l.Assignments(ctx, nam, w.class)
		require.NoError(w.t, err)
		require.Len(w.t, list, 1)
		assert.Equal(w.t, theirs.ID, list[0].ID)
		assert.NoError(w.t, second(w.l.EditAssignment(ctx, nam, theirs.ID, theirs.Version, Terms{OpensAt: theirs.OpensAt, DueAt: theirs.DueAt.Add(day)})))
		for name, err := range map[string]error{
			"edits":      second(w.l.EditAssignment(ctx, nam, others.ID, others.Version, Terms{OpensAt: others.OpensAt, DueAt: others.DueAt.Add(day)})),
			"ends":       second(w.l.EndAssignment(ctx, nam, others.ID)),
			"removes":    w.l.RemoveAssignment(ctx, nam, others.ID),
			"assigns":    second(w.l.Assign(ctx, nam, NewAssignment{ID: newID(), ClassID: w.class, CourseKey: course2, Terms: Terms{OpensAt: w.clock.Now(), DueAt: w.clock.Now().Add(day)}})),
			"copies":     second(w.l.CopyAssignment(ctx, nam, others.ID, []Copy{{ID: newID(), ClassID: w.other}})),
			"groups":     second(w.l.PutGroup(ctx, nam, Group{ID: newID(), ClassID: w.class, Name: "x"})),
			"arranges":   w.l.SetAccommodation(ctx, nam, p.Person, Accommodation{ExtraPercent: 10}),
			"scenarios":  second(w.l.ClassRegrades(ctx, nam, w.class)),
			"elsewhere":  second(w.l.Board(ctx, nam, w.other)),
			"other year": second(w.l.Assignments(ctx, limitedTo(models.ScopeClass, w.other, course1), w.class)),
		} {
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err), name)
		}

		b, err := w.l.Board(ctx, nam, w.class)
		require.NoError(w.t, err)
		row := b.Students[0]
		assert.Equal(w.t, []string{skillPassed, skillNotAvailable}, []string{row.Skills["self_protection"].State, row.Skills["online_shopping"].State})
		assert.True(w.t, row.Certificate == nil && row.Household == nil && row.LastWork == "")
		r, err := w.l.Record(ctx, nam, w.class, p.Person, "")
		require.NoError(w.t, err)
		require.Len(w.t, r.Skills, 1)
		assert.Equal(w.t, []any{"self_protection", 1}, []any{r.Skills[0].Skill, len(r.Skills[0].Attempts)})
		up, err := w.l.CatchUp(ctx, nam, w.class)
		require.NoError(w.t, err)
		assert.Len(w.t, up.Skills, 1)
		for _, a := range up.Assignments {
			assert.Equal(w.t, course1, a.Assignment.CourseKey)
		}
		_, _, err = w.l.SchoolBoard(ctx, nam, SchoolPart{})
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
	})
}

// The limit may hold for a whole school; beside a role without a limit it takes
// nothing away.
func TestLimitedReach(t *testing.T) {
	each(t, func(w *world) {
		w.pupil(w.class)
		school := limitedTo(models.ScopeSchool, w.school, course1)
		for _, class := range []models.ID{w.class, w.other} {
			_, err := w.l.OpenSession(ctx, school, NewSession{ID: newID(), ClassID: class, CourseKey: course1, Minutes: 45})
			require.NoError(w.t, err)
		}
		heads, err := w.l.Classes(ctx, school)
		require.NoError(w.t, err)
		assert.Len(w.t, heads, 2)
		both := school
		both.Grants = append(append([]models.Grant{}, school.Grants...), w.teacher.Grants...)
		heads, err = w.l.Classes(ctx, both)
		require.NoError(w.t, err)
		for _, h := range heads {
			assert.Equal(w.t, h.ID == w.class, len(h.Courses) == 0, h.Name)
		}
		b, err := w.l.Board(ctx, both, w.class)
		require.NoError(w.t, err)
		assert.NotEqual(w.t, skillNotAvailable, b.Students[0].Skills["online_shopping"].State)
	})
}
