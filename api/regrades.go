package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/learning"
)

// regradeTime is for a question that a whole province has answered.
const regradeTime = 2 * time.Minute

type regradePreviewInput struct {
	Question string `query:"question" required:"true" maxLength:"64" doc:"Key of the question."`
	From     string `query:"from" required:"true" maxLength:"64" doc:"Hash of the version that was answered, or its first 8 characters at least."`
	Course   string `query:"course" maxLength:"64" doc:"Key of the course, where several have the question."`
}

type regradeInput struct {
	Body struct {
		QuestionKey string `json:"question_key" minLength:"1" maxLength:"64"`
		From        string `json:"from" maxLength:"64"`
		CourseKey   string `json:"course_key,omitempty" maxLength:"64"`
	}
}

// regradeOperations are about questions that were mended after pupils had
// answered them.
func (s *server) regradeOperations() {
	register(s, op{id: "preview-regrade", method: http.MethodGet, path: "/regrades/preview", tag: "items", action: models.ActReadRegrade, within: regradeTime,
		summary: "Whose result changes when answers to an old version of a question are graded by the published one. Writes nothing; names only of the caller's classes.",
		refuses: []models.Kind{models.KindNotFound, models.KindConflict, models.KindInvalid}},
		func(ctx context.Context, actor models.Actor, in *regradePreviewInput) (*body[learning.RegradeReport], error) {
			return answer(s.Learning.PreviewRegrade(ctx, actor, learning.RegradeSpec{QuestionKey: in.Question, From: in.From, CourseKey: in.Course}))
		})
	register(s, op{id: "apply-regrade", method: http.MethodPost, path: "/regrades", tag: "items", action: models.ActOperate, within: regradeTime,
		summary: "Grade them by the published version: the replaced result is kept, passes gained are awarded, passes earned stay. A repeat changes what is left.",
		refuses: []models.Kind{models.KindNotFound, models.KindConflict}},
		func(ctx context.Context, actor models.Actor, in *regradeInput) (*body[learning.RegradeReport], error) {
			return answer(s.Learning.ApplyRegrade(ctx, actor, learning.RegradeSpec{QuestionKey: in.Body.QuestionKey, From: in.Body.From, CourseKey: in.Body.CourseKey}))
		})
	register(s, readClass("list-class-regrades", "/classes/{id}/regrades", "Pupils of a class whose results changed because a question was mended, of the last 60 days."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[learning.ClassRegrade]], error) {
			return withID(in, func(id models.ID) (list[learning.ClassRegrade], error) {
				rows, err := s.Learning.ClassRegrades(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
}
