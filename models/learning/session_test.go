package learning

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func TestOpenSession(t *testing.T) {
	each(t, func(w *world) {
		n := NewSession{ID: newID(), ClassID: w.class, CourseKey: course1, Minutes: 45}
		s, err := w.l.OpenSession(ctx, w.teacher, n)
		require.NoError(w.t, err)
		assert.Len(w.t, s.Code, 6)
		assert.Equal(w.t, "open", s.State)
		assert.Equal(w.t, course1, *s.CourseKey)
		assert.Equal(w.t, w.clock.Now().Add(45*time.Minute), s.ClosesAt)
		again, err := w.l.OpenSession(ctx, w.teacher, n)
		require.NoError(w.t, err)
		assert.Equal(w.t, s, again)

		_, err = w.l.OpenSession(ctx, w.teacher, NewSession{ID: newID(), ClassID: w.class, Minutes: 45})
		var e *models.Error
		require.ErrorAs(w.t, err, &e)
		assert.Equal(w.t, "session_open", e.Code)
		assert.Equal(w.t, s.ID.String(), e.Detail["id"])
		_, err = w.l.OpenSession(ctx, w.teacherOf(w.other), NewSession{ID: n.ID, ClassID: w.other, Minutes: 45})
		assert.Equal(w.t, "id_taken", models.CodeOf(err))

		// When its time is over the next lesson may begin, though nobody closed it.
		w.clock.Add(45 * time.Minute)
		next, err := w.l.OpenSession(ctx, w.teacher, NewSession{ID: newID(), ClassID: w.class, Minutes: 45})
		require.NoError(w.t, err)
		list, err := w.l.Sessions(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		require.Len(w.t, list, 2)
		assert.Equal(w.t, next, list[0])
		assert.Equal(w.t, "closed", list[1].State)
		assert.Equal(w.t, s.ClosesAt, list[1].ClosesAt)
	})
}

func TestOpenSessionRefusals(t *testing.T) {
	each(t, func(w *world) {
		good := NewSession{ID: newID(), ClassID: w.class, Minutes: 45}
		for name, c := range map[string]struct {
			actor  models.Actor
			change func(*NewSession)
			kind   models.Kind
		}{
			"no id":          {w.teacher, func(n *NewSession) { n.ID = models.ID{} }, models.KindInvalid},
			"too short":      {w.teacher, func(n *NewSession) { n.Minutes = 44 }, models.KindInvalid},
			"too long":       {w.teacher, func(n *NewSession) { n.Minutes = 241 }, models.KindInvalid},
			"unknown course": {w.teacher, func(n *NewSession) { n.CourseKey = "x" }, models.KindInvalid},
			"other class":    {w.teacher, func(n *NewSession) { n.ClassID = w.other }, models.KindNotFound},
			"no class":       {w.teacher, func(n *NewSession) { n.ClassID = newID() }, models.KindNotFound},
			"a pupil":        {w.pupil(w.class), func(*NewSession) {}, models.KindForbidden},
			"nobody":         {models.Actor{}, func(*NewSession) {}, models.KindUnauthenticated},
		} {
			n := good
			c.change(&n)
			_, err := w.l.OpenSession(ctx, c.actor, n)
			assert.Equal(w.t, c.kind, models.KindOf(err), name)
		}
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM lesson_sessions"))
	})
}

func TestOneOpenSessionUnderConcurrency(t *testing.T) {
	each(t, func(w *world) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]int{}
		for range 6 {
			wg.Go(func() {
				_, err := w.l.OpenSession(ctx, w.teacher, NewSession{ID: newID(), ClassID: w.class, Minutes: 45})
				mu.Lock()
				defer mu.Unlock()
				codes[models.CodeOf(err)]++
			})
		}
		wg.Wait()
		assert.Equal(w.t, map[string]int{"": 1, "session_open": 5}, codes)
	})
}

// A wrong code, a window that is over, another class's code: one and the same
// reply, so that nothing can be learnt by trying.
func TestJoinRefusalsAreAlike(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		theirs, err := w.l.OpenSession(ctx, w.teacherOf(w.other), NewSession{ID: newID(), ClassID: w.other, Minutes: 45})
		require.NoError(w.t, err)
		wrong := models.NewCode(sessionCode)
		nowhere := w.pupil(w.class)
		w.exec("UPDATE enrolments SET live = NULL WHERE person_id = ?", nowhere.Person)
		refuse := func(p models.Actor, code string) {
			_, err := w.l.JoinSession(ctx, p, code)
			assert.Equal(w.t, models.NotFound(), err, "%q", code)
		}
		for _, code := range []string{wrong, theirs.Code, "", "x", s.Code[:5], s.Code + "2", models.NewCode(9)} {
			refuse(p, code)
		}
		refuse(nowhere, s.Code)
		again, err := w.l.JoinSession(ctx, p, " "+strings.ToLower(s.Code[:3]+"-"+s.Code[3:]))
		require.NoError(w.t, err)
		assert.Equal(w.t, s.ID, again.ID)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM session_participants"))
		w.clock.Add(90 * time.Minute)
		refuse(p, s.Code)
		_, err = w.l.CloseExpired(ctx)
		require.NoError(w.t, err)
		refuse(p, s.Code)
		_, err = w.l.JoinSession(ctx, w.teacher, s.Code)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

func TestExtend(t *testing.T) {
	each(t, func(w *world) {
		s := w.session("")
		longer, err := w.l.Extend(ctx, w.teacher, s.ID, 150)
		require.NoError(w.t, err)
		assert.Equal(w.t, s.OpenedAt.Add(4*time.Hour), longer.ClosesAt)
		for _, m := range []int{0, -5, 1, 241} {
			_, err = w.l.Extend(ctx, w.teacher, s.ID, m)
			assert.Equal(w.t, models.KindInvalid, models.KindOf(err), "%d", m)
		}
		_, err = w.l.Extend(ctx, w.teacherOf(w.other), s.ID, 1)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		_, err = w.l.Extend(ctx, w.teacher, s.ID, 1)
		assert.Equal(w.t, models.KindClosed, models.KindOf(err))
	})
}

func TestClosingSubmitsWhatWasSaved(t *testing.T) {
	each(t, func(w *world) {
		a, b, c := w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)
		s := w.session("", a, b, c)
		w.lessons(a, course1)
		x, y := w.start(a, course1, s.ID), w.start(b, course1, s.ID)
		w.answer(a, x.ID, 9)
		w.answer(b, y.ID, 4)
		_, err := w.l.Submit(ctx, b, y.ID)
		require.NoError(w.t, err)
		d, err := w.l.SessionDetail(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		states := map[models.ID]Participant{}
		for _, p := range d.Participants {
			p.Name = ""
			states[p.PersonID] = p
		}
		assert.Equal(w.t, map[models.ID]Participant{
			a.Person: {PersonID: a.Person, State: "working", Answered: 9, Slots: 10},
			b.Person: {PersonID: b.Person, State: "done", Answered: 4, Slots: 10},
			c.Person: {PersonID: c.Person, State: "in"},
		}, states)

		w.clock.Add(time.Minute)
		closed, err := w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, "closed", closed.State)
		assert.Equal(w.t, w.clock.Now(), closed.ClosesAt)
		r, err := w.l.Result(ctx, a, x.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, 90, r.Percent)
		assert.NotNil(w.t, r.SkillPass, "what was saved counts")
		got, err := w.l.Attempt(ctx, a, x.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, stateClosed, got.State)
		again, err := w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, closed, again)
		_, err = w.l.CloseSession(ctx, w.teacherOf(w.other), s.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
	})
}

// The program dies between closing the session and submitting its attempts, or
// an attempt slips in while it closes: the background work ends both.
func TestCloseExpiredFinishesWhatACrashLeft(t *testing.T) {
	each(t, func(w *world) {
		a, b := w.pupil(w.class), w.pupil(w.class)
		s := w.session("", a, b)
		x, y := w.start(a, course1, s.ID), w.start(b, course1, s.ID)
		w.answer(a, x.ID, 5)
		w.answer(b, y.ID, 6)
		w.exec("UPDATE lesson_sessions SET closed_at = ?, closes_at = ?, live_code = NULL, live_class = NULL", w.clock.Now(), w.clock.Now())
		w.exec("UPDATE attempts SET deadline_at = ? WHERE id = ?", w.clock.Now(), x.ID) // y keeps the old deadline
		w.clock.Add(10 * time.Second)
		n, err := w.l.CloseExpired(ctx)
		require.NoError(w.t, err)
		assert.Equal(w.t, 2, n)
		assert.Equal(w.t, 0, w.count("SELECT COUNT(*) FROM attempts WHERE state = 'open' OR live = 1"))
	})
}

func TestCloseExpiredOnTwoMachines(t *testing.T) {
	each(t, func(w *world) {
		var pupils []models.Actor
		for range 6 {
			pupils = append(pupils, w.pupil(w.class))
		}
		s := w.session("", pupils...)
		for _, p := range pupils {
			w.lessons(p, course1)
			w.answer(p, w.start(p, course1, s.ID).ID, 10)
		}
		w.clock.Add(2 * time.Hour)
		var wg sync.WaitGroup
		for _, l := range []*Learning{w.l, New(w.db, Options{})} {
			wg.Go(func() {
				_, err := l.CloseExpired(ctx)
				assert.NoError(w.t, err)
			})
		}
		wg.Wait()
		assert.Equal(w.t, 6, w.count("SELECT COUNT(*) FROM skill_passes"))
		assert.Equal(w.t, 6, w.count("SELECT COUNT(*) FROM attempts WHERE state = 'closed' AND score = 10000"))
	})
}

func TestReleaseIsTheTeachers(t *testing.T) {
	each(t, func(w *world) {
		s := w.session("")
		_, err := w.l.Release(ctx, w.teacherOf(w.other), s.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		first, err := w.l.Release(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		w.clock.Add(time.Minute)
		again, err := w.l.Release(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, first, again)
	})
}
