package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/coverage"
)

type keptDigest struct {
	Day  string `json:"day" maxLength:"10"`
	Root string `json:"root" maxLength:"200" doc:"64 hex digits as printed; spaces do not matter."`
}

type compareDigestsInput struct {
	Body struct {
		Digests []keptDigest `json:"digests" minItems:"1" maxItems:"60"`
	}
}

type comparedDigest struct {
	Day   string `json:"day"`
	Known bool   `json:"known" doc:"There is a digest of that day."`
	Same  bool   `json:"same"`
}

// digestFinding is a row or batch that is not as it was.
type digestFinding struct {
	What    string `json:"what" enum:"row_altered,row_removed,row_broken,batch_altered,subject_changed,subject_gone,bucket_changed,digest_changed"`
	Village string `json:"village"`
	On      string `json:"on"`
	Subject string `json:"subject_id" doc:"Household or register."`
	Batch   int64  `json:"batch"`
}

type digestComparison struct {
	Days     []comparedDigest `json:"days"`
	Same     bool             `json:"same" doc:"Everything is as it was printed."`
	First    string           `json:"first" doc:"The first day that differs; empty when all is as it was."`
	Chain    string           `json:"chain" doc:"The first day whose digest does not hold by itself or does not follow the day before; empty when all do."`
	Rows     int              `json:"rows" doc:"Of the ledger, checked again for the last day that agrees."`
	Findings []digestFinding  `json:"findings"`
}

func (s *server) digestOperations() {
	register(s, op{id: "compare-digests", method: http.MethodPost, path: "/coverage-digests/comparison", tag: "coverage", action: models.ActReadDigest, refuses: []models.Kind{models.KindInvalid},
		summary: "Hold printed digests against the database: the same or not, and the first day that differs. It changes nothing."},
		func(ctx context.Context, actor models.Actor, in *compareDigestsInput) (*body[digestComparison], error) {
			found, err := s.Coverage.CompareDigests(ctx, actor, converted(in.Body.Digests, func(k keptDigest) coverage.Kept { return coverage.Kept(k) }))
			return answer(comparisonOf(found), err)
		})
}

func comparisonOf(c coverage.Comparison) digestComparison {
	v := digestComparison{First: c.First, Chain: c.Chain, Same: c.First == "", Findings: []digestFinding{},
		Days: converted(c.Days, func(d coverage.ComparedDay) comparedDigest { return comparedDigest(d) })}
	if c.Ledger != nil {
		v.Rows = c.Ledger.Rows
		v.Findings = converted(c.Ledger.Findings, func(f coverage.Finding) digestFinding {
			return digestFinding{f.What, f.Village, f.OnDate, textOf(f.SubjectID), f.Batch}
		})
	}
	return v
}
