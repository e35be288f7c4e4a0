package learning

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
)

// Outcome is the graded attempt; Result shows it with everything around it.
type Outcome struct {
	AttemptID   models.ID
	Score       int  // basis points
	Passed      bool // the quiz's own pass mark
	Counts      bool // taken inside a lesson session
	SubmittedAt time.Time
}

// slotResult is the grading of one slot, as stored.
type slotResult struct {
	Seq   int  `json:"seq"`           // of the answer that was graded, 0: not answered
	Score int  `json:"score"`         // basis points
	Out   bool `json:"out,omitempty"` // the question was found broken: it does not count
}

// Submit ends the actor's own attempt, grades what was saved, records the
// skill and, with the fifth, the certificate and the household's coverage: one
// transaction. Submitting again answers the stored outcome. Errors: NotFound for
// a foreign attempt; Locked "paused" while the teacher has it stopped; Conflict
// "alert_pending" while a question of it waits for the teacher.
func (l *Learning) Submit(ctx context.Context, actor models.Actor, id models.ID) (Outcome, error) {
	f, err := l.own(ctx, actor, id)
	if err != nil {
		return Outcome{}, err
	}
	return l.finish(ctx, f, byPupil)
}

// endJob is one attempt to end, on the way through the grouped commit. out and
// alone are written by applyEnds and read only after the commit.
type endJob struct {
	f      *frozen
	by     string
	out    Outcome
	alone  bool // left to a transaction of its own
	faults int  // how often its batch had to begin again for an award that failed
}

// maxFaults is how many awards of one batch may fail before all that are in it
// go on alone; below the number of times store.Tx runs a body.
const maxFaults = 3

// finish ends an attempt. Those that end at the same moment, as at the end of
// a lesson, share a commit. Where the passes, certificate or household of one
// cannot be written, that one goes on alone and the others are not held up.
func (l *Learning) finish(ctx context.Context, f *frozen, by string) (out Outcome, err error) {
	job := &endJob{f: f, by: by}
	if err := l.ends.Do(ctx, job); err != nil || !job.alone {
		return job.out, err
	}
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		out, err = l.finishTx(tx, f, by, l.clock.Now())
		return err
	})
	return out, err
}

// finishAtOnce bounds how many attempts of one call wait for a commit together.
const finishAtOnce = 16

// finishAll finishes several attempts, so that one broken attempt does not
// hold up a class. It answers how many are done and the joined errors.
func (l *Learning) finishAll(ctx context.Context, ids []models.ID, by string) (done int, err error) {
	errs := make([]error, len(ids))
	var g errgroup.Group
	g.SetLimit(finishAtOnce)
	for i, id := range ids {
		g.Go(func() error {
			f, err := l.anyAttempt(ctx, id)
			if err == nil {
				_, err = l.finish(ctx, f, by)
			}
			errs[i] = err
			return nil
		})
	}
	_ = g.Wait() // the errors are in errs
	for _, e := range errs {
		if e == nil {
			done++
		}
	}
	return done, errors.Join(errs...)
}

// writeEndings is the one way in which attempts end. The conditional UPDATE
// decides between two that end one; the closing row in the answer log takes
// the next number, so that an answer saved at the same moment is either graded
// or refused, never lost after it was acknowledged.
func writeEndings(tx *gorm.DB, list []ending, now time.Time) error {
	if len(list) == 0 {
		return nil
	}
	var rows []any
	for _, e := range list {
		rows = append(rows, e.f.ID, e.closingSeq, 0, "{}", nil, now)
	}
	if err := insertAnswers(tx, rows); err != nil {
		return err
	}
	type how struct {
		state, by string
		at        time.Time
	}
	groups := map[how][]ending{} // nearly always one
	for _, e := range list {
		k := how{e.state, e.by, e.out.SubmittedAt}
		groups[k] = append(groups[k], e)
	}
	for k, group := range groups {
		if err := writeGroup(tx, k.state, k.by, k.at, group); err != nil {
			return err
		}
	}
	return skipAlerts(tx, list, now)
}

// writeGroup ends attempts in one statement. One that is no longer open, or of
// which an invigilator or an alert changed something since it was read, lets the
// whole body run again.
func writeGroup(tx *gorm.DB, state, by string, at time.Time, group []ending) error {
	args := []any{state, at, by}
	each := func(value func(ending) any) {
		for _, e := range group {
			args = append(args, e.f.ID, value(e))
		}
	}
	for _, value := range []func(ending) any{
		func(e ending) any { return e.out.Score }, func(e ending) any { return bit(e.out.Passed) },
		func(e ending) any { return e.result }, func(e ending) any { return e.hash },
	} {
		each(value)
	}
	for _, e := range group {
		args = append(args, e.f.ID)
	}
	each(func(e ending) any { return e.marks })
	which := "CASE id" + strings.Repeat(" WHEN ? THEN ?", len(group)) + " END"
	res := tx.Exec("UPDATE attempts SET state = ?, live = NULL, submitted_at = ?, closed_by = ?, score = "+which+", passed = "+which+
		", result = "+which+", result_hash = "+which+", paused_at = NULL WHERE state = 'open' AND id IN ("+marks(len(group))+") AND marks = "+which, args...)
	if res.Error == nil && int(res.RowsAffected) != len(group) {
		return store.ErrRetry
	}
	return res.Error
}

// finishTx ends one attempt and hands it to the rule.
func (l *Learning) finishTx(tx *gorm.DB, f *frozen, by string, now time.Time) (Outcome, error) {
	ends, err := readEnds(tx, []models.ID{f.ID})
	if err != nil {
		return Outcome{}, err
	}
	end := ends[f.ID]
	if end == nil {
		return Outcome{}, models.NotFound()
	}
	if end.State != stateOpen {
		return end.outcome(f), nil
	}
	if f, err = l.whole(tx.Statement.Context, f, end.Slots); err != nil {
		return Outcome{}, err
	}
	e, err := f.ending(end, by, now)
	if err != nil {
		return Outcome{}, err
	}
	if err := writeEndings(tx, []ending{e}, now); err != nil || !f.counts() || l.away {
		return e.out, err
	}
	rule, err := certificate.ActiveRule(tx, now)
	if err != nil {
		return e.out, err
	}
	return e.out, awardAfterQuiz(tx, rule, e, now)
}

// applyEnds ends a batch of attempts and hands those that count to the rule.
func (l *Learning) applyEnds(tx *gorm.DB, batch []*endJob) []error {
	errs := make([]error, len(batch))
	err := l.endBatch(tx, batch, errs)
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
	}
	return errs
}

func (l *Learning) endBatch(tx *gorm.DB, batch []*endJob, errs []error) error {
	now := l.clock.Now()
	ids := make([]models.ID, len(batch))
	counted := false
	for i, j := range batch {
		ids[i] = j.f.ID
		counted = counted || (j.f.counts() && !l.away)
	}
	ends, err := readEnds(tx, ids)
	if err != nil {
		return err
	}
	for _, j := range batch {
		if end := ends[j.f.ID]; end != nil {
			if j.f, err = l.whole(tx.Statement.Context, j.f, end.Slots); err != nil {
				return err
			}
		}
	}
	var rule certificate.Rule
	if counted {
		if rule, err = certificate.ActiveRule(tx, now); err != nil {
			return err
		}
	}
	list, jobs := gradeBatch(batch, ends, now, errs)
	if err := writeEndings(tx, list, now); err != nil {
		return err
	}
	if !counted {
		return nil
	}
	failed, err := awardBatch(tx, rule, list, now)
	switch {
	case err == nil:
		return nil
	case failed >= 0:
		blame(batch, jobs[failed])
	default:
		blame(batch, nil)
	}
	return store.ErrRetry // undo the batch, begin again without the one to blame
}

// gradeBatch grades what a batch is to write; the two lists go together.
func gradeBatch(batch []*endJob, ends map[models.ID]*endRow, now time.Time, errs []error) (list []ending, jobs []*endJob) {
	for i, j := range batch {
		j.alone = false
		end := ends[j.f.ID]
		switch {
		case end == nil:
			errs[i] = models.NotFound()
			continue
		case end.State != stateOpen:
			j.out = end.outcome(j.f)
			continue
		case j.faults >= maxFaults:
			j.alone = true
			continue
		}
		e, err := j.f.ending(end, j.by, now)
		if err != nil {
			errs[i] = err
			continue
		}
		j.out = e.out
		end.ended(e) // the same attempt may stand in the batch twice
		list, jobs = append(list, e), append(jobs, j)
	}
	return list, jobs
}
