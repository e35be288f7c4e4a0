package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// checkPart reads one XML part of a workbook through, before the workbook
// library does, which takes the end of what it understands for the end of the
// sheet. A text or tag longer than any cell, tags that do not fit each other,
// entities of the file's own and rows out of their order are refused. It answers
// the number of the last row, 0 when the part is no sheet.
func checkPart(f *zip.File) (last int, err error) {
	if !strings.HasSuffix(strings.ToLower(f.Name), ".xml") {
		return 0, nil
	}
	r, err := f.Open()
	if err != nil {
		return 0, broken("file", err)
	}
	defer r.Close()
	p := &part{name: f.Name, in: bufio.NewReaderSize(r, longestText)}
	for {
		more, err := p.next()
		if err != nil {
			return 0, err
		}
		if !more {
			return p.row, nil
		}
	}
}

// deepestTags is far beyond what workbooks have.
const deepestTags = 1000

// part is an XML part while it is read.
type part struct {
	name string
	in   *bufio.Reader
	open []string // names of the open elements
	data bool     // within the rows of a sheet
	row  int      // number of the last row
}

// next reads the text up to a tag, and the tag. It answers false at the end.
func (p *part) next() (more bool, err error) {
	text, err := p.in.ReadSlice('<')
	if errors.Is(err, io.EOF) {
		if len(p.open) > 0 {
			return false, p.broken("the part ends within " + p.open[len(p.open)-1])
		}
		return false, nil
	}
	if err != nil {
		return false, p.failed(err)
	}
	if !knownEntities(text) {
		return false, p.broken("an entity of its own")
	}
	tag, err := p.tag()
	if err != nil {
		return false, err
	}
	return true, p.take(tag)
}

// tag reads on to the end of the tag that has begun. A ">" within quotes, a
// comment or a CDATA section does not end it.
func (p *part) tag() ([]byte, error) {
	piece, err := p.in.ReadSlice('>')
	if err != nil {
		return nil, p.failed(err)
	}
	if wholeTag(piece) {
		return piece, nil
	}
	for tag := bytes.Clone(piece); ; {
		if len(tag) > longestText {
			return nil, tooLarge("file", "cell_too_long")
		}
		if piece, err = p.in.ReadSlice('>'); err != nil {
			return nil, p.failed(err)
		}
		if tag = append(tag, piece...); wholeTag(tag) {
			return tag, nil
		}
	}
}

// wholeTag tells whether the tag, whose "<" is left out, ends with this ">".
func wholeTag(tag []byte) bool {
	switch {
	case bytes.HasPrefix(tag, []byte("!--")):
		return len(tag) >= 6 && bytes.HasSuffix(tag, []byte("-->"))
	case bytes.HasPrefix(tag, []byte("![CDATA[")):
		return bytes.HasSuffix(tag, []byte("]]>"))
	case bytes.HasPrefix(tag, []byte("?")):
		return bytes.HasSuffix(tag, []byte("?>"))
	}
	var quote byte
	for _, c := range tag {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote == 0
}

// take follows the tags. What is declared with "<!" is an entity or a type, and
// no spreadsheet program writes either.
func (p *part) take(tag []byte) error {
	name := tagName(tag)
	switch {
	case tag[0] == '?', bytes.HasPrefix(tag, []byte("!--")), bytes.HasPrefix(tag, []byte("![CDATA[")):
		return nil
	case tag[0] == '!':
		return p.broken("a declaration")
	case tag[0] == '/':
		if len(p.open) == 0 || p.open[len(p.open)-1] != name {
			return p.broken("</" + name + "> ends nothing")
		}
		p.open = p.open[:len(p.open)-1]
		p.data = p.data && name != "sheetData"
		return nil
	case !knownEntities(tag):
		return p.broken("an entity of its own")
	}
	if p.data && name == "row" {
		if err := p.countRow(tag); err != nil {
			return err
		}
	}
	if bytes.HasSuffix(tag, []byte("/>")) {
		return nil
	}
	p.data = p.data || name == "sheetData"
	if p.open = append(p.open, name); len(p.open) > deepestTags {
		return p.broken("too deep")
	}
	return nil
}

// countRow takes the number that the row has, or the next one.
func (p *part) countRow(tag []byte) error {
	next := p.row + 1
	if i := bytes.Index(tag, []byte(" r=")); i >= 0 && len(tag) > i+4 {
		value, _, _ := bytes.Cut(tag[i+4:], tag[i+3:i+4])
		n, err := strconv.Atoi(string(value))
		if err != nil || n < next || n > 1<<20 { // a sheet has no more rows
			return broken(fmt.Sprintf("row %d", next), fmt.Errorf("%s: row %q comes after row %d", p.name, value, p.row))
		}
		next = n
	}
	p.row = next
	return nil
}

// tagName is the name without its prefix: programs differ in those.
func tagName(tag []byte) string {
	name := bytes.TrimPrefix(tag, []byte("/"))
	if i := bytes.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	return string(name[bytes.IndexByte(name, ':')+1:])
}

// knownEntities tells whether the text names only what every XML has.
func knownEntities(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return true
		}
		text = text[i+1:]
		name, _, ended := bytes.Cut(text[:min(len(text), 12)], []byte(";"))
		if !ended {
			return false
		}
		switch string(name) {
		case "amp", "lt", "gt", "quot", "apos":
			continue
		}
		if len(name) < 2 || name[0] != '#' {
			return false
		}
	}
}

func (p *part) failed(err error) error {
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return tooLarge("file", "cell_too_long")
	case errors.Is(err, io.EOF):
		return p.broken("the part ends within a tag")
	}
	return broken("file", err)
}

func (p *part) broken(what string) error {
	return broken("file", fmt.Errorf("%s: %s", p.name, what))
}
