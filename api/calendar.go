package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"nhaso/models"
	"nhaso/models/learning"
)

const calendarKind = "text/calendar; charset=utf-8"

type calendarInput struct {
	Token       string `path:"token" maxLength:"100"`
	IfNoneMatch string `header:"If-None-Match"`
}

// calendarOperations are the secret calendar address of an account, and what
// lies behind it. Programs that show calendars cannot sign in: the address
// itself is the secret, so a wrong one and an ended one answer alike.
func (s *server) calendarOperations() {
	own := func(id, method, summary string) op {
		return op{id: id, method: method, path: "/me/calendar", summary: summary, tag: "calendar", action: models.ActOwnAccount}
	}
	register(s, own("get-calendar", http.MethodGet, "Whether the caller has a secret calendar address."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[learning.CalendarFeed], error) {
			return answer(s.Learning.MyCalendar(ctx, actor))
		})
	register(s, own("make-calendar", http.MethodPost, "Make a secret calendar address; one made before ends. It is shown in this answer only."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[learning.CalendarFeed], error) {
			return answer(s.Learning.NewCalendar(ctx, actor))
		})
	register(s, own("end-calendar", http.MethodDelete, "End the secret calendar address."),
		func(ctx context.Context, actor models.Actor, _ *none) (*none, error) {
			return done(s.Learning.EndCalendar(ctx, actor))
		})
	h := s.describe(op{id: "read-calendar", method: http.MethodGet, path: "/calendars/{token}", tag: "calendar", action: models.ActPublic,
		summary: "A calendar (iCalendar) of what is to be done until when, by its secret address. No pupil is named.", pace: s.paces.verify})
	h.Responses = map[string]*huma.Response{
		"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/calendar": {Schema: &huma.Schema{Type: huma.TypeString}}}},
		"304": {Description: "Not Modified"},
	}
	huma.Register(s.huma, h, s.readCalendar)
}

type calendarOutput struct{ Body func(huma.Context) }

func (s *server) readCalendar(ctx context.Context, in *calendarInput) (*calendarOutput, error) {
	text, err := s.Learning.Calendar(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	tag := `"` + hashOf(text) + `"`
	return &calendarOutput{Body: func(ctx huma.Context) {
		w := humagin.Unwrap(ctx).Writer
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "private, no-cache")
		if in.IfNoneMatch == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", calendarKind)
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(text) // the caller left: nothing to do about it
	}}, nil
}
