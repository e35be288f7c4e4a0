package people

import (
	"regexp"
	"strings"

	"nhaso/models"
	"nhaso/models/sheet"
)

// joinNames puts names together that stand in two columns, "Nguyễn Văn" and "An":
// with headings of their own, or under one heading that covers both. A column of
// given names that only repeats the name's end, for sorting, is passed over.
// Error: Invalid "missing_columns" when only the part without the given name is
// there.
func joinNames(t *sheet.Table) error {
	at, ok := t.Columns[colName]
	if !ok {
		return nil
	}
	family := familyHeading(t.Header[at])
	given, ok := t.Columns[colGiven]
	if !ok {
		given, ok = at+1, unnamedGiven(t, at)
	}
	if !ok && family {
		return models.Invalid("missing_columns", models.Field{
			Location: t.Place(t.HeaderRow, rosterSheet.HeaderAliases[colGiven][0]), Code: "missing_column"})
	}
	if !ok || !family && repeatsEnd(t, at, given) {
		return nil
	}
	for _, row := range t.Rows {
		if at < len(row.Cells) && given < len(row.Cells) && row.Cells[at] != "" && !sheet.Blank(row.Cells[given], filler) {
			row.Cells[at] += " " + row.Cells[given]
		}
	}
	return nil
}

// familyHeading tells whether the heading says that the given name is not in its
// column: "Họ và tên đệm", "Họ lót", "Họ".
func familyHeading(heading string) bool {
	s := models.Fold(heading)
	return s == "ho" || strings.Contains(s, " dem") || strings.Contains(s, " lot")
}

// unnamedGiven tells whether the column right of the names has no heading and
// given names in most rows: the heading of the names covers both.
func unnamedGiven(t *sheet.Table, at int) bool {
	if at+1 < len(t.Header) && t.Header[at+1] != "" {
		return false
	}
	for _, i := range t.Columns {
		if i == at+1 {
			return false
		}
	}
	named, given := 0, 0
	for _, row := range t.Rows {
		if _, reason := readCode(t.Cell(row, colCode)); reason != "" || sheet.Blank(t.Cell(row, colName)) {
			continue
		}
		named++
		if at+1 >= len(row.Cells) || sheet.Blank(row.Cells[at+1]) {
			continue
		}
		if !givenName.MatchString(row.Cells[at+1]) {
			return false
		}
		given++
	}
	return given > named/2
}

var givenName = regexp.MustCompile(`^\pL{1,12}( \pL{1,12})?$`)

// repeatsEnd tells whether most names end with what the other column has.
func repeatsEnd(t *sheet.Table, at, given int) bool {
	both, same := 0, 0
	for _, row := range t.Rows {
		if at >= len(row.Cells) || given >= len(row.Cells) || row.Cells[at] == "" || row.Cells[given] == "" {
			continue
		}
		both++
		if strings.HasSuffix(" "+models.Fold(row.Cells[at]), " "+models.Fold(row.Cells[given])) {
			same++
		}
	}
	return 2*same > both
}
