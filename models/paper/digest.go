package paper

import (
	"fmt"
	"io"
	"strings"
	"time"

	"nhaso/models"
)

// DigestSheet is the digest of one day as it is printed, signed and filed.
type DigestSheet struct {
	Day                        time.Time // any instant of the civil day
	Root, PrevRoot             string    // 64 hex digits; PrevRoot empty for the first
	BatchHash                  string
	Batch                      int64
	Rows, Subjects             int
	Households, Known, Covered int
	MadeAt                     time.Time
}

// Digest writes one upright A4 page: the root in groups that can be compared by
// eye and as a QR code, what it covers, how it is checked, and where to sign.
func Digest(w io.Writer, s DigestSheet) error {
	const x, wide = 20.0, a4Short - 40.0
	c := newCanvas(a4Short, a4Long, "Tóm tắt sổ cái ngày "+shortDate(s.Day), s.MadeAt)
	c.AddPage()
	c.mark(x, 18, 12)
	c.say("Nhà Số", box{width: 80, lines: 1, most: 13, least: 10, style: bold}, x+16, 19, left, brand)
	c.say("Mỗi nhà một người thạo kỹ năng số", box{width: 120, lines: 1, most: 9.5, least: 8}, x+16, 25, left, muted)
	y := c.say("Tóm tắt sổ cái độ phủ", box{width: wide, lines: 1, most: 22, least: 16, style: bold}, x, 38, left, ink)
	y = c.say("Cuối "+longDate(s.Day), box{width: wide, lines: 1, most: 13, least: 10}, x, y, left, ink)
	y = c.say("Con số dưới đây được tính từ từng dòng sổ cái. Nếu sau này ai sửa, thêm hoặc xóa một dòng đã ghi trước hết ngày này, con số tính lại sẽ khác.",
		box{width: wide, lines: 3, most: 10.5, least: 9}, x, y+2, left, muted)
	y = c.digestRoot(s, x, y+5, wide)
	for _, line := range [][2]string{
		{"Số hộ trong sổ", thousands(s.Households)},
		{"Hộ đã có thành viên được xác nhận", thousands(s.Known)},
		{"Hộ đã có người thạo kỹ năng số", thousands(s.Covered)},
		{"Dòng sổ cái", fmt.Sprintf("%s dòng của %s hộ và sổ đăng ký", thousands(s.Rows), thousands(s.Subjects))},
		{"Lô gộp cuối cùng", fmt.Sprintf("số %s · %s", thousands(int(s.Batch)), inFours(s.BatchHash, 16)[0]+" …")},
		{"Tóm tắt liền trước", orNone(s.PrevRoot)},
		{"Lập lúc", s.MadeAt.In(models.VietNam()).Format("15:04 02/01/2006")},
	} {
		c.say(line[0], box{width: 66, lines: 1, most: 10.5, least: 8}, x, y, left, muted)
		y = c.say(line[1], box{width: wide - 70, lines: 1, most: 10.5, least: 7, style: bold}, x+70, y, left, ink) + 1.6
	}
	y = c.say("Kiểm tra lại", box{width: wide, lines: 1, most: 12, least: 10, style: bold}, x, y+5, left, brand)
	y = c.say("Trên máy chủ, chạy lệnh sau. Lệnh tính lại mọi dòng và nêu tên dòng bị sửa hoặc bị xóa:", box{width: wide, lines: 2, most: 10.5, least: 9}, x, y+0.5, left, ink)
	y = c.say("nhaso coverage digest --day "+s.Day.In(models.VietNam()).Format(time.DateOnly)+" --root "+firstEight(s.Root)+"…", box{width: wide, lines: 1, most: 10, least: 7, style: bold}, x, y+1, left, ink)
	c.say("Gõ đủ 64 ký tự của mã gốc, có thể bỏ khoảng trắng, hoặc dùng tệp đã lưu: --check TỆP.", box{width: wide, lines: 1, most: 9.5, least: 8}, x, y+0.5, left, muted)
	c.digestSigns(x, wide)
	return c.write(w)
}

// digestRoot is the root: four rows of four groups of four, and a QR code.
func (c canvas) digestRoot(s DigestSheet, x, y, wide float64) float64 {
	const tall, side = 50.0, 42.0
	c.fill(pale)
	c.RoundedRect(x, y, wide, tall, 2.5, "1234", "F")
	c.say("Mã gốc", box{width: 60, lines: 1, most: 10.5, least: 9, style: bold}, x+6, y+4, left, brand)
	at := y + 11
	for _, row := range inFours(s.Root, 16) {
		at = c.say(row, box{width: wide - side - 18, lines: 1, most: 17, least: 10, style: bold}, x+6, at, left, ink) + 0.8
	}
	// The page is drawn without the code rather than not at all: the root can be typed.
	_ = c.qrCode("nhaso:digest:"+s.Day.In(models.VietNam()).Format(time.DateOnly)+":"+s.Root, x+wide-side-4, y+(tall-side)/2, side)
	return y + tall + 6
}

// digestSigns is where two people sign that this page was filed.
func (c canvas) digestSigns(x, wide float64) {
	const y = 252.0
	for i, who := range []string{"Người lập", "Người lưu giữ"} {
		at := x + float64(i)*(wide/2+4)
		c.stroke(muted)
		c.SetLineWidth(0.25)
		c.Line(at, y, at+wide/2-8, y)
		c.say(who+" (ký, ghi rõ họ tên)", box{width: wide/2 - 8, lines: 1, most: 9.5, least: 8}, at, y+1.5, left, muted)
	}
	c.say("Nhà Số · Tóm tắt hằng ngày · Lưu trang này ở nơi không nối mạng.", box{width: wide, lines: 1, most: 8.5, least: 7}, x, a4Long-14, left, muted)
}

// inFours cuts a hash into rows of n characters in groups of four.
func inFours(hash string, n int) []string {
	var rows []string
	for start := 0; start < len(hash); start += n {
		row := hash[start:min(start+n, len(hash))]
		var parts []string
		for i := 0; i < len(row); i += 4 {
			parts = append(parts, row[i:min(i+4, len(row))])
		}
		rows = append(rows, strings.Join(parts, " "))
	}
	if rows == nil {
		return []string{""}
	}
	return rows
}

func firstEight(hash string) string { return hash[:min(8, len(hash))] }

func orNone(hash string) string {
	if hash == "" {
		return "không có, đây là trang đầu tiên"
	}
	return inFours(hash, 32)[0] + " …"
}

// thousands writes a number with Vietnamese thousands.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		if text[i-1] == '-' {
			break
		}
		text = text[:i] + "." + text[i:]
	}
	return text
}
