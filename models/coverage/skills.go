package coverage

import "strings"

// SkillNames are the five skills in the order in which they are counted: that
// of the columns, and of the bits of households.skills.
var SkillNames = [5]string{"public_services", "online_shopping", "online_payment", "self_protection", "local_platforms"}

// Skills counts, skill by skill, the households in which at least one confirmed
// member holds it. A household whose five skills are spread over several members
// is in all five counts and in none of Covered.
type Skills struct {
	PublicServices, OnlineShopping, OnlinePayment, SelfProtection, LocalPlatforms int
}

// SkillsIn makes the counts of one household out of its bits: bit i for
// SkillNames[i].
func SkillsIn(mask int) Skills {
	bit := func(i int) int { return mask >> i & 1 }
	return Skills{bit(0), bit(1), bit(2), bit(3), bit(4)}
}

// SkillBit is the bit of a skill in households.skills, 0 for a name that is none.
func SkillBit(skill string) int {
	for i, name := range SkillNames {
		if name == skill {
			return 1 << i
		}
	}
	return 0
}

// Of answers the count of one skill, 0 for a name that is none.
func (s Skills) Of(skill string) int {
	for i, name := range SkillNames {
		if name == skill {
			return s.counts()[i]
		}
	}
	return 0
}

// ByName answers the counts by the names of the skills.
func (s Skills) ByName() map[string]int {
	by := make(map[string]int, len(SkillNames))
	for i, n := range s.counts() {
		by[SkillNames[i]] = n
	}
	return by
}

func (s Skills) counts() [5]int {
	return [5]int{s.PublicServices, s.OnlineShopping, s.OnlinePayment, s.SelfProtection, s.LocalPlatforms}
}

func (s Skills) combined(o Skills, sign int) Skills {
	return Skills{
		s.PublicServices + sign*o.PublicServices, s.OnlineShopping + sign*o.OnlineShopping, s.OnlinePayment + sign*o.OnlinePayment,
		s.SelfProtection + sign*o.SelfProtection, s.LocalPlatforms + sign*o.LocalPlatforms,
	}
}

// args are the counts of figures as arguments of a statement, in the order of
// figureColumns.
func (f Figures) args() []any {
	args := []any{f.Households, f.Known, f.Covered}
	for _, n := range f.Skills.counts() {
		args = append(args, n)
	}
	return args
}

// figureNames are the columns of counters and history; the ledger's begin with
// "d_".
var figureNames = append([]string{"households", "known", "covered"}, SkillNames[:]...)

// figureColumns names the columns of counters and history.
var figureColumns = eachFigure("%", ", ")

// eachFigure writes a piece of SQL for every count; % stands for its column.
func eachFigure(piece, between string) string {
	parts := make([]string, len(figureNames))
	for i, name := range figureNames {
		parts[i] = strings.ReplaceAll(piece, "%", name)
	}
	return strings.Join(parts, between)
}
