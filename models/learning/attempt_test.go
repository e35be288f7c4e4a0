package learning

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func TestStartAttemptIsIdempotent(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		n := NewAttempt{ID: newID(), CourseKey: course1}
		first, err := w.l.StartAttempt(ctx, p, n)
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, first.CurrentSlot)
		assert.Equal(w.t, w.clock.Now().Add(20*time.Minute), first.DeadlineAt)
		w.clock.Add(time.Minute)
		again, err := w.l.StartAttempt(ctx, p, n)
		require.NoError(w.t, err)
		assert.Equal(w.t, first, again)

		_, err = w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: course1})
		var e *models.Error
		require.ErrorAs(w.t, err, &e)
		assert.Equal(w.t, "attempt_open", e.Code)
		assert.Equal(w.t, n.ID.String(), e.Detail["id"])

		_, err = w.l.StartAttempt(ctx, w.pupil(w.class), n)
		assert.Equal(w.t, "id_taken", models.CodeOf(err))
		_, err = w.l.StartAttempt(ctx, p, NewAttempt{ID: n.ID, CourseKey: "online_payment-thcs"})
		assert.Equal(w.t, "id_taken", models.CodeOf(err))
		_, err = w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: "x"})
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.StartAttempt(ctx, p, NewAttempt{CourseKey: course1})
		assert.Equal(w.t, models.KindInvalid, models.KindOf(err))

		_, err = w.l.Submit(ctx, p, n.ID)
		require.NoError(w.t, err)
		again, err = w.l.StartAttempt(ctx, p, n)
		require.NoError(w.t, err)
		assert.Equal(w.t, stateSubmitted, again.State)
		w.start(p, course1, models.ID{}) // a new one may begin
	})
}

func TestOneOpenAttemptUnderConcurrency(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		var wg sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]int{}
		for range 8 {
			wg.Go(func() {
				_, err := w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: course1})
				mu.Lock()
				defer mu.Unlock()
				codes[models.CodeOf(err)]++
			})
		}
		wg.Wait()
		assert.Equal(w.t, map[string]int{"": 1, "attempt_open": 7}, codes)
	})
}

func TestOnlyAJoinedSessionOfTheOwnClassCounts(t *testing.T) {
	each(t, func(w *world) {
		in, out, other := w.pupil(w.class), w.pupil(w.class), w.pupil(w.other)
		s := w.session("online_payment-thcs", in)
		try := func(p models.Actor, course string, session models.ID) error {
			_, err := w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: course, SessionID: session})
			return err
		}
		assert.Equal(w.t, models.KindNotFound, models.KindOf(try(out, "online_payment-thcs", s.ID)), "not joined")
		assert.Equal(w.t, models.KindNotFound, models.KindOf(try(other, "online_payment-thcs", s.ID)), "other class")
		assert.Equal(w.t, models.KindNotFound, models.KindOf(try(in, "online_payment-thcs", newID())), "no such session")
		assert.Equal(w.t, models.KindInvalid, models.KindOf(try(in, course1, s.ID)), "another course")
		a := w.start(in, "online_payment-thcs", s.ID)
		assert.True(w.t, a.Counts)

		// A pupil who changes class after joining is no longer of this class.
		w.exec("UPDATE enrolments SET class_id = ? WHERE person_id = ?", w.other, in.Person)
		_, err := w.l.Submit(ctx, in, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(try(in, "online_payment-thcs", s.ID)))
		w.exec("UPDATE enrolments SET class_id = ? WHERE person_id = ?", w.class, in.Person)
		w.clock.Add(91 * time.Minute)
		assert.Equal(w.t, models.KindClosed, models.KindOf(try(in, "online_payment-thcs", s.ID)), "over")
	})
}

func TestDeadlineIsThatOfTheSession(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		w.clock.Add(80 * time.Minute)
		a := w.start(p, course1, s.ID)
		assert.Equal(w.t, s.ClosesAt, a.DeadlineAt)
		_, err := w.l.Extend(ctx, w.teacher, s.ID, 5)
		require.NoError(w.t, err)
		a, err = w.l.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, s.ClosesAt.Add(5*time.Minute), a.DeadlineAt)
		_, err = w.l.Extend(ctx, w.teacher, s.ID, 60)
		require.NoError(w.t, err)
		a, err = w.l.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, a.StartedAt.Add(20*time.Minute), a.DeadlineAt, "never longer than the quiz")
	})
}

// A quiz whose time is over is submitted with what was saved: when somebody
// looks, or by the background work.
func TestExpiredAttempts(t *testing.T) {
	each(t, func(w *world) {
		looked, swept, fresh := w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)
		a, b := w.start(looked, course1, models.ID{}), w.start(swept, course1, models.ID{})
		w.answer(looked, a.ID, 6)
		w.answer(swept, b.ID, 7)
		w.clock.Add(20*time.Minute + grace)
		w.answer(swept, b.ID, 1) // the last second, on its way
		c := w.start(fresh, course1, models.ID{})
		w.clock.Add(time.Second)
		_, err := w.l.SaveAnswer(ctx, looked, a.ID, Answer{Seq: 7, Slot: 1, Response: w.right(a.ID)[0]})
		assert.Equal(w.t, models.KindClosed, models.KindOf(err))

		got, err := w.l.Attempt(ctx, looked, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, stateClosed, got.State)
		assert.Equal(w.t, a.DeadlineAt, *got.SubmittedAt)
		n, err := w.l.CloseExpired(ctx)
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, n)
		n, err = w.l.CloseExpired(ctx)
		require.NoError(w.t, err)
		assert.Zero(w.t, n)
		for id, want := range map[models.ID]int{a.ID: 60, b.ID: 70} {
			assert.Equal(w.t, want*100, w.count("SELECT score FROM attempts WHERE id = ?", id))
		}
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM attempts WHERE state = 'open' AND id = ?", c.ID))

		// A new attempt is not blocked by one whose time is over.
		w.clock.Add(time.Hour)
		w.start(fresh, course1, models.ID{})
		late := w.start(looked, course1, models.ID{})
		w.clock.Add(time.Hour)
		out, err := w.l.Submit(ctx, looked, late.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, late.DeadlineAt, out.SubmittedAt, "submitting too late counts from the deadline")
	})
}

func TestResumeAtTheExactStep(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		w.answer(p, a.ID, 4)
		require.NoError(w.t, w.l.SetPosition(ctx, p, a.ID, 5))
		phone := New(w.db, Options{}) // another device reaches another copy
		got, err := phone.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, 5, got.CurrentSlot)
		assert.Len(w.t, got.Answers, 4)
		assert.Equal(w.t, 4, got.LastSeq)
		assert.Equal(w.t, a.Items, got.Items)
		for _, slot := range []int{0, 11, -1} {
			assert.Equal(w.t, models.KindInvalid, models.KindOf(w.l.SetPosition(ctx, p, a.ID, slot)))
		}
		stranger := w.pupil(w.class)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(w.l.SetPosition(ctx, stranger, a.ID, 1)))
		_, err = w.l.Attempt(ctx, stranger, a.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.Submit(ctx, stranger, a.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.Result(ctx, stranger, a.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.Result(ctx, p, a.ID)
		assert.Equal(w.t, "not_submitted", models.CodeOf(err))
	})
}

// A class steps on at once: everybody's last step is kept, nobody else's moves.
func TestPositionsOfAClass(t *testing.T) {
	each(t, func(w *world) {
		still := w.pupil(w.class)
		rest := w.start(still, course1, models.ID{})
		want := map[models.ID]int{rest.ID: 1}
		var wg sync.WaitGroup
		for i := range 12 {
			p := w.pupil(w.class)
			a := w.start(p, course1, models.ID{})
			want[a.ID] = 1 + i%10
			wg.Go(func() {
				for _, slot := range []int{10, 3, 1 + i%10} {
					assert.NoError(w.t, w.l.SetPosition(ctx, p, a.ID, slot))
				}
			})
		}
		wg.Wait()
		for id, slot := range want {
			assert.Equal(w.t, slot, w.count("SELECT position FROM attempts WHERE id = ?", id))
		}
	})
}

func TestMyAttempts(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		w.quiz(p, course1, models.ID{}, 7)
		w.clock.Add(time.Minute)
		w.start(p, course1, models.ID{})
		list, err := w.l.MyAttempts(ctx, p)
		require.NoError(w.t, err)
		require.Len(w.t, list, 2)
		assert.Equal(w.t, stateOpen, list[0].State)
		assert.Nil(w.t, list[0].Percent)
		assert.Equal(w.t, 70, *list[1].Percent)
		assert.False(w.t, list[1].Passed)
		empty, err := w.l.MyAttempts(ctx, w.pupil(w.class))
		require.NoError(w.t, err)
		assert.Empty(w.t, empty)
	})
}

func TestFrozenCacheIsBounded(t *testing.T) {
	c := newFrozenCache()
	first := &frozen{ID: newID()}
	c.add(first)
	for range frozenMost {
		c.add(&frozen{ID: newID()})
	}
	assert.Same(t, first, c.get(first.ID), "what is asked for moves on")
	for range 2 * frozenMost {
		c.add(&frozen{ID: newID()})
	}
	assert.Nil(t, c.get(first.ID))
	assert.LessOrEqual(t, len(c.young)+len(c.old), 2*frozenMost)
}
