package learning

import (
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// Arrival says how the facts of one laptop are taken into this house: which
// laptop, for which classes it was prepared, and the instant at which passes,
// certificates and the ledger are decided.
type Arrival struct {
	Laptop  models.ID
	Classes []models.ID
	Now     time.Time
}

// Why a fact that is in order was not taken. The laptop shows it; nothing else
// of its batch waits for it.
const (
	SkipVersion   = "version_unknown" // content that was never published here
	SkipTaken     = "id_taken"        // the id names something else here
	SkipLog       = "log_reused"
	SkipPlacement = "placement_taken"
	SkipLate      = "results_released" // late answers after the right ones were out here
	SkipDrill     = "not_answered"
)

// ApplyFact writes one fact as if it had happened here: it is checked and
// graded by this house, and passes and certificates follow by the same rule. A
// fact that is here already changes nothing, by its id, except what may still
// come true of it. The caller has checked that the person belongs to the
// laptop's classes and that times lie between the pack and now. skip says why
// a fact in order was left out. Errors: Invalid below "fact." for what no
// honest laptop can have written.
func (l *Learning) ApplyFact(tx *gorm.DB, h Arrival, f *Fact) (skip string, err error) {
	if !f.Whole() {
		return "", models.InvalidField("fact.kind", "unknown")
	}
	switch f.Kind {
	case FactSession:
		return applySession(tx, h, f.Session)
	case FactJoined:
		return applyJoined(tx, h, f.Joined)
	case FactPlacement:
		return l.applyPlacement(tx, h, f.Placement)
	case FactProgress:
		return l.applyProgress(tx, h, f.Progress)
	case FactTry:
		return l.applyTry(tx, f.Try)
	case FactRun:
		return l.applyRun(tx, h, f.Run)
	case FactAttempt:
		return l.applyAttempt(tx, h, f.Attempt)
	case FactReport:
		return applyReport(tx, f.Report)
	case FactAccommodation:
		return "", applyAccommodation(tx, f.Accommodation)
	case FactIncident:
		return "", applyIncident(tx, h, f.Incident)
	case FactDecision:
		return applyDecision(tx, h, f.Decision)
	default:
		return l.applyDrill(tx, f.Drill)
	}
}

// applySession writes a lesson without the keys that make it joinable: its
// code hung on another wall. Only the laptop that held a lesson changes it.
func applySession(tx *gorm.DB, h Arrival, s *SessionFact) (string, error) {
	long := s.ClosesAt.Sub(s.OpenedAt)
	switch {
	case s.ID.IsZero():
		return "", models.InvalidField("fact.session.id", "required")
	case !slices.Contains(h.Classes, s.ClassID):
		return "", models.InvalidField("fact.session.class_id", "not_of_laptop")
	case long < 0 || long > longestSession*time.Minute:
		return "", models.InvalidField("fact.session.closes_at", "over_four_hours")
	case len(s.Code) > 8 || len(s.CourseKey) > 64:
		return "", models.InvalidField("fact.session.code", "too_long")
	}
	var course *string
	if s.CourseKey != "" {
		course = &s.CourseKey
	}
	err := tx.Exec(`INSERT INTO lesson_sessions (id, class_id, course_key, code, live_code, live_class, opened_by, opened_at, closes_at, closed_at, released_at, invigilated, laptop_id)
		VALUES (?, ?, ?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.ClassID, course, s.Code, s.OpenedBy, s.OpenedAt, s.ClosesAt, s.ClosedAt, s.ReleasedAt, flag(s.Invigilated), h.Laptop).Error
	if !store.IsDuplicate(err) {
		return "", err
	}
	var old []struct{ ClassID, LaptopID models.ID }
	if err := tx.Raw("SELECT class_id, laptop_id FROM lesson_sessions WHERE id = ?", s.ID).Scan(&old).Error; err != nil {
		return "", err
	}
	if len(old) == 0 || old[0].ClassID != s.ClassID || old[0].LaptopID.IsZero() {
		return SkipTaken, nil
	}
	// What was closed or released stays so.
	return "", tx.Exec(`UPDATE lesson_sessions SET closes_at = ?, closed_at = COALESCE(?, closed_at), released_at = COALESCE(released_at, ?) WHERE id = ?`,
		s.ClosesAt, s.ClosedAt, s.ReleasedAt, s.ID).Error
}

// sessionOf reads a lesson that a laptop of this class held.
func sessionOf(tx *gorm.DB, h Arrival, id models.ID) (*sessionRow, error) {
	rows, err := sessionRows(tx.Raw(sessionSelect+"s.id = ? AND s.laptop_id IS NOT NULL AND s.class_id IN ?", id, h.Classes))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

func applyJoined(tx *gorm.DB, h Arrival, j *JoinedFact) (string, error) {
	s, err := sessionOf(tx, h, j.SessionID)
	if err != nil {
		return "", err
	}
	if s == nil {
		return "", models.InvalidField("fact.joined.session_id", "not_of_laptop")
	}
	err = tx.Exec("INSERT INTO session_participants (session_id, person_id, joined_at) VALUES (?, ?, ?)", j.SessionID, j.PersonID, j.At).Error
	if store.IsDuplicate(err) {
		return "", nil
	}
	return "", err
}

// applyProgress merges a place: the report with the higher number wins, done
// stays done, whichever of the two houses it was reported to.
func (l *Learning) applyProgress(tx *gorm.DB, h Arrival, p *ProgressFact) (string, error) {
	ctx := tx.Statement.Context
	if p.Seq < 1 || p.CardIndex < 0 || len(p.Hash) > 64 {
		return "", models.InvalidField("fact.progress.card_index", "out_of_range")
	}
	c, err := l.catalog.byKey(ctx, p.CourseKey)
	if models.KindOf(err) == models.KindNotFound {
		return SkipVersion, nil
	}
	if err != nil {
		return "", err
	}
	if _, ok := c.lessons[p.LessonKey]; !ok {
		return SkipVersion, nil
	}
	at := p.At
	if p.DoneAt != nil {
		at = *p.DoneAt
	}
	_, finished, err := putProgress(tx, p.PersonID, c.Key, p.LessonKey, p.Hash, Progress{Seq: p.Seq, CardIndex: p.CardIndex, Done: p.DoneAt != nil}, at)
	if err != nil || !finished {
		return "", err
	}
	return "", l.awardAfterLesson(ctx, tx, p.PersonID, c, h.Now)
}

// dealtAs checks a question as it was shown elsewhere and the response to it,
// and answers the response's one text form.
func dealtAs(q *curriculum.Question, d DealtItem) (shown, string, error) {
	s := shown{item: item{Question: q.Hash, Options: d.Options, Lefts: d.Lefts}, q: q}
	if !s.fits() {
		return s, "", models.InvalidField("fact.options", "invalid")
	}
	text, err := s.canonical(d.Response)
	return s, text, err
}

func (l *Learning) applyTry(tx *gorm.DB, t *TryFact) (string, error) {
	if t.ID.IsZero() {
		return "", models.InvalidField("fact.try.id", "required")
	}
	if isSet(t.CourseKey) {
		if _, err := l.triedSet(tx.Statement.Context, t.PersonID, t.CourseKey); models.KindOf(err) == models.KindNotFound {
			return SkipVersion, nil
		} else if err != nil {
			return "", err
		}
	}
	q, err := l.practiceVersion(tx.Statement.Context, t.CourseKey, t.Given.Question)
	if models.KindOf(err) == models.KindNotFound {
		return SkipVersion, nil
	}
	if err != nil {
		return "", err
	}
	s, _, err := dealtAs(q, t.Given)
	if err != nil {
		return "", models.InvalidField("fact.try.given", "invalid")
	}
	score := s.grade(t.Given.Response)
	given, err := s.given(t.Given.Response, score)
	if err != nil {
		return "", err
	}
	_, err = insertTry(tx, tryRow{t.ID, t.PersonID, t.CourseKey, q.Hash, score, t.At, given})
	if !store.IsDuplicate(err) {
		return "", err
	}
	return mine(tx, "practice_answers", "person_id", t.ID, t.PersonID)
}

// mine tells a fact that is here already from an id that somebody else has.
func mine(tx *gorm.DB, table, column string, id, person models.ID) (string, error) {
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM "+table+" WHERE id = ? AND "+column+" = ?", id, person).Scan(&n).Error
	if err != nil || n == 1 {
		return "", err
	}
	return SkipTaken, nil
}

func (l *Learning) applyRun(tx *gorm.DB, h Arrival, r *RunFact) (string, error) {
	ctx := tx.Statement.Context
	if r.ID.IsZero() {
		return "", models.InvalidField("fact.run.id", "required")
	}
	m, err := l.machine(ctx, r.CourseKey, r.ScenarioKey, r.ScenarioHash)
	if kind := models.KindOf(err); kind == models.KindNotFound || kind == models.KindConflict {
		return SkipVersion, nil
	}
	if err != nil {
		return "", err
	}
	c, err := l.catalog.byKey(ctx, r.CourseKey)
	if err != nil {
		return "", err
	}
	row, err := scored(m, r.PersonID, NewRun{ID: r.ID, CourseKey: r.CourseKey, ScenarioKey: r.ScenarioKey, ScenarioHash: r.ScenarioHash,
		Mode: r.Mode, Rewound: r.Rewound, Log: r.Log}, r.At)
	var refused *models.Error
	if errors.As(err, &refused) && refused.Kind == models.KindInvalid {
		return "", models.InvalidField("fact.run.log", "invalid")
	}
	if err != nil {
		return "", err
	}
	err = writeRun(tx, row, r.Log)
	if store.IsDuplicate(err) {
		skip, err := mine(tx, "scenario_runs", "person_id", r.ID, r.PersonID)
		if skip == SkipTaken {
			skip = SkipLog
		}
		return skip, err
	}
	if err != nil || !row.head().Counts {
		return "", err
	}
	return "", l.awardAfterScenario(ctx, tx, r.PersonID, c, h.Now)
}

func applyReport(tx *gorm.DB, r *ReportFact) (string, error) {
	switch {
	case r.ID.IsZero():
		return "", models.InvalidField("fact.report.id", "required")
	case !slices.Contains(reportPlaces, r.Place) || !slices.Contains(reportReasons, r.Reason):
		return "", models.InvalidField("fact.report.reason", "unknown")
	case len([]rune(r.Note)) > maxReportNote || len(r.QuestionHash) > 64 || len(r.QuestionKey) > 64 || len(r.CourseKey) > 64:
		return "", models.InvalidField("fact.report.note", "too_long")
	}
	err := tx.Exec(`INSERT INTO question_reports (id, person_id, class_id, course_key, question_key, question_hash, place, reason, note, reported_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, r.PersonID, r.ClassID, r.CourseKey, r.QuestionKey, r.QuestionHash, r.Place, r.Reason, r.Note, r.At).Error
	if store.IsDuplicate(err) {
		return "", nil // once for each pupil and version of a question
	}
	return "", err
}
