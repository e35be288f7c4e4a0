package learning

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A quiz from a laptop in which a question was replaced is drawn by the
// blueprint; one to which a question was added is not.
func TestDrawnWithReplacement(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.exam(p)
		a := w.start(p, course1, s.ID)
		q := w.raise(p, a.ID, 4)
		_, err := w.l.DecideAlert(ctx, w.teacher, q.ID, exchange)
		require.NoError(w.t, err)
		f, err := w.l.anyAttempt(ctx, a.ID)
		require.NoError(w.t, err)
		good := AlertFact{ID: q.ID, Slot: 4, Number: 1, State: alertAccepted, Reason: "broken", Replacement: 11}
		elsewhere := 1
		for f.items[elsewhere-1].q.Objective == f.items[3].q.Objective {
			elsewhere++
		}
		for name, c := range map[string]struct {
			change func(*AlertFact)
			want   bool
		}{
			"as it was":         {func(*AlertFact) {}, true},
			"without the alert": {func(x *AlertFact) { x.Replacement = 0 }, false},
			"refused":           {func(x *AlertFact) { x.State = alertRefused }, false},
			"other objective":   {func(x *AlertFact) { x.Slot = elsewhere }, false},
			"itself":            {func(x *AlertFact) { x.Slot = 11 }, false},
			"no such slot":      {func(x *AlertFact) { x.Slot = 0 }, false},
			"beyond":            {func(x *AlertFact) { x.Replacement = 12 }, false},
			"below":             {func(x *AlertFact) { x.Replacement = -1 }, false},
			"one of the drawn":  {func(x *AlertFact) { x.Replacement = 10 }, false},
		} {
			x := good
			c.change(&x)
			assert.Equal(w.t, c.want, f.drawn([]AlertFact{x}), name)
		}
		assert.False(w.t, f.drawn([]AlertFact{good, good}[:0]), "a question too many")
		twice := good
		twice.Slot = elsewhere
		assert.False(w.t, f.drawn([]AlertFact{good, twice}), "one for two")

		cut := *f
		cut.items = f.items[:10]
		assert.True(w.t, cut.drawn(nil))
	})
}
