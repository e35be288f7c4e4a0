package rights

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// The bounds of a period in months. What a request or a file log tells must
// outlive the clock of a complaint.
const (
	leastMonths = 1
	mostMonths  = 120
)

// PeriodNow is a period in force.
type PeriodNow struct {
	Period
	Own    int      // months of the program's own data
	Before string   // civil day: what is from before it is over
	Tables []string // in which rows go or are blanked
}

// PeriodChange is one change of a period.
type PeriodChange struct {
	ID          models.ID
	Period      string
	Months      int
	Was         int
	Reason      string
	ChangedBy   models.ID
	ChangedName string
	ChangedAt   time.Time
}

// Run is one run that was made.
type Run struct {
	ID      models.ID
	BeganAt time.Time
	EndedAt time.Time
	Erased  int64 // rows that went or were blanked
	Stubs   int64
	Broken  int // persons left alone because a proof of theirs does not hold
	Failed  int // 1: it ended with an error and goes on the next night
	Doc     string
}

// Rows answers what went, by table.
func (r Run) Rows() map[string]int64 {
	rows := map[string]int64{}
	_ = json.Unmarshal([]byte(r.Doc), &rows) // written by this room
	return rows
}

// RetentionPlan is what the administrator reads of retention.
type RetentionPlan struct {
	Periods []PeriodNow
	Changes []PeriodChange // newest first, at most 50
	Runs    []Run          // newest first, at most 30
	Next    time.Time      // when the server runs it next
}

// nightFrom is the hour in Viet Nam from which the server runs retention.
const nightFrom = 1

// NextRun answers when the server runs retention next: the next beginning of
// its night in Viet Nam.
func NextRun(now time.Time) time.Time {
	t := now.In(models.VietNam())
	next := time.Date(t.Year(), t.Month(), t.Day(), nightFrom, 0, 0, 0, models.VietNam())
	if !next.After(t) {
		next = next.AddDate(0, 0, 1)
	}
	return next.UTC()
}

// RetentionPlan answers the periods in force, their changes, the last runs and
// the next. The actor needs operate; KindForbidden for others.
func (s *Rights) RetentionPlan(ctx context.Context, actor models.Actor) (RetentionPlan, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return RetentionPlan{}, err
	}
	out := RetentionPlan{Changes: []PeriodChange{}, Runs: []Run{}, Next: NextRun(s.clock.Now())}
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		list, err := periodsNow(tx)
		if err != nil {
			return err
		}
		for i, p := range list {
			now := PeriodNow{Period: p, Own: Periods[i].Months, Before: models.Day(p.Before(s.clock.Today()))}
			if p.Key == attemptLogs {
				now.Tables = []string{"answers", "attempts", "scenario_runs"}
			}
			for _, a := range agedTables {
				if a.period == p.Key {
					now.Tables = append(now.Tables, a.table)
				}
			}
			out.Periods = append(out.Periods, now)
		}
		err = tx.Raw("SELECT id, period, months, was, reason, changed_by, changed_name, changed_at FROM retention_changes ORDER BY id DESC LIMIT 50").Scan(&out.Changes).Error
		if err != nil {
			return err
		}
		return tx.Raw("SELECT id, began_at, ended_at, erased, stubs, broken, failed, doc FROM retention_runs ORDER BY id DESC LIMIT 30").Scan(&out.Runs).Error
	})
	for i := range out.Changes {
		out.Changes[i].ChangedAt = out.Changes[i].ChangedAt.UTC()
	}
	for i := range out.Runs {
		out.Runs[i].BeganAt, out.Runs[i].EndedAt = out.Runs[i].BeganAt.UTC(), out.Runs[i].EndedAt.UTC()
	}
	return out, err
}

// periodsNow are the periods in force: the program's own, each with its last
// change.
func periodsNow(tx *gorm.DB) ([]Period, error) {
	var rows []struct {
		Period string
		Months int
	}
	if err := tx.Raw("SELECT period, months FROM retention_changes ORDER BY id").Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := slices.Clone(Periods)
	for _, r := range rows {
		for i := range list {
			if list[i].Key == r.Period {
				list[i].Months = r.Months
			}
		}
	}
	return list, nil
}

// ChangePeriod sets how many months (1 to 120) one kind of detail is kept. ID is
// made by the client: a repeat changes nothing. was is the number that was read:
// when it changed meanwhile nothing is written. It is on record. The actor needs
// operate. Errors: NotFound for a key that is none; Invalid fields body.id,
// body.months, body.reason (10 to 400 characters); KindConflict "period_changed",
// "id_taken"; KindForbidden.
func (s *Rights) ChangePeriod(ctx context.Context, actor models.Actor, id models.ID, key string, was, months int, reason string) error {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return err
	}
	reason = models.Clean(reason)
	switch n := utf8.RuneCountInString(reason); {
	case id.IsZero():
		return models.InvalidField("body.id", "required")
	case months < leastMonths || months > mostMonths:
		return models.InvalidField("body.months", "out_of_range")
	case n < 10 || n > 400:
		return models.InvalidField("body.reason", "reason_length")
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		var old []PeriodChange
		if err := tx.Raw("SELECT id, period, months FROM retention_changes WHERE id = ?", id).Scan(&old).Error; err != nil {
			return err
		}
		if len(old) > 0 {
			if old[0].Period != key || old[0].Months != months {
				return models.Conflict("id_taken")
			}
			return nil
		}
		list, err := periodsNow(tx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(p Period) bool { return p.Key == key })
		if at < 0 {
			return models.NotFound()
		}
		if list[at].Months != was {
			return models.Conflict("period_changed")
		}
		err = tx.Exec("INSERT INTO retention_changes (id, period, months, was, reason, changed_by, changed_name, changed_at) VALUES (?,?,?,?,?,?,?,?)",
			id, key, months, was, reason, actor.Account, cut(actor.Name, 120), s.clock.Now()).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		if err != nil {
			return err
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.RetentionChanged, Kind: audit.KindSystem, Subject: id,
			Detail: audit.Detail{"period": key, "months": strconv.Itoa(months), "was": strconv.Itoa(was)}})
	})
}

// keepRun writes down what a run did. A run that found nothing is kept once a
// day: the server looks several times a night.
func (s *Rights) keepRun(ctx context.Context, began time.Time, out Retention, failed bool) error {
	rows, erased := map[string]int64{}, int64(0)
	for _, e := range out.Expired {
		for table, n := range e.Rows {
			if n > 0 {
				rows[table] += n
				erased += n
			}
		}
	}
	doc, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	day, bad := models.Day(began), 0
	if failed {
		bad = 1
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		if erased == 0 && !failed && out.Broken == 0 {
			var n int
			if err := tx.Raw("SELECT COUNT(*) FROM retention_runs WHERE on_day = ?", day).Scan(&n).Error; err != nil || n > 0 {
				return err
			}
		}
		now := s.clock.Now()
		return tx.Exec("INSERT INTO retention_runs (id, on_day, began_at, ended_at, erased, stubs, broken, failed, doc) VALUES (?,?,?,?,?,?,?,?,?)",
			models.NewID(now), day, began, now, erased, out.Stubs, out.Broken, bad, string(doc)).Error
	})
}
