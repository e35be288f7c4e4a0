package certificate_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/consent"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// TestAWithdrawnNameLeavesTheAreaNotTheSchool: after a withdrawal the holder is
// in no list beyond the school, is found by the whole code without a name, and
// is named again once both agree again.
func TestAWithdrawnNameLeavesTheAreaNotTheSchool(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		c, rule := room(t, db)
		w := newWorld(t, db, rule)
		grant := func(role models.Role, scope models.ScopeKind, at models.ID) models.Actor {
			return models.Actor{Account: w.classA, Name: "Ai đó", Grants: []models.Grant{{Role: role, Scope: scope, At: at}}}
		}
		teacher, school := grant(models.RoleTeacher, models.ScopeClass, w.classA), grant(models.RoleSchoolAdmin, models.ScopeSchool, w.schoolA)
		beyond := []models.Actor{grant(models.RoleCommuneOfficer, models.ScopeArea, w.communeA), grant(models.RoleDeptOfficer, models.ScopeArea, w.province), models.System()}
		count := func(a models.Actor, q string) (found, named int) {
			list, err := c.Search(ctx, a, certificate.Query{Text: q})
			require.NoError(t, err)
			for _, x := range list {
				if x.Code == w.certA.Code {
					found++
					if x.HolderName != "" {
						named++
					}
					assert.Equal(t, x.HolderName == "", x.Withheld)
					assert.Equal(t, x.Withheld, x.ClassName == "")
				}
			}
			return found, named
		}
		for _, step := range []struct {
			act   string
			named int
		}{{consent.Withdrawn, 0}, {consent.Granted, 1}, {consent.Withdrawn, 0}} {
			says(t, db, w.certA.PersonID, consent.AreaNames, step.act)
			for _, a := range beyond {
				found, named := count(a, "")
				assert.Equal(t, [2]int{step.named, step.named}, [2]int{found, named})
				found, named = count(a, "hồng anh")
				assert.Equal(t, [2]int{step.named, step.named}, [2]int{found, named}, "by name")
				found, named = count(a, w.certA.Code)
				assert.Equal(t, [2]int{1, step.named}, [2]int{found, named}, "by the whole code")
				got, _, err := c.History(ctx, a, w.certA.Code)
				require.NoError(t, err)
				assert.Equal(t, step.named == 1, got.HolderName != "")
			}
			for _, a := range []models.Actor{teacher, school} {
				found, named := count(a, "hồng anh")
				assert.Equal(t, [2]int{1, 1}, [2]int{found, named}, "the school knows its pupils")
			}
			_, err := c.Issued(ctx, beyond[0], models.ActPrintCertificate, w.certA.Code)
			assert.Equal(t, map[int]string{0: "name_withheld", 1: ""}[step.named], models.CodeOf(err))
			_, err = c.Issued(ctx, teacher, models.ActPrintCertificate, w.certA.Code)
			assert.NoError(t, err)
		}
	})
}

func TestThePublicPageWithoutAName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		c, rule := room(t, db)
		w := newWorld(t, db, rule)
		p, err := c.Verify(context.Background(), w.certA.Code)
		require.NoError(t, err)
		require.NotEmpty(t, p.HolderMasked)
		says(t, db, w.certA.PersonID, consent.PublicPage, consent.Withdrawn)
		p, err = c.Verify(context.Background(), w.certA.Code)
		require.NoError(t, err)
		require.Empty(t, p.HolderMasked)
		require.Equal(t, certificate.Valid, p.Status, "the paper is as valid as before")
		says(t, db, w.certA.PersonID, consent.PublicPage, consent.Granted)
		p, err = c.Verify(context.Background(), w.certA.Code)
		require.NoError(t, err)
		require.NotEmpty(t, p.HolderMasked)
	})
}
