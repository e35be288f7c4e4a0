package learning

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// job answers an answered quiz of a pupil, ready to be ended.
func (w *world) job(p models.Actor, courseKey string, session models.ID, right int) *endJob {
	w.t.Helper()
	a := w.start(p, courseKey, session)
	w.answer(p, a.ID, right)
	f, err := w.l.anyAttempt(ctx, a.ID)
	require.NoError(w.t, err)
	return &endJob{f: f, by: byPupil}
}

// end ends a batch in one commit.
func (w *world) end(batch ...*endJob) {
	w.t.Helper()
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return errors.Join(w.l.applyEnds(tx, batch)...) }))
}

// Of those who end in one commit each gets what was earned: a pass, nothing,
// nothing for a second time, or a mark that the lessons are missing.
func TestBatchGivesEachItsOwn(t *testing.T) {
	each(t, func(w *world) {
		passes, fails, home, early, again := w.pupil(w.class), w.pupil(w.class), w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)
		s := w.session("", passes, fails, early, again)
		for _, p := range []models.Actor{passes, fails, home, again} {
			w.lessons(p, course1)
		}
		w.quiz(again, course1, s.ID, 8)
		first := w.idOf("SELECT attempt_id AS id FROM skill_passes WHERE person_id = ?", again.Person)
		batch := []*endJob{w.job(passes, course1, s.ID, 10), w.job(fails, course1, s.ID, 7), w.job(home, course1, models.ID{}, 10),
			w.job(early, course1, s.ID, 9), w.job(again, course1, s.ID, 10)}
		w.end(batch...)
		for i, j := range batch {
			assert.False(w.t, j.alone)
			assert.Equal(w.t, []int{10000, 7000, 10000, 9000, 10000}[i], j.out.Score)
		}
		for _, k := range []struct {
			p    models.Actor
			want int
		}{{passes, 1}, {fails, 0}, {home, 0}, {early, 0}, {again, 1}} {
			assert.Equal(w.t, k.want, w.count("SELECT COUNT(*) FROM skill_passes WHERE person_id = ?", k.p.Person))
		}
		assert.Equal(w.t, batch[0].f.ID, w.idOf("SELECT attempt_id AS id FROM skill_passes WHERE person_id = ?", passes.Person))
		assert.Equal(w.t, first, w.idOf("SELECT attempt_id AS id FROM skill_passes WHERE person_id = ?", again.Person), "the first pass is kept")
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM learning_guards WHERE person_id = ?", early.Person))
		w.lessons(early, course1)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM skill_passes WHERE person_id = ?", early.Person), "the last lesson finds the quiz")
	})
}

// One pupil ends several quizzes in one commit, the last missing skills among
// them, beside a pupil who is not finished.
func TestBatchCompletesOnce(t *testing.T) {
	each(t, func(w *world) {
		p, other := w.pupil(w.class), w.pupil(w.class)
		s := w.session("", p, other)
		var batch []*endJob
		for i, skill := range certificate.Skills {
			w.lessons(p, skill+"-thcs")
			w.lessons(other, skill+"-thcs")
			if i < 2 {
				w.quiz(p, skill+"-thcs", s.ID, 10)
				continue
			}
			batch = append(batch, w.job(p, skill+"-thcs", s.ID, 9), w.job(other, skill+"-thcs", s.ID, 10))
		}
		w.end(batch...)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM certificates"))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM certificates WHERE person_id = ?", p.Person))
		assert.Equal(w.t, 15, w.count("SELECT SUM(seq) FROM skill_passes WHERE person_id = ?", p.Person), "1 to 5")
		assert.Equal(w.t, 6, w.count("SELECT SUM(seq) FROM skill_passes WHERE person_id = ?", other.Person), "1 to 3")
		w.end(w.job(p, certificate.Skills[0]+"-thcs", s.ID, 10))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM certificates"), "a quiz after the certificate")
	})
}

// What one commit costs does not grow with the pupils in it.
func TestBatchOfAnySizeIsFewStatements(t *testing.T) {
	w := worldOnSQLite(t)
	s := w.session("")
	batch := func(n int) (jobs []*endJob) {
		for range n {
			p := w.pupil(w.class)
			_, err := w.l.JoinSession(ctx, p, s.Code)
			require.NoError(t, err)
			w.lessons(p, course1)
			jobs = append(jobs, w.job(p, course1, s.ID, 10))
		}
		return jobs
	}
	one, many := batch(1), batch(30)
	require.NoError(t, w.db.Tx(ctx, func(tx *gorm.DB) error {
		count := func(*gorm.DB) { statements.Add(1) }
		return errors.Join(tx.Callback().Raw().Before("gorm:raw").Register("count", count),
			tx.Callback().Row().Before("gorm:row").Register("count", count),
			tx.Callback().Query().Before("gorm:query").Register("count", count))
	}))
	cost := func(jobs []*endJob) int {
		before := statements.Load()
		w.end(jobs...)
		return int(statements.Load() - before)
	}
	first := cost(one)
	assert.Equal(t, first, cost(many))
	// Three of them are for the households: the pupils' guards, twice, and their links.
	assert.LessOrEqual(t, first, 10)
	assert.Positive(t, first)
	assert.Equal(t, 31, w.count("SELECT COUNT(*) FROM skill_passes"))
}

// Two copies of the program prove different skills of the same pupils at once:
// none is lost and the numbers have no gap.
func TestBatchesOfTwoCopies(t *testing.T) {
	each(t, func(w *world) {
		var pupils []models.Actor
		for range 6 {
			pupils = append(pupils, w.pupil(w.class))
		}
		s := w.session("", pupils...)
		copies := []*Learning{w.l, New(w.db, Options{})}
		done := make(chan error)
		n := 0
		for _, p := range pupils {
			for i, skill := range certificate.Skills {
				w.lessons(p, skill+"-thcs")
				a := w.start(p, skill+"-thcs", s.ID)
				w.answer(p, a.ID, 10)
				n++
				go func() {
					_, err := copies[i%2].Submit(ctx, p, a.ID)
					done <- err
				}()
			}
		}
		for range n {
			assert.NoError(w.t, <-done)
		}
		assert.Equal(w.t, len(pupils), w.count("SELECT COUNT(*) FROM certificates"))
		assert.Equal(w.t, 15*len(pupils), w.count("SELECT SUM(seq) FROM skill_passes"))
	})
}
