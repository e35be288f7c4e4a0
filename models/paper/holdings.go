package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Holdings is everything that is kept about a person, to be read and printed:
// table by table, each row as its words and values.
type Holdings struct {
	Name   string
	Made   time.Time
	Tables []HeldTable
}

// HeldTable is one table. Columns and the values of a row run side by side.
type HeldTable struct {
	Title   string
	Columns []string
	Rows    [][]string
}

// The page of a copy: A4 upright.
const (
	heldLeft   = 16.0
	heldWidth  = a4Short - 2*heldLeft
	heldTop    = 14.0
	heldBottom = a4Long - 16.0
	heldWord   = 44.0 // of the column that says what a value is
	heldMost   = 2000 // rows of one table: the file for programs has all
)

type holdings struct {
	canvas
	Holdings
	y float64
}

// HoldingsPaper writes a copy for the person: a heading, a list of what is kept
// with how much, then each table. A table of few columns is drawn as a table,
// one of many as a list of words and values, so that nothing is cut off. Every
// page has the name and its number.
func HoldingsPaper(w io.Writer, h Holdings) error {
	d := &holdings{canvas: newCanvas(a4Short, a4Long, "Dữ liệu đang lưu về "+h.Name, h.Made), Holdings: h}
	d.AliasNbPages("{so}")
	d.page()
	d.title()
	d.contents()
	for i, t := range d.Tables {
		d.table(i+1, t)
	}
	return d.write(w)
}

func (d *holdings) page() {
	d.AddPage()
	d.mark(heldLeft, heldTop-4, 8)
	d.say("Nhà Số", box{width: 40, lines: 1, most: 10, least: 8, style: bold}, heldLeft+11, heldTop-2.6, left, brand)
	d.say("Lập "+longDate(d.Made), box{width: 90, lines: 1, most: 8.5, least: 7}, heldLeft+heldWidth-45, heldTop-2.2, centre, muted)
	d.stroke(soft)
	d.SetLineWidth(0.4)
	d.Line(heldLeft, heldTop+6, heldLeft+heldWidth, heldTop+6)
	name := d.fit(d.Name, box{width: heldWidth - 40, lines: 1, most: 8, least: 6})
	d.put(name, heldLeft, a4Long-11, left, regular, muted)
	// The number of pages is known at the end only, so its place is kept left.
	d.SetFont(family, regular, 8)
	d.text(muted)
	d.Text(heldLeft+heldWidth-24, a4Long-7.6, fmt.Sprintf("Trang %d/{so}", d.PageNo()))
	d.y = heldTop + 10
}

// room begins a new page unless height mm are left.
func (d *holdings) room(height float64) bool {
	if d.y+height <= heldBottom {
		return false
	}
	d.page()
	return true
}

func (d *holdings) title() {
	d.y = d.say("Dữ liệu đang lưu về", box{width: heldWidth, lines: 1, most: 13, least: 11}, heldLeft, d.y, left, muted)
	d.y = d.say(d.Name, box{width: heldWidth, lines: 2, most: 20, least: 12, style: bold}, heldLeft, d.y, left, ink) + 3
	d.y = d.say("Đây là mọi điều mà hệ thống Nhà Số đang lưu về người này. Mật khẩu và mã bí mật chỉ được lưu dưới dạng mã băm nên không có ở đây. "+
		"Bản này lược bớt mã kỹ thuật cho dễ đọc; tệp du-lieu.json đi kèm có đủ mọi cột. Nếu có gì chưa đúng, hãy báo nhà trường hoặc ủy ban nhân dân "+
		"xã, phường, đặc khu để được đính chính.", box{width: heldWidth, lines: 8, most: 10, least: 10}, heldLeft, d.y, left, ink) + 5
}

// contents lists the tables with how many rows each has.
func (d *holdings) contents() {
	for i, t := range d.Tables {
		d.room(5.5)
		d.say(fmt.Sprintf("%d. %s", i+1, t.Title), box{width: heldWidth - 34, lines: 1, most: 10, least: 6}, heldLeft, d.y, left, ink)
		d.say(rowsWord(len(t.Rows)), box{width: 30, lines: 1, most: 10, least: 8}, heldLeft+heldWidth-15, d.y, centre, muted)
		d.y += 5.5
	}
	d.y += 4
}

func rowsWord(n int) string { return fmt.Sprintf("%d dòng", n) }

func (d *holdings) table(number int, t HeldTable) {
	d.room(26)
	d.y = d.say(fmt.Sprintf("%d. %s", number, t.Title), box{width: heldWidth, lines: 2, most: 13, least: 10, style: bold}, heldLeft, d.y+3, left, brand) + 2
	switch {
	case len(t.Columns) == 0:
		d.y = d.say("Chỉ có mã kỹ thuật; xem du-lieu.json.", box{width: heldWidth, lines: 1, most: 9.5, least: 9}, heldLeft, d.y, left, muted) + 2
		return
	case len(t.Columns) <= 4:
		wide := d.widths(t)
		d.head(t, wide)
		for _, row := range t.Rows[:min(len(t.Rows), heldMost)] {
			d.line(t, wide, row)
		}
	default:
		for i, row := range t.Rows[:min(len(t.Rows), heldMost)] {
			d.record(t, row, i)
		}
	}
	if more := len(t.Rows) - heldMost; more > 0 {
		d.room(6)
		d.y = d.say(fmt.Sprintf("Còn %s nữa trong tệp du-lieu.json.", rowsWord(more)), box{width: heldWidth, lines: 1, most: 9.5, least: 9}, heldLeft, d.y, left, muted)
	}
	d.y += 2
}

// head is a table's heads, again on every page.
func (d *holdings) head(t HeldTable, wide []float64) {
	d.fill(pale)
	d.Rect(heldLeft, d.y, heldWidth, 7, "F")
	x := heldLeft
	for i, c := range t.Columns {
		d.say(c, box{width: wide[i] - 3, lines: 1, most: 9, least: 6, style: bold}, x+1.5, d.y+1.6, left, ink)
		x += wide[i]
	}
	d.y += 7.6
}

// line is a row of a table of few columns.
func (d *holdings) line(t HeldTable, wide []float64, row []string) {
	cells, tall := make([]fitted, len(row)), 0.0
	for i, v := range row {
		cells[i] = d.value(v, wide[i]-3)
		tall = max(tall, cells[i].height())
	}
	if d.room(tall + 2) {
		d.head(t, wide)
	}
	x := heldLeft
	for i, f := range cells {
		d.put(f, x+1.5, d.y, left, regular, ink)
		x += wide[i]
	}
	d.y += tall + 1.2
	d.rule()
}

// widths shares the page among the columns by their longest value, none below
// a day's width.
func (d *holdings) widths(t HeldTable) []float64 {
	const least, most = 20.0, 90.0
	wide, sum := make([]float64, len(t.Columns)), 0.0
	for i, c := range t.Columns {
		d.SetFont(family, bold, 9)
		wide[i] = d.GetStringWidth(clean(c)) + 4
		d.SetFont(family, regular, 9)
		for _, row := range t.Rows[:min(len(t.Rows), 200)] {
			if wide[i] < most {
				wide[i] = max(wide[i], d.GetStringWidth(clean(row[i]))+4)
			}
		}
		wide[i] = min(max(wide[i], least), most)
		sum += wide[i]
	}
	for i := range wide {
		wide[i] *= heldWidth / sum
	}
	return wide
}

func (d *holdings) rule() {
	d.stroke(soft)
	d.SetLineWidth(0.15)
	d.Line(heldLeft, d.y, heldLeft+heldWidth, d.y)
	d.y += 1
}

// record is a row of a table of many columns: a word and its value a line. What
// is empty is left out.
func (d *holdings) record(t HeldTable, row []string, i int) {
	d.room(14)
	if len(t.Rows) > 1 {
		d.y = d.say(fmt.Sprintf("Dòng %d", i+1), box{width: heldWidth, lines: 1, most: 8, least: 8, style: bold}, heldLeft, d.y, left, muted)
	}
	for j, v := range row {
		if v == "" {
			continue
		}
		f := d.value(v, heldWidth-heldWord-2)
		d.room(max(f.height(), 4.4))
		d.say(t.Columns[j], box{width: heldWord - 2, lines: 1, most: 9, least: 6}, heldLeft, d.y, left, muted)
		d.put(f, heldLeft+heldWord, d.y, left, regular, ink)
		d.y += max(f.height(), 4.4)
	}
	d.y += 1
	d.rule()
}

// value breaks a value into as many lines as it takes, up to half a page; what
// is longer ends in a sign that the file for programs goes on.
func (d *holdings) value(v string, wide float64) fitted {
	const size, most = 9.0, 30
	var words []string
	for _, w := range strings.Fields(clean(v)) {
		words = append(words, d.pieces(w, size, wide)...)
	}
	if len(words) == 0 {
		return fitted{size: size, rows: []string{""}}
	}
	rows := d.wrap(words, size, regular, wide)
	if len(rows) > most {
		rows = append(rows[:most-1:most-1], "… (xem tiếp trong du-lieu.json)")
	}
	return fitted{size, rows}
}

// pieces breaks a word that is wider than a line: a long code, a document.
func (d *holdings) pieces(word string, size, wide float64) (list []string) {
	d.SetFont(family, regular, size)
	if d.GetStringWidth(word) <= wide {
		return []string{word}
	}
	var piece []rune
	for _, r := range word {
		if d.GetStringWidth(string(append(piece, r))) > wide {
			list, piece = append(list, string(piece)), nil
		}
		piece = append(piece, r)
	}
	return append(list, string(piece))
}
