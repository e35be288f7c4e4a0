package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models/learning"
)

func TestCourses(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var courses list[learning.CourseSummary]
		w.ok(t, "hocsinh", "GET", "/courses", "", &courses)
		require.GreaterOrEqual(t, len(courses.Items), 5)
		course := courses.Items[0]
		var detail learning.CourseDetail
		w.ok(t, "giaovien", "GET", "/courses/"+course.Key, "", &detail)
		require.Equal(t, course.Hash, detail.Hash)
		require.NotEmpty(t, detail.Sources)
		url := "/courses/" + course.Key + "/lessons/" + course.Lessons[0].Key
		token := w.token(t, "hocsinh")
		first := w.raw("GET", url, "", token)
		require.Equal(t, 200, first.Code)
		require.Equal(t, "no-cache", first.Header().Get("Cache-Control"))
		var lesson learning.LessonView
		require.NoError(t, json.Unmarshal(first.Body.Bytes(), &lesson))
		require.NotEmpty(t, lesson.Cards)
		again := w.raw("GET", url, "", token, "If-None-Match", first.Header().Get("ETag"))
		require.Equal(t, 304, again.Code)
		require.Equal(t, "br", w.raw("GET", url, "", token, "Accept-Encoding", "br").Header().Get("Content-Encoding"))
		require.Equal(t, first.Header().Get("ETag"), w.restart(t).raw("GET", url, "", token).Header().Get("ETag"), "made of the content alone")

		w.run(t, []scenario{
			{name: "not signed in", method: "GET", url: url, status: 401},
			{name: "no such course", as: "hocsinh", method: "GET", url: "/courses/no-such", status: 404},
			{name: "no such lesson", as: "hocsinh", method: "GET", url: "/courses/" + course.Key + "/lessons/no", status: 404},
			{name: "plans and leaflet", as: "giaovien", method: "GET", url: "/courses/self_protection-thcs/teaching", status: 200, contains: `"prepare_offline"`},
			{name: "no such course to teach", as: "giaovien", method: "GET", url: "/courses/no-such/teaching", status: 404},
			{name: "no such picture", as: "hocsinh", method: "GET", url: "/media/0000000000000000.svg", status: 404},
		})
		for _, c := range lesson.Cards {
			if c.Image != nil {
				res := w.raw("GET", "/media/"+c.Image.Src, "", token)
				require.Equal(t, 200, res.Code)
				require.Equal(t, "image/svg+xml", res.Header().Get("Content-Type"))
				require.Contains(t, res.Header().Get("Cache-Control"), "immutable")
				require.Contains(t, res.Header().Get("Content-Security-Policy"), "sandbox")
			}
		}
		for _, forbidden := range []string{`"correct"`, `"feedback"`, `"sign"`} {
			require.NotContains(t, first.Body.String(), forbidden)
		}
	})
}

func TestProgressAndPractice(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		user := w.pupilUser(t, 2)
		var course learning.CourseDetail
		w.ok(t, user, "GET", "/courses/local_platforms-thcs", "", &course)
		url := "/me/progress/local_platforms-thcs/" + course.Lessons[0].Key
		last := course.Lessons[0].Cards - 1
		w.run(t, []scenario{
			{name: "forward", as: user, method: "PUT", url: url, body: `{"seq":5,"card_index":1,"done":false}`, status: 200, contains: `"card_index":1`},
			{name: "an older report", as: user, method: "PUT", url: url, body: `{"seq":4,"card_index":0,"done":false}`, status: 200, contains: `"card_index":1`},
			{name: "done", as: user, method: "PUT", url: url, body: fmt.Sprintf(`{"seq":6,"card_index":%d,"done":true}`, last), status: 200, contains: `"done_at":"2026-11-23T01:00:00Z"`},
			{name: "in the list", as: user, method: "GET", url: "/me/progress", status: 200, contains: `"lesson_key":"` + course.Lessons[0].Key},
			{name: "no such lesson", as: user, method: "PUT", url: "/me/progress/local_platforms-thcs/no", body: `{"seq":1,"card_index":0,"done":false}`, status: 404},
			{name: "no seq", as: user, method: "PUT", url: url, body: `{"card_index":0,"done":false}`, status: 422, contains: `"body.seq"`},
			{name: "a teacher has none", as: "giaovien", method: "GET", url: "/me/progress", status: 403},
		})
		var lesson learning.LessonView
		w.ok(t, user, "GET", "/courses/local_platforms-thcs/lessons/"+course.Lessons[0].Key, "", &lesson)
		require.NotEmpty(t, lesson.Practice)
		key := lesson.Practice[0]
		var q learning.PracticeQuestion
		res := w.as(t, user, "GET", "/courses/local_platforms-thcs/questions/"+key+"/practice", "")
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), &q))
		require.NotContains(t, res.Body.String(), "feedback")
		try := func(id, response string) string {
			return fmt.Sprintf(`{"id":%q,"course_key":"local_platforms-thcs","question_key":%q,"nonce":%q,"response":%s,"miss":0}`, id, key, q.Nonce, response)
		}
		w.run(t, []scenario{
			{name: "right", as: user, method: "POST", url: "/practice-answers", body: try(w.newID(), w.right("local_platforms-thcs", q.Question)), status: 200, contains: `"correct":true`},
			{name: "nothing", as: user, method: "POST", url: "/practice-answers", body: try(w.newID(), "{}"), status: 200, contains: `"correct":false`},
			{name: "no id", as: user, method: "POST", url: "/practice-answers", body: try("x", "{}"), status: 422, contains: `"body.id"`},
		})
	})
}

func TestTeaching(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var classes list[learning.ClassHead]
		w.ok(t, "giaovien", "GET", "/classes", "", &classes)
		require.Len(t, classes.Items, 2)
		class := classes.Items[0].ID.String()
		if class == w.class {
			class = classes.Items[1].ID.String() // 8B has no session yet
		}
		id, due := w.newID(), w.clock.Now().Add(48*time.Hour).Format(time.RFC3339)
		assignment := fmt.Sprintf(`{"id":%q,"class_id":%q,"course_key":"online_payment-thcs","opens_at":"2026-11-23T01:00:00Z","due_at":%q}`, id, class, due)
		open := fmt.Sprintf(`{"id":%q,"class_id":%q,"course_key":null,"minutes":45}`, w.newID(), class)
		w.run(t, []scenario{
			{name: "assigned", as: "giaovien", method: "POST", url: "/assignments", body: assignment, status: 200, contains: `"release":"after_close"`},
			{name: "the same again", as: "giaovien", method: "POST", url: "/assignments", body: assignment, status: 200, contains: id},
			{name: "listed", as: "truong", method: "GET", url: "/classes/" + class + "/assignments", status: 200, contains: id},
			{name: "a pupil assigns nothing", as: "hocsinh", method: "POST", url: "/assignments", body: assignment, status: 403},
			{name: "unknown course", as: "giaovien", method: "POST", url: "/assignments", body: strings.NewReplacer("online_payment-thcs", "no", id, w.newID()).Replace(assignment), status: 422, contains: "body.course_key"},
			{name: "removed", as: "giaovien", method: "DELETE", url: "/assignments/" + id, status: 204},
			{name: "gone", as: "giaovien", method: "GET", url: "/classes/" + class + "/assignments", status: 200, lacks: id},
			{name: "opened", as: "giaovien", method: "POST", url: "/lesson-sessions", body: open, status: 200, contains: `"state":"open"`},
			{name: "too short", as: "giaovien", method: "POST", url: "/lesson-sessions", body: strings.Replace(open, `"minutes":45`, `"minutes":5`, 1), status: 422, contains: "body.minutes"},
			{name: "another at once", as: "giaovien", method: "POST", url: "/lesson-sessions", body: fmt.Sprintf(`{"id":%q,"class_id":%q,"minutes":45}`, w.newID(), class), status: 409, contains: "session_open"},
			{name: "not of this class", as: "hocsinh", method: "POST", url: "/lesson-sessions/join", body: `{"code":"ABCDEF"}`, status: 404},
		})
		var sessions list[learning.Session]
		w.ok(t, "giaovien", "GET", "/classes/"+class+"/lesson-sessions", "", &sessions)
		s := "/lesson-sessions/" + sessions.Items[0].ID.String()
		w.run(t, []scenario{
			{name: "extended", as: "giaovien", method: "POST", url: s + "/extension", body: `{"minutes":30}`, status: 200, contains: `"closes_at":"2026-11-23T02:15:00Z"`},
			{name: "seen", as: "truong", method: "GET", url: s, status: 200, contains: `"participants":[]`},
			{name: "a pupil does not see the others", as: "hocsinh", method: "GET", url: s, status: 403},
			{name: "released", as: "giaovien", method: "POST", url: s + "/release", body: `{}`, status: 200, contains: `"released_at":"2026`},
			{name: "closed", as: "giaovien", method: "POST", url: s + "/closing", body: `{}`, status: 200, contains: `"state":"closed"`},
			{name: "closing twice", as: "giaovien", method: "POST", url: s + "/closing", body: `{}`, status: 200},
			{name: "extended too late", as: "giaovien", method: "POST", url: s + "/extension", body: `{"minutes":30}`, status: 409, contains: `"closed"`},
		})
	})
}
