package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// Point is what an area counted for at the end of a day.
type Point struct {
	On string
	Figures
}

// trendWeeks is how many weeks at the end of a trend are shown week by week, and
// what a forecast rests on; trendMonths bounds the months before them.
const (
	trendWeeks  = 8
	trendMonths = 24
)

// Trend answers how the figures of an area came to be what they are on a day:
// the ends of at most 24 months, then the last eight weeks week by week, the day
// itself last. All points are under one map, so that a line shows the same
// ground. Errors: those of PageAsOf.
func (c *Coverage) Trend(ctx context.Context, actor models.Actor, area Area, view View) ([]Point, error) {
	view, err := view.check()
	if err != nil {
		return nil, err
	}
	if err := c.inReach(c.db.Read(ctx), actor, area); err != nil {
		return nil, err
	}
	return c.trends.do(ctx, pastKey{area, view}, func(ctx context.Context) (points []Point, err error) {
		err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
			points, err = TrendOf(tx, area, view)
			return err
		})
		return points, err
	})
}

// TrendOf is Coverage.Trend for rooms that checked the reach themselves.
func TrendOf(tx *gorm.DB, area Area, view View) ([]Point, error) {
	view, err := view.check()
	if err != nil {
		return nil, err
	}
	where, args, err := villagesWhere(tx, area, view.Map)
	if err != nil {
		return nil, err
	}
	first := addDays(view.On, -7*trendWeeks)
	changes, err := changesUpTo(tx, view.On, first, where, args)
	if err != nil || len(changes) == 0 {
		return []Point{}, err
	}
	return pointsAt(trendDays(changes[0].On, first, view.On), changes), nil
}

// villagesWhere restricts village_id to the villages of an area on a map.
func villagesWhere(tx *gorm.DB, area Area, day string) (where string, args []any, err error) {
	switch area.Level {
	case LevelVillage:
		return "village_id = ?", []any{area.ID}, nil
	case LevelCommune:
		villages, err := villagesOn(tx, area, day)
		if len(villages) == 0 {
			return "1 = 0", nil, err
		}
		return "village_id IN ?", []any{villages}, err
	case LevelProvince:
		atlas, err := place.AtlasOf(tx, area.ID, day)
		if len(atlas.Elsewhere) == 0 {
			return everIn, []any{area.ID}, err
		}
		return everIn + " AND village_id NOT IN ?", []any{area.ID, atlas.Elsewhere}, err
	}
	return "", nil, models.Invalid("invalid_level")
}

// changesUpTo reads what changed in some villages, in the order of time: whole
// months, dated at their ends, before the month of a day, single days from then
// on, and what is not folded yet.
func changesUpTo(tx *gorm.DB, on, from, where string, args []any) ([]Point, error) {
	month := from[:7]
	sums := eachFigure("SUM(%) AS %", ", ")
	query := "SELECT period AS `on`, " + sums + " FROM coverage_history WHERE grain = 'month' AND period < ? AND " + where + " GROUP BY period" +
		" UNION ALL SELECT period AS `on`, " + sums + " FROM coverage_history WHERE grain = 'day' AND period >= ? AND period <= ? AND " + where + " GROUP BY period" +
		" UNION ALL SELECT on_date AS `on`, " + eachFigure("SUM(d_%) AS %", ", ") + " FROM coverage_ledger WHERE batch = 0 AND on_date <= ? AND " + where + " GROUP BY on_date"
	all := append([]any{month}, args...)
	all = append(append(all, month, on), args...)
	all = append(append(all, on), args...)
	var changes []Point
	if err := tx.Raw(query, all...).Scan(&changes).Error; err != nil {
		return nil, fmt.Errorf("read changes by period: %w", err)
	}
	for i, c := range changes {
		if len(c.On) == len(month) {
			changes[i].On = monthEnd(c.On + "-01")
		}
	}
	slices.SortFunc(changes, func(a, b Point) int { return cmp.Compare(a.On, b.On) })
	return changes, nil
}

// trendDays are the days of a trend, oldest first.
func trendDays(begin, first, on string) []string {
	var days []string
	for end := monthEnd(begin); end < first; end = monthEnd(addDays(end, 1)) {
		days = append(days, end)
	}
	days = days[max(0, len(days)-trendMonths):]
	for week := trendWeeks; week >= 0; week-- {
		days = append(days, addDays(on, -7*week))
	}
	return days
}

// pointsAt adds up changes, which are in the order of time, at the end of each day.
func pointsAt(days []string, changes []Point) []Point {
	points := make([]Point, 0, len(days))
	var sum Figures
	for _, day := range days {
		for len(changes) > 0 && changes[0].On <= day {
			sum, changes = sum.plus(changes[0].Figures), changes[1:]
		}
		points = append(points, Point{day, sum})
	}
	return points
}

// addDays moves an already checked day.
func addDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
