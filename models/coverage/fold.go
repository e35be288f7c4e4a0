package coverage

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The levels at which figures are kept.
const (
	LevelVillage  = "village"
	LevelCommune  = "commune"
	LevelProvince = "province"
)

const (
	leaseName = "coverage_fold"
	leaseTTL  = 30 * time.Second
	leaseWait = 20 // tries of a foreground change, 100 ms apart
	batchRows = 500
	foldEvery = time.Second
)

// Coverage keeps the counters. One value serves a process; the lease row keeps
// the processes apart.
type Coverage struct {
	db     *store.DB
	owner  models.ID
	pages  shared[Area, Page]
	past   shared[pastKey, Page]
	trends shared[pastKey, []Point]
	public releases
	mu     sync.Mutex              // one piece of leased work at a time in this process
	step   func(name string) error // set by tests: fails between two steps of a transaction
}

// New makes the room. owner names this process in the lease row; the zero ID
// lets New choose one.
func New(db *store.DB, owner models.ID) *Coverage {
	if owner.IsZero() {
		owner = models.NewID(db.Clock()())
	}
	return &Coverage{db: db, owner: owner, step: func(string) error { return nil }}
}

// Fold adds every ledger row that is in no batch yet to the counters, at most
// 500 rows a transaction, and answers how many rows it took. When another
// process holds the lease it answers 0: that process is folding.
func (c *Coverage) Fold(ctx context.Context) (int, error) {
	var waiting int
	if err := c.db.Read(ctx).Raw("SELECT 1 FROM coverage_ledger WHERE batch = 0 LIMIT 1").Scan(&waiting).Error; err != nil {
		return 0, fmt.Errorf("look for unfolded rows: %w", err)
	}
	if waiting == 0 {
		return 0, nil // nothing is written, not even the lease, while nothing happens
	}
	folded := 0
	_, err := c.leased(ctx, 1, func(lease *store.Lease) error {
		for {
			n, err := c.foldBatch(ctx, lease)
			folded += n
			if err != nil || n < batchRows {
				return err
			}
		}
	})
	return folded, err
}

// Run folds once a second until ctx ends. Errors are logged and tried again:
// the figures stay exact meanwhile, only reading them costs more.
func (c *Coverage) Run(ctx context.Context) {
	tick := time.NewTicker(foldEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := c.Fold(ctx); err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "fold coverage", "error", err)
			}
		}
	}
}

// leased runs work under the lease, trying to get it at most tries times. The
// first result is false when another process kept it.
func (c *Coverage) leased(ctx context.Context, tries int, work func(*store.Lease) error) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for try := 1; ; try++ {
		lease, ok, err := c.db.Acquire(ctx, leaseName, c.owner, leaseTTL)
		if err != nil {
			return false, fmt.Errorf("take fold lease: %w", err)
		}
		if ok {
			// Released also when ctx is over; otherwise others wait for the expiry.
			defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
			return true, work(lease)
		}
		if try >= tries {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// must runs work under the lease for somebody who waits for it. The error is
// KindUnavailable with code "busy" when another process keeps the lease.
func (c *Coverage) must(ctx context.Context, work func(*store.Lease) error) error {
	ok, err := c.leased(ctx, leaseWait, work)
	if err == nil && !ok {
		return &models.Error{Kind: models.KindUnavailable, Code: "busy", RetryAfter: 5}
	}
	return err
}

// batch is one row of coverage_batches.
type batch struct {
	Number      int64
	RowCount    int
	DHouseholds int
	DKnown      int
	DCovered    int
	FoldedAt    time.Time
	PrevHash    string
	Hash        string
}

// digest is the hash of the batch: its figures, the hashes of its rows in the
// order of their ids, and the batch before it.
func (b batch) digest(rowHashes []string) string {
	return digest(fmt.Sprintf("batch 1|%d|%d|%d|%d|%d|%s|%s|%s", b.Number, b.RowCount, b.DHouseholds, b.DKnown, b.DCovered,
		b.FoldedAt.UTC().Format(time.RFC3339), strings.Join(rowHashes, ","), b.PrevHash))
}

// foldBatch folds up to 500 rows in one transaction.
func (c *Coverage) foldBatch(ctx context.Context, lease *store.Lease) (int, error) {
	n := 0
	err := c.db.Tx(ctx, func(tx *gorm.DB) error {
		n = 0
		// First statement: it locks the lease row, so that what is read after it
		// is what the holder before left.
		if err := lease.Hold(tx); err != nil {
			return err
		}
		var rows []row
		if err := tx.Raw("SELECT "+rowColumns+" FROM coverage_ledger WHERE batch = 0 ORDER BY id LIMIT ?", batchRows).Scan(&rows).Error; err != nil {
			return fmt.Errorf("read unfolded rows: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		now := c.db.Clock().Now()
		if err := c.apply(tx, rows, now); err != nil {
			return err
		}
		if err := c.seal(tx, rows, now); err != nil {
			return err
		}
		n = len(rows)
		return nil
	})
	return n, err
}

// apply adds the rows to the history of their villages and to the counters of
// village, commune and province.
func (c *Coverage) apply(tx *gorm.DB, rows []row, now time.Time) error {
	villages := map[models.ID]Figures{}
	for _, r := range rows {
		villages[r.VillageID] = villages[r.VillageID].plus(r.figures())
	}
	places, err := resolve(tx, villages, models.Day(now))
	if err != nil {
		return err
	}
	if err := c.step("resolved"); err != nil {
		return err
	}
	if err := c.remember(tx, rows); err != nil {
		return err
	}
	sums := map[counterKey]Figures{}
	for id, f := range villages {
		for _, k := range places[id].keys(id) {
			sums[k] = sums[k].plus(f)
		}
	}
	return c.add(tx, sums, now)
}

// seal marks the rows as folded and chains the batch.
func (c *Coverage) seal(tx *gorm.DB, rows []row, now time.Time) error {
	var last batch
	err := tx.Raw("SELECT number, hash FROM coverage_batches ORDER BY number DESC LIMIT 1").Scan(&last).Error
	if err != nil {
		return fmt.Errorf("read last batch: %w", err)
	}
	b := batch{Number: last.Number + 1, RowCount: len(rows), FoldedAt: now, PrevHash: last.Hash}
	ids, hashes := make([]models.ID, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ids[i], hashes[i] = r.ID, r.Hash
		b.DHouseholds, b.DKnown, b.DCovered = b.DHouseholds+r.DHouseholds, b.DKnown+r.DKnown, b.DCovered+r.DCovered
	}
	b.Hash = b.digest(hashes)
	// By primary key only: a condition on batch would lock the gap into which
	// every pupil's transaction inserts. The lease keeps other folders out.
	res := tx.Exec("UPDATE coverage_ledger SET batch = ? WHERE id IN ?", b.Number, ids)
	if res.Error != nil {
		return fmt.Errorf("mark rows folded: %w", res.Error)
	}
	if int(res.RowsAffected) != len(rows) {
		return fmt.Errorf("mark rows folded: %d of %d", res.RowsAffected, len(rows))
	}
	if err := c.step("marked"); err != nil {
		return err
	}
	err = tx.Exec(`INSERT INTO coverage_batches (number, row_count, d_households, d_known, d_covered, folded_at, prev_hash, hash)
		VALUES (?,?,?,?,?,?,?,?)`, b.Number, b.RowCount, b.DHouseholds, b.DKnown, b.DCovered, b.FoldedAt, b.PrevHash, b.Hash).Error
	if err != nil {
		return fmt.Errorf("chain batch: %w", err)
	}
	return c.step("sealed")
}

// counterKey is one row of coverage_counters.
type counterKey struct {
	area  models.ID
	level string
}

// resolved says where a village counts.
type resolved struct{ VillageID, CommuneID, ProvinceID models.ID }

// keys are the counters that a change in the village concerns. A village
// without a commune, which no room makes, counts for itself alone.
func (p resolved) keys(village models.ID) []counterKey {
	keys := []counterKey{{village, LevelVillage}}
	if !p.CommuneID.IsZero() {
		keys = append(keys, counterKey{p.CommuneID, LevelCommune}, counterKey{p.ProvinceID, LevelProvince})
	}
	return keys
}

// inCommune joins a village id column to the commune in which the village
// counts; it takes the day as its one argument. See the package comment.
func inCommune(column string) string {
	return inCommuneOnly(column) + "JOIN areas a ON a.id = vc.commune_id "
}

// inCommuneOnly is inCommune without the commune's own row.
func inCommuneOnly(column string) string {
	return ` JOIN village_communes vc ON vc.village_id = ` + column + ` AND vc.valid_from =
		(SELECT MAX(v2.valid_from) FROM village_communes v2 WHERE v2.village_id = ` + column + ` AND v2.valid_from <= ?) `
}

// resolve finds commune and province of every village of the map.
func resolve[V any](tx *gorm.DB, villages map[models.ID]V, day string) (map[models.ID]resolved, error) {
	ids := make([]models.ID, 0, len(villages))
	for id := range villages {
		ids = append(ids, id)
	}
	found := make(map[models.ID]resolved, len(ids))
	for chunk := range slices.Chunk(ids, store.MaxRows) {
		var part []resolved
		err := tx.Raw("SELECT v.id AS village_id, vc.commune_id, a.province_id FROM villages v"+inCommune("v.id")+
			"WHERE v.id IN ?", day, chunk).Scan(&part).Error
		if err != nil {
			return nil, fmt.Errorf("find communes of villages: %w", err)
		}
		for _, p := range part {
			found[p.VillageID] = p
		}
	}
	return found, nil
}

// add changes counters, making those that are not there. Only the holder of
// the lease calls it, so that update-then-insert is no race.
func (c *Coverage) add(tx *gorm.DB, sums map[counterKey]Figures, now time.Time) error {
	keys := make([]counterKey, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b counterKey) int { return slices.Compare(a.area[:], b.area[:]) })
	for _, k := range keys {
		f := sums[k]
		res := tx.Exec("UPDATE coverage_counters SET "+eachFigure("% = % + ?", ", ")+", updated_at = ? WHERE area_id = ?",
			append(f.args(), now, k.area)...)
		if res.Error == nil && res.RowsAffected == 0 {
			res = tx.Exec("INSERT INTO coverage_counters (updated_at, area_id, level, "+figureColumns+") VALUES (?,?,?"+strings.Repeat(",?", len(figureNames))+")",
				append([]any{now, k.area, k.level}, f.args()...)...)
		}
		if res.Error != nil {
			return fmt.Errorf("change counter: %w", res.Error)
		}
		if err := c.step("counter"); err != nil {
			return err
		}
	}
	return nil
}
