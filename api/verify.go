package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/certificate"
)

// verifyOperations is what anybody may ask without signing in.
func (s *server) verifyOperations() {
	type input struct {
		Code string `path:"code" maxLength:"40" doc:"As printed; spaces, dashes and small letters are fine."`
	}
	register(s, op{
		id: "verify-certificate", method: http.MethodGet, path: "/verify/{code}", tag: "public", action: models.ActPublic,
		summary: "Check a certificate by its code: masked name, school, skills and status, never a birth date.",
		pace:    s.paces.verify,
	}, func(ctx context.Context, _ models.Actor, in *input) (*body[certificate.Public], error) {
		return answer(s.Certificates.Verify(ctx, in.Code))
	})
}
