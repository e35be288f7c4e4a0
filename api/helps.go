package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/outreach"
)

// doorPath names a household in a campaign.
type doorPath struct {
	ID        string `path:"id" maxLength:"36"`
	Household string `path:"household" maxLength:"36"`
}

func (p doorPath) ids() (campaign, household models.ID, err error) {
	if campaign, err = (ByID{p.ID}).id(); err != nil {
		return
	}
	household, err = ByID{p.Household}.id()
	return
}

type newHelpInput struct {
	ID        string `path:"id" maxLength:"36"`
	Household string `path:"household" maxLength:"36"`
	Body      struct {
		ID       string `json:"id" maxLength:"36" doc:"Made by the phone: a repeat is the same answer."`
		PersonID string `json:"person_id" maxLength:"36"`
		Accepted bool   `json:"accepted"`
		Adult    string `json:"adult,omitempty" enum:",guardian,relative,teacher,team" doc:"Who goes along; needed to accept. No name is kept."`
	}
}

type helpEndInput struct {
	ID        string `path:"id" maxLength:"36"`
	Household string `path:"household" maxLength:"36"`
	Help      string `path:"help" maxLength:"36"`
	Body      struct {
		Taught bool   `json:"taught" doc:"They were there. false: it comes to nothing."`
		Adult  string `json:"adult,omitempty" enum:",guardian,relative,teacher,team" doc:"Who was there with the pupil; needed when taught."`
	}
}

func (s *server) helpOperations() {
	const path = "/campaigns/{id}/households/{household}/helps"
	visit := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "outreach", action: models.ActVisit, refuses: append(refuses, models.KindClosed)}
	}
	own := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "outreach", action: models.ActOwnConsent, refuses: refuses}
	}
	register(s, visit("list-helpers", http.MethodGet, path, "Certified pupils of the same village, named by consent of child and guardian, and who was asked. For the team alone."),
		func(ctx context.Context, actor models.Actor, in *doorPath) (*body[outreach.HelpList], error) {
			campaign, household, err := in.ids()
			if err != nil {
				return nil, err
			}
			return answer(s.Outreach.Helpers(ctx, actor, campaign, household))
		})
	register(s, visit("record-help", http.MethodPost, path, "Write down whether a pupil comes along, with an adult.", models.KindConflict, models.KindInvalid), s.recordHelp)
	register(s, visit("end-help", http.MethodPut, path+"/{help}", "They were there, or it comes to nothing.", models.KindConflict, models.KindInvalid), s.endHelp)
	register(s, own("list-my-helps", http.MethodGet, "/me/helps", "What the caller agreed to help with: who asks and who goes along, never where."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[outreach.MyHelp]], error) {
			rows, err := s.Outreach.MyHelps(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	register(s, own("decline-my-help", http.MethodPost, "/me/helps/{id}/decline", "Take one's yes back, without a reason.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Outreach.DeclineMyHelp(ctx, actor, id))
		})
}

func (s *server) recordHelp(ctx context.Context, actor models.Actor, in *newHelpInput) (*body[outreach.HelpList], error) {
	campaign, household, err := doorPath{in.ID, in.Household}.ids()
	if err != nil {
		return nil, err
	}
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	person, err := parseID("body.person_id", in.Body.PersonID)
	if err != nil {
		return nil, err
	}
	return answer(s.Outreach.RecordHelp(ctx, actor, campaign, outreach.NewHelp{ID: id, Household: household, Person: person, Accepted: in.Body.Accepted, Adult: in.Body.Adult}))
}

func (s *server) endHelp(ctx context.Context, actor models.Actor, in *helpEndInput) (*body[outreach.HelpList], error) {
	campaign, household, err := doorPath{in.ID, in.Household}.ids()
	if err != nil {
		return nil, err
	}
	help, err := ByID{in.Help}.id()
	if err != nil {
		return nil, err
	}
	return answer(s.Outreach.FinishHelp(ctx, actor, campaign, household, help, in.Body.Taught, in.Body.Adult))
}
