package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/outreach"
)

type campaignInput struct {
	Body struct {
		ID       string `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers the same campaign."`
		AreaCode string `json:"area_code" maxLength:"16" doc:"Of the province or a commune."`
		Name     string `json:"name" maxLength:"200"`
		StartsOn string `json:"starts_on" maxLength:"10"`
		EndsOn   string `json:"ends_on" maxLength:"10" doc:"Included; at most 92 days."`
		Target   int    `json:"target" doc:"Households to visit."`
		Hotline  string `json:"hotline,omitempty" maxLength:"80" doc:"Shown and printed as it is."`
	}
}

type postingInput struct {
	ByID
	Body struct {
		AccountID string   `json:"account_id" maxLength:"36"`
		Team      string   `json:"team" maxLength:"120"`
		Villages  []string `json:"villages" maxItems:"20" nullable:"false" doc:"Codes."`
	}
}

type memberPath struct {
	ID      string `path:"id" maxLength:"36"`
	Account string `path:"account" maxLength:"36"`
}

// sentVisit is a visit as a phone sends it.
type sentVisit struct {
	ID          string    `json:"id" maxLength:"36" doc:"Made by the phone: a repeat is the same visit."`
	HouseholdID string    `json:"household_id" maxLength:"36"`
	Outcome     string    `json:"outcome" enum:"taught,already_skilled,not_home,refused,moved"`
	Again       bool      `json:"again,omitempty" doc:"The household asks for another visit."`
	Slip        bool      `json:"slip,omitempty" doc:"A slip was left."`
	At          time.Time `json:"at" doc:"By the phone's clock."`
}

type visitsInput struct {
	ByID
	Body struct {
		Visits []sentVisit `json:"visits" minItems:"1" maxItems:"200" nullable:"false"`
	}
}

func (s *server) campaignOperations() {
	run := func(id, method, path, summary string) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "outreach", action: models.ActRunCampaign, refuses: []models.Kind{models.KindNotFound, models.KindConflict, models.KindInvalid}}
	}
	register(s, run("start-campaign", http.MethodPost, "/campaigns", "Begin a campaign in an area."), s.startCampaign)
	register(s, op{id: "list-campaigns", method: http.MethodGet, path: "/campaigns", tag: "outreach", action: models.ActReadCoverage,
		summary: "Campaigns of the caller's areas, newest first."},
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[outreach.Campaign]], error) {
			rows, err := s.Outreach.Campaigns(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	register(s, op{id: "get-campaign-board", method: http.MethodGet, path: "/campaigns/{id}", tag: "outreach", action: models.ActReadCoverage,
		summary: "A campaign's live figures: counters only, at most 5 kB."},
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[outreach.CampaignBoard], error) {
			return withID(in, func(id models.ID) (outreach.CampaignBoard, error) { return s.Outreach.CampaignBoard(ctx, actor, id) })
		})
	register(s, run("list-campaign-members", http.MethodGet, "/campaigns/{id}/members", "Team members of the campaign's area with their teams and villages."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[outreach.Walker]], error) {
			return withID(in, func(id models.ID) (list[outreach.Walker], error) {
				rows, err := s.Outreach.Walkers(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, run("post-campaign-member", http.MethodPut, "/campaigns/{id}/members", "Put a team member into a team with villages."), s.postMember)
	register(s, run("remove-campaign-member", http.MethodDelete, "/campaigns/{id}/members/{account}", "Take a member out; visits that arrive later are kept and do not count."), s.removeMember)
	register(s, op{id: "get-my-rounds", method: http.MethodGet, path: "/me/rounds", tag: "outreach", action: models.ActDeliverVisits,
		summary: "The caller's households to visit, at most 500, to be kept on the phone."},
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[outreach.Round]], error) {
			rows, err := s.Outreach.Rounds(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	register(s, op{id: "record-visits", method: http.MethodPost, path: "/campaigns/{id}/visits", tag: "outreach", action: models.ActDeliverVisits,
		refuses: []models.Kind{models.KindConflict, models.KindInvalid}, summary: "Visits of a phone in any order, as often as sent; a receipt for each."}, s.recordVisits)
}

func (s *server) startCampaign(ctx context.Context, actor models.Actor, in *campaignInput) (*body[outreach.Campaign], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	return answer(s.Outreach.StartCampaign(ctx, actor, outreach.NewCampaign{ID: id, AreaCode: in.Body.AreaCode, Name: in.Body.Name,
		StartsOn: in.Body.StartsOn, EndsOn: in.Body.EndsOn, Target: in.Body.Target, Hotline: in.Body.Hotline}))
}

func (s *server) postMember(ctx context.Context, actor models.Actor, in *postingInput) (*body[list[outreach.Walker]], error) {
	account, err := parseID("body.account_id", in.Body.AccountID)
	if err != nil {
		return nil, err
	}
	return withID(&in.ByID, func(id models.ID) (list[outreach.Walker], error) {
		rows, err := s.Outreach.Post(ctx, actor, id, outreach.Posting{Account: account, Team: in.Body.Team, Villages: in.Body.Villages})
		return listed(rows, ""), err
	})
}

func (s *server) removeMember(ctx context.Context, actor models.Actor, in *memberPath) (*body[list[outreach.Walker]], error) {
	account, err := models.ParseID(in.Account)
	if err != nil {
		return nil, models.NotFound()
	}
	return withID(&ByID{in.ID}, func(id models.ID) (list[outreach.Walker], error) {
		rows, err := s.Outreach.Remove(ctx, actor, id, account)
		return listed(rows, ""), err
	})
}

func (s *server) recordVisits(ctx context.Context, actor models.Actor, in *visitsInput) (*body[list[outreach.Receipt]], error) {
	visits := make([]outreach.NewVisit, len(in.Body.Visits))
	for i, v := range in.Body.Visits {
		id, err := parseID(fmt.Sprintf("body.visits[%d].id", i), v.ID)
		if err != nil {
			return nil, err
		}
		household, err := parseID(fmt.Sprintf("body.visits[%d].household_id", i), v.HouseholdID)
		if err != nil {
			return nil, err
		}
		visits[i] = outreach.NewVisit{ID: id, HouseholdID: household, Outcome: v.Outcome, Again: v.Again, Slip: v.Slip, At: v.At}
	}
	return withID(&in.ByID, func(id models.ID) (list[outreach.Receipt], error) {
		rows, err := s.Outreach.RecordVisits(ctx, actor, id, visits)
		return listed(rows, ""), err
	})
}
