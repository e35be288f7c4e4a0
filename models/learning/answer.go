package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// maxAnswers bounds one request of answers: a whole offline quiz with every
// change of mind.
const maxAnswers = 500

// Answer is one change of one slot. Seq counts the changes of an attempt from
// 1 without gaps. ClientAt is when the pupil's device says it was given: kept
// as a claim, never decided by, because clocks of devices are wrong.
type Answer struct {
	Seq      int
	Slot     int
	Response Response
	ClientAt time.Time // zero: not given
}

// Ack says that an answer is on disk.
type Ack struct {
	Seq     int       `json:"seq"`
	Slot    int       `json:"slot"`
	SavedAt time.Time `json:"saved_at"`
}

// Rejection says why an answer was not taken: out_of_date (the number is
// taken or not the next: renumber from last_seq), closed, invalid.
type Rejection struct {
	Seq  int    `json:"seq"`
	Code string `json:"code"`
}

// SaveReport answers a request of several answers.
type SaveReport struct {
	Acked    []int       `json:"acked"`
	LastSeq  int         `json:"last_seq"`
	Rejected []Rejection `json:"rejected"`
}

// The codes of a Rejection.
const (
	rejectOutOfDate = "out_of_date"
	rejectClosed    = "closed"
	rejectInvalid   = "invalid"
	rejectPaused    = "paused"
)

// saveJob is the answers of one request, already checked against the attempt,
// on the way through the grouped commit. The results are written by applySaves
// and read only after the commit.
type saveJob struct {
	attempt models.ID
	answers []checkedAnswer
	results []saveResult
	lastSeq int
}

type checkedAnswer struct {
	seq, slot int
	response  string // canonical
	clientAt  *time.Time
}

type saveResult struct {
	savedAt time.Time
	code    string // empty: acknowledged
}

// SaveAnswer keeps one answer and returns when it is on disk. The same seq
// with the same answer is acknowledged again, even after the end. Errors:
// NotFound for a foreign attempt; Invalid fields body.seq, body.slot
// ("not_in_attempt") and below body.response; Conflict "out_of_date" with the
// detail last_seq when seq is taken by another answer or is not the next;
// Closed once the attempt is over; Locked "paused" while the teacher has it
// stopped.
func (l *Learning) SaveAnswer(ctx context.Context, actor models.Actor, id models.ID, a Answer) (Ack, error) {
	f, err := l.own(ctx, actor, id)
	if err == nil {
		f, err = l.grown(ctx, f, a.Slot)
	}
	if err != nil {
		return Ack{}, err
	}
	checked, err := f.checkAnswer(a)
	if err != nil {
		return Ack{}, err
	}
	job := &saveJob{attempt: id, answers: []checkedAnswer{checked}}
	if err := l.saves.Do(ctx, job); err != nil {
		return Ack{}, err
	}
	switch r := job.results[0]; r.code {
	case "":
		return Ack{Seq: a.Seq, Slot: a.Slot, SavedAt: r.savedAt}, nil
	case rejectClosed:
		return Ack{}, models.Fail(models.KindClosed, "closed")
	case rejectPaused:
		return Ack{}, paused()
	default:
		return Ack{}, models.Conflict("out_of_date").With("last_seq", itoa(job.lastSeq))
	}
}

// SaveAnswers keeps several answers in one commit and says of each whether it
// is on disk. After a rejected answer the following numbers are out of date:
// the device numbers them anew. Errors: NotFound; Invalid field body.answers
// ("too_many", over 500); Locked "paused" while the teacher has it stopped.
func (l *Learning) SaveAnswers(ctx context.Context, actor models.Actor, id models.ID, list []Answer) (SaveReport, error) {
	report := SaveReport{Acked: []int{}, Rejected: []Rejection{}}
	f, err := l.own(ctx, actor, id)
	if err != nil {
		return report, err
	}
	if len(list) > maxAnswers {
		return report, models.InvalidField("body.answers", "too_many")
	}
	job := &saveJob{attempt: id}
	for _, a := range list {
		if f, err = l.grown(ctx, f, a.Slot); err != nil {
			return report, err
		}
		checked, err := f.checkAnswer(a)
		if err != nil {
			report.Rejected = append(report.Rejected, Rejection{Seq: a.Seq, Code: rejectInvalid})
			continue
		}
		job.answers = append(job.answers, checked)
	}
	// An empty job still reads the last number for the reply.
	if err := l.saves.Do(ctx, job); err != nil {
		return report, err
	}
	for i, r := range job.results {
		if r.code == rejectPaused {
			return report, paused() // the device keeps them and sends them when it goes on
		}
		if r.code == "" {
			report.Acked = append(report.Acked, job.answers[i].seq)
		} else {
			report.Rejected = append(report.Rejected, Rejection{Seq: job.answers[i].seq, Code: r.code})
		}
	}
	report.LastSeq = job.lastSeq
	return report, nil
}

// checkAnswer checks what never changes: that the slot is in the attempt and
// the response fits the question there.
func (f *frozen) checkAnswer(a Answer) (checkedAnswer, error) {
	if a.Seq < 1 {
		return checkedAnswer{}, models.InvalidField("body.seq", "out_of_range")
	}
	if a.Slot < 1 || a.Slot > len(f.items) {
		return checkedAnswer{}, models.InvalidField("body.slot", "not_in_attempt")
	}
	text, err := f.items[a.Slot-1].canonical(a.Response)
	if err != nil {
		return checkedAnswer{}, err
	}
	c := checkedAnswer{seq: a.Seq, slot: a.Slot, response: text}
	if at := a.ClientAt.UTC().Truncate(time.Second); at.Year() >= 2000 && at.Year() <= 9999 {
		c.clientAt = &at
	}
	return c, nil
}

// attemptState is what a batch needs to know of an attempt. last and stored
// move on as the batch stages answers.
type attemptState struct {
	ID         models.ID
	State      string
	DeadlineAt time.Time
	PausedAt   *time.Time
	LastSeq    int
	stored     map[int]savedAnswer // by seq, filled where a number comes again
}

// savedAnswer is one row of the answer log.
type savedAnswer struct {
	AttemptID models.ID
	Seq, Slot int
	Response  string
	SavedAt   time.Time
}

// applySaves writes a batch of jobs in at most three statements, however many
// pupils it serves. The state of the attempts is read in the transaction; the
// key (attempt, seq) decides every race, also with Submit, which takes the
// next number itself: whoever is second runs again and sees the first.
func (l *Learning) applySaves(tx *gorm.DB, batch []*saveJob) []error {
	errs := make([]error, len(batch))
	states, err := readStates(tx, batch)
	if err == nil {
		err = readRepeats(tx, batch, states)
	}
	now := l.clock.Now()
	var rows []any
	if err == nil {
		for i, job := range batch {
			st := states[job.attempt]
			if st == nil {
				errs[i] = models.NotFound()
				continue
			}
			rows = append(rows, job.stage(st, now)...)
		}
		err = insertAnswers(tx, rows)
	}
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
	}
	return errs
}

// stage decides over each answer of a job and lists the rows to write.
func (j *saveJob) stage(st *attemptState, now time.Time) (rows []any) {
	j.results = make([]saveResult, len(j.answers))
	closed := st.State != stateOpen || over(st.DeadlineAt, now)
	for i, a := range j.answers {
		r := &j.results[i]
		before, taken := st.stored[a.seq]
		switch {
		case taken && before.Slot == a.slot && before.Response == a.response:
			r.savedAt = before.SavedAt.UTC()
		case closed:
			r.code = rejectClosed
		case st.PausedAt != nil && over(*st.PausedAt, now): // sent before the pause, it is still taken
			r.code = rejectPaused
		case a.seq != st.LastSeq+1:
			r.code = rejectOutOfDate
		default:
			st.LastSeq++
			st.stored[a.seq] = savedAnswer{Seq: a.seq, Slot: a.slot, Response: a.response, SavedAt: now}
			r.savedAt = now
			rows = append(rows, j.attempt, a.seq, a.slot, a.response, a.clientAt, now)
		}
	}
	j.lastSeq = st.LastSeq
	return rows
}

func readStates(tx *gorm.DB, batch []*saveJob) (map[models.ID]*attemptState, error) {
	states := make(map[models.ID]*attemptState, len(batch))
	ids := make([]any, 0, len(batch))
	for _, j := range batch {
		if _, seen := states[j.attempt]; !seen {
			states[j.attempt] = nil
			ids = append(ids, j.attempt)
		}
	}
	rows, err := tx.Raw(`SELECT a.id, a.state, a.deadline_at, a.paused_at, (SELECT COALESCE(MAX(x.seq), 0) FROM answers x WHERE x.attempt_id = a.id)
		FROM attempts a WHERE a.id IN (`+marks(len(ids))+`)`, ids...).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		st := &attemptState{stored: map[int]savedAnswer{}}
		if err := rows.Scan(&st.ID, &st.State, &st.DeadlineAt, &st.PausedAt, &st.LastSeq); err != nil {
			return nil, err
		}
		states[st.ID] = st
	}
	return states, rows.Err()
}

// readRepeats reads the log of those attempts for which a number comes that is
// taken already.
func readRepeats(tx *gorm.DB, batch []*saveJob, states map[models.ID]*attemptState) error {
	var ids []models.ID
	for _, j := range batch {
		st := states[j.attempt]
		for _, a := range j.answers {
			if st != nil && a.seq <= st.LastSeq {
				ids = append(ids, j.attempt)
				break
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var found []savedAnswer
	err := tx.Raw("SELECT attempt_id, seq, slot, response, saved_at FROM answers WHERE slot > 0 AND attempt_id IN ?", ids).Scan(&found).Error
	for _, x := range found {
		states[x.AttemptID].stored[x.Seq] = x
	}
	return err
}

// answerColumns is how many values one row of the log takes.
const answerColumns = 6

func insertAnswers(tx *gorm.DB, values []any) error {
	for len(values) > 0 {
		n := min(len(values), 500*answerColumns)
		err := tx.Exec("INSERT INTO answers (attempt_id, seq, slot, response, client_at, saved_at) VALUES "+
			tuples(n/answerColumns, answerColumns), values[:n]...).Error
		if err != nil {
			return retryDuplicate(err)
		}
		values = values[n:]
	}
	return nil
}

// savedAnswers reads the log of an attempt, oldest first.
func savedAnswers(tx *gorm.DB, id models.ID) ([]savedAnswer, error) {
	var rows []savedAnswer
	err := tx.Raw("SELECT attempt_id, seq, slot, response, saved_at FROM answers WHERE attempt_id = ? AND slot > 0 ORDER BY seq", id).Scan(&rows).Error
	return rows, err
}

// latestBySlot picks the answer with the highest seq of each slot, nil where
// there is none.
func latestBySlot(slots int, log []savedAnswer) []*savedAnswer {
	latest := make([]*savedAnswer, slots)
	for i := range log {
		x := &log[i]
		if x.Slot < 1 || x.Slot > slots {
			continue
		}
		if old := latest[x.Slot-1]; old == nil || old.Seq < x.Seq {
			latest[x.Slot-1] = x
		}
	}
	return latest
}
