package people

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// checkNew makes sure that accounts just written lie inside the reach of their
// maker; the error undoes the transaction.
func checkNew(tx *gorm.DB, reach models.Reach, made []Account) error {
	for _, a := range made {
		if err := checkPlaces(tx, a.Grants); err != nil {
			return err
		}
		if reach.All {
			continue
		}
		if err := inReach(tx, reach, a.ID); err != nil {
			return err
		}
		// A person record opens what the person owns: only for own pupils.
		if a.PersonID.IsZero() {
			continue
		}
		ok, err := StudentInReach(tx, reach, a.PersonID)
		if err != nil {
			return err
		}
		if !ok {
			return models.NotFound()
		}
	}
	return nil
}

// manage opens a transaction for an actor who manages the account, and forgets
// afterwards what was remembered of it. Errors: KindForbidden, NotFound.
func (p *People) manage(ctx context.Context, actor models.Actor, account models.ID, fn func(tx *gorm.DB) error) error {
	reach, err := models.Allow(actor, models.ActManageAccounts)
	if err != nil {
		return err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := inReach(tx, reach, account); err != nil {
			return err
		}
		return fn(tx)
	})
	p.actors.drop(account)
	return err
}

// mayHelp makes sure that the actor manages the account, or teaches the pupil
// whose account it is and who is nothing else. The error is NotFound.
func (p *People) mayHelp(tx *gorm.DB, actor models.Actor, account models.ID) error {
	if reach, err := models.Allow(actor, models.ActManageAccounts); err == nil {
		err := inReach(tx, reach, account)
		if models.KindOf(err) != models.KindNotFound {
			return err
		}
	}
	reach, err := models.Allow(actor, models.ActImportRoster)
	if err != nil {
		return err
	}
	a, err := AccountByID(tx, account)
	if err != nil {
		return err
	}
	if !pupilOnly(a.Grants) {
		return models.NotFound()
	}
	ok, err := StudentInReach(tx, reach, a.PersonID)
	if err == nil && !ok {
		return models.NotFound()
	}
	return err
}

// lockAdmins lets one transaction at a time decide about admins. It must be the
// first statement: what the transaction reads must be newer than the lock.
func (p *People) lockAdmins(tx *gorm.DB) error {
	return store.One(tx.Exec("UPDATE settings SET updated_at = ? WHERE name = 'people.admins'", p.db.Clock().Now()),
		models.Fail(models.KindInternal, "admins_row_missing"))
}

// anAdminStays makes sure that somebody can still run the system. The error is
// KindConflict "last_admin".
func anAdminStays(tx *gorm.DB) error {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM accounts a JOIN account_grants g ON g.account_id = a.id"+
		" WHERE a.state = ? AND g.role = ? AND g.scope_kind = ?", AccountActive, models.RoleAdmin, models.ScopeAll).Scan(&n).Error
	if err == nil && n == 0 {
		return models.Conflict("last_admin")
	}
	return err
}

// schoolAdminsStay makes sure that every school of which grants made somebody an
// administrator still has one, without an end to it. The error is KindConflict
// "last_school_admin".
func schoolAdminsStay(tx *gorm.DB, grants []models.Grant) error {
	today := dayOf(tx)
	for _, g := range grants {
		if g.Role != models.RoleSchoolAdmin || g.Until != "" {
			continue
		}
		var n int64
		err := tx.Raw("SELECT COUNT(*) FROM accounts a JOIN account_grants g ON g.account_id = a.id"+
			" WHERE a.state = ? AND g.role = ? AND g.scope_id = ? AND g.from_date <= ? AND g.to_date = ?",
			AccountActive, models.RoleSchoolAdmin, g.At, today, models.Forever).Scan(&n).Error
		if err != nil {
			return err
		}
		if n == 0 {
			return models.Conflict("last_school_admin")
		}
	}
	return nil
}

// SetGrants replaces the roles of an account, but for delegated ones. It shows at once here and within
// ten seconds on other copies of the program; nobody is signed out. Errors:
// Invalid naming body.roles; NotFound for an account, or a role, beyond the
// actor's own reach; KindConflict "last_admin" or "last_school_admin".
func (p *People) SetGrants(ctx context.Context, actor models.Actor, account models.ID, grants []models.Grant) error {
	reach, err := models.Allow(actor, models.ActManageAccounts)
	if err != nil {
		return err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := p.lockAdmins(tx); err != nil {
			return err
		}
		if err := inReach(tx, reach, account); err != nil {
			return err
		}
		a, err := AccountByID(tx, account)
		if err != nil {
			return err
		}
		if err := checkGrants(grants, a.PersonID); err != nil {
			return err
		}
		if err := replaceGrants(tx, actor, a, grants, p.db.Clock().Now()); err != nil {
			return err
		}
		old := a.Grants
		a.Grants = grants
		if err := checkNew(tx, reach, []Account{a}); err != nil {
			return err
		}
		if isAdmin(old) && !isAdmin(grants) {
			if err := anAdminStays(tx); err != nil {
				return err
			}
		}
		if err := schoolAdminsStay(tx, old); err != nil {
			return err
		}
		return recordAccount(tx, actor, audit.RolesChanged, account, rolesOf(grants))
	})
	p.actors.drop(account)
	return err
}

// replaceGrants leaves those that stay as they were given, and delegations,
// which end by themselves.
func replaceGrants(tx *gorm.DB, actor models.Actor, a Account, grants []models.Grant, now time.Time) error {
	var rows []grantRow
	err := tx.Raw("SELECT * FROM account_grants WHERE account_id = ? AND to_date = ? AND from_date <= ?",
		a.ID, models.Forever, dayOf(tx)).Scan(&rows).Error
	if err != nil {
		return err
	}
	keep, have := map[string]bool{}, map[string]bool{}
	for _, g := range grants {
		keep[grantKey(g)] = true
	}
	for _, r := range rows {
		key := grantKey(r.grant())
		have[key] = true
		if keep[key] {
			continue
		}
		if err := tx.Exec("DELETE FROM account_grants WHERE id = ?", r.ID).Error; err != nil {
			return err
		}
	}
	var add []models.Grant
	for _, g := range grants {
		if !have[grantKey(g)] {
			add = append(add, g)
		}
	}
	return insertAll(tx, "account_grants", grantRows(a.ID, actor, add, now))
}

// Disable ends an account's sessions and lets nobody sign in with it. Errors:
// NotFound beyond the actor's reach; KindConflict "last_admin" or
// "last_school_admin".
func (p *People) Disable(ctx context.Context, actor models.Actor, account models.ID) error {
	reach, err := models.Allow(actor, models.ActManageAccounts)
	if err != nil {
		return err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := p.lockAdmins(tx); err != nil {
			return err
		}
		if err := inReach(tx, reach, account); err != nil {
			return err
		}
		a, err := AccountByID(tx, account)
		if err != nil {
			return err
		}
		if err := setState(tx, account, AccountDisabled); err != nil {
			return err
		}
		if isAdmin(a.Grants) {
			if err := anAdminStays(tx); err != nil {
				return err
			}
		}
		// An operator may stop a stolen account at once, whatever it is, and can
		// make the school another administrator.
		if !reach.All {
			if err := schoolAdminsStay(tx, a.Grants); err != nil {
				return err
			}
		}
		if err := recordAccount(tx, actor, audit.AccountDisabled, account, nil); err != nil {
			return err
		}
		return p.endSessions(tx, account)
	})
	p.actors.drop(account)
	return err
}

// Enable lets a disabled account sign in again. The error is NotFound beyond
// the actor's reach.
func (p *People) Enable(ctx context.Context, actor models.Actor, account models.ID) error {
	return p.manage(ctx, actor, account, func(tx *gorm.DB) error {
		if err := setState(tx, account, AccountActive); err != nil {
			return err
		}
		return recordAccount(tx, actor, audit.AccountEnabled, account, nil)
	})
}

func setState(tx *gorm.DB, account models.ID, state string) error {
	return store.One(tx.Exec("UPDATE accounts SET state = ? WHERE id = ?", state, account), models.NotFound())
}

// ResetPassword gives an account a temporary password, which is answered this
// once, ends its sessions and lifts a lock. A teacher may do so for the pupils
// of the own classes. The error is NotFound for any other account.
func (p *People) ResetPassword(ctx context.Context, actor models.Actor, account models.ID) (temporary string, err error) {
	a, err := AccountByID(p.db.Read(ctx), account)
	if err != nil {
		return "", err
	}
	// Asked before the hashing, so that it costs a stranger more than us, and
	// again in the transaction.
	if err := p.mayHelp(p.db.Read(ctx), actor, account); err != nil {
		return "", err
	}
	length := 10
	if pupilOnly(a.Grants) {
		length = minInitial
	}
	temporary = newSecret(length)
	hash, err := p.hasher.Hash(ctx, temporary)
	if err != nil {
		return "", err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := p.mayHelp(tx, actor, account); err != nil {
			return err
		}
		if err := forgive(tx, a.Username); err != nil {
			return err
		}
		if err := recordAccount(tx, actor, audit.SecretReset, account, nil); err != nil {
			return err
		}
		return p.replaceSecret(tx, account, a.Epoch, hash, true)
	})
	p.actors.drop(account)
	if err != nil {
		return "", err
	}
	return temporary, nil
}

// Unlock forgets the wrong passwords of an account, in one tap of a teacher in
// front of a class. The error is NotFound as for ResetPassword.
func (p *People) Unlock(ctx context.Context, actor models.Actor, account models.ID) error {
	return p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := p.mayHelp(tx, actor, account); err != nil {
			return err
		}
		a, err := AccountByID(tx, account)
		if err != nil {
			return err
		}
		return forgive(tx, a.Username)
	})
}

// AccountFilter narrows a list of accounts; zero fields do not.
type AccountFilter struct {
	Query string      // part of the display name or the username, without marks
	Role  models.Role // holders of this role
	After string      // the cursor: username of the last one seen
	Limit int         // 1 to 200, default 50
}

// Accounts lists the accounts the actor manages by username. next is the
// cursor of the following page, empty at the end.
func (p *People) Accounts(ctx context.Context, actor models.Actor, f AccountFilter) (list []Account, next string, err error) {
	reach, err := models.Allow(actor, models.ActManageAccounts)
	if err != nil {
		return nil, "", err
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	where, args := within(reach, p.db.Clock().Today())
	where, args = "a.username > ? AND "+where, append([]any{f.After}, args...)
	if f.Role != "" {
		where += " AND EXISTS (SELECT 1 FROM account_grants r WHERE r.account_id = a.id AND r.role = ?)"
		args = append(args, f.Role)
	}
	if q := models.Fold(f.Query); q != "" {
		where += " AND (a.username LIKE ? ESCAPE '!' OR a.name_fold LIKE ? ESCAPE '!')"
		args = append(args, contains(NormalizeUsername(q)), contains(q))
	}
	db := p.db.Read(ctx)
	var rows []accountRow
	err = db.Raw("SELECT a.* FROM accounts a WHERE "+where+" ORDER BY a.username LIMIT ?", append(args, f.Limit+1)...).Scan(&rows).Error
	if err != nil {
		return nil, "", err
	}
	if len(rows) > f.Limit {
		rows = rows[:f.Limit]
		next = rows[f.Limit-1].Username
	}
	ids := make([]models.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	grants, err := grantsOf(db, ids)
	for _, r := range rows {
		a := r.account()
		a.Grants = grants[r.ID]
		list = append(list, a)
	}
	return list, next, err
}

// contains is the LIKE pattern for text anywhere. '!' escapes the wildcards: a
// backslash means different things to different databases.
func contains(s string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) + "%"
}
