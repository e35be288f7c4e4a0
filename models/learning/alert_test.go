package learning

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// exam is an invigilated session whose pupils are confirmed.
func (w *world) exam(pupils ...models.Actor) Session {
	w.t.Helper()
	s := w.session(course1, pupils...)
	s, err := w.l.SetInvigilated(ctx, w.teacher, s.ID, true)
	require.NoError(w.t, err)
	_, err = w.l.ConfirmPresence(ctx, w.teacher, s.ID, nil)
	require.NoError(w.t, err)
	return s
}

func (w *world) raise(p models.Actor, attempt models.ID, slot int) Alert {
	w.t.Helper()
	a, err := w.l.RaiseAlert(ctx, p, attempt, NewAlert{ID: newID(), Slot: slot, Reason: "broken", Note: " không thấy hình "})
	require.NoError(w.t, err)
	return a
}

func (w *world) alertState(id models.ID) (state string) {
	w.t.Helper()
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT state FROM question_alerts WHERE id = ?", id).Scan(&state).Error)
	return state
}

// The score is the mean of the slots that count, and the proof comes to the
// same from what lies in the database.
func TestQuestionsThatDoNotCount(t *testing.T) {
	each(t, func(w *world) {
		accepted, refused, waited, mine, ended := w.pupil(w.class), w.pupil(w.class), w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)
		s := w.exam(accepted, refused, waited, mine, ended)
		attempts := map[models.ID]Attempt{}
		alerts := map[models.ID]Alert{}
		for _, p := range []models.Actor{accepted, refused, waited, mine, ended} {
			attempts[p.Person] = w.start(p, course1, s.ID)
			w.answer(p, attempts[p.Person].ID, 8) // 8 of 10 right, 9 and 10 empty
			alerts[p.Person] = w.raise(p, attempts[p.Person].ID, 10)
		}
		_, err := w.l.DecideAlert(ctx, w.teacher, alerts[accepted.Person].ID, AlertDecision{Accept: true, Reason: "not_shown"})
		require.NoError(w.t, err)
		_, err = w.l.DecideAlert(ctx, w.teacher, alerts[refused.Person].ID, AlertDecision{Accept: false, Reason: "question_fine"})
		require.NoError(w.t, err)
		require.NoError(w.t, w.l.WithdrawAlert(ctx, mine, alerts[mine.Person].ID))
		_, err = w.l.Submit(ctx, waited, attempts[waited.Person].ID)
		assert.Equal(w.t, "alert_pending", models.CodeOf(err), "nobody reports a question away by handing in at once")
		require.NoError(w.t, w.l.EndFor(ctx, w.teacher, s.ID, ended.Person, ended.Name, "technical"))
		assert.Equal(w.t, alertSkipped, w.alertState(alerts[ended.Person].ID), "what waits ends with the attempt")
		w.clock.Add(alertFor)
		for _, p := range []models.Actor{accepted, refused, waited, mine} {
			_, err := w.l.Submit(ctx, p, attempts[p.Person].ID)
			require.NoError(w.t, err)
		}
		assert.Equal(w.t, alertSkipped, w.alertState(alerts[waited.Person].ID))
		for p, want := range map[models.ID]struct{ score, slots int }{
			accepted.Person: {8 * full / 9, 9}, waited.Person: {8 * full / 9, 9}, ended.Person: {8 * full / 9, 9},
			refused.Person: {8 * full / 10, 10}, mine.Person: {8 * full / 10, 10},
		} {
			f, err := w.l.anyAttempt(ctx, attempts[p].ID)
			require.NoError(w.t, err)
			proof, err := f.prove(w.db.Read(ctx))
			require.NoError(w.t, err)
			assert.True(w.t, proof.Intact)
			assert.Equal(w.t, want.score, proof.Score)
			assert.Equal(w.t, want.slots == 9, proof.Slots[9].Out)
		}
		r, err := w.l.Result(ctx, accepted, attempts[accepted.Person].ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, 9, r.Slots)
		assert.Equal(w.t, 8, r.Correct)
		// Whoever turns a refusal round in the database is found out.
		w.exec("UPDATE question_alerts SET state = 'accepted' WHERE id = ?", alerts[refused.Person].ID)
		f, err := w.l.anyAttempt(ctx, attempts[refused.Person].ID)
		require.NoError(w.t, err)
		proof, err := f.prove(w.db.Read(ctx))
		require.NoError(w.t, err)
		assert.False(w.t, proof.Intact)
	})
}

func TestRaiseAlertRefusals(t *testing.T) {
	each(t, func(w *world) {
		p, other := w.pupil(w.class), w.pupil(w.class)
		s := w.exam(p, other)
		a := w.start(p, course1, s.ID)
		good := NewAlert{ID: newID(), Slot: 1, Reason: "unclear"}
		for name, c := range map[string]struct {
			actor  models.Actor
			change func(*NewAlert)
			code   string
		}{
			"no id":          {p, func(n *NewAlert) { n.ID = models.ID{} }, "invalid"},
			"no such slot":   {p, func(n *NewAlert) { n.Slot = 11 }, "invalid"},
			"no such reason": {p, func(n *NewAlert) { n.Reason = "dull" }, "invalid"},
			"another's":      {other, func(*NewAlert) {}, "not_found"},
			"a teacher":      {w.teacher, func(*NewAlert) {}, "forbidden"},
		} {
			n := good
			c.change(&n)
			_, err := w.l.RaiseAlert(ctx, c.actor, a.ID, n)
			assert.Equal(w.t, c.code, models.CodeOf(err), name)
		}
		first, err := w.l.RaiseAlert(ctx, p, a.ID, good)
		require.NoError(w.t, err)
		again, err := w.l.RaiseAlert(ctx, p, a.ID, good)
		require.NoError(w.t, err)
		assert.Equal(w.t, first, again)
		_, err = w.l.RaiseAlert(ctx, p, a.ID, NewAlert{ID: newID(), Slot: 1, Reason: "unclear"})
		assert.Equal(w.t, "alert_exists", models.CodeOf(err))
		w.raise(p, a.ID, 2)
		w.raise(p, a.ID, 3)
		_, err = w.l.RaiseAlert(ctx, p, a.ID, NewAlert{ID: newID(), Slot: 4, Reason: "unclear"})
		assert.Equal(w.t, "too_many_alerts", models.CodeOf(err))
		assert.Equal(w.t, 3, w.count("SELECT COUNT(*) FROM question_reports"), "the authors hear of them as well")

		home := w.start(other, course1, models.ID{})
		_, err = w.l.RaiseAlert(ctx, other, home.ID, good)
		assert.Equal(w.t, "not_invigilated", models.CodeOf(err))
	})
}

func TestDecideAlert(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.exam(p)
		a := w.start(p, course1, s.ID)
		one, two := w.raise(p, a.ID, 1), w.raise(p, a.ID, 2)
		decide := func(actor models.Actor, id models.ID, accept bool, reason string) string {
			_, err := w.l.DecideAlert(ctx, actor, id, AlertDecision{Accept: accept, Reason: reason})
			return models.CodeOf(err)
		}
		assert.Equal(w.t, "not_found", decide(w.teacherOf(w.other), one.ID, true, "other"))
		assert.Equal(w.t, "forbidden", decide(p, one.ID, true, "other"))
		assert.Equal(w.t, "invalid", decide(w.teacher, one.ID, true, "question_fine"), "a reason of the other kind")
		assert.Equal(w.t, "not_found", decide(w.teacher, newID(), true, "other"))
		assert.Empty(w.t, decide(w.teacher, one.ID, true, "wrong_key"))
		assert.Empty(w.t, decide(w.teacher, one.ID, true, "wrong_key"), "a repeat")
		assert.Equal(w.t, "alert_over", decide(w.teacher, one.ID, false, "explained"))
		require.NoError(w.t, w.l.WithdrawAlert(ctx, p, one.ID), "too late, and harmless")
		assert.Equal(w.t, alertAccepted, w.alertState(one.ID))
		lesson, err := w.l.Pulse(ctx, p, 0)
		require.NoError(w.t, err)
		assert.Equal(w.t, pulseWaiting, lesson.Next)
		w.clock.Add(alertFor)
		assert.Equal(w.t, "alert_over", decide(w.teacher, two.ID, true, "other"), "after five minutes it is skipped")
		_, err = w.l.CloseExpired(ctx)
		require.NoError(w.t, err)
		assert.Equal(w.t, alertSkipped, w.alertState(two.ID))
		lesson, err = w.l.Pulse(ctx, p, 0)
		require.NoError(w.t, err)
		assert.Equal(w.t, pulseInvigilated, lesson.Next)
		require.Len(w.t, lesson.Attempt.Alerts, 2)
		assert.Equal(w.t, alertSkipped, lesson.Attempt.Alerts[1].State)

		list, err := w.l.Decisions(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		last := list[len(list)-1]
		assert.Equal(w.t, "alert_accepted", last.Kind)
		assert.Equal(w.t, "wrong_key", last.Reason)
		assert.Equal(w.t, p.Name, last.Name)
	})
}

// Accept, refuse, withdraw, the clock and the hand-in at the same moment: one of
// them decides, and the score fits what it decided.
func TestAlertRaces(t *testing.T) {
	each(t, func(w *world) {
		for round := range 6 {
			p := w.pupil(w.class)
			s := w.exam(p)
			a := w.start(p, course1, s.ID)
			w.answer(p, a.ID, 8)
			q := w.raise(p, a.ID, 10)
			var wg sync.WaitGroup
			if round%2 == 1 {
				w.clock.Add(alertFor - time.Second)
				wg.Go(func() { w.clock.Add(time.Second); _, _ = w.l.CloseExpired(ctx) })
			}
			wg.Go(func() { _, _ = w.l.DecideAlert(ctx, w.teacher, q.ID, AlertDecision{Accept: true, Reason: "other"}) })
			wg.Go(func() { _, _ = w.l.DecideAlert(ctx, w.teacher, q.ID, AlertDecision{Accept: false, Reason: "other"}) })
			wg.Go(func() { _ = w.l.WithdrawAlert(ctx, p, q.ID) })
			wg.Go(func() { _, _ = w.l.Submit(ctx, p, a.ID) })
			wg.Wait()
			_, err := w.l.Submit(ctx, p, a.ID)
			require.NoError(w.t, err)
			f, err := w.l.anyAttempt(ctx, a.ID)
			require.NoError(w.t, err)
			proof, err := f.prove(w.db.Read(ctx))
			require.NoError(w.t, err)
			assert.True(w.t, proof.Intact)
			state := w.alertState(q.ID)
			assert.NotEqual(w.t, alertPending, state)
			assert.Equal(w.t, state == alertAccepted || state == alertSkipped, proof.Slots[9].Out, state)
			_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
			require.NoError(w.t, err)
		}
	})
}
