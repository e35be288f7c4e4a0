package curriculum

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	enLesson    = dir + "en/lessons/01-khoa.md"
	enQuestions = dir + "en/questions/01-khoa.yaml"
)

// translatedTree is the trial course with its English translation.
func translatedTree(t testing.TB) fstest.MapFS {
	t.Helper()
	tree := validTree(t)
	root := os.DirFS("testdata/translated")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		tree[dir+name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestTranslation(t *testing.T) {
	c := trialCourse(t, translatedTree(t))
	en, ok := c.In("en")
	if !ok {
		t.Fatal("the course is translated")
	}
	if _, ok := c.In("fr"); ok {
		t.Error("nobody translated it into French")
	}
	if en.Title != "Trial course" || en.Lessons[0].Title != "Locking the door" || en.Lessons[0].Cards[0].Title != "Why lock?" {
		t.Errorf("head: %q %q %q", en.Title, en.Lessons[0].Title, en.Lessons[0].Cards[0].Title)
	}
	if got := en.Lessons[0].Cards[0]; !strings.Contains(got.HTML, "<strong>lock</strong>") || got.Action != "Do it now: find the lock of your home." || got.Image.Alt != "A blue padlock" {
		t.Errorf("card: %+v", got)
	}
	q := en.Questions[0]
	if q.Stem != "Which lock is <em>hardest</em> to guess?" || q.Options[0].Text != "A long lock" || q.Options[1].Feedback != "Short is easy to guess." {
		t.Errorf("question: %+v", q)
	}
	if q.Hash != c.Questions[0].Hash || q.Key != "q-single" || !q.Options[0].Correct || en.Hash != c.Hash {
		t.Error("keys, hashes and answers are those of the original")
	}
	if c.Questions[0].Options[0].Text != "Khóa dài" || c.Lessons[0].Cards[0].Title != "Vì sao phải khóa?" {
		t.Error("translating changed the original")
	}
	if en.Questions[1].WrongFeedback != c.Questions[1].WrongFeedback || en.Scenarios[0].Title != "Three evening messages" {
		t.Error("what is not translated stays")
	}
	if len(en.Images) != len(c.Images) || len(en.Images[0].Data) == 0 {
		t.Error("pictures are the same")
	}
}

func TestBrokenTranslations(t *testing.T) {
	for _, tt := range []struct{ name, file, old, new, reason string }{
		{"card missing", enLesson, "{#khoa-nao}", "{#khoa-khac}", "under the same keys"},
		{"card too long", enLesson, "A longer lock is", strings.Repeat("long ", 76), "at most 75"},
		{"script in a card", enLesson, "A longer lock is", "<script>x</script>", "HTML is not allowed"},
		{"another key", enQuestions, "key: q-single", "key: q-other", "/0/key must be the same as in the original"},
		{"another right answer", enQuestions, "text: A long lock, correct: true", "text: A long lock, feedback: no", "/0/options/0"},
		{"a question less", enQuestions, "difficulty: 1\n  stem: \"Which", "difficulty: 2\n  stem: \"Which", "/0/difficulty must be the same"},
	} {
		t.Run(tt.name, func(t *testing.T) { wantProblem(t, with(t, translatedTree(t), tt.file, tt.old, tt.new), tt.reason) })
	}
	wantProblem(t, put(translatedTree(t), dir+"en/lessons/09-la.md", "## A {#a}\nB\n"), "no lesson that this could translate")
	wantProblem(t, put(translatedTree(t), dir+"en/questions/09-la.yaml", "[]"), "that this could translate")
	tree := translatedTree(t)
	delete(tree, enLesson)
	_, problems := Load(tree)
	if len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].Reason, "1 of 2 lessons are translated") {
		t.Errorf("want a warning of the lesson left: %+v", problems)
	}
}
