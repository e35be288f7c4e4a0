package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"nhaso/models"
	"nhaso/models/outreach"
	"nhaso/models/paper"
	"nhaso/models/place"
)

type campaignChangeInput struct {
	ByID
	Body struct {
		Version  int    `json:"version" minimum:"1" doc:"The one that was read."`
		Name     string `json:"name" maxLength:"200"`
		StartsOn string `json:"starts_on" maxLength:"10"`
		EndsOn   string `json:"ends_on" maxLength:"10" doc:"Included; at most 92 days."`
		Target   int    `json:"target" doc:"Households to visit."`
		Hotline  string `json:"hotline,omitempty" maxLength:"80"`
		Ended    bool   `json:"ended,omitempty" doc:"true: today is its last day. false: one that was ended early goes on."`
	}
}

type visitDecisionInput struct {
	ID    string `path:"id" maxLength:"36"`
	Visit string `path:"visit" maxLength:"36"`
	Body  struct {
		Accept bool   `json:"accept"`
		Reason string `json:"reason,omitempty" maxLength:"400" doc:"The member reads it; needed to refuse."`
	}
}

type slipsInput struct {
	ByID
	Body struct {
		Villages []string `json:"villages" minItems:"1" maxItems:"20" nullable:"false" doc:"Codes."`
		Renew    bool     `json:"renew,omitempty" doc:"Take the codes of these villages back and print new ones."`
	}
}

// slipCodeBody is a code as it is typed or scanned.
type slipCodeBody struct {
	Code string `json:"code" maxLength:"30"`
}

func (s *server) walkOperations() {
	run := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "outreach", action: models.ActRunCampaign, refuses: refuses}
	}
	register(s, run("change-campaign", http.MethodPut, "/campaigns/{id}", "Change a campaign, end it, or let it go on. Every difference is a line of its history.",
		models.KindConflict, models.KindInvalid), s.changeCampaign)
	register(s, run("list-campaign-history", http.MethodGet, "/campaigns/{id}/history", "What was changed of a campaign and its teams, the last 200."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[outreach.CampaignEvent]], error) {
			return withID(in, func(id models.ID) (list[outreach.CampaignEvent], error) {
				rows, err := s.Outreach.CampaignHistory(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, run("list-kept-visits", http.MethodGet, "/campaigns/{id}/kept-visits", "Visits that were kept and not counted: undecided first, at most 200."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[outreach.Visit]], error) {
			return withID(in, func(id models.ID) (list[outreach.Visit], error) {
				rows, err := s.Outreach.KeptVisits(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, run("decide-kept-visit", http.MethodPut, "/campaigns/{id}/kept-visits/{visit}/decision", "Let a kept visit count, or say for good that it does not.",
		models.KindConflict, models.KindInvalid), s.decideVisit)
	register(s, op{id: "list-household-visits", method: http.MethodGet, path: "/households/{id}/visits", tag: "outreach", action: models.ActReadVisits,
		summary: "Visits of a household in all campaigns, newest first, at most 100; two members who wrote at once are two rows."},
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[outreach.Visit]], error) {
			return withID(in, func(id models.ID) (list[outreach.Visit], error) {
				rows, err := s.Outreach.HouseholdVisits(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	print := run("print-slips", http.MethodPost, "/campaigns/{id}/slips", "Slips for the households of villages that are not covered, eight on a page: a QR code, the household's number, no name.",
		models.KindClosed, models.KindInvalid)
	print.within = uploadTime
	registerFile(s, print, pdfKind, s.printSlips)
	register(s, run("revoke-slip", http.MethodPost, "/campaigns/{id}/slip-revocations", "Take a slip's code back.", models.KindInvalid),
		func(ctx context.Context, actor models.Actor, in *struct {
			ByID
			Body slipCodeBody
		}) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Outreach.RevokeSlip(ctx, actor, id, in.Body.Code))
		})
	register(s, op{id: "open-slip", method: http.MethodPost, path: "/me/slip-openings", tag: "outreach", action: models.ActVisit,
		refuses: []models.Kind{models.KindNotFound, models.KindClosed, models.KindInvalid}, summary: "The household behind a slip's code, for a member who has its village."},
		func(ctx context.Context, actor models.Actor, in *struct{ Body slipCodeBody }) (*body[outreach.SlipDoor], error) {
			return answer(s.Outreach.OpenSlip(ctx, actor, in.Body.Code))
		})
}

func (s *server) changeCampaign(ctx context.Context, actor models.Actor, in *campaignChangeInput) (*body[outreach.Campaign], error) {
	return withID(&in.ByID, func(id models.ID) (outreach.Campaign, error) {
		return s.Outreach.ChangeCampaign(ctx, actor, id, outreach.CampaignChange{Version: in.Body.Version, Name: in.Body.Name, Hotline: in.Body.Hotline,
			StartsOn: in.Body.StartsOn, EndsOn: in.Body.EndsOn, Target: in.Body.Target, Ended: in.Body.Ended})
	})
}

func (s *server) decideVisit(ctx context.Context, actor models.Actor, in *visitDecisionInput) (*body[outreach.Visit], error) {
	visit, err := models.ParseID(in.Visit)
	if err != nil {
		return nil, models.NotFound()
	}
	return withID(&ByID{in.ID}, func(id models.ID) (outreach.Visit, error) {
		return s.Outreach.DecideVisit(ctx, actor, id, visit, outreach.VisitDecision{Accept: in.Body.Accept, Reason: in.Body.Reason})
	})
}

func (s *server) printSlips(ctx context.Context, actor models.Actor, in *slipsInput) (*file, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	c, slips, err := s.Outreach.Slips(ctx, actor, id, outreach.SlipWish{Villages: in.Body.Villages, Renew: in.Body.Renew})
	if err != nil {
		return nil, err
	}
	site := s.publicURL(ctx)
	last := c.EndsOn
	if c.EndedOn != "" {
		last = c.EndedOn
	}
	list := converted(slips, func(one outreach.Slip) paper.Slip {
		return paper.Slip{Campaign: c.Name, Village: place.VillageTitle(one.VillageKind, one.Village), Household: one.Household, Code: one.Code, Hotline: c.Hotline,
			From: c.StartsOn, To: last, MadeAt: s.Clock.Now(),
			// Behind the '#' nothing reaches a server's log.
			URL: site + "/visits#" + one.Code}
	})
	var b bytes.Buffer
	err = paper.Slips(&b, list)
	return &file{"phieu-" + strings.ToLower(strings.Join(in.Body.Villages[:1], "")) + "-" + models.Day(s.Clock.Now()) + ".pdf", pdfKind, b.Bytes()}, err
}
