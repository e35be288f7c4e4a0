package people

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// The second factor is a time-based one-time password (RFC 6238): SHA-1, six
// digits, 30 seconds, because that is what every authenticator app reads.
const (
	factorPeriod  = 30 // seconds
	factorSkew    = 1  // steps the clock of a telephone may be off
	recoveryCodes = 10
)

// Factor is what an authenticator app needs: the secret to type, or the
// otpauth address to show as a QR code.
type Factor struct {
	Secret string
	URL    string
}

// BeginSecondFactor makes a secret for the actor's own account; it counts only
// once confirmed. Beginning again replaces it. The error is KindConflict
// "second_factor_enabled" when a factor is on.
func (p *People) BeginSecondFactor(ctx context.Context, actor models.Actor) (Factor, error) {
	if _, err := models.Allow(actor, models.ActOwnAccount); err != nil {
		return Factor{}, err
	}
	a, err := AccountByID(p.db.Read(ctx), actor.Account)
	if err != nil {
		return Factor{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: p.opts.Issuer, AccountName: a.Username, Period: factorPeriod, SecretSize: 20})
	if err != nil {
		return Factor{}, err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		return store.One(tx.Exec("UPDATE accounts SET totp_pending = ?, updated_at = ? WHERE id = ? AND totp_secret IS NULL",
			key.Secret(), p.db.Clock().Now(), a.ID), models.Conflict("second_factor_enabled"))
	})
	return Factor{Secret: key.Secret(), URL: key.URL()}, err
}

// ConfirmSecondFactor switches the begun factor on when code proves that an
// app has it, and answers the recovery codes, which are shown this once. The
// error is Invalid with field body.code "invalid_code".
func (p *People) ConfirmSecondFactor(ctx context.Context, actor models.Actor, code string) ([]string, error) {
	if _, err := models.Allow(actor, models.ActOwnAccount); err != nil {
		return nil, err
	}
	wrong := models.InvalidField("body.code", "invalid_code")
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = models.GroupCode(models.NewCode(9))
	}
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		var row accountRow
		res := tx.Raw("SELECT * FROM accounts WHERE id = ? AND totp_pending IS NOT NULL", actor.Account).Scan(&row)
		if err := store.One(res, wrong); err != nil {
			return err
		}
		step, ok := p.matchStep(*row.TotpPending, code, 0) // no code of a new secret was used
		if !ok {
			return wrong
		}
		err := store.One(tx.Exec("UPDATE accounts SET totp_secret = totp_pending, totp_pending = NULL, totp_last_step = ?, updated_at = ?"+
			" WHERE id = ? AND totp_pending = ? AND totp_secret IS NULL", step, p.db.Clock().Now(), row.ID, *row.TotpPending), wrong)
		if err != nil {
			return err
		}
		return writeRecovery(tx, row.ID, codes)
	})
	p.actors.drop(actor.Account)
	if err != nil {
		return nil, err
	}
	return codes, nil
}

func writeRecovery(tx *gorm.DB, account models.ID, codes []string) error {
	if err := tx.Exec("DELETE FROM recovery_codes WHERE account_id = ?", account).Error; err != nil {
		return err
	}
	for _, c := range codes {
		err := tx.Exec("INSERT INTO recovery_codes (account_id, code_hash) VALUES (?, ?)", account, recoveryHash(account, c)).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// recoveryHash is a plain hash: the codes are random, 31^9 of them.
func recoveryHash(account models.ID, code string) string {
	code, err := models.NormalizeCode(code)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(append(account[:], code...))
	return hex.EncodeToString(sum[:])
}

// matchStep finds the time step a code belongs to: the present one or a
// neighbour, and later than the last one used.
func (p *People) matchStep(secret, code string, last int64) (int64, bool) {
	code = strings.Join(strings.Fields(code), "")
	now := p.db.Clock().Now().Unix() / factorPeriod
	for step := max(now-factorSkew, last+1); step <= now+factorSkew; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

// checkFactor demands the second factor at sign-in and uses the code up. A
// wrong code counts as a wrong password.
func (p *People) checkFactor(ctx context.Context, a attempt, row accountRow, code string) error {
	needed := models.Fail(models.KindUnauthenticated, "second_factor_required")
	if strings.TrimSpace(code) == "" {
		return needed
	}
	ok, err := p.useCode(ctx, row, code)
	if err != nil || ok {
		return err
	}
	if err := p.fail(ctx, a); err != nil {
		return err
	}
	needed.Fields = []models.Field{{Location: "body.code", Code: "invalid_code"}}
	return needed
}

// useCode spends a code of the app or a recovery code; the conditional UPDATE
// lets it count once.
func (p *People) useCode(ctx context.Context, row accountRow, code string) (bool, error) {
	if row.TotpSecret == nil {
		return false, nil
	}
	step, isStep := p.matchStep(*row.TotpSecret, code, row.TotpLastStep)
	used := false
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		res := &gorm.DB{}
		if isStep {
			res = tx.Exec("UPDATE accounts SET totp_last_step = ? WHERE id = ? AND totp_last_step < ? AND totp_secret = ?",
				step, row.ID, step, *row.TotpSecret)
		} else if hash := recoveryHash(row.ID, code); hash != "" {
			res = tx.Exec("UPDATE recovery_codes SET used_at = ? WHERE account_id = ? AND code_hash = ? AND used_at IS NULL",
				p.db.Clock().Now(), row.ID, hash)
		}
		used = res.RowsAffected == 1
		return res.Error
	})
	return used, err
}

// RemoveSecondFactor switches the actor's own factor off; a code is needed once
// more. Errors: Conflict "factor_required" where the account must have one
// (otherwise the password alone could enrol another: an administrator resets
// it); Invalid with field body.code; KindLocked.
func (p *People) RemoveSecondFactor(ctx context.Context, actor models.Actor, code string) error {
	if _, err := models.Allow(actor, models.ActOwnAccount); err != nil {
		return err
	}
	var row accountRow
	res := p.db.Read(ctx).Raw("SELECT * FROM accounts WHERE id = ?", actor.Account).Scan(&row)
	if err := store.One(res, models.NotFound()); err != nil {
		return err
	}
	if row.TotpRequired != 0 {
		return models.Conflict("factor_required")
	}
	a := attemptOf(row.Username, "")
	if _, err := p.blocked(ctx, a); err != nil {
		return err
	}
	ok, err := p.useCode(ctx, row, code)
	if err != nil {
		return err
	}
	if !ok {
		if err := p.fail(ctx, a); err != nil {
			return err
		}
		return models.InvalidField("body.code", "invalid_code")
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error { return p.clearFactor(tx, row.ID) })
	p.actors.drop(row.ID)
	return err
}

func (p *People) clearFactor(tx *gorm.DB, account models.ID) error {
	err := store.One(tx.Exec("UPDATE accounts SET totp_secret = NULL, totp_pending = NULL, updated_at = ? WHERE id = ?",
		p.db.Clock().Now(), account), models.NotFound())
	if err != nil {
		return err
	}
	return tx.Exec("DELETE FROM recovery_codes WHERE account_id = ?", account).Error
}

// RequireSecondFactor says whether an account must have a second factor. An
// account without one is limited to enrolling it from then on. The error is
// NotFound for an account the actor does not manage.
func (p *People) RequireSecondFactor(ctx context.Context, actor models.Actor, account models.ID, required bool) error {
	return p.manage(ctx, actor, account, func(tx *gorm.DB) error {
		return store.One(tx.Exec("UPDATE accounts SET totp_required = ?, updated_at = ? WHERE id = ?",
			flag(required), p.db.Clock().Now(), account), models.NotFound())
	})
}

// ResetSecondFactor takes a lost factor off an account and ends its sessions.
// Only an actor who manages accounts everywhere may: it opens an officer's
// account with the password alone. Errors: KindForbidden, NotFound.
func (p *People) ResetSecondFactor(ctx context.Context, actor models.Actor, account models.ID) error {
	reach, err := models.Allow(actor, models.ActManageAccounts)
	if err != nil {
		return err
	}
	if !reach.All {
		return models.Fail(models.KindForbidden, "forbidden")
	}
	return p.manage(ctx, actor, account, func(tx *gorm.DB) error {
		if err := p.clearFactor(tx, account); err != nil {
			return err
		}
		if err := recordAccount(tx, actor, audit.FactorReset, account, nil); err != nil {
			return err
		}
		return p.endSessions(tx, account)
	})
}
