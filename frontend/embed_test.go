package frontend

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
)

func TestDistAlwaysOpens(t *testing.T) {
	if _, err := fs.Stat(Dist(), ".gitkeep"); err != nil && !Built() {
		t.Fatalf("neither a build nor the placeholder is embedded: %v", err)
	}
}

func TestBuildIsComplete(t *testing.T) {
	if !Built() {
		t.Skip("the web app was not built")
	}
	page, err := fs.ReadFile(Dist(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`lang="vi"`, "/_app/immutable/"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("index.html lacks %q", want)
		}
	}
	raw, err := fs.ReadFile(Dist(), "csp.json")
	if err != nil {
		t.Fatal(err)
	}
	var csp struct {
		Script []string `json:"script"`
		Style  []string `json:"style"`
	}
	if err := json.Unmarshal(raw, &csp); err != nil {
		t.Fatal(err)
	}
	if len(csp.Script) == 0 {
		t.Error("csp.json lists no script hash, yet index.html starts the app with an inline script")
	}
	for _, hash := range append(csp.Script, csp.Style...) {
		if !strings.HasPrefix(hash, "sha256-") {
			t.Errorf("%q is not a sha256 source", hash)
		}
	}
	for _, form := range []string{"index.html.br", "index.html.gz"} {
		if _, err := fs.Stat(Dist(), form); err != nil {
			t.Errorf("missing precompressed form: %v", err)
		}
	}
}
