package learning

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func TestAttemptsOfAnAssignment(t *testing.T) {
	each(t, func(w *world) {
		p, other := w.pupil(w.class), w.pupil(w.class)
		w.quiz(p, course1, models.ID{}, 1) // before it opens: not counted
		w.clock.Add(time.Minute)
		a := w.give(func(n *NewAssignment) {
			n.Kind, n.Attempts = AssignQuiz, new(2)
			n.Recipients = Recipients{To: ToPupils, Persons: []models.ID{p.Person}}
		})
		left := func() int { return *w.home(p)[0].AttemptsLeft }
		assert.Equal(w.t, 2, left())
		s := w.session(course1, p)
		w.quiz(p, course1, s.ID, 3)
		_, err := w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, 2, left(), "a lesson session is not counted")
		w.quiz(p, course1, models.ID{}, 5)
		assert.Equal(w.t, 1, left())
		last := w.start(p, course1, models.ID{})
		assert.Equal(w.t, 0, left())
		again, err := w.l.StartAttempt(ctx, p, NewAttempt{ID: last.ID, CourseKey: course1})
		require.NoError(w.t, err, "the last one, sent twice")
		assert.Equal(w.t, last.ID, again.ID)
		_, err = w.l.Submit(ctx, p, last.ID)
		require.NoError(w.t, err)
		_, err = w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: course1})
		assert.Equal(w.t, "no_attempts_left", models.CodeOf(err))
		var e *models.Error
		require.ErrorAs(w.t, err, &e)
		assert.Equal(w.t, a.DueAt.Format(time.RFC3339), e.Detail["until"])
		assert.Equal(w.t, models.KindClosed, e.Kind)
		assert.Equal(w.t, 50, *w.home(p)[0].BestPercent, "the best is kept")
		for range 3 {
			w.quiz(other, course1, models.ID{}, 1) // not addressed
		}
		s = w.session(course1, p)
		w.quiz(p, course1, s.ID, 9) // the lesson's own rules stand
		_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		w.clock.Add(8 * day)
		w.quiz(p, course1, models.ID{}, 1) // the limit ends with the assignment
		assert.Nil(w.t, w.home(p)[0].AttemptsLeft)
	})
}

// The catch-up list asks again from the start of today: what was tried this
// morning, before it was asked, is neither one of the tries nor held back.
func TestTriesBeforeAnAssignmentWasGiven(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		before := w.quiz(p, course1, models.ID{}, 1)
		w.clock.Add(time.Hour)
		w.give(func(n *NewAssignment) {
			n.Kind, n.Attempts, n.Release = AssignQuiz, new(2), ByHand
			n.OpensAt = w.clock.Now().Add(-8 * time.Hour)
		})
		assert.Equal(w.t, 2, *w.home(p)[0].AttemptsLeft)
		r, err := w.l.Result(ctx, p, before.AttemptID)
		require.NoError(w.t, err)
		assert.True(w.t, r.Released, "seen before, seen after")
		w.quiz(p, course1, models.ID{}, 1)
		assert.Equal(w.t, 1, *w.home(p)[0].AttemptsLeft)
		w.quiz(p, course1, models.ID{}, 1)
		_, err = w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: course1})
		assert.Equal(w.t, "no_attempts_left", models.CodeOf(err))
	})
}

// Release may only hold back: every case names when keys are seen.
func TestReleaseOfAnAssignment(t *testing.T) {
	for name, c := range map[string]struct {
		release       string
		now, due, end bool // seen after submitting, after the end, after the teacher's release
	}{
		"default":  {"", true, true, true},
		"at once":  {AtOnce, true, true, true},
		"when due": {AfterDue, false, true, true},
		"by hand":  {ByHand, false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				p := w.pupil(w.class)
				a := w.give(func(n *NewAssignment) { n.Release = c.release })
				r := w.quiz(p, course1, models.ID{}, 5)
				seen := func() bool {
					r, err := w.l.Result(ctx, p, r.AttemptID)
					require.NoError(w.t, err)
					assert.Equal(w.t, r.Released, len(r.Items) > 0)
					assert.False(w.t, r.KeysWait)
					return r.Released
				}
				assert.Equal(w.t, c.now, seen())
				w.clock.Add(8 * day)
				assert.Equal(w.t, c.due, seen())
				_, err := w.l.ReleaseAssignment(ctx, w.teacherOf(w.other), a.ID)
				assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
				_, err = w.l.ReleaseAssignment(ctx, w.teacher, a.ID)
				require.NoError(w.t, err)
				assert.Equal(w.t, c.end, seen())
			})
		})
	}
}

func TestAnAssignmentHoldsBackALesson(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.give(func(n *NewAssignment) { n.Release = ByHand })
		s := w.session(course1, p)
		id := w.quiz(p, course1, s.ID, 8).AttemptID
		_, err := w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		seen := func() bool {
			r, err := w.l.Result(ctx, p, id)
			require.NoError(w.t, err)
			return r.Released
		}
		assert.False(w.t, seen(), "the lesson is over, the assignment holds back")
		require.NoError(w.t, w.l.RemoveAssignment(ctx, w.teacher, a.ID))
		assert.True(w.t, seen(), "nothing holds back any more")
		w.give(func(n *NewAssignment) { n.Release = ByHand })
		assert.True(w.t, w.quizReleased(p), "the teacher's release of the lesson is a release by hand")
	})
}

// quizReleased takes a quiz in a new lesson and releases the lesson.
func (w *world) quizReleased(p models.Actor) bool {
	w.t.Helper()
	s := w.session(course1, p)
	id := w.quiz(p, course1, s.ID, 8).AttemptID
	_, err := w.l.Release(ctx, w.teacher, s.ID)
	require.NoError(w.t, err)
	r, err := w.l.Result(ctx, p, id)
	require.NoError(w.t, err)
	return r.Released
}

func TestCatchUp(t *testing.T) {
	each(t, func(w *world) {
		a, b, c := w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)
		over := w.give(func(n *NewAssignment) { n.Kind, n.Parts = AssignLessons, []string{"bai-1", "bai-2"} })
		later := w.give(func(n *NewAssignment) { n.DueAt = n.DueAt.Add(30 * day) })
		w.lessons(a, course1)
		_, err := w.l.PutProgress(ctx, b, course1, "bai-1", Progress{Seq: 1, CardIndex: 2, Done: true})
		require.NoError(w.t, err)
		w.clock.Add(8 * day)
		list := func() CatchUp {
			out, err := w.l.CatchUp(ctx, w.teacher, w.class)
			require.NoError(w.t, err)
			return out
		}
		got := list()
		require.Len(w.t, got.Assignments, 2)
		assert.Equal(w.t, over.ID, got.Assignments[0].Assignment.ID, "what is over comes first")
		assert.True(w.t, got.Assignments[0].Over)
		assert.False(w.t, got.Assignments[1].Over)
		assert.ElementsMatch(w.t, []NotYet{{b.Person, b.Name, "in_progress", nil}, {c.Person, c.Name, "not_started", nil}}, got.Assignments[0].NotYet)
		assert.Len(w.t, got.Assignments[1].NotYet, 3)
		require.Len(w.t, got.Skills, 5)
		for _, s := range got.Skills {
			assert.Len(w.t, s.NotYet, 3, s.Skill)
		}
		// One tap: exactly these, a week more.
		again := w.give(func(n *NewAssignment) {
			n.Kind, n.Parts = AssignLessons, []string{"bai-1", "bai-2"}
			n.Recipients = Recipients{To: ToPupils, Persons: []models.ID{b.Person, c.Person}}
		})
		got = list()
		for _, p := range got.Assignments[0].NotYet {
			assert.Equal(w.t, again.DueAt, *p.AgainUntil)
		}
		assert.Equal(w.t, []models.ID{again.ID, later.ID}, w.asked(b), "the old one gives way to the new")
		assert.Equal(w.t, []models.ID{over.ID, later.ID}, w.asked(a))
		w.lessons(b, course1)
		assert.Len(w.t, list().Assignments[0].NotYet, 1)
		_, err = w.l.CatchUp(ctx, w.teacherOf(w.other), w.class)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
	})
}
