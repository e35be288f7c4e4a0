package certificate

import (
	"context"
	"strconv"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
)

// Printed puts papers with whole names on record before they are handed over:
// one entry each, or one for a class. class is zero for a single paper.
func (c *Certificates) Printed(ctx context.Context, actor models.Actor, list []Issued, class models.ID) error {
	if len(list) == 0 {
		return nil
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		if !class.IsZero() {
			return audit.Append(tx, actor, audit.Entry{Act: audit.PaperPrinted, Kind: audit.KindClass, Subject: class, School: list[0].SchoolID,
				Detail: audit.Detail{"papers": strconv.Itoa(len(list))}})
		}
		for _, i := range list {
			err := audit.Append(tx, actor, audit.Entry{Act: audit.PaperPrinted, Kind: audit.KindCertificate, Subject: i.ID, School: i.SchoolID})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
