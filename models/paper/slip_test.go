package paper

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func slipSample(i int) Slip {
	s := Slip{Campaign: "Mười ngày cao điểm", Village: "Thôn Khe Sim", Household: "7KQM29XDA", Code: "4HTQ7BZ", Hotline: "0203 123 456",
		From: "2026-11-20", To: "2026-11-30", URL: "https://nhaso.quangninh.edu.vn/visits#4HTQ7BZ", MadeAt: day}
	switch i % 4 {
	case 1:
		s.Campaign = "Đợt cao điểm “Mỗi nhà một người thạo kỹ năng số” chào mừng ngày Chuyển đổi số quốc gia, lần thứ hai, toàn xã"
		s.Village = "Khu phố Nguyễn Thượng Hiền – Phượng Hoàng Trung Bình Dương 12B"
	case 2:
		s.Hotline = ""
	case 3:
		s.Hotline = "0203 123 456 (bác Phượng), 0912 345 678"
	}
	return s
}

func slipPDF(t *testing.T, n int) []byte {
	t.Helper()
	list := []Slip{}
	for i := range n {
		list = append(list, slipSample(i))
	}
	var b bytes.Buffer
	require.NoError(t, Slips(&b, list))
	return b.Bytes()
}

func TestSlipPicture(t *testing.T) {
	compare(t, "slips.png", picture(t, slipPDF(t, 6), "70"))
}

func TestSlipsSayEverything(t *testing.T) {
	pdf := slipPDF(t, 18)
	assert.Equal(t, pdf, slipPDF(t, 18), "the same slips are the same file")
	pages := textOf(t, pdf)
	require.Len(t, pages, 3, "eight on a page")
	flat := strings.Join(strings.Fields(pages[0]), " ")
	for _, want := range []string{"Mười ngày cao điểm", "Thôn Khe Sim", models.GroupCode("7KQM29XDA"), models.GroupCode("4HTQ7BZ"), "20/11/2026", "30/11/2026", "0203 123 456",
		"mã OTP", "không thu tiền", "toàn xã", "12B"} {
		assert.Contains(t, flat, want)
	}
	assert.Equal(t, 8, strings.Count(pages[0], models.GroupCode("4HTQ7BZ")))
	assert.Equal(t, 2, strings.Count(pages[2], models.GroupCode("4HTQ7BZ")))
}

func TestSlipsOfNobody(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Slips(&b, nil))
	assert.True(t, bytes.HasPrefix(b.Bytes(), []byte("%PDF-")))
}

func TestCivilDay(t *testing.T) {
	for in, want := range map[string]string{"2026-11-05": "05/11/2026", "": "", "mai": "mai"} {
		assert.Equal(t, want, civilDay(in), fmt.Sprintf("%q", in))
	}
}
