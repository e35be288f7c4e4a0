package household_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/household"
)

func TestTheChainCoversAHouseholdOnceAndTakesItBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.villages[0]
		h := w.home(v, "Nguyễn Văn Chủ")
		w.shows(v, 1, 0, 0)
		older, younger := w.pupil(0), w.pupil(0)
		link := w.confirmed(older, h)
		w.shows(v, 1, 1, 0)
		first := w.certify(older)
		w.shows(v, 1, 1, 1)
		w.confirmed(younger, h)
		second := w.certify(younger)
		w.shows(v, 1, 1, 1) // two siblings, one household

		_, err := w.homes.Revoke(ctx, w.dept(), first, "issued_in_error: hai tài khoản")
		require.NoError(t, err)
		w.shows(v, 1, 1, 1) // the other sibling still covers it
		_, err = w.homes.Revoke(ctx, w.dept(), second, "holder_request")
		require.NoError(t, err)
		w.shows(v, 1, 1, 0)
		_, err = w.homes.Reinstate(ctx, w.dept(), first, "nhầm lẫn đã sửa")
		require.NoError(t, err)
		w.shows(v, 1, 1, 1)
		require.NotNil(t, w.find("id = ?", h.ID).CoveredAt)

		_, err = w.homes.Decide(ctx, w.teacher(), link.ID, false, "không cùng hộ")
		require.NoError(t, err)
		w.shows(v, 1, 1, 0) // the younger, whose certificate is revoked, is still a member
		require.Nil(t, w.find("id = ?", h.ID).CoveredAt)
		_, err = w.homes.Decide(ctx, w.teacher(), link.ID, true, "đã kiểm tra lại")
		require.NoError(t, err)
		w.shows(v, 1, 1, 1)
		_, err = w.homes.End(ctx, w.teacher(), link.ID, w.today(), "chuyển đi")
		require.NoError(t, err)
		w.shows(v, 1, 1, 0)
	})
}

func TestCertificateBeforeLinkCoversOnConfirmation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Chủ Hộ"), w.pupil(0)
		w.certify(p)
		w.shows(w.villages[0], 1, 0, 0)
		_, err := w.homes.Claim(ctx, w.student(p), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
		require.NoError(t, err)
		w.shows(w.villages[0], 1, 0, 0) // a claim counts for nothing
		w.confirmed(p, h)
		w.shows(w.villages[0], 1, 1, 1)
	})
}

func TestClaimRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.home(w.villages[0], "Nguyễn Văn Hoà")
		w.importRows("Mã hộ,Mã thôn,Chủ hộ\nT1," + w.code(w.villages[1]) + ",Lê Văn Hai\nT2," + w.code(w.villages[1]) + ",LÊ VĂN HAI\n")
		p := w.pupil(0)
		claim := func(c household.NewClaim) (household.Link, error) {
			if c.Relation == "" {
				c.Relation = "child"
			}
			return w.homes.Claim(ctx, w.student(p), c)
		}
		for name, k := range map[string]struct {
			c    household.NewClaim
			code string
		}{
			"no household":           {household.NewClaim{}, "invalid"},
			"unknown relation":       {household.NewClaim{HouseholdCode: a.Code, Relation: "king"}, "invalid"},
			"mistyped code":          {household.NewClaim{HouseholdCode: a.Code[:8] + "?"}, "not_found"},
			"another well-made code": {household.NewClaim{HouseholdCode: models.NewCode(8)}, "not_found"},
			"unknown village":        {household.NewClaim{VillageCode: "V-ZZZ", HeadName: "Nguyễn Văn Hoà"}, "not_found"},
			"no such head":           {household.NewClaim{VillageCode: w.code(w.villages[0]), HeadName: "Nguyễn Văn Hoàng"}, "not_found"},
			"head of next village":   {household.NewClaim{VillageCode: w.code(w.villages[2]), HeadName: "Nguyễn Văn Hoà"}, "not_found"},
			"two heads of that name": {household.NewClaim{VillageCode: w.code(w.villages[1]), HeadName: "lê văn hai"}, "ambiguous_household"},
			"somebody else's claim":  {household.NewClaim{PersonID: w.pupil(0), HouseholdCode: a.Code}, "not_found"},
		} {
			_, err := claim(k.c)
			assert.Equal(t, k.code, models.CodeOf(err), name)
		}
		require.Zero(t, w.count("household_links"))
	})
}

func TestClaimsByCodeOrByHead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.home(w.villages[0], "Nguyễn Văn Hoà"), w.home(w.villages[0], "Trần Thị Bưởi")
		p := w.pupil(0)
		claim := func(c household.NewClaim) (household.Link, error) {
			c.Relation = "child"
			return w.homes.Claim(ctx, w.student(p), c)
		}
		l, err := claim(household.NewClaim{VillageCode: w.code(w.villages[0]), HeadName: " nguyen van  HÒA"})
		require.NoError(t, err, "either tone position, with or without marks")
		require.Equal(t, a.ID, l.HouseholdID)
		require.Equal(t, "student", l.ClaimedRole)
		again, err := claim(household.NewClaim{HouseholdCode: models.GroupCode(a.Code)})
		require.NoError(t, err)
		require.Equal(t, l.ID, again.ID, "a repeat answers the same link")
		other, err := claim(household.NewClaim{HouseholdCode: b.Code})
		require.NoError(t, err, "an undecided claim is replaced")
		require.Equal(t, b.ID, other.HouseholdID)
		_, err = w.homes.Decide(ctx, w.teacher(), l.ID, true, "")
		require.Equal(t, "link_ended", models.CodeOf(err))
		_, err = w.homes.Decide(ctx, w.teacher(), other.ID, true, "")
		require.NoError(t, err)
		_, err = claim(household.NewClaim{HouseholdCode: a.Code})
		require.Equal(t, "link_confirmed", models.CodeOf(err))
		w.shows(w.villages[0], 2, 1, 0)
	})
}

func TestTheClientsIdIsTheKeyOfAClaim(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.home(w.villages[0], "Nguyễn Văn Hoà")
		id := models.NewID(w.clock.Now())
		q := w.pupil(0)
		one, err := w.homes.ClaimFor(ctx, w.teacher(), household.NewClaim{ID: id, PersonID: q, HouseholdCode: a.Code, Relation: "child"})
		require.NoError(t, err)
		require.Equal(t, id, one.ID)
		same, err := w.homes.ClaimFor(ctx, w.teacher(), household.NewClaim{ID: id, PersonID: q, HouseholdCode: a.Code, Relation: "child"})
		require.NoError(t, err)
		require.Equal(t, id, same.ID)
		_, err = w.homes.ClaimFor(ctx, w.teacher(), household.NewClaim{ID: id, PersonID: w.pupil(0), HouseholdCode: a.Code, Relation: "child"})
		require.Equal(t, "id_taken", models.CodeOf(err))
	})
}

func TestDecisionTable(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h := w.home(w.villages[0], "Chủ Hộ")
		type decision struct {
			confirm bool
			reason  string
			code    string
			state   string
		}
		yes, no := func(reason, code, state string) decision { return decision{true, reason, code, state} },
			func(reason, code, state string) decision { return decision{false, reason, code, state} }
		for name, steps := range map[string][]decision{
			"confirm twice":                    {yes("", "", "confirmed"), yes("", "", "confirmed")},
			"reject twice":                     {no("", "", "rejected"), no("", "", "rejected")},
			"reject a confirmed one":           {yes("", "", "confirmed"), no("", "already_decided", "confirmed"), no("lý do", "", "rejected")},
			"confirm a rejected one":           {no("", "", "rejected"), yes("", "already_decided", "rejected"), yes("lý do", "", "confirmed")},
			"there and back and there":         {yes("", "", "confirmed"), no("a", "", "rejected"), yes("b", "", "confirmed")},
			"the same, with a reason, changes": {no("first", "", "rejected"), no("second", "", "rejected")},
		} {
			p := w.pupil(0)
			l, err := w.homes.Claim(ctx, w.student(p), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
			require.NoError(t, err)
			for i, d := range steps {
				got, err := w.homes.Decide(ctx, w.teacher(), l.ID, d.confirm, d.reason)
				assert.Equal(t, d.code, models.CodeOf(err), "%s, step %d", name, i)
				if err == nil {
					assert.Equal(t, d.state, got.State, "%s, step %d", name, i)
					assert.Equal(t, "teacher", got.DecidedRole)
				}
			}
			w.sound()
			_, err = w.homes.Decide(ctx, w.teacher(), l.ID, false, "dọn dẹp")
			require.NoError(t, err)
		}
	})
}

func TestEndingALink(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.villages[0]
		h, p := w.home(v, "Chủ Hộ"), w.pupil(0)
		l := w.confirmed(p, h)
		w.certify(p)
		w.clock.Add(days(10))
		for name, k := range map[string]struct{ on, code string }{
			"no day": {"30/11/2026", "invalid"}, "in the future": {"2026-12-04", "invalid"}, "before it began": {"2026-11-22", "invalid"},
		} {
			_, err := w.homes.End(ctx, w.teacher(), l.ID, k.on, "")
			assert.Equal(t, k.code, models.CodeOf(err), name)
		}
		w.shows(v, 1, 1, 1)
		got, err := w.homes.End(ctx, w.teacher(), l.ID, "2026-11-30", "ra ở riêng")
		require.NoError(t, err)
		require.Equal(t, household.Ended, got.State)
		w.shows(v, 1, 0, 0)
		_, err = w.homes.End(ctx, w.teacher(), l.ID, "2026-12-01", "again")
		require.NoError(t, err)
		w.shows(v, 1, 0, 0)
		w.asOf(v, "2026-11-29", 1, 1, 1)
		w.asOf(v, "2026-11-30", 1, 0, 0)
		_, err = w.homes.Decide(ctx, w.teacher(), l.ID, true, "lại")
		require.Equal(t, "link_ended", models.CodeOf(err))
		other := w.home(w.villages[4], "Hộ Mới")
		w.confirmed(p, other)
		w.shows(w.villages[4], 1, 1, 1)
	})
}

func TestWhoMayDecide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h := w.home(w.villages[0], "Chủ Hộ")
		p := w.pupil(0)
		l, err := w.homes.Claim(ctx, w.student(p), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
		require.NoError(t, err)
		self := w.teacher()
		self.Person = p
		for name, k := range map[string]struct {
			actor models.Actor
			code  string
		}{
			"nobody":                    {models.Actor{}, "unauthenticated"},
			"the pupil":                 {w.student(p), "forbidden"},
			"the department":            {w.dept(), "forbidden"},
			"the administrator":         {models.System(), "forbidden"},
			"teacher of another class":  {grant(models.RoleTeacher, models.ScopeClass, w.classes[1]), "not_found"},
			"another school":            {grant(models.RoleSchoolAdmin, models.ScopeSchool, w.classes[1]), "not_found"},
			"officer of another area":   {grant(models.RoleCommuneOfficer, models.ScopeArea, w.communes[1]), "not_found"},
			"a teacher on the own link": {self, "own_link"},
		} {
			_, err := w.homes.Decide(ctx, k.actor, l.ID, true, "")
			assert.Equal(t, k.code, models.CodeOf(err), "decide: "+name)
			_, err = w.homes.End(ctx, k.actor, l.ID, w.today(), "")
			assert.Equal(t, k.code, models.CodeOf(err), "end: "+name)
			if name != "a teacher on the own link" {
				_, err = w.homes.ClaimFor(ctx, k.actor, household.NewClaim{PersonID: p, HouseholdCode: h.Code, Relation: "child"})
				assert.Equal(t, k.code, models.CodeOf(err), "claim for: "+name)
			}
		}
		_, err = w.homes.Decide(ctx, w.teacher(), models.NewID(w.clock.Now()), true, "")
		assert.Equal(t, "not_found", models.CodeOf(err))
		_, err = w.homes.Claim(ctx, w.teacher(), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
		assert.Equal(t, "forbidden", models.CodeOf(err), "a teacher has no household of their own here")
		w.shows(w.villages[0], 1, 0, 0)
		for name, actor := range map[string]models.Actor{
			"officer":        w.officer(),
			"homeroom":       w.teacher(),
			"head of school": grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school),
		} {
			_, err := w.homes.Decide(ctx, actor, l.ID, true, "")
			assert.NoError(t, err, name)
		}
		w.shows(w.villages[0], 1, 1, 0)
	})
}

func TestRevokingIsTheSchoolsAndTheDepartments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Chủ Hộ"), w.pupil(0)
		w.confirmed(p, h)
		code := w.certify(p)
		_, err := w.homes.Revoke(ctx, w.teacher(), code, "holder_request")
		assert.Equal(t, "forbidden", models.CodeOf(err))
		_, err = w.homes.Revoke(ctx, grant(models.RoleDeptOfficer, models.ScopeArea, w.province[1]), code, "holder_request")
		assert.Equal(t, "not_found", models.CodeOf(err))
		w.shows(w.villages[0], 1, 1, 1)
	})
}

// A certificate issued and a link confirmed at the same moment each read what
// the other writes: whoever is second must see the first.
func TestIssueAndConfirmAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h := w.home(w.villages[0], "Chủ Hộ")
		for range 12 {
			a, b := w.pupil(0), w.pupil(0)
			links := map[models.ID]household.Link{}
			for _, p := range []models.ID{a, b} {
				l, err := w.homes.Claim(ctx, w.student(p), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
				require.NoError(t, err)
				links[p] = l
			}
			codes := map[models.ID]string{}
			var mu sync.Mutex
			var wg sync.WaitGroup
			for p, l := range links {
				wg.Go(func() {
					_, err := w.homes.Decide(ctx, w.teacher(), l.ID, true, "")
					assert.NoError(t, err)
				})
				wg.Go(func() {
					code := w.certify(p)
					mu.Lock()
					codes[p] = code
					mu.Unlock()
				})
			}
			wg.Wait()
			w.shows(w.villages[0], 1, 1, 1)
			for p, l := range links {
				wg.Go(func() {
					_, err := w.homes.Revoke(ctx, w.dept(), codes[p], "proof_invalid")
					assert.NoError(t, err)
				})
				wg.Go(func() {
					_, err := w.homes.Decide(ctx, w.teacher(), l.ID, false, "sai hộ")
					assert.NoError(t, err)
				})
			}
			wg.Wait()
			w.shows(w.villages[0], 1, 0, 0)
		}
	})
}

// A person claims two households at once: one link lives.
func TestTwoClaimsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.home(w.villages[0], "Hộ A"), w.home(w.villages[0], "Hộ B")
		p := w.pupil(0)
		var wg sync.WaitGroup
		for range 3 {
			for _, h := range []household.Household{a, b} {
				wg.Go(func() {
					_, err := w.homes.Claim(ctx, w.student(p), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
					assert.NoError(t, err)
				})
			}
		}
		wg.Wait()
		var live int
		require.NoError(t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM household_links WHERE person_id = ? AND live = 1", p).Scan(&live).Error)
		require.Equal(t, 1, live)
	})
}

func TestRebuildRepairsFlagsThroughTheSameFunction(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, idle := w.home(w.villages[0], "Chủ Hộ"), w.home(w.villages[0], "Hộ Khác")
		p := w.pupil(0)
		w.confirmed(p, h)
		w.certify(p)
		n, _, err := w.homes.Rebuild(ctx, models.System())
		require.NoError(t, err)
		require.Zero(t, n, "nothing to repair")
		w.tx(func(tx *gorm.DB) error {
			w.exec(tx, "UPDATE households SET covered = 0 WHERE id = ?", h.ID)
			w.exec(tx, "UPDATE households SET known = 1 WHERE id = ?", idle.ID)
			w.exec(tx, "UPDATE coverage_counters SET known = 9")
			return nil
		})
		n, _, err = w.homes.Rebuild(ctx, models.System())
		require.NoError(t, err)
		require.Equal(t, 2, n)
		w.shows(w.villages[0], 2, 1, 1)
		_, _, err = w.homes.Rebuild(ctx, w.dept())
		require.Equal(t, "forbidden", models.CodeOf(err))
		_, err = w.homes.Verify(ctx, w.dept())
		require.Equal(t, "forbidden", models.CodeOf(err))
	})
}
