package household

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// UndoMerge makes two households of one again: the links and members that went
// over come back with whatever was decided of them since, both are recounted,
// and the one that had moved for the merge goes back. Both are then what they
// were before, but for what others did to them meanwhile. The actor needs
// merge_households with both in reach. A repeat answers the same. Errors:
// NotFound; Conflict "merged_since" (the kept one is itself merged into
// another: that one is undone first).
func (s *Households) UndoMerge(ctx context.Context, actor models.Actor, mergeID models.ID, reason string) (Merge, error) {
	reach, err := models.Allow(actor, models.ActMergeHouseholds)
	if err != nil {
		return Merge{}, err
	}
	if reason, err = reasonOf(reason); err != nil {
		return Merge{}, err
	}
	var m Merge
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		if m, err = mergeByID(tx, mergeID); err != nil {
			return err
		}
		kept, err := byID(tx, m.KeptID)
		if err != nil {
			return err
		}
		gone, err := byID(tx, m.GoneID)
		if err != nil {
			return err
		}
		for _, village := range []models.ID{kept.VillageID, gone.VillageID} {
			if err := reaches(tx, reach, village); err != nil {
				return err
			}
		}
		switch {
		case m.Live == nil:
			return nil // undone already
		case kept.State != StateActive:
			return models.Conflict("merged_since")
		}
		m, err = s.undoMerge(tx, actor, m, kept, gone, reason)
		return err
	})
	return m, err
}

func (s *Households) undoMerge(tx *gorm.DB, actor models.Actor, m Merge, kept, gone Household, reason string) (Merge, error) {
	now := s.db.Clock().Now()
	err := store.One(tx.Exec("UPDATE household_merges SET live = NULL, undone_by = ?, undone_name = ?, undone_at = ? WHERE id = ? AND live = 1",
		actor.Account, cut(actor.Name, 120), now, m.ID), store.ErrRetry)
	if err != nil {
		return m, err
	}
	m.Live, m.UndoneBy, m.UndoneName, m.UndoneAt = nil, actor.Account, cut(actor.Name, 120), &now
	// Its village may have been merged into another meanwhile: it went along.
	if err := enter(tx, gone.VillageID, models.Day(now)); err != nil {
		return m, err
	}
	if err := bring(tx, m.ID, m.KeptID, m.GoneID); err != nil {
		return m, err
	}
	if err := setState(tx, gone, StateActive, models.ID{}, m, now); err != nil {
		return m, err
	}
	for _, id := range []models.ID{gone.ID, kept.ID} {
		if err := Recount(tx, id, "home_undone", m.ID, now); err != nil {
			return m, err
		}
	}
	if err := coveredSince(tx, gone.ID, m.GoneCoveredAt); err != nil {
		return m, err
	}
	if err := coveredSince(tx, kept.ID, m.KeptCoveredAt); err != nil {
		return m, err
	}
	if err := s.sendHome(tx, m, now); err != nil {
		return m, err
	}
	if err := setPair(tx, kept.ID, gone.ID, PairOpen, actor, now); err != nil {
		return m, err
	}
	for _, id := range []models.ID{kept.ID, gone.ID} {
		if err := note(tx, id, models.ID{}, "home_undone", reason, actor, now); err != nil {
			return m, err
		}
	}
	return m, audit.Append(tx, actor, audit.Entry{Act: audit.HouseholdUnmerged, Kind: audit.KindHousehold, Subject: kept.ID, Detail: audit.Detail{"back": gone.ID.String(), "merge": m.ID.String()}})
}

// coveredSince gives a household that is covered again the moment from which it
// was.
func coveredSince(tx *gorm.DB, id models.ID, at *time.Time) error {
	if at == nil {
		return nil
	}
	err := tx.Exec("UPDATE households SET covered_at = ? WHERE id = ? AND covered = 1 AND covered_at > ?", *at, id, *at).Error
	if err != nil {
		return fmt.Errorf("write since when: %w", err)
	}
	return nil
}

// sendHome takes the kept household back to the village from which a merge took
// it, unless it moved on since.
func (s *Households) sendHome(tx *gorm.DB, m Merge, now time.Time) error {
	if m.MovedTo.IsZero() {
		return nil
	}
	h, err := byID(tx, m.KeptID)
	if err != nil || h.VillageID != m.MovedTo {
		return err
	}
	back, err := lastVillage(tx, m.KeptVillageID)
	if err != nil {
		return err
	}
	on := models.Day(now)
	if err := s.carry(tx, h.ID, back, on, m, now); err != nil {
		return err
	}
	if back != m.KeptVillageID || on != models.Day(m.MergedAt) {
		return nil
	}
	// Gone and back on one day: it never left.
	return tx.Exec("UPDATE households SET village_since = ? WHERE id = ?", m.KeptVillageSince, h.ID).Error
}

// MergesOf answers the merges of a household that hold, the newest first: those
// that it took in, and the one that took it.
func mergesOf(tx *gorm.DB, id models.ID) ([]Merge, error) {
	var list []Merge
	err := tx.Raw("SELECT "+mergeColumns+" FROM household_merges WHERE (kept_id = ? OR gone_id = ?) AND live = 1 ORDER BY merged_at DESC, id DESC", id, id).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read merges: %w", err)
	}
	return list, nil
}
