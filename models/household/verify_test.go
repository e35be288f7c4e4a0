package household_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/household"
)

// damaged runs a statement past the program, as a hand in the database would.
func (w *world) damaged(sql string, args ...any) {
	w.tx(func(tx *gorm.DB) error { w.exec(tx, sql, args...); return nil })
}

func (w *world) faults() []household.Fault {
	found, err := w.homes.Check(ctx, models.System())
	require.NoError(w.t, err)
	require.Len(w.t, found.Faults, found.Sum())
	return found.Faults
}

func kinds(faults []household.Fault) []string {
	list := []string{}
	for _, f := range faults {
		list = append(list, f.Kind)
	}
	return list
}

// coveredHome is a household that a pupil's certificate covers.
func (w *world) coveredHome(village models.ID, head string) (household.Household, household.Link) {
	h, p := w.home(village, head), w.pupil(0)
	l := w.confirmed(p, h)
	w.certify(p)
	return w.find("id = ?", h.ID), l
}

// Two households of one village that are wrong the opposite way leave its
// figures as they were; each is found, with its place, and Rebuild mends both.
func TestCheckFindsLedgerSumsThatCancelOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, _ := w.coveredHome(w.villages[0], "Chủ Một")
		b, _ := w.coveredHome(w.villages[0], "Chủ Hai")
		w.sound()
		w.damaged("UPDATE coverage_ledger SET d_covered = d_covered + 1 WHERE subject_id = ? AND d_covered = 1", a.ID)
		w.damaged("UPDATE coverage_ledger SET d_covered = d_covered - 1 WHERE subject_id = ? AND d_covered = 1", b.ID)
		rep, err := w.homes.Verify(ctx, models.System())
		require.NoError(t, err)
		assert.Empty(t, rep.Areas, "the areas agree")

		faults := w.faults()
		require.Equal(t, []string{household.FaultLedger, household.FaultLedger}, kinds(faults))
		assert.ElementsMatch(t, []string{a.Code, b.Code}, []string{faults[0].Code, faults[1].Code})
		assert.Equal(t, w.code(w.villages[0]), faults[0].Village)
		assert.Contains(t, faults[0].Detail+faults[1].Detail, "covered +1")

		n, _, err := w.homes.Rebuild(ctx, models.System())
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		assert.Empty(t, w.faults())
		// The hashes of the rows stay broken: a row that was changed is not forgiven.
		rep, err = w.homes.Verify(ctx, models.System())
		require.NoError(t, err)
		assert.Equal(t, 2, rep.BrokenRows)
		assert.Empty(t, rep.Areas)
	})
}

// A row of the ledger under another village is found at the household.
func TestCheckFindsLedgerOfAnotherVillage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, _ := w.coveredHome(w.villages[0], "Chủ Hộ")
		w.damaged("UPDATE coverage_ledger SET village_id = ? WHERE subject_id = ? AND d_covered = 1", w.villages[1], h.ID)
		faults := w.faults()
		require.Equal(t, []string{household.FaultLedger, household.FaultLedger}, kinds(faults), "too many there, too few here")
		assert.Contains(t, faults[0].Detail+faults[1].Detail, w.villages[1].String())
		w.damaged("DELETE FROM coverage_ledger WHERE subject_id = ?", h.ID)
		require.Equal(t, []string{household.FaultLedger}, kinds(w.faults()), "a household without any row")
	})
}

func TestCheckFindsFlagsThatCancelOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, _ := w.coveredHome(w.villages[0], "Chủ Hộ")
		idle := w.home(w.villages[0], "Hộ Khác")
		w.damaged("UPDATE households SET known = 0, covered = 0, skills = 0 WHERE id = ?", h.ID)
		w.damaged("UPDATE households SET known = 1, covered = 1, skills = 31 WHERE id = ?", idle.ID)
		assert.ElementsMatch(t, []string{household.FaultFlags, household.FaultFlags, household.FaultCovering}, kinds(w.faults()))
		n, _, err := w.homes.Rebuild(ctx, models.System())
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		w.sound()
	})
}

func TestCheckFindsLinksOnMergedHouseholds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		kept := w.home(w.villages[0], "Chủ Hộ")
		gone, link := w.coveredHome(w.villages[0], "Chu Ho")
		claimed, err := w.homes.ClaimFor(ctx, w.teacher(), household.NewClaim{PersonID: w.pupil(0), HouseholdCode: gone.Code, Relation: "child"})
		require.NoError(t, err)
		_, err = w.homes.MergeHouseholds(ctx, w.officer(), household.NewMerge{Kept: kept.ID, Gone: gone.ID, Reason: "Một nhà"})
		require.NoError(t, err)
		require.Empty(t, w.faults())

		w.damaged("UPDATE household_links SET household_id = ? WHERE id = ?", gone.ID, claimed.ID)
		faults := w.faults()
		require.Equal(t, []string{household.FaultMerged}, kinds(faults))
		assert.Equal(t, [3]string{gone.Code, w.code(w.villages[0]), claimed.ID.String()}, [3]string{faults[0].Code, faults[0].Village, faults[0].LinkID.String()})
		assert.Contains(t, faults[0].Detail, kept.Code, "where it should be")

		w.damaged("UPDATE household_links SET household_id = ? WHERE id = ?", models.NewID(w.clock.Now()), claimed.ID)
		assert.Equal(t, []string{household.FaultMerged}, kinds(w.faults()), "no household at all")
		w.damaged("UPDATE household_links SET household_id = ? WHERE id = ?", kept.ID, claimed.ID)
		require.Empty(t, w.faults())

		w.damaged("UPDATE household_links SET household_id = ? WHERE id = ?", gone.ID, link.ID)
		assert.ElementsMatch(t, []string{household.FaultMerged, household.FaultFlags, household.FaultLedger, household.FaultCovering}, kinds(w.faults()),
			"the covering link: what it covered says otherwise too")
	})
}

func TestCheckFindsCoverOfAnotherDayOrHousehold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, link := w.coveredHome(w.villages[0], "Chủ Hộ")
		other := w.home(w.villages[1], "Hộ Khác")
		for _, c := range []struct{ what, set string }{
			{"left yesterday", "to_date = '" + models.Day(w.clock.Now().Add(-days(1))) + "'"},
			{"comes tomorrow", "from_date = '" + models.Day(w.clock.Now().Add(days(1))) + "'"},
			{"lives no more", "live = NULL"},
		} {
			w.damaged("UPDATE household_links SET "+c.set+" WHERE id = ?", link.ID)
			faults := w.faults()
			require.Equal(t, []string{household.FaultCovering}, kinds(faults), c.what)
			assert.Equal(t, [3]any{h.Code, w.code(w.villages[0]), link.ID}, [3]any{faults[0].Code, faults[0].Village, faults[0].LinkID}, c.what)
			w.damaged("UPDATE household_links SET live = 1, from_date = ?, to_date = ? WHERE id = ?", link.FromDate, link.ToDate, link.ID)
			require.Empty(t, w.faults())
		}
		w.damaged("UPDATE household_links SET household_id = ? WHERE id = ?", other.ID, link.ID)
		faults := w.faults()
		assert.ElementsMatch(t, []string{household.FaultCovering, household.FaultFlags, household.FaultFlags, household.FaultLedger, household.FaultLedger}, kinds(faults))
	})
}

func TestCheckIsForOperators(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.homes.Check(ctx, w.dept())
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
	})
}
