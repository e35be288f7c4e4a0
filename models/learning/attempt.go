package learning

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The states of an attempt: open; submitted by the pupil; closed with what was
// saved, because its time or its session was over.
const (
	stateOpen      = "open"
	stateSubmitted = "submitted"
	stateClosed    = "closed"
)

// Who ended an attempt.
const (
	byPupil    = "pupil"
	byTeacher  = "teacher"
	byDeadline = "deadline"
)

// grace is how long after the deadline an answer is still taken: what was
// given at the last second is on its way.
const grace = 5 * time.Second

// NewAttempt starts a quiz. ID is made by the client: sending the same again
// answers the same attempt. SessionID zero: at home, for practice.
type NewAttempt struct {
	ID        models.ID
	CourseKey string
	SessionID models.ID
}

// AnswerView is the latest answer of a slot.
type AnswerView struct {
	Slot     int      `json:"slot"`
	Seq      int      `json:"seq"`
	Response Response `json:"response"`
}

// Attempt is a quiz being taken, with everything needed to go on with it on
// another device, and nothing that tells right from wrong.
type Attempt struct {
	ID          models.ID      `json:"id"`
	CourseKey   string         `json:"course_key"`
	CourseTitle string         `json:"course_title"`
	Counts      bool           `json:"counts"` // taken inside a lesson session
	State       string         `json:"state"`  // open, submitted, closed
	StartedAt   time.Time      `json:"started_at"`
	DeadlineAt  time.Time      `json:"deadline_at"`
	SubmittedAt *time.Time     `json:"submitted_at"`
	Items       []QuestionView `json:"items"`
	Answers     []AnswerView   `json:"answers"`
	LastSeq     int            `json:"last_seq"`
	CurrentSlot int            `json:"current_slot"`
	ReadAloud   bool           `json:"read_aloud"` // questions are offered to be read out
	Seal        string         `json:"seal"`       // goes into the file of a quiz that cannot be sent
}

// attemptRow is what changes of an attempt.
type attemptRow struct {
	ID          models.ID
	CourseKey   string
	SessionID   models.ID
	State       string
	Position    int
	Slots       int
	StartedAt   time.Time
	DeadlineAt  time.Time
	SubmittedAt *time.Time
	Score       *int
	Passed      *int
	Result      *string
	ResultHash  string
	LateAt      *time.Time
	KeysSeenAt  *time.Time
	Extra       int `gorm:"column:extra_seconds"`
	ReadAloud   bool
}

const attemptSelect = `SELECT id, course_key, session_id, state, position, slots, started_at, deadline_at, submitted_at, score, passed,
	result, result_hash, late_at, keys_seen_at, extra_seconds,
	COALESCE((SELECT o.read_aloud FROM accommodations o WHERE o.person_id = attempts.person_id), 0) AS read_aloud FROM attempts WHERE `

func attemptRows(q *gorm.DB) ([]attemptRow, error) {
	var rows []attemptRow
	err := q.Scan(&rows).Error
	return rows, err
}

// over tells whether the attempt's time is over.
func over(deadline, now time.Time) bool { return now.After(deadline.Add(grace)) }

// deadlineOf is the end of a quiz: its minutes and what the pupil has beyond
// them (an accommodation, pauses), or the end of the session.
func deadlineOf(started time.Time, minutes, extraSeconds int, session *time.Time) time.Time {
	end := started.UTC().Add(time.Duration(minutes)*time.Minute + time.Duration(extraSeconds)*time.Second)
	if session != nil && session.Before(end) {
		return session.UTC()
	}
	return end
}

// StartAttempt draws a quiz by the course's blueprint and freezes it. It
// counts only inside an open lesson session of the pupil's own class that the
// pupil has joined and that is for this course or for any. Errors: NotFound
// for the course or the session; Closed for a session that is over; Invalid
// field body.course_key when the course is not the one of the pupil's grade,
// or not the session's; Conflict "not_confirmed" in an invigilated session
// until the teacher has confirmed that the pupil is there; Conflict "attempt_open" with the detail id of the
// attempt of this course that is still open; Conflict "id_taken".
func (l *Learning) StartAttempt(ctx context.Context, actor models.Actor, n NewAttempt) (Attempt, error) {
	person, err := learner(actor)
	if err != nil {
		return Attempt{}, err
	}
	if n.ID.IsZero() {
		return Attempt{}, models.InvalidField("body.id", "required")
	}
	c, err := l.catalog.byKey(ctx, n.CourseKey)
	if err != nil {
		return Attempt{}, err
	}
	now := l.clock.Now()
	var end *time.Time
	if !n.SessionID.IsZero() {
		if end, err = l.mayCount(ctx, person, n.SessionID, c, now); err != nil {
			if again, err2 := l.begun(ctx, person, n); again != nil || err2 != nil {
				return l.again(ctx, again, err2)
			}
			return Attempt{}, err
		}
	}
	arranged, err := accommodationOf(l.db.Read(ctx), person)
	if err != nil {
		return Attempt{}, err
	}
	extra := arranged.extraSeconds(c.Quiz.Minutes)
	f, row, err := newAttempt(person, n, c, l.catalog.drawnFrom(c), now, deadlineOf(now, c.Quiz.Minutes, extra, end))
	row.Extra, row.ReadAloud = extra, arranged.ReadAloud
	if err != nil {
		return Attempt{}, err
	}
	for try := 0; ; try++ {
		err = l.db.Tx(ctx, func(tx *gorm.DB) error {
			if err := mayTry(tx, n, person, now); err != nil {
				return err
			}
			return insertAttempt(tx, f, row)
		})
		if models.CodeOf(err) == codeNoAttempts {
			if again, err2 := l.begun(ctx, person, n); again != nil || err2 != nil {
				return l.again(ctx, again, err2)
			}
		}
		if err == nil {
			l.frozen.add(f)
			said, err := l.words(ctx, f)
			return l.view(said, row, nil), err
		}
		if !store.IsDuplicate(err) || try == 2 {
			return Attempt{}, err
		}
		again, retry, err := l.inTheWay(ctx, person, n, now)
		if !retry || err != nil {
			return l.again(ctx, again, err)
		}
	}
}

// newAttempt draws and freezes.
func newAttempt(person models.ID, n NewAttempt, c *course, from pool, now, deadline time.Time) (*frozen, attemptRow, error) {
	items := draw(c.Quiz, from, newRand())
	text, err := json.Marshal(items)
	if err != nil {
		return nil, attemptRow{}, err
	}
	f := &frozen{ID: n.ID, Person: person, Session: n.SessionID, CourseKey: c.Key, course: c, itemsText: string(text), StartedAt: now}
	for _, it := range items {
		f.items = append(f.items, shown{item: it, q: c.byHash[it.Question]})
	}
	return f, attemptRow{ID: n.ID, State: stateOpen, Position: 1, Slots: len(items), StartedAt: now, DeadlineAt: deadline}, nil
}

// insertAttempt is the one statement of a start; the unique index on (person,
// course, live) refuses a second open attempt.
func insertAttempt(tx *gorm.DB, f *frozen, r attemptRow) error {
	return tx.Exec(`INSERT INTO attempts (id, person_id, course_key, course_hash, session_id, items, slots, position, state, live,
		started_at, deadline_at, extra_seconds, closed_by, result_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, '', '')`,
		f.ID, f.Person, f.CourseKey, f.course.Hash, f.Session, f.itemsText, r.Slots, r.Position, r.State, r.StartedAt, r.DeadlineAt, r.Extra).Error
}

// mayCount answers the end of the session in which an attempt would count, or
// why it would not.
func (l *Learning) mayCount(ctx context.Context, person, session models.ID, c *course, now time.Time) (*time.Time, error) {
	var rows []struct {
		CourseKey *string
		ClosesAt  time.Time
		ClosedAt  *time.Time
		Grade     int
		Absent    bool
	}
	err := l.db.Read(ctx).Raw(`SELECT s.course_key, s.closes_at, s.closed_at, CASE WHEN al.person_id IS NULL THEN c.grade ELSE 12 END AS grade,
		CASE WHEN s.invigilated = 1 AND p.confirmed_at IS NULL THEN 1 ELSE 0 END AS absent FROM lesson_sessions s
		JOIN session_participants p ON p.session_id = s.id AND p.person_id = ?
		LEFT JOIN enrolments e ON e.person_id = p.person_id AND e.live = 1 AND e.class_id = s.class_id
		LEFT JOIN adult_learners al ON al.person_id = p.person_id
		JOIN school_classes c ON c.id = s.class_id WHERE s.id = ? AND (e.person_id IS NOT NULL OR al.person_id IS NOT NULL)`, person, session).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, models.NotFound()
	}
	r := rows[0]
	if r.ClosedAt != nil || !r.ClosesAt.After(now) {
		return nil, models.Fail(models.KindClosed, "closed")
	}
	if r.CourseKey != nil && *r.CourseKey != c.Key {
		return nil, models.InvalidField("body.course_key", "other_course_in_session")
	}
	order, _, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	if own := forGrade(order, r.Grade)[c.Skill]; own == nil || own.Key != c.Key {
		return nil, models.InvalidField("body.course_key", "not_for_grade")
	}
	if r.Absent {
		return nil, models.Conflict("not_confirmed")
	}
	return &r.ClosesAt, nil
}

// begun finds an attempt that an earlier request with this id has started.
func (l *Learning) begun(ctx context.Context, person models.ID, n NewAttempt) (*models.ID, error) {
	var rows []struct {
		PersonID  models.ID
		CourseKey string
	}
	if err := l.db.Read(ctx).Raw("SELECT person_id, course_key FROM attempts WHERE id = ?", n.ID).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	if rows[0].PersonID != person || rows[0].CourseKey != n.CourseKey {
		return nil, models.Conflict("id_taken")
	}
	return &n.ID, nil
}

// inTheWay finds out what refused a start: the same request before (its
// attempt comes back), an attempt whose time is over (it is finished, retry),
// or one that is open.
func (l *Learning) inTheWay(ctx context.Context, person models.ID, n NewAttempt, now time.Time) (again *models.ID, retry bool, err error) {
	if again, err = l.begun(ctx, person, n); again != nil || err != nil {
		return again, false, err
	}
	open, err := l.liveAttempt(ctx, person, n.CourseKey)
	if err != nil || open == nil {
		return nil, err == nil, err
	}
	if over(open.DeadlineAt, now) {
		_, err := l.finishAll(ctx, []models.ID{open.ID}, byDeadline)
		return nil, err == nil, err
	}
	return nil, false, models.Conflict("attempt_open").With("id", open.ID.String())
}

// again answers an attempt that was started before.
func (l *Learning) again(ctx context.Context, id *models.ID, err error) (Attempt, error) {
	if err != nil {
		return Attempt{}, err
	}
	f, err := l.anyAttempt(ctx, *id)
	if err != nil {
		return Attempt{}, err
	}
	return l.read(ctx, f)
}

// liveAttempt is the person's open attempt of a course, nil when there is none.
func (l *Learning) liveAttempt(ctx context.Context, person models.ID, courseKey string) (*attemptRow, error) {
	rows, err := attemptRows(l.db.Read(ctx).Raw(attemptSelect+"person_id = ? AND course_key = ? AND live = 1", person, courseKey))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// Attempt answers the actor's own attempt as it stands. One whose time is over
// is finished first. Another's is NotFound.
func (l *Learning) Attempt(ctx context.Context, actor models.Actor, id models.ID) (Attempt, error) {
	f, err := l.own(ctx, actor, id)
	if err != nil {
		return Attempt{}, err
	}
	return l.read(ctx, f)
}

func (l *Learning) own(ctx context.Context, actor models.Actor, id models.ID) (*frozen, error) {
	person, err := learner(actor)
	if err != nil {
		return nil, err
	}
	return l.attempt(ctx, person, id)
}

// read answers an attempt with its latest answers.
func (l *Learning) read(ctx context.Context, f *frozen) (Attempt, error) {
	row, err := l.settled(ctx, f)
	if err == nil {
		f, err = l.whole(ctx, f, row.Slots)
	}
	if err != nil {
		return Attempt{}, err
	}
	saved, err := savedAnswers(l.db.Read(ctx), f.ID)
	if err != nil {
		return Attempt{}, err
	}
	said, err := l.words(ctx, f)
	if err != nil {
		return Attempt{}, err
	}
	return l.view(said, row, saved), nil
}

// settled reads the row of an attempt, after finishing it if its time is over.
func (l *Learning) settled(ctx context.Context, f *frozen) (attemptRow, error) {
	for try := 0; ; try++ {
		rows, err := attemptRows(l.db.Read(ctx).Raw(attemptSelect+"id = ?", f.ID))
		if err != nil {
			return attemptRow{}, err
		}
		if len(rows) == 0 {
			return attemptRow{}, models.NotFound()
		}
		if rows[0].State != stateOpen || !over(rows[0].DeadlineAt, l.clock.Now()) || try > 0 {
			return rows[0], nil
		}
		if _, err := l.finishAll(ctx, []models.ID{f.ID}, byDeadline); err != nil {
			return attemptRow{}, err
		}
	}
}

func (l *Learning) view(f *frozen, r attemptRow, saved []savedAnswer) Attempt {
	a := Attempt{
		Seal: l.seal(f), ReadAloud: r.ReadAloud,
		ID: f.ID, CourseKey: f.CourseKey, CourseTitle: f.course.Title, Counts: f.counts(), State: r.State,
		StartedAt: f.StartedAt, DeadlineAt: r.DeadlineAt.UTC(), SubmittedAt: timeOf(r.SubmittedAt),
		Items: make([]QuestionView, len(f.items)), Answers: []AnswerView{}, CurrentSlot: r.Position,
	}
	for i, s := range f.items {
		a.Items[i] = s.view(i + 1)
	}
	latest := latestBySlot(len(f.items), saved)
	for i, x := range latest {
		if x != nil {
			a.Answers = append(a.Answers, AnswerView{Slot: i + 1, Seq: x.Seq, Response: decode(x.Response)})
		}
	}
	for _, x := range saved {
		a.LastSeq = max(a.LastSeq, x.Seq)
	}
	return a
}
