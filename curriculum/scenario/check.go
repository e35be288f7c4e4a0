package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Issue is one finding of Check. At is the JSON pointer of the place in the scenario's document.
type Issue struct {
	At      string
	Reason  string
	Warning bool
}

// Rules of what a scenario must offer (issue 3): the certificate needs a hard lure and something genuine in every
// scenario, and each must be worth playing twice.
const (
	minVariants = 2
	minTasks    = 2
	minHabits   = 2
)

var (
	keyForm  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	slotForm = regexp.MustCompile(`\{([^{}]*)\}`)
)

type checker struct {
	s       *Scenario
	issues  []Issue
	names   map[string]bool // variables that conditions and texts may name
	screens map[string]bool
	actions map[string]bool
	fields  map[string]bool
	seen    map[string]bool // elements with inspect
	all     map[string]bool // every element key
	lures   map[string]bool
}

// Check looks for everything that would surprise a pupil: places that do not exist, conditions that cannot be read,
// keys used twice, texts with unknown slots, a variant nobody can pass, a screen without a way out. The schema has been
// checked before.
func Check(s *Scenario) []Issue {
	c := &checker{s: s, names: map[string]bool{}, screens: map[string]bool{}, actions: map[string]bool{}, fields: map[string]bool{},
		seen: map[string]bool{}, all: map[string]bool{}, lures: map[string]bool{}}
	c.collect()
	c.structure()
	if len(c.issues) > 0 {
		return c.issues
	}
	m, err := NewMachine(s)
	if err != nil {
		return []Issue{{Reason: err.Error()}}
	}
	c.play(m)
	return c.issues
}

func (c *checker) add(at, format string, args ...any) {
	c.issues = append(c.issues, Issue{At: at, Reason: fmt.Sprintf(format, args...)})
}

// key notes a key and refuses a second one of its kind.
func (c *checker) key(set map[string]bool, at, what, key string) {
	if !keyForm.MatchString(key) {
		c.add(at+"/key", "%s key %q must be small letters, digits and _ and begin with a letter", what, key)
	}
	if set[key] {
		c.add(at+"/key", "%s key %q stands in this scenario twice", what, key)
	}
	set[key] = true
}

func (c *checker) collect() {
	for name := range c.s.State {
		if !keyForm.MatchString(name) {
			c.add("/state", "variable %q must be small letters, digits and _", name)
		}
		c.names[name] = true
	}
	for i, l := range c.s.Lures {
		c.key(c.lures, fmt.Sprintf("/lures/%d", i), "lure", l.Key)
	}
	for i, sc := range c.s.Screens {
		at := fmt.Sprintf("/screens/%d", i)
		c.key(c.screens, at, "screen", sc.Key)
		c.names["at."+sc.Key] = true
		c.noteActions(at, sc.Actions)
		for j, e := range sc.Elements {
			below := fmt.Sprintf("%s/elements/%d", at, j)
			if e.Key != "" {
				c.key(c.all, below, "element", e.Key)
			}
			if e.Inspect != "" {
				c.seen[e.Key], c.names["saw."+e.Key] = true, true
			}
			if e.Kind == "field" {
				c.fields[e.Key] = true
			}
			c.noteActions(below, e.Actions)
		}
	}
}

func (c *checker) noteActions(at string, list []Action) {
	for k, a := range list {
		c.key(c.actions, fmt.Sprintf("%s/actions/%d", at, k), "action", a.Key)
		c.names["did."+a.Key] = true
	}
}

func (c *checker) structure() {
	s := c.s
	if !c.screens[s.Start] {
		c.add("/start", "there is no screen %q", s.Start)
	}
	if len(s.Variants) < minVariants {
		c.add("/variants", "needs at least %d variants, so that the second play is not the first", minVariants)
	}
	variants := map[string]bool{}
	for i, v := range s.Variants {
		at := fmt.Sprintf("/variants/%d", i)
		c.key(variants, at, "variant", v.Key)
		c.sets(at, v.Set)
	}
	for name, v := range s.State {
		c.value("/state/"+name, v)
	}
	c.texts("/story", s.Story)
	for i, t := range s.Task {
		c.texts(fmt.Sprintf("/task/%d", i), t)
	}
	for i, sc := range s.Screens {
		c.screen(fmt.Sprintf("/screens/%d", i), sc)
	}
	c.checkLures()
	c.rubric()
	for i, t := range s.Coach {
		at := fmt.Sprintf("/coach/%d", i)
		c.cond(at+"/when", t.When)
		c.texts(at+"/say", t.Say)
		if t.Screen != "" && !c.screens[t.Screen] {
			c.add(at+"/screen", "there is no screen %q", t.Screen)
		}
		if t.Point != "" && !c.actions[t.Point] && !c.all[t.Point] {
			c.add(at+"/point", "there is no action or element %q", t.Point)
		}
	}
}

func (c *checker) screen(at string, sc Screen) {
	c.texts(at+"/title", sc.Title)
	c.texts(at+"/address", sc.Address)
	c.doActions(at, sc.Actions)
	for j, e := range sc.Elements {
		below := fmt.Sprintf("%s/elements/%d", at, j)
		c.cond(below+"/when", e.When)
		for _, t := range []string{e.Title, e.Text, e.Label, e.Value, e.From, e.Time, e.Address, e.Alt, e.Inspect} {
			c.texts(below, t)
		}
		if e.Sign != nil {
			if !c.lures[e.Sign.Lure] {
				c.add(below+"/sign/lure", "there is no lure %q", e.Sign.Lure)
			}
			c.texts(below+"/sign/text", e.Sign.Text)
		}
		if (e.Inspect != "" || e.Kind == "field" || e.Sign != nil) && e.Key == "" {
			c.add(below, "an element with inspect, sign or input needs a key")
		}
		c.kind(below, e)
		c.doActions(below, e.Actions)
	}
}

// needs names the fields that an element of each kind cannot do without.
var needs = map[string]func(Element) []string{
	"text": func(e Element) []string { return []string{"text", e.Text} }, "note": func(e Element) []string { return []string{"text", e.Text} },
	"image":   func(e Element) []string { return []string{"image", e.Image, "alt", e.Alt} },
	"row":     func(e Element) []string { return []string{"label", e.Label, "value", e.Value} },
	"item":    func(e Element) []string { return []string{"title", e.Title} },
	"message": func(e Element) []string { return []string{"from", e.From, "text", e.Text} },
	"review":  func(e Element) []string { return []string{"text", e.Text, "rating", strings.Repeat("*", e.Rating)} },
	"link":    func(e Element) []string { return []string{"text", e.Text, "address", e.Address} },
	"qr":      func(e Element) []string { return []string{"value", e.Value, "alt", e.Alt} },
	"field":   func(e Element) []string { return []string{"label", e.Label, "input", e.Input, "into", e.Into} },
}

func (c *checker) kind(at string, e Element) {
	want := needs[e.Kind]
	if want == nil {
		c.add(at+"/kind", "there is no kind %q", e.Kind)
		return
	}
	list := want(e)
	for i := 0; i < len(list); i += 2 {
		if list[i+1] == "" {
			c.add(at, "an element of kind %s needs the field %q", e.Kind, list[i])
		}
	}
	if e.Kind != "field" {
		return
	}
	if _, ok := c.s.State[e.Into]; !ok {
		c.add(at+"/into", "there is no variable %q in state", e.Into)
	}
	switch {
	case e.Input == "choice" && len(e.Options) < 2:
		c.add(at, "a choice needs at least two options")
	case e.Input == "text" && len(e.Accept) == 0:
		c.add(at, "a text field needs accept: the values that typed texts stand for")
	}
	for k, a := range e.Accept {
		for _, t := range a.Texts {
			if Fold(t) == "" {
				c.add(fmt.Sprintf("%s/accept/%d", at, k), "%q has no letter or digit to compare", t)
			}
		}
	}
}

func (c *checker) doActions(at string, list []Action) {
	for k, a := range list {
		below := fmt.Sprintf("%s/actions/%d", at, k)
		c.cond(below+"/when", a.When)
		c.cond(below+"/need", a.Need)
		c.texts(below, a.Label+a.Confirm+a.NeedSay)
		if (a.Need == "") != (a.NeedSay == "") {
			c.add(below, "need and need_say belong together")
		}
		c.effects(below, Branch{Set: a.Set, Add: a.Add, Goto: a.Goto, Say: a.Say, End: a.End})
		if a.Goto == "" && a.Say == "" && !a.End && len(a.Set)+len(a.Add)+len(a.Then) == 0 {
			c.add(below, "action %q does nothing: give it set, add, goto, say, then or end", a.Key)
		}
		for n, b := range a.Then {
			c.cond(fmt.Sprintf("%s/then/%d/when", below, n), b.When)
			c.effects(fmt.Sprintf("%s/then/%d", below, n), b)
		}
	}
}

func (c *checker) effects(at string, b Branch) {
	c.sets(at, b.Set)
	for name := range b.Add {
		if _, ok := c.s.State[name]; !ok {
			c.add(at+"/add", "there is no variable %q in state", name)
		}
	}
	if b.Goto != "" && !c.screens[b.Goto] {
		c.add(at+"/goto", "there is no screen %q", b.Goto)
	}
	c.texts(at+"/say", b.Say)
}

// value checks a text that a variable holds: it may name other variables, but not ones that name others again.
func (c *checker) value(at string, v Value) {
	c.texts(at, string(v))
	for _, m := range slotForm.FindAllStringSubmatch(string(v), -1) {
		if inner := c.s.State[strings.TrimSuffix(m[1], ":đ")]; slotForm.MatchString(string(inner)) {
			c.add(at, "the text names {%s}, whose own text names variables again; one step is shown", m[1])
		}
	}
}

func (c *checker) sets(at string, set map[string]Value) {
	for name, v := range set {
		c.value(at+"/set/"+name, v)
		if _, ok := c.s.State[name]; !ok {
			c.add(at+"/set", "there is no variable %q in state", name)
		}
	}
}

func (c *checker) cond(at, text string) {
	parsed, err := parseCond(text)
	if err != nil {
		c.add(at, "%v", err)
		return
	}
	for _, name := range parsed.names() {
		if !c.names[name] {
			c.add(at, "the condition names %q, which is no variable, did.<action>, saw.<element> or at.<screen>", name)
		}
	}
}

// texts checks the slots of a text.
func (c *checker) texts(at, text string) {
	for _, m := range slotForm.FindAllStringSubmatch(text, -1) {
		if _, ok := c.s.State[strings.TrimSuffix(m[1], ":đ")]; !ok {
			c.add(at, "the text names {%s}, but state has no such variable", m[1])
		}
	}
}

func (c *checker) checkLures() {
	hard, legit := 0, 0
	signs := map[string]bool{}
	for _, sc := range c.s.Screens {
		for _, e := range sc.Elements {
			if e.Sign != nil {
				signs[e.Sign.Lure] = true
			}
		}
	}
	for i, l := range c.s.Lures {
		at := fmt.Sprintf("/lures/%d", i)
		if !signs[l.Key] {
			c.add(at, "no element carries a sign of %q: the replay could not show where it was to be seen", l.Key)
		}
		c.cond(at+"/spotted", l.Spotted)
		c.cond(at+"/fell", l.Fell)
		c.cond(at+"/rejected", l.Rejected)
		c.texts(at+"/text", l.Text)
		switch {
		case l.Legit && (l.Rejected == "" || l.Spotted != "" || l.Fell != "" || l.Difficulty != ""):
			c.add(at, "a genuine thing takes rejected, and neither difficulty, spotted nor fell")
		case !l.Legit && (l.Spotted == "" || l.Rejected != "" || !slices.Contains([]string{"easy", "medium", "hard"}, l.Difficulty)):
			c.add(at, "a lure takes difficulty (easy, medium, hard), spotted and, where it can be fallen for, fell")
		}
		if l.Legit {
			legit++
		} else if l.Difficulty == "hard" {
			hard++
		}
	}
	if hard == 0 || legit == 0 {
		c.add("/lures", "needs at least one hard lure and one genuine thing (legit: true): the rule of the completion paper asks for both")
	}
}

func (c *checker) rubric() {
	keys := map[string]bool{}
	r := c.s.Rubric
	for _, part := range []struct {
		name string
		list []Criterion
	}{{"critical", r.Critical}, {"tasks", r.Tasks}, {"habits", r.Habits}} { // in the file's order: of two equal keys always the second is named
		name := part.name
		for i, x := range part.list {
			at := fmt.Sprintf("/rubric/%s/%d", name, i)
			c.key(keys, at, "rubric", x.Key)
			c.cond(at+"/when", x.When)
			c.texts(at+"/text", x.Text+x.Missing)
			if strings.TrimSpace(x.When) == "" {
				c.add(at, "a line of the rubric needs a condition")
			}
			if name != "critical" && x.Missing == "" {
				c.add(at, "a task or habit needs missing: what to do next time")
			}
		}
	}
	if len(r.Critical) == 0 || len(r.Tasks) < minTasks || len(r.Habits) < minHabits {
		c.add("/rubric", "needs at least one critical error, %d tasks and %d habits", minTasks, minHabits)
	}
}
