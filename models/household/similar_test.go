package household

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNamesAreLike(t *testing.T) {
	for _, k := range []struct {
		a, b, reason string
	}{
		{"Nguyễn Văn Hoà", "nguyễn văn hoà", ReasonSameName},
		{"Nguyễn Văn Hoà", "Nguyễn Văn Hòa", ReasonTonePlace},
		{"Trần Thị Thuý", "Trần Thị Thúy", ReasonTonePlace},
		{"Nguyễn Văn Ho\u0061\u0300", "Nguyễn Văn Hoà", ReasonSameName}, // the two Unicode forms
		{"Lý Văn Tám", "Lí Văn Tám", ReasonIY},
		{"Lỳ Thị Vy", "Lì Thị Vi", ReasonIY},
		{"Nguyễn Văn Hoà", "Nguyen Van Hoa", ReasonMarks},
		{"Nguyễn Thị Thu", "Nguyễn Thị Thư", ReasonMarks},
		{"Đặng Văn Lam", "Dang Van Nam", ReasonSound},
		{"Triệu Xuân Sinh", "Chiệu Suân Sinh", ReasonSound},
		{"Nguyễn Văn An", "Văn An Nguyễn", ReasonWordOrder},
		{"Ng. V. An", "Nguyễn Văn An", ReasonInitials},
		{"N.V.An", "Nguyễn Văn An", ReasonInitials},
		{"Ng V An", "Nguyễn Văn An", ReasonInitials},
		{"Nguyễn Thị Ánh", "Nguyễn Thị Hồng Ánh", ReasonWordMissing},
		{"Nguyễn Hồng Ánh", "Nguyễn Thị Hồng Ánh", ReasonWordMissing},
		{"Phạm Quang Minh", "Phạm Quanh Minh", ReasonTypo},
		{"Phạm Quang Minh", "Phạm Quang Mnih", ReasonTypo},
		{"Phạm Quang Minh", "Phạm Quangg Minh", ReasonTypo},
		{"Nguyễn Văn An", "Nguyễn Văn Bình", ""},
		{"Nguyễn Văn An", "Trần Văn An", ""},
		{"T. V. An", "Nguyễn Văn An", ""},
		{"An", "Nguyễn Văn An", ""},
		{"Nguyễn Văn An", "Nguyễn Thị An", ""},
	} {
		for _, pair := range [][2]string{{k.a, k.b}, {k.b, k.a}} {
			points, reason := nameLikeness(callName(pair[0]), callName(pair[1]))
			assert.Equal(t, k.reason, reason, pair)
			assert.Equal(t, reason != "", points > 0, pair)
		}
	}
}

// What is not a name must not stop the search.
func FuzzNameLikeness(f *testing.F) {
	f.Add("Nguyễn Văn An", "Ng. V. An")
	f.Add("", "...")
	f.Add("\u0301\u0300", "Ỳ")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := callName(a), callName(b)
		points, reason := nameLikeness(x, y)
		back, _ := nameLikeness(y, x)
		if points != back || points < 0 || points > 40 || (points > 0) != (reason != "") {
			t.Fatal(points, back, reason)
		}
		if same, _ := nameLikeness(x, x); same != 40 {
			t.Fatal("a name is not like itself")
		}
		_ = x.initial() + x.given()
	})
}

func TestScoreOfAPair(t *testing.T) {
	home := func(head, village, register string, born int, members ...kin) twin {
		tw := twin{head: callName(head), born: born, members: members}
		copy(tw.Village[:], village)
		copy(tw.Commune[:], "c")
		copy(tw.Register[:], register)
		return tw
	}
	be, ut := kin{"be nguien thi", 2010}, kin{"nguien ut van", 0}
	for name, k := range map[string]struct {
		a, b      twin
		namesakes int
		propose   bool
		reasons   string
	}{
		"two registers, one village":       {home("Nguyễn Văn An", "v", "1", 0), home("Nguyễn Văn An", "v", "2", 0), 2, true, "same_name same_village rare_name two_registers"},
		"one register, one village, rare":  {home("Nguyễn Văn An", "v", "1", 0), home("Nguyễn Văn An", "v", "1", 0), 2, true, "same_name same_village rare_name"},
		"one register, a common name":      {home("Nguyễn Văn An", "v", "1", 0), home("Nguyễn Văn An", "v", "1", 0), 12, false, ""},
		"other villages, no more evidence": {home("Nguyễn Văn An", "v", "1", 0), home("Nguyễn Văn An", "w", "1", 0), 2, false, ""},
		"other years of birth":             {home("Nguyễn Văn An", "v", "1", 1970), home("Nguyễn Văn An", "v", "2", 1999), 2, false, ""},
		"the same year of birth":           {home("Nguyễn Văn An", "v", "1", 1970), home("Nguyễn Văn An", "w", "1", 1970), 8, true, "same_name same_commune birth_year"},
		"other people in it":               {home("Nguyễn Văn An", "v", "1", 0, be, ut), home("Nguyễn Văn An", "v", "1", 0, kin{"x", 0}, kin{"y", 0}), 3, false, ""},
		"initials and a child":             {home("Ng. V. An", "v", "1", 0, be), home("Nguyễn Văn An", "v", "2", 0, be), 1, true, "initials same_village members:1 two_registers"},
		"other heads, the same children":   {home("Nguyễn Văn An", "v", "1", 0, be, ut), home("Lê Thị Hoa", "v", "2", 0, be, ut), 1, true, "same_village members:2 two_registers"},
		"children of one name":             {home("Nguyễn Văn An", "v", "1", 0, be), home("Lê Thị Hoa", "v", "2", 0, kin{be.key, 2015}), 1, false, ""},
	} {
		l := compareTwins(k.a, k.b, k.namesakes)
		assert.Equal(t, k.propose, l.Score >= proposeFrom, "%s: %v", name, l)
		if k.propose {
			assert.Equal(t, k.reasons, strings.Join(l.Reasons, " "), name)
		}
		assert.Equal(t, l, compareTwins(k.b, k.a, k.namesakes), "%s, the other way round", name)
	}
}
