package bank

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Bounds of an XML or HTML tree.
const (
	maxDepth = 100
	maxNodes = 1_000_000
)

// node is an element, or a piece of text when name is empty. Names are without their namespace.
type node struct {
	name string
	attr map[string]string
	kids []*node
	text string
	line int
}

// first finds the first child element of a name, nil when there is none. It may be asked of nil, as all readers here.
func (n *node) first(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// all lists the child elements of a name.
func (n *node) all(name string) (out []*node) {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
		}
	}
	return out
}

// find lists the elements of a name at any depth, in document order.
func (n *node) find(name string) (out []*node) {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
		}
		out = append(out, k.find(name)...)
	}
	return out
}

// at answers an attribute, empty when there is none.
func (n *node) at(name string) string {
	if n == nil {
		return ""
	}
	return n.attr[name]
}

// inner is all text below the node.
func (n *node) inner() string {
	if n == nil {
		return ""
	}
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	for _, k := range n.kids {
		b.WriteString(k.inner())
	}
	return b.String()
}

// parseXML reads a document into a tree. Nothing outside the file is ever read: a document type that defines entities
// is refused, one that names a file is passed over. Errors are refusals at a line.
func parseXML(data []byte) (*node, error) {
	if bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")) ||
		bytes.HasPrefix(data, []byte("<\x00")) || bytes.HasPrefix(data, []byte("\x00<")) {
		text, err := decode(data)
		if err != nil {
			return nil, err
		}
		data = []byte(text)
	}
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), " \t\r\n")
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = charset
	p := &parser{dec: dec, stack: []*node{{name: "#document"}}}
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := dec.InputPos()
		if err == nil {
			err = p.add(token, line)
		} else {
			err = refuse("line "+itoa(line), "not_xml")
		}
		if err != nil {
			return nil, err
		}
	}
	if len(p.stack) != 1 {
		return nil, refuse("line "+itoa(1+bytes.Count(data, []byte("\n"))), "cut_off")
	}
	var root *node
	for _, k := range p.stack[0].kids {
		switch {
		case k.name == "":
		case root == nil:
			root = k
		default: // two files put together: the second must not be lost unheard
			return nil, refuse("line "+itoa(k.line), "not_xml")
		}
	}
	if root == nil {
		return nil, refuse("file", "not_xml")
	}
	return root, nil
}

// charset reads the encodings that an XML declaration may name. UTF-16 has been turned into UTF-8 before.
func charset(label string, in io.Reader) (io.Reader, error) {
	if strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return in, nil
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(in), nil
}

type parser struct {
	dec   *xml.Decoder
	stack []*node
	nodes int
}

func (p *parser) add(token xml.Token, line int) error {
	top := p.stack[len(p.stack)-1]
	place := "line " + itoa(line)
	if p.nodes++; p.nodes > maxNodes {
		return refuse(place, "too_large")
	}
	switch t := token.(type) {
	case xml.StartElement:
		if len(p.stack) > maxDepth {
			return refuse(place, "too_deep")
		}
		n := &node{name: modernName(t.Name.Local), line: line}
		for _, a := range t.Attr {
			if n.attr == nil {
				n.attr = map[string]string{}
			}
			n.attr[camel(a.Name.Local)] = a.Value
		}
		top.kids = append(top.kids, n)
		p.stack = append(p.stack, n)
	case xml.EndElement:
		if len(p.stack) == 1 || top.name != modernName(t.Name.Local) {
			return refuse(place, "not_xml")
		}
		p.stack = p.stack[:len(p.stack)-1]
	case xml.CharData:
		if len(top.kids) > 0 && top.kids[len(top.kids)-1].name == "" { // text that a comment cut in two
			top.kids[len(top.kids)-1].text += string(t)
			break
		}
		top.kids = append(top.kids, &node{text: string(t), line: line})
	case xml.Directive:
		if bytes.Contains(t, []byte("[")) || bytes.Contains(bytes.ToUpper(t), []byte("ENTITY")) {
			return refuse(place, "entities")
		}
	}
	return nil
}

// modernName gives elements of QTI 3.0 the names of 2.1, so that one reader reads both: qti-choice-interaction is
// choiceInteraction. Other names stay.
func modernName(name string) string {
	if rest, ok := strings.CutPrefix(name, "qti-"); ok {
		return camel(rest)
	}
	return name
}

// camel turns response-identifier into responseIdentifier.
func camel(name string) string {
	if !strings.Contains(name, "-") {
		return name
	}
	parts := strings.Split(name, "-")
	for i, p := range parts[1:] {
		if p != "" {
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

// kebab turns responseIdentifier into response-identifier.
func kebab(name string) string {
	var b strings.Builder
	for _, r := range name {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
