package signoff

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// Fault is something about a signed month that does not hold.
type Fault struct {
	Month Month  `json:"month"`
	What  string `json:"what"` // FaultFigures, FaultSignature, FaultOrder, FaultStep
	Unit  string `json:"unit"` // kind, code and name, for figures and steps
}

// What can be wrong with a signed month.
const (
	FaultFigures   = "figures"   // a unit's frozen figures, or one below it, were altered, added or removed
	FaultSignature = "signature" // the lock is not what was signed
	FaultKey       = "key"       // signed with a key that is not this server's
	FaultOrder     = "order"     // a lock was removed, or its order altered
	FaultStep      = "step"      // an approval or return was altered or removed
)

// Verified is what Verify found.
type Verified struct {
	Locks  int     `json:"locks"`
	Units  int     `json:"frozen_units"`
	Steps  int     `json:"steps"`
	Faults []Fault `json:"faults"` // must be empty
}

// Verify checks every lock that ever was: each frozen figure against its digest
// and those below it, the root against the signature, the locks' order, and the
// chain of every unit's steps. For operators; KindForbidden for others.
func (s *SignOff) Verify(ctx context.Context, actor models.Actor) (Verified, error) {
	v := Verified{Faults: []Fault{}}
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return v, err
	}
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		v = Verified{Faults: []Fault{}}
		var locks []Lock
		if err := tx.Raw("SELECT " + lockColumns + " FROM signoff_locks ORDER BY province_id, number").Scan(&locks).Error; err != nil {
			return fmt.Errorf("read locks: %w", err)
		}
		var prev Lock
		for _, l := range locks {
			if l.ProvinceID != prev.ProvinceID {
				prev = Lock{}
			}
			if l.Number != prev.Number+1 || l.PrevRoot != prev.Root {
				v.fault(l.Month, FaultOrder, "")
			}
			prev = l
			if err := s.verifyLock(tx, l, &v); err != nil {
				return err
			}
		}
		return verifySteps(tx, &v)
	})
	return v, err
}

func (v *Verified) fault(m Month, what, unit string) {
	v.Faults = append(v.Faults, Fault{m, what, unit})
}

func (s *SignOff) verifyLock(tx *gorm.DB, l Lock, v *Verified) error {
	v.Locks++
	key, _ := base64.StdEncoding.DecodeString(l.PublicKey) // a wrong one fails below
	signature, _ := base64.StdEncoding.DecodeString(l.Signature)
	switch {
	case len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, l.signed(), signature):
		v.fault(l.Month, FaultSignature, "")
	case !s.key.Public().(ed25519.PublicKey).Equal(ed25519.PublicKey(key)):
		v.fault(l.Month, FaultKey, "")
	}
	p, err := provinceOf(tx, l.ProvinceID)
	if err != nil {
		return err
	}
	t, err := frozenTree(tx, p, l.ID)
	if err != nil {
		return err
	}
	v.Units += len(t.units)
	for _, u := range t.units {
		if u.ID != t.root && t.units[u.ParentID] == nil || u.digest(t.digestsBelow(u.ID)) != u.Digest || !t.adds(u) {
			v.fault(l.Month, FaultFigures, u.title())
		}
	}
	if t.units[t.root].Digest != l.Root {
		v.fault(l.Month, FaultFigures, t.units[t.root].title())
	}
	return nil
}

func (u *Unit) title() string { return u.Kind + " " + u.Code + " " + u.Name }

func (t *tree) digestsBelow(id models.ID) []string {
	var digests []string
	for _, child := range t.below[id] {
		digests = append(digests, t.units[child].Digest)
	}
	return digests
}

// adds tells whether what is below a unit adds up to it.
func (t *tree) adds(u *Unit) bool {
	if u.Kind == KindVillage || u.Kind == KindSchool {
		return true
	}
	var sum Figures
	var skills Skills
	for _, id := range t.below[u.ID] {
		child := t.units[id]
		sum = sum.plus(child.Figures)
		if child.Skills != nil {
			skills = skills.combined(*child.Skills, 1)
		}
	}
	return sum == u.Figures && (u.Skills == nil || *u.Skills == skills)
}

func verifySteps(tx *gorm.DB, v *Verified) error {
	var steps []Step
	if err := tx.Raw("SELECT " + stepColumns + " FROM signoff_steps ORDER BY unit_id, month, seq").Scan(&steps).Error; err != nil {
		return fmt.Errorf("read steps: %w", err)
	}
	v.Steps = len(steps)
	var prev Step
	for _, step := range steps {
		if step.UnitID != prev.UnitID || step.Month != prev.Month {
			prev = Step{}
		}
		if step.Seq != prev.Seq+1 || step.PrevHash != prev.Hash || step.Hash != step.digest() {
			v.fault(step.Month, FaultStep, step.UnitID.String())
		}
		prev = step
	}
	return nil
}
