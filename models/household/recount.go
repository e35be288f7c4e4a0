package household

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/coverage"
	"nhaso/models/store"
)

// Recount decides whether a household is known and covered and which skills it
// holds, from its confirmed links and the passes and live certificates of those
// persons, writes it down and records
// the difference in the ledger. It is the only function that does. cause and
// causeID say what brought it about (≤24 characters). It may answer
// store.ErrRetry; NotFound for no such household.
func Recount(tx *gorm.DB, householdID models.ID, cause string, causeID models.ID, now time.Time) error {
	return recountOn(tx, householdID, models.Day(now), cause, causeID, now)
}

// recountOn is Recount for a change that holds from a day in the past.
func recountOn(tx *gorm.DB, householdID models.ID, on, cause string, causeID models.ID, now time.Time) error {
	h, err := byID(tx, householdID)
	if err != nil {
		return err
	}
	decided, err := decide(tx, []models.ID{householdID})
	if err != nil {
		return err
	}
	change, err := settle(tx, h, decided[householdID], now)
	if err != nil || change == (coverage.Figures{}) {
		return err
	}
	if on, err = notBefore(tx, h, on, models.Day(now)); err != nil {
		return err
	}
	return coverage.Record(tx, delta(h, change, on, cause, causeID), now)
}

// settle writes down what was decided of a household and answers what changed.
func settle(tx *gorm.DB, h Household, decided verdict, now time.Time) (coverage.Figures, error) {
	next := h
	next.Known, next.Covered, next.Skills = decided.known, decided.covered, decided.skills
	switch {
	case next.Covered == 0:
		next.CoveredAt = nil
	case h.Covered == 0:
		next.CoveredAt = &now
	}
	// The version rises even when nothing changes: a transaction that recounts
	// the same household from an older view must not overwrite this one's.
	err := store.One(tx.Exec("UPDATE households SET known = ?, covered = ?, skills = ?, covered_at = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?",
		next.Known, next.Covered, next.Skills, next.CoveredAt, now, h.ID, h.Version), store.ErrRetry)
	return next.figures().Minus(h.figures()), err
}

func delta(h Household, change coverage.Figures, on, cause string, causeID models.ID) coverage.Delta {
	return coverage.Delta{SubjectID: h.ID, VillageID: h.VillageID, OnDate: on, Cause: cause, CauseID: causeID,
		Households: change.Households, Known: change.Known, Covered: change.Covered, Skills: change.Skills}
}

// verdict is what the rule says of a household.
type verdict struct{ known, covered, skills int }

// decide is the definition: known with a confirmed member, covered when one of
// them holds a live certificate, and holding every skill that one of them has
// passed. A revoked certificate takes back the coverage; what was passed in each
// skill stays proved. A household without a confirmed member is left out.
func decide(tx *gorm.DB, households []models.ID) (map[models.ID]verdict, error) {
	var links []struct{ HouseholdID, PersonID models.ID }
	err := tx.Raw("SELECT household_id, person_id FROM household_links WHERE household_id IN ? AND state = ?", households, Confirmed).Scan(&links).Error
	if err != nil || len(links) == 0 {
		return nil, err
	}
	persons := make([]models.ID, len(links))
	for i, l := range links {
		persons[i] = l.PersonID
	}
	held, err := holdingsOf(tx, persons)
	if err != nil {
		return nil, err
	}
	decided := make(map[models.ID]verdict, len(households))
	for _, l := range links {
		v := decided[l.HouseholdID]
		v.known, v.skills = 1, v.skills|held.skills[l.PersonID]
		if held.live[l.PersonID] {
			v.covered = 1
		}
		decided[l.HouseholdID] = v
	}
	return decided, nil
}

// holdings are what persons have proved.
type holdings struct {
	live   map[models.ID]bool // a valid certificate
	skills map[models.ID]int  // bits of the skills passed
}

func holdingsOf(tx *gorm.DB, persons []models.ID) (holdings, error) {
	h := holdings{map[models.ID]bool{}, map[models.ID]int{}}
	live, err := certificate.LivePersons(tx, persons)
	if err != nil {
		return h, err
	}
	for p := range live {
		h.live[p] = true
	}
	passed, err := certificate.SkillsOf(tx, persons)
	for p, skills := range passed {
		for _, skill := range skills {
			h.skills[p] |= coverage.SkillBit(skill)
		}
	}
	return h, err
}

// notBefore keeps the ledger of a household from running backwards: a change
// reported late counts from the day of the last change before it, and never
// from before the household entered its village.
func notBefore(tx *gorm.DB, h Household, on, today string) (string, error) {
	if on >= today {
		return today, nil
	}
	last, err := coverage.LastDay(tx, h.ID)
	return max(on, last, h.VillageSince), err
}

// Recounter counts households from their causes, links and certificates, not
// from the flags kept with them: what coverage.Verify compares with.
func Recounter() coverage.Recounter {
	return func(tx *gorm.DB, yield func(models.ID, coverage.Figures) error) error {
		if err := countFlags(tx, false, yield); err != nil {
			return err
		}
		return eachKnown(tx, func(_, counted Household) error {
			return yield(counted.VillageID, coverage.Figures{Known: 1, Covered: counted.Covered, Skills: coverage.SkillsIn(counted.Skills)})
		})
	}
}

// FlagCounter counts households by the flags kept with them: what
// coverage.Rebuild needs, because flags and ledger change together.
func FlagCounter() coverage.Recounter {
	return func(tx *gorm.DB, yield func(models.ID, coverage.Figures) error) error {
		return countFlags(tx, true, yield)
	}
}

// countFlags counts the households of every village; with flags also what they
// say of themselves.
func countFlags(tx *gorm.DB, flags bool, yield func(models.ID, coverage.Figures) error) error {
	columns := "village_id, COUNT(*) AS households"
	if flags {
		columns += ", SUM(known) AS known, SUM(covered) AS covered"
		for _, skill := range coverage.SkillNames {
			columns += fmt.Sprintf(", SUM(CASE WHEN (skills & %d) <> 0 THEN 1 ELSE 0 END) AS %s", coverage.SkillBit(skill), skill)
		}
	}
	var sums []struct {
		VillageID models.ID
		coverage.Figures
	}
	err := tx.Raw("SELECT "+columns+" FROM households WHERE state = ? GROUP BY village_id", StateActive).Scan(&sums).Error
	if err != nil {
		return fmt.Errorf("count households: %w", err)
	}
	for _, s := range sums {
		if err := yield(s.VillageID, s.Figures); err != nil {
			return err
		}
	}
	return nil
}

// linked is a confirmed link with what its household says of itself.
type linked struct {
	HouseholdID, PersonID, VillageID models.ID
	Known, Covered, Skills           int
}

// eachKnown walks the households with a confirmed member, 500 links at a time:
// as they are kept, and as their members' passes and certificates count them.
func eachKnown(tx *gorm.DB, use func(kept, counted Household) error) error {
	for after := (models.ID{}); ; {
		part, more, err := linkedAfter(tx, after)
		if err != nil || len(part) == 0 {
			return err
		}
		persons := make([]models.ID, len(part))
		for i, l := range part {
			persons[i] = l.PersonID
		}
		held, err := holdingsOf(tx, persons)
		if err != nil {
			return err
		}
		for i := 0; i < len(part); {
			l := part[i]
			counted := Household{ID: l.HouseholdID, VillageID: l.VillageID, Known: 1}
			for ; i < len(part) && part[i].HouseholdID == l.HouseholdID; i++ {
				counted.Skills |= held.skills[part[i].PersonID]
				if held.live[part[i].PersonID] {
					counted.Covered = 1
				}
			}
			kept := Household{ID: l.HouseholdID, VillageID: l.VillageID, Known: l.Known, Covered: l.Covered, Skills: l.Skills}
			if err := use(kept, counted); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		after = part[len(part)-1].HouseholdID
	}
}

// linkedSQL goes along the index of household_links. Ordered by households.id,
// which is the same value, SQLite reads and sorts every link of the province
// for each part.
const linkedSQL = `SELECT l.household_id, l.person_id, h.village_id, h.known, h.covered, h.skills FROM household_links l
	JOIN households h ON h.id = l.household_id WHERE l.state = ? AND h.state = ? AND l.household_id > ?
	ORDER BY l.household_id, l.person_id LIMIT ?`

// linkedAfter reads the confirmed links of the households after one, only those
// of whole households; more tells whether others follow.
func linkedAfter(tx *gorm.DB, after models.ID) (part []linked, more bool, err error) {
	if err = tx.Raw(linkedSQL, Confirmed, StateActive, after[:], partLinks).Scan(&part).Error; err != nil || len(part) < partLinks {
		return part, false, err
	}
	// The last household may be cut: it begins the next part.
	last := part[len(part)-1].HouseholdID
	for len(part) > 0 && part[len(part)-1].HouseholdID == last {
		part = part[:len(part)-1]
	}
	if len(part) == 0 {
		return nil, false, fmt.Errorf("household %s has more than %d members", last, partLinks)
	}
	return part, true, nil
}

// partLinks is how many confirmed links one step of eachKnown reads; a
// household has far fewer.
const partLinks = 500
