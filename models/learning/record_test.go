package learning

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

const course1Skill = "self_protection"

func TestRecord(t *testing.T) {
	each(t, func(w *world) {
		p, other := w.pupil(w.class), w.pupil(w.other)
		w.lessons(p, course1)
		s := w.session("", p)
		w.quiz(p, course1, s.ID, 9)
		w.clock.Add(time.Minute)
		open := w.start(p, course1, s.ID)
		w.answer(p, open.ID, 3)
		r, err := w.l.Record(ctx, w.teacher, w.class, p.Person, "")
		require.NoError(w.t, err)
		require.Len(w.t, r.Skills, 5)
		one := r.skill(course1Skill)
		require.NotNil(w.t, one)
		require.Len(w.t, one.Attempts, 2)
		going, done := one.Attempts[0], one.Attempts[1]
		assert.Equal(w.t, open.ID, going.ID)
		assert.Nil(w.t, going.Percent, "a quiz being taken has no score")
		assert.Empty(w.t, going.Release)
		assert.Equal(w.t, 90, *done.Percent)
		assert.Equal(w.t, s.ID, done.Session.ID)
		assert.Equal(w.t, ReleaseHeld, done.Release, "another attempt of the course is open")
		require.Len(w.t, one.Lessons, 2)
		assert.NotNil(w.t, one.Lessons[0].DoneAt)
		assert.NotNil(w.t, one.PassedAt)
		assert.Equal(w.t, skillPassed, one.Standing.State)

		_, err = w.l.Submit(ctx, p, open.ID)
		require.NoError(w.t, err)
		_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		r, err = w.l.Record(ctx, w.teacher, w.class, p.Person, course1Skill)
		require.NoError(w.t, err)
		require.Len(w.t, r.Skills, 1)
		assert.Equal(w.t, ReleaseDone, r.Skills[0].Attempts[0].Release)
		assert.Equal(w.t, 30, *r.Skills[0].Attempts[0].Percent)

		for name, err := range map[string]error{
			"somebody of another class": second(w.l.Record(ctx, w.teacher, w.class, other.Person, "")),
			"another class":             second(w.l.Record(ctx, w.teacher, w.other, other.Person, "")),
			"an unknown skill":          second(w.l.Record(ctx, w.teacher, w.class, p.Person, "swimming")),
		} {
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err), name)
		}
		_, err = w.l.Record(ctx, p, w.class, p.Person, "")
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

func second[T any](_ T, err error) error { return err }

func TestSessionResults(t *testing.T) {
	each(t, func(w *world) {
		done, open, idle := w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)
		for name, p := range map[string]models.Actor{"Trần Văn An": done, "Lê Thị Bình": open, "Phạm Văn Chi": idle} {
			w.exec("UPDATE persons SET full_name = ?, sort_key = ? WHERE id = ?", name, models.SortKey(name), p.Person)
		}
		s := w.session("", done, open, idle)
		w.quiz(done, course1, s.ID, 8)
		w.answer(open, w.start(open, course1, s.ID).ID, 5)
		session, rows, err := w.l.SessionResults(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, s.Code, session.Code)
		require.Len(w.t, rows, 3)
		assert.Equal(w.t, 80, *rows[0].Percent)
		assert.Equal(w.t, 8, *rows[0].Correct)
		assert.True(w.t, *rows[0].Passed)
		assert.Equal(w.t, "open", rows[1].State)
		assert.Nil(w.t, rows[1].Percent)
		assert.Nil(w.t, rows[1].Correct)
		assert.Nil(w.t, rows[1].Passed)
		assert.Equal(w.t, "in", rows[2].State)
		_, _, err = w.l.SessionResults(ctx, w.teacherOf(w.other), s.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
	})
}

func TestSchoolBoard(t *testing.T) {
	each(t, func(w *world) {
		b, a := w.pupil(w.other), w.pupil(w.class)
		eighth := newID()
		w.addClass(eighth, "8A", 8)
		w.pupil(eighth)
		old := newID()
		w.exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, '2025-2026', 7, '7A', ?)", old, w.school, w.clock.Now())
		admin := models.Actor{Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: w.school}}}
		classes, rows, err := w.l.SchoolBoard(ctx, admin, SchoolPart{})
		require.NoError(w.t, err)
		assert.Equal(w.t, []string{"7A", "7B", "8A"}, []string{classes[0].Name, classes[1].Name, classes[2].Name}, "of this year, as a school counts them")
		assert.Len(w.t, rows, 3)
		_, rows, err = w.l.SchoolBoard(ctx, admin, SchoolPart{School: w.school, Grade: 7})
		require.NoError(w.t, err)
		require.Len(w.t, rows, 2)
		assert.Equal(w.t, []models.ID{b.Person, a.Person}, []models.ID{rows[0].PersonID, rows[1].PersonID}, "all together by name")
		assert.Equal(w.t, "7B", rows[0].ClassName)
		_, rows, err = w.l.SchoolBoard(ctx, admin, SchoolPart{Year: "2025-2026"})
		require.NoError(w.t, err)
		assert.Empty(w.t, rows)
		classes, _, err = w.l.SchoolBoard(ctx, w.teacher, SchoolPart{})
		require.NoError(w.t, err)
		require.Len(w.t, classes, 1, "a teacher sees the own class only")
		assert.Equal(w.t, w.class, classes[0].ID)
		for name, part := range map[string]SchoolPart{"another school": {School: newID()}, "no such grade": {Grade: 9}, "no such year": {Year: "2030-2031"}} {
			_, _, err = w.l.SchoolBoard(ctx, admin, part)
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err), name)
		}
		_, _, err = w.l.SchoolBoard(ctx, a, SchoolPart{})
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}
