package learning

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
)

// lateFor is how long after an attempt was closed the answers that a device had
// kept without a network are still taken: a week, so that a pupil who has a
// network at school only brings them with the next lesson (issue 3, "works with
// the network gone").
const lateFor = 7 * 24 * time.Hour

// LateBatch is everything that a device still keeps of an attempt that was
// closed meanwhile. ID is made by the device: a repeat answers as the first
// did. The answers are numbered on from the attempt's last_seq.
type LateBatch struct {
	ID      models.ID
	Answers []Answer
}

// LateReport says what became of a late batch. Accepted is false when none of
// its answers could be taken: nothing was written then.
type LateReport struct {
	Accepted bool        `json:"accepted"`
	Acked    []int       `json:"acked"`
	LastSeq  int         `json:"last_seq"`
	Rejected []Rejection `json:"rejected"` // invalid, no_time, after_deadline
}

// The codes of a Rejection in a late batch, beside invalid.
const (
	rejectNoTime        = "no_time"        // the device does not say when it was given
	rejectAfterDeadline = "after_deadline" // by its own word given after the time was over
)

// awaitedWhere picks, of attempts a, those of which a device may still bring
// answers: closed by the clock or by the teacher, within lateFor (its one
// parameter), the pupil has not said that there are none, no later quiz of the
// course was finished, and the right answers are not out: neither released by
// the teacher nor seen by anybody of the session (where the class's assignment
// shows them at once, the first who looks ends it for all).
//
// It is the one definition for both sides of the promise that nobody can look
// at keys and then send answers: while an attempt is awaited, the end of its
// session shows no keys to anybody in it, and its pupil sees none of the course
// (see released); once keys were seen, it is not awaited any more.
const awaitedWhere = `a.state = 'closed' AND a.late_at IS NULL AND a.settled_at IS NULL AND a.submitted_at > ?
	AND NOT EXISTS (SELECT 1 FROM attempts n WHERE n.person_id = a.person_id AND n.course_key = a.course_key
		AND n.started_at > a.started_at AND n.live IS NULL)
	AND NOT EXISTS (SELECT 1 FROM lesson_sessions s WHERE s.id = a.session_id AND s.released_at IS NOT NULL)
	AND NOT EXISTS (SELECT 1 FROM attempts k WHERE k.session_id = a.session_id AND k.course_key = a.course_key AND k.keys_seen_at IS NOT NULL)`

// awaited counts the awaited attempts that where picks.
func (l *Learning) awaited(tx *gorm.DB, where string, args ...any) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM attempts a WHERE "+where+" AND "+awaitedWhere, append(args, l.clock.Now().Add(-lateFor))...).Scan(&n).Error
	return n, err
}

// SendLate takes the answers that the actor's own device kept of an attempt
// that was closed by its deadline or with its session, grades the attempt anew
// and marks it as late. It is taken once, whole and in order; when the device
// says of an answer that it was given after the deadline, that one is refused.
// Errors: NotFound for a foreign attempt; Invalid fields body.id, body.answers;
// Conflict "out_of_date" with the detail last_seq when the numbers do not go on
// from there without gaps; Conflict "still_open" while the attempt takes
// answers the ordinary way; Closed "submitted" (the pupil handed it in),
// "late_taken" (another batch was taken), "settled" (the pupil said there is
// nothing more), "too_late", "results_released".
func (l *Learning) SendLate(ctx context.Context, actor models.Actor, id models.ID, b LateBatch) (LateReport, error) {
	f, err := l.own(ctx, actor, id)
	if err != nil {
		return LateReport{}, err
	}
	return l.takeLate(ctx, f, models.ID{}, b)
}

// takeLate is SendLate for an attempt that may be acted on. from is the account
// that hands it in for the pupil, zero for the pupil.
func (l *Learning) takeLate(ctx context.Context, f *frozen, from models.ID, b LateBatch) (report LateReport, err error) {
	switch {
	case b.ID.IsZero():
		return report, models.InvalidField("body.id", "required")
	case len(b.Answers) == 0:
		return report, models.InvalidField("body.answers", "required")
	case len(b.Answers) > maxAnswers:
		return report, models.InvalidField("body.answers", "too_many")
	}
	// One whose time is over may not be closed yet.
	row, err := l.settled(ctx, f)
	if err == nil {
		f, err = l.whole(ctx, f, row.Slots)
	}
	if err != nil {
		return report, err
	}
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		report, err = l.lateTx(tx, f, from, b)
		return err
	})
	return report, err
}

// lateRow is a closed attempt as a late batch finds it.
type lateRow struct {
	State       string
	DeadlineAt  time.Time
	SubmittedAt *time.Time
	Score       *int
	Passed      *int
	Result      *string
	ResultHash  string
	SettledAt   *time.Time
	LastSeq     int
	Batch       models.ID // of the batch that was taken, zero: none
	Report      string
}

func (l *Learning) lateTx(tx *gorm.DB, f *frozen, from models.ID, b LateBatch) (LateReport, error) {
	r, err := lateRowOf(tx, f.ID)
	if err != nil {
		return LateReport{}, err
	}
	if r.Batch == b.ID {
		var before LateReport
		return before, json.Unmarshal([]byte(r.Report), &before)
	}
	if err := l.mayBeLate(tx, f, r, b); err != nil {
		return LateReport{}, err
	}
	report, taken := f.sift(r, b)
	if len(taken) == 0 {
		return report, nil
	}
	return report, l.writeLate(tx, f, r, lateWrite{from, b.ID, report, taken, l.clock.Now()})
}

// mayBeLate tells why an attempt takes no late batch, or not this one.
func (l *Learning) mayBeLate(tx *gorm.DB, f *frozen, r lateRow, b LateBatch) error {
	switch {
	case r.State == stateOpen:
		return models.Conflict("still_open")
	case r.State == stateSubmitted || r.SubmittedAt == nil || r.Score == nil || r.Result == nil || r.Passed == nil:
		return models.Fail(models.KindClosed, "submitted")
	}
	for i, a := range b.Answers {
		if a.Seq != r.LastSeq+1+i {
			return models.Conflict("out_of_date").With("last_seq", itoa(r.LastSeq))
		}
	}
	switch {
	case !r.Batch.IsZero():
		return models.Fail(models.KindClosed, "late_taken")
	case r.SettledAt != nil:
		return models.Fail(models.KindClosed, "settled")
	case !r.SubmittedAt.After(l.clock.Now().Add(-lateFor)):
		return models.Fail(models.KindClosed, "too_late")
	}
	n, err := l.awaited(tx, "a.id = ?", f.ID)
	if err != nil {
		return err
	}
	seen, err := f.practisedSince(tx, *r.SubmittedAt)
	if err != nil {
		return err
	}
	if n == 0 || seen {
		return models.Fail(models.KindClosed, "results_released")
	}
	return nil
}

// practisedSince tells whether the pupil has tried a question of the attempt
// in practice since it was closed: practice explains the answers.
func (f *frozen) practisedSince(tx *gorm.DB, at time.Time) (bool, error) {
	var hashes []string
	for _, s := range f.items {
		hashes = append(hashes, s.q.Hash)
	}
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM practice_answers WHERE person_id = ? AND course_key = ? AND answered_at >= ? AND question_hash IN ?",
		f.Person, f.CourseKey, at, hashes).Scan(&n).Error
	return n > 0, err
}

// sift decides over each answer. What the device says was given after the time
// was over is refused; its clock is believed only against itself.
func (f *frozen) sift(r lateRow, b LateBatch) (LateReport, []checkedAnswer) {
	report := LateReport{Acked: []int{}, Rejected: []Rejection{}, LastSeq: r.LastSeq}
	var taken []checkedAnswer
	for _, a := range b.Answers {
		checked, err := f.checkAnswer(a)
		code := ""
		switch {
		case err != nil:
			code = rejectInvalid
		case checked.clientAt == nil:
			code = rejectNoTime
		case over(r.DeadlineAt, *checked.clientAt):
			code = rejectAfterDeadline
		}
		if code != "" {
			report.Rejected = append(report.Rejected, Rejection{Seq: a.Seq, Code: code})
			continue
		}
		// The log stays without gaps, also where an answer was refused.
		checked.seq = r.LastSeq + 1 + len(taken)
		taken = append(taken, checked)
		report.Acked = append(report.Acked, a.Seq)
	}
	report.Accepted = len(taken) > 0
	if report.Accepted {
		report.LastSeq += len(taken) + 1 // and the closing row
	}
	return report, taken
}

// lateWrite is a late batch that is taken: who handed it in (zero for the
// pupil), what was taken of it, and when it came.
type lateWrite struct {
	from, batch models.ID
	report      LateReport
	taken       []checkedAnswer
	at          time.Time
}

// writeLate appends the answers with a new closing row, grades anew, keeps the
// result that is replaced, and hands the attempt to the rule like any other
// that ended.
func (l *Learning) writeLate(tx *gorm.DB, f *frozen, r lateRow, w lateWrite) error {
	before, err := savedAnswers(tx, f.ID)
	if err != nil {
		return err
	}
	var values []any
	log := before
	for _, a := range w.taken {
		values = append(values, f.ID, a.seq, a.slot, a.response, a.clientAt, w.at)
		log = append(log, savedAnswer{AttemptID: f.ID, Seq: a.seq, Slot: a.slot, Response: a.response})
	}
	values = append(values, f.ID, w.report.LastSeq, 0, "{}", nil, w.at)
	if err := insertAnswers(tx, values); err != nil {
		return err
	}
	out, err := excluded(tx, f.ID)
	if err != nil {
		return err
	}
	e, err := f.again(log, out, r)
	if err != nil {
		return err
	}
	err = store.One(tx.Exec(`UPDATE attempts SET score = ?, passed = ?, result = ?, result_hash = ?, late_at = ?
		WHERE id = ? AND state = 'closed' AND late_at IS NULL AND settled_at IS NULL`,
		e.out.Score, bit(e.out.Passed), e.result, e.hash, w.at, f.ID), store.ErrRetry)
	if err != nil {
		return err
	}
	if err := keepFirst(tx, f, r, w, before); err != nil || !f.counts() || l.away {
		return err
	}
	now := l.clock.Now()
	rule, err := certificate.ActiveRule(tx, now)
	if err != nil {
		return err
	}
	return awardAfterQuiz(tx, rule, e, now)
}

// again grades an attempt with its late answers. It counts as ended when it was.
func (f *frozen) again(log []savedAnswer, out map[int]bool, r lateRow) (ending, error) {
	slots, score := f.gradeAll(log, out)
	result, err := json.Marshal(slots)
	if err != nil {
		return ending{}, err
	}
	o := Outcome{AttemptID: f.ID, Score: score, Passed: score >= f.course.Quiz.PassPercent*100, Counts: f.counts(), SubmittedAt: r.SubmittedAt.UTC()}
	return ending{f: f, out: o, state: stateClosed, result: string(result), hash: f.resultHash(log, slots, o)}, nil
}

// keepFirst writes down the batch and what it replaced. The primary key lets
// only one in.
func keepFirst(tx *gorm.DB, f *frozen, r lateRow, w lateWrite, before []savedAnswer) error {
	text, err := json.Marshal(w.report)
	if err != nil {
		return err
	}
	last := 0
	if len(before) > 0 {
		last = before[len(before)-1].Seq
	}
	var by *models.ID
	if !w.from.IsZero() {
		by = &w.from
	}
	return retryDuplicate(tx.Exec(`INSERT INTO late_batches (attempt_id, batch_id, received_at, received_from, report, last_seq, first_score,
		first_passed, first_result, first_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.ID, w.batch, w.at, by, string(text), last, *r.Score, *r.Passed, *r.Result, r.ResultHash).Error)
}

// Settle is the pupil's word that no device keeps answers of the own closed
// attempt any more: none are taken from now on, so that results need not wait
// for them. On an attempt that is not awaited it does nothing. Errors: NotFound
// for a foreign attempt; Conflict "not_submitted" while it is open.
func (l *Learning) Settle(ctx context.Context, actor models.Actor, id models.ID) error {
	f, err := l.own(ctx, actor, id)
	if err != nil {
		return err
	}
	row, err := l.settled(ctx, f)
	if err != nil {
		return err
	}
	if row.State == stateOpen {
		return models.Conflict("not_submitted")
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE attempts SET settled_at = ? WHERE id = ? AND state = 'closed' AND late_at IS NULL AND settled_at IS NULL",
			l.clock.Now(), id).Error
	})
}
