package certificate

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

var usedTables = []store.Since{
	{"skill_passes", "person_id", "passed_at"}, {"certificates", "person_id", "issued_at"},
}

// UsedSince answers which of the persons passed a skill or were issued a
// completion confirmation since an instant.
func UsedSince(tx *gorm.DB, ids []models.ID, since time.Time) ([]models.ID, error) {
	return store.AnySince(tx, usedTables, ids, since)
}
