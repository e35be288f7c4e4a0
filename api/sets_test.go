package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models/drafts"
	"nhaso/models/learning"
)

// A teacher brings questions in, gives them to the class as practice and sees what became of them; nobody else's do.
func TestPracticeOfABank(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		const file = "::một::Một?{=a ~b#vì sao}\n\n// [tag:nhaso:use=quiz]\n::hai::Hai?{=a ~b#c}\n"
		require.Equal(t, 200, w.send(t, "giaovien", "/question-banks/imports", "bank", "Tin 7", "file", file).Code)
		var banks struct{ Items []drafts.Bank }
		w.ok(t, "giaovien", "GET", "/question-banks", "", &banks)
		var page list[bankDraft]
		bankURL := "/question-banks/" + banks.Items[0].ID.String()
		w.ok(t, "giaovien", "GET", bankURL+"/questions", "", &page)
		require.Equal(t, []string{"", "not_practice"}, []string{page.Items[0].Unplayed, page.Items[1].Unplayed})
		ids := fmt.Sprintf(`{"question_ids":[%q,%q]}`, page.Items[0].ID, page.Items[1].ID)
		var set questionSet
		w.ok(t, "giaovien", "POST", bankURL+"/sets", ids, &set)
		require.Equal(t, []any{"Tin 7", 1, "hai", "not_practice"}, []any{set.Title, set.Questions, set.Left[0].Where, set.Left[0].Reason})

		class, id := j.session.ClassID.String(), w.newID()
		now := w.clock.Now()
		give := fmt.Sprintf(`{"id":%q,"class_id":%q,"kind":"bank","course_key":%q,"opens_at":%q,"due_at":%q}`, id, class, set.Key,
			now.Format(time.RFC3339), now.Add(72*time.Hour).Format(time.RFC3339))
		w.run(t, []scenario{
			{name: "not yet asked", as: "hocsinh", method: "GET", url: "/practice-sets/" + set.Key, status: 404},
			{name: "a pupil makes none", as: "hocsinh", method: "POST", url: bankURL + "/sets", body: ids, status: 403},
			{name: "an officer neither", as: "so", method: "POST", url: bankURL + "/sets", body: ids, status: 403},
			{name: "none chosen", as: "giaovien", method: "POST", url: bankURL + "/sets", body: `{"question_ids":[]}`, status: 422},
			{name: "unknown question", as: "giaovien", method: "POST", url: bankURL + "/sets", body: fmt.Sprintf(`{"question_ids":[%q]}`, w.newID()), status: 422, contains: `"unknown"`},
			{name: "unknown set", as: "giaovien", method: "POST", url: "/assignments", body: strings.Replace(give, set.Key, "set-0", 1), status: 422, contains: `"body.course_key"`},
			{name: "with attempts", as: "giaovien", method: "POST", url: "/assignments", body: strings.Replace(give, `"kind"`, `"attempts":2,"kind"`, 1), status: 422, contains: `"not_for_kind"`},
			{name: "given", as: "giaovien", method: "POST", url: "/assignments", body: give, status: 200, contains: `"title":"Tin 7"`},
			{name: "given again", as: "giaovien", method: "POST", url: "/assignments", body: give, status: 200, contains: `"title":"Tin 7"`},
			{name: "asked", as: "hocsinh", method: "GET", url: "/practice-sets/" + set.Key, status: 200, contains: `"due_at":"20`},
			{name: "no course", as: "hocsinh", method: "GET", url: "/practice-sets/self_protection-thcs", status: 404},
			{name: "no quiz of it", as: "hocsinh", method: "POST", url: "/attempts", body: fmt.Sprintf(`{"id":%q,"course_key":%q}`, w.newID(), set.Key), status: 404},
			{name: "staff does not practise", as: "giaovien", method: "GET", url: "/practice-sets/" + set.Key, status: 403},
			{name: "results", as: "giaovien", method: "GET", url: "/assignments/" + id + "/practice-results", status: 200, contains: `"state":"not_started"`},
			{name: "results are not for pupils", as: "hocsinh", method: "GET", url: "/assignments/" + id + "/practice-results", status: 403},
			{name: "results of nothing", as: "giaovien", method: "GET", url: "/assignments/" + w.newID() + "/practice-results", status: 404},
		})
		var q learning.PracticeQuestion
		w.ok(t, "hocsinh", "GET", "/courses/"+set.Key+"/questions/mot/practice", "", &q)
		choice := "1"
		if q.Question.Options[0].Text != "a" {
			choice = "2"
		}
		w.run(t, []scenario{{name: "practised", as: "hocsinh", method: "POST", url: "/practice-answers", status: 200, contains: `"correct":true`,
			body: fmt.Sprintf(`{"id":%q,"course_key":%q,"question_key":"mot","nonce":%q,"response":{"choice":%q}}`, w.newID(), set.Key, q.Nonce, choice)}})
		var results learning.SetResults
		w.ok(t, "giaovien", "GET", "/assignments/"+id+"/practice-results", "", &results)
		require.Equal(t, []int{1, 1, 1}, []int{results.Questions[0].Tried, results.Questions[0].First, results.Questions[0].Right})
	})
}
