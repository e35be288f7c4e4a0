package seeds

import (
	"fmt"
	"math/rand/v2"
)

// The lists are ordinary Vietnamese names put together at random; no row of
// the demo is a real person.
var (
	familyNames = []string{
		"Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Phạm", "Hoàng", "Vũ", "Vũ",
		"Bùi", "Đỗ", "Đặng", "Ngô", "Dương", "Lý", "Đinh", "Đoàn", "Hà", "Tô", "Chíu", "Tằng", "Lục", "Phùng", "Lương",
	}
	maleMiddle   = []string{"Văn", "Đức", "Minh", "Quang", "Hữu", "Anh", "Gia", "Tuấn", "Hoàng", "Xuân", "Công", "Bá"}
	femaleMiddle = []string{"Thị", "Thị Hồng", "Ngọc", "Thu", "Thanh", "Khánh", "Phương", "Thùy", "Mai", "Kim", "Bảo", "Quỳnh"}
	maleGiven    = []string{
		"An", "Anh", "Bách", "Bình", "Cường", "Duy", "Dũng", "Đạt", "Đức", "Hải", "Hiếu", "Hoàng", "Huy", "Hùng", "Khang",
		"Khánh", "Khoa", "Lâm", "Long", "Minh", "Nam", "Nghĩa", "Nguyên", "Phong", "Phúc", "Quân", "Quốc", "Sơn", "Thành", "Tiến", "Tuấn", "Tùng", "Việt",
	}
	femaleGiven = []string{
		"An", "Anh", "Ánh", "Bích", "Chi", "Diệp", "Dung", "Duyên", "Giang", "Hà", "Hạnh", "Hiền", "Hoa", "Hương", "Huyền",
		"Khánh", "Lan", "Linh", "Ly", "Mai", "My", "Nga", "Ngân", "Ngọc", "Nhi", "Oanh", "Phương", "Quỳnh", "Thảo", "Thu", "Thủy", "Trang", "Uyên", "Vy", "Yến",
	}
	hamletNames = []string{
		"Đồng Tâm", "Khe Sím", "Bình Minh", "Đông Thịnh", "Tân Lập", "Nà Làng", "Khe Mười", "Hòa Bình", "Đồng Lá", "Cái Rồng", "Yên Hải",
		"Thống Nhất", "Quang Trung", "Trại Khe", "Sông Hóa", "Nam Hải", "Bắc Sơn", "Đầm Tròn", "Vườn Dâu", "Lán Vàng", "Cầu Sến", "Đoàn Kết", "Trung Lương",
	}
)

// generator makes the same demo for the same seed, whatever the machine.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator {
	return generator{rand.New(rand.NewPCG(seed, 0x6e6861736f))}
}

func (g generator) pick(list []string) string { return list[g.IntN(len(list))] }

// fullName makes one person's name and gender ("Nam" or "Nữ", as rosters write).
func (g generator) fullName() (name, gender string) {
	return g.fullNameOf(g.pick(familyNames))
}

// fullNameOf keeps the family name, for the children of a household.
func (g generator) fullNameOf(family string) (name, gender string) {
	if g.IntN(2) == 0 {
		return family + " " + g.pick(maleMiddle) + " " + g.pick(maleGiven), "Nam"
	}
	return family + " " + g.pick(femaleMiddle) + " " + g.pick(femaleGiven), "Nữ"
}

// villageName names the n-th village (from 0) of a commune: wards have numbered
// quarters, communes have hamlets.
func (g generator) villageName(kind string, n int) string {
	if kind == "khu_pho" {
		return fmt.Sprintf("Khu %d", n+1)
	}
	if n < len(hamletNames) {
		return hamletNames[n]
	}
	return fmt.Sprintf("%s %d", hamletNames[n%len(hamletNames)], n/len(hamletNames)+1)
}
