package coverage

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
)

// causes are why the changes shown were made, newest first.
func causes(e Explanation) []string {
	list := []string{}
	for _, c := range e.Changes {
		list = append(list, c.Cause)
	}
	return list
}

// Only what moved the asked figure is shown, and only what counted on the day.
func TestExplainAnswersTheQuestion(t *testing.T) {
	each(t, func(w *world) {
		h, v := models.NewID(w.clock.Now()), w.villages[0]
		day := func(n int) string { return w.clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }
		add := func(on, cause string, f Figures) {
			w.record(Delta{SubjectID: h, VillageID: v, OnDate: on, Cause: cause, Households: f.Households, Known: f.Known, Covered: f.Covered, Skills: f.Skills})
		}
		add(day(-9), "brought", Figures{Households: 1})
		add(day(-7), "confirmed", Figures{Known: 1})
		add(day(-5), "pass", Figures{Skills: Skills{OnlinePayment: 1}})
		w.fold()
		add(day(-3), "issued", Figures{Covered: 1, Skills: Skills{PublicServices: 1}})
		add(day(-1), "revoked", Figures{Covered: -1})
		for _, c := range []struct {
			q     Question
			value int
			why   []string
		}{
			{Question{}, 0, []string{"revoked", "issued", "pass", "confirmed", "brought"}},
			{Question{Limit: 2}, 0, []string{"revoked", "issued"}},
			{Question{Figure: FigureCovered}, 0, []string{"revoked", "issued"}},
			{Question{Figure: FigureHouseholds}, 1, []string{"brought"}},
			{Question{Figure: FigureKnown}, 1, []string{"confirmed"}},
			{Question{Figure: FigureNotCovered}, 1, []string{"revoked", "issued", "confirmed"}},
			{Question{Figure: FigureUnknown}, 0, []string{"confirmed", "brought"}},
			{Question{Figure: FigureCovered, Skill: "online_payment"}, 1, []string{"pass"}},
			{Question{Figure: FigureNotCovered, Skill: "online_payment"}, 0, []string{"pass", "confirmed"}},
			{Question{Figure: FigureCovered, View: View{On: day(-3)}}, 1, []string{"issued"}},
			{Question{Figure: FigureCovered, View: View{On: day(-4)}}, 0, []string{}},
			{Question{Figure: FigureUnknown, View: View{On: day(-8)}}, 1, []string{"brought"}},
			{Question{Within: "l.subject_id <> ?", Args: []any{h}}, 0, []string{}},
		} {
			if c.q.Limit == 0 {
				c.q.Limit = 10
			}
			for _, area := range []Area{{v, LevelVillage}, {w.communes[0], LevelCommune}, {w.provinces[0], LevelProvince}} {
				e, err := w.cov.Explain(ctx, models.System(), area, c.q)
				require.NoError(w.t, err)
				assert.Equal(w.t, c.why, causes(e), "%+v %s", c.q, area.Level)
				assert.Equal(w.t, c.value, c.q.Of(e.Figures), "%+v %s", c.q, area.Level)
				assert.Equal(w.t, e.Figures, e.Replayed, "%+v %s", c.q, area.Level)
				assert.True(w.t, e.ChainOK)
			}
		}
		_, err := w.cov.Explain(ctx, models.System(), Area{v, LevelVillage}, Question{Skill: "juggling"})
		assert.Equal(w.t, models.KindInvalid, models.KindOf(err))
		_, err = w.cov.Explain(ctx, models.System(), Area{v, LevelVillage}, Question{Figure: "share"})
		assert.Equal(w.t, models.KindInvalid, models.KindOf(err))
	})
}

// What was known at an instant is told apart from what came later about the
// same day.
func TestExplainAsItWasKnown(t *testing.T) {
	each(t, func(w *world) {
		v := w.villages[0]
		on := w.clock.Now().Format(time.DateOnly)
		w.record(house(models.NewID(w.clock.Now()), v, 1, 1, 1))
		then := w.clock.Now()
		w.clock.Add(72 * time.Hour)
		w.record(Delta{SubjectID: models.NewID(w.clock.Now()), VillageID: v, OnDate: on, Cause: "late", Households: 1, Known: 1, Covered: 1})
		for _, area := range []Area{{v, LevelVillage}, {w.communes[0], LevelCommune}, {w.provinces[0], LevelProvince}} {
			known, err := w.cov.Explain(ctx, models.System(), area, Question{View: View{On: on}, Seen: then, Limit: 10})
			require.NoError(w.t, err)
			assert.Equal(w.t, [2]int{1, 1}, [2]int{known.Covered, len(known.Changes)}, area.Level)
			now, err := w.cov.Explain(ctx, models.System(), area, Question{View: View{On: on}, Limit: 10})
			require.NoError(w.t, err)
			assert.Equal(w.t, [2]int{2, 2}, [2]int{now.Covered, len(now.Changes)}, area.Level)
		}
	})
}

// The replay does not read the counters and the history that it is held against.
func TestReplayIsHeldAgainstWhatIsShown(t *testing.T) {
	each(t, func(w *world) {
		area := Area{w.villages[0], LevelVillage}
		w.record(house(models.NewID(w.clock.Now()), area.ID, 1, 1, 1))
		w.fold()
		w.tx(func(tx *gorm.DB) error { return tx.Exec("UPDATE coverage_counters SET covered = 9").Error })
		w.tx(func(tx *gorm.DB) error { return tx.Exec("UPDATE coverage_history SET covered = 8").Error })
		e, err := w.cov.Explain(ctx, models.System(), area, Question{})
		require.NoError(w.t, err)
		assert.Equal(w.t, [2]int{9, 1}, [2]int{e.Covered, e.Replayed.Covered})
		e, err = w.cov.Explain(ctx, models.System(), area, Question{View: View{On: models.Day(w.clock.Now())}})
		require.NoError(w.t, err)
		assert.Equal(w.t, [2]int{8, 1}, [2]int{e.Covered, e.Replayed.Covered})
	})
}

// Once a day every area is counted from its households, and the outcome stands
// beside the figure.
func TestRecountDue(t *testing.T) {
	each(t, func(w *world) {
		area := Area{w.villages[0], LevelVillage}
		last := func() *Recount {
			e, err := w.cov.Explain(ctx, models.System(), area, Question{})
			require.NoError(w.t, err)
			return e.LastRecount
		}
		recount := func() int {
			n, err := w.cov.RecountDue(ctx, w.recount)
			require.NoError(w.t, err)
			return n
		}
		assert.Nil(w.t, last())
		w.record(house(models.NewID(w.clock.Now()), area.ID, 1, 1, 0))
		assert.Equal(w.t, 3, recount(), "village, commune and province")
		first := w.clock.Now()
		require.NotNil(w.t, last())
		assert.Equal(w.t, Recount{first, true, Figures{Households: 1, Known: 1}}, Recount{last().At.UTC(), last().Same, last().Figures})
		w.clock.Add(time.Minute)
		assert.Zero(w.t, recount(), "today's is made")
		w.clock.Add(24 * time.Hour)
		w.truth[area.ID] = Figures{Households: 1}
		assert.Equal(w.t, 3, recount())
		assert.False(w.t, last().Same)
		assert.Zero(w.t, last().Known)
	})
}
