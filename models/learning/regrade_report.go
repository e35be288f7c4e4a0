package learning

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// preview says what the new key makes of one attempt and counts it; nil where
// nothing changes.
func (p *regradePlan) preview(ctx context.Context, l *Learning, r *regradable) (*RegradeChange, error) {
	p.Attempts++
	if r.waiting {
		p.Waiting++
		return nil, nil
	}
	x, reason, err := p.regrade(r)
	switch {
	case err != nil:
		return nil, err
	case reason != "":
		p.NotRegradable++
		p.Reason = reason
		return nil, nil
	case x == nil:
		p.Unchanged++
		return nil, nil
	}
	c := p.change(r, x)
	if r.f.counts() && x.score > *r.row.Score {
		err = l.db.Snapshot(ctx, func(tx *gorm.DB) error {
			c.PassGained, c.Certificate, err = l.wouldGain(tx, r.f, x)
			return err
		})
	}
	return &c, err
}

func (p *regradePlan) change(r *regradable, x *regraded) RegradeChange {
	name := r.pupil.Name
	return RegradeChange{AttemptID: r.f.ID, SchoolName: r.pupil.SchoolName, ClassName: r.pupil.ClassName, Name: &name, Slot: x.slot + 1,
		OldPercent: percent(*r.row.Score), NewPercent: percent(x.score), BelowNow: x.below, class: r.pupil.ClassID, school: r.pupil.SchoolID}
}

// wouldGain asks the rule, without writing, whether the new score proves the
// skill, and whether it is the last one.
func (l *Learning) wouldGain(tx *gorm.DB, f *frozen, x *regraded) (pass, cert bool, err error) {
	rule, err := certificate.ActiveRule(tx, l.clock.Now())
	if err != nil || x.score < rule.PassPercent*100 {
		return false, false, err
	}
	passes, err := certificate.Passes(tx, f.Person)
	if err != nil {
		return false, false, err
	}
	if _, has := passes[f.course.Skill]; has {
		return false, false, nil
	}
	e := f.evidence(x.score, x.hash)
	if e.LessonsDone, err = lessonsDone(tx, f.Person, f.course); err != nil {
		return false, false, err
	}
	if err := bestScenario(tx, rule, &e); err != nil {
		return false, false, err
	}
	if ok, _ := rule.Meets(e); !ok {
		return false, false, nil
	}
	passes[f.course.Skill] = certificate.Pass{Skill: f.course.Skill, RuleVersion: rule.Version}
	return true, rule.Complete(passes), nil
}

// count adds a changed result to the report.
func (p *regradePlan) count(c *RegradeChange) {
	if c == nil {
		return
	}
	p.Changed++
	p.Up += bit(c.NewPercent > c.OldPercent)
	p.Down += bit(c.NewPercent < c.OldPercent)
	p.PassGained += bit(c.PassGained)
	p.BelowNow += bit(c.BelowNow)
	p.Certificates += bit(c.Certificate)
	i := slices.IndexFunc(p.Classes, func(k RegradeClass) bool { return k.SchoolName == c.SchoolName && k.ClassName == c.ClassName })
	if i < 0 {
		i = len(p.Classes)
		p.Classes = append(p.Classes, RegradeClass{SchoolName: c.SchoolName, ClassName: c.ClassName})
	}
	k := &p.Classes[i]
	k.Changed++
	k.Up += bit(c.NewPercent > c.OldPercent)
	k.Down += bit(c.NewPercent < c.OldPercent)
	k.PassGained += bit(c.PassGained)
	k.BelowNow += bit(c.BelowNow)
	k.Certificate += bit(c.Certificate)
	p.all = append(p.all, *c)
}

// reportFor cuts the report down to what the actor may see: single results of
// the own classes, or of all for those above; names only of the own classes.
// Who reaches classes alone does not see which other classes are concerned.
func (p *regradePlan) reportFor(actor models.Actor) (RegradeReport, error) {
	reach, err := models.Allow(actor, models.ActReadRegrade)
	if err != nil {
		return RegradeReport{}, err
	}
	named, _ := models.Allow(actor, models.ActReadClass) // the zero reach where it may not
	wide := reach.All || len(reach.Areas) > 0
	own := func(c RegradeChange) bool {
		return named.All || slices.Contains(named.Classes, c.class) || slices.Contains(named.Schools, c.school)
	}
	classes := map[[2]string]bool{}
	for _, c := range p.all {
		mine := own(c)
		if !mine && !wide {
			continue
		}
		classes[[2]string{c.SchoolName, c.ClassName}] = true
		if !mine {
			c.Name = nil
		}
		if len(p.Changes) < maxChanges {
			p.Changes = append(p.Changes, c)
		}
	}
	p.Classes = slices.DeleteFunc(p.Classes, func(k RegradeClass) bool { return !classes[[2]string{k.SchoolName, k.ClassName}] })
	slices.SortFunc(p.Classes, func(a, b RegradeClass) int {
		return cmp.Or(cmp.Compare(a.SchoolName, b.SchoolName), cmp.Compare(a.ClassName, b.ClassName))
	})
	slices.SortStableFunc(p.Changes, func(a, b RegradeChange) int {
		return cmp.Or(cmp.Compare(a.SchoolName, b.SchoolName), cmp.Compare(a.ClassName, b.ClassName))
	})
	return p.RegradeReport, nil
}
