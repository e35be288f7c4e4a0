package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"nhaso/models"
	"nhaso/models/gradebook"
	"nhaso/models/learning"
	"nhaso/models/paper"
	"nhaso/models/sheet"
)

// ViewQuery is what a reader of a board may choose.
type ViewQuery struct {
	Filter []string `query:"filter,explode" maxItems:"60" doc:"\"dimension:value\": certificate:missing, link:claimed, skill:online_payment:learning, any:not_started, near:one, class:<id>. Values of one dimension widen, dimensions narrow."`
	Sort   string   `query:"sort" maxLength:"40" doc:"Code of a column; default name, by given name."`
	Desc   bool     `query:"desc"`
	Q      string   `query:"q" maxLength:"100" doc:"Part of a name, with or without marks."`
	Hide   []string `query:"hide,explode" maxItems:"20" doc:"Codes of columns left out."`
}

func (v ViewQuery) view() gradebook.View {
	return gradebook.View{Filters: v.Filter, Sort: v.Sort, Desc: v.Desc, Query: v.Q, Hide: v.Hide}
}

type boardInput struct {
	ByID
	ViewQuery
}

// SchoolPart says which classes of a school are meant.
type SchoolPart struct {
	School string `query:"school" maxLength:"36" doc:"Default: the school of the caller's first class."`
	Year   string `query:"year" maxLength:"9" doc:"\"2026-2027\"; default the newest."`
	Grade  int    `query:"grade" minimum:"0" maximum:"12" doc:"0: every grade."`
}

func (p SchoolPart) part() (learning.SchoolPart, error) {
	part := learning.SchoolPart{Year: p.Year, Grade: p.Grade}
	if p.School == "" {
		return part, nil
	}
	var err error
	if part.School, err = models.ParseID(p.School); err != nil {
		return part, models.NotFound()
	}
	return part, nil
}

type schoolBoardInput struct {
	SchoolPart
	ViewQuery
}

type recordInput struct {
	ID     string `path:"id" maxLength:"36"`
	Person string `path:"person" maxLength:"36"`
	Skill  string `query:"skill" maxLength:"24" doc:"One skill; default all."`
}

// FileWish is how a file is wanted.
type FileWish struct {
	ID        string `json:"id" maxLength:"36" doc:"Made by the client: a file asked for again is one line of the export log."`
	Format    string `json:"format" enum:"xlsx,csv,pdf"`
	Delimiter string `json:"delimiter,omitempty" enum:"comma,semicolon" doc:"Of CSV; default semicolon, with a decimal comma, as programs set to Vietnamese expect."`
}

// boardFileWish adds the view: a file holds what the screen shows.
type boardFileWish struct {
	FileWish
	Filters   []string `json:"filters,omitempty" maxItems:"60"`
	Sort      string   `json:"sort,omitempty" maxLength:"40"`
	Desc      bool     `json:"desc,omitempty"`
	Q         string   `json:"q,omitempty" maxLength:"100"`
	Hide      []string `json:"hide,omitempty" maxItems:"20"`
	Persons   []string `json:"persons,omitempty" maxItems:"5000" doc:"Only these pupils of the rows shown."`
	Anonymous bool     `json:"anonymous,omitempty" doc:"Pupils are numbered, ordered by what they reached."`
}

func (w boardFileWish) view() (gradebook.View, error) {
	v := gradebook.View{Filters: w.Filters, Sort: w.Sort, Desc: w.Desc, Query: w.Q, Hide: w.Hide}
	for _, p := range w.Persons {
		id, err := parseID("body.persons", p)
		if err != nil {
			return v, err
		}
		v.Persons = append(v.Persons, id)
	}
	return v, nil
}

type classFileInput struct {
	ByID
	Body boardFileWish
}

type schoolFileInput struct {
	SchoolPart
	Body boardFileWish
}

type recordFileInput struct {
	ID     string `path:"id" maxLength:"36"`
	Person string `path:"person" maxLength:"36"`
	Body   FileWish
}

type sessionFileInput struct {
	ByID
	Body FileWish
}

// sessionResults is the results of a lesson session for its teacher.
type sessionResults struct {
	Session learning.Session         `json:"session"`
	Items   []learning.SessionResult `json:"items"`
}

func (s *server) gradebookOperations() {
	register(s, readClass("get-class-board", "/classes/{id}/board", "A class with each pupil's five skills, certificate and household; with a view, the rows it shows."),
		func(ctx context.Context, actor models.Actor, in *boardInput) (*body[gradebook.Board], error) {
			return withID(&in.ByID, func(id models.ID) (gradebook.Board, error) {
				return s.Gradebook.ClassBoard(ctx, actor, id, in.view())
			})
		})
	register(s, readClass("get-school-board", "/school-board", "The pupils of a school's classes in the caller's reach, as a class board."),
		func(ctx context.Context, actor models.Actor, in *schoolBoardInput) (*body[gradebook.Board], error) {
			part, err := in.part()
			if err != nil {
				return nil, err
			}
			return answer(s.Gradebook.SchoolBoard(ctx, actor, part, in.view()))
		})
	register(s, readClass("get-student-record", "/classes/{id}/students/{person}/record", "What a pupil has learnt, taken and practised. A quiz being taken has no score."),
		func(ctx context.Context, actor models.Actor, in *recordInput) (*body[learning.Record], error) {
			return answer(s.record(ctx, actor, in.ID, in.Person, in.Skill))
		})
	register(s, readClass("get-session-results", "/lesson-sessions/{id}/results", "The results of a lesson session for its teacher, released or not."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[sessionResults], error) {
			return withID(in, func(id models.ID) (sessionResults, error) {
				session, rows, err := s.Learning.SessionResults(ctx, actor, id)
				return sessionResults{session, filled(rows)}, err
			})
		})
	register(s, op{id: "list-exports", method: http.MethodGet, path: "/exports", tag: "teaching", action: models.ActReadExports,
		summary: "The files made of pupils of the caller's schools: who, what, when. The last 200, newest first."},
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[gradebook.Export]], error) {
			rows, err := s.Gradebook.Exports(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	s.fileOperations()
}

// fileOperations make files. They are POSTs: each writes a line of the log.
func (s *server) fileOperations() {
	export := func(id, path, summary string) op {
		return op{id: id, method: http.MethodPost, path: path, summary: summary, tag: "teaching", action: models.ActReadClass, refuses: []models.Kind{models.KindConflict, models.KindNotFound, models.KindInvalid}}
	}
	const kind = "application/octet-stream"
	registerFile(s, export("export-class-board", "/classes/{id}/board-exports", "The board as XLSX or CSV, or as a report in PDF: rows, order and sums of the screen."), kind,
		func(ctx context.Context, actor models.Actor, in *classFileInput) (*file, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			v, err := in.Body.view()
			if err != nil {
				return nil, err
			}
			b, err := s.Gradebook.ClassBoard(ctx, actor, id, v)
			if err != nil {
				return nil, err
			}
			return s.boardFile(ctx, actor, b, in.Body)
		})
	registerFile(s, export("export-school-board", "/school-board-exports", "The board of a school's classes as XLSX, CSV or PDF."), kind,
		func(ctx context.Context, actor models.Actor, in *schoolFileInput) (*file, error) {
			part, err := in.part()
			if err != nil {
				return nil, err
			}
			v, err := in.Body.view()
			if err != nil {
				return nil, err
			}
			b, err := s.Gradebook.SchoolBoard(ctx, actor, part, v)
			if err != nil {
				return nil, err
			}
			return s.boardFile(ctx, actor, b, in.Body)
		})
	registerFile(s, export("export-student-record", "/classes/{id}/students/{person}/record-exports", "One pupil's record as XLSX or CSV, or printed in PDF."), kind,
		func(ctx context.Context, actor models.Actor, in *recordFileInput) (*file, error) {
			r, err := s.record(ctx, actor, in.ID, in.Person, "")
			if err != nil {
				return nil, err
			}
			made := gradebook.Made{School: r.Class.SchoolID, Class: r.Class.ID, Subject: r.Student.PersonID, Kind: gradebook.KindRecord, Named: true}
			if in.Body.Format != "pdf" {
				return s.sheetFile(ctx, actor, "ho-so-hoc-sinh", gradebook.RecordSheet(r), in.Body, made)
			}
			printed := gradebook.RecordPaper(r, s.Clock.Now())
			var out bytes.Buffer
			if err := paper.Record(&out, printed); err != nil {
				return nil, err
			}
			for _, skill := range printed.Skills {
				made.Rows += len(skill.Lines)
			}
			return s.handOver(ctx, actor, in.Body, made, &file{"ho-so-hoc-sinh.pdf", pdfKind, out.Bytes()})
		})
	registerFile(s, export("export-session-results", "/lesson-sessions/{id}/result-exports", "The results of a lesson session as XLSX or CSV."), kind,
		func(ctx context.Context, actor models.Actor, in *sessionFileInput) (*file, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			session, rows, err := s.Learning.SessionResults(ctx, actor, id)
			if err != nil {
				return nil, err
			}
			made := gradebook.Made{Class: session.ClassID, Subject: id, Kind: gradebook.KindSession, Named: true}
			return s.sheetFile(ctx, actor, "ket-qua-"+models.Day(session.OpenedAt), gradebook.SessionSheet(session, rows), in.Body, made)
		})
}

func (s *server) record(ctx context.Context, actor models.Actor, class, person, skill string) (learning.Record, error) {
	classID, err := models.ParseID(class)
	if err != nil {
		return learning.Record{}, models.NotFound()
	}
	personID, err := models.ParseID(person)
	if err != nil {
		return learning.Record{}, models.NotFound()
	}
	return s.Learning.Record(ctx, actor, classID, personID, skill)
}

// boardFile makes the file of a board.
func (s *server) boardFile(ctx context.Context, actor models.Actor, b gradebook.Board, w boardFileWish) (*file, error) {
	if w.Anonymous {
		b = b.Anonymous()
	}
	name := b.FileName(models.Day(s.Clock.Now()))
	made := gradebook.Made{School: b.School().SchoolID, Kind: gradebook.KindBoard, Named: !w.Anonymous}
	if b.Class != nil {
		made.Class = b.Class.ID
	}
	if w.Format != "pdf" {
		return s.sheetFile(ctx, actor, name, b.Sheet(), w.FileWish, made)
	}
	var out bytes.Buffer
	if err := paper.Report(&out, b.Report(!w.Anonymous, s.Clock.Now())); err != nil {
		return nil, err
	}
	made.Kind, made.Rows = gradebook.KindReport, len(b.Students)
	return s.handOver(ctx, actor, w.FileWish, made, &file{name + ".pdf", pdfKind, out.Bytes()})
}

// sheetFile writes a table as it is wanted.
func (s *server) sheetFile(ctx context.Context, actor models.Actor, name string, p sheet.Page, w FileWish, made gradebook.Made) (*file, error) {
	var out bytes.Buffer
	var err error
	f := &file{name: name + "." + w.Format}
	switch w.Format {
	case "xlsx":
		f.kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		err = sheet.WriteXLSX(&out, sheet.Book{Title: p.Heading, Made: s.Clock.Now(), Pages: []sheet.Page{p}})
	case "csv":
		f.kind = "text/csv; charset=utf-8"
		delimiter := ';'
		if w.Delimiter == "comma" {
			delimiter = ','
		}
		err = sheet.WriteCSV(&out, p, delimiter)
	default:
		err = models.InvalidField("body.format", "unknown")
	}
	if err != nil {
		return nil, err
	}
	f.body, made.Rows = out.Bytes(), len(p.Rows)
	return s.handOver(ctx, actor, w, made, f)
}

// handOver writes the file down in the export log first.
func (s *server) handOver(ctx context.Context, actor models.Actor, w FileWish, made gradebook.Made, f *file) (*file, error) {
	var err error
	if made.ID, err = parseID("body.id", w.ID); err != nil {
		return nil, err
	}
	made.Format = w.Format
	f.name = strings.Map(asciiName, f.name)
	return f, s.Gradebook.Log(ctx, actor, made)
}

// asciiName keeps the signs that a file's name may have everywhere.
func asciiName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
		return r
	}
	return '-'
}
