package learning

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// wrong answers every slot of a quiz wrongly where the kind allows it simply,
// rightly elsewhere, and hands it in.
func (w *world) wrong(p models.Actor, courseKey string, session models.ID) Attempt {
	w.t.Helper()
	a := w.start(p, courseKey, session)
	var list []Answer
	for i, r := range w.right(a.ID) {
		if r.Choice != "" {
			r.Choice = key((index(r.Choice, 4) + 1) % 4)
		}
		list = append(list, Answer{Seq: 1 + i, Slot: i + 1, Response: r})
	}
	_, err := w.l.SaveAnswers(ctx, p, a.ID, list)
	require.NoError(w.t, err)
	_, err = w.l.Submit(ctx, p, a.ID)
	require.NoError(w.t, err)
	return a
}

func TestClassItems(t *testing.T) {
	each(t, func(w *world) {
		one, two, stranger := w.pupil(w.class), w.pupil(w.class), w.pupil(w.other)
		w.wrong(one, course1, models.ID{})
		w.wrong(two, course1, models.ID{})
		w.wrong(stranger, course1, models.ID{})
		got, err := w.l.ClassItems(ctx, w.teacher, w.class, models.ID{})
		require.NoError(w.t, err)
		assert.Equal(w.t, []any{"7A", 2, 2}, []any{got.ClassName, got.Attempts, got.Pupils})
		assert.Empty(w.t, got.Waiting)
		met, missed := 0, 0
		for i, it := range got.Items {
			met += it.N
			missed += it.Missed
			if it.Missed == 0 {
				continue
			}
			assert.Equal(w.t, "single", it.Kind)
			assert.Zero(w.t, it.Percent)
			require.NotNil(w.t, it.Wrong)
			assert.Equal(w.t, secretWord+" sai", it.Wrong.Feedback)
			if i > 0 {
				assert.GreaterOrEqual(w.t, got.Items[i-1].lost, it.lost, "the most missed first")
			}
		}
		assert.Equal(w.t, []int{20, 4}, []int{met, missed}, "two single questions in each of two quizzes")

		cards, err := w.l.Reteach(ctx, w.teacher, w.class, models.ID{})
		require.NoError(w.t, err)
		require.NotEmpty(w.t, cards.Cards)
		for _, c := range cards.Cards {
			assert.Equal(w.t, "single", c.Question.Question.Kind)
			assert.NotEmpty(w.t, c.Question.Key.Choice)
			require.NotNil(w.t, c.Twin)
			assert.NotEqual(w.t, c.Question.Question.QuestionKey, c.Twin.Question.QuestionKey)
		}
		_, err = w.l.ClassItems(ctx, w.teacherOf(w.other), w.class, models.ID{})
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.Reteach(ctx, one, w.class, models.ID{})
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

// While anybody of the class may still use them, no key leaves for the wall.
func TestReteachWaitsForOpenQuizzes(t *testing.T) {
	each(t, func(w *world) {
		done, busy := w.pupil(w.class), w.pupil(w.class)
		w.wrong(done, course1, models.ID{})
		check := func(reason string) {
			w.t.Helper()
			cards, err := w.l.Reteach(ctx, w.teacher, w.class, models.ID{})
			require.NoError(w.t, err)
			items, err := w.l.ClassItems(ctx, w.teacher, w.class, models.ID{})
			require.NoError(w.t, err)
			text := mustJSON(w.t, cards) + mustJSON(w.t, items)
			if reason == "" {
				assert.NotEmpty(w.t, cards.Cards)
				assert.Contains(w.t, text, secretWord)
				return
			}
			assert.Empty(w.t, cards.Cards, reason)
			assert.Equal(w.t, []WaitingCourse{{course1, "Khóa self_protection 1", reason}}, cards.Waiting)
			assert.False(w.t, strings.Contains(text, secretWord) || strings.Contains(text, contentKey), "a key leaked: %s", reason)
		}
		check("")
		a := w.start(busy, course1, models.ID{})
		check("quiz_open")
		_, err := w.l.Submit(ctx, busy, a.ID)
		require.NoError(w.t, err)
		check("")
		s := w.session(course1, busy)
		check("session_open")
		b := w.start(busy, course1, s.ID)
		w.answer(busy, b.ID, 2)
		check("quiz_open")
		_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		check("late_awaited")
		require.NoError(w.t, w.l.Settle(ctx, busy, b.ID))
		check("")
		one, err := w.l.ClassItems(ctx, w.teacher, w.class, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, []int{1, 1}, []int{one.Attempts, one.Pupils}, "one lesson alone")
		_, err = w.l.ClassItems(ctx, w.teacher, w.class, newID())
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
	})
}

func TestProjectLesson(t *testing.T) {
	each(t, func(w *world) {
		p, err := w.l.ProjectLesson(ctx, w.teacher, course1, "bai-1")
		require.NoError(w.t, err)
		assert.Len(w.t, p.Lesson.Cards, 3)
		require.Len(w.t, p.Questions, 1, "a quiz question of the lesson stays out")
		again, err := w.l.ProjectLesson(ctx, w.teacher, course1, "bai-1")
		require.NoError(w.t, err)
		assert.Equal(w.t, p, again, "the same order on every wall")
		assert.NotContains(w.t, mustJSON(w.t, p.Questions), contentKey)
		pupil := w.pupil(w.class)
		w.start(pupil, course1, models.ID{})
		p, err = w.l.ProjectLesson(ctx, w.teacher, course1, "bai-1")
		require.NoError(w.t, err)
		assert.Equal(w.t, []any{"quiz_open", 0, 3}, []any{p.Waiting, len(p.Questions), len(p.Lesson.Cards)})
		p, err = w.l.ProjectLesson(ctx, w.teacherOf(w.other), course1, "bai-1")
		require.NoError(w.t, err)
		assert.Len(w.t, p.Questions, 1, "another class's quiz is not in the way")
		w.clock.Add(time.Hour)
		_, err = w.l.ProjectLesson(ctx, w.teacher, course1, "x")
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.ProjectLesson(ctx, pupil, course1, "bai-1")
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}
