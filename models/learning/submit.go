package learning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
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
	Seq   int `json:"seq"`   // of the answer that was graded, 0: not answered
	Score int `json:"score"` // basis points
}

// Submit ends the actor's own attempt, grades what was saved, records the
// skill and, with the fifth, the certificate and the household's coverage: one
// transaction. Submitting again answers the stored outcome. NotFound for a
// foreign attempt.
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
	f     *frozen
	by    string
	out   Outcome
	alone bool // may prove a skill: needs a transaction of its own
}

// finish ends an attempt. Most share a commit with others that end at the same
// moment, as at the end of a lesson; one that may prove a skill goes on to
// write passes, certificate and household, and must not hold others up.
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

// ending is a graded attempt, ready to be written.
type ending struct {
	f          *frozen
	out        Outcome
	state, by  string
	result     string
	hash       string
	closingSeq int
}

// ending grades what was saved. An attempt that is ended after its time counts
// as ended when its time was over.
func (f *frozen) ending(end *endRow, by string, now time.Time) (ending, error) {
	e := ending{f: f, state: stateSubmitted, by: by, closingSeq: 1}
	at := now
	if by != byPupil || over(end.DeadlineAt, now) {
		e.state = stateClosed
		if end.DeadlineAt.Before(at) {
			at = end.DeadlineAt.UTC()
		}
		if by == byPupil {
			e.by = byDeadline
		}
	}
	slots, score := f.gradeAll(end.log)
	result, err := json.Marshal(slots)
	if err != nil {
		return e, err
	}
	e.result = string(result)
	e.out = Outcome{AttemptID: f.ID, Score: score, Passed: score >= f.course.Quiz.PassPercent*100, Counts: f.counts(), SubmittedAt: at}
	e.hash = f.resultHash(end.log, slots, e.out)
	if len(end.log) > 0 {
		e.closingSeq = end.log[len(end.log)-1].Seq + 1
	}
	return e, nil
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
	for _, e := range list {
		err := store.One(tx.Exec(`UPDATE attempts SET state = ?, live = NULL, submitted_at = ?, closed_by = ?, score = ?, passed = ?,
			result = ?, result_hash = ? WHERE id = ? AND state = 'open'`,
			e.state, e.out.SubmittedAt, e.by, e.out.Score, bit(e.out.Passed), e.result, e.hash, e.f.ID), store.ErrRetry)
		if err != nil {
			return err
		}
	}
	return nil
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
	e, err := f.ending(end, by, now)
	if err != nil {
		return Outcome{}, err
	}
	if err := writeEndings(tx, []ending{e}, now); err != nil || !f.counts() {
		return e.out, err
	}
	return e.out, l.awardAfterQuiz(tx, f, e.out.Score, e.hash, now)
}

// applyEnds ends a batch of attempts that prove nothing, and leaves those that
// may to their own transactions.
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
		counted = counted || j.f.counts()
	}
	ends, err := readEnds(tx, ids)
	if err != nil {
		return err
	}
	var rule certificate.Rule
	if counted {
		if rule, err = certificate.ActiveRule(tx, now); err != nil {
			return err
		}
	}
	var list []ending
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
		}
		e, err := j.f.ending(end, j.by, now)
		if err != nil {
			errs[i] = err
			continue
		}
		if j.f.counts() && e.out.Score >= rule.PassPercent*100 {
			j.alone = true
			continue
		}
		j.out = e.out
		end.ended(e) // the same attempt may stand in the batch twice
		list = append(list, e)
	}
	return writeEndings(tx, list, now)
}

// endRow is an attempt that is to end, with its answer log.
type endRow struct {
	State       string
	DeadlineAt  time.Time
	SubmittedAt *time.Time
	Score       *int
	Passed      *int
	log         []savedAnswer
}

func (e *endRow) ended(x ending) {
	passed := bit(x.out.Passed)
	e.State, e.SubmittedAt, e.Score, e.Passed = x.state, &x.out.SubmittedAt, &x.out.Score, &passed
}

func (e *endRow) outcome(f *frozen) Outcome {
	out := Outcome{AttemptID: f.ID, Counts: f.counts()}
	if e.Score != nil {
		out.Score = *e.Score
	}
	out.Passed = e.Passed != nil && *e.Passed == 1
	if e.SubmittedAt != nil {
		out.SubmittedAt = e.SubmittedAt.UTC()
	}
	return out
}

// readEnds reads states and whole answer logs in one statement.
func readEnds(tx *gorm.DB, ids []models.ID) (map[models.ID]*endRow, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := tx.Raw(`SELECT a.id, a.state, a.deadline_at, a.submitted_at, a.score, a.passed, x.seq, x.slot, x.response
		FROM attempts a LEFT JOIN answers x ON x.attempt_id = a.id AND x.slot > 0 WHERE a.id IN (`+marks(len(ids))+`) ORDER BY a.id, x.seq`, args...).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ends := make(map[models.ID]*endRow, len(ids))
	for rows.Next() {
		var id models.ID
		var r endRow
		var seq, slot *int
		var response *string
		if err := rows.Scan(&id, &r.State, &r.DeadlineAt, &r.SubmittedAt, &r.Score, &r.Passed, &seq, &slot, &response); err != nil {
			return nil, err
		}
		end := ends[id]
		if end == nil {
			end = &r
			ends[id] = end
		}
		if seq != nil {
			end.log = append(end.log, savedAnswer{AttemptID: id, Seq: *seq, Slot: *slot, Response: *response})
		}
	}
	return ends, rows.Err()
}

// gradeAll grades the latest answer of every slot.
func (f *frozen) gradeAll(log []savedAnswer) ([]slotResult, int) {
	slots := make([]slotResult, len(f.items))
	scores := make([]int, len(f.items))
	for i, x := range latestBySlot(len(f.items), log) {
		if x == nil {
			continue
		}
		scores[i] = f.items[i].grade(decode(x.Response))
		slots[i] = slotResult{Seq: x.Seq, Score: scores[i]}
	}
	return slots, quizScore(scores)
}

// resultHash ties a score to the questions shown, to every answer given and to
// who gave them. The skill pass carries it on.
func (f *frozen) resultHash(log []savedAnswer, slots []slotResult, out Outcome) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	write := func(v any) {
		if err := enc.Encode(v); err != nil {
			panic(err) // plain values into a hash cannot fail
		}
	}
	write([]string{f.ID.String(), f.Person.String(), f.Session.String(), f.course.Hash, f.itemsText, out.SubmittedAt.UTC().Format(time.RFC3339)})
	for _, x := range log {
		write([]any{x.Seq, x.Slot, x.Response})
	}
	write(slots)
	write(out.Score)
	return hex.EncodeToString(h.Sum(nil))
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
