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

// Accommodation is what is arranged for one pupil in quizzes. Nothing says why:
// no reason is asked and none is kept, and neither a result nor a certificate
// shows it.
type Accommodation struct {
	ExtraPercent int  `json:"extra_percent"` // more time in quizzes begun from now on, 0 to 100
	ReadAloud    bool `json:"read_aloud"`    // questions are offered to be read out
}

// pupilFor tells whether the actor teaches a pupil: NotFound when not.
func pupilFor(tx *gorm.DB, actor models.Actor, person models.ID) error {
	reach, err := models.Allow(actor, models.ActTeach)
	if err != nil {
		return err
	}
	where, args := place.ClassFilter(reach, "c.id")
	var n int
	err = tx.Raw("SELECT COUNT(*) FROM enrolments e JOIN school_classes c ON c.id = e.class_id WHERE e.person_id = ? AND e.live = 1 AND "+where,
		append([]any{person}, args...)...).Scan(&n).Error
	if err == nil && n == 0 {
		err = models.NotFound()
	}
	return err
}

// Accommodation answers what is arranged for a pupil. It is for those who may
// change it; an invigilator sees the time in the monitor and no more. The error
// is NotFound out of reach.
func (l *Learning) Accommodation(ctx context.Context, actor models.Actor, person models.ID) (Accommodation, error) {
	db := l.db.Read(ctx)
	if err := pupilFor(db, actor, person); err != nil {
		return Accommodation{}, err
	}
	return accommodationOf(db, person)
}

// SetAccommodation arranges it; the zero value takes everything away. Errors:
// NotFound for a pupil out of reach; Invalid field body.extra_percent.
func (l *Learning) SetAccommodation(ctx context.Context, actor models.Actor, person models.ID, a Accommodation) error {
	if a.ExtraPercent < 0 || a.ExtraPercent > mostExtra {
		return models.InvalidField("body.extra_percent", "out_of_range")
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := pupilFor(tx, actor, person); err != nil {
			return err
		}
		// On a laptop the row stays, so that the change finds its way home.
		if a == (Accommodation{}) && !l.away {
			return tx.Exec("DELETE FROM accommodations WHERE person_id = ?", person).Error
		}
		now := l.clock.Now()
		res := tx.Exec("UPDATE accommodations SET extra_percent = ?, read_aloud = ?, set_by = ?, set_at = ? WHERE person_id = ?",
			a.ExtraPercent, bit(a.ReadAloud), actor.Account, now, person)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		err := tx.Exec("INSERT INTO accommodations (person_id, extra_percent, read_aloud, set_by, set_at) VALUES (?, ?, ?, ?, ?)",
			person, a.ExtraPercent, bit(a.ReadAloud), actor.Account, now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
}

// accommodationOf reads what is arranged for a pupil, nothing where there is no row.
func accommodationOf(tx *gorm.DB, person models.ID) (a Accommodation, err error) {
	err = tx.Raw("SELECT extra_percent, read_aloud FROM accommodations WHERE person_id = ?", person).Scan(&a).Error
	return a, err
}

// extraSeconds is what a pupil has beyond a quiz's own minutes.
func (a Accommodation) extraSeconds(minutes int) int { return minutes * 60 * a.ExtraPercent / 100 }
