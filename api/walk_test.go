package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models/outreach"
)

// walkOverHTTP goes on where visitsOverHTTP ends: the member was removed and one
// visit is kept.
func walkOverHTTP(t *testing.T, w *world, id, member, village string) {
	t.Helper()
	at := "/campaigns/" + id
	var kept list[outreach.Visit]
	w.ok(t, "canbo", "GET", at+"/kept-visits", "", &kept)
	require.Len(t, kept.Items, 1)
	decide := at + "/kept-visits/" + kept.Items[0].ID.String() + "/decision"
	w.run(t, []scenario{
		{name: "the member sees that it is kept", as: "to", method: "GET", url: "/me/rounds", status: 200, contains: `"refusal":"removed","decision":""`},
		{name: "the member decides nothing", as: "to", method: "PUT", url: decide, body: `{"accept":true}`, status: 403},
		{name: "nobody", method: "PUT", url: decide, body: `{"accept":true}`, status: 401},
		{name: "no reason", as: "canbo", method: "PUT", url: decide, body: `{"accept":false}`, status: 422, contains: "body.reason"},
		{name: "no such visit", as: "canbo", method: "PUT", url: at + "/kept-visits/x/decision", body: `{"accept":true}`, status: 404},
		{name: "accepted", as: "canbo", method: "PUT", url: decide, body: `{"accept":true}`, status: 200, contains: `"decision":"accepted"`},
		{name: "accepted again", as: "canbo", method: "PUT", url: decide, body: `{"accept":true}`, status: 200, contains: `"counts":true`},
		{name: "turned round", as: "so", method: "PUT", url: decide, body: `{"accept":false,"reason":"nhầm rồi"}`, status: 409, contains: "visit_decided"},
		{name: "it counts", as: "so", method: "GET", url: at, status: 200, contains: `"refused":0,"waiting":0`},
		{name: "a household's history", as: "to", method: "GET", url: "/households/" + kept.Items[0].HouseholdID.String() + "/visits", status: 200, contains: `"refusal":"removed"`},
		{name: "for the officer too", as: "canbo", method: "GET", url: "/households/" + kept.Items[0].HouseholdID.String() + "/visits", status: 200, contains: "not_home"},
		{name: "not for the department", as: "so", method: "GET", url: "/households/" + kept.Items[0].HouseholdID.String() + "/visits", status: 403},
		{name: "not for a teacher", as: "giaovien", method: "GET", url: "/households/" + kept.Items[0].HouseholdID.String() + "/visits", status: 403},
		{name: "no such household", as: "canbo", method: "GET", url: "/households/" + w.newID() + "/visits", status: 404},
	})
	w.ok(t, "canbo", "PUT", at+"/members", fmt.Sprintf(`{"account_id":%q,"team":"Tổ 1","villages":[%q]}`, member, village), nil)
	slipsOverHTTP(t, w, at, village)
	helpsOverHTTP(t, w, at)
	change := func(version int, name string, ended bool) string {
		return fmt.Sprintf(`{"version":%d,"name":%q,"starts_on":"2026-11-20","ends_on":"2026-11-30","target":300,"hotline":"","ended":%t}`, version, name, ended)
	}
	w.run(t, []scenario{
		{name: "a member changes nothing", as: "to", method: "PUT", url: at, body: change(1, "Tên mới", false), status: 403},
		{name: "changed", as: "canbo", method: "PUT", url: at, body: change(1, "Tên mới", false), status: 200, contains: `"version":2`},
		{name: "sent again", as: "canbo", method: "PUT", url: at, body: change(1, "Tên mới", false), status: 200, contains: `"version":2`},
		{name: "on an old reading", as: "so", method: "PUT", url: at, body: change(1, "Tên khác", false), status: 409, contains: "campaign_changed"},
		{name: "a name too short", as: "so", method: "PUT", url: at, body: change(2, "a", false), status: 422, contains: "body.name"},
		{name: "ended", as: "so", method: "PUT", url: at, body: change(2, "Tên mới", true), status: 200, contains: `"ended_on":"2026`},
		{name: "nothing to walk", as: "to", method: "GET", url: "/me/rounds", status: 200, contains: `"over":true`},
		{name: "history", as: "canbo", method: "GET", url: at + "/history", status: 200, contains: `"kind":"ended"`},
		{name: "history is the officers'", as: "to", method: "GET", url: at + "/history", status: 403},
	})
}

func slipsOverHTTP(t *testing.T, w *world, at, village string) {
	t.Helper()
	body := fmt.Sprintf(`{"villages":[%q]}`, village)
	res := w.as(t, "canbo", "POST", at+"/slips", body)
	require.Equal(t, http.StatusOK, res.Code)
	require.Equal(t, pdfKind, res.Header().Get("Content-Type"))
	require.Contains(t, res.Header().Get("Content-Disposition"), "phieu-v-")
	var rounds list[outreach.Round]
	w.ok(t, "to", "GET", "/me/rounds", "", &rounds)
	door := rounds.Items[0].Doors[0]
	require.NotEmpty(t, door.Slip)
	code := fmt.Sprintf(`{"code":%q}`, door.Slip)
	w.run(t, []scenario{
		{name: "a member prints none", as: "to", method: "POST", url: at + "/slips", body: body, status: 403},
		{name: "a village elsewhere", as: "canbo", method: "POST", url: at + "/slips", body: `{"villages":["V-XXXXXXX"]}`, status: 422, contains: "body.villages"},
		{name: "opened", as: "to", method: "POST", url: "/me/slip-openings", body: code, status: 200, contains: door.ID.String()},
		{name: "an officer walks no round", as: "canbo", method: "POST", url: "/me/slip-openings", body: code, status: 403},
		{name: "mistyped", as: "to", method: "POST", url: "/me/slip-openings", body: `{"code":"AAAAAAB"}`, status: 422, contains: "body.code"},
		{name: "nobody", method: "POST", url: "/me/slip-openings", body: code, status: 401},
		{name: "a member revokes nothing", as: "to", method: "POST", url: at + "/slip-revocations", body: code, status: 403},
		{name: "revoked", as: "canbo", method: "POST", url: at + "/slip-revocations", body: code, status: 204},
		{name: "shut", as: "to", method: "POST", url: "/me/slip-openings", body: code, status: 409, contains: "slip_revoked"},
	})
}

func helpsOverHTTP(t *testing.T, w *world, at string) {
	t.Helper()
	var rounds list[outreach.Round]
	w.ok(t, "to", "GET", "/me/rounds", "", &rounds)
	door := rounds.Items[0].Doors[0].ID.String()
	helps := at + "/households/" + door + "/helps"
	ask := func(person, more string) string {
		return fmt.Sprintf(`{"id":%q,"person_id":%q,"accepted":true%s}`, w.newID(), person, more)
	}
	w.run(t, []scenario{
		{name: "the team asks", as: "to", method: "GET", url: helps, status: 200, contains: `"helpers":[`},
		{name: "an officer does not", as: "canbo", method: "GET", url: helps, status: 403},
		{name: "nor a teacher", as: "giaovien", method: "GET", url: helps, status: 403},
		{name: "nor a pupil", as: "hocsinh", method: "GET", url: helps, status: 403},
		{name: "no such door", as: "to", method: "GET", url: at + "/households/x/helps", status: 404},
		{name: "without an adult", as: "to", method: "POST", url: helps, body: ask(w.newID(), ""), status: 422, contains: "body.adult"},
		{name: "an adult there is none of", as: "to", method: "POST", url: helps, body: ask(w.newID(), `,"adult":"dog"`), status: 422},
		{name: "somebody who was not suggested", as: "to", method: "POST", url: helps, body: ask(w.newID(), `,"adult":"guardian"`), status: 404},
		{name: "nothing to end", as: "to", method: "PUT", url: helps + "/" + w.newID(), body: `{"taught":false}`, status: 404},
		{name: "a pupil's own", as: "hocsinh", method: "GET", url: "/me/helps", status: 200, contains: `"items":[]`},
		{name: "not a teacher's", as: "giaovien", method: "GET", url: "/me/helps", status: 403},
		{name: "another's", as: "hocsinh", method: "POST", url: "/me/helps/" + w.newID() + "/decline", body: "{}", status: 404},
	})
}
