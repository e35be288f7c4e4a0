package learning

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// secretWord stands in every text of the test content that must not be seen
// before release: feedback, hints, explanations. contentKey begins every key.
const (
	secretWord = "BIMAT"
	contentKey = "kx-"
)

func options(n int, right ...int) []curriculum.Option {
	var list []curriculum.Option
	for i := range n {
		o := curriculum.Option{Key: fmt.Sprintf("%so%d", contentKey, i), Text: fmt.Sprintf("Lựa chọn %d", i), Correct: slices.Contains(right, i)}
		if !o.Correct {
			o.Feedback = secretWord + " sai"
		}
		list = append(list, o)
	}
	return list
}

// question makes one of each kind; the objective is the kind's group.
func question(n int, kind, use string) curriculum.Question {
	yes := n%2 == 0
	q := curriculum.Question{
		Key: fmt.Sprintf("q-%02d", n), Kind: kind, Objective: "ob-" + kind, Use: use, Difficulty: 1,
		Stem: "Câu <em>hỏi</em>", Hints: []string{secretWord + " gợi ý một", secretWord + " gợi ý hai"}, Explain: secretWord + " giải thích",
	}
	switch kind {
	case "single":
		q.Options = options(4, n%4)
	case "multiple":
		q.Options = options(5, 1, 3)
	case "order":
		q.Options = options(4, 0, 1, 2, 3)
	case "true_false":
		q.Answer, q.WrongFeedback, q.Options = &yes, secretWord+" không phải", options(3, 1)
	case "match":
		for i := range 3 {
			q.Pairs = append(q.Pairs, curriculum.Pair{Key: fmt.Sprintf("%sp%d", contentKey, i), Left: fmt.Sprintf("Trái %d", i), Right: fmt.Sprintf("Phải %d", i), Feedback: secretWord})
		}
		q.Extra = []curriculum.Option{{Key: contentKey + "x", Text: "Phải thừa"}}
	case "spot":
		q.Message = &curriculum.Message{Channel: "sms", Sender: "Người lạ"}
		for i := range 4 {
			q.Message.Parts = append(q.Message.Parts, curriculum.Part{Key: fmt.Sprintf("%sm%d", contentKey, i), Text: fmt.Sprintf("Phần %d", i), Sign: i < 2, Feedback: secretWord})
		}
	}
	q.Hash = q.ContentHash()
	return q
}

var kinds = []string{"single", "multiple", "order", "true_false", "match", "spot"}

// testCourse has two lessons of three cards, four questions of each kind and a
// quiz of ten: two of four kinds, one of two.
func testCourse(skill, level string, edition int) curriculum.Course {
	c := curriculum.Course{Key: skill + "-" + level, Skill: skill, Level: level, Title: fmt.Sprintf("Khóa %s %d", skill, edition),
		Quiz: curriculum.Quiz{Minutes: 20, PassPercent: 80}, Sources: []curriculum.Source{{ID: "s1", Title: "Nguồn", Publisher: "Báo", Date: "2025", CheckedOn: "2026-11-23"}}}
	for i := range 2 {
		l := curriculum.Lesson{Key: fmt.Sprintf("bai-%d", i+1), Title: fmt.Sprintf("Bài %d", i+1), Minutes: 8, Sources: []string{"s1"}, Practice: []string{"q-01", "q-04"}}
		for j := range 3 {
			l.Cards = append(l.Cards, curriculum.Card{Key: fmt.Sprintf("the-%d", j), Title: "Thẻ", HTML: "<p>Nội dung</p>", Text: "Nội dung"})
		}
		l.Hash = l.ContentHash()
		c.Lessons = append(c.Lessons, l)
	}
	for n := range 24 {
		use := "both"
		if n%6 == 4 {
			use = "quiz" // match
		}
		c.Questions = append(c.Questions, question(n, kinds[n%6], use))
	}
	for i, k := range kinds {
		c.Quiz.Slots = append(c.Quiz.Slots, curriculum.Slot{Objective: "ob-" + k, Count: 2 - i/4})
	}
	image := curriculum.Image{Src: "0123456789abcdef.svg", Type: "image/svg+xml", Data: []byte("<svg/>")}
	c.Images = []curriculum.Image{image}
	c.Scenarios = []scenario.Scenario{testScenario(c.Key, edition)}
	c.Hash = c.ContentHash()
	return c
}

func testCatalog() *curriculum.Catalog {
	cat := &curriculum.Catalog{}
	for _, s := range certificate.Skills {
		cat.Courses = append(cat.Courses, testCourse(s, "thcs", 1))
	}
	return cat
}

// world is a school with two classes, its teacher, and everything published.
type world struct {
	t       testing.TB
	db      *store.DB
	clock   *storetest.Clock
	l       *Learning
	school  models.ID
	class   models.ID // 7A
	other   models.ID // 7B
	teacher models.Actor
}

var ctx = context.Background()

func newID() models.ID { return models.NewID(time.Now()) }

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: clock, l: New(db, Options{Secret: []byte("test")}), school: newID(), class: newID(), other: newID()}
	w.exec(`INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, 'S1', 'THCS Ba Chẽ', 'thcs ba che', 'thcs', ?, ?)`,
		w.school, newID(), clock.Now())
	w.addClass(w.class, "7A", 7)
	w.addClass(w.other, "7B", 7)
	w.teacher = w.teacherOf(w.class)
	require.NoError(t, certificate.New(db).EnsureRules(ctx))
	_, err := w.l.Publish(ctx, models.System(), testCatalog())
	require.NoError(t, err)
	return w
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
}

func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	require.NoError(w.t, w.db.Read(ctx).Raw(sql, args...).Scan(&n).Error)
	return n
}

// idOf reads one id under the name id.
func (w *world) idOf(sql string, args ...any) models.ID {
	w.t.Helper()
	var row struct{ ID models.ID }
	require.NoError(w.t, w.db.Read(ctx).Raw(sql, args...).Scan(&row).Error)
	return row.ID
}

func (w *world) addClass(id models.ID, name string, grade int) {
	w.t.Helper()
	w.exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, '2026-2027', ?, ?, ?)",
		id, w.school, grade, name, w.clock.Now())
}

func (w *world) teacherOf(class models.ID) models.Actor {
	return models.Actor{Account: newID(), Name: "Cô Lan", Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: class}}}
}

var pupilNumber atomic.Int64

// pupil enrols somebody new and answers who may act for them.
func (w *world) pupil(class models.ID) models.Actor {
	w.t.Helper()
	person := newID()
	name := fmt.Sprintf("Nguyễn Thị Hồng Anh %d", pupilNumber.Add(1))
	w.exec("INSERT INTO persons (id, full_name, name_fold, sort_key, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
		person, name, models.Fold(name), models.SortKey(name), w.clock.Now(), w.clock.Now())
	w.exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live)
		VALUES (?, ?, ?, ?, '2026-2027', '2026-08-01', '9999-12-31', 1)`, newID(), person, w.school, class)
	return models.Actor{Account: newID(), Person: person, Name: name, Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
}

// session opens a lesson for class 7A and lets the pupils in.
func (w *world) session(courseKey string, pupils ...models.Actor) Session {
	w.t.Helper()
	s, err := w.l.OpenSession(ctx, w.teacher, NewSession{ID: newID(), ClassID: w.class, CourseKey: courseKey, Minutes: 90})
	require.NoError(w.t, err)
	for _, p := range pupils {
		_, err := w.l.JoinSession(ctx, p, s.Code)
		require.NoError(w.t, err)
	}
	return s
}

func (w *world) start(p models.Actor, courseKey string, session models.ID) Attempt {
	w.t.Helper()
	a, err := w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: courseKey, SessionID: session})
	require.NoError(w.t, err)
	return a
}

// right lists the right answer of every slot, which only a test in the package
// can know.
func (w *world) right(id models.ID) []Response {
	w.t.Helper()
	f, err := w.l.anyAttempt(ctx, id)
	require.NoError(w.t, err)
	var list []Response
	for _, s := range f.items {
		list = append(list, s.key())
	}
	return list
}

// answer saves the right answer of the first n slots, continuing the log.
func (w *world) answer(p models.Actor, id models.ID, n int) {
	w.t.Helper()
	a, err := w.l.Attempt(ctx, p, id)
	require.NoError(w.t, err)
	var list []Answer
	for i, r := range w.right(id)[:n] {
		list = append(list, Answer{Seq: a.LastSeq + 1 + i, Slot: i + 1, Response: r, ClientAt: w.clock.Now()})
	}
	report, err := w.l.SaveAnswers(ctx, p, id, list)
	require.NoError(w.t, err)
	require.Len(w.t, report.Acked, n)
}

// lessons does every lesson of a course.
func (w *world) lessons(p models.Actor, courseKey string) {
	w.t.Helper()
	for _, key := range []string{"bai-1", "bai-2"} {
		_, err := w.l.PutProgress(ctx, p, courseKey, key, Progress{Seq: 1, CardIndex: 2, Done: true})
		require.NoError(w.t, err)
	}
}

// quiz takes a quiz and answers n of its ten slots rightly.
func (w *world) quiz(p models.Actor, courseKey string, session models.ID, n int) Result {
	w.t.Helper()
	a := w.start(p, courseKey, session)
	w.answer(p, a.ID, n)
	_, err := w.l.Submit(ctx, p, a.ID)
	require.NoError(w.t, err)
	r, err := w.l.Result(ctx, p, a.ID)
	require.NoError(w.t, err)
	return r
}

// each runs a test in a fresh world on both databases.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newWorld(t, db, clock)) })
}

// statements counts what GORM sends, once countStatements has been called.
var statements atomic.Int64

func countStatements(t *testing.T, db *store.DB) {
	t.Helper()
	count := func(*gorm.DB) { statements.Add(1) }
	g := db.Read(ctx)
	require.NoError(t, g.Callback().Query().Before("gorm:query").Register("count", count))
	require.NoError(t, g.Callback().Raw().Before("gorm:raw").Register("count", count))
	require.NoError(t, g.Callback().Row().Before("gorm:row").Register("count", count))
}
