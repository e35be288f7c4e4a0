package seeds

import (
	"context"
	"time"

	"nhaso/models"
	"nhaso/models/outreach"
)

// walkDays is how long the digital team of the demo commune is on its way, and
// walkDoors at how many doors a day it knocks.
const (
	walkDays  = 12
	walkDoors = 6
)

// walkFinds is what is found behind a door, as often as it stands here.
var walkFinds = []string{"not_home", "taught", "not_home", "already_skilled", "taught", "refused", "not_home", "taught", "moved", "not_home"}

// walk has the team of the demo commune knock at doors of its first two
// villages, day by day, in a campaign that goes on after today.
func (d *demo) walk(ctx context.Context) error {
	if d.past == nil {
		return nil
	}
	p := d.past
	day := func(ago, hour int) time.Time {
		at := p.end.In(models.VietNam()).AddDate(0, 0, -ago)
		return time.Date(at.Year(), at.Month(), at.Day(), hour, 0, 0, 0, models.VietNam())
	}
	p.at = day(walkDays+1, 8)
	campaign, err := p.Outreach.StartCampaign(ctx, d.officer, outreach.NewCampaign{
		ID: models.NewID(p.at), AreaCode: demoCommune, Name: "Đến từng nhà (minh họa)", Target: 150,
		StartsOn: models.Day(p.at), EndsOn: models.Day(p.end.AddDate(0, 0, 30)),
	})
	if err != nil {
		return err
	}
	var villages []string
	for _, v := range d.places {
		if v.CommuneID == d.hongGai.ID && len(villages) < 2 {
			villages = append(villages, v.Code)
		}
	}
	if _, err := p.Outreach.Post(ctx, d.officer, campaign.ID, outreach.Posting{Account: d.walker.Account, Team: "Tổ 1", Villages: villages}); err != nil {
		return err
	}
	for ago := walkDays; ago > 0; ago-- {
		p.at = day(ago, 20)
		if err := d.knock(ctx, campaign.ID, day(ago, 17)); err != nil {
			return err
		}
	}
	return nil
}

// knock brings home one evening's visits, at the doors that come first.
func (d *demo) knock(ctx context.Context, campaign models.ID, from time.Time) error {
	p := d.past
	rounds, err := p.Outreach.Rounds(ctx, d.walker)
	if err != nil {
		return err
	}
	var visits []outreach.NewVisit
	for _, round := range rounds {
		for i, door := range round.Doors[:min(walkDoors, len(round.Doors))] {
			at := from.Add(time.Duration(20*i) * time.Minute)
			visits = append(visits, outreach.NewVisit{ID: models.NewID(at), HouseholdID: door.ID, Outcome: walkFinds[p.g.IntN(len(walkFinds))], At: at, Slip: i%3 == 0})
		}
	}
	_, err = p.Outreach.RecordVisits(ctx, d.walker, campaign, visits)
	return err
}
