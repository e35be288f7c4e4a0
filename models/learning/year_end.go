package learning

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
)

// CloseClasses ends what classes are still asked to do, for a school whose year
// is over: open lesson sessions close and submit what was saved, running
// assignments end now, those not begun are taken off. It asks nobody: its
// caller has. Doing it again changes nothing.
func (l *Learning) CloseClasses(ctx context.Context, classes []models.ID) error {
	if len(classes) == 0 {
		return nil
	}
	var open []models.ID
	if err := l.db.Read(ctx).Raw("SELECT id FROM lesson_sessions WHERE live_class IN ?", classes).Scan(&open).Error; err != nil {
		return err
	}
	for _, id := range open {
		if err := l.closeSession(ctx, id, byTeacher); err != nil {
			return err
		}
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		err := tx.Exec("UPDATE assignments SET removed_at = ? WHERE class_id IN ? AND removed_at IS NULL AND opens_at > ?", now, classes, now).Error
		if err != nil {
			return err
		}
		return tx.Exec("UPDATE assignments SET due_at = ? WHERE class_id IN ? AND removed_at IS NULL AND due_at > ?", now, classes, now).Error
	})
}
