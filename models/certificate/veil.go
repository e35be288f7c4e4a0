package certificate

import (
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/consent"
)

// atSchool is the part of a reach that belongs to the holder's school and the
// holder: they know the name from the class register, whatever was agreed to.
func atSchool(reach models.Reach) models.Reach {
	return models.Reach{Self: reach.Self, Classes: reach.Classes, Schools: reach.Schools}
}

// beyond is the other part: areas and the whole country.
func beyond(reach models.Reach) models.Reach {
	return models.Reach{All: reach.All, Areas: reach.Areas}
}

// named restricts certificates c to those whose holder may be named to a reach:
// at school all, beyond it those who agreed. A certificate asked for by its
// exact code is found all the same, so that it can be revoked; veil takes the
// name off.
func named(reach models.Reach, exact, today string) (where string, args []any) {
	inside, a := within(atSchool(reach))
	outside, b := within(beyond(reach))
	shown, s := consent.ShownSQL("c.person_id", consent.AreaNames, today)
	args = append(append(append(a, b...), s...), exact)
	return "(" + inside + " OR (" + outside + " AND (" + shown + " OR c.code = ?)))", args
}

// veil takes name and class off the certificates whose holder may not be named
// to a reach, and marks them.
func veil(tx *gorm.DB, reach models.Reach, list []Certificate, today string) error {
	if len(list) == 0 {
		return nil
	}
	persons := make([]models.ID, len(list))
	ids := make([]models.ID, len(list))
	for i, c := range list {
		persons[i], ids[i] = c.PersonID, c.ID
	}
	shown, err := consent.Shown(tx, persons, consent.AreaNames, today)
	if err != nil {
		return err
	}
	inside, args := within(atSchool(reach))
	var own []struct{ ID models.ID }
	if err := tx.Raw("SELECT c.id FROM certificates c WHERE c.id IN ? AND "+inside, append([]any{ids}, args...)...).Scan(&own).Error; err != nil {
		return err
	}
	for _, c := range own {
		for i := range list {
			if list[i].ID == c.ID {
				shown[list[i].PersonID] = true
			}
		}
	}
	for i := range list {
		if !shown[list[i].PersonID] {
			list[i].Withheld, list[i].HolderName, list[i].ClassName = true, "", ""
		}
	}
	return nil
}

// veiled is veil for one certificate.
func veiled(tx *gorm.DB, reach models.Reach, c Certificate, today string) (Certificate, error) {
	list := []Certificate{c}
	err := veil(tx, reach, list, today)
	return list[0], err
}
