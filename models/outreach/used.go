package outreach

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

var usedTables = []store.Since{
	{"family_missions", "person_id", "created_at"},
}

// UsedSince answers which of the persons began a family mission since an instant.
func UsedSince(tx *gorm.DB, ids []models.ID, since time.Time) ([]models.ID, error) {
	return store.AnySince(tx, usedTables, ids, since)
}
