package learning

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// testScenario has one hard lure, one genuine thing and two variants.
func testScenario(course string, edition int) scenario.Scenario {
	s := scenario.Scenario{
		Key: "hop_thu", Course: course, Title: "Hộp thư", Minutes: 3 + edition, Start: "a", State: map[string]scenario.Value{"sum": "0"},
		Variants: []scenario.Variant{{Key: "x", Set: map[string]scenario.Value{}}, {Key: "y", Set: map[string]scenario.Value{"sum": "0"}}},
		Screens: []scenario.Screen{{Key: "a", App: "inbox", Title: "A",
			Elements: []scenario.Element{{Key: "link", Kind: "link", Text: "Bấm", Address: "qua.test", Inspect: "qua.test"}},
			Actions: []scenario.Action{{Key: "report", Label: "Báo cáo", Goto: "a"}, {Key: "click", Label: "Bấm", Goto: "a"}, {Key: "answer", Label: "Trả lời", Goto: "a"},
				{Key: "block", Label: "Chặn cô", Goto: "a"}, {Key: "end", Label: "Xong", End: true}},
		}},
		Lures: []scenario.Lure{{Key: "gift", Difficulty: "hard", Text: "lừa", Spotted: "did.report", Fell: "did.click"}, {Key: "teacher", Legit: true, Text: "thật", Rejected: "did.block"}},
		Rubric: scenario.Rubric{PassPercent: 70, Critical: []scenario.Criterion{{Key: "clicked", When: "did.click", Text: "bấm"}},
			Tasks:  []scenario.Criterion{{Key: "reported", When: "did.report", Text: "báo"}, {Key: "answered", When: "did.answer", Text: "trả lời"}},
			Habits: []scenario.Criterion{{Key: "looked", When: "saw.link", Text: "xem"}}},
		Solutions: []scenario.Example{{Variant: "x", Log: []string{"saw.link", "report", "answer", "end"}}},
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(text)
	s.Hash = hex.EncodeToString(sum[:])
	return s
}

var runsPlayed = 0

// good is a log that passes, at times of its own.
func logOf(do ...string) []scenario.Entry {
	runsPlayed++
	log := scenario.ParseLog(do)
	for i := range log {
		log[i].At += runsPlayed
	}
	return log
}

func solved() []scenario.Entry { return logOf("saw.link", "report", "answer", "end") }

func newRun(course string, log []scenario.Entry) NewRun {
	return NewRun{ID: newID(), CourseKey: course, ScenarioKey: "hop_thu", ScenarioHash: testScenario(course, 1).Hash, Mode: scenario.Alone, Log: log}
}

func TestRecordRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		p := w.pupil(w.class)
		n := newRun("self_protection-thcs", solved())
		first, err := w.l.RecordRun(ctx, p, n)
		require.NoError(t, err)
		require.True(t, first.Passed && first.Counts && first.Percent == 100, "%+v", first)
		s := testScenario(n.CourseKey, 1)
		require.Equal(t, s.PickVariant(n.ID), first.Variant, "the id chooses the variant")

		again, err := w.l.RecordRun(ctx, p, n)
		require.NoError(t, err)
		require.Equal(t, first, again, "a repeat answers as the first did")
		require.Equal(t, 1, w.count("SELECT COUNT(*) FROM scenario_runs"))

		heads, err := w.l.Scenarios(ctx, p, "self_protection-thcs")
		require.NoError(t, err)
		require.Len(t, heads, 1)
		require.True(t, heads[0].AlonePassed && heads[0].Runs == 1 && heads[0].Best.Percent == 100)

		detail, err := w.l.MyRun(ctx, p, n.ID)
		require.NoError(t, err)
		require.True(t, detail.Intact && len(detail.Steps) == 4 && detail.Scenario.Solutions == nil)
		_, err = w.l.MyRun(ctx, w.pupil(w.class), n.ID)
		require.Equal(t, models.KindNotFound, models.KindOf(err), "another's run")

		mine, err := w.l.MyRuns(ctx, p)
		require.NoError(t, err)
		require.Len(t, mine, 1)
	})
}

// TestRunRefused: what cannot have been played is refused with the place and the reason, and nothing is kept.
func TestRunRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		p, other := w.pupil(w.class), w.pupil(w.class)
		used := newRun("self_protection-thcs", solved())
		_, err := w.l.RecordRun(ctx, p, used)
		require.NoError(t, err)
		const course = "online_payment-thcs"
		change := func(f func(*NewRun)) NewRun {
			n := newRun(course, solved())
			f(&n)
			return n
		}
		tests := []struct {
			name  string
			who   models.Actor
			run   NewRun
			kind  models.Kind
			code  string
			field string
		}{
			{"tampered: an action that is not there", p, newRun(course, logOf("report", "give_me_100", "end")), models.KindInvalid, "not_here", "body.log[1]"},
			{"tampered: after the end", p, newRun(course, logOf("report", "end", "answer")), models.KindInvalid, "after_end", "body.log[2]"},
			{"the coach asked while alone", p, newRun(course, logOf("hint", "end")), models.KindInvalid, "no_hints", "body.log[0]"},
			{"left in the middle", p, newRun(course, logOf("report", "answer")), models.KindInvalid, "unfinished", "body.log"},
			{"too long", p, newRun(course, make([]scenario.Entry, scenario.MaxLog+1)), models.KindInvalid, "too_long", "body.log"},
			{"unknown mode", p, change(func(n *NewRun) { n.Mode = "cheat" }), models.KindInvalid, "unknown", "body.mode"},
			{"no id", p, change(func(n *NewRun) { n.ID = models.ID{} }), models.KindInvalid, "required", "body.id"},
			{"a log played in another run", p, change(func(n *NewRun) { n.Log = used.Log }), models.KindConflict, "log_reused", ""},
			{"a log played by somebody else", other, change(func(n *NewRun) { n.Log = used.Log }), models.KindConflict, "log_reused", ""},
			{"the id of another's run", other, change(func(n *NewRun) { n.ID = used.ID }), models.KindConflict, "id_taken", ""},
			{"the id again with another log", p, change(func(n *NewRun) { n.ID, n.CourseKey, n.ScenarioHash = used.ID, used.CourseKey, used.ScenarioHash }), models.KindConflict, "id_taken", ""},
			{"a version that never was", p, change(func(n *NewRun) { n.ScenarioHash = "00" }), models.KindConflict, "out_of_date", ""},
			{"the scenario of another course", p, change(func(n *NewRun) { n.ScenarioHash = used.ScenarioHash }), models.KindConflict, "out_of_date", ""},
			{"a scenario that is not there", p, change(func(n *NewRun) { n.ScenarioKey = "khac" }), models.KindNotFound, "not_found", ""},
			{"a course that is not there", p, change(func(n *NewRun) { n.CourseKey = "khac" }), models.KindNotFound, "not_found", ""},
			{"a teacher", w.teacher, newRun(course, solved()), models.KindForbidden, "forbidden", ""},
		}
		for _, tt := range tests {
			_, err := w.l.RecordRun(ctx, tt.who, tt.run)
			require.Equal(t, tt.kind, models.KindOf(err), "%s: %v", tt.name, err)
			var e *models.Error
			require.ErrorAs(t, err, &e, tt.name)
			if tt.field != "" {
				require.Equal(t, tt.field, e.Fields[0].Location, tt.name)
				require.Equal(t, tt.code, e.Fields[0].Code, tt.name)
			} else {
				require.Equal(t, tt.code, e.Code, tt.name)
			}
		}
		require.Equal(t, 1, w.count("SELECT COUNT(*) FROM scenario_runs"), "nothing was kept")
	})
}

func TestRewoundAndHelpedRunsDoNotCount(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	p := w.pupil(w.class)
	for name, change := range map[string]func(*NewRun){
		"rewound":          func(n *NewRun) { n.Rewound = true },
		"guided":           func(n *NewRun) { n.Mode = scenario.Guided },
		"assisted":         func(n *NewRun) { n.Mode = scenario.Assisted },
		"genuine rejected": func(n *NewRun) { n.Log = logOf("saw.link", "report", "answer", "block", "end") },
		"not passed":       func(n *NewRun) { n.Log = logOf("click", "report", "answer", "end") },
	} {
		n := newRun("self_protection-thcs", solved())
		change(&n)
		r, err := w.l.RecordRun(ctx, p, n)
		require.NoError(t, err, name)
		require.False(t, r.Counts, name)
	}
	heads, err := w.l.Scenarios(ctx, p, "self_protection-thcs")
	require.NoError(t, err)
	require.Equal(t, 5, heads[0].Runs)
	require.False(t, heads[0].AlonePassed)
}

// TestRunOfAnOlderVersion: a run played offline before a new version was published is not lost.
func TestRunOfAnOlderVersion(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	p := w.pupil(w.class)
	old := newRun("self_protection-thcs", solved())
	_, err := w.l.Publish(ctx, models.System(), &curriculum.Catalog{Courses: []curriculum.Course{testCourse("self_protection", "thcs", 2)}})
	require.NoError(t, err)
	r, err := w.l.RecordRun(ctx, p, old)
	require.NoError(t, err)
	require.True(t, r.Counts)
	now, err := w.l.ScenarioJSON(ctx, "self_protection-thcs", "hop_thu")
	require.NoError(t, err)
	require.NotEqual(t, old.ScenarioHash, now.Hash)
	require.NotContains(t, string(now.JSON), "solutions")
	before, err := w.l.ScenarioVersion(ctx, "self_protection-thcs", "hop_thu", old.ScenarioHash)
	require.NoError(t, err)
	require.Equal(t, old.ScenarioHash, before.Hash)
	require.Contains(t, string(before.JSON), old.ScenarioHash, "the device asks by it and sends it back")
	require.NotContains(t, string(before.JSON), "solutions")
	_, err = w.l.ScenarioVersion(ctx, "self_protection-thcs", "hop_thu", strings.Repeat("0", 64))
	require.Equal(t, "out_of_date", models.CodeOf(err))
	_, err = w.l.ScenarioVersion(ctx, "self_protection-thcs", "none", old.ScenarioHash)
	require.Equal(t, models.KindNotFound, models.KindOf(err), "a hash opens no other scenario")
	d, err := w.l.MyRun(ctx, p, old.ID)
	require.NoError(t, err)
	require.True(t, d.Intact)
}

func TestClassSeesItsOwnRuns(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	mine, others := w.pupil(w.class), w.pupil(w.other)
	a, b := newRun("self_protection-thcs", solved()), newRun("self_protection-thcs", solved())
	for p, n := range map[*models.Actor]NewRun{&mine: a, &others: b} {
		_, err := w.l.RecordRun(ctx, *p, n)
		require.NoError(t, err)
	}
	list, err := w.l.ClassRuns(ctx, w.teacher, w.class)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, mine.Name, list[0].Name)
	require.NotEmpty(t, list[0].Title, "in words, not by its key")
	d, err := w.l.ClassRun(ctx, w.teacher, w.class, a.ID)
	require.NoError(t, err)
	require.Len(t, d.Log, 4)
	_, err = w.l.ClassRun(ctx, w.teacher, w.class, b.ID)
	require.Equal(t, models.KindNotFound, models.KindOf(err))
	_, err = w.l.ClassRuns(ctx, w.teacher, w.other)
	require.Equal(t, models.KindNotFound, models.KindOf(err))
}

// TestStoredRunCannotBeEdited: a score changed in the database shows.
func TestStoredRunCannotBeEdited(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	p := w.pupil(w.class)
	n := newRun("self_protection-thcs", logOf("click", "report", "answer", "end"))
	_, err := w.l.RecordRun(ctx, p, n)
	require.NoError(t, err)
	w.exec(`UPDATE scenario_runs SET passed = 1, hard_spotted = 1, result = REPLACE(result, '"passed":false', '"passed":true') WHERE id = ?`, n.ID)
	d, err := w.l.MyRun(ctx, p, n.ID)
	require.NoError(t, err)
	require.False(t, d.Intact)
	run, err := w.l.regradeRun(ctx, w.db.Read(ctx), scenarioRun{ID: n.ID})
	require.NoError(t, err)
	require.Equal(t, scenarioRun{}, run)
}

// TestSameRunFromTwoDevices: the same request many times at once is one run.
func TestSameRunFromTwoDevices(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		p := w.pupil(w.class)
		n := newRun("self_protection-thcs", solved())
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { _, errs[i] = w.l.RecordRun(ctx, p, n) })
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, 1, w.count("SELECT COUNT(*) FROM scenario_runs"))
	})
}

// TestScenarioCompletesTheSkill: under rule 2 the run is the last thing missing, and the pass can be proved.
func TestScenarioCompletesTheSkill(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	w.ruleTwo()
	p := w.pupil(w.class)
	s := w.session("", p)
	for _, c := range testCatalog().Courses {
		w.lessons(p, c.Key)
		w.quiz(p, c.Key, s.ID, 10)
		require.Zero(t, w.count("SELECT COUNT(*) FROM certificates"))
		_, err := w.l.RecordRun(ctx, p, newRun(c.Key, solved()))
		require.NoError(t, err)
	}
	require.Equal(t, 5, w.passes(p))
	require.Equal(t, 1, w.count("SELECT COUNT(*) FROM certificates WHERE rule_version = 2"))
	report, err := w.l.CheckProofs(ctx, models.System())
	require.NoError(t, err)
	require.Equal(t, ProofReport{Certificates: 1, Persons: []models.ID{}, MissingPersons: []models.ID{}}, report)
	w.exec("UPDATE scenario_runs SET log = REPLACE(log, 'report', 'click') WHERE course_key = 'self_protection-thcs'")
	report, err = w.l.CheckProofs(ctx, models.System())
	require.NoError(t, err)
	require.Equal(t, 1, report.Broken)
	w.clock.Add(time.Hour)
}
