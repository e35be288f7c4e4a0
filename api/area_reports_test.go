package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAreaReports(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const file = "/areas/06685/coverage/file?format="
		for format, head := range map[string]string{"pdf": "%PDF-", "xlsx": "PK", "csv": "\ufeffMã;"} {
			res := w.as(t, "canbo", "GET", file+format, "")
			require.Equal(t, 200, res.Code, res.Body.String())
			require.True(t, strings.HasPrefix(res.Body.String(), head), format)
			require.Contains(t, res.Header().Get("Content-Disposition"), "do-phu-phuong-hong-gai-2026-11-23."+format)
		}
		require.Contains(t, w.as(t, "canbo", "GET", file+"csv&delimiter=comma", "").Body.String(), "Mã,Nơi,")
		w.run(t, []scenario{
			{name: "nobody", method: "GET", url: file + "pdf", status: 401},
			{name: "teacher", as: "giaovien", method: "GET", url: file + "pdf", status: 403},
			{name: "another commune", as: "canbo", method: "GET", url: "/areas/06652/coverage/file", status: 404},
			{name: "province of a commune officer", as: "canbo", method: "GET", url: "/areas/22/coverage/file", status: 404},
			{name: "no such format", as: "canbo", method: "GET", url: file + "doc", status: 422},
			{name: "tomorrow", as: "canbo", method: "GET", url: file + "csv&on=2026-11-24", status: 422, contains: "future_date"},
			{name: "the past", as: "canbo", method: "GET", url: file + "csv&on=2026-10-31", status: 200},
			{name: "subscribe elsewhere", as: "canbo", method: "PUT", url: "/areas/06652/monthly-report", status: 404},
			{name: "subscribe as teacher", as: "giaovien", method: "PUT", url: "/areas/06685/monthly-report", status: 403},
			{name: "subscribe", as: "canbo", method: "PUT", url: "/areas/06685/monthly-report", status: 204},
			{name: "again", as: "canbo", method: "PUT", url: "/areas/06685/monthly-report", status: 204},
			{name: "not made yet", as: "canbo", method: "GET", url: "/areas/06685/monthly-reports/2026-10", status: 404},
		})
		made, err := w.Reports.RunMonthly(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, made)
		w.run(t, []scenario{
			{name: "list", as: "canbo", method: "GET", url: "/monthly-reports", status: 200, contains: `"month":"2026-10"`},
			{name: "list of the department", as: "so", method: "GET", url: "/monthly-reports", status: 200, contains: `"area_code":"06685"`},
			{name: "file", as: "canbo", method: "GET", url: "/areas/06685/monthly-reports/2026-10?format=xlsx", status: 200, contains: "PK"},
			{name: "file as teacher", as: "giaovien", method: "GET", url: "/areas/06685/monthly-reports/2026-10", status: 403},
			{name: "end", as: "canbo", method: "DELETE", url: "/areas/06685/monthly-report", status: 204},
			{name: "kept all the same", as: "canbo", method: "GET", url: "/monthly-reports", status: 200, contains: `"subscriptions":[]`},
		})
	})
}
