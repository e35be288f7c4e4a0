package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"nhaso/models"
)

// chunk is how much of a CSV file is in memory: enough to tell its encoding
// and delimiter, more than the longest row.
const chunk = 1 << 20

// csvReader cuts a CSV file into rows. It works on bytes and decodes cells one
// by one, because every encoding in use keeps ASCII; UTF-16 is turned into
// UTF-8 before.
type csvReader struct {
	r     io.Reader
	buf   []byte // unread bytes are buf[at:end]
	at    int
	end   int
	eof   bool
	delim byte

	encoding string // "" until the first sign beyond ASCII is met
	font     string // "tcvn3" or "vni" when UTF-8 text is meant for such a font
	sink     *sink
	table    *Table
	number   int // of the row being read

	fields [][]byte
	cells  []string
	spare  []byte // unescaped quoted fields
}

// readCSV reads the file into the sink.
func readCSV(r *bufio.Reader, s *sink) error {
	c := &csvReader{buf: make([]byte, chunk), sink: s, table: &Table{Encoding: encUTF8}}
	start, err := r.Peek(min(r.Size(), 4096))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	c.r = r
	switch enc := utf16Of(start); {
	case enc != "":
		order := unicode.LittleEndian
		if enc == encUTF16BE {
			order = unicode.BigEndian
		}
		c.r = transform.NewReader(r, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
		c.table.Encoding, c.encoding = enc, encUTF8
	case bytes.HasPrefix(start, utf8BOM):
		if _, err := r.Discard(len(utf8BOM)); err != nil {
			return err
		}
	case bytes.IndexByte(start, 0) >= 0:
		return models.Invalid("unknown_format", models.Field{Location: "file", Code: "not_a_table"})
	}
	if err := c.fill(); err != nil {
		return err
	}
	c.sink.begin(c.table)
	c.directive()
	if err := c.rows(); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return s.finish()
}

// directive obeys the line "sep=;" that Excel writes and reads, and otherwise
// finds the delimiter.
func (c *csvReader) directive() {
	head := c.buf[c.at:c.end]
	if len(head) > 6 && bytes.EqualFold(head[:4], []byte("sep=")) && (head[5] == '\r' || head[5] == '\n') {
		c.delim = head[4]
		c.at += 6
		if head[5] == '\r' && head[6] == '\n' {
			c.at++
		}
		c.number = 1
		return
	}
	c.delim = delimiter(head[:min(len(head), 64<<10)])
}

// fill moves what is unread to the front and reads on.
func (c *csvReader) fill() error {
	if c.at > 0 {
		copy(c.buf, c.buf[c.at:c.end])
		c.end -= c.at
		c.at = 0
	}
	for empty := 0; c.end < len(c.buf) && !c.eof; empty++ {
		n, err := c.r.Read(c.buf[c.end:])
		c.end += n
		if n > 0 {
			empty = 0
		} else if empty > 100 {
			return io.ErrNoProgress
		}
		if errors.Is(err, io.EOF) {
			c.eof = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// rows reads row after row.
func (c *csvReader) rows() error {
	for {
		if c.end-c.at < chunk/2 && !c.eof {
			if err := c.fill(); err != nil {
				return err
			}
		}
		if c.at == c.end {
			return nil
		}
		c.number++
		used, err := c.split(c.buf[c.at:c.end])
		if err != nil {
			return err
		}
		if err := c.decode(); err != nil {
			return err
		}
		c.at += used
		if err := c.sink.row(c.number, c.cells); err != nil {
			return err
		}
	}
}

// split cuts one row off data and answers its length in bytes.
func (c *csvReader) split(data []byte) (int, error) {
	c.fields, c.spare = c.fields[:0], c.spare[:0]
	i := 0
	for {
		if i < len(data) && data[i] == '"' {
			n, err := c.quoted(data[i:])
			if err != nil {
				return 0, err
			}
			i += n
		} else {
			j := i
			for j < len(data) && data[j] != c.delim && data[j] != '\n' && data[j] != '\r' {
				j++
			}
			c.fields = append(c.fields, data[i:j])
			i = j
		}
		if i >= len(data) {
			return i, c.whole(i, data)
		}
		b := data[i]
		i++
		if b == c.delim {
			continue
		}
		if b == '\r' && i < len(data) && data[i] == '\n' {
			i++
		}
		return i, nil
	}
}

// whole refuses a row that is longer than the memory kept for one.
func (c *csvReader) whole(n int, data []byte) error {
	if n == len(data) && !c.eof {
		return tooLarge(c.table.Place(c.number, ""), "row_too_long")
	}
	return nil
}

// quoted reads a field in quotes, with what stands between the closing quote
// and the delimiter, and answers its length.
func (c *csvReader) quoted(data []byte) (int, error) {
	from := len(c.spare)
	i := 1
	for {
		j := bytes.IndexByte(data[i:], '"')
		if j < 0 {
			if !c.eof {
				return 0, tooLarge(c.table.Place(c.number, ""), "row_too_long")
			}
			return 0, models.Invalid("broken_file", models.Field{Location: c.table.Place(c.number, ""), Code: "unclosed_quote"})
		}
		c.spare = append(c.spare, data[i:i+j]...)
		i += j + 1
		if i >= len(data) || data[i] != '"' {
			break
		}
		c.spare = append(c.spare, '"')
		i++
	}
	for i < len(data) && data[i] != c.delim && data[i] != '\n' && data[i] != '\r' {
		c.spare = append(c.spare, data[i])
		i++
	}
	c.fields = append(c.fields, c.spare[from:len(c.spare):len(c.spare)])
	return i, nil
}

// decode turns the fields of the row into trimmed NFC strings. The strings of a
// plain row share one allocation.
func (c *csvReader) decode() error {
	c.cells = c.cells[:0]
	plain := true
	size := 0
	for i, f := range c.fields {
		f = bytes.TrimSpace(f)
		c.fields[i] = f
		size += len(f)
		plain = plain && isASCII(f)
	}
	if plain {
		c.share(size)
		return nil
	}
	for _, f := range c.fields {
		s, err := c.text(f)
		if err != nil {
			return err
		}
		c.cells = append(c.cells, s)
	}
	return nil
}

func (c *csvReader) share(size int) {
	row := make([]byte, 0, size)
	for _, f := range c.fields {
		row = append(row, f...)
	}
	all, at := string(row), 0
	for _, f := range c.fields {
		c.cells = append(c.cells, all[at:at+len(f)])
		at += len(f)
	}
}

// text decodes one cell, and finds out the encoding at the first that needs it.
func (c *csvReader) text(f []byte) (string, error) {
	if isASCII(f) {
		return string(f), nil
	}
	if c.encoding == "" || c.encoding == encUTF8 && c.font == "" {
		if err := c.settle(); err != nil {
			return "", err
		}
	}
	switch {
	case c.encoding != encUTF8:
		return tidy(decodeLegacy(c.encoding, f)), nil
	case !utf8.Valid(f):
		return "", models.Invalid("unknown_encoding", models.Field{Location: c.table.Place(c.number, ""), Code: "unknown_encoding"})
	case c.font != "none":
		return refont(c.font, string(f)), nil
	}
	return tidy(string(f)), nil
}

// settle decides the encoding from the signs beyond ASCII among the bytes read
// so far.
func (c *csvReader) settle() error {
	sample := c.buf[c.at:c.end]
	if !c.eof {
		if i := bytes.LastIndexByte(sample, '\n'); i > 0 {
			sample = sample[:i]
		}
	}
	sample = markedLines(sample)
	if utf8.Valid(sample) {
		c.encoding, c.font = encUTF8, "none"
		if font, ok := detectFont(string(sample)); ok {
			c.font = font
			c.table.Encoding += "+" + font
		}
		return nil
	}
	if c.table.Encoding != encUTF8 { // UTF-16 turned into UTF-8 is always valid
		return models.Invalid("unknown_encoding", models.Field{Location: "file", Code: "unknown_encoding"})
	}
	enc, ok := detectLegacy(sample)
	if !ok {
		return models.Invalid("unknown_encoding", models.Field{Location: c.table.Place(c.number+c.linesToFault(), ""), Code: "unknown_encoding"})
	}
	c.encoding, c.table.Encoding = enc, enc
	return nil
}

// linesToFault counts the line ends before the first byte that is no UTF-8: in a
// file that is UTF-8 but for one row, that row is the one to mend.
func (c *csvReader) linesToFault() (lines int) {
	for data := c.buf[c.at:c.end]; ; {
		i := bytes.IndexByte(data, '\n')
		if i < 0 || !utf8.Valid(data[:i]) {
			return lines
		}
		data, lines = data[i+1:], lines+1
	}
}

// tidy is the form of every cell: NFC, without spaces at its ends. Names are
// cleaned further by the rooms that keep them.
func tidy(s string) string {
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return trim(s)
}
