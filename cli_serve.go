package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"nhaso/api"
	"nhaso/frontend"
	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/store"
	"nhaso/seeds"
)

// house opens the configured database at the current schema and wires the
// rooms.
func (a *app) house() (*seeds.House, error) {
	db, err := a.openCurrent()
	if err != nil {
		return nil, err
	}
	house, err := a.wire(db)
	if err != nil {
		db.Close()
	}
	return house, err
}

// existing is house for commands that work on what is there: a mistyped folder
// must not become a new, empty database that passes every check.
func (a *app) existing() (*seeds.House, error) {
	if !store.Exists(a.cfg.DatabaseURL) {
		return nil, errors.New("there is no database yet; check NHASO_DATA_DIR and NHASO_DATABASE_URL, or run `nhaso migrate` or `nhaso demo` first")
	}
	return a.house()
}

// wire puts the rooms on the database with the secrets they share with every
// other copy of the program.
func (a *app) wire(db *store.DB) (*seeds.House, error) { return a.wireAs(db, false) }

// wireAs is wire for a classroom laptop where away says so.
func (a *app) wireAs(db *store.DB, away bool) (*seeds.House, error) {
	secret, err := seeds.SharedSecret(a.ctx, db, a.cfg.Secret)
	if err != nil {
		return nil, err
	}
	house := seeds.Build(db, seeds.Wiring{Secret: secret, Away: away})
	house.Reports.Dir = a.cfg.ReportDir
	if _, err := house.People.EnsureKey(a.ctx, a.cfg.Secret); err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	if a.cfg.BadgeKey != nil {
		if err := house.Certificates.UseBadgeKey(a.ctx, a.cfg.BadgeKey); err != nil {
			return nil, fmt.Errorf("badge key: %w", err)
		}
	}
	return house, nil
}

type serveCmd struct{}

// Run serves until it is told to stop, then lets requests finish.
func (c *serveCmd) Run(a *app) error {
	logToStdout(a.stdout)
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if err := house.Foundation(a.ctx); err != nil {
		return err
	}
	return a.serve(house, func(addr string) { slog.Info("listening", "addr", addr, "version", Version) })
}

func logToStdout(w io.Writer) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(w, nil)))
}

// serve runs the server and the background work of one copy.
func (a *app) serve(house *seeds.House, ready func(addr string)) error {
	handler, err := a.handler(house)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.cfg.Addr)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	group, ctx := errgroup.WithContext(a.ctx)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error { return background(ctx, house) })
	group.Go(func() error { return registerJobs(ctx, house) })
	group.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 25*time.Second)
		defer cancel()
		return server.Shutdown(stop)
	})
	ready(listener.Addr().String())
	return group.Wait()
}

func (a *app) handler(house *seeds.House) (http.Handler, error) {
	return api.New(api.Deps{
		DB: house.DB, Clock: a.clock, Places: house.Places, People: house.People, Certificates: house.Certificates,
		Coverage: house.Coverage, Reports: house.Reports, Households: house.Households, Consents: house.Consents, Learning: house.Learning, Outreach: house.Outreach, Drafts: house.Drafts, SignIn: house.SignIn, SignOff: house.SignOff, Quality: house.Quality, Classroom: house.Classroom, Away: a.away, School: house.School, Gradebook: house.Gradebook, Rights: house.Rights,
		Frontend: frontend.Dist(), Version: Version, PublicURL: a.cfg.BaseURL, SecureCookies: a.cfg.SecureCookies,
		TrustedProxies: a.cfg.TrustedProxy, MetricsToken: a.cfg.MetricsToken, Stopping: a.ctx.Done(),
	})
}

// background folds the ledger and closes what is over, every few seconds. Only
// the copy that holds the lease does any of it; a failure is logged and tried
// again, because the figures are exact without it.
func background(ctx context.Context, house *seeds.House) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if _, err := house.Coverage.Fold(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("fold", "error", err)
		}
		if _, err := house.Audit.Fold(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("fold audit", "error", err)
		}
		if n%5 == 0 {
			if _, err := house.Learning.CloseExpired(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("close expired", "error", err)
			}
		}
		if n%30 == 0 {
			if _, err := house.Learning.FoldItems(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("fold items", "error", err)
			}
		}
		if n%300 == 5 { // also soon after the start
			if _, err := house.Coverage.SealDays(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("seal days", "error", err)
			}
			if _, err := house.Coverage.RecountDue(ctx, household.Recounter()); err != nil && ctx.Err() == nil {
				slog.Warn("recount coverage", "error", err)
			}
			if _, err := house.Quality.RunDue(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("look for what is not ordinary", "error", err)
			}
		}
		if n%300 == 0 {
			if _, err := house.Reports.RunMonthly(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("monthly reports", "error", err)
			}
			if _, err := house.Coverage.PublishDue(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("publish coverage", "error", err)
			}
			if err := retainAtNight(ctx, house); err != nil && ctx.Err() == nil {
				slog.Warn("retention", "error", err)
			}
			if _, err := house.People.Sweep(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("sweep sign-ins", "error", err)
			}
			if _, err := house.SignIn.Sweep(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("sweep tries", "error", err)
			}
		}
	}
}

// registerJobs imports the registers that wait. It has a loop of its own: one of
// a whole province takes half a minute, and folding must not wait for it.
func registerJobs(ctx context.Context, house *seeds.House) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		ran, err := house.Households.RunJobs(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Warn("register jobs", "error", err)
		}
		// Also once a minute: a register may have come from the command line.
		if ran > 0 || n%60 == 10 {
			if err := searchDuplicates(ctx, house); err != nil && ctx.Err() == nil {
				slog.Warn("search for duplicates", "error", err)
			}
		}
	}
}

type demoCmd struct {
	Households int    `help:"Households on the demo register." default:"30000"`
	Pupils     int    `help:"Pupils in each of the demo's two classes; default 36."`
	History    bool   `help:"A term of lessons in ten communes before today." default:"true" negatable:""`
	Oracle     string `hidden:"" help:"Write the right answers of every question to this file, for browser tests."`
	Fresh      bool   `help:"Throw the demo database away and make it anew."`
	RuleTwo    string `help:"Day or instant from which rule 2, with scenarios, decides in a new demo; default a year from now."`
}

// Run fills the demo province once and serves it.
func (c *demoCmd) Run(a *app) error {
	logToStdout(io.Discard)
	options := seeds.DemoOptions{Households: c.Households, Pupils: c.Pupils, History: c.History}
	if c.RuleTwo != "" {
		from, err := instant("--rule-two", c.RuleTwo)
		if err != nil {
			return err
		}
		options.RuleTwo = from
	}
	if c.Fresh {
		if err := a.removeDemo(); err != nil {
			return err
		}
	}
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if c.Oracle != "" {
		if err := house.WriteOracle(c.Oracle); err != nil {
			return err
		}
	}
	bar := a.progress(-1, "demo province")
	options.Step = func(what string) { bar.Describe(what) }
	signIns, err := house.Demo(a.ctx, options)
	if err != nil {
		return demoError(err)
	}
	if err := bar.Finish(); err != nil {
		return err
	}
	return a.serve(house, func(addr string) { printSignIns(a.stdout, addr, signIns) })
}

// demoError says in words what to do about a demo that cannot be filled.
func demoError(err error) error {
	switch {
	case models.CodeOf(err) == "not_empty":
		return errors.New("this database holds other accounts or households; the demo, whose passwords are public, is not mixed with them")
	case models.CodeOf(err) == "demo_unfinished":
		return errors.New("a demo broke off half way in this database; run `nhaso demo --fresh`")
	case models.KindOf(err) == models.KindInvalid:
		return usageError{"--households is too small for the demo's classes; 450 is enough"}
	}
	return fmt.Errorf("fill the demo province: %w", err)
}

// removeDemo deletes the embedded database when it holds the demo; any other is
// somebody's work.
func (a *app) removeDemo() error {
	if !store.Exists(a.cfg.DatabaseURL) {
		return nil
	}
	house, err := a.house()
	if err != nil {
		return err
	}
	isDemo, err := house.IsDemo(a.ctx)
	if err = errors.Join(err, house.DB.Close()); err != nil {
		return err
	}
	if !isDemo {
		return errors.New("this database does not hold the demo; it is not thrown away")
	}
	return store.Remove(a.cfg.DatabaseURL)
}

func printSignIns(w io.Writer, addr string, list []seeds.SignIn) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		port = "8080"
	}
	fmt.Fprintf(w, "\nNhà Số: http://localhost:%s\n\n", port)
	for _, s := range list {
		fmt.Fprintf(w, "  %-16s %-14s %-16s %s\n", s.Role, s.Username, s.Password, s.What)
	}
	fmt.Fprintln(w, "\nCtrl+C stops the server.")
	if !frontend.Built() {
		fmt.Fprintln(w, "The web app is not built: run `make run` instead.")
	}
}

type openapiCmd struct{}

// Run prints the API document.
func (c *openapiCmd) Run(a *app) error {
	doc, err := api.OpenAPI(Version)
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(doc)
	return err
}

type healthCmd struct{}

// Run asks the server on this machine whether it is ready.
func (c *healthCmd) Run(a *app) error {
	_, port, err := net.SplitHostPort(a.cfg.Addr)
	if err != nil {
		return usageError{"NHASO_ADDR is not host:port"}
	}
	ctx, cancel := context.WithTimeout(a.ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", res.Status)
	}
	return nil
}

type seedCmd struct {
	Admin      string `help:"User name of the first administrator; a temporary password is printed once."`
	Demo       bool   `help:"Fill the demo province as well."`
	Households int    `help:"Households of the demo province." default:"30000"`
	JSON       bool   `help:"Print the result as JSON."`
}

// Run loads what every installation needs; it may be repeated.
func (c *seedCmd) Run(a *app) error {
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if err := house.Foundation(a.ctx); err != nil {
		return err
	}
	result := map[string]any{"courses": len(house.Catalog.Courses)}
	if c.Admin != "" {
		password, err := house.FirstAdmin(a.ctx, strings.TrimSpace(c.Admin))
		if err != nil {
			return err
		}
		result["admin"], result["temporary_password"] = c.Admin, password
	}
	if c.Demo {
		signIns, err := house.Demo(a.ctx, seeds.DemoOptions{Households: c.Households})
		if err != nil {
			return demoError(err)
		}
		result["sign_ins"] = signIns
	}
	return a.print(c.JSON, result, func(w io.Writer) {
		fmt.Fprintf(w, "areas and %d courses are loaded\n", len(house.Catalog.Courses))
		if p, ok := result["temporary_password"]; ok {
			fmt.Fprintf(w, "administrator %s, temporary password %s (shown once)\n", c.Admin, p)
		}
	})
}

// searchDuplicates looks where a register came in since the last search, and
// brings the page of data quality up to date with what it found.
func searchDuplicates(ctx context.Context, house *seeds.House) error {
	n, err := house.Households.SearchDue(ctx)
	if err != nil || n == 0 {
		return err
	}
	slog.Info("searched for duplicates", "communes", n)
	return house.Quality.Refresh(ctx, "duplicates")
}
