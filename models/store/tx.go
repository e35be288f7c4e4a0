package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	sqlmysql "github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"nhaso/models"
)

// maxTries bounds how often a transaction body runs. With the waits of backoff
// that is about two seconds of contention before the caller is told.
const maxTries = 10

// Tx is the only door to a writing transaction. It runs fn again when the
// database says busy, deadlock or serialisation failure, so fn must have no
// effect outside tx. Errors of fn come back as they are and undo everything;
// contention that does not end comes back as KindUnavailable.
func (db *DB) Tx(ctx context.Context, fn func(tx *gorm.DB) error) error {
	for try := 1; ; try++ {
		err := db.write.WithContext(ctx).Transaction(fn)
		if err == nil || !transient(err) {
			return err
		}
		if try == maxTries {
			return &models.Error{Kind: models.KindUnavailable, Code: "busy", RetryAfter: 2, Err: err}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(backoff(try)):
		}
	}
}

// backoff doubles from 2 ms to about half a second, with jitter so that the
// losers of one deadlock do not meet again.
func backoff(try int) time.Duration {
	top := time.Millisecond << min(try, 8)
	return top + rand.N(top)
}

// ErrRetry makes Tx run its body again: for a race that a unique index decided
// and that the body can win the next time.
var ErrRetry = errors.New("retry transaction")

// transient tells contention from failure, for both drivers.
func transient(err error) bool {
	if errors.Is(err, ErrRetry) {
		return true
	}
	var my *sqlmysql.MySQLError
	if errors.As(err, &my) {
		switch my.Number {
		case 1205, 1213, 1020, 3572, 8002, 8022, 9007: // lock wait, deadlock, changed row, nowait; TiDB write conflicts
			return true
		}
		return false
	}
	text := err.Error()
	return strings.Contains(text, "SQLITE_BUSY") || strings.Contains(text, "database is locked")
}

// Snapshot runs reads that must agree with each other in one read-only view.
func (db *DB) Snapshot(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return db.read.WithContext(ctx).Transaction(fn)
}

// IsDuplicate tells whether a unique index refused a row. On both dialects the
// transaction can go on after it. Never infer it from RowsAffected of an
// upsert: MySQL with found rows answers 1 for "inserted" and for "unchanged".
func IsDuplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }

// Found turns GORM's "record not found" into the NotFound of the house and
// leaves every other error as it is.
func Found(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.NotFound()
	}
	return err
}

// One checks the outcome of a conditional UPDATE or DELETE: the error is the
// statement's own, otherwise otherwise when no row matched.
func One(res *gorm.DB, otherwise error) error {
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return otherwise
	}
	return nil
}

// MaxRows is how many rows one multi-row statement carries: with up to 20
// columns it stays below SQLite's 32,766 bind variables.
const MaxRows = 500
