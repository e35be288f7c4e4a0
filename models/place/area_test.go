package place_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds/data"
)

func file(t testing.TB, name string) io.Reader {
	t.Helper()
	b, err := data.FS.ReadFile(name)
	require.NoError(t, err)
	return strings.NewReader(string(b))
}

func areaFiles(t testing.TB) place.AreaFiles {
	return place.AreaFiles{
		Before2024: file(t, "areas_before_2024_11.csv"), Before2025: file(t, "areas_before_2025.csv"), Current: file(t, "areas.csv"),
		Merged2024: file(t, "areas_merged_2024_11.csv"), Merged2025: file(t, "areas_merged.csv"),
	}
}

// each runs a test on both databases with the province loaded.
func each(t *testing.T, test func(t *testing.T, p *place.Places, db *store.DB, clock *storetest.Clock)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		p := place.New(db)
		_, err := p.LoadAreas(context.Background(), areaFiles(t))
		require.NoError(t, err)
		test(t, p, db, clock)
	})
}

func area(t testing.TB, p *place.Places, code, on string) place.Area {
	t.Helper()
	a, err := p.AreaByCode(context.Background(), code, on)
	require.NoError(t, err, "%s on %s", code, on)
	return a
}

func fullNames[T any](list []T, name func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = name(v)
	}
	return out
}

func TestCommunesOfEachPeriod(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		ctx, province := context.Background(), area(t, p, "22", "")
		assert.Equal(t, "Tỉnh Quảng Ninh", province.FullName)
		assert.Equal(t, province.ID, province.ProvinceID)
		for on, want := range map[string]struct {
			communes, districts int
			kinds               map[string]int
		}{
			"2024-10-31": {177, 13, map[string]int{"xã": 98, "phường": 72, "thị trấn": 7}},
			"2024-11-01": {171, 13, map[string]int{"xã": 91, "phường": 73, "thị trấn": 7}},
			"2025-06-30": {171, 13, map[string]int{"xã": 91, "phường": 73, "thị trấn": 7}},
			"2025-07-01": {54, 0, map[string]int{"xã": 22, "phường": 30, "đặc khu": 2}},
			"":           {54, 0, map[string]int{"xã": 22, "phường": 30, "đặc khu": 2}},
		} {
			communes, err := p.Children(ctx, province.ID, on)
			require.NoError(t, err)
			kinds := map[string]int{}
			for _, c := range communes {
				kinds[c.Kind]++
			}
			assert.Len(t, communes, want.communes, on)
			assert.Equal(t, want.kinds, kinds, on)
			districts, _, err := p.Search(ctx, "", place.SearchFilter{Level: place.LevelDistrict, On: on})
			require.NoError(t, err)
			assert.Len(t, districts, want.districts, on)
		}
	})
}

func TestLoadAreasTwice(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		before := area(t, p, "06652", "")
		n, err := p.LoadAreas(ctx, areaFiles(t))
		require.NoError(t, err)
		assert.Zero(t, n)
		assert.Equal(t, before, area(t, p, "06652", ""), "the same id, so that what refers to it still does")

		files := areaFiles(t)
		b, err := data.FS.ReadFile("areas.csv")
		require.NoError(t, err)
		files.Current = strings.NewReader(strings.Replace(string(b), "22,,province,tỉnh,Quảng Ninh,Tỉnh Quảng Ninh", "22,,province,thành phố,Quảng Ninh,Thành phố Quảng Ninh", 1))
		n, err = p.LoadAreas(ctx, files)
		require.NoError(t, err)
		assert.Positive(t, n, "the province became a city: a new row from that period on")
		var rows int64
		require.NoError(t, db.Read(ctx).Table("areas").Where("code = '22'").Count(&rows).Error)
		assert.EqualValues(t, 2, rows)
	})
}

func TestOneRowSpansTwoPeriods(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		early, mid := area(t, p, "06652", "2000-01-01"), area(t, p, "06652", "2025-06-30")
		assert.Equal(t, early, mid)
		assert.Equal(t, "1990-01-01", early.ValidFrom)
		assert.Equal(t, "2025-07-01", early.ValidTo)
		before, after := area(t, p, "07081", "2024-10-31"), area(t, p, "07081", "2024-11-01")
		assert.Equal(t, []string{"Xã Bình Khê", "Phường Bình Khê"}, []string{before.FullName, after.FullName})
		next, err := p.Successors(context.Background(), before.ID)
		require.NoError(t, err)
		require.Len(t, next, 1)
		assert.Equal(t, after.ID, next[0].ID)
		assert.Equal(t, place.ExtentWhole, next[0].Extent)
	})
}

func TestCodeReuse(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		assert.Equal(t, "Phường Hà Phong", area(t, p, "06652", "2025-06-30").FullName)
		assert.Equal(t, "Phường Hà Tu", area(t, p, "06652", "2025-07-01").FullName)
		assert.Equal(t, "Phường Hà Tu", area(t, p, "06652", "").FullName, "today")
		assert.Equal(t, "Phường Hà Tu", area(t, p, "6652", "").FullName, "the zero a spreadsheet cut off")
		assert.Equal(t, "Phường Hà Tu", area(t, p, " 6652.0 ", "").FullName)
		_, err := p.AreaByCode(context.Background(), "06664", "")
		assert.Equal(t, models.KindNotFound, models.KindOf(err), "a code that ended")
		_, err = p.AreaByCode(context.Background(), "06652", "1.7.2025")
		assert.Equal(t, "invalid_date", models.CodeOf(err))

		var reused int
		require.NoError(t, db.Read(context.Background()).Raw(`SELECT COUNT(*) FROM areas o JOIN areas n ON n.code = o.code
			WHERE o.level = 'commune' AND o.valid_to = '2025-07-01' AND n.valid_from = '2025-07-01' AND o.name <> n.name`).Scan(&reused).Error)
		assert.Equal(t, 21, reused)
	})
}

func TestBaCheByBothCodes(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		want := area(t, p, "06970", "")
		assert.Equal(t, "Xã Ba Chẽ", want.FullName)
		assert.Equal(t, want, area(t, p, "06978", ""))
		assert.Equal(t, "Thị trấn Ba Chẽ", area(t, p, "06970", "2025-01-01").FullName)
		_, err := p.AreaByCode(context.Background(), "06978", "2025-01-01")
		assert.Equal(t, models.KindNotFound, models.KindOf(err), "the second code is of the new commune only")
	})
}

func TestSuccession(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		parts, err := p.Successors(ctx, area(t, p, "06886", "2025-06-30").ID)
		require.NoError(t, err)
		assert.Equal(t, []string{"Xã Hải Hòa part", "Xã Hải Lạng part", "Xã Ba Chẽ part"},
			fullNames(parts, func(s place.Succession) string { return s.FullName + " " + s.Extent }))
		assert.Equal(t, "2025-07-01", parts[0].OnDate)
		assert.Equal(t, "NQ 1679/NQ-UBTVQH15, khoản 3", parts[0].Source)

		from, err := p.Predecessors(ctx, area(t, p, "06970", "").ID)
		require.NoError(t, err)
		assert.Equal(t, []string{"Xã Hải Lạng", "Thị trấn Ba Chẽ", "Xã Thanh Sơn", "Xã Nam Sơn", "Xã Đồn Đạc"},
			fullNames(from, func(s place.Succession) string { return s.FullName }))

		old, err := p.Successors(ctx, area(t, p, "06991", "2024-10-31").ID)
		require.NoError(t, err)
		assert.Equal(t, []string{"Xã Lương Minh"}, fullNames(old, func(s place.Succession) string { return s.FullName }))

		var split int
		require.NoError(t, db.Read(ctx).Raw(`SELECT COUNT(*) FROM (SELECT old_id FROM area_successions
			WHERE on_date = '2025-07-01' GROUP BY old_id HAVING COUNT(*) > 1) s`).Scan(&split).Error)
		assert.Equal(t, 12, split)
		var orphans int
		require.NoError(t, db.Read(ctx).Raw(`SELECT COUNT(*) FROM areas a WHERE a.level = 'commune' AND a.valid_to <> ?
			AND NOT EXISTS (SELECT 1 FROM area_successions s WHERE s.old_id = a.id)`, models.Forever).Scan(&orphans).Error)
		assert.Zero(t, orphans, "every commune that ended went somewhere")
	})
}

func TestAncestors(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		name := func(a place.Area) string { return a.FullName }
		up, err := p.Ancestors(ctx, area(t, p, "06652", "").ID)
		require.NoError(t, err)
		assert.Equal(t, []string{"Tỉnh Quảng Ninh"}, fullNames(up, name))
		up, err = p.Ancestors(ctx, area(t, p, "07084", "2024-01-01").ID)
		require.NoError(t, err)
		assert.Equal(t, []string{"Tỉnh Quảng Ninh", "Thành phố Đông Triều"}, fullNames(up, name))
		up, err = p.Ancestors(ctx, area(t, p, "22", "").ID)
		require.NoError(t, err)
		assert.Empty(t, up)
		_, err = p.Ancestors(ctx, models.NewID(storetest.Start))
		assert.Equal(t, models.KindNotFound, models.KindOf(err))

		before, err := p.Children(ctx, area(t, p, "205", "2024-10-31").ID, "2024-10-31")
		require.NoError(t, err)
		after, err := p.Children(ctx, area(t, p, "205", "2024-11-01").ID, "2024-11-01")
		require.NoError(t, err)
		assert.Len(t, before, 21)
		assert.Len(t, after, 19)
	})
}

func TestSearch(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		for q, want := range map[string][]string{
			"hai hoa":        {"Xã Hải Hòa"},
			"Hải Hoà":        {"Xã Hải Hòa"},
			"HẢI HÒA":        {"Xã Hải Hòa"},
			"ha long":        {"Phường Hạ Long"},
			"p. Hà Tu":       {"Phường Hà Tu"},
			"phuong ha tu":   {"Phường Hà Tu"},
			"xã Ba Chẽ":      {"Xã Ba Chẽ"},
			"van do":         {"Đặc khu Vân Đồn"},
			"đac khu co to":  {"Đặc khu Cô Tô"},
			"06652":          {"Phường Hà Tu"},
			"06978":          {"Xã Ba Chẽ"},
			"%":              {},
			"_a":             {},
			"không có xã đó": {},
		} {
			got, _, err := p.Search(ctx, q, place.SearchFilter{Level: place.LevelCommune})
			require.NoError(t, err)
			assert.Equal(t, want, fullNames(got, func(a place.Area) string { return a.FullName }), q)
		}
		old, _, err := p.Search(ctx, "phuong nam", place.SearchFilter{On: "2025-06-30"})
		require.NoError(t, err)
		assert.Equal(t, "Phường Phương Nam", old[0].FullName, "a name that looks like a kind")
		district := area(t, p, "202", "2025-06-30")
		old, _, err = p.Search(ctx, "", place.SearchFilter{On: "2025-06-30", Within: district.ID, Level: place.LevelCommune, Limit: 3})
		require.NoError(t, err)
		assert.Len(t, old, 3)
		first, more, err := p.Search(ctx, "", place.SearchFilter{Level: place.LevelCommune})
		require.NoError(t, err)
		assert.Equal(t, []any{50, true}, []any{len(first), more})
		rest, more, err := p.Search(ctx, "", place.SearchFilter{Level: place.LevelCommune, Skip: 50})
		require.NoError(t, err)
		assert.Equal(t, []any{4, false}, []any{len(rest), more})
		assert.NotEqual(t, first[0], rest[0])
		_, _, err = p.Search(ctx, "", place.SearchFilter{On: "hôm qua"})
		assert.Equal(t, "invalid_date", models.CodeOf(err))
	})
}

func TestMatchName(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		for _, c := range []struct{ name, on, hint, want, code string }{
			{"Hà Tu", "", "", "06652", ""},
			{"ha tu", "2025-06-30", "", "06664", ""},
			{"Phường Hà Tu", "", "Quảng Ninh", "06652", ""},
			{"Hải Hoà", "", "", "", "ambiguous_name"}, // a ward of Móng Cái bore it too
			{"Xã Hải Hòa", "", "", "06799", ""},
			{"Xã Hải Hoà", "", "", "06799", ""},
			{"Hạ Long", "", "", "", "ambiguous_name"}, // the old commune of Vân Đồn is another
			{"Hạ Long", "", "Quảng Ninh", "", "ambiguous_name"},
			{"P. Hạ Long", "", "", "06688", ""},
			{"Hạ Long", "2025-06-30", "Huyện Vân Đồn", "07012", ""},
			{"Thanh Sơn", "2025-06-30", "", "", "ambiguous_name"},
			{"Thanh Sơn", "2025-06-30", "Ba Chẽ", "06973", ""},
			{"Thanh Sơn", "2025-06-30", "202", "06973", ""},
			{"Phường Thanh Sơn", "2025-06-30", "", "06811", ""},
			{"Đầm Hà", "2025-06-30", "Đầm Hà", "", "ambiguous_name"}, // town and commune of one district
			{"Thị trấn Đầm Hà", "2025-06-30", "Đầm Hà", "06895", ""},
			{"Đầm Hà", "", "", "06895", ""},
			{"Hải Lạng", "", "", "06886", ""},
			{"Yết Kiêu", "", "", "", "not_found"},
			{"", "", "", "", "not_found"},
			{"Hà Tu", "", "Hải Dương", "", "not_found"},
			{"Hà Tu", "2025-13-01", "", "", "invalid_date"},
		} {
			a, err := p.MatchName(context.Background(), c.name, c.on, c.hint)
			assert.Equal(t, c.code, models.CodeOf(err), "%+v", c)
			if c.want != "" {
				assert.Equal(t, c.want, a.Code, "%+v", c)
			}
		}
	})
}

func TestBrokenAreaFiles(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	p := place.New(db)
	header := "code,parent_code,level,kind,name_vi,name_full_vi\n"
	for name, c := range map[string]struct {
		change func(*place.AreaFiles)
		at     string
	}{
		"missing":     {func(f *place.AreaFiles) { f.Current = nil }, "areas.csv"},
		"empty":       {func(f *place.AreaFiles) { f.Current = strings.NewReader("") }, "areas.csv"},
		"header only": {func(f *place.AreaFiles) { f.Current = strings.NewReader(header) }, "areas.csv"},
		"column":      {func(f *place.AreaFiles) { f.Current = strings.NewReader("code,level\n") }, "areas.csv column parent_code"},
		"level":       {func(f *place.AreaFiles) { f.Current = strings.NewReader(header + "22,,hamlet,x,y,z\n") }, "areas.csv row 2"},
		"parent": {func(f *place.AreaFiles) {
			f.Current = strings.NewReader(header + "22,,province,x,y,z\n1,23,commune,x,y,z\n")
		}, "areas.csv row 3"},
		"name": {func(f *place.AreaFiles) { f.Current = strings.NewReader(header + "22,,province,x,,z\n") }, "areas.csv row 2"},
		"twice": {func(f *place.AreaFiles) {
			f.Current = strings.NewReader(header + "22,,province,x,y,z\n22,,province,x,y,z\n")
		}, "areas.csv row 3"},
		"ragged": {func(f *place.AreaFiles) { f.Current = strings.NewReader(header + "22,,province\n") }, "areas.csv row 2"},
		"extent": {func(f *place.AreaFiles) {
			f.Merged2025 = strings.NewReader("old_code,old_name_full_vi,new_code,new_name_full_vi,extent\n1,a,2,b,half\n")
		}, "areas_merged.csv row 2"},
		"unknown merger": {func(f *place.AreaFiles) {
			f.Merged2025 = strings.NewReader("old_code,old_name_full_vi,new_code,new_name_full_vi,extent\n06652,Phường Khác,06652,Phường Hà Tu,whole\n")
		}, "succession 06652 to 06652"},
	} {
		t.Run(name, func(t *testing.T) {
			f := areaFiles(t)
			c.change(&f)
			_, err := p.LoadAreas(context.Background(), f)
			var e *models.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "broken_area_file", e.Code)
			assert.Equal(t, c.at, e.Fields[0].Location)
			var n int64
			require.NoError(t, db.Read(context.Background()).Table("areas").Count(&n).Error)
			assert.Zero(t, n, "nothing half-written")
		})
	}
}

func tx(t testing.TB, db *store.DB, fn func(tx *gorm.DB) error) error {
	t.Helper()
	return db.Tx(context.Background(), fn)
}
