// Package peopletest puts persons into classes for tests of the rooms above
// people. The program itself does it for many at once, by rosters, transfers and
// roll-overs.
package peopletest

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
)

// Enrol puts a person into a class from a civil day on and ends the enrolment
// that was live until then. Who is there already stays.
func Enrol(tx *gorm.DB, person, class models.ID, on string, now time.Time) error {
	c, err := place.ClassByID(tx, class)
	if err != nil {
		return err
	}
	var there int
	err = tx.Raw("SELECT COUNT(*) FROM enrolments WHERE person_id = ? AND class_id = ? AND live = 1", person, class).Scan(&there).Error
	if err != nil || there > 0 {
		return err
	}
	if err := EndEnrolment(tx, person, on); err != nil {
		return err
	}
	err = tx.Exec("INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live) VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
		models.NewID(now), person, c.SchoolID, c.ID, c.SchoolYear, on, models.Forever).Error
	if err != nil {
		return err
	}
	return tx.Exec("UPDATE accounts SET state = ? WHERE state = ? AND person_id = ?", people.AccountActive, people.AccountResting, person).Error
}

// EndEnrolment ends the live enrolment of a person on a civil day, if there is
// one.
func EndEnrolment(tx *gorm.DB, person models.ID, on string) error {
	return tx.Exec("UPDATE enrolments SET live = NULL, to_date = ? WHERE person_id = ? AND live = 1", on, person).Error
}
