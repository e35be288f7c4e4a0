package learning

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Why a teacher ends the quiz of one pupil: categories only, never a word about
// health or the family.
var endReasons = []string{"left_room", "not_own_work", "technical", "other"}

// paused is the answer to what cannot be done while an attempt is stopped.
func paused() error {
	return &models.Error{Kind: models.KindLocked, Code: "paused", RetryAfter: 5}
}

// decision is one line of the record of a session.
type decision struct {
	session, person, attempt models.ID // zero: of the whole session; without an attempt
	kind, reason             string
	by                       models.ID // account
}

// Decision is a line of the record as it is read.
type Decision struct {
	Name      string    `json:"name"`       // the pupil, empty: the whole session
	Kind      string    `json:"kind"`       // invigilated, open_to_all, confirm, pause, resume, end, alert_accepted, alert_replaced, alert_refused, helped
	Reason    string    `json:"reason"`     // category, empty where none is asked
	DecidedBy string    `json:"decided_by"` // name of the account
	DecidedAt time.Time `json:"decided_at"`
}

// record writes one line. It is part of the transaction that decides.
func (l *Learning) record(tx *gorm.DB, d decision) error {
	now := l.clock.Now()
	none := func(id models.ID) *models.ID {
		if id.IsZero() {
			return nil
		}
		return &id
	}
	return tx.Exec(`INSERT INTO session_decisions (id, session_id, person_id, attempt_id, kind, reason, decided_by, decided_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, models.NewID(now), d.session, none(d.person), none(d.attempt), d.kind, d.reason, none(d.by), now).Error
}

// Decisions lists what was decided in a session, oldest first. Out of reach is
// NotFound.
func (l *Learning) Decisions(ctx context.Context, actor models.Actor, id models.ID) ([]Decision, error) {
	db := l.db.Read(ctx)
	if _, err := sessionFor(db, actor, models.ActRunSession, id); err != nil {
		return nil, err
	}
	list := []Decision{}
	err := db.Raw(`SELECT COALESCE(p.full_name, '') AS name, d.kind, d.reason, COALESCE(a.display_name, '') AS decided_by, d.decided_at
		FROM session_decisions d LEFT JOIN persons p ON p.id = d.person_id LEFT JOIN accounts a ON a.id = d.decided_by
		WHERE d.session_id = ? ORDER BY d.decided_at, d.id LIMIT 2000`, id).Scan(&list).Error
	for i := range list {
		list[i].DecidedAt = list[i].DecidedAt.UTC()
	}
	return list, err
}

// SetInvigilated chooses whether the teacher confirms who is there before a
// quiz may begin. Errors: NotFound; Closed; Conflict "attempts_begun" once a
// quiz of the session has begun.
func (l *Learning) SetInvigilated(ctx context.Context, actor models.Actor, id models.ID, on bool) (Session, error) {
	var out Session
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		row, err := openFor(tx, actor, id, now)
		if err != nil {
			return err
		}
		if row.Invigilated != on {
			var begun int
			if err := tx.Raw("SELECT COUNT(*) FROM attempts WHERE session_id = ?", id).Scan(&begun).Error; err != nil {
				return err
			}
			if begun > 0 {
				return models.Conflict("attempts_begun")
			}
			if err := tx.Exec("UPDATE lesson_sessions SET invigilated = ? WHERE id = ?", bit(on), id).Error; err != nil {
				return err
			}
			kind := "open_to_all"
			if on {
				kind = "invigilated"
			}
			if err := l.record(tx, decision{session: id, kind: kind, by: actor.Account}); err != nil {
				return err
			}
		}
		row.Invigilated = on
		out = row.session(now)
		return nil
	})
	return out, err
}

// openFor reads an open session in which the actor teaches.
func openFor(tx *gorm.DB, actor models.Actor, id models.ID, now time.Time) (sessionRow, error) {
	row, err := sessionFor(tx, actor, models.ActRunSession, id)
	if err == nil && !row.open(now) {
		err = models.Fail(models.KindClosed, "closed")
	}
	return row, err
}

// ConfirmPresence says that pupils who have joined are in the room: those
// named, or with nobody named all who are in. Confirming twice does nothing;
// somebody who has not joined is passed over. It answers how many are confirmed
// by this. Errors: NotFound; Closed.
func (l *Learning) ConfirmPresence(ctx context.Context, actor models.Actor, id models.ID, persons []models.ID) (n int, err error) {
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		n = 0
		now := l.clock.Now()
		if _, err := openFor(tx, actor, id, now); err != nil {
			return err
		}
		q := tx.Raw("SELECT person_id FROM session_participants WHERE session_id = ? AND confirmed_at IS NULL ORDER BY person_id", id)
		if len(persons) > 0 {
			q = tx.Raw("SELECT person_id FROM session_participants WHERE session_id = ? AND confirmed_at IS NULL AND person_id IN ? ORDER BY person_id", id, persons)
		}
		var rows []struct{ PersonID models.ID }
		if err := q.Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			res := tx.Exec("UPDATE session_participants SET confirmed_at = ? WHERE session_id = ? AND person_id = ? AND confirmed_at IS NULL", now, id, r.PersonID)
			if res.Error != nil {
				return res.Error
			}
			if res.RowsAffected == 0 {
				continue // confirmed meanwhile by another
			}
			n++
			if err := l.record(tx, decision{session: id, person: r.PersonID, kind: "confirm", by: actor.Account}); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// openAttemptRow is an open attempt of a session as an invigilator changes it.
type openAttemptRow struct {
	ID, PersonID          models.ID
	CourseHash            string
	StartedAt, DeadlineAt time.Time
	PausedAt              *time.Time
	ExtraSeconds, Marks   int
}

// openAttempts reads the open attempts of a session, of one pupil or of all.
func openAttempts(tx *gorm.DB, session models.ID, person models.ID) ([]openAttemptRow, error) {
	var rows []openAttemptRow
	err := tx.Raw(`SELECT id, person_id, course_hash, started_at, deadline_at, paused_at, extra_seconds, marks FROM attempts
		WHERE session_id = ? AND state = 'open' ORDER BY id`, session).Scan(&rows).Error
	if !person.IsZero() {
		rows = slices.DeleteFunc(rows, func(r openAttemptRow) bool { return r.PersonID != person })
	}
	return rows, err
}

// Pause stops (or lets go on) the open quizzes of one pupil of an invigilated
// session, or of all with the zero person. What was sent before is kept; what
// comes later waits on the pupil's device. When it goes on, the end moves by
// the time it stood, and the session's end with it, to at most four hours after
// its opening. It answers how many it changed; a repeat changes none. Errors:
// NotFound; Closed; Conflict "not_invigilated".
func (l *Learning) Pause(ctx context.Context, actor models.Actor, id, person models.ID, stop bool) (n int, err error) {
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		n = 0
		now := l.clock.Now()
		s, err := openFor(tx, actor, id, now)
		if err != nil {
			return err
		}
		if !s.Invigilated {
			return models.Conflict("not_invigilated")
		}
		rows, err := openAttempts(tx, id, person)
		if err != nil {
			return err
		}
		for _, r := range rows {
			// One that is over and not yet ended stays over.
			if (r.PausedAt != nil) == stop || over(r.DeadlineAt, now) {
				continue
			}
			if err := l.pauseOne(ctx, tx, &s, r, stop, now); err != nil {
				return err
			}
			n++
			kind := "resume"
			if stop {
				kind = "pause"
			}
			if err := l.record(tx, decision{session: id, person: r.PersonID, attempt: r.ID, kind: kind, by: actor.Account}); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// pauseOne stops or resumes one attempt; s.ClosesAt moves on with it.
func (l *Learning) pauseOne(ctx context.Context, tx *gorm.DB, s *sessionRow, r openAttemptRow, stop bool, now time.Time) error {
	const where = " WHERE id = ? AND state = 'open' AND marks = ?"
	if stop {
		// While it stands only the end of the session ends it.
		return store.One(tx.Exec("UPDATE attempts SET paused_at = ?, deadline_at = ?, marks = marks + 1"+where, now, s.ClosesAt, r.ID, r.Marks), store.ErrRetry)
	}
	c, err := l.catalog.version(ctx, r.CourseHash)
	if err != nil {
		return err
	}
	extra := r.ExtraSeconds + int(now.Sub(*r.PausedAt).Seconds())
	if err := s.reach(tx, deadlineOf(r.StartedAt, c.Quiz.Minutes, extra, nil)); err != nil {
		return err
	}
	return store.One(tx.Exec("UPDATE attempts SET paused_at = NULL, deadline_at = ?, extra_seconds = ?, marks = marks + 1"+where,
		deadlineOf(r.StartedAt, c.Quiz.Minutes, extra, &s.ClosesAt), extra, r.ID, r.Marks), store.ErrRetry)
}

// reach lets an open session last until an instant, at most four hours.
func (r *sessionRow) reach(tx *gorm.DB, until time.Time) error {
	if most := r.OpenedAt.UTC().Add(longestSession * time.Minute); until.After(most) {
		until = most
	}
	if !until.After(r.ClosesAt) {
		return nil
	}
	err := store.One(tx.Exec("UPDATE lesson_sessions SET closes_at = ? WHERE id = ? AND closed_at IS NULL AND closes_at = ?", until, r.ID, r.ClosesAt), store.ErrRetry)
	r.ClosesAt = until
	return err
}

// EndFor ends the open quiz of one pupil with what was saved. name is what the
// teacher typed to confirm: the pupil's name, marks and case aside. An attempt
// that is over already stays as it is. Errors: NotFound for the session or a
// pupil without a quiz in it; Closed; Invalid fields body.name
// ("does_not_match"), body.reason.
func (l *Learning) EndFor(ctx context.Context, actor models.Actor, id, person models.ID, name, reason string) error {
	if !slices.Contains(endReasons, reason) {
		return models.InvalidField("body.reason", "unknown")
	}
	var open []openAttemptRow
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		if _, err := openFor(tx, actor, id, now); err != nil {
			return err
		}
		if err := sameName(tx, id, person, name); err != nil {
			return err
		}
		var err error
		if open, err = openAttempts(tx, id, person); err != nil {
			return err
		}
		for _, r := range open {
			// From now on nothing is taken; whatever crashes here, the clock ends it.
			err := store.One(tx.Exec(`UPDATE attempts SET deadline_at = ?, paused_at = NULL, marks = marks + 1
				WHERE id = ? AND state = 'open' AND marks = ?`, now, r.ID, r.Marks), store.ErrRetry)
			if err != nil {
				return err
			}
			if err := l.record(tx, decision{session: id, person: person, attempt: r.ID, kind: "end", reason: reason, by: actor.Account}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]models.ID, len(open))
	for i, r := range open {
		ids[i] = r.ID
	}
	_, err = l.finishAll(ctx, ids, byTeacher)
	return err
}

// sameName compares what was typed with the name of a pupil who has a quiz in
// the session.
func sameName(tx *gorm.DB, session, person models.ID, name string) error {
	var names []string
	err := tx.Raw(`SELECT DISTINCT p.name_fold FROM persons p JOIN attempts a ON a.person_id = p.id WHERE a.session_id = ? AND p.id = ?`,
		session, person).Scan(&names).Error
	switch {
	case err != nil:
		return err
	case len(names) == 0:
		return models.NotFound()
	case models.Fold(name) != names[0]:
		return models.InvalidField("body.name", "does_not_match")
	}
	return nil
}
