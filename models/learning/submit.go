package learning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
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

// finish opens the transaction of finishTx.
func (l *Learning) finish(ctx context.Context, f *frozen, by string) (out Outcome, err error) {
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		out, err = l.finishTx(tx, f, by, l.clock.Now())
		return err
	})
	return out, err
}

// finishAll finishes several attempts, each in its own transaction, so that
// one broken attempt does not hold up a class. It answers how many are done
// and the joined errors.
func (l *Learning) finishAll(ctx context.Context, ids []models.ID, by string) (done int, err error) {
	var errs []error
	for _, id := range ids {
		f, err := l.anyAttempt(ctx, id)
		if err == nil {
			_, err = l.finish(ctx, f, by)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		done++
	}
	return done, errors.Join(errs...)
}

// finishTx is the one way in which an attempt ends. The conditional UPDATE
// decides between two that end it; the closing row in the answer log takes the
// next number, so that an answer saved at the same moment is either graded or
// refused, never lost after it was acknowledged.
func (l *Learning) finishTx(tx *gorm.DB, f *frozen, by string, now time.Time) (Outcome, error) {
	end, log, err := readEnd(tx, f.ID)
	if err != nil {
		return Outcome{}, err
	}
	if end.State != stateOpen {
		return end.outcome(f), nil
	}
	at, state := now, stateSubmitted
	if by != byPupil || over(end.DeadlineAt, now) {
		state = stateClosed
		if end.DeadlineAt.Before(at) {
			at = end.DeadlineAt.UTC()
		}
		if by == byPupil {
			by = byDeadline
		}
	}
	slots, score := f.gradeAll(log)
	result, err := json.Marshal(slots)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{AttemptID: f.ID, Score: score, Passed: score >= f.course.Quiz.PassPercent*100, Counts: f.counts(), SubmittedAt: at}
	hash := f.resultHash(log, slots, out)
	last := 0
	if len(log) > 0 {
		last = log[len(log)-1].Seq
	}
	err = tx.Exec("INSERT INTO answers (attempt_id, seq, slot, response, saved_at) VALUES (?, ?, 0, '{}', ?)", f.ID, last+1, now).Error
	if err != nil {
		return Outcome{}, retryDuplicate(err)
	}
	err = store.One(tx.Exec(`UPDATE attempts SET state = ?, live = NULL, submitted_at = ?, closed_by = ?, score = ?, passed = ?, result = ?,
		result_hash = ? WHERE id = ? AND state = 'open'`, state, at, by, score, bit(out.Passed), string(result), hash, f.ID), store.ErrRetry)
	if err != nil || !f.counts() {
		return out, err
	}
	return out, l.awardAfterQuiz(tx, f, score, hash, now)
}

// endRow is the state of an attempt that is to end.
type endRow struct {
	State       string
	DeadlineAt  time.Time
	SubmittedAt *time.Time
	Score       *int
	Passed      *int
}

func (e endRow) outcome(f *frozen) Outcome {
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

// readEnd reads the state and the whole answer log in one statement.
func readEnd(tx *gorm.DB, id models.ID) (end endRow, log []savedAnswer, err error) {
	rows, err := tx.Raw(`SELECT a.state, a.deadline_at, a.submitted_at, a.score, a.passed, x.seq, x.slot, x.response
		FROM attempts a LEFT JOIN answers x ON x.attempt_id = a.id AND x.slot > 0 WHERE a.id = ? ORDER BY x.seq`, id).Rows()
	if err != nil {
		return end, nil, err
	}
	defer rows.Close()
	found := false
	for rows.Next() {
		var seq, slot *int
		var response *string
		if err := rows.Scan(&end.State, &end.DeadlineAt, &end.SubmittedAt, &end.Score, &end.Passed, &seq, &slot, &response); err != nil {
			return end, nil, err
		}
		found = true
		if seq != nil {
			log = append(log, savedAnswer{AttemptID: id, Seq: *seq, Slot: *slot, Response: *response})
		}
	}
	if err := rows.Err(); err != nil {
		return end, nil, err
	}
	if !found {
		return end, nil, models.NotFound()
	}
	return end, log, nil
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

// CloseExpired ends every lesson session and every attempt whose time is over,
// submitting what was saved, and answers how many it ended. It may run in
// several copies of the program at once: each row is ended once.
func (l *Learning) CloseExpired(ctx context.Context) (int, error) {
	now := l.clock.Now()
	var sessions []models.ID
	err := l.db.Read(ctx).Raw("SELECT id FROM lesson_sessions WHERE live_class IS NOT NULL AND closes_at <= ? LIMIT ?", now, store.MaxRows).Scan(&sessions).Error
	if err != nil {
		return 0, err
	}
	var errs []error
	done := 0
	for _, id := range sessions {
		if err := l.closeSession(ctx, id, byDeadline); err != nil {
			errs = append(errs, err)
			continue
		}
		done++
	}
	// The second part catches an attempt that was started while its session
	// was being closed.
	var attempts []models.ID
	err = l.db.Read(ctx).Raw(`SELECT id FROM attempts WHERE state = 'open' AND deadline_at < ? UNION
		SELECT a.id FROM lesson_sessions s JOIN attempts a ON a.session_id = s.id AND a.state = 'open' WHERE s.closed_at > ? LIMIT ?`,
		now.Add(-grace), now.Add(-longestSession*time.Minute), store.MaxRows).Scan(&attempts).Error
	if err != nil {
		return done, errors.Join(append(errs, err)...)
	}
	n, err := l.finishAll(ctx, attempts, byDeadline)
	return done + n, errors.Join(append(errs, err)...)
}
