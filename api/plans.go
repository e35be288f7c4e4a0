package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"nhaso/models"
	"nhaso/models/gradebook"
	"nhaso/models/outreach"
	"nhaso/models/paper"
	"nhaso/models/sheet"
)

type areaPlanInput struct {
	Code   string `path:"code" maxLength:"16" doc:"Of a province, commune or village (V-…)."`
	Target int    `query:"target" minimum:"0" maximum:"100" doc:"Covered households in percent of the register; 0: as far as a pupil still adds a household."`
	Pupils int    `query:"pupils" minimum:"0" maximum:"1000000" doc:"At most so many pupils; 0: no limit. Not together with a target."`
}

type schoolPlanInput struct {
	ByID
	Pupils int `query:"pupils" minimum:"0" maximum:"1000000" doc:"At most so many pupils; 0: as far as a pupil still adds a household."`
}

type areaPlanFile struct {
	Code   string `path:"code" maxLength:"16"`
	Format string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	Target int    `query:"target" minimum:"0" maximum:"100"`
}

type schoolPlanFile struct {
	ByID
	Pupils int `query:"pupils" minimum:"0" maximum:"1000000"`
	Body   FileWish
}

func (s *server) planOperations() {
	register(s, op{id: "plan-area", method: http.MethodGet, path: "/areas/{code}/plan", tag: "outreach", action: models.ActReadCoverage,
		refuses: []models.Kind{models.KindInvalid}, within: uploadTime,
		summary: "The fewest pupils to teach next for the most households of an area, by school, nobody named. Gains assume that all of them pass."},
		func(ctx context.Context, actor models.Actor, in *areaPlanInput) (*body[outreach.AreaPlan], error) {
			return answer(s.Outreach.PlanArea(ctx, actor, in.Code, outreach.PlanWish{Target: in.Target, Pupils: in.Pupils}))
		})
	register(s, readClass("plan-school", "/schools/{id}/plan", "The fewest pupils of a school to teach next for the most households, for whoever reads its classes."),
		func(ctx context.Context, actor models.Actor, in *schoolPlanInput) (*body[outreach.SchoolPlan], error) {
			return withID(&in.ByID, func(id models.ID) (outreach.SchoolPlan, error) {
				return s.Outreach.PlanSchool(ctx, actor, id, in.Pupils)
			})
		})
	registerFile(s, op{id: "export-area-plan", method: http.MethodGet, path: "/areas/{code}/plan/file", tag: "outreach", action: models.ActReadCoverage,
		refuses: []models.Kind{models.KindInvalid}, within: uploadTime, summary: "An area's plan by school as XLSX or CSV."}, "application/octet-stream", s.areaPlanFile)
	registerFile(s, op{id: "export-school-plan", method: http.MethodPost, path: "/schools/{id}/plan-exports", tag: "outreach", action: models.ActReadClass,
		refuses: []models.Kind{models.KindConflict, models.KindInvalid}, summary: "A school's plan with its pupils as XLSX or CSV; one line of the export log."},
		"application/octet-stream", s.schoolPlanFile)
}

func (s *server) areaPlanFile(ctx context.Context, actor models.Actor, in *areaPlanFile) (*file, error) {
	plan, err := s.Outreach.PlanArea(ctx, actor, in.Code, outreach.PlanWish{Target: in.Target})
	if err != nil {
		return nil, err
	}
	area, err := s.Places.AreaByCode(ctx, in.Code, "")
	if err != nil {
		return nil, err
	}
	page := sheet.Page{Name: "Kế hoạch", Heading: "Kế hoạch dạy tiếp theo · " + area.FullName + " · nếu mọi em đều đạt", Frozen: 1,
		Columns: append([]sheet.Column{{Heading: "Trường", Code: "school"}}, gainColumns()...)}
	for _, school := range plan.Schools {
		page.Rows = append(page.Rows, append([]sheet.Cell{sheet.Text(school.Name)}, gainCells(school.Gain)...))
	}
	page.Totals = [][]sheet.Cell{append([]sheet.Cell{sheet.Text("Tổng")}, gainCells(plan.Gain)...)}
	var out bytes.Buffer
	f := &file{name: strings.Map(asciiName, "ke-hoach-"+in.Code+"-"+models.Day(s.Clock.Now())+"."+in.Format), kind: "text/csv; charset=utf-8"}
	if in.Format == "csv" {
		err = sheet.WriteCSV(&out, page, ';')
	} else {
		f.kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		err = sheet.WriteXLSX(&out, sheet.Book{Title: page.Heading, Made: s.Clock.Now(), Pages: []sheet.Page{page}})
	}
	f.body = out.Bytes()
	return f, err
}

func gainColumns() []sheet.Column {
	return []sheet.Column{{Heading: "Số em cần dạy", Code: "pupils"}, {Heading: "Số hộ có thêm người thạo", Code: "households"},
		{Heading: "Thêm khi liên kết được xác nhận", Code: "after_link"}, {Heading: "Số kỹ năng còn thiếu", Code: "skills"}}
}

func gainCells(g outreach.Gain) []sheet.Cell {
	return []sheet.Cell{sheet.Int(g.Pupils), sheet.Int(g.Households), sheet.Int(g.AfterLink), sheet.Int(g.Skills)}
}

func (s *server) schoolPlanFile(ctx context.Context, actor models.Actor, in *schoolPlanFile) (*file, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if in.Body.Format == "pdf" {
		return nil, models.InvalidField("body.format", "unknown")
	}
	plan, err := s.Outreach.PlanSchool(ctx, actor, id, in.Pupils)
	if err != nil {
		return nil, err
	}
	page := sheet.Page{Name: "Kế hoạch", Heading: "Kế hoạch dạy tiếp theo · " + plan.School.Name + " · nếu mọi em đều đạt", Frozen: 1,
		Columns: []sheet.Column{{Heading: "Họ và tên", Code: "name"}, {Heading: "Lớp", Code: "class"}, {Heading: "Kỹ năng còn thiếu", Code: "missing"},
			{Heading: "Liên kết hộ", Code: "link"}}}
	for _, c := range plan.Students {
		words := make([]string, len(c.Missing))
		for i, skill := range c.Missing {
			words[i] = paper.SkillName(skill)
		}
		link := "đã xác nhận"
		if !c.Confirmed {
			link = "chờ xác nhận"
		}
		page.Rows = append(page.Rows, []sheet.Cell{sheet.Text(c.Name), sheet.Text(c.ClassName), sheet.Text(strings.Join(words, ", ")), sheet.Text(link)})
	}
	made := gradebook.Made{School: id, Kind: gradebook.KindPlan, Named: true}
	return s.sheetFile(ctx, actor, "ke-hoach-"+models.Day(s.Clock.Now()), page, in.Body, made)
}
