package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/learning"
)

// teach describes an operation of a teacher on the own classes.
func teach(id, method, path, summary string, refuses ...models.Kind) op {
	return op{id: id, method: method, path: path, summary: summary, tag: "teaching", action: models.ActTeach, refuses: refuses}
}

// runSession describes an operation of whoever stands in front of the class.
func runSession(id, method, path, summary string, refuses ...models.Kind) op {
	return op{id: id, method: method, path: path, summary: summary, tag: "teaching", action: models.ActRunSession, refuses: refuses}
}

func readClass(id, path, summary string) op {
	return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "teaching", action: models.ActReadClass}
}

type newSessionInput struct {
	Body struct {
		ID        string  `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		ClassID   string  `json:"class_id" maxLength:"36"`
		CourseKey *string `json:"course_key,omitempty" nullable:"true" maxLength:"64" doc:"null: any course."`
		Minutes   int     `json:"minutes" minimum:"45" maximum:"240"`
	}
}

type extensionInput struct {
	ByID
	Body struct {
		Minutes int `json:"minutes" minimum:"1" maximum:"240"`
	}
}

func (s *server) classOperations() {
	register(s, op{id: "list-classes", method: http.MethodGet, path: "/classes", tag: "teaching", action: models.ActListClasses,
		summary: "The classes in the caller's reach, the newest school year first."},
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[learning.ClassHead]], error) {
			rows, err := s.Learning.Classes(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	register(s, readClass("list-lesson-sessions", "/classes/{id}/lesson-sessions", "The lesson sessions of a class, the last 100."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[learning.Session]], error) {
			return withID(in, func(id models.ID) (list[learning.Session], error) {
				rows, err := s.Learning.Sessions(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, runSession("get-lesson-session", http.MethodGet, "/lesson-sessions/{id}", "A lesson session with everybody in it."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.SessionDetail], error) {
			return withID(in, func(id models.ID) (learning.SessionDetail, error) { return s.Learning.SessionDetail(ctx, actor, id) })
		})
}

func (s *server) lessonSessionOperations() {
	register(s, runSession("open-lesson-session", http.MethodPost, "/lesson-sessions", "Open a lesson for a class: the window in which quizzes count.",
		models.KindNotFound, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *newSessionInput) (*body[learning.Session], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			class, err := parseID("body.class_id", in.Body.ClassID)
			if err != nil {
				return nil, err
			}
			n := learning.NewSession{ID: id, ClassID: class, Minutes: in.Body.Minutes}
			if in.Body.CourseKey != nil {
				n.CourseKey = *in.Body.CourseKey
			}
			return answer(s.Learning.OpenSession(ctx, actor, n))
		})
	register(s, runSession("extend-lesson-session", http.MethodPost, "/lesson-sessions/{id}/extension", "Move the end of an open session.", models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *extensionInput) (*body[learning.Session], error) {
			return withID(&in.ByID, func(id models.ID) (learning.Session, error) {
				return s.Learning.Extend(ctx, actor, id, in.Body.Minutes)
			})
		})
	register(s, runSession("close-lesson-session", http.MethodPost, "/lesson-sessions/{id}/closing", "End a session now and submit what its pupils have saved."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.Session], error) {
			return withID(in, func(id models.ID) (learning.Session, error) {
				defer s.SignIn.Forget(id) // sign-ins by class secret end at once
				return s.Learning.CloseSession(ctx, actor, id)
			})
		})
	register(s, teach("release-results", http.MethodPost, "/lesson-sessions/{id}/release", "Show the results of a session to its pupils."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.Session], error) {
			return withID(in, func(id models.ID) (learning.Session, error) { return s.Learning.Release(ctx, actor, id) })
		})
}
