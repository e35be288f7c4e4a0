package people

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/place"
	"nhaso/models/store"
)

// staffRoles are the roles that make somebody staff of a school.
var staffRoles = []models.Role{
	models.RoleTeacher, models.RoleModuleTeacher, models.RoleInvigilator, models.RoleHead, models.RoleSchoolAdmin,
}

// StaffRole is one role of a member of staff at one school. From and LastDay
// are civil days, empty where the role has no beginning or end.
type StaffRole struct {
	ID        models.ID
	Role      models.Role
	ClassID   models.ID // zero: the whole school
	ClassName string
	CourseKey string // the one course it is for; empty: every course
	From      string
	LastDay   string
}

// StaffMember is an account with what it may do at one school, now or later.
type StaffMember struct {
	AccountID  models.ID
	Name       string
	Username   string
	Disabled   bool
	MustChange bool // has not signed in with a password of their own yet
	Roles      []StaffRole
}

// ofSchool is the condition that a grant g lies at a school: on it or on one of
// its classes. It takes the school twice.
const ofSchool = "((g.scope_kind = 'school' AND g.scope_id = ?) OR (g.scope_kind = 'class' AND" +
	" EXISTS (SELECT 1 FROM school_classes oc WHERE oc.id = g.scope_id AND oc.school_id = ?)))"

// SchoolFor reads a school in which the actor may do the action; anything else
// is NotFound.
func SchoolFor(tx *gorm.DB, actor models.Actor, action models.Action, school models.ID) (place.School, error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return place.School{}, err
	}
	in, err := place.SchoolInReach(tx, reach, school)
	if err != nil {
		return place.School{}, err
	}
	if !in {
		return place.School{}, models.NotFound()
	}
	return place.SchoolByID(tx, school)
}

// Staff lists who has or will have a role at a school, by given name. Errors:
// NotFound for a school out of reach, KindForbidden.
func (p *People) Staff(ctx context.Context, actor models.Actor, school models.ID) ([]StaffMember, error) {
	db := p.db.Read(ctx)
	if _, err := SchoolFor(db, actor, models.ActReadSchool, school); err != nil {
		return nil, err
	}
	var rows []struct {
		ID, AccountID, ScopeID                  models.ID
		Role, FromDate, ToDate, CourseKey       string
		DisplayName, Username, State, ClassName string
		MustChange                              int
	}
	err := db.Raw("SELECT g.id, g.account_id, g.role, g.from_date, g.to_date, g.course_key, a.display_name, a.username, a.state, a.must_change,"+
		" CASE WHEN g.scope_kind = 'class' THEN g.scope_id END AS scope_id, COALESCE(c.name, '') AS class_name"+
		" FROM account_grants g JOIN accounts a ON a.id = g.account_id"+
		" LEFT JOIN school_classes c ON c.id = g.scope_id AND g.scope_kind = 'class'"+
		" WHERE g.to_date > ? AND g.role IN ? AND "+ofSchool+" ORDER BY a.username, g.id",
		dayOf(db), staffRoles, school, school).Scan(&rows).Error
	list, at := []StaffMember{}, map[models.ID]int{}
	for _, r := range rows {
		i, known := at[r.AccountID]
		if !known {
			i = len(list)
			at[r.AccountID] = i
			list = append(list, StaffMember{AccountID: r.AccountID, Name: r.DisplayName, Username: r.Username,
				Disabled: r.State != AccountActive, MustChange: r.MustChange != 0})
		}
		role := StaffRole{ID: r.ID, Role: models.Role(r.Role), ClassID: r.ScopeID, ClassName: r.ClassName, CourseKey: r.CourseKey}
		if r.FromDate != always {
			role.From = r.FromDate
		}
		if r.ToDate != models.Forever {
			role.LastDay = models.DayBefore(r.ToDate)
		}
		list[i].Roles = append(list[i].Roles, role)
	}
	slices.SortStableFunc(list, func(a, b StaffMember) int {
		return cmp.Or(slices.Compare(models.SortKey(a.Name), models.SortKey(b.Name)), cmp.Compare(a.Username, b.Username))
	})
	return list, err
}

// Delegation gives somebody of the staff a role for certain days, or for good.
type Delegation struct {
	ID      models.ID // made by the client: a repeat changes nothing
	Account models.ID
	Role    models.Role
	ClassID models.ID // zero: the whole school
	From    string    // civil day, empty: today
	LastDay string    // civil day, empty: no end
	Course  string    // for a module teacher: key of the one course; empty: every course
}

// Delegate gives a role at a school to somebody who is or was on its staff. It
// begins and ends by itself. Errors: NotFound for a school, class or account
// beyond the actor's; Invalid fields body.role, body.from, body.last_day, body.course_key.
func (p *People) Delegate(ctx context.Context, actor models.Actor, school models.ID, d Delegation) error {
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, err := SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		if err := onStaff(tx, school, d.Account); err != nil {
			return err
		}
		row, err := d.row(tx, school, actor)
		if err != nil {
			return err
		}
		err = tx.Table("account_grants").Create(&row).Error
		if store.IsDuplicate(err) {
			return nil // this very role was given before
		}
		if err != nil {
			return err
		}
		return recordRole(tx, actor, audit.RoleDelegated, school, row)
	})
	p.actors.drop(d.Account)
	return err
}

// row checks a delegation and brings it into the form of the table.
func (d Delegation) row(tx *gorm.DB, school models.ID, actor models.Actor) (grantRow, error) {
	g := models.Grant{Role: d.Role, Scope: models.ScopeSchool, At: school}
	if !d.ClassID.IsZero() {
		at, err := place.ClassSchool(tx, d.ClassID)
		if err != nil {
			return grantRow{}, err
		}
		if at != school {
			return grantRow{}, models.NotFound()
		}
		g.Scope, g.At = models.ScopeClass, d.ClassID
	}
	if !slices.Contains(staffRoles, d.Role) || !slices.Contains(scopesOf[d.Role], g.Scope) {
		return grantRow{}, models.InvalidField("body.role", "invalid_scope")
	}
	if d.Course != "" && d.Role != models.RoleModuleTeacher || len(d.Course) > 64 {
		return grantRow{}, models.InvalidField("body.course_key", "not_for_role")
	}
	g.Course = d.Course
	today := dayOf(tx)
	def(&d.From, today)
	from, err := models.ParseDay(d.From)
	if err != nil || from < today {
		return grantRow{}, models.InvalidField("body.from", "past_date")
	}
	to := models.Forever
	if d.LastDay != "" {
		last, err := models.ParseDay(d.LastDay)
		if err != nil || last < from {
			return grantRow{}, models.InvalidField("body.last_day", "before_start")
		}
		to = models.DayAfter(last)
	}
	row := grantRows(d.Account, actor, []models.Grant{g}, models.Clock(tx.NowFunc).Now())[0]
	if !d.ID.IsZero() {
		row.ID = d.ID
	}
	row.FromDate, row.ToDate = from, to
	if from > today || to != models.Forever {
		row.GrantKey += "|" + from
	}
	return row, nil
}

// onStaff makes sure that an account has, will have or had a role at a school.
// The error is NotFound: a school learns nothing about anybody else's accounts.
func onStaff(tx *gorm.DB, school, account models.ID) error {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM account_grants g WHERE g.account_id = ? AND g.role IN ? AND "+ofSchool,
		account, staffRoles, school, school).Scan(&n).Error
	if err == nil && n == 0 {
		return models.NotFound()
	}
	return err
}

// EndRole ends one role of the staff now. Ending it again changes nothing.
// Errors: NotFound beyond the actor's school; KindConflict "last_school_admin".
func (p *People) EndRole(ctx context.Context, actor models.Actor, school, role models.ID) error {
	var row grantRow
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := p.lockAdmins(tx); err != nil {
			return err
		}
		if _, err := SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		err := store.One(tx.Raw("SELECT g.* FROM account_grants g WHERE g.id = ? AND g.role IN ? AND "+ofSchool,
			role, staffRoles, school, school).Scan(&row), models.NotFound())
		if err != nil {
			return err
		}
		if err := endGrants(tx, []grantRow{row}, dayOf(tx)); err != nil {
			return err
		}
		if err := schoolAdminsStay(tx, []models.Grant{row.grant()}); err != nil {
			return err
		}
		return recordRole(tx, actor, audit.RoleEnded, school, row)
	})
	p.actors.drop(row.AccountID)
	return err
}

// endGrants ends grants on a civil day, from which they no longer hold. One that
// had not begun goes. What ended keeps its row under a key of its own, so that
// the role can be given again.
func endGrants(tx *gorm.DB, rows []grantRow, on string) error {
	for _, r := range rows {
		if r.ToDate <= on {
			continue
		}
		if r.FromDate > on {
			if err := tx.Exec("DELETE FROM account_grants WHERE id = ?", r.ID).Error; err != nil {
				return err
			}
			continue
		}
		key := r.grant()
		err := tx.Exec("UPDATE account_grants SET to_date = ?, grant_key = ? WHERE id = ?",
			on, grantKey(key)+"|-"+on, r.ID).Error
		if store.IsDuplicate(err) { // it ended on this day before, was given again and ends again
			err = tx.Exec("DELETE FROM account_grants WHERE id = ?", r.ID).Error
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// SetHomeroom makes an account of the staff the homeroom teacher of a class
// from a civil day on (empty: today); whoever was it until then no longer is,
// but delegations to the class stay. Doing it again changes nothing. Errors:
// NotFound for a class or account beyond the actor's; Invalid field body.from.
func (p *People) SetHomeroom(ctx context.Context, actor models.Actor, class, account models.ID, from string) error {
	var before []grantRow
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		school, err := place.ClassSchool(tx, class)
		if err != nil {
			return err
		}
		if _, err := SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		if err := onStaff(tx, school, account); err != nil {
			return err
		}
		row, err := Delegation{Account: account, Role: models.RoleTeacher, ClassID: class, From: from}.row(tx, school, actor)
		if err != nil {
			return err
		}
		err = tx.Raw("SELECT * FROM account_grants WHERE scope_id = ? AND role = ? AND to_date = ?",
			class, models.RoleTeacher, models.Forever).Scan(&before).Error
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(r grantRow) bool { return r.AccountID == account && r.FromDate <= row.FromDate }) {
			before = slices.DeleteFunc(before, func(r grantRow) bool { return r.AccountID == account })
			return endGrants(tx, before, row.FromDate)
		}
		if err := endGrants(tx, before, row.FromDate); err != nil {
			return err
		}
		err = tx.Table("account_grants").Create(&row).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry // somebody else gave it at this moment
		}
		if err != nil {
			return err
		}
		return recordRole(tx, actor, audit.RoleDelegated, school, row)
	})
	for _, r := range before {
		p.actors.drop(r.AccountID)
	}
	p.actors.drop(account)
	return err
}

// LeaveStaff ends every role of an account at a school and all its sessions at
// once; with no role left anywhere nobody can sign in with it any more. Lesson
// sessions it opened stay with their classes. Doing it again changes nothing.
// Errors: NotFound beyond the actor's school; KindConflict "last_school_admin".
func (p *People) LeaveStaff(ctx context.Context, actor models.Actor, school, account models.ID) error {
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := p.lockAdmins(tx); err != nil {
			return err
		}
		if _, err := SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		if err := onStaff(tx, school, account); err != nil {
			return err
		}
		var rows []grantRow
		err := tx.Raw("SELECT g.* FROM account_grants g WHERE g.account_id = ? AND g.to_date > ? AND "+ofSchool,
			account, dayOf(tx), school, school).Scan(&rows).Error
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := endGrants(tx, rows, dayOf(tx)); err != nil {
			return err
		}
		var left int64
		err = tx.Raw("SELECT COUNT(*) FROM account_grants WHERE account_id = ? AND to_date > ?", account, dayOf(tx)).Scan(&left).Error
		if err != nil {
			return err
		}
		if left == 0 {
			if err := setState(tx, account, AccountDisabled); err != nil {
				return err
			}
		}
		grants := make([]models.Grant, len(rows))
		for i, r := range rows {
			grants[i] = r.grant()
		}
		if err := schoolAdminsStay(tx, grants); err != nil {
			return err
		}
		if err := audit.Append(tx, actor, audit.Entry{Act: audit.RoleEnded, Kind: audit.KindAccount, Subject: account, School: school, Detail: rolesOf(grants)}); err != nil {
			return err
		}
		return p.endSessions(tx, account)
	})
	p.actors.drop(account)
	return err
}
