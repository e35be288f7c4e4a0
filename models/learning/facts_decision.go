package learning

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// DecisionFact is a line of the record of a lesson: what was decided over whom.
// It is written once and never changes.
type DecisionFact struct {
	ID        models.ID `json:"id"`
	SessionID models.ID `json:"session_id"`
	PersonID  models.ID `json:"person_id,omitzero"` // zero: the whole lesson
	AttemptID models.ID `json:"attempt_id,omitzero"`
	Kind      string    `json:"kind"` // see Decision
	Reason    string    `json:"reason,omitempty"`
	DecidedBy models.ID `json:"decided_by,omitzero"`
	At        time.Time `json:"at"`
}

// decidedOver lists the kinds of decisions, each with the reasons that it may
// have; none where no reason is asked.
var decidedOver = map[string][]string{
	"invigilated": nil, "open_to_all": nil, "confirm": nil, "pause": nil, "resume": nil, "helped": nil, "end": endReasons,
	"alert_accepted": acceptReasons, "alert_replaced": acceptReasons, "alert_refused": refuseReasons,
}

// ofWholeLesson are the kinds that are decided over nobody in particular.
var ofWholeLesson = []string{"invigilated", "open_to_all"}

// decisionMarks lists what was decided in the lessons that were held here.
func decisionMarks(tx *gorm.DB) ([]FactMark, error) {
	var rows []struct {
		ID, PersonID models.ID
		DecidedAt    time.Time
	}
	err := tx.Raw(`SELECT d.id, d.person_id, d.decided_at FROM session_decisions d
		JOIN lesson_sessions s ON s.id = d.session_id WHERE s.laptop_id IS NULL`).Scan(&rows).Error
	list := make([]FactMark, len(rows))
	for i, r := range rows {
		list[i] = FactMark{Kind: FactDecision, Key: r.ID.String(), Mark: "1", Person: r.PersonID, At: r.DecidedAt, id: r.ID}
	}
	return list, err
}

func readDecision(tx *gorm.DB, id models.ID) (*DecisionFact, error) {
	f := &DecisionFact{}
	return f, tx.Raw(`SELECT id, session_id, person_id, attempt_id, kind, reason, decided_by, decided_at AS at
		FROM session_decisions WHERE id = ?`, id).Take(f).Error
}

// check refuses what no honest laptop can have written.
func (d *DecisionFact) check() error {
	reasons, known := decidedOver[d.Kind]
	switch {
	case d.ID.IsZero():
		return models.InvalidField("fact.decision.id", "required")
	case !known:
		return models.InvalidField("fact.decision.kind", "unknown")
	case d.Reason != "" && !slices.Contains(reasons, d.Reason), d.Reason == "" && reasons != nil:
		return models.InvalidField("fact.decision.reason", "unknown")
	case d.PersonID.IsZero() != slices.Contains(ofWholeLesson, d.Kind):
		return models.InvalidField("fact.decision.person_id", "invalid")
	}
	return nil
}

// applyDecision takes a line of the record of a lesson that the laptop held.
// The quiz that it is about comes later, when it has ended; one that is here
// already must be its pupil's.
func applyDecision(tx *gorm.DB, h Arrival, d *DecisionFact) (string, error) {
	if err := d.check(); err != nil {
		return "", err
	}
	s, err := sessionOf(tx, h, d.SessionID)
	if err != nil {
		return "", err
	}
	if s == nil {
		return "", models.InvalidField("fact.decision.session_id", "not_of_laptop")
	}
	var others int
	err = tx.Raw("SELECT COUNT(*) FROM attempts WHERE id = ? AND (person_id <> ? OR session_id IS NULL OR session_id <> ?)", d.AttemptID, d.PersonID, d.SessionID).
		Scan(&others).Error
	if err != nil {
		return "", err
	}
	if others > 0 {
		return "", models.InvalidField("fact.decision.attempt_id", "not_of_pupil")
	}
	err = tx.Exec(`INSERT INTO session_decisions (id, session_id, person_id, attempt_id, kind, reason, decided_by, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		d.ID, d.SessionID, d.PersonID, d.AttemptID, d.Kind, d.Reason, d.DecidedBy, d.At).Error
	if store.IsDuplicate(err) {
		return mine(tx, "session_decisions", "session_id", d.ID, d.SessionID)
	}
	return "", err
}
