package curriculum

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const (
	packPath  = "packs/thu/pack.yaml"
	wardPath  = "packs/xa-thu/pack.yaml"
	drillPath = "drills/2026-w48.yaml"
)

func TestPackChain(t *testing.T) {
	packs := mustLoad(t, validTree(t)).Packs
	keys := func(commune, province string) string {
		var out []string
		for _, p := range Chain(packs, commune, province) {
			out = append(out, p.Key)
		}
		return strings.Join(out, " ")
	}
	for _, tt := range []struct{ commune, province, want string }{
		{"06652", "22", "thu xa-thu"}, {"06655", "22", "thu"}, {"06655", "31", ""}, {"", "", ""}, {"06652", "", "thu xa-thu"},
	} {
		if got := keys(tt.commune, tt.province); got != tt.want {
			t.Errorf("commune %q of province %q: packs %q, want %q", tt.commune, tt.province, got, tt.want)
		}
	}
	circle := []Pack{{Key: "a", Area: "22", Extends: "b"}, {Key: "b", Area: "31", Extends: "a"}}
	if got := Chain(circle, "", "22"); len(got) != 2 {
		t.Errorf("a circle that was stored all the same must end: %v", got)
	}
}

func TestPackApply(t *testing.T) {
	lesson := Lesson{Key: "l", Cards: []Card{{Key: "a"}, {Key: "b"}}}
	add := func(at, card string) *Pack {
		return &Pack{Cards: []PackCard{{Course: "c", Lesson: "l", At: at, Card: card, Cards: []Card{{Key: "x"}, {Key: "y"}}}}}
	}
	keys := func(l Lesson) (out string) {
		for _, c := range l.Cards {
			out += c.Key
		}
		return out
	}
	for _, tt := range []struct{ at, card, want string }{
		{"before", "b", "axyb"}, {"after", "b", "abxy"}, {"after", "a", "axyb"}, {"replace", "a", "xyb"}, {"replace", "gone", "ab"},
	} {
		if got := keys(add(tt.at, tt.card).Apply("c", lesson)); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.at, tt.card, got, tt.want)
		}
	}
	if keys(add("before", "a").Apply("other", lesson)) != "ab" || keys(lesson) != "ab" {
		t.Error("a pack changed another course, or the lesson itself")
	}
}

func TestBrokenPacksAndDrills(t *testing.T) {
	tests := []struct{ name, file, old, new, reason string }{
		{"circle", packPath, "title_en:", "extends: xa-thu\ntitle_en:", "packs extend each other in a circle"},
		{"extends itself", wardPath, "extends: thu", "extends: xa-thu", "in a circle"},
		{"extends nothing", wardPath, "extends: thu", "extends: khong-co", `there is no pack "khong-co"`},
		{"two packs of one area", wardPath, `area: "06652"`, `area: "22"`, "another pack is for area 22 already"},
		{"key that is not the folder", packPath, "key: thu", "key: khac", `key must be the name of the folder, "thu"`},
		{"card of no course", packPath, "course: self_protection-thcs", "course: self_protection-thpt", `there is no course "self_protection-thpt"`},
		{"card of no lesson", packPath, "lesson: khoa", "lesson: khac", `has no lesson "khac"`},
		{"card after nothing", packPath, "card: vi-sao", "card: vi-dau", `lesson "khoa" has no card "vi-dau"`},
		{"file that is not there", packPath, "file: cards/khoa.md", "file: cards/khac.md", "is missing"},
		{"platform of no source", packPath, "source: cong-tinh}\ncards", "source: khac}\ncards", `the pack has no source "khac"`},
		{"script in a card", "packs/thu/cards/khoa.md", "Hỏi ở nơi", "<script>alert(1)</script> Hỏi ở nơi", "HTML is not allowed"},
		{"drill on a Tuesday", drillPath, "from: 2026-11-23", "from: 2026-11-24", "must be the Monday of week 2026-w48"},
		{"drill of another file", drillPath, "key: 2026-w48", "key: 2026-w49", "key must be the file's name"},
		{"drill with a quiz question", drillPath, "thcs: [q-single,", "thcs: [q-multiple,", `has no practice question "q-multiple"`},
		{"drill with a novel", drillPath, `alert: "Tuần`, `alert: "` + strings.Repeat("dài ", 61) + `Tuần`, "the alert has"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { wantProblem(t, with(t, validTree(t), tt.file, tt.old, tt.new), tt.reason) })
	}
}

// TestPacksAlone: a province sends a folder with packs only; they are checked against the courses of the program.
func TestPacksAlone(t *testing.T) {
	c := embedded().Courses[0]
	pack := strings.NewReplacer("self_protection-thcs", c.Key, "khoa,", c.Lessons[0].Key+",", "vi-sao", c.Lessons[0].Cards[0].Key).Replace(string(validTree(t)[packPath].Data))
	tree := fstest.MapFS{packPath: {Data: []byte(pack)}, "packs/thu/cards/khoa.md": validTree(t)["packs/thu/cards/khoa.md"]}
	catalog := mustLoad(t, tree)
	if len(catalog.Courses) != 0 || len(catalog.Packs) != 1 || len(catalog.Packs[0].Cards[0].Cards) != 1 {
		t.Errorf("%+v", catalog)
	}
	wantProblem(t, with(t, tree, packPath, c.Key, "self_protection-xyz"), "must match")
}

// TestFaultsOfACourseStandAlone: a pack and a drill that speak of a course with a fault are not at fault themselves, and
// are not compared with the program's course of the same name.
func TestFaultsOfACourseStandAlone(t *testing.T) {
	_, problems := Load(with(t, validTree(t), dir+"course.yaml", "title: Khóa thử", "title: [Khóa thử"))
	if len(problems) != 1 || problems[0].File != dir+"course.yaml" {
		t.Errorf("%+v", problems)
	}
	tree := with(t, validTree(t), drillPath, "skill: self_protection", "skill: public_services")
	if _, problems = Load(tree); len(problems) == 0 || problems[0].File != drillPath || !strings.Contains(problems[0].Reason, "there is no course") {
		t.Errorf("%+v", problems)
	}
}

func TestPackAge(t *testing.T) {
	_, problems := LoadAt(validTree(t), time.Date(2027, 11, 21, 0, 0, 0, 0, time.UTC))
	for _, p := range problems {
		if p.File == packPath && p.Warning && strings.Contains(p.Reason, `platform "phan-anh" was last checked on 2026-11-20`) {
			return
		}
	}
	t.Errorf("no warning of the old platform: %+v", problems)
}

func FuzzPackFile(f *testing.F) { fuzzFile(f, packPath, "platforms: []\n", "extends: thu\n") }

func FuzzDrillFile(f *testing.F) { fuzzFile(f, drillPath, "items: {thcs: []}\n") }
