package learning

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
)

func (w *world) fold() int {
	w.t.Helper()
	n, err := w.l.FoldItems(ctx)
	require.NoError(w.t, err)
	return n
}

func (w *world) sums() map[string]itemRow {
	w.t.Helper()
	list, err := scanItems(w.db.Read(ctx).Raw(itemSelect))
	require.NoError(w.t, err)
	m := map[string]itemRow{}
	for _, r := range list {
		m[r.QuestionHash] = r
	}
	return m
}

// recount adds the attempts up one by one, by the proof of each.
func (w *world) recount(ids []models.ID) map[string]int64 {
	sum := map[string]int64{}
	for _, id := range ids {
		p, err := w.l.Explain(ctx, models.System(), id)
		require.NoError(w.t, err)
		for _, s := range p.Slots {
			sum[s.QuestionHash] += int64(s.Score)
		}
	}
	return sum
}

// Folding in pieces, as attempts end, and counting everything anew give the
// same sums, and those of a recount attempt by attempt.
func TestFoldEqualsRebuild(t *testing.T) {
	each(t, func(w *world) {
		rng := rand.New(rand.NewPCG(35, 1))
		var done []models.ID
		for i := range 24 {
			p := w.pupil(w.class)
			r := w.quiz(p, course1, models.ID{}, 1+rng.IntN(10))
			done = append(done, r.AttemptID)
			if i%5 == 0 {
				assert.Positive(w.t, w.fold())
			}
		}
		assert.Equal(w.t, 3, w.fold())
		assert.Zero(w.t, w.fold(), "each counts once")
		before := w.sums()
		var n int64
		for h, sx := range w.recount(done) {
			assert.Equal(w.t, sx, before[h].SX, h)
			n += before[h].N
		}
		assert.Equal(w.t, int64(240), n, "ten questions of 24 attempts")
		counted, err := w.l.RebuildItems(ctx, models.System())
		require.NoError(w.t, err)
		assert.Equal(w.t, 24, counted)
		assert.Equal(w.t, before, w.sums())
		_, err = w.l.RebuildItems(ctx, w.teacher)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

// What is in progress does not count, nor what was left blank; what was closed
// counts when no late answers can change it any more.
func TestFoldTakesFinalAttemptsOnly(t *testing.T) {
	each(t, func(w *world) {
		blank := w.pupil(w.class)
		a := w.start(blank, course1, models.ID{})
		_, err := w.l.Submit(ctx, blank, a.ID)
		require.NoError(w.t, err)
		w.start(w.pupil(w.class), "online_payment-thcs", models.ID{})
		q := w.lateQuiz()
		assert.Equal(w.t, 1, w.fold())
		assert.Empty(w.t, w.sums(), "the blank one is taken and says nothing")
		q.deadline()
		_, err = w.l.SendLate(ctx, q.pupil, q.a.ID, LateBatch{ID: newID(), Answers: q.kept(5)})
		require.NoError(w.t, err)
		assert.Zero(w.t, w.fold(), "closed attempts wait for the last day on which answers may come")
		w.clock.Add(8 * 24 * time.Hour)
		assert.Equal(w.t, 2, w.fold())
		var n int64
		for _, r := range w.sums() {
			n += r.N
		}
		assert.Equal(w.t, int64(10), n, "the late one, with its late answers")
	})
}

// Two copies of the program fold at once: nothing is counted twice.
func TestFoldIsExclusive(t *testing.T) {
	each(t, func(w *world) {
		for range 8 {
			w.quiz(w.pupil(w.class), course1, models.ID{}, 7)
		}
		other := New(w.db, Options{Secret: []byte("test")})
		other.owner = newID()
		var wg sync.WaitGroup
		for _, l := range []*Learning{w.l, other, w.l, other} {
			wg.Go(func() { _, _ = l.FoldItems(ctx) }) // one that loses the lease may say so
		}
		wg.Wait()
		w.fold()
		var n int64
		for _, r := range w.sums() {
			n += r.N
		}
		assert.Equal(w.t, int64(80), n)
	})
}

func (w *world) questionOf(courseKey, key string) *curriculum.Question {
	w.t.Helper()
	c, err := w.l.catalog.byKey(ctx, courseKey)
	require.NoError(w.t, err)
	return c.byKey[key]
}

// spoil makes a question look bad: n attempts in which nobody got it.
func (w *world) spoil(key string, n int) string {
	w.t.Helper()
	q := w.questionOf(course1, key)
	d := &itemDelta{courseKey: course1, questionKey: key}
	for i := range n {
		d.add(0, i%full, []string{"o1"})
	}
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return w.l.addItems(tx, map[string]*itemDelta{q.Hash: d}) }))
	w.l.catalog.forget()
	return q.Hash
}

func (w *world) item(hash string) ItemDetail {
	w.t.Helper()
	d, err := w.l.Item(ctx, models.System(), hash)
	require.NoError(w.t, err)
	return d
}

func (w *world) draws(hash string, times int) (n int) {
	c, err := w.l.catalog.byKey(ctx, course1)
	require.NoError(w.t, err)
	for range times {
		for _, it := range draw(c.Quiz, w.l.catalog.drawnFrom(c), newRand()) {
			if it.Question == hash {
				n++
			}
		}
	}
	return n
}

// A flagged question is drawn no more; who has it already keeps it; where too
// few would be left it stays; an administrator may clear it, with a reason.
func TestFlaggedIsNotDrawn(t *testing.T) {
	each(t, func(w *world) {
		hash := w.spoil("q-00", 199)
		assert.Nil(w.t, w.item(hash).Flag)
		assert.Positive(w.t, w.draws(hash, 60))
		running := w.pupil(w.class)
		a := w.start(running, course1, models.ID{})
		w.spoil("q-00", 1)
		it := w.item(hash)
		require.NotNil(w.t, it.Flag)
		assert.Equal(w.t, []any{int64(200), 0.0, false, false}, []any{it.Flag.N, it.Flag.Difficulty, it.Drawn, it.Kept})
		assert.Zero(w.t, w.draws(hash, 60))
		again, err := w.l.Attempt(ctx, running, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, a.Items, again.Items, "what is running stays as it was drawn")

		// Two of four single questions are needed: with three flagged all four stay.
		w.spoil("q-06", 200)
		third := w.spoil("q-12", 200)
		assert.Equal(w.t, []any{true, true}, []any{w.item(third).Drawn, w.item(third).Kept})
		assert.Positive(w.t, w.draws(hash, 60))

		const reason = "Đã xem lại, câu hỏi đúng"
		assert.Equal(w.t, models.KindForbidden, models.KindOf(w.l.ClearFlag(ctx, w.teacher, third, reason)))
		assert.Equal(w.t, models.KindInvalid, models.KindOf(w.l.ClearFlag(ctx, models.System(), third, "ngắn")))
		assert.Equal(w.t, models.KindNotFound, models.KindOf(w.l.ClearFlag(ctx, models.System(), "none", reason)))
		for range 2 {
			require.NoError(w.t, w.l.ClearFlag(ctx, models.System(), third, reason))
		}
		assert.Equal(w.t, reason, w.item(third).Flag.ClearedReason)
		assert.Zero(w.t, w.draws(hash, 60), "two are left again")
		w.spoil("q-12", 199)
		assert.NotNil(w.t, w.item(third).Flag.ClearedAt, "not flagged again before 200 more")
		w.spoil("q-12", 1)
		assert.Nil(w.t, w.item(third).Flag.ClearedAt)
	})
}

// A new version begins with nothing held against it.
func TestNewVersionIsNotFlagged(t *testing.T) {
	each(t, func(w *world) {
		old := w.spoil("q-00", 200)
		w.clock.Add(time.Minute)
		w.mend("q-00", func(q *curriculum.Question) { q.Options[0].Correct, q.Options[1].Correct = false, true })
		fresh := w.questionOf(course1, "q-00").Hash
		assert.NotEqual(w.t, old, fresh)
		assert.Positive(w.t, w.draws(fresh, 60))
		list, err := w.l.Items(ctx, models.System(), course1)
		require.NoError(w.t, err)
		states := map[string]bool{}
		for _, it := range list {
			states[it.QuestionHash] = it.Current
		}
		assert.Equal(w.t, map[string]bool{old: false, fresh: true}, map[string]bool{old: states[old], fresh: states[fresh]})
	})
}

// mend publishes course1 with one question changed.
func (w *world) mend(key string, change func(q *curriculum.Question)) string {
	w.t.Helper()
	cat := &curriculum.Catalog{}
	for _, skill := range []string{"self_protection"} {
		c := testCourse(skill, "thcs", 1)
		current, err := w.l.catalog.byKey(ctx, c.Key)
		require.NoError(w.t, err)
		c.Questions = append([]curriculum.Question{}, current.Questions...)
		for i := range c.Questions {
			if q := &c.Questions[i]; q.Key == key {
				q.Options = append([]curriculum.Option{}, q.Options...)
				change(q)
				q.Hash = q.ContentHash()
			}
		}
		c.Hash = c.ContentHash()
		cat.Courses = append(cat.Courses, c)
	}
	_, err := w.l.Publish(ctx, models.System(), cat)
	require.NoError(w.t, err)
	return w.questionOf(course1, key).Hash
}
