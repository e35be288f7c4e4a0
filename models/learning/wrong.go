package learning

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// maxGiven is the width of the column for a wrong try.
const maxGiven = 2400

// givenTry is a wrong try as it was shown and answered.
type givenTry struct {
	item
	Response Response `json:"r"`
}

// given keeps a wrong try for the teacher: nil for a right one, which needs no
// help, and for one that is too long for its column.
func (s shown) given(r Response, score int) (*string, error) {
	if score == full {
		return nil, nil
	}
	text, err := json.Marshal(givenTry{item: s.item, Response: r})
	if err != nil || len(text) > maxGiven {
		return nil, err
	}
	out := string(text)
	return &out, nil
}

// WrongAnswer is a practice question at which a pupil went wrong in a lesson:
// the last wrong try, exactly, and what would have been right.
type WrongAnswer struct {
	CourseKey string       `json:"course_key"`
	Misses    int          `json:"misses"`
	Mended    bool         `json:"mended"` // answered rightly later in the lesson
	At        time.Time    `json:"at"`
	Question  QuestionView `json:"question"`
	Response  Response     `json:"response"`
	Feedback  []Feedback   `json:"feedback"`
	Key       Response     `json:"key"`
	Explain   string       `json:"explain"`
}

// QuizGlance is a quiz of the lesson as its teacher may see it: while it is
// open which questions have an answer; the answers, marks and keys only once
// the release rules show them to the pupil as well.
type QuizGlance struct {
	AttemptID  models.ID    `json:"attempt_id"`
	CourseKey  string       `json:"course_key"`
	State      string       `json:"state"`
	Paused     bool         `json:"paused"`
	StartedAt  time.Time    `json:"started_at"`
	DeadlineAt time.Time    `json:"deadline_at"`
	Answered   []bool       `json:"answered"` // by slot
	Alerts     []Alert      `json:"alerts"`
	Released   bool         `json:"released"`
	Wrong      []ResultItem `json:"wrong"` // empty until Released
}

// PupilGlance is what a click on a card of the monitor shows.
type PupilGlance struct {
	PersonID models.ID     `json:"person_id"`
	Name     string        `json:"name"`
	Wrong    []WrongAnswer `json:"wrong"` // the latest first
	Quizzes  []QuizGlance  `json:"quizzes"`
}

// PupilGlance answers one pupil of a session. Out of reach, or a pupil who has
// not joined, is NotFound.
func (l *Learning) PupilGlance(ctx context.Context, actor models.Actor, id, person models.ID) (PupilGlance, error) {
	db := l.db.Read(ctx)
	s, err := sessionFor(db, actor, models.ActRunSession, id)
	if err != nil {
		return PupilGlance{}, err
	}
	var names []string
	err = db.Raw("SELECT p.full_name FROM session_participants j JOIN persons p ON p.id = j.person_id WHERE j.session_id = ? AND j.person_id = ?", id, person).Scan(&names).Error
	if err != nil {
		return PupilGlance{}, err
	}
	if len(names) == 0 {
		return PupilGlance{}, models.NotFound()
	}
	g := PupilGlance{PersonID: person, Name: names[0]}
	if g.Wrong, err = l.wrongAnswers(ctx, db, s, person); err != nil {
		return g, err
	}
	g.Quizzes, err = l.glances(ctx, db, s, person)
	return g, err
}

// wrongAnswers reads the wrong tries of a lesson, the last of each question.
func (l *Learning) wrongAnswers(ctx context.Context, db *gorm.DB, s sessionRow, person models.ID) ([]WrongAnswer, error) {
	var rows []struct {
		CourseKey, QuestionHash string
		Score                   int
		AnsweredAt              time.Time
		Given                   *string
	}
	err := db.Raw(`SELECT course_key, question_hash, score, answered_at, given FROM practice_answers
		WHERE person_id = ? AND answered_at >= ? AND answered_at <= ? ORDER BY answered_at DESC, miss DESC, score DESC LIMIT 500`, person, s.OpenedAt, s.ClosesAt).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	list := []WrongAnswer{}
	at := map[string]int{}
	mended := map[string]bool{}
	for _, r := range rows {
		i, known := at[r.QuestionHash]
		switch {
		case r.Score == full:
			mended[r.QuestionHash] = mended[r.QuestionHash] || !known
		case known:
			list[i].Misses++
		case r.Given != nil:
			w, err := l.wrongAnswer(ctx, r.CourseKey, r.QuestionHash, *r.Given)
			if models.KindOf(err) == models.KindNotFound {
				continue // published anew since, and nobody keeps the old version at hand
			}
			if err != nil {
				return nil, err
			}
			w.At, w.Misses, w.Mended = r.AnsweredAt.UTC(), 1, mended[r.QuestionHash]
			at[r.QuestionHash] = len(list)
			list = append(list, w)
		}
	}
	return list, nil
}

// wrongAnswer shows one wrong try again. NotFound when its question is not to
// be found any more.
func (l *Learning) wrongAnswer(ctx context.Context, courseKey, hash, given string) (WrongAnswer, error) {
	q, err := l.questionVersion(ctx, courseKey, hash)
	if err != nil {
		return WrongAnswer{}, err
	}
	var t givenTry
	if err := json.Unmarshal([]byte(given), &t); err != nil {
		return WrongAnswer{}, err
	}
	s := shown{item: t.item, q: q}
	if !s.fits() {
		return WrongAnswer{}, models.NotFound()
	}
	return WrongAnswer{CourseKey: courseKey, Question: s.view(0), Response: t.Response, Feedback: s.feedback(t.Response, true), Key: s.key(), Explain: q.Explain}, nil
}

func (l *Learning) glances(ctx context.Context, db *gorm.DB, s sessionRow, person models.ID) ([]QuizGlance, error) {
	var rows []struct {
		ID         models.ID
		State      string
		Slots      int
		Result     *string
		PausedAt   *time.Time
		DeadlineAt time.Time
	}
	err := db.Raw("SELECT id, state, slots, result, paused_at, deadline_at FROM attempts WHERE session_id = ? AND person_id = ? ORDER BY started_at DESC, id DESC", s.ID, person).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	list := []QuizGlance{}
	for _, r := range rows {
		f, err := l.anyAttempt(ctx, r.ID)
		if err == nil {
			f, err = l.whole(ctx, f, r.Slots)
		}
		if err != nil {
			return nil, err
		}
		g := QuizGlance{AttemptID: r.ID, CourseKey: f.CourseKey, State: r.State, Paused: r.PausedAt != nil, StartedAt: f.StartedAt,
			DeadlineAt: r.DeadlineAt.UTC(), Answered: make([]bool, len(f.items)), Alerts: []Alert{}, Wrong: []ResultItem{}}
		log, err := savedAnswers(db, r.ID)
		if err != nil {
			return nil, err
		}
		for i, x := range latestBySlot(len(f.items), log) {
			g.Answered[i] = x != nil && !decode(x.Response).Empty()
		}
		alerts, err := alertRows(db.Raw(alertSelect+"q.attempt_id = ? ORDER BY q.number", r.ID))
		if err != nil {
			return nil, err
		}
		for _, q := range alerts {
			a := q.alert(l.clock.Now())
			if err := l.addSpare(ctx, q, &a); err != nil {
				return nil, err
			}
			g.Alerts = append(g.Alerts, a)
		}
		if r.State != stateOpen && r.Result != nil {
			if err := l.showReleased(db, f, *r.Result, &g); err != nil {
				return nil, err
			}
		}
		list = append(list, g)
	}
	return list, nil
}

// showReleased adds the wrong items of an ended quiz once its pupil may see
// them: no copy of the keys is in the room before.
func (l *Learning) showReleased(db *gorm.DB, f *frozen, result string, g *QuizGlance) (err error) {
	if g.Released, _, err = l.released(db, f); err != nil || !g.Released {
		return err
	}
	var slots []slotResult
	if err := json.Unmarshal([]byte(result), &slots); err != nil {
		return err
	}
	items, err := f.released(db, slots)
	for _, it := range items {
		if it.Percent < 100 && !it.Out {
			g.Wrong = append(g.Wrong, it)
		}
	}
	return err
}
