// Package quality looks at what lies in the database with a suspicious eye:
// links that nobody decided, quizzes faster than anybody reads, lessons at
// night, registers that have grown old. Every night it writes down what it
// found, each with whose it is and what to do about it. A finding is a question
// to somebody, never a verdict: nothing is taken from anybody by it.
//
// What counts as suspicious are numbers in checks.json, which an operator may
// replace.
package quality

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
)

// Quality finds and shows.
type Quality struct {
	db    *store.DB
	clock models.Clock
	learn *learning.Learning
	owner models.ID // names this process in the lease row
}

// New makes the room.
func New(db *store.DB, learn *learning.Learning) *Quality {
	return &Quality{db: db, clock: db.Clock(), learn: learn, owner: models.NewID(db.Clock().Now())}
}

// Finding is one thing that looks wrong. Subject is what it is about: a link,
// attempt, session, village, school or area; the places are those from which
// it is seen.
type Finding struct {
	Check     string
	Subject   models.ID
	CommuneID models.ID
	SchoolID  models.ID
	ClassID   models.ID
	VillageID models.ID
	Household models.ID
	Value     int    // days, seconds, a count or a hundredth, as the check says
	Day       string // civil day of what it is about; may be empty
}

const (
	leaseName = "quality_run"
	leaseTTL  = 10 * time.Minute
	insertAt  = 50 // findings in one INSERT
	mostOf    = 20_000
)

// Ran says what a run found.
type Ran struct {
	RunID    models.ID      `json:"run_id"`
	At       time.Time      `json:"at"`
	Findings map[string]int `json:"findings"` // by check
}

// RunDue runs unless today's run was made already; it answers nil then, and
// when another process is at it.
func (q *Quality) RunDue(ctx context.Context) (*Ran, error) {
	var last []string
	if err := q.db.Read(ctx).Raw("SELECT day FROM quality_runs ORDER BY day DESC LIMIT 1").Scan(&last).Error; err != nil {
		return nil, fmt.Errorf("read last run: %w", err)
	}
	if len(last) == 1 && last[0] >= q.clock.Today() {
		return nil, nil
	}
	return q.run(ctx)
}

// Run looks at everything anew and replaces the findings of the run before.
// For operators; KindForbidden for others, KindUnavailable "busy" while another
// process runs.
func (q *Quality) Run(ctx context.Context, actor models.Actor) (Ran, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return Ran{}, err
	}
	ran, err := q.run(ctx)
	if err == nil && ran == nil {
		err = &models.Error{Kind: models.KindUnavailable, Code: "busy", RetryAfter: 60}
	}
	if err != nil {
		return Ran{}, err
	}
	return *ran, nil
}

func (q *Quality) run(ctx context.Context) (*Ran, error) {
	lease, ok, err := q.db.Acquire(ctx, leaseName, q.owner, leaseTTL)
	if err != nil || !ok {
		return nil, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
	checks, err := checksOf(q.db.Read(ctx))
	if err != nil {
		return nil, err
	}
	ran := &Ran{RunID: models.NewID(q.clock.Now()), At: q.clock.Now(), Findings: map[string]int{}}
	var all []Finding
	for _, c := range checks {
		found, err := q.look(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", c.Key, err)
		}
		found = found[:min(len(found), mostOf)]
		ran.Findings[c.Key] = len(found)
		all = append(all, found...)
	}
	return ran, q.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lease.Hold(tx); err != nil {
			return err
		}
		return q.write(tx, *ran, all)
	})
}

// Refresh runs one check anew and replaces what it found, between two nightly
// runs, for whoever has just changed what it looks at. Before the first run, and
// while another process runs, it does nothing.
func (q *Quality) Refresh(ctx context.Context, key string) error {
	var ran []models.ID
	if err := q.db.Read(ctx).Raw("SELECT id FROM quality_runs LIMIT 1").Scan(&ran).Error; err != nil || len(ran) == 0 {
		return err
	}
	lease, ok, err := q.db.Acquire(ctx, leaseName, q.owner, leaseTTL)
	if err != nil || !ok {
		return err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
	checks, err := checksOf(q.db.Read(ctx))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(checks, func(c Check) bool { return c.Key == key })
	if i < 0 {
		return nil // the operator does not want it
	}
	found, err := q.look(ctx, checks[i])
	if err != nil {
		return fmt.Errorf("check %s: %w", key, err)
	}
	return q.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lease.Hold(tx); err != nil {
			return err
		}
		return replace(tx, q.clock.Now(), "check_key = ?", []any{key}, found[:min(len(found), mostOf)])
	})
}

// look runs one check in its own view of the database.
func (q *Quality) look(ctx context.Context, c Check) (found []Finding, err error) {
	look := lookers[c.Key]
	err = q.db.Snapshot(ctx, func(tx *gorm.DB) error {
		found, err = look(search{Quality: q, ctx: ctx, tx: tx, Check: c, today: q.clock.Today(), now: q.clock.Now()})
		return err
	})
	for i := range found {
		found[i].Check = c.Key
	}
	return found, err
}

// write replaces what was found; the day on which a thing was first found stays.
func (q *Quality) write(tx *gorm.DB, ran Ran, all []Finding) error {
	if err := replace(tx, ran.At, "1 = 1", nil, all); err != nil {
		return err
	}
	err := tx.Exec("INSERT INTO quality_runs (id, day, at, findings) VALUES (?,?,?,?)", ran.RunID, models.Day(ran.At), ran.At, len(all)).Error
	if err != nil {
		return fmt.Errorf("write run: %w", err)
	}
	return nil
}

// replace puts findings in the place of those that where names.
func replace(tx *gorm.DB, now time.Time, where string, args []any, all []Finding) error {
	first, err := firstSeen(tx)
	if err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM quality_findings WHERE "+where, args...).Error; err != nil {
		return fmt.Errorf("clear findings: %w", err)
	}
	today := models.Day(now)
	for start := 0; start < len(all); start += insertAt {
		var args []any
		values := ""
		for _, f := range all[start:min(start+insertAt, len(all))] {
			seen := first[findingKey{f.Check, f.Subject}]
			if seen == "" {
				seen = today
			}
			values += "(?,?,?,?,?,?,?,?,?,?,?),"
			args = append(args, models.NewID(now), f.Check, f.Subject, f.CommuneID, f.SchoolID, f.ClassID, f.VillageID, f.Household, f.Value, f.Day, seen)
		}
		err := tx.Exec(`INSERT INTO quality_findings (id, check_key, subject_id, commune_id, school_id, class_id, village_id, household_id, value, on_date, first_seen)
			VALUES `+values[:len(values)-1], args...).Error
		if err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
	}
	return nil
}

type findingKey struct {
	check   string
	subject models.ID
}

func firstSeen(tx *gorm.DB) (map[findingKey]string, error) {
	var rows []struct {
		CheckKey  string
		SubjectID models.ID
		FirstSeen string
	}
	if err := tx.Raw("SELECT check_key, subject_id, first_seen FROM quality_findings").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	first := make(map[findingKey]string, len(rows))
	for _, r := range rows {
		first[findingKey{r.CheckKey, r.SubjectID}] = r.FirstSeen
	}
	return first, nil
}
