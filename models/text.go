package models

import (
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Visible drops the signs that have no shape of their own and only steer how a
// text is shown: directions, joiners, soft hyphens. They come with copied text,
// make two equal codes differ, and can show a name backwards. The spaces of no
// width stay, for they stand where a space should.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\u200b' && r != '\ufeff' && unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// Clean brings text into the one form in which it is kept: Unicode NFC, no
// control characters nor any that only steer how text is shown, single spaces, no
// spaces at the ends.
func Clean(s string) string {
	s = norm.NFC.String(Visible(s))
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' {
			return ' '
		}
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// Fold is the form in which Vietnamese text is compared and searched: without
// marks, small letters, đ as d. Both tone positions (hoà, hòa) and both
// Unicode forms give the same result.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(Clean(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// GivenName is the last word of a Vietnamese name, by which people are sorted
// and called.
func GivenName(full string) string {
	words := strings.Fields(full)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// SortKey orders people by given name, then by the rest of the name, under
// Vietnamese collation. The two collation keys are kept apart by four zero
// bytes: a joined string would sort "An" after "Ánh". The key depends on the
// version of the collation tables; keep at most 250 bytes of it.
func SortKey(full string) []byte {
	full = Clean(full)
	given := GivenName(full)
	rest := strings.TrimSpace(strings.TrimSuffix(full, given))
	// A Collator is not safe for concurrent use; making one is cheap.
	c := collate.New(language.Vietnamese)
	var buf collate.Buffer
	key := append([]byte{}, c.KeyFromString(&buf, given)...)
	buf.Reset()
	key = append(key, 0, 0, 0, 0)
	key = append(key, c.KeyFromString(&buf, rest)...)
	return key[:min(len(key), 250)]
}

// MaskName shortens every word but the last to its initial, "N. T. H. Anh", so
// that a public page confirms a name without spelling it.
func MaskName(full string) string {
	words := strings.Fields(Clean(full))
	for i := range max(len(words)-1, 0) {
		r := []rune(words[i])
		words[i] = string(unicode.ToUpper(r[0])) + "."
	}
	return strings.Join(words, " ")
}
