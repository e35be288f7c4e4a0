package paper

import (
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// every Vietnamese letter in both cases, built from bases and tones.
func vietnamese() []rune {
	const vowels = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
	const others = "bcdđghklmnpqrstvxfjwz"
	letters := vowels + others
	return []rune(letters + strings.ToUpper(letters) + "0123456789 .,:;-–…()/%'’“”\u00a0")
}

func TestFontsHaveEveryVietnameseLetter(t *testing.T) {
	for name, font := range map[string][]byte{"regular": regularFont, "bold": boldFont} {
		assert.Less(t, len(font), 200_000, name)
		has := glyphs(t, font)
		for _, r := range vietnamese() {
			assert.True(t, has[r], "%s lacks %q", name, r)
		}
		assert.False(t, has['漢'], "the check can tell")
	}
	assert.Len(t, vietnamese(), 2*93+len([]rune("0123456789 .,:;-–…()/%'’“”\u00a0")))
}

// glyphs reads the characters of a TrueType file's format 4 map.
func glyphs(t *testing.T, font []byte) map[rune]bool {
	t.Helper()
	u16 := func(at int) int { return int(font[at])<<8 | int(font[at+1]) }
	u32 := func(at int) int { return u16(at)<<16 | u16(at+2) }
	has := map[rune]bool{}
	for i := range u16(4) {
		if entry := 12 + 16*i; string(font[entry:entry+4]) == "cmap" {
			cmap := u32(entry + 8)
			for j := range u16(cmap + 2) {
				sub := cmap + u32(cmap+4+8*j+4)
				if u16(sub) != 4 {
					continue
				}
				segments := u16(sub+6) / 2
				for s := range segments {
					end, start := u16(sub+14+2*s), u16(sub+16+2*segments+2*s)
					delta, offsetAt := u16(sub+16+4*segments+2*s), sub+16+6*segments+2*s
					for ch := start; ch <= end && ch < 0xffff; ch++ {
						g := ch + delta
						if off := u16(offsetAt); off != 0 {
							if g = u16(offsetAt + off + 2*(ch-start)); g != 0 {
								g += delta
							}
						}
						has[rune(ch)] = has[rune(ch)] || g&0xffff != 0
					}
				}
			}
		}
	}
	return has
}

func TestFit(t *testing.T) {
	c := newCanvas(100, 100, "", time.Time{})
	c.AddPage()
	name := box{width: 150, lines: 2, most: 31, least: 17, style: bold}
	for text, lines := range map[string]int{
		"Phúc":                1,
		"Nguyễn Thị Hồng Anh": 1,
		"Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc": 2,
		"": 0,
	} {
		f := c.fit(text, name)
		assert.Len(t, f.rows, lines, text)
		assert.Equal(t, text, strings.Join(f.rows, " "))
	}
	assert.Equal(t, 31.0, c.fit("Phúc", name).size)
	two := c.fit("Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc", name)
	c.SetFont(family, bold, two.size)
	assert.InDelta(t, c.GetStringWidth(two.rows[0]), c.GetStringWidth(two.rows[1]), 60, "lines of even length")
}

// Whatever the text: every word is there, in order, and no line is wider than
// its box unless the text is at the smallest size.
func TestFitKeepsEveryWord(t *testing.T) {
	letters := rapid.SampledFrom(vietnamese()[:186])
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(letters, 1, 14), func(r []rune) string { return string(r) }), 1, 24).Draw(t, "words")
		b := box{width: rapid.Float64Range(20, 250).Draw(t, "width"), lines: rapid.IntRange(1, 3).Draw(t, "lines"), most: 30, least: 8}
		c := canvas{fpdf.New("P", "mm", "A4", "")}
		c.AddUTF8FontFromBytes(family, regular, regularFont)
		c.AddPage()
		f := c.fit(strings.Join(words, " "), b)
		if got := strings.Join(f.rows, " "); got != clean(strings.Join(words, " ")) {
			t.Fatalf("%q became %q", words, got)
		}
		if f.size <= floor {
			return
		}
		if len(f.rows) > b.lines {
			t.Fatalf("%d lines in a box of %d at %g", len(f.rows), b.lines, f.size)
		}
		c.SetFont(family, regular, f.size)
		for _, row := range f.rows {
			if c.GetStringWidth(row) > b.width+0.01 {
				t.Fatalf("%q is %g mm wide in %g", row, c.GetStringWidth(row), b.width)
			}
		}
	})
}

func TestDatesAreThoseOfVietNam(t *testing.T) {
	late := time.Date(2026, 9, 4, 17, 0, 0, 0, time.UTC)
	assert.Equal(t, "ngày 5 tháng 9 năm 2026", longDate(late))
	assert.Equal(t, "05/09/2026", shortDate(late))
}

func TestWords(t *testing.T) {
	assert.Contains(t, RuleWords(1), "quy tắc 1")
	assert.Contains(t, RuleWords(2), "tình huống")
	assert.NotContains(t, RuleWords(1), "tình huống")
	assert.Contains(t, RuleWords(7), "7")
	assert.Equal(t, "sewing", SkillName("sewing"))
}
