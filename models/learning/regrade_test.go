package learning

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/certificate"
)

// swap makes another option of a single question the right one: q-00's first
// option was right, its second is now.
func swap(q *curriculum.Question) {
	q.Options[0].Correct, q.Options[0].Feedback = false, secretWord+" sai"
	q.Options[1].Correct, q.Options[1].Feedback = true, ""
}

// met starts quizzes for new pupils until one holds question q-00.
func (w *world) met(p models.Actor, session models.ID) (Attempt, int) {
	w.t.Helper()
	for {
		a := w.start(p, course1, session)
		if i := slices.IndexFunc(a.Items, func(q QuestionView) bool { return q.QuestionKey == "q-00" }); i >= 0 {
			return a, i
		}
		_, err := w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
	}
}

// take answers a quiz that holds q-00: the option of q-00 by its index in the
// content, the first right slots beside it rightly, and hands it in.
func (w *world) take(p models.Actor, session models.ID, option, right int) models.ID {
	w.t.Helper()
	a, slot := w.met(p, session)
	f, err := w.l.anyAttempt(ctx, a.ID)
	require.NoError(w.t, err)
	var list []Answer
	add := func(i int, r Response) { list = append(list, Answer{Seq: len(list) + 1, Slot: i + 1, Response: r}) }
	add(slot, Response{Choice: key(slices.Index(f.items[slot].item.Options, option))})
	for i, r := range w.right(a.ID) {
		if i != slot && right > 0 {
			right--
			add(i, r)
		}
	}
	_, err = w.l.SaveAnswers(ctx, p, a.ID, list)
	require.NoError(w.t, err)
	_, err = w.l.Submit(ctx, p, a.ID)
	require.NoError(w.t, err)
	return a.ID
}

func (w *world) preview(actor models.Actor, from string) RegradeReport {
	w.t.Helper()
	r, err := w.l.PreviewRegrade(ctx, actor, RegradeSpec{QuestionKey: "q-00", From: from})
	require.NoError(w.t, err)
	return r
}

func (w *world) apply(from string) RegradeReport {
	w.t.Helper()
	r, err := w.l.ApplyRegrade(ctx, models.System(), RegradeSpec{QuestionKey: "q-00", From: from})
	require.NoError(w.t, err)
	return r
}

func (w *world) intact(id models.ID) bool {
	w.t.Helper()
	p, err := w.l.Explain(ctx, models.System(), id)
	require.NoError(w.t, err)
	return p.Intact
}

// Three pupils answered: one by the wrong key and gains by the new one, one
// loses, one is not concerned. What the preview says is what happens, once.
func TestRegrade(t *testing.T) {
	each(t, func(w *world) {
		gains, loses, other := w.pupil(w.class), w.pupil(w.class), w.pupil(w.other)
		for _, p := range []models.Actor{gains, loses} {
			w.lessons(p, course1)
		}
		s := w.session("", gains, loses)
		won, lost := w.take(gains, s.ID, 1, 7), w.take(loses, s.ID, 0, 7)
		w.take(other, models.ID{}, 2, 3)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM skill_passes"), "8 of 10 by the old key")
		from := w.questionOf(course1, "q-00").Hash
		_, err := w.l.PreviewRegrade(ctx, models.System(), RegradeSpec{QuestionKey: "q-00", From: from})
		assert.Equal(w.t, "no_new_version", models.CodeOf(err))
		to := w.mend("q-00", swap)

		before := w.preview(models.System(), from)
		assert.Equal(w.t, []any{from, to, 2, 1, 1, 1, 1, 0}, []any{before.From, before.To, before.Changed, before.Up, before.Down,
			before.PassGained, before.BelowNow, before.NotRegradable})
		assert.GreaterOrEqual(w.t, before.Unchanged, 1)
		for _, c := range before.Changes {
			assert.Nil(w.t, c.Name, "the administrator sees numbers, not names")
		}
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM skill_passes"))
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM regrade_results"))

		after := w.apply(from[:12])
		assert.True(w.t, after.Applied)
		before.Applied = true
		assert.Equal(w.t, before, after, "what the preview said")
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM skill_passes"), "gained, and the other keeps hers")
		for _, id := range []models.ID{won, lost} {
			assert.True(w.t, w.intact(id))
		}
		again := w.apply(from)
		assert.Equal(w.t, []int{0, after.Changed + after.Unchanged}, []int{again.Changed, again.Unchanged})
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM regrade_results"))

		r, err := w.l.Result(ctx, loses, lost)
		require.NoError(w.t, err)
		assert.Equal(w.t, []any{70, true, 1}, []any{r.Percent, r.Passed, len(r.Regraded)}, "the quiz once passed stays passed")
		assert.Equal(w.t, []int{80, 70}, []int{r.Regraded[0].OldPercent, r.Regraded[0].NewPercent})
		assert.NotNil(w.t, r.SkillPass)
	})
}

// The pupil is told on the home page until the result was opened; the teacher
// of the class sees the name, another teacher nothing.
func TestRegradeIsTold(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		id := w.take(p, models.ID{}, 1, 5)
		from := w.questionOf(course1, "q-00").Hash
		w.mend("q-00", swap)
		w.apply(from)
		h, err := w.l.Home(ctx, p)
		require.NoError(w.t, err)
		require.Len(w.t, h.Regraded, 1)
		assert.Equal(w.t, []any{id, 50, 60, "Khóa self_protection 1"}, []any{h.Regraded[0].AttemptID, h.Regraded[0].OldPercent, h.Regraded[0].NewPercent, h.Regraded[0].CourseTitle})
		r, err := w.l.Result(ctx, p, id)
		require.NoError(w.t, err)
		slot := h.Regraded[0].Slot
		assert.Equal(w.t, 100, r.Items[slot-1].Percent)
		assert.Equal(w.t, *r.Items[slot-1].Response, r.Items[slot-1].Key, "the mended key is shown")
		h, err = w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.Empty(w.t, h.Regraded)
		list, err := w.l.ClassRegrades(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		require.Len(w.t, list, 1)
		assert.Equal(w.t, []any{p.Name, "q-00", 50, 60}, []any{list[0].Name, list[0].QuestionKey, list[0].OldPercent, list[0].NewPercent})
		_, err = w.l.ClassRegrades(ctx, w.teacherOf(w.other), w.class)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		w.clock.Add(61 * 24 * time.Hour)
		list, err = w.l.ClassRegrades(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		assert.Empty(w.t, list)
	})
}

func TestRegradeReach(t *testing.T) {
	each(t, func(w *world) {
		mine, theirs := w.pupil(w.class), w.pupil(w.other)
		w.take(mine, models.ID{}, 1, 5)
		w.take(theirs, models.ID{}, 1, 5)
		from := w.questionOf(course1, "q-00").Hash
		w.mend("q-00", swap)
		r := w.preview(w.teacher, from)
		require.Len(w.t, r.Changes, 1)
		assert.Equal(w.t, []any{2, mine.Name, "7A", 1}, []any{r.Changed, *r.Changes[0].Name, r.Changes[0].ClassName, len(r.Classes)})
		dept := models.Actor{Grants: []models.Grant{{Role: models.RoleDeptOfficer, Scope: models.ScopeArea, At: newID()}}}
		r = w.preview(dept, from)
		assert.Len(w.t, r.Changes, 2)
		assert.NotContains(w.t, mustJSON(w.t, r), "Nguyễn")
		for _, c := range []struct {
			spec RegradeSpec
			kind models.Kind
		}{
			{RegradeSpec{QuestionKey: "q-00", From: "zz"}, models.KindInvalid}, {RegradeSpec{QuestionKey: "q-00", From: "%"}, models.KindInvalid},
			{RegradeSpec{QuestionKey: "q-01", From: from}, models.KindNotFound}, {RegradeSpec{QuestionKey: "x", From: from}, models.KindNotFound},
		} {
			_, err := w.l.PreviewRegrade(ctx, w.teacher, c.spec)
			assert.Equal(w.t, c.kind, models.KindOf(err), c.spec)
		}
		_, err := w.l.PreviewRegrade(ctx, mine, RegradeSpec{QuestionKey: "q-00", From: from})
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
		_, err = w.l.ApplyRegrade(ctx, w.teacher, RegradeSpec{QuestionKey: "q-00", From: from})
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

// Options that are not the same any more are not guessed; what may still change
// waits; what is being taken is counted.
func TestRegradeLeavesOut(t *testing.T) {
	each(t, func(w *world) {
		w.take(w.pupil(w.class), models.ID{}, 1, 5)
		busy := w.pupil(w.class)
		w.met(busy, models.ID{})
		from := w.questionOf(course1, "q-00").Hash
		w.mend("q-00", func(q *curriculum.Question) { swap(q); q.Options[3].Text = "Khác hẳn" })
		r := w.apply(from)
		assert.Equal(w.t, []any{0, 1, notOptions, 1}, []any{r.Changed, r.NotRegradable, r.Reason, r.Open})
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM regrade_results"))
	})
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		a, _ := w.met(p, s.ID)
		w.answer(p, a.ID, 3)
		_, err := w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		from := w.questionOf(course1, "q-00").Hash
		w.mend("q-00", swap)
		assert.Equal(w.t, 1, w.apply(from).Waiting)
		w.clock.Add(8 * 24 * time.Hour)
		assert.Zero(w.t, w.apply(from).Waiting)
	})
}

// A certificate that rests on replaced results is proved by them, also after a
// second mend; an altered record is found.
func TestRegradedCertificateStaysProved(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		for _, skill := range certificate.Skills {
			w.lessons(p, skill+"-thcs")
			if skill+"-thcs" != course1 {
				w.quiz(p, skill+"-thcs", s.ID, 10)
			}
		}
		id := w.take(p, s.ID, 0, 9)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM certificates"))
		first := w.questionOf(course1, "q-00").Hash
		w.mend("q-00", swap)
		w.apply(first)
		w.mend("q-00", func(q *curriculum.Question) { q.Options[2].Correct, q.Options[1].Correct = true, false })
		w.apply(first) // the answer is wrong by both
		w.mend("q-00", func(q *curriculum.Question) {
			q.Options[0].Correct, q.Options[2].Correct = true, false
			q.Explain = "Ba"
		})
		r := w.apply(first)
		assert.Equal(w.t, []int{1, 1, 0}, []int{r.Changed, r.Up, r.PassGained})
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM regrade_results WHERE attempt_id = ?", id))
		broken := func() int {
			r, err := w.l.CheckProofs(ctx, models.System())
			require.NoError(w.t, err)
			return r.Broken
		}
		assert.Zero(w.t, broken())
		for _, c := range []struct{ change, back string }{
			{"UPDATE regrade_results SET old_score = old_score - 1", "UPDATE regrade_results SET old_score = old_score + 1"},
			{"UPDATE regrade_results SET new_score = new_score - 1", "UPDATE regrade_results SET new_score = new_score + 1"},
			{"UPDATE regrade_results SET slot = slot + 10", "UPDATE regrade_results SET slot = slot - 10"},
		} {
			w.exec(c.change)
			assert.Equal(w.t, 1, broken(), c.change)
			w.exec(c.back)
			assert.Zero(w.t, broken())
		}
		w.exec("DELETE FROM regrade_results WHERE seq = 1")
		assert.Equal(w.t, 1, broken())
	})
}

// The last skill may come by a regrade: the certificate is issued and covers.
func TestRegradeIssues(t *testing.T) {
	each(t, func(w *world) {
		p, late := w.pupil(w.class), w.pupil(w.class)
		s := w.session("", p, late)
		for _, skill := range certificate.Skills {
			w.lessons(p, skill+"-thcs")
			if skill+"-thcs" != course1 {
				w.quiz(p, skill+"-thcs", s.ID, 10)
			}
		}
		w.take(p, s.ID, 1, 7)
		w.take(late, s.ID, 0, 7) // has passed, the lessons are missing
		from := w.questionOf(course1, "q-00").Hash
		w.mend("q-00", swap)
		assert.Equal(w.t, []int{1, 1}, func() []int { r := w.preview(w.teacher, from); return []int{r.PassGained, r.Certificates} }())
		var wg sync.WaitGroup
		for range 3 { // three at once: each result is changed once
			wg.Go(func() { _, _ = w.l.ApplyRegrade(ctx, models.System(), RegradeSpec{QuestionKey: "q-00", From: from}) })
		}
		wg.Wait()
		w.apply(from)
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM regrade_results"))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM certificates"))
		w.lessons(late, course1)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM skill_passes WHERE person_id = ?", late.Person), "the quiz once passed counts for the lessons that follow")
		r, err := w.l.CheckProofs(ctx, models.System())
		require.NoError(w.t, err)
		assert.Zero(w.t, r.Broken)
	})
}
