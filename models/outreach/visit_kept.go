package outreach

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Visit is a fact of a household's or a campaign's history. Refusal says why it
// did not count when it came, Decision what an officer made of that later.
type Visit struct {
	ID          models.ID `json:"id"`
	CampaignID  models.ID `json:"campaign_id"`
	Campaign    string    `json:"campaign"`
	HouseholdID models.ID `json:"household_id"`
	Code        string    `json:"code" doc:"The household's code; empty for one that is not on the register."`
	Visitor     string    `json:"visitor"`
	Team        string    `json:"team"`
	Outcome     string    `json:"outcome" enum:"taught,already_skilled,not_home,refused,moved"`
	Again       bool      `json:"again"`
	Slip        bool      `json:"slip"`
	VisitedAt   time.Time `json:"visited_at"`
	OnDay       string    `json:"on_day"`
	ReceivedAt  time.Time `json:"received_at"`
	Refusal     string    `json:"refusal" enum:",removed,outside_dates,not_on_list"`
	Counts      bool      `json:"counts"`
	Decision    string    `json:"decision" enum:",accepted,refused"`
	Reason      string    `json:"reason" doc:"The officer's, of a decision."`
	DecidedBy   string    `json:"decided_by"`
}

const visitSelect = `SELECT v.id, v.campaign_id, c.name AS campaign, v.household_id, COALESCE(h.code, '') AS code, COALESCE(a.display_name, '') AS visitor, v.team,
	v.outcome, v.again, v.slip, v.visited_at, v.on_day, v.received_at, v.refusal, v.counts,
	CASE WHEN d.accepted = 1 THEN 'accepted' WHEN d.accepted = 0 THEN 'refused' ELSE '' END AS decision,
	COALESCE(d.reason, '') AS reason, COALESCE(d.by_name, '') AS decided_by
	FROM visits v JOIN campaigns c ON c.id = v.campaign_id LEFT JOIN households h ON h.id = v.household_id LEFT JOIN accounts a ON a.id = v.account_id
	LEFT JOIN visit_decisions d ON d.visit_id = v.id `

func visitRows(q *gorm.DB) ([]Visit, error) {
	list := []Visit{}
	if err := q.Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("read visits: %w", err)
	}
	for i := range list {
		list[i].VisitedAt, list[i].ReceivedAt = list[i].VisitedAt.UTC(), list[i].ReceivedAt.UTC()
	}
	return list, nil
}

// keptOf counts a campaign's visits that were kept and do not count, and those
// of them that nobody has decided.
func keptOf(tx *gorm.DB, campaign models.ID) (kept, waiting int, err error) {
	var n struct{ Kept, Waiting int }
	err = tx.Raw(`SELECT COUNT(*) AS kept, COUNT(CASE WHEN d.visit_id IS NULL THEN 1 END) AS waiting
		FROM visits v LEFT JOIN visit_decisions d ON d.visit_id = v.id WHERE v.campaign_id = ? AND v.counts = 0`, campaign).Scan(&n).Error
	if err != nil {
		return 0, 0, fmt.Errorf("count kept visits: %w", err)
	}
	return n.Kept, n.Waiting, nil
}

// KeptVisits lists a campaign's visits that came and were not counted, also
// those decided since: undecided ones first, then the newest; at most 200. The
// actor needs run_campaign in its area.
func (o *Outreach) KeptVisits(ctx context.Context, actor models.Actor, campaign models.ID) ([]Visit, error) {
	tx := o.db.Read(ctx)
	if _, _, err := campaignInReach(tx, actor, models.ActRunCampaign, campaign); err != nil {
		return nil, err
	}
	return visitRows(tx.Raw(visitSelect+`WHERE v.campaign_id = ? AND v.refusal <> ''
		ORDER BY CASE WHEN d.visit_id IS NULL THEN 0 ELSE 1 END, v.received_at DESC, v.id DESC LIMIT 200`, campaign))
}

// VisitDecision is what an officer makes of a kept visit. Reason is at most 200
// characters, and needed to refuse: the member reads it.
type VisitDecision struct {
	Accept bool
	Reason string
}

// DecideVisit lets a visit count that was kept, or says for good that it does
// not. The visit itself never changes. The same again answers as the first did.
// The actor needs run_campaign in the campaign's area, otherwise NotFound; so
// for a visit that was never refused. Errors: Invalid field body.reason;
// Conflict "visit_decided" when it was decided otherwise, "visit_no_household"
// when what would be counted is no household of the campaign's area.
func (o *Outreach) DecideVisit(ctx context.Context, actor models.Actor, campaign, visit models.ID, d VisitDecision) (Visit, error) {
	d.Reason = models.Clean(d.Reason)
	if size := len([]rune(d.Reason)); size > 200 || !d.Accept && size < 3 {
		return Visit{}, models.InvalidField("body.reason", "length")
	}
	var out Visit
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		_, area, err := campaignInReach(tx, actor, models.ActRunCampaign, campaign)
		if err != nil {
			return err
		}
		before, err := keptVisit(tx, campaign, visit)
		if err != nil {
			return err
		}
		if before.Decision != "" {
			if (before.Decision == "accepted") != d.Accept {
				return models.Conflict("visit_decided")
			}
			out = before
			return nil
		}
		if d.Accept {
			if err := countVisit(tx, area, before); err != nil {
				return err
			}
		}
		err = tx.Exec("INSERT INTO visit_decisions (visit_id, accepted, reason, by_account, by_name, at) VALUES (?,?,?,?,?,?)",
			visit, bit(d.Accept), d.Reason, actor.Account, actor.Name, o.clock.Now()).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		if err != nil {
			return fmt.Errorf("write decision: %w", err)
		}
		out, err = keptVisit(tx, campaign, visit)
		return err
	})
	return out, err
}

func keptVisit(tx *gorm.DB, campaign, visit models.ID) (Visit, error) {
	found, err := visitRows(tx.Raw(visitSelect+"WHERE v.id = ? AND v.campaign_id = ? AND v.refusal <> ''", visit, campaign))
	if err != nil {
		return Visit{}, err
	}
	if len(found) == 0 {
		return Visit{}, models.NotFound()
	}
	return found[0], nil
}

// countVisit lets a kept visit count, provided that its household is one of the
// campaign's area.
func countVisit(tx *gorm.DB, area models.ID, v Visit) error {
	var villages []models.ID
	if err := tx.Raw("SELECT village_id FROM households WHERE id = ?", v.HouseholdID).Scan(&villages).Error; err != nil {
		return fmt.Errorf("read household: %w", err)
	}
	if len(villages) == 0 {
		return models.Conflict("visit_no_household")
	}
	ok, err := place.InReach(tx, models.Reach{Areas: []models.ID{area}}, villages[0])
	if err != nil {
		return err
	}
	if !ok {
		return models.Conflict("visit_no_household")
	}
	return tx.Exec("UPDATE visits SET counts = 1 WHERE id = ?", v.ID).Error
}
