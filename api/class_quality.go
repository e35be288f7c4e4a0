package api

import (
	"context"

	"nhaso/models"
	"nhaso/models/quality"
)

type findingsOfClass struct {
	ID     string `path:"id" maxLength:"36"`
	Check  string `path:"check" maxLength:"32"`
	Cursor string `query:"cursor" maxLength:"60"`
}

// classQualityOperations are what a class's own teacher sees of the quality
// checks; there is nothing to change.
func (s *server) classQualityOperations(read func(id, path, summary string) op) {
	overview := read("get-class-quality", "/classes/{id}/quality", "What waits too long in a class, and what can hardly have been so.")
	overview.action = models.ActReadClassQuality
	register(s, overview,
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[quality.Overview], error) {
			return withID(in, func(id models.ID) (quality.Overview, error) {
				return s.Quality.Overview(ctx, actor, quality.Place{Class: id})
			})
		})
	findings := read("list-class-findings", "/classes/{id}/quality/{check}", "What one check found in a class; no pupil is named.")
	findings.action = models.ActReadClassQuality
	register(s, findings,
		func(ctx context.Context, actor models.Actor, in *findingsOfClass) (*body[list[quality.Row]], error) {
			id, err := models.ParseID(in.ID)
			if err != nil {
				return nil, models.NotFound()
			}
			return s.findings(ctx, actor, quality.Place{Class: id}, in.Check, in.Cursor)
		})
}
