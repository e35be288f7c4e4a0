package place_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

func officer(areaID models.ID) models.Actor {
	return models.Actor{Account: models.NewID(storetest.Start), Grants: []models.Grant{{Role: models.RoleDeptOfficer, Scope: models.ScopeArea, At: areaID}}}
}

func village(t testing.TB, p *place.Places, commune, name string) place.Village {
	t.Helper()
	v, err := p.CreateVillage(context.Background(), models.System(), place.NewVillage{CommuneCode: commune, Kind: "thon", Name: name, ValidFrom: "2025-07-01"})
	require.NoError(t, err)
	return v
}

func TestCreateVillage(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		v, err := p.CreateVillage(ctx, models.System(), place.NewVillage{CommuneCode: "06978", Name: "  Thôn  Khe Vằn "})
		require.NoError(t, err)
		assert.Regexp(t, `^V-[2-9A-HJKMNP-Z]{7}$`, v.Code)
		assert.Equal(t, []string{"thon", "Khe Vằn", "2026-11-23", models.Forever, "06970", "Ba Chẽ"},
			[]string{v.Kind, v.Name, v.ValidFrom, v.ValidTo, v.CommuneCode, v.CommuneName})
		got, err := p.Village(ctx, " v "+v.Code[2:])
		require.NoError(t, err)
		assert.Equal(t, v, got)

		for name, c := range map[string]struct {
			n    place.NewVillage
			kind models.Kind
			code string
		}{
			"same again":       {place.NewVillage{CommuneCode: "06970", Kind: "thon", Name: "Khe Vằn"}, models.KindConflict, "duplicate_village"},
			"no kind":          {place.NewVillage{CommuneCode: "06970", Name: "Khe Vằn"}, models.KindInvalid, "required"},
			"odd kind":         {place.NewVillage{CommuneCode: "06970", Kind: "hamlet", Name: "Khe Vằn"}, models.KindInvalid, "invalid_village_kind"},
			"no name":          {place.NewVillage{CommuneCode: "06970", Kind: "thon", Name: " "}, models.KindInvalid, "invalid_name"},
			"no commune":       {place.NewVillage{CommuneCode: "99999", Kind: "thon", Name: "A"}, models.KindNotFound, "not_found"},
			"a province":       {place.NewVillage{CommuneCode: "22", Kind: "thon", Name: "A"}, models.KindNotFound, "not_found"},
			"tomorrow":         {place.NewVillage{CommuneCode: "06970", Kind: "thon", Name: "A", ValidFrom: "2026-11-24"}, models.KindInvalid, "invalid_date"},
			"no day":           {place.NewVillage{CommuneCode: "06970", Kind: "thon", Name: "A", ValidFrom: "2026"}, models.KindInvalid, "invalid_date"},
			"code":             {place.NewVillage{CommuneCode: "06970", Kind: "thon", Name: "A", Code: "thôn 1"}, models.KindInvalid, "invalid_code"},
			"people divided":   {place.NewVillage{CommuneCode: "06886", Kind: "thon", Name: "A", ValidFrom: "2025-06-30"}, models.KindInvalid, "commune_split"},
			"ended long since": {place.NewVillage{CommuneCode: "06664", Kind: "thon", Name: "A"}, models.KindNotFound, "not_found"},
		} {
			_, err := p.CreateVillage(ctx, models.System(), c.n)
			assert.Equal(t, c.kind, models.KindOf(err), name)
			if e, ok := err.(*models.Error); ok && len(e.Fields) > 0 {
				assert.Equal(t, c.code, e.Fields[0].Code, name)
			} else {
				assert.Equal(t, c.code, models.CodeOf(err), name)
			}
		}
		var n int64
		require.NoError(t, db.Read(ctx).Table("villages").Count(&n).Error)
		assert.EqualValues(t, 1, n, "refused means not written")
	})
}

func TestVillageFollowsItsCommuneThroughReforms(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		// Cộng Hòa became Hải Hòa in 2024; its people went to Hải Lạng in 2025
		// though its ground was divided.
		v, err := p.CreateVillage(ctx, models.System(), place.NewVillage{CommuneCode: "06799", Name: "Thôn Hà Tranh", ValidFrom: "2020-01-01"})
		require.NoError(t, err)
		assert.Equal(t, "06886", v.CommuneCode)
		for on, want := range map[string]string{"2020-01-01": "Cộng Hòa", "2024-10-31": "Cộng Hòa", "2024-11-01": "Hải Hòa", "2025-06-30": "Hải Hòa", "2025-07-01": "Hải Lạng", "2026-11-23": "Hải Lạng"} {
			got, err := place.VillageByID(db.Read(ctx), v.ID, on)
			require.NoError(t, err, on)
			assert.Equal(t, want, got.CommuneName, on)
		}
		_, err = place.VillageByID(db.Read(ctx), v.ID, "2019-12-31")
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
	})
}

func TestVillageScope(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		baChe, haTu, province := area(t, p, "06970", ""), area(t, p, "06652", ""), area(t, p, "22", "")
		n := place.NewVillage{CommuneCode: "06970", Kind: "thon", Name: "Khe Vằn"}
		_, err := p.CreateVillage(ctx, officer(haTu.ID), n)
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		_, err = p.CreateVillage(ctx, models.Actor{}, n)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		teacher := models.Actor{Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass}}}
		_, err = p.CreateVillage(ctx, teacher, n)
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
		v, err := p.CreateVillage(ctx, officer(province.ID), n)
		require.NoError(t, err)
		_, err = p.RenameVillage(ctx, officer(haTu.ID), v.Code, "", "Khe Mới")
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		v, err = p.RenameVillage(ctx, officer(baChe.ID), v.Code, "", "Bản Khe Mới")
		require.NoError(t, err)
		got, err := p.Village(ctx, v.Code)
		require.NoError(t, err)
		assert.Equal(t, []string{"ban", "Khe Mới"}, []string{got.Kind, got.Name})

		other := village(t, p, "06652", "Núi Béo")
		for _, c := range []struct {
			reach models.Reach
			want  []bool // v, other
		}{
			{models.Reach{}, []bool{false, false}},
			{models.Reach{All: true}, []bool{true, true}},
			{models.Reach{Areas: []models.ID{baChe.ID}}, []bool{true, false}},
			{models.Reach{Areas: []models.ID{haTu.ID, baChe.ID}}, []bool{true, true}},
			{models.Reach{Areas: []models.ID{province.ID}}, []bool{true, true}},
			{models.Reach{Schools: []models.ID{province.ID}}, []bool{false, false}},
		} {
			where, args := place.VillageFilter(c.reach, "id", "2026-11-23")
			for i, v := range []place.Village{v, other} {
				in, err := place.InReach(db.Read(ctx), c.reach, v.ID)
				require.NoError(t, err)
				assert.Equal(t, c.want[i], in)
				in, err = place.AreaInReach(db.Read(ctx), c.reach, v.CommuneID)
				require.NoError(t, err)
				assert.Equal(t, c.want[i], in)
				var found int64
				require.NoError(t, db.Read(ctx).Table("villages").Where("id = ?", v.ID).Where(where, args...).Count(&found).Error)
				assert.Equal(t, c.want[i], found == 1)
			}
			in, err := place.InReach(db.Read(ctx), c.reach, models.NewID(storetest.Start))
			require.NoError(t, err)
			assert.Equal(t, c.reach.All, in, "an absent village is in nobody's area")
		}
	})
}

func TestMoveVillage(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		v := village(t, p, "06970", "Khe Vằn")
		from, to, third := area(t, p, "06970", ""), area(t, p, "06979", ""), area(t, p, "06985", "")
		move := func(target models.ID, on string) (got models.ID, err error) {
			err = tx(t, db, func(tx *gorm.DB) error {
				got, err = place.MoveVillageTx(tx, v.ID, target, on, "Nghị quyết xã", clock.Now())
				return err
			})
			return got, err
		}
		for name, c := range map[string]struct {
			target models.ID
			on     string
			code   string
		}{
			"same":            {from.ID, "2026-01-01", "same_commune"},
			"before it began": {to.ID, "2025-06-30", "invalid"},
			"tomorrow":        {to.ID, "2026-11-24", "invalid"},
			"no day":          {to.ID, "1/1/2026", "invalid_date"},
			"no commune":      {models.NewID(clock.Now()), "2026-01-01", "not_found"},
			"a province":      {from.ProvinceID, "2026-01-01", "not_found"},
			"ended commune":   {area(t, p, "06973", "2025-01-01").ID, "2026-01-01", "invalid"},
		} {
			_, err := move(c.target, c.on)
			assert.Equal(t, c.code, models.CodeOf(err), name)
		}
		got, err := move(to.ID, "2026-01-01")
		require.NoError(t, err)
		assert.Equal(t, from.ID, got)
		for on, want := range map[string]models.ID{"2025-12-31": from.ID, "2026-01-01": to.ID, "2026-11-23": to.ID} {
			c, province, err := place.VillageCommune(db.Read(ctx), v.ID, on)
			require.NoError(t, err)
			assert.Equal(t, want, c, on)
			assert.Equal(t, from.ProvinceID, province)
		}
		got, err = move(third.ID, "2026-01-01")
		require.NoError(t, err)
		assert.Equal(t, to.ID, got, "put right on the same day")
		c, _, err := place.VillageCommune(db.Read(ctx), v.ID, "2026-01-01")
		require.NoError(t, err)
		assert.Equal(t, third.ID, c)
		var rows int64
		require.NoError(t, db.Read(ctx).Table("village_communes").Where("village_id = ?", v.ID).Count(&rows).Error)
		assert.EqualValues(t, 2, rows)
		_, err = place.VillageByCode(db.Read(ctx), "V-ABSENT", "2026-01-01")
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
	})
}

func TestCloseVillage(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		a, b, c := village(t, p, "06970", "Một"), village(t, p, "06970", "Hai"), village(t, p, "06970", "Ba")
		closeIt := func(v, into models.ID, on string) error {
			return tx(t, db, func(tx *gorm.DB) error { return place.CloseVillageTx(tx, v, into, on, clock.Now()) })
		}
		assert.Equal(t, "merge_into_itself", models.CodeOf(closeIt(a.ID, a.ID, "2026-01-01")))
		assert.Equal(t, "not_found", models.CodeOf(closeIt(a.ID, models.NewID(clock.Now()), "2026-01-01")))
		assert.Equal(t, "not_found", models.CodeOf(closeIt(models.NewID(clock.Now()), a.ID, "2026-01-01")))
		assert.Equal(t, "invalid", models.CodeOf(closeIt(a.ID, b.ID, "2025-07-01")), "on its first day")
		assert.Equal(t, "invalid", models.CodeOf(closeIt(a.ID, b.ID, "2026-11-24")), "tomorrow")
		require.NoError(t, closeIt(a.ID, b.ID, "2026-01-01"))
		assert.Equal(t, "village_closed", models.CodeOf(closeIt(a.ID, b.ID, "2026-02-01")))
		assert.Equal(t, "merge_target_closed", models.CodeOf(closeIt(c.ID, a.ID, "2026-02-01")))
		require.NoError(t, closeIt(c.ID, models.ID{}, "2026-02-01"), "dissolved")

		_, err := place.VillageByID(db.Read(ctx), a.ID, "2026-01-01")
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		before, err := place.VillageByID(db.Read(ctx), a.ID, "2025-12-31")
		require.NoError(t, err)
		assert.Equal(t, "2026-01-01", before.ValidTo)
		in, err := place.InReach(db.Read(ctx), models.Reach{Areas: []models.ID{a.CommuneID}}, a.ID)
		require.NoError(t, err)
		assert.True(t, in, "its history is still its last commune's")
		_, err = p.RenameVillage(ctx, models.System(), a.Code, "", "Mới")
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		list, next, err := p.Villages(ctx, a.CommuneID, "", place.Page{})
		require.NoError(t, err)
		assert.Empty(t, next)
		assert.Equal(t, []string{"Hai"}, fullNames(list, func(v place.Village) string { return v.Name }))
	})
}

func TestTwoVillagesMergedIntoEachOther(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, clock *storetest.Clock) {
		for i := range 5 {
			a, b := village(t, p, "06970", fmt.Sprint("A", i)), village(t, p, "06970", fmt.Sprint("B", i))
			var wins atomic.Int32
			var wg sync.WaitGroup
			for _, pair := range [][2]models.ID{{a.ID, b.ID}, {b.ID, a.ID}} {
				wg.Go(func() {
					if tx(t, db, func(tx *gorm.DB) error { return place.CloseVillageTx(tx, pair[0], pair[1], "2026-01-01", clock.Now()) }) == nil {
						wins.Add(1)
					}
				})
			}
			wg.Wait()
			assert.EqualValues(t, 1, wins.Load())
		}
	})
}

func TestOneOfManyNamesTheVillage(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		var made, refused atomic.Int32
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				_, err := p.CreateVillage(context.Background(), models.System(), place.NewVillage{CommuneCode: "06970", Kind: "thon", Name: "Khe Vằn"})
				switch models.CodeOf(err) {
				case "":
					made.Add(1)
				case "duplicate_village":
					refused.Add(1)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, made.Load())
		assert.EqualValues(t, 5, refused.Load())
	})
}

func TestVillagesPageByPage(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		commune := area(t, p, "06970", "")
		// Two that fold to the same, to be told apart by code.
		for _, n := range []string{"Khe Vằn", "Khe Vân", "Đồng Chức", "An Bình", "Bắc Cáp"} {
			village(t, p, "06970", n)
		}
		var all []string
		after := ""
		for range 10 {
			list, next, err := p.Villages(ctx, commune.ID, "", place.Page{After: after, Limit: 2})
			require.NoError(t, err)
			all = append(all, fullNames(list, func(v place.Village) string { return v.Name })...)
			if after = next; next == "" {
				break
			}
		}
		require.Len(t, all, 5)
		assert.Equal(t, []string{"An Bình", "Bắc Cáp", "Đồng Chức"}, all[:3])
		assert.ElementsMatch(t, []string{"Khe Vằn", "Khe Vân"}, all[3:])
		_, _, err := p.Villages(ctx, commune.ID, "", place.Page{After: "?"})
		assert.Equal(t, "invalid_cursor", models.CodeOf(err))

		found, err := p.SearchVillages(ctx, "thôn khe van", models.ID{}, 0)
		require.NoError(t, err)
		assert.Len(t, found, 2)
		found, err = p.SearchVillages(ctx, found[0].Code, commune.ProvinceID, 0)
		require.NoError(t, err)
		assert.Len(t, found, 1)
		found, err = p.SearchVillages(ctx, "khe", area(t, p, "06652", "").ID, 0)
		require.NoError(t, err)
		assert.Empty(t, found)
	})
}

func TestSplitVillageName(t *testing.T) {
	for in, want := range map[string][2]string{
		"Thôn Khe Vằn": {"thon", "Khe Vằn"}, "KHU PHỐ 5": {"khu_pho", "5"}, "Khu 5": {"khu_pho", "5"}, "Tổ dân phố Bắc": {"khu_pho", "Bắc"},
		"ban Lục Ngù": {"ban", "Lục Ngù"}, "Bàn Cờ": {"", "Bàn Cờ"}, "Thôn": {"", "Thôn"}, "": {"", ""}, "Khe Vằn": {"", "Khe Vằn"},
		"Tho\u0302n Một": {"thon", "Một"},
	} {
		kind, name := place.SplitVillageName(in)
		assert.Equal(t, want, [2]string{kind, name}, in)
	}
}

func TestImportVillages(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		count := func() (n int64) {
			require.NoError(t, db.Read(ctx).Table("villages").Count(&n).Error)
			return n
		}
		rows := []place.VillageRow{
			{Row: 5, CommuneCode: "6970", Name: "Thôn Khe Vằn", ValidFrom: "2025-07-01"},
			{Row: 6, CommuneName: "Xã Ba Chẽ", Kind: "Khu phố", Name: "1", Code: "V-BC1"},
			{Row: 7, CommuneCode: "06985", Name: "Bản Đồng Cầu"},
		}
		rep, err := p.ImportVillages(ctx, models.System(), rows, true)
		require.NoError(t, err)
		assert.Equal(t, place.VillageReport{Rows: 3, New: 3}, rep)
		assert.Zero(t, count(), "a dry run writes nothing")
		rep, err = p.ImportVillages(ctx, models.System(), rows, false)
		require.NoError(t, err)
		assert.Equal(t, place.VillageReport{Rows: 3, New: 3}, rep)
		rows[1].Name = "Một"
		rep, err = p.ImportVillages(ctx, models.System(), rows, false)
		require.NoError(t, err)
		assert.Equal(t, place.VillageReport{Rows: 3, Changed: 1, Unchanged: 2}, rep)
		got, err := p.Village(ctx, "v-bc1")
		require.NoError(t, err)
		assert.Equal(t, "Một", got.Name)

		bad := []place.VillageRow{
			{Row: 2, CommuneCode: "06970", Name: "Thôn Mới"},
			{Row: 3, CommuneCode: "99999", Name: "Thôn Mới"},
			{Row: 4, CommuneName: "Hạ Long", Name: "Khu 1"},
			{Row: 5, Name: "Thôn Mới"},
			{Row: 6, CommuneCode: "06970", Name: "Mới"},
			{Row: 7, CommuneCode: "06970", Name: "Thôn Mới"},
			{Row: 8, CommuneCode: "06985", Name: "Khu phố Một", Code: "V-BC1"},
			{Row: 9, CommuneCode: "06970", Name: "Thôn A", ValidFrom: "hôm nay"},
			{Row: 10, CommuneCode: "06970", Name: "Thôn A", Code: "??"},
			{Row: 11, CommuneCode: "22", Name: "Thôn A"},
		}
		rep, err = p.ImportVillages(ctx, models.System(), bad, false)
		require.NoError(t, err)
		assert.Equal(t, []place.RowError{
			{Row: 3, Column: "commune", Reason: "not_found"}, {Row: 4, Column: "commune", Reason: "ambiguous_name"},
			{Row: 5, Column: "commune", Reason: "required"}, {Row: 6, Column: "kind", Reason: "required"},
			{Row: 7, Column: "name", Reason: "duplicate_row"}, {Row: 8, Column: "code", Reason: "village_in_other_commune"},
			{Row: 9, Column: "valid_from", Reason: "invalid_date"}, {Row: 10, Column: "code", Reason: "invalid_code"},
			{Row: 11, Column: "commune", Reason: "not_found"},
		}, rep.Errors)
		assert.EqualValues(t, 3, count(), "all or nothing")

		rep, err = p.ImportVillages(ctx, officer(area(t, p, "06652", "").ID), rows[:1], false)
		require.NoError(t, err)
		assert.Equal(t, []place.RowError{{Row: 5, Column: "commune", Reason: "not_found"}}, rep.Errors)
		_, err = p.ImportVillages(ctx, models.Actor{Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass}}}, rows, false)
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
	})
}

func TestImportOfAWholeProvince(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	p := place.New(db)
	_, err := p.LoadAreas(context.Background(), areaFiles(t))
	require.NoError(t, err)
	communes, err := p.Children(context.Background(), area(t, p, "22", "").ID, "")
	require.NoError(t, err)
	var rows []place.VillageRow
	for i := range 1452 {
		rows = append(rows, place.VillageRow{Row: i + 2, CommuneCode: communes[i%54].Code, Kind: "thon", Name: fmt.Sprint("Số ", i), ValidFrom: "2025-07-01"})
	}
	rep, err := p.ImportVillages(context.Background(), models.System(), rows, false)
	require.NoError(t, err)
	assert.Equal(t, 1452, rep.New)
}
