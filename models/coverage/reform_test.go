package coverage

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds/data"
)

// reform is the province of Quảng Ninh with its three maps and villages in every
// commune of the first; beside the database it keeps where each village lay, as
// the resolutions' tables say, and everything that ever changed in it.
type reform struct {
	t        *testing.T
	db       *store.DB
	cov      *Coverage
	places   *place.Places
	province place.Area
	villages []models.ID
	codes    map[models.ID]map[string]string // village → map → code of its commune
	facts    []Delta
}

// The last day of each map, and how many communes it has.
var maps3 = []struct {
	day      string
	communes int
}{{"2024-10-31", 177}, {"2025-06-30", 171}, {"2026-11-23", 54}}

func table(t *testing.T, name string) []map[string]string {
	raw, err := data.FS.ReadFile(name)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	var out []map[string]string
	for _, cells := range rows[1:] {
		row := map[string]string{}
		for i, name := range rows[0] {
			row[name] = cells[i]
		}
		out = append(out, row)
	}
	return out
}

func newReform(t *testing.T, db *store.DB) *reform {
	open := func(name string) *strings.Reader {
		raw, err := data.FS.ReadFile(name)
		require.NoError(t, err)
		return strings.NewReader(string(raw))
	}
	r := &reform{t: t, db: db, cov: New(db, models.ID{}), places: place.New(db), codes: map[models.ID]map[string]string{}}
	_, err := r.places.LoadAreas(ctx, place.AreaFiles{Before2024: open("areas_before_2024_11.csv"), Before2025: open("areas_before_2025.csv"),
		Current: open("areas.csv"), Merged2024: open("areas_merged_2024_11.csv"), Merged2025: open("areas_merged.csv")})
	require.NoError(t, err)
	r.province, err = r.places.AreaByCode(ctx, "22", "")
	require.NoError(t, err)
	r.settle()
	return r
}

// settle founds a village in every commune of early 2024, and one for every part
// of a commune whose people the reform of 2025 divided.
func (r *reform) settle() {
	in2024 := map[string]string{}
	for _, row := range table(r.t, "areas_merged_2024_11.csv") {
		in2024[row["old_code"]] = row["new_code"]
	}
	in2025 := map[string][]string{}
	for _, row := range table(r.t, "areas_merged.csv") {
		if row["extent"] != "part_area_only" {
			in2025[row["old_code"]] = append(in2025[row["old_code"]], row["new_code"])
		}
	}
	n := 0
	for _, row := range table(r.t, "areas_before_2024_11.csv") {
		if row["level"] != "commune" {
			continue
		}
		second := row["code"]
		if next, merged := in2024[second]; merged {
			second = next
		}
		require.NotEmpty(r.t, in2025[second], row["name_full_vi"])
		for _, third := range in2025[second] {
			n++
			v, err := r.places.CreateVillage(ctx, models.System(), place.NewVillage{CommuneCode: row["code"], Kind: "thon",
				Name: fmt.Sprint("Xóm ", n), ValidFrom: "2024-01-01", NowIn: third})
			require.NoError(r.t, err, "%s to %s", row["code"], third)
			r.villages = append(r.villages, v.ID)
			r.codes[v.ID] = map[string]string{maps3[0].day: row["code"], maps3[1].day: second, maps3[2].day: third}
		}
	}
	require.Greater(r.t, n, 177, "some communes were divided")
}

// happen writes facts of the years 2024 to 2026: registers, links, passes.
func (r *reform) happen(now *storetest.Clock) {
	days := []string{"2024-02-29", "2024-10-31", "2024-11-01", "2025-06-30", "2025-07-01", "2025-12-31", "2026-11-01", "2026-11-23"}
	for i, v := range r.villages {
		r.facts = append(r.facts, Delta{SubjectID: v, VillageID: v, OnDate: days[0], Households: 3 + i%5, Cause: "register"})
		for k, day := range days[1:] {
			if (i+k)%3 == 0 {
				r.facts = append(r.facts, Delta{SubjectID: v, VillageID: v, OnDate: day, Known: 1, Covered: k % 2, Skills: SkillsIn(1 << (k % 5)), Cause: "test"})
			}
		}
	}
	require.NoError(r.t, r.db.Tx(ctx, func(tx *gorm.DB) error { return RecordMany(tx, r.facts, now.Now()) }))
}

// truth counts the communes of a map at the end of a day from the bare facts.
func (r *reform) truth(on, mapDay string) map[string]Figures {
	sums := map[string]Figures{}
	for _, f := range r.facts {
		if f.OnDate <= on {
			code := r.codes[f.VillageID][mapDay]
			sums[code] = sums[code].plus(f.figures())
		}
	}
	return sums
}

// The same households under the 177, the 171 and the 54 communes, on either side
// of both reforms: no commune is off by one, none of them is lost, and the
// province is the same under every map; before a fold, with some folded, and
// after.
func TestTheReformsReplayed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		r := newReform(t, db)
		r.happen(clock)
		for _, folded := range []bool{false, true} {
			if folded {
				_, err := r.cov.Fold(ctx)
				require.NoError(t, err)
			}
			for _, on := range []string{"2024-01-31", "2024-10-31", "2024-11-01", "2025-06-30", "2025-07-01", "2026-11-22", "2026-11-23"} {
				for _, m := range maps3 {
					r.same(on, m.day, m.communes)
				}
			}
		}
		rep, err := r.cov.Verify(ctx, func(_ *gorm.DB, yield func(models.ID, Figures) error) error {
			for _, f := range r.facts {
				if err := yield(f.VillageID, f.figures()); err != nil {
					return err
				}
			}
			return nil
		})
		require.NoError(t, err)
		require.Zero(t, rep.Differences, "%+v", rep)
	})
}

func (r *reform) same(on, mapDay string, communes int) {
	want := r.truth(on, mapDay)
	page, err := r.cov.PageAsOf(ctx, models.System(), Area{r.province.ID, LevelProvince}, View{On: on, Map: mapDay})
	require.NoError(r.t, err)
	require.Len(r.t, page.Children, communes)
	require.Zero(r.t, page.Unplaced)
	var sum, all Figures
	for _, child := range page.Children {
		require.Equal(r.t, want[child.Code], child.Figures, "%s on %s under %s", child.Name, on, mapDay)
		sum = sum.plus(child.Figures)
	}
	for _, f := range want {
		all = all.plus(f)
	}
	require.Equal(r.t, all, page.Figures, "the same household set under every map")
	require.Equal(r.t, page.Figures, sum)
	commune := page.Children[len(page.Children)/2]
	below, err := r.cov.PageAsOf(ctx, models.System(), Area{commune.ID, LevelCommune}, View{On: on, Map: mapDay})
	require.NoError(r.t, err)
	require.Equal(r.t, commune.Figures, below.Figures)
	require.NotEmpty(r.t, below.Children)
}

// A village founded after the reform lies, on the older map, in the one commune
// that its commune came from; where that was several nobody can tell, and the
// page says so instead of guessing.
func TestVillagesOfTodayOnTheMapsOfYesterday(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		r := newReform(t, db)
		from := map[string]map[string]bool{}
		for _, row := range table(t, "areas_merged.csv") {
			if row["extent"] != "part_area_only" {
				if from[row["new_code"]] == nil {
					from[row["new_code"]] = map[string]bool{}
				}
				from[row["new_code"]][row["old_code"]] = true
			}
		}
		var single, several string
		for code, olds := range from {
			if len(olds) == 1 {
				single = max(single, code)
			} else {
				several = max(several, code)
			}
		}
		for i, code := range []string{single, several} {
			v, err := r.places.CreateVillage(ctx, models.System(), place.NewVillage{CommuneCode: code, Kind: "thon", Name: fmt.Sprint("Mới ", i), ValidFrom: "2026-01-01"})
			require.NoError(t, err)
			r.facts = append(r.facts, Delta{SubjectID: v.ID, VillageID: v.ID, OnDate: "2026-02-01", Households: 10 + i, Cause: "register"})
		}
		require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error { return RecordMany(tx, r.facts, clock.Now()) }))
		page, err := r.cov.PageAsOf(ctx, models.System(), Area{r.province.ID, LevelProvince}, View{On: "2026-11-23", Map: maps3[1].day})
		require.NoError(t, err)
		require.Equal(t, Figures{Households: 21}, page.Figures)
		require.Equal(t, Figures{Households: 11}, page.Unplaced)
		for _, child := range page.Children {
			if child.Households > 0 {
				require.True(t, from[single][child.Code])
				require.Equal(t, 10, child.Households)
			}
		}
	})
}
