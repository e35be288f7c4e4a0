package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"nhaso/models"
	"nhaso/models/report"
)

type areaReportInput struct {
	Code      string `path:"code" maxLength:"16" doc:"Of a province, commune or village (V-…)."`
	Format    string `query:"format" enum:"xlsx,csv,pdf" default:"xlsx"`
	Delimiter string `query:"delimiter" enum:"comma,semicolon" default:"semicolon" doc:"Of CSV: semicolon with a decimal comma, as programs set to Vietnamese expect."`
	On        string `query:"on" maxLength:"10" doc:"Civil day: the figures at its end, under the map of that day. Default today."`
}

func (s *server) areaReportOperations() {
	registerFile(s, op{id: "export-coverage", method: http.MethodGet, path: "/areas/{code}/coverage/file", tag: "coverage", action: models.ActReadCoverage,
		refuses: []models.Kind{models.KindInvalid}, within: uploadTime,
		summary: "An area's figures as XLSX, CSV or a printed report with map, table and trend: sums only."}, "application/octet-stream", s.areaReport)
}

func (s *server) areaReport(ctx context.Context, actor models.Actor, in *areaReportInput) (*file, error) {
	on, err := parseDay("query.on", in.On)
	if err != nil {
		return nil, err
	}
	area, err := s.reportArea(ctx, in.Code, on)
	if err != nil {
		return nil, err
	}
	rep, err := s.Reports.Of(ctx, actor, area, on)
	if err != nil {
		return nil, err
	}
	delimiter := ';'
	if in.Delimiter == "comma" {
		delimiter = ','
	}
	var out bytes.Buffer
	if err := rep.Write(&out, in.Format, delimiter, s.Clock.Now()); err != nil {
		return nil, err
	}
	return &file{rep.FileName() + "." + in.Format, report.Kinds[in.Format], out.Bytes()}, nil
}

// reportArea finds the area of a code as a report names it.
func (s *server) reportArea(ctx context.Context, code, on string) (report.Area, error) {
	where, err := s.spotOf(ctx, code, on)
	if err != nil {
		return report.Area{}, err
	}
	above := make([]string, len(where.up))
	for i, a := range where.up {
		above[len(above)-1-i] = a.Name
	}
	return report.Area{Area: where.at, Code: where.head.Code, Name: report.Title(where.head.Kind, where.head.Name), In: strings.Join(above, ", ")}, nil
}
