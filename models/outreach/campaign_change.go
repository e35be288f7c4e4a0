package outreach

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// CampaignChange is a campaign as it shall be. Version is the one that was
// read. Ended makes today its last day; false lets one that was ended early go on.
type CampaignChange struct {
	Version          int
	Name, Hotline    string
	StartsOn, EndsOn string // civil days, at most 92 of them
	Target           int    // 1 to 1,000,000 households
	Ended            bool
}

// ChangeCampaign changes a campaign's name, days, target and hotline, and ends
// it or lets it go on; each difference is a line of its history. Visits that
// were counted stay counted whatever the days become; those that were kept for
// their day wait for an officer as before. The same change sent again answers
// the campaign as it is. The actor needs run_campaign in its area, otherwise
// NotFound. Errors: field errors as of StartCampaign; Conflict
// "campaign_changed" when somebody else changed it meanwhile.
func (o *Outreach) ChangeCampaign(ctx context.Context, actor models.Actor, id models.ID, c CampaignChange) (Campaign, error) {
	n := NewCampaign{ID: id, Name: c.Name, Hotline: c.Hotline, StartsOn: c.StartsOn, EndsOn: c.EndsOn, Target: c.Target}
	if err := n.check(); err != nil {
		return Campaign{}, err
	}
	var out Campaign
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		was, _, err := campaignInReach(tx, actor, models.ActRunCampaign, id)
		if err != nil {
			return err
		}
		out = was
		out.Name, out.Hotline, out.StartsOn, out.EndsOn, out.Target = n.Name, n.Hotline, n.StartsOn, n.EndsOn, n.Target
		out.EndedOn = ended(was.EndedOn, c.Ended, o.clock.Today())
		list := changes(was, out)
		if len(list) == 0 {
			return nil
		}
		res := tx.Exec("UPDATE campaigns SET name = ?, hotline = ?, starts_on = ?, ends_on = ?, target = ?, ended_on = ?, version = version + 1 WHERE id = ? AND version = ?",
			out.Name, out.Hotline, out.StartsOn, out.EndsOn, out.Target, out.EndedOn, id, c.Version)
		if err := store.One(res, models.Conflict("campaign_changed")); err != nil {
			return fmt.Errorf("change campaign: %w", err)
		}
		out.Version = c.Version + 1
		for _, e := range list {
			if err := (diary{actor, id, o.clock.Now()}).write(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// ended keeps the day on which a campaign was ended first.
func ended(before string, wanted bool, today string) string {
	switch {
	case !wanted:
		return ""
	case before != "":
		return before
	}
	return today
}
