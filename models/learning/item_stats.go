package learning

import (
	"math"
	"math/big"
)

// When a question is not good enough to certify anybody: it is nearly always
// missed, or those who know the rest do not get it right more often than those
// who do not (reference/features.md row 27). The limits are looked at from 200
// attempts on; below that a figure is noise.
const (
	flagFrom       = 200
	flagDifficulty = 0.2
	flagDiscrim    = 0.1
)

// bands is how many classes the rest score is sorted into: 0 to 4.99 %, …, 95
// to 99.99 %, and 100 %.
const (
	bands    = 21
	bandSize = full / (bands - 1)
)

// itemSums is what is kept of one question version. X is the score of the
// question and Y the mean score of the other questions of the same attempt,
// both in basis points, so that attempts of different length can be compared.
type itemSums struct {
	N, SX, SXX, SY, SYY, SXY int64
	// Choices counts, for every answer pattern, the attempts in each band of Y.
	Choices map[string][]int64
}

// add counts one attempt.
func (s *itemSums) add(x, y int, choices []string) {
	a, b := int64(x), int64(y)
	s.N++
	s.SX, s.SXX, s.SY, s.SYY, s.SXY = s.SX+a, s.SXX+a*a, s.SY+b, s.SYY+b*b, s.SXY+a*b
	if s.Choices == nil {
		s.Choices = map[string][]int64{}
	}
	for _, c := range append(choices, choiceAll) {
		if len(s.Choices[c]) != bands {
			s.Choices[c] = make([]int64, bands)
		}
		s.Choices[c][y/bandSize]++
	}
}

// plus adds the sums of other attempts.
func (s *itemSums) plus(o itemSums) {
	s.N += o.N
	s.SX, s.SXX, s.SY, s.SYY, s.SXY = s.SX+o.SX, s.SXX+o.SXX, s.SY+o.SY, s.SYY+o.SYY, s.SXY+o.SXY
	if s.Choices == nil {
		s.Choices = map[string][]int64{}
	}
	for c, list := range o.Choices {
		if len(s.Choices[c]) != bands {
			s.Choices[c] = make([]int64, bands)
		}
		for i, n := range list {
			s.Choices[c][i] += n
		}
	}
}

// difficulty is p, the mean score of the question, 0 (nobody) to 1 (everybody).
// The name is that of classical test theory, where a high value is an easy
// question. 0 without attempts.
func (s itemSums) difficulty() float64 {
	if s.N == 0 {
		return 0
	}
	return float64(s.SX) / float64(s.N) / full
}

// discrimination is the corrected item-rest correlation, −1 to 1: Pearson's r
// between the score of the question and that of the rest of the attempt,
//
//	r = (n·Σxy − Σx·Σy) / √((n·Σx² − (Σx)²) · (n·Σy² − (Σy)²))
//
// corrected, because the question is left out of y and so does not correlate
// with itself (S. Henrysson, Correction of item-total correlations in item
// analysis, Psychometrika 28, 1963). ok is false where nothing varies. The
// differences are taken in whole numbers: in floats they would lose the digits
// that matter.
func (s itemSums) discrimination() (r float64, ok bool) {
	cov := s.spread(s.SXY, s.SX, s.SY)
	vx, vy := s.spread(s.SXX, s.SX, s.SX), s.spread(s.SYY, s.SY, s.SY)
	if vx <= 0 || vy <= 0 {
		return 0, false
	}
	return max(-1, min(1, cov/math.Sqrt(vx)/math.Sqrt(vy))), true
}

// spread is n·Σab − Σa·Σb.
func (s itemSums) spread(ab, a, b int64) float64 {
	left := new(big.Int).Mul(big.NewInt(s.N), big.NewInt(ab))
	f, _ := new(big.Float).SetInt(left.Sub(left, new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))).Float64()
	return f
}

// suspect tells whether the question is to be flagged.
func (s itemSums) suspect() bool {
	if s.N < flagFrom {
		return false
	}
	r, ok := s.discrimination()
	return s.difficulty() < flagDifficulty || ok && r < flagDiscrim
}

// group is a range of bands and how many attempts lie in it.
type group struct {
	from, to int // bands, to not included
	n        int64
}

func (g group) count(list []int64) (n int64) {
	for i := g.from; i < g.to && i < len(list); i++ {
		n += list[i]
	}
	return n
}

// thirds are the weakest and the strongest attempts by the rest score: from
// each end as many whole bands as hold a third. Attempts of one band are not
// torn apart, so a group may be larger; ok is false where the two would meet.
func (s itemSums) thirds() (bottom, top group, ok bool) {
	all := s.Choices[choiceAll]
	if len(all) != bands || s.N == 0 {
		return bottom, top, false
	}
	third := (s.N + 2) / 3
	for bottom.to < bands && bottom.n < third {
		bottom.n += all[bottom.to]
		bottom.to++
	}
	top.from, top.to = bands, bands
	for top.from > 0 && top.n < third {
		top.from--
		top.n += all[top.from]
	}
	return bottom, top, top.from >= bottom.to
}
