package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
)

// targetView is one target that was set.
type targetView struct {
	ID       string    `json:"id"`
	AreaCode string    `json:"area_code"`
	AreaName string    `json:"area_name"`
	Skill    string    `json:"skill"`
	On       string    `json:"on"`
	Share    int       `json:"share" doc:"Of the households on the register, in basis points."`
	Source   string    `json:"source"`
	SetBy    string    `json:"set_by"`
	SetAt    time.Time `json:"set_at"`
	Mine     bool      `json:"mine" doc:"Of the area itself, not of one above."`
}

func targetOf(area models.ID) func(coverage.Target) targetView {
	return func(t coverage.Target) targetView {
		skill := t.Skill
		if skill == "" {
			skill = allFive
		}
		return targetView{ID: t.ID.String(), AreaCode: t.AreaCode, AreaName: t.AreaName, Skill: skill, On: t.OnDate, Share: t.Share,
			Source: t.Source, SetBy: t.SetName, SetAt: t.SetAt.UTC(), Mine: t.AreaID == area}
	}
}

type newTarget struct {
	Code string `path:"code" maxLength:"16"`
	Body struct {
		ID     string `json:"id" maxLength:"36" doc:"Made by the caller; sending it again changes nothing."`
		Skill  string `json:"skill" enum:"all,public_services,online_shopping,online_payment,self_protection,local_platforms"`
		On     string `json:"on" maxLength:"10"`
		Share  int    `json:"share" minimum:"1" maximum:"10000" doc:"Of the households on the register, in basis points."`
		Source string `json:"source" maxLength:"200" doc:"The plan or decision that says so."`
	}
}

func (s *server) targetOperations() {
	type path struct {
		Code string `path:"code" maxLength:"16"`
	}
	register(s, op{
		id: "list-coverage-targets", method: http.MethodGet, path: "/areas/{code}/coverage/targets", tag: "coverage", action: models.ActReadCoverage,
		summary: "What an area is to reach by which day: its own targets and those of the areas above.",
	}, func(ctx context.Context, actor models.Actor, in *path) (*body[list[targetView]], error) {
		where, err := s.spotOf(ctx, in.Code, "")
		if err != nil {
			return nil, err
		}
		targets, err := s.Coverage.Targets(ctx, actor, where.at)
		return answer(listed(converted(targets, targetOf(where.at.ID)), ""), err)
	})
	register(s, op{
		id: "set-coverage-target", method: http.MethodPost, path: "/areas/{code}/coverage/targets", tag: "coverage", action: models.ActSetTarget,
		summary: "Set what a province or commune is to reach by a day; one for the same skill and day is replaced.",
	}, s.setTarget)
	type byID struct {
		ID string `path:"id" maxLength:"36"`
	}
	register(s, op{
		id: "end-coverage-target", method: http.MethodDelete, path: "/coverage-targets/{id}", tag: "coverage", action: models.ActSetTarget,
		summary: "Withdraw a target.", status: http.StatusNoContent,
	}, func(ctx context.Context, actor models.Actor, in *byID) (*struct{}, error) {
		id, err := models.ParseID(in.ID)
		if err != nil {
			return nil, models.NotFound()
		}
		return nil, s.Coverage.EndTarget(ctx, actor, id)
	})
}

func (s *server) setTarget(ctx context.Context, actor models.Actor, in *newTarget) (*body[targetView], error) {
	where, err := s.spotOf(ctx, in.Code, "")
	if err != nil {
		return nil, err
	}
	id, err := models.ParseID(in.Body.ID)
	if err != nil {
		return nil, models.InvalidField("body.id", "invalid_id")
	}
	skill := in.Body.Skill
	if skill == allFive {
		skill = ""
	}
	set, err := s.Coverage.SetTarget(ctx, actor, where.at, coverage.NewTarget{ID: id, Skill: skill, OnDate: in.Body.On, Share: in.Body.Share, Source: in.Body.Source})
	if err != nil {
		return nil, err
	}
	return answer(targetOf(where.at.ID)(set), nil)
}
