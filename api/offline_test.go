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

func TestCoursePack(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const url = "/courses/self_protection-thcs/pack"
		token := w.token(t, "hocsinh")
		res := w.raw("GET", url, "", token)
		require.Equal(t, 200, res.Code)
		require.Equal(t, "no-cache", res.Header().Get("Cache-Control"))
		var pack learning.Pack
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), &pack))
		require.Equal(t, "self_protection-thcs", pack.Course.Key)
		require.NotEmpty(t, pack.Lessons)
		require.NotEmpty(t, pack.Lessons[0].Cards)
		require.NotEmpty(t, pack.Course.Glossary)
		for _, q := range pack.Questions {
			require.Equal(t, "practice", q.Use)
		}
		for _, m := range pack.Media {
			picture := w.raw("GET", "/media/"+m.Name, "", token)
			require.Equal(t, 200, picture.Code)
			require.Equal(t, m.Bytes, picture.Body.Len())
		}
		etag := res.Header().Get("ETag")
		require.NotEmpty(t, etag)
		require.Equal(t, 304, w.raw("GET", url, "", token, "If-None-Match", etag).Code)
		packed := w.raw("GET", url, "", token, "Accept-Encoding", "gzip")
		require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
		require.Less(t, packed.Body.Len(), res.Body.Len()/2)
		require.Equal(t, etag, w.restart(t).raw("GET", url, "", token).Header().Get("ETag"), "made of the content alone")
		w.run(t, []scenario{
			{name: "not signed in", method: "GET", url: url, status: 401},
			{name: "no such course", as: "hocsinh", method: "GET", url: "/courses/no/pack", status: 404},
		})
	})
}

// A quiz begun online, finished without a network and sent after its end.
func TestLateAnswersThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		a := j.start(t, "self_protection-thcs")
		attempt := "/attempts/" + a.ID.String()
		given := a.StartedAt.Add(time.Minute).Format(time.RFC3339)
		w.clock.Add(2 * time.Minute)
		late := func(id string, first int, at string, extra string) string {
			var list []string
			for i, q := range a.Items {
				list = append(list, fmt.Sprintf(`{"seq":%d,"slot":%d,"response":%s,"client_at":%q%s}`, first+i, q.Slot, j.right(a.CourseKey, q), at, extra))
			}
			return fmt.Sprintf(`{"id":%q,"answers":[%s]}`, id, strings.Join(list, ","))
		}
		id, other := w.newID(), w.pupilUser(t, 1)
		w.run(t, []scenario{
			{name: "still open", as: "hocsinh", method: "POST", url: attempt + "/late-answers", body: late(id, 1, given, ""), status: 409, contains: `"still_open"`},
			{name: "settled too early", as: "hocsinh", method: "POST", url: attempt + "/settlement", body: `{}`, status: 409, contains: `"not_submitted"`},
			{name: "the lesson ends", as: "giaovien", method: "POST", url: "/lesson-sessions/" + j.session.ID.String() + "/closing", body: `{}`, status: 200},
			{name: "keys wait", as: "hocsinh", method: "GET", url: attempt + "/result", status: 200, contains: `"awaited":true`, lacks: `"explain":"`},
			{name: "the teacher sees it", as: "giaovien", method: "GET", url: "/lesson-sessions/" + j.session.ID.String(), status: 200, contains: `"awaited":true`},
			{name: "another pupil", as: other, method: "POST", url: attempt + "/late-answers", body: late(id, 2, given, ""), status: 404},
			{name: "another pupil settles", as: other, method: "POST", url: attempt + "/settlement", body: `{}`, status: 404},
			{name: "a gap", as: "hocsinh", method: "POST", url: attempt + "/late-answers", body: late(id, 7, given, ""), status: 409, contains: `"last_seq":1`},
			{name: "a score from the device", as: "hocsinh", method: "POST", url: attempt + "/late-answers", body: late(id, 2, given, `,"score":10000`), status: 422, contains: `"unknown"`},
			{name: "nothing", as: "hocsinh", method: "POST", url: attempt + "/late-answers", body: fmt.Sprintf(`{"id":%q,"answers":[]}`, id), status: 422},
			{name: "a file under a wrong seal", as: "giaovien", method: "POST", url: "/lesson-sessions/" + j.session.ID.String() + "/late-answers",
				body: fmt.Sprintf(`{"attempt_id":%q,"seal":"x",%s`, a.ID, late(id, 2, given, "")[1:]), status: 422, contains: `"body.seal"`},
			{name: "taken", as: "hocsinh", method: "POST", url: attempt + "/late-answers", body: late(id, 2, given, ""), status: 200, contains: `"accepted":true`},
			{name: "repeated", as: "hocsinh", method: "POST", url: attempt + "/late-answers", body: late(id, 2, given, ""), status: 200, contains: `"accepted":true`},
			{name: "another batch", as: "hocsinh", method: "POST", url: attempt + "/late-answers", body: late(w.newID(), 2, given, ""), status: 409, contains: `"out_of_date"`},
			{name: "graded anew", as: "hocsinh", method: "GET", url: attempt + "/result", status: 200, contains: `"percent":100`},
			{name: "a word for the teacher", as: "giaovien", method: "GET", url: "/lesson-sessions/" + j.session.ID.String(), status: 200, contains: `"late":true`},
		})
	})
}

func TestOfflinePracticeThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		try := fmt.Sprintf(`{"id":%q,"course_key":"self_protection-thcs","question_key":"no","question_hash":"no","options":[0],"response":{}}`, w.newID())
		w.run(t, []scenario{
			{name: "unknown question", as: "hocsinh", method: "POST", url: "/practice-answers/offline", body: `{"tries":[` + try + `]}`, status: 200, contains: `"not_found"`},
			{name: "no id", as: "hocsinh", method: "POST", url: "/practice-answers/offline", body: `{"tries":[{"id":"x","course_key":"a","question_key":"b","question_hash":"c","options":[],"response":{}}]}`, status: 422, contains: `"body.tries.id"`},
			{name: "a score from the device", as: "hocsinh", method: "POST", url: "/practice-answers/offline", body: `{"tries":[` + strings.Replace(try, `"response"`, `"score":100,"response"`, 1) + `]}`, status: 422, contains: `"unknown"`},
			{name: "a teacher", as: "giaovien", method: "POST", url: "/practice-answers/offline", body: `{"tries":[]}`, status: 403},
		})
	})
}

func TestQuestionReportsThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		a := j.start(t, "self_protection-thcs")
		report := fmt.Sprintf(`{"id":%q,"course_key":%q,"question_key":%q,"attempt_id":%q,"place":"quiz","reason":"unclear","note":"Khó hiểu"}`,
			w.newID(), a.CourseKey, a.Items[0].QuestionKey, a.ID)
		w.run(t, []scenario{
			{name: "reported", as: "hocsinh", method: "POST", url: "/question-reports", body: report, status: 204},
			{name: "repeated", as: "hocsinh", method: "POST", url: "/question-reports", body: report, status: 204},
			{name: "another pupil's attempt", as: w.pupilUser(t, 1), method: "POST", url: "/question-reports", body: report, status: 404},
			{name: "no such reason", as: "hocsinh", method: "POST", url: "/question-reports", body: strings.Replace(report, "unclear", "boring", 1), status: 422, contains: `"body.reason"`},
			{name: "a teacher reports nothing", as: "giaovien", method: "POST", url: "/question-reports", body: report, status: 403},
			{name: "the class's teacher", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/question-reports", status: 200, contains: `"count":1`},
			{name: "no class of this teacher", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/question-reports", status: 404},
			{name: "a pupil", as: "hocsinh", method: "GET", url: "/classes/" + w.class + "/question-reports", status: 403},
			{name: "the administrator", as: "admin", method: "GET", url: "/question-reports", status: 200, contains: a.Items[0].QuestionKey},
			{name: "a teacher does not see all", as: "giaovien", method: "GET", url: "/question-reports", status: 403},
		})
	})
}
