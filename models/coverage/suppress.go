package coverage

// What is published about an area must not tell anything about fewer than five
// households, neither directly nor by taking one published table from another:
// children from their total, one part from the whole, one month from the next,
// a commune from the commune it was merged into. The numbers of households on
// the register are public, so whoever looks is taken to know them exactly, and
// this code as well.
//
// # What is published
//
// A unit is a village, or several small ones together (see grouped). A block is
// the units of one commune on the day of their first release. Both stay what
// they are for ever, whatever happens to the map. Of a unit its bands are
// published, of a block the bands of its sums, of either as long as it lies in
// one commune; every other figure of every area is a sum of these and adds nothing.
//
// # Why a unit tells nothing
//
// Its counts (covered C, not covered D, unknown U, C+D+U = N) lie in a set S
// that is known from the bands: C in one band of five (the last band, up to N,
// has five to nine values), and
//
//	free:  D in a band of five that ends so low that U ≥ 5 for all of S,
//	bound: D from the last band on, up to N−C, so that U has every value from 0.
//
// In both cases S holds, for each of the three counts, all values 0…4 or none of
// them (all that N allows, for a unit that small). Villages with fewer than nine
// households, of which nothing could be said, make units together. There the
// lower end of each count is at most N less the largest village: whatever that
// village's own counts are, the others can make up the unit's.
//
// # Why a block tells nothing more
//
// Let b be the number of free units, low the sum of the lower ends. The sums
// C−low and D−low of a block are published as a class a…e of values with
//
//	e ≥ the widest band of any unit,  and  a ≤ 4(b−1).
//
// Take any unit and any point p of its S. Put every bound unit at its lower
// corner, which is in its S. The free units that are left can add every number
// from 0 to 4(b−1) to C and, independently, to D, because their S are
// rectangles. p itself adds between 0 and the widest band. So some value of the
// class is reached in C and in D at once: p agrees with all that is published
// of the block. Blocks share no unit, hence p agrees with everything of that
// day. With fewer free units than that takes, the class is everything possible.
//
// # Why time and maps tell nothing more
//
// What is published of a day is a function of that day's units and blocks. Of
// two days with different counts nothing links the sets; two days with the same
// counts publish the same, since units and blocks do not follow the map. A
// change between two releases is known no better than the bands: ±4.
// Releases are made once a month and never again for the same day (public.go):
// whoever looks every day sees the same table, and late facts wait for the next.
//
// What remains, of two kinds. Who knows that nothing at all changed while villages
// came into another commune can take the two maps from each other: every village
// stays as hidden as before, but of a count below five of a whole commune put
// together anew some of the values 0…3 may be ruled out (five others stay).
// And who knows from elsewhere that hardly anything changed in a
// month, and sees a band change, knows that the count was near the edge of it.

const (
	hidden    = 5  // counts below it are not told apart
	alone     = 9  // households from which a village is a unit by itself
	together  = 20 // households that villages together make before the next unit begins
	bandStep  = hidden
	freeSlack = bandStep - 1
)

// Span is all that is published of a count: it lies in Low…High, both included.
type Span struct{ Low, High int }

func (s Span) plus(o Span) Span { return Span{s.Low + o.Low, s.High + o.High} }

// Published is what is published of an area: the register's number of
// households, and between which numbers the three states lie.
type Published struct {
	Households                   int
	Covered, NotCovered, Unknown Span
	Skills                       skillSpans // households with somebody who holds each
}

func (p Published) plus(o Published) Published {
	return Published{p.Households + o.Households, p.Covered.plus(o.Covered), p.NotCovered.plus(o.NotCovered), p.Unknown.plus(o.Unknown), p.Skills.plus(o.Skills)}
}

// Hidden tells that nothing is published beyond the number of households.
func (p Published) Hidden() bool {
	all := Span{0, p.Households}
	return p.Covered == all && p.NotCovered == all && p.Unknown == all
}

// unpublished is of n households what everybody knows.
func unpublished(n int) Published {
	all := Span{0, n}
	return published(n, all, all, all)
}

// published is of a unit what its states tell, also of its skills.
func published(n int, covered, not, unknown Span) Published {
	p := Published{Households: n, Covered: covered, NotCovered: not, Unknown: unknown}
	p.Skills = p.untold()
	return p
}

// Unit is what Suppress is asked about: the counts of a village, or of several
// together.
type Unit struct {
	Figures
	Largest int // households of the largest of several villages; 0: one village
}

// Suppress answers what may be published of the units of one block, and of
// their sum. It is a function of the counts alone.
func Suppress(units []Unit) (each []Published, block Published) {
	each = make([]Published, len(units))
	var sum Figures
	low, widest, free, most := Published{}, Published{}, 0, 0
	for i, u := range units {
		u.Figures = u.sane()
		p, isFree := bands(u)
		each[i], sum = p, sum.plus(u.Figures)
		low = low.plus(p)
		widest.Covered.High = max(widest.Covered.High, p.Covered.High-p.Covered.Low)
		widest.NotCovered.High = max(widest.NotCovered.High, p.NotCovered.High-p.NotCovered.Low)
		most = max(most, p.NotCovered.High)
		if isFree {
			free++
		}
	}
	block = Published{Households: sum.Households}
	block.Covered = classOf(sum.Covered, low.Covered, widest.Covered.High, free)
	block.NotCovered = classOf(sum.NotCovered(), low.NotCovered, widest.NotCovered.High, free)
	block.Unknown = Span{max(0, sum.Households-block.Covered.High-block.NotCovered.High), sum.Households - block.Covered.Low - block.NotCovered.Low}
	block.cap()
	block.Skills = block.skillsOf(sum, most)
	return each, block
}

// cap takes away what the number of households rules out anyway.
func (p *Published) cap() {
	p.Covered.High = min(p.Covered.High, p.Households)
	p.NotCovered.High = min(p.NotCovered.High, p.Households)
	p.Unknown.High = min(p.Unknown.High, p.Households)
}

// sane keeps counts that contradict each other, which no room makes, from
// making bands that do.
func (f Figures) sane() Figures {
	f.Households = max(0, f.Households)
	f.Known = min(max(0, f.Known), f.Households)
	f.Covered = min(max(0, f.Covered), f.Known)
	return f
}

// bands answers the bands of one unit and whether it is free.
func bands(u Unit) (Published, bool) {
	n := u.Households
	if u.Largest >= alone { // grown since the unit was made: it could be told from the others
		return unpublished(n), false
	}
	covered := bandOf(u.Covered, n, max(freeSlack, u.Largest))
	last := lastBand(n-covered.High, freeSlack)
	if low := u.NotCovered() / bandStep * bandStep; low < last {
		not := Span{low, low + freeSlack}
		return published(n, covered, not, Span{n - covered.High - not.High, n - covered.Low - not.Low}), true
	}
	rest := n - covered.Low
	return published(n, covered, Span{last, rest}, Span{0, rest - last}), false
}

// bandOf is the band of x among 0…most, of which the last holds more values than
// tail.
func bandOf(x, most, tail int) Span {
	last := lastBand(most, tail)
	if low := x / bandStep * bandStep; low < last {
		return Span{low, low + freeSlack}
	}
	return Span{last, most}
}

// lastBand is where the last band of 0…most begins; 0 when there is room for one
// band only.
func lastBand(most, tail int) int { return max(0, most-tail) / bandStep * bandStep }

// classOf is the class of a sum within what the units' bands leave possible.
func classOf(sum int, possible Span, widest, free int) Span {
	slack := freeSlack * (free - 1)
	first := (max(widest, freeSlack)/bandStep + 1) * bandStep // where the second class begins
	if first > slack {
		return possible
	}
	last := slack / bandStep * bandStep
	switch s := sum - possible.Low; {
	case s < first:
		return Span{possible.Low, possible.Low + first - 1}
	case s >= last:
		return Span{possible.Low + last, possible.High}
	default:
		low := possible.Low + s/bandStep*bandStep
		return Span{low, low + freeSlack}
	}
}

// grouped puts the villages of a new block, in the order given, into units:
// those with nine households its own, smaller ones together until they are twenty.
// It answers the unit's number for each village.
func grouped(households []int) []int {
	units := make([]int, len(households))
	next, open, size, before := 0, -1, 0, -1
	for i, n := range households {
		if n >= alone {
			units[i] = next
			next++
			continue
		}
		if open < 0 {
			open, size = next, 0
			next++
		}
		units[i] = open
		if size += n; size >= together {
			open, before = -1, open
		}
	}
	if open >= 0 && before >= 0 { // the rest is too small to stand alone
		for i := range units {
			if units[i] == open {
				units[i] = before
			}
		}
	}
	return units
}
