package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// examRoom opens a lesson of 7A, ending the one before, and lets pupils in.
func (w *world) examRoom(t *testing.T, pupils ...string) (session string) {
	t.Helper()
	var before list[learning.Session]
	w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/lesson-sessions", "", &before)
	for _, s := range before.Items {
		w.ok(t, "giaovien", "POST", "/lesson-sessions/"+s.ID.String()+"/closing", `{}`, nil)
	}
	w.clock.Add(time.Minute) // what the demo's pupils did was before this lesson
	var s learning.Session
	w.ok(t, "giaovien", "POST", "/lesson-sessions", fmt.Sprintf(`{"id":%q,"class_id":%q,"minutes":90}`, w.newID(), w.class), &s)
	for _, p := range pupils {
		w.ok(t, p, "POST", "/lesson-sessions/join", `{"code":"`+s.Code+`"}`, nil)
	}
	return s.ID.String()
}

// personOf is the person behind a pupil's account.
func (w *world) personOf(t *testing.T, user string) string {
	t.Helper()
	var me struct {
		PersonID string `json:"person_id"`
	}
	w.ok(t, user, "GET", "/me", "", &me)
	return me.PersonID
}

func TestMonitorOverHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one, two := w.pupilUser(t, 2), w.pupilUser(t, 3)
		id := w.examRoom(t, one)
		url := "/lesson-sessions/" + id
		pupil := url + "/pupils/" + w.personOf(t, one)
		call := `{"id":"` + w.newID() + `"}`
		w.run(t, []scenario{
			{name: "the board", as: "giaovien", method: "GET", url: url + "/live", status: 200, contains: `"status":"in"`},
			{name: "who is not there yet", as: "giaovien", method: "GET", url: url + "/live", status: 200, contains: `"status":"not_in"`},
			{name: "the school sees it", as: "truong", method: "GET", url: url + "/live", status: 200},
			{name: "a pupil does not", as: one, method: "GET", url: url + "/live", status: 403},
			{name: "the department does not", as: "so", method: "GET", url: url + "/live", status: 403},
			{name: "nobody", method: "GET", url: url + "/live", status: 401},
			{name: "no such session", as: "giaovien", method: "GET", url: "/lesson-sessions/" + w.newID() + "/live", status: 404},
			{name: "one pupil", as: "giaovien", method: "GET", url: pupil, status: 200, contains: `"wrong":[]`},
			{name: "of another pupil", as: one, method: "GET", url: pupil, status: 403},
			{name: "one who is not in", as: "giaovien", method: "GET", url: url + "/pupils/" + w.personOf(t, two), status: 404},
			{name: "no id", as: "giaovien", method: "GET", url: url + "/pupils/x", status: 404},
			{name: "a pulse", as: one, method: "POST", url: "/me/lesson-pulse", body: `{"unsent":3}`, status: 200, contains: `"next":30`},
			{name: "outside the lesson", as: two, method: "POST", url: "/me/lesson-pulse", body: `{}`, status: 200, contains: `"session":null`},
			{name: "a teacher has no pulse", as: "giaovien", method: "POST", url: "/me/lesson-pulse", body: `{}`, status: 403},
			{name: "a call", as: one, method: "POST", url: url + "/calls", body: call, status: 204},
			{name: "a call from outside", as: two, method: "POST", url: url + "/calls", body: call, status: 404},
			{name: "is seen", as: "giaovien", method: "GET", url: url + "/live", status: 200, contains: `"why":"called"`},
			{name: "a pupil marks nobody", as: two, method: "POST", url: pupil + "/help", body: `{}`, status: 403},
			{name: "helped", as: "giaovien", method: "POST", url: pupil + "/help", body: `{}`, status: 204},
			{name: "off the board", as: "giaovien", method: "GET", url: url + "/live", status: 200, lacks: `"why":"called"`},
			{name: "call off", as: one, method: "DELETE", url: url + "/calls", status: 204},
		})
	})
}

func TestInvigilationOverHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one := w.pupilUser(t, 2)
		id := w.examRoom(t, one)
		url, attempt, person, other := "/lesson-sessions/"+id, w.newID(), w.personOf(t, one), w.personOf(t, w.pupilUser(t, 3))
		start := fmt.Sprintf(`{"id":%q,"course_key":"local_platforms-thcs","session_id":%q}`, attempt, id)
		ending := url + "/pupils/" + person + "/ending"
		w.run(t, []scenario{
			{name: "more time", as: "giaovien", method: "PUT", url: "/students/" + person + "/accommodation", body: `{"extra_percent":50,"read_aloud":true}`, status: 204},
			{name: "what is arranged", as: "giaovien", method: "GET", url: "/students/" + person + "/accommodation", status: 200, contains: `"read_aloud":true`},
			{name: "not for the pupil to read", as: one, method: "GET", url: "/students/" + person + "/accommodation", status: 403},
			{name: "nor for another office", as: "canbo", method: "GET", url: "/students/" + person + "/accommodation", status: 403},
			{name: "not for oneself", as: one, method: "PUT", url: "/students/" + person + "/accommodation", body: `{"extra_percent":50,"read_aloud":true}`, status: 403},
			{name: "no such pupil", as: "giaovien", method: "PUT", url: "/students/" + w.newID() + "/accommodation", body: `{"extra_percent":50,"read_aloud":true}`, status: 404},
			{name: "too much time", as: "giaovien", method: "PUT", url: "/students/" + person + "/accommodation", body: `{"extra_percent":500,"read_aloud":false}`, status: 422},
			{name: "a reason is not taken", as: "giaovien", method: "PUT", url: "/students/" + person + "/accommodation", body: `{"extra_percent":50,"read_aloud":true,"reason":"x"}`, status: 422},
			{name: "a pupil may not", as: one, method: "PUT", url: url + "/invigilation", body: `{"on":true}`, status: 403},
			{name: "invigilated", as: "giaovien", method: "PUT", url: url + "/invigilation", body: `{"on":true}`, status: 200, contains: `"invigilated":true`},
			{name: "must wait", as: one, method: "POST", url: "/attempts", body: start, status: 409, contains: "not_confirmed"},
			{name: "a pupil confirms nobody", as: one, method: "POST", url: url + "/presence", body: `{}`, status: 403},
			{name: "all who are in", as: "giaovien", method: "POST", url: url + "/presence", body: `{}`, status: 200, contains: `"changed":1`},
			{name: "twice", as: "giaovien", method: "POST", url: url + "/presence", body: `{}`, status: 200, contains: `"changed":0`},
			{name: "begins", as: one, method: "POST", url: "/attempts", body: start, status: 200},
			{name: "too late to change", as: "giaovien", method: "PUT", url: url + "/invigilation", body: `{"on":false}`, status: 409, contains: "attempts_begun"},
			{name: "pause", as: "giaovien", method: "POST", url: url + "/pause", body: `{"paused":true}`, status: 200, contains: `"changed":1`},
			{name: "stands", as: one, method: "POST", url: "/me/lesson-pulse", body: `{}`, status: 200, contains: `"paused":true`},
			{name: "no hand-in", as: one, method: "POST", url: "/attempts/" + attempt + "/submission", body: `{}`, status: 423, contains: "paused"},
			{name: "resume", as: "truong", method: "POST", url: url + "/pause", body: `{"paused":false,"person_id":"` + person + `"}`, status: 200, contains: `"changed":1`},
			{name: "another's name", as: "giaovien", method: "POST", url: ending, body: `{"name":"Không phải","reason":"other"}`, status: 422, contains: "does_not_match"},
			{name: "health is no category", as: "giaovien", method: "POST", url: ending, body: `{"name":"x","reason":"ill"}`, status: 422},
		})
		alert := w.newID()
		w.run(t, []scenario{
			{name: "an alert", as: one, method: "POST", url: "/attempts/" + attempt + "/alerts", body: `{"id":"` + alert + `","slot":2,"reason":"broken","note":"không thấy hình"}`, status: 200, contains: `"pending"`},
			{name: "is on the board", as: "giaovien", method: "GET", url: url + "/live", status: 200, contains: `"why":"alert"`},
			{name: "hand-in waits", as: one, method: "POST", url: "/attempts/" + attempt + "/submission", body: `{}`, status: 409, contains: "alert_pending"},
			{name: "a pupil decides nothing", as: one, method: "POST", url: "/question-alerts/" + alert + "/decision", body: `{"accept":true,"reason":"other"}`, status: 403},
			{name: "accepted", as: "giaovien", method: "POST", url: "/question-alerts/" + alert + "/decision", body: `{"accept":true,"reason":"not_shown"}`, status: 200, contains: `"accepted"`},
			{name: "not turned round", as: "giaovien", method: "POST", url: "/question-alerts/" + alert + "/decision", body: `{"accept":false,"reason":"explained"}`, status: 409, contains: "alert_over"},
			{name: "withdrawing it is too late", as: one, method: "DELETE", url: "/question-alerts/" + alert, status: 204},
			{name: "another's alert", as: w.pupilUser(t, 3), method: "DELETE", url: "/question-alerts/" + alert, status: 404},
			{name: "handed in", as: one, method: "POST", url: "/attempts/" + attempt + "/submission", body: `{}`, status: 200},
			{name: "no sheet yet", as: "giaovien", method: "GET", url: url + "/closing", status: 409, contains: "still_open"},
			{name: "close", as: "giaovien", method: "POST", url: url + "/closing", body: `{}`, status: 200},
			{name: "the sheet", as: "giaovien", method: "GET", url: url + "/closing", status: 200, contains: `"alert_accepted"`},
			{name: "not for pupils", as: one, method: "GET", url: url + "/closing", status: 403},
			{name: "a reason", as: "giaovien", method: "PUT", url: url + "/incidents/" + other, body: `{"category":"site_blocked"}`, status: 204},
			{name: "free text is none", as: "giaovien", method: "PUT", url: url + "/incidents/" + other, body: `{"category":"em ốm"}`, status: 422},
			{name: "counted for the department", as: "so", method: "GET", url: "/incidents", status: 200, contains: `"site_blocked":1`},
			{name: "counted for the school", as: "truong", method: "GET", url: "/incidents", status: 200, contains: `"total":1`},
			{name: "no names in it", as: "so", method: "GET", url: "/incidents", status: 200, lacks: other},
			{name: "not for a teacher", as: "giaovien", method: "GET", url: "/incidents", status: 403},
			{name: "not for a commune", as: "canbo", method: "GET", url: "/incidents", status: 403},
		})
	})
}

// Who has more time is seen by the school alone: not on a certificate, not on
// its public page, not by the department.
func TestExtraTimeStaysInTheSchool(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		var board struct {
			Students []struct {
				PersonID    string `json:"person_id"`
				Certificate *struct {
					Code string `json:"code"`
				} `json:"certificate"`
			} `json:"students"`
		}
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/board", "", &board)
		asked := 0
		for _, s := range board.Students {
			if s.Certificate == nil {
				continue
			}
			// What the department may ask, and what anybody may.
			paths := map[string]string{"/verify/" + s.Certificate.Code: "", "/certificates?q=" + s.Certificate.Code: "so",
				"/certificates/" + s.Certificate.Code + "/history": "so"}
			before := map[string]string{}
			for path, as := range paths {
				res := w.as(t, as, "GET", path, "")
				require.Equal(t, 200, res.Code, path)
				before[path] = res.Body.String()
			}
			w.ok(t, "giaovien", "PUT", "/students/"+s.PersonID+"/accommodation", `{"extra_percent":50,"read_aloud":false}`, nil)
			for path, as := range paths {
				require.Equal(t, before[path], w.as(t, as, "GET", path, "").Body.String(), path)
				asked++
			}
		}
		require.Positive(t, asked, "somebody in the demo's class holds a certificate")
	})
}

// stream reads the events of a session over a real connection.
type stream struct {
	lines *bufio.Scanner
	res   *http.Response
}

func openStream(t *testing.T, w *world, session, token string, headers ...string) *stream {
	t.Helper()
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	req, err := http.NewRequest("GET", server.URL+base+"/lesson-sessions/"+session+"/events", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept-Encoding", "gzip, br")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { res.Body.Close() })
	s := &stream{lines: bufio.NewScanner(res.Body), res: res}
	s.lines.Buffer(nil, 1<<20)
	return s
}

// next answers the next event's name and data; a comment is the event ":".
func (s *stream) next(t *testing.T) (name, data string) {
	t.Helper()
	for s.lines.Scan() {
		line := s.lines.Text()
		switch {
		case strings.HasPrefix(line, "event: "):
			name = line[7:]
		case strings.HasPrefix(line, "data: "):
			data = line[6:]
		case strings.HasPrefix(line, ":"):
			name = ":"
		case line == "" && name != "":
			return name, data
		}
	}
	return "end", ""
}

func TestStream(t *testing.T) {
	clock := storetest.NewClock()
	stopping := make(chan struct{})
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock, func(d *Deps) { d.StreamBeat, d.Stopping = 300*time.Millisecond, stopping })
	one := w.pupilUser(t, 2)
	id := w.examRoom(t, one)
	s := openStream(t, w, id, w.token(t, "giaovien"))
	require.Equal(t, 200, s.res.StatusCode)
	require.Equal(t, "text/event-stream; charset=utf-8", s.res.Header.Get("Content-Type"))
	require.Empty(t, s.res.Header.Get("Content-Encoding"))
	require.Equal(t, "no", s.res.Header.Get("X-Accel-Buffering"))
	name, data := s.next(t)
	require.Equal(t, "board", name)
	var board learning.LiveBoard
	require.NoError(t, json.Unmarshal([]byte(data), &board))
	require.Len(t, board.Pupils, len(w.pupils))
	name, _ = s.next(t)
	require.Equal(t, "beat", name, "it shows that it lives")

	began := time.Now()
	w.ok(t, one, "POST", "/lesson-sessions/"+id+"/calls", `{"id":"`+w.newID()+`"}`, nil)
	for name == "beat" {
		name, data = s.next(t)
	}
	require.Equal(t, "pupils", name)
	require.Less(t, time.Since(began), 5*time.Second)
	var change boardChange
	require.NoError(t, json.Unmarshal([]byte(data), &change))
	require.Len(t, change.Pupils, 1, "only who changed")
	assert.Equal(t, w.personOf(t, one), change.Pupils[0].PersonID.String())
	assert.Equal(t, "needs_help", change.Pupils[0].Status)

	// Somebody who comes back with the newest version is told nothing.
	back := openStream(t, w, id, w.token(t, "giaovien"), "Last-Event-ID", change.Version)
	name, _ = back.next(t)
	require.Equal(t, "beat", name)

	for as, status := range map[string]int{one: 403, "so": 403} {
		require.Equal(t, status, openStream(t, w, id, w.token(t, as)).res.StatusCode, as)
	}
	require.Equal(t, 404, openStream(t, w, w.newID(), w.token(t, "giaovien")).res.StatusCode)
	require.Equal(t, 401, openStream(t, w, id, "x").res.StatusCode)

	// Signing out everywhere ends the streams of that account, and no others.
	school := openStream(t, w, id, w.token(t, "truong"))
	w.ok(t, "giaovien", "DELETE", "/sessions", "", nil)
	require.Equal(t, "signed_out", last(t, s))
	w.tokens = map[string]string{}
	w.ok(t, "giaovien", "POST", "/lesson-sessions/"+id+"/closing", `{}`, nil)
	require.Equal(t, "closed", last(t, school), "the end of the lesson ends it")
	over := openStream(t, w, w.examRoom(t), w.token(t, "giaovien"))
	close(stopping)
	require.Equal(t, "stopping", last(t, over))
}

// last reads a stream to its end and answers the word of goodbye.
func last(t *testing.T, s *stream) (why string) {
	t.Helper()
	for {
		name, data := s.next(t)
		switch name {
		case "bye":
			why = data
		case "end":
			return why
		}
	}
}
