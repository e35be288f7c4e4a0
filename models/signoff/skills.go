package signoff

import (
	"fmt"

	"nhaso/models/coverage"
)

// Skills counts the households of a unit in which at least one confirmed member
// passed a skill. Units without households have none, and neither has a month
// that was locked before skills were counted.
type Skills struct {
	PublicServices int `json:"public_services"`
	OnlineShopping int `json:"online_shopping"`
	OnlinePayment  int `json:"online_payment"`
	SelfProtection int `json:"self_protection"`
	LocalPlatforms int `json:"local_platforms"`
}

func (s Skills) combined(o Skills, sign int) Skills {
	return Skills{
		s.PublicServices + sign*o.PublicServices, s.OnlineShopping + sign*o.OnlineShopping, s.OnlinePayment + sign*o.OnlinePayment,
		s.SelfProtection + sign*o.SelfProtection, s.LocalPlatforms + sign*o.LocalPlatforms,
	}
}

// minus is the difference of two counts; nil where either is not known.
func (s *Skills) minus(o *Skills) *Skills {
	if s == nil || o == nil {
		return nil
	}
	d := s.combined(*o, -1)
	return &d
}

// text is the form of the counts inside a digest.
func (s Skills) text() string {
	return fmt.Sprintf("%d|%d|%d|%d|%d", s.PublicServices, s.OnlineShopping, s.OnlinePayment, s.SelfProtection, s.LocalPlatforms)
}

// SkillStocks are the counts of a month's page beside those of its unit.
type SkillStocks struct {
	Before *Skills `json:"before"` // at the end of the month before
	Late   *Skills `json:"late"`   // as Page.Late
	Since  *Skills `json:"since"`  // as Page.Since
}

// frozenUnit is one row of signoff_figures.
type frozenUnit struct {
	Unit    `gorm:"embedded"`
	Counted int             // 1: the skills were frozen with it
	BySkill coverage.Skills `gorm:"embedded"`
}

const skillColumns = "public_services, online_shopping, online_payment, self_protection, local_platforms"

// unit answers the unit with its skills, where they were frozen.
func (f frozenUnit) unit() Unit {
	u := f.Unit
	if f.Counted == 1 {
		skills := Skills(f.BySkill)
		u.Skills = &skills
	}
	return u
}

// skillArgs are the arguments for a unit's skills in a frozen row: whether there
// are any, and the five counts.
func (u *Unit) skillArgs() []any {
	if u.Skills == nil {
		return []any{0, 0, 0, 0, 0, 0}
	}
	s := u.Skills
	return []any{1, s.PublicServices, s.OnlineShopping, s.OnlinePayment, s.SelfProtection, s.LocalPlatforms}
}
