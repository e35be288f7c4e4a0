package coverage

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store/storetest"
)

// province is a small province whose counts and map change from day to day.
type province struct {
	id       models.ID
	communes []publicArea
	villages []counted
	names    map[models.ID]string
}

func drawProvince(t *rapid.T) *province {
	p := &province{id: models.NewID(storetest.Start), names: map[models.ID]string{}}
	for c := range rapid.IntRange(2, 3).Draw(t, "communes") {
		area := publicArea{ID: models.NewID(storetest.Start), ProvinceID: p.id, Level: LevelCommune, Code: fmt.Sprint("c", c)}
		p.communes = append(p.communes, area)
		for range rapid.SampledFrom([]int{1, 2, 3, 4, 6}).Draw(t, "villages") {
			v := counted{VillageID: models.NewID(storetest.Start), CommuneID: area.ID, ProvinceID: p.id}
			v.Figures = drawCounts(t, rapid.SampledFrom([]int{6, 25, 120}).Draw(t, "size"))
			p.names[v.VillageID] = fmt.Sprint("v", len(p.villages))
			p.villages = append(p.villages, v)
		}
	}
	return p
}

// drawCounts makes counts with many small ones among them.
func drawCounts(t *rapid.T, size int) Figures {
	n := rapid.IntRange(size/3, size).Draw(t, "n")
	few := func(most int) int {
		if rapid.Bool().Draw(t, "few") {
			most = min(most, 6)
		}
		return rapid.IntRange(0, most).Draw(t, "count")
	}
	switch rapid.IntRange(0, 2).Draw(t, "large state") {
	case 0:
		c := few(n)
		return counts(n, c, few(n-c))
	case 1: // nearly all covered
		d := few(n)
		return counts(n, n-d-few(n-d), d)
	}
	c := few(n)
	return counts(n, c, n-c-few(n-c))
}

// publish makes the release of a day, as public.go does.
func (p *province) publish(day int) *release {
	assignUnits(p.villages, "", storetest.Start)
	r := &release{onDate: strconv.Itoa(day), figures: map[models.ID]Published{}, areas: append(slices.Clone(p.communes), publicArea{ID: p.id, Level: LevelProvince})}
	figures, skills := figureRows("", p.villages)
	for _, f := range figures {
		r.figures[f.ID] = f.published()
	}
	r.tell(skills)
	for _, v := range p.villages {
		name := p.names[v.VillageID]
		r.villages = append(r.villages, releasedVillage{v.VillageID, v.CommuneID, p.id, v.UnitID, v.BlockID, v.Households, name, "", name})
	}
	r.build()
	return r
}

// move puts some villages into other communes, as a merger of communes does.
func (p *province) move(t *rapid.T) {
	if rapid.Bool().Draw(t, "merge two communes") {
		for i := range p.villages {
			if p.villages[i].CommuneID == p.communes[1].ID {
				p.villages[i].CommuneID = p.communes[0].ID
			}
		}
		return
	}
	for range rapid.IntRange(1, 3).Draw(t, "moves") {
		v := rapid.IntRange(0, len(p.villages)-1).Draw(t, "village")
		p.villages[v].CommuneID = rapid.SampledFrom(p.communes).Draw(t, "to").ID
	}
}

// attacker reads public pages as anybody can and knows every village's number
// of households. Its unknowns are the covered and the not covered of each
// village, and how many hold each of two skills where it reads those as well; of
// all days together where it knows that nothing changed.
type attacker struct {
	solver
	per   int // unknowns of a village: two, or four with two skills
	truth []float64
}

// look adds what the pages of a day say. first is the place of the day's
// unknowns.
func (a *attacker) look(p *province, r *release, first int) {
	at := func(keep func(counted) bool) (list []int) {
		for i, v := range p.villages {
			if keep(v) {
				list = append(list, i)
			}
		}
		return list
	}
	for _, page := range r.pages {
		for _, row := range page.Rows {
			a.learn(p, first, at(func(v counted) bool {
				name := p.names[v.VillageID]
				if page.RowsAre == LevelCommune {
					return p.commune(v) == row.Code
				}
				return name == row.Code || slices.Contains(row.Names, place.VillageTitle("", name))
			}), row.Published)
		}
	}
	a.learn(p, first, at(func(counted) bool { return true }), r.pages[p.id].Published)
	for i, v := range p.villages { // what everybody knows of a village
		a.learn(p, first, []int{i}, unpublished(v.Households))
	}
}

func (p *province) commune(v counted) string {
	return p.communes[slices.IndexFunc(p.communes, func(a publicArea) bool { return a.ID == v.CommuneID })].Code
}

// learn adds: the counts of the villages together lie in the spans.
func (a *attacker) learn(p *province, first int, villages []int, say Published) {
	households := 0
	for _, i := range villages {
		households += p.villages[i].Households
	}
	if households != say.Households {
		panic("the attacker reads a row wrongly")
	}
	a.between(a.form(first, villages, 1, 0), say.Covered)
	a.between(a.form(first, villages, 0, 1), say.NotCovered)
	a.between(a.form(first, villages, 1, 1), Span{households - say.Unknown.High, households - say.Unknown.Low})
	for k := range a.per - 2 {
		a.between(a.skill(first, villages, k, 0, 0, 1), say.Skills[k])
		a.between(a.skill(first, villages, k, -1, 0, 1), Span{0, households}) // who is covered holds it
		a.between(a.skill(first, villages, k, 1, 1, -1), Span{0, households}) // who holds it is known
	}
}

// skill is a form with p times the k-th skill.
func (a *attacker) skill(first int, villages []int, k int, c, d, p float64) []float64 {
	f := a.form(first, villages, c, d)
	for _, i := range villages {
		f[first+a.per*i+2+k] = p
	}
	return f
}

// form is the sum of covered (times c) and not covered (times d) of villages.
func (a *attacker) form(first int, villages []int, c, d float64) []float64 {
	f := make([]float64, len(a.truth))
	for _, i := range villages {
		f[first+a.per*i], f[first+a.per*i+1] = c, d
	}
	return f
}

func (a *attacker) between(form []float64, s Span) {
	at := dot(form, a.truth)
	negative := make([]float64, len(form))
	for i, x := range form {
		negative[i] = -x
	}
	a.rows = append(a.rows, form, negative)
	a.room = append(a.room, float64(s.High)-at, at-float64(s.Low))
}

// bounds answers between which numbers a form must lie.
func (a *attacker) bounds(form []float64) (low, high float64) {
	at := dot(form, a.truth)
	negative := make([]float64, len(form))
	for i, x := range form {
		negative[i] = -x
	}
	return at - a.most(negative), at + a.most(form)
}

// attack tries to bound every count below five, of every village alone and of
// every commune and of the province. Each must still be able to be any number
// below five. quiet: the attacker knows that nothing changed between the maps;
// then a commune that is put together anew must still be able to be any of five
// numbers, of which the largest is no smaller than four.
func (a *attacker) attack(t require.TestingT, p *province, first int, quiet bool) (small int) {
	groups := make([][]int, 0, len(p.villages)+len(p.communes)+1)
	all := []int{}
	for i := range p.villages {
		groups, all = append(groups, []int{i}), append(all, i)
	}
	for _, c := range p.communes {
		groups = append(groups, slices.DeleteFunc(slices.Clone(all), func(i int) bool { return p.villages[i].CommuneID != c.ID }))
	}
	for _, g := range append(groups, all) {
		var sum Figures
		for _, i := range g {
			sum = sum.plus(p.villages[i].Figures)
		}
		for _, cell := range a.cells(first, g, sum) {
			if cell.is >= hidden {
				continue
			}
			small++
			low, high := a.bounds(cell.form)
			low, high = low+cell.plus, high+cell.plus
			const tolerance = 1e-6
			if quiet && len(g) > 1 {
				require.GreaterOrEqual(t, high-low, math.Min(4, float64(sum.Households))-tolerance, "villages %v, %s is %d: %v…%v", g, cell.name, cell.is, low, high)
				low = 0
			}
			require.LessOrEqual(t, low, tolerance, "villages %v, %s is %d: at least %v", g, cell.name, cell.is, low)
			require.GreaterOrEqual(t, high, math.Min(4, float64(sum.Households))-tolerance, "villages %v, %s is %d: at most %v", g, cell.name, cell.is, high)
		}
	}
	return small
}

// cell is a number of households that must not be told when it is small: a form
// and what is added to it.
type cell struct {
	name string
	is   int
	form []float64
	plus float64
}

// cells are the states of villages together; of each skill those who hold it,
// those who do not, and both without the covered and without the unknown.
func (a *attacker) cells(first int, g []int, sum Figures) []cell {
	n := float64(sum.Households)
	list := []cell{
		{"covered", sum.Covered, a.form(first, g, 1, 0), 0},
		{"not covered", sum.NotCovered(), a.form(first, g, 0, 1), 0},
		{"unknown", sum.Unknown(), a.form(first, g, -1, -1), n},
	}
	for k := range a.per - 2 {
		p := sum.Skills.counts()[k]
		list = append(list,
			cell{"holding", p, a.skill(first, g, k, 0, 0, 1), 0},
			cell{"not holding", sum.Households - p, a.skill(first, g, k, 0, 0, -1), n},
			cell{"holding, not covered", p - sum.Covered, a.skill(first, g, k, -1, 0, 1), 0},
			cell{"known, not holding", sum.Known - p, a.skill(first, g, k, 1, 1, -1), 0})
	}
	return list
}

// attacks is how many random provinces are attacked; NHASO_ATTACKS asks for more.
func attacks() int {
	if n, err := strconv.Atoi(os.Getenv("NHASO_ATTACKS")); err == nil {
		return n
	}
	return 24
}

// The attacker has the tables of three days, with counts and map changed in
// between, and subtracts what can be subtracted.
func TestSubtractingDaysAndMapsBoundsNothing(t *testing.T) {
	small := 0
	for n := 0; n < attacks(); n += 8 { // rapid runs eight provinces a check
		rapid.MakeCheck(func(rt *rapid.T) {
			p := drawProvince(rt)
			const days = 3
			width := 2 * len(p.villages)
			a := &attacker{per: 2, truth: make([]float64, days*width)}
			for day := range days {
				p.remember(a, day*width)
				a.look(p, p.publish(day), day*width)
				small += a.attack(rt, p, day*width, false)
				for i := range p.villages {
					if rapid.Bool().Draw(rt, "changes") {
						p.villages[i].Figures = drawCounts(rt, p.villages[i].Households+10)
					}
				}
				p.move(rt)
			}
		})(t)
	}
	require.Greater(t, small, 100)
}

// remember notes the true counts as the point from which the solver starts.
func (p *province) remember(a *attacker, first int) {
	for i, v := range p.villages {
		a.truth[first+a.per*i], a.truth[first+a.per*i+1] = float64(v.Covered), float64(v.NotCovered())
		for k := range a.per - 2 {
			a.truth[first+a.per*i+2+k] = float64(v.Skills.counts()[k])
		}
	}
}

// The attacker knows that no count changed at all while the map did: the same
// unknowns stand in the tables of three maps.
func TestSubtractingMapsOfAQuietYearBoundsNothing(t *testing.T) {
	small := 0
	for n := 0; n < attacks(); n += 8 { // rapid runs eight provinces a check
		rapid.MakeCheck(func(rt *rapid.T) {
			p := drawProvince(rt)
			a := &attacker{per: 2, truth: make([]float64, 2*len(p.villages))}
			p.remember(a, 0)
			for day := range 3 {
				a.look(p, p.publish(day), 0)
				small += a.attack(rt, p, 0, true)
				p.move(rt)
			}
		})(t)
	}
	require.Greater(t, small, 100)
}

// The attacker is not blind: given the plain sums of communes it finds what a
// village hides, and given bands without care for the sums as well.
func TestTheAttackerFindsWhatIsNotSuppressed(t *testing.T) {
	p := &province{names: map[models.ID]string{}}
	for _, f := range []Figures{counts(40, 3, 10), counts(40, 12, 10)} {
		p.villages = append(p.villages, counted{VillageID: models.NewID(storetest.Start), Figures: f})
	}
	open := func(sum Span) (float64, float64) {
		a := &attacker{per: 2, truth: make([]float64, 4)}
		p.remember(a, 0)
		for i, v := range p.villages {
			each, _ := Suppress([]Unit{{Figures: v.Figures}})
			a.learn(p, 0, []int{i}, each[0])
		}
		a.between(a.form(0, []int{0, 1}, 1, 0), sum)
		return a.bounds(a.form(0, []int{0}, 1, 0))
	}
	low, high := open(Span{15, 15})
	require.InDelta(t, 1, low, 1e-6, "12 is between 10 and 14")
	require.InDelta(t, 4, high, 1e-6)
	low, _ = open(Span{15, 19})
	require.InDelta(t, 1, low, 1e-6, "the band of five around the sum gives it away")
	low, high = open(Span{10, 18})
	require.InDelta(t, 0, low, 1e-6)
	require.InDelta(t, 4, high, 1e-6)
}
