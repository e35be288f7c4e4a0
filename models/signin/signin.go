// Package signin lets pupils in at shared computers: the code on the wall, the
// name, four digits or three pictures. It works only while a teacher holds a
// lesson session open, counts the tries, and ends what it let in with the lesson.
//
// The secrets are models/people's and the lessons models/learning's; this room
// owns the tries.
package signin

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/store"
)

// MaxTries is how many wrong secrets lock a name for a lesson session, until
// the teacher unlocks it.
const MaxTries = 5

// boundFor is how long an open lesson is taken for open without asking again:
// the most by which a session on another copy of the program outlives its lesson.
const boundFor = 5 * time.Second

// SignIn is the room's service.
type SignIn struct {
	db       *store.DB
	people   *people.People
	learning *learning.Learning

	mu   sync.Mutex
	open map[models.ID]bound
}

type bound struct {
	lesson Lesson
	until  time.Time
}

// New makes the room.
func New(db *store.DB, p *people.People, l *learning.Learning) *SignIn {
	return &SignIn{db: db, people: p, learning: l, open: map[models.ID]bound{}}
}

// Lesson is an open lesson session as a pupil sees it.
type Lesson struct {
	ID        models.ID
	ClassID   models.ID
	ClassName string
	ClosesAt  time.Time
}

// Name is a pupil in the list of names.
type Name struct {
	PersonID models.ID
	Name     string
	Hint     string // the user name, where two pupils of the class have one name
	Kind     string // people.SecretPIN, people.SecretIcons; empty: no card yet
}

// Lookup answers the lesson that is open under a code, and the names of its
// class by given name. A wrong code and a closed window are the same NotFound
// for the same work.
func (s *SignIn) Lookup(ctx context.Context, code string) (Lesson, []Name, error) {
	session, err := s.learning.SessionByCode(ctx, code)
	if err != nil {
		return Lesson{}, nil, err
	}
	rows, err := people.LessonNames(s.db.Read(ctx), session.ClassID)
	if err != nil {
		return Lesson{}, nil, err
	}
	same := map[string]int{}
	for _, r := range rows {
		same[models.Fold(r.FullName)]++
	}
	list := make([]Name, len(rows))
	for i, r := range rows {
		list[i] = Name{PersonID: r.PersonID, Name: r.FullName, Kind: r.Kind}
		if same[models.Fold(r.FullName)] > 1 {
			list[i].Hint = r.Username
		}
	}
	return lessonOf(session), list, nil
}

func lessonOf(s learning.Session) Lesson {
	return Lesson{ID: s.ID, ClassID: s.ClassID, ClassName: s.ClassName, ClosesAt: s.ClosesAt}
}

// Entry is what a pupil signs in with.
type Entry struct {
	Code   string
	Person models.ID
	Secret string // "4812", or "sun-fish-key"
}

// Enter opens a session bound to the lesson and makes the pupil a participant.
// A repeat with the right secret opens another. Errors: NotFound for a wrong code,
// a closed window and a person of another class; Conflict "no_card"; Invalid
// field body.secret "wrong_secret" with the detail left, the tries that remain;
// KindLocked "name_locked"; KindUnavailable "busy".
func (s *SignIn) Enter(ctx context.Context, e Entry) (people.Session, error) {
	session, err := s.learning.SessionByCode(ctx, e.Code)
	if err != nil {
		return people.Session{}, err
	}
	if err := s.hasCard(ctx, session.ClassID, e.Person); err != nil {
		return people.Session{}, err
	}
	var out people.Session
	err = s.try(ctx, session.ID, e.Person, func() (ok bool, err error) {
		out, ok, err = s.people.SignInToLesson(ctx, e.Person, e.Secret, session.ID)
		return ok, err
	})
	if err != nil {
		return people.Session{}, err
	}
	return out, s.learning.Admit(ctx, session.ID, e.Person)
}

// hasCard makes sure that the person is in the class and holds a card.
func (s *SignIn) hasCard(ctx context.Context, class, person models.ID) error {
	rows, err := people.LessonNames(s.db.Read(ctx), class)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.PersonID != person {
			continue
		}
		if r.Kind == "" {
			return models.Conflict("no_card")
		}
		return nil
	}
	return models.NotFound()
}

// Check compares the secret of the actor who is bound to a
// lesson, for a screen that locked itself. Errors as Enter; KindForbidden for
// whoever signed in otherwise.
func (s *SignIn) Check(ctx context.Context, actor models.Actor, secret string) error {
	if actor.Lesson.IsZero() || actor.Person.IsZero() {
		return models.Fail(models.KindForbidden, "forbidden")
	}
	return s.try(ctx, actor.Lesson, actor.Person, func() (bool, error) {
		return s.people.CheckClassSecret(ctx, actor.Person, secret)
	})
}

// Bound answers the lesson that a session is bound to while it is open. The
// error is KindUnauthenticated when it is over.
func (s *SignIn) Bound(ctx context.Context, lesson models.ID) (Lesson, error) {
	now := s.db.Clock().Now()
	s.mu.Lock()
	b, ok := s.open[lesson]
	s.mu.Unlock()
	if ok && now.Before(b.until) && now.Before(b.lesson.ClosesAt) {
		return b.lesson, nil
	}
	session, err := s.learning.SessionByID(ctx, lesson)
	if models.KindOf(err) == models.KindNotFound || err == nil && session.State != "open" {
		s.Forget(lesson)
		return Lesson{}, models.Fail(models.KindUnauthenticated, "lesson_over")
	}
	if err != nil {
		return Lesson{}, err
	}
	b = bound{lessonOf(session), now.Add(boundFor)}
	s.mu.Lock()
	s.open[lesson] = b
	s.mu.Unlock()
	return b.lesson, nil
}

// Forget lets the next request of a lesson ask the database: it was closed.
func (s *SignIn) Forget(lesson models.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, lesson)
}

// Refresh is people.Refresh, and the end of sessions whose lesson is over.
func (s *SignIn) Refresh(ctx context.Context, token string) (people.Session, error) {
	session, err := s.people.Refresh(ctx, token)
	if err != nil || session.Lesson.IsZero() {
		return session, err
	}
	session.MustChange = false
	if _, err := s.Bound(ctx, session.Lesson); err != nil {
		if models.KindOf(err) == models.KindUnauthenticated {
			if err := s.people.SignOut(ctx, session.RefreshToken); err != nil {
				return people.Session{}, err
			}
		}
		return people.Session{}, err
	}
	return session, nil
}

// Sweep removes the tries of lessons that are long over, and answers how many.
func (s *SignIn) Sweep(ctx context.Context) (removed int64, err error) {
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		res := tx.Exec("DELETE FROM lesson_tries WHERE last_at <= ?", s.db.Clock().Now().Add(-24*time.Hour))
		removed = res.RowsAffected
		return res.Error
	})
	return removed, err
}
