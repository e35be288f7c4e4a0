package consent

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"nhaso/models"
)

//go:embed texts.json
var raw []byte

// The bases on which a kind is shown.
const (
	BasisConsent   = "consent"   // withheld until everybody who must agree did
	BasisObjection = "objection" // shown until somebody withdraws: the holder hands the code out
)

// Rule says who must agree, by age. It holds from a civil day until the next.
type Rule struct {
	Version          int        `json:"version"`
	From             string     `json:"from"`
	ChildFromAge     int        `json:"child_from_age"`     // years; from then on the child agrees too
	GuardianUntilAge int        `json:"guardian_until_age"` // years; before then the guardian must agree
	Source           string     `json:"source"`
	Doubt            string     `json:"doubt"` // what is not settled, for whoever reviews the rule
	Kinds            []KindRule `json:"kinds"`
}

// KindRule is the basis of one kind, and its own ages where they differ from
// the rule's.
type KindRule struct {
	Kind             string `json:"kind"`
	Basis            string `json:"basis"`
	ChildFromAge     *int   `json:"child_from_age"`
	GuardianUntilAge *int   `json:"guardian_until_age"`
	Optional         bool   `json:"optional"` // a form without an answer to it is complete
}

// Words are a title and a text in one language.
type Words struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

// Text is one version of what somebody agrees to.
type Text struct {
	Kind    string `json:"kind"`
	Version int    `json:"version"`
	From    string `json:"from"`
	Vi      Words  `json:"vi"`
	En      Words  `json:"en"`
}

// Hash identifies the words, so that an event proves which ones they were.
func (t Text) Hash() string {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // only strings and numbers
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

var data = func() (d struct {
	Rules []Rule `json:"rules"`
	Texts []Text `json:"texts"`
}) {
	if err := json.Unmarshal(raw, &d); err != nil {
		panic(err) // the file is part of the program
	}
	return d
}()

// RuleOn answers the rule of a civil day: the last that began by then, else the
// first there is.
func RuleOn(day string) Rule {
	rule := data.Rules[0]
	for _, r := range data.Rules {
		if r.From <= day {
			rule = r
		}
	}
	return rule
}

// basis answers how a kind is shown; a kind the rule does not know is withheld.
func (r Rule) basis(kind string) string {
	for _, k := range r.Kinds {
		if k.Kind == kind {
			return k.Basis
		}
	}
	return BasisConsent
}

// ages answers from which age on the child agrees to a kind, and up to which
// the guardian must.
func (r Rule) ages(kind string) (child, guardian int) {
	child, guardian = r.ChildFromAge, r.GuardianUntilAge
	for _, k := range r.Kinds {
		if k.Kind == kind && k.ChildFromAge != nil {
			child = *k.ChildFromAge
		}
		if k.Kind == kind && k.GuardianUntilAge != nil {
			guardian = *k.GuardianUntilAge
		}
	}
	return child, guardian
}

// optional tells whether nobody has to answer to a kind.
func (r Rule) optional(kind string) bool {
	return slices.ContainsFunc(r.Kinds, func(k KindRule) bool { return k.Kind == kind && k.Optional })
}

// bornBy answers the last birth date of those who have reached an age on a
// civil day; days compare as text.
func bornBy(today string, age int) string {
	t, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return "" // no birth date is that early: nobody has reached the age
	}
	return t.AddDate(-age, 0, 0).Format(time.DateOnly)
}

// Kinds lists the kinds of a civil day, in the order in which they are asked.
func Kinds(day string) []string {
	var kinds []string
	for _, k := range RuleOn(day).Kinds {
		kinds = append(kinds, k.Kind)
	}
	return kinds
}

// TextsOn answers the words of a civil day, one text for each kind.
func TextsOn(day string) []Text {
	var list []Text
	for _, kind := range Kinds(day) {
		if t, ok := textOn(kind, day); ok {
			list = append(list, t)
		}
	}
	return list
}

func textOn(kind, day string) (text Text, ok bool) {
	for _, t := range data.Texts {
		if t.Kind == kind && t.From <= day {
			text, ok = t, true
		}
	}
	return text, ok
}

// textOf answers one version of a kind's words.
func textOf(kind string, version int) (Text, error) {
	for _, t := range data.Texts {
		if t.Kind == kind && t.Version == version {
			return t, nil
		}
	}
	return Text{}, models.InvalidField("body.text_version", "unknown_text")
}
