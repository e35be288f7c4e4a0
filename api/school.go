package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/school"
)

// schoolRef names a school.
type schoolRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type todoInput struct {
	ByID
	Key  string `path:"key" maxLength:"40"`
	Body struct {
		Days int `json:"days" minimum:"0" maximum:"60" doc:"0: until the next school year."`
	}
}

type classPupilsInput struct {
	ByID
	Class string `query:"class" required:"true" maxLength:"36"`
}

// checkSchool describes an operation of the check of a school's network.
func checkSchool(id, method, path, summary string, refuses ...models.Kind) op {
	return op{id: id, method: method, path: path, summary: summary, tag: "school", action: models.ActCheckSchool, refuses: refuses}
}

func (s *server) schoolHubOperations() {
	register(s, readSchool("get-school-overview", "/schools/{id}/overview", "The figures of a school."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[school.Overview], error) {
			return withID(in, func(id models.ID) (school.Overview, error) { return s.School.Overview(ctx, actor, id) })
		})
	register(s, readSchool("list-school-pupils", "/schools/{id}/pupils", "The pupils of one class of a school by given name, to choose from."),
		func(ctx context.Context, actor models.Actor, in *classPupilsInput) (*body[list[school.Pupil]], error) {
			at, class, err := twoIDs(in.ByID, "query.class", in.Class)
			if err != nil {
				return nil, err
			}
			rows, err := s.School.Pupils(ctx, actor, at, class)
			return answer(listed(rows, ""), err)
		})
	register(s, readSchool("list-school-todo", "/schools/{id}/todo", "What the caller has to do at a school in this season."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[school.Todo]], error) {
			return withID(in, func(id models.ID) (list[school.Todo], error) {
				rows, err := s.School.Todos(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	putOff := readSchool("put-off-school-todo", "/schools/{id}/todo/{key}/rest", "Put an item of the list off, for days or for this school year; for the caller alone.")
	putOff.method = http.MethodPut
	register(s, putOff, func(ctx context.Context, actor models.Actor, in *todoInput) (*none, error) {
		id, err := in.id()
		if err != nil {
			return nil, err
		}
		return done(s.School.PutOffTodo(ctx, actor, id, in.Key, in.Body.Days))
	})
	s.schoolCheckOperations()
}

type probeInput struct {
	ByID
	Slot int `path:"slot" minimum:"0" maximum:"15"`
	Body struct {
		Payload string `json:"payload" maxLength:"400"`
	}
}

type schoolCheckInput struct {
	ByID
	Body struct {
		ID       string          `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		Measured school.Measured `json:"measured"`
	}
}

func (s *server) schoolCheckOperations() {
	register(s, checkSchool("list-checkable-schools", http.MethodGet, "/school-checks/schools", "The schools whose network the caller may measure."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[schoolRef]], error) {
			rows, err := s.School.CheckableSchools(ctx, actor)
			return answer(listed(converted(rows, func(p place.School) schoolRef { return schoolRef{p.ID.String(), p.Name} }), ""), err)
		})
	probe := checkSchool("probe-school-save", http.MethodPut, "/schools/{id}/probes/{slot}", "Save a few bytes as an answer would be saved: what the check of the network times.")
	probe.pace = newLimiter(paceProbe, s.Clock)
	register(s, probe, func(ctx context.Context, actor models.Actor, in *probeInput) (*none, error) {
		id, err := in.id()
		if err != nil {
			return nil, err
		}
		return done(s.School.Probe(ctx, actor, id, in.Slot, in.Body.Payload))
	})
	register(s, checkSchool("keep-school-check", http.MethodPost, "/schools/{id}/checks", "Judge what a browser measured on a school's network, and keep it.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *schoolCheckInput) (*body[school.Check], error) {
			at, id, err := twoIDs(in.ByID, "body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			return answer(s.School.KeepCheck(ctx, actor, at, id, in.Body.Measured))
		})
	register(s, checkSchool("list-school-checks", http.MethodGet, "/schools/{id}/checks", "What was measured on a school's network, the latest first."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[school.Check]], error) {
			return withID(in, func(id models.ID) (list[school.Check], error) {
				rows, err := s.School.Checks(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
}
