package api

import (
	"bytes"
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/people"
)

const (
	xlsxKind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	zipKind  = "application/zip"
)

type oneRosterInput struct {
	ByID
	Version    string `query:"version" enum:"1.1,1.2" default:"1.2"`
	SchoolYear string `query:"school_year" maxLength:"9" doc:"For a whole school; default the present one."`
}

type oneRosterView struct {
	Pupils  int            `json:"pupils"`
	Classes int            `json:"classes"`
	LeftOut []leftOutPupil `json:"left_out" doc:"Pupils whom the bundle cannot carry, with the reason."`
}

type leftOutPupil struct {
	FullName string `json:"full_name"`
	Class    string `json:"class"`
	Reason   string `json:"reason" enum:"no_ministry_code,no_birth_date,unsafe_text"`
}

// rosterFiles hand out the template, and pupils as a bundle for other programs.
func (s *server) rosterFiles() {
	registerFile(s, rosterOp("get-roster-template", http.MethodGet, "/roster-template", "The workbook to fill in: headings that are known, examples that are passed over."),
		xlsxKind, func(context.Context, models.Actor, *none) (*file, error) {
			var b bytes.Buffer
			err := people.WriteRosterTemplate(&b)
			return &file{"mau-danh-sach-hoc-sinh.xlsx", xlsxKind, b.Bytes()}, err
		})
	for _, scope := range []struct {
		of     string
		target func(models.ID, string) people.OneRosterTarget
	}{
		{"class", func(id models.ID, _ string) people.OneRosterTarget { return people.OneRosterTarget{ClassID: id} }},
		{"school", func(id models.ID, year string) people.OneRosterTarget {
			return people.OneRosterTarget{SchoolID: id, SchoolYear: year}
		}},
	} {
		path := "/" + scope.of + "es/{id}/oneroster"
		if scope.of == "school" {
			path = "/schools/{id}/oneroster"
		}
		registerFile(s, rosterOp("export-"+scope.of+"-oneroster", http.MethodGet, path+".zip", "The pupils of a "+scope.of+" as a OneRoster bundle."),
			zipKind, func(ctx context.Context, actor models.Actor, in *oneRosterInput) (*file, error) {
				_, f, err := s.oneRoster(ctx, actor, in, scope.target)
				return f, err
			})
		register(s, rosterOp("report-"+scope.of+"-oneroster", http.MethodGet, path, "What the OneRoster bundle of a "+scope.of+" would hold, and whom not."),
			func(ctx context.Context, actor models.Actor, in *oneRosterInput) (*body[oneRosterView], error) {
				r, _, err := s.oneRoster(ctx, actor, in, scope.target)
				return answer(oneRosterView{r.Pupils, r.Classes, converted(r.LeftOut, func(l people.LeftOut) leftOutPupil { return leftOutPupil(l) })}, err)
			})
	}
}

func (s *server) oneRoster(ctx context.Context, actor models.Actor, in *oneRosterInput, target func(models.ID, string) people.OneRosterTarget) (people.OneRosterReport, *file, error) {
	id, err := in.id()
	if err != nil {
		return people.OneRosterReport{}, nil, err
	}
	t := target(id, in.SchoolYear)
	t.Version = in.Version
	var b bytes.Buffer
	r, err := s.People.WriteOneRoster(ctx, actor, t, &b)
	return r, &file{"danh-sach-oneroster-" + in.Version + ".zip", zipKind, b.Bytes()}, err
}
