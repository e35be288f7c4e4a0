package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"nhaso/models"
	"nhaso/models/consent"
	"nhaso/models/gradebook"
	"nhaso/models/paper"
	"nhaso/models/people"
	"nhaso/models/sheet"
)

type consentFormsInput struct {
	ByID
	Body struct {
		ID      string   `json:"id" maxLength:"36" doc:"Made by the client: a file asked for again is one line of the export log."`
		Persons []string `json:"person_ids,omitempty" maxItems:"100" doc:"None: the whole class."`
	}
}

// consentFileOperations make files with names: each is written down in the
// export log of the school.
func (s *server) consentFileOperations() {
	export := func(id, path, summary string) op {
		return op{id: id, method: http.MethodPost, path: path, summary: summary, tag: "households", action: models.ActRecordConsent,
			refuses: []models.Kind{models.KindConflict, models.KindNotFound, models.KindInvalid}}
	}
	registerFile(s, export("print-consent-forms", "/classes/{id}/consent-forms", "Forms for child and guardian, one page a pupil, with the pupil's code."), pdfKind, s.consentForms)
	registerFile(s, export("export-class-consents", "/classes/{id}/consent-exports", "What a class agreed to as XLSX or CSV."), "application/octet-stream",
		func(ctx context.Context, actor models.Actor, in *sessionFileInput) (*file, error) {
			class, err := in.id()
			if err != nil {
				return nil, err
			}
			rows, err := s.classConsents(ctx, actor, class)
			if err != nil {
				return nil, err
			}
			made := gradebook.Made{Class: class, Kind: gradebook.KindConsent, Named: true}
			return s.sheetFile(ctx, actor, "dong-y-neu-ten-"+models.Day(s.Clock.Now()), consentSheet(rows), in.Body, made)
		})
}

func (s *server) consentForms(ctx context.Context, actor models.Actor, in *consentFormsInput) (*file, error) {
	class, err := in.id()
	if err != nil {
		return nil, err
	}
	students, err := s.consentClass(ctx, actor, class)
	if err != nil {
		return nil, err
	}
	if students, err = chosen(students, in.Body.Persons); err != nil {
		return nil, err
	}
	codes, err := s.Consents.Codes(ctx, actor, converted(students, func(p people.Student) models.ID { return p.ID }))
	if err != nil {
		return nil, err
	}
	k, err := s.Places.Class(ctx, models.Reach{All: true}, class)
	if err != nil {
		return nil, err
	}
	school, err := s.Places.School(ctx, k.SchoolID)
	if err != nil {
		return nil, err
	}
	now, site := s.Clock.Now(), s.publicURL(ctx)
	items := converted(consent.TextsOn(models.Day(now)), func(t consent.Text) paper.ConsentItem {
		return paper.ConsentItem{Title: t.Vi.Title, Body: t.Vi.Body, Version: t.Version}
	})
	forms := converted(students, func(p people.Student) paper.ConsentForm {
		return paper.ConsentForm{Name: p.FullName, ClassName: k.Name, SchoolName: school.Name, Code: codes[p.ID], Items: items, MadeAt: now,
			Site: strings.TrimPrefix(strings.TrimPrefix(site, "https://"), "http://"), URL: site + "/consent/" + codes[p.ID]}
	})
	var b bytes.Buffer
	if err := paper.ConsentForms(&b, forms); err != nil {
		return nil, err
	}
	made := gradebook.Made{Class: class, Kind: gradebook.KindConsent, Named: true, Rows: len(forms)}
	return s.handOver(ctx, actor, FileWish{ID: in.Body.ID, Format: "pdf"}, made, &file{"phieu-dong-y.pdf", pdfKind, b.Bytes()})
}

// chosen keeps the pupils of a class that were asked for, all when none was.
// One who is not of the class is NotFound.
func chosen(students []people.Student, persons []string) ([]people.Student, error) {
	if len(persons) == 0 {
		return students, nil
	}
	want := map[models.ID]bool{}
	for _, p := range persons {
		id, err := parseID("body.person_ids", p)
		if err != nil {
			return nil, err
		}
		want[id] = true
	}
	var list []people.Student
	for _, p := range students {
		if want[p.ID] {
			list = append(list, p)
		}
	}
	if len(list) != len(want) {
		return nil, models.NotFound()
	}
	return list, nil
}

// What a table says of a party's word, and of the ways it came.
var (
	consentActs     = map[string]string{consent.Granted: "Đồng ý", consent.Withdrawn: "Rút lại"}
	consentChannels = map[string]string{consent.ChannelPaper: "Phiếu giấy", consent.ChannelInPerson: "Nói trực tiếp", consent.ChannelPhone: "Điện thoại",
		consent.ChannelAccount: "Tài khoản của em", consent.ChannelCode: "Mã trên phiếu"}
	consentRelations = map[string]string{"mother": "Mẹ", "father": "Cha", "grandparent": "Ông bà", "guardian": "Giám hộ"}
)

// consentSheet is the table of a class: for each kind what the child and the
// guardian said last, how and when, and whether the name is shown.
func consentSheet(c classConsents) sheet.Page {
	p := sheet.Page{Name: "Đồng ý nêu tên", Heading: "Đồng ý nêu tên ngoài trường", Frozen: 1,
		Columns: []sheet.Column{{Heading: "Họ và tên", Code: "name", Width: 28}, {Heading: "Mã phiếu", Code: "code", Width: 16}, {Heading: "Đủ ý kiến", Code: "complete", Width: 12}}}
	for _, t := range c.Texts {
		holds := "được nêu tên"
		if t.Kind == consent.HelpNeighbours {
			holds = "được mời"
		}
		for _, col := range [][2]string{{"em", "child"}, {"gia đình", "guardian"}, {holds, "shown"}} {
			p.Columns = append(p.Columns, sheet.Column{Heading: t.Vi.Title + ": " + col[0], Code: t.Kind + "_" + col[1], Width: 26})
		}
	}
	for _, row := range c.Items {
		cells := []sheet.Cell{sheet.Text(row.Name), sheet.Text(models.GroupCode(row.Code)), sheet.Text(yesNo(row.Complete))}
		for _, k := range row.Kinds {
			cells = append(cells, sheet.Text(saidWords(k.Child)), sheet.Text(saidWords(k.Guardian)), sheet.Text(yesNo(k.Shown)))
		}
		p.Rows = append(p.Rows, cells)
	}
	return p
}

func yesNo(b bool) string {
	if b {
		return "Có"
	}
	return "Chưa"
}

func saidWords(e *consentSaid) string {
	if e == nil {
		return "Chưa hỏi"
	}
	words := consentActs[e.Act]
	if e.Relation != "" {
		words += " (" + consentRelations[e.Relation] + ")"
	}
	return words + ", " + e.On + ", " + consentChannels[e.Channel]
}
