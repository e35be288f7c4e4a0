package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/learning"
)

type reportInput struct {
	Body struct {
		ID          string  `json:"id" maxLength:"36" doc:"Made by the client."`
		CourseKey   string  `json:"course_key" maxLength:"64"`
		QuestionKey string  `json:"question_key" maxLength:"64"`
		AttemptID   *string `json:"attempt_id,omitempty" nullable:"true" maxLength:"36" doc:"Of the places quiz and result: the version shown there is meant."`
		Place       string  `json:"place" enum:"practice,quiz,result"`
		Reason      string  `json:"reason" enum:"wrong_key,unclear,broken,outdated"`
		Note        string  `json:"note,omitempty" maxLength:"200"`
	}
}

func (s *server) reportOperations() {
	register(s, learn("report-question", http.MethodPost, "/question-reports",
		"Say that a question is broken; kept once for each pupil and version. The quiz goes on.", models.KindNotFound),
		func(ctx context.Context, actor models.Actor, in *reportInput) (*none, error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			attempt, err := parseOptionalID("body.attempt_id", in.Body.AttemptID)
			if err != nil {
				return nil, err
			}
			return done(s.Learning.ReportQuestion(ctx, actor, learning.QuestionReport{ID: id, CourseKey: in.Body.CourseKey,
				QuestionKey: in.Body.QuestionKey, AttemptID: attempt, Place: in.Body.Place, Reason: in.Body.Reason, Note: in.Body.Note}))
		})
	register(s, readClass("list-class-question-reports", "/classes/{id}/question-reports", "Questions that the pupils of a class reported as broken."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[learning.ReportedQuestion]], error) {
			return withID(in, func(id models.ID) (list[learning.ReportedQuestion], error) {
				rows, err := s.Learning.ClassReports(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, op{id: "list-question-reports", method: http.MethodGet, path: "/question-reports", tag: "courses", action: models.ActOperate,
		summary: "Questions that pupils everywhere reported as broken."},
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[learning.ReportedQuestion]], error) {
			rows, err := s.Learning.Reports(ctx, actor)
			return answer(listed(rows, ""), err)
		})
}
