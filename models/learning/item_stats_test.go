package learning

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sumsOf counts pairs of question and rest score.
func sumsOf(pairs [][2]int) (s itemSums) {
	for _, p := range pairs {
		s.add(p[0], p[1], nil)
	}
	return s
}

// Figures computed by hand; of the first: the means are 0.6 and 5,000, the
// products of the deviations add up to 3,000, their squares to 1.2 and 2·10⁷.
func TestItemStatistics(t *testing.T) {
	for _, c := range []struct {
		name  string
		pairs [][2]int
		p, r  float64
		ok    bool
	}{
		{"five pupils", [][2]int{{full, 8000}, {0, 2000}, {full, 6000}, {full, 4000}, {0, 5000}}, 0.6, 3000 / math.Sqrt(1.2*2e7), true},
		{"the strong get it", [][2]int{{full, 9000}, {full, 9000}, {0, 1000}, {0, 1000}}, 0.5, 1, true},
		{"the weak get it", [][2]int{{full, 1000}, {0, 9000}}, 0.5, -1, true},
		{"partial credit", [][2]int{{5000, 4000}, {10000, 6000}, {0, 2000}}, 0.5, 1, true},
		{"nothing to do with the rest", [][2]int{{full, 3000}, {full, 7000}, {0, 3000}, {0, 7000}}, 0.5, 0, true},
		{"everybody right", [][2]int{{full, 3000}, {full, 7000}}, 1, 0, false},
		{"all alike otherwise", [][2]int{{full, 5000}, {0, 5000}}, 0.5, 0, false},
		{"one", [][2]int{{full, 5000}}, 1, 0, false},
		{"none", nil, 0, 0, false},
	} {
		s := sumsOf(c.pairs)
		r, ok := s.discrimination()
		assert.InDelta(t, c.p, s.difficulty(), 1e-12, c.name)
		assert.Equal(t, c.ok, ok, c.name)
		assert.InDelta(t, c.r, r, 1e-9, c.name)
	}
}

// With a million attempts the sums no longer fit a product of int64; the figure
// stays that of the same shape in small.
func TestDiscriminationOfManyAttempts(t *testing.T) {
	s := sumsOf([][2]int{{full, 8000}, {0, 2000}, {full, 6000}, {full, 4000}, {0, 5000}})
	want, _ := s.discrimination()
	const k = 2_000_000
	many := itemSums{N: s.N * k, SX: s.SX * k, SXX: s.SXX * k, SY: s.SY * k, SYY: s.SYY * k, SXY: s.SXY * k}
	got, ok := many.discrimination()
	assert.True(t, ok)
	assert.InDelta(t, want, got, 1e-9)
	same := itemSums{N: k, SX: k * full, SXX: k * full * full, SY: k * 3333, SYY: k * 3333 * 3333, SXY: k * full * 3333}
	_, ok = same.discrimination()
	assert.False(t, ok, "nothing varies, also where floats would see a difference")
}

func TestSuspect(t *testing.T) {
	fill := func(n int, pair func(i int) [2]int) itemSums {
		var list [][2]int
		for i := range n {
			list = append(list, pair(i))
		}
		return sumsOf(list)
	}
	hard := func(right int) func(int) [2]int { // of 200, the strongest are right
		return func(i int) [2]int { return [2]int{whole(i < right), full - i*50} }
	}
	assert.False(t, fill(199, hard(0)).suspect(), "too few to say")
	assert.True(t, fill(200, hard(39)).suspect(), "p = 0.195")
	assert.False(t, fill(200, hard(40)).suspect(), "p = 0.2 is no less than 0.2")
	assert.True(t, fill(200, func(i int) [2]int { return [2]int{whole(i%2 == 0), 5000 + 1000*(i%4/2)} }).suspect(), "r = 0")
	assert.True(t, fill(200, func(i int) [2]int { return [2]int{whole(i < 100), i * 40} }).suspect(), "the strong miss it")
	assert.False(t, fill(200, func(int) [2]int { return [2]int{full, 5000} }).suspect(), "everybody right: easy, not bad")
}

func TestThirds(t *testing.T) {
	var s itemSums
	for _, y := range []int{0, 400, 1000, 5000, 5100, 6000, 9000, 9900, full} {
		s.add(full, y, nil)
	}
	bottom, top, ok := s.thirds()
	require.True(t, ok)
	assert.Equal(t, []int64{3, 3}, []int64{bottom.n, top.n})
	assert.Equal(t, int64(3), top.count(s.Choices[choiceAll]))
	alike := sumsOf([][2]int{{full, 5000}, {0, 5100}, {0, 5200}})
	_, _, ok = alike.thirds()
	assert.False(t, ok, "one band cannot be parted")
	_, _, ok = itemSums{}.thirds()
	assert.False(t, ok)
}

// In whatever pieces attempts are added, the sums are the same.
func TestSumsAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 35))
	for range 200 {
		var whole, a, b itemSums
		for range rng.IntN(40) {
			x, y, c := rng.IntN(full+1), rng.IntN(full+1), []string{"o" + itoa(rng.IntN(4))}
			whole.add(x, y, c)
			if rng.IntN(2) == 0 {
				a.add(x, y, c)
			} else {
				b.add(x, y, c)
			}
		}
		a.plus(b)
		if whole.N == 0 {
			whole.Choices = a.Choices
		}
		require.Equal(t, whole, a)
	}
}

// Every pattern that an answer gives has words, and a wholly right answer gives
// no wrong one.
func TestChoicesHaveWords(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		q := question(n, kinds[n%6], "both")
		s := shown{item: deal(&q, rng), q: &q}
		for _, c := range s.choices(s.key()) {
			_, right, _, ok := s.choiceWords(c)
			assert.True(t, ok && right, "%s %s", q.Kind, c)
		}
		assert.Equal(t, []string{choiceNone}, s.choices(Response{}))
	}
	q := question(4, "match", "quiz")
	s := shown{item: item{Question: q.Hash, Options: []int{2, 1, 0, 3}, Lefts: []int{0, 1, 2}}, q: &q}
	assert.Equal(t, []string{"l0r2"}, s.choices(Response{Pairs: map[string]string{"1": "1", "2": "2"}}))
	text, _, feedback, ok := s.choiceWords("l0r2")
	assert.Equal(t, []any{"Trái 0 → Phải 2", secretWord, true}, []any{text, feedback, ok})
	for _, bad := range []string{"", "o9", "l9r0", "l0", "m0", "x1", "o-1", "z"} {
		_, _, _, ok := s.choiceWords(bad)
		assert.False(t, ok, bad)
	}
	q = question(2, "order", "both")
	s = shown{item: item{Question: q.Hash, Options: []int{1, 0, 2, 3}}, q: &q}
	assert.Equal(t, []string{"x1"}, s.choices(Response{Order: []string{"1", "2", "3", "4"}}))
}
