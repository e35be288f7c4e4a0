package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The whole way of a laptop through the command line: enrolled, sent by file,
// sent by network, listed, revoked; with the exit codes and the refusals.
func TestClassroomThroughTheCommandLine(t *testing.T) {
	if testing.Short() {
		t.Skip("runs real processes")
	}
	const pupils = 3
	program, database := builtProgram(t), "sqlite:"+filepath.Join(t.TempDir(), "province.db")
	w := lessonOnLaptop(t, program, database, pupils)
	status := w.laptop(0, "status")
	assert.EqualValues(t, pupils, status["total"])
	assert.EqualValues(t, 0, status["safe"])

	file, receipts := filepath.Join(w.folder, "results"), filepath.Join(w.folder, "receipts")
	assert.EqualValues(t, pupils, w.laptop(0, "export", file)["batches"])
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	half := filepath.Join(w.folder, "half")
	require.NoError(t, os.WriteFile(half, raw[:len(raw)/2], 0o600))
	w.province(1, "apply", half)
	assert.Zero(t, w.taken()["batches"], "half a file changes nothing")
	report := w.province(0, "apply", file, "--receipts", receipts)
	assert.EqualValues(t, []any{3.0, 3.0, 0.0}, []any{report["batches"], report["new"], report["again"]})
	w.laptop(1, "import-receipts", file)
	for range 2 {
		assert.EqualValues(t, pupils, w.laptop(0, "import-receipts", receipts)["receipts"])
	}
	assert.EqualValues(t, pupils, w.laptop(0, "status")["safe"])
	w.laptop(1, "export", filepath.Join(w.folder, "nothing"))
	assert.NoFileExists(t, filepath.Join(w.folder, "nothing"), "nothing waits, and no empty file says so")

	server := startServer(t, program, database)
	w.line.target.Store(server.base)
	assert.EqualValues(t, 0, w.laptop(0, "push")["waiting"])
	list := w.listed()
	require.Len(t, list, 1)
	assert.Equal(t, "active", list[0]["state"])
	assert.EqualValues(t, pupils, list[0]["batches"])
	w.province(2, "laptops", "revoke", "nobody")
	w.province(1, "laptops", "revoke", "01a205ea-be80-7f54-8b40-e602256f5ba1")
	id, _ := list[0]["id"].(string)
	assert.Equal(t, "revoked", w.province(0, "laptops", "revoke", id)["state"])
	w.province(1, "apply", file)
	w.laptop(2, "enrol")
	request := filepath.Join(w.folder, "request")
	require.NoError(t, w.command(false, "enrol", "--file", request).Run())
	assert.FileExists(t, request)
}

func (w *classroomWorld) listed() (list []map[string]any) {
	w.t.Helper()
	out, err := w.command(true, "laptops", "list", "--json").Output()
	require.NoError(w.t, err)
	require.NoError(w.t, json.Unmarshal(out, &list), "%s", out)
	return list
}
