package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/learning"
)

type recipientsBody struct {
	To        string   `json:"to" enum:"class,group,pupils"`
	GroupID   *string  `json:"group_id,omitempty" nullable:"true" maxLength:"36" doc:"For group."`
	PersonIDs []string `json:"person_ids,omitempty" maxItems:"200" doc:"For pupils: who go to the class."`
}

// TermsBody is what can be changed of an assignment later; exported because huma
// passes over embedded types that are not.
type TermsBody struct {
	OpensAt    time.Time       `json:"opens_at"`
	DueAt      time.Time       `json:"due_at"`
	Attempts   *int            `json:"attempts,omitempty" nullable:"true" minimum:"1" maximum:"20" doc:"Most quizzes begun at home while it runs; null: no limit. Lesson sessions are not counted."`
	Release    string          `json:"release,omitempty" enum:"at_once,after_close,after_due,by_hand" doc:"When right answers are shown; default after_close."`
	Recipients *recipientsBody `json:"recipients,omitempty" doc:"Default: the whole class, whoever is in it at the time."`
}

type newAssignmentInput struct {
	Body struct {
		ID        string   `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
		ClassID   string   `json:"class_id" maxLength:"36"`
		Kind      string   `json:"kind,omitempty" enum:"course,lessons,quiz,scenario,bank" doc:"Default course. bank: the practice of a question set."`
		CourseKey string   `json:"course_key" minLength:"1" maxLength:"64" doc:"Of a course, or for bank of a question set."`
		Parts     []string `json:"parts,omitempty" maxItems:"60" doc:"Keys of lessons, or of one scenario."`
		TermsBody
	}
}

type editAssignmentInput struct {
	ByID
	Body struct {
		Version int `json:"version" minimum:"0" doc:"The version that was looked at."`
		TermsBody
	}
}

type copyBody struct {
	ID      string `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did."`
	ClassID string `json:"class_id" maxLength:"36"`
}

type copiesInput struct {
	ByID
	Body struct {
		Copies []copyBody `json:"copies" minItems:"1" maxItems:"60"`
	}
}

type groupInput struct {
	ByID
	Body struct {
		ClassID   string   `json:"class_id" maxLength:"36"`
		Name      string   `json:"name" minLength:"1" maxLength:"240" doc:"At most 60 characters."`
		PersonIDs []string `json:"person_ids" maxItems:"200"`
	}
}

// terms reads identifiers; the rest is the room's to check.
func (b TermsBody) terms() (learning.Terms, error) {
	t := learning.Terms{OpensAt: b.OpensAt, DueAt: b.DueAt, Attempts: b.Attempts, Release: b.Release}
	r := b.Recipients
	if r == nil {
		return t, nil
	}
	t.Recipients.To = r.To
	var err error
	if r.GroupID != nil && *r.GroupID != "" {
		id, err := parseID("body.recipients.group_id", *r.GroupID)
		if err != nil {
			return t, err
		}
		t.Recipients.GroupID = &id
	}
	t.Recipients.Persons, err = parseIDs("body.recipients.person_ids", r.PersonIDs)
	return t, err
}

func parseIDs(location string, list []string) ([]models.ID, error) {
	ids := make([]models.ID, len(list))
	for i, s := range list {
		id, err := parseID(location, s)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}

func (s *server) assignmentOperations() {
	register(s, readClass("list-assignments", "/classes/{id}/assignments", "What pupils of a class are asked to do, the next end first."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[learning.Assignment]], error) {
			return withID(in, func(id models.ID) (list[learning.Assignment], error) {
				rows, err := s.Learning.Assignments(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, readClass("list-catch-up", "/classes/{id}/catch-up", "Who has not done what was asked, by assignment and by skill."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.CatchUp], error) {
			return withID(in, func(id models.ID) (learning.CatchUp, error) { return s.Learning.CatchUp(ctx, actor, id) })
		})
	register(s, teach("assign", http.MethodPost, "/assignments", "Ask a class, a group or single pupils to do something.", models.KindNotFound, models.KindConflict),
		s.assign)
	register(s, teach("edit-assignment", http.MethodPut, "/assignments/{id}", "Change days, attempts, release or recipients; what pupils did stays.", models.KindConflict),
		s.editAssignment)
	register(s, teach("copy-assignment", http.MethodPost, "/assignments/{id}/copies", "Ask other classes the same, all or none; each has its own record.", models.KindConflict),
		s.copyAssignment)
	register(s, teach("end-assignment", http.MethodPost, "/assignments/{id}/end", "End an assignment now; what pupils did stays.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.Assignment], error) {
			return withID(in, func(id models.ID) (learning.Assignment, error) { return s.Learning.EndAssignment(ctx, actor, id) })
		})
	register(s, teach("release-assignment", http.MethodPost, "/assignments/{id}/release", "Show the right answers that an assignment holds back."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.Assignment], error) {
			return withID(in, func(id models.ID) (learning.Assignment, error) { return s.Learning.ReleaseAssignment(ctx, actor, id) })
		})
	register(s, teach("remove-assignment", http.MethodDelete, "/assignments/{id}", "Take an assignment off; what pupils did stays."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.RemoveAssignment(ctx, actor, id))
		})
	s.groupOperations()
	s.calendarOperations()
}

func (s *server) groupOperations() {
	register(s, readClass("list-groups", "/classes/{id}/groups", "The groups of pupils of a class, by name."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[learning.Group]], error) {
			return withID(in, func(id models.ID) (list[learning.Group], error) {
				rows, err := s.Learning.Groups(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, teach("put-group", http.MethodPut, "/groups/{id}", "Make a group, or give it this name and these members from now on.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *groupInput) (*body[learning.Group], error) {
			class, err := parseID("body.class_id", in.Body.ClassID)
			if err != nil {
				return nil, err
			}
			persons, err := parseIDs("body.person_ids", in.Body.PersonIDs)
			if err != nil {
				return nil, err
			}
			return withID(&in.ByID, func(id models.ID) (learning.Group, error) {
				return s.Learning.PutGroup(ctx, actor, learning.Group{ID: id, ClassID: class, Name: in.Body.Name, Persons: persons})
			})
		})
	register(s, teach("remove-group", http.MethodDelete, "/groups/{id}", "Take a group away that nothing is assigned to any more.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.RemoveGroup(ctx, actor, id))
		})
}

func (s *server) assign(ctx context.Context, actor models.Actor, in *newAssignmentInput) (*body[learning.Assignment], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	class, err := parseID("body.class_id", in.Body.ClassID)
	if err != nil {
		return nil, err
	}
	terms, err := in.Body.terms()
	if err != nil {
		return nil, err
	}
	return answer(s.Learning.Assign(ctx, actor, learning.NewAssignment{ID: id, ClassID: class, Kind: in.Body.Kind, CourseKey: in.Body.CourseKey,
		Parts: in.Body.Parts, Terms: terms}))
}

func (s *server) editAssignment(ctx context.Context, actor models.Actor, in *editAssignmentInput) (*body[learning.Assignment], error) {
	terms, err := in.Body.terms()
	if err != nil {
		return nil, err
	}
	return withID(&in.ByID, func(id models.ID) (learning.Assignment, error) {
		return s.Learning.EditAssignment(ctx, actor, id, in.Body.Version, terms)
	})
}

func (s *server) copyAssignment(ctx context.Context, actor models.Actor, in *copiesInput) (*body[list[learning.Assignment]], error) {
	copies := make([]learning.Copy, len(in.Body.Copies))
	for i, c := range in.Body.Copies {
		var err error
		if copies[i].ID, err = parseID(fmt.Sprintf("body.copies[%d].id", i), c.ID); err != nil {
			return nil, err
		}
		if copies[i].ClassID, err = parseID(fmt.Sprintf("body.copies[%d].class_id", i), c.ClassID); err != nil {
			return nil, err
		}
	}
	return withID(&in.ByID, func(id models.ID) (list[learning.Assignment], error) {
		rows, err := s.Learning.CopyAssignment(ctx, actor, id, copies)
		return listed(rows, ""), err
	})
}
