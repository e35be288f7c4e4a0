package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"nhaso/models"
)

const (
	maxBody   = 1 << 20  // bytes of an ordinary request
	maxUpload = 60 << 20 // bytes of a roster or register, envelope included
)

// watch is the outermost middleware: it names the request, answers a panic
// with a problem, sets the security headers, bounds the body, and at the end
// counts the request and writes the access log. One function instead of six
// keeps the price of a lesson read low.
//
// The log line has the route's template, never the address with its ids and
// query, and nothing about who asked.
func (s *server) watch(c *gin.Context) {
	start := machineTime()
	id := c.GetHeader("X-Request-Id")
	if !acceptRequestID(id) {
		id = newRequestID()
	}
	r := &request{Context: c.Request.Context(), id: id, log: s.log}
	c.Request = c.Request.WithContext(r)
	h := c.Writer.Header()
	h["X-Request-Id"] = []string{id}
	for _, one := range s.headers[strings.HasPrefix(c.Request.URL.Path, "/api/")] {
		h[one.name] = one.value
	}
	limit := int64(maxBody)
	if uploads[c.FullPath()] {
		limit = maxUpload
	}
	if c.Request.ContentLength != 0 {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	}
	s.metrics.inFlight.Inc()
	defer func() {
		if p := recover(); p != nil {
			s.recovered(c, p)
		}
		s.metrics.inFlight.Dec()
		took := time.Since(start)
		route := c.FullPath()
		status := c.Writer.Status()
		if !isStream(route) { // as long as a lesson: no figure of speed
			s.metrics.observe(c.Request.Method, route, status, took)
		}
		s.accessLog(r, c.Request.Method, route, status, took)
	}()
	c.Next()
}

// recovered answers a panic. http.ErrAbortHandler means that the connection is
// to be dropped, and is passed on.
func (s *server) recovered(c *gin.Context, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.log.LogAttrs(c.Request.Context(), slog.LevelError, "panic",
		slog.String("request_id", requestID(c.Request.Context())), slog.String("route", c.FullPath()),
		slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
	if !c.Writer.Written() {
		refuse(c, models.Fail(models.KindInternal, ""))
	}
	c.Abort()
}

func (s *server) accessLog(r *request, method, route string, status int, took time.Duration) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if !s.log.Enabled(r.Context, level) {
		return
	}
	s.log.LogAttrs(r.Context, level, "request",
		slog.String("method", method), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("request_id", r.id))
}

// header is one fixed response header; the slice is shared by all responses
// and has no room to grow, so that nobody can append into it.
type header struct {
	name  string
	value []string
}

// securityHeaders answers the fixed headers, for the API (true) and for pages
// (false). What a browser asks of a document is not sent with every JSON answer:
// it would be most of a short one. API answers are not kept by caches unless an
// operation says otherwise.
func securityHeaders(csp CSP, secure bool) map[bool][]header {
	always := []header{
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
		{"Cache-Control", []string{"no-store"}},
	}
	if secure {
		always = append(always, header{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	return map[bool][]header{true: always, false: append([]header{
		{"Content-Security-Policy", []string{csp.String()}},
		{"X-Frame-Options", []string{"DENY"}},
		{"Referrer-Policy", []string{"same-origin"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Permissions-Policy", []string{"camera=(), microphone=(), geolocation=(), payment=(), usb=()"}},
	}, always...)}
}

// CSP holds the hashes ("sha256-…") of the inline scripts and styles that the
// web app's build leaves in its pages.
type CSP struct {
	Script []string `json:"script"`
	Style  []string `json:"style"`
}

// String is the policy: everything from the own origin, nothing from outside,
// inline code only by hash.
func (c CSP) String() string {
	return "default-src 'self'; script-src 'self'" + sources(c.Script) + "; style-src 'self'" + sources(c.Style) +
		"; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'" +
		"; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

func sources(hashes []string) string {
	var b strings.Builder
	for _, h := range hashes {
		if strings.HasPrefix(h, "sha") && !strings.ContainsAny(h, " ;,'\"") {
			b.WriteString(" '" + h + "'")
		}
	}
	return b.String()
}

// sameOrigin refuses writes that a foreign page makes a browser send.
func (s *server) sameOrigin(c *gin.Context) {
	if s.cross.Check(c.Request) != nil {
		refuse(c, models.Fail(models.KindForbidden, "cross_origin"))
	}
}

// compressed wraps the engine: JSON over 1.4 KB leaves as gzip. Content and the
// web app's files bring their own compressed bytes and go around it.
func compressed(engine http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.EnableZstd(false), gzhttp.CompressionLevel(5),
		gzhttp.ContentTypes([]string{"application/json", problemType, "application/openapi+json", "text/html", "text/plain"}))
	if err != nil {
		return nil, err
	}
	zipped := wrap(engine)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, base) && !isStream(r.URL.Path) && !strings.HasPrefix(r.URL.Path, base+"/courses") &&
			!strings.HasPrefix(r.URL.Path, base+"/media/") || r.URL.Path == openAPIPath {
			zipped(w, r)
			return
		}
		engine.ServeHTTP(w, r)
	}), nil
}
