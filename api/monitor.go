package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/learning"
)

// ByPupil names a pupil of a session.
type ByPupil struct {
	ByID
	Person string `path:"person" maxLength:"36"`
}

// ids answers the session and the pupil; malformed ones are NotFound alike.
func (b ByPupil) ids() (session, person models.ID, err error) {
	if session, err = b.id(); err != nil {
		return session, person, err
	}
	person, err = ByID{ID: b.Person}.id()
	return session, person, err
}

type pulseInput struct {
	Body struct {
		Unsent int `json:"unsent,omitempty" minimum:"0" doc:"Answers that wait on the device."`
	}
}

type callInput struct {
	ByID
	Body struct {
		ID string `json:"id" maxLength:"36" doc:"Made by the device: a repeat calls nobody again."`
	}
}

// monitorOperations are what a pupil's page and the monitor of the lesson say
// to each other.
func (s *server) monitorOperations() {
	register(s, learn("lesson-pulse", http.MethodPost, "/me/lesson-pulse",
		"Say that the device is there, at most every 30 seconds inside an open lesson, and learn what the teacher decided."),
		func(ctx context.Context, actor models.Actor, in *pulseInput) (*body[learning.Lesson], error) {
			return answer(s.Learning.Pulse(ctx, actor, in.Body.Unsent))
		})
	register(s, learn("call-teacher", http.MethodPost, "/lesson-sessions/{id}/calls", "Ask the teacher of the joined lesson for help, quietly.", models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *callInput) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			call, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			return done(s.Learning.CallTeacher(ctx, actor, id, call))
		})
	register(s, learn("call-off-teacher", http.MethodDelete, "/lesson-sessions/{id}/calls", "Take the call for help back."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.CallOff(ctx, actor, id))
		})
	register(s, runSession("get-live-board", http.MethodGet, "/lesson-sessions/{id}/live",
		"The monitor of a lesson: every pupil of the class with exactly one status. No score of a quiz that goes on."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.LiveBoard], error) {
			return withID(in, func(id models.ID) (learning.LiveBoard, error) { return s.Learning.Live(ctx, actor, id) })
		})
	register(s, runSession("get-live-pupil", http.MethodGet, "/lesson-sessions/{id}/pupils/{person}",
		"One pupil of a lesson: the exact wrong answers at practice; of a quiz what the release rules allow."),
		func(ctx context.Context, actor models.Actor, in *ByPupil) (*body[learning.PupilGlance], error) {
			id, person, err := in.ids()
			if err != nil {
				return nil, err
			}
			return answer(s.Learning.PupilGlance(ctx, actor, id, person))
		})
	register(s, runSession("mark-helped", http.MethodPost, "/lesson-sessions/{id}/pupils/{person}/help", "Say that the teacher was with this pupil."),
		func(ctx context.Context, actor models.Actor, in *ByPupil) (*none, error) {
			id, person, err := in.ids()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.Helped(ctx, actor, id, person))
		})
	s.streamBoard()
}
