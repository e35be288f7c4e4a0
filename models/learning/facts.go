package learning

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"nhaso/curriculum/scenario"
	"nhaso/models"
)

// The kinds of a Fact.
const (
	FactSession   = "session"
	FactJoined    = "joined"
	FactPlacement = "placement"
	FactProgress  = "progress"
	FactTry       = "try"
	FactRun       = "run"
	FactAttempt   = "attempt"
	FactReport    = "report"
	FactDrill     = "drill"

	FactAccommodation = "accommodation"
	FactIncident      = "incident"
	FactDecision      = "decision"
)

// factKinds lists the kinds in the order in which those of one second are
// taken: what others need comes first.
var factKinds = []string{FactSession, FactJoined, FactPlacement, FactProgress, FactTry, FactRun, FactAttempt, FactReport, FactDrill,
	FactAccommodation, FactIncident, FactDecision}

// FactMark names a fact without its content. Mark changes whenever the fact
// does, so that whoever carries facts knows which are carried already.
type FactMark struct {
	Kind, Key, Mark string
	Person          models.ID // zero for a session
	At              time.Time
	id, of          models.ID
	course, lesson  string
}

// Fact is something that happened in this house while it was away from the
// province's server: exactly one member beside Kind is set. It carries what
// pupils did, never what it was worth: scores are the server's alone.
type Fact struct {
	Kind      string         `json:"kind"`
	Session   *SessionFact   `json:"session,omitempty"`
	Joined    *JoinedFact    `json:"joined,omitempty"`
	Placement *PlacementFact `json:"placement,omitempty"`
	Progress  *ProgressFact  `json:"progress,omitempty"`
	Try       *TryFact       `json:"try,omitempty"`
	Run       *RunFact       `json:"run,omitempty"`
	Attempt   *AttemptFact   `json:"attempt,omitempty"`
	Report    *ReportFact    `json:"report,omitempty"`
	Drill     *DrillFact     `json:"drill,omitempty"`

	Accommodation *AccommodationFact `json:"accommodation,omitempty"`
	Incident      *IncidentFact      `json:"incident,omitempty"`
	Decision      *DecisionFact      `json:"decision,omitempty"`
}

// SessionFact is a lesson session as it stands.
type SessionFact struct {
	ID         models.ID  `json:"id"`
	ClassID    models.ID  `json:"class_id"`
	CourseKey  string     `json:"course_key,omitempty"` // empty: any
	Code       string     `json:"code"`
	OpenedBy   models.ID  `json:"opened_by"`
	OpenedAt   time.Time  `json:"opened_at"`
	ClosesAt   time.Time  `json:"closes_at"`
	ClosedAt   *time.Time `json:"closed_at,omitempty"`
	ReleasedAt *time.Time `json:"released_at,omitempty"`

	Invigilated bool `json:"invigilated,omitempty"`
}

// JoinedFact says that a pupil came into a session.
type JoinedFact struct {
	SessionID models.ID `json:"session_id"`
	PersonID  models.ID `json:"person_id"`
	At        time.Time `json:"at"`
}

// PlacementFact is a placement test as it was answered.
type PlacementFact struct {
	ID         models.ID   `json:"id"`
	PersonID   models.ID   `json:"person_id"`
	CourseKey  string      `json:"course_key"`
	CourseHash string      `json:"course_hash"`
	Answers    []DealtItem `json:"answers"`
	At         time.Time   `json:"at"`
}

// DealtItem is a question as it was shown, with the response to it.
type DealtItem struct {
	Question string   `json:"q"` // content hash
	Options  []int    `json:"o,omitempty"`
	Lefts    []int    `json:"l,omitempty"`
	Response Response `json:"r"`
}

// ProgressFact is a pupil's place in a lesson.
type ProgressFact struct {
	PersonID  models.ID  `json:"person_id"`
	CourseKey string     `json:"course_key"`
	LessonKey string     `json:"lesson_key"`
	Hash      string     `json:"hash"`
	Seq       int64      `json:"seq"`
	CardIndex int        `json:"card_index"`
	DoneAt    *time.Time `json:"done_at,omitempty"`
	At        time.Time  `json:"at"`
}

// TryFact is one try at a practice question.
type TryFact struct {
	ID        models.ID `json:"id"`
	PersonID  models.ID `json:"person_id"`
	CourseKey string    `json:"course_key"`
	Given     DealtItem `json:"given"`
	At        time.Time `json:"at"`
}

// RunFact is a finished run of a practice scenario.
type RunFact struct {
	ID           models.ID        `json:"id"`
	PersonID     models.ID        `json:"person_id"`
	CourseKey    string           `json:"course_key"`
	ScenarioKey  string           `json:"scenario_key"`
	ScenarioHash string           `json:"scenario_hash"`
	Mode         string           `json:"mode"`
	Rewound      bool             `json:"rewound"`
	Log          []scenario.Entry `json:"log"`
	At           time.Time        `json:"at"`
}

// AttemptFact is a quiz that has ended, with the questions as they were drawn
// and every answer given.
type AttemptFact struct {
	ID          models.ID       `json:"id"`
	PersonID    models.ID       `json:"person_id"`
	CourseKey   string          `json:"course_key"`
	CourseHash  string          `json:"course_hash"`
	SessionID   models.ID       `json:"session_id,omitzero"`
	Items       json.RawMessage `json:"items"`
	Position    int             `json:"position"`
	State       string          `json:"state"` // submitted, closed
	ClosedBy    string          `json:"closed_by"`
	StartedAt   time.Time       `json:"started_at"`
	DeadlineAt  time.Time       `json:"deadline_at"`
	SubmittedAt time.Time       `json:"submitted_at"`
	Answers     []AnswerFact    `json:"answers"`
	Late        *LateFact       `json:"late,omitempty"`
	Extra       int             `json:"extra_seconds,omitempty"`
	Alerts      []AlertFact     `json:"alerts,omitempty"`
	SettledAt   *time.Time      `json:"settled_at,omitempty"`
	KeysSeenAt  *time.Time      `json:"keys_seen_at,omitempty"`
}

// AnswerFact is one change of one slot.
type AnswerFact struct {
	Seq      int             `json:"seq"`
	Slot     int             `json:"slot"`
	Response json.RawMessage `json:"response"`
	ClientAt *time.Time      `json:"client_at,omitempty"`
	SavedAt  time.Time       `json:"saved_at"`
}

// AlertFact is a question that was reported while the quiz was being taken, as
// it was decided.
type AlertFact struct {
	ID            models.ID  `json:"id"`
	Slot          int        `json:"slot"`
	Number        int        `json:"number"`
	Reason        string     `json:"reason"`
	Note          string     `json:"note,omitempty"`
	State         string     `json:"state"`
	RaisedAt      time.Time  `json:"raised_at"`
	ExpiresAt     time.Time  `json:"expires_at"`
	DecidedAt     *time.Time `json:"decided_at,omitempty"`
	DecidedBy     models.ID  `json:"decided_by,omitzero"`
	DecidedReason string     `json:"decided_reason,omitempty"`
	Replacement   int        `json:"replacement,omitempty"` // slot of the question that stands in for it
}

// LateFact says that the answers after LastSeq came after the quiz was closed.
type LateFact struct {
	BatchID models.ID `json:"batch_id"`
	From    models.ID `json:"from,omitzero"` // who handed them in for the pupil
	LastSeq int       `json:"last_seq"`
	At      time.Time `json:"at"`
}

// ReportFact says that a question is broken.
type ReportFact struct {
	ID           models.ID `json:"id"`
	PersonID     models.ID `json:"person_id"`
	ClassID      models.ID `json:"class_id,omitzero"`
	CourseKey    string    `json:"course_key"`
	QuestionKey  string    `json:"question_key"`
	QuestionHash string    `json:"question_hash"`
	Place        string    `json:"place"`
	Reason       string    `json:"reason"`
	Note         string    `json:"note,omitempty"`
	At           time.Time `json:"at"`
}

// DrillFact is a finished drill of the week; its answers are tries.
type DrillFact struct {
	ID        models.ID `json:"id"`
	PersonID  models.ID `json:"person_id"`
	DrillKey  string    `json:"drill_key"`
	ShownHome bool      `json:"shown_home"`
	At        time.Time `json:"at"`
}

// Person is whom the fact is about; zero for a session, for what was decided
// over a whole session, and for a fact that has no content of its kind.
func (f *Fact) Person() models.ID {
	switch {
	case f.Joined != nil:
		return f.Joined.PersonID
	case f.Placement != nil:
		return f.Placement.PersonID
	case f.Progress != nil:
		return f.Progress.PersonID
	case f.Try != nil:
		return f.Try.PersonID
	case f.Run != nil:
		return f.Run.PersonID
	case f.Attempt != nil:
		return f.Attempt.PersonID
	case f.Report != nil:
		return f.Report.PersonID
	case f.Drill != nil:
		return f.Drill.PersonID
	case f.Accommodation != nil:
		return f.Accommodation.PersonID
	case f.Incident != nil:
		return f.Incident.PersonID
	case f.Decision != nil:
		return f.Decision.PersonID
	}
	return models.ID{}
}

// Whole tells whether the fact has the content of its kind and nothing else.
func (f *Fact) Whole() bool {
	has := map[string]bool{
		FactSession: f.Session != nil, FactJoined: f.Joined != nil, FactPlacement: f.Placement != nil, FactProgress: f.Progress != nil,
		FactTry: f.Try != nil, FactRun: f.Run != nil, FactAttempt: f.Attempt != nil, FactReport: f.Report != nil, FactDrill: f.Drill != nil,
		FactAccommodation: f.Accommodation != nil, FactIncident: f.Incident != nil,
		FactDecision: f.Decision != nil,
	}
	n := 0
	for _, set := range has {
		if set {
			n++
		}
	}
	return n == 1 && has[f.Kind]
}

// Times lists every instant of the fact, so that a clock that was wrong can be
// set right in place.
func (f *Fact) Times() []*time.Time {
	var list []*time.Time
	switch {
	case f.Session != nil:
		list = []*time.Time{&f.Session.OpenedAt, &f.Session.ClosesAt, f.Session.ClosedAt, f.Session.ReleasedAt}
	case f.Joined != nil:
		list = []*time.Time{&f.Joined.At}
	case f.Placement != nil:
		list = []*time.Time{&f.Placement.At}
	case f.Progress != nil:
		list = []*time.Time{&f.Progress.At, f.Progress.DoneAt}
	case f.Try != nil:
		list = []*time.Time{&f.Try.At}
	case f.Run != nil:
		list = []*time.Time{&f.Run.At}
	case f.Attempt != nil:
		list = f.Attempt.times()
	case f.Report != nil:
		list = []*time.Time{&f.Report.At}
	case f.Drill != nil:
		list = []*time.Time{&f.Drill.At}
	case f.Accommodation != nil:
		list = []*time.Time{&f.Accommodation.At}
	case f.Incident != nil:
		list = []*time.Time{&f.Incident.At}
	case f.Decision != nil:
		list = []*time.Time{&f.Decision.At}
	}
	return slices.DeleteFunc(list, func(t *time.Time) bool { return t == nil })
}

func (a *AttemptFact) times() []*time.Time {
	list := []*time.Time{&a.StartedAt, &a.DeadlineAt, &a.SubmittedAt, a.SettledAt, a.KeysSeenAt}
	for i := range a.Answers {
		// The pupil's device has a clock of its own, which was never believed;
		// late answers are compared with the deadline, so it moves along.
		list = append(list, &a.Answers[i].SavedAt, a.Answers[i].ClientAt)
	}
	for i := range a.Alerts {
		list = append(list, &a.Alerts[i].RaisedAt, a.Alerts[i].DecidedAt)
	}
	if a.Late != nil {
		list = append(list, &a.Late.At)
	}
	return list
}

// inOrder sorts marks as they must be taken: sessions and who was in them
// first, then as things happened.
func inOrder(a, b FactMark) int {
	rank := func(m FactMark) int { return slices.Index(factKinds, m.Kind) }
	first := func(m FactMark) int { return min(rank(m), 2) }
	return cmp.Or(cmp.Compare(first(a), first(b)), a.At.Compare(b.At), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Key, b.Key))
}
