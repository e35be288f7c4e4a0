// Package household keeps households, who belongs to them, and the one
// decision that everything serves: whether a household is covered.
//
// A household is known when at least one member is confirmed, and covered when
// at least one confirmed member holds a live certificate. Recount alone decides
// that and tells room coverage of every change; confirming, rejecting, leaving,
// moving, revoking and reinstating all go through it. Two siblings count once.
//
// Persons belong to room people, which this room must not import: it is given a
// function that tells whether a pupil is in reach.
//
// # Races
//
// The databases give snapshots, not serial order: a transaction that issues a
// certificate and one that confirms the same pupil's link would each miss what
// the other writes. So every change bears on a row both must write: the
// household's version, and a guard row for a person or a village. Each is read
// in the transaction's own snapshot and changed on condition that it is still
// the same; otherwise store.ErrRetry runs the body again with a fresh view.
package household

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/store"
)

// PersonInReach tells whether a pupil is in a reach, by class and school; room
// people's StudentInReach is one.
type PersonInReach func(tx *gorm.DB, reach models.Reach, personID models.ID) (bool, error)

// Households is the room's service.
type Households struct {
	db            *store.DB
	coverage      *coverage.Coverage
	personInReach PersonInReach
	schools       schoolTables
	step          func(name string) error // set by tests: fails between two steps
}

// New makes the room.
func New(db *store.DB, cov *coverage.Coverage, personInReach PersonInReach) *Households {
	return &Households{db: db, coverage: cov, personInReach: personInReach, step: func(string) error { return nil }}
}

// The statuses of a household.
const (
	StatusCovered    = "covered"
	StatusNotCovered = "not_covered"
	StatusUnknown    = "unknown"
)

// StateActive is the state of a household that counts.
const StateActive = "active"

// Household is one household of the register.
type Household struct {
	ID           models.ID
	Code         string // public, random, with check character
	ExternalRef  *string
	VillageID    models.ID
	VillageSince string
	HeadName     string
	RegisterID   models.ID
	State        string
	Known        int
	Covered      int
	Skills       int // of its confirmed members, one bit each: coverage.SkillBit
	CoveredAt    *time.Time
	Version      int
}

const householdColumns = `h.id, h.code, h.external_ref, h.village_id, h.village_since, h.head_name, h.register_id, h.state,
	h.known, h.covered, h.skills, h.covered_at, h.version`

// Status is covered, not_covered or unknown.
func (h Household) Status() string {
	switch {
	case h.Covered == 1:
		return StatusCovered
	case h.Known == 1:
		return StatusNotCovered
	}
	return StatusUnknown
}

// figures is what the household counts for; one that was merged away counts
// for nothing.
func (h Household) figures() coverage.Figures {
	if h.State != StateActive {
		return coverage.Figures{}
	}
	return coverage.Figures{Households: 1, Known: h.Known, Covered: h.Covered, Skills: coverage.SkillsIn(h.Skills)}
}

// byID reads a household. The error is NotFound when it is absent.
func byID(tx *gorm.DB, id models.ID) (Household, error) {
	return oneHousehold(tx.Raw("SELECT "+householdColumns+" FROM households h WHERE h.id = ?", id))
}

// byCode reads an active household by its public code, however it is typed. A
// mistyped code is NotFound like any other that does not exist.
func byCode(tx *gorm.DB, code string) (Household, error) {
	code, err := models.NormalizeCode(code)
	if err != nil {
		return Household{}, models.NotFound()
	}
	return oneHousehold(tx.Raw("SELECT "+householdColumns+" FROM households h WHERE h.code = ? AND h.state = ?", code, StateActive))
}

func oneHousehold(q *gorm.DB) (Household, error) {
	var h Household
	res := q.Scan(&h)
	return h, store.One(res, models.NotFound())
}

// sortFold orders households by the head's given name: "an nguyen van".
func sortFold(fold string) string {
	for i := len(fold) - 1; i >= 0; i-- {
		if fold[i] == ' ' {
			return fold[i+1:] + " " + fold[:i]
		}
	}
	return fold
}
