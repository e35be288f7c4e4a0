package learning

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
)

// placeJob is one step of a pupil to another slot, on the way through the
// grouped commit.
type placeJob struct {
	attempt models.ID
	slot    int
}

// SetPosition keeps the slot at which the pupil is, to go on there on another
// device. Errors: NotFound; Invalid field body.slot ("not_in_attempt"); Closed.
func (l *Learning) SetPosition(ctx context.Context, actor models.Actor, id models.ID, slot int) error {
	f, err := l.own(ctx, actor, id)
	if err == nil {
		f, err = l.grown(ctx, f, slot)
	}
	if err != nil {
		return err
	}
	if slot < 1 || slot > len(f.items) {
		return models.InvalidField("body.slot", "not_in_attempt")
	}
	var state string
	if err := l.db.Read(ctx).Raw("SELECT state FROM attempts WHERE id = ?", id).Scan(&state).Error; err != nil {
		return err
	}
	if state != stateOpen {
		return models.Fail(models.KindClosed, "closed")
	}
	return l.places.Do(ctx, placeJob{id, slot})
}

// applyPlaces writes a batch of steps in one statement, in the order of ids, so
// that two copies of the program lock the rows in the same order. Of two steps
// in one attempt the later wins. An attempt that ended meanwhile keeps its
// last place.
func applyPlaces(tx *gorm.DB, batch []placeJob) []error {
	latest := make(map[models.ID]int, len(batch))
	for _, j := range batch {
		latest[j.attempt] = j.slot
	}
	ids := make([]models.ID, 0, len(latest))
	for id := range latest {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b models.ID) int { return bytes.Compare(a[:], b[:]) })
	args := make([]any, 0, 3*len(ids))
	for _, id := range ids {
		args = append(args, id, latest[id])
	}
	for _, id := range ids {
		args = append(args, id)
	}
	err := tx.Exec("UPDATE attempts SET position = CASE id"+strings.Repeat(" WHEN ? THEN ?", len(ids))+
		" ELSE position END WHERE state = 'open' AND id IN ("+marks(len(ids))+")", args...).Error
	errs := make([]error, len(batch))
	for i := range errs {
		errs[i] = err
	}
	return errs
}
