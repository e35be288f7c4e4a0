package coverage

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// Area names what figures are asked for: a village, a commune or a province.
type Area struct {
	ID    models.ID
	Level string // LevelVillage, LevelCommune, LevelProvince
}

// Child is one area below another, with its figures.
type Child struct {
	ID    models.ID
	Level string
	Code  string
	Kind  string
	Name  string
	Figures
}

// Counts answers the figures of an area at this moment: what is folded plus
// what is not, in one statement, so that a fold between two reads cannot be
// counted twice or missed. What is out of the actor's reach is NotFound.
func (c *Coverage) Counts(ctx context.Context, actor models.Actor, area Area) (Figures, error) {
	return c.CountsIn(c.db.Read(ctx), actor, area)
}

// CountsIn is Counts within a view of the database that the caller holds.
func (c *Coverage) CountsIn(tx *gorm.DB, actor models.Actor, area Area) (Figures, error) {
	if err := c.inReach(tx, actor, area); err != nil {
		return Figures{}, err
	}
	return CountsOf(tx, area, c.db.Clock().Today())
}

// CountsOf is Counts for rooms that checked the reach themselves; today is the
// civil day.
func CountsOf(tx *gorm.DB, area Area, today string) (Figures, error) {
	tail, args, err := tailOf(area, today)
	if err != nil {
		return Figures{}, err
	}
	var f Figures
	err = tx.Raw(`SELECT `+eachFigure("COALESCE(SUM(%), 0) AS %", ", ")+`
		FROM (SELECT `+figureColumns+` FROM coverage_counters WHERE area_id = ? UNION ALL `+tail+`) both_parts`,
		append([]any{area.ID}, args...)...).Scan(&f).Error
	if err != nil {
		return Figures{}, fmt.Errorf("count coverage: %w", err)
	}
	return f, nil
}

// tailOf selects the unfolded changes of an area.
func tailOf(area Area, today string) (string, []any, error) {
	sums := "SELECT " + eachFigure("l.d_% AS %", ", ") + " FROM coverage_ledger l "
	switch area.Level {
	case LevelVillage:
		return sums + "WHERE l.batch = 0 AND l.village_id = ?", []any{area.ID}, nil
	case LevelCommune:
		return sums + inCommune("l.village_id") + "WHERE l.batch = 0 AND vc.commune_id = ?", []any{today, area.ID}, nil
	case LevelProvince:
		return sums + inCommune("l.village_id") + "WHERE l.batch = 0 AND a.province_id = ?", []any{today, area.ID}, nil
	}
	return "", nil, models.Invalid("invalid_level")
}

// ChildCounts answers the figures of every area right below: the communes of a
// province that exist today, or the villages of a commune that are open or
// still hold households; a village has none. In the order of their codes or
// names, exact as Counts is.
func (c *Coverage) ChildCounts(ctx context.Context, actor models.Actor, area Area) ([]Child, error) {
	tx := c.db.Read(ctx)
	if err := c.inReach(tx, actor, area); err != nil {
		return nil, err
	}
	return childrenOf(tx, area, c.db.Clock().Today())
}

// tailColumns are the figures of a child: its counter, found by key, and what
// is not folded, summed once for all children.
var tailColumns = eachFigure("COALESCE(k.%, 0) + COALESCE(t.%, 0) AS %", ", ")

var tailSums = eachFigure("SUM(l.d_%) AS %", ", ") + " FROM coverage_ledger l "

// childrenOf is ChildCounts for who checked the reach.
func childrenOf(tx *gorm.DB, area Area, today string) ([]Child, error) {
	children := []Child{}
	var err error
	switch area.Level {
	case LevelProvince:
		err = tx.Raw(`SELECT a.id, a.code, a.kind, a.name, 'commune' AS level, `+tailColumns+`
			FROM areas a LEFT JOIN coverage_counters k ON k.area_id = a.id
			LEFT JOIN (SELECT vc.commune_id, `+tailSums+inCommuneOnly("l.village_id")+`WHERE l.batch = 0 GROUP BY vc.commune_id) t
				ON t.commune_id = a.id
			WHERE a.province_id = ? AND a.level = 'commune' AND a.valid_from <= ? AND a.valid_to > ?
			ORDER BY a.code`, today, area.ID, today, today).Scan(&children).Error
	case LevelCommune:
		err = tx.Raw(`SELECT v.id, v.code, v.kind, v.name, 'village' AS level, `+tailColumns+`
			FROM villages v `+inCommuneOnly("v.id")+` LEFT JOIN coverage_counters k ON k.area_id = v.id
			LEFT JOIN (SELECT l.village_id, `+tailSums+`WHERE l.batch = 0 GROUP BY l.village_id) t ON t.village_id = v.id
			WHERE vc.commune_id = ? AND (v.valid_to > ? OR COALESCE(k.households, 0) + COALESCE(t.households, 0) <> 0)
			ORDER BY v.name_fold, v.code`, today, area.ID, today).Scan(&children).Error
	case LevelVillage:
	default:
		return nil, models.Invalid("invalid_level")
	}
	if err != nil {
		return nil, fmt.Errorf("count coverage below: %w", err)
	}
	return children, nil
}

// inReach answers NotFound for an area that the actor may not read figures of
// or that does not exist at that level.
func (c *Coverage) inReach(tx *gorm.DB, actor models.Actor, area Area) error {
	reach, err := models.Allow(actor, models.ActReadCoverage)
	if err != nil {
		return err
	}
	return reachArea(tx, reach, area)
}

// exists answers NotFound unless the area is there at its level.
func exists(tx *gorm.DB, area Area) error {
	query, args := "SELECT 1 FROM areas WHERE id = ? AND level = ?", []any{area.ID, area.Level}
	if area.Level == LevelVillage {
		query, args = "SELECT 1 FROM villages WHERE id = ?", []any{area.ID}
	}
	var there int
	if err := tx.Raw(query, args...).Scan(&there).Error; err != nil {
		return fmt.Errorf("look for area: %w", err)
	}
	if there == 0 {
		return models.NotFound()
	}
	return nil
}
