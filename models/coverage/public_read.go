package coverage

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// releases keeps the releases that were asked for in memory: a release is
// written once, so that nothing of it can become old.
type releases struct {
	mu   sync.Mutex
	kept map[string]*release
}

// Public answers what is published of a commune or province as of a day, "" for
// the newest release. It needs no reach: everybody may read it. Its slices are
// shared and must not be changed. NotFound while nothing is published of it.
func (c *Coverage) Public(ctx context.Context, area models.ID, onDate string) (PublicPage, error) {
	if onDate == "" {
		dates, err := c.Releases(ctx)
		if err != nil {
			return PublicPage{}, err
		}
		if len(dates) == 0 {
			return PublicPage{}, models.NotFound()
		}
		onDate = dates[0]
	}
	r, err := c.release(ctx, onDate)
	if err != nil {
		return PublicPage{}, err
	}
	p, known := r.pages[area]
	if !known {
		return PublicPage{}, models.NotFound()
	}
	return p, nil
}

// PublicAreas lists the provinces of the newest release; none while nothing is
// published.
func (c *Coverage) PublicAreas(ctx context.Context) ([]PublicRow, error) {
	dates, err := c.Releases(ctx)
	if err != nil || len(dates) == 0 {
		return nil, err
	}
	r, err := c.release(ctx, dates[0])
	if err != nil {
		return nil, err
	}
	var rows []PublicRow
	for _, a := range r.areas {
		if a.Level == LevelProvince {
			rows = append(rows, PublicRow{Code: a.Code, Kind: a.Kind, Name: a.Name, Published: r.pages[a.ID].Published})
		}
	}
	return rows, nil
}

// PublicTrend answers the figures of a commune or province in the releases kept,
// the oldest first; releases in which it was not are left out.
func (c *Coverage) PublicTrend(ctx context.Context, area models.ID) ([]PublicPoint, error) {
	dates, err := c.Releases(ctx)
	if err != nil {
		return nil, err
	}
	points := []PublicPoint{}
	for i := len(dates) - 1; i >= 0; i-- {
		r, err := c.release(ctx, dates[i])
		if err != nil {
			return nil, err
		}
		if p, known := r.pages[area]; known {
			points = append(points, PublicPoint{p.OnDate, p.Published})
		}
	}
	return points, nil
}

// release answers a release out of memory, or reads it.
func (c *Coverage) release(ctx context.Context, onDate string) (*release, error) {
	c.public.mu.Lock()
	defer c.public.mu.Unlock() // a crowd that asks for a new release waits for one read
	if r := c.public.kept[onDate]; r != nil {
		return r, nil
	}
	var r *release
	err := c.db.Snapshot(ctx, func(tx *gorm.DB) (err error) {
		r, err = readRelease(tx, onDate)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.build()
	if c.public.kept == nil {
		c.public.kept = map[string]*release{}
	}
	c.public.kept[onDate] = r
	return r, nil
}

// readRelease reads one release. NotFound when there is none of the day.
func readRelease(tx *gorm.DB, onDate string) (*release, error) {
	var made []time.Time
	if err := tx.Raw("SELECT made_at FROM public_releases WHERE on_date = ?", onDate).Scan(&made).Error; err != nil {
		return nil, fmt.Errorf("read release: %w", err)
	}
	if len(made) == 0 {
		return nil, models.NotFound()
	}
	r := &release{onDate: onDate, releasedOn: models.Day(made[0]), figures: map[models.ID]Published{}}
	err := tx.Raw(`SELECT p.village_id, p.commune_id, p.province_id, u.unit_id, u.block_id, p.households, v.code, v.kind, v.name
		FROM public_villages p JOIN public_units u ON u.village_id = p.village_id JOIN villages v ON v.id = p.village_id
		WHERE p.on_date = ? ORDER BY v.name_fold, v.code`, onDate).Scan(&r.villages).Error
	if err != nil {
		return nil, fmt.Errorf("read published villages: %w", err)
	}
	var figures []figureRow
	if err := tx.Raw("SELECT * FROM public_figures WHERE on_date = ?", onDate).Scan(&figures).Error; err != nil {
		return nil, fmt.Errorf("read published figures: %w", err)
	}
	for _, f := range figures {
		r.figures[f.ID] = f.published()
	}
	if err := r.readSkills(tx); err != nil {
		return nil, err
	}
	err = tx.Raw(`SELECT a.id, a.province_id, a.level, a.code, a.kind, a.name, COALESCE(g.source, '') AS register_source, COALESCE(g.as_of, '') AS register_as_of
		FROM areas a LEFT JOIN public_registers g ON g.area_id = a.id AND g.on_date = ?
		WHERE a.id IN (SELECT commune_id FROM public_villages WHERE on_date = ?) OR a.id IN (SELECT province_id FROM public_villages WHERE on_date = ?)
		ORDER BY a.code`, onDate, onDate, onDate).Scan(&r.areas).Error
	if err != nil {
		return nil, fmt.Errorf("read published areas: %w", err)
	}
	return r, nil
}

// readSkills puts what is published of skills to the figures of the blocks.
func (r *release) readSkills(tx *gorm.DB) error {
	var rows []skillRow
	if err := tx.Raw("SELECT * FROM public_skills WHERE on_date = ?", r.onDate).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read published skills: %w", err)
	}
	r.tell(rows)
	return nil
}

func (r *release) tell(rows []skillRow) {
	for _, row := range rows {
		p := r.figures[row.ID]
		p.Skills[slices.Index(SkillNames[:], row.Skill)] = Span{row.Low, row.High}
		r.figures[row.ID] = p
	}
	r.tellsSkills = len(rows) > 0
}

// PublicFor is Public for an actor who may read what is published of certain
// areas only, a partner. What is out of reach is NotFound.
func (c *Coverage) PublicFor(ctx context.Context, actor models.Actor, area Area, onDate string) (PublicPage, error) {
	reach, err := models.Allow(actor, models.ActReadPublished)
	if err != nil {
		return PublicPage{}, err
	}
	if err := reachArea(c.db.Read(ctx), reach, area); err != nil {
		return PublicPage{}, err
	}
	return c.Public(ctx, area.ID, onDate)
}
