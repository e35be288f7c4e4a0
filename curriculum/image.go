package curriculum

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxImage is the largest picture in bytes: pupils load cards over slow mobile networks.
const maxImage = 40 << 10

// maxAudio is the largest recording of a card in bytes: about a minute of speech.
const maxAudio = 240 << 10

var (
	imageName = regexp.MustCompile(`^[a-z0-9-]+\.(svg|png|jpg|webp)$`)
	audioName = regexp.MustCompile(`^[a-z0-9-]+\.(mp3|ogg)$`)
)

var mediaTypes = map[string]string{
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp",
	".mp3": "audio/mpeg", ".ogg": "application/ogg",
}

// gallery holds the pictures of a course by their path below the course folder.
type gallery struct {
	images map[string]Image
	used   map[string]bool
}

func newGallery() *gallery { return &gallery{images: map[string]Image{}, used: map[string]bool{}} }

// add checks a picture file and, if it is sound, takes it under name, for example images/lock.svg.
func (g *gallery) add(file, name string, data []byte) []Problem {
	ext := path.Ext(name)
	var problems []Problem
	whole := func(format string, args ...any) {
		problems = append(problems, Problem{File: file, Reason: fmt.Sprintf(format, args...)})
	}
	what, most := "picture", maxImage
	if audioName.MatchString(path.Base(name)) {
		what, most = "recording", maxAudio
	}
	if len(data) > most {
		whole("is %d KB; a %s may have at most %d KB", (len(data)+1023)>>10, what, most>>10)
	}
	if ext == ".svg" {
		problems = append(problems, checkSVG(file, data)...)
	} else if got := http.DetectContentType(data); got != mediaTypes[ext] {
		whole("is not a %s %s but %s", ext, what, got)
	}
	sum := sha256.Sum256(data)
	// A broken picture is taken as well, so that the cards that show it do not complain a second time.
	g.images[name] = Image{Src: hex.EncodeToString(sum[:])[:16] + ext, Type: mediaTypes[ext], Data: data}
	return problems
}

// picture resolves a reference; ok is false when there is no such file.
func (g *gallery) picture(name, alt string) (*Picture, bool) {
	img, ok := g.images[name]
	if !ok {
		return nil, false
	}
	g.used[name] = true
	return &Picture{Src: img.Src, Alt: alt}, true
}

// list returns the pictures in use, each content once, ordered by Src.
func (g *gallery) list() []Image {
	out := []Image{}
	for name := range g.used {
		out = append(out, g.images[name])
	}
	slices.SortFunc(out, func(a, b Image) int { return cmp.Compare(a.Src, b.Src) })
	return slices.CompactFunc(out, func(a, b Image) bool { return a.Src == b.Src })
}

// drawing lists the SVG elements that a picture may use. Everything that runs, loads, links or embeds is missing.
var drawing = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields(`svg g defs symbol use title desc metadata style path rect circle ellipse line
		polyline polygon text tspan textPath linearGradient radialGradient stop pattern clipPath mask marker filter
		feGaussianBlur feOffset feBlend feColorMatrix feFlood feComposite feMerge feMergeNode feDropShadow`) {
		out[name] = true
	}
	return out
}()

var (
	cssLoads = regexp.MustCompile(`(?i)@import|expression\s*\(|javascript:|url\(\s*['"]?\s*[^#'"\s]|\\`)
	svgSpace = "http://www.w3.org/2000/svg"
)

// checkSVG refuses a drawing that could run something or reach outside: a browser shows it from our own address.
func checkSVG(file string, data []byte) []Problem {
	var out []Problem
	var d svgState
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		start := 1 + bytes.Count(data[:dec.InputOffset()], []byte("\n"))
		token, err := dec.Token()
		if err != nil && !errors.Is(err, io.EOF) {
			line, _ := dec.InputPos()
			return append(out, Problem{File: file, Line: line, Reason: "is not well-formed XML: " + err.Error()})
		}
		for _, reason := range d.reasons(token) {
			out = append(out, Problem{File: file, Line: start, Reason: reason})
		}
		if err != nil || d.depth > maxSVGDepth {
			return out
		}
	}
}

// maxSVGDepth bounds the nesting of a drawing, for the browsers' sake.
const maxSVGDepth = 64

// svgState is where in a drawing the check stands.
type svgState struct {
	depth, style int
	seen         bool // the root element
}

// reasons says what is wrong with the next token; nil stands for the end of the file.
func (d *svgState) reasons(token xml.Token) []string {
	switch t := token.(type) {
	case nil:
		if !d.seen {
			return []string{"holds no drawing"}
		}
	case xml.StartElement:
		return d.open(t)
	case xml.EndElement:
		d.depth--
		if t.Name.Local == "style" {
			d.style--
		}
	case xml.CharData:
		var out []string
		if d.style > 0 && cssLoads.Match(t) {
			out = append(out, "style must not load anything from outside")
		}
		if words := reserved.Find(t); words != nil {
			out = append(out, reservedReason(string(words)))
		}
		return out
	case xml.Directive:
		return []string{fmt.Sprintf("<!%.20s> is not allowed", t)}
	case xml.ProcInst:
		if t.Target != "xml" {
			return []string{fmt.Sprintf("<?%s?> is not allowed", t.Target)}
		}
	}
	return nil
}

func (d *svgState) open(t xml.StartElement) []string {
	var out []string
	if !d.seen && (t.Name.Local != "svg" || t.Name.Space != svgSpace) {
		out = append(out, fmt.Sprintf("must begin with <svg xmlns=%q>", svgSpace))
	}
	d.seen = true
	if d.depth++; d.depth > maxSVGDepth {
		return append(out, "is nested too deeply")
	}
	if t.Name.Local == "style" {
		d.style++
	}
	return append(out, elementReasons(t)...)
}

func elementReasons(t xml.StartElement) []string {
	var out []string
	if !drawing[t.Name.Local] || (t.Name.Space != svgSpace && t.Name.Space != "") {
		out = append(out, fmt.Sprintf("element <%s> is not allowed", t.Name.Local))
	}
	for _, a := range t.Attr {
		name := strings.ToLower(a.Name.Local)
		value := strings.TrimSpace(a.Value)
		switch {
		case strings.HasPrefix(name, "on"):
			out = append(out, fmt.Sprintf("attribute %s is not allowed", a.Name.Local))
		case (name == "href" || name == "src") && !strings.HasPrefix(value, "#"):
			out = append(out, fmt.Sprintf("%s may only point inside the drawing (#…), not to %q", a.Name.Local, value))
		case a.Name.Space != "xmlns" && name != "xmlns" && cssLoads.MatchString(value):
			out = append(out, fmt.Sprintf("attribute %s must not load anything from outside", a.Name.Local))
		}
		if words := reserved.FindString(a.Value); words != "" {
			out = append(out, reservedReason(words))
		}
	}
	return out
}
