package learning

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"nhaso/curriculum"
)

// Why answers to one version of a question cannot be graded by another.
const (
	notKind    = "kind_changed"    // it is another kind of question now
	notOptions = "options_changed" // what could be chosen is not the same
)

// remap puts the order in which a question was shown over to another version
// of it, so that a stored response keeps its meaning: the parts must be the
// same texts under the same keys, in whatever order; which of them are right
// may differ. reason is not empty where that is not so: nothing is guessed.
// For match, whose key is which right side belongs to which left, the two sides
// are compared as texts.
func remap(old *curriculum.Question, it item, fresh *curriculum.Question) (out item, reason string) {
	if old.Kind != fresh.Kind {
		return item{}, notKind
	}
	out = item{Question: fresh.Hash}
	ok := true
	switch old.Kind {
	case "match":
		lefts, ok1 := pairing(leftsOf(old), leftsOf(fresh))
		rights, ok2 := pairing(rightsOf(old), rightsOf(fresh))
		ok = ok1 && ok2
		if ok {
			out.Lefts, out.Options = through(it.Lefts, lefts), through(it.Options, rights)
		}
	case "spot":
		ok = slices.Equal(marksOf(old), marksOf(fresh))
	default:
		var options []int
		if options, ok = pairing(optionsOf(old), optionsOf(fresh)); ok {
			out.Options = through(it.Options, options)
		}
	}
	if !ok {
		return item{}, notOptions
	}
	return out, ""
}

func through(shown, to []int) []int {
	list := make([]int, len(shown))
	for i, p := range shown {
		list[i] = to[p]
	}
	return list
}

// pairing finds for every old part the new one that is the same; ok is false
// unless both have the same parts.
func pairing(old, fresh []string) (to []int, ok bool) {
	if len(old) != len(fresh) {
		return nil, false
	}
	taken := make([]bool, len(fresh))
	for _, part := range old {
		at := slices.IndexFunc(fresh, func(s string) bool { return s == part })
		for at >= 0 && taken[at] { // the same text twice: the next one
			next := slices.Index(fresh[at+1:], part)
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
		if at < 0 {
			return nil, false
		}
		taken[at] = true
		to = append(to, at)
	}
	return to, true
}

// same brings a text into the form in which it is compared.
func same(text string) string { return norm.NFC.String(strings.Join(strings.Fields(text), " ")) }

func optionsOf(q *curriculum.Question) (list []string) {
	for _, o := range q.Options {
		list = append(list, o.Key+"\x00"+same(o.Text))
	}
	return list
}

func leftsOf(q *curriculum.Question) (list []string) {
	for _, p := range q.Pairs {
		list = append(list, same(p.Left))
	}
	return list
}

func rightsOf(q *curriculum.Question) (list []string) {
	for _, p := range q.Pairs {
		list = append(list, same(p.Right))
	}
	for _, o := range q.Extra {
		list = append(list, same(o.Text))
	}
	return list
}

// marksOf describes what can be marked, in its fixed order.
func marksOf(q *curriculum.Question) (list []string) {
	if m := q.Message; m != nil {
		list = append(list, m.Channel, same(m.Sender))
		for _, p := range m.Parts {
			list = append(list, p.Key+"\x00"+same(p.Text))
		}
		return list
	}
	if q.Image != nil {
		list = append(list, q.Image.Src)
	}
	for _, s := range q.Spots {
		list = append(list, s.Key+"\x00"+same(s.Label)+"\x00"+strings.Join([]string{decimal(s.X), decimal(s.Y), decimal(s.W), decimal(s.H)}, ","))
	}
	return list
}
