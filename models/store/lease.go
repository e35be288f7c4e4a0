package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Lease is the right of one process to do a kind of background work until it
// expires. The row decides: there is no lock that a broken connection could
// lose, and none that Galera or TiDB does not know.
type Lease struct {
	db    *DB
	name  string
	owner models.ID
	ttl   time.Duration
}

// Acquire tries to take or prolong the lease called name. The second result is
// false when another owner holds it.
func (db *DB) Acquire(ctx context.Context, name string, owner models.ID, ttl time.Duration) (*Lease, bool, error) {
	l := &Lease{db: db, name: name, owner: owner, ttl: ttl}
	now := db.clock.Now()
	res := db.write.WithContext(ctx).Exec(
		"UPDATE leases SET owner = ?, expires_at = ? WHERE name = ? AND (owner IS NULL OR owner = ? OR expires_at <= ?)",
		owner, now.Add(ttl), name, owner, now)
	if res.Error != nil {
		return nil, false, res.Error
	}
	if res.RowsAffected == 1 {
		return l, true, nil
	}
	err := db.write.WithContext(ctx).Exec(
		"INSERT INTO leases (name, owner, expires_at) VALUES (?, ?, ?)", name, owner, now.Add(ttl)).Error
	if IsDuplicate(err) {
		return nil, false, nil
	}
	return l, err == nil, err
}

// Hold prolongs the lease inside a transaction and locks its row until the
// commit, so that work done under a lease that has passed to another cannot be
// committed. The error is KindConflict with code "lease_lost".
func (l *Lease) Hold(tx *gorm.DB) error {
	now := l.db.clock.Now()
	return One(tx.Exec("UPDATE leases SET expires_at = ? WHERE name = ? AND owner = ?", now.Add(l.ttl), l.name, l.owner),
		models.Conflict("lease_lost"))
}

// Release gives the lease back at once; a lease that is not released expires.
func (l *Lease) Release(ctx context.Context) error {
	return l.db.write.WithContext(ctx).Exec("UPDATE leases SET owner = NULL WHERE name = ? AND owner = ?", l.name, l.owner).Error
}
