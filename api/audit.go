package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/rights"
)

// auditEntry is a line of the record.
type auditEntry struct {
	ID      string            `json:"id"`
	At      time.Time         `json:"at"`
	Act     string            `json:"act"`
	Actor   string            `json:"actor" doc:"Empty: the program itself, or an account that is gone."`
	Account string            `json:"account_id"`
	Role    string            `json:"role"`
	Kind    string            `json:"kind" doc:"Of the subject."`
	Subject string            `json:"subject" doc:"Its name; empty where it may not be named."`
	Target  string            `json:"subject_id"`
	School  string            `json:"school"`
	Reason  string            `json:"reason" doc:"Of a look at names."`
	Note    string            `json:"note"`
	Detail  map[string]string `json:"detail"`
	Joined  bool              `json:"joined" doc:"Joined with the other chains."`
}

// auditDay is a sealed day.
type auditDay struct {
	Day     string         `json:"day"`
	Entries int64          `json:"entries" doc:"On record by then, from the first one on."`
	Batch   int64          `json:"batch"`
	Digest  string         `json:"digest"`
	Sealed  time.Time      `json:"sealed_at"`
	Acts    map[string]int `json:"acts" doc:"Of that day."`
}

type auditCheck struct {
	Differences int           `json:"differences" doc:"Must be 0."`
	Entries     int64         `json:"entries"`
	Batches     int64         `json:"batches"`
	Days        int           `json:"days"`
	Breaks      []audit.Break `json:"breaks" nullable:"false"`
}

type auditInput struct {
	Act     []string `query:"act,explode" maxItems:"60"`
	Account string   `query:"account" maxLength:"36"`
	Subject string   `query:"subject" maxLength:"36"`
	From    string   `query:"from" maxLength:"10" doc:"Civil day."`
	To      string   `query:"to" maxLength:"10"`
	After   string   `query:"after" maxLength:"36" doc:"Cursor of the page before."`
	Limit   int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (s *server) auditOperations() {
	read := func(id, path, summary string, action models.Action, refuses ...models.Kind) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "rights", action: action, refuses: refuses}
	}
	register(s, read("list-audit", "/audit", "Who did what that somebody may have to answer for; a school sees what concerns its own.", models.ActReadAudit, models.KindInvalid), s.listAudit)
	register(s, read("list-audit-days", "/audit/days", "The digests of finished days, to be printed.", models.ActOperate),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[auditDay]], error) {
			days, err := s.Rights.Digests(ctx, actor, 62)
			return answer(listed(converted(days, func(d rights.Day) auditDay {
				acts := map[string]int{}
				for a, n := range d.Acts {
					acts[string(a)] = n
				}
				return auditDay{d.Day, d.Entries, d.Batch, d.Digest, d.SealedAt, acts}
			}), ""), err)
		})
	type checkInput struct {
		Day    string `query:"day" maxLength:"10" doc:"Of a printed digest."`
		Digest string `query:"digest" maxLength:"64"`
	}
	register(s, read("check-audit", "/audit/check", "Every hash of the record again, and a printed digest against it.", models.ActOperate, models.KindInvalid),
		func(ctx context.Context, actor models.Actor, in *checkInput) (*body[auditCheck], error) {
			r, err := s.Rights.CheckRecord(ctx, actor, in.Day, in.Digest)
			return answer(auditCheck{r.Differences, r.Entries, r.Batches, r.Days, r.Breaks}, err)
		})
}

func (s *server) listAudit(ctx context.Context, actor models.Actor, in *auditInput) (*body[list[auditEntry]], error) {
	f := rights.RecordFilter{From: in.From, To: in.To, Limit: in.Limit}
	for _, a := range in.Act {
		f.Acts = append(f.Acts, audit.Act(a))
	}
	for at, id := range map[string]*models.ID{in.Account: &f.Account, in.Subject: &f.Subject, in.After: &f.Before} {
		if at == "" {
			continue
		}
		var err error
		if *id, err = models.ParseID(at); err != nil {
			return nil, models.NotFound()
		}
	}
	rows, next, err := s.Rights.Record(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	cursor := ""
	if !next.IsZero() {
		cursor = next.String()
	}
	return answer(listed(converted(rows, auditEntryOf), cursor), nil)
}

func auditEntryOf(e rights.Entry) auditEntry {
	v := auditEntry{ID: e.ID.String(), At: e.At, Act: string(e.Act), Actor: e.ActorName, Role: e.Role, Kind: e.Kind, Subject: e.Subject,
		School: e.School, Reason: e.Reason, Note: e.Note, Detail: e.Detail, Joined: e.Batch > 0}
	if !e.AccountID.IsZero() {
		v.Account = e.AccountID.String()
	}
	if !e.SubjectID.IsZero() {
		v.Target = e.SubjectID.String()
	}
	return v
}
