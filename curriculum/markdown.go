package curriculum

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// markdownReader has attributes on for {#card-key}, and raw HTML off, as it is by default.
var markdownReader = goldmark.New(goldmark.WithParserOptions(parser.WithHeadingAttribute()))

// allowed is the HTML that a card or a stem may carry to a browser. The syntax tree has been checked against a closed
// list before; this is the second lock on the same door.
var allowed = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "em", "strong", "code", "ul", "ol", "li", "br")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	return p
}()

// prose is a Markdown text inside a file.
type prose struct {
	file   string
	first  int // line of the file on which the text begins
	source []byte
	root   ast.Node
}

func parseProse(file, source string, first int) *prose {
	p := &prose{file: file, first: first, source: []byte(source)}
	p.root = markdownReader.Parser().Parse(text.NewReader(p.source))
	return p
}

func (p *prose) at(n ast.Node, format string, args ...any) Problem {
	return Problem{File: p.file, Line: p.line(n), Reason: fmt.Sprintf(format, args...)}
}

// line finds the node's line from its own position or, for a node that has none, from its nearest relative's.
func (p *prose) line(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if pos := offsetOf(n); pos >= 0 && pos <= len(p.source) {
			return p.first + bytes.Count(p.source[:pos], []byte("\n"))
		}
	}
	return p.first
}

func offsetOf(n ast.Node) int {
	if t, ok := n.(*ast.Text); ok {
		return t.Segment.Start
	}
	if pos := n.Pos(); pos >= 0 {
		return pos
	}
	if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	if n.FirstChild() != nil {
		return offsetOf(n.FirstChild())
	}
	return -1
}

// refusals checks a subtree against the closed list of what content may use.
func (p *prose) refusals(n ast.Node) []Problem {
	var out []Problem
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if reason := refusal(n); reason != "" {
			out = append(out, p.at(n, "%s", reason))
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return out
}

func refusal(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.Text, *ast.String, *ast.Emphasis, *ast.CodeSpan,
		*ast.List, *ast.ListItem, *ast.Blockquote, *ast.Image:
		return ""
	case *ast.RawHTML, *ast.HTMLBlock:
		return "raw HTML is not allowed"
	case *ast.Link, *ast.AutoLink, *ast.LinkReferenceDefinition:
		return "links are not allowed: write the address as text"
	case *ast.Heading:
		return fmt.Sprintf("headings inside a card are not allowed, and a card begins with ##, not with %s", strings.Repeat("#", n.Level))
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return "code blocks are not allowed (is the line indented by four spaces?)"
	case *ast.ThematicBreak:
		return "rules (---) are not allowed"
	default:
		return fmt.Sprintf("%s is not allowed", n.Kind())
	}
}

var (
	edges  = regexp.MustCompile(`(<(?:p|li)>)\s+|\s+(</(?:p|li)>)`)
	breaks = regexp.MustCompile(`</p>|</li>|<br/?>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

// html renders a node and sanitises the result.
func (p *prose) html(n ast.Node) (string, error) {
	var buf bytes.Buffer
	if err := markdownReader.Renderer().Render(&buf, p.source, n); err != nil {
		return "", err
	}
	return strings.TrimSpace(edges.ReplaceAllString(allowed.Sanitize(buf.String()), "$1$2")), nil
}

// plain turns sanitised HTML into lines of text.
func plain(h string) string {
	var lines []string
	for line := range strings.SplitSeq(html.UnescapeString(tags.ReplaceAllString(breaks.ReplaceAllString(h, "\n"), "")), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// inline renders a Markdown text that must be one paragraph without picture or quote, such as a stem.
func (d *document) inline(pointer, source string) (string, []Problem) {
	p := parseProse(d.file, source, d.line(pointer))
	problems := p.refusals(p.root)
	first := p.root.FirstChild()
	if len(problems) == 0 && (first == nil || first.NextSibling() != nil || first.Kind() != ast.KindParagraph) {
		problems = append(problems, d.at(pointer, "must be one paragraph without lists, quotes or headings"))
	}
	if len(problems) > 0 {
		return "", problems
	}
	if len(imagesIn(first)) > 0 {
		return "", []Problem{d.at(pointer, "a picture belongs into the field \"image\"")}
	}
	h, err := p.html(first)
	if err != nil {
		return "", []Problem{d.at(pointer, "cannot be rendered: %v", err)}
	}
	if words := reserved.FindString(plain(h)); words != "" {
		return "", []Problem{d.at(pointer, "%s", reservedReason(words))}
	}
	return strings.TrimSuffix(strings.TrimPrefix(h, "<p>"), "</p>"), nil
}
