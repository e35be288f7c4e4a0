package api

import (
	"context"
	"fmt"
	"net/http"

	"nhaso/models"
	"nhaso/models/school"
)

type proposalInput struct {
	ByID
	Year string `query:"year" maxLength:"9" doc:"School year that still has pupils; empty: the oldest."`
}

type classPlan struct {
	ClassID string `json:"class_id" maxLength:"36"`
	To      string `json:"to" maxLength:"40" doc:"Next year's class; empty: the pupils finish the school."`
	Skip    bool   `json:"skip,omitempty" doc:"Leave the class as it is."`
}

type pupilException struct {
	PersonID string `json:"person_id" maxLength:"36"`
	What     string `json:"what" enum:"repeat,move,leave,stay"`
	To       string `json:"to,omitempty" maxLength:"40" doc:"For move, and for repeat when not the own class's name."`
	Reason   string `json:"reason,omitempty" maxLength:"16" doc:"For leave."`
}

type rolloverInput struct {
	ByID
	DryRun bool `query:"dry_run" doc:"Say what would happen, write nothing."`
	Body   struct {
		ID            string           `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		FromYear      string           `json:"from_year" maxLength:"9"`
		On            string           `json:"on,omitempty" maxLength:"10" doc:"First civil day in the new classes; empty: today."`
		Classes       []classPlan      `json:"classes" maxItems:"300"`
		Exceptions    []pupilException `json:"exceptions" maxItems:"3000"`
		CarryTeachers bool             `json:"carry_teachers" doc:"Homeroom teachers go up with their classes."`
	}
}

func (in *rolloverInput) plan() (r school.RollOver, at models.ID, err error) {
	at, r.ID, err = twoIDs(in.ByID, "body.id", in.Body.ID)
	if err != nil {
		return r, at, err
	}
	r.FromYear, r.On, r.CarryTeachers = in.Body.FromYear, in.Body.On, in.Body.CarryTeachers
	for i, c := range in.Body.Classes {
		id, err := parseID(fmt.Sprintf("body.classes[%d].class_id", i), c.ClassID)
		if err != nil {
			return r, at, err
		}
		r.Classes = append(r.Classes, school.ClassPlan{ClassID: id, To: c.To, Skip: c.Skip})
	}
	for i, e := range in.Body.Exceptions {
		id, err := parseID(fmt.Sprintf("body.exceptions[%d].person_id", i), e.PersonID)
		if err != nil {
			return r, at, err
		}
		r.Exceptions = append(r.Exceptions, school.Exception{PersonID: id, What: e.What, To: e.To, Reason: e.Reason})
	}
	return r, at, nil
}

type rolloverPath struct {
	ByID
	Rollover string `path:"rollover" maxLength:"36"`
}

func (s *server) rolloverOperations() {
	register(s, manageSchool("propose-rollover", http.MethodGet, "/schools/{id}/rollover", "Next year's classes as they follow from this year's."),
		func(ctx context.Context, actor models.Actor, in *proposalInput) (*body[school.Proposal], error) {
			return withID(&in.ByID, func(id models.ID) (school.Proposal, error) { return s.School.Propose(ctx, actor, id, in.Year) })
		})
	roll := manageSchool("roll-year-over", http.MethodPost, "/schools/{id}/rollovers",
		"Take the pupils of a school year into the next one, all or none; a second run changes nothing.", models.KindConflict)
	roll.within = uploadTime
	register(s, roll, func(ctx context.Context, actor models.Actor, in *rolloverInput) (*body[school.RollOverReport], error) {
		plan, at, err := in.plan()
		if err != nil {
			return nil, err
		}
		return answer(s.School.RollOver(ctx, actor, at, plan, in.DryRun))
	})
	register(s, manageSchool("list-rollovers", http.MethodGet, "/schools/{id}/rollovers", "A school's roll-overs, the latest first."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[school.RollOverReport]], error) {
			return withID(in, func(id models.ID) (list[school.RollOverReport], error) {
				rows, err := s.School.RollOvers(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, manageSchool("undo-rollover", http.MethodPost, "/schools/{id}/rollovers/{rollover}/undoing",
		"Take a roll-over back, until the first work in the new year.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *rolloverPath) (*body[school.RollOverReport], error) {
			at, id, err := twoIDs(in.ByID, "path.rollover", in.Rollover)
			if err != nil {
				return nil, err
			}
			return answer(s.School.UndoRollOver(ctx, actor, at, id))
		})
}

type leavingInput struct {
	ByID
	Body struct {
		PersonID string `json:"person_id" maxLength:"36"`
		On       string `json:"on,omitempty" maxLength:"10" doc:"Civil day up to today; empty: today."`
		Reason   string `json:"reason" enum:"graduated,transferred,moved_away,stopped,other"`
	}
}

type leaversInput struct {
	ByID
	Since       string `query:"since" maxLength:"10" doc:"Civil day; default a year ago."`
	Unexplained bool   `query:"unexplained" doc:"Only those nobody has given a reason for."`
}

func (s *server) leaverOperations() {
	register(s, readSchool("list-leavers", "/schools/{id}/leavers", "Who left a school, the latest first."),
		func(ctx context.Context, actor models.Actor, in *leaversInput) (*body[list[school.Leaver]], error) {
			since, err := parseDay("query.since", in.Since)
			if err != nil {
				return nil, err
			}
			return withID(&in.ByID, func(id models.ID) (list[school.Leaver], error) {
				rows, err := s.School.Leavers(ctx, actor, id, school.LeaverQuery{Since: since, Unexplained: in.Unexplained})
				return listed(rows, ""), err
			})
		})
	register(s, manageSchool("record-leaving", http.MethodPost, "/schools/{id}/leavers", "A pupil leaves: the account rests until the pupil is enrolled again."),
		func(ctx context.Context, actor models.Actor, in *leavingInput) (*none, error) {
			at, person, err := twoIDs(in.ByID, "body.person_id", in.Body.PersonID)
			if err != nil {
				return nil, err
			}
			return done(s.School.Leave(ctx, actor, at, school.NewLeaving{PersonID: person, On: in.Body.On, Reason: in.Body.Reason}))
		})
}

type askInput struct {
	ByID
	Body struct {
		ID           string `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		ClassID      string `json:"class_id" maxLength:"36" doc:"The asking school's class."`
		Name         string `json:"name" maxLength:"200"`
		BirthDate    string `json:"birth_date" maxLength:"10"`
		MinistryCode string `json:"ministry_code" maxLength:"60"`
	}
}

type offerInput struct {
	ByID
	Body struct {
		PersonID string `json:"person_id" maxLength:"36"`
	}
}

type redeemInput struct {
	ByID
	Body struct {
		Code    string `json:"code" maxLength:"40"`
		ClassID string `json:"class_id" maxLength:"36"`
	}
}

type transferPath struct {
	ByID
	Transfer string `path:"transfer" maxLength:"36"`
}

func (s *server) transferOperations() {
	register(s, manageSchool("list-transfers", http.MethodGet, "/schools/{id}/transfers", "A school's requests, those of others for its pupils, and its codes."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[school.Transfers], error) {
			return withID(in, func(id models.ID) (school.Transfers, error) { return s.School.Transfers(ctx, actor, id) })
		})
	register(s, manageSchool("ask-transfer", http.MethodPost, "/schools/{id}/transfers",
		"Ask for a pupil of another school. The answer is the same whether there is such a pupil or not.", models.KindConflict), s.askTransfer)
	for _, o := range []struct {
		id, path, summary string
		do                func(context.Context, models.Actor, models.ID, models.ID) error
		refuses           []models.Kind
	}{
		{"release-transfer", "release", "Release a pupil to the school that asked.", s.School.Release, []models.Kind{models.KindConflict}},
		{"refuse-transfer", "refusal", "Keep a pupil; the request lapses for the school that asked.", s.School.Refuse, nil},
		{"withdraw-transfer-code", "withdrawal", "Take a printed code back.", s.School.WithdrawOffer, nil},
	} {
		register(s, manageSchool(o.id, http.MethodPost, "/schools/{id}/transfers/{transfer}/"+o.path, o.summary, o.refuses...),
			func(ctx context.Context, actor models.Actor, in *transferPath) (*none, error) {
				at, id, err := twoIDs(in.ByID, "path.transfer", in.Transfer)
				if err != nil {
					return nil, err
				}
				return done(o.do(ctx, actor, at, id))
			})
	}
	register(s, manageSchool("offer-transfer", http.MethodPost, "/schools/{id}/transfer-codes", "Make a code with which another school takes a pupil at once."),
		func(ctx context.Context, actor models.Actor, in *offerInput) (*body[school.Offer], error) {
			at, person, err := twoIDs(in.ByID, "body.person_id", in.Body.PersonID)
			if err != nil {
				return nil, err
			}
			return answer(s.School.OfferTransfer(ctx, actor, at, person))
		})
	redeem := manageSchool("redeem-transfer", http.MethodPost, "/schools/{id}/transfer-redemptions", "Take a pupil in with the code of the giving school.")
	redeem.pace = newLimiter(paceVerify, s.Clock)
	register(s, redeem, func(ctx context.Context, actor models.Actor, in *redeemInput) (*body[school.TakenIn], error) {
		at, class, err := twoIDs(in.ByID, "body.class_id", in.Body.ClassID)
		if err != nil {
			return nil, err
		}
		return answer(s.School.RedeemTransfer(ctx, actor, at, class, in.Body.Code))
	})
}

func (s *server) askTransfer(ctx context.Context, actor models.Actor, in *askInput) (*body[school.Transfer], error) {
	at, id, err := twoIDs(in.ByID, "body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	class, err := parseID("body.class_id", in.Body.ClassID)
	if err != nil {
		return nil, err
	}
	return answer(s.School.AskTransfer(ctx, actor, at, school.NewTransfer{ID: id, ClassID: class, Name: in.Body.Name,
		BirthDate: in.Body.BirthDate, MinistryCode: in.Body.MinistryCode}))
}
