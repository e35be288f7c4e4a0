package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/rights"
)

// nameLookup is a time-boxed look at names.
type nameLookup struct {
	ID      string    `json:"id"`
	Reason  string    `json:"reason" enum:"complaint,certificate_check,duplicate,welfare,inspection,other"`
	Note    string    `json:"note"`
	BegunAt time.Time `json:"begun_at"`
	EndsAt  time.Time `json:"ends_at"`
	Left    int       `json:"left" doc:"Seconds that are left, by the server's clock."`
}

type currentLookup struct {
	Lookup *nameLookup `json:"lookup"`
}

// lookedUp is a pupil as a look shows them.
type lookedUp struct {
	PersonID    string `json:"person_id"`
	FullName    string `json:"full_name"`
	ClassName   string `json:"class_name"`
	SchoolName  string `json:"school_name"`
	Certificate string `json:"certificate_code"`
}

type lookedUpList struct {
	Items []lookedUp `json:"items"`
	More  bool       `json:"more" doc:"There are others: ask more narrowly."`
}

type newLookupInput struct {
	Body struct {
		ID     string `json:"id" maxLength:"36" doc:"Made by the client: a repeat is one look."`
		Reason string `json:"reason" maxLength:"16"`
		Note   string `json:"note" maxLength:"1600" doc:"10 to 400 characters; the owning schools read it."`
	}
}

type lookInput struct {
	ByID
	Q    string `query:"q" maxLength:"100" doc:"The beginning of a name, at least four letters."`
	Code string `query:"code" maxLength:"40" doc:"Of a completion confirmation or a household."`
}

func (s *server) lookupOperations() {
	look := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "rights", action: models.ActLookUpNames, refuses: refuses}
	}
	register(s, look("get-current-lookup", http.MethodGet, "/name-lookups/current", "The look at names that is open now, or none."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[currentLookup], error) {
			l, err := s.Rights.CurrentLookup(ctx, actor)
			if err != nil || l == nil {
				return answer(currentLookup{}, err)
			}
			v := s.lookupOf(*l)
			return answer(currentLookup{&v}, nil)
		})
	register(s, look("begin-lookup", http.MethodPost, "/name-lookups", "State a reason and look names up for three hours. The owning schools see who looked, and why.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *newLookupInput) (*body[nameLookup], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			l, err := s.Rights.BeginLookup(ctx, actor, id, in.Body.Reason, in.Body.Note)
			return answer(s.lookupOf(l), err)
		})
	register(s, look("look-names-up", http.MethodGet, "/name-lookups/{id}/pupils", "At most twenty names; each is put on record.", models.KindInvalid, models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *lookInput) (*body[lookedUpList], error) {
			return withID(&in.ByID, func(id models.ID) (lookedUpList, error) {
				rows, more, err := s.Rights.Look(ctx, actor, id, rights.Query{Name: in.Q, Code: in.Code})
				return lookedUpList{converted(rows, func(p rights.Looked) lookedUp {
					return lookedUp{p.PersonID.String(), p.FullName, p.ClassName, p.SchoolName, p.Certificate}
				}), more}, err
			})
		})
	register(s, look("end-lookup", http.MethodDelete, "/name-lookups/{id}", "End the look before its time."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return nil, s.Rights.EndLookup(ctx, actor, id)
		})
}

func (s *server) lookupOf(l rights.Lookup) nameLookup {
	return nameLookup{l.ID.String(), l.Reason, l.Note, l.BegunAt, l.EndsAt, max(0, int(l.EndsAt.Sub(s.Clock.Now()).Seconds()))}
}
