package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models/learning"
)

// A teacher's day with assignments and groups, with every refusal beside it.
func TestAssignmentsThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		class8 := w.class8B(t)
		user := w.pupilUser(t, 2)
		var me struct {
			PersonID string `json:"person_id"`
		}
		w.ok(t, user, "GET", "/me", "", &me)
		pupil := me.PersonID
		due := w.clock.Now().Add(72 * time.Hour).Format(time.RFC3339)
		terms := func(more string) string {
			return fmt.Sprintf(`"opens_at":"2026-11-23T01:00:00Z","due_at":%q%s`, due, more)
		}
		id, group := w.newID(), w.newID()
		body := func(id, more string) string {
			return fmt.Sprintf(`{"id":%q,"class_id":%q,"kind":"quiz","course_key":"online_payment-thcs",%s}`, id, w.class, terms(more))
		}
		toGroup := fmt.Sprintf(`,"attempts":2,"release":"by_hand","recipients":{"to":"group","group_id":%q}`, group)
		groupBody := fmt.Sprintf(`{"class_id":%q,"name":"Nhóm 1","person_ids":[%q]}`, w.class, pupil)
		edit := func(version int) string {
			return fmt.Sprintf(`{"version":%d,%s}`, version, terms(`,"attempts":5,"recipients":{"to":"class"}`))
		}
		w.run(t, []scenario{
			{name: "a group", as: "giaovien", method: "PUT", url: "/groups/" + group, body: groupBody, status: 200, contains: pupil},
			{name: "the same again", as: "giaovien", method: "PUT", url: "/groups/" + group, body: groupBody, status: 200, contains: pupil},
			{name: "a pupil groups nobody", as: "hocsinh", method: "PUT", url: "/groups/" + group, body: groupBody, status: 403},
			{name: "a class out of reach", as: "giaovien", method: "PUT", url: "/groups/" + w.newID(), body: strings.Replace(groupBody, w.class, w.newID(), 1), status: 404},
			{name: "not a person", as: "giaovien", method: "PUT", url: "/groups/" + group, body: strings.Replace(groupBody, pupil, "x", 1), status: 422, contains: "body.person_ids"},
			{name: "listed", as: "truong", method: "GET", url: "/classes/" + w.class + "/groups", status: 200, contains: "Nhóm 1"},
			{name: "groups of another school", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/groups", status: 404},

			{name: "to the group", as: "giaovien", method: "POST", url: "/assignments", body: body(id, toGroup), status: 200, contains: `"total":1`},
			{name: "sent twice", as: "giaovien", method: "POST", url: "/assignments", body: body(id, toGroup), status: 200, contains: id},
			{name: "unknown kind", as: "giaovien", method: "POST", url: "/assignments", body: strings.Replace(body(w.newID(), ""), `"quiz"`, `"essay"`, 1), status: 422, contains: "body.kind"},
			{name: "yesterday", as: "giaovien", method: "POST", url: "/assignments", body: strings.Replace(body(w.newID(), ""), "11-23T01", "11-22T01", 1), status: 422, contains: "body.opens_at"},
			{name: "a pupil of no class", as: "giaovien", method: "POST", url: "/assignments", body: body(w.newID(), fmt.Sprintf(`,"recipients":{"to":"pupils","person_ids":[%q]}`, w.newID())), status: 422, contains: "recipients.person_ids"},
			{name: "the department assigns nothing", as: "so", method: "POST", url: "/assignments", body: body(w.newID(), ""), status: 403},
			{name: "its pupil sees it", as: user, method: "GET", url: "/home", status: 200, contains: `"attempts_left":2`},
			{name: "another does not", as: "hocsinh", method: "GET", url: "/home", status: 200, lacks: id},
			{name: "the group is in use", as: "giaovien", method: "DELETE", url: "/groups/" + group, status: 409, contains: "group_assigned"},

			{name: "edited", as: "giaovien", method: "PUT", url: "/assignments/" + id, body: edit(0), status: 200, contains: `"version":1`},
			{name: "edited twice", as: "giaovien", method: "PUT", url: "/assignments/" + id, body: edit(0), status: 200, contains: `"version":1`},
			{name: "on an old version", as: "giaovien", method: "PUT", url: "/assignments/" + id, body: strings.Replace(edit(0), `"attempts":5`, `"attempts":6`, 1), status: 409, contains: "assignment_changed"},
			{name: "now for everybody", as: "hocsinh", method: "GET", url: "/home", status: 200, contains: id},
			{name: "a pupil edits nothing", as: "hocsinh", method: "PUT", url: "/assignments/" + id, body: edit(1), status: 403},
			{name: "no such assignment", as: "giaovien", method: "PUT", url: "/assignments/" + w.newID(), body: edit(1), status: 404},
			{name: "copied", as: "giaovien", method: "POST", url: "/assignments/" + id + "/copies", body: fmt.Sprintf(`{"copies":[{"id":%q,"class_id":%q}]}`, w.newID(), class8), status: 200, contains: class8},
			{name: "copied out of reach", as: "giaovien", method: "POST", url: "/assignments/" + id + "/copies", body: fmt.Sprintf(`{"copies":[{"id":%q,"class_id":%q}]}`, w.newID(), w.newID()), status: 422, contains: "body.copies[0].class_id"},
			{name: "copied nowhere", as: "giaovien", method: "POST", url: "/assignments/" + id + "/copies", body: `{"copies":[]}`, status: 422},
			{name: "catch-up", as: "truong", method: "GET", url: "/classes/" + w.class + "/catch-up", status: 200, contains: id},
			{name: "catch-up is not a pupil's", as: "hocsinh", method: "GET", url: "/classes/" + w.class + "/catch-up", status: 403},
			{name: "released", as: "giaovien", method: "POST", url: "/assignments/" + id + "/release", body: `{}`, status: 200, contains: `"released_at":"2026`},
			{name: "released by a pupil", as: "hocsinh", method: "POST", url: "/assignments/" + id + "/release", body: `{}`, status: 403},
		})
		w.clock.Add(time.Minute)
		w.run(t, []scenario{
			{name: "ended", as: "giaovien", method: "POST", url: "/assignments/" + id + "/end", body: `{}`, status: 200, contains: `"due_at":"2026-11-23T01:01:00Z"`},
			{name: "ended out of reach", as: "giaovien", method: "POST", url: "/assignments/" + w.newID() + "/end", body: `{}`, status: 404},
			{name: "the group is free", as: "giaovien", method: "DELETE", url: "/groups/" + group, status: 204},
			{name: "removed twice", as: "giaovien", method: "DELETE", url: "/groups/" + group, status: 204},
		})
	})
}

// class8B is the id of the demo teacher's other class.
func (w *world) class8B(t *testing.T) string {
	t.Helper()
	var classes list[learning.ClassHead]
	w.ok(t, "giaovien", "GET", "/classes", "", &classes)
	for _, c := range classes.Items {
		if c.ID.String() != w.class {
			return c.ID.String()
		}
	}
	require.Fail(t, "one class only")
	return ""
}

// A calendar is read without signing in, by its address alone, until its owner
// ends it.
func TestCalendarThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var feed learning.CalendarFeed
		w.ok(t, "hocsinh", "POST", "/me/calendar", `{}`, &feed)
		url := "/calendars/" + feed.Token
		first := w.raw("GET", url, "", "")
		require.Equal(t, 200, first.Code, first.Body.String())
		require.Equal(t, "text/calendar; charset=utf-8", first.Header().Get("Content-Type"))
		require.Contains(t, first.Body.String(), "BEGIN:VEVENT")
		require.Equal(t, 304, w.raw("GET", url, "", "", "If-None-Match", first.Header().Get("ETag")).Code)
		w.run(t, []scenario{
			{name: "told, not shown", as: "hocsinh", method: "GET", url: "/me/calendar", status: 200, contains: `"active":true`, lacks: feed.Token},
			{name: "an unknown address", method: "GET", url: url + "x", status: 404},
			{name: "not signed in", method: "POST", url: "/me/calendar", body: `{}`, status: 401},
			{name: "ended", as: "hocsinh", method: "DELETE", url: "/me/calendar", status: 204},
			{name: "gone", method: "GET", url: url, status: 404},
			{name: "staff without classes", as: "so", method: "POST", url: "/me/calendar", body: `{}`, status: 200, contains: `"token"`},
		})
	})
}
