package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/seeds"
)

// program runs the command line as a shell would, on a data folder of its own.
type program struct {
	t   *testing.T
	dir string
	env map[string]string
}

func newProgram(t *testing.T) *program {
	dir := t.TempDir()
	return &program{t: t, dir: dir, env: map[string]string{"NHASO_DATA_DIR": dir, "NHASO_ADDR": "127.0.0.1:0"}}
}

func (p *program) run(args ...string) (code int, stdout, stderr string) {
	p.t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, env(p.env), &out, &errs)
	return code, out.String(), errs.String()
}

// json runs a command that must end with code and prints one JSON object.
func (p *program) json(code int, args ...string) map[string]any {
	p.t.Helper()
	got, out, errs := p.run(append(args, "--json")...)
	require.Equal(p.t, code, got, "%v: %s%s", args, out, errs)
	var v map[string]any
	require.NoError(p.t, json.Unmarshal([]byte(out), &v), "%v printed %q", args, out)
	return v
}

func (p *program) file(name, text string) string {
	path := filepath.Join(p.dir, name)
	require.NoError(p.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, command := range []string{
		"", "demo", "serve", "migrate", "seed", "import", "import households", "import roster", "import villages", "export", "export roster", "coverage",
		"coverage fold", "coverage rebuild", "coverage verify", "curriculum", "curriculum check", "curriculum publish", "curriculum preview", "curriculum packs", "curriculum packs list", "curriculum packs remove", "openapi", "bench", "backup", "keys", "keys rotate", "health",
		"questions", "questions import", "questions export", "questions list", "questions items", "questions regrade",
		"ready", "todo", "todo load", "signoff", "signoff status", "signoff lock", "signoff unlock", "signoff verify", "coverage digest", "coverage publish", "quality", "quality run", "quality checks",
		"rules", "rules list", "rules activate", "badge", "badge verify", "keys rotate-badge",
	} {
		t.Run(command, func(t *testing.T) {
			code, out, _ := newProgram(t).run(append(strings.Fields(command), "--help")...)
			assert.Equal(t, exitOK, code)
			assert.Contains(t, out, "Usage: nhaso "+command)
		})
	}
}

func TestWrongCallsExitWith2(t *testing.T) {
	for _, args := range [][]string{
		{}, {"fly"}, {"import"}, {"import", "roster"}, {"serve", "--fast"}, {"coverage"},
		{"import", "households", "/nowhere/at/all.csv"}, {"import", "roster", "main.go"},
	} {
		code, _, errs := newProgram(t).run(args...)
		assert.Equal(t, exitUsage, code, "%v", args)
		assert.NotEmpty(t, errs, "%v", args)
	}
	p := newProgram(t)
	p.env["NHASO_SECURE_COOKIES"] = "perhaps"
	code, _, errs := p.run("migrate")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "NHASO_SECURE_COOKIES")
}

// A mistyped folder must not become an empty database that passes every check.
func TestNothingToWorkOn(t *testing.T) {
	p := newProgram(t)
	roster := p.file("roster.csv", "a\n")
	for _, args := range [][]string{{"coverage", "verify"}, {"coverage", "fold"}, {"coverage", "rebuild"}, {"backup"}, {"import", "households", roster}} {
		code, _, errs := p.run(args...)
		assert.Equal(t, exitFailed, code, "%v", args)
		assert.Contains(t, errs, "no database", "%v", args)
	}
	left, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	assert.Len(t, left, 1, "nothing was made")
}

func TestFreshNeverThrowsOtherWorkAway(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--admin", "quantri")
	code, _, errs := p.run("demo", "--fresh")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "not thrown away")
}

// The demo's passwords are public: it never goes where others have accounts,
// and it does not begin what it cannot finish.
func TestDemoStaysApart(t *testing.T) {
	p := newProgram(t)
	code, _, errs := p.run("seed", "--demo", "--households", "100")
	assert.Equal(t, exitUsage, code, errs)
	p.json(exitOK, "seed", "--admin", "quantri")
	code, _, errs = p.run("seed", "--demo")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "other accounts")
}

func TestRulesAreListedAndDated(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "migrate")
	code, out, errs := p.run("rules", "list")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "rule 1 from")
	assert.Contains(t, out, "rule 2 from 2026-12-01T00:00:00+07:00")
	for from, want := range map[string]string{"2027-02-01": "2027-02-01T00:00:00+07:00", "2026-02-01T10:00:00Z": "* rule 2 from 2026-02-01T17:00:00+07:00"} {
		code, out, errs = p.run("rules", "activate", "--rule", "2", "--from", from)
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, out, want)
	}
	for _, c := range []struct {
		code int
		args []string
		says string
	}{
		{exitUsage, []string{"--rule", "2", "--from", "tomorrow"}, "neither a day"},
		{exitUsage, []string{"--rule", "2"}, "--from"},
		{exitFailed, []string{"--rule", "9", "--from", "2026-12-01"}, "no rule 9"},
	} {
		code, _, errs = p.run(append([]string{"rules", "activate"}, c.args...)...)
		assert.Equal(t, c.code, code, "%v", c.args)
		assert.Contains(t, errs, c.says)
	}
}

func TestMigrateTwice(t *testing.T) {
	p := newProgram(t)
	assert.Positive(t, p.json(exitOK, "migrate")["applied"])
	assert.Zero(t, p.json(exitOK, "migrate")["applied"])
}

func TestCurriculumCheck(t *testing.T) {
	p := newProgram(t)
	got := p.json(exitOK, "curriculum", "check")
	assert.Empty(t, got["problems"])
	assert.GreaterOrEqual(t, got["courses"], 5.0)
	broken := t.TempDir()
	course := filepath.Join(broken, "self_protection", "thcs")
	require.NoError(t, os.MkdirAll(course, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(course, "course.yaml"), []byte("key: self_protection-thcs\nskill: flying\n"), 0o644))
	got = p.json(exitFailed, "curriculum", "check", broken)
	problems := got["problems"].([]any)
	require.NotEmpty(t, problems)
	first := problems[0].(map[string]any)
	assert.Equal(t, "self_protection/thcs/course.yaml", first["file"])
	assert.Positive(t, first["line"])
	assert.NotEmpty(t, first["reason"])
	got = p.json(exitFailed, "curriculum", "check", t.TempDir())
	assert.Len(t, got["problems"], 1, "a wrong folder does not look right")
}

// A place's pack comes and goes without a release of the program.
func TestCurriculumPacks(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed")
	dir := t.TempDir()
	pack := filepath.Join(dir, "packs", "thu-nghiem")
	require.NoError(t, os.MkdirAll(pack, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(pack, "pack.yaml"), []byte(`key: thu-nghiem
area: "06685"
title: Gói thử
title_en: A pack to try
checked_on: 2026-11-23
sources:
  - {id: xa, title: Trang của xã, publisher: Uỷ ban nhân dân, date: 2026-11-20, checked_on: 2026-11-23}
platforms:
  - {key: phan-anh, name: Phản ánh, kind: phone, purpose: Báo một việc ở xã., how: Gọi số của xã., status: ask, checked_on: 2026-11-23, source: xa}
`), 0o644))
	code, out, errs := p.run("curriculum", "publish", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "1 packs published: thu-nghiem")
	items := p.json(exitOK, "curriculum", "packs", "list")["items"].([]any)
	var seen map[string]any
	for _, item := range items {
		if item.(map[string]any)["key"] == "thu-nghiem" {
			seen = item.(map[string]any)
		}
	}
	assert.Equal(t, 1.0, seen["platforms"])
	assert.Equal(t, "06685", seen["area"])
	code, out, _ = p.run("curriculum", "packs", "list")
	assert.Equal(t, exitOK, code)
	assert.Contains(t, out, "Gói thử")
	assert.Equal(t, "thu-nghiem", p.json(exitOK, "curriculum", "packs", "remove", "thu-nghiem")["removed"])
	code, _, errs = p.run("curriculum", "packs", "remove", "thu-nghiem")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "no pack")
	assert.Len(t, p.json(exitOK, "curriculum", "packs", "list")["items"], len(items)-1)
}

func TestSeedMakesTheFirstAdminOnce(t *testing.T) {
	p := newProgram(t)
	got := p.json(exitOK, "seed", "--admin", "quantri")
	assert.NotEmpty(t, got["temporary_password"])
	code, _, _ := p.run("seed", "--admin", "quantri")
	assert.Equal(t, exitFailed, code)
	assert.Equal(t, 10.0, p.json(exitOK, "seed")["courses"])
}

func TestKeysRotate(t *testing.T) {
	p := newProgram(t)
	first := p.json(exitOK, "keys", "rotate")["kid"]
	assert.NotEqual(t, first, p.json(exitOK, "keys", "rotate")["kid"])
	p.env["NHASO_SECRET"] = strings.Repeat("s", 32)
	code, _, _ := p.run("keys", "rotate")
	assert.Equal(t, exitUsage, code, "a key from the environment is changed there")
}

func TestOpenAPIIsPrinted(t *testing.T) {
	code, out, _ := newProgram(t).run("openapi")
	require.Equal(t, exitOK, code)
	var doc struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &doc))
	assert.True(t, strings.HasPrefix(doc.OpenAPI, "3.1"))
	assert.Greater(t, len(doc.Paths), 30)
}

func TestImportsThroughTheCommandLine(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed")
	villages := p.file("villages.csv", "Mã xã,Loại,Thôn\n6685,Khu phố,Khu 1\n06685,Khu phố,Khu 2\n")
	assert.Equal(t, 2.0, p.json(exitOK, "import", "villages", villages)["new"])
	again := p.json(exitOK, "import", "villages", villages)
	assert.Equal(t, []any{0.0, 2.0}, []any{again["new"], again["unchanged"]})

	register := p.file("register.csv", "Mã hộ,Xã,Thôn,Chủ hộ\nH001,06685,Khu 1,Nguyễn Văn An\nH002,06685,Khu 2,Trần Thị Bình\n")
	dry := p.json(exitOK, "import", "households", register, "--dry-run")
	assert.Equal(t, []any{2.0, true}, []any{dry["new"], dry["dry_run"]})
	assert.Equal(t, 2.0, p.json(exitOK, "import", "households", register)["new"])
	assert.Equal(t, 0.0, p.json(exitOK, "import", "households", register)["new"], "a second import changes nothing")

	bad := p.file("bad.csv", "Mã hộ,Xã,Thôn,Chủ hộ\nH003,06685,Khu 9,Lê Văn Cường\n")
	errs := p.json(exitFailed, "import", "households", bad)["errors"].([]any)
	require.Len(t, errs, 1)
	assert.Equal(t, false, p.json(exitFailed, "import", "households", bad)["written"])
	code, _, _ := p.run("import", "households", register, "--as-of", "gestern")
	assert.Equal(t, exitUsage, code)
	assert.Equal(t, 2.0, errs[0].(map[string]any)["row"])
	assert.NotContains(t, errs[0].(map[string]any)["reason"], "Khu 9", "an error never repeats the value")

	nothing := p.file("nothing.csv", "a,b\n1,2\n")
	assert.NotEmpty(t, p.json(exitFailed, "import", "households", nothing)["errors"])
	assert.Equal(t, 0.0, p.json(exitOK, "coverage", "verify")["differences"])
}

func TestRosterThroughTheCommandLine(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--demo", "--households", "600")
	roster := p.file("roster.csv", string(seeds.RosterFile(60, 1)))
	got := p.json(exitOK, "import", "roster", roster, "--school", "22THCS001", "--dry-run")
	assert.Equal(t, 60.0, got["new"])
	assert.Contains(t, got["dropped_columns"], "Dân tộc")
	assert.Empty(t, got["errors"])
}

func TestDemoIsConsistentAndKeptOnASecondStart(t *testing.T) {
	p := newProgram(t)
	first := p.json(exitOK, "seed", "--demo", "--households", "600")
	assert.Len(t, first["sign_ins"], 7)
	for range 2 {
		assert.Equal(t, 0.0, p.json(exitOK, "coverage", "verify")["differences"])
		p.json(exitOK, "coverage", "fold")
	}
	assert.Equal(t, 0.0, p.json(exitOK, "coverage", "rebuild")["corrected"])
	assert.Equal(t, first["sign_ins"], p.json(exitOK, "seed", "--demo")["sign_ins"])
	backup := p.json(exitOK, "backup", filepath.Join(p.dir, "copy.db"))
	assert.Positive(t, backup["bytes"])
	p.env["NHASO_DATABASE_URL"] = "sqlite:" + filepath.Join(p.dir, "copy.db")
	assert.Equal(t, 0.0, p.json(exitOK, "coverage", "verify")["differences"], "the copy is whole")
}

// The server answers, says that it is ready, and ends when it is told to.
func TestServeUntilToldToStop(t *testing.T) {
	p := newProgram(t)
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"serve"}, env(p.env), in, io.Discard)
		in.Close()
	}()
	addr := listening(t, out)
	go io.Copy(io.Discard, out) //nolint:errcheck // the log must not block the server
	res, err := http.Get("http://" + addr + "/readyz")
	require.NoError(t, err)
	res.Body.Close()
	assert.Equal(t, http.StatusOK, res.StatusCode)
	stop()
	select {
	case code := <-done:
		assert.Equal(t, exitOK, code)
	case <-time.After(30 * time.Second):
		t.Fatal("the server did not end")
	}
}

func listening(t *testing.T, out io.Reader) string {
	t.Helper()
	dec := json.NewDecoder(out)
	for {
		var line struct{ Msg, Addr string }
		require.NoError(t, dec.Decode(&line))
		if line.Msg == "listening" {
			_, _, err := net.SplitHostPort(line.Addr)
			require.NoError(t, err)
			return line.Addr
		}
	}
}
