package seeds

import (
	"html"
	"regexp"
	"strings"

	"nhaso/curriculum"
	"nhaso/curriculum/scenario"
)

// Answer is the right answer to one question in the words that a pupil sees on
// screen. Keys are of no use outside: every attempt makes up its own.
type Answer struct {
	Kind    string            `json:"kind"`
	Texts   []string          `json:"texts,omitempty"`   // right options; for order: all, in order; for true_false: the right reason
	Verdict *bool             `json:"verdict,omitempty"` // true_false
	Pairs   map[string]string `json:"pairs,omitempty"`   // match: left text → right text
	Spots   []string          `json:"spots,omitempty"`   // spot: text of each warning sign, or its label on a picture
}

// Oracle knows the answers: course key → question key → answer. The demo's
// pupils and the browser tests answer with it; no server ever sends it out.
func Oracle(catalog *curriculum.Catalog) map[string]map[string]Answer {
	all := map[string]map[string]Answer{}
	for _, course := range catalog.Courses {
		answers := map[string]Answer{}
		for _, q := range course.Questions {
			answers[q.Key] = answerOf(q)
		}
		all[course.Key] = answers
	}
	return all
}

// ScenarioOracle is how a practice scenario can be played: every variant in the order in which a run's id draws them,
// and the author's example logs.
type ScenarioOracle struct {
	Variants  []string           `json:"variants"`
	Solutions []scenario.Example `json:"solutions"`
	Failures  []scenario.Example `json:"failures"`
}

// ScenarioOracles knows the example logs: course key → scenario key. Like the answers they never leave the server; the
// browser tests play them.
func ScenarioOracles(catalog *curriculum.Catalog) map[string]map[string]ScenarioOracle {
	all := map[string]map[string]ScenarioOracle{}
	for _, course := range catalog.Courses {
		all[course.Key] = map[string]ScenarioOracle{}
		for _, s := range course.Scenarios {
			o := ScenarioOracle{Solutions: s.Solutions, Failures: s.Failures}
			for _, v := range s.Variants {
				o.Variants = append(o.Variants, v.Key)
			}
			all[course.Key][s.Key] = o
		}
	}
	return all
}

func answerOf(q curriculum.Question) Answer {
	a := Answer{Kind: q.Kind, Verdict: q.Answer}
	for _, o := range q.Options {
		if o.Correct || q.Kind == "order" {
			a.Texts = append(a.Texts, Plain(o.Text))
		}
	}
	if len(q.Pairs) > 0 {
		a.Pairs = map[string]string{}
		for _, p := range q.Pairs {
			a.Pairs[Plain(p.Left)] = Plain(p.Right)
		}
	}
	if q.Message != nil {
		for _, p := range q.Message.Parts {
			if p.Sign {
				a.Spots = append(a.Spots, Plain(p.Text))
			}
		}
	}
	for _, s := range q.Spots {
		if s.Sign {
			a.Spots = append(a.Spots, Plain(s.Label))
		}
	}
	return a
}

var tags = regexp.MustCompile(`<[^>]*>`)

// Plain is text as the screen shows it: without tags, entities resolved,
// single spaces.
func Plain(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(s, ""))), " ")
}
