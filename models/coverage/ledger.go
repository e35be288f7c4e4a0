package coverage

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Delta is one change of a village's figures, from OnDate on.
type Delta struct {
	SubjectID models.ID // the household, or the register that brought many
	VillageID models.ID
	OnDate    string // civil day in Viet Nam from which it counts
	// The differences, each may be negative.
	Households, Known, Covered int
	Cause                      string    // what brought it about, ≤24 characters
	CauseID                    models.ID // the link, certificate, register …; may be zero
	Skills                     Skills    // the differences skill by skill
}

// Figures are the three counts of an area. What is shown follows from them.
type Figures struct {
	Households int    // on the register
	Known      int    // with at least one confirmed member
	Covered    int    // with at least one confirmed member who holds a live certificate
	Skills     Skills `gorm:"embedded"`
}

// NotCovered counts the known households without a certified member.
func (f Figures) NotCovered() int { return f.Known - f.Covered }

// Unknown counts the households of which no member is confirmed.
func (f Figures) Unknown() int { return f.Households - f.Known }

func (f Figures) plus(o Figures) Figures {
	return Figures{f.Households + o.Households, f.Known + o.Known, f.Covered + o.Covered, f.Skills.combined(o.Skills, 1)}
}

// Minus answers what changed from o to f.
func (f Figures) Minus(o Figures) Figures { return f.minus(o) }

func (f Figures) minus(o Figures) Figures {
	return Figures{f.Households - o.Households, f.Known - o.Known, f.Covered - o.Covered, f.Skills.combined(o.Skills, -1)}
}

// figures answers the differences of a delta as Figures.
func (d Delta) figures() Figures { return Figures{d.Households, d.Known, d.Covered, d.Skills} }

// row is one row of coverage_ledger.
type row struct {
	ID, SubjectID models.ID
	Seq           int
	VillageID     models.ID
	OnDate        string
	DHouseholds   int
	DKnown        int
	DCovered      int
	DSkills       Skills `gorm:"embedded;embeddedPrefix:d_"`
	Cause         string
	CauseID       models.ID
	At            time.Time
	PrevHash      string
	Hash          string
	Batch         int64
}

// rowColumns reads and writes a row.
var rowColumns = "id, subject_id, seq, village_id, on_date, " + eachFigure("d_%", ", ") + ", cause, cause_id, at, prev_hash, hash, batch"

func (r row) figures() Figures { return Figures{r.DHouseholds, r.DKnown, r.DCovered, r.DSkills} }

// digest is the hash of everything a row says and of the row before it of the
// same subject. The batch number is not under it: folding changes no fact. The
// skills stand in it only where they change, so that the hashes of rows from
// before they were counted still hold.
func (r row) digest() string {
	form, skills := "ledger 1", ""
	if (r.DSkills != Skills{}) {
		s := r.DSkills.counts()
		form, skills = "ledger 2", fmt.Sprintf("%d|%d|%d|%d|%d|", s[0], s[1], s[2], s[3], s[4])
	}
	return digest(fmt.Sprintf("%s|%s|%s|%d|%s|%s|%d|%d|%d|%s%s|%s|%s|%s", form,
		r.ID, r.SubjectID, r.Seq, r.VillageID, r.OnDate, r.DHouseholds, r.DKnown, r.DCovered, skills,
		r.Cause, r.CauseID, r.At.UTC().Format(time.RFC3339), r.PrevHash))
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// head is the last row of a subject.
type head struct {
	SubjectID models.ID
	Seq       int
	Hash      string
}

// Record appends one change to the ledger. A change of nothing is not written.
// When another transaction appended to the same subject at the same time the
// error is store.ErrRetry, and store.Tx runs the body again.
func Record(tx *gorm.DB, d Delta, now time.Time) error {
	return RecordMany(tx, []Delta{d}, now)
}

// RecordMany appends changes in their order, as Record does for one.
func RecordMany(tx *gorm.DB, deltas []Delta, now time.Time) error {
	deltas = slices.DeleteFunc(slices.Clone(deltas), func(d Delta) bool { return d.figures() == Figures{} })
	if len(deltas) == 0 {
		return nil
	}
	heads, err := headsOf(tx, deltas)
	if err != nil {
		return err
	}
	rows := make([]row, 0, len(deltas))
	for _, d := range deltas {
		h := heads[d.SubjectID]
		r := row{
			ID: models.NewID(now), SubjectID: d.SubjectID, Seq: h.Seq + 1, VillageID: d.VillageID, OnDate: d.OnDate,
			DHouseholds: d.Households, DKnown: d.Known, DCovered: d.Covered, DSkills: d.Skills,
			Cause: d.Cause, CauseID: d.CauseID, At: now.UTC().Truncate(time.Second), PrevHash: h.Hash,
		}
		r.Hash = r.digest()
		heads[d.SubjectID] = head{Seq: r.Seq, Hash: r.Hash}
		rows = append(rows, r)
	}
	return insertRows(tx, rows)
}

// headsOf finds the last row of every subject among the deltas.
func headsOf(tx *gorm.DB, deltas []Delta) (map[models.ID]head, error) {
	heads := map[models.ID]head{}
	var ids []models.ID
	for _, d := range deltas {
		if _, ok := heads[d.SubjectID]; !ok {
			heads[d.SubjectID] = head{}
			ids = append(ids, d.SubjectID)
		}
	}
	for chunk := range slices.Chunk(ids, store.MaxRows) {
		var found []head
		err := tx.Raw(`SELECT l.subject_id, l.seq, l.hash FROM coverage_ledger l
			JOIN (SELECT subject_id, MAX(seq) AS seq FROM coverage_ledger WHERE subject_id IN ? GROUP BY subject_id) m
			ON m.subject_id = l.subject_id AND m.seq = l.seq`, chunk).Scan(&found).Error
		if err != nil {
			return nil, fmt.Errorf("read ledger heads: %w", err)
		}
		for _, h := range found {
			heads[h.SubjectID] = h
		}
	}
	return heads, nil
}

// insertChunk is how many rows one INSERT carries; the SQLite driver's time to
// bind grows with the square of the variables.
const insertChunk = 50

func insertRows(tx *gorm.DB, rows []row) error {
	for chunk := range slices.Chunk(rows, insertChunk) {
		args := make([]any, 0, 18*len(chunk))
		for _, r := range chunk {
			args = append(args, r.ID, r.SubjectID, r.Seq, r.VillageID, r.OnDate)
			args = append(args, r.figures().args()...)
			args = append(args, r.Cause, r.CauseID, r.At, r.PrevHash, r.Hash)
		}
		values := strings.TrimSuffix(strings.Repeat("(?,?,?,?,?"+strings.Repeat(",?", len(figureNames))+",?,?,?,?,?,0),", len(chunk)), ",")
		err := tx.Exec("INSERT INTO coverage_ledger ("+rowColumns+") VALUES "+values, args...).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry // another transaction took the subject's next number
		}
		if err != nil {
			return fmt.Errorf("append to ledger: %w", err)
		}
	}
	return nil
}

// Moving is a subject whose figures change village.
type Moving struct {
	SubjectID models.ID
	From, To  models.ID
	OnDate    string  // from this day on it counts in To
	Now       Figures // what the subject counts for today
}

// Transfer takes subjects out of one village and puts them into another from a
// day that may be in the past. What the ledger says of a subject after that
// day is moved day by day, so that the figures as of any date stay true. A
// subject must have been in From since OnDate at the latest.
func Transfer(tx *gorm.DB, moving []Moving, cause string, causeID models.ID, now time.Time) error {
	for chunk := range slices.Chunk(moving, store.MaxRows/2) {
		later, err := laterThan(tx, chunk)
		if err != nil {
			return err
		}
		var deltas []Delta
		for _, m := range chunk {
			base := m.Now
			for _, r := range later[m.SubjectID] {
				base = base.minus(r.figures())
			}
			deltas = append(deltas, m.pair(m.OnDate, base, cause, causeID)...)
			for _, r := range later[m.SubjectID] {
				deltas = append(deltas, m.pair(r.OnDate, r.figures(), cause, causeID)...)
			}
		}
		if err := RecordMany(tx, deltas, now); err != nil {
			return err
		}
	}
	return nil
}

func (m Moving) pair(day string, f Figures, cause string, causeID models.ID) []Delta {
	return []Delta{
		{m.SubjectID, m.From, day, -f.Households, -f.Known, -f.Covered, cause, causeID, Skills{}.combined(f.Skills, -1)},
		{m.SubjectID, m.To, day, f.Households, f.Known, f.Covered, cause, causeID, f.Skills},
	}
}

// laterThan sums, per subject and day, the changes in the village it leaves
// that are dated after its leaving.
func laterThan(tx *gorm.DB, moving []Moving) (map[models.ID][]row, error) {
	ids := make([]models.ID, len(moving))
	first := models.Forever
	by := map[models.ID]Moving{}
	for i, m := range moving {
		ids[i], by[m.SubjectID] = m.SubjectID, m
		first = min(first, m.OnDate)
	}
	var rows []row
	err := tx.Raw(`SELECT subject_id, village_id, on_date, `+eachFigure("SUM(d_%) AS d_%", ", ")+`
		FROM coverage_ledger WHERE subject_id IN ? AND on_date > ?
		GROUP BY subject_id, village_id, on_date ORDER BY subject_id, on_date`, ids, first).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read later changes: %w", err)
	}
	later := map[models.ID][]row{}
	for _, r := range rows {
		if m := by[r.SubjectID]; r.VillageID == m.From && r.OnDate > m.OnDate {
			later[r.SubjectID] = append(later[r.SubjectID], r)
		}
	}
	return later, nil
}

// LastDay is the latest day that the ledger has for a subject, "" when it has
// none.
func LastDay(tx *gorm.DB, subjectID models.ID) (string, error) {
	var day *string
	err := tx.Raw("SELECT MAX(on_date) FROM coverage_ledger WHERE subject_id = ?", subjectID).Scan(&day).Error
	if err != nil || day == nil {
		return "", err
	}
	return *day, nil
}
