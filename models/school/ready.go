package school

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// The formula of "how many pupils at once here". Every pupil saves an answer
// about every 20 seconds; a class opens its first lesson within two minutes; of
// what was measured 70 % is counted on, because the network is not ours alone
// and a minute's measurement is not a lesson.
const (
	saveEvery    = 20 * time.Second
	openWithin   = 2 * time.Minute
	countOn      = 0.7
	slowestSave  = 2 * time.Second        // 95 of 100 saves must be quicker
	slowAnswer   = 800 * time.Millisecond // above it the line itself is the trouble
	mostCounted  = 2000                   // larger figures say "no limit found"
	fewestProbes = 5                      // of one step, to count
)

// The things that can limit.
const (
	ByDownload = "download"
	BySaves    = "saves"
	ByLatency  = "latency"
	ByFailures = "failures"
	ByNothing  = "none" // the check was too small to find the limit
)

// SaveStep is one step of the saving part: so many saves at the same time.
type SaveStep struct {
	AtOnce   int     `json:"at_once" minimum:"1" maximum:"16"`
	Saves    int     `json:"saves" minimum:"0" maximum:"200"`
	Failed   int     `json:"failed" minimum:"0" maximum:"200"`
	Seconds  float64 `json:"seconds" minimum:"0" maximum:"120"`
	P95Milli float64 `json:"p95_ms" minimum:"0" maximum:"120000"`
}

// Measured is what a browser on the school's network has measured. No personal
// data: numbers only.
type Measured struct {
	LatencyMilli  float64    `json:"latency_ms" minimum:"0" maximum:"120000" doc:"Median of small answers."`
	LessonBytes   int        `json:"lesson_bytes" minimum:"0" maximum:"100000000" doc:"The first lesson as it came over the line."`
	LessonSeconds float64    `json:"lesson_seconds" minimum:"0" maximum:"600"`
	Steps         []SaveStep `json:"steps" minItems:"0" maxItems:"8"`
}

// Verdict is how many pupils at once, and why not more.
type Verdict struct {
	Pupils    int    `json:"pupils"`
	AtLeast   bool   `json:"at_least" doc:"The check found no limit: more may be possible."`
	LimitedBy string `json:"limited_by" enum:"download,saves,latency,failures,none"`
}

// Judge turns measurements into a number of pupils: the least of what the
// download and the saves carry, 0 when the saves fail.
func Judge(m Measured) Verdict {
	byLoad := float64(mostCounted)
	if m.LessonBytes > 0 && m.LessonSeconds > 0 {
		perSecond := float64(m.LessonBytes) / m.LessonSeconds
		byLoad = perSecond * openWithin.Seconds() * countOn / float64(m.LessonBytes)
	}
	bySave, open := savesCarry(m.Steps)
	v := Verdict{LimitedBy: ByDownload}
	switch {
	case bySave == 0:
		return Verdict{LimitedBy: ByFailures}
	case bySave <= byLoad:
		v.LimitedBy, v.AtLeast = BySaves, open
	}
	v.Pupils = int(math.Min(math.Min(byLoad, bySave), mostCounted))
	if v.Pupils >= mostCounted {
		v.LimitedBy, v.AtLeast = ByNothing, true
	} else if v.AtLeast {
		v.LimitedBy = ByNothing
	}
	if m.LatencyMilli > float64(slowAnswer.Milliseconds()) && v.LimitedBy != ByDownload {
		v.LimitedBy, v.AtLeast = ByLatency, false
	}
	return v
}

// savesCarry answers how many pupils the saves carry, and whether more at once
// might carry more: the last step was still quicker than the one before.
func savesCarry(steps []SaveStep) (pupils float64, open bool) {
	best, last := 0.0, 0.0
	for _, s := range steps {
		good := s.Saves - s.Failed
		if s.Saves < fewestProbes || s.Seconds <= 0 || s.Failed*20 > s.Saves || s.P95Milli > float64(slowestSave.Milliseconds()) {
			return best * saveEvery.Seconds() * countOn, false
		}
		rate := float64(good) / s.Seconds
		open = rate > last*1.2
		last, best = rate, math.Max(best, rate)
	}
	return best * saveEvery.Seconds() * countOn, open && best > 0
}

// Check is a result that is kept.
type Check struct {
	ID        models.ID `json:"id"`
	CheckedAt time.Time `json:"checked_at"`
	Verdict
	Measured Measured `json:"measured"`
}

// reachesSchool makes sure that the actor has to do with a school: a role on it
// or on one of its classes. The error is NotFound.
func reachesSchool(tx *gorm.DB, actor models.Actor, school models.ID) error {
	reach, err := models.Allow(actor, models.ActCheckSchool)
	if err != nil {
		return err
	}
	in, err := place.SchoolInReach(tx, reach, school)
	if err != nil || in {
		return err
	}
	where, args := place.ClassFilter(reach, "c.id")
	var n int64
	err = tx.Raw("SELECT COUNT(*) FROM school_classes c WHERE c.school_id = ? AND "+where, append([]any{school}, args...)...).Scan(&n).Error
	if err == nil && n == 0 {
		return models.NotFound()
	}
	return err
}

// CheckableSchools lists the schools that the actor may measure for.
func (s *Schools) CheckableSchools(ctx context.Context, actor models.Actor) ([]place.School, error) {
	reach, err := models.Allow(actor, models.ActCheckSchool)
	if err != nil {
		return nil, err
	}
	list := []place.School{}
	if reach.All {
		return list, nil // an operator names the school
	}
	where, args := place.ClassFilter(reach, "c.id")
	own, more := place.SchoolFilter(reach, "s.id")
	err = s.db.Read(ctx).Raw("SELECT s.id, s.code, s.name, s.school_type AS type, s.commune_id FROM schools s WHERE "+own+
		" OR s.id IN (SELECT c.school_id FROM school_classes c WHERE "+where+") ORDER BY s.name_fold, s.id LIMIT 50", append(more, args...)...).Scan(&list).Error
	return list, err
}

// Probe saves a few hundred bytes as a pupil's answer would be, one commit, and
// keeps only the last of each slot. Errors: NotFound; Invalid field body.slot.
func (s *Schools) Probe(ctx context.Context, actor models.Actor, school models.ID, slot int, payload string) error {
	if slot < 0 || slot > 15 {
		return models.InvalidField("body.slot", "out_of_range")
	}
	if len(payload) > 400 {
		return models.InvalidField("body.payload", "too_long")
	}
	if err := reachesSchool(s.db.Read(ctx), actor, school); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		return saveProbe(tx, actor.Account, slot, payload, s.clock.Now())
	})
}

func saveProbe(tx *gorm.DB, account models.ID, slot int, payload string, now time.Time) error {
	res := tx.Exec("UPDATE school_probes SET payload = ?, saved_at = ? WHERE account_id = ? AND slot = ?", payload, now, account, slot)
	if res.Error != nil || res.RowsAffected > 0 {
		return res.Error
	}
	err := tx.Exec("INSERT INTO school_probes (account_id, slot, payload, saved_at) VALUES (?, ?, ?, ?)", account, slot, payload, now).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}

// KeepCheck judges measurements and keeps the result for the school. id is made
// by the browser: a repeat answers as the first did. Errors: NotFound for a
// school out of reach; Invalid field body.measured.
func (s *Schools) KeepCheck(ctx context.Context, actor models.Actor, school, id models.ID, m Measured) (Check, error) {
	if id.IsZero() {
		return Check{}, models.InvalidField("body.id", "required")
	}
	if len(m.Steps) == 0 {
		return Check{}, models.InvalidField("body.measured", "required")
	}
	m.Steps = slices.Clone(m.Steps)
	slices.SortStableFunc(m.Steps, func(a, b SaveStep) int { return cmp.Compare(a.AtOnce, b.AtOnce) })
	text, err := json.Marshal(m)
	if err != nil {
		return Check{}, models.InvalidField("body.measured", "invalid")
	}
	var out Check
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := reachesSchool(tx, actor, school); err != nil {
			return err
		}
		v, now := Judge(m), s.clock.Now()
		atLeast := 0
		if v.AtLeast {
			atLeast = 1
		}
		out = Check{ID: id, CheckedAt: now, Verdict: v, Measured: m}
		err := tx.Exec("INSERT INTO school_checks (id, school_id, checked_at, measured, pupils, at_least, limited_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
			id, school, now, string(text), v.Pupils, atLeast, v.LimitedBy).Error
		if store.IsDuplicate(err) {
			var list []Check
			if list, err = checks(tx, "id = ? AND school_id = ?", id, school); err == nil && len(list) == 0 {
				return models.Conflict("id_taken")
			}
			if err == nil {
				out = list[0]
			}
		}
		if err != nil {
			return err
		}
		return tx.Exec("DELETE FROM school_probes WHERE account_id = ?", actor.Account).Error
	})
	return out, err
}

// Checks lists the results of a school, the latest first, at most 50. The error
// is NotFound for a school out of reach.
func (s *Schools) Checks(ctx context.Context, actor models.Actor, school models.ID) ([]Check, error) {
	db := s.db.Read(ctx)
	if err := reachesSchool(db, actor, school); err != nil {
		return nil, err
	}
	return checks(db, "school_id = ? ORDER BY checked_at DESC, id DESC LIMIT 50", school)
}

func checks(tx *gorm.DB, where string, args ...any) ([]Check, error) {
	var rows []struct {
		ID                  models.ID
		CheckedAt           time.Time
		Measured, LimitedBy string
		Pupils, AtLeast     int
	}
	err := tx.Raw("SELECT id, checked_at, measured, limited_by, pupils, at_least FROM school_checks WHERE "+where, args...).Scan(&rows).Error
	list := make([]Check, len(rows))
	for i, r := range rows {
		list[i] = Check{ID: r.ID, CheckedAt: r.CheckedAt.UTC(), Verdict: Verdict{r.Pupils, r.AtLeast == 1, r.LimitedBy}}
		if err := json.Unmarshal([]byte(r.Measured), &list[i].Measured); err != nil {
			return nil, err
		}
	}
	return list, err
}

func daysSinceCheck(db *gorm.DB, school models.ID, now time.Time) (int, error) {
	list, err := checks(db, "school_id = ? ORDER BY checked_at DESC LIMIT 1", school)
	if err != nil || len(list) == 0 {
		return never, err
	}
	return int(now.Sub(list[0].CheckedAt).Hours() / 24), nil
}
