package certificate

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// The kinds of stubs.
const (
	StubPass        = "pass"        // attempt, lessons and scenario run behind a pass
	StubCertificate = "certificate" // the holder's name
)

// stubsOfCause bounds how many stubs one entry of the audit record covers.
const stubsOfCause = 2000

// Stub stands for details that were checked in full and then erased, by a
// request or because their time was over. Hash covers all of it; the entry of
// its cause in the audit record covers the hashes of all stubs of the cause, so
// that none can be made up later to hide that a proof was broken.
type Stub struct {
	ID        models.ID // of the pass or the certificate
	Kind      string
	PersonID  models.ID
	AttemptID models.ID // of a pass
	ProofHash string    // hash of the pass or certificate when it was checked
	CauseID   models.ID
	MadeAt    time.Time
	Hash      string
}

func (s Stub) digest() string {
	return digest(struct{ ID, Kind, Person, Attempt, Proof, Cause, At string }{
		s.ID.String(), s.Kind, s.PersonID.String(), s.AttemptID.String(), s.ProofHash, s.CauseID.String(), stamp(s.MadeAt)})
}

// WriteStubs writes stubs for one cause. The caller has checked what they stand
// for, and puts Root of the cause into its audit entry in this transaction. A
// pass or certificate that has one keeps it.
func WriteStubs(tx *gorm.DB, list []Stub, cause models.ID, now time.Time) (made int, err error) {
	ids := make([]models.ID, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	have, err := StubsByID(tx, ids)
	if err != nil {
		return 0, err
	}
	for _, s := range list {
		if _, ok := have[s.ID]; ok {
			continue
		}
		s.CauseID, s.MadeAt = cause, now
		err := tx.Exec("INSERT INTO proof_stubs (id, kind, person_id, attempt_id, proof_hash, cause_id, made_at, hash) VALUES (?,?,?,?,?,?,?,?)",
			s.ID, s.Kind, s.PersonID, s.AttemptID, s.ProofHash, s.CauseID, s.MadeAt, s.digest()).Error
		if store.IsDuplicate(err) {
			return made, store.ErrRetry
		}
		if err != nil {
			return made, fmt.Errorf("write proof stub: %w", err)
		}
		made++
	}
	return made, nil
}

// StubOfPass makes the stub of a pass, to be written.
func StubOfPass(p Pass) Stub {
	return Stub{ID: p.ID, Kind: StubPass, PersonID: p.PersonID, AttemptID: p.AttemptID, ProofHash: p.Hash}
}

// StubsByID reads the stubs of passes and certificates.
func StubsByID(tx *gorm.DB, ids []models.ID) (map[models.ID]Stub, error) {
	out := map[models.ID]Stub{}
	err := chunks(ids, func(part []models.ID) error {
		var rows []Stub
		err := tx.Raw("SELECT * FROM proof_stubs WHERE id IN ?", part).Scan(&rows).Error
		for _, s := range rows {
			out[s.ID] = s
		}
		return err
	})
	return out, err
}

// StubOfAttempt answers the stub of the pass that rests on an attempt, nil when
// there is none.
func StubOfAttempt(tx *gorm.DB, attempt models.ID) (*Stub, error) {
	var rows []Stub
	err := tx.Raw("SELECT * FROM proof_stubs WHERE attempt_id = ? ORDER BY id LIMIT 1", attempt).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// Root is one hash over all stubs of a cause, for its audit entry.
func Root(tx *gorm.DB, cause models.ID) (string, error) {
	var rows []Stub
	if err := tx.Raw("SELECT * FROM proof_stubs WHERE cause_id = ? LIMIT ?", cause, stubsOfCause).Scan(&rows).Error; err != nil {
		return "", err
	}
	hashes := make([]string, len(rows))
	for i, s := range rows {
		if hashes[i] = s.digest(); hashes[i] != s.Hash {
			hashes[i] = "broken"
		}
	}
	slices.Sort(hashes)
	return digest(hashes), nil
}

// RootKey is the key of Root in the detail of an audit entry.
const RootKey = "stubs"

// Anchors remembers which causes are covered by the audit record, for a caller
// that asks about many stubs. Its zero value is ready.
type Anchors struct{ known map[models.ID]bool }

// Hold tells whether a stub stands for the hash it should, and is covered by
// the audit entry of its cause.
func (a *Anchors) Hold(tx *gorm.DB, s Stub, proofHash string) (bool, error) {
	if s.ProofHash != proofHash || s.digest() != s.Hash {
		return false, nil
	}
	if ok, known := a.known[s.CauseID]; known {
		return ok, nil
	}
	root, err := Root(tx, s.CauseID)
	if err != nil {
		return false, err
	}
	lines, _, err := audit.Lines(tx, audit.Filter{All: true, Subject: s.CauseID, Acts: []audit.Act{audit.PersonErased, audit.RetentionRun}, Limit: 10})
	if err != nil {
		return false, err
	}
	ok := slices.ContainsFunc(lines, func(l audit.Line) bool { return l.Detail[RootKey] == root })
	if a.known == nil {
		a.known = map[models.ID]bool{}
	}
	a.known[s.CauseID] = ok
	return ok, nil
}
