package scenario

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// ParseLog reads an example log: an action's key, saw.<element>, hint, or set.<field>=value. Times are made up, a
// second apart.
func ParseLog(lines []string) []Entry {
	out := make([]Entry, len(lines))
	for i, line := range lines {
		out[i] = Entry{Do: line, At: i * 1000}
		if rest, ok := strings.CutPrefix(line, "set."); ok {
			name, value, _ := strings.Cut(rest, "=")
			out[i].Do, out[i].Value = "set."+strings.TrimSpace(name), strings.TrimSpace(value)
		}
	}
	return out
}

// play replays the example logs and walks at random.
func (c *checker) play(m *Machine) {
	reached := map[string]bool{}
	solved := map[string]bool{}
	for i, ex := range c.s.Solutions {
		at := fmt.Sprintf("/solutions/%d", i)
		r, bad := c.example(m, at, ex)
		if bad {
			continue
		}
		note(reached, r)
		res := m.Grade(r)
		switch {
		case !res.Passed || res.HardFound == 0 || len(res.LegitRejected) > 0:
			c.add(at, "this solution does not pass: %+v", res)
		default:
			solved[ex.Variant] = true
		}
	}
	for _, v := range c.s.Variants {
		if !solved[v.Key] {
			c.add("/solutions", "variant %q has no solution that passes", v.Key)
		}
	}
	if len(c.s.Failures) == 0 {
		c.add("/failures", "needs at least one example of a run that fails")
	}
	for i, ex := range c.s.Failures {
		at := fmt.Sprintf("/failures/%d", i)
		r, bad := c.example(m, at, ex)
		if bad {
			continue
		}
		note(reached, r)
		res := m.Grade(r)
		why := strings.Join(append(append(append(res.Critical, res.TasksMissing...), res.Missed...), res.LegitRejected...), " ")
		if res.Passed && len(res.LegitRejected) == 0 || !strings.Contains(" "+why+" ", " "+ex.Expect+" ") {
			c.add(at, "this run should fail by %q; it gives: %s", ex.Expect, why)
		}
	}
	c.wander(m, reached)
}

// note keeps which screens a run has been on.
func note(reached map[string]bool, r *Run) {
	for _, s := range r.Steps {
		reached[s.Screen], reached[s.To] = true, true
	}
}

func (c *checker) example(m *Machine, at string, ex Example) (*Run, bool) {
	r, err := m.Replay(ex.Variant, Alone, ParseLog(ex.Log))
	if err == nil {
		return r, false
	}
	if bad, ok := err.(*BadEntry); ok && bad.Index < len(ex.Log) {
		c.add(fmt.Sprintf("%s/log/%d", at, bad.Index), "%q cannot be done here (%s)", ex.Log[bad.Index], bad.Reason)
	} else {
		c.add(at, "%v", err)
	}
	return nil, true
}

// Walks of the check: enough to find a dead end, few enough to be instant.
const (
	walks     = 60
	walkSteps = 80
)

// wander plays at random, the same way each time, and reports screens without a way on and screens never reached.
func (c *checker) wander(m *Machine, reached map[string]bool) {
	dead := map[string]bool{}
	for i, v := range c.s.Variants {
		for w := range walks {
			r := Walk(m, v.Key, Alone, rand.New(rand.NewPCG(uint64(i), uint64(w))), walkSteps, nil)
			note(reached, r)
			if !r.Ended && len(m.Available(r)) == 0 {
				dead[r.Screen] = true
			}
		}
	}
	for i, sc := range c.s.Screens {
		at := fmt.Sprintf("/screens/%d", i)
		if dead[sc.Key] {
			c.add(at, "screen %q can become a dead end: nothing can be done there and the run has not ended", sc.Key)
		}
		if !reached[sc.Key] && sc.Key != c.s.Start {
			c.issues = append(c.issues, Issue{At: at, Reason: fmt.Sprintf("screen %q was never reached by the examples or by chance", sc.Key), Warning: true})
		}
	}
}

// Walk plays up to steps random entries and hands each to visit. It is used by the checker and by the vectors that the
// browser's engine is tested with.
func Walk(m *Machine, variant, mode string, rnd *rand.Rand, steps int, visit func(Entry)) *Run {
	r, err := m.Begin(variant, mode)
	if err != nil {
		panic("scenario: walk of a variant that does not exist: " + err.Error())
	}
	for at := 0; at < steps && !r.Ended; at++ {
		e, ok := m.chance(r, rnd)
		if !ok {
			return r
		}
		e.At = at * 700
		if reason := m.Do(r, e); reason != "" {
			panic("scenario: a walk did what cannot be done: " + e.Do + " " + reason)
		}
		if visit != nil {
			visit(e)
		}
	}
	return r
}

// chance picks something that can be done now.
func (m *Machine) chance(r *Run, rnd *rand.Rand) (Entry, bool) {
	var list []Entry
	for _, a := range m.Available(r) {
		list = append(list, Entry{Do: a.Key}, Entry{Do: a.Key}) // actions twice as likely as looking
	}
	elements := m.screens[r.Screen].Elements
	for i := range elements {
		x := &elements[i]
		if !m.holds(x.When, r.State) {
			continue
		}
		if x.Inspect != "" {
			list = append(list, Entry{Do: "saw." + x.Key})
		}
		if x.Kind == "field" {
			list = append(list, Entry{Do: "set." + x.Key, Value: x.sample(rnd)})
		}
	}
	if r.Mode != Alone {
		list = append(list, Entry{Do: Hint})
	}
	if len(m.Available(r)) == 0 {
		return Entry{}, false
	}
	return list[rnd.IntN(len(list))], true
}

// SomethingElse is a typed text that no field waits for.
const SomethingElse = "Điều gì khác"

// Choices lists everything that can be done now by one who plays alone: each action, each look, and each value that a
// field knows (a number field: what its scenario is likely to ask for is not known here, so a few amounts).
func Choices(m *Machine, r *Run) []Entry {
	var list []Entry
	for _, a := range m.Available(r) {
		list = append(list, Entry{Do: a.Key})
	}
	elements := m.screens[r.Screen].Elements
	for i := range elements {
		x := &elements[i]
		if !m.holds(x.When, r.State) {
			continue
		}
		if x.Inspect != "" {
			list = append(list, Entry{Do: "saw." + x.Key})
		}
		if x.Kind == "field" {
			for _, value := range x.values() {
				list = append(list, Entry{Do: "set." + x.Key, Value: value})
			}
		}
	}
	return list
}

// values are what may be entered into a field, one of each kind.
func (e *Element) values() []string {
	var out []string
	switch e.Input {
	case "choice":
		for _, o := range e.Options {
			out = append(out, o.Key)
		}
	case "check":
		out = []string{"0", "1"}
	case "number":
		out = []string{"0", "20000", "120000"}
	default:
		out = []string{SomethingElse}
		for _, a := range e.Accept {
			out = append(out, a.Texts[0])
		}
	}
	return out
}

// sample is something that may be entered into a field.
func (e *Element) sample(rnd *rand.Rand) string {
	switch e.Input {
	case "choice":
		return e.Options[rnd.IntN(len(e.Options))].Key
	case "check":
		return []string{"0", "1"}[rnd.IntN(2)]
	case "number":
		return []string{"", "0", "20.000", "120000 đ", "007"}[rnd.IntN(5)]
	}
	if a := e.Accept[rnd.IntN(len(e.Accept))]; rnd.IntN(4) > 0 {
		return a.Texts[rnd.IntN(len(a.Texts))]
	}
	return []string{"", SomethingElse, "  "}[rnd.IntN(3)]
}
