package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// systemChain is the chain of the program itself: command line, seeds,
// background work.
const systemChain = "system"

// maxDetail is the longest detail in bytes of JSON: what the column holds.
const maxDetail = 2000

// Append writes one entry into the transaction of what it tells of. The time
// is that of the transaction's clock. When the same account acted at the same
// moment elsewhere the error is store.ErrRetry, and store.Tx runs the body
// again. An act that is not in the table, or a detail of more than 2,000 bytes,
// is a mistake of the program and fails the transaction.
func Append(tx *gorm.DB, actor models.Actor, e Entry) error {
	action, known := acts[e.Act]
	if !known {
		return fmt.Errorf("append to audit: %q is no act", e.Act)
	}
	now := tx.NowFunc().UTC().Truncate(time.Second)
	line := Line{
		ID: models.NewID(now), Chain: systemChain, At: now, Day: models.Day(now), AccountID: actor.Account,
		Role: string(actor.RoleFor(action)), Act: e.Act, Kind: e.Kind, SubjectID: e.Subject, SchoolID: e.School,
		AreaID: e.Area, Detail: e.Detail,
	}
	if line.Detail == nil {
		line.Detail = Detail{}
	}
	if !actor.Account.IsZero() {
		line.Chain = actor.Account.String()
	}
	if line.Role == "" && len(actor.Grants) > 0 {
		line.Role = string(actor.Grants[0].Role) // a teacher who helps a pupil acts beyond the table's row
	}
	var last struct {
		Seq  int64
		Hash string
	}
	err := tx.Raw("SELECT seq, hash FROM audit_entries WHERE chain = ? ORDER BY seq DESC LIMIT 1", line.Chain).Scan(&last).Error
	if err != nil {
		return fmt.Errorf("read end of audit chain: %w", err)
	}
	line.Seq, line.PrevHash = last.Seq+1, last.Hash
	return insert(tx, line)
}

func insert(tx *gorm.DB, l Line) error {
	detail, err := json.Marshal(l.Detail) // keys in order: one text for one detail
	if err != nil || len(detail) > maxDetail {
		return fmt.Errorf("append to audit: detail of %s has %d bytes: %w", l.Act, len(detail), err)
	}
	err = tx.Exec(`INSERT INTO audit_entries (id, chain, seq, at, day, account_id, role, act, kind, subject_id, school_id, area_id,
		detail, prev_hash, hash, batch) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)`, l.ID, l.Chain, l.Seq, l.At, l.Day, l.AccountID,
		l.Role, l.Act, l.Kind, l.SubjectID, l.SchoolID, l.AreaID, string(detail), l.PrevHash, l.digest(string(detail))).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry // the same account took the next number elsewhere
	}
	if err != nil {
		return fmt.Errorf("append to audit: %w", err)
	}
	return nil
}

// digest is the hash of all that an entry says and of the entry before it. The
// batch is not under it: folding changes no fact. detail is the stored text,
// hashed as it lies there.
func (l Line) digest(detail string) string {
	fields, err := json.Marshal([]any{"audit 1", l.ID, l.Chain, l.Seq, l.At.UTC().Format(time.RFC3339), l.Day, l.AccountID,
		l.Role, l.Act, l.Kind, l.SubjectID, l.SchoolID, l.AreaID, detail, l.PrevHash})
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return hash(fields)
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
