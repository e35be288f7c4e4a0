package outreach

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// slipCode is the length of a slip's code without its check character: 31⁶ ≈
// 8.9·10⁸. A code opens nothing but the household on the list of a member who
// has it anyway, so that short and easy to type matters more.
const slipCode = 6

// maxSlips is how many slips one call makes: what a village has, several times over.
const maxSlips = 1000

// Slip is what is printed and left at a door: no name at all, and of the
// address only what the team has.
type Slip struct {
	HouseholdID models.ID
	Household   string // its code
	VillageKind string
	Village     string
	Code        string
}

// SlipWish says which slips are wanted. Renew takes back the codes that are
// good and makes new ones: for papers that were lost.
type SlipWish struct {
	Villages []string // codes, 1 to 20, in the campaign's area
	Renew    bool
}

// Slips makes a slip for every household of villages that is not covered, in
// the order of villages and households' codes. A household keeps its code in a
// campaign however often it is printed, unless the codes are renewed. The
// actor needs run_campaign in the campaign's area. Errors: NotFound; Invalid
// field body.villages: "unknown", "out_of_range", "too_many" beyond 1,000
// households; Closed "campaign_over".
func (o *Outreach) Slips(ctx context.Context, actor models.Actor, campaign models.ID, w SlipWish) (Campaign, []Slip, error) {
	if len(w.Villages) < 1 || len(w.Villages) > maxVillages {
		return Campaign{}, nil, models.InvalidField("body.villages", "out_of_range")
	}
	var c Campaign
	var list []Slip
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		var area models.ID
		var err error
		if c, area, err = campaignInReach(tx, actor, models.ActRunCampaign, campaign); err != nil {
			return err
		}
		if c.lastDay() < o.clock.Today() {
			return models.Fail(models.KindClosed, "campaign_over")
		}
		villages, err := villagesWithin(tx, area, w.Villages, o.clock.Today())
		if err != nil {
			return err
		}
		if w.Renew {
			err = tx.Exec(`UPDATE slips SET live = NULL, revoked_at = ? WHERE campaign_id = ? AND live = 1 AND household_id IN
				(SELECT id FROM households WHERE village_id IN ?)`, o.clock.Now(), campaign, villages).Error
			if err != nil {
				return fmt.Errorf("revoke slips: %w", err)
			}
		}
		if list, err = slipsOf(tx, campaign, villages); err != nil {
			return err
		}
		if len(list) > maxSlips {
			return models.InvalidField("body.villages", "too_many")
		}
		return o.fillSlips(tx, actor, campaign, list)
	})
	return c, list, err
}

func slipsOf(tx *gorm.DB, campaign models.ID, villages []models.ID) ([]Slip, error) {
	list := []Slip{}
	err := tx.Raw(`SELECT h.id AS household_id, h.code AS household, v.kind AS village_kind, v.name AS village, COALESCE(s.code, '') AS code
		FROM households h JOIN villages v ON v.id = h.village_id LEFT JOIN slips s ON s.campaign_id = ? AND s.household_id = h.id AND s.live = 1
		WHERE h.village_id IN ? AND h.state = 'active' AND h.covered = 0 ORDER BY v.name_fold, v.code, h.code LIMIT ?`, campaign, villages, maxSlips+1).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read slips: %w", err)
	}
	return list, nil
}

// fillSlips makes the codes that are missing. Two that print at once meet at
// the unique index, and the later one reads what the first has made.
func (o *Outreach) fillSlips(tx *gorm.DB, actor models.Actor, campaign models.ID, list []Slip) error {
	now := o.clock.Now()
	for i := range list {
		if list[i].Code != "" {
			continue
		}
		list[i].Code = models.NewCode(slipCode)
		err := tx.Exec("INSERT INTO slips (id, campaign_id, household_id, code, live, made_by, made_at) VALUES (?,?,?,?,1,?,?)",
			models.NewID(now), campaign, list[i].HouseholdID, list[i].Code, actor.Account, now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		if err != nil {
			return fmt.Errorf("write slip: %w", err)
		}
	}
	return nil
}

// RevokeSlip takes a code back: it opens nothing from then on. Again it changes
// nothing. The actor needs run_campaign in the campaign's area; NotFound for a
// code that is not this campaign's.
func (o *Outreach) RevokeSlip(ctx context.Context, actor models.Actor, campaign models.ID, code string) error {
	code, err := models.NormalizeCode(code)
	if err != nil {
		return models.InvalidField("body.code", "invalid_code")
	}
	return o.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, _, err := campaignInReach(tx, actor, models.ActRunCampaign, campaign); err != nil {
			return err
		}
		res := tx.Exec("UPDATE slips SET live = NULL, revoked_at = COALESCE(revoked_at, ?) WHERE code = ? AND campaign_id = ?", o.clock.Now(), code, campaign)
		return store.One(res, models.NotFound())
	})
}

// SlipDoor is what a slip's code opens for a member: the campaign and the door.
type SlipDoor struct {
	CampaignID models.ID `json:"campaign_id"`
	Door       Door      `json:"door"`
}

// slip is a row with what decides whether its code is good.
type slip struct {
	ID, CampaignID, HouseholdID, VillageID models.ID
	Live, Covered                          int
	EndsOn, EndedOn, Village               string
}

// OpenSlip answers the household behind a code for a member of its campaign
// who has its village; for everybody else and for an unknown code it is
// NotFound. Errors: Invalid field body.code; Closed "slip_revoked",
// "campaign_over" and "slip_covered", when somebody there is certified now.
func (o *Outreach) OpenSlip(ctx context.Context, actor models.Actor, code string) (SlipDoor, error) {
	if _, err := models.Allow(actor, models.ActVisit); err != nil {
		return SlipDoor{}, err
	}
	code, err := models.NormalizeCode(code)
	if err != nil {
		return SlipDoor{}, models.InvalidField("body.code", "invalid_code")
	}
	var out SlipDoor
	err = o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		s, err := o.goodSlip(tx, actor, code)
		if err != nil {
			return err
		}
		doors, err := doorsOf(tx, doorsQuery{campaign: s.CampaignID, account: actor.Account, village: s.VillageID, household: s.HouseholdID, code: s.Village, today: o.clock.Today()})
		if err == nil && len(doors) == 0 {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		out = SlipDoor{s.CampaignID, doors[0]}
		return nil
	})
	return out, err
}

// goodSlip finds the slip of a code that a member may open.
func (o *Outreach) goodSlip(tx *gorm.DB, actor models.Actor, code string) (slip, error) {
	var found []slip
	err := tx.Raw(`SELECT s.id, s.campaign_id, s.household_id, COALESCE(s.live, 0) AS live, h.village_id, h.covered, c.ends_on, c.ended_on, v.code AS village
		FROM slips s JOIN households h ON h.id = s.household_id JOIN campaigns c ON c.id = s.campaign_id JOIN villages v ON v.id = h.village_id
		JOIN campaign_members m ON m.campaign_id = s.campaign_id AND m.account_id = ? AND m.removed_at IS NULL
		JOIN campaign_villages cv ON cv.campaign_id = s.campaign_id AND cv.account_id = m.account_id AND cv.village_id = h.village_id
		WHERE s.code = ?`, actor.Account, code).Scan(&found).Error
	if err != nil {
		return slip{}, fmt.Errorf("read slip: %w", err)
	}
	if len(found) == 0 {
		return slip{}, models.NotFound()
	}
	s := found[0]
	switch {
	case s.Live == 0:
		return slip{}, models.Fail(models.KindClosed, "slip_revoked")
	case (Campaign{EndsOn: s.EndsOn, EndedOn: s.EndedOn}).lastDay() < o.clock.Today():
		return slip{}, models.Fail(models.KindClosed, "campaign_over")
	case s.Covered == 1:
		return slip{}, models.Fail(models.KindClosed, "slip_covered")
	}
	return s, nil
}
