package scenario

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// small is a scenario with everything that changes state.
func small() *Scenario {
	return &Scenario{
		Key: "thu", Start: "a",
		State:    map[string]Value{"paid": "0", "sum": "0", "who": "", "n": "0", "bill": "120000"},
		Variants: []Variant{{Key: "x", Set: map[string]Value{}}, {Key: "y", Set: map[string]Value{"bill": "90000"}}},
		Screens: []Screen{
			{Key: "a", App: "bank", Title: "A", Elements: []Element{
				{Key: "f", Kind: "field", Label: "Số tiền", Input: "number", Into: "sum"},
				{Key: "g", Kind: "field", Label: "Ai", Input: "text", Into: "who", Accept: []Accept{{Value: "hoa", Texts: []string{"Hòa", "cô hoà"}}}},
				{Key: "c", Kind: "field", Label: "Chọn", Input: "choice", Into: "who", Options: []Choice{{"p", "P"}, {"q", "Q"}}},
				{Key: "k", Kind: "field", Label: "Đồng ý", Input: "check", Into: "paid"},
				{Key: "z", Kind: "row", Label: "Tên", Value: "?", Inspect: "Nguyễn Hoa", When: "n<=2"},
			}, Actions: []Action{
				{Key: "pay", Label: "Trả", Need: "sum>=1", NeedSay: "Chưa có số tiền", Set: map[string]Value{"paid": "1"}, Goto: "b",
					Then: []Branch{{When: "saw.z", Add: map[string]int{"n": 5}}, {Say: "Chưa xem tên", Add: map[string]int{"n": 1}}}},
				{Key: "loop", Label: "Quay", Add: map[string]int{"n": 1}},
			}},
			{Key: "b", App: "bank", Title: "B", Elements: []Element{{Kind: "text", Text: "xong"}}, Actions: []Action{{Key: "end", Label: "Hết", End: true}, {Key: "back", Label: "Lại", Goto: "a"}}},
		},
		Lures: []Lure{
			{Key: "l", Difficulty: "hard", Text: "l", Spotted: "saw.z", Fell: "n>=100"},
			{Key: "t", Legit: true, Text: "t", Rejected: "did.loop>=3"},
		},
		Rubric: Rubric{PassPercent: 60,
			Critical: []Criterion{{Key: "wrong_sum", When: "paid & sum!=120000", Text: "sai"}},
			Tasks:    []Criterion{{Key: "paid", When: "paid=1", Text: "trả", Missing: "m"}},
			Habits:   []Criterion{{Key: "looked", When: "saw.z", Text: "xem", Missing: "m", Points: 3}}},
	}
}

func machine(t testing.TB, s *Scenario) *Machine {
	t.Helper()
	m, err := NewMachine(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestConditions(t *testing.T) {
	state := map[string]Value{"flag": "1", "off": "0", "empty": "", "n": "3", "who": "hoa", "did.x": "2", "big": "99999999999"}
	tests := []struct {
		text string
		want bool
	}{
		{"", true}, {"flag", true}, {"!flag", false}, {"off", false}, {"!off", true}, {"empty", false}, {"never", false}, {"!never", true},
		{"n=3", true}, {"n!=3", false}, {"n>=3", true}, {"n>=4", false}, {"n<=3", true}, {"n<=2", false}, {"never<=0", true}, {"never>=1", false},
		{"who=hoa", true}, {"who=lan", false}, {"who!=lan", true}, {"who>=1", false}, {"did.x>=2", true}, {"n>=-1", true},
		{"flag & off", false}, {"flag & !off & n=3", true}, {"off | who=hoa", true}, {"off | empty", false}, {" off|flag & n = 3 ", true}, {"big>=1", false},
	}
	for _, tt := range tests {
		c, err := parseCond(tt.text)
		if err != nil || c.holds(state) != tt.want {
			t.Errorf("%q: got %v (%v), want %v", tt.text, c.holds(state), err, tt.want)
		}
	}
	for _, bad := range []string{"a b", "(a)", "a &", "| a", "a==b", "A", "!a=1", "a=B", "a=", "a.b.c", "1a", "a>b c", "a;drop"} {
		if _, err := parseCond(bad); err == nil && bad != "a b" {
			t.Errorf("%q was read as a condition", bad)
		}
	}
}

func TestReplayAndGrade(t *testing.T) {
	m := machine(t, small())
	tests := []struct {
		name    string
		log     []string
		passed  bool
		percent int
		check   func(r *Run, g Result) bool
	}{
		{"careful", []string{"saw.z", "set.f=120.000 đ", "pay", "end"}, true, 100, func(r *Run, g Result) bool { return r.State["n"] == "5" && g.HardFound == 1 && r.Ended }},
		{"did not look", []string{"set.f=120000", "pay", "end"}, false, 37, func(r *Run, g Result) bool {
			return r.State["n"] == "1" && r.Steps[1].Say == "Chưa xem tên" && reflect.DeepEqual(g.Missed, []string{"l"})
		}},
		{"wrong amount", []string{"saw.z", "set.f=12000", "pay", "end"}, false, 100, func(_ *Run, g Result) bool { return reflect.DeepEqual(g.Critical, []string{"wrong_sum"}) }},
		{"needs the amount first", []string{"pay", "saw.z", "set.f=120000", "pay", "end"}, true, 100, func(r *Run, _ Result) bool {
			return r.Steps[0].Blocked && r.Steps[0].Say == "Chưa có số tiền" && r.State["did.pay"] == "1"
		}},
		{"left in the middle", []string{"saw.z", "set.f=120000", "pay"}, false, 100, func(r *Run, g Result) bool { return !r.Ended && !g.Ended }},
		{"rejects what is genuine", []string{"saw.z", "loop", "loop", "loop", "set.f=120000", "pay", "end"}, true, 87, func(_ *Run, g Result) bool { return reflect.DeepEqual(g.LegitRejected, []string{"t"}) }},
		{"typed without marks", []string{"set.g=CÔ HÒA ", "saw.z", "set.f=120000", "pay", "end"}, true, 100, func(r *Run, _ Result) bool { return r.State["who"] == "hoa" }},
		{"typed something else", []string{"set.g=Lan", "saw.z", "set.f=120000", "pay", "back", "loop", "set.k=0", "set.k=1", "pay", "end"}, true, 100, func(r *Run, _ Result) bool { return r.State["who"] == "other" && r.State["at.a"] == "2" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := m.Replay("x", Alone, ParseLog(tt.log))
			if err != nil {
				t.Fatal(err)
			}
			g := m.Grade(r)
			if g.Passed != tt.passed || g.Percent != tt.percent || !tt.check(r, g) {
				t.Errorf("run %+v\nresult %+v", r, g)
			}
		})
	}
}

// TestTamperedLog: a log that this scenario cannot have given is refused with the place and the reason.
func TestTamperedLog(t *testing.T) {
	m := machine(t, small())
	long := make([]Entry, MaxLog+1)
	for i := range long {
		long[i] = Entry{Do: "loop", At: i}
	}
	ok := Entry{Do: "loop"}
	tests := []struct {
		name   string
		log    []Entry
		index  int
		reason string
	}{
		{"action of another screen", []Entry{ok, {Do: "end"}}, 1, "not_here"},
		{"action that does not exist", []Entry{{Do: "grant_all"}}, 0, "not_here"},
		{"a score instead of an action", []Entry{{Do: "score", Value: "100"}}, 0, "not_here"},
		{"hidden element", []Entry{ok, ok, ok, {Do: "saw.z"}}, 3, "not_here"},
		{"nothing to see there", []Entry{{Do: "saw.f"}}, 0, "not_here"},
		{"choice that is not offered", []Entry{{Do: "set.c", Value: "zz"}}, 0, "bad_value"},
		{"tick that is no tick", []Entry{{Do: "set.k", Value: "maybe"}}, 0, "bad_value"},
		{"number beyond all bounds", []Entry{{Do: "set.f", Value: "99999999999"}}, 0, "bad_value"},
		{"novel in a field", []Entry{{Do: "set.g", Value: strings.Repeat("a", MaxTyped+1)}}, 0, "bad_value"},
		{"value where none belongs", []Entry{{Do: "loop", Value: "x"}}, 0, "bad_value"},
		{"after the end", []Entry{{Do: "set.f", Value: "1"}, {Do: "pay"}, {Do: "end"}, {Do: "back"}}, 3, "after_end"},
		{"coach asked alone", []Entry{{Do: Hint}}, 0, "no_hints"},
		{"time runs backwards", []Entry{{Do: "loop", At: 50}, {Do: "loop", At: 49}}, 1, "bad_time"},
		{"too long", long, MaxLog + 1, "too_long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := m.Replay("x", Alone, tt.log)
			bad, ok := err.(*BadEntry)
			if !ok || bad.Index != tt.index || bad.Reason != tt.reason || !strings.Contains(bad.Error(), tt.reason) {
				t.Errorf("got %v, want entry %d: %s", err, tt.index, tt.reason)
			}
		})
	}
	if _, err := m.Replay("nobody", Alone, nil); err == nil {
		t.Error("an unknown variant was played")
	}
	if _, err := m.Replay("x", "cheating", nil); err == nil {
		t.Error("an unknown mode was played")
	}
}

func TestHintsCountOnlyWithCoach(t *testing.T) {
	m := machine(t, small())
	r, err := m.Replay("x", Assisted, []Entry{{Do: Hint}, {Do: Hint}})
	if err != nil || m.Grade(r).Hints != 2 {
		t.Errorf("%v %v", r, err)
	}
}

// TestReplayIsDeterministic: the same log gives the same state and score, whatever was played before.
func TestReplayIsDeterministic(t *testing.T) {
	m := machine(t, small())
	for seed := range uint64(300) {
		var log []Entry
		variant := m.Variants[seed%2].Key
		first := Walk(m, variant, Guided, rand.New(rand.NewPCG(seed, 1)), 50, func(e Entry) { log = append(log, e) })
		again, err := m.Replay(variant, Guided, log)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(first, again) || !reflect.DeepEqual(m.Grade(first), m.Grade(again)) {
			t.Fatalf("seed %d: %+v and %+v", seed, first, again)
		}
	}
	if small().State["bill"] != m.State["bill"] {
		t.Error("a run changed the scenario itself")
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Thị Hoà": "nguyenthihoa", "ĐẶNG  đức": "dangduc", "12/03/2011": "12032011", "  ": "", "Ơ Ư ẳ": "oua", "Ｗ!": "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestValueFromYAML(t *testing.T) {
	var got map[string]Value
	if err := json.Unmarshal([]byte(`{"a":true,"b":false,"c":12,"d":"chữ","e":-3}`), &got); err != nil {
		t.Fatal(err)
	}
	if want := (map[string]Value{"a": "1", "b": "0", "c": "12", "d": "chữ", "e": "-3"}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	for _, bad := range []string{`1.5`, `1e12`, `null`, `[]`, `{}`} {
		var v Value
		if json.Unmarshal([]byte(bad), &v) == nil {
			t.Errorf("%s became the value %q", bad, v)
		}
	}
}

func TestPickVariantUsesAll(t *testing.T) {
	s := small()
	seen := map[string]int{}
	for i := range 200 {
		seen[s.PickVariant([16]byte{15: byte(i)})]++
	}
	if len(seen) != 2 || seen["x"] != 100 {
		t.Errorf("variants drawn: %v", seen)
	}
}

func TestForPlayKeepsTheExamplesHome(t *testing.T) {
	s := small()
	s.Solutions = []Example{{Variant: "x", Log: []string{"loop"}}}
	if p := s.ForPlay(); p.Solutions != nil || p.Failures != nil || len(s.Solutions) != 1 {
		t.Error("example logs leave with the scenario")
	}
}

func TestDigestTellsRunsApart(t *testing.T) {
	a, b := ParseLog([]string{"loop", "pay"}), ParseLog([]string{"loop", "pay"})
	if Digest(a) != Digest(b) {
		t.Error("the same log has two digests")
	}
	b[1].At++
	if Digest(a) == Digest(b) {
		t.Error("another time gives the same digest")
	}
}

func FuzzReplay(f *testing.F) {
	m := machine(f, small())
	f.Add("loop\nset.f=12\npay\nend")
	f.Add("set.g=Hòa\nsaw.z\nhint")
	f.Fuzz(func(t *testing.T, text string) {
		log := ParseLog(strings.Split(text, "\n"))
		r, err := m.Replay("x", Guided, log)
		if err != nil {
			if _, ok := err.(*BadEntry); !ok {
				t.Fatalf("want a BadEntry, got %v", err)
			}
			return
		}
		if g := m.Grade(r); g.Percent < 0 || g.Percent > 100 || (g.Passed && !r.Ended) {
			t.Errorf("impossible result %+v", g)
		}
	})
}

func FuzzCond(f *testing.F) {
	f.Add("a & !b | c=2")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCond(text)
		if err == nil {
			c.holds(map[string]Value{"a": "1"})
		}
	})
}
