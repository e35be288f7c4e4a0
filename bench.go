package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"
)

// benchResult is one figure. Floor is the same work done bare in the same run
// (0 where there is none); Ratio is Value ÷ Floor for rates, so 1 means "as
// fast as the bare thing".
type benchResult struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Floor float64 `json:"floor"`
	Ratio float64 `json:"ratio"`
	Note  string  `json:"note,omitempty"`
}

type benchReport struct {
	Results []benchResult `json:"results"`
	Skipped []string      `json:"skipped,omitempty"`
}

type benchCmd struct {
	JSON       bool     `help:"Print the result as JSON."`
	Only       []string `help:"Run only these figures (comma-separated)."`
	Households int      `help:"Households of the generated province." default:"400000"`
	Rounds     int      `help:"Rounds whose median is printed." default:"5"`
	Seconds    float64  `help:"Seconds of each round." default:"1.5"`
}

// bench is what the figures share.
type bench struct {
	*app
	benchCmd
	dir    string
	report benchReport
}

// Run measures in one process tree, in a temporary folder that it removes.
func (c *benchCmd) Run(a *app) error {
	dir, err := os.MkdirTemp("", "nhaso-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	// The access log costs what the terminal costs; it goes where a server's
	// log goes in production, away from the measurement.
	logToStdout(io.Discard)
	b := &bench{app: a, benchCmd: *c, dir: dir}
	for _, step := range []struct {
		names []string
		run   func() error
	}{
		{[]string{"lesson_read", "answer_save_sqlite", "submit_sqlite", "pulse_sqlite"}, b.learningSQLite},
		{[]string{"answer_save_mariadb", "submit_mariadb", "pulse_mariadb"}, b.learningMariaDB},
		{[]string{"import_roster"}, b.roster},
		{append([]string{"import_households_sqlite", "coverage_read_p95"}, pagesOfCoverage...), b.province},
		{[]string{"planner_commune", "planner_province"}, b.planner},
		{[]string{"planner_commune_mariadb", "planner_province_mariadb"}, b.plannerMariaDB},
		{[]string{"rebuild_province", "link_to_commune"}, b.rebuild},
		{[]string{"items_fold", "regrade_preview"}, b.items},
		{[]string{"start", "memory"}, b.process},
	} {
		if !b.wanted(step.names...) {
			continue
		}
		if err := step.run(); err != nil {
			return fmt.Errorf("%s: %w", step.names[0], err)
		}
	}
	return a.print(c.JSON, b.report, b.table)
}

func (b *bench) wanted(names ...string) bool {
	return len(b.Only) == 0 || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(b.Only, n) })
}

func (b *bench) add(r benchResult) {
	if r.Floor > 0 && r.Ratio == 0 {
		r.Ratio = r.Value / r.Floor
	}
	b.report.Results = append(b.report.Results, r)
	fmt.Fprintf(b.stderr, "%-26s %12.1f %-8s floor %12.1f ratio %.2f\n", r.Name, r.Value, r.Unit, r.Floor, r.Ratio)
}

func (b *bench) skip(why string) { b.report.Skipped = append(b.report.Skipped, why) }

func (b *bench) table(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "name\tvalue\tunit\tfloor\tratio\t")
	for _, r := range b.report.Results {
		fmt.Fprintf(t, "%s\t%.1f\t%s\t%.1f\t%.2f\t\n", r.Name, r.Value, r.Unit, r.Floor, r.Ratio)
	}
	t.Flush()
	for _, s := range b.report.Skipped {
		fmt.Fprintln(w, "not run:", s)
	}
}

// rate runs op from clients goroutines for the round's time and answers
// operations per second. op gets a number that no other call of the round has.
func (b *bench) rate(clients int, op func(client, n int) error) (float64, error) {
	ctx, cancel := context.WithTimeout(b.ctx, time.Duration(b.Seconds*float64(time.Second)))
	defer cancel()
	var next, done atomic.Int64
	var failed atomic.Pointer[error]
	start := time.Now()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for ctx.Err() == nil && failed.Load() == nil {
				if err := op(c, int(next.Add(1)-1)); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(done.Load()) / time.Since(start).Seconds(), nil
}

// versus measures ours and the floor in turn, round by round, so that a drift
// of the machine meets both; it answers both medians.
func (b *bench) versus(clients int, ours, floor func(client, n int) error) (value, bare float64, err error) {
	var a, f []float64
	for range b.Rounds {
		r, err := b.rate(clients, floor)
		if err != nil {
			return 0, 0, fmt.Errorf("floor: %w", err)
		}
		f = append(f, r)
		if r, err = b.rate(clients, ours); err != nil {
			return 0, 0, err
		}
		a = append(a, r)
	}
	return median(a), median(f), nil
}

func median(list []float64) float64 {
	s := slices.Sorted(slices.Values(list))
	if len(s)%2 == 1 {
		return s[len(s)/2]
	}
	return (s[len(s)/2-1] + s[len(s)/2]) / 2
}

// percentile answers the q-quantile (0..1) of durations in milliseconds.
func percentile(list []time.Duration, q float64) float64 {
	s := slices.Sorted(slices.Values(list))
	if len(s) == 0 {
		return 0
	}
	return float64(s[min(int(q*float64(len(s))), len(s)-1)].Microseconds()) / 1000
}

func (b *bench) file(name string) string { return filepath.Join(b.dir, name) }
