package outreach

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// maxDoors is how many households a phone carries: what a first sync may weigh
// follows from it.
const maxDoors = 500

// Door is a household to visit. Seen are the visits that count, of whoever.
type Door struct {
	ID      models.ID `json:"id"`
	Code    string    `json:"code"`
	Head    string    `json:"head"`
	Village string    `json:"village" doc:"Its code."`
	Known   bool      `json:"known" doc:"A member is confirmed and none is certified; else nothing is known."`
	Seen    []Seen    `json:"seen" nullable:"false"`
}

// Seen is one visit on a phone's list.
type Seen struct {
	ID      models.ID `json:"id"`
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"`
	Again   bool      `json:"again"`
	Own     bool      `json:"own"`
}

// Round is what a member walks in one campaign. Removed: nothing any more.
type Round struct {
	Campaign
	Team     string         `json:"team"`
	Removed  bool           `json:"removed"`
	Villages []RoundVillage `json:"villages" nullable:"false"`
	Doors    []Door         `json:"doors" nullable:"false"`
	More     int            `json:"more" doc:"Households of these villages that did not fit; they come as others are done."`
}

// RoundVillage names a village of a round.
type RoundVillage struct {
	Code string `json:"code"`
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Rounds answers the actor's own rounds of campaigns that end today or later:
// the households of the own villages that are not covered, at most 500 in all,
// open ones first. Covered households leave the list by themselves.
func (o *Outreach) Rounds(ctx context.Context, actor models.Actor) ([]Round, error) {
	reach, err := models.Allow(actor, models.ActVisit)
	if err != nil {
		return nil, err
	}
	rounds := []Round{}
	err = o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		var members []struct {
			CampaignID models.ID
			Team       string
			RemovedAt  *time.Time
		}
		err := tx.Raw(`SELECT m.campaign_id, m.team, m.removed_at FROM campaign_members m JOIN campaigns c ON c.id = m.campaign_id
			WHERE m.account_id = ? AND c.ends_on >= ? ORDER BY c.starts_on, c.id LIMIT 20`, actor.Account, o.clock.Today()).Scan(&members).Error
		if err != nil {
			return fmt.Errorf("read rounds: %w", err)
		}
		left := maxDoors
		for _, m := range members {
			found, err := campaignRows(tx.Raw(campaignSelect+"WHERE c.id = ?", m.CampaignID))
			if err != nil {
				return err
			}
			r := Round{Campaign: found[0], Team: m.Team, Removed: m.RemovedAt != nil, Villages: []RoundVillage{}, Doors: []Door{}}
			if !r.Removed {
				if err := r.fill(tx, actor, reach, left, o.clock.Today()); err != nil {
					return err
				}
			}
			left -= len(r.Doors)
			rounds = append(rounds, r)
		}
		return nil
	})
	return rounds, err
}

// fill reads the doors of the villages that are still in the member's reach.
func (r *Round) fill(tx *gorm.DB, actor models.Actor, reach models.Reach, most int, today string) error {
	var villages []struct {
		ID               models.ID
		Code, Kind, Name string
	}
	where, args := place.VillageFilter(reach, "v.id", today)
	err := tx.Raw(`SELECT v.id, v.code, v.kind, v.name FROM campaign_villages cv JOIN villages v ON v.id = cv.village_id
		WHERE cv.campaign_id = ? AND cv.account_id = ? AND `+where+" ORDER BY v.name_fold, v.code", append([]any{r.ID, actor.Account}, args...)...).Scan(&villages).Error
	if err != nil {
		return fmt.Errorf("read villages: %w", err)
	}
	for _, v := range villages {
		r.Villages = append(r.Villages, RoundVillage{v.Code, v.Kind, v.Name})
		doors, err := doorsOf(tx, r.ID, actor.Account, v.ID, v.Code)
		if err != nil {
			return err
		}
		r.Doors = append(r.Doors, doors...)
	}
	// Villages stay together and keep the order of heads' given names.
	slices.SortStableFunc(r.Doors, func(a, b Door) int { return bit(a.done()) - bit(b.done()) })
	if len(r.Doors) > most {
		r.More = len(r.Doors) - most
		r.Doors = r.Doors[:most]
	}
	return nil
}

func doorsOf(tx *gorm.DB, campaign, account, village models.ID, code string) ([]Door, error) {
	var homes []struct {
		ID             models.ID
		Code, HeadName string
		Known          int
	}
	err := tx.Raw("SELECT id, code, head_name, known FROM households WHERE village_id = ? AND state = 'active' AND covered = 0 ORDER BY head_sort, id", village).Scan(&homes).Error
	if err != nil {
		return nil, fmt.Errorf("read doors: %w", err)
	}
	var seen []struct {
		ID, HouseholdID, AccountID models.ID
		VisitedAt                  time.Time
		Outcome                    string
		Again                      int
	}
	err = tx.Raw(`SELECT v.id, v.household_id, v.account_id, v.visited_at, v.outcome, v.again FROM visits v JOIN households h ON h.id = v.household_id
		WHERE v.campaign_id = ? AND v.refusal = '' AND h.village_id = ? ORDER BY v.visited_at, v.id`, campaign, village).Scan(&seen).Error
	if err != nil {
		return nil, fmt.Errorf("read visits: %w", err)
	}
	of := map[models.ID][]Seen{}
	for _, s := range seen {
		of[s.HouseholdID] = append(of[s.HouseholdID], Seen{s.ID, s.VisitedAt.UTC(), s.Outcome, s.Again == 1, s.AccountID == account})
	}
	doors := make([]Door, 0, len(homes))
	for _, h := range homes {
		d := Door{ID: h.ID, Code: h.Code, Head: strings.TrimSpace(h.HeadName), Village: code, Known: h.Known == 1, Seen: of[h.ID]}
		if d.Seen == nil {
			d.Seen = []Seen{}
		}
		doors = append(doors, d)
	}
	return doors, nil
}

// done tells whether nobody needs to come again.
func (d Door) done() bool {
	if len(d.Seen) == 0 {
		return false
	}
	last := d.Seen[len(d.Seen)-1]
	return last.Outcome != VisitNotHome && !last.Again
}
