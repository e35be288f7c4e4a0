package paper

import (
	"fmt"
	"math"

	"codeberg.org/go-pdf/fpdf"
)

// areaMap draws the shapes of the rows, each in the fill of its class, with the
// legend beside and the number of those that have no shape.
func (d *areaReport) areaMap() {
	box0, box1, drawn := d.bounds()
	if drawn == 0 {
		return
	}
	const height = 82.0
	const legend = 46.0
	d.room(height + 10)
	d.y = d.say("Bản đồ theo năm mức so với chỉ tiêu", box{width: areaWidth, lines: 1, most: 12, least: 10, style: bold}, areaLeft, d.y, left, brand) + 1.5
	wide := areaWidth - legend - 4
	scale := math.Min(wide/(box1.X-box0.X), height/(box1.Y-box0.Y))
	x0, y0 := areaLeft+(wide-scale*(box1.X-box0.X))/2, d.y+(height-scale*(box1.Y-box0.Y))/2
	for _, r := range d.Rows {
		for _, ring := range r.Shape {
			points := make([]fpdf.PointType, len(ring))
			for i, p := range ring {
				points[i] = fpdf.PointType{X: x0 + scale*(p.X-box0.X), Y: y0 + scale*(p.Y-box0.Y)}
			}
			d.ring(points, r.Grade)
		}
	}
	d.mapLegend(areaLeft+areaWidth-legend, d.y+4, legend, len(d.Rows)-drawn)
	d.y += height + 4
}

// bounds answers the corners of all shapes and how many rows have one.
func (d *areaReport) bounds() (low, high Spot, drawn int) {
	low, high = Spot{math.Inf(1), math.Inf(1)}, Spot{math.Inf(-1), math.Inf(-1)}
	for _, r := range d.Rows {
		if len(r.Shape) == 0 {
			continue
		}
		drawn++
		for _, ring := range r.Shape {
			for _, p := range ring {
				low, high = Spot{min(low.X, p.X), min(low.Y, p.Y)}, Spot{max(high.X, p.X), max(high.Y, p.Y)}
			}
		}
	}
	return low, high, drawn
}

// ring fills one ring; without data it is hatched, which no class is.
func (d *areaReport) ring(points []fpdf.PointType, grade string) {
	d.SetLineWidth(0.18)
	d.stroke(cutter)
	if k, known := grades[grade]; known {
		d.fill(k)
		d.Polygon(points, "FD")
		return
	}
	d.fill(white)
	d.Polygon(points, "F")
	d.ClipPolygon(points, false)
	low, high := points[0], points[0]
	for _, p := range points {
		low, high = fpdf.PointType{X: min(low.X, p.X), Y: min(low.Y, p.Y)}, fpdf.PointType{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
	}
	const apart = 1.3
	tall := high.Y - low.Y
	for x := math.Floor((low.X-tall)/apart) * apart; x < high.X; x += apart {
		d.Line(x, high.Y, x+tall, low.Y)
	}
	d.ClipEnd()
	d.Polygon(points, "D")
}

// mapLegend says what the fills mean, in letters and in shares of the target.
func (d *areaReport) mapLegend(x, y, width float64, shapeless int) {
	count := map[string]int{}
	for _, r := range d.Rows {
		count[r.Grade]++
	}
	for _, l := range []struct{ grade, words string }{
		{"A", "A: đạt chỉ tiêu"}, {"B", "B: từ 75 % chỉ tiêu"}, {"C", "C: từ 50 %"}, {"D", "D: từ 25 %"}, {"E", "E: dưới 25 %"}, {"", "Chưa có số liệu"},
	} {
		d.ring([]fpdf.PointType{{X: x, Y: y}, {X: x + 7, Y: y}, {X: x + 7, Y: y + 4.6}, {X: x, Y: y + 4.6}}, l.grade)
		d.say(fmt.Sprintf("%s (%d)", l.words, count[l.grade]), box{width: width - 10, lines: 1, most: 8.5, least: 6.5}, x+9, y+0.2, left, ink)
		y += 6.6
	}
	note := fmt.Sprintf("Chỉ tiêu: %s số hộ. Trong ngoặc: số đơn vị.", percentOf(int(math.Round(d.Target*1000)), 1000))
	if shapeless > 0 {
		note += fmt.Sprintf(" %d đơn vị không có hình trên bản đồ.", shapeless)
	}
	d.say(note, box{width: width, lines: 5, most: 8, least: 7}, x, y+2, left, muted)
}
