package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The names of these commands and of what they print are fixed. Without an
// attempt there is nothing to count and nothing to regrade; what is asked for
// wrongly is refused with exit code 2.
func TestItemsByCommandLine(t *testing.T) {
	p := newProgram(t)
	p.json(0, "seed")
	out := p.json(0, "questions", "items", "--course", "self_protection-thcs")
	require.Equal(t, 0.0, out["counted"])
	items := out["items"].([]any)
	require.Greater(t, len(items), 20)
	first := items[0].(map[string]any)
	require.Equal(t, []any{true, true, 0.0, nil}, []any{first["current"], first["drawn"], first["n"], first["flag"]})
	require.Equal(t, 0.0, p.json(0, "questions", "items", "--rebuild")["counted"])
	require.Empty(t, p.json(0, "questions", "items", "--flagged")["items"])
	key, hash := first["question_key"].(string), first["question_hash"].(string)
	for _, args := range [][]string{{key, "--from", hash}, {"none", "--from", hash}, {key, "--from", "x"}, {key}} {
		code, _, stderr := p.run(append([]string{"questions", "regrade"}, args...)...)
		require.Equal(t, exitUsage, code, "%v: %s", args, stderr)
	}
}
