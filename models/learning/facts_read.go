package learning

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// FactMarks lists every fact of this database that may be carried to the
// province's server, in the order in which they must be taken. A quiz that is
// still open is not among them: it goes when it has ended, whole.
func FactMarks(tx *gorm.DB) ([]FactMark, error) {
	var marks []FactMark
	for _, read := range []func(*gorm.DB) ([]FactMark, error){sessionMarks, progressMarks, attemptMarks, plainMarks, classMarks, decisionMarks} {
		list, err := read(tx)
		if err != nil {
			return nil, err
		}
		marks = append(marks, list...)
	}
	slices.SortFunc(marks, inOrder)
	return marks, nil
}

func stamp(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format("20060102T150405")
}

func sessionMarks(tx *gorm.DB) ([]FactMark, error) {
	var rows []struct {
		ID                   models.ID
		OpenedAt, ClosesAt   time.Time
		ClosedAt, ReleasedAt *time.Time
	}
	err := tx.Raw("SELECT id, opened_at, closes_at, closed_at, released_at FROM lesson_sessions WHERE laptop_id IS NULL").Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var list []FactMark
	for _, r := range rows {
		list = append(list, FactMark{Kind: FactSession, Key: r.ID.String(), At: r.OpenedAt, id: r.ID,
			Mark: stamp(&r.ClosesAt) + "," + stamp(r.ClosedAt) + "," + stamp(r.ReleasedAt)})
	}
	var in []struct {
		SessionID, PersonID models.ID
		JoinedAt            time.Time
	}
	err = tx.Raw(`SELECT p.session_id, p.person_id, p.joined_at FROM session_participants p
		JOIN lesson_sessions s ON s.id = p.session_id WHERE s.laptop_id IS NULL`).Scan(&in).Error
	for _, r := range in {
		list = append(list, FactMark{Kind: FactJoined, Key: r.SessionID.String() + "/" + r.PersonID.String(), Mark: "1",
			Person: r.PersonID, At: r.JoinedAt, id: r.PersonID, of: r.SessionID})
	}
	return list, err
}

// progressMarks leaves out the lessons that a placement test marked: the test
// itself is carried.
func progressMarks(tx *gorm.DB) ([]FactMark, error) {
	var rows []struct {
		PersonID             models.ID
		CourseKey, LessonKey string
		Seq                  int64
		DoneAt               *time.Time
		UpdatedAt            time.Time
		Via                  string
	}
	err := tx.Raw("SELECT person_id, course_key, lesson_key, seq, done_at, updated_at, via FROM lesson_progress WHERE seq > 0").Scan(&rows).Error
	var list []FactMark
	for _, r := range rows {
		m := FactMark{Kind: FactProgress, Key: r.PersonID.String() + "/" + r.CourseKey + "/" + r.LessonKey, Person: r.PersonID, At: r.UpdatedAt,
			Mark: itoa(int(r.Seq)) + "," + stamp(r.DoneAt), id: r.PersonID, course: r.CourseKey, lesson: r.LessonKey}
		if r.DoneAt != nil && r.Via == "" {
			m.At = *r.DoneAt
		}
		list = append(list, m)
	}
	return list, err
}

func attemptMarks(tx *gorm.DB) ([]FactMark, error) {
	var rows []struct {
		ID, PersonID                               models.ID
		SubmittedAt, LateAt, SettledAt, KeysSeenAt *time.Time
	}
	err := tx.Raw(`SELECT id, person_id, submitted_at, late_at, settled_at, keys_seen_at FROM attempts
		WHERE state <> 'open' AND laptop_id IS NULL AND submitted_at IS NOT NULL`).Scan(&rows).Error
	var list []FactMark
	for _, r := range rows {
		m := FactMark{Kind: FactAttempt, Key: r.ID.String(), Person: r.PersonID, At: *r.SubmittedAt, id: r.ID,
			Mark: stamp(r.SubmittedAt) + "," + stamp(r.LateAt) + "," + stamp(r.SettledAt) + "," + stamp(r.KeysSeenAt)}
		if r.LateAt != nil {
			m.At = *r.LateAt
		}
		list = append(list, m)
	}
	return list, err
}

// plainMarks lists what never changes once it is written; of a drill only
// "shown at home" may still come true.
func plainMarks(tx *gorm.DB) ([]FactMark, error) {
	var list []FactMark
	for _, q := range []struct{ kind, sql string }{
		{FactPlacement, "SELECT id, person_id, taken_at AS at, 1 AS mark FROM placements"},
		{FactTry, "SELECT id, person_id, answered_at AS at, 1 AS mark FROM practice_answers WHERE given IS NOT NULL"},
		{FactRun, "SELECT id, person_id, finished_at AS at, 1 AS mark FROM scenario_runs"},
		{FactReport, "SELECT id, person_id, reported_at AS at, 1 AS mark FROM question_reports"},
		{FactDrill, "SELECT id, person_id, done_at AS at, 1 + shown_home AS mark FROM drill_runs"},
	} {
		var rows []struct {
			ID, PersonID models.ID
			At           time.Time
			Mark         int
		}
		if err := tx.Raw(q.sql).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			list = append(list, FactMark{Kind: q.kind, Key: r.ID.String(), Mark: itoa(r.Mark), Person: r.PersonID, At: r.At, id: r.ID})
		}
	}
	return list, nil
}

// ReadFact reads the fact that a mark names, whole.
func (l *Learning) ReadFact(tx *gorm.DB, m FactMark) (Fact, error) {
	f := Fact{Kind: m.Kind}
	var err error
	switch m.Kind {
	case FactSession:
		f.Session, err = readSession(tx, m.id)
	case FactJoined:
		f.Joined = &JoinedFact{SessionID: m.of, PersonID: m.id, At: m.At.UTC()}
	case FactProgress:
		f.Progress, err = readProgress(tx, m)
	case FactAttempt:
		f.Attempt, err = readAttempt(tx, m.id)
	case FactPlacement:
		f.Placement, err = l.readPlacement(tx, m.id)
	case FactTry:
		f.Try, err = readTry(tx, m.id)
	case FactRun:
		f.Run, err = readRun(tx, m.id)
	case FactAccommodation:
		f.Accommodation, err = readAccommodation(tx, m.id)
	case FactIncident:
		f.Incident, err = readIncident(tx, m.of, m.id)
	case FactDecision:
		f.Decision, err = readDecision(tx, m.id)
	case FactReport:
		f.Report = &ReportFact{}
		err = tx.Raw(`SELECT id, person_id, class_id, course_key, question_key, question_hash, place, reason, note, reported_at AS at
			FROM question_reports WHERE id = ?`, m.id).Take(f.Report).Error
	case FactDrill:
		f.Drill = &DrillFact{}
		err = tx.Raw("SELECT id, person_id, drill_key, shown_home = 1 AS shown_home, done_at AS at FROM drill_runs WHERE id = ?", m.id).Take(f.Drill).Error
	}
	if err != nil {
		return f, fmt.Errorf("read %s %s: %w", m.Kind, m.Key, err)
	}
	for _, t := range f.Times() {
		*t = t.UTC()
	}
	return f, nil
}

func readSession(tx *gorm.DB, id models.ID) (*SessionFact, error) {
	var r struct {
		SessionFact
		Course *string
	}
	err := tx.Raw(`SELECT id, class_id, course_key AS course, code, opened_by, opened_at, closes_at, closed_at, released_at, invigilated = 1 AS invigilated
		FROM lesson_sessions WHERE id = ?`, id).Take(&r).Error
	if r.Course != nil {
		r.CourseKey = *r.Course
	}
	return &r.SessionFact, err
}

func readProgress(tx *gorm.DB, m FactMark) (*ProgressFact, error) {
	var r struct {
		ProgressFact
		Via string
	}
	err := tx.Raw(`SELECT person_id, course_key, lesson_key, lesson_hash AS hash, seq, card_index, done_at, updated_at AS at, via
		FROM lesson_progress WHERE person_id = ? AND course_key = ? AND lesson_key = ?`, m.id, m.course, m.lesson).Take(&r).Error
	if r.Via != "" {
		r.DoneAt = nil // by the placement test, which is a fact of its own
	}
	return &r.ProgressFact, err
}

func readTry(tx *gorm.DB, id models.ID) (*TryFact, error) {
	var r struct {
		PersonID        models.ID
		CourseKey, Text string
		At              time.Time
	}
	err := tx.Raw("SELECT person_id, course_key, answered_at AS at, given AS text FROM practice_answers WHERE id = ?", id).Take(&r).Error
	if err != nil {
		return nil, err
	}
	f := &TryFact{ID: id, PersonID: r.PersonID, CourseKey: r.CourseKey, At: r.At}
	return f, json.Unmarshal([]byte(r.Text), &f.Given)
}

func readRun(tx *gorm.DB, id models.ID) (*RunFact, error) {
	rows, err := runRows(tx.Raw(storedRun+"id = ?", id))
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, models.NotFound()
	}
	r := rows[0]
	f := &RunFact{ID: r.ID, PersonID: r.PersonID, CourseKey: r.CourseKey, ScenarioKey: r.ScenarioKey, ScenarioHash: r.ScenarioHash,
		Mode: r.Mode, Rewound: r.Rewound == 1, At: r.FinishedAt}
	return f, json.Unmarshal([]byte(r.Log), &f.Log)
}

func readAttempt(tx *gorm.DB, id models.ID) (*AttemptFact, error) {
	var r struct {
		ID, PersonID, SessionID            models.ID
		CourseKey, CourseHash, Items       string
		Position                           int
		State, ClosedBy                    string
		StartedAt, DeadlineAt, SubmittedAt time.Time
		SettledAt, KeysSeenAt, ReceivedAt  *time.Time
		BatchID, ReceivedFrom              models.ID
		LastSeq, Extra                     int
	}
	err := tx.Raw(`SELECT a.id, a.person_id, a.session_id, a.course_key, a.course_hash, a.items, a.position, a.state, a.closed_by, a.started_at,
		a.deadline_at, a.submitted_at, a.settled_at, a.keys_seen_at, a.extra_seconds AS extra, b.received_at, b.batch_id, b.received_from, COALESCE(b.last_seq, 0) AS last_seq
		FROM attempts a LEFT JOIN late_batches b ON b.attempt_id = a.id WHERE a.id = ?`, id).Take(&r).Error
	if err != nil {
		return nil, err
	}
	f := &AttemptFact{ID: r.ID, PersonID: r.PersonID, CourseKey: r.CourseKey, CourseHash: r.CourseHash, SessionID: r.SessionID,
		Items: json.RawMessage(r.Items), Position: r.Position, State: r.State, ClosedBy: r.ClosedBy, StartedAt: r.StartedAt,
		DeadlineAt: r.DeadlineAt, SubmittedAt: r.SubmittedAt, SettledAt: r.SettledAt, KeysSeenAt: r.KeysSeenAt, Extra: r.Extra, Answers: []AnswerFact{}}
	if r.ReceivedAt != nil {
		f.Late = &LateFact{BatchID: r.BatchID, From: r.ReceivedFrom, LastSeq: r.LastSeq, At: *r.ReceivedAt}
	}
	err = tx.Raw(`SELECT id, slot, number, reason, note, state, raised_at, expires_at, decided_at, decided_by, decided_reason, replacement
		FROM question_alerts WHERE attempt_id = ? ORDER BY number`, id).Scan(&f.Alerts).Error
	if err != nil {
		return nil, err
	}
	var log []struct {
		Seq, Slot int
		Response  string
		ClientAt  *time.Time
		SavedAt   time.Time
	}
	err = tx.Raw("SELECT seq, slot, response, client_at, saved_at FROM answers WHERE attempt_id = ? AND slot > 0 ORDER BY seq", id).Scan(&log).Error
	for _, x := range log {
		f.Answers = append(f.Answers, AnswerFact{Seq: x.Seq, Slot: x.Slot, Response: json.RawMessage(x.Response), ClientAt: x.ClientAt, SavedAt: x.SavedAt})
	}
	return f, err
}

// readPlacement deals the test once more as the pupil saw it: only this house
// has the secret of the order.
func (l *Learning) readPlacement(tx *gorm.DB, id models.ID) (*PlacementFact, error) {
	var r struct {
		PersonID                           models.ID
		CourseKey, CourseHash, Nonce, Text string
		At                                 time.Time
	}
	err := tx.Raw("SELECT person_id, course_key, course_hash, nonce, answers AS text, taken_at AS at FROM placements WHERE id = ?", id).Take(&r).Error
	if err != nil {
		return nil, err
	}
	f := &PlacementFact{ID: id, PersonID: r.PersonID, CourseKey: r.CourseKey, CourseHash: r.CourseHash, At: r.At, Answers: []DealtItem{}}
	c, err := l.catalog.version(tx.Statement.Context, f.CourseHash)
	if err != nil {
		return nil, err
	}
	given := map[string]string{}
	if err := json.Unmarshal([]byte(r.Text), &given); err != nil {
		return nil, err
	}
	for _, q := range placementItems(c) {
		if text, ok := given[q.Key]; ok {
			s := l.dealt(f.PersonID, r.Nonce, q)
			f.Answers = append(f.Answers, DealtItem{Question: q.Hash, Options: s.Options, Lefts: s.Lefts, Response: decode(text)})
		}
	}
	return f, nil
}

// Why a pupil's device may hold answers that are not on this disk.
const (
	OutOpenQuiz = "open_quiz"
	OutLate     = "late_answers"
)

// StillOut lists the pupils whose device may still hold answers: a quiz is
// open, or one was closed before they handed it in and late answers of it
// would still be taken.
func StillOut(tx *gorm.DB, now time.Time) (map[models.ID]string, error) {
	var rows []struct {
		PersonID models.ID
		State    string
	}
	err := tx.Raw(`SELECT a.person_id, a.state FROM attempts a WHERE a.state = 'open' AND a.laptop_id IS NULL
		UNION SELECT a.person_id, a.state FROM attempts a WHERE a.laptop_id IS NULL AND `+awaitedWhere, now.Add(-lateFor)).Scan(&rows).Error
	out := map[models.ID]string{}
	for _, r := range rows {
		if r.State == stateOpen {
			out[r.PersonID] = OutOpenQuiz
		} else if out[r.PersonID] == "" {
			out[r.PersonID] = OutLate
		}
	}
	if err != nil {
		return nil, err
	}
	// A device says itself how much it could not send yet. Its word may be older
	// than the handing in, which a device does after everything is sent.
	var unsent []models.ID
	err = tx.Raw(`SELECT DISTINCT p.person_id FROM session_participants p JOIN lesson_sessions s ON s.id = p.session_id
		WHERE s.laptop_id IS NULL AND p.unsent > 0 AND s.opened_at > ? AND NOT EXISTS (SELECT 1 FROM attempts a
			WHERE a.session_id = p.session_id AND a.person_id = p.person_id AND a.state = 'submitted')`, now.Add(-lateFor)).Scan(&unsent).Error
	for _, id := range unsent {
		if out[id] == "" {
			out[id] = OutLate
		}
	}
	return out, err
}
