package people

import (
	"errors"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// retryConflict turns a lost race into another round.
func retryConflict(err error) error {
	var e *models.Error
	if errors.As(err, &e) && e.Kind == models.KindConflict {
		return store.ErrRetry
	}
	return err
}

// plan compares the file with what is known. It writes nothing.
func (im *rosterImport) plan(tx *gorm.DB) (*rosterPlan, error) {
	plan := &rosterPlan{im: im, report: im.report, newClasses: map[string]rosterRow{}, codes: map[models.ID]string{}}
	plan.report.Errors = slices.Clone(im.report.Errors)
	byCode, err := im.knownByCode(tx)
	if err != nil {
		return nil, err
	}
	for _, row := range im.rows {
		old, isKnown := byCode[row.code]
		switch {
		case row.left:
			plan.leave(old)
		case !isKnown:
			plan.arrive(row)
		default:
			plan.stay(row, old)
		}
	}
	if im.target.Complete && plan.report.ErrorCount == 0 {
		err = plan.absent(tx, byCode)
	}
	for name := range plan.newClasses {
		plan.report.NewClasses = append(plan.report.NewClasses, name)
	}
	slices.Sort(plan.report.NewClasses)
	return plan, err
}

func (im *rosterImport) knownByCode(tx *gorm.DB) (map[string]known, error) {
	byCode := make(map[string]known, len(im.rows))
	for part := range slices.Chunk(im.rows, store.MaxRows) {
		codes := make([]string, len(part))
		for i, r := range part {
			codes[i] = r.code
		}
		var list []known
		if err := tx.Raw(knownSelect+"WHERE p.ministry_code IN ?", codes).Scan(&list).Error; err != nil {
			return nil, err
		}
		for _, k := range list {
			byCode[k.MinistryCode] = k
		}
	}
	return byCode, nil
}

// owns tells whether a person is the actor's to change: a pupil of this school,
// for a teacher of an own class, for an admin also one who goes to no school. A
// pupil of another school is nobody's here: a mistyped code must not rename one.
func (im *rosterImport) owns(k known) bool {
	if k.EnrolmentID.IsZero() {
		return im.reach.All
	}
	return k.SchoolID == im.school.ID && im.mayFill(k.ClassID)
}

// classFor finds the row's class, or plans it. It answers false with the error
// on the report when the actor may not fill it.
func (plan *rosterPlan) classFor(row rosterRow) bool {
	im := plan.im
	// A teacher's list is of the class it is brought to; a school's may hold all.
	if !im.whole && !im.target.ClassID.IsZero() && row.class != im.class.Name {
		plan.report.blame(row.at.err(colClass, "other_class"))
		return false
	}
	if c, ok := im.classes[row.class]; ok {
		if !im.mayFill(c.ID) {
			plan.report.blame(row.at.err(colClass, "class_out_of_scope"))
			return false
		}
		return true
	}
	if !im.whole {
		plan.report.blame(row.at.err(colClass, "class_out_of_scope"))
		return false
	}
	if row.grade == 0 {
		plan.report.blame(row.at.err(colGrade, "required"))
		return false
	}
	if _, ok := plan.newClasses[row.class]; !ok {
		plan.newClasses[row.class] = row
	}
	return true
}

// leave ends the enrolment of a pupil of this school who has left it.
func (plan *rosterPlan) leave(old known) {
	if old.EnrolmentID.IsZero() || old.SchoolID != plan.im.school.ID || !plan.im.mayFill(old.ClassID) {
		plan.report.Unchanged++ // gone already, or somebody else's to end
		return
	}
	plan.end = append(plan.end, old.ID)
	plan.report.Left++
}

// arrive makes a person who is not known.
func (plan *rosterPlan) arrive(row rosterRow) {
	if !plan.classFor(row) {
		return
	}
	// The id is made when the plan is: enrolment and person share it.
	n := NewPerson{ID: plan.im.newID(), FullName: row.name, BirthDate: row.birth, Gender: row.gender, MinistryCode: row.code}
	plan.create = append(plan.create, n)
	plan.enrol = append(plan.enrol, wantedEnrolment{n.ID, row.class, row.schoolCode})
	plan.report.New++
}

// stay brings a known person up to date and into the class the file names.
func (plan *rosterPlan) stay(row rosterRow, old known) {
	im, owned := plan.im, plan.im.owns(old)
	if !owned && (models.Fold(row.name) != models.Fold(old.FullName) || row.birth != old.BirthDate) {
		plan.report.blame(row.at.err(colCode, "another_pupil"))
		return
	}
	if !old.EnrolmentID.IsZero() && old.SchoolYear > im.target.SchoolYear {
		plan.report.blame(row.at.err(colClass, "newer_enrolment"))
		return
	}
	if !plan.classFor(row) {
		return
	}
	changed := false
	if next, differs := old.brought(row); owned && differs {
		plan.update = append(plan.update, next)
		changed = true
	}
	c, exists := im.classes[row.class]
	switch {
	case !exists || c.ID != old.ClassID:
		plan.end = append(plan.end, old.ID)
		plan.enrol = append(plan.enrol, wantedEnrolment{old.ID, row.class, row.schoolCode})
		changed = true
	case row.schoolCode != "" && row.schoolCode != old.SchoolCode:
		plan.codes[old.EnrolmentID] = row.schoolCode
		changed = true
	}
	if changed {
		plan.report.Changed++
	} else {
		plan.report.Unchanged++
	}
}

// brought is the person as the row has it; an empty gender says nothing.
func (k known) brought(row rosterRow) (Person, bool) {
	next := k.Person
	next.FullName, next.BirthDate = row.name, row.birth
	def(&row.gender, k.Gender)
	next.Gender = row.gender
	differs := next.FullName != k.FullName || next.BirthDate != k.BirthDate || next.Gender != k.Gender
	if next.FullName != k.FullName {
		next.SortKey = models.SortKey(next.FullName)
	}
	return next, differs
}

// absent ends the enrolments of those whom a complete list does not name.
func (plan *rosterPlan) absent(tx *gorm.DB, named map[string]known) error {
	im := plan.im
	where, at := "WHERE e.school_id = ?", im.school.ID
	if !im.class.ID.IsZero() {
		where, at = "WHERE e.class_id = ?", im.class.ID
	}
	var list []known
	if err := tx.Raw(knownSelect+where, at).Scan(&list).Error; err != nil {
		return err
	}
	for _, k := range list {
		if _, ok := named[k.MinistryCode]; ok || !im.mayFill(k.ClassID) {
			continue
		}
		plan.end = append(plan.end, k.ID)
		plan.report.Left++
	}
	return nil
}
