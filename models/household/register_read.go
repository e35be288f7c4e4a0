package household

import (
	"io"
	"strings"
	"unicode"

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
	colHead        = "head"
	colMembers     = "members"
	colMember      = "member"
	colRelation    = "relation"
)

var registerHeadings = map[string][]string{
	colCode:        {"Mã hộ", "Mã hộ gia đình", "Mã số hộ", "Số hộ", "Mã hộ khẩu", "Household code"},
	colVillage:     {"Thôn", "Tên thôn", "Thôn/bản/khu phố", "Thôn, bản, khu phố", "Thôn/khu phố", "Thôn (bản, khu phố)", "Bản", "Khu phố", "Khu", "Tổ dân phố", "Thôn/Tổ dân phố", "Village"},
	colVillageCode: {"Mã thôn", "Mã thôn/bản/khu phố", "Mã khu phố", "Village code"},
	colCommune:     {"Mã xã", "Xã", "Xã/phường", "Xã/phường/đặc khu", "Xã, phường", "Phường", "Commune", "Commune code"},
	colHead:        {"Chủ hộ", "Họ tên chủ hộ", "Họ và tên chủ hộ", "Tên chủ hộ", "Head", "Head of household"},
	colMembers:     {"Thành viên", "Các thành viên", "Thành viên trong hộ", "Members"},
	colMember:      {"Họ tên thành viên", "Họ và tên thành viên", "Họ và tên", "Họ tên", "Member"},
	colRelation:    {"Quan hệ với chủ hộ", "Quan hệ", "Relation"},
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
)

// member is one name under a household, with a relation of ours.
type member struct{ name, relation string }

// intake is an import on its way from the file to the database.
type intake struct {
	file     RegisterFile
	today    string
	villages *villageIndex
	entries  []entry
	byRef    map[string]int32
	communes map[models.ID]bool // those the file speaks for
	prefix   string             // of the commune whose local codes are being read
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
		}
		in.rep.Rows++
		in.row(t, row)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range in.entries {
		e := &in.entries[i]
		if e.head == "" {
			in.fail(e.sheet, int(e.row), colHead, "required")
		}
		in.communes[in.villages.list[e.village].CommuneID] = true
	}
	in.rep.Households = len(in.entries)
	if in.rep.Rows == 0 {
		return models.Invalid("empty_file", models.Field{Location: "file", Code: "no_rows"})
	}
	return nil
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

// row takes one row of the file.
func (in *intake) row(t *sheet.Table, row sheet.Row) {
	fail := func(column, reason string) { in.fail(t.Sheet, row.Number, t.Heading(column), reason) }
	ref, reason := codeOf(t.Cell(row, colCode))
	if reason != "" {
		fail(colCode, reason)
		return
	}
	head, reason := personName(t.Cell(row, colHead))
	if reason != "" {
		fail(colHead, reason)
		return
	}
	one, list, column, reason := in.membersOf(t, row)
	if reason != "" {
		fail(column, reason)
		return
	}
	if head == "" && one.relation == "head" {
		head = one.name
	}
	answer, given := in.villageOf(t, row)
	e := entry{ref: ref, head: head, village: answer.village, row: int32(row.Number), sheet: t.Sheet, members: list}
	if in.file.LocalCodes {
		if given && answer.reason == "" {
			in.prefix = in.villages.list[answer.village].CommuneCode + "/"
		}
		e.ref = in.prefix + ref // a member's row without a village belongs to the commune above it
	}
	if at, ok := in.byRef[e.ref]; ok {
		in.again(fail, t, &in.entries[at], e, given, answer)
		return
	}
	if answer.reason != "" {
		fail(answer.column, answer.reason)
		return
	}
	if _, separate := t.Columns[colMember]; !separate && head == "" {
		fail(colHead, "required")
		return
	}
	in.byRef[e.ref] = int32(len(in.entries))
	in.entries = append(in.entries, e)
}

// codeOf reads a household code, or says why there is none.
func codeOf(raw string) (ref, reason string) {
	ref = strings.ToUpper(sheet.Code(raw))
	switch {
	case sheet.Blank(raw):
		return "", "required"
	case sheet.Rounded(raw):
		return "", "code_rounded"
	case len(ref) > 40 || strings.Contains(ref, "/"):
		return "", "invalid_code"
	}
	return ref, ""
}

// villageOf finds the row's village; given is false when the row names none.
func (in *intake) villageOf(t *sheet.Table, row sheet.Row) (a villageAnswer, given bool) {
	code, name := t.Cell(row, colVillageCode), t.Cell(row, colVillage)
	if sheet.Blank(code) {
		code = ""
	}
	if sheet.Blank(name) {
		name = ""
	}
	commune := t.Cell(row, colCommune)
	if sheet.Blank(commune) {
		commune = ""
	}
	return in.villages.find(commune, code, name), code != "" || name != ""
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
	case given && answer.village != old.village:
		fail(villageColumn, "household_in_two_villages")
	case !separate:
		fail(colCode, "duplicate_household")
	case e.head != "" && old.head != "" && models.Fold(e.head) != models.Fold(old.head):
		fail(colHead, "two_heads")
	default:
		if old.head == "" {
			old.head = e.head
		}
		for _, m := range e.members {
			old.members = addMember(old.members, m)
		}
	}
}

// personName checks a name: "" for an empty cell, a reason for what is none.
func personName(cell string) (name, reason string) {
	if sheet.Blank(cell) {
		return "", ""
	}
	name = models.Clean(cell)
	switch {
	case len([]rune(name)) > 120:
		return "", "too_long"
	case strings.IndexFunc(name, unicode.IsLetter) < 0:
		return "", "invalid_name"
	}
	return name, ""
}

// membersOf reads the members of a row: the one of a member's row, and the list
// of a cell "Nguyễn Văn A – con; Trần Thị B – vợ".
func (in *intake) membersOf(t *sheet.Table, row sheet.Row) (one member, list []member, column, reason string) {
	if _, ok := t.Columns[colMember]; ok {
		name, reason := personName(t.Cell(row, colMember))
		if reason != "" {
			return one, nil, colMember, reason
		}
		if name != "" {
			one = member{name, relationOf(t.Cell(row, colRelation))}
			list = append(list, one)
		}
	}
	cell := t.Cell(row, colMembers)
	if sheet.Blank(cell) {
		return one, list, "", ""
	}
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == '\n' || r == '|' }) {
		words, relation := part, ""
		if i := strings.LastIndexAny(part, "–—-:("); i > 0 {
			words, relation = part[:i], strings.TrimLeft(part[i:], "–—-:(")
		}
		name, reason := personName(words)
		if reason != "" {
			return one, nil, colMembers, reason
		}
		if name != "" {
			list = addMember(list, member{name, relationOf(strings.TrimRight(relation, " )"))})
		}
	}
	return one, list, "", ""
}

// addMember adds a member whom the list does not have.
func addMember(list []member, m member) []member {
	for _, have := range list {
		if have.relation == m.relation && models.Fold(have.name) == models.Fold(m.name) {
			return list
		}
	}
	return append(list, m)
}

// relationWords maps the first word of a relation, folded, to one of ours.
var relationWords = map[string]string{
	"chu": "head", "vo": "spouse", "chong": "spouse", "con": "child", "chau": "grandchild", "chat": "grandchild",
	"anh": "sibling", "chi": "sibling", "em": "sibling", "bo": "parent", "cha": "parent", "me": "parent",
	"head": "head", "spouse": "spouse", "child": "child", "grandchild": "grandchild", "sibling": "sibling", "parent": "parent",
}

func relationOf(s string) string {
	first, _, _ := strings.Cut(models.Fold(s), " ")
	if r, ok := relationWords[first]; ok {
		return r
	}
	return "other"
}
