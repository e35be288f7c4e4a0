package rights_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/rights"
)

func retaining(t *testing.T, w *world, culprit models.ID) {
	before := w.figures()
	_, wereStubbed := w.differences()
	_, err := w.Rights.Retain(ctx, w.boss, true)
	assert.Equal(t, models.KindForbidden, models.KindOf(err))
	logs := func(r rights.Retention) rights.Expired {
		require.Equal(t, "attempt_logs", r.Expired[0].Key)
		return r.Expired[0]
	}
	now, err := w.Rights.Retain(ctx, w.System, true)
	require.NoError(t, err)
	assert.Zero(t, logs(now).Rows["attempts"], "nothing is over in its own school year")

	w.clock.Add(21 * 30 * 24 * time.Hour) // into the school year after the next
	dry, err := w.Rights.Retain(ctx, w.System, true)
	require.NoError(t, err)
	assert.True(t, dry.DryRun)
	planned := logs(dry).Rows
	assert.Positive(t, planned["attempts"])
	assert.Positive(t, planned["answers"])
	assert.GreaterOrEqual(t, logs(dry).Held["answers"], planned["answers"])
	// A longer period keeps what the shorter one would erase.
	longer := w.id()
	require.NoError(t, w.Rights.ChangePeriod(ctx, w.System, longer, "attempt_logs", 12, 60, "Giữ lâu hơn để thanh tra"))
	kept, err := w.Rights.Retain(ctx, w.System, true)
	require.NoError(t, err)
	assert.Zero(t, logs(kept).Rows["attempts"])
	require.NoError(t, w.Rights.ChangePeriod(ctx, w.System, w.id(), "attempt_logs", 60, 12, "Trở lại như đề xuất"))
	broken, stubbed := w.differences()
	require.Zero(t, broken)
	require.Equal(t, wereStubbed, stubbed, "a dry run changes nothing")

	// One pupil's proof does not hold: theirs stays, everybody else's goes.
	var attempts []models.ID
	require.NoError(t, w.DB.Read(ctx).Raw("SELECT attempt_id FROM skill_passes WHERE person_id = ?", culprit).Scan(&attempts).Error)
	w.exec("UPDATE attempts SET score = score - 1 WHERE id = ?", attempts[0])
	done, err := w.Rights.Retain(ctx, w.System, false)
	require.NoError(t, err)
	assert.Equal(t, 1, done.Broken)
	assert.Positive(t, done.Stubs)
	assert.Less(t, logs(done).Rows["attempts"], planned["attempts"])
	w.exec("UPDATE attempts SET score = score + 1 WHERE id = ?", attempts[0])
	plan, err := w.Rights.RetentionPlan(ctx, w.System)
	require.NoError(t, err)
	require.Len(t, plan.Runs, 1)
	assert.Equal(t, logs(done).Rows["answers"], plan.Runs[0].Rows()["answers"], "what went is kept, by table")
	assert.Equal(t, 1, plan.Runs[0].Broken)
	rest, err := w.Rights.Retain(ctx, w.System, false)
	require.NoError(t, err)
	assert.Zero(t, rest.Broken)
	for _, table := range []string{"attempts", "answers", "scenario_runs"} {
		assert.Equal(t, planned[table], logs(done).Rows[table]+logs(rest).Rows[table], "the dry run said so: %s", table)
	}

	count := func(sql string) (n int64) {
		require.NoError(t, w.DB.Read(ctx).Raw(sql).Scan(&n).Error)
		return n
	}
	assert.Zero(t, count("SELECT COUNT(*) FROM answers x JOIN attempts a ON a.id = x.attempt_id WHERE a.state <> 'open'"))
	assert.Positive(t, count("SELECT COUNT(*) FROM attempts WHERE score IS NOT NULL"), "scores stay")
	assert.Positive(t, count("SELECT COUNT(*) FROM certificates WHERE live = 1"))
	assert.Equal(t, before, w.figures(), "no figure moves")
	broken, stubbed = w.differences()
	assert.Zero(t, broken)
	assert.Greater(t, stubbed, wereStubbed)
	again, err := w.Rights.Retain(ctx, w.System, false)
	require.NoError(t, err)
	assert.Zero(t, logs(again).Rows["attempts"], "nothing is left")
	lines, _, err := audit.Lines(w.DB.Read(ctx), audit.Filter{All: true, Acts: []audit.Act{audit.RetentionRun}, Limit: 100})
	require.NoError(t, err)
	assert.NotEmpty(t, lines)

	_, held, err := w.DB.Acquire(ctx, "retention", w.id(), time.Minute)
	require.NoError(t, err)
	require.True(t, held)
	_, err = w.Rights.Retain(ctx, w.System, false)
	assert.Equal(t, "busy", models.CodeOf(err), "one process at a time")
}
