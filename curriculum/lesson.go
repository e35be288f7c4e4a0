package curriculum

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// maxWords is the longest card, counted in written syllables: one idea on one screen (reference/features.md, 13).
const maxWords = 60

// maxTranslatedWords allows a translation more words than its original: English words are shorter than Vietnamese ones.
const maxTranslatedWords = 75

// lessonFile is a lesson with the places that later checks point at.
type lessonFile struct {
	Lesson
	name string // file name without .md, as course.yaml lists it
	doc  *document
}

// parseLesson reads a lesson file. It returns nil when the front matter cannot be used.
func parseLesson(file, text string, pictures *gallery) (*lessonFile, []Problem) {
	front, body, bodyLine, ok := splitFrontMatter(text)
	if !ok {
		return nil, []Problem{{File: file, Line: 1, Reason: "must begin with front matter between two lines ---"}}
	}
	cards, problems := parseCards(file, body, bodyLine, pictures)
	doc, bad := parseYAML(file, front, 2)
	if len(bad) == 0 {
		bad = append(doc.validate(lessonSchema), doc.checkStrings()...)
	}
	l := &lessonFile{doc: doc}
	if len(bad) == 0 {
		bad = doc.decode(&l.Lesson)
	}
	if len(bad) > 0 {
		return nil, append(problems, bad...)
	}
	if len(cards) == 0 && len(problems) == 0 {
		problems = append(problems, Problem{File: file, Line: bodyLine, Reason: "has no cards: a card begins with ## Title {#key}"})
	}
	l.Cards = cards
	problems = append(problems, l.check()...)
	l.Hash = l.ContentHash()
	return l, problems
}

func (l *lessonFile) check() []Problem {
	var out []Problem
	out = append(out, l.doc.checkCompetences("", l.Competences)...)
	out = append(out, l.doc.checkUnique("/practice", "practice question", l.Practice)...)
	out = append(out, l.doc.checkUnique("/sources", "source", l.Sources)...)
	return out
}

// splitFrontMatter returns the YAML between the first two lines ---, the text after it, and the line where that begins.
func splitFrontMatter(text string) (front, body string, bodyLine int, ok bool) {
	rest, found := strings.CutPrefix(text, "---\n")
	if !found {
		return "", "", 0, false
	}
	if after, empty := strings.CutPrefix(rest, "---\n"); empty {
		return "", after, 3, true
	}
	front, body, found = strings.Cut(rest, "\n---\n")
	if !found {
		front, found = strings.CutSuffix(rest, "\n---")
	}
	return front, body, 4 + strings.Count(front, "\n"), found
}

// cardBuilder gathers the blocks of one card.
type cardBuilder struct {
	prose    *prose
	pictures *gallery
	heading  *ast.Heading
	card     Card
	most     int // words
	html     []string
	problems []Problem
}

// parseCards splits a lesson's Markdown at its headings of level 2. Every card, sound or not, is looked at.
func parseCards(file, body string, first int, pictures *gallery) ([]Card, []Problem) {
	return parseCardsOf(file, body, first, maxWords, pictures)
}

// parseCardsOf is parseCards with another limit of words a card.
func parseCardsOf(file, body string, first, most int, pictures *gallery) ([]Card, []Problem) {
	p := parseProse(file, body, first)
	var cards []Card
	var problems []Problem
	var b *cardBuilder
	keys := map[string]bool{}
	finish := func() {
		if b == nil {
			return
		}
		b.finish()
		if key := b.card.Key; keys[key] && key != "" {
			b.refuse(b.heading, "card key %q stands in this lesson twice", key)
		}
		keys[b.card.Key] = true
		cards = append(cards, b.card)
		problems = append(problems, b.problems...)
	}
	for n := p.root.FirstChild(); n != nil; {
		next := n.NextSibling() // taken before the node's pictures and quotes are cut out of the tree
		heading, isHeading := n.(*ast.Heading)
		switch {
		case isHeading && heading.Level == 2:
			finish()
			b = &cardBuilder{prose: p, pictures: pictures, heading: heading, most: most}
			b.begin()
		case b == nil:
			problems = append(problems, p.at(n, "text before the first card: a card begins with ## Title {#key}"))
		default:
			b.block(n)
		}
		n = next
	}
	finish()
	return cards, problems
}

func (b *cardBuilder) refuse(n ast.Node, format string, args ...any) {
	b.problems = append(b.problems, b.prose.at(n, format, args...))
}

func (b *cardBuilder) begin() {
	for _, a := range b.heading.Attributes() {
		value, isText := a.Value.([]byte)
		if string(a.Name) == "id" && isText {
			b.card.Key = string(value)
			continue
		}
		switch {
		case isText && string(a.Name) == "src":
			b.card.Sources = strings.Fields(string(value))
		case isText && string(a.Name) == "audio":
			b.audio(string(value))
		default:
			b.refuse(b.heading, "a heading may carry only its key, sources and recording {#key src=\"a b\" audio=\"audio/name.mp3\"}, not %s", a.Name)
		}
	}
	if !keyForm.MatchString(b.card.Key) {
		b.refuse(b.heading, "card needs a key of small letters, digits and hyphens at the end of its heading: ## Title {#key}")
	}
	for n := b.heading.FirstChild(); n != nil; n = n.NextSibling() {
		bad := b.prose.refusals(n)
		b.problems = append(b.problems, bad...)
		if len(bad) == 0 && len(imagesIn(n)) > 0 {
			b.refuse(b.heading, "a picture belongs below the heading")
		}
	}
	b.card.Title = strings.ReplaceAll(plain(b.render(b.heading)), "\n", " ")
	if b.card.Title == "" {
		b.refuse(b.heading, "card has no title")
	}
}

// audio takes the card's recording.
func (b *cardBuilder) audio(name string) {
	recording, ok := b.pictures.picture(name, "")
	if !ok || !audioName.MatchString(strings.TrimPrefix(name, "audio/")) {
		b.refuse(b.heading, "there is no recording %q in this course; write it as audio/name.mp3", name)
		return
	}
	b.card.Audio = recording.Src
}

// render returns sanitised HTML.
func (b *cardBuilder) render(n ast.Node) string {
	h, err := b.prose.html(n)
	if err != nil {
		b.refuse(n, "cannot be rendered: %v", err)
	}
	return h
}

func (b *cardBuilder) block(n ast.Node) {
	if bad := b.prose.refusals(n); len(bad) > 0 {
		b.problems = append(b.problems, bad...)
		return
	}
	if quote, ok := n.(*ast.Blockquote); ok {
		b.action(quote)
		return
	}
	for _, img := range imagesIn(n) {
		b.picture(img)
		img.Parent().RemoveChild(img.Parent(), img)
	}
	if quoteIn(n) {
		b.refuse(n, "a quote (the card's action) must not stand inside a list")
		return
	}
	if h := b.render(n); plain(h) != "" {
		b.html = append(b.html, h)
	}
}

func (b *cardBuilder) action(quote *ast.Blockquote) {
	if b.card.Action != "" {
		b.refuse(quote, "card has a second quote; it may have one, its action")
		return
	}
	for n := quote.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() != ast.KindParagraph || len(imagesIn(n)) > 0 {
			b.refuse(n, "the action may hold text only")
			return
		}
	}
	b.card.Action = strings.ReplaceAll(plain(b.render(quote)), "\n", " ")
	if b.card.Action == "" {
		b.refuse(quote, "the action is empty")
	}
}

func (b *cardBuilder) picture(img *ast.Image) {
	alt := altText(b.prose, img)
	name := string(img.Destination)
	switch {
	case b.card.Image != nil:
		b.refuse(img, "card has a second picture; it may have one")
		return
	case len(img.Title) > 0:
		b.refuse(img, "a picture takes no title in quotes, only an alternative text")
	case alt == "":
		b.refuse(img, "picture %s needs an alternative text: ![what it shows](%s)", name, name)
	}
	picture, ok := b.pictures.picture(name, alt)
	if !ok {
		b.refuse(img, "there is no picture %q in this course; write it as images/name.svg", name)
		picture = &Picture{}
	}
	b.card.Image = picture
}

func (b *cardBuilder) finish() {
	b.card.HTML = strings.Join(b.html, "\n")
	b.card.Text = plain(b.card.HTML)
	if b.card.Text == "" && len(b.problems) == 0 {
		b.refuse(b.heading, "card has no text")
	}
	if n := len(strings.Fields(b.card.Text)) + len(strings.Fields(b.card.Action)); n > b.most {
		b.refuse(b.heading, "card has %d words, body and action together; at most %d", n, b.most)
	}
	all := b.card.Title + "\n" + b.card.Text + "\n" + b.card.Action
	if b.card.Image != nil {
		all += "\n" + b.card.Image.Alt
	}
	if address, bad := lookalike(all); bad {
		b.refuse(b.heading, "%q looks like the address of a real service; invent another", address)
	}
	// Emphasis or entities can hide the words from the search through the file's text.
	source := string(b.prose.source)
	if words := reserved.FindString(all); words != "" && !reserved.MatchString(source) {
		b.refuse(b.heading, "%s", reservedReason(words))
	}
}

func imagesIn(n ast.Node) []*ast.Image {
	var out []*ast.Image
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if img, ok := n.(*ast.Image); ok && entering {
			out = append(out, img)
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return out
}

func quoteIn(n ast.Node) bool {
	found := false
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		found = found || n.Kind() == ast.KindBlockquote
		return ast.WalkContinue, nil
	})
	return found
}

// altText renders the picture's description as if it were a paragraph of its own.
func altText(p *prose, img *ast.Image) string {
	var parts []string
	for n := img.FirstChild(); n != nil; n = n.NextSibling() {
		h, err := p.html(n)
		if err == nil {
			parts = append(parts, h)
		}
	}
	return strings.ReplaceAll(plain(strings.Join(parts, "")), "\n", " ")
}
