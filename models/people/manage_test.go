package people_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
)

// staff is one account of each kind.
type staff struct {
	admin, officer, head, head2, teacher, classTeacher, teacher2, both people.Account
	pupil, pupil2                                                      people.Account
}

func (w *world) staff() staff {
	return staff{
		admin:        w.account("admin", adminGrant),
		officer:      w.account("canbo", grant(models.RoleCommuneOfficer, models.ScopeArea, w.commune)),
		head:         w.account("ht1", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0])),
		head2:        w.account("ht2", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[1])),
		teacher:      w.account("gv1", grant(models.RoleTeacher, models.ScopeSchool, w.school[0])),
		classTeacher: w.account("cn1", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0])),
		teacher2:     w.account("gv2", grant(models.RoleTeacher, models.ScopeSchool, w.school[1])),
		both: w.account("gv12", grant(models.RoleTeacher, models.ScopeSchool, w.school[0]),
			grant(models.RoleTeacher, models.ScopeSchool, w.school[1])),
		pupil:  w.pupilAccount("hs1", w.pupil("Lê An", w.class[0][0])),
		pupil2: w.pupilAccount("hs2", w.pupil("Lê Bình", w.class[1][0])),
	}
}

func has(list []people.Account, a people.Account) bool {
	return slices.ContainsFunc(list, func(b people.Account) bool { return a.ID == b.ID })
}

// manageAll tries everything that one account can do to another.
func (w *world) manageAll(by, on people.Account, manages, helps bool) {
	w.t.Helper()
	actor := w.actor(by)
	check := func(what string, want bool, err error) {
		w.t.Helper()
		if want {
			assert.NoError(w.t, err, "%s: %s on %s", what, by.Username, on.Username)
			return
		}
		assert.Contains(w.t, []models.Kind{models.KindNotFound, models.KindForbidden}, models.KindOf(err), "%s: %s on %s", what, by.Username, on.Username)
	}
	check("unlock", helps, w.people.Unlock(ctx, actor, on.ID))
	if by.ID != on.ID {
		check("sign out", helps, w.people.SignOutEverywhere(ctx, actor, on.ID))
	}
	_, err := w.people.ResetPassword(ctx, actor, on.ID)
	check("reset", helps, err)
	check("grants", manages, w.people.SetGrants(ctx, actor, on.ID, on.Grants))
	check("factor", manages, w.people.RequireSecondFactor(ctx, actor, on.ID, false))
	check("disable", manages, w.people.Disable(ctx, actor, on.ID))
	check("enable", manages, w.people.Enable(ctx, actor, on.ID))
}

// Who may do what to whom, for every way of managing an account.
func TestWhoManagesWhom(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.staff()
		// A school keeps an administrator: each has a second one, so that the first can be disabled.
		deputy := w.account("pht1", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0]))
		deputy2 := w.account("pht2", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[1]))
		all := []people.Account{deputy, deputy2, s.officer, s.head, s.head2, s.teacher, s.classTeacher, s.teacher2, s.both, s.pupil, s.pupil2}
		manages := map[string][]people.Account{
			"admin": all, "ht1": {deputy, s.head, s.teacher, s.classTeacher, s.pupil}, "ht2": {deputy2, s.head2, s.teacher2, s.pupil2},
		}
		helps := map[string][]people.Account{
			"admin": all, "ht1": manages["ht1"], "ht2": manages["ht2"],
			"gv1": {s.pupil}, "cn1": {s.pupil}, "gv2": {s.pupil2}, "gv12": {s.pupil, s.pupil2},
		}
		for _, by := range []people.Account{s.admin, s.head, s.head2, s.teacher, s.classTeacher, s.teacher2, s.both, s.officer, s.pupil} {
			for _, on := range all {
				w.manageAll(by, on, has(manages[by.Username], on), has(helps[by.Username], on))
			}
		}
		for name, by := range map[string]people.Account{"ht1": s.head, "ht2": s.head2, "admin": s.admin} {
			list, _, err := w.people.Accounts(ctx, w.actor(by), people.AccountFilter{})
			require.NoError(t, err)
			want := map[string]bool{}
			for _, a := range manages[name] {
				want[a.Username] = true
			}
			if name == "admin" {
				want["admin"] = true
			}
			got := map[string]bool{}
			for _, a := range list {
				got[a.Username] = true
			}
			assert.Equal(t, want, got, name)
		}
	})
}

func TestSchoolAdminCannotWidenAnyone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.staff()
		head := w.actor(s.head)
		for _, g := range []models.Grant{
			adminGrant, grant(models.RoleDeptOfficer, models.ScopeAll, models.ID{}),
			grant(models.RoleCommuneOfficer, models.ScopeArea, w.commune), grant(models.RoleTeamMember, models.ScopeArea, w.commune),
			grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[1]), grant(models.RoleTeacher, models.ScopeClass, w.class[1][0]),
		} {
			for _, on := range []people.Account{s.teacher, s.head} {
				err := w.people.SetGrants(ctx, head, on.ID, append([]models.Grant{g}, on.Grants...))
				assert.Equal(t, models.KindNotFound, models.KindOf(err), "%v", g)
				after, err := people.AccountByID(w.db.Read(ctx), on.ID)
				require.NoError(t, err)
				assert.Equal(t, on.Grants, after.Grants)
			}
		}
		more := []models.Grant{grant(models.RoleTeacher, models.ScopeClass, w.class[0][1]), s.teacher.Grants[0]}
		require.NoError(t, w.people.SetGrants(ctx, head, s.teacher.ID, more))
		after, err := people.AccountByID(w.db.Read(ctx), s.teacher.ID)
		require.NoError(t, err)
		assert.ElementsMatch(t, more, after.Grants)
		require.NoError(t, w.people.SetGrants(ctx, head, s.teacher.ID, more[:1]))
		actor, err := w.people.ActorOf(ctx, s.teacher.ID, 1)
		require.NoError(t, err)
		assert.Equal(t, more[:1], actor.Grants, "shows at once, and nobody is signed out")
	})
}

func TestDisabledAccountIsOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.staff()
		session := w.mustSignIn("gv1")
		require.NoError(t, w.people.Disable(ctx, w.admin, s.teacher.ID))
		_, code := w.refresh(session.RefreshToken)
		assert.Equal(t, "unauthenticated", code)
		_, err := w.people.ActorOf(ctx, s.teacher.ID, 1)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		require.NoError(t, w.people.Enable(ctx, w.admin, s.teacher.ID))
		_, code = w.refresh(session.RefreshToken)
		assert.Equal(t, "unauthenticated", code, "what was signed out stays out")
		w.mustSignIn("gv1")
	})
}

func TestResetPassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.staff()
		for range 5 {
			_, err := w.signIn("hs1", "sai")
			require.Error(t, err)
		}
		secret, err := w.people.ResetPassword(ctx, w.actor(s.classTeacher), s.pupil.ID)
		require.NoError(t, err)
		assert.Regexp(t, `^[2-9a-hjkmnp-z]{6}$`, secret)
		session, err := w.signIn("hs1", secret)
		require.NoError(t, err, "the lock is lifted")
		assert.True(t, session.MustChange)
		session, err = w.people.ChangePassword(ctx, session.Actor, secret, "của riêng em")
		require.NoError(t, err)
		assert.False(t, session.MustChange)
		secret, err = w.people.ResetPassword(ctx, w.admin, s.officer.ID)
		require.NoError(t, err)
		assert.Len(t, secret, 10)
		_, err = w.signIn("canbo", password)
		assert.Error(t, err, "the old one dies at once")
	})
}

func TestTheLastAdminStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("mot", adminGrant)
		teacher := []models.Grant{grant(models.RoleTeacher, models.ScopeSchool, w.school[0])}
		assert.Equal(t, "last_admin", models.CodeOf(w.people.SetGrants(ctx, w.admin, a.ID, teacher)))
		assert.Equal(t, "last_admin", models.CodeOf(w.people.Disable(ctx, w.actor(a), a.ID)))
		b := w.account("hai", adminGrant)
		require.NoError(t, w.people.Disable(ctx, w.actor(a), b.ID))
		assert.Equal(t, "last_admin", models.CodeOf(w.people.Disable(ctx, w.actor(a), a.ID)), "a disabled admin does not count")
		require.NoError(t, w.people.Enable(ctx, w.actor(a), b.ID))
		require.NoError(t, w.people.SetGrants(ctx, w.actor(a), a.ID, teacher))
		got, err := people.AccountByID(w.db.Read(ctx), a.ID)
		require.NoError(t, err)
		assert.Equal(t, teacher, got.Grants)
	})
}

// Admins who remove each other at once: one is always left.
func TestAdminsWhoRemoveEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var admins []people.Account
		for _, name := range []string{"mot", "hai", "nam", "bon"} {
			admins = append(admins, w.account(name, adminGrant))
		}
		teacher := []models.Grant{grant(models.RoleTeacher, models.ScopeSchool, w.school[0])}
		var wg sync.WaitGroup
		var refused atomic.Int32
		for i, on := range admins {
			by := w.actor(admins[(i+1)%len(admins)])
			wg.Go(func() {
				var err error
				if i%2 == 0 {
					err = w.people.Disable(ctx, by, on.ID)
				} else {
					err = w.people.SetGrants(ctx, by, on.ID, teacher)
				}
				if err != nil {
					assert.Equal(t, "last_admin", models.CodeOf(err))
					refused.Add(1)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, refused.Load())
		assert.Equal(t, 1, w.count("accounts a JOIN account_grants g ON g.account_id = a.id", "a.state = 'active' AND g.role = 'admin'"))
	})
}

func TestAccountsAreListedByPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.staff()
		var names []string
		f := people.AccountFilter{Limit: 3}
		for {
			list, next, err := w.people.Accounts(ctx, w.admin, f)
			require.NoError(t, err)
			for _, a := range list {
				names = append(names, a.Username)
				assert.NotEmpty(t, a.Grants)
			}
			if next == "" {
				break
			}
			f.After = next
		}
		assert.Equal(t, []string{"admin", "canbo", "cn1", "gv1", "gv12", "gv2", "hs1", "hs2", "ht1", "ht2"}, names)
		for q, want := range map[string]int{"le": 2, "Lê  Án": 1, "GV1": 2, "%": 0, "_": 0, "!": 0, "người gv": 3} {
			list, _, err := w.people.Accounts(ctx, w.admin, people.AccountFilter{Query: q})
			require.NoError(t, err)
			assert.Len(t, list, want, q)
		}
		list, _, err := w.people.Accounts(ctx, w.admin, people.AccountFilter{Role: models.RoleTeacher})
		require.NoError(t, err)
		assert.Len(t, list, 4)
		_, _, err = w.people.Accounts(ctx, models.Actor{Grants: []models.Grant{grant(models.RoleTeacher, models.ScopeSchool, w.school[0])}}, people.AccountFilter{})
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
	})
}

func TestSignInListOfAClass(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"Lê Bình", "Lê An", "Trần Lê An", "Lê Án"} {
			w.pupil(name, w.class[0][0])
		}
		own := w.pupilAccount("rieng", w.pupil("Có Rồi", w.class[0][0]))
		teacher := w.actor(w.account("cn1", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0])))
		cards, err := w.people.CreateStudentAccounts(ctx, teacher, w.class[0][0])
		require.NoError(t, err)
		require.Len(t, cards, 5)
		for _, c := range cards {
			if c.AccountID == own.ID {
				assert.Empty(t, c.Secret)
				continue
			}
			s, err := w.signIn(c.Username, c.Secret)
			require.NoError(t, err, c.Username)
			assert.Equal(t, c.PersonID, s.Actor.Person)
			assert.True(t, s.MustChange)
			_, err = models.Allow(s.Actor, models.ActLearn)
			assert.NoError(t, err)
		}
		assert.Equal(t, "Lê An", cards[0].FullName)
		assert.ElementsMatch(t, []string{"lean", "lean2", "lebinh", "tranlean", "rieng"},
			[]string{cards[0].Username, cards[1].Username, cards[2].Username, cards[3].Username, cards[4].Username})

		again, err := w.people.CreateStudentAccounts(ctx, teacher, w.class[0][0])
		require.NoError(t, err)
		for i, c := range again {
			assert.Equal(t, cards[i].Username, c.Username)
			assert.Empty(t, c.Secret)
		}
		fresh, err := w.people.ResetStudentSecrets(ctx, teacher, w.class[0][0], []models.ID{cards[1].PersonID, w.id()})
		require.NoError(t, err)
		require.Len(t, fresh, 1)
		_, err = w.signIn(cards[1].Username, cards[1].Secret)
		assert.Error(t, err)
		_, err = w.signIn(fresh[0].Username, fresh[0].Secret)
		assert.NoError(t, err)
		for _, class := range []models.ID{w.class[0][1], w.class[1][0], w.id()} {
			_, err = w.people.CreateStudentAccounts(ctx, teacher, class)
			assert.Equal(t, models.KindNotFound, models.KindOf(err))
			_, err = w.people.ResetStudentSecrets(ctx, teacher, class, nil)
			assert.Equal(t, models.KindNotFound, models.KindOf(err))
		}
	})
}

func TestTwoTeachersMakeTheSameList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			w.pupil("Lê An", w.class[0][0])
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		secrets := map[models.ID]string{}
		for range 4 {
			wg.Go(func() {
				cards, err := w.people.CreateStudentAccounts(ctx, w.admin, w.class[0][0])
				if !assert.NoError(t, err) {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				for _, c := range cards {
					if c.Secret != "" {
						assert.Empty(t, secrets[c.AccountID], "one secret for one account")
						secrets[c.AccountID] = c.Secret
					}
				}
			})
		}
		wg.Wait()
		assert.Len(t, secrets, 5)
		assert.Equal(t, 5, w.count("accounts", "1 = 1"))
	})
}
