package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"nhaso/models"
)

// content is an answer whose bytes were made once: published lessons and the
// files of the web app. It is never changed after it was made.
type content struct {
	kind    string // Content-Type
	etag    string
	cache   string // Cache-Control
	raw     []byte
	gz, br  []byte // nil when compression does not pay
	csp     string // for what a browser could open as a document of its own
	vary    bool
	headers [3][]header // by encoding: identity, gzip, br
}

// newContent compresses once, as well as it can be done.
func newContent(kind, hash, cache string, raw []byte, compress bool) *content {
	c := &content{kind: kind, etag: `W/"` + hash + `"`, cache: cache, raw: raw}
	if compress && len(raw) > 512 {
		var gz, br bytes.Buffer
		if w, err := gzip.NewWriterLevel(&gz, gzip.BestCompression); err == nil {
			_, _ = w.Write(raw) // a bytes.Buffer takes everything
			_ = w.Close()
		}
		w := brotli.NewWriterLevel(&br, 9)
		_, _ = w.Write(raw)
		_ = w.Close()
		c.gz, c.br = gz.Bytes(), br.Bytes()
	}
	return c.finish()
}

// finish prepares the header values, shared by all answers.
func (c *content) finish() *content {
	c.vary = c.gz != nil || c.br != nil
	for i, enc := range []struct {
		name string
		body []byte
	}{{"", c.raw}, {"gzip", c.gz}, {"br", c.br}} {
		h := []header{
			{"Content-Type", []string{c.kind}}, {"Etag", []string{c.etag}}, {"Cache-Control", []string{c.cache}},
			{"Content-Length", []string{strconv.Itoa(len(enc.body))}},
		}
		if c.vary {
			h = append(h, header{"Vary", []string{"Accept-Encoding"}})
		}
		if c.csp != "" {
			h = append(h, header{"Content-Security-Policy", []string{c.csp}})
		}
		if enc.name != "" {
			h = append(h, header{"Content-Encoding", []string{enc.name}})
		}
		c.headers[i] = h
	}
	return c
}

// serve writes the best form that the caller takes, or 304.
func (c *content) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if unlessMatch(r, c.etag) {
		h["Etag"], h["Cache-Control"] = c.headers[0][1].value, c.headers[0][2].value
		if c.vary {
			h["Vary"] = []string{"Accept-Encoding"}
		}
		w.WriteHeader(http.StatusNotModified)
		return
	}
	form, body := 0, c.raw
	if c.vary {
		accept := r.Header.Get("Accept-Encoding")
		switch {
		case c.br != nil && accepts(accept, "br"):
			form, body = 2, c.br
		case c.gz != nil && accepts(accept, "gzip"):
			form, body = 1, c.gz
		}
	}
	for _, one := range c.headers[form] {
		h[one.name] = one.value
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the caller left: nothing to do about it
	}
}

// accepts reads an Accept-Encoding header: the coding is named and not with
// weight zero.
func accepts(header, coding string) bool {
	for header != "" {
		var one string
		one, header, _ = strings.Cut(header, ",")
		name, weight, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.TrimSpace(name) != coding {
			continue
		}
		q := strings.TrimSpace(weight)
		return q == "" || strings.Trim(strings.TrimPrefix(q, "q="), "0.") != ""
	}
	return false
}

// registerContent is register for answers out of a shelf; T is only
// documented.
func registerContent[I, T any](s *server, o op, find func(context.Context, models.Actor, *I) (*content, error)) {
	o.within = -1
	h := s.describe(o)
	h.Responses = map[string]*huma.Response{
		"200": {
			Description: "OK",
			Headers:     map[string]*huma.Param{"ETag": {Schema: &huma.Schema{Type: huma.TypeString}}},
			Content: map[string]*huma.MediaType{"application/json": {
				Schema: s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, o.id)}},
		},
		"304": {Description: "Not Modified: If-None-Match names the current version"},
	}
	type output struct{ Body func(huma.Context) }
	huma.Register(s.huma, h, func(ctx context.Context, in *I) (*output, error) {
		c, err := find(ctx, requestOf(ctx).actor, in)
		if err != nil {
			return nil, err
		}
		return &output{Body: func(ctx huma.Context) {
			g := humagin.Unwrap(ctx)
			c.serve(g.Writer, g.Request)
		}}, nil
	})
}

// shelf keeps ready-made answers by the hash of what they show. Published
// content is immutable, so an entry is never wrong, only unused; with every
// entry replaced once the shelf is cleared.
type shelf struct {
	mu    sync.RWMutex
	items map[string]*content
}

const shelfMost = 4000 // about 60 lessons a course version, a few kB each

// get finds the answer under a key or makes it: value is marshalled as JSON.
func (s *shelf) get(key, hash, cache string, value func() (any, error)) (*content, error) {
	if c := s.find(key); c != nil {
		return c, nil
	}
	v, err := value()
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return s.put(key, newContent("application/json", hash, cache, raw.Bytes(), true)), nil
}

func (s *shelf) find(key string) *content {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.items[key]
}

func (s *shelf) put(key string, c *content) *content {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.items == nil || len(s.items) >= shelfMost {
		s.items = map[string]*content{}
	}
	s.items[key] = c
	return c
}
