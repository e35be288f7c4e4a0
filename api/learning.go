package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/learning"
)

// learn describes an operation of a pupil on the own learning.
func learn(id, method, path, summary string, refuses ...models.Kind) op {
	return op{id: id, method: method, path: path, summary: summary, tag: "learning", action: models.ActLearn, refuses: refuses}
}

type progressList struct {
	Lessons []learning.LessonProgress `json:"lessons"`
}

type progressInput struct {
	LessonPath
	Body struct {
		Seq       int64 `json:"seq" minimum:"1" doc:"The device's own rising number: an older report never moves the place back."`
		CardIndex int   `json:"card_index" minimum:"0" doc:"From 0: the cards, then the practice questions."`
		Done      bool  `json:"done" doc:"The last card was reached."`
	}
}

type practicePath struct {
	Course   string `path:"course" maxLength:"64"`
	Question string `path:"question" maxLength:"64"`
}

type practiceInput struct {
	Body struct {
		ID          string            `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		CourseKey   string            `json:"course_key" maxLength:"64"`
		QuestionKey string            `json:"question_key" maxLength:"64"`
		Nonce       string            `json:"nonce" maxLength:"100"`
		Response    learning.Response `json:"response"`
		Miss        int               `json:"miss,omitempty" minimum:"0" doc:"Ignored: the server counts."`
	}
}

// offlineTry is a try at a question that the device dealt itself.
type offlineTry struct {
	ID           string            `json:"id" maxLength:"36" doc:"Made by the client: a repeat is recorded once."`
	CourseKey    string            `json:"course_key" maxLength:"64"`
	QuestionKey  string            `json:"question_key" maxLength:"64"`
	QuestionHash string            `json:"question_hash" maxLength:"64" doc:"The version taken along."`
	Options      []int             `json:"options" maxItems:"40" doc:"The order shown: position to index in the pack."`
	Lefts        []int             `json:"lefts,omitempty" maxItems:"40" doc:"Of match: the order of the left sides."`
	Response     learning.Response `json:"response"`
}

type offlineTriesInput struct {
	Body struct {
		Tries []offlineTry `json:"tries" maxItems:"200"`
	}
}

type joinInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"20"`
	}
}

type joined struct {
	Session learning.Session `json:"session"`
}

// ownCertificate is the pupil's certificate, or what is still missing.
type ownCertificate struct {
	Certificate *certificateView    `json:"certificate"`
	Missing     certificate.Missing `json:"missing"`
}

func (s *server) learningOperations() {
	register(s, learn("get-home", http.MethodGet, "/home", "The pupil's front page: skills, next step, assignments, open session, household."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[learning.Home], error) {
			return answer(s.Learning.Home(ctx, actor))
		})
	register(s, learn("list-progress", http.MethodGet, "/me/progress", "The pupil's place in every lesson begun."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[progressList], error) {
			rows, err := s.Learning.MyProgress(ctx, actor)
			return answer(progressList{Lessons: filled(rows)}, err)
		})
	register(s, learn("put-progress", http.MethodPut, "/me/progress/{course}/{lesson}", "Keep the pupil's place in a lesson."),
		func(ctx context.Context, actor models.Actor, in *progressInput) (*body[learning.LessonProgress], error) {
			return answer(s.Learning.PutProgress(ctx, actor, in.Course, in.Lesson,
				learning.Progress{Seq: in.Body.Seq, CardIndex: in.Body.CardIndex, Done: in.Body.Done}))
		})
	register(s, learn("get-practice-question", http.MethodGet, "/courses/{course}/questions/{question}/practice",
		"A question to try, shuffled; closed while a quiz of the course is open.", models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *practicePath) (*body[learning.PracticeQuestion], error) {
			return answer(s.Learning.PracticeQuestion(ctx, actor, in.Course, in.Question))
		})
	register(s, learn("answer-practice", http.MethodPost, "/practice-answers", "Grade one try at a practice question and help.",
		models.KindNotFound, models.KindClosed, models.KindConflict), s.answerPractice)
	register(s, learn("record-practice", http.MethodPost, "/practice-answers/offline",
		"Record tries at practice questions made without a network, each once. The server grades them itself."), s.recordPractice)
	register(s, learn("join-lesson-session", http.MethodPost, "/lesson-sessions/join",
		"Join the open session of the own class by the code on the wall. Wrong code and closed window get the same reply.", models.KindNotFound),
		func(ctx context.Context, actor models.Actor, in *joinInput) (*body[joined], error) {
			session, err := s.Learning.JoinSession(ctx, actor, in.Body.Code)
			return answer(joined{Session: session}, err)
		})
	register(s, learn("get-my-certificate", http.MethodGet, "/me/certificate", "The pupil's certificate, and what is still missing."),
		s.myCertificate)
}

func (s *server) recordPractice(ctx context.Context, actor models.Actor, in *offlineTriesInput) (*body[learning.TryReport], error) {
	list := make([]learning.OfflineTry, len(in.Body.Tries))
	for i, t := range in.Body.Tries {
		id, err := parseID("body.tries.id", t.ID)
		if err != nil {
			return nil, err
		}
		list[i] = learning.OfflineTry{ID: id, CourseKey: t.CourseKey, QuestionKey: t.QuestionKey, QuestionHash: t.QuestionHash,
			Options: t.Options, Lefts: t.Lefts, Response: t.Response}
	}
	return answer(s.Learning.RecordTries(ctx, actor, list))
}

func (s *server) answerPractice(ctx context.Context, actor models.Actor, in *practiceInput) (*body[learning.PracticeReply], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	return answer(s.Learning.PracticeAnswer(ctx, actor, learning.PracticeAnswer{
		ID: id, CourseKey: in.Body.CourseKey, QuestionKey: in.Body.QuestionKey, Nonce: in.Body.Nonce, Response: in.Body.Response,
	}))
}
