package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A digest is kept, the database is altered behind the program's back, and the
// check says so with exit code 1 and names the household.
func TestDigestThroughTheCommandLine(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--demo", "--households", "600")
	p.json(exitOK, "coverage", "fold")
	sealTomorrow(t, p)
	file, pdf := filepath.Join(p.dir, "digest.txt.gz"), filepath.Join(p.dir, "digest.pdf")
	d := p.json(exitOK, "coverage", "digest", "--out", file, "--whole", "--pdf", pdf)
	assert.Positive(t, d["rows"])
	head, err := os.ReadFile(pdf)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(head), "%PDF"))
	day, root := d["day"].(string), d["root"].(string)
	assert.Equal(t, true, p.json(exitOK, "coverage", "digest", "--check", file)["Same"])
	assert.Equal(t, true, p.json(exitOK, "coverage", "digest", "--day", day, "--root", root[:32]+" "+root[32:])["Same"])
	code, _, _ := p.run("coverage", "digest", "--root", root)
	assert.Equal(t, exitUsage, code)
	code, _, errs := p.run("coverage", "digest", "--day", "2020-01-01")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "not_found")

	db, err := sql.Open("sqlite", filepath.Join(p.dir, "nhaso.db"))
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec("UPDATE coverage_ledger SET d_covered = d_covered + 1 WHERE id = (SELECT MAX(id) FROM coverage_ledger WHERE batch > 0)")
	require.NoError(t, err)
	code, out, _ := p.run("coverage", "digest", "--check", file)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, out, "row_altered household")
	code, out, _ = p.run("coverage", "digest", "--day", day, "--root", strings.Repeat("0", 64))
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, out, "NOT as it was")
	assert.NotEqual(t, 0.0, p.json(exitFailed, "coverage", "verify")["differences"])
}

// sealTomorrow makes the digest of today, as the server does once it is over.
func sealTomorrow(t *testing.T, p *program) {
	t.Helper()
	cfg, err := LoadConfig(env(p.env))
	require.NoError(t, err)
	a := &app{ctx: t.Context(), cfg: cfg, clock: func() time.Time { return time.Now().Add(24 * time.Hour) }}
	house, err := a.existing()
	require.NoError(t, err)
	defer house.DB.Close()
	n, err := house.Coverage.SealDays(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestQualityThroughTheCommandLine(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--demo", "--households", "600")
	found := p.json(exitOK, "quality", "run")["findings"].(map[string]any)
	assert.Contains(t, found, "links_waiting")
	shipped, err := os.ReadFile("models/quality/checks.json")
	require.NoError(t, err)
	assert.Equal(t, float64(len(found)), p.json(exitOK, "quality", "checks", p.file("checks.json", string(shipped)))["checks"])
	code, _, errs := p.run("quality", "checks", p.file("bad.json", "[{}]"))
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "no such check")
}
