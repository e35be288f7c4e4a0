package api

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/school"
)

// schoolOf is the id of the school that the demo's school administrator has.
func (w *world) schoolOf(t testing.TB, as string) string {
	t.Helper()
	var me meView
	w.ok(t, as, "GET", "/me", "", &me)
	require.Equal(t, "school", me.Home)
	return *me.Roles[0].ScopeID
}

func unmarshal(t testing.TB, raw []byte, out any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(raw, out), string(raw))
}

// TestSchoolDenials: whoever has nothing to do with a school's year is told so, and other schools do not exist.
func TestSchoolDenials(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		at := "/schools/" + w.schoolOf(t, "truong")
		elsewhere, id := "/schools/"+w.newID(), w.newID()
		roll := fmt.Sprintf(`{"id":%q,"from_year":"2026-2027","classes":[],"exceptions":[],"carry_teachers":false}`, id)
		ask := fmt.Sprintf(`{"id":%q,"class_id":%q,"name":"x","birth_date":"2013-01-01","ministry_code":"1"}`, id, w.class)
		for _, r := range []struct{ method, url, body string }{
			{"GET", "/overview", ""}, {"GET", "/todo", ""}, {"GET", "/staff", ""}, {"GET", "/leavers", ""}, {"GET", "/rollover", ""}, {"GET", "/rollovers", ""},
			{"GET", "/transfers", ""}, {"GET", "/pupils?class=" + w.class, ""}, {"POST", "/rollovers", roll}, {"POST", "/transfers", ask},
			{"POST", "/leavers", fmt.Sprintf(`{"person_id":%q,"reason":"other"}`, w.pupils[0])},
			{"POST", "/transfer-codes", fmt.Sprintf(`{"person_id":%q}`, w.pupils[0])},
			{"POST", "/staff-invitations", fmt.Sprintf(`{"rows":[{"id":%q,"name":"A","role":"head","classes":"","last_day":""}]}`, id)},
			{"POST", "/delegations", fmt.Sprintf(`{"id":%q,"account_id":%q,"role":"head"}`, id, id)},
		} {
			for _, as := range []string{"hocsinh", "giaovien", "to", "canbo", "so"} {
				require.Equal(t, 403, w.as(t, as, r.method, at+r.url, r.body).Code, "%s %s", as, r.url)
			}
			require.Equal(t, 401, w.as(t, "", r.method, at+r.url, r.body).Code, r.url)
			require.Equal(t, 404, w.as(t, "truong", r.method, elsewhere+r.url, r.body).Code, r.url)
		}
	})
}

// TestSchoolHub: figures, to-do list, staff, an invigilator for a day and what that may see.
func TestSchoolHub(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		at := "/schools/" + w.schoolOf(t, "truong")
		var o school.Overview
		w.ok(t, "truong", "GET", at+"/overview", "", &o)
		require.True(t, o.Manages)
		require.Positive(t, o.Figures.Pupils)
		require.Positive(t, o.Figures.Classes)
		require.LessOrEqual(t, o.Figures.Certified, o.Figures.Pupils)
		var todo list[school.Todo]
		w.ok(t, "truong", "GET", at+"/todo?lang=en", "", &todo)
		require.NotEmpty(t, todo.Items)
		key := todo.Items[0].Key
		w.ok(t, "truong", "PUT", at+"/todo/"+key+"/rest", `{"days":7}`, nil)
		w.ok(t, "truong", "GET", at+"/todo", "", &todo)
		for _, item := range todo.Items {
			require.NotEqual(t, key, item.Key)
		}

		var cards list[staffCard]
		invite := fmt.Sprintf(`{"rows":[{"id":%q,"name":"Phạm Thị Giám","role":"invigilator","classes":"7A","last_day":"2026-11-24"}]}`, w.newID())
		w.ok(t, "truong", "POST", at+"/staff-invitations", invite, &cards)
		require.Len(t, cards.Items[0].Password, 10)
		res := w.raw("POST", "/sessions", fmt.Sprintf(`{"username":%q,"password":%q}`, cards.Items[0].Username, cards.Items[0].Password), "")
		require.Equal(t, 200, res.Code, res.Body.String())
		var session sessionView
		unmarshal(t, res.Body.Bytes(), &session)
		w.tokens[cards.Items[0].Username] = session.AccessToken
		guard := cards.Items[0].Username
		w.run(t, []scenario{
			{name: "lists the class, not its households", as: guard, method: "GET", url: "/classes", status: 200, contains: `"pending_links":0`},
			{name: "no board", as: guard, method: "GET", url: "/classes/" + w.class + "/board", status: 403},
			{name: "no household links", as: guard, method: "GET", url: "/classes/" + w.class + "/household-links", status: 403},
			{name: "no assigning", as: guard, method: "DELETE", url: "/assignments/" + w.newID(), status: 403},
			{name: "no accounts", as: guard, method: "POST", url: "/classes/" + w.class + "/accounts", status: 403},
		})
		var mine list[struct {
			ID      string
			Session *struct{ ID string }
		}]
		w.ok(t, guard, "GET", "/classes", "", &mine)
		require.Len(t, mine.Items, 1)
		if open := mine.Items[0].Session; open != nil {
			w.ok(t, guard, "GET", "/lesson-sessions/"+open.ID, "", nil)
			w.ok(t, guard, "POST", "/lesson-sessions/"+open.ID+"/closing", "", nil)
		}
		sessionID := w.newID()
		w.ok(t, guard, "POST", "/lesson-sessions", fmt.Sprintf(`{"id":%q,"class_id":%q,"minutes":45}`, sessionID, w.class), nil)
		// The day ends; the lesson the invigilator opened stays with the class.
		w.clock.Add(40 * time.Hour)
		require.NotEqual(t, 200, w.as(t, guard, "GET", "/classes", "").Code)
		delete(w.tokens, w.username("giaovien"))
		w.ok(t, "giaovien", "GET", "/lesson-sessions/"+sessionID, "", nil)
	})
}

// TestStaffFlow: a delegation with days, a change of homeroom teacher, leaving; a list out of a file.
func TestStaffFlow(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		at := "/schools/" + w.schoolOf(t, "truong")
		res := w.send(t, "truong", at+"/staff-sheets", "file", "Họ và tên;Vai trò;Lớp\nLê Thị Hoa;GVCN;8B\nVũ An;Coi thi;\n")
		require.Equal(t, 200, res.Code, res.Body.String())
		var rows list[invitationRow]
		unmarshal(t, res.Body.Bytes(), &rows)
		require.Len(t, rows.Items, 2)
		require.Equal(t, models.RoleTeacher, rows.Items[0].Role)
		require.Equal(t, 403, w.send(t, "giaovien", at+"/staff-sheets", "file", "Tên\nA\n").Code)
		require.Equal(t, 404, w.send(t, "truong", "/schools/"+w.newID()+"/staff-sheets", "file", "Tên\nA\n").Code)
		var cards list[staffCard]
		body := fmt.Sprintf(`{"rows":[{"id":%q,"name":"Lê Thị Hoa","role":"module_teacher","classes":"","last_day":""}]}`, rows.Items[0].ID)
		w.ok(t, "truong", "POST", at+"/staff-invitations", body, &cards)
		hoa := cards.Items[0].AccountID
		w.ok(t, "truong", "PUT", "/classes/"+w.class+"/homeroom-teacher", fmt.Sprintf(`{"account_id":%q}`, hoa), nil)
		require.Equal(t, 404, w.as(t, "giaovien", "GET", "/classes/"+w.class+"/board", "").Code, "at once")
		w.ok(t, "truong", "POST", at+"/delegations", fmt.Sprintf(`{"id":%q,"account_id":%q,"role":"invigilator","class_id":%q,"last_day":"2026-12-31"}`, w.newID(), hoa, w.class), nil)
		var staff list[staffMember]
		w.ok(t, "truong", "GET", at+"/staff", "", &staff)
		found := false
		for _, m := range staff.Items {
			if m.AccountID == hoa {
				found = true
				require.Len(t, m.Roles, 3)
				require.Equal(t, "2026-12-31", *m.Roles[2].LastDay)
				w.ok(t, "truong", "DELETE", at+"/staff-roles/"+m.Roles[2].ID, "", nil)
			}
		}
		require.True(t, found)
		course := func(role, key string) string {
			return fmt.Sprintf(`{"id":%q,"account_id":%q,"role":%q,"class_id":%q,"course_key":%q}`, w.newID(), hoa, role, w.class, key)
		}
		w.run(t, []scenario{
			{name: "an unknown course", as: "truong", method: "POST", url: at + "/delegations", body: course("module_teacher", "x"), status: 422, contains: "body.course_key"},
			{name: "not for who guards", as: "truong", method: "POST", url: at + "/delegations", body: course("invigilator", "self_protection-thcs"), status: 422, contains: "not_for_role"},
			{name: "one course", as: "truong", method: "POST", url: at + "/delegations", body: course("module_teacher", "self_protection-thcs"), status: 204},
			{name: "it is listed", as: "truong", method: "GET", url: at + "/staff", status: 200, contains: `"course_key":"self_protection-thcs"`},
			{name: "bad day", as: "truong", method: "POST", url: at + "/delegations", body: fmt.Sprintf(`{"id":%q,"account_id":%q,"role":"head","last_day":"x"}`, w.newID(), hoa), status: 422, contains: "before_start"},
			{name: "leaves", as: "truong", method: "POST", url: at + "/staff/" + hoa + "/leaving", status: 204},
			{name: "again", as: "truong", method: "POST", url: at + "/staff/" + hoa + "/leaving", status: 204},
			{name: "gone", as: "truong", method: "GET", url: at + "/staff", status: 200, lacks: hoa},
		})
		var me meView
		w.ok(t, "truong", "GET", "/me", "", &me)
		res = w.as(t, "truong", "POST", at+"/staff/"+me.AccountID+"/leaving", "")
		require.Contains(t, []int{204, 409}, res.Code)
		if res.Code == 409 {
			require.Contains(t, res.Body.String(), "last_school_admin")
		}
	})
}

// TestSchoolYearFlow: preview, too early, a leaver, a transfer code, the check of the network, through the door.
func TestSchoolYearFlow(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		at := "/schools/" + w.schoolOf(t, "truong")
		var p school.Proposal
		w.ok(t, "truong", "GET", at+"/rollover", "", &p)
		require.False(t, p.Open)
		require.NotEmpty(t, p.Classes)
		body := fmt.Sprintf(`{"id":%q,"from_year":%q,"classes":[{"class_id":%q,"to":"8A"}],"exceptions":[{"person_id":%q,"what":"repeat"}],"carry_teachers":true}`,
			w.newID(), p.FromYear, w.class, w.pupils[0])
		var r school.RollOverReport
		w.ok(t, "truong", "POST", at+"/rollovers?dry_run=true", body, &r)
		require.Equal(t, 1, r.Counts.Repeat)
		require.Equal(t, len(w.pupils)-1, r.Counts.Up)
		w.run(t, []scenario{
			{name: "too early", as: "truong", method: "POST", url: at + "/rollovers", body: body, status: 409, contains: "rollover_early"},
			{name: "no such roll-over", as: "truong", method: "POST", url: at + "/rollovers/" + w.newID() + "/undoing", status: 404},
			{name: "leaves", as: "truong", method: "POST", url: at + "/leavers", body: fmt.Sprintf(`{"person_id":%q,"reason":"moved_away"}`, w.pupils[0]), status: 204},
			{name: "is a leaver", as: "truong", method: "GET", url: at + "/leavers", status: 200, contains: w.pupils[0]},
			{name: "a reason we do not keep", as: "truong", method: "POST", url: at + "/leavers", body: fmt.Sprintf(`{"person_id":%q,"reason":"ill"}`, w.pupils[1]), status: 422},
			{name: "a wrong code", as: "truong", method: "POST", url: at + "/transfer-redemptions", body: fmt.Sprintf(`{"code":"zzzz","class_id":%q}`, w.class), status: 404},
		})
		var offer school.Offer
		w.ok(t, "truong", "POST", at+"/transfer-codes", fmt.Sprintf(`{"person_id":%q}`, w.pupils[1]), &offer)
		w.run(t, []scenario{
			{name: "listed", as: "truong", method: "GET", url: at + "/transfers", status: 200, contains: offer.Code},
			{name: "taken back", as: "truong", method: "POST", url: at + "/transfers/" + offer.ID.String() + "/withdrawal", status: 204},
			{name: "measure", as: "giaovien", method: "PUT", url: at + "/probes/3", body: `{"payload":"x"}`, status: 204},
			{name: "not a team", as: "to", method: "PUT", url: at + "/probes/3", body: `{"payload":"x"}`, status: 403},
			{name: "not elsewhere", as: "giaovien", method: "PUT", url: "/schools/" + w.newID() + "/probes/3", body: `{"payload":"x"}`, status: 404},
			{name: "kept", as: "giaovien", method: "POST", url: at + "/checks", status: 200, contains: `"pupils":84`,
				body: fmt.Sprintf(`{"id":%q,"measured":{"latency_ms":20,"lesson_bytes":1000,"lesson_seconds":1,"steps":[{"at_once":1,"saves":10,"failed":0,"seconds":0.1,"p95_ms":50}]}}`, w.newID())},
			{name: "history", as: "truong", method: "GET", url: at + "/checks", status: 200, contains: `"limited_by":"download"`},
			{name: "whose schools", as: "giaovien", method: "GET", url: "/school-checks/schools", status: 200, contains: w.schoolOf(t, "truong")},
		})
	})
}
