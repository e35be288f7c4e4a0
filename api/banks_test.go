package api

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models/drafts"
)

// send sends a form as a demo account.
func (w *world) send(t testing.TB, as, path string, pairs ...string) *httptest.ResponseRecorder {
	t.Helper()
	body, kind := form(t, pairs...)
	req := httptest.NewRequest("POST", base+path, body)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+w.token(t, as))
	res := httptest.NewRecorder()
	w.ServeHTTP(res, req)
	return res
}

// TestQuestionBanks goes through the door as a teacher does: bring in, look at, take out, and who may not.
func TestQuestionBanks(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const file = "::một::Một?{=a ~b#vì sao}\n\n// [tag:nhaso:use=quiz]\n::hai::Hai?{=a ~b#c}\n\nBa?{}\n"
		for _, as := range []string{"hocsinh", "to", "canbo", "so"} {
			require.Equal(t, 403, w.send(t, as, "/question-banks/imports", "bank", "x", "file", file).Code, as)
		}
		res := w.send(t, "giaovien", "/question-banks/imports", "bank", "Tin 7", "file", file)
		require.Equal(t, 200, res.Code, res.Body.String())
		require.Contains(t, res.Body.String(), `"imported":2`)
		require.Contains(t, res.Body.String(), `{"where":"line 6","reason":"type_unsupported","detail":"essay"}`)
		hostile := w.send(t, "giaovien", "/question-banks/imports", "bank", "Tin 8", "format", "moodlexml", "file", `<!DOCTYPE q [<!ENTITY a "b">]><quiz/>`)
		require.Equal(t, 422, hostile.Code)
		require.Contains(t, hostile.Body.String(), `"bank_refused"`)
		require.Contains(t, hostile.Body.String(), `"code":"entities"`)
		require.Equal(t, 422, w.send(t, "giaovien", "/question-banks/imports", "file", file).Code, "without a name")
		require.Equal(t, 404, w.send(t, "giaovien", "/question-banks/imports", "bank", "x", "school_id", w.newID(), "file", file).Code)

		var banks struct {
			Items    []drafts.Bank
			Schools  []drafts.School
			Province bool
		}
		w.ok(t, "giaovien", "GET", "/question-banks", "", &banks)
		require.Len(t, banks.Items, 1)
		require.Len(t, banks.Schools, 1)
		require.False(t, banks.Province)
		id := banks.Items[0].ID.String()
		var page list[bankDraft]
		w.ok(t, "giaovien", "GET", "/question-banks/"+id+"/questions", "", &page)
		require.Len(t, page.Items, 2)
		require.Equal(t, "mot", page.Items[0].Question.Key)
		require.Contains(t, page.Items[0].Problems, "hints_missing")

		out := w.as(t, "giaovien", "GET", "/question-exports/file?format=gift&bank="+id, "")
		require.Equal(t, 200, out.Code)
		require.Contains(t, out.Header().Get("Content-Disposition"), `filename="bank.gift.txt"`)
		require.Contains(t, out.Body.String(), "::mot::[html]Một?{")
		require.NotContains(t, out.Body.String(), "Hai?", "a question of a quiz stays")
		w.run(t, []scenario{
			{name: "what stays is listed", as: "giaovien", method: "GET", url: "/question-exports/report?format=qti&bank=" + id, status: 200, contains: `{"where":"hai","reason":"not_practice"}`},
			{name: "the administrator takes all", as: "admin", method: "GET", url: "/question-exports/file?format=gift&bank=" + id, status: 200, contains: "Hai?"},
			{name: "the school admin sees the bank", as: "truong", method: "GET", url: "/question-banks/" + id + "/questions", status: 200, contains: `"mot"`},
			{name: "neither bank nor course", as: "giaovien", method: "GET", url: "/question-exports/file?format=gift", status: 422},
			{name: "both", as: "giaovien", method: "GET", url: "/question-exports/file?format=gift&course=x&bank=" + id, status: 422},
			{name: "no such format", as: "giaovien", method: "GET", url: "/question-exports/file?format=word&bank=" + id, status: 422},
			{name: "no such bank", as: "giaovien", method: "GET", url: "/question-exports/file?format=gift&bank=" + w.newID(), status: 404},
			{name: "no such course", as: "giaovien", method: "GET", url: "/question-exports/file?format=gift&course=x", status: 404},
			{name: "a pupil", as: "hocsinh", method: "GET", url: "/question-exports/file?format=gift&course=self_protection-thcs", status: 403},
			{name: "no such draft", as: "giaovien", method: "DELETE", url: "/question-banks/" + id + "/questions/" + w.newID(), status: 404},
			{name: "delete", as: "giaovien", method: "DELETE", url: "/question-banks/" + id + "/questions/" + page.Items[0].ID, status: 204},
			{name: "gone", as: "giaovien", method: "GET", url: "/question-banks/" + id + "/questions", status: 200, lacks: `"mot"`},
		})
	})
}

// TestNoQuizKeyLeaves: a teacher's file of a course holds practice questions alone, in every format; an administrator's
// holds all.
func TestNoQuizKeyLeaves(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		catalog, _ := curriculum.Load(curriculum.Content())
		c, ok := catalog.Course("self_protection-thcs")
		require.True(t, ok)
		for _, format := range []string{"gift", "moodlexml"} { // the packages are compressed
			at := "/question-exports/file?" + url.Values{"format": {format}, "course": {c.Key}}.Encode()
			mine, all := w.as(t, "giaovien", "GET", at, "").Body.String(), w.as(t, "admin", "GET", at, "").Body.String()
			withheld := 0
			for _, q := range c.Questions {
				if format == "gift" && q.Image != nil {
					continue
				}
				in := func(text string) bool {
					return strings.Contains(text, "[id:"+q.Key+"]") || strings.Contains(text, "<idnumber>"+q.Key+"<")
				}
				require.True(t, in(all), "%s %s", format, q.Key)
				require.Equal(t, q.Use == "practice", in(mine), "%s %s", format, q.Key)
				if q.Use != "practice" {
					withheld++
				}
			}
			require.Positive(t, withheld)
		}
		report := w.as(t, "truong", "GET", "/question-exports/report?format=qti3&course="+c.Key, "").Body.String()
		for _, q := range c.Questions {
			require.Equal(t, q.Use != "practice", strings.Contains(report, `{"where":"`+q.Key+`","reason":"not_practice"}`), q.Key)
		}
	})
}
