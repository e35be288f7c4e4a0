package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"nhaso/models"
)

const (
	immutable  = "public, max-age=31536000, immutable"
	revalidate = "no-cache"
)

// pages are the files of the web app, read once: they are part of the program
// and small. Beside a file may stand its .br and .gz forms, made by the build.
type pages struct {
	files map[string]*content // "/_app/immutable/x.js"
	index *content            // nil when the web app was not built
}

// loadPages reads the build. An empty tree is fine: then the program says how
// to build it.
func loadPages(fsys fs.FS) (*pages, error) {
	p := &pages{files: map[string]*content{}}
	if fsys == nil {
		return p, nil
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		if ext := path.Ext(name); (ext == ".br" || ext == ".gz") && isFile(fsys, strings.TrimSuffix(name, ext)) {
			return nil
		}
		c, err := loadFile(fsys, name)
		if err != nil {
			return err
		}
		p.files["/"+name] = c
		return nil
	})
	p.index = p.files["/index.html"]
	return p, err
}

func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && !info.IsDir()
}

func loadFile(fsys fs.FS, name string) (*content, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	c := &content{kind: mediaType(name), etag: `W/"` + hex.EncodeToString(sum[:12]) + `"`, cache: revalidate, raw: raw}
	if strings.HasPrefix(name, "_app/immutable/") {
		c.cache = immutable // its name changes with its bytes
	}
	if c.gz, err = beside(fsys, name+".gz"); err != nil {
		return nil, err
	}
	if c.br, err = beside(fsys, name+".br"); err != nil {
		return nil, err
	}
	return c.finish(), nil
}

func beside(fsys fs.FS, name string) ([]byte, error) {
	b, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// mediaType knows the kinds of the build by itself: the machine's own table
// may be missing or odd.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	case ".webp":
		return "image/webp"
	case ".ico":
		return "image/x-icon"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// buildCSP reads the hashes that the build left beside its pages.
func buildCSP(fsys fs.FS) (CSP, error) {
	var csp CSP
	if fsys == nil {
		return csp, nil
	}
	raw, err := beside(fsys, "csp.json")
	if err != nil || raw == nil {
		return csp, err
	}
	return csp, json.Unmarshal(raw, &csp)
}

// fallback answers what no route took: a file of the web app, its first page
// for an address inside it, a problem for everything below /api.
func (s *server) fallback(c *gin.Context) {
	name := c.Request.URL.Path
	if strings.HasPrefix(name, "/api/") || c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		refuse(c, models.NotFound())
		return
	}
	if file := s.pages.files[name]; file != nil {
		file.serve(c.Writer, c.Request)
		return
	}
	// A missing script must not be answered with a page: the browser would
	// run or keep it.
	if strings.HasPrefix(name, "/_app/") || path.Ext(name) != "" {
		refuse(c, models.NotFound())
		return
	}
	if s.pages.index == nil {
		c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(notBuilt))
		return
	}
	s.pages.index.serve(c.Writer, c.Request)
}

const notBuilt = `<!doctype html>
<html lang="vi"><meta charset="utf-8"><title>Nhà Số</title>
<h1>Nhà Số</h1>
<p>Máy chủ đang chạy, nhưng giao diện web chưa được dựng. Tại thư mục của dự án, chạy:</p>
<pre>make run</pre>
<p lang="en">The server runs, but the web app has not been built. In the project's folder, run the command above.</p>
<p>API: <a href="/api/openapi.json">/api/openapi.json</a></p>
</html>
`
