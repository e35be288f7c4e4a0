package drafts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/bank"
	"nhaso/models/store"
)

// Target says into which bank a file goes; the bank is made if there is none
// of that name. SchoolID is zero for the only school of the actor, or for the
// province when the actor keeps its banks.
type Target struct {
	SchoolID models.ID
	Name     string
}

// Report says what an import did. Imported counts new drafts, Unchanged those
// that were in the bank before.
type Report struct {
	BankID    models.ID   `json:"bank_id"`
	Format    bank.Format `json:"format"`
	Imported  int         `json:"imported"`
	Unchanged int         `json:"unchanged"`
	Skipped   []bank.Note `json:"skipped"`
	Notes     []bank.Note `json:"notes"`
}

// Import reads a file into a bank; an empty format is found out. All questions
// that can be kept are written, or none. Errors: KindInvalid with the place in
// the file and the reason for a file that is refused whole, KindForbidden and
// NotFound for a school out of reach, KindConflict "bank_full".
func (d *Drafts) Import(ctx context.Context, actor models.Actor, to Target, format bank.Format, data []byte) (Report, error) {
	var k keeper
	k, err := keeperOf(d.db.Read(ctx), actor)
	if err != nil {
		return Report{}, err
	}
	owner, err := k.owner(to.SchoolID)
	if err != nil {
		return Report{}, err
	}
	name := models.Clean(to.Name)
	if name == "" || len([]rune(name)) > 100 {
		return Report{}, models.InvalidField("bank", "invalid_name")
	}
	if format == "" {
		found, ok := bank.Detect(data)
		if !ok {
			return Report{}, models.Invalid("bank_refused", models.Field{Location: "file", Code: "format_unknown"})
		}
		format = found
	}
	set, err := bank.Read(format, data)
	if err != nil {
		return Report{}, err
	}
	sum := sha256.Sum256(data)
	report := Report{Format: format, Skipped: orEmpty(set.Skipped), Notes: orEmpty(set.Notes)}
	err = d.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		if report.BankID, err = d.bank(tx, owner, name); err != nil {
			return err
		}
		report.Imported, err = d.write(tx, actor, report.BankID, set, hex.EncodeToString(sum[:]))
		report.Unchanged = len(set.Questions) - report.Imported
		return err
	})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

// owner decides whose bank it is.
func (k keeper) owner(school models.ID) (models.ID, error) {
	switch {
	case school.IsZero() && k.all:
		return province, nil
	case school.IsZero() && len(k.schools) == 1:
		return k.schools[0].ID, nil
	case school.IsZero():
		return models.ID{}, models.InvalidField("school_id", "required")
	case !k.keeps(school):
		return models.ID{}, models.NotFound()
	}
	return school, nil
}

// bank finds or makes the bank of a name and holds it until the end of the
// transaction.
func (d *Drafts) bank(tx *gorm.DB, owner models.ID, name string) (models.ID, error) {
	key := bank.Slug(name)
	if key == "" {
		return models.ID{}, models.InvalidField("bank", "invalid_name")
	}
	// The update comes first: a read before it would fix what later reads see, also of a bank that another import holds.
	res := tx.Exec("UPDATE question_banks SET version = version + 1 WHERE owner_id = ? AND bank_key = ?", owner, key)
	if res.Error != nil {
		return models.ID{}, res.Error
	}
	if res.RowsAffected == 0 {
		return d.newBank(tx, owner, key, name)
	}
	var row struct{ ID models.ID }
	err := tx.Raw("SELECT id FROM question_banks WHERE owner_id = ? AND bank_key = ?", owner, key).Scan(&row).Error
	return row.ID, err
}

// newBank makes a bank of the province or of a school that exists.
func (d *Drafts) newBank(tx *gorm.DB, owner models.ID, key, name string) (models.ID, error) {
	if owner != province {
		var known int
		if err := tx.Raw("SELECT COUNT(*) FROM schools WHERE id = ?", owner).Scan(&known).Error; err != nil {
			return models.ID{}, err
		}
		if known == 0 {
			return models.ID{}, models.NotFound()
		}
	}
	now := d.clock.Now()
	id := models.NewID(now)
	err := tx.Exec("INSERT INTO question_banks (id, owner_id, bank_key, name, version, created_at) VALUES (?, ?, ?, ?, 1, ?)",
		id, owner, key, name, now).Error
	if store.IsDuplicate(err) {
		return models.ID{}, store.ErrRetry
	}
	return id, err
}

// write adds what the bank does not have.
func (d *Drafts) write(tx *gorm.DB, actor models.Actor, bankID models.ID, set *bank.Set, fileHash string) (written int, err error) {
	known, last, err := contents(tx, bankID)
	if err != nil {
		return 0, err
	}
	now := d.clock.Now()
	var by *models.ID
	if !actor.Account.IsZero() {
		by = &actor.Account
	}
	rows := []map[string]any{}
	for i := range set.Questions {
		q := &set.Questions[i]
		if known[q.Hash] {
			continue
		}
		known[q.Hash] = true
		doc, err := json.Marshal(q)
		if err != nil {
			return 0, err
		}
		problems, err := json.Marshal(bank.Problems(q))
		if err != nil {
			return 0, err
		}
		last++
		rows = append(rows, map[string]any{"id": models.NewID(now), "bank_id": bankID, "position": last, "file_hash": fileHash, "question_key": q.Key,
			"question_use": q.Use, "doc": string(doc), "hash": q.Hash, "problems": string(problems), "created_by": by, "created_at": now})
	}
	if len(known) > maxBank {
		return 0, models.Conflict("bank_full")
	}
	for n := len(rows); len(rows) > 0; n = len(rows) {
		n = min(n, 100) // documents are long
		err := tx.Table("bank_questions").Create(rows[:n]).Error
		if store.IsDuplicate(err) {
			return 0, store.ErrRetry
		}
		if err != nil {
			return 0, err
		}
		written, rows = written+n, rows[n:]
	}
	return written, writeMedia(tx, set.Images)
}

// contents answers which questions a bank has, and the last position.
func contents(tx *gorm.DB, bankID models.ID) (known map[string]bool, last int, err error) {
	var rows []struct {
		Hash     string
		Position int
	}
	if err := tx.Raw("SELECT hash, position FROM bank_questions WHERE bank_id = ?", bankID).Scan(&rows).Error; err != nil {
		return nil, 0, err
	}
	known = map[string]bool{}
	for _, r := range rows {
		known[r.Hash] = true
		last = max(last, r.Position)
	}
	return known, last, nil
}

func writeMedia(tx *gorm.DB, images []curriculum.Image) error {
	for _, i := range images {
		var known int
		if err := tx.Raw("SELECT COUNT(*) FROM bank_media WHERE name = ?", i.Src).Scan(&known).Error; err != nil {
			return err
		}
		if known > 0 {
			continue
		}
		err := tx.Exec("INSERT INTO bank_media (name, media_type, data) VALUES (?, ?, ?)", i.Src, i.Type, i.Data).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
