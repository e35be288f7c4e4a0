package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCoverageOfAnyDayUnderAnyMap(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var now coverageView
		w.ok(t, "so", "GET", "/areas/22/coverage", "", &now)
		require.Len(t, now.Children, 54)
		require.Positive(t, now.Skills.OnlinePayment)
		require.GreaterOrEqual(t, now.Skills.OnlinePayment, now.Covered, "who is certified holds every skill")
		for day, communes := range map[string]int{"2024-10-31": 177, "2025-06-30": 171, "2025-07-01": 54, "": 54} {
			var page coverageView
			w.ok(t, "so", "GET", "/areas/22/coverage?on=2026-11-23&map="+day, "", &page)
			require.Len(t, page.Children, communes, day)
			require.Equal(t, now.FigureSet, page.FigureSet, "the same households under the map of "+day)
			sum := page.Unplaced
			for _, c := range page.Children {
				sum.Households, sum.Covered, sum.Unknown = sum.Households+c.Households, sum.Covered+c.Covered, sum.Unknown+c.Unknown
			}
			require.Equal(t, []int{page.Households, page.Covered, page.Unknown}, []int{sum.Households, sum.Covered, sum.Unknown})
		}
		w.run(t, []scenario{
			{name: "before the register", as: "so", method: "GET", url: "/areas/22/coverage?on=2026-10-08", status: 200, contains: `"households":0`, lacks: `"source":"Sổ hộ`},
			{name: "a commune's code means another area before the reform", as: "so", method: "GET", url: "/areas/06652/coverage?on=2026-11-23&map=2025-06-30", status: 200, contains: "Hà Phong"},
			{name: "and that one today", as: "so", method: "GET", url: "/areas/06652/coverage?on=2026-11-23", status: 200, contains: "Hà Tu"},
			{name: "in the future", as: "so", method: "GET", url: "/areas/22/coverage?on=2026-11-24", status: 422, contains: "query.on"},
			{name: "no day", as: "so", method: "GET", url: "/areas/22/coverage?map=1/7/2025", status: 422, contains: "query.map"},
			{name: "an ended commune is the province's", as: "canbo", method: "GET", url: "/areas/06685/coverage?on=2026-11-23&map=2024-10-31", status: 404},
			{name: "another commune", as: "canbo", method: "GET", url: "/areas/06652/coverage?on=2026-11-23", status: 404},
			{name: "own commune", as: "canbo", method: "GET", url: "/areas/06685/coverage?on=2026-11-23", status: 200, contains: `"grades"`},
			{name: "a team member's", as: "to", method: "GET", url: "/areas/06685/coverage?on=2026-11-23", status: 200},
			{name: "a pupil", as: "hocsinh", method: "GET", url: "/areas/06685/coverage?on=2026-11-23", status: 403},
			{name: "nobody", method: "GET", url: "/areas/06685/coverage?on=2026-11-23", status: 401},
		})
	})
}

func TestCoverageTrendAndTargets(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var trend trendView
		w.ok(t, "canbo", "GET", "/areas/06685/coverage/trend", "", &trend)
		require.NotEmpty(t, trend.Points)
		last := trend.Points[len(trend.Points)-1]
		require.Equal(t, "2026-11-23", last.On)
		require.Positive(t, last.Covered)
		require.NotNil(t, trend.Forecast, "the demo's register is 45 days old")
		assert.LessOrEqual(t, trend.Forecast.Low, trend.Forecast.Mid)
		assert.LessOrEqual(t, trend.Forecast.Mid, trend.Forecast.High)
		assert.Equal(t, last.Households, trend.GoalAt, "every household, where nobody set a goal")
		id := w.newID()
		target := func(id, skill, on string, share int) string {
			return fmt.Sprintf(`{"id":%q,"skill":%q,"on":%q,"share":%d,"source":"Kế hoạch 12/KH-UBND"}`, id, skill, on, share)
		}
		const own = "/areas/06685/coverage/targets"
		w.run(t, []scenario{
			{name: "set", as: "canbo", method: "POST", url: own, body: target(id, "all", "2026-12-31", 5000), status: 200, contains: `"mine":true`},
			{name: "the same again", as: "canbo", method: "POST", url: own, body: target(id, "all", "2026-12-31", 5000), status: 200, contains: id},
			{name: "its id elsewhere", as: "so", method: "POST", url: "/areas/22/coverage/targets", body: target(id, "all", "2026-12-31", 5000), status: 409, contains: "id_taken"},
			{name: "for the province", as: "so", method: "POST", url: "/areas/22/coverage/targets", body: target(w.newID(), "online_payment", "2027-12-31", 9000), status: 200},
			{name: "the trend knows it", as: "canbo", method: "GET", url: "/areas/06685/coverage/trend", status: 200, contains: `"share":5000`},
			{name: "a skill by the province's", as: "to", method: "GET", url: "/areas/06685/coverage/trend?skill=online_payment", status: 200, contains: `"share":9000`},
			{name: "both listed", as: "to", method: "GET", url: own, status: 200, contains: `"mine":false`},
			{name: "a team sets none", as: "to", method: "POST", url: own, body: target(w.newID(), "all", "2026-12-31", 5000), status: 403},
			{name: "nor a teacher", as: "giaovien", method: "POST", url: own, body: target(w.newID(), "all", "2026-12-31", 5000), status: 403},
			{name: "another commune", as: "canbo", method: "POST", url: "/areas/06652/coverage/targets", body: target(w.newID(), "all", "2026-12-31", 5000), status: 404},
			{name: "the province by a commune", as: "canbo", method: "POST", url: "/areas/22/coverage/targets", body: target(w.newID(), "all", "2026-12-31", 5000), status: 404},
			{name: "more than all", as: "canbo", method: "POST", url: own, body: target(w.newID(), "all", "2026-12-31", 10001), status: 422},
			{name: "no day", as: "canbo", method: "POST", url: own, body: target(w.newID(), "all", "2026-31-12", 5000), status: 422, contains: "body.on"},
			{name: "no id", as: "canbo", method: "POST", url: own, body: target("x", "all", "2026-12-31", 5000), status: 422, contains: "body.id"},
			{name: "no source", as: "canbo", method: "POST", url: own, body: strings.Replace(target(w.newID(), "all", "2026-12-31", 5000), "Kế hoạch 12/KH-UBND", " ", 1), status: 422, contains: "body.source"},
			{name: "replaced", as: "canbo", method: "POST", url: own, body: target(w.newID(), "all", "2026-12-31", 4000), status: 200},
			{name: "only the new one counts", as: "canbo", method: "GET", url: own, status: 200, contains: `"share":4000`, lacks: `"share":5000`},
			{name: "not withdrawn by another commune's team", as: "to", method: "DELETE", url: "/coverage-targets/" + id, status: 403},
			{name: "withdrawn", as: "canbo", method: "DELETE", url: "/coverage-targets/" + id, status: 204},
			{name: "again", as: "canbo", method: "DELETE", url: "/coverage-targets/" + id, status: 204},
			{name: "no such target", as: "canbo", method: "DELETE", url: "/coverage-targets/" + w.newID(), status: 404},
			{name: "trend of another commune", as: "canbo", method: "GET", url: "/areas/06652/coverage/trend", status: 404},
			{name: "trend to a pupil", as: "hocsinh", method: "GET", url: "/areas/06685/coverage/trend", status: 403},
		})
	})
}

func TestCoverageBySchool(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var home, site schoolShares
		var page coverageView
		w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", &page)
		w.ok(t, "canbo", "GET", "/areas/06685/coverage/schools", "", &home)
		w.ok(t, "canbo", "GET", "/areas/06685/coverage/schools?basis=school", "", &site)
		require.Len(t, home.Schools, 1)
		require.Equal(t, page.Households-page.Unknown, home.Schools[0].Households, "every known household of the demo has a pupil of its school")
		require.Equal(t, page.Covered, home.Schools[0].Covered)
		require.Equal(t, home.Schools, site.Schools, "all of them live beside their school")
		require.Zero(t, home.Schools[0].Elsewhere)
		w.run(t, []scenario{
			{name: "the province", as: "so", method: "GET", url: "/areas/22/coverage/schools", status: 200, contains: "Bài Thơ"},
			{name: "another commune", as: "canbo", method: "GET", url: "/areas/06652/coverage/schools", status: 404},
			{name: "no such basis", as: "canbo", method: "GET", url: "/areas/06685/coverage/schools?basis=x", status: 422},
			{name: "a teacher", as: "giaovien", method: "GET", url: "/areas/06685/coverage/schools", status: 403},
		})
	})
}
