package outreach

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// The outcomes of a visit.
const (
	VisitTaught  = "taught"
	VisitSkilled = "already_skilled"
	VisitNotHome = "not_home"
	VisitRefused = "refused"
	VisitMoved   = "moved"
)

// VisitOutcomes lists the outcomes in the order in which they are shown.
var VisitOutcomes = []string{VisitTaught, VisitSkilled, VisitNotHome, VisitRefused, VisitMoved}

// Why a visit does not count. It is kept all the same.
const (
	RefusedRemoved = "removed"       // the member, or the role there, was taken away before it arrived
	RefusedDates   = "outside_dates" // not on a day of the campaign
	RefusedList    = "not_on_list"   // no household of the member's villages
)

// NewVisit is a visit as a phone recorded it. ID is made by the phone: the same
// visit sent again is one visit.
type NewVisit struct {
	ID          models.ID
	HouseholdID models.ID
	Outcome     string
	Again       bool      // the household asks to be visited again
	Slip        bool      // a slip was left
	At          time.Time // by the phone's clock; one ahead of ours counts as now
}

// Receipt answers one visit: kept for good in either case.
type Receipt struct {
	ID      models.ID `json:"id"`
	Refusal string    `json:"refusal" enum:",removed,outside_dates,not_on_list" doc:"Empty: it counts."`
}

// maxVisits is how many visits one call may bring.
const maxVisits = 200

// RecordVisits writes visits down, in any order, as often as they are sent:
// they are facts with keys of their own, so that two members at one door make
// two rows and no conflict. The answer has a receipt for each. The actor needs
// deliver_visits and must be, or have been, a member of the campaign; otherwise
// NotFound. Where the role to visit is gone nothing counts and all is kept.
// Errors: Invalid fields body.visits; Conflict "id_taken" when an id
// belongs to another's visit, and then nothing is written.
func (o *Outreach) RecordVisits(ctx context.Context, actor models.Actor, campaign models.ID, list []NewVisit) ([]Receipt, error) {
	if _, err := models.Allow(actor, models.ActDeliverVisits); err != nil {
		return nil, err
	}
	if len(list) < 1 || len(list) > maxVisits {
		return nil, models.InvalidField("body.visits", "out_of_range")
	}
	for i, v := range list {
		if v.ID.IsZero() || v.HouseholdID.IsZero() || v.At.IsZero() || !slices.Contains(VisitOutcomes, v.Outcome) {
			return nil, models.InvalidField(fmt.Sprintf("body.visits[%d]", i), "invalid")
		}
	}
	var receipts []Receipt
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		receipts = nil
		d, err := doorkeeper(tx, actor, campaign, o.clock.Now())
		if err != nil {
			return err
		}
		for _, v := range list {
			r, err := d.record(tx, v)
			if err != nil {
				return err
			}
			receipts = append(receipts, r)
		}
		return nil
	})
	return receipts, err
}

// keeper decides what counts of one member's visits.
type keeper struct {
	actor    models.Actor
	campaign models.ID
	from, to string
	team     string
	removed  bool
	reach    models.Reach // where the member may visit at all
	now      time.Time
}

func doorkeeper(tx *gorm.DB, actor models.Actor, campaign models.ID, now time.Time) (keeper, error) {
	var m []struct {
		StartsOn, EndsOn, EndedOn, Team string
		RemovedAt                       *time.Time
	}
	err := tx.Raw(`SELECT c.starts_on, c.ends_on, c.ended_on, m.team, m.removed_at FROM campaign_members m JOIN campaigns c ON c.id = m.campaign_id
		WHERE m.campaign_id = ? AND m.account_id = ?`, campaign, actor.Account).Scan(&m).Error
	if err != nil {
		return keeper{}, fmt.Errorf("read member: %w", err)
	}
	if len(m) == 0 {
		return keeper{}, models.NotFound()
	}
	reach, err := models.Allow(actor, models.ActVisit)
	if err != nil && models.KindOf(err) != models.KindForbidden {
		return keeper{}, err
	}
	gone := m[0].RemovedAt != nil || err != nil
	return keeper{reach: reach, actor: actor, campaign: campaign, from: m[0].StartsOn, to: Campaign{EndsOn: m[0].EndsOn, EndedOn: m[0].EndedOn}.lastDay(), team: m[0].Team, removed: gone, now: now}, nil
}

// record writes one visit, or answers what it was answered before.
func (k keeper) record(tx *gorm.DB, v NewVisit) (Receipt, error) {
	var before []struct {
		CampaignID, HouseholdID, AccountID models.ID
		Refusal                            string
	}
	if err := tx.Raw("SELECT campaign_id, household_id, account_id, refusal FROM visits WHERE id = ?", v.ID).Scan(&before).Error; err != nil {
		return Receipt{}, fmt.Errorf("read visit: %w", err)
	}
	if len(before) > 0 {
		b := before[0]
		if b.AccountID != k.actor.Account || b.CampaignID != k.campaign || b.HouseholdID != v.HouseholdID {
			return Receipt{}, models.Conflict("id_taken")
		}
		return Receipt{v.ID, b.Refusal}, nil
	}
	at := v.At.UTC().Truncate(time.Second)
	if at.After(k.now) {
		at = k.now
	}
	refusal, err := k.refusal(tx, v.HouseholdID, models.Day(at))
	if err != nil {
		return Receipt{}, err
	}
	err = tx.Exec(`INSERT INTO visits (id, campaign_id, household_id, account_id, team, outcome, again, slip, visited_at, on_day, received_at, refusal, counts)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`, v.ID, k.campaign, v.HouseholdID, k.actor.Account, k.team, v.Outcome, bit(v.Again), bit(v.Slip),
		at, models.Day(at), k.now, refusal, bit(refusal == "")).Error
	if store.IsDuplicate(err) {
		return Receipt{}, store.ErrRetry
	}
	return Receipt{v.ID, refusal}, err
}

func (k keeper) refusal(tx *gorm.DB, household models.ID, day string) (string, error) {
	switch {
	case k.removed:
		return RefusedRemoved, nil
	case day < k.from || day > k.to:
		return RefusedDates, nil
	}
	var own []models.ID
	err := tx.Raw(`SELECT h.village_id FROM households h JOIN campaign_villages cv ON cv.village_id = h.village_id
		WHERE h.id = ? AND cv.campaign_id = ? AND cv.account_id = ?`, household, k.campaign, k.actor.Account).Scan(&own).Error
	if err != nil {
		return "", fmt.Errorf("read village: %w", err)
	}
	if len(own) == 0 {
		return RefusedList, nil
	}
	in, err := place.InReach(tx, k.reach, own[0])
	if err == nil && !in {
		return RefusedRemoved, nil
	}
	return "", err
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
