package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/certificate"
)

// certificateView is a certificate as its holder, school and officers see it.
type certificateView struct {
	ID          string    `json:"id"`
	PersonID    string    `json:"person_id" doc:"Empty where name_withheld."`
	Code        string    `json:"code"`
	HolderName  string    `json:"holder_name" doc:"Empty where name_withheld."`
	SchoolName  string    `json:"school_name"`
	ClassName   string    `json:"class_name"`
	Withheld    bool      `json:"name_withheld" doc:"The holder is not named to the caller, for want of consent."`
	Skills      []string  `json:"skills"`
	RuleVersion int       `json:"rule_version"`
	IssuedAt    time.Time `json:"issued_at"`
	Status      string    `json:"status" enum:"valid,revoked"`
	VerifyURL   string    `json:"verify_url" doc:"Public page that confirms the certificate."`
}

type certificateHistory struct {
	Certificate certificateView     `json:"certificate"`
	Items       []certificate.Event `json:"items"`
}

type byCode struct {
	Code string `path:"code" maxLength:"40"`
}

type reasonInput struct {
	Code string `path:"code" maxLength:"40"`
	Body struct {
		Reason string `json:"reason" minLength:"3" maxLength:"400"`
	}
}

func (s *server) certificateOperations() {
	type query struct {
		PageQuery
		Q    string `query:"q" maxLength:"100" doc:"A code, or part of the holder's name."`
		Area string `query:"area" maxLength:"16" doc:"Code of the school's commune or province."`
	}
	register(s, op{
		id: "list-certificates", method: http.MethodGet, path: "/certificates", tag: "certificates", action: models.ActReadCertificate,
		summary: "Find certificates by code or name, newest first.",
	}, func(ctx context.Context, actor models.Actor, in *query) (*body[list[certificateView]], error) {
		q := certificate.Query{Text: in.Q, Limit: in.Limit}
		after, err := in.after()
		if err != nil {
			return nil, err
		}
		if q.After, err = parseOptionalID("query.cursor", &after); err != nil {
			return nil, err
		}
		if in.Area != "" {
			area, err := s.Places.AreaByCode(ctx, in.Area, "")
			if err != nil {
				return nil, err
			}
			q.AreaID = area.ID
		}
		return answer(s.findCertificates(ctx, actor, q))
	})
	register(s, op{
		id: "get-certificate-history", method: http.MethodGet, path: "/certificates/{code}/history", tag: "certificates", action: models.ActReadCertificate,
		summary: "A certificate with everything that happened to it.",
	}, func(ctx context.Context, actor models.Actor, in *byCode) (*body[certificateHistory], error) {
		c, events, err := s.Certificates.History(ctx, actor, in.Code)
		if err != nil {
			return nil, err
		}
		view, err := s.certificateFor(ctx, actor, c)
		return answer(certificateHistory{Certificate: view, Items: filled(events)}, err)
	})
	s.revocationOperations()
}

func (s *server) revocationOperations() {
	revoke := func(id, path, summary string) op {
		return op{id: id, method: http.MethodPost, path: path, summary: summary, tag: "certificates",
			action: models.ActRevokeCertificate, refuses: []models.Kind{models.KindConflict}}
	}
	register(s, revoke("revoke-certificate", "/certificates/{code}/revocation", "Revoke a certificate; its household is recounted."),
		func(ctx context.Context, actor models.Actor, in *reasonInput) (*body[certificateView], error) {
			c, err := s.Households.Revoke(ctx, actor, in.Code, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return answer(s.certificateFor(ctx, actor, c))
		})
	register(s, revoke("reinstate-certificate", "/certificates/{code}/reinstatement", "Take a revocation back; its household is recounted."),
		func(ctx context.Context, actor models.Actor, in *reasonInput) (*body[certificateView], error) {
			c, err := s.Households.Reinstate(ctx, actor, in.Code, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return answer(s.certificateFor(ctx, actor, c))
		})
}

func (s *server) findCertificates(ctx context.Context, actor models.Actor, q certificate.Query) (list[certificateView], error) {
	rows, err := s.Certificates.Search(ctx, actor, q)
	if err != nil {
		return list[certificateView]{}, err
	}
	items := make([]certificateView, len(rows))
	for i, c := range rows {
		if items[i], err = s.certificateFor(ctx, actor, c); err != nil {
			return list[certificateView]{}, err
		}
	}
	next := ""
	if len(rows) > 0 && len(rows) == q.Limit {
		next = rows[len(rows)-1].ID.String()
	}
	return listed(items, next), nil
}

// Names beyond one's own class, school or commune are masked: the department
// and the administrator find and revoke by code without reading them.
func (s *server) certificateFor(ctx context.Context, actor models.Actor, c certificate.Certificate) (certificateView, error) {
	v, err := s.certificate(ctx, c)
	if c.Withheld {
		v.PersonID = ""
	}
	if actor.RoleFor(models.ActReadNames) == "" && actor.RoleFor(models.ActReadClass) == "" {
		v.HolderName = models.MaskName(v.HolderName)
	}
	return v, err
}

// certificate adds to a certificate the skills of its rule and its public page.
func (s *server) certificate(ctx context.Context, c certificate.Certificate) (certificateView, error) {
	rule, err := certificate.RuleByVersion(s.DB.Read(ctx), c.RuleVersion)
	return certificateView{
		ID: c.ID.String(), PersonID: c.PersonID.String(), Code: c.Code, HolderName: c.HolderName, SchoolName: c.SchoolName,
		ClassName: c.ClassName, Skills: filled(rule.Skills), RuleVersion: c.RuleVersion, IssuedAt: c.IssuedAt.UTC(),
		Withheld: c.Withheld, Status: c.State, VerifyURL: s.verifyURL(ctx, c.Code),
	}, err
}

// publicURL is the address people type: the one that is set, or the one of the
// request.
func (s *server) publicURL(ctx context.Context) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	r := requestOf(ctx)
	if r.tls || s.SecureCookies {
		return "https://" + r.host
	}
	return "http://" + r.host
}

func (s *server) myCertificate(ctx context.Context, actor models.Actor, _ *none) (*body[ownCertificate], error) {
	c, missing, err := s.Learning.MyCertificate(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := ownCertificate{Missing: missing}
	if c != nil {
		view, err := s.certificate(ctx, *c)
		if err != nil {
			return nil, err
		}
		out.Certificate = &view
	}
	return answer(out, nil)
}
