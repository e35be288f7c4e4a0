package coverage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Target is what an area is to reach by a day.
type Target struct {
	ID       models.ID
	AreaID   models.ID
	AreaCode string
	AreaName string
	Skill    string // "" for all five in one person
	OnDate   string
	Share    int    // of the households on the register, in basis points, 1..10,000
	Source   string // the plan or decision that says so
	SetName  string
	SetAt    time.Time
}

// StandingTarget holds where no area has set one: letter 3240/BTTTT-CĐSQG of
// 8 August 2024 asks for one skilled person in every household.
var StandingTarget = Target{Share: Whole, Source: "Công văn 3240/BTTTT-CĐSQG"}

// NewTarget is a target to be set. ID is made by the caller; sending it again
// changes nothing.
type NewTarget struct {
	ID     models.ID
	Skill  string
	OnDate string
	Share  int
	Source string
}

// check brings the words into the form in which they are kept. Errors: Invalid
// naming the field.
func (n NewTarget) check() (NewTarget, error) {
	n.Source = models.Clean(n.Source)
	day, err := models.ParseDay(n.OnDate)
	switch {
	case n.ID.IsZero():
		return n, models.InvalidField("body.id", "required")
	case err != nil:
		return n, models.InvalidField("body.on", "invalid_date")
	case n.Share < 1 || n.Share > Whole:
		return n, models.InvalidField("body.share", "out_of_range")
	case n.Skill != "" && SkillBit(n.Skill) == 0:
		return n, models.InvalidField("body.skill", "invalid_skill")
	case n.Source == "" || len([]rune(n.Source)) > 200:
		return n, models.InvalidField("body.source", "required")
	}
	n.OnDate = day
	return n, nil
}

const targetColumns = "t.id, t.area_id, a.code AS area_code, a.full_name AS area_name, t.skill, t.on_date, t.share, t.source, t.set_name, t.set_at"

// SetTarget sets what a province or commune in the actor's reach is to reach. One
// that stands for the same skill and day is replaced and stays in the history.
// Errors: NotFound; Invalid naming the field; Conflict "target_changed" when
// somebody else set it at this moment, "id_taken" for the id of another target.
func (c *Coverage) SetTarget(ctx context.Context, actor models.Actor, area Area, n NewTarget) (Target, error) {
	reach, err := models.Allow(actor, models.ActSetTarget)
	if err != nil {
		return Target{}, err
	}
	if n, err = n.check(); err != nil {
		return Target{}, err
	}
	if area.Level == LevelVillage {
		return Target{}, models.InvalidField("path.code", "invalid_level")
	}
	var set Target
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := reachArea(tx, reach, area); err != nil {
			return err
		}
		found, err := targetByID(tx, n.ID)
		switch {
		case err != nil:
			return err
		case len(found) == 1 && found[0].AreaID != area.ID:
			return models.Conflict("id_taken")
		case len(found) == 1:
			set = found[0]
			return nil
		}
		if err := replaceTarget(tx, actor, area, n, c.db.Clock().Now()); err != nil {
			return err
		}
		found, err = targetByID(tx, n.ID)
		if err == nil && len(found) == 1 {
			set = found[0]
		}
		return err
	})
	return set, err
}

func targetByID(tx *gorm.DB, id models.ID) (found []Target, err error) {
	err = tx.Raw("SELECT "+targetColumns+" FROM coverage_targets t JOIN areas a ON a.id = t.area_id WHERE t.id = ?", id).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read target: %w", err)
	}
	return found, nil
}

func replaceTarget(tx *gorm.DB, actor models.Actor, area Area, n NewTarget, now time.Time) error {
	err := tx.Exec("UPDATE coverage_targets SET live = NULL, ended_at = ? WHERE area_id = ? AND skill = ? AND on_date = ? AND live = 1",
		now, area.ID, n.Skill, n.OnDate).Error
	if err != nil {
		return fmt.Errorf("end target: %w", err)
	}
	name := []rune(actor.Name)
	err = tx.Exec(`INSERT INTO coverage_targets (id, area_id, skill, on_date, share, source, live, set_by, set_name, set_at)
		VALUES (?,?,?,?,?,?,1,?,?,?)`, n.ID, area.ID, n.Skill, n.OnDate, n.Share, n.Source, actor.Account, string(name[:min(len(name), 120)]), now).Error
	if store.IsDuplicate(err) {
		return models.Conflict("target_changed")
	}
	if err != nil {
		return fmt.Errorf("set target: %w", err)
	}
	return nil
}

// EndTarget withdraws a target; withdrawing it again changes nothing. NotFound
// when it does not exist or its area is out of reach.
func (c *Coverage) EndTarget(ctx context.Context, actor models.Actor, id models.ID) error {
	reach, err := models.Allow(actor, models.ActSetTarget)
	if err != nil {
		return err
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		var found []struct {
			AreaID models.ID
			Level  string
		}
		err := tx.Raw("SELECT t.area_id, a.level FROM coverage_targets t JOIN areas a ON a.id = t.area_id WHERE t.id = ?", id).Scan(&found).Error
		if err != nil {
			return fmt.Errorf("read target: %w", err)
		}
		if len(found) == 0 {
			return models.NotFound()
		}
		if err := reachArea(tx, reach, Area{found[0].AreaID, found[0].Level}); err != nil {
			return err
		}
		return tx.Exec("UPDATE coverage_targets SET live = NULL, ended_at = ? WHERE id = ? AND live = 1", c.db.Clock().Now(), id).Error
	})
}

// TargetsOf answers the targets that bear on an area, its own and those of the
// areas above, by day; nearest area first on one day. It is for who checked the
// reach.
func TargetsOf(tx *gorm.DB, area Area, today string) ([]Target, error) {
	ids := []models.ID{area.ID}
	up := "SELECT province_id AS id FROM areas WHERE id = ?"
	args := []any{area.ID}
	if area.Level == LevelVillage {
		up = "SELECT vc.commune_id AS id FROM villages v" + inCommune("v.id") + "WHERE v.id = ? UNION SELECT a.province_id AS id FROM villages v" + inCommune("v.id") + "WHERE v.id = ?"
		args = []any{today, area.ID, today, area.ID}
	}
	var above []struct{ ID models.ID }
	if err := tx.Raw(up, args...).Scan(&above).Error; err != nil {
		return nil, fmt.Errorf("find areas above: %w", err)
	}
	for _, a := range above {
		ids = append(ids, a.ID)
	}
	list := []Target{}
	err := tx.Raw("SELECT "+targetColumns+" FROM coverage_targets t JOIN areas a ON a.id = t.area_id WHERE t.area_id IN ? AND t.live = 1 ORDER BY t.on_date, a.level, t.skill", ids).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read targets: %w", err)
	}
	return list, nil
}

// Targets is TargetsOf for an actor who may read the figures of the area.
func (c *Coverage) Targets(ctx context.Context, actor models.Actor, area Area) ([]Target, error) {
	tx := c.db.Read(ctx)
	if err := c.inReach(tx, actor, area); err != nil {
		return nil, err
	}
	return TargetsOf(tx, area, c.db.Clock().Today())
}

// InForce picks the target that counts on a day for a skill: the next one due,
// else the last one that was, of the nearest area that has one; a skill without
// a target of its own takes that for all five. StandingTarget where none is set.
// list is that of TargetsOf.
func InForce(list []Target, skill, day string) Target {
	best, found := StandingTarget, false
	rank := func(t Target) string {
		own := "1"
		if t.Skill == skill {
			own = "0"
		}
		// "commune" sorts before "province": the level of an area is its length of code.
		near := "1"
		if len(t.AreaCode) > 2 {
			near = "0"
		}
		due := "0" + t.OnDate
		if t.OnDate < day { // the later it was due, the sooner it is taken
			due = "1" + strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return '9' - (r - '0')
				}
				return r
			}, t.OnDate)
		}
		return own + near + due
	}
	for _, t := range list {
		if t.Skill != skill && t.Skill != "" {
			continue
		}
		if !found || rank(t) < rank(best) {
			best, found = t, true
		}
	}
	return best
}
