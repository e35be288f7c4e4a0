package outreach

import (
	"math/bits"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func idOf(n int) (id models.ID) {
	id[0], id[13], id[14], id[15] = 1, byte(n>>16), byte(n>>8), byte(n)
	return id
}

// cand reads a pupil out of a word: number, household (0 none), missing skills, signs
// (c confirmed, o open, x certified).
func cand(n, household, missing int, signs string) Candidate {
	c := Candidate{Person: idOf(n), Missing: missing, Sort: []byte{byte(n)}}
	if household > 0 {
		c.Household = idOf(1000 + household)
	}
	for _, s := range signs {
		switch s {
		case 'c':
			c.Confirmed = true
		case 'o':
			c.Open = true
		case 'x':
			c.Certified = true
		}
	}
	return c
}

func TestPlan(t *testing.T) {
	for name, row := range map[string]struct {
		list                                        []Candidate
		limit                                       int
		picks                                       []int
		households, afterLink, alphabetical, decide int
	}{
		"nobody":                                {picks: []int{}},
		"siblings: one is enough, the nearer":   {list: []Candidate{cand(1, 1, 4, "co"), cand(2, 1, 1, "co")}, picks: []int{2}, households: 1, alphabetical: 1},
		"a covered household adds nothing":      {list: []Candidate{cand(1, 1, 2, "c"), cand(2, 2, 3, "co")}, picks: []int{2}, households: 1},
		"a pupil without a household":           {list: []Candidate{cand(1, 0, 1, "o")}, picks: []int{}},
		"confirmed before claimed, though more": {list: []Candidate{cand(1, 1, 1, "o"), cand(2, 2, 5, "co")}, picks: []int{2, 1}, households: 1, afterLink: 1, alphabetical: 1},
		"fewest skills, then the class list":    {list: []Candidate{cand(3, 3, 1, "co"), cand(2, 2, 2, "co"), cand(1, 1, 2, "co")}, picks: []int{3, 1, 2}, households: 3, alphabetical: 3},
		"a decision is cheaper than a lesson":   {list: []Candidate{cand(1, 1, 0, "ox"), cand(2, 1, 3, "co")}, picks: []int{}, decide: 1},
		"passed all, confirmation revoked":      {list: []Candidate{cand(1, 1, 0, "co")}, picks: []int{}},
		"a limit":                               {list: []Candidate{cand(1, 1, 2, "co"), cand(2, 2, 1, "co"), cand(3, 3, 3, "co")}, limit: 2, picks: []int{2, 1}, households: 2, alphabetical: 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := MakePlan(row.list, row.limit)
			got := []int{}
			for _, pick := range p.Picks {
				got = append(got, int(pick.Person[15]))
			}
			require.Equal(t, row.picks, got)
			require.Equal(t, []int{row.households, row.afterLink, row.alphabetical, row.decide}, []int{p.Households, p.AfterLink, p.Alphabetical, p.ConfirmOnly})
		})
	}
}

// TestPlanIsBest: no other set of as many pupils gains more, and none of the same gain is smaller.
func TestPlanIsBest(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	signs := []string{"co", "co", "co", "o", "c", "", "ox", "cx"}
	for range 400 {
		list := make([]Candidate, r.IntN(11))
		for i := range list {
			list[i] = cand(i+1, r.IntN(6), 1+r.IntN(5), signs[r.IntN(len(signs))])
		}
		for limit := 1; limit <= 4; limit++ {
			p := MakePlan(list, limit)
			settled := confirmOnly(list)
			for set := range 1 << len(list) {
				if bits.OnesCount(uint(set)) > limit {
					continue
				}
				var taught []Candidate
				for i, c := range list {
					if set>>i&1 == 1 && !c.Certified {
						taught = append(taught, c)
					}
				}
				gain := gains(taught, settled)[len(taught)]
				require.LessOrEqual(t, gain, p.Households, "a better set of %d was left", limit)
				if gain == p.Households && p.AfterLink == 0 {
					require.LessOrEqual(t, len(p.Picks), max(len(taught), p.Households))
				}
			}
			require.GreaterOrEqual(t, p.Households, p.Alphabetical)
		}
	}
}

func TestPlanCurve(t *testing.T) {
	var list []Candidate
	for i := range 500 {
		list = append(list, cand(i+1, 1+i/2, 1+i%5, "co")) // pairs of siblings
	}
	p := MakePlan(list, 0)
	require.Len(t, p.Picks, 250)
	require.LessOrEqual(t, len(p.Curve), curvePoints)
	require.Equal(t, Point{}, p.Curve[0])
	last := p.Curve[len(p.Curve)-1]
	require.Equal(t, Point{Pupils: 500, Households: 250, Alphabetical: 250}, last, "both orders end at the same households")
	for i, at := range p.Curve[1:] {
		require.GreaterOrEqual(t, at.Households, at.Alphabetical)
		require.Greater(t, at.Pupils, p.Curve[i].Pupils)
		require.GreaterOrEqual(t, at.Households, p.Curve[i].Households)
	}
	require.Equal(t, 10, p.ForHouseholds(10))
	require.Equal(t, 250, p.ForHouseholds(1000))
	require.Equal(t, 0, p.ForHouseholds(0))
}

// province is as many pupils as Quảng Ninh has, two in five in a household with a sibling.
func province(pupils int) []Candidate {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]Candidate, pupils)
	for i := range list {
		list[i] = Candidate{Person: idOf(i + 1), Household: idOf(1_000_000 + r.IntN(pupils*4/5)), Sort: []byte(idOf(r.IntN(pupils)).String()),
			Missing: 1 + r.IntN(5), Confirmed: r.IntN(5) > 0, Open: r.IntN(3) > 0}
	}
	return list
}

func TestPlanOfAProvinceInTime(t *testing.T) {
	list := province(150_000)
	start := time.Now()
	p := MakePlan(list, 0)
	require.Less(t, time.Since(start), 20*time.Second)
	require.Greater(t, p.Households, p.Alphabetical)
}

func BenchmarkPlanProvince(b *testing.B) {
	list := province(150_000)
	for b.Loop() {
		MakePlan(list, 0)
	}
}
