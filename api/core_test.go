package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

type bench struct {
	*server
	http.Handler
	clock *storetest.Clock
	log   *bytes.Buffer
	actor models.Actor
	epoch int
	keys  []key
}

func newBench(t testing.TB, change ...func(*Deps)) *bench {
	t.Helper()
	b := &bench{clock: storetest.NewClock(), log: &bytes.Buffer{}, epoch: 3,
		keys:  []key{{id: "k1", secret: []byte("0123456789abcdef0123456789abcdef")}},
		actor: models.Actor{Account: models.NewID(storetest.Start), Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}}
	d := Deps{Clock: b.clock.Now, Log: slog.New(slog.NewJSONHandler(b.log, nil)), Version: "test"}
	for _, f := range change {
		f(&d)
	}
	s, engine, err := build(d)
	require.NoError(t, err)
	s.tokens.load = func(context.Context) ([]key, error) { return b.keys, nil }
	s.identify = func(_ context.Context, account models.ID, epoch int) (models.Actor, error) {
		if account != b.actor.Account || epoch != b.epoch {
			return models.Actor{}, models.Fail(models.KindUnauthenticated, "")
		}
		return b.actor, nil
	}
	b.server = s
	b.testOperations()
	b.Handler, err = compressed(engine)
	require.NoError(t, err)
	return b
}

type testInput struct {
	N    int `query:"n" minimum:"1" maximum:"5" default:"1"`
	Body struct {
		Name   string `json:"name" minLength:"2" maxLength:"10"`
		Secret string `json:"secret" pattern:"^[a-z]+$"`
	}
}

func (b *bench) testOperations() {
	type path struct {
		What string `path:"what"`
	}
	register(b.server, op{id: "test-fail", method: "GET", path: "/test/fail/{what}", summary: "x", tag: "test", action: models.ActPublic},
		func(_ context.Context, _ models.Actor, in *path) (*none, error) {
			switch in.What {
			case "panic":
				panic("a pupil's name")
			case "plain":
				return nil, errors.New("SQL: table persons")
			case "timeout":
				return nil, context.DeadlineExceeded
			case "locked":
				return nil, &models.Error{Kind: models.KindLocked, Code: "locked", RetryAfter: 90}
			case "open":
				return nil, models.Conflict("attempt_open").With("detail_id", "abc").With("last_seq", "7").With("more", "m")
			}
			return nil, models.Fail(models.Kind(in.What), "")
		})
	register(b.server, op{id: "test-body", method: "POST", path: "/test/body", summary: "x", tag: "test", action: models.ActPublic},
		func(_ context.Context, _ models.Actor, in *testInput) (*body[string], error) {
			return answer(in.Body.Name, nil)
		})
	for _, a := range []models.Action{models.ActLearn, models.ActOperate} {
		register(b.server, op{id: "test-" + string(a), method: "GET", path: "/test/" + string(a), summary: "x", tag: "test", action: a},
			func(_ context.Context, actor models.Actor, _ *none) (*body[string], error) {
				return answer(actor.Account.String(), nil)
			})
	}
	register(b.server, op{id: "test-slow", method: "GET", path: "/test/slow", summary: "x", tag: "test", action: models.ActPublic, within: time.Millisecond},
		func(ctx context.Context, _ models.Actor, _ *none) (*none, error) {
			<-ctx.Done()
			return nil, errors.New("interrupted (9)") // as the SQLite driver says it
		})
	b.server.paces.verify.pace = pace{1, 2}
	register(b.server, op{id: "test-paced", method: "GET", path: "/test/paced", summary: "x", tag: "test", action: models.ActPublic, pace: b.server.paces.verify},
		func(context.Context, models.Actor, *none) (*none, error) { return &none{}, nil })
	registerUpload(b.server, op{id: "test-upload", method: "POST", path: "/test/upload", summary: "x", tag: "test", action: models.ActPublic},
		map[string]string{"source": "x"}, func(_ context.Context, _ models.Actor, _ *none, f *fileForm) (*body[string], error) {
			text, err := io.ReadAll(f)
			return answer(fmt.Sprintf("%d %s %s", f.size, text[:min(len(text), 9)], f.fields["source"]), err)
		})
	registerContent[none, map[string]string](b.server, op{id: "test-content", method: "GET", path: "/test/content", summary: "x", tag: "test", action: models.ActReadCourse},
		func(context.Context, models.Actor, *none) (*content, error) {
			return b.server.shelf.get("k", "hash1", revalidate, func() (any, error) {
				return map[string]string{"text": strings.Repeat("bài học ", 200)}, nil
			})
		})
}

func (b *bench) do(method, url, body string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, url, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, req)
	return w
}

// token is a good one of the bench's actor.
func (b *bench) token(t testing.TB) string {
	t.Helper()
	raw, err := b.tokens.issue(t.Context(), b.actor.Account, b.epoch, models.ID{}, b.clock.Now().Add(time.Hour))
	require.NoError(t, err)
	return "Bearer " + raw
}

func problemIn(t *testing.T, w *httptest.ResponseRecorder) Problem {
	t.Helper()
	require.Equal(t, problemType, w.Header().Get("Content-Type"), w.Body.String())
	var p Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.Equal(t, w.Code, p.Status)
	return p
}

func TestKindsBecomeStatuses(t *testing.T) {
	b := newBench(t)
	for what, want := range map[string]struct {
		status int
		code   string
	}{
		"invalid": {422, "invalid"}, "unauthenticated": {401, "unauthenticated"}, "forbidden": {403, "forbidden"},
		"not_found": {404, "not_found"}, "conflict": {409, "conflict"}, "closed": {409, "closed"},
		"locked": {423, "locked"}, "too_many_requests": {429, "too_many_requests"}, "too_large": {413, "too_large"},
		"unavailable": {503, "unavailable"}, "internal": {500, "internal"}, "panic": {500, "internal"},
		"plain": {500, "internal"}, "timeout": {503, "timeout"}, "open": {409, "attempt_open"},
	} {
		w := b.do("GET", base+"/test/fail/"+what, "")
		p := problemIn(t, w)
		require.Equal(t, want.status, w.Code, what)
		require.Equal(t, want.code, p.Code, what)
		require.Equal(t, "/problems/"+want.code, p.Type)
		require.NotEmpty(t, p.RequestID)
		require.Equal(t, p.RequestID, w.Header().Get("X-Request-Id"))
		require.NotContains(t, w.Body.String(), "SQL")
		require.NotContains(t, w.Body.String(), "pupil")
	}
	require.Contains(t, b.log.String(), "SQL: table persons", "the cause is in the log")
	require.Equal(t, "90", b.do("GET", base+"/test/fail/locked", "").Header().Get("Retry-After"))
	p := problemIn(t, b.do("GET", base+"/test/fail/open", ""))
	require.Equal(t, "abc", p.DetailID)
	require.EqualValues(t, 7, *p.LastSeq)
	require.Equal(t, map[string]string{"more": "m"}, p.Details)
}

func TestValidationNamesThePlaceAndNeverTheValue(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name, url, body string
		status          int
		field           models.Field
	}{
		{"missing", "", `{"secret":"abc"}`, 422, models.Field{Location: "body.name", Code: "required"}},
		{"short", "", `{"name":"Q","secret":"abc"}`, 422, models.Field{Location: "body.name", Code: "too_short"}},
		{"long", "", `{"name":"QQQQQQQQQQQ","secret":"abc"}`, 422, models.Field{Location: "body.name", Code: "too_long"}},
		{"pattern", "", `{"name":"Ab","secret":"HIDDEN9"}`, 422, models.Field{Location: "body.secret", Code: "invalid"}},
		{"unknown member", "", `{"name":"Ab","secret":"abc","zzz":"HIDDEN9"}`, 422, models.Field{Location: "body.zzz", Code: "unknown"}},
		{"wrong type", "", `{"name":7,"secret":"abc"}`, 422, models.Field{Location: "body.name", Code: "invalid"}},
		{"not JSON", "", `{"name":HIDDEN9`, 400, models.Field{Location: "body", Code: "invalid"}},
		{"query", "?n=9", `{"name":"Ab","secret":"abc"}`, 422, models.Field{Location: "query.n", Code: "too_large"}},
		{"query type", "?n=HIDDEN9", `{"name":"Ab","secret":"abc"}`, 422, models.Field{Location: "query.n", Code: "invalid"}},
	} {
		w := b.do("POST", base+"/test/body"+c.url, c.body)
		p := problemIn(t, w)
		require.Equal(t, c.status, w.Code, c.name)
		require.Equal(t, "invalid", p.Code, c.name)
		require.Contains(t, p.Errors, c.field, c.name)
		require.NotContains(t, w.Body.String(), "HIDDEN9", c.name)
	}
	require.Equal(t, 200, b.do("POST", base+"/test/body", `{"name":"Ab","secret":"abc"}`).Code)
	require.Equal(t, 415, b.do("POST", base+"/test/body", `<a/>`, "Content-Type", "text/xml").Code)
	require.Equal(t, 400, b.do("POST", base+"/test/body", "").Code)
}

func TestForeignPagesMayNotWrite(t *testing.T) {
	b := newBench(t, func(d *Deps) { d.TrustedOrigins = []string{"https://other.example"} })
	good := `{"name":"Ab","secret":"abc"}`
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"own page", []string{"Origin", "http://example.com", "Sec-Fetch-Site", "same-origin"}, 200},
		{"program", nil, 200},
		{"foreign page", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		{"foreign page, old browser", []string{"Origin", "https://evil.example"}, 403},
		{"sister site", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"trusted", []string{"Origin", "https://other.example", "Sec-Fetch-Site", "cross-site"}, 200},
	} {
		w := b.do("POST", base+"/test/body", good, c.headers...)
		require.Equal(t, c.status, w.Code, c.name)
		if c.status == 403 {
			require.Equal(t, "cross_origin", problemIn(t, w).Code)
		}
	}
}

func TestLimits(t *testing.T) {
	b := newBench(t)
	big := `{"name":"Ab","secret":"` + strings.Repeat("a", maxBody) + `"}`
	w := b.do("POST", base+"/test/body", big)
	require.Equal(t, 413, w.Code)
	require.Equal(t, "too_large", problemIn(t, w).Code)
	slow := b.do("GET", base+"/test/slow", "")
	require.Equal(t, 503, slow.Code)
	require.Equal(t, "timeout", problemIn(t, slow).Code)

	for range 2 {
		require.Equal(t, 204, b.do("GET", base+"/test/paced", "").Code)
	}
	w = b.do("GET", base+"/test/paced", "")
	require.Equal(t, 429, w.Code)
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	require.Equal(t, 429, b.do("GET", base+"/test/paced", "", "X-Forwarded-For", "203.0.113.9").Code, "nobody is trusted to say who asks")
	b.clock.Add(time.Second)
	require.Equal(t, 204, b.do("GET", base+"/test/paced", "").Code)

	behind := newBench(t, func(d *Deps) { d.TrustedProxies = []string{"192.0.2.0/24"} }) // httptest's own address
	for i := range 5 {
		require.Equal(t, 204, behind.do("GET", base+"/test/paced", "", "X-Forwarded-For", "203.0.113."+string(rune('1'+i))).Code)
	}
}

func TestLimiterForgets(t *testing.T) {
	clock := storetest.NewClock()
	l := newLimiter(pace{1, 1}, clock.Now)
	l.most = 10
	require.NoError(t, l.allow("2001:db8::1"))
	require.Error(t, l.allow("2001:db8::2"), "one network, one bucket")
	require.NoError(t, l.allow("2001:db8:0:1::1"))
	for i := range 100 {
		_ = l.allow(fmt.Sprintf("10.0.0.%d", i))
	}
	require.LessOrEqual(t, len(l.young)+len(l.old), 2*l.most)
	require.NoError(t, l.allow("not an address"))
	require.Equal(t, models.KindTooMany, models.KindOf(l.allow("nor this")))
}

func TestHeadersAndLog(t *testing.T) {
	b := newBench(t, func(d *Deps) {
		d.SecureCookies = true
		d.CSP = &CSP{Script: []string{"sha256-abc=", "'unsafe-inline'"}}
	})
	w := b.do("GET", base+"/test/fail/not_found?name=SECRET", "", "X-Request-Id", "from-the-proxy-1")
	require.Equal(t, "from-the-proxy-1", w.Header().Get("X-Request-Id"))
	page := b.do("GET", "/problems/not_found", "")
	csp := page.Header().Get("Content-Security-Policy")
	require.Contains(t, csp, "default-src 'self'; script-src 'self' 'sha256-abc='; style-src 'self';")
	require.NotContains(t, csp, "unsafe")
	for _, h := range []string{"X-Content-Type-Options", "Referrer-Policy", "Strict-Transport-Security", "X-Frame-Options"} {
		require.NotEmpty(t, page.Header().Get(h), h)
	}
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	var line map[string]any
	first, _, _ := strings.Cut(b.log.String(), "\n")
	require.NoError(t, json.Unmarshal([]byte(first), &line), first)
	require.Equal(t, "/api/v1/test/fail/:what", line["route"])
	require.EqualValues(t, 404, line["status"])
	require.Equal(t, "from-the-proxy-1", line["request_id"])
	require.NotContains(t, b.log.String(), "SECRET")

	forged := b.do("GET", base+"/test/fail/not_found", "", "X-Request-Id", "bad id\"}").Header().Get("X-Request-Id")
	require.Len(t, forged, 16)
}

func TestUnknownRoutesAreProblems(t *testing.T) {
	b := newBench(t)
	require.Equal(t, "not_found", problemIn(t, b.do("GET", base+"/nothing", "")).Code)
	require.Equal(t, 404, b.do("POST", "/somewhere", "").Code)
	w := b.do("PATCH", base+"/test/body", "")
	require.Equal(t, 405, w.Code)
	require.Equal(t, "method_not_allowed", problemIn(t, w).Code)
	require.Equal(t, "/problems/method_not_allowed", problemIn(t, w).Type)
}

func TestMetrics(t *testing.T) {
	b := newBench(t, func(d *Deps) { d.MetricsToken = "secret" })
	b.do("GET", base+"/test/fail/not_found", "")
	b.do("GET", "/api/v1/guess/12345", "")
	require.Equal(t, 401, b.do("GET", "/metrics", "").Code)
	require.Equal(t, 401, b.do("GET", "/metrics", "", "Authorization", "Bearer wrong").Code)
	w := b.do("GET", "/metrics", "", "Authorization", "Bearer secret")
	require.Equal(t, 200, w.Code)
	require.Contains(t, w.Body.String(), `nhaso_http_request_seconds_count{method="GET",route="/api/v1/test/fail/:what",status="404"} 1`)
	require.NotContains(t, w.Body.String(), "12345")

	open := newBench(t)
	for from, want := range map[string]int{"127.0.0.1:999": 200, "[::1]:999": 200, "192.0.2.1:999": 404} {
		req := httptest.NewRequest("GET", "/metrics", nil)
		req.RemoteAddr = from
		w := httptest.NewRecorder()
		open.ServeHTTP(w, req)
		require.Equal(t, want, w.Code, from)
	}
}

func TestHealth(t *testing.T) {
	db := storetest.SQLite(t, models.SystemClock())
	b := newBench(t, func(d *Deps) { d.DB = db })
	require.Equal(t, 200, b.do("GET", "/healthz", "").Code)
	require.Equal(t, 200, b.do("GET", "/readyz", "").Code)
	pool, err := db.Pool()
	require.NoError(t, err)
	_, err = pool.Exec("DELETE FROM goose_db_version WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)")
	require.NoError(t, err)
	require.Equal(t, 200, b.do("GET", "/readyz", "").Code, "kept for a moment")
	b.ready.at = time.Time{}
	w := b.do("GET", "/readyz", "")
	require.Equal(t, 503, w.Code)
	require.Equal(t, "schema_behind", problemIn(t, w).Code)
	require.NoError(t, pool.Close())
	b.ready.at = time.Time{}
	require.Equal(t, "database_unreachable", problemIn(t, b.do("GET", "/readyz", "")).Code)
	require.Equal(t, 200, b.do("GET", "/healthz", "").Code, "the process still runs")
}

// TestEveryOperationIsGuarded walks the document as a client sees it.
