package people_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/people"
)

// acts reads the record of a subject, oldest first.
func (w *world) acts(subject models.ID) (list []audit.Line) {
	w.t.Helper()
	newest, _, err := audit.Lines(w.db.Read(ctx), audit.Filter{All: true, Subject: subject, Limit: 100})
	require.NoError(w.t, err)
	for i := len(newest) - 1; i >= 0; i-- {
		list = append(list, newest[i])
	}
	return list
}

func TestAccountsLeaveARecord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		teacher := func(class models.ID) []models.Grant {
			return []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: class}}
		}
		made, err := w.people.CreateAccount(ctx, w.admin, people.NewAccount{DisplayName: "Cô Lan", Password: password, Grants: teacher(w.class[0][0])})
		require.NoError(t, err)
		require.NoError(t, w.people.SetGrants(ctx, w.admin, made.ID, teacher(w.class[0][1])))
		_, err = w.people.ResetPassword(ctx, w.admin, made.ID)
		require.NoError(t, err)
		require.NoError(t, w.people.Disable(ctx, w.admin, made.ID))
		require.NoError(t, w.people.Enable(ctx, w.admin, made.ID))
		require.NoError(t, w.people.ResetSecondFactor(ctx, w.admin, made.ID))

		other := models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: w.school[1]}}}
		assert.Equal(t, models.KindNotFound, models.KindOf(w.people.Disable(ctx, other, made.ID)), "what is refused leaves nothing")

		lines := w.acts(made.ID)
		var acts []audit.Act
		for _, l := range lines {
			acts = append(acts, l.Act)
			assert.Equal(t, w.school[0], l.SchoolID, "the school that owns the account reads it: %s", l.Act)
		}
		assert.Equal(t, []audit.Act{audit.AccountMade, audit.RolesChanged, audit.SecretReset, audit.AccountDisabled,
			audit.AccountEnabled, audit.FactorReset}, acts)
		assert.Contains(t, lines[1].Detail["role1"], "teacher|class|"+w.class[0][1].String())
	})
}

func TestRolesAndCardsLeaveARecord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss := models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: w.school[0]}}}
		invitation := []people.Invitation{{ID: w.id(), Name: "Thầy Nam", Role: models.RoleModuleTeacher}}
		cards, err := w.people.Invite(ctx, boss, w.school[0], invitation)
		require.NoError(t, err)
		_, err = w.people.Invite(ctx, boss, w.school[0], invitation)
		require.NoError(t, err)
		assert.Len(t, w.acts(w.school[0]), 1, "a repeat makes nobody")
		d := people.Delegation{ID: w.id(), Account: cards[0].AccountID, Role: models.RoleInvigilator}
		require.NoError(t, w.people.Delegate(ctx, boss, w.school[0], d))
		require.NoError(t, w.people.Delegate(ctx, boss, w.school[0], d))
		require.NoError(t, w.people.EndRole(ctx, boss, w.school[0], d.ID))
		lines := w.acts(cards[0].AccountID)
		require.Len(t, lines, 2)
		assert.Equal(t, []audit.Act{audit.RoleDelegated, audit.RoleEnded}, []audit.Act{lines[0].Act, lines[1].Act})
		assert.Equal(t, boss.Account, lines[0].AccountID)

		w.pupil("Trần Văn An", w.class[0][0])
		_, err = w.people.IssueCards(ctx, boss, w.class[0][0], nil)
		require.NoError(t, err)
		lines = w.acts(w.class[0][0])
		require.Len(t, lines, 1)
		assert.Equal(t, audit.Detail{"pupils": "1"}, lines[0].Detail)
	})
}
