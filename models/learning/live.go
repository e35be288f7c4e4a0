package learning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Live answers the monitor of a session as it is now. Out of reach is NotFound.
func (l *Learning) Live(ctx context.Context, actor models.Actor, id models.ID) (LiveBoard, error) {
	if err := l.MayWatch(ctx, actor, id); err != nil {
		return LiveBoard{}, err
	}
	return l.look(ctx, id)
}

// MayWatch tells whether the actor may see the monitor of a session: NotFound
// when not.
func (l *Learning) MayWatch(ctx context.Context, actor models.Actor, id models.ID) error {
	_, err := sessionFor(l.db.Read(ctx), actor, models.ActRunSession, id)
	return err
}

// boardRow is a pupil of the class, or somebody who has joined, as the monitor
// puts the signs together.
type boardRow struct {
	PersonID                                          models.ID
	Name                                              string
	JoinedAt, SeenAt, CalledAt, HelpedAt, ConfirmedAt *time.Time
	Unsent, ExtraPercent                              int
	signs                                             lifeSigns  `gorm:"-"`
	place                                             *Place     `gorm:"-"`
	alert                                             *Alert     `gorm:"-"`
	attempt                                           *models.ID `gorm:"-"`
}

// look reads the board of a session in six statements, however many pupils
// there are and whoever asks. What it shows of a session that is over is how
// things stood at its end.
func (l *Learning) look(ctx context.Context, id models.ID) (LiveBoard, error) {
	db := l.db.Read(ctx)
	sessions, err := sessionRows(db.Raw(sessionSelect+"s.id = ?", id))
	if err != nil {
		return LiveBoard{}, err
	}
	if len(sessions) == 0 {
		return LiveBoard{}, models.NotFound()
	}
	s, now := sessions[0], l.clock.Now()
	at := now
	if !s.open(now) && s.ClosesAt.Before(now) {
		at = s.ClosesAt.UTC()
	}
	rows, err := boardRows(db, s)
	if err != nil {
		return LiveBoard{}, err
	}
	of := make(map[models.ID]*boardRow, len(rows))
	for i := range rows {
		of[rows[i].PersonID] = &rows[i]
	}
	for _, add := range []func(context.Context, *gorm.DB, sessionRow, map[models.ID]*boardRow, time.Time) error{
		l.addLessons, addTries, l.addQuizzes, l.addAlerts,
	} {
		if err := add(ctx, db, s, of, at); err != nil {
			return LiveBoard{}, err
		}
	}
	board := LiveBoard{Session: s.session(now), Pupils: make([]LivePupil, len(rows))}
	for i := range rows {
		board.Pupils[i] = rows[i].card(at)
	}
	if err := l.addLateCards(db, s, board.Pupils); err != nil {
		return LiveBoard{}, err
	}
	text, err := json.Marshal(board)
	sum := sha256.Sum256(text)
	board.Version = hex.EncodeToString(sum[:8])
	return board, err
}

func boardRows(db *gorm.DB, s sessionRow) ([]boardRow, error) {
	var rows []boardRow
	err := db.Raw(`SELECT p.id AS person_id, p.full_name AS name, j.joined_at, j.seen_at, j.called_at, j.helped_at, j.confirmed_at,
		COALESCE(j.unsent, 0) AS unsent, COALESCE(x.extra_percent, 0) AS extra_percent
		FROM (SELECT e.person_id FROM enrolments e WHERE e.class_id = ? AND e.live = 1
			UNION SELECT t.person_id FROM session_participants t WHERE t.session_id = ?) m JOIN persons p ON p.id = m.person_id
		LEFT JOIN session_participants j ON j.session_id = ? AND j.person_id = p.id
		LEFT JOIN accommodations x ON x.person_id = p.id ORDER BY p.sort_key, p.id`, s.ClassID, s.ID, s.ID).Scan(&rows).Error
	for i := range rows {
		r := &rows[i]
		r.signs = lifeSigns{Joined: r.JoinedAt != nil, Invigilated: s.Invigilated, Confirmed: r.ConfirmedAt != nil, CalledAt: r.CalledAt, HelpedAt: r.HelpedAt}
		r.seen(r.JoinedAt)
		r.seen(r.SeenAt)
	}
	return rows, err
}

// seen notes a sign of life.
func (r *boardRow) seen(at *time.Time) {
	if at != nil && at.After(r.signs.SeenAt) {
		r.signs.SeenAt = at.UTC()
	}
}

func (r *boardRow) card(now time.Time) LivePupil {
	status, why, since := r.signs.status(now)
	p := LivePupil{PersonID: r.PersonID, Name: r.Name, Status: status, Why: why, Place: r.place, Unsent: r.Unsent,
		Confirmed: r.signs.Confirmed, ExtraPercent: r.ExtraPercent, AttemptID: r.attempt, Alert: r.alert}
	if !since.IsZero() {
		since = since.UTC()
		p.Since = &since
	}
	return p
}

// addLessons adds the step each pupil took last in a lesson of this session.
func (l *Learning) addLessons(ctx context.Context, db *gorm.DB, s sessionRow, of map[models.ID]*boardRow, at time.Time) error {
	var rows []struct {
		PersonID             models.ID
		CourseKey, LessonKey string
		CardIndex            int
		DoneAt               *time.Time
		UpdatedAt            time.Time
	}
	err := db.Raw(`SELECT g.person_id, g.course_key, g.lesson_key, g.card_index, g.done_at, g.updated_at FROM session_participants j
		JOIN lesson_progress g ON g.person_id = j.person_id WHERE j.session_id = ? AND g.updated_at >= ? AND g.updated_at <= ? ORDER BY g.updated_at`,
		s.ID, s.OpenedAt, at).Scan(&rows).Error
	for _, r := range rows {
		b := of[r.PersonID]
		if b == nil {
			continue
		}
		b.seen(&r.UpdatedAt)
		b.signs.LessonAt, b.signs.LessonDone = r.UpdatedAt.UTC(), r.DoneAt != nil && !r.DoneAt.Before(s.OpenedAt)
		if b.signs.LessonDone {
			b.signs.QuizAt = r.DoneAt.UTC() // since when it is done, unless a quiz says more
		}
		if b.place, err = l.cardPlace(ctx, r.CourseKey, r.LessonKey, r.CardIndex); err != nil {
			return err
		}
	}
	return err
}

// cardPlace says where a step lies: among the cards, or among the practice
// questions after them. nil for a lesson that is not published any more.
func (l *Learning) cardPlace(ctx context.Context, courseKey, lessonKey string, index int) (*Place, error) {
	c, err := l.catalog.byKey(ctx, courseKey)
	if models.KindOf(err) == models.KindNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lesson, ok := c.lessons[lessonKey]
	if !ok {
		return nil, nil
	}
	p := &Place{Kind: "lesson", CourseKey: c.Key, Title: lesson.Title, N: index + 1, Total: len(lesson.Cards)}
	if questions := len(practised(c, lesson)); index >= len(lesson.Cards) && questions > 0 {
		p.Kind, p.N, p.Total = "practice", index-len(lesson.Cards)+1, questions
	}
	p.N = min(p.N, p.Total)
	return p, nil
}

// addTries adds what practice says: misses that ask for help, and right tries.
func addTries(_ context.Context, db *gorm.DB, s sessionRow, of map[models.ID]*boardRow, at time.Time) error {
	var rows []struct {
		PersonID    models.ID
		Miss, Score int
		AnsweredAt  time.Time
	}
	err := db.Raw(`SELECT a.person_id, a.miss, a.score, a.answered_at FROM session_participants j
		JOIN practice_answers a ON a.person_id = j.person_id WHERE j.session_id = ? AND a.answered_at >= ? AND a.answered_at <= ?`,
		s.ID, s.OpenedAt, at).Scan(&rows).Error
	for _, r := range rows {
		b := of[r.PersonID]
		if b == nil {
			continue
		}
		b.seen(&r.AnsweredAt)
		given := r.AnsweredAt.UTC()
		switch {
		case r.Score == full && given.After(b.signs.RightAt):
			b.signs.RightAt = given
		case r.Score < full && r.Miss >= exampleFromMiss && given.After(b.signs.MissAt):
			b.signs.MissAt = given
		}
		if b.signs.LessonAt.IsZero() {
			b.signs.LessonAt = given // practising without a step in a lesson is work as well
		}
	}
	return err
}

// addQuizzes adds the last quiz of each pupil: how many questions have an
// answer, and nothing about right and wrong.
func (l *Learning) addQuizzes(ctx context.Context, db *gorm.DB, s sessionRow, of map[models.ID]*boardRow, _ time.Time) error {
	var rows []struct {
		ID, PersonID         models.ID
		CourseKey, State     string
		Answered, Slots      int
		StartedAt            time.Time
		SubmittedAt, SavedAt *time.Time
		PausedAt             *time.Time
	}
	err := db.Raw(`SELECT a.id, a.person_id, a.course_key, a.state, a.slots, a.started_at, a.submitted_at, a.paused_at, y.saved_at,
		(SELECT COUNT(DISTINCT x.slot) FROM answers x WHERE x.attempt_id = a.id AND x.slot > 0 AND x.response <> '{}') AS answered
		FROM attempts a LEFT JOIN answers y ON y.attempt_id = a.id AND y.seq = (SELECT MAX(z.seq) FROM answers z WHERE z.attempt_id = a.id)
		WHERE a.session_id = ? ORDER BY a.started_at, a.id`, s.ID).Scan(&rows).Error
	if err != nil {
		return err
	}
	for _, r := range rows {
		b := of[r.PersonID]
		if b == nil {
			continue
		}
		b.seen(&r.StartedAt)
		b.signs.Quiz, b.signs.QuizPaused, b.signs.QuizAt = r.State, r.PausedAt != nil, r.StartedAt.UTC()
		if r.SubmittedAt != nil {
			b.signs.QuizAt = r.SubmittedAt.UTC()
		}
		if r.State == stateOpen {
			b.seen(r.SavedAt)
		}
		attempt := r.ID
		b.attempt = &attempt
		if r.State != stateOpen && b.signs.LessonAt.After(b.signs.QuizAt) {
			continue // went on with a lesson afterwards
		}
		title := r.CourseKey
		if c, err := l.catalog.byKey(ctx, r.CourseKey); err == nil {
			title = c.Title
		}
		b.place = &Place{Kind: "quiz", CourseKey: r.CourseKey, Title: title, N: r.Answered, Total: r.Slots}
	}
	return nil
}

// addAlerts adds the alert of each pupil that waits longest.
func (l *Learning) addAlerts(ctx context.Context, db *gorm.DB, s sessionRow, of map[models.ID]*boardRow, at time.Time) error {
	rows, err := alertRows(db.Raw(alertSelect+"q.session_id = ? AND q.state = 'pending' AND q.expires_at > ? ORDER BY q.raised_at, q.id", s.ID, at))
	for _, r := range rows {
		if b := of[r.PersonID]; b != nil && b.alert == nil {
			a := r.alert(at)
			if err := l.addSpare(ctx, r, &a); err != nil {
				return err
			}
			b.alert, b.signs.AlertAt = &a, &a.RaisedAt
		}
	}
	return err
}

// addLateCards marks, once the session is over, whose answers came late and
// whose may still come.
func (l *Learning) addLateCards(db *gorm.DB, s sessionRow, cards []LivePupil) error {
	if s.open(l.clock.Now()) {
		return nil
	}
	list := make([]Participant, len(cards))
	for i := range cards {
		list[i].PersonID = cards[i].PersonID
	}
	err := l.addLate(db, s.ID, list)
	for i := range cards {
		cards[i].Late, cards[i].Awaited = list[i].Late, list[i].Awaited
	}
	return err
}
