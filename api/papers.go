package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/paper"
)

// file is an answer to be saved: its bytes, what they are, and a name of ASCII
// letters for it.
type file struct {
	name, kind string
	body       []byte
}

const pdfKind = "application/pdf"

// registerFile is register for operations that answer a file.
func registerFile[I any](s *server, o op, kind string, produce func(context.Context, models.Actor, *I) (*file, error)) {
	h := s.describe(o)
	h.Responses = map[string]*huma.Response{"200": {
		Description: "OK",
		Headers:     map[string]*huma.Param{"Content-Disposition": {Schema: &huma.Schema{Type: huma.TypeString}}},
		Content:     map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	type output struct{ Body func(huma.Context) }
	huma.Register(s.huma, h, func(ctx context.Context, in *I) (*output, error) {
		f, err := produce(ctx, requestOf(ctx).actor, in)
		if err != nil {
			return nil, err
		}
		return &output{Body: func(ctx huma.Context) {
			w := humagin.Unwrap(ctx).Writer
			w.Header().Set("Content-Type", f.kind)
			w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
			w.WriteHeader(http.StatusOK)
			_, _ = w.Write(f.body) // the caller left: nothing to do about it
		}}, nil
	})
}

type paperInput struct {
	Code   string `path:"code" maxLength:"40"`
	Format string `query:"format" enum:"a4,card" default:"a4" doc:"A landscape A4 page, or a card of 85.6 × 54 mm."`
}

type classPapersInput struct {
	ByID
	Format string `query:"format" enum:"a4,cards" default:"a4" doc:"A page each, or ten cards on a page with cutting lines."`
}

// paperOperations print certificates.
func (s *server) paperOperations() {
	registerFile(s, op{
		id: "print-certificate", method: http.MethodGet, path: "/certificates/{code}/pdf", tag: "certificates", action: models.ActPrintCertificate,
		summary: "A certificate as a PDF: the holder's own, or one in reach. A revoked one says so across the page.",
	}, pdfKind, func(ctx context.Context, actor models.Actor, in *paperInput) (*file, error) {
		c, err := s.Certificates.Issued(ctx, actor, models.ActPrintCertificate, in.Code)
		if err != nil {
			return nil, err
		}
		if err := s.Certificates.Printed(ctx, actor, []certificate.Issued{c}, models.ID{}); err != nil {
			return nil, err
		}
		var b bytes.Buffer
		p := s.paper(ctx, c)
		if in.Format == "card" {
			err = paper.Card(&b, p)
		} else {
			err = paper.A4(&b, []paper.Confirmation{p})
		}
		return &file{"giay-xac-nhan-" + c.Code + "-" + in.Format + ".pdf", pdfKind, b.Bytes()}, err
	})
	registerFile(s, op{
		id: "print-class-certificates", method: http.MethodGet, path: "/classes/{id}/certificates.pdf", tag: "certificates", action: models.ActReadClass,
		summary: "The valid certificates of a class as one PDF, by given name.", refuses: []models.Kind{models.KindConflict},
	}, pdfKind, s.classPapers)
}

func (s *server) classPapers(ctx context.Context, actor models.Actor, in *classPapersInput) (*file, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	board, err := s.Learning.Board(ctx, actor, id) // also asks whether the class is in reach
	if err != nil {
		return nil, err
	}
	persons := make([]models.ID, len(board.Students))
	for i, student := range board.Students {
		persons[i] = student.PersonID
	}
	list, err := s.Certificates.ValidOf(ctx, persons)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, models.Conflict("no_certificates")
	}
	if err := s.Certificates.Printed(ctx, actor, list, id); err != nil {
		return nil, err
	}
	papers := converted(list, func(c certificate.Issued) paper.Confirmation { return s.paper(ctx, c) })
	var b bytes.Buffer
	if in.Format == "cards" {
		err = paper.Cards(&b, papers)
	} else {
		err = paper.A4(&b, papers)
	}
	return &file{"giay-xac-nhan-lop-" + in.Format + ".pdf", pdfKind, b.Bytes()}, err
}

// paper turns a certificate into what is printed.
func (s *server) paper(ctx context.Context, c certificate.Issued) paper.Confirmation {
	p := paper.Confirmation{
		HolderName: c.HolderName, ClassName: c.ClassName, SchoolName: c.SchoolName, Code: c.Code, VerifyURL: s.verifyURL(ctx, c.Code),
		RuleVersion: c.RuleVersion, IssuedAt: c.IssuedAt, Revoked: c.State == certificate.Revoked,
	}
	for _, pass := range c.Passes {
		p.Skills = append(p.Skills, paper.Skill{Key: pass.Skill, On: pass.PassedAt})
	}
	return p
}

// verifyURL is the public page of a code.
func (s *server) verifyURL(ctx context.Context, code string) string {
	return s.publicURL(ctx) + "/verify/" + code
}
