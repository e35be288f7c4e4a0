package people

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
	plan := &rosterPlan{im: im, report: im.report, newClasses: map[string]rosterRow{}, kinds: map[rowPlace]string{},
		digest: sha256.New(), wrong: slices.Clone(im.wrong)}
	plan.report.Errors = slices.Clone(im.report.Errors)
	im.target.at(StageCompare, 0, len(im.rows))
	byCode, err := im.knownByCode(tx)
	if err != nil {
		return nil, err
	}
	for _, row := range im.rows {
		old, isKnown := byCode[row.code]
		switch {
		case row.left:
			plan.leave(row, old)
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
	plan.report.Preview = plan.preview()
	plan.report.Plan = hex.EncodeToString(plan.digest.Sum(nil)[:16])
	return plan, err
}

// name adds a change to the digest by which the plan is known again.
func (plan *rosterPlan) name(c RowChange, who string) {
	for _, s := range []string{c.Kind, who, c.Name, c.Class, c.FromClass} {
		fmt.Fprintf(plan.digest, "%d:%s", len(s), s)
	}
	for _, f := range c.Fields {
		fmt.Fprintf(plan.digest, "%s %d:%s %d:%s", f.Field, len(f.Old), f.Old, len(f.New), f.New)
	}
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
	plan.reaches(row.class != im.class.Name)
	// A teacher's list is of the class it is brought to; a school's may hold all.
	if !im.whole && !im.target.ClassID.IsZero() && row.class != im.class.Name {
		plan.blame(row.at, colClass, "other_class")
		return false
	}
	if c, ok := im.classes[row.class]; ok {
		if !im.mayFill(c.ID) {
			plan.blame(row.at, colClass, "class_out_of_scope")
			return false
		}
		return true
	}
	if !im.whole {
		plan.blame(row.at, colClass, "class_out_of_scope")
		return false
	}
	if row.grade == 0 {
		plan.blame(row.at, colGrade, "required")
		return false
	}
	if _, ok := plan.newClasses[row.class]; !ok {
		plan.newClasses[row.class] = row
	}
	return true
}

// reaches notes that an import brought to one class changes another one too: it
// is kept as the school's, so that a teacher of the one does not undo the other.
func (plan *rosterPlan) reaches(elsewhere bool) {
	plan.beyond = plan.beyond || elsewhere && !plan.im.class.ID.IsZero()
}

// leave ends the enrolment of a pupil of this school who has left it.
func (plan *rosterPlan) leave(row rosterRow, old known) {
	if old.EnrolmentID.IsZero() || old.SchoolID != plan.im.school.ID || !plan.im.mayFill(old.ClassID) {
		plan.note(row.at, RowChange{Kind: RowUnchanged}, "") // gone already, or somebody else's to end
		return
	}
	plan.reaches(old.ClassID != plan.im.class.ID)
	plan.end = append(plan.end, endedEnrolment{old.ID, old.EnrolmentID})
	plan.note(row.at, RowChange{Kind: RowLeft, Name: old.FullName, FromClass: old.ClassName}, old.ID.String())
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
	plan.note(row.at, RowChange{Kind: RowNew, Name: row.name, Class: row.class}, row.code+" "+row.birth)
}

// stay brings a known person up to date and into the class the file names.
func (plan *rosterPlan) stay(row rosterRow, old known) {
	im, owned := plan.im, plan.im.owns(old)
	if !owned && (models.Fold(row.name) != models.Fold(old.FullName) || row.birth != old.BirthDate) {
		plan.blame(row.at, colCode, "another_pupil")
		return
	}
	if !old.EnrolmentID.IsZero() && old.SchoolYear > im.target.SchoolYear {
		plan.blame(row.at, colClass, "newer_enrolment")
		return
	}
	if !plan.classFor(row) {
		return
	}
	change := RowChange{Kind: RowUnchanged, Name: row.name, Class: row.class}
	if next, fields := old.brought(row); owned && len(fields) > 0 {
		plan.update = append(plan.update, wantedUpdate{old.Person, next})
		change.Kind, change.Fields = RowChanged, fields
	}
	c, exists := im.classes[row.class]
	switch {
	case !exists || c.ID != old.ClassID:
		if !old.EnrolmentID.IsZero() {
			plan.end = append(plan.end, endedEnrolment{old.ID, old.EnrolmentID})
		}
		plan.enrol = append(plan.enrol, wantedEnrolment{old.ID, row.class, row.schoolCode})
		change.Kind = RowMoved
		if change.OtherSchool = !old.EnrolmentID.IsZero() && old.SchoolID != im.school.ID; !change.OtherSchool {
			change.FromClass = old.ClassName
		}
	case row.schoolCode != "" && row.schoolCode != old.SchoolCode:
		plan.codes = append(plan.codes, wantedCode{old.ID, old.EnrolmentID, old.SchoolCode, row.schoolCode})
		change.Kind = RowChanged
		change.Fields = append(change.Fields, FieldChange{"school_code", old.SchoolCode, row.schoolCode})
	}
	plan.note(row.at, change, old.ID.String())
}

// brought is the person as the row has it, with what differs; an empty gender
// says nothing.
func (k known) brought(row rosterRow) (next Person, fields []FieldChange) {
	next = k.Person
	next.FullName, next.BirthDate = row.name, row.birth
	def(&row.gender, k.Gender)
	next.Gender = row.gender
	for _, f := range []FieldChange{
		{"full_name", k.FullName, next.FullName}, {"birth_date", k.BirthDate, next.BirthDate}, {"gender", k.Gender, next.Gender},
	} {
		if f.Old != f.New {
			fields = append(fields, f)
		}
	}
	if next.FullName != k.FullName {
		next.SortKey = models.SortKey(next.FullName)
	}
	return next, fields
}

// absent ends the enrolments of those whom a complete list does not name.
func (plan *rosterPlan) absent(tx *gorm.DB, named map[string]known) error {
	im := plan.im
	where, at := "WHERE e.school_id = ?", im.school.ID
	if !im.class.ID.IsZero() {
		where, at = "WHERE e.class_id = ?", im.class.ID
	}
	var list []known
	if err := tx.Raw(knownSelect+where+" ORDER BY p.sort_key, p.id", at).Scan(&list).Error; err != nil {
		return err
	}
	for _, k := range list {
		if _, ok := named[k.MinistryCode]; ok || !im.mayFill(k.ClassID) {
			continue
		}
		plan.end = append(plan.end, endedEnrolment{k.ID, k.EnrolmentID})
		plan.note(rowPlace{}, RowChange{Kind: RowLeft, Name: k.FullName, FromClass: k.ClassName}, k.ID.String())
	}
	return nil
}
