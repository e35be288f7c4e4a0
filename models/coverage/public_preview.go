package coverage

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
)

// ReleasePreview is what a release would tell, before it is made: a release is
// never made again.
type ReleasePreview struct {
	OnDate   string        `json:"on_date"`               // civil day; empty when none is due
	First    bool          `json:"first"`                 // publishing begins with it
	Newest   string        `json:"newest"`                // day of the newest release; empty without one
	Areas    []PreviewArea `json:"areas"`                 // provinces
	Villages int           `json:"villages"`              // that have households or had, on this release
	Units    int           `json:"units"`                 // of which figures are told
	Together int           `json:"villages_together"`     // villages that share a unit with others
	InSums   int           `json:"villages_in_sums_only"` // told of nowhere by themselves
}

// PreviewArea is a province of a preview.
type PreviewArea struct {
	Code        string `json:"code"`
	Name        string `json:"name"`
	Communes    int    `json:"communes"`
	NothingTold int    `json:"communes_nothing_told"` // beyond their number of households
	SkillsTold  int    `json:"communes_skills_told"`  // more closely than by their states
	Published   `json:"-"`
}

// PreviewRelease answers the release that Publish would make now, and writes
// nothing. The actor needs the right to publish.
func (c *Coverage) PreviewRelease(ctx context.Context, actor models.Actor) (ReleasePreview, error) {
	if _, err := models.Allow(actor, models.ActPublish); err != nil {
		return ReleasePreview{}, err
	}
	dates, err := c.Releases(ctx)
	if err != nil {
		return ReleasePreview{}, err
	}
	out := ReleasePreview{First: len(dates) == 0, OnDate: c.db.Clock().Today(), Areas: []PreviewArea{}}
	if !out.First {
		out.Newest = dates[0]
		if out.OnDate = lastOfMonthBefore(out.OnDate); out.Newest >= out.OnDate {
			out.OnDate = ""
			return out, nil
		}
	}
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		r, err := c.draft(tx, out.OnDate)
		if err == nil {
			out.tell(r)
		}
		return err
	})
	return out, err
}

// draft is a release in memory, of which nothing was written.
func (c *Coverage) draft(tx *gorm.DB, onDate string) (*release, error) {
	villages, err := countVillages(tx, onDate)
	if err != nil {
		return nil, err
	}
	assignUnits(villages, onDate, c.db.Clock().Now())
	r := &release{onDate: onDate, figures: map[models.ID]Published{}}
	figures, skills := figureRows(onDate, villages)
	for _, f := range figures {
		r.figures[f.ID] = f.published()
	}
	r.tell(skills)
	var inside []models.ID
	for _, v := range villages {
		r.villages = append(r.villages, releasedVillage{VillageID: v.VillageID, CommuneID: v.CommuneID, ProvinceID: v.ProvinceID,
			UnitID: v.UnitID, BlockID: v.BlockID, Households: v.Households})
		inside = append(inside, v.CommuneID, v.ProvinceID)
	}
	slices.SortFunc(inside, func(a, b models.ID) int { return slices.Compare(a[:], b[:]) })
	for part := range slices.Chunk(slices.Compact(inside), 500) {
		var areas []publicArea
		if err := tx.Raw("SELECT id, province_id, level, code, kind, name FROM areas WHERE id IN ? ORDER BY code", part).Scan(&areas).Error; err != nil {
			return nil, fmt.Errorf("read areas of a release: %w", err)
		}
		r.areas = append(r.areas, areas...)
	}
	return r, nil
}

// tell counts what a drafted release tells.
func (out *ReleasePreview) tell(r *release) {
	villages, units := len(r.villages), map[models.ID]int{}
	for _, v := range r.villages {
		units[v.UnitID]++
	}
	r.build()
	out.Villages, out.Units = villages, len(units)
	for _, n := range units {
		if n > 1 {
			out.Together += n
		}
	}
	for _, a := range r.areas {
		if a.Level != LevelProvince {
			out.InSums += r.pages[a.ID].HiddenIn
			continue
		}
		page := r.pages[a.ID]
		area := PreviewArea{Code: a.Code, Name: a.Name, Communes: len(page.Rows), Published: page.Published}
		for _, row := range page.Rows {
			if row.Hidden() {
				area.NothingTold++
			}
			if row.Skills != row.untold() {
				area.SkillsTold++
			}
		}
		out.Areas = append(out.Areas, area)
	}
}

// Publish makes the release that is due: the first as of today, the next ones as
// of the end of a month. It answers the day, "" when nothing was due.
func (c *Coverage) Publish(ctx context.Context, actor models.Actor) (string, error) {
	if _, err := models.Allow(actor, models.ActPublish); err != nil {
		return "", err
	}
	first, err := c.firstRelease(ctx)
	if err != nil {
		return "", err
	}
	if first == "" {
		return c.BeginPublishing(ctx, actor)
	}
	return c.PublishDue(ctx)
}
