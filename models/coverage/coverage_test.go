package coverage

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
)

func house(subject, village models.ID, h, k, c int) Delta {
	return Delta{SubjectID: subject, VillageID: village, Households: h, Known: k, Covered: c, Cause: "test"}
}

func TestFiguresShownFollowFromTheThreeCounts(t *testing.T) {
	f := Figures{Households: 10, Known: 6, Covered: 4}
	assert.Equal(t, 2, f.NotCovered())
	assert.Equal(t, 4, f.Unknown())
}

func TestExactBeforeAndAfterFold(t *testing.T) {
	each(t, func(w *world) {
		a, b := models.NewID(w.clock.Now()), models.NewID(w.clock.Now())
		w.check()
		w.record(house(a, w.villages[0], 1, 1, 0))
		w.record(house(b, w.villages[5], 1, 0, 0))
		w.check()
		require.Equal(w.t, 2, w.fold())
		w.check()
		require.Zero(w.t, w.fold(), "nothing left to fold")
		w.record(house(a, w.villages[0], 0, 0, 1))
		w.check()
		require.Equal(w.t, 1, w.fold())
		w.record(house(a, w.villages[0], 0, 0, -1))
		w.check()
	})
}

func TestRecordWritesNoRowForNothingAndChainsTheRest(t *testing.T) {
	each(t, func(w *world) {
		a := models.NewID(w.clock.Now())
		w.record(house(a, w.villages[0], 0, 0, 0))
		var n int
		require.NoError(w.t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM coverage_ledger").Scan(&n).Error)
		require.Zero(w.t, n)
		many := make([]Delta, 1203)
		for i := range many {
			many[i] = house(a, w.villages[i%8], 1, 0, 0)
			many[i].OnDate = "2026-11-01"
			w.truth[many[i].VillageID] = w.truth[many[i].VillageID].plus(many[i].figures())
		}
		w.tx(func(tx *gorm.DB) error { return RecordMany(tx, many, w.clock.Now()) })
		w.record(house(a, w.villages[3], 0, 1, 0))
		var last int
		require.NoError(w.t, w.db.Read(ctx).Raw("SELECT MAX(seq) FROM coverage_ledger WHERE subject_id = ?", a).Scan(&last).Error)
		require.Equal(w.t, 1204, last)
		require.Equal(w.t, 1204, w.fold(), "three batches")
		rep, err := w.cov.Verify(ctx, w.recount)
		require.NoError(w.t, err)
		require.Equal(w.t, 3, rep.Batches)
		w.check()
	})
}

// A loser of the race for a subject's next number runs again and loses nothing.
func TestRecordsOfOneSubjectCollideAndAllCount(t *testing.T) {
	each(t, func(w *world) {
		a := models.NewID(w.clock.Now())
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for range 5 {
					d := house(a, w.villages[i], 1, 0, 0)
					d.OnDate = "2026-11-23"
					assert.NoError(w.t.(*testing.T), w.db.Tx(ctx, func(tx *gorm.DB) error { return Record(tx, d, w.clock.Now()) }))
				}
			})
		}
		wg.Wait()
		for i := range 4 {
			w.truth[w.villages[i]] = Figures{Households: 5}
		}
		w.check()
	})
}

func TestMoveVillageCarriesTheFoldedFigures(t *testing.T) {
	each(t, func(w *world) {
		a := models.NewID(w.clock.Now())
		w.record(house(a, w.villages[0], 5, 3, 2))
		w.fold()
		w.record(house(a, w.villages[0], 0, 1, 1)) // stays unfolded over the move
		require.NoError(w.t, w.move(w.villages[0], w.communes[1], "2026-11-01"))
		w.check()
		require.NoError(w.t, w.move(w.villages[0], w.communes[3], "2026-11-20"), "into the other province")
		w.check()
		w.fold()
		w.check()
		f, err := w.cov.AsOf(ctx, models.System(), Area{w.communes[1], LevelCommune}, "2026-11-19")
		require.NoError(w.t, err)
		require.Zero(w.t, f, "recorded on the 23rd, when the village was elsewhere")
	})
}

func TestMoveVillageRefusals(t *testing.T) {
	each(t, func(w *world) {
		officer := models.Actor{Account: w.villages[0], Grants: []models.Grant{{Role: models.RoleDeptOfficer, Scope: models.ScopeArea, At: w.provinces[0]}}}
		commune := models.Actor{Account: w.villages[0], Grants: []models.Grant{{Role: models.RoleCommuneOfficer, Scope: models.ScopeArea, At: w.communes[0]}}}
		v, c := w.villages[0], w.communes[1]
		for name, k := range map[string]struct {
			actor models.Actor
			v, c  models.ID
			on    string
			code  string
		}{
			"nobody":               {models.Actor{}, v, c, "2026-11-01", "unauthenticated"},
			"role without action":  {commune, v, c, "2026-11-01", "forbidden"},
			"village out of reach": {officer, w.villages[7], c, "2026-11-01", "not_found"},
			"target out of reach":  {officer, v, w.communes[3], "2026-11-01", "not_found"},
			"no such village":      {models.System(), models.NewID(time.Now()), c, "2026-11-01", "not_found"},
			"target is no commune": {models.System(), v, w.provinces[1], "2026-11-01", "not_found"},
			"no day":               {officer, v, c, "1/11/2026", "invalid_date"},
			"in the future":        {officer, v, c, "2026-11-24", "invalid"},
			"already there":        {officer, v, w.communes[0], "2026-11-01", "same_commune"},
		} {
			assert.Equal(w.t.(*testing.T), k.code, models.CodeOf(w.cov.MoveVillage(ctx, k.actor, k.v, k.c, k.on, "")), name)
		}
		require.NoError(w.t, w.cov.MoveVillage(ctx, officer, v, c, "2026-11-23", "within the province"))
	})
}

func TestReadingStaysInReach(t *testing.T) {
	each(t, func(w *world) {
		officer := models.Actor{Account: w.villages[0], Grants: []models.Grant{{Role: models.RoleCommuneOfficer, Scope: models.ScopeArea, At: w.communes[0]}}}
		pupil := models.Actor{Account: w.villages[0], Person: w.villages[0], Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
		for name, k := range map[string]struct {
			actor models.Actor
			area  Area
			code  string
		}{
			"own commune":       {officer, Area{w.communes[0], LevelCommune}, ""},
			"own village":       {officer, Area{w.villages[1], LevelVillage}, ""},
			"other commune":     {officer, Area{w.communes[1], LevelCommune}, "not_found"},
			"other village":     {officer, Area{w.villages[2], LevelVillage}, "not_found"},
			"the province":      {officer, Area{w.provinces[0], LevelProvince}, "not_found"},
			"wrong level":       {officer, Area{w.communes[0], LevelProvince}, "not_found"},
			"unknown level":     {models.System(), Area{w.communes[0], "hamlet"}, "not_found"},
			"pupil":             {pupil, Area{w.communes[0], LevelCommune}, "forbidden"},
			"nobody":            {models.Actor{}, Area{w.communes[0], LevelCommune}, "unauthenticated"},
			"everything at all": {models.System(), Area{w.provinces[1], LevelProvince}, ""},
		} {
			_, err := w.cov.Counts(ctx, k.actor, k.area)
			assert.Equal(w.t.(*testing.T), k.code, models.CodeOf(err), "counts: "+name)
			_, err = w.cov.ChildCounts(ctx, k.actor, k.area)
			assert.Equal(w.t.(*testing.T), k.code, models.CodeOf(err), "children: "+name)
			_, err = w.cov.AsOf(ctx, k.actor, k.area, "2026-11-23")
			assert.Equal(w.t.(*testing.T), k.code, models.CodeOf(err), "as of: "+name)
			_, err = w.cov.Explain(ctx, k.actor, k.area, Question{})
			assert.Equal(w.t.(*testing.T), k.code, models.CodeOf(err), "explain: "+name)
		}
	})
}

func TestTransferMovesThePastDayByDay(t *testing.T) {
	each(t, func(w *world) {
		a, from, to := models.NewID(w.clock.Now()), w.villages[0], w.villages[7]
		for _, d := range []Delta{
			{a, from, "2026-09-01", 1, 0, 0, "register", models.ID{}, Skills{}},
			{a, from, "2026-09-10", 0, 1, 0, "link", models.ID{}, Skills{}},
			{a, from, "2026-10-20", 0, 0, 1, "certificate", models.ID{}, Skills{}},
		} {
			w.record(d)
		}
		w.fold()
		w.tx(func(tx *gorm.DB) error {
			return Transfer(tx, []Moving{{a, from, to, "2026-10-01", Figures{Households: 1, Known: 1, Covered: 1}}}, "move", models.ID{}, w.clock.Now())
		})
		w.truth = map[models.ID]Figures{to: {1, 1, 1, Skills{}}}
		w.check()
		for day, want := range map[string][2]Figures{
			"2026-08-31": {},
			"2026-09-05": {{1, 0, 0, Skills{}}, {}},
			"2026-09-30": {{1, 1, 0, Skills{}}, {}},
			"2026-10-01": {{}, {1, 1, 0, Skills{}}},
			"2026-10-20": {{}, {1, 1, 1, Skills{}}},
		} {
			for i, v := range []models.ID{from, to} {
				f, err := w.cov.AsOf(ctx, models.System(), Area{v, LevelVillage}, day)
				require.NoError(w.t, err)
				assert.Equal(w.t.(*testing.T), want[i], f, "%s, village %d", day, i)
			}
		}
	})
}

// A process that dies anywhere in a fold, a move or a rebuild leaves exact
// figures behind, and another one finishes the work.
func TestCrashBetweenAnyTwoSteps(t *testing.T) {
	each(t, func(w *world) {
		died := errors.New("died")
		subject := models.NewID(w.clock.Now())
		for round := range 3 {
			for at := 1; ; at++ {
				w.record(house(subject, w.villages[at%8], 1, at%2, 0))
				left := at
				w.cov.step = func(string) error {
					if left--; left == 0 {
						return died
					}
					return nil
				}
				var err error
				switch round {
				case 0:
					_, err = w.cov.Fold(ctx)
				case 1:
					w.clock.Add(24 * time.Hour)
					err = w.move(w.villages[0], w.communes[at%2], w.clock.Now().Format(time.DateOnly))
					if models.CodeOf(err) == "same_commune" {
						err = died
					}
				case 2:
					_, err = w.cov.Rebuild(ctx, w.recount)
				}
				w.cov = New(w.db, models.ID{}) // the next process
				w.clock.Add(time.Minute)       // in which the lease has expired
				w.check()
				if err == nil {
					break
				}
				require.ErrorIs(w.t, err, died)
			}
			w.fold()
			w.check()
		}
	})
}

func TestFoldLeavesItToTheHolderOfTheLease(t *testing.T) {
	each(t, func(w *world) {
		w.record(house(models.NewID(w.clock.Now()), w.villages[0], 1, 0, 0))
		other, ok, err := w.db.Acquire(ctx, leaseName, models.NewID(w.clock.Now()), time.Minute)
		require.NoError(w.t, err)
		require.True(w.t, ok)
		require.Zero(w.t, w.fold())
		w.check()
		require.Equal(w.t, "busy", models.CodeOf(w.move(w.villages[0], w.communes[1], "2026-11-23")))
		w.check()
		w.clock.Add(2 * time.Minute)
		require.Equal(w.t, 1, w.fold(), "an expired lease is taken over")
		require.Error(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return other.Hold(tx) }), "and its old holder can commit nothing")
		w.check()
	})
}

func TestVerifyFindsEveryKindOfDamage(t *testing.T) {
	each(t, func(w *world) {
		a := models.NewID(w.clock.Now())
		w.record(house(a, w.villages[0], 2, 1, 1))
		w.record(house(a, w.villages[0], 0, 1, 0))
		w.fold()
		w.record(house(a, w.villages[1], 1, 0, 0))
		w.check()
		for name, sql := range map[string][2]string{
			"counter":       {"UPDATE coverage_counters SET covered = covered + 1 WHERE level = 'commune'", "UPDATE coverage_counters SET covered = covered - 1 WHERE level = 'commune'"},
			"row's figures": {"UPDATE coverage_ledger SET d_covered = 0 WHERE seq = 1", "UPDATE coverage_ledger SET d_covered = 1 WHERE seq = 1"},
			"row's day":     {"UPDATE coverage_ledger SET on_date = '2026-01-01' WHERE seq = 3", "UPDATE coverage_ledger SET on_date = '2026-11-23' WHERE seq = 3"},
			"batch's sum":   {"UPDATE coverage_batches SET d_known = 9", "UPDATE coverage_batches SET d_known = 2"},
			"unfolded":      {"UPDATE coverage_ledger SET batch = 0 WHERE seq = 1", "UPDATE coverage_ledger SET batch = 1 WHERE seq = 1"},
			"other batch":   {"UPDATE coverage_ledger SET batch = 7 WHERE seq = 3", "UPDATE coverage_ledger SET batch = 0 WHERE seq = 3"},
		} {
			w.tx(func(tx *gorm.DB) error { return tx.Exec(sql[0]).Error })
			rep, err := w.cov.Verify(ctx, w.recount)
			require.NoError(w.t, err)
			assert.Positive(w.t.(*testing.T), rep.Differences, name)
			w.tx(func(tx *gorm.DB) error { return tx.Exec(sql[1]).Error })
			w.check()
		}
		w.truth[w.villages[0]] = Figures{Households: 9, Known: 9, Covered: 9}
		rep, err := w.cov.Verify(ctx, w.recount)
		require.NoError(w.t, err)
		require.Equal(w.t, 3, rep.Differences, "village, commune and province")
	})
}

func TestRebuildHealsCountersAndLedger(t *testing.T) {
	each(t, func(w *world) {
		a := models.NewID(w.clock.Now())
		w.record(house(a, w.villages[0], 2, 1, 1))
		w.fold()
		w.record(house(a, w.villages[1], 1, 0, 0))
		w.tx(func(tx *gorm.DB) error { return tx.Exec("UPDATE coverage_counters SET covered = 77").Error })
		done, err := w.cov.Rebuild(ctx, w.recount)
		require.NoError(w.t, err)
		require.Equal(w.t, Rebuilt{Corrected: 0, Counters: 3}, done)
		w.check()
		w.truth[w.villages[6]] = Figures{Households: 4, Known: 2, Covered: 1} // households that the ledger never heard of
		done, err = w.cov.Rebuild(ctx, w.recount)
		require.NoError(w.t, err)
		require.Equal(w.t, 1, done.Corrected)
		w.check()
		w.fold()
		w.check()
	})
}

func TestExplainShowsTheRowsBehindAFigure(t *testing.T) {
	each(t, func(w *world) {
		a := models.NewID(w.clock.Now())
		w.record(house(a, w.villages[0], 1, 0, 0))
		w.fold()
		w.record(house(a, w.villages[0], 0, 1, 1))
		w.record(house(models.NewID(w.clock.Now()), w.villages[2], 1, 0, 0)) // another commune
		for _, area := range []Area{{w.villages[0], LevelVillage}, {w.communes[0], LevelCommune}} {
			e, err := w.cov.Explain(ctx, models.System(), area, Question{Limit: 10})
			require.NoError(w.t, err)
			require.Equal(w.t, Figures{Households: 1, Known: 1, Covered: 1}, e.Figures)
			require.Len(w.t, e.Changes, 2)
			require.Equal(w.t, Figures{Households: 0, Known: 1, Covered: 1}, e.Changes[0].Figures, "newest first")
			require.Equal(w.t, a, e.Changes[0].SubjectID)
			require.Len(w.t, e.Batches, 1)
			require.True(w.t, e.ChainOK)
		}
		whole, err := w.cov.Explain(ctx, models.System(), Area{w.provinces[0], LevelProvince}, Question{Limit: 2})
		require.NoError(w.t, err)
		require.Len(w.t, whole.Changes, 2)
		w.tx(func(tx *gorm.DB) error {
			return tx.Exec("UPDATE coverage_ledger SET d_covered = 2 WHERE subject_id = ? AND seq = 2", a).Error
		})
		e, err := w.cov.Explain(ctx, models.System(), Area{w.villages[0], LevelVillage}, Question{Limit: 10})
		require.NoError(w.t, err)
		require.False(w.t, e.ChainOK)
	})
}
