package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// FuzzRequest sends any path, token and header through the whole handler: the
// answer is never a fault of ours, and never repeats what was sent.
func FuzzRequest(f *testing.F) {
	f.Add("/me", "Bearer a.b.c", "gzip;q=0, br", `W/"x"`, "id-12345678")
	f.Add("/areas/%00", "bearer ", "*", "*", "\x00")
	f.Add("/test/body?n=-1", "Basic x", ";;;", `"`, "")
	b := newBench(f)
	f.Fuzz(func(t *testing.T, path, auth, accept, match, id string) {
		if strings.HasPrefix(path, "/test/fail") || strings.HasPrefix(path, "/test/slow") || strings.HasPrefix(path, "/verify") {
			return // meant to fail, or without rooms
		}
		req, err := http.NewRequest("GET", "http://example.com"+base+"/"+strings.TrimPrefix(path, "/"), nil)
		if err != nil {
			return
		}
		req.RemoteAddr = "192.0.2.1:1"
		for name, value := range map[string]string{"Authorization": auth, "Accept-Encoding": accept, "If-None-Match": match, "X-Request-Id": id} {
			req.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		b.ServeHTTP(w, req)
		require.NotEqual(t, 500, w.Code, w.Body.String())
		require.Len(t, w.Header()["X-Request-Id"], 1)
		require.True(t, acceptRequestID(w.Header().Get("X-Request-Id")))
	})
}

// FuzzCursor opens any cursor: it is read or refused.
func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add("!")
	f.Add("YWJj")
	f.Fuzz(func(t *testing.T, s string) {
		after, err := PageQuery{Cursor: s}.after()
		if err != nil {
			require.Equal(t, models.KindInvalid, models.KindOf(err))
			return
		}
		if next := listed([]int{}, after).NextCursor; next != nil {
			again, err := PageQuery{Cursor: *next}.after()
			require.NoError(t, err)
			require.Equal(t, after, again)
		}
	})
}
