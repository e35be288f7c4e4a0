package learning

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// refused collects the places of a body that are wrong.
type refused []models.Field

func (r *refused) add(location, code string) {
	*r = append(*r, models.Field{Location: "body." + location, Code: code})
}

// checkNew answers what is wrong with a new assignment for a class.
func (l *Learning) checkNew(ctx context.Context, tx *gorm.DB, class classRow, n NewAssignment) ([]models.Field, error) {
	var bad refused
	if n.ID.IsZero() {
		bad.add("id", "required")
	}
	if err := l.checkContent(ctx, class, n, &bad); err != nil {
		return nil, err
	}
	now := l.clock.Now()
	n.checkTimes(now, &bad)
	if !n.OpensAt.IsZero() && models.Day(n.OpensAt) < models.Day(now) {
		bad.add("opens_at", "in_the_past")
	}
	n.checkQuiz(n.Kind, &bad)
	return bad, n.Recipients.check(tx, n.ClassID, &bad)
}

// checkContent: the course is that of the class's level, and its parts exist.
func (l *Learning) checkContent(ctx context.Context, class classRow, n NewAssignment, bad *refused) error {
	if n.Kind == AssignBank {
		return l.checkSet(ctx, class, n, bad)
	}
	if !slices.Contains([]string{AssignCourse, AssignLessons, AssignQuiz, AssignScenario}, n.Kind) {
		bad.add("kind", "unknown")
		return nil
	}
	order, current, err := l.catalog.list(ctx)
	if err != nil {
		return err
	}
	c := current[n.CourseKey]
	if c == nil {
		bad.add("course_key", "unknown")
		return nil
	}
	if forGrade(order, class.Grade)[c.Skill] != c {
		bad.add("course_key", "other_level")
	}
	if !c.hasParts(n.Kind, n.Parts) {
		bad.add("parts", "unknown")
	}
	return nil
}

// checkSet: the question set exists, and is the class's school's or
// everybody's.
func (l *Learning) checkSet(ctx context.Context, class classRow, n NewAssignment, bad *refused) error {
	set, err := l.catalog.set(ctx, n.CourseKey)
	switch {
	case models.KindOf(err) == models.KindNotFound:
		bad.add("course_key", "unknown")
	case err != nil:
		return err
	case !set.school.IsZero() && set.school != class.SchoolID:
		bad.add("course_key", "other_school")
	case len(n.Parts) > 0:
		bad.add("parts", "unknown")
	}
	return nil
}

// hasParts tells whether the parts fit the kind and are there, each once.
func (c *course) hasParts(kind string, parts []string) bool {
	switch kind {
	case AssignLessons:
		for i, key := range parts {
			if c.lessons[key] == nil || slices.Contains(parts[:i], key) {
				return false
			}
		}
		return len(parts) > 0 && len(parts) <= mostParts
	case AssignScenario:
		return len(parts) == 1 && c.machines[parts[0]] != nil
	}
	return len(parts) == 0
}

// checkTimes: opening first, an end in the future, at most a year between.
func (t Terms) checkTimes(now time.Time, bad *refused) {
	switch {
	case t.OpensAt.IsZero():
		bad.add("opens_at", "required")
	case !t.DueAt.After(t.OpensAt):
		bad.add("due_at", "not_after_opening")
	case !t.DueAt.After(now):
		bad.add("due_at", "in_the_past")
	case t.DueAt.Sub(t.OpensAt) > longestAssignment:
		bad.add("due_at", "too_late")
	}
}

// checkQuiz: attempts and release, which only mean something where there is a
// quiz.
func (t Terms) checkQuiz(kind string, bad *refused) {
	quiz := kind == AssignCourse || kind == AssignQuiz
	switch {
	case t.Attempts != nil && !quiz:
		bad.add("attempts", "not_for_kind")
	case t.Attempts != nil && (*t.Attempts < 1 || *t.Attempts > mostAttempts):
		bad.add("attempts", "out_of_range")
	}
	switch {
	case !slices.Contains([]string{AtOnce, AfterClose, AfterDue, ByHand}, t.Release):
		bad.add("release", "unknown")
	case !quiz && (t.Release == AfterDue || t.Release == ByHand):
		bad.add("release", "not_for_kind")
	}
}
