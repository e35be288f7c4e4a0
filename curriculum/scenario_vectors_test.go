package curriculum

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nhaso/curriculum/scenario"
)

var update = flag.Bool("update", false, "write the golden files anew")

// vectorsFile is what both engines, this one and the browser's, are tested with.
const vectorsFile = "scenario/testdata/vectors.json"

// vectors are recorded runs. The browser's tests replay them (frontend/src/lib/scenario/engine.test.ts).
type vectors struct {
	Scenarios []scenario.Scenario `json:"scenarios"`
	Runs      []vector            `json:"runs"`
	Folds     map[string]string   `json:"folds"`
	Digits    map[string]string   `json:"digits"`
	Picks     []pick              `json:"picks"`
	QR        map[string]string   `json:"qr"` // value → text, of the first scenario
}

// vector is a log and what it must lead to.
type vector struct {
	Scenario int              `json:"scenario"`
	Variant  string           `json:"variant"`
	Mode     string           `json:"mode"`
	Log      []scenario.Entry `json:"log"`
	Want     *outcome         `json:"want,omitempty"`
}

// outcome is either a refusal (Reason) or a run with its score.
type outcome struct {
	Reason string                    `json:"reason,omitempty"`
	Index  int                       `json:"index"`
	State  map[string]scenario.Value `json:"state,omitempty"`
	Screen string                    `json:"screen,omitempty"`
	Ended  bool                      `json:"ended,omitempty"`
	Steps  []scenario.Step           `json:"steps,omitempty"`
	Result *scenario.Result          `json:"result,omitempty"`
}

type pick struct {
	ID      string `json:"id"`
	Variant string `json:"variant"`
}

func play(t testing.TB, m *scenario.Machine, v vector) *outcome {
	t.Helper()
	r, err := m.Replay(v.Variant, v.Mode, v.Log)
	if bad, ok := err.(*scenario.BadEntry); ok {
		return &outcome{Reason: bad.Reason, Index: bad.Index}
	}
	if err != nil {
		t.Fatal(err)
	}
	result := m.Grade(r)
	return &outcome{State: r.State, Screen: r.Screen, Ended: r.Ended, Steps: r.Steps, Result: &result}
}

// machines are the example of the format and a scenario that means to break the engine.
func machines(t testing.TB) []*scenario.Machine {
	t.Helper()
	var nasty scenario.Scenario
	data, err := os.ReadFile("scenario/testdata/nasty.json")
	if err == nil {
		err = json.Unmarshal(data, &nasty)
	}
	if err != nil {
		t.Fatal(err)
	}
	catalog, problems := Load(os.DirFS("testdata/valid"))
	if catalog == nil {
		t.Fatal(problems)
	}
	list := []*scenario.Machine{machineOf(t, nasty)}
	for _, c := range catalog.Courses {
		for _, s := range c.Scenarios {
			list = append(list, machineOf(t, s))
		}
	}
	if len(list) < 2 {
		t.Fatal("the example scenario is not in testdata/valid")
	}
	return list
}

func machineOf(t testing.TB, s scenario.Scenario) *scenario.Machine {
	t.Helper()
	s = s.ForPlay()
	m, err := scenario.NewMachine(&s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// walk is a random run of a machine.
func walk(m *scenario.Machine, which int, rnd *rand.Rand, steps int) vector {
	v := vector{Scenario: which, Variant: m.Variants[rnd.IntN(len(m.Variants))].Key, Mode: scenario.Modes()[rnd.IntN(3)], Log: []scenario.Entry{}}
	scenario.Walk(m, v.Variant, v.Mode, rnd, steps, func(e scenario.Entry) { v.Log = append(v.Log, e) })
	return v
}

// strange are texts that a field or a cheat may hold.
var strange = []string{"", "0", "1", "x", "120.000 đ", "00", "-5", "1000000000", "1000000001", "99999999999999999999", "Hòa", "NGUYỄN thị  hoà.",
	"nguyen thi hoa", "ĐẶNG Hoa", "K Å ﬁ ½ Ｗ", "a\u0301\u0302đ\u0335", "💳 12", "١٢٣", "\u0000", "constructor", strings.Repeat("ế", 120), strings.Repeat("ế", 121),
	strings.Repeat("💳", 120), strings.Repeat("a\u0301", 61)}

// tamper changes a log as a cheat, a broken phone or an old version of the scenario would.
func tamper(m *scenario.Machine, v vector, rnd *rand.Rand) vector {
	v.Log = slices.Clone(v.Log)
	var keys []string
	for _, s := range m.Screens {
		for _, a := range s.Actions {
			keys = append(keys, a.Key)
		}
		for _, e := range s.Elements {
			keys = append(keys, "saw."+e.Key, "set."+e.Key)
			for _, a := range e.Actions {
				keys = append(keys, a.Key)
			}
		}
	}
	keys = append(keys, scenario.Hint, "", ".", "saw.", "set.", "set", "saw", "hint.x", "constructor", "saw.toString", "set.__proto__", "score", "did.end")
	for range 1 + rnd.IntN(3) {
		i := rnd.IntN(len(v.Log) + 1)
		e := scenario.Entry{Do: keys[rnd.IntN(len(keys))], At: rnd.IntN(200_000) - 1}
		if rnd.IntN(2) == 0 {
			e.Value = strange[rnd.IntN(len(strange))]
		}
		switch rnd.IntN(5) {
		case 0:
			if i < len(v.Log) { // leave one out: what follows may not be possible any more
				v.Log = slices.Delete(v.Log, i, i+1)
			}
		case 1:
			if i < len(v.Log) {
				v.Log[i].At = []int{-1, 0, 1 << 40, 86_400_000, 86_400_001}[rnd.IntN(5)]
			}
		case 2:
			if i < len(v.Log) {
				v.Log[i].Value = strange[rnd.IntN(len(strange))]
			}
		default:
			if i > 0 && rnd.IntN(4) > 0 {
				e.At = v.Log[i-1].At
			}
			v.Log = slices.Insert(v.Log, i, e)
		}
	}
	return v
}

func makeVectors(t *testing.T) vectors {
	out := vectors{Folds: map[string]string{}, Digits: map[string]string{"": "", "0": "0", "000": "0", "007": "7", "120.000 đ": "120000", "không": ""}, QR: map[string]string{}}
	for which, m := range machines(t) {
		out.Scenarios = append(out.Scenarios, *m.Scenario)
		rnd := rand.New(rand.NewPCG(20261123, uint64(which)))
		for range 24 {
			v := walk(m, which, rnd, 30)
			out.Runs = append(out.Runs, v, tamper(m, v, rnd))
		}
		// The two refusals that chance seldom makes: after the end, and the coach asked alone.
		for range 200 {
			v := walk(m, which, rnd, 60)
			if last := len(v.Log) - 1; play(t, m, v).Ended {
				v.Log = append(v.Log, scenario.Entry{Do: v.Log[last].Do, At: v.Log[last].At})
				out.Runs = append(out.Runs, v)
				break
			}
		}
		out.Runs = append(out.Runs, vector{Scenario: which, Variant: m.Variants[0].Key, Mode: scenario.Alone, Log: []scenario.Entry{{Do: scenario.Hint}}})
		long := walk(m, which, rand.New(rand.NewPCG(5, 5)), 4)
		for len(long.Log) <= scenario.MaxLog {
			long.Log = append(long.Log, scenario.Entry{Do: "stay", At: 90_000})
		}
		if which == 0 {
			out.Runs = append(out.Runs, long)
		}
		for i := range out.Runs {
			if v := &out.Runs[i]; v.Scenario == which {
				v.Want = play(t, m, *v)
			}
		}
	}
	for _, s := range append(strange, "Ơ Ư ẳ", "Trần Văn Đức", "12/03/2011") {
		out.Folds[s] = scenario.Fold(s)
	}
	first := &out.Scenarios[0]
	for i := range 9 {
		id := [16]byte{0: 1, 6: 0x70, 8: 0x80, 12: byte(i * 37), 15: byte(i*101 + 3)}
		text := fmt.Sprintf("%x", id)
		out.Picks = append(out.Picks, pick{text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:], first.PickVariant(id)})
	}
	for _, value := range []string{"quan_pho", "a b", ""} {
		out.QR[value] = first.QRText(scenario.Element{Value: value})
	}
	return out
}

// TestVectors: what this engine says is what the browser's is tested with. Written anew with -update.
func TestVectors(t *testing.T) {
	got, err := json.Marshal(makeVectors(t))
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(vectorsFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s is not what the engine says now; if that is meant, run go test ./curriculum -run TestVectors -update and see that the browser's engine follows", vectorsFile)
	}
	var v vectors
	if err := json.Unmarshal(want, &v); err != nil {
		t.Fatal(err)
	}
	refused, passed := map[string]bool{}, 0
	for _, r := range v.Runs {
		refused[r.Want.Reason] = true
		if r.Want.Result != nil && r.Want.Result.Passed {
			passed++
		}
	}
	for _, reason := range []string{"", "too_long", "not_here", "bad_value", "bad_time", "after_end", "no_hints"} {
		if !refused[reason] {
			t.Errorf("no vector is refused as %q", reason)
		}
	}
	if passed == 0 {
		t.Error("no vector passes")
	}
}

// node finds a Node that runs TypeScript as it is (22.18 or later): the web app's own, else the machine's.
func node(t *testing.T) string {
	t.Helper()
	local, err := filepath.Abs("../frontend/node_modules/.bin/node")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{local, "node"} {
		out, err := exec.Command(name, "-p", "const [a, b] = process.versions.node.split('.'); a > 22 || (a == 22 && b >= 18)").Output()
		if err == nil && strings.TrimSpace(string(out)) == "true" {
			return name
		}
	}
	if os.Getenv("NHASO_TEST_NODE_REQUIRED") != "" {
		t.Fatal("no Node that runs TypeScript: run npm ci in frontend/")
	}
	t.Skip("no Node that runs TypeScript: run npm ci in frontend/ (make test does)")
	return ""
}

// TestBrowserEngineAgrees plays fresh random and tampered logs over every scenario there is with both engines.
func TestBrowserEngineAgrees(t *testing.T) {
	name := node(t)
	list := machines(t)
	catalog, problems := Load(Content())
	if catalog == nil {
		t.Fatal(problems)
	}
	for _, c := range catalog.Courses {
		for _, s := range c.Scenarios {
			list = append(list, machineOf(t, s))
		}
	}
	seed := rand.Uint64()
	t.Logf("seed %d, %d scenarios", seed, len(list))
	rnd := rand.New(rand.NewPCG(seed, 0))
	input := vectors{}
	for which, m := range list {
		input.Scenarios = append(input.Scenarios, *m.Scenario)
		for range max(100, 3000/len(list)) {
			v := walk(m, which, rnd, 5+rnd.IntN(70))
			input.Runs = append(input.Runs, v, tamper(m, v, rnd))
		}
	}
	got := browserPlays(t, name, input)
	if len(got) != len(input.Runs) {
		t.Fatalf("%d outcomes for %d runs", len(got), len(input.Runs))
	}
	differ := 0
	for i, v := range input.Runs {
		want := play(t, list[v.Scenario], v)
		if diff := cmp.Diff(normal(t, want), got[i]); diff != "" {
			log, _ := json.Marshal(v.Log)
			t.Errorf("seed %d: %s, variant %s, %s (-Go +browser):\n%s\nlog %s", seed, list[v.Scenario].Key, v.Variant, v.Mode, diff, log)
			if differ++; differ == 3 {
				t.FailNow()
			}
		}
	}
}

// normal is an outcome after a trip through JSON, where empty lists have gone.
func normal(t *testing.T, o *outcome) outcome {
	t.Helper()
	text, err := json.Marshal(o)
	var out outcome
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func browserPlays(t *testing.T, name string, input vectors) []outcome {
	t.Helper()
	data, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "runs.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, "scripts/scenario-replay.mjs", file)
	cmd.Dir = "../frontend"
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var out []outcome
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
