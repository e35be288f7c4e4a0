// Package learning is where pupils learn and prove it: published courses,
// assignments, lesson sessions, progress, practice, attempts, grading, Submit.
//
// Submit is the house's one flow: it grades an attempt, hands the evidence to
// certificate, and lets household recount, all in one transaction. The package
// knows nothing of HTTP. Answers and keys leave it only in a released Result.
package learning

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Options are the settings of the room; the zero value works.
type Options struct {
	// Secret keys the order in which practice questions are shown. It must be
	// the same in every copy of the program; empty: drawn at random at start,
	// so that a question fetched before a restart must be fetched again.
	Secret []byte
	// Away makes this house one that works away from the province's server: it
	// decides over no pass and no certificate, because that is done where its
	// facts come home, and it keeps tries at practice questions whole.
	Away bool
	// SaveBatch is the most answer saves that share one commit, default 256.
	SaveBatch int
}

// Learning answers for courses and for what pupils do with them.
type Learning struct {
	db      *store.DB
	clock   models.Clock
	secret  []byte
	catalog *catalog
	frozen  *frozenCache
	saves   *store.Combiner[*saveJob]
	places  *store.Combiner[placeJob]
	ends    *store.Combiner[*endJob]
	homes   homes
	owner   models.ID  // names this process in the lease row of the item fold
	items   sync.Mutex // one fold at a time in this process
	pulses  *pulses
	watches *watches
	away    bool

	// regrade replays the log of a stored scenario run and answers the run as it
	// comes out; CheckProofs compares. nil: the stored figures are taken.
	regrade func(ctx context.Context, tx *gorm.DB, run scenarioRun) (scenarioRun, error)
}

// endBatchMost is the most attempts that end in one commit: grading them is
// some of the work, and others wait for the commit.
const endBatchMost = 64

// How often signs of life are written and a watched session is looked at.
const (
	pulseWritten = 2 * time.Second
	boardLooked  = 2 * time.Second
)

// New makes the room on one database.
func New(db *store.DB, o Options) *Learning {
	if len(o.Secret) == 0 {
		o.Secret = make([]byte, 32)
		if _, err := rand.Read(o.Secret); err != nil {
			panic(err) // crypto/rand documents that it does not return
		}
	}
	if o.SaveBatch < 1 {
		o.SaveBatch = 256
	}
	l := &Learning{db: db, clock: db.Clock(), secret: o.Secret, catalog: newCatalog(db), frozen: newFrozenCache(),
		away: o.Away, owner: models.NewID(db.Clock().Now())}
	l.regrade = l.regradeRun
	l.saves = store.NewCombiner(db, o.SaveBatch, l.applySaves)
	l.ends = store.NewCombiner(db, endBatchMost, l.applyEnds)
	l.places = store.NewCombiner(db, o.SaveBatch, applyPlaces)
	l.pulses = newPulses(db, pulseWritten)
	l.watches = newWatches(l.look, boardLooked)
	return l
}

// learner answers the person behind an actor who learns. The error is
// KindForbidden for everybody else.
func learner(actor models.Actor) (models.ID, error) {
	reach, err := models.Allow(actor, models.ActLearn)
	if err != nil {
		return models.ID{}, err
	}
	if reach.Self.IsZero() {
		return models.ID{}, models.Fail(models.KindForbidden, "forbidden")
	}
	return reach.Self, nil
}

// classRow is a school class with its school.
type classRow struct {
	ID         models.ID
	Name       string
	Grade      int
	SchoolID   models.ID
	SchoolName string
	SchoolYear string
}

const classSelect = `SELECT c.id, c.name, c.grade, c.school_id, s.name AS school_name, c.school_year
	FROM school_classes c JOIN schools s ON s.id = c.school_id WHERE `

// classFor reads a class in which the actor may do the action; out of reach is
// NotFound.
func classFor(tx *gorm.DB, actor models.Actor, action models.Action, classID models.ID) (classRow, error) {
	return classForCourse(tx, actor, action, classID, "")
}

// classForCourse is classFor for what belongs to a course: a module teacher may
// have the class for this one alone.
func classForCourse(tx *gorm.DB, actor models.Actor, action models.Action, classID models.ID, course string) (classRow, error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return classRow{}, err
	}
	return classWithin(tx, reach.In(course), classID)
}

// classAnyhow is classFor for somebody who may have the class for some courses:
// open tells which course keys are theirs.
func classAnyhow(tx *gorm.DB, actor models.Actor, action models.Action, classID models.ID) (class classRow, open func(course string) bool, err error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return class, nil, err
	}
	if class, err = classWithin(tx, reach.Anywhere(), classID); err != nil {
		return class, nil, err
	}
	keys, all := reach.Courses(class.ID, class.SchoolID)
	return class, func(course string) bool { return all || slices.Contains(keys, course) }, nil
}

// classWithin reads a class in a reach.
func classWithin(tx *gorm.DB, reach models.Reach, classID models.ID) (classRow, error) {
	where, args := place.ClassFilter(reach, "c.id")
	var rows []classRow
	if err := tx.Raw(classSelect+"c.id = ? AND "+where, append([]any{classID}, args...)...).Scan(&rows).Error; err != nil {
		return classRow{}, err
	}
	if len(rows) == 0 {
		return classRow{}, models.NotFound()
	}
	return rows[0], nil
}

// pupil is a person with the class of the live enrolment, if any.
type pupil struct {
	PersonID   models.ID
	Name       string
	ClassID    models.ID
	ClassName  string
	Grade      int
	SchoolID   models.ID
	SchoolName string
}

const pupilSelect = `SELECT p.id AS person_id, p.full_name AS name, e.class_id, COALESCE(c.name, '') AS class_name,
	COALESCE(c.grade, 0) AS grade, e.school_id, COALESCE(s.name, '') AS school_name
	FROM persons p LEFT JOIN enrolments e ON e.person_id = p.id`

const pupilJoins = ` LEFT JOIN school_classes c ON c.id = e.class_id LEFT JOIN schools s ON s.id = e.school_id WHERE `

// pupilOf reads a pupil with today's class; class and school are empty for a
// person who is enrolled nowhere. The error is NotFound for no such person.
func pupilOf(tx *gorm.DB, personID models.ID) (pupil, error) {
	return onePupil(tx.Raw(pupilSelect+" AND e.live = 1"+pupilJoins+"p.id = ?", personID))
}

// holderOf reads a pupil with the last class, for the certificate of one who
// has left school meanwhile.
func holderOf(tx *gorm.DB, personID models.ID) (pupil, error) {
	return onePupil(tx.Raw(pupilSelect+pupilJoins+"p.id = ? ORDER BY COALESCE(e.live, 0) DESC, e.from_date DESC LIMIT 1", personID))
}

func onePupil(q *gorm.DB) (pupil, error) {
	var rows []pupil
	if err := q.Scan(&rows).Error; err != nil {
		return pupil{}, err
	}
	if len(rows) == 0 {
		return pupil{}, models.NotFound()
	}
	return rows[0], nil
}

// percent shows basis points as whole percent, rounded down.
func percent(score int) int { return score / 100 }

func percentOf(score *int) *int {
	if score == nil {
		return nil
	}
	p := percent(*score)
	return &p
}

func timeOf(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
