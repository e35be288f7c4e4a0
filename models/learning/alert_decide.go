package learning

import (
	"context"
	"encoding/json"
	"slices"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// AlertDecision is what a teacher says to an alert. Replace, which needs
// Accept, gives the pupil another question of the same objective.
type AlertDecision struct {
	Accept, Replace bool
	Reason          string
}

// state and kind are what the decision makes of the alert and what the record
// of the session says.
func (d AlertDecision) state() string {
	if d.Accept {
		return alertAccepted
	}
	return alertRefused
}

func (d AlertDecision) kind() string {
	if d.Replace {
		return "alert_replaced"
	}
	return "alert_" + d.state()
}

func (d AlertDecision) check() error {
	reasons := refuseReasons
	if d.Accept {
		reasons = acceptReasons
	}
	switch {
	case !slices.Contains(reasons, d.Reason):
		return models.InvalidField("body.reason", "unknown")
	case d.Replace && !d.Accept:
		return models.InvalidField("body.replace", "not_accepted")
	}
	return nil
}

// DecideAlert accepts an alert (the question does not count for this pupil, or
// another one takes its place) or refuses it. The same decision again changes
// nothing. Errors: NotFound out of reach; Invalid fields body.reason,
// body.replace; Conflict "alert_over" with the detail state when it was decided
// otherwise, withdrawn or has timed out; Conflict "no_spare_question" when the
// pupil has been shown every question of the objective; Closed when the attempt
// is over.
func (l *Learning) DecideAlert(ctx context.Context, actor models.Actor, id models.ID, d AlertDecision) (Alert, error) {
	if err := d.check(); err != nil {
		return Alert{}, err
	}
	var out Alert
	var attempt models.ID
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		rows, err := alertRows(tx.Raw(alertSelect+"q.id = ?", id))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return models.NotFound()
		}
		r := rows[0]
		if _, err := sessionFor(tx, actor, models.ActRunSession, r.SessionID); err != nil {
			return err
		}
		attempt = r.AttemptID
		out, err = l.decideTx(tx, actor, r, d)
		return err
	})
	if out.Replacement > 0 {
		l.frozen.drop(attempt)
	}
	return out, err
}

func (l *Learning) decideTx(tx *gorm.DB, actor models.Actor, r alertRow, d AlertDecision) (Alert, error) {
	now := l.clock.Now()
	if r.State == d.state() && (r.Replacement > 0) == d.Replace {
		return r.alert(now), nil
	}
	changed, err := l.settleAlert(tx, r, d.state(), d.Reason, actor.Account)
	if err != nil {
		return Alert{}, err
	}
	if !changed {
		return Alert{}, models.Conflict("alert_over").With("state", r.alert(now).State)
	}
	if d.Replace {
		if r.Replacement, err = l.replace(tx, r); err != nil {
			return Alert{}, err
		}
	}
	r.State, r.DecidedReason = d.state(), d.Reason
	return r.alert(now), l.record(tx, decision{session: r.SessionID, person: r.PersonID, attempt: r.AttemptID, kind: d.kind(), reason: d.Reason, by: actor.Account})
}

// replace puts a question of the same objective behind the others of an open
// attempt and answers its slot. What was frozen before stays as it is, so that
// answers and the alert go on naming the same slots; the number of slots in the
// row tells every reader that a copy in memory is older than the row.
func (l *Learning) replace(tx *gorm.DB, r alertRow) (slot int, err error) {
	var row struct{ CourseHash, Items string }
	if err := tx.Raw("SELECT course_hash, items FROM attempts WHERE id = ?", r.AttemptID).Scan(&row).Error; err != nil {
		return 0, err
	}
	c, err := l.catalog.version(tx.Statement.Context, row.CourseHash)
	if err != nil {
		return 0, err
	}
	items, err := thaw(c, row.Items)
	if err != nil {
		return 0, err
	}
	left := spare(l.catalog.drawnFrom(c), items, r.Slot)
	if len(left) == 0 {
		return 0, models.Conflict("no_spare_question")
	}
	rng := newRand()
	list := make([]item, 0, len(items)+1)
	for _, s := range items {
		list = append(list, s.item)
	}
	list = append(list, deal(left[rng.IntN(len(left))], rng))
	text, err := json.Marshal(list)
	if err != nil {
		return 0, err
	}
	err = store.One(tx.Exec("UPDATE attempts SET items = ?, slots = ? WHERE id = ? AND state = 'open' AND slots = ?",
		string(text), len(list), r.AttemptID, len(items)), store.ErrRetry)
	if err != nil {
		return 0, err
	}
	return len(list), tx.Exec("UPDATE question_alerts SET replacement = ? WHERE id = ?", len(list), r.ID).Error
}

// spare is what may take the place of a slot: the questions of its objective
// that the attempt has not shown.
func spare(from pool, items []shown, slot int) []*curriculum.Question {
	if slot < 1 || slot > len(items) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(from[items[slot-1].q.Objective]), func(q *curriculum.Question) bool {
		return slices.ContainsFunc(items, func(s shown) bool { return s.q.Key == q.Key })
	})
}

// addSpare tells the teacher how many questions could replace the one of an
// alert that waits.
func (l *Learning) addSpare(ctx context.Context, r alertRow, a *Alert) error {
	if a.State != alertPending {
		return nil
	}
	f, err := l.anyAttempt(ctx, r.AttemptID)
	if err == nil {
		f, err = l.whole(ctx, f, r.Slots)
	}
	if err != nil {
		return err
	}
	a.Spare = len(spare(l.catalog.drawnFrom(f.course), f.items, r.Slot))
	return nil
}
