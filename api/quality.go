package api

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/paper"
	"nhaso/models/quality"
)

type findingsOfArea struct {
	Code   string `path:"code" maxLength:"16"`
	Check  string `path:"check" maxLength:"32"`
	Cursor string `query:"cursor" maxLength:"60"`
}

type findingsOfSchool struct {
	ID     string `path:"id" maxLength:"36"`
	Check  string `path:"check" maxLength:"32"`
	Cursor string `query:"cursor" maxLength:"60"`
}

// digestView is one day's digest as it is listed.
type digestView struct {
	Day        string    `json:"day"`
	Root       string    `json:"root"`
	Batch      int64     `json:"batch"`
	Rows       int       `json:"rows"`
	Households int       `json:"households"`
	Covered    int       `json:"covered"`
	MadeAt     time.Time `json:"made_at"`
}

func (s *server) qualityOperations() {
	read := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "signoff", action: models.ActReadQuality, refuses: []models.Kind{models.KindInvalid}}
	}
	type areaPath struct {
		Code string `path:"code" maxLength:"16"`
	}
	register(s, read("get-area-quality", "/areas/{code}/quality", "What does not look ordinary in an area: counts, whose it is and what to do, as of the last night."),
		func(ctx context.Context, actor models.Actor, in *areaPath) (*body[quality.Overview], error) {
			return answer(s.Quality.Overview(ctx, actor, quality.Place{Code: in.Code}))
		})
	register(s, read("get-school-quality", "/schools/{id}/quality", "What does not look ordinary at a school."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[quality.Overview], error) {
			return withID(in, func(id models.ID) (quality.Overview, error) {
				return s.Quality.Overview(ctx, actor, quality.Place{School: id})
			})
		})
	register(s, read("list-area-findings", "/areas/{code}/quality/{check}", "What one check found in an area, the longest known first; no pupil is named."),
		func(ctx context.Context, actor models.Actor, in *findingsOfArea) (*body[list[quality.Row]], error) {
			return s.findings(ctx, actor, quality.Place{Code: in.Code}, in.Check, in.Cursor)
		})
	register(s, read("list-school-findings", "/schools/{id}/quality/{check}", "What one check found at a school."),
		func(ctx context.Context, actor models.Actor, in *findingsOfSchool) (*body[list[quality.Row]], error) {
			id, err := models.ParseID(in.ID)
			if err != nil {
				return nil, models.NotFound()
			}
			return s.findings(ctx, actor, quality.Place{School: id}, in.Check, in.Cursor)
		})
	s.classQualityOperations(read)
	digest := read("list-digests", "/coverage-digests", "The ledger's digests of the last 60 days, newest first.")
	digest.action, digest.tag = models.ActReadDigest, "coverage"
	register(s, digest, func(ctx context.Context, actor models.Actor, _ *none) (*body[list[digestView]], error) {
		days, err := s.Coverage.Digests(ctx, actor, 60)
		return answer(listed(converted(days, digestViewOf), ""), err)
	})
	type dayPath struct {
		Day string `path:"day" maxLength:"10"`
	}
	sheet := read("print-digest", "/coverage-digests/{day}/paper", "One day's digest as a page to be printed and kept.")
	sheet.action, sheet.tag = models.ActReadDigest, "coverage"
	registerFile(s, sheet, pdfKind, func(ctx context.Context, actor models.Actor, in *dayPath) (*file, error) {
		return s.digestPaper(ctx, actor, in.Day)
	})
}

func digestViewOf(d coverage.Digest) digestView {
	return digestView{Day: d.Day, Root: d.Root, Batch: d.Batch, Rows: d.RowCount, Households: d.Households, Covered: d.Covered, MadeAt: d.MadeAt}
}

func (s *server) findings(ctx context.Context, actor models.Actor, at quality.Place, check, cursor string) (*body[list[quality.Row]], error) {
	rows, next, err := s.Quality.Findings(ctx, actor, at, check, cursor)
	return answer(listed(rows, next), err)
}

func (s *server) digestPaper(ctx context.Context, actor models.Actor, on string) (*file, error) {
	d, err := s.Coverage.DigestOf(ctx, actor, on)
	if err != nil {
		return nil, err
	}
	day, err := time.ParseInLocation(time.DateOnly, d.Day, models.VietNam())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = paper.Digest(&out, paper.DigestSheet{Day: day, Root: d.Root, PrevRoot: d.PrevRoot, BatchHash: d.BatchHash, Batch: d.Batch, Rows: d.RowCount,
		Subjects: d.Subjects, Households: d.Households, Known: d.Known, Covered: d.Covered, MadeAt: d.MadeAt})
	return &file{name: "tom-tat-so-cai-" + d.Day + ".pdf", kind: pdfKind, body: out.Bytes()}, err
}
