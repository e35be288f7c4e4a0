package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"

	"nhaso/models"
)

// Book is a workbook to be written: its pages in order.
type Book struct {
	Title string    // in the file's properties
	Made  time.Time // the date that the file claims for itself
	Pages []Page
}

// Page is one table to be written. WriteXLSX and WriteCSV write the same cells,
// so that one definition of columns serves screen, workbook and text file.
type Page struct {
	Name    string // of the sheet; shortened and cleaned of signs that a sheet's name cannot have
	Columns []Column
	Rows    [][]Cell // each as long as Columns; a shorter one ends in empty cells
	Totals  [][]Cell // below the rows, bold, outside the filter
	// Frozen is how many columns stay in sight when the sheet is scrolled
	// sideways; the heading rows always do.
	Frozen int
	// Heading is printed above every page of paper, for instance school, class
	// and the filters that were on.
	Heading string
}

// Column is one column of a Page.
type Column struct {
	Heading string // what people read, in Vietnamese
	// Code is what programs read; it never changes. A page whose columns have
	// none has no row of codes.
	Code     string
	Width    float64 // in characters; 0 takes the width of the content
	Decimals int     // of the numbers in it, 0..6
}

// Cell is one value: a text, a number, a day or an instant. The zero Cell is
// empty.
type Cell struct {
	kind   cellKind
	text   string // of a text; a day as "2006-01-02"
	number float64
	at     time.Time
}

type cellKind int

const (
	cellEmpty cellKind = iota
	cellText
	cellNumber
	cellDay
	cellInstant
)

// Text is a cell of text, brought into NFC and freed of control characters. An
// empty text is an empty cell.
func Text(s string) Cell {
	if s = models.Clean(s); s == "" {
		return Cell{}
	}
	return Cell{kind: cellText, text: s}
}

// Int is a cell with a whole number.
func Int(n int) Cell { return Number(float64(n)) }

// Number is a cell with a number, rounded to its column's decimals when it is
// written. What is no number (NaN, infinite) is an empty cell.
func Number(v float64) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Cell{}
	}
	return Cell{kind: cellNumber, number: v}
}

// Day is a cell with a civil day, given as "2006-01-02"; another text stays a
// text.
func Day(s string) Cell {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Text(s)
	}
	return Cell{kind: cellDay, text: s, at: at}
}

// Instant is a cell with day and time of day in Viet Nam, to the minute; the
// zero time is an empty cell.
func Instant(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	// A spreadsheet knows no time zones: the local hour is written as it is read.
	local := t.In(models.VietNam()).Truncate(time.Minute)
	return Cell{kind: cellInstant, at: time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)}
}

// Plain is the cell as text with a decimal point: "60", "0.25", "2026-11-26",
// "2026-11-26 08:15". Screens, tests and WriteCSV read it.
func (c Cell) Plain(decimals int) string {
	switch c.kind {
	case cellNumber:
		return strconv.FormatFloat(round(c.number, decimals), 'f', -1, 64)
	case cellDay:
		return c.text
	case cellInstant:
		return c.at.Format("2006-01-02 15:04")
	}
	return c.text
}

func round(v float64, decimals int) float64 {
	scale := math.Pow10(min(max(decimals, 0), 6))
	if r := math.Round(v*scale) / scale; !math.IsInf(r, 0) {
		return r + 0 // no negative zero
	}
	return v
}

// cell answers a row's cell, empty beyond its end.
func cell(row []Cell, i int) Cell {
	if i < len(row) {
		return row[i]
	}
	return Cell{}
}

// hasCodes tells whether a row of codes stands below the headings.
func (p Page) hasCodes() bool {
	for _, c := range p.Columns {
		if c.Code != "" {
			return true
		}
	}
	return false
}

// Formula tells whether a spreadsheet might take a text for a formula: it
// begins with one of = + - @, or with such a sign of full width, as East Asian
// keyboards write it.
func Formula(s string) bool {
	return strings.IndexAny(s, "=+-@") == 0 || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") ||
		strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠")
}
