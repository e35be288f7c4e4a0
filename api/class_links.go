package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/people"
	"nhaso/models/place"
)

// householdHit is a household that a claim may mean.
type householdHit struct {
	ID          string `json:"id"`
	Code        string `json:"code"`
	HeadName    string `json:"head_name" doc:"Masked unless the caller may read names there."`
	VillageName string `json:"village_name"`
}

// linkDoubt is one reason to look twice at a link.
type linkDoubt struct {
	Kind      string        `json:"kind" enum:"sibling,other_surname,namesake,same_head,other_claim"`
	Warns     bool          `json:"warns" doc:"It keeps the link out of a bulk confirmation."`
	Person    *string       `json:"person" doc:"The other pupil; null for one who is not of the caller's classes."`
	Household *householdHit `json:"household" doc:"The other household; null where it is the same."`
	State     *string       `json:"state" doc:"Of the other link."`
}

// classLink is one pupil of a class with the newest link, if any.
type classLink struct {
	LinkID      *string       `json:"link_id"`
	PersonID    string        `json:"person_id"`
	StudentName string        `json:"student_name"`
	State       string        `json:"state" enum:"none,claimed,confirmed,rejected,ended"`
	Relation    *string       `json:"relation"`
	Household   *householdHit `json:"household"`
	ClaimedAt   *time.Time    `json:"claimed_at"`
	ClaimedRole *string       `json:"claimed_role"`
	DecidedAt   *time.Time    `json:"decided_at"`
	DecidedBy   *string       `json:"decided_by"`
	UndoUntil   *time.Time    `json:"undo_until" doc:"Until then the caller can take the own decision back."`
	Doubts      []linkDoubt   `json:"doubts" doc:"Reasons to look twice, with what they rest on."`
	Duplicate   bool          `json:"duplicate" doc:"Somebody else has a live link to the same household: a sibling, or a mistake."`
}

func (s *server) classLinkOperations() {
	register(s, readClass("list-class-links", "/classes/{id}/household-links", "Each pupil of a class with the household link, by given name."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[classLink]], error) {
			return withID(in, func(id models.ID) (list[classLink], error) {
				rows, err := s.classLinks(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	type query struct {
		ByID
		Q string `query:"q" required:"true" minLength:"2" maxLength:"100"`
	}
	register(s, op{
		id: "search-class-households", method: http.MethodGet, path: "/classes/{id}/households", tag: "households", action: models.ActDecideLink,
		summary: "Households of the commune of a class's school, by head's name or code.",
	}, func(ctx context.Context, actor models.Actor, in *query) (*body[list[householdHit]], error) {
		return withID(&in.ByID, func(id models.ID) (list[householdHit], error) {
			rows, err := s.Households.Candidates(ctx, actor, id, in.Q)
			return listed(converted(rows, func(c household.Candidate) householdHit {
				return householdHit{ID: c.ID.String(), Code: c.Code, HeadName: c.HeadName, VillageName: place.VillageTitle(c.VillageKind, c.VillageName)}
			}), ""), err
		})
	})
}

func (s *server) classLinks(ctx context.Context, actor models.Actor, class models.ID) ([]classLink, error) {
	reach, err := models.Allow(actor, models.ActReadClass)
	if err != nil {
		return nil, err
	}
	if _, err := s.Places.Class(ctx, reach, class); err != nil {
		return nil, err
	}
	students, err := people.ClassStudents(s.DB.Read(ctx), class)
	if err != nil {
		return nil, err
	}
	links, err := s.Households.Links(ctx, actor, converted(students, func(p people.Student) models.ID { return p.ID }))
	if err != nil {
		return nil, err
	}
	doubts, err := s.Households.Doubts(ctx, actor, links)
	if models.KindOf(err) == models.KindForbidden {
		err = nil // may read the class and decide nothing
	}
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	return converted(students, func(p people.Student) classLink {
		row := classLink{PersonID: p.ID.String(), StudentName: p.FullName, State: "none", Doubts: filled(converted(doubts[p.ID], doubtOf))}
		l, ok := links[p.ID]
		if !ok {
			return row
		}
		row.LinkID, row.State, row.Relation = optionalID(l.ID), l.State, optional(l.Relation)
		row.Household = &householdHit{ID: l.Household.ID.String(), Code: l.Household.Code, HeadName: l.Household.HeadName, VillageName: place.VillageTitle(l.Household.VillageKind, l.Household.VillageName)}
		row.ClaimedAt, row.DecidedAt, row.DecidedBy = optionalTime(&l.ClaimedAt), optionalTime(l.DecidedAt), optional(l.DecidedName)
		row.Duplicate, row.ClaimedRole = l.Others > 0, optional(l.ClaimedRole)
		if l.DecidedAt != nil && l.DecidedBy == actor.Account && (l.State == household.Confirmed || l.State == household.Rejected) {
			if until := l.DecidedAt.Add(household.UndoWindow).UTC(); until.After(now) {
				row.UndoUntil = &until
			}
		}
		return row
	}), nil
}

func doubtOf(d household.Doubt) linkDoubt {
	v := linkDoubt{Kind: d.Kind, Warns: d.Warns(), Person: optional(d.Person), State: optional(d.State)}
	if b := d.Household; b != nil {
		v.Household = &householdHit{ID: b.ID.String(), Code: b.Code, HeadName: b.HeadName, VillageName: place.VillageTitle(b.VillageKind, b.VillageName)}
	}
	return v
}
