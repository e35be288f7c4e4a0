package learning

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
)

// TestEnglish: a translated course is read, practised, quizzed and reviewed in English; the attempt is the same attempt.
func TestEnglish(t *testing.T) {
	w := worldOnSQLite(t)
	c := testCourse("self_protection", "thcs", 1)
	c.TitleEN = "Trial"
	c.Translations = []curriculum.Translation{{Lang: "en", Lessons: []curriculum.Lesson{{Key: "bai-1", Cards: []curriculum.Card{
		{Key: "the-0", Title: "Card", HTML: "<p>Body</p>", Text: "Body"}, {Key: "the-1", Title: "Card"}, {Key: "the-2", Title: "Card"}}}},
		Texts: map[string]string{"Câu <em>hỏi</em>": "A <em>question</em>", "Lựa chọn 1": "Choice 1", secretWord + " giải thích": secretWord + " explained", secretWord + " gợi ý một": secretWord + " hint one"}}}
	c.Hash = ""
	c.Hash = c.ContentHash()
	_, err := w.l.Publish(ctx, models.System(), &curriculum.Catalog{Courses: []curriculum.Course{c}})
	require.NoError(t, err)
	p := w.pupil(w.class)
	en := models.WithLang(ctx, "en")

	vi, err := w.l.Lesson(ctx, p, course1, "bai-1")
	require.NoError(t, err)
	lesson, err := w.l.Lesson(en, p, course1, "bai-1")
	require.NoError(t, err)
	require.Equal(t, "Card", lesson.Cards[0].Title)
	require.Equal(t, "Thẻ", vi.Cards[0].Title)
	require.NotEqual(t, vi.Hash, lesson.Hash, "a cache must not mix them up")
	detail, err := w.l.Course(en, p, course1)
	require.NoError(t, err)
	require.Equal(t, "Trial", detail.Title)
	home, err := w.l.Home(en, p)
	require.NoError(t, err)
	require.Equal(t, "Trial", home.Skills[3].Title)
	home, err = w.l.Home(ctx, p)
	require.NoError(t, err)
	require.Equal(t, c.Title, home.Skills[3].Title)
	other, err := w.l.Lesson(en, p, "online_payment-thcs", "bai-1")
	require.NoError(t, err)
	require.Equal(t, "Thẻ", other.Cards[0].Title, "what nobody has translated stays Vietnamese")

	q, err := w.l.PracticeQuestion(en, p, course1, "q-00")
	require.NoError(t, err)
	require.Equal(t, "A <em>question</em>", q.Question.Stem)
	same, err := w.l.PracticeAnswer(ctx, p, PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: "q-00", Nonce: q.Nonce, Response: w.solve(p, q)})
	require.NoError(t, err)
	require.True(t, same.Correct, "fetched in one language, answered in the other")
	for range 2 {
		_, err = w.l.PracticeAnswer(en, p, PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: "q-00", Nonce: q.Nonce})
		require.NoError(t, err)
	}

	a, err := w.l.StartAttempt(en, p, NewAttempt{ID: newID(), CourseKey: course1})
	require.NoError(t, err)
	require.Equal(t, "A <em>question</em>", a.Items[0].Stem)
	back, err := w.l.Attempt(ctx, p, a.ID)
	require.NoError(t, err)
	require.Equal(t, "Câu <em>hỏi</em>", back.Items[0].Stem)
	w.answer(p, a.ID, 10)
	_, err = w.l.Submit(ctx, p, a.ID)
	require.NoError(t, err)
	r, err := w.l.Result(en, p, a.ID)
	require.NoError(t, err)
	require.Equal(t, 100, r.Percent)
	require.Equal(t, secretWord+" explained", r.Items[0].Explain)
}
