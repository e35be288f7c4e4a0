package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store"
	"nhaso/seeds"
)

// parallel runs fn in n goroutines and joins their errors.
func parallel(n int, fn func() error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (b *bench) emptyHouse(name string) (*seeds.House, error) {
	return b.emptyHouseAt("sqlite:" + b.file(name))
}

func (b *bench) emptyHouseAt(url string) (*seeds.House, error) {
	db, err := store.Open(b.ctx, url, b.clock)
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(b.ctx); err != nil {
		return nil, err
	}
	house := seeds.Build(db, seeds.Wiring{})
	return house, house.Foundation(b.ctx)
}

// province imports a register of the whole province and reads its coverage.
func (b *bench) province() error {
	house, err := b.emptyHouse("province.db")
	if err != nil {
		return err
	}
	defer house.DB.Close()
	villages, err := house.Villages(b.ctx)
	if err != nil {
		return err
	}
	file, err := seeds.RegisterFile(villages, b.Households, 1)
	if err != nil {
		return err
	}
	start := time.Now()
	report, err := house.Households.ImportRegister(b.ctx, house.System,
		household.RegisterFile{Source: "bench", AsOf: b.clock.Today()}, bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	took := time.Since(start)
	if report.New != b.Households {
		return fmt.Errorf("%d of %d households are new", report.New, b.Households)
	}
	floor, err := b.bareHouseholds(house, villages)
	if err != nil {
		return fmt.Errorf("floor: %w", err)
	}
	b.add(benchResult{Name: "import_households_sqlite", Value: float64(b.Households) / took.Seconds(), Floor: floor, Unit: "rows/s",
		Note: "CSV read, checked and written, one run; floor: bare multi-row INSERTs of the same columns and indexes"})
	if !b.wanted(append([]string{"coverage_read_p95"}, pagesOfCoverage...)...) {
		return nil
	}
	return b.coverageRead(house)
}

// bareHouseholds inserts as many rows into a twin of the table, 500 a
// statement and 5,000 a transaction.
func (b *bench) bareHouseholds(house *seeds.House, villages []place.Village) (float64, error) {
	pool, err := house.DB.Pool()
	if err != nil {
		return 0, err
	}
	for _, ddl := range []string{
		"CREATE TABLE bench_households (id BLOB PRIMARY KEY, code TEXT, external_ref TEXT, village_id BLOB, head_name TEXT, head_fold TEXT, register_id BLOB, state TEXT, known INT, covered INT, version INT, created_at TEXT, updated_at TEXT)",
		"CREATE UNIQUE INDEX bench_code ON bench_households (code)", "CREATE UNIQUE INDEX bench_ref ON bench_households (external_ref)",
		"CREATE INDEX bench_village ON bench_households (village_id, state, covered, known)", "CREATE INDEX bench_head ON bench_households (head_fold)",
	} {
		if _, err := pool.ExecContext(b.ctx, ddl); err != nil {
			return 0, err
		}
	}
	now := b.clock.Now()
	const row = "(?, ?, ?, ?, 'Nguyễn Văn An', 'nguyen van an', ?, 'active', 0, 0, 1, ?, ?)"
	statement := "INSERT INTO bench_households VALUES " + strings.TrimSuffix(strings.Repeat(row+",", 500), ",")
	start := time.Now()
	for n := 0; n < b.Households; n += 5000 {
		err := bareTx(b.ctx, pool, func(tx *sql.Tx) error {
			for k := n; k < min(n+5000, b.Households); k += 500 {
				args := make([]any, 0, 3500)
				for i := range 500 {
					id := models.NewID(now)
					village := villages[(k+i)*len(villages)/(b.Households+500)].ID
					args = append(args, id[:], models.NewCode(10), fmt.Sprintf("B%d", k+i), village[:], village[:], now, now)
				}
				if _, err := tx.ExecContext(b.ctx, statement, args...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return float64(b.Households) / time.Since(start).Seconds(), nil
}

// coverageRead measures the province's page over HTTP: its figures and those
// of its 54 communes, sixteen officers at once, with an unfolded tail.
func (b *bench) coverageRead(house *seeds.House) error {
	if _, err := house.Coverage.Fold(b.ctx); err != nil {
		return err
	}
	username, err := house.NewOfficer(b.ctx)
	if err != nil {
		return err
	}
	handler, err := b.handler(house)
	if err != nil {
		return err
	}
	base, stop, err := listen(handler)
	if err != nil {
		return err
	}
	defer stop()
	token, err := signIn(base, username, seeds.DemoPassword)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true}}
	pool, err := house.DB.Pool()
	if err != nil {
		return err
	}
	ours, err := b.latency(func() error {
		_, err := fetch(client, base+"/api/v1/areas/22/coverage", token)
		return err
	})
	if err != nil {
		return err
	}
	floor, err := b.latency(func() error {
		var n int
		return pool.QueryRowContext(b.ctx, "SELECT SUM(households) FROM coverage_counters WHERE level = 'commune'").Scan(&n)
	})
	if err != nil {
		return err
	}
	b.add(benchResult{Name: "coverage_read_p95", Value: ours, Floor: floor, Unit: "ms",
		Note: fmt.Sprintf("%d households, 16 clients over HTTP; floor: p95 of one bare SELECT over the commune counters", b.Households)})
	if !b.wanted(pagesOfCoverage...) {
		return nil
	}
	return b.coveragePages(house, base, token)
}

// latency answers the median over the rounds of the 95th percentile, in ms.
func (b *bench) latency(op func() error) (float64, error) {
	var p95 []float64
	for range b.Rounds {
		var mu sync.Mutex
		var all []time.Duration
		ctx, cancel := context.WithTimeout(b.ctx, time.Duration(b.Seconds*float64(time.Second)))
		err := parallel(16, func() error {
			for ctx.Err() == nil {
				start := time.Now()
				if err := op(); err != nil {
					return err
				}
				mu.Lock()
				all = append(all, time.Since(start))
				mu.Unlock()
			}
			return nil
		})
		cancel()
		if err != nil {
			return 0, err
		}
		p95 = append(p95, percentile(all, 0.95))
	}
	return median(p95), nil
}

// roster imports 5,000 pupils of one school from CSV.
func (b *bench) roster() error {
	const pupils = 5000
	house, err := b.emptyHouse("roster.db")
	if err != nil {
		return err
	}
	defer house.DB.Close()
	school, err := house.Places.CreateSchool(b.ctx, house.System, place.NewSchool{Code: "22BENCH", Name: "Trường thử", Type: "thcs", CommuneCode: "06685"})
	if err != nil {
		return err
	}
	file := seeds.RosterFile(pupils, 3)
	start := time.Now()
	read, err := people.ReadRoster(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	report, err := house.People.ImportRoster(b.ctx, house.System, people.RosterTarget{SchoolID: school.ID}, read)
	if err != nil {
		return err
	}
	if report.New != pupils {
		return fmt.Errorf("%d of %d pupils are new, %d errors", report.New, pupils, len(report.Errors))
	}
	b.add(benchResult{Name: "import_roster", Value: pupils / time.Since(start).Seconds(), Unit: "rows/s", Note: "CSV read, checked and written, one run of 5,000 rows"})
	return nil
}

// process starts this program on an existing database and measures the time
// until it is ready and its memory at rest.
func (b *bench) process() error {
	if _, err := b.emptyHouse("process.db"); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var starts, memory []float64
	for range b.Rounds {
		ready, rss, err := startOnce(b.ctx, self, b.file("process.db"))
		if err != nil {
			return err
		}
		starts, memory = append(starts, ready.Seconds()*1000), append(memory, rss)
	}
	if b.wanted("start") {
		b.add(benchResult{Name: "start", Value: median(starts), Unit: "ms", Note: "from exec to the listening line, existing SQLite database"})
	}
	if b.wanted("memory") {
		b.add(benchResult{Name: "memory", Value: median(memory), Unit: "MB", Note: "resident memory just after the start"})
	}
	return nil
}

func startOnce(ctx context.Context, self, database string) (ready time.Duration, rss float64, err error) {
	cmd := exec.CommandContext(ctx, self, "serve")
	cmd.Env = append(os.Environ(), "NHASO_ADDR=127.0.0.1:0", "NHASO_DATABASE_URL=sqlite:"+database)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer cmd.Wait() //nolint:errcheck // it was told to stop
	defer cmd.Process.Signal(os.Interrupt)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var line struct{ Msg string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			ready = time.Since(start)
			rss, err = residentMB(cmd.Process.Pid)
			return ready, rss, err
		}
	}
	return 0, 0, errors.New("the server ended before it listened")
}

// residentMB reads the resident memory of a process from the kernel.
func residentMB(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			return kb / 1024, nil
		}
	}
	return 0, errors.New("no VmRSS")
}
