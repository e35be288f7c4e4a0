package people

import (
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Corrected is one field of a person that was changed.
type Corrected struct {
	Field    string `json:"field"` // full_name, birth_date, gender, ministry_code
	Old, New string `json:"-"`
}

// CorrectPerson writes what a person asked to be mended; wishes are new values
// by field. The name of the account follows. It answers only what really
// changed. Errors: Invalid naming body.wishes.<field>; KindConflict
// "person_exists" for a ministry code that is somebody else's; NotFound.
func CorrectPerson(tx *gorm.DB, person models.ID, wishes map[string]string) ([]Corrected, error) {
	p, err := PersonByID(tx, person)
	if err != nil {
		return nil, err
	}
	now := models.Clock(tx.NowFunc).Now()
	n := NewPerson{ID: p.ID, FullName: p.FullName, BirthDate: p.BirthDate, Gender: p.Gender, MinistryCode: p.MinistryCode}
	fields := map[string]*string{"full_name": &n.FullName, "birth_date": &n.BirthDate, "gender": &n.Gender, "ministry_code": &n.MinistryCode}
	for field, value := range wishes {
		at, ok := fields[field]
		if !ok {
			return nil, models.InvalidField("body.wishes."+field, "unknown")
		}
		*at = models.Clean(value)
	}
	next, err := n.person(now)
	if err != nil {
		return nil, err
	}
	var changed []Corrected
	for _, c := range []Corrected{{"full_name", p.FullName, next.FullName}, {"birth_date", p.BirthDate, next.BirthDate},
		{"gender", p.Gender, next.Gender}, {"ministry_code", p.MinistryCode, next.MinistryCode}} {
		if c.Old != c.New {
			changed = append(changed, c)
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	if err := updatePerson(tx, next, now); err != nil {
		return nil, err
	}
	err = tx.Exec("UPDATE persons SET ministry_code = ? WHERE id = ?", nullable(next.MinistryCode), person).Error
	if store.IsDuplicate(err) {
		return nil, models.Conflict("person_exists")
	}
	if err != nil {
		return nil, err
	}
	return changed, tx.Exec("UPDATE accounts SET display_name = ?, name_fold = ?, updated_at = ? WHERE person_id = ?",
		next.FullName, foldColumn(next.FullName), now, person).Error
}

// RestPerson closes a person's account, if there is one, and ends its sessions:
// nothing new is learnt about them. WakePerson opens it again.
func (p *People) RestPerson(tx *gorm.DB, person models.ID) error {
	account, err := accountOf(tx, person)
	if err != nil || account.IsZero() {
		return err
	}
	if err := setState(tx, account, AccountDisabled); err != nil {
		return err
	}
	return p.endSessions(tx, account)
}

// WakePerson opens an account that RestPerson closed; without one it does
// nothing.
func (p *People) WakePerson(tx *gorm.DB, person models.ID) error {
	account, err := accountOf(tx, person)
	if err != nil || account.IsZero() {
		return err
	}
	return setState(tx, account, AccountActive)
}

// ForgetActors makes the next request of everybody ask the database again who
// they are: after an account was closed or erased from another room.
func (p *People) ForgetActors() { p.actors.clear() }

func accountOf(tx *gorm.DB, person models.ID) (models.ID, error) {
	var found []models.ID
	err := tx.Raw("SELECT id FROM accounts WHERE person_id = ?", person).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return models.ID{}, err
	}
	return found[0], nil
}
