package coverage

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
)

// sealedDays are three days with a digest each; something happened on every one.
func (w *world) sealedDays() []Digest {
	for range 3 {
		w.record(house(models.NewID(w.clock.Now()), w.villages[0], 1, 1, 0))
		w.fold()
		w.clock.Add(24 * time.Hour)
		_, err := w.cov.SealDays(ctx)
		require.NoError(w.t, err)
	}
	days, err := w.cov.Digests(ctx, models.System(), 10)
	require.NoError(w.t, err)
	require.Len(w.t, days, 3)
	return days // newest first
}

func keptOf(days ...Digest) []Kept {
	var list []Kept
	for _, d := range days {
		list = append(list, Kept{d.Day, d.Root})
	}
	return list
}

// A printed digest is the same or not, and the first day that differs is named,
// whether paper, chain or ledger says so.
func TestCompareDigests(t *testing.T) {
	each(t, func(w *world) {
		days := w.sealedDays()
		compare := func(kept ...Kept) Comparison {
			found, err := w.cov.CompareDigests(ctx, models.System(), kept)
			require.NoError(w.t, err)
			return found
		}
		alter := func(sql string, args ...any) {
			w.tx(func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error })
		}
		all := keptOf(days...)
		found := compare(all...)
		assert.Equal(w.t, []ComparedDay{{days[2].Day, true, true}, {days[1].Day, true, true}, {days[0].Day, true, true}}, found.Days)
		assert.Equal(w.t, [2]string{"", ""}, [2]string{found.First, found.Chain})
		require.NotNil(w.t, found.Ledger)
		assert.Equal(w.t, [2]any{days[0].Day, 3}, [2]any{found.Ledger.Day, found.Ledger.Rows})

		typed := Kept{days[1].Day, strings.ToUpper(days[1].Root[:32]) + " " + days[1].Root[32:]}
		assert.Empty(w.t, compare(typed).First, "as it is typed from paper")
		wrong := Kept{days[1].Day, strings.Repeat("0", 64)}
		found = compare(all[0], wrong)
		assert.Equal(w.t, wrong.Day, found.First)
		assert.Equal(w.t, ComparedDay{wrong.Day, true, false}, found.Days[0])
		assert.Equal(w.t, ComparedDay{"2020-01-01", false, false}, compare(Kept{"2020-01-01", wrong.Root}).Days[0])

		alter("UPDATE coverage_digests SET covered = covered + 1 WHERE day = ?", days[1].Day)
		assert.Equal(w.t, [2]string{days[1].Day, days[1].Day}, [2]string{compare(all[0]).First, compare(all[0]).Chain}, "a digest that was altered in the database")
		alter("UPDATE coverage_digests SET covered = covered - 1 WHERE day = ?", days[1].Day)

		alter("UPDATE coverage_ledger SET d_covered = 1 WHERE batch = 2")
		found = compare(all[0])
		assert.Equal(w.t, days[1].Day, found.First, "the row is of the second day's batch")
		assert.False(w.t, found.Ledger.Same)
		assert.Empty(w.t, compare(all[2]).First, "the first day holds")
	})
}

func TestCompareDigestsRefuses(t *testing.T) {
	each(t, func(w *world) {
		root := strings.Repeat("a", 64)
		for why, kept := range map[string][]Kept{
			"none": nil, "no day": {{"gestern", root}}, "no hash": {{"2026-11-01", "xyz"}}, "a short one": {{"2026-11-01", root[:62]}},
			"too many": make([]Kept, maxCompared+1),
		} {
			_, err := w.cov.CompareDigests(ctx, models.System(), kept)
			assert.Equal(w.t, models.KindInvalid, models.KindOf(err), why)
		}
		_, err := w.cov.CompareDigests(ctx, models.Actor{}, []Kept{{"2026-11-01", root}})
		assert.Equal(w.t, models.KindUnauthenticated, models.KindOf(err))
	})
}
