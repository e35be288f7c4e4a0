package coverage

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Page is an area with the areas right below it and where its number of
// households comes from, all as of one moment: the children and what is unplaced always add up
// to the area.
type Page struct {
	Figures
	Children []Child
	Unplaced Figures   // in none of the children: only under a map that has no place for a village
	Register *Register // nil when none was imported
	Targets  []Target  // those of TargetsOf, in force now
}

// Register is the list of households that a denominator rests on: the
// commune's own, also for a village, and for a province the oldest of its
// communes' registers.
type Register struct {
	Source     string
	AsOf       string // civil day
	ImportedAt time.Time
}

// Page reads an area's page in one view of the database, begun after the call.
// The page may be shared with other callers: it must not be changed. The errors
// are those of Counts.
func (c *Coverage) Page(ctx context.Context, actor models.Actor, area Area) (Page, error) {
	if err := c.inReach(c.db.Read(ctx), actor, area); err != nil {
		return Page{}, err
	}
	return c.pages.do(ctx, area, func(ctx context.Context) (Page, error) { return c.readPage(ctx, area) })
}

func (c *Coverage) readPage(ctx context.Context, area Area) (page Page, err error) {
	today := c.db.Clock().Today()
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if page.Figures, err = CountsOf(tx, area, today); err != nil {
			return err
		}
		if page.Children, err = childrenOf(tx, area, today); err != nil {
			return err
		}
		if page.Register, err = registerOf(tx, area, today); err != nil {
			return err
		}
		page.Targets, err = TargetsOf(tx, area, today)
		return err
	})
	return page, err
}

// registerOf reads the tables of room household, which stands above this one,
// so that the source and the figures are of the same moment.
func registerOf(tx *gorm.DB, area Area, today string) (*Register, error) {
	join, where, args := "", "ra.area_id = ?", []any{area.ID}
	switch area.Level {
	case LevelVillage:
		where = `ra.area_id = (SELECT commune_id FROM village_communes WHERE village_id = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1)`
		args = append(args, today)
	case LevelProvince:
		join, where = " JOIN areas a ON a.id = ra.area_id", "a.province_id = ? AND a.level = 'commune'"
	}
	var found []Register
	err := tx.Raw("SELECT r.source, r.as_of, r.imported_at FROM register_areas ra JOIN household_registers r ON r.id = ra.register_id"+
		join+" WHERE "+where+" ORDER BY r.as_of, r.id LIMIT 1", args...).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read register: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}
