package people

import (
	"gorm.io/gorm"

	"nhaso/models"
)

// checkNew makes sure that accounts just written lie inside the reach of their
// maker; the error undoes the transaction.
func (p *People) checkNew(tx *gorm.DB, reach models.Reach, made []Account) error {
	for _, a := range made {
		if err := checkPlaces(tx, a.Grants); err != nil {
			return err
		}
		if reach.All {
			continue
		}
		if err := inReach(tx, reach, a.ID); err != nil {
			return err
		}
		// A person record opens what the person owns: only for own pupils.
		if a.PersonID.IsZero() {
			continue
		}
		if ok, err := StudentInReach(tx, reach, a.PersonID); err != nil || !ok {
			return notFoundUnless(err)
		}
	}
	return nil
}

func notFoundUnless(err error) error {
	if err != nil {
		return err
	}
	return models.NotFound()
}
