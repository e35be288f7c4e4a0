package coverage

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
)

// Kept is a digest as it stands on paper: the day and its root.
type Kept struct{ Day, Root string }

// ComparedDay says of one kept digest whether the database has the same.
type ComparedDay struct {
	Day   string
	Known bool // the database has a digest of that day
	Same  bool
}

// Comparison is the outcome of CompareDigests.
type Comparison struct {
	Days  []ComparedDay // in the order of days
	First string        // the first day that differs, on paper, in the chain of days or in the ledger; "" when all is as it was
	// Chain is the first day whose digest in the database does not hold by
	// itself or does not follow the day before; "" when all do.
	Chain string
	// Ledger is the last kept day that is the same, computed again from every
	// row; nil when there is none.
	Ledger *DigestCheck
}

// maxCompared is how many digests can be compared at once.
const maxCompared = 60

// CompareDigests holds printed digests against the database: day by day, the
// chain of all days, and the ledger behind the last one that agrees. The actor
// needs read_digest. Errors: Invalid field "body.digests" ("required",
// "too_many", "invalid_digest").
func (c *Coverage) CompareDigests(ctx context.Context, actor models.Actor, kept []Kept) (Comparison, error) {
	if _, err := models.Allow(actor, models.ActReadDigest); err != nil {
		return Comparison{}, err
	}
	kept, err := readable(kept)
	if err != nil {
		return Comparison{}, err
	}
	var out Comparison
	var last *Digest
	batches := map[string]int64{} // last batch of each day
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		out, last = Comparison{Days: []ComparedDay{}}, nil
		days, err := digestsWhere(tx.Raw("SELECT " + digestColumns + " FROM coverage_digests ORDER BY day"))
		if err != nil {
			return err
		}
		if out.Chain, err = brokenFrom(tx, days); err != nil {
			return err
		}
		by := make(map[string]*Digest, len(days))
		for i, d := range days {
			by[d.Day], batches[d.Day] = &days[i], d.Batch
		}
		for _, k := range kept {
			d := by[k.Day]
			same := d != nil && d.Root == k.Root
			out.Days = append(out.Days, ComparedDay{k.Day, d != nil, same})
			if same {
				last = d
			}
		}
		return nil
	})
	if err == nil && last != nil {
		var check DigestCheck
		check, err = c.CheckDigest(ctx, *last, nil)
		out.Ledger = &check
	}
	out.first(batches)
	return out, err
}

// readable answers the digests in the order of days, roots without spaces.
func readable(kept []Kept) ([]Kept, error) {
	switch {
	case len(kept) == 0:
		return nil, models.InvalidField("body.digests", "required")
	case len(kept) > maxCompared:
		return nil, models.InvalidField("body.digests", "too_many")
	}
	list := make([]Kept, len(kept))
	for i, k := range kept {
		day, err := models.ParseDay(k.Day)
		root := strings.ToLower(strings.Join(strings.Fields(k.Root), ""))
		if raw, bad := hex.DecodeString(root); err != nil || bad != nil || len(raw) != 32 {
			return nil, models.InvalidField("body.digests", "invalid_digest")
		}
		list[i] = Kept{day, root}
	}
	slices.SortStableFunc(list, func(a, b Kept) int { return strings.Compare(a.Day, b.Day) })
	return list, nil
}

// brokenFrom answers the first of all days whose digest does not hold: by its
// own root, after the day before, and over the batch that it names.
func brokenFrom(tx *gorm.DB, days []Digest) (string, error) {
	var batches []struct {
		Number int64
		Hash   string
	}
	err := tx.Raw("SELECT b.number, b.hash FROM coverage_batches b WHERE b.number IN (SELECT d.batch FROM coverage_digests d)").Scan(&batches).Error
	if err != nil {
		return "", fmt.Errorf("read batches: %w", err)
	}
	hashes := make(map[int64]string, len(batches))
	for _, b := range batches {
		hashes[b.Number] = b.Hash
	}
	prev := ""
	for _, d := range days {
		if d.Root != d.root() || d.PrevRoot != prev || d.BatchHash != hashes[d.Batch] {
			return d.Day, nil
		}
		prev = d.Root
	}
	return "", nil
}

// first finds the first day that differs; batches has the last batch of each
// day's digest.
func (out *Comparison) first(batches map[string]int64) {
	before := func(day string) {
		if day != "" && (out.First == "" || day < out.First) {
			out.First = day
		}
	}
	before(out.Chain)
	for _, d := range out.Days {
		if !d.Same {
			before(d.Day)
		}
	}
	if out.Ledger == nil || out.Ledger.Same {
		return
	}
	before(out.Ledger.Day)
	for _, f := range out.Ledger.Findings {
		for day, batch := range batches {
			if f.Batch > 0 && batch >= f.Batch {
				before(day)
			}
		}
	}
}
