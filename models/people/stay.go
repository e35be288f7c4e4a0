package people

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Stay is one live enrolment with what is needed to move it.
type Stay struct {
	ID         models.ID // of the enrolment
	PersonID   models.ID
	SchoolID   models.ID
	ClassID    models.ID
	ClassName  string
	Grade      int
	SchoolYear string
	SchoolCode string // the school's own number, may be empty
	FromDate   string
	FullName   string
}

const staySelect = "SELECT e.id, e.person_id, e.school_id, e.class_id, c.name AS class_name, c.grade, e.school_year," +
	" COALESCE(e.school_code, '') AS school_code, e.from_date, p.full_name FROM enrolments e" +
	" JOIN school_classes c ON c.id = e.class_id JOIN persons p ON p.id = e.person_id WHERE e.live = 1 AND "

// Stays reads the live enrolments of a school and school year, by class and
// given name.
func Stays(tx *gorm.DB, school models.ID, year string) ([]Stay, error) {
	list := []Stay{}
	err := tx.Raw(staySelect+"e.school_id = ? AND e.school_year = ? ORDER BY c.grade, c.name, p.sort_key, p.id", school, year).Scan(&list).Error
	return list, err
}

// StayOf reads a person's live enrolment. The error is NotFound when the person
// goes to no class now.
func StayOf(tx *gorm.DB, person models.ID) (Stay, error) {
	var s Stay
	return s, store.One(tx.Raw(staySelect+"e.person_id = ?", person).Scan(&s), models.NotFound())
}

// EndStays ends live enrolments on a civil day, all or none: when one of them
// is not live any more, somebody was quicker and the transaction runs again.
func EndStays(tx *gorm.DB, enrolments []models.ID, on string) error {
	for part := range slices.Chunk(enrolments, store.MaxRows) {
		// A stay never ends before it began.
		res := tx.Exec("UPDATE enrolments SET live = NULL, to_date = CASE WHEN from_date > ? THEN from_date ELSE ? END"+
			" WHERE live = 1 AND id IN ?", on, on, part)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected != int64(len(part)) {
			return store.ErrRetry
		}
	}
	return nil
}

// OpenStays opens enrolments of persons who have no live one and answers their
// ids in the same order. Accounts that rested wake. Of two that meet on one
// person the loser's transaction runs again.
func OpenStays(tx *gorm.DB, list []NewEnrolment, now time.Time) ([]models.ID, error) {
	rows := make([]enrolmentRow, len(list))
	for i, n := range list {
		rows[i] = enrolmentRow{
			PersonID: n.PersonID, SchoolID: n.SchoolID, ClassID: n.ClassID,
			SchoolYear: n.SchoolYear, SchoolCode: nullable(n.SchoolCode), FromDate: n.FromDate,
		}
	}
	if err := enrolAll(tx, rows, now); err != nil {
		return nil, err
	}
	ids := make([]models.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, nil
}

// ReopenStays takes back what EndStays and OpenStays did: opened enrolments go,
// ended ones are live again, accounts that rested wake. All or none: when one
// opened is not live any more, or a person has another live one, the error is
// KindConflict "enrolled".
func ReopenStays(tx *gorm.DB, opened, ended, persons []models.ID) error {
	for part := range slices.Chunk(opened, store.MaxRows) {
		res := tx.Exec("DELETE FROM enrolments WHERE live = 1 AND id IN ?", part)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected != int64(len(part)) {
			return models.Conflict("enrolled")
		}
	}
	for part := range slices.Chunk(ended, store.MaxRows) {
		res := tx.Exec("UPDATE enrolments SET live = 1, to_date = ? WHERE live IS NULL AND id IN ?", models.Forever, part)
		if store.IsDuplicate(res.Error) {
			return models.Conflict("enrolled")
		}
		if res.Error != nil {
			return res.Error
		}
	}
	return wakeAccounts(tx, persons)
}

// RestAccounts lets the accounts of pupils who left rest: nobody signs in with
// them, sessions end, everything stays. An account that is more than a pupil's
// goes on.
func RestAccounts(tx *gorm.DB, persons []models.ID, now time.Time) error {
	for part := range slices.Chunk(persons, store.MaxRows) {
		err := tx.Exec("UPDATE accounts SET state = ?, epoch = epoch + 1, updated_at = ? WHERE state = ? AND person_id IN ?"+
			" AND NOT EXISTS (SELECT 1 FROM account_grants g WHERE g.account_id = accounts.id AND g.role <> ? AND g.to_date > ?)",
			AccountResting, now, AccountActive, part, models.RoleStudent, dayOf(tx)).Error
		if err != nil {
			return err
		}
	}
	return nil
}

func wakeAccounts(tx *gorm.DB, persons []models.ID) error {
	for part := range slices.Chunk(persons, store.MaxRows) {
		err := tx.Exec("UPDATE accounts SET state = ? WHERE state = ? AND person_id IN ?", AccountActive, AccountResting, part).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// ForgetSecret makes the secrets of a pupil's account worthless, the one for
// shared computers too, and ends its sessions: the new school gives others.
// Accounts that are more than a pupil's keep theirs.
func ForgetSecret(tx *gorm.DB, person models.ID, now time.Time) error {
	if err := tx.Exec("DELETE FROM class_secrets WHERE person_id = ?", person).Error; err != nil {
		return err
	}
	return tx.Exec("UPDATE accounts SET secret_hash = '', must_change = 1, epoch = epoch + 1, updated_at = ? WHERE person_id = ?"+
		" AND NOT EXISTS (SELECT 1 FROM account_grants g WHERE g.account_id = accounts.id AND g.role <> ? AND g.to_date > ?)",
		now, person, models.RoleStudent, dayOf(tx)).Error
}

// CarryTeachers gives the homeroom teachers of one class the same role in
// another from a civil day on and answers the ids of the new grants. Who has it
// already is left out; the old role stays, so that last year's board can still
// be read.
func CarryTeachers(tx *gorm.DB, actor models.Actor, from, to models.ID, on string) ([]models.ID, error) {
	var rows []grantRow
	err := tx.Raw("SELECT g.* FROM account_grants g WHERE g.scope_id = ? AND g.role = ? AND g.to_date = ? AND g.from_date <= ?"+
		" AND NOT EXISTS (SELECT 1 FROM account_grants n WHERE n.account_id = g.account_id AND n.scope_id = ? AND n.role = g.role AND n.to_date = g.to_date)",
		from, models.RoleTeacher, models.Forever, dayOf(tx), to).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	now := models.Clock(tx.NowFunc).Now()
	ids := make([]models.ID, len(rows))
	for i, r := range rows {
		g := models.Grant{Role: models.RoleTeacher, Scope: models.ScopeClass, At: to}
		rows[i] = grantRows(r.AccountID, actor, []models.Grant{g}, now)[0]
		rows[i].FromDate, ids[i] = on, rows[i].ID
	}
	err = insertAll(tx, "account_grants", rows)
	if store.IsDuplicate(err) {
		return nil, store.ErrRetry
	}
	return ids, err
}

// DropGrants takes back grants that CarryTeachers gave.
func DropGrants(tx *gorm.DB, ids []models.ID) error {
	for part := range slices.Chunk(ids, store.MaxRows) {
		if err := tx.Exec("DELETE FROM account_grants WHERE id IN ?", part).Error; err != nil {
			return err
		}
	}
	return nil
}

// FindPerson finds somebody by the ministry's code when name (whatever marks)
// and birthday fit too; found is false for anything else.
func FindPerson(tx *gorm.DB, code, name, birth string) (p Person, found bool, err error) {
	err = tx.Raw("SELECT "+personColumns+" FROM persons p WHERE p.ministry_code = ?", code).Scan(&p).Error
	return p, err == nil && !p.ID.IsZero() && models.Fold(p.FullName) == models.Fold(name) && p.BirthDate == birth, err
}
