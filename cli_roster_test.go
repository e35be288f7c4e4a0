package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/seeds"
)

// TestRosterLifeThroughTheCommandLine goes the whole way: check, errors, good
// rows, import, the same again, out as a bundle and in, and back.
func TestRosterLifeThroughTheCommandLine(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--demo", "--households", "600")
	good := string(seeds.RosterFile(60, 1))
	file := p.file("roster.csv", good)
	broken := p.file("broken.csv", good+"61,x,y,z,1,2,3,4\n")
	take := func(code int, args ...string) map[string]any {
		return p.json(code, append([]string{"import", "roster", "--school", "22THCS001"}, args...)...)
	}
	got := take(exitFailed, broken)
	assert.Equal(t, false, got["written"])
	require.NotEmpty(t, got["errors"])
	for _, e := range got["errors"].([]any) {
		assert.Subset(t, []string{"sheet", "row", "column", "reason"}, keysOf(e.(map[string]any)))
		assert.Equal(t, 64.0, e.(map[string]any)["row"])
	}
	for _, key := range []string{"new", "changed", "left", "moved", "unchanged", "errors", "dropped_columns", "written"} {
		assert.Contains(t, got, key)
	}
	assert.Equal(t, 60.0, take(exitOK, file, "--dry-run")["new"])
	got = take(exitOK, broken, "--good-rows")
	assert.Equal(t, true, got["written"])
	assert.Equal(t, 60.0, got["new"])
	again := take(exitOK, file)
	assert.Equal(t, []any{0.0, 0.0, 0.0, 60.0}, []any{again["new"], again["changed"], again["left"], again["unchanged"]})

	for _, version := range []string{"1.1", "1.2"} {
		bundle := filepath.Join(p.dir, "out-"+version+".zip")
		out := p.json(exitOK, "export", "roster", bundle, "--school", "22THCS001", "--oneroster-version", version)
		assert.GreaterOrEqual(t, out["pupils"], 60.0)
		back := take(exitOK, bundle)
		assert.Equal(t, []any{0.0, 0.0, 0.0, out["pupils"]}, []any{back["new"], back["changed"], back["left"], back["unchanged"]}, version)
	}
	template := filepath.Join(p.dir, "template.xlsx")
	p.json(exitOK, "export", "roster", template, "--format", "template")
	assert.Equal(t, 0.0, take(exitOK, template)["rows"])

	assert.Equal(t, true, take(exitOK, "--undo", "--dry-run")["undoable"])
	undone := take(exitOK, "--undo")
	assert.Equal(t, 60.0, undone["restored"])
	assert.Equal(t, true, take(exitOK, "--undo")["already"], "twice does nothing")
	assert.Equal(t, 60.0, take(exitOK, file, "--dry-run")["new"])
	for _, args := range [][]string{{"--undo", file}, {}, {file, "--year", "2026"}} {
		code, _, _ := p.run(append([]string{"import", "roster", "--school", "22THCS001"}, args...)...)
		assert.Equal(t, exitUsage, code, "%v", args)
	}
	code, out, _ := p.run("import", "roster", "--school", "22THCS001", p.file("old.xls", "\xd0\xcf\x11\xe0"+strings.Repeat("\x00", 600)))
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, out, "xls_binary")
}

func keysOf(m map[string]any) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}
