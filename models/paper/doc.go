// Package paper draws what is printed: PDF pages with our own ornament and a
// Vietnamese font inside. It knows fonts, pages and the words that stand on
// paper, and nothing of the database: rooms above hand it plain values.
//
// The bytes are a function of what is drawn alone. Dates and ids inside the
// file come from the content, so that the same paper is the same file.
package paper

import (
	_ "embed"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"nhaso/models"
)

// The font: Be Vietnam Pro (SIL OFL 1.1), see fonts/README.md.
var (
	//go:embed fonts/BeVietnamPro-Regular.ttf
	regularFont []byte
	//go:embed fonts/BeVietnamPro-Bold.ttf
	boldFont []byte
)

const family = "BeVietnamPro"

// Styles of text.
const (
	regular = ""
	bold    = "B"
)

// colour is red, green, blue, 0..255. The values are those of the web app's
// light theme.
type colour [3]int

var (
	ink    = colour{0x1a, 0x25, 0x30}
	muted  = colour{0x4b, 0x5a, 0x68}
	brand  = colour{0x0a, 0x57, 0xa3}
	soft   = colour{0xc9, 0xdd, 0xf1}
	pale   = colour{0xe6, 0xf0, 0xfa}
	green  = colour{0x13, 0x6b, 0x41}
	red    = colour{0xb3, 0x26, 0x1e}
	cutter = colour{0x8a, 0x94, 0x9e}
	white  = colour{0xff, 0xff, 0xff}
	gold   = colour{0xc8, 0x92, 0x1a}
)

// canvas is one document being drawn, in millimetres from the top left.
type canvas struct {
	*fpdf.Fpdf
}

// newCanvas begins a document of pages w by h mm. made is the date that the
// file claims for itself.
func newCanvas(w, h float64, title string, made time.Time) canvas {
	// The size is given as it lies; "P" means: do not turn it.
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: fpdf.SizeType{Wd: w, Ht: h}})
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(made.UTC())
	pdf.SetModificationDate(made.UTC())
	pdf.SetTitle(title, true)
	pdf.SetCreator("Nhà Số", true)
	pdf.SetLang("vi-VN")
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCellMargin(0)
	pdf.AddUTF8FontFromBytes(family, regular, regularFont)
	pdf.AddUTF8FontFromBytes(family, bold, boldFont)
	return canvas{pdf}
}

// write hands the finished file over. The error is that of the writer, or of
// a drawing step before.
func (c canvas) write(w io.Writer) error { return c.Output(w) }

func (c canvas) fill(k colour)   { c.SetFillColor(k[0], k[1], k[2]) }
func (c canvas) stroke(k colour) { c.SetDrawColor(k[0], k[1], k[2]) }

// text sets the colour of what is written next.
func (c canvas) text(k colour) { c.SetTextColor(k[0], k[1], k[2]) }

// clean is the text as the font has it: composed letters (NFC), single spaces.
func clean(s string) string { return models.Clean(s) }
