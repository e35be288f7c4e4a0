package people_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
)

func (w *world) refresh(token string) (people.Session, string) {
	w.t.Helper()
	s, err := w.people.Refresh(ctx, token)
	if err != nil && models.KindOf(err) != models.KindUnauthenticated {
		w.t.Errorf("unexpected: %v", err)
	}
	return s, models.CodeOf(err)
}

func TestRefreshRotates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("co.lan", adminGrant)
		s := w.mustSignIn("co.lan")
		for range 3 {
			w.clock.Add(time.Hour)
			next, code := w.refresh(s.RefreshToken)
			require.Empty(t, code)
			assert.NotEqual(t, s.RefreshToken, next.RefreshToken)
			assert.Equal(t, a, next.Account)
			assert.Equal(t, s.RefreshExpires.Add(time.Hour), next.RefreshExpires)
			s = next
		}
		for _, bad := range []string{"", "x", s.RefreshToken + "x", s.RefreshToken[1:]} {
			_, code := w.refresh(bad)
			assert.Equal(t, "unauthenticated", code)
		}
		w.clock.Add(30 * 24 * time.Hour)
		_, code := w.refresh(s.RefreshToken)
		assert.Equal(t, "unauthenticated", code, "expired")
	})
}

func TestReuseRevokesTheFamily(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		stolen, other := w.mustSignIn("co.lan"), w.mustSignIn("co.lan")
		mine, code := w.refresh(stolen.RefreshToken)
		require.Empty(t, code)
		w.clock.Add(11 * time.Second)
		_, code = w.refresh(stolen.RefreshToken)
		assert.Equal(t, "token_reused", code)
		_, code = w.refresh(mine.RefreshToken)
		assert.Equal(t, "unauthenticated", code, "both holders are out")
		_, code = w.refresh(stolen.RefreshToken)
		assert.Equal(t, "unauthenticated", code)
		_, code = w.refresh(other.RefreshToken)
		assert.Empty(t, code, "another sign-in is not concerned")
	})
}

func TestLostReplyIsForgiven(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		s := w.mustSignIn("co.lan")
		lost, code := w.refresh(s.RefreshToken)
		require.Empty(t, code)
		w.clock.Add(9 * time.Second)
		got, code := w.refresh(s.RefreshToken)
		require.Empty(t, code, "the reply was lost, the client repeats")
		w.clock.Add(15 * time.Minute)
		got, code = w.refresh(got.RefreshToken)
		require.Empty(t, code)

		// Whoever has the other one is not the client.
		w.clock.Add(15 * time.Minute)
		_, code = w.refresh(lost.RefreshToken)
		assert.Equal(t, "token_reused", code)
		_, code = w.refresh(got.RefreshToken)
		assert.Equal(t, "unauthenticated", code)
	})
}

func TestThiefInTheGraceIsFoundOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		s := w.mustSignIn("co.lan")
		mine, _ := w.refresh(s.RefreshToken)
		thief, code := w.refresh(s.RefreshToken)
		require.Empty(t, code, "cannot be told from a second tab")
		w.clock.Add(15 * time.Minute)
		thief, code = w.refresh(thief.RefreshToken)
		require.Empty(t, code)
		w.clock.Add(time.Minute)
		_, code = w.refresh(mine.RefreshToken)
		assert.Equal(t, "token_reused", code)
		_, code = w.refresh(thief.RefreshToken)
		assert.Equal(t, "unauthenticated", code)
	})
}

func TestRepeatAfterTheSuccessorWasUsedIsTheft(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		s := w.mustSignIn("co.lan")
		next, _ := w.refresh(s.RefreshToken)
		_, code := w.refresh(next.RefreshToken)
		require.Empty(t, code)
		_, code = w.refresh(s.RefreshToken)
		assert.Equal(t, "token_reused", code, "within the grace, but the reply had arrived")
	})
}

func TestTabsThatWakeTogether(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		s := w.mustSignIn("co.lan")
		const tabs = 6
		var wg sync.WaitGroup
		got := make([]people.Session, tabs)
		for i := range tabs {
			wg.Go(func() {
				var code string
				got[i], code = w.refresh(s.RefreshToken)
				assert.Empty(t, code)
			})
		}
		wg.Wait()
		tokens := map[string]bool{}
		for _, g := range got {
			tokens[g.RefreshToken] = true
		}
		assert.Len(t, tokens, tabs)
		// The browser keeps the cookie that came last, any of them.
		w.clock.Add(15 * time.Minute)
		_, code := w.refresh(got[3].RefreshToken)
		assert.Empty(t, code)
		assert.Equal(t, 1, w.count("refresh_tokens", "used_at IS NULL"), "one branch goes on")
		w.clock.Add(time.Minute)
		_, code = w.refresh(got[4].RefreshToken)
		assert.Equal(t, "token_reused", code)
	})
}

func TestSiblingsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		s := w.mustSignIn("co.lan")
		for range 20 {
			_, code := w.refresh(s.RefreshToken)
			require.Empty(t, code)
		}
		_, code := w.refresh(s.RefreshToken)
		assert.Equal(t, "token_reused", code)
	})
}

func TestSignOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.account("co.lan", adminGrant)
		s, other := w.mustSignIn("co.lan"), w.mustSignIn("co.lan")
		next, _ := w.refresh(s.RefreshToken)
		require.NoError(t, w.people.SignOut(ctx, s.RefreshToken), "an older token of the family names it too")
		_, code := w.refresh(next.RefreshToken)
		assert.Equal(t, "unauthenticated", code)
		_, code = w.refresh(other.RefreshToken)
		assert.Empty(t, code)
		assert.NoError(t, w.people.SignOut(ctx, "unknown"))
		assert.NoError(t, w.people.SignOut(ctx, ""))
	})
}

func TestSignOutEverywhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("co.lan", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0]))
		b := w.account("thay.nam", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0]))
		s, other := w.mustSignIn("co.lan"), w.mustSignIn("thay.nam")
		assert.Equal(t, models.KindNotFound, models.KindOf(w.people.SignOutEverywhere(ctx, w.actor(b), a.ID)))
		require.NoError(t, w.people.SignOutEverywhere(ctx, w.actor(a), a.ID))
		_, code := w.refresh(s.RefreshToken)
		assert.Equal(t, "unauthenticated", code)
		_, code = w.refresh(other.RefreshToken)
		assert.Empty(t, code)
		assert.Equal(t, 2, w.mustSignIn("co.lan").Epoch)
		require.NoError(t, w.people.SignOutEverywhere(ctx, w.admin, a.ID))
		assert.Equal(t, models.KindNotFound, models.KindOf(w.people.SignOutEverywhere(ctx, w.admin, models.ID{})))
	})
}

// Refreshing and signing out at once: whatever the order, nothing is left that
// could be refreshed.
func TestSignOutWinsOverRefresh(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("co.lan", adminGrant)
		for round := range 8 {
			s := w.mustSignIn("co.lan")
			var wg sync.WaitGroup
			got := make([]people.Session, 4)
			for i := range got {
				wg.Go(func() { got[i], _ = w.refresh(s.RefreshToken) })
			}
			wg.Go(func() {
				if round%2 == 0 {
					assert.NoError(t, w.people.SignOut(ctx, s.RefreshToken))
				} else {
					assert.NoError(t, w.people.SignOutEverywhere(ctx, w.actor(a), a.ID))
				}
			})
			wg.Wait()
			for _, g := range append(got, s) {
				_, code := w.refresh(g.RefreshToken)
				assert.NotEmpty(t, code)
			}
		}
	})
}
