package curriculum

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxDepth bounds nesting. The format needs 6; without a bound, 1 MB of "[" would exhaust the parser's stack.
const maxDepth = 12

// document is a YAML text as JSON values (map[string]any, []any, string, bool, json.Number, nil) that remembers, by
// JSON pointer, on which line of its file each value stands.
type document struct {
	file  string
	first int // line of the file on which the YAML begins
	value any
	lines map[string]int
}

// at makes a Problem at the value with that JSON pointer, or at its nearest ancestor that has a line.
func (d *document) at(pointer, format string, args ...any) Problem {
	return Problem{File: d.file, Line: d.line(pointer), Reason: fmt.Sprintf(format, args...)}
}

func (d *document) line(pointer string) int {
	for {
		if n, ok := d.lines[pointer]; ok {
			return n
		}
		cut := strings.LastIndexByte(pointer, '/')
		if cut < 0 {
			return d.first
		}
		pointer = pointer[:cut]
	}
}

// decode fills dst from the document. The schema has been checked before, so an error here is a gap in the schema.
func (d *document) decode(dst any) []Problem {
	text, err := json.Marshal(numbersAsText("", d.value))
	if err == nil {
		dec := json.NewDecoder(strings.NewReader(string(text)))
		dec.DisallowUnknownFields()
		err = dec.Decode(dst)
	}
	if err != nil {
		return []Problem{d.at("", "cannot be read: %v", err)}
	}
	return nil
}

// parseYAML reads one YAML document that begins on line first of the file. It takes the plain part of YAML only: no
// anchors, aliases, merge keys, tags, directives or complex keys, so nothing can expand and what is read is what stands there.
func parseYAML(file, text string, first int) (doc *document, problems []Problem) {
	d := &document{file: file, first: first, lines: map[string]int{}}
	defer func() { // a content file must not be able to stop the program through a fault of the YAML library
		if r := recover(); r != nil {
			doc, problems = nil, []Problem{d.at("", "not valid YAML")}
		}
	}()
	tokens := lexer.Tokenize(text)
	if p, bad := d.refuseTokens(tokens); bad {
		return nil, []Problem{p}
	}
	tree, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, []Problem{d.syntax(err)}
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, []Problem{d.at("", "must hold exactly one YAML document, found %d", countBodies(tree))}
	}
	w := walker{doc: d}
	d.value = w.value("", tree.Docs[0].Body, 0)
	if len(w.problems) > 0 {
		return nil, w.problems
	}
	return d, nil
}

func countBodies(tree *ast.File) int {
	n := 0
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			n++
		}
	}
	return n
}

// position is the library's own "at [line:column]", which counts from the start of the YAML, not of the file.
var position = regexp.MustCompile(` at \[\d+:\d+\]`)

func (d *document) syntax(err error) Problem {
	var located yaml.Error
	if errors.As(err, &located) {
		return Problem{File: d.file, Line: d.tokenLine(located.GetToken()), Reason: "not valid YAML: " + position.ReplaceAllString(located.GetMessage(), "")}
	}
	return d.at("", "not valid YAML: %v", err)
}

func (d *document) tokenLine(t *token.Token) int {
	if t == nil || t.Position == nil || t.Position.Line < 1 {
		return d.first
	}
	return d.first + t.Position.Line - 1
}

// refusedTokens names the parts of YAML that content may not use.
var refusedTokens = map[token.Type]string{
	token.AnchorType:     "anchors (&) are not allowed; put text with a leading & in quotes",
	token.AliasType:      "aliases (*) are not allowed; put text with a leading * in quotes",
	token.MergeKeyType:   "merge keys (<<) are not allowed",
	token.TagType:        "tags (!) are not allowed; put text with a leading ! in quotes",
	token.DirectiveType:  "directives (%) are not allowed; put text with a leading % in quotes",
	token.MappingKeyType: "complex keys (?) are not allowed; put text with a leading ? in quotes",
}

// refuseTokens looks at the tokens before they are parsed, because nesting is what could hurt the parser.
func (d *document) refuseTokens(tokens token.Tokens) (Problem, bool) {
	flow, dashes, dashLine := 0, 0, 0
	for _, t := range tokens {
		if reason, bad := refusedTokens[t.Type]; bad {
			return Problem{File: d.file, Line: d.tokenLine(t), Reason: reason}, true
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType:
			if line := d.tokenLine(t); line != dashLine {
				dashes, dashLine = 0, line
			}
			dashes++
		}
		if flow > maxDepth || dashes > maxDepth || (t.Position != nil && t.Position.IndentLevel > 4*maxDepth) {
			return Problem{File: d.file, Line: d.tokenLine(t), Reason: "nested too deeply"}, true
		}
	}
	return Problem{}, false
}

// walker turns the syntax tree into JSON values.
type walker struct {
	doc      *document
	problems []Problem
}

func (w *walker) refuse(n ast.Node, format string, args ...any) any {
	p := Problem{File: w.doc.file, Line: w.doc.tokenLine(n.GetToken()), Reason: fmt.Sprintf(format, args...)}
	w.problems = append(w.problems, p)
	return nil
}

func (w *walker) value(pointer string, n ast.Node, depth int) any {
	if n == nil {
		return nil
	}
	if depth > maxDepth {
		return w.refuse(n, "nested too deeply")
	}
	if _, known := w.doc.lines[pointer]; !known {
		w.doc.lines[pointer] = w.doc.tokenLine(n.GetToken())
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return w.mapping(pointer, n.Values, depth)
	case *ast.MappingValueNode:
		return w.mapping(pointer, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		list := make([]any, 0, len(n.Values))
		for i, item := range n.Values {
			list = append(list, w.value(pointer+"/"+strconv.Itoa(i), item, depth+1))
		}
		return list
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.BoolNode:
		return n.Value
	case *ast.NullNode:
		return nil
	case *ast.IntegerNode, *ast.FloatNode:
		return w.number(n)
	default:
		return w.refuse(n, "%s is not allowed here", n.Type())
	}
}

func (w *walker) mapping(pointer string, values []*ast.MappingValueNode, depth int) any {
	if len(values) > 0 && values[0].Key != nil {
		w.doc.lines[pointer] = min(w.doc.line(pointer), w.doc.tokenLine(values[0].Key.GetToken()))
	}
	object := make(map[string]any, len(values))
	for _, entry := range values {
		key, ok := entry.Key.(*ast.StringNode)
		if !ok {
			w.refuse(entry, "a field name must be plain text")
			continue
		}
		if _, twice := object[key.Value]; twice {
			w.refuse(key, "field %q stands here twice", key.Value)
		}
		below := pointer + "/" + escapePointer.Replace(key.Value)
		w.doc.lines[below] = w.doc.tokenLine(key.Token)
		object[key.Value] = w.value(below, entry.Value, depth+1)
	}
	return object
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// number keeps the digits as written, so that the competence code 4.2 stays the text "4.2".
func (w *walker) number(n ast.Node) any {
	text := n.GetToken().Value
	var probe json.Number
	if json.Unmarshal([]byte(text), &probe) != nil {
		return w.refuse(n, "%q is not a plain decimal number; put text in quotes", text)
	}
	return json.Number(text)
}

// numbersAsText turns the bare numbers of competences and dates into the texts that they stand for: [4.1, 4.2], date: 2024.
func numbersAsText(field string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, below := range v {
			out[name] = numbersAsText(name, below)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, below := range v {
			out[i] = numbersAsText(field, below)
		}
		return out
	case json.Number:
		if field == "competences" || field == "date" {
			return v.String()
		}
	}
	return v
}
