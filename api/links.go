package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/household"
)

// linkView is the tie of one pupil to one household.
type linkView struct {
	ID            string     `json:"id"`
	HouseholdID   string     `json:"household_id"`
	PersonID      string     `json:"person_id"`
	Relation      string     `json:"relation"`
	State         string     `json:"state" enum:"claimed,confirmed,rejected,ended"`
	ClaimedAt     time.Time  `json:"claimed_at"`
	DecidedAt     *time.Time `json:"decided_at"`
	DecidedBy     *string    `json:"decided_by"`
	DecidedByRole *string    `json:"decided_by_role"`
	Reason        *string    `json:"reason"`
	From          string     `json:"from"`
	To            *string    `json:"to"`
}

func linkOf(l household.Link) linkView {
	return linkView{ID: l.ID.String(), HouseholdID: l.HouseholdID.String(), PersonID: l.PersonID.String(), Relation: l.Relation,
		State: l.State, ClaimedAt: l.ClaimedAt.UTC(), DecidedAt: optionalTime(l.DecidedAt), DecidedBy: optional(l.DecidedName),
		DecidedByRole: optional(l.DecidedRole), Reason: optional(l.Reason), From: l.FromDate, To: untilForever(l.ToDate)}
}

type claimForInput struct {
	Body struct {
		ID            string `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		PersonID      string `json:"person_id" maxLength:"36"`
		HouseholdCode string `json:"household_code" minLength:"1" maxLength:"30"`
		Relation      string `json:"relation" enum:"child,grandchild,sibling,spouse,head,other"`
	}
}

type decisionInput struct {
	ByID
	Body struct {
		Decision string `json:"decision" enum:"confirm,reject"`
		Reason   string `json:"reason,omitempty" maxLength:"400" doc:"Needed to turn an earlier decision round."`
	}
}

type endingInput struct {
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
		On     string `json:"on" minLength:"10" maxLength:"10"`
	}
}

func decide(id, method, path, summary string, refuses ...models.Kind) op {
	return op{id: id, method: method, path: path, summary: summary, tag: "households", action: models.ActDecideLink, refuses: refuses}
}

func (s *server) linkOperations() {
	register(s, decide("claim-for-pupil", http.MethodPost, "/household-links", "Link a pupil to a household on the pupil's behalf.",
		models.KindNotFound, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *claimForInput) (*body[linkView], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			person, err := parseID("body.person_id", in.Body.PersonID)
			if err != nil {
				return nil, err
			}
			l, err := s.Households.ClaimFor(ctx, actor, household.NewClaim{ID: id, PersonID: person,
				HouseholdCode: in.Body.HouseholdCode, Relation: in.Body.Relation})
			return answer(linkOf(l), err)
		})
	register(s, decide("decide-link", http.MethodPost, "/household-links/{id}/decision",
		"Confirm or reject a link; the household is recounted. Nobody decides the own link.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *decisionInput) (*body[linkView], error) {
			return withID(&in.ByID, func(id models.ID) (linkView, error) {
				l, err := s.Households.Decide(ctx, actor, id, in.Body.Decision == "confirm", in.Body.Reason)
				return linkOf(l), err
			})
		})
	register(s, decide("undo-link-decision", http.MethodPost, "/household-links/{id}/undo",
		"Take the own last decision of a link back, within ten minutes; the household is recounted.", models.KindConflict, models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[linkView], error) {
			return withID(in, func(id models.ID) (linkView, error) {
				l, err := s.Households.Undo(ctx, actor, id)
				return linkOf(l), err
			})
		})
	register(s, decide("end-link", http.MethodPost, "/household-links/{id}/ending",
		"End a link because the pupil left the household; the household is recounted.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *endingInput) (*body[linkView], error) {
			return withID(&in.ByID, func(id models.ID) (linkView, error) {
				l, err := s.Households.End(ctx, actor, id, in.Body.On, in.Body.Reason)
				return linkOf(l), err
			})
		})
}
