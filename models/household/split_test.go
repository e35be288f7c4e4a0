package household_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/household"
)

func TestSplitMovesPeopleFromADayOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importRows("Mã hộ,Mã thôn,Họ và tên,Quan hệ\nA," + w.code(w.villages[0]) + ",Nguyễn Văn An,chủ hộ\nA,,Nguyễn Thị Bé,con\n")
		a := w.find("external_ref = 'A'")
		stays, goes := w.pupil(0), w.pupil(0)
		w.confirmed(stays, a)
		link := w.confirmed(goes, a) // on the 23rd
		w.clock.Add(days(2))
		w.certify(goes) // on the 25th
		w.clock.Add(days(5))
		w.shows(w.villages[0], 1, 1, 1)

		var member struct{ ID models.ID }
		require.NoError(t, w.db.Read(ctx).Raw("SELECT id FROM household_members WHERE full_name = 'Nguyễn Thị Bé'").Scan(&member).Error)
		n := household.NewSplit{ID: models.NewID(w.clock.Now()), HeadName: "Nguyễn Thị Bé", VillageCode: w.code(w.villages[1]), On: "2026-11-24",
			Links: []models.ID{link.ID}, Members: []models.ID{member.ID}, Reason: "ra ở riêng"}
		var made household.Household
		for range 2 { // a repeat answers as the first time
			var err error
			made, err = w.homes.Split(ctx, w.officer(), a.ID, n)
			require.NoError(t, err)
			require.Equal(t, n.ID, made.ID)
		}
		require.Equal(t, 2, w.count("households"))
		w.shows(w.villages[0], 1, 1, 0)
		w.shows(w.villages[1], 1, 1, 1)
		// Nobody is covered before the certificate was issued.
		w.asOf(w.villages[1], "2026-11-23", 0, 0, 0)
		w.asOf(w.villages[1], "2026-11-24", 1, 1, 0)
		w.asOf(w.villages[1], "2026-11-25", 1, 1, 1)
		require.Equal(t, household.Ended, w.linkOf(link.ID).State)
		require.Equal(t, "2026-11-24", w.linkOf(link.ID).ToDate)
		require.Equal(t, 1, w.count("household_links WHERE live = 1 AND from_date = '2026-11-24'"), "one household per person and day")
		require.Equal(t, 1, w.count("household_members WHERE full_name = 'Nguyễn Thị Bé' AND household_id = (SELECT id FROM households WHERE external_ref IS NULL)"))
		require.Equal(t, 1, w.count("audit_entries WHERE act = 'household_split'"))

		// Taken back: the new household goes into the old one.
		_, err := w.homes.MergeHouseholds(ctx, w.officer(), household.NewMerge{Kept: a.ID, Gone: made.ID, Home: household.HomeKept})
		require.NoError(t, err)
		w.shows(w.villages[0], 1, 1, 1)
		w.shows(w.villages[1], 0, 0, 0)
	})
}

func TestSplitIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.home(w.villages[0], "Một"), w.home(w.villages[0], "Hai")
		mine, theirs := w.confirmed(w.pupil(0), a), w.confirmed(w.pupil(0), b)
		ok := household.NewSplit{HeadName: "Ba", On: "2026-11-23", Links: []models.ID{mine.ID}}
		for name, k := range map[string]struct {
			actor models.Actor
			bend  func(*household.NewSplit)
			code  string
		}{
			"a teacher":              {w.teacher(), func(*household.NewSplit) {}, "forbidden"},
			"another commune":        {grant(models.RoleCommuneOfficer, models.ScopeArea, w.communes[1]), func(*household.NewSplit) {}, "not_found"},
			"into another commune":   {w.officer(), func(n *household.NewSplit) { n.VillageCode = w.code(w.villages[3]) }, "not_found"},
			"nobody":                 {w.officer(), func(n *household.NewSplit) { n.Links = nil }, "invalid"},
			"another's link":         {w.officer(), func(n *household.NewSplit) { n.Links = []models.ID{theirs.ID} }, "invalid"},
			"another's member":       {w.officer(), func(n *household.NewSplit) { n.Members = []models.ID{mine.ID} }, "invalid"},
			"no head":                {w.officer(), func(n *household.NewSplit) { n.HeadName = " 12 " }, "invalid"},
			"tomorrow":               {w.officer(), func(n *household.NewSplit) { n.On = "2026-11-24" }, "invalid"},
			"before the household":   {w.officer(), func(n *household.NewSplit) { n.On = "2026-10-01" }, "invalid"},
			"before the member came": {w.officer(), func(n *household.NewSplit) { n.On = "2026-11-20" }, "invalid"},
			"no such village":        {w.officer(), func(n *household.NewSplit) { n.VillageCode = "V-0000000" }, "invalid"},
			"another household's id": {w.officer(), func(n *household.NewSplit) { n.ID = b.ID }, "id_taken"},
		} {
			n := ok
			k.bend(&n)
			_, err := w.homes.Split(ctx, k.actor, a.ID, n)
			assert.Equal(t, k.code, models.CodeOf(err), name)
		}
		require.Equal(t, 2, w.count("households"))
		w.shows(w.villages[0], 2, 2, 0)
	})
}

// A pupil who boards at school counts where home is.
func TestBoardersCountAtHome(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Một"), w.pupil(0)
		l := w.confirmed(p, h)
		w.certify(p)
		for range 2 {
			got, err := w.homes.Board(ctx, w.officer(), l.ID, "2026-09-05")
			require.NoError(t, err)
			require.Equal(t, "2026-09-05", got.BoardsSince)
		}
		w.shows(w.villages[0], 1, 1, 1)
		require.Equal(t, 1, w.count("household_events WHERE kind = 'boards'"))
		_, err := w.homes.Board(ctx, w.officer(), l.ID, "2027-01-01")
		require.Equal(t, models.KindInvalid, models.KindOf(err))
		_, err = w.homes.Board(ctx, grant(models.RoleCommuneOfficer, models.ScopeArea, w.communes[1]), l.ID, "")
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		got, err := w.homes.Board(ctx, w.teacher(), l.ID, "")
		require.NoError(t, err)
		require.Empty(t, got.BoardsSince)
		_, err = w.homes.End(ctx, w.teacher(), l.ID, w.today(), "chuyển đi")
		require.NoError(t, err)
		_, err = w.homes.Board(ctx, w.officer(), l.ID, "2026-09-05")
		require.Equal(t, "link_ended", models.CodeOf(err))
	})
}

// Whose parents live apart belongs to one household at any time: the other
// parent's claim waits until the first link has ended.
func TestOneHouseholdPerPersonAndDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mother, father, p := w.home(w.villages[0], "Mẹ"), w.home(w.villages[1], "Bố"), w.pupil(0)
		l := w.confirmed(p, mother)
		_, err := w.homes.ClaimFor(ctx, w.teacher(), household.NewClaim{PersonID: p, HouseholdCode: father.Code, Relation: "child"})
		require.Equal(t, "link_confirmed", models.CodeOf(err))
		w.clock.Add(days(3))
		_, err = w.homes.End(ctx, w.teacher(), l.ID, "2026-11-25", "ở với bố")
		require.NoError(t, err)
		w.confirmed(p, father)
		w.shows(w.villages[0], 1, 0, 0)
		w.shows(w.villages[1], 1, 1, 0)
		w.asOf(w.villages[0], "2026-11-24", 1, 1, 0)
		w.asOf(w.villages[0], "2026-11-25", 1, 0, 0)
	})
}
