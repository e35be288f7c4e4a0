package curriculum

import (
	"errors"
	"path"

	"github.com/microcosm-cc/bluemonday"
)

// What questions that come in from other programs must pass, said once for them and for our own files.

// inlineAllowed is the HTML of a stem: one paragraph's worth.
var inlineAllowed = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("em", "strong", "code", "br")
	return p
}()

// CleanStem keeps of an HTML text what a stem may carry: em, strong, code and br without attributes. A stem of the
// catalog comes back as it is.
func CleanStem(s string) string {
	for range 4 { // a text that was taken apart may come together as a tag
		clean := inlineAllowed.Sanitize(s)
		if clean == s {
			break
		}
		s = clean
	}
	return s
}

// PlainStem is a stem as lines of plain text.
func PlainStem(stem string) string { return plain(stem) }

// TextProblem says why a text may not be shown to pupils: "reserved_word" for the names of the State's own papers,
// "real_address" for an address that imitates a real service, "" when nothing is wrong.
func TextProblem(s string) string {
	if reserved.MatchString(s) {
		return "reserved_word"
	}
	if _, bad := lookalike(s); bad {
		return "real_address"
	}
	return ""
}

// NewImage checks a picture as strictly as those of the courses (kind, size, no active content in a drawing) and gives
// it its content address. name is only read for its ending. The error says what is wrong with it.
func NewImage(name string, data []byte) (Image, error) {
	ext := path.Ext(name)
	if ext == ".jpeg" {
		ext = ".jpg"
	}
	if mediaTypes[ext] == "" || !imageName.MatchString("x"+ext) {
		return Image{}, errors.New("is not a picture of a kind that is shown (svg, png, jpg, webp)")
	}
	g := newGallery()
	if problems := g.add(name, "images/x"+ext, data); len(problems) > 0 {
		return Image{}, errors.New(problems[0].Reason)
	}
	return g.images["images/x"+ext], nil
}
