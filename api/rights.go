package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/rights"
)

// dataRequest is a request at the desk.
type dataRequest struct {
	ID         string            `json:"id"`
	Kind       string            `json:"kind" enum:"access,correction,deletion,restriction"`
	PersonID   string            `json:"person_id"`
	PersonName string            `json:"person_name" doc:"Empty: may not be named to whoever reads."`
	ClassName  string            `json:"class_name"`
	SchoolName string            `json:"school_name"`
	Desk       string            `json:"desk" enum:"school,commune" doc:"Who answers."`
	AskedBy    string            `json:"asked_by" enum:"self,guardian"`
	Relation   string            `json:"relation" enum:"mother,father,grandparent,guardian,"`
	Channel    string            `json:"channel" enum:"paper,in_person,phone,account"`
	Wishes     map[string]string `json:"wishes" doc:"Of a correction: field to new value."`
	Note       string            `json:"note"`
	State      string            `json:"state" enum:"filed,taken,done,refused,lifted"`
	FiledName  string            `json:"filed_name"`
	FiledAt    time.Time         `json:"filed_at"`
	DueAt      time.Time         `json:"due_at" doc:"End of the last working day of the law's term."`
	Overdue    bool              `json:"overdue"`
	OwnerName  string            `json:"owner_name"`
	Own        bool              `json:"own" doc:"Whoever reads took it."`
	TakenAt    *time.Time        `json:"taken_at"`
	Reason     string            `json:"reason" enum:"identity_unclear,not_this_person,law_keeps,taken_back,other,"`
	Answer     string            `json:"answer"`
	ClosedName string            `json:"closed_name"`
	ClosedAt   *time.Time        `json:"closed_at"`
	Outcome    map[string]any    `json:"outcome"`
	Mine       bool              `json:"mine" doc:"Whoever reads may carry it out."`
}

// dataTerm is how long the law gives.
type dataTerm struct {
	Kind        string `json:"kind" enum:"access,correction,deletion,restriction"`
	WorkingDays int    `json:"working_days"`
	Source      string `json:"source"`
	Sure        bool   `json:"sure"`
}

type dataRequests struct {
	Items []dataRequest `json:"items"`
	Terms []dataTerm    `json:"terms"`
}

// foundPerson is somebody for whom a request can be filed.
type foundPerson struct {
	PersonID   string `json:"person_id"`
	FullName   string `json:"full_name" doc:"Empty: may not be named."`
	BirthDate  string `json:"birth_date"`
	ClassName  string `json:"class_name"`
	SchoolName string `json:"school_name"`
	Relation   string `json:"relation"`
}

type newDataRequestInput struct {
	Body struct {
		ID       string            `json:"id" maxLength:"36" doc:"Made by the client: a repeat is one request."`
		Kind     string            `json:"kind" enum:"access,correction,deletion,restriction"`
		PersonID string            `json:"person_id" maxLength:"36"`
		AskedBy  string            `json:"asked_by" enum:"self,guardian"`
		Relation string            `json:"relation,omitempty" maxLength:"16"`
		Channel  string            `json:"channel" enum:"paper,in_person,phone"`
		Wishes   map[string]string `json:"wishes,omitempty"`
		Note     string            `json:"note,omitempty" maxLength:"3200"`
	}
}

type refuseInput struct {
	ByID
	Body struct {
		Reason string `json:"reason" maxLength:"24"`
		Answer string `json:"answer" maxLength:"3200"`
	}
}

type completeInput struct {
	ByID
	Body struct {
		Answer  string `json:"answer,omitempty" maxLength:"3200"`
		Confirm string `json:"confirm,omitempty" maxLength:"10" doc:"\"XÓA\", typed by a person, before anything is erased."`
	}
}

func (s *server) rightsOperations() {
	desk := func(id, method, path, summary string, action models.Action, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "rights", action: action, refuses: refuses}
	}
	type findInput struct {
		Q         string `query:"q" maxLength:"100" doc:"Part of a name, at school."`
		Household string `query:"household" maxLength:"40" doc:"Code of a household, in the commune."`
	}
	register(s, desk("list-data-requests", http.MethodGet, "/data-requests", "Requests about personal data that one filed or answers for, by their deadline.", models.ActFileRequest),
		s.listDataRequests)
	register(s, desk("list-desk-requests", http.MethodGet, "/data-requests/desk", "The same for whoever answers and files none.", models.ActHandleRequests),
		s.listDataRequests)
	register(s, desk("find-data-persons", http.MethodGet, "/data-requests/persons", "For whom a request can be filed.", models.ActFileRequest, models.KindInvalid),
		func(ctx context.Context, actor models.Actor, in *findInput) (*body[list[foundPerson]], error) {
			rows, err := s.Rights.Find(ctx, actor, in.Q, in.Household)
			return answer(listed(converted(rows, func(f rights.Found) foundPerson {
				return foundPerson{f.PersonID.String(), f.FullName, f.BirthDate, f.ClassName, f.SchoolName, f.Relation}
			}), ""), err)
		})
	register(s, desk("file-data-request", http.MethodPost, "/data-requests", "Write down what a pupil or guardian asks for; the clock starts.", models.ActFileRequest, models.KindNotFound, models.KindConflict),
		s.fileDataRequest)
	s.deskOperations(desk)
}

type deskOp func(id, method, path, summary string, action models.Action, refuses ...models.Kind) op

func (s *server) deskOperations(desk deskOp) {
	const of = "/data-requests/{id}"
	act := models.ActHandleRequests
	register(s, desk("take-data-request", http.MethodPost, of+"/owner", "Become the one who answers.", act, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[dataRequest], error) {
			return withID(in, func(id models.ID) (dataRequest, error) { return s.viewed(actor)(s.Rights.Take(ctx, actor, id)) })
		})
	register(s, desk("refuse-data-request", http.MethodPost, of+"/refusal", "Answer with no, and why.", act, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *refuseInput) (*body[dataRequest], error) {
			return withID(&in.ByID, func(id models.ID) (dataRequest, error) {
				return s.viewed(actor)(s.Rights.Refuse(ctx, actor, id, in.Body.Reason, in.Body.Answer))
			})
		})
	register(s, desk("complete-data-request", http.MethodPost, of+"/completion", "Carry it out and close it: correct, restrict, erase, or close after the copy was handed over.", act, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *completeInput) (*body[dataRequest], error) {
			return withID(&in.ByID, func(id models.ID) (dataRequest, error) {
				return s.viewed(actor)(s.Rights.Complete(ctx, actor, id, in.Body.Answer, in.Body.Confirm))
			})
		})
	register(s, desk("lift-restriction", http.MethodPost, of+"/lift", "End a restriction.", act, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[dataRequest], error) {
			return withID(in, func(id models.ID) (dataRequest, error) { return s.viewed(actor)(s.Rights.Lift(ctx, actor, id)) })
		})
	registerFile(s, desk("copy-personal-data", http.MethodPost, of+"/copies", "Everything kept about the person, as a ZIP with a page to read and the same for programs.", act, models.KindConflict),
		"application/zip", func(ctx context.Context, actor models.Actor, in *ByID) (*file, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			raw, err := s.Rights.Copy(ctx, actor, id)
			return &file{"du-lieu-ca-nhan.zip", "application/zip", raw}, err
		})
}

type dataListInput struct {
	State string `query:"state" enum:"open,closed,all" default:"open"`
	Kind  string `query:"kind" enum:"access,correction,deletion,restriction," default:""`
}

func (s *server) listDataRequests(ctx context.Context, actor models.Actor, in *dataListInput) (*body[dataRequests], error) {
	rows, err := s.Rights.Requests(ctx, actor, rights.RequestFilter{State: in.State, Kind: in.Kind})
	out := dataRequests{Items: []dataRequest{}}
	for _, r := range rows {
		out.Items = append(out.Items, s.dataRequestOf(actor, r))
	}
	out.Terms = dataTerms()
	return answer(out, err)
}

// dataTerms are the law's terms, kind by kind.
func dataTerms() []dataTerm {
	return converted([]string{rights.Access, rights.Correction, rights.Deletion, rights.Restriction}, func(kind string) dataTerm {
		t := rights.TermOf(kind)
		return dataTerm{kind, t.WorkingDays, t.Source, t.Sure}
	})
}

func (s *server) fileDataRequest(ctx context.Context, actor models.Actor, in *newDataRequestInput) (*body[dataRequest], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	person, err := models.ParseID(in.Body.PersonID)
	if err != nil {
		return nil, models.NotFound()
	}
	return answer(s.viewed(actor)(s.Rights.File(ctx, actor, rights.NewRequest{ID: id, Kind: in.Body.Kind, PersonID: person, AskedBy: in.Body.AskedBy,
		Relation: in.Body.Relation, Channel: in.Body.Channel, Wishes: in.Body.Wishes, Note: in.Body.Note})))
}

// viewed turns a room's answer into the view of whoever asked.
func (s *server) viewed(actor models.Actor) func(rights.Request, error) (dataRequest, error) {
	return func(r rights.Request, err error) (dataRequest, error) {
		if err != nil {
			return dataRequest{}, err
		}
		return s.dataRequestOf(actor, r), nil
	}
}

func (s *server) dataRequestOf(actor models.Actor, r rights.Request) dataRequest {
	v := dataRequest{ID: r.ID.String(), Kind: r.Kind, PersonID: r.PersonID.String(), PersonName: r.PersonName, ClassName: r.ClassName,
		SchoolName: r.SchoolName, Desk: "school", AskedBy: r.AskedBy, Relation: r.Relation, Channel: r.Channel, Wishes: r.WishedFor(), Note: r.Note,
		State: r.State, FiledName: r.FiledName, FiledAt: r.FiledAt, DueAt: r.DueAt, Overdue: r.Open() && s.Clock.Now().After(r.DueAt),
		OwnerName: r.OwnerName, Own: r.OwnerID == actor.Account && !actor.Account.IsZero(), TakenAt: r.TakenAt, Reason: r.Reason, Answer: r.Answer,
		ClosedName: r.ClosedName, ClosedAt: r.ClosedAt, Outcome: map[string]any{}, Mine: r.Mine}
	if r.SchoolID.IsZero() {
		v.Desk = "commune"
	}
	// It was written by the room; a text that is none leaves it empty.
	_ = json.Unmarshal([]byte(r.Outcome), &v.Outcome)
	if r.PersonName == "" { // what was typed may name whoever is not to be named
		v.Wishes, v.Note, v.Answer = map[string]string{}, "", ""
	}
	return v
}
