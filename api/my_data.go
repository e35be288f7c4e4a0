package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/rights"
)

// myDataRequest is a request about the own data as whom it is about reads it:
// no name of those who work at the desk.
type myDataRequest struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind" enum:"access,correction,deletion,restriction"`
	AskedBy  string            `json:"asked_by" enum:"self,guardian"`
	Channel  string            `json:"channel" enum:"paper,in_person,phone,account"`
	Desk     string            `json:"desk" enum:"school,commune" doc:"Who answers."`
	Wishes   map[string]string `json:"wishes" doc:"Of a correction: field to new value."`
	Note     string            `json:"note"`
	State    string            `json:"state" enum:"filed,taken,done,refused,lifted"`
	FiledAt  time.Time         `json:"filed_at"`
	DueAt    time.Time         `json:"due_at" doc:"End of the last working day of the law's term."`
	Overdue  bool              `json:"overdue"`
	Reason   string            `json:"reason" enum:"identity_unclear,not_this_person,law_keeps,taken_back,other,"`
	Answer   string            `json:"answer"`
	ClosedAt *time.Time        `json:"closed_at"`
	HasCopy  bool              `json:"has_copy" doc:"The copy of everything kept can be fetched."`
}

// myData is what one asked for, and whom one asks.
type myData struct {
	Items   []myDataRequest `json:"items" doc:"The newest first."`
	Terms   []dataTerm      `json:"terms"`
	School  string          `json:"school" doc:"Whose desk answers; empty: the commune's."`
	Commune string          `json:"commune"`
	Young   bool            `json:"young" doc:"A guardian must be beside the child to ask for deletion or restriction."`
}

type newMyDataInput struct {
	Body struct {
		ID       string            `json:"id" maxLength:"36" doc:"Made by the client: a repeat is one request."`
		Kind     string            `json:"kind" enum:"access,correction,deletion,restriction"`
		Guardian string            `json:"guardian,omitempty" enum:",mother,father,grandparent,guardian" doc:"Who sits beside the child and asks with it."`
		Wishes   map[string]string `json:"wishes,omitempty"`
		Note     string            `json:"note,omitempty" maxLength:"3200"`
	}
}

type mySecretInput struct {
	ByID
	Body struct {
		Secret string `json:"secret" minLength:"1" maxLength:"200" doc:"The password of the own account, once more."`
	}
}

func (s *server) myDataOperations() {
	const path = "/me/data-requests"
	own := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "me", action: models.ActOwnData, refuses: refuses}
	}
	register(s, own("list-my-data-requests", http.MethodGet, path, "What one asked for about the own data, and where it stands."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[myData], error) {
			return answer(s.myData(ctx, actor))
		})
	register(s, own("file-my-data-request", http.MethodPost, path, "Ask for the own data, a correction, erasure or a restriction; the clock starts.", models.KindConflict, models.KindNotFound),
		s.fileMyData)
	register(s, own("take-back-my-data-request", http.MethodPost, path+"/{id}/withdrawal", "Take a request back that waits.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Rights.TakeBack(ctx, actor, id))
		})
	registerFile(s, own("copy-my-data", http.MethodPost, path+"/{id}/copies", "Everything kept about oneself, as a ZIP, once the desk has answered; takes the password again.",
		models.KindConflict, models.KindLocked), "application/zip",
		func(ctx context.Context, actor models.Actor, in *mySecretInput) (*file, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			raw, err := s.Rights.CopyMine(ctx, actor, id, in.Body.Secret)
			return &file{"du-lieu-ca-nhan.zip", "application/zip", raw}, err
		})
}

func (s *server) myData(ctx context.Context, actor models.Actor) (myData, error) {
	mine, err := s.Rights.Mine(ctx, actor)
	return myData{Items: filled(converted(mine.Requests, s.myDataRequestOf)), Terms: dataTerms(), School: mine.School, Commune: mine.Commune, Young: mine.Young}, err
}

func (s *server) fileMyData(ctx context.Context, actor models.Actor, in *newMyDataInput) (*body[myData], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	_, err = s.Rights.FileMine(ctx, actor, rights.OwnRequest{ID: id, Kind: in.Body.Kind, Guardian: in.Body.Guardian, Wishes: in.Body.Wishes, Note: in.Body.Note})
	if err != nil {
		return nil, err
	}
	return answer(s.myData(ctx, actor))
}

func (s *server) myDataRequestOf(r rights.Request) myDataRequest {
	v := s.dataRequestOf(models.Actor{}, r)
	return myDataRequest{ID: v.ID, Kind: v.Kind, AskedBy: v.AskedBy, Channel: v.Channel, Desk: v.Desk, Wishes: r.WishedFor(), Note: r.Note, State: v.State,
		FiledAt: v.FiledAt, DueAt: v.DueAt, Overdue: v.Overdue, Reason: v.Reason, Answer: r.Answer, ClosedAt: v.ClosedAt, HasCopy: r.HasCopy(s.Clock.Now())}
}
