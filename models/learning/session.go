package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// How long a lesson session may be, in minutes: one lesson to half a day
// (issue 2, item 6). Extensions count.
const (
	shortestSession = 45
	longestSession  = 240
)

// sessionCode is the number of random characters of a code on the wall; one
// check character follows, so that a slip of the pen is caught.
const sessionCode = 5

// NewSession opens a lesson for a class. ID is made by the client: sending the
// same again answers as the first did. CourseKey empty: any course.
type NewSession struct {
	ID        models.ID
	ClassID   models.ID
	CourseKey string
	Minutes   int // 45..240
}

// Session is a teacher-opened window in which quizzes count.
type Session struct {
	ID         models.ID  `json:"id"`
	Code       string     `json:"code"` // six characters, for the wall
	ClassID    models.ID  `json:"class_id"`
	ClassName  string     `json:"class_name"`
	CourseKey  *string    `json:"course_key"`
	OpenedAt   time.Time  `json:"opened_at"`
	ClosesAt   time.Time  `json:"closes_at"`
	ReleasedAt *time.Time `json:"released_at"`
	State      string     `json:"state"` // open, closed
	// Invigilated: the teacher confirms who is there before a quiz may begin.
	Invigilated bool `json:"invigilated"`
}

type sessionRow struct {
	ID, ClassID          models.ID
	Code, ClassName      string
	CourseKey            *string
	OpenedAt, ClosesAt   time.Time
	ClosedAt, ReleasedAt *time.Time
	Invigilated          bool
}

const sessionSelect = `SELECT s.id, s.class_id, s.code, c.name AS class_name, s.course_key, s.opened_at, s.closes_at, s.closed_at, s.released_at, s.invigilated
	FROM lesson_sessions s JOIN school_classes c ON c.id = s.class_id WHERE `

// open tells whether the window is open now. A session whose time is over is
// closed even before the row says so.
func (r sessionRow) open(now time.Time) bool { return r.ClosedAt == nil && r.ClosesAt.After(now) }

func (r sessionRow) session(now time.Time) Session {
	s := Session{ID: r.ID, Code: r.Code, ClassID: r.ClassID, ClassName: r.ClassName, CourseKey: r.CourseKey,
		OpenedAt: r.OpenedAt.UTC(), ClosesAt: r.ClosesAt.UTC(), ReleasedAt: timeOf(r.ReleasedAt), State: "closed", Invigilated: r.Invigilated}
	if r.open(now) {
		s.State = "open"
	}
	return s
}

func sessionRows(q *gorm.DB) ([]sessionRow, error) {
	var rows []sessionRow
	err := q.Scan(&rows).Error
	return rows, err
}

// sessionFor reads a session of a class in which the actor may do the action;
// anything else is NotFound.
func sessionFor(tx *gorm.DB, actor models.Actor, action models.Action, id models.ID) (sessionRow, error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return sessionRow{}, err
	}
	where, args := place.CourseFilter(reach, "c.id", "s.course_key")
	rows, err := sessionRows(tx.Raw(sessionSelect+"s.id = ? AND "+where, append([]any{id}, args...)...))
	if err != nil {
		return sessionRow{}, err
	}
	if len(rows) == 0 {
		return sessionRow{}, models.NotFound()
	}
	return rows[0], nil
}

// OpenSession opens a lesson session for a class. Errors: NotFound for a class
// out of reach, also for one that the actor has for other courses only; Invalid fields body.id, body.minutes, body.course_key;
// Conflict "session_open" with the detail id of the class's open session;
// Conflict "id_taken".
func (l *Learning) OpenSession(ctx context.Context, actor models.Actor, n NewSession) (Session, error) {
	if n.ID.IsZero() {
		return Session{}, models.InvalidField("body.id", "required")
	}
	if n.Minutes < shortestSession || n.Minutes > longestSession {
		return Session{}, models.InvalidField("body.minutes", "out_of_range")
	}
	var courseKey *string
	if n.CourseKey != "" {
		if _, err := l.catalog.byKey(ctx, n.CourseKey); models.KindOf(err) == models.KindNotFound {
			return Session{}, models.InvalidField("body.course_key", "unknown")
		} else if err != nil {
			return Session{}, err
		}
		courseKey = &n.CourseKey
	}
	if _, err := classForCourse(l.db.Read(ctx), actor, models.ActRunSession, n.ClassID, n.CourseKey); err != nil {
		return Session{}, err
	}
	// Each round either opens the session or finds out what is in the way.
	for try := 0; ; try++ {
		code := models.NewCode(sessionCode)
		err := l.db.Tx(ctx, func(tx *gorm.DB) error {
			now := l.clock.Now()
			return tx.Exec(`INSERT INTO lesson_sessions (id, class_id, course_key, code, live_code, live_class, opened_by, opened_at, closes_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, n.ID, n.ClassID, courseKey, code, code, n.ClassID, actor.Account,
				now, now.Add(time.Duration(n.Minutes)*time.Minute)).Error
		})
		if err != nil && (!store.IsDuplicate(err) || try == 5) {
			return Session{}, err
		}
		s, again, err2 := l.openedOr(ctx, n, err == nil)
		if !again || err2 != nil {
			return s, err2
		}
	}
}

// openedOr reads the session that was just opened, or finds out why it was
// not; again is true when the obstacle is gone.
func (l *Learning) openedOr(ctx context.Context, n NewSession, opened bool) (s Session, again bool, err error) {
	now := l.clock.Now()
	rows, err := sessionRows(l.db.Read(ctx).Raw(sessionSelect+"s.id = ?", n.ID))
	if err != nil {
		return Session{}, false, err
	}
	if len(rows) == 1 {
		if rows[0].ClassID != n.ClassID {
			return Session{}, false, models.Conflict("id_taken")
		}
		return rows[0].session(now), false, nil
	}
	if opened {
		return Session{}, false, models.NotFound()
	}
	rows, err = sessionRows(l.db.Read(ctx).Raw(sessionSelect+"s.live_class = ?", n.ClassID))
	if err != nil || len(rows) == 0 {
		return Session{}, err == nil, err // the code was taken, or the session closed meanwhile
	}
	if rows[0].open(now) {
		return Session{}, false, models.Conflict("session_open").With("id", rows[0].ID.String())
	}
	return Session{}, true, l.closeSession(ctx, rows[0].ID, byDeadline)
}

// JoinSession lets a pupil into the open session of the own class by the code
// on the wall. A wrong code, a closed window and another class's code are all
// the same NotFound. Joining again does nothing.
func (l *Learning) JoinSession(ctx context.Context, actor models.Actor, code string) (Session, error) {
	person, err := learner(actor)
	if err != nil {
		return Session{}, err
	}
	code, err = models.NormalizeCode(code)
	if err != nil || len(code) != sessionCode+1 {
		return Session{}, models.NotFound()
	}
	now := l.clock.Now()
	rows, err := sessionRows(l.db.Read(ctx).Raw(sessionSelect+`s.live_code = ? AND s.closed_at IS NULL AND s.closes_at > ? AND EXISTS
		(SELECT 1 FROM enrolments e WHERE e.person_id = ? AND e.live = 1 AND e.class_id = s.class_id)`, code, now, person))
	if err != nil {
		return Session{}, err
	}
	if len(rows) == 0 {
		return Session{}, models.NotFound()
	}
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO session_participants (session_id, person_id, joined_at) VALUES (?, ?, ?)", rows[0].ID, person, now).Error
	})
	if err != nil && !store.IsDuplicate(err) {
		return Session{}, err
	}
	return rows[0].session(now), nil
}

// Extend moves the end of an open session and of the attempts in it, to at
// most four hours after its opening. Errors: NotFound; Invalid field
// body.minutes; Closed.
func (l *Learning) Extend(ctx context.Context, actor models.Actor, id models.ID, minutes int) (Session, error) {
	if minutes < 1 || minutes > longestSession {
		return Session{}, models.InvalidField("body.minutes", "out_of_range")
	}
	var out Session
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		row, err := sessionFor(tx, actor, models.ActRunSession, id)
		if err != nil {
			return err
		}
		if !row.open(now) {
			return models.Fail(models.KindClosed, "closed")
		}
		old := row.ClosesAt
		row.ClosesAt = old.Add(time.Duration(minutes) * time.Minute)
		if row.ClosesAt.Sub(row.OpenedAt) > longestSession*time.Minute {
			return models.InvalidField("body.minutes", "over_four_hours")
		}
		err = store.One(tx.Exec("UPDATE lesson_sessions SET closes_at = ? WHERE id = ? AND closed_at IS NULL AND closes_at = ?",
			row.ClosesAt, id, old), store.ErrRetry)
		if err != nil {
			return err
		}
		out = row.session(now)
		return l.extendAttempts(ctx, tx, id, old, row.ClosesAt)
	})
	return out, err
}

// extendAttempts gives the attempts that the old end would have cut off the
// rest of their quiz minutes.
func (l *Learning) extendAttempts(ctx context.Context, tx *gorm.DB, session models.ID, old, until time.Time) error {
	var rows []struct {
		ID           models.ID
		CourseHash   string
		StartedAt    time.Time
		ExtraSeconds int
		PausedAt     *time.Time
	}
	err := tx.Raw(`SELECT id, course_hash, started_at, extra_seconds, paused_at FROM attempts
		WHERE session_id = ? AND state = 'open' AND deadline_at <= ?`, session, old).Scan(&rows).Error
	if err != nil {
		return err
	}
	for _, r := range rows {
		c, err := l.catalog.version(ctx, r.CourseHash)
		if err != nil {
			return err
		}
		deadline := deadlineOf(r.StartedAt, c.Quiz.Minutes, r.ExtraSeconds, &until)
		if r.PausedAt != nil {
			deadline = until // its own end is set when it goes on
		}
		if err := tx.Exec("UPDATE attempts SET deadline_at = ? WHERE id = ? AND state = 'open'", deadline, r.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// CloseSession ends a session now and submits what its pupils have saved.
// Closing it again does nothing. Out of reach is NotFound.
func (l *Learning) CloseSession(ctx context.Context, actor models.Actor, id models.ID) (Session, error) {
	if _, err := sessionFor(l.db.Read(ctx), actor, models.ActRunSession, id); err != nil {
		return Session{}, err
	}
	if err := l.closeSession(ctx, id, byTeacher); err != nil {
		return Session{}, err
	}
	row, err := sessionFor(l.db.Read(ctx), actor, models.ActRunSession, id)
	return row.session(l.clock.Now()), err
}

// closeSession closes the row first, together with the deadlines of its
// attempts, so that CloseExpired finishes what a crash here leaves open.
func (l *Learning) closeSession(ctx context.Context, id models.ID, by string) error {
	return l.closeSessionFor(ctx, id, by, models.ID{})
}

// closeSessionFor is closeSession for a roll-over, which may be taken back;
// yearEnd zero: for anybody else. The old end is kept before it is overwritten:
// MySQL reads a column that was set before with its new value.
func (l *Learning) closeSessionFor(ctx context.Context, id models.ID, by string, yearEnd models.ID) error {
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		end := now
		if by == byDeadline {
			if err := tx.Raw("SELECT closes_at FROM lesson_sessions WHERE id = ?", id).Scan(&end).Error; err != nil {
				return err
			}
		}
		res := tx.Exec(`UPDATE lesson_sessions SET year_end = ?, was_until = closes_at, closed_at = ?,
			closes_at = CASE WHEN closes_at > ? THEN ? ELSE closes_at END, live_code = NULL, live_class = NULL
			WHERE id = ? AND closed_at IS NULL`, yearEnd, end, end, end, id)
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		return tx.Exec("UPDATE attempts SET deadline_at = ? WHERE session_id = ? AND state = 'open' AND deadline_at > ?", end, id, end).Error
	})
	if err != nil {
		return err
	}
	var open []models.ID
	if err := l.db.Read(ctx).Raw("SELECT id FROM attempts WHERE session_id = ? AND state = 'open'", id).Scan(&open).Error; err != nil {
		return err
	}
	_, err = l.finishAll(ctx, open, by)
	return err
}

// Release shows the results of a session's attempts before it is over. Out of
// reach is NotFound.
func (l *Learning) Release(ctx context.Context, actor models.Actor, id models.ID) (Session, error) {
	var out Session
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		row, err := sessionFor(tx, actor, models.ActTeach, id)
		if err != nil {
			return err
		}
		if row.ReleasedAt == nil {
			row.ReleasedAt = &now
			if err := tx.Exec("UPDATE lesson_sessions SET released_at = ? WHERE id = ? AND released_at IS NULL", now, id).Error; err != nil {
				return err
			}
		}
		out = row.session(now)
		return nil
	})
	return out, err
}
