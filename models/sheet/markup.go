package sheet

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/unicode"

	"nhaso/models"
)

// readMarkup reads what school software calls ".xls" and is a web page with a
// table, or the XML form of Excel 2003. Both are rows of cells between tags. A
// web page is one sheet whose rows count on, as a spreadsheet program shows it,
// but after a table with a header the next table stands for itself; the XML form
// has a sheet for each of its worksheets. Nothing in it is fetched or run.
func readMarkup(r io.Reader, s *sink) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	text, encoding, err := markupText(data)
	if err != nil {
		return err
	}
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(longestText)
	m := &markup{sink: s, encoding: encoding}
	m.begin("")
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); errors.Is(err, html.ErrBufferExceeded) {
				return tooLarge(m.table.Place(m.number, ""), "cell_too_long")
			} else if !errors.Is(err, io.EOF) {
				return broken("file", err)
			}
			break
		}
		if err := m.take(kind, z); err != nil {
			return err
		}
	}
	if err := m.finishSheet(); err != nil {
		return err
	}
	return s.finish()
}

// markupText turns the page into UTF-8. What a page claims of its own encoding
// is often wrong; its bytes decide.
func markupText(data []byte) (text, encoding string, err error) {
	if enc := utf16Of(data[:min(len(data), 4096)]); enc != "" {
		order := unicode.LittleEndian
		if enc == encUTF16BE {
			order = unicode.BigEndian
		}
		out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", "", models.Invalid("unknown_encoding", models.Field{Location: "file", Code: "unknown_encoding"})
		}
		return string(out), enc, nil
	}
	data = bytes.TrimPrefix(data, utf8BOM)
	if utf8.Valid(data) {
		return string(data), encUTF8, nil
	}
	enc, ok := detectLegacy(markedLines(data))
	if !ok {
		return "", "", models.Invalid("unknown_encoding", models.Field{Location: "file", Code: "unknown_encoding"})
	}
	return decodeLegacy(enc, data), enc, nil
}

// markup collects cells and rows out of the tags.
type markup struct {
	sink     *sink
	encoding string
	table    *Table
	held     *holder

	number int    // of the row in its sheet
	silent string // the element whose text is no text of a cell: script, style
	inRow  bool
	inCell bool
	cell   strings.Builder
	span   int // columns the open cell covers
	down   int // further rows it covers
	cells  []string
	below  map[int]int // column → rows still covered by a cell above
}

func (m *markup) begin(name string) {
	m.table = &Table{Sheet: name, Encoding: m.encoding}
	m.held = &holder{table: m.table, sink: m.sink}
	m.number, m.below = 0, map[int]int{}
	m.sink.begin(m.table)
}

func (m *markup) finishSheet() error {
	if err := m.endRow(); err != nil {
		return err
	}
	if err := m.held.release(); err != nil {
		return err
	}
	return m.sink.end()
}

// take handles one token.
func (m *markup) take(kind html.TokenType, z *html.Tokenizer) error {
	switch kind {
	case html.TextToken:
		if m.inCell && m.silent == "" {
			m.cell.Write(z.Text())
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		name, more := z.TagName()
		return m.start(string(name), attributes(z, more), kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		name, _ := z.TagName()
		return m.stop(string(name))
	}
	return nil
}

// attributes reads the few that say where a cell stands.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	found := map[string]string{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch name := strings.TrimPrefix(string(key), "ss:"); name {
		case "colspan", "rowspan", "index", "mergeacross", "mergedown", "name":
			found[name] = string(value)
		}
	}
	return found
}

func (m *markup) start(name string, at map[string]string, empty bool) error {
	switch name {
	case "script", "style", "title":
		if !empty {
			m.silent = name
		}
	case "worksheet":
		if m.number > 0 || m.table.Sheet != "" {
			if err := m.finishSheet(); err != nil {
				return err
			}
		}
		m.begin(tidy(at["name"]))
	case "table":
		return m.nextTable()
	case "tr", "row":
		if err := m.endRow(); err != nil {
			return err
		}
		if i := whole(at["index"], 0); name == "row" && i > m.number {
			m.number = i - 1
		}
		m.number++
		m.inRow = true
		if empty {
			return m.endRow()
		}
	case "td", "th", "cell":
		m.startCell(name, at)
		if empty {
			m.endCell()
		}
	case "br", "p", "div":
		if m.inCell {
			m.cell.WriteByte(' ')
		}
	}
	return nil
}

// nextTable ends the table before, when that one has a header: what follows is
// of another kind, instructions or the next class. A letterhead without one
// stays above the rows that come.
func (m *markup) nextTable() error {
	if m.inCell || m.number == 0 {
		return nil
	}
	if err := m.endRow(); err != nil {
		return err
	}
	if err := m.held.release(); err != nil {
		return err
	}
	m.held = &holder{table: m.table, sink: m.sink}
	if !m.sink.hasHeader() {
		return nil
	}
	if err := m.sink.end(); err != nil {
		return err
	}
	number := m.number
	m.begin(m.table.Sheet)
	m.number = number
	return nil
}

func (m *markup) startCell(name string, at map[string]string) {
	if !m.inRow {
		return
	}
	m.endCell()
	m.pass()
	if i := whole(at["index"], 0); name == "cell" {
		for len(m.cells)+1 < i && len(m.cells) <= m.sink.opts.MaxColumns {
			m.cells = append(m.cells, "")
		}
	}
	m.inCell = true
	m.cell.Reset()
	m.span = max(1, whole(at["colspan"], 1), whole(at["mergeacross"], 0)+1)
	m.down = max(0, whole(at["rowspan"], 1)-1, whole(at["mergedown"], 0))
}

// pass leaves the places open that a cell of a row above reaches down to.
func (m *markup) pass() {
	for m.below[len(m.cells)] > 0 && len(m.cells) <= m.sink.opts.MaxColumns {
		m.below[len(m.cells)]--
		m.cells = append(m.cells, "")
	}
}

func (m *markup) endCell() {
	if !m.inCell {
		return
	}
	m.inCell = false
	text := strings.Join(strings.Fields(m.cell.String()), " ")
	// Beyond the limit the row is refused; more of it need not be kept.
	for i := 0; i < m.span && len(m.cells) <= m.sink.opts.MaxColumns+1; i++ {
		if m.down > 0 {
			m.below[len(m.cells)] = m.down
		}
		m.cells = append(m.cells, text)
		text = ""
	}
}

func (m *markup) endRow() error {
	if !m.inRow {
		return nil
	}
	m.endCell()
	m.pass()
	m.inRow = false
	cells := m.cells
	m.cells = nil
	return m.held.row(m.number, cells)
}

func (m *markup) stop(name string) error {
	switch name {
	case m.silent:
		m.silent = ""
	case "td", "th", "cell":
		m.endCell()
	case "tr", "row", "table":
		return m.endRow()
	}
	return nil
}

// whole reads a small number of an attribute.
func whole(s string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > 1<<20 {
		return otherwise
	}
	return n
}
