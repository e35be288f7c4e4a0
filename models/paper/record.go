package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// PupilRecord is what one pupil has done, as it is printed for a talk with the
// pupil and the family. It is no confirmation of anything, and says so.
type PupilRecord struct {
	SchoolName string
	Name       string
	ClassName  string // "7A"
	SchoolYear string // "2026-2027"
	Made       time.Time
	Certified  bool // holds a valid completion confirmation
	Skills     []PupilSkill
}

// PupilSkill is one of the five skills with everything done for it, the newest
// first.
type PupilSkill struct {
	Key      string
	State    string     // passed, learning, not_started, not_available
	Best     *int       // best score of the quizzes handed in, percent
	PassedAt *time.Time // when the skill was proved
	Done     int        // lessons learnt
	Lessons  int        // lessons there are
	Lines    []PupilLine
}

// PupilLine is one quiz or practice run. Percent is nil where there is no score
// to be seen yet.
type PupilLine struct {
	What    string
	At      time.Time
	Where   string
	State   string
	Percent *int
}

// The page of a record: A4 upright.
const (
	recordLeft   = 16.0
	recordWidth  = a4Short - 2*recordLeft
	recordTop    = 12.0
	recordBottom = a4Long - 18.0
)

// record is a PupilRecord being drawn; y is where the next thing goes.
type record struct {
	canvas
	PupilRecord
	y float64
}

// Record writes a pupil's record: who, the five skills at a glance, and below
// each skill its quizzes and practice runs, over as many pages as they need.
func Record(w io.Writer, r PupilRecord) error {
	d := &record{canvas: newCanvas(a4Short, a4Long, "Hồ sơ học tập "+r.Name, r.Made), PupilRecord: r}
	d.AliasNbPages("{so}")
	d.page()
	d.heading()
	for _, s := range r.Skills {
		d.skill(s)
	}
	return d.write(w)
}

// page begins a page with the letterhead; what the paper is not, and page
// numbers, stand below.
func (d *record) page() {
	d.AddPage()
	d.mark(recordLeft, recordTop, 9)
	right := recordLeft + recordWidth
	d.say(d.SchoolName, box{width: 104, lines: 2, most: 10, least: 6.5, style: bold, tall: 9}, recordLeft+12, recordTop-0.6, left, ink)
	made := d.fit("Lập "+longDate(d.Made), box{width: 60, lines: 1, most: 8.5, least: 7})
	d.SetFont(family, regular, made.size)
	d.put(made, right-d.GetStringWidth(strings.Join(made.rows, "")), recordTop+0.4, left, regular, muted)
	d.stroke(soft)
	d.SetLineWidth(0.4)
	d.Line(recordLeft, recordTop+11, right, recordTop+11)
	d.SetFont(family, regular, 8)
	d.text(muted)
	d.Text(recordLeft, a4Long-11, "Để thầy cô, học sinh và gia đình cùng xem; không phải "+Title+".")
	// The number of pages is known at the end only, so its place is kept left.
	d.Text(right-24, a4Long-11, fmt.Sprintf("Trang %d/{so}", d.PageNo()))
	d.y = recordTop + 15
}

// room begins a new page unless height mm are left.
func (d *record) room(height float64) {
	if d.y+height > recordBottom {
		d.page()
	}
}

// heading is whose record it is, and how far the five skills are.
func (d *record) heading() {
	d.y = d.say("Hồ sơ học tập kỹ năng số", box{width: recordWidth, lines: 1, most: 11, least: 9}, recordLeft, d.y, left, brand) + 0.5
	d.y = d.say(d.Name, box{width: recordWidth, lines: 2, most: 20, least: 12, style: bold}, recordLeft, d.y, left, ink) + 0.5
	passed := 0
	for _, s := range d.Skills {
		if s.State == "passed" {
			passed++
		}
	}
	words := fmt.Sprintf("Lớp %s · năm học %s · đạt %d/%d kỹ năng", d.ClassName, d.SchoolYear, passed, len(d.Skills))
	if d.Certified {
		words += " · đã có " + Title
	}
	d.y = d.say(words, box{width: recordWidth, lines: 2, most: 11, least: 8}, recordLeft, d.y, left, muted) + 5
}

// skill draws one skill: its head, and the table of what was done.
func (d *record) skill(s PupilSkill) {
	const head = 11.0
	d.room(head + 2*recordRow)
	d.skillHead(s, head)
	if len(s.Lines) == 0 {
		d.y = d.say("Chưa có bài kiểm tra hay tình huống nào.", box{width: recordWidth - 4, lines: 1, most: 9, least: 8}, recordLeft+2, d.y+1.2, left, muted) + 4
		return
	}
	d.columns()
	for _, x := range s.Lines {
		what := d.fit(x.What, box{width: recordColumns[0] - 3, lines: 2, most: 9, least: 7})
		height := max(recordRow, what.height()+1.6)
		if d.y+height > recordBottom {
			d.page()
			d.skillHead(s, head)
			d.columns()
		}
		d.line(x, what, height)
	}
	d.y += 4
}

// skillHead names a skill with its sign and where the pupil stands in it.
func (d *record) skillHead(s PupilSkill, height float64) {
	d.fill(pale)
	d.RoundedRect(recordLeft, d.y, recordWidth, height, 2, "1234", "F")
	sign := report{canvas: d.canvas}
	sign.sign(s.State, recordLeft+4.5, d.y+height/2)
	f := d.fit(SkillName(s.Key), box{width: 66, lines: 1, most: 11, least: 8, style: bold})
	d.put(f, recordLeft+8, d.y+(height-f.height())/2, left, bold, ink)
	f = d.fit(s.words(), box{width: recordWidth - 80, lines: 2, most: 9, least: 7})
	d.put(f, recordLeft+78, d.y+(height-f.height())/2, left, regular, ink)
	d.y += height
}

// words say where the pupil stands in a skill.
func (s PupilSkill) words() string {
	var list []string
	switch {
	case s.State == "not_available":
		return "Chưa có khóa học cho khối này"
	case s.PassedAt != nil:
		list = append(list, "Đạt ngày "+shortDate(*s.PassedAt))
	case s.State == "passed":
		list = append(list, "Đạt")
	case s.State == "learning":
		list = append(list, "Đang học")
	default:
		list = append(list, "Chưa bắt đầu")
	}
	if s.Lessons > 0 {
		list = append(list, fmt.Sprintf("%d/%d bài học", s.Done, s.Lessons))
	}
	if s.Best != nil {
		list = append(list, fmt.Sprintf("điểm cao nhất %d\u00a0%%", *s.Best))
	}
	return strings.Join(list, " · ")
}

const recordRow = 6.2

// recordColumns are the widths: what, when, where, state, score.
var recordColumns = [5]float64{70, 24, 42, 24, recordWidth - 160}

func (d *record) columns() {
	x := recordLeft
	for i, text := range []string{"Việc đã làm", "Ngày", "Ở đâu", "Kết quả", "Điểm"} {
		d.say(text, box{width: recordColumns[i] - 3, lines: 1, most: 8, least: 7, style: bold}, x+2, d.y+1.6, left, muted)
		x += recordColumns[i]
	}
	d.y += recordRow
}

// line draws what was done, whose first words may take two lines.
func (d *record) line(l PupilLine, what fitted, height float64) {
	score, when := "–", "–"
	if l.Percent != nil {
		score = fmt.Sprintf("%d\u00a0%%", *l.Percent)
	}
	if !l.At.IsZero() {
		when = shortDate(l.At)
	}
	d.put(what, recordLeft+2, d.y+(height-what.height())/2, left, regular, ink)
	x := recordLeft + recordColumns[0]
	for i, text := range []string{when, l.Where, l.State, score} {
		width := recordColumns[i+1]
		f := d.fit(text, box{width: width - 3, lines: 1, most: 9, least: 6})
		d.put(f, x+2, d.y+(height-f.height())/2, left, regular, ink)
		x += width
	}
	d.y += height
	d.stroke(soft)
	d.SetLineWidth(0.2)
	d.Line(recordLeft, d.y, recordLeft+recordWidth, d.y)
}
