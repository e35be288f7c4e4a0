package classroom_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/learning"
	"nhaso/models/store/storetest"
)

// Batches are taken in their order; a gap says what is missing, a second
// history is refused and marked.
func TestChain(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		_, first := w.laptop.export(t)
		s.join(0)
		_, both := w.laptop.export(t)
		require.Len(t, both, 2)
		assert.Equal(t, first[0], both[0], "a batch is never made anew")
		_, err := w.room().Apply(ctx, both[1], classroom.ViaNetwork)
		require.Equal(t, "batch_gap", models.CodeOf(err))
		var gap *models.Error
		require.ErrorAs(t, err, &gap)
		assert.Equal(t, "1", gap.Detail["expected"])
		for range 2 {
			for _, raw := range both {
				_, err = w.room().Apply(ctx, raw, classroom.ViaNetwork)
				require.NoError(t, err)
			}
		}
		one, err := w.room().Apply(ctx, both[0], classroom.ViaFile)
		require.NoError(t, err)
		again, err := w.room().Apply(ctx, both[0], classroom.ViaNetwork)
		require.NoError(t, err)
		assert.Equal(t, one, again, "a repeat gets the receipt of the first time, byte for byte")
		assert.Equal(t, 2, w.count("SELECT COUNT(*) FROM laptop_receipts"))

		other := w.laptop.forge(t, func(f *learning.Fact) {})
		_, err = w.room().Apply(ctx, other, classroom.ViaNetwork)
		assert.Error(t, err)
		forked, err := w.laptop.house.Classroom.SignFor(ctx, 1, "", w.laptop.clock.Now(), [][]byte{[]byte(`{"kind":"joined"}`)})
		require.NoError(t, err)
		_, err = w.room().Apply(ctx, forked, classroom.ViaNetwork)
		assert.Equal(t, "batch_forked", models.CodeOf(err))
		list, err := w.room().Laptops(ctx, w.teacher)
		require.NoError(t, err)
		assert.Equal(t, "batch_forked", list[0].Refused)
	})
}

// A server that was set back to last night's backup asks for what it lost.
func TestServerSetBack(t *testing.T) {
	clock := storetest.NewClock()
	db := storetest.SQLite(t, clock.Now)
	w := withLaptop(t, t, db, clock, 2)
	s := w.onLaptop()
	w.tick(time.Minute)
	s.open()
	_, err := w.laptop.house.Classroom.Push(ctx, wire{w: w})
	require.NoError(t, err)
	backup := filepath.Join(t.TempDir(), "night.db")
	require.NoError(t, db.Backup(ctx, backup))
	for i := range 2 {
		w.tick(time.Minute)
		s.join(i)
		s.quiz(string(rune('a'+i)), i, course, 0)
		_, err = w.laptop.house.Classroom.Push(ctx, wire{w: w})
		require.NoError(t, err)
	}
	require.Equal(t, 2, w.count("SELECT COUNT(*) FROM attempts"))
	w.restore(t, backup)
	require.Zero(t, w.count("SELECT COUNT(*) FROM attempts"))
	w.tick(time.Minute)
	s.lesson(0, course, 0, 5)
	report, err := w.laptop.house.Classroom.Push(ctx, wire{w: w})
	require.NoError(t, err)
	assert.Equal(t, 3, report.Sent)
	assert.Equal(t, 2, w.count("SELECT COUNT(*) FROM attempts"))
}

// restore puts the server back to a backup.
func (w *world) restore(t *testing.T, backup string) {
	t.Helper()
	raw, err := os.ReadFile(backup)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "restored.db")
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	w.house = build(reopen(t, path, w.clock), false)
}

// A laptop that was lost or set up anew is enrolled anew; what an older one of
// the same room brought stays once.
func TestTheSameFactsFromAnotherLaptop(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		s.join(0)
		s.quiz("one", 0, course, 0)
		s.practise(0, course, 3, true)
		_, err := w.laptop.house.Classroom.Push(ctx, wire{w: w})
		require.NoError(t, err)
		facts := w.count("SELECT (SELECT COUNT(*) FROM answers) + (SELECT COUNT(*) FROM practice_answers) + (SELECT COUNT(*) FROM session_participants)")
		again := w.newLaptop(t)
		w.enrol(again)
		// The new laptop was set up from a copy of the old one's results.
		require.NoError(t, again.house.Classroom.CopyResults(ctx, w.laptop.db))
		report, err := again.house.Classroom.Push(ctx, wire{w: w})
		require.NoError(t, err)
		assert.Positive(t, report.Sent)
		assert.Equal(t, facts, w.count("SELECT (SELECT COUNT(*) FROM answers) + (SELECT COUNT(*) FROM practice_answers) + (SELECT COUNT(*) FROM session_participants)"))
	})
}

// Files: cut off, altered, of another kind, of a newer program.
func TestFiles(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		s.join(0)
		file, _ := w.laptop.export(t)
		lines := bytes.SplitAfter(file, []byte("\n"))
		for name, c := range map[string]struct {
			raw  []byte
			want string
		}{
			"empty":            {nil, "file not_this_file"},
			"a picture":        {[]byte("\x89PNG\r\n\x1a\n"), "file not_this_file"},
			"cut in a line":    {file[:len(file)/2], "cut_off"},
			"cut at a line":    {append(append([]byte{}, lines[0]...), lines[1]...), "file.line[3] cut_off"},
			"a line left out":  {append(append([]byte{}, lines[0]...), lines[2]...), "file.line[2] altered"},
			"of a new program": {bytes.Replace(file, []byte(`"v":1`), []byte(`"v":9`), 1), "file.line[1] future_version"},
			"a byte changed":   {bytes.Replace(file, []byte(`"seq":1`), []byte(`"seq":3`), 1), "file.line[3] altered"},
			"receipts instead": {bytes.Replace(file, []byte("classroom-results"), []byte("classroom-receipts"), 1), "file not_this_file"},
		} {
			_, err := w.room().ApplyFile(ctx, w.teacher, bytes.NewReader(c.raw))
			assert.ErrorContains(t, err, c.want, name)
			assert.Zero(t, w.count("SELECT COUNT(*) FROM laptop_receipts"), name)
		}
		_, err := w.room().ApplyFile(ctx, w.other, bytes.NewReader(file))
		assert.Equal(t, models.KindNotFound, models.KindOf(err), "the teacher of another class")
		report, err := w.room().ApplyFile(ctx, w.admin, bytes.NewReader(file))
		require.NoError(t, err, "the school's own administrator")
		assert.Equal(t, 1, report.New)

		var back bytes.Buffer
		require.NoError(t, classroom.WriteReceipts(&back, report.Receipts))
		forged := *report.Receipts[0]
		forged.Seq = 9
		var bad bytes.Buffer
		require.NoError(t, classroom.WriteReceipts(&bad, []*classroom.Receipt{&forged}))
		_, err = w.laptop.house.Classroom.ImportReceipts(ctx, &bad)
		assert.ErrorContains(t, err, "bad_signature")
		status, err := w.laptop.house.Classroom.Status(ctx, w.teacher)
		require.NoError(t, err)
		assert.Equal(t, 1, status.Batches, "nothing is safe on a forged word")
		for range 2 {
			n, err := w.laptop.house.Classroom.ImportReceipts(ctx, bytes.NewReader(back.Bytes()))
			require.NoError(t, err)
			assert.Equal(t, 1, n)
		}
		_, err = w.laptop.house.Classroom.Export(ctx, &bad)
		assert.Equal(t, "nothing_to_send", models.CodeOf(err))
	})
}

// A clock that is wrong moves the whole batch to where it can have been, and
// the receipt says by how much.
func TestWrongClocks(t *testing.T) {
	for name, by := range map[string]time.Duration{"a year ahead": 365 * 24 * time.Hour, "ten years behind": -10 * 365 * 24 * time.Hour, "right": 0} {
		t.Run(name, func(t *testing.T) {
			clock := storetest.NewClock()
			w := withLaptop(t, t, storetest.SQLite(t, clock.Now), clock, 1)
			made := w.clock.Now()
			w.laptop.clock.Add(by)
			s := w.onLaptop()
			w.tick(10 * time.Minute)
			s.open()
			s.join(0)
			w.tick(5 * time.Minute)
			s.quiz("one", 0, course, 0)
			w.tick(24 * time.Hour)
			if by > 0 {
				w.laptop.clock.Add(-24 * time.Hour)
			}
			_, err := w.laptop.house.Classroom.Push(ctx, wire{w: w})
			require.NoError(t, err)
			var a struct{ OpenedAt, StartedAt, SubmittedAt time.Time }
			require.NoError(t, w.house.DB.Read(ctx).Raw("SELECT s.opened_at, a.started_at, a.submitted_at FROM attempts a JOIN lesson_sessions s ON s.id = a.session_id").Scan(&a).Error)
			assert.False(t, a.OpenedAt.Before(made), "not before the class pack")
			assert.False(t, a.SubmittedAt.After(w.clock.Now()), "not after now")
			assert.Equal(t, 5*time.Minute, a.StartedAt.Sub(a.OpenedAt), "what lay five minutes apart still does")
			list, err := w.room().Laptops(ctx, w.teacher)
			require.NoError(t, err)
			assert.Equal(t, by == 0, list[0].ClockShift == 0, "%d", list[0].ClockShift)
		})
	}
}

// The outbox forgets what is safe, and nothing else.
func TestOutboxIsBounded(t *testing.T) {
	clock := storetest.NewClock()
	w := withLaptop(t, t, storetest.SQLite(t, clock.Now), clock, 1)
	s := w.onLaptop()
	kept := func() (n int) {
		require.NoError(t, w.laptop.db.Read(ctx).Raw("SELECT COUNT(*) FROM classroom_outbox WHERE body IS NOT NULL").Scan(&n).Error)
		return n
	}
	for n := range 4 {
		w.tick(10 * 24 * time.Hour)
		s.lesson(0, course, n, int64(n+1))
		_, err := w.laptop.house.Classroom.Seal(ctx)
		require.NoError(t, err)
	}
	assert.Equal(t, 4, kept(), "what is not safe is kept for ever")
	_, err := w.laptop.house.Classroom.Push(ctx, wire{w: w})
	require.NoError(t, err)
	assert.Equal(t, 4, kept())
	w.tick(15 * 24 * time.Hour)
	s.lesson(0, course, 5, 50)
	_, err = w.laptop.house.Classroom.Push(ctx, wire{w: w})
	require.NoError(t, err)
	assert.Equal(t, 1, kept())
}
