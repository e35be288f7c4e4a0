package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// batch is one row of audit_batches.
type batch struct {
	Number   int64
	RowCount int
	FoldedAt time.Time
	PrevHash string
	Hash     string
}

// digest covers the hashes of the batch's entries in the order of their ids,
// and the batch before it.
func (b batch) digest(entries []string) string {
	return hash(fmt.Appendf(nil, "audit batch 1|%d|%d|%s|%s|%s", b.Number, b.RowCount,
		b.FoldedAt.UTC().Format(time.RFC3339), strings.Join(entries, ","), b.PrevHash))
}

// Fold joins the entries that are in no batch yet, at most 500 a transaction,
// and seals the day before once it is over. It answers how many entries it
// took; 0 when another process holds the lease.
func (a *Audit) Fold(ctx context.Context) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	due, err := a.due(ctx)
	if err != nil || !due {
		return 0, err // nothing is written, not even the lease, while nothing happens
	}
	lease, ok, err := a.db.Acquire(ctx, leaseName, a.owner, leaseTTL)
	if err != nil || !ok {
		return 0, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
	folded := 0
	for {
		n := 0
		err := a.db.Tx(ctx, func(tx *gorm.DB) error {
			// First statement: what is read after it is what the holder before left.
			if err := lease.Hold(tx); err != nil {
				return err
			}
			var err error
			n, err = foldBatch(tx)
			return err
		})
		folded += n
		if err != nil {
			return folded, err
		}
		if n < batchRows {
			break
		}
	}
	return folded, a.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lease.Hold(tx); err != nil {
			return err
		}
		return seal(tx)
	})
}

// due tells whether something waits: entries without a batch, or a day that is
// over, had entries and is not sealed.
func (a *Audit) due(ctx context.Context) (bool, error) {
	db := a.db.Read(ctx)
	var waiting int
	if err := db.Raw("SELECT 1 FROM audit_entries WHERE batch = 0 LIMIT 1").Scan(&waiting).Error; err != nil || waiting == 1 {
		return waiting == 1, err
	}
	day, err := unsealed(db)
	return day != "", err
}

func foldBatch(tx *gorm.DB) (int, error) {
	var rows []struct {
		ID   models.ID
		Hash string
	}
	if err := tx.Raw("SELECT id, hash FROM audit_entries WHERE batch = 0 ORDER BY id LIMIT ?", batchRows).Scan(&rows).Error; err != nil {
		return 0, fmt.Errorf("read entries to fold: %w", err)
	}
	if len(rows) == 0 {
		return 0, nil
	}
	last, err := lastBatch(tx)
	if err != nil {
		return 0, err
	}
	b := batch{Number: last.Number + 1, RowCount: len(rows), FoldedAt: tx.NowFunc().UTC().Truncate(time.Second), PrevHash: last.Hash}
	ids, hashes := make([]models.ID, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ids[i], hashes[i] = r.ID, r.Hash
	}
	b.Hash = b.digest(hashes)
	// By primary key only: a condition on batch would lock the gap into which
	// every sensitive action inserts.
	res := tx.Exec("UPDATE audit_entries SET batch = ? WHERE id IN ?", b.Number, ids)
	if res.Error == nil && int(res.RowsAffected) != len(rows) {
		res.Error = fmt.Errorf("%d of %d", res.RowsAffected, len(rows))
	}
	if res.Error != nil {
		return 0, fmt.Errorf("mark entries folded: %w", res.Error)
	}
	return len(rows), tx.Exec("INSERT INTO audit_batches (number, row_count, folded_at, prev_hash, hash) VALUES (?,?,?,?,?)",
		b.Number, b.RowCount, b.FoldedAt, b.PrevHash, b.Hash).Error
}

func lastBatch(tx *gorm.DB) (b batch, err error) {
	err = tx.Raw("SELECT * FROM audit_batches ORDER BY number DESC LIMIT 1").Scan(&b).Error
	return b, err
}

// Sealed is a finished day: what is printed and kept elsewhere.
type Sealed struct {
	Day        string
	Entries    int64  // on record when the day was sealed, from the first one on
	Batch      int64  // the last one at that moment
	BatchHash  string // covers every entry until then
	PrevDigest string
	Digest     string // over all of this
	SealedAt   time.Time
}

func (s Sealed) digest() string {
	return hash(fmt.Appendf(nil, "audit day 1|%s|%d|%d|%s|%s", s.Day, s.Entries, s.Batch, s.BatchHash, s.PrevDigest))
}

// unsealed answers the last day that is over and had entries, if it is not
// sealed; else "". A day on which no copy of the program ran is covered by the
// next one that is sealed.
func unsealed(tx *gorm.DB) (string, error) {
	today := models.Day(tx.NowFunc())
	var days struct{ Last, Sealed *string }
	err := tx.Raw("SELECT (SELECT MAX(day) FROM audit_entries WHERE day < ?) AS last, (SELECT MAX(day) FROM audit_days) AS sealed", today).Scan(&days).Error
	if err != nil || days.Last == nil || days.Sealed != nil && *days.Sealed >= *days.Last {
		return "", err
	}
	return *days.Last, nil
}

func seal(tx *gorm.DB) error {
	day, err := unsealed(tx)
	if err != nil || day == "" {
		return err
	}
	last, err := lastBatch(tx)
	if err != nil {
		return err
	}
	s := Sealed{Day: day, Batch: last.Number, BatchHash: last.Hash, SealedAt: tx.NowFunc().UTC().Truncate(time.Second)}
	if err := tx.Raw("SELECT COALESCE(SUM(row_count), 0) FROM audit_batches").Scan(&s.Entries).Error; err != nil {
		return err
	}
	if err := tx.Raw("SELECT digest FROM audit_days ORDER BY day DESC LIMIT 1").Scan(&s.PrevDigest).Error; err != nil {
		return err
	}
	err = tx.Exec("INSERT INTO audit_days (day, entries, batch, batch_hash, prev_digest, digest, sealed_at) VALUES (?,?,?,?,?,?,?)",
		s.Day, s.Entries, s.Batch, s.BatchHash, s.PrevDigest, s.digest(), s.SealedAt).Error
	if store.IsDuplicate(err) {
		return nil
	}
	return err
}
