package signoff

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/place"
	"nhaso/models/store"
)

// The kinds of step.
const (
	StepApproved = "approved"
	StepReturned = "returned"
)

// What the audit record calls the department's own steps.
const (
	stepLocked   = "locked"
	stepUnlocked = "unlocked"
)

// Step is what was said of a unit's month, never changed.
type Step struct {
	ID       models.ID `json:"id"`
	Month    Month     `json:"month"`
	UnitID   models.ID `json:"-"`
	Seq      int       `json:"seq"`
	Kind     string    `json:"kind"`
	OnBehalf bool      `json:"on_behalf"` // by whoever stands above the unit
	Reason   string    `json:"reason"`
	Digest   string    `json:"digest"`
	Figures
	AccountID models.ID `json:"-"`
	ActorName string    `json:"by"`
	ActorRole string    `json:"role"`
	At        time.Time `json:"at"`
	PrevHash  string    `json:"-"`
	Hash      string    `json:"hash"` // over all of it and the step before
}

const stepColumns = "id, month, unit_id, seq, kind, on_behalf, reason, digest, households, known, covered, pupils, certified, passes, account_id, actor_name, actor_role, at, prev_hash, hash"

func (s Step) digest() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "step 1|%s|%s|%s|%d|%s|%t|%q|%s|%v|%s|%q|%s|%s|%s", s.ID, s.Month, s.UnitID, s.Seq, s.Kind, s.OnBehalf,
		s.Reason, s.Digest, s.Figures, s.AccountID, s.ActorName, s.ActorRole, s.At.UTC().Format(time.RFC3339), s.PrevHash))
	return hex.EncodeToString(sum[:])
}

// NewStep is a step to take. ID is made by the client: the same step again
// answers as the first did.
type NewStep struct {
	ID     models.ID
	Kind   string // StepApproved or StepReturned
	Digest string // of the figures that were looked at; approvals only
	Reason string // of a return, and of an approval on behalf: 5 to 400 characters
}

// Approve records that a school or commune stands by its figures of a month,
// or, with StepReturned, that it does not any more. Whoever stands above may do
// either with a reason. An approval is of figures: when they change before the
// lock, the unit is asked again.
//
// Errors: NotFound (absent or out of reach); Invalid fields body.id, body.kind,
// body.reason; Conflict "month_not_over", "month_locked", "later_month_locked",
// "children_not_ready" (detail "missing": how many), "figures_changed" (the
// figures are not those that were looked at), "not_approved".
func (s *SignOff) Approve(ctx context.Context, actor models.Actor, at Place, m Month, n NewStep) error {
	if n.ID.IsZero() {
		return models.InvalidField("body.id", "required")
	}
	if n.Kind != StepApproved && n.Kind != StepReturned {
		return models.InvalidField("body.kind", "unknown")
	}
	n.Reason = models.Clean(n.Reason)
	return s.signing(ctx, actor, models.ActApproveMonth, at, m, func(c change) error {
		if c.spot.kind == KindProvince {
			return models.NotFound() // the province is locked, not approved
		}
		own := c.spot.own(c.reach)
		if (!own || n.Kind == StepReturned) && !reasonable(n.Reason) {
			return models.InvalidField("body.reason", "reason_length")
		}
		before, err := stepsOf(c.tx, m, c.spot.id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(b Step) bool { return b.ID == n.ID }) {
			return nil
		}
		if err := mayChange(c.locks, m); err != nil {
			return err
		}
		return s.take(c.tx, actor, c.spot, m, n, !own, before)
	})
}

func reasonable(reason string) bool {
	n := len([]rune(reason))
	return n >= 5 && n <= 400
}

// take writes the step after what it says was checked.
func (s *SignOff) take(tx *gorm.DB, actor models.Actor, spot spot, m Month, n NewStep, onBehalf bool, before []Step) error {
	t, err := liveTree(tx, spot.province, m, s.clock.Today(), spot.only())
	if err != nil {
		return err
	}
	u := t.units[spot.id]
	if u == nil {
		return models.NotFound() // the commune did not exist in that month
	}
	steps, err := lastSteps(tx, m)
	if err != nil {
		return err
	}
	states := t.stand(steps)
	switch state := states[spot.id]; {
	case n.Kind == StepReturned && steps[spot.id].Kind != StepApproved:
		return models.Conflict("not_approved")
	case n.Kind == StepReturned:
	case state == StateWaiting:
		return models.Conflict("children_not_ready").With("missing", strconv.Itoa(len(t.missing(spot.id, states))))
	case n.Digest != u.Digest:
		return models.Conflict("figures_changed")
	case state == StateApproved || state == StateNothing:
		return nil
	}
	now := s.clock.Now()
	step := Step{ID: n.ID, Month: m, UnitID: spot.id, Seq: 1, Kind: n.Kind, OnBehalf: onBehalf, Reason: n.Reason, Digest: u.Digest, Figures: u.Figures,
		AccountID: actor.Account, ActorName: actor.Name, ActorRole: string(actor.RoleFor(models.ActApproveMonth)), At: now}
	if len(before) > 0 {
		step.Seq, step.PrevHash = before[0].Seq+1, before[0].Hash
	}
	if err := step.insert(tx); err != nil {
		return err
	}
	return audited(tx, actor, spot, m, n.Kind, n.Reason)
}

// audited writes the entry that somebody may have to answer for.
func audited(tx *gorm.DB, actor models.Actor, at spot, m Month, what, reason string) error {
	e := audit.Entry{Act: audit.MonthSigned, Kind: at.kind, Subject: at.id, Detail: audit.Detail{"month": string(m), "step": what}}
	if what == StepReturned || what == stepUnlocked {
		e.Act = audit.MonthReopened
	}
	if at.kind == KindSchool {
		e.School = at.id
	} else {
		e.Area = at.id
	}
	if reason != "" {
		e.Detail["reason"] = reason
	}
	return audit.Append(tx, actor, e)
}

func (s Step) insert(tx *gorm.DB) error {
	behalf := 0
	if s.OnBehalf {
		behalf = 1
	}
	s.Hash = s.digest()
	err := tx.Exec("INSERT INTO signoff_steps ("+stepColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		s.ID, s.Month, s.UnitID, s.Seq, s.Kind, behalf, s.Reason, s.Digest, s.Households, s.Known, s.Covered, s.Pupils, s.Certified, s.Passes,
		s.AccountID, s.ActorName, s.ActorRole, s.At, s.PrevHash, s.Hash).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry // somebody took the next step of this unit
	}
	return err
}

// stepsOf answers the steps of one unit's month, the newest first.
func stepsOf(tx *gorm.DB, m Month, unit models.ID) ([]Step, error) {
	steps := []Step{}
	err := tx.Raw("SELECT "+stepColumns+" FROM signoff_steps WHERE unit_id = ? AND month = ? ORDER BY seq DESC", unit, m).Scan(&steps).Error
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	return steps, nil
}

// lastSteps answers the last step of every unit in a month.
func lastSteps(tx *gorm.DB, m Month) (map[models.ID]Step, error) {
	var steps []Step
	if err := tx.Raw("SELECT "+stepColumns+" FROM signoff_steps WHERE month = ? ORDER BY unit_id, seq", m).Scan(&steps).Error; err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	last := make(map[models.ID]Step, len(steps))
	for _, step := range steps {
		last[step.UnitID] = step
	}
	return last, nil
}

// Place names a unit: an area by its code, or a school by its id.
type Place struct {
	Code   string
	School models.ID
}

// spot is a unit that was found, with the province whose months it belongs to.
type spot struct {
	id       models.ID
	kind     string
	commune  models.ID // of a school
	province province
}

// only narrows a tree to what the unit's own figures need.
func (s spot) only() only {
	switch s.kind {
	case KindSchool:
		return only{school: s.id}
	case KindCommune:
		return only{commune: s.id}
	}
	return only{}
}

// own tells whether the reach is the unit's own and not that of somebody above.
func (s spot) own(reach models.Reach) bool {
	if s.kind == KindSchool {
		return slices.Contains(reach.Schools, s.id)
	}
	return slices.Contains(reach.Areas, s.id)
}

// open finds a unit in the actor's reach for an action, otherwise NotFound.
func (s *SignOff) open(tx *gorm.DB, actor models.Actor, action models.Action, at Place) (spot, models.Reach, error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return spot{}, reach, err
	}
	found, err := find(tx, at, s.clock.Today())
	if err != nil {
		return spot{}, reach, err
	}
	in := place.AreaInReach
	if found.kind == KindSchool {
		in = place.SchoolInReach
	}
	ok, err := in(tx, reach, found.id)
	if err == nil && !ok {
		err = models.NotFound()
	}
	return found, reach, err
}

func find(tx *gorm.DB, at Place, today string) (spot, error) {
	if !at.School.IsZero() {
		school, err := place.SchoolByID(tx, at.School)
		if err != nil {
			return spot{}, err
		}
		p, err := provinceOf(tx, school.CommuneID)
		return spot{id: school.ID, kind: KindSchool, commune: school.CommuneID, province: p}, err
	}
	area, err := place.AreaByCodeTx(tx, at.Code, today)
	if err != nil {
		return spot{}, err
	}
	if area.Level != KindProvince && area.Level != KindCommune {
		return spot{}, models.NotFound()
	}
	p, err := provinceOf(tx, area.ID)
	return spot{id: area.ID, kind: area.Level, province: p}, err
}

// provinceOf finds the province above an area, or the area itself.
func provinceOf(tx *gorm.DB, areaID models.ID) (province, error) {
	var rows []province
	err := tx.Raw("SELECT p.id, p.code, p.full_name AS name FROM areas a JOIN areas p ON p.id = a.province_id WHERE a.id = ?", areaID).Scan(&rows).Error
	if err != nil {
		return province{}, fmt.Errorf("find province: %w", err)
	}
	if len(rows) == 0 {
		return province{}, models.NotFound()
	}
	return rows[0], nil
}
