package api

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/seeds"
)

// withPlacement publishes self_protection-thcs with one placement question for
// its first lesson and a drill of this week.
func withPlacement(t *testing.T, w *world) *curriculum.Course {
	t.Helper()
	catalog, problems := curriculum.Load(curriculum.Content())
	require.NotNil(t, catalog, "%v", problems)
	c, ok := catalog.Course("self_protection-thcs")
	require.True(t, ok)
	for i := range c.Questions {
		if q := &c.Questions[i]; q.Use == "placement" {
			q.Use, q.Lesson, q.Hash = "practice", "", ""
			q.Hash = q.ContentHash()
		}
	}
	q := curriculum.Question{Key: "xep-bai-1", Kind: "single", Objective: c.Objectives[0].Key, Use: "placement", Lesson: c.Lessons[0].Key, Difficulty: 1,
		Stem: "Chọn mật khẩu khó đoán.", Hints: []string{"Nhìn độ dài."}, Explain: "Dài thì khó đoán.", Competences: []string{}, Sources: []string{},
		Options: []curriculum.Option{{Key: "a", Text: "Bốn từ lạ", Correct: true}, {Key: "b", Text: "Tên em", Feedback: "Dễ đoán."}}}
	q.Hash = q.ContentHash()
	c.Questions = append(c.Questions, q)
	c.Hash = ""
	c.Hash = c.ContentHash()
	d := curriculum.Drill{Key: "2026-w48", From: "2026-11-23", Skill: c.Skill, Title: "Tin quà", Alert: "Cẩn thận", Items: curriculum.DrillItems{THCS: c.Lessons[0].Practice[:2]}, Hash: "h"}
	_, err := w.Learning.Publish(t.Context(), models.System(), &curriculum.Catalog{Courses: []curriculum.Course{*c}, Drills: []curriculum.Drill{d}})
	require.NoError(t, err)
	return c
}

func TestPlacementOverHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		withPlacement(t, w)
		user := w.pupilUser(t, 2)
		const url = "/courses/self_protection-thcs/placement"
		var test learning.PlacementTest
		res := w.as(t, user, "GET", url, "")
		require.NotContains(t, res.Body.String(), "Dễ đoán", "no feedback")
		w.ok(t, user, "GET", url, "", &test)
		require.Len(t, test.Questions, 1)
		var right string
		for _, o := range test.Questions[0].Question.Options {
			if o.Text == "Bốn từ lạ" {
				right = o.Key
			}
		}
		id := w.newID()
		body := func(id, choice string) string {
			return fmt.Sprintf(`{"id":%q,"nonce":%q,"answers":[{"question_key":"xep-bai-1","response":{"choice":%q}}]}`, id, test.Nonce, choice)
		}
		w.run(t, []scenario{
			{name: "a score sent along", as: user, method: "POST", url: url, body: `{"right":9,` + body(id, right)[1:], status: 422, contains: `"body.right"`},
			{name: "a stranger's question", as: user, method: "POST", url: url, status: 422, contains: `"body.answers[0].question_key"`,
				body: fmt.Sprintf(`{"id":%q,"nonce":%q,"answers":[{"question_key":"nope","response":{}}]}`, id, test.Nonce)},
			{name: "made-up nonce", as: user, method: "POST", url: url, status: 409, contains: "out_of_date", body: fmt.Sprintf(`{"id":%q,"nonce":"x","answers":[]}`, id)},
			{name: "answered", as: user, method: "POST", url: url, body: body(id, right), status: 200, contains: `"skipped":true`},
			{name: "again", as: user, method: "POST", url: url, body: body(id, right), status: 200, contains: `"right":1`},
			{name: "a second try", as: user, method: "POST", url: url, body: body(w.newID(), right), status: 409, contains: "placement_taken"},
			{name: "its result", as: user, method: "GET", url: url, status: 200, contains: `"right":1`},
			{name: "a teacher", as: "giaovien", method: "GET", url: url, status: 403},
			{name: "not signed in", method: "GET", url: url, status: 401},
			{name: "no such course", as: user, method: "GET", url: "/courses/no/placement", status: 404},
		})
	})
}

func TestDrillOverHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		c := withPlacement(t, w)
		user := w.pupilUser(t, 2)
		var week weekly
		w.ok(t, user, "GET", "/drill", "", &week)
		require.NotNil(t, week.Drill)
		require.Len(t, week.Drill.Items, 2)
		end := "/drills/" + week.Drill.Key + "/completion"
		body := fmt.Sprintf(`{"id":%q}`, w.newID())
		w.run(t, []scenario{
			{name: "before the answers", as: user, method: "POST", url: end, body: body, status: 409, contains: "not_answered"},
			{name: "another week's", as: user, method: "POST", url: "/drills/2020-w01/completion", body: body, status: 404},
			{name: "a teacher", as: "giaovien", method: "GET", url: "/drill", status: 403},
		})
		oracle := seeds.Oracle(&curriculum.Catalog{Courses: []curriculum.Course{*c}})[c.Key]
		for _, key := range week.Drill.Items {
			var q learning.PracticeQuestion
			w.ok(t, user, "GET", "/courses/"+c.Key+"/questions/"+key+"/practice", "", &q)
			response, err := json.Marshal(seeds.Respond(q.Question, oracle[key], true))
			require.NoError(t, err)
			w.ok(t, user, "POST", "/practice-answers", fmt.Sprintf(`{"id":%q,"course_key":%q,"question_key":%q,"nonce":%q,"response":%s}`, w.newID(), c.Key, key, q.Nonce, response), nil)
		}
		w.run(t, []scenario{
			{name: "done", as: user, method: "POST", url: end, body: body, status: 200, contains: `"right":2,"total":2`},
			{name: "shown at home later", as: user, method: "POST", url: end, body: fmt.Sprintf(`{"id":%q,"shown_home":true}`, w.newID()), status: 200, contains: `"shown_home":true`},
			{name: "it shows", as: user, method: "GET", url: "/drill", status: 200, contains: `"right":2`},
		})
	})
}
