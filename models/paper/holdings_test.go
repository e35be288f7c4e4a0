package paper

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// heldSample is a person of whom much is kept, with a long name, long values and
// a code that is wider than a line.
func heldSample(rows int) Holdings {
	h := Holdings{Name: "Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc", Made: day, Tables: []HeldTable{
		{"Người", []string{"Họ và tên", "Ngày sinh", "Giới tính", "Trường", "Mã định danh học sinh"}, [][]string{{"Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc", "01/05/2012", "Nữ", school90, ""}}},
		{"Chỉ mã", nil, [][]string{{}, {}}},
		{"Tài liệu", []string{"Chi tiết"}, [][]string{{strings.Repeat("a", 400)}, {strings.Repeat("Điều kiện ưỡn ẹo ", 800)}}},
	}}
	answers := HeldTable{Title: "Câu trả lời", Columns: []string{"Câu số", "Câu trả lời", "Lưu lúc"}}
	for i := range rows {
		answers.Rows = append(answers.Rows, []string{fmt.Sprint(i + 1), "Em gọi số chính thức của ngân hàng in ở mặt sau thẻ, không bấm vào đường dẫn trong tin nhắn", "23/11/2026 08:00"})
	}
	h.Tables = append(h.Tables, answers)
	return h
}

func TestHoldingsAreReadable(t *testing.T) {
	var a, b bytes.Buffer
	require.NoError(t, HoldingsPaper(&a, heldSample(120)))
	require.NoError(t, HoldingsPaper(&b, heldSample(120)))
	assert.Equal(t, a.Bytes(), b.Bytes(), "the same copy is the same file")
	in := filepath.Join(t.TempDir(), "in.pdf")
	require.NoError(t, os.WriteFile(in, a.Bytes(), 0o600))
	if keep := os.Getenv("NHASO_KEEP_PDF"); keep != "" {
		require.NoError(t, os.WriteFile(filepath.Join(keep, "holdings.pdf"), a.Bytes(), 0o600))
	}
	out, err := exec.Command(tool(t, "pdftotext"), "-layout", in, "-").Output()
	require.NoError(t, err)
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	require.Greater(t, len(pages), 4)
	for i, page := range pages {
		flat := strings.Join(strings.Fields(page), " ")
		assert.Contains(t, flat, fmt.Sprintf("Trang %d/%d", i+1, len(pages)))
		assert.Contains(t, flat, "Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc", "page %d says whose it is", i+1)
	}
	whole := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{"1. Người", "01/05/2012", "Nữ", "xem tiếp trong du-lieu.json", "120 dòng", "Chỉ có mã kỹ thuật"} {
		assert.Contains(t, whole, want)
	}
	broken := strings.Count(whole, strings.Repeat("a", 30))
	assert.Positive(t, broken, "a code wider than a line is broken, not cut")
	longest := 0
	for _, w := range strings.Fields(whole) {
		if strings.Trim(w, "a") == "" {
			longest += len(w)
		}
	}
	assert.Equal(t, 400, longest)
}
