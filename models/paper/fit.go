package paper

import (
	"strings"
)

// box is a place for one text: at most lines lines within width mm, from most
// to least points, and no taller than tall mm (0: as tall as it gets). A text that does not fit at least is set smaller still, so
// that nothing of a name is ever cut off or hyphenated.
type box struct {
	width       float64
	lines       int
	most, least float64
	style       string
	tall        float64
}

const (
	sizeStep = 0.5 // points
	floor    = 3.0 // points; below it nobody reads
	leading  = 1.28
	ptToMm   = 25.4 / 72
)

// fitted is a text broken into lines at a size in points.
type fitted struct {
	size float64
	rows []string
}

// height is that of all lines, in mm.
func (f fitted) height() float64 { return float64(len(f.rows)) * f.size * leading * ptToMm }

// fit finds the largest size at which a text fits its box and breaks it into
// lines of even length. Fewer lines are preferred down to three quarters of
// the largest size: a name in one line looks better than a larger one in two.
func (c canvas) fit(text string, b box) fitted {
	words := strings.Fields(clean(text))
	if len(words) == 0 {
		return fitted{size: b.most}
	}
	for lines := 1; lines <= b.lines; lines++ {
		least := b.least
		if lines < b.lines {
			least = max(least, b.most*0.75)
		}
		for size := b.most; size >= least; size -= sizeStep {
			rows := c.wrap(words, size, b.style, b.width)
			if len(rows) <= lines && (b.tall == 0 || (fitted{size, rows}).height() <= b.tall) {
				return fitted{size, c.even(words, size, b.style, b.width, len(rows))}
			}
		}
	}
	size := b.least
	for ; size > floor; size -= sizeStep {
		if len(c.wrap(words, size, b.style, b.width)) <= b.lines {
			break
		}
	}
	rows := c.wrap(words, size, b.style, b.width)
	if len(rows) == tooMany {
		rows = []string{strings.Join(words, " ")}
	}
	return fitted{size, rows}
}

// tooMany is more lines than any box has: a word is wider than the box.
const tooMany = 1 << 10

// wrap breaks words into lines of at most width mm. A word that is wider than
// that alone gives tooMany lines.
func (c canvas) wrap(words []string, size float64, style string, width float64) []string {
	c.SetFont(family, style, size)
	var rows []string
	line := ""
	for _, w := range words {
		if c.GetStringWidth(w) > width {
			return make([]string, tooMany)
		}
		switch next := line + " " + w; {
		case line == "":
			line = w
		case c.GetStringWidth(next) <= width:
			line = next
		default:
			rows, line = append(rows, line), w
		}
	}
	return append(rows, line)
}

// even breaks words into the same number of lines with the shortest longest
// line, so that no single word is left alone below a long line.
func (c canvas) even(words []string, size float64, style string, width float64, lines int) []string {
	best := c.wrap(words, size, style, width)
	for w := width / float64(lines); w < width; w += 1 {
		if rows := c.wrap(words, size, style, w); len(rows) == lines {
			return rows
		}
	}
	return best
}

// Alignments.
const (
	left   = "L"
	centre = "C"
)

// put writes a fitted text with the top of its first line at y, and answers
// the y below its last line. x is the left edge, or the middle for centre.
func (c canvas) put(f fitted, x, y float64, align, style string, k colour) float64 {
	c.SetFont(family, style, f.size)
	c.text(k)
	step := f.size * leading * ptToMm
	for _, row := range f.rows {
		at := x
		if align == centre {
			at = x - c.GetStringWidth(row)/2
		}
		c.Text(at, y+step*0.8, row) // the baseline
		y += step
	}
	return y
}

// say fits and writes in one go.
func (c canvas) say(text string, b box, x, y float64, align string, k colour) float64 {
	return c.put(c.fit(text, b), x, y, align, b.style, k)
}
