// Package audit keeps what was done that somebody may have to answer for:
// names read, files with names made, papers printed, secrets reset, roles
// given, households moved, people erased.
//
// There is one door, Append, and it takes the transaction of the action: the
// action and its entry are on the disk together or not at all, and nothing
// switches it off. Each acting account has a chain of its own, so that two who
// work at the same moment never wait for one row; the fold, which has one
// holder, joins the chains in batches, and each finished day is sealed with a
// digest that can be printed and held against the database years later.
//
// An entry holds codes, counts and ids: no name and no typed text. Erasing a
// person therefore breaks no chain. The room knows no person and no school; who
// reads entries with names beside them is decided above it.
package audit

import (
	"sync"
	"time"

	"nhaso/models"
	"nhaso/models/store"
)

// The kinds of things that are acted upon.
const (
	KindAccount     = "account"
	KindPerson      = "person"
	KindClass       = "class"
	KindSchool      = "school"
	KindArea        = "area"
	KindVillage     = "village"
	KindHousehold   = "household"
	KindCertificate = "certificate"
	KindFile        = "file"
	KindLaptop      = "laptop"
	KindRequest     = "request" // of the request desk
	KindLookup      = "lookup"  // a time-boxed look at names
	KindMonth       = "month"   // signed off
	KindPartner     = "partner" // a token of another office
	KindSystem      = "system"
)

// Detail says more of an entry in codes, counts and ids. Never put a name, a
// secret or a text that somebody typed here: an entry outlives the person.
type Detail map[string]string

// Entry is what Append is told.
type Entry struct {
	Act     Act
	Kind    string    // of the subject
	Subject models.ID // zero: of several, counted in Detail
	School  models.ID // the school that owns it and may read this; may be zero
	Area    models.ID // commune or province, may be zero
	Detail  Detail
}

// Line is an entry as it was kept.
type Line struct {
	ID        models.ID
	Chain     string
	Seq       int64
	At        time.Time
	Day       string // civil day of At
	AccountID models.ID
	Role      string
	Act       Act
	Kind      string
	SubjectID models.ID
	SchoolID  models.ID
	AreaID    models.ID
	Detail    Detail `gorm:"-"`
	PrevHash  string
	Hash      string
	Batch     int64 // 0: not joined with the other chains yet
}

const (
	leaseName = "audit_fold"
	leaseTTL  = 30 * time.Second
	batchRows = 500
)

// Audit folds, verifies and reads. One value serves a process.
type Audit struct {
	db    *store.DB
	owner models.ID
	mu    sync.Mutex
}

// New makes the room.
func New(db *store.DB) *Audit {
	return &Audit{db: db, owner: models.NewID(db.Clock()())}
}
