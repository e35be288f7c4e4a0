package people

import (
	"strconv"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/place"
)

// recordAccount puts what was done to an account on record, in the same
// transaction.
func recordAccount(tx *gorm.DB, actor models.Actor, act audit.Act, account models.ID, detail audit.Detail) error {
	school, err := accountSchool(tx, account)
	if err != nil {
		return err
	}
	return audit.Append(tx, actor, audit.Entry{Act: act, Kind: audit.KindAccount, Subject: account, School: school, Detail: detail})
}

// recordClass puts what was done to several pupils of a class on record.
func recordClass(tx *gorm.DB, actor models.Actor, act audit.Act, class models.ID, pupils int) error {
	school, err := place.ClassSchool(tx, class)
	if err != nil {
		return err
	}
	return audit.Append(tx, actor, audit.Entry{Act: act, Kind: audit.KindClass, Subject: class, School: school,
		Detail: audit.Detail{"pupils": strconv.Itoa(pupils)}})
}

// accountSchool answers the school to which an account belongs: that of the
// pupil, else of the first role at a school or class; zero for offices.
func accountSchool(tx *gorm.DB, account models.ID) (models.ID, error) {
	for _, query := range []string{
		"SELECT e.school_id FROM accounts a JOIN enrolments e ON e.person_id = a.person_id AND e.live = 1 WHERE a.id = ?",
		"SELECT g.scope_id FROM account_grants g WHERE g.account_id = ? AND g.scope_kind = 'school' ORDER BY g.id LIMIT 1",
		"SELECT c.school_id FROM account_grants g JOIN school_classes c ON c.id = g.scope_id WHERE g.account_id = ? AND g.scope_kind = 'class' ORDER BY g.id LIMIT 1",
	} {
		var found []models.ID
		if err := tx.Raw(query, account).Scan(&found).Error; err != nil {
			return models.ID{}, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return models.ID{}, nil
}

// rolesOf spells roles for the record.
func rolesOf(grants []models.Grant) audit.Detail {
	d := audit.Detail{"count": strconv.Itoa(len(grants))}
	for i, g := range grants[:min(len(grants), 10)] {
		d["role"+strconv.Itoa(i+1)] = grantKey(g)
	}
	return d
}

// recordMade puts new accounts on record: each by itself, or of a long list
// its first with their number.
func recordMade(tx *gorm.DB, actor models.Actor, made []Account) error {
	if len(made) > 20 {
		return recordAccount(tx, actor, audit.AccountMade, made[0].ID, audit.Detail{"accounts": strconv.Itoa(len(made))})
	}
	for _, a := range made {
		if err := recordAccount(tx, actor, audit.AccountMade, a.ID, rolesOf(a.Grants)); err != nil {
			return err
		}
	}
	return nil
}

// recordRole puts one role at a school, given or ended, on record.
func recordRole(tx *gorm.DB, actor models.Actor, act audit.Act, school models.ID, row grantRow) error {
	return audit.Append(tx, actor, audit.Entry{Act: act, Kind: audit.KindAccount, Subject: row.AccountID, School: school,
		Detail: audit.Detail{"role": grantKey(row.grant()), "from": row.FromDate, "to": row.ToDate}})
}

// recordInvited puts new members of a school's staff on record; a repeat makes
// nobody and is none.
func recordInvited(tx *gorm.DB, actor models.Actor, school models.ID, cards []StaffCard) error {
	made := 0
	for _, c := range cards {
		if c.Secret != "" {
			made++
		}
	}
	if made == 0 {
		return nil
	}
	return audit.Append(tx, actor, audit.Entry{Act: audit.AccountMade, Kind: audit.KindSchool, Subject: school, School: school,
		Detail: audit.Detail{"accounts": strconv.Itoa(made)}})
}

// recordRoster puts an import that wrote something on record.
func recordRoster(tx *gorm.DB, actor models.Actor, id models.ID, r RosterReport) error {
	done, err := importByID(tx, id)
	if models.KindOf(err) == models.KindNotFound {
		return nil // nothing was written
	}
	if err != nil {
		return err
	}
	return audit.Append(tx, actor, audit.Entry{Act: audit.RosterWritten, Kind: audit.KindFile, Subject: id, School: done.SchoolID,
		Detail: audit.Detail{"new": strconv.Itoa(r.New), "changed": strconv.Itoa(r.Changed), "left": strconv.Itoa(r.Left)}})
}

// imports tells whether an import is on record already: a repeat is none.
func (p *People) imports(tx *gorm.DB, id models.ID) (bool, error) {
	_, err := importByID(tx, id)
	if models.KindOf(err) == models.KindNotFound {
		return false, nil
	}
	return err == nil, err
}
