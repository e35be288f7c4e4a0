package learning

import (
	"context"
	"crypto/hmac"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// From which miss on more help is given (reference/features.md S4).
const (
	hintFromMiss    = 2
	exampleFromMiss = 3
)

// PracticeQuestion is a question to try, in an order that its nonce fixes.
type PracticeQuestion struct {
	Nonce    string       `json:"nonce"`
	Question QuestionView `json:"question"`
}

// PracticeAnswer is one try. ID is made by the client: sending the same again
// answers as the first did and is recorded once.
type PracticeAnswer struct {
	ID          models.ID
	CourseKey   string
	QuestionKey string
	Nonce       string
	Response    Response
}

// PracticeReply says what was right, and helps more with every miss.
type PracticeReply struct {
	Correct       bool       `json:"correct"`
	Percent       int        `json:"percent"`
	Miss          int        `json:"miss"` // how many tries at this question went wrong so far, this one included
	Feedback      []Feedback `json:"feedback"`
	Hint          *string    `json:"hint"`           // from the second miss on
	WorkedExample *string    `json:"worked_example"` // from the third miss on
	Explain       *string    `json:"explain"`        // when right
	Twin          *string    `json:"twin"`           // key of a like question to go on with, from the third miss on
}

// PracticeQuestion answers a question to try. Errors: NotFound for an unknown
// question or one kept for the quiz; Closed while the actor has an attempt of
// the course open, because practice explains the answers.
func (l *Learning) PracticeQuestion(ctx context.Context, actor models.Actor, courseKey, questionKey string) (PracticeQuestion, error) {
	person, q, err := l.practice(ctx, actor, courseKey, questionKey)
	if err != nil {
		return PracticeQuestion{}, err
	}
	var b [12]byte
	if _, err := crand.Read(b[:]); err != nil {
		return PracticeQuestion{}, err
	}
	nonce := hex.EncodeToString(b[:]) + "." + q.Hash[:min(16, len(q.Hash))]
	s, err := l.inCourse(ctx, courseKey, l.dealt(person, nonce, q))
	return PracticeQuestion{Nonce: nonce, Question: s.view(0)}, err
}

func (l *Learning) practice(ctx context.Context, actor models.Actor, courseKey, questionKey string) (models.ID, *curriculum.Question, error) {
	person, err := learner(actor)
	if err != nil {
		return models.ID{}, nil, err
	}
	c, err := l.practisedCourse(ctx, person, courseKey)
	if err != nil {
		return models.ID{}, nil, err
	}
	q, ok := c.byKey[questionKey]
	if !ok || !q.Practised() {
		return models.ID{}, nil, models.NotFound()
	}
	open, err := l.liveAttempt(ctx, person, courseKey)
	if err != nil {
		return models.ID{}, nil, err
	}
	if open != nil {
		return models.ID{}, nil, models.Fail(models.KindClosed, "closed").With("attempt_id", open.ID.String())
	}
	return person, q, nil
}

// inCourse is speak for the current version of a course.
func (l *Learning) inCourse(ctx context.Context, courseKey string, s shown) (shown, error) {
	c, err := l.courseOrSet(ctx, courseKey)
	if err != nil {
		return s, err
	}
	return l.speak(ctx, c, s)
}

// dealt shuffles a question by a keyed hash of person, question and nonce, so
// that nothing needs to be stored and nobody can compute which key is which.
func (l *Learning) dealt(person models.ID, nonce string, q *curriculum.Question) shown {
	mac := hmac.New(sha256.New, l.secret)
	mac.Write(person[:])
	mac.Write([]byte(q.Hash + nonce))
	seed := [32]byte(mac.Sum(nil))
	return shown{item: deal(q, rand.New(rand.NewChaCha8(seed))), q: q}
}

// PracticeAnswer grades one try and helps. Errors: as for PracticeQuestion;
// Invalid below "body.response"; Conflict "out_of_date" when the question was
// published anew since it was fetched; Conflict "id_taken".
func (l *Learning) PracticeAnswer(ctx context.Context, actor models.Actor, a PracticeAnswer) (PracticeReply, error) {
	if a.ID.IsZero() {
		return PracticeReply{}, models.InvalidField("body.id", "required")
	}
	person, q, err := l.practice(ctx, actor, a.CourseKey, a.QuestionKey)
	if err != nil {
		return PracticeReply{}, err
	}
	if len(a.Nonce) > 80 || !strings.HasSuffix(a.Nonce, "."+q.Hash[:min(16, len(q.Hash))]) {
		return PracticeReply{}, models.Conflict("out_of_date")
	}
	s := l.dealt(person, a.Nonce, q)
	if _, err := s.canonical(a.Response); err != nil {
		return PracticeReply{}, err
	}
	score := s.grade(a.Response)
	miss, err := l.recordPractice(ctx, person, a, s, score)
	if err != nil {
		return PracticeReply{}, err
	}
	if s, err = l.inCourse(ctx, a.CourseKey, s); err != nil {
		return PracticeReply{}, err
	}
	reply := s.reply(a.Response, score, miss)
	if !reply.Correct && miss >= exampleFromMiss && !isSet(a.CourseKey) {
		c, err := l.catalog.byKey(ctx, a.CourseKey)
		if err != nil {
			return PracticeReply{}, err
		}
		reply.Twin = c.twin(q)
	}
	return reply, nil
}

// twin is the question that follows the worked example: the one that the author
// named, or the next practice question of the same objective.
func (c *course) twin(q *curriculum.Question) *string {
	if t, ok := c.byKey[q.Twin]; ok && t.Practised() {
		return &t.Key
	}
	at := slices.IndexFunc(c.Questions, func(x curriculum.Question) bool { return x.Key == q.Key })
	for i := 1; at >= 0 && i < len(c.Questions); i++ {
		t := &c.Questions[(at+i)%len(c.Questions)]
		if t.Objective == q.Objective && t.Use == q.Use && t.Practised() {
			return &t.Key
		}
	}
	return nil
}

// recordPractice writes the try once and answers how many have gone wrong. The
// server counts, so that a reload or a second device does not start over.
func (l *Learning) recordPractice(ctx context.Context, person models.ID, a PracticeAnswer, s shown, score int) (miss int, err error) {
	hash := s.q.Hash
	given, err := l.given(s, a.Response, score)
	if err != nil {
		return 0, err
	}
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		miss, err = insertTry(tx, tryRow{a.ID, person, a.CourseKey, hash, score, l.clock.Now(), given})
		return err
	})
	if !store.IsDuplicate(err) {
		return miss, err
	}
	var rows []struct{ Miss, Score int }
	err = l.db.Read(ctx).Raw("SELECT miss, score FROM practice_answers WHERE id = ? AND person_id = ? AND question_hash = ?",
		a.ID, person, hash).Scan(&rows).Error
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 || rows[0].Score != score {
		return 0, models.Conflict("id_taken")
	}
	return rows[0].Miss, nil
}

// given is a try as it is kept: a wrong one for the teacher and, away from
// home, every one, to be graded again there.
func (l *Learning) given(s shown, r Response, score int) (*string, error) {
	if !l.away {
		return s.given(r, score)
	}
	text, err := json.Marshal(givenTry{item: s.item, Response: r})
	out := string(text)
	return &out, err
}

// tryRow is one try at a practice question.
type tryRow struct {
	id, person      models.ID
	courseKey, hash string
	score           int
	at              time.Time
	given           *string
}

// insertTry writes a try and answers how many of the question have gone wrong.
func insertTry(tx *gorm.DB, r tryRow) (miss int, err error) {
	err = tx.Raw(`SELECT COUNT(*) FROM practice_answers WHERE person_id = ? AND course_key = ? AND question_hash = ? AND score < ?`,
		r.person, r.courseKey, r.hash, full).Scan(&miss).Error
	if err != nil {
		return 0, err
	}
	if r.score < full {
		miss++
	}
	return miss, tx.Exec(`INSERT INTO practice_answers (id, person_id, course_key, question_hash, miss, score, answered_at, given)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, r.id, r.person, r.courseKey, r.hash, miss, r.score, r.at, r.given).Error
}

// reply chooses the help for a try. The right parts that were left out are
// named only once the pupil has them all.
func (s shown) reply(r Response, score, miss int) PracticeReply {
	q := s.q
	reply := PracticeReply{Correct: score == full, Percent: percent(score), Miss: miss, Feedback: s.feedback(r, false)}
	if reply.Correct {
		reply.Explain = &q.Explain
		return reply
	}
	if miss >= hintFromMiss && len(q.Hints) > 0 {
		hint := q.Hints[min(miss-hintFromMiss, len(q.Hints)-1)]
		reply.Hint = &hint
	}
	if miss >= exampleFromMiss {
		example := q.WorkedExample
		if example == "" {
			example = q.Explain
		}
		reply.WorkedExample = &example
	}
	return reply
}

// practised lists, in the order of the lesson, the practice questions that are
// there: content may name one kept for the quiz.
func practised(c *course, lesson *curriculum.Lesson) []string {
	return slices.DeleteFunc(slices.Clone(orEmpty(lesson.Practice)), func(k string) bool {
		q, ok := c.byKey[k]
		return !ok || !q.Practised()
	})
}
