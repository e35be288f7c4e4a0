package signoff

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/place"
	"nhaso/models/store"
)

// province is the province of a sign-off.
type province struct {
	ID   models.ID
	Code string
	Name string
}

// only narrows a tree to one commune, or to one school and nothing else: what
// stands above it is not summed then. The zero value is the whole province.
type only struct{ commune, school models.ID }

// liveTree reads the figures of a province at the end of a month, or today for
// a month that is not over, as they are known now.
func liveTree(tx *gorm.DB, p province, m Month, today string, o only) (*tree, error) {
	t := newTree(Unit{ID: p.ID, Kind: KindProvince, Code: p.Code, Name: p.Name, Skills: &Skills{}})
	day := min(m.last(), today)
	communes, err := communesOn(tx, p.ID, day)
	if err != nil {
		return nil, err
	}
	for _, c := range communes {
		if o.commune.IsZero() || o.commune == c.ID {
			t.add(Unit{ID: c.ID, Kind: KindCommune, ParentID: p.ID, Code: c.Code, Name: c.Name, Skills: &Skills{}})
		}
	}
	if o.school.IsZero() {
		if err := addVillages(tx, t, day, o); err != nil {
			return nil, err
		}
	}
	if err := addSchools(tx, t, m, day, o); err != nil {
		return nil, err
	}
	t.seal()
	return t, nil
}

// named is an area or school by code and name.
type named struct {
	ID        models.ID
	Code      string
	Name      string
	CommuneID models.ID
}

func communesOn(tx *gorm.DB, provinceID models.ID, day string) ([]named, error) {
	var rows []named
	err := tx.Raw(`SELECT id, code, full_name AS name FROM areas WHERE province_id = ? AND level = 'commune'
		AND valid_from <= ? AND valid_to > ? ORDER BY name_fold, code`, provinceID, day, day).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read communes: %w", err)
	}
	return rows, nil
}

func addVillages(tx *gorm.DB, t *tree, day string, o only) error {
	area := coverage.Area{ID: t.root, Level: coverage.LevelProvince}
	if !o.commune.IsZero() {
		area = coverage.Area{ID: o.commune, Level: coverage.LevelCommune}
	}
	villages, err := coverage.VillagesAsOf(tx, area, day)
	if err != nil {
		return err
	}
	for _, v := range villages {
		skills := Skills(v.Skills)
		t.add(Unit{ID: v.VillageID, Kind: KindVillage, ParentID: t.parent(v.CommuneID), Code: v.Code, Name: place.VillageTitle(v.Kind, v.Name),
			Figures: Figures{Households: v.Households, Known: v.Known, Covered: v.Covered}, Skills: &skills})
	}
	return nil
}

// parent is the commune under which something counts: the province where the
// commune did not exist on that day.
func (t *tree) parent(commune models.ID) models.ID {
	if t.units[commune] == nil {
		return t.root
	}
	return commune
}

// addSchools reads what the rooms of people and certificates hold: who was
// enrolled on the last day, and of those who held a valid confirmation and how
// many skills they had passed.
func addSchools(tx *gorm.DB, t *tree, m Month, day string, o only) error {
	where, args := "a.province_id = ?", []any{t.root}
	if !o.commune.IsZero() {
		where, args = where+" AND s.commune_id = ?", append(args, o.commune)
	}
	if !o.school.IsZero() {
		where, args = where+" AND s.id = ?", append(args, o.school)
	}
	var schools []named
	err := tx.Raw("SELECT s.id, s.code, s.name, s.commune_id FROM schools s JOIN areas a ON a.id = s.commune_id WHERE "+where+
		" ORDER BY s.name_fold, s.code", args...).Scan(&schools).Error
	if err != nil {
		return fmt.Errorf("read schools: %w", err)
	}
	ids := make([]models.ID, len(schools))
	for i, s := range schools {
		ids[i] = s.ID
	}
	count := enrolled{tx: tx, day: day, schools: ids}
	pupils := count.by("COUNT(DISTINCT e.person_id)", "")
	certified := count.by("COUNT(DISTINCT e.person_id)", `JOIN certificates c ON c.person_id = e.person_id
		JOIN certificate_events v ON v.certificate_id = c.id AND v.kind <> 'revoked'
			AND v.seq = (SELECT MAX(x.seq) FROM certificate_events x WHERE x.certificate_id = c.id AND x.at < ?)`, m.end())
	passes := count.by("COUNT(DISTINCT p.id)", "JOIN skill_passes p ON p.person_id = e.person_id AND p.passed_at < ?", m.end())
	for _, s := range schools {
		t.add(Unit{ID: s.ID, Kind: KindSchool, ParentID: t.parent(s.CommuneID), Code: s.Code, Name: s.Name,
			Figures: Figures{Pupils: pupils[s.ID], Certified: certified[s.ID], Passes: passes[s.ID]}})
	}
	return count.err
}

// enrolled counts what the pupils of some schools had on a day; the first
// error stays.
type enrolled struct {
	tx      *gorm.DB
	day     string
	schools []models.ID
	err     error
}

// by counts per school; join may add tables by e.person_id, with its arguments.
func (c *enrolled) by(what, join string, args ...any) map[models.ID]int {
	counts := map[models.ID]int{}
	for chunk := range slices.Chunk(c.schools, store.MaxRows) {
		var rows []struct {
			SchoolID models.ID
			N        int
		}
		err := c.tx.Raw("SELECT e.school_id, "+what+" AS n FROM enrolments e "+join+
			" WHERE e.school_id IN ? AND e.from_date <= ? AND e.to_date > ? GROUP BY e.school_id",
			append(slices.Clone(args), chunk, c.day, c.day)...).Scan(&rows).Error
		if err != nil && c.err == nil {
			c.err = fmt.Errorf("count pupils of schools: %w", err)
		}
		for _, r := range rows {
			counts[r.SchoolID] = r.N
		}
	}
	return counts
}

// frozenTree reads the figures that a lock holds.
func frozenTree(tx *gorm.DB, p province, lockID models.ID) (*tree, error) {
	var rows []frozenUnit
	err := tx.Raw(`SELECT unit_id AS id, kind, parent_id, code, name, households, known, covered, pupils, certified, passes, digest, skills AS counted, `+skillColumns+`
		FROM signoff_figures WHERE lock_id = ? ORDER BY kind, name, code`, lockID).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read frozen figures: %w", err)
	}
	t := newTree(Unit{ID: p.ID, Kind: KindProvince, Code: p.Code, Name: p.Name})
	for _, row := range rows {
		u := row.unit()
		if u.ID == p.ID {
			*t.units[p.ID] = u
			continue
		}
		t.add(u)
	}
	return t, nil
}
