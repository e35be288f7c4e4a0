package people

import (
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// PupilsOf lists who is enrolled in the classes today.
func PupilsOf(tx *gorm.DB, classes []models.ID) ([]models.ID, error) {
	var ids []models.ID
	err := tx.Raw("SELECT person_id FROM enrolments WHERE live = 1 AND class_id IN ? ORDER BY person_id", classes).Scan(&ids).Error
	return ids, err
}

// ClassCopies names the rows of this room with which the pupils of classes and
// those who teach them can sign in on a laptop: names, enrolments, accounts
// with the hashes of their secrets, and what they may do in these classes. No
// second factor travels. keeper is the account that prepared the laptop, with
// its grants in the classes and their school.
func ClassCopies(classes, schools []models.ID, keeper models.ID) []store.Copy {
	const (
		pupils = "SELECT e.person_id FROM enrolments e WHERE e.live = 1 AND e.class_id IN ?"
		staff  = `SELECT g.account_id FROM account_grants g WHERE g.role = 'teacher' AND g.scope_id IN ?
			UNION SELECT g.account_id FROM account_grants g WHERE g.account_id = ? AND g.scope_id IN ?`
	)
	accounts := "(person_id IN (" + pupils + ") OR id IN (" + staff + "))"
	return []store.Copy{
		{Table: "persons", Key: []string{"id"}, Where: "id IN (" + pupils + ")", Args: []any{classes},
			Columns: "id:id full_name:text name_fold:text sort_key:bytes created_at:time updated_at:time"},
		{Table: "enrolments", Key: []string{"id"}, Where: "live = 1 AND class_id IN ?", Args: []any{classes},
			Columns: "id:id person_id:id school_id:id class_id:id school_year:text from_date:text to_date:text live:int"},
		{Table: "accounts", Key: []string{"id"}, Where: "state = 'active' AND " + accounts, Args: []any{classes, classes, keeper, schools},
			Columns: "id:id person_id:id username:text display_name:text name_fold:text secret_hash:text state:text must_change:int epoch:int totp_required:int totp_last_step:int locale:text created_at:time updated_at:time"},
		{Table: "class_secrets", Key: []string{"person_id"}, Where: "person_id IN (" + pupils + ")", Args: []any{classes},
			Columns: "person_id:id kind:text secret_hash:text made_by:id made_at:time"},
		{Table: "account_grants", Key: []string{"id"},
			Where:   "(role = 'teacher' AND scope_id IN ?) OR (account_id = ? AND scope_id IN ? AND course_key = '') OR (role = 'student' AND account_id IN (SELECT a.id FROM accounts a WHERE a.person_id IN (" + pupils + ")))",
			Args:    []any{classes, keeper, schools, classes},
			Columns: "id:id account_id:id role:text scope_kind:text scope_id:id grant_key:text granted_by:id granted_at:time from_date:text to_date:text"},
	}
}

// BeforeClassPack takes back on a laptop what an earlier pack had given: who is
// not in the next one does not sign in any more. Rows that results refer to
// stay.
func BeforeClassPack(tx *gorm.DB) error {
	for _, sql := range []string{
		"UPDATE enrolments SET live = NULL WHERE live = 1",
		"DELETE FROM account_grants",
		"DELETE FROM class_secrets",
		"UPDATE accounts SET state = '" + AccountDisabled + "', secret_hash = ''",
	} {
		if err := tx.Exec(sql).Error; err != nil {
			return err
		}
	}
	return nil
}

// AfterClassPack lets everybody who came with the pack sign in with what they
// have: a new password would not find its way back to the server, and second
// factors stay there.
func AfterClassPack(tx *gorm.DB) error {
	return tx.Exec("UPDATE accounts SET must_change = 0, totp_required = 0").Error
}

// EndClassPack lets nobody sign in on a laptop any more and forgets their
// secrets.
func EndClassPack(tx *gorm.DB) error {
	if err := tx.Exec("DELETE FROM class_secrets").Error; err != nil {
		return err
	}
	return tx.Exec("UPDATE accounts SET state = '" + AccountDisabled + "', secret_hash = '', epoch = epoch + 1").Error
}
