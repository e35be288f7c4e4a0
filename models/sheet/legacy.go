package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// The encodings of text before Unicode came to Vietnamese offices.
const (
	encUTF8    = "utf-8"
	encUTF16LE = "utf-16le"
	encUTF16BE = "utf-16be"
	encCP1258  = "windows-1258"
	encTCVN3   = "tcvn3"
	encVNI     = "vni"
)

// legacy lists the single-byte encodings in the order in which a tie is
// decided.
var legacy = []string{encTCVN3, encVNI, encCP1258}

// decodeLegacy turns the bytes of one cell into NFC text.
func decodeLegacy(encoding string, b []byte) string {
	switch encoding {
	case encTCVN3:
		return decodeTCVN3(b)
	case encVNI:
		return decodeVNI(b)
	}
	s, err := charmap.Windows1258.NewDecoder().Bytes(b)
	if err != nil {
		return string(b)
	}
	return norm.NFC.String(string(s))
}

// tcvn3 is the table of TCVN 5712:1993 VN3, the code of the ".VnTime" fonts,
// written down as runs of consecutive bytes.
var tcvn3 = byteTable(map[byte]string{
	0xa1: "ĂÂÊÔƠƯĐăâêôơưđ",
	0xb5: "àảãáạ",
	0xbb: "ằẳẵắ",
	0xc6: "ặầẩẫấậè",
	0xce: "ẻẽéẹềểễếệìỉ",
	0xdc: "ĩíịò",
	0xe1: "ỏõóọồổỗốộờởỡớợù",
	0xf1: "ủũúụừửữứựỳỷỹýỵ",
})

func byteTable(runs map[byte]string) [256]rune {
	var t [256]rune
	for first, letters := range runs {
		i := int(first)
		for _, r := range letters {
			t[i] = r
			i++
		}
	}
	return t
}

// decodeTCVN3 decodes the code of the .Vn fonts. It has no capitals with tone
// marks: names in capitals carry small marked letters between them, which are
// raised when the cell is otherwise all capitals.
func decodeTCVN3(b []byte) string {
	var out strings.Builder
	capitals, small := 0, 0
	run, longest := 0, 0
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z' || c >= 0xa1 && c <= 0xa7:
			capitals++
			run++
			longest = max(longest, run)
		case c >= 'a' && c <= 'z':
			small++
			run = 0
		default:
			run = 0
		}
		out.WriteRune(singleByte(&tcvn3, c))
	}
	if small == 0 && longest >= 2 && capitals >= 2 {
		return strings.ToUpper(out.String())
	}
	return out.String()
}

// singleByte maps by a table; a byte it does not have keeps the meaning it has
// in Windows-1252, so that nothing is lost and the scoring sees a foreign sign.
func singleByte(t *[256]rune, c byte) rune {
	if c < 0x80 {
		return rune(c)
	}
	if t[c] != 0 {
		return t[c]
	}
	return charmap.Windows1252.DecodeByte(c)
}

// vniMarks follow a base letter in the VNI code: byte → letter with its mark,
// for the bases they can stand behind. Capitals are 0x20 lower.
var vniMarks = map[byte]map[rune]rune{
	0xf9: marks("aeouyôö", "áéóúýớứ"),
	0xf8: marks("aeouyôö", "àèòùỳờừ"),
	0xfb: marks("aeouyôö", "ảẻỏủỷởử"),
	0xf5: marks("aeouyôö", "ãẽõũỹỡữ"),
	0xef: marks("aeouyôö", "ạẹọụỵợự"),
	0xea: marks("a", "ă"),
	0xe9: marks("a", "ắ"),
	0xe8: marks("a", "ằ"),
	0xfa: marks("a", "ẳ"),
	0xfc: marks("a", "ẵ"),
	0xeb: marks("a", "ặ"),
	0xe2: marks("aeo", "âêô"),
	0xe1: marks("aeo", "ấếố"),
	0xe0: marks("aeo", "ầềồ"),
	0xe5: marks("aeo", "ẩểổ"),
	0xe3: marks("aeo", "ẫễỗ"),
	0xe4: marks("aeo", "ậệộ"),
}

// vniSingle are the letters that VNI writes in one byte.
var vniSingle = map[byte]rune{
	0xed: 'í', 0xec: 'ì', 0xe6: 'ỉ', 0xf3: 'ĩ', 0xf2: 'ị',
	0xf4: 'ơ', 0xf6: 'ư', 0xf1: 'đ', 0xee: 'ỵ',
}

func marks(bases, letters string) map[rune]rune {
	m := map[rune]rune{}
	to := []rune(letters)
	for i, r := range []rune(bases) {
		m[r] = to[i]
	}
	return m
}

// decodeVNI decodes the VNI-Windows code: a base letter and, mostly, a second
// byte for its marks. A mark takes the case of its base, whatever its own.
func decodeVNI(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		base, upper, ok := vniBase(b[i])
		if !ok {
			out.WriteRune(singleByte(&[256]rune{}, b[i]))
			continue
		}
		r := base
		if i+1 < len(b) {
			if m, ok := vniMarks[lowByte(b[i+1])][base]; ok {
				r = m
				i++
			}
		}
		r = vniFinal(r)
		if upper {
			r = unicode.ToUpper(r)
		}
		out.WriteRune(r)
	}
	return out.String()
}

// vniBase reads a byte that may carry marks, or a letter of one byte; ô and ö
// stand for ơ and ư, as in the fonts.
func vniBase(c byte) (base rune, upper, ok bool) {
	low := lowByte(c)
	switch {
	case low >= 'a' && low <= 'z':
		return rune(low), low != c, true
	case low == 0xf4:
		return 'ô', low != c, true
	case low == 0xf6:
		return 'ö', low != c, true
	}
	r, ok := vniSingle[low]
	return r, low != c, ok
}

// vniFinal replaces the two stand-ins that got no mark of their own.
func vniFinal(r rune) rune {
	switch r {
	case 'ö':
		return 'ư'
	case 'ô':
		return 'ơ'
	}
	return r
}

// lowByte makes the small letter of a byte in the Latin half or in ASCII.
func lowByte(c byte) byte {
	if c >= 'A' && c <= 'Z' || c >= 0xc0 && c <= 0xde && c != 0xd7 {
		return c + 0x20
	}
	return c
}

// detectLegacy names the encoding under which the sample reads as Vietnamese.
// Each candidate is scored by how many of the words with marks are Vietnamese
// syllables; a sample of which less than half are is not understood.
func detectLegacy(sample []byte) (string, bool) {
	best, bestScore := "", 0
	for _, enc := range legacy {
		good, bad := scoreText(decodeLegacy(enc, sample))
		if good > bad && good-bad > bestScore {
			best, bestScore = enc, good-bad
		}
	}
	return best, best != ""
}

// detectFont tells whether Unicode text is in truth text for a .Vn or VNI
// font, copied without conversion: "NguyÔn V¨n An". It answers the encoding
// and true when that reading is far better than the text as it stands.
func detectFont(text string) (string, bool) {
	asIs, asIsBad := scoreText(text)
	if asIsBad <= asIs {
		return "", false
	}
	b, ok := latinBytes(text)
	if !ok {
		return "", false
	}
	best, bestScore := "", asIs
	for _, enc := range []string{encTCVN3, encVNI} {
		if good, bad := scoreText(decodeLegacy(enc, b)); good > 2*bad && good > bestScore {
			best, bestScore = enc, good
		}
	}
	return best, best != ""
}

// latinBytes writes text back into Windows-1252; signs it does not have become
// question marks. ok is false when there is none of its upper half.
func latinBytes(text string) (b []byte, ok bool) {
	for _, r := range text {
		c, fits := charmap.Windows1252.EncodeRune(r)
		if !fits {
			c = '?'
		}
		ok = ok || fits && c >= 0x80
		b = append(b, c)
	}
	return b, ok
}

// scoreText counts, among the words that have a sign beyond ASCII, those that
// are Vietnamese syllables and those that are not.
func scoreText(text string) (good, bad int) {
	for _, w := range strings.FieldsFunc(text, isSeparator) {
		if len(w) == utf8.RuneCountInString(w) {
			continue // ASCII tells nothing
		}
		if isSyllable(w) {
			good++
		} else {
			bad++
		}
	}
	return good, bad
}

// isSeparator cuts at ASCII signs only: a sign beyond ASCII within a word is
// what a wrong decoding looks like.
func isSeparator(r rune) bool {
	return r < 0x80 && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
}
