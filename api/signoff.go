package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/signoff"
)

// MonthOfArea is a month of a province or commune.
type MonthOfArea struct {
	Code  string `path:"code" maxLength:"16" doc:"Of a province or commune."`
	Month string `path:"month" maxLength:"7" doc:"2026-10"`
}

// MonthOfSchool is a month of a school.
type MonthOfSchool struct {
	ID    string `path:"id" maxLength:"36"`
	Month string `path:"month" maxLength:"7" doc:"2026-10"`
}

type stepBody struct {
	ID     string `json:"id" maxLength:"36" doc:"Made by the client: a repeat is the same step."`
	Kind   string `json:"kind" enum:"approved,returned"`
	Digest string `json:"digest,omitempty" maxLength:"64" doc:"Of the figures that were looked at; approvals are refused when they changed since."`
	Reason string `json:"reason,omitempty" maxLength:"800" doc:"5 to 400 characters; for a return, and when acting on behalf of the unit."`
}

type areaStepInput struct {
	MonthOfArea
	Body stepBody
}

type schoolStepInput struct {
	MonthOfSchool
	Body stepBody
}

type lockMonthInput struct {
	MonthOfArea
	Body struct {
		ID     string `json:"id" maxLength:"36" doc:"Made by the client: a repeat is the same lock."`
		Digest string `json:"digest" maxLength:"64" doc:"Of the province's figures that were looked at."`
	}
}

type unlockMonthInput struct {
	MonthOfArea
	Body struct {
		LockID string `json:"lock_id" maxLength:"36"`
		Reason string `json:"reason" maxLength:"800" doc:"5 to 400 characters; shown for ever."`
	}
}

// monthsView is the list of months of one unit.
type monthsView struct {
	Unit   signoff.Unit   `json:"unit"`
	Months []signoff.Line `json:"months"`
}

func (s *server) signOffOperations() {
	o := func(id, method, path, summary string, action models.Action) op {
		return op{id: id, method: method, path: path, tag: "signoff", action: action, summary: summary, refuses: []models.Kind{models.KindInvalid, models.KindConflict}}
	}
	read, approve, lock := models.ActReadSignOff, models.ActApproveMonth, models.ActLockMonth
	register(s, o("list-months-waiting", http.MethodGet, "/months/waiting", "The caller's own units whose last month is over and not signed.", read),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[signoff.Waiting]], error) {
			rows, err := s.SignOff.WaitingFor(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	type areaPath struct {
		Code string `path:"code" maxLength:"16"`
	}
	register(s, o("list-area-months", http.MethodGet, "/areas/{code}/months", "Months of a province or commune, newest first, with the figures of those that are locked.", read),
		func(ctx context.Context, actor models.Actor, in *areaPath) (*body[monthsView], error) {
			return s.months(ctx, actor, signoff.Place{Code: in.Code})
		})
	register(s, o("list-school-months", http.MethodGet, "/schools/{id}/months", "Months of a school, newest first.", read),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[monthsView], error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return s.months(ctx, actor, signoff.Place{School: id})
		})
	register(s, o("get-area-month", http.MethodGet, "/areas/{code}/months/{month}", "A month of a province or commune: figures, who approved, who is waited for, every lock it ever had.", read),
		func(ctx context.Context, actor models.Actor, in *MonthOfArea) (*body[signoff.Page], error) {
			return s.month(ctx, actor, signoff.Place{Code: in.Code}, in.Month)
		})
	register(s, o("get-school-month", http.MethodGet, "/schools/{id}/months/{month}", "A month of a school.", read),
		func(ctx context.Context, actor models.Actor, in *MonthOfSchool) (*body[signoff.Page], error) {
			at, err := in.place()
			if err != nil {
				return nil, err
			}
			return s.month(ctx, actor, at, in.Month)
		})
	register(s, o("sign-area-month", http.MethodPost, "/areas/{code}/months/{month}/steps", "Approve a commune's month or return it; with a reason for whoever stands above.", approve),
		func(ctx context.Context, actor models.Actor, in *areaStepInput) (*body[signoff.Page], error) {
			return s.stepOf(ctx, actor, signoff.Place{Code: in.Code}, in.Month, in.Body)
		})
	register(s, o("sign-school-month", http.MethodPost, "/schools/{id}/months/{month}/steps", "Approve a school's month or return it; with a reason for whoever stands above.", approve),
		func(ctx context.Context, actor models.Actor, in *schoolStepInput) (*body[signoff.Page], error) {
			at, err := in.place()
			if err != nil {
				return nil, err
			}
			return s.stepOf(ctx, actor, at, in.Month, in.Body)
		})
	register(s, o("lock-month", http.MethodPost, "/areas/{code}/months/{month}/lock", "Lock a month of the province: its figures are frozen and signed.", lock), s.lockMonth)
	register(s, o("unlock-month", http.MethodPost, "/areas/{code}/months/{month}/unlocking", "Open the last locked month again, with a reason that is shown for ever.", lock), s.unlockMonth)
}

func (in *MonthOfSchool) place() (signoff.Place, error) {
	id, err := models.ParseID(in.ID)
	if err != nil {
		return signoff.Place{}, models.NotFound()
	}
	return signoff.Place{School: id}, nil
}

func (s *server) months(ctx context.Context, actor models.Actor, at signoff.Place) (*body[monthsView], error) {
	unit, lines, err := s.SignOff.Months(ctx, actor, at)
	return answer(monthsView{unit, lines}, err)
}

// monthOf reads a month of a path; one that is none is not found.
func monthOf(text string) (signoff.Month, error) {
	m, err := signoff.ParseMonth(text)
	if err != nil {
		return "", models.NotFound()
	}
	return m, nil
}

func (s *server) month(ctx context.Context, actor models.Actor, at signoff.Place, month string) (*body[signoff.Page], error) {
	m, err := monthOf(month)
	if err != nil {
		return nil, err
	}
	return answer(s.SignOff.Page(ctx, actor, at, m))
}

func (s *server) stepOf(ctx context.Context, actor models.Actor, at signoff.Place, month string, in stepBody) (*body[signoff.Page], error) {
	m, err := monthOf(month)
	if err != nil {
		return nil, err
	}
	id, err := parseID("body.id", in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.SignOff.Approve(ctx, actor, at, m, signoff.NewStep{ID: id, Kind: in.Kind, Digest: in.Digest, Reason: in.Reason}); err != nil {
		return nil, err
	}
	return answer(s.SignOff.Page(ctx, actor, at, m))
}

func (s *server) lockMonth(ctx context.Context, actor models.Actor, in *lockMonthInput) (*body[signoff.Page], error) {
	m, err := monthOf(in.Month)
	if err != nil {
		return nil, err
	}
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	at := signoff.Place{Code: in.Code}
	if err := s.SignOff.Lock(ctx, actor, at, m, id, in.Body.Digest); err != nil {
		return nil, err
	}
	return answer(s.SignOff.Page(ctx, actor, at, m))
}

func (s *server) unlockMonth(ctx context.Context, actor models.Actor, in *unlockMonthInput) (*body[signoff.Page], error) {
	m, err := monthOf(in.Month)
	if err != nil {
		return nil, err
	}
	id, err := parseID("body.lock_id", in.Body.LockID)
	if err != nil {
		return nil, err
	}
	at := signoff.Place{Code: in.Code}
	if err := s.SignOff.Unlock(ctx, actor, at, m, id, in.Body.Reason); err != nil {
		return nil, err
	}
	return answer(s.SignOff.Page(ctx, actor, at, m))
}
