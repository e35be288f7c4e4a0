package learning

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// alertFor is how long an alert waits for the teacher. After it the question is
// skipped and does not count: no pupil may be stuck on "waiting".
const alertFor = 5 * time.Minute

// maxAlerts is how many questions of one attempt may be reported while it is
// being taken, and at most every third: so that nobody reports a quiz away.
const maxAlerts = 3

// The states of an alert. Of pending, skipped and accepted the question does
// not count when the attempt ends; of refused and withdrawn it does.
const (
	alertPending   = "pending"
	alertAccepted  = "accepted"
	alertRefused   = "refused"
	alertSkipped   = "skipped" // nobody decided in time
	alertWithdrawn = "withdrawn"
)

// Why a teacher accepts or refuses an alert.
var (
	acceptReasons = []string{"wrong_key", "unclear", "not_shown", "other"}
	refuseReasons = []string{"question_fine", "explained", "device_mended", "other"}
)

// NewAlert says, while the quiz is being taken in an invigilated session, that
// a question of it is broken. ID is made by the device.
type NewAlert struct {
	ID     models.ID
	Slot   int    // from 1
	Reason string // as for a QuestionReport
	Note   string // at most 200 characters
}

// Alert is a reported question of an attempt as its pupil and the teacher see it.
type Alert struct {
	ID            models.ID `json:"id"`
	Slot          int       `json:"slot"`
	State         string    `json:"state"` // pending, accepted, refused, skipped, withdrawn
	Reason        string    `json:"reason"`
	Note          string    `json:"note"`
	RaisedAt      time.Time `json:"raised_at"`
	ExpiresAt     time.Time `json:"expires_at"`
	DecidedReason string    `json:"decided_reason"`
	Replacement   int       `json:"replacement"` // slot of the question that stands in for it, 0: none
	Spare         int       `json:"spare"`       // of one that waits, for its teacher: how many questions could
}

type alertRow struct {
	ID, SessionID, AttemptID, PersonID         models.ID
	Slot, Replacement, Slots                   int // Slots: of the attempt
	State, Reason, Note, DecidedReason, Course string
	RaisedAt, ExpiresAt                        time.Time
}

// alert shows one whose time is over as skipped, also before that is written.
func (r alertRow) alert(now time.Time) Alert {
	a := Alert{ID: r.ID, Slot: r.Slot, State: r.State, Reason: r.Reason, Note: r.Note, RaisedAt: r.RaisedAt.UTC(),
		ExpiresAt: r.ExpiresAt.UTC(), DecidedReason: r.DecidedReason, Replacement: r.Replacement}
	if a.State == alertPending && !r.ExpiresAt.After(now) {
		a.State = alertSkipped
	}
	return a
}

const alertSelect = `SELECT q.id, q.session_id, q.attempt_id, q.slot, q.state, q.reason, q.note, q.decided_reason, q.raised_at, q.expires_at,
	q.replacement, a.slots, a.person_id, a.course_key AS course FROM question_alerts q JOIN attempts a ON a.id = q.attempt_id WHERE `

func alertRows(q *gorm.DB) ([]alertRow, error) {
	var rows []alertRow
	err := q.Scan(&rows).Error
	return rows, err
}

// RaiseAlert stops one question of the actor's own open attempt until the
// teacher has decided or five minutes are over; the others go on. A repeat
// answers as the first did. Errors: NotFound for a foreign attempt; Invalid
// fields body.id, body.slot, body.reason, body.note; Conflict
// "not_invigilated", "alert_exists" (this question was reported before) and
// "too_many_alerts"; Closed once the attempt is over.
func (l *Learning) RaiseAlert(ctx context.Context, actor models.Actor, id models.ID, n NewAlert) (Alert, error) {
	f, err := l.own(ctx, actor, id)
	if err == nil {
		f, err = l.grown(ctx, f, n.Slot)
	}
	if err != nil {
		return Alert{}, err
	}
	n.Note = norm.NFC.String(strings.TrimSpace(n.Note))
	switch {
	case n.ID.IsZero():
		return Alert{}, models.InvalidField("body.id", "required")
	case n.Slot < 1 || n.Slot > len(f.items):
		return Alert{}, models.InvalidField("body.slot", "not_in_attempt")
	case !slices.Contains(reportReasons, n.Reason):
		return Alert{}, models.InvalidField("body.reason", "unknown")
	case utf8.RuneCountInString(n.Note) > maxReportNote:
		return Alert{}, models.InvalidField("body.note", "too_long")
	case !f.counts():
		return Alert{}, models.Conflict("not_invigilated")
	}
	var out Alert
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		out, err = l.raiseTx(tx, f, n)
		return err
	})
	if err != nil {
		return out, err
	}
	// The authors hear of it as of any other report.
	return out, l.ReportQuestion(ctx, actor, QuestionReport{ID: n.ID, CourseKey: f.CourseKey, QuestionKey: f.items[n.Slot-1].q.Key,
		AttemptID: f.ID, Place: "quiz", Reason: n.Reason, Note: n.Note})
}

func (l *Learning) raiseTx(tx *gorm.DB, f *frozen, n NewAlert) (Alert, error) {
	now := l.clock.Now()
	before, err := alertRows(tx.Raw(alertSelect+"q.attempt_id = ?", f.ID))
	if err != nil {
		return Alert{}, err
	}
	drawn := len(f.items)
	for _, b := range before {
		if b.Replacement > 0 {
			drawn-- // what stands in for a broken question gives no further alert
		}
		switch {
		case b.ID == n.ID:
			return b.alert(now), nil
		case b.Slot == n.Slot:
			return Alert{}, models.Conflict("alert_exists")
		}
	}
	if len(before) >= min(maxAlerts, drawn/3) {
		return Alert{}, models.Conflict("too_many_alerts")
	}
	var invigilated int
	if err := tx.Raw("SELECT invigilated FROM lesson_sessions WHERE id = ?", f.Session).Scan(&invigilated).Error; err != nil {
		return Alert{}, err
	}
	if invigilated == 0 {
		return Alert{}, models.Conflict("not_invigilated")
	}
	if err := touch(tx, f.ID); err != nil {
		return Alert{}, err
	}
	r := alertRow{ID: n.ID, Slot: n.Slot, State: alertPending, Reason: n.Reason, Note: n.Note, RaisedAt: now, ExpiresAt: now.Add(alertFor)}
	err = tx.Exec(`INSERT INTO question_alerts (id, session_id, attempt_id, slot, number, reason, note, state, raised_at, expires_at, decided_reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')`, r.ID, f.Session, f.ID, r.Slot, len(before)+1, r.Reason, r.Note, r.State, now, r.ExpiresAt).Error
	return r.alert(now), retryDuplicate(err)
}

// touch counts a change of an open attempt, so that its ending, which compares
// the count, sees the change or is seen by it. The error is Closed when the
// attempt is over.
func touch(tx *gorm.DB, attempt models.ID) error {
	return store.One(tx.Exec("UPDATE attempts SET marks = marks + 1 WHERE id = ? AND state = 'open'", attempt),
		models.Fail(models.KindClosed, "closed"))
}

// WithdrawAlert takes the actor's own waiting alert back: the question counts
// again. One that is decided stays as it is. A foreign one is NotFound.
func (l *Learning) WithdrawAlert(ctx context.Context, actor models.Actor, id models.ID) error {
	person, err := learner(actor)
	if err != nil {
		return err
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		rows, err := alertRows(tx.Raw(alertSelect+"q.id = ? AND a.person_id = ?", id, person))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return models.NotFound()
		}
		_, err = l.settleAlert(tx, rows[0], alertWithdrawn, "", actor.Account)
		return err
	})
}

// settleAlert moves a waiting alert into its last state; false when it waits no
// more. Whether it still waits or has timed out is decided by the clock here,
// and between two who decide by the condition on the row.
func (l *Learning) settleAlert(tx *gorm.DB, r alertRow, state, reason string, by models.ID) (bool, error) {
	now := l.clock.Now()
	if r.State != alertPending || !r.ExpiresAt.After(now) {
		return false, nil
	}
	if err := touch(tx, r.AttemptID); err != nil {
		return false, err
	}
	res := tx.Exec("UPDATE question_alerts SET state = ?, decided_at = ?, decided_by = ?, decided_reason = ? WHERE id = ? AND state = 'pending'",
		state, now, by, reason, r.ID)
	if res.Error == nil && res.RowsAffected == 0 {
		return false, store.ErrRetry // somebody else was first: look again
	}
	return res.Error == nil, res.Error
}

// expireAlerts writes down which alerts nobody decided in time.
func (l *Learning) expireAlerts(ctx context.Context) error {
	now := l.clock.Now()
	rows, err := alertRows(l.db.Read(ctx).Raw(alertSelect+"q.state = 'pending' AND q.expires_at <= ? LIMIT ?", now, store.MaxRows))
	if err != nil {
		return err
	}
	for _, r := range rows {
		err := l.db.Tx(ctx, func(tx *gorm.DB) error {
			// An ended attempt has settled its alerts itself.
			if err := touch(tx, r.AttemptID); err != nil {
				return err
			}
			return tx.Exec("UPDATE question_alerts SET state = 'skipped', decided_at = expires_at WHERE id = ? AND state = 'pending'", r.ID).Error
		})
		if err != nil && models.KindOf(err) != models.KindClosed {
			return err
		}
	}
	return nil
}

// alertState is what grading needs to know of an alert.
type alertState struct {
	Slot      int
	State     string
	ExpiresAt time.Time
}

// readAlerts fills in the alerts of the attempts that have any change.
func readAlerts(tx *gorm.DB, ends map[models.ID]*endRow) error {
	var ids []models.ID
	for id, e := range ends {
		if e.Marks > 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := alertStates(tx, ids)
	for id, list := range found {
		ends[id].alerts = list
	}
	return err
}

// waits tells whether the teacher may still decide over a question.
func (e *endRow) waits(now time.Time) bool {
	return slices.ContainsFunc(e.alerts, func(a alertState) bool { return a.State == alertPending && a.ExpiresAt.After(now) })
}

func (e *endRow) pending() bool {
	return slices.ContainsFunc(e.alerts, func(a alertState) bool { return a.State == alertPending })
}

// outOf answers the slots that do not count. An alert that is still waiting
// when the attempt ends is skipped: the pupil is not made to pay for it.
func outOf(alerts []alertState) map[int]bool {
	out := map[int]bool{}
	for _, a := range alerts {
		if a.State == alertPending || a.State == alertSkipped || a.State == alertAccepted {
			out[a.Slot] = true
		}
	}
	return out
}

// skipAlerts settles what waits in attempts that are ended by the caller.
func skipAlerts(tx *gorm.DB, list []ending, now time.Time) error {
	var ids []models.ID
	for _, e := range list {
		if e.pending {
			ids = append(ids, e.f.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return tx.Exec("UPDATE question_alerts SET state = 'skipped', decided_at = ? WHERE attempt_id IN ? AND state = 'pending'", now, ids).Error
}

// excluded reads the slots of an ended attempt that do not count.
func excluded(tx *gorm.DB, attempt models.ID) (map[int]bool, error) {
	all, err := excludedOf(tx, []models.ID{attempt})
	return all[attempt], err
}

// excludedOf is excluded for many; an attempt without such slots is not in it.
func excludedOf(tx *gorm.DB, attempts []models.ID) (map[models.ID]map[int]bool, error) {
	all := map[models.ID]map[int]bool{}
	for part := range slices.Chunk(attempts, store.MaxRows) {
		found, err := alertStates(tx, part)
		if err != nil {
			return nil, err
		}
		for id, list := range found {
			all[id] = outOf(list)
		}
	}
	return all, nil
}

// alertStates reads the alerts of attempts.
func alertStates(tx *gorm.DB, attempts []models.ID) (map[models.ID][]alertState, error) {
	var rows []struct {
		AttemptID models.ID
		Slot      int
		State     string
		ExpiresAt time.Time
	}
	err := tx.Raw("SELECT attempt_id, slot, state, expires_at FROM question_alerts WHERE attempt_id IN ?", attempts).Scan(&rows).Error
	of := map[models.ID][]alertState{}
	for _, r := range rows {
		of[r.AttemptID] = append(of[r.AttemptID], alertState{r.Slot, r.State, r.ExpiresAt})
	}
	return of, err
}
