// Package school is a school's year: rolling the classes over, transfers,
// leavers, what is to be done in which season, and how many pupils at once the
// school's network carries. History follows the person: passes, certificates,
// household links and progress hang on the person's id, which nothing here
// changes.
package school

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Schools is the room's service.
type Schools struct {
	db       *store.DB
	clock    models.Clock
	learning *learning.Learning
}

// New makes the room on one database. The learning room closes what classes of
// a past year are still asked to do.
func New(db *store.DB, l *learning.Learning) *Schools {
	return &Schools{db: db, clock: db.Clock(), learning: l}
}

// Pupil is a pupil of a school's class, for lists to choose from.
type Pupil struct {
	PersonID  models.ID `json:"person_id"`
	Name      string    `json:"name"`
	BirthDate string    `json:"birth_date"`
	ClassID   models.ID `json:"class_id"`
	ClassName string    `json:"class_name"`
	From      string    `json:"from"` // civil day, first in this class
}

// Pupils lists the pupils of one class of a school by given name. Errors:
// NotFound for a school, or a class, out of reach.
func (s *Schools) Pupils(ctx context.Context, actor models.Actor, school, class models.ID) ([]Pupil, error) {
	db := s.db.Read(ctx)
	if _, err := people.SchoolFor(db, actor, models.ActReadSchool, school); err != nil {
		return nil, err
	}
	if err := classOf(db, school, class); err != nil {
		return nil, err
	}
	students, err := people.ClassStudents(db, class)
	list := make([]Pupil, len(students))
	for i, p := range students {
		list[i] = Pupil{PersonID: p.ID, Name: p.FullName, BirthDate: p.BirthDate, ClassID: p.ClassID, ClassName: p.ClassName, From: p.FromDate}
	}
	return list, err
}

// classOf makes sure that a class is the school's. The error is NotFound.
func classOf(tx *gorm.DB, school, class models.ID) error {
	at, err := place.ClassSchool(tx, class)
	if err == nil && at != school {
		return models.NotFound()
	}
	return err
}

// insertAll writes rows with as few statements as the databases allow.
func insertAll[T any](tx *gorm.DB, table string, rows []T) error {
	for part := range slices.Chunk(rows, store.MaxRows) {
		if err := tx.Table(table).Create(&part).Error; err != nil {
			return err
		}
	}
	return nil
}
