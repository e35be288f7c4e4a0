package quality

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// Place is whose findings are asked for: an area by its code, a school, or a class.
type Place struct {
	Code   string
	School models.ID
	Class  models.ID
}

// ofClass are the checks that a class's own teacher sees: what waits for the
// teacher, and what cannot have been so.
var ofClass = []string{"links_waiting", "too_fast", "instant_perfect"}

// shows tells whether a check can find anything of a place.
func (p Place) shows(c Check) bool {
	switch {
	case !p.Class.IsZero():
		return slices.Contains(ofClass, c.Key)
	case !p.School.IsZero():
		return c.Owner != OwnerCommune && c.Key != "outlier_communes"
	}
	return true
}

// Summary is one check with how many findings it has at a place, in the
// language of the context.
type Summary struct {
	Key   string `json:"key"`
	Owner string `json:"owner" enum:"class_teacher,school,commune,department"`
	Unit  string `json:"unit"`
	Title string `json:"title"`
	Why   string `json:"why"`
	Todo  string `json:"todo"`
	Count int    `json:"count"`
	New   int    `json:"new"` // first found within the last seven days
}

// Overview is the page of a place.
type Overview struct {
	Name   string     `json:"name"`
	At     *time.Time `json:"at"` // of the last run; null before the first
	Checks []Summary  `json:"checks"`
}

// Row is one finding as it is listed. It names no pupil.
type Row struct {
	ID            models.ID `json:"id"`
	SubjectID     models.ID `json:"subject_id"`
	Value         int       `json:"value"`
	On            string    `json:"on"`
	FirstSeen     string    `json:"first_seen"`
	CommuneCode   string    `json:"commune_code"`
	CommuneName   string    `json:"commune_name"`
	SchoolID      models.ID `json:"school_id"`
	SchoolName    string    `json:"school_name"`
	ClassName     string    `json:"class_name"`
	VillageCode   string    `json:"village_code"`
	VillageName   string    `json:"village_name"`
	HouseholdID   models.ID `json:"household_id"`
	HouseholdCode string    `json:"household_code"`
}

// at is a place that was found in reach, as a condition on findings.
type at struct {
	name  string
	where string
	args  []any
}

// open finds a place in the actor's reach for read_quality, otherwise NotFound.
func (q *Quality) open(tx *gorm.DB, actor models.Actor, p Place) (at, error) {
	if !p.Class.IsZero() {
		return openClass(tx, actor, p.Class)
	}
	reach, err := models.Allow(actor, models.ActReadQuality)
	if err != nil {
		return at{}, err
	}
	if !p.School.IsZero() {
		school, err := place.SchoolByID(tx, p.School)
		if err != nil {
			return at{}, err
		}
		ok, err := place.SchoolInReach(tx, reach, school.ID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		return at{school.Name, "f.school_id = ?", []any{school.ID}}, err
	}
	area, err := place.AreaByCodeTx(tx, p.Code, q.clock.Today())
	if err != nil {
		return at{}, err
	}
	ok, err := place.AreaInReach(tx, reach, area.ID)
	if err == nil && !ok {
		err = models.NotFound()
	}
	if area.Level == place.LevelProvince {
		return at{area.FullName, "f.commune_id IN (SELECT id FROM areas WHERE province_id = ?)", []any{area.ID}}, err
	}
	return at{area.FullName, "f.commune_id = ?", []any{area.ID}}, err
}

// openClass finds a class in the actor's reach for read_class_quality.
func openClass(tx *gorm.DB, actor models.Actor, id models.ID) (at, error) {
	reach, err := models.Allow(actor, models.ActReadClassQuality)
	if err != nil {
		return at{}, err
	}
	ok, err := place.ClassInReach(tx, reach, id)
	if err == nil && !ok {
		err = models.NotFound()
	}
	if err != nil {
		return at{}, err
	}
	class, err := place.ClassByID(tx, id)
	return at{class.Name, "f.class_id = ?", []any{id}}, err
}

// Overview answers every check with its findings of the last run at a place.
// The actor needs read_quality with the place in reach, otherwise NotFound.
func (q *Quality) Overview(ctx context.Context, actor models.Actor, p Place) (Overview, error) {
	o := Overview{Checks: []Summary{}}
	err := q.db.Snapshot(ctx, func(tx *gorm.DB) error {
		where, err := q.open(tx, actor, p)
		if err != nil {
			return err
		}
		o.Name, o.Checks = where.name, []Summary{}
		if o.At, err = lastRun(tx); err != nil {
			return err
		}
		checks, err := checksOf(tx)
		if err != nil {
			return err
		}
		counts, err := q.counts(tx, where)
		if err != nil {
			return err
		}
		lang := models.LangOf(ctx)
		for _, c := range checks {
			if !p.shows(c) {
				continue
			}
			n := counts[c.Key]
			o.Checks = append(o.Checks, Summary{Key: c.Key, Owner: c.Owner, Unit: c.Unit, Title: c.Title.In(lang, c.Limits), Why: c.Why.In(lang, c.Limits),
				Todo: c.Todo.In(lang, c.Limits), Count: n[0], New: n[1]})
		}
		return nil
	})
	return o, err
}

// counts answers all findings and the new ones of a place, by check.
func (q *Quality) counts(tx *gorm.DB, where at) (map[string][2]int, error) {
	var rows []struct {
		CheckKey   string
		N, Younger int
	}
	week := models.Day(q.clock.Now().AddDate(0, 0, -7))
	err := tx.Raw("SELECT f.check_key, COUNT(*) AS n, SUM(CASE WHEN f.first_seen > ? THEN 1 ELSE 0 END) AS younger FROM quality_findings f WHERE "+where.where+" GROUP BY f.check_key",
		append([]any{week}, where.args...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count findings: %w", err)
	}
	counts := map[string][2]int{}
	for _, r := range rows {
		counts[r.CheckKey] = [2]int{r.N, r.Younger}
	}
	return counts, nil
}

func lastRun(tx *gorm.DB) (*time.Time, error) {
	var rows []struct{ At time.Time }
	if err := tx.Raw("SELECT at FROM quality_runs ORDER BY at DESC LIMIT 1").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read last run: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	when := rows[0].At.UTC()
	return &when, nil
}

// pageRows is how many findings a page of the list has.
const pageRows = 100

// Findings lists what one check found at a place, the longest known first, 100
// a page; next is the cursor of the following page, empty at the end. Errors as
// for Overview; NotFound also for a check that there is not.
func (q *Quality) Findings(ctx context.Context, actor models.Actor, p Place, check, cursor string) (list []Row, next string, err error) {
	if lookers[check] == nil || !p.Class.IsZero() && !slices.Contains(ofClass, check) {
		return nil, "", models.NotFound()
	}
	after, seen, err := readCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	err = q.db.Snapshot(ctx, func(tx *gorm.DB) error {
		where, err := q.open(tx, actor, p)
		if err != nil {
			return err
		}
		args := append([]any{check, seen, seen, after[:]}, where.args...)
		list = []Row{}
		err = tx.Raw(`SELECT f.id, f.subject_id, f.value, f.on_date AS `+"`on`"+`, f.first_seen, COALESCE(c.code, '') AS commune_code, COALESCE(c.full_name, '') AS commune_name,
			f.school_id, COALESCE(s.name, '') AS school_name, COALESCE(k.name, '') AS class_name, COALESCE(v.code, '') AS village_code,
			COALESCE(v.name, '') AS village_name, f.household_id, COALESCE(h.code, '') AS household_code
			FROM quality_findings f LEFT JOIN areas c ON c.id = f.commune_id LEFT JOIN schools s ON s.id = f.school_id LEFT JOIN school_classes k ON k.id = f.class_id
			LEFT JOIN villages v ON v.id = f.village_id LEFT JOIN households h ON h.id = f.household_id
			WHERE f.check_key = ? AND (f.first_seen > ? OR f.first_seen = ? AND f.id > ?) AND `+where.where+
			" ORDER BY f.first_seen, f.id LIMIT ?", append(args, pageRows+1)...).Scan(&list).Error
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		last := list[pageRows-1]
		next = last.FirstSeen + " " + last.ID.String()
	}
	return list, next, nil
}

// readCursor reads where a page ended; empty for the first.
func readCursor(s string) (after models.ID, seen string, err error) {
	if s == "" {
		return models.ID{}, "", nil
	}
	if len(s) < 12 {
		return after, "", models.Invalid("invalid_cursor")
	}
	if seen, err = models.ParseDay(s[:10]); err == nil {
		after, err = models.ParseID(s[11:])
	}
	if err != nil {
		return after, "", models.Invalid("invalid_cursor")
	}
	return after, seen, nil
}
