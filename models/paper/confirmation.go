package paper

import (
	"io"
	"strings"
	"time"

	"nhaso/models"
)

// Confirmation is one "Giấy xác nhận hoàn thành" as it is printed.
type Confirmation struct {
	HolderName  string
	ClassName   string
	SchoolName  string  // empty: a grown-up member of a household, of no school
	Skills      []Skill // in the rule's order
	Code        string  // as it is stored; printed in groups
	VerifyURL   string  // public page that confirms it; goes into the QR code
	RuleVersion int
	IssuedAt    time.Time
	Revoked     bool // "ĐÃ THU HỒI" stands across it
}

// Skill is one skill of a paper and the day it was passed; the zero day is
// left out.
type Skill struct {
	Key string
	On  time.Time
}

// Page sizes in mm.
const (
	a4Long, a4Short       = 297.0, 210.0
	cardWidth, cardHeight = 85.6, 53.98 // ISO/IEC 7810 ID-1, as bank cards
)

// qrOnA4 is the side of the QR code on an A4 page with its quiet zone, in mm.
const qrOnA4 = 36.0

// The four words that differ between a pupil and somebody grown up, whose paper
// names no school and no class.

// from stands above the title.
func (p Confirmation) from() string {
	if p.SchoolName == "" {
		return "Chương trình năm kỹ năng số cho mỗi hộ gia đình"
	}
	return p.SchoolName
}

// confirms stands before the name.
func (p Confirmation) confirms() string {
	if p.SchoolName == "" {
		return "Xác nhận ông/bà"
	}
	return "Xác nhận em"
}

// signs is who signs the paper.
func (p Confirmation) signs() string {
	if p.SchoolName == "" {
		return "Đại diện đơn vị tổ chức"
	}
	return "Đại diện nhà trường"
}

// learnsAt stands below the name on a card.
func (p Confirmation) learnsAt() string {
	switch {
	case p.SchoolName == "":
		return "Người lớn học cùng hộ gia đình"
	case p.ClassName == "":
		return p.SchoolName
	}
	return "Lớp " + p.ClassName + ", " + p.SchoolName
}

// A4 writes one landscape page for each paper.
func A4(w io.Writer, list []Confirmation) error {
	c := newCanvas(a4Long, a4Short, Title, madeAt(list))
	for _, p := range list {
		c.AddPage()
		if err := c.page(p); err != nil {
			return err
		}
	}
	return c.write(w)
}

// Card writes one paper as a card to carry.
func Card(w io.Writer, p Confirmation) error {
	c := newCanvas(cardWidth, cardHeight, Title, p.IssuedAt)
	c.AddPage()
	if err := c.card(p, 0, 0); err != nil {
		return err
	}
	return c.write(w)
}

// Cards writes the papers as cards, ten on a portrait A4 page with cutting
// lines.
func Cards(w io.Writer, list []Confirmation) error {
	const columns, rows = 2, 5
	const x0, y0 = (a4Short - columns*cardWidth) / 2, (a4Long - rows*cardHeight) / 2
	c := newCanvas(a4Short, a4Long, Title, madeAt(list))
	for i, p := range list {
		at := i % (columns * rows)
		if at == 0 {
			c.AddPage()
		}
		if err := c.card(p, x0+float64(at%columns)*cardWidth, y0+float64(at/columns)*cardHeight); err != nil {
			return err
		}
		if at == columns*rows-1 || i == len(list)-1 {
			c.cuttingLines(x0, y0, columns, rows)
		}
	}
	return c.write(w)
}

// madeAt is the date of a file with many papers: that of the latest.
func madeAt(list []Confirmation) (at time.Time) {
	for _, p := range list {
		if p.IssuedAt.After(at) {
			at = p.IssuedAt
		}
	}
	return at
}

// page draws one paper on a landscape A4 page.
func (c canvas) page(p Confirmation) error {
	const middle = a4Long / 2
	c.frame()
	c.mark(middle-6, 17, 12)
	// Places of fixed height, so that a short text does not move the rest.
	school := c.fit(p.from(), box{width: 215, lines: 2, most: 14, least: 10, style: bold})
	c.put(school, middle, 31+(12-school.height())/2, centre, bold, ink)
	y := c.say(strings.ToUpper(Title), box{width: 230, lines: 1, most: 28, least: 20, style: bold}, middle, 44, centre, brand)
	y = c.say(p.confirms(), box{width: 200, lines: 1, most: 12, least: 10}, middle, y+2.5, centre, muted)
	const room = 26.0
	name := c.fit(p.HolderName, box{width: 228, lines: 2, most: 31, least: 17, style: bold, tall: room - 3})
	c.put(name, middle, y+(room-name.height())/2, centre, bold, ink)
	y += room
	if p.ClassName != "" {
		y = c.say("Lớp "+p.ClassName, box{width: 200, lines: 1, most: 13, least: 9}, middle, y+0.5, centre, ink)
	}
	c.say("đã hoàn thành năm kỹ năng số cơ bản", box{width: 220, lines: 1, most: 13, least: 10}, middle, y+0.5, centre, ink)
	c.skills(p.Skills, 21, 113, 255)
	if err := c.proof(p); err != nil {
		return err
	}
	c.signature(p)
	if p.Revoked {
		c.revoked(middle, a4Short/2, 66)
	}
	return nil
}

// skills draws the skills beside each other in a band of width mm.
func (c canvas) skills(list []Skill, x, y, width float64) {
	const height, gap = 25.0, 3.0
	if len(list) == 0 {
		return
	}
	each := (width - gap*float64(len(list)-1)) / float64(len(list))
	for _, s := range list {
		c.fill(white)
		c.stroke(soft)
		c.SetLineWidth(0.4)
		c.RoundedRect(x, y, each, height, 2.5, "1234", "FD")
		c.tick(x+each/2, y+5.2)
		name := c.fit(SkillName(s.Key), box{width: each - 5, lines: 2, most: 11, least: 8, style: bold})
		c.put(name, x+each/2, y+8.2+(10.6-name.height())/2, centre, bold, ink)
		if !s.On.IsZero() {
			c.say(shortDate(s.On), box{width: each - 4, lines: 1, most: 9, least: 7}, x+each/2, y+19.2, centre, muted)
		}
		x += each + gap
	}
}

// proof draws code, QR and rule at the lower left.
func (c canvas) proof(p Confirmation) error {
	const x, y, side = 21.0, 145.0, qrOnA4
	if err := c.qrCode(p.VerifyURL, x, y, side); err != nil {
		return err
	}
	const tx, width = x + side + 3, 98.0
	at := c.say("Mã giấy", box{width: width, lines: 1, most: 9, least: 8}, tx, y+3, left, muted)
	at = c.say(models.GroupCode(p.Code), box{width: width, lines: 1, most: 16, least: 12, style: bold}, tx, at-0.6, left, ink)
	at = c.say("Quét mã hoặc mở địa chỉ sau để kiểm tra:", box{width: width, lines: 1, most: 8.5, least: 7}, tx, at+0.5, left, muted)
	at = c.address(p.VerifyURL, box{width: width, lines: 2, most: 8.5, least: 5}, tx, at)
	c.say(RuleWords(p.RuleVersion), box{width: width, lines: 2, most: 8.5, least: 7}, tx, at+1, left, muted)
	return nil
}

// address writes a web address, which has no spaces to be broken at: after a
// slash, where it must.
func (c canvas) address(url string, b box, x, y float64) float64 {
	f := c.fit(url, box{width: b.width, lines: 1, most: b.most, least: b.least, style: b.style})
	if f.size < b.least || len(f.rows) != 1 {
		if cut := strings.LastIndex(url, "/"); cut > 0 {
			head := c.fit(url[:cut+1], box{width: b.width, lines: 1, most: b.most, least: b.least, style: b.style})
			f = fitted{head.size, []string{url[:cut+1], url[cut+1:]}}
		}
	}
	return c.put(f, x, y, left, b.style, ink)
}

// signature leaves room for hand and stamp at the lower right.
func (c canvas) signature(p Confirmation) {
	const middle, y = 229.0, 147.0
	date := longDate(p.IssuedAt)
	at := c.say("N"+date[1:], box{width: 90, lines: 1, most: 11, least: 9}, middle, y, centre, ink)
	at = c.say(p.signs(), box{width: 90, lines: 1, most: 11, least: 9, style: bold}, middle, at, centre, ink)
	c.say("(ký, ghi rõ họ tên và đóng dấu)", box{width: 90, lines: 1, most: 8.5, least: 7}, middle, at-0.4, centre, muted)
	c.stroke(soft)
	c.SetLineWidth(0.3)
	c.Line(middle-34, 184, middle+34, 184)
}

// card draws one paper as a card with its top left corner at x, y.
func (c canvas) card(p Confirmation, x, y float64) error {
	c.fill(brand)
	c.Rect(x, y, cardWidth, 8.4, "F")
	c.houseShape(x+3.4, y+1.6, 5.2, white, gold)
	c.say(strings.ToUpper(Title), box{width: cardWidth - 14, lines: 1, most: 9.5, least: 7, style: bold}, x+10.4, y+2, left, white)
	c.wave(x, y+8.4, cardWidth, 1.1, soft)
	const qrSide = 23.0
	qx := x + cardWidth - qrSide - 2
	wide := cardWidth - qrSide - 7.5
	const room = 12.0
	name := c.fit(p.HolderName, box{width: wide, lines: 2, most: 13, least: 8, style: bold, tall: room})
	c.put(name, x+4, y+11+(room-name.height())/2, left, bold, ink)
	at := y + 11 + room
	at = c.say(p.learnsAt(), box{width: wide, lines: 3, most: 7, least: 5}, x+4, at, left, ink)
	var names []string
	for _, s := range p.Skills {
		names = append(names, SkillName(s.Key))
	}
	c.say("đã hoàn thành năm kỹ năng số cơ bản: "+strings.Join(names, ", ")+".",
		box{width: wide, lines: 5, most: 6, least: 4.5}, x+4, max(at+0.6, y+30.6), left, muted)
	if err := c.qrCode(p.VerifyURL, qx, y+11, qrSide); err != nil {
		return err
	}
	c.say(models.GroupCode(p.Code), box{width: qrSide, lines: 1, most: 8, least: 6, style: bold}, qx+qrSide/2, y+34.2, centre, ink)
	c.say("Cấp "+shortDate(p.IssuedAt), box{width: qrSide, lines: 1, most: 6, least: 5}, qx+qrSide/2, y+37.8, centre, ink)
	c.say(RuleWords(p.RuleVersion), box{width: cardWidth - 8, lines: 1, most: 5.5, least: 4}, x+4, y+46.4, left, muted)
	c.address(p.VerifyURL, box{width: cardWidth - 8, lines: 1, most: 5.5, least: 3.5}, x+4, y+49)
	if p.Revoked {
		c.revoked(x+cardWidth/2, y+cardHeight/2, 24)
	}
	return nil
}

// revoked prints the state across a paper whose middle is at x, y.
func (c canvas) revoked(x, y, size float64) {
	const words = "ĐÃ THU HỒI"
	c.SetFont(family, bold, size)
	c.text(red)
	c.SetAlpha(0.55, "Normal")
	c.TransformBegin()
	c.TransformRotate(24, x, y)
	c.Text(x-c.GetStringWidth(words)/2, y+size*0.36*ptToMm, words)
	c.TransformEnd()
	c.SetAlpha(1, "Normal")
}
