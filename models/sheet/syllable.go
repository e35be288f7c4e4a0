package sheet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// onsets and rimes of Vietnamese spelling, the rimes without tone marks but
// with the marks that make vowels. They serve to tell text from noise, so they
// may be a little too wide, never too narrow for names of people and places
// ("Đắk", "Hmông" are rare enough to lose).
var onsets = wordSet("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")

var rimes = wordSet(`
a ac ach ai am an ang anh ao ap at au ay
ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych uyên uyêt uyn uynh uyt uyu uân uâng uât uây
ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
y yêm yên yêng yêt yêu ych ynh yt uech uen ueo uet uai uan uang uat uay uac uach uanh uăc uăm uăn uăng uăt ue
iê yê êc uôp eu ên êm`)

func wordSet(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// tones are the five tone marks as combining characters.
const tones = "\u0300\u0301\u0303\u0309\u0323"

// isSyllable tells whether a word is one Vietnamese syllable: a known onset, a
// known rime, at most one tone, and letters all small, all capital or with one
// capital in front.
func isSyllable(word string) bool {
	if !sensibleCase(word) {
		return false
	}
	var plain strings.Builder
	tone := 0
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		if strings.ContainsRune(tones, r) {
			tone++
			continue
		}
		plain.WriteRune(r)
	}
	if tone > 1 {
		return false
	}
	s := norm.NFC.String(plain.String())
	if rimes[s] {
		return true
	}
	// The longest onset is 3 letters; đ has 2 bytes.
	for n := 1; n <= min(3, len(s)); n++ {
		if onsets[s[:n]] && rimes[s[n:]] {
			return true
		}
	}
	return s == "gi" || strings.HasPrefix(s, "gi") && rimes["i"+s[2:]]
}

func sensibleCase(word string) bool {
	upper, lower, first := 0, 0, true
	startsUpper := false
	for _, r := range word {
		switch {
		case unicode.IsUpper(r):
			upper++
			startsUpper = startsUpper || first
		case unicode.IsLower(r):
			lower++
		case !unicode.IsMark(r):
			return false
		}
		first = false
	}
	return upper == 0 || lower == 0 || upper == 1 && startsUpper
}
