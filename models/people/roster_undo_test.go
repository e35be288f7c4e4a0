package people_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/people/peopletest"
	"nhaso/models/store"
)

// withWork is the room as the program wires it, with one table for all work.
func (w *world) withWork() *people.People {
	return people.New(w.db, cheap, people.Options{Uses: []store.Since{
		{Table: "lesson_progress", ID: "person_id", At: "updated_at"}, {Table: "assignments", ID: "class_id", At: "created_at"},
	}})
}

func (w *world) work(person models.ID) {
	w.tx(func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO lesson_progress (person_id, course_key, lesson_key, lesson_hash, seq, card_index, updated_at) VALUES (?, 'c', 'l', 'h', 1, 1, ?)",
			person, w.clock.Now()).Error
	})
}

// rosterState is everything an import may change, without when.
func (w *world) rosterState() string {
	w.t.Helper()
	var all []string
	for _, q := range []string{
		"SELECT CONCAT(HEX(id), ' ', full_name, ' ', name_fold, ' ', HEX(sort_key), ' ', COALESCE(birth_date, '-'), ' ', COALESCE(gender, '-'), ' ', COALESCE(ministry_code, '-')) FROM persons ORDER BY id",
		"SELECT CONCAT(HEX(id), ' ', HEX(person_id), ' ', HEX(class_id), ' ', COALESCE(school_code, '-'), ' ', from_date, ' ', to_date, ' ', COALESCE(live, 0)) FROM enrolments ORDER BY id",
		"SELECT CONCAT(HEX(id), ' ', name, ' ', school_year) FROM school_classes ORDER BY id",
	} {
		var rows []string
		require.NoError(w.t, w.db.Read(ctx).Raw(q).Scan(&rows).Error)
		all = append(all, rows...)
	}
	return strings.Join(all, "\n")
}

func TestUndoOfTheLastImport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.people = w.withWork()
		here := people.RosterTarget{SchoolID: w.school[0]}
		w.take(here, "2201;Lê An;05/09/2014;Nam;6A1;;;;H1", "2202;Lê Bình;05/09/2014;;6A1;;;;", "2203;Lê Chi;05/09/2014;;7B;;;;")
		before := w.rosterState()
		w.clock.Add(time.Hour)
		r, err := w.roster(w.admin, here, "2201;Lê Văn An;06/09/2014;Nữ;6A1;;;;H2", "2202;Lê Bình;05/09/2014;;8C;;;;", "2203;Lê Chi;05/09/2014;;7B;;;Thôi học;", "2204;Lê Dân;05/09/2014;;8C;;;;")
		require.NoError(t, err)
		assert.Equal(t, "rows=4 new=1 changed=2 left=1 same=0", tally(r))
		assert.Equal(t, 1, r.Moved)
		require.NotEqual(t, before, w.rosterState())
		list, err := w.people.RosterImports(ctx, w.admin, w.school[0], models.ID{})
		require.NoError(t, err)
		require.Len(t, list, 2)
		assert.Equal(t, []bool{true, false}, []bool{list[0].Undoable, list[1].Undoable})
		assert.Equal(t, r.ImportID, list[0].ID)

		_, err = w.people.UndoRoster(ctx, w.admin, list[1].ID)
		assert.Equal(t, "not_last_import", models.CodeOf(err))
		out, err := w.people.UndoRoster(ctx, w.admin, r.ImportID)
		require.NoError(t, err)
		assert.Equal(t, 4, out.Restored)
		assert.Empty(t, out.Kept)
		assert.Equal(t, before, w.rosterState(), "as it was, the new class gone too")
		again, err := w.people.UndoRoster(ctx, w.admin, r.ImportID)
		require.NoError(t, err)
		assert.True(t, again.Already)
		assert.Equal(t, 4, again.Restored)
		assert.Equal(t, before, w.rosterState(), "twice does nothing")

		_, err = w.people.UndoRoster(ctx, w.admin, list[1].ID)
		require.NoError(t, err, "the one before is the last one now")
		assert.Zero(t, w.count("persons", "1 = 1")+w.count("enrolments", "1 = 1"))
	})
}

func TestUndoKeepsWhoWorkedMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.people = w.withWork()
		here := people.RosterTarget{SchoolID: w.school[0]}
		w.take(here, "2200;Lê Cũ;05/09/2014;;6A1;;;;")
		w.work(personByCode(w, "2200")) // before the import: no reason to keep anything
		w.clock.Add(time.Minute)
		r, err := w.roster(w.admin, here, "2200;Lê Cũ;05/09/2014;;8C;;;;", "2201;Lê An;05/09/2014;;6A1;;;;", "2202;Lê Bình;05/09/2014;;8C;;;;",
			"2203;Lê Chi;05/09/2014;;6A1;;;;", "2204;Lê Dân;05/09/2014;;6A1;;;;", "2205;Lê Én;05/09/2014;;8D;;;;")
		require.NoError(t, err)
		w.clock.Add(time.Minute)
		w.work(personByCode(w, "2202"))
		w.tx(func(tx *gorm.DB) error {
			return peopletest.Enrol(tx, personByCode(w, "2203"), w.class[0][1], "2026-11-23", w.clock.Now())
		})
		w.pupilAccount("ledan", people.Person{ID: personByCode(w, "2204"), FullName: "Lê Dân"})
		var class models.ID
		require.NoError(t, w.db.Read(ctx).Raw("SELECT id FROM school_classes WHERE name = '8D'").Row().Scan(&class))
		w.tx(func(tx *gorm.DB) error {
			return tx.Exec("INSERT INTO assignments (id, class_id, course_key, opens_at, due_at, results, assigned_by, created_at) VALUES (?, ?, 'c', ?, ?, 'at_once', ?, ?)",
				w.id(), class, w.clock.Now(), w.clock.Now(), w.id(), w.clock.Now()).Error
		})
		out, err := w.people.UndoRoster(ctx, w.admin, r.ImportID)
		require.NoError(t, err)
		var kept []string
		for _, k := range out.Kept {
			kept = append(kept, k.FullName+" "+k.Reason)
		}
		assert.Equal(t, []string{"Lê Bình has_work", "Lê Chi changed_since", "Lê Dân has_account"}, kept)
		assert.Equal(t, []string{"8C", "8D"}, out.Classes)
		assert.Equal(t, 3, out.Restored)
		assert.Equal(t, 4, w.count("persons", "1 = 1"))
		assert.Equal(t, 1, w.count("enrolments", "live = 1 AND person_id = ? AND class_id = ?", personByCode(w, "2200"), w.class[0][0]), "back where the pupil was")
		again, err := w.people.UndoRoster(ctx, w.admin, r.ImportID)
		require.NoError(t, err)
		assert.Equal(t, out.Kept, again.Kept)
	})
}

func TestUndoReachAndTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		head := w.actor(w.account("ht1", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0])))
		other := w.actor(w.account("ht2", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[1])))
		teacher := w.actor(w.account("cn1", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0])))
		second := w.actor(w.account("cn2", grant(models.RoleTeacher, models.ScopeClass, w.class[0][1])))
		officer := w.actor(w.account("cb1", grant(models.RoleCommuneOfficer, models.ScopeArea, w.commune)))
		take := func(actor models.Actor, target people.RosterTarget, row string) models.ID {
			r, err := w.roster(actor, target, row)
			require.NoError(t, err)
			require.True(t, r.Written, tally(r))
			return r.ImportID
		}
		mine := take(teacher, people.RosterTarget{ClassID: w.class[0][0]}, "2201;Lê An;05/09/2014;;;;;;")
		theirs := take(second, people.RosterTarget{ClassID: w.class[0][1]}, "2202;Lê Bình;05/09/2014;;;;;;")
		for _, c := range []struct {
			name  string
			actor models.Actor
			id    models.ID
			kind  models.Kind
		}{
			{"nobody", models.Actor{}, mine, models.KindUnauthenticated}, {"officer", officer, mine, models.KindForbidden},
			{"another school", other, mine, models.KindNotFound}, {"another class", second, mine, models.KindNotFound},
			{"unknown", head, w.id(), models.KindNotFound},
			{"own class, though another class was imported later", teacher, mine, ""},
			{"the school's admin", head, theirs, ""},
		} {
			_, err := w.people.UndoRoster(ctx, c.actor, c.id)
			assert.Equal(t, c.kind, models.KindOf(err), c.name)
		}
		_, err := w.people.RosterImports(ctx, teacher, w.school[0], models.ID{})
		assert.Equal(t, models.KindNotFound, models.KindOf(err), "a school's list is not a teacher's")
		list, err := w.people.RosterImports(ctx, teacher, models.ID{}, w.class[0][0])
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.NotNil(t, list[0].UndoneAt)

		whole := take(head, people.RosterTarget{SchoolID: w.school[0]}, "2203;Lê Chi;05/09/2014;;6A1;;;;")
		_, err = w.people.UndoRoster(ctx, teacher, whole)
		assert.Equal(t, models.KindNotFound, models.KindOf(err), "a teacher does not take the school's back")
		w.clock.Add(people.UndoFor)
		_, err = w.people.UndoRoster(ctx, head, whole)
		assert.Equal(t, models.KindClosed, models.KindOf(err))
		w.clock.Add(time.Second)
		_, err = w.people.Sweep(ctx)
		require.NoError(t, err)
		assert.Zero(t, w.count("roster_imports", "undo_doc IS NOT NULL OR kept_doc IS NOT NULL"), "what was kept of persons is gone")
	})
}

// Several who take the same import back at once do it once.
func TestUndoAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, err := w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0]}, "2201;Lê An;05/09/2014;;6A1;;;;", "2202;Lê Bình;05/09/2014;;8C;;;;")
		require.NoError(t, err)
		var wg sync.WaitGroup
		already := make([]bool, 4)
		for i := range already {
			wg.Go(func() {
				out, err := w.people.UndoRoster(ctx, w.admin, r.ImportID)
				assert.NoError(t, err)
				assert.Equal(t, 2, out.Restored)
				already[i] = out.Already
			})
		}
		wg.Wait()
		slices.SortFunc(already, func(a, b bool) int {
			if a == b {
				return 0
			} else if a {
				return 1
			}
			return -1
		})
		assert.Equal(t, []bool{false, true, true, true}, already)
		assert.Zero(t, w.count("persons", "1 = 1")+w.count("enrolments", "1 = 1"))
	})
}

// What an administrator brings to one class, and changes another one, is not the
// first class's teacher's to take back.
func TestImportBeyondItsClassIsTheSchools(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		teacher := w.actor(w.account("cn1", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0])))
		target := people.RosterTarget{ClassID: w.class[0][0]}
		r, err := w.roster(w.admin, target, "2201;Lê An;05/09/2014;;6A1;;;;", "2202;Lê Bình;05/09/2014;;7B;;;;")
		require.NoError(t, err)
		_, err = w.people.UndoRoster(ctx, teacher, r.ImportID)
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		own, err := w.roster(w.admin, target, "2203;Lê Chi;05/09/2014;;6A1;;;;")
		require.NoError(t, err)
		_, err = w.people.UndoRoster(ctx, teacher, own.ImportID)
		assert.NoError(t, err)
	})
}

// An import that is sent again under its id answers as the first did; one whose
// preview is out of date writes nothing.
func TestRosterRepeatsAndExpectations(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		target := people.RosterTarget{SchoolID: w.school[0], ID: w.id(), FileName: "Danh sách 6A1.xlsx"}
		row := "2201;Lê An;05/09/2014;;6A1;;;;"
		dry := target
		dry.DryRun = true
		preview, err := w.roster(w.admin, dry, row)
		require.NoError(t, err)
		target.Expect = preview.Plan
		first, err := w.roster(w.admin, target, row)
		require.NoError(t, err)
		again, err := w.roster(w.admin, target, row)
		require.NoError(t, err)
		assert.True(t, again.Already)
		assert.Equal(t, tally(first), tally(again))
		assert.Equal(t, 1, w.count("roster_imports", "file_hash <> '' AND file_name_hash <> '' AND new_count = 1"))

		target.SchoolID = w.school[1]
		_, err = w.roster(w.admin, target, row)
		assert.Equal(t, "id_taken", models.CodeOf(err))
		_, err = w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0], Expect: preview.Plan}, row)
		assert.Equal(t, "roster_changed", models.CodeOf(err), "somebody wrote the pupil since the preview")
		same, err := w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0]}, row)
		require.NoError(t, err)
		assert.True(t, same.ImportID.IsZero(), "nothing changed: nothing to take back")
		assert.Equal(t, 1, w.count("roster_imports", "1 = 1"))
	})
}

// Two who saw the same preview and press at once: one writes, the other is told.
func TestOneOfTwoImportsWins(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rows := func(name string) (list []string) {
			for i := range 60 {
				list = append(list, fmt.Sprintf("22%04d;%s;05/09/2014;;6K;;;;", i, name))
			}
			return list
		}
		target := people.RosterTarget{SchoolID: w.school[0], DryRun: true}
		var wg sync.WaitGroup
		results := make([]string, 2)
		for n, name := range []string{"Lê An", "Lê Bình"} {
			preview, err := w.roster(w.admin, target, rows(name)...)
			require.NoError(t, err)
			wg.Go(func() {
				_, err := w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0], Expect: preview.Plan}, rows(name)...)
				results[n] = models.CodeOf(err)
			})
		}
		wg.Wait()
		slices.Sort(results)
		assert.Equal(t, []string{"", "roster_changed"}, results)
		assert.Equal(t, 60, w.count("persons", "1 = 1"))
		assert.Contains(t, []int{0, 60}, w.count("persons", "full_name = 'Lê An'"), "all of one file")
		assert.Equal(t, 60, w.count("enrolments", "live = 1"))
		assert.Equal(t, 1, w.count("roster_imports", "1 = 1"))
	})
}

// Whatever a file does, taking it back leaves what was there.
func TestUndoRestoresAnyImport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		random := rand.New(rand.NewPCG(7, 11))
		pick := func(list ...string) string { return list[random.IntN(len(list))] }
		for round := range 12 {
			var rows []string
			for i := range 30 {
				if random.IntN(3) == 0 {
					continue
				}
				rows = append(rows, fmt.Sprintf("22%04d;%s;0%d/09/2014;%s;%s;;;%s;%s", i, pick("Lê An", "Lê Ân", "Trần Bình"), 1+random.IntN(2),
					pick("Nam", "Nữ", ""), pick("6A1", "7B", fmt.Sprintf("8%c", 'A'+rune(round))), pick("", "", "Đang học", "Chuyển đi"), pick("", "H1", "H2")))
			}
			before := w.rosterState()
			w.clock.Add(time.Minute)
			target := people.RosterTarget{SchoolID: w.school[0], Complete: random.IntN(2) == 0}
			r, err := w.roster(w.admin, target, rows...)
			require.NoError(t, err)
			require.Empty(t, r.Errors)
			if r.ImportID.IsZero() {
				continue
			}
			repeat, err := w.roster(w.admin, target, rows...)
			require.NoError(t, err)
			require.Zero(t, repeat.New+repeat.Changed+repeat.Left, "the same file again")
			if round%3 == 2 {
				continue // stays, for the next ones to build on
			}
			_, err = w.people.UndoRoster(ctx, w.admin, r.ImportID)
			require.NoError(t, err)
			require.Equal(t, before, w.rosterState(), "round %d", round)
		}
	})
}
