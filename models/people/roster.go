package people

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/sheet"
)

// RosterTarget says where a roster belongs and how it is taken.
type RosterTarget struct {
	SchoolID   models.ID // may be left out when ClassID is given
	SchoolYear string    // "2026-2027", default: the year of ClassID, else the present one
	ClassID    models.ID // class of the rows that name none, optional
	DryRun     bool      // answer what would happen, write nothing
	// GoodRowsOnly writes the rows without an error; otherwise one error keeps
	// everything from being written.
	GoodRowsOnly bool
	// Complete says that the file lists everybody: pupils of the school, or of
	// ClassID, whom it does not name have left. Not applied while a row has an
	// error. Without it an absent pupil stays.
	Complete bool
}

// RosterReport says what an import did, or would do. A row is new, changed
// (person, class or school), left, unchanged or has an error.
type RosterReport struct {
	Rows, New, Changed, Left, Unchanged int
	NewClasses                          []string
	Written                             bool       // false in a dry run and when errors kept it
	ErrorCount                          int        // of all errors
	Errors                              []RowError // the first 500
	DroppedColumns                      []string   // headings of the file that are not kept
}

// RowError names a place in the file and a reason code, never the value. Sheet
// is empty for CSV, Column when the whole row is meant.
type RowError struct {
	Sheet  string
	Row    int
	Column string
	Reason string
}

// maxErrors is how many errors a report lists.
const maxErrors = 500

func (r *RosterReport) blame(errs ...RowError) {
	r.ErrorCount += len(errs)
	r.Errors = append(r.Errors, errs[:min(len(errs), max(0, maxErrors-len(r.Errors)))]...)
}

// ImportRoster takes the tables of a school's roster (read with RosterSheet).
// The ministry's code is the key: a pupil known by it is brought up to date and
// moved into the class named, also from another school; then name and birthday
// must agree with what is known, so that nobody can draw a pupil over by
// guessing codes. Taking the same file again changes nothing. Classes are made
// when new by whoever has the school in reach; a teacher fills the own classes.
// Everything is one transaction; errors of rows come in the report. Errors:
// KindForbidden; NotFound for a school or class out of reach; Invalid
// "invalid_school_year" or "missing_columns".
func (p *People) ImportRoster(ctx context.Context, actor models.Actor, target RosterTarget, tables []sheet.Table) (RosterReport, error) {
	reach, err := models.Allow(actor, models.ActImportRoster)
	if err != nil {
		return RosterReport{}, err
	}
	im := &rosterImport{target: target, reach: reach, today: p.db.Clock().Today()}
	im.newID = func() models.ID { return models.NewID(p.db.Clock().Now()) }
	if err := im.open(p.db.Read(ctx)); err != nil {
		return RosterReport{}, err
	}
	if err := im.read(tables); err != nil {
		return RosterReport{}, err
	}
	var report RosterReport
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		plan, err := im.plan(tx)
		if err != nil {
			return err
		}
		report = plan.report
		if target.DryRun || report.ErrorCount > 0 && !target.GoodRowsOnly {
			return nil
		}
		report.Written = true
		return plan.write(tx, p.db.Clock().Now())
	})
	if err != nil {
		return RosterReport{}, err
	}
	return report, nil
}

// rosterImport is one import before it touches the database's rows.
type rosterImport struct {
	target  RosterTarget
	reach   models.Reach
	today   string
	newID   func() models.ID
	school  place.School
	class   place.Class // of target.ClassID
	whole   bool        // the actor has the whole school
	classes map[string]place.Class

	rows   []rosterRow
	report RosterReport // rows read, their errors, dropped columns
}

// open finds school, year and classes and what the actor may do there.
func (im *rosterImport) open(tx *gorm.DB) error {
	var err error
	if !im.target.ClassID.IsZero() {
		if im.class, err = place.ClassByID(tx, im.target.ClassID); err != nil {
			return err
		}
		def(&im.target.SchoolID, im.class.SchoolID)
		def(&im.target.SchoolYear, im.class.SchoolYear)
		if im.class.SchoolID != im.target.SchoolID || im.class.SchoolYear != im.target.SchoolYear {
			return models.NotFound()
		}
	}
	def(&im.target.SchoolYear, place.SchoolYear(im.today))
	if im.target.SchoolYear, err = place.ParseSchoolYear(im.target.SchoolYear); err != nil {
		return err
	}
	if im.school, err = place.SchoolByID(tx, im.target.SchoolID); err != nil {
		return err
	}
	if im.whole, err = place.SchoolInReach(tx, im.reach, im.school.ID); err != nil {
		return err
	}
	if im.classes, err = classesOf(tx, im.school.ID, im.target.SchoolYear); err != nil {
		return err
	}
	mine := im.whole
	for _, c := range im.classes {
		mine = mine || slices.Contains(im.reach.Classes, c.ID)
	}
	if !mine || !im.class.ID.IsZero() && !im.mayFill(im.class.ID) {
		return models.NotFound()
	}
	return nil
}

func (im *rosterImport) mayFill(class models.ID) bool {
	return im.whole || slices.Contains(im.reach.Classes, class)
}

func classesOf(tx *gorm.DB, school models.ID, year string) (map[string]place.Class, error) {
	var list []place.Class
	err := tx.Raw("SELECT id, school_id, school_year, grade, name FROM school_classes WHERE school_id = ? AND school_year = ?",
		school, year).Scan(&list).Error
	byName := make(map[string]place.Class, len(list))
	for _, c := range list {
		byName[c.Name] = c
	}
	return byName, err
}

// read reads every row. A code may stand in the file once.
func (im *rosterImport) read(tables []sheet.Table) error {
	reader := rosterReader{today: im.today, school: im.school.Name, defaultClass: im.class}
	seen := map[string]bool{}
	for i := range tables {
		t := &tables[i]
		if _, ok := t.Columns[colClass]; !ok && im.class.ID.IsZero() {
			return models.Invalid("missing_columns", models.Field{
				Location: t.Place(t.HeaderRow, rosterSheet.HeaderAliases[colClass][0]), Code: "missing_column"})
		}
		for _, h := range droppedColumns(t) {
			if !slices.Contains(im.report.DroppedColumns, h) {
				im.report.DroppedColumns = append(im.report.DroppedColumns, h)
			}
		}
		for _, raw := range t.Rows {
			im.report.Rows++
			row, errs := reader.read(t, raw)
			if row.code != "" && seen[row.code] {
				errs = append(errs, row.at.err(colCode, "duplicate"))
			}
			seen[row.code] = true
			im.report.blame(errs...)
			if len(errs) == 0 {
				im.rows = append(im.rows, row)
			}
		}
	}
	return nil
}

// known is a person the file names, or one of the school, with the live
// enrolment if any.
type known struct {
	Person
	EnrolmentID models.ID
	SchoolID    models.ID
	ClassID     models.ID
	SchoolYear  string
	SchoolCode  string
}

const knownSelect = "SELECT " + personColumns + ", e.id AS enrolment_id, e.school_id, e.class_id," +
	" COALESCE(e.school_year, '') AS school_year, COALESCE(e.school_code, '') AS school_code" +
	" FROM persons p LEFT JOIN enrolments e ON e.person_id = p.id AND e.live = 1 "

// rosterPlan is what is to be written.
type rosterPlan struct {
	im         *rosterImport
	report     RosterReport
	newClasses map[string]rosterRow // by name, with the row that asks for it
	create     []NewPerson
	update     []Person
	codes      map[models.ID]string // enrolment → the school's own number
	end        []models.ID          // persons
	enrol      []wantedEnrolment
}

type wantedEnrolment struct {
	person     models.ID
	class      string
	schoolCode string
}

// write carries the plan out. Somebody who was quicker to write the same
// persons makes the transaction run again, with a new plan.
func (plan *rosterPlan) write(tx *gorm.DB, now time.Time) error {
	im := plan.im
	classes, err := plan.ensureClasses(tx, now)
	if err != nil {
		return err
	}
	if _, err := CreatePersons(tx, plan.create, now); err != nil {
		return retryConflict(err)
	}
	for _, p := range plan.update {
		if err := updatePerson(tx, p, now); err != nil {
			return err
		}
	}
	for id, code := range plan.codes {
		if err := tx.Exec("UPDATE enrolments SET school_code = ? WHERE id = ?", code, id).Error; err != nil {
			return err
		}
	}
	if err := endEnrolments(tx, plan.end, im.today); err != nil {
		return err
	}
	rows := make([]enrolmentRow, len(plan.enrol))
	for i, e := range plan.enrol {
		rows[i] = enrolmentRow{
			PersonID: e.person, SchoolID: im.school.ID, ClassID: classes[e.class].ID,
			SchoolYear: im.target.SchoolYear, SchoolCode: nullable(e.schoolCode), FromDate: im.today,
		}
	}
	return enrolAll(tx, rows, now)
}

func (plan *rosterPlan) ensureClasses(tx *gorm.DB, now time.Time) (map[string]place.Class, error) {
	classes := map[string]place.Class{}
	for name, c := range plan.im.classes {
		classes[name] = c
	}
	for name, row := range plan.newClasses {
		c, _, err := place.EnsureClass(tx, plan.im.school.ID, plan.im.target.SchoolYear, row.grade, name, now)
		if err != nil {
			return nil, err
		}
		classes[name] = c
	}
	return classes, nil
}
