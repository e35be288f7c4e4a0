package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"nhaso/models"
)

// A workbook may unpack to this many times its size limit, and have this many
// parts: lists of 400,000 rows shrink to a tenth, zip bombs to a thousandth.
const (
	unzipFactor = 8
	unzipParts  = 2000
	xmlInMemory = 16 << 20 // larger parts are unpacked to temporary files
	unzipFree   = 64 << 20 // what any workbook may unpack to, however small it is
	unzipRatio  = 100      // how many times its own size it may unpack to beyond that
	// longestText is more than any cell can hold: 32,767 characters, each of
	// them written as an entity. The workbook library would keep a longer text
	// in memory whole.
	longestText = 256 << 10
	// emptyRows bounds all rows of a workbook, the empty ones too: a format on whole columns writes a
	// million of them in a sheet, and each takes its time to be passed over.
	emptyRows = 2<<20 + 100_000
)

// readXLSX reads every sheet of a workbook into the sink. Cells are taken as
// they are stored: numbers and days unformatted, a formula as the value that
// was saved with it. Nothing is computed.
func readXLSX(r io.Reader, s *sink) (err error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	ends, err := checkZip(data, s.opts.MaxBytes*unzipFactor)
	if err != nil {
		return err
	}
	var inYield bool
	yield := s.yield
	s.yield = func(t *Table, row Row) error {
		inYield = true
		err := yield(t, row)
		inYield = false
		return err
	}
	defer func() {
		// The workbook library panics on some malformed files; they must not
		// bring down the server. A panic of the caller's own passes.
		if p := recover(); p != nil {
			if inYield {
				panic(p)
			}
			err = broken("file", fmt.Errorf("%v", p))
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: s.opts.MaxBytes * unzipFactor, UnzipXMLSizeLimit: xmlInMemory,
	})
	if err != nil {
		return broken("file", err)
	}
	defer f.Close()
	from1904 := false
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		from1904 = *props.Date1904
	}
	names, hidden := sheetsOf(f)
	for _, name := range names {
		t := &Table{Sheet: name, Encoding: "xlsx", Date1904: from1904, Hidden: hidden}
		if err := readSheet(f, t, s, ends); err != nil {
			return err
		}
	}
	return s.finish()
}

// sheetsOf tells the sheets that a reader sees from the hidden ones: what those
// hold, lists of choices or the class of last year, nobody looks at before it is
// imported.
func sheetsOf(f *excelize.File) (seen, hidden []string) {
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			hidden = append(hidden, name)
			continue
		}
		seen = append(seen, name)
	}
	return seen, hidden
}

// checkZip bounds what the archive claims to unpack to, and answers the last row
// of each sheet. A part that unpacks to more than it claims is refused by
// archive/zip itself.
func checkZip(data []byte, limit int64) (ends map[int]bool, err error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, broken("file", err)
	}
	if len(z.File) > unzipParts {
		return nil, tooLarge("file", "too_many_parts")
	}
	if reason := notWorkbook(z); reason != "" {
		return nil, models.Invalid("unknown_format", models.Field{Location: "file", Code: reason})
	}
	limit = min(limit, max(unzipFree, unzipRatio*int64(len(data))))
	var total uint64
	for _, f := range z.File {
		total += f.UncompressedSize64
		if f.UncompressedSize64 > uint64(limit) || total > uint64(limit) {
			return nil, tooLarge("file", "unpacks_too_large")
		}
	}
	ends = map[int]bool{}
	rows := 0
	for _, f := range z.File {
		end, err := checkPart(f)
		if err != nil {
			return nil, err
		}
		ends[end] = true
		if rows += end; rows > emptyRows {
			return nil, tooLarge("file", "too_many_rows")
		}
	}
	return ends, nil
}

// notWorkbook names what an archive is that has no workbook, when that helps.
func notWorkbook(z *zip.Reader) string {
	for _, f := range z.File {
		switch f.Name {
		case "xl/workbook.bin":
			return "xlsb"
		case "word/document.xml", "ppt/presentation.xml":
			return "not_a_table"
		case "content.xml":
			return "ods"
		}
	}
	return ""
}

func broken(location string, cause error) error {
	e := models.Invalid("broken_file", models.Field{Location: location, Code: "broken_file"})
	e.Err = cause
	return e
}

// readSheet streams one sheet. Its first rows are kept until the font that the
// text is meant for is known. The library ends a sheet without a word where its
// XML is broken: the rows that it gave must be as many as one of the sheets has,
// whose last rows are ends.
func readSheet(f *excelize.File, t *Table, s *sink, ends map[int]bool) error {
	rows, err := f.Rows(t.Sheet)
	if err != nil {
		if _, ok := err.(excelize.ErrSheetNotExist); ok { //nolint:errorlint // the library returns it bare
			return nil // a chart sheet has no rows
		}
		return broken("sheet "+t.Sheet, err)
	}
	defer rows.Close()
	s.begin(t)
	h := &holder{table: t, sink: s}
	number := 1
	for ; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return broken(t.Place(number, ""), err)
		}
		if err := h.row(number, cells); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return broken("sheet "+t.Sheet, err)
	}
	if !ends[number-1] {
		return broken(t.Place(number-1, ""), nil)
	}
	if err := h.release(); err != nil {
		return err
	}
	return s.end()
}

// holder keeps the first rows of a sheet until there are enough to tell
// whether its text is meant for a legacy font.
type holder struct {
	table   *Table
	sink    *sink
	held    []Row
	font    string
	settled bool
}

func (h *holder) row(number int, cells []string) error {
	switch {
	case h.settled:
		return h.sink.row(number, refontAll(h.font, cells))
	case len(cells) > 0:
		h.held = append(h.held, Row{number, cells})
	}
	if len(h.held) >= 100 {
		return h.release()
	}
	return nil
}

// release settles the font and passes on what was held.
func (h *holder) release() error {
	if h.settled {
		return nil
	}
	h.settled = true
	if h.font = sheetFont(h.held); h.font != "" {
		h.table.Encoding += "+" + h.font
	}
	for _, r := range h.held {
		if err := h.sink.row(r.Number, refontAll(h.font, r.Cells)); err != nil {
			return err
		}
	}
	h.held = nil
	return nil
}

// sheetFont finds out whether the text of the rows is meant for a legacy font.
func sheetFont(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		for _, c := range r.Cells {
			if !isASCII([]byte(c)) && b.Len() < sampleSize {
				b.WriteString(c)
				b.WriteByte('\n')
			}
		}
	}
	font, _ := detectFont(b.String())
	return font
}

// refontAll tidies the cells of a row in place.
func refontAll(font string, cells []string) []string {
	for i, c := range cells {
		if font != "" {
			cells[i] = refont(font, c)
		} else {
			cells[i] = tidy(c)
		}
	}
	return cells
}

// refont turns one cell of text meant for a legacy font into Unicode. A cell
// that has letters outside that font's code, or reads as Vietnamese already,
// was typed with another keyboard and stays.
func refont(font, s string) string {
	if isASCII([]byte(s)) {
		return trim(s)
	}
	for _, r := range s {
		if r > 0xff && !strings.ContainsRune(cp1252Extra, r) {
			return tidy(s)
		}
	}
	if good, bad := scoreText(s); good > 0 && bad == 0 {
		b, _ := latinBytes(s)
		if g, _ := scoreText(decodeLegacy(font, b)); g < good {
			return tidy(s)
		}
	}
	b, _ := latinBytes(s)
	return tidy(decodeLegacy(font, b))
}

// cp1252Extra are the signs of Windows-1252 above U+00FF.
const cp1252Extra = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"

// trim cuts spaces of every kind, and the invisible marks that copying brings:
// those at the ends, and all that only steer how a text is shown.
func trim(s string) string {
	s = models.Visible(s)
	return strings.TrimFunc(s, noSign)
}
