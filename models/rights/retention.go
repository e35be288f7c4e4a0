package rights

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/learning"
	"nhaso/models/place"
	"nhaso/models/store"
)

//go:embed retention.json
var rawPeriods []byte

// Period says how long one kind of detail is kept.
type Period struct {
	Key    string `json:"key"`
	Months int    `json:"months"`
	From   string `json:"from"` // "event", or "school_year": from the end of the school year of the event
	Source string `json:"source"`
	Sure   bool   `json:"sure"`
}

// Periods are the program's own periods; RetentionPlan answers those in force.
var Periods = func() (list []Period) {
	if err := json.Unmarshal(rawPeriods, &list); err != nil {
		panic(err) // the file is part of the program
	}
	return list
}()

// The keys of periods.
const attemptLogs = "attempt_logs"

// Before answers the instant before which details are over on a civil day.
func (p Period) Before(today string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, today, models.VietNam())
	if err != nil {
		return time.Time{} // nothing is over
	}
	if p.From != "school_year" {
		return t.AddDate(0, -p.Months, 0).UTC()
	}
	// The school year of a day that lies months back is not over by then; the one
	// before it is.
	year := place.SchoolYear(t.AddDate(0, -p.Months, 0).Format(time.DateOnly))
	begins, err := strconv.Atoi(year[:4])
	if err != nil {
		return time.Time{}
	}
	first := time.Date(begins, 8, 1, 0, 0, 0, 0, models.VietNam())
	return first.UTC()
}

// aged is a table of which a period makes rows go or blanks them.
type aged struct {
	period, table, where string // where takes the instant once
	blank                string // empty: the rows go
	key                  string
}

var agedTables = []aged{
	{"practice_logs", "practice_answers", "answered_at < ?", "", "id"},
	{"practice_logs", "drill_runs", "done_at < ?", "", "id"},
	{"practice_logs", "placements", "taken_at < ?", "", "id"},
	{"practice_logs", "family_missions", "created_at < ? AND log IS NOT NULL", "log = NULL", "id"},
	{"lesson_logs", "session_decisions", "decided_at < ?", "", "id"},
	{"lesson_logs", "question_reports", "reported_at < ? AND note <> ''", "note = ''", "id"},
	{"sign_in_records", "refresh_tokens", "expires_at < ?", "", "id"},
	{"sign_in_records", "lesson_tries", "last_at < ?", "", "session_id"},
	{"import_diffs", "roster_imports", "imported_at < ? AND (undo_doc IS NOT NULL OR kept_doc IS NOT NULL)", "undo_doc = NULL, kept_doc = NULL", "id"},
	{"transfer_forms", "school_transfers", "asked_at < ? AND live IS NULL AND typed_name <> ''", "typed_name = '', typed_birth = '', typed_code = ''", "id"},
	{"export_logs", "export_log", "made_at < ?", "", "id"},
	{"request_texts", "data_requests", "closed_at < ? AND (note <> '' OR answer <> '' OR wishes <> '{}')", "note = '', answer = '', wishes = '{}'", "id"},
	{"request_texts", "name_lookups", "ends_at < ? AND note <> ''", "note = ''", "id"},
}

// Expired says what one period brought, or would bring.
type Expired struct {
	Key    string           `json:"key"`
	Before string           `json:"before"` // civil day
	Months int              `json:"months"`
	Rows   map[string]int64 `json:"rows"` // by table
	Held   map[string]int64 `json:"held"` // of a dry run: how many rows each table holds
}

// Retention is the outcome of one run.
type Retention struct {
	DryRun  bool      `json:"dry_run"`
	Expired []Expired `json:"expired"`
	Stubs   int64     `json:"stubs"`  // passes whose proof a stub carries from now on
	Broken  int       `json:"broken"` // persons left alone because a proof of theirs does not hold
}

const (
	retentionLease = "retention"
	retentionTTL   = 5 * time.Minute
	retentionPart  = 500 // rows in one transaction
	personsPart    = 25  // persons in one transaction: proofs are graded again
)

// Retain erases what is over, or counts it when dry. Certificates, passes and
// every figure stay. One process does it at a time: the error is
// KindUnavailable "busy" while another holds the lease. Who may not operate the
// system gets KindForbidden.
func (s *Rights) Retain(ctx context.Context, actor models.Actor, dry bool) (Retention, error) {
	out := Retention{DryRun: dry, Expired: []Expired{}}
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return out, err
	}
	if dry {
		return out, s.countAged(ctx, &out)
	}
	lease, ok, err := s.db.Acquire(ctx, retentionLease, s.owner, retentionTTL)
	if err == nil && !ok {
		err = &models.Error{Kind: models.KindUnavailable, Code: "busy", RetryAfter: 60}
	}
	if err != nil {
		return out, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
	began := s.clock.Now()
	err = s.expireAll(ctx, actor, lease, &out)
	if kept := s.keepRun(context.WithoutCancel(ctx), began, out, err != nil); err == nil {
		err = kept
	}
	return out, err
}

// expireAll takes one period after the other.
func (s *Rights) expireAll(ctx context.Context, actor models.Actor, lease *store.Lease, out *Retention) error {
	periods, err := periodsNow(s.db.Read(ctx))
	if err != nil {
		return err
	}
	for _, p := range periods {
		e := p.expired(s.clock.Today())
		before := p.Before(s.clock.Today())
		if p.Key == attemptLogs {
			err = s.expireLogs(ctx, actor, lease, before, &e, out)
		} else {
			err = s.expireTables(ctx, actor, lease, p.Key, before, &e)
		}
		out.Expired = append(out.Expired, e)
		if err != nil {
			return fmt.Errorf("expire %s: %w", p.Key, err)
		}
	}
	return nil
}

func (p Period) expired(today string) Expired {
	return Expired{Key: p.Key, Before: models.Day(p.Before(today)), Months: p.Months, Rows: map[string]int64{}, Held: map[string]int64{}}
}

func (s *Rights) countAged(ctx context.Context, out *Retention) error {
	tx, today := s.db.Read(ctx), s.clock.Today()
	periods, err := periodsNow(tx)
	if err != nil {
		return err
	}
	for _, p := range periods {
		e, before := p.expired(today), p.Before(today)
		if p.Key == attemptLogs {
			n, err := learning.CountLogs(tx, before)
			if err != nil {
				return err
			}
			e.Rows["attempts"], e.Rows["answers"], e.Rows["scenario_runs"] = n.Attempts, n.Answers, n.Runs
			for table := range e.Rows {
				var held int64
				if err := tx.Raw("SELECT COUNT(*) FROM " + table).Scan(&held).Error; err != nil {
					return err
				}
				e.Held[table] = held
			}
		}
		for _, a := range agedTables {
			if a.period != p.Key {
				continue
			}
			var n, held int64
			if err := tx.Raw("SELECT COUNT(*) FROM "+a.table+" WHERE "+a.where, before).Scan(&n).Error; err != nil {
				return err
			}
			if err := tx.Raw("SELECT COUNT(*) FROM " + a.table).Scan(&held).Error; err != nil {
				return err
			}
			e.Rows[a.table], e.Held[a.table] = n, held
		}
		out.Expired = append(out.Expired, e)
	}
	return nil
}

// expireTables takes the tables of one period, part by part.
func (s *Rights) expireTables(ctx context.Context, actor models.Actor, lease *store.Lease, key string, before time.Time, e *Expired) error {
	for _, a := range agedTables {
		if a.period != key {
			continue
		}
		for {
			var n int64
			err := s.db.Tx(ctx, func(tx *gorm.DB) error {
				if err := lease.Hold(tx); err != nil {
					return err
				}
				var err error
				if n, err = a.take(tx, before); err != nil || n == 0 {
					return err
				}
				return audit.Append(tx, actor, audit.Entry{Act: audit.RetentionRun, Kind: audit.KindSystem,
					Detail: audit.Detail{"period": key, "table": a.table, "rows": strconv.FormatInt(n, 10)}})
			})
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
			e.Rows[a.table] += n
		}
	}
	return nil
}

// take erases or blanks one part.
func (a aged) take(tx *gorm.DB, before time.Time) (int64, error) {
	var ids []models.ID
	err := tx.Raw("SELECT DISTINCT "+a.key+" FROM "+a.table+" WHERE "+a.where+" ORDER BY "+a.key+" LIMIT ?", before, retentionPart).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	change := "DELETE FROM " + a.table
	if a.blank != "" {
		change = "UPDATE " + a.table + " SET " + a.blank
	}
	res := tx.Exec(change+" WHERE "+a.key+" IN ? AND "+a.where, ids, before)
	return res.RowsAffected, res.Error
}

// expireLogs takes the answers of quizzes and the logs of runs, person by
// person; what a pass rests on is checked first and a stub takes its place. A
// person whose proof does not hold is left alone and counted.
func (s *Rights) expireLogs(ctx context.Context, actor models.Actor, lease *store.Lease, before time.Time, e *Expired, out *Retention) error {
	last := models.ID{}
	for {
		persons, err := learning.Aged(s.db.Read(ctx), before, last, personsPart)
		if err != nil || len(persons) == 0 {
			return err
		}
		last = persons[len(persons)-1]
		err = s.expirePersons(ctx, actor, lease, persons, before, e, out)
		if models.CodeOf(err) != "proof_broken" {
			if err != nil {
				return err
			}
			continue
		}
		for _, p := range persons { // one of them: find out who
			err := s.expirePersons(ctx, actor, lease, []models.ID{p}, before, e, out)
			if models.CodeOf(err) == "proof_broken" {
				slog.ErrorContext(ctx, "a proof does not hold; details are not erased", "person", p)
				out.Broken++
				continue
			}
			if err != nil {
				return err
			}
		}
	}
}

func (s *Rights) expirePersons(ctx context.Context, actor models.Actor, lease *store.Lease, persons []models.ID, before time.Time, e *Expired, out *Retention) error {
	var sum learning.Logs
	var stubs int64
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lease.Hold(tx); err != nil {
			return err
		}
		sum, stubs = learning.Logs{}, 0
		now := s.clock.Now()
		cause := models.NewID(now)
		for _, p := range persons {
			n, err := s.learning.ExpireLogs(ctx, tx, p, cause, before, now)
			if err != nil {
				return err
			}
			sum.Attempts, sum.Answers, sum.Runs = sum.Attempts+n.Attempts, sum.Answers+n.Answers, sum.Runs+n.Runs
		}
		if err := tx.Raw("SELECT COUNT(*) FROM proof_stubs WHERE cause_id = ?", cause).Scan(&stubs).Error; err != nil {
			return err
		}
		root, err := certificate.Root(tx, cause)
		if err != nil {
			return err
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.RetentionRun, Kind: audit.KindSystem, Subject: cause, Detail: audit.Detail{
			"period": attemptLogs, certificate.RootKey: root, "attempts": strconv.FormatInt(sum.Attempts, 10),
			"answers": strconv.FormatInt(sum.Answers, 10), "runs": strconv.FormatInt(sum.Runs, 10)}})
	})
	if err != nil {
		return err
	}
	e.Rows["attempts"] += sum.Attempts
	e.Rows["answers"] += sum.Answers
	e.Rows["scenario_runs"] += sum.Runs
	out.Stubs += stubs
	return nil
}
