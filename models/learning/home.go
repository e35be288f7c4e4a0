package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/place"
)

// SkillTile is one of the five skills on the home page. CourseKey is empty
// when there is no course for the pupil's grade yet.
type SkillTile struct {
	Skill        string     `json:"skill"`
	CourseKey    string     `json:"course_key"`
	Title        string     `json:"title"`
	State        string     `json:"state"` // not_started, learning, passed, not_available
	LessonsDone  int        `json:"lessons_done"`
	LessonsTotal int        `json:"lessons_total"`
	BestPercent  *int       `json:"best_percent"`
	PassedAt     *time.Time `json:"passed_at"`
	// Freshness of a passed skill is fresh or review ("cần ôn"), empty before; FreshUntil is when it turns.
	Freshness  string     `json:"freshness"`
	FreshUntil *time.Time `json:"fresh_until"`
}

// NextStep is the one thing to do next.
type NextStep struct {
	Kind       string  `json:"kind"` // lesson, scenario, practice, quiz, join_session, certificate, none
	CourseKey  string  `json:"course_key"`
	LessonKey  *string `json:"lesson_key"`
	Title      string  `json:"title"`
	Minutes    int     `json:"minutes"`
	Card       int     `json:"card"` // index from 0
	CardsTotal int     `json:"cards_total"`
	// ScenarioKey is the practice scenario to play, for kind scenario only.
	ScenarioKey *string `json:"scenario_key"`
}

// HomeSession is the open session of the pupil's class.
type HomeSession struct {
	ID        models.ID `json:"id"`
	Code      string    `json:"code"` // empty until joined: the code is on the wall
	CourseKey *string   `json:"course_key"`
	ClassName string    `json:"class_name"`
	ClosesAt  time.Time `json:"closes_at"`
	Joined    bool      `json:"joined"`
}

// OpenAttempt is a quiz to go on with.
type OpenAttempt struct {
	ID        models.ID `json:"id"`
	CourseKey string    `json:"course_key"`
	Answered  int       `json:"answered"` // slots with an answer
	Slots     int       `json:"slots"`
}

// HomePerson is who is signed in.
type HomePerson struct {
	DisplayName string `json:"display_name"`
	ClassName   string `json:"class_name"`
	SchoolName  string `json:"school_name"`
}

// HomeHousehold is the pupil's household link in one word.
type HomeHousehold struct {
	State       string `json:"state"` // claimed, confirmed, rejected
	VillageName string `json:"village_name"`
}

// ClassGoal counts the households of the pupil's class.
type ClassGoal struct {
	Total   int `json:"households_total"`
	Covered int `json:"households_covered"`
}

// Home is the pupil's first page.
type Home struct {
	Person      HomePerson       `json:"person"`
	Skills      []SkillTile      `json:"skills"` // the five, in their fixed order
	Next        *NextStep        `json:"next"`
	Assignments []HomeAssignment `json:"assignments"`
	Session     *HomeSession     `json:"session"`
	OpenAttempt *OpenAttempt     `json:"open_attempt"`
	Certificate *CertificateRef  `json:"certificate"`
	Household   *HomeHousehold   `json:"household"`
	ClassGoal   ClassGoal        `json:"class_goal"`
	Regraded    []HomeRegrade    `json:"regraded"` // results that a mended question changed, not looked at yet
	Drill       *DrillView       `json:"drill"`    // of the week, nil when there is none
}

// Home answers the actor's first page in a fixed number of statements.
func (l *Learning) Home(ctx context.Context, actor models.Actor) (Home, error) {
	person, err := learner(actor)
	if err != nil {
		return Home{}, err
	}
	s, err := l.standing(ctx, person)
	if err != nil {
		return Home{}, err
	}
	h := Home{Person: HomePerson{s.pupil.Name, s.pupil.ClassName, s.pupil.SchoolName}, Skills: []SkillTile{}, Certificate: s.certificateRef()}
	for _, skill := range certificate.Skills {
		h.Skills = append(h.Skills, s.tile(skill))
	}
	now := l.clock.Now()
	db := l.db.Read(ctx)
	if err := s.ages(db, h.Skills, now); err != nil {
		return Home{}, err
	}
	if h.Assignments, err = l.homeAssignments(ctx, db, s, now); err != nil {
		return Home{}, err
	}
	if h.Session, err = homeSession(db, s.pupil, now); err != nil {
		return Home{}, err
	}
	if h.OpenAttempt, err = openAttempt(db, person, now); err != nil {
		return Home{}, err
	}
	if h.Household, h.ClassGoal, err = homeHousehold(db, s.pupil); err != nil {
		return Home{}, err
	}
	if h.Regraded, err = unseenRegrades(db, person, s.courses); err != nil {
		return Home{}, err
	}
	if h.Drill, err = l.Drill(ctx, actor); err != nil {
		return Home{}, err
	}
	progress, err := progressOf(db, person)
	if err != nil {
		return Home{}, err
	}
	h.Next = s.next(h, progress)
	return h, nil
}

func (s standing) tile(skill string) SkillTile {
	pass, passed := s.passes[skill]
	c := s.courses[skill]
	t := SkillTile{Skill: skill, State: skillState(c, courseStanding{}, passed)}
	if c != nil {
		done := s.done[c.Key]
		t.CourseKey, t.Title, t.State = c.Key, s.said(c.Title, c.TitleEN), skillState(c, done, passed)
		t.LessonsDone, t.LessonsTotal, t.BestPercent = done.done(c), len(c.Lessons), percentOf(done.best)
	}
	if passed {
		at := pass.PassedAt.UTC()
		t.PassedAt = &at
	}
	return t
}

// ages says of each skill how fresh it is.
func (s standing) ages(db *gorm.DB, tiles []SkillTile, now time.Time) error {
	last, err := shownLast(db, s.pupil.PersonID, s.courses, s.passes)
	for i := range tiles {
		tiles[i].age(last[tiles[i].Skill], now)
	}
	return err
}

// age says how fresh a passed skill is.
func (t *SkillTile) age(last, now time.Time) {
	if t.PassedAt == nil || last.IsZero() {
		return
	}
	until := last.Add(FreshFor)
	t.Freshness, t.FreshUntil = Fresh, &until
	if now.After(until) {
		t.Freshness = Review
	}
}

// homeSession shows that a session is open. Its code stays on the wall until
// the pupil has typed it: being there is what makes a quiz count.
func homeSession(db *gorm.DB, p pupil, now time.Time) (*HomeSession, error) {
	var rows []struct {
		ID        models.ID
		Code      string
		CourseKey *string
		ClosesAt  time.Time
		Joined    bool
	}
	err := db.Raw(`SELECT s.id, s.code, s.course_key, s.closes_at, CASE WHEN j.person_id IS NULL THEN 0 ELSE 1 END AS joined
		FROM lesson_sessions s LEFT JOIN session_participants j ON j.session_id = s.id AND j.person_id = ?
		WHERE s.live_class = ? AND s.closed_at IS NULL AND s.closes_at > ?`, p.PersonID, p.ClassID, now).Scan(&rows).Error
	if err == nil && len(rows) == 0 && p.ClassID.IsZero() {
		err = db.Raw(`SELECT s.id, s.code, s.course_key, s.closes_at, 1 AS joined `+adultLesson, p.PersonID, now).Scan(&rows).Error
	}
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	if !r.Joined {
		r.Code = ""
	}
	return &HomeSession{ID: r.ID, Code: r.Code, CourseKey: r.CourseKey, ClassName: p.ClassName, ClosesAt: r.ClosesAt.UTC(), Joined: r.Joined}, nil
}

// adultLesson is the open lesson that somebody grown up has joined.
const adultLesson = `FROM lesson_sessions s JOIN session_participants j ON j.session_id = s.id
	JOIN adult_learners al ON al.person_id = j.person_id JOIN school_classes c ON c.id = s.class_id
	WHERE j.person_id = ? AND s.closed_at IS NULL AND s.live_class IS NOT NULL AND s.closes_at > ? ORDER BY j.joined_at DESC LIMIT 1`

// openAttempt is the attempt begun last that still has time.
func openAttempt(db *gorm.DB, person models.ID, now time.Time) (*OpenAttempt, error) {
	var rows []OpenAttempt
	err := db.Raw(`SELECT a.id, a.course_key, a.slots, (SELECT COUNT(DISTINCT x.slot) FROM answers x
		WHERE x.attempt_id = a.id AND x.slot > 0 AND x.response <> '{}') AS answered
		FROM attempts a WHERE a.person_id = ? AND a.live = 1 AND a.deadline_at > ? ORDER BY a.started_at DESC LIMIT 1`, person, now).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

func homeHousehold(db *gorm.DB, p pupil) (*HomeHousehold, ClassGoal, error) {
	var goal ClassGoal
	var links []struct{ State, Kind, Name string }
	err := db.Raw(`SELECT l.state, v.kind, v.name FROM household_links l JOIN households h ON h.id = l.household_id
		JOIN villages v ON v.id = h.village_id WHERE l.person_id = ? ORDER BY COALESCE(l.live, 0) DESC, l.claimed_at DESC LIMIT 1`, p.PersonID).Scan(&links).Error
	if err != nil {
		return nil, goal, err
	}
	if !p.ClassID.IsZero() {
		err = db.Raw(`SELECT COUNT(DISTINCT h.id) AS total, COUNT(DISTINCT CASE WHEN h.covered = 1 THEN h.id ELSE NULL END) AS covered
			FROM enrolments e JOIN household_links l ON l.person_id = e.person_id AND l.live = 1
			JOIN households h ON h.id = l.household_id WHERE e.class_id = ? AND e.live = 1`, p.ClassID).Scan(&goal).Error
		if err != nil {
			return nil, goal, err
		}
	}
	if len(links) == 0 {
		return nil, goal, nil
	}
	return &HomeHousehold{State: links[0].State, VillageName: place.VillageTitle(links[0].Kind, links[0].Name)}, goal, nil
}
