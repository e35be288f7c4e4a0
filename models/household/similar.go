package household

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"nhaso/models"
)

// The reasons for which two households may be one, and what speaks against it.
// They are codes that the front end translates; ReasonMembers carries a count
// ("members:2").
const (
	ReasonSameName     = "same_name"
	ReasonTonePlace    = "tone_place" // hoà and hòa
	ReasonIY           = "i_y"        // Lý and Lí
	ReasonMarks        = "marks"      // Hoà and Hoa
	ReasonSound        = "sound"      // l and n, s and x, ch and tr, d and gi
	ReasonWordOrder    = "word_order" // An Nguyễn Văn
	ReasonInitials     = "initials"   // Ng. V. An
	ReasonWordMissing  = "word_missing"
	ReasonTypo         = "typo" // one letter
	ReasonSameVillage  = "same_village"
	ReasonSameCommune  = "same_commune"
	ReasonRareName     = "rare_name"
	ReasonBirthYear    = "birth_year"
	ReasonOtherBirth   = "other_birth_year"
	ReasonMembers      = "members"
	ReasonNoMembers    = "no_shared_member"
	ReasonTwoRegisters = "two_registers"
)

// toneless are the tone marks; the marks of vowels (â, ă, ơ) are not among them.
var toneless = map[rune]bool{'\u0300': true, '\u0301': true, '\u0303': true, '\u0309': true, '\u0323': true}

// called is a name in the forms in which names are compared.
type called struct {
	exact  string   // small letters
	toned  string   // each word's tone mark at its end, wherever it stood
	folded string   // without marks
	words  []string // of folded; a dot ends a word
	dotted bool     // some word is shortened
	spelt  string   // folded, y as i
	sound  []string // words as they are confused when heard
	key    string   // sound, in the order of the alphabet
}

func callName(name string) called {
	c := called{exact: strings.ToLower(models.Clean(name)), folded: models.Fold(name)}
	c.toned = tonesLast(c.exact)
	c.words = strings.FieldsFunc(c.folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	c.dotted = strings.Contains(c.folded, ".")
	c.spelt = strings.ReplaceAll(strings.Join(c.words, " "), "y", "i")
	for _, w := range c.words {
		c.sound = append(c.sound, sounds(w))
	}
	sorted := slices.Clone(c.sound)
	slices.Sort(sorted)
	c.key = strings.Join(sorted, " ")
	return c
}

// given is the last word as it is heard, initial the first letter of the first.
func (c called) given() string {
	if len(c.sound) == 0 {
		return ""
	}
	return c.sound[len(c.sound)-1]
}

func (c called) initial() string {
	if len(c.sound) == 0 || c.sound[0] == "" {
		return ""
	}
	return c.sound[0][:1]
}

// tonesLast moves each word's tone mark behind it.
func tonesLast(s string) string {
	var b strings.Builder
	for i, word := range strings.Fields(s) {
		if i > 0 {
			b.WriteByte(' ')
		}
		var tones []rune
		for _, r := range norm.NFD.String(word) {
			if toneless[r] {
				tones = append(tones, r)
				continue
			}
			b.WriteRune(r)
		}
		b.WriteString(string(tones))
	}
	return b.String()
}

// heard are the beginnings of words that are confused in the North.
var heard = []struct{ from, to string }{
	{"tr", "ch"}, {"gi", "d"}, {"x", "s"}, {"r", "d"}, {"l", "n"},
}

func sounds(word string) string {
	word = strings.ReplaceAll(word, "y", "i")
	for _, h := range heard {
		if rest, ok := strings.CutPrefix(word, h.from); ok && rest != "" {
			return h.to + rest
		}
	}
	return word
}

// nameLikeness answers how far two names agree, 0 to 40, and in which way.
func nameLikeness(a, b called) (int, string) {
	switch {
	case a.exact == b.exact:
		return 40, ReasonSameName
	case a.toned == b.toned:
		return 38, ReasonTonePlace
	case strings.ReplaceAll(a.toned, "y", "i") == strings.ReplaceAll(b.toned, "y", "i"):
		return 36, ReasonIY
	case a.folded == b.folded, a.spelt == b.spelt:
		return 30, ReasonMarks
	case slices.Equal(a.sound, b.sound):
		return 24, ReasonSound
	case a.key == b.key:
		return 28, ReasonWordOrder
	case shortened(a, b) || shortened(b, a):
		return 24, ReasonInitials
	case within(a.sound, b.sound) || within(b.sound, a.sound):
		return 18, ReasonWordMissing
	case oneLetter(a.folded, b.folded):
		return 18, ReasonTypo
	}
	return 0, ""
}

// shortened tells whether short writes the name long with initials: as many
// words, the given name whole, at least one word shorter.
func shortened(short, long called) bool {
	n := len(short.words)
	if n < 2 || n != len(long.words) || short.given() != long.given() {
		return false
	}
	some := false
	for i := range n - 1 {
		s, l := short.words[i], long.words[i]
		switch {
		case s == l:
		case len(s) <= 2 && strings.HasPrefix(l, s), short.dotted && strings.HasPrefix(l, s):
			some = true
		default:
			return false
		}
	}
	return some
}

// within tells whether a short name has the first and the last word of a longer
// one, and nothing that the longer one lacks.
func within(short, long []string) bool {
	if len(short) < 2 || len(short) >= len(long) || short[0] != long[0] || short[len(short)-1] != long[len(long)-1] {
		return false
	}
	at := 0
	for _, w := range long {
		if at < len(short) && short[at] == w {
			at++
		}
	}
	return at == len(short)
}

// oneLetter tells whether two texts of at least six letters differ by one
// letter added, left out, changed, or by two that changed places.
func oneLetter(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 6 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// twin is a household as it is compared.
type twin struct {
	ID       models.ID
	Village  models.ID
	Commune  models.ID
	Register models.ID
	head     called
	born     int // of the head, 0: unknown
	members  []kin
}

// kin is a member other than the head.
type kin struct {
	key  string
	born int
}

// Likeness is how much speaks for two households being one: 0 to 100.
type Likeness struct {
	Score   int
	Reasons []string
}

// proposeFrom is the score from which a pair is shown: the same name in the
// same village, or as much.
const proposeFrom = 60

// compareTwins scores a pair; namesakes is how many households of the commune
// have a head of that name.
func compareTwins(a, b twin, namesakes int) Likeness {
	var l Likeness
	add := func(points int, reason string) {
		l.Score += points
		l.Reasons = append(l.Reasons, reason)
	}
	if points, reason := nameLikeness(a.head, b.head); points > 0 {
		add(points, reason)
	}
	switch {
	case a.Village == b.Village:
		add(25, ReasonSameVillage)
	case a.Commune == b.Commune:
		add(10, ReasonSameCommune)
	}
	switch {
	case namesakes <= 2 && a.head.key == b.head.key:
		add(15, ReasonRareName)
	case namesakes <= 4:
		l.Score += 5
	case namesakes > 10:
		l.Score -= 10
	}
	switch {
	case a.born == 0 || b.born == 0:
	case a.born == b.born:
		add(20, ReasonBirthYear)
	default:
		add(-30, ReasonOtherBirth)
	}
	shared, dated := sharedKin(a.members, b.members)
	switch {
	case shared > 0:
		add(min(15*shared+5*dated, 50), fmt.Sprintf("%s:%d", ReasonMembers, shared))
	case len(a.members) > 1 && len(b.members) > 1:
		add(-20, ReasonNoMembers)
	}
	if a.Register == b.Register {
		l.Score -= 10 // one register gave them two codes
	} else {
		add(5, ReasonTwoRegisters)
	}
	l.Score = min(max(l.Score, 0), 100)
	return l
}

// sharedKin counts the members whom both have, each once; dated those of them
// with the same year of birth. The same name with another year is somebody else.
func sharedKin(a, b []kin) (shared, dated int) {
	taken := make([]bool, len(b))
	for _, x := range a {
		for i, y := range b {
			if taken[i] || x.key != y.key || x.born != 0 && y.born != 0 && x.born != y.born {
				continue
			}
			taken[i] = true
			shared++
			if x.born != 0 && x.born == y.born {
				dated++
			}
			break
		}
	}
	return shared, dated
}
