package household

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

var usedTables = []store.Since{
	{"household_links", "person_id", "claimed_at"}, {"household_links", "person_id", "decided_at"},
}

// UsedSince answers which of the persons have a household link that was claimed
// or decided since an instant.
func UsedSince(tx *gorm.DB, ids []models.ID, since time.Time) ([]models.ID, error) {
	return store.AnySince(tx, usedTables, ids, since)
}
