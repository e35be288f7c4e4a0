package learning

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// What a pupil may see of an attempt's answers.
const (
	ReleaseHeld    = "held"     // not yet: the lesson goes on, or another attempt is open
	ReleaseWaiting = "waiting"  // the score; keys wait for answers that a device may still bring
	ReleaseDone    = "released" // everything
)

// RecordAttempt is a quiz in a pupil's record. An open one has no score and no
// release.
type RecordAttempt struct {
	AttemptHead
	Session *RecordSession `json:"session"` // nil: taken at home
	Release string         `json:"release"` // held, waiting, released; empty while it is open
	Late    bool           `json:"late"`    // answers came in after it was closed: made without a network
}

// RecordSession is the lesson session in which an attempt was taken.
type RecordSession struct {
	ID        models.ID `json:"id"`
	ClassName string    `json:"class_name"`
	OpenedAt  time.Time `json:"opened_at"`
}

// RecordLesson is a lesson of the course taught to the pupil's grade.
type RecordLesson struct {
	Key     string     `json:"key"`
	Title   string     `json:"title"`
	TitleEN string     `json:"title_en"`
	Begun   bool       `json:"begun"`
	DoneAt  *time.Time `json:"done_at"`
}

// RecordRun is a finished practice run.
type RecordRun struct {
	RunHead
	Title   string `json:"title"` // of the scenario as published now; empty when it is no more
	TitleEN string `json:"title_en"`
}

// RecordSkill is everything a pupil has done for one skill, the newest first.
type RecordSkill struct {
	Skill    string          `json:"skill"`
	Standing BoardSkill      `json:"standing"`
	PassedAt *time.Time      `json:"passed_at"`
	Lessons  []RecordLesson  `json:"lessons"`
	Attempts []RecordAttempt `json:"attempts"`
	Runs     []RecordRun     `json:"runs"`
}

// Record is one pupil's row of the board opened up.
type Record struct {
	Class   BoardClass    `json:"class"`
	Student BoardStudent  `json:"student"`
	Skills  []RecordSkill `json:"skills"` // in the order of the board
}

// mostRecorded bounds the attempts and the runs of a record each.
const mostRecorded = 200

// Record answers what a pupil of the class has done, one skill or all of them
// when skill is empty. NotFound for a class out of reach, for somebody who is
// not in it now and for an unknown skill.
func (l *Learning) Record(ctx context.Context, actor models.Actor, classID, person models.ID, skill string) (Record, error) {
	if skill != "" && !slices.Contains(certificate.Skills, skill) {
		return Record{}, models.NotFound()
	}
	board, err := l.Board(ctx, actor, classID)
	if err != nil {
		return Record{}, err
	}
	at := slices.IndexFunc(board.Students, func(s BoardStudent) bool { return s.PersonID == person })
	if at < 0 {
		return Record{}, models.NotFound()
	}
	_, open, err := classAnyhow(l.db.Read(ctx), actor, models.ActReadClass, classID)
	if err != nil {
		return Record{}, err
	}
	r := Record{Class: board.Class, Student: board.Students[at]}
	order, _, err := l.catalog.list(ctx)
	if err != nil {
		return Record{}, err
	}
	db, courses := l.db.Read(ctx), forGrade(order, board.Class.Grade)
	passes, err := certificate.Passes(db, person)
	if err != nil {
		return Record{}, err
	}
	for _, key := range certificate.Skills {
		c := courses[key]
		if skill != "" && key != skill || c == nil && !open("") || c != nil && !open(c.Key) {
			continue
		}
		s := RecordSkill{Skill: key, Standing: r.Student.Skills[key], Lessons: []RecordLesson{}, Attempts: []RecordAttempt{}, Runs: []RecordRun{}}
		if p, ok := passes[key]; ok {
			s.PassedAt = timeOf(&p.PassedAt)
		}
		if s.Lessons, err = recordedLessons(db, person, courses[key]); err != nil {
			return Record{}, err
		}
		r.Skills = append(r.Skills, s)
	}
	if err := l.addAttempts(ctx, &r, person); err != nil {
		return Record{}, err
	}
	return r, l.addRecordedRuns(ctx, &r, person)
}

// skill finds a skill of the record; nil when it was not asked for.
func (r *Record) skill(key string) *RecordSkill {
	for i := range r.Skills {
		if r.Skills[i].Skill == key {
			return &r.Skills[i]
		}
	}
	return nil
}

func recordedLessons(db *gorm.DB, person models.ID, c *course) ([]RecordLesson, error) {
	list := []RecordLesson{}
	if c == nil {
		return list, nil
	}
	var rows []struct {
		LessonKey string
		DoneAt    *time.Time
	}
	err := db.Raw("SELECT lesson_key, done_at FROM lesson_progress WHERE person_id = ? AND course_key = ?", person, c.Key).Scan(&rows).Error
	for _, lesson := range c.Lessons {
		x := RecordLesson{Key: lesson.Key, Title: lesson.Title, TitleEN: lesson.TitleEN}
		for _, r := range rows {
			if r.LessonKey == lesson.Key {
				x.Begun, x.DoneAt = true, timeOf(r.DoneAt)
			}
		}
		list = append(list, x)
	}
	return list, err
}

// addAttempts puts the person's attempts, of courses of any grade, under their
// skills.
func (l *Learning) addAttempts(ctx context.Context, r *Record, person models.ID) error {
	db := l.db.Read(ctx)
	rows, err := attemptRows(db.Raw(attemptSelect+"person_id = ? ORDER BY started_at DESC, id DESC LIMIT ?", person, mostRecorded))
	if err != nil {
		return err
	}
	var ids []models.ID
	for _, a := range rows {
		if !a.SessionID.IsZero() {
			ids = append(ids, a.SessionID)
		}
	}
	sessions := map[models.ID]*RecordSession{}
	if len(ids) > 0 {
		found, err := sessionRows(db.Raw(sessionSelect+"s.id IN ?", ids))
		if err != nil {
			return err
		}
		for _, s := range found {
			sessions[s.ID] = &RecordSession{s.ID, s.ClassName, s.OpenedAt.UTC()}
		}
	}
	for _, row := range rows {
		f, err := l.anyAttempt(ctx, row.ID)
		if err != nil {
			return err
		}
		s := r.skill(f.course.Skill)
		if s == nil {
			continue
		}
		a := RecordAttempt{AttemptHead: row.head(), Session: sessions[row.SessionID], Late: row.LateAt != nil}
		if row.State != stateOpen {
			if a.Release, err = l.releaseOf(db, f); err != nil {
				return err
			}
		}
		s.Attempts = append(s.Attempts, a)
	}
	return nil
}

// releaseOf is the word for what the pupil may see of an attempt.
func (l *Learning) releaseOf(db *gorm.DB, f *frozen) (string, error) {
	released, keysWait, err := l.released(db, f)
	switch {
	case released:
		return ReleaseDone, err
	case keysWait:
		return ReleaseWaiting, err
	}
	return ReleaseHeld, err
}

func (l *Learning) addRecordedRuns(ctx context.Context, r *Record, person models.ID) error {
	heads, err := headsOf(l.db.Read(ctx).Raw(runHeads+"person_id = ? ORDER BY finished_at DESC, id DESC LIMIT ?", person, mostRecorded))
	if err != nil {
		return err
	}
	for _, head := range heads {
		c, err := l.catalog.byKey(ctx, head.CourseKey)
		if models.KindOf(err) == models.KindNotFound {
			continue // a course that is taught no more
		}
		if err != nil {
			return err
		}
		s := r.skill(c.Skill)
		if s == nil {
			continue
		}
		run := RecordRun{RunHead: head}
		if x, ok := c.Scenario(head.ScenarioKey); ok {
			run.Title, run.TitleEN = x.Title, x.TitleEN
		}
		s.Runs = append(s.Runs, run)
	}
	return nil
}
