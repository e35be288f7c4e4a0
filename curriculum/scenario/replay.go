package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// MaxLog is the most entries of one run, MaxTyped the longest typed text in characters.
const (
	MaxLog   = 400
	MaxTyped = 120
)

// Entry is one thing the pupil did. Do is an action's key, saw.<element> (looked closer), set.<field> (entered Value)
// or "hint" (asked the coach). At is the device's clock in milliseconds since the run began: a claim, never scored.
type Entry struct {
	Do    string `json:"do"`
	Value string `json:"value,omitempty"`
	At    int    `json:"at"`
}

// Hint is the entry of asking the coach.
const Hint = "hint"

// Digest is the SHA-256, in hex, of a log with its times: two runs that were really played never share it.
func Digest(log []Entry) string {
	text, err := json.Marshal(log)
	if err != nil {
		panic("scenario: entries always marshal: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// BadEntry says that a log cannot have come from this scenario: Index counts its entries from 0;
// it is the length of the log where the whole of it is meant.
type BadEntry struct {
	Index  int
	Reason string // too_long, unknown, not_here, bad_value, bad_time, after_end, no_hints
}

func (e *BadEntry) Error() string { return fmt.Sprintf("entry %d of the log: %s", e.Index, e.Reason) }

// Step is one entry with where it was done and what it led to.
type Step struct {
	Screen  string `json:"screen"` // where it was done
	Do      string `json:"do"`
	Value   string `json:"value,omitempty"`
	Say     string `json:"say,omitempty"`
	Blocked bool   `json:"blocked,omitempty"` // its Need did not hold
	To      string `json:"to"`                // the screen after it
}

// Run is a replayed log.
type Run struct {
	Variant string
	Mode    string
	State   map[string]Value
	Screen  string
	Ended   bool
	Hints   int
	Steps   []Step
}

// Machine is a scenario made ready to run: its conditions are parsed and its keys looked up.
type Machine struct {
	*Scenario
	conds   map[string]cond
	screens map[string]*Screen
}

// NewMachine parses every condition of a scenario. The error names the first that cannot be read; a scenario that
// Check found sound has none.
func NewMachine(s *Scenario) (*Machine, error) {
	m := &Machine{Scenario: s, conds: map[string]cond{}, screens: map[string]*Screen{}}
	for i := range s.Screens {
		m.screens[s.Screens[i].Key] = &s.Screens[i]
	}
	if m.screens[s.Start] == nil || len(s.Variants) == 0 {
		return nil, fmt.Errorf("scenario %q has no first screen or no variant", s.Key)
	}
	for _, text := range s.conditions() {
		c, err := parseCond(text)
		if err != nil {
			return nil, err
		}
		m.conds[text] = c
	}
	return m, nil
}

// conditions lists every condition text of the scenario.
func (s *Scenario) conditions() []string {
	var out []string
	add := func(list ...string) { out = append(out, list...) }
	actions := func(list []Action) {
		for _, a := range list {
			add(a.When, a.Need)
			for _, b := range a.Then {
				add(b.When)
			}
		}
	}
	for _, sc := range s.Screens {
		actions(sc.Actions)
		for _, e := range sc.Elements {
			add(e.When)
			actions(e.Actions)
		}
	}
	for _, l := range s.Lures {
		add(l.Spotted, l.Fell, l.Rejected)
	}
	for _, list := range [][]Criterion{s.Rubric.Critical, s.Rubric.Tasks, s.Rubric.Habits} {
		for _, c := range list {
			add(c.When)
		}
	}
	for _, t := range s.Coach {
		add(t.When)
	}
	return out
}

func (m *Machine) holds(text string, state map[string]Value) bool { return m.conds[text].holds(state) }

// Begin is a run before its first entry. The error is for an unknown variant or mode.
func (m *Machine) Begin(variant, mode string) (*Run, error) {
	i := slices.IndexFunc(m.Variants, func(v Variant) bool { return v.Key == variant })
	if i < 0 || !slices.Contains(Modes(), mode) {
		return nil, fmt.Errorf("scenario %q has no variant %q or mode %q", m.Key, variant, mode)
	}
	r := &Run{Variant: variant, Mode: mode, State: map[string]Value{}, Screen: m.Start, Steps: []Step{}}
	for name, v := range m.State {
		r.State[name] = v
	}
	for name, v := range m.Variants[i].Set {
		r.State[name] = v
	}
	r.bump("at." + m.Start)
	return r, nil
}

// bump counts one up.
func (r *Run) bump(name string) { r.add(name, 1) }

func (r *Run) add(name string, n int) {
	have, ok := number(string(r.State[name]))
	if !ok {
		have = 0
	}
	r.State[name] = Value(strconv.FormatInt(max(-limit, min(limit, have+int64(n))), 10))
}

// Replay runs a whole log. The error is a *BadEntry for a log that this scenario cannot have given.
func (m *Machine) Replay(variant, mode string, log []Entry) (*Run, error) {
	r, err := m.Begin(variant, mode)
	if err != nil {
		return nil, err
	}
	if len(log) > MaxLog {
		return nil, &BadEntry{len(log), "too_long"}
	}
	last := 0
	for i, e := range log {
		if e.At < last || e.At > 24*60*60*1000 {
			return nil, &BadEntry{i, "bad_time"}
		}
		last = e.At
		if reason := m.Do(r, e); reason != "" {
			return nil, &BadEntry{i, reason}
		}
	}
	return r, nil
}

// Do applies one entry to a run; reason says why it cannot be done, empty when it was.
func (m *Machine) Do(r *Run, e Entry) (reason string) {
	if r.Ended {
		return "after_end"
	}
	step := Step{Screen: r.Screen, Do: e.Do, Value: e.Value}
	switch name, rest, dotted := strings.Cut(e.Do, "."); {
	case e.Do == Hint:
		if r.Mode == Alone {
			return "no_hints"
		}
		r.Hints++
	case dotted && name == "saw":
		if m.element(r, rest, func(x *Element) bool { return x.Inspect != "" }) == nil {
			return "not_here"
		}
		r.bump(e.Do)
	case dotted && name == "set":
		x := m.element(r, rest, func(x *Element) bool { return x.Kind == "field" })
		if x == nil {
			return "not_here"
		}
		v, ok := x.enter(e.Value)
		if !ok {
			return "bad_value"
		}
		r.State[x.Into] = v
	default:
		a := m.action(r, e.Do)
		if a == nil {
			return "not_here"
		}
		m.act(r, a, &step)
	}
	if e.Value != "" && !strings.HasPrefix(e.Do, "set.") {
		return "bad_value"
	}
	step.To = r.Screen
	r.Steps = append(r.Steps, step)
	return ""
}

// element finds a visible element of the current screen.
func (m *Machine) element(r *Run, key string, fits func(*Element) bool) *Element {
	list := m.screens[r.Screen].Elements
	for i := range list {
		if x := &list[i]; x.Key == key && fits(x) && m.holds(x.When, r.State) {
			return x
		}
	}
	return nil
}

// action finds an action that can be done now: of the screen or of one of its visible elements.
func (m *Machine) action(r *Run, key string) *Action {
	for _, a := range m.Available(r) {
		if a.Key == key {
			return a
		}
	}
	return nil
}

// Available lists the actions that can be done now, elements' own first, in the order of the file.
func (m *Machine) Available(r *Run) []*Action {
	if r.Ended {
		return nil
	}
	var out []*Action
	pick := func(list []Action) {
		for i := range list {
			if m.holds(list[i].When, r.State) {
				out = append(out, &list[i])
			}
		}
	}
	screen := m.screens[r.Screen]
	for i := range screen.Elements {
		if m.holds(screen.Elements[i].When, r.State) {
			pick(screen.Elements[i].Actions)
		}
	}
	pick(screen.Actions)
	return out
}

func (m *Machine) act(r *Run, a *Action, step *Step) {
	if !m.holds(a.Need, r.State) {
		step.Blocked, step.Say = true, a.NeedSay
		return
	}
	r.bump("did." + a.Key)
	m.apply(r, Branch{Set: a.Set, Add: a.Add, Goto: a.Goto, Say: a.Say, End: a.End}, step)
	for _, b := range a.Then {
		if m.holds(b.When, r.State) {
			m.apply(r, b, step)
			break
		}
	}
}

func (m *Machine) apply(r *Run, b Branch, step *Step) {
	for name, v := range b.Set {
		r.State[name] = v
	}
	for name, n := range b.Add {
		r.add(name, n)
	}
	if b.Goto != "" {
		r.Screen = b.Goto
		r.bump("at." + b.Goto)
	}
	if b.Say != "" {
		step.Say = b.Say
	}
	r.Ended = r.Ended || b.End
}

// enter reads what was put into a field; ok is false for what the field cannot hold.
func (e *Element) enter(value string) (v Value, ok bool) {
	if len([]rune(value)) > MaxTyped {
		return "", false
	}
	switch e.Input {
	case "choice":
		ok = value == "" || slices.ContainsFunc(e.Options, func(c Choice) bool { return c.Key == value })
		return Value(value), ok
	case "check":
		return Value(value), value == "0" || value == "1"
	case "number":
		digits := keepDigits(value)
		n, fits := number(digits)
		return Value(digits), fits && n <= limit
	default:
		typed := Fold(value)
		if typed == "" {
			return "", true
		}
		for _, a := range e.Accept {
			if slices.ContainsFunc(a.Texts, func(t string) bool { return Fold(t) == typed }) {
				return Value(a.Value), true
			}
		}
		return "other", true
	}
}

// keepDigits takes the digits of an amount as people write it ("120.000 đ") without leading zeros; empty stays empty.
func keepDigits(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if digits == "" {
		return ""
	}
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		return "0"
	}
	return digits
}

// Fold reduces a typed text to small letters a–z and digits: marks, case, spaces and signs do not matter. The browser's
// engine folds the same way.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == 'đ' || r == 'Đ':
			return 'd'
		}
		return -1
	}, norm.NFD.String(s))
}
