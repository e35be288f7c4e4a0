package paper

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// areaOf is a province of n communes in a grid, of which some have no data and
// one has no shape.
func areaOf(n int) AreaReport {
	r := AreaReport{Name: "Tỉnh Quảng Ninh", OnDate: "2026-11-30", Made: day, Source: "Sổ hộ của Công an tỉnh, ngày 01/11/2026",
		Target: 0.8, TargetSource: "Kế hoạch 112/KH-UBND"}
	for i := range n {
		row := AreaRow{Name: fmt.Sprintf("Phường Thử Nghiệm Số %d", i+1), Grade: "ABCDE"[i%5 : i%5+1], Households: 7000 + 13*i, Covered: 120 * i, NotCovered: 300, Unknown: 6700 - 107*i}
		if i%7 == 3 {
			row.Grade, row.Covered, row.NotCovered, row.Unknown = "", 0, 0, row.Households
		}
		x, y := float64(i%9), float64(i/9)
		if i != 2 {
			row.Shape = Shape{{{x, y}, {x + 1, y + 0.2}, {x + 0.9, y + 1}, {x, y + 1.1}, {x, y}}}
		}
		if i == 1 {
			row.Name = "Đặc khu Có Tên Dài Nhất Trong Toàn Tỉnh Từ Trước Đến Nay"
		}
		r.Rows = append(r.Rows, row)
		r.Households, r.Covered, r.NotCovered, r.Unknown = r.Households+row.Households, r.Covered+row.Covered, r.NotCovered+row.NotCovered, r.Unknown+row.Unknown
	}
	for i := range 12 {
		r.Trend = append(r.Trend, AreaPoint{fmt.Sprintf("2026-%02d-28", i+1), r.Households, int(float64(r.Covered) * math.Pow(float64(i+1)/12, 2))})
	}
	return r
}

func areaPDF(t *testing.T, r AreaReport) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Area(&b, r))
	return b.Bytes()
}

func TestAreaPictures(t *testing.T) {
	compare(t, "area-province.png", picture(t, areaPDF(t, areaOf(36)), "60"))
	village := areaOf(0)
	village.Name, village.In, village.Households, village.Covered, village.Unknown = "Thôn Khe Vằn", "Xã Húc Động, Tỉnh Quảng Ninh", 412, 358, 54
	village.Trend = village.Trend[:1]
	compare(t, "area-village.png", picture(t, areaPDF(t, village), "60"))
}

func TestAreaSaysEverything(t *testing.T) {
	r := areaOf(54)
	r.Unplaced = 7
	pages := textOf(t, areaPDF(t, r))
	require.GreaterOrEqual(t, len(pages), 2)
	for i, p := range pages {
		assert.Contains(t, p, fmt.Sprintf("Trang %d/%d", i+1, len(pages)))
		assert.Contains(t, p, "Tính đến hết ngày 30/11/2026. Sổ hộ: Sổ hộ của Công an tỉnh, ngày 01/11/2026.")
	}
	all := strings.Join(pages, " ")
	assert.Contains(t, all, thousands(r.Covered)+" trên "+thousands(r.Households)+" hộ")
	assert.Contains(t, all, "1 đơn vị không có hình trên bản đồ")
	assert.Contains(t, all, "Chưa xếp vào nơi nào ở trên")
	for _, row := range r.Rows {
		assert.Contains(t, all, thousands(row.Households), row.Name)
	}
	for _, reserved := range []string{"chứng chỉ", "văn bằng", "{so}"} {
		assert.NotContains(t, strings.ToLower(all), reserved)
	}
	assert.True(t, bytes.Equal(areaPDF(t, r), areaPDF(t, r)), "the same report is the same file")
}

func TestAreaOfNothing(t *testing.T) {
	pages := textOf(t, areaPDF(t, AreaReport{Name: "Xã Trống", OnDate: "2026-11-30", Made: day, Source: "–"}))
	require.Len(t, pages, 1)
	assert.Contains(t, pages[0], "0 trên 0 hộ")
	assert.NotContains(t, pages[0], "NaN")
}

func TestNumbersAsVietnameseWritesThem(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1.000", 401234: "401.234", 1234567: "1.234.567", -1200: "-1.200"} {
		assert.Equal(t, want, thousands(n))
	}
	assert.Equal(t, "33,3 %", percentOf(1, 3))
	assert.Equal(t, "–", percentOf(0, 0))
	assert.Equal(t, "<0,1 %", percentOf(6, 30000))
	assert.Equal(t, ">99,9 %", percentOf(29999, 30000))
	assert.Equal(t, "99,9 %", percentOf(29970, 30000))
	assert.Equal(t, "100,0 %", percentOf(30000, 30000))
}
