package api

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// form writes a multipart form; a value of the field "file" becomes the file.
func form(t testing.TB, pairs ...string) (body *bytes.Buffer, kind string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == "file" {
			part, err := w.CreateFormFile("file", "x.csv")
			require.NoError(t, err)
			_, err = part.Write([]byte(pairs[i+1]))
			require.NoError(t, err)
			continue
		}
		require.NoError(t, w.WriteField(pairs[i], pairs[i+1]))
	}
	require.NoError(t, w.Close())
	return body, w.FormDataContentType()
}

func TestUploads(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b := newBench(t)
	big := strings.Repeat("x", 2*maxBody)
	good, kind := form(t, "source", "công an", "file", "a;b\n1;2\n")
	cut := good.String()[:good.Len()-20]
	for _, c := range []struct {
		name, body, kind string
		status           int
		contains         string
	}{
		{"good", good.String(), kind, 200, "8 a;b\\n1;2\\n công an"},
		{"cut off", cut, kind, 422, `"code":"incomplete"`},
		{"not a form", "{}", "application/json", 422, "multipart_expected"},
		{"above the ordinary limit", formText(t, "file", big), "", 200, "2097152 xxxxxxxxx"},
		{"too large", formText(t, "file", strings.Repeat("x", maxUpload)), "", 413, "too_large"},
		{"no file", formText(t, "source", "x"), "", 422, "body.file"},
		{"long field", formText(t, "source", strings.Repeat("x", maxField+1), "file", "x"), "", 422, "too_long"},
	} {
		kind := c.kind
		if kind == "" { // the boundary stands in the body's first line
			line, _, _ := strings.Cut(c.body, "\r\n")
			kind = "multipart/form-data; boundary=" + strings.TrimPrefix(line, "--")
		}
		req := httptest.NewRequest("POST", base+"/test/upload", strings.NewReader(c.body))
		req.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, req)
		require.Equal(t, c.status, w.Code, c.name)
		require.Contains(t, w.Body.String(), c.contains, c.name)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "nhaso-upload-*"))
	require.NoError(t, err)
	require.Empty(t, left, "no file stays behind")
}

func formText(t testing.TB, pairs ...string) string {
	body, _ := form(t, pairs...)
	return body.String()
}
