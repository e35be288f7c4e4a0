package people_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
)

func (w *world) wish() people.NewPartner {
	return people.NewPartner{ID: w.id(), Name: "Trung tâm Chuyển đổi số", Purpose: "Bản đồ độ phủ của tỉnh", AreaID: w.commune, ExpiresOn: "2027-06-30"}
}

func TestAPartnersToken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.admin.Account = w.id()
		wish := w.wish()
		made, token, err := w.people.CreatePartner(ctx, w.admin, wish)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(token, people.PartnerPrefix))
		require.Equal(t, 60, made.PerMinute)
		require.Equal(t, "06652", made.AreaCode)
		require.Zero(t, w.count("partner_tokens", "token_hash LIKE ?", "%"+token[8:16]+"%"), "the token itself is kept nowhere")
		require.Equal(t, 1, w.count("audit_entries", "act = 'partner_token_made' AND subject_id = ?", wish.ID))

		who, err := w.people.PartnerOf(ctx, token)
		require.NoError(t, err)
		require.Equal(t, made.ID, who.ID)
		_, err = models.Allow(who.Actor(), models.ActReadPublished)
		require.NoError(t, err)
		for _, action := range []models.Action{models.ActReadCoverage, models.ActReadArea, models.ActWhoAmI, models.ActReadHousehold, models.ActPublish} {
			_, err := models.Allow(who.Actor(), action)
			require.Equal(t, models.KindForbidden, models.KindOf(err), action)
		}

		_, again, err := w.people.CreatePartner(ctx, w.admin, wish)
		require.NoError(t, err, "the answer was lost")
		_, err = w.people.PartnerOf(ctx, token)
		require.Equal(t, models.KindUnauthenticated, models.KindOf(err), "the first is void")
		require.NoError(t, w.people.CountUse(ctx, made.ID))
		require.NoError(t, w.people.CountUse(ctx, made.ID))
		_, _, err = w.people.CreatePartner(ctx, w.admin, wish)
		require.Equal(t, "id_taken", models.CodeOf(err), "one that is in use is not changed under its user")
		list, err := w.people.Partners(ctx, w.admin)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, 2, list[0].Uses)
		require.Equal(t, "2026-11-23", list[0].LastDay)

		require.NoError(t, w.people.RevokePartner(ctx, w.admin, made.ID))
		require.NoError(t, w.people.RevokePartner(ctx, w.admin, made.ID))
		require.Equal(t, 1, w.count("audit_entries", "act = 'partner_token_ended'"))
		_, err = w.people.PartnerOf(ctx, again)
		require.Equal(t, models.KindUnauthenticated, models.KindOf(err))
	})
}

func TestAPartnersTokenEndsByItself(t *testing.T) {
	w := newWorldSQLite(t)
	_, token, err := w.people.CreatePartner(ctx, w.admin, w.wish())
	require.NoError(t, err)
	w.clock.Add(218 * 24 * time.Hour)
	_, err = w.people.PartnerOf(ctx, token)
	require.NoError(t, err, w.clock.Now())
	w.clock.Add(24 * time.Hour)
	_, err = w.people.PartnerOf(ctx, token)
	require.Equal(t, models.KindUnauthenticated, models.KindOf(err))
}

func TestWhoMayGiveTokens(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		officer := func(role models.Role, at models.ID) models.Actor {
			return models.Actor{Account: w.id(), Grants: []models.Grant{{Role: role, Scope: models.ScopeArea, At: at}}}
		}
		for _, role := range models.Roles {
			if role == models.RoleDeptOfficer || role == models.RoleAdmin {
				continue
			}
			_, _, err := w.people.CreatePartner(ctx, officer(role, w.commune), w.wish())
			require.Equal(t, models.KindForbidden, models.KindOf(err), role)
			_, err = w.people.Partners(ctx, officer(role, w.commune))
			require.Equal(t, models.KindForbidden, models.KindOf(err), role)
		}
		elsewhere := officer(models.RoleDeptOfficer, w.id())
		_, _, err := w.people.CreatePartner(ctx, elsewhere, w.wish())
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		made, _, err := w.people.CreatePartner(ctx, officer(models.RoleDeptOfficer, w.commune), w.wish())
		require.NoError(t, err)
		require.Equal(t, models.KindNotFound, models.KindOf(w.people.RevokePartner(ctx, elsewhere, made.ID)))
		list, err := w.people.Partners(ctx, elsewhere)
		require.NoError(t, err)
		require.Empty(t, list)
	})
}

func TestWhatATokenMustSay(t *testing.T) {
	w := newWorldSQLite(t)
	for name, change := range map[string]func(*people.NewPartner){
		"body.id":         func(n *people.NewPartner) { n.ID = models.ID{} },
		"body.name":       func(n *people.NewPartner) { n.Name = " a " },
		"body.purpose":    func(n *people.NewPartner) { n.Purpose = "số liệu" },
		"body.per_minute": func(n *people.NewPartner) { n.PerMinute = 601 },
		"body.expires_on": func(n *people.NewPartner) { n.ExpiresOn = "2026-11-23" },
	} {
		wish := w.wish()
		change(&wish)
		_, _, err := w.people.CreatePartner(ctx, w.admin, wish)
		var e *models.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, name, e.Fields[0].Location)
	}
	for _, day := range []string{"2028-01-01", "30/6/2027x", ""} {
		wish := w.wish()
		wish.ExpiresOn = day
		_, _, err := w.people.CreatePartner(ctx, w.admin, wish)
		require.Equal(t, models.KindInvalid, models.KindOf(err), day)
	}
}

func TestUsesAreCountedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made, _, err := w.people.CreatePartner(ctx, w.admin, w.wish())
		require.NoError(t, err)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 5 {
					assert.NoError(t, w.people.CountUse(ctx, made.ID))
				}
			})
		}
		all.Wait()
		require.Equal(t, 1, w.count("partner_uses", "uses = 20"))
	})
}
