// Package sheet reads tables out of the files that schools and communes have:
// CSV in any encoding still met in Viet Nam, XLSX, and the web pages that pass
// for .xls. It knows no database and no room; it finds the header, keeps the
// file's own row numbers and says where something is wrong, so that an importer
// can answer with a place. It also writes tables: WriteXLSX and WriteCSV put the
// same Page into a workbook or a text file.
package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"nhaso/models"
)

// Options bound a file and say which columns are sought. A zero number takes
// its default.
type Options struct {
	MaxBytes   int64 // size of the file, default 50 MB
	MaxRows    int   // data rows of all sheets together, default 500,000
	MaxColumns int   // filled columns of a row, default 200
	// HeaderAliases lists, for each column name of our own, the headings it is
	// known under, best first. They are compared folded: without marks, case,
	// double spaces, asterisks and what stands in brackets at the end.
	// Without aliases the first row that is not empty is the header.
	HeaderAliases map[string][]string
	// Required are the names of HeaderAliases without which a sheet is no table.
	Required []string
}

// Table is one sheet: where its header stands and, from Read, its rows.
type Table struct {
	Sheet     string         // name of the sheet, empty for CSV
	Encoding  string         // "utf-8", "utf-16le", "utf-16be", "windows-1258", "tcvn3", "vni"; "xlsx", "xlsx+tcvn3", "xlsx+vni"
	Header    []string       // the headings as they stand in the file
	HeaderRow int            // the file's own number of the header row, from 1
	Columns   map[string]int // our own column name → index, only those found
	Date1904  bool           // the workbook counts days from 1904 (old Macintosh files)
	Hidden    []string       // names of the workbook's hidden sheets, which are not read
	Top       []Row          // what stands above the header: letterhead, title
	Rows      []Row
}

// Row is one filled row. Number is the row number that a spreadsheet program
// shows. Cells are trimmed NFC text, as many as the row has.
type Row struct {
	Number int
	Cells  []string
}

// headerRows is how far from the top a header is sought: exports of school
// software put the ministry's letterhead above it.
const headerRows = 30

// withDefaults fills the zero numbers.
func (o Options) withDefaults() Options {
	if o.MaxBytes == 0 {
		o.MaxBytes = 50 << 20
	}
	if o.MaxRows == 0 {
		o.MaxRows = 500_000
	}
	if o.MaxColumns == 0 {
		o.MaxColumns = 200
	}
	return o
}

// Read reads a whole file of size bytes (-1 when unknown) and answers one table
// for each sheet that has the header. Errors: KindTooLarge with code
// "too_large"; KindInvalid with codes "empty_file", "unknown_format",
// "unknown_encoding", "broken_file", "header_not_found" or "missing_columns",
// the fields naming sheet, row and column.
func Read(r io.Reader, size int64, opts Options) ([]Table, error) {
	var found []*Table
	err := stream(r, size, opts, func(t *Table) { found = append(found, t) }, func(t *Table, row Row) error {
		row.Cells = slices.Clone(row.Cells)
		t.Rows = append(t.Rows, row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	tables := make([]Table, len(found))
	for i, t := range found {
		tables[i] = *t
	}
	return tables, nil
}

// Stream reads like Read and hands over row by row without keeping them, so
// that a register of 400,000 households needs no memory. The Cells slice is
// used again for the next row; the strings in it may be kept. An error of yield
// stops the reading and comes back as it is.
func Stream(r io.Reader, size int64, opts Options, yield func(t *Table, row Row) error) error {
	return stream(r, size, opts, func(*Table) {}, yield)
}

// stream finds the format and hands on. found is called once for each table,
// also for one without rows.
func stream(r io.Reader, size int64, opts Options, found func(*Table), yield func(*Table, Row) error) error {
	opts = opts.withDefaults()
	if size > opts.MaxBytes {
		return tooLarge("file", "too_many_bytes")
	}
	limited := &limitReader{r: r, left: opts.MaxBytes}
	buffered := bufio.NewReaderSize(limited, 64<<10)
	start, err := buffered.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	s := &sink{opts: opts, aliases: foldAliases(opts.HeaderAliases), found: found, yield: yield}
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(start, utf8BOM))) == 0 && len(start) < 512:
		return models.Invalid("empty_file", models.Field{Location: "file", Code: "empty_file"})
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return readXLSX(buffered, s)
	case bytes.HasPrefix(start, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		data, err := io.ReadAll(buffered)
		if err != nil {
			return err
		}
		return models.Invalid("unknown_format", models.Field{Location: "file", Code: oldBinary(data)})
	case looksLikeMarkup(start):
		return readMarkup(buffered, s)
	case utf32(start):
		return models.Invalid("unknown_encoding", models.Field{Location: "file", Code: "unknown_encoding"})
	case slices.ContainsFunc(notTables, func(p []byte) bool { return bytes.HasPrefix(start, p) }):
		return models.Invalid("unknown_format", models.Field{Location: "file", Code: "not_a_table"})
	}
	return readCSV(buffered, s)
}

var utf8BOM = []byte{0xef, 0xbb, 0xbf}

// limitReader fails, rather than ends, at the limit: a file cut off there must
// not pass for a whole one.
type limitReader struct {
	r    io.Reader
	left int64
}

func (l *limitReader) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, tooLarge("file", "too_many_bytes")
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return 0, tooLarge("file", "too_many_bytes")
	}
	return n, err
}

// tooLarge is the one answer to everything over its limit.
func tooLarge(location, code string) error {
	return &models.Error{
		Kind: models.KindTooLarge, Code: "too_large",
		Fields: []models.Field{{Location: location, Code: code}},
	}
}

// Cell is the text of a row in one of our own columns; "" when the file has no
// such column or the row ends before it.
func (t *Table) Cell(row Row, column string) string {
	i, ok := t.Columns[column]
	if !ok || i >= len(row.Cells) {
		return ""
	}
	return row.Cells[i]
}

// Date is Date of a cell, with the workbook's way of counting days.
func (t *Table) Date(row Row, column string) (string, error) {
	return date(t.Cell(row, column), t.Date1904)
}

// Heading is the file's own heading of one of our columns, for a message; the
// name itself when the file has no such column.
func (t *Table) Heading(column string) string {
	if i, ok := t.Columns[column]; ok && i < len(t.Header) {
		return t.Header[i]
	}
	return column
}

// Place names a cell for an error: "row 12, column Ngày sinh", with the sheet
// before it when there is one. An empty column names the row.
func (t *Table) Place(row int, column string) string {
	s := fmt.Sprintf("row %d", row)
	if t.Sheet != "" {
		s = "sheet " + t.Sheet + ", " + s
	}
	if column != "" {
		s += ", column " + t.Heading(column)
	}
	return s
}
