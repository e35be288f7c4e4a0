package people

import (
	"hash"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// rosterPlan is what is to be written.
type rosterPlan struct {
	im         *rosterImport
	report     RosterReport
	wrong      []badCell
	kinds      map[rowPlace]string
	digest     hash.Hash
	newClasses map[string]rosterRow // by name, with the row that asks for it
	create     []NewPerson
	update     []wantedUpdate
	codes      []wantedCode
	end        []endedEnrolment
	enrol      []wantedEnrolment
	beyond     bool // a class other than the target's is changed too
}

type wantedUpdate struct{ was, is Person }

type wantedCode struct {
	person, enrolment models.ID
	was, is           string
}

type endedEnrolment struct{ person, enrolment models.ID }

type wantedEnrolment struct {
	person     models.ID
	class      string
	schoolCode string
}

// write carries the plan out and keeps what is needed to take it back. Somebody
// who was quicker to write the same persons, or another import into the school,
// makes the transaction run again, with a new plan.
func (plan *rosterPlan) write(tx *gorm.DB, now time.Time) error {
	im := plan.im
	if err := plan.record(tx, now); err != nil {
		return err
	}
	classes, made, err := plan.ensureClasses(tx, now)
	if err != nil {
		return err
	}
	total := len(plan.create) + len(plan.update) + len(plan.enrol)
	done := 0
	step := func(n int) { done += n; im.target.at(StageWrite, done, total) }
	step(0)
	for part := range slices.Chunk(plan.create, store.MaxRows) {
		if _, err := CreatePersons(tx, part, now); err != nil {
			return retryConflict(err)
		}
		step(len(part))
	}
	for _, u := range plan.update {
		if err := updatePerson(tx, u.is, now); err != nil {
			return err
		}
		step(1)
	}
	for _, c := range plan.codes {
		if err := tx.Exec("UPDATE enrolments SET school_code = ? WHERE id = ?", nullable(c.is), c.enrolment).Error; err != nil {
			return err
		}
	}
	if err := plan.endAll(tx); err != nil {
		return err
	}
	rows := make([]enrolmentRow, len(plan.enrol))
	for i, e := range plan.enrol {
		rows[i] = enrolmentRow{
			PersonID: e.person, SchoolID: im.school.ID, ClassID: classes[e.class].ID,
			SchoolYear: im.target.SchoolYear, SchoolCode: nullable(e.schoolCode), FromDate: im.today,
		}
	}
	for part := range slices.Chunk(rows, store.MaxRows) {
		if err := enrolAll(tx, part, now); err != nil {
			return err
		}
		step(len(part))
	}
	return plan.keepUndo(tx, rows, made)
}

// endAll ends the enrolments that the plan has seen, and no others: when one is
// not live any more, somebody moved the pupil meanwhile.
func (plan *rosterPlan) endAll(tx *gorm.DB) error {
	for part := range slices.Chunk(plan.end, store.MaxRows) {
		ids := make([]models.ID, len(part))
		for i, e := range part {
			ids[i] = e.enrolment
		}
		res := tx.Exec("UPDATE enrolments SET live = NULL, to_date = ? WHERE live = 1 AND id IN ?", plan.im.today, ids)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected != int64(len(ids)) {
			return store.ErrRetry
		}
	}
	return nil
}

// ensureClasses answers the classes by name, and those it made.
func (plan *rosterPlan) ensureClasses(tx *gorm.DB, now time.Time) (map[string]place.Class, []models.ID, error) {
	classes := map[string]place.Class{}
	for name, c := range plan.im.classes {
		classes[name] = c
	}
	var made []models.ID
	for name, row := range plan.newClasses {
		c, created, err := place.EnsureClass(tx, plan.im.school.ID, plan.im.target.SchoolYear, row.grade, name, now)
		if err != nil {
			return nil, nil, err
		}
		if created {
			made = append(made, c.ID)
		}
		classes[name] = c
	}
	return classes, made, nil
}
