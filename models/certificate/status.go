package certificate

import (
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// ReasonCodes are what the public page may say of a revocation. A reason given
// as "code" or "code: text" shows the code; any other text shows "other",
// because a free text may name people.
var ReasonCodes = []string{"issued_in_error", "proof_invalid", "holder_request", ReasonReplaced, "other"}

// ReasonReplaced is why a version was taken back whose name was corrected: a
// newer one took its place.
const ReasonReplaced = "replaced"

// reasonCode is the public part of a reason.
func reasonCode(reason string) string {
	head, _, _ := strings.Cut(reason, ":")
	for _, c := range ReasonCodes {
		if strings.TrimSpace(head) == c {
			return c
		}
	}
	return "other"
}

// Event is one line of a certificate's history: issued, revoked, reinstated.
type Event struct {
	Seq       int       `json:"seq"`
	Kind      string    `json:"kind"`
	Reason    string    `json:"reason"`
	ActorName string    `json:"by"`
	At        time.Time `json:"at"`
	Hash      string    `json:"hash"` // over the event and the hash before it, the first over the certificate's
}

func (e Event) digest(certificate, before string) string {
	return digest(struct {
		Certificate, Before, Kind, Reason, By, At string
		Seq                                       int
	}{certificate, before, e.Kind, e.Reason, e.ActorName, stamp(e.At), e.Seq})
}

// RevokeTx takes a certificate back. The actor needs revoke_certificate in
// whose reach the holder's school is; the reason has 3 to 400 characters.
// Errors: Invalid field "body.reason"; NotFound (absent or out of reach);
// Conflict "already_revoked". The caller recounts the holder's household.
func RevokeTx(tx *gorm.DB, actor models.Actor, code, reason string, now time.Time) (Certificate, error) {
	return turn(tx, actor, code, reason, now, Revoked)
}

// ReinstateTx undoes a revocation. Errors as for RevokeTx, with Conflict
// "not_revoked".
func ReinstateTx(tx *gorm.DB, actor models.Actor, code, reason string, now time.Time) (Certificate, error) {
	return turn(tx, actor, code, reason, now, Valid)
}

// turn changes the state by one conditional UPDATE, so that of two callers one
// wins and the history has one line for it.
func turn(tx *gorm.DB, actor models.Actor, code, reason string, now time.Time, to string) (Certificate, error) {
	reach, err := models.Allow(actor, models.ActRevokeCertificate)
	if err != nil {
		return Certificate{}, err
	}
	reason = models.Clean(reason)
	if n := utf8.RuneCountInString(reason); n < 3 || n > 400 {
		return Certificate{}, models.InvalidField("body.reason", "reason_length")
	}
	c, err := find(tx, reach, code)
	if err != nil {
		return Certificate{}, err
	}
	from, live, kind, otherwise := Valid, any(nil), "revoked", models.Conflict("already_revoked")
	if to == Valid {
		from, live, kind, otherwise = Revoked, 1, "reinstated", models.Conflict("not_revoked")
	}
	res := tx.Exec("UPDATE certificates SET state = ?, live = ? WHERE id = ? AND state = ?", to, live, c.ID, from)
	if store.IsDuplicate(res.Error) {
		return Certificate{}, models.Conflict("other_certificate_valid")
	}
	if err := store.One(res, otherwise); err != nil {
		return Certificate{}, err
	}
	c.State = to
	if err := record(tx, c, kind, reason, actor, now); err != nil {
		return c, err
	}
	return veiled(tx, reach, c, models.Day(now))
}

// find reads one certificate in reach, or NotFound. A code with a wrong check
// character is not found either: the reply must not tell the two apart.
func find(tx *gorm.DB, reach models.Reach, code string) (Certificate, error) {
	code, err := models.NormalizeCode(code)
	if err != nil {
		return Certificate{}, models.NotFound()
	}
	where, args := within(reach)
	c, err := one(tx.Raw("SELECT "+certColumns+" FROM certificates c WHERE c.code = ? AND "+where, append([]any{code}, args...)...))
	if err != nil {
		return Certificate{}, err
	}
	if c == nil {
		return Certificate{}, models.NotFound()
	}
	return *c, nil
}

// record appends to the history. The unique index on (certificate, seq) makes
// two writers collide; the later one runs again.
func record(tx *gorm.DB, c Certificate, kind, reason string, actor models.Actor, now time.Time) error {
	seq, before := 0, c.Hash
	if kind != "issued" {
		var last []Event
		err := tx.Raw("SELECT seq, hash FROM certificate_events WHERE certificate_id = ? ORDER BY seq DESC LIMIT 1", c.ID).Scan(&last).Error
		if err != nil {
			return err
		}
		if len(last) == 1 {
			seq, before = last[0].Seq, last[0].Hash
		}
	}
	e := Event{Seq: seq + 1, Kind: kind, Reason: reason, ActorName: cut(actor.Name, 120), At: now}
	err := tx.Exec(`INSERT INTO certificate_events (id, certificate_id, seq, kind, reason, account_id, actor_name, at, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		models.NewID(now), c.ID, e.Seq, kind, reason, actor.Account, e.ActorName, now, e.digest(c.ID.String(), before)).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}
