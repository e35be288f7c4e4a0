package people

import (
	"regexp"
	"slices"
	"strings"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/sheet"
)

// A class in a title, "DANH SÁCH HỌC SINH LỚP 6A1", or the name of a sheet,
// "6A1", "Lớp 7 B": a grade with one or two letters and a number.
var (
	classInTitle = regexp.MustCompile(`(?i)(?:^|[\s:(-])l[ớo]p\s*:?\s*(\d{1,2}\s?[./]?\p{L}{1,2}\d{0,2})(?:[\s,;.)-]|$)`)
	classAsSheet = regexp.MustCompile(`(?i)^\s*(?:l[ớo]p\s*)?(\d{1,2}\s?[./]?\p{L}{1,2}\d{0,2})\s*$`)
)

// classOfTable finds the class that a whole sheet is of, in its name or else in
// what stands above the header; "" when neither says it.
func classOfTable(t *sheet.Table) string {
	if m := classAsSheet.FindStringSubmatch(t.Sheet); m != nil && place.GradeOf(m[1]) != 0 {
		return place.ClassName(m[1])
	}
	for _, row := range t.Top {
		// Also with "Lớp:" in one cell and "6A1" in the next.
		for _, text := range append(slices.Clone(row.Cells), strings.Join(row.Cells, " ")) {
			if m := classInTitle.FindStringSubmatch(text); m != nil && place.GradeOf(m[1]) != 0 {
				return place.ClassName(m[1])
			}
		}
	}
	return ""
}

// readerOf says how the rows of a table are read. One without a column of
// classes is of the class that its title names, else of the class it is brought
// to; the error is Invalid "missing_columns" when there is none.
func (im *rosterImport) readerOf(t *sheet.Table) (rosterReader, error) {
	r := rosterReader{today: im.today, school: im.school.Name, year: im.target.SchoolYear, defaultClass: im.class.Name}
	if named := classOfTable(t); named != "" {
		r.defaultClass = named
	}
	if _, ok := t.Columns[colClass]; !ok && r.defaultClass == "" {
		return r, models.Invalid("missing_columns", models.Field{
			Location: t.Place(t.HeaderRow, rosterSheet.HeaderAliases[colClass][0]), Code: "missing_column"})
	}
	return r, nil
}
