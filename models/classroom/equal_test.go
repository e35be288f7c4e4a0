package classroom_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/household"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// households gives every pupil a household of their own that nobody covers.
func (w *world) households() {
	var village struct{ ID models.ID }
	now := w.clock.Now()
	village.ID = models.NewID(now)
	w.exec(`INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, created_at) VALUES (?,'V-1','thon','Khe Cát','khe cat','2025-07-01','9999-12-31',?)`, village.ID, now)
	w.exec(`INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason) SELECT ?,'2025-07-01','9999-12-31', commune_id, '' FROM schools LIMIT 1`, village.ID)
	for _, p := range append(append([]seeds.Pupil{}, w.pupilsA...), w.pupilsB...) {
		id := models.NewID(now)
		w.exec(`INSERT INTO households (id, code, village_id, village_since, head_name, head_fold, head_sort, state, known, covered, version, created_at, updated_at)
			VALUES (?, ?, ?, '2025-07-01', 'Chủ hộ', 'chu ho', 'x', 'active', 0, 0, 1, ?, ?)`, id, models.NewCode(7), village.ID, now, now)
		w.exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_role, claimed_at, decided_name, decided_role, reason, from_date, to_date)
			VALUES (?, ?, ?, 'child', 'confirmed', 1, 'student', ?, '', '', '', '2026-08-01', '9999-12-31')`, models.NewID(now), id, p.Person, now)
		require.NoError(w.t, w.house.DB.Tx(ctx, func(tx *gorm.DB) error { return household.Recount(tx, id, "link", id, now) }))
	}
}

// nearlyDone lets the first pupil of both classes pass four of the five skills
// on the server, before anything happens on the laptop.
func (w *world) nearlyDone() {
	for _, class := range []struct {
		id      models.ID
		teacher models.Actor
		pupil   seeds.Pupil
	}{{w.classA, w.teacher, w.pupilsA[0]}, {w.classB, w.other, w.pupilsB[0]}} {
		s, err := w.house.Learning.OpenSession(ctx, class.teacher, learning.NewSession{ID: models.NewID(w.clock.Now()), ClassID: class.id, Minutes: 45})
		require.NoError(w.t, err)
		require.NoError(w.t, w.house.PassSkills(ctx, class.pupil, s, "thcs", "public_services", "online_shopping", "online_payment", "local_platforms"))
		_, err = w.house.Learning.CloseSession(ctx, class.teacher, s.ID)
		require.NoError(w.t, err)
	}
	// What came before the lesson is not compared: each was asked something else.
	w.exec("DELETE FROM lesson_progress WHERE course_key LIKE 'self%'")
	w.clock.Add(time.Minute)
}

// differences counts where the counters disagree with the households. The
// households of this world came without a register, so it is not zero.
func (w *world) differences() int {
	_, err := w.house.Coverage.Fold(ctx)
	require.NoError(w.t, err)
	verified, err := w.house.Coverage.Verify(ctx, household.Recounter())
	require.NoError(w.t, err)
	return verified.Differences
}

var errCut = errors.New("the line was cut")

// lossy is a line that fails before the batch arrives, or after it was taken
// and before the receipt came back, as the dice say.
func (w *world) lossy(rt *rapid.T) wire {
	return wire{w, func(batch []byte, through func([]byte) ([]byte, error)) ([]byte, error) {
		switch rapid.IntRange(0, 5).Draw(rt, "line") {
		case 0:
			return nil, errCut
		case 1:
			_, err := through(batch)
			return nil, errors.Join(err, errCut)
		case 2:
			if _, err := through(batch); err != nil {
				return nil, err
			}
		}
		return through(batch)
	}}
}

// stick carries all waiting batches in a file, perhaps twice, perhaps without
// bringing the receipts back.
func (w *world) stick(rt *rapid.T) {
	var file bytes.Buffer
	if _, err := w.laptop.house.Classroom.Export(ctx, &file); models.CodeOf(err) == "nothing_to_send" {
		return
	} else {
		require.NoError(rt, err)
	}
	var report classroom.FileReport
	for range rapid.IntRange(1, 2).Draw(rt, "loads") {
		var err error
		report, err = w.room().ApplyFile(ctx, w.teacher, bytes.NewReader(file.Bytes()))
		require.NoError(rt, err)
		require.Equal(rt, report.Batches, report.New+report.Again)
	}
	if rapid.Bool().Draw(rt, "receipts") {
		var back bytes.Buffer
		require.NoError(rt, classroom.WriteReceipts(&back, report.Receipts))
		_, err := w.laptop.house.Classroom.ImportReceipts(ctx, &back)
		require.NoError(rt, err)
	}
}

const course = "self_protection-thcs"

// lessonStep does one random thing in both classes.
func lessonStep(rt *rapid.T, n int, sides [2]*side, open []*learning.Attempt) {
	i := rapid.IntRange(0, len(open)/2-1).Draw(rt, "pupil")
	what := rapid.SampledFrom([]string{"lessons", "lesson", "start", "answer", "submit", "practise", "play", "report"}).Draw(rt, "what")
	wrong := rapid.SampledFrom([]int{0, 0, 1, 9}).Draw(rt, "wrong")
	right := rapid.Bool().Draw(rt, "right")
	for k, s := range sides {
		at := &open[i*2+k]
		switch {
		case what == "lessons":
			s.lessons(i, course)
		case what == "lesson":
			s.lesson(i, course, n, int64(10+n))
		case what == "practise":
			s.practise(i, course, n, right)
		case what == "play":
			s.play(i, course, !right, 1000+n*7)
		case what == "report":
			c, _ := s.house.Catalog.Course(course)
			for _, q := range c.Questions {
				if q.Use == "practice" {
					require.NoError(rt, s.house.Learning.ReportQuestion(ctx, s.pupils[i].Actor(), learning.QuestionReport{ID: s.id(), CourseKey: course,
						QuestionKey: q.Key, Place: "practice", Reason: "unclear", Note: "Em không hiểu"}))
					break
				}
			}
		case what == "start" && *at == nil:
			a := s.start(string(rune('a'+i))+"-"+time.Duration(n).String(), i, course)
			*at = &a
		case what == "answer" && *at != nil:
			s.answer(i, **at, wrong, 0)
			(*at).LastSeq += len((*at).Items)
		case what == "submit" && *at != nil:
			s.submit(i, **at)
			*at = nil
		}
	}
}

// The promise of the room: whatever happens in a lesson on the laptop, however
// its batches are cut, repeated and carried, in the end the province has what
// it would have had if the lesson had been held on its server: every attempt
// with every answer, passes, certificates, households and the ledger.
func TestHomecomingEqualsOnline(t *testing.T) {
	for name, open := range map[string]func(testing.TB, models.Clock) *store.DB{"sqlite": storetest.SQLite, "mysql": storetest.MySQL} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { // a database of its own for every lesson
				clock := storetest.NewClock()
				homecoming(rt, t, open(t, clock.Now), clock)
			})
		})
	}
}

func homecoming(rt *rapid.T, t *testing.T, db *store.DB, clock *storetest.Clock) {
	const pupils = 3
	w := newWorld(rt, t, db, clock, pupils)
	w.households()
	w.nearlyDone()
	w.laptop = w.newLaptop(t)
	w.enrol(w.laptop)
	start := w.clock.Now()
	w.unregistered = w.differences()
	w.tick(time.Minute)
	laptop := w.onLaptop()
	sides := [2]*side{laptop, w.onServer(laptop)}
	for _, s := range sides {
		s.open()
		for i := range pupils {
			s.join(i)
		}
	}
	open := make([]*learning.Attempt, 2*pupils)
	for n := range rapid.IntRange(6, 14).Draw(rt, "steps") {
		w.tick(time.Duration(rapid.IntRange(1, 200).Draw(rt, "seconds")) * time.Second)
		lessonStep(rt, n, sides, open)
		switch rapid.IntRange(0, 5).Draw(rt, "carry") {
		case 0:
			_, _ = w.laptop.house.Classroom.Push(ctx, w.lossy(rt)) // may be cut, that is the point
		case 1:
			w.stick(rt)
		}
	}
	w.tick(time.Minute)
	for _, s := range sides {
		s.end()
	}
	w.tick(time.Hour)
	for try := 0; ; try++ {
		require.Less(rt, try, 60, "the laptop does not come home")
		report, err := w.laptop.house.Classroom.Push(ctx, w.lossy(rt))
		if err == nil && report.Waiting == 0 {
			break
		}
		require.True(rt, err == nil || errors.Is(err, errCut), "%v", err)
	}
	assertHome(rt, w, start)
}

func assertHome(rt require.TestingT, w *world, start time.Time) {
	a, b := w.picture(w.classA, w.pupilsA, start), w.picture(w.classB, w.pupilsB, start)
	for name, want := range b {
		require.Equal(rt, want, a[name], name)
	}
	require.Len(rt, a, len(b))
	proofs, err := w.house.Learning.CheckProofs(ctx, models.System())
	require.NoError(rt, err)
	assert.Zero(rt, proofs.Broken, "%+v", proofs)
	assert.Equal(rt, w.unregistered, w.differences(), "the counters agree with the households as before")
	// And a file of everything, once more, changes nothing.
	before := w.count("SELECT COUNT(*) FROM answers") + w.count("SELECT COUNT(*) FROM laptop_receipts")
	_, _ = w.laptop.house.Classroom.Push(ctx, wire{w: w})
	assert.Equal(rt, before, w.count("SELECT COUNT(*) FROM answers")+w.count("SELECT COUNT(*) FROM laptop_receipts"))
	assert.Zero(rt, w.laptop.passes(), "a laptop decides over nothing")
}

func (l *laptop) passes() (n int) {
	_ = l.db.Read(ctx).Raw("SELECT COUNT(*) FROM skill_passes WHERE skill = 'self_protection'").Scan(&n).Error
	return n
}
