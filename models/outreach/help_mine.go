package outreach

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// MyHelp is what a pupil sees of a help that was agreed: who asks, who goes
// along and until when. Never where, and nothing of the household.
type MyHelp struct {
	ID       models.ID `json:"id"`
	Campaign string    `json:"campaign"`
	Team     string    `json:"team"`
	Adult    string    `json:"adult" enum:"guardian,relative,teacher,team"`
	Hotline  string    `json:"hotline"`
	Until    string    `json:"until" doc:"Civil day."`
}

// MyHelps answers what the actor agreed to and what is still ahead, the one
// that ends first before the others. Nothing once child or guardian has taken
// consent back. The actor needs own_consent.
func (o *Outreach) MyHelps(ctx context.Context, actor models.Actor) ([]MyHelp, error) {
	reach, err := models.Allow(actor, models.ActOwnConsent)
	if err != nil {
		return nil, err
	}
	today := o.clock.Today()
	willing, args := mayBeAsked("n.person_id", today)
	list := []MyHelp{}
	err = o.db.Read(ctx).Raw(`SELECT n.id, c.name AS campaign, n.team, n.adult, c.hotline, c.ends_on AS until FROM neighbour_helps n JOIN campaigns c ON c.id = n.campaign_id
		WHERE n.person_id = ? AND n.state = ? AND c.ended_on = '' AND c.ends_on >= ? AND `+willing+" ORDER BY c.ends_on, n.id LIMIT 5",
		slices.Concat([]any{reach.Self, HelpAccepted, today}, args)...).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read own helps: %w", err)
	}
	return list, nil
}

// DeclineMyHelp takes a pupil's yes back, at any time and without a reason.
// Again it changes nothing. NotFound for a help that is not the actor's;
// Conflict "help_over" for one that is over.
func (o *Outreach) DeclineMyHelp(ctx context.Context, actor models.Actor, id models.ID) error {
	reach, err := models.Allow(actor, models.ActOwnConsent)
	if err != nil {
		return err
	}
	return o.db.Tx(ctx, func(tx *gorm.DB) error {
		var is []string
		if err := tx.Raw("SELECT state FROM neighbour_helps WHERE id = ? AND person_id = ?", id, reach.Self).Scan(&is).Error; err != nil {
			return err
		}
		switch {
		case len(is) == 0:
			return models.NotFound()
		case is[0] == HelpDeclined:
			return nil
		}
		res := tx.Exec("UPDATE neighbour_helps SET state = ?, slot = NULL, declined_by = 'pupil', changed_at = ? WHERE id = ? AND state = ?",
			HelpDeclined, o.clock.Now(), id, HelpAccepted)
		return store.One(res, models.Conflict("help_over"))
	})
}
