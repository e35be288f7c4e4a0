package api

import (
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestContentIsMadeOnce(t *testing.T) {
	b := newBench(t)
	token := b.token(t)
	plain := b.do("GET", base+"/test/content", "", "Authorization", token)
	require.Equal(t, 200, plain.Code)
	require.Equal(t, `W/"hash1"`, plain.Header().Get("ETag"))
	require.Equal(t, "Accept-Encoding", plain.Header().Get("Vary"))
	require.JSONEq(t, `{"text":"`+strings.Repeat("bài học ", 200)+`"}`, plain.Body.String())
	for _, coding := range []string{"gzip", "br"} {
		w := b.do("GET", base+"/test/content", "", "Authorization", token, "Accept-Encoding", "deflate, "+coding)
		require.Equal(t, coding, w.Header().Get("Content-Encoding"))
		require.Less(t, w.Body.Len(), plain.Body.Len()/4)
	}
	require.Empty(t, b.do("GET", base+"/test/content", "", "Authorization", token, "Accept-Encoding", "gzip;q=0, br;q=0.0").Header().Get("Content-Encoding"))
	for _, tag := range []string{`"hash1"`, `W/"x", W/"hash1"`, "*"} {
		w := b.do("GET", base+"/test/content", "", "Authorization", token, "If-None-Match", tag)
		require.Equal(t, 304, w.Code, tag)
		require.Zero(t, w.Body.Len())
	}
	require.Equal(t, 200, b.do("GET", base+"/test/content", "", "Authorization", token, "If-None-Match", `"hash2"`).Code)
	for i := range shelfMost + 1 {
		b.shelf.put(string(rune(i)), &content{})
	}
	require.LessOrEqual(t, len(b.shelf.items), shelfMost)
}

func TestWebApp(t *testing.T) {
	long := []byte(strings.Repeat("x", 3000))
	b := newBench(t, func(d *Deps) {
		d.Frontend = fstest.MapFS{
			"index.html": {Data: []byte("<html>app</html>")}, "csp.json": {Data: []byte(`{"script":["sha256-q="],"style":[]}`)},
			"_app/immutable/a.js": {Data: long}, "_app/immutable/a.js.br": {Data: []byte("BR")}, "_app/immutable/a.js.gz": {Data: []byte("GZ")},
			"icon.svg": {Data: []byte("<svg/>")}, ".gitkeep": {},
		}
	})
	for _, c := range []struct {
		url, accept  string
		status       int
		body, kind   string
		cache, coded string
	}{
		{"/", "", 200, "<html>app</html>", "text/html; charset=utf-8", "no-cache", ""},
		{"/verify/ABCD", "", 200, "<html>app</html>", "text/html; charset=utf-8", "no-cache", ""},
		{"/icon.svg", "gzip", 200, "<svg/>", "image/svg+xml", "no-cache", ""},
		{"/_app/immutable/a.js", "gzip, br", 200, "BR", "text/javascript; charset=utf-8", immutable, "br"},
		{"/_app/immutable/a.js", "gzip", 200, "GZ", "text/javascript; charset=utf-8", immutable, "gzip"},
		{"/_app/immutable/a.js", "", 200, string(long), "text/javascript; charset=utf-8", immutable, ""},
		{"/_app/immutable/gone.js", "", 404, "", problemType, "no-store", ""},
		{"/gone.png", "", 404, "", problemType, "no-store", ""},
		{"/.gitkeep", "", 404, "", problemType, "no-store", ""},
	} {
		w := b.do("GET", c.url, "", "Accept-Encoding", c.accept)
		require.Equal(t, c.status, w.Code, c.url)
		if c.body != "" {
			require.Equal(t, c.body, w.Body.String(), c.url)
		}
		require.Equal(t, c.kind, w.Header().Get("Content-Type"), c.url)
		require.Equal(t, c.cache, w.Header().Get("Cache-Control"), c.url)
		require.Equal(t, c.coded, w.Header().Get("Content-Encoding"), c.url)
	}
	require.Contains(t, b.do("GET", "/", "").Header().Get("Content-Security-Policy"), "'sha256-q='")
	etag := b.do("GET", "/", "").Header().Get("ETag")
	require.Equal(t, 304, b.do("GET", "/", "", "If-None-Match", etag).Code)
	require.Zero(t, b.do("HEAD", "/", "").Body.Len())

	bare := newBench(t, func(d *Deps) { d.Frontend = fstest.MapFS{".gitkeep": {}} })
	w := bare.do("GET", "/", "")
	require.Contains(t, w.Body.String(), "make run")
}

func TestProblemPages(t *testing.T) {
	b := newBench(t)
	vi := b.do("GET", "/problems/locked", "").Body.String()
	en := b.do("GET", "/problems/locked", "", "Accept-Language", "en-GB").Body.String()
	require.Less(t, strings.Index(vi, "tạm khóa"), strings.Index(vi, "locked for a while"))
	require.Greater(t, strings.Index(en, "tạm khóa"), strings.Index(en, "locked for a while"))
	require.Equal(t, 404, b.do("GET", "/problems/<script>", "").Code)
	for kind := range statusOf {
		require.Contains(t, explanations, string(kind))
	}
}

func TestGzip(t *testing.T) {
	b := newBench(t)
	h, err := compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("ETag", `W/"x"`)
		_, _ = io.WriteString(w, strings.Repeat("a", len(r.URL.Query().Get("n"))*1000))
	}))
	require.NoError(t, err)
	b.Handler = h
	w := b.do("GET", base+"/me?n=xx", "", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	require.Equal(t, `W/"x"`, w.Header().Get("ETag"))
	require.Empty(t, b.do("GET", base+"/me?n=x", "", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"), "too small to pay")
	require.Empty(t, b.do("GET", base+"/courses/x?n=xx", "", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"), "content compresses itself")
}

// TestEveryCodeHasAPage reads the codes out of the rooms' sources.
func TestEveryCodeHasAPage(t *testing.T) {
	// Met on the command line only, or never outside a transaction.
	inside := []string{"undo", "invalid_rule", "rule_exists", "no_rule", "admins_row_missing", "broken_area_file",
		"backup_needs_sqlite", "backup_exists", "secret_too_short"}
	code := regexp.MustCompile(`(?:Conflict|Invalid|Fail)\((?:models\.)?(?:Kind\w+, ?)?"([a-z_]+)"`)
	found := 0
	err := filepath.WalkDir("../models", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range code.FindAllStringSubmatch(string(source), -1) {
			found++
			if !slices.Contains(inside, m[1]) {
				require.Contains(t, explanations, m[1], path)
			}
		}
		return err
	})
	require.NoError(t, err)
	require.Greater(t, found, 50)
	for code, e := range explanations {
		require.NotEmpty(t, e.vi, code)
		require.NotEmpty(t, e.en, code)
		require.NotContains(t, strings.ToLower(e.vi), "chứng chỉ")
	}
}
