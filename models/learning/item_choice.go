package learning

import (
	"strconv"
	"strings"
)

// Answer patterns as counted: all attempts; no answer; the verdict of
// true_false. The others name parts of the content by their index: "o2" an
// option or reason, "m1" a marked part, "x1" the second step put before the
// first, "l0r2" the first left side with the third right side.
const (
	choiceAll   = "all"
	choiceNone  = "none"
	choiceTrue  = "true"
	choiceFalse = "false"
)

// choices lists the patterns of one response, in the indices of the content,
// so that they add up over attempts that showed the parts in another order.
// Patterns of order and match are the wrong ones only.
func (s shown) choices(r Response) []string {
	if r.Empty() || s.check(r) != nil {
		return []string{choiceNone}
	}
	list := []string{}
	option := func(key string) {
		if i := index(key, len(s.item.Options)); i >= 0 {
			list = append(list, "o"+strconv.Itoa(s.item.Options[i]))
		}
	}
	switch s.q.Kind {
	case "single":
		option(r.Choice)
	case "multiple":
		for _, k := range r.Choices {
			option(k)
		}
	case "true_false":
		if r.Verdict != nil {
			list = append(list, strconv.FormatBool(*r.Verdict))
		}
		option(r.Reason)
	case "order":
		list = s.misplaced(r.Order)
	case "match":
		for left, right := range r.Pairs {
			l, rt := index(left, len(s.Lefts)), index(right, len(s.item.Options))
			if l >= 0 && rt >= 0 && !s.pairRight(l, right) {
				list = append(list, "l"+strconv.Itoa(s.Lefts[l])+"r"+strconv.Itoa(s.item.Options[rt]))
			}
		}
	case "spot":
		for _, k := range r.Marks {
			list = append(list, "m"+strconv.Itoa(index(k, s.marks())))
		}
	}
	return list
}

// misplaced lists the steps that stand before the step they follow.
func (s shown) misplaced(order []string) []string {
	place := make([]int, len(s.q.Options))
	for at, k := range order {
		place[s.item.Options[index(k, len(s.item.Options))]] = at + 1
	}
	list := []string{}
	for i := 1; i < len(place); i++ {
		if place[i-1] == 0 || place[i] < place[i-1] {
			list = append(list, "x"+strconv.Itoa(i))
		}
	}
	return list
}

// choiceWords says what a pattern is: its text, whether it is right, and the
// feedback that belongs to it. ok is false for a pattern of another question.
func (s shown) choiceWords(c string) (text string, right bool, feedback string, ok bool) {
	q := s.q
	switch {
	case c == choiceTrue || c == choiceFalse:
		right = q.Answer != nil && strconv.FormatBool(*q.Answer) == c
		return "", right, unless(right, q.WrongFeedback), true
	case c == choiceNone:
		return "", false, "", true
	case strings.HasPrefix(c, "l"):
		left, rt, found := strings.Cut(c[1:], "r")
		i, j := number(left, len(q.Pairs)), number(rt, len(q.Pairs)+len(q.Extra))
		if !found || i < 0 || j < 0 {
			return "", false, "", false
		}
		return q.Pairs[i].Left + " → " + s.right(j), false, q.Pairs[i].Feedback, true
	case strings.HasPrefix(c, "m"):
		i := number(c[1:], s.marks())
		if i < 0 {
			return "", false, "", false
		}
		return spotLabel(s, i), signs(q)[i], spotTexts(q)[i], true
	case strings.HasPrefix(c, "x"):
		i := number(c[1:], len(q.Options))
		if i < 1 {
			return "", false, "", false
		}
		return q.Options[i].Text + " → " + q.Options[i-1].Text, false, q.Options[i].Feedback, true
	case strings.HasPrefix(c, "o"):
		i := number(c[1:], len(q.Options))
		if i < 0 {
			return "", false, "", false
		}
		return q.Options[i].Text, q.Options[i].Correct, unless(q.Options[i].Correct, q.Options[i].Feedback), true
	}
	return "", false, "", false
}

func spotLabel(s shown, i int) string {
	if s.q.Message != nil {
		return s.q.Message.Parts[i].Text
	}
	return s.q.Spots[i].Label
}

// number reads an index below most, -1 for anything else.
func number(text string, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= most {
		return -1
	}
	return n
}
