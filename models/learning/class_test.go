package learning

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store/storetest"
)

func worldOnSQLite(t *testing.T) *world {
	clock := storetest.NewClock()
	return newWorld(t, storetest.SQLite(t, clock.Now), clock)
}

func TestAssign(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		w.pupil(w.class)
		n := NewAssignment{ID: newID(), ClassID: w.class, CourseKey: course1, Terms: Terms{OpensAt: w.clock.Now(), DueAt: w.clock.Now().AddDate(0, 0, 7)}}
		a, err := w.l.Assign(ctx, w.teacher, n)
		require.NoError(w.t, err)
		assert.Equal(w.t, Assignment{ID: n.ID, ClassID: w.class, Kind: AssignCourse, CourseKey: course1, Parts: []string{}, Title: "Khóa self_protection 1",
			Recipients: Recipients{To: ToClass, Persons: []models.ID{}}, OpensAt: n.OpensAt, DueAt: n.DueAt, Release: AfterClose, Total: 2}, a)
		again, err := w.l.Assign(ctx, w.teacher, n)
		require.NoError(w.t, err)
		assert.Equal(w.t, a, again)
		taken := n
		taken.CourseKey = "online_payment-thcs"
		_, err = w.l.Assign(ctx, w.teacher, taken)
		assert.Equal(w.t, "id_taken", models.CodeOf(err))

		state := func() string {
			h, err := w.l.Home(ctx, p)
			require.NoError(w.t, err)
			require.Len(w.t, h.Assignments, 1)
			return h.Assignments[0].State
		}
		assert.Equal(w.t, "not_started", state())
		_, err = w.l.PutProgress(ctx, p, course1, "bai-1", Progress{Seq: 1})
		require.NoError(w.t, err)
		assert.Equal(w.t, "in_progress", state())
		w.clock.Add(8 * 24 * time.Hour)
		assert.Equal(w.t, "overdue", state())
		w.quiz(p, course1, models.ID{}, 9)
		assert.Equal(w.t, "done", state())
		list, err := w.l.Assignments(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		require.Len(w.t, list, 1)
		assert.Equal(w.t, 1, list[0].Done)

		_, err = w.l.Assignments(ctx, w.teacherOf(w.other), w.class)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		assert.Equal(w.t, models.KindNotFound, models.KindOf(w.l.RemoveAssignment(ctx, w.teacherOf(w.other), n.ID)))
		assert.Equal(w.t, models.KindNotFound, models.KindOf(w.l.RemoveAssignment(ctx, w.teacher, newID())))
		for range 2 {
			require.NoError(w.t, w.l.RemoveAssignment(ctx, w.teacher, n.ID))
		}
		list, err = w.l.Assignments(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		assert.Empty(w.t, list)
	})
}

func TestAssignRefusals(t *testing.T) {
	each(t, func(w *world) {
		now := w.clock.Now()
		good := NewAssignment{ID: newID(), ClassID: w.class, CourseKey: course1, Terms: Terms{OpensAt: now, DueAt: now.Add(time.Hour)}}
		for name, c := range map[string]struct {
			change func(*NewAssignment)
			field  string
		}{
			"no id":          {func(n *NewAssignment) { n.ID = models.ID{} }, "body.id"},
			"unknown course": {func(n *NewAssignment) { n.CourseKey = "x" }, "body.course_key"},
			"no opening":     {func(n *NewAssignment) { n.OpensAt = time.Time{} }, "body.opens_at"},
			"due first":      {func(n *NewAssignment) { n.DueAt = n.OpensAt }, "body.due_at"},
			"past":           {func(n *NewAssignment) { n.OpensAt, n.DueAt = now.Add(-2*time.Hour), now }, "body.due_at"},
			"years":          {func(n *NewAssignment) { n.DueAt = now.AddDate(2, 0, 0) }, "body.due_at"},
			"release":        {func(n *NewAssignment) { n.Release = "never" }, "body.release"},
		} {
			n := good
			c.change(&n)
			_, err := w.l.Assign(ctx, w.teacher, n)
			var e *models.Error
			require.ErrorAs(w.t, err, &e, name)
			require.Len(w.t, e.Fields, 1, name)
			assert.Equal(w.t, c.field, e.Fields[0].Location, name)
		}
		_, err := w.l.Assign(ctx, w.teacherOf(w.other), good)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.Assign(ctx, w.pupil(w.class), good)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM assignments"))
	})
}

func TestHomeShowsTheNextStep(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		next := func() NextStep {
			h, err := w.l.Home(ctx, p)
			require.NoError(w.t, err)
			require.NotNil(w.t, h.Next)
			return *h.Next
		}
		n := next()
		assert.Equal(w.t, NextStep{Kind: "lesson", CourseKey: "public_services-thcs", LessonKey: new("bai-1"), Title: "Bài 1", Minutes: 8, CardsTotal: 3}, n)
		_, err := w.l.Assign(ctx, w.teacher, NewAssignment{ID: newID(), ClassID: w.class, CourseKey: course1,
			Terms: Terms{OpensAt: w.clock.Now(), DueAt: w.clock.Now().Add(time.Hour)}})
		require.NoError(w.t, err)
		_, err = w.l.PutProgress(ctx, p, course1, "bai-1", Progress{Seq: 1, CardIndex: 1})
		require.NoError(w.t, err)
		n = next()
		assert.Equal(w.t, course1, n.CourseKey, "what the teacher asks for comes first")
		assert.Equal(w.t, 1, n.Card, "at the exact card")
		w.lessons(p, course1)
		assert.Equal(w.t, NextStep{Kind: "quiz", CourseKey: course1, Title: "Khóa self_protection 1", Minutes: 20}, next())
		w.quiz(p, course1, models.ID{}, 10)
		assert.Equal(w.t, "lesson", next().Kind, "a good quiz at home: the next skill while no session is open")

		s, err := w.l.OpenSession(ctx, w.teacher, NewSession{ID: newID(), ClassID: w.class, CourseKey: course1, Minutes: 45})
		require.NoError(w.t, err)
		assert.Equal(w.t, "join_session", next().Kind)
		h, err := w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.Empty(w.t, h.Session.Code, "the code stays on the wall")
		assert.NotContains(w.t, mustJSON(w.t, h), s.Code)
		_, err = w.l.JoinSession(ctx, p, s.Code)
		require.NoError(w.t, err)
		assert.Equal(w.t, "quiz", next().Kind)
		a := w.start(p, course1, s.ID)
		w.answer(p, a.ID, 3)
		h, err = w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.Equal(w.t, &OpenAttempt{ID: a.ID, CourseKey: course1, Answered: 3, Slots: 10}, h.OpenAttempt)
		assert.True(w.t, h.Session.Joined)
		assert.Equal(w.t, s.Code, h.Session.Code)
		assert.Equal(w.t, "quiz", h.Next.Kind)
		assert.Equal(w.t, HomePerson{DisplayName: p.Name, ClassName: "7A", SchoolName: "THCS Ba Chẽ"}, h.Person)

		_, err = w.l.Home(ctx, w.teacher)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

func TestHomeOfACertifiedPupil(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		for _, skill := range certificate.Skills {
			w.lessons(p, skill+"-thcs")
			w.quiz(p, skill+"-thcs", s.ID, 10)
		}
		h, err := w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.Equal(w.t, "certificate", h.Next.Kind)
		assert.Equal(w.t, certificate.Valid, h.Certificate.Status)
		for _, tile := range h.Skills {
			assert.Equal(w.t, skillPassed, tile.State)
			assert.Equal(w.t, w.clock.Now(), *tile.PassedAt)
		}
		// One who has left school keeps everything.
		w.exec("UPDATE enrolments SET live = NULL WHERE person_id = ?", p.Person)
		h, err = w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.NotNil(w.t, h.Certificate)
		assert.Empty(w.t, h.Person.ClassName)
	})
}

func TestBoard(t *testing.T) {
	each(t, func(w *world) {
		passed, begun, idle := w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)
		w.pupil(w.other)
		for name, p := range map[string]models.Actor{"Trần Văn Ánh": passed, "Lê Thị Bình": begun, "Phạm Văn An": idle} {
			w.exec("UPDATE persons SET full_name = ?, sort_key = ? WHERE id = ?", name, models.SortKey(name), p.Person)
		}
		s := w.session("", passed, begun)
		w.lessons(passed, course1)
		w.quiz(passed, course1, s.ID, 9)
		w.quiz(begun, course1, s.ID, 4)
		b, err := w.l.Board(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		require.Len(w.t, b.Students, 3)
		assert.Equal(w.t, []string{"An", "Ánh", "Bình"}, []string{b.Students[0].SortKeyGiven, b.Students[1].SortKeyGiven, b.Students[2].SortKeyGiven})
		skill := "self_protection"
		assert.Equal(w.t, BoardSkill{State: skillNotStarted, LessonsTotal: 2}, b.Students[0].Skills[skill])
		assert.Equal(w.t, BoardSkill{State: skillPassed, BestPercent: new(90), LessonsDone: 2, LessonsTotal: 2}, b.Students[1].Skills[skill])
		assert.Equal(w.t, BoardSkill{State: skillLearning, BestPercent: new(40), LessonsTotal: 2}, b.Students[2].Skills[skill])
		assert.Equal(w.t, 1, b.Totals.BySkill[skill])
		assert.Equal(w.t, 3, b.Totals.Students)
		assert.Len(w.t, b.Students[0].Skills, 5)
		_, err = w.l.Board(ctx, w.teacherOf(w.other), w.class)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.Board(ctx, passed, w.class)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))

		admin := models.Actor{Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: w.school}}}
		classes, err := w.l.Classes(ctx, admin)
		require.NoError(w.t, err)
		require.Len(w.t, classes, 2)
		assert.Equal(w.t, "7A", classes[0].Name)
		assert.Equal(w.t, 3, classes[0].Students)
		assert.Equal(w.t, s.Code, classes[0].Session.Code)
		assert.Equal(w.t, 1, classes[1].Students)
		mine, err := w.l.Classes(ctx, w.teacher)
		require.NoError(w.t, err)
		assert.Equal(w.t, classes[:1], mine)
		_, err = w.l.Sessions(ctx, w.teacherOf(w.other), w.class)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.SessionDetail(ctx, w.teacherOf(w.other), s.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))

		days := func() (list []string) {
			b, err := w.l.Board(ctx, w.teacher, w.class)
			require.NoError(w.t, err)
			for _, x := range b.Students {
				list = append(list, x.LastWork)
			}
			return list
		}
		assert.Equal(w.t, []string{"", "2026-11-23", "2026-11-23"}, days())
		w.clock.Add(64 * time.Hour) // past midnight in Viet Nam, still the day before in UTC
		w.lessons(begun, course1)
		assert.Equal(w.t, []string{"", "2026-11-23", "2026-11-26"}, days(), "a step in a lesson counts as a quiz does")
	})
}

// A board costs the same number of statements for one pupil and for 45.
func TestBoardIsNotNPlusOne(t *testing.T) {
	w := worldOnSQLite(t)
	cost := func() int {
		before := statements.Load()
		_, err := w.l.Board(ctx, w.teacher, w.class)
		require.NoError(t, err)
		return int(statements.Load() - before)
	}
	countStatements(t, w.db)
	w.pupil(w.class)
	cost() // the published courses are read once
	one := cost()
	for range 44 {
		w.pupil(w.class)
	}
	assert.Equal(t, one, cost())
	assert.LessOrEqual(t, one, 9, fmt.Sprint(one))
}
