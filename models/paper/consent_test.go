package paper

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func consentSample(name string) ConsentForm {
	return ConsentForm{Name: name, ClassName: "7A", SchoolName: school90, Code: "7KQM29XDA3", Site: "nhaso.quangninh.edu.vn",
		URL: "https://nhaso.quangninh.edu.vn/consent/7KQM29XDA3", MadeAt: day,
		Items: []ConsentItem{
			{"Tên em trong danh sách hộ của địa bàn", "Cán bộ xã, tổ công nghệ số cộng đồng và Sở được thấy tên em ở hộ gia đình em, để biết nhà nào đã có người thạo kỹ năng số. Không đồng ý thì hộ vẫn được đếm, chỉ không ai ở đó thấy tên em.", 1},
			{"Tên viết tắt trên trang kiểm tra giấy xác nhận", "Người có mã trên Giấy xác nhận hoàn thành mở trang kiểm tra sẽ thấy tên viết tắt của em (ví dụ: N. V. An). Không đồng ý thì trang vẫn cho biết giấy còn hiệu lực, nhưng không có tên.", 2},
			{"Cùng người lớn giúp hàng xóm", "Khi em đã hoàn thành năm kỹ năng, tổ công nghệ số của thôn em được thấy tên em và hỏi gia đình xem em có muốn cùng người lớn đến hướng dẫn một nhà trong thôn không. Em không nhận địa chỉ nhà nào. Không đồng ý thì không ai hỏi em.", 1},
		}}
}

func TestConsentFormsSayEverythingOnOnePage(t *testing.T) {
	names := []string{"Nguyễn Thị Hồng Ánh", "Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc", "Phúc"}
	var list []ConsentForm
	for _, name := range names {
		list = append(list, consentSample(name))
	}
	var a, b bytes.Buffer
	require.NoError(t, ConsentForms(&a, list))
	require.NoError(t, ConsentForms(&b, list))
	assert.Equal(t, a.Bytes(), b.Bytes(), "the same forms are the same file")
	in := filepath.Join(t.TempDir(), "in.pdf")
	require.NoError(t, os.WriteFile(in, a.Bytes(), 0o600))
	out, err := exec.Command(tool(t, "pdftotext"), "-layout", in, "-").Output()
	require.NoError(t, err)
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	require.Len(t, pages, 3, "a page each")
	for i, page := range pages {
		flat := strings.Join(strings.Fields(page), " ")
		for _, want := range []string{names[i], "7KQM-29XD-A3", "Nhà Số giữ gì?", "Ai thấy tên em?", "Giữ bao lâu?", "Rút lại thế nào?", "nhaso.quangninh.edu.vn/consent",
			"1. Tên em trong danh sách", "2. Tên viết tắt", "3. Cùng người lớn", "Gia đình giữ phần này", "1.1, 2.2, 3.1"} {
			assert.Contains(t, flat, want)
		}
		assert.Equal(t, 6+4, strings.Count(flat, "Không đồng ý"), "two parties, three things, and four times in the text")
		assert.NotContains(t, flat, "chứng chỉ")
	}
}
