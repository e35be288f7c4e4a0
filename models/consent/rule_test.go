package consent

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheShippedDataIsSound(t *testing.T) {
	require.NoError(t, check(data.Rules, data.Texts))
	for _, r := range data.Rules {
		for _, k := range r.Kinds {
			_, ok := textOn(k.Kind, r.From)
			require.True(t, ok, "%s has words from the rule's first day on", k.Kind)
			require.Contains(t, []string{BasisConsent, BasisObjection}, k.Basis)
		}
	}
	require.Len(t, TextsOn("2026-11-23"), 3)
}

func TestCheckRefuses(t *testing.T) {
	good := data.Rules[0]
	later := good
	later.Version, later.From = 2, "2027-01-01"
	require.NoError(t, check([]Rule{good, later}, data.Texts))
	for name, change := range map[string]func(*Rule){
		"number":        func(r *Rule) { r.Version = 3 },
		"same day":      func(r *Rule) { r.From = good.From },
		"ages":          func(r *Rule) { r.GuardianUntilAge = 5 },
		"ages of one":   func(r *Rule) { r.Kinds = []KindRule{{Kind: "k", GuardianUntilAge: new(int)}} },
		"nothing asked": func(r *Rule) { r.Kinds = nil },
		"no source":     func(r *Rule) { r.Source = "" },
	} {
		bad := later
		change(&bad)
		assert.Error(t, check([]Rule{good, bad}, data.Texts), name)
	}
	half := data.Texts[0]
	half.En.Body = ""
	assert.Error(t, check(data.Rules, []Text{half}))
}

func TestAges(t *testing.T) {
	for _, k := range []struct {
		today string
		age   int
		born  string
	}{
		{"2026-11-23", 16, "2010-11-23"}, {"2026-01-01", 7, "2019-01-01"}, {"2028-02-29", 16, "2012-02-29"}, {"2027-02-28", 7, "2020-02-28"}, {"no day", 7, ""},
	} {
		assert.Equal(t, k.born, bornBy(k.today, k.age))
	}
	// Who withdrew is heard, whatever the rule does not know.
	assert.False(t, State{Kind: "other", Child: SaidNo, Seq: 1, Born: "2000-01-01"}.Shown("2026-11-23"))
	assert.Equal(t, BasisConsent, RuleOn("2026-11-23").basis("other"), "a kind without a rule is withheld")
	assert.Equal(t, 1, RuleOn("2020-01-01").Version)
}

func TestTheHashIsOfTheWords(t *testing.T) {
	a, b := data.Texts[0], data.Texts[0]
	b.Vi.Body += "."
	assert.NotEqual(t, a.Hash(), b.Hash())
	assert.Len(t, a.Hash(), 64)
}

// check makes sure that the file says what the program relies on.
func check(rules []Rule, texts []Text) error {
	for i, r := range rules {
		if r.Version != i+1 || r.ChildFromAge < 0 || r.GuardianUntilAge < r.ChildFromAge || len(r.Kinds) == 0 || r.Source == "" {
			return fmt.Errorf("rule %d of texts.json is not sound", i+1)
		}
		if i > 0 && r.From <= rules[i-1].From {
			return fmt.Errorf("rule %d begins before the one before it", i+1)
		}
		for _, k := range r.Kinds {
			if child, guardian := r.ages(k.Kind); child < 0 || guardian < child {
				return fmt.Errorf("ages of %s in rule %d are not sound", k.Kind, i+1)
			}
		}
	}
	for _, t := range texts {
		if t.Version < 1 || t.Vi.Title == "" || t.Vi.Body == "" || t.En.Title == "" || t.En.Body == "" {
			return fmt.Errorf("text %s %d is not complete", t.Kind, t.Version)
		}
	}
	return nil
}
