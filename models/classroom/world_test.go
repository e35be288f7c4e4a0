package classroom_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/people"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

var ctx = context.Background()

func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	_ = flag.Set("rapid.nofailfile", "true")
	if !set {
		_ = flag.Set("rapid.checks", "4") // each check is a lesson on two real databases
	}
	os.Exit(m.Run())
}

func build(db *store.DB, away bool) *seeds.House {
	return seeds.Build(db, seeds.Wiring{Away: away, Cost: &people.Cost{MemoryKiB: 64, Passes: 1, Parallel: 2, Queue: 100}})
}

// world is a province's server with a class of the given size twice: 7A takes
// its lessons on a laptop, 7B on the server. Pupil i of the one is matched by
// pupil i of the other.
type world struct {
	t        require.TestingT
	clock    *storetest.Clock // of the server
	house    *seeds.House
	admin    models.Actor // of the school
	teacher  models.Actor // of 7A, with an account
	other    models.Actor // teacher of 7B
	school   models.ID
	classA   models.ID
	classB   models.ID
	pupilsA  []seeds.Pupil
	pupilsB  []seeds.Pupil
	password string

	unregistered int // see differences

	laptop *laptop
}

// laptop is a classroom laptop with a database of its own.
type laptop struct {
	id    models.ID
	db    *store.DB
	house *seeds.House
	clock *storetest.Clock
}

func (w *world) room() *classroom.Classroom { return w.house.Classroom }

func newWorld(t require.TestingT, tb testing.TB, db *store.DB, clock *storetest.Clock, pupils int) *world {
	w := &world{t: t, clock: clock, house: build(db, false), password: "co giao lan 7A"}
	room, err := w.house.NewClassroom(ctx, 2*pupils)
	require.NoError(t, err)
	w.classA, w.school = room.Class.ID, room.Class.SchoolID
	w.classB = models.NewID(clock.Now())
	w.pupilsA, w.pupilsB = room.Pupils[:pupils], room.Pupils[pupils:]
	w.exec(`INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) SELECT ?, school_id, school_year, grade, '7B', created_at
		FROM school_classes WHERE id = ?`, w.classB, w.classA)
	for _, p := range w.pupilsB {
		w.exec("UPDATE enrolments SET class_id = ? WHERE person_id = ?", w.classB, p.Person)
	}
	// The builder has let everybody read one course in a lesson of their own.
	for _, table := range []string{"lesson_progress", "session_participants", "lesson_sessions"} {
		w.exec("DELETE FROM " + table)
	}
	account, err := w.house.People.CreateAccount(ctx, w.house.System, people.NewAccount{Username: "colan", DisplayName: "Cô Lan", Password: w.password,
		Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.classA}}})
	require.NoError(t, err)
	w.teacher = models.Actor{Account: account.ID, Name: "Cô Lan", Grants: account.Grants}
	w.other = models.Actor{Account: models.NewID(clock.Now()), Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.classB}}}
	w.admin = models.Actor{Account: models.NewID(clock.Now()), Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: w.school}}}
	_, err = w.house.People.CreateStudentAccounts(ctx, w.house.System, w.classA)
	require.NoError(t, err)
	return w
}

func (w *world) exec(sql string, args ...any) {
	require.NoError(w.t, w.house.DB.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
}

func (w *world) count(sql string, args ...any) (n int) {
	require.NoError(w.t, w.house.DB.Read(ctx).Raw(sql, args...).Scan(&n).Error)
	return n
}

// newLaptop makes a laptop, not enrolled, whose clock shows the server's time.
func (w *world) newLaptop(tb testing.TB) *laptop {
	l := &laptop{clock: storetest.NewClock()}
	l.clock.Add(w.clock.Now().Sub(l.clock.Now()))
	l.db = storetest.SQLite(tb, l.clock.Now)
	l.house = build(l.db, true)
	l.house.Catalog = w.house.Catalog
	return l
}

// enrol enrols a laptop for 7A by code and loads its first class pack.
func (w *world) enrol(l *laptop) {
	keys, err := l.house.Classroom.Prepare(ctx)
	require.NoError(w.t, err)
	row, code, err := w.room().Register(ctx, w.teacher, classroom.NewLaptop{ID: models.NewID(w.clock.Now()), Name: "Máy cô Lan", Classes: []models.ID{w.classA}})
	require.NoError(w.t, err)
	answer, err := w.room().Enrol(ctx, code, keys)
	require.NoError(w.t, err)
	require.Equal(w.t, row.ID, answer.LaptopID)
	require.NoError(w.t, l.house.Classroom.Joined(ctx, "http://127.0.0.1:1", answer))
	l.id = row.ID
	w.load(l)
}

// load takes the class pack of today to the laptop.
func (w *world) load(l *laptop) classroom.LoadReport {
	pack, err := w.room().Pack(ctx, w.teacher, l.id)
	require.NoError(w.t, err)
	report, err := l.house.Classroom.LoadPack(ctx, bytes.NewReader(pack))
	require.NoError(w.t, err)
	return report
}

// withLaptop is newWorld with an enrolled laptop.
func withLaptop(t require.TestingT, tb testing.TB, db *store.DB, clock *storetest.Clock, pupils int) *world {
	w := newWorld(t, tb, db, clock, pupils)
	w.laptop = w.newLaptop(tb)
	w.enrol(w.laptop)
	return w
}

// tick moves both clocks.
func (w *world) tick(d time.Duration) {
	w.clock.Add(d)
	if w.laptop != nil {
		w.laptop.clock.Add(d)
	}
}

// wire is the way from the laptop to the server, which a test may cut.
type wire struct {
	w    *world
	send func(batch []byte, through func([]byte) ([]byte, error)) ([]byte, error)
}

// Send implements classroom.Carrier.
func (x wire) Send(ctx context.Context, _ string, batch []byte) ([]byte, error) {
	if x.send == nil {
		return x.w.deliver(batch)
	}
	return x.send(batch, x.w.deliver)
}

func (w *world) deliver(batch []byte) ([]byte, error) {
	r, err := w.room().Apply(ctx, batch, classroom.ViaNetwork)
	if err != nil {
		return nil, err
	}
	return encode(r), nil
}

// reopen opens a database file that is there already.
func reopen(t *testing.T, path string, clock *storetest.Clock) *store.DB {
	t.Helper()
	db, err := store.Open(ctx, "sqlite:"+path, clock.Now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
