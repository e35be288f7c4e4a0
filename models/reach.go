package models

import "slices"

// Reach is where an actor may do one action: everything, or the listed classes,
// schools and areas, or the own person. Every list query takes one. Limited are
// the grants for one course alone: they open nothing to a query that does not
// ask for a course (In), so whatever knows of no courses stays shut.
type Reach struct {
	All     bool
	Self    ID // person
	Classes []ID
	Schools []ID
	Areas   []ID // and everything below them
	Limited []Grant
}

// In is the reach for what belongs to one course; an empty key is the reach
// itself.
func (r Reach) In(course string) Reach {
	return r.widened(func(g Grant) bool { return course != "" && g.Course == course })
}

// Anywhere is the reach with every place that is open for any course: where
// somebody may be listed, but not what may be looked at there.
func (r Reach) Anywhere() Reach { return r.widened(func(Grant) bool { return true }) }

func (r Reach) widened(by func(Grant) bool) Reach {
	out := r
	out.Classes, out.Schools = slices.Clone(r.Classes), slices.Clone(r.Schools)
	for _, g := range r.Limited {
		switch {
		case !by(g):
		case g.Scope == ScopeClass:
			out.Classes = append(out.Classes, g.At)
		case g.Scope == ScopeSchool:
			out.Schools = append(out.Schools, g.At)
		}
	}
	return out
}

// Courses tells for which courses a class of a school is open; all is true when
// it is open without a limit.
func (r Reach) Courses(class, school ID) (keys []string, all bool) {
	if r.All || slices.Contains(r.Classes, class) || slices.Contains(r.Schools, school) || len(r.Areas) > 0 {
		return nil, true
	}
	for _, g := range r.Limited {
		if (g.At == class || g.At == school) && !slices.Contains(keys, g.Course) {
			keys = append(keys, g.Course)
		}
	}
	return keys, false
}

// Empty tells whether nothing is in reach.
func (r Reach) Empty() bool {
	return !r.All && r.Self.IsZero() && len(r.Classes)+len(r.Schools)+len(r.Areas)+len(r.Limited) == 0
}

// Allow answers where the actor may do the action. The error is
// KindUnauthenticated for the zero actor, KindForbidden when no role of the
// actor has the action, and KindForbidden "lesson_only" when only the way the
// actor signed in is in the way.
func Allow(actor Actor, action Action) (Reach, error) {
	if action == ActPublic {
		return Reach{}, nil
	}
	if len(actor.Grants) == 0 {
		return Reach{}, Fail(KindUnauthenticated, "unauthenticated")
	}
	if !actor.Lesson.IsZero() && !slices.Contains(inLesson, action) {
		return Reach{}, Fail(KindForbidden, "lesson_only")
	}
	var reach Reach
	own := false
	for _, g := range actor.Grants {
		scope := access[action][g.Role]
		own = own || scope == ScopeSelf
		reach.add(scope, g, actor.Person)
	}
	// Staff without a person record still act on their own account.
	if reach.Empty() && !own {
		return Reach{}, Fail(KindForbidden, "forbidden")
	}
	return reach, nil
}

// add widens the reach by one grant, never beyond the grant's own scope: a
// teacher granted one class does not get the school because the table says so.
func (r *Reach) add(allowed ScopeKind, g Grant, person ID) {
	switch allowed {
	case ScopeSelf:
		r.Self = person
		return
	case ScopeAll:
		r.All = true
		return
	case ScopeNone, "":
		return
	}
	if g.Course != "" {
		r.Limited = append(r.Limited, g)
		return
	}
	switch g.Scope {
	case ScopeClass:
		r.Classes = append(r.Classes, g.At)
	case ScopeSchool:
		r.Schools = append(r.Schools, g.At)
	case ScopeArea:
		r.Areas = append(r.Areas, g.At)
	case ScopeAll:
		r.All = true
	}
}
