package coverage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Recounter counts households from their own rows, village by village, within
// the caller's view of the database. Villages without households may be left
// out. Room household gives one; coverage knows no household.
type Recounter func(tx *gorm.DB, yield func(villageID models.ID, f Figures) error) error

// Difference is an area whose figures disagree.
type Difference struct {
	AreaID    models.ID
	Level     string
	Counted   Figures // counter + rows not folded yet: what is shown
	Ledger    Figures // sum of all its ledger rows
	Recounted Figures // from the households
}

// Report is the outcome of Verify.
type Report struct {
	Differences   int          `json:"differences"` // areas that disagree + broken rows, batches and periods; must be 0
	Areas         []Difference `json:"areas"`       // the first 100
	BrokenRows    int          `json:"broken_rows"`
	BrokenBatches int          `json:"broken_batches"`
	BrokenPeriods int          `json:"broken_periods"` // of villages, in the history behind "as of"
	Villages      int          `json:"villages"`
	Rows          int          `json:"rows"`
	Batches       int          `json:"batches"`
}

// Verify recounts everything in one view of the database and compares: what is
// shown, what the ledger adds up to, and what the households say, for every
// village, commune and province; and it recomputes every hash of rows and
// batches. It changes nothing.
func (c *Coverage) Verify(ctx context.Context, recount Recounter) (Report, error) {
	var rep Report
	err := c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		rep = Report{Areas: []Difference{}}
		if err := c.compare(tx, recount, &rep); err != nil {
			return err
		}
		if err := verifyRows(tx, &rep); err != nil {
			return err
		}
		if err := verifyBatches(tx, &rep); err != nil {
			return err
		}
		return verifyHistory(tx, &rep)
	})
	rep.Differences += rep.BrokenRows + rep.BrokenBatches + rep.BrokenPeriods
	return rep, err
}

// perVillage is a sum of ledger rows.
type perVillage struct {
	VillageID models.ID
	Figures
}

func ledgerSums(tx *gorm.DB, where string) ([]perVillage, error) {
	var sums []perVillage
	err := tx.Raw(`SELECT village_id, ` + eachFigure("SUM(d_%) AS %", ", ") + `
		FROM coverage_ledger WHERE ` + where + ` GROUP BY village_id`).Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("sum ledger: %w", err)
	}
	return sums, nil
}

// counter is one row of coverage_counters.
type counter struct {
	AreaID models.ID
	Level  string
	Figures
}

func (c *Coverage) compare(tx *gorm.DB, recount Recounter, rep *Report) error {
	t, villages, err := c.tallied(tx, recount)
	rep.Villages = villages
	t.report(rep)
	return err
}

// tallied counts every area three ways; villages is how many there are.
func (c *Coverage) tallied(tx *gorm.DB, recount Recounter) (t tally, counted int, err error) {
	recounted := map[models.ID]Figures{}
	err = recount(tx, func(village models.ID, f Figures) error {
		recounted[village] = recounted[village].plus(f)
		return nil
	})
	if err != nil {
		return t, 0, fmt.Errorf("recount: %w", err)
	}
	all, err := ledgerSums(tx, "batch >= 0")
	if err != nil {
		return t, 0, err
	}
	tail, err := ledgerSums(tx, "batch = 0")
	if err != nil {
		return t, 0, err
	}
	var counters []counter
	if err := tx.Raw("SELECT area_id, level, " + figureColumns + " FROM coverage_counters").Scan(&counters).Error; err != nil {
		return t, 0, fmt.Errorf("read counters: %w", err)
	}
	villages := map[models.ID]bool{}
	for id := range recounted {
		villages[id] = true
	}
	for _, s := range all {
		villages[s.VillageID] = true
	}
	places, err := resolve(tx, villages, c.db.Clock().Today())
	if err != nil {
		return t, 0, err
	}
	t = tally{places: places, by: map[counterKey]*Difference{}}
	for _, n := range counters {
		d := t.at(counterKey{n.AreaID, n.Level})
		d.Counted = d.Counted.plus(n.Figures)
	}
	t.spread(tail, func(d *Difference) *Figures { return &d.Counted })
	t.spread(all, func(d *Difference) *Figures { return &d.Ledger })
	for id, f := range recounted {
		t.spread([]perVillage{{id, f}}, func(d *Difference) *Figures { return &d.Recounted })
	}
	return t, len(villages), nil
}

// tally collects the three counts of every area.
type tally struct {
	places map[models.ID]resolved
	by     map[counterKey]*Difference
}

func (t tally) at(k counterKey) *Difference {
	d := t.by[k]
	if d == nil {
		d = &Difference{AreaID: k.area, Level: k.level}
		t.by[k] = d
	}
	return d
}

func (t tally) spread(sums []perVillage, part func(*Difference) *Figures) {
	for _, s := range sums {
		for _, k := range t.places[s.VillageID].keys(s.VillageID) {
			f := part(t.at(k))
			*f = f.plus(s.Figures)
		}
	}
}

func (t tally) report(rep *Report) {
	for _, d := range t.by {
		if d.Counted != d.Recounted || d.Ledger != d.Recounted {
			rep.Differences++
			rep.Areas = append(rep.Areas, *d)
		}
	}
	slices.SortFunc(rep.Areas, func(a, b Difference) int {
		return strings.Compare(a.Level+string(a.AreaID[:]), b.Level+string(b.AreaID[:]))
	})
	rep.Areas = rep.Areas[:min(len(rep.Areas), 100)]
}

// verifyRows recomputes the hash of every row and follows the numbers and
// links of every subject.
func verifyRows(tx *gorm.DB, rep *Report) error {
	var prev row
	return eachRow(tx, "SELECT "+rowColumns+" FROM coverage_ledger ORDER BY subject_id, seq", func(r row) {
		rep.Rows++
		if r.SubjectID != prev.SubjectID {
			prev = row{}
		}
		if r.Seq != prev.Seq+1 || r.PrevHash != prev.Hash || r.Hash != r.digest() {
			rep.BrokenRows++
		}
		prev = r
	})
}

// verifyBatches recomputes the chain of batches over the rows they hold.
func verifyBatches(tx *gorm.DB, rep *Report) error {
	var batches []batch
	err := tx.Raw(`SELECT number, row_count, d_households, d_known, d_covered, folded_at, prev_hash, hash
		FROM coverage_batches ORDER BY number`).Scan(&batches).Error
	if err != nil {
		return fmt.Errorf("read batches: %w", err)
	}
	rep.Batches = len(batches)
	hashes := make(map[int64][]string, len(batches))
	sums := make(map[int64]Figures, len(batches))
	err = eachRow(tx, "SELECT "+rowColumns+" FROM coverage_ledger WHERE batch > 0 ORDER BY batch, id", func(r row) {
		hashes[r.Batch] = append(hashes[r.Batch], r.Hash)
		sums[r.Batch] = sums[r.Batch].plus(r.figures())
	})
	if err != nil {
		return err
	}
	var prev batch
	for _, b := range batches {
		whole := b.Number == prev.Number+1 && b.PrevHash == prev.Hash && b.RowCount == len(hashes[b.Number]) &&
			batchSum(sums[b.Number]) == Figures{Households: b.DHouseholds, Known: b.DKnown, Covered: b.DCovered} && b.Hash == b.digest(hashes[b.Number])
		if !whole {
			rep.BrokenBatches++
		}
		delete(hashes, b.Number)
		prev = b
	}
	rep.BrokenBatches += len(hashes) // rows that name a batch which is not there
	return nil
}

// batchSum is what a batch names of its rows: the skills stand in the hashes of
// the rows alone.
func batchSum(f Figures) Figures {
	f.Skills = Skills{}
	return f
}

// eachRow streams ledger rows: there may be millions.
func eachRow(tx *gorm.DB, query string, use func(row)) error {
	rows, err := tx.Raw(query).Rows()
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		s := &r.DSkills
		if err := rows.Scan(&r.ID, &r.SubjectID, &r.Seq, &r.VillageID, &r.OnDate, &r.DHouseholds, &r.DKnown, &r.DCovered,
			&s.PublicServices, &s.OnlineShopping, &s.OnlinePayment, &s.SelfProtection, &s.LocalPlatforms,
			&r.Cause, &r.CauseID, &r.At, &r.PrevHash, &r.Hash, &r.Batch); err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
		use(r)
	}
	return rows.Err()
}

// Rebuilt says what Rebuild changed.
type Rebuilt struct {
	Corrected int `json:"corrected"` // villages whose ledger disagreed with the households
	Counters  int `json:"counters"`  // counters written anew
}

// Rebuild brings ledger and counters back to what the households say: a
// village whose ledger disagrees gets a correcting row (the past is never
// rewritten), and all counters and the history are counted anew from the folded
// rows. recount
// must count the flags stored with the households, not their causes: flags and
// ledger change together. It is one transaction under the lease.
func (c *Coverage) Rebuild(ctx context.Context, recount Recounter) (Rebuilt, error) {
	var done Rebuilt
	err := c.must(ctx, func(lease *store.Lease) error {
		return c.db.Tx(ctx, func(tx *gorm.DB) error {
			if err := lease.Hold(tx); err != nil {
				return err
			}
			now := c.db.Clock().Now()
			var err error
			if done.Corrected, err = correct(tx, recount, now); err != nil {
				return err
			}
			if err := c.step("corrected"); err != nil {
				return err
			}
			if done.Counters, err = c.recountCounters(tx, now); err != nil {
				return err
			}
			return rewriteHistory(tx)
		})
	})
	return done, noSuchRace(err)
}

// correct writes ledger rows for the differences between households and ledger.
func correct(tx *gorm.DB, recount Recounter, now time.Time) (int, error) {
	wrong := map[models.ID]Figures{}
	if err := recount(tx, func(village models.ID, f Figures) error {
		wrong[village] = wrong[village].plus(f)
		return nil
	}); err != nil {
		return 0, fmt.Errorf("recount: %w", err)
	}
	all, err := ledgerSums(tx, "batch >= 0")
	if err != nil {
		return 0, err
	}
	for _, s := range all {
		wrong[s.VillageID] = wrong[s.VillageID].minus(s.Figures)
	}
	run := models.NewID(now)
	var deltas []Delta
	for village, f := range wrong {
		if (f != Figures{}) {
			deltas = append(deltas, Delta{run, village, models.Day(now), f.Households, f.Known, f.Covered, "rebuild", models.ID{}, f.Skills})
		}
	}
	return len(deltas), RecordMany(tx, deltas, now)
}

// recountCounters writes every counter anew from the folded rows.
func (c *Coverage) recountCounters(tx *gorm.DB, now time.Time) (int, error) {
	folded, err := ledgerSums(tx, "batch > 0")
	if err != nil {
		return 0, err
	}
	villages := make(map[models.ID]Figures, len(folded))
	for _, s := range folded {
		villages[s.VillageID] = s.Figures
	}
	places, err := resolve(tx, villages, models.Day(now))
	if err != nil {
		return 0, err
	}
	sums := map[counterKey]Figures{}
	for id, f := range villages {
		for _, k := range places[id].keys(id) {
			sums[k] = sums[k].plus(f)
		}
	}
	if err := tx.Exec("DELETE FROM coverage_counters").Error; err != nil {
		return 0, fmt.Errorf("clear counters: %w", err)
	}
	return len(sums), c.add(tx, sums, now)
}
