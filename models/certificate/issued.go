package certificate

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
)

// Issued is a certificate with what its paper says beside it.
type Issued struct {
	Certificate
	Rule   Rule
	Passes []Pass // in the rule's order of skills
}

// Issued answers a certificate in the actor's reach for an action, for a paper
// or a badge. Out of reach is NotFound; Forbidden "name_withheld" when the
// holder is not named to whoever asks.
func (c *Certificates) Issued(ctx context.Context, actor models.Actor, action models.Action, code string) (Issued, error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return Issued{}, err
	}
	var out Issued
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		cert, err := find(tx, reach, code)
		if err != nil {
			return err
		}
		if cert, err = veiled(tx, reach, cert, c.clock.Today()); err != nil {
			return err
		}
		if cert.Withheld {
			return models.Fail(models.KindForbidden, "name_withheld")
		}
		list, err := withPasses(tx, []Certificate{cert})
		if err == nil {
			out = list[0]
		}
		return err
	})
	return out, err
}

// ValidOf answers the valid certificates of the persons, in their order. The
// caller has asked whether the actor may see these persons.
func (c *Certificates) ValidOf(ctx context.Context, persons []models.ID) ([]Issued, error) {
	var out []Issued
	err := c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		live, err := LivePersons(tx, persons)
		if err != nil {
			return err
		}
		var list []Certificate
		for _, p := range persons {
			if cert, ok := live[p]; ok {
				list = append(list, cert)
			}
		}
		out, err = withPasses(tx, list)
		return err
	})
	return out, err
}

// withPasses adds rule and passes, in a few statements for the whole list.
func withPasses(tx *gorm.DB, list []Certificate) ([]Issued, error) {
	ids := make([]models.ID, len(list))
	for i, cert := range list {
		ids[i] = cert.PersonID
	}
	passes, err := PassesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	rules := map[int]Rule{}
	out := make([]Issued, len(list))
	for i, cert := range list {
		rule, known := rules[cert.RuleVersion]
		if !known {
			if rule, err = RuleByVersion(tx, cert.RuleVersion); err != nil {
				return nil, err
			}
			rules[cert.RuleVersion] = rule
		}
		out[i] = Issued{Certificate: cert, Rule: rule}
		for _, skill := range rule.Skills {
			if p, ok := passes[cert.PersonID][skill]; ok {
				out[i].Passes = append(out[i].Passes, p)
			}
		}
	}
	return out, nil
}
