package coverage

// Grades are the five classes of scorecard and map, from the target on: A has
// reached it, B three quarters of it, C a half, D a quarter, E less.
const Grades = "ABCDE"

// Whole is a share of all households, in basis points.
const Whole = 10_000

// Grade puts an area into one of the five classes by how many of its households
// on the register hold what is asked, against a target in basis points. It is ""
// where there is nothing to say: no household on the register, or none of which
// anybody is known.
func Grade(f Figures, skill string, target int) string {
	if f.Households <= 0 || f.Known <= 0 || target <= 0 {
		return ""
	}
	held := int64(f.Holding(skill)) * Whole
	goal := int64(f.Households) * int64(target)
	for i := range 4 {
		if held*4 >= goal*int64(4-i) {
			return Grades[i : i+1]
		}
	}
	return Grades[4:]
}

// Holding counts the households that hold a skill, or with "" the covered ones.
func (f Figures) Holding(skill string) int {
	if skill == "" {
		return f.Covered
	}
	return f.Skills.Of(skill)
}

// Goal is how many households a target in basis points asks for: never a part of
// one less.
func (f Figures) Goal(target int) int { return (f.Households*target + Whole - 1) / Whole }
