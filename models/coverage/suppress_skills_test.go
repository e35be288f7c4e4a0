package coverage

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

// holding is a village of n households, c covered and d not, and p of them with
// somebody who holds the first skill.
func holding(n, c, d, p int) Figures {
	f := counts(n, c, d)
	f.Skills = Skills{p, c, c + d, c, c}
	return f
}

func TestSkillsOfABlockAreCloseWhereTheyMay(t *testing.T) {
	var units []Unit
	sum := 0
	for i := range 27 {
		units = append(units, Unit{Figures: holding(275, 20+i, 60+i, 50+i)})
		sum += 50 + i
	}
	each, block := Suppress(units)
	got := block.Skills[0]
	assert.Equal(t, 4, got.High-got.Low, "%+v", got)
	assert.LessOrEqual(t, got.Low, sum)
	assert.GreaterOrEqual(t, got.High, sum)
	assert.Equal(t, Span{block.Covered.Low, block.Covered.High + 89}, block.Skills[1], "as few as are covered: among the first")
	assert.Equal(t, block.Households-block.Unknown.Low, block.Skills[2].High, "as many as are known: among the last")
	for i, p := range each {
		assert.Equal(t, p.untold(), p.Skills, "of a village alone nothing is told: %d", i)
	}
	_, one := Suppress(units[:1])
	assert.Equal(t, one.untold(), one.Skills, "a block of one village is that village")
}

// A class is a part of what there can be, holds the truth, and neither rules
// out a single value of the states nor fewer than five of what is left.
func TestSkillClasses(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var units []Unit
		var sum Figures
		for range rapid.IntRange(1, 12).Draw(rt, "units") {
			n := rapid.IntRange(0, rapid.SampledFrom([]int{8, 60, 400}).Draw(rt, "size")).Draw(rt, "n")
			c := rapid.IntRange(0, n).Draw(rt, "c")
			d := rapid.IntRange(0, n-c).Draw(rt, "d")
			f := holding(n, c, d, rapid.IntRange(c, c+d).Draw(rt, "p"))
			units, sum = append(units, Unit{Figures: f}), sum.plus(f)
		}
		each, block := Suppress(units)
		covered, known := block.Covered, Span{block.Households - block.Unknown.High, block.Households - block.Unknown.Low}
		for k, n := range sum.Skills.counts() {
			s := block.Skills[k]
			require.True(rt, s.Low <= n && n <= s.High, "%d is not in %+v of %+v", n, s, block)
			require.GreaterOrEqual(rt, s.High-s.Low, min(4, known.High-covered.Low))
			require.True(rt, s.Low >= covered.Low && s.High <= known.High)
			for i, p := range each { // the two ends of the proof
				require.True(rt, s.High >= covered.High+p.NotCovered.High || s.High == known.High, "unit %d", i)
				require.True(rt, s.Low <= known.Low-p.NotCovered.High || s.Low == covered.Low, "unit %d", i)
			}
			require.True(rt, s.Low == covered.Low || s.Low-covered.High >= hidden, "how many hold it and are not covered")
			require.True(rt, s.High == known.High || known.Low-s.High >= hidden, "how many are known and do not hold it")
		}
	})
}

// What contradicts itself is put right before it is published.
func TestSkillsThatCannotBe(t *testing.T) {
	var units []Unit
	for range 20 {
		f := counts(300, 50, 60)
		f.Skills = Skills{0, 500, -3, 80, 80}
		units = append(units, Unit{Figures: f})
	}
	_, block := Suppress(units)
	assert.Equal(t, block.Covered.Low, block.Skills[0].Low)
	assert.Equal(t, block.Households-block.Unknown.Low, block.Skills[1].High)
	assert.Equal(t, block.Covered.Low, block.Skills[2].Low)
	assert.Equal(t, 4, block.Skills[3].High-block.Skills[3].Low)
}

// withSkills gives every village a number of households in which somebody holds
// a skill: often nearly as many as are covered, or as are known.
func (p *province) withSkills(t *rapid.T) {
	for i := range p.villages {
		f := &p.villages[i].Figures
		draw := func() int {
			n := rapid.IntRange(0, f.NotCovered()).Draw(t, "beyond covered")
			switch rapid.IntRange(0, 3).Draw(t, "few") {
			case 0:
				n = min(n, 3)
			case 1:
				n = max(n, f.NotCovered()-3)
			}
			return f.Covered + n
		}
		f.Skills = Skills{draw(), draw(), f.Covered, f.Known, f.Covered}
	}
}

// drawBlocks makes communes large enough for their skills to be told.
func drawBlocks(t *rapid.T) *province {
	p := &province{id: models.NewID(storetest.Start), names: map[models.ID]string{}}
	for c := range 2 {
		area := publicArea{ID: models.NewID(storetest.Start), ProvinceID: p.id, Level: LevelCommune, Code: fmt.Sprint("c", c)}
		p.communes = append(p.communes, area)
		for range rapid.IntRange(5, 8).Draw(t, "villages") {
			v := counted{VillageID: models.NewID(storetest.Start), CommuneID: area.ID, ProvinceID: p.id}
			v.Figures = drawBlock(t)
			p.names[v.VillageID] = fmt.Sprint("v", len(p.villages))
			p.villages = append(p.villages, v)
		}
	}
	p.withSkills(t)
	return p
}

func drawBlock(t *rapid.T) Figures {
	if rapid.IntRange(0, 5).Draw(t, "a small one") == 0 {
		return drawCounts(t, 25)
	}
	c, d, u := rapid.IntRange(0, 30).Draw(t, "c"), rapid.IntRange(20, 30).Draw(t, "d"), rapid.IntRange(0, 30).Draw(t, "u")
	return counts(c+d+u, c, d)
}

// told counts the areas of a release of which a skill is told more closely than
// the states tell it.
func told(r *release) (n int) {
	for _, page := range r.pages {
		if page.Skills != page.untold() {
			n++
		}
	}
	return n
}

// The attacker has the states and two skills of all areas, of two months whose
// counts and map differ, and subtracts what can be subtracted: skill from skill,
// skill from state, part from whole, month from month.
func TestSubtractingSkillsBoundsNothing(t *testing.T) {
	small, close := 0, 0
	attackSkills(t, func(rt *rapid.T) {
		p := drawBlocks(rt)
		width := 4 * len(p.villages)
		a := &attacker{per: 4, truth: make([]float64, 2*width)}
		for day := range 2 {
			p.remember(a, day*width)
			r := p.publish(day)
			a.look(p, r, day*width)
			close += told(r)
			small += a.attack(rt, p, day*width, false)
			for i := range p.villages {
				if rapid.Bool().Draw(rt, "changes") {
					p.villages[i].Figures = drawBlock(rt)
				}
			}
			p.withSkills(rt)
			if rapid.Bool().Draw(rt, "the map changes") {
				p.move(rt)
			}
		}
	})
	require.Greater(t, small, 30)
	require.Greater(t, close, 5)
}

// The attacker knows that nothing changed while the map did.
func TestSubtractingSkillsOfAQuietYearBoundsNothing(t *testing.T) {
	small, close := 0, 0
	attackSkills(t, func(rt *rapid.T) {
		p := drawBlocks(rt)
		a := &attacker{per: 4, truth: make([]float64, 4*len(p.villages))}
		p.remember(a, 0)
		for day := range 2 {
			r := p.publish(day)
			a.look(p, r, 0)
			close += told(r)
			small += a.attack(rt, p, 0, true)
			p.move(rt)
		}
	})
	require.Greater(t, small, 30)
	require.Greater(t, close, 5)
}

// attackSkills runs an attack on random provinces; NHASO_ATTACKS asks for more.
func attackSkills(t *testing.T, attack func(*rapid.T)) {
	t.Helper()
	for seed := range max(2, attacks()/8) {
		p := rapid.Custom(func(rt *rapid.T) bool { attack(rt); return true })
		p.Example(seed)
	}
}

// The attacker is not blind: told the sum of a
// commune to five wherever it lies, it finds what must be hidden.
func TestTheAttackerFindsSkillsThatAreTold(t *testing.T) {
	p := &province{names: map[models.ID]string{}}
	for range 3 {
		p.villages = append(p.villages, counted{VillageID: models.NewID(storetest.Start), Figures: holding(60, 14, 24, 15)})
	}
	beyond := func(sum Span) (float64, float64) {
		a := &attacker{per: 4, truth: make([]float64, 12)}
		p.remember(a, 0)
		for i, v := range p.villages {
			each, _ := Suppress([]Unit{{Figures: v.Figures}})
			a.learn(p, 0, []int{i}, each[0])
		}
		all := []int{0, 1, 2}
		a.between(a.skill(0, all, 0, 0, 0, 1), sum)
		return a.bounds(a.skill(0, all, 0, -1, 0, 1))
	}
	low, _ := beyond(Span{45, 49})
	require.InDelta(t, 3, low, 1e-6, "42 at most are covered, 45 at least hold it")
	low, high := beyond(Span{30, 71})
	require.InDelta(t, 0, low, 1e-6)
	require.Greater(t, high, 4.0)
}
