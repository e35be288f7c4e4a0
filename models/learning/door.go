package learning

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// SessionByCode finds the session that is open under a code on the wall, as it
// is typed. A wrong code, a code that can be none and a closed window are the
// same NotFound after the same statement.
func (l *Learning) SessionByCode(ctx context.Context, code string) (Session, error) {
	code, err := models.NormalizeCode(code)
	if err != nil || len(code) != sessionCode+1 {
		code = "?" // no code: the statement is made all the same
	}
	now := l.clock.Now()
	rows, err := sessionRows(l.db.Read(ctx).Raw(sessionSelect+"s.live_code = ? AND s.closed_at IS NULL AND s.closes_at > ?", code, now))
	if err != nil {
		return Session{}, err
	}
	if len(rows) == 0 {
		return Session{}, models.NotFound()
	}
	return rows[0].session(now), nil
}

// SessionByID reads a session for the program itself: nobody's reach is asked.
// The error is NotFound.
func (l *Learning) SessionByID(ctx context.Context, id models.ID) (Session, error) {
	rows, err := sessionRows(l.db.Read(ctx).Raw(sessionSelect+"s.id = ?", id))
	if err != nil {
		return Session{}, err
	}
	if len(rows) == 0 {
		return Session{}, models.NotFound()
	}
	return rows[0].session(l.clock.Now()), nil
}

// SessionFor reads a session of a class in which the actor may do the action.
// Out of reach is NotFound.
func (l *Learning) SessionFor(ctx context.Context, actor models.Actor, action models.Action, id models.ID) (Session, error) {
	row, err := sessionFor(l.db.Read(ctx), actor, action, id)
	if err != nil {
		return Session{}, err
	}
	return row.session(l.clock.Now()), nil
}

// Admit makes a pupil of the session's class a participant, once. Whoever calls
// it has made sure of the class.
func (l *Learning) Admit(ctx context.Context, session, person models.ID) error {
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO session_participants (session_id, person_id, joined_at) VALUES (?, ?, ?)", session, person, l.clock.Now()).Error
	})
	if store.IsDuplicate(err) {
		return nil
	}
	return err
}
