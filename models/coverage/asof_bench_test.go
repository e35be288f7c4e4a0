package coverage

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

// BenchmarkAsOf reads a province of 54 communes and 1,512 villages on any day of
// two years, in each of which a third of the days changed every village.
func BenchmarkAsOf(b *testing.B) {
	clock := storetest.NewClock()
	w := newWorld(b, storetest.SQLite(b, clock.Now), clock)
	w.tx(func(tx *gorm.DB) error {
		sums := map[periodKey]Figures{}
		for i := range 54 {
			commune := w.area(tx, w.provinces[0], w.provinces[0], LevelCommune, i)
			for range 28 {
				village := w.village(tx, commune)
				for back := 0; back < 730; back += 1 + rand.IntN(5) {
					for _, k := range periods(village, addDays("2026-11-23", -back)) {
						sums[k] = sums[k].plus(Figures{Known: 1, Covered: back % 2, Skills: SkillsIn(31)})
					}
				}
			}
		}
		return insertHistory(tx, sortedPeriods(sums), sums)
	})
	area := Area{w.provinces[0], LevelProvince}
	for name, read := range map[string]func(day string) error{
		"page": func(day string) error {
			_, err := w.cov.PageAsOf(ctx, models.System(), area, View{On: day, Map: "2026-11-23"})
			return err
		},
		"trend": func(day string) error {
			_, err := w.cov.Trend(ctx, models.System(), area, View{On: day, Map: "2026-11-23"})
			return err
		},
		"commune": func(day string) error {
			_, err := w.cov.PageAsOf(ctx, models.System(), Area{w.commune[w.villages[20]], LevelCommune}, View{On: day, Map: "2026-11-23"})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, read(addDays("2026-11-23", -rand.IntN(700))))
			}
		})
	}
}
