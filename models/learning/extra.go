package learning

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// mostExtra is the most time a pupil may have beyond a quiz's own, in percent:
// twice the time.
const mostExtra = 100

// SetExtraTime gives a pupil that many percent more time in every quiz begun
// from now on; 0 takes it away. Nothing says why: no reason is asked and none
// is kept. Errors: NotFound for a pupil out of reach; Invalid field
// body.percent.
func (l *Learning) SetExtraTime(ctx context.Context, actor models.Actor, person models.ID, percent int) error {
	if percent < 0 || percent > mostExtra {
		return models.InvalidField("body.percent", "out_of_range")
	}
	reach, err := models.Allow(actor, models.ActTeach)
	if err != nil {
		return err
	}
	where, args := place.ClassFilter(reach, "c.id")
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		var n int
		err := tx.Raw("SELECT COUNT(*) FROM enrolments e JOIN school_classes c ON c.id = e.class_id WHERE e.person_id = ? AND e.live = 1 AND "+where,
			append([]any{person}, args...)...).Scan(&n).Error
		if err != nil {
			return err
		}
		if n == 0 {
			return models.NotFound()
		}
		if percent == 0 {
			return tx.Exec("DELETE FROM accommodations WHERE person_id = ?", person).Error
		}
		now := l.clock.Now()
		res := tx.Exec("UPDATE accommodations SET extra_percent = ?, set_by = ?, set_at = ? WHERE person_id = ?", percent, actor.Account, now, person)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		err = tx.Exec("INSERT INTO accommodations (person_id, extra_percent, set_by, set_at) VALUES (?, ?, ?, ?)", person, percent, actor.Account, now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
}

// extraSeconds is what a pupil has beyond a quiz's own minutes.
func extraSeconds(tx *gorm.DB, person models.ID, minutes int) (int, error) {
	var percent int
	err := tx.Raw("SELECT extra_percent FROM accommodations WHERE person_id = ?", person).Scan(&percent).Error
	return minutes * 60 * percent / 100, err
}
