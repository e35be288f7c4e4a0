package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors is the arrow table of docs/architecture.md: which of our packages, and
// which outside modules of note, each room may import. A room that is not in
// the table may not exist.
var floors = map[string]struct{ rooms, outside []string }{
	"nhaso":                          {rooms: []string{"*"}, outside: []string{"*"}},
	"nhaso/api":                      {rooms: []string{"models", "audit", "rights", "gradebook", "place", "consent", "people", "certificate", "coverage", "report", "household", "learning", "outreach", "classroom", "drafts", "school", "signoff", "quality", "signin", "bank", "sheet", "paper", "store", "curriculum", "scenario"}, outside: []string{"gin", "huma", "jwt", "http"}},
	"nhaso/seeds":                    {rooms: []string{"models", "audit", "rights", "gradebook", "place", "consent", "people", "certificate", "coverage", "report", "household", "learning", "outreach", "classroom", "drafts", "school", "signoff", "quality", "signin", "sheet", "store", "curriculum", "scenario", "data"}, outside: []string{"gorm"}},
	"nhaso/models/rights":            {rooms: []string{"audit", "learning", "household", "certificate", "consent", "people", "place", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/signin":            {rooms: []string{"learning", "people", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/gradebook":         {rooms: []string{"audit", "learning", "certificate", "consent", "place", "sheet", "paper", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/learning":          {rooms: []string{"audit", "household", "certificate", "people", "place", "store", "models", "curriculum", "scenario"}, outside: []string{"gorm"}},
	"nhaso/models/classroom":         {rooms: []string{"audit", "learning", "household", "certificate", "people", "place", "store", "models", "curriculum"}, outside: []string{"gorm"}},
	"nhaso/models/outreach":          {rooms: []string{"audit", "household", "certificate", "consent", "people", "place", "store", "models", "curriculum", "scenario"}, outside: []string{"gorm"}},
	"nhaso/models/signoff":           {rooms: []string{"audit", "coverage", "place", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/quality":           {rooms: []string{"learning", "place", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/drafts":            {rooms: []string{"bank", "store", "models", "curriculum"}, outside: []string{"gorm"}},
	"nhaso/models/school":            {rooms: []string{"audit", "learning", "certificate", "people", "place", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/household":         {rooms: []string{"audit", "coverage", "certificate", "consent", "place", "sheet", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/report":            {rooms: []string{"audit", "coverage", "place", "sheet", "paper", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/coverage":          {rooms: []string{"place", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/certificate":       {rooms: []string{"audit", "consent", "place", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/audit":             {rooms: []string{"store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/consent":           {rooms: []string{"store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/people":            {rooms: []string{"audit", "place", "oneroster", "sheet", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/people/peopletest": {rooms: []string{"people", "place", "models"}, outside: []string{"gorm"}},
	"nhaso/models/place":             {rooms: []string{"sheet", "store", "models"}, outside: []string{"gorm"}},
	"nhaso/models/sheet":             {rooms: []string{"models"}, outside: []string{"excelize"}},
	"nhaso/models/sheet/sheettest":   {},
	"nhaso/models/bank":              {rooms: []string{"models", "curriculum"}},
	"nhaso/models/oneroster":         {rooms: []string{"models"}},
	"nhaso/models/paper":             {rooms: []string{"models"}, outside: []string{"pdf", "qr"}},
	"nhaso/models/store":             {rooms: []string{"models"}, outside: []string{"gorm", "driver", "goose"}},
	"nhaso/models/store/storetest":   {rooms: []string{"store", "models"}},
	"nhaso/models":                   {},
	"nhaso/curriculum":               {rooms: []string{"scenario"}, outside: []string{"http"}}, // http only to tell what kind a picture is
	"nhaso/curriculum/scenario":      {},
	"nhaso/frontend":                 {},
	"nhaso/seeds/data":               {},
}

// guarded names the outside modules that only some rooms may import.
var guarded = map[string]string{
	"github.com/gin-gonic/gin":       "gin",
	"github.com/danielgtaylor/huma":  "huma",
	"github.com/golang-jwt/jwt":      "jwt",
	"gorm.io/gorm":                   "gorm",
	"gorm.io/driver":                 "driver",
	"github.com/glebarez":            "driver",
	"github.com/go-sql-driver/mysql": "driver",
	"modernc.org/sqlite":             "driver",
	"github.com/pressly/goose":       "goose",
	"github.com/xuri/excelize":       "excelize",
	"codeberg.org/go-pdf/fpdf":       "pdf",
	"github.com/boombuler/barcode":   "qr",
	"net/http":                       "http",
}

func TestArrowsPointDownward(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := fields[0]
		allowed, known := floors[pkg]
		if !known {
			t.Errorf("%s is not in the arrow table; change the table, docs/architecture.md and this test in one commit that says why", pkg)
			continue
		}
		seen++
		for _, imported := range fields[1:] {
			if room, ours := strings.CutPrefix(imported, "nhaso/"); ours {
				check(t, pkg, imported, room[strings.LastIndex(room, "/")+1:], allowed.rooms)
				continue
			}
			for prefix, name := range guarded {
				if imported == prefix || strings.HasPrefix(imported, prefix+"/") {
					check(t, pkg, imported, name, allowed.outside)
				}
			}
		}
	}
	if seen != len(floors) {
		t.Errorf("%d of the table's %d rooms exist", seen, len(floors))
	}
}

func check(t *testing.T, pkg, imported, name string, allowed []string) {
	t.Helper()
	if !slices.Contains(allowed, name) && !slices.Contains(allowed, "*") {
		t.Errorf("%s may not import %s", pkg, imported)
	}
}

// The rules that a reader would otherwise have to remember, each with the
// reason it was paid for.
func TestForbiddenWords(t *testing.T) {
	for _, rule := range []struct{ pattern, reason string }{
		{`\.Save\(`, "Save upserts and writes every column"},
		{`gorm\.Model\b|gorm\.DeletedAt|AutoMigrate\(`, "soft delete blocks unique keys; goose owns the schema"},
		{`\.First\(`, "Take, with an explicit order where one is meant"},
	} {
		if found := grep(t, rule.pattern, "models", "api", "seeds"); found != "" {
			t.Errorf("%s:\n%s", rule.reason, found)
		}
	}
	if found := grep(t, `time\.Now\(\)`, "models/place", "models/people", "models/certificate", "models/audit", "models/rights", "models/consent", "models/coverage", "models/household", "models/learning", "models/classroom", "models/school", "models/signoff", "models/quality", "models/bank", "models/drafts", "models/paper", "models/store", "api", "curriculum"); found != "" {
		t.Errorf("rooms use the injected clock:\n%s", found)
	}
	if found := grep(t, `[Dd]ialect\(\)`, "models/place", "models/people", "models/certificate", "models/consent", "models/coverage", "models/household", "models/learning", "models/school", "models/signoff", "models/quality", "models/drafts", "api", "seeds"); found != "" {
		t.Errorf("only models/store knows the dialect:\n%s", found)
	}
}

func grep(t *testing.T, pattern string, dirs ...string) string {
	t.Helper()
	args := append([]string{"-rnE", "--include=*.go", "--exclude=*_test.go", pattern}, dirs...)
	out, err := exec.Command("grep", args...).Output()
	if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() > 1 {
		t.Fatalf("grep: %v", err)
	}
	return string(out)
}
