package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// scenarioRun is a finished run of a scenario as far as the rule asks.
type scenarioRun struct {
	ID            models.ID
	PersonID      models.ID
	CourseKey     string
	ScenarioHash  string
	Mode          string
	Passed        bool
	HardSpotted   int
	LegitRejected int
}

// modeAlone is the mode without help, the only one that proves anything.
const modeAlone = "alone"

const runSelect = `SELECT id, person_id, course_key, scenario_hash, mode, passed, hard_spotted, legit_rejected FROM scenario_runs WHERE `

// bestFirst puts first the run that a rule takes if it takes any: nothing
// genuine refused, then the most hard lures.
const bestFirst = ` ORDER BY legit_rejected, hard_spotted DESC, score DESC, finished_at, id`

// into writes what the run shows into the evidence of a skill.
func (r scenarioRun) into(e *certificate.Evidence) {
	e.ScenarioRunID, e.ScenarioHash = r.ID, r.ScenarioHash
	e.ScenarioAlone, e.ScenarioPassed = r.Mode == modeAlone, r.Passed
	e.HardSpotted, e.LegitRejected = r.HardSpotted, r.LegitRejected
}

// evidence is what the run alone shows.
func (r scenarioRun) evidence() (e certificate.Evidence) {
	r.into(&e)
	return e
}

// bestScenario adds the person's best run of the course to the evidence, if
// the rule asks for one.
func bestScenario(tx *gorm.DB, rule certificate.Rule, e *certificate.Evidence) error {
	if !rule.NeedScenario {
		return nil
	}
	var rows []scenarioRun
	err := tx.Raw(runSelect+`person_id = ? AND course_key = ? AND mode = ? AND passed = 1`+bestFirst+` LIMIT 1`,
		e.PersonID, e.CourseKey, modeAlone).Scan(&rows).Error
	if len(rows) == 1 {
		rows[0].into(e)
	}
	return err
}

// runOf names the runs of a person in a course.
type runOf struct {
	person models.ID
	course string
}

// bestScenarios is bestScenario for many persons in one statement.
func bestScenarios(tx *gorm.DB, rule certificate.Rule, persons []models.ID, courses []string) (map[runOf]scenarioRun, error) {
	if !rule.NeedScenario || len(persons) == 0 || len(courses) == 0 {
		return nil, nil
	}
	var rows []scenarioRun
	err := tx.Raw(runSelect+`person_id IN ? AND course_key IN ? AND mode = ? AND passed = 1`+bestFirst, persons, courses, modeAlone).Scan(&rows).Error
	best := make(map[runOf]scenarioRun, len(rows))
	for _, r := range rows {
		key := runOf{r.PersonID, r.CourseKey}
		if _, better := best[key]; !better {
			best[key] = r
		}
	}
	return best, err
}

// awardAfterScenario looks, in the transaction that stores a finished run, for
// a quiz and lessons that only waited for it. Call it after the run's INSERT.
func (l *Learning) awardAfterScenario(ctx context.Context, tx *gorm.DB, person models.ID, c *course, now time.Time) error {
	if l.away {
		return nil
	}
	rule, err := certificate.ActiveRule(tx, now)
	if err != nil || !rule.NeedScenario {
		return err
	}
	return l.awardFromBest(ctx, tx, rule, person, c, now)
}

// awardFromBest awards a skill from what lies in the database already: the
// best quiz of a session, the lessons and the best run. It marks the guard row
// after reading, so that of a quiz, a lesson and a run that finish at one
// moment at least one sees the other two.
func (l *Learning) awardFromBest(ctx context.Context, tx *gorm.DB, rule certificate.Rule, person models.ID, c *course, now time.Time) error {
	rows, err := attemptRows(tx.Raw(attemptSelect+`person_id = ? AND course_key = ? AND session_id IS NOT NULL AND score IS NOT NULL
		ORDER BY score DESC, submitted_at LIMIT 1`, person, c.Key))
	if err != nil {
		return err
	}
	replaced, err := bestReplaced(tx, person, c.Key)
	if err != nil {
		return err
	}
	if err := touchGuard(tx, person, c.Key); err != nil || len(rows) == 0 {
		return err
	}
	id, score, hash := rows[0].ID, *rows[0].Score, rows[0].ResultHash
	if replaced != nil && replaced.OldScore > score {
		id, score, hash = replaced.AttemptID, replaced.OldScore, replaced.OldHash
	}
	f, err := l.attemptIn(ctx, tx, id)
	if err != nil {
		return err
	}
	e := f.evidence(score, hash)
	if e.LessonsDone, err = lessonsDone(tx, person, f.course); err != nil {
		return err
	}
	if err := bestScenario(tx, rule, &e); err != nil {
		return err
	}
	if ok, _ := rule.Meets(e); !ok {
		return nil
	}
	return award(tx, rule, e, now)
}

// mayFollow tells whether what is missing can still arrive from another
// transaction of this moment: the last lesson or a scenario run.
func mayFollow(why []string) bool {
	for _, w := range why {
		if w != certificate.WhyLessons && w != certificate.WhyScenario {
			return false
		}
	}
	return len(why) > 0
}
