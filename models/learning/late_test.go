package learning

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
)

// lateQuiz is a quiz in a lesson session whose pupil lost the network: the first
// three right answers were saved, then the clock ran on to the deadline.
type lateQuiz struct {
	*world
	pupil   models.Actor
	session Session
	a       Attempt
}

func (w *world) lateQuiz() *lateQuiz {
	w.t.Helper()
	p := w.pupil(w.class)
	w.lessons(p, course1)
	s := w.session("", p)
	q := &lateQuiz{w, p, s, w.start(p, course1, s.ID)}
	w.answer(p, q.a.ID, 3)
	return q
}

// pupil2 is somebody else in the session.
func (q *lateQuiz) pupil2() models.Actor {
	p := q.world.pupil(q.class)
	_, err := q.l.JoinSession(ctx, p, q.session.Code)
	require.NoError(q.t, err)
	return p
}

// deadline lets the quiz's time run out and closes it.
func (q *lateQuiz) deadline() {
	q.t.Helper()
	q.clock.Add(q.a.DeadlineAt.Sub(q.clock.Now()) + time.Minute)
	_, err := q.l.CloseExpired(ctx)
	require.NoError(q.t, err)
}

// kept is what the device holds: the right answers from the fourth slot on,
// numbered from first.
func (q *lateQuiz) kept(first int) []Answer {
	var list []Answer
	for i, r := range q.right(q.a.ID)[3:] {
		list = append(list, Answer{Seq: first + i, Slot: 4 + i, Response: r, ClientAt: q.a.DeadlineAt.Add(-time.Minute)})
	}
	return list
}

func (q *lateQuiz) send(b LateBatch) (LateReport, error) {
	return q.l.SendLate(ctx, q.pupil, q.a.ID, b)
}

func (q *lateQuiz) result() Result {
	q.t.Helper()
	r, err := q.l.Result(ctx, q.pupil, q.a.ID)
	require.NoError(q.t, err)
	return r
}

// intact grades the whole attempt again, as `coverage verify` does.
func (q *lateQuiz) intact() bool {
	q.t.Helper()
	p, err := q.l.Explain(ctx, models.System(), q.a.ID)
	require.NoError(q.t, err)
	return p.Intact
}

// The score after the late batch is the one that the same answers would have
// had online; the skill is recorded by the same path.
func TestLateBatchGivesTheSameScore(t *testing.T) {
	each(t, func(w *world) {
		q := w.lateQuiz()
		q.deadline()
		first := q.result()
		assert.Equal(w.t, 30, first.Percent)
		assert.True(w.t, first.Awaited)
		assert.False(w.t, first.Released, "no keys while answers may still come")
		assert.Empty(w.t, first.Items)
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM skill_passes"))

		w.clock.Add(26 * time.Hour)
		b := LateBatch{ID: newID(), Answers: q.kept(5)} // 3 answers and the closing row
		report, err := q.send(b)
		require.NoError(w.t, err)
		assert.True(w.t, report.Accepted)
		assert.Len(w.t, report.Acked, 7)
		assert.Empty(w.t, report.Rejected)
		r := q.result()
		assert.Equal(w.t, 100, r.Percent)
		assert.Equal(w.t, first.SubmittedAt, r.SubmittedAt, "it ended when it ended")
		assert.NotNil(w.t, r.LateAt)
		assert.False(w.t, r.Awaited)
		assert.True(w.t, r.Released)
		assert.NotNil(w.t, r.SkillPass)
		assert.True(w.t, q.intact())

		again, err := q.send(b)
		require.NoError(w.t, err)
		assert.Equal(w.t, report, again, "a repeat answers as before")
		assert.Equal(w.t, 10, w.count("SELECT COUNT(*) FROM answers WHERE slot > 0"))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM skill_passes"))
		_, err = q.send(LateBatch{ID: newID(), Answers: q.kept(report.LastSeq + 1)})
		assert.Equal(w.t, "late_taken", models.CodeOf(err), "once")
		assert.Equal(w.t, models.KindClosed, models.KindOf(err))

		// The teacher sees a word for it.
		d, err := w.l.SessionDetail(ctx, w.teacher, q.session.ID)
		require.NoError(w.t, err)
		assert.True(w.t, d.Participants[0].Late)
		assert.False(w.t, d.Participants[0].Awaited)
		board, err := w.l.Board(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		assert.True(w.t, board.Students[0].Skills["self_protection"].Late)
		assert.False(w.t, board.Students[0].Skills["online_payment"].Late)
	})
}

// The fifth skill comes with a late batch: certificate, and verify agrees.
func TestLateBatchIssuesTheCertificate(t *testing.T) {
	each(t, func(w *world) {
		q := w.lateQuiz()
		for _, skill := range certificate.Skills {
			if key := skill + "-thcs"; key != course1 {
				w.lessons(q.pupil, key)
				w.quiz(q.pupil, key, q.session.ID, 10)
			}
		}
		_, err := w.l.CloseSession(ctx, w.teacher, q.session.ID)
		require.NoError(w.t, err)
		kept := q.kept(5)
		for i := range kept {
			kept[i].ClientAt = w.clock.Now()
		}
		report, err := q.send(LateBatch{ID: newID(), Answers: kept})
		require.NoError(w.t, err)
		require.True(w.t, report.Accepted, "%+v", report)
		assert.NotNil(w.t, q.result().Certificate)
		proofs, err := w.l.CheckProofs(ctx, models.System())
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, proofs.Certificates)
		assert.Zero(w.t, proofs.Broken)
	})
}

// A pass that rests on the first result stays proved when a late batch
// replaces that result, and a forged first result is found.
func TestPassOnTheReplacedResultStaysProved(t *testing.T) {
	each(t, func(w *world) {
		q := w.lateQuiz()
		w.answer(q.pupil, q.a.ID, 9)
		for _, skill := range certificate.Skills {
			if key := skill + "-thcs"; key != course1 {
				w.lessons(q.pupil, key)
				w.quiz(q.pupil, key, q.session.ID, 10)
			}
		}
		q.deadline()
		assert.NotNil(w.t, q.result().Certificate)
		worse := []Answer{{Seq: 14, Slot: 1, ClientAt: q.a.DeadlineAt}, {Seq: 15, Slot: 2, ClientAt: q.a.DeadlineAt}, {Seq: 16, Slot: 3, ClientAt: q.a.DeadlineAt}}
		_, err := q.send(LateBatch{ID: newID(), Answers: worse})
		require.NoError(w.t, err)
		r := q.result()
		assert.Equal(w.t, 60, r.Percent, "the last answers count, as they do online")
		assert.NotNil(w.t, r.SkillPass, "what was proved stays proved")
		proofs, err := w.l.CheckProofs(ctx, models.System())
		require.NoError(w.t, err)
		assert.Equal(w.t, []int{1, 0}, []int{proofs.Certificates, proofs.Broken})
		for _, sql := range []string{"UPDATE late_batches SET first_score = 10000", "UPDATE late_batches SET first_score = 9000, last_seq = last_seq - 1"} {
			w.exec(sql)
			proofs, err = w.l.CheckProofs(ctx, models.System())
			require.NoError(w.t, err)
			assert.Equal(w.t, 1, proofs.Broken, sql)
		}
	})
}

// What no late batch may do, each with its reason; nothing is written.
func TestLateBatchRefusals(t *testing.T) {
	type test struct {
		prepare func(q *lateQuiz)
		batch   func(q *lateQuiz, b *LateBatch)
		code    string
	}
	nothing := func(*lateQuiz, *LateBatch) {}
	released := func(q *lateQuiz) {
		q.deadline()
		_, err := q.l.Release(ctx, q.teacher, q.session.ID)
		require.NoError(q.t, err)
	}
	cases := map[string]test{
		"still open":                {func(*lateQuiz) {}, func(_ *lateQuiz, b *LateBatch) { renumber(b, 4) }, "still_open"},
		"submitted by pupil":        {func(q *lateQuiz) { _, _ = q.l.Submit(ctx, q.pupil, q.a.ID) }, nothing, "submitted"},
		"a gap":                     {(*lateQuiz).deadline, func(_ *lateQuiz, b *LateBatch) { b.Answers[3].Seq++ }, "out_of_date"},
		"numbers of another device": {(*lateQuiz).deadline, func(_ *lateQuiz, b *LateBatch) { renumber(b, 2) }, "out_of_date"},
		"the same number twice":     {(*lateQuiz).deadline, func(_ *lateQuiz, b *LateBatch) { b.Answers[1].Seq-- }, "out_of_date"},
		"after a week":              {func(q *lateQuiz) { q.deadline(); q.clock.Add(lateFor) }, nothing, "too_late"},
		"released by the teacher":   {released, nothing, "results_released"},
		"seen at once by somebody": {func(q *lateQuiz) {
			_, err := q.l.Assign(ctx, q.teacher, NewAssignment{ID: newID(), ClassID: q.class, CourseKey: course1,
				Terms: Terms{OpensAt: q.a.StartedAt.Add(-time.Hour), DueAt: q.a.StartedAt.Add(time.Hour), Release: AtOnce}})
			require.NoError(q.t, err)
			mate := q.pupil2()
			require.True(q.t, q.world.quiz(mate, course1, q.session.ID, 3).Released)
			q.deadline()
		}, nothing, "results_released"},
		"another quiz of the course was finished": {func(q *lateQuiz) {
			q.deadline()
			q.world.quiz(q.pupil, course1, models.ID{}, 2)
		}, nothing, "results_released"},
		"its questions were practised since": {func(q *lateQuiz) {
			q.deadline()
			_, s := q.slotOf(q.a.ID, "single")
			pq, err := q.l.PracticeQuestion(ctx, q.pupil, course1, s.q.Key)
			require.NoError(q.t, err)
			_, err = q.l.PracticeAnswer(ctx, q.pupil, PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: s.q.Key, Nonce: pq.Nonce, Response: Response{Choice: "1"}})
			require.NoError(q.t, err)
		}, nothing, "results_released"},
		"settled":  {func(q *lateQuiz) { q.deadline(); require.NoError(q.t, q.l.Settle(ctx, q.pupil, q.a.ID)) }, nothing, "settled"},
		"no id":    {(*lateQuiz).deadline, func(_ *lateQuiz, b *LateBatch) { b.ID = models.ID{} }, "invalid"},
		"empty":    {(*lateQuiz).deadline, func(_ *lateQuiz, b *LateBatch) { b.Answers = nil }, "invalid"},
		"too many": {(*lateQuiz).deadline, func(_ *lateQuiz, b *LateBatch) { b.Answers = make([]Answer, maxAnswers+1) }, "invalid"},
	}
	each(t, func(w *world) {
		for name, c := range cases {
			q := w.lateQuiz()
			c.prepare(q)
			before := w.count("SELECT COUNT(*) FROM answers WHERE attempt_id = ?", q.a.ID)
			b := LateBatch{ID: newID(), Answers: q.kept(5)}
			c.batch(q, &b)
			_, err := q.send(b)
			assert.Equal(w.t, c.code, models.CodeOf(err), name)
			assert.Equal(w.t, before, w.count("SELECT COUNT(*) FROM answers WHERE attempt_id = ?", q.a.ID), name)
			_, err = w.l.CloseSession(ctx, w.teacher, q.session.ID)
			require.NoError(w.t, err)
			w.exec("UPDATE assignments SET removed_at = ?", w.clock.Now())
		}
		q := w.lateQuiz()
		q.deadline()
		_, err := w.l.SendLate(ctx, w.pupil(w.class), q.a.ID, LateBatch{ID: newID(), Answers: q.kept(5)})
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err), "another pupil's attempt")
		_, err = w.l.SendLate(ctx, w.teacher, q.a.ID, LateBatch{ID: newID(), Answers: q.kept(5)})
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

func renumber(b *LateBatch, first int) {
	for i := range b.Answers {
		b.Answers[i].Seq = first + i
	}
}

// A device that numbers wrongly hears the right number, numbers anew and is
// taken: nothing is lost.
func TestLateBatchNumberedAnew(t *testing.T) {
	each(t, func(w *world) {
		q := w.lateQuiz()
		q.deadline()
		b := LateBatch{ID: newID(), Answers: q.kept(4)} // it does not know of the closing row
		_, err := q.send(b)
		var e *models.Error
		require.ErrorAs(w.t, err, &e)
		assert.Equal(w.t, "4", e.Detail["last_seq"])
		renumber(&b, 5)
		report, err := q.send(b)
		require.NoError(w.t, err)
		assert.True(w.t, report.Accepted)
		assert.Equal(w.t, 100, q.result().Percent)
	})
}

// An answer that the device itself dates after the deadline is refused with
// its reason; the others are taken. One without a time is not believed.
func TestLateAnswersAfterTheDeadlineAreRefused(t *testing.T) {
	each(t, func(w *world) {
		q := w.lateQuiz()
		q.deadline()
		kept := q.kept(5)
		kept[0].ClientAt = q.a.DeadlineAt.Add(grace)               // on its way at the last second
		kept[2].ClientAt = q.a.DeadlineAt.Add(grace + time.Second) // slot 6
		kept[4].ClientAt = time.Time{}                             // slot 8
		kept[6].Response = Response{Choice: "99"}
		kept[6].Slot = 99
		report, err := q.send(LateBatch{ID: newID(), Answers: kept})
		require.NoError(w.t, err)
		assert.Equal(w.t, []int{5, 6, 8, 10}, report.Acked)
		assert.Equal(w.t, []Rejection{{7, rejectAfterDeadline}, {9, rejectNoTime}, {11, rejectInvalid}}, report.Rejected)
		assert.Equal(w.t, 70, q.result().Percent)
		assert.True(w.t, q.intact())
		assert.Equal(w.t, report.LastSeq, w.count("SELECT COUNT(*) FROM answers WHERE attempt_id = ?", q.a.ID), "the log has no gaps")

		// Where none can be taken the one chance is not used up.
		_, err = w.l.CloseSession(ctx, w.teacher, q.session.ID)
		require.NoError(w.t, err)
		q = w.lateQuiz()
		q.deadline()
		late := q.kept(5)
		for i := range late {
			late[i].ClientAt = q.a.DeadlineAt.Add(time.Hour)
		}
		report, err = q.send(LateBatch{ID: newID(), Answers: late})
		require.NoError(w.t, err)
		assert.False(w.t, report.Accepted)
		assert.Len(w.t, report.Rejected, 7)
		report, err = q.send(LateBatch{ID: newID(), Answers: q.kept(5)})
		require.NoError(w.t, err)
		assert.True(w.t, report.Accepted)
	})
}
