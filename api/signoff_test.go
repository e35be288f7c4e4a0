package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/signoff"
)

// The month before the test's November, of the demo: every commune has
// households, the demo's school nobody enrolled yet.
func TestSignOff(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var school struct{ Items []struct{ ID string } }
		w.ok(t, "truong", "GET", "/schools", "", &school)
		ours := "/schools/" + school.Items[0].ID + "/months"
		hongGai, province := "/areas/06685/months", "/areas/22/months"
		var page signoff.Page
		w.ok(t, "canbo", "GET", hongGai+"/2026-10", "", &page)
		require.Positive(t, page.Unit.Households)
		approve := func(digest, reason string) string {
			return fmt.Sprintf(`{"id":%q,"kind":"approved","digest":%q,"reason":%q}`, w.newID(), digest, reason)
		}
		w.run(t, []scenario{
			{name: "nobody", method: "GET", url: hongGai, status: 401},
			{name: "a teacher", as: "giaovien", method: "GET", url: ours, status: 403},
			{name: "a team member", as: "to", method: "GET", url: hongGai, status: 403},
			{name: "the school's own", as: "truong", method: "GET", url: ours, status: 200, contains: `"month":"2026-11"`},
			{name: "the school and its commune", as: "truong", method: "GET", url: hongGai, status: 404},
			{name: "another commune's officer", as: "canbo", method: "GET", url: "/areas/06652/months/2026-10", status: 404},
			{name: "the commune's officer and the province", as: "canbo", method: "GET", url: province + "/2026-10", status: 404},
			{name: "no such month", as: "canbo", method: "GET", url: hongGai + "/2026-13", status: 404},
			{name: "a month to come", as: "canbo", method: "GET", url: hongGai + "/2027-01", status: 404},
			{name: "no school", as: "so", method: "GET", url: "/schools/x/months/2026-10", status: 404},
			{name: "waits for the officer", as: "canbo", method: "GET", url: "/months/waiting", status: 200, contains: `"2026-10"`},
			{name: "not for the school", as: "truong", method: "GET", url: "/months/waiting", status: 200, contains: `"items":[]`},
			{name: "a head approves no commune", as: "truong", method: "POST", url: hongGai + "/2026-10/steps", body: approve(page.Unit.Digest, ""), status: 404},
			{name: "an admin signs nothing", as: "admin", method: "POST", url: hongGai + "/2026-10/steps", body: approve(page.Unit.Digest, ""), status: 403},
			{name: "the running month", as: "canbo", method: "POST", url: hongGai + "/2026-11/steps", body: approve(page.Unit.Digest, ""), status: 409, contains: "month_not_over"},
			{name: "other figures", as: "canbo", method: "POST", url: hongGai + "/2026-10/steps", body: approve("x", ""), status: 409, contains: "figures_changed"},
			{name: "the department needs a reason", as: "so", method: "POST", url: hongGai + "/2026-10/steps", body: approve(page.Unit.Digest, ""), status: 422, contains: "body.reason"},
			{name: "approved", as: "canbo", method: "POST", url: hongGai + "/2026-10/steps", body: approve(page.Unit.Digest, ""), status: 200, contains: `"state":"approved"`},
			{name: "a school without pupils has nothing to sign", as: "truong", method: "GET", url: ours + "/2026-10", status: 200, contains: `"state":"nothing"`},
			{name: "the officer locks nothing", as: "canbo", method: "POST", url: province + "/2026-10/lock", body: fmt.Sprintf(`{"id":%q,"digest":"x"}`, w.newID()), status: 403},
			{name: "communes are missing", as: "so", method: "POST", url: province + "/2026-10/lock", body: fmt.Sprintf(`{"id":%q,"digest":"x"}`, w.newID()), status: 409, contains: "children_not_ready"},
		})
		lockedOverHTTP(t, w, province+"/2026-10", approve)
	})
}

// lockedOverHTTP approves the other communes on their behalf, locks, and unlocks.
func lockedOverHTTP(t *testing.T, w *world, at string, approve func(digest, reason string) string) {
	t.Helper()
	var page signoff.Page
	w.ok(t, "so", "GET", at, "", &page)
	require.Equal(t, signoff.StateWaiting, page.State)
	require.Len(t, page.Children, 54)
	for _, c := range page.Children {
		if c.State == signoff.StateOpen {
			w.ok(t, "so", "POST", "/areas/"+c.Code+"/months/2026-10/steps", approve(c.Digest, "Xã chưa có cán bộ"), nil)
		}
	}
	w.ok(t, "so", "GET", at, "", &page)
	require.True(t, page.May.Lock)
	lock := fmt.Sprintf(`{"id":%q,"digest":%q}`, w.newID(), page.Unit.Digest)
	unlock := func(reason string) string {
		return fmt.Sprintf(`{"lock_id":%q,"reason":%q}`, page.Locks[0].ID, reason)
	}
	w.run(t, []scenario{
		{name: "locked", as: "so", method: "POST", url: at + "/lock", body: lock, status: 200, contains: `"state":"locked"`},
		{name: "the same lock again", as: "so", method: "POST", url: at + "/lock", body: lock, status: 200, contains: `"state":"locked"`},
		{name: "another lock", as: "so", method: "POST", url: at + "/lock", body: fmt.Sprintf(`{"id":%q,"digest":"x"}`, w.newID()), status: 409, contains: "month_locked"},
	})
	w.ok(t, "so", "GET", at, "", &page)
	w.run(t, []scenario{
		{name: "unlocked without a reason", as: "so", method: "POST", url: at + "/unlocking", body: unlock("vì"), status: 422, contains: "body.reason"},
		{name: "a lock of nobody", as: "so", method: "POST", url: at + "/unlocking", body: fmt.Sprintf(`{"lock_id":%q,"reason":"Một lý do"}`, w.newID()), status: 404},
		{name: "unlocked", as: "so", method: "POST", url: at + "/unlocking", body: unlock("Thiếu một thôn"), status: 200, contains: "Thiếu một thôn"},
		{name: "seen from the commune for ever", as: "canbo", method: "GET", url: "/areas/06685/months/2026-10", status: 200, contains: "Thiếu một thôn"},
	})
	v, err := w.SignOff.Verify(t.Context(), models.System())
	require.NoError(t, err)
	require.Empty(t, v.Faults)
}

// A school is reminded of last month until it has approved it.
func TestSignMonthReminder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var school struct{ Items []struct{ ID string } }
		w.ok(t, "truong", "GET", "/schools", "", &school)
		at := "/schools/" + school.Items[0].ID
		w.run(t, []scenario{{name: "nobody was enrolled last month", as: "truong", method: "GET", url: at + "/todo", status: 200, lacks: "sign_month"}})
		w.clock.Add(10 * 24 * time.Hour) // 3 December
		w.tokens = map[string]string{}
		w.run(t, []scenario{{name: "reminded", as: "truong", method: "GET", url: at + "/todo", status: 200, contains: "sign_month"}})
		var page signoff.Page
		w.ok(t, "truong", "GET", at+"/months/2026-11", "", &page)
		require.Equal(t, 12, page.Unit.Pupils)
		require.Positive(t, page.Unit.Certified)
		body := fmt.Sprintf(`{"id":%q,"kind":"approved","digest":%q}`, w.newID(), page.Unit.Digest)
		w.run(t, []scenario{
			{name: "approved", as: "truong", method: "POST", url: at + "/months/2026-11/steps", body: body, status: 200, contains: `"state":"approved"`},
			{name: "not any more", as: "truong", method: "GET", url: at + "/todo", status: 200, lacks: "sign_month"},
		})
	})
}
