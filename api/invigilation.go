package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/learning"
)

type invigilatedInput struct {
	ByID
	Body struct {
		On bool `json:"on"`
	}
}

type presenceInput struct {
	ByID
	Body struct {
		PersonIDs []string `json:"person_ids,omitempty" maxItems:"200" doc:"Empty: all who are in."`
	}
}

type pauseInput struct {
	ByID
	Body struct {
		PersonID *string `json:"person_id,omitempty" nullable:"true" maxLength:"36" doc:"null: all."`
		Paused   bool    `json:"paused"`
	}
}

type changed struct {
	Changed int `json:"changed" doc:"How many pupils this changed; a repeat changes none."`
}

type endForInput struct {
	ByPupil
	Body struct {
		Name   string `json:"name" maxLength:"200" doc:"The pupil's name, typed to confirm."`
		Reason string `json:"reason" enum:"left_room,not_own_work,technical,other"`
	}
}

type alertInput struct {
	ByID
	Body struct {
		ID     string `json:"id" maxLength:"36" doc:"Made by the device: a repeat answers as the first did."`
		Slot   int    `json:"slot" minimum:"1"`
		Reason string `json:"reason" enum:"wrong_key,unclear,broken,outdated"`
		Note   string `json:"note,omitempty" maxLength:"200"`
	}
}

type decideAlertInput struct {
	ByID
	Body struct {
		Accept  bool   `json:"accept" doc:"The question does not count for this pupil."`
		Replace bool   `json:"replace,omitempty" doc:"Another question of the same objective takes its place."`
		Reason  string `json:"reason" enum:"wrong_key,unclear,not_shown,question_fine,explained,device_mended,other"`
	}
}

type incidentInput struct {
	ByPupil
	Body struct {
		Category string `json:"category" enum:",name_fix,end_not_seen,out_of_time,simulator_hidden,file_not_open,site_blocked,link_dead,other" doc:"Empty takes it back."`
	}
}

type accommodationInput struct {
	ByID
	Body struct {
		ExtraPercent int  `json:"extra_percent" minimum:"0" maximum:"100" doc:"More time in every quiz begun from now on. No reason is asked or kept."`
		ReadAloud    bool `json:"read_aloud" doc:"The pupil is offered to have questions read out."`
	}
}

// invigilationOperations are what a teacher decides in an invigilated session,
// and the pupil's alerts.
func (s *server) invigilationOperations() {
	register(s, runSession("set-invigilated", http.MethodPut, "/lesson-sessions/{id}/invigilation",
		"Choose, before the first quiz begins, whether the teacher confirms who is there.", models.KindClosed, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *invigilatedInput) (*body[learning.Session], error) {
			return withID(&in.ByID, func(id models.ID) (learning.Session, error) {
				return s.Learning.SetInvigilated(ctx, actor, id, in.Body.On)
			})
		})
	register(s, runSession("confirm-presence", http.MethodPost, "/lesson-sessions/{id}/presence",
		"Confirm that pupils who have joined are in the room.", models.KindClosed), s.confirmPresence)
	register(s, runSession("pause-quizzes", http.MethodPost, "/lesson-sessions/{id}/pause",
		"Stop the open quizzes of one pupil or of all, or let them go on; the end moves by the time they stood.", models.KindClosed, models.KindConflict), s.pauseQuizzes)
	register(s, runSession("end-for-pupil", http.MethodPost, "/lesson-sessions/{id}/pupils/{person}/ending",
		"End the open quiz of one pupil with what was saved.", models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *endForInput) (*none, error) {
			id, person, err := in.ids()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.EndFor(ctx, actor, id, person, in.Body.Name, in.Body.Reason))
		})
	s.accommodationOperations()
	s.alertOperations()
	s.closingOperations()
}

func (s *server) accommodationOperations() {
	register(s, teach("get-accommodation", http.MethodGet, "/students/{id}/accommodation", "What is arranged for a pupil in quizzes."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.Accommodation], error) {
			return withID(in, func(id models.ID) (learning.Accommodation, error) { return s.Learning.Accommodation(ctx, actor, id) })
		})
	register(s, teach("set-accommodation", http.MethodPut, "/students/{id}/accommodation", "Arrange more time or reading aloud for a pupil in quizzes."),
		func(ctx context.Context, actor models.Actor, in *accommodationInput) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.SetAccommodation(ctx, actor, id, learning.Accommodation{ExtraPercent: in.Body.ExtraPercent, ReadAloud: in.Body.ReadAloud}))
		})
}

func (s *server) confirmPresence(ctx context.Context, actor models.Actor, in *presenceInput) (*body[changed], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	persons := make([]models.ID, len(in.Body.PersonIDs))
	for i, p := range in.Body.PersonIDs {
		if persons[i], err = parseID("body.person_ids", p); err != nil {
			return nil, err
		}
	}
	n, err := s.Learning.ConfirmPresence(ctx, actor, id, persons)
	return answer(changed{n}, err)
}

func (s *server) pauseQuizzes(ctx context.Context, actor models.Actor, in *pauseInput) (*body[changed], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	person, err := parseOptionalID("body.person_id", in.Body.PersonID)
	if err != nil {
		return nil, err
	}
	n, err := s.Learning.Pause(ctx, actor, id, person, in.Body.Paused)
	return answer(changed{n}, err)
}

func (s *server) alertOperations() {
	register(s, learn("raise-alert", http.MethodPost, "/attempts/{id}/alerts",
		"Report a question of the open quiz as broken: it stops for this pupil until the teacher decides, five minutes at most.",
		models.KindClosed, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *alertInput) (*body[learning.Alert], error) {
			alert, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			return withID(&in.ByID, func(id models.ID) (learning.Alert, error) {
				return s.Learning.RaiseAlert(ctx, actor, id, learning.NewAlert{ID: alert, Slot: in.Body.Slot, Reason: in.Body.Reason, Note: in.Body.Note})
			})
		})
	register(s, learn("withdraw-alert", http.MethodDelete, "/question-alerts/{id}", "Take an alert back: the question counts again."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.WithdrawAlert(ctx, actor, id))
		})
	register(s, runSession("decide-alert", http.MethodPost, "/question-alerts/{id}/decision", "Accept or refuse a pupil's alert.", models.KindConflict, models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *decideAlertInput) (*body[learning.Alert], error) {
			return withID(&in.ByID, func(id models.ID) (learning.Alert, error) {
				return s.Learning.DecideAlert(ctx, actor, id, learning.AlertDecision{Accept: in.Body.Accept, Replace: in.Body.Replace, Reason: in.Body.Reason})
			})
		})
}

func (s *server) closingOperations() {
	register(s, op{id: "get-closing-sheet", method: http.MethodGet, path: "/lesson-sessions/{id}/closing", tag: "teaching", action: models.ActRunSession,
		summary: "After the end: who did not finish, why, and what was decided.", refuses: []models.Kind{models.KindConflict}},
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.ClosingSheet], error) {
			return withID(in, func(id models.ID) (learning.ClosingSheet, error) { return s.Learning.ClosingSheet(ctx, actor, id) })
		})
	register(s, runSession("note-incident", http.MethodPut, "/lesson-sessions/{id}/incidents/{person}",
		"Say why a pupil did not finish: one of eight categories.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *incidentInput) (*none, error) {
			id, person, err := in.ids()
			if err != nil {
				return nil, err
			}
			return done(s.Learning.NoteIncident(ctx, actor, id, person, in.Body.Category))
		})
	register(s, op{id: "list-incidents", method: http.MethodGet, path: "/incidents", tag: "coverage", action: models.ActReadIncidents,
		summary: "Why pupils did not finish invigilated lessons in the last year, counted by school; no names."},
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[learning.SchoolIncidents]], error) {
			rows, err := s.Learning.Incidents(ctx, actor)
			return answer(listed(rows, ""), err)
		})
}
