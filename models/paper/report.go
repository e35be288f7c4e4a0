package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// ClassReport is a class, or several of one school, as they are printed for a
// meeting.
type ClassReport struct {
	SchoolName string
	Title      string // "Lớp 7A"
	SchoolYear string // "2026-2027"
	Made       time.Time
	Students   int // in the rows
	All        int // before any filter
	Certified  int
	Linked     int // confirmed household links
	Skills     []ReportSkill
	Rows       []ReportRow
}

// ReportSkill is one skill's line: how many have passed it, how many are
// learning, and who has not passed yet, when names are printed.
type ReportSkill struct {
	Key      string
	Passed   int
	Learning int
	NotYet   []string
}

// ReportRow is one pupil. Class is empty in the report of one class.
type ReportRow struct {
	Name      string
	Class     string
	Cells     []ReportCell // in the order of the skills
	Certified bool
	Link      string
	LastWork  string // civil day, empty: none
}

// ReportCell is a pupil's standing in a skill: passed, learning, not_started or
// not_available, and the best score so far.
type ReportCell struct {
	State   string
	Percent *int
}

// The page of a report: A4 on its side.
const (
	reportLeft   = 12.0
	reportWidth  = a4Long - 2*reportLeft
	reportTop    = 12.0
	reportBottom = a4Short - 14.0
)

// report is a ClassReport being drawn; y is where the next thing goes.
type report struct {
	canvas
	ClassReport
	y float64
}

// Report writes a class report: figures and bars, the table of pupils with its
// head on every page, the legend, and who has not passed each skill yet.
func Report(w io.Writer, r ClassReport) error {
	d := &report{canvas: newCanvas(a4Long, a4Short, "Báo cáo "+r.Title, r.Made), ClassReport: r}
	d.AliasNbPages("{so}")
	d.page()
	d.figures()
	d.bars()
	d.legend()
	d.table()
	d.notYet()
	return d.write(w)
}

// page begins a page with the letterhead; page numbers go below.
func (d *report) page() {
	d.AddPage()
	d.mark(reportLeft, reportTop, 9)
	right := reportLeft + reportWidth
	d.say(d.SchoolName, box{width: 150, lines: 1, most: 10, least: 6.5, style: bold}, reportLeft+12, reportTop-0.6, left, ink)
	d.say("Năm học "+d.SchoolYear, box{width: 150, lines: 1, most: 8.5, least: 7}, reportLeft+12, reportTop+4.4, left, muted)
	made := d.fit("Lập "+longDate(d.Made), box{width: 80, lines: 1, most: 8.5, least: 7})
	d.SetFont(family, regular, made.size)
	d.put(made, right-d.GetStringWidth(strings.Join(made.rows, "")), reportTop+0.4, left, regular, muted)
	d.stroke(soft)
	d.SetLineWidth(0.4)
	d.Line(reportLeft, reportTop+11, right, reportTop+11)
	// The number of pages is known at the end only, so its place is kept left.
	d.SetFont(family, regular, 8)
	d.text(muted)
	d.Text(right-24, a4Short-7, fmt.Sprintf("Trang %d/{so}", d.PageNo()))
	d.Text(reportLeft, a4Short-7, "Nhà Số · "+clean(d.Title))
	d.y = reportTop + 14
}

// room begins a new page unless height mm are left; it tells whether it did.
func (d *report) room(height float64) bool {
	if d.y+height <= reportBottom {
		return false
	}
	d.page()
	return true
}

// figures is the title and what the whole adds up to.
func (d *report) figures() {
	d.y = d.say("Kết quả năm kỹ năng số · "+d.Title, box{width: reportWidth, lines: 1, most: 18, least: 11, style: bold}, reportLeft, d.y, left, brand) + 1.5
	const gap, height = 5.0, 17.0
	each := (reportWidth - 2*gap) / 3
	students := fmt.Sprintf("%d", d.Students)
	what := "học sinh"
	if d.All != d.Students {
		what = fmt.Sprintf("học sinh trong báo cáo, trên tổng số %d", d.All)
	}
	for i, f := range [][2]string{
		{students, what},
		{fmt.Sprintf("%d/%d", d.Certified, d.Students), "em có Giấy xác nhận hoàn thành"},
		{fmt.Sprintf("%d/%d", d.Linked, d.Students), "em đã xác nhận hộ gia đình"},
	} {
		x := reportLeft + float64(i)*(each+gap)
		d.fill(pale)
		d.RoundedRect(x, d.y, each, height, 2.5, "1234", "F")
		y := d.say(f[0], box{width: each - 8, lines: 1, most: 17, least: 12, style: bold}, x+4, d.y+1.6, left, ink)
		d.say(f[1], box{width: each - 8, lines: 1, most: 9, least: 7}, x+4, y, left, muted)
	}
	d.y += height + 4
}

// bars draws one line a skill: passed, learning and the rest, with their
// numbers, so that no colour has to be told from another.
func (d *report) bars() {
	const name, height, step = 62.0, 5.4, 8.0
	const numbers = 62.0
	wide := reportWidth - name - numbers
	for _, s := range d.Skills {
		d.say(SkillName(s.Key), box{width: name - 3, lines: 1, most: 10, least: 7, style: bold}, reportLeft, d.y+0.2, left, ink)
		x := reportLeft + name
		d.fill(white)
		d.stroke(cutter)
		d.SetLineWidth(0.25)
		d.Rect(x, d.y, wide, height, "FD")
		if d.Students > 0 {
			done, begun := wide*float64(s.Passed)/float64(d.Students), wide*float64(s.Learning)/float64(d.Students)
			d.fill(green)
			d.Rect(x, d.y, done, height, "F")
			d.fill(soft)
			d.Rect(x+done, d.y, begun, height, "F")
			d.Rect(x, d.y, wide, height, "D")
		}
		d.say(fmt.Sprintf("%d đạt · %d đang học · %d chưa bắt đầu", s.Passed, s.Learning, d.Students-s.Passed-s.Learning),
			box{width: numbers - 3, lines: 1, most: 9, least: 6}, x+wide+3, d.y+0.5, left, ink)
		d.y += step
	}
	d.y += 1
}

// legend says what the signs of the table mean.
func (d *report) legend() {
	x := reportLeft
	for _, l := range []struct{ state, words string }{
		{"passed", "Đạt kỹ năng"}, {"learning", "Đang học; số là điểm cao nhất của các bài đã nộp, tính bằng %"},
		{"not_started", "Chưa bắt đầu"}, {"not_available", "Chưa có khóa học cho khối này"},
	} {
		if l.state == "not_available" {
			x = d.sign(l.state, x+1.6, d.y+1.9) + 1
		} else {
			x = d.sign(l.state, x+1.6, d.y+1.9) + 1.4
		}
		d.say(l.words, box{width: 120, lines: 1, most: 8, least: 8}, x, d.y, left, muted)
		d.SetFont(family, regular, 8)
		x += d.GetStringWidth(l.words) + 6
	}
	d.y += 6
}

// sign draws ●, ◐, ○ or – with its middle at x, y, and answers its right edge:
// shapes, because a font need not have them.
func (d *report) sign(state string, x, y float64) float64 {
	const radius = 1.35
	d.SetLineWidth(0.35)
	switch state {
	case "passed":
		d.fill(green)
		d.Circle(x, y, radius, "F")
	case "learning":
		d.stroke(brand)
		d.fill(brand)
		d.Arc(x, y, radius, radius, 0, 90, 270, "F")
		d.Circle(x, y, radius, "D")
	case "not_started":
		d.stroke(cutter)
		d.Circle(x, y, radius, "D")
	default:
		d.stroke(cutter)
		d.Line(x-1, y, x+1, y)
	}
	return x + radius
}
