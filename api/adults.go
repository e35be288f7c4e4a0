package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/outreach"
	"nhaso/models/people"
)

type adultCodeInput struct {
	ByID
	Body struct {
		ID string `json:"id" maxLength:"36" doc:"Made by the client: a repeat makes a new code for the same right, and the old code is void."`
	}
}

type adultCodePath struct {
	Code string `path:"code" maxLength:"40" doc:"As given; spaces, dashes and small letters are fine."`
}

type adultAccountInput struct {
	Code string `path:"code" maxLength:"40"`
	Body struct {
		ID        string `json:"id" maxLength:"36" doc:"Of the account; made by the client: a repeat answers as the first did."`
		FullName  string `json:"full_name" maxLength:"200"`
		BirthDate string `json:"birth_date" maxLength:"10"`
		Relation  string `json:"relation" enum:"child,grandchild,sibling,spouse,head,other"`
		Password  string `json:"password" maxLength:"200"`
	}
}

// adultOperations are about members of a household who are grown up: an account
// by a code, the same courses and rule as pupils, the household confirmed by the
// team or the commune.
func (s *server) adultOperations() {
	invite := func(id, path, summary string) op {
		return op{id: id, method: http.MethodPost, path: path, summary: summary, tag: "households", action: models.ActInviteAdult, refuses: []models.Kind{models.KindConflict}}
	}
	register(s, invite("invite-adult", "/households/{id}/adult-codes", "A code with which a grown-up member of a household makes an account; answered this once."),
		func(ctx context.Context, actor models.Actor, in *adultCodeInput) (*body[outreach.AdultCode], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			return withID(&in.ByID, func(home models.ID) (outreach.AdultCode, error) { return s.Outreach.InviteAdult(ctx, actor, id, home) })
		})
	register(s, invite("decide-adult-link", "/household-links/{id}/adult-decision", "Confirm or reject the household of a grown-up learner."),
		func(ctx context.Context, actor models.Actor, in *decisionInput) (*body[linkView], error) {
			return withID(&in.ByID, func(id models.ID) (linkView, error) {
				l, err := s.Households.DecideAdult(ctx, actor, id, in.Body.Decision == "confirm", in.Body.Reason)
				return linkOf(l), err
			})
		})
	public := func(id, method, path, summary string) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "public", action: models.ActPublic, pace: s.paces.verify}
	}
	register(s, public("get-adult-code", http.MethodGet, "/adult-codes/{code}", "To which household a code belongs, the head's name masked. Wrong, used and expired codes get the same reply."),
		func(ctx context.Context, _ models.Actor, in *adultCodePath) (*body[outreach.AdultHome], error) {
			return answer(s.Outreach.AdultInvitation(ctx, in.Code))
		})
	register(s, public("join-as-adult", http.MethodPost, "/adult-codes/{code}/account", "Make an account with a code: no e-mail, no telephone number."), s.joinAsAdult)
}

func (s *server) joinAsAdult(ctx context.Context, _ models.Actor, in *adultAccountInput) (*body[outreach.JoinedAdult], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	// A wrong code must not cost the work of a password.
	if _, err := s.Outreach.AdultInvitation(ctx, in.Code); err != nil {
		if again, err2 := s.Outreach.JoinedBefore(ctx, in.Code, id); err2 == nil {
			return answer(again, nil)
		}
		return nil, err
	}
	account, err := s.People.PrepareAdult(ctx, people.NewAdult{AccountID: id, FullName: in.Body.FullName, BirthDate: in.Body.BirthDate, Password: in.Body.Password})
	if err != nil {
		return nil, err
	}
	return answer(s.Outreach.JoinAsAdult(ctx, in.Code, account, in.Body.BirthDate, in.Body.Relation))
}
