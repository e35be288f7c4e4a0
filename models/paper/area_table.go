package paper

// areaColumns are the widths of the table: name, then households, the three
// states, share and class.
var areaColumns = []float64{0, 20, 29, 20, 20, 18, 17}

var areaHeads = []string{"Nơi", "Số hộ", "Đã có người thạo", "Chưa có", "Chưa biết", "Đã có", "Hạng"}

func (d *areaReport) nameWidth() float64 {
	rest := areaWidth
	for _, w := range areaColumns {
		rest -= w
	}
	return rest
}

// table draws the rows, the head again on every page, and the sum: it is the
// area itself, whatever the rows add up to.
func (d *areaReport) table() {
	if len(d.Rows) == 0 {
		return
	}
	d.room(40)
	d.y = d.say("Số liệu từng nơi", box{width: areaWidth, lines: 1, most: 12, least: 10, style: bold}, areaLeft, d.y, left, brand) + 1.5
	d.tableHead()
	for _, r := range d.Rows {
		name := d.fit(r.Name, box{width: d.nameWidth() - 3, lines: 2, most: 9, least: 7})
		height := max(rowHeight, name.height()+1.4)
		if d.room(height) {
			d.tableHead()
		}
		d.tableRow(name, r, height, regular)
	}
	if d.Unplaced != 0 {
		name := d.fit("Chưa xếp vào nơi nào ở trên", box{width: d.nameWidth() - 3, lines: 2, most: 9, least: 7})
		if d.room(name.height() + 1.4) {
			d.tableHead()
		}
		d.tableRow(name, AreaRow{Households: d.Unplaced}, max(rowHeight, name.height()+1.4), regular)
	}
	if d.room(rowHeight + 1) {
		d.tableHead()
	}
	d.fill(pale)
	d.Rect(areaLeft, d.y, areaWidth, rowHeight+1, "F")
	d.tableRow(d.fit("Cộng", box{width: d.nameWidth() - 3, lines: 1, most: 9, least: 7, style: bold}),
		AreaRow{Households: d.Households, Covered: d.Covered, NotCovered: d.NotCovered, Unknown: d.Unknown}, rowHeight+1, bold)
}

func (d *areaReport) tableHead() {
	const height = 10.0
	d.fill(pale)
	d.Rect(areaLeft, d.y, areaWidth, height, "F")
	x := areaLeft
	for i, head := range areaHeads {
		width := areaColumns[i]
		if i == 0 {
			width = d.nameWidth()
		}
		f := d.fit(head, box{width: width - 2.5, lines: 2, most: 8.5, least: 7, style: bold})
		if i == 0 {
			d.put(f, x+1.5, d.y+(height-f.height())/2, left, bold, ink)
		} else {
			d.put(f, x+width/2, d.y+(height-f.height())/2, centre, bold, ink)
		}
		x += width
	}
	d.y += height
}

// tableRow draws one line; numbers end at one edge, so that they can be compared.
func (d *areaReport) tableRow(name fitted, r AreaRow, height float64, style string) {
	d.put(name, areaLeft+1.5, d.y+(height-name.height())/2, left, style, ink)
	x := areaLeft + d.nameWidth()
	for i, text := range []string{thousands(r.Households), thousands(r.Covered), thousands(r.NotCovered), thousands(r.Unknown), percentOf(r.Covered, r.Households), r.Grade} {
		width := areaColumns[i+1]
		f := d.fit(text, box{width: width - 2, lines: 1, most: 9, least: 6, style: style})
		d.SetFont(family, style, f.size)
		at := x + width - 3 - d.GetStringWidth(text)
		if i == 5 {
			at = x + width/2 - d.GetStringWidth(text)/2
		}
		d.put(f, at, d.y+(height-f.height())/2, left, style, ink)
		x += width
	}
	d.y += height
	d.stroke(soft)
	d.SetLineWidth(0.2)
	d.Line(areaLeft, d.y, areaLeft+areaWidth, d.y)
}
