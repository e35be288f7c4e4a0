package learning

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// ResultItem is one slot of a released result, with the right answer in the
// keys of the question as it was shown.
type ResultItem struct {
	Slot     int          `json:"slot"`
	Percent  int          `json:"percent"`
	Out      bool         `json:"out"` // found broken: it does not count
	Question QuestionView `json:"question"`
	Response *Response    `json:"response"` // nil: not answered
	Key      Response     `json:"key"`
	Feedback []Feedback   `json:"feedback"`
	Explain  string       `json:"explain"`
}

// SkillPass says when a skill was proved.
type SkillPass struct {
	Skill string    `json:"skill"`
	At    time.Time `json:"at"`
}

// CertificateRef names a certificate.
type CertificateRef struct {
	Code     string    `json:"code"`
	IssuedAt time.Time `json:"issued_at"`
	Status   string    `json:"status"` // valid, revoked
}

// Result is a finished attempt. The score is known at once; the items, with
// keys and feedback, are empty until Released.
type Result struct {
	AttemptID   models.ID           `json:"attempt_id"`
	CourseKey   string              `json:"course_key"`
	Skill       string              `json:"skill"`
	Percent     int                 `json:"percent"`
	PassPercent int                 `json:"pass_percent"`
	Passed      bool                `json:"passed"`
	Counts      bool                `json:"counts"`
	Released    bool                `json:"released"`
	Correct     int                 `json:"correct"` // slots with the full score
	Slots       int                 `json:"slots"`   // that count
	SubmittedAt time.Time           `json:"submitted_at"`
	LateAt      *time.Time          `json:"late_at"`   // when answers kept on a device came in afterwards
	Awaited     bool                `json:"awaited"`   // a device may still bring answers; no keys until then
	KeysWait    bool                `json:"keys_wait"` // released but for answers that may still come: the score may be shown, keys not
	Regraded    []RegradeNote       `json:"regraded"`  // what mended questions changed, the oldest first
	Items       []ResultItem        `json:"items"`
	SkillPass   *SkillPass          `json:"skill_pass"`  // the skill, if it is proved by now
	Certificate *CertificateRef     `json:"certificate"` // the valid one
	Missing     certificate.Missing `json:"missing"`
}

// Result answers the actor's own finished attempt. One whose time is over is
// finished first. Errors: NotFound for a foreign one; Conflict
// "not_submitted" while it is open.
func (l *Learning) Result(ctx context.Context, actor models.Actor, id models.ID) (Result, error) {
	f, err := l.own(ctx, actor, id)
	if err != nil {
		return Result{}, err
	}
	row, err := l.settled(ctx, f)
	if err == nil {
		f, err = l.whole(ctx, f, row.Slots)
	}
	if err != nil {
		return Result{}, err
	}
	if row.State == stateOpen || row.Score == nil || row.Result == nil {
		return Result{}, models.Conflict("not_submitted")
	}
	var slots []slotResult
	if err := json.Unmarshal([]byte(*row.Result), &slots); err != nil {
		return Result{}, err
	}
	r := Result{
		AttemptID: f.ID, CourseKey: f.CourseKey, Skill: f.course.Skill, Percent: percent(*row.Score), PassPercent: f.course.Quiz.PassPercent,
		Passed: row.Passed != nil && *row.Passed == 1, Counts: f.counts(), Slots: len(f.items), Items: []ResultItem{},
	}
	if row.SubmittedAt != nil {
		r.SubmittedAt = row.SubmittedAt.UTC()
	}
	for _, s := range slots {
		switch {
		case s.Out:
			r.Slots--
		case s.Score == full:
			r.Correct++
		}
	}
	db := l.db.Read(ctx)
	r.LateAt = timeOf(row.LateAt)
	waiting, err := l.awaited(db, "a.id = ?", f.ID)
	if err != nil {
		return Result{}, err
	}
	r.Awaited = waiting > 0
	done, err := regradesOf(db, []models.ID{f.ID})
	if err != nil {
		return Result{}, err
	}
	if r.Regraded, err = l.noteRegrades(ctx, f, done[f.ID]); err != nil {
		return Result{}, err
	}
	if r.Released, r.KeysWait, err = l.released(db, f); err != nil {
		return Result{}, err
	}
	if r.Released {
		if err := l.markSeen(ctx, f, row); err != nil {
			return Result{}, err
		}
		mended, err := f.mended(db, done[f.ID])
		if err != nil {
			return Result{}, err
		}
		said, err := l.words(ctx, mended)
		if err != nil {
			return Result{}, err
		}
		if r.Items, err = said.released(db, slots); err != nil {
			return Result{}, err
		}
	}
	return r, l.addStanding(ctx, &r, f)
}

// markSeen writes down that the keys of an attempt in a lesson session are
// shown, before they are: nobody in it may send late answers from then on.
func (l *Learning) markSeen(ctx context.Context, f *frozen, row attemptRow) error {
	if !f.counts() || row.KeysSeenAt != nil {
		return nil
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE attempts SET keys_seen_at = ? WHERE id = ? AND keys_seen_at IS NULL", l.clock.Now(), f.ID).Error
	})
}

// addStanding fills in what the person has by now.
func (l *Learning) addStanding(ctx context.Context, r *Result, f *frozen) error {
	s, err := l.standing(ctx, f.Person)
	if err != nil {
		return err
	}
	r.Missing = s.missing
	if p, ok := s.passes[f.course.Skill]; ok {
		r.SkillPass = &SkillPass{Skill: p.Skill, At: p.PassedAt.UTC()}
	}
	if s.certificate != nil && s.certificate.State == certificate.Valid {
		r.Certificate = s.certificateRef()
	}
	return nil
}

// released decides whether keys and feedback may be seen. At home: at once,
// unless the pupil's class has a session for the course open.
// In a lesson session: when it is over or the teacher has released it, or at
// once if the class's assignment says so. Later if an assignment holds it back
// (see heldBack), unless the teacher has released the session. Never while the person has another
// attempt of the course open, because its questions come from the same pool.
// And not while answers that a device kept may still come in (see
// awaitedWhere): of the person in this course, and, for what the end of the
// session releases, of anybody in it. The teacher's own release ends that.
func (l *Learning) released(tx *gorm.DB, f *frozen) (released, keysWait bool, err error) {
	var open int
	err = tx.Raw("SELECT COUNT(*) FROM attempts WHERE person_id = ? AND course_key = ? AND live = 1", f.Person, f.CourseKey).Scan(&open).Error
	if err != nil || open > 0 {
		return false, false, err
	}
	own, err := l.awaited(tx, "a.person_id = ? AND a.course_key = ?", f.Person, f.CourseKey)
	if err != nil {
		return false, false, err
	}
	rows, err := f.governing(tx)
	if err != nil {
		return false, false, err
	}
	if len(rows) == 0 || rows[0].ReleasedAt == nil {
		held, err := heldBack(tx, f, l.clock.Now())
		if err != nil || held {
			return false, false, err
		}
	}
	if len(rows) == 0 {
		return own == 0 && !f.counts(), own > 0 && !f.counts(), nil
	}
	s := rows[0]
	switch {
	case s.ReleasedAt != nil:
		return own == 0, own > 0, nil
	case !s.open(l.clock.Now()):
		others, err := l.awaited(tx, "a.session_id = ? AND a.course_key = ?", s.ID, f.CourseKey)
		return own+others == 0, own+others > 0, err
	}
	var atOnce int
	err = tx.Raw(`SELECT COUNT(*) FROM assignments a`+addressedTo+` WHERE e.person_id = ? AND a.class_id = ? AND a.course_key = ?
		AND a.removed_at IS NULL AND a.results = ? AND a.opens_at <= ?`, f.Person, s.ClassID, f.CourseKey, AtOnce, f.StartedAt).Scan(&atOnce).Error
	return atOnce > 0 && own == 0, atOnce > 0 && own > 0, err
}

// governing reads the lesson session on which the release depends: the one the
// attempt was taken in; for an attempt at home the one in which the pupil's
// class may be taking the same quiz now, because its questions come from the
// same pool.
func (f *frozen) governing(tx *gorm.DB) ([]sessionRow, error) {
	if f.counts() {
		return sessionRows(tx.Raw(sessionSelect+"s.id = ?", f.Session))
	}
	return sessionRows(tx.Raw(sessionSelect+`s.live_class = (SELECT class_id FROM enrolments WHERE person_id = ? AND live = 1)
		AND (s.course_key IS NULL OR s.course_key = ?)`, f.Person, f.CourseKey))
}

// released builds the items of a result that may be seen.
func (f *frozen) released(tx *gorm.DB, slots []slotResult) ([]ResultItem, error) {
	log, err := savedAnswers(tx, f.ID)
	if err != nil {
		return nil, err
	}
	latest := latestBySlot(len(f.items), log)
	items := make([]ResultItem, len(f.items))
	for i, s := range f.items {
		it := ResultItem{Slot: i + 1, Question: s.view(i + 1), Key: s.key(), Explain: s.q.Explain}
		if i < len(slots) {
			it.Percent, it.Out = percent(slots[i].Score), slots[i].Out
		}
		var response Response
		if latest[i] != nil {
			response = decode(latest[i].Response)
			it.Response = &response
		}
		it.Feedback = s.feedback(response, true)
		items[i] = it
	}
	return items, nil
}

// AttemptHead is an attempt in a list. Percent is nil while it is open.
type AttemptHead struct {
	ID          models.ID  `json:"id"`
	CourseKey   string     `json:"course_key"`
	Percent     *int       `json:"percent"`
	Passed      bool       `json:"passed"`
	Counts      bool       `json:"counts"`
	State       string     `json:"state"`
	StartedAt   time.Time  `json:"started_at"`
	SubmittedAt *time.Time `json:"submitted_at"`
}

// MyAttempts lists the actor's attempts, the last 200, newest first.
func (l *Learning) MyAttempts(ctx context.Context, actor models.Actor) ([]AttemptHead, error) {
	person, err := learner(actor)
	if err != nil {
		return nil, err
	}
	rows, err := attemptRows(l.db.Read(ctx).Raw(attemptSelect+"person_id = ? ORDER BY started_at DESC, id DESC LIMIT 200", person))
	if err != nil {
		return nil, err
	}
	list := make([]AttemptHead, len(rows))
	for i, r := range rows {
		list[i] = r.head()
	}
	return list, nil
}

// head is the attempt in a list.
func (r attemptRow) head() AttemptHead {
	return AttemptHead{ID: r.ID, CourseKey: r.CourseKey, Percent: percentOf(r.Score), Passed: r.Passed != nil && *r.Passed == 1,
		Counts: !r.SessionID.IsZero(), State: r.State, StartedAt: r.StartedAt.UTC(), SubmittedAt: timeOf(r.SubmittedAt)}
}
