package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRetentionOverHTTP: periods are read and changed by whoever operates the
// server, every change is on record, and nothing is erased by looking.
func TestRetentionOverHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		id := w.newID()
		const at, period = "/retention", "/retention/periods/export_logs"
		body := func(id, more string) string { return `{"id":"` + id + `",` + more + `}` }
		good := `"months":24,"was":36,"reason":"Theo quyết định của Sở"`
		w.run(t, []scenario{
			{"a school keeps none", "truong", "GET", at, "", 403, "forbidden", ""},
			{"nor does the department", "so", "PUT", period, body(id, good), 403, "forbidden", ""},
			{"as it came", "admin", "GET", at, "", 200, `"key":"export_logs","months":36,"own_months":36`, ""},
			{"counts", "admin", "GET", at + "/counts", "", 200, `"held":{"export_log":`, ""},
			{"no period", "admin", "PUT", "/retention/periods/nothing", body(id, good), 404, "not_found", ""},
			{"not for ever", "admin", "PUT", period, body(id, `"months":121,"was":36,"reason":"Theo quyết định của Sở"`), 422, "body.months", ""},
			{"nor for no time", "admin", "PUT", period, body(id, `"months":0,"was":36,"reason":"Theo quyết định của Sở"`), 422, "body.months", ""},
			{"why", "admin", "PUT", period, body(id, `"months":24,"was":36,"reason":"ừ"`), 422, "body.reason", ""},
			{"read another number", "admin", "PUT", period, body(id, `"months":24,"was":12,"reason":"Theo quyết định của Sở"`), 409, "period_changed", ""},
			{"changed", "admin", "PUT", period, body(id, good), 200, `"key":"export_logs","months":24,"own_months":36`, ""},
			{"once", "admin", "PUT", period, body(id, good), 200, `"months":24`, ""},
			{"an id is one change", "admin", "PUT", period, body(id, `"months":12,"was":24,"reason":"Theo quyết định của Sở"`), 409, "id_taken", ""},
			{"on record", "admin", "GET", "/audit?act=retention_changed", "", 200, `"months":"24"`, ""},
		})
		var seen retentionView
		w.ok(t, "admin", "GET", at, "", &seen)
		require.Len(t, seen.Changes, 1)
		require.Equal(t, "Theo quyết định của Sở", seen.Changes[0].Reason)
		require.Empty(t, seen.Runs, "counting is no run")
		_, err := w.Rights.Retain(t.Context(), w.System, false)
		require.NoError(t, err)
		_, err = w.Rights.Retain(t.Context(), w.System, false)
		require.NoError(t, err)
		w.ok(t, "admin", "GET", at, "", &seen)
		require.Len(t, seen.Runs, 1, "a night with nothing to erase is one line")
		require.True(t, seen.Next.After(w.clock.Now()))
	})
}
