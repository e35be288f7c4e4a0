package audit

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Break is one place at which the record disagrees with itself.
type Break struct {
	Where  string `json:"where"`  // "entry", "batch" or "day"
	At     string `json:"at"`     // chain and number, number of the batch, or the day
	Reason string `json:"reason"` // "gap", "previous", "hash", "count", "missing", "printed"
}

// Report is the outcome of Verify; Differences must be 0.
type Report struct {
	Differences int     `json:"differences"`
	Breaks      []Break `json:"breaks"` // the first 100
	Entries     int64   `json:"entries"`
	Chains      int     `json:"chains"`
	Batches     int64   `json:"batches"`
	Days        int     `json:"days"`
	Unfolded    int64   `json:"unfolded"` // written in the last seconds: in their own chain only
}

func (r *Report) broken(where, at, reason string) {
	r.Differences++
	if len(r.Breaks) < 100 {
		r.Breaks = append(r.Breaks, Break{Where: where, At: at, Reason: reason})
	}
}

// Verify recomputes every hash of entries, batches and sealed days in one view
// of the database and changes nothing. Whoever rewrites the database wholly, all
// hashes with it, is found by printed alone: pass a line printed earlier (its
// day and digest; zero values to leave it out).
func (a *Audit) Verify(ctx context.Context, printedDay, printedDigest string) (Report, error) {
	var rep Report
	err := a.db.Snapshot(ctx, func(tx *gorm.DB) error {
		rep = Report{Breaks: []Break{}}
		if err := verifyEntries(tx, &rep); err != nil {
			return err
		}
		if err := verifyBatches(tx, &rep); err != nil {
			return err
		}
		return verifyDays(tx, &rep, printedDay, printedDigest)
	})
	return rep, err
}

// stored is an entry with its detail as the text that was hashed.
type stored struct {
	Line
	Text string
}

const lineColumns = "id, chain, seq, at, day, account_id, role, act, kind, subject_id, school_id, area_id, prev_hash, hash, batch"

// pageRows is how many entries are read at once: a province writes some ten
// thousand a day.
const pageRows = 2000

func verifyEntries(tx *gorm.DB, rep *Report) error {
	last := stored{}
	for {
		var page []stored
		err := tx.Raw("SELECT "+lineColumns+", detail AS text FROM audit_entries WHERE chain > ? OR (chain = ? AND seq > ?)"+
			" ORDER BY chain, seq LIMIT ?", last.Chain, last.Chain, last.Seq, pageRows).Scan(&page).Error
		if err != nil {
			return fmt.Errorf("read audit entries: %w", err)
		}
		for _, e := range page {
			rep.check(last, e)
			last = e
		}
		if len(page) < pageRows {
			return nil
		}
	}
}

// check holds one entry against itself and the one before it.
func (r *Report) check(before, e stored) {
	r.Entries++
	if e.Batch == 0 {
		r.Unfolded++
	}
	if e.Chain != before.Chain {
		r.Chains++
		before = stored{}
	}
	at := fmt.Sprintf("%s %d", e.Chain, e.Seq)
	switch {
	case e.Seq != before.Seq+1:
		r.broken("entry", at, "gap")
	case e.PrevHash != before.Hash:
		r.broken("entry", at, "previous")
	case e.digest(e.Text) != e.Hash || e.Day != models.Day(e.At) || e.Chain != chainOf(e.AccountID):
		r.broken("entry", at, "hash")
	}
}

func chainOf(account models.ID) string {
	if account.IsZero() {
		return systemChain
	}
	return account.String()
}

func verifyBatches(tx *gorm.DB, rep *Report) error {
	var batches []batch
	if err := tx.Raw("SELECT * FROM audit_batches ORDER BY number").Scan(&batches).Error; err != nil {
		return fmt.Errorf("read audit batches: %w", err)
	}
	folded, before := int64(0), batch{}
	for _, b := range batches {
		rep.Batches++
		var hashes []string
		if err := tx.Raw("SELECT hash FROM audit_entries WHERE batch = ? ORDER BY id", b.Number).Scan(&hashes).Error; err != nil {
			return fmt.Errorf("read entries of a batch: %w", err)
		}
		folded += int64(len(hashes))
		at := fmt.Sprint(b.Number)
		switch {
		case b.Number != before.Number+1:
			rep.broken("batch", at, "gap")
		case len(hashes) != b.RowCount:
			rep.broken("batch", at, "count")
		case b.PrevHash != before.Hash:
			rep.broken("batch", at, "previous")
		case b.digest(hashes) != b.Hash:
			rep.broken("batch", at, "hash")
		}
		before = b
	}
	if folded != rep.Entries-rep.Unfolded {
		rep.broken("batch", fmt.Sprint(before.Number), "missing") // entries that name a batch which is gone
	}
	return nil
}

func verifyDays(tx *gorm.DB, rep *Report, printedDay, printedDigest string) error {
	days, err := days(tx, models.Forever, 0)
	if err != nil {
		return err
	}
	var batches []batch
	if err := tx.Raw("SELECT number, row_count, hash FROM audit_batches ORDER BY number").Scan(&batches).Error; err != nil {
		return err
	}
	counted, at, before, found := int64(0), 0, Sealed{}, printedDay == ""
	for _, d := range days {
		rep.Days++
		for ; at < len(batches) && batches[at].Number <= d.Batch; at++ {
			counted += int64(batches[at].RowCount)
		}
		switch {
		case d.PrevDigest != before.Digest:
			rep.broken("day", d.Day, "previous")
		case d.Entries != counted:
			rep.broken("day", d.Day, "count")
		case d.digest() != d.Digest || at == 0 || batches[at-1].Hash != d.BatchHash:
			rep.broken("day", d.Day, "hash")
		}
		if d.Day == printedDay {
			found = true
			if d.Digest != printedDigest {
				rep.broken("day", d.Day, "printed")
			}
		}
		before = d
	}
	if !found {
		rep.broken("day", printedDay, "missing")
	}
	return nil
}

// days reads sealed days before a day, oldest first; the newest ones when there
// are more than limit, 0 for all.
func days(tx *gorm.DB, before string, limit int) ([]Sealed, error) {
	if limit == 0 {
		limit = 1 << 30
	}
	var list []Sealed
	err := tx.Raw("SELECT * FROM (SELECT * FROM audit_days WHERE day < ? ORDER BY day DESC LIMIT ?) d ORDER BY day", before, limit).Scan(&list).Error
	for i := range list {
		list[i].SealedAt = list[i].SealedAt.UTC().Truncate(time.Second)
	}
	return list, err
}
