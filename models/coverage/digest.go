package coverage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Digest says in one hash what the ledger held at the end of a civil day: every
// batch folded by then and the last row of every subject in them. It can be
// printed, kept elsewhere, and compared with the database at any later time.
type Digest struct {
	Day       string `json:"day"`
	Batch     int64  `json:"batch"` // number of the last batch
	BatchHash string `json:"batch_hash"`
	RowCount  int    `json:"rows"`
	Subjects  int    `json:"subjects"` // households and registers with a row
	// What all those rows add up to: households on the register, known and covered.
	Households int       `json:"households"`
	Known      int       `json:"known"`
	Covered    int       `json:"covered"`
	PrevRoot   string    `json:"prev_root"` // of the digest before this one
	Root       string    `json:"root"`
	MadeAt     time.Time `json:"made_at"`
	Buckets    []string  `json:"buckets" gorm:"-"` // 256 hashes over the last rows of the subjects of a bucket
}

// buckets is how many parts the subjects fall into, by the last byte of their
// id: enough to say where a difference lies without keeping every subject.
const buckets = 256

// Head is the last row of one subject within a digest.
type Head struct {
	SubjectID models.ID
	Seq       int
	Hash      string
}

// root is the hash of everything else in a digest but the moment it was made.
func (d Digest) root() string {
	return digest(fmt.Sprintf("digest 1|%s|%d|%s|%d|%d|%d|%d|%d|%s|%s", d.Day, d.Batch, d.BatchHash, d.RowCount, d.Subjects,
		d.Households, d.Known, d.Covered, strings.Join(d.Buckets, ","), d.PrevRoot))
}

// digester makes the buckets out of rows in the order of subject and number.
type digester struct {
	d       Digest
	buckets [buckets]hash.Hash
	last    row
	each    func(Head)
}

func newDigester(each func(Head)) *digester {
	g := &digester{each: each}
	for i := range g.buckets {
		g.buckets[i] = sha256.New()
	}
	return g
}

func (g *digester) take(r row) {
	if r.SubjectID != g.last.SubjectID {
		g.endSubject()
	}
	g.d.RowCount++
	g.d.Households, g.d.Known, g.d.Covered = g.d.Households+r.DHouseholds, g.d.Known+r.DKnown, g.d.Covered+r.DCovered
	g.last = r
}

func (g *digester) endSubject() {
	if g.last.Seq == 0 {
		return
	}
	h := Head{g.last.SubjectID, g.last.Seq, g.last.Hash}
	g.d.Subjects++
	fmt.Fprintf(g.buckets[h.bucket()], "%s|%d|%s\n", h.SubjectID, h.Seq, h.Hash)
	if g.each != nil {
		g.each(h)
	}
}

func (h Head) bucket() int { return int(h.SubjectID[len(h.SubjectID)-1]) }

func (g *digester) end() Digest {
	g.endSubject()
	for _, b := range g.buckets {
		g.d.Buckets = append(g.d.Buckets, hex.EncodeToString(b.Sum(nil)))
	}
	return g.d
}

// measure reads the digest of everything in the batches up to one; use, if any,
// is shown every row, each every subject's last one.
func measure(tx *gorm.DB, batch int64, use func(row), each func(Head)) (Digest, error) {
	g := newDigester(each)
	err := eachRow(tx, fmt.Sprintf("SELECT %s FROM coverage_ledger WHERE batch > 0 AND batch <= %d ORDER BY subject_id, seq", rowColumns, batch), func(r row) {
		g.take(r)
		if use != nil {
			use(r)
		}
	})
	return g.end(), err
}

const digestColumns = "day, batch, batch_hash, row_count, subjects, households, known, covered, buckets, prev_root, root, made_at"

// digestRow is one row of coverage_digests.
type digestRow struct {
	Digest
	Joined string `gorm:"column:buckets"`
}

func digestsWhere(q *gorm.DB) ([]Digest, error) {
	var rows []digestRow
	if err := q.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read digests: %w", err)
	}
	list := make([]Digest, len(rows))
	for i, r := range rows {
		list[i] = r.Digest
		list[i].Buckets, list[i].MadeAt = strings.Split(r.Joined, ","), r.MadeAt.UTC()
	}
	return list, nil
}

// SealDays makes the digest of every day since the last one up to yesterday,
// the first time of yesterday alone, and answers how many it made. Another
// process that is at it is left alone.
func (c *Coverage) SealDays(ctx context.Context) (int, error) {
	yesterday := models.DayBefore(c.db.Clock().Today())
	made := 0
	_, err := c.leased(ctx, 1, func(*store.Lease) error {
		for {
			last, err := lastDigest(c.db.Read(ctx), "9999-12-31")
			if err != nil {
				return err
			}
			day := yesterday
			if last != nil {
				day = models.DayAfter(last.Day)
			}
			if day > yesterday {
				return nil
			}
			if err := c.sealDay(ctx, day, last); err != nil {
				return err
			}
			made++
		}
	})
	return made, err
}

// lastDigest is the last digest of a day up to one; nil for none.
func lastDigest(tx *gorm.DB, upTo string) (*Digest, error) {
	list, err := digestsWhere(tx.Raw("SELECT "+digestColumns+" FROM coverage_digests WHERE day <= ? ORDER BY day DESC LIMIT 1", upTo))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func (c *Coverage) sealDay(ctx context.Context, day string, last *Digest) error {
	var d Digest
	// The long read holds no lock; what it reads is folded and changes no more.
	err := c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		var b batch
		err := tx.Raw("SELECT number, hash FROM coverage_batches WHERE folded_at < ? ORDER BY number DESC LIMIT 1", endOf(day)).Scan(&b).Error
		if err != nil {
			return fmt.Errorf("read last batch: %w", err)
		}
		if last != nil && last.Batch == b.Number && last.BatchHash == b.Hash {
			d = *last // nothing was folded that day
			return nil
		}
		if d, err = measure(tx, b.Number, nil, nil); err != nil {
			return err
		}
		d.Batch, d.BatchHash = b.Number, b.Hash
		return nil
	})
	if err != nil {
		return err
	}
	d.Day, d.PrevRoot = day, ""
	if last != nil {
		d.PrevRoot = last.Root
	}
	d.Root = d.root()
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("INSERT INTO coverage_digests ("+digestColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", d.Day, d.Batch, d.BatchHash, d.RowCount, d.Subjects,
			d.Households, d.Known, d.Covered, strings.Join(d.Buckets, ","), d.PrevRoot, d.Root, c.db.Clock().Now()).Error
		if store.IsDuplicate(err) {
			return nil // another process was first
		}
		return err
	})
}

// endOf is the instant at which a civil day is over in Viet Nam.
func endOf(day string) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, models.DayAfter(day), models.VietNam()) // a day of our own making
	return t.UTC()
}

// Digests answers the last digests, the newest first, at most limit (1..400).
// The actor needs read_digest.
func (c *Coverage) Digests(ctx context.Context, actor models.Actor, limit int) ([]Digest, error) {
	if _, err := models.Allow(actor, models.ActReadDigest); err != nil {
		return nil, err
	}
	return digestsWhere(c.db.Read(ctx).Raw("SELECT "+digestColumns+" FROM coverage_digests ORDER BY day DESC LIMIT ?", min(max(limit, 1), 400)))
}

// DigestOf answers the digest of a day. NotFound when there is none; Invalid
// "invalid_date".
func (c *Coverage) DigestOf(ctx context.Context, actor models.Actor, day string) (Digest, error) {
	if _, err := models.Allow(actor, models.ActReadDigest); err != nil {
		return Digest{}, err
	}
	day, err := models.ParseDay(day)
	if err != nil {
		return Digest{}, err
	}
	list, err := digestsWhere(c.db.Read(ctx).Raw("SELECT "+digestColumns+" FROM coverage_digests WHERE day = ?", day))
	if err == nil && len(list) == 0 {
		return Digest{}, models.NotFound()
	}
	if err != nil {
		return Digest{}, err
	}
	return list[0], nil
}
