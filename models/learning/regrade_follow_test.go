package learning

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
)

func (w *world) percent(p models.Actor, id models.ID) int {
	w.t.Helper()
	r, err := w.l.Result(ctx, p, id)
	require.NoError(w.t, err)
	return r.Percent
}

// A quiz that was being taken while its question was regraded, and one whose
// device could still send answers, are graded by the corrected key when they
// are final; once, with the award and a proof.
func TestRegradeFollows(t *testing.T) {
	each(t, func(w *world) {
		busy, awaited := w.pupil(w.class), w.pupil(w.class)
		w.lessons(busy, course1)
		w.lessons(awaited, course1)
		s := w.session("", busy, awaited)
		give := func(p models.Actor) Attempt {
			a, slot := w.met(p, s.ID)
			f, err := w.l.anyAttempt(ctx, a.ID)
			require.NoError(w.t, err)
			list := []Answer{{Seq: 1, Slot: slot + 1, Response: Response{Choice: key(slices.Index(f.items[slot].item.Options, 1))}}}
			for i, r := range w.right(a.ID) {
				if i != slot && len(list) < 8 {
					list = append(list, Answer{Seq: len(list) + 1, Slot: i + 1, Response: r})
				}
			}
			_, err = w.l.SaveAnswers(ctx, p, a.ID, list)
			require.NoError(w.t, err)
			return a
		}
		a, b := give(busy), give(awaited)
		from := w.questionOf(course1, "q-00").Hash
		w.mend("q-00", swap)
		assert.Equal(w.t, 2, w.apply(from).Open)
		_, err := w.l.Submit(ctx, busy, a.ID)
		require.NoError(w.t, err)
		_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		w.fold()
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM regrade_results"), "the other may still bring answers")
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM skill_passes"), "7 of 10 by the old key, 8 by the new")
		w.clock.Add(8 * 24 * time.Hour)
		w.fold()
		w.fold()
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM regrade_results"))
		assert.Equal(w.t, []int{80, 80}, []int{w.percent(busy, a.ID), w.percent(awaited, b.ID)})
		assert.True(w.t, w.intact(a.ID) && w.intact(b.ID))
		assert.Zero(w.t, w.apply(from).Changed, "nothing is left for the administrator")
	})
}

// Of two regrades of one version the one onto the published question holds,
// also where it was applied first.
func TestRegradeFollowsThePublished(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a, _ := w.met(p, models.ID{})
		from := w.questionOf(course1, "q-00").Hash
		second := w.mend("q-00", swap)
		w.apply(from)
		w.clock.Add(time.Hour)
		w.mend("q-00", func(q *curriculum.Question) { q.Options[2].Correct, q.Options[1].Correct = true, false })
		w.apply(from)
		w.clock.Add(time.Hour)
		w.mend("q-00", func(q *curriculum.Question) { q.Options[1].Correct, q.Options[2].Correct = true, false })
		require.Equal(w.t, second, w.questionOf(course1, "q-00").Hash)
		list, err := w.l.appliedTo(ctx, w.db.Read(ctx), []string{from})
		require.NoError(w.t, err)
		require.Len(w.t, list, 1)
		assert.Equal(w.t, second, list[0].ToHash)
		_, err = w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		w.fold()
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM regrade_results"), "nothing was answered, nothing changes")
	})
}
