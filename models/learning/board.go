package learning

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/people"
	"nhaso/models/place"
)

// ClassHead is a class on its teacher's list.
type ClassHead struct {
	ID           models.ID   `json:"id"`
	Name         string      `json:"name"`
	Grade        int         `json:"grade"`
	SchoolName   string      `json:"school_name"`
	SchoolYear   string      `json:"school_year"`
	Students     int         `json:"students"`
	Session      *SessionRef `json:"session"`
	PendingLinks int         `json:"pending_links"` // household links claimed and not decided
	Certified    int         `json:"certified"`     // pupils with a valid certificate
	Courses      []string    `json:"courses"`       // the only courses for which the reader has the class; empty: all
}

// SessionRef is the open session of a class.
type SessionRef struct {
	ID       models.ID `json:"id"`
	Code     string    `json:"code"`
	ClosesAt time.Time `json:"closes_at"`
}

// maxClasses bounds the list of a school's classes; the largest school has
// about 60 a year.
const maxClasses = 300

// Classes lists the classes the actor may see, the newest school year first,
// in four statements whatever their number.
func (l *Learning) Classes(ctx context.Context, actor models.Actor) ([]ClassHead, error) {
	reach, err := models.Allow(actor, models.ActListClasses)
	if err != nil {
		return nil, err
	}
	db, now := l.db.Read(ctx), l.clock.Now()
	where, args := place.ClassFilter(reach.Anywhere(), "c.id")
	var classes []classRow
	err = db.Raw(classSelect+where+" ORDER BY c.school_year DESC, c.grade, c.name, c.id LIMIT ?", append(args, maxClasses)...).Scan(&classes).Error
	if err != nil || len(classes) == 0 {
		return []ClassHead{}, err
	}
	ids := make([]models.ID, len(classes))
	for i, c := range classes {
		ids[i] = c.ID
	}
	var counts []struct {
		ClassID                      models.ID
		Students, Pending, Certified int
	}
	err = db.Raw(`SELECT e.class_id, COUNT(*) AS students, SUM(CASE WHEN l.state = 'claimed' THEN 1 ELSE 0 END) AS pending,
		SUM(CASE WHEN c.id IS NULL THEN 0 ELSE 1 END) AS certified FROM enrolments e
		LEFT JOIN household_links l ON l.person_id = e.person_id AND l.live = 1
		LEFT JOIN certificates c ON c.person_id = e.person_id AND c.live = 1
		WHERE e.class_id IN ? AND e.live = 1 GROUP BY e.class_id`, ids).Scan(&counts).Error
	if err != nil {
		return nil, err
	}
	readable, err := readableOf(db, actor, ids)
	if err != nil {
		return nil, err
	}
	sessions, err := sessionRows(db.Raw(sessionSelect+"s.live_class IN ?", ids))
	if err != nil {
		return nil, err
	}
	list := make([]ClassHead, len(classes))
	for i, c := range classes {
		keys, all := reach.Courses(c.ID, c.SchoolID)
		list[i] = ClassHead{ID: c.ID, Name: c.Name, Grade: c.Grade, SchoolName: c.SchoolName, SchoolYear: c.SchoolYear, Courses: orEmpty(keys)}
		for _, n := range counts {
			if n.ClassID == c.ID {
				list[i].Students = n.Students
				if readable[n.ClassID] {
					list[i].PendingLinks, list[i].Certified = n.Pending, n.Certified
				}
			}
		}
		for _, s := range sessions {
			theirs := all || s.CourseKey != nil && slices.Contains(keys, *s.CourseKey)
			if s.ClassID == c.ID && s.open(now) && theirs {
				list[i].Session = &SessionRef{ID: s.ID, Code: s.Code, ClosesAt: s.ClosesAt.UTC()}
			}
		}
	}
	return list, nil
}

// readableOf tells which of the classes the actor may also look into: whoever
// invigilates is not told about households and certificates.
func readableOf(db *gorm.DB, actor models.Actor, ids []models.ID) (map[models.ID]bool, error) {
	readable := map[models.ID]bool{}
	reach, err := models.Allow(actor, models.ActReadClass)
	if err != nil {
		return readable, nil // no role that may
	}
	where, args := place.ClassFilter(reach, "c.id")
	var found []models.ID
	err = db.Raw("SELECT c.id FROM school_classes c WHERE c.id IN ? AND "+where, append([]any{ids}, args...)...).Scan(&found).Error
	for _, id := range found {
		readable[id] = true
	}
	return readable, err
}

// BoardClass names a class of a board.
type BoardClass struct {
	ID         models.ID `json:"id"`
	Name       string    `json:"name"`
	Grade      int       `json:"grade"`
	SchoolYear string    `json:"school_year"`
	SchoolID   models.ID `json:"school_id"`
	SchoolName string    `json:"school_name"`
}

// BoardSkill is one pupil's standing in one skill.
type BoardSkill struct {
	State        string `json:"state"`
	BestPercent  *int   `json:"best_percent"`
	LessonsDone  int    `json:"lessons_done"`
	LessonsTotal int    `json:"lessons_total"`
	Late         bool   `json:"late"` // answers of a quiz came in after it was closed: made without a network
}

// BoardStudent is one row of a board.
type BoardStudent struct {
	PersonID     models.ID             `json:"person_id"`
	Name         string                `json:"name"`
	SortKeyGiven string                `json:"sort_key_given"` // the given name, by which the list is sorted
	ClassID      models.ID             `json:"class_id"`
	ClassName    string                `json:"class_name"`
	Skills       map[string]BoardSkill `json:"skills"`
	Certificate  *CertificateRef       `json:"certificate"`
	Household    *HomeHousehold        `json:"household"`
	Practice     *BoardPractice        `json:"practice"`  // null: asked to practise no set
	LastWork     string                `json:"last_work"` // civil day of the last step in a lesson or quiz, empty: none
}

// BoardTotals are the figures under a board: they equal what its rows show.
type BoardTotals struct {
	Students       int            `json:"students"`
	Certified      int            `json:"certified"`
	LinksConfirmed int            `json:"links_confirmed"`
	BySkill        map[string]int `json:"by_skill"` // passed
	PracticeAsked  int            `json:"practice_asked"`
	PracticeRight  int            `json:"practice_right"`
}

// Board is a class with each pupil's five skills.
type Board struct {
	Class    BoardClass     `json:"class"`
	Students []BoardStudent `json:"students"` // by given name
	Totals   BoardTotals    `json:"totals"`
}

// Board answers the class board in ten statements at most whatever the number of
// pupils. Somebody who has the class for some courses alone sees these skills
// and nothing of the others, of confirmations and of households. Out of reach is
// NotFound.
func (l *Learning) Board(ctx context.Context, actor models.Actor, classID models.ID) (Board, error) {
	var open func(string) bool
	classes, rows, err := l.boardOf(ctx, func(tx *gorm.DB) ([]classRow, error) {
		class, mine, err := classAnyhow(tx, actor, models.ActReadClass, classID)
		open = mine
		return []classRow{class}, err
	})
	if err != nil {
		return Board{}, err
	}
	if !open("") {
		order, _, err := l.catalog.list(ctx)
		if err != nil {
			return Board{}, err
		}
		onlyCourses(rows, forGrade(order, classes[0].Grade), open)
	}
	return Board{Class: classes[0], Students: rows, Totals: TotalsOf(rows)}, nil
}

// onlyCourses takes off a board what is not of the courses that are open to its
// reader.
func onlyCourses(rows []BoardStudent, courses map[string]*course, open func(string) bool) {
	for i := range rows {
		r := &rows[i]
		r.Certificate, r.Household, r.Practice, r.LastWork = nil, nil, nil, ""
		for skill := range r.Skills {
			if c := courses[skill]; c == nil || !open(c.Key) {
				r.Skills[skill] = BoardSkill{State: skillNotAvailable}
			}
		}
	}
}

// SchoolPart names the classes of one school that a board is about. A zero
// School is that of the reader's first class, an empty Year the newest one in
// it, Grade 0 every grade.
type SchoolPart struct {
	School models.ID
	Year   string
	Grade  int
}

// SchoolBoard answers the pupils of a school's classes that the actor may see,
// by given name, in eleven statements at most for each 500 pupils. NotFound when no
// class of it is in reach.
func (l *Learning) SchoolBoard(ctx context.Context, actor models.Actor, part SchoolPart) ([]BoardClass, []BoardStudent, error) {
	reach, err := models.Allow(actor, models.ActReadClass)
	if err != nil {
		return nil, nil, err
	}
	return l.boardOf(ctx, func(tx *gorm.DB) ([]classRow, error) { return part.classes(tx, reach) })
}

// classes lists the classes of the part within a reach, in the order in which
// a school counts them.
func (p SchoolPart) classes(tx *gorm.DB, reach models.Reach) ([]classRow, error) {
	where, args := place.ClassFilter(reach, "c.id")
	if !p.School.IsZero() {
		where, args = where+" AND c.school_id = ?", append(args, p.School)
	}
	if p.Year != "" {
		where, args = where+" AND c.school_year = ?", append(args, p.Year)
	}
	var all []classRow
	err := tx.Raw(classSelect+where+" ORDER BY c.school_year DESC, s.name_fold, s.id, c.grade, c.name, c.id LIMIT ?", append(args, maxClasses)...).Scan(&all).Error
	if err != nil {
		return nil, err
	}
	var list []classRow
	for _, c := range all {
		if c.SchoolID == all[0].SchoolID && c.SchoolYear == all[0].SchoolYear && (p.Grade == 0 || c.Grade == p.Grade) {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil, models.NotFound()
	}
	return list, nil
}

// boardOf reads the rows of the classes that choose answers, in one consistent
// view.
func (l *Learning) boardOf(ctx context.Context, choose func(*gorm.DB) ([]classRow, error)) ([]BoardClass, []BoardStudent, error) {
	order, _, err := l.catalog.list(ctx)
	if err != nil {
		return nil, nil, err
	}
	var d boardData
	now := l.clock.Now()
	err = l.db.Snapshot(ctx, func(tx *gorm.DB) error {
		chosen, err := choose(tx)
		if err != nil {
			return err
		}
		if d, err = readBoard(tx, chosen); err != nil {
			return err
		}
		d.practice, err = l.practiceOf(ctx, tx, idsOfClasses(chosen), now)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	classes, courses := make([]BoardClass, len(d.classes)), map[models.ID]map[string]*course{}
	for i, c := range d.classes {
		classes[i] = BoardClass{c.ID, c.Name, c.Grade, c.SchoolYear, c.SchoolID, c.SchoolName}
		courses[c.ID] = forGrade(order, c.Grade)
	}
	rows := make([]BoardStudent, len(d.students))
	for i, s := range d.students {
		rows[i] = d.row(s, courses[s.ClassID])
	}
	return classes, rows, nil
}

// TotalsOf adds up what rows show.
func TotalsOf(rows []BoardStudent) BoardTotals {
	t := BoardTotals{Students: len(rows), BySkill: map[string]int{}}
	for _, skill := range certificate.Skills {
		t.BySkill[skill] = 0
	}
	for _, r := range rows {
		t.add(r)
	}
	return t
}

// boardData is everything a board is made of.
type boardData struct {
	classes      []classRow
	students     []people.Student
	done         map[models.ID]map[string]courseStanding
	passes       map[models.ID]map[string]certificate.Pass
	certificates map[models.ID]certificate.Certificate
	households   map[models.ID]HomeHousehold
	quizzed      map[models.ID]time.Time // begin or end of the last quiz
	practice     map[models.ID]BoardPractice
}

func idsOfClasses(classes []classRow) []models.ID {
	ids := make([]models.ID, len(classes))
	for i, c := range classes {
		ids[i] = c.ID
	}
	return ids
}

func readBoard(tx *gorm.DB, classes []classRow) (d boardData, err error) {
	d.classes = classes
	classIDs := idsOfClasses(classes)
	if d.students, err = people.StudentsOf(tx, classIDs); err != nil {
		return d, err
	}
	ids := make([]models.ID, len(d.students))
	for i, s := range d.students {
		ids[i] = s.ID
	}
	if d.done, err = standings(tx, ids); err != nil {
		return d, err
	}
	if d.quizzed, err = lastQuizzes(tx, ids); err != nil {
		return d, err
	}
	if d.passes, err = certificate.PassesOf(tx, ids); err != nil {
		return d, err
	}
	if d.certificates, err = certificate.OfPersons(tx, ids); err != nil {
		return d, err
	}
	var links []struct {
		PersonID          models.ID
		State, Kind, Name string
	}
	err = tx.Raw(`SELECT l.person_id, l.state, v.kind, v.name FROM enrolments e
		JOIN household_links l ON l.person_id = e.person_id AND l.live = 1
		JOIN households h ON h.id = l.household_id JOIN villages v ON v.id = h.village_id
		WHERE e.class_id IN ? AND e.live = 1`, classIDs).Scan(&links).Error
	d.households = make(map[models.ID]HomeHousehold, len(links))
	for _, x := range links {
		d.households[x.PersonID] = HomeHousehold{State: x.State, VillageName: place.VillageTitle(x.Kind, x.Name)}
	}
	return d, err
}

func (d boardData) row(s people.Student, courses map[string]*course) BoardStudent {
	row := BoardStudent{PersonID: s.ID, Name: s.FullName, SortKeyGiven: models.GivenName(s.FullName), ClassID: s.ClassID, ClassName: s.ClassName,
		Skills: map[string]BoardSkill{}}
	for _, skill := range certificate.Skills {
		c := courses[skill]
		_, passed := d.passes[s.ID][skill]
		cell := BoardSkill{State: skillState(c, courseStanding{}, passed)}
		if c != nil {
			done := d.done[s.ID][c.Key]
			cell = BoardSkill{State: skillState(c, done, passed), BestPercent: percentOf(done.best), LessonsDone: done.done(c), LessonsTotal: len(c.Lessons),
				Late: done.late}
		}
		row.Skills[skill] = cell
	}
	row.LastWork = d.lastWork(s.ID)
	if c, ok := d.certificates[s.ID]; ok {
		row.Certificate = &CertificateRef{Code: c.Code, IssuedAt: c.IssuedAt.UTC(), Status: c.State}
	}
	if h, ok := d.households[s.ID]; ok {
		row.Household = &h
	}
	if p, ok := d.practice[s.ID]; ok {
		row.Practice = &p
	}
	return row
}

func (t *BoardTotals) add(row BoardStudent) {
	if row.Certificate != nil && row.Certificate.Status == certificate.Valid {
		t.Certified++
	}
	if row.Household != nil && row.Household.State == "confirmed" {
		t.LinksConfirmed++
	}
	if row.Practice != nil {
		t.PracticeAsked += row.Practice.Asked
		t.PracticeRight += row.Practice.Right
	}
	for skill, cell := range row.Skills {
		if cell.State == skillPassed {
			t.BySkill[skill]++
		}
	}
}
