package paper

import (
	"io"
	"time"

	"nhaso/models"
)

// Slip is a paper that a digital team leaves at a household. It carries no
// name, and of the address only the village and the household's number.
type Slip struct {
	Campaign  string
	Village   string // with its kind: "Thôn Khe Sim"
	Household string // the number, ungrouped
	Code      string // what opens the household on a member's list, ungrouped
	Hotline   string // as it is printed; may be empty
	From, To  string // civil days of the campaign
	URL       string // the list with the code; goes into the QR code
	MadeAt    time.Time
}

// The slips on a page: two beside each other, four below.
const (
	slipWidth, slipHeight = 100.0, 68.0
	slipColumns, slipRows = 2, 4
)

// Slips writes slips eight on a portrait A4 page with cutting lines.
func Slips(w io.Writer, list []Slip) error {
	const x0, y0 = (a4Short - slipColumns*slipWidth) / 2, (a4Long - slipRows*slipHeight) / 2
	var made time.Time
	for _, s := range list {
		if s.MadeAt.After(made) {
			made = s.MadeAt
		}
	}
	c := newCanvas(a4Short, a4Long, "Phiếu để lại nhà", made)
	for i, s := range list {
		at := i % (slipColumns * slipRows)
		if at == 0 {
			c.AddPage()
		}
		if err := c.slip(s, x0+float64(at%slipColumns)*slipWidth, y0+float64(at/slipColumns)*slipHeight); err != nil {
			return err
		}
		if at == slipColumns*slipRows-1 || i == len(list)-1 {
			c.slipLines(x0, y0, at/slipColumns+1)
		}
	}
	return c.write(w)
}

// slip draws one with its top left corner at x, y.
func (c canvas) slip(s Slip, x, y float64) error {
	const pad, qrSide = 5.0, 29.0
	const inner = slipWidth - 2*pad
	const wide = inner - qrSide - 3
	l := x + pad
	c.houseShape(l, y+4.4, 6, brand, gold)
	c.say("Mỗi nhà một người thạo kỹ năng số", box{width: inner - 8, lines: 1, most: 10, least: 7, style: bold}, l+8, y+4.6, left, brand)
	next := c.say(s.Campaign, box{width: wide, lines: 2, most: 9.5, least: 6, style: bold, tall: 8.6}, l, y+12.6, left, ink)
	next = c.say(s.Village, box{width: wide, lines: 2, most: 9, least: 6, tall: 7}, l, next+0.6, left, ink)
	c.say("Số hộ "+models.GroupCode(s.Household), box{width: wide, lines: 1, most: 9, least: 7}, l, next+0.2, left, ink)
	if err := c.qrCode(s.URL, x+slipWidth-pad-qrSide+2, y+10.4, qrSide); err != nil {
		return err
	}
	const boxTop, boxTall = 31.4, 9.4
	c.fill(pale)
	c.RoundedRect(l, y+boxTop, wide, boxTall, 1.4, "1234", "F")
	c.say("Mã trên phiếu", box{width: 18, lines: 2, most: 7, least: 6}, l+1.8, y+boxTop+3.1, left, muted)
	c.say(models.GroupCode(s.Code), box{width: wide - 23, lines: 1, most: 16, least: 11, style: bold}, l+20+(wide-21)/2, y+boxTop+1.6, centre, ink)
	c.slipWords(s, l, y+42.6, inner)
	return nil
}

// slipWords says what the paper is for, and what nobody may ask at the door.
func (c canvas) slipWords(s Slip, x, y, width float64) {
	y = c.say("Tổ công nghệ số của xã đến tận nhà hướng dẫn, không thu tiền. Giữ phiếu này: lần sau người của tổ quét hoặc gõ mã là làm tiếp ngay từ chỗ đang dở.",
		box{width: width, lines: 3, most: 8.4, least: 6}, x, y, left, ink)
	y = c.say("Không ai của tổ được hỏi mật khẩu, mã OTP hay số thẻ. Gặp người hỏi như vậy, mình từ chối và báo công an xã.",
		box{width: width, lines: 2, most: 8, least: 6, style: bold}, x, y+0.8, left, ink)
	last := "Từ " + civilDay(s.From) + " đến hết " + civilDay(s.To)
	if s.Hotline != "" {
		last += " · Hỏi thêm: " + s.Hotline
	}
	c.say(last, box{width: width, lines: 1, most: 7.5, least: 5}, x, y+0.8, left, muted)
}

// civilDay writes a civil day as people here do; what is none stays as it is.
func civilDay(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return at.Format("02/01/2006")
}

// slipLines draws the cutting lines around the rows that a page has.
func (c canvas) slipLines(x0, y0 float64, rows int) {
	c.stroke(cutter)
	c.SetLineWidth(0.15)
	c.SetDashPattern([]float64{1.2, 1.2}, 0)
	for i := range slipColumns + 1 {
		x := x0 + float64(i)*slipWidth
		c.Line(x, y0, x, y0+float64(rows)*slipHeight)
	}
	for i := range rows + 1 {
		y := y0 + float64(i)*slipHeight
		c.Line(x0, y, x0+slipColumns*slipWidth, y)
	}
	c.SetDashPattern(nil, 0)
}
