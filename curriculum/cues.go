package curriculum

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a test-wise pupil uses instead of the skill, and what a reader of twelve stumbles over. All of it is for the author
// to judge, so all of it is a warning.
const (
	standsOut   = 1.6  // the right option's length against the longest or shortest wrong one
	standsOutBy = 12   // letters: below this the difference does not catch the eye
	hintTells   = 0.75 // part of the right option's words that a hint may hold
	hintTellsBy = 0.25 // more than of any wrong option
	sameWording = 0.5  // part of all neighbouring word pairs that two questions may share
	maxSentence = 25   // words of a sentence for grades 6 to 9
)

var (
	sentenceEnd = regexp.MustCompile(`[.!?…;:→]+["”’)]*(\s|$)|\n`)
)

// wordsOf are the words of a text in small letters, without signs.
func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func setOf(words []string) map[string]bool {
	set := map[string]bool{}
	for _, w := range words {
		set[w] = true
	}
	return set
}

// share is the part of the words of a that b holds, 0 for an empty a.
func share(a, b map[string]bool) float64 {
	if len(a) == 0 {
		return 0
	}
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	return float64(both) / float64(len(a))
}

// checkCues warns of questions that tell their own answer.
func checkCues(level string, lessons []*lessonFile, questions []*questionFile) []Problem {
	var out []Problem
	for _, q := range questions {
		if q.Kind == "single" || q.Kind == "true_false" {
			out = append(out, q.checkLengthCue()...)
			out = append(out, q.checkHintCue()...)
		}
	}
	out = append(out, checkAlike(questions)...)
	if level == "thcs" {
		out = append(out, checkSentences(lessons, questions)...)
	}
	return out
}

// rightAndWrong splits the options; ok is false unless exactly one is right and one wrong.
func (q *questionFile) rightAndWrong() (right Option, wrong []Option, ok bool) {
	n := 0
	for _, o := range q.Options {
		if o.Correct {
			right = o
			n++
		} else {
			wrong = append(wrong, o)
		}
	}
	return right, wrong, n == 1 && len(wrong) > 0
}

func (q *questionFile) checkLengthCue() []Problem {
	right, wrong, ok := q.rightAndWrong()
	if !ok {
		return nil
	}
	n := utf8.RuneCountInString(right.Text)
	longest, shortest := 0, maxFile
	for _, o := range wrong {
		w := utf8.RuneCountInString(o.Text)
		longest, shortest = max(longest, w), min(shortest, w)
	}
	what := ""
	switch {
	case float64(n) >= standsOut*float64(longest) && n >= longest+standsOutBy:
		what = "longest"
	case standsOut*float64(n) <= float64(shortest) && n+standsOutBy <= shortest:
		what = "shortest"
	default:
		return nil
	}
	return []Problem{q.warn("", "the right option is by far the %s: its length tells", what)}
}

// checkHintCue finds a hint that says the right option and no other: a hint shows where to look.
func (q *questionFile) checkHintCue() []Problem {
	right, wrong, ok := q.rightAndWrong()
	answer := setOf(wordsOf(right.Text))
	if !ok || len(answer) < 3 { // a name of two words is often what the question is about
		return nil
	}
	var out []Problem
	for i, h := range q.Hints {
		hint, others := setOf(wordsOf(h)), 0.0
		for _, o := range wrong {
			others = max(others, share(setOf(wordsOf(o.Text)), hint))
		}
		if part := share(answer, hint); part >= hintTells && part >= others+hintTellsBy {
			out = append(out, q.warn(fmt.Sprintf("/hints/%d", i), "the hint says the right option; a hint shows where to look"))
		}
	}
	return out
}

// checkAlike finds two questions of a course that are one question: who has met the first knows the second by heart.
func checkAlike(questions []*questionFile) []Problem {
	pairs := make([]map[string]bool, len(questions))
	for i, q := range questions {
		words := wordsOf(strings.Join(q.texts(), " "))
		pairs[i] = map[string]bool{}
		for j := 1; j < len(words); j++ {
			pairs[i][words[j-1]+" "+words[j]] = true
		}
	}
	var out []Problem
	for i, q := range questions {
		for j := range i {
			both := share(pairs[i], pairs[j]) * float64(len(pairs[i]))
			if all := float64(len(pairs[i])+len(pairs[j])) - both; all > 0 && both/all >= sameWording {
				out = append(out, q.warn("", "reads almost like question %q", questions[j].Key))
			}
		}
	}
	return out
}

// texts are what a pupil reads before answering.
func (q *questionFile) texts() []string {
	out := []string{tags.ReplaceAllString(q.Stem, "")}
	for _, o := range append(append([]Option{}, q.Options...), q.Extra...) {
		out = append(out, o.Text)
	}
	for _, p := range q.Pairs {
		out = append(out, p.Left, p.Right)
	}
	if q.Message != nil {
		for _, p := range q.Message.Parts {
			out = append(out, p.Text)
		}
	}
	for _, s := range q.Spots {
		out = append(out, s.Label)
	}
	return out
}

// checkSentences warns of long sentences on cards and in stems.
func checkSentences(lessons []*lessonFile, questions []*questionFile) []Problem {
	var out []Problem
	for _, l := range lessons {
		for _, c := range l.Cards {
			if n := longestSentence(c.Text + "\n" + c.Action); n > maxSentence {
				p := l.doc.at("", "card %q has a sentence of %d words; for grades 6 to 9 at most %d", c.Key, n, maxSentence)
				p.Warning = true
				out = append(out, p)
			}
		}
	}
	for _, q := range questions {
		if n := longestSentence(tags.ReplaceAllString(q.Stem, "")); n > maxSentence {
			out = append(out, q.warn("/stem", "a sentence has %d words; for grades 6 to 9 at most %d", n, maxSentence))
		}
	}
	return out
}

func longestSentence(text string) int {
	most := 0
	for _, s := range sentenceEnd.Split(text, -1) {
		most = max(most, len(strings.Fields(s)))
	}
	return most
}

// warn is problem, for the author to judge.
func (q *questionFile) warn(below, format string, args ...any) Problem {
	p := q.problem(below, format, args...)
	p.Warning = true
	return p
}
