package school_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/people/peopletest"
	"nhaso/models/school"
	"nhaso/models/sheet"
)

func fieldCode(err error) string {
	var e *models.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		return e.Fields[0].Location + " " + e.Fields[0].Code
	}
	return models.CodeOf(err)
}

// proposed is the roll-over as the wizard proposes it.
func (w *world) proposed() school.RollOver {
	w.t.Helper()
	p, err := w.s.Propose(ctx, w.boss[0], w.school[0], "")
	require.NoError(w.t, err)
	r := school.RollOver{ID: w.id(), FromYear: p.FromYear, CarryTeachers: true}
	for _, c := range p.Classes {
		r.Classes = append(r.Classes, school.ClassPlan{ClassID: c.ClassID, To: c.To})
	}
	return r
}

func (w *world) roll(r school.RollOver) school.RollOverReport {
	w.t.Helper()
	report, err := w.s.RollOver(ctx, w.boss[0], w.school[0], r, false)
	require.NoError(w.t, err)
	return report
}

func TestNextClass(t *testing.T) {
	for _, tt := range []struct {
		name  string
		grade int
		want  string
	}{
		{"6A", 6, "7A"}, {"7A10", 7, "8A10"}, {"9A", 9, ""}, {"10A2", 10, "11A2"}, {"11TIN", 11, "12TIN"}, {"12B", 12, ""},
		{"SAO MAI", 7, "8 SAO MAI"}, {"10", 10, "11"}, {"8/3", 8, "9/3"},
	} {
		require.Equal(t, tt.want, school.NextClass(tt.name, tt.grade), tt.name)
	}
	require.Equal(t, newYear, school.NextYear(oldYear))
}

func TestRollOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		up, repeats, moves, leaves, stays, finishes := w.pupil("6A"), w.pupil("6A"), w.pupil("6A"), w.pupil("7A"), w.pupil("7A"), w.pupil("9A")
		other := w.pupil("b.6A")
		teacher, err := w.people.CreateAccount(ctx, models.System(), people.NewAccount{DisplayName: "Cô Lan", Username: "lan", Password: password,
			Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.class["6A"]}}})
		require.NoError(t, err)
		r := w.proposed()
		r.Exceptions = []school.Exception{{PersonID: repeats.ID, What: school.Repeats}, {PersonID: moves.ID, What: school.Moves, To: "7b"},
			{PersonID: leaves.ID, What: school.Leaves, Reason: school.LeftMovedAway}, {PersonID: stays.ID, What: school.Stays}}
		preview, err := w.s.RollOver(ctx, w.boss[0], w.school[0], r, true)
		require.NoError(t, err)
		counts := school.Counts{Up: 1, Repeat: 1, Move: 1, Finished: 1, Left: 1, Stay: 1}
		require.Equal(t, counts, preview.Counts)
		require.Equal(t, []string{"6A", "7A", "7B"}, preview.NewClasses)
		require.False(t, preview.Written)
		require.Equal(t, 4*2, w.count("school_classes", "1 = 1"), "a preview writes nothing")

		report := w.roll(r)
		require.True(t, report.Written)
		require.Equal(t, counts, report.Counts)
		for _, tt := range []struct {
			p    people.Person
			want string
			year string
		}{{up, "7A", newYear}, {repeats, "6A", newYear}, {moves, "7B", newYear}, {leaves, "", ""}, {stays, "7A", oldYear}, {finishes, "", ""}} {
			var got struct{ Name, SchoolYear string }
			require.NoError(t, w.db.Read(ctx).Raw("SELECT c.name, e.school_year FROM enrolments e JOIN school_classes c ON c.id = e.class_id WHERE e.person_id = ? AND e.live = 1", tt.p.ID).Scan(&got).Error)
			require.Equal(t, tt.want, got.Name)
			require.Equal(t, tt.year, got.SchoolYear)
		}
		require.Equal(t, "b.6A", w.where(other), "nobody else's")
		require.False(t, w.signsIn(4, password), "a leaver's account rests")
		require.True(t, w.signsIn(1, password), "who goes up notices nothing")
		require.Equal(t, 2, w.count("account_grants", "account_id = ?", teacher.ID), "the teacher goes up with the class")

		again := w.roll(r)
		require.Equal(t, report, again, "a repeat answers as the first time")
		second := r
		second.ID = w.id()
		nothing := w.roll(second)
		require.False(t, nothing.Written)
		require.Equal(t, school.Counts{Stay: 1}, nothing.Counts)
		require.Equal(t, 1, w.count("school_rollovers", "1 = 1"))
		require.Equal(t, 7+3, w.count("enrolments", "1 = 1"), "old stays are history, three are new")
	})
}

func TestRollOverRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("6A")
		teacher := models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.class["6A"]}}}
		head := models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleHead, Scope: models.ScopeSchool, At: w.school[0]}}}
		for name, tt := range map[string]struct {
			actor  models.Actor
			change func(*school.RollOver)
			want   string
		}{
			"other school":     {w.boss[1], func(*school.RollOver) {}, "not_found"},
			"a teacher":        {teacher, func(*school.RollOver) {}, "forbidden"},
			"the head reads":   {head, func(*school.RollOver) {}, "forbidden"},
			"no id":            {w.boss[0], func(r *school.RollOver) { r.ID = models.ID{} }, "body.id required"},
			"no year":          {w.boss[0], func(r *school.RollOver) { r.FromYear = "2025" }, "body.from_year invalid_school_year"},
			"tomorrow":         {w.boss[0], func(r *school.RollOver) { r.On = "2026-06-11" }, "body.on future_date"},
			"in the winter":    {w.boss[0], func(r *school.RollOver) { r.On = "2026-01-11" }, "body.on before_end_of_year"},
			"next year's":      {w.boss[0], func(r *school.RollOver) { r.FromYear = newYear }, "rollover_early"},
			"class no grade":   {w.boss[0], func(r *school.RollOver) { r.Classes[0].To = "A7" }, "body.classes[0].to invalid_class_name"},
			"moves nowhere":    {w.boss[0], func(r *school.RollOver) { r.Exceptions = []school.Exception{{PersonID: p.ID, What: school.Moves}} }, "body.exceptions[0].to invalid_class_name"},
			"unknown decision": {w.boss[0], func(r *school.RollOver) { r.Exceptions = []school.Exception{{PersonID: p.ID, What: "x"}} }, "body.exceptions[0].what unknown"},
			"unknown reason": {w.boss[0], func(r *school.RollOver) {
				r.Exceptions = []school.Exception{{PersonID: p.ID, What: school.Leaves, Reason: "ill"}}
			}, "body.exceptions[0].reason unknown"},
		} {
			r := w.proposed()
			tt.change(&r)
			_, err := w.s.RollOver(ctx, tt.actor, w.school[0], r, false)
			require.Equal(t, tt.want, fieldCode(err), name)
		}
		require.Equal(t, "6A", w.where(p))
	})
}

// TestTwoRollOvers: of two at once one does the work, and everybody has one live enrolment.
func TestTwoRollOvers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 20 {
			w.pupil("6A")
		}
		a, b := w.proposed(), w.proposed()
		var wg sync.WaitGroup
		reports, errs := make([]school.RollOverReport, 2), make([]error, 2)
		for i, r := range []school.RollOver{a, b} {
			wg.Go(func() { reports[i], errs[i] = w.s.RollOver(ctx, w.boss[0], w.school[0], r, false) })
		}
		wg.Wait()
		require.NoError(t, errors.Join(errs...))
		require.Equal(t, 20, reports[0].Counts.Up+reports[1].Counts.Up)
		require.True(t, reports[0].Written != reports[1].Written)
		require.Equal(t, 20, w.count("enrolments", "live = 1 AND school_year = ?", newYear))
		require.Equal(t, 40, w.count("enrolments", "1 = 1"))
	})
}

func TestUndoRollOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, leaver := w.pupil("6A"), w.pupil("9A")
		r := w.proposed()
		w.roll(r)
		undone, err := w.s.UndoRollOver(ctx, w.boss[0], w.school[0], r.ID)
		require.NoError(t, err)
		require.NotNil(t, undone.UndoneAt)
		again, err := w.s.UndoRollOver(ctx, w.boss[0], w.school[0], r.ID)
		require.NoError(t, err)
		require.Equal(t, undone, again)
		require.Equal(t, "6A", w.where(p))
		require.Equal(t, "9A", w.where(leaver))
		require.True(t, w.signsIn(2, password))
		require.Zero(t, w.count("school_classes", "school_year = ?", newYear))
		require.Zero(t, w.count("school_leavings", "1 = 1"))
		require.Equal(t, 2, w.count("enrolments", "1 = 1"))
		_, err = w.s.UndoRollOver(ctx, w.boss[1], w.school[1], r.ID)
		require.Equal(t, models.KindNotFound, models.KindOf(err))

		for name, work := range map[string]func(class models.ID){
			"a lesson": func(class models.ID) {
				w.exec("INSERT INTO lesson_sessions (id, class_id, code, opened_at, closes_at) VALUES (?, ?, 'x', ?, ?)", w.id(), class, w.clock.Now(), w.clock.Now())
			},
			"moved on": func(models.ID) {
				w.tx(func(tx *gorm.DB) error {
					return peopletest.Enrol(tx, p.ID, w.class["8A"], w.clock.Now().Format(time.DateOnly), w.clock.Now())
				})
			},
		} {
			r := w.proposed()
			report := w.roll(r)
			require.True(t, report.Written, name)
			var class []models.ID
			require.NoError(t, w.db.Read(ctx).Raw("SELECT class_id FROM enrolments WHERE person_id = ? AND live = 1", p.ID).Scan(&class).Error)
			work(class[0])
			_, err := w.s.UndoRollOver(ctx, w.boss[0], w.school[0], r.ID)
			require.Equal(t, "rollover_used", models.CodeOf(err), name)
			w.exec("DELETE FROM lesson_sessions")
			if name == "moved on" {
				break
			}
			_, err = w.s.UndoRollOver(ctx, w.boss[0], w.school[0], r.ID)
			require.NoError(t, err)
		}
	})
}

// TestRollOverClosesTheOldYear: lessons and assignments of classes that are empty now end.
func TestRollOverClosesTheOldYear(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.pupil("6A")
		now, hour := w.clock.Now(), time.Hour
		w.exec("INSERT INTO lesson_sessions (id, class_id, code, live_code, live_class, opened_at, closes_at) VALUES (?, ?, 'c', 'c', ?, ?, ?)",
			w.id(), w.class["6A"], w.class["6A"], now, now.Add(hour))
		for _, opens := range []time.Time{now.Add(-hour), now.Add(hour)} {
			w.exec("INSERT INTO assignments (id, class_id, course_key, opens_at, due_at, results, created_at) VALUES (?, ?, 'x', ?, ?, 'at_once', ?)",
				w.id(), w.class["6A"], opens, now.Add(3*hour), now)
		}
		r := w.proposed()
		w.roll(r)
		require.Zero(t, w.count("lesson_sessions", "live_class IS NOT NULL OR closed_at IS NULL"))
		require.Equal(t, 1, w.count("assignments", "removed_at IS NOT NULL"))
		require.Equal(t, 1, w.count("assignments", "removed_at IS NULL AND due_at = ?", now))

		w.clock.Add(20 * time.Minute)
		w.undo(r)
		require.Equal(t, 1, w.count("lesson_sessions", "live_class = ? AND live_code = 'c' AND closed_at IS NULL AND closes_at = ?", w.class["6A"], now.Add(hour)), "the lesson goes on")
		require.Equal(t, 2, w.count("assignments", "removed_at IS NULL AND due_at = ? AND year_end IS NULL", now.Add(3*hour)))
		w.undo(r)
		require.Equal(t, 2, w.count("assignments", "version = 2"), "a repeat changes nothing")
	})
}

func (w *world) undo(r school.RollOver) {
	w.t.Helper()
	_, err := w.s.UndoRollOver(ctx, w.boss[0], w.school[0], r.ID)
	require.NoError(w.t, err)
}

// TestUndoReopensWithCare: what somebody did since stays, a lesson whose time is over stays closed, and a code that
// hangs on another wall is not used twice.
func TestUndoReopensWithCare(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.pupil("6A")
		w.pupil("7A")
		now, hour := w.clock.Now(), time.Hour
		for class, long := range map[string]time.Duration{"6A": hour, "7A": 5 * time.Minute} {
			w.exec("INSERT INTO lesson_sessions (id, class_id, code, live_code, live_class, opened_at, closes_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
				w.id(), w.class[class], class, class, w.class[class], now, now.Add(long))
		}
		kept, ended := w.id(), w.id()
		for _, id := range []models.ID{kept, ended} {
			w.exec("INSERT INTO assignments (id, class_id, course_key, opens_at, due_at, results, created_at) VALUES (?, ?, 'x', ?, ?, 'at_once', ?)",
				id, w.class["6A"], now.Add(-hour), now.Add(3*hour), now)
		}
		r := w.proposed()
		w.roll(r)
		teacher := models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.class["6A"]}}}
		require.NoError(t, learning.New(w.db, learning.Options{Secret: []byte("x")}).RemoveAssignment(ctx, teacher, ended))
		w.exec("INSERT INTO lesson_sessions (id, class_id, code, live_code, live_class, opened_at, closes_at) VALUES (?, ?, '6A', '6A', ?, ?, ?)",
			w.id(), w.class["8A"], w.class["8A"], now, now.Add(hour))
		w.clock.Add(20 * time.Minute)
		w.undo(r)
		require.Equal(t, 1, w.count("lesson_sessions", "live_class = ? AND live_code <> '6A' AND live_code = code", w.class["6A"]))
		require.Zero(t, w.count("lesson_sessions", "class_id = ? AND live_class IS NOT NULL", w.class["7A"]), "its time is over")
		require.Equal(t, 1, w.count("assignments", "id = ? AND removed_at IS NULL AND due_at = ?", kept, now.Add(3*hour)))
		require.Equal(t, 1, w.count("assignments", "id = ? AND removed_at IS NOT NULL", ended), "removed by the teacher since")
	})
}

// TestRosterAfterRollOver: next year's list moves and changes, and doubles nobody.
func TestRosterAfterRollOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b, gone := w.pupil("6A"), w.pupil("6A"), w.pupil("9A")
		w.roll(w.proposed())
		rows := "Mã định danh Bộ GD&ĐT,Họ và tên,Ngày sinh,Lớp\n"
		for p, class := range map[*people.Person]string{&a: "7A", &b: "7C"} {
			rows += p.MinistryCode + "," + p.FullName + ",06/05/2013," + class + "\n"
		}
		tables, err := sheet.Read(strings.NewReader(rows), int64(len(rows)), people.RosterSheet())
		require.NoError(t, err)
		report, err := w.people.ImportRoster(ctx, w.boss[0], people.RosterTarget{SchoolID: w.school[0], SchoolYear: newYear}, people.RosterFile{Tables: tables})
		require.NoError(t, err)
		require.Zero(t, report.ErrorCount, report.Errors)
		require.Equal(t, []int{0, 1, 1}, []int{report.New, report.Changed, report.Unchanged})
		require.Equal(t, 3, w.count("persons", "1 = 1"))
		require.Equal(t, "7A", w.where(a))
		require.Equal(t, "7C", w.where(b))
		require.Empty(t, w.where(gone))
	})
}

// BenchmarkRollOver moves 54 classes of 45 pupils in one transaction.
func BenchmarkRollOver(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w, r := bigSchool(b)
		b.StartTimer()
		report, err := w.s.RollOver(ctx, w.boss[0], w.school[0], r, false)
		require.NoError(b, err)
		require.Equal(b, 54*45, report.Counts.Up+report.Counts.Finished)
	}
}
