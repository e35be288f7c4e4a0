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

// Walker is a team member of the campaign's area: in a team with villages, not
// yet in one (Team empty), or removed.
type Walker struct {
	AccountID models.ID      `json:"account_id"`
	Name      string         `json:"name"`
	Team      string         `json:"team"`
	Villages  []string       `json:"villages" nullable:"false" doc:"Codes of the villages whose doors are this member's."`
	Places    []RoundVillage `json:"places" nullable:"false" doc:"The same villages with their names."`
	RemovedAt *time.Time     `json:"removed_at"`
}

// Posting puts a member into a team with villages.
type Posting struct {
	Account  models.ID
	Team     string
	Villages []string // codes, 1 to 20, in the campaign's area
}

const maxVillages = 20

// Walkers lists the accounts that are team members somewhere in the campaign's
// area. The actor needs run_campaign there.
func (o *Outreach) Walkers(ctx context.Context, actor models.Actor, campaign models.ID) ([]Walker, error) {
	list := []Walker{}
	err := o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		_, area, err := campaignInReach(tx, actor, models.ActRunCampaign, campaign)
		if err != nil {
			return err
		}
		list, err = walkers(tx, campaign, area)
		return err
	})
	return list, err
}

func walkers(tx *gorm.DB, campaign, area models.ID) ([]Walker, error) {
	var rows []struct {
		AccountID  models.ID
		Name, Team string
		RemovedAt  *time.Time
	}
	err := tx.Raw(`SELECT ac.id AS account_id, ac.display_name AS name, COALESCE(m.team, '') AS team, m.removed_at
		FROM accounts ac LEFT JOIN campaign_members m ON m.account_id = ac.id AND m.campaign_id = ?
		WHERE m.account_id IS NOT NULL OR EXISTS (SELECT 1 FROM account_grants g WHERE g.account_id = ac.id AND g.role = ?
			AND (g.scope_id IN (SELECT id FROM areas WHERE id = ? OR parent_id = ?) OR g.scope_id = (SELECT province_id FROM areas WHERE id = ?)))
		ORDER BY ac.name_fold, ac.id LIMIT 500`, campaign, string(models.RoleTeamMember), area, area, area).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	var posts []struct {
		AccountID        models.ID
		Code, Kind, Name string
	}
	err = tx.Raw(`SELECT cv.account_id, v.code, v.kind, v.name FROM campaign_villages cv JOIN villages v ON v.id = cv.village_id WHERE cv.campaign_id = ?
		ORDER BY v.name_fold, v.code`, campaign).Scan(&posts).Error
	if err != nil {
		return nil, fmt.Errorf("read villages: %w", err)
	}
	list := []Walker{}
	for _, r := range rows {
		w := Walker{AccountID: r.AccountID, Name: r.Name, Team: r.Team, Villages: []string{}, Places: []RoundVillage{}, RemovedAt: r.RemovedAt}
		for _, p := range posts {
			if p.AccountID == r.AccountID {
				w.Villages = append(w.Villages, p.Code)
				w.Places = append(w.Places, RoundVillage{p.Code, p.Kind, p.Name})
			}
		}
		list = append(list, w)
	}
	return list, nil
}

// Post puts a team member into a team, or changes team and villages, also of
// one who was removed. The same again changes nothing. Errors: NotFound for an
// account that is no team member there; Invalid fields body.team and
// body.villages.
func (o *Outreach) Post(ctx context.Context, actor models.Actor, campaign models.ID, p Posting) ([]Walker, error) {
	p.Team = models.Clean(p.Team)
	if size := len([]rune(p.Team)); size < 1 || size > 60 {
		return nil, models.InvalidField("body.team", "length")
	}
	if len(p.Villages) < 1 || len(p.Villages) > maxVillages {
		return nil, models.InvalidField("body.villages", "out_of_range")
	}
	return o.changeMember(ctx, actor, campaign, p.Account, func(tx *gorm.DB, area models.ID) error {
		villages, err := villagesWithin(tx, area, p.Villages, o.clock.Today())
		if err != nil {
			return err
		}
		now := o.clock.Now()
		err = tx.Exec("INSERT INTO campaign_members (campaign_id, account_id, team, added_at) VALUES (?,?,?,?)", campaign, p.Account, p.Team, now).Error
		if store.IsDuplicate(err) {
			err = tx.Exec("UPDATE campaign_members SET team = ?, removed_at = NULL WHERE campaign_id = ? AND account_id = ?", p.Team, campaign, p.Account).Error
		}
		if err != nil {
			return fmt.Errorf("write member: %w", err)
		}
		if err := tx.Exec("DELETE FROM campaign_villages WHERE campaign_id = ? AND account_id = ?", campaign, p.Account).Error; err != nil {
			return fmt.Errorf("clear villages: %w", err)
		}
		for _, v := range villages {
			if err := tx.Exec("INSERT INTO campaign_villages (campaign_id, account_id, village_id) VALUES (?,?,?)", campaign, p.Account, v).Error; err != nil {
				return fmt.Errorf("write village: %w", err)
			}
		}
		return nil
	})
}

// Remove takes a member out: visits that arrive from now on are refused and
// kept. Again it changes nothing. NotFound for one who was never in a team.
func (o *Outreach) Remove(ctx context.Context, actor models.Actor, campaign, account models.ID) ([]Walker, error) {
	return o.changeMember(ctx, actor, campaign, account, func(tx *gorm.DB, _ models.ID) error {
		res := tx.Exec("UPDATE campaign_members SET removed_at = COALESCE(removed_at, ?) WHERE campaign_id = ? AND account_id = ?", o.clock.Now(), campaign, account)
		return store.One(res, models.NotFound())
	})
}

func (o *Outreach) changeMember(ctx context.Context, actor models.Actor, campaign, account models.ID, change func(tx *gorm.DB, area models.ID) error) ([]Walker, error) {
	var list []Walker
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		_, area, err := campaignInReach(tx, actor, models.ActRunCampaign, campaign)
		if err != nil {
			return err
		}
		if list, err = walkers(tx, campaign, area); err != nil {
			return err
		}
		was, ok := walker(list, account)
		if !ok {
			return models.NotFound()
		}
		if err := change(tx, area); err != nil {
			return err
		}
		if list, err = walkers(tx, campaign, area); err != nil {
			return err
		}
		is, _ := walker(list, account)
		return diary{actor, campaign, o.clock.Now()}.member(tx, was, is)
	})
	return list, err
}

func walker(list []Walker, account models.ID) (Walker, bool) {
	i := slices.IndexFunc(list, func(w Walker) bool { return w.AccountID == account })
	if i < 0 {
		return Walker{}, false
	}
	return list[i], true
}

// villagesWithin finds villages of an area by their codes, each once.
func villagesWithin(tx *gorm.DB, area models.ID, codes []string, today string) ([]models.ID, error) {
	found := []models.ID{}
	for _, code := range codes {
		v, err := place.VillageByCode(tx, code, today)
		if err != nil {
			return nil, models.InvalidField("body.villages", "unknown")
		}
		ok, err := place.InReach(tx, models.Reach{Areas: []models.ID{area}}, v.ID)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, models.InvalidField("body.villages", "unknown")
		}
		if !slices.Contains(found, v.ID) {
			found = append(found, v.ID)
		}
	}
	return found, nil
}
