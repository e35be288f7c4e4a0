package bank

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"nhaso/curriculum"
)

// A character after a backslash stands for itself: while a question is taken apart it is kept as a character of a
// private plane, which printable takes out of every text that comes in.
const (
	escapedLow  = 0xF0000
	escapedHigh = 0xF0080
	special     = `\:#={}~n`
)

var (
	giftWeight = regexp.MustCompile(`^%(-?[0-9]{1,3}(?:\.[0-9]*)?)%`)
	giftID     = regexp.MustCompile(`\[id:([^\[\]<>]*)\]`)
	giftTag    = regexp.MustCompile(`\[tag:([^\[\]<>]*)\]`)
	giftOrder  = regexp.MustCompile(`(?i)^>\s*([0-9]+|ALL|EXACT|REL|CONTIG[A-Z]*|RANDOM)?(\s+(ALL|EXACT|RANDOM|REL|RELATIVE|CONTIG[A-Z]*|VERT[A-Z]*|HORI[A-Z]*|ABSOLUTE[A-Z_]*|RELATIVE[A-Z_]*|LONGEST[A-Z_]*|ALL_OR_NOTHING|SHOW|HIDE|TRUE|FALSE|NONE|ABC|IIII|123|[0-9]))*[ \t]*$`)
)

func hide(s string) string {
	var b strings.Builder
	list := []rune(s)
	for i := 0; i < len(list); i++ {
		r := list[i]
		switch {
		case escapedLow <= r && r < escapedHigh:
			r = '\uFFFD'
		case r == '\\' && i+1 < len(list) && strings.ContainsRune(special, list[i+1]):
			i++
			r = escapedLow + list[i]
		}
		b.WriteRune(r)
	}
	return b.String()
}

func reveal(s string) string {
	return strings.Map(func(r rune) rune {
		if r == escapedLow+'n' {
			return '\n'
		}
		if escapedLow <= r && r < escapedHigh {
			return r - escapedLow
		}
		return r
	}, s)
}

// gift reads a GIFT file: questions with an empty line between them.
func (r *reader) gift(data []byte) error {
	text, err := decode(data)
	if err != nil {
		return err
	}
	all := append(strings.Split(text, "\n"), "")
	from := 0
	for i, line := range all {
		if strings.TrimSpace(line) != "" {
			continue
		}
		if i > from {
			if r.full() {
				return refuse("line "+itoa(from+1), "too_many_questions")
			}
			if it, ok := r.giftBlock(all[from:i], from+1); ok {
				r.keep(it)
			}
		}
		from = i + 1
	}
	return nil
}

// giftBlock reads the lines of one question; ok is false for lines that are no question: comments, a category.
func (r *reader) giftBlock(block []string, line int) (it item, ok bool) {
	var body []string
	for i, l := range block {
		switch trimmed := strings.TrimSpace(l); {
		case strings.HasPrefix(trimmed, "//"):
			it.giftComment(strings.TrimSpace(trimmed[2:]))
		case strings.HasPrefix(trimmed, "$CATEGORY:"):
		default:
			if len(body) == 0 {
				line += i
			}
			body = append(body, l)
		}
	}
	text := strings.TrimSpace(hide(strings.Join(body, "\n")))
	if text == "" {
		return it, false
	}
	it.where = "line " + itoa(line)
	if rest, named := strings.CutPrefix(text, "::"); named {
		if name, rest, closed := strings.Cut(rest, "::"); closed {
			it.name, text = short(reveal(name)), strings.TrimSpace(rest)
			it.where += ": " + it.name
		}
	}
	if it.q.Key == "" && keyForm.MatchString(it.name) {
		it.q.Key = it.name
	}
	r.giftQuestion(&it, text)
	return it, true
}

// giftComment reads the comments that say more than Moodle's own text: its id and tags, and our extension.
func (it *item) giftComment(c string) {
	if rest, ok := strings.CutPrefix(c, tagPrefix); ok && strings.HasPrefix(rest, "{") {
		it.rest = rest
		return
	}
	if id := giftID.FindStringSubmatch(c); id != nil {
		it.q.Key = strings.TrimSpace(id[1])
	}
	for _, tag := range giftTag.FindAllStringSubmatch(c, -1) {
		it.tags = append(it.tags, strings.TrimSpace(tag[1]))
	}
}

func (r *reader) giftQuestion(it *item, text string) {
	open, end := strings.IndexByte(text, '{'), strings.IndexByte(text, '}')
	if open < 0 && end < 0 {
		it.skip, it.detail = "type_unsupported", "description"
		return
	}
	if open < 0 || end < open {
		it.skip = "braces"
		return
	}
	before, answers, after := text[:open], strings.TrimSpace(text[open+1:end]), strings.TrimSpace(text[end+1:])
	if strings.ContainsAny(after, "{}") || strings.ContainsRune(answers, '{') {
		it.skip = "several_answers"
		if !strings.Contains(after, "{") {
			it.skip = "braces"
		}
		return
	}
	stem := before
	if after != "" {
		stem = strings.TrimRight(before, " ") + " _____ " + after
	}
	html := giftFormat(&stem, "moodle") // the format of the stem is that of the answers, unless they say otherwise
	general := ""
	if at := strings.LastIndex(answers, "####"); at >= 0 {
		answers, general = strings.TrimSpace(answers[:at]), answers[at+4:]
	}
	tree := giftMarkup(stem, html)
	for _, img := range tree.find("img") {
		r.note(it.where, "picture_dropped", short(img.at("src")))
		img.name, img.attr = "span", nil
	}
	var dropped bool
	if it.q.Stem, dropped = inline(tree.kids); dropped {
		r.note(it.where, "markup_dropped", "")
	}
	g := &giftParts{r: r, it: it, format: html}
	it.q.Explain = g.plain(general)
	g.read(answers)
}

// giftFormat takes a format in brackets off the beginning of a text.
func giftFormat(text *string, otherwise string) string {
	trimmed := strings.TrimSpace(*text)
	for _, f := range []string{"html", "moodle", "plain", "markdown"} {
		if rest, ok := strings.CutPrefix(trimmed, "["+f+"]"); ok {
			*text = rest
			return f
		}
	}
	*text = trimmed
	return otherwise
}

// giftMarkup is a text as markup. In Moodle's own format and in Markdown, HTML may stand between plain lines.
func giftMarkup(text, format string) *node {
	text = strings.TrimSpace(reveal(text))
	if format == "plain" || format != "html" && !strings.Contains(text, "<") {
		return &node{name: "div", kids: textLines(text)}
	}
	tree, ok := parseHTML(text)
	if !ok {
		tree.kids = []*node{{text: text}}
	}
	return tree
}

// giftParts reads what stands between the braces.
type giftParts struct {
	r      *reader
	it     *item
	format string
}

func (g *giftParts) plain(text string) string {
	format := giftFormat(&text, g.format)
	out, dropped := lines(giftMarkup(text, format).kids)
	if dropped {
		g.r.note(g.it.where, "markup_dropped", "")
	}
	return out
}

// comment splits an answer from its feedback.
func (g *giftParts) comment(answer string) (text, feedback string) {
	text, feedback, _ = strings.Cut(answer, "#")
	return g.plain(text), g.plain(feedback)
}

func (g *giftParts) read(answers string) {
	head, _, _ := strings.Cut(answers, "\n")
	word, _, _ := strings.Cut(answers, "#")
	verdict := strings.ToUpper(strings.TrimSpace(word))
	unsupported := func(kind string) { g.it.skip, g.it.detail = "type_unsupported", kind }
	switch {
	case answers == "":
		unsupported("essay")
	case answers[0] == '#':
		unsupported("numerical")
	case answers[0] == '>' && giftOrder.MatchString(head):
		g.order(answers)
	case strings.ContainsRune(answers, '~'):
		g.choices(answers)
	case strings.Contains(answers, "=") && strings.Contains(answers, "->"):
		g.pairs(answers)
	case slices.Contains([]string{"T", "TRUE", "F", "FALSE"}, verdict):
		g.trueFalse(answers, verdict[0] == 'T')
	default:
		unsupported("shortanswer")
	}
}

func (g *giftParts) order(answers string) {
	g.it.q.Kind = "order"
	for _, line := range strings.Split(answers, "\n")[1:] {
		if text := g.plain(line); text != "" {
			g.it.q.Options = append(g.it.q.Options, curriculum.Option{Key: letter(len(g.it.q.Options)), Text: text})
		}
	}
}

func (g *giftParts) choices(answers string) {
	q := &g.it.q
	q.Kind = "multiple"
	if strings.Contains(answers, "=") {
		q.Kind = "single"
	}
	uneven, weight := false, 0.0
	for part := range strings.SplitSeq(strings.ReplaceAll(answers, "=", "~="), "~") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		part, right := strings.CutPrefix(part, "=")
		part = strings.TrimSpace(part)
		share := 0.0
		if m := giftWeight.FindStringSubmatch(part); m != nil {
			share, _ = strconv.ParseFloat(m[1], 64)
			part = part[len(m[0]):]
		}
		if q.Kind == "multiple" {
			right = share > 0
			uneven = uneven || right && weight > 0 && weight != share
			weight = max(weight, share)
		} else {
			uneven = uneven || share > 0 && share < 100
		}
		o := curriculum.Option{Key: letter(len(q.Options)), Correct: right}
		o.Text, o.Feedback = g.comment(part)
		q.Options = append(q.Options, o)
	}
	if uneven {
		g.r.note(g.it.where, "weights_dropped", "")
	}
}

func (g *giftParts) pairs(answers string) {
	q := &g.it.q
	q.Kind = "match"
	for part := range strings.SplitSeq(answers, "=") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		left, right, ok := strings.Cut(part, "->")
		if !ok {
			g.it.skip = "pair_broken"
			return
		}
		l, r := g.plain(left), g.plain(right)
		if l == "" {
			q.Extra = append(q.Extra, curriculum.Option{Key: "x" + itoa(len(q.Extra)+1), Text: r})
			continue
		}
		q.Pairs = append(q.Pairs, curriculum.Pair{Key: letter(len(q.Pairs)), Left: l, Right: r})
	}
}

func (g *giftParts) trueFalse(answers string, verdict bool) {
	q := &g.it.q
	q.Kind, q.Answer = "true_false", &verdict
	if bits := strings.SplitN(answers, "#", 3); len(bits) > 1 {
		q.WrongFeedback = g.plain(bits[1])
	}
}
