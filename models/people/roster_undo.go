package people

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// RosterUndone says what taking an import back did. Already is set when it had
// been taken back before; then nothing is done again.
type RosterUndone struct {
	ImportID models.ID
	UndoneAt time.Time
	Restored int // persons who are as they were before the import
	Already  bool
	Kept     []KeptPerson
	Classes  []string // made by the import, in use since
}

// The reasons of KeptPerson.
const (
	KeptWork    = "has_work"      // progress, attempts, links since the import
	KeptAccount = "has_account"   // somebody gave the pupil an account since
	KeptChanged = "changed_since" // moved, renamed or left since
)

// KeptPerson is a person whom the undo left as the import made them.
type KeptPerson struct {
	PersonID models.ID
	FullName string
	Reason   string
}

// UndoRoster takes an import back: persons it made go, changed ones are what
// they were, enrolments it ended are live again and classes it made go when
// empty. Persons with work since, or changed by somebody since, are kept as
// they are and listed. It is for whoever may import there, within UndoFor,
// while no later import stands. Doing it again answers as the first did.
// Errors: KindForbidden; NotFound out of reach; Conflict "not_last_import";
// KindClosed "undo_expired".
func (p *People) UndoRoster(ctx context.Context, actor models.Actor, id models.ID) (RosterUndone, error) {
	reach, err := models.Allow(actor, models.ActImportRoster)
	if err != nil {
		return RosterUndone{}, err
	}
	var out RosterUndone
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		out = RosterUndone{}
		r, err := importByID(tx, id)
		if err != nil {
			return err
		}
		if _, err := importScope(tx, reach, r.SchoolID, r.ClassID); err != nil {
			return err
		}
		if out, err = p.undo(tx, actor, r, p.db.Clock().Now()); err != nil || r.UndoneAt != nil {
			return err
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.RosterUndone, Kind: audit.KindFile, Subject: r.ID, School: r.SchoolID,
			Detail: audit.Detail{"restored": strconv.Itoa(out.Restored), "kept": strconv.Itoa(len(out.Kept))}})
	})
	if err != nil {
		return RosterUndone{}, err
	}
	return out, nil
}

// LastImport answers the newest import into a school, taken back or not, for
// the command line. NotFound when there is none of the last 30 days.
func (p *People) LastImport(ctx context.Context, actor models.Actor, schoolID models.ID) (RosterImport, error) {
	list, err := p.RosterImports(ctx, actor, schoolID, models.ID{})
	if err == nil && len(list) == 0 {
		err = models.NotFound()
	}
	if err != nil {
		return RosterImport{}, err
	}
	return list[0], nil
}

func (p *People) undo(tx *gorm.DB, actor models.Actor, r RosterImport, now time.Time) (RosterUndone, error) {
	if r.UndoneAt != nil {
		return undoneBefore(tx, r)
	}
	if !r.undoable(now) {
		return RosterUndone{}, models.Fail(models.KindClosed, "undo_expired")
	}
	var later []RosterImport
	if err := tx.Raw("SELECT "+importColumns+" FROM roster_imports WHERE school_id = ? AND seq > ?", r.SchoolID, r.Seq).Scan(&later).Error; err != nil {
		return RosterUndone{}, err
	}
	if !isLast(r, later) {
		return RosterUndone{}, models.Conflict("not_last_import")
	}
	doc, err := readUndo(tx, r.ID)
	if err != nil {
		return RosterUndone{}, err
	}
	u := &rosterUndo{tx: tx, now: now, since: r.ImportedAt, uses: p.opts.Uses, kept: map[models.ID]string{}}
	if err := u.all(doc); err != nil {
		return RosterUndone{}, err
	}
	kept := keptDoc{People: u.kept, Classes: u.classes}
	text, err := json.Marshal(kept)
	if err != nil {
		return RosterUndone{}, err
	}
	restored := len(doc.People) - len(u.kept)
	// Of two who take it back at once the second finds it done.
	err = store.One(tx.Exec("UPDATE roster_imports SET undone_at = ?, undone_by = ?, undo_doc = NULL, restored_count = ?, kept_doc = ? WHERE id = ? AND undone_at IS NULL",
		now, actor.Account, restored, string(text), r.ID), store.ErrRetry)
	if err != nil {
		return RosterUndone{}, err
	}
	list, err := kept.named(tx)
	return RosterUndone{ImportID: r.ID, UndoneAt: now, Restored: restored, Kept: list, Classes: kept.Classes}, err
}

func readUndo(tx *gorm.DB, id models.ID) (doc undoDoc, err error) {
	var text *string
	if err := tx.Raw("SELECT undo_doc FROM roster_imports WHERE id = ?", id).Row().Scan(&text); err != nil {
		return doc, err
	}
	if text == nil {
		return doc, models.Fail(models.KindClosed, "undo_expired")
	}
	return doc, json.Unmarshal([]byte(*text), &doc)
}

// keptDoc is the kept_doc column: no names, they are looked up.
type keptDoc struct {
	People  map[models.ID]string `json:"people"`
	Classes []string             `json:"classes"`
}

func (k keptDoc) named(tx *gorm.DB) ([]KeptPerson, error) {
	ids := make([]models.ID, 0, len(k.People))
	for id := range k.People {
		ids = append(ids, id)
	}
	var list []KeptPerson
	for part := range slices.Chunk(ids, store.MaxRows) {
		var some []Person
		if err := tx.Raw("SELECT "+personColumns+" FROM persons p WHERE p.id IN ? ORDER BY p.sort_key, p.id", part).Scan(&some).Error; err != nil {
			return nil, err
		}
		for _, p := range some {
			list = append(list, KeptPerson{p.ID, p.FullName, k.People[p.ID]})
		}
	}
	return list, nil
}

func undoneBefore(tx *gorm.DB, r RosterImport) (RosterUndone, error) {
	out := RosterUndone{ImportID: r.ID, UndoneAt: *r.UndoneAt, Restored: r.RestoredCount, Already: true}
	var text *string
	if err := tx.Raw("SELECT kept_doc FROM roster_imports WHERE id = ?", r.ID).Row().Scan(&text); err != nil || text == nil {
		return out, err
	}
	var kept keptDoc
	if err := json.Unmarshal([]byte(*text), &kept); err != nil {
		return out, err
	}
	var err error
	out.Kept, err = kept.named(tx)
	out.Classes = kept.Classes
	return out, err
}
