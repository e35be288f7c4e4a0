package household

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/store"
)

// RecountPerson recounts the household of the person's confirmed link, if there
// is one: after a skill was passed or a certificate was issued, revoked or
// reinstated in the same transaction. It may answer store.ErrRetry.
func RecountPerson(tx *gorm.DB, personID models.ID, cause string, causeID models.ID, now time.Time) error {
	return RecountPersons(tx, []Reason{{personID, cause, causeID}}, now)
}

// Reason is why the household of a person is counted anew.
type Reason struct {
	PersonID models.ID
	Cause    string // ≤24 characters
	CauseID  models.ID
}

// RecountPersons is RecountPerson for everybody of one commit: what it costs
// grows with the households, not with the persons. Each person stands in the
// list once.
func RecountPersons(tx *gorm.DB, reasons []Reason, now time.Time) error {
	for part := range slices.Chunk(reasons, store.MaxRows/2) {
		if err := recountPart(tx, part, now); err != nil {
			return err
		}
	}
	return nil
}

func recountPart(tx *gorm.DB, reasons []Reason, now time.Time) error {
	persons, why := make([]models.ID, len(reasons)), make(map[models.ID]Reason, len(reasons))
	for i, r := range reasons {
		persons[i], why[r.PersonID] = r.PersonID, r
	}
	// Also without a link: one may be on its way to being confirmed.
	if err := guardAll(tx, persons); err != nil {
		return err
	}
	var homes []struct {
		PersonID models.ID
		Home     Household `gorm:"embedded"`
	}
	err := tx.Raw("SELECT l.person_id, "+householdColumns+` FROM household_links l JOIN households h ON h.id = l.household_id
		WHERE l.person_id IN ? AND l.live = 1 AND l.state = ? ORDER BY h.id, l.person_id`, persons, Confirmed).Scan(&homes).Error
	if err != nil || len(homes) == 0 {
		return err
	}
	ids := make([]models.ID, len(homes))
	for i, h := range homes {
		ids[i] = h.Home.ID
	}
	decided, err := decide(tx, ids)
	if err != nil {
		return err
	}
	var deltas []coverage.Delta
	for i, h := range homes {
		if i > 0 && homes[i-1].Home.ID == h.Home.ID {
			continue // siblings
		}
		change, err := settle(tx, h.Home, decided[h.Home.ID], now)
		if err != nil {
			return err
		}
		reason := why[h.PersonID]
		deltas = append(deltas, delta(h.Home, change, models.Day(now), reason.Cause, reason.CauseID))
	}
	return coverage.RecordMany(tx, deltas, now)
}
