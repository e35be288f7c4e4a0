// Package api is the door: HTTP in, rooms called, JSON out. It owns routes,
// middleware, tokens, the mapping of errors and the OpenAPI document, and
// nothing else: no rule of the domain, no SQL, no GORM.
//
// One file a resource holds its inputs, outputs and operations. Every
// operation passes through register (operation.go), which demands its
// documentation and its models.Action, finds the actor and asks the access
// table before the handler runs.
//
// The order of the middleware, outermost first:
//
//  1. compressed: gzip for JSON over 1.4 KB; content brings its own bytes
//  2. watch: request id, panic → problem, security headers, body limit, and
//     on the way out metrics and the access log
//  3. sameOrigin: refuses a foreign page's writes
//  4. guard, per operation: pace per address, deadline, actor, access table
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/classroom"
	"nhaso/models/consent"
	"nhaso/models/coverage"
	"nhaso/models/drafts"
	"nhaso/models/gradebook"
	"nhaso/models/household"
	"nhaso/models/learning"
	"nhaso/models/outreach"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/quality"
	"nhaso/models/report"
	"nhaso/models/rights"
	"nhaso/models/school"
	"nhaso/models/signin"
	"nhaso/models/signoff"
	"nhaso/models/store"
)

const (
	base        = "/api/v1"
	openAPIPath = "/api/openapi.json"
)

// Deps is what the API stands on. Rooms and DB are needed to serve; everything
// else has a safe zero value.
type Deps struct {
	DB    *store.DB
	Clock models.Clock // nil: the machine's

	Places       *place.Places
	People       *people.People
	Certificates *certificate.Certificates
	Coverage     *coverage.Coverage
	Reports      *report.Reports
	Households   *household.Households
	Consents     *consent.Consents
	Learning     *learning.Learning
	Outreach     *outreach.Outreach
	Drafts       *drafts.Drafts
	School       *school.Schools
	SignIn       *signin.SignIn
	SignOff      *signoff.SignOff
	Quality      *quality.Quality
	Gradebook    *gradebook.Gradebook
	Rights       *rights.Rights
	Classroom    *classroom.Classroom
	Away         *Away // set on a classroom laptop

	Frontend fs.FS        // the built web app, or an empty tree
	CSP      *CSP         // hashes of its inline code; nil: read csp.json of Frontend
	Version  string       // shown by /healthz and in the API document
	Log      *slog.Logger // nil: slog.Default

	PublicURL      string   // "https://nhaso.example.vn" for links on paper; empty: the address of the request
	SecureCookies  bool     // set behind a proxy that speaks TLS: cookies and HSTS then insist on it
	TrustedProxies []string // networks whose X-Forwarded-For is believed; none by default
	TrustedOrigins []string // other origins whose pages may write, "https://…"
	MetricsToken   string   // bearer token for /metrics; empty: only this machine may read them

	Stopping   <-chan struct{} // closed when the server is to stop: streams end at once; nil: never
	StreamBeat time.Duration   // how often a stream shows that it lives; 0: every 15 seconds
}

type server struct {
	Deps
	huma    huma.API
	log     *slog.Logger
	headers map[bool][]header // for the API, for pages
	cross   *http.CrossOriginProtection
	metrics *metrics
	pages   *pages
	tokens  *tokens
	// identify answers who an account is, KindUnauthenticated when the epoch is
	// not the account's any more.
	identify     func(ctx context.Context, account models.ID, epoch int) (models.Actor, error)
	shelf        shelf
	progress     progress
	ready        readiness
	paces        struct{ signIn, refresh, verify, public *limiter }
	codes        *codeGuard
	partnerPaces partnerPaces
}

// init sets gin's mode for the whole process; it is a global of gin's.
func init() {
	gin.SetMode(gin.ReleaseMode)
	huma.DefaultArrayNullable = false
}

// New builds the handler of the whole server. It does not touch the database.
func New(d Deps) (http.Handler, error) {
	s, engine, err := build(d)
	if err != nil {
		return nil, err
	}
	document, err := s.document()
	if err != nil {
		return nil, err
	}
	engine.GET(openAPIPath, func(c *gin.Context) { document.serve(c.Writer, c.Request) })
	return compressed(engine)
}

// OpenAPI answers the API document as indented JSON, for the command line and
// the golden file. It needs no rooms.
func OpenAPI(version string) ([]byte, error) {
	s, _, err := build(Deps{Version: version})
	if err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(s.huma.OpenAPI(), "", "  ")
	return append(raw, '\n'), err
}

func build(d Deps) (*server, *gin.Engine, error) {
	s := &server{Deps: d, log: d.Log, cross: http.NewCrossOriginProtection(), metrics: newMetrics(d)}
	s.progress.keep = d.People
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.StreamBeat <= 0 {
		s.StreamBeat = streamBeat
	}
	if s.Clock == nil {
		s.Clock = models.SystemClock()
	}
	if err := s.settings(); err != nil {
		return nil, nil, err
	}
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(d.TrustedProxies); err != nil {
		return nil, nil, fmt.Errorf("trusted proxies: %w", err)
	}
	engine.Use(s.watch, s.sameOrigin)
	engine.NoRoute(s.fallback)
	engine.NoMethod(func(c *gin.Context) {
		refuse(c, &Problem{Type: "/problems/method_not_allowed", Title: "Method not allowed", Status: http.StatusMethodNotAllowed, Code: "method_not_allowed"})
	})
	engine.GET("/healthz", s.healthz)
	engine.GET("/readyz", s.readyz)
	engine.GET("/metrics", s.serveMetrics())
	engine.GET("/problems/:code", problemPage)
	s.huma = humagin.NewWithGroup(engine, engine.Group(base), s.config())
	s.operations()
	nullable(s.huma.OpenAPI().Components.Schemas)
	return s, engine, nil
}

// settings prepares what depends on Deps alone.
func (s *server) settings() error {
	var err error
	if s.CSP == nil {
		csp, err := buildCSP(s.Frontend)
		if err != nil {
			return fmt.Errorf("csp.json: %w", err)
		}
		s.CSP = &csp
	}
	if s.pages, err = loadPages(s.Frontend); err != nil {
		return fmt.Errorf("web app: %w", err)
	}
	for _, origin := range s.TrustedOrigins {
		if err := s.cross.AddTrustedOrigin(origin); err != nil {
			return fmt.Errorf("trusted origins: %w", err)
		}
	}
	s.headers = securityHeaders(*s.CSP, s.SecureCookies)
	now := func() time.Time { return s.Clock() }
	s.paces.signIn = newLimiter(paceSignIn, now)
	s.paces.refresh = newLimiter(paceRefresh, now)
	s.paces.verify = newLimiter(paceVerify, now)
	s.paces.public = newLimiter(pacePublic, now)
	s.codes = newCodeGuard(now)
	s.tokens = &tokens{clock: s.Clock, load: s.signingKeys}
	s.identify = s.identifyAccount
	return nil
}

// config is huma without its schema links, its documentation page (it loads
// scripts from outside) and its extra routes.
func (s *server) config() huma.Config {
	c := huma.DefaultConfig("Nhà Số", s.Version)
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.CreateHooks, c.OpenAPIPath, c.DocsPath, c.SchemasPath = nil, "", "", ""
	c.Info.Description = "Courses for the five basic digital skills, certificates, and the households they cover. " +
		"Every refusal is an application/problem+json body with a stable code."
	c.Servers = []*huma.Server{{URL: base}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer":  {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
		"cookie":  {Type: "apiKey", In: "cookie", Name: accessCookie},
		"partner": {Type: "http", Scheme: "bearer", Description: "A partner's token, given by the department: it begins with " + people.PartnerPrefix + "."},
	}
	return c
}

// document is the API document as it is served.
func (s *server) document() (*content, error) {
	raw, err := json.Marshal(s.huma.OpenAPI())
	if err != nil {
		return nil, err
	}
	return newContent("application/openapi+json", hashOf(raw), revalidate, raw, true), nil
}
