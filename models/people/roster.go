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
	// ID names the import, made by whoever sends it: the same one again answers
	// as the first did and writes nothing. Zero: made here.
	ID models.ID
	// Expect is RosterReport.Plan of a dry run. When what would be written is not
	// that any more, because somebody else wrote meanwhile, nothing is written.
	Expect string
	// FileName is kept as a hash, to know a file again.
	FileName string
	// Progress hears how far the import is, in rows. It may be told a stage again
	// when a race is lost, so it may only be shown.
	Progress func(stage string, done, total int)
}

// The stages of RosterTarget.Progress.
const (
	StageRead    = "read"
	StageCompare = "compare"
	StageWrite   = "write"
)

func (t RosterTarget) at(stage string, done, total int) {
	if t.Progress != nil {
		t.Progress(stage, done, total)
	}
}

// ImportRoster takes a school's roster (read with ReadRoster).
// The ministry's code is the key: a pupil known by it is brought up to date and
// moved into the class named, also from another school; then name and birthday
// must agree with what is known, so that nobody can draw a pupil over by
// guessing codes. Taking the same file again changes nothing. Classes are made
// when new by whoever has the school in reach; a teacher fills the own classes.
// Everything is one transaction; errors of rows come in the report. An import
// that changed something is kept for a day to be taken back with UndoRoster.
// Errors: KindForbidden; NotFound for a school or class out of reach; Invalid
// "invalid_school_year" or "missing_columns"; Conflict "roster_changed" when the
// plan is not the expected one, "id_taken" when ID names another import.
func (p *People) ImportRoster(ctx context.Context, actor models.Actor, target RosterTarget, file RosterFile) (RosterReport, error) {
	reach, err := models.Allow(actor, models.ActImportRoster)
	if err != nil {
		return RosterReport{}, err
	}
	im := &rosterImport{target: target, reach: reach, today: p.db.Clock().Today(), actor: actor}
	im.newID = func() models.ID { return models.NewID(p.db.Clock().Now()) }
	def(&im.target.ID, im.newID())
	if err := im.open(p.db.Read(ctx)); err != nil {
		return RosterReport{}, err
	}
	if err := im.read(file); err != nil {
		return RosterReport{}, err
	}
	var report RosterReport
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		before, err := p.imports(tx, im.target.ID)
		if err != nil {
			return err
		}
		if report, err = im.run(tx, p.db.Clock().Now()); err != nil || before {
			return err
		}
		return recordRoster(tx, actor, im.target.ID, report)
	})
	if err != nil {
		return RosterReport{}, err
	}
	return report, nil
}

// run compares and, unless something is against it, writes.
func (im *rosterImport) run(tx *gorm.DB, now time.Time) (RosterReport, error) {
	if !im.target.DryRun {
		if report, found, err := im.before(tx); found || err != nil {
			return report, err
		}
	}
	plan, err := im.plan(tx)
	if err != nil {
		return RosterReport{}, err
	}
	report := plan.report
	if im.target.DryRun || report.ErrorCount > 0 && !im.target.GoodRowsOnly {
		return report, nil
	}
	if im.target.Expect != "" && im.target.Expect != report.Plan {
		return RosterReport{}, models.Conflict("roster_changed")
	}
	report.Written = true
	if report.New+report.Changed+report.Left == 0 {
		return report, nil // nothing to write, nothing to take back
	}
	report.ImportID = im.target.ID
	return report, plan.write(tx, now)
}

// rosterImport is one import before it touches the database's rows.
type rosterImport struct {
	target  RosterTarget
	reach   models.Reach
	actor   models.Actor
	today   string
	newID   func() models.ID
	school  place.School
	class   place.Class // of target.ClassID
	whole   bool        // the actor has the whole school
	classes map[string]place.Class

	file   string // its hash
	rows   []rosterRow
	all    []rowRef // every row, also those with errors
	wrong  []badCell
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
func (im *rosterImport) read(file RosterFile) error {
	im.file = file.Hash
	im.report.DroppedColumns = file.Dropped
	im.report.Skipped = file.Notes[:min(len(file.Notes), maxErrors)]
	seen, total := map[string]bool{}, 0
	for _, t := range file.Tables {
		total += len(t.Rows)
	}
	for i := range file.Tables {
		t := &file.Tables[i]
		reader, err := im.readerOf(t)
		if err != nil {
			return err
		}
		for _, h := range droppedColumns(t) {
			im.report.DroppedColumns = addOnce(im.report.DroppedColumns, h)
		}
		sorter := rowSorter{table: t}
		for _, raw := range t.Rows {
			if im.report.Rows%500 == 0 {
				im.target.at(StageRead, im.report.Rows, total)
			}
			im.take(reader, &sorter, raw, seen)
		}
	}
	return nil
}

// take reads one row, unless it is none of a pupil.
func (im *rosterImport) take(reader rosterReader, sorter *rowSorter, raw sheet.Row, seen map[string]bool) {
	reason, empty := sorter.notAPupil(raw)
	if empty {
		return
	}
	t := sorter.table
	at := rowPlace{t, raw.Number}
	im.all = append(im.all, rowRef{at, raw})
	if reason != "" {
		if len(im.report.Skipped) < maxErrors {
			im.report.Skipped = append(im.report.Skipped, RowError{Sheet: t.Sheet, Row: raw.Number, Reason: reason})
		}
		return
	}
	im.report.Rows++
	row, wrong := reader.read(t, raw)
	if row.code != "" && seen[row.code] {
		wrong = append(wrong, badCell{at, colCode, "duplicate"})
	}
	seen[row.code] = true
	for _, w := range wrong {
		im.report.blame(at.err(w.column, w.reason))
	}
	im.wrong = append(im.wrong, wrong...)
	if len(wrong) == 0 {
		im.rows = append(im.rows, row)
	}
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
	ClassName   string
}

const knownSelect = "SELECT " + personColumns + ", e.id AS enrolment_id, e.school_id, e.class_id," +
	" COALESCE(e.school_year, '') AS school_year, COALESCE(e.school_code, '') AS school_code, COALESCE(c.name, '') AS class_name" +
	" FROM persons p LEFT JOIN enrolments e ON e.person_id = p.id AND e.live = 1 LEFT JOIN school_classes c ON c.id = e.class_id "
