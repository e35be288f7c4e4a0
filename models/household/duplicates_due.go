package household

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

const (
	searchLease = "household_duplicates"
	searchTTL   = 10 * time.Minute
)

// SearchDue looks for duplicates in every commune whose register was imported
// since the last search there, and answers how many communes it searched; 0
// also when another process is at it. What it finds waits on the commune's list,
// as if its officer had searched.
func (s *Households) SearchDue(ctx context.Context) (int, error) {
	due, err := searchesDue(s.db.Read(ctx))
	if err != nil || len(due) == 0 {
		return 0, err
	}
	lease, ok, err := s.db.Acquire(ctx, searchLease, models.NewID(s.db.Clock()()), searchTTL)
	if err != nil || !ok {
		return 0, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
	for n, commune := range due {
		if err := s.db.Tx(ctx, func(tx *gorm.DB) error { return lease.Hold(tx) }); err != nil {
			return n, err
		}
		if _, err := s.FindDuplicates(ctx, models.System(), commune); err != nil {
			return n, err
		}
	}
	return len(due), nil
}

// searchesDue answers the communes whose register is newer than the last search
// of the commune or of its province.
func searchesDue(tx *gorm.DB) ([]models.ID, error) {
	var due []models.ID
	err := tx.Raw(`SELECT ra.area_id FROM register_areas ra JOIN household_registers r ON r.id = ra.register_id AND r.finished_at IS NOT NULL
		JOIN areas a ON a.id = ra.area_id
		WHERE NOT EXISTS (SELECT 1 FROM duplicate_scans d WHERE d.area_id IN (a.id, a.province_id) AND d.scanned_at >= r.finished_at)
		ORDER BY a.code`).Scan(&due).Error
	if err != nil {
		return nil, fmt.Errorf("look for searches that are due: %w", err)
	}
	return due, nil
}
