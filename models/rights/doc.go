// Package rights is the desk at which a pupil, a parent or an adult of the
// commune asks for what the law gives them: a copy of everything kept about
// them, a correction, erasure, a restriction. It also lets officers look at
// names for a stated reason and a limited time, expires detailed logs, and
// answers who did what out of the audit record.
//
// What is kept about a person is known to the rooms themselves
// (store.Holding); this room only walks their lists. Proofs survive erasure as
// stubs (certificate.Stub), so that no number of a village changes.
package rights

import (
	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/store"
)

// The kinds of requests.
const (
	Access      = "access"
	Correction  = "correction"
	Deletion    = "deletion"
	Restriction = "restriction"
)

// The states of a request.
const (
	Filed   = "filed"
	Taken   = "taken"
	Done    = "done"
	Refused = "refused"
	Lifted  = "lifted" // of a restriction that was carried out and ended
)

// Rights is the room's service.
type Rights struct {
	db       *store.DB
	clock    models.Clock
	people   *people.People
	learning *learning.Learning
	audit    *audit.Audit
	held     []store.Holding
	owner    models.ID // names this process in the lease row of retention
}

// New makes the room. held lists what every room keeps about a person, children
// before parents.
func New(db *store.DB, a *audit.Audit, p *people.People, l *learning.Learning, held []store.Holding) *Rights {
	return &Rights{db: db, clock: db.Clock(), audit: a, people: p, learning: l, held: held, owner: models.NewID(db.Clock()())}
}

// Held lists what this room itself keeps about a person. A request stays, so
// that the desk can show it was answered in time, without what was typed.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "data_requests", Where: "person_id = ?", Label: "Yêu cầu về dữ liệu", Hide: []string{"live"}, Fate: store.FateBlanked,
			Blank: "wishes = '{}', note = '', answer = ''", Why: "chứng minh yêu cầu đã được trả lời đúng hạn"},
		{Table: "person_changes", Where: "person_id = ?", Label: "Thông tin đã đính chính", Fate: store.FateErased},
	}
}
