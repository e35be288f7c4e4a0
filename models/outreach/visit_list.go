package outreach

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// maxDoors is how many households a phone carries: what a first sync may weigh
// follows from it.
const maxDoors = 500

// Door is a household to visit. Seen are this campaign's visits that count, of
// whoever; Last is the newest of earlier campaigns.
type Door struct {
	ID      models.ID `json:"id"`
	Code    string    `json:"code"`
	Head    string    `json:"head" doc:"Empty where the head is a pupil without consent to be named."`
	Village string    `json:"village" doc:"Its code."`
	Known   bool      `json:"known" doc:"A member is confirmed and none is certified; else nothing is known."`
	NoPupil bool      `json:"no_pupil" doc:"By the register's years of birth nobody there is of school age: an adult has to be taught."`
	Slip    string    `json:"slip" doc:"The code on its printed slip; empty without one."`
	Last    *LastSeen `json:"last"`
	Seen    []Seen    `json:"seen" nullable:"false"`
}

// LastSeen is the newest counted visit of a campaign before this one.
type LastSeen struct {
	OnDay   string `json:"on_day"`
	Outcome string `json:"outcome"`
}

// Seen is one visit on a phone's list.
type Seen struct {
	ID      models.ID `json:"id"`
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"`
	Again   bool      `json:"again"`
	Own     bool      `json:"own"`
	Team    string    `json:"team"`
}

// Round is what a member walks in one campaign. Removed: nothing any more.
// Kept are the member's own visits that came and were not counted.
type Round struct {
	Campaign
	Team     string         `json:"team"`
	Removed  bool           `json:"removed"`
	Over     bool           `json:"over" doc:"It was ended early; no doors any more."`
	Villages []RoundVillage `json:"villages" nullable:"false"`
	Doors    []Door         `json:"doors" nullable:"false"`
	More     int            `json:"more" doc:"Households of these villages that did not fit; they come as others are done."`
	Kept     []KeptVisit    `json:"kept" nullable:"false"`
}

// KeptVisit is a visit of the member's own that came and was not counted, as
// the member sees it: why, and what an officer decided.
type KeptVisit struct {
	ID       models.ID `json:"id"`
	Code     string    `json:"code" doc:"The household's; empty for one that is not on the register."`
	At       time.Time `json:"at"`
	Outcome  string    `json:"outcome"`
	Refusal  string    `json:"refusal"`
	Decision string    `json:"decision" enum:",accepted,refused"`
	Reason   string    `json:"reason"`
}

// RoundVillage names a village of a round.
type RoundVillage struct {
	Code string `json:"code"`
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// keptDays is how long a member still sees a round that was ended or run out:
// long enough to read what an officer decided.
const keptDays = 14

// Rounds answers the actor's own rounds of campaigns that end today or later:
// the households of the own villages that are not covered, at most 500 in all,
// open ones first. Covered households leave the list by themselves. Campaigns
// that ended within 14 days come without doors while visits of the actor are
// kept there. The actor needs deliver_visits; without the role to visit there
// are no doors.
func (o *Outreach) Rounds(ctx context.Context, actor models.Actor) ([]Round, error) {
	if _, err := models.Allow(actor, models.ActDeliverVisits); err != nil {
		return nil, err
	}
	reach, err := models.Allow(actor, models.ActVisit)
	walks := err == nil
	if err != nil && models.KindOf(err) != models.KindForbidden {
		return nil, err
	}
	rounds := []Round{}
	err = o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		rounds = []Round{}
		today := o.clock.Today()
		members, err := o.memberships(tx, actor)
		if err != nil {
			return err
		}
		left := maxDoors
		for _, r := range members {
			over := r.lastDay() < today
			if r.Kept, err = ownKept(tx, r.ID, actor.Account); err != nil {
				return err
			}
			if over && len(r.Kept) == 0 {
				continue
			}
			r.Over, r.Removed = over || r.EndedOn != "", r.Removed || !walks
			if !r.Removed && !r.Over {
				if err := r.fill(tx, actor, reach, left, today); err != nil {
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

// memberships reads the actor's campaigns that are not long over, empty of doors.
func (o *Outreach) memberships(tx *gorm.DB, actor models.Actor) ([]Round, error) {
	var members []struct {
		Campaign  Campaign `gorm:"embedded"`
		Team      string
		RemovedAt *time.Time
	}
	since := models.Day(o.clock.Now().AddDate(0, 0, -keptDays))
	err := tx.Raw("SELECT m.team, m.removed_at, "+campaignColumns+` FROM campaign_members m JOIN campaigns c ON c.id = m.campaign_id JOIN areas a ON a.id = c.area_id
		WHERE m.account_id = ? AND c.ends_on >= ? ORDER BY c.starts_on, c.id LIMIT 20`, actor.Account, since).Scan(&members).Error
	if err != nil {
		return nil, fmt.Errorf("read rounds: %w", err)
	}
	list := []Round{}
	for _, m := range members {
		list = append(list, Round{Campaign: m.Campaign, Team: m.Team, Removed: m.RemovedAt != nil, Villages: []RoundVillage{}, Doors: []Door{}})
	}
	return list, nil
}

// ownKept lists a member's kept visits of a campaign, the newest first, at most 100.
func ownKept(tx *gorm.DB, campaign, account models.ID) ([]KeptVisit, error) {
	found, err := visitRows(tx.Raw(visitSelect+"WHERE v.account_id = ? AND v.campaign_id = ? AND v.refusal <> '' ORDER BY v.visited_at DESC, v.id DESC LIMIT 100", account, campaign))
	if err != nil {
		return nil, err
	}
	list := make([]KeptVisit, 0, len(found))
	for _, v := range found {
		list = append(list, KeptVisit{v.ID, v.Code, v.VisitedAt, v.Outcome, v.Refusal, v.Decision, v.Reason})
	}
	return list, nil
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
		doors, err := doorsOf(tx, doorsQuery{campaign: r.ID, account: actor.Account, village: v.ID, code: v.Code, today: today})
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

// done tells whether nobody needs to come again.
func (d Door) done() bool {
	if len(d.Seen) == 0 {
		return false
	}
	last := d.Seen[len(d.Seen)-1]
	return last.Outcome != VisitNotHome && !last.Again
}
