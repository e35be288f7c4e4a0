package learning

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// ending is a graded attempt, ready to be written.
type ending struct {
	f          *frozen
	out        Outcome
	state, by  string
	result     string
	hash       string
	closingSeq int
	marks      int
	pending    bool // alerts of it wait for the teacher: they end with it
}

// ending grades what was saved. An attempt that is ended after its time counts
// as ended when its time was over.
func (f *frozen) ending(end *endRow, by string, now time.Time) (ending, error) {
	e := ending{f: f, state: stateSubmitted, by: by, closingSeq: 1, marks: end.Marks, pending: end.pending()}
	at := now
	if by == byPupil && !over(end.DeadlineAt, now) {
		switch {
		case end.PausedAt != nil:
			return e, paused()
		case end.waits(now):
			return e, models.Conflict("alert_pending")
		}
	}
	if by != byPupil || over(end.DeadlineAt, now) {
		e.state = stateClosed
		if end.DeadlineAt.Before(at) {
			at = end.DeadlineAt.UTC()
		}
		if by == byPupil {
			e.by = byDeadline
		}
	}
	slots, score := f.gradeAll(end.log, outOf(end.alerts))
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

// endRow is an attempt that is to end, with its answer log.
type endRow struct {
	State       string
	DeadlineAt  time.Time
	SubmittedAt *time.Time
	Score       *int
	Passed      *int
	Marks       int
	Slots       int
	PausedAt    *time.Time
	log         []savedAnswer
	alerts      []alertState // only where Marks is not 0
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
	rows, err := tx.Raw(`SELECT a.id, a.state, a.deadline_at, a.submitted_at, a.score, a.passed, a.marks, a.slots, a.paused_at, x.seq, x.slot, x.response
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
		if err := rows.Scan(&id, &r.State, &r.DeadlineAt, &r.SubmittedAt, &r.Score, &r.Passed, &r.Marks, &r.Slots, &r.PausedAt, &seq, &slot, &response); err != nil {
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
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close() // before the next statement: a transaction has one connection
	return ends, readAlerts(tx, ends)
}

// gradeAll grades the latest answer of every slot. A slot in out does not
// count: it scores nothing, and the score of the quiz is the mean of the others.
// This is the only place where that is decided; proofs run it again with the
// alerts as they lie in the database.
func (f *frozen) gradeAll(log []savedAnswer, out map[int]bool) ([]slotResult, int) {
	slots := make([]slotResult, len(f.items))
	var scores []int
	for i, x := range latestBySlot(len(f.items), log) {
		if x != nil {
			slots[i].Seq = x.Seq
		}
		if slots[i].Out = out[i+1]; slots[i].Out {
			continue
		}
		if x != nil {
			slots[i].Score = f.items[i].grade(decode(x.Response))
		}
		scores = append(scores, slots[i].Score)
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
