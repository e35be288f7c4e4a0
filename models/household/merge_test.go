package household_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/household"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// ofHomes are what can happen to whole households.
func (d *deeds) ofHomes() map[string]func(pick func(int) int) {
	return map[string]func(pick func(int) int){
		"merge homes": func(pick func(int) int) {
			kept, gone := d.homesOf[pick(len(d.homesOf))], d.homesOf[pick(len(d.homesOf))]
			_, err := d.homes.MergeHouseholds(ctx, models.System(), household.NewMerge{Kept: kept, Gone: gone, Home: []string{household.HomeKept, household.HomeGone}[pick(2)]})
			d.allow(err)
		},
		"undo a merge": func(pick func(int) int) {
			var list []struct{ ID models.ID }
			require.NoError(d.t, d.db.Read(ctx).Raw("SELECT id FROM household_merges ORDER BY id").Scan(&list).Error)
			if len(list) > 0 {
				_, err := d.homes.UndoMerge(ctx, models.System(), list[pick(len(list))].ID, "")
				d.allow(err)
			}
		},
		"split a home": func(pick func(int) int) {
			if l := d.someLink(pick); !l.IsZero() {
				var from []struct{ HouseholdID models.ID }
				require.NoError(d.t, d.db.Read(ctx).Raw("SELECT household_id FROM household_links WHERE id = ?", l).Scan(&from).Error)
				_, err := d.homes.Split(ctx, models.System(), from[0].HouseholdID, household.NewSplit{HeadName: "Chủ Tách", On: d.today(), Links: []models.ID{l}})
				d.allow(err)
			}
		},
	}
}

// picture is everything that an undone merge must bring back, as text.
func (w *world) picture() string {
	var b strings.Builder
	for _, q := range []string{
		"SELECT id, village_id, village_since, head_name, state, merged_into, known, covered, skills, covered_at FROM households ORDER BY id",
		"SELECT id, household_id, person_id, state, live, from_date, to_date, boards_since FROM household_links ORDER BY id",
		"SELECT id, household_id, full_name, relation FROM household_members ORDER BY id",
		"SELECT id, household_id, link_id, kind FROM household_events WHERE link_id IS NOT NULL ORDER BY id",
	} {
		rows, err := w.db.Read(ctx).Raw(q).Rows()
		require.NoError(w.t, err)
		columns, err := rows.Columns()
		require.NoError(w.t, err)
		for rows.Next() {
			cells := make([]any, len(columns))
			for i := range cells {
				cells[i] = new(any)
			}
			require.NoError(w.t, rows.Scan(cells...))
			for _, c := range cells {
				fmt.Fprintf(&b, "%v|", *c.(*any))
			}
			b.WriteByte('\n')
		}
		require.NoError(w.t, rows.Close())
	}
	for _, v := range w.villages {
		for _, day := range []string{"2026-11-01", "2026-11-23", w.today()} {
			f, err := w.cov.AsOf(ctx, models.System(), coverage.Area{ID: v, Level: coverage.LevelVillage}, day)
			require.NoError(w.t, err)
			fmt.Fprintln(&b, day, f)
		}
	}
	return b.String()
}

func (w *world) merge(kept, gone household.Household) household.Merge {
	m, err := w.homes.MergeHouseholds(ctx, w.dept(), household.NewMerge{Kept: kept.ID, Gone: gone.ID, Home: household.HomeKept, Reason: "một hộ"})
	require.NoError(w.t, err)
	return m
}

func TestMergeCarriesMembersAndCoverage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importRows("Mã hộ,Mã thôn,Họ và tên,Quan hệ\nA," + w.code(w.villages[0]) + ",Nguyễn Văn An,chủ hộ\nA,,Nguyễn Thị Bé,con\n" +
			"B," + w.code(w.villages[0]) + ",Nguyễn Văn An,chủ hộ\nB,,Nguyễn Thị Bé,con\nB,,Nguyễn Văn Út,con\n")
		a, b := w.find("external_ref = 'A'"), w.find("external_ref = 'B'")
		one, two := w.pupil(0), w.pupil(0)
		w.confirmed(one, a)
		link := w.confirmed(two, b)
		w.certify(two)
		w.shows(w.villages[0], 2, 2, 1)
		w.clock.Add(days(2))
		before := w.picture()

		m := w.merge(a, b)
		w.shows(w.villages[0], 1, 1, 1)
		require.Equal(t, 1, w.find("id = ?", a.ID).Covered, "the certificate counts for the household that stays")
		require.Equal(t, household.StateMerged, w.find("id = ?", b.ID).State)
		require.Equal(t, 3, w.count("household_members WHERE household_id = (SELECT id FROM households WHERE external_ref = 'A')"), "the child whom both have is not there twice")
		require.Equal(t, 2, w.count("household_events e WHERE e.household_id = (SELECT id FROM households WHERE external_ref = 'A') AND e.link_id = (SELECT id FROM household_links WHERE person_id = (SELECT person_id FROM certificates))"),
			"the history of the link went along")
		again, err := w.homes.MergeHouseholds(ctx, w.dept(), household.NewMerge{ID: m.ID, Kept: a.ID, Gone: b.ID})
		require.Equal(t, "id_taken", models.CodeOf(err), "another account's id: %v", again)
		w.asOf(w.villages[0], "2026-11-23", 2, 2, 1)

		// What is decided meanwhile stays decided, and goes home with its link.
		_, err = w.homes.Revoke(ctx, models.System(), w.world1Code(two), "proof_invalid")
		require.NoError(t, err)
		_, err = w.homes.Reinstate(ctx, models.System(), w.world1Code(two), "proof checked")
		require.NoError(t, err)

		dept := w.dept()
		for range 2 {
			undone, err := w.homes.UndoMerge(ctx, dept, m.ID, "hai hộ")
			require.NoError(t, err)
			require.Nil(t, undone.Live)
		}
		require.Equal(t, before, w.picture())
		w.shows(w.villages[0], 2, 2, 1)
		require.Equal(t, b.ID, w.linkOf(link.ID).HouseholdID)
		require.Equal(t, 2, w.count("audit_entries WHERE act IN ('household_merged', 'household_unmerged')"))
	})
}

func (w *world) world1Code(person models.ID) string {
	var c []struct{ Code string }
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT code FROM certificates WHERE person_id = ?", person).Scan(&c).Error)
	return c[0].Code
}

func (w *world) linkOf(id models.ID) household.Link {
	var l household.Link
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT * FROM household_links WHERE id = ?", id).Scan(&l).Error)
	return l
}

func TestMergeIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b, far := w.home(w.villages[0], "Một"), w.home(w.villages[1], "Hai"), w.home(w.villages[3], "Xa")
		id := models.NewID(w.clock.Now())
		for name, k := range map[string]struct {
			actor models.Actor
			merge household.NewMerge
			code  string
		}{
			"a teacher":            {w.teacher(), household.NewMerge{Kept: a.ID, Gone: b.ID}, "forbidden"},
			"another commune":      {w.officer(), household.NewMerge{Kept: a.ID, Gone: far.ID, Home: household.HomeKept}, "not_found"},
			"nobody":               {w.officer(), household.NewMerge{Kept: a.ID, Gone: id}, "not_found"},
			"with itself":          {w.officer(), household.NewMerge{Kept: a.ID, Gone: a.ID}, "invalid"},
			"two villages, unsaid": {w.officer(), household.NewMerge{Kept: a.ID, Gone: b.ID}, "invalid"},
			"by a wrong code":      {w.officer(), household.NewMerge{Kept: a.ID, GoneCode: "222222222"}, "not_found"},
			"by its own code":      {w.officer(), household.NewMerge{Kept: a.ID, GoneCode: a.Code}, "invalid"},
			"a long reason":        {w.officer(), household.NewMerge{Kept: a.ID, Gone: b.ID, Reason: strings.Repeat("x", 401)}, "invalid"},
		} {
			_, err := w.homes.MergeHouseholds(ctx, k.actor, k.merge)
			assert.Equal(t, k.code, models.CodeOf(err), name)
		}
		require.Zero(t, w.count("household_merges"))
		m := w.merge(a, b)
		_, err := w.homes.MergeHouseholds(ctx, w.officer(), household.NewMerge{Kept: a.ID, GoneCode: b.Code, Home: household.HomeKept})
		require.Equal(t, "already_merged", models.CodeOf(err))
		beyond := w.merge(far, a)
		_, err = w.homes.UndoMerge(ctx, w.dept(), m.ID, "")
		require.Equal(t, "merged_since", models.CodeOf(err), "the last merge is taken back first")
		_, err = w.homes.UndoMerge(ctx, w.teacher(), m.ID, "")
		require.Equal(t, models.KindForbidden, models.KindOf(err))
		_, err = w.homes.UndoMerge(ctx, w.officer(), beyond.ID, "")
		require.Equal(t, models.KindNotFound, models.KindOf(err), "the kept one is in another commune")
	})
}

// Both villages are known; which one holds is asked, and the household moves.
func TestMergeAcrossVillages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.home(w.villages[0], "Một"), w.home(w.villages[1], "Hai")
		w.confirmed(w.pupil(0), a)
		before := w.picture()
		m, err := w.homes.MergeHouseholds(ctx, w.officer(), household.NewMerge{Kept: a.ID, Gone: b.ID, Home: household.HomeGone})
		require.NoError(t, err)
		w.shows(w.villages[0], 0, 0, 0)
		w.shows(w.villages[1], 1, 1, 0)
		_, err = w.homes.UndoMerge(ctx, w.officer(), m.ID, "")
		require.NoError(t, err)
		require.Equal(t, before, w.picture())
		w.shows(w.villages[0], 1, 1, 0)
		w.shows(w.villages[1], 1, 0, 0)
	})
}

// Two officers press the button at one moment, in either direction: one merge
// holds, and the other is told.
func TestTwoMergesOfOnePair(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 4 {
			a, b := w.home(w.villages[0], fmt.Sprint("Một ", i)), w.home(w.villages[0], fmt.Sprint("Hai ", i))
			w.confirmed(w.pupil(0), b)
			errs := make([]error, 4)
			var wg sync.WaitGroup
			for n := range errs {
				pair := []models.ID{a.ID, b.ID}
				if n%2 == 1 {
					slices.Reverse(pair)
				}
				wg.Go(func() {
					_, errs[n] = w.homes.MergeHouseholds(ctx, w.officer(), household.NewMerge{Kept: pair[0], Gone: pair[1]})
				})
			}
			wg.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
					continue
				}
				require.Equal(t, "already_merged", models.CodeOf(err))
			}
			require.Equal(t, 1, won)
			w.sound()
		}
	})
}

// A register that still has both codes does not bring the second one back.
func TestRegisterRespectsAMerge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		csv := "Mã hộ,Mã thôn,Chủ hộ\nA," + w.code(w.villages[0]) + ",An\nB," + w.code(w.villages[0]) + ",Ân\n"
		w.importRows(csv)
		w.merge(w.find("external_ref = 'A'"), w.find("external_ref = 'B'"))
		rep := w.importRows(strings.ReplaceAll(csv, ",Ân", ",Ân Mới"))
		require.Equal(t, 2, rep.Unchanged)
		w.shows(w.villages[0], 1, 0, 0)
	})
}

// Any history of merges, splits, moves, claims and certificates: what the
// figures of a day were on that day, they are when asked later; and a merge
// undone at once leaves everything as it was.
func TestAsOfEqualsReplayOverMergesAndSplits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		d := newDeeds(w, 4, 5)
		list := d.list()
		actions := []string{"merge homes", "undo a merge", "split a home", "claim", "confirm", "certify", "move household", "leave", "revoke", "fold"}
		type shot struct {
			day     string
			village models.ID
			figures coverage.Figures
		}
		var shots []shot
		rapid.Check(t, func(rt *rapid.T) {
			w.t = rt
			pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }
			for range rapid.IntRange(4, 10).Draw(rt, "days") {
				for range rapid.IntRange(1, 6).Draw(rt, "deeds") {
					list[actions[pick(len(actions))]](pick)
				}
				w.mergeAndBack(d, pick)
				counts := w.bruteForce()
				for _, v := range w.villages {
					shots = append(shots, shot{w.today(), v, counts[v]})
				}
				clock.Add(days(1))
			}
			for _, s := range shots {
				got, err := w.cov.AsOf(ctx, models.System(), coverage.Area{ID: s.village, Level: coverage.LevelVillage}, s.day)
				require.NoError(rt, err)
				require.Equal(rt, s.figures, got, s.day)
			}
			shots = shots[max(0, len(shots)-60):]
			w.exact()
		})
	})
}

// mergeAndBack merges two active households and takes it back.
func (w *world) mergeAndBack(d *deeds, pick func(int) int) {
	kept, gone := d.find("id = ?", d.homesOf[pick(len(d.homesOf))]), d.find("id = ?", d.homesOf[pick(len(d.homesOf))])
	if kept.ID == gone.ID || kept.State != household.StateActive || gone.State != household.StateActive {
		return
	}
	before := w.picture()
	m, err := w.homes.MergeHouseholds(ctx, models.System(), household.NewMerge{Kept: kept.ID, Gone: gone.ID, Home: []string{household.HomeKept, household.HomeGone}[pick(2)]})
	require.NoError(w.t, err)
	_, err = w.homes.UndoMerge(ctx, models.System(), m.ID, "")
	require.NoError(w.t, err)
	require.Equal(w.t, before, w.picture())
}
