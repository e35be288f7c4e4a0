package consent

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The kinds of restriction.
const (
	Restricted = "restricted" // by request, until it is lifted
	Erased     = "erased"     // for good
)

// Restriction says that a person is named nowhere beyond the school and that
// nothing new is processed of them.
type Restriction struct {
	PersonID  models.ID
	Kind      string
	RequestID models.ID
	Since     time.Time
}

// Restrict begins a restriction. One that was erased stays erased; repeating it
// changes nothing.
func Restrict(tx *gorm.DB, person models.ID, kind string, request models.ID, now time.Time) error {
	if kind == Erased {
		if err := tx.Exec("DELETE FROM person_restrictions WHERE person_id = ? AND kind = ?", person, Restricted).Error; err != nil {
			return err
		}
	}
	err := tx.Exec("INSERT INTO person_restrictions (person_id, kind, request_id, since) VALUES (?, ?, ?, ?)", person, kind, request, now).Error
	if store.IsDuplicate(err) {
		return nil
	}
	return err
}

// Unrestrict lifts a restriction. The error is Conflict "not_restricted" when
// there is none that can be lifted.
func Unrestrict(tx *gorm.DB, person models.ID) error {
	return store.One(tx.Exec("DELETE FROM person_restrictions WHERE person_id = ? AND kind = ?", person, Restricted),
		models.Conflict("not_restricted"))
}

// RestrictionOf answers a person's restriction, nil without one.
func RestrictionOf(tx *gorm.DB, person models.ID) (*Restriction, error) {
	var rows []Restriction
	err := tx.Raw("SELECT * FROM person_restrictions WHERE person_id = ?", person).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	rows[0].Since = rows[0].Since.UTC()
	return &rows[0], nil
}

// FreeSQL is the condition that a column holds a person of whom processing is
// not restricted. column is a name written in the program, never input.
func FreeSQL(column string) string {
	return "NOT EXISTS (SELECT 1 FROM person_restrictions pr WHERE pr.person_id = " + column + ")"
}

// LookupSQL is the condition under which a name is shown to somebody who gave a
// reason for looking: nobody withdrew, nothing is restricted. It is wider than
// ShownSQL, in which silence withholds a name.
func LookupSQL(column string) (where string, args []any) {
	return FreeSQL(column) + " AND NOT EXISTS (SELECT 1 FROM consent_states lc WHERE lc.person_id = " + column +
		" AND lc.kind = ? AND (lc.child = -1 OR lc.guardian = -1))", []any{AreaNames}
}

// hideRestricted takes the restricted out of those who are shown.
func hideRestricted(tx *gorm.DB, shown map[models.ID]bool, persons []models.ID) error {
	for part := range slices.Chunk(persons, maxPersons) {
		var rows []struct{ PersonID models.ID }
		if err := tx.Raw("SELECT person_id FROM person_restrictions WHERE person_id IN ?", part).Scan(&rows).Error; err != nil {
			return fmt.Errorf("ask for restrictions: %w", err)
		}
		for _, r := range rows {
			shown[r.PersonID] = false
		}
	}
	return nil
}
