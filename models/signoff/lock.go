package signoff

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Lock is a locked month of a province, or one that was unlocked again.
type Lock struct {
	ID           models.ID  `json:"id"`
	ProvinceID   models.ID  `json:"-"`
	Month        Month      `json:"month"`
	Seq          int        `json:"seq"`    // 1 for the month's first lock
	Number       int        `json:"number"` // counts the province's locks
	Live         *int       `json:"-"`
	Root         string     `json:"root"`      // digest of all figures
	PrevRoot     string     `json:"prev_root"` // of the lock before
	PublicKey    string     `json:"public_key"`
	Signature    string     `json:"signature"`
	LockedBy     models.ID  `json:"-"`
	LockedName   string     `json:"locked_by"`
	LockedAt     time.Time  `json:"locked_at"`
	UnlockedBy   models.ID  `json:"-"`
	UnlockedName string     `json:"unlocked_by"`
	UnlockedAt   *time.Time `json:"unlocked_at"` // null while the lock holds
	UnlockReason string     `json:"unlock_reason"`
}

const lockColumns = "id, province_id, month, seq, number, live, root, prev_root, public_key, signature, locked_by, locked_name, locked_at, unlocked_by, unlocked_name, unlocked_at, unlock_reason"

// signed is the text under the signature.
func (l Lock) signed() []byte {
	return fmt.Appendf(nil, "nhaso month 1|%s|%s|%s|%d|%d|%s|%s|%s", l.ID, l.ProvinceID, l.Month, l.Seq, l.Number, l.Root, l.PrevRoot, l.LockedAt.UTC().Format(time.RFC3339))
}

// Lock freezes a month of a province: every commune has to be approved with
// the figures it has now. digest is that of the province's figures which were
// looked at. id is made by the client; the same lock again answers as before.
//
// Errors: NotFound; Conflict "month_not_over", "month_locked",
// "later_month_locked", "month_before_open" (months are locked in their order),
// "children_not_ready" (detail "missing"), "figures_changed", "nothing_to_lock".
func (s *SignOff) Lock(ctx context.Context, actor models.Actor, at Place, m Month, id models.ID, digest string) error {
	if id.IsZero() {
		return models.InvalidField("body.id", "required")
	}
	return s.signing(ctx, actor, models.ActLockMonth, at, m, func(c change) error {
		if c.spot.kind != KindProvince {
			return models.NotFound()
		}
		if slices.ContainsFunc(c.locks, func(l Lock) bool { return l.ID == id }) {
			return nil
		}
		if err := mayChange(c.locks, m); err != nil {
			return err
		}
		if latest := lastLocked(c.locks); latest != "" && latest != m.prev() {
			return models.Conflict("month_before_open")
		}
		if err := s.freeze(c.tx, actor, c.spot.province, m, id, digest, c.locks); err != nil {
			return err
		}
		return audited(c.tx, actor, c.spot, m, stepLocked, "")
	})
}

// freeze reads the province in one go, checks that everything below is ready,
// and writes figures and signature.
func (s *SignOff) freeze(tx *gorm.DB, actor models.Actor, p province, m Month, id models.ID, digest string, locks []Lock) error {
	t, err := liveTree(tx, p, m, s.clock.Today(), only{})
	if err != nil {
		return err
	}
	last, err := lastSteps(tx, m)
	if err != nil {
		return err
	}
	states, root := t.stand(last), t.units[t.root]
	switch {
	case states[p.ID] == StateNothing:
		return models.Conflict("nothing_to_lock")
	case states[p.ID] == StateWaiting:
		return models.Conflict("children_not_ready").With("missing", strconv.Itoa(len(t.missing(p.ID, states))))
	case root.Digest != digest:
		return models.Conflict("figures_changed")
	}
	s.step("read")
	l := Lock{ID: id, ProvinceID: p.ID, Month: m, Seq: 1, Number: 1, Root: root.Digest, LockedBy: actor.Account, LockedName: actor.Name, LockedAt: s.clock.Now()}
	for _, before := range locks {
		if before.Month == m {
			l.Seq = max(l.Seq, before.Seq+1)
		}
		if before.Number >= l.Number {
			l.Number, l.PrevRoot = before.Number+1, before.Root
		}
	}
	public, _ := s.key.Public().(ed25519.PublicKey)
	l.PublicKey = base64.StdEncoding.EncodeToString(public)
	l.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(s.key, l.signed()))
	err = tx.Exec("INSERT INTO signoff_locks ("+lockColumns+") VALUES (?,?,?,?,?,1,?,?,?,?,?,?,?,NULL,'',NULL,'')",
		l.ID, l.ProvinceID, l.Month, l.Seq, l.Number, l.Root, l.PrevRoot, l.PublicKey, l.Signature, l.LockedBy, l.LockedName, l.LockedAt).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	if err != nil {
		return fmt.Errorf("lock month: %w", err)
	}
	return writeFigures(tx, l.ID, t)
}

// figureRows is how many frozen figures one INSERT carries.
const figureRows = 50

func writeFigures(tx *gorm.DB, lockID models.ID, t *tree) error {
	units := make([]*Unit, 0, len(t.units))
	for _, u := range t.units {
		units = append(units, u)
	}
	slices.SortFunc(units, func(a, b *Unit) int { return slices.Compare(a.ID[:], b.ID[:]) })
	for chunk := range slices.Chunk(units, figureRows) {
		var args []any
		for _, u := range chunk {
			args = append(args, lockID, u.ID, u.Kind, u.ParentID, u.Code, u.Name, u.Households, u.Known, u.Covered, u.Pupils, u.Certified, u.Passes, u.Digest)
			args = append(args, u.skillArgs()...)
		}
		values := strings.TrimSuffix(strings.Repeat("(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?),", len(chunk)), ",")
		err := tx.Exec("INSERT INTO signoff_figures (lock_id, unit_id, kind, parent_id, code, name, households, known, covered, pupils, certified, passes, digest, skills, "+skillColumns+") VALUES "+values, args...).Error
		if err != nil {
			return fmt.Errorf("freeze figures: %w", err)
		}
	}
	return nil
}

// Unlock opens the last locked month of a province again. It needs a reason of
// 5 to 400 characters and stays on the page of the month for ever. lockID names
// the lock, so that the same call again answers as the first did.
//
// Errors: NotFound (also for a lock of another month); Invalid field
// "body.reason"; Conflict "later_month_locked", "already_unlocked".
func (s *SignOff) Unlock(ctx context.Context, actor models.Actor, at Place, m Month, lockID models.ID, reason string) error {
	if reason = models.Clean(reason); !reasonable(reason) {
		return models.InvalidField("body.reason", "reason_length")
	}
	return s.signing(ctx, actor, models.ActLockMonth, at, m, func(c change) error {
		i := slices.IndexFunc(c.locks, func(l Lock) bool { return l.ID == lockID && l.Month == m })
		switch {
		case i < 0 || c.spot.kind != KindProvince:
			return models.NotFound()
		case c.locks[i].Live == nil && c.locks[i].UnlockedBy == actor.Account && c.locks[i].UnlockReason == reason:
			return nil
		case lastLocked(c.locks) > m:
			return models.Conflict("later_month_locked")
		}
		err := store.One(c.tx.Exec("UPDATE signoff_locks SET live = NULL, unlocked_by = ?, unlocked_name = ?, unlocked_at = ?, unlock_reason = ? WHERE id = ? AND live = 1",
			actor.Account, actor.Name, s.clock.Now(), reason, lockID), models.Conflict("already_unlocked"))
		if err != nil {
			return err
		}
		return audited(c.tx, actor, c.spot, m, stepUnlocked, reason)
	})
}

// change is one transaction that signs a month: it has the month's row, and
// locks is what whoever had it before left.
type change struct {
	tx    *gorm.DB
	spot  spot
	reach models.Reach
	locks []Lock
}

// signing opens the transaction. What it needs to find the month's row is read
// before it: a transaction that had read anything earlier could not see what it
// waited for.
func (s *SignOff) signing(ctx context.Context, actor models.Actor, action models.Action, at Place, m Month, fn func(c change) error) error {
	spot, reach, err := s.open(s.db.Read(ctx), actor, action, at)
	if err != nil {
		return err
	}
	if m.last() >= s.clock.Today() {
		return models.Conflict("month_not_over")
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := touch(tx, spot.province.ID, m); err != nil {
			return err
		}
		locks, err := locksOf(tx, spot.province.ID)
		if err != nil {
			return err
		}
		s.step("begun")
		return fn(change{tx, spot, reach, locks})
	})
}

// mayChange tells whether a month may still be signed.
func mayChange(locks []Lock, m Month) error {
	switch latest := lastLocked(locks); {
	case live(locks, m) != nil:
		return models.Conflict("month_locked")
	case latest > m: // it was never locked before sign-off went on, and never can be
		return models.Conflict("later_month_locked")
	}
	return nil
}

// touch writes the month's row: whoever signs the same month waits here.
func touch(tx *gorm.DB, provinceID models.ID, m Month) error {
	res := tx.Exec("UPDATE signoff_months SET version = version + 1 WHERE province_id = ? AND month = ?", provinceID, m)
	if res.Error != nil || res.RowsAffected > 0 {
		return res.Error
	}
	err := tx.Exec("INSERT INTO signoff_months (province_id, month, version) VALUES (?,?,1)", provinceID, m).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}

// locksOf answers every lock a province ever had, the newest first.
func locksOf(tx *gorm.DB, provinceID models.ID) ([]Lock, error) {
	locks := []Lock{}
	err := tx.Raw("SELECT "+lockColumns+" FROM signoff_locks WHERE province_id = ? ORDER BY month DESC, seq DESC", provinceID).Scan(&locks).Error
	if err != nil {
		return nil, fmt.Errorf("read locks: %w", err)
	}
	return locks, nil
}

// lastLocked is the latest month that is locked now, "" for none.
func lastLocked(locks []Lock) Month {
	for _, l := range locks {
		if l.Live != nil {
			return l.Month
		}
	}
	return ""
}

// live is the lock that holds over a month now; nil for none.
func live(locks []Lock, m Month) *Lock {
	for i, l := range locks {
		if l.Month == m && l.Live != nil {
			return &locks[i]
		}
	}
	return nil
}
