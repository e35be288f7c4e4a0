package household_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/consent"
	"nhaso/models/household"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// holds tells whether a pupil's name, id or certificate code stands in what an
// officer is shown of a household.
func (w *world) holds(actor models.Actor, h models.ID, words ...string) bool {
	d, err := w.homes.Household(ctx, actor, h)
	require.NoError(w.t, err)
	e, err := w.homes.Explain(ctx, actor, h)
	require.NoError(w.t, err)
	raw, err := json.Marshal([]any{d, e})
	require.NoError(w.t, err)
	for _, word := range words {
		if strings.Contains(string(raw), word) {
			return true
		}
	}
	return false
}

func TestAWithdrawalHidesThePersonAndKeepsTheCount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Nguyễn Văn Chủ"), w.pupil(0)
		claim, err := w.homes.Claim(ctx, named(w.student(p), "Trần Văn Học Sinh"), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
		require.NoError(t, err)
		_, err = w.homes.Decide(ctx, w.teacher(), claim.ID, true, "")
		require.NoError(t, err)
		code := w.certify(p)
		words := []string{"Học Sinh", "H. Sinh", p.String(), code}
		team := grant(models.RoleTeamMember, models.ScopeArea, w.communes[0])
		w.shows(w.villages[0], 1, 1, 1)
		for _, a := range []models.Actor{w.officer(), team, w.dept()} {
			require.True(t, w.holds(a, h.ID, words...))
		}
		for _, party := range []string{consent.Child, consent.Guardian} {
			w.says(p, party, consent.Withdrawn)
			for _, a := range []models.Actor{w.officer(), team, w.dept(), models.System()} {
				require.False(t, w.holds(a, h.ID, words...), "%s withdrew", party)
			}
			w.shows(w.villages[0], 1, 1, 1)
			d, err := w.homes.Household(ctx, w.officer(), h.ID)
			require.NoError(t, err)
			require.Equal(t, household.StatusCovered, d.Status())
			require.True(t, d.Members[0].Withheld && d.Members[0].Certified)
			e, err := w.homes.Explain(ctx, w.officer(), h.ID)
			require.NoError(t, err)
			require.True(t, e.Intact, "the number is proved without the name")
			w.says(p, party, consent.Granted)
			require.True(t, w.holds(w.officer(), h.ID, words...), "and shown again")
		}
	})
}

func TestAnUnconsentedLinkCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Nguyễn Văn Chủ"), w.pupil(0)
		w.says(p, consent.Child, consent.Withdrawn)
		w.confirmed(p, h)
		w.certify(p)
		w.shows(w.villages[0], 1, 1, 1)
		require.False(t, w.holds(w.officer(), h.ID, "Học Sinh", p.String()))
	})
}

func TestAHeadWhoIsAPupilIsHiddenWithThePupil(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Vũ Thị Mồ Côi"), w.pupil(0)
		l, err := w.homes.ClaimFor(ctx, w.teacher(), household.NewClaim{PersonID: p, HouseholdCode: h.Code, Relation: "head"})
		require.NoError(t, err)
		found := func(q string) int {
			page, err := w.homes.List(ctx, w.officer(), w.code(w.villages[0]), household.ListFilter{Query: q})
			require.NoError(t, err)
			return len(page.Items)
		}
		w.says(p, consent.Child, consent.Withdrawn)
		require.Equal(t, 1, found("mồ côi"), "a claim that nobody confirmed hides no name of the register")
		_, err = w.homes.Decide(ctx, w.teacher(), l.ID, true, "")
		require.NoError(t, err)
		require.Zero(t, found("mồ côi"))
		require.Equal(t, 1, found(h.Code[:4]))
		page, err := w.homes.List(ctx, w.officer(), w.code(w.villages[0]), household.ListFilter{})
		require.NoError(t, err)
		require.Equal(t, "V. T. M. Côi", page.Items[0].HeadName)
		require.True(t, page.Items[0].Masked)
		require.False(t, w.holds(w.officer(), h.ID, "Mồ Côi"))
		w.says(p, consent.Child, consent.Granted)
		require.Equal(t, 1, found("mồ côi"))
		require.True(t, w.holds(w.officer(), h.ID, "Mồ Côi"))
	})
}

func TestWithdrawingWhileConfirming(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 4 {
			h, p := w.home(w.villages[0], "Chủ "+models.NewCode(6)), w.pupil(0)
			w.certify(p)
			l, err := w.homes.ClaimFor(ctx, w.teacher(), household.NewClaim{PersonID: p, HouseholdCode: h.Code, Relation: "child"})
			require.NoError(t, err)
			var both sync.WaitGroup
			both.Go(func() { w.says(p, consent.Guardian, consent.Withdrawn) })
			both.Go(func() {
				_, err := w.homes.Decide(ctx, w.teacher(), l.ID, true, "")
				assert.NoError(t, err)
			})
			both.Wait()
			require.Equal(t, household.StatusCovered, w.find("id = ?", h.ID).Status())
			require.False(t, w.holds(w.officer(), h.ID, "Học Sinh", p.String()))
		}
		w.sound()
	})
}

// TestVisibleIsTheFoldAndCountsStay says yes and no at random about the members
// of one household; who is shown must be the fold of what was said, and the
// figures those of links and certificates alone.
func TestVisibleIsTheFoldAndCountsStay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h := w.home(w.villages[0], "Chủ Nhiều Con")
		pupils := []models.ID{w.pupil(0), w.pupil(0), w.pupil(0)}
		for _, p := range pupils {
			w.confirmed(p, h)
		}
		w.certify(pupils[1])
		said := map[models.ID]map[string]string{}
		for _, p := range pupils {
			said[p] = map[string]string{consent.Child: consent.Granted, consent.Guardian: consent.Granted}
		}
		rapid.Check(t, func(r *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(r, "events") {
				p := rapid.SampledFrom(pupils).Draw(r, "pupil")
				party := rapid.SampledFrom([]string{consent.Child, consent.Guardian}).Draw(r, "party")
				act := rapid.SampledFrom([]string{consent.Granted, consent.Withdrawn}).Draw(r, "act")
				w.says(p, party, act)
				said[p][party] = act
			}
			d, err := w.homes.Household(ctx, w.officer(), h.ID)
			require.NoError(r, err)
			seen := map[models.ID]bool{}
			for _, m := range d.Members {
				if !m.Withheld {
					seen[m.PersonID] = true
				}
			}
			for _, p := range pupils {
				require.Equal(r, said[p][consent.Child] == consent.Granted && said[p][consent.Guardian] == consent.Granted, seen[p])
			}
			require.Len(r, d.Members, len(pupils))
			w.shows(w.villages[0], 1, 1, 1)
		})
	})
}

// named gives an actor a name, as a pupil who claims for themself has one.
func named(a models.Actor, name string) models.Actor {
	a.Name = name
	return a
}

func TestThePupilsOwnClaimDoesNotTellTheNameToWhoReadsMasks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		h, p := w.home(w.villages[0], "Nguyễn Văn Chủ"), w.pupil(0)
		_, err := w.homes.Claim(ctx, named(w.student(p), "Trần Văn Học Sinh"), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
		require.NoError(t, err)
		require.False(t, w.holds(w.dept(), h.ID, "Học Sinh"), "the department reads masked names, in the history too")
		require.True(t, w.holds(w.officer(), h.ID, "Học Sinh"))
		require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec("DELETE FROM consent_states").Error }))
		require.False(t, w.holds(w.officer(), h.ID, "Học Sinh"), "silence is no consent")
	})
}
