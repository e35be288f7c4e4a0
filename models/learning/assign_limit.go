package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// homeTries counts the quizzes of a course that a person has begun outside a
// lesson session since an instant: what an assignment's limit is about.
func homeTries(tx *gorm.DB, person models.ID, courseKey string, since time.Time) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM attempts WHERE person_id = ? AND course_key = ? AND session_id IS NULL AND started_at >= ?",
		person, courseKey, since).Scan(&n).Error
	return n, err
}

// since is when tries begin to count: an assignment may open at the start of the
// day it is given on, and a quiz done before it was given is not one of its tries.
func (r assignmentRow) since() time.Time {
	if r.CreatedAt.After(r.OpensAt) {
		return r.CreatedAt
	}
	return r.OpensAt
}

// triesOf counts a person's tries for those of the assignments with a limit.
func triesOf(tx *gorm.DB, person models.ID, rows []assignmentRow) (map[models.ID]int, error) {
	tries := map[models.ID]int{}
	for _, r := range rows {
		if r.Attempts == nil {
			continue
		}
		n, err := homeTries(tx, person, r.CourseKey, r.since())
		if err != nil {
			return nil, err
		}
		tries[r.ID] = n
	}
	return tries, nil
}

// limits reads the running assignments of a person that bound the quizzes of a
// course.
func limits(tx *gorm.DB, person models.ID, courseKey string, now time.Time) ([]assignmentRow, error) {
	return assignmentRows(tx.Raw(assignmentSelect+addressedTo+` WHERE e.person_id = ? AND a.course_key = ? AND a.removed_at IS NULL
		AND a.attempts IS NOT NULL AND a.opens_at <= ? AND a.due_at > ? ORDER BY a.due_at, a.id`, person, courseKey, now, now))
}

// codeNoAttempts refuses a quiz at home: an assignment's attempts are used up.
const codeNoAttempts = "no_attempts_left"

// mayTry refuses a quiz at home when a running assignment's attempts are used
// up: Closed "no_attempts_left" with the detail until, when the limit ends. It
// reads in the transaction that begins the quiz and marks the guard row, so
// that two devices do not both take the last one.
func mayTry(tx *gorm.DB, n NewAttempt, person models.ID, now time.Time) error {
	if !n.SessionID.IsZero() {
		return nil
	}
	rows, err := limits(tx, person, n.CourseKey, now)
	if err != nil || len(rows) == 0 {
		return err
	}
	for _, r := range rows {
		tries, err := homeTries(tx, person, r.CourseKey, r.since())
		if err != nil {
			return err
		}
		if tries >= *r.Attempts {
			return models.Fail(models.KindClosed, codeNoAttempts).With("until", r.DueAt.UTC().Format(time.RFC3339))
		}
	}
	return touchGuard(tx, person, n.CourseKey)
}

// heldBack tells whether an assignment of the pupil's class still holds the
// right answers of an attempt back: one that was running when it began and
// shows them after its end or when the teacher says so.
func heldBack(tx *gorm.DB, f *frozen, now time.Time) (bool, error) {
	var n int
	err := tx.Raw(`SELECT COUNT(*) FROM assignments a`+addressedTo+` WHERE e.person_id = ? AND a.course_key = ? AND a.removed_at IS NULL
		AND a.opens_at <= ? AND a.created_at <= ? AND a.due_at > ? AND a.released_at IS NULL AND (a.results = ? OR (a.results = ? AND a.due_at > ?))`,
		f.Person, f.CourseKey, f.StartedAt, f.StartedAt, f.StartedAt, ByHand, AfterDue, now).Scan(&n).Error
	return n > 0, err
}

// ReleaseAssignment shows the right answers that an assignment holds back.
// Releasing it again does nothing. Out of reach is NotFound.
func (l *Learning) ReleaseAssignment(ctx context.Context, actor models.Actor, id models.ID) (Assignment, error) {
	err := l.changing(ctx, actor, id, func(tx *gorm.DB, r assignmentRow, now time.Time) error {
		return tx.Exec("UPDATE assignments SET released_at = ? WHERE id = ? AND released_at IS NULL", now, id).Error
	})
	if err != nil {
		return Assignment{}, err
	}
	return l.assignment(ctx, id)
}
