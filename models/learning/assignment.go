package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// When results of a quiz taken in a lesson session are shown.
const (
	AtOnce     = "at_once"     // as soon as the pupil has submitted
	AfterClose = "after_close" // when the session is over, or the teacher releases them
)

// longestAssignment bounds the time from opening to due date.
const longestAssignment = 366 * 24 * time.Hour

// NewAssignment asks a class to do a course. ID is made by the client: sending
// the same again answers as the first did. Release is AtOnce or AfterClose,
// AfterClose when empty.
type NewAssignment struct {
	ID        models.ID
	ClassID   models.ID
	CourseKey string
	OpensAt   time.Time
	DueAt     time.Time
	Release   string
}

// Assignment is a course a class is asked to do. Done counts the pupils who
// have passed its quiz, at home or in a session; Total the pupils of the class.
type Assignment struct {
	ID        models.ID `json:"id"`
	ClassID   models.ID `json:"class_id"`
	CourseKey string    `json:"course_key"`
	Title     string    `json:"title"`
	OpensAt   time.Time `json:"opens_at"`
	DueAt     time.Time `json:"due_at"`
	Release   string    `json:"release" gorm:"column:results"`
	Done      int       `json:"done"`
	Total     int       `json:"total"`
}

// Assign asks a class to do a course. Errors: NotFound for a class out of
// reach; Invalid fields body.id, body.course_key, body.opens_at, body.due_at
// (not after opening, in the past, or over a year later), body.release;
// Conflict "id_taken" when the id names another assignment.
func (l *Learning) Assign(ctx context.Context, actor models.Actor, n NewAssignment) (Assignment, error) {
	n.OpensAt, n.DueAt = n.OpensAt.UTC().Truncate(time.Second), n.DueAt.UTC().Truncate(time.Second)
	if n.Release == "" {
		n.Release = AfterClose
	}
	if err := l.checkAssignment(ctx, n); err != nil {
		return Assignment{}, err
	}
	now := l.clock.Now()
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, err := classFor(tx, actor, models.ActTeach, n.ClassID); err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO assignments (id, class_id, course_key, opens_at, due_at, results, assigned_by, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, n.ID, n.ClassID, n.CourseKey, n.OpensAt, n.DueAt, n.Release, actor.Account, now).Error
	})
	if err != nil && !store.IsDuplicate(err) {
		return Assignment{}, err
	}
	var rows []Assignment
	if err := l.db.Read(ctx).Raw(sqlAssignment("id = ? AND class_id = ? AND course_key = ?"), n.ID, n.ClassID, n.CourseKey).Scan(&rows).Error; err != nil {
		return Assignment{}, err
	}
	if len(rows) == 0 {
		return Assignment{}, models.Conflict("id_taken")
	}
	list, err := l.countDone(ctx, n.ClassID, rows)
	if err != nil {
		return Assignment{}, err
	}
	return list[0], nil
}

// sqlAssignment selects assignments that were not removed.
func sqlAssignment(where string) string {
	return "SELECT id, class_id, course_key, opens_at, due_at, results FROM assignments WHERE removed_at IS NULL AND " + where
}

func (l *Learning) checkAssignment(ctx context.Context, n NewAssignment) error {
	var fields []models.Field
	bad := func(location, code string) {
		fields = append(fields, models.Field{Location: "body." + location, Code: code})
	}
	if n.ID.IsZero() {
		bad("id", "required")
	}
	if _, err := l.catalog.byKey(ctx, n.CourseKey); models.KindOf(err) == models.KindNotFound {
		bad("course_key", "unknown")
	} else if err != nil {
		return err
	}
	switch {
	case n.OpensAt.IsZero():
		bad("opens_at", "required")
	case !n.DueAt.After(n.OpensAt):
		bad("due_at", "not_after_opening")
	case !n.DueAt.After(l.clock.Now()):
		bad("due_at", "in_the_past")
	case n.DueAt.Sub(n.OpensAt) > longestAssignment:
		bad("due_at", "too_late")
	}
	if n.Release != AtOnce && n.Release != AfterClose {
		bad("release", "unknown")
	}
	if len(fields) > 0 {
		return models.Invalid("invalid", fields...)
	}
	return nil
}

// Assignments lists what a class in the actor's reach is asked to do, the next
// due date first. Out of reach is NotFound.
func (l *Learning) Assignments(ctx context.Context, actor models.Actor, classID models.ID) ([]Assignment, error) {
	db := l.db.Read(ctx)
	if _, err := classFor(db, actor, models.ActReadClass, classID); err != nil {
		return nil, err
	}
	rows := []Assignment{}
	if err := db.Raw(sqlAssignment("class_id = ? ORDER BY due_at, id"), classID).Scan(&rows).Error; err != nil {
		return nil, err
	}
	return l.countDone(ctx, classID, rows)
}

// countDone fills titles and counts in two statements for the whole list.
func (l *Learning) countDone(ctx context.Context, classID models.ID, rows []Assignment) ([]Assignment, error) {
	db := l.db.Read(ctx)
	_, current, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	var total int
	if err := db.Raw("SELECT COUNT(*) FROM enrolments WHERE class_id = ? AND live = 1", classID).Scan(&total).Error; err != nil {
		return nil, err
	}
	var done []struct {
		CourseKey string
		N         int
	}
	err = db.Raw(`SELECT a.course_key, COUNT(DISTINCT a.person_id) AS n FROM enrolments e JOIN attempts a ON a.person_id = e.person_id
		WHERE e.class_id = ? AND e.live = 1 AND a.passed = 1 GROUP BY a.course_key`, classID).Scan(&done).Error
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		r.Total, r.OpensAt, r.DueAt = total, r.OpensAt.UTC(), r.DueAt.UTC()
		if c := current[r.CourseKey]; c != nil {
			r.Title = c.Title
		}
		for _, d := range done {
			if d.CourseKey == r.CourseKey {
				r.Done = d.N
			}
		}
	}
	return rows, nil
}

// RemoveAssignment takes an assignment off the class's list; what pupils did
// stays. Removing it again does nothing. Out of reach is NotFound.
func (l *Learning) RemoveAssignment(ctx context.Context, actor models.Actor, id models.ID) error {
	now := l.clock.Now()
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		var row struct{ ClassID models.ID }
		if err := tx.Raw("SELECT class_id FROM assignments WHERE id = ?", id).Scan(&row).Error; err != nil {
			return err
		}
		if _, err := classFor(tx, actor, models.ActTeach, row.ClassID); err != nil {
			return err
		}
		return tx.Exec("UPDATE assignments SET removed_at = ? WHERE id = ? AND removed_at IS NULL", now, id).Error
	})
}
