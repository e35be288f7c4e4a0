package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
)

// The states of a skill on a home page or a board.
const (
	skillNotAvailable = "not_available" // no course for the pupil's grade yet
	skillNotStarted   = "not_started"
	skillLearning     = "learning"
	skillPassed       = "passed"
)

// courseStanding is what one person has done in one course.
type courseStanding struct {
	lessons map[string]bool // done, by lesson key
	touched bool            // anything begun
	tried   bool            // a quiz begun
	best    *int            // basis points, any finished attempt
	counted *int            // basis points, attempts inside a session
	run     *scenarioRun    // the best run alone; read only where the rule asks for one
	passed  bool            // a finished attempt reached the quiz's own pass mark
	late    bool            // answers of an attempt came in after it was closed
	at      time.Time       // last step in a lesson or quiz, zero: none
}

// worked notes when something was done.
func (s *courseStanding) worked(at *time.Time) {
	if at != nil && at.After(s.at) {
		s.at = at.UTC()
	}
}

// done counts the lessons of a version that are done.
func (s courseStanding) done(c *course) (n int) {
	for i := range c.Lessons {
		if s.lessons[c.Lessons[i].Key] {
			n++
		}
	}
	return n
}

// standings reads what many persons have done, by person and course key, in
// two statements for each 500 persons.
func standings(tx *gorm.DB, persons []models.ID) (map[models.ID]map[string]courseStanding, error) {
	out := make(map[models.ID]map[string]courseStanding, len(persons))
	for _, p := range persons {
		out[p] = map[string]courseStanding{}
	}
	for rest := persons; len(rest) > 0; {
		n := min(len(rest), store.MaxRows)
		if err := addLessons(tx, rest[:n], out); err != nil {
			return nil, err
		}
		if err := addScores(tx, rest[:n], out); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	return out, nil
}

func addLessons(tx *gorm.DB, persons []models.ID, out map[models.ID]map[string]courseStanding) error {
	var rows []struct {
		PersonID             models.ID
		CourseKey, LessonKey string
		Done                 bool
		UpdatedAt            time.Time
	}
	err := tx.Raw(`SELECT person_id, course_key, lesson_key, CASE WHEN done_at IS NULL THEN 0 ELSE 1 END AS done, updated_at
		FROM lesson_progress WHERE person_id IN ?`, persons).Scan(&rows).Error
	for _, r := range rows {
		s := out[r.PersonID][r.CourseKey]
		if s.lessons == nil {
			s.lessons = map[string]bool{}
		}
		s.touched, s.lessons[r.LessonKey] = true, r.Done
		s.worked(&r.UpdatedAt)
		out[r.PersonID][r.CourseKey] = s
	}
	return err
}

func addScores(tx *gorm.DB, persons []models.ID, out map[models.ID]map[string]courseStanding) error {
	var rows []struct {
		PersonID            models.ID
		CourseKey           string
		Best, Counted, Good *int
		Late                int
	}
	err := tx.Raw(`SELECT person_id, course_key, MAX(score) AS best, MAX(CASE WHEN session_id IS NOT NULL THEN score ELSE NULL END) AS counted,
		MAX(passed) AS good, MAX(CASE WHEN late_at IS NULL THEN 0 ELSE 1 END) AS late FROM attempts WHERE person_id IN ? GROUP BY person_id, course_key`, persons).Scan(&rows).Error
	for _, r := range rows {
		s := out[r.PersonID][r.CourseKey]
		s.touched, s.tried = true, true
		s.best, s.counted, s.passed = r.Best, r.Counted, r.Good != nil && *r.Good == 1
		s.late = r.Late == 1
		out[r.PersonID][r.CourseKey] = s
	}
	return err
}

// standing is everything about one pupil's way to the certificate.
type standing struct {
	pupil       pupil
	courses     map[string]*course // of each skill, for the pupil's grade
	done        map[string]courseStanding
	passes      map[string]certificate.Pass
	certificate *certificate.Certificate // the last one, valid or revoked
	missing     certificate.Missing
	lang        string // of the reader, empty for that of the original
}

// said picks the reader's language where both are written down.
func (s standing) said(vi, en string) string {
	if s.lang == "en" && en != "" {
		return en
	}
	return vi
}

// standing reads one pupil's way in one consistent view.
func (l *Learning) standing(ctx context.Context, person models.ID) (s standing, err error) {
	order, _, err := l.catalog.list(ctx)
	if err != nil {
		return s, err
	}
	var rule certificate.Rule
	err = l.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if s.pupil, err = pupilOf(tx, person); err != nil {
			return err
		}
		if rule, err = certificate.ActiveRule(tx, l.clock.Now()); err != nil {
			return err
		}
		if s.passes, err = certificate.Passes(tx, person); err != nil {
			return err
		}
		if s.certificate, err = certificate.OfPerson(tx, person); err != nil {
			return err
		}
		all, err := standings(tx, []models.ID{person})
		s.done = all[person]
		if err != nil {
			return err
		}
		return addRuns(tx, rule, order, person, s.done)
	})
	if err != nil {
		return s, err
	}
	s.courses, s.lang = forGrade(order, s.pupil.Grade), models.LangOf(ctx)
	s.missing = missing(rule, s.courses, s.done, s.passes)
	return s, nil
}

// addRuns reads the person's best run of every course.
func addRuns(tx *gorm.DB, rule certificate.Rule, order []*course, person models.ID, out map[string]courseStanding) error {
	keys := make([]string, len(order))
	for i, c := range order {
		keys[i] = c.Key
	}
	best, err := bestScenarios(tx, rule, []models.ID{person}, keys)
	for key, r := range best {
		s := out[key.course]
		s.run, s.touched = &r, true
		out[key.course] = s
	}
	return err
}

// missing lists what each skill of the rule still needs.
func missing(rule certificate.Rule, courses map[string]*course, done map[string]courseStanding, passes map[string]certificate.Pass) certificate.Missing {
	m := certificate.Missing{RuleVersion: rule.Version, Skills: []certificate.MissingSkill{}, Complete: true}
	for _, skill := range rule.Skills {
		_, passed := passes[skill]
		line := certificate.MissingSkill{Skill: skill, Passed: passed}
		if c := courses[skill]; c != nil {
			s := done[c.Key]
			line.LessonsDone, line.LessonsTotal, line.BestPercent = s.done(c), len(c.Lessons), percentOf(s.best)
			line.NeedsSession = rule.NeedSession && !passed && (s.counted == nil || *s.counted < rule.PassPercent*100)
			line.ScenarioNeeded = rule.NeedScenario && !passed
			line.ScenarioPassed = rule.NeedScenario && s.run != nil && rule.ScenarioDone(s.run.evidence())
		}
		m.Complete = m.Complete && passed
		m.Skills = append(m.Skills, line)
	}
	return m
}

func (s standing) certificateRef() *CertificateRef {
	if s.certificate == nil {
		return nil
	}
	return &CertificateRef{Code: s.certificate.Code, IssuedAt: s.certificate.IssuedAt.UTC(), Status: s.certificate.State}
}

// skillState is the one word for a skill.
func skillState(c *course, s courseStanding, passed bool) string {
	switch {
	case passed:
		return skillPassed
	case c == nil:
		return skillNotAvailable
	case s.touched:
		return skillLearning
	}
	return skillNotStarted
}

// MyCertificate answers the actor's last certificate, nil when there is none,
// and what is still missing for one.
func (l *Learning) MyCertificate(ctx context.Context, actor models.Actor) (*certificate.Certificate, certificate.Missing, error) {
	person, err := learner(actor)
	if err != nil {
		return nil, certificate.Missing{}, err
	}
	s, err := l.standing(ctx, person)
	return s.certificate, s.missing, err
}

// Missing answers "why not yet" for the actor.
func (l *Learning) Missing(ctx context.Context, actor models.Actor) (certificate.Missing, error) {
	_, m, err := l.MyCertificate(ctx, actor)
	return m, err
}
