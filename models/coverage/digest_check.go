package coverage

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// What a check of a digest may find.
const (
	FoundAltered = "row_altered"     // a row is not what its hash says
	FoundRemoved = "row_removed"     // rows between two of a subject are gone
	FoundBroken  = "row_broken"      // a row does not follow the one before it
	FoundBatch   = "batch_altered"   // a batch does not hold the rows it was sealed with
	FoundChanged = "subject_changed" // a subject's last row is another than in the file, or it was not there
	FoundGone    = "subject_gone"    // a subject of the file has no row any more
	FoundBucket  = "bucket_changed"  // among the subjects of a bucket; a whole file would name it
	FoundDigest  = "digest_changed"  // the digest kept in the database is another than the one at hand
)

// Finding is one difference between a digest and the database.
type Finding struct {
	What      string
	SubjectID models.ID // household or register; zero for batches, buckets and digests
	Seq       int       // the row's number within its subject
	Batch     int64
	Village   string // of the row
	OnDate    string
	Bucket    int
}

// DigestCheck is the outcome of a check.
type DigestCheck struct {
	Day      string
	Same     bool // the database gives the same root, and every row and batch behind it holds
	Root     string
	Rows     int
	Findings []Finding // the first 200
}

// maxFindings bounds the list of findings.
const maxFindings = 200

// CheckDigest recomputes a digest that was kept elsewhere from the ledger as it
// is now: every row of its batches against its hash and the row before, every
// batch, the subjects' last rows, and the root. heads may be empty (a printed
// digest, or a short file). It changes nothing.
func (c *Coverage) CheckDigest(ctx context.Context, want Digest, heads []Head) (DigestCheck, error) {
	k := checker{found: DigestCheck{Day: want.Day, Findings: []Finding{}}, heads: heads}
	err := c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		k.found.Findings, k.prev, k.next = []Finding{}, row{}, 0
		got, err := measure(tx, want.Batch, k.row, k.head)
		if err != nil {
			return err
		}
		k.headsUpTo(nil)
		if err := k.batches(tx, want.Batch); err != nil {
			return err
		}
		got.Day, got.Batch, got.BatchHash, got.PrevRoot = want.Day, want.Batch, k.lastHash, want.PrevRoot
		k.found.Root, k.found.Rows = got.root(), got.RowCount
		k.compare(got, want)
		kept, err := digestsWhere(tx.Raw("SELECT "+digestColumns+" FROM coverage_digests WHERE day = ?", want.Day))
		if err == nil && (len(kept) == 0 || kept[0].Root != want.Root) {
			k.add(Finding{What: FoundDigest})
		}
		if err != nil {
			return err
		}
		return k.name(tx)
	})
	k.found.Same = k.found.Root == want.Root && len(k.found.Findings) == 0
	return k.found, err
}

// checker collects what a check finds.
type checker struct {
	found    DigestCheck
	heads    []Head // of the file, in the order of subjects
	next     int    // the first of them not met yet
	prev     row
	lastHash string // of the last batch
}

func (k *checker) add(f Finding) {
	if len(k.found.Findings) < maxFindings {
		k.found.Findings = append(k.found.Findings, f)
	}
}

// row checks one row against its hash and the one before it.
func (k *checker) row(r row) {
	if r.SubjectID != k.prev.SubjectID {
		k.prev = row{}
	}
	f := Finding{SubjectID: r.SubjectID, Seq: r.Seq, Batch: r.Batch, Village: r.VillageID.String(), OnDate: r.OnDate}
	switch {
	case r.Hash != r.digest():
		f.What = FoundAltered
	case r.Seq != k.prev.Seq+1:
		f.What, f.Seq = FoundRemoved, k.prev.Seq+1
	case r.PrevHash != k.prev.Hash:
		f.What = FoundBroken
	}
	if f.What != "" {
		k.add(f)
	}
	k.prev = r
}

// head compares a subject's last row with the file's.
func (k *checker) head(h Head) {
	if len(k.heads) == 0 {
		return
	}
	k.headsUpTo(&h.SubjectID)
	if k.next < len(k.heads) && k.heads[k.next].SubjectID == h.SubjectID {
		if k.heads[k.next] != h {
			k.add(Finding{What: FoundChanged, SubjectID: h.SubjectID, Seq: k.heads[k.next].Seq})
		}
		k.next++
		return
	}
	k.add(Finding{What: FoundChanged, SubjectID: h.SubjectID, Seq: h.Seq})
}

// headsUpTo reports the file's subjects before one that are not in the ledger.
func (k *checker) headsUpTo(id *models.ID) {
	for k.next < len(k.heads) && (id == nil || less(k.heads[k.next].SubjectID, *id)) {
		k.add(Finding{What: FoundGone, SubjectID: k.heads[k.next].SubjectID, Seq: k.heads[k.next].Seq})
		k.next++
	}
}

func less(a, b models.ID) bool { return string(a[:]) < string(b[:]) }

// batches checks every batch up to one against its rows and the one before it.
func (k *checker) batches(tx *gorm.DB, upTo int64) error {
	var list []batch
	err := tx.Raw(`SELECT number, row_count, d_households, d_known, d_covered, folded_at, prev_hash, hash
		FROM coverage_batches WHERE number <= ? ORDER BY number`, upTo).Scan(&list).Error
	if err != nil {
		return fmt.Errorf("read batches: %w", err)
	}
	hashes := make(map[int64][]string, len(list))
	err = eachRow(tx, fmt.Sprintf("SELECT %s FROM coverage_ledger WHERE batch > 0 AND batch <= %d ORDER BY batch, id", rowColumns, upTo),
		func(r row) { hashes[r.Batch] = append(hashes[r.Batch], r.Hash) })
	if err != nil {
		return err
	}
	var prev batch
	for _, b := range list {
		if b.Number != prev.Number+1 || b.PrevHash != prev.Hash || b.RowCount != len(hashes[b.Number]) || b.Hash != b.digest(hashes[b.Number]) {
			k.add(Finding{What: FoundBatch, Batch: b.Number})
		}
		prev = b
	}
	if prev.Number != upTo {
		k.add(Finding{What: FoundBatch, Batch: upTo})
	}
	k.lastHash = prev.Hash
	return nil
}

// compare reports the buckets that differ where no single subject was named.
func (k *checker) compare(got, want Digest) {
	if len(k.heads) > 0 || len(want.Buckets) != len(got.Buckets) {
		return
	}
	for i := range got.Buckets {
		if got.Buckets[i] != want.Buckets[i] {
			k.add(Finding{What: FoundBucket, Bucket: i})
		}
	}
}

// name puts villages' names in the place of their ids.
func (k *checker) name(tx *gorm.DB) error {
	for i, f := range k.found.Findings {
		if f.Village == "" {
			continue
		}
		id, err := models.ParseID(f.Village)
		if err != nil {
			return err
		}
		var v struct{ Kind, Name, Code string }
		if err := tx.Raw("SELECT kind, name, code FROM villages WHERE id = ?", id).Scan(&v).Error; err != nil {
			return fmt.Errorf("name village: %w", err)
		}
		k.found.Findings[i].Village = v.Name + " (" + v.Code + ")"
	}
	return nil
}
