package learning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/store"
)

// minTellingLog is how many entries a log must have for its times to tell two
// runs apart.
const minTellingLog = 4

// NewRun is a finished run as a device sends it. ID is made by the device and
// chooses the variant, so that a run can begin without the network; sending
// the same again answers as the first did. Rewound says that the run went on
// from a decision of an earlier one: it is practice and never counts.
type NewRun struct {
	ID           models.ID
	CourseKey    string
	ScenarioKey  string
	ScenarioHash string // the version that was played
	Mode         string
	Rewound      bool
	Log          []scenario.Entry
}

// RunHead is a finished run in a list. Counts tells whether it is what the rule
// of the completion paper asks for: played alone, passed, a hard lure spotted,
// nothing genuine rejected.
type RunHead struct {
	ID          models.ID `json:"id"`
	CourseKey   string    `json:"course_key"`
	ScenarioKey string    `json:"scenario_key"`
	Variant     string    `json:"variant"`
	Mode        string    `json:"mode"`
	Rewound     bool      `json:"rewound"`
	Percent     int       `json:"percent"`
	Passed      bool      `json:"passed"`
	Counts      bool      `json:"counts"`
	FinishedAt  time.Time `json:"finished_at"`
}

// Run is a finished run with its score.
type Run struct {
	RunHead
	Result scenario.Result `json:"result"`
}

// RunDetail is a run to be watched again: the version played, the log, the
// steps it led through.
type RunDetail struct {
	Run
	Scenario scenario.Scenario `json:"scenario"`
	Log      []scenario.Entry  `json:"log"`
	Steps    []scenario.Step   `json:"steps"`
	Intact   bool              `json:"intact"` // replaying the log gives the stored score and hash
}

// runRow is a run as stored.
type runRow struct {
	ID, PersonID                                       models.ID
	CourseKey, ScenarioKey, ScenarioHash, Name         string // Name: of the pupil, only in a class's list
	Variant, Mode, Log, Result, RunHash                string
	Rewound, Score, Passed, HardSpotted, LegitRejected int
	FinishedAt                                         time.Time
}

const storedRun = `SELECT id, person_id, course_key, scenario_key, scenario_hash, variant, mode, rewound, log, result, score, passed,
	hard_spotted, legit_rejected, run_hash, finished_at FROM scenario_runs WHERE `

func runRows(q *gorm.DB) ([]runRow, error) {
	var rows []runRow
	err := q.Scan(&rows).Error
	return rows, err
}

func (r runRow) head() RunHead {
	return RunHead{ID: r.ID, CourseKey: r.CourseKey, ScenarioKey: r.ScenarioKey, Variant: r.Variant, Mode: r.Mode, Rewound: r.Rewound == 1,
		Percent: r.Score, Passed: r.Passed == 1, FinishedAt: r.FinishedAt.UTC(),
		Counts: r.Mode == scenario.Alone && r.Passed == 1 && r.HardSpotted > 0 && r.LegitRejected == 0}
}

func (r runRow) run() (Run, error) {
	out := Run{RunHead: r.head()}
	if err := json.Unmarshal([]byte(r.Result), &out.Result); err != nil {
		return out, fmt.Errorf("result of run %s: %w", r.ID, err)
	}
	return out, nil
}

// hash binds the run to its person, version, variant, log and score.
func (r runRow) hash() string {
	sum := sha256.Sum256([]byte(r.ID.String() + "|" + r.PersonID.String() + "|" + r.CourseKey + "|" + r.ScenarioKey + "|" + r.ScenarioHash + "|" +
		r.Variant + "|" + r.Mode + "|" + r.Log + "|" + r.Result + "|" + r.FinishedAt.UTC().Format(time.RFC3339)))
	return hex.EncodeToString(sum[:])
}

// RecordRun replays a run's log on the version that was played, scores it and
// keeps it. The score is the server's alone. Errors: NotFound for a course
// without that scenario; Conflict "out_of_date" for a version that was never
// published here; Invalid fields body.id, body.mode, body.log ("unfinished",
// "too_long") and body.log[i] with the reason for which entry i cannot have
// been done; Conflict "log_reused" for a log that was sent before under
// another id; Conflict "id_taken" for the id of another run.
func (l *Learning) RecordRun(ctx context.Context, actor models.Actor, n NewRun) (Run, error) {
	person, err := learner(actor)
	if err != nil {
		return Run{}, err
	}
	if n.ID.IsZero() {
		return Run{}, models.InvalidField("body.id", "required")
	}
	m, err := l.machine(ctx, n.CourseKey, n.ScenarioKey, n.ScenarioHash)
	if err != nil {
		return Run{}, err
	}
	c, err := l.catalog.byKey(ctx, n.CourseKey)
	if err != nil {
		return Run{}, err
	}
	row, err := scored(m, person, n, l.clock.Now())
	if err != nil {
		return Run{}, err
	}
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		err := writeRun(tx, row, n.Log)
		if err != nil || !row.head().Counts {
			return err
		}
		return l.awardAfterScenario(ctx, tx, person, c, row.FinishedAt)
	})
	if store.IsDuplicate(err) {
		return l.recorded(ctx, row)
	}
	if err != nil {
		return Run{}, err
	}
	return row.run()
}

// writeRun writes a run; the unique index on the log's digest refuses one that
// was sent before.
func writeRun(tx *gorm.DB, row runRow, log []scenario.Entry) error {
	var digest any
	if len(log) >= minTellingLog {
		digest = scenario.Digest(log)
	}
	return tx.Exec(`INSERT INTO scenario_runs (id, person_id, course_key, scenario_key, scenario_hash, variant, mode, rewound, log, log_digest,
		result, score, passed, hard_spotted, legit_rejected, run_hash, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row.ID, row.PersonID, row.CourseKey, row.ScenarioKey, row.ScenarioHash, row.Variant, row.Mode, row.Rewound, row.Log, digest,
		row.Result, row.Score, row.Passed, row.HardSpotted, row.LegitRejected, row.RunHash, row.FinishedAt).Error
}

// scored replays a log and makes the row of it.
func scored(m *scenario.Machine, person models.ID, n NewRun, now time.Time) (runRow, error) {
	mode := n.Mode
	if n.Rewound && mode == scenario.Alone {
		mode = scenario.Assisted // going back to a decision is help
	}
	variant := m.PickVariant(n.ID)
	r, err := m.Replay(variant, mode, n.Log)
	var bad *scenario.BadEntry
	switch {
	case errors.As(err, &bad) && bad.Index < len(n.Log):
		return runRow{}, models.InvalidField(fmt.Sprintf("body.log[%d]", bad.Index), bad.Reason)
	case errors.As(err, &bad):
		return runRow{}, models.InvalidField("body.log", bad.Reason)
	case err != nil:
		return runRow{}, models.InvalidField("body.mode", "unknown")
	case !r.Ended:
		return runRow{}, models.InvalidField("body.log", "unfinished")
	}
	g := m.Grade(r)
	log, err := json.Marshal(n.Log)
	if err != nil {
		return runRow{}, err
	}
	result, err := json.Marshal(g)
	if err != nil {
		return runRow{}, err
	}
	row := runRow{ID: n.ID, PersonID: person, CourseKey: n.CourseKey, ScenarioKey: n.ScenarioKey, ScenarioHash: n.ScenarioHash, Variant: variant, Mode: mode,
		Log: string(log), Result: string(result), Score: g.Percent, Passed: flag(g.Passed), HardSpotted: g.HardFound,
		LegitRejected: len(g.LegitRejected), Rewound: flag(n.Rewound), FinishedAt: now}
	row.RunHash = row.hash()
	return row, nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// recorded answers a run that was sent before, or says what is in the way.
func (l *Learning) recorded(ctx context.Context, row runRow) (Run, error) {
	rows, err := runRows(l.db.Read(ctx).Raw(storedRun+"id = ?", row.ID))
	if err != nil {
		return Run{}, err
	}
	if len(rows) == 0 {
		return Run{}, models.Conflict("log_reused")
	}
	old := rows[0]
	if old.PersonID != row.PersonID || old.ScenarioHash != row.ScenarioHash || old.Log != row.Log || old.Rewound != row.Rewound {
		return Run{}, models.Conflict("id_taken")
	}
	return old.run()
}

// machine answers a version of a scenario made ready to run.
func (l *Learning) machine(ctx context.Context, courseKey, key, hash string) (*scenario.Machine, error) {
	c, err := l.catalog.byKey(ctx, courseKey)
	if err != nil {
		return nil, err
	}
	if s, ok := c.Scenario(key); ok && s.Hash == hash {
		return c.machines[key], nil
	}
	var rows []struct{ Doc string }
	err = l.db.Read(ctx).Raw("SELECT doc FROM scenario_versions WHERE hash = ?", hash).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	s := &scenario.Scenario{}
	if len(rows) > 0 {
		if err := json.Unmarshal([]byte(rows[0].Doc), s); err != nil {
			return nil, fmt.Errorf("scenario version %.12s: %w", hash, err)
		}
	}
	if s.Key == key && s.Course == courseKey {
		return scenario.NewMachine(s)
	}
	if _, ok := c.Scenario(key); !ok {
		return nil, models.NotFound()
	}
	return nil, models.Conflict("out_of_date")
}
