package learning

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func TestReportQuestion(t *testing.T) {
	each(t, func(w *world) {
		p, q := w.pupil(w.class), w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		// Not one that is reported from practice below: the draw is random.
		key := a.Items[slices.IndexFunc(a.Items, func(q QuestionView) bool { return q.QuestionKey != "q-00" })].QuestionKey
		report := func(actor models.Actor, change func(*QuestionReport)) error {
			r := QuestionReport{ID: newID(), CourseKey: course1, QuestionKey: key, AttemptID: a.ID, Place: "quiz", Reason: "unclear", Note: "  Câu này khó hiểu "}
			change(&r)
			return w.l.ReportQuestion(ctx, actor, r)
		}
		practice := func(r *QuestionReport) { r.AttemptID, r.Place, r.QuestionKey = models.ID{}, "practice", "q-00" }
		same := func(*QuestionReport) {}
		require.NoError(w.t, report(p, same))
		require.NoError(w.t, report(p, func(r *QuestionReport) { r.Reason = "broken" }), "once a pupil and version: the first stays")
		require.NoError(w.t, report(p, practice))
		require.NoError(w.t, report(q, practice))
		for name, c := range map[string]struct {
			actor  models.Actor
			change func(*QuestionReport)
			kind   models.Kind
		}{
			"another's attempt":  {q, same, models.KindNotFound},
			"not in the attempt": {p, func(r *QuestionReport) { r.QuestionKey = "no" }, models.KindNotFound},
			"other course":       {p, func(r *QuestionReport) { r.CourseKey = "online_payment-thcs" }, models.KindNotFound},
			"kept for the quiz":  {p, func(r *QuestionReport) { practice(r); r.QuestionKey = "q-04" }, models.KindNotFound},
			"unknown course":     {p, func(r *QuestionReport) { practice(r); r.CourseKey = "no" }, models.KindNotFound},
			"no id":              {p, func(r *QuestionReport) { r.ID = models.ID{} }, models.KindInvalid},
			"no such place":      {p, func(r *QuestionReport) { r.Place = "home" }, models.KindInvalid},
			"no such reason":     {p, func(r *QuestionReport) { r.Reason = "boring" }, models.KindInvalid},
			"a letter too long":  {p, func(r *QuestionReport) { r.Note = strings.Repeat("ệ", maxReportNote+1) }, models.KindInvalid},
			"a teacher":          {w.teacher, same, models.KindForbidden},
		} {
			assert.Equal(w.t, c.kind, models.KindOf(report(c.actor, c.change)), name)
		}
		_, err := w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 1, Slot: 1, Response: w.right(a.ID)[0]})
		require.NoError(w.t, err, "the quiz goes on")

		list, err := w.l.ClassReports(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		require.Len(w.t, list, 2)
		counts := map[string]int{}
		for _, x := range list {
			counts[x.QuestionKey] = x.Count
			assert.True(w.t, x.Current)
			assert.NotEmpty(w.t, x.Stem)
			assert.Equal(w.t, map[string]int{"unclear": x.Count}, x.Reasons)
			assert.Equal(w.t, "Câu này khó hiểu", x.Notes[0])
		}
		assert.Equal(w.t, map[string]int{key: 1, "q-00": 2}, counts)
		_, err = w.l.ClassReports(ctx, w.teacherOf(w.other), w.class)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err), "own class only")
		_, err = w.l.ClassReports(ctx, p, w.class)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
		all, err := w.l.Reports(ctx, models.System())
		require.NoError(w.t, err)
		assert.Len(w.t, all, 2)
		_, err = w.l.Reports(ctx, w.teacher)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))

		// Mended: the report stays and says that the version is gone.
		_, err = w.l.Publish(ctx, models.System(), mended(3))
		require.NoError(w.t, err)
		list, err = w.l.ClassReports(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		for _, x := range list {
			assert.Equal(w.t, x.QuestionKey != "q-00" && !strings.HasSuffix(x.Stem, "lần 3"), x.Current, x.QuestionKey)
		}
		require.NoError(w.t, report(p, practice), "the new version may be reported again")
	})
}
