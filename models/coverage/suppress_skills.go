package coverage

// Of each skill P, the households in which somebody holds it, is published for
// blocks only: of a unit nothing beyond what its states tell, C ≤ P ≤ K, where
// K = C+D are the known households. (Whoever is covered holds all five, and
// whoever holds one is known.)
//
// # Why a skill tells nothing
//
// Let C⁺ and K⁻ be the upper and the lower end of what is published of the
// block's C and K, and m at least 4 and at least the upper end of D of each of
// its units. The class [a, e] of P is cut out of C⁻…K⁺ so that always
//
//	e ≥ C⁺ + m  or  e = K⁺,   and   a ≤ K⁻ − m  or  a = C⁻.
//
// Take any counts of all units that agree with everything published of the
// states, one unit v, and any P of v with C ≤ P ≤ K there. The other units can
// make the block's P every number from P(v)+C−C(v) to P(v)+K−K(v), the block's C
// and K among them. The first is at most C+D(v) ≤ C⁺+m, the second at least
// K−D(v) ≥ K⁻−m: some of these numbers lie in the class. So a class says nothing
// of the states of any unit nor of v's own P, whatever the other skills say:
// they are independent of each other.
//
// Of the block itself P, N−P, P−C and K−P can be all of 0…4 or none: those classes
// in which P−C may be below five are one, C⁻…C⁺+m; those in which K−P may be are
// one, K⁻−m…K⁺. Days and maps add nothing, as with the states: the classes are a
// function of the block's counts, and no area's figure is anything but a sum of
// blocks and units.

// skillSpans are the spans of the five skills, in the order of SkillNames.
type skillSpans [len(SkillNames)]Span

func (s skillSpans) plus(o skillSpans) skillSpans {
	for i := range s {
		s[i] = s[i].plus(o[i])
	}
	return s
}

// untold is what the states alone tell of every skill.
func (p Published) untold() (s skillSpans) {
	for i := range s {
		s[i] = Span{p.Covered.Low, p.Households - p.Unknown.Low}
	}
	return s
}

// skillsOf are the classes of a block's sums; most is the upper end of what is
// published of the households not covered in the largest of its units.
func (p Published) skillsOf(sums Figures, most int) (s skillSpans) {
	for i, n := range sums.Skills.counts() {
		s[i] = p.skillClass(min(max(n, sums.Covered), sums.Known), max(most, freeSlack))
	}
	return s
}

// skillClass is the class of one skill's sum.
func (p Published) skillClass(sum, most int) Span {
	all := Span{p.Covered.Low, p.Households - p.Unknown.Low}
	first := p.Covered.High + most + 1                  // where the second class begins
	last := p.Households - p.Unknown.High - most        // where the last one has to have begun
	last = first + max(0, last-first)/bandStep*bandStep // classes between the two are five wide
	switch {
	case first > p.Households-p.Unknown.High-most:
		return all
	case sum < first:
		return Span{all.Low, first - 1}
	case sum >= last:
		return Span{last, all.High}
	}
	low := first + (sum-first)/bandStep*bandStep
	return Span{low, low + bandStep - 1}
}
