package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/learning"
)

type placementInput struct {
	Course string `path:"course" maxLength:"64"`
	Body   struct {
		ID      string `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		Nonce   string `json:"nonce" maxLength:"100"`
		Answers []struct {
			QuestionKey string            `json:"question_key" maxLength:"64"`
			Response    learning.Response `json:"response"`
		} `json:"answers" maxItems:"40" nullable:"false"`
	}
}

// weekly is the drill of the week; null where there is none.
type weekly struct {
	Drill *learning.DrillView `json:"drill"`
}

type drillInput struct {
	Key  string `path:"key" maxLength:"16"`
	Body struct {
		ID        string `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		ShownHome bool   `json:"shown_home,omitempty" doc:"The pupil says that somebody at home has seen it."`
	}
}

func (s *server) placementOperations() {
	register(s, learn("get-placement", http.MethodGet, "/courses/{course}/placement",
		"The test that shows which lessons need not be read; its result once it was taken.", models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *coursePath) (*body[learning.PlacementTest], error) {
			return answer(s.Learning.Placement(ctx, actor, in.Course))
		})
	register(s, learn("take-placement", http.MethodPost, "/courses/{course}/placement",
		"Grade the test and mark the lessons that it shows to be known. Once a version of the course.", models.KindClosed, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *placementInput) (*body[learning.PlacementResult], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			a := learning.PlacementAnswers{ID: id, CourseKey: in.Course, Nonce: in.Body.Nonce}
			for _, x := range in.Body.Answers {
				a.Answers = append(a.Answers, learning.PlacementAnswer{QuestionKey: x.QuestionKey, Response: x.Response})
			}
			return answer(s.Learning.TakePlacement(ctx, actor, a))
		})
	register(s, learn("get-drill", http.MethodGet, "/drill", "The scam of the week: an alert and a few practice questions, 90 seconds."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[weekly], error) {
			d, err := s.Learning.Drill(ctx, actor)
			return answer(weekly{Drill: d}, err)
		})
	register(s, learn("finish-drill", http.MethodPost, "/drills/{key}/completion",
		"End the drill of the week; its items have been answered as practice within the hour. It keeps the skill fresh.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *drillInput) (*body[learning.DrillEnd], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			return answer(s.Learning.FinishDrill(ctx, actor, id, in.Key, in.Body.ShownHome))
		})
}
