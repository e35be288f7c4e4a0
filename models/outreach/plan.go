package outreach

import (
	"bytes"
	"cmp"
	"slices"

	"nhaso/models"
)

// Candidate is a pupil without a completion confirmation, or one whose
// confirmation waits for a link. A person has at most one live link (a unique
// index of room household), so a pupil stands for one household or for none.
type Candidate struct {
	Person    models.ID
	Household models.ID // zero: no live link
	School    models.ID
	Class     models.ID
	Name      string
	Sort      []byte // the order of a class list
	Missing   int    // skills still to pass, 0 to 5
	Certified bool   // holds a valid completion confirmation
	Confirmed bool   // the link is confirmed; else claimed
	Open      bool   // the household is not covered
}

// Point is one place on the curve: how many households are gained when so many
// pupils are taught, chosen or in alphabetical order.
type Point struct {
	Pupils       int `json:"pupils"`
	Households   int `json:"households"`
	Alphabetical int `json:"alphabetical"`
}

// Plan says whom to teach next. Every gain assumes that all of them pass.
type Plan struct {
	Picks        []Candidate // the best first; with a claimed link, somebody has to confirm it as well
	Households   int         // covered when all picks pass: their links are confirmed
	AfterLink    int         // more, once their claimed links are confirmed too
	Skills       int         // skills that the picks still have to pass
	Alphabetical int         // households gained by as many pupils in alphabetical order
	ConfirmOnly  int         // households that a certified pupil claims: a decision covers them, no lesson
	Pupils       int         // pupils without a confirmation whom the order could choose from
	Reachable    int         // most households that any order can gain with confirmed links
	Curve        []Point
}

// curvePoints bounds what a screen draws and a phone loads.
const curvePoints = 60

// MakePlan chooses the smallest set of pupils for the most households, at most
// limit pupils; a limit below 1 means as many as add a household. It is greedy
// maximum coverage, and exact here: sets of one household each do not overlap
// except when they are equal, so the best k pupils stand for k different
// households. Ties are decided by what a school can check: confirmed links
// first, then fewest missing skills, then the class list's own order.
func MakePlan(list []Candidate, limit int) Plan {
	settled := confirmOnly(list)
	var open, all []Candidate
	for _, c := range list {
		if c.Certified || c.Missing < 1 {
			continue
		}
		all = append(all, c)
		if c.Open && !c.Household.IsZero() && !settled[c.Household] {
			open = append(open, c)
		}
	}
	best := onePerHousehold(open)
	p := Plan{ConfirmOnly: len(settled), Pupils: len(all), Picks: []Candidate{}}
	for _, c := range best {
		if c.Confirmed {
			p.Reachable++
		}
	}
	alphabetical := gains(alphabet(all), settled)
	p.Curve = curve(best, alphabetical)
	if limit > 0 && limit < len(best) {
		best = best[:limit]
	}
	for _, c := range best {
		p.Picks = append(p.Picks, c)
		p.Skills += c.Missing
		if c.Confirmed {
			p.Households++
		} else {
			p.AfterLink++
		}
	}
	p.Alphabetical = alphabetical[len(best)]
	return p
}

// ForHouseholds answers how many of a plan's first picks bring so many
// households, counting confirmed links alone; all picks when they do not.
func (p Plan) ForHouseholds(n int) int {
	for i, pick := range p.Picks {
		if n <= 0 {
			return i
		}
		if pick.Confirmed {
			n--
		}
	}
	return len(p.Picks)
}

// confirmOnly finds the households that wait for a decision and for no lesson.
func confirmOnly(list []Candidate) map[models.ID]bool {
	found := map[models.ID]bool{}
	for _, c := range list {
		if c.Certified && c.Open && !c.Confirmed && !c.Household.IsZero() {
			found[c.Household] = true
		}
	}
	return found
}

// onePerHousehold keeps the best pupil of each household, the best first.
func onePerHousehold(open []Candidate) []Candidate {
	slices.SortFunc(open, better)
	seen := make(map[models.ID]bool, len(open))
	best := open[:0:0]
	for _, c := range open {
		if !seen[c.Household] {
			seen[c.Household] = true
			best = append(best, c)
		}
	}
	return best
}

func better(a, b Candidate) int {
	if a.Confirmed != b.Confirmed {
		if a.Confirmed {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.Missing, b.Missing), listOrder(a, b))
}

func listOrder(a, b Candidate) int {
	return cmp.Or(bytes.Compare(a.Sort, b.Sort), bytes.Compare(a.Person[:], b.Person[:]))
}

func alphabet(all []Candidate) []Candidate {
	order := slices.Clone(all)
	slices.SortFunc(order, listOrder)
	return order
}

// gains answers, for every number of pupils of an order, how many households
// they cover: g[n] is that of the first n. A household that waits for a decision
// alone is gained by nobody's lesson.
func gains(order []Candidate, settled map[models.ID]bool) []int {
	g := make([]int, 1, len(order)+1)
	seen := map[models.ID]bool{}
	for _, c := range order {
		if c.Open && c.Confirmed && !c.Household.IsZero() && !settled[c.Household] {
			seen[c.Household] = true
		}
		g = append(g, len(seen))
	}
	return g
}

// curve samples both orders from nobody to everybody.
func curve(best []Candidate, alphabetical []int) []Point {
	chosen := gains(best, nil)
	last := len(alphabetical) - 1
	points := []Point{}
	for i := range curvePoints {
		n := last * i / (curvePoints - 1)
		if i > 0 && n == points[len(points)-1].Pupils {
			continue
		}
		points = append(points, Point{Pupils: n, Households: chosen[min(n, len(chosen)-1)], Alphabetical: alphabetical[n]})
	}
	return points
}
