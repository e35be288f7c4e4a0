package learning

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
)

// withPlacement publishes course 1 with two placement questions for the first
// lesson and one for the second.
func (w *world) withPlacement() curriculum.Course {
	w.t.Helper()
	c := testCourse("self_protection", "thcs", 1)
	for i, lesson := range []string{"bai-1", "bai-1", "bai-2"} {
		q := question(90+i, kinds[i], "placement")
		q.Lesson = lesson
		q.Hash = q.ContentHash()
		c.Questions = append(c.Questions, q)
	}
	c.Hash = c.ContentHash()
	_, err := w.l.Publish(ctx, models.System(), &curriculum.Catalog{Courses: []curriculum.Course{c}})
	require.NoError(w.t, err)
	return c
}

// answerPlacement answers the first n questions rightly, as the pupil sees them.
func (w *world) answerPlacement(p models.Actor, t PlacementTest, n int) PlacementAnswers {
	w.t.Helper()
	c, err := w.l.catalog.byKey(ctx, t.CourseKey)
	require.NoError(w.t, err)
	a := PlacementAnswers{ID: newID(), CourseKey: t.CourseKey, Nonce: t.Nonce}
	for i, item := range t.Questions[:n] {
		_ = i
		a.Answers = append(a.Answers, PlacementAnswer{QuestionKey: item.Key, Response: w.l.dealt(p.Person, t.Nonce, c.byKey[item.Key]).key()})
	}
	return a
}

func TestPlacement(t *testing.T) {
	each(t, func(w *world) {
		w.withPlacement()
		p := w.pupil(w.class)
		test, err := w.l.Placement(ctx, p, course1)
		require.NoError(w.t, err)
		require.Len(w.t, test.Questions, 3)
		require.LessOrEqual(w.t, test.Minutes, 6)
		a := w.answerPlacement(p, test, 2)
		r, err := w.l.TakePlacement(ctx, p, a)
		require.NoError(w.t, err)
		require.Equal(w.t, []PlacementLesson{{Key: "bai-1", Title: "Bài 1", Skipped: true}, {Key: "bai-2", Title: "Bài 2"}}, r.Lessons)
		require.Equal(w.t, [2]int{2, 3}, [2]int{r.Right, r.Total})
		require.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM lesson_progress WHERE via = 'placement' AND done_at IS NOT NULL"))

		list, err := w.l.MyProgress(ctx, p)
		require.NoError(w.t, err)
		require.Equal(w.t, "placement", list[0].Via)
		read, err := w.l.PutProgress(ctx, p, course1, "bai-1", Progress{Seq: 1, CardIndex: 1})
		require.NoError(w.t, err)
		require.Equal(w.t, "placement", read.Via, "reading it all the same changes nothing")

		again, err := w.l.TakePlacement(ctx, p, a)
		require.NoError(w.t, err)
		require.Equal(w.t, r.Lessons, again.Lessons, "a repeat answers as the first did")
		a.ID = newID()
		_, err = w.l.TakePlacement(ctx, p, a)
		require.Equal(w.t, "placement_taken", models.CodeOf(err), "once a version")
		test, err = w.l.Placement(ctx, p, course1)
		require.NoError(w.t, err)
		require.NotNil(w.t, test.Result)
		require.Empty(w.t, test.Questions)

		home, err := w.l.Home(ctx, p)
		require.NoError(w.t, err)
		for _, tile := range home.Skills {
			if tile.CourseKey == course1 {
				require.Equal(w.t, 1, tile.LessonsDone)
			}
		}
	})
}

func TestPlacementRefused(t *testing.T) {
	w := worldOnSQLite(t)
	w.withPlacement()
	p := w.pupil(w.class)
	test, err := w.l.Placement(ctx, p, course1)
	require.NoError(t, err)
	change := func(f func(*PlacementAnswers)) PlacementAnswers {
		a := w.answerPlacement(p, test, 3)
		f(&a)
		return a
	}
	for name, tt := range map[string]struct {
		a    PlacementAnswers
		code string
	}{
		"no id":                       {change(func(a *PlacementAnswers) { a.ID = models.ID{} }), "invalid"},
		"made-up nonce":               {change(func(a *PlacementAnswers) { a.Nonce = "zz" }), "out_of_date"},
		"a practice question instead": {change(func(a *PlacementAnswers) { a.Answers[0].QuestionKey = "q-01" }), "invalid"},
		"one question twice":          {change(func(a *PlacementAnswers) { a.Answers[1] = a.Answers[0] }), "invalid"},
		"a key that is not shown":     {change(func(a *PlacementAnswers) { a.Answers[0].Response = Response{Choice: "99"} }), "invalid"},
		"course without a test":       {change(func(a *PlacementAnswers) { a.CourseKey = "online_payment-thcs" }), "not_found"},
	} {
		_, err := w.l.TakePlacement(ctx, p, tt.a)
		require.Equal(t, tt.code, models.CodeOf(err), name)
	}
	require.Zero(t, w.count("SELECT COUNT(*) FROM placements"))
	w.start(p, course1, models.ID{})
	_, err = w.l.Placement(ctx, p, course1)
	require.Equal(t, models.KindClosed, models.KindOf(err), "a quiz is open")
	_, err = w.l.Placement(ctx, w.teacher, course1)
	require.Equal(t, models.KindForbidden, models.KindOf(err))
	_, err = w.l.PracticeQuestion(ctx, w.pupil(w.class), course1, "q-90")
	require.Equal(t, models.KindNotFound, models.KindOf(err), "placement questions are not practised: practice would tell their answers")
}

// TestPlacementEarnsTheLastLesson: the quiz was passed before; the lesson known already completes the skill.
func TestPlacementEarnsTheLastLesson(t *testing.T) {
	w := worldOnSQLite(t)
	w.withPlacement()
	p := w.pupil(w.class)
	s := w.session("", p)
	w.quiz(p, course1, s.ID, 10)
	require.Zero(t, w.passes(p))
	test, err := w.l.Placement(ctx, p, course1)
	require.NoError(t, err)
	_, err = w.l.TakePlacement(ctx, p, w.answerPlacement(p, test, 3))
	require.NoError(t, err)
	require.Equal(t, 1, w.passes(p))
}

func TestPlacementFromTwoTabs(t *testing.T) {
	each(t, func(w *world) {
		w.withPlacement()
		p := w.pupil(w.class)
		test, err := w.l.Placement(ctx, p, course1)
		require.NoError(w.t, err)
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			a := w.answerPlacement(p, test, i%3+1)
			wg.Go(func() { _, errs[i] = w.l.TakePlacement(ctx, p, a) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				require.Equal(w.t, "placement_taken", models.CodeOf(err))
			}
		}
		require.Equal(w.t, 1, won)
	})
}
