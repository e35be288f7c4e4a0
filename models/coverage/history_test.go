package coverage

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// Any history of changes, transfers, moves and folds leaves figures equal to
// the truth at every level, at every step.
func TestAnyHistoryIsExact(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		subjects := make([]models.ID, 6)
		at := map[models.ID]models.ID{}
		holds := map[models.ID]Figures{}
		for i := range subjects {
			subjects[i] = models.NewID(clock.Now())
			at[subjects[i]] = w.villages[i]
		}
		rapid.Check(t, func(rt *rapid.T) {
			w.t = rt
			small := rapid.IntRange(0, 2)
			rt.Repeat(map[string]func(*rapid.T){
				"change": func(rt *rapid.T) {
					s := rapid.SampledFrom(subjects).Draw(rt, "subject")
					next := Figures{small.Draw(rt, "h"), small.Draw(rt, "k"), small.Draw(rt, "c"), SkillsIn(rapid.IntRange(0, 31).Draw(rt, "skills"))}
					d := next.minus(holds[s])
					change := house(s, at[s], d.Households, d.Known, d.Covered)
					change.Skills = d.Skills
					w.record(change)
					holds[s] = next
				},
				"transfer": func(rt *rapid.T) {
					s, to := rapid.SampledFrom(subjects).Draw(rt, "subject"), rapid.SampledFrom(w.villages).Draw(rt, "to")
					w.tx(func(tx *gorm.DB) error {
						day := clock.Now().Format(time.DateOnly)
						return Transfer(tx, []Moving{{s, at[s], to, day, holds[s]}}, "move", s, clock.Now())
					})
					w.truth[at[s]] = w.truth[at[s]].minus(holds[s])
					w.truth[to] = w.truth[to].plus(holds[s])
					at[s] = to
				},
				"move village": func(rt *rapid.T) {
					v, to := rapid.SampledFrom(w.villages).Draw(rt, "village"), rapid.SampledFrom(w.communes).Draw(rt, "to")
					if err := w.move(v, to, clock.Now().Format(time.DateOnly)); err != nil {
						require.Equal(rt, "same_commune", models.CodeOf(err))
					}
				},
				"fold":    func(*rapid.T) { w.fold() },
				"rebuild": func(rt *rapid.T) { _, err := w.cov.Rebuild(ctx, w.recount); require.NoError(rt, err) },
				"a day":   func(*rapid.T) { clock.Add(24 * time.Hour) },
				"":        func(*rapid.T) { w.check() },
			})
		})
	})
}

// Writers, folders of two processes, and moves at once; readers see at every
// moment a figure that some order of the writes explains.
func TestConcurrentHistoryIsExact(t *testing.T) {
	each(t, func(w *world) {
		t := w.t.(*testing.T)
		var writers, others sync.WaitGroup
		stop := make(chan struct{})
		second := New(w.db, models.ID{})
		const each, hands = 15, 4
		for i := range hands {
			writers.Go(func() { write(t, w, i, each) })
		}
		for _, c := range []*Coverage{w.cov, second} {
			others.Go(func() {
				for running(stop) {
					_, err := c.Fold(ctx)
					assert.NoError(t, err)
				}
			})
		}
		others.Go(func() {
			for i := 0; running(stop); i++ {
				err := w.cov.MoveVillage(ctx, models.System(), w.villages[0], w.communes[1-i%2], "2026-11-23", "")
				if err != nil && models.KindOf(err) != models.KindUnavailable {
					assert.NoError(t, err)
				}
			}
		})
		others.Go(func() { watch(t, w, stop) })
		writers.Wait()
		close(stop)
		others.Wait()
		for i := range hands {
			for n := range each {
				v := w.villages[(i+n)%8]
				w.truth[v] = w.truth[v].plus(Figures{Households: 1, Known: 1, Covered: 0})
			}
		}
		var commune models.ID
		require.NoError(t, w.db.Read(ctx).Raw("SELECT commune_id FROM village_communes WHERE village_id = ? AND valid_to = ?", w.villages[0], models.Forever).Row().Scan(&commune))
		w.commune[w.villages[0]] = commune
		w.check()
		w.fold()
		w.check()
	})
}

// write appends changes of one subject to village after village.
func write(t *testing.T, w *world, hand, n int) {
	s := models.NewID(w.clock.Now())
	for i := range n {
		d := house(s, w.villages[(hand+i)%8], 1, 1, 0)
		d.OnDate = "2026-11-23"
		assert.NoError(t, w.db.Tx(ctx, func(tx *gorm.DB) error { return Record(tx, d, w.clock.Now()) }))
	}
}

// watch reads a province whose figure can only grow.
func watch(t *testing.T, w *world, stop chan struct{}) {
	last := 0
	for running(stop) {
		f, err := w.cov.Counts(ctx, models.System(), Area{w.provinces[0], LevelProvince})
		assert.NoError(t, err)
		assert.GreaterOrEqual(t, f.Households, last, "the province's figure ran backwards")
		assert.Equal(t, f.Households, f.Known)
		last = f.Households
	}
}

func running(stop chan struct{}) bool {
	select {
	case <-stop:
		return false
	default:
		return true
	}
}
