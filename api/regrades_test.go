package api

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models/learning"
	"nhaso/seeds"
)

// A key is mended; the administrator previews and applies, the teacher sees the
// own pupils by name, and the pupil is told.
func TestRegradeThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		w.certainSingle(t, "self_protection-thcs")
		a := j.start(t, "self_protection-thcs")
		at := slices.IndexFunc(a.Items, func(q learning.QuestionView) bool { return q.Kind == "single" })
		require.GreaterOrEqual(t, at, 0)
		q := a.Items[at]
		wrong := q.Options[0].Key
		for _, o := range q.Options {
			if seeds.Oracle(w.Catalog)[a.CourseKey][q.QuestionKey].Texts[0] != o.Text {
				wrong = o.Key
			}
		}
		j.ok(t, "hocsinh", "PUT", fmt.Sprintf("/attempts/%s/answers/1", a.ID), fmt.Sprintf(`{"slot":%d,"response":{"choice":%q}}`, at+1, wrong), nil)
		j.ok(t, "hocsinh", "POST", "/attempts/"+a.ID.String()+"/submission", `{}`, nil)
		var items learning.ClassItems
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/items", "", &items)
		from := items.Items[slices.IndexFunc(items.Items, func(it learning.ClassItem) bool { return it.QuestionKey == q.QuestionKey })].QuestionHash
		w.mend(t, a.CourseKey, q.QuestionKey, q.Options[slices.IndexFunc(q.Options, func(c learning.Choice) bool { return c.Key == wrong })].Text)

		url := "/regrades/preview?question=" + q.QuestionKey + "&from=" + from[:16]
		var own, all learning.RegradeReport
		w.ok(t, "giaovien", "GET", url, "", &own)
		w.ok(t, "admin", "GET", url, "", &all)
		require.Equal(t, own.Changed, all.Changed)
		require.Positive(t, all.Up)
		mine := slices.IndexFunc(own.Changes, func(c learning.RegradeChange) bool { return c.AttemptID == a.ID })
		require.GreaterOrEqual(t, mine, 0)
		require.NotNil(t, own.Changes[mine].Name)
		for _, c := range all.Changes {
			require.Nil(t, c.Name)
		}
		body := fmt.Sprintf(`{"question_key":%q,"from":%q}`, q.QuestionKey, from)
		w.run(t, []scenario{
			{name: "pupil", as: "hocsinh", method: "GET", url: url, status: 403},
			{name: "officer", as: "canbo", method: "GET", url: url, status: 403},
			{name: "teacher applies", as: "giaovien", method: "POST", url: "/regrades", body: body, status: 403},
			{name: "department applies", as: "so", method: "POST", url: "/regrades", body: body, status: 403},
			{name: "department looks", as: "so", method: "GET", url: url, status: 200, lacks: "Nguyễn"},
			{name: "unknown question", as: "admin", method: "GET", url: "/regrades/preview?question=x&from=" + from, status: 404},
			{name: "no hash", as: "admin", method: "GET", url: "/regrades/preview?question=x&from=ngheo", status: 422},
			{name: "the new one", as: "admin", method: "GET", url: "/regrades/preview?question=" + q.QuestionKey + "&from=" + all.To, status: 409, contains: "no_new_version"},
			{name: "apply", as: "admin", method: "POST", url: "/regrades", body: body, status: 200, contains: `"applied":true`},
			{name: "apply again", as: "admin", method: "POST", url: "/regrades", body: body, status: 200, contains: `"changed":0`},
			{name: "told", as: "hocsinh", method: "GET", url: "/home", status: 200, contains: `"regraded":[{`},
			{name: "in the result", as: "hocsinh", method: "GET", url: "/attempts/" + a.ID.String() + "/result", status: 200, contains: `"old_percent"`},
			{name: "told once", as: "hocsinh", method: "GET", url: "/home", status: 200, contains: `"regraded":[]`},
			{name: "teacher of the class", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/regrades", status: 200, contains: a.ID.String()},
			{name: "another class", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/regrades", status: 404},
			{name: "pupil asks for the class", as: "hocsinh", method: "GET", url: "/classes/" + w.class + "/regrades", status: 403},
		})
	})
}

// mend publishes the course with another right option of a question.
func (w *world) mend(t *testing.T, course, question, right string) {
	t.Helper()
	i := slices.IndexFunc(w.Catalog.Courses, func(c curriculum.Course) bool { return c.Key == course })
	c := w.Catalog.Courses[i]
	c.Questions = slices.Clone(c.Questions)
	for k := range c.Questions {
		q := &c.Questions[k]
		if q.Key != question {
			continue
		}
		q.Options = slices.Clone(q.Options)
		for n := range q.Options {
			q.Options[n].Correct = q.Options[n].Text == right
		}
		q.Hash = q.ContentHash()
	}
	c.Hash = c.ContentHash()
	_, err := w.Learning.Publish(t.Context(), w.System, &curriculum.Catalog{Courses: []curriculum.Course{c}})
	require.NoError(t, err)
}

// certainSingle publishes a course in which one objective is asked about by
// single choice alone, so that every draw holds such a question.
func (w *world) certainSingle(t *testing.T, key string) {
	t.Helper()
	all := *w.Catalog // the embedded one is shared
	all.Courses = slices.Clone(all.Courses)
	c := &all.Courses[slices.IndexFunc(all.Courses, func(c curriculum.Course) bool { return c.Key == key })]
	c.Questions = slices.Clone(c.Questions)
	singles := func(objective string) (n int) {
		for _, q := range c.Questions {
			if q.Objective == objective && q.Kind == "single" && q.Quizzed() {
				n++
			}
		}
		return n
	}
	at := slices.IndexFunc(c.Quiz.Slots, func(s curriculum.Slot) bool { return singles(s.Objective) >= s.Count })
	require.GreaterOrEqual(t, at, 0, "no objective has enough single-choice questions")
	for i := range c.Questions {
		if q := &c.Questions[i]; q.Objective == c.Quiz.Slots[at].Objective && q.Kind != "single" {
			q.Use = "practice"
			q.Hash = q.ContentHash()
		}
	}
	c.Hash = c.ContentHash()
	w.Catalog = &all
	_, err := w.Learning.Publish(t.Context(), w.System, &curriculum.Catalog{Courses: []curriculum.Course{*c}})
	require.NoError(t, err)
}
