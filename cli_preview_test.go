package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// previewed serves a copy of the example course that the test may change.
func previewed(t *testing.T) (dir string, p *preview, server *httptest.Server) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("curriculum/testdata/valid")))
	p = &preview{dir: dir, fsys: os.DirFS(dir), today: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	p.look()
	handler, err := p.handler(fstest.MapFS{
		"index.html": {Data: []byte("<!doctype html><title>Nhà Số</title>")}, "csp.json": {Data: []byte(`{"script":["sha256-x"],"style":[]}`)}})
	require.NoError(t, err)
	server = httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return dir, p, server
}

func ask(t *testing.T, method, url, host string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	require.NoError(t, err)
	if host != "" {
		req.Host = host
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res, string(body)
}

func stateOf(t *testing.T, server *httptest.Server) (s previewState) {
	t.Helper()
	_, body := ask(t, "GET", server.URL+"/api/preview", "")
	require.NoError(t, json.Unmarshal([]byte(body), &s))
	return s
}

func TestPreviewShowsCoursesAndTheirExampleLogs(t *testing.T) {
	dir, _, server := previewed(t)
	s := stateOf(t, server)
	assert.Equal(t, dir, s.Dir)
	require.Len(t, s.Courses, 1)
	c := s.Courses[0]
	require.Len(t, c.Scenarios, 1)
	assert.NotEmpty(t, c.Scenarios[0].Solutions, "authors see their example logs")
	assert.NotEmpty(t, c.Lessons)
	assert.NotEmpty(t, c.Plans)
	assert.NotNil(t, c.Leaflet)
	require.NotEmpty(t, c.Images)
	res, body := ask(t, "GET", server.URL+"/api/v1/media/"+c.Images[0].Src, "")
	assert.Equal(t, "image/svg+xml", res.Header.Get("Content-Type"))
	assert.Contains(t, res.Header.Get("Content-Security-Policy"), "sandbox")
	assert.Contains(t, body, "<svg")
}

func TestPreviewAnswers(t *testing.T) {
	_, _, server := previewed(t)
	tests := []struct {
		name, method, path, host string
		status                   int
		contains                 string
	}{
		{"the page", "GET", "/preview", "", 200, "<title>Nhà Số"},
		{"by its other name", "GET", "/preview", "localhost:8090", 200, "<title>Nhà Số"},
		{"the root leads to it", "GET", "/", "", 302, ""},
		{"another name for this machine", "GET", "/api/preview", "evil.example", 403, ""},
		{"another name with the port", "GET", "/preview", "evil.example:8090", 403, ""},
		{"nothing can be written", "POST", "/api/preview", "", 405, ""},
		{"nor at the page", "PUT", "/preview", "", 405, ""},
		{"no API of pupils", "GET", "/api/v1/me", "", 404, ""},
		{"a missing script is no page", "GET", "/_app/immutable/x.js", "", 404, ""},
		{"no picture of that name", "GET", "/api/v1/media/0123456789abcdef.svg", "", 404, ""},
		{"no files of the machine", "GET", "/api/v1/media/..%2f..%2fetc%2fpasswd", "", 404, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, body := ask(t, tt.method, server.URL+tt.path, tt.host)
			assert.Equal(t, tt.status, res.StatusCode, body)
			assert.Contains(t, body, tt.contains)
		})
	}
	res, _ := ask(t, "GET", server.URL+"/preview", "")
	assert.Contains(t, res.Header.Get("Content-Security-Policy"), "sha256-x")
}

func TestPreviewFollowsTheFiles(t *testing.T) {
	dir, p, server := previewed(t)
	res, err := http.Get(server.URL + "/api/preview/events")
	require.NoError(t, err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		t.Fatal("the stream ended")
		return ""
	}
	first := next()
	assert.Equal(t, stateOf(t, server).Version, first)
	p.look()
	assert.Equal(t, first, stateOf(t, server).Version, "nothing changed: no new version")

	file := filepath.Join(dir, "self_protection/thcs/scenarios/01-hop-thu.yaml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	broken := strings.Replace(string(text), "goto: fake}", "goto: nowhere}", 1)
	require.NoError(t, os.WriteFile(file, []byte(broken), 0o600))
	p.look()
	assert.NotEqual(t, first, next(), "the page is told")
	s := stateOf(t, server)
	require.NotEmpty(t, s.Problems)
	assert.Contains(t, s.Problems[0].Reason, `"nowhere"`)
	assert.False(t, s.Problems[0].Warning, "errors stand before warnings")
	assert.Len(t, s.Courses, 1, "the rest is still to be seen")

	require.NoError(t, os.WriteFile(file, text, 0o600))
	p.look()
	assert.NotContains(t, string(p.state), "nowhere")
}
