package household

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
)

// The kinds of faults; the names stay, because reports and scripts read them.
const (
	FaultFlags    = "wrong_flags"       // the household says of itself what its members and their certificates do not
	FaultLedger   = "wrong_ledger_sums" // the ledger adds up to something else than its members and their certificates
	FaultMerged   = "links_on_merged"   // a link that has not ended hangs on a household that was merged away, or on none
	FaultCovering = "not_covering_now"  // covered, and no link of today at this household is of somebody certified
)

// Fault is one thing that does not agree about one household, with its place.
type Fault struct {
	Kind        string    `json:"kind"`
	HouseholdID models.ID `json:"household_id"`
	Code        string    `json:"code"`    // of the household
	Village     string    `json:"village"` // code; "" where there is no such household
	LinkID      models.ID `json:"link_id"` // zero where it is of no single link
	Detail      string    `json:"detail"`  // what there is and what should be
}

// maxFaults is how many faults a check names; it counts all of them.
const maxFaults = 100

// Checked is the outcome of Check: how many there are of each kind, and the
// first of them.
type Checked struct {
	Households int     `json:"checked_households"`
	Flags      int     `json:"wrong_flags"`
	Ledger     int     `json:"wrong_ledger_sums"`
	Merged     int     `json:"links_on_merged"`
	Covering   int     `json:"not_covering_now"`
	Faults     []Fault `json:"household_faults"` // the first 100
}

// Sum counts all faults; it must be 0.
func (c Checked) Sum() int { return c.Flags + c.Ledger + c.Merged + c.Covering }

func (c *Checked) add(f Fault) {
	switch f.Kind {
	case FaultFlags:
		c.Flags++
	case FaultLedger:
		c.Ledger++
	case FaultMerged:
		c.Merged++
	case FaultCovering:
		c.Covering++
	}
	if len(c.Faults) < maxFaults {
		c.Faults = append(c.Faults, f)
	}
}

// Verify compares what coverage shows with a recount from links and
// certificates; see coverage.Verify. For the operator: the actor needs operate.
func (s *Households) Verify(ctx context.Context, actor models.Actor) (coverage.Report, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return coverage.Report{}, err
	}
	return s.coverage.Verify(ctx, Recounter())
}

// Check goes through every household in one view of the database: what it says
// of itself, what the ledger adds up to for it and what its members and their
// certificates say must be the same, in its own village and in no other; no link
// hangs on a household that is gone; and whoever covers a household belongs to it
// today. Areas in which two households are wrong the opposite way agree in
// coverage.Verify, and are found here. It changes nothing. For the operator.
func (s *Households) Check(ctx context.Context, actor models.Actor) (Checked, error) {
	found := Checked{Faults: []Fault{}}
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return found, err
	}
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		found = Checked{Faults: []Fault{}}
		if err := linksOnMerged(tx, &found); err != nil {
			return err
		}
		today := s.db.Clock().Today()
		return eachStretch(tx, func(homes []stretchHome) error {
			found.Households += len(homes)
			for _, h := range homes {
				for _, f := range h.faults(today) {
					found.add(f)
				}
			}
			return nil
		})
	})
	return found, err
}

// linksOnMerged finds what hangs on households that are gone.
func linksOnMerged(tx *gorm.DB, found *Checked) error {
	var rows []struct {
		ID, HouseholdID         models.ID
		State, FromDate         string
		Code, Village, IntoCode *string
		HouseholdState          *string
	}
	err := tx.Raw(`SELECT l.id, l.household_id, l.state, l.from_date, h.code, v.code AS village, k.code AS into_code, h.state AS household_state
		FROM household_links l LEFT JOIN households h ON h.id = l.household_id LEFT JOIN villages v ON v.id = h.village_id
		LEFT JOIN households k ON k.id = h.merged_into
		WHERE (l.live = 1 OR l.state <> ?) AND (h.id IS NULL OR h.state <> ?) ORDER BY l.household_id, l.id`, Ended, StateActive).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read links of households that are gone: %w", err)
	}
	for _, r := range rows {
		f := Fault{Kind: FaultMerged, HouseholdID: r.HouseholdID, Code: orNone(r.Code), Village: orNone(r.Village), LinkID: r.ID,
			Detail: fmt.Sprintf("%s since %s; ", r.State, r.FromDate)}
		if r.IntoCode != nil {
			f.Detail += "the household went into " + *r.IntoCode
		} else {
			f.Detail += "there is no such household"
		}
		found.add(f)
	}
	return nil
}

func orNone(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// faults compares the three accounts of one household.
func (h stretchHome) faults(today string) []Fault {
	var list []Fault
	add := func(kind string, link models.ID, detail string, args ...any) {
		list = append(list, Fault{kind, h.ID, h.Code, h.VillageCode, link, fmt.Sprintf(detail, args...)})
	}
	if h.flagsWrong() {
		add(FaultFlags, models.ID{}, "kept %s, members say %s", verdict{h.Known, h.Covered, h.Skills}, h.counted)
	}
	for _, off := range h.wrongSums() {
		place := "of its village"
		if off.VillageID != h.VillageID {
			place = "of village " + off.VillageID.String() + ", where it is not"
		}
		add(FaultLedger, models.ID{}, "the ledger %s has too many by: households %+d, known %+d, covered %+d, skills %+d",
			place, off.Households, off.Known, off.Covered, off.Skills)
	}
	if h.Covered == 1 && h.State == StateActive {
		if link, why := h.covering(today); why != "" {
			add(FaultCovering, link, "%s", why)
		}
	}
	return list
}

// covering tells what is wrong with what covers the household today; "" when
// a certified member belongs to it.
func (h stretchHome) covering(today string) (models.ID, string) {
	var link models.ID
	why := "nobody certified is a confirmed member here"
	for _, l := range h.certified {
		if l.on(today) {
			return models.ID{}, ""
		}
		link, why = l.ID, fmt.Sprintf("the link of the certified member is of %s to %s, live %t", l.FromDate, l.ToDate, l.Live != nil)
	}
	return link, why
}

// wrongSums answers, by village, by how much the ledger of the household is off.
// A household that came with a register is +1 in the register's own row, one
// that split off is +1 in its own: both are right.
func (h stretchHome) wrongSums() []coverage.SubjectSum {
	total, wrong := 0, map[models.ID]coverage.Figures{}
	for village, sum := range h.sums {
		total += sum.Households
		sum.Households = 0
		wrong[village] = sum
	}
	off := wrong[h.VillageID].Minus(coverage.Figures{Known: h.counted.known, Covered: h.counted.covered, Skills: coverage.SkillsIn(h.counted.skills)})
	if h.State == StateActive {
		total--
	}
	if total != 0 && total != -1 {
		off.Households = total
	}
	wrong[h.VillageID] = off
	list := []coverage.SubjectSum{}
	for village, sum := range wrong {
		if (sum != coverage.Figures{}) {
			list = append(list, coverage.SubjectSum{SubjectID: h.ID, VillageID: village, Figures: sum})
		}
	}
	slices.SortFunc(list, func(a, b coverage.SubjectSum) int { return slices.Compare(a.VillageID[:], b.VillageID[:]) })
	return list
}

// Rebuild brings flags, ledger and counters back to what links and certificates
// say. It changes nothing on a sound database. Repaired is the number of
// households whose flags or ledger were wrong.
func (s *Households) Rebuild(ctx context.Context, actor models.Actor) (repaired int, rebuilt coverage.Rebuilt, err error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return 0, coverage.Rebuilt{}, err
	}
	flags, ledgers, err := s.wrong(ctx)
	if err != nil {
		return 0, coverage.Rebuilt{}, err
	}
	run := models.NewID(s.db.Clock()())
	for _, id := range flags {
		if err := s.db.Tx(ctx, func(tx *gorm.DB) error { return s.repair(tx, id, run) }); err != nil {
			return repaired, coverage.Rebuilt{}, err
		}
		repaired++
	}
	for _, first := range ledgers {
		n := 0
		err := s.db.Tx(ctx, func(tx *gorm.DB) (err error) {
			n, err = s.repairLedgers(tx, first, run)
			return err
		})
		if err != nil {
			return repaired, coverage.Rebuilt{}, err
		}
		repaired += n
	}
	rebuilt, err = s.coverage.Rebuild(ctx, FlagCounter())
	return repaired, rebuilt, err
}

// wrong finds the households whose flags are not what links and certificates
// say, and the first households of the stretches in which the ledger is not.
func (s *Households) wrong(ctx context.Context) (flags, ledgers []models.ID, err error) {
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		flags, ledgers = nil, nil
		return eachStretch(tx, func(homes []stretchHome) error {
			off := false
			for _, h := range homes {
				if h.flagsWrong() {
					flags = append(flags, h.ID)
				} else if len(h.wrongSums()) > 0 {
					off = true
				}
			}
			if off {
				ledgers = append(ledgers, homes[0].ID)
			}
			return nil
		})
	})
	return flags, ledgers, err
}

// flagsWrong tells whether the household says of itself what its members do not.
func (h stretchHome) flagsWrong() bool { return (verdict{h.Known, h.Covered, h.Skills}) != h.counted }

// repair sets a household's flags right, and its ledger.
func (s *Households) repair(tx *gorm.DB, id, run models.ID) error {
	if err := Recount(tx, id, "repair", run, s.db.Clock().Now()); err != nil {
		return err
	}
	homes, err := readStretch(tx, "h.id = ?", id, 1)
	if err != nil {
		return err
	}
	_, err = s.mend(tx, homes, run)
	return err
}

// repairLedgers mends the ledger of a stretch of households.
func (s *Households) repairLedgers(tx *gorm.DB, first, run models.ID) (int, error) {
	homes, err := readStretch(tx, "h.id >= ?", first, stretch)
	if err != nil {
		return 0, err
	}
	return s.mend(tx, homes, run)
}

// mend writes the rows that the ledger of households lacks, and answers for how
// many: the past is never rewritten. Whoever appends to one of them meanwhile
// takes its next number, and one of the two runs again.
func (s *Households) mend(tx *gorm.DB, homes []stretchHome, run models.ID) (mended int, err error) {
	now := s.db.Clock().Now()
	var deltas []coverage.Delta
	for _, h := range homes {
		wrong := h.wrongSums()
		if len(wrong) == 0 || h.flagsWrong() {
			continue
		}
		mended++
		for _, w := range wrong {
			off := coverage.Figures{}.Minus(w.Figures)
			deltas = append(deltas, coverage.Delta{SubjectID: h.ID, VillageID: w.VillageID, OnDate: models.Day(now), Cause: "repair", CauseID: run,
				Households: off.Households, Known: off.Known, Covered: off.Covered, Skills: off.Skills})
		}
	}
	return mended, coverage.RecordMany(tx, deltas, now)
}
