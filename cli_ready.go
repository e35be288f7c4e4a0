package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"nhaso/models/people"
	"nhaso/models/school"
)

type readyCmd struct {
	JSON    bool    `help:"Print the result as JSON."`
	Seconds float64 `help:"Seconds of each part." default:"5"`
}

type readyReport struct {
	school.Capacity
	school.MachineVerdict
}

// readySavers is how many saves wait at the same time: a large class.
const readySavers = 48

// Run measures on the configured database, beside whatever else the machine
// does now; what it writes it removes.
func (c *readyCmd) Run(a *app) error {
	if c.Seconds < 0.1 || c.Seconds > 60 {
		return usageError{"--seconds: 0.1 to 60"}
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	var r readyReport
	save, clean := house.School.Saver()
	r.Saves, err = perSecond(a.ctx, c.Seconds, readySavers, save)
	if err = errors.Join(err, clean(context.WithoutCancel(a.ctx))); err != nil {
		return fmt.Errorf("saves: %w", err)
	}
	hasher := people.NewHasher(people.DefaultCost)
	r.SignIns, err = perSecond(a.ctx, c.Seconds, people.DefaultCost.Parallel, func(ctx context.Context, _ int) error {
		_, err := hasher.Hash(ctx, "một mật khẩu dài")
		return err
	})
	if err != nil {
		return fmt.Errorf("sign-ins: %w", err)
	}
	if r.Flushes, err = flushes(a.ctx, a.cfg.DataDir, c.Seconds); err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	r.MachineVerdict = school.JudgeMachine(r.Capacity)
	return a.print(c.JSON, r, r.plain)
}

func (r readyReport) plain(w io.Writer) {
	fmt.Fprintf(w, "This machine carries about %d pupils at once.\n\n", r.Pupils)
	fmt.Fprintf(w, "%8.0f  saves a second      enough for %d pupils who save every 20 s (a quarter is counted on)\n", r.Saves, r.BySaves)
	fmt.Fprintf(w, "%8.1f  sign-ins a second   enough for %d pupils who all sign in within 3 minutes (70 %% is counted on)\n", r.SignIns, r.BySignIn)
	fmt.Fprintf(w, "%8.0f  disk flushes a second\n\n", r.Flushes)
	if r.LimitedBy == "sign_in" {
		fmt.Fprintln(w, "Signing in is the limit: let classes begin five minutes apart, or use a machine with more processors.")
	} else {
		fmt.Fprintln(w, "Saving is the limit: put the database on an SSD, and stop other programs that write.")
	}
	fmt.Fprintln(w, "It says nothing about the school's network: open /school/ready there.")
}

// perSecond runs work in several goroutines for a while and answers how often a
// second it succeeded. The first error ends it.
func perSecond(ctx context.Context, seconds float64, workers int, work func(ctx context.Context, worker int) error) (float64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var n atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workers)
	begin := time.Now()
	end := begin.Add(time.Duration(seconds * float64(time.Second)))
	for i := range workers {
		wg.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				if errs[i] = work(ctx, i); errs[i] != nil {
					cancel()
					return
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return 0, err
		}
	}
	return float64(n.Load()) / time.Since(begin).Seconds(), ctx.Err()
}

// flushes writes pages of 4 KiB into a file of its own and waits for the disk
// after each.
func flushes(ctx context.Context, dir string, seconds float64) (float64, error) {
	f, err := os.CreateTemp(dir, "ready-*.tmp")
	if err != nil {
		return 0, err
	}
	defer os.Remove(filepath.Clean(f.Name()))
	defer f.Close()
	page := make([]byte, 4096)
	return perSecond(ctx, min(seconds, 2), 1, func(context.Context, int) error {
		if _, err := f.WriteAt(page, 0); err != nil {
			return err
		}
		return f.Sync()
	})
}

type todoCmd struct {
	Load todoLoadCmd `cmd:"" help:"Replace the seasonal to-do list of schools; without a file the one that ships comes back."`
}

type todoLoadCmd struct {
	File string `arg:"" optional:"" help:"YAML file; see docs/operations.md."`
	JSON bool   `help:"Print the result as JSON."`
}

// Run checks the file and stores it; servers show it with the next request.
func (c *todoLoadCmd) Run(a *app) error {
	var file []byte
	if c.File != "" {
		var err error
		if file, err = os.ReadFile(c.File); err != nil {
			return err
		}
		if len(file) == 0 {
			return errors.New("the file is empty; leave it out to bring the list back that ships")
		}
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	n, err := house.School.LoadTodo(a.ctx, house.System, file)
	if err != nil {
		return err
	}
	return a.print(c.JSON, map[string]int{"items": n}, func(w io.Writer) { fmt.Fprintf(w, "%d items\n", n) })
}
