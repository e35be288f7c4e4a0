// Package drafts keeps questions that came in from elsewhere and wait to be
// finished: named banks of a school or of the province. A draft is in no
// lesson and in no quiz. What is missing in it (feedback, hints, an objective)
// is listed beside it; a course takes it over only when an author has added it.
// What can be played (Playable) may be given to pupils as practice: learning
// takes a copy then, in which nothing counts.
//
// It is a room of its own and not part of learning, because nothing a pupil
// does ever reads it.
package drafts

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// maxBank is how many questions a bank holds.
const maxBank = 20_000

// Drafts answers for the banks.
type Drafts struct {
	db    *store.DB
	clock models.Clock
}

// New makes the room on one database.
func New(db *store.DB) *Drafts { return &Drafts{db: db, clock: db.Clock()} }

// province owns the banks that are no school's. An owner must have an id: NULL
// would let two banks of one name pass the unique index.
var province = models.ID{15: 1}

// Bank is a named bank. SchoolID is nil for one of the province, which
// teachers may look at but not change.
type Bank struct {
	ID         models.ID  `json:"id"`
	Key        string     `json:"key"`
	Name       string     `json:"name"`
	SchoolID   *models.ID `json:"school_id"`
	SchoolName string     `json:"school_name"`
	Questions  int        `json:"questions"`
	Incomplete int        `json:"incomplete"` // questions in which something is missing
	Changeable bool       `json:"changeable"`
}

// School is a school for which the actor may keep a bank.
type School struct {
	ID   models.ID `json:"id"`
	Name string    `json:"name"`
}

// keeper is what an actor may reach: everything, or the banks of own schools.
type keeper struct {
	all     bool
	schools []School
}

// keeperOf asks the access table. A teacher keeps the bank of the school of
// the own classes.
func keeperOf(tx *gorm.DB, actor models.Actor) (k keeper, err error) {
	reach, err := models.Allow(actor, models.ActKeepBank)
	if err != nil {
		return k, err
	}
	k.all = reach.All
	where, args := "1 = 0", []any{}
	if len(reach.Schools) > 0 {
		where, args = where+" OR s.id IN ?", append(args, reach.Schools)
	}
	if len(reach.Classes) > 0 {
		where, args = where+" OR s.id IN (SELECT c.school_id FROM school_classes c WHERE c.id IN ?)", append(args, reach.Classes)
	}
	k.schools = []School{}
	return k, tx.Raw("SELECT s.id, s.name FROM schools s WHERE "+where+" ORDER BY s.name, s.id", args...).Scan(&k.schools).Error
}

// keeps tells whether the keeper may change a bank of this owner.
func (k keeper) keeps(owner models.ID) bool {
	return k.all || slices.ContainsFunc(k.schools, func(s School) bool { return s.ID == owner })
}

// where restricts question_banks b to what the keeper may see: the own schools'
// and the province's.
func (k keeper) where() (string, []any) {
	if k.all {
		return "1 = 1", nil
	}
	owners := []models.ID{province}
	for _, s := range k.schools {
		owners = append(owners, s.ID)
	}
	return "b.owner_id IN ?", []any{owners}
}

// questionsWhere restricts bank_questions q. What may stand in a quiz or a
// placement test is seen by the administrator and by the school that brought
// it in.
func (k keeper) questionsWhere(owner models.ID) string {
	if k.keeps(owner) {
		return "1 = 1"
	}
	return "q.question_use = 'practice'"
}

// Schools lists the schools for which the actor may keep a bank; an
// administrator keeps those of the province and gets none.
func (d *Drafts) Schools(ctx context.Context, actor models.Actor) ([]School, error) {
	k, err := keeperOf(d.db.Read(ctx), actor)
	return k.schools, err
}

// bankRow is a bank with its owner.
type bankRow struct {
	Bank
	OwnerID models.ID
}

const bankSelect = `SELECT b.id, b.bank_key AS ` + "`key`" + `, b.name, b.owner_id, COALESCE(s.name, '') AS school_name
	FROM question_banks b LEFT JOIN schools s ON s.id = b.owner_id WHERE `

// Banks lists the banks that the actor may see, the own schools' first.
func (d *Drafts) Banks(ctx context.Context, actor models.Actor) ([]Bank, error) {
	list := []Bank{}
	err := d.db.Snapshot(ctx, func(tx *gorm.DB) error {
		k, err := keeperOf(tx, actor)
		if err != nil {
			return err
		}
		where, args := k.where()
		var rows []bankRow
		if err := tx.Raw(bankSelect+where+" ORDER BY b.owner_id DESC, b.bank_key, b.id", args...).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			var n struct{ Questions, Incomplete int }
			err := tx.Raw("SELECT COUNT(*) AS questions, COALESCE(SUM(CASE WHEN q.problems <> '[]' THEN 1 ELSE 0 END), 0) AS incomplete "+
				"FROM bank_questions q WHERE q.bank_id = ? AND "+k.questionsWhere(r.OwnerID), r.ID).Scan(&n).Error
			if err != nil {
				return err
			}
			r.Questions, r.Incomplete, r.Changeable = n.Questions, n.Incomplete, k.keeps(r.OwnerID)
			if r.OwnerID != province {
				r.SchoolID = &r.OwnerID
			}
			list = append(list, r.Bank)
		}
		return nil
	})
	return list, err
}

// bankFor reads a bank that the actor may see; out of reach is NotFound.
func bankFor(tx *gorm.DB, k keeper, id models.ID) (bankRow, error) {
	where, args := k.where()
	var rows []bankRow
	if err := tx.Raw(bankSelect+"b.id = ? AND "+where, append([]any{id}, args...)...).Scan(&rows).Error; err != nil {
		return bankRow{}, err
	}
	if len(rows) == 0 {
		return bankRow{}, models.NotFound()
	}
	return rows[0], nil
}
