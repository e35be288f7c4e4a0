package paper

import (
	"fmt"
	"strings"
	"time"
)

// reportColumns are the widths of the table: number, name, class (none in the
// report of one class), five skills, certificate, household, day of the last work.
func (d *report) columns() (number, name, class, skill, paper, link, last float64) {
	number, skill, paper, link = 9, 27, 22, 29
	for _, r := range d.Rows {
		if r.Class != "" {
			class = 16
		}
		if r.LastWork != "" {
			last = 22 // left out where nobody's is told
		}
	}
	return number, reportWidth - number - class - skill*float64(len(d.Skills)) - paper - link - last, class, skill, paper, link, last
}

const rowHeight = 6.4

// table draws the pupils, the head again on every page. A name that is too long
// for its line gets a second one.
func (d *report) table() {
	if len(d.Rows) == 0 {
		return
	}
	_, name, _, _, _, _, _ := d.columns()
	if d.y+30 > reportBottom {
		d.page()
	}
	d.tableHead()
	for i, r := range d.Rows {
		text := d.fit(r.Name, box{width: name - 3, lines: 2, most: 9.5, least: 7})
		height := max(rowHeight, text.height()+1.4)
		if d.room(height) {
			d.tableHead()
		}
		d.tableRow(i, r, text, height)
	}
	d.tableSums()
}

func (d *report) tableHead() {
	number, name, class, skill, paper, link, last := d.columns()
	const height = 10.5
	d.fill(pale)
	d.Rect(reportLeft, d.y, reportWidth, height, "F")
	x := reportLeft
	cell := func(text string, width float64, align string) {
		f := d.fit(text, box{width: width - 2, lines: 2, most: 8.5, least: 8, style: bold})
		at := x + 1.5
		if align == centre {
			at = x + width/2
		}
		d.put(f, at, d.y+(height-f.height())/2, align, bold, ink)
		x += width
	}
	cell("TT", number, left)
	cell("Họ và tên", name, left)
	if class > 0 {
		cell("Lớp", class, centre)
	}
	for _, s := range d.Skills {
		cell(SkillName(s.Key), skill, centre)
	}
	cell("Giấy xác nhận", paper, centre)
	cell("Hộ gia đình", link, centre)
	if last > 0 {
		cell("Học gần nhất", last, centre)
	}
	d.y += height
}

func (d *report) tableRow(i int, r ReportRow, name fitted, height float64) {
	number, nameWidth, class, skill, paper, link, last := d.columns()
	middle := d.y + height/2
	one := func(text string, x, width float64, align string, k colour) {
		f := d.fit(text, box{width: width - 2, lines: 1, most: 9, least: 6})
		d.put(f, x, middle-f.height()/2, align, regular, k)
	}
	x := reportLeft
	one(fmt.Sprintf("%d", i+1), x+1.5, number, left, muted)
	x += number
	d.put(name, x+1.5, middle-name.height()/2, left, regular, ink)
	x += nameWidth
	if class > 0 {
		one(r.Class, x+class/2, class, centre, ink)
		x += class
	}
	for _, c := range r.Cells {
		d.sign(c.State, x+skill/2-6, middle)
		if words := c.words(); words != "" {
			one(words, x+skill/2-3, skill/2+3, left, ink)
		}
		x += skill
	}
	if r.Certified {
		d.sign("passed", x+paper/2-5, middle)
		one("Có", x+paper/2-2, paper/2, left, ink)
	} else {
		one("–", x+paper/2, paper, centre, muted)
	}
	x += paper
	one(r.Link, x+link/2, link, centre, ink)
	x += link
	if last > 0 {
		words := "–"
		if day, err := time.Parse(time.DateOnly, r.LastWork); err == nil {
			words = day.Format("02/01/2006")
		}
		one(words, x+last/2, last, centre, ink)
	}
	d.y += height
	d.stroke(soft)
	d.SetLineWidth(0.2)
	d.Line(reportLeft, d.y, reportLeft+reportWidth, d.y)
}

// words stand beside a cell's sign.
func (c ReportCell) words() string {
	switch {
	case c.State == "passed":
		return "Đạt"
	case c.State == "learning" && c.Percent != nil:
		return fmt.Sprintf("%d %%", *c.Percent)
	}
	return ""
}

func (d *report) tableSums() {
	number, name, class, skill, paper, link, _ := d.columns()
	if d.room(rowHeight + 1) {
		d.tableHead()
	}
	d.fill(pale)
	d.Rect(reportLeft, d.y, reportWidth, rowHeight+1, "F")
	x := reportLeft + number
	cell := func(text string, x float64, align string, width float64) {
		f := d.fit(text, box{width: width - 2, lines: 1, most: 9, least: 6, style: bold})
		d.put(f, x, d.y+(rowHeight+1-f.height())/2, align, bold, ink)
	}
	cell(fmt.Sprintf("Cộng: %d học sinh", d.Students), x+1.5, left, name)
	x += name + class
	for _, s := range d.Skills {
		cell(fmt.Sprintf("%d/%d", s.Passed, d.Students), x+skill/2, centre, skill)
		x += skill
	}
	cell(fmt.Sprintf("%d/%d", d.Certified, d.Students), x+paper/2, centre, paper)
	cell(fmt.Sprintf("%d/%d", d.Linked, d.Students), x+paper+link/2, centre, link)
	d.y += rowHeight + 6
}

// notYet lists, skill by skill, who has not passed yet.
func (d *report) notYet() {
	names := 0
	for _, s := range d.Skills {
		names += len(s.NotYet)
	}
	if names == 0 {
		return
	}
	d.room(30)
	d.y = d.say("Chưa đạt, theo từng kỹ năng", box{width: reportWidth, lines: 1, most: 13, least: 10, style: bold}, reportLeft, d.y, left, brand) + 1
	for _, s := range d.Skills {
		if len(s.NotYet) == 0 {
			continue
		}
		d.room(16)
		head := fmt.Sprintf("%s: %d em", SkillName(s.Key), len(s.NotYet))
		d.y = d.say(head, box{width: reportWidth, lines: 1, most: 10, least: 8, style: bold}, reportLeft, d.y, left, ink) + 0.4
		words := strings.Fields(clean(strings.Join(unbroken(s.NotYet), ", ") + "."))
		for _, row := range d.wrap(words, 9.5, regular, reportWidth) {
			if d.room(5) {
				d.y = d.say(head+" (tiếp)", box{width: reportWidth, lines: 1, most: 10, least: 8, style: bold}, reportLeft, d.y, left, ink) + 0.4
			}
			d.y = d.put(fitted{9.5, []string{row}}, reportLeft, d.y, left, regular, ink)
		}
		d.y += 2
	}
}

// unbroken cleans names for a list that breaks between words.
func unbroken(names []string) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = clean(n)
	}
	return list
}
