package school

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
)

// What a roll-over does to a pupil.
const (
	GoesUp  = "up"     // into the class its own class becomes
	Repeats = "repeat" // into a class of the same grade next year
	Moves   = "move"   // into another class of next year
	Leaves  = "leave"  // out of the school
	Stays   = "stay"   // nothing: somebody decides later
)

// ClassPlan says what becomes of one class.
type ClassPlan struct {
	ClassID models.ID
	To      string // name of next year's class; empty: the pupils finish and leave
	Skip    bool   // leave the class as it is
}

// Exception says what becomes of one pupil instead.
type Exception struct {
	PersonID models.ID
	What     string // Repeats, Moves, Leaves, Stays
	To       string // name of next year's class; for Repeats empty: the name of the own class
	Reason   string // for Leaves: why, default LeftOther
}

// RollOver asks for the step from one school year into the next. ID is made by
// the client: a repeat answers as the first time.
type RollOver struct {
	ID            models.ID
	FromYear      string // "2025-2026"
	On            string // first civil day in the new classes, up to 120 days back; empty: today
	Classes       []ClassPlan
	Exceptions    []Exception
	CarryTeachers bool // homeroom teachers go up with their classes
}

// Counts are the pupils of a roll-over by what happens to them.
type Counts struct {
	Up       int `json:"up"`
	Repeat   int `json:"repeat"`
	Move     int `json:"move"`
	Finished int `json:"finished"` // of the last grade
	Left     int `json:"left"`
	Stay     int `json:"stay"`
}

// ClassProposal is one class of the old year with what is proposed for it.
type ClassProposal struct {
	ClassID models.ID `json:"class_id"`
	Name    string    `json:"name"`
	Grade   int       `json:"grade"`
	Pupils  int       `json:"pupils"`
	To      string    `json:"to" doc:"Next year's class; empty: the pupils finish the school."`
}

// Proposal is next year as it follows from this one.
type Proposal struct {
	Years    []string        `json:"years" doc:"Past and present school years that still have pupils."`
	FromYear string          `json:"from_year"`
	ToYear   string          `json:"to_year"`
	Opens    string          `json:"opens" doc:"The civil day from which this year can be rolled over."`
	Open     bool            `json:"open"`
	Classes  []ClassProposal `json:"classes"`
}

// NextYear is the school year after another, "2026-2027" → "2027-2028".
func NextYear(year string) string {
	end, err := strconv.Atoi(year[strings.IndexByte(year, '-')+1:])
	if err != nil {
		return ""
	}
	return strconv.Itoa(end) + "-" + strconv.Itoa(end+1)
}

// opensOn is the first day on which a school year may be rolled over: 15 May,
// a rule of our own; the ministry ends lessons in the last days of May.
func opensOn(year string) string { return year[strings.IndexByte(year, '-')+1:] + "-05-15" }

// NextClass is the name of the class that a class becomes: 6A → 7A, 10A2 →
// 11A2. It is empty for grades 9 and 12, which end a level: whoever goes on,
// even in the same building, is admitted anew. A name that does not begin with
// its grade keeps what it is called, with the new grade before it.
func NextClass(name string, grade int) string {
	if grade == 9 || grade == 12 {
		return ""
	}
	next := strconv.Itoa(grade + 1)
	if rest, ok := strings.CutPrefix(name, strconv.Itoa(grade)); ok {
		return next + rest
	}
	return next + " " + name
}

// Propose answers next year's classes for a school year that still has pupils;
// year empty: the oldest. Errors: NotFound for a school out of reach; Invalid
// field query.year.
func (s *Schools) Propose(ctx context.Context, actor models.Actor, school models.ID, year string) (Proposal, error) {
	db := s.db.Read(ctx)
	if _, err := people.SchoolFor(db, actor, models.ActManageSchool, school); err != nil {
		return Proposal{}, err
	}
	p := Proposal{Years: []string{}, Classes: []ClassProposal{}}
	err := db.Raw("SELECT DISTINCT school_year FROM enrolments WHERE school_id = ? AND live = 1 ORDER BY school_year", school).Scan(&p.Years).Error
	if err != nil {
		return Proposal{}, err
	}
	if year == "" && len(p.Years) > 0 {
		year = p.Years[0]
	}
	if year == "" {
		year = place.SchoolYear(s.clock.Today())
	}
	if year, err = place.ParseSchoolYear(year); err != nil {
		return Proposal{}, models.InvalidField("query.year", "invalid_school_year")
	}
	p.FromYear, p.ToYear, p.Opens = year, NextYear(year), opensOn(year)
	p.Open = s.clock.Today() >= p.Opens
	err = db.Raw("SELECT c.id AS class_id, c.name, c.grade, COUNT(*) AS pupils FROM enrolments e JOIN school_classes c ON c.id = e.class_id"+
		" WHERE e.school_id = ? AND e.school_year = ? AND e.live = 1 GROUP BY c.id, c.name, c.grade", school, year).Scan(&p.Classes).Error
	for i, c := range p.Classes {
		p.Classes[i].To = NextClass(c.Name, c.Grade)
	}
	slices.SortFunc(p.Classes, func(a, b ClassProposal) int {
		return cmp.Or(cmp.Compare(a.Grade, b.Grade), cmp.Compare(len(a.Name), len(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return p, err
}

// step is what happens to one pupil.
type step struct {
	people.Stay
	what   string
	to     string // class name of the new year, empty: leaves
	reason string
}

// check applies the rules that need no database.
func (r *RollOver) check(today string) error {
	var bad []models.Field
	blame := func(at, code string) { bad = append(bad, models.Field{Location: at, Code: code}) }
	if r.ID.IsZero() {
		blame("body.id", "required")
	}
	if _, err := place.ParseSchoolYear(r.FromYear); err != nil {
		return models.InvalidField("body.from_year", "invalid_school_year")
	}
	if r.On == "" {
		r.On = today
	}
	if _, err := models.ParseDay(r.On); err != nil {
		blame("body.on", "invalid_date")
	} else if r.On > today {
		blame("body.on", "future_date")
	} else if r.On < opensOn(r.FromYear) && today >= opensOn(r.FromYear) {
		blame("body.on", "before_end_of_year")
	}
	for i := range r.Classes {
		c := &r.Classes[i]
		if c.To = place.ClassName(c.To); !c.Skip && c.To != "" && badClass(c.To) {
			blame(fmt.Sprintf("body.classes[%d].to", i), "invalid_class_name")
		}
	}
	for i := range r.Exceptions {
		e, at := &r.Exceptions[i], fmt.Sprintf("body.exceptions[%d]", i)
		e.To = place.ClassName(e.To)
		switch {
		case !slices.Contains([]string{Repeats, Moves, Leaves, Stays}, e.What):
			blame(at+".what", "unknown")
		case e.What == Moves && e.To == "" || e.To != "" && badClass(e.To):
			blame(at+".to", "invalid_class_name")
		case e.What == Leaves && e.Reason != "" && !slices.Contains(leaveReasons, e.Reason):
			blame(at+".reason", "unknown")
		}
	}
	if len(bad) > 0 {
		return models.Invalid("invalid", bad...)
	}
	return nil
}

// badClass tells whether no class can be made of a name: its grade is read
// from it.
func badClass(name string) bool {
	return place.GradeOf(name) == 0 || utf8.RuneCountInString(name) > 24
}

// steps decides for every pupil of the old year who is still there. Classes
// that the plan does not name stay as they are.
func (r RollOver) steps(tx *gorm.DB, school models.ID) ([]step, Counts, error) {
	stays, err := people.Stays(tx, school, r.FromYear)
	if err != nil {
		return nil, Counts{}, err
	}
	plans, exceptions := map[models.ID]ClassPlan{}, map[models.ID]Exception{}
	for _, c := range r.Classes {
		plans[c.ClassID] = c
	}
	for _, e := range r.Exceptions {
		exceptions[e.PersonID] = e
	}
	var list []step
	var n Counts
	for _, stay := range stays {
		plan, planned := plans[stay.ClassID]
		e, special := exceptions[stay.PersonID]
		st := step{Stay: stay, what: GoesUp, to: plan.To}
		switch {
		case special:
			st.what, st.to, st.reason = e.What, e.To, cmp.Or(e.Reason, LeftOther)
			if e.What == Repeats && e.To == "" {
				st.to = stay.ClassName
			}
		case !planned || plan.Skip:
			st.what = Stays
		case plan.To == "":
			st.what, st.reason = Leaves, LeftGraduated
		}
		if n.add(st); st.what == Stays {
			continue
		}
		if st.what == Leaves {
			st.to = ""
		}
		list = append(list, st)
	}
	return list, n, nil
}

func (n *Counts) add(s step) {
	switch {
	case s.what == Stays:
		n.Stay++
	case s.what == Repeats:
		n.Repeat++
	case s.what == Moves:
		n.Move++
	case s.what == Leaves && s.reason == LeftGraduated:
		n.Finished++
	case s.what == Leaves:
		n.Left++
	default:
		n.Up++
	}
}
