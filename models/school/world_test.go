package school_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/people/peopletest"
	"nhaso/models/place"
	"nhaso/models/school"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

var cheap = people.NewHasher(people.Cost{MemoryKiB: 64, Passes: 1, Parallel: 4})

const password = "mật khẩu dài"

// world is two schools in June 2026, at the end of the year 2025-2026.
type world struct {
	t      testing.TB
	db     *store.DB
	clock  *storetest.Clock
	people *people.People
	s      *school.Schools
	school [2]models.ID
	boss   [2]models.Actor
	class  map[string]models.ID // of the first school, by name; "b.6A" of the second
	n      int
}

const oldYear, newYear = "2025-2026", "2026-2027"

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, newWorld(t, db, clock)) })
}

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock) *world {
	clock.Add(time.Date(2026, 6, 10, 3, 0, 0, 0, time.UTC).Sub(clock.Now()))
	w := &world{t: t, db: db, clock: clock, people: people.New(db, cheap, people.Options{}), class: map[string]models.ID{}}
	w.s = school.New(db, learning.New(db, learning.Options{Secret: []byte("x")}))
	w.tx(func(tx *gorm.DB) error {
		for i, name := range []string{"Trường THCS Hà Tu", "Trường THCS Cao Xanh"} {
			w.school[i] = w.id()
			require.NoError(t, tx.Exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, ?, ?, ?, 'thcs', ?, ?)",
				w.school[i], name, name, models.Fold(name), w.id(), clock.Now()).Error)
			w.boss[i] = models.Actor{Account: w.id(), Name: "Hiệu trưởng", Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: w.school[i]}}}
		}
		return nil
	})
	for _, name := range []string{"6A", "7A", "8A", "9A"} {
		w.class[name] = w.newClass(0, oldYear, name)
		w.class["b."+name] = w.newClass(1, oldYear, name)
	}
	return w
}

func (w *world) id() models.ID { return models.NewID(w.clock.Now()) }

func (w *world) tx(fn func(tx *gorm.DB) error) {
	w.t.Helper()
	require.NoError(w.t, w.db.Tx(ctx, fn))
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	w.tx(func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error })
}

func (w *world) newClass(at int, year, name string) models.ID {
	w.t.Helper()
	var c place.Class
	w.tx(func(tx *gorm.DB) (err error) {
		c, _, err = place.EnsureClass(tx, w.school[at], year, 0, name, w.clock.Now())
		return err
	})
	return c.ID
}

// pupil makes somebody with a ministry code and an account in a class.
func (w *world) pupil(class string) people.Person {
	w.t.Helper()
	w.n++
	var made people.Person
	w.tx(func(tx *gorm.DB) error {
		var err error
		made, err = people.CreatePerson(tx, people.NewPerson{FullName: "Trần Thị " + string(rune('A'+w.n/26)) + string(rune('a'+w.n%26)), BirthDate: "2013-05-06",
			MinistryCode: fmt.Sprintf("22%08d", w.n)}, w.clock.Now())
		if err != nil {
			return err
		}
		return peopletest.Enrol(tx, made.ID, w.class[class], "2025-09-05", w.clock.Now())
	})
	_, err := w.people.CreateAccount(ctx, models.System(), people.NewAccount{DisplayName: made.FullName, Username: fmt.Sprintf("hs%d", w.n),
		Password: password, PersonID: made.ID, Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}})
	require.NoError(w.t, err)
	return made
}

func (w *world) count(table, where string, args ...any) int {
	w.t.Helper()
	var n int
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM "+table+" WHERE "+where, args...).Scan(&n).Error)
	return n
}

// where names the class a person goes to now, "" for none.
func (w *world) where(p people.Person) string {
	w.t.Helper()
	var list []struct {
		Name     string
		SchoolID models.ID
	}
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT c.name, c.school_id FROM enrolments e JOIN school_classes c ON c.id = e.class_id"+
		" WHERE e.person_id = ? AND e.live = 1", p.ID).Scan(&list).Error)
	if len(list) == 0 {
		return ""
	}
	if list[0].SchoolID != w.school[0] {
		return "b." + list[0].Name
	}
	return list[0].Name
}

// bigSchool is a school of 54 classes with 45 pupils each, and its proposal.
func bigSchool(t testing.TB) (*world, school.RollOver) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	for i := range 54 {
		class := w.newClass(0, oldYear, fmt.Sprintf("%dB%d", 6+i%4, i/4+1))
		w.tx(func(tx *gorm.DB) error {
			var list []people.NewPerson
			for j := range 45 {
				list = append(list, people.NewPerson{FullName: fmt.Sprintf("Lê Văn %d %d", i, j), MinistryCode: fmt.Sprintf("%d-%d", i, j)})
			}
			made, err := people.CreatePersons(tx, list, clock.Now())
			if err != nil {
				return err
			}
			var rows []people.NewEnrolment
			for _, p := range made {
				rows = append(rows, people.NewEnrolment{PersonID: p.ID, SchoolID: w.school[0], ClassID: class, SchoolYear: oldYear, FromDate: "2025-09-05"})
			}
			return people.EnrolMany(tx, rows, clock.Now())
		})
	}
	return w, w.proposed()
}

func (w *world) signsIn(n int, secret string) bool {
	w.t.Helper()
	_, err := w.people.SignIn(ctx, people.Credentials{Username: fmt.Sprintf("hs%d", n), Password: secret})
	if err != nil {
		require.Equal(w.t, models.KindUnauthenticated, models.KindOf(err))
	}
	return err == nil
}
