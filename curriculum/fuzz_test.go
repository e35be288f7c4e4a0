package curriculum

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

// onlyInline is what a stem may hold after sanitising, and onlyBlocks what a card may.
var (
	onlyInline = regexp.MustCompile(`^([^<>]|</?(em|strong|code)>|<br/?>)*$`)
	onlyBlocks = regexp.MustCompile(`^([^<>]|</?(em|strong|code|p|ul|ol|li)>|<br/?>|<ol start="\d+">)*$`)
)

// sound checks what must hold for every input: a catalog or an error, never both or neither; each problem with a
// place; nothing but the allowed HTML; texts that survive JSON.
func sound(t *testing.T, tree fs.FS, file string) {
	catalog, problems := Load(tree)
	failed := false
	for _, p := range problems {
		failed = failed || !p.Warning
		if p.File == "" || p.Reason == "" || p.Line < 0 || (p.File == file && p.Line == 0) {
			t.Errorf("problem without a place or reason: %+v", p)
		}
	}
	if (catalog == nil) != failed {
		t.Fatalf("catalog %v with problems %v", catalog != nil, problems)
	}
	if catalog == nil {
		return
	}
	for _, c := range catalog.Courses {
		for _, q := range c.Questions {
			if !onlyInline.MatchString(q.Stem) || strings.TrimSpace(q.Stem) == "" {
				t.Errorf("stem %q", q.Stem)
			}
		}
		for _, l := range c.Lessons {
			for _, card := range l.Cards {
				if !onlyBlocks.MatchString(card.HTML) || card.Text == "" || card.Key == "" {
					t.Errorf("card %+v", card)
				}
			}
		}
		if reserved.MatchString(c.Title) {
			t.Error("reserved words in the catalog")
		}
	}
	text, err := json.Marshal(catalog)
	if err != nil || reserved.Match(text) {
		t.Errorf("catalog: error %v, reserved words %q", err, reserved.Find(text))
	}
}

func fuzzFile(f *testing.F, file string, seeds ...string) {
	tree := validTree(f)
	// Every way through a scenario is walked when it is loaded: that leaves a fuzzer no time for the file it is after.
	if file != scenarioPath {
		delete(tree, scenarioPath)
	}
	f.Add(string(tree[file].Data))
	for _, seed := range seeds {
		f.Add(seed)
		f.Add(string(tree[file].Data) + seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sound(t, put(tree, file, text), file) })
}

func FuzzLesson(f *testing.F) {
	head := "---\nkey: a\ntitle: a\ntitle_en: a\ngoal: a\ngoal_en: a\nminutes: 1\ncompetences: [4.1]\nchecked_on: 2026-01-01\nsources: [bao-a]\npractice: [q-spot]\n---\n"
	fuzzFile(f, dir+"lessons/02-tin.md", head+"## a {#b}\nc\n", head+"## a {#b}\n> c\n\n1. d\n   - e\n\n![f](images/khoa.svg) g\\\nh\n",
		head+"a\n===\n\nb {#c}\n---\nd `<e>` &lt;script&gt;\n", "---\n---\n", "---\n- - - [{\n---\n## a {#a #b .c d=\"e\"}\n* > ![x][y]\n\n[y]: z\n",
		head+"## chứng<!-- --> chỉ {#a}\n```\n<b>\n", "\n\n## ![](images/khoa.svg) {#k}\n***a***\n<http://x.test>\n")
}

func FuzzQuestions(f *testing.F) {
	fuzzFile(f, dir+"questions/02-tin.yaml", "", "[]", "- {}", "- - - -", "{a: [b, {c: d}]}", "- &a [*a, *a]", "- key: \"\\ud800\"\n", "? - : -",
		"- {key: x, kind: single, objective: locks, difficulty: 1, stem: '*a* `b`', hints: [c], explain: d, options: [{key: a, text: e, correct: true}, {key: b, text: f, feedback: g}]}\n",
		"%YAML 1.2\n---\n", "- !!map {}\n", "\t", "- |2-\n  a", "'", "-\n  ?\n", "a: b: c", "- .nan", "- 1e999", "- 0o17\n- 1_000\n- +1")
}

func FuzzCourse(f *testing.F) {
	fuzzFile(f, dir+"course.yaml", "key: a", "competences: [4.1, 04.1, 4.1e0, -4]", "<<: *a", "title: \"\\x00\"", "a: >-\n\n b\n\n\n c\nd:\n- e\n-\n  f: g")
}

func FuzzSVG(f *testing.F) {
	file := dir + "images/khoa.svg"
	tree := validTree(f)
	f.Add(string(tree[file].Data))
	f.Add(`<svg xmlns="http://www.w3.org/2000/svg"><a:b xmlns:a="c" a:onload="d"/><![CDATA[e]]><?f g?></svg>`)
	f.Add(`<!DOCTYPE a [<!ENTITY b "c">]><svg>&b;</svg>`)
	f.Fuzz(func(t *testing.T, text string) {
		bad := regexp.MustCompile(`(?i)<(script|a|image|foreignobject|iframe)[\s/>]`)
		problems := checkSVG(path.Base(file), []byte(text))
		if bad.MatchString(text) && !strings.ContainsAny(text, "\"'!?") && len(problems) == 0 {
			t.Errorf("%q was taken", text)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Reason == "" {
				t.Errorf("problem without place: %+v", p)
			}
		}
	})
}

// TestHostileSize: nesting and length cannot stop the program, whatever the YAML library does with them.
func TestHostileSize(t *testing.T) {
	const n = maxFile - 100
	for name, text := range map[string]string{
		"brackets":      strings.Repeat("[", n),
		"braces":        strings.Repeat("{", n),
		"dashes":        strings.Repeat("- ", n/2),
		"stairs":        stairs(1000),
		"colons":        strings.Repeat("a:\n", 1000),
		"flow colons":   "{" + strings.Repeat("a: ", 2000),
		"quote":         "- \"" + strings.Repeat("\\n", n/2),
		"folded":        "- >\n" + strings.Repeat(" a\n", 10000),
		"many keys":     "{" + strings.Repeat("a, ", 20000) + "}",
		"spaces":        strings.Repeat(" ", n) + "a",
		"comments":      strings.Repeat("#\n", n/2),
		"many problems": strings.Repeat("- {}\n", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			file := dir + "questions/02-tin.yaml"
			sound(t, put(validTree(t), file, text), file)
		})
	}
}

func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// FuzzYAML looks for texts on which the YAML library panics, hangs or points outside the file.
func FuzzYAML(f *testing.F) {
	tree := validTree(f)
	f.Add(string(tree[dir+"course.yaml"].Data))
	f.Add(string(tree[dir+"questions/02-tin.yaml"].Data))
	f.Add("a: |\n b\n\n  c\nd: >-\n  e\n'f': \"g\\\n  h\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(checkEncoding("f", text)) > 0 { // the loader refuses it before: a lone carriage return would count as a line
			return
		}
		last := 2 + strings.Count(text, "\n")
		d, problems := parseYAML("f", text, 1)
		if (d == nil) != (len(problems) > 0) {
			t.Fatalf("document %v with problems %v", d != nil, problems)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > last {
				t.Errorf("line %d of %d: %s", p.Line, last, p.Reason)
			}
		}
		if d == nil {
			return
		}
		for pointer, line := range d.lines {
			if line < 1 || line > last {
				t.Errorf("%s on line %d of %d", pointer, line, last)
			}
		}
		if _, err := json.Marshal(d.value); err != nil {
			t.Error(err)
		}
	})
}
