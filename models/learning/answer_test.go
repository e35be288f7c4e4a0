package learning

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
)

const course1 = "self_protection-thcs"

// slotOf finds a slot with a question of one kind.
func (w *world) slotOf(id models.ID, kind string) (int, shown) {
	w.t.Helper()
	f, err := w.l.anyAttempt(ctx, id)
	require.NoError(w.t, err)
	for i, s := range f.items {
		if s.q.Kind == kind {
			return i + 1, s
		}
	}
	w.t.Fatalf("no %s in the attempt", kind)
	return 0, shown{}
}

func TestSaveAnswerContract(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		slot, _ := w.slotOf(a.ID, "single")
		save := func(seq, slot int, r Response) (Ack, error) {
			return w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: seq, Slot: slot, Response: r})
		}
		ack, err := save(1, slot, Response{Choice: "2"})
		require.NoError(w.t, err)
		assert.Equal(w.t, Ack{Seq: 1, Slot: slot, SavedAt: w.clock.Now()}, ack)

		w.clock.Add(3 * time.Second)
		same, err := save(1, slot, Response{Choice: "2"})
		require.NoError(w.t, err)
		assert.Equal(w.t, ack, same, "a repeat is acknowledged as the first was")

		_, err = save(1, slot, Response{Choice: "3"})
		assertOutOfDate(w.t, err, "1")
		_, err = save(3, slot, Response{Choice: "3"})
		assertOutOfDate(w.t, err, "1")
		_, err = save(2, slot, Response{Choice: "3"})
		require.NoError(w.t, err)

		got, err := w.l.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, 2, got.LastSeq)
		assert.Equal(w.t, []AnswerView{{Slot: slot, Seq: 2, Response: Response{Choice: "3"}}}, got.Answers)
	})
}

func TestSaveAnswerRefusals(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		slot, _ := w.slotOf(a.ID, "single")
		for name, c := range map[string]struct {
			seq, slot int
			r         Response
			field     string
		}{
			"seq zero":         {0, slot, Response{}, "body.seq"},
			"slot zero":        {1, 0, Response{}, "body.slot"},
			"foreign slot":     {1, 11, Response{}, "body.slot"},
			"unknown option":   {1, slot, Response{Choice: "5"}, "body.response.choice"},
			"content's key":    {1, slot, Response{Choice: contentKey + "o1"}, "body.response.choice"},
			"other kind":       {1, slot, Response{Marks: []string{"1"}}, "body.response.marks"},
			"leading zero":     {1, slot, Response{Choice: "01"}, "body.response.choice"},
			"sign":             {1, slot, Response{Choice: "+1"}, "body.response.choice"},
			"verdict on a one": {1, slot, Response{Verdict: new(true)}, "body.response.verdict"},
		} {
			_, err := w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: c.seq, Slot: c.slot, Response: c.r})
			var e *models.Error
			require.ErrorAs(w.t, err, &e, name)
			assert.Equal(w.t, models.KindInvalid, e.Kind, name)
			require.Len(w.t, e.Fields, 1, name)
			assert.Equal(w.t, c.field, e.Fields[0].Location, name)
		}

		stranger := w.pupil(w.class)
		_, err := w.l.SaveAnswer(ctx, stranger, a.ID, Answer{Seq: 1, Slot: slot})
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.SaveAnswer(ctx, p, newID(), Answer{Seq: 1, Slot: slot})
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.SaveAnswer(ctx, w.teacher, a.ID, Answer{Seq: 1, Slot: slot})
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM answers"))
	})
}

func assertOutOfDate(t testing.TB, err error, last string) {
	t.Helper()
	var e *models.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, models.KindConflict, e.Kind)
	assert.Equal(t, "out_of_date", e.Code)
	assert.Equal(t, last, e.Detail["last_seq"])
}

func TestSaveAnswersReportsEach(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		slot, _ := w.slotOf(a.ID, "multiple")
		multi := func(keys ...string) Response { return Response{Choices: keys} }
		r, err := w.l.SaveAnswers(ctx, p, a.ID, []Answer{
			{Seq: 1, Slot: slot, Response: multi("1")}, {Seq: 2, Slot: slot, Response: multi("2", "1")},
			{Seq: 3, Slot: slot, Response: multi("9")}, {Seq: 4, Slot: slot, Response: multi("3")},
		})
		require.NoError(w.t, err)
		assert.Equal(w.t, SaveReport{Acked: []int{1, 2}, LastSeq: 2, Rejected: []Rejection{{3, "invalid"}, {4, "out_of_date"}}}, r)
		// The order in which a set is ticked is not a difference.
		r, err = w.l.SaveAnswers(ctx, p, a.ID, []Answer{{Seq: 2, Slot: slot, Response: multi("1", "2")}, {Seq: 3, Slot: slot, Response: multi()}})
		require.NoError(w.t, err)
		assert.Equal(w.t, SaveReport{Acked: []int{2, 3}, LastSeq: 3, Rejected: []Rejection{}}, r)
		got, err := w.l.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.True(w.t, got.Answers[0].Response.Empty(), "unticking everything is an answer too")

		r, err = w.l.SaveAnswers(ctx, p, a.ID, nil)
		require.NoError(w.t, err)
		assert.Equal(w.t, 3, r.LastSeq)
		_, err = w.l.SaveAnswers(ctx, p, a.ID, make([]Answer, maxAnswers+1))
		assert.Equal(w.t, models.KindInvalid, models.KindOf(err))
	})
}

// What was saved before the end is acknowledged again after it; anything new
// is refused.
func TestAnswersAfterTheEnd(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		slot, _ := w.slotOf(a.ID, "single")
		first := Answer{Seq: 1, Slot: slot, Response: Response{Choice: "1"}}
		_, err := w.l.SaveAnswer(ctx, p, a.ID, first)
		require.NoError(w.t, err)
		_, err = w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		_, err = w.l.SaveAnswer(ctx, p, a.ID, first)
		assert.NoError(w.t, err)
		_, err = w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 2, Slot: slot, Response: Response{Choice: "2"}})
		assert.Equal(w.t, models.KindClosed, models.KindOf(err))
		_, err = w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 1, Slot: slot, Response: Response{Choice: "2"}})
		assert.Equal(w.t, models.KindClosed, models.KindOf(err))
		assert.Equal(w.t, models.KindClosed, models.KindOf(w.l.SetPosition(ctx, p, a.ID, 2)))
	})
}

// A device whose clock is years off is believed in nothing but its own claim.
func TestClockSkew(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		slot, _ := w.slotOf(a.ID, "single")
		for i, at := range []time.Time{w.clock.Now().AddDate(-5, 0, 0), w.clock.Now().AddDate(70, 0, 0), {}} {
			ack, err := w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: i + 1, Slot: slot, Response: Response{Choice: "1"}, ClientAt: at})
			require.NoError(w.t, err)
			assert.Equal(w.t, w.clock.Now(), ack.SavedAt)
		}
		w.clock.Add(time.Hour) // the quiz is over, whatever the device says
		_, err := w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 4, Slot: slot, ClientAt: a.StartedAt})
		assert.Equal(w.t, models.KindClosed, models.KindOf(err))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM answers WHERE slot > 0 AND client_at IS NULL"))
	})
}

// Two tabs number their answers alike: for every number one of them wins, the
// other hears out_of_date, rebases, and nothing acknowledged is lost.
func TestTwoTabs(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		slot, _ := w.slotOf(a.ID, "single")
		var wg sync.WaitGroup
		var mu sync.Mutex
		acked := map[int]string{}
		for tab := range 2 {
			wg.Go(func() {
				seq := 1
				for n := range 15 {
					choice := key(tab*2 + n%2)
					for {
						ack, err := w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: seq, Slot: slot, Response: Response{Choice: choice}})
						if err == nil {
							mu.Lock()
							if other, taken := acked[ack.Seq]; taken && other != choice {
								t.Errorf("number %d acknowledged for two answers", ack.Seq)
							}
							acked[ack.Seq] = choice
							mu.Unlock()
							seq++
							break
						}
						var e *models.Error
						if !errors.As(err, &e) || e.Code != "out_of_date" {
							t.Error(err)
							return
						}
						seq = atoi(e.Detail["last_seq"]) + 1
					}
				}
			})
		}
		wg.Wait()
		log, err := savedAnswers(w.db.Read(ctx), a.ID)
		require.NoError(w.t, err)
		require.Len(w.t, log, len(acked))
		for i, x := range log {
			assert.Equal(w.t, i+1, x.Seq, "the log has no gaps")
			assert.Equal(w.t, acked[x.Seq], decode(x.Response).Choice)
		}
	})
}

func atoi(s string) (n int) {
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

// A commit that fails under a batch of answers acknowledges none of them and
// leaves none; the devices send again and every number is still free.
func TestCutOffSaveLeavesNothing(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		slot, _ := w.slotOf(a.ID, "single")
		job := &saveJob{attempt: a.ID, answers: []checkedAnswer{{seq: 1, slot: slot, response: `{"choice":"1"}`}}}
		lost := &saveJob{attempt: newID(), answers: job.answers}
		cut := errors.New("power cut")
		err := w.db.Tx(ctx, func(tx *gorm.DB) error {
			errs := w.l.applySaves(tx, []*saveJob{job, lost})
			assert.NoError(w.t, errs[0])
			assert.Equal(w.t, models.KindNotFound, models.KindOf(errs[1]), "one bad job does not hold up the batch")
			return cut
		})
		assert.ErrorIs(w.t, err, cut)
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM answers"))
		_, err = w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 1, Slot: slot, Response: Response{Choice: "2"}})
		assert.NoError(w.t, err)
	})
}

// A class answers at once through the grouped commit: every acknowledgement is
// a row.
func TestClassAnswersAtOnce(t *testing.T) {
	each(t, func(w *world) {
		const pupils = 30
		var wg sync.WaitGroup
		for range pupils {
			p := w.pupil(w.class)
			wg.Go(func() {
				a := w.start(p, course1, models.ID{})
				for i, r := range w.right(a.ID) {
					_, err := w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: i + 1, Slot: i + 1, Response: r})
					assert.NoError(w.t, err)
				}
			})
		}
		wg.Wait()
		assert.Equal(w.t, pupils*10, w.count("SELECT COUNT(*) FROM answers"))
	})
}
