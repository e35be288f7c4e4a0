package coverage

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nhaso/models"
)

// weeks makes a trend that ends on 2026-11-23 with these counts of covered
// households, week by week, on a register of 1,000.
func weeks(covered ...int) []Point {
	points := make([]Point, len(covered))
	for i, n := range covered {
		points[i] = Point{addDays("2026-11-23", -7*(len(covered)-1-i)), Figures{Households: 1000, Known: 1000, Covered: n}}
	}
	return points
}

func covered(f Figures) int { return f.Covered }

func TestProject(t *testing.T) {
	for name, k := range map[string]struct {
		points         []Point
		on             string
		low, mid, high int
		reached        string
		ok             bool
	}{
		"ten a week":         {weeks(0, 10, 20, 30, 40, 50, 60, 70, 80), "2026-12-21", 120, 120, 120, "2027-09-23", true},
		"slow and good":      {weeks(0, 0, 20, 20, 40, 40, 60, 60, 80), "2026-12-21", 80, 120, 160, "2027-09-23", true},
		"never past all":     {weeks(0, 200, 400, 600, 800), "2027-11-23", 1000, 1000, 1000, "2026-11-23", true},
		"going down":         {weeks(50, 40, 30, 20, 10), "2027-11-23", 0, 0, 0, "", true},
		"standing still":     {weeks(50, 50, 50, 50, 50), "2027-11-23", 50, 50, 50, "", true},
		"one outlier":        {weeks(0, 1, 2, 3, 4, 5, 6, 7, 400), "2026-11-30", 401, 401, 401, "2026-11-23", true},
		"too little history": {weeks(0, 10, 20, 30), "2026-12-21", 0, 0, 0, "", false},
		"day is past":        {weeks(0, 10, 20, 30, 40), "2026-11-23", 0, 0, 0, "", false},
		"no points":          {nil, "2026-12-21", 0, 0, 0, "", false},
	} {
		f, ok := Project(k.points, k.on, 400, covered)
		require.Equal(t, k.ok, ok, name)
		if ok {
			assert.Equal(t, [3]int{k.low, k.mid, k.high}, [3]int{f.Low, f.Mid, f.High}, name)
		}
		if ok && name != "going down" && name != "standing still" {
			assert.NotEmpty(t, f.Reached, name)
		}
		if k.reached == "" {
			assert.Empty(t, f.Reached, name)
		}
	}
	_, ok := Project([]Point{{"2026-10-31", Figures{}}, {"2026-11-23", Figures{Households: 5}}}, "2027-01-01", 1, covered)
	assert.False(t, ok, "before the first register nothing can be gained")
}

// Whatever the weeks were, the range is ordered, stays on the register, and more
// time never brings less of what grows.
func TestProjectProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 1000), 5, 9).Draw(rt, "weeks")
		points := weeks(counts...)
		days := rapid.IntRange(1, 2000).Draw(rt, "days")
		f, ok := Project(points, addDays("2026-11-23", days), 700, covered)
		require.True(rt, ok)
		require.LessOrEqual(rt, f.Low, f.Mid)
		require.LessOrEqual(rt, f.Mid, f.High)
		require.GreaterOrEqual(rt, f.Low, 0)
		require.LessOrEqual(rt, f.High, 1000)
		later, _ := Project(points, addDays("2026-11-23", days+7), 700, covered)
		if f.TypicalWeek >= 0 {
			require.GreaterOrEqual(rt, later.Mid, f.Mid)
		}
		if f.Reached != "" {
			require.GreaterOrEqual(rt, f.Reached, "2026-11-23")
		}
	})
}

func TestGrade(t *testing.T) {
	for _, k := range []struct {
		f      Figures
		skill  string
		target int
		want   string
	}{
		{Figures{Households: 100, Known: 90, Covered: 80}, "", 8000, "A"},
		{Figures{Households: 100, Known: 90, Covered: 79}, "", 8000, "B"},
		{Figures{Households: 100, Known: 90, Covered: 60}, "", 8000, "B"},
		{Figures{Households: 100, Known: 90, Covered: 59}, "", 8000, "C"},
		{Figures{Households: 100, Known: 90, Covered: 40}, "", 8000, "C"},
		{Figures{Households: 100, Known: 90, Covered: 20}, "", 8000, "D"},
		{Figures{Households: 100, Known: 90, Covered: 19}, "", 8000, "E"},
		{Figures{Households: 100, Known: 90}, "", 8000, "E"},
		{Figures{Households: 3, Known: 3, Covered: 2}, "", 6667, "B"},
		{Figures{Households: 100}, "", 8000, ""},
		{Figures{}, "", 8000, ""},
		{Figures{Households: 10, Known: 5, Skills: Skills{SelfProtection: 5}}, "self_protection", 5000, "A"},
		{Figures{Households: 10, Known: 5, Skills: Skills{SelfProtection: 5}}, "online_payment", 5000, "E"},
		{Figures{Households: 27_000_000, Known: 27_000_000, Covered: 27_000_000}, "", Whole, "A"},
	} {
		assert.Equal(t, k.want, Grade(k.f, k.skill, k.target), "%+v", k)
	}
	assert.Equal(t, 334, Figures{Households: 412}.Goal(8100), "a part of a household is a household more")
}

func TestInForce(t *testing.T) {
	province := func(day string, share int) Target { return Target{AreaCode: "22", OnDate: day, Share: share} }
	commune := func(day string, share int) Target { return Target{AreaCode: "06652", OnDate: day, Share: share} }
	payment := Target{AreaCode: "22", OnDate: "2026-12-31", Share: 9000, Skill: "online_payment"}
	for name, k := range map[string]struct {
		list  []Target
		skill string
		want  int
	}{
		"none":                        {nil, "", Whole},
		"the next one due":            {[]Target{province("2026-06-30", 4000), province("2026-12-31", 6000), province("2027-12-31", 9500)}, "", 6000},
		"the last one that was due":   {[]Target{province("2025-12-31", 3000), province("2026-06-30", 4000)}, "", 4000},
		"due today is still due":      {[]Target{province("2026-11-23", 5000), province("2026-12-31", 6000)}, "", 5000},
		"the nearest area":            {[]Target{province("2026-12-31", 6000), commune("2027-06-30", 7000)}, "", 7000},
		"a skill's own":               {[]Target{commune("2026-12-31", 6000), payment}, "online_payment", 9000},
		"a skill without one":         {[]Target{commune("2026-12-31", 6000), payment}, "self_protection", 6000},
		"a skill's is not for all":    {[]Target{payment}, "", Whole},
		"a skill only, another asked": {[]Target{payment}, "self_protection", Whole},
	} {
		assert.Equal(t, k.want, InForce(k.list, k.skill, "2026-11-23").Share, name)
	}
}

func TestSkillBits(t *testing.T) {
	for mask := range 32 {
		s := SkillsIn(mask)
		sum := 0
		for _, name := range SkillNames {
			if s.Of(name) == 1 {
				sum |= SkillBit(name)
			}
		}
		require.Equal(t, mask, sum)
	}
	assert.Zero(t, SkillBit("flying"))
	assert.Zero(t, SkillsIn(31).Of("flying"))
}

// The trend is a sum of the same facts as the figures: its last point equals the
// figures of its day, and every other one those of its own day.
func TestTrendAgreesWithAsOf(t *testing.T) {
	each(t, func(w *world) {
		for i := range 40 {
			d := house(models.NewID(w.clock.Now()), w.villages[i%8], 1, i%2, i%4/3)
			d.OnDate = addDays("2026-11-23", -i*9)
			d.Skills = SkillsIn(i % 32)
			w.record(d)
			if i == 30 {
				w.fold()
			}
		}
		w.clock.Add(time.Hour)
		for _, area := range []Area{{w.provinces[0], LevelProvince}, {w.communes[0], LevelCommune}, {w.villages[0], LevelVillage}} {
			points, err := w.cov.Trend(ctx, models.System(), area, View{On: "2026-11-23"})
			require.NoError(w.t, err)
			require.Greater(w.t, len(points), trendWeeks+5)
			for i, p := range points {
				if i > 0 {
					require.Greater(w.t, p.On, points[i-1].On)
				}
				page, err := w.cov.PageAsOf(ctx, models.System(), area, View{On: p.On, Map: "2026-11-23"})
				require.NoError(w.t, err)
				require.Equal(w.t, page.Figures, p.Figures, fmt.Sprint(area.Level, " ", p.On))
			}
			now, err := w.cov.Counts(ctx, models.System(), area)
			require.NoError(w.t, err)
			require.Equal(w.t, now, points[len(points)-1].Figures)
		}
		empty, err := w.cov.Trend(ctx, models.System(), Area{w.villages[0], LevelVillage}, View{On: "2020-01-01"})
		require.NoError(w.t, err)
		require.Empty(w.t, empty)
	})
}
