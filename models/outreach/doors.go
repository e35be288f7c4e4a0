package outreach

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/consent"
	"nhaso/models/place"
)

// doorsQuery asks for the households of one village that are not covered, with
// what a member of a campaign has to know of each; household, when it is not
// zero, for that one alone.
type doorsQuery struct {
	campaign, account  models.ID
	village, household models.ID
	code               string // the village's
	today              string
}

// only restricts a column with a household's id to the household asked for.
func (q doorsQuery) only(column string) (where string, args []any) {
	if q.household.IsZero() {
		return "", nil
	}
	return " AND " + column + " = ?", []any{q.household}
}

// home is a household as the register has it.
type home struct {
	ID                          models.ID
	Code, HeadName              string
	Known, HeadHidden           int
	Members, Undated, SchoolAge int
	Links                       int
	Slip                        string
}

// noPupil tells whether the register knows everybody's year of birth and has
// nobody of school age, and no pupil has claimed the household either.
func (h home) noPupil() bool {
	return h.Members > 0 && h.Undated == 0 && h.SchoolAge == 0 && h.Links == 0
}

// schoolYears are the years of birth of whom lower- and upper-secondary schools
// teach on a civil day: from eleven to eighteen, for those who repeated one, in
// the calendar year in which the school year began.
func schoolYears(today string) (from, to int) {
	year, _ := strconv.Atoi(place.SchoolYear(today)[:4])
	return year - 18, year - 11
}

// doorsOf reads the doors in the order of heads' given names.
func doorsOf(tx *gorm.DB, q doorsQuery) ([]Door, error) {
	homes, err := homesOf(tx, q)
	if err != nil {
		return nil, err
	}
	seen, err := seenAt(tx, q)
	if err != nil {
		return nil, err
	}
	last, err := lastAt(tx, q)
	if err != nil {
		return nil, err
	}
	doors := make([]Door, 0, len(homes))
	for _, h := range homes {
		d := Door{ID: h.ID, Code: h.Code, Head: strings.TrimSpace(h.HeadName), Village: q.code, Known: h.Known == 1, NoPupil: h.noPupil(), Slip: h.Slip,
			Last: last[h.ID], Seen: seen[h.ID]}
		if h.HeadHidden == 1 {
			d.Head = ""
		}
		if d.Seen == nil {
			d.Seen = []Seen{}
		}
		doors = append(doors, d)
	}
	return doors, nil
}

func homesOf(tx *gorm.DB, q doorsQuery) ([]home, error) {
	agreed, args := consent.ShownSQL("hl.person_id", consent.AreaNames, q.today)
	from, to := schoolYears(q.today)
	only, household := q.only("h.id")
	args = append(args, from, to, q.campaign, q.village)
	var homes []home
	// A head who is a pupil is named by consent alone, like any other pupil.
	err := tx.Raw(`SELECT h.id, h.code, h.head_name, h.known,
		CASE WHEN EXISTS (SELECT 1 FROM household_links hl WHERE hl.household_id = h.id AND hl.state = 'confirmed' AND hl.relation = 'head' AND NOT (`+agreed+`)) THEN 1 ELSE 0 END AS head_hidden,
		(SELECT COUNT(*) FROM household_members hm WHERE hm.household_id = h.id) AS members,
		(SELECT COUNT(*) FROM household_members hm WHERE hm.household_id = h.id AND hm.birth_year IS NULL) AS undated,
		(SELECT COUNT(*) FROM household_members hm WHERE hm.household_id = h.id AND hm.birth_year BETWEEN ? AND ?) AS school_age,
		(SELECT COUNT(*) FROM household_links hl JOIN enrolments e ON e.person_id = hl.person_id AND e.live = 1 WHERE hl.household_id = h.id AND hl.live = 1) AS links,
		COALESCE((SELECT s.code FROM slips s WHERE s.campaign_id = ? AND s.household_id = h.id AND s.live = 1), '') AS slip
		FROM households h WHERE h.village_id = ? AND h.state = 'active' AND h.covered = 0`+only+" ORDER BY h.head_sort, h.id", append(args, household...)...).Scan(&homes).Error
	if err != nil {
		return nil, fmt.Errorf("read doors: %w", err)
	}
	return homes, nil
}

// seenAt reads the campaign's visits that count, by household, in the order of time.
func seenAt(tx *gorm.DB, q doorsQuery) (map[models.ID][]Seen, error) {
	var rows []struct {
		ID, HouseholdID, AccountID models.ID
		VisitedAt                  time.Time
		Outcome, Team              string
		Again                      int
	}
	only, household := q.only("h.id")
	err := tx.Raw(`SELECT v.id, v.household_id, v.account_id, v.visited_at, v.outcome, v.team, v.again FROM visits v JOIN households h ON h.id = v.household_id
		WHERE v.campaign_id = ? AND v.counts = 1 AND h.village_id = ?`+only+" ORDER BY v.visited_at, v.id", append([]any{q.campaign, q.village}, household...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read visits: %w", err)
	}
	of := map[models.ID][]Seen{}
	for _, s := range rows {
		of[s.HouseholdID] = append(of[s.HouseholdID], Seen{s.ID, s.VisitedAt.UTC(), s.Outcome, s.Again == 1, s.AccountID == q.account, s.Team})
	}
	return of, nil
}

// lastAt reads the newest counted visit of other campaigns, by household.
func lastAt(tx *gorm.DB, q doorsQuery) (map[models.ID]*LastSeen, error) {
	var rows []struct {
		HouseholdID    models.ID
		OnDay, Outcome string
	}
	only, household := q.only("h.id")
	err := tx.Raw(`SELECT v.household_id, v.on_day, v.outcome FROM households h JOIN visits v ON v.household_id = h.id
		WHERE h.village_id = ? AND h.covered = 0 AND v.campaign_id <> ? AND v.counts = 1`+only+" ORDER BY v.visited_at, v.id", append([]any{q.village, q.campaign}, household...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read earlier visits: %w", err)
	}
	of := map[models.ID]*LastSeen{}
	for _, r := range rows {
		of[r.HouseholdID] = &LastSeen{r.OnDay, r.Outcome}
	}
	return of, nil
}
