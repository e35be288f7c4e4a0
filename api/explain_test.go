package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models/household"
)

// Every figure of a coverage page can be asked about: by figure, skill, day,
// instant and school, by whoever may see the page.
func TestExplainAFigure(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const url = "/areas/06685/coverage/explanation"
		var page coverageView
		w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", &page)
		for figure, want := range map[string]int{"households": page.Households, "covered": page.Covered, "not_covered": page.NotCovered, "unknown": page.Unknown} {
			var e areaExplanation
			w.ok(t, "canbo", "GET", url+"?figure="+figure, "", &e)
			assert.Equal(t, [2]int{want, want}, [2]int{e.Value, e.Replayed}, figure)
			assert.True(t, e.ChainOK)
			assert.LessOrEqual(t, len(e.LastChanges), 10)
			for _, c := range e.LastChanges {
				assert.NotZero(t, c.Delta, figure)
			}
		}
		var skill areaExplanation
		w.ok(t, "canbo", "GET", url+"?skill=online_payment", "", &skill)
		assert.Equal(t, page.Skills.OnlinePayment, skill.Value)
		require.NotEmpty(t, skill.LastChanges)
		assert.NotZero(t, skill.LastChanges[0].DeltaSkills.OnlinePayment)

		var before, seen areaExplanation
		w.ok(t, "canbo", "GET", url+"?on=2026-10-20", "", &before)
		w.ok(t, "canbo", "GET", "/areas/06685/coverage?on=2026-10-20", "", &page)
		assert.Equal(t, page.Covered, before.Value)
		for _, c := range before.LastChanges {
			assert.LessOrEqual(t, c.On, "2026-10-20")
		}
		assert.Nil(t, before.Recount)
		w.ok(t, "canbo", "GET", url+"?on=2026-11-23&seen=2020-01-01T00:00:00Z", "", &seen)
		assert.Zero(t, seen.Value, "nothing was known then")
		require.NotNil(t, seen.KnownNow)
		assert.Equal(t, skill.Figure.Covered, *seen.KnownNow)

		assert.Nil(t, skill.Recount)
		_, err := w.Coverage.RecountDue(t.Context(), household.Recounter())
		require.NoError(t, err)
		w.ok(t, "canbo", "GET", url, "", &skill)
		require.NotNil(t, skill.Recount)
		assert.Equal(t, recountView{At: skill.Recount.At, Value: skill.Value, Same: true}, *skill.Recount)
		assert.WithinDuration(t, w.clock.Now(), skill.Recount.At, time.Second)
		w.run(t, []scenario{
			{name: "no such skill", as: "canbo", method: "GET", url: url + "?skill=juggling", status: 422, contains: "query.skill"},
			{name: "no such figure", as: "canbo", method: "GET", url: url + "?figure=share", status: 422},
			{name: "no instant", as: "canbo", method: "GET", url: url + "?seen=gestern", status: 422, contains: "query.seen"},
			{name: "in the future", as: "canbo", method: "GET", url: url + "?on=2026-11-24", status: 422, contains: "query.on"},
			{name: "another commune", as: "canbo", method: "GET", url: "/areas/06652/coverage/explanation?figure=unknown", status: 404},
			{name: "no such school", as: "canbo", method: "GET", url: url + "?school=X", status: 404},
			{name: "a pupil", as: "hocsinh", method: "GET", url: url, status: 403},
			{name: "nobody", method: "GET", url: url, status: 401},
		})
		w.explainedBySchool(t)
	})
}

func (w *world) explainedBySchool(t *testing.T) {
	t.Helper()
	for _, basis := range []string{"residence", "school"} {
		var shares schoolShares
		w.ok(t, "canbo", "GET", "/areas/06685/coverage/schools?basis="+basis, "", &shares)
		require.NotEmpty(t, shares.Schools)
		first := shares.Schools[0]
		var e areaExplanation
		w.ok(t, "canbo", "GET", "/areas/06685/coverage/explanation?basis="+basis+"&school="+first.Code, "", &e)
		require.NotNil(t, e.School)
		assert.Equal(t, explainedSchool{first.Code, first.Name, first.Pupils, first.Households, first.Covered}, *e.School)
		for _, c := range e.LastChanges {
			assert.NotNil(t, c.HouseholdID, "a register brings no school's pupils")
		}
	}
}
