package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/learning"
)

type newAttemptInput struct {
	Body struct {
		ID        string  `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers the same attempt."`
		CourseKey string  `json:"course_key" minLength:"1" maxLength:"64"`
		SessionID *string `json:"session_id,omitempty" nullable:"true" maxLength:"36" doc:"null: at home, for practice."`
	}
}

type answerInput struct {
	ByID
	Seq  int `path:"seq" minimum:"1"`
	Body struct {
		Slot     int               `json:"slot" minimum:"1"`
		Response learning.Response `json:"response"`
	}
}

// seqAnswer is one change of one slot; seq counts the changes of the attempt.
type seqAnswer struct {
	Seq      int               `json:"seq" minimum:"1"`
	Slot     int               `json:"slot" minimum:"1"`
	Response learning.Response `json:"response"`
	ClientAt *time.Time        `json:"client_at,omitempty" doc:"When the device says it was given: kept, never decided by."`
}

type answersInput struct {
	ByID
	Body struct {
		Answers []seqAnswer `json:"answers" maxItems:"500"`
	}
}

type positionInput struct {
	ByID
	Body struct {
		Slot int `json:"slot" minimum:"1"`
	}
}

func answersOf(list []seqAnswer) []learning.Answer {
	return converted(list, func(a seqAnswer) learning.Answer {
		out := learning.Answer{Seq: a.Seq, Slot: a.Slot, Response: a.Response}
		if a.ClientAt != nil {
			out.ClientAt = *a.ClientAt
		}
		return out
	})
}

func (s *server) attemptOperations() {
	register(s, learn("start-attempt", http.MethodPost, "/attempts", "Draw a quiz and start it. It counts inside a joined lesson session only.",
		models.KindNotFound, models.KindConflict, models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *newAttemptInput) (*body[learning.Attempt], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			session, err := parseOptionalID("body.session_id", in.Body.SessionID)
			if err != nil {
				return nil, err
			}
			return answer(s.Learning.StartAttempt(ctx, actor, learning.NewAttempt{ID: id, CourseKey: in.Body.CourseKey, SessionID: session}))
		})
	register(s, learn("get-attempt", http.MethodGet, "/attempts/{id}", "An attempt as it stands, to go on with it on any device."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.Attempt], error) {
			return withID(in, func(id models.ID) (learning.Attempt, error) { return s.Learning.Attempt(ctx, actor, id) })
		})
	s.answerOperations()
	s.lateOperations()
	s.resultOperations()
}

func (s *server) answerOperations() {
	register(s, learn("put-answer", http.MethodPut, "/attempts/{id}/answers/{seq}",
		"Keep one answer; the reply means that it is on disk. The same number with the same answer is acknowledged again.",
		models.KindConflict, models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *answerInput) (*body[learning.Ack], error) {
			return withID(&in.ByID, func(id models.ID) (learning.Ack, error) {
				return s.Learning.SaveAnswer(ctx, actor, id, learning.Answer{Seq: in.Seq, Slot: in.Body.Slot, Response: in.Body.Response})
			})
		})
	register(s, learn("put-answers", http.MethodPost, "/attempts/{id}/answers", "Keep several answers given without a network."),
		func(ctx context.Context, actor models.Actor, in *answersInput) (*body[learning.SaveReport], error) {
			list := answersOf(in.Body.Answers)
			return withID(&in.ByID, func(id models.ID) (learning.SaveReport, error) { return s.Learning.SaveAnswers(ctx, actor, id, list) })
		})
	register(s, learn("put-position", http.MethodPut, "/attempts/{id}/position", "Keep the slot at which the pupil is.", models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *positionInput) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.SetPosition(ctx, actor, id, in.Body.Slot))
		})
}

// LateBody is what a device kept of an attempt that was closed meanwhile.
type LateBody struct {
	ID      string      `json:"id" maxLength:"36" doc:"Made by the device: a repeat answers as the first did."`
	Answers []seqAnswer `json:"answers" minItems:"1" maxItems:"500" doc:"Numbered on from the attempt's last_seq."`
}

func (b LateBody) batch() (learning.LateBatch, error) {
	id, err := parseID("body.id", b.ID)
	return learning.LateBatch{ID: id, Answers: answersOf(b.Answers)}, err
}

type lateInput struct {
	ByID
	Body LateBody
}

type lateFileInput struct {
	ByID
	Body struct {
		AttemptID string `json:"attempt_id" maxLength:"36"`
		Seal      string `json:"seal" maxLength:"64" doc:"As it stands in the file."`
		LateBody
	}
}

func (s *server) lateOperations() {
	register(s, learn("send-late-answers", http.MethodPost, "/attempts/{id}/late-answers",
		"Hand in the answers that the device kept, without a network, of an attempt that was closed meanwhile: once, in order. The attempt is graded anew.",
		models.KindConflict, models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *lateInput) (*body[learning.LateReport], error) {
			batch, err := in.Body.batch()
			if err != nil {
				return nil, err
			}
			return withID(&in.ByID, func(id models.ID) (learning.LateReport, error) { return s.Learning.SendLate(ctx, actor, id, batch) })
		})
	register(s, learn("settle-attempt", http.MethodPost, "/attempts/{id}/settlement",
		"Say that no device keeps answers of a closed attempt any more: none are taken from now on, and results need not wait for them.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.Settle(ctx, actor, id))
		})
	register(s, teach("hand-in-file", http.MethodPost, "/lesson-sessions/{id}/late-answers",
		"Hand in a pupil's file with the answers of an attempt of this session, as the pupil's device would have done.",
		models.KindConflict, models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *lateFileInput) (*body[learning.LateReport], error) {
			batch, err := in.Body.batch()
			if err != nil {
				return nil, err
			}
			attempt, err := parseID("body.attempt_id", in.Body.AttemptID)
			if err != nil {
				return nil, err
			}
			return withID(&in.ByID, func(id models.ID) (learning.LateReport, error) {
				return s.Learning.HandIn(ctx, actor, id, learning.LateFile{AttemptID: attempt, Seal: in.Body.Seal, LateBatch: batch})
			})
		})
}

func (s *server) resultOperations() {
	register(s, learn("submit-attempt", http.MethodPost, "/attempts/{id}/submission",
		"End an attempt and grade what was saved. A repeat answers the same result."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.Result], error) {
			return withID(in, func(id models.ID) (learning.Result, error) {
				if _, err := s.Learning.Submit(ctx, actor, id); err != nil {
					return learning.Result{}, err
				}
				return s.Learning.Result(ctx, actor, id)
			})
		})
	register(s, learn("get-result", http.MethodGet, "/attempts/{id}/result", "The result of a finished attempt; right answers only once released.",
		models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.Result], error) {
			return withID(in, func(id models.ID) (learning.Result, error) { return s.Learning.Result(ctx, actor, id) })
		})
	register(s, learn("list-my-attempts", http.MethodGet, "/me/attempts", "The pupil's attempts, newest first."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[learning.AttemptHead]], error) {
			rows, err := s.Learning.MyAttempts(ctx, actor)
			return answer(listed(rows, ""), err)
		})
}
