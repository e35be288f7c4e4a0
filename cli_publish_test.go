package main

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A dry run says what would be told and publishes nothing; the run makes it,
// once.
func TestPublishThroughTheCommandLine(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--demo", "--households", "600")
	p.json(exitOK, "coverage", "fold")
	first := p.json(exitOK, "coverage", "publish", "--dry-run")
	if first["first"] != true { // the demo has begun to publish
		assert.Equal(t, "", first["on_date"])
		code, out, _ := p.run("coverage", "publish")
		require.Equal(t, exitOK, code)
		assert.Contains(t, out, "nothing is due: the newest release is that of")
		forgetReleases(t, p)
		first = p.json(exitOK, "coverage", "publish", "--dry-run")
	}
	require.Equal(t, true, first["first"])
	assert.Equal(t, false, first["made"])
	assert.Positive(t, first["villages"])
	code, out, _ := p.run("coverage", "publish", "--dry-run")
	require.Equal(t, exitOK, code)
	assert.Contains(t, out, "would publish the figures of the end of "+first["on_date"].(string))
	made := p.json(exitOK, "coverage", "publish")
	assert.Equal(t, true, made["made"])
	made["made"] = false
	assert.Equal(t, first, made, "as the dry run said")
	again := p.json(exitOK, "coverage", "publish")
	assert.Equal(t, false, again["made"])
	assert.Equal(t, first["on_date"], again["newest"])
}

func forgetReleases(t *testing.T, p *program) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "nhaso.db"))
	require.NoError(t, err)
	defer db.Close()
	for _, table := range []string{"public_releases", "public_figures", "public_skills", "public_villages", "public_registers"} {
		_, err := db.Exec("DELETE FROM " + table)
		require.NoError(t, err)
	}
}
