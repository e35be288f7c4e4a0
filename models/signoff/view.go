package signoff

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Child is a unit below another as the page of a month lists it.
type Child struct {
	Unit
	State    string     `json:"state"`
	Approved *Figures   `json:"approved"` // what was approved, where that changed since
	By       string     `json:"by"`       // of the last step
	At       *time.Time `json:"at"`
	Missing  []Name     `json:"missing"` // a commune's schools that are not ready
}

// Page is the month of one unit.
type Page struct {
	Month    Month    `json:"month"`
	Unit     Unit     `json:"unit"`
	Province string   `json:"province_code"`
	State    string   `json:"state"`
	Before   Figures  `json:"before"` // at the end of the month before
	Approved *Figures `json:"approved"`
	// Late is what was recorded about locked months after they were locked; this
	// month, the next open one, counts it. Null where nothing is locked before.
	Late *Figures `json:"late"`
	// Since is, for a locked month, what was recorded about it afterwards: by
	// real date its end would show so much more. It counts in the next open month.
	Since *Figures `json:"since"`
	// Skills are the same stocks skill by skill.
	Skills   SkillStocks `json:"skills"`
	Children []Child     `json:"children"`
	Steps    []Step      `json:"steps"` // newest first
	Locks    []Lock      `json:"locks"` // of this month, newest first
	May      May         `json:"may"`
}

// May tells what the caller may do with the unit's month now.
type May struct {
	Approve  bool `json:"approve"`
	OnBehalf bool `json:"on_behalf"` // approve and return only with a reason
	Return   bool `json:"return"`
	Lock     bool `json:"lock"`
	Unlock   bool `json:"unlock"`
}

// Page reads the month of a unit in one view of the database: frozen figures
// where it is locked, otherwise those known now. The actor needs
// read_sign_off with the unit in reach, otherwise NotFound.
func (s *SignOff) Page(ctx context.Context, actor models.Actor, at Place, m Month) (Page, error) {
	var page Page
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		spot, _, err := s.open(tx, actor, models.ActReadSignOff, at)
		if err != nil {
			return err
		}
		if m.first() > s.clock.Today() {
			return models.NotFound()
		}
		locks, err := locksOf(tx, spot.province.ID)
		if err != nil {
			return err
		}
		r := reading{SignOff: s, tx: tx, spot: spot, month: m, locks: locks}
		page, err = r.page()
		if err != nil {
			return err
		}
		page.May = s.may(actor, r, page)
		return nil
	})
	return page, err
}

// reading is one page being read.
type reading struct {
	*SignOff
	tx    *gorm.DB
	spot  spot
	month Month
	locks []Lock
}

// at answers the tree of a month: frozen where it is locked.
func (r reading) at(m Month) (*tree, error) {
	if l := live(r.locks, m); l != nil {
		return frozenTree(r.tx, r.spot.province, l.ID)
	}
	return r.known(m)
}

// known answers the tree of a month as it is known now.
func (r reading) known(m Month) (*tree, error) {
	return liveTree(r.tx, r.spot.province, m, r.clock.Today(), r.spot.only())
}

// of answers the unit's figures in a tree; zero where it is not in it.
func (r reading) of(t *tree, err error) (Figures, *Skills, error) {
	if err != nil || t.units[r.spot.id] == nil {
		return Figures{}, nil, err
	}
	u := t.units[r.spot.id]
	return u.Figures, u.Skills, nil
}

func (r reading) page() (Page, error) {
	p := Page{Month: r.month, Province: r.spot.province.Code, Children: []Child{}, Locks: []Lock{}}
	for _, l := range r.locks {
		if l.Month == r.month {
			p.Locks = append(p.Locks, l)
		}
	}
	t, err := r.at(r.month)
	if err != nil {
		return p, err
	}
	u := t.units[r.spot.id]
	if u == nil {
		return p, models.NotFound()
	}
	p.Unit = *u
	if p.Steps, err = stepsOf(r.tx, r.month, u.ID); err != nil {
		return p, err
	}
	if err := r.states(&p, t); err != nil {
		return p, err
	}
	if p.Before, p.Skills.Before, err = r.of(r.at(r.month.prev())); err != nil {
		return p, err
	}
	return p, r.late(&p)
}

// late says what rolled forward: into this month, or out of it.
func (r reading) late(p *Page) error {
	m := r.month
	if p.State != StateLocked {
		m = m.prev()
	}
	if live(r.locks, m) == nil {
		return nil
	}
	now, skills, err := r.of(r.known(m))
	if err != nil {
		return err
	}
	if p.State == StateLocked {
		since := now.Minus(p.Unit.Figures)
		p.Since, p.Skills.Since = &since, skills.minus(p.Unit.Skills)
		return nil
	}
	late := now.Minus(p.Before)
	p.Late, p.Skills.Late = &late, skills.minus(p.Skills.Before)
	return nil
}

// states fills in where the unit and everything right below it stands.
func (r reading) states(p *Page, t *tree) error {
	last, err := lastSteps(r.tx, r.month)
	if err != nil {
		return err
	}
	states := t.stand(last)
	if live(r.locks, r.month) != nil {
		for id := range states {
			states[id] = StateLocked
		}
	} else if r.month.last() >= r.clock.Today() {
		for id := range states {
			states[id] = StateRunning
		}
	}
	p.State, p.Approved = states[r.spot.id], approvedBefore(states[r.spot.id], last[r.spot.id])
	for _, id := range t.below[r.spot.id] {
		c := Child{Unit: *t.units[id], State: states[id], Approved: approvedBefore(states[id], last[id]), Missing: []Name{}}
		if step, ok := last[id]; ok {
			at := step.At.UTC()
			c.By, c.At = step.ActorName, &at
		}
		if c.State == StateWaiting {
			c.Missing = t.missing(id, states)
		}
		p.Children = append(p.Children, c)
	}
	return nil
}

func approvedBefore(state string, last Step) *Figures {
	if state != StateChanged {
		return nil
	}
	return &last.Figures
}

// may asks the access table what the caller may do now.
func (s *SignOff) may(actor models.Actor, r reading, p Page) (may May) {
	within := func(action models.Action) (models.Reach, bool) {
		found, reach, err := s.open(r.tx, actor, action, Place{Code: p.Unit.Code, School: schoolOf(p.Unit)})
		return reach, err == nil && found.id == p.Unit.ID
	}
	if p.Unit.Kind == KindProvince {
		_, ok := within(models.ActLockMonth)
		latest := lastLocked(r.locks)
		may.Lock = ok && p.State == StateOpen && (latest == "" || latest == r.month.prev())
		may.Unlock = ok && p.State == StateLocked && latest == r.month
		return may
	}
	reach, ok := within(models.ActApproveMonth)
	may.OnBehalf = !r.spot.own(reach)
	signable := ok && lastLocked(r.locks) < r.month
	may.Approve = signable && (p.State == StateOpen || p.State == StateChanged || p.State == StateReturned)
	may.Return = signable && p.State != StateRunning && len(p.Steps) > 0 && p.Steps[0].Kind == StepApproved
	return may
}

func schoolOf(u Unit) models.ID {
	if u.Kind == KindSchool {
		return u.ID
	}
	return models.ID{}
}
