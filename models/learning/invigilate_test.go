package learning

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func TestInvigilatedIsChosenBeforeTheFirstQuiz(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session(course1, p)
		for name, c := range map[string]struct {
			actor models.Actor
			code  string
		}{"another class": {w.teacherOf(w.other), "not_found"}, "a pupil": {p, "forbidden"}, "nobody": {models.Actor{}, "unauthenticated"}} {
			_, err := w.l.SetInvigilated(ctx, c.actor, s.ID, true)
			assert.Equal(w.t, c.code, models.CodeOf(err), name)
		}
		for range 2 {
			on, err := w.l.SetInvigilated(ctx, w.teacher, s.ID, true)
			require.NoError(w.t, err)
			assert.True(w.t, on.Invigilated)
		}
		_, err := w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: course1, SessionID: s.ID})
		assert.Equal(w.t, "not_confirmed", models.CodeOf(err))
		lesson, err := w.l.Pulse(ctx, p, 0)
		require.NoError(w.t, err)
		assert.False(w.t, lesson.Confirmed)
		assert.Equal(w.t, pulseWaiting, lesson.Next)
		n, err := w.l.ConfirmPresence(ctx, w.teacher, s.ID, []models.ID{p.Person, newID()})
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, n, "somebody who has not joined is passed over")
		w.start(p, course1, s.ID)
		_, err = w.l.SetInvigilated(ctx, w.teacher, s.ID, false)
		assert.Equal(w.t, "attempts_begun", models.CodeOf(err))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM session_decisions WHERE kind = 'invigilated'"), "a repeat is no second decision")
		_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		_, err = w.l.ConfirmPresence(ctx, w.teacher, s.ID, nil)
		assert.Equal(w.t, models.KindClosed, models.KindOf(err))
	})
}

func TestConfirmTwiceAtOnce(t *testing.T) {
	each(t, func(w *world) {
		a, b := w.pupil(w.class), w.pupil(w.class)
		s := w.session(course1, a, b)
		var wg sync.WaitGroup
		var mu sync.Mutex
		sum := 0
		for range 5 {
			wg.Go(func() {
				n, err := w.l.ConfirmPresence(ctx, w.teacher, s.ID, nil)
				assert.NoError(w.t, err)
				mu.Lock()
				sum += n
				mu.Unlock()
			})
		}
		wg.Wait()
		assert.Equal(w.t, 2, sum)
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM session_decisions WHERE kind = 'confirm'"))
	})
}

// A pause keeps what was sent, holds back what comes later, and gives the time
// back.
func TestPause(t *testing.T) {
	each(t, func(w *world) {
		p, q := w.pupil(w.class), w.pupil(w.class)
		s := w.exam(p, q)
		a, b := w.start(p, course1, s.ID), w.start(q, course1, s.ID)
		w.answer(p, a.ID, 3)
		right := w.right(a.ID)
		n, err := w.l.Pause(ctx, w.teacher, s.ID, p.Person, true)
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, n)
		n, err = w.l.Pause(ctx, w.teacher, s.ID, p.Person, true)
		require.NoError(w.t, err)
		assert.Zero(w.t, n, "a repeat")
		w.answer(q, b.ID, 2) // the other goes on
		_, err = w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 4, Slot: 4, Response: right[3]})
		require.NoError(w.t, err, "it was on its way when the teacher stopped the quiz")
		w.clock.Add(30 * time.Minute) // the quiz has 20
		_, err = w.l.CloseExpired(ctx)
		require.NoError(w.t, err)
		_, err = w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 5, Slot: 5, Response: right[4]})
		assert.Equal(w.t, "paused", models.CodeOf(err))
		_, err = w.l.SaveAnswers(ctx, p, a.ID, []Answer{{Seq: 5, Slot: 5, Response: right[4]}})
		assert.Equal(w.t, "paused", models.CodeOf(err))
		_, err = w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 4, Slot: 4, Response: right[3]})
		require.NoError(w.t, err, "a repeat is acknowledged")
		_, err = w.l.Submit(ctx, p, a.ID)
		assert.Equal(w.t, "paused", models.CodeOf(err))
		lesson, err := w.l.Pulse(ctx, p, 2)
		require.NoError(w.t, err)
		assert.True(w.t, lesson.Attempt.Paused)

		n, err = w.l.Pause(ctx, w.teacher, s.ID, models.ID{}, false)
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, n, "the other's time was over meanwhile")
		now, err := w.l.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, "open", now.State)
		assert.Equal(w.t, a.DeadlineAt.Add(30*time.Minute), now.DeadlineAt)
		w.answer(p, a.ID, 10)
		out, err := w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, full, out.Score)
	})
}

// The end of the session moves with a quiz that stood, but not beyond four hours.
func TestPauseMovesTheSession(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.exam(p) // 90 minutes
		w.clock.Add(80 * time.Minute)
		a := w.start(p, course1, s.ID)
		assert.Equal(w.t, s.ClosesAt, a.DeadlineAt)
		_, err := w.l.Pause(ctx, w.teacher, s.ID, models.ID{}, true)
		require.NoError(w.t, err)
		w.clock.Add(8 * time.Minute)
		_, err = w.l.Pause(ctx, w.teacher, s.ID, models.ID{}, false)
		require.NoError(w.t, err)
		d, err := w.l.SessionDetail(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, a.StartedAt.Add(28*time.Minute), d.ClosesAt, "the 20 minutes of the quiz and the 8 it stood")
		_, err = w.l.Pause(ctx, w.teacher, s.ID, models.ID{}, true)
		require.NoError(w.t, err)
		w.clock.Add(30 * time.Minute) // nobody lets it go on: the session's end ends it
		_, err = w.l.CloseExpired(ctx)
		require.NoError(w.t, err)
		now, err := w.l.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, stateClosed, now.State)
	})
}

// Pause against hand-in: whoever is second sees the first.
func TestPauseAgainstSubmit(t *testing.T) {
	each(t, func(w *world) {
		for range 6 {
			p := w.pupil(w.class)
			s := w.exam(p)
			a := w.start(p, course1, s.ID)
			w.answer(p, a.ID, 10)
			var wg sync.WaitGroup
			var stopped int
			var handedIn error
			wg.Go(func() { stopped, _ = w.l.Pause(ctx, w.teacher, s.ID, p.Person, true) })
			wg.Go(func() { _, handedIn = w.l.Submit(ctx, p, a.ID) })
			wg.Wait()
			state := w.count("SELECT COUNT(*) FROM attempts WHERE id = ? AND state = 'submitted' AND paused_at IS NULL", a.ID)
			if stopped == 1 {
				assert.Equal(w.t, "paused", models.CodeOf(handedIn))
				assert.Zero(w.t, state)
			} else {
				require.NoError(w.t, handedIn)
				assert.Equal(w.t, 1, state)
			}
			_, err := w.l.CloseSession(ctx, w.teacher, s.ID)
			require.NoError(w.t, err)
		}
	})
}

// End against answers: what was acknowledged is graded, what was not is refused.
func TestEndAgainstAnswers(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.exam(p)
		a := w.start(p, course1, s.ID)
		right := w.right(a.ID)
		var wg sync.WaitGroup
		acked := 0
		wg.Go(func() {
			for i, r := range right {
				if _, err := w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: i + 1, Slot: i + 1, Response: r}); err != nil {
					assert.Equal(w.t, models.KindClosed, models.KindOf(err))
					return
				}
				acked++
			}
		})
		wg.Go(func() { assert.NoError(w.t, w.l.EndFor(ctx, w.teacher, s.ID, p.Person, p.Name, "left_room")) })
		wg.Wait()
		var score int
		require.NoError(w.t, w.db.Read(ctx).Raw("SELECT score FROM attempts WHERE id = ?", a.ID).Scan(&score).Error)
		assert.Equal(w.t, acked*full/10, score)
	})
}

func TestEndFor(t *testing.T) {
	each(t, func(w *world) {
		p, q := w.pupil(w.class), w.pupil(w.class)
		s := w.exam(p, q)
		a := w.start(p, course1, s.ID)
		w.answer(p, a.ID, 4)
		for name, c := range map[string]struct {
			actor  models.Actor
			person models.ID
			name   string
			reason string
			code   string
		}{
			"another teacher":  {w.teacherOf(w.other), p.Person, p.Name, "other", "not_found"},
			"another name":     {w.teacher, p.Person, q.Name, "other", "invalid"},
			"no name":          {w.teacher, p.Person, "", "other", "invalid"},
			"no such reason":   {w.teacher, p.Person, p.Name, "ill", "invalid"},
			"without a quiz":   {w.teacher, q.Person, q.Name, "other", "not_found"},
			"the pupil itself": {p, p.Person, p.Name, "other", "forbidden"},
		} {
			err := w.l.EndFor(ctx, c.actor, s.ID, c.person, c.name, c.reason)
			assert.Equal(w.t, c.code, models.CodeOf(err), name)
		}
		_, err := w.l.Pause(ctx, w.teacher, s.ID, p.Person, true)
		require.NoError(w.t, err)
		for range 2 {
			require.NoError(w.t, w.l.EndFor(ctx, w.teacher, s.ID, p.Person, models.Fold(p.Name), "left_room"), "marks and case aside, also a paused one, also twice")
		}
		now, err := w.l.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, stateClosed, now.State)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM session_decisions WHERE kind = 'end'"))
	})
}

// Reading aloud is offered in the quiz of that pupil, also in one that is open,
// and says nothing anywhere else.
func TestReadAloud(t *testing.T) {
	each(t, func(w *world) {
		p, q := w.pupil(w.class), w.pupil(w.class)
		s := w.session(course1, p, q)
		open := w.start(p, course1, s.ID)
		assert.False(w.t, open.ReadAloud)
		require.NoError(w.t, w.l.SetAccommodation(ctx, w.teacher, p.Person, Accommodation{ReadAloud: true}))
		for _, c := range []struct {
			actor models.Actor
			id    models.ID
			want  bool
		}{{p, open.ID, true}, {q, w.start(q, course1, s.ID).ID, false}} {
			a, err := w.l.Attempt(ctx, c.actor, c.id)
			require.NoError(w.t, err)
			assert.Equal(w.t, c.want, a.ReadAloud)
		}
		assert.True(w.t, w.start(p, "online_payment-thcs", models.ID{}).ReadAloud)
		assert.Equal(w.t, 20*time.Minute, open.DeadlineAt.Sub(open.StartedAt), "no more time by it")
		require.NoError(w.t, w.l.SetAccommodation(ctx, w.teacher, p.Person, Accommodation{}))
		a, err := w.l.Attempt(ctx, p, open.ID)
		require.NoError(w.t, err)
		assert.False(w.t, a.ReadAloud)
	})
}

func TestExtraTime(t *testing.T) {
	each(t, func(w *world) {
		p, q := w.pupil(w.class), w.pupil(w.class)
		for name, c := range map[string]struct {
			actor   models.Actor
			percent int
			code    string
		}{"another class": {w.teacherOf(w.other), 50, "not_found"}, "a pupil": {p, 50, "forbidden"}, "too much": {w.teacher, 101, "invalid"}, "less": {w.teacher, -1, "invalid"}} {
			assert.Equal(w.t, c.code, models.CodeOf(w.l.SetAccommodation(ctx, c.actor, p.Person, Accommodation{ExtraPercent: c.percent})), name)
		}
		require.NoError(w.t, w.l.SetAccommodation(ctx, w.teacher, p.Person, Accommodation{ExtraPercent: 25}))
		require.NoError(w.t, w.l.SetAccommodation(ctx, w.teacher, p.Person, Accommodation{ExtraPercent: 50}))
		s := w.session(course1, p, q)
		a, b := w.start(p, course1, s.ID), w.start(q, course1, s.ID)
		assert.Equal(w.t, 30*time.Minute, a.DeadlineAt.Sub(a.StartedAt))
		assert.Equal(w.t, 20*time.Minute, b.DeadlineAt.Sub(b.StartedAt))
		board, err := w.l.Live(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		sum := 0
		for _, c := range board.Pupils {
			sum += c.ExtraPercent
		}
		assert.Equal(w.t, 50, sum)
		invigilator := models.Actor{Account: newID(), Grants: []models.Grant{{Role: models.RoleInvigilator, Scope: models.ScopeClass, At: w.class}}}
		for name, actor := range map[string]models.Actor{"an invigilator": invigilator, "a pupil": p} {
			_, err := w.l.Accommodation(ctx, actor, p.Person)
			assert.Equal(w.t, "forbidden", models.CodeOf(err), name)
			assert.Equal(w.t, "forbidden", models.CodeOf(w.l.SetAccommodation(ctx, actor, p.Person, Accommodation{})), name)
		}
		_, err = w.l.Accommodation(ctx, w.teacherOf(w.other), p.Person)
		assert.Equal(w.t, "not_found", models.CodeOf(err))
		got, err := w.l.Accommodation(ctx, w.teacher, p.Person)
		require.NoError(w.t, err)
		assert.Equal(w.t, Accommodation{ExtraPercent: 50}, got)
		require.NoError(w.t, w.l.SetAccommodation(ctx, w.teacher, p.Person, Accommodation{}))
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM accommodations"))
	})
}
