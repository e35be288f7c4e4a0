package people_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/people/peopletest"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

// cheap keeps hashing out of the way of what is tested.
var cheap = people.NewHasher(people.Cost{MemoryKiB: 64, Passes: 1, Parallel: 4})

const password = "mật khẩu dài"

// world is a province with two schools of two classes each.
type world struct {
	t       *testing.T
	db      *store.DB
	clock   *storetest.Clock
	people  *people.People
	admin   models.Actor
	commune models.ID
	school  [2]models.ID
	class   [2][2]models.ID
}

// each runs a test on every database with a fresh world.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, newWorld(t, db, clock)) })
}

func newWorld(t *testing.T, db *store.DB, clock *storetest.Clock) *world {
	w := &world{t: t, db: db, clock: clock, people: people.New(db, cheap, people.Options{}), admin: models.System()}
	province := w.id()
	w.commune = w.id()
	w.tx(func(tx *gorm.DB) error {
		area := func(id, parent any, code, level string) {
			require.NoError(t, tx.Exec("INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)"+
				" VALUES (?, ?, ?, ?, ?, 'x', 'x', 'x', 'x', '2025-07-01', '9999-12-31', 'test')", id, code, parent, province, level).Error)
		}
		area(province, nil, "22", "province")
		area(w.commune, province, "06652", "commune")
		for i, name := range []string{"Trường THCS Hà Tu", "Trường THCS Cao Xanh"} {
			w.school[i] = w.id()
			require.NoError(t, tx.Exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, ?, ?, ?, 'thcs', ?, ?)",
				w.school[i], name, name, models.Fold(name), w.commune, clock.Now()).Error)
			for j, class := range []string{"6A1", "7B"} {
				w.class[i][j] = w.id()
				require.NoError(t, tx.Exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, '2026-2027', ?, ?, ?)",
					w.class[i][j], w.school[i], 6+j, class, clock.Now()).Error)
			}
		}
		return nil
	})
	return w
}

func (w *world) id() models.ID { return models.NewID(w.clock.Now()) }

func (w *world) tx(fn func(tx *gorm.DB) error) {
	w.t.Helper()
	require.NoError(w.t, w.db.Tx(ctx, fn))
}

// pupil makes a person in a class.
func (w *world) pupil(name string, class models.ID) people.Person {
	w.t.Helper()
	var made people.Person
	w.tx(func(tx *gorm.DB) error {
		var err error
		if made, err = people.CreatePerson(tx, people.NewPerson{FullName: name}, w.clock.Now()); err != nil {
			return err
		}
		return peopletest.Enrol(tx, made.ID, class, "2026-09-05", w.clock.Now())
	})
	return made
}

func grant(role models.Role, scope models.ScopeKind, at models.ID) models.Grant {
	return models.Grant{Role: role, Scope: scope, At: at}
}

var (
	adminGrant   = grant(models.RoleAdmin, models.ScopeAll, models.ID{})
	studentGrant = grant(models.RoleStudent, models.ScopeSelf, models.ID{})
)

// account makes an account with the password of the tests.
func (w *world) account(username string, grants ...models.Grant) people.Account {
	w.t.Helper()
	a, err := w.people.CreateAccount(ctx, w.admin, people.NewAccount{
		Username: username, DisplayName: "Người " + username, Password: password, Grants: grants,
	})
	require.NoError(w.t, err)
	return a
}

// pupilAccount makes the account of a pupil.
func (w *world) pupilAccount(username string, person people.Person) people.Account {
	w.t.Helper()
	a, err := w.people.CreateAccount(ctx, w.admin, people.NewAccount{
		Username: username, DisplayName: person.FullName, Password: password, PersonID: person.ID, Grants: []models.Grant{studentGrant},
	})
	require.NoError(w.t, err)
	return a
}

// actor is whoever the account is, as a request would know it.
func (w *world) actor(a people.Account) models.Actor {
	return models.Actor{Account: a.ID, Person: a.PersonID, Name: a.DisplayName, Grants: a.Grants}
}

// count counts rows of a table.
func (w *world) count(table, where string, args ...any) int {
	w.t.Helper()
	var n int
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM "+table+" WHERE "+where, args...).Scan(&n).Error)
	return n
}

// newWorldSQLite is a world for what does not depend on the database.
func newWorldSQLite(t *testing.T) *world {
	t.Helper()
	clock := storetest.NewClock()
	return newWorld(t, storetest.SQLite(t, clock.Now), clock)
}
