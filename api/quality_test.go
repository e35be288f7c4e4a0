package api

import (
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
			{name: "a teacher", as: "giaovien", method: "GET", url: ours, status: 403},
			{name: "a team member", as: "to", method: "GET", url: "/areas/06685/quality", status: 403},
			{name: "a pupil", as: "hocsinh", method: "GET", url: "/coverage-digests", status: 403},
			{name: "a commune has no digests", as: "canbo", method: "GET", url: "/coverage-digests/" + day + "/paper", status: 403},
			{name: "nobody", method: "GET", url: "/coverage-digests", status: 401},
			{name: "digests", as: "so", method: "GET", url: "/coverage-digests", status: 200, contains: `"day":"` + day + `"`},
			{name: "its paper", as: "admin", method: "GET", url: "/coverage-digests/" + day + "/paper", status: 200, contains: "%PDF"},
			{name: "of no day", as: "admin", method: "GET", url: "/coverage-digests/2020-01-01/paper", status: 404},
			{name: "of no date", as: "admin", method: "GET", url: "/coverage-digests/x/paper", status: 422},
		})
	})
}
