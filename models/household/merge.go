package household

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/coverage"
	"nhaso/models/store"
)

// StateMerged is the state of a household that was put into another one.
const StateMerged = "merged"

// Merge is one household put into another.
type Merge struct {
	ID               models.ID
	KeptID           models.ID
	GoneID           models.ID
	Live             *int
	KeptVillageID    models.ID
	KeptVillageSince string
	KeptCoveredAt    *time.Time
	GoneCoveredAt    *time.Time
	MovedTo          models.ID // the village into which the kept one moved with it, zero for none
	Reason           string
	MergedBy         models.ID
	MergedName       string
	MergedAt         time.Time
	UndoneBy         models.ID
	UndoneName       string
	UndoneAt         *time.Time
}

const mergeColumns = `id, kept_id, gone_id, live, kept_village_id, kept_village_since, kept_covered_at, gone_covered_at, moved_to, reason,
	merged_by, merged_name, merged_at, undone_by, undone_name, undone_at`

// NewMerge says which household stays. The ID is made by the client.
type NewMerge struct {
	ID   models.ID
	Kept models.ID
	Gone models.ID
	// GoneCode names the household that goes by its public code instead.
	GoneCode string
	// Home is whose village is the right one, HomeKept or HomeGone: needed when
	// the two are in different villages.
	Home   string
	Reason string
}

// Whose village is that of the one household.
const (
	HomeKept = "kept"
	HomeGone = "gone"
)

// MergeHouseholds puts one household into another as of today: its live links
// go over with their history, and so do the register's members that the other
// lacks. The one that is gone counts for nothing from today on; what was counted
// before stays. The actor needs merge_households with both in reach. A repeat
// answers the same merge. Errors: NotFound; Invalid fields "body.home"
// ("required" when the villages differ) and "body.gone_id";
// Conflict "already_merged" (either is gone already) and "id_taken".
func (s *Households) MergeHouseholds(ctx context.Context, actor models.Actor, n NewMerge) (Merge, error) {
	reach, err := models.Allow(actor, models.ActMergeHouseholds)
	if err != nil {
		return Merge{}, err
	}
	if n.Reason, err = reasonOf(n.Reason); err != nil {
		return Merge{}, err
	}
	var m Merge
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.db.Clock().Now()
		n := n
		if n.GoneCode != "" {
			other, err := anyByCode(tx, n.GoneCode)
			if err != nil {
				return err
			}
			n.Gone = other.ID
		}
		if n.Kept == n.Gone {
			return models.InvalidField("body.gone_id", "same_household")
		}
		if n.ID.IsZero() {
			n.ID = models.NewID(now)
		}
		old, err := mergeByID(tx, n.ID)
		if err == nil {
			m = old
			if old.KeptID != n.Kept || old.GoneID != n.Gone || old.MergedBy != actor.Account {
				return models.Conflict("id_taken")
			}
			return nil
		}
		if models.KindOf(err) != models.KindNotFound {
			return err
		}
		kept, gone, err := twoHomes(tx, reach, n)
		if err != nil {
			return err
		}
		m, err = s.merge(tx, actor, n, kept, gone, now)
		return err
	})
	return m, err
}

// twoHomes reads both households of a merge and checks that they may be merged.
func twoHomes(tx *gorm.DB, reach models.Reach, n NewMerge) (kept, gone Household, err error) {
	if kept, err = byID(tx, n.Kept); err != nil {
		return kept, gone, err
	}
	if gone, err = byID(tx, n.Gone); err != nil {
		return kept, gone, err
	}
	for _, village := range []models.ID{kept.VillageID, gone.VillageID} {
		if err := reaches(tx, reach, village); err != nil {
			return kept, gone, err
		}
	}
	if kept.State != StateActive || gone.State != StateActive {
		return kept, gone, models.Conflict("already_merged")
	}
	return kept, gone, nil
}

// anyByCode reads a household by its public code, also one that is gone.
func anyByCode(tx *gorm.DB, code string) (Household, error) {
	code, err := models.NormalizeCode(code)
	if err != nil {
		return Household{}, models.NotFound()
	}
	return oneHousehold(tx.Raw("SELECT "+householdColumns+" FROM households h WHERE h.code = ?", code))
}

// homeVillage is the village in which the merged household lives.
func homeVillage(n NewMerge, kept, gone Household) (models.ID, error) {
	switch {
	case n.Home == HomeGone:
		return gone.VillageID, nil
	case n.Home == HomeKept || n.Home == "" && kept.VillageID == gone.VillageID:
		return kept.VillageID, nil
	}
	return models.ID{}, models.InvalidField("body.home", "required")
}

func (s *Households) merge(tx *gorm.DB, actor models.Actor, n NewMerge, kept, gone Household, now time.Time) (Merge, error) {
	today := models.Day(now)
	home, err := homeVillage(n, kept, gone)
	if err != nil {
		return Merge{}, err
	}
	live := 1
	m := Merge{ID: n.ID, KeptID: kept.ID, GoneID: gone.ID, Live: &live, KeptVillageID: kept.VillageID, KeptVillageSince: kept.VillageSince,
		KeptCoveredAt: kept.CoveredAt, GoneCoveredAt: gone.CoveredAt, Reason: n.Reason, MergedBy: actor.Account, MergedName: cut(actor.Name, 120), MergedAt: now}
	if home != kept.VillageID {
		m.MovedTo = home
	}
	if err := insertMerge(tx, m); err != nil {
		return m, err
	}
	if err := s.step("merge begun"); err != nil {
		return m, err
	}
	if err := carryOver(tx, m); err != nil {
		return m, err
	}
	// Gone first: the persons' certificates then count for the other one alone.
	if err := setState(tx, gone, StateMerged, kept.ID, m, now); err != nil {
		return m, err
	}
	if err := Recount(tx, kept.ID, "merged", m.ID, now); err != nil {
		return m, err
	}
	if !m.MovedTo.IsZero() {
		if err := s.carry(tx, kept.ID, m.MovedTo, today, m, now); err != nil {
			return m, err
		}
	}
	if err := setPair(tx, kept.ID, gone.ID, PairMerged, actor, now); err != nil {
		return m, err
	}
	for _, id := range []models.ID{kept.ID, gone.ID} {
		if err := note(tx, id, models.ID{}, "home_merged", n.Reason, actor, now); err != nil {
			return m, err
		}
	}
	return m, audit.Append(tx, actor, audit.Entry{Act: audit.HouseholdMerged, Kind: audit.KindHousehold, Subject: kept.ID, Detail: audit.Detail{"gone": gone.ID.String(), "merge": m.ID.String()}})
}

// insertMerge writes a merge; the household that goes can go once.
func insertMerge(tx *gorm.DB, m Merge) error {
	err := tx.Exec(`INSERT INTO household_merges (`+mergeColumns+`) VALUES (?,?,?,1,?,?,?,?,?,?,?,?,?,NULL,'',NULL)`,
		m.ID, m.KeptID, m.GoneID, m.KeptVillageID, m.KeptVillageSince, m.KeptCoveredAt, m.GoneCoveredAt, m.MovedTo, m.Reason,
		m.MergedBy, m.MergedName, m.MergedAt).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry // the same merge, or another of this household, came first
	}
	if err != nil {
		return fmt.Errorf("write merge: %w", err)
	}
	return nil
}

// carryOver moves the links that have not ended (one that was rejected can still
// be confirmed) with their history, and the members that the kept household
// lacks, and writes down which they were.
func carryOver(tx *gorm.DB, m Merge) error {
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{"INSERT INTO household_merge_rows (merge_id, kind, row_id) SELECT ?, 'link', id FROM household_links WHERE household_id = ? AND state <> ?", []any{m.ID, m.GoneID, Ended}},
		{`INSERT INTO household_merge_rows (merge_id, kind, row_id) SELECT ?, 'member', g.id FROM household_members g WHERE g.household_id = ?
			AND NOT EXISTS (SELECT 1 FROM household_members k WHERE k.household_id = ? AND k.name_fold = g.name_fold AND k.relation = g.relation)`,
			[]any{m.ID, m.GoneID, m.KeptID}},
	} {
		if err := tx.Exec(q.sql, q.args...).Error; err != nil {
			return fmt.Errorf("note what goes over: %w", err)
		}
	}
	return bring(tx, m.ID, m.GoneID, m.KeptID)
}

// bring puts the rows of a merge from one household under another. A link is
// moved only while it is there: somebody may have moved it on meanwhile.
func bring(tx *gorm.DB, merge, from, to models.ID) error {
	for _, sql := range []string{
		"UPDATE household_events SET household_id = ? WHERE household_id = ? AND link_id IN (SELECT row_id FROM household_merge_rows WHERE merge_id = ? AND kind = 'link')",
		"UPDATE household_links SET household_id = ? WHERE household_id = ? AND id IN (SELECT row_id FROM household_merge_rows WHERE merge_id = ? AND kind = 'link')",
		"UPDATE household_members SET household_id = ? WHERE household_id = ? AND id IN (SELECT row_id FROM household_merge_rows WHERE merge_id = ? AND kind = 'member')",
	} {
		if err := tx.Exec(sql, to, from, merge).Error; err != nil {
			return fmt.Errorf("carry over: %w", err)
		}
	}
	return nil
}

// setState makes a household count, or not, with its ledger row. What it counts
// for when it is active again, Recount says.
func setState(tx *gorm.DB, h Household, state string, into models.ID, m Merge, now time.Time) error {
	next := h
	next.State, next.Known, next.Covered, next.Skills = state, 0, 0, 0
	err := store.One(tx.Exec(`UPDATE households SET state = ?, merged_into = ?, known = 0, covered = 0, skills = 0, covered_at = NULL, version = version + 1, updated_at = ?
		WHERE id = ? AND version = ?`, state, into, now, h.ID, h.Version), store.ErrRetry)
	if err != nil {
		return err
	}
	cause := "home_merged"
	if state == StateActive {
		cause = "home_undone"
	}
	change := next.figures().Minus(h.figures())
	return coverage.Record(tx, delta(h, change, models.Day(now), cause, m.ID), now)
}

// carry moves the kept household to another village from a day on.
func (s *Households) carry(tx *gorm.DB, id, village models.ID, on string, m Merge, now time.Time) error {
	h, err := byID(tx, id)
	if err != nil {
		return err
	}
	if h.VillageID == village {
		return nil
	}
	if err := enter(tx, village, models.Day(now)); err != nil {
		return err
	}
	return s.transfer(tx, []Household{h}, village, on, "home_merged", m.ID, now)
}

// setPair brings the list of likely duplicates up to date.
func setPair(tx *gorm.DB, a, b models.ID, state string, actor models.Actor, now time.Time) error {
	err := tx.Exec("UPDATE household_duplicates SET state = ?, decided_by = ?, decided_name = ?, decided_at = ? WHERE household_a IN ? AND household_b IN ?",
		state, actor.Account, cut(actor.Name, 120), now, []models.ID{a, b}, []models.ID{a, b}).Error
	if err != nil {
		return fmt.Errorf("write pair: %w", err)
	}
	return nil
}

func mergeByID(tx *gorm.DB, id models.ID) (Merge, error) {
	var m Merge
	res := tx.Raw("SELECT "+mergeColumns+" FROM household_merges WHERE id = ?", id).Scan(&m)
	return m, store.One(res, models.NotFound())
}
