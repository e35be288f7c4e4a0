package api

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// quiet is a response writer that costs nothing.
type quiet struct{ header http.Header }

func (q *quiet) Header() http.Header         { return q.header }
func (q *quiet) Write(b []byte) (int, error) { return len(b), nil }
func (q *quiet) WriteHeader(int)             {}

// BenchmarkContent compares a signed-in read of ready-made content, with all of
// the middleware, to the least that gin can do.
func BenchmarkContent(b *testing.B) {
	run := func(b *testing.B, h http.Handler, headers ...string) {
		req := httptest.NewRequest("GET", base+"/test/content", nil)
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		b.ReportAllocs()
		for b.Loop() {
			h.ServeHTTP(&quiet{http.Header{}}, req)
		}
	}
	b.Run("bare gin", func(b *testing.B) {
		g := gin.New()
		value := map[string]any{"text": strings.Repeat("bài học ", 200)}
		g.GET(base+"/test/content", func(c *gin.Context) { c.JSON(http.StatusOK, value) })
		run(b, g)
	})
	b.Run("ours", func(b *testing.B) {
		bench := newBench(b, func(d *Deps) { d.Log = slog.New(slog.DiscardHandler) })
		run(b, bench, "Authorization", bench.token(b), "Accept-Encoding", "gzip, br")
	})
}
