package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"nhaso/models"
)

// op describes one operation. Every field but the last four must be set:
// register panics otherwise, so that a program with an operation nobody
// thought the access of never starts.
type op struct {
	id      string // unique, kebab-case
	method  string
	path    string // below /api/v1, "/attempts/{id}"
	summary string
	tag     string
	action  models.Action
	refuses []models.Kind // what it may answer beyond the refusals that follow from its shape

	status int           // of success, default 200 with a body and 204 without
	pace   *limiter      // per address, for what needs no sign-in
	upload bool          // a file comes in: larger body, longer time
	within time.Duration // default requestTime; negative: no deadline (nothing waits for the database)
}

const (
	requestTime = 15 * time.Second // an ordinary request
	uploadTime  = 5 * time.Minute  // a roster or register
	bodyTime    = 20 * time.Second // to send an ordinary body over a poor line
)

// register is the only door into the API. It documents the operation, and
// before the handler runs it finds the actor and asks the access table.
func register[I, O any](s *server, o op, handle func(context.Context, models.Actor, *I) (*O, error)) {
	h := s.describe(o)
	huma.Register(s.huma, h, func(ctx context.Context, in *I) (*O, error) {
		return handle(ctx, requestOf(ctx).actor, in)
	})
}

// describe turns an op into huma's form.
func (s *server) describe(o op) huma.Operation {
	if o.id == "" || o.method == "" || o.path == "" || o.summary == "" || o.tag == "" || o.action == "" {
		panic("api: operation " + o.id + " " + o.method + " " + o.path + " is not fully described")
	}
	errors := map[int]bool{http.StatusServiceUnavailable: true}
	for _, kind := range o.refuses {
		errors[statusOf[kind]] = true
	}
	h := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Tags: []string{o.tag},
		DefaultStatus: o.status, BodyReadTimeout: bodyTime, MaxBodyBytes: maxBody,
		Middlewares: huma.Middlewares{s.guard(o)},
		Extensions:  map[string]any{"x-action": string(o.action)},
	}
	if o.action != models.ActPublic {
		errors[http.StatusUnauthorized], errors[http.StatusForbidden] = true, true
		h.Security = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
		if o.action == models.ActReadPublished {
			h.Security = []map[string][]string{{"partner": {}}}
		}
	} else {
		h.Security = []map[string][]string{}
	}
	if o.pace != nil {
		errors[http.StatusTooManyRequests] = true
	}
	if strings.Contains(o.path, "{") {
		errors[http.StatusNotFound] = true
	}
	if o.upload {
		errors[http.StatusRequestEntityTooLarge] = true
		uploads[ginPath(o.path)] = true
	}
	for status := range errors {
		h.Errors = append(h.Errors, status)
	}
	return h
}

// uploads holds the gin templates of the operations that take a file. It is
// filled while the operations are registered, the same each time.
var uploads = map[string]bool{}

func ginPath(path string) string {
	return base + strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// guard runs before an operation's input is even read: pace, then who asks,
// then whether the role may, then the time allowed.
func (s *server) guard(o op) func(huma.Context, func(huma.Context)) {
	within := o.within
	switch {
	case within == 0 && o.upload:
		within = uploadTime
	case within == 0:
		within = requestTime
	}
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		r := requestOf(c.Request.Context())
		if within > 0 {
			var cancel context.CancelFunc
			r.Context, cancel = context.WithTimeout(r.Context, within)
			defer cancel()
		}
		if o.upload {
			r.incoming = c.Request
			// The server's own limit is that of ordinary requests. A writer that
			// cannot change it (a test's) has none.
			_ = http.NewResponseController(c.Writer).SetReadDeadline(machineTime().Add(within))
		}
		r.host, r.tls = c.Request.Host, c.Request.TLS != nil
		r.Context = models.WithLang(r.Context, languageOf(c.Request))
		r.addr = c.ClientIP()
		if o.pace != nil {
			if err := o.pace.allow(r.addr); err != nil {
				s.deny(ctx, err)
				return
			}
		}
		if s.Away != nil && !comesHome(o) {
			s.deny(ctx, models.Fail(models.KindClosed, "not_on_laptop"))
			return
		}
		if o.action != models.ActPublic {
			actor, err := s.actorOf(c.Request)
			if err == nil {
				_, err = models.Allow(actor, o.action)
			}
			if err != nil {
				s.deny(ctx, err)
				return
			}
			r.actor, r.bearer = actor, c.Request.Header.Get("Authorization") != ""
		}
		next(ctx)
	}
}

func (s *server) deny(ctx huma.Context, err error) {
	_ = huma.WriteErr(s.huma, ctx, http.StatusInternalServerError, "", err) // huma logs a failed write itself
}

// nullable finishes the schemas: huma cannot say by itself that a member is an
// object or null, which is what a Go pointer to a struct is in JSON.
func nullable(registry huma.Registry) {
	const prefix = "#/components/schemas/"
	for name, schema := range registry.Map() {
		t := registry.TypeFromRef(prefix + name)
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		if spots := schema.Properties["spots"]; spots != nil && schema.Properties["stem"] != nil {
			spots.Nullable = true // of questions that are not about a picture
		}
		for _, f := range reflect.VisibleFields(t) {
			tag := f.Tag.Get("json")
			key, options, _ := strings.Cut(tag, ",")
			prop := schema.Properties[key]
			if f.Type.Kind() != reflect.Pointer || prop == nil || prop.Ref == "" || strings.Contains(options, "omit") {
				continue
			}
			schema.Properties[key] = &huma.Schema{
				Description: prop.Description,
				AnyOf:       []*huma.Schema{{Ref: prop.Ref}, {Type: "null"}},
			}
		}
	}
}
