package outreach

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// maxHistory is how many visits of one household are shown.
const maxHistory = 100

// HouseholdVisits lists the visits of a household in all campaigns, the newest
// first, at most 100, with those that were kept and do not count. Two members
// who wrote at once are two rows; visits of a household that was merged into
// this one are among them. The actor needs read_visits with the
// household's village in reach, otherwise NotFound.
func (o *Outreach) HouseholdVisits(ctx context.Context, actor models.Actor, household models.ID) ([]Visit, error) {
	reach, err := models.Allow(actor, models.ActReadVisits)
	if err != nil {
		return nil, err
	}
	list := []Visit{}
	err = o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		var villages []models.ID
		if err := tx.Raw("SELECT village_id FROM households WHERE id = ?", household).Scan(&villages).Error; err != nil {
			return fmt.Errorf("read household: %w", err)
		}
		if len(villages) == 0 {
			return models.NotFound()
		}
		ok, err := place.InReach(tx, reach, villages[0])
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		list, err = visitRows(tx.Raw(visitSelect+`WHERE v.household_id = ? OR v.household_id IN (SELECT gone_id FROM household_merges WHERE kept_id = ? AND live = 1)
			ORDER BY v.visited_at DESC, v.id DESC LIMIT ?`, household, household, maxHistory))
		return err
	})
	return list, err
}
