package learning

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// catchUpFor is how long after its end an assignment stays on the catch-up
// list: half a school year, because absent pupils catch up at the end of a term.
const catchUpFor = 150 * 24 * time.Hour

// NotYet is a pupil who has not done what was asked. AgainUntil is when the
// same ends that the pupil is asked to do again, nil when nobody has asked.
type NotYet struct {
	PersonID   models.ID  `json:"person_id"`
	Name       string     `json:"name"`
	State      string     `json:"state"` // not_started, in_progress
	AgainUntil *time.Time `json:"again_until"`
}

// CatchUpAssignment is an assignment with who has not done it.
type CatchUpAssignment struct {
	Assignment Assignment `json:"assignment"`
	Over       bool       `json:"over"`
	NotYet     []NotYet   `json:"not_yet"`
}

// CatchUpSkill is one of the five skills with who has not proved it. CourseKey
// is empty where there is no course for the class.
type CatchUpSkill struct {
	Skill     string   `json:"skill"`
	CourseKey string   `json:"course_key"`
	Title     string   `json:"title"`
	NotYet    []NotYet `json:"not_yet"`
}

// CatchUp is who has what still to do in one class.
type CatchUp struct {
	ClassID     models.ID           `json:"class_id"`
	ClassName   string              `json:"class_name"`
	Students    int                 `json:"students"`
	Assignments []CatchUpAssignment `json:"assignments"` // those over first, the last ended first; only with somebody
	Skills      []CatchUpSkill      `json:"skills"`      // the five, in their fixed order
}

// CatchUp lists who has "chưa có" by assignment and by skill. Out of reach is
// NotFound.
func (l *Learning) CatchUp(ctx context.Context, actor models.Actor, classID models.ID) (CatchUp, error) {
	db := l.db.Read(ctx)
	class, open, err := classAnyhow(db, actor, models.ActReadClass, classID)
	if err != nil {
		return CatchUp{}, err
	}
	now := l.clock.Now()
	rows, err := assignmentRows(db.Raw(assignmentSelect+` WHERE a.removed_at IS NULL AND a.class_id = ? AND a.opens_at <= ? AND a.due_at > ?
		ORDER BY CASE WHEN a.due_at <= ? THEN 0 ELSE 1 END, a.due_at DESC, a.id`, classID, now, now.Add(-catchUpFor), now))
	if err != nil {
		return CatchUp{}, err
	}
	rows = openRows(rows, open)
	pupils, err := namesOf(db, classID)
	if err != nil {
		return CatchUp{}, err
	}
	out := CatchUp{ClassID: class.ID, ClassName: class.Name, Students: len(pupils), Assignments: []CatchUpAssignment{}, Skills: []CatchUpSkill{}}
	k := catching{now: now, rows: rows}
	if k.asked, err = recipientsOf(db, rowIDs(rows)); err != nil {
		return CatchUp{}, err
	}
	if k.did, err = workOf(db, idsOf(pupils), setsOf(rows)); err != nil {
		return CatchUp{}, err
	}
	list, err := l.shown(ctx, db, rows)
	if err != nil {
		return CatchUp{}, err
	}
	order, current, err := l.catalog.list(ctx)
	if err != nil {
		return CatchUp{}, err
	}
	if current, err = l.withSets(ctx, current, rows); err != nil {
		return CatchUp{}, err
	}
	for i, r := range rows {
		if waiting := k.notYet(r, current[r.CourseKey]); len(waiting) > 0 {
			out.Assignments = append(out.Assignments, CatchUpAssignment{Assignment: list[i], Over: !r.DueAt.After(now), NotYet: waiting})
		}
	}
	if out.Skills, err = k.skills(db, forGrade(order, class.Grade), models.LangOf(ctx), pupils); err != nil {
		return CatchUp{}, err
	}
	out.Skills = slices.DeleteFunc(out.Skills, func(s CatchUpSkill) bool { return !open(s.CourseKey) })
	return out, nil
}

// catching is what the list is made of.
type catching struct {
	now   time.Time
	rows  []assignmentRow
	asked map[models.ID][]pupilName
	did   map[models.ID]work
}

// notYet lists the recipients of one assignment who have not done it.
func (k catching) notYet(r assignmentRow, c *course) []NotYet {
	list := []NotYet{}
	for _, p := range k.asked[r.ID] {
		state := r.state(c, k.did[p.PersonID])
		if state == workDone {
			continue
		}
		list = append(list, NotYet{p.PersonID, p.Name, state, k.againUntil(r, p.PersonID)})
	}
	return list
}

// againUntil is the last end of the running assignments, other than r, that ask
// the person for the same.
func (k catching) againUntil(r assignmentRow, person models.ID) (until *time.Time) {
	for _, o := range k.rows {
		if o.ID == r.ID || !o.running(k.now) || !o.sameWork(r) {
			continue
		}
		asked := slices.ContainsFunc(k.asked[o.ID], func(p pupilName) bool { return p.PersonID == person })
		if asked && (until == nil || o.DueAt.After(*until)) {
			until = timeOf(&o.DueAt)
		}
	}
	return until
}

// skills lists who of the class has not proved each skill.
func (k catching) skills(db *gorm.DB, courses map[string]*course, lang string, pupils []pupilName) ([]CatchUpSkill, error) {
	passed, err := certificate.PassesOf(db, idsOf(pupils))
	if err != nil {
		return nil, err
	}
	list := make([]CatchUpSkill, len(certificate.Skills))
	for i, skill := range certificate.Skills {
		line := CatchUpSkill{Skill: skill, NotYet: []NotYet{}}
		c := courses[skill]
		want := assignmentRow{Kind: AssignCourse, Parts: "[]"}
		if c != nil {
			line.CourseKey, line.Title, want.CourseKey = c.Key, standing{lang: lang}.said(c.Title, c.TitleEN), c.Key
		}
		for _, p := range pupils {
			if _, proved := passed[p.PersonID][skill]; proved {
				continue
			}
			state := workNotStarted
			if k.did[p.PersonID].courses[want.CourseKey].touched {
				state = workInProgress
			}
			line.NotYet = append(line.NotYet, NotYet{p.PersonID, p.Name, state, k.againUntil(want, p.PersonID)})
		}
		list[i] = line
	}
	return list, nil
}

func idsOf(pupils []pupilName) []models.ID {
	ids := make([]models.ID, len(pupils))
	for i, p := range pupils {
		ids[i] = p.PersonID
	}
	return ids
}

// namesOf lists the pupils of a class by given name.
func namesOf(db *gorm.DB, classID models.ID) ([]pupilName, error) {
	var rows []pupilName
	err := db.Raw(`SELECT p.id AS person_id, p.full_name AS name FROM enrolments e JOIN persons p ON p.id = e.person_id
		WHERE e.class_id = ? AND e.live = 1 ORDER BY p.sort_key, p.id`, classID).Scan(&rows).Error
	return rows, err
}
