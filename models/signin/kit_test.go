package signin_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/people/peopletest"
	"nhaso/models/signin"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

// cheap keeps hashing out of the way of what is tested; its two turns are those
// of the real one.
var cheap = people.NewHasher(people.Cost{MemoryKiB: 64, Passes: 1, Parallel: 2})

// world is two classes of one school with a teacher each.
type world struct {
	t        *testing.T
	db       *store.DB
	clock    *storetest.Clock
	people   *people.People
	learning *learning.Learning
	signin   *signin.SignIn
	class    [2]models.ID
	teacher  [2]models.Actor
	cards    map[models.ID]people.Card // by person
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, newWorld(t, db, clock)) })
}

func newWorld(t *testing.T, db *store.DB, clock *storetest.Clock) *world {
	w := &world{t: t, db: db, clock: clock, people: people.New(db, cheap, people.Options{}), learning: learning.New(db, learning.Options{Secret: []byte("test")}),
		cards: map[models.ID]people.Card{}}
	w.signin = signin.New(db, w.people, w.learning)
	school := w.id()
	w.exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, 'S1', 'THCS Ba Chẽ', 'thcs ba che', 'thcs', ?, ?)",
		school, w.id(), clock.Now())
	for i, name := range []string{"7A", "7B"} {
		w.class[i] = w.id()
		w.exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, '2026-2027', 7, ?, ?)",
			w.class[i], school, name, clock.Now())
		w.teacher[i] = models.Actor{Account: w.id(), Name: "Cô " + name, Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.class[i]}}}
	}
	return w
}

func (w *world) id() models.ID { return models.NewID(w.clock.Now()) }

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
}

func (w *world) count(table, where string, args ...any) (n int) {
	w.t.Helper()
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM "+table+" WHERE "+where, args...).Scan(&n).Error)
	return n
}

// pupil enrols somebody in class i without a card.
func (w *world) pupil(name string, i int) models.ID {
	w.t.Helper()
	var made people.Person
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) (err error) {
		if made, err = people.CreatePerson(tx, people.NewPerson{FullName: name}, w.clock.Now()); err != nil {
			return err
		}
		return peopletest.Enrol(tx, made.ID, w.class[i], "2026-09-05", w.clock.Now())
	}))
	return made.ID
}

// print makes cards for a class, or for some of it.
func (w *world) print(i int, persons ...models.ID) {
	w.t.Helper()
	cards, err := w.people.IssueCards(ctx, w.teacher[i], w.class[i], persons)
	require.NoError(w.t, err)
	for _, c := range cards {
		w.cards[c.PersonID] = c
	}
}

func (w *world) open(i int) learning.Session {
	w.t.Helper()
	s, err := w.learning.OpenSession(ctx, w.teacher[i], learning.NewSession{ID: w.id(), ClassID: w.class[i], Minutes: 45})
	require.NoError(w.t, err)
	return s
}

// right and wrong are the entry with the card's secret, and with another.
func (w *world) right(code string, person models.ID) signin.Entry {
	return signin.Entry{Code: code, Person: person, Secret: w.cards[person].Secret}
}

func (w *world) wrong(code string, person models.ID) signin.Entry {
	e := w.right(code, person)
	e.Secret = e.Secret[1:] + e.Secret[:1] // another order of the same: never the secret itself, which has no pairs of one digit
	if e.Secret == w.cards[person].Secret {
		e.Secret = "no"
	}
	return e
}

func (w *world) actor(s people.Session) models.Actor {
	w.t.Helper()
	a, err := w.people.ActorOf(ctx, s.Account.ID, s.Epoch)
	require.NoError(w.t, err)
	a.Lesson = s.Lesson
	return a
}
