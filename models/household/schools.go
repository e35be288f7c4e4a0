package household

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/store"
)

// Basis says what of a school an area means: where its pupils live, or where it
// stands.
type Basis string

// The two ways to look at schools from an area.
const (
	ByResidence Basis = "residence" // households of the area, by the schools of their pupils
	BySite      Basis = "school"    // schools of the area, wherever their pupils live
)

// SchoolRow is one school: what its pupils' households count for. A household
// with pupils of two schools is in both rows, so that rows do not add up to the
// area.
type SchoolRow struct {
	Code, Name, CommuneName string
	Pupils                  int // enrolled, with a confirmed household among those counted
	Households, Covered     int
	Elsewhere               int // of the households, outside the commune in which the school stands
}

// bySchoolFor is how long a table of schools may be shown again: it walks all
// pupils of the area, and changes by few an hour.
const bySchoolFor = time.Minute

// schoolTables remembers the tables of the last minute.
type schoolTables struct {
	mu   sync.Mutex
	kept map[schoolKey]schoolTable
}

type schoolKey struct {
	area  coverage.Area
	basis Basis
}

type schoolTable struct {
	rows []SchoolRow
	at   time.Time
}

// BySchool answers the schools that the households of an area send pupils to, or
// the schools that stand in it, by name, and when it was counted: at most a
// minute ago. The rows are shared and must not be changed. Errors: those of
// coverage.Counts; Invalid "invalid_basis".
func (s *Households) BySchool(ctx context.Context, actor models.Actor, area coverage.Area, basis Basis) ([]SchoolRow, time.Time, error) {
	if basis != ByResidence && basis != BySite {
		return nil, time.Time{}, models.InvalidField("query.basis", "invalid_basis")
	}
	tx := s.db.Read(ctx)
	if _, err := s.coverage.CountsIn(tx, actor, area); err != nil {
		return nil, time.Time{}, err
	}
	now, key := s.db.Clock().Now(), schoolKey{area, basis}
	// Counted once for all who ask meanwhile: they wait here.
	s.schools.mu.Lock()
	defer s.schools.mu.Unlock()
	if t, ok := s.schools.kept[key]; ok && now.Sub(t.at) < bySchoolFor && !now.Before(t.at) {
		return t.rows, t.at, nil
	}
	rows, err := bySchool(tx, area, basis, models.Day(now))
	if err != nil {
		return nil, time.Time{}, err
	}
	if s.schools.kept == nil || len(s.schools.kept) > store.MaxRows {
		s.schools.kept = map[schoolKey]schoolTable{}
	}
	s.schools.kept[key] = schoolTable{rows, now}
	return rows, now, nil
}

// WithinSchool is the condition on subjects of the ledger, l.subject_id, that
// they are households of pupils of a school, with its arguments.
func WithinSchool(code string) (condition string, args []any) {
	return `l.subject_id IN (SELECT hl.household_id FROM household_links hl JOIN enrolments e ON e.person_id = hl.person_id AND e.live = 1
		JOIN schools sc ON sc.id = e.school_id WHERE sc.code = ? AND hl.live = 1 AND hl.state = ?)`, []any{code, Confirmed}
}

func bySchool(tx *gorm.DB, area coverage.Area, basis Basis, today string) ([]SchoolRow, error) {
	const lies = ` JOIN village_communes vc ON vc.village_id = h.village_id AND vc.valid_from =
		(SELECT MAX(v2.valid_from) FROM village_communes v2 WHERE v2.village_id = h.village_id AND v2.valid_from <= ?)
		JOIN areas home ON home.id = vc.commune_id`
	where := map[Basis]map[string]string{
		ByResidence: {coverage.LevelVillage: "h.village_id = ?", coverage.LevelCommune: "vc.commune_id = ?", coverage.LevelProvince: "home.province_id = ?"},
		BySite:      {coverage.LevelVillage: "1 = 0 AND h.village_id = ?", coverage.LevelCommune: "s.commune_id = ?", coverage.LevelProvince: "site.province_id = ?"},
	}[basis][area.Level]
	rows := []SchoolRow{}
	err := tx.Raw(`SELECT s.code, s.name, site.name AS commune_name, COUNT(DISTINCT l.person_id) AS pupils,
		COUNT(DISTINCT h.id) AS households, COUNT(DISTINCT CASE WHEN h.covered = 1 THEN h.id END) AS covered,
		COUNT(DISTINCT CASE WHEN vc.commune_id <> s.commune_id THEN h.id END) AS elsewhere
		FROM household_links l JOIN households h ON h.id = l.household_id`+lies+`
		JOIN enrolments e ON e.person_id = l.person_id AND e.live = 1
		JOIN school_classes c ON c.id = e.class_id JOIN schools s ON s.id = c.school_id JOIN areas site ON site.id = s.commune_id
		WHERE l.live = 1 AND l.state = ? AND h.state = ? AND `+where+`
		GROUP BY s.id, s.code, s.name, s.name_fold, site.name ORDER BY s.name_fold, s.code`,
		today, Confirmed, StateActive, area.ID).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count households by school: %w", err)
	}
	return rows, nil
}
