package store

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// IDsSince answers which of ids stand in a column of a table in a row whose
// time column at says the instant since or later. Names are written in the
// program, never input.
func IDsSince(tx *gorm.DB, table, column, at string, ids []models.ID, since time.Time) ([]models.ID, error) {
	var found []models.ID
	for part := range slices.Chunk(ids, MaxRows) {
		var some []models.ID
		err := tx.Raw("SELECT DISTINCT "+column+" FROM "+table+" WHERE "+column+" IN ? AND "+at+" >= ?", part, since).Scan(&some).Error
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return found, nil
}

// Since names a table whose rows tell that something of ours was used: the
// table, its column of ids, its column of time.
type Since [3]string

// AnySince is IDsSince over several tables.
func AnySince(tx *gorm.DB, tables []Since, ids []models.ID, since time.Time) ([]models.ID, error) {
	var found []models.ID
	for _, t := range tables {
		some, err := IDsSince(tx, t[0], t[1], t[2], ids, since)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return found, nil
}
