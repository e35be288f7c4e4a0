package learning

import (
	"context"
	"encoding/json"
	"slices"

	"gorm.io/gorm"

	"nhaso/curriculum/scenario"
	"nhaso/models"
)

// Best is the best finished run of a scenario.
type Best struct {
	Mode    string `json:"mode"`
	Percent int    `json:"percent"`
	Passed  bool   `json:"passed"`
}

// ScenarioHead is a scenario in a list, with what its pupil has done in it.
// AlonePassed tells whether a run counts for the completion paper's rule.
type ScenarioHead struct {
	Key         string `json:"key"`
	Title       string `json:"title"`
	TitleEN     string `json:"title_en"`
	Summary     string `json:"summary"`
	SummaryEN   string `json:"summary_en"`
	Minutes     int    `json:"minutes"`
	Objective   string `json:"objective"`
	Hash        string `json:"hash"` // content address: the ETag
	Runs        int    `json:"runs"`
	Best        *Best  `json:"best"`
	AlonePassed bool   `json:"alone_passed"`
}

// Scenarios lists the scenarios of a course with the actor's own best runs. The
// error is NotFound for an unknown course.
func (l *Learning) Scenarios(ctx context.Context, actor models.Actor, courseKey string) ([]ScenarioHead, error) {
	person, err := learner(actor)
	if err != nil {
		return nil, err
	}
	c, err := l.catalog.byKey(ctx, courseKey)
	if err != nil {
		return nil, err
	}
	rows, err := runRows(l.db.Read(ctx).Raw(runHeads+"person_id = ? AND course_key = ?", person, courseKey))
	if err != nil {
		return nil, err
	}
	list := []ScenarioHead{}
	for _, s := range c.Scenarios {
		h := ScenarioHead{Key: s.Key, Title: s.Title, TitleEN: s.TitleEN, Summary: s.Summary, SummaryEN: s.SummaryEN, Minutes: s.Minutes,
			Objective: s.Objective, Hash: s.Hash}
		for _, r := range rows {
			if r.ScenarioKey != s.Key {
				continue
			}
			h.Runs++
			head := r.head()
			h.AlonePassed = h.AlonePassed || head.Counts
			if h.Best == nil || better(head, *h.Best) {
				h.Best = &Best{Mode: head.Mode, Percent: head.Percent, Passed: head.Passed}
			}
		}
		list = append(list, h)
	}
	return list, nil
}

// better prefers a passed run, then less help, then more points.
func better(r RunHead, b Best) bool {
	if r.Passed != b.Passed {
		return r.Passed
	}
	if a, b := slices.Index(scenario.Modes(), r.Mode), slices.Index(scenario.Modes(), b.Mode); a != b {
		return a > b
	}
	return r.Percent > b.Percent
}

// ScenarioDoc is a version of a scenario to be played: its JSON in the language
// of the request and the ETag of that; Hash names the version whatever the
// language.
type ScenarioDoc struct {
	JSON []byte
	ETag string
	Hash string
}

// ScenarioJSON answers the current version of a scenario for play. The error is
// NotFound for an unknown one.
func (l *Learning) ScenarioJSON(ctx context.Context, courseKey, key string) (ScenarioDoc, error) {
	c, err := l.catalog.byKey(ctx, courseKey)
	if err != nil {
		return ScenarioDoc{}, err
	}
	s, ok := c.Scenario(key)
	if !ok {
		return ScenarioDoc{}, models.NotFound()
	}
	said, err := l.catalog.spoken(ctx, c)
	if err != nil {
		return ScenarioDoc{}, err
	}
	doc := ScenarioDoc{JSON: said.scenarioJSON[key], ETag: s.Hash, Hash: s.Hash}
	if said != c {
		doc.ETag = digestOf(s.Hash + models.LangOf(ctx)) // another ETag; the version in the body stays
	}
	return doc, nil
}

// ScenarioVersion answers a version of a scenario that was published here, now
// or before, in the language it was written in: a run begun on it can be
// finished on it. Errors: NotFound for an unknown scenario; Conflict
// "out_of_date" for a version that was never published here.
func (l *Learning) ScenarioVersion(ctx context.Context, courseKey, key, hash string) (ScenarioDoc, error) {
	m, err := l.machine(ctx, courseKey, key, hash)
	if err != nil {
		return ScenarioDoc{}, err
	}
	doc, err := json.Marshal(m.ForPlay())
	return ScenarioDoc{JSON: doc, ETag: hash, Hash: hash}, err
}

// runHeads reads what lists need of a run: not its log.
const runHeads = `SELECT id, person_id, course_key, scenario_key, variant, mode, rewound, score, passed, hard_spotted, legit_rejected, finished_at
	FROM scenario_runs WHERE `

// shownRuns is the most runs a list answers.
const shownRuns = 200

// MyRuns lists the actor's latest finished runs, newest first, at most 200.
func (l *Learning) MyRuns(ctx context.Context, actor models.Actor) ([]RunHead, error) {
	person, err := learner(actor)
	if err != nil {
		return nil, err
	}
	return headsOf(l.db.Read(ctx).Raw(runHeads+"person_id = ? ORDER BY finished_at DESC, id DESC LIMIT ?", person, shownRuns))
}

func headsOf(q *gorm.DB) ([]RunHead, error) {
	rows, err := runRows(q)
	list := []RunHead{}
	for _, r := range rows {
		list = append(list, r.head())
	}
	return list, err
}

// MyRun answers one of the actor's own runs to be watched again; another's is
// NotFound.
func (l *Learning) MyRun(ctx context.Context, actor models.Actor, id models.ID) (RunDetail, error) {
	person, err := learner(actor)
	if err != nil {
		return RunDetail{}, err
	}
	return l.runDetail(ctx, storedRun+"id = ? AND person_id = ?", id, person)
}

// ClassRun is a run in a class's list.
type ClassRun struct {
	RunHead
	PersonID models.ID `json:"person_id"`
	Name     string    `json:"name"`
	Title    string    `json:"title"` // of the scenario as published now; empty when it is no more
	TitleEN  string    `json:"title_en"`
}

// ClassRuns lists the latest runs of a class's pupils, newest first, at most
// 200, for those who may read the class; another class is NotFound.
func (l *Learning) ClassRuns(ctx context.Context, actor models.Actor, classID models.ID) ([]ClassRun, error) {
	list := []ClassRun{}
	if _, err := classFor(l.db.Read(ctx), actor, models.ActReadClass, classID); err != nil {
		return nil, err
	}
	var rows []runRow
	err := l.db.Read(ctx).Raw(`SELECT r.id, r.person_id, r.course_key, r.scenario_key, r.variant, r.mode, r.rewound, r.score, r.passed, r.hard_spotted,
		r.legit_rejected, r.finished_at, p.full_name AS name FROM scenario_runs r JOIN persons p ON p.id = r.person_id
		JOIN enrolments e ON e.person_id = r.person_id AND e.live = 1 AND e.class_id = ?
		ORDER BY r.finished_at DESC, r.id DESC LIMIT ?`, classID, shownRuns).Scan(&rows).Error
	for _, r := range rows {
		run := ClassRun{RunHead: r.head(), PersonID: r.PersonID, Name: r.Name}
		if c, err := l.catalog.byKey(ctx, r.CourseKey); err == nil {
			if s, ok := c.Scenario(r.ScenarioKey); ok {
				run.Title, run.TitleEN = s.Title, s.TitleEN
			}
		}
		list = append(list, run)
	}
	return list, err
}

// ClassRun answers a run of a pupil of the class to be watched again; NotFound
// for a run of anybody else.
func (l *Learning) ClassRun(ctx context.Context, actor models.Actor, classID, id models.ID) (RunDetail, error) {
	if _, err := classFor(l.db.Read(ctx), actor, models.ActReadClass, classID); err != nil {
		return RunDetail{}, err
	}
	return l.runDetail(ctx, storedRun+`id = ? AND person_id IN (SELECT e.person_id FROM enrolments e WHERE e.class_id = ? AND e.live = 1)`, id, classID)
}

// runDetail replays a stored run.
func (l *Learning) runDetail(ctx context.Context, query string, args ...any) (RunDetail, error) {
	rows, err := runRows(l.db.Read(ctx).Raw(query, args...))
	if err != nil {
		return RunDetail{}, err
	}
	if len(rows) == 0 {
		return RunDetail{}, models.NotFound()
	}
	row := rows[0]
	run, err := row.run()
	if err != nil {
		return RunDetail{}, err
	}
	m, err := l.machine(ctx, row.CourseKey, row.ScenarioKey, row.ScenarioHash)
	if err != nil {
		return RunDetail{}, err
	}
	d := RunDetail{Run: run, Scenario: m.ForPlay()}
	if err := json.Unmarshal([]byte(row.Log), &d.Log); err != nil {
		return RunDetail{}, err
	}
	replayed, err := m.Replay(row.Variant, row.Mode, d.Log)
	if err != nil {
		return d, nil // the log no longer replays: shown as not intact
	}
	d.Steps = replayed.Steps
	d.Intact = row.intact(m, replayed)
	return d, nil
}

// intact tells whether a replay gives the stored score and hash.
func (r runRow) intact(m *scenario.Machine, replayed *scenario.Run) bool {
	again, err := json.Marshal(m.Grade(replayed))
	return err == nil && string(again) == r.Result && r.hash() == r.RunHash
}

// regradeRun replays a stored run on the version that was played: the part of
// a proof that a pass under rule 2 rests on. The zero run says that it does
// not come out as it is stored.
func (l *Learning) regradeRun(ctx context.Context, tx *gorm.DB, run scenarioRun) (scenarioRun, error) {
	rows, err := runRows(tx.Raw(storedRun+"id = ?", run.ID))
	if err != nil || len(rows) == 0 {
		return scenarioRun{}, err
	}
	row := rows[0]
	m, err := l.machine(ctx, row.CourseKey, row.ScenarioKey, row.ScenarioHash)
	if kind := models.KindOf(err); kind == models.KindNotFound || kind == models.KindConflict {
		return scenarioRun{}, nil // a version that was never published
	}
	if err != nil {
		return scenarioRun{}, err
	}
	var log []scenario.Entry
	if json.Unmarshal([]byte(row.Log), &log) != nil {
		return scenarioRun{}, nil
	}
	replayed, err := m.Replay(row.Variant, row.Mode, log)
	if err != nil || !row.intact(m, replayed) {
		return scenarioRun{}, nil
	}
	g := m.Grade(replayed)
	return scenarioRun{ID: row.ID, PersonID: row.PersonID, CourseKey: row.CourseKey, ScenarioHash: row.ScenarioHash, Mode: row.Mode,
		Passed: g.Passed, HardSpotted: g.HardFound, LegitRejected: len(g.LegitRejected)}, nil
}
