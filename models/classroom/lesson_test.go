package classroom_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/seeds"
)

func encode(r *classroom.Receipt) []byte {
	raw, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return raw
}

// side is where a lesson is held: the laptop, or the server itself.
type side struct {
	w       *world
	house   *seeds.House
	db      *store.DB
	class   models.ID
	teacher models.Actor
	pupils  []seeds.Pupil
	session learning.Session
	items   map[string]string // of the laptop's quizzes, for the twin to be asked the same
	draws   bool              // this side draws the questions
	fresh   func() *learning.Learning
}

func (w *world) onLaptop() *side {
	return &side{w: w, house: w.laptop.house, db: w.laptop.db, class: w.classA, teacher: w.teacher, pupils: w.pupilsA, items: map[string]string{}, draws: true}
}

func (w *world) onServer(twin *side) *side {
	return &side{w: w, house: w.house, db: w.house.DB, class: w.classB, teacher: w.other, pupils: w.pupilsB, items: twin.items,
		fresh: func() *learning.Learning { return learning.New(w.house.DB, learning.Options{}) }}
}

func (s *side) id() models.ID { return models.NewID(s.w.clock.Now()) }

func (s *side) open() {
	var err error
	s.session, err = s.house.Learning.OpenSession(ctx, s.teacher, learning.NewSession{ID: s.id(), ClassID: s.class, Minutes: 90})
	require.NoError(s.w.t, err)
}

func (s *side) join(i int) {
	_, err := s.house.Learning.JoinSession(ctx, s.pupils[i].Actor(), s.session.Code)
	require.NoError(s.w.t, err)
}

func (s *side) end() {
	_, err := s.house.Learning.CloseSession(ctx, s.teacher, s.session.ID)
	require.NoError(s.w.t, err)
}

// lesson reads one lesson of a course to the end.
func (s *side) lesson(i int, course string, n int, seq int64) {
	c, ok := s.house.Catalog.Course(course)
	require.True(s.w.t, ok)
	l := c.Lessons[n%len(c.Lessons)]
	_, err := s.house.Learning.PutProgress(ctx, s.pupils[i].Actor(), course, l.Key, learning.Progress{Seq: seq, CardIndex: len(l.Cards) - 1, Done: true})
	require.NoError(s.w.t, err)
}

func (s *side) lessons(i int, course string) {
	c, _ := s.house.Catalog.Course(course)
	for n := range c.Lessons {
		s.lesson(i, course, n, int64(n+1))
	}
}

// start begins a quiz. The twin gets the questions that the laptop drew, so
// that both are asked the same.
func (s *side) start(name string, i int, course string) learning.Attempt {
	lern := s.house.Learning
	a, err := lern.StartAttempt(ctx, s.pupils[i].Actor(), learning.NewAttempt{ID: s.id(), CourseKey: course, SessionID: s.session.ID})
	require.NoError(s.w.t, err)
	if s.draws {
		var items string
		require.NoError(s.w.t, s.db.Read(ctx).Raw("SELECT items FROM attempts WHERE id = ?", a.ID).Scan(&items).Error)
		s.items[name] = items
		return a
	}
	require.NoError(s.w.t, s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE attempts SET items = ? WHERE id = ?", s.items[name], a.ID).Error
	}))
	s.house.Learning = s.fresh() // the old one remembers its own draw
	a, err = s.house.Learning.Attempt(ctx, s.pupils[i].Actor(), a.ID)
	require.NoError(s.w.t, err)
	return a
}

// answer gives the first n slots of a quiz, wrong ones first.
func (s *side) answer(i int, a learning.Attempt, wrong int, device time.Duration) {
	key := seeds.Oracle(s.house.Catalog)[a.CourseKey]
	list := make([]learning.Answer, len(a.Items))
	for k, item := range a.Items {
		list[k] = learning.Answer{Seq: a.LastSeq + 1 + k, Slot: item.Slot, Response: seeds.Respond(item, key[item.QuestionKey], k >= wrong),
			ClientAt: s.w.clock.Now().Add(device)}
	}
	report, err := s.house.Learning.SaveAnswers(ctx, s.pupils[i].Actor(), a.ID, list)
	require.NoError(s.w.t, err)
	require.Len(s.w.t, report.Acked, len(list))
}

func (s *side) submit(i int, a learning.Attempt) {
	_, err := s.house.Learning.Submit(ctx, s.pupils[i].Actor(), a.ID)
	require.NoError(s.w.t, err)
}

func (s *side) quiz(name string, i int, course string, wrong int) learning.Attempt {
	a := s.start(name, i, course)
	s.answer(i, a, wrong, 0)
	s.submit(i, a)
	return a
}

// practise tries the n-th practice question of a course.
func (s *side) practise(i int, course string, n int, right bool) {
	c, _ := s.house.Catalog.Course(course)
	for k := range c.Questions {
		q := c.Questions[(n+k)%len(c.Questions)]
		if q.Use != "practice" {
			continue
		}
		view, err := s.house.Learning.PracticeQuestion(ctx, s.pupils[i].Actor(), course, q.Key)
		if models.KindOf(err) == models.KindClosed {
			return // a quiz of the course is open, on both sides
		}
		require.NoError(s.w.t, err)
		response := seeds.Respond(view.Question, seeds.Oracle(s.house.Catalog)[course][q.Key], right)
		_, err = s.house.Learning.PracticeAnswer(ctx, s.pupils[i].Actor(), learning.PracticeAnswer{ID: s.id(), CourseKey: course, QuestionKey: q.Key,
			Nonce: view.Nonce, Response: response})
		require.NoError(s.w.t, err)
		return
	}
}

// play plays an example of the course's first scenario.
func (s *side) play(i int, course string, fail bool, pace int) {
	c, _ := s.house.Catalog.Course(course)
	if !s.draws {
		pace += 500_000 // the twin did the same at another pace
	}
	_, err := s.house.Play(ctx, s.pupils[i], course, c.Scenarios[0].Key, "assisted", fail, pace)
	require.NoError(s.w.t, err)
}

// picture is everything that must come out the same, without the ids that the
// two classes cannot share.
func (w *world) picture(class models.ID, pupils []seeds.Pupil, from time.Time) map[string][]string {
	out := map[string][]string{}
	rows := func(name, sql string, args ...any) {
		r, err := w.house.DB.Read(ctx).Raw(sql, args...).Rows()
		require.NoError(w.t, err)
		defer r.Close()
		columns, _ := r.Columns()
		for r.Next() {
			cells, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			require.NoError(w.t, r.Scan(into...))
			line := ""
			for i, c := range cells {
				if raw, ok := c.([]byte); ok {
					c = string(raw)
				}
				line += fmt.Sprintf("%s=%v ", columns[i], c)
			}
			out[name] = append(out[name], line)
		}
	}
	rows("sessions", "SELECT course_key, opened_at, closes_at, closed_at, released_at FROM lesson_sessions WHERE class_id = ? AND opened_at > ? ORDER BY opened_at", class, from)
	for i, p := range pupils {
		name := func(what string) string { return fmt.Sprintf("%s of pupil %d", what, i) }
		rows(name("attempts"), `SELECT course_key, course_hash, items, slots, state, closed_by, score, passed, result, started_at, deadline_at, submitted_at,
			CASE WHEN session_id IS NULL THEN 0 ELSE 1 END AS counts, late_at, settled_at FROM attempts WHERE person_id = ? AND started_at > ? ORDER BY started_at, course_key`, p.Person, from)
		rows(name("answers"), `SELECT a.started_at, a.course_key, x.seq, x.slot, x.response, x.client_at FROM answers x JOIN attempts a ON a.id = x.attempt_id
			WHERE a.person_id = ? AND a.started_at > ? ORDER BY a.started_at, a.course_key, x.seq`, p.Person, from)
		rows(name("passes"), `SELECT p.skill, p.seq, p.rule_version, p.score, a.started_at FROM skill_passes p LEFT JOIN attempts a ON a.id = p.attempt_id
			WHERE p.person_id = ? ORDER BY p.seq`, p.Person)
		rows(name("certificates"), "SELECT state, live, rule_version FROM certificates WHERE person_id = ?", p.Person)
		rows(name("progress"), "SELECT course_key, lesson_key, lesson_hash, seq, card_index, done_at, via FROM lesson_progress WHERE person_id = ? ORDER BY course_key, lesson_key", p.Person)
		rows(name("practice"), "SELECT course_key, question_hash, miss, score, answered_at FROM practice_answers WHERE person_id = ? ORDER BY answered_at, miss, score", p.Person)
		rows(name("runs"), "SELECT course_key, scenario_key, mode, passed, finished_at FROM scenario_runs WHERE person_id = ? ORDER BY finished_at", p.Person)
		rows(name("reports"), "SELECT course_key, question_key, question_hash, reason, note FROM question_reports WHERE person_id = ? ORDER BY question_hash", p.Person)
		rows(name("joined"), "SELECT j.joined_at FROM session_participants j WHERE j.person_id = ? AND j.joined_at > ? ORDER BY j.joined_at", p.Person, from)
		rows(name("household"), `SELECT h.known, h.covered FROM households h JOIN household_links l ON l.household_id = h.id WHERE l.person_id = ?`, p.Person)
		rows(name("ledger"), `SELECT g.seq, g.d_households, g.d_known, g.d_covered, g.cause FROM coverage_ledger g JOIN household_links l ON l.household_id = g.subject_id
			WHERE l.person_id = ? ORDER BY g.seq`, p.Person)
	}
	return out
}
