package people

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/sheet"
)

// The columns of a roster by the names of roster_columns.csv.
const (
	colNumber     = "row_number"
	colCode       = "ministry_student_code"
	colSchoolCode = "school_student_code"
	colName       = "full_name"
	colGiven      = "given_name"
	colBirth      = "date_of_birth"
	colGender     = "gender"
	colClass      = "class_name"
	colGrade      = "grade"
	colSchool     = "school_name"
	colStatus     = "status"
)

//go:embed roster_columns.csv
var columnsFile []byte

// rosterSheet and keptColumns come from the file once; a broken one is a
// defect of the program that every start and every test shows.
var rosterSheet, keptColumns = func() (sheet.Options, []string) {
	r := csv.NewReader(bytes.NewReader(columnsFile))
	r.Comment, r.FieldsPerRecord = '#', 4
	lines, err := r.ReadAll()
	if err != nil {
		panic("people: roster_columns.csv: " + err.Error())
	}
	opts := sheet.Options{MaxRows: 20_000, HeaderAliases: map[string][]string{}}
	var kept []string
	for _, line := range lines[1:] {
		opts.HeaderAliases[line[0]] = strings.Split(line[3], "|")
		if line[2] == "yes" {
			opts.Required = append(opts.Required, line[0])
		}
		if line[1] != "drop" {
			kept = append(kept, line[0])
		}
	}
	return opts, kept
}()

// RosterSheet says how sheet.Read finds a roster in a file: at most 20,000
// rows; the ministry's code, the name and the birthday are required.
func RosterSheet() sheet.Options { return rosterSheet }

// droppedColumns lists the headings of what is not kept, in the file's order:
// ethnicity, health, identity numbers, parents, addresses, and all unknown.
func droppedColumns(t *sheet.Table) []string {
	kept := map[int]bool{}
	for _, c := range append([]string{colYear}, keptColumns...) {
		if i, ok := t.Columns[c]; ok {
			kept[i] = true
		}
	}
	var dropped []string
	for i, h := range t.Header {
		if h != "" && !kept[i] {
			dropped = append(dropped, h)
		}
	}
	return dropped
}

// filler is what one widespread export writes into empty cells.
const filler = "36"

// rosterRow is one row that could be read.
type rosterRow struct {
	at         rowPlace
	code       string
	name       string
	birth      string
	gender     string
	schoolCode string
	class      string // as place.ClassName writes it
	grade      int    // 0: neither the column nor the class's name says it
	left       bool   // the status says that the pupil has left the school
}

// rowPlace is where a row stands, to blame it later.
type rowPlace struct {
	table *sheet.Table
	row   int
}

func (at rowPlace) err(column, reason string) RowError {
	heading := at.table.Heading(column)
	if names := rosterSheet.HeaderAliases[column]; heading == column && len(names) > 0 {
		heading = names[0] // the file has no such column
	}
	return RowError{Sheet: at.table.Sheet, Row: at.row, Column: heading, Reason: reason}
}

// rosterReader reads rows under the conditions of one import.
type rosterReader struct {
	today        string
	school       string // name of the school
	year         string // school year the rows are for
	defaultClass string // for rows that name none; may be empty
}

// read reads one row. Whatever is wrong with it is listed; the row counts only
// when nothing is.
func (r rosterReader) read(t *sheet.Table, row sheet.Row) (rosterRow, []badCell) {
	out := rosterRow{at: rowPlace{t, row.Number}}
	var errs []badCell
	take := func(column string, parse func(cell string) (reason string)) {
		cell := t.Cell(row, column)
		if sheet.Blank(cell, filler) {
			cell = ""
		}
		if reason := parse(cell); reason != "" {
			errs = append(errs, badCell{out.at, column, reason})
		}
	}
	take(colCode, func(s string) (reason string) { out.code, reason = readCode(s); return })
	take(colName, func(s string) (reason string) { out.name, reason = readName(s); return })
	take(colBirth, func(s string) (reason string) {
		if s == "" {
			return "required"
		}
		day, err := t.Date(row, colBirth)
		if err != nil {
			return "invalid_date"
		}
		out.birth = day
		return r.checkBirth(day)
	})
	take(colGender, func(s string) (reason string) { out.gender, reason = readGender(s); return })
	take(colStatus, func(s string) (reason string) { out.left, reason = readStatus(s); return })
	take(colSchool, func(s string) string {
		if s != "" && !sameSchool(s, r.school) {
			return "another_school"
		}
		return ""
	})
	take(colYear, func(s string) string {
		if s != "" && s != r.year {
			return "other_school_year"
		}
		return ""
	})
	take(colSchoolCode, func(s string) string {
		if out.schoolCode = models.Clean(sheet.Code(s)); utf8.RuneCountInString(out.schoolCode) > 40 {
			return "too_long"
		}
		return ""
	})
	if !out.left {
		take(colClass, func(s string) (reason string) { out.class, reason = r.readClass(s); return })
		take(colGrade, func(s string) (reason string) { out.grade, reason = readGrade(s, out.class); return })
	}
	return out, errs
}

var codePattern = regexp.MustCompile(`^[A-Z0-9][A-Z0-9._/-]{3,39}$`)

func readCode(s string) (code, reason string) {
	if s == "" {
		return "", "required"
	}
	if sheet.Rounded(s) {
		return "", "rounded_number"
	}
	code = strings.ToUpper(sheet.Code(s))
	if !codePattern.MatchString(code) {
		return "", "invalid_code"
	}
	return code, ""
}

// readName refuses what is no name: digits, signs, spreadsheet formulas.
func readName(s string) (name, reason string) {
	name = models.Clean(s)
	if name == "" {
		return "", "required"
	}
	if utf8.RuneCountInString(name) > maxName {
		return "", "too_long"
	}
	letters := 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(" '’-.()", r):
			return "", "invalid_name"
		}
	}
	if first, _ := utf8.DecodeRuneInString(name); letters == 0 || !unicode.IsLetter(first) {
		return "", "invalid_name"
	}
	return name, ""
}

// Pupils of these schools are 10 to 18; adults learn at the centres. Outside
// of 8 to 80 years the day is a mistake.
const youngest, oldest = 8, 80

func (r rosterReader) checkBirth(day string) string {
	now, err := time.Parse(time.DateOnly, r.today)
	if err != nil {
		return "invalid_date"
	}
	if day > now.AddDate(-youngest, 0, 0).Format(time.DateOnly) || day < now.AddDate(-oldest, 0, 0).Format(time.DateOnly) {
		return "date_out_of_range"
	}
	return ""
}

func readGender(s string) (gender, reason string) {
	switch models.Fold(s) {
	case "":
		return "", ""
	case "nam", "male", "m", "trai":
		return GenderMale, ""
	case "nu", "female", "f", "gai":
		return GenderFemale, ""
	}
	return "", "invalid_gender"
}

// readStatus reads the states that school software writes: "Đang học",
// "Chuyển đến kỳ 1", "Chuyển lớp", "Nghỉ học xin học lại kỳ 1" and "Tạm nghỉ" are pupils;
// "Chuyển đi", "Thôi học", "Nghỉ học", "Tốt nghiệp" have left.
func readStatus(s string) (left bool, reason string) {
	s = models.Fold(s)
	begins := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return s == w || strings.HasPrefix(s, w+" ") })
	}
	switch {
	case s == "", strings.Contains(s, "hoc lai"), begins("dang hoc", "chuyen den", "tam nghi", "bao luu", "chuyen lop", "luu ban"):
		return false, ""
	case begins("chuyen di", "chuyen truong", "thoi hoc", "nghi hoc", "bo hoc", "tot nghiep", "da tot nghiep"):
		return true, ""
	}
	return false, "unknown_status"
}

// classAsDate is what a spreadsheet makes of the class "6/1" unless it is told
// that the cell is text: a day number, "2026-01-06", "6-Jan" or "6-thg 1".
var classAsDate = regexp.MustCompile(`^(\d{5}(\.0+)?|\d{4}-\d{2}-\d{2}.*|\d{1,2}-?(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|THG\d*)|(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|THG\d*)-\d{1,2})$`)

func (r rosterReader) readClass(s string) (class, reason string) {
	class = place.ClassName(s)
	if class == "" {
		if r.defaultClass == "" {
			return "", "required"
		}
		return r.defaultClass, ""
	}
	if classAsDate.MatchString(class) {
		return "", "class_is_date"
	}
	if utf8.RuneCountInString(class) > 24 || strings.ContainsFunc(class, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("./-_", r)
	}) {
		return "", "invalid_class_name"
	}
	return class, ""
}

// readGrade reads "6", "6.0" or "Khối 6". It must agree with the class's name
// where that begins with a grade.
func readGrade(s, class string) (grade int, reason string) {
	named := place.GradeOf(class)
	if s == "" {
		return named, ""
	}
	words := strings.Fields(models.Fold(s))
	if len(words) == 0 {
		return 0, "invalid_grade"
	}
	grade, err := strconv.Atoi(sheet.Code(words[len(words)-1]))
	if err != nil || grade < 6 || grade > 12 {
		return 0, "invalid_grade"
	}
	if named != 0 && grade != named {
		return 0, "grade_differs_from_class"
	}
	return grade, ""
}

// sameSchool compares names as different programs write them: "Trường THCS Hà
// Tu", "Trung học cơ sở Hà Tu", "Hà Tu".
func sameSchool(a, b string) bool {
	nameA, typeA := splitSchool(a)
	nameB, typeB := splitSchool(b)
	return nameA == nameB && (typeA == typeB || typeA == "" || typeB == "")
}

var schoolWords = strings.NewReplacer(" trung hoc co so ", " thcs ", " trung hoc pho thong ", " thpt ", " truong ", " ")

func splitSchool(s string) (name, kind string) {
	s = " " + strings.Join(strings.FieldsFunc(models.Fold(s), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(".,-–&", r)
	}), " ") + " "
	// Twice: neighbours share a space.
	s = schoolWords.Replace(schoolWords.Replace(s))
	var words []string
	for _, w := range strings.Fields(s) {
		if w == "th" || w == "thcs" || w == "thpt" {
			kind += w + " "
			continue
		}
		words = append(words, w)
	}
	return strings.Join(words, " "), kind
}
