package coverage

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Change is one ledger row as "explain this number" shows it.
type Change struct {
	At          time.Time
	OnDate      string
	SubjectID   models.ID // the household, or the register when Cause is "register"
	VillageID   models.ID
	VillageKind string
	VillageName string
	Figures     // the differences
	Cause       string
	CauseID     models.ID
	Hash        string
	Batch       int64 // 0 while it is not folded
}

// BatchLink is one batch of the chain.
type BatchLink struct {
	Number   int64
	Rows     int
	FoldedAt time.Time
	Hash     string
}

// Explanation says where a figure comes from.
type Explanation struct {
	Figures
	Changes []Change    // newest first
	Batches []BatchLink // the last ones, newest first
	ChainOK bool        // every row and batch shown recomputes to its hash and follows the one before it
}

// Explain answers the figures of an area with the last ledger rows behind them
// (at most limit, 1..200), in one view of the database.
func (c *Coverage) Explain(ctx context.Context, actor models.Actor, area Area, limit int) (Explanation, error) {
	limit = min(max(limit, 1), 200)
	var e Explanation
	err := c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if err := c.inReach(tx, actor, area); err != nil {
			return err
		}
		today := c.db.Clock().Today()
		var err error
		if e.Figures, err = CountsOf(tx, area, today); err != nil {
			return err
		}
		e.ChainOK = true
		if err := e.readChanges(tx, area, today, limit); err != nil {
			return err
		}
		return e.readBatches(tx)
	})
	return e, err
}

// LastChanges answers the newest ledger rows of an area, at most limit (1..200).
func (c *Coverage) LastChanges(ctx context.Context, actor models.Actor, area Area, limit int) ([]Change, error) {
	e, err := c.Explain(ctx, actor, area, limit)
	return e.Changes, err
}

// changed is a ledger row with its village and the hash it should follow.
type changed struct {
	Row         row `gorm:"embedded"`
	VillageKind string
	VillageName string
	Follows     string
}

func (e *Explanation) readChanges(tx *gorm.DB, area Area, today string, limit int) error {
	where, args := "l.village_id = ?", []any{area.ID}
	switch area.Level {
	case LevelCommune:
		where, args = "l.village_id IN (SELECT v.id FROM villages v"+inCommune("v.id")+"WHERE vc.commune_id = ?)", []any{today, area.ID}
	case LevelProvince:
		where, args = "l.village_id IN (SELECT v.id FROM villages v"+inCommune("v.id")+"WHERE a.province_id = ?)", []any{today, area.ID}
	}
	var rows []changed
	err := tx.Raw(`SELECT l.id, l.subject_id, l.seq, l.village_id, l.on_date, `+eachFigure("l.d_%", ", ")+`, l.cause, l.cause_id,
		l.at, l.prev_hash, l.hash, l.batch, w.kind AS village_kind, w.name AS village_name, COALESCE(p.hash, '') AS follows
		FROM coverage_ledger l JOIN villages w ON w.id = l.village_id
		LEFT JOIN coverage_ledger p ON p.subject_id = l.subject_id AND p.seq = l.seq - 1
		WHERE `+where+` ORDER BY l.id DESC LIMIT ?`, append(args, limit)...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read last changes: %w", err)
	}
	e.Changes = make([]Change, 0, len(rows))
	for _, found := range rows {
		r := found.Row
		e.ChainOK = e.ChainOK && r.Hash == r.digest() && r.PrevHash == found.Follows
		e.Changes = append(e.Changes, Change{r.At, r.OnDate, r.SubjectID, r.VillageID, found.VillageKind, found.VillageName, r.figures(), r.Cause, r.CauseID, r.Hash, r.Batch})
	}
	return nil
}

// readBatches reads the last ten batches and checks them against their rows and
// each other.
func (e *Explanation) readBatches(tx *gorm.DB) error {
	var batches []batch
	err := tx.Raw(`SELECT number, row_count, d_households, d_known, d_covered, folded_at, prev_hash, hash
		FROM coverage_batches ORDER BY number DESC LIMIT 10`).Scan(&batches).Error
	if err != nil {
		return fmt.Errorf("read last batches: %w", err)
	}
	e.Batches = []BatchLink{}
	for i, b := range batches {
		e.Batches = append(e.Batches, BatchLink{b.Number, b.RowCount, b.FoldedAt, b.Hash})
		if i+1 < len(batches) && (b.PrevHash != batches[i+1].Hash || b.Number != batches[i+1].Number+1) {
			e.ChainOK = false
		}
		var hashes []string
		if err := tx.Raw("SELECT hash FROM coverage_ledger WHERE batch = ? ORDER BY id", b.Number).Scan(&hashes).Error; err != nil {
			return fmt.Errorf("read batch: %w", err)
		}
		e.ChainOK = e.ChainOK && b.Hash == b.digest(hashes)
	}
	return nil
}

// OfSubject answers every ledger row of one subject, oldest first, and whether
// each recomputes to its hash and follows the one before it.
func OfSubject(tx *gorm.DB, subjectID models.ID) (changes []Change, chainOK bool, err error) {
	var rows []changed
	err = tx.Raw(`SELECT l.id, l.subject_id, l.seq, l.village_id, l.on_date, `+eachFigure("l.d_%", ", ")+`, l.cause, l.cause_id,
		l.at, l.prev_hash, l.hash, l.batch, w.kind AS village_kind, w.name AS village_name
		FROM coverage_ledger l JOIN villages w ON w.id = l.village_id WHERE l.subject_id = ? ORDER BY l.seq`, subjectID).Scan(&rows).Error
	if err != nil {
		return nil, false, fmt.Errorf("read changes of subject: %w", err)
	}
	chainOK = true
	var prev row
	for _, found := range rows {
		r := found.Row
		chainOK = chainOK && r.Seq == prev.Seq+1 && r.PrevHash == prev.Hash && r.Hash == r.digest()
		changes = append(changes, Change{r.At, r.OnDate, r.SubjectID, r.VillageID, found.VillageKind, found.VillageName, r.figures(), r.Cause, r.CauseID, r.Hash, r.Batch})
		prev = r
	}
	return changes, chainOK, nil
}

// SubjectSum is what the ledger adds up to for one subject in one village.
type SubjectSum struct {
	SubjectID, VillageID models.ID
	Figures
}

// SumsOfSubjects adds up the ledger for every subject from one id to
// another, both included, village by village, in the order of the ids.
func SumsOfSubjects(tx *gorm.DB, first, last models.ID) ([]SubjectSum, error) {
	var sums []SubjectSum
	err := tx.Raw(`SELECT subject_id, village_id, `+eachFigure("SUM(d_%) AS %", ", ")+`
		FROM coverage_ledger WHERE subject_id >= ? AND subject_id <= ? GROUP BY subject_id, village_id ORDER BY subject_id`, first[:], last[:]).Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("sum ledger of subjects: %w", err)
	}
	return sums, nil
}
