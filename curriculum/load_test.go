package curriculum

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func trialCourse(t testing.TB, tree fstest.MapFS) *Course {
	t.Helper()
	c, ok := mustLoad(t, tree).Course("self_protection-thcs")
	if !ok {
		t.Fatal("the course is not in the catalog")
	}
	return c
}

func TestLoadCourse(t *testing.T) {
	c := trialCourse(t, validTree(t))
	if c.Title != "Khóa thử" || c.TitleEN != "Trial course" || c.CheckedOn != "2026-11-23" {
		t.Errorf("wrong head: %q %q %q", c.Title, c.TitleEN, c.CheckedOn)
	}
	if diff := cmp.Diff([]string{"4.1", "4.2"}, c.Competences); diff != "" {
		t.Error(diff)
	}
	want := Source{ID: "sach-b", Title: "Sách B", Publisher: "Nhà xuất bản B", Date: "2024", CheckedOn: "2026-10-01"}
	if diff := cmp.Diff(want, c.Sources[1]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Quiz{Minutes: 20, PassPercent: 80, Slots: []Slot{{"locks", 2}, {"messages", 2}}}, c.Quiz); diff != "" {
		t.Error(diff)
	}
	if len(c.Images) != 1 || c.Images[0].Type != "image/svg+xml" || !bytes.HasPrefix(c.Images[0].Data, []byte("<?xml")) {
		t.Errorf("wrong images: %v", c.Images)
	}
	if _, ok := (&Catalog{}).Course("self_protection-thcs"); ok {
		t.Error("an empty catalog has no course")
	}
}

func TestLoadLesson(t *testing.T) {
	c := trialCourse(t, validTree(t))
	if len(c.Lessons) != 2 || c.Lessons[0].Key != "khoa" || c.Lessons[1].Key != "tin" {
		t.Fatalf("want the lessons in the order of course.yaml, got %v", c.Lessons)
	}
	l := c.Lessons[0]
	if diff := cmp.Diff([]string{"q-single", "q-order"}, l.Practice); diff != "" {
		t.Error(diff)
	}
	want := []Card{{
		Key:    "vi-sao",
		Title:  "Vì sao phải khóa?",
		HTML:   "<p>Nhà có <strong>khóa</strong> thì yên tâm &amp; ngủ ngon:</p>\n<ul>\n<li>một chìa</li>\n<li>hai chìa</li>\n</ul>",
		Text:   "Nhà có khóa thì yên tâm & ngủ ngon:\nmột chìa\nhai chìa",
		Action: "Làm ngay: tìm ổ khóa nhà em.",
		Image:  &Picture{Src: c.Images[0].Src, Alt: "Một ổ khóa màu xanh"},
	}, {
		Key:   "khoa-nao",
		Title: "Khóa nào tốt",
		HTML:  "<p>Khóa dài hơn thì <code>khó</code> hơn.</p>",
		Text:  "Khóa dài hơn thì khó hơn.",
	}}
	if diff := cmp.Diff(want, l.Cards); diff != "" {
		t.Error(diff)
	}
}

func TestLoadQuestions(t *testing.T) {
	c := trialCourse(t, validTree(t))
	by := map[string]Question{}
	for _, q := range c.Questions {
		by[q.Key] = q
	}
	if len(by) != 7 {
		t.Fatalf("want 7 questions, got %d", len(by))
	}
	src := c.Images[0].Src
	tests := []struct {
		name      string
		got, want any
	}{
		{"stem", by["q-single"].Stem, "Khóa nào <em>khó</em> đoán nhất?"},
		{"use defaults to both", by["q-single"].Use, "both"},
		{"competences of the objective", by["q-match"].Competences, []string{"4.1.TC1b", "4.2"}},
		{"own competences", by["q-multiple"].Competences, []string{"4.2"}},
		{"own sources", by["q-multiple"].Sources, []string{"sach-b"}},
		{"no sources: those of the course", by["q-single"].Sources, []string{}},
		{"image", by["q-multiple"].Image, &Picture{Src: src, Alt: "Một ổ khóa"}},
		{"options", by["q-single"].Options, []Option{{Key: "a", Text: "Khóa dài", Correct: true}, {Key: "b", Text: "Khóa ngắn", Feedback: "Ngắn thì dễ đoán."}}},
		{"items", by["q-order"].Options[0], Option{Key: "a", Text: "Đóng cửa", Feedback: "Chưa đóng thì khóa gì."}},
		{"answer", *by["q-true"].Answer, false},
		{"reasons", by["q-true"].Options[0], Option{Key: "a", Text: "Ai cũng gửi được", Correct: true}},
		{"pairs", by["q-match"].Pairs[1], Pair{"b", "Xin mã", "Không đưa", "Mã là chìa khóa."}},
		{"extra", by["q-match"].Extra, []Option{{Key: "c", Text: "Chuyển tiền"}}},
		{"message", by["q-spot"].Message.Parts[1], Part{"b", "Trả tiền ngay", true, "Giục là dấu hiệu lạ."}},
		{"time", by["q-spot"].Message.Time, "08:15"},
		{"spot", by["q-picture"].Spots[0], Spot{"a", 0, 0, 20.5, 20, "Số lạ", true, "Số này không quen."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadIsDeterministic(t *testing.T) {
	first, err := json.Marshal(mustLoad(t, validTree(t)))
	if err != nil {
		t.Fatal(err)
	}
	broken := with(t, validTree(t), dir+"questions/01-khoa.yaml", "objective: locks\n  use: quiz", "objective: keys\n  use: quiz\n  foo: 1")
	_, problems := Load(broken)
	for range 20 {
		again, _ := json.Marshal(mustLoad(t, validTree(t)))
		if !bytes.Equal(first, again) {
			t.Fatal("the same files made another catalog")
		}
		if _, p := Load(broken); !cmp.Equal(problems, p) {
			t.Fatalf("the same files made other problems: %v, then %v", problems, p)
		}
	}
}

func TestHashes(t *testing.T) {
	before := trialCourse(t, validTree(t))
	after := trialCourse(t, with(t, validTree(t), dir+"questions/01-khoa.yaml", "Ngắn thì dễ đoán.", "Ngắn thì rất dễ đoán."))
	if before.Hash == after.Hash {
		t.Error("one word of feedback must change the course's hash")
	}
	for i, q := range before.Questions {
		if changed := q.Hash != after.Questions[i].Hash; changed != (q.Key == "q-single") {
			t.Errorf("question %s: hash changed %v", q.Key, changed)
		}
		if len(q.Hash) != 64 || q.Hash != q.ContentHash() {
			t.Errorf("question %s: %q is not its content hash", q.Key, q.Hash)
		}
	}
	for i, l := range before.Lessons {
		if l.Hash != after.Lessons[i].Hash || l.Hash != l.ContentHash() {
			t.Errorf("lesson %s: hash must not depend on a question", l.Key)
		}
	}
	pictures := trialCourse(t, with(t, validTree(t), dir+"images/khoa.svg", `width="8"`, `width="9"`))
	if pictures.Lessons[0].Hash == before.Lessons[0].Hash || pictures.Lessons[1].Hash != before.Lessons[1].Hash {
		t.Error("another picture must change the hash of the lesson that shows it, and of no other")
	}
	newSource := trialCourse(t, with(t, validTree(t), dir+"course.yaml", "Bài báo A", "Bài báo A, bản 2"))
	if newSource.Questions[0].Hash != before.Questions[0].Hash || newSource.Hash == before.Hash {
		t.Error("a course's source must change the hash of the course and of no question")
	}
}

// TestHashSurvivesStorage: a stored question can be checked against its hash.
func TestHashSurvivesStorage(t *testing.T) {
	for _, q := range trialCourse(t, validTree(t)).Questions {
		text, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var back Question
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if back.ContentHash() != q.Hash {
			t.Errorf("question %s has another hash after storing it as JSON", q.Key)
		}
	}
}

func TestLoadForgivesWindows(t *testing.T) {
	want := trialCourse(t, validTree(t))
	tree := validTree(t)
	for name, f := range tree {
		if !strings.HasSuffix(name, ".svg") { // a picture is addressed by its bytes
			tree = put(tree, name, "\uFEFF"+strings.ReplaceAll(string(f.Data), "\n", "\r\n"))
		}
	}
	if got := trialCourse(t, tree); got.Hash != want.Hash {
		t.Error("Windows line ends and a byte order mark must not change the course")
	}
}

func TestLoadEmpty(t *testing.T) {
	catalog, problems := Load(fstest.MapFS{".gitkeep": {}})
	if catalog == nil || len(catalog.Courses) != 0 || len(problems) != 0 {
		t.Errorf("an empty tree is an empty catalog, got %v %v", catalog, problems)
	}
}

func TestSummary(t *testing.T) {
	got, err := json.Marshal(mustLoad(t, validTree(t)).Summary())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"courses":1,"lessons":2,"cards":3,"questions":7,"scenarios":1,"bySkill":{"self_protection":{"thcs":` +
		`{"courses":1,"lessons":2,"cards":3,"questions":7,"scenarios":1,"plans":1,` +
		`"kinds":{"match":1,"multiple":1,"order":1,"single":1,"spot":2,"true_false":1},"uses":{"both":4,"practice":2,"quiz":1}}}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLoadAtWarnsOfAge(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	tests := []struct {
		today string
		want  []Problem
	}{
		{"2026-11-23", nil},
		{"2027-10-01", nil},
		{"2027-10-02", []Problem{{dir + "course.yaml", 24, `source "sach-b" was last checked on 2026-10-01, more than a year ago`, true}}},
		{"2026-11-22", []Problem{
			{dir + "course.yaml", 12, "the course claims to be checked on 2026-11-23, which is yet to come", true},
			{dir + "course.yaml", 19, `source "bao-a" claims to be checked on 2026-11-23, which is yet to come`, true},
			{dir + "lessons/01-khoa.md", 9, "the lesson claims to be checked on 2026-11-23, which is yet to come", true},
			{dir + "lessons/02-tin.md", 9, "the lesson claims to be checked on 2026-11-23, which is yet to come", true},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.today, func(t *testing.T) {
			catalog, problems := LoadAt(validTree(t), day(tt.today))
			if catalog == nil {
				t.Error("a warning must not stop the catalog")
			}
			if diff := cmp.Diff(tt.want, problems); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSchemasArePublished(t *testing.T) {
	schemas := Schemas()
	for _, name := range []string{"course.schema.json", "lesson.schema.json", "questions.schema.json", "scenario.schema.json",
		"plan.schema.json", "leaflet.schema.json", "pack.schema.json", "drill.schema.json"} {
		file, err := os.ReadFile("schema/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Schema string `json:"$schema"`
		}
		if err := json.Unmarshal(schemas[name], &doc); err != nil || doc.Schema != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: draft %q, error %v", name, doc.Schema, err)
		}
		if !bytes.Equal(file, schemas[name]) {
			t.Errorf("%s: the published schema is not the file", name)
		}
	}
	if len(schemas) != 8 {
		t.Errorf("want 8 schemas, got %d", len(schemas))
	}
	schemas[courseSchema][0] = 'x'
	if Schemas()[courseSchema][0] == 'x' {
		t.Error("a caller must not be able to change the schemas")
	}
}
