package gradebook

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/learning"
)

var update = flag.Bool("update", false, "write testdata/views.json anew")

// randomRows makes n pupils of three classes, by given name, with everything
// that a cell can be.
func randomRows(r *rand.Rand, n int) []Row {
	family, middle := []string{"Nguyễn", "Trần", "Đỗ", "Lê", "Vũ"}, []string{"Thị", "Văn", "Hồng", "Gia"}
	given := []string{"Ánh", "An", "Đức", "Bình", "Hoà", "Hòa", "Ý", "Uyên", "Ước", "Bảo"}
	one := func(list []string) string { return list[r.IntN(len(list))] }
	id := func() (id models.ID) {
		for i := range id {
			id[i] = byte(r.UintN(256))
		}
		return id
	}
	classes := []models.ID{id(), id(), id()}
	students := make([]learning.BoardStudent, n)
	for i := range students {
		c := r.IntN(3)
		s := learning.BoardStudent{PersonID: id(), Name: one(family) + " " + one(middle) + " " + one(given), ClassID: classes[c],
			ClassName: fmt.Sprintf("7%c", 'A'+c), Skills: map[string]learning.BoardSkill{}}
		for _, skill := range certificate.Skills {
			cell := learning.BoardSkill{State: one(skillStates), LessonsTotal: 4}
			if cell.State == "learning" || cell.State == "passed" {
				cell.LessonsDone = r.IntN(5)
				if p := r.IntN(101); p%3 > 0 {
					cell.BestPercent = &p
				}
			}
			s.Skills[skill] = cell
		}
		if r.IntN(3) > 0 {
			s.Certificate = &learning.CertificateRef{Code: "7KQM29XDA3", IssuedAt: made, Status: one([]string{"valid", "revoked"})}
		}
		if state := one(linkStates); state != "none" {
			s.Household = &learning.HomeHousehold{State: state, VillageName: "Khu 3"}
		}
		if n := r.IntN(4); n > 0 {
			s.Practice = &learning.BoardPractice{Asked: 12 / n, Right: r.IntN(12/n + 1)}
		}
		if n := r.IntN(4); n > 0 {
			s.LastWork = []string{"2026-09-07", "2026-11-02", "2026-11-25"}[n-1]
		}
		students[i] = s
	}
	slices.SortStableFunc(students, func(a, b learning.BoardStudent) int {
		return slices.Compare(models.SortKey(a.Name), models.SortKey(b.Name))
	})
	rows := make([]Row, n)
	for i, s := range students {
		rows[i] = Row{BoardStudent: s, NameRank: i, ClassRank: slices.Index(classes, s.ClassID)}
	}
	return rows
}

var made = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)

func randomView(r *rand.Rand, rows []Row) View {
	var all []string
	for _, skill := range certificate.Skills {
		for _, value := range filterValues["skill:"+skill] {
			all = append(all, "skill:"+skill+":"+value)
		}
	}
	all = append(all, "any:not_started", "near:one", "certificate:valid", "certificate:missing", "link:confirmed", "link:claimed", "link:missing",
		"class:"+rows[0].ClassID.String(), "class:"+rows[len(rows)-1].ClassID.String())
	v := View{Sort: sortable[r.IntN(len(sortable))], Desc: r.IntN(2) == 1, Query: []string{"", "", "", "an", "HOA", "đ", "Thị  h", "thi a"}[r.IntN(8)]}
	for range r.IntN(4) {
		v.Filters = append(v.Filters, all[r.IntN(len(all))])
	}
	return v
}

// viewVector is a view with the pupils it shows, in order. The browser's own
// filters are held to the same file.
type viewVector struct {
	Filters []string `json:"filters"`
	Sort    string   `json:"sort"`
	Desc    bool     `json:"desc"`
	Q       string   `json:"q"`
	Shown   []string `json:"shown"`
}

func TestViewVectors(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	file := struct {
		Rows  []Row        `json:"rows"`
		Views []viewVector `json:"views"`
	}{Rows: randomRows(r, 40)}
	for range 80 {
		v := randomView(r, file.Rows)
		shown, err := v.Apply(file.Rows)
		require.NoError(t, err)
		x := viewVector{Filters: append([]string{}, v.Filters...), Sort: v.Sort, Desc: v.Desc, Q: v.Query, Shown: []string{}}
		for _, row := range shown {
			x.Shown = append(x.Shown, row.PersonID.String())
		}
		file.Views = append(file.Views, x)
	}
	got, err := json.MarshalIndent(file, "", " ")
	require.NoError(t, err)
	const path = "testdata/views.json"
	if *update {
		require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got)+"\n", "go test ./models/gradebook -update, then look at what changed")
}

// Written another way: a row is shown when it fulfils, for every dimension that
// is asked for, one of the values.
func TestApplyAgainstAPlainReading(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		rows := randomRows(r, 1+r.IntN(60))
		v := randomView(r, rows)
		shown, err := v.Apply(rows)
		require.NoError(t, err)
		seen := map[models.ID]bool{}
		for _, s := range shown {
			seen[s.PersonID] = true
		}
		for _, row := range rows {
			want := strings.Contains(models.Fold(row.Name), models.Fold(v.Query))
			for _, f := range v.Filters {
				dimension := f[:strings.LastIndex(f, ":")+1]
				any := false
				for _, g := range v.Filters {
					any = any || strings.HasPrefix(g, dimension) && plainly(row, g)
				}
				want = want && any
			}
			require.Equal(t, want, seen[row.PersonID], "%v %s", v.Filters, row.Name)
		}
		order, err := v.order()
		require.NoError(t, err)
		for i := 1; i < len(shown); i++ {
			require.Negative(t, order(shown[i-1], shown[i]))
		}
	}
}

func plainly(r Row, filter string) bool {
	not, passed := 0, 0
	for _, s := range r.Skills {
		if s.State == "not_started" {
			not++
		}
		if s.State == "passed" {
			passed++
		}
	}
	valid := r.Certificate != nil && r.Certificate.Status == "valid"
	confirmed := r.Household != nil && r.Household.State == "confirmed"
	switch filter {
	case "any:not_started":
		return not > 0
	case "near:one":
		return passed == 4
	case "certificate:valid":
		return valid
	case "certificate:missing":
		return !valid
	case "link:confirmed":
		return confirmed
	case "link:missing":
		return !confirmed
	case "link:claimed":
		return r.Household != nil && r.Household.State == "claimed"
	case "class:" + r.ClassID.String():
		return true
	}
	p := strings.Split(filter, ":")
	if p[0] != "skill" {
		return false
	}
	return r.Skills[p[1]].State == p[2] || p[2] == "not_passed" && r.Skills[p[1]].State != "passed"
}

func TestViewRefuses(t *testing.T) {
	rows := randomRows(rand.New(rand.NewPCG(3, 3)), 3)
	for _, v := range []View{
		{Filters: []string{"x"}}, {Filters: []string{"skill:none:passed"}}, {Filters: []string{"certificate:maybe"}}, {Filters: []string{"class:7A"}},
		{Filters: []string{":"}}, {Filters: []string{"any:not_started:"}}, {Sort: "age"}, {Filters: slices.Repeat([]string{"near:one"}, 61)},
		{Persons: make([]models.ID, 5001)},
	} {
		_, err := v.Apply(rows)
		assert.Equal(t, models.KindInvalid, models.KindOf(err), "%v", v.Filters)
	}
	_, err := View{Hide: []string{"age"}}.columns()
	assert.Equal(t, models.KindInvalid, models.KindOf(err))
	columns, err := View{Hide: []string{"name", "household"}}.columns()
	require.NoError(t, err)
	assert.Equal(t, "name", columns[0].Code, "the name stays")
	assert.Len(t, columns, 10)
	one, err := View{Persons: []models.ID{rows[1].PersonID, {9}}}.Apply(rows)
	require.NoError(t, err)
	assert.Equal(t, rows[1:2], one)
}

// The sums are a fold over the rows shown, whatever is shown.
func TestTotalsAreAFoldOverTheRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		rows := randomRows(r, 1+r.IntN(50))
		shown, err := randomView(r, rows).Apply(rows)
		require.NoError(t, err)
		sum := totals(shown)
		cut := r.IntN(len(shown) + 1)
		a, b := totals(shown[:cut]), totals(shown[cut:])
		assert.Equal(t, sum.Students, a.Students+b.Students)
		assert.Equal(t, sum.Certified, a.Certified+b.Certified)
		assert.Equal(t, sum.LinksConfirmed, a.LinksConfirmed+b.LinksConfirmed)
		for _, skill := range certificate.Skills {
			n := 0
			for _, row := range shown {
				if row.Skills[skill].State == "passed" {
					n++
				}
			}
			assert.Equal(t, n, sum.BySkill[skill])
			assert.Equal(t, sum.BySkill[skill], a.BySkill[skill]+b.BySkill[skill])
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{"certificate:missing", "skill:online_payment:passed", "class:018f0000-0000-7000-8000-000000000000", "::", "any:"} {
		f.Add(s, "Hoà")
	}
	rows := randomRows(rand.New(rand.NewPCG(9, 9)), 20)
	f.Fuzz(func(t *testing.T, filter, query string) {
		shown, err := View{Filters: []string{filter}, Query: query}.Apply(rows)
		if err == nil && len(shown) > len(rows) {
			t.Fatal("more than there are")
		}
	})
}
