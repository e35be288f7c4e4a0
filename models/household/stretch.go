package household

import (
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
)

// stretch is how many households are checked at a time: what lies in memory.
const stretch = 1000

// stretchHome is a household with every account of what it counts for.
type stretchHome struct {
	ID, VillageID          models.ID
	Code                   string
	VillageCode            string
	State                  string
	Known, Covered, Skills int // its own flags

	counted   verdict                        // what its members and their certificates say
	certified []linkedOn                     // confirmed links of those who hold a live certificate
	sums      map[models.ID]coverage.Figures // the ledger's, by village
}

// linkedOn is a confirmed link with the days it is of.
type linkedOn struct {
	ID, HouseholdID, PersonID models.ID
	Live                      *int
	FromDate, ToDate          string
}

// on tells whether the person belongs to the household on a day.
func (l linkedOn) on(day string) bool { return l.Live != nil && l.FromDate <= day && day < l.ToDate }

// String is the verdict for a report: known, covered, skills.
func (v verdict) String() string { return fmt.Sprintf("%d/%d/%05b", v.known, v.covered, v.skills) }

// eachStretch walks all households in the order of their ids.
func eachStretch(tx *gorm.DB, use func([]stretchHome) error) error {
	for after := (models.ID{}); ; {
		homes, err := readStretch(tx, "h.id > ?", after, stretch)
		if err != nil || len(homes) == 0 {
			return err
		}
		if err := use(homes); err != nil {
			return err
		}
		after = homes[len(homes)-1].ID
	}
}

// readStretch reads households with every account of them.
func readStretch(tx *gorm.DB, where string, id models.ID, most int) ([]stretchHome, error) {
	var homes []stretchHome
	err := tx.Raw(`SELECT h.id, h.village_id, h.code, COALESCE(v.code, '') AS village_code, h.state, h.known, h.covered, h.skills
		FROM households h LEFT JOIN villages v ON v.id = h.village_id WHERE `+where+" ORDER BY h.id LIMIT ?", id[:], most).Scan(&homes).Error
	if err != nil {
		return nil, fmt.Errorf("read households: %w", err)
	}
	if len(homes) == 0 {
		return nil, nil
	}
	at := make(map[models.ID]*stretchHome, len(homes))
	for i := range homes {
		homes[i].sums = map[models.ID]coverage.Figures{}
		at[homes[i].ID] = &homes[i]
	}
	first, last := homes[0].ID, homes[len(homes)-1].ID
	if err := countStretch(tx, at, first, last); err != nil {
		return nil, err
	}
	sums, err := coverage.SumsOfSubjects(tx, first, last)
	for _, s := range sums {
		if h := at[s.SubjectID]; h != nil { // a register, or a run that wrote corrections, is none
			h.sums[s.VillageID] = s.Figures
		}
	}
	return homes, err
}

// countStretch counts households from their confirmed links; one that was
// merged away counts for nothing.
func countStretch(tx *gorm.DB, at map[models.ID]*stretchHome, first, last models.ID) error {
	var links []linkedOn
	err := tx.Raw(`SELECT id, household_id, person_id, live, from_date, to_date FROM household_links
		WHERE household_id >= ? AND household_id <= ? AND state = ? ORDER BY household_id, from_date, id`, first[:], last[:], Confirmed).Scan(&links).Error
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	persons := make([]models.ID, len(links))
	for i, l := range links {
		persons[i] = l.PersonID
	}
	held, err := holdingsOf(tx, persons)
	if err != nil {
		return err
	}
	for _, l := range links {
		h := at[l.HouseholdID]
		if h == nil || h.State != StateActive {
			continue
		}
		h.counted.known, h.counted.skills = 1, h.counted.skills|held.skills[l.PersonID]
		if held.live[l.PersonID] {
			h.counted.covered = 1
			h.certified = append(h.certified, l)
		}
	}
	return nil
}
