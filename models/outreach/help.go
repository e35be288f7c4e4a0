package outreach

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/consent"
	"nhaso/models/store"
)

// The states of a pupil's help at a household.
const (
	HelpAccepted = "accepted" // the pupil comes along, with an adult
	HelpDeclined = "declined" // the pupil or the home said no; nobody asks again
	HelpTaught   = "taught"   // they were there
	HelpLapsed   = "lapsed"   // the campaign ended first
)

// Adults lists who may go along with a pupil. No name is kept of them.
var Adults = []string{"guardian", "relative", "teacher", "team"}

// maxHelpers is how many pupils are suggested for one household.
const maxHelpers = 5

// Helper is a certified pupil of the same village, for the team's eyes only.
// Child and guardian have both agreed to be named in the area and to be asked.
type Helper struct {
	PersonID models.ID `json:"person_id"`
	Name     string    `json:"name"`
	School   string    `json:"school"`
	Grade    int       `json:"grade"`
	Expected int       `json:"expected" doc:"At how many households the pupil is expected now; two at most."`
	SchoolID models.ID `json:"-"`
}

// Help is a pupil's help at a household as the team keeps it.
type Help struct {
	ID        models.ID `json:"id"`
	PersonID  models.ID `json:"person_id"`
	Name      string    `json:"name" doc:"Empty when consent was taken back since."`
	State     string    `json:"state" enum:"accepted,declined,taught,lapsed"`
	Adult     string    `json:"adult" enum:",guardian,relative,teacher,team"`
	ChangedAt time.Time `json:"changed_at"`
}

// HelpList is who could help at a household and who was asked.
type HelpList struct {
	Helpers []Helper `json:"helpers" nullable:"false"`
	Helps   []Help   `json:"helps" nullable:"false"`
}

// NewHelp records what a pupil and the home answered. ID is made by the phone.
type NewHelp struct {
	ID        models.ID
	Household models.ID
	Person    models.ID
	Accepted  bool
	Adult     string // who goes along; needed to accept
}

// Helpers suggests pupils for a household: certified, of a household in the
// same village, named and asked by consent of child and guardian, expected at one
// household at most. Who is expected at fewer comes first, then by name: the
// same each time. That the names were read is on record, for each pupil's
// school. The actor needs visit and must walk the household's village in the
// campaign, otherwise NotFound.
func (o *Outreach) Helpers(ctx context.Context, actor models.Actor, campaign, household models.ID) (HelpList, error) {
	list := HelpList{}
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		list = HelpList{Helpers: []Helper{}, Helps: []Help{}}
		at, err := o.helpedAt(tx, actor, campaign, household)
		if err != nil {
			return err
		}
		if list.Helps, err = o.helps(tx, campaign, household); err != nil || at.covered {
			return err
		}
		if list.Helpers, err = o.helpers(tx, at, models.ID{}, campaign); err != nil {
			return err
		}
		return namesRead(tx, actor, at, list.Helpers)
	})
	return list, err
}

// namesRead puts on record whose names a team was shown: one line a school.
func namesRead(tx *gorm.DB, actor models.Actor, at helpPlace, list []Helper) error {
	told := []models.ID{}
	for _, h := range list {
		if slices.Contains(told, h.SchoolID) {
			continue
		}
		told = append(told, h.SchoolID)
		err := audit.Append(tx, actor, audit.Entry{Act: audit.NamesRead, Kind: audit.KindHousehold, Subject: at.household, School: h.SchoolID})
		if err != nil {
			return err
		}
	}
	return nil
}

// place of a help: the household's village and the member's team.
type helpPlace struct {
	household, village models.ID
	team               string
	covered            bool
}

func (o *Outreach) helpedAt(tx *gorm.DB, actor models.Actor, campaign, household models.ID) (helpPlace, error) {
	if _, err := models.Allow(actor, models.ActVisit); err != nil {
		return helpPlace{}, err
	}
	var found []struct {
		VillageID             models.ID
		Team, EndsOn, EndedOn string
		Covered               int
	}
	err := tx.Raw(`SELECT h.village_id, h.covered, m.team, c.ends_on, c.ended_on FROM households h
		JOIN campaign_villages cv ON cv.village_id = h.village_id AND cv.campaign_id = ? AND cv.account_id = ?
		JOIN campaign_members m ON m.campaign_id = cv.campaign_id AND m.account_id = cv.account_id AND m.removed_at IS NULL
		JOIN campaigns c ON c.id = cv.campaign_id WHERE h.id = ? AND h.state = 'active'`, campaign, actor.Account, household).Scan(&found).Error
	if err != nil {
		return helpPlace{}, fmt.Errorf("read household: %w", err)
	}
	if len(found) == 0 {
		return helpPlace{}, models.NotFound()
	}
	f := found[0]
	if (Campaign{EndsOn: f.EndsOn, EndedOn: f.EndedOn}).lastDay() < o.clock.Today() {
		return helpPlace{}, models.Fail(models.KindClosed, "campaign_over")
	}
	return helpPlace{household, f.VillageID, f.Team, f.Covered == 1}, nil
}

// mayBeAsked is the condition that a column holds a person who may be named in
// the area and asked to come along to a neighbour: two purposes, each with its
// own consent. column is a name written in the program.
func mayBeAsked(column, today string) (where string, args []any) {
	named, args := consent.ShownSQL(column, consent.AreaNames, today)
	asked, more := consent.ShownSQL(column, consent.HelpNeighbours, today)
	return named + " AND " + asked, append(args, more...)
}

// helpers reads who can be asked; person, when it is not zero, only that one.
func (o *Outreach) helpers(tx *gorm.DB, at helpPlace, person, campaign models.ID) ([]Helper, error) {
	today := o.clock.Today()
	willing, args := mayBeAsked("p.id", today)
	// Slots of campaigns that are over hold nobody back.
	args = append([]any{today, today, at.village, at.household}, slices.Concat(args, []any{campaign, at.household})...)
	only := ""
	if !person.IsZero() {
		only = " AND p.id = ?"
		args = append(args, person)
	}
	list := []Helper{}
	err := tx.Raw(`SELECT * FROM (SELECT p.id AS person_id, p.full_name AS name, p.sort_key, s.name AS school, s.id AS school_id, sc.grade,
		(SELECT COUNT(*) FROM neighbour_helps x JOIN campaigns xc ON xc.id = x.campaign_id WHERE x.person_id = p.id AND x.slot IS NOT NULL
			AND xc.ends_on >= ? AND (xc.ended_on = '' OR xc.ended_on >= ?)) AS expected
		FROM household_links l JOIN households h ON h.id = l.household_id JOIN persons p ON p.id = l.person_id
		JOIN certificates c ON c.person_id = p.id AND c.live = 1 AND c.state = 'valid'
		JOIN enrolments e ON e.person_id = p.id AND e.live = 1 JOIN schools s ON s.id = e.school_id JOIN school_classes sc ON sc.id = e.class_id
		WHERE h.village_id = ? AND h.id <> ? AND h.state = 'active' AND l.state = 'confirmed' AND l.live = 1 AND `+willing+`
		AND NOT EXISTS (SELECT 1 FROM neighbour_helps n WHERE n.campaign_id = ? AND n.household_id = ? AND n.person_id = p.id)`+only+`) found
		WHERE expected < 2 ORDER BY expected, sort_key, person_id LIMIT ?`, append(args, maxHelpers)...).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read helpers: %w", err)
	}
	return list, nil
}

func (o *Outreach) helps(tx *gorm.DB, campaign, household models.ID) ([]Help, error) {
	willing, args := mayBeAsked("p.id", o.clock.Today())
	list := []Help{}
	err := tx.Raw("SELECT n.id, n.person_id, CASE WHEN "+willing+` THEN p.full_name ELSE '' END AS name, n.state, n.adult, n.changed_at
		FROM neighbour_helps n JOIN persons p ON p.id = n.person_id WHERE n.campaign_id = ? AND n.household_id = ? ORDER BY n.created_at, n.id`,
		append(args, campaign, household)...).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read helps: %w", err)
	}
	for i := range list {
		list[i].ChangedAt = list[i].ChangedAt.UTC()
	}
	return list, nil
}

// RecordHelp writes down whether a suggested pupil comes along. The same id
// again answers as the first did. The actor needs visit and must walk the
// household's village, otherwise NotFound; so for a pupil who is not suggested
// there (any more). Errors: Invalid fields body.id, body.adult; Conflict
// "id_taken", "helper_asked" when the pupil was asked for this household
// before, "helper_busy" when the pupil is expected at two already.
func (o *Outreach) RecordHelp(ctx context.Context, actor models.Actor, campaign models.ID, n NewHelp) (HelpList, error) {
	if n.ID.IsZero() {
		return HelpList{}, models.InvalidField("body.id", "required")
	}
	if n.Accepted && !slices.Contains(Adults, n.Adult) || !n.Accepted && n.Adult != "" {
		return HelpList{}, models.InvalidField("body.adult", "required")
	}
	return o.changeHelp(ctx, actor, campaign, n.Household, func(tx *gorm.DB, at helpPlace) error {
		var before []struct{ PersonID, HouseholdID, CampaignID models.ID }
		if err := tx.Raw("SELECT person_id, household_id, campaign_id FROM neighbour_helps WHERE id = ?", n.ID).Scan(&before).Error; err != nil {
			return err
		}
		if len(before) > 0 {
			if before[0].PersonID != n.Person || before[0].HouseholdID != n.Household || before[0].CampaignID != campaign {
				return models.Conflict("id_taken")
			}
			return nil
		}
		if err := o.lapse(tx, n.Person); err != nil {
			return err
		}
		if err := o.suggested(tx, at, campaign, n); err != nil {
			return err
		}
		return o.writeHelp(tx, actor, campaign, at, n)
	})
}

// lapse frees a pupil from campaigns that are over.
func (o *Outreach) lapse(tx *gorm.DB, person models.ID) error {
	today := o.clock.Today()
	err := tx.Exec(`UPDATE neighbour_helps SET slot = NULL, state = ?, changed_at = ? WHERE person_id = ? AND slot IS NOT NULL
		AND campaign_id IN (SELECT id FROM campaigns WHERE ends_on < ? OR (ended_on <> '' AND ended_on < ?))`, HelpLapsed, o.clock.Now(), person, today, today).Error
	if err != nil {
		return fmt.Errorf("let help lapse: %w", err)
	}
	return nil
}

// suggested refuses a pupil who cannot be asked, and says why to whoever knows
// of the pupil already.
func (o *Outreach) suggested(tx *gorm.DB, at helpPlace, campaign models.ID, n NewHelp) error {
	found, err := o.helpers(tx, at, n.Person, campaign)
	if err != nil || len(found) > 0 {
		return err
	}
	var asked, busy int
	if err := tx.Raw("SELECT COUNT(*) FROM neighbour_helps WHERE campaign_id = ? AND household_id = ? AND person_id = ?", campaign, at.household, n.Person).Scan(&asked).Error; err != nil {
		return err
	}
	if asked > 0 {
		return models.Conflict("helper_asked")
	}
	if err := tx.Raw("SELECT COUNT(*) FROM neighbour_helps WHERE person_id = ? AND slot IS NOT NULL", n.Person).Scan(&busy).Error; err != nil {
		return err
	}
	if busy >= 2 {
		return models.Conflict("helper_busy")
	}
	return models.NotFound()
}

// writeHelp takes a free slot of the pupil: the unique index lets two teams
// that ask at once not both have the last one.
func (o *Outreach) writeHelp(tx *gorm.DB, actor models.Actor, campaign models.ID, at helpPlace, n NewHelp) error {
	state, slots := HelpDeclined, []any{nil}
	if n.Accepted {
		state, slots = HelpAccepted, []any{1, 2}
	}
	for _, slot := range slots {
		now := o.clock.Now()
		err := tx.Exec(`INSERT INTO neighbour_helps (id, campaign_id, household_id, person_id, state, slot, adult, team, declined_by, account_id, created_at, changed_at)
			VALUES (?,?,?,?,?,?,?,?,'',?,?,?)`, n.ID, campaign, at.household, n.Person, state, slot, n.Adult, at.team, actor.Account, now, now).Error
		if !store.IsDuplicate(err) {
			return err
		}
	}
	return store.ErrRetry // somebody else was first: the next look says with what
}

// FinishHelp records that a pupil and the adult were there (taught), or that it
// comes to nothing (declined). Again it changes nothing. The actor needs visit
// and must walk the household's village, otherwise NotFound. Errors: Invalid
// field body.adult; Conflict "help_over" when it ended otherwise.
func (o *Outreach) FinishHelp(ctx context.Context, actor models.Actor, campaign, household, id models.ID, taught bool, adult string) (HelpList, error) {
	state := HelpDeclined
	if taught {
		state = HelpTaught
	}
	if taught && !slices.Contains(Adults, adult) {
		return HelpList{}, models.InvalidField("body.adult", "required")
	}
	return o.changeHelp(ctx, actor, campaign, household, func(tx *gorm.DB, at helpPlace) error {
		var is []string
		if err := tx.Raw("SELECT state FROM neighbour_helps WHERE id = ? AND campaign_id = ? AND household_id = ?", id, campaign, household).Scan(&is).Error; err != nil {
			return err
		}
		switch {
		case len(is) == 0:
			return models.NotFound()
		case is[0] == state:
			return nil
		}
		if !taught {
			adult = ""
		}
		res := tx.Exec("UPDATE neighbour_helps SET state = ?, slot = NULL, adult = CASE WHEN ? = '' THEN adult ELSE ? END, declined_by = ?, changed_at = ? WHERE id = ? AND state = ?",
			state, adult, adult, map[bool]string{true: "", false: "team"}[taught], o.clock.Now(), id, HelpAccepted)
		return store.One(res, models.Conflict("help_over"))
	})
}

func (o *Outreach) changeHelp(ctx context.Context, actor models.Actor, campaign, household models.ID, change func(tx *gorm.DB, at helpPlace) error) (HelpList, error) {
	list := HelpList{}
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		at, err := o.helpedAt(tx, actor, campaign, household)
		if err != nil {
			return err
		}
		if err := change(tx, at); err != nil {
			return err
		}
		if list.Helps, err = o.helps(tx, campaign, household); err != nil {
			return err
		}
		list.Helpers, err = o.helpers(tx, at, models.ID{}, campaign)
		return err
	})
	return list, err
}
