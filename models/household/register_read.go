package household

import (
	"io"
	"strconv"
	"strings"

	"nhaso/models"
	"nhaso/models/sheet"
)

// The columns of a register. A file has either a head's column, or rows of
// members of whom one is the head.
const (
	colCode        = "household_code"
	colVillage     = "village"
	colVillageCode = "village_code"
	colCommune     = "commune"
	colCommuneCode = "commune_code"
	colHead        = "head"
	colMembers     = "members"
	colMember      = "member"
	colRelation    = "relation"
	colBorn        = "born"
)

var registerHeadings = map[string][]string{
	colCode:        {"Mã hộ", "Mã hộ gia đình", "Mã số hộ", "Số hộ", "Mã hộ khẩu", "Household code"},
	colVillage:     {"Thôn", "Tên thôn", "Thôn/bản/khu phố", "Thôn, bản, khu phố", "Thôn/khu phố", "Thôn (bản, khu phố)", "Bản", "Khu phố", "Khu", "Tổ dân phố", "Thôn/Tổ dân phố", "Village"},
	colVillageCode: {"Mã thôn", "Mã thôn/bản/khu phố", "Mã khu phố", "Village code"},
	colCommune:     {"Xã", "Tên xã", "Xã/phường", "Xã/phường/đặc khu", "Xã, phường", "Phường", "Commune"},
	colCommuneCode: {"Mã xã", "Mã xã/phường", "Mã xã, phường", "Mã xã/phường/đặc khu", "Commune code"},
	colHead:        {"Chủ hộ", "Họ tên chủ hộ", "Họ và tên chủ hộ", "Tên chủ hộ", "Head", "Head of household"},
	colMembers:     {"Thành viên", "Các thành viên", "Thành viên trong hộ", "Members"},
	colMember:      {"Họ tên thành viên", "Họ và tên thành viên", "Họ và tên", "Họ tên", "Member"},
	colRelation:    {"Quan hệ với chủ hộ", "Quan hệ", "Relation"},
	colBorn:        {"Năm sinh", "Ngày sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Năm sinh chủ hộ", "Birth year", "Born"},
}

// entry is one household of the file.
type entry struct {
	ref     string
	head    string
	village int32
	row     int32
	sheet   string
	members []member
	state   entryState
}

type entryState uint8

const (
	unchanged entryState = iota
	isNew
	isChanged
	leftOut // a row of it is wrong
)

// member is one name under a household, with a relation of ours and the year
// of birth, 0 when the file does not say.
type member struct {
	name, relation string
	born           int
}

// intake is an import on its way from the file to the database.
type intake struct {
	file     RegisterFile
	today    string
	villages *villageIndex
	entries  []entry
	byRef    map[string]int32
	badRefs  map[string]bool    // households with a wrong row
	communes map[models.ID]bool // those the file speaks for
	prefix   string             // of the commune whose local codes are being read
	headings map[string]string  // of each sheet, the column where the head's name stands
	rep      RegisterReport
}

// read takes the whole file, checking every row by itself and against the rows
// before it.
func (in *intake) read(r io.Reader, size int64) error {
	opts := sheet.Options{MaxBytes: in.file.MaxBytes, MaxRows: 2_000_000, HeaderAliases: registerHeadings, Required: []string{colCode}}
	var last *sheet.Table
	err := sheet.Stream(r, size, opts, func(t *sheet.Table, row sheet.Row) error {
		if t != last {
			if err := checkColumns(t); err != nil {
				return err
			}
			last = t
			in.headings[t.Sheet] = t.Heading(headColumn(t))
		}
		in.rep.Rows++
		in.row(t, row)
		if in.rep.Rows%readStep == 0 && in.file.Read != nil {
			return in.file.Read(in.rep.Rows)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range in.entries {
		e := &in.entries[i]
		if e.head == "" {
			in.fail(e.sheet, int(e.row), in.headings[e.sheet], "required")
			in.badRefs[e.ref] = true
		}
		if in.badRefs[e.ref] {
			in.leaveOut(e)
		}
		if e.state != leftOut || !in.file.GoodRows {
			in.communes[in.villages.list[e.village].CommuneID] = true
		}
	}
	in.rep.Households = len(in.entries)
	if in.rep.Rows == 0 {
		return models.Invalid("empty_file", models.Field{Location: "file", Code: "no_rows"})
	}
	return nil
}

// readStep is after how many rows a reader is told how far it is.
const readStep = 5_000

// leaveOut keeps a household with a wrong row out of what is written.
func (in *intake) leaveOut(e *entry) {
	e.state = leftOut
	in.badRefs[e.ref] = true
}

// checkColumns refuses a table in which a household would lack its village or
// its head: as a whole, not row by row.
func checkColumns(t *sheet.Table) error {
	var missing []models.Field
	has := func(c string) bool { _, ok := t.Columns[c]; return ok }
	if !has(colVillage) && !has(colVillageCode) {
		missing = append(missing, models.Field{Location: t.Place(t.HeaderRow, ""), Code: "missing_column_village"})
	}
	if !has(colHead) && !(has(colMember) && has(colRelation)) {
		missing = append(missing, models.Field{Location: t.Place(t.HeaderRow, ""), Code: "missing_column_head"})
	}
	if len(missing) > 0 {
		return models.Invalid("missing_columns", missing...)
	}
	return nil
}

// fail notes a wrong row; column is the file's heading.
func (in *intake) fail(sheetName string, row int, column, reason string) {
	in.rep.ErrorCount++
	if len(in.rep.Errors) < maxErrors {
		in.rep.Errors = append(in.rep.Errors, RowError{Sheet: sheetName, Row: row, Column: column, Reason: reason})
	}
}

// hint adds to the last error what the cell could mean instead.
func (in *intake) hint(text string) {
	if n := len(in.rep.Errors); text != "" && n == in.rep.ErrorCount {
		in.rep.Errors[n-1].Hint = text
	}
}

// headColumn is where the head's name stands: in a file with a row a person
// without a column of heads it is among the members.
func headColumn(t *sheet.Table) string {
	if _, ok := t.Columns[colHead]; ok {
		return colHead
	}
	return colMember
}

// beside adds to the last error which earlier row says otherwise.
func (in *intake) beside(old *entry) {
	if n := len(in.rep.Errors); n == in.rep.ErrorCount {
		in.rep.Errors[n-1].Beside = int(old.row)
	}
}

// row takes one row of the file.
func (in *intake) row(t *sheet.Table, row sheet.Row) {
	ref, reason := codeOf(t.Cell(row, colCode))
	if reason != "" {
		in.fail(t.Sheet, row.Number, t.Heading(colCode), reason)
		return
	}
	answer, given := in.villageOf(t, row)
	if in.file.LocalCodes {
		if given && answer.reason == "" {
			in.prefix = in.villages.list[answer.village].CommuneCode + "/"
		}
		ref = in.prefix + ref // a member's row without a village belongs to the commune above it
	}
	fail := func(column, reason string) {
		in.badRefs[ref] = true
		in.fail(t.Sheet, row.Number, t.Heading(column), reason)
	}
	e, column, reason := in.entryOf(t, row)
	if reason != "" {
		fail(column, reason)
		return
	}
	e.ref, e.village = ref, answer.village
	if at, ok := in.byRef[e.ref]; ok {
		in.again(fail, t, &in.entries[at], e, given, answer)
		return
	}
	if answer.reason != "" {
		fail(answer.column, answer.reason)
		in.hint(answer.hint)
		return
	}
	if _, separate := t.Columns[colMember]; !separate && e.head == "" {
		fail(colHead, "required")
		return
	}
	in.byRef[e.ref] = int32(len(in.entries))
	in.entries = append(in.entries, e)
}

// entryOf reads who belongs to the household of a row: head and members.
func (in *intake) entryOf(t *sheet.Table, row sheet.Row) (e entry, column, reason string) {
	if e.head, reason = personName(t.Cell(row, colHead)); reason != "" {
		return e, colHead, reason
	}
	born, reason := in.yearOf(t.Cell(row, colBorn))
	if reason != "" {
		return e, colBorn, reason
	}
	one, list, column, reason := in.membersOf(t, row, born)
	if reason != "" {
		return e, column, reason
	}
	switch {
	case e.head == "" && one.relation == "head":
		e.head = one.name
	case e.head != "" && one.name == "" && born != 0:
		list = addMember(list, member{e.head, "head", born}) // the year is the head's
	}
	e.members, e.row, e.sheet = list, int32(row.Number), t.Sheet
	return e, "", ""
}

// yearOf reads a year of birth out of a year or a date; 0 for an empty cell.
func (in *intake) yearOf(cell string) (year int, reason string) {
	if sheet.Blank(cell) {
		return 0, ""
	}
	text := strings.TrimSuffix(strings.TrimSpace(cell), ".0")
	year, err := strconv.Atoi(text)
	if err != nil || len(text) != 4 {
		day, err := sheet.Date(cell)
		if err != nil {
			return 0, "invalid_birth_year"
		}
		year, _ = strconv.Atoi(day[:4])
	}
	thisYear, _ := strconv.Atoi(in.today[:4])
	if year < thisYear-120 || year > thisYear {
		return 0, "invalid_birth_year"
	}
	return year, ""
}

// codeOf reads a household code, or says why there is none.
func codeOf(raw string) (ref, reason string) {
	ref = strings.ToUpper(sheet.Code(raw))
	switch {
	case sheet.Blank(raw):
		return "", "required"
	case sheet.Rounded(raw):
		return "", "code_rounded"
	case len(ref) > 40 || strings.Contains(ref, "/") || sheet.Formula(ref):
		return "", "invalid_code"
	}
	return ref, ""
}

// villageOf finds the row's village; given is false when the row names none.
func (in *intake) villageOf(t *sheet.Table, row sheet.Row) (a villageAnswer, given bool) {
	said := func(column string) string {
		if s := t.Cell(row, column); !sheet.Blank(s) {
			return s
		}
		return ""
	}
	at := rowPlace{said(colCommuneCode), said(colCommune), said(colVillageCode), said(colVillage)}
	return in.villages.find(at), at.code != "" || at.name != ""
}

// again takes another row of a household that the file had before: a member's
// row, or a mistake.
func (in *intake) again(fail func(column, reason string), t *sheet.Table, old *entry, e entry, given bool, answer villageAnswer) {
	_, separate := t.Columns[colMember]
	villageColumn := colVillage
	if _, ok := t.Columns[colVillage]; !ok {
		villageColumn = colVillageCode
	}
	switch {
	case given && answer.reason != "":
		fail(answer.column, answer.reason)
		in.hint(answer.hint)
	case given && answer.village != old.village:
		fail(villageColumn, "household_in_two_villages")
		in.beside(old)
	case !separate:
		fail(colCode, "duplicate_household")
		in.beside(old)
	case e.head != "" && old.head != "" && models.Fold(e.head) != models.Fold(old.head):
		fail(headColumn(t), "two_heads")
		in.beside(old)
	default:
		if old.head == "" {
			old.head = e.head
		}
		for _, m := range e.members {
			old.members = addMember(old.members, m)
		}
	}
}
