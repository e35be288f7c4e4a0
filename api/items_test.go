package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models/learning"
)

// A teacher sees what the own class missed, others' classes do not exist; keys
// wait for the end of the lesson; the province's figures name nobody and are
// for the department and the administrator.
func TestItemsThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		a := j.start(t, "self_protection-thcs")
		j.ok(t, "hocsinh", "PUT", fmt.Sprintf("/attempts/%s/answers/1", a.ID), fmt.Sprintf(`{"slot":1,"response":%s}`, j.right(a.CourseKey, a.Items[0])), nil)
		j.ok(t, "hocsinh", "POST", "/attempts/"+a.ID.String()+"/submission", `{}`, nil)
		var items learning.ClassItems
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/items?session="+j.session.ID.String(), "", &items)
		require.Positive(t, items.Attempts)
		require.GreaterOrEqual(t, len(items.Items), len(a.Items))
		require.NotEmpty(t, items.Waiting)
		for _, it := range items.Items {
			require.Nil(t, it.Wrong)
		}
		var cards learning.Reteach
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/reteach", "", &cards)
		require.Empty(t, cards.Cards)
		require.Contains(t, []string{"quiz_open", "session_open"}, cards.Waiting[0].Reason)
		w.clock.Add(5 * time.Hour)
		_, err := w.Learning.CloseExpired(t.Context())
		require.NoError(t, err)
		clear(w.tokens)
		w.ok(t, "giaovien", "POST", "/lesson-sessions/"+j.session.ID.String()+"/release", "", nil)
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/reteach?session="+j.session.ID.String(), "", &cards)
		require.Len(t, cards.Cards, 5)

		n, err := w.Learning.FoldItems(t.Context())
		require.NoError(t, err)
		require.Positive(t, n)
		hash := items.Items[0].QuestionHash
		reason := `{"reason":"Đã xem lại, câu hỏi đúng"}`
		w.run(t, []scenario{
			{name: "another class", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/items", status: 404},
			{name: "session of no class", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/items?session=" + w.newID(), status: 404},
			{name: "session malformed", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/reteach?session=x", status: 404},
			{name: "pupil", as: "hocsinh", method: "GET", url: "/classes/" + w.class + "/reteach", status: 403},
			{name: "lesson for the wall", as: "giaovien", method: "GET", url: "/courses/self_protection-thcs/lessons/" + w.lesson() + "/projection", status: 200, contains: `"hints"`},
			{name: "no such lesson", as: "giaovien", method: "GET", url: "/courses/self_protection-thcs/lessons/x/projection", status: 404},
			{name: "pupil at the wall", as: "hocsinh", method: "GET", url: "/courses/self_protection-thcs/lessons/x/projection", status: 403},
			{name: "province, department", as: "so", method: "GET", url: "/item-analysis?course=self_protection-thcs", status: 200, contains: hash, lacks: "Nguyễn"},
			{name: "province, administrator", as: "admin", method: "GET", url: "/item-analysis/" + hash, status: 200, contains: `"choices"`},
			{name: "province, teacher", as: "giaovien", method: "GET", url: "/item-analysis", status: 403},
			{name: "unknown version", as: "admin", method: "GET", url: "/item-analysis/none", status: 404},
			{name: "clear what is not flagged", as: "admin", method: "POST", url: "/item-analysis/" + hash + "/clearance", body: reason, status: 404},
			{name: "clear, department", as: "so", method: "POST", url: "/item-analysis/" + hash + "/clearance", body: reason, status: 403},
			{name: "file, school", as: "truong", method: "GET", url: "/item-analysis/file?format=csv", status: 403},
			{name: "file of no format", as: "so", method: "GET", url: "/item-analysis/file?format=pdf", status: 422},
		})
	})
}

func (w *world) lesson() string {
	c, _ := w.Catalog.Course("self_protection-thcs")
	return c.Lessons[0].Key
}

// The file holds the same rows and figures as the page.
func TestItemFileIsThePage(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var page list[learning.ItemAnalysis]
		w.ok(t, "so", "GET", "/item-analysis", "", &page)
		require.NotEmpty(t, page.Items)
		res := w.as(t, "so", "GET", "/item-analysis/file?format=csv", "")
		require.Equal(t, 200, res.Code)
		require.Contains(t, res.Header().Get("Content-Disposition"), "phan-tich-cau-hoi.csv")
		lines := strings.Split(strings.TrimSpace(res.Body.String()), "\r\n")
		require.Len(t, lines, len(page.Items)+2, "headings, codes, rows")
		for i, it := range page.Items {
			require.True(t, strings.HasPrefix(lines[i+2], it.CourseKey+";"+it.QuestionKey+";"), lines[i+2])
			require.Contains(t, lines[i+2], it.QuestionHash)
		}
		res = w.as(t, "so", "GET", "/item-analysis/file?format=xlsx", "")
		require.Equal(t, "PK", res.Body.String()[:2])
	})
}
