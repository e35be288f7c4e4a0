package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/signin"
)

// lessonView is an open lesson as a pupil at a shared computer sees it.
type lessonView struct {
	ID        string    `json:"id"`
	ClassName string    `json:"class_name"`
	ClosesAt  time.Time `json:"closes_at"`
}

// boundView is the lesson that a sign-in ends with.
type boundView struct {
	ID        string    `json:"id"`
	ClassName string    `json:"class_name"`
	ClosesAt  time.Time `json:"closes_at"`
	Kind      string    `json:"kind" enum:"pin,icons" doc:"What the pupil's card shows, for a screen that locks itself."`
}

func lessonViewOf(l signin.Lesson) *lessonView {
	return &lessonView{ID: l.ID.String(), ClassName: l.ClassName, ClosesAt: l.ClosesAt}
}

// lessonDoor is what a code opens: the names of the class.
type lessonDoor struct {
	Lesson lessonView   `json:"lesson"`
	Names  []lessonName `json:"names" doc:"By given name."`
}

type lessonName struct {
	PersonID string `json:"person_id"`
	Name     string `json:"name"`
	Hint     string `json:"hint" doc:"The user name, where two pupils of the class have one name; else empty."`
	Kind     string `json:"kind" enum:"pin,icons,none" doc:"What the pupil's card shows; none: no card yet."`
}

type lookupInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"40" doc:"As it is typed: spaces, dashes and small letters do not matter."`
	}
}

type lessonEntryInput struct {
	Body struct {
		Code     string `json:"code" minLength:"1" maxLength:"40"`
		PersonID string `json:"person_id" maxLength:"36"`
		Secret   string `json:"secret" minLength:"1" maxLength:"60" doc:"Four digits, or the keys of three icons: sun-fish-key."`
		Cookies  bool   `json:"cookies,omitempty" doc:"true for browsers: the tokens become cookies."`
	}
}

type secretInput struct {
	Body struct {
		Secret string `json:"secret" minLength:"1" maxLength:"60"`
	}
}

type unlockInput struct {
	ByID
	Body struct {
		PersonID string `json:"person_id" maxLength:"36"`
	}
}

func (s *server) lessonSignInOperations() {
	register(s, op{
		id: "look-up-lesson", method: http.MethodPost, path: "/lesson-sign-in/lookup", tag: "sessions", action: models.ActPublic,
		summary: "The class behind the code on the wall, while its lesson is open. Wrong code and closed window get the same bytes.",
		pace:    s.paces.signIn, refuses: []models.Kind{models.KindNotFound},
	}, s.lookUpLesson)
	register(s, op{
		id: "sign-in-to-lesson", method: http.MethodPost, path: "/lesson-sign-in", tag: "sessions", action: models.ActPublic,
		summary: "Sign in at a shared computer with code, name and class secret. The session ends with the lesson. Five wrong tries lock the name until the teacher unlocks it.",
		pace:    s.paces.signIn, refuses: []models.Kind{models.KindNotFound, models.KindConflict, models.KindLocked},
	}, s.enterLesson)
	register(s, op{
		id: "check-class-secret", method: http.MethodPost, path: "/me/lesson/secret-check", tag: "me", action: models.ActWhoAmI,
		summary: "Compare the class secret of whoever signed in with one, for a screen that locked itself. Wrong tries count as at the sign-in.",
		refuses: []models.Kind{models.KindLocked}, status: http.StatusNoContent,
	}, func(ctx context.Context, actor models.Actor, in *secretInput) (*none, error) {
		return done(s.SignIn.Check(ctx, actor, in.Body.Secret))
	})
	s.lockOperations()
}

func (s *server) lockOperations() {
	register(s, teach("list-lesson-locks", http.MethodGet, "/lesson-sessions/{id}/locks", "The names that five wrong secrets locked in a lesson session."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[signin.Lock]], error) {
			return withID(in, func(id models.ID) (list[signin.Lock], error) {
				session, err := s.Learning.SessionFor(ctx, actor, models.ActTeach, id)
				if err != nil {
					return list[signin.Lock]{}, err
				}
				s.codes.know(requestOf(ctx).addr, session.Code) // the teacher stands in the same network as the class
				rows, err := s.SignIn.Locks(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, teach("unlock-lesson-name", http.MethodPost, "/lesson-sessions/{id}/unlocks", "Give a locked name its tries back."),
		func(ctx context.Context, actor models.Actor, in *unlockInput) (*none, error) {
			person, err := parseID("body.person_id", in.Body.PersonID)
			if err != nil {
				return nil, err
			}
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.SignIn.Unlock(ctx, actor, id, person))
		})
}

func (s *server) lookUpLesson(ctx context.Context, _ models.Actor, in *lookupInput) (*body[lessonDoor], error) {
	settle, err := s.codes.begin(requestOf(ctx).addr, in.Body.Code)
	if err != nil {
		return nil, err
	}
	lesson, names, err := s.SignIn.Lookup(ctx, in.Body.Code)
	settle(err)
	if err != nil {
		return nil, err
	}
	door := lessonDoor{Lesson: *lessonViewOf(lesson), Names: make([]lessonName, len(names))}
	for i, n := range names {
		door.Names[i] = lessonName{PersonID: n.PersonID.String(), Name: n.Name, Hint: n.Hint, Kind: n.Kind}
		if n.Kind == "" {
			door.Names[i].Kind = "none"
		}
	}
	return &body[lessonDoor]{Body: door}, nil
}

func (s *server) enterLesson(ctx context.Context, _ models.Actor, in *lessonEntryInput) (*sessionOutput, error) {
	settle, err := s.codes.begin(requestOf(ctx).addr, in.Body.Code)
	if err != nil {
		return nil, err
	}
	person, err := models.ParseID(in.Body.PersonID)
	if err != nil {
		person = models.ID{} // nobody: what follows answers as for a wrong code
	}
	session, err := s.SignIn.Enter(ctx, signin.Entry{Code: in.Body.Code, Person: person, Secret: in.Body.Secret})
	settle(err)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, session, in.Body.Cookies)
}
