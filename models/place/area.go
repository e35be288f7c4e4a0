package place

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
)

// Succession is an area that came out of another, or went into it.
type Succession struct {
	Area
	Extent string // of the territory: whole or part
	People string // of the people: whole, part or none
	OnDate string
	Source string
}

// SearchFilter narrows Search. Zero values: every level, today, everywhere, 50.
type SearchFilter struct {
	Level  string
	On     string // civil day
	Within models.ID
	Limit  int // at most 200
	Skip   int // how many of the same search were answered before
}

// Search finds the areas of a day by a part of their name, without marks and
// in either tone position, or by the beginning of one of their codes. Exact
// names come first. An empty q finds all. more says that the search has
// further areas behind these. The error is KindInvalid with code
// "invalid_date".
func (p *Places) Search(ctx context.Context, q string, f SearchFilter) (found []Area, more bool, err error) {
	on, err := p.dayOf(f.On)
	if err != nil {
		return nil, false, err
	}
	whole := models.Fold(q)
	kind, bare := splitKind(q)
	db := p.db.Read(ctx).Table("areas").Where("valid_from <= ? AND valid_to > ?", on, on)
	if whole != "" {
		part := "%" + escapeLike(whole) + "%"
		where := `name_fold LIKE ? ESCAPE '!' OR code LIKE ? ESCAPE '!' OR id IN (SELECT area_id FROM area_aliases WHERE code LIKE ? ESCAPE '!')`
		args := []any{part, part[1:], part[1:]}
		if kind != "" {
			where += " OR (name_fold LIKE ? ESCAPE '!' AND kind IN ?)"
			args = append(args, "%"+escapeLike(bare)+"%", kindsOf(kind))
		}
		db = db.Where("("+where+")", args...)
	}
	if f.Level != "" {
		db = db.Where("level = ?", f.Level)
	}
	if !f.Within.IsZero() {
		db = db.Where("(id = ? OR parent_id = ? OR province_id = ?)", f.Within, f.Within, f.Within)
	}
	var areas []Area
	// Few: a province has under 200 units, so ranking is done here.
	if err := db.Order("name_fold, code").Limit(2000).Find(&areas).Error; err != nil {
		return nil, false, err
	}
	slices.SortStableFunc(areas, func(a, b Area) int { return nameRank(a.Name, whole, bare) - nameRank(b.Name, whole, bare) })
	from := min(max(f.Skip, 0), len(areas))
	to := min(len(areas), from+limitOf(f.Limit))
	return areas[from:to], to < len(areas), nil
}

func limitOf(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}

func nameRank(name, whole, bare string) int {
	name = models.Fold(name)
	switch {
	case name == whole || name == bare:
		return 0
	case strings.HasPrefix(name, whole) || strings.HasPrefix(name, bare):
		return 1
	}
	return 2
}

func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// AreaByCode finds the area that has the code on a day (today when on is
// empty): its own, or a second code in circulation. The leading zero that
// spreadsheets cut off may be missing. Errors: KindNotFound; KindInvalid with
// code "invalid_date".
func (p *Places) AreaByCode(ctx context.Context, code, on string) (Area, error) {
	on, err := p.dayOf(on)
	if err != nil {
		return Area{}, err
	}
	return AreaByCodeTx(p.db.Read(ctx), code, on)
}

// AreaByCodeTx is AreaByCode inside a transaction; on must be a civil day.
func AreaByCodeTx(tx *gorm.DB, code, on string) (Area, error) {
	code = NormalizeAreaCode(code)
	a, err := areaRow(tx.Raw("SELECT * FROM areas WHERE code = ? AND valid_from <= ? AND valid_to > ?", code, on, on))
	if models.KindOf(err) != models.KindNotFound {
		return a, err
	}
	return areaRow(tx.Raw(`SELECT a.* FROM areas a JOIN area_aliases l ON l.area_id = a.id
		WHERE l.code = ? AND a.valid_from <= ? AND a.valid_to > ?`, code, on, on))
}

// NormalizeAreaCode puts back what a spreadsheet does to a code: "6652.0" and
// " 6652" become "06652".
func NormalizeAreaCode(code string) string {
	code = strings.TrimSuffix(strings.TrimSpace(code), ".0")
	if len(code) == 4 && strings.Trim(code, "0123456789") == "" {
		return "0" + code
	}
	return code
}

// AreaByID reads an area. KindNotFound when it is absent.
func (p *Places) AreaByID(ctx context.Context, id models.ID) (Area, error) {
	return areaRow(p.db.Read(ctx).Raw("SELECT * FROM areas WHERE id = ?", id))
}

// Ancestors answers what lies above an area, the province first; empty for a
// province. KindNotFound when the area is absent.
func (p *Places) Ancestors(ctx context.Context, areaID models.ID) ([]Area, error) {
	a, err := p.AreaByID(ctx, areaID)
	if err != nil {
		return nil, err
	}
	up := []Area{}
	for !a.ParentID.IsZero() {
		if a, err = p.AreaByID(ctx, a.ParentID); err != nil {
			return nil, err
		}
		up = append(up, a)
	}
	slices.Reverse(up)
	return up, nil
}

// Children answers the communes of a province or district on a day (today when
// on is empty), by name. A district keeps its communes through a change of its
// own kind.
func (p *Places) Children(ctx context.Context, areaID models.ID, on string) ([]Area, error) {
	on, err := p.dayOf(on)
	if err != nil {
		return nil, err
	}
	areas := []Area{}
	err = p.db.Read(ctx).Raw(`SELECT c.* FROM areas c JOIN areas parent ON parent.id = c.parent_id JOIN areas self ON self.id = ?
		WHERE c.level = ? AND c.valid_from <= ? AND c.valid_to > ?
		AND (c.province_id = self.id OR (parent.code = self.code AND parent.level = self.level))
		ORDER BY c.name_fold, c.code`, areaID, LevelCommune, on, on).Scan(&areas).Error
	return areas, err
}

// Successors answers what an area became, at its end or by a part of it.
func (p *Places) Successors(ctx context.Context, areaID models.ID) ([]Succession, error) {
	return p.successions(ctx, "s.new_id", "s.old_id", areaID)
}

// Predecessors answers what went into an area.
func (p *Places) Predecessors(ctx context.Context, areaID models.ID) ([]Succession, error) {
	return p.successions(ctx, "s.old_id", "s.new_id", areaID)
}

func (p *Places) successions(ctx context.Context, answer, given string, areaID models.ID) ([]Succession, error) {
	list := []Succession{}
	err := p.db.Read(ctx).Raw("SELECT a.*, s.extent, s.people, s.on_date, s.source FROM area_successions s JOIN areas a ON a.id = "+answer+
		" WHERE "+given+" = ? ORDER BY s.on_date, a.code", areaID).Scan(&list).Error
	return list, err
}
