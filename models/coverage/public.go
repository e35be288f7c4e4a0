package coverage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// BeginPublishing makes the first release, as of today: from then on the public
// pages show one every month. It is the department's decision. Asked again it
// answers the day of the first release and changes nothing. The error is
// Conflict "nothing_to_publish" while no household is on a register.
func (c *Coverage) BeginPublishing(ctx context.Context, actor models.Actor) (onDate string, err error) {
	if _, err := models.Allow(actor, models.ActPublish); err != nil {
		return "", err
	}
	first, err := c.firstRelease(ctx)
	if err != nil || first != "" {
		return first, err
	}
	today := c.db.Clock().Today()
	made, err := c.publish(ctx, today, actor.Account)
	if err == nil && !made {
		err = models.Conflict("nothing_to_publish")
	}
	return today, err
}

// PublishDue makes the release of the last day of last month if publishing has
// begun and there is none of that day or later. It answers the day it made, ""
// when nothing was due. Any process may call it at any time.
func (c *Coverage) PublishDue(ctx context.Context) (string, error) {
	due := lastOfMonthBefore(c.db.Clock().Today())
	dates, err := c.Releases(ctx)
	if err != nil || len(dates) == 0 || dates[0] >= due {
		return "", err
	}
	made, err := c.publish(ctx, due, models.ID{})
	if err != nil || !made {
		return "", err
	}
	return due, nil
}

// lastOfMonthBefore is the last day of the month before that of a civil day.
func lastOfMonthBefore(day string) string { return models.DayBefore(day[:8] + "01") }

// Releases lists the days that were published, the newest first, at most 36.
func (c *Coverage) Releases(ctx context.Context) ([]string, error) {
	dates := []string{}
	err := c.db.Read(ctx).Raw("SELECT on_date FROM public_releases ORDER BY on_date DESC LIMIT 36").Scan(&dates).Error
	return dates, err
}

func (c *Coverage) firstRelease(ctx context.Context) (string, error) {
	var dates []string
	err := c.db.Read(ctx).Raw("SELECT on_date FROM public_releases ORDER BY on_date LIMIT 1").Scan(&dates).Error
	if err != nil || len(dates) == 0 {
		return "", err
	}
	return dates[0], nil
}

// counted is a village with its counts as of a day.
type counted struct {
	VillageID, CommuneID, ProvinceID models.ID
	UnitID, BlockID                  models.ID // zero: in no unit yet
	Figures
}

// publish makes the release of a day in one transaction. The primary key of
// its row decides between two processes; the second finds it made.
func (c *Coverage) publish(ctx context.Context, onDate string, account models.ID) (made bool, err error) {
	now := c.db.Clock().Now()
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		made = false
		err := tx.Exec("INSERT INTO public_releases (on_date, made_at, account_id) VALUES (?, ?, ?)", onDate, now, account).Error
		if err != nil {
			return err
		}
		villages, err := countVillages(tx, onDate)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(villages, func(v counted) bool { return v.Households > 0 }) {
			return errNothing
		}
		if err := insertChunks(tx, "public_units", assignUnits(villages, onDate, now)); err != nil {
			return err
		}
		if err := keepRelease(tx, onDate, villages); err != nil {
			return err
		}
		made = true
		return nil
	})
	switch {
	case store.IsDuplicate(err):
		return true, nil
	case err == errNothing:
		return false, nil
	case err != nil:
		return false, fmt.Errorf("publish coverage: %w", err)
	}
	return made, nil
}

var errNothing = models.Conflict("nothing_to_publish")

// countVillages reads what every village counts for at the end of a day, where
// it was then, and its unit, in the order of their communes and codes.
func countVillages(tx *gorm.DB, onDate string) ([]counted, error) {
	var list []counted
	err := tx.Raw(`SELECT v.id AS village_id, vc.commune_id, a.province_id, u.unit_id, u.block_id,
			`+eachFigure("COALESCE(s.%, 0) AS %", ", ")+`
		FROM villages v`+inCommune("v.id")+`LEFT JOIN public_units u ON u.village_id = v.id
		LEFT JOIN (SELECT village_id, `+eachFigure("SUM(d_%) AS %", ", ")+`
			FROM coverage_ledger WHERE on_date <= ? GROUP BY village_id) s ON s.village_id = v.id
		WHERE u.village_id IS NOT NULL OR COALESCE(s.households, 0) > 0
		ORDER BY a.code, v.code`, onDate, onDate).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("count villages: %w", err)
	}
	for i := range list {
		list[i].Figures = list[i].sane()
	}
	return list, nil
}

// unitRow is one row of public_units.
type unitRow struct {
	VillageID, UnitID, BlockID models.ID
	Since                      string
}

// assignUnits gives the villages that are published for the first time their
// units and blocks, those of one commune one block, and answers them.
func assignUnits(villages []counted, onDate string, now time.Time) []unitRow {
	fresh := map[models.ID][]int{}
	for i, v := range villages {
		if v.UnitID.IsZero() {
			fresh[v.CommuneID] = append(fresh[v.CommuneID], i)
		}
	}
	var rows []unitRow
	for _, at := range fresh {
		sizes := make([]int, len(at))
		for k, i := range at {
			sizes[k] = villages[i].Households
		}
		block, units := models.NewID(now), map[int]models.ID{}
		for k, number := range grouped(sizes) {
			if units[number].IsZero() {
				units[number] = models.NewID(now)
			}
			v := &villages[at[k]]
			v.UnitID, v.BlockID = units[number], block
			rows = append(rows, unitRow{v.VillageID, v.UnitID, v.BlockID, onDate})
		}
	}
	return rows
}

// keepRelease writes what is published of the units and blocks, and where the
// villages were.
func keepRelease(tx *gorm.DB, onDate string, villages []counted) error {
	type place struct {
		OnDate                           string
		VillageID, CommuneID, ProvinceID models.ID
		Households                       int
	}
	places := make([]place, len(villages))
	for i, v := range villages {
		places[i] = place{onDate, v.VillageID, v.CommuneID, v.ProvinceID, v.Households}
	}
	if err := insertChunks(tx, "public_villages", places); err != nil {
		return err
	}
	figures, skills := figureRows(onDate, villages)
	if err := insertChunks(tx, "public_figures", figures); err != nil {
		return err
	}
	if err := insertChunks(tx, "public_skills", skills); err != nil {
		return err
	}
	return keepRegisters(tx, onDate, villages)
}

// figureRow is one row of public_figures.
type figureRow struct {
	OnDate                  string
	ID                      models.ID
	Households              int
	CoveredLow, CoveredHigh int
	NotLow, NotHigh         int
	UnknownLow, UnknownHigh int
}

func (r figureRow) published() Published {
	return published(r.Households, Span{r.CoveredLow, r.CoveredHigh}, Span{r.NotLow, r.NotHigh}, Span{r.UnknownLow, r.UnknownHigh})
}

// skillRow is one row of public_skills: of a block the span of one skill.
type skillRow struct {
	OnDate    string
	ID        models.ID
	Skill     string
	Low, High int
}

// figureRows adds the villages up to units and suppresses block by block.
func figureRows(onDate string, villages []counted) (rows []figureRow, skills []skillRow) {
	units, blocks := map[models.ID]Unit{}, map[models.ID][]models.ID{}
	largest := map[models.ID]int{}
	for _, v := range villages {
		u, seen := units[v.UnitID]
		largest[v.UnitID] = max(largest[v.UnitID], v.Households)
		if seen {
			u.Largest = largest[v.UnitID]
		} else {
			blocks[v.BlockID] = append(blocks[v.BlockID], v.UnitID)
		}
		u.Figures = u.plus(v.Figures)
		units[v.UnitID] = u
	}
	add := func(id models.ID, p Published) {
		rows = append(rows, figureRow{onDate, id, p.Households, p.Covered.Low, p.Covered.High, p.NotCovered.Low, p.NotCovered.High, p.Unknown.Low, p.Unknown.High})
	}
	for id, members := range blocks {
		counts := make([]Unit, len(members))
		for i, u := range members {
			counts[i] = units[u]
		}
		each, block := Suppress(counts)
		add(id, block)
		for i, s := range block.Skills {
			skills = append(skills, skillRow{onDate, id, SkillNames[i], s.Low, s.High})
		}
		for i, u := range members {
			add(u, each[i])
		}
	}
	return rows, skills
}

// keepRegisters writes down on which register each area's number of households
// rested that day.
func keepRegisters(tx *gorm.DB, onDate string, villages []counted) error {
	type row struct {
		OnDate string
		AreaID models.ID
		Source string
		AsOf   string
	}
	areas := map[models.ID]string{}
	for _, v := range villages {
		areas[v.CommuneID], areas[v.ProvinceID] = LevelCommune, LevelProvince
	}
	var rows []row
	for id, level := range areas {
		r, err := registerOf(tx, Area{id, level}, onDate)
		if err != nil {
			return err
		}
		if r != nil {
			rows = append(rows, row{onDate, id, r.Source, r.AsOf})
		}
	}
	return insertChunks(tx, "public_registers", rows)
}

func insertChunks[R any](tx *gorm.DB, table string, rows []R) error {
	for part := range slices.Chunk(rows, store.MaxRows) {
		if err := tx.Table(table).Create(part).Error; err != nil {
			return err
		}
	}
	return nil
}
