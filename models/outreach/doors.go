package outreach

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/household"
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
	ID             models.ID
	Code, HeadName string
	Known          int
	HeadHidden     int
	SchoolAge      string // household.PupilYes, PupilNo or PupilUnknown
	Slip           string
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
		d := Door{ID: h.ID, Code: h.Code, Head: strings.TrimSpace(h.HeadName), Village: q.code, Known: h.Known == 1, NoPupil: h.SchoolAge == household.PupilNo, Slip: h.Slip,
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
	hidden, args := household.HeadHiddenSQL(q.today)
	age, years := household.SchoolAgeSQL(q.today)
	only, one := q.only("h.id")
	args = append(append(args, years...), q.campaign, q.village)
	var homes []home
	err := tx.Raw(`SELECT h.id, h.code, h.head_name, h.known, CASE WHEN `+hidden+` THEN 1 ELSE 0 END AS head_hidden, `+age+` AS school_age,
		COALESCE((SELECT s.code FROM slips s WHERE s.campaign_id = ? AND s.household_id = h.id AND s.live = 1), '') AS slip
		FROM households h WHERE h.village_id = ? AND h.state = 'active' AND h.covered = 0`+only+" ORDER BY h.head_sort, h.id", append(args, one...)...).Scan(&homes).Error
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
	only, one := q.only("h.id")
	err := tx.Raw(`SELECT v.id, v.household_id, v.account_id, v.visited_at, v.outcome, v.team, v.again FROM visits v JOIN households h ON h.id = v.household_id
		WHERE v.campaign_id = ? AND v.counts = 1 AND h.village_id = ?`+only+" ORDER BY v.visited_at, v.id", append([]any{q.campaign, q.village}, one...)...).Scan(&rows).Error
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
	only, one := q.only("h.id")
	err := tx.Raw(`SELECT v.household_id, v.on_day, v.outcome FROM households h JOIN visits v ON v.household_id = h.id
		WHERE h.village_id = ? AND h.covered = 0 AND v.campaign_id <> ? AND v.counts = 1`+only+" ORDER BY v.visited_at, v.id", append([]any{q.village, q.campaign}, one...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read earlier visits: %w", err)
	}
	of := map[models.ID]*LastSeen{}
	for _, r := range rows {
		of[r.HouseholdID] = &LastSeen{r.OnDay, r.Outcome}
	}
	return of, nil
}
