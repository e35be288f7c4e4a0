package curriculum

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nhaso/curriculum/scenario"
)

// counted is what rule 2 of the completion paper asks of a run that was played alone.
func counted(g scenario.Result) bool {
	return g.Passed && g.HardFound > 0 && len(g.LegitRejected) == 0
}

func clone(r *scenario.Run) *scenario.Run {
	c := *r
	c.State, c.Steps = maps.Clone(r.State), slices.Clone(r.Steps)
	return &c
}

// astray finds up to two things to do now after which wrong holds; nil if there are none.
func astray(m *scenario.Machine, r *scenario.Run, deep int, wrong func(scenario.Result) bool) []scenario.Entry {
	for _, e := range scenario.Choices(m, r) {
		next := clone(r)
		if m.Do(next, e) != "" || next.Steps[len(next.Steps)-1].Blocked {
			continue
		}
		if wrong(m.Grade(next)) {
			return []scenario.Entry{e}
		}
		if deep > 1 && !next.Ended {
			if rest := astray(m, next, deep-1, wrong); rest != nil {
				return append([]scenario.Entry{e}, rest...)
			}
		}
	}
	return nil
}

// follow plays the author's solution as somebody with a habit: what before answers is done first, and what it leaves out
// (skip) is not done. Entries that are no longer possible are left out, as a person would who has gone elsewhere.
func follow(m *scenario.Machine, x scenario.Example, before func(*scenario.Run) []scenario.Entry, skip func(*scenario.Run, scenario.Entry) bool) *scenario.Run {
	r, err := m.Begin(x.Variant, scenario.Alone)
	if err != nil {
		panic(err)
	}
	for _, e := range scenario.ParseLog(x.Log) {
		if before != nil && !r.Ended {
			for _, own := range before(r) {
				m.Do(r, own)
			}
		}
		if !r.Ended && (skip == nil || !skip(r, e)) {
			m.Do(r, e)
		}
	}
	return r
}

// persona is somebody who plays; fails says why the run of such a person must fail, from its score. Deep is how many
// steps aside this person goes.
type persona struct {
	name  string
	play  func(m *scenario.Machine, x scenario.Example, deep int) *scenario.Run
	fails func(g scenario.Result) bool
}

// stubborn goes astray wherever it can, at most deep steps at a time, and undoes nothing of it.
func stubborn(count func(scenario.Result) int) func(*scenario.Machine, scenario.Example, int) *scenario.Run {
	return func(m *scenario.Machine, x scenario.Example, deep int) *scenario.Run {
		return follow(m, x, func(r *scenario.Run) []scenario.Entry {
			n := count(m.Grade(r))
			return astray(m, r, deep, func(g scenario.Result) bool { return count(g) > n })
		}, func(r *scenario.Run, e scenario.Entry) bool {
			next := clone(r)
			return m.Do(next, e) == "" && count(m.Grade(next)) < count(m.Grade(r))
		})
	}
}

var personas = []persona{
	{"trusts everybody", stubborn(func(g scenario.Result) int { return len(g.Critical) }),
		func(g scenario.Result) bool { return len(g.Critical) > 0 }},
	{"rejects everybody", stubborn(func(g scenario.Result) int { return len(g.LegitRejected) }),
		func(g scenario.Result) bool { return len(g.LegitRejected) > 0 }},
	{"has good habits but leaves the task", func(m *scenario.Machine, x scenario.Example, _ int) *scenario.Run {
		return follow(m, x, nil, func(r *scenario.Run, e scenario.Entry) bool {
			next := clone(r)
			return m.Do(next, e) == "" && len(m.Grade(next).TasksDone) > len(m.Grade(r).TasksDone)
		})
	}, func(g scenario.Result) bool { return len(g.TasksMissing) > 0 }},
	{"does nothing", func(m *scenario.Machine, x scenario.Example, _ int) *scenario.Run {
		return follow(m, x, nil, func(*scenario.Run, scenario.Entry) bool { return true })
	}, func(g scenario.Result) bool { return !g.Ended && len(g.TasksMissing) > 0 }},
	{"clicks the fastest", func(m *scenario.Machine, x scenario.Example, _ int) *scenario.Run {
		return byWorth(m, x.Variant, nil, func(a *scenario.Action, place, done int) int {
			w := -place - 20*done
			if a != nil && a.Look == "primary" {
				w += 10
			}
			return w
		}, func(e scenario.Entry) bool { return !strings.Contains(e.Do, ".") })
	}, func(g scenario.Result) bool { return !g.Passed }},
}

// byWorth plays what is worth most on each screen, equal things by lot (the first without rnd).
func byWorth(m *scenario.Machine, variant string, rnd *rand.Rand, worth func(a *scenario.Action, place, done int) int, may func(scenario.Entry) bool) *scenario.Run {
	r, err := m.Begin(variant, scenario.Alone)
	if err != nil {
		panic(err)
	}
	done := map[string]int{}
	for step := 0; step < 150 && !r.Ended; step++ {
		var best []scenario.Entry
		top := 0
		list := m.Available(r)
		for _, e := range scenario.Choices(m, r) {
			if !may(e) {
				continue
			}
			place := slices.IndexFunc(list, func(a *scenario.Action) bool { return a.Key == e.Do })
			var action *scenario.Action
			if place >= 0 {
				action = list[place]
			}
			switch w := worth(action, place, done[r.Screen+" "+e.Do]); {
			case best == nil || w > top:
				best, top = []scenario.Entry{e}, w
			case w == top:
				best = append(best, e)
			}
		}
		if best == nil {
			break
		}
		e := best[0]
		if rnd != nil {
			e = best[rnd.IntN(len(best))]
		}
		done[r.Screen+" "+e.Do]++
		m.Do(r, e)
	}
	return r
}

// shipped is the catalog of the program, read once for the tests that only look.
var shipped = sync.OnceValue(func() *Catalog {
	catalog, _ := Load(Content())
	return catalog
})

// eachScenario runs a test over the scenarios of the shipped content.
func eachScenario(t *testing.T, test func(t *testing.T, m *scenario.Machine, s scenario.Scenario)) {
	if shipped() == nil {
		t.Fatal("no catalog")
	}
	for _, c := range shipped().Courses {
		for _, s := range c.Scenarios {
			t.Run(s.Key, func(t *testing.T) { test(t, machineOf(t, s), s) })
		}
	}
}

// TestCarefulAlonePasses: in every variant who is careful earns what the paper asks for, also with a thumb that taps
// everything twice; each other person fails, and for that person's reason.
func TestCarefulAlonePasses(t *testing.T) {
	eachScenario(t, func(t *testing.T, m *scenario.Machine, s scenario.Scenario) {
		for _, x := range s.Solutions {
			if g := m.Grade(follow(m, x, nil, nil)); !counted(g) {
				t.Errorf("%s: the careful one does not pass: %+v", x.Variant, g)
			}
			twice := scenario.Example{Variant: x.Variant}
			for _, line := range x.Log {
				twice.Log = append(twice.Log, line, line)
			}
			if g := m.Grade(follow(m, twice, nil, nil)); !counted(g) {
				t.Errorf("%s: who taps twice does not pass: %+v", x.Variant, g)
			}
			for _, p := range personas {
				if !failsAs(m, x, p) {
					t.Errorf("%s: somebody who %s does not fail for that reason", x.Variant, p.name)
				}
			}
		}
	})
}

// failsAs plays a variant as a persona, first with small steps aside, then with larger ones until it fails for its own reason.
func failsAs(m *scenario.Machine, x scenario.Example, p persona) bool {
	for deep := 1; deep <= 4; deep++ {
		if p.fails(m.Grade(p.play(m, x, deep))) {
			return true
		}
	}
	return false
}

// TestLuckIsNotEnough: somebody who never looks closer, knows no code by heart and takes what comes, rarely passes. The
// paper may be tried for again and again, so more than one in twenty would be too many.
func TestLuckIsNotEnough(t *testing.T) {
	const plays, most = 60, 0.05
	eachScenario(t, func(t *testing.T, m *scenario.Machine, _ scenario.Scenario) {
		typed := map[string]bool{}
		for _, s := range m.Screens {
			for _, e := range s.Elements {
				typed["set."+e.Key] = e.Kind == "field" && e.Input == "text"
			}
		}
		lucky := 0
		for _, v := range m.Variants {
			rnd := rand.New(rand.NewPCG(20261126, 1))
			for range plays {
				r := byWorth(m, v.Key, rnd, func(a *scenario.Action, _, done int) int {
					switch {
					case a == nil:
						return -2 * done
					case a.Look == "back":
						return -done - 2
					case a.Look == "primary":
						return 1 - done
					}
					return -done
				}, func(e scenario.Entry) bool {
					return !strings.HasPrefix(e.Do, "saw.") && (!typed[e.Do] || e.Value == scenario.SomethingElse)
				})
				if counted(m.Grade(r)) {
					lucky++
				}
			}
		}
		if all := plays * len(m.Variants); float64(lucky) > most*float64(all) {
			t.Errorf("%d of %d plays without looking pass", lucky, all)
		}
	})
}

// TestSecondPlayIsAnother: a row of taps that was right once does not carry every other variant: one of them at least has to be
// looked at anew. (In some the same care is right again, only the people and the signs are others.)
func TestSecondPlayIsAnother(t *testing.T) {
	eachScenario(t, func(t *testing.T, m *scenario.Machine, s scenario.Scenario) {
		for _, x := range s.Solutions {
			if !slices.ContainsFunc(m.Variants, func(v scenario.Variant) bool {
				return !counted(m.Grade(follow(m, scenario.Example{Variant: v.Key, Log: x.Log}, nil, nil)))
			}) {
				t.Errorf("the solution of %s passes in every variant", x.Variant)
			}
		}
	})
}

// TestBrowserEngineAgreesOnPersonas: both engines give the same steps and the same score to what these people did.
func TestBrowserEngineAgreesOnPersonas(t *testing.T) {
	name := node(t)
	input, wants := vectors{}, []*outcome{}
	eachScenario(t, func(t *testing.T, m *scenario.Machine, s scenario.Scenario) {
		which := len(input.Scenarios)
		input.Scenarios = append(input.Scenarios, *m.Scenario)
		for _, x := range s.Solutions {
			runs := []*scenario.Run{follow(m, x, nil, nil)}
			for _, p := range personas {
				runs = append(runs, p.play(m, x, 1))
			}
			for _, r := range runs {
				v := vector{Scenario: which, Variant: x.Variant, Mode: r.Mode, Log: []scenario.Entry{}}
				for i, step := range r.Steps {
					v.Log = append(v.Log, scenario.Entry{Do: step.Do, Value: step.Value, At: 900 * i})
				}
				input.Runs, wants = append(input.Runs, v), append(wants, play(t, m, v))
			}
		}
	})
	got := browserPlays(t, name, input)
	if len(got) != len(wants) || len(wants) < 300 {
		t.Fatalf("%d outcomes for %d runs", len(got), len(wants))
	}
	for i, want := range wants {
		if diff := cmp.Diff(normal(t, want), got[i]); diff != "" {
			t.Fatalf("%s, variant %s (-Go +browser):\n%s", input.Scenarios[input.Runs[i].Scenario].Key, input.Runs[i].Variant, diff)
		}
	}
}
