package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The names and the result of these commands are fixed. What goes out comes
// back in, and goes out again as the same bytes.
func TestQuestionsTravelByCommandLine(t *testing.T) {
	p := newProgram(t)
	dir := t.TempDir()
	first, second, third := filepath.Join(dir, "1"), filepath.Join(dir, "2"), filepath.Join(dir, "3")
	for _, format := range []string{"gift", "moodlexml", "qti", "qti3"} {
		out := p.json(0, "questions", "export", first, "--format", format, "--course", "self_protection-thcs")
		exported := out["exported"].(float64)
		require.Greater(t, exported, 50.0)
		in := p.json(0, "questions", "import", first, "--format", format, "--bank", "lop "+format)
		require.Equal(t, exported, in["imported"], "%s: %v", format, in)
		require.Empty(t, in["skipped"])
		again := p.json(0, "questions", "import", first, "--format", format, "--bank", "lop "+format)
		require.Equal(t, 0.0, again["imported"])
		p.json(0, "questions", "export", second, "--format", format, "--bank", "lop-"+format)
		require.Equal(t, read(t, first), read(t, second), format)
	}
	all := p.json(0, "questions", "export", first, "--format", "qti")
	require.Empty(t, all["skipped"])
	require.Equal(t, all["exported"], p.json(0, "questions", "import", first, "--format", "qti")["imported"])
	p.json(0, "questions", "export", third, "--format", "qti")
	require.Equal(t, read(t, first), read(t, third), "everything there is, each question once")

	banks := p.json(0, "questions", "list")["banks"].([]any)
	require.Len(t, banks, 5)
	drafts := p.json(0, "questions", "list", "--bank", "lop-qti")["questions"].([]any)
	require.NotEmpty(t, drafts)
	require.NotContains(t, drafts[0], "options", "answers stay in the database")
}

func TestQuestionsRefusals(t *testing.T) {
	p := newProgram(t)
	file := p.file("x.txt", "A?{}\n\nB?{=a ~b#c}\n")
	out := p.json(0, "questions", "import", file, "--format", "gift")
	require.Equal(t, 1.0, out["imported"])
	require.Equal(t, []any{map[string]any{"where": "line 1", "reason": "type_unsupported", "detail": "essay"}}, out["skipped"])
	bad := p.file("bad.xml", `<!DOCTYPE quiz [<!ENTITY a "b">]><quiz/>`)
	out = p.json(1, "questions", "import", bad, "--format", "moodlexml")
	require.Equal(t, 0.0, out["imported"])
	require.Equal(t, []any{map[string]any{"where": "line 1", "reason": "entities"}}, out["skipped"])
	for _, args := range [][]string{
		{"import", filepath.Join(t.TempDir(), "none"), "--format", "gift"},
		{"import", file, "--format", "word"},
		{"import", file, "--school", "NONE"},
		{"export", filepath.Join(t.TempDir(), "x")},
		{"export", filepath.Join(t.TempDir(), "x"), "--format", "gift", "--course", "none"},
		{"export", filepath.Join(t.TempDir(), "x"), "--format", "gift", "--bank", "none"},
		{"export", filepath.Join(t.TempDir(), "no", "folder"), "--format", "gift"},
		{"list", "--bank", "none"},
	} {
		code, _, stderr := p.run(append([]string{"questions"}, args...)...)
		require.Equal(t, exitUsage, code, "%v: %s", args, stderr)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}
