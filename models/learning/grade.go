package learning

import (
	"slices"

	"nhaso/curriculum"
)

// full is the score of a right answer: scores are basis points, 0..10000, so
// that no float decides over a pass.
const full = 10000

// grade scores one response. It is pure: the same question, order and response
// give the same score for ever.
//
//   - single: all or nothing
//   - true_false: all or nothing; verdict and, where reasons are offered, reason
//   - multiple, spot: (hits − false alarms) / signs, never below 0, so that
//     marking everything earns nothing
//   - order: the share of neighbours in the right order that also stand in that
//     order in the response; all of them is the right order
//   - match: the share of left sides with their right side; two equal right
//     texts are interchangeable
//
// A response that does not fit the question, or none, scores 0.
func (s shown) grade(r Response) int {
	if s.check(r) != nil {
		return 0
	}
	switch s.q.Kind {
	case "single":
		i := index(r.Choice, len(s.item.Options))
		return whole(i >= 0 && s.q.Options[s.item.Options[i]].Correct)
	case "true_false":
		return whole(s.verdictRight(r) && s.reasonRight(r))
	case "multiple":
		return share(s.correctOptions(), s.positions(r.Choices))
	case "spot":
		return share(signs(s.q), s.positions(r.Marks))
	case "order":
		return s.gradeOrder(r.Order)
	case "match":
		return s.gradeMatch(r.Pairs)
	}
	return 0
}

func whole(right bool) int {
	if right {
		return full
	}
	return 0
}

func (s shown) verdictRight(r Response) bool {
	return r.Verdict != nil && s.q.Answer != nil && *r.Verdict == *s.q.Answer
}

func (s shown) reasonRight(r Response) bool {
	if len(s.item.Options) == 0 {
		return true
	}
	i := index(r.Reason, len(s.item.Options))
	return i >= 0 && s.q.Options[s.item.Options[i]].Correct
}

// correctOptions says of each shown position whether it is right.
func (s shown) correctOptions() []bool {
	list := make([]bool, len(s.item.Options))
	for i, p := range s.item.Options {
		list[i] = s.q.Options[p].Correct
	}
	return list
}

// positions turns keys into a set over shown positions.
func (s shown) positions(keys []string) map[int]bool {
	set := make(map[int]bool, len(keys))
	for _, k := range keys {
		set[index(k, 1<<16)] = true
	}
	return set
}

func share(right []bool, chosen map[int]bool) int {
	total, got := 0, 0
	for i, is := range right {
		switch {
		case is && chosen[i]:
			got++
		case chosen[i]:
			got--
		}
		if is {
			total++
		}
	}
	if total == 0 || got < 0 {
		return 0
	}
	return got * full / total
}

func (s shown) gradeOrder(order []string) int {
	place := make([]int, len(s.q.Options)) // content index → 1 + place in the response, 0: left out
	for at, k := range order {
		place[s.item.Options[index(k, len(s.item.Options))]] = at + 1
	}
	if len(place) < 2 {
		return whole(len(place) == 1 && place[0] == 1)
	}
	right := 0
	for i := 1; i < len(place); i++ {
		if place[i-1] > 0 && place[i] > place[i-1] {
			right++
		}
	}
	return right * full / (len(place) - 1)
}

func (s shown) gradeMatch(pairs map[string]string) int {
	if len(s.q.Pairs) == 0 {
		return 0
	}
	right := 0
	for i := range s.Lefts {
		if s.pairRight(i, pairs[key(i)]) {
			right++
		}
	}
	return right * full / len(s.q.Pairs)
}

// pairRight tells whether the left side shown at position left goes with the
// right side under the given key.
func (s shown) pairRight(left int, rightKey string) bool {
	i := index(rightKey, len(s.item.Options))
	return i >= 0 && s.right(s.item.Options[i]) == s.q.Pairs[s.Lefts[left]].Right
}

// key answers the right response in the keys of this item: only for released
// results.
func (s shown) key() Response {
	var r Response
	switch s.q.Kind {
	case "single", "multiple", "true_false":
		keys := keysOf(s.correctOptions())
		r.Verdict = s.q.Answer
		switch {
		case s.q.Kind == "multiple":
			r.Choices = keys
		case s.q.Kind == "true_false" && len(keys) > 0:
			r.Reason = keys[0]
		case len(keys) > 0:
			r.Choice = keys[0]
		}
	case "order":
		for i := range s.q.Options {
			r.Order = append(r.Order, key(slices.Index(s.item.Options, i)))
		}
	case "match":
		r.Pairs = map[string]string{}
		for i, pair := range s.Lefts {
			r.Pairs[key(i)] = key(slices.Index(s.item.Options, pair))
		}
	case "spot":
		r.Marks = keysOf(signs(s.q))
	}
	return r
}

func keysOf(set []bool) []string {
	var keys []string
	for i, is := range set {
		if is {
			keys = append(keys, key(i))
		}
	}
	return keys
}

// quizScore is the score of the whole quiz: the mean of its slots, rounded
// down, so that 80 % is never reached by rounding.
func quizScore(slots []int) int {
	if len(slots) == 0 {
		return 0
	}
	sum := 0
	for _, s := range slots {
		sum += s
	}
	return sum / len(slots)
}

// Feedback is what to say about one part of an answer. Ref is the opaque key
// of the part, nil for the answer as a whole.
type Feedback struct {
	Ref  *string `json:"ref"`
	OK   bool    `json:"ok"`
	Text string  `json:"text"`
}

// feedback says what is right and wrong in a response, part by part. With
// reveal it also names the right parts that were left out; without, in
// practice, the pupil is to find them.
func (s shown) feedback(r Response, reveal bool) []Feedback {
	list := []Feedback{}
	if s.check(r) != nil {
		return list
	}
	add := func(ref string, ok bool, text string) {
		f := Feedback{OK: ok, Text: text}
		if ref != "" {
			f.Ref = &ref
		}
		list = append(list, f)
	}
	switch s.q.Kind {
	case "single", "multiple", "true_false":
		s.feedbackOptions(r, reveal, add)
	case "order":
		for at, k := range r.Order {
			o := s.item.Options[index(k, len(s.item.Options))]
			add(k, o == at, unless(o == at, s.q.Options[o].Feedback))
		}
	case "match":
		for i, p := range s.Lefts {
			k := key(i)
			if _, answered := r.Pairs[k]; answered || reveal {
				ok := s.pairRight(i, r.Pairs[k])
				add(k, ok, unless(ok, s.q.Pairs[p].Feedback))
			}
		}
	case "spot":
		s.feedbackSpots(r, reveal, add)
	}
	return list
}

func (s shown) feedbackOptions(r Response, reveal bool, add func(string, bool, string)) {
	if s.q.Kind == "true_false" && r.Verdict != nil && !s.verdictRight(r) {
		add("", false, s.q.WrongFeedback)
	}
	chosen := append(append(one(r.Choice), one(r.Reason)...), r.Choices...)
	for i, p := range s.item.Options {
		o, k := s.q.Options[p], key(i)
		if slices.Contains(chosen, k) {
			add(k, o.Correct, unless(o.Correct, o.Feedback))
		} else if reveal && o.Correct && s.q.Kind == "multiple" {
			add(k, false, "")
		}
	}
}

func (s shown) feedbackSpots(r Response, reveal bool, add func(string, bool, string)) {
	texts := spotTexts(s.q)
	for i, sign := range signs(s.q) {
		k := key(i)
		if slices.Contains(r.Marks, k) {
			add(k, sign, texts[i])
		} else if reveal && sign {
			add(k, false, texts[i])
		}
	}
}

func spotTexts(q *curriculum.Question) []string {
	var list []string
	if q.Message != nil {
		for _, p := range q.Message.Parts {
			list = append(list, p.Feedback)
		}
		return list
	}
	for _, s := range q.Spots {
		list = append(list, s.Feedback)
	}
	return list
}

func unless(ok bool, text string) string {
	if ok {
		return ""
	}
	return text
}
