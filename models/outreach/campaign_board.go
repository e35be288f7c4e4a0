package outreach

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// CampaignBoard is what a wall shows every ten seconds: counters, no household
// and nobody who lives in one. Households are counted once under each outcome
// that they ever had, so the outcomes can add up to more than Visited.
type CampaignBoard struct {
	Campaign
	Visits   int            `json:"visits"`
	Visited  int            `json:"visited" doc:"Different households with a visit that counts."`
	Met      int            `json:"met" doc:"Different households where somebody was met or that moved."`
	Refused  int            `json:"refused" doc:"Visits kept that do not count, decided or not."`
	Waiting  int            `json:"waiting" doc:"Those of them that no officer has decided yet."`
	Outcomes map[string]int `json:"outcomes"`
	Teams    []TeamTally    `json:"teams" nullable:"false"`
	Days     []DayTally     `json:"days" nullable:"false"`
}

// TeamTally counts a team's visits and different households.
type TeamTally struct {
	Team    string `json:"team"`
	Visits  int    `json:"visits"`
	Visited int    `json:"visited"`
}

// DayTally counts a day's visits.
type DayTally struct {
	OnDay  string `json:"on_day"`
	Visits int    `json:"visits"`
}

// What a poll carries at most: it has to pass a 2G line every ten seconds.
const (
	boardTeams = 30
	boardDays  = 14
)

// CampaignBoard reads a campaign's figures. The actor needs read_coverage with
// its area in reach, otherwise NotFound.
func (o *Outreach) CampaignBoard(ctx context.Context, actor models.Actor, id models.ID) (CampaignBoard, error) {
	b := CampaignBoard{Outcomes: map[string]int{}, Teams: []TeamTally{}, Days: []DayTally{}}
	err := o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		var err error
		if b.Campaign, _, err = campaignInReach(tx, actor, models.ActReadCoverage, id); err != nil {
			return err
		}
		return b.count(tx)
	})
	return b, err
}

func (b *CampaignBoard) count(tx *gorm.DB) error {
	const counted = " FROM visits WHERE campaign_id = ? AND counts = 1"
	var sums struct{ Visits, Visited, Met int }
	err := tx.Raw("SELECT COUNT(*) AS visits, COUNT(DISTINCT household_id) AS visited, COUNT(DISTINCT CASE WHEN outcome <> ? THEN household_id END) AS met"+counted,
		VisitNotHome, b.ID).Scan(&sums).Error
	if err != nil {
		return fmt.Errorf("count visits: %w", err)
	}
	b.Visits, b.Visited, b.Met = sums.Visits, sums.Visited, sums.Met
	if b.Refused, b.Waiting, err = keptOf(tx, b.ID); err != nil {
		return err
	}
	var outcomes []struct {
		Outcome string
		N       int
	}
	if err := tx.Raw("SELECT outcome, COUNT(DISTINCT household_id) AS n"+counted+" GROUP BY outcome", b.ID).Scan(&outcomes).Error; err != nil {
		return fmt.Errorf("count outcomes: %w", err)
	}
	for _, o := range outcomes {
		b.Outcomes[o.Outcome] = o.N
	}
	err = tx.Raw("SELECT team, COUNT(*) AS visits, COUNT(DISTINCT household_id) AS visited"+counted+" GROUP BY team ORDER BY visited DESC, team LIMIT ?", b.ID, boardTeams).Scan(&b.Teams).Error
	if err != nil {
		return fmt.Errorf("count teams: %w", err)
	}
	if err := tx.Raw("SELECT on_day, COUNT(*) AS visits"+counted+" GROUP BY on_day ORDER BY on_day DESC LIMIT ?", b.ID, boardDays).Scan(&b.Days).Error; err != nil {
		return fmt.Errorf("count days: %w", err)
	}
	return nil
}
