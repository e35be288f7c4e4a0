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

// Campaign sends digital teams to the doors of an area from StartsOn to EndsOn,
// both included, or to EndedOn when it was ended early. Target counts
// households to visit. A visit never makes a household covered: only a
// certified member does.
type Campaign struct {
	ID       models.ID `json:"id"`
	AreaCode string    `json:"area_code"`
	AreaName string    `json:"area_name"`
	Name     string    `json:"name"`
	StartsOn string    `json:"starts_on"`
	EndsOn   string    `json:"ends_on"`
	Target   int       `json:"target"`
	Hotline  string    `json:"hotline"`
	EndedOn  string    `json:"ended_on" doc:"The last day, when it was ended early; else empty."`
	Version  int       `json:"version" doc:"Counts changes; a change names the version that was read."`
}

// lastDay is the last civil day on which a visit counts.
func (c Campaign) lastDay() string {
	if c.EndedOn != "" && c.EndedOn < c.EndsOn {
		return c.EndedOn
	}
	return c.EndsOn
}

// NewCampaign is a campaign to begin; ID is made by the client.
type NewCampaign struct {
	ID                      models.ID
	AreaCode, Name, Hotline string
	StartsOn, EndsOn        string // civil days
	Target                  int    // 1 to 1,000,000 households
}

// maxDays is how long a campaign may last: longer is no campaign.
const maxDays = 92

func (n *NewCampaign) check() error {
	n.Name, n.Hotline = models.Clean(n.Name), models.Clean(n.Hotline)
	if n.ID.IsZero() {
		return models.InvalidField("body.id", "required")
	}
	if size := len([]rune(n.Name)); size < 3 || size > 120 {
		return models.InvalidField("body.name", "length")
	}
	if len([]rune(n.Hotline)) > 40 {
		return models.InvalidField("body.hotline", "too_long")
	}
	if n.Target < 1 || n.Target > 1_000_000 {
		return models.InvalidField("body.target", "out_of_range")
	}
	var err error
	if n.StartsOn, err = models.ParseDay(n.StartsOn); err != nil {
		return models.InvalidField("body.starts_on", "invalid_date")
	}
	if n.EndsOn, err = models.ParseDay(n.EndsOn); err != nil {
		return models.InvalidField("body.ends_on", "invalid_date")
	}
	first, _ := time.Parse(time.DateOnly, n.StartsOn)
	last, _ := time.Parse(time.DateOnly, n.EndsOn)
	if last.Before(first) || last.Sub(first) >= maxDays*24*time.Hour {
		return models.InvalidField("body.ends_on", "out_of_range")
	}
	return nil
}

const campaignColumns = "c.id, c.name, c.starts_on, c.ends_on, c.target, c.hotline, c.ended_on, c.version, a.code AS area_code, a.full_name AS area_name"

const campaignSelect = "SELECT " + campaignColumns + " FROM campaigns c JOIN areas a ON a.id = c.area_id "

func campaignRows(q *gorm.DB) ([]Campaign, error) {
	list := []Campaign{}
	if err := q.Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("read campaigns: %w", err)
	}
	return list, nil
}

// StartCampaign makes a campaign; the same id again answers the same one. The
// actor needs run_campaign with the province or commune in reach, otherwise
// NotFound. Field errors: body.id, name, hotline, target, starts_on, ends_on.
func (o *Outreach) StartCampaign(ctx context.Context, actor models.Actor, n NewCampaign) (Campaign, error) {
	reach, err := models.Allow(actor, models.ActRunCampaign)
	if err != nil {
		return Campaign{}, err
	}
	if err := n.check(); err != nil {
		return Campaign{}, err
	}
	var out Campaign
	err = o.db.Tx(ctx, func(tx *gorm.DB) error {
		area, err := place.AreaByCodeTx(tx, n.AreaCode, o.clock.Today())
		if err != nil {
			return err
		}
		ok, err := place.AreaInReach(tx, reach, area.ID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		before, err := campaignRows(tx.Raw(campaignSelect+"WHERE c.id = ?", n.ID))
		if err != nil {
			return err
		}
		if len(before) > 0 {
			// Changed since, it is still the one that was begun.
			if before[0].AreaCode != area.Code || before[0].Version == 1 && before[0].Name != n.Name {
				return models.Conflict("id_taken")
			}
			out = before[0]
			return nil
		}
		out = Campaign{n.ID, area.Code, area.FullName, n.Name, n.StartsOn, n.EndsOn, n.Target, n.Hotline, "", 1}
		err = tx.Exec("INSERT INTO campaigns (id, area_id, name, starts_on, ends_on, target, hotline, created_by, created_at) VALUES (?,?,?,?,?,?,?,?,?)",
			n.ID, area.ID, n.Name, n.StartsOn, n.EndsOn, n.Target, n.Hotline, actor.Account, o.clock.Now()).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		if err != nil {
			return err
		}
		return diary{actor, n.ID, o.clock.Now()}.write(tx, CampaignEvent{Kind: EventStarted, New: n.Name})
	})
	return out, err
}

// Campaigns lists those of the areas in the actor's reach, the newest first, at
// most 100.
func (o *Outreach) Campaigns(ctx context.Context, actor models.Actor) ([]Campaign, error) {
	reach, err := models.Allow(actor, models.ActReadCoverage)
	if err != nil {
		return nil, err
	}
	where, args := "1 = 1", []any{}
	if !reach.All {
		where, args = "(c.area_id IN ? OR a.parent_id IN ?)", []any{reach.Areas, reach.Areas}
	}
	return campaignRows(o.db.Read(ctx).Raw(campaignSelect+"WHERE "+where+" ORDER BY c.starts_on DESC, c.id DESC LIMIT 100", args...))
}

// campaignInReach reads a campaign that the actor may do something with.
func campaignInReach(tx *gorm.DB, actor models.Actor, action models.Action, id models.ID) (Campaign, models.ID, error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return Campaign{}, models.ID{}, err
	}
	found, err := campaignRows(tx.Raw(campaignSelect+"WHERE c.id = ?", id))
	if err != nil {
		return Campaign{}, models.ID{}, err
	}
	if len(found) == 0 {
		return Campaign{}, models.ID{}, models.NotFound()
	}
	var at struct{ AreaID models.ID }
	if err := tx.Raw("SELECT area_id FROM campaigns WHERE id = ?", id).Scan(&at).Error; err != nil {
		return Campaign{}, models.ID{}, err
	}
	ok, err := place.AreaInReach(tx, reach, at.AreaID)
	if err == nil && !ok {
		err = models.NotFound()
	}
	return found[0], at.AreaID, err
}
