package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// CloseClasses ends what classes are still asked to do, for a school whose year
// is over: open lesson sessions close and submit what was saved, running
// assignments end now, those not begun are taken off. yearEnd names the
// roll-over that asks for it, for ReopenClasses. It asks nobody: its caller
// has. Doing it again changes nothing.
func (l *Learning) CloseClasses(ctx context.Context, yearEnd models.ID, classes []models.ID) error {
	if len(classes) == 0 {
		return nil
	}
	var open []models.ID
	if err := l.db.Read(ctx).Raw("SELECT id FROM lesson_sessions WHERE live_class IN ?", classes).Scan(&open).Error; err != nil {
		return err
	}
	for _, id := range open {
		if err := l.closeSessionFor(ctx, id, byTeacher, yearEnd); err != nil {
			return err
		}
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		err := tx.Exec(`UPDATE assignments SET year_end = ?, was_due = NULL, removed_at = ?, changed_at = ?, version = version + 1
			WHERE class_id IN ? AND removed_at IS NULL AND opens_at > ?`, yearEnd, now, now, classes, now).Error
		if err != nil {
			return err
		}
		// was_due comes first: MySQL reads a column that was set before with its new value.
		return tx.Exec(`UPDATE assignments SET year_end = ?, was_due = due_at, due_at = ?, changed_at = ?, version = version + 1
			WHERE class_id IN ? AND removed_at IS NULL AND due_at > ?`, yearEnd, now, now, classes, now).Error
	})
}

// ReopenClasses is the way back of CloseClasses, in the transaction that takes
// the roll-over back: assignments have their old end again, those taken off are
// back, and a lesson whose time is not over goes on under its code. What
// somebody has changed since stays as they left it, and quizzes that were
// handed in with their lesson stay handed in. It asks nobody.
func ReopenClasses(tx *gorm.DB, yearEnd models.ID, now time.Time) error {
	err := tx.Exec(`UPDATE assignments SET removed_at = NULL, year_end = NULL, changed_at = ?, version = version + 1
		WHERE year_end = ? AND was_due IS NULL`, now, yearEnd).Error
	if err != nil {
		return err
	}
	err = tx.Exec(`UPDATE assignments SET due_at = was_due, year_end = NULL, was_due = NULL, changed_at = ?, version = version + 1
		WHERE year_end = ? AND was_due IS NOT NULL`, now, yearEnd).Error
	if err != nil {
		return err
	}
	rows, err := sessionRows(tx.Raw(sessionSelect+`s.year_end = ? AND s.was_until > ? AND s.live_class IS NULL
		AND NOT EXISTS (SELECT 1 FROM lesson_sessions o WHERE o.live_class = s.class_id)`, yearEnd, now))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := reopenSession(tx, r); err != nil {
			return err
		}
	}
	return tx.Exec("UPDATE lesson_sessions SET year_end = NULL WHERE year_end = ?", yearEnd).Error
}

// reopenSession hangs a lesson's code on the wall again, or a new one where
// another lesson took it meanwhile.
func reopenSession(tx *gorm.DB, r sessionRow) error {
	var taken int
	if err := tx.Raw("SELECT COUNT(*) FROM lesson_sessions WHERE live_code = ?", r.Code).Scan(&taken).Error; err != nil {
		return err
	}
	code := r.Code
	if taken > 0 {
		code = models.NewCode(sessionCode)
	}
	err := tx.Exec(`UPDATE lesson_sessions SET closed_at = NULL, closes_at = was_until, code = ?, live_code = ?, live_class = class_id
		WHERE id = ? AND live_class IS NULL`, code, code, r.ID).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry // a lesson was opened at this moment
	}
	return err
}
