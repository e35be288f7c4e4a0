package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models/classroom"
	"nhaso/seeds"
)

// lesson holds one on the laptop, through its API, and answers the batch that came of it, alone and as a file.
func (l *laptopWorld) lesson(t *testing.T) (batch, file string) {
	t.Helper()
	a := l.away
	a.ok(t, "giaovien", "POST", "/lesson-sessions", jsonOf(map[string]any{"id": a.newID(), "class_id": l.class, "minutes": 45}), nil)
	var sessions list[openLesson]
	a.ok(t, "giaovien", "GET", "/classes/"+l.class+"/lesson-sessions", "", &sessions)
	for _, person := range l.pupils[:2] {
		res := a.raw("POST", "/lesson-sign-in", entry(sessions.Items[0].Code, person, seeds.DemoPIN), "")
		require.Equal(t, 200, res.Code, res.Body.String())
	}
	res := a.as(t, "giaovien", "GET", "/classroom/results", "")
	require.Equal(t, 200, res.Code, res.Body.String())
	file = res.Body.String()
	return strings.Split(file, "\n")[1], file
}

// TestAwayOperations: a laptop's own pages are for whoever keeps it, what would not come home is refused with the
// reason, and none of it exists on the province's server.
func TestAwayOperations(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.neighbours(t)
		l := w.newLaptop(t)
		l.enrol(t)
		a := l.away
		_, file := l.lesson(t)
		own := []struct{ method, url string }{{"GET", "/classroom/status"}, {"POST", "/classroom/push"}, {"GET", "/classroom/results"}, {"POST", "/classroom/pack/fetch"}}
		for _, r := range own {
			require.Equal(t, 401, a.as(t, "", r.method, r.url, "").Code, r.url)
			require.Equal(t, 403, a.as(t, "hocsinh", r.method, r.url, "").Code, r.url)
			require.Equal(t, 404, w.as(t, "giaovien", r.method, r.url, "").Code, "%s on the province's server", r.url)
		}
		var s classroom.Status
		a.ok(t, "giaovien", "GET", "/classroom/status", "", &s)
		require.Equal(t, []int{6, 0, 2, 4}, []int{s.Total, s.Safe, s.Counts[classroom.PupilWaiting], s.Counts[classroom.PupilNever]})
		var here classroom.Here
		w.ok(t, "", "GET", "/classroom", "", &here)
		require.False(t, here.Away)
		a.ok(t, "", "GET", "/classroom", "", &here)
		require.True(t, here.Away && here.Ready)
		require.Equal(t, 2, here.Connected, "the teacher is no pupil")

		var report resultsView
		unmarshal(t, w.upload(t, "giaovien", "/laptops/results", "file", file).Body.Bytes(), &report)
		require.Equal(t, 1, report.New)
		res := a.upload(t, "giaovien", "/classroom/receipts", "file", report.Receipts)
		require.Equal(t, 200, res.Code, res.Body.String())
		require.Equal(t, 422, a.upload(t, "giaovien", "/classroom/receipts", "file", file).Code, "results are no receipts")
		a.ok(t, "giaovien", "GET", "/classroom/status", "", &s)
		require.Equal(t, 2, s.Safe)
		require.Equal(t, 409, a.as(t, "giaovien", "GET", "/classroom/results", "").Code, "nothing waits")

		for _, r := range []struct{ as, method, url, body string }{
			{"giaovien", "POST", "/assignments", jsonOf(map[string]any{"id": a.newID(), "class_id": l.class, "course_key": "self_protection-thcs",
				"opens_at": "2026-11-23T00:00:00Z", "due_at": "2026-11-30T00:00:00Z", "release": "at_once"})},
			{"giaovien", "PUT", "/me/password", jsonOf(map[string]any{"current": seeds.DemoPassword, "new": "another-long-one"})},
		} {
			res := a.as(t, r.as, r.method, r.url, r.body)
			require.GreaterOrEqual(t, res.Code, 400, r.url)
			require.Contains(t, res.Body.String(), "not_on_laptop", "%s: the reason is named", r.url)
		}
		require.Equal(t, 404, a.as(t, "", "GET", "/classroom/setup/request", "").Code, "not from another machine of the room")
	})
}
