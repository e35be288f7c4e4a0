package learning

import (
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// applyAttempt writes a quiz that ended on a laptop. The score is not carried:
// the answers are graded here. Two quizzes of one pupil, one here and one
// there, are both kept. Of a quiz that is here already only what came later is
// taken: late answers, the pupil's word that there are none, keys seen.
func (l *Learning) applyAttempt(tx *gorm.DB, h Arrival, a *AttemptFact) (string, error) {
	c, err := l.known(tx, a.CourseKey, a.CourseHash)
	if err != nil || c == nil {
		return SkipVersion, err
	}
	f, err := thawFact(c, a)
	if err != nil {
		return "", err
	}
	var old []struct {
		PersonID, LaptopID models.ID
		Items              string
	}
	if err := tx.Raw("SELECT person_id, laptop_id, items FROM attempts WHERE id = ?", a.ID).Scan(&old).Error; err != nil {
		return "", err
	}
	switch {
	case len(old) > 0 && (old[0].PersonID != a.PersonID || old[0].LaptopID.IsZero() || old[0].Items != f.itemsText):
		return SkipTaken, nil
	case len(old) == 0:
		if err := l.checkSession(tx, h, c, a); err != nil {
			return "", err
		}
		if err := l.insertEnded(tx, h, f, a); err != nil {
			return "", err
		}
	}
	skip, err := l.applyLate(tx, f, a)
	if err != nil {
		return "", err
	}
	err = tx.Exec(`UPDATE attempts SET settled_at = COALESCE(settled_at, ?), keys_seen_at = COALESCE(keys_seen_at, ?) WHERE id = ?`,
		a.SettledAt, a.KeysSeenAt, a.ID).Error
	if err != nil {
		return "", err
	}
	return skip, l.followRegrades(tx, f, h.Now)
}

// thawFact checks what never changes of a quiz: that it was drawn by the
// blueprint of its course version, and that every answer fits its question.
func thawFact(c *course, a *AttemptFact) (*frozen, error) {
	const at = "fact.attempt."
	f := &frozen{ID: a.ID, Person: a.PersonID, Session: a.SessionID, CourseKey: c.Key, course: c, itemsText: string(a.Items), StartedAt: a.StartedAt}
	var err error
	if f.items, err = thaw(c, f.itemsText); err != nil || !f.drawn(a.Alerts) {
		return nil, models.InvalidField(at+"items", "not_by_blueprint")
	}
	byPupilOrNot := a.State == stateSubmitted && a.ClosedBy == byPupil ||
		a.State == stateClosed && (a.ClosedBy == byTeacher || a.ClosedBy == byDeadline)
	switch {
	case a.ID.IsZero():
		return nil, models.InvalidField(at+"id", "required")
	case !byPupilOrNot || a.Position < 0 || a.Position > len(f.items):
		return nil, models.InvalidField(at+"state", "unknown")
	case a.SubmittedAt.Before(a.StartedAt) || a.DeadlineAt.Sub(a.StartedAt) > longestSession*time.Minute:
		return nil, models.InvalidField(at+"submitted_at", "out_of_range")
	case len(a.Alerts) > 0 && a.SessionID.IsZero(), len(a.Alerts) > min(maxAlerts, (len(f.items)-len(replaced(a.Alerts)))/3), !slices.IsSortedFunc(a.Alerts, func(x, y AlertFact) int { return x.Number - y.Number }):
		return nil, models.InvalidField(at+"alerts", "too_many")
	case slices.ContainsFunc(a.Alerts, func(x AlertFact) bool { return !x.whole(len(f.items)) }):
		return nil, models.InvalidField(at+"alerts", "invalid")
	case len(a.Answers) > 2*maxAnswers:
		return nil, models.InvalidField(at+"answers", "too_many")
	}
	for i, x := range a.Answers {
		r, err := ParseResponse(x.Response)
		if err == nil {
			_, err = f.checkAnswer(Answer{Seq: x.Seq, Slot: x.Slot, Response: r})
		}
		late := a.Late != nil && x.Seq > a.Late.LastSeq
		switch {
		case err != nil:
			return nil, models.InvalidField(at+"answers["+itoa(i)+"]", "invalid")
		case !late && x.Seq != i+1 || late && x.Seq != i+2: // the closing row took a number
			return nil, models.InvalidField(at+"answers["+itoa(i)+"].seq", "out_of_range")
		case !late && over(a.DeadlineAt, x.SavedAt):
			return nil, models.InvalidField(at+"answers["+itoa(i)+"].saved_at", rejectAfterDeadline)
		}
	}
	return f, nil
}

// whole tells whether an alert can have been raised and decided.
func (x AlertFact) whole(slots int) bool {
	states := []string{alertAccepted, alertRefused, alertSkipped, alertWithdrawn}
	return !x.ID.IsZero() && x.Slot >= 1 && x.Slot <= slots && slices.Contains(states, x.State) && slices.Contains(reportReasons, x.Reason) &&
		len([]rune(x.Note)) <= maxReportNote && len(x.DecidedReason) <= 16
}

// replaced answers for each slot that stands in for a broken question the slot
// of that question.
func replaced(alerts []AlertFact) map[int]int {
	of := map[int]int{}
	for _, x := range alerts {
		if x.Replacement > 0 {
			of[x.Replacement] = x.Slot
		}
	}
	return of
}

// standsIn tells whether a question may stand in for another: it comes behind
// those that were drawn, asks for the same objective, and the other was
// accepted as broken.
func (f *frozen) standsIn(x AlertFact, drawn int) bool {
	return x.State == alertAccepted && x.Slot >= 1 && x.Slot < x.Replacement && x.Replacement > drawn && x.Replacement <= len(f.items) &&
		f.items[x.Slot-1].q.Objective == f.items[x.Replacement-1].q.Objective
}

// drawn tells whether the questions are what the blueprint may draw: as many
// of each objective as it asks for, none twice, none that is not for a quiz;
// behind them those that stand in for broken ones.
func (f *frozen) drawn(alerts []AlertFact) bool {
	instead := replaced(alerts)
	for _, x := range alerts {
		if x.Replacement != 0 && (instead[x.Replacement] != x.Slot || !f.standsIn(x, len(f.items)-len(instead))) {
			return false
		}
	}
	need, seen := map[string]int{}, map[string]bool{}
	for _, s := range f.course.Quiz.Slots {
		need[s.Objective] += s.Count
	}
	for i, s := range f.items {
		if seen[s.q.Hash] || !slices.Contains(f.course.pools[s.q.Objective], s.q) {
			return false
		}
		seen[s.q.Hash] = true
		if instead[i+1] == 0 {
			need[s.q.Objective]--
		}
	}
	for _, left := range need {
		if left != 0 {
			return false
		}
	}
	return true
}

// checkSession asks of a quiz that counts what StartAttempt asks: a lesson of
// a class of the laptop, which the pupil had joined, for this course, which is
// that of the grade.
func (l *Learning) checkSession(tx *gorm.DB, h Arrival, c *course, a *AttemptFact) error {
	if a.SessionID.IsZero() {
		return nil
	}
	const at = "fact.attempt.session_id"
	s, err := sessionOf(tx, h, a.SessionID)
	if err != nil {
		return err
	}
	if s == nil {
		return models.InvalidField(at, "not_of_laptop")
	}
	var n int
	if err := tx.Raw("SELECT COUNT(*) FROM session_participants WHERE session_id = ? AND person_id = ?", a.SessionID, a.PersonID).Scan(&n).Error; err != nil {
		return err
	}
	switch {
	case n == 0:
		return models.InvalidField(at, "not_joined")
	case s.CourseKey != nil && *s.CourseKey != a.CourseKey:
		return models.InvalidField("fact.attempt.course_key", "other_course_in_session")
	case a.StartedAt.Before(s.OpenedAt) || a.StartedAt.After(s.ClosesAt):
		return models.InvalidField("fact.attempt.started_at", "out_of_range")
	}
	var grade int
	if err := tx.Raw("SELECT grade FROM school_classes WHERE id = ?", s.ClassID).Scan(&grade).Error; err != nil {
		return err
	}
	order, _, err := l.catalog.list(tx.Statement.Context)
	if err != nil {
		return err
	}
	if own := forGrade(order, grade)[c.Skill]; own == nil || own.Key != c.Key {
		return models.InvalidField("fact.attempt.course_key", "not_for_grade")
	}
	return nil
}

// insertEnded writes the quiz open, with its answers, and ends it in the one
// way in which attempts end.
func (l *Learning) insertEnded(tx *gorm.DB, h Arrival, f *frozen, a *AttemptFact) error {
	err := tx.Exec(`INSERT INTO attempts (id, person_id, course_key, course_hash, session_id, items, slots, position, state, live,
		started_at, deadline_at, extra_seconds, closed_by, result_hash, laptop_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', NULL, ?, ?, ?, '', '', ?)`,
		f.ID, f.Person, f.CourseKey, f.course.Hash, f.Session, f.itemsText, len(f.items), a.Position, a.StartedAt, a.DeadlineAt, a.Extra, h.Laptop).Error
	if err != nil {
		return retryDuplicate(err)
	}
	var rows []any
	var log []savedAnswer
	for _, x := range a.Answers {
		if a.Late != nil && x.Seq > a.Late.LastSeq {
			break
		}
		log = append(log, savedAnswer{AttemptID: f.ID, Seq: x.Seq, Slot: x.Slot, Response: f.text(x)})
		rows = append(rows, f.ID, x.Seq, x.Slot, f.text(x), x.ClientAt, x.SavedAt)
	}
	if err := insertAnswers(tx, rows); err != nil {
		return err
	}
	if err := insertAlerts(tx, a); err != nil {
		return err
	}
	out, err := excluded(tx, f.ID)
	if err != nil {
		return err
	}
	e, err := f.endingAs(a, log, out)
	if err != nil {
		return err
	}
	if err := writeEndings(tx, []ending{e}, a.SubmittedAt); err != nil || !f.counts() {
		return err
	}
	rule, err := certificate.ActiveRule(tx, h.Now)
	if err != nil {
		return err
	}
	return awardAfterQuiz(tx, rule, e, h.Now)
}

// insertAlerts writes the questions that were reported in the quiz: those that
// were taken out do not count here either.
func insertAlerts(tx *gorm.DB, a *AttemptFact) error {
	for _, x := range a.Alerts {
		err := tx.Exec(`INSERT INTO question_alerts (id, session_id, attempt_id, slot, number, reason, note, state, raised_at, expires_at, decided_at,
			decided_by, decided_reason, replacement) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			x.ID, a.SessionID, a.ID, x.Slot, x.Number, x.Reason, x.Note, x.State, x.RaisedAt, x.ExpiresAt, x.DecidedAt, x.DecidedBy, x.DecidedReason, x.Replacement).Error
		if err := retryDuplicate(err); err != nil {
			return err
		}
	}
	return nil
}

// text is the one text form of an answer that was checked before.
func (f *frozen) text(x AnswerFact) string {
	text, err := f.items[x.Slot-1].canonical(decode(string(x.Response)))
	if err != nil {
		panic(err) // thawFact has checked every answer
	}
	return text
}

// endingAs grades a log that ended as the laptop says.
func (f *frozen) endingAs(a *AttemptFact, log []savedAnswer, out map[int]bool) (ending, error) {
	slots, score := f.gradeAll(log, out)
	result, err := json.Marshal(slots)
	if err != nil {
		return ending{}, err
	}
	e := ending{f: f, state: a.State, by: a.ClosedBy, result: string(result), closingSeq: len(log) + 1}
	e.out = Outcome{AttemptID: f.ID, Score: score, Passed: score >= f.course.Quiz.PassPercent*100, Counts: f.counts(), SubmittedAt: a.SubmittedAt.UTC()}
	e.hash = f.resultHash(log, slots, e.out)
	return e, nil
}

// applyLate takes the answers that reached the laptop after the quiz was
// closed. They are refused, like any late answers, when the right ones were
// out in this house before they reached the laptop.
func (l *Learning) applyLate(tx *gorm.DB, f *frozen, a *AttemptFact) (string, error) {
	if a.Late == nil {
		return "", nil
	}
	r, err := lateRowOf(tx, f.ID)
	if err != nil {
		return "", err
	}
	if r.Batch == a.Late.BatchID {
		return "", nil
	}
	at := a.Late.At
	mended, err := regradesOf(tx, []models.ID{f.ID})
	if err != nil {
		return "", err
	}
	// A result that was regraded is not replaced by one of the old key: its proof is a chain.
	out := len(mended) > 0 || r.State != stateClosed || !r.Batch.IsZero() || r.SettledAt != nil || r.Score == nil || r.Passed == nil || r.Result == nil || r.SubmittedAt == nil
	if !out {
		var n int
		if err := tx.Raw("SELECT COUNT(*) FROM attempts a WHERE a.id = ? AND "+awaitedWhere, f.ID, at.Add(-lateFor)).Scan(&n).Error; err != nil {
			return "", err
		}
		seen, err := f.practisedSince(tx, *r.SubmittedAt)
		if err != nil {
			return "", err
		}
		out = n == 0 || seen
	}
	if out {
		return SkipLate, nil
	}
	b := LateBatch{ID: a.Late.BatchID}
	for _, x := range a.Answers {
		if x.Seq > a.Late.LastSeq && x.ClientAt != nil {
			b.Answers = append(b.Answers, Answer{Seq: x.Seq, Slot: x.Slot, Response: decode(string(x.Response)), ClientAt: *x.ClientAt})
		}
	}
	report, taken := f.sift(r, b)
	if len(taken) == 0 {
		return SkipLate, nil
	}
	return "", l.writeLate(tx, f, r, lateWrite{a.Late.From, b.ID, report, taken, at})
}

// lateRowOf reads an attempt as a late batch finds it.
func lateRowOf(tx *gorm.DB, id models.ID) (lateRow, error) {
	var rows []lateRow
	err := tx.Raw(`SELECT a.state, a.deadline_at, a.submitted_at, a.score, a.passed, a.result, a.result_hash, a.settled_at,
		(SELECT COALESCE(MAX(x.seq), 0) FROM answers x WHERE x.attempt_id = a.id) AS last_seq,
		b.batch_id AS batch, COALESCE(b.report, '') AS report
		FROM attempts a LEFT JOIN late_batches b ON b.attempt_id = a.id WHERE a.id = ?`, id).Scan(&rows).Error
	if err != nil {
		return lateRow{}, err
	}
	if len(rows) == 0 {
		return lateRow{}, models.NotFound()
	}
	return rows[0], nil
}
