package classroom

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
)

// How a batch came.
const (
	ViaNetwork = "network"
	ViaFile    = "file"
)

// Apply takes one encoded batch, whole and once: everything that follows from
// it is written in one transaction with the receipt row, whose key decides
// between two that bring it at one moment. A repeat is answered with the
// receipt of the first time. Errors: Invalid at "batch…" or "facts[i]…";
// Forbidden "laptop_unknown", "laptop_revoked", "bad_signature"; Conflict
// "batch_gap" with the detail expected (the number that is missing) and
// "batch_forked" when that number was taken with another content or does not
// follow on what was taken: the laptop has two histories.
func (c *Classroom) Apply(ctx context.Context, raw []byte, via string) (*Receipt, error) {
	receipt, _, err := c.apply(ctx, raw, via, models.ID{})
	return receipt, err
}

// apply is Apply; fresh is false for a repeat.
func (c *Classroom) apply(ctx context.Context, raw []byte, via string, from models.ID) (receipt *Receipt, fresh bool, err error) {
	b, err := ReadBatch(raw)
	if err != nil {
		return nil, false, err
	}
	l, err := active(c.db.Read(ctx), b.Laptop)
	if err != nil {
		return nil, false, err
	}
	if len(l.SignKey) != ed25519.PublicKeySize || !ed25519.Verify(l.SignKey, b.signed(), b.Sig) {
		return nil, false, models.Fail(models.KindForbidden, "bad_signature")
	}
	receipt, fresh, err = c.applyOwn(ctx, l, b, via, from)
	if refusal := models.CodeOf(err); err != nil && refusal != "internal" && models.KindOf(err) != models.KindUnavailable && refusal != "batch_gap" {
		// Only what the laptop's own key signed may mark it.
		err = errors.Join(err, c.mark(ctx, b.Laptop, refusal))
	}
	return receipt, fresh, err
}

func (c *Classroom) mark(ctx context.Context, laptop models.ID, code string) error {
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE laptops SET refused_code = ?, refused_at = ? WHERE id = ?", code, c.clock.Now(), laptop).Error
	})
}

// applyOwn takes a batch that its laptop has signed.
func (c *Classroom) applyOwn(ctx context.Context, l laptopRow, b *Batch, via string, from models.ID) (receipt *Receipt, fresh bool, err error) {
	if b.Seq < l.NextSeq { // cheap way out for a repeat, before anything is unfolded
		receipt, err = c.repeated(c.db.Read(ctx), b)
		return receipt, false, err
	}
	facts, err := b.facts()
	if err != nil {
		return nil, false, err
	}
	key, err := c.key(ctx)
	if err != nil {
		return nil, false, err
	}
	now := c.clock.Now()
	shift := straighten(facts, b.MadeAt, floor(l), now)
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		receipt, fresh = nil, false
		l, err := active(tx, b.Laptop)
		if err != nil {
			return err
		}
		switch {
		case b.Seq < l.NextSeq:
			receipt, err = c.repeated(tx, b)
			return err
		case b.Seq > l.NextSeq:
			return models.Conflict("batch_gap").With("expected", strconv.FormatInt(l.NextSeq, 10))
		case b.Prev != l.LastHash:
			return models.Conflict("batch_forked")
		}
		r := &Receipt{Version: Version, Laptop: b.Laptop, Seq: b.Seq, Hash: b.Hash(), Facts: b.Facts, Skipped: []Skip{}, ClockShift: shift, AppliedAt: now, Key: key.KID}
		if r.Skipped, err = c.takeFacts(tx, l, facts, now); err != nil {
			return err
		}
		r.Sig = ed25519.Sign(key.private(), r.signed())
		receipt, fresh = r, true
		return c.keepReceipt(tx, r, via, from)
	})
	if err != nil {
		return nil, false, err
	}
	return receipt, fresh, nil
}

// repeated answers a batch that was taken before with its receipt.
func (c *Classroom) repeated(tx *gorm.DB, b *Batch) (*Receipt, error) {
	var rows []struct{ Hash, Receipt string }
	err := tx.Raw("SELECT hash, receipt FROM laptop_receipts WHERE laptop_id = ? AND seq = ?", b.Laptop, b.Seq).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].Hash != b.Hash() {
		return nil, models.Conflict("batch_forked")
	}
	r := &Receipt{}
	return r, json.Unmarshal([]byte(rows[0].Receipt), r)
}

// keepReceipt writes the row that decides, and moves the laptop on.
func (c *Classroom) keepReceipt(tx *gorm.DB, r *Receipt, via string, from models.ID) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	err = tx.Exec("INSERT INTO laptop_receipts (laptop_id, seq, hash, facts, via, received_from, applied_at, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		r.Laptop, r.Seq, r.Hash, r.Facts, via, from, r.AppliedAt, string(text)).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry // another copy of the program was faster: read its receipt
	}
	if err != nil {
		return err
	}
	return store.One(tx.Exec(`UPDATE laptops SET next_seq = ?, last_hash = ?, last_via = ?, last_sync_at = ?, clock_shift = ?, refused_code = '', refused_at = NULL
		WHERE id = ? AND next_seq = ? AND state = ?`, r.Seq+1, r.Hash, via, r.AppliedAt, r.ClockShift, r.Laptop, r.Seq, StateActive), store.ErrRetry)
}

// takeFacts hands the facts to learning, in their order.
func (c *Classroom) takeFacts(tx *gorm.DB, l laptopRow, facts []learning.Fact, now time.Time) ([]Skip, error) {
	classes, err := classesOf(tx, []models.ID{l.ID})
	if err != nil {
		return nil, err
	}
	h := learning.Arrival{Laptop: l.ID, Now: now}
	for _, x := range classes[l.ID] {
		h.Classes = append(h.Classes, x.ID)
	}
	if err := ownPupils(tx, h.Classes, facts); err != nil {
		return nil, err
	}
	skipped := []Skip{}
	for i := range facts {
		reason, err := c.learning.ApplyFact(tx, h, &facts[i])
		if err != nil {
			return nil, placed(err, i)
		}
		if reason != "" {
			skipped = append(skipped, Skip{Fact: i, Kind: facts[i].Kind, Reason: reason})
		}
	}
	return skipped, nil
}

// placed says which fact of the batch was refused.
func placed(err error, i int) error {
	var refused *models.Error
	if !errors.As(err, &refused) || refused.Kind != models.KindInvalid {
		return err
	}
	at := *refused
	at.Fields = slices.Clone(refused.Fields)
	for k := range at.Fields {
		at.Fields[k].Location = fmt.Sprintf("facts[%d]", i) + strings.TrimPrefix(at.Fields[k].Location, "fact")
	}
	return &at
}

// ownPupils refuses a batch that speaks of anybody who was never in a class of
// the laptop. One who has left it meanwhile was.
func ownPupils(tx *gorm.DB, classes []models.ID, facts []learning.Fact) error {
	first := map[models.ID]int{}
	var ids []models.ID
	for i := range facts {
		p := facts[i].Person()
		if p.IsZero() && facts[i].Session == nil && facts[i].Decision == nil {
			return models.InvalidField(fmt.Sprintf("facts[%d].person_id", i), "required")
		}
		if _, seen := first[p]; !seen && !p.IsZero() {
			first[p] = i
			ids = append(ids, p)
		}
	}
	for part := range slices.Chunk(ids, store.MaxRows) {
		var found []models.ID
		if err := tx.Raw("SELECT DISTINCT person_id FROM enrolments WHERE class_id IN ? AND person_id IN ?", classes, part).Scan(&found).Error; err != nil {
			return err
		}
		for _, id := range found {
			delete(first, id)
		}
	}
	worst := -1
	for _, i := range first {
		if worst < 0 || i < worst {
			worst = i
		}
	}
	if worst >= 0 {
		return models.InvalidField(fmt.Sprintf("facts[%d].person_id", worst), "not_of_laptop")
	}
	return nil
}

// FileReport says what became of a file of batches.
type FileReport struct {
	Laptop   models.ID  `json:"laptop_id"`
	Batches  int        `json:"batches"` // in the file
	New      int        `json:"new"`     // taken now
	Again    int        `json:"again"`   // were here already
	Facts    int        `json:"facts"`   // of the new ones
	Skipped  int        `json:"skipped"`
	Receipts []*Receipt `json:"-"`
}

// ApplyFile takes the batches of a results file, each as Apply does, for
// somebody who keeps the laptop. The file is read whole before anything is
// written. On a refusal the report says how far it came; what came before it
// stays, because each batch is complete in itself. Errors: as for Apply, with
// the place "file.line[n]" (from 1); NotFound for a laptop out of reach.
func (c *Classroom) ApplyFile(ctx context.Context, actor models.Actor, r io.Reader) (report FileReport, err error) {
	pieces, err := readFile(r, fileResults)
	if err != nil {
		return report, err
	}
	report.Batches = len(pieces)
	for i, raw := range pieces {
		b, err := ReadBatch(raw)
		if err != nil {
			return report, inLine(err, i)
		}
		if i == 0 {
			if _, err := laptopFor(c.db.Read(ctx), actor, b.Laptop); err != nil {
				return report, err
			}
			report.Laptop = b.Laptop
		} else if b.Laptop != report.Laptop {
			return report, inLine(models.InvalidField("batch.laptop", "two_laptops"), i)
		}
	}
	for i, raw := range pieces {
		receipt, fresh, err := c.apply(ctx, raw, ViaFile, actor.Account)
		if err != nil {
			return report, inLine(err, i)
		}
		if !fresh {
			report.Again++
		} else {
			report.New++
			report.Facts += receipt.Facts
			report.Skipped += len(receipt.Skipped)
		}
		report.Receipts = append(report.Receipts, receipt)
	}
	return report, nil
}

// inLine puts the line of the file in front of the places of an error.
func inLine(err error, i int) error {
	var refused *models.Error
	if !errors.As(err, &refused) {
		return err
	}
	at := *refused
	line := fmt.Sprintf("file.line[%d]", i+2)
	at.Fields = slices.Clone(refused.Fields)
	for k := range at.Fields {
		at.Fields[k].Location = line + "." + at.Fields[k].Location
	}
	if len(at.Fields) == 0 {
		at.Fields = []models.Field{{Location: line, Code: refused.Code}}
	}
	return &at
}

// WriteReceipts writes the receipts of a file for the way back.
func WriteReceipts(w io.Writer, list []*Receipt) error {
	pieces := make([][]byte, len(list))
	for i, r := range list {
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		pieces[i] = raw
	}
	return writeFile(w, fileReceipts, pieces)
}
