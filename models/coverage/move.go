package coverage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// reachArea answers NotFound unless the area exists and is in reach.
func reachArea(tx *gorm.DB, reach models.Reach, area Area) error {
	if err := exists(tx, area); err != nil {
		return err
	}
	in := place.AreaInReach
	if area.Level == LevelVillage {
		in = place.InReach
	}
	ok, err := in(tx, reach, area.ID)
	if err != nil {
		return err
	}
	if !ok {
		return models.NotFound()
	}
	return nil
}

// MoveVillage puts a village into another commune from a day up to today, and
// carries its folded figures from the old commune's counters to the new one's
// in the same transaction. Rows not folded yet need nothing: they are resolved
// when they are read. Village and commune must be in the actor's reach.
// Errors: NotFound, Invalid "invalid_date" or "future_date", Conflict
// "same_commune", KindUnavailable "busy", and those of place.MoveVillageTx.
func (c *Coverage) MoveVillage(ctx context.Context, actor models.Actor, villageID, toCommune models.ID, on, reason string) error {
	reach, err := models.Allow(actor, models.ActManagePlaces)
	if err != nil {
		return err
	}
	on, err = models.ParseDay(on)
	if err != nil {
		return err
	}
	// A move in the future would change the map at midnight without the counters.
	if on > c.db.Clock().Today() {
		return models.InvalidField("body.on", "future_date")
	}
	err = c.must(ctx, func(lease *store.Lease) error {
		return c.db.Tx(ctx, func(tx *gorm.DB) error {
			if err := lease.Hold(tx); err != nil {
				return err
			}
			if err := reachArea(tx, reach, Area{villageID, LevelVillage}); err != nil {
				return err
			}
			if err := reachArea(tx, reach, Area{toCommune, LevelCommune}); err != nil {
				return err
			}
			return c.moveVillage(tx, villageID, toCommune, on, reason, c.db.Clock().Now())
		})
	})
	return noSuchRace(err)
}

// noSuchRace turns a lease lost between two statements, which only a stopped
// process sees, into "try again".
func noSuchRace(err error) error {
	var e *models.Error
	if errors.As(err, &e) && e.Code == "lease_lost" {
		return &models.Error{Kind: models.KindUnavailable, Code: "busy", RetryAfter: 5, Err: err}
	}
	return err
}

func (c *Coverage) moveVillage(tx *gorm.DB, villageID, toCommune models.ID, on, reason string, now time.Time) error {
	day := models.Day(now)
	before, err := resolve(tx, map[models.ID]bool{villageID: true}, day)
	if err != nil {
		return err
	}
	if before[villageID].CommuneID == toCommune {
		return models.Conflict("same_commune")
	}
	if _, err := place.MoveVillageTx(tx, villageID, toCommune, on, reason, now); err != nil {
		return err
	}
	if err := c.step("moved"); err != nil {
		return err
	}
	after, err := resolve(tx, map[models.ID]bool{villageID: true}, day)
	if err != nil {
		return err
	}
	var folded Figures
	err = tx.Raw("SELECT "+figureColumns+" FROM coverage_counters WHERE area_id = ?", villageID).Scan(&folded).Error
	if err != nil {
		return fmt.Errorf("read village counter: %w", err)
	}
	sums := map[counterKey]Figures{}
	for _, k := range before[villageID].keys(villageID)[1:] {
		sums[k] = sums[k].minus(folded)
	}
	for _, k := range after[villageID].keys(villageID)[1:] {
		sums[k] = sums[k].plus(folded)
	}
	return c.add(tx, sums, now)
}
