package learning

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// solve finds the right answer of a practice question as it was dealt.
func (w *world) solve(p models.Actor, q PracticeQuestion) Response {
	c, err := w.l.catalog.byKey(ctx, course1)
	require.NoError(w.t, err)
	return w.l.dealt(p.Person, q.Nonce, c.byKey[q.Question.QuestionKey]).key()
}

func TestPracticeHelpsMoreWithEveryMiss(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		q, err := w.l.PracticeQuestion(ctx, p, course1, "q-00") // single, four options
		require.NoError(w.t, err)
		right := w.solve(p, q)
		wrong := Response{Choice: key(index(right.Choice, 4) ^ 1)}
		try := func(r Response) PracticeReply {
			reply, err := w.l.PracticeAnswer(ctx, p, PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: "q-00", Nonce: q.Nonce, Response: r})
			require.NoError(w.t, err)
			return reply
		}
		for miss := 1; miss <= 4; miss++ {
			r := try(wrong)
			assert.False(w.t, r.Correct)
			assert.Equal(w.t, miss, r.Miss)
			assert.Equal(w.t, []Feedback{{Ref: &wrong.Choice, Text: secretWord + " sai"}}, r.Feedback)
			assert.Equal(w.t, miss >= 2, r.Hint != nil, "hint from the second miss")
			assert.Equal(w.t, miss >= 3, r.WorkedExample != nil, "worked example from the third")
			assert.Nil(w.t, r.Explain)
		}
		r := try(right)
		assert.True(w.t, r.Correct)
		assert.Equal(w.t, 100, r.Percent)
		assert.Equal(w.t, secretWord+" giải thích", *r.Explain)
		assert.Nil(w.t, r.Hint)
		assert.Equal(w.t, 5, w.count("SELECT COUNT(*) FROM practice_answers"))
	})
}

func TestPracticeIsRecordedOnce(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		q, err := w.l.PracticeQuestion(ctx, p, course1, "q-01")
		require.NoError(w.t, err)
		a := PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: "q-01", Nonce: q.Nonce, Response: Response{Choices: []string{"1"}}}
		var wg sync.WaitGroup
		replies := make([]PracticeReply, 5)
		for i := range replies {
			wg.Go(func() {
				var err error
				replies[i], err = w.l.PracticeAnswer(ctx, p, a)
				assert.NoError(w.t, err)
			})
		}
		wg.Wait()
		for _, r := range replies {
			assert.Equal(w.t, replies[0], r)
		}
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM practice_answers"))
		other := w.pupil(w.class)
		_, err = w.l.PracticeAnswer(ctx, other, a)
		assert.Equal(w.t, "id_taken", models.CodeOf(err))
	})
}

// The order is opaque: it differs by nonce and person, and the same nonce
// gives the same order on every copy of the program that has the secret.
func TestPracticeOrderIsKeyed(t *testing.T) {
	w := worldOnSQLite(t)
	p, q := w.pupil(w.class), w.pupil(w.class)
	c, err := w.l.catalog.byKey(ctx, course1)
	require.NoError(t, err)
	question := c.byKey["q-00"]
	orders := map[string]bool{}
	for range 40 {
		got, err := w.l.PracticeQuestion(ctx, p, course1, "q-00")
		require.NoError(t, err)
		mine := w.l.dealt(p.Person, got.Nonce, question)
		assert.Equal(t, mine, New(w.db, Options{Secret: []byte("test")}).dealt(p.Person, got.Nonce, question))
		orders[mustJSON(t, mine.item)] = true
		orders[mustJSON(t, w.l.dealt(q.Person, got.Nonce, question).item)] = true
	}
	assert.Greater(t, len(orders), 10)
}

func TestPracticeRefusals(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		q, err := w.l.PracticeQuestion(ctx, p, course1, "q-00")
		require.NoError(w.t, err)
		good := PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: "q-00", Nonce: q.Nonce, Response: Response{Choice: "1"}}
		for name, c := range map[string]struct {
			change func(*PracticeAnswer)
			kind   models.Kind
		}{
			"no id":            {func(a *PracticeAnswer) { a.ID = models.ID{} }, models.KindInvalid},
			"unknown course":   {func(a *PracticeAnswer) { a.CourseKey = "x" }, models.KindNotFound},
			"unknown question": {func(a *PracticeAnswer) { a.QuestionKey = "x" }, models.KindNotFound},
			"kept for quiz":    {func(a *PracticeAnswer) { a.QuestionKey = "q-04" }, models.KindNotFound},
			"other version":    {func(a *PracticeAnswer) { a.Nonce = "00.00" }, models.KindConflict},
			"unknown option":   {func(a *PracticeAnswer) { a.Response = Response{Choice: "7"} }, models.KindInvalid},
			"other kind":       {func(a *PracticeAnswer) { a.Response = Response{Order: []string{"1"}} }, models.KindInvalid},
		} {
			a := good
			c.change(&a)
			_, err := w.l.PracticeAnswer(ctx, p, a)
			assert.Equal(w.t, c.kind, models.KindOf(err), name)
		}
		_, err = w.l.PracticeQuestion(ctx, p, course1, "q-04")
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		w.start(p, course1, models.ID{})
		_, err = w.l.PracticeAnswer(ctx, p, good)
		assert.Equal(w.t, models.KindClosed, models.KindOf(err), "practice explains the answers of the quiz")
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM practice_answers"))
	})
}

func TestPracticeFeedbackByKind(t *testing.T) {
	w := worldOnSQLite(t)
	p := w.pupil(w.class)
	for n, kind := range kinds {
		if kind == "match" {
			continue // kept for the quiz in the test course
		}
		id := []string{"q-00", "q-01", "q-02", "q-03", "", "q-05"}[n]
		q, err := w.l.PracticeQuestion(ctx, p, course1, id)
		require.NoError(t, err)
		assert.Empty(t, leaks(t, q), kind)
		reply, err := w.l.PracticeAnswer(ctx, p, PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: id, Nonce: q.Nonce, Response: w.solve(p, q)})
		require.NoError(t, err)
		assert.True(t, reply.Correct, kind)
		for _, f := range reply.Feedback {
			assert.True(t, f.OK, kind)
		}
	}
	no := false
	tf := plain(question(2, "true_false", "both"))
	assert.Equal(t, []Feedback{{Text: secretWord + " không phải"}, {Ref: new("1"), Text: secretWord + " sai"}}, tf.feedback(Response{Verdict: &no, Reason: "1"}, false))
	match := plain(question(1, "match", "both"))
	assert.Equal(t, []Feedback{{Ref: new("1"), OK: true}, {Ref: new("2"), Text: secretWord}},
		match.feedback(Response{Pairs: map[string]string{"1": "1", "2": "3"}}, false))
	assert.Len(t, match.feedback(Response{}, true), 3)
	multiple := plain(question(1, "multiple", "both"))
	assert.Equal(t, []Feedback{{Ref: new("2"), OK: true}}, multiple.feedback(Response{Choices: []string{"2"}}, false), "the missing one is not named")
	assert.Len(t, multiple.feedback(Response{Choices: []string{"2"}}, true), 2)
	order := plain(question(1, "order", "both"))
	assert.Len(t, order.feedback(Response{Order: []string{"2", "1", "3", "4"}}, false), 4)
}
