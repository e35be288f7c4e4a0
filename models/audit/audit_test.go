package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

// world is a record with three accounts that write into it.
type world struct {
	t      *testing.T
	db     *store.DB
	clock  *storetest.Clock
	audit  *audit.Audit
	actors [3]models.Actor
	school [2]models.ID
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := &world{t: t, db: db, clock: clock, audit: audit.New(db)}
		for i := range w.actors {
			w.actors[i] = models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleAdmin, Scope: models.ScopeAll}}}
		}
		w.school = [2]models.ID{w.id(), w.id()}
		test(t, w)
	})
}

func (w *world) id() models.ID { return models.NewID(w.clock.Now()) }

func (w *world) append(actor models.Actor, e audit.Entry) error {
	return w.db.Tx(ctx, func(tx *gorm.DB) error { return audit.Append(tx, actor, e) })
}

// fill writes n entries, turn by turn by the three accounts and the system.
func (w *world) fill(n int) {
	w.t.Helper()
	for i := range n {
		actor := models.System()
		if i%4 < 3 {
			actor = w.actors[i%4]
		}
		require.NoError(w.t, w.append(actor, audit.Entry{Act: audit.SecretReset, Kind: audit.KindAccount, Subject: w.id(), School: w.school[i%2],
			Detail: audit.Detail{"n": fmt.Sprint(i), "b": "2", "a": "1"}}))
	}
}

func (w *world) fold() {
	w.t.Helper()
	_, err := w.audit.Fold(ctx)
	require.NoError(w.t, err)
}

func (w *world) verify() audit.Report {
	w.t.Helper()
	r, err := w.audit.Verify(ctx, "", "")
	require.NoError(w.t, err)
	return r
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
}

func TestAppendFoldVerify(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill(9)
		r := w.verify()
		assert.Equal(t, audit.Report{Breaks: []audit.Break{}, Entries: 9, Chains: 4, Unfolded: 9}, r)
		n, err := w.audit.Fold(ctx)
		require.NoError(t, err)
		assert.Equal(t, 9, n)
		w.fill(3)
		w.fold()
		r = w.verify()
		assert.Equal(t, audit.Report{Breaks: []audit.Break{}, Entries: 12, Chains: 4, Batches: 2}, r)

		list, more, err := audit.Lines(w.db.Read(ctx), audit.Filter{All: true, Limit: 5})
		require.NoError(t, err)
		assert.True(t, more)
		require.Len(t, list, 5)
		assert.Equal(t, audit.Detail{"n": "2", "b": "2", "a": "1"}, list[0].Detail, "the newest first")
		assert.Equal(t, "admin", list[0].Role)
		list, more, err = audit.Lines(w.db.Read(ctx), audit.Filter{All: true, Limit: 500, Before: list[4].ID})
		require.NoError(t, err)
		assert.False(t, more)
		assert.Len(t, list, 7)
	})
}

func TestTheActionAndItsEntryAreOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		failed := fmt.Errorf("the action failed")
		err := w.db.Tx(ctx, func(tx *gorm.DB) error {
			if err := audit.Append(tx, w.actors[0], audit.Entry{Act: audit.SecretReset, Kind: audit.KindAccount}); err != nil {
				return err
			}
			return failed
		})
		require.ErrorIs(t, err, failed)
		assert.Zero(t, w.verify().Entries)
		assert.Error(t, w.append(w.actors[0], audit.Entry{Act: "invented"}), "a word that is no act")
		assert.Error(t, w.append(w.actors[0], audit.Entry{Act: audit.SecretReset, Detail: audit.Detail{"x": strings.Repeat("x", 2001)}}))
		assert.Zero(t, w.verify().Entries)
	})
}

// Each row is one thing that somebody with the database in hand might do.
func TestTamperingIsFound(t *testing.T) {
	cases := map[string]struct{ sql, where, reason string }{
		"another detail":            {`UPDATE audit_entries SET detail = '{"n":"7"}' WHERE chain = 'system' AND seq = 2`, "entry", "hash"},
		"another subject":           {`UPDATE audit_entries SET subject_id = account_id WHERE seq = 1 AND account_id IS NOT NULL`, "entry", "hash"},
		"another school":            {`UPDATE audit_entries SET school_id = NULL WHERE chain = 'system' AND seq = 1`, "entry", "hash"},
		"another account":           {`UPDATE audit_entries SET account_id = NULL WHERE chain <> 'system'`, "entry", "hash"},
		"another time":              {`UPDATE audit_entries SET at = '2026-11-20 00:00:00' WHERE chain = 'system' AND seq = 1`, "entry", "hash"},
		"another day":               {`UPDATE audit_entries SET day = '2026-11-20' WHERE chain = 'system' AND seq = 1`, "entry", "hash"},
		"one entry gone":            {`DELETE FROM audit_entries WHERE chain = 'system' AND seq = 2`, "entry", "gap"},
		"the end of a chain gone":   {`DELETE FROM audit_entries WHERE chain = 'system' AND seq = 3`, "batch", "count"},
		"a whole chain gone":        {`DELETE FROM audit_entries WHERE chain = 'system'`, "batch", "count"},
		"entries out of their lot":  {`UPDATE audit_entries SET batch = 0 WHERE chain = 'system'`, "batch", "count"},
		"the last batch gone":       {`DELETE FROM audit_batches WHERE number = 2`, "batch", "missing"},
		"the first batch gone":      {`DELETE FROM audit_batches WHERE number = 1`, "batch", "gap"},
		"another count in a batch":  {`UPDATE audit_batches SET row_count = 7 WHERE number = 1`, "batch", "count"},
		"another time of a batch":   {`UPDATE audit_batches SET folded_at = '2026-11-20 00:00:00' WHERE number = 1`, "batch", "hash"},
		"another count of a day":    {`UPDATE audit_days SET entries = 11 WHERE day = '2026-11-23'`, "day", "count"},
		"another digest of a day":   {`UPDATE audit_days SET digest = 'x' WHERE day = '2026-11-23'`, "day", "hash"},
		"the first day gone":        {`DELETE FROM audit_days WHERE day = '2026-11-23'`, "day", "previous"},
		"a forged entry at the end": {`UPDATE audit_entries SET act = 'roles_changed' WHERE chain = 'system' AND seq = 3`, "entry", "hash"},
	}
	each(t, func(t *testing.T, w *world) {
		w.fill(8)
		w.fold()
		w.clock.Add(24 * time.Hour)
		w.fold()
		w.fill(4)
		w.fold()
		w.clock.Add(24 * time.Hour)
		w.fold()
		tables := []string{"audit_entries", "audit_batches", "audit_days"}
		for _, table := range tables {
			w.exec("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
		}
		for name, c := range cases {
			require.Equal(t, audit.Report{Breaks: []audit.Break{}, Entries: 12, Chains: 4, Batches: 2, Days: 2}, w.verify())
			w.exec(c.sql)
			r := w.verify()
			found := false
			for _, b := range r.Breaks {
				found = found || b.Where == c.where && b.Reason == c.reason
			}
			assert.True(t, found, "%s: %+v", name, r.Breaks)
			for _, table := range tables {
				w.exec("DELETE FROM " + table)
				w.exec("INSERT INTO " + table + " SELECT * FROM kept_" + table)
			}
		}
	})
}

// Whoever throws the newest part away, batches and sealed days with it, leaves a
// record that agrees with itself; the printed line does not.
func TestAPrintedDayFindsACutRecord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill(4)
		w.fold()
		w.clock.Add(24 * time.Hour)
		w.fold()
		w.fill(4)
		w.fold()
		w.clock.Add(24 * time.Hour)
		w.fold()
		days, err := audit.Days(w.db.Read(ctx), 10)
		require.NoError(t, err)
		require.Len(t, days, 2)
		printed := days[1]
		assert.Equal(t, int64(8), printed.Entries)
		r, err := w.audit.Verify(ctx, printed.Day, printed.Digest)
		require.NoError(t, err)
		assert.Zero(t, r.Differences)

		w.exec("DELETE FROM audit_days WHERE day = ?", printed.Day)
		w.exec("DELETE FROM audit_entries WHERE batch = 2")
		w.exec("DELETE FROM audit_batches WHERE number = 2")
		assert.Zero(t, w.verify().Differences, "alone it agrees with itself")
		w.fill(2)
		w.fold()
		w.clock.Add(24 * time.Hour)
		w.fold()
		r, err = w.audit.Verify(ctx, printed.Day, printed.Digest)
		require.NoError(t, err)
		assert.NotZero(t, r.Differences)
	})
}

func TestDaysAreSealedOnceAndInOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fold()
		w.fill(4)
		w.fold()
		days, err := audit.Days(w.db.Read(ctx), 10)
		require.NoError(t, err)
		assert.Empty(t, days, "today is not over")
		w.clock.Add(5 * 24 * time.Hour) // nobody ran for days
		w.fold()
		w.fold()
		days, err = audit.Days(w.db.Read(ctx), 10)
		require.NoError(t, err)
		require.Len(t, days, 1)
		assert.Equal(t, models.Day(storetest.Start), days[0].Day)
		w.fill(4)
		w.clock.Add(24 * time.Hour)
		w.fold()
		days, err = audit.Days(w.db.Read(ctx), 1)
		require.NoError(t, err)
		require.Len(t, days, 1, "the newest, when fewer are asked for")
		assert.Equal(t, int64(8), days[0].Entries)
		assert.NotEmpty(t, days[0].PrevDigest)
		counts, err := audit.OfDay(w.db.Read(ctx), models.Day(storetest.Start))
		require.NoError(t, err)
		assert.Equal(t, map[audit.Act]int{audit.SecretReset: 4}, counts)
	})
}

func TestOneAccountAtManyPlacesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var all sync.WaitGroup
		errs := make([]error, 12)
		for i := range errs {
			all.Go(func() {
				errs[i] = w.append(w.actors[i%2], audit.Entry{Act: audit.NamesRead, Kind: audit.KindHousehold, Subject: w.id()})
			})
		}
		all.Wait()
		for _, err := range errs {
			assert.NoError(t, err)
		}
		w.fold()
		assert.Equal(t, audit.Report{Breaks: []audit.Break{}, Entries: 12, Chains: 2, Batches: 1}, w.verify())
	})
}

func TestWhoseEntriesAreRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill(8)
		subject := w.id()
		require.NoError(t, w.append(w.actors[0], audit.Entry{Act: audit.NamesRead, Kind: audit.KindHousehold, Subject: subject}))
		for name, c := range map[string]struct {
			f    audit.Filter
			want int
		}{
			"all":               {audit.Filter{All: true}, 9},
			"nobody's":          {audit.Filter{}, 0},
			"a school's":        {audit.Filter{Schools: w.school[:1]}, 4},
			"two schools'":      {audit.Filter{Schools: w.school[:]}, 8},
			"an act":            {audit.Filter{All: true, Acts: []audit.Act{audit.NamesRead}}, 1},
			"a subject":         {audit.Filter{All: true, Subject: subject}, 1},
			"not the school's":  {audit.Filter{Schools: w.school[:], Subject: subject}, 0},
			"an account":        {audit.Filter{All: true, Account: w.actors[1].Account}, 2},
			"a kind":            {audit.Filter{All: true, Kind: audit.KindHousehold}, 1},
			"from tomorrow on":  {audit.Filter{All: true, From: "2026-11-24"}, 0},
			"until today":       {audit.Filter{All: true, From: "2026-11-23", To: "2026-11-23"}, 9},
			"until the day off": {audit.Filter{All: true, To: "2026-11-22"}, 0},
		} {
			c.f.Limit = 100
			list, more, err := audit.Lines(w.db.Read(ctx), c.f)
			require.NoError(t, err, name)
			assert.False(t, more, name)
			assert.Len(t, list, c.want, name)
		}
	})
}

func TestEveryActHasItsAction(t *testing.T) {
	source, err := os.ReadFile("act.go")
	require.NoError(t, err)
	declared := regexp.MustCompile(`(?m)^\t(\w+) +Act = "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	assert.Greater(t, len(declared), 40)
	for _, d := range declared {
		assert.NotEmpty(t, audit.ActionOf(audit.Act(d[2])), d[1])
		assert.LessOrEqual(t, len(d[2]), 32)
	}
	assert.Len(t, audit.Acts(), len(declared))
}

// The record is appended to; the fold's mark is the only change, and it is not
// under the hash.
func TestNothingElseWritesTheRecord(t *testing.T) {
	change := regexp.MustCompile(`(?i)(UPDATE|DELETE FROM|INSERT INTO) audit_`)
	allowed := map[string]int{"models/audit/append.go": 1, "models/audit/fold.go": 3}
	found := map[string]int{}
	require.NoError(t, filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "frontend") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if n := len(change.FindAll(text, -1)); n > 0 {
			found[filepath.ToSlash(strings.TrimPrefix(path, "../../"))] = n
		}
		return err
	}))
	assert.Equal(t, allowed, found)
}
