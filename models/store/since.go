package store

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Since names a table whose rows tell that a person or a class was used: the
// table, its column of ids, and its column of time; without a time column any
// row tells it. Names are written in the program, never input.
type Since struct{ Table, ID, At string }

// UsedSince answers which of ids stand in one of the tables in a row of the
// instant since or later.
func UsedSince(tx *gorm.DB, tables []Since, ids []models.ID, since time.Time) ([]models.ID, error) {
	var found []models.ID
	for _, t := range tables {
		query := "SELECT DISTINCT " + t.ID + " FROM " + t.Table + " WHERE " + t.ID + " IN ?"
		for part := range slices.Chunk(ids, MaxRows) {
			args := []any{part}
			if t.At != "" {
				args = append(args, since)
			}
			var some []models.ID
			if err := tx.Raw(query+t.later(), args...).Scan(&some).Error; err != nil {
				return nil, err
			}
			found = append(found, some...)
		}
	}
	return found, nil
}

func (t Since) later() string {
	if t.At == "" {
		return ""
	}
	return " AND " + t.At + " >= ?"
}
