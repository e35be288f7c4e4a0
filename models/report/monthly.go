package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/place"
	"nhaso/models/store"
)

// monthlyFormats are those in which the report of a month is kept.
var monthlyFormats = []string{FormatPDF, FormatXLSX}

// Subscription is an area of which a report is kept every month.
type Subscription struct {
	AreaCode string
	AreaName string
	Since    string // civil day
}

// Monthly is a report that was made of a month, in every format kept.
type Monthly struct {
	AreaCode string
	AreaName string
	Month    string // "2026-10"
	MadeAt   time.Time
}

// Subscribe has a report made of a province or commune in the actor's reach
// every month, the last one at once. Again it changes nothing. Errors: NotFound,
// Invalid "invalid_level" for a village.
func (r *Reports) Subscribe(ctx context.Context, actor models.Actor, area coverage.Area) error {
	if err := r.reach(ctx, actor, area); err != nil {
		return err
	}
	now := r.db.Clock().Now()
	err := r.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO report_subscriptions (area_id, created_by, created_at) VALUES (?, ?, ?)", area.ID, actor.Account, now).Error
	})
	if store.IsDuplicate(err) {
		return nil
	}
	return err
}

// Unsubscribe ends it; reports that were made stay. Errors are those of Subscribe.
func (r *Reports) Unsubscribe(ctx context.Context, actor models.Actor, area coverage.Area) error {
	if err := r.reach(ctx, actor, area); err != nil {
		return err
	}
	return r.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("DELETE FROM report_subscriptions WHERE area_id = ?", area.ID).Error
	})
}

func (r *Reports) reach(ctx context.Context, actor models.Actor, area coverage.Area) error {
	if area.Level == coverage.LevelVillage {
		return models.Invalid("invalid_level")
	}
	reach, err := models.Allow(actor, models.ActReadCoverage)
	if err != nil {
		return err
	}
	ok, err := place.AreaInReach(r.db.Read(ctx), reach, area.ID)
	if err == nil && !ok {
		err = models.NotFound()
	}
	return err
}

// within is a condition on the areas of a reach.
func within(reach models.Reach) (string, []any) {
	if reach.All {
		return "1 = 1", nil
	}
	if len(reach.Areas) == 0 {
		return "1 = 0", nil
	}
	return "(a.id IN ? OR a.parent_id IN ? OR a.province_id IN ?)", []any{reach.Areas, reach.Areas, reach.Areas}
}

// List answers the areas in the actor's reach of which reports are kept, and the
// reports that were made, the newest first, at most 600.
func (r *Reports) List(ctx context.Context, actor models.Actor) ([]Subscription, []Monthly, error) {
	reach, err := models.Allow(actor, models.ActReadCoverage)
	if err != nil {
		return nil, nil, err
	}
	where, args := within(reach)
	tx := r.db.Read(ctx)
	var rows []struct {
		AreaCode, AreaName string
		CreatedAt          time.Time
	}
	err = tx.Raw(`SELECT a.code AS area_code, a.full_name AS area_name, s.created_at FROM report_subscriptions s
		JOIN areas a ON a.id = s.area_id WHERE `+where+" ORDER BY a.level DESC, a.code", args...).Scan(&rows).Error
	if err != nil {
		return nil, nil, err
	}
	subscriptions := make([]Subscription, len(rows))
	for i, s := range rows {
		subscriptions[i] = Subscription{s.AreaCode, s.AreaName, models.Day(s.CreatedAt)}
	}
	made := []Monthly{}
	err = tx.Raw(`SELECT a.code AS area_code, a.full_name AS area_name, m.month, m.made_at FROM area_reports m JOIN areas a ON a.id = m.area_id
		WHERE m.format = ? AND `+where+" ORDER BY m.month DESC, a.level DESC, a.code LIMIT 600", append([]any{FormatPDF}, args...)...).Scan(&made).Error
	for i := range made {
		made[i].MadeAt = made[i].MadeAt.UTC()
	}
	return subscriptions, made, err
}

// File answers a report of a month with its name. NotFound for one that is not
// kept or out of reach.
func (r *Reports) File(ctx context.Context, actor models.Actor, area coverage.Area, month, format string) (name string, body []byte, err error) {
	if err := r.reach(ctx, actor, area); err != nil {
		return "", nil, err
	}
	var found []struct {
		Name string
		Body []byte
	}
	err = r.db.Read(ctx).Raw("SELECT name, body FROM area_reports WHERE area_id = ? AND month = ? AND format = ?", area.ID, month, format).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = models.NotFound()
	}
	if err != nil {
		return "", nil, err
	}
	return found[0].Name, found[0].Body, nil
}

const (
	monthlyLease = "monthly_reports"
	monthlyTTL   = 2 * time.Minute
)

// RunMonthly makes the report of last month for every area that has none yet and
// lays files into the folder, if one is set. It answers how many it made; 0 when
// another process is at it.
func (r *Reports) RunMonthly(ctx context.Context) (made int, err error) {
	last := models.DayBefore(r.db.Clock().Today()[:8] + "01")
	waiting, err := r.waiting(ctx, last)
	if err != nil || len(waiting) == 0 && r.Dir == "" {
		return 0, err
	}
	lease, ok, err := r.db.Acquire(ctx, monthlyLease, r.owner, monthlyTTL)
	if err != nil || !ok {
		return 0, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
	for _, area := range waiting {
		if err := r.makeMonthly(ctx, lease, area, last); err != nil {
			return made, fmt.Errorf("report of %s: %w", area.Code, err)
		}
		made++
	}
	return made, r.layOut(ctx, last[:7])
}

// waiting are the areas without a report of the month that ends on last, as they
// were called then. An area that ended before has no more reports.
func (r *Reports) waiting(ctx context.Context, last string) ([]Area, error) {
	var rows []struct {
		ID                    models.ID
		Level, Code, Name, Up string
	}
	err := r.db.Read(ctx).Raw(`SELECT a.id, a.level, a.code, a.full_name AS name, COALESCE(p.full_name, '') AS up FROM report_subscriptions s
		JOIN areas a ON a.id = s.area_id LEFT JOIN areas p ON p.id = a.parent_id
		LEFT JOIN area_reports m ON m.area_id = a.id AND m.month = ? AND m.format = ?
		WHERE m.area_id IS NULL AND a.valid_from <= ? AND a.valid_to > ? ORDER BY a.code`, last[:7], FormatPDF, last, last).Scan(&rows).Error
	list := make([]Area, len(rows))
	for i, a := range rows {
		list[i] = Area{Area: coverage.Area{ID: a.ID, Level: a.Level}, Code: a.Code, Name: a.Name, In: a.Up}
	}
	return list, err
}

// makeMonthly writes all formats of one area's report in one transaction.
func (r *Reports) makeMonthly(ctx context.Context, lease *store.Lease, area Area, last string) error {
	rep, err := r.Of(ctx, models.System(), area, last)
	if err != nil {
		return err
	}
	now := r.db.Clock().Now()
	files := make([][]byte, len(monthlyFormats))
	for i, format := range monthlyFormats {
		var b bytes.Buffer
		if err := rep.Write(&b, format, ';', now); err != nil {
			return err
		}
		files[i] = b.Bytes()
	}
	return r.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lease.Hold(tx); err != nil {
			return err
		}
		for i, format := range monthlyFormats {
			err := tx.Exec("INSERT INTO area_reports (area_id, month, format, name, body, made_at) VALUES (?,?,?,?,?,?)",
				area.ID, last[:7], format, rep.FileName()+"."+format, files[i], now).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// layOut writes the month's reports into the folder unless they lie there: a
// file that appears is whole.
func (r *Reports) layOut(ctx context.Context, month string) error {
	if r.Dir == "" {
		return nil
	}
	dir := filepath.Join(r.Dir, month)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	var names []struct {
		AreaID       models.ID
		Format, Name string
	}
	tx := r.db.Read(ctx)
	if err := tx.Raw("SELECT area_id, format, name FROM area_reports WHERE month = ? ORDER BY name", month).Scan(&names).Error; err != nil {
		return err
	}
	for _, f := range names {
		path := filepath.Join(dir, filepath.Base(f.Name))
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			continue
		}
		var body []byte
		if err := tx.Raw("SELECT body FROM area_reports WHERE area_id = ? AND month = ? AND format = ?", f.AreaID, month, f.Format).Row().Scan(&body); err != nil {
			return err
		}
		if err := os.WriteFile(path+".part", body, 0o640); err != nil {
			return err
		}
		if err := os.Rename(path+".part", path); err != nil {
			return err
		}
	}
	return nil
}
