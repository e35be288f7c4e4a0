package coverage

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

// While households change and counters are folded, every page adds up.
func TestPageAgreesWithItself(t *testing.T) {
	each(t, func(w *world) {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				d := house(models.NewID(w.clock.Now()), w.villages[i%4], 1, 1, i%2)
				d.OnDate = "2026-11-23"
				assert.NoError(t, w.db.Tx(ctx, func(tx *gorm.DB) error { return Record(tx, d, w.clock.Now()) }))
				if i%7 == 0 {
					_, err := w.cov.Fold(ctx)
					assert.NoError(t, err)
				}
			}
		})
		last := 0
		for i := range 300 {
			area := []Area{{w.provinces[0], LevelProvince}, {w.communes[0], LevelCommune}}[i%2]
			page, err := w.cov.Page(ctx, models.System(), area)
			require.NoError(w.t, err)
			var sum Figures
			for _, c := range page.Children {
				sum = sum.plus(c.Figures)
			}
			require.Equal(w.t, page.Figures, sum)
			if area.Level == LevelProvince {
				require.GreaterOrEqual(w.t, page.Households, last, "never behind an earlier page")
				last = page.Households
			}
		}
		close(stop)
		wg.Wait()
		require.Positive(w.t, last)
	})
}

func TestPageShowsTheRegister(t *testing.T) {
	each(t, func(w *world) {
		register := func(asOf string, communes ...models.ID) {
			id := models.NewID(w.clock.Now())
			w.tx(func(tx *gorm.DB) error {
				for _, c := range communes {
					require.NoError(w.t, tx.Exec("INSERT INTO register_areas (area_id, register_id, household_count) VALUES (?, ?, 1)", c, id).Error)
				}
				return tx.Exec(`INSERT INTO household_registers (id, source, as_of, file_hash, row_count, new_count, changed_count, imported_at)
					VALUES (?, ?, ?, '', 1, 1, 0, ?)`, id, "list of "+asOf, asOf, w.clock.Now()).Error
			})
		}
		register("2026-10-01", w.communes[0])
		register("2026-09-01", w.communes[1])
		for _, k := range []struct {
			area Area
			asOf string
		}{
			{Area{w.communes[0], LevelCommune}, "2026-10-01"}, {Area{w.villages[0], LevelVillage}, "2026-10-01"},
			{Area{w.villages[2], LevelVillage}, "2026-09-01"}, {Area{w.provinces[0], LevelProvince}, "2026-09-01"},
			{Area{w.provinces[1], LevelProvince}, ""}, {Area{w.communes[2], LevelCommune}, ""},
		} {
			page, err := w.cov.Page(ctx, models.System(), k.area)
			require.NoError(w.t, err)
			if k.asOf == "" {
				assert.Nil(t, page.Register)
				continue
			}
			require.NotNil(w.t, page.Register)
			assert.Equal(t, Register{"list of " + k.asOf, k.asOf, w.clock.Now()}, Register{page.Register.Source, page.Register.AsOf, page.Register.ImportedAt.UTC()})
		}
	})
}

func TestPageStaysInReach(t *testing.T) {
	each(t, func(w *world) {
		officer := models.Actor{Account: w.villages[0], Grants: []models.Grant{{Role: models.RoleCommuneOfficer, Scope: models.ScopeArea, At: w.communes[0]}}}
		for name, k := range map[string]struct {
			actor models.Actor
			area  Area
			code  string
		}{
			"own commune":   {officer, Area{w.communes[0], LevelCommune}, ""},
			"other commune": {officer, Area{w.communes[1], LevelCommune}, "not_found"},
			"the province":  {officer, Area{w.provinces[0], LevelProvince}, "not_found"},
			"own village":   {officer, Area{w.villages[0], LevelVillage}, ""},
			"wrong level":   {models.System(), Area{w.communes[0], LevelProvince}, "not_found"},
			"nobody":        {models.Actor{}, Area{w.communes[0], LevelCommune}, "unauthenticated"},
		} {
			page, err := w.cov.Page(ctx, k.actor, k.area)
			assert.Equal(t, k.code, models.CodeOf(err), name)
			if k.code != "" {
				assert.Empty(t, page, name)
			}
		}
	})
}

// BenchmarkPage reads a province of 54 communes and 1,512 villages.
func BenchmarkPage(b *testing.B) {
	clock := storetest.NewClock()
	w := newWorld(b, storetest.SQLite(b, clock.Now), clock)
	var many []Delta
	w.tx(func(tx *gorm.DB) error {
		for i := range 54 {
			commune := w.area(tx, w.provinces[0], w.provinces[0], LevelCommune, i)
			for k := range 28 {
				d := house(models.NewID(clock.Now()), w.village(tx, commune), 200+k, i, 0)
				d.OnDate = clock.Now().Format(time.DateOnly)
				many = append(many, d)
			}
		}
		return RecordMany(tx, many, clock.Now())
	})
	w.fold()
	for _, tail := range []int{0, 100} {
		for range tail {
			w.record(house(models.NewID(clock.Now()), w.villages[20], 1, 0, 0))
		}
		b.Run(fmt.Sprintf("unfolded=%d", tail), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				page, err := w.cov.Page(ctx, models.System(), Area{w.provinces[0], LevelProvince})
				if err != nil || len(page.Children) != 56 {
					b.Fatal(len(page.Children), err)
				}
			}
		})
	}
}
