package people

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Session is what a sign-in or a refresh gives. The edge signs the access token
// (account, epoch, AccessExpires); this room keeps only the hash of the refresh
// token, an opaque string that is worth one refresh.
type Session struct {
	Account        Account
	Actor          models.Actor
	Epoch          int
	RefreshToken   string
	RefreshExpires time.Time
	AccessExpires  time.Time
	MustChange     bool      // the password was given by somebody else
	MustEnrol      bool      // limited: Actor may enrol a second factor and nothing else
	Lesson         models.ID // of a sign-in by class secret: the lesson session it is bound to
}

// tokenRow is the refresh_tokens table. A family is one sign-in; Generation
// counts its refreshes.
type tokenRow struct {
	ID         models.ID
	AccountID  models.ID
	FamilyID   models.ID
	Generation int
	Epoch      int
	LessonID   models.ID
	TokenHash  string
	IssuedAt   time.Time
	ExpiresAt  time.Time
	UsedAt     *time.Time
	RevokedAt  *time.Time
}

// maxSiblings bounds how many tokens one generation can have: the tabs of one
// browser that wake up together.
const maxSiblings = 20

// family is one sign-in, at one of its generations. lesson is zero unless it was
// made with a class secret.
type family struct {
	id         models.ID
	generation int
	lesson     models.ID
}

// lessonTTL is how long a refresh token of a sign-in by class secret lives, a
// little over the longest lesson. The lesson's end ends it earlier.
const lessonTTL = 5 * time.Hour

// issue writes a refresh token and makes the session.
func (p *People) issue(tx *gorm.DB, row accountRow, grants []models.Grant, f family, now time.Time) (Session, error) {
	token, hash := newToken()
	ttl := p.opts.RefreshTTL
	if !f.lesson.IsZero() {
		ttl = min(ttl, lessonTTL)
	}
	t := tokenRow{
		ID: models.NewID(now), AccountID: row.ID, FamilyID: f.id, Generation: f.generation, Epoch: row.Epoch, LessonID: f.lesson,
		TokenHash: hash, IssuedAt: now, ExpiresAt: now.Add(ttl),
	}
	if err := tx.Table("refresh_tokens").Create(&t).Error; err != nil {
		return Session{}, err
	}
	a := row.account()
	a.Grants = grants
	s := Session{
		Account: a, Actor: actorOf(a), Epoch: a.Epoch,
		RefreshToken: token, RefreshExpires: t.ExpiresAt, AccessExpires: now.Add(p.opts.AccessTTL),
		MustChange: a.MustChange, MustEnrol: a.mustEnrol(), Lesson: f.lesson,
	}
	s.Actor.Lesson = f.lesson
	return s, nil
}

// Refresh trades a refresh token for a new session. A token is worth one
// refresh; presented again it means that two parties hold it, and the whole
// family is revoked: KindUnauthenticated "token_reused". Everything else that
// is not valid is KindUnauthenticated "unauthenticated".
//
// One kind of repeat is innocent: the reply was lost, or two tabs woke up
// together. So a used token is accepted again for Options.Grace, unless one of
// its successors was used, which proves that a reply arrived. The repeat gives
// a sibling, never the same token again (only its hash is known). Of siblings
// one survives: the first to be used makes the others count as used. A thief
// who slips into the grace is therefore found out at the next refresh of
// whoever comes second, as without any grace. We do not compare addresses or
// browsers: a telephone changes the one on the way to school, and the other is
// no secret.
func (p *People) Refresh(ctx context.Context, token string) (Session, error) {
	var s Session
	var reused bool
	hash := hashToken(token)
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		s, reused, err = p.rotate(tx, hash)
		return err
	})
	if err == nil && reused {
		err = models.Fail(models.KindUnauthenticated, "token_reused")
	}
	return s, err
}

// rotate decides by the conditional UPDATE who is first. reused is no error,
// because the revocation must be committed.
func (p *People) rotate(tx *gorm.DB, hash string) (s Session, reused bool, err error) {
	now := p.db.Clock().Now()
	res := tx.Exec("UPDATE refresh_tokens SET used_at = ? WHERE token_hash = ? AND used_at IS NULL", now, hash)
	if res.Error != nil {
		return s, false, res.Error
	}
	first := res.RowsAffected == 1
	var t tokenRow
	if err := store.One(tx.Raw("SELECT * FROM refresh_tokens WHERE token_hash = ?", hash).Scan(&t), unauthenticated()); err != nil {
		return s, false, err
	}
	row, grants, err := p.tokenAccount(tx, t, now)
	if err != nil {
		return s, false, err
	}
	if !first {
		innocent, err := p.innocent(tx, t, now)
		if err != nil {
			return s, false, err
		}
		if !innocent {
			return s, true, revoke(tx, "family_id = ?", t.FamilyID, now)
		}
	}
	err = tx.Exec("UPDATE refresh_tokens SET used_at = ? WHERE family_id = ? AND generation = ? AND used_at IS NULL",
		now, t.FamilyID, t.Generation).Error
	if err != nil {
		return s, false, err
	}
	s, err = p.issue(tx, row, grants, family{t.FamilyID, t.Generation + 1, t.LessonID}, now)
	return s, false, err
}

// tokenAccount reads the account of a token that may still count: not expired,
// no token of the family revoked, the account active and at the same epoch.
func (p *People) tokenAccount(tx *gorm.DB, t tokenRow, now time.Time) (accountRow, []models.Grant, error) {
	var revoked int64
	err := tx.Raw("SELECT COUNT(*) FROM refresh_tokens WHERE family_id = ? AND revoked_at IS NOT NULL", t.FamilyID).Scan(&revoked).Error
	if err != nil {
		return accountRow{}, nil, err
	}
	if revoked > 0 || !t.ExpiresAt.After(now) {
		return accountRow{}, nil, unauthenticated()
	}
	row, a, err := loadAccount(tx, "id = ? AND state = ? AND epoch = ?", t.AccountID, AccountActive, t.Epoch)
	if models.KindOf(err) == models.KindNotFound {
		err = unauthenticated()
	}
	return row, a.Grants, err
}

// innocent tells a repeat within the grace from a theft.
func (p *People) innocent(tx *gorm.DB, t tokenRow, now time.Time) (bool, error) {
	if t.UsedAt == nil || now.Sub(*t.UsedAt) > p.opts.Grace {
		return false, nil
	}
	var next struct{ Issued, Used int }
	err := tx.Raw("SELECT COUNT(*) AS issued, COUNT(used_at) AS used FROM refresh_tokens WHERE family_id = ? AND generation = ?",
		t.FamilyID, t.Generation+1).Scan(&next).Error
	return next.Used == 0 && next.Issued < maxSiblings, err
}

func revoke(tx *gorm.DB, where string, id models.ID, now time.Time) error {
	return tx.Exec("UPDATE refresh_tokens SET revoked_at = ? WHERE revoked_at IS NULL AND "+where, now, id).Error
}

// SignOut ends the session a refresh token belongs to. Access tokens of it run
// out by themselves within AccessTTL. An unknown token is no error.
func (p *People) SignOut(ctx context.Context, token string) error {
	hash := hashToken(token)
	return p.db.Tx(ctx, func(tx *gorm.DB) error {
		var t tokenRow
		if err := tx.Raw("SELECT * FROM refresh_tokens WHERE token_hash = ?", hash).Scan(&t).Error; err != nil || t.ID.IsZero() {
			return err
		}
		return revoke(tx, "family_id = ?", t.FamilyID, p.db.Clock().Now())
	})
}

// SignOutEverywhere voids every access and refresh token of an account: the
// actor's own or one the actor manages. It takes at most ten seconds on other
// copies of the program. The error is NotFound for any other account.
func (p *People) SignOutEverywhere(ctx context.Context, actor models.Actor, account models.ID) error {
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		if actor.Account != account || account.IsZero() {
			if err := p.mayHelp(tx, actor, account); err != nil {
				return err
			}
		}
		return p.endSessions(tx, account)
	})
	p.actors.drop(account)
	return err
}

// endSessions moves the epoch on. The error is NotFound.
func (p *People) endSessions(tx *gorm.DB, account models.ID) error {
	now := p.db.Clock().Now()
	err := store.One(tx.Exec("UPDATE accounts SET epoch = epoch + 1, updated_at = ? WHERE id = ?", now, account), models.NotFound())
	if err != nil {
		return err
	}
	return revoke(tx, "account_id = ?", account, now)
}

// Sweep removes what no longer decides anything: refresh tokens past their
// time and windows of failures that are over. It answers how many rows went.
func (p *People) Sweep(ctx context.Context) (removed int64, err error) {
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		now := p.db.Clock().Now()
		tokens := tx.Exec("DELETE FROM refresh_tokens WHERE expires_at <= ?", now)
		if tokens.Error != nil {
			return tokens.Error
		}
		failures := tx.Exec("DELETE FROM signin_failures WHERE window_start <= ? AND (locked_until IS NULL OR locked_until <= ?)",
			now.Add(-p.opts.Window), now)
		removed = tokens.RowsAffected + failures.RowsAffected
		if failures.Error != nil {
			return failures.Error
		}
		return forgetUndo(tx, now)
	})
	return removed, err
}
