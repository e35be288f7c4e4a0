package household

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// The states of a pair of households that may be one.
const (
	PairOpen   = "open"
	PairNot    = "not_duplicate"
	PairMerged = "merged"
)

// Scan says what a search for duplicates found.
type Scan struct {
	Households int       `json:"households" doc:"Compared."`
	Found      int       `json:"found" doc:"Pairs that nobody has decided."`
	ScannedAt  time.Time `json:"scanned_at"`
}

const (
	// blockMax is how many households of one key are compared with each other; a
	// name that more bear tells nothing by itself.
	blockMax = 60
	// pairsKept is how many pairs a scan keeps of a commune: the likeliest.
	pairsKept = 500
)

// FindDuplicates compares the households of a commune or province with each
// other and keeps the pairs that may be one, those decided before as they are.
// Pairs are found by keys (the head's name as it is heard, its initials, a
// member's name and year of birth), never all with all. The actor needs
// merge_households with the area in reach, otherwise NotFound.
func (s *Households) FindDuplicates(ctx context.Context, actor models.Actor, areaID models.ID) (Scan, error) {
	reach, err := models.Allow(actor, models.ActMergeHouseholds)
	if err != nil {
		return Scan{}, err
	}
	now := s.db.Clock().Now()
	var twins []twin
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		ok, err := place.AreaInReach(tx, reach, areaID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err == nil {
			twins, err = twinsOf(tx, areaID, models.Day(now))
		}
		return err
	})
	if err != nil {
		return Scan{}, err
	}
	pairs := propose(twins)
	if err := s.keepPairs(ctx, twins, pairs, now); err != nil {
		return Scan{}, err
	}
	scan := Scan{Households: len(twins), ScannedAt: now}
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		if scan.Found, err = openPairs(tx, areaID, models.Day(now)); err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM duplicate_scans WHERE area_id = ?", areaID).Error; err != nil {
			return err
		}
		err := tx.Exec("INSERT INTO duplicate_scans (area_id, households, found, scanned_by, scanned_at) VALUES (?,?,?,?,?)",
			areaID, scan.Households, scan.Found, actor.Account, now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
	return scan, err
}

// inArea restricts column, a village id, to an area on a day.
func inArea(column string) string {
	return column + ` IN (SELECT vc.village_id FROM village_communes vc JOIN areas a ON a.id = vc.commune_id
		WHERE vc.valid_from <= ? AND vc.valid_to > ? AND (a.id = ? OR a.province_id = ?))`
}

// openPairs counts the pairs of an area that nobody has decided.
func openPairs(tx *gorm.DB, areaID models.ID, today string) (n int, err error) {
	err = tx.Raw(`SELECT COUNT(*) FROM household_duplicates d JOIN households h ON h.id = d.household_a JOIN households o ON o.id = d.household_b
		WHERE d.state = ? AND h.state = ? AND o.state = ? AND (`+inArea("h.village_id")+" OR "+inArea("o.village_id")+")",
		PairOpen, StateActive, StateActive, today, today, areaID, areaID, today, today, areaID, areaID).Scan(&n).Error
	return n, err
}

// twinsOf reads the active households of an area with their members.
func twinsOf(tx *gorm.DB, areaID models.ID, today string) ([]twin, error) {
	rows, err := tx.Raw(`SELECT h.id, h.village_id, vc.commune_id, h.register_id, h.head_name FROM households h
		JOIN village_communes vc ON vc.village_id = h.village_id AND vc.valid_from <= ? AND vc.valid_to > ?
		JOIN areas a ON a.id = vc.commune_id WHERE h.state = ? AND (a.id = ? OR a.province_id = ?) ORDER BY h.id`,
		today, today, StateActive, areaID, areaID).Rows()
	if err != nil {
		return nil, fmt.Errorf("read households: %w", err)
	}
	defer rows.Close()
	var twins []twin
	at := map[models.ID]int{}
	for rows.Next() {
		var t twin
		var name string
		if err := rows.Scan(&t.ID, &t.Village, &t.Commune, &t.Register, &name); err != nil {
			return nil, err
		}
		t.head = callName(name)
		at[t.ID] = len(twins)
		twins = append(twins, t)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return twins, kinOf(tx, twins, at, areaID, today)
}

// kinOf adds the members; the one who is the head gives the year of birth.
func kinOf(tx *gorm.DB, twins []twin, at map[models.ID]int, areaID models.ID, today string) error {
	rows, err := tx.Raw(`SELECT m.household_id, m.full_name, m.relation, COALESCE(m.birth_year, 0) FROM household_members m
		JOIN households h ON h.id = m.household_id WHERE h.state = ? AND `+inArea("h.village_id"), StateActive, today, today, areaID, areaID).Rows()
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var home models.ID
		var name, relation string
		var born int
		if err := rows.Scan(&home, &name, &relation, &born); err != nil {
			return err
		}
		i, ok := at[home]
		switch {
		case !ok:
		case relation == "head":
			twins[i].born = born
		default:
			twins[i].members = append(twins[i].members, kin{callName(name).key, born})
		}
	}
	return rows.Err()
}

// pair is two twins by their places, the smaller first.
type pair struct{ a, b int32 }

// proposed is a pair with what speaks for it.
type proposed struct {
	pair
	Likeness
}

// propose finds the pairs worth looking at.
func propose(twins []twin) []proposed {
	namesakes := map[string]int{}
	for _, t := range twins {
		namesakes[string(t.Commune[:])+t.head.key]++
	}
	seen := map[pair]bool{}
	byCommune := map[models.ID][]proposed{}
	try := func(a, b int32) {
		p := pair{min(a, b), max(a, b)}
		if seen[p] {
			return
		}
		seen[p] = true
		x, y := twins[p.a], twins[p.b]
		n := max(namesakes[string(x.Commune[:])+x.head.key], namesakes[string(y.Commune[:])+y.head.key])
		if l := compareTwins(x, y, n); l.Score >= proposeFrom {
			byCommune[x.Commune] = append(byCommune[x.Commune], proposed{p, l})
		}
	}
	for _, keys := range blockings {
		blocks(twins, keys, try)
	}
	var all []proposed
	for _, list := range byCommune {
		slices.SortFunc(list, func(a, b proposed) int { return b.Score - a.Score })
		all = append(all, list[:min(len(list), pairsKept)]...)
	}
	return all
}

// blockings are the keys by which households meet. The last one goes beyond the
// commune: a family that moved is on two registers with the same children.
var blockings = []func(twin) []string{
	func(t twin) []string { return []string{string(t.Commune[:]) + t.head.key} },
	func(t twin) []string { return []string{string(t.Village[:]) + t.head.initial() + "|" + t.head.given()} },
	func(t twin) []string {
		var keys []string
		for _, m := range t.members {
			if m.born != 0 {
				keys = append(keys, fmt.Sprint(m.key, "|", m.born))
			}
		}
		return keys
	},
	func(t twin) []string {
		var keys []string
		for _, m := range t.members {
			keys = append(keys, string(t.Village[:])+m.key)
		}
		return keys
	},
}

// blocks hands the pairs of households that share a key to try.
func blocks(twins []twin, keys func(twin) []string, try func(a, b int32)) {
	by := make(map[string][]int32, len(twins))
	for i, t := range twins {
		for _, k := range keys(t) {
			by[k] = append(by[k], int32(i))
		}
	}
	for _, list := range by {
		if len(list) > blockMax {
			continue
		}
		for i, a := range list {
			for _, b := range list[i+1:] {
				if a != b {
					try(a, b)
				}
			}
		}
	}
}

// keepPairs writes what was proposed, and drops open pairs of these households
// that are not alike any more.
func (s *Households) keepPairs(ctx context.Context, twins []twin, pairs []proposed, now time.Time) error {
	k := keeper{found: map[models.ID]map[models.ID]Likeness{}, scanned: make(map[models.ID]bool, len(twins)), now: now}
	for _, t := range twins {
		k.scanned[t.ID] = true
	}
	for _, p := range pairs {
		a, b := twins[p.a].ID, twins[p.b].ID
		if k.found[a] == nil {
			k.found[a] = map[models.ID]Likeness{}
		}
		k.found[a][b] = p.Likeness
	}
	for part := range slices.Chunk(twins, store.MaxRows) {
		ids := make([]models.ID, len(part))
		for i, t := range part {
			ids[i] = t.ID
		}
		if err := s.db.Tx(ctx, func(tx *gorm.DB) error { return k.keep(tx, ids) }); err != nil {
			return err
		}
	}
	return nil
}

// keeper writes the pairs of one scan.
type keeper struct {
	found   map[models.ID]map[models.ID]Likeness // by the smaller id, then the other
	scanned map[models.ID]bool
	now     time.Time
}

// keep writes the pairs whose smaller household is one of ids.
func (k keeper) keep(tx *gorm.DB, ids []models.ID) error {
	var have []struct {
		ID, HouseholdA, HouseholdB models.ID
		Score                      int
		Reasons, State             string
	}
	err := tx.Raw("SELECT id, household_a, household_b, score, reasons, state FROM household_duplicates WHERE household_a IN ?", ids).Scan(&have).Error
	if err != nil {
		return fmt.Errorf("read pairs: %w", err)
	}
	known := map[[2]models.ID]bool{}
	for _, d := range have {
		known[[2]models.ID{d.HouseholdA, d.HouseholdB}] = true
		l, ok := k.found[d.HouseholdA][d.HouseholdB]
		reasons := strings.Join(l.Reasons, " ")
		switch {
		case d.State != PairOpen || ok && d.Score == l.Score && d.Reasons == reasons:
		case ok:
			err = tx.Exec("UPDATE household_duplicates SET score = ?, reasons = ? WHERE id = ? AND state = ?", l.Score, reasons, d.ID, PairOpen).Error
		case k.scanned[d.HouseholdB]: // another may be beyond what was looked at
			err = tx.Exec("DELETE FROM household_duplicates WHERE id = ? AND state = ?", d.ID, PairOpen).Error
		}
		if err != nil {
			return fmt.Errorf("keep pair: %w", err)
		}
	}
	return k.insert(tx, ids, known)
}

// insert adds the pairs that were not known.
func (k keeper) insert(tx *gorm.DB, ids []models.ID, known map[[2]models.ID]bool) error {
	var args []any
	n := 0
	flush := func() error {
		if n == 0 {
			return nil
		}
		values := strings.TrimSuffix(strings.Repeat("(?,?,?,?,?,'open',NULL,'',NULL,?),", n), ",")
		err := tx.Exec(`INSERT INTO household_duplicates (id, household_a, household_b, score, reasons, state, decided_by, decided_name,
			decided_at, found_at) VALUES `+values, args...).Error
		args, n = args[:0], 0
		if store.IsDuplicate(err) {
			return store.ErrRetry // another scan found it meanwhile
		}
		return err
	}
	for _, a := range ids {
		for b, l := range k.found[a] {
			if known[[2]models.ID{a, b}] {
				continue
			}
			args = append(args, models.NewID(k.now), a, b, l.Score, strings.Join(l.Reasons, " "), k.now)
			if n++; n == insertRows {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}
