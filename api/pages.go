package api

import (
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Pages answers the web app without its API: what the preview of course files needs. Every address that is no file
// answers the app's first page; a missing script and everything below /api is not found.
func Pages(fsys fs.FS) (http.Handler, error) {
	csp, err := buildCSP(fsys)
	if err != nil {
		return nil, err
	}
	p, err := loadPages(fsys)
	if err != nil {
		return nil, err
	}
	headers := securityHeaders(csp, false)[false]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range headers {
			w.Header()[h.name] = h.value
		}
		name := r.URL.Path
		switch file := p.files[name]; {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		case file != nil:
			file.serve(w, r)
		case p.index == nil || strings.HasPrefix(name, "/api/") || strings.HasPrefix(name, "/_app/") || path.Ext(name) != "":
			http.NotFound(w, r)
		default:
			p.index.serve(w, r)
		}
	}), nil
}
