package api

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models/outreach"
	"nhaso/seeds"
)

func TestCampaigns(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		id := w.newID()
		start := fmt.Sprintf(`{"id":%q,"area_code":"06685","name":"Mười ngày cao điểm","starts_on":"2026-11-20","ends_on":"2026-11-30","target":300,"hotline":"0203 111 222"}`, id)
		at := "/campaigns/" + id
		w.run(t, []scenario{
			{name: "a team member begins none", as: "to", method: "POST", url: "/campaigns", body: start, status: 403},
			{name: "nobody", method: "POST", url: "/campaigns", body: start, status: 401},
			{name: "begun", as: "canbo", method: "POST", url: "/campaigns", body: start, status: 200, contains: id},
			{name: "again", as: "canbo", method: "POST", url: "/campaigns", body: start, status: 200, contains: id},
			{name: "another commune", as: "canbo", method: "POST", url: "/campaigns", status: 404,
				body: fmt.Sprintf(`{"id":%q,"area_code":"06652","name":"Khác","starts_on":"2026-11-20","ends_on":"2026-11-30","target":3}`, w.newID())},
			{name: "an end before the start", as: "canbo", method: "POST", url: "/campaigns", status: 422, contains: "body.ends_on",
				body: fmt.Sprintf(`{"id":%q,"area_code":"06685","name":"Khác","starts_on":"2026-11-20","ends_on":"2026-11-19","target":3}`, w.newID())},
			{name: "the department sees it", as: "so", method: "GET", url: "/campaigns", status: 200, contains: id},
			{name: "a teacher does not", as: "giaovien", method: "GET", url: "/campaigns", status: 403},
			{name: "no such campaign", as: "so", method: "GET", url: "/campaigns/" + w.newID(), status: 404},
		})
		var members list[outreach.Walker]
		w.ok(t, "canbo", "GET", at+"/members", "", &members)
		require.Len(t, members.Items, 1)
		member := members.Items[0].AccountID.String()
		var area struct{ Children []struct{ Code string } }
		w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", &area)
		post := fmt.Sprintf(`{"account_id":%q,"team":"Tổ 1","villages":[%q]}`, member, area.Children[0].Code)
		w.run(t, []scenario{
			{name: "not yet in a team", as: "to", method: "GET", url: "/me/rounds", status: 200, contains: `"items":[]`},
			{name: "a member posts nobody", as: "to", method: "PUT", url: at + "/members", body: post, status: 403},
			{name: "posted", as: "canbo", method: "PUT", url: at + "/members", body: post, status: 200, contains: "Tổ 1"},
			{name: "a village elsewhere", as: "canbo", method: "PUT", url: at + "/members", status: 422, contains: "body.villages",
				body: fmt.Sprintf(`{"account_id":%q,"team":"Tổ 1","villages":["V-XXXXXXX"]}`, member)},
			{name: "no team member", as: "canbo", method: "PUT", url: at + "/members", status: 404,
				body: fmt.Sprintf(`{"account_id":%q,"team":"Tổ 1","villages":[%q]}`, w.newID(), area.Children[0].Code)},
		})
		visitsOverHTTP(t, w, at, member)
		walkOverHTTP(t, w, id, member, area.Children[0].Code)
	})
}

// visitsOverHTTP walks the first door of the round.
func visitsOverHTTP(t *testing.T, w *world, at, member string) {
	t.Helper()
	var rounds list[outreach.Round]
	w.ok(t, "to", "GET", "/me/rounds", "", &rounds)
	require.NotEmpty(t, rounds.Items[0].Doors)
	door := rounds.Items[0].Doors[0]
	require.NotContains(t, door.Head, "*", "the member stands at the door and knows whose it is")
	visit := func(id, outcome string) string {
		return fmt.Sprintf(`{"visits":[{"id":%q,"household_id":%q,"outcome":%q,"at":%q}]}`, id, door.ID, outcome, w.clock.Now().Format("2006-01-02T15:04:05Z"))
	}
	id := w.newID()
	w.run(t, []scenario{
		{name: "a visit", as: "to", method: "POST", url: at + "/visits", body: visit(id, "not_home"), status: 200, contains: `"refusal":""`},
		{name: "sent again", as: "to", method: "POST", url: at + "/visits", body: visit(id, "not_home"), status: 200, contains: `"refusal":""`},
		{name: "an officer visits nobody", as: "canbo", method: "POST", url: at + "/visits", body: visit(w.newID(), "taught"), status: 404},
		{name: "nor does a pupil", as: "hocsinh", method: "POST", url: at + "/visits", body: visit(w.newID(), "taught"), status: 403},
		{name: "no such outcome", as: "to", method: "POST", url: at + "/visits", body: visit(w.newID(), "sold"), status: 422},
		{name: "of another campaign", as: "to", method: "POST", url: "/campaigns/" + w.newID() + "/visits", body: visit(w.newID(), "taught"), status: 404},
		{name: "counted once", as: "so", method: "GET", url: at, status: 200, contains: `"visits":1,"visited":1,"met":0`, lacks: door.Head},
		{name: "removed", as: "canbo", method: "DELETE", url: at + "/members/" + member, status: 200, contains: `"removed_at":"`},
	})
	// A member whose account is closed has visits on the phone: they wait there and arrive when it is opened again.
	waiting := visit(w.newID(), "taught")
	w.run(t, []scenario{
		{name: "the account is closed", as: "admin", method: "POST", url: "/accounts/" + member + "/disabling", status: 200, contains: `"disabled":true`},
		{name: "nothing is taken", as: "to", method: "POST", url: at + "/visits", body: waiting, status: 401},
		{name: "nor signed in", method: "POST", url: "/sessions", body: w.signIn("to", seeds.DemoPassword, ""), status: 401},
		{name: "opened again", as: "admin", method: "POST", url: "/accounts/" + member + "/enabling", status: 200, contains: `"disabled":false`},
	})
	delete(w.tokens, w.username("to"))
	w.run(t, []scenario{
		{name: "late", as: "to", method: "POST", url: at + "/visits", body: waiting, status: 200, contains: `"refusal":"removed"`},
		{name: "kept for the officer", as: "canbo", method: "GET", url: at + "/kept-visits", status: 200, contains: `"refusal":"removed"`},
		{name: "not for the member", as: "to", method: "GET", url: at + "/kept-visits", status: 403},
		{name: "removes nobody", as: "canbo", method: "DELETE", url: at + "/members/x", status: 404},
	})
}
