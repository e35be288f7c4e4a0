package household

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Side is one of two households that may be one.
type Side struct {
	ID          models.ID
	Code        string
	Ref         string // the register's own code, "" without one
	HeadName    string // masked unless the asker may read names there
	VillageID   models.ID
	VillageCode string
	Village     string // with its kind
	Commune     string
	Since       string // civil day from which it counts there
	Source      string // of its register
	AsOf        string
	Members     []string // as the register has them, masked like the head
	Confirmed   int
	Status      string
}

// Pair is two households that may be one, with what speaks for it.
type Pair struct {
	ID          models.ID
	Score       int
	Reasons     []string
	State       string
	DecidedName string
	DecidedAt   *time.Time
	MergeID     models.ID // of the merge that holds, zero without one
	A, B        Side
}

// PairPage is a part of a list of pairs.
type PairPage struct {
	Pairs []Pair
	Next  string
	Open  int   // pairs of the area that nobody has decided
	Scan  *Scan // the last search, nil before the first
}

// Duplicates answers the pairs of an area in one state, the likeliest first,
// limit at a time (1..100, default 20). The actor needs merge_households with
// the area in reach, otherwise NotFound. Pairs with a household out of reach are
// left out: whoever reaches both decides them.
func (s *Households) Duplicates(ctx context.Context, actor models.Actor, areaID models.ID, state, cursor string, limit int) (PairPage, error) {
	reach, err := models.Allow(actor, models.ActMergeHouseholds)
	if err != nil {
		return PairPage{}, err
	}
	if limit < 1 || limit > 100 {
		limit = 20
	}
	page := PairPage{Pairs: []Pair{}}
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		today := s.db.Clock().Today()
		ok, err := place.AreaInReach(tx, reach, areaID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		rows, err := pairRows(tx, reach, areaID, state, cursor, today, limit+1)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			last := rows[limit-1]
			page.Next = fmt.Sprint(last.Score, " ", last.ID)
		}
		for _, r := range rows {
			p, err := s.pairOf(tx, actor, r, today)
			if err != nil {
				return err
			}
			page.Pairs = append(page.Pairs, p)
		}
		if page.Open, err = openPairs(tx, areaID, today); err != nil {
			return err
		}
		page.Scan, err = lastScan(tx, areaID)
		return err
	})
	// Who may read no names anywhere was shown masks.
	if _, masked := models.Allow(actor, models.ActReadNames); err == nil && masked == nil && len(page.Pairs) > 0 {
		err = audit.NamesListed(ctx, s.db, actor, audit.ListDuplicates, audit.Entry{Kind: audit.KindArea, Subject: areaID, Area: areaID})
	}
	if err != nil {
		return PairPage{}, err
	}
	return page, nil
}

// pairRow is the household_duplicates table.
type pairRow struct {
	ID, HouseholdA, HouseholdB models.ID
	Score                      int
	Reasons, State             string
	DecidedName                string
	DecidedAt                  *time.Time
}

const pairColumns = "d.id, d.household_a, d.household_b, d.score, d.reasons, d.state, d.decided_name, d.decided_at"

func pairRows(tx *gorm.DB, reach models.Reach, areaID models.ID, state, cursor, today string, limit int) ([]pairRow, error) {
	where, args := "d.state = ?", []any{state}
	if state == PairOpen {
		where, args = where+" AND h.state = ? AND o.state = ?", append(args, StateActive, StateActive)
	}
	where += " AND (" + inArea("h.village_id") + " OR " + inArea("o.village_id") + ")"
	args = append(args, today, today, areaID, areaID, today, today, areaID, areaID)
	for _, column := range []string{"h.village_id", "o.village_id"} {
		in, inArgs := place.VillageFilter(reach, column, today)
		where, args = where+" AND "+in, append(args, inArgs...)
	}
	if cursor != "" {
		first, second, ok := strings.Cut(cursor, " ")
		score, err := strconv.Atoi(first)
		id, err2 := models.ParseID(second)
		if !ok || err != nil || err2 != nil {
			return nil, models.Invalid("invalid_cursor")
		}
		where, args = where+" AND (d.score < ? OR (d.score = ? AND d.id > ?))", append(args, score, score, id)
	}
	var rows []pairRow
	err := tx.Raw("SELECT "+pairColumns+` FROM household_duplicates d JOIN households h ON h.id = d.household_a
		JOIN households o ON o.id = d.household_b WHERE `+where+" ORDER BY d.score DESC, d.id LIMIT ?", append(args, limit)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list pairs: %w", err)
	}
	return rows, nil
}

func (s *Households) pairOf(tx *gorm.DB, actor models.Actor, r pairRow, today string) (Pair, error) {
	p := Pair{ID: r.ID, Score: r.Score, Reasons: strings.Fields(r.Reasons), State: r.State, DecidedName: r.DecidedName, DecidedAt: r.DecidedAt}
	var err error
	if p.A, err = sideOf(tx, actor, r.HouseholdA, today); err != nil {
		return p, err
	}
	if p.B, err = sideOf(tx, actor, r.HouseholdB, today); err != nil {
		return p, err
	}
	if r.State == PairMerged {
		both := []models.ID{r.HouseholdA, r.HouseholdB}
		var m struct{ ID models.ID }
		err = tx.Raw("SELECT id FROM household_merges WHERE live = 1 AND gone_id IN ? AND kept_id IN ?", both, both).Scan(&m).Error
		p.MergeID = m.ID
	}
	return p, err
}

// sideOf reads a household as it is set against another.
func sideOf(tx *gorm.DB, actor models.Actor, id models.ID, today string) (Side, error) {
	h, err := byID(tx, id)
	if err != nil {
		return Side{}, err
	}
	names, err := namesIn(tx, actor, h.VillageID)
	if err != nil {
		return Side{}, err
	}
	links, err := members(tx, id, names, today)
	if err != nil {
		return Side{}, err
	}
	side := Side{ID: h.ID, Code: h.Code, HeadName: shown(h.HeadName, names && !headWithheld(links)), VillageID: h.VillageID, Since: h.VillageSince, Status: h.Status()}
	if h.ExternalRef != nil {
		side.Ref = *h.ExternalRef
	}
	for _, m := range links {
		if m.State == Confirmed {
			side.Confirmed++
		}
	}
	v, err := place.VillageByID(tx, h.VillageID, today)
	if err != nil && models.KindOf(err) != models.KindNotFound {
		return side, err
	}
	side.VillageCode, side.Village, side.Commune = v.Code, place.VillageTitle(v.Kind, v.Name), v.CommuneName
	reg, err := registerByID(tx, h.RegisterID)
	if err != nil {
		return side, err
	}
	if reg != nil {
		side.Source, side.AsOf = reg.Source, reg.AsOf
	}
	// The register's members may be the pupil who is not to be named.
	side.Members, err = listedMembers(tx, id, names && !anyWithheld(links))
	return side, err
}

// listedMembers are the members of a household as its register has them.
func listedMembers(tx *gorm.DB, id models.ID, names bool) ([]string, error) {
	var rows []struct {
		FullName  string
		BirthYear *int
	}
	err := tx.Raw("SELECT full_name, birth_year FROM household_members WHERE household_id = ? AND relation <> 'head' ORDER BY name_fold, id LIMIT 20", id).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = shown(r.FullName, names)
		if r.BirthYear != nil {
			list[i] += fmt.Sprintf(" (%d)", *r.BirthYear)
		}
	}
	return list, nil
}

func lastScan(tx *gorm.DB, areaID models.ID) (*Scan, error) {
	var scans []Scan
	err := tx.Raw("SELECT households, found, scanned_at FROM duplicate_scans WHERE area_id = ?", areaID).Scan(&scans).Error
	if err != nil || len(scans) == 0 {
		return nil, err
	}
	return &scans[0], nil
}

// NotDuplicate keeps for good that two households are two, or with again says
// that this is open once more. A repeat answers the same. Errors: NotFound
// (absent, or one of them out of reach); Conflict "already_merged".
func (s *Households) NotDuplicate(ctx context.Context, actor models.Actor, pairID models.ID, again bool) (Pair, error) {
	reach, err := models.Allow(actor, models.ActMergeHouseholds)
	if err != nil {
		return Pair{}, err
	}
	from, to := PairOpen, PairNot
	if again {
		from, to = to, from
	}
	var out Pair
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		r, err := pairByID(tx, pairID)
		if err != nil {
			return err
		}
		for _, id := range []models.ID{r.HouseholdA, r.HouseholdB} {
			h, err := byID(tx, id)
			if err != nil {
				return err
			}
			if err := reaches(tx, reach, h.VillageID); err != nil {
				return err
			}
		}
		now := s.db.Clock().Now()
		switch r.State {
		case PairMerged:
			return models.Conflict("already_merged")
		case from:
			err = store.One(tx.Exec("UPDATE household_duplicates SET state = ?, decided_by = ?, decided_name = ?, decided_at = ? WHERE id = ? AND state = ?",
				to, actor.Account, cut(actor.Name, 120), now, r.ID, from), store.ErrRetry)
			if err != nil {
				return err
			}
			r.State, r.DecidedName, r.DecidedAt = to, actor.Name, &now
		}
		out, err = s.pairOf(tx, actor, r, models.Day(now))
		return err
	})
	return out, err
}

func pairByID(tx *gorm.DB, id models.ID) (pairRow, error) {
	var r pairRow
	res := tx.Raw("SELECT "+pairColumns+" FROM household_duplicates d WHERE d.id = ?", id).Scan(&r)
	return r, store.One(res, models.NotFound())
}

// reaches answers NotFound unless a village is in reach.
func reaches(tx *gorm.DB, reach models.Reach, village models.ID) error {
	ok, err := place.InReach(tx, reach, village)
	if err == nil && !ok {
		err = models.NotFound()
	}
	return err
}
