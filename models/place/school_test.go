package place_test

import (
	"context"
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

func school(t testing.TB, p *place.Places, code, name, commune string) place.School {
	t.Helper()
	s, err := p.CreateSchool(context.Background(), models.System(), place.NewSchool{Code: code, Name: name, Type: "thcs", CommuneCode: commune})
	require.NoError(t, err)
	return s
}

func class(t testing.TB, db *store.DB, schoolID models.ID, year, name string) (c place.Class) {
	t.Helper()
	require.NoError(t, tx(t, db, func(tx *gorm.DB) (err error) {
		c, _, err = place.EnsureClass(tx, schoolID, year, 0, name, storetest.Start)
		return err
	}))
	return c
}

func TestSchoolYear(t *testing.T) {
	for day, want := range map[string]string{"2026-07-31": "2025-2026", "2026-08-01": "2026-2027", "2026-12-31": "2026-2027", "2027-01-01": "2026-2027", "x": ""} {
		assert.Equal(t, want, place.SchoolYear(day), day)
	}
	for in, want := range map[string]string{"2026-2027": "2026-2027", " 2026 - 2027 ": "2026-2027", "2026-2028": "", "2026": "", "": "", "26-27": ""} {
		got, err := place.ParseSchoolYear(in)
		assert.Equal(t, want, got, in)
		assert.Equal(t, want == "", err != nil, in)
	}
}

func TestClassName(t *testing.T) {
	for in, want := range map[string]string{"7A1": "7A1", "lớp 7 a1": "7A1", " 10 chuyên Anh": "10CHUYÊNANH", "Lớp": "", "": ""} {
		assert.Equal(t, want, place.ClassName(in), in)
	}
	for in, want := range map[string]int{"7A1": 7, "10A2": 10, "Lớp 12": 12, "A7": 0, "5A": 0, "13B": 0, "": 0, "99999999999999999999A": 0} {
		assert.Equal(t, want, place.GradeOf(in), in)
	}
}

func TestSchools(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, _ *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		s := school(t, p, "22000701", "Trường Trung học cơ sở Hà Tu", "06652")
		other := school(t, p, "22000702", "THCS Ba Chẽ", "06978")
		assert.Equal(t, area(t, p, "06970", "").ID, other.CommuneID)
		got, err := p.School(ctx, s.ID)
		require.NoError(t, err)
		assert.Equal(t, s, got)
		got, err = p.SchoolByCode(ctx, " 22000701")
		require.NoError(t, err)
		assert.Equal(t, s, got)
		for q, want := range map[string]int{"thcs": 2, "THCS hà tu": 1, "trung hoc co so ba che": 1, "22000702": 1, "": 2, "%": 0} {
			list, err := p.SearchSchools(ctx, q, models.ID{}, 0)
			require.NoError(t, err)
			assert.Len(t, list, want, q)
		}
		list, err := p.SearchSchools(ctx, "", s.CommuneID, 0)
		require.NoError(t, err)
		assert.Equal(t, []place.School{s}, list)
		_, err = p.School(ctx, s.CommuneID)
		assert.Equal(t, models.KindNotFound, models.KindOf(err))

		good := place.NewSchool{Code: "A1", Name: "THCS A", Type: "thcs", CommuneCode: "06652"}
		for name, c := range map[string]struct {
			change func(*place.NewSchool)
			actor  models.Actor
			code   string
		}{
			"code":    {func(n *place.NewSchool) { n.Code = " " }, models.System(), "invalid"},
			"name":    {func(n *place.NewSchool) { n.Name = "" }, models.System(), "invalid"},
			"type":    {func(n *place.NewSchool) { n.Type = "mam_non" }, models.System(), "invalid"},
			"commune": {func(n *place.NewSchool) { n.CommuneCode = "22" }, models.System(), "not_found"},
			"scope":   {func(*place.NewSchool) {}, officer(other.CommuneID), "not_found"},
			"taken":   {func(n *place.NewSchool) { n.Code = "22000701" }, models.System(), "duplicate_code"},
			"nobody":  {func(*place.NewSchool) {}, models.Actor{}, "unauthenticated"},
		} {
			n := good
			c.change(&n)
			_, err := p.CreateSchool(ctx, c.actor, n)
			assert.Equal(t, c.code, models.CodeOf(err), name)
		}
	})
}

func TestEnsureClass(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, clock *storetest.Clock) {
		s := school(t, p, "S1", "THCS Hà Tu", "06652")
		var made atomic.Int32
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				created := false
				assert.NoError(t, tx(t, db, func(tx *gorm.DB) (err error) {
					_, created, err = place.EnsureClass(tx, s.ID, "2026-2027", 0, "lớp 7a1", clock.Now())
					return err
				}))
				if created {
					made.Add(1)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, made.Load())
		c := class(t, db, s.ID, "2026-2027", "7A1")
		assert.Equal(t, place.Class{ID: c.ID, SchoolID: s.ID, SchoolYear: "2026-2027", Grade: 7, Name: "7A1"}, c)
		assert.NotEqual(t, c.ID, class(t, db, s.ID, "2025-2026", "7A1").ID)
		require.NoError(t, tx(t, db, func(tx *gorm.DB) error {
			owner, err := place.ClassSchool(tx, c.ID)
			assert.Equal(t, s.ID, owner)
			return err
		}))
		for name, c := range map[string]struct {
			school     models.ID
			year       string
			grade      int
			class, why string
		}{
			"year":   {s.ID, "2026", 7, "7A", "invalid_school_year"},
			"name":   {s.ID, "2026-2027", 7, " ", "invalid_class_name"},
			"grade":  {s.ID, "2026-2027", 5, "5A", "invalid_grade"},
			"letter": {s.ID, "2026-2027", 0, "A1", "invalid_grade"},
			"school": {c.ID, "2026-2027", 7, "7B", "not_found"},
		} {
			err := tx(t, db, func(tx *gorm.DB) error {
				_, _, err := place.EnsureClass(tx, c.school, c.year, c.grade, c.class, clock.Now())
				return err
			})
			var e *models.Error
			require.ErrorAs(t, err, &e, name)
			if len(e.Fields) > 0 {
				assert.Equal(t, c.why, e.Fields[0].Code, name)
			} else {
				assert.Equal(t, c.why, e.Code, name)
			}
		}
	})
}

func TestClassesInReach(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		a, b := school(t, p, "S1", "THCS An", "06652"), school(t, p, "S2", "THCS Bình", "06970")
		a10, a2, a6 := class(t, db, a.ID, "2026-2027", "7A10"), class(t, db, a.ID, "2026-2027", "7A2"), class(t, db, a.ID, "2026-2027", "6B")
		old, b1 := class(t, db, a.ID, "2025-2026", "6A"), class(t, db, b.ID, "2026-2027", "9A")
		province := area(t, p, "22", "")
		for name, c := range map[string]struct {
			reach models.Reach
			query place.ClassQuery
			want  []place.Class
		}{
			"all":     {models.Reach{All: true}, place.ClassQuery{}, []place.Class{a6, a2, a10, b1, old}},
			"class":   {models.Reach{Classes: []models.ID{a2.ID}}, place.ClassQuery{}, []place.Class{a2}},
			"school":  {models.Reach{Schools: []models.ID{b.ID}}, place.ClassQuery{}, []place.Class{b1}},
			"both":    {models.Reach{Schools: []models.ID{b.ID}, Classes: []models.ID{a2.ID}}, place.ClassQuery{}, []place.Class{a2, b1}},
			"commune": {models.Reach{Areas: []models.ID{a.CommuneID}}, place.ClassQuery{SchoolYear: "2026-2027"}, []place.Class{a6, a2, a10}},
			"area":    {models.Reach{Areas: []models.ID{province.ID}}, place.ClassQuery{SchoolID: b.ID}, []place.Class{b1}},
			"nothing": {models.Reach{Self: a.ID}, place.ClassQuery{}, []place.Class{}},
		} {
			list, err := p.Classes(ctx, c.reach, c.query)
			require.NoError(t, err)
			assert.Equal(t, c.want, list, name)
			for _, k := range []place.Class{a6, b1} {
				in, err := place.ClassInReach(db.Read(ctx), c.reach, k.ID)
				require.NoError(t, err)
				_, err = p.Class(ctx, c.reach, k.ID)
				assert.Equal(t, in, err == nil, name)
			}
		}
		for _, c := range []struct {
			reach models.Reach
			want  bool
		}{
			{models.Reach{All: true}, true}, {models.Reach{}, false}, {models.Reach{Schools: []models.ID{a.ID}}, true},
			{models.Reach{Schools: []models.ID{b.ID}}, false}, {models.Reach{Areas: []models.ID{a.CommuneID}}, true},
			{models.Reach{Areas: []models.ID{province.ID}}, true}, {models.Reach{Classes: []models.ID{a2.ID}}, false},
		} {
			in, err := place.SchoolInReach(db.Read(ctx), c.reach, a.ID)
			require.NoError(t, err)
			assert.Equal(t, c.want, in)
		}
	})
}
