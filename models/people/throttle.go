package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Wrong passwords are counted in the database, so that every copy of the
// program sees them, for the name whether it exists or not, and for the
// address. Subjects are hashed: a name may be a password typed into the wrong
// field, and an address is personal data.

// attempt is whose sign-in is counted; an empty subject is not.
type attempt struct{ name, address string }

func attemptOf(username, address string) attempt {
	a := attempt{name: subject("n:", username)}
	if address != "" {
		a.address = subject("a:", network(address))
	}
	return a
}

func subject(kind, s string) string {
	sum := sha256.Sum256([]byte(s))
	return kind + hex.EncodeToString(sum[:20])
}

// network is what one subscriber has: an IPv4 address, or the upper half of an
// IPv6 address, of which everyone has 2^64.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if prefix, err := ip.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return ip.String()
}

// failureRow is the signin_failures table.
type failureRow struct {
	Subject     string
	Failures    int
	WindowStart time.Time
	LockedUntil *time.Time
}

// blocked refuses an attempt while its name (KindLocked "locked") or address
// (KindTooMany "too_many_requests") is locked. failed says that the name has
// failures to be forgotten after a success.
func (p *People) blocked(ctx context.Context, a attempt) (failed bool, err error) {
	var rows []failureRow
	err = p.db.Read(ctx).Raw("SELECT * FROM signin_failures WHERE subject IN ?", []string{a.name, a.address}).Scan(&rows).Error
	if err != nil {
		return false, err
	}
	now := p.db.Clock().Now()
	for _, r := range rows {
		failed = failed || r.Subject == a.name
		if r.LockedUntil == nil || !r.LockedUntil.After(now) {
			continue
		}
		e := models.Fail(models.KindLocked, "locked")
		if r.Subject == a.address {
			e = models.Fail(models.KindTooMany, "too_many_requests")
		}
		e.RetryAfter = int(r.LockedUntil.Sub(now).Seconds())
		return failed, e
	}
	return failed, nil
}

// fail counts a wrong password or code.
func (p *People) fail(ctx context.Context, a attempt) error {
	now := p.db.Clock().Now()
	return p.db.Tx(ctx, func(tx *gorm.DB) error {
		row, err := p.count(tx, a.name, now)
		if err != nil {
			return err
		}
		if row.Failures >= p.opts.NameFailures {
			if err := lock(tx, a.name, now.Add(p.opts.LockFor)); err != nil {
				return err
			}
		}
		if a.address == "" {
			return nil
		}
		if row, err = p.count(tx, a.address, now); err != nil {
			return err
		}
		if row.Failures >= p.opts.AddressFailures {
			// A whole school may stand behind it: only until the window ends.
			return lock(tx, a.address, row.WindowStart.Add(p.opts.Window))
		}
		return nil
	})
}

// count adds one to a subject's window, or opens a new window.
func (p *People) count(tx *gorm.DB, subject string, now time.Time) (failureRow, error) {
	row := failureRow{Subject: subject, Failures: 1, WindowStart: now}
	over := now.Add(-p.opts.Window)
	// MySQL sees the new value of a column further left: window_start comes last.
	res := tx.Exec("UPDATE signin_failures SET failures = CASE WHEN window_start <= ? THEN 1 ELSE failures + 1 END,"+
		" window_start = CASE WHEN window_start <= ? THEN ? ELSE window_start END WHERE subject = ?", over, over, now, subject)
	if res.Error != nil {
		return row, res.Error
	}
	if res.RowsAffected == 0 {
		err := tx.Exec("INSERT INTO signin_failures (subject, failures, window_start) VALUES (?, 1, ?)", subject, now).Error
		if store.IsDuplicate(err) {
			return row, store.ErrRetry
		}
		return row, err
	}
	err := tx.Raw("SELECT * FROM signin_failures WHERE subject = ?", subject).Scan(&row).Error
	return row, err
}

// lock closes a subject; after it counting begins anew.
func lock(tx *gorm.DB, subject string, until time.Time) error {
	return store.One(tx.Exec("UPDATE signin_failures SET locked_until = ?, failures = 0 WHERE subject = ?", until, subject), store.ErrRetry)
}

// forgive forgets a name's failures.
func forgive(tx *gorm.DB, username string) error {
	return tx.Exec("DELETE FROM signin_failures WHERE subject = ?", attemptOf(username, "").name).Error
}
