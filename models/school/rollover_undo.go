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

// RollOvers lists a school's roll-overs, the latest first, at most 50. The error
// is NotFound for a school out of reach.
func (s *Schools) RollOvers(ctx context.Context, actor models.Actor, school models.ID) ([]RollOverReport, error) {
	db := s.db.Read(ctx)
	if _, err := people.SchoolFor(db, actor, models.ActManageSchool, school); err != nil {
		return nil, err
	}
	var rows []rolloverRow
	err := db.Raw("SELECT * FROM school_rollovers WHERE school_id = ? ORDER BY applied_at DESC, id DESC LIMIT 50", school).Scan(&rows).Error
	list := make([]RollOverReport, len(rows))
	for i, r := range rows {
		if list[i], err = r.report(); err != nil {
			return nil, err
		}
	}
	return list, err
}

// UndoRollOver takes a roll-over back: everybody is in the old class again,
// whoever left is back, new classes and teachers' roles made for it go. It can
// be done until the first work in the new year: a lesson session or assignment
// of a new class, a quiz begun by one of its pupils, or a pupil who moved on.
// Assignments that it ended have their old end again, and lessons whose time is
// not over go on; quizzes that were handed in with them stay so. Doing it again
// changes nothing. Errors: NotFound; KindConflict "rollover_used".
func (s *Schools) UndoRollOver(ctx context.Context, actor models.Actor, school, id models.ID) (RollOverReport, error) {
	var report RollOverReport
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.clock.Now()
		if _, err := people.SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		row, err := rolloverByID(tx, id)
		if err != nil {
			return err
		}
		if row.SchoolID != school {
			return models.NotFound()
		}
		if row.UndoneAt == nil {
			row.UndoneAt = &now
			err := store.One(tx.Exec("UPDATE school_rollovers SET undone_at = ? WHERE id = ? AND undone_at IS NULL", now, id), store.ErrRetry)
			if err != nil {
				return err
			}
			if err := undo(tx, row); err != nil {
				return err
			}
			if err := learning.ReopenClasses(tx, id, now); err != nil {
				return err
			}
		}
		report, err = row.report()
		return err
	})
	return report, err
}

func undo(tx *gorm.DB, row rolloverRow) error {
	if used, err := worked(tx, row); err != nil || used {
		if err == nil {
			err = models.Conflict("rollover_used")
		}
		return err
	}
	var moves []moveRow
	if err := tx.Raw("SELECT * FROM school_rollover_moves WHERE rollover_id = ?", row.ID).Scan(&moves).Error; err != nil {
		return err
	}
	var opened, ended, persons []models.ID
	for _, m := range moves {
		ended, persons = append(ended, m.OldEnrolmentID), append(persons, m.PersonID)
		if !m.NewEnrolmentID.IsZero() {
			opened = append(opened, m.NewEnrolmentID)
		}
	}
	err := people.ReopenStays(tx, opened, ended, persons)
	if models.CodeOf(err) == "enrolled" {
		err = models.Conflict("rollover_used")
	}
	if err != nil {
		return err
	}
	for part := range slices.Chunk(ended, store.MaxRows) {
		if err := tx.Exec("DELETE FROM school_leavings WHERE enrolment_id IN ?", part).Error; err != nil {
			return err
		}
	}
	return unmake(tx, row.ID)
}

// worked tells whether somebody has begun to work in the new year.
func worked(tx *gorm.DB, row rolloverRow) (bool, error) {
	const newClass = "(SELECT e.class_id FROM school_rollover_moves m JOIN enrolments e ON e.id = m.new_enrolment_id WHERE m.rollover_id = ?)"
	for _, query := range []string{
		"SELECT COUNT(*) FROM lesson_sessions WHERE opened_at >= ? AND class_id IN " + newClass,
		"SELECT COUNT(*) FROM assignments WHERE created_at >= ? AND removed_at IS NULL AND class_id IN " + newClass,
		"SELECT COUNT(*) FROM attempts WHERE started_at > ? AND person_id IN (SELECT person_id FROM school_rollover_moves WHERE rollover_id = ?)",
	} {
		var n int64
		if err := tx.Raw(query, row.AppliedAt, row.ID).Scan(&n).Error; err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// unmake removes the grants and the classes that a roll-over made; a class that
// somebody has put a pupil or a teacher into since stays.
func unmake(tx *gorm.DB, rollover models.ID) error {
	var made []madeRow
	if err := tx.Raw("SELECT * FROM school_rollover_made WHERE rollover_id = ?", rollover).Scan(&made).Error; err != nil {
		return err
	}
	var grants []models.ID
	for _, m := range made {
		if m.Kind == "grant" {
			grants = append(grants, m.MadeID)
		}
	}
	if err := people.DropGrants(tx, grants); err != nil {
		return err
	}
	for _, m := range made {
		if m.Kind != "class" {
			continue
		}
		var used int64
		err := tx.Raw("SELECT (SELECT COUNT(*) FROM enrolments WHERE class_id = ?) + (SELECT COUNT(*) FROM account_grants WHERE scope_id = ?)",
			m.MadeID, m.MadeID).Scan(&used).Error
		if err != nil {
			return err
		}
		if used > 0 {
			continue
		}
		if err := place.RemoveClass(tx, m.MadeID); err != nil {
			return err
		}
	}
	return nil
}
