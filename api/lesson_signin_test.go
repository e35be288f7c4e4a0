package api

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// openLesson is the one of class 7A in the demo.
type openLesson struct {
	ID    string `json:"id"`
	Code  string `json:"code"`
	State string `json:"state"`
}

func (w *world) openLesson(t *testing.T) openLesson {
	t.Helper()
	var sessions list[openLesson]
	w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/lesson-sessions", "", &sessions)
	require.Equal(t, "open", sessions.Items[0].State)
	return sessions.Items[0]
}

func entry(code, person, secret string) string {
	return fmt.Sprintf(`{"code":%q,"person_id":%q,"secret":%q}`, code, person, secret)
}

// enter signs a pupil in with the class secret of the demo.
func (w *world) enter(t *testing.T, code, person string) sessionView {
	t.Helper()
	res := w.raw("POST", "/lesson-sign-in", entry(code, person, seeds.DemoPIN), "")
	require.Equal(t, 200, res.Code, res.Body.String())
	var s sessionView
	require.NoError(t, json.Unmarshal(res.Body.Bytes(), &s))
	return s
}

func TestLessonSignIn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		l := w.openLesson(t)
		var door lessonDoor
		w.ok(t, "", "POST", "/lesson-sign-in/lookup", `{"code":" `+strings.ToLower(l.Code)+`"}`, &door)
		require.Equal(t, "7A", door.Lesson.ClassName)
		require.Len(t, door.Names, len(w.pupils))
		require.Equal(t, "pin", door.Names[0].Kind)

		s := w.enter(t, l.Code, w.pupils[1])
		require.Equal(t, l.ID, s.Me.Lesson.ID)
		require.False(t, s.Me.MustChange)
		ask := func(method, url, body string) *httptest.ResponseRecorder {
			return w.raw(method, url, body, s.AccessToken)
		}
		for _, url := range []string{"/me", "/home", "/me/attempts", "/courses", "/me/certificate", "/courses/self_protection-thcs"} {
			require.Equal(t, 200, ask("GET", url, "").Code, url)
		}
		for _, r := range [][3]string{
			{"PUT", "/me/password", `{"current":"` + seeds.DemoPassword + `","new":"another-long-one"}`},
			{"POST", "/me/second-factor", `{}`}, {"DELETE", "/sessions", ``}, {"GET", "/me/household", ``}, {"GET", "/certificates/ZZZZ/pdf", ``},
			{"GET", "/certificates?q=An", ``}, {"GET", "/classes", ``},
		} {
			require.Equal(t, 403, ask(r[0], r[1], r[2]).Code, r[1])
		}
		require.Contains(t, ask("PUT", "/me/password", `{"current":"x","new":"another-long-one"}`).Body.String(), "lesson_only")
		var detail struct {
			Participants []struct {
				PersonID string `json:"person_id"`
			} `json:"participants"`
		}
		w.ok(t, "giaovien", "GET", "/lesson-sessions/"+l.ID, "", &detail)
		require.Contains(t, fmt.Sprint(detail), w.pupils[1])
		refresh := w.raw("POST", "/sessions/refresh", `{"refresh_token":"`+s.RefreshToken+`"}`, "")
		require.Equal(t, 200, refresh.Code)
		require.Contains(t, refresh.Body.String(), l.ID)

		w.ok(t, "giaovien", "POST", "/lesson-sessions/"+l.ID+"/closing", `{}`, nil)
		require.Equal(t, 401, ask("GET", "/me", "").Code, "over with the lesson")
		require.Equal(t, 401, w.raw("POST", "/sessions/refresh", `{"refresh_token":"`+s.RefreshToken+`"}`, "").Code)
		require.False(t, tells(w.log.String(), seeds.DemoPIN), "no secrets in the log")
	})
}

// bytesOf is everything of an answer that reaches a client.
func bytesOf(res *httptest.ResponseRecorder) string {
	var b strings.Builder
	_ = res.Result().Header.Write(&b) // into memory
	return fmt.Sprintf("%d\n%s\n%s", res.Code, b.String(), res.Body.String())
}

// TestOutsideTheWindowTheBytesAreThoseOfAWrongCode compares whole answers. The
// request's own id is given, as a proxy does, so that it is the same in all.
func TestOutsideTheWindowTheBytesAreThoseOfAWrongCode(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		l := w.openLesson(t)
		ask := func(url, body string) string {
			return bytesOf(w.raw("POST", url, body, "", "X-Request-Id", "same-for-all"))
		}
		lookup := func(code string) string { return ask("/lesson-sign-in/lookup", `{"code":"`+code+`"}`) }
		enter := func(code string) string { return ask("/lesson-sign-in", entry(code, w.pupils[0], seeds.DemoPIN)) }
		wrongLookup, wrongEntry := lookup("ZZZZZZ"), enter("ZZZZZZ")
		require.Contains(t, wrongLookup, `"code":"not_found"`)
		require.Equal(t, wrongLookup, wrongEntry, "also between the two")
		require.NotEqual(t, wrongLookup, lookup(l.Code), "while it is open")
		require.Equal(t, wrongLookup, lookup("!"), "what can be no code")
		require.Equal(t, wrongEntry, ask("/lesson-sign-in", entry(l.Code, w.newID(), seeds.DemoPIN)), "nobody of the class")
		require.Equal(t, wrongEntry, ask("/lesson-sign-in", entry(l.Code, "nobody", seeds.DemoPIN)))

		w.ok(t, "giaovien", "POST", "/lesson-sessions/"+l.ID+"/closing", `{}`, nil)
		require.Equal(t, wrongLookup, lookup(l.Code), "closed by the teacher")
		require.Equal(t, wrongEntry, enter(l.Code))
		w.ok(t, "giaovien", "POST", "/lesson-sessions", fmt.Sprintf(`{"id":%q,"class_id":%q,"minutes":45}`, w.newID(), w.class), nil)
		next := w.openLesson(t)
		require.NotEqual(t, wrongLookup, lookup(next.Code))
		w.clock.Add(46 * time.Minute)
		require.Equal(t, wrongLookup, lookup(next.Code), "time is over")
		require.Equal(t, wrongEntry, enter(next.Code))
	})
}

func TestLocksOverHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		l := w.openLesson(t)
		locks, unlock := "/lesson-sessions/"+l.ID+"/locks", "/lesson-sessions/"+l.ID+"/unlocks"
		who := fmt.Sprintf(`{"person_id":%q}`, w.pupils[0])
		wrong := entry(l.Code, w.pupils[0], "0001")
		rows := []scenario{{name: "first", method: "POST", url: "/lesson-sign-in", body: wrong, status: 422, contains: `"left":"4"`, lacks: "0001"}}
		for range 3 {
			rows = append(rows, scenario{name: "more", method: "POST", url: "/lesson-sign-in", body: wrong, status: 422, contains: "wrong_secret"})
		}
		w.run(t, append(rows,
			scenario{name: "fifth", method: "POST", url: "/lesson-sign-in", body: wrong, status: 423, contains: "name_locked"},
			scenario{name: "the right one", method: "POST", url: "/lesson-sign-in", body: entry(l.Code, w.pupils[0], seeds.DemoPIN), status: 423},
			scenario{name: "listed", as: "giaovien", method: "GET", url: locks, status: 200, contains: w.pupils[0]},
			scenario{name: "by the school", as: "truong", method: "GET", url: locks, status: 200, contains: w.pupils[0]},
			scenario{name: "not for pupils", as: "hocsinh", method: "GET", url: locks, status: 403},
			scenario{name: "nor officers", as: "canbo", method: "POST", url: unlock, body: who, status: 403},
			scenario{name: "no such lesson", as: "giaovien", method: "GET", url: "/lesson-sessions/" + w.newID() + "/locks", status: 404},
			scenario{name: "no such lesson to unlock", as: "giaovien", method: "POST", url: "/lesson-sessions/" + w.newID() + "/unlocks", body: who, status: 404},
			scenario{name: "unlocked", as: "giaovien", method: "POST", url: unlock, body: who, status: 204},
			scenario{name: "empty", as: "giaovien", method: "GET", url: locks, status: 200, contains: `"items":[]`},
			scenario{name: "in", method: "POST", url: "/lesson-sign-in", body: entry(l.Code, w.pupils[0], seeds.DemoPIN), status: 200},
		))
		s := w.enter(t, l.Code, w.pupils[0])
		check := func(secret string) int {
			return w.raw("POST", "/me/lesson/secret-check", `{"secret":"`+secret+`"}`, s.AccessToken).Code
		}
		require.Equal(t, 204, check(seeds.DemoPIN))
		require.Equal(t, 422, check("0001"))
		require.Equal(t, 403, w.as(t, "hocsinh", "POST", "/me/lesson/secret-check", `{"secret":"4812"}`).Code, "signed in by password")
	})
}

// TestGuessingCodesDoesNotShutASchoolOut: behind one address one computer tries
// codes without end while a class comes in.
func TestGuessingCodesDoesNotShutASchoolOut(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	l := w.openLesson(t)
	lookup := func(code string) *httptest.ResponseRecorder {
		w.clock.Add(time.Second / 10)
		return w.raw("POST", "/lesson-sign-in/lookup", `{"code":"`+code+`"}`, "")
	}
	w.ok(t, "giaovien", "GET", "/lesson-sessions/"+l.ID+"/locks", "", nil) // the wall is open in the class room
	tries := 0
	for lookup("ZZZZZZ").Code == 404 {
		tries++
		require.Less(t, tries, 1000)
	}
	require.InDelta(t, wrongBurst, tries, 10)
	require.Equal(t, 429, lookup("ZZZZZZ").Code)
	require.NotEmpty(t, lookup("ZZZZZZ").Header().Get("Retry-After"))
	for _, person := range w.pupils {
		require.Equal(t, 200, lookup(l.Code).Code, "the class comes in all the same")
		w.enter(t, l.Code, person)
	}
	var other struct{ ID, Code string }
	var classes list[struct{ ID, Name string }]
	w.ok(t, "giaovien", "GET", "/classes", "", &classes)
	for _, c := range classes.Items {
		if c.ID != w.class {
			w.ok(t, "giaovien", "POST", "/lesson-sessions", fmt.Sprintf(`{"id":%q,"class_id":%q,"minutes":45}`, w.newID(), c.ID), &other)
		}
	}
	require.Equal(t, 429, lookup(other.Code).Code, "a code that nobody here knows yet is as good as a wrong one")
	w.clock.Add(wrongEvery * 2)
	require.Equal(t, 200, lookup(other.Code).Code)
}
