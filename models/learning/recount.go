package learning

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// recount tells the household of a person that a certificate was issued. The
// room household lands beside this one; until then nothing is covered.
func recount(tx *gorm.DB, person, certificateID models.ID, now time.Time) error {
	return nil
}
