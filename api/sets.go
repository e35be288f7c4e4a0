package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/bank"
	"nhaso/models/learning"
)

type questionSetInput struct {
	ByID
	Body struct {
		QuestionIDs []string `json:"question_ids" minItems:"1" maxItems:"60" doc:"Drafts of the bank; they are played in the order of the bank."`
	}
}

// questionSet is a set that can be assigned now, and what could not be in it.
type questionSet struct {
	learning.QuestionSet
	Left []bank.Note `json:"left" doc:"What was asked for and cannot be played, with its reason."`
}

type setKeyInput struct {
	Key string `path:"key" maxLength:"64"`
}

// setOperations give questions of a bank to pupils as practice.
func (s *server) setOperations() {
	register(s, op{id: "make-question-set", method: http.MethodPost, path: "/question-banks/{id}/sets", tag: "question-banks", action: models.ActTeach,
		summary: "Take questions of a bank as they are now, to be assigned as practice. The same questions again are the same set.", refuses: []models.Kind{models.KindNotFound}},
		s.makeSet)
	register(s, op{id: "get-practice-set", method: http.MethodGet, path: "/practice-sets/{key}", tag: "learning", action: models.ActLearn,
		summary: "Questions that the caller is asked to practise, with their answers: practice goes on without a network."},
		func(ctx context.Context, actor models.Actor, in *setKeyInput) (*body[learning.PracticeSet], error) {
			return answer(s.Learning.PracticeSet(ctx, actor, in.Key))
		})
	register(s, readClass("get-practice-results", "/assignments/{id}/practice-results", "What pupils made of a question set: practice, which counts for nothing else."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.SetResults], error) {
			return withID(in, func(id models.ID) (learning.SetResults, error) { return s.Learning.SetResults(ctx, actor, id) })
		})
}

func (s *server) makeSet(ctx context.Context, actor models.Actor, in *questionSetInput) (*body[questionSet], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	ids, err := parseIDs("body.question_ids", in.Body.QuestionIDs)
	if err != nil {
		return nil, err
	}
	play, err := s.Drafts.Playable(ctx, actor, id, ids)
	if err != nil {
		return nil, err
	}
	set, err := s.Learning.PutSet(ctx, actor, learning.NewSet{SchoolID: play.SchoolID, Title: play.Name, Questions: play.Questions, Images: play.Images})
	return answer(questionSet{set, play.Left}, err)
}
