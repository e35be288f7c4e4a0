package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"nhaso/models"
)

// The limits of a workbook's sheet.
const (
	mostRows    = 1_048_576
	mostColumns = 16_384
	mostText    = 32_767 // characters of a cell
	mostName    = 31     // characters of a sheet's name
)

// check refuses what a spreadsheet cannot hold: a text cut off would be a wrong
// one. The error is KindTooLarge with the place.
func (p Page) check() error {
	if len(p.Columns) > mostColumns || len(p.Columns) == 0 {
		return tooLarge("columns", "too_many_columns")
	}
	if len(p.Rows)+len(p.Totals)+2 > mostRows {
		return tooLarge("rows", "too_many_rows")
	}
	for _, rows := range [][][]Cell{p.Rows, p.Totals} {
		for i, row := range rows {
			if len(row) > len(p.Columns) {
				return tooLarge(fmt.Sprintf("row %d", i+1), "too_many_columns")
			}
			for _, c := range row {
				if utf8.RuneCountInString(c.text) > mostText {
					return tooLarge(fmt.Sprintf("row %d", i+1), "cell_too_long")
				}
			}
		}
	}
	return nil
}

// WriteCSV writes a page as text that Excel and LibreOffice open with a double
// click: UTF-8 with a mark at the start, lines ended by CR LF, the headings,
// the codes when there are any, rows and totals. delimiter is ',' or ';'; with
// ';' numbers have a decimal comma, as programs set to Vietnamese expect them.
// A text that a spreadsheet would run as a formula gets an apostrophe before
// it. Errors: KindTooLarge, or that of the writer.
func WriteCSV(w io.Writer, p Page, delimiter rune) error {
	if delimiter != ',' && delimiter != ';' {
		return models.Invalid("invalid", models.Field{Location: "delimiter", Code: "invalid"})
	}
	if err := p.check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	_, _ = b.Write(utf8BOM) // a bufio.Writer keeps its first error until Flush
	line := func(text func(i int) string) {
		for i := range p.Columns {
			if i > 0 {
				_, _ = b.WriteRune(delimiter)
			}
			_, _ = b.WriteString(quoted(text(i), delimiter))
		}
		_, _ = b.WriteString("\r\n")
	}
	line(func(i int) string { return safe(models.Clean(p.Columns[i].Heading)) })
	if p.hasCodes() {
		line(func(i int) string { return safe(p.Columns[i].Code) })
	}
	for _, rows := range [][][]Cell{p.Rows, p.Totals} {
		for _, row := range rows {
			line(func(i int) string { return csvText(cell(row, i), p.Columns[i].Decimals, delimiter) })
		}
	}
	return b.Flush()
}

func csvText(c Cell, decimals int, delimiter rune) string {
	s := c.Plain(decimals)
	switch {
	case c.kind == cellText:
		return safe(s)
	case c.kind == cellNumber && delimiter == ';':
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// safe keeps a text from being run as a formula.
func safe(s string) string {
	if Formula(s) {
		return "'" + s
	}
	return s
}

func quoted(s string, delimiter rune) string {
	// A lone "ID" at the start of a file means another format to Excel; a
	// semicolon file may be opened with a comma for delimiter and the other way
	// round, so both are quoted.
	if !strings.ContainsAny(s, ",;\"'\t\r\n ") && !strings.ContainsRune(s, delimiter) && s != "ID" {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// WriteXLSX writes a workbook: headings and codes that stay in sight, a filter
// over the rows, numbers as numbers, days as days, and a page set up for A4 on
// its side that repeats the headings. Texts are texts whatever they begin with;
// those that look like a formula carry the mark of an apostrophe as well, so
// that editing the cell does not make them one. The same book is the same
// bytes. Errors: KindTooLarge, or that of the writer.
func WriteXLSX(w io.Writer, b Book) error {
	if len(b.Pages) == 0 {
		return models.Invalid("empty_file", models.Field{Location: "pages", Code: "empty_file"})
	}
	for _, p := range b.Pages {
		if err := p.check(); err != nil {
			return err
		}
	}
	f := excelize.NewFile()
	defer f.Close()
	made := b.Made.UTC().Format("2006-01-02T15:04:05Z")
	if err := f.SetDocProps(&excelize.DocProperties{Title: models.Clean(b.Title), Creator: "Nhà Số", LastModifiedBy: "Nhà Số",
		Created: made, Modified: made, Language: "vi-VN"}); err != nil {
		return err
	}
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for i, p := range b.Pages {
		name := sheetName(p.Name, taken)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err == nil {
			err = writePage(f, name, p, styles)
		}
		if err != nil {
			return fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	return f.Write(w)
}

// sheetName makes a name that every spreadsheet program takes, and that no
// other sheet of the book has.
func sheetName(s string, taken map[string]bool) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return '-'
		}
		return r
	}, models.Clean(s))
	s = strings.Trim(s, "' ")
	if s == "" {
		s = "Bảng"
	}
	name := cutRunes(s, mostName)
	for n := 2; taken[strings.ToLower(name)]; n++ {
		tail := fmt.Sprintf(" (%d)", n)
		name = cutRunes(s, mostName-len(tail)) + tail
	}
	taken[strings.ToLower(name)] = true
	return name
}

func cutRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimRight(string(r[:most]), "' ")
	}
	return s
}
