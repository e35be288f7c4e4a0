package api

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	scenarios "nhaso/curriculum/scenario"
	"nhaso/models/outreach"
)

func TestFamilyMission(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		trialScenario(t, w)
		// The demo's own missions would share the sample: here the one begun is the one drawn.
		require.NoError(t, w.DB.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec("DELETE FROM family_missions").Error }))
		user := w.pupilUser(t, 2)
		begin := fmt.Sprintf(`{"id":%q,"course_key":"self_protection-thcs","scenario_key":"hop_thu"}`, w.newID())
		var m outreach.Mission
		w.ok(t, user, "POST", "/family-missions", begin, &m)
		var inv outreach.Invitation
		w.ok(t, "", "GET", "/family/"+m.Code, "", &inv)
		require.Equal(t, "hop_thu", inv.Scenario.Key)
		log, err := json.Marshal(scenarios.ParseLog([]string{"open_fake", "saw.f_from", "report_fake"}))
		require.NoError(t, err)
		id := w.newID()
		confirm := func(id, pin string, more string) string {
			return fmt.Sprintf(`{"id":%q,"kinship":"mother","pin":%q,"device":"own","agreed":true%s,"log":%s}`, id, pin, more, log)
		}
		url := "/family/" + m.Code + "/confirmation"
		sample := "/classes/" + w.class + "/family-missions"
		w.run(t, []scenario{
			{name: "begun again", as: user, method: "POST", url: "/family-missions", body: begin, status: 200, contains: m.ID.String()},
			{name: "a teacher teaches no relative", as: "giaovien", method: "POST", url: "/family-missions", body: begin, status: 403},
			{name: "not signed in", method: "POST", url: "/family-missions", body: begin, status: 401},
			{name: "no such scenario", as: user, method: "POST", url: "/family-missions", status: 404,
				body: fmt.Sprintf(`{"id":%q,"course_key":"self_protection-thcs","scenario_key":"khac"}`, w.newID())},
			{name: "wrong code", method: "GET", url: "/family/2222222", status: 404, lacks: "expired"},
			{name: "easy digits", method: "POST", url: url, body: confirm(id, "1234", ""), status: 422, contains: "too_easy"},
			{name: "a count sent along", method: "POST", url: url, body: confirm(id, "2580", `,"counted":true`), status: 422, contains: `"body.counted"`},
			{name: "confirmed without an account", method: "POST", url: url, body: confirm(id, "2580", ""), status: 200, contains: `"counted":true`},
			{name: "again", method: "POST", url: url, body: confirm(id, "2580", ""), status: 200, contains: `"counted":true`},
			{name: "by somebody else", method: "POST", url: url, body: confirm(w.newID(), "2580", ""), status: 404},
			{name: "own list", as: user, method: "GET", url: "/me/family-missions", status: 200, contains: `"state":"confirmed"`},
			{name: "the teacher's sample", as: "giaovien", method: "GET", url: sample, status: 200, contains: `"relatives":1`, lacks: "2580"},
			{name: "a pupil sees no sample", as: user, method: "GET", url: sample, status: 403},
			{name: "another class", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/family-missions", status: 404},
			{name: "the call", as: "giaovien", method: "POST", url: sample + "/" + m.ID.String() + "/check", body: `{"pin":"2580"}`, status: 200, contains: `"check":"match"`},
			{name: "once", as: "giaovien", method: "POST", url: sample + "/" + m.ID.String() + "/check", body: `{"pin":"2580"}`, status: 409},
			{name: "nonsense for an id", as: "giaovien", method: "POST", url: sample + "/zz/check", body: `{}`, status: 404},
			{name: "a pupil checks nothing", as: user, method: "POST", url: sample + "/" + m.ID.String() + "/check", body: `{}`, status: 403},
		})
	})
}
