package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/report"
)

// monthlyView is a report that was made of a month.
type monthlyView struct {
	AreaCode string    `json:"area_code"`
	AreaName string    `json:"area_name"`
	Month    string    `json:"month" doc:"2026-10"`
	MadeAt   time.Time `json:"made_at"`
}

// subscriptionView is an area of which a report is kept every month.
type subscriptionView struct {
	AreaCode string `json:"area_code"`
	AreaName string `json:"area_name"`
	Since    string `json:"since"`
}

type monthlyList struct {
	Subscriptions []subscriptionView `json:"subscriptions"`
	Items         []monthlyView      `json:"items"`
}

type monthlyFile struct {
	Code   string `path:"code" maxLength:"16"`
	Month  string `path:"month" maxLength:"7"`
	Format string `query:"format" enum:"pdf,xlsx" default:"pdf"`
}

type areaCode struct {
	Code string `path:"code" maxLength:"16" doc:"Of a province or commune."`
}

func (s *server) monthlyReportOperations() {
	read := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "coverage", action: models.ActReadCoverage, refuses: refuses}
	}
	register(s, read("list-monthly-reports", http.MethodGet, "/monthly-reports", "Areas of which a report is kept every month, and the reports made."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[monthlyList], error) {
			subscribed, made, err := s.Reports.List(ctx, actor)
			return answer(monthlyList{
				Subscriptions: converted(subscribed, func(x report.Subscription) subscriptionView { return subscriptionView(x) }),
				Items:         converted(made, func(x report.Monthly) monthlyView { return monthlyView(x) }),
			}, err)
		})
	change := func(do func(context.Context, models.Actor, report.Area) error) func(context.Context, models.Actor, *areaCode) (*none, error) {
		return func(ctx context.Context, actor models.Actor, in *areaCode) (*none, error) {
			area, err := s.reportArea(ctx, in.Code, "")
			if err != nil {
				return nil, err
			}
			return nil, do(ctx, actor, area)
		}
	}
	register(s, read("subscribe-report", http.MethodPut, "/areas/{code}/monthly-report", "Have a report of the area made every month.", models.KindInvalid),
		change(func(ctx context.Context, actor models.Actor, a report.Area) error {
			return s.Reports.Subscribe(ctx, actor, a.Area)
		}))
	register(s, read("unsubscribe-report", http.MethodDelete, "/areas/{code}/monthly-report", "Have no more made; those made stay.", models.KindInvalid),
		change(func(ctx context.Context, actor models.Actor, a report.Area) error {
			return s.Reports.Unsubscribe(ctx, actor, a.Area)
		}))
	registerFile(s, read("get-monthly-report", http.MethodGet, "/areas/{code}/monthly-reports/{month}", "The report of a month as PDF or XLSX.", models.KindInvalid),
		"application/octet-stream", func(ctx context.Context, actor models.Actor, in *monthlyFile) (*file, error) {
			area, err := s.reportArea(ctx, in.Code, "")
			if err != nil {
				return nil, err
			}
			name, body, err := s.Reports.File(ctx, actor, area.Area, in.Month, in.Format)
			return &file{name, report.Kinds[in.Format], body}, err
		})
}
