package learning

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// Two copies of the program get the same batch, and another one, many times
// over: one is taken.
func TestLateBatchIsTakenOnceUnderConcurrency(t *testing.T) {
	each(t, func(w *world) {
		q := w.lateQuiz()
		q.deadline()
		other := New(w.db, Options{})
		batches := []LateBatch{{ID: newID(), Answers: q.kept(5)}, {ID: newID(), Answers: q.kept(5)[:4]}}
		var mu sync.Mutex
		var wg sync.WaitGroup
		codes := map[string]int{}
		for i := range 8 {
			wg.Go(func() {
				l := w.l
				if i%2 == 1 {
					l = other
				}
				_, err := l.SendLate(ctx, q.pupil, q.a.ID, batches[i/4])
				mu.Lock()
				defer mu.Unlock()
				codes[models.CodeOf(err)]++
			})
		}
		wg.Wait()
		assert.Equal(w.t, map[string]int{"": 4, "out_of_date": 4}, codes)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM late_batches"))
		assert.True(w.t, q.intact())
	})
}

// Nobody sees keys first and sends answers then: while one pupil's answers are
// awaited, nobody of the session sees keys; what ends the waiting also ends
// the taking.
func TestKeysWaitForLateAnswers(t *testing.T) {
	each(t, func(w *world) {
		q := w.lateQuiz()
		mate := w.pupil(w.class)
		_, err := w.l.JoinSession(ctx, mate, q.session.Code)
		require.NoError(w.t, err)
		theirs := w.quiz(mate, course1, q.session.ID, 5)
		elsewhere := w.quiz(mate, "online_payment-thcs", q.session.ID, 5)
		_, err = w.l.CloseSession(ctx, w.teacher, q.session.ID)
		require.NoError(w.t, err)
		released := func(p models.Actor, id models.ID) bool {
			r, err := w.l.Result(ctx, p, id)
			require.NoError(w.t, err)
			return r.Released
		}
		assert.False(w.t, released(mate, theirs.AttemptID), "the mate's keys wait")
		r, err := w.l.Result(ctx, mate, theirs.AttemptID)
		require.NoError(w.t, err)
		assert.True(w.t, r.KeysWait, "the score does not")
		assert.True(w.t, released(mate, elsewhere.AttemptID), "those of another course do not")
		assert.False(w.t, released(q.pupil, q.a.ID))
		d, err := w.l.SessionDetail(ctx, w.teacher, q.session.ID)
		require.NoError(w.t, err)
		awaited := 0
		for _, p := range d.Participants {
			if p.Awaited {
				awaited++
			}
		}
		assert.Equal(w.t, 1, awaited)

		// The pupil says that there is nothing more.
		assert.Equal(w.t, models.KindNotFound, models.KindOf(w.l.Settle(ctx, mate, q.a.ID)))
		require.NoError(w.t, w.l.Settle(ctx, q.pupil, q.a.ID))
		assert.True(w.t, released(mate, theirs.AttemptID))
		assert.True(w.t, released(q.pupil, q.a.ID))

		// Or the teacher does not wait.
		q = w.lateQuiz()
		_, err = w.l.CloseSession(ctx, w.teacher, q.session.ID)
		require.NoError(w.t, err)
		assert.False(w.t, released(q.pupil, q.a.ID))
		_, err = w.l.Release(ctx, w.teacher, q.session.ID)
		require.NoError(w.t, err)
		assert.True(w.t, released(q.pupil, q.a.ID))

		// Or the week is over.
		q = w.lateQuiz()
		_, err = w.l.CloseSession(ctx, w.teacher, q.session.ID)
		require.NoError(w.t, err)
		w.clock.Add(lateFor)
		assert.True(w.t, released(q.pupil, q.a.ID))
	})
}

// At home too: the own keys wait, also those of an older quiz of the course.
func TestOwnKeysWaitAtHome(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		older := w.quiz(p, course1, models.ID{}, 5)
		a := w.start(p, course1, models.ID{})
		w.clock.Add(time.Hour)
		for range 2 {
			r, err := w.l.Result(ctx, p, a.ID)
			require.NoError(w.t, err)
			assert.True(w.t, r.Awaited)
			assert.False(w.t, r.Released)
		}
		r, err := w.l.Result(ctx, p, older.AttemptID)
		require.NoError(w.t, err)
		assert.False(w.t, r.Released)
		report, err := w.l.SendLate(ctx, p, a.ID, LateBatch{ID: newID(), Answers: []Answer{{Seq: 2, Slot: 1, Response: w.right(a.ID)[0], ClientAt: a.StartedAt}}})
		require.NoError(w.t, err)
		assert.True(w.t, report.Accepted)
		r, err = w.l.Result(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.True(w.t, r.Released)
		assert.Equal(w.t, 10, r.Percent)
		assert.ErrorContains(w.t, w.l.Settle(ctx, p, w.start(p, course1, models.ID{}).ID), "not_submitted")
	})
}

// A file handed to the teacher goes the same way, under its seal.
func TestTeacherHandsInAFile(t *testing.T) {
	each(t, func(w *world) {
		q := w.lateQuiz()
		mate := w.pupil(w.class)
		_, err := w.l.JoinSession(ctx, mate, q.session.Code)
		require.NoError(w.t, err)
		theirs := w.start(mate, course1, q.session.ID)
		q.deadline()
		file := LateFile{AttemptID: q.a.ID, Seal: q.a.Seal, LateBatch: LateBatch{ID: newID(), Answers: q.kept(5)}}
		hand := func(actor models.Actor, session models.ID, change func(*LateFile)) error {
			f := file
			change(&f)
			_, err := w.l.HandIn(ctx, actor, session, f)
			return err
		}
		same := func(*LateFile) {}
		assert.Equal(w.t, models.KindNotFound, models.KindOf(hand(w.teacherOf(w.other), q.session.ID, same)))
		assert.Equal(w.t, models.KindForbidden, models.KindOf(hand(q.pupil, q.session.ID, same)))
		assert.Equal(w.t, models.KindNotFound, models.KindOf(hand(w.teacher, newID(), same)))
		assert.Equal(w.t, models.KindInvalid, models.KindOf(hand(w.teacher, q.session.ID, func(f *LateFile) { f.Seal = theirs.Seal })))
		assert.Equal(w.t, models.KindInvalid, models.KindOf(hand(w.teacher, q.session.ID, func(f *LateFile) { f.AttemptID = theirs.ID })))
		require.NoError(w.t, hand(w.teacher, q.session.ID, same))
		assert.Equal(w.t, 100, q.result().Percent)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM late_batches WHERE received_from = ?", w.teacher.Account))
		// The device gets its network back and sends the same batch.
		report, err := q.send(file.LateBatch)
		require.NoError(w.t, err)
		assert.True(w.t, report.Accepted)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM late_batches"))
	})
}

// Whatever is repeated, cut off and sent in whatever order, every answer that
// was taken is graded, and the log stays whole.
func TestLateBatchesInAnyOrder(t *testing.T) {
	each(t, func(w *world) {
		for round := range 6 {
			q := w.lateQuiz()
			if round%2 == 0 {
				_, err := w.l.SaveAnswers(ctx, q.pupil, q.a.ID, q.kept(4)[:round])
				require.NoError(w.t, err)
			}
			q.deadline()
			x, err := w.l.Attempt(ctx, q.pupil, q.a.ID)
			require.NoError(w.t, err)
			b := LateBatch{ID: newID(), Answers: q.kept(x.LastSeq + 2)}
			for range 3 {
				report, err := q.send(b)
				require.NoError(w.t, err, fmt.Sprint(round))
				assert.True(w.t, report.Accepted)
			}
			assert.Equal(w.t, 100, q.result().Percent)
			assert.True(w.t, q.intact())
			_, err = w.l.CloseSession(ctx, w.teacher, q.session.ID)
			require.NoError(w.t, err)
		}
	})
}
