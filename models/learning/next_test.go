package learning

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// TestNextStepUnderRuleTwo: lessons, then the scenario, then the quiz; in a session the quiz first, because it counts now.
func TestNextStepUnderRuleTwo(t *testing.T) {
	w := worldOnSQLite(t)
	w.ruleTwo()
	p := w.pupil(w.class)
	next := func(who models.Actor) NextStep {
		h, err := w.l.Home(ctx, who)
		require.NoError(t, err)
		return *h.Next
	}
	first := testCatalog().Courses[0].Key
	require.Equal(t, "lesson", next(p).Kind)
	w.lessons(p, first)
	step := next(p)
	require.Equal(t, "scenario", step.Kind)
	require.Equal(t, "hop_thu", *step.ScenarioKey)
	_, err := w.l.RecordRun(ctx, p, newRun(first, solved()))
	require.NoError(t, err)
	require.Equal(t, "quiz", next(p).Kind)

	q := w.pupil(w.class)
	w.lessons(q, first)
	s := w.session(first, q)
	require.Equal(t, "quiz", next(q).Kind, "the class is in session: the quiz counts now")
	w.quiz(q, first, s.ID, 10)
	require.Equal(t, "scenario", next(q).Kind, "only the scenario is missing")
}

// TestNextStepUnderRuleOne asks for no scenario.
func TestNextStepUnderRuleOne(t *testing.T) {
	w := worldOnSQLite(t)
	p := w.pupil(w.class)
	first := testCatalog().Courses[0].Key
	w.lessons(p, first)
	h, err := w.l.Home(ctx, p)
	require.NoError(t, err)
	require.Equal(t, "quiz", h.Next.Kind)
	require.Nil(t, h.Next.ScenarioKey)
}
