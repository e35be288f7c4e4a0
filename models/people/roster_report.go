package people

import (
	"slices"

	"nhaso/models"
	"nhaso/models/sheet"
)

// RosterReport says what an import did, or would do. A row is new, changed
// (person, class or school), left, unchanged or has an error; Moved counts
// those of the changed whose class or school is another one.
type RosterReport struct {
	ImportID                                   models.ID // of the import that was kept; zero when nothing was written
	Rows, New, Changed, Moved, Left, Unchanged int
	NewClasses                                 []string
	Written                                    bool         // false in a dry run and when errors kept it
	ErrorCount                                 int          // of all errors
	Errors                                     []RowError   // the first 500
	DroppedColumns                             []string     // headings of the file that are not kept
	Skipped                                    []RowError   // rows that are no pupils: examples, lines of one cell; the first 500
	Changes                                    []RowChange  // what differs, the first 500
	Preview                                    []PreviewRow // the first 20 rows, and those with an error up to 100
	Plan                                       string       // names what is to be written; see RosterTarget.Expect
	Already                                    bool         // this import was taken before; figures as then
}

// RowError names a place in the file and a reason code, never the value. Sheet
// is empty for CSV, Column when the whole row is meant.
type RowError struct {
	Sheet  string
	Row    int
	Column string
	Reason string
}

// The kinds of RowChange and PreviewRow.
const (
	RowNew       = "new"
	RowChanged   = "changed"
	RowMoved     = "moved"
	RowLeft      = "left"
	RowUnchanged = "unchanged"
	RowFailed    = "error"
	RowSkipped   = "skipped"
)

// RowChange is one line of what an import would change, for those who may write
// there. Row is 0 for a pupil whom the file does not name.
type RowChange struct {
	Sheet       string
	Row         int
	Kind        string
	Name        string
	Class       string // where the pupil is afterwards; empty when left
	FromClass   string // another class of this school, empty when the same or none
	OtherSchool bool   // comes from another school
	Fields      []FieldChange
}

// FieldChange is one value that becomes another. Field is full_name, birth_date,
// gender or school_code.
type FieldChange struct{ Field, Old, New string }

// PreviewRow is a row as the file has it, in the columns that are kept.
type PreviewRow struct {
	Sheet string
	Row   int
	Kind  string
	Cells []PreviewCell
}

// PreviewCell is one cell under the file's own heading; Reason when it is wrong.
type PreviewCell struct{ Column, Value, Reason string }

// How much of each list a report carries.
const (
	maxErrors    = 500
	previewRows  = 20
	previewWrong = 100
)

func (r *RosterReport) blame(errs ...RowError) {
	r.ErrorCount += len(errs)
	r.Errors = append(r.Errors, errs[:min(len(errs), max(0, maxErrors-len(r.Errors)))]...)
}

// rowRef is a row of the file, to be shown again.
type rowRef struct {
	at    rowPlace
	cells sheet.Row
}

// previewColumns are shown, in this order, when the file has them.
var previewColumns = []string{colCode, colName, colBirth, colGender, colClass, colGrade, colStatus, colSchool, colSchoolCode}

// preview picks the rows to show and marks their cells.
func (plan *rosterPlan) preview() []PreviewRow {
	wrong := map[rowPlace]map[string]string{}
	for _, e := range plan.wrong {
		if wrong[e.at] == nil {
			wrong[e.at] = map[string]string{}
		}
		wrong[e.at][e.column] = e.reason
	}
	var rows []PreviewRow
	failed := 0
	for i, ref := range plan.im.all {
		bad := wrong[ref.at]
		if i >= previewRows && (bad == nil || failed >= previewWrong) {
			continue
		}
		if bad != nil {
			failed++
		}
		rows = append(rows, PreviewRow{Sheet: ref.at.table.Sheet, Row: ref.at.row, Kind: plan.kindOf(ref.at, bad != nil), Cells: ref.show(bad)})
	}
	return rows
}

func (plan *rosterPlan) kindOf(at rowPlace, failed bool) string {
	switch kind := plan.kinds[at]; {
	case failed:
		return RowFailed
	case kind != "":
		return kind
	}
	return RowSkipped
}

// show answers the cells of the kept columns, and those the file lacks when
// something is wrong with them.
func (ref rowRef) show(bad map[string]string) []PreviewCell {
	t := ref.at.table
	var cells []PreviewCell
	for _, c := range previewColumns {
		_, has := t.Columns[c]
		if !has && bad[c] == "" {
			continue
		}
		value := t.Cell(ref.cells, c)
		switch c {
		case colBirth:
			if day, err := t.Date(ref.cells, c); err == nil {
				value = day
			}
		case colCode, colSchoolCode:
			value = sheet.Code(value)
		}
		if runes := []rune(value); len(runes) > maxName {
			value = string(runes[:maxName]) + "…"
		}
		cells = append(cells, PreviewCell{Column: t.Heading(c), Value: value, Reason: bad[c]})
	}
	return cells
}

// badCell remembers where an error stands, by our own column name.
type badCell struct {
	at             rowPlace
	column, reason string
}

// blame puts errors of one row on the report.
func (plan *rosterPlan) blame(at rowPlace, column, reason string) {
	plan.wrong = append(plan.wrong, badCell{at, column, reason})
	plan.report.blame(at.err(column, reason))
}

// note puts a change on the report and into the plan's name.
func (plan *rosterPlan) note(at rowPlace, c RowChange, who string) {
	if at.table != nil {
		c.Sheet, c.Row = at.table.Sheet, at.row
		plan.kinds[at] = c.Kind
	}
	if c.Kind == RowUnchanged {
		plan.report.Unchanged++
		return
	}
	plan.name(c, who)
	switch c.Kind {
	case RowNew:
		plan.report.New++
	case RowLeft:
		plan.report.Left++
	case RowMoved:
		plan.report.Changed++
		plan.report.Moved++
	default:
		plan.report.Changed++
	}
	if len(plan.report.Changes) < maxErrors {
		plan.report.Changes = append(plan.report.Changes, c)
	}
}

// addOnce appends what is not there yet.
func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
