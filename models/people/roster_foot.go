package people

import (
	"regexp"
	"slices"
	"strings"

	"nhaso/models"
	"nhaso/models/sheet"
)

// examplePrefix begins the codes of the template's example rows.
const examplePrefix = "VIDU"

// rowSorter tells rows that are of nobody from those of pupils, in one table from
// its header downwards.
type rowSorter struct {
	table *sheet.Table
	foot  bool // sums or signatures have begun
}

// notAPupil tells rows that stand below the header and are of nobody: the
// template's examples, the numbers of the columns, sums, signatures and what
// stands below those, and what has one cell or nothing that is kept. A row of
// fillers, or of a number alone, is empty. A row with a code or a birthday is
// always a pupil's.
func (s *rowSorter) notAPupil(row sheet.Row) (reason string, empty bool) {
	t := s.table
	filled, kept := 0, 0
	number, numbered := t.Columns[colNumber]
	for i, cell := range row.Cells {
		if !sheet.Blank(cell, filler) && (!numbered || i != number) {
			filled++
		}
	}
	for _, c := range keptColumns {
		if c != colNumber && !sheet.Blank(t.Cell(row, c), filler) {
			kept++
		}
	}
	code := strings.ToUpper(sheet.Code(t.Cell(row, colCode)))
	switch {
	case filled == 0:
		return "", true
	case strings.HasPrefix(code, examplePrefix):
		return "example", false
	case kept == 0, filled == 1 && sheet.Blank(code, filler):
		s.foot = s.foot || footRow(row)
		return "not_a_pupil", false
	case s.named(row):
		return "", false
	case numbersColumns(row), s.foot, footRow(row):
		s.foot = s.foot || footRow(row)
		return "not_a_pupil", false
	}
	return "", false
}

// named tells whether the row has what only a pupil's has: a code with a digit,
// or a day of birth.
func (s *rowSorter) named(row sheet.Row) bool {
	code, reason := readCode(s.table.Cell(row, colCode))
	if reason == "" && strings.ContainsAny(code, "0123456789") || reason == "rounded_number" {
		return true
	}
	_, err := s.table.Date(row, colBirth)
	return err == nil
}

// numbersColumns recognises the row "(1) (2) (3)" or "A B 1 2" below the header
// of official forms.
func numbersColumns(row sheet.Row) bool {
	marks := 0
	for _, cell := range row.Cells {
		if cell == "" {
			continue
		}
		if !columnMark.MatchString(cell) {
			return false
		}
		marks++
	}
	return marks >= 3
}

var columnMark = regexp.MustCompile(`^(\(?\d{1,2}\)?|[A-Z])$`)

// footWords begin, without marks, the cells of sums and signatures.
var footWords = []string{"tong so", "tong cong", "tong:", "cong:", "si so", "danh sach nay", "danh sach gom", "nguoi lap", "nguoi nhap", "hieu truong",
	"pho hieu truong", "giao vien chu nhiem", "gvcn", "thu truong", "xac nhan cua", "ky ten", "(ky", "kt."}

var footDay = regexp.MustCompile(`\bngay.{1,8}thang.{1,8}nam\b`)

// footRow recognises a row of sums or signatures by its words.
func footRow(row sheet.Row) bool {
	return slices.ContainsFunc(row.Cells, func(cell string) bool {
		s := models.Fold(cell)
		return footDay.MatchString(s) || slices.ContainsFunc(footWords, func(w string) bool { return strings.HasPrefix(s, w) })
	})
}
