package people_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
)

func (w *world) signIn(username, secret string) (people.Session, error) {
	return w.people.SignIn(ctx, people.Credentials{Username: username, Password: secret, Address: "203.0.113.7"})
}

func (w *world) mustSignIn(username string) people.Session {
	w.t.Helper()
	s, err := w.signIn(username, password)
	require.NoError(w.t, err)
	return s
}

func TestSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("co.lan", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0]))
		s, err := w.signIn(" Cô.Lan ", "mật khẩu da\u0300i")
		require.NoError(t, err, "marks, capitals and the form of the letters do not matter")
		assert.Equal(t, a, s.Account)
		assert.Equal(t, w.actor(a), s.Actor)
		assert.Equal(t, 1, s.Epoch)
		assert.Equal(t, start.Add(15*time.Minute), s.AccessExpires)
		assert.Equal(t, start.Add(30*24*time.Hour), s.RefreshExpires)
		assert.False(t, s.MustEnrol || s.MustChange)
		assert.Zero(t, w.count("refresh_tokens", "token_hash = ?", s.RefreshToken), "only the hash is kept")
		assert.Len(t, s.RefreshToken, 43)
	})
}

func TestSignInRefusesAlike(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		gone := w.account("thay.nam", grant(models.RoleTeacher, models.ScopeSchool, w.school[0]))
		require.NoError(t, w.people.Disable(ctx, w.admin, gone.ID))
		var replies []string
		for _, c := range [][2]string{
			{"khong.co", password}, {"co.lan", "sai mật khẩu"}, {"co.lan", ""}, {"", password}, {"thay.nam", password},
			{"co.lan", string(make([]byte, 1<<16))}, {"' OR 1=1 --", password}, {"\xff\xfe", "\xff"},
		} {
			_, err := w.signIn(c[0], c[1])
			require.Error(t, err, c[0])
			replies = append(replies, fmt.Sprintf("%+v", err))
		}
		for _, r := range replies {
			assert.Equal(t, replies[0], r)
		}
		assert.Equal(t, "unauthenticated: unauthenticated", replies[0])
		assert.Zero(t, w.count("refresh_tokens", "1 = 1"))
	})
}

// The work for an unknown name is the work for a known one: one comparison with
// a hash of the same cost.
func TestUnknownNameCostsTheSame(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hasher := people.NewHasher(people.Cost{MemoryKiB: 64, Passes: 1})
		p := people.New(w.db, hasher, people.Options{NameFailures: 1000})
		_, err := p.CreateAccount(ctx, w.admin, people.NewAccount{Username: "co.lan", DisplayName: "Lan", Password: password, Grants: []models.Grant{adminGrant}})
		require.NoError(t, err)
		for _, username := range []string{"co.lan", "khong.co", "", "\xff"} {
			before := hasher.Checked()
			_, err := p.SignIn(ctx, people.Credentials{Username: username, Password: "sai mật khẩu"})
			require.Equal(t, models.KindUnauthenticated, models.KindOf(err))
			assert.EqualValues(t, 1, hasher.Checked()-before, "%q", username)
		}
	})
}

func TestNameIsLockedAfterFiveFailures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		for _, name := range []string{"co.lan", "khong.co"} {
			for i := range 5 {
				_, err := w.signIn(name, "sai")
				require.Equal(t, models.KindUnauthenticated, models.KindOf(err), "%s %d", name, i)
			}
			_, err := w.signIn(name, password)
			var e *models.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, models.KindLocked, e.Kind, "also with the right password, also for an unknown name")
			assert.Equal(t, 900, e.RetryAfter)
		}
		w.clock.Add(14 * time.Minute)
		_, err := w.signIn("CO.LAN", password)
		assert.Equal(t, "locked", models.CodeOf(err))
		w.clock.Add(time.Minute)
		w.mustSignIn("co.lan")
		assert.Equal(t, 1, w.count("signin_failures", "subject LIKE 'n:%'"), "the success forgot the name's failures")
	})
}

func TestFailuresSpreadOverTimeDoNotLock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		for range 12 {
			_, err := w.signIn("co.lan", "sai")
			require.Equal(t, models.KindUnauthenticated, models.KindOf(err))
			w.clock.Add(4 * time.Minute)
		}
		for range 3 {
			for range 4 {
				_, err := w.signIn("co.lan", "sai")
				require.Equal(t, models.KindUnauthenticated, models.KindOf(err))
			}
			w.mustSignIn("co.lan")
		}
	})
}

func TestAddressIsSlowedDownAfterSixtyFailures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		w.clock.Add(time.Hour)
		try := func(name, secret, address string) error {
			_, err := w.people.SignIn(ctx, people.Credentials{Username: name, Password: secret, Address: address})
			return err
		}
		for i := range 60 {
			require.Equal(t, models.KindUnauthenticated, models.KindOf(try(fmt.Sprint("x", i), "sai", fmt.Sprintf("2001:db8::%x", i))))
		}
		err := try("co.lan", password, "2001:db8::ffff")
		var e *models.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, models.KindTooMany, e.Kind, "one subscriber, many addresses")
		assert.Equal(t, 900, e.RetryAfter)
		assert.NoError(t, try("co.lan", password, "2001:db8:0:1::1"), "a neighbour")
		assert.NoError(t, try("co.lan", password, ""), "the command line")
		w.clock.Add(15 * time.Minute)
		assert.NoError(t, try("co.lan", password, "2001:db8::ffff"))
	})
}

func TestParallelGuessesAreCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		p := people.New(w.db, people.NewHasher(people.Cost{MemoryKiB: 64, Passes: 1, Parallel: 2}), people.Options{})
		var wg sync.WaitGroup
		var checked atomic.Int32
		for range 30 {
			wg.Go(func() {
				_, err := p.SignIn(ctx, people.Credentials{Username: "co.lan", Password: "sai"})
				switch models.KindOf(err) {
				case models.KindUnauthenticated:
					checked.Add(1)
				case models.KindLocked:
				default:
					t.Errorf("unexpected: %v", err)
				}
			})
		}
		wg.Wait()
		assert.LessOrEqual(t, checked.Load(), int32(6), "five, and one that was in its turn")
		assert.GreaterOrEqual(t, checked.Load(), int32(5))
	})
}

func TestHasherQueueIsBounded(t *testing.T) {
	h := people.NewHasher(people.Cost{MemoryKiB: 32 * 1024, Passes: 4, Parallel: 1, Queue: 1})
	var wg sync.WaitGroup
	var busy atomic.Int32
	for range 8 {
		wg.Go(func() {
			if _, err := h.Hash(ctx, "x"); models.CodeOf(err) == "busy" {
				busy.Add(1)
			}
		})
	}
	wg.Wait()
	assert.Positive(t, busy.Load())
	assert.Less(t, busy.Load(), int32(8))
	_, err := h.Hash(ctx, "x")
	assert.NoError(t, err, "turns are given back")
}

func TestHashIsRenewedAtAnotherCost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		p := people.New(w.db, people.NewHasher(people.Cost{MemoryKiB: 128, Passes: 2}), people.Options{})
		_, err := p.SignIn(ctx, people.Credentials{Username: "co.lan", Password: "mật khẩu dài"})
		require.NoError(t, err)
		assert.Equal(t, 1, w.count("accounts", "secret_hash LIKE '%m=128,t=2,%'"))
		_, err = p.SignIn(ctx, people.Credentials{Username: "co.lan", Password: password})
		require.NoError(t, err)
	})
}

func TestDefaultCostIsThePrescribedOne(t *testing.T) {
	hash, err := people.NewHasher(people.Cost{}).Hash(ctx, password)
	require.NoError(t, err)
	assert.Contains(t, hash, "$argon2id$v=19$m=19456,t=2,p=1$")
}

func TestChangePassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("co.lan", adminGrant)
		other, mine := w.mustSignIn("co.lan"), w.mustSignIn("co.lan")
		change := func(current, next string) error {
			_, err := w.people.ChangePassword(ctx, mine.Actor, current, next)
			return err
		}
		for _, c := range []struct{ current, next, says string }{
			{"sai", "mật khẩu mới", "body.current wrong_password"},
			{password, "ngắn", "body.new too_short"},
			{password, "Cô.Lan\u00a0", "body.new too_short"},
			{password, password, "body.new same_as_before"},
		} {
			assert.ErrorContains(t, change(c.current, c.next), c.says)
		}
		s, err := w.people.ChangePassword(ctx, mine.Actor, password, "mật khẩu mới")
		require.NoError(t, err)
		assert.Equal(t, 2, s.Epoch)
		assert.False(t, s.MustChange)
		for _, old := range []people.Session{other, mine} {
			_, err = w.people.Refresh(ctx, old.RefreshToken)
			assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
			_, err = w.people.ActorOf(ctx, a.ID, old.Epoch)
			assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		}
		_, err = w.people.Refresh(ctx, s.RefreshToken)
		assert.NoError(t, err)
		_, err = w.signIn("co.lan", password)
		assert.Error(t, err)
		_, err = w.signIn("co.lan", "mật khẩu mới")
		assert.NoError(t, err)
		for range 5 {
			require.ErrorContains(t, change("sai", "mật khẩu khác"), "wrong_password")
		}
		assert.Equal(t, models.KindLocked, models.KindOf(change("mật khẩu mới", "mật khẩu khác")), "a stolen session does not help guessing")
		_, err = w.people.ChangePassword(ctx, models.Actor{}, password, password)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
	})
}

func TestSweepRemovesOnlyWhatIsOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		w.mustSignIn("co.lan")
		_, err := w.signIn("khong.co", "sai")
		require.Error(t, err)
		n, err := w.people.Sweep(ctx)
		require.NoError(t, err)
		assert.Zero(t, n)
		w.clock.Add(20 * 24 * time.Hour)
		s := w.mustSignIn("co.lan")
		w.clock.Add(10 * 24 * time.Hour)
		n, err = w.people.Sweep(ctx)
		require.NoError(t, err)
		assert.EqualValues(t, 3, n, "one token, the name, the address")
		_, err = w.people.Refresh(ctx, s.RefreshToken)
		assert.NoError(t, err)
	})
}

func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		keys, err := w.people.SigningKeys(ctx)
		require.NoError(t, err)
		require.Len(t, keys, 1, "made when there is none")
		assert.Len(t, keys[0].Secret, 32)
		first, err := w.people.EnsureKey(ctx, nil)
		require.NoError(t, err)
		assert.Equal(t, keys[0], first)

		_, err = w.people.EnsureKey(ctx, []byte("short"))
		assert.Equal(t, "secret_too_short", models.CodeOf(err))
		w.clock.Add(time.Minute)
		secret := []byte("0123456789abcdef0123456789abcdef")
		second, err := w.people.EnsureKey(ctx, secret)
		require.NoError(t, err)
		again, err := w.people.EnsureKey(ctx, secret)
		require.NoError(t, err)
		assert.Equal(t, second, again)
		assert.NotContains(t, second.KID, "0123456789")

		w.clock.Add(time.Minute)
		third, err := w.people.RotateKeys(ctx)
		require.NoError(t, err)
		keys, err = w.people.SigningKeys(ctx)
		require.NoError(t, err)
		require.Len(t, keys, 3)
		assert.Equal(t, third, keys[0])
		assert.True(t, keys[1].Retired && keys[2].Retired)

		again, err = w.people.EnsureKey(ctx, secret)
		require.NoError(t, err)
		assert.Equal(t, third.KID, again.KID, "a retired secret does not come back with a restart")
		w.clock.Add(15*time.Minute + 30*time.Second)
		keys, err = w.people.SigningKeys(ctx)
		require.NoError(t, err)
		assert.Len(t, keys, 2, "the first retired earlier and is over")
		w.clock.Add(time.Minute)
		keys, err = w.people.SigningKeys(ctx)
		require.NoError(t, err)
		assert.Len(t, keys, 1)
		long, err := w.people.EnsureKey(ctx, []byte(string(secret)+string(secret)+"x"))
		require.NoError(t, err)
		assert.Len(t, long.Secret, 32)
	})
}

func TestKeysMadeAtOnceAllCount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				_, err := w.people.EnsureKey(ctx, nil)
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		keys, err := w.people.SigningKeys(ctx)
		require.NoError(t, err)
		assert.False(t, keys[0].Retired)
		assert.Equal(t, w.count("signing_keys", "1 = 1"), len(keys), "none that may have signed is refused")
	})
}

func TestActorOf(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("co.lan", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0]))
		copy2 := people.New(w.db, cheap, people.Options{ActorTTL: time.Hour})
		for _, p := range []*people.People{w.people, copy2} {
			actor, err := p.ActorOf(ctx, a.ID, 1)
			require.NoError(t, err)
			assert.Equal(t, w.actor(a), actor)
		}
		for _, c := range []struct {
			id    models.ID
			epoch int
		}{{a.ID, 0}, {a.ID, 2}, {w.id(), 1}, {models.ID{}, 1}} {
			_, err := w.people.ActorOf(ctx, c.id, c.epoch)
			assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		}
		// Another copy of the program learns of it within ten seconds, no
		// matter what it was told.
		require.NoError(t, w.people.SignOutEverywhere(ctx, w.actor(a), a.ID))
		_, err := w.people.ActorOf(ctx, a.ID, 1)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		_, err = copy2.ActorOf(ctx, a.ID, 1)
		assert.NoError(t, err)
		w.clock.Add(10 * time.Second)
		_, err = copy2.ActorOf(ctx, a.ID, 1)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		w.tx(func(tx *gorm.DB) error { return tx.Exec("UPDATE accounts SET state = 'disabled'").Error })
		_, err = w.people.ActorOf(ctx, a.ID, 2)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
	})
}
