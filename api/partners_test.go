package api

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPartnersReadWhatIsPublishedOfTheirArea(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		body := func(id, area string, pace int) string {
			return fmt.Sprintf(`{"id":"%s","name":"Trung tâm Chuyển đổi số","purpose":"Bản đồ độ phủ của phường","area_code":"%s","per_minute":%d,"expires_on":"2027-06-30"}`, id, area, pace)
		}
		w.run(t, []scenario{
			{name: "nobody", method: "POST", url: "/partners", body: body(w.newID(), "06685", 60), status: 401},
			{name: "commune officer", as: "canbo", method: "POST", url: "/partners", body: body(w.newID(), "06685", 60), status: 403},
			{name: "teacher lists", as: "giaovien", method: "GET", url: "/partners", status: 403},
			{name: "no such area", as: "so", method: "POST", url: "/partners", body: body(w.newID(), "99999", 60), status: 404},
			{name: "too fast", as: "so", method: "POST", url: "/partners", body: body(w.newID(), "06685", 6000), status: 422, contains: "body.per_minute"},
		})
		var made partnerMade
		w.ok(t, "so", "POST", "/partners", body(w.newID(), "06685", 9), &made)
		require.True(t, made.Live)
		ask := func(url string) int { return w.raw("GET", url, "", made.Token).Code }
		res := w.raw("GET", "/partner", "", made.Token)
		require.Equal(t, 200, res.Code, res.Body.String())
		require.Contains(t, res.Body.String(), `"releases":["2026-11-23"]`)
		own := w.raw("GET", "/partner/coverage/06685", "", made.Token)
		require.Equal(t, 200, own.Code, own.Body.String())
		require.JSONEq(t, w.raw("GET", "/public/coverage/06685", "", "").Body.String(), own.Body.String(), "nothing that the public does not see")
		require.Equal(t, 404, ask("/partner/coverage/22"), "the province is not its area")
		require.Equal(t, 404, ask("/partner/coverage/06652"))
		for _, url := range []string{"/areas/06685/coverage", "/areas/06685/coverage/explanation", "/certificates?q=a", "/partners"} {
			require.Contains(t, []int{403, 404}, ask(url), url)
		}
		res = w.raw("GET", "/partner", "", made.Token)
		require.Equal(t, 200, res.Code, "the ninth")
		res = w.raw("GET", "/partner", "", made.Token)
		require.Equal(t, 429, res.Code)
		require.NotEmpty(t, res.Header().Get("Retry-After"))
		require.Equal(t, 401, w.raw("GET", "/partner", "", made.Token[:len(made.Token)-1]+"2").Code)
		require.Equal(t, 403, w.as(t, "so", "GET", "/partner", "").Code, "a person has no token")

		var list list[PartnerView]
		w.ok(t, "admin", "GET", "/partners", "", &list)
		require.Len(t, list.Items, 1)
		require.Equal(t, 9, list.Items[0].Uses)
		require.NotContains(t, w.as(t, "admin", "GET", "/partners", "").Body.String(), made.Token)
		w.ok(t, "so", "POST", "/partners/"+made.ID+"/revocation", "", nil)
		require.Equal(t, 401, ask("/partner"))
	})
}
