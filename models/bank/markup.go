package bank

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"nhaso/curriculum"
)

// parseHTML reads a fragment as a browser would, cut off where it is nested too deeply. ok is false for one that is too
// long to be a question's text.
func parseHTML(s string) (n *node, ok bool) {
	n = &node{name: "div"}
	if len(s) > 3*maxText {
		return n, false
	}
	if !strings.ContainsAny(s, "<&") {
		n.kids = []*node{{text: s}}
		return n, true
	}
	list, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return n, false
	}
	for _, k := range list {
		if got := fromHTML(k, 0); got != nil {
			n.kids = append(n.kids, got)
		}
	}
	return n, true
}

func fromHTML(h *html.Node, depth int) *node {
	switch h.Type {
	case html.TextNode:
		return &node{text: h.Data}
	case html.ElementNode:
		n := &node{name: h.Data, attr: map[string]string{}}
		for _, a := range h.Attr {
			n.attr[a.Key] = a.Val
		}
		if depth < maxDepth {
			for k := h.FirstChild; k != nil; k = k.NextSibling {
				if got := fromHTML(k, depth+1); got != nil {
					n.kids = append(n.kids, got)
				}
			}
		}
		return n
	}
	return nil
}

// silent elements hold no text for readers.
var silent = []string{"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title", "textarea", "select",
	"audio", "video", "canvas", "embed", "noembed", "noframes", "xmp", "plaintext"}

// blocks begin on a line of their own.
var blocks = []string{"p", "div", "li", "ul", "ol", "tr", "table", "tbody", "thead", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre",
	"section", "article", "dl", "dt", "dd", "figure", "prompt", "center", "hr"}

// kept are the elements of a stem, under the names other programs give them.
var kept = map[string]string{"strong": "strong", "b": "strong", "em": "em", "i": "em", "code": "code"}

// passed are elements that change nothing when they go.
var passed = []string{"span", "font", "small", "label", "div", "p", "prompt"}

// prose is what a text becomes.
type prose struct {
	out     strings.Builder
	plain   bool
	dropped bool // something of the markup was lost
}

// inline turns markup into a stem; dropped says that not all of it could stay.
func inline(list []*node) (stem string, dropped bool) {
	p := &prose{}
	p.walk(list)
	return curriculum.CleanStem(tidyBreaks(p.out.String())), p.dropped
}

// lines turns markup into plain text.
func lines(list []*node) (text string, dropped bool) {
	p := &prose{plain: true}
	p.walk(list)
	var out []string
	for line := range strings.SplitSeq(p.out.String(), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n"), p.dropped
}

func (p *prose) walk(list []*node) {
	for _, n := range list {
		switch {
		case n.name == "":
			p.text(n.text)
		case n.name == "br":
			p.lineBreak()
		case slices.Contains(silent, n.name):
			p.dropped = true
		case kept[n.name] != "":
			p.marked(n, kept[n.name])
		case n.name == "img":
			p.dropped = true
			p.text(n.at("alt"))
		case slices.Contains(blocks, n.name):
			p.dropped = p.dropped || !slices.Contains(passed, n.name)
			p.lineBreak()
			p.walk(n.kids)
			p.lineBreak()
		default:
			p.dropped = p.dropped || !slices.Contains(passed, n.name)
			p.walk(n.kids)
		}
	}
}

func (p *prose) marked(n *node, name string) {
	if p.plain {
		p.walk(n.kids)
		return
	}
	p.out.WriteString("<" + name + ">")
	p.walk(n.kids)
	p.out.WriteString("</" + name + ">")
}

func (p *prose) text(s string) {
	if p.plain {
		p.out.WriteString(strings.ReplaceAll(s, "\n", " "))
		return
	}
	p.out.WriteString(html.EscapeString(s))
}

func (p *prose) lineBreak() {
	if p.plain {
		p.out.WriteByte('\n')
		return
	}
	p.out.WriteString("<br>")
}

// tidyBreaks takes away breaks at the ends, in a row, and white space around them.
func tidyBreaks(s string) string {
	var out []string
	for part := range strings.SplitSeq(s, "<br>") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, "<br>")
}

// elements turns a stem into XML to be written, every element closed.
func elements(stem string) []any {
	n, _ := parseHTML(stem)
	var out []any
	for _, k := range n.kids {
		out = append(out, asElement(k))
	}
	return out
}

func asElement(n *node) any {
	if n.name == "" {
		return n.text
	}
	e := el(n.name, nil)
	for _, k := range n.kids {
		e.kids = append(e.kids, asElement(k))
	}
	return e
}

// escapeHTML writes plain text as HTML, line breaks as such.
func escapeHTML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br>").Replace(s)
}
