package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// View says of which day figures are asked for, and under the map of which day
// they are laid out: the households of 30 June 2024 can be counted in the
// communes of then, of the reform of 2025 or of today.
type View struct {
	On  string // the figures at the end of this civil day
	Map string // the areas as they were on this civil day; "" = On
}

// check answers the view with both days valid. Errors: Invalid "invalid_date".
func (v View) check() (View, error) {
	if v.Map == "" {
		v.Map = v.On
	}
	for _, day := range []*string{&v.On, &v.Map} {
		parsed, err := models.ParseDay(*day)
		if err != nil {
			return v, err
		}
		*day = parsed
	}
	return v, nil
}

// AsOf answers the figures of an area at the end of a civil day, under the map
// of that day. Errors: those of Counts, and Invalid "invalid_date".
func (c *Coverage) AsOf(ctx context.Context, actor models.Actor, area Area, day string) (Figures, error) {
	page, err := c.PageAsOf(ctx, actor, area, View{On: day})
	return page.Figures, err
}

// PageAsOf is Page of a past day. The children are the areas below on the map
// asked for; Unplaced holds what lies in none of them, so that area = children +
// unplaced always. Errors: those of Page, and Invalid "invalid_date".
func (c *Coverage) PageAsOf(ctx context.Context, actor models.Actor, area Area, view View) (Page, error) {
	view, err := view.check()
	if err != nil {
		return Page{}, err
	}
	if err := c.inReach(c.db.Read(ctx), actor, area); err != nil {
		return Page{}, err
	}
	return c.past.do(ctx, pastKey{area, view}, func(ctx context.Context) (page Page, err error) {
		err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
			if page, err = PageAsOf(tx, area, view); err != nil {
				return err
			}
			page.Targets, err = TargetsOf(tx, area, c.db.Clock().Today())
			return err
		})
		return page, err
	})
}

// pastKey names a page of the past for those who ask for it at the same time.
type pastKey struct {
	area Area
	view View
}

// PageAsOf is Coverage.PageAsOf for rooms that checked the reach themselves and
// hold a view of the database: a report that prints a figure, a sign-off that
// freezes it.
func PageAsOf(tx *gorm.DB, area Area, view View) (Page, error) {
	view, err := view.check()
	if err != nil {
		return Page{}, err
	}
	var page Page
	switch area.Level {
	case LevelVillage:
		page.Children = []Child{}
		sums, err := sumsUpTo(tx, view.On, "village_id = ?", area.ID)
		page.Figures = sums[area.ID]
		if err != nil {
			return Page{}, err
		}
	case LevelCommune:
		err = page.communeAsOf(tx, area, view)
	case LevelProvince:
		err = page.provinceAsOf(tx, area, view)
	default:
		return Page{}, models.Invalid("invalid_level")
	}
	if err != nil {
		return Page{}, err
	}
	page.Register, err = registerOf(tx, area, view.On)
	if page.Register != nil && page.Register.AsOf > view.On {
		page.Register = nil // a list of later cannot stand behind it
	}
	return page, err
}

// sumsUpTo adds up what every village counts for at the end of a day.
func sumsUpTo(tx *gorm.DB, day, where string, args ...any) (map[models.ID]Figures, error) {
	query, all := upTo(day, where, args)
	var sums []perVillage
	err := tx.Raw("SELECT village_id, "+eachFigure("SUM(%) AS %", ", ")+" FROM ("+query+") pieces GROUP BY village_id", all...).Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("count coverage as of a day: %w", err)
	}
	by := make(map[models.ID]Figures, len(sums))
	for _, s := range sums {
		by[s.VillageID] = s.Figures
	}
	return by, nil
}

// everIn restricts village_id to the villages that were ever in a province.
const everIn = "village_id IN (SELECT vc.village_id FROM village_communes vc JOIN areas a ON a.id = vc.commune_id WHERE a.province_id = ?)"

func (p *Page) provinceAsOf(tx *gorm.DB, area Area, view View) error {
	atlas, err := place.AtlasOf(tx, area.ID, view.Map)
	if err != nil {
		return err
	}
	sums, err := sumsUpTo(tx, view.On, everIn, area.ID)
	if err != nil {
		return err
	}
	if err := tx.Raw(`SELECT id, code, kind, name, 'commune' AS level FROM areas
		WHERE province_id = ? AND level = 'commune' AND valid_from <= ? AND valid_to > ? ORDER BY code`,
		area.ID, view.Map, view.Map).Scan(&p.Children).Error; err != nil {
		return fmt.Errorf("read communes of a day: %w", err)
	}
	at := make(map[models.ID]int, len(p.Children))
	for i, child := range p.Children {
		at[child.ID] = i
	}
	for village, f := range sums {
		switch i, listed := at[atlas.Commune[village]]; {
		case listed:
			p.Children[i].Figures = p.Children[i].Figures.plus(f)
		case atlas.Unplaced[village]:
			p.Unplaced = p.Unplaced.plus(f)
		default:
			continue // lay in another province on that map
		}
		p.Figures = p.Figures.plus(f)
	}
	return nil
}

func (p *Page) communeAsOf(tx *gorm.DB, area Area, view View) error {
	p.Children = []Child{}
	villages, err := villagesOn(tx, area, view.Map)
	if err != nil || len(villages) == 0 {
		return err
	}
	sums, err := sumsUpTo(tx, view.On, "village_id IN ?", villages)
	if err != nil {
		return err
	}
	var found []struct {
		Child
		ValidFrom, ValidTo string
	}
	err = tx.Raw("SELECT id, code, kind, name, 'village' AS level, valid_from, valid_to FROM villages WHERE id IN ? ORDER BY name_fold, code", villages).Scan(&found).Error
	if err != nil {
		return fmt.Errorf("read villages of a day: %w", err)
	}
	for _, v := range found {
		v.Figures = sums[v.ID]
		if open := v.ValidFrom <= view.Map && v.ValidTo > view.Map; open || v.Figures != (Figures{}) {
			p.Children = append(p.Children, v.Child)
		}
		p.Figures = p.Figures.plus(v.Figures)
	}
	return nil
}

// villagesOn answers the villages that lay in a commune under the map of a day.
func villagesOn(tx *gorm.DB, commune Area, day string) ([]models.ID, error) {
	var provinces []struct{ ProvinceID models.ID }
	if err := tx.Raw("SELECT province_id FROM areas WHERE id = ?", commune.ID).Scan(&provinces).Error; err != nil {
		return nil, fmt.Errorf("find province: %w", err)
	}
	if len(provinces) == 0 {
		return nil, models.NotFound()
	}
	atlas, err := place.AtlasOf(tx, provinces[0].ProvinceID, day)
	if err != nil {
		return nil, err
	}
	villages := atlas.Villages(commune.ID)
	slices.SortFunc(villages, func(a, b models.ID) int { return cmp.Compare(string(a[:]), string(b[:])) })
	return villages, nil
}
