package people_test

import (
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
)

// code is what an app shows, its clock off by some time.
func (w *world) code(secret string, off time.Duration) string {
	w.t.Helper()
	code, err := totp.GenerateCode(secret, w.clock.Now().Add(off))
	require.NoError(w.t, err)
	return code
}

// enrolled switches a factor on and moves the clock past the code used.
func (w *world) enrolled(a people.Account) (secret string, recovery []string) {
	w.t.Helper()
	f, err := w.people.BeginSecondFactor(ctx, w.actor(a))
	require.NoError(w.t, err)
	recovery, err = w.people.ConfirmSecondFactor(ctx, w.actor(a), w.code(f.Secret, 0))
	require.NoError(w.t, err)
	w.clock.Add(time.Minute)
	return f.Secret, recovery
}

func (w *world) signInWith(username, code string) error {
	_, err := w.people.SignIn(ctx, people.Credentials{Username: username, Password: password, Code: code})
	return err
}

func TestEnrolSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("so.gd", adminGrant)
		_, err := w.people.ConfirmSecondFactor(ctx, w.actor(a), "123456")
		assert.ErrorContains(t, err, "body.code invalid_code", "nothing begun")
		first, err := w.people.BeginSecondFactor(ctx, w.actor(a))
		require.NoError(t, err)
		f, err := w.people.BeginSecondFactor(ctx, w.actor(a))
		require.NoError(t, err)
		assert.NotEqual(t, first.Secret, f.Secret)
		u, err := url.Parse(f.URL)
		require.NoError(t, err)
		assert.Equal(t, "otpauth", u.Scheme)
		assert.Equal(t, "Nhà Số", u.Query().Get("issuer"))
		assert.Equal(t, f.Secret, u.Query().Get("secret"))
		require.NoError(t, w.signInWith("so.gd", ""), "begun is not on")
		_, err = w.people.ConfirmSecondFactor(ctx, w.actor(a), w.code(first.Secret, 0))
		assert.ErrorContains(t, err, "invalid_code", "the first secret was replaced")

		code := w.code(f.Secret, 0)
		recovery, err := w.people.ConfirmSecondFactor(ctx, w.actor(a), code[:3]+" "+code[3:])
		require.NoError(t, err)
		assert.Len(t, recovery, 10)
		assert.Zero(t, w.count("recovery_codes", "code_hash = ?", recovery[0]))
		_, err = w.people.BeginSecondFactor(ctx, w.actor(a))
		assert.Equal(t, "second_factor_enabled", models.CodeOf(err))
		assert.Equal(t, "second_factor_required", models.CodeOf(w.signInWith("so.gd", "")))
		assert.ErrorContains(t, w.signInWith("so.gd", code), "invalid_code", "the code of the enrolment is used up")
	})
}

func TestSignInWithSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		secret, recovery := w.enrolled(w.account("so.gd", adminGrant))
		_, err := w.people.SignIn(ctx, people.Credentials{Username: "so.gd", Password: "sai", Code: w.code(secret, 0)})
		assert.Equal(t, "unauthenticated", models.CodeOf(err), "the password first")

		require.NoError(t, w.signInWith("so.gd", w.code(secret, -30*time.Second)), "one step behind")
		assert.Error(t, w.signInWith("so.gd", w.code(secret, -30*time.Second)), "no replay")
		require.NoError(t, w.signInWith("so.gd", w.code(secret, 30*time.Second)), "one step ahead")
		assert.Error(t, w.signInWith("so.gd", w.code(secret, 0)), "never an older step than the last one used")
		w.clock.Add(2 * time.Minute)
		assert.Error(t, w.signInWith("so.gd", w.code(secret, 90*time.Second)), "three steps ahead")
		require.NoError(t, w.signInWith("so.gd", w.code(secret, 0)))

		require.NoError(t, w.signInWith("so.gd", recovery[3]))
		assert.Error(t, w.signInWith("so.gd", recovery[3]), "once")
		for _, bad := range []string{"abcdef", "٠١٢٣٤٥", recovery[4][:11] + "!", "000000"} {
			require.Error(t, w.signInWith("so.gd", bad), bad)
		}
		assert.Equal(t, models.KindLocked, models.KindOf(w.signInWith("so.gd", recovery[4])), "wrong codes count like wrong passwords")
	})
}

func TestOneCodeIsWorthOneSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		secret, recovery := w.enrolled(w.account("so.gd", adminGrant))
		for _, code := range []string{w.code(secret, 0), recovery[0]} {
			p := people.New(w.db, cheap, people.Options{NameFailures: 100})
			var wg sync.WaitGroup
			var in atomic.Int32
			for range 6 {
				wg.Go(func() {
					if _, err := p.SignIn(ctx, people.Credentials{Username: "so.gd", Password: password, Code: code}); err == nil {
						in.Add(1)
					}
				})
			}
			wg.Wait()
			assert.EqualValues(t, 1, in.Load())
		}
	})
}

func TestRequiredFactorLimitsTheSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("so.gd", grant(models.RoleDeptOfficer, models.ScopeAll, models.ID{}))
		before := w.mustSignIn("so.gd")
		require.NoError(t, w.people.RequireSecondFactor(ctx, w.admin, a.ID, true))
		s := w.mustSignIn("so.gd")
		assert.True(t, s.MustEnrol)
		assert.Equal(t, a.Grants, s.Account.Grants, "shown, not held")
		refreshed, err := w.people.Refresh(ctx, before.RefreshToken)
		require.NoError(t, err)
		remembered, err := w.people.ActorOf(ctx, a.ID, 1)
		require.NoError(t, err)
		for _, actor := range []models.Actor{s.Actor, refreshed.Actor, remembered} {
			for _, act := range []models.Action{models.ActReadCoverage, models.ActImportHouseholds, models.ActManagePlaces, models.ActReadNames, models.ActLearn} {
				_, err := models.Allow(actor, act)
				assert.Equal(t, models.KindForbidden, models.KindOf(err), string(act))
			}
		}
		f, err := w.people.BeginSecondFactor(ctx, s.Actor)
		require.NoError(t, err)
		_, err = w.people.ConfirmSecondFactor(ctx, s.Actor, w.code(f.Secret, 0))
		require.NoError(t, err)
		full, err := w.people.ActorOf(ctx, a.ID, 1)
		require.NoError(t, err)
		assert.Equal(t, a.Grants, full.Grants, "at once")

		w.clock.Add(time.Minute)
		require.NoError(t, w.people.RequireSecondFactor(ctx, w.admin, a.ID, false))
		assert.Equal(t, "second_factor_required", models.CodeOf(w.signInWith("so.gd", "")), "not required, but on")
	})
}

func TestRemoveAndResetSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("so.gd", adminGrant)
		assert.ErrorContains(t, w.people.RemoveSecondFactor(ctx, w.actor(a), "123456"), "invalid_code", "none to remove")
		secret, recovery := w.enrolled(a)
		assert.ErrorContains(t, w.people.RemoveSecondFactor(ctx, w.actor(a), "123456"), "invalid_code")
		require.NoError(t, w.people.RequireSecondFactor(ctx, w.admin, a.ID, true))
		assert.ErrorContains(t, w.people.RemoveSecondFactor(ctx, w.actor(a), w.code(secret, 0)), "factor_required",
			"else the password alone could enrol another")
		require.NoError(t, w.people.RequireSecondFactor(ctx, w.admin, a.ID, false))
		require.NoError(t, w.people.RemoveSecondFactor(ctx, w.actor(a), w.code(secret, 0)))
		require.NoError(t, w.signInWith("so.gd", ""))
		assert.Zero(t, w.count("recovery_codes", "1 = 1"))
		assert.Error(t, w.people.RemoveSecondFactor(ctx, w.actor(a), recovery[0]))

		w.enrolled(a)
		s := w.account("ht1", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0]))
		assert.Equal(t, models.KindForbidden, models.KindOf(w.people.ResetSecondFactor(ctx, w.actor(s), s.ID)))
		assert.Equal(t, models.KindNotFound, models.KindOf(w.people.ResetSecondFactor(ctx, w.admin, w.id())))
		require.NoError(t, w.people.ResetSecondFactor(ctx, w.admin, a.ID))
		require.NoError(t, w.signInWith("so.gd", ""))
		for range 5 {
			assert.Equal(t, models.KindInvalid, models.KindOf(w.people.RemoveSecondFactor(ctx, w.actor(a), "123456")))
		}
		assert.Equal(t, models.KindLocked, models.KindOf(w.people.RemoveSecondFactor(ctx, w.actor(a), "123456")))
	})
}
