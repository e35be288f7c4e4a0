package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadyAndTodo(t *testing.T) {
	p := newProgram(t)
	dir := p.dir
	if code, _, text := p.run("ready"); code != exitFailed {
		t.Fatalf("without a database: %d %s", code, text)
	}
	if code, _, text := p.run("migrate"); code != exitOK {
		t.Fatal(text)
	}
	code, out, text := p.run("ready", "--seconds", "0.3", "--json")
	if code != exitOK {
		t.Fatal(text)
	}
	var r readyReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Saves <= 0 || r.SignIns <= 0 || r.Flushes <= 0 || r.Pupils <= 0 || r.Pupils != min(r.BySaves, r.BySignIn) {
		t.Errorf("%+v", r)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "ready-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if code, out, _ := p.run("ready", "--seconds", "0.2"); code != exitOK || !strings.Contains(out, "pupils at once") {
		t.Errorf("%d %s", code, out)
	}
	if code, _, _ := p.run("ready", "--seconds", "900"); code != exitUsage {
		t.Errorf("900 seconds: %d", code)
	}
	file := filepath.Join(dir, "todo.yaml")
	for text, want := range map[string]int{
		`- {key: abc, roles: [head], link: /school, title: {vi: "Việc", en: "Thing"}}`:  exitOK,
		`- {key: abc, roles: [admin], link: /school, title: {vi: "Việc", en: "Thing"}}`: exitFailed,
		"": exitFailed,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, text := p.run("todo", "load", file); code != want {
			t.Errorf("%d, not %d: %s", code, want, text)
		}
	}
	if code, out, _ := p.run("todo", "load", "--json"); code != exitOK || !strings.Contains(out, `"items":1`) {
		t.Errorf("%d %s", code, out)
	}
}
