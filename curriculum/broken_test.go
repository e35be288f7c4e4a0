package curriculum

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"
)

// broken is one fault put into the sound trial course, and the finding that must come of it.
type broken struct {
	name     string
	file     string // below the course folder
	old, new string
	line     int
	reason   string // a part of the reason
}

// run loads each broken tree and wants its finding, at its place, and no catalog. Further findings may follow from
// the same fault, but each must name a line.
func run(t *testing.T, tests []broken) {
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			catalog, problems := Load(with(t, validTree(t), dir+tt.file, tt.old, tt.new))
			if catalog != nil {
				t.Error("a broken course must not make a catalog")
			}
			expect(t, problems, dir+tt.file, tt.line, tt.reason)
			for _, p := range problems {
				if p.Line == 0 && !strings.HasSuffix(p.File, ".png") {
					t.Errorf("%s: no line: %s", p.File, p.Reason)
				}
			}
		})
	}
}

func expect(t *testing.T, problems []Problem, file string, line int, reason string) {
	t.Helper()
	for _, p := range problems {
		if p.File == file && p.Line == line && strings.Contains(p.Reason, reason) && !p.Warning {
			return
		}
	}
	t.Errorf("want %s:%d: …%s…, got %v", file, line, reason, problems)
}

func TestBrokenCourse(t *testing.T) {
	const file = "course.yaml"
	run(t, []broken{
		{"not YAML", file, "title: Khóa thử", "title: [Khóa thử", 5, "not valid YAML"},
		{"field twice", file, "title: Khóa thử", "title: A\ntitle: B", 5, `"title" already defined`},
		{"unknown field", file, "title: Khóa thử", "title: Khóa thử\nauthor: Cô Mây", 5, `unknown field "author"`},
		{"field missing", file, "title_en: Trial course\n", "", 1, `field "title_en" is missing`},
		{"empty text", file, "title: Khóa thử", `title: " "`, 4, `field "title" must not be empty`},
		{"number for text", file, "title: Khóa thử", "title: 2026", 4, "put text in quotes"},
		{"anchor", file, "title: Khóa thử", "title: &a Khóa thử", 4, "anchors"},
		{"alias", file, "title: Khóa thử", "title: *a", 4, "aliases"},
		{"merge key", file, "title: Khóa thử", "<<: {title: A}", 4, "merge keys"},
		{"tag", file, "title: Khóa thử", "title: !!binary aGk=", 4, "tags"},
		{"two documents", file, "title: Khóa thử", "title: A\n---\nb: 1", 1, "exactly one YAML document"},
		{"hexadecimal", file, "minutes: 20", "minutes: 0x14", 31, "plain decimal number"},
		{"deep nesting", file, "title: Khóa thử", "title: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), 4, "nested too deeply"},
		{"key", file, "key: self_protection-thcs", "key: self_protection-thpt", 1, `key must be "self_protection-thcs"`},
		{"folder", file, "level: thcs", "level: thpt", 2, "skill and level say self_protection/thpt"},
		{"skill", file, "skill: self_protection", "skill: cooking", 2, "must be one of"},
		{"goals", file, "  - You can try.", "  - You can try.\n  - More.", 10, "goals_en has 2 entries, goals has 1"},
		{"date form", file, "checked_on: 2026-11-23\ncomp", "checked_on: 23/11/2026\ncomp", 12, "real date"},
		{"no such day", file, "checked_on: 2026-11-23\ncomp", "checked_on: 2026-02-30\ncomp", 12, "real date"},
		{"no such month", file, "date: 2025-08", "date: 2025-13", 18, "not a real date"},
		{"competence text", file, "[4.1, 4.2]", "[4.1, 4.7.TC1a]", 13, "competences"},
		{"competence number", file, "[4.1, 4.2]", "[4.1, 4.25]", 13, `competence "4.25"`},
		{"competence twice", file, "[4.1, 4.2]", "[4.1, 4.1]", 13, "stands in this list twice"},
		{"competence of an objective", file, "competences: [4.2.TC1a]", "competences: [4.2.XX1a]", 37, "competences"},
		{"source twice", file, "id: sach-b", "id: bao-a", 20, `source "bao-a" stands here twice`},
		{"source without day", file, "    date: 2024\n    checked_on: 2026-10-01\n", "    date: 2024\n", 20, `"checked_on" is missing`},
		{"term twice", file, "glossary:\n", "glossary:\n  - {term: otp, meaning: a, meaning_en: b}\n", 27, "stands in the glossary twice"},
		{"objective twice", file, "- {key: messages,", "- {key: locks,", 38, `objective "locks" stands here twice`},
		{"lesson missing", file, "  - 02-tin\n", "  - 02-tin\n  - 03-xa\n", 30, "there is no file lessons/03-xa.md"},
		{"lesson twice", file, "  - 02-tin\n", "  - 02-tin\n  - 01-khoa\n", 30, "stands in this list twice"},
		{"lesson name", file, "  - 02-tin\n", "  - ../02-tin\n", 29, "must match"},
		{"pass percent", file, "pass_percent: 80", "pass_percent: 101", 32, "at most 100"},
		{"blueprint", file, "{objective: locks, count: 2}", "{objective: locks, count: 3}", 34, `needs 3 questions of objective "locks", there are 2`},
		{"blueprint sum", file, "{objective: messages, count: 2}", "{objective: locks, count: 1}", 35, "needs 3 questions"},
		{"blueprint objective", file, "{objective: locks, count: 2}", "{objective: doors, count: 2}", 34, `no objective "doors"`},
		{"raw HTML", file, "summary: Một khóa nhỏ để thử.", `summary: "Một <b>khóa</b>"`, 6, "raw HTML is not allowed: <b>"},
		{"Markdown", file, "summary: Một khóa nhỏ để thử.", `summary: "Một **khóa**"`, 6, "Markdown (**) is not read here"},
		{"reserved word", file, "summary: Một khóa nhỏ để thử.", "summary: Thi lấy Chứng Chỉ.", 6, "reserved word"},
		{"reserved word in comment", file, "level: thcs", "level: thcs # VĂN BẰNG", 3, "reserved word"},
		{"reserved word over lines", file, "summary: Một khóa nhỏ để thử.", "summary: >\n  Lấy chứng\n  chỉ", 7, "reserved word"},
		{"decomposed letter", file, "title: Khóa thử", "title: Kho\u0301a", 4, "composed letters"},
		{"direction mark", file, "title: Khóa thử", "title: Khóa\u202Ethử", 4, "invisible character U+202E"},
		{"not UTF-8", file, "title: Khóa thử", "title: Kh\xff", 4, "not UTF-8"},
	})
}

func TestBrokenLesson(t *testing.T) {
	const file = "lessons/01-khoa.md"
	run(t, []broken{
		{"no front matter", file, "---\nkey: khoa", "key: khoa", 1, "must begin with front matter"},
		{"front matter open", file, "practice: [q-single, q-order]\n---", "practice: [q-single, q-order]\n", 1, "front matter"},
		{"front matter not YAML", file, "title: Khóa cửa", "title: {", 5, "not valid YAML"},
		{"unknown field", file, "title: Khóa cửa", "title: Khóa cửa\nvideo: x", 4, `unknown field "video"`},
		{"minutes", file, "minutes: 8", "minutes: 90", 7, "at most 45"},
		{"competence", file, "[4.2.TC1a]", "[4.2.TC3a]", 8, "competences"},
		{"no source", file, "[bao-a, sach-b]", "[]", 10, "needs at least 1, found 0"},
		{"unknown source", file, "[bao-a, sach-b]", "[bao-a, bao-c]", 10, `no source "bao-c"`},
		{"unknown practice", file, "[q-single, q-order]", "[q-single, q-none]", 11, `no question "q-none"`},
		{"practice of quiz", file, "[q-single, q-order]", "[q-multiple]", 11, "kept for the quiz"},
		{"practice twice", file, "[q-single, q-order]", "[q-order, q-order]", 11, "twice"},
		{"lesson key twice", "lessons/02-tin.md", "key: tin", "key: khoa", 2, "used before, in 01-khoa.md"},
		{"text before the cards", file, "## Vì sao", "Lời mở đầu.\n\n## Vì sao", 13, "text before the first card"},
		{"no card key", file, " {#vi-sao}", "", 13, "card needs a key"},
		{"card key form", file, "{#vi-sao}", "{#Vi_Sao}", 13, "card needs a key"},
		{"card key twice", file, "{#khoa-nao}", "{#vi-sao}", 24, `"vi-sao" stands in this lesson twice`},
		{"heading attribute", file, "{#vi-sao}", "{#vi-sao onclick=x}", 13, "only its key"},
		{"heading alone", file, "Khóa dài hơn thì `khó` hơn.\n", "", 24, "card has no text"},
		{"heading of level 3", file, "Nhà có", "### Thêm\n\nNhà có", 15, "begins with ##, not with ###"},
		{"too many words", file, "Khóa dài hơn", strings.Repeat("một ", 60) + "Khóa", 24, "card has 64 words"},
		{"raw HTML inline", file, "Nhà có", "Nhà <i>có</i>", 15, "raw HTML"},
		{"raw HTML block", file, "Nhà có", "<div>Nhà</div>\n\nNhà có", 15, "raw HTML"},
		{"script", file, "Khóa dài hơn", "<script>alert(1)</script>\nKhóa dài hơn", 25, "raw HTML"},
		{"comment", file, "Nhà có", "<!-- nháp -->\n\nNhà có", 15, "raw HTML"},
		{"link", file, "Khóa dài hơn", "[Khóa](trang.test) dài hơn", 25, "links are not allowed"},
		{"script link", file, "Khóa dài hơn", "[Khóa](javascript:alert(1)) dài hơn", 25, "links are not allowed"},
		{"autolink", file, "Khóa dài hơn", "Xem <https://trang.test>", 25, "links are not allowed"},
		{"link definition", file, "Khóa dài hơn", "[a]: b\n\nKhóa dài hơn", 25, "links are not allowed"},
		{"code block", file, "Khóa dài hơn", "```\nx\n```\nKhóa dài hơn", 25, "code blocks"},
		{"rule", file, "Khóa dài hơn", "* * *\n\nKhóa dài hơn", 25, "rules (---)"},
		{"no such picture", file, "images/khoa.svg", "images/cua.svg", 20, `no picture "images/cua.svg"`},
		{"picture outside", file, "images/khoa.svg", "https://trang.test/x.svg", 20, "no picture"},
		{"picture above the course", file, "images/khoa.svg", "../thpt/images/khoa.svg", 20, "no picture"},
		{"no alternative text", file, "![Một ổ khóa màu xanh]", "![ ]", 20, "needs an alternative text"},
		{"two pictures", file, "> Làm ngay", "![Khóa](images/khoa.svg)\n\n> Làm ngay", 22, "second picture"},
		{"picture title", file, "(images/khoa.svg)", `(images/khoa.svg "x")`, 20, "takes no title"},
		{"picture in heading", file, "## Khóa nào tốt", "## ![Khóa](images/khoa.svg) tốt", 24, "belongs below the heading"},
		{"two actions", file, "## Khóa nào", "> Làm nữa.\n\n\n> Và nữa.\n\n## Khóa nào", 24, "second quote"},
		{"list in action", file, "> Làm ngay", "> - Làm ngay", 22, "may hold text only"},
		{"action in list", file, "- một chìa", "- > một chìa", 17, "inside a list"},
		{"reserved word", file, "Khóa dài hơn", "Em nhận chứng chỉ", 25, "reserved word"},
		{"hidden reserved word", file, "Khóa dài hơn", "Em nhận *chứng* chỉ", 24, "reserved word"},
		{"false address", file, "Khóa dài hơn", "Vào dichvucong-gov.com", 24, `"dichvucong-gov.com" looks like`},
		{"no cards", "lessons/02-tin.md", "## Dừng lại {#dung}\nĐọc chậm trang ngan-hang.test rồi hãy bấm.\n", "", 13, "has no cards"},
	})
}

// TestBrokenFiles covers faults of whole files and folders.
func TestBrokenFiles(t *testing.T) {
	var dot bytes.Buffer
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	if catalog, problems := Load(with(t, put(validTree(t), dir+"images/cham.png", dot.String()),
		dir+"lessons/02-tin.md", "Đọc chậm", "![Chấm](images/cham.png) Đọc chậm")); catalog == nil {
		t.Errorf("a PNG picture must load: %v", problems)
	}
	svg := string(validTree(t)[dir+"images/khoa.svg"].Data)
	tests := []struct {
		name   string
		tree   fstest.MapFS
		file   string
		line   int
		reason string
	}{
		{"no course.yaml", without(t, "course.yaml"), dir + "course.yaml", 0, "is missing"},
		{"lesson file gone", without(t, "lessons/02-tin.md"), dir + "course.yaml", 29, "there is no file lessons/02-tin.md"},
		{"lesson not listed", put(validTree(t), dir+"lessons/03-xa.md", "---\n---\n"), dir + "lessons/03-xa.md", 1, "not listed"},
		{"empty lesson", put(validTree(t), dir+"lessons/01-khoa.md", ""), dir + "lessons/01-khoa.md", 1, "front matter"},
		{"empty front matter", put(validTree(t), dir+"lessons/01-khoa.md", "---\n---\n"), dir + "lessons/01-khoa.md", 2, "one YAML document"},
		{"empty questions", put(validTree(t), dir+"questions/01-khoa.yaml", ""), dir + "questions/01-khoa.yaml", 1, "one YAML document"},
		{"unknown skill", put(validTree(t), "cooking/thcs/course.yaml", "a: 1"), "cooking", 0, "does not belong here"},
		{"unknown level", put(validTree(t), "self_protection/thx/course.yaml", "a: 1"), "self_protection/thx", 0, "does not belong here"},
		{"stray file", put(validTree(t), dir+"notes.txt", "x"), dir + "notes.txt", 0, "does not belong here"},
		{"file name", put(validTree(t), dir+"questions/Khoa.yml", "x"), dir + "questions/Khoa.yml", 0, "does not belong here"},
		{"picture of 20 MB", put(validTree(t), dir+"images/to.png", strings.Repeat("\x89PNG", 5<<20)), dir + "images/to.png", 1, "larger than 1 MB"},
		{"too large", put(validTree(t), dir+"questions/01-khoa.yaml", strings.Repeat("#", 1<<20)+"\n"), dir + "questions/01-khoa.yaml", 1, "larger than 1 MB"},
		{"large picture", put(validTree(t), dir+"images/khoa.svg", svg+strings.Repeat(" ", 40<<10)), dir + "images/khoa.svg", 0, "at most 40 KB"},
		{"false PNG", put(validTree(t), dir+"images/gia.png", "<html>"), dir + "images/gia.png", 0, "is not a .png picture"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			catalog, problems := Load(tt.tree)
			if catalog != nil {
				t.Error("a broken tree must not make a catalog")
			}
			expect(t, problems, tt.file, tt.line, tt.reason)
		})
	}
}

func without(t *testing.T, file string) fstest.MapFS {
	tree := validTree(t)
	if tree[dir+file] == nil {
		t.Fatalf("no file %s", file)
	}
	delete(tree, dir+file)
	return tree
}

// TestWarnings: what is odd but harmless is said and does not stop the catalog.
func TestWarnings(t *testing.T) {
	svg := string(validTree(t)[dir+"images/khoa.svg"].Data)
	tree := put(validTree(t), dir+"images/thua.svg", svg+"<!-- khác -->")
	tree = with(t, tree, dir+"course.yaml", "objectives:\n", "objectives:\n  - {key: spare, text: a, text_en: b, competences: [4.1]}\n")
	catalog, problems := Load(tree)
	if catalog == nil || len(problems) != 2 {
		t.Fatalf("want a catalog and two warnings, got %v", problems)
	}
	if p := problems[0]; !p.Warning || p.Line != 37 || !strings.Contains(p.Reason, `no question belongs to objective "spare"`) {
		t.Errorf("wrong warning %v", p)
	}
	if p := problems[1]; !p.Warning || p.File != dir+"images/thua.svg" {
		t.Errorf("wrong warning %v", p)
	}
	if len(catalog.Courses[0].Images) != 1 {
		t.Error("a picture that nothing shows must not travel with the course")
	}
}
