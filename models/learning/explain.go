package learning

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/place"
)

// SlotProof is one slot of an attempt as evidence: which question version, what
// was answered last, what it scored. It holds no key.
type SlotProof struct {
	Slot         int       `json:"slot"`
	QuestionKey  string    `json:"question_key"`
	QuestionHash string    `json:"question_hash"`
	Seq          int       `json:"seq"` // 0: not answered
	Response     *Response `json:"response"`
	Score        int       `json:"score"` // basis points
	Out          bool      `json:"out"`   // found broken by the pupil: it does not count
}

// AttemptProof is an attempt as evidence for "explain this number". Intact is
// true when grading the stored answers again gives the stored score and hash.
type AttemptProof struct {
	AttemptID   models.ID   `json:"attempt_id"`
	PersonID    models.ID   `json:"person_id"`
	CourseKey   string      `json:"course_key"`
	CourseHash  string      `json:"course_hash"`
	SessionID   models.ID   `json:"session_id"`
	State       string      `json:"state"`
	StartedAt   time.Time   `json:"started_at"`
	SubmittedAt *time.Time  `json:"submitted_at"`
	Score       int         `json:"score"`   // basis points
	Answers     int         `json:"answers"` // rows of the answer log
	Slots       []SlotProof `json:"slots"`
	Hash        string      `json:"hash"`
	Intact      bool        `json:"intact"`
	Late        *LateProof  `json:"late"` // nil: nothing came in after the end
	// ErasedAt is when the answers were erased, after they had been checked; Slots are empty then.
	ErasedAt *time.Time `json:"erased_at"`
	// Replaced are the results before each regrade by a mended question, the oldest first.
	Replaced []ReplacedProof `json:"replaced"`
}

// LateProof is the result that a late batch replaced: a pass may rest on it.
// AttemptProof's Intact covers it too.
type LateProof struct {
	ReceivedAt time.Time `json:"received_at"`
	Score      int       `json:"score"` // basis points, before the batch
	Hash       string    `json:"hash"`
}

// bears tells whether a pass of this score and hash rests on the attempt: on
// its result, or on one that a late batch or a regrade replaced.
func (p AttemptProof) bears(score int, hash string) bool {
	return p.Hash == hash && p.Score == score || p.Late != nil && p.Late.Hash == hash && p.Late.Score == score ||
		slices.ContainsFunc(p.Replaced, func(r ReplacedProof) bool { return r.Hash == hash && r.Score == score })
}

// Explain answers a finished attempt as evidence, for those who may read the
// coverage of the area in which its pupil's household lies. Anything else is
// NotFound.
func (l *Learning) Explain(ctx context.Context, actor models.Actor, id models.ID) (AttemptProof, error) {
	reach, err := models.Allow(actor, models.ActReadCoverage)
	if err != nil {
		return AttemptProof{}, err
	}
	f, err := l.anyAttempt(ctx, id)
	if err != nil {
		return AttemptProof{}, err
	}
	var proof AttemptProof
	err = l.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if !reach.All {
			where, args := place.VillageFilter(reach, "h.village_id", models.Day(l.clock.Now()))
			var n int
			err := tx.Raw(`SELECT COUNT(*) FROM household_links l JOIN households h ON h.id = l.household_id
				WHERE l.person_id = ? AND l.live = 1 AND `+where, append([]any{f.Person}, args...)...).Scan(&n).Error
			if err != nil {
				return err
			}
			if n == 0 {
				return models.NotFound()
			}
		}
		proof, err = f.prove(tx)
		return err
	})
	// Names or answers, never both: who reads a child's name here sees the
	// score of each question, not what the child answered.
	if _, denied := models.Allow(actor, models.ActReadNames); denied == nil {
		for i := range proof.Slots {
			proof.Slots[i].Response = nil
		}
	}
	return proof, err
}

// asStored is the attempt with the questions as they lie in the database; what
// cannot be read stays as it was, and differs then from the stored text.
func (f *frozen) asStored(tx *gorm.DB) (*frozen, string, error) {
	var items string
	if err := tx.Raw("SELECT items FROM attempts WHERE id = ?", f.ID).Scan(&items).Error; err != nil || items == f.itemsText {
		return f, items, err
	}
	g := *f
	var err error
	if g.items, err = thaw(f.course, items); err != nil || len(g.items) <= len(f.items) {
		return f, items, nil
	}
	g.itemsText = items
	return &g, items, nil
}

// prove reads a finished attempt and grades it again.
func (f *frozen) prove(tx *gorm.DB) (AttemptProof, error) {
	f, items, err := f.asStored(tx)
	if err != nil {
		return AttemptProof{}, err
	}
	rows, err := attemptRows(tx.Raw(attemptSelect+"id = ?", f.ID))
	if err != nil {
		return AttemptProof{}, err
	}
	if len(rows) == 0 || rows[0].Score == nil || rows[0].Result == nil || rows[0].SubmittedAt == nil {
		return AttemptProof{}, models.NotFound()
	}
	r := rows[0]
	if stub, err := certificate.StubOfAttempt(tx, f.ID); err != nil || stub != nil {
		return f.proveStub(tx, r, stub, err)
	}
	log, err := savedAnswers(tx, f.ID)
	if err != nil {
		return AttemptProof{}, err
	}
	p := AttemptProof{AttemptID: f.ID, PersonID: f.Person, CourseKey: f.CourseKey, CourseHash: f.course.Hash, SessionID: f.Session,
		State: r.State, StartedAt: f.StartedAt, SubmittedAt: timeOf(r.SubmittedAt), Score: *r.Score, Answers: len(log), Hash: r.ResultHash,
		Intact: true, Replaced: []ReplacedProof{}}
	out, err := excluded(tx, f.ID)
	if err != nil {
		return AttemptProof{}, err
	}
	slots, score := f.gradeAll(log, out)
	hash := f.resultHash(log, slots, Outcome{Score: score, SubmittedAt: *p.SubmittedAt})
	if slots, score, hash, err = f.proveRegrades(tx, &p, log, slots, score, hash); err != nil {
		return AttemptProof{}, err
	}
	latest := latestBySlot(len(f.items), log)
	for i, s := range f.items {
		sp := SlotProof{Slot: i + 1, QuestionKey: s.q.Key, QuestionHash: s.q.Hash, Seq: slots[i].Seq, Score: slots[i].Score, Out: slots[i].Out}
		if latest[i] != nil {
			response := decode(latest[i].Response)
			sp.Response = &response
		}
		p.Slots = append(p.Slots, sp)
	}
	again, err := json.Marshal(slots)
	if err != nil {
		return AttemptProof{}, err
	}
	p.Intact = p.Intact && items == f.itemsText && score == p.Score && string(again) == *r.Result && hash == p.Hash
	return p, f.proveLate(tx, &p, log, out)
}

// proveLate grades the answers that were there before the late batch again.
func (f *frozen) proveLate(tx *gorm.DB, p *AttemptProof, log []savedAnswer, out map[int]bool) error {
	var rows []struct {
		ReceivedAt             time.Time
		LastSeq, FirstScore    int
		FirstResult, FirstHash string
	}
	err := tx.Raw("SELECT received_at, last_seq, first_score, first_result, first_hash FROM late_batches WHERE attempt_id = ?", f.ID).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	r := rows[0]
	n := len(log)
	for n > 0 && log[n-1].Seq > r.LastSeq {
		n--
	}
	slots, score := f.gradeAll(log[:n], out)
	text, err := json.Marshal(slots)
	if err != nil {
		return err
	}
	hash := f.resultHash(log[:n], slots, Outcome{Score: score, SubmittedAt: *p.SubmittedAt})
	p.Late = &LateProof{ReceivedAt: r.ReceivedAt.UTC(), Score: r.FirstScore, Hash: r.FirstHash}
	p.Intact = p.Intact && score == r.FirstScore && string(text) == r.FirstResult && hash == r.FirstHash
	return nil
}

// proveStub answers an attempt whose answers are gone: what its pass says, and
// whether the stub that stands for them holds.
func (f *frozen) proveStub(tx *gorm.DB, r attemptRow, stub *certificate.Stub, err error) (AttemptProof, error) {
	if err != nil {
		return AttemptProof{}, err
	}
	p := AttemptProof{AttemptID: f.ID, PersonID: f.Person, CourseKey: f.CourseKey, CourseHash: f.course.Hash, SessionID: f.Session,
		State: r.State, StartedAt: f.StartedAt, SubmittedAt: timeOf(r.SubmittedAt), Score: *r.Score, Hash: r.ResultHash,
		Slots: []SlotProof{}, Replaced: []ReplacedProof{}, ErasedAt: timeOf(&stub.MadeAt)}
	passes, err := certificate.Passes(tx, f.Person)
	for _, pass := range passes {
		if pass.ID == stub.ID && err == nil {
			var anchors certificate.Anchors
			p.Intact, err = anchors.Hold(tx, *stub, pass.Hash)
		}
	}
	return p, err
}
