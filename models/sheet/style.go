package sheet

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"nhaso/models"
)

// styles are the formats of a workbook's cells, made once a book.
type styles struct {
	file    *excelize.File
	heading int
	code    int
	known   map[look]int
}

// look is what tells one format of a cell from another.
type look struct {
	kind     cellKind
	decimals int
	total    bool // bold, on a tinted ground
	quoted   bool // a text that looks like a formula
}

const (
	dayFormat     = "dd/mm/yyyy"
	instantFormat = "dd/mm/yyyy hh:mm"
	lineColour    = "C9D3DC"
	groundColour  = "E6F0FA"
)

func newStyles(f *excelize.File) (*styles, error) {
	s := &styles{file: f, known: map[look]int{}}
	ground := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{groundColour}}
	var err error
	s.heading, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: ground, Border: thin(),
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return nil, err
	}
	s.code, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Size: 8, Color: "4B5A68"}, Fill: ground, Border: thin()})
	return s, err
}

func thin() []excelize.Border {
	var list []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		list = append(list, excelize.Border{Type: side, Color: lineColour, Style: 1})
	}
	return list
}

// of answers the format of a cell.
func (s *styles) of(c Cell, decimals int, total bool) (int, error) {
	l := look{kind: c.kind, total: total}
	switch c.kind {
	case cellNumber:
		l.decimals = min(max(decimals, 0), 6)
	case cellText:
		l.quoted = Formula(c.text)
	}
	if id, ok := s.known[l]; ok {
		return id, nil
	}
	style := &excelize.Style{Border: thin(), Alignment: &excelize.Alignment{Vertical: "top", WrapText: c.kind == cellText}}
	if format := l.format(); format != "" {
		style.CustomNumFmt = &format
	}
	if total {
		style.Font = &excelize.Font{Bold: true}
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{groundColour}}
	}
	id, err := s.file.NewStyle(style)
	if err != nil {
		return 0, err
	}
	if l.quoted {
		// Equal formats share an id, so this one is copied before it is marked.
		mark, xf := true, s.file.Styles.CellXfs.Xf[id]
		xf.QuotePrefix = &mark
		s.file.Styles.CellXfs.Xf = append(s.file.Styles.CellXfs.Xf, xf)
		s.file.Styles.CellXfs.Count = len(s.file.Styles.CellXfs.Xf)
		id = s.file.Styles.CellXfs.Count - 1
	}
	s.known[l] = id
	return id, nil
}

func (l look) format() string {
	switch l.kind {
	case cellText:
		return "@"
	case cellDay:
		return dayFormat
	case cellInstant:
		return instantFormat
	case cellNumber:
		if l.decimals == 0 {
			return "0"
		}
		return "0." + strings.Repeat("0", l.decimals)
	}
	return ""
}

// value is what a workbook keeps of a cell.
func (c Cell) value(decimals int) any {
	switch c.kind {
	case cellText:
		return c.text
	case cellNumber:
		return round(c.number, decimals)
	case cellDay, cellInstant:
		// As a spreadsheet counts: days since its day 0.
		return c.at.Sub(excelEpoch).Hours() / 24
	}
	return nil
}

// writePage fills one sheet.
func writePage(f *excelize.File, name string, p Page, s *styles) error {
	top := 1 // rows of headings
	if p.hasCodes() {
		top = 2
	}
	// A stream copies what the sheet is set up with: that comes first.
	if err := p.setUp(f, name, top); err != nil {
		return err
	}
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := p.setColumns(out, top); err != nil {
		return err
	}
	if err := p.writeTop(out, s); err != nil {
		return err
	}
	at := top
	for i, rows := range [][][]Cell{p.Rows, p.Totals} {
		for _, row := range rows {
			at++
			if err := p.writeRow(out, s, at, row, i == 1); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// setColumns sets widths and what stays in sight; a streamed sheet wants them
// before its rows.
func (p Page) setColumns(out *excelize.StreamWriter, top int) error {
	// The library puts each before the others, and the format wants them in order.
	for i := len(p.Columns); i > 0; i-- {
		if err := out.SetColWidth(i, i, p.width(i-1)); err != nil {
			return err
		}
	}
	corner, err := excelize.CoordinatesToCellName(p.Frozen+1, top+1)
	if err != nil {
		return err
	}
	pane := "bottomRight"
	if p.Frozen == 0 {
		pane = "bottomLeft"
	}
	return out.SetPanes(&excelize.Panes{Freeze: true, XSplit: p.Frozen, YSplit: top, TopLeftCell: corner, ActivePane: pane})
}

// width is that of the widest content within bounds, in characters.
func (p Page) width(i int) float64 {
	if w := p.Columns[i].Width; w > 0 {
		return min(w, 255)
	}
	const least, most = 8, 48
	widest := utf8.RuneCountInString(p.Columns[i].Code) * 3 / 4 // codes are small
	for _, word := range strings.Fields(p.Columns[i].Heading) {
		widest = max(widest, utf8.RuneCountInString(word)+1)
	}
	for _, rows := range [][][]Cell{p.Rows, p.Totals} {
		for _, row := range rows {
			widest = max(widest, utf8.RuneCountInString(cell(row, i).Plain(p.Columns[i].Decimals)))
		}
	}
	return float64(min(max(widest, least), most) + 2)
}

func (p Page) writeTop(out *excelize.StreamWriter, s *styles) error {
	headings, codes := make([]any, len(p.Columns)), make([]any, len(p.Columns))
	for i, c := range p.Columns {
		headings[i] = excelize.Cell{StyleID: s.heading, Value: models.Clean(c.Heading)}
		codes[i] = excelize.Cell{StyleID: s.code, Value: c.Code}
	}
	if err := out.SetRow("A1", headings, excelize.RowOpts{Height: 34}); err != nil || !p.hasCodes() {
		return err
	}
	return out.SetRow("A2", codes)
}

func (p Page) writeRow(out *excelize.StreamWriter, s *styles, at int, row []Cell, total bool) error {
	values := make([]any, len(p.Columns))
	for i, column := range p.Columns {
		c := cell(row, i)
		style, err := s.of(c, column.Decimals, total)
		if err != nil {
			return err
		}
		values[i] = excelize.Cell{StyleID: style, Value: c.value(column.Decimals)}
	}
	return out.SetRow(fmt.Sprintf("A%d", at), values)
}

// setUp adds the filter and prepares the sheet for paper: A4 on its side, as
// wide as the paper, headings on every page, page numbers below.
func (p Page) setUp(f *excelize.File, name string, top int) error {
	last, err := excelize.CoordinatesToCellName(len(p.Columns), top+len(p.Rows))
	if err != nil {
		return err
	}
	whole, err := excelize.CoordinatesToCellName(len(p.Columns), top+len(p.Rows)+len(p.Totals))
	if err != nil {
		return err
	}
	if err := f.SetSheetDimension(name, "A1:"+whole); err != nil {
		return err
	}
	if err := f.AutoFilter(name, fmt.Sprintf("A%d:%s", top, last), nil); err != nil {
		return err
	}
	a4, wide, tall, across, fit := 9, 1, 0, "landscape", true
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &across, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	if err := f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddHeader: printed("&L", p.Heading), OddFooter: "&L&8Nhà Số&R&8&P/&N"}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name,
		RefersTo: fmt.Sprintf("'%s'!$1:$%d", strings.ReplaceAll(name, "'", "''"), top)})
}

// printed is a text in the head of a printed page, where "&" begins an order.
// Excel refuses a file with more than 255 characters there.
func printed(side, text string) string {
	text = strings.ReplaceAll(models.Clean(text), "&", "&&")
	if text == "" {
		return ""
	}
	return side + strings.TrimSuffix(cutRunes(text, 240), "&")
}
