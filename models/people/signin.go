package people

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Credentials are what somebody signs in with.
type Credentials struct {
	Username string // as typed: capitals, marks and spaces do not matter
	Password string
	Code     string // second factor: six digits of the app, or a recovery code
	Address  string // network address of the client, for the limit per address
}

// SignIn opens a session. An unknown name, a disabled account and a wrong
// password get the same reply for the same work. Errors: KindUnauthenticated
// "unauthenticated"; KindUnauthenticated "second_factor_required" when the
// password is right and the code is missing, or, with a field, wrong;
// KindLocked "locked" and KindTooMany "too_many_requests" with RetryAfter, also
// for the right password; KindUnavailable "busy" when too many wait.
func (p *People) SignIn(ctx context.Context, c Credentials) (Session, error) {
	username := NormalizeUsername(c.Username)
	a := attemptOf(username, c.Address)
	if _, err := p.blocked(ctx, a); err != nil {
		return Session{}, err
	}
	row, err := p.checkSecret(ctx, a, username, c.Password)
	if err != nil {
		return Session{}, err
	}
	if row.TotpSecret != nil {
		if err := p.checkFactor(ctx, a, row, c.Code); err != nil {
			return Session{}, err
		}
	}
	return p.openSession(ctx, row)
}

// checkSecret looks the account up and compares the password. Whether the name
// is locked is asked again inside the turn, and a failure is counted before the
// turn ends: guessing in parallel gains at most the hasher's few turns.
func (p *People) checkSecret(ctx context.Context, a attempt, username, password string) (accountRow, error) {
	row, stale, err := p.secretTurn(ctx, a, username, password)
	if err != nil || !stale {
		return row, err
	}
	fresh, err := p.hasher.Hash(ctx, password)
	if err != nil {
		return row, err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		// When it was changed meanwhile, that hash is the newer one.
		return store.One(tx.Exec("UPDATE accounts SET secret_hash = ? WHERE id = ? AND secret_hash = ?", fresh, row.ID, row.SecretHash), nil)
	})
	return row, err
}

func (p *People) secretTurn(ctx context.Context, a attempt, username, password string) (row accountRow, stale bool, err error) {
	if err := p.hasher.enter(ctx); err != nil {
		return row, false, err
	}
	defer p.hasher.leave()
	if _, err := p.blocked(ctx, a); err != nil {
		return row, false, err
	}
	if err := p.db.Read(ctx).Raw("SELECT * FROM accounts WHERE username = ?", username).Scan(&row).Error; err != nil {
		return row, false, err
	}
	hash := row.SecretHash
	if row.State != AccountActive || len(password) > maxPassword {
		hash = ""
	}
	ok, stale, err := p.hasher.check(password, hash)
	if err != nil || ok {
		return row, stale, err
	}
	if err := p.fail(ctx, a); err != nil {
		return row, false, err
	}
	return row, false, unauthenticated()
}

// unauthenticated is the one reply to everything that is not a valid session.
func unauthenticated() error { return models.Fail(models.KindUnauthenticated, "unauthenticated") }

// openSession writes the first refresh token of a new family and forgets the
// failures of the name. The token carries the epoch under which the password
// was checked: when that has passed, the token is void.
func (p *People) openSession(ctx context.Context, row accountRow) (Session, error) {
	var s Session
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		now := p.db.Clock().Now()
		if err := forgive(tx, row.Username); err != nil {
			return err
		}
		grants, err := grantsOf(tx, []models.ID{row.ID})
		if err != nil {
			return err
		}
		s, err = p.issue(tx, row, grants[row.ID], family{id: models.NewID(now)}, now)
		return err
	})
	return s, err
}

// ConfirmSecret checks the password of the actor's own account once more, before
// something that a phone left lying about must not do. Tries count as those of
// signing in. Errors: Invalid with the field "wrong_password"; KindLocked after
// too many wrong ones.
func (p *People) ConfirmSecret(ctx context.Context, actor models.Actor, field, secret string) error {
	var row accountRow
	res := p.db.Read(ctx).Raw("SELECT * FROM accounts WHERE id = ? AND state = ?", actor.Account, AccountActive).Scan(&row)
	if err := store.One(res, models.NotFound()); err != nil {
		return err
	}
	_, err := p.checkSecret(ctx, attemptOf(row.Username, ""), row.Username, secret)
	if models.KindOf(err) == models.KindUnauthenticated {
		return models.InvalidField(field, "wrong_password")
	}
	return err
}

// ChangePassword replaces the actor's own password and answers a new session:
// every session of before, on every device, is over. Errors: Invalid with field
// body.current "wrong_password" or body.new and the reason of the policy;
// KindLocked after too many wrong ones; KindConflict "account_changed".
func (p *People) ChangePassword(ctx context.Context, actor models.Actor, current, next string) (Session, error) {
	if _, err := models.Allow(actor, models.ActOwnAccount); err != nil {
		return Session{}, err
	}
	var row accountRow
	res := p.db.Read(ctx).Raw("SELECT * FROM accounts WHERE id = ? AND state = ?", actor.Account, AccountActive).Scan(&row)
	if err := store.One(res, models.NotFound()); err != nil {
		return Session{}, err
	}
	if err := p.ConfirmSecret(ctx, actor, "body.current", current); err != nil {
		return Session{}, err
	}
	if current == next {
		return Session{}, models.InvalidField("body.new", "same_as_before")
	}
	if err := checkPassword(next, row.Username, "body.new", minPassword); err != nil {
		return Session{}, err
	}
	hash, err := p.hasher.Hash(ctx, next)
	if err != nil {
		return Session{}, err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		return p.replaceSecret(tx, row.ID, row.Epoch, hash, false)
	})
	if err != nil {
		return Session{}, err
	}
	p.actors.drop(row.ID)
	row.Epoch, row.MustChange = row.Epoch+1, 0
	return p.openSession(ctx, row)
}

// replaceSecret writes a password's hash and ends every session. The error is
// KindConflict "account_changed" when the account is no longer at the epoch.
func (p *People) replaceSecret(tx *gorm.DB, account models.ID, epoch int, hash string, mustChange bool) error {
	now := p.db.Clock().Now()
	err := store.One(tx.Exec(
		"UPDATE accounts SET secret_hash = ?, must_change = ?, epoch = epoch + 1, updated_at = ? WHERE id = ? AND epoch = ?",
		hash, flag(mustChange), now, account, epoch), models.Conflict("account_changed"))
	if err != nil {
		return err
	}
	return revoke(tx, "account_id = ?", account, now)
}
