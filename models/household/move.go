package household

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/coverage"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Move puts a household into another village from a day up to today, and with
// it what it counted for since that day. Both villages must be in the actor's
// reach for move_household. Errors: NotFound; Invalid field "body.on" (not a
// day, in the future, before the household entered its village or before the
// new village began); Conflict "same_village" and "village_closed".
func (s *Households) Move(ctx context.Context, actor models.Actor, householdID models.ID, villageCode, on, reason string) (Household, error) {
	reach, err := models.Allow(actor, models.ActMoveHousehold)
	if err != nil {
		return Household{}, err
	}
	today := s.db.Clock().Today()
	if on, reason, err = moveWords(on, reason, today); err != nil {
		return Household{}, err
	}
	var moved Household
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		h, err := byID(tx, householdID)
		if err != nil {
			return err
		}
		to, err := place.VillageByCode(tx, villageCode, today)
		if err != nil {
			return models.NotFound()
		}
		for _, village := range []models.ID{h.VillageID, to.ID} {
			ok, err := place.InReach(tx, reach, village)
			if err == nil && !ok {
				err = models.NotFound()
			}
			if err != nil {
				return err
			}
		}
		switch {
		case h.State != StateActive:
			return models.NotFound()
		case h.VillageID == to.ID:
			return models.Conflict("same_village")
		case on < h.VillageSince || on < to.ValidFrom:
			return models.InvalidField("body.on", "before_start")
		}
		if err := enter(tx, to.ID, today); err != nil {
			return err
		}
		now := s.db.Clock().Now()
		list := []Household{h}
		if err := s.transfer(tx, list, to.ID, on, "moved", models.ID{}, now); err != nil {
			return err
		}
		moved = list[0]
		if err := note(tx, h.ID, models.ID{}, "moved", reason, actor, now); err != nil {
			return err
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.HouseholdMoved, Kind: audit.KindHousehold, Subject: h.ID,
			Detail: audit.Detail{"from": h.VillageID.String(), "to": to.ID.String(), "on": on}})
	})
	return moved, err
}

func moveWords(on, reason, today string) (string, string, error) {
	on, err := models.ParseDay(on)
	if err != nil {
		return "", "", models.InvalidField("body.on", "invalid_date")
	}
	if on > today {
		return "", "", models.InvalidField("body.on", "future_date")
	}
	reason, err = reasonOf(reason)
	return on, reason, err
}

// transfer moves households, each from its own village, to another as of a day
// (or of the day it entered its village, if that was later) and updates the
// list. The caller has entered the village. It may answer store.ErrRetry.
func (s *Households) transfer(tx *gorm.DB, list []Household, to models.ID, on, cause string, causeID models.ID, now time.Time) error {
	moving := make([]coverage.Moving, 0, len(list))
	for i, h := range list {
		day := max(on, h.VillageSince)
		err := store.One(tx.Exec("UPDATE households SET village_id = ?, village_since = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?",
			to, day, now, h.ID, h.Version), store.ErrRetry)
		if err != nil {
			return err
		}
		moving = append(moving, coverage.Moving{SubjectID: h.ID, From: h.VillageID, To: to, OnDate: day, Now: h.figures()})
		list[i].VillageID, list[i].VillageSince, list[i].Version = to, day, h.Version+1
	}
	if err := s.step("households moved"); err != nil {
		return err
	}
	return coverage.Transfer(tx, moving, cause, causeID, now)
}

// mergeRows is how many households one transaction of a merge moves: each
// brings at least two ledger rows.
const mergeRows = 100

// MergeVillage closes a village on a day up to today and moves its households
// into another, 100 a transaction, and answers how many it moved. The village
// is closed first, so that no household can enter it any more; if the work is
// cut off, the figures are exact (what is left still counts where it was) and
// the same call again finishes it. Both villages must be in the actor's reach
// for manage_places. Errors: NotFound, Invalid, Conflict of
// place.CloseVillageTx, "village_closed" when it was merged elsewhere before.
func (s *Households) MergeVillage(ctx context.Context, actor models.Actor, fromCode, intoCode, on, reason string) (int, error) {
	reach, err := models.Allow(actor, models.ActManagePlaces)
	if err != nil {
		return 0, err
	}
	today := s.db.Clock().Today()
	if on, reason, err = moveWords(on, reason, today); err != nil {
		return 0, err
	}
	var from, into models.ID
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		from, into, err = s.closeFor(tx, reach, fromCode, intoCode, on)
		return err
	})
	if err != nil {
		return 0, err
	}
	moved := 0
	for {
		if err := s.step("merge chunk"); err != nil {
			return moved, err
		}
		n := 0
		err := s.db.Tx(ctx, func(tx *gorm.DB) (err error) {
			n, err = s.mergeSome(tx, actor, from, into, on, reason)
			return err
		})
		moved += n
		if err != nil || n < mergeRows {
			return moved, err
		}
	}
}

// mergedVillage is a village that may be closed already.
type mergedVillage struct {
	ID         models.ID
	ValidTo    string
	MergedInto models.ID
}

// closeFor closes the village, unless an earlier call did.
func (s *Households) closeFor(tx *gorm.DB, reach models.Reach, fromCode, intoCode, on string) (from, into models.ID, err error) {
	var pair [2]mergedVillage
	for i, code := range []string{fromCode, intoCode} {
		code, err := place.NormalizeVillageCode(code)
		if err != nil {
			return from, into, models.NotFound()
		}
		if err := tx.Raw("SELECT id, valid_to, merged_into FROM villages WHERE code = ?", code).Scan(&pair[i]).Error; err != nil {
			return from, into, fmt.Errorf("read village: %w", err)
		}
		ok, err := place.InReach(tx, reach, pair[i].ID)
		if err == nil && (!ok || pair[i].ID.IsZero()) {
			err = models.NotFound()
		}
		if err != nil {
			return from, into, err
		}
	}
	from, into = pair[0].ID, pair[1].ID
	if pair[0].MergedInto == into && from != into {
		return from, into, nil // cut off before: go on
	}
	// Guarded, so that a household on its way in is either seen or refused.
	if err := guard(tx, from); err != nil {
		return from, into, err
	}
	return from, into, place.CloseVillageTx(tx, from, into, on, s.db.Clock().Now())
}

// mergeSome moves up to mergeRows households.
func (s *Households) mergeSome(tx *gorm.DB, actor models.Actor, from, into models.ID, on, reason string) (int, error) {
	now := s.db.Clock().Now()
	into, err := lastVillage(tx, into)
	if err != nil {
		return 0, err
	}
	if err := enter(tx, into, models.Day(now)); err != nil {
		return 0, err
	}
	var list []Household
	err = tx.Raw("SELECT "+householdColumns+" FROM households h WHERE h.village_id = ? ORDER BY h.id LIMIT ?", from, mergeRows).Scan(&list).Error
	if err != nil || len(list) == 0 {
		return 0, err
	}
	if err := s.transfer(tx, list, into, on, "merged", from, now); err != nil {
		return 0, err
	}
	args := make([]any, 0, 7*len(list))
	for _, h := range list {
		args = append(args, models.NewID(now), h.ID, "moved", reason, actor.Account, cut(actor.Name, 120), now)
	}
	values := strings.Repeat("(?,?,?,?,?,?,?),", len(list))
	err = tx.Exec("INSERT INTO household_events (id, household_id, kind, reason, account_id, actor_name, at) VALUES "+
		strings.TrimSuffix(values, ","), args...).Error
	if err != nil {
		return 0, fmt.Errorf("write history: %w", err)
	}
	return len(list), nil
}

// lastVillage follows the mergers of a village to the one that lasts: the
// target of a merge may be merged itself before all households are moved.
func lastVillage(tx *gorm.DB, id models.ID) (models.ID, error) {
	for range 20 {
		var v mergedVillage
		if err := tx.Raw("SELECT id, valid_to, merged_into FROM villages WHERE id = ?", id).Scan(&v).Error; err != nil {
			return id, fmt.Errorf("read village: %w", err)
		}
		if v.MergedInto.IsZero() {
			return id, nil
		}
		id = v.MergedInto
	}
	return id, models.Conflict("village_closed")
}
