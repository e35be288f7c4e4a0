package paper

import (
	"math"

	"codeberg.org/go-pdf/fpdf"
)

// frame draws the border of a landscape A4 page: two lines, a bay with its
// hills and waves below, all of it our own; no emblem of the State.
func (c canvas) frame() {
	c.hills()
	c.stroke(brand)
	c.SetLineWidth(1.1)
	c.RoundedRect(9, 9, a4Long-18, a4Short-18, 4, "1234", "D")
	c.SetLineWidth(0.3)
	c.RoundedRect(11.4, 11.4, a4Long-22.8, a4Short-22.8, 2.6, "1234", "D")
	for _, at := range [][2]float64{{11.4, 11.4}, {a4Long - 11.4, 11.4}, {11.4, a4Short - 11.4}, {a4Long - 11.4, a4Short - 11.4}} {
		c.corner(at[0], at[1])
	}
}

// corner draws three growing arcs, as of a wave, into the corner at x, y.
func (c canvas) corner(x, y float64) {
	dx, dy := 1.0, 1.0
	if x > a4Long/2 {
		dx = -1
	}
	if y > a4Short/2 {
		dy = -1
	}
	c.stroke(brand)
	for i, r := range []float64{5, 8, 11} {
		c.SetLineWidth(0.9 - 0.25*float64(i))
		c.Curve(x+dx*r, y, x+dx*r, y+dy*r, x, y+dy*r, "D")
	}
}

// hills draws the bay at the foot of the page in the palest blue.
func (c canvas) hills() {
	const foot = a4Short - 11.4
	// Left edge, width and height of each rock, in mm.
	for _, h := range [][3]float64{{14, 30, 11}, {36, 18, 17}, {50, 36, 9}, {118, 26, 8}, {138, 16, 13}, {150, 40, 7}, {214, 24, 15}, {232, 34, 10}, {258, 25, 18}} {
		c.rock(h[0], foot, h[1], h[2])
	}
	for i := range 3 {
		c.wave(11.8, foot-5.5+float64(i)*2, a4Long-23.6, 0.9, soft)
	}
}

// rock is one limestone hill: a steep rounded outline standing in the water.
func (c canvas) rock(x, foot, width, height float64) {
	c.fill(pale)
	points := []fpdf.PointType{{X: x, Y: foot}}
	const steps = 24
	for i := range steps + 1 {
		t := float64(i) / steps
		bump := math.Pow(math.Sin(math.Pi*t), 0.55) * (1 - 0.12*math.Sin(7*math.Pi*t))
		points = append(points, fpdf.PointType{X: x + width*t, Y: foot - height*bump})
	}
	c.Polygon(append(points, fpdf.PointType{X: x + width, Y: foot}), "F")
}

// wave draws a thin water line of the given amplitude from x to x+width.
func (c canvas) wave(x, y, width, amplitude float64, k colour) {
	const length = 6.0
	c.stroke(k)
	c.SetLineWidth(0.25)
	end := x + width
	for up := 1.0; x < end-0.01; up = -up {
		next := min(x+length/2, end)
		c.Curve(x, y, (x+next)/2, y-up*amplitude, next, y, "D")
		x = next
	}
}

// mark draws the sign of Nhà Số, a house with a tick, in a tile.
func (c canvas) mark(x, y, size float64) {
	c.fill(brand)
	c.RoundedRect(x, y, size, size, size/4, "1234", "F")
	c.houseShape(x, y, size, white, gold)
}

// houseShape is the sign without its tile, in a square of size mm.
func (c canvas) houseShape(x, y, size float64, line, tick colour) {
	u := size / 32
	path := func(k colour, points ...float64) {
		c.stroke(k)
		c.SetLineWidth(2.6 * u)
		c.SetLineCapStyle("round")
		c.SetLineJoinStyle("round")
		c.MoveTo(x+points[0]*u, y+points[1]*u)
		for i := 2; i+1 < len(points); i += 2 {
			c.LineTo(x+points[i]*u, y+points[i+1]*u)
		}
		c.DrawPath("D")
	}
	path(line, 6, 16.5, 16, 8, 26, 16.5)
	path(line, 9, 15.5, 9, 24, 23, 24, 23, 15.5)
	path(tick, 12.5, 19.5, 15, 22, 19.5, 17.5)
	c.SetLineCapStyle("butt")
	c.SetLineJoinStyle("miter")
}

// tick draws a green disc with a white tick around x, y.
func (c canvas) tick(x, y float64) {
	c.fill(green)
	c.Circle(x, y, 2.6, "F")
	c.stroke(white)
	c.SetLineWidth(0.6)
	c.MoveTo(x-1.2, y)
	c.LineTo(x-0.3, y+0.95)
	c.LineTo(x+1.3, y-0.9)
	c.DrawPath("D")
}

// cuttingLines draws where to cut a sheet of cards: hair lines between the
// cards and longer ones in the margin.
func (c canvas) cuttingLines(x, y float64, columns, rows int) {
	c.stroke(cutter)
	c.SetLineWidth(0.1)
	c.SetDashPattern([]float64{1.2, 1.2}, 0)
	w, h := float64(columns)*cardWidth, float64(rows)*cardHeight
	for i := range columns + 1 {
		at := x + float64(i)*cardWidth
		c.Line(at, y-8, at, y+h+8)
	}
	for i := range rows + 1 {
		at := y + float64(i)*cardHeight
		c.Line(x-8, at, x+w+8, at)
	}
	c.SetDashPattern(nil, 0)
}
