package learning

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// How long a pupil's device waits before its next pulse, in seconds: while it
// works, while it is in an invigilated quiz (a pause should be on every screen
// soon), and while it waits for the teacher (to be let in, to go on, for an
// alert). A pulse is the only request that a quiet page makes.
const (
	pulseEvery       = 30
	pulseInvigilated = 10
	pulseWaiting     = 5
)

// maxUnsent bounds what a device may claim to keep.
const maxUnsent = 10000

// Lesson is where a pupil stands in the open lesson session, as the pulse
// answers it: what the teacher has decided and how long to wait for the next.
type Lesson struct {
	Session     *HomeSession   `json:"session"` // nil: none is open, or it was not joined
	Invigilated bool           `json:"invigilated"`
	Confirmed   bool           `json:"confirmed"` // the teacher has seen the pupil; always true when not invigilated
	Called      bool           `json:"called"`    // the teacher was called and has not come yet
	Attempt     *LessonAttempt `json:"attempt"`   // the open quiz of this session
	Next        int            `json:"next"`      // seconds until the next pulse
}

// LessonAttempt is what may change of an open quiz without its pupil's doing.
type LessonAttempt struct {
	ID         models.ID `json:"id"`
	Paused     bool      `json:"paused"`
	DeadlineAt time.Time `json:"deadline_at"`
	Alerts     []Alert   `json:"alerts"`
}

// Pulse notes that the actor's device is there and answers the lesson. The note
// goes into memory and is written with those of all others every two seconds;
// one that a crash loses is made up for by the next. unsent is how many answers
// wait on the device, by its own word.
func (l *Learning) Pulse(ctx context.Context, actor models.Actor, unsent int) (Lesson, error) {
	person, err := learner(actor)
	if err != nil {
		return Lesson{}, err
	}
	out, err := l.lessonOf(ctx, person)
	if err != nil || out.Session == nil {
		return out, err
	}
	l.pulses.note(out.Session.ID, person, min(max(unsent, 0), maxUnsent))
	return out, nil
}

// lessonOf reads where a pupil stands: one statement, and one more while a quiz
// has alerts.
func (l *Learning) lessonOf(ctx context.Context, person models.ID) (Lesson, error) {
	var rows []struct {
		ID          models.ID
		Code        string
		CourseKey   *string
		ClassName   string
		ClosesAt    time.Time
		Invigilated bool
		ConfirmedAt *time.Time
		CalledAt    *time.Time
		AttemptID   models.ID
		DeadlineAt  *time.Time
		PausedAt    *time.Time
		Marks       int
	}
	db, now := l.db.Read(ctx), l.clock.Now()
	err := db.Raw(`SELECT s.id, s.code, s.course_key, c.name AS class_name, s.closes_at, s.invigilated, j.confirmed_at, j.called_at,
		a.id AS attempt_id, a.deadline_at, a.paused_at, COALESCE(a.marks, 0) AS marks
		FROM enrolments e JOIN lesson_sessions s ON s.live_class = e.class_id JOIN school_classes c ON c.id = e.class_id
		JOIN session_participants j ON j.session_id = s.id AND j.person_id = e.person_id
		LEFT JOIN attempts a ON a.person_id = e.person_id AND a.live = 1 AND a.session_id = s.id
		WHERE e.person_id = ? AND e.live = 1 AND s.closed_at IS NULL AND s.closes_at > ? ORDER BY a.started_at DESC LIMIT 1`, person, now).Scan(&rows).Error
	if err == nil && len(rows) == 0 { // somebody grown up belongs to no class
		err = db.Raw(`SELECT s.id, s.code, s.course_key, '' AS class_name, s.closes_at, s.invigilated, j.confirmed_at, j.called_at,
			a.id AS attempt_id, a.deadline_at, a.paused_at, COALESCE(a.marks, 0) AS marks FROM adult_learners al
			JOIN session_participants j ON j.person_id = al.person_id JOIN lesson_sessions s ON s.id = j.session_id AND s.live_class IS NOT NULL
			LEFT JOIN attempts a ON a.person_id = al.person_id AND a.live = 1 AND a.session_id = s.id
			WHERE al.person_id = ? AND s.closed_at IS NULL AND s.closes_at > ? ORDER BY j.joined_at DESC, a.started_at DESC LIMIT 1`, person, now).Scan(&rows).Error
	}
	if err != nil || len(rows) == 0 {
		return Lesson{Confirmed: true, Next: pulseEvery}, err
	}
	r := rows[0]
	out := Lesson{
		Session:     &HomeSession{ID: r.ID, Code: r.Code, CourseKey: r.CourseKey, ClassName: r.ClassName, ClosesAt: r.ClosesAt.UTC(), Joined: true},
		Invigilated: r.Invigilated, Confirmed: !r.Invigilated || r.ConfirmedAt != nil, Called: r.CalledAt != nil, Next: pulseEvery,
	}
	waits := !out.Confirmed
	if r.DeadlineAt != nil {
		out.Attempt = &LessonAttempt{ID: r.AttemptID, Paused: r.PausedAt != nil, DeadlineAt: r.DeadlineAt.UTC(), Alerts: []Alert{}}
		waits = waits || out.Attempt.Paused
		if r.Marks > 0 {
			alerts, err := alertRows(db.Raw(alertSelect+"q.attempt_id = ? ORDER BY q.number", r.AttemptID))
			if err != nil {
				return Lesson{}, err
			}
			for _, q := range alerts {
				out.Attempt.Alerts = append(out.Attempt.Alerts, q.alert(now))
				waits = waits || q.alert(now).State == alertPending
			}
		}
	}
	switch {
	case waits:
		out.Next = pulseWaiting
	case out.Invigilated && out.Attempt != nil:
		out.Next = pulseInvigilated
	}
	return out, nil
}

// pulses collects signs of life and writes them together. It starts no
// goroutine while there is nothing to do, and none outlives the database.
type pulses struct {
	db      *store.DB
	clock   models.Clock
	every   time.Duration
	mu      sync.Mutex
	unsent  map[pulseKey]int
	running bool
	stopped chan struct{} // closed by stop
	writing sync.WaitGroup
}

type pulseKey struct{ session, person models.ID }

func newPulses(db *store.DB, every time.Duration) *pulses {
	p := &pulses{db: db, clock: db.Clock(), every: every, unsent: map[pulseKey]int{}, stopped: make(chan struct{})}
	db.BeforeClose(p.stop)
	return p
}

// stop writes what was collected and waits until it is on disk; what comes
// after it is dropped.
func (p *pulses) stop() {
	p.mu.Lock()
	if !p.over() {
		close(p.stopped)
	}
	p.mu.Unlock()
	p.writing.Wait()
}

func (p *pulses) note(session, person models.ID, unsent int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over() {
		return
	}
	p.unsent[pulseKey{session, person}] = unsent
	if !p.running {
		p.running = true
		p.writing.Go(p.run)
	}
}

func (p *pulses) over() bool {
	select {
	case <-p.stopped:
		return true
	default:
		return false
	}
}

// run writes until nothing has come for a while, or once more when it is
// stopped.
func (p *pulses) run() {
	for last := false; !last; {
		select {
		case <-time.After(p.every):
		case <-p.stopped:
			last = true
		}
		n, err := p.flush(context.Background())
		if err != nil {
			slog.Warn("write signs of life", "error", err)
		}
		p.mu.Lock()
		if n == 0 && len(p.unsent) == 0 {
			p.running = false
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()
	}
}

// flush writes what was collected: one statement a session and number of
// unsent answers (nearly always 0), one commit. Each pupil's row is the pupil's
// own, so that no two copies of the program wait for each other.
func (p *pulses) flush(ctx context.Context) (int, error) {
	p.mu.Lock()
	taken := p.unsent
	p.unsent = map[pulseKey]int{}
	p.mu.Unlock()
	if len(taken) == 0 {
		return 0, nil
	}
	type group struct {
		session models.ID
		unsent  int
	}
	groups := map[group][]models.ID{}
	var order []group
	for k, unsent := range taken {
		g := group{k.session, unsent}
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], k.person)
	}
	slices.SortFunc(order, func(a, b group) int { return bytes.Compare(a.session[:], b.session[:]) })
	now := p.clock.Now()
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		for _, g := range order {
			for persons := range slices.Chunk(groups[g], store.MaxRows) {
				if err := tx.Exec("UPDATE session_participants SET seen_at = ?, unsent = ? WHERE session_id = ? AND person_id IN ?",
					now, g.unsent, g.session, persons).Error; err != nil {
					return err
				}
			}
		}
		return nil
	})
	return len(taken), err
}

// CallTeacher lets a pupil ask for help quietly, from a lesson or a quiz. ID is
// made by the device: a repeat, also after the teacher came, calls nobody
// again. Errors: NotFound for a session the actor has not joined; Closed.
func (l *Learning) CallTeacher(ctx context.Context, actor models.Actor, id, call models.ID) error {
	person, err := learner(actor)
	if err != nil {
		return err
	}
	if call.IsZero() {
		return models.InvalidField("body.id", "required")
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		rows, err := sessionRows(tx.Raw(sessionSelect+"s.id = ? AND EXISTS (SELECT 1 FROM session_participants j WHERE j.session_id = s.id AND j.person_id = ?)", id, person))
		switch {
		case err != nil:
			return err
		case len(rows) == 0:
			return models.NotFound()
		case !rows[0].open(now):
			return models.Fail(models.KindClosed, "closed")
		}
		return tx.Exec(`UPDATE session_participants SET call_id = ?, called_at = ? WHERE session_id = ? AND person_id = ?
			AND called_at IS NULL AND (call_id IS NULL OR call_id <> ?)`, call, now, id, person, call).Error
	})
}

// CallOff takes the actor's own call back. Without one it does nothing.
func (l *Learning) CallOff(ctx context.Context, actor models.Actor, id models.ID) error {
	person, err := learner(actor)
	if err != nil {
		return err
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE session_participants SET called_at = NULL WHERE session_id = ? AND person_id = ?", id, person).Error
	})
}

// Helped says that the teacher was with a pupil: a call and misses before now
// ask for help no more. Out of reach is NotFound.
func (l *Learning) Helped(ctx context.Context, actor models.Actor, id, person models.ID) error {
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, err := sessionFor(tx, actor, models.ActRunSession, id); err != nil {
			return err
		}
		err := store.One(tx.Exec("UPDATE session_participants SET called_at = NULL, helped_at = ? WHERE session_id = ? AND person_id = ?",
			l.clock.Now(), id, person), models.NotFound())
		if err != nil {
			return err
		}
		return l.record(tx, decision{session: id, person: person, kind: "helped", by: actor.Account})
	})
}
