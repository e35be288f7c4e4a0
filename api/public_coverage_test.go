package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models/coverage"
)

// What anybody may read: spans, the register, nothing about a household, and
// the same table all month.
func TestPublicCoverage(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.run(t, []scenario{
			{name: "provinces", method: "GET", url: "/public/coverage", status: 200, contains: `"code":"22"`},
			{name: "province", method: "GET", url: "/public/coverage/22", status: 200, contains: `"on_date":"2026-11-23"`, lacks: "Nguyễn"},
			{name: "commune", method: "GET", url: "/public/coverage/06685", status: 200, contains: "Sổ hộ minh họa"},
			{name: "unknown", method: "GET", url: "/public/coverage/99999", status: 404},
			{name: "no release of the day", method: "GET", url: "/public/coverage/22?on=2026-11-22", status: 404},
			{name: "no day", method: "GET", url: "/public/coverage/22?on=yesterday", status: 422, contains: "query.on"},
			{name: "begin as nobody", method: "POST", url: "/public-releases", status: 401},
			{name: "begin as commune officer", as: "canbo", method: "POST", url: "/public-releases", status: 403},
			{name: "begin as teacher", as: "giaovien", method: "POST", url: "/public-releases", status: 403},
			{name: "begin again", as: "so", method: "POST", url: "/public-releases", status: 200, contains: `"on_date":"2026-11-23"`},
		})
		res := w.raw("GET", "/public/coverage/06685", "", "")
		require.Equal(t, "public, max-age=300", res.Header().Get("Cache-Control"))
		var v publicView
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), &v))
		require.NotEmpty(t, v.Rows)
		require.Len(t, v.Trend, 1)
		for _, f := range append([]publicRow{{PublicFigures: v.PublicFigures}}, v.Rows...) {
			require.LessOrEqual(t, f.Covered.High, f.Households)
			require.GreaterOrEqual(t, f.Covered.High-f.Covered.Low, min(4, f.Households))
			require.GreaterOrEqual(t, f.Unknown.High-f.Unknown.Low, min(4, f.Households))
		}
		require.Len(t, v.Skills, 5)
		for _, row := range v.Rows {
			require.Empty(t, row.Skills, "of a village no skill is told")
		}
		var above publicView
		require.NoError(t, json.Unmarshal(w.raw("GET", "/public/coverage/22", "", "").Body.Bytes(), &above))
		require.Len(t, above.Rows[0].Skills, 5)
		var exact coverageView
		w.ok(t, "so", "GET", "/areas/06685/coverage", "", &exact)
		require.Equal(t, exact.Households, v.Households)
		require.True(t, v.Covered.Low <= exact.Covered && exact.Covered <= v.Covered.High)
		for _, s := range v.Skills {
			require.True(t, s.Held.Low <= coverage.Skills(exact.Skills).Of(s.Skill) && coverage.Skills(exact.Skills).Of(s.Skill) <= s.Held.High, "%+v", s)
			require.True(t, s.Held.Low <= v.Households-v.Unknown.High && s.Held.High >= v.Covered.High, "it would tell of the states: %+v", s)
		}

		w.clock.Add(5 * 24 * time.Hour)
		day, err := w.Coverage.PublishDue(t.Context())
		require.NoError(t, err)
		require.Empty(t, day)
		require.JSONEq(t, res.Body.String(), w.raw("GET", "/public/coverage/06685", "", "").Body.String())
		w.clock.Add(4 * 24 * time.Hour)
		day, err = w.Coverage.PublishDue(t.Context())
		require.NoError(t, err)
		require.Equal(t, "2026-11-30", day)
		require.Contains(t, w.raw("GET", "/public/coverage/06685", "", "").Body.String(), `"on_date":"2026-11-30"`)
		require.Contains(t, w.raw("GET", "/public/coverage/06685?on=2026-11-23", "", "").Body.String(), `"on_date":"2026-11-23"`)
	})
}
