package learning

import (
	"context"
	crand "crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// viaPlacement marks a lesson that a placement test showed to be known.
const viaPlacement = "placement"

// placementItem is the time one item of the test takes, for the minutes shown:
// eight to ten of them stay below six minutes (issue 3).
const placementItem = 36 * time.Second

// PlacementTest is "skip what I know": a few things to do for one course. The
// nonce fixes the order of the parts. Result is set when the test was taken on
// this version of the course; it is taken once.
type PlacementTest struct {
	CourseKey string           `json:"course_key"`
	Minutes   int              `json:"minutes"`
	Nonce     string           `json:"nonce"`
	Questions []PlacementItem  `json:"questions"`
	Result    *PlacementResult `json:"result"`
}

// PlacementItem is a question of the test with the key to answer it by.
type PlacementItem struct {
	Key      string       `json:"key"`
	Question QuestionView `json:"question"`
}

// PlacementAnswers is the whole test, answered. ID is made by the client: a
// repeat answers as the first did. A question left out counts as not known.
type PlacementAnswers struct {
	ID        models.ID
	CourseKey string
	Nonce     string
	Answers   []PlacementAnswer
}

// PlacementAnswer is the response to one question of the test.
type PlacementAnswer struct {
	QuestionKey string
	Response    Response
}

// PlacementResult says which lessons need not be read. It tells no answer: the
// lessons do.
type PlacementResult struct {
	Right   int               `json:"right"`
	Total   int               `json:"total"`
	Lessons []PlacementLesson `json:"lessons"`
	TakenAt time.Time         `json:"taken_at"`
}

// PlacementLesson is a lesson of the course after the test.
type PlacementLesson struct {
	Key     string `json:"key"`
	Title   string `json:"title"`
	TitleEN string `json:"title_en"`
	Skipped bool   `json:"skipped"`
}

// Placement answers the test of a course, or its result once it was taken.
// Errors: NotFound for a course without a test; Closed while a quiz of the
// course is open.
func (l *Learning) Placement(ctx context.Context, actor models.Actor, courseKey string) (PlacementTest, error) {
	person, c, err := l.placeable(ctx, actor, courseKey)
	if err != nil {
		return PlacementTest{}, err
	}
	t := PlacementTest{CourseKey: c.Key, Questions: []PlacementItem{}}
	if t.Result, err = placementOf(l.db.Read(ctx), person, c); err != nil || t.Result != nil {
		return t, err
	}
	var b [12]byte
	if _, err := crand.Read(b[:]); err != nil {
		return t, err
	}
	t.Nonce = hex.EncodeToString(b[:]) + "." + c.Hash[:min(16, len(c.Hash))]
	for i, q := range placementItems(c) {
		t.Questions = append(t.Questions, PlacementItem{Key: q.Key, Question: l.dealt(person, t.Nonce, q).view(i + 1)})
	}
	t.Minutes = int((time.Duration(len(t.Questions))*placementItem + time.Minute - 1) / time.Minute)
	return t, nil
}

func (l *Learning) placeable(ctx context.Context, actor models.Actor, courseKey string) (models.ID, *course, error) {
	person, err := learner(actor)
	if err != nil {
		return person, nil, err
	}
	c, err := l.courseFor(ctx, actor, courseKey)
	if err != nil {
		return person, nil, err
	}
	if len(placementItems(c)) == 0 {
		return person, nil, models.NotFound()
	}
	open, err := l.liveAttempt(ctx, person, courseKey)
	if err == nil && open != nil {
		err = models.Fail(models.KindClosed, "closed").With("attempt_id", open.ID.String())
	}
	return person, c, err
}

// placementItems are the placement questions of a course, in its order.
func placementItems(c *course) []*curriculum.Question {
	var list []*curriculum.Question
	for i := range c.Questions {
		if q := &c.Questions[i]; q.Use == "placement" {
			list = append(list, q)
		}
	}
	return list
}

// placementOf reads the result of a person's test on this version.
func placementOf(tx *gorm.DB, person models.ID, c *course) (*PlacementResult, error) {
	var docs []string
	err := tx.Raw("SELECT result FROM placements WHERE person_id = ? AND course_key = ? AND course_hash = ?", person, c.Key, c.Hash).Scan(&docs).Error
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	r := &PlacementResult{}
	return r, json.Unmarshal([]byte(docs[0]), r)
}

// TakePlacement grades a test and marks the lessons that it shows to be known:
// those whose questions are all right. The quiz still proves the skill. Errors:
// as for Placement; Invalid below "body.answers"; Conflict "out_of_date" when
// the course was published anew meanwhile; Conflict "placement_taken".
func (l *Learning) TakePlacement(ctx context.Context, actor models.Actor, a PlacementAnswers) (PlacementResult, error) {
	if a.ID.IsZero() {
		return PlacementResult{}, models.InvalidField("body.id", "required")
	}
	person, c, err := l.placeable(ctx, actor, a.CourseKey)
	if err != nil {
		return PlacementResult{}, err
	}
	if len(a.Nonce) > 80 || !strings.HasSuffix(a.Nonce, "."+c.Hash[:min(16, len(c.Hash))]) {
		return PlacementResult{}, models.Conflict("out_of_date")
	}
	result, stored, err := l.gradePlacement(person, c, a)
	if err != nil {
		return PlacementResult{}, err
	}
	answers, err := json.Marshal(stored)
	if err != nil {
		return PlacementResult{}, err
	}
	doc, err := json.Marshal(result)
	if err != nil {
		return PlacementResult{}, err
	}
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec(`INSERT INTO placements (id, person_id, course_key, course_hash, nonce, answers, result, taken_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			a.ID, person, c.Key, c.Hash, a.Nonce, string(answers), string(doc), result.TakenAt).Error
		if err != nil {
			return err
		}
		return l.skipLessons(ctx, tx, person, c, result, result.TakenAt)
	})
	if !store.IsDuplicate(err) {
		return result, err
	}
	var old []struct{ Answers, Result string }
	err = l.db.Read(ctx).Raw("SELECT answers, result FROM placements WHERE id = ? AND person_id = ?", a.ID, person).Scan(&old).Error
	if err != nil {
		return PlacementResult{}, err
	}
	if len(old) == 0 || old[0].Answers != string(answers) {
		return PlacementResult{}, models.Conflict("placement_taken")
	}
	return result, json.Unmarshal([]byte(old[0].Result), &result)
}

// gradePlacement grades the test; stored holds the canonical response of each
// question by its key.
func (l *Learning) gradePlacement(person models.ID, c *course, a PlacementAnswers) (PlacementResult, map[string]string, error) {
	given := map[string]Response{}
	for i, x := range a.Answers {
		q := c.byKey[x.QuestionKey]
		if q == nil || q.Use != "placement" {
			return PlacementResult{}, nil, models.InvalidField("body.answers["+itoa(i)+"].question_key", "not_in_test")
		}
		if _, twice := given[x.QuestionKey]; twice {
			return PlacementResult{}, nil, models.InvalidField("body.answers["+itoa(i)+"].question_key", "twice")
		}
		given[x.QuestionKey] = x.Response
	}
	m := placementMarks{stored: map[string]string{}, missed: map[string]bool{}, asked: map[string]bool{}}
	for _, q := range placementItems(c) {
		s := l.dealt(person, a.Nonce, q)
		text, err := s.canonical(given[q.Key])
		if err != nil {
			return PlacementResult{}, nil, err
		}
		m.note(s, given[q.Key], text)
	}
	return m.result(c, l.clock.Now()), m.stored, nil
}

// placementMarks counts while a test is graded: the canonical responses by
// question key, and the lessons that were asked for and missed.
type placementMarks struct {
	right, total  int
	stored        map[string]string
	missed, asked map[string]bool
}

func (m *placementMarks) note(s shown, response Response, text string) {
	m.stored[s.q.Key] = text
	m.total++
	m.asked[s.q.Lesson] = true
	if !response.Empty() && s.grade(response) == full {
		m.right++
	} else {
		m.missed[s.q.Lesson] = true
	}
}

func (m *placementMarks) result(c *course, at time.Time) PlacementResult {
	r := PlacementResult{Right: m.right, Total: m.total, Lessons: []PlacementLesson{}, TakenAt: at}
	for i := range c.Lessons {
		lesson := &c.Lessons[i]
		r.Lessons = append(r.Lessons, PlacementLesson{Key: lesson.Key, Title: lesson.Title, TitleEN: lesson.TitleEN,
			Skipped: m.asked[lesson.Key] && !m.missed[lesson.Key]})
	}
	return r
}

// skipLessons marks lessons as done without having been read. A lesson that was
// begun keeps its place; one that is done stays as it is.
func (l *Learning) skipLessons(ctx context.Context, tx *gorm.DB, person models.ID, c *course, r PlacementResult, now time.Time) error {
	before, err := progressOf(tx, person)
	if err != nil {
		return err
	}
	skipped := false
	for _, x := range r.Lessons {
		if !x.Skipped {
			continue
		}
		at := slices.IndexFunc(before, func(p LessonProgress) bool { return p.CourseKey == c.Key && p.LessonKey == x.Key })
		switch {
		case at < 0:
			err = retryDuplicate(tx.Exec(`INSERT INTO lesson_progress (person_id, course_key, lesson_key, lesson_hash, seq, card_index, done_at, updated_at, via)
				VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?)`, person, c.Key, x.Key, c.lessons[x.Key].Hash, r.TakenAt, r.TakenAt, viaPlacement).Error)
		case before[at].DoneAt == nil:
			err = store.One(tx.Exec(`UPDATE lesson_progress SET done_at = ?, updated_at = ?, via = ? WHERE person_id = ? AND course_key = ?
				AND lesson_key = ? AND done_at IS NULL`, r.TakenAt, r.TakenAt, viaPlacement, person, c.Key, x.Key), store.ErrRetry)
		default:
			continue
		}
		if err != nil {
			return err
		}
		skipped = true
	}
	if !skipped {
		return nil
	}
	return l.awardAfterLesson(ctx, tx, person, c, now)
}
