package coverage

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

// kept is a world with a few days of history and the digest of the last.
func kept(t require.TestingT, w *world) Digest {
	for day := range 3 {
		for i := range 4 {
			s := models.NewID(w.clock.Now())
			w.record(house(s, w.villages[(i+day)%8], 1, 0, 0))
			w.record(house(s, w.villages[(i+day)%8], 0, 1, 1))
		}
		w.fold()
		w.clock.Add(24 * time.Hour)
	}
	n, err := w.cov.SealDays(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, n, "the first time yesterday alone")
	list, err := w.cov.Digests(ctx, models.System(), 10)
	require.NoError(t, err)
	return list[0]
}

// A digest is made once a day, over what was folded by its end, and each names
// the one before.
func TestDigests(t *testing.T) {
	each(t, func(w *world) {
		t := w.t.(*testing.T)
		d := kept(t, w)
		require.Equal(t, "2026-11-25", d.Day)
		require.Equal(t, 24, d.RowCount)
		require.Equal(t, 12, d.Subjects)
		require.Equal(t, []int{12, 12, 12}, []int{d.Households, d.Known, d.Covered})
		require.Empty(t, d.PrevRoot)
		require.Len(t, d.Buckets, buckets)
		n, err := w.cov.SealDays(ctx)
		require.NoError(t, err)
		require.Zero(t, n, "once a day")
		w.record(house(models.NewID(w.clock.Now()), w.villages[0], 1, 0, 0)) // not folded yet
		w.clock.Add(48 * time.Hour)
		n, err = w.cov.SealDays(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, n, "days that nobody was there for are made up")
		w.fold()
		w.clock.Add(24 * time.Hour)
		_, err = w.cov.SealDays(ctx)
		require.NoError(t, err)
		list, err := w.cov.Digests(ctx, models.System(), 10)
		require.NoError(t, err)
		require.Len(t, list, 4)
		for i := range 3 {
			require.Equal(t, list[i+1].Root, list[i].PrevRoot)
			require.NotEqual(t, list[i+1].Root, list[i].Root)
		}
		require.Equal(t, d.Buckets, list[1].Buckets, "nothing was folded in those days")
		require.Equal(t, 25, list[0].RowCount)
		for _, one := range list {
			check, err := w.cov.CheckDigest(ctx, one, nil)
			require.NoError(t, err)
			require.True(t, check.Same, "%+v", check)
		}
		got, err := w.cov.DigestOf(ctx, models.System(), "2026-11-26")
		require.NoError(t, err)
		require.Equal(t, list[2].Root, got.Root)
		_, err = w.cov.DigestOf(ctx, models.System(), "2026-11-01")
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		officer := models.Actor{Account: models.NewID(w.clock.Now()), Grants: []models.Grant{{Role: models.RoleCommuneOfficer, Scope: models.ScopeArea, At: w.communes[0]}}}
		_, err = w.cov.Digests(ctx, officer, 10)
		require.Equal(t, models.KindForbidden, models.KindOf(err))
	})
}

// rechain makes every hash of the ledger and of its batches anew, as somebody
// would who altered a row and knows how.
func rechain(t *testing.T, w *world) {
	t.Helper()
	w.tx(func(tx *gorm.DB) error {
		var rows []row
		if err := tx.Raw("SELECT " + rowColumns + " FROM coverage_ledger ORDER BY subject_id, seq").Scan(&rows).Error; err != nil {
			return err
		}
		last := row{}
		hashes := map[int64]map[string]string{}
		for _, r := range rows {
			if r.SubjectID != last.SubjectID {
				last = row{}
			}
			r.Seq, r.PrevHash = last.Seq+1, last.Hash
			r.Hash = r.digest()
			if err := tx.Exec("UPDATE coverage_ledger SET seq = ?, prev_hash = ?, hash = ? WHERE id = ?", r.Seq, r.PrevHash, r.Hash, r.ID).Error; err != nil {
				return err
			}
			if hashes[r.Batch] == nil {
				hashes[r.Batch] = map[string]string{}
			}
			hashes[r.Batch][r.ID.String()] = r.Hash
			last = r
		}
		return rebatch(tx)
	})
}

func rebatch(tx *gorm.DB) error {
	var list []batch
	if err := tx.Raw("SELECT number, folded_at FROM coverage_batches ORDER BY number").Scan(&list).Error; err != nil {
		return err
	}
	prev := ""
	for _, b := range list {
		var rows []row
		if err := tx.Raw("SELECT "+rowColumns+" FROM coverage_ledger WHERE batch = ? ORDER BY id", b.Number).Scan(&rows).Error; err != nil {
			return err
		}
		var sum Figures
		var hashes []string
		for _, r := range rows {
			sum = sum.plus(r.figures())
			hashes = append(hashes, r.Hash)
		}
		b.RowCount, b.DHouseholds, b.DKnown, b.DCovered, b.PrevHash = len(rows), sum.Households, sum.Known, sum.Covered, prev
		b.Hash = b.digest(hashes)
		prev = b.Hash
		err := tx.Exec("UPDATE coverage_batches SET row_count = ?, d_households = ?, d_known = ?, d_covered = ?, prev_hash = ?, hash = ? WHERE number = ?",
			b.RowCount, b.DHouseholds, b.DKnown, b.DCovered, b.PrevHash, b.Hash, b.Number).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// What was altered or removed since a digest was kept is found, and named; by
// whoever makes all hashes anew, too.
func TestDigestFindsTampering(t *testing.T) {
	for name, c := range map[string]struct {
		sql     string // ? is the subject that is tampered with
		anew    bool   // all hashes are made anew afterwards
		short   string // what is found with a digest alone
		named   bool   // by which the subject is named
		whole   string // what is found with a whole file, always by name
		removed bool   // all of the subject
	}{
		"a row altered":               {"UPDATE coverage_ledger SET d_covered = 0 WHERE seq = 2 AND subject_id = ?", false, FoundAltered, true, FoundAltered, false},
		"a date altered":              {"UPDATE coverage_ledger SET on_date = '2026-01-01' WHERE seq = 1 AND subject_id = ?", false, FoundAltered, true, FoundAltered, false},
		"the first row removed":       {"DELETE FROM coverage_ledger WHERE seq = 1 AND subject_id = ?", false, FoundRemoved, true, FoundRemoved, false},
		"the last row removed":        {"DELETE FROM coverage_ledger WHERE seq = 2 AND subject_id = ?", false, FoundBatch, false, FoundChanged, false},
		"a subject removed":           {"DELETE FROM coverage_ledger WHERE subject_id = ?", false, FoundBucket, false, FoundGone, true},
		"altered, all hashes anew":    {"UPDATE coverage_ledger SET d_covered = 0 WHERE seq = 2 AND subject_id = ?", true, FoundBucket, false, FoundChanged, false},
		"removed, all hashes anew":    {"DELETE FROM coverage_ledger WHERE seq = 2 AND subject_id = ?", true, FoundBucket, false, FoundChanged, false},
		"taken out, all hashes anew":  {"DELETE FROM coverage_ledger WHERE subject_id = ?", true, FoundBucket, false, FoundGone, true},
		"unfolded, all hashes anew":   {"UPDATE coverage_ledger SET batch = 0 WHERE seq = 2 AND subject_id = ?", true, FoundBucket, false, FoundChanged, false},
		"the kept digest is replaced": {"UPDATE coverage_digests SET root = 'x' WHERE day <> ?", false, FoundDigest, false, FoundDigest, false},
	} {
		t.Run(name, func(t *testing.T) {
			clock := storetest.NewClock()
			w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
			d := kept(t, w)
			var file bytes.Buffer
			require.NoError(t, w.cov.WriteDigest(ctx, &file, d, true))
			want, heads, err := ReadDigest(&file)
			require.NoError(t, err)
			require.Len(t, heads, 12)
			victim := heads[5].SubjectID
			w.tx(func(tx *gorm.DB) error { return tx.Exec(c.sql, victim).Error })
			if c.anew {
				rechain(t, w)
			}
			found := func(heads []Head, what string, named bool) {
				check, err := w.cov.CheckDigest(ctx, want, heads)
				require.NoError(t, err)
				require.False(t, check.Same)
				ok := false
				for _, f := range check.Findings {
					ok = ok || f.What == what && (!named || f.SubjectID == victim)
				}
				require.True(t, ok, "%s: %+v", what, check.Findings)
			}
			found(nil, c.short, c.named)
			found(heads, c.whole, c.whole != FoundDigest)
		})
	}
}

// A file is read as it was written, and refused when anything in it was changed.
func TestDigestFile(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	d := kept(t, w)
	for _, whole := range []bool{false, true} {
		var file bytes.Buffer
		require.NoError(t, w.cov.WriteDigest(ctx, &file, d, whole))
		got, _, err := ReadDigest(bytes.NewReader(file.Bytes()))
		require.NoError(t, err)
		require.Equal(t, d, got)
		text := file.String()
		for name, bad := range map[string]string{
			"nothing":         "",
			"no digest":       "{}\n",
			"another root":    strings.Replace(text, d.Root, strings.Repeat("0", 64), 1),
			"another figure":  strings.Replace(text, `"covered":12`, `"covered":13`, 1),
			"a bucket":        strings.Replace(text, d.Buckets[3], strings.Repeat("1", 64), 1),
			"a line more":     text + "x\n",
			"a field more":    strings.Replace(text, `{"day"`, `{"colour":1,"day"`, 1),
			"another subject": text + fmt.Sprintf("%s 1 %s\n", models.NewID(clock.Now()), strings.Repeat("a", 64)),
		} {
			_, _, err := ReadDigest(strings.NewReader(bad))
			require.Equal(t, "broken_digest", models.CodeOf(err), name)
		}
	}
}

func FuzzReadDigest(f *testing.F) {
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"day":"2026-11-25","batch":1,"buckets":[]}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, _, err := ReadDigest(bytes.NewReader(text))
		if err != nil {
			require.Equal(t, models.KindInvalid, models.KindOf(err))
			return
		}
		require.Equal(t, d.Root, d.root())
	})
}
