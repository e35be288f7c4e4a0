package paper

import (
	"fmt"
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white margin around a QR code, in modules, that readers need.
const quiet = 4

// qrCode draws a text as a QR code of size by size mm, the quiet zone inside,
// as dark bars and not as a picture: sharp at any size. Level M bears a fold or
// a stain.
func (c canvas) qrCode(text string, x, y, size float64) error {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("qr code: %w", err)
	}
	n := code.Bounds().Dx()
	module := size / float64(n+2*quiet)
	c.fill(white)
	c.Rect(x, y, size, size, "F")
	c.fill(colour{0, 0, 0})
	dark := func(col, row int) bool { return col < n && isBlack(code.At(col, row)) }
	for row := range n {
		for col := 0; col < n; col++ {
			if !dark(col, row) {
				continue
			}
			from := col
			for dark(col+1, row) {
				col++
			}
			// A hair wider than the modules, against white seams between bars.
			c.Rect(x+float64(quiet+from)*module, y+float64(quiet+row)*module, float64(col-from+1)*module, module*1.02, "F")
		}
	}
	return nil
}

func isBlack(k color.Color) bool {
	r, _, _, _ := k.RGBA()
	return r == 0
}
