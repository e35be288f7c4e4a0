package bank

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// element is XML to be written: attributes in the order given, so that the same question gives the same bytes.
type element struct {
	name string
	attr []string // name, value, name, value …
	kids []any    // *element, or string for text; nil is passed over
}

// el makes an element out of attributes, see with, and of elements and texts.
func el(name string, attr []string, kids ...any) *element {
	return &element{name: name, attr: attr, kids: kids}
}

// with is a list of attributes.
func with(pairs ...string) []string { return pairs }

// document writes an element as a whole file, indented where that changes no text.
func document(root *element) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	root.write(&b, "", false)
	b.WriteByte('\n')
	return b.Bytes()
}

func escape(b *bytes.Buffer, s string) { _ = xml.EscapeText(b, []byte(s)) } // a Buffer does not fail

// write writes the element. inline says that white space around it would be text.
func (e *element) write(b *bytes.Buffer, indent string, inline bool) {
	b.WriteString("<" + e.name)
	for i := 0; i+1 < len(e.attr); i += 2 {
		b.WriteString(" " + e.attr[i] + `="`)
		escape(b, e.attr[i+1])
		b.WriteByte('"')
	}
	kids := e.kids[:0:0]
	text := inline
	for _, k := range e.kids {
		switch k := k.(type) {
		case string:
			text = true
			if k != "" {
				kids = append(kids, k)
			}
		case *element:
			if k != nil {
				kids = append(kids, k)
			}
		}
	}
	if len(kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	for _, k := range kids {
		switch k := k.(type) {
		case string:
			escape(b, k)
		case *element:
			if !text {
				b.WriteString("\n" + indent + "  ")
			}
			k.write(b, indent+"  ", text)
		}
	}
	if !text {
		b.WriteString("\n" + indent)
	}
	b.WriteString("</" + e.name + ">")
}

// tree is the element as the reader would see it.
func (e *element) tree() *node {
	n := &node{name: modernName(e.name), attr: map[string]string{}}
	for i := 0; i+1 < len(e.attr); i += 2 {
		n.attr[camel(e.attr[i])] = e.attr[i+1]
	}
	for _, k := range e.kids {
		switch k := k.(type) {
		case string:
			if k != "" {
				n.kids = append(n.kids, &node{text: k})
			}
		case *element:
			if k != nil {
				n.kids = append(n.kids, k.tree())
			}
		}
	}
	return n
}

// modern renames QTI elements of 2.1 into those of 3.0. HTML inside keeps its names.
func (e *element) modern() *element {
	out := &element{name: e.name, attr: append([]string{}, e.attr...)}
	if !htmlNames[e.name] {
		out.name = "qti-" + kebab(e.name)
		for i := 0; i < len(out.attr); i += 2 {
			if !strings.Contains(out.attr[i], ":") {
				out.attr[i] = kebab(out.attr[i])
			}
		}
	}
	for _, k := range e.kids {
		if sub, ok := k.(*element); ok && sub != nil {
			k = sub.modern()
		}
		out.kids = append(out.kids, k)
	}
	if e.name == "modalFeedback" { // 3.0 wants a body in it
		out.kids = []any{el("qti-content-body", nil, out.kids...)}
	}
	return out
}

// htmlNames are the elements of HTML that our items use.
var htmlNames = map[string]bool{"p": true, "div": true, "span": true, "strong": true, "em": true, "code": true, "br": true,
	"object": true, "img": true}
