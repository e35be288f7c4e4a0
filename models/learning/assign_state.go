package learning

import (
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The states of an assignment for one pupil.
const (
	workNotStarted = "not_started"
	workInProgress = "in_progress"
	workDone       = "done"
	workOverdue    = "overdue" // over, and neither done; what is done is done
)

// runDone tells whether a person has a run of a scenario, and one that passed.
type runDone struct{ begun, passed bool }

// runKey names a scenario of a course.
type runKey struct{ course, scenario string }

// work is what one person has done, as far as assignments ask.
type work struct {
	courses map[string]courseStanding
	runs    map[runKey]runDone
	tried   map[tryKey]bool // questions of sets: whether one was answered rightly
}

// workOf reads what many persons have done, in four statements for each 500;
// sets are the question sets that are asked about.
func workOf(tx *gorm.DB, persons []models.ID, sets []string) (map[models.ID]work, error) {
	all, err := standings(tx, persons)
	if err != nil {
		return nil, err
	}
	out := make(map[models.ID]work, len(persons))
	for _, p := range persons {
		out[p] = work{courses: all[p], runs: map[runKey]runDone{}, tried: map[tryKey]bool{}}
	}
	if err := readTries(tx, out, persons, sets); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(persons, store.MaxRows) {
		var rows []struct {
			PersonID               models.ID
			CourseKey, ScenarioKey string
			Passed                 bool
		}
		err := tx.Raw(`SELECT person_id, course_key, scenario_key, MAX(passed) AS passed FROM scenario_runs
			WHERE person_id IN ? GROUP BY person_id, course_key, scenario_key`, part).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.PersonID].runs[runKey{r.CourseKey, r.ScenarioKey}] = runDone{begun: true, passed: r.Passed}
		}
	}
	return out, nil
}

// state is how far a person is with what an assignment asks: not_started,
// in_progress or done. Lessons that are no longer in the course are not asked
// for; c is nil for a course that is no longer published.
func (r assignmentRow) state(c *course, w work) string {
	s := w.courses[r.CourseKey]
	begun, done := s.touched, s.passed
	switch r.Kind {
	case AssignLessons:
		begun, done = false, c != nil
		for _, key := range r.parts() {
			if c != nil && c.lessons[key] == nil {
				continue
			}
			finished, opened := s.lessons[key]
			begun, done = begun || opened, done && finished
		}
	case AssignQuiz:
		begun = s.tried
	case AssignBank:
		begun, done = w.stateOfSet(c, r.CourseKey)
	case AssignScenario:
		run := runDone{}
		for _, key := range r.parts() {
			run = w.runs[runKey{r.CourseKey, key}]
		}
		begun, done = run.begun, run.passed
	}
	switch {
	case done:
		return workDone
	case begun:
		return workInProgress
	}
	return workNotStarted
}
