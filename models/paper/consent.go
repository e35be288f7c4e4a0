package paper

import (
	"fmt"
	"io"
	"time"

	"nhaso/models"
)

// ConsentForm is one pupil's form, to be signed by the child and the guardian.
type ConsentForm struct {
	Name       string
	ClassName  string
	SchoolName string
	Code       string // as it is stored; printed in groups
	Site       string // address of the server as it is typed, without https://
	URL        string // the page on which the code withdraws; goes into the QR codes
	Items      []ConsentItem
	MadeAt     time.Time
}

// ConsentItem is one thing to agree to.
type ConsentItem struct {
	Title   string
	Body    string
	Version int
}

// What a form says, in the order of its paragraphs.
var consentWords = [][2]string{
	{"Nhà Số giữ gì?", "Họ tên, lớp, bài đã học, kết quả và hộ gia đình của em. Không giữ số định danh, dân tộc, sức khoẻ hay ảnh của em."},
	{"Ai thấy tên em?", "Thầy cô và nhà trường của em. Ngoài trường chỉ thấy con số, trừ những điều em và gia đình đồng ý ở bảng dưới."},
	{"Giữ bao lâu?", "Trong thời gian em học chương trình ở trường. Giấy xác nhận hoàn thành và phiếu này được giữ lâu hơn, để còn kiểm tra được."},
	{"Rút lại thế nào?", "Lúc nào cũng được, không cần nêu lý do. Em vào mục Hộ gia đình trên Nhà Số; hoặc báo thầy cô; hoặc cha mẹ dùng mã ở phần gia đình giữ. Tên được ẩn ngay."},
	{"Không đồng ý có sao không?", "Không sao. Em vẫn học, vẫn nhận Giấy xác nhận hoàn thành, và hộ của em vẫn được đếm mà không nêu tên ai."},
}

// The page of a form: A4 upright.
const (
	formLeft  = 16.0
	formWidth = a4Short - 2*formLeft
	formCut   = 248.0 // the line above the part that the family keeps
)

// ConsentForms writes one page for each pupil.
func ConsentForms(w io.Writer, list []ConsentForm) error {
	var made time.Time
	for _, f := range list {
		if f.MadeAt.After(made) {
			made = f.MadeAt
		}
	}
	c := newCanvas(a4Short, a4Long, "Phiếu đồng ý", made)
	for _, f := range list {
		c.AddPage()
		if err := c.consentForm(f); err != nil {
			return err
		}
	}
	return c.write(w)
}

func (c canvas) consentForm(f ConsentForm) error {
	const qrSide = 26.0
	const wide = formWidth - qrSide - 6
	c.houseShape(formLeft, 13, 9, brand, gold)
	c.say("Nhà Số", box{width: 60, lines: 1, most: 12, least: 9, style: bold}, formLeft+12, 14.5, left, brand)
	y := c.say("Phiếu đồng ý nêu tên", box{width: wide, lines: 1, most: 21, least: 16, style: bold}, formLeft, 25, left, ink)
	c.say("Dành cho em và cha mẹ hoặc người giám hộ. Hãy cùng đọc rồi mới đánh dấu.", box{width: wide, lines: 2, most: 10.5, least: 9}, formLeft, y+0.5, left, muted)
	if err := c.qrCode(f.URL, formLeft+formWidth-qrSide, 12, qrSide); err != nil {
		return err
	}
	c.say(models.GroupCode(f.Code), box{width: qrSide + 8, lines: 1, most: 10, least: 7, style: bold}, formLeft+formWidth-qrSide/2, 38.5, centre, ink)
	name := c.fit(f.Name, box{width: formWidth - 8, lines: 2, most: 17, least: 11, style: bold, tall: 13})
	c.fill(pale)
	c.RoundedRect(formLeft, 46, formWidth, 21, 2, "1234", "F")
	c.put(name, formLeft+4, 48+(11-name.height())/2, left, bold, ink)
	c.say("Lớp "+f.ClassName+", "+f.SchoolName, box{width: formWidth - 8, lines: 1, most: 11, least: 6}, formLeft+4, 60, left, ink)
	y = 71
	for _, p := range consentWords {
		c.say(p[0], box{width: 38, lines: 2, most: 10.5, least: 9, style: bold}, formLeft, y, left, brand)
		y = c.say(p[1], box{width: formWidth - 42, lines: 3, most: 10.5, least: 9}, formLeft+42, y, left, ink) + 2.2
	}
	y = c.consentTable(f, y+1)
	c.consentSigns(y + 3)
	return c.consentStub(f)
}

// consentTable is what is agreed to: a line each, two boxes a party, none of
// them marked beforehand.
func (c canvas) consentTable(f ConsentForm, y float64) float64 {
	const textWidth, column = 106.0, 36.0
	c.fill(pale)
	c.Rect(formLeft, y, formWidth, 8, "F")
	c.say("Em và gia đình có đồng ý không?", box{width: textWidth, lines: 1, most: 10.5, least: 9, style: bold}, formLeft+2, y+1.8, left, ink)
	c.say("Em", box{width: column, lines: 1, most: 10.5, least: 9, style: bold}, formLeft+textWidth+column/2, y+1.8, centre, ink)
	c.say("Cha mẹ, giám hộ", box{width: column, lines: 1, most: 10.5, least: 8, style: bold}, formLeft+textWidth+column*1.5, y+1.8, centre, ink)
	y += 8
	for i, item := range f.Items {
		top := y
		y = c.say(fmt.Sprintf("%d. %s", i+1, item.Title), box{width: textWidth - 4, lines: 2, most: 10.5, least: 9, style: bold}, formLeft+2, y+1.6, left, ink)
		y = c.say(item.Body, box{width: textWidth - 4, lines: 5, most: 9.5, least: 8.5}, formLeft+2, y+0.6, left, ink) + 1.6
		y = max(y, top+16)
		for party := range 2 {
			x := formLeft + textWidth + column*float64(party) + 3
			c.tickBox("Đồng ý", x, top+(y-top)/2-6.5)
			c.tickBox("Không đồng ý", x, top+(y-top)/2+1.5)
		}
		c.stroke(muted)
		c.SetLineWidth(0.2)
		c.Line(formLeft, y, formLeft+formWidth, y)
	}
	return y
}

// tickBox is an empty box with its word.
func (c canvas) tickBox(word string, x, y float64) {
	c.stroke(ink)
	c.SetLineWidth(0.35)
	c.Rect(x, y, 4.4, 4.4, "D")
	c.say(word, box{width: 28, lines: 1, most: 9.5, least: 8}, x+6, y+0.1, left, ink)
}

// consentSigns is where the child and the guardian sign.
func (c canvas) consentSigns(y float64) {
	const half = formWidth / 2
	c.say("Em ký và ghi họ tên", box{width: half - 6, lines: 1, most: 10.5, least: 9, style: bold}, formLeft, y, left, ink)
	c.say("Cha mẹ hoặc người giám hộ ký", box{width: half - 4, lines: 1, most: 10.5, least: 9, style: bold}, formLeft+half+4, y, left, ink)
	for i, word := range []string{"Mẹ", "Cha", "Ông bà", "Giám hộ"} {
		c.tickBox(word, formLeft+half+4+[]float64{0, 17, 34, 57}[i], y+6.5)
	}
	for _, x := range []float64{formLeft, formLeft + half + 4} {
		c.stroke(muted)
		c.SetLineWidth(0.25)
		c.Line(x, formCut-13, x+half-8, formCut-13)
		c.say("Ngày …… tháng …… năm 20……", box{width: half - 8, lines: 1, most: 9.5, least: 8}, x, formCut-11, left, muted)
	}
}

// consentStub is the part that the family keeps.
func (c canvas) consentStub(f ConsentForm) error {
	c.stroke(muted)
	c.SetLineWidth(0.25)
	c.SetDashPattern([]float64{1.6, 1.4}, 0)
	c.Line(6, formCut, a4Short-6, formCut)
	c.SetDashPattern(nil, 0)
	const side = 30.0
	if err := c.qrCode(f.URL, formLeft, formCut+5, side); err != nil {
		return err
	}
	x := formLeft + side + 6
	y := c.say("Gia đình giữ phần này", box{width: 130, lines: 1, most: 12, least: 10, style: bold}, x, formCut+5, left, brand)
	y = c.say("Muốn rút lại đồng ý: quét mã này, hoặc mở "+f.Site+"/consent và gõ mã "+models.GroupCode(f.Code)+". Không cần tài khoản, không cần lý do.",
		box{width: formWidth - side - 6, lines: 3, most: 10.5, least: 8}, x, y+1, left, ink)
	versions := ""
	for i, item := range f.Items {
		versions += fmt.Sprintf("%s%d.%d", map[bool]string{true: ", ", false: ""}[i > 0], i+1, item.Version)
	}
	c.say("Mã này chỉ rút lại được, không xem được gì về em. Bản lời văn "+versions+", in "+longDate(f.MadeAt)+".",
		box{width: formWidth - side - 6, lines: 2, most: 8.5, least: 7}, x, y+1.5, left, muted)
	return nil
}
