package learning

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func (w *world) card(s Session, p models.Actor) LivePupil {
	w.t.Helper()
	board, err := w.l.Live(ctx, w.teacher, s.ID)
	require.NoError(w.t, err)
	for _, c := range board.Pupils {
		if c.PersonID == p.Person {
			return c
		}
	}
	w.t.Fatal("not on the board")
	return LivePupil{}
}

// tryAt answers a practice question of several right options and answers the reply.
func (w *world) tryAt(p models.Actor, key string, right bool) PracticeReply {
	w.t.Helper()
	q, err := w.l.PracticeQuestion(ctx, p, course1, key)
	require.NoError(w.t, err)
	c, err := w.l.catalog.byKey(ctx, course1)
	require.NoError(w.t, err)
	s := w.l.dealt(p.Person, q.Nonce, c.byKey[key])
	response := s.key()
	if !right {
		response = Response{Choices: []string{"1"}}
		if s.correctOptions()[0] {
			response.Choices = []string{"2"}
		}
		if s.grade(response) == full {
			w.t.Fatal("right by chance")
		}
	}
	reply, err := w.l.PracticeAnswer(ctx, p, PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: key, Nonce: q.Nonce, Response: response})
	require.NoError(w.t, err)
	return reply
}

// A pupil through a lesson, as the teacher sees it.
func TestLiveBoard(t *testing.T) {
	each(t, func(w *world) {
		p, absent := w.pupil(w.class), w.pupil(w.class)
		s := w.session(course1)
		assert.Equal(w.t, notIn, w.card(s, p).Status)
		_, err := w.l.JoinSession(ctx, p, s.Code)
		require.NoError(w.t, err)
		assert.Equal(w.t, isIn, w.card(s, p).Status)
		_, err = w.l.PutProgress(ctx, p, course1, "bai-1", Progress{Seq: 1, CardIndex: 1})
		require.NoError(w.t, err)
		c := w.card(s, p)
		assert.Equal(w.t, isWorking, c.Status)
		assert.Equal(w.t, Place{Kind: "lesson", CourseKey: course1, Title: "Bài 1", N: 2, Total: 3}, *c.Place)
		_, err = w.l.PutProgress(ctx, p, course1, "bai-1", Progress{Seq: 2, CardIndex: 3})
		require.NoError(w.t, err)
		assert.Equal(w.t, "practice", w.card(s, p).Place.Kind)
		for range 2 {
			w.tryAt(p, "q-01", false)
		}
		assert.Equal(w.t, isWorking, w.card(s, p).Status, "two misses are no call for help yet")
		w.tryAt(p, "q-01", false)
		c = w.card(s, p)
		assert.Equal(w.t, needsHelp, c.Status)
		assert.Equal(w.t, whyMisses, c.Why)
		w.clock.Add(2 * time.Second)
		require.NoError(w.t, w.l.Helped(ctx, w.teacher, s.ID, p.Person))
		assert.Equal(w.t, isWorking, w.card(s, p).Status)
		w.clock.Add(silentFor + time.Second)
		assert.Equal(w.t, isOffline, w.card(s, p).Status)
		_, err = w.l.Pulse(ctx, p, 4)
		require.NoError(w.t, err)
		_, err = w.l.pulses.flush(ctx)
		require.NoError(w.t, err)
		c = w.card(s, p)
		assert.Equal(w.t, isWorking, c.Status)
		assert.Equal(w.t, 4, c.Unsent)
		a := w.start(p, course1, s.ID)
		w.answer(p, a.ID, 7)
		c = w.card(s, p)
		assert.Equal(w.t, Place{Kind: "quiz", CourseKey: course1, Title: c.Place.Title, N: 7, Total: 10}, *c.Place)
		text, err := json.Marshal(c)
		require.NoError(w.t, err)
		for _, word := range []string{"score", "percent\"", "passed", "correct"} {
			assert.NotContains(w.t, string(text), "\""+word, "nothing of how well a quiz goes")
		}
		_, err = w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, isDone, w.card(s, p).Status)
		assert.Equal(w.t, notIn, w.card(s, absent).Status)

		_, err = w.l.Live(ctx, w.teacherOf(w.other), s.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.Live(ctx, p, s.ID)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

func TestLookAsksSixTimesHoweverManyPupils(t *testing.T) {
	each(t, func(w *world) {
		pupils := []models.Actor{w.pupil(w.class)}
		s := w.session(course1, pupils...)
		countStatements(t, w.db)
		asked := func() int64 {
			before := statements.Load()
			_, err := w.l.look(ctx, s.ID)
			require.NoError(w.t, err)
			return statements.Load() - before
		}
		asked()
		one := asked()
		for range 5 {
			p := w.pupil(w.class)
			_, err := w.l.JoinSession(ctx, p, s.Code)
			require.NoError(w.t, err)
			w.start(p, course1, s.ID)
		}
		assert.Equal(w.t, one, asked())
		assert.LessOrEqual(w.t, one, int64(6))
	})
}

func TestCalls(t *testing.T) {
	each(t, func(w *world) {
		p, q := w.pupil(w.class), w.pupil(w.class)
		s := w.session(course1, p)
		call := newID()
		for range 2 {
			require.NoError(w.t, w.l.CallTeacher(ctx, p, s.ID, call))
		}
		assert.Equal(w.t, whyCalled, w.card(s, p).Why)
		require.NoError(w.t, w.l.Helped(ctx, w.teacher, s.ID, p.Person))
		require.NoError(w.t, w.l.CallTeacher(ctx, p, s.ID, call), "the first request, arriving late")
		assert.Equal(w.t, isIn, w.card(s, p).Status)
		require.NoError(w.t, w.l.CallTeacher(ctx, p, s.ID, newID()))
		assert.Equal(w.t, needsHelp, w.card(s, p).Status)
		require.NoError(w.t, w.l.CallOff(ctx, p, s.ID))
		assert.Equal(w.t, isIn, w.card(s, p).Status)
		for name, err := range map[string]error{
			"not joined":      w.l.CallTeacher(ctx, q, s.ID, newID()),
			"another class":   w.l.Helped(ctx, w.teacherOf(w.other), s.ID, p.Person),
			"a foreign pupil": w.l.Helped(ctx, w.teacher, s.ID, q.Person),
		} {
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err), name)
		}
		_, err := w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, models.KindClosed, models.KindOf(w.l.CallTeacher(ctx, p, s.ID, newID())))
		lesson, err := w.l.Pulse(ctx, p, 0)
		require.NoError(w.t, err)
		assert.Nil(w.t, lesson.Session)
	})
}

// The teacher sees the wrong tries of practice as they were answered, and of a
// quiz nothing but which questions have an answer until results are out.
func TestPupilGlance(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session(course1, p)
		for range 3 {
			w.tryAt(p, "q-01", false)
		}
		w.tryAt(p, "q-01", true)
		a := w.start(p, course1, s.ID)
		w.answer(p, a.ID, 6)
		g, err := w.l.PupilGlance(ctx, w.teacher, s.ID, p.Person)
		require.NoError(w.t, err)
		require.Len(w.t, g.Wrong, 1)
		wrong := g.Wrong[0]
		assert.Equal(w.t, 3, wrong.Misses)
		assert.True(w.t, wrong.Mended)
		assert.Equal(w.t, "q-01", wrong.Question.QuestionKey)
		assert.NotEqual(w.t, wrong.Key, wrong.Response)
		assert.Len(w.t, wrong.Response.Choices, 1)
		require.Len(w.t, g.Quizzes, 1)
		assert.Equal(w.t, []bool{true, true, true, true, true, true, false, false, false, false}, g.Quizzes[0].Answered)
		open, err := json.Marshal(g.Quizzes)
		require.NoError(w.t, err)
		assert.NotContains(w.t, string(open), secretWord)
		assert.Empty(w.t, g.Quizzes[0].Wrong)
		_, err = w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		g, err = w.l.PupilGlance(ctx, w.teacher, s.ID, p.Person)
		require.NoError(w.t, err)
		assert.False(w.t, g.Quizzes[0].Released, "others still answer")
		assert.Empty(w.t, g.Quizzes[0].Wrong)
		_, err = w.l.Release(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		g, err = w.l.PupilGlance(ctx, w.teacher, s.ID, p.Person)
		require.NoError(w.t, err)
		assert.Len(w.t, g.Quizzes[0].Wrong, 4)

		_, err = w.l.PupilGlance(ctx, w.teacherOf(w.other), s.ID, p.Person)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.PupilGlance(ctx, w.teacher, s.ID, w.pupil(w.class).Person)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
	})
}

// The last signs of life are on disk before the database closes, and none is
// written after it.
func TestPulsesEndBeforeTheDatabase(t *testing.T) {
	each(t, func(w *world) {
		w.l.pulses.every = time.Hour // nothing but the end writes
		p := w.pupil(w.class)
		w.session(course1, p)
		_, err := w.l.Pulse(ctx, p, 3)
		require.NoError(w.t, err)
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM session_participants WHERE unsent = 3"))
		w.l.pulses.stop() // what Close calls first, see store.TestBeforeClose
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM session_participants WHERE unsent = 3"))
		_, err = w.l.Pulse(ctx, p, 4)
		require.NoError(w.t, err, "a request that is still being answered")
		w.l.pulses.stop()
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM session_participants WHERE unsent = 4"))
	})
}

// Many pulses become one commit of one statement a session.
func TestPulsesAreWrittenTogether(t *testing.T) {
	each(t, func(w *world) {
		w.l.pulses.every = time.Hour // nobody writes but the test
		var pupils []models.Actor
		for range 5 {
			pupils = append(pupils, w.pupil(w.class))
		}
		w.session(course1, pupils...)
		w.clock.Add(time.Minute)
		for range 3 {
			for _, p := range pupils {
				_, err := w.l.Pulse(ctx, p, 0)
				require.NoError(w.t, err)
			}
		}
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM session_participants WHERE seen_at IS NOT NULL"), "nothing is written by the pulse itself")
		countStatements(t, w.db)
		n, err := w.l.pulses.flush(ctx)
		require.NoError(w.t, err)
		assert.Equal(w.t, 5, n)
		assert.Equal(w.t, 5, w.count("SELECT COUNT(*) FROM session_participants WHERE seen_at = ?", w.clock.Now()))
		n, err = w.l.pulses.flush(ctx)
		require.NoError(w.t, err)
		assert.Zero(w.t, n)
	})
}
