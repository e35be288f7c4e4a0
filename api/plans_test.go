package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models/outreach"
)

func TestPlans(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var plan outreach.AreaPlan
		w.ok(t, "canbo", "GET", "/areas/06685/plan", "", &plan)
		require.Positive(t, plan.Households, "the demo has pupils still to teach")
		require.GreaterOrEqual(t, plan.Households, plan.Alphabetical)
		var figures struct{ Households, Covered int }
		w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", &figures)
		require.Equal(t, []int{figures.Households, figures.Covered}, []int{plan.Registered, plan.Covered}, "the same register as the coverage page")
		school := plan.Schools[0].ID.String()
		var own outreach.SchoolPlan
		w.ok(t, "truong", "GET", "/schools/"+school+"/plan", "", &own)
		require.NotEmpty(t, own.Students)
		name := own.Students[0].Name
		file := func(format string) string { return `{"id":"` + w.newID() + `","format":"` + format + `"}` }
		w.run(t, []scenario{
			{name: "nobody named to an officer", as: "canbo", method: "GET", url: "/areas/06685/plan", status: 200, contains: `"schools"`, lacks: name},
			{name: "the province", as: "so", method: "GET", url: "/areas/22/plan?target=95", status: 200, contains: `"needed"`},
			{name: "a team member's commune", as: "to", method: "GET", url: "/areas/06685/plan", status: 200},
			{name: "another commune", as: "canbo", method: "GET", url: "/areas/06652/plan", status: 404},
			{name: "the province to a commune's officer", as: "canbo", method: "GET", url: "/areas/22/plan", status: 404},
			{name: "a teacher", as: "giaovien", method: "GET", url: "/areas/06685/plan", status: 403},
			{name: "a pupil", as: "hocsinh", method: "GET", url: "/areas/06685/plan", status: 403},
			{name: "nobody", method: "GET", url: "/areas/06685/plan", status: 401},
			{name: "a target beyond all", as: "canbo", method: "GET", url: "/areas/06685/plan?target=101", status: 422},
			{name: "no such place", as: "so", method: "GET", url: "/areas/99999/plan", status: 404},
			{name: "a bounded school", as: "truong", method: "GET", url: "/schools/" + school + "/plan?pupils=1", status: 200, contains: `"pupils":1,`},
			{name: "a class's teacher", as: "giaovien", method: "GET", url: "/schools/" + school + "/plan", status: 404},
			{name: "an officer", as: "canbo", method: "GET", url: "/schools/" + school + "/plan", status: 403},
			{name: "another school", as: "truong", method: "GET", url: "/schools/" + w.newID() + "/plan", status: 404},
			{name: "no id", as: "truong", method: "GET", url: "/schools/x/plan", status: 404},
			{name: "file of an area", as: "canbo", method: "GET", url: "/areas/06685/plan/file?format=csv", status: 200, contains: "Số hộ có thêm người thạo", lacks: name},
			{name: "file of another area", as: "canbo", method: "GET", url: "/areas/06652/plan/file", status: 404},
			{name: "file of a school", as: "truong", method: "POST", url: "/schools/" + school + "/plan-exports", body: file("csv"), status: 200, contains: name},
			{name: "no such form", as: "truong", method: "POST", url: "/schools/" + school + "/plan-exports", body: file("pdf"), status: 422},
			{name: "not by a teacher", as: "giaovien", method: "POST", url: "/schools/" + school + "/plan-exports", body: file("csv"), status: 404},
			{name: "the school sees that it was made", as: "truong", method: "GET", url: "/exports", status: 200, contains: `"kind":"plan"`},
		})
		book := w.as(t, "canbo", "GET", "/areas/06685/plan/file", "")
		require.Equal(t, 200, book.Code)
		require.True(t, strings.HasPrefix(book.Body.String(), "PK"), "a workbook")
	})
}
