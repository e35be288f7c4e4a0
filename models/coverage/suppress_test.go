package coverage

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// counts is a village of n households, c covered and d not covered.
func counts(n, c, d int) Figures { return Figures{Households: n, Known: c + d, Covered: c} }

func TestBands(t *testing.T) {
	for _, x := range []struct {
		f                Figures
		covered, not, un Span
	}{
		{counts(0, 0, 0), Span{0, 0}, Span{0, 0}, Span{0, 0}},
		{counts(3, 2, 1), Span{0, 3}, Span{0, 3}, Span{0, 3}},
		{counts(275, 0, 0), Span{0, 4}, Span{0, 4}, Span{267, 275}},
		{counts(275, 57, 12), Span{55, 59}, Span{10, 14}, Span{202, 210}},
		{counts(275, 275, 0), Span{270, 275}, Span{0, 5}, Span{0, 5}},
		{counts(275, 102, 173), Span{100, 104}, Span{165, 175}, Span{0, 10}},
		{counts(275, 102, 0), Span{100, 104}, Span{0, 4}, Span{167, 175}},
		{counts(20, 11, 5), Span{10, 14}, Span{0, 10}, Span{0, 10}},
		// Counts that contradict each other make no band that does.
		{Figures{Households: -2, Known: 5, Covered: 9}, Span{0, 0}, Span{0, 0}, Span{0, 0}},
		{Figures{Households: 30, Known: 40, Covered: 50}, Span{25, 30}, Span{0, 5}, Span{0, 5}},
	} {
		each, _ := Suppress([]Unit{{Figures: x.f}})
		assert.Equal(t, published(max(0, x.f.Households), x.covered, x.not, x.un), each[0], "%+v", x.f)
	}
}

func TestBlockIsCloseWhereItMay(t *testing.T) {
	var units []Unit
	for i := range 27 {
		units = append(units, Unit{Figures: counts(275, 40+i*7, 30+i)})
	}
	each, block := Suppress(units)
	sum := Published{}
	truth := Figures{}
	for i, p := range each {
		sum, truth = sum.plus(p), truth.plus(units[i].Figures)
	}
	assert.Equal(t, 27*275, block.Households)
	assert.Equal(t, Span{truth.Covered / 5 * 5, truth.Covered/5*5 + 4}, block.Covered, "as close as one village")
	assert.Equal(t, 4, block.NotCovered.High-block.NotCovered.Low)
	assert.Equal(t, 8, block.Unknown.High-block.Unknown.Low)
	assert.GreaterOrEqual(t, sum.Covered.High-sum.Covered.Low, 100, "the villages alone would say much less")
	// Nothing has begun: the sum says no more than each village does.
	for i := range units {
		units[i].Figures = counts(275, 0, 0)
	}
	_, block = Suppress(units)
	assert.Equal(t, Span{0, 4}, block.Covered)
	_, block = Suppress(units[:2])
	assert.Equal(t, Span{0, 8}, block.Covered)
}

// Every figure lies in its span, and parts add up to the register.
func TestSpansHoldTheTruth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var units []Unit
		for range rapid.IntRange(1, 30).Draw(rt, "units") {
			n := rapid.IntRange(0, rapid.SampledFrom([]int{5, 30, 400}).Draw(rt, "size")).Draw(rt, "n")
			c := rapid.IntRange(0, n).Draw(rt, "c")
			units = append(units, Unit{Figures: counts(n, c, rapid.IntRange(0, n-c).Draw(rt, "d"))})
		}
		each, block := Suppress(units)
		var sum Figures
		for i, u := range units {
			holds(rt, u.Figures, each[i])
			sum = sum.plus(u.Figures)
		}
		holds(rt, sum, block)
	})
}

func holds(t require.TestingT, f Figures, p Published) {
	require.Equal(t, f.Households, p.Households)
	for _, x := range []struct {
		n int
		s Span
	}{{f.Covered, p.Covered}, {f.NotCovered(), p.NotCovered}, {f.Unknown(), p.Unknown}} {
		require.LessOrEqual(t, x.s.Low, x.n, "%+v %+v", f, p)
		require.GreaterOrEqual(t, x.s.High, x.n, "%+v %+v", f, p)
		require.GreaterOrEqual(t, x.s.High-x.s.Low, min(4, p.Households), "a span of fewer than five values: %+v", p)
	}
}

// TestNobodyCanTellWorldsApart is the strongest attack there is on one table:
// who knows this code and every number of households tries all worlds there can
// be and keeps those that publish the same. In what is left every count below
// five must still be able to be any number below five, in every village, also
// of those together, and in the sum of the block.
func TestNobodyCanTellWorldsApart(t *testing.T) {
	for _, sizes := range [][][]int{{{4}}, {{8}}, {{9}}, {{13}}, {{25}}, {{5}, {22}}, {{14}, {14}}, {{12}, {17}}, {{13}, {12}, {6}}, {{13}, {13}, {13}},
		{{8, 8, 6}}, {{5, 5, 6}}, {{2, 3, 8}}, {{2, 6, 8}, {9}}, {{4, 10}, {9}}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			w := &worlds{sizes: sizes, seen: map[string]*ranges{}}
			for _, unit := range sizes {
				w.villages = append(w.villages, unit...)
			}
			w.walk(nil, func(villages []Figures, key string) {
				if w.seen[key] == nil {
					w.seen[key] = newRanges(len(villages) + 1)
				}
				w.seen[key].add(villages)
			})
			small := 0
			for key, r := range w.seen {
				small += r.check(t, key, w.villages)
			}
			require.Positive(t, small)
		})
	}
}

// worlds walks through all counts that villages of the given sizes, unit by
// unit, can have.
type worlds struct {
	sizes    [][]int
	villages []int
	seen     map[string]*ranges
}

func (w *worlds) walk(villages []Figures, visit func([]Figures, string)) {
	if len(villages) == len(w.villages) {
		visit(villages, w.publish(villages))
		return
	}
	n := w.villages[len(villages)]
	for c := 0; c <= n; c++ {
		for d := 0; d <= n-c; d++ {
			w.walk(append(villages, counts(n, c, d)), visit)
		}
	}
}

func (w *worlds) publish(villages []Figures) string {
	units := make([]Unit, len(w.sizes))
	for i, sizes := range w.sizes {
		for _, n := range sizes {
			units[i].Figures, villages = units[i].plus(villages[0]), villages[1:]
			if len(sizes) > 1 {
				units[i].Largest = max(units[i].Largest, n)
			}
		}
	}
	each, block := Suppress(units)
	return publishedKey(append(each, block))
}

func publishedKey(list []Published) string {
	key := make([]byte, 0, 6*len(list))
	for _, p := range list {
		key = append(key, byte(p.Covered.Low), byte(p.Covered.High), byte(p.NotCovered.Low), byte(p.NotCovered.High), byte(p.Unknown.Low), byte(p.Unknown.High))
	}
	return string(key)
}

// ranges marks which of the values 0…4 each count takes in the worlds that
// publish the same: three counts for every unit and for the block.
type ranges struct{ has [][3]uint8 }

func newRanges(n int) *ranges { return &ranges{make([][3]uint8, n)} }

func states(f Figures) [3]int { return [3]int{f.Covered, f.NotCovered(), f.Unknown()} }

func (r *ranges) add(units []Figures) {
	everyCount(units, func(i, k, x int) {
		if x < hidden {
			r.has[i][k] |= 1 << x
		}
	})
}

// check fails when a count below five could not be another one below five.
func (r *ranges) check(t *testing.T, key string, households []int) (small int) {
	all := 0
	for _, n := range households {
		all += n
	}
	for i, n := range append(slices.Clone(households), all) {
		for k, has := range r.has[i] {
			if has == 0 {
				continue
			}
			small++
			if want := uint8(1<<(min(4, n)+1) - 1); has != want {
				t.Fatalf("%v: count %d of village %d can only be %05b of 0…4", []byte(key), k, i, has)
			}
		}
	}
	return small
}

// everyCount visits every count of every unit and of their sum.
func everyCount(units []Figures, visit func(i, state, count int)) {
	var sum Figures
	for i, f := range units {
		sum = sum.plus(f)
		for k, x := range states(f) {
			visit(i, k, x)
		}
	}
	for k, x := range states(sum) {
		visit(len(units), k, x)
	}
}

func TestGrouped(t *testing.T) {
	for _, x := range []struct{ households, units []int }{
		{[]int{}, []int{}},
		{[]int{275, 300}, []int{0, 1}},
		{[]int{3}, []int{0}},
		{[]int{275, 3, 8, 9, 8, 5, 300}, []int{0, 1, 1, 2, 1, 1, 3}},
		{[]int{8, 8, 8, 4}, []int{0, 0, 0, 0}},
		{[]int{7, 300, 7, 12, 1}, []int{0, 1, 0, 2, 0}},
		{[]int{0, 0, 40}, []int{0, 0, 1}},
	} {
		assert.Equal(t, x.units, grouped(x.households), "%v", x.households)
	}
}
