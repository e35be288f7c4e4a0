package learning

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Assignments lists what pupils of a class in the actor's reach are asked to
// do, the next end first. Out of reach is NotFound.
func (l *Learning) Assignments(ctx context.Context, actor models.Actor, classID models.ID) ([]Assignment, error) {
	db := l.db.Read(ctx)
	_, open, err := classAnyhow(db, actor, models.ActReadClass, classID)
	if err != nil {
		return nil, err
	}
	rows, err := assignmentRows(db.Raw(assignmentSelect+" WHERE a.removed_at IS NULL AND a.class_id = ? ORDER BY a.due_at, a.id", classID))
	if err != nil {
		return nil, err
	}
	return l.shown(ctx, db, openRows(rows, open))
}

// openRows leaves the assignments of courses that are the reader's.
func openRows(rows []assignmentRow, open func(string) bool) []assignmentRow {
	return slices.DeleteFunc(rows, func(r assignmentRow) bool { return !open(r.CourseKey) })
}

// shown turns rows into what a teacher sees, with titles, recipients and
// counts, in a fixed number of statements.
func (l *Learning) shown(ctx context.Context, db *gorm.DB, rows []assignmentRow) ([]Assignment, error) {
	_, current, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	named, err := namedPupils(db, rowIDs(rows))
	if err != nil {
		return nil, err
	}
	asked, err := recipientsOf(db, rowIDs(rows))
	if err != nil {
		return nil, err
	}
	did, err := workOf(db, allOf(asked), setsOf(rows))
	if err != nil {
		return nil, err
	}
	if current, err = l.withSets(ctx, current, rows); err != nil {
		return nil, err
	}
	list := make([]Assignment, len(rows))
	for i, r := range rows {
		c := current[r.CourseKey]
		list[i] = r.public(c, models.LangOf(ctx), named[r.ID])
		list[i].Total = len(asked[r.ID])
		for _, p := range asked[r.ID] {
			switch r.state(c, did[p.PersonID]) {
			case workDone:
				list[i].Done++
			case workInProgress:
				list[i].Begun++
			}
		}
	}
	return list, nil
}

func rowIDs(rows []assignmentRow) []models.ID {
	ids := make([]models.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}

// allOf lists the persons of several assignments, each once.
func allOf(asked map[models.ID][]pupilName) []models.ID {
	seen := map[models.ID]bool{}
	var list []models.ID
	for _, pupils := range asked {
		for _, p := range pupils {
			if !seen[p.PersonID] {
				seen[p.PersonID] = true
				list = append(list, p.PersonID)
			}
		}
	}
	return list
}

func (r assignmentRow) public(c *course, lang string, named []models.ID) Assignment {
	a := Assignment{ID: r.ID, ClassID: r.ClassID, Kind: r.Kind, CourseKey: r.CourseKey, Parts: r.parts(), Title: r.title(c, lang),
		Recipients: Recipients{To: r.Recipients, Persons: orEmpty(named)}, GroupName: r.GroupName, OpensAt: r.OpensAt.UTC(), DueAt: r.DueAt.UTC(),
		Attempts: r.Attempts, Release: r.Results, ReleasedAt: timeOf(r.ReleasedAt), Version: r.Version}
	if !r.GroupID.IsZero() {
		a.Recipients.GroupID = &r.GroupID
	}
	return a
}

// title is the name of what is asked: of the lesson or scenario where it is
// one, else of the course; empty for a course that is no longer published.
func (r assignmentRow) title(c *course, lang string) string {
	if c == nil {
		return ""
	}
	s, parts := standing{lang: lang}, r.parts()
	if len(parts) == 1 {
		if lesson := c.lessons[parts[0]]; lesson != nil && r.Kind == AssignLessons {
			return s.said(lesson.Title, lesson.TitleEN)
		}
		for i := range c.Scenarios {
			if x := &c.Scenarios[i]; r.Kind == AssignScenario && x.Key == parts[0] {
				return s.said(x.Title, x.TitleEN)
			}
		}
	}
	return s.said(c.Title, c.TitleEN)
}

// size is how long the work takes, in minutes, and what it loads, in bytes;
// zero bytes where that is not known beforehand.
func (r assignmentRow) size(c *course) (minutes, bytes int) {
	switch r.Kind {
	case AssignQuiz:
		return c.Quiz.Minutes, 0
	case AssignLessons:
		for _, key := range r.parts() {
			if v := c.view[key]; v != nil {
				minutes, bytes = minutes+v.Minutes, bytes+v.Bytes
			}
		}
		return minutes, bytes
	case AssignScenario:
		for i := range c.Scenarios {
			if parts := r.parts(); len(parts) == 1 && c.Scenarios[i].Key == parts[0] {
				return c.Scenarios[i].Minutes, len(c.scenarioJSON[parts[0]])
			}
		}
		return 0, 0
	case AssignBank:
		return len(c.Questions), c.summary.Bytes // a minute a question
	}
	return c.summary.Minutes, c.summary.Bytes
}

// HomeAssignment is an assignment as its pupil sees it. AttemptsLeft is nil
// where there is no limit; when it is 0, the quiz can be begun at home again
// after DueAt. BestPercent is the best quiz so far.
type HomeAssignment struct {
	ID           models.ID `json:"id"`
	Kind         string    `json:"kind"`
	CourseKey    string    `json:"course_key"`
	Parts        []string  `json:"parts"`
	Skill        string    `json:"skill"`
	Title        string    `json:"title"`
	ClassName    string    `json:"class_name"`
	OpensAt      time.Time `json:"opens_at"`
	DueAt        time.Time `json:"due_at"`
	Minutes      int       `json:"minutes"`
	Bytes        int       `json:"bytes"`
	AttemptsLeft *int      `json:"attempts_left"`
	BestPercent  *int      `json:"best_percent"`
	State        string    `json:"state"` // not_started, in_progress, done, overdue
}

// shownAfterDue is how long an assignment stays on the home page after its due
// date.
const shownAfterDue = 14 * 24 * time.Hour

// homeAssignments lists what the pupil is asked to do, the next end first. One
// that is over is left out while the same is asked again.
func (l *Learning) homeAssignments(ctx context.Context, db *gorm.DB, s standing, now time.Time) ([]HomeAssignment, error) {
	list := []HomeAssignment{}
	if s.pupil.ClassID.IsZero() {
		return list, nil
	}
	_, current, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := assignmentRows(db.Raw(assignmentSelect+addressedTo+` WHERE e.person_id = ? AND a.removed_at IS NULL AND a.opens_at <= ? AND a.due_at > ?
		ORDER BY a.due_at, a.id`, s.pupil.PersonID, now, now.Add(-shownAfterDue)))
	if err != nil || len(rows) == 0 {
		return list, err
	}
	did, err := workOf(db, []models.ID{s.pupil.PersonID}, setsOf(rows))
	if err != nil {
		return nil, err
	}
	if current, err = l.withSets(ctx, current, rows); err != nil {
		return nil, err
	}
	tries, err := triesOf(db, s.pupil.PersonID, rows)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		c := current[r.CourseKey]
		if c == nil || askedAgain(rows, r, now) {
			continue
		}
		state := r.state(c, did[s.pupil.PersonID])
		if state != workDone && !r.DueAt.After(now) {
			state = workOverdue
		}
		h := HomeAssignment{ID: r.ID, Kind: r.Kind, CourseKey: c.Key, Parts: r.parts(), Skill: c.Skill, Title: r.title(c, s.lang),
			ClassName: s.pupil.ClassName, OpensAt: r.OpensAt.UTC(), DueAt: r.DueAt.UTC(), State: state}
		h.Minutes, h.Bytes = r.size(c)
		if r.Attempts != nil && r.running(now) {
			left := max(*r.Attempts-tries[r.ID], 0)
			h.AttemptsLeft, h.BestPercent = &left, percentOf(s.done[c.Key].best)
		}
		list = append(list, h)
	}
	return list, nil
}

// askedAgain tells whether an assignment that is over is asked again by one
// that runs.
func askedAgain(rows []assignmentRow, r assignmentRow, now time.Time) bool {
	if r.DueAt.After(now) {
		return false
	}
	for _, o := range rows {
		if o.running(now) && o.sameWork(r) {
			return true
		}
	}
	return false
}
