package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// UndoFor is how long after an import it can be taken back.
const UndoFor = 24 * time.Hour

// RosterImport is one import that wrote something. ClassID is zero when it was
// brought to the whole school. UndoneAt is zero while it stands.
type RosterImport struct {
	ID                                                   models.ID
	SchoolID                                             models.ID
	ClassID                                              models.ID
	Seq                                                  int
	SchoolYear                                           string
	AccountID                                            models.ID
	ActorName                                            string
	FileHash                                             string
	FileNameHash                                         string
	RowCount, NewCount, ChangedCount, MovedCount         int
	LeftCount, UnchangedCount, ErrorCount, RestoredCount int
	ImportedAt                                           time.Time
	UndoneAt                                             *time.Time
	Undoable                                             bool `gorm:"-"` // it is the last one and not older than UndoFor
}

const importColumns = "id, school_id, class_id, seq, school_year, account_id, actor_name, file_hash, file_name_hash, row_count, new_count," +
	" changed_count, moved_count, left_count, unchanged_count, error_count, restored_count, imported_at, undone_at"

// undoEntry is what an import did to one person, and what was before.
type undoEntry struct {
	Person  models.ID  `json:"p"`
	Created bool       `json:"n,omitempty"`
	Opened  models.ID  `json:"o,omitzero"` // enrolment that the import opened
	Ended   models.ID  `json:"e,omitzero"` // enrolment that it ended
	Was     *undoFacts `json:"was,omitempty"`
	Is      *undoFacts `json:"is,omitempty"`
	CodeAt  models.ID  `json:"c,omitzero"` // enrolment whose school number it changed
	CodeWas string     `json:"cw,omitempty"`
	CodeIs  string     `json:"ci,omitempty"`
}

type undoFacts struct {
	Name   string `json:"n"`
	Birth  string `json:"b,omitempty"`
	Gender string `json:"g,omitempty"`
}

func factsOf(p Person) *undoFacts { return &undoFacts{p.FullName, p.BirthDate, p.Gender} }

// undoDoc is the undo_doc column.
type undoDoc struct {
	People  []undoEntry `json:"people"`
	Classes []models.ID `json:"classes"` // made by the import
}

// before answers for an import that was taken already.
func (im *rosterImport) before(tx *gorm.DB) (RosterReport, bool, error) {
	r, err := importByID(tx, im.target.ID)
	if models.KindOf(err) == models.KindNotFound {
		return RosterReport{}, false, nil
	}
	if err == nil && (r.SchoolID != im.school.ID || r.AccountID != im.actor.Account) {
		err = models.Conflict("id_taken")
	}
	return RosterReport{
		ImportID: r.ID, Rows: r.RowCount, New: r.NewCount, Changed: r.ChangedCount, Moved: r.MovedCount, Left: r.LeftCount,
		Unchanged: r.UnchangedCount, ErrorCount: r.ErrorCount, Written: true, Already: true,
	}, true, err
}

func importByID(tx *gorm.DB, id models.ID) (RosterImport, error) {
	var r RosterImport
	res := tx.Raw("SELECT "+importColumns+" FROM roster_imports WHERE id = ?", id).Scan(&r)
	return r, store.One(res, models.NotFound())
}

// record writes the row of the import. Of two imports into one school the
// second waits here and then plans anew.
func (plan *rosterPlan) record(tx *gorm.DB, now time.Time) error {
	im, r := plan.im, plan.report
	var seq int
	if err := tx.Raw("SELECT COALESCE(MAX(seq), 0) + 1 FROM roster_imports WHERE school_id = ?", im.school.ID).Scan(&seq).Error; err != nil {
		return err
	}
	name := []rune(im.actor.Name)
	class := im.target.ClassID
	if plan.beyond {
		class = models.ID{}
	}
	err := tx.Exec("INSERT INTO roster_imports ("+importColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, NULL)",
		im.target.ID, im.school.ID, class, seq, im.target.SchoolYear, im.actor.Account, string(name[:min(len(name), maxName)]),
		im.file, hashName(im.target.FileName), r.Rows, r.New, r.Changed, r.Moved, r.Left, r.Unchanged, r.ErrorCount, now).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}

func hashName(name string) string {
	if name == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// keepUndo stores how to take the import back.
func (plan *rosterPlan) keepUndo(tx *gorm.DB, opened []enrolmentRow, classes []models.ID) error {
	entries := map[models.ID]*undoEntry{}
	var order []models.ID
	of := func(person models.ID) *undoEntry {
		if entries[person] == nil {
			entries[person] = &undoEntry{Person: person}
			order = append(order, person)
		}
		return entries[person]
	}
	for _, n := range plan.create {
		of(n.ID).Created = true
	}
	for _, u := range plan.update {
		e := of(u.is.ID)
		e.Was, e.Is = factsOf(u.was), factsOf(u.is)
	}
	for _, c := range plan.codes {
		e := of(c.person)
		e.CodeAt, e.CodeWas, e.CodeIs = c.enrolment, c.was, c.is
	}
	for _, e := range plan.end {
		of(e.person).Ended = e.enrolment
	}
	for _, row := range opened {
		of(row.PersonID).Opened = row.ID
	}
	doc := undoDoc{Classes: classes, People: make([]undoEntry, len(order))}
	for i, id := range order {
		doc.People[i] = *entries[id]
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return tx.Exec("UPDATE roster_imports SET undo_doc = ? WHERE id = ?", string(text), plan.im.target.ID).Error
}

// forgetUndo removes what imports older than UndoFor kept of persons.
func forgetUndo(tx *gorm.DB, now time.Time) error {
	return tx.Exec("UPDATE roster_imports SET undo_doc = NULL, kept_doc = NULL WHERE imported_at < ? AND (undo_doc IS NOT NULL OR kept_doc IS NOT NULL)",
		now.Add(-UndoFor)).Error
}

// RosterImports lists the imports of the last 30 days into a school, or those
// that concern one class, the newest first, at most 20. Errors: KindForbidden;
// NotFound out of reach.
func (p *People) RosterImports(ctx context.Context, actor models.Actor, schoolID, classID models.ID) ([]RosterImport, error) {
	reach, err := models.Allow(actor, models.ActImportRoster)
	if err != nil {
		return nil, err
	}
	tx := p.db.Read(ctx)
	if schoolID, err = importScope(tx, reach, schoolID, classID); err != nil {
		return nil, err
	}
	now := p.db.Clock().Now()
	var list []RosterImport
	err = tx.Raw("SELECT "+importColumns+" FROM roster_imports WHERE school_id = ? AND imported_at >= ? ORDER BY seq DESC",
		schoolID, now.AddDate(0, 0, -30)).Scan(&list).Error
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Undoable = list[i].undoable(now) && isLast(list[i], list)
	}
	if !classID.IsZero() {
		list = slices.DeleteFunc(list, func(r RosterImport) bool { return r.ClassID != classID })
	}
	return list[:min(len(list), 20)], nil
}

// importScope answers the school whose imports are meant, when the actor may
// import there.
func importScope(tx *gorm.DB, reach models.Reach, schoolID, classID models.ID) (models.ID, error) {
	if classID.IsZero() {
		whole, err := place.SchoolInReach(tx, reach, schoolID)
		if err == nil && !whole {
			err = models.NotFound()
		}
		return schoolID, err
	}
	mine, err := place.ClassInReach(tx, reach, classID)
	if err != nil {
		return schoolID, err
	}
	class, err := place.ClassByID(tx, classID)
	if err == nil && (!mine || !schoolID.IsZero() && schoolID != class.SchoolID) {
		err = models.NotFound()
	}
	return class.SchoolID, err
}

func (r RosterImport) undoable(now time.Time) bool {
	return r.UndoneAt == nil && now.Sub(r.ImportedAt) < UndoFor
}

// isLast tells whether no later import of the list that stands could have built
// on this one: a school's import concerns all classes, a class's its own.
func isLast(r RosterImport, list []RosterImport) bool {
	return !slices.ContainsFunc(list, func(later RosterImport) bool {
		return later.Seq > r.Seq && later.UndoneAt == nil && (later.ClassID == r.ClassID || later.ClassID.IsZero() || r.ClassID.IsZero())
	})
}
