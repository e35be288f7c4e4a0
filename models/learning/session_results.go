package learning

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// SessionResult is one quiz of a lesson session, or a pupil who was there and
// took none. The figures of a quiz that is still being taken are left out: they
// are no results, and no average may count them.
type SessionResult struct {
	PersonID    models.ID  `json:"person_id"`
	Name        string     `json:"name"`
	State       string     `json:"state"`  // in, open, submitted, closed
	Course      string     `json:"course"` // title; empty without a quiz
	CourseKey   string     `json:"course_key"`
	StartedAt   *time.Time `json:"started_at"`
	SubmittedAt *time.Time `json:"submitted_at"`
	Slots       int        `json:"slots"`
	Correct     *int       `json:"correct"` // slots with the full score
	Percent     *int       `json:"percent"`
	Passed      *bool      `json:"passed"`
	Late        bool       `json:"late"` // answers came in after the end: made without a network
}

// SessionResults answers the results of a lesson session for its teacher, by
// given name, released or not. Out of reach is NotFound.
func (l *Learning) SessionResults(ctx context.Context, actor models.Actor, id models.ID) (Session, []SessionResult, error) {
	db := l.db.Read(ctx)
	session, err := sessionFor(db, actor, models.ActReadClass, id)
	if err != nil {
		return Session{}, nil, err
	}
	var people []struct {
		PersonID models.ID
		Name     string
	}
	err = db.Raw(`SELECT p.id AS person_id, p.full_name AS name FROM session_participants j JOIN persons p ON p.id = j.person_id
		WHERE j.session_id = ? ORDER BY p.sort_key, p.id`, id).Scan(&people).Error
	if err != nil {
		return Session{}, nil, err
	}
	attempts, err := sessionAttempts(db, id)
	if err != nil {
		return Session{}, nil, err
	}
	list := []SessionResult{}
	for _, p := range people {
		if len(attempts[p.PersonID]) == 0 {
			list = append(list, SessionResult{PersonID: p.PersonID, Name: p.Name, State: "in"})
		}
		for _, a := range attempts[p.PersonID] {
			c, err := l.catalog.version(ctx, a.CourseHash)
			if err != nil {
				return Session{}, nil, err
			}
			r, err := a.result()
			if err != nil {
				return Session{}, nil, err
			}
			r.Name, r.Course = p.Name, c.Title
			list = append(list, r)
		}
	}
	return session.session(l.clock.Now()), list, nil
}

// sessionAttempt is an attempt with the version of its course.
type sessionAttempt struct {
	Row        attemptRow `gorm:"embedded"`
	PersonID   models.ID
	CourseHash string
}

func sessionAttempts(db *gorm.DB, session models.ID) (map[models.ID][]sessionAttempt, error) {
	var rows []sessionAttempt
	err := db.Raw(`SELECT a.id, a.person_id, a.course_key, a.course_hash, a.state, a.slots, a.started_at, a.submitted_at, a.score, a.passed,
		a.result, a.late_at FROM attempts a WHERE a.session_id = ? ORDER BY a.started_at, a.id`, session).Scan(&rows).Error
	byPerson := map[models.ID][]sessionAttempt{}
	for _, r := range rows {
		byPerson[r.PersonID] = append(byPerson[r.PersonID], r)
	}
	return byPerson, err
}

func (a sessionAttempt) result() (SessionResult, error) {
	r := SessionResult{PersonID: a.PersonID, State: a.Row.State, CourseKey: a.Row.CourseKey, StartedAt: timeOf(&a.Row.StartedAt), Slots: a.Row.Slots,
		Late: a.Row.LateAt != nil}
	if a.Row.State == stateOpen {
		return r, nil
	}
	r.SubmittedAt, r.Percent = timeOf(a.Row.SubmittedAt), percentOf(a.Row.Score)
	if a.Row.Passed != nil {
		passed := *a.Row.Passed == 1
		r.Passed = &passed
	}
	if a.Row.Result != nil {
		var slots []slotResult
		if err := json.Unmarshal([]byte(*a.Row.Result), &slots); err != nil {
			return r, err
		}
		n := 0
		for _, s := range slots {
			if s.Score == full {
				n++
			}
		}
		r.Correct = &n
	}
	return r, nil
}
