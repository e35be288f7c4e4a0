package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/quality"
)

func TestQualityOverHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var school struct{ Items []struct{ ID string } }
		w.ok(t, "truong", "GET", "/schools", "", &school)
		class := "/classes/" + w.class + "/quality"
		ours := "/schools/" + school.Items[0].ID + "/quality"
		w.run(t, []scenario{
			{name: "before the first night", as: "canbo", method: "GET", url: "/areas/06685/quality", status: 200, contains: `"at":null`},
			{name: "no digest yet", as: "so", method: "GET", url: "/coverage-digests", status: 200, contains: `"items":[]`},
		})
		w.clock.Add(40 * 24 * time.Hour) // claims that nobody decides grow old
		_, err := w.Quality.Run(t.Context(), models.System())
		require.NoError(t, err)
		_, err = w.Coverage.SealDays(t.Context())
		require.NoError(t, err)
		day := models.DayBefore(models.Day(w.clock.Now()))
		var rows list[quality.Row]
		w.tokens = map[string]string{}
		w.ok(t, "canbo", "GET", "/areas/06685/quality/links_waiting", "", &rows)
		require.NotEmpty(t, rows.Items)
		require.NotEmpty(t, rows.Items[0].HouseholdCode)
		w.run(t, []scenario{
			{name: "in the reader's language", as: "canbo", method: "GET", url: "/areas/06685/quality", status: 200, contains: "quá 30 ngày"},
			{name: "the province", as: "so", method: "GET", url: "/areas/22/quality", status: 200, contains: `"key":"old_registers"`},
			{name: "the school", as: "truong", method: "GET", url: ours, status: 200, contains: `"key":"links_waiting"`, lacks: `"key":"old_registers"`},
			{name: "its list", as: "truong", method: "GET", url: ours + "/links_waiting", status: 200, contains: `"class_name":"7A"`},
			{name: "another commune", as: "canbo", method: "GET", url: "/areas/06652/quality", status: 404},
			{name: "the province for a commune", as: "canbo", method: "GET", url: "/areas/22/quality/links_waiting", status: 404},
			{name: "a school and its commune", as: "truong", method: "GET", url: "/areas/06685/quality", status: 404},
			{name: "no such school", as: "so", method: "GET", url: "/schools/x/quality/links_waiting", status: 404},
			{name: "no such check", as: "so", method: "GET", url: "/areas/22/quality/colour", status: 404},
			{name: "a cursor of nobody", as: "so", method: "GET", url: "/areas/22/quality/links_waiting?cursor=x", status: 422},
			{name: "a teacher and the school", as: "giaovien", method: "GET", url: ours, status: 403},
			{name: "a teacher's own class", as: "giaovien", method: "GET", url: class, status: 200, contains: `"key":"too_fast"`, lacks: `"key":"same_answers"`},
			{name: "its list", as: "giaovien", method: "GET", url: class + "/links_waiting", status: 200, contains: `"class_name":"7A"`},
			{name: "not a teacher's", as: "giaovien", method: "GET", url: class + "/same_answers", status: 404},
			{name: "another class", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/quality", status: 404},
			{name: "no class", as: "giaovien", method: "GET", url: "/classes/x/quality/links_waiting", status: 404},
			{name: "a pupil and the class", as: "hocsinh", method: "GET", url: class, status: 403},
			{name: "a team member", as: "to", method: "GET", url: "/areas/06685/quality", status: 403},
			{name: "a pupil", as: "hocsinh", method: "GET", url: "/coverage-digests", status: 403},
			{name: "a commune has no digests", as: "canbo", method: "GET", url: "/coverage-digests/" + day + "/paper", status: 403},
			{name: "nobody", method: "GET", url: "/coverage-digests", status: 401},
			{name: "digests", as: "so", method: "GET", url: "/coverage-digests", status: 200, contains: `"day":"` + day + `"`},
			{name: "its paper", as: "admin", method: "GET", url: "/coverage-digests/" + day + "/paper", status: 200, contains: "%PDF"},
			{name: "of no day", as: "admin", method: "GET", url: "/coverage-digests/2020-01-01/paper", status: 404},
			{name: "of no date", as: "admin", method: "GET", url: "/coverage-digests/x/paper", status: 422},
		})
		w.comparedDigests(t, day)
	})
}

// comparedDigests holds a printed digest against the database.
func (w *world) comparedDigests(t *testing.T, day string) {
	t.Helper()
	var days list[digestView]
	w.ok(t, "so", "GET", "/coverage-digests", "", &days)
	kept := func(day, root string) string { return fmt.Sprintf(`{"digests":[{"day":%q,"root":%q}]}`, day, root) }
	const url = "/coverage-digests/comparison"
	wrong := strings.Repeat("0", 64)
	w.run(t, []scenario{
		{name: "the same", as: "so", method: "POST", url: url, body: kept(day, days.Items[0].Root), status: 200, contains: `"same":true`},
		{name: "another", as: "so", method: "POST", url: url, body: kept(day, wrong), status: 200, contains: `"first":"` + day + `"`},
		{name: "a day without", as: "admin", method: "POST", url: url, body: kept("2020-01-01", wrong), status: 200, contains: `"known":false`},
		{name: "no hash", as: "so", method: "POST", url: url, body: kept(day, "xyz"), status: 422},
		{name: "none", as: "so", method: "POST", url: url, body: `{"digests":[]}`, status: 422},
		{name: "a commune", as: "canbo", method: "POST", url: url, body: kept(day, wrong), status: 403},
		{name: "a head", as: "truong", method: "POST", url: url, body: kept(day, wrong), status: 403},
		{name: "nobody", method: "POST", url: url, body: kept(day, wrong), status: 401},
	})
}
