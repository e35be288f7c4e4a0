package learning

import (
	"context"
	"crypto/sha256"
	"math/rand/v2"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/place"
)

// reteachCards is how many questions a class goes through again: five cards of
// three minutes are a third of a period.
const reteachCards = 5

// ProjectedQuestion is a question for the wall, with everything that the
// teacher may reveal. Key is in the keys of the question as shown.
type ProjectedQuestion struct {
	Question      QuestionView `json:"question"`
	Key           Response     `json:"key"`
	Hints         []string     `json:"hints"`
	Explain       string       `json:"explain"`
	WorkedExample string       `json:"worked_example"`
}

// projected shuffles a question by its hash alone: the same order on every
// wall and after every reload, and never the order of the content.
func projected(q *curriculum.Question) ProjectedQuestion {
	rng := rand.New(rand.NewChaCha8(sha256.Sum256([]byte("wall " + q.Hash))))
	s := shown{item: deal(q, rng), q: q}
	return ProjectedQuestion{Question: s.view(0), Key: s.key(), Hints: orEmpty(q.Hints), Explain: q.Explain, WorkedExample: q.WorkedExample}
}

// ProjectedLesson is a lesson for the wall. Waiting says why its questions are
// left out: quiz_open while somebody of the actor's classes takes a quiz of
// the course; empty when they are there.
type ProjectedLesson struct {
	Lesson    *LessonView         `json:"lesson"`
	Questions []ProjectedQuestion `json:"questions"`
	Waiting   string              `json:"waiting"`
}

// ProjectLesson answers the cards and practice questions of a lesson with
// their answers, for teachers. NotFound for an unknown course or lesson.
func (l *Learning) ProjectLesson(ctx context.Context, actor models.Actor, courseKey, lessonKey string) (ProjectedLesson, error) {
	reach, err := models.Allow(actor, models.ActReadClass)
	if err != nil {
		return ProjectedLesson{}, err
	}
	c, err := l.courseFor(ctx, actor, courseKey)
	if err != nil {
		return ProjectedLesson{}, err
	}
	view := c.view[lessonKey]
	if view == nil {
		return ProjectedLesson{}, models.NotFound()
	}
	out := ProjectedLesson{Lesson: view, Questions: []ProjectedQuestion{}}
	where, args := place.ClassFilter(reach, "c.id")
	var open int
	err = l.db.Read(ctx).Raw(`SELECT COUNT(*) FROM attempts a JOIN enrolments e ON e.person_id = a.person_id AND e.live = 1
		JOIN school_classes c ON c.id = e.class_id WHERE a.course_key = ? AND a.live = 1 AND `+where, append([]any{courseKey}, args...)...).Scan(&open).Error
	if err != nil {
		return ProjectedLesson{}, err
	}
	if open > 0 {
		out.Waiting = "quiz_open"
		return out, nil
	}
	for _, key := range view.Practice {
		if q := c.byKey[key]; q != nil && q.Practised() {
			out.Questions = append(out.Questions, projected(q))
		}
	}
	return out, nil
}

// ReteachCard is one question to go through again: what most got wrong and
// why, how it is done, and a like question to try at once.
type ReteachCard struct {
	CourseKey   string             `json:"course_key"`
	CourseTitle string             `json:"course_title"`
	N           int                `json:"n"`
	Missed      int                `json:"missed"`
	Wrong       *WrongChoice       `json:"wrong"`
	Question    ProjectedQuestion  `json:"question"`
	Twin        *ProjectedQuestion `json:"twin"`
}

// Reteach are the cards of a class or of one of its sessions.
type Reteach struct {
	ClassID   models.ID       `json:"class_id"`
	ClassName string          `json:"class_name"`
	Attempts  int             `json:"attempts"`
	Pupils    int             `json:"pupils"`
	Cards     []ReteachCard   `json:"cards"`
	Waiting   []WaitingCourse `json:"waiting"`
}

// Reteach answers the five most-missed questions of a class, or of one of its
// sessions, ready for the wall. Questions of a course whose keys may not be
// shown yet are left out, and the course is named with the reason. Out of reach
// is NotFound.
func (l *Learning) Reteach(ctx context.Context, actor models.Actor, classID, session models.ID) (Reteach, error) {
	list, err := l.ClassItems(ctx, actor, classID, session)
	if err != nil {
		return Reteach{}, err
	}
	out := Reteach{ClassID: list.ClassID, ClassName: list.ClassName, Attempts: list.Attempts, Pupils: list.Pupils,
		Cards: []ReteachCard{}, Waiting: list.Waiting}
	waiting := map[string]bool{}
	for _, w := range list.Waiting {
		waiting[w.CourseKey] = true
	}
	for _, it := range list.Items {
		if it.Missed == 0 || waiting[it.CourseKey] || len(out.Cards) == reteachCards {
			continue
		}
		c, err := l.catalog.byKey(ctx, it.CourseKey)
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return Reteach{}, err
		}
		if c == nil || c.byHash[it.QuestionHash] == nil {
			continue // mended or withdrawn since: the key of this version may be wrong
		}
		card := ReteachCard{CourseKey: it.CourseKey, CourseTitle: it.CourseTitle, N: it.N, Missed: it.Missed, Wrong: it.Wrong, Question: projected(it.q.q), Twin: twinOf(c, it.q.q)}
		out.Cards = append(out.Cards, card)
	}
	return out, nil
}

// twinOf is the question that the content names as the one to try next, or
// else another practice question of the same objective and kind; nil: none.
func twinOf(c *course, q *curriculum.Question) *ProjectedQuestion {
	twin := c.byKey[q.Twin]
	for i := range c.Questions {
		if twin != nil {
			break
		}
		if o := &c.Questions[i]; o.Practised() && o.Objective == q.Objective && o.Kind == q.Kind && o.Key != q.Key {
			twin = o
		}
	}
	if twin == nil || !twin.Practised() || twin.Hash == q.Hash {
		return nil
	}
	p := projected(twin)
	return &p
}
