package classroom_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// each runs a test on both databases of the server, with an enrolled laptop.
func each(t *testing.T, pupils int, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		test(t, withLaptop(t, t, db, clock, pupils))
	})
}

// export answers the batches that wait on the laptop, one a line of the file.
func (l *laptop) export(t *testing.T) (file []byte, batches [][]byte) {
	t.Helper()
	var out bytes.Buffer
	n, err := l.house.Classroom.Export(ctx, &out)
	require.NoError(t, err)
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	require.Len(t, lines, n+2)
	return out.Bytes(), lines[1 : n+1]
}

// The chain through a laptop: the fifth skill is passed there, the certificate
// is issued and the household covered when the batch is applied, not before
// and once.
func TestTheFifthSkillComesHome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, t, db, clock, 2)
		w.households()
		w.nearlyDone()
		w.laptop = w.newLaptop(t)
		w.enrol(w.laptop)
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		s.join(0)
		s.lessons(0, course)
		a := s.quiz("fifth", 0, course, 0)
		mine, missing, err := w.laptop.house.Learning.MyCertificate(ctx, s.pupils[0].Actor())
		require.NoError(t, err)
		assert.Nil(t, mine, "the laptop issues nothing")
		assert.NotNil(t, missing)
		covered := func() int { return w.count("SELECT COALESCE(SUM(d_covered), 0) FROM coverage_ledger") }
		assert.Zero(t, covered())
		w.tick(3 * 24 * time.Hour) // the road home
		for range 3 {
			_, err = w.laptop.house.Classroom.Push(ctx, wire{w: w})
			require.NoError(t, err)
		}
		assert.Equal(t, 1, covered())
		assert.Equal(t, 1, w.count("SELECT COUNT(*) FROM certificates WHERE person_id = ? AND state = 'valid'", s.pupils[0].Person))
		assert.Equal(t, 1, w.count("SELECT COUNT(*) FROM skill_passes WHERE person_id = ? AND attempt_id = ?", s.pupils[0].Person, a.ID))
		status, err := w.laptop.house.Classroom.Status(ctx, w.teacher)
		require.NoError(t, err)
		assert.Equal(t, []int{2, 1, 1}, []int{status.Total, status.Safe, status.Counts[classroom.PupilNever]})
	})
}

// What a pupil did online meanwhile and on the laptop is merged: the farther
// place, done stays done, both quizzes, one pass.
func TestBothHousesAtOnce(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		s, pupil := w.onLaptop(), w.pupilsA[0]
		w.tick(time.Minute)
		s.open()
		s.join(0)
		s.lesson(0, course, 0, 50)
		s.quiz("laptop", 0, course, 0)
		// Online, the same day: another lesson, an older place in the first, a quiz.
		online, err := w.house.Learning.OpenSession(ctx, w.teacher, learning.NewSession{ID: models.NewID(w.clock.Now()), ClassID: w.classA, Minutes: 45})
		require.NoError(t, err)
		_, err = w.house.Learning.JoinSession(ctx, pupil.Actor(), online.Code)
		require.NoError(t, err)
		c, _ := w.house.Catalog.Course(course)
		_, err = w.house.Learning.PutProgress(ctx, pupil.Actor(), course, c.Lessons[0].Key, learning.Progress{Seq: 7, CardIndex: 1})
		require.NoError(t, err)
		for n, l := range c.Lessons[1:] {
			_, err = w.house.Learning.PutProgress(ctx, pupil.Actor(), course, l.Key, learning.Progress{Seq: int64(60 + n), CardIndex: len(l.Cards) - 1, Done: true})
			require.NoError(t, err)
		}
		open, err := w.house.Learning.StartAttempt(ctx, pupil.Actor(), learning.NewAttempt{ID: models.NewID(w.clock.Now()), CourseKey: course, SessionID: online.ID})
		require.NoError(t, err, "a quiz stands open on the server while the laptop comes home")
		_, err = w.laptop.house.Classroom.Push(ctx, wire{w: w})
		require.NoError(t, err)
		done := w.count("SELECT COUNT(*) FROM lesson_progress WHERE person_id = ? AND course_key = ? AND done_at IS NOT NULL", pupil.Person, course)
		assert.Equal(t, len(c.Lessons), done, "the last lesson was done on the laptop")
		assert.Equal(t, 50, w.count("SELECT seq FROM lesson_progress WHERE person_id = ? AND lesson_key = ?", pupil.Person, c.Lessons[0].Key))
		assert.Equal(t, 1, w.count("SELECT COUNT(*) FROM skill_passes WHERE person_id = ?", pupil.Person), "lessons here and there, quiz there: passed")
		_, err = w.house.Learning.Submit(ctx, pupil.Actor(), open.ID)
		require.NoError(t, err)
		assert.Equal(t, 2, w.count("SELECT COUNT(*) FROM attempts WHERE person_id = ? AND state = 'submitted'", pupil.Person))
		assert.Equal(t, 1, w.count("SELECT COUNT(*) FROM lesson_sessions WHERE laptop_id IS NULL AND closed_at IS NULL AND id = ?", online.ID), "the server's own lesson goes on")
	})
}

// Everything that is refused is refused whole, with the place and the reason.
func TestRefusals(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		s.join(0)
		s.quiz("one", 0, course, 1)
		file, batches := w.laptop.export(t)
		good := batches[0]
		rows := func() int {
			return w.count("SELECT (SELECT COUNT(*) FROM attempts) + (SELECT COUNT(*) FROM lesson_sessions) + (SELECT COUNT(*) FROM laptop_receipts)")
		}
		before := rows()
		refused := func(what string, raw []byte, kind models.Kind, want string) {
			t.Helper()
			_, err := w.room().Apply(ctx, raw, classroom.ViaNetwork)
			assert.Equal(t, kind, models.KindOf(err), what)
			assert.ErrorContains(t, err, want, what)
			assert.Equal(t, before, rows(), what)
		}
		for name, change := range map[string]func(b *classroom.Batch){
			"seq": func(b *classroom.Batch) { b.Seq, b.Prev = 2, strings.Repeat("a", 64) }, "made_at": func(b *classroom.Batch) { b.MadeAt = b.MadeAt.Add(time.Second) },
			"payload": func(b *classroom.Batch) { b.Payload[len(b.Payload)/2] ^= 1 }, "facts": func(b *classroom.Batch) { b.Facts++ },
		} {
			refused("altered "+name, altered(t, good, change), models.KindForbidden, "bad_signature")
		}
		refused("unknown laptop", altered(t, good, func(b *classroom.Batch) { b.Laptop = models.NewID(w.clock.Now()) }), models.KindForbidden, "laptop_unknown")
		refused("future version", altered(t, good, func(b *classroom.Batch) { b.Version = 9 }), models.KindInvalid, "future_version")
		refused("cut off", good[:len(good)-3], models.KindInvalid, "batch invalid")
		refused("two values", append(append([]byte{}, good...), good...), models.KindInvalid, "batch invalid")
		refused("a member twice", bytes.Replace(good, []byte(`{"v":1,`), []byte(`{"v":1,"v":1,`), 1), models.KindInvalid, "batch invalid")
		refused("too long", append(append([]byte{}, good...), bytes.Repeat([]byte(" "), 2<<20)...), models.KindInvalid, "too_long")
		for at := 0; at < len(good); at += 1 + len(good)/12 {
			changed := bytes.Clone(good)
			changed[at] ^= 1
			_, err := w.room().Apply(ctx, changed, classroom.ViaNetwork)
			assert.Contains(t, []models.Kind{models.KindInvalid, models.KindForbidden}, models.KindOf(err), "byte %d: %v", at, err)
			assert.Equal(t, before, rows(), "byte %d", at)
		}
		for at := range file {
			changed := bytes.Clone(file)
			changed[at] ^= 1
			if pieces, err := classroom.ReadResults(bytes.NewReader(changed)); err == nil {
				assert.Equal(t, batches, pieces, "byte %d of the file", at)
			}
		}
		w.exec("UPDATE laptops SET state = 'revoked' WHERE id = ?", w.laptop.id)
		refused("revoked", good, models.KindForbidden, "laptop_revoked")
		w.exec("UPDATE laptops SET state = 'active' WHERE id = ?", w.laptop.id)
		_, err := w.room().Apply(ctx, good, classroom.ViaNetwork)
		require.NoError(t, err, "and the same bytes are taken when nothing is wrong with them")
	})
}

func altered(t *testing.T, raw []byte, change func(*classroom.Batch)) []byte {
	t.Helper()
	b, err := classroom.ReadBatch(raw)
	require.NoError(t, err)
	change(b)
	out, err := json.Marshal(b)
	require.NoError(t, err)
	return out
}

// A laptop whose key was used to write what no lesson can have written is
// refused by the fact, and marked for the school.
func TestForgedFactsAreRefused(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		s.join(0)
		s.quiz("one", 0, course, 9)
		w.tick(time.Minute)
		foreign := w.pupilsB[0].Person
		for name, forge := range map[string]struct {
			change func(f *learning.Fact)
			want   string
		}{
			"another class's pupil":    {func(f *learning.Fact) { f.Joined.PersonID = foreign }, "person_id not_of_laptop"},
			"another class's session":  {func(f *learning.Fact) { f.Session.ClassID = w.classB }, "class_id not_of_laptop"},
			"a session of a whole day": {func(f *learning.Fact) { f.Session.ClosesAt = f.Session.OpenedAt.Add(24 * time.Hour) }, "over_four_hours"},
			"a session of nobody":      {func(f *learning.Fact) { f.Attempt.SessionID = models.NewID(w.clock.Now()) }, "not_of_laptop"},
			"answers after the end": {func(f *learning.Fact) {
				f.Attempt.Answers[0].SavedAt = f.Attempt.StartedAt.Add(30 * time.Second)
				f.Attempt.DeadlineAt = f.Attempt.StartedAt
			}, "after_deadline"},
			"a gap in the answers":      {func(f *learning.Fact) { f.Attempt.Answers = f.Attempt.Answers[1:] }, "out_of_range"},
			"one question ten times":    {func(f *learning.Fact) { f.Attempt.Items = repeatFirst(f.Attempt.Items) }, "not_by_blueprint"},
			"a course of another grade": {func(f *learning.Fact) { f.Session.CourseKey = "online_payment-thcs" }, "other_course_in_session"},
			"two contents in one fact":  {func(f *learning.Fact) { f.Drill = &learning.DrillFact{ID: f.Attempt.ID, PersonID: f.Attempt.PersonID} }, "invalid"},
		} {
			raw := w.laptop.forge(t, forge.change)
			before := w.count("SELECT (SELECT COUNT(*) FROM attempts) + (SELECT COUNT(*) FROM lesson_sessions) + (SELECT COUNT(*) FROM session_participants)")
			_, err := w.room().Apply(ctx, raw, classroom.ViaNetwork)
			assert.Equal(t, models.KindInvalid, models.KindOf(err), name)
			assert.ErrorContains(t, err, forge.want, name)
			assert.ErrorContains(t, err, "facts[", name)
			assert.Equal(t, before, w.count("SELECT (SELECT COUNT(*) FROM attempts) + (SELECT COUNT(*) FROM lesson_sessions) + (SELECT COUNT(*) FROM session_participants)"), name)
		}
		list, err := w.room().Laptops(ctx, w.teacher)
		require.NoError(t, err)
		assert.Equal(t, "invalid", list[0].Refused)
	})
}

func repeatFirst(items json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(items, &list) != nil {
		return items
	}
	for i := range list {
		list[i] = list[0]
	}
	raw, _ := json.Marshal(list)
	return raw
}

// forge signs the laptop's facts anew after changing those that a change does
// not panic on, with the laptop's own key.
func (l *laptop) forge(t *testing.T, change func(*learning.Fact)) []byte {
	t.Helper()
	facts, err := l.house.Classroom.ReadUnsent(ctx)
	require.NoError(t, err)
	var lines [][]byte
	for i := range facts {
		func() {
			defer func() { _ = recover() }() // the change is for another kind
			change(&facts[i])
		}()
		raw, err := json.Marshal(&facts[i])
		require.NoError(t, err)
		lines = append(lines, raw)
	}
	raw, err := l.house.Classroom.SignFor(ctx, 1, "", l.clock.Now(), lines)
	require.NoError(t, err)
	return raw
}

// A payload that unfolds without end is refused at its limit.
func TestBombs(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		var bomb bytes.Buffer
		z := gzip.NewWriter(&bomb)
		zeros := make([]byte, 1<<20)
		for range 64 {
			_, err := z.Write(zeros)
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		require.Less(t, bomb.Len(), 256<<10)
		raw, err := w.laptop.house.Classroom.SignRaw(ctx, bomb.Bytes(), 1)
		require.NoError(t, err)
		_, err = w.room().Apply(ctx, raw, classroom.ViaNetwork)
		assert.ErrorContains(t, err, "batch.payload too_long")
		deep := []byte(strings.Repeat("[", 100_000))
		raw, err = w.laptop.house.Classroom.SignFor(ctx, 1, "", w.clock.Now(), [][]byte{deep})
		require.NoError(t, err)
		_, err = w.room().Apply(ctx, raw, classroom.ViaNetwork)
		assert.ErrorContains(t, err, "facts[0] invalid")
	})
}
