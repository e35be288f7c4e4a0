package learning

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// Answers race with the end of the attempt: each is graded or refused; the
// stored result is that of exactly the acknowledged answers.
func TestSubmitAgainstSave(t *testing.T) {
	each(t, func(w *world) {
		for round := range 12 {
			p := w.pupil(w.class)
			a := w.start(p, course1, models.ID{})
			right := w.right(a.ID)
			copies := []*Learning{w.l, New(w.db, Options{})} // two copies of the program
			var wg sync.WaitGroup
			acked := 0
			wg.Go(func() {
				for i, r := range right {
					if _, err := copies[0].SaveAnswer(ctx, p, a.ID, Answer{Seq: i + 1, Slot: i + 1, Response: r}); err != nil {
						assert.Equal(w.t, models.KindClosed, models.KindOf(err))
						return
					}
					acked++
				}
			})
			for range 2 {
				wg.Go(func() {
					time.Sleep(time.Duration(round) * 300 * time.Microsecond)
					_, err := copies[1].Submit(ctx, p, a.ID)
					assert.NoError(w.t, err)
				})
			}
			wg.Wait()
			r, err := w.l.Result(ctx, p, a.ID)
			require.NoError(w.t, err)
			assert.Equal(w.t, acked, r.Correct, "round %d", round)
			assert.Equal(w.t, acked, w.count("SELECT COUNT(*) FROM answers WHERE attempt_id = ? AND slot > 0", a.ID))
		}
	})
}

func TestManySubmitsGiveOneResult(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		w.lessons(p, course1)
		a := w.start(p, course1, s.ID)
		w.answer(p, a.ID, 9)
		var wg sync.WaitGroup
		outs := make([]Outcome, 8)
		for i := range outs {
			wg.Go(func() {
				var err error
				outs[i], err = w.l.Submit(ctx, p, a.ID)
				assert.NoError(w.t, err)
			})
		}
		wg.Wait()
		for _, o := range outs {
			assert.Equal(w.t, outs[0], o)
		}
		assert.Equal(w.t, 9000, outs[0].Score)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM skill_passes"))
		w.clock.Add(time.Hour)
		later, err := w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, outs[0], later)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM answers WHERE slot = 0"))
	})
}

// The five quizzes and the last lessons end at the same moment on two copies
// of the program: no pass and no certificate is missed.
func TestQuizAndLastLessonAtOnce(t *testing.T) {
	each(t, func(w *world) {
		for range 4 {
			p := w.pupil(w.class)
			s, err := w.l.OpenSession(ctx, w.teacher, NewSession{ID: newID(), ClassID: w.class, Minutes: 45})
			require.NoError(w.t, err)
			_, err = w.l.JoinSession(ctx, p, s.Code)
			require.NoError(w.t, err)
			other := New(w.db, Options{})
			var wg sync.WaitGroup
			for _, c := range testCatalog().Courses {
				a := w.start(p, c.Key, s.ID)
				w.answer(p, a.ID, 10)
				_, err := w.l.PutProgress(ctx, p, c.Key, "bai-1", Progress{Seq: 1, CardIndex: 2, Done: true})
				require.NoError(w.t, err)
				wg.Go(func() {
					_, err := w.l.Submit(ctx, p, a.ID)
					assert.NoError(w.t, err)
				})
				wg.Go(func() {
					_, err := other.PutProgress(ctx, p, c.Key, "bai-2", Progress{Seq: 1, CardIndex: 2, Done: true})
					assert.NoError(w.t, err)
				})
			}
			wg.Wait()
			m, err := w.l.Missing(ctx, p)
			require.NoError(w.t, err)
			assert.True(w.t, m.Complete, "%+v", m)
			assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM certificates WHERE person_id = ?", p.Person))
			_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
			require.NoError(w.t, err)
		}
	})
}

// A transaction that is cut off after the grading leaves the attempt open with
// every answer, and the next try gives the full result.
func TestCutOffSubmitLeavesNothing(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		w.lessons(p, course1)
		a := w.start(p, course1, s.ID)
		w.answer(p, a.ID, 10)
		f, err := w.l.anyAttempt(ctx, a.ID)
		require.NoError(w.t, err)
		cut := errors.New("power cut")
		err = w.db.Tx(ctx, func(tx *gorm.DB) error {
			out, err := w.l.finishTx(tx, f, byPupil, w.clock.Now())
			require.NoError(w.t, err)
			assert.Equal(w.t, full, out.Score)
			return cut
		})
		assert.ErrorIs(w.t, err, cut)
		for _, table := range []string{"skill_passes", "answers WHERE slot = 0", "attempts WHERE state <> 'open'"} {
			assert.Zero(w.t, w.count("SELECT COUNT(*) FROM "+table), table)
		}
		out, err := w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, full, out.Score)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM skill_passes"))
	})
}

// One pupil's certificate cannot be written: that pupil hears so and keeps an
// open attempt; those who end in the same commit are not held up.
func TestOneBrokenAwardDoesNotHoldUpTheBatch(t *testing.T) {
	each(t, func(w *world) {
		var pupils []models.Actor
		for range 5 {
			pupils = append(pupils, w.pupil(w.class))
		}
		s := w.session("", pupils...)
		var batch []*endJob
		broken := pupils[2]
		for _, p := range pupils {
			for i, skill := range certificate.Skills {
				w.lessons(p, skill+"-thcs")
				if i < 4 {
					w.quiz(p, skill+"-thcs", s.ID, 10)
				}
			}
			a := w.start(p, certificate.Skills[4]+"-thcs", s.ID)
			w.answer(p, a.ID, 10)
			f, err := w.l.anyAttempt(ctx, a.ID)
			require.NoError(w.t, err)
			batch = append(batch, &endJob{f: f, by: byPupil})
		}
		w.exec("DELETE FROM persons WHERE id = ?", broken.Person)
		require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return errors.Join(w.l.applyEnds(tx, batch)...) }))
		for i, j := range batch {
			assert.Equal(w.t, i == 2, j.alone)
		}
		_, err := w.l.Submit(ctx, broken, batch[2].f.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM attempts WHERE state = 'open'"))
		assert.Equal(w.t, 4, w.count("SELECT COUNT(*) FROM certificates"))
		assert.Equal(w.t, 24, w.count("SELECT COUNT(*) FROM skill_passes"))
	})
}

// Where every award of a batch fails, all go on alone instead of trying until
// the store gives up.
func TestManyBrokenAwards(t *testing.T) {
	w := worldOnSQLite(t)
	var batch []*endJob
	for range 12 {
		p := w.pupil(w.class)
		f, err := w.l.anyAttempt(ctx, w.start(p, course1, models.ID{}).ID)
		require.NoError(t, err)
		batch = append(batch, &endJob{f: f, by: byPupil})
	}
	for round := range maxFaults {
		blame(batch, batch[round])
	}
	require.NoError(t, w.db.Tx(ctx, func(tx *gorm.DB) error { return errors.Join(w.l.applyEnds(tx, batch)...) }))
	for _, j := range batch {
		assert.True(t, j.alone)
	}
}
