package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// changing runs a change of an assignment that the actor may teach. The error
// is NotFound for one out of reach or removed.
func (l *Learning) changing(ctx context.Context, actor models.Actor, id models.ID, change func(tx *gorm.DB, r assignmentRow, now time.Time) error) error {
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		rows, err := assignmentRows(tx.Raw(assignmentSelect+" WHERE a.removed_at IS NULL AND a.id = ?", id))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return models.NotFound()
		}
		if _, err := classForCourse(tx, actor, models.ActTeach, rows[0].ClassID, rows[0].CourseKey); err != nil {
			return err
		}
		return change(tx, rows[0], l.clock.Now())
	})
}

// EditAssignment changes the terms of an assignment; version is the one that
// was looked at. What pupils have done stays. Sending the same again answers as
// the first did. Errors: NotFound; Invalid fields as for Assign, but an opening
// that does not change may lie in the past; Conflict "assignment_changed" when
// somebody else changed it meanwhile.
func (l *Learning) EditAssignment(ctx context.Context, actor models.Actor, id models.ID, version int, t Terms) (Assignment, error) {
	t.settle()
	err := l.changing(ctx, actor, id, func(tx *gorm.DB, r assignmentRow, now time.Time) error {
		named, err := namedPupils(tx, []models.ID{id})
		if err != nil {
			return err
		}
		same := r.has(t, named[id])
		if same && (r.Version == version || r.Version == version+1) {
			return nil // nothing to do, or done by an earlier sending
		}
		if r.Version != version {
			return models.Conflict("assignment_changed")
		}
		if err := t.checkChange(tx, r, now); err != nil {
			return err
		}
		return t.overwrite(tx, r, now)
	})
	if err != nil {
		return Assignment{}, err
	}
	return l.assignment(ctx, id)
}

// has tells whether a row has these terms already.
func (r assignmentRow) has(t Terms, named []models.ID) bool {
	old := Recipients{To: r.Recipients, Persons: named}
	if !r.GroupID.IsZero() {
		old.GroupID = &r.GroupID
	}
	attempts := r.Attempts == nil && t.Attempts == nil || r.Attempts != nil && t.Attempts != nil && *r.Attempts == *t.Attempts
	return attempts && r.OpensAt.Equal(t.OpensAt) && r.DueAt.Equal(t.DueAt) && r.Results == t.Release && old.same(t.Recipients)
}

func (t Terms) checkChange(tx *gorm.DB, r assignmentRow, now time.Time) error {
	var bad refused
	t.checkTimes(now, &bad)
	if !t.OpensAt.Equal(r.OpensAt) && !t.OpensAt.IsZero() && models.Day(t.OpensAt) < models.Day(now) {
		bad.add("opens_at", "in_the_past")
	}
	t.checkQuiz(r.Kind, &bad)
	if err := t.Recipients.check(tx, r.ClassID, &bad); err != nil {
		return err
	}
	if len(bad) > 0 {
		return models.Invalid("invalid", bad...)
	}
	return nil
}

// overwrite writes checked terms over those of the version that was read.
func (t Terms) overwrite(tx *gorm.DB, r assignmentRow, now time.Time) error {
	err := store.One(tx.Exec(`UPDATE assignments SET recipients = ?, group_id = ?, opens_at = ?, due_at = ?, attempts = ?, results = ?,
		version = version + 1, changed_at = ?, year_end = NULL WHERE id = ? AND version = ? AND removed_at IS NULL`, t.Recipients.To, t.Recipients.group(),
		t.OpensAt, t.DueAt, t.Attempts, t.Release, now, r.ID, r.Version), store.ErrRetry)
	if err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM assignment_pupils WHERE assignment_id = ?", r.ID).Error; err != nil {
		return err
	}
	return t.Recipients.write(tx, r.ID, now)
}

// EndAssignment ends an assignment now; what pupils did stays. Ending one that
// is over does nothing. Errors: NotFound; Conflict "not_open_yet" for one that
// has not begun: remove it instead.
func (l *Learning) EndAssignment(ctx context.Context, actor models.Actor, id models.ID) (Assignment, error) {
	err := l.changing(ctx, actor, id, func(tx *gorm.DB, r assignmentRow, now time.Time) error {
		if !r.OpensAt.Before(now) {
			return models.Conflict("not_open_yet")
		}
		return tx.Exec(`UPDATE assignments SET due_at = ?, version = version + 1, changed_at = ?, year_end = NULL WHERE id = ? AND due_at > ?`,
			now, now, id, now).Error
	})
	if err != nil {
		return Assignment{}, err
	}
	return l.assignment(ctx, id)
}

// RemoveAssignment takes an assignment off the class's list; what pupils did
// stays. Removing it again does nothing. Out of reach is NotFound.
func (l *Learning) RemoveAssignment(ctx context.Context, actor models.Actor, id models.ID) error {
	now := l.clock.Now()
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		var row struct {
			ClassID   models.ID
			CourseKey string
		}
		if err := tx.Raw("SELECT class_id, course_key FROM assignments WHERE id = ?", id).Scan(&row).Error; err != nil {
			return err
		}
		if _, err := classForCourse(tx, actor, models.ActTeach, row.ClassID, row.CourseKey); err != nil {
			return err
		}
		return tx.Exec("UPDATE assignments SET removed_at = ?, changed_at = ?, version = version + 1, year_end = NULL WHERE id = ? AND removed_at IS NULL",
			now, now, id).Error
	})
}
