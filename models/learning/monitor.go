package learning

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
)

// Participant is a pupil in a lesson session. Scores of quizzes being taken
// are not shown.
type Participant struct {
	PersonID models.ID `json:"person_id"`
	Name     string    `json:"name"`
	State    string    `json:"state"`    // in, working, done
	Answered int       `json:"answered"` // slots with an answer, of the attempt begun last
	Slots    int       `json:"slots"`
	Late     bool      `json:"late"`    // answers kept on the device came in after the end
	Awaited  bool      `json:"awaited"` // they may still come: keys wait for it unless released
}

// SessionDetail is a session with everybody in it.
type SessionDetail struct {
	Session
	Participants []Participant `json:"participants"` // by given name
}

// SessionDetail answers a session with its participants in four statements.
// Out of reach is NotFound.
func (l *Learning) SessionDetail(ctx context.Context, actor models.Actor, id models.ID) (SessionDetail, error) {
	db := l.db.Read(ctx)
	row, err := sessionFor(db, actor, models.ActRunSession, id)
	if err != nil {
		return SessionDetail{}, err
	}
	d := SessionDetail{Session: row.session(l.clock.Now())}
	if d.Participants, err = participants(db, id); err != nil {
		return d, err
	}
	return d, l.addLate(db, id, d.Participants)
}

func participants(db *gorm.DB, session models.ID) ([]Participant, error) {
	list := []Participant{}
	err := db.Raw(`SELECT p.id AS person_id, p.full_name AS name, 'in' AS state FROM session_participants j JOIN persons p ON p.id = j.person_id
		WHERE j.session_id = ? ORDER BY p.sort_key, p.id`, session).Scan(&list).Error
	if err != nil {
		return nil, err
	}
	var attempts []struct {
		PersonID        models.ID
		State           string
		Answered, Slots int
	}
	err = db.Raw(`SELECT a.person_id, a.state, a.slots, (SELECT COUNT(DISTINCT x.slot) FROM answers x
		WHERE x.attempt_id = a.id AND x.slot > 0 AND x.response <> '{}') AS answered
		FROM attempts a WHERE a.session_id = ? ORDER BY a.started_at, a.id`, session).Scan(&attempts).Error
	for _, a := range attempts {
		for i := range list {
			p := &list[i]
			if p.PersonID != a.PersonID {
				continue
			}
			p.State, p.Answered, p.Slots = "done", a.Answered, a.Slots
			if a.State == stateOpen {
				p.State = "working"
			}
		}
	}
	return list, err
}

// addLate marks whose answers came late and whose may still come.
func (l *Learning) addLate(db *gorm.DB, session models.ID, list []Participant) error {
	var rows []struct {
		PersonID models.ID
		Late     bool
	}
	err := db.Raw(`SELECT a.person_id, 1 AS late FROM attempts a WHERE a.session_id = ? AND a.late_at IS NOT NULL UNION
		SELECT a.person_id, 0 AS late FROM attempts a WHERE a.session_id = ? AND `+awaitedWhere,
		session, session, l.clock.Now().Add(-lateFor)).Scan(&rows).Error
	for _, r := range rows {
		for i := range list {
			if list[i].PersonID == r.PersonID {
				list[i].Late, list[i].Awaited = list[i].Late || r.Late, list[i].Awaited || !r.Late
			}
		}
	}
	return err
}

// Sessions lists the sessions of a class in the actor's reach, the last 100,
// newest first. Out of reach is NotFound.
func (l *Learning) Sessions(ctx context.Context, actor models.Actor, classID models.ID) ([]Session, error) {
	db := l.db.Read(ctx)
	_, open, err := classAnyhow(db, actor, models.ActReadClass, classID)
	if err != nil {
		return nil, err
	}
	rows, err := sessionRows(db.Raw(sessionSelect+"s.class_id = ? ORDER BY s.opened_at DESC, s.id DESC LIMIT 100", classID))
	list := []Session{}
	for _, r := range rows {
		key := ""
		if r.CourseKey != nil {
			key = *r.CourseKey
		}
		if open(key) {
			list = append(list, r.session(l.clock.Now()))
		}
	}
	return list, err
}
