package household_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/household"
)

func TestMoveTakesTheCoverageAlongFromThatDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		from, to := w.villages[0], w.villages[4]
		h, p := w.home(from, "Chủ Hộ"), w.pupil(0)
		w.confirmed(p, h)
		w.clock.Add(days(10)) // 2026-12-03
		w.certify(p)
		w.clock.Add(days(10)) // 2026-12-13
		got, err := w.homes.Move(ctx, models.System(), h.ID, w.code(to), "2026-11-28", "xây nhà mới")
		require.NoError(t, err)
		require.Equal(t, to, got.VillageID)
		w.shows(from, 0, 0, 0)
		w.shows(to, 1, 1, 1)
		w.asOf(from, "2026-11-27", 1, 1, 0)
		w.asOf(from, "2026-11-28", 0, 0, 0)
		w.asOf(to, "2026-11-28", 1, 1, 0)
		w.asOf(to, "2026-12-03", 1, 1, 1)
		_, err = w.cov.Fold(ctx)
		require.NoError(t, err)
		w.shows(to, 1, 1, 1)
		w.asOf(to, "2026-12-02", 1, 1, 0)
		// A change reported late counts from the last change before it.
		_, err = w.homes.Move(ctx, models.System(), h.ID, w.code(from), "2026-11-27", "")
		require.Equal(t, "invalid", models.CodeOf(err), "before it entered")
	})
}

func TestMoveRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h := w.home(w.villages[0], "Chủ Hộ")
		for name, k := range map[string]struct {
			actor models.Actor
			id    models.ID
			code  string
			on    string
			want  string
		}{
			"nobody":               {models.Actor{}, h.ID, w.code(w.villages[1]), "2026-11-20", "unauthenticated"},
			"a teacher":            {w.teacher(), h.ID, w.code(w.villages[1]), "2026-11-20", "forbidden"},
			"the department":       {w.dept(), h.ID, w.code(w.villages[1]), "2026-11-20", "forbidden"},
			"officer elsewhere":    {grant(models.RoleCommuneOfficer, models.ScopeArea, w.communes[1]), h.ID, w.code(w.villages[1]), "2026-11-20", "not_found"},
			"to another commune":   {w.officer(), h.ID, w.code(w.villages[3]), "2026-11-20", "not_found"},
			"no such household":    {w.officer(), models.NewID(w.clock.Now()), w.code(w.villages[1]), "2026-11-20", "not_found"},
			"no such village":      {w.officer(), h.ID, "V-QQQ", "2026-11-20", "not_found"},
			"same village":         {w.officer(), h.ID, w.code(w.villages[0]), "2026-11-20", "same_village"},
			"no day":               {w.officer(), h.ID, w.code(w.villages[1]), "20/11/2026", "invalid"},
			"in the future":        {w.officer(), h.ID, w.code(w.villages[1]), "2026-11-24", "invalid"},
			"before the register":  {w.officer(), h.ID, w.code(w.villages[1]), "2026-10-31", "invalid"},
			"before the village":   {w.officer(), h.ID, w.code(w.villages[1]), "2025-06-30", "invalid"},
			"a reason like a book": {w.officer(), h.ID, w.code(w.villages[1]), "2026-11-20", "invalid"},
		} {
			reason := "chuyển"
			if name == "a reason like a book" {
				reason = fmt.Sprintf("%0401d", 1)
			}
			_, err := w.homes.Move(ctx, k.actor, k.id, k.code, k.on, reason)
			assert.Equal(t, k.want, models.CodeOf(err), name)
		}
		w.shows(w.villages[0], 1, 0, 0)
	})
}

// fill imports n households into a village, one of them covered.
func (w *world) fill(village models.ID, n int) {
	var csv bytes.Buffer
	csv.WriteString("Mã hộ,Mã thôn,Chủ hộ\n")
	for i := range n {
		fmt.Fprintf(&csv, "%s%d,%s,Chủ Hộ %d\n", w.code(village), i, w.code(village), i)
	}
	w.importRows(csv.String())
	p := w.pupil(0)
	w.confirmed(p, w.find("external_ref = ?", w.code(village)+"0"))
	w.certify(p)
}

func TestMergeVillageCutOffAnywhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		died := errors.New("died")
		from, into := w.villages[0], w.villages[4]
		w.fill(from, 250)
		w.fill(into, 3)
		w.clock.Add(days(7))
		moved := 0
		for at := 1; ; at++ {
			left := at
			household.SetStep(w.homes, func(string) error {
				if left--; left == 0 {
					return died
				}
				return nil
			})
			n, err := w.homes.MergeVillage(ctx, w.dept(), w.code(from), w.code(into), "2026-11-25", "sáp nhập thôn")
			moved += n
			household.SetStep(w.homes, func(string) error { return nil })
			f, ferr := w.cov.Counts(ctx, models.System(), coverage.Area{ID: w.province[0], Level: coverage.LevelProvince})
			require.NoError(t, ferr)
			require.Equal(t, [3]int{253, 2, 2}, threeOf(f), "the province keeps its figure at every step")
			w.sound()
			if at%2 == 0 {
				_, ferr = w.cov.Fold(ctx)
				require.NoError(t, ferr)
				w.sound()
			}
			if err == nil {
				break
			}
			require.ErrorIs(t, err, died)
		}
		require.Equal(t, 250, moved)
		w.shows(from, 0, 0, 0)
		w.shows(into, 253, 2, 2)
		w.asOf(from, "2026-11-24", 250, 1, 1)
		w.asOf(into, "2026-11-25", 253, 2, 2)
		n, err := w.homes.MergeVillage(ctx, w.dept(), w.code(from), w.code(into), "2026-11-25", "again")
		require.NoError(t, err)
		require.Zero(t, n)
		children, err := w.cov.ChildCounts(ctx, w.dept(), coverage.Area{ID: w.communes[0], Level: coverage.LevelCommune})
		require.NoError(t, err)
		require.Len(t, children, 2, "the closed village is shown no more")
		_, err = w.homes.Move(ctx, models.System(), w.find("village_id = ?", into).ID, w.code(from), w.today(), "")
		require.Equal(t, "not_found", models.CodeOf(err), "nobody enters a closed village")
	})
}

func TestMergeRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b, c := w.code(w.villages[0]), w.code(w.villages[1]), w.code(w.villages[2])
		for name, k := range map[string]struct {
			actor      models.Actor
			from, into string
			on, want   string
		}{
			"nobody":         {models.Actor{}, a, b, "2026-11-20", "unauthenticated"},
			"the officer":    {w.officer(), a, b, "2026-11-20", "forbidden"},
			"other province": {w.dept(), a, w.code(w.villages[7]), "2026-11-20", "not_found"},
			"no such":        {w.dept(), "V-QQQ", b, "2026-11-20", "not_found"},
			"no code at all": {w.dept(), a, "?", "2026-11-20", "not_found"},
			"itself":         {w.dept(), a, a, "2026-11-20", "merge_into_itself"},
			"in the future":  {w.dept(), a, b, "2026-11-24", "invalid"},
			"before it was":  {w.dept(), a, b, "2025-01-01", "invalid"},
		} {
			_, err := w.homes.MergeVillage(ctx, k.actor, k.from, k.into, k.on, "")
			assert.Equal(t, k.want, models.CodeOf(err), name)
		}
		_, err := w.homes.MergeVillage(ctx, w.dept(), a, b, "2026-11-20", "")
		require.NoError(t, err)
		_, err = w.homes.MergeVillage(ctx, w.dept(), a, c, "2026-11-20", "")
		require.Equal(t, "village_closed", models.CodeOf(err), "merged elsewhere before")
		_, err = w.homes.MergeVillage(ctx, w.dept(), c, a, "2026-11-20", "")
		require.Equal(t, "merge_target_closed", models.CodeOf(err))
	})
}

// A chain of mergers is followed: what is left of the first village goes where
// its target went.
func TestMergeIntoAVillageThatWasMergedMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b, c := w.villages[0], w.villages[1], w.villages[2]
		w.fill(a, 150)
		calls := 0
		household.SetStep(w.homes, func(string) error {
			if calls++; calls == 3 { // after the first hundred
				return errors.New("died")
			}
			return nil
		})
		_, err := w.homes.MergeVillage(ctx, w.dept(), w.code(a), w.code(b), "2026-11-20", "")
		require.Error(t, err)
		household.SetStep(w.homes, func(string) error { return nil })
		_, err = w.homes.MergeVillage(ctx, w.dept(), w.code(b), w.code(c), "2026-11-21", "")
		require.NoError(t, err)
		_, err = w.homes.MergeVillage(ctx, w.dept(), w.code(a), w.code(b), "2026-11-20", "")
		require.NoError(t, err)
		w.shows(c, 150, 1, 1)
		w.shows(a, 0, 0, 0)
	})
}

// Households that are on their way into a village while it is merged away are
// either moved along or refused, never left behind.
func TestMovingIntoAVillageBeingMerged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b, c := w.villages[0], w.villages[1], w.villages[2]
		w.fill(a, 20)
		w.fill(c, 2)
		var ids []struct{ ID models.ID }
		require.NoError(t, w.db.Read(ctx).Raw("SELECT id FROM households WHERE village_id = ?", a).Scan(&ids).Error)
		var wg sync.WaitGroup
		for _, h := range ids {
			wg.Go(func() {
				_, err := w.homes.Move(ctx, w.officer(), h.ID, w.code(c), "2026-11-20", "")
				if err != nil {
					assert.Contains(t, []string{"village_closed", "not_found"}, models.CodeOf(err))
				}
			})
		}
		wg.Go(func() {
			_, err := w.homes.MergeVillage(ctx, w.dept(), w.code(c), w.code(b), "2026-11-20", "")
			assert.NoError(t, err)
		})
		wg.Wait()
		// Those that entered between the closing and the last look at it are moved
		// by the same call; nothing may remain.
		var left int
		require.NoError(t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM households WHERE village_id = ?", c).Scan(&left).Error)
		require.Zero(t, left)
		w.sound()
	})
}
