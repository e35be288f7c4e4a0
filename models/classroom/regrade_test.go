package classroom_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/learning"
)

// turn makes another answer the right one, whatever the kind; false for match.
func turn(q *curriculum.Question) bool {
	q.Options = slices.Clone(q.Options)
	switch q.Kind {
	case "single", "multiple":
		last := q.Options[len(q.Options)-1].Correct
		for k := len(q.Options) - 1; k > 0; k-- {
			q.Options[k].Correct = q.Options[k-1].Correct
		}
		q.Options[0].Correct = last
	case "true_false":
		other := !*q.Answer
		q.Answer = &other
	case "order":
		slices.Reverse(q.Options)
	case "spot":
		q.Spots = slices.Clone(q.Spots)
		for k := range q.Spots {
			q.Spots[k].Sign = !q.Spots[k].Sign
		}
		if q.Message != nil {
			m := *q.Message
			m.Parts = slices.Clone(m.Parts)
			for k := range m.Parts {
				m.Parts[k].Sign = !m.Parts[k].Sign
			}
			q.Message = &m
		}
	default:
		return false
	}
	return true
}

// turnKeys publishes the course with other right answers in what its quiz may
// ask, and applies a regrade to each.
func (w *world) turnKeys(t *testing.T) {
	t.Helper()
	now, _ := w.house.Catalog.Course(course)
	mended := *now
	mended.Questions = slices.Clone(now.Questions)
	changed := map[string]string{}
	for i := range mended.Questions {
		q := &mended.Questions[i]
		if !q.Quizzed() || !turn(q) {
			continue
		}
		changed[q.Key] = q.Hash
		q.Hash = q.ContentHash()
	}
	mended.Hash = mended.ContentHash()
	_, err := w.house.Learning.Publish(ctx, w.house.System, &curriculum.Catalog{Courses: []curriculum.Course{mended}})
	require.NoError(t, err)
	for key, from := range changed {
		_, err := w.house.Learning.ApplyRegrade(ctx, w.house.System, learning.RegradeSpec{QuestionKey: key, From: from, CourseKey: course})
		require.NoError(t, err)
	}
}

// Quizzes taken on a laptop before its questions were mended are graded by the
// corrected key when they come home after the regrade: at once where they were
// handed in, with both results kept and the chain of proof whole.
func TestRegradeReachesTheLaptop(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		for i := range 2 {
			s.join(i)
			s.lessons(i, course)
		}
		first := s.quiz("before", 0, course, 0)
		_, err := w.laptop.house.Classroom.Push(ctx, wire{w: w})
		require.NoError(t, err)
		late := s.quiz("after", 1, course, 0)
		w.tick(time.Hour)
		w.turnKeys(t)
		_, err = w.laptop.house.Classroom.Push(ctx, wire{w: w})
		require.NoError(t, err)
		score := func(id models.ID) int { return w.count("SELECT score FROM attempts WHERE id = ?", id) }
		kept := func(id models.ID) int {
			return w.count("SELECT COUNT(*) FROM regrade_results WHERE attempt_id = ?", id)
		}
		for _, id := range []models.ID{first.ID, late.ID} {
			assert.Positive(t, kept(id))
			assert.Equal(t, 10000, w.count("SELECT old_score FROM regrade_results WHERE attempt_id = ? AND seq = 1", id))
			proof, err := w.house.Learning.Explain(ctx, models.System(), id)
			require.NoError(t, err)
			assert.True(t, proof.Intact)
		}
		assert.Less(t, score(late.ID), 10000)
		assert.Equal(t, 2, w.count("SELECT COUNT(*) FROM skill_passes WHERE skill = 'self_protection'"), "what was passed by the old key stays passed")

		// The same facts again, from the beginning, change nothing.
		before := kept(first.ID) + kept(late.ID)
		raw := w.laptop.forge(t, func(*learning.Fact) {})
		_, _ = w.room().Apply(ctx, raw, classroom.ViaNetwork)
		_, err = w.house.Learning.FoldItems(ctx)
		require.NoError(t, err)
		assert.Equal(t, before, kept(first.ID)+kept(late.ID))
	})
}
