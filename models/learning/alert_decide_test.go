package learning

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

var exchange = AlertDecision{Accept: true, Replace: true, Reason: "not_shown"}

// another is a second copy of the program on the same database, which has the
// attempts in memory as they were.
func (w *world) another(attempts ...models.ID) *Learning {
	w.t.Helper()
	l := New(w.db, Options{Secret: []byte("test")})
	for _, id := range attempts {
		_, err := l.anyAttempt(ctx, id)
		require.NoError(w.t, err)
	}
	return l
}

func (w *world) proof(l *Learning, id models.ID) AttemptProof {
	w.t.Helper()
	p, err := l.Explain(ctx, models.System(), id)
	require.NoError(w.t, err)
	return p
}

// The broken question stays where it was and counts no more; the other comes
// behind the last, counts, and is of the same objective. Also a copy of the
// program that knew the attempt before goes on with all of it.
func TestReplaceQuestion(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.exam(p)
		a := w.start(p, course1, s.ID)
		w.answer(p, a.ID, 9)
		other := w.another(a.ID)
		q := w.raise(p, a.ID, 10)
		board, err := w.l.Live(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		at := slices.IndexFunc(board.Pupils, func(c LivePupil) bool { return c.PersonID == p.Person })
		assert.Positive(w.t, board.Pupils[at].Alert.Spare, "four questions of each kind, at most two drawn")

		for range 2 { // a repeat answers the same
			got, err := w.l.DecideAlert(ctx, w.teacher, q.ID, exchange)
			require.NoError(w.t, err)
			assert.Equal(w.t, 11, got.Replacement)
		}
		_, err = w.l.DecideAlert(ctx, w.teacher, q.ID, AlertDecision{Accept: true, Reason: "not_shown"})
		assert.Equal(w.t, "alert_over", models.CodeOf(err), "dropped is another decision than replaced")
		for _, l := range []*Learning{w.l, other} {
			now, err := l.Attempt(ctx, p, a.ID)
			require.NoError(w.t, err)
			require.Len(w.t, now.Items, 11)
			assert.Equal(w.t, a.Items, now.Items[:10])
			assert.Equal(w.t, a.Items[9].Kind, now.Items[10].Kind, "the kind is the objective of the test course")
			assert.NotContains(w.t, keysShown(a), now.Items[10].QuestionKey)
		}
		lesson, err := w.l.Pulse(ctx, p, 0)
		require.NoError(w.t, err)
		assert.Equal(w.t, 11, lesson.Attempt.Alerts[0].Replacement, "the pupil's page hears of it")
		assert.Zero(w.t, lesson.Attempt.Alerts[0].Spare)

		// A third copy that still has ten: answers, place and hand-in fit the eleventh.
		third := w.another()
		stale, err := third.anyAttempt(ctx, a.ID)
		require.NoError(w.t, err)
		cut := *stale
		cut.items = cut.items[:10]
		third.frozen.add(&cut)
		require.NoError(w.t, third.SetPosition(ctx, p, a.ID, 11))
		third.frozen.add(&cut)
		_, err = third.SaveAnswer(ctx, p, a.ID, Answer{Seq: 10, Slot: 11, Response: w.right(a.ID)[10]})
		require.NoError(w.t, err)
		_, err = third.SaveAnswer(ctx, p, a.ID, Answer{Seq: 11, Slot: 12, Response: w.right(a.ID)[10]})
		assert.Equal(w.t, "invalid", models.CodeOf(err))
		third.frozen.add(&cut)
		out, err := third.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, full, out.Score)

		for name, l := range map[string]*Learning{"first": w.l, "another": other, "third": third} {
			proof := w.proof(l, a.ID)
			assert.True(w.t, proof.Intact, name)
			require.Len(w.t, proof.Slots, 11, name)
			assert.True(w.t, proof.Slots[9].Out, name)
			assert.False(w.t, proof.Slots[10].Out, name)
			r, err := l.Result(ctx, p, a.ID)
			require.NoError(w.t, err)
			assert.Equal(w.t, []int{10, 10}, []int{r.Slots, r.Correct}, name)
		}
		list, err := w.l.Decisions(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, "alert_replaced", list[len(list)-1].Kind)
		_, err = w.l.DecideAlert(ctx, w.teacher, q.ID, exchange)
		require.NoError(w.t, err, "a repeat after the end")

		w.exec("UPDATE attempts SET items = REPLACE(items, ?, ?) WHERE id = ?", stale.items[10].q.Hash, stale.items[9].q.Hash, a.ID)
		assert.False(w.t, w.proof(w.l, a.ID).Intact, "whoever exchanges a question in the database is found out")
	})
}

func keysShown(a Attempt) (keys []string) {
	for _, it := range a.Items {
		keys = append(keys, it.QuestionKey)
	}
	return keys
}

// Where every question of the objective is in the quiz, nothing is decided and
// the question can still be dropped.
func TestNoSpareQuestion(t *testing.T) {
	each(t, func(w *world) {
		cat := testCatalog()
		c, _ := cat.Course(course1)
		for i := range c.Questions {
			if n := i; n >= 12 { // two of each kind are left for quizzes
				c.Questions[i].Use = "practice"
				c.Questions[i].Hash = c.Questions[i].ContentHash()
			}
		}
		c.Hash = c.ContentHash()
		_, err := w.l.Publish(ctx, models.System(), cat)
		require.NoError(w.t, err)
		p := w.pupil(w.class)
		s := w.exam(p)
		a := w.start(p, course1, s.ID)
		slot := 1 + slices.IndexFunc(a.Items, func(q QuestionView) bool { return q.Kind == "single" }) // two slots, two questions
		q := w.raise(p, a.ID, slot)
		g, err := w.l.PupilGlance(ctx, w.teacher, s.ID, p.Person)
		require.NoError(w.t, err)
		assert.Zero(w.t, g.Quizzes[0].Alerts[0].Spare)
		_, err = w.l.DecideAlert(ctx, w.teacher, q.ID, exchange)
		assert.Equal(w.t, "no_spare_question", models.CodeOf(err))
		assert.Equal(w.t, alertPending, w.alertState(q.ID))
		_, err = w.l.DecideAlert(ctx, w.teacher, q.ID, AlertDecision{Replace: true, Reason: "question_fine"})
		assert.Equal(w.t, "invalid", models.CodeOf(err), "refused and replaced at once")
		got, err := w.l.DecideAlert(ctx, w.teacher, q.ID, AlertDecision{Accept: true, Reason: "not_shown"})
		require.NoError(w.t, err)
		assert.Zero(w.t, got.Replacement)
	})
}

// A replacement may turn out broken as well, within the same three alerts; two
// decided at once both get their question, none twice.
func TestReplacementsOfOneAttempt(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.exam(p)
		a := w.start(p, course1, s.ID)
		one, two := w.raise(p, a.ID, 1), w.raise(p, a.ID, 2)
		other := w.another(a.ID)
		var wg sync.WaitGroup
		for l, q := range map[*Learning]Alert{w.l: one, other: two} {
			wg.Go(func() {
				_, err := l.DecideAlert(ctx, w.teacher, q.ID, exchange)
				assert.NoError(w.t, err)
			})
		}
		wg.Wait()
		now, err := other.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		require.Len(w.t, now.Items, 12)
		keys := keysShown(now)
		slices.Sort(keys)
		assert.Len(w.t, slices.Compact(keys), 12)
		w.raise(p, a.ID, 11)
		_, err = w.l.RaiseAlert(ctx, p, a.ID, NewAlert{ID: newID(), Slot: 12, Reason: "unclear"})
		assert.Equal(w.t, "too_many_alerts", models.CodeOf(err), "three of one quiz, also of a longer one")
		require.NoError(w.t, w.l.EndFor(ctx, w.teacher, s.ID, p.Person, p.Name, "technical"))
		proof := w.proof(w.l, a.ID)
		assert.True(w.t, proof.Intact)
		out := 0
		for _, x := range proof.Slots {
			out += bit(x.Out)
		}
		assert.Equal(w.t, 3, out)
	})
}

// An answer to the replacement that comes late is graded like the others, and a
// mended version of it regrades the attempt.
func TestReplacementComesLateAndIsRegraded(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.exam(p)
		a := w.start(p, course1, s.ID)
		slot := 1 + slices.IndexFunc(a.Items, func(q QuestionView) bool { return q.Kind == "single" })
		q := w.raise(p, a.ID, slot)
		_, err := w.l.DecideAlert(ctx, w.teacher, q.ID, exchange)
		require.NoError(w.t, err)
		given := w.clock.Now()
		right := w.right(a.ID)
		w.clock.Add(2 * time.Hour)
		_, err = w.l.CloseExpired(ctx)
		require.NoError(w.t, err)
		report, err := w.another(a.ID).SendLate(ctx, p, a.ID, LateBatch{ID: newID(), Answers: []Answer{{Seq: 2, Slot: 11, Response: right[10], ClientAt: given}}})
		require.NoError(w.t, err)
		assert.True(w.t, report.Accepted)
		before := w.proof(w.l, a.ID)
		assert.True(w.t, before.Intact)
		assert.Equal(w.t, full/10, before.Score, "one of ten that count")

		_, err = w.l.Publish(ctx, models.System(), mended(2))
		require.NoError(w.t, err)
		done, err := w.l.ApplyRegrade(ctx, models.System(), RegradeSpec{QuestionKey: before.Slots[10].QuestionKey, From: before.Slots[10].QuestionHash})
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, done.Changed)
		after := w.proof(w.another(), a.ID)
		assert.True(w.t, after.Intact)
		assert.Len(w.t, after.Replaced, 1)
		assert.True(w.t, after.Slots[slot-1].Out)
	})
}

// The replacement against the hand-in and the end of the lesson: the score fits
// what was decided.
func TestReplaceRaces(t *testing.T) {
	each(t, func(w *world) {
		for range 6 {
			p := w.pupil(w.class)
			s := w.exam(p)
			a := w.start(p, course1, s.ID)
			w.answer(p, a.ID, 8)
			q := w.raise(p, a.ID, 10)
			other := w.another(a.ID)
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = w.l.DecideAlert(ctx, w.teacher, q.ID, exchange) })
			wg.Go(func() { _, _ = w.l.DecideAlert(ctx, w.teacher, q.ID, AlertDecision{Accept: true, Reason: "other"}) })
			wg.Go(func() { _ = other.EndFor(ctx, w.teacher, s.ID, p.Person, p.Name, "technical") })
			wg.Go(func() { _, _ = other.Submit(ctx, p, a.ID) })
			wg.Wait()
			_, err := w.l.Submit(ctx, p, a.ID)
			require.NoError(w.t, err)
			for _, l := range []*Learning{w.l, other} {
				proof := w.proof(l, a.ID)
				assert.True(w.t, proof.Intact)
				assert.True(w.t, proof.Slots[9].Out)
				assert.Equal(w.t, len(proof.Slots), w.count("SELECT slots FROM attempts WHERE id = ?", a.ID))
			}
			_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
			require.NoError(w.t, err)
		}
	})
}
