package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/consent"
)

// consentLine is one event of a pupil's consent: appended, never changed.
type consentLine struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind" enum:"area_names,public_page,help_neighbours"`
	Party       string    `json:"party" enum:"child,guardian"`
	Act         string    `json:"act" enum:"grant,withdraw"`
	Relation    string    `json:"relation" enum:"mother,father,grandparent,guardian," doc:"Of the guardian; empty for the child."`
	Channel     string    `json:"channel" enum:"paper,in_person,phone,account,code"`
	On          string    `json:"on" doc:"Civil day on which it was said or signed."`
	TextVersion int       `json:"text_version" doc:"0 for a withdrawal."`
	By          string    `json:"by" doc:"Who wrote it down; empty: whoever had the code."`
	At          time.Time `json:"at"`
}

func (s *server) consentLogOperations() {
	register(s, op{
		id: "list-consent-log", method: http.MethodGet, path: "/students/{id}/consent-log", tag: "households", action: models.ActRecordConsent,
		summary: "Everything that a pupil and the guardians said about being named, the newest first. Nothing in it is ever changed.",
	}, func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[consentLine]], error) {
		return withID(in, func(id models.ID) (list[consentLine], error) {
			events, err := s.Consents.Log(ctx, actor, id)
			lines := make([]consentLine, 0, len(events))
			for i := len(events) - 1; i >= 0; i-- {
				lines = append(lines, consentLineOf(events[i]))
			}
			return listed(lines, ""), err
		})
	})
}

func consentLineOf(e consent.Event) consentLine {
	return consentLine{e.ID.String(), e.Kind, e.Party, e.Act, e.Relation, e.Channel, e.OnDate, e.TextVersion, e.RecordedName, e.RecordedAt.UTC()}
}
