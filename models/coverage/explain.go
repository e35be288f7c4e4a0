package coverage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
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

// The figures that can be asked about.
const (
	FigureHouseholds = "households"
	FigureKnown      = "known" // covered + not covered
	FigureCovered    = "covered"
	FigureNotCovered = "not_covered"
	FigureUnknown    = "unknown"
)

// Question asks where a figure comes from.
type Question struct {
	View             // zero: at this moment, under today's map
	Figure string    // one of the figures above: only what moved it; "" for all
	Skill  string    // covered and not covered in this skill; "" for all five in one person
	Seen   time.Time // as it was known at this instant, before what came later; zero: all
	// Within may restrict the changes to some subjects, l.subject_id, by a
	// condition with its arguments.
	Within string
	Args   []any
	Limit  int // of the changes, 1..200
}

// Explanation says where a figure comes from.
type Explanation struct {
	Figures                 // as pages show them
	Replayed    Figures     // the same added up from single rows of the ledger, past counters and history
	Changes     []Change    // newest first
	Batches     []BatchLink // the last ones, newest first
	ChainOK     bool        // every row and batch shown recomputes to its hash and follows the one before it
	LastRecount *Recount    // of the area from its households; nil before the first, and of a past day
}

// Of answers the asked figure.
func (q Question) Of(f Figures) int {
	held := f.Covered
	if q.Skill != "" {
		held = f.Skills.Of(q.Skill)
	}
	switch q.Figure {
	case FigureHouseholds:
		return f.Households
	case FigureKnown:
		return f.Known
	case FigureNotCovered:
		return f.Known - held
	case FigureUnknown:
		return f.Unknown()
	}
	return held
}

// check answers the question with its days valid. Errors: Invalid
// "invalid_date"; Invalid fields "query.skill" and "query.figure".
func (q Question) check() (Question, error) {
	q.Limit = min(max(q.Limit, 1), 200)
	if q.Skill != "" && SkillBit(q.Skill) == 0 {
		return q, models.InvalidField("query.skill", "unknown_skill")
	}
	if !slices.Contains([]string{"", FigureHouseholds, FigureKnown, FigureCovered, FigureNotCovered, FigureUnknown}, q.Figure) {
		return q, models.InvalidField("query.figure", "unknown_figure")
	}
	if q.On == "" {
		return q, nil
	}
	var err error
	q.View, err = q.View.check()
	return q, err
}

// moved is the condition on a ledger row that it changed the asked figure.
func (q Question) moved() string {
	held := "l.d_covered"
	if q.Skill != "" {
		held = "l.d_" + q.Skill // one of SkillNames: checked
	}
	switch q.Figure {
	case FigureHouseholds:
		return " AND l.d_households <> 0"
	case FigureKnown:
		return " AND l.d_known <> 0"
	case FigureCovered:
		return " AND " + held + " <> 0"
	case FigureNotCovered:
		return " AND l.d_known <> " + held
	case FigureUnknown:
		return " AND l.d_households <> l.d_known"
	}
	return ""
}

// Explain answers the figures of an area with the last ledger rows behind them,
// in one view of the database. What is out of the actor's reach is NotFound;
// other errors are those of Question.
func (c *Coverage) Explain(ctx context.Context, actor models.Actor, area Area, q Question) (Explanation, error) {
	q, err := q.check()
	if err != nil {
		return Explanation{}, err
	}
	var e Explanation
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		e = Explanation{ChainOK: true}
		if err := c.inReach(tx, actor, area); err != nil {
			return err
		}
		if err := e.count(tx, area, q, c.db.Clock().Today()); err != nil {
			return err
		}
		if err := e.readChanges(tx, area, q, c.db.Clock().Today()); err != nil {
			return err
		}
		return e.readBatches(tx)
	})
	return e, err
}

// count reads the figures as pages show them, and adds them up once more from
// the rows of the ledger.
func (e *Explanation) count(tx *gorm.DB, area Area, q Question, today string) (err error) {
	if e.Replayed, err = replay(tx, area, q, today); err != nil {
		return err
	}
	switch {
	case !q.Seen.IsZero():
		e.Figures = e.Replayed // no page keeps what was known when
	case q.On != "":
		var page Page
		page, err = PageAsOf(tx, area, q.View)
		e.Figures = page.Figures
	default:
		if e.Figures, err = CountsOf(tx, area, today); err != nil {
			return err
		}
		e.LastRecount, err = recountOf(tx, area)
	}
	return err
}

// rowsOf is the condition on the ledger's rows that a question is about.
func (q Question) rowsOf(tx *gorm.DB, area Area, today string) (where string, args []any, err error) {
	day := q.Map
	if day == "" {
		day = today
	}
	switch area.Level {
	case LevelVillage:
		where, args = "l.village_id = ?", []any{area.ID}
	case LevelCommune:
		villages, err := villagesOn(tx, area, day)
		if err != nil {
			return "", nil, err
		}
		where, args = "l.village_id IN ?", []any{append(villages, models.ID{})} // never empty
	case LevelProvince:
		where, args = "l."+everIn, []any{area.ID}
	default:
		return "", nil, models.Invalid("invalid_level")
	}
	if q.On != "" {
		where, args = where+" AND l.on_date <= ?", append(args, q.On)
	}
	if !q.Seen.IsZero() {
		where, args = where+" AND l.at <= ?", append(args, q.Seen.UTC())
	}
	return where, args, nil
}

// replay adds up single rows of the ledger.
func replay(tx *gorm.DB, area Area, q Question, today string) (Figures, error) {
	where, args, err := q.rowsOf(tx, area, today)
	if err != nil {
		return Figures{}, err
	}
	var sums []perVillage
	err = tx.Raw("SELECT l.village_id, "+eachFigure("SUM(l.d_%) AS %", ", ")+" FROM coverage_ledger l WHERE "+where+" GROUP BY l.village_id", args...).Scan(&sums).Error
	if err != nil {
		return Figures{}, fmt.Errorf("replay ledger: %w", err)
	}
	elsewhere := map[models.ID]bool{}
	if area.Level == LevelProvince {
		day := q.Map
		if day == "" {
			day = today
		}
		atlas, err := place.AtlasOf(tx, area.ID, day)
		if err != nil {
			return Figures{}, err
		}
		for _, village := range atlas.Elsewhere {
			elsewhere[village] = true
		}
	}
	var f Figures
	for _, s := range sums {
		if !elsewhere[s.VillageID] {
			f = f.plus(s.Figures)
		}
	}
	return f, nil
}

// changed is a ledger row with its village and the hash it should follow.
type changed struct {
	Row         row `gorm:"embedded"`
	VillageKind string
	VillageName string
	Follows     string
}

func (e *Explanation) readChanges(tx *gorm.DB, area Area, q Question, today string) error {
	where, args, err := q.rowsOf(tx, area, today)
	if err != nil {
		return err
	}
	where += q.moved()
	if q.Within != "" {
		where, args = where+" AND "+q.Within, append(args, q.Args...)
	}
	var rows []changed
	err = tx.Raw(`SELECT l.id, l.subject_id, l.seq, l.village_id, l.on_date, `+eachFigure("l.d_%", ", ")+`, l.cause, l.cause_id,
		l.at, l.prev_hash, l.hash, l.batch, w.kind AS village_kind, w.name AS village_name, COALESCE(p.hash, '') AS follows
		FROM coverage_ledger l JOIN villages w ON w.id = l.village_id
		LEFT JOIN coverage_ledger p ON p.subject_id = l.subject_id AND p.seq = l.seq - 1
		WHERE `+where+` ORDER BY l.id DESC LIMIT ?`, append(args, q.Limit)...).Scan(&rows).Error
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
