package coverage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Recount is what an area added up to when it was last counted from its
// households.
type Recount struct {
	At   time.Time
	Same bool // counters and ledger said so too
	Figures
}

const (
	recountLease = "coverage_recount"
	recountTTL   = 10 * time.Minute
)

// RecountDue counts every area from its households and writes the outcome down,
// once a civil day; it answers how many areas it counted, 0 when today's was
// made already or another process is at it. Counters and ledger stay as they
// are: a difference is for somebody to look at, and Rebuild mends it.
func (c *Coverage) RecountDue(ctx context.Context, recount Recounter) (int, error) {
	today := c.db.Clock().Today()
	var last []time.Time
	if err := c.db.Read(ctx).Raw("SELECT at FROM coverage_recounts ORDER BY at DESC LIMIT 1").Scan(&last).Error; err != nil {
		return 0, fmt.Errorf("read last recount: %w", err)
	}
	if len(last) == 1 && models.Day(last[0]) >= today {
		return 0, nil
	}
	lease, ok, err := c.db.Acquire(ctx, recountLease, c.owner, recountTTL)
	if err != nil || !ok {
		return 0, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
	now := c.db.Clock().Now()
	var found []Difference
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		t, _, err := c.tallied(tx, recount)
		found = t.all()
		return err
	})
	if err != nil {
		return 0, err
	}
	return len(found), c.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lease.Hold(tx); err != nil {
			return err
		}
		return keepRecount(tx, found, now)
	})
}

// all answers the three counts of every area in a fixed order.
func (t tally) all() []Difference {
	list := make([]Difference, 0, len(t.by))
	for _, d := range t.by {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b Difference) int { return slices.Compare(a.AreaID[:], b.AreaID[:]) })
	return list
}

func keepRecount(tx *gorm.DB, found []Difference, now time.Time) error {
	if err := tx.Exec("DELETE FROM coverage_recounts").Error; err != nil {
		return fmt.Errorf("clear recount: %w", err)
	}
	for chunk := range slices.Chunk(found, insertChunk) {
		var args []any
		for _, d := range chunk {
			same := 0
			if d.Counted == d.Recounted && d.Ledger == d.Recounted {
				same = 1
			}
			args = append(append(args, d.AreaID, d.Level, now, same), d.Recounted.args()...)
		}
		row := "(?,?,?,?" + strings.Repeat(",?", len(figureNames)) + "),"
		err := tx.Exec("INSERT INTO coverage_recounts (area_id, level, at, same, "+figureColumns+") VALUES "+
			strings.TrimSuffix(strings.Repeat(row, len(chunk)), ","), args...).Error
		if err != nil {
			return fmt.Errorf("write recount: %w", err)
		}
	}
	return nil
}

// recountOf answers the last recount of an area; nil when there was none.
func recountOf(tx *gorm.DB, area Area) (*Recount, error) {
	var rows []Recount
	err := tx.Raw("SELECT at, same, "+figureColumns+" FROM coverage_recounts WHERE area_id = ?", area.ID).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read recount: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &rows[0], nil
}
