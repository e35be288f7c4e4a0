package paper

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Spot is a place on a map, in any unit; y grows downwards.
type Spot struct{ X, Y float64 }

// Shape is the rings of an area, islands and holes alike.
type Shape [][]Spot

// AreaReport is the coverage of an area as it is printed for a meeting.
type AreaReport struct {
	Name       string // "Tỉnh Quảng Ninh"
	In         string // the area above, empty for a province
	OnDate     string // civil day: the figures are those of its end
	Made       time.Time
	Source     string // of the number of households, with its date
	Households int
	Covered    int
	NotCovered int
	Unknown    int
	Unplaced   int // households in none of the rows

	Target       float64 // share of the households, 0..1
	TargetSource string
	Rows         []AreaRow
	Trend        []AreaPoint // in the order of time
}

// AreaRow is an area right below. Grade is A to E by the share of the target,
// empty without data.
type AreaRow struct {
	Name                                     string
	Grade                                    string
	Households, Covered, NotCovered, Unknown int
	Shape                                    Shape // nil: it has none
}

// AreaPoint is what the area counted for at the end of a day.
type AreaPoint struct {
	OnDate              string
	Households, Covered int
}

// The page of an area's report: A4 upright.
const (
	areaLeft   = 16.0
	areaWidth  = a4Short - 2*areaLeft
	areaTop    = 13.0
	areaBottom = a4Long - 18.0
)

// grades are the fills of the map, the same five classes everywhere; letters
// stand beside them, so that no colour has to be told from another.
var grades = map[string]colour{
	"A": {0x08, 0x45, 0x81}, "B": {0x2b, 0x7b, 0xba}, "C": {0x6b, 0xae, 0xd6}, "D": {0xb3, 0xcf, 0xe8}, "E": {0xe4, 0xee, 0xf8},
}

// areaReport is an AreaReport being drawn; y is where the next thing goes.
type areaReport struct {
	canvas
	AreaReport
	y float64
}

// Area writes the report of an area: figures, map, trend and the table with its
// head on every page.
func Area(w io.Writer, r AreaReport) error {
	d := &areaReport{canvas: newCanvas(a4Short, a4Long, "Độ phủ kỹ năng số · "+r.Name, r.Made), AreaReport: r}
	d.AliasNbPages("{so}")
	d.page()
	d.figures()
	d.areaMap()
	d.trend()
	d.table()
	return d.write(w)
}

// page begins a page with the letterhead; source and number go below.
func (d *areaReport) page() {
	d.AddPage()
	d.mark(areaLeft, areaTop, 9)
	d.say("Độ phủ kỹ năng số", box{width: 110, lines: 1, most: 10, least: 7, style: bold}, areaLeft+12, areaTop-0.6, left, ink)
	where := d.Name
	if d.In != "" {
		where += " · " + d.In
	}
	d.say(where, box{width: 110, lines: 1, most: 8.5, least: 6.5}, areaLeft+12, areaTop+4.4, left, muted)
	made := d.fit("Lập "+longDate(d.Made), box{width: 60, lines: 1, most: 8.5, least: 7})
	d.SetFont(family, regular, made.size)
	d.put(made, areaLeft+areaWidth-d.GetStringWidth(strings.Join(made.rows, "")), areaTop+0.4, left, regular, muted)
	d.stroke(soft)
	d.SetLineWidth(0.4)
	d.Line(areaLeft, areaTop+11, areaLeft+areaWidth, areaTop+11)
	d.Line(areaLeft, a4Long-15, areaLeft+areaWidth, a4Long-15)
	d.say(fmt.Sprintf("Tính đến hết ngày %s. Sổ hộ: %s.", dayOf(d.OnDate), d.Source), box{width: areaWidth - 28, lines: 2, most: 7.5, least: 6}, areaLeft, a4Long-13.6, left, muted)
	d.SetFont(family, regular, 8)
	d.text(muted)
	d.Text(areaLeft+areaWidth-21, a4Long-10.6, fmt.Sprintf("Trang %d/{so}", d.PageNo()))
	d.y = areaTop + 14.5
}

// room begins a new page unless height mm are left; it tells whether it did.
func (d *areaReport) room(height float64) bool {
	if d.y+height <= areaBottom {
		return false
	}
	d.page()
	return true
}

// figures is the headline and the three states: each with its share of the
// households on the register.
func (d *areaReport) figures() {
	d.y = d.say(d.Name+": hộ có người thạo năm kỹ năng số", box{width: areaWidth, lines: 2, most: 18, least: 12, style: bold}, areaLeft, d.y, left, brand) + 1
	d.y = d.say(fmt.Sprintf("Đến hết ngày %s, %s trên %s hộ trong sổ hộ (%s) có ít nhất một người đang giữ Giấy xác nhận hoàn thành.",
		dayOf(d.OnDate), thousands(d.Covered), thousands(d.Households), strings.ReplaceAll(percentOf(d.Covered, d.Households), " %", "%")),
		box{width: areaWidth, lines: 3, most: 10, least: 9}, areaLeft, d.y, left, ink) + 2.5
	const gap, height = 4.0, 19.0
	each := (areaWidth - 2*gap) / 3
	for i, f := range []struct {
		n    int
		word string
		bar  colour
	}{{d.Covered, "hộ đã có người thạo", green}, {d.NotCovered, "hộ chưa có, đã biết thành viên", gold}, {d.Unknown, "hộ chưa biết", cutter}} {
		x := areaLeft + float64(i)*(each+gap)
		d.fill(pale)
		d.RoundedRect(x, d.y, each, height, 2.5, "1234", "F")
		d.fill(f.bar)
		d.Rect(x, d.y+3, 1.2, height-6, "F")
		y := d.say(thousands(f.n), box{width: each - 8, lines: 1, most: 17, least: 11, style: bold}, x+4.5, d.y+1.6, left, ink)
		d.say(f.word+" · "+percentOf(f.n, d.Households), box{width: each - 8, lines: 2, most: 8.5, least: 6.5}, x+4.5, y, left, muted)
	}
	d.y += height + 5
}

// trend draws covered households over time, with the target as a dashed line.
func (d *areaReport) trend() {
	if len(d.Trend) < 2 {
		return
	}
	const height = 38.0
	d.room(height + 22)
	d.y = d.say("Diễn biến số hộ đã có người thạo", box{width: areaWidth, lines: 1, most: 12, least: 10, style: bold}, areaLeft, d.y, left, brand) + 2
	top := 1
	for _, p := range d.Trend {
		top = max(top, p.Covered)
	}
	goal := int(d.Target * float64(d.Households))
	goalShown := goal > 0 && goal <= 4*top // else the line would be pressed flat
	if goalShown {
		top = max(top, goal)
	}
	const axis = 16.0
	x0, wide := areaLeft+axis, areaWidth-axis-4
	first, last := dayNumber(d.Trend[0].OnDate), dayNumber(d.Trend[len(d.Trend)-1].OnDate)
	at := func(p AreaPoint) (float64, float64) {
		return x0 + wide*float64(dayNumber(p.OnDate)-first)/float64(max(1, last-first)), d.y + height*(1-float64(p.Covered)/float64(top))
	}
	d.grid(x0, wide, height, top)
	if goalShown {
		y := d.y + height*(1-float64(goal)/float64(top))
		d.stroke(red)
		d.SetLineWidth(0.35)
		d.SetDashPattern([]float64{1.6, 1.2}, 0)
		d.Line(x0, y, x0+wide, y)
		d.SetDashPattern(nil, 0)
	}
	d.stroke(brand)
	d.SetLineWidth(0.7)
	for i := 1; i < len(d.Trend); i++ {
		ax, ay := at(d.Trend[i-1])
		bx, by := at(d.Trend[i])
		d.Line(ax, ay, bx, by)
	}
	d.fill(brand)
	x, y := at(d.Trend[len(d.Trend)-1])
	d.Circle(x, y, 1.1, "F")
	d.y += height + 1
	d.say(dayOf(d.Trend[0].OnDate), box{width: 30, lines: 1, most: 8, least: 8}, x0, d.y, left, muted)
	end := dayOf(d.Trend[len(d.Trend)-1].OnDate)
	d.SetFont(family, regular, 8)
	d.say(end, box{width: 30, lines: 1, most: 8, least: 8}, x0+wide-d.GetStringWidth(end), d.y, left, muted)
	d.y += 4.5
	words := fmt.Sprintf("Chỉ tiêu: %s hộ (%s).", thousands(goal), d.TargetSource)
	if goalShown {
		words = "Nét đứt: chỉ tiêu " + thousands(goal) + " hộ (" + d.TargetSource + ")."
	}
	d.y = d.say(words+" Theo địa giới của ngày báo cáo.", box{width: areaWidth, lines: 2, most: 8, least: 7}, areaLeft, d.y, left, muted) + 4
}

// grid draws the axis: nothing, half and all of top.
func (d *areaReport) grid(x, wide, height float64, top int) {
	d.stroke(soft)
	d.SetLineWidth(0.2)
	steps := []int{0, top / 2, top}
	if top < 2 {
		steps = []int{0, top}
	}
	for _, n := range steps {
		y := d.y + height*(1-float64(n)/float64(top))
		d.Line(x, y, x+wide, y)
		d.SetFont(family, regular, 8)
		d.text(muted)
		d.Text(x-2-d.GetStringWidth(thousands(n)), y+1, thousands(n))
	}
}

// dayNumber counts days; only differences mean anything.
func dayNumber(day string) int {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	return int(t.Unix() / 86400)
}

// dayOf is a civil day as people write it.
func dayOf(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("02/01/2006")
}

// percentOf is a share with one decimal, a dash of nothing. Some is never "0 %",
// and not all is never "100 %".
func percentOf(part, whole int) string {
	if whole <= 0 {
		return "–"
	}
	if part > 0 && 2000*part < whole {
		return "<0,1 %"
	}
	if part < whole && 2000*(whole-part) <= whole {
		return ">99,9 %"
	}
	return strings.Replace(strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64), ".", ",", 1) + " %"
}
