package scenario

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// cond is a condition: alternatives of literals that must all hold. An empty condition always holds.
type cond [][]literal

type literal struct {
	name, op, value string // op: "" (is set), "!" (is not set), "=", "!=", ">=", "<="
}

// literalForm is one literal: name, !name, name=value, name!=value, name>=3, name<=3.
var literalForm = regexp.MustCompile(`^(!?)([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)(?:(=|!=|>=|<=)(-?[a-z0-9_]+))?$`)

// parseCond reads "a & !b | c=2": | separates alternatives, & what must hold together; there are no brackets.
func parseCond(text string) (cond, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var out cond
	for _, alternative := range strings.Split(text, "|") {
		var all []literal
		for _, part := range strings.Split(alternative, "&") {
			part = strings.Join(strings.Fields(part), "")
			m := literalForm.FindStringSubmatch(part)
			if m == nil || (m[1] != "" && m[3] != "") {
				return nil, fmt.Errorf("%q is not a condition: write name, !name, name=value, name!=value, name>=2 or name<=2, joined by & and |", part)
			}
			all = append(all, literal{name: m[2], op: m[1] + m[3], value: m[4]})
		}
		out = append(out, all)
	}
	return out, nil
}

// holds evaluates the condition; a variable that was never set is empty.
func (c cond) holds(state map[string]Value) bool {
	if len(c) == 0 {
		return true
	}
	for _, all := range c {
		ok := true
		for _, l := range all {
			ok = ok && l.holds(string(state[l.name]))
		}
		if ok {
			return true
		}
	}
	return false
}

func (l literal) holds(v string) bool {
	set := v != "" && v != "0"
	switch l.op {
	case "":
		return set
	case "!":
		return !set
	case "=":
		return v == l.value
	case "!=":
		return v != l.value
	}
	have, ok1 := number(v)
	want, ok2 := number(l.value)
	if !ok1 || !ok2 {
		return false
	}
	if l.op == ">=" {
		return have >= want
	}
	return have <= want
}

// numberForm is how a number is written: up to ten digits, no leading zero.
var numberForm = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,9})$`)

// number reads a whole number; an empty text is 0, as for a counter never touched.
func number(v string) (int64, bool) {
	if v == "" {
		return 0, true
	}
	if !numberForm.MatchString(v) {
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return n, err == nil
}

// names lists the variables a condition looks at.
func (c cond) names() []string {
	var out []string
	for _, all := range c {
		for _, l := range all {
			out = append(out, l.name)
		}
	}
	return out
}
