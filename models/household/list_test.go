package household_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/household"
)

// street is a village with a covered, a not covered and an unknown household.
func (w *world) street() (covered, not, unknown household.Household, code string) {
	covered, not, unknown = w.home(w.villages[0], "Nguyễn Văn Ánh"), w.home(w.villages[0], "Đỗ Thị Bưởi"), w.home(w.villages[0], "Lê Hoà Ân")
	p := w.pupil(0)
	w.confirmed(p, covered)
	code = w.certify(p)
	w.confirmed(w.pupil(0), not)
	return covered, not, unknown, code
}

func TestListShowsMasksFiltersAndSearches(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		covered, _, _, _ := w.street()
		heads := func(actor models.Actor, f household.ListFilter) string {
			page, err := w.homes.List(ctx, actor, w.code(w.villages[0]), f)
			require.NoError(t, err)
			var list []string
			for _, i := range page.Items {
				list = append(list, i.HeadName+"="+i.Status)
			}
			return strings.Join(list, ", ")
		}
		officer := w.officer()
		assert.Equal(t, "Lê Hoà Ân=unknown, Nguyễn Văn Ánh=covered, Đỗ Thị Bưởi=not_covered", heads(officer, household.ListFilter{}), "by given name")
		assert.Equal(t, "L. H. Ân=unknown, N. V. Ánh=covered, Đ. T. Bưởi=not_covered", heads(w.dept(), household.ListFilter{}), "the department reads no names")
		assert.Equal(t, "Nguyễn Văn Ánh=covered", heads(officer, household.ListFilter{Status: "covered"}))
		assert.Equal(t, "Đỗ Thị Bưởi=not_covered", heads(officer, household.ListFilter{Status: "not_covered"}))
		assert.Equal(t, "Lê Hoà Ân=unknown", heads(officer, household.ListFilter{Status: "unknown"}))
		assert.Equal(t, "Đỗ Thị Bưởi=not_covered", heads(officer, household.ListFilter{Query: "do thi"}))
		assert.Equal(t, "Lê Hoà Ân=unknown", heads(officer, household.ListFilter{Query: "hòa"}), "either tone position")
		assert.Equal(t, "", heads(officer, household.ListFilter{Query: "%"}), "a pattern is no wildcard")
		assert.Equal(t, "Nguyễn Văn Ánh=covered", heads(officer, household.ListFilter{Query: models.GroupCode(covered.Code)}))
		assert.Equal(t, "", heads(w.dept(), household.ListFilter{Query: "buoi"}), "who may not read names may not guess them by searching")

		page, err := w.homes.List(ctx, officer, w.code(w.villages[0]), household.ListFilter{Status: "covered"})
		require.NoError(t, err)
		assert.Equal(t, 1, page.Items[0].MembersConfirmed)
		assert.Equal(t, 1, page.Items[0].Certified)
		assert.NotNil(t, page.Items[0].CoveredAt)
	})
}

func TestListPagesLoseAndRepeatNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var csv strings.Builder
		csv.WriteString("Mã hộ,Mã thôn,Chủ hộ\n")
		for i := range 57 {
			fmt.Fprintf(&csv, "P%d,%s,Trần Văn %c\n", i, w.code(w.villages[0]), 'A'+rune(i%5)) // many of one name
		}
		w.importRows(csv.String())
		seen, cursor := map[models.ID]bool{}, ""
		for pages := 1; ; pages++ {
			page, err := w.homes.List(ctx, w.officer(), w.code(w.villages[0]), household.ListFilter{Cursor: cursor, Limit: 10})
			require.NoError(t, err)
			for _, i := range page.Items {
				require.False(t, seen[i.ID])
				seen[i.ID] = true
			}
			if page.Next != "" {
				_, err := models.ParseID(page.Next)
				require.NoError(t, err, "a cursor holds an id and no name")
			}
			if cursor = page.Next; cursor == "" {
				require.Equal(t, 6, pages)
				break
			}
		}
		require.Len(t, seen, 57)
	})
}

func TestReadingRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, _, _, _ := w.street()
		own, other := w.code(w.villages[0]), w.code(w.villages[3])
		for name, k := range map[string]struct {
			actor models.Actor
			code  string
			f     household.ListFilter
			want  string
		}{
			"nobody":         {models.Actor{}, own, household.ListFilter{}, "unauthenticated"},
			"a teacher":      {w.teacher(), own, household.ListFilter{}, "forbidden"},
			"other village":  {w.officer(), other, household.ListFilter{}, "not_found"},
			"no village":     {w.officer(), "V-QQQ", household.ListFilter{}, "not_found"},
			"no code":        {w.officer(), "", household.ListFilter{}, "not_found"},
			"unknown status": {w.officer(), own, household.ListFilter{Status: "rich"}, "invalid"},
			"broken cursor":  {w.officer(), own, household.ListFilter{Cursor: "??"}, "invalid_cursor"},
		} {
			_, err := w.homes.List(ctx, k.actor, k.code, k.f)
			assert.Equal(t, k.want, models.CodeOf(err), name)
		}
		away := grant(models.RoleCommuneOfficer, models.ScopeArea, w.communes[1])
		for name, k := range map[string]struct {
			actor models.Actor
			id    models.ID
			want  string
		}{
			"nobody":        {models.Actor{}, h.ID, "unauthenticated"},
			"a teacher":     {w.teacher(), h.ID, "forbidden"},
			"other commune": {away, h.ID, "not_found"},
			"no household":  {w.officer(), models.NewID(w.clock.Now()), "not_found"},
		} {
			_, err := w.homes.Household(ctx, k.actor, k.id)
			assert.Equal(t, k.want, models.CodeOf(err), "household: "+name)
			_, err = w.homes.Explain(ctx, k.actor, k.id)
			assert.Equal(t, k.want, models.CodeOf(err), "explain: "+name)
		}
		_, err := w.homes.RegisterOf(ctx, away, coverage.Area{ID: w.communes[0], Level: coverage.LevelCommune})
		assert.Equal(t, "not_found", models.CodeOf(err))
	})
}

func TestHouseholdShowsMembersHistoryAndRegister(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, _, _, code := w.street()
		d, err := w.homes.Household(ctx, w.officer(), h.ID)
		require.NoError(t, err)
		require.Len(t, d.Members, 1)
		assert.Equal(t, "Trần Văn Học Sinh", d.Members[0].Name)
		assert.Equal(t, code, d.Members[0].CertificateCode)
		assert.Equal(t, "Cô Lan", d.Members[0].DecidedName)
		assert.Equal(t, "Khe Cát", d.Village.Name)
		assert.Equal(t, "Sổ hộ", d.Register.Source)
		var kinds []string
		for _, e := range d.Events {
			kinds = append(kinds, e.Kind)
		}
		assert.Equal(t, []string{"claimed", "confirmed"}, kinds)
		masked, err := w.homes.Household(ctx, w.dept(), h.ID)
		require.NoError(t, err)
		assert.Equal(t, "N. V. Ánh", masked.HeadName)
		assert.Equal(t, "T. V. H. Sinh", masked.Members[0].Name)
	})
}

func TestExplainLeadsDownToTheRule(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		covered, not, unknown, code := w.street()
		e, err := w.homes.Explain(ctx, w.dept(), covered.ID)
		require.NoError(t, err)
		kinds := map[string]int{}
		for _, s := range e.Chain {
			kinds[s.Kind]++
			if s.Kind == household.StepCertificate {
				assert.Equal(t, code, s.Facts["code"])
			}
			if s.Kind == household.StepPass {
				assert.NotEmpty(t, s.Facts["attempt_id"])
				assert.NotEmpty(t, s.Hash)
			}
			if s.Kind == household.StepLink {
				assert.Equal(t, "T. V. H. Sinh", s.Facts["name"])
			}
		}
		assert.Equal(t, map[string]int{"household": 1, "ledger": 2, "link": 1, "certificate": 1, "pass": 5, "rule": 1}, kinds)
		assert.Equal(t, "certified_member", e.Reason)
		assert.True(t, e.Intact)
		for id, reason := range map[models.ID]string{not.ID: "no_certificate", unknown.ID: "no_confirmed_member"} {
			e, err := w.homes.Explain(ctx, w.officer(), id)
			require.NoError(t, err)
			assert.Equal(t, reason, e.Reason)
		}
		for _, damage := range []string{
			"UPDATE skill_passes SET score = 9999", "UPDATE coverage_ledger SET d_covered = 1 WHERE d_known = 1",
		} {
			w.tx(func(tx *gorm.DB) error { return tx.Exec(damage).Error })
			e, err = w.homes.Explain(ctx, w.dept(), covered.ID)
			require.NoError(t, err)
			assert.False(t, e.Intact, damage)
		}
	})
}

func TestMineAndLinks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Nguyễn Văn Chủ"), w.pupil(0)
		state := func() household.Mine {
			m, err := w.homes.Mine(ctx, w.student(p))
			require.NoError(t, err)
			return m
		}
		assert.Equal(t, household.Mine{State: "none"}, state())
		l, err := w.homes.Claim(ctx, w.student(p), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
		require.NoError(t, err)
		m := state()
		assert.Equal(t, "claimed", m.State)
		assert.Equal(t, "N. V. Chủ", m.Household.HeadName)
		assert.Equal(t, "Khe Cát", m.Household.VillageName)
		assert.Nil(t, m.Covered)
		_, err = w.homes.Decide(ctx, w.teacher(), l.ID, false, "sai hộ")
		require.NoError(t, err)
		m = state()
		assert.Equal(t, "rejected", m.State)
		assert.Equal(t, "sai hộ", m.Link.Reason)
		w.confirmed(p, h)
		w.certify(p)
		m = state()
		assert.Equal(t, "confirmed", m.State)
		assert.True(t, *m.Covered)
		_, err = w.homes.Mine(ctx, w.teacher())
		assert.Equal(t, "forbidden", models.CodeOf(err))

		sibling, stranger, alone := w.pupil(0), w.pupil(1), w.pupil(0)
		for _, q := range []models.ID{sibling, stranger} {
			_, err := w.homes.Claim(ctx, w.student(q), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
			require.NoError(t, err)
		}
		views, err := w.homes.Links(ctx, w.teacher(), []models.ID{p, sibling, stranger, alone})
		require.NoError(t, err)
		require.Len(t, views, 2, "another class's pupil and one without a link are left out")
		assert.Equal(t, 2, views[p].Others)
		assert.Equal(t, "N. V. Chủ", views[p].Household.HeadName)
		views, err = w.homes.Links(ctx, w.officer(), []models.ID{p, sibling, stranger, alone})
		require.NoError(t, err)
		require.Len(t, views, 3, "the officer sees the household's village")
		assert.Equal(t, "Nguyễn Văn Chủ", views[stranger].Household.HeadName)
		_, err = w.homes.Links(ctx, models.System(), []models.ID{p})
		assert.Equal(t, "forbidden", models.CodeOf(err))
	})
}

func TestCandidatesAreOfTheSchoolsCommune(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		near, far := w.home(w.villages[1], "Phạm Văn Gần"), w.home(w.villages[4], "Phạm Văn Xa")
		got, err := w.homes.Candidates(ctx, w.teacher(), w.classes[0], "pham van")
		require.NoError(t, err)
		require.Len(t, got, 1)
		assert.Equal(t, near.Code, got[0].Code)
		assert.Equal(t, "P. V. Gần", got[0].HeadName)
		got, err = w.homes.Candidates(ctx, w.officer(), w.classes[0], near.Code[:5])
		require.NoError(t, err)
		require.Len(t, got, 1)
		assert.Equal(t, "Phạm Văn Gần", got[0].HeadName)
		got, err = w.homes.Candidates(ctx, w.teacher(), w.classes[0], far.Code)
		require.NoError(t, err)
		require.Empty(t, got)
		for name, k := range map[string]struct {
			actor models.Actor
			class models.ID
			q     string
			want  string
		}{
			"other class": {w.teacher(), w.classes[1], "pham", "not_found"},
			"one letter":  {w.teacher(), w.classes[0], " p ", "invalid"},
			"a pupil":     {w.student(w.pupil(0)), w.classes[0], "pham", "forbidden"},
			"nobody":      {models.Actor{}, w.classes[0], "pham", "unauthenticated"},
		} {
			_, err := w.homes.Candidates(ctx, k.actor, k.class, k.q)
			assert.Equal(t, k.want, models.CodeOf(err), name)
		}
	})
}
