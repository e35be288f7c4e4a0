package sheet_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

func decomposed(s string) string { return norm.NFD.String(s) }

// The letters of Vietnamese and, beneath, how the two font codes show them in
// Windows-1252: written out independently of the tables under test.
const (
	letters = "à ả ã á ạ ă ằ ẳ ẵ ắ ặ â ầ ẩ ẫ ấ ậ è ẻ ẽ é ẹ ê ề ể ễ ế ệ ì ỉ ĩ í ị ò ỏ õ ó ọ ô ồ ổ ỗ ố ộ ơ ờ ở ỡ ớ ợ ù ủ ũ ú ụ ư ừ ử ữ ứ ự ỳ ỷ ỹ ý ỵ đ Đ Ă Â Ê Ô Ơ Ư"
	abc     = "µ ¶ · ¸ ¹ ¨ » ¼ ½ ¾ Æ © Ç È É Ê Ë Ì Î Ï Ð Ñ ª Ò Ó Ô Õ Ö × Ø Ü Ý Þ ß á â ã ä « å æ ç è é ¬ ê ë ì í î ï ñ ò ó ô \u00ad õ ö ÷ ø ù ú û ü ý þ ® § ¡ ¢ £ ¤ ¥ ¦"
	vni     = "aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä eø eû eõ eù eï eâ eà eå eã eá eä ì æ ó í ò oø oû oõ où oï oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï uø uû uõ uù uï ö öø öû öõ öù öï yø yû yõ yù î ñ Ñ AÊ AÂ EÂ OÂ Ô Ö"
)

func pairs(t *testing.T, shown string) map[rune]string {
	t.Helper()
	from, to := strings.Fields(letters), strings.Split(shown, " ")
	require.Len(t, to, len(from))
	m := map[rune]string{}
	for i, l := range from {
		b, err := charmap.Windows1252.NewEncoder().String(to[i])
		require.NoError(t, err)
		m[[]rune(l)[0]] = b
	}
	return m
}

func tcvn3Bytes(t *testing.T) map[rune]string {
	m := pairs(t, abc)
	for _, l := range letters { // no marked capitals: the small letter stands for them
		if up := []rune(strings.ToUpper(string(l)))[0]; m[up] == "" && m[l] != "" {
			m[up] = m[l]
		}
	}
	return m
}

func vniBytes(t *testing.T) map[rune]string {
	m := pairs(t, vni)
	for _, l := range letters {
		up := []rune(strings.ToUpper(string(l)))[0]
		if m[up] != "" || m[l] == "" {
			continue
		}
		b := []byte(m[l])
		for i := range b {
			b[i] -= 0x20
		}
		m[up] = string(b)
	}
	return m
}

func encodeTable(m map[rune]string, s string) []byte {
	var b strings.Builder
	for _, r := range s {
		if e, ok := m[r]; ok {
			b.WriteString(e)
		} else {
			b.WriteRune(r)
		}
	}
	return []byte(b.String())
}

// encode1258 writes base letters as single bytes and tones as combining ones,
// as Windows does.
func encode1258(t *testing.T, s string) []byte {
	t.Helper()
	var b strings.Builder
	for _, r := range s {
		if _, ok := charmap.Windows1258.EncodeRune(r); ok {
			b.WriteRune(r)
			continue
		}
		d := []rune(norm.NFD.String(string(r)))
		tone := ""
		base := ""
		for _, c := range d {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", c) {
				tone = string(c)
			} else {
				base += string(c)
			}
		}
		b.WriteString(norm.NFC.String(base) + tone)
	}
	out, err := charmap.Windows1258.NewEncoder().String(b.String())
	require.NoError(t, err)
	return []byte(out)
}
