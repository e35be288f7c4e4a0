package seeds

import (
	"slices"

	"nhaso/models/learning"
)

// Respond answers a question as shown to a pupil. With right false it answers
// plausibly and wrongly.
func Respond(q learning.QuestionView, a Answer, right bool) learning.Response {
	var r learning.Response
	switch q.Kind {
	case "single":
		r.Choice = one(q.Options, a.Texts, right)
	case "multiple":
		r.Choices = all(q.Options, a.Texts, right)
	case "order":
		r.Order = ordered(q.Options, a.Texts)
		if !right {
			slices.Reverse(r.Order)
		}
	case "true_false":
		verdict := *a.Verdict == right
		r.Verdict = &verdict
		r.Reason = one(q.Options, a.Texts, right)
	case "match":
		r.Pairs = matched(q, a.Pairs)
		if !right {
			rotate(r.Pairs, q.Lefts)
		}
	case "spot":
		for _, choice := range spots(q) {
			if slices.Contains(a.Spots, Plain(choice.Text)) == right {
				r.Marks = append(r.Marks, choice.Key)
			}
		}
	}
	return r
}

func one(options []learning.Choice, texts []string, right bool) string {
	for _, o := range options {
		if slices.Contains(texts, Plain(o.Text)) == right {
			return o.Key
		}
	}
	return ""
}

func all(options []learning.Choice, texts []string, right bool) []string {
	var keys []string
	for _, o := range options {
		if slices.Contains(texts, Plain(o.Text)) == right {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

func ordered(options []learning.Choice, texts []string) []string {
	keys := make([]string, 0, len(texts))
	for _, text := range texts {
		for _, o := range options {
			if Plain(o.Text) == text {
				keys = append(keys, o.Key)
			}
		}
	}
	return keys
}

func matched(q learning.QuestionView, pairs map[string]string) map[string]string {
	keys := map[string]string{}
	for _, left := range q.Lefts {
		for _, right := range q.Rights {
			if Plain(right.Text) == pairs[Plain(left.Text)] {
				keys[left.Key] = right.Key
			}
		}
	}
	return keys
}

// rotate gives each left side the right side of the next one.
func rotate(pairs map[string]string, lefts []learning.Choice) {
	if len(lefts) == 0 {
		return
	}
	first := pairs[lefts[0].Key]
	for i := range len(lefts) - 1 {
		pairs[lefts[i].Key] = pairs[lefts[i+1].Key]
	}
	pairs[lefts[len(lefts)-1].Key] = first
}

func spots(q learning.QuestionView) []learning.Choice {
	if q.Message != nil {
		return q.Message.Parts
	}
	list := make([]learning.Choice, len(q.Spots))
	for i, s := range q.Spots {
		list[i] = learning.Choice{Key: s.Key, Text: s.Label}
	}
	return list
}
