package school

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store"
)

// RollOverReport says what a roll-over did, or would do.
type RollOverReport struct {
	ID         models.ID  `json:"id"`
	FromYear   string     `json:"from_year"`
	ToYear     string     `json:"to_year"`
	On         string     `json:"on"`
	Counts     Counts     `json:"counts"`
	NewClasses []string   `json:"new_classes" doc:"Classes that do not exist yet; only in a preview."`
	Written    bool       `json:"written"`
	AppliedAt  *time.Time `json:"applied_at"`
	UndoneAt   *time.Time `json:"undone_at"`
}

// rolloverRow is the school_rollovers table.
type rolloverRow struct {
	ID, SchoolID             models.ID
	FromYear, ToYear, OnDate string
	Counts                   string
	AppliedBy                models.ID
	AppliedAt                time.Time
	UndoneAt                 *time.Time
}

type moveRow struct {
	RolloverID, PersonID, OldEnrolmentID, NewEnrolmentID models.ID
}

type madeRow struct {
	RolloverID, MadeID models.ID
	Kind               string // "class" or "grant"
}

func (r rolloverRow) report() (RollOverReport, error) {
	at := r.AppliedAt.UTC()
	out := RollOverReport{ID: r.ID, FromYear: r.FromYear, ToYear: r.ToYear, On: r.OnDate, NewClasses: []string{}, Written: true, AppliedAt: &at}
	if r.UndoneAt != nil {
		undone := r.UndoneAt.UTC()
		out.UndoneAt = &undone
	}
	return out, json.Unmarshal([]byte(r.Counts), &out.Counts)
}

// RollOver takes the pupils of a school year into the next one, all in one
// transaction, or says with dryRun what it would do. Only pupils still in the
// old year are touched, so a second run changes nothing. Of two at once one
// finds the work done. Sessions and assignments of classes that are empty then
// are closed. Errors: NotFound for a school out of reach; Invalid fields;
// KindConflict "rollover_early" before 15 May of the year, "id_taken".
func (s *Schools) RollOver(ctx context.Context, actor models.Actor, school models.ID, r RollOver, dryRun bool) (RollOverReport, error) {
	if err := r.check(s.clock.Today()); err != nil {
		return RollOverReport{}, err
	}
	var report RollOverReport
	var emptied []models.ID
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		report, emptied, err = s.rollOver(tx, actor, school, r, dryRun)
		return err
	})
	if err != nil || dryRun {
		return report, err
	}
	// After the commit, and again by a repeat should the program die here.
	return report, s.learning.CloseClasses(ctx, r.ID, emptied)
}

func (s *Schools) rollOver(tx *gorm.DB, actor models.Actor, school models.ID, r RollOver, dryRun bool) (RollOverReport, []models.ID, error) {
	none := RollOverReport{}
	if _, err := people.SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
		return none, nil, err
	}
	if !dryRun {
		done, err := rolloverByID(tx, r.ID)
		if err == nil && done.SchoolID != school {
			return none, nil, models.Conflict("id_taken")
		}
		if err == nil {
			report, err := done.report()
			if err != nil || done.UndoneAt != nil {
				return report, nil, err
			}
			emptied, err := emptiedClasses(tx, school, r.FromYear)
			return report, emptied, err
		}
		if models.KindOf(err) != models.KindNotFound {
			return none, nil, err
		}
	}
	if s.clock.Today() < opensOn(r.FromYear) && !dryRun {
		return none, nil, models.Conflict("rollover_early")
	}
	steps, counts, err := r.steps(tx, school)
	if err != nil {
		return none, nil, err
	}
	report := RollOverReport{ID: r.ID, FromYear: r.FromYear, ToYear: NextYear(r.FromYear), On: r.On, Counts: counts, NewClasses: []string{}}
	if dryRun {
		report.NewClasses, err = missingClasses(tx, school, report.ToYear, steps)
		return report, nil, err
	}
	if len(steps) == 0 {
		emptied, err := emptiedClasses(tx, school, r.FromYear)
		return report, emptied, err
	}
	w := writer{tx: tx, actor: actor, school: school, r: r, now: s.clock.Now(), year: report.ToYear}
	if err := w.write(steps); err != nil {
		return none, nil, err
	}
	err = audit.Append(tx, actor, audit.Entry{Act: audit.YearRolledOver, Kind: audit.KindSchool, Subject: school, School: school,
		Detail: audit.Detail{"from": r.FromYear, "pupils": strconv.Itoa(len(steps))}})
	if err != nil {
		return none, nil, err
	}
	at := w.now
	report.Written, report.AppliedAt = true, &at
	text, err := json.Marshal(counts)
	if err != nil {
		return none, nil, err
	}
	row := rolloverRow{ID: r.ID, SchoolID: school, FromYear: r.FromYear, ToYear: w.year, OnDate: r.On, Counts: string(text), AppliedBy: actor.Account, AppliedAt: w.now}
	if err := insertAll(tx, "school_rollovers", []rolloverRow{row}); err != nil {
		if store.IsDuplicate(err) {
			err = store.ErrRetry
		}
		return none, nil, err
	}
	emptied, err := emptiedClasses(tx, school, r.FromYear)
	return report, emptied, err
}

func rolloverByID(tx *gorm.DB, id models.ID) (rolloverRow, error) {
	var row rolloverRow
	return row, store.One(tx.Raw("SELECT * FROM school_rollovers WHERE id = ?", id).Scan(&row), models.NotFound())
}

// emptiedClasses are the classes of a year that had pupils and have none now.
func emptiedClasses(tx *gorm.DB, school models.ID, year string) ([]models.ID, error) {
	var ids []models.ID
	err := tx.Raw("SELECT c.id FROM school_classes c WHERE c.school_id = ? AND c.school_year = ?"+
		" AND EXISTS (SELECT 1 FROM enrolments e WHERE e.class_id = c.id)"+
		" AND NOT EXISTS (SELECT 1 FROM enrolments e WHERE e.class_id = c.id AND e.live = 1)", school, year).Scan(&ids).Error
	return ids, err
}

// missingClasses names the classes of the new year that would be made.
func missingClasses(tx *gorm.DB, school models.ID, year string, steps []step) ([]string, error) {
	var there []string
	if err := tx.Raw("SELECT name FROM school_classes WHERE school_id = ? AND school_year = ?", school, year).Scan(&there).Error; err != nil {
		return nil, err
	}
	missing := []string{}
	for _, st := range steps {
		if st.to != "" && !slices.Contains(there, st.to) {
			there, missing = append(there, st.to), append(missing, st.to)
		}
	}
	slices.SortFunc(missing, func(a, b string) int {
		return compareFirst(place.GradeOf(a)-place.GradeOf(b), len(a)-len(b), strings.Compare(a, b))
	})
	return missing, nil
}

func compareFirst(diffs ...int) int {
	for _, d := range diffs {
		if d != 0 {
			return d
		}
	}
	return 0
}

// writer carries a roll-over out.
type writer struct {
	tx     *gorm.DB
	actor  models.Actor
	school models.ID
	r      RollOver
	year   string // the new one
	now    time.Time
	made   []madeRow
}

func (w *writer) write(steps []step) error {
	classes, err := w.classes(steps)
	if err != nil {
		return err
	}
	ended := make([]models.ID, len(steps))
	var open []people.NewEnrolment
	var left []leavingRow
	moves := make([]moveRow, len(steps))
	for i, st := range steps {
		ended[i] = st.ID
		moves[i] = moveRow{RolloverID: w.r.ID, PersonID: st.PersonID, OldEnrolmentID: st.ID}
		if st.to == "" {
			left = append(left, leavingRow{models.NewID(w.now), st.PersonID, w.school, st.ClassID, st.ID, w.r.On, st.reason, w.actor.Account, w.now})
			continue
		}
		// The school's own number stays: schools count on.
		open = append(open, people.NewEnrolment{PersonID: st.PersonID, SchoolID: w.school, ClassID: classes[st.to].ID,
			SchoolYear: w.year, SchoolCode: st.SchoolCode, FromDate: max(w.r.On, st.FromDate)})
	}
	if err := people.EndStays(w.tx, ended, w.r.On); err != nil {
		return err
	}
	ids, err := people.OpenStays(w.tx, open, w.now)
	if err != nil {
		return err
	}
	next := 0
	for i, st := range steps {
		if st.to != "" {
			moves[i].NewEnrolmentID = ids[next]
			next++
		}
	}
	if err := leave(w.tx, left, w.now); err != nil {
		return err
	}
	if w.r.CarryTeachers {
		if err := w.carry(classes); err != nil {
			return err
		}
	}
	return errors.Join(insertAll(w.tx, "school_rollover_moves", moves), insertAll(w.tx, "school_rollover_made", w.made))
}

// classes finds or makes the classes of the new year, by name.
func (w *writer) classes(steps []step) (map[string]place.Class, error) {
	classes := map[string]place.Class{}
	for _, st := range steps {
		if _, known := classes[st.to]; known || st.to == "" {
			continue
		}
		c, created, err := place.EnsureClass(w.tx, w.school, w.year, place.GradeOf(st.to), st.to, w.now)
		if err != nil {
			return nil, err
		}
		classes[st.to] = c
		if created {
			w.made = append(w.made, madeRow{w.r.ID, c.ID, "class"})
		}
	}
	return classes, nil
}

// carry lets homeroom teachers go up with their classes.
func (w *writer) carry(classes map[string]place.Class) error {
	for _, c := range w.r.Classes {
		to, ok := classes[c.To]
		if c.Skip || c.To == "" || !ok {
			continue
		}
		if err := classOf(w.tx, w.school, c.ClassID); err != nil {
			return err
		}
		ids, err := people.CarryTeachers(w.tx, w.actor, c.ClassID, to.ID, w.r.On)
		if err != nil {
			return err
		}
		for _, id := range ids {
			w.made = append(w.made, madeRow{w.r.ID, id, "grant"})
		}
	}
	return nil
}
