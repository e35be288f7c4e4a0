package people

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// scopesOf lists where each role may hold. The access table of models says
// what it then may do there.
var scopesOf = map[models.Role][]models.ScopeKind{
	models.RoleStudent:        {models.ScopeSelf},
	models.RoleTeacher:        {models.ScopeClass, models.ScopeSchool},
	models.RoleModuleTeacher:  {models.ScopeClass, models.ScopeSchool},
	models.RoleInvigilator:    {models.ScopeClass, models.ScopeSchool},
	models.RoleHead:           {models.ScopeSchool},
	models.RoleSchoolAdmin:    {models.ScopeSchool},
	models.RoleTeamMember:     {models.ScopeArea},
	models.RoleCommuneOfficer: {models.ScopeArea},
	models.RoleDeptOfficer:    {models.ScopeArea, models.ScopeAll},
	models.RoleAdmin:          {models.ScopeAll},
}

// grantRow is the account_grants table. A grant holds on the civil days
// [from_date, to_date). GrantKey spells role and place, and the first day of a
// delegation, so that a unique index can keep one grant from being given twice.
type grantRow struct {
	ID        models.ID
	AccountID models.ID
	Role      string
	ScopeKind string
	ScopeID   models.ID
	GrantKey  string
	GrantedBy models.ID
	GrantedAt time.Time
	FromDate  string
	ToDate    string
	CourseKey string // of a module teacher for one course; empty: every course
}

// always is the first day of a grant that was not given for certain days.
const always = "1900-01-01"

func (r grantRow) grant() models.Grant {
	g := models.Grant{Role: models.Role(r.Role), Scope: models.ScopeKind(r.ScopeKind), At: r.ScopeID, Course: r.CourseKey}
	if r.ToDate != models.Forever {
		g.Until = r.ToDate
	}
	return g
}

// grantKey is at most 68 characters, so that a day still fits behind it.
func grantKey(g models.Grant) string {
	key := string(g.Role) + "|" + string(g.Scope) + "|" + g.At.String()
	if g.Course != "" {
		sum := sha256.Sum256([]byte(g.Course))
		key += "|" + hex.EncodeToString(sum[:4])
	}
	return key
}

func grantRows(account models.ID, actor models.Actor, grants []models.Grant, now time.Time) []grantRow {
	rows := make([]grantRow, len(grants))
	for i, g := range grants {
		rows[i] = grantRow{
			ID: models.NewID(now), AccountID: account, Role: string(g.Role), ScopeKind: string(g.Scope), ScopeID: g.At,
			GrantKey: grantKey(g), GrantedBy: actor.Account, GrantedAt: now, FromDate: always, ToDate: models.Forever, CourseKey: g.Course,
		}
	}
	return rows
}

// checkGrants applies the rules that need no database: at least one role, none
// twice, each with a scope it may have.
func checkGrants(grants []models.Grant, person models.ID) error {
	const location = "body.roles"
	if len(grants) == 0 {
		return models.InvalidField(location, "required")
	}
	seen := map[string]bool{}
	for _, g := range grants {
		placed := g.Scope != models.ScopeSelf && g.Scope != models.ScopeAll
		switch {
		case !slices.Contains(scopesOf[g.Role], g.Scope) || placed == g.At.IsZero():
			return models.InvalidField(location, "invalid_scope")
		case g.Course != "" && g.Role != models.RoleModuleTeacher || len(g.Course) > 64:
			return models.InvalidField(location, "invalid_course")
		case g.Role == models.RoleStudent && person.IsZero():
			return models.InvalidField("body.person_id", "required")
		case seen[grantKey(g)]:
			return models.InvalidField(location, "duplicate")
		}
		seen[grantKey(g)] = true
	}
	return nil
}

// scopeTables are the tables in which a grant's place must exist.
var scopeTables = map[models.ScopeKind]string{
	models.ScopeClass: "school_classes", models.ScopeSchool: "schools", models.ScopeArea: "areas",
}

// checkPlaces makes sure that every class, school and area exists.
func checkPlaces(tx *gorm.DB, grants []models.Grant) error {
	seen := map[models.ID]bool{}
	for _, g := range grants {
		table := scopeTables[g.Scope]
		if table == "" || seen[g.At] {
			continue
		}
		seen[g.At] = true
		var n int64
		if err := tx.Raw("SELECT COUNT(*) FROM "+table+" WHERE id = ?", g.At).Scan(&n).Error; err != nil {
			return err
		}
		if n == 0 {
			return models.InvalidField("body.roles", "unknown_scope")
		}
	}
	return nil
}

// dayOf is the civil day of a transaction: its clock is the database's.
func dayOf(tx *gorm.DB) string { return models.Day(tx.NowFunc()) }

// grantsOf reads the grants of many accounts that hold today, in the order they
// were given. A delegation begins and ends by itself here: nothing has to run at
// midnight.
func grantsOf(tx *gorm.DB, accounts []models.ID) (map[models.ID][]models.Grant, error) {
	m, today := map[models.ID][]models.Grant{}, dayOf(tx)
	for part := range slices.Chunk(accounts, store.MaxRows) {
		var rows []grantRow
		err := tx.Raw("SELECT * FROM account_grants WHERE account_id IN ? AND from_date <= ? AND to_date > ? ORDER BY id",
			part, today, today).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			m[r.AccountID] = append(m[r.AccountID], r.grant())
		}
	}
	return m, nil
}

// pupilOnly tells whether an account is a pupil's and nothing else.
func pupilOnly(grants []models.Grant) bool {
	return len(grants) > 0 && !slices.ContainsFunc(grants, func(g models.Grant) bool { return g.Role != models.RoleStudent })
}

// isAdmin tells whether the grants make an operator of the whole system.
func isAdmin(grants []models.Grant) bool {
	return slices.ContainsFunc(grants, func(g models.Grant) bool { return g.Role == models.RoleAdmin && g.Scope == models.ScopeAll })
}

// within is the SQL condition on an account a that every one of its grants lies
// inside the reach of whoever manages accounts: a school admin has the pupils,
// teachers and admins of the own schools, and nobody who also acts elsewhere. A
// delegation that is over binds nobody; where it was is still inside.
func within(reach models.Reach, today string) (where string, args []any) {
	if reach.All {
		return "1 = 1", nil
	}
	if len(reach.Schools) == 0 {
		return "1 = 0", nil
	}
	// EXISTS rather than IN: NOT (NULL IN …) would let a grant slip through.
	const inside = "((g.scope_kind = 'school' AND EXISTS (SELECT 1 FROM schools s WHERE s.id = g.scope_id AND s.id IN ?))" +
		" OR (g.scope_kind = 'class' AND EXISTS (SELECT 1 FROM school_classes c WHERE c.id = g.scope_id AND c.school_id IN ?))" +
		" OR (g.scope_kind = 'self' AND EXISTS (SELECT 1 FROM enrolments e WHERE e.person_id = a.person_id" +
		" AND e.live = 1 AND e.school_id IN ?)))"
	schools := []any{reach.Schools, reach.Schools, reach.Schools}
	args = append(append([]any{}, schools...), today)
	return "EXISTS (SELECT 1 FROM account_grants g WHERE g.account_id = a.id AND " + inside + ")" +
			" AND NOT EXISTS (SELECT 1 FROM account_grants g WHERE g.account_id = a.id AND g.to_date > ? AND NOT " + inside + ")",
		append(args, schools...)
}

// inReach makes sure that the account may be managed. The error is NotFound.
func inReach(tx *gorm.DB, reach models.Reach, account models.ID) error {
	where, args := within(reach, dayOf(tx))
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM accounts a WHERE a.id = ? AND "+where, append([]any{account}, args...)...).Scan(&n).Error
	if err == nil && n == 0 {
		return models.NotFound()
	}
	return err
}
