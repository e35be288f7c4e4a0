package api

import (
	"context"
	"net/http"

	scenarios "nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/outreach"
)

type missionInput struct {
	Body struct {
		ID          string `json:"id" maxLength:"36" doc:"Made by the device: a repeat answers the same mission."`
		CourseKey   string `json:"course_key" minLength:"1" maxLength:"64"`
		ScenarioKey string `json:"scenario_key" minLength:"1" maxLength:"64"`
	}
}

type familyCode struct {
	Code string `path:"code" maxLength:"40" doc:"As shown; spaces, dashes and small letters are fine."`
}

type confirmationInput struct {
	Code string `path:"code" maxLength:"40"`
	Body struct {
		ID      string            `json:"id" maxLength:"36" doc:"Made by the device: a repeat answers as the first did."`
		Kinship string            `json:"kinship" maxLength:"24"`
		Pin     string            `json:"pin" maxLength:"10" doc:"Four digits of the relative's own choice, asked for if the teacher calls."`
		Device  string            `json:"device" enum:"own,shared" doc:"On whose phone it was."`
		Agreed  bool              `json:"agreed" doc:"The relative agrees to what is kept: kinship, day, a digest of the digits."`
		Log     []scenarios.Entry `json:"log" minItems:"1" maxItems:"400" nullable:"false"`
	}
}

type checkInput struct {
	ID      string `path:"id" maxLength:"36"`
	Mission string `path:"mission" maxLength:"36"`
	Body    struct {
		Pin string `json:"pin,omitempty" maxLength:"10" doc:"What the relative said; empty: nobody answered."`
	}
}

func (s *server) missionOperations() {
	register(s, learn("begin-family-mission", http.MethodPost, "/family-missions",
		"Begin to teach a relative a scenario; answers the code for the relative.", models.KindNotFound, models.KindConflict), s.beginMission)
	register(s, learn("list-my-family-missions", http.MethodGet, "/me/family-missions", "The pupil's family missions, newest first."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[outreach.Mission]], error) {
			rows, err := s.Outreach.Mine(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	public := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "public", action: models.ActPublic, pace: s.paces.verify, refuses: refuses}
	}
	register(s, public("get-family-invitation", http.MethodGet, "/family/{code}",
		"What a relative's code is for: the scenario, nothing about the pupil. Wrong, over and used codes get the same reply."),
		func(ctx context.Context, _ models.Actor, in *familyCode) (*body[outreach.Invitation], error) {
			return answer(s.Outreach.Invite(ctx, in.Code))
		})
	register(s, public("confirm-family-mission", http.MethodPost, "/family/{code}/confirmation",
		"The relative confirms the three steps with four digits of their own. No account, no name."),
		func(ctx context.Context, _ models.Actor, in *confirmationInput) (*body[outreach.Thanks], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			return answer(s.Outreach.Confirm(ctx, in.Code, outreach.Confirmation{ID: id, Kinship: in.Body.Kinship, Pin: in.Body.Pin,
				Device: in.Body.Device, Agreed: in.Body.Agreed, Log: in.Body.Log}))
		})
	s.sampleOperations()
}

// beginMission takes the version of the scenario that is published now.
func (s *server) beginMission(ctx context.Context, actor models.Actor, in *missionInput) (*body[outreach.Mission], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	scenario, err := s.Learning.ScenarioJSON(ctx, in.Body.CourseKey, in.Body.ScenarioKey)
	if err != nil {
		return nil, err
	}
	course, err := s.Learning.Course(ctx, actor, in.Body.CourseKey)
	if err != nil {
		return nil, err
	}
	return answer(s.Outreach.Begin(ctx, actor, outreach.NewMission{ID: id, CourseKey: in.Body.CourseKey, Skill: course.Skill,
		ScenarioKey: in.Body.ScenarioKey, ScenarioHash: scenario.Hash}))
}

func (s *server) sampleOperations() {
	register(s, op{id: "get-class-mission-sample", method: http.MethodGet, path: "/classes/{id}/family-missions", tag: "classes", action: models.ActReadClass,
		summary: "A class's confirmed family missions: counts, and one in twenty to call back about."},
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[outreach.Sample], error) {
			return withID(in, func(id models.ID) (outreach.Sample, error) { return s.Outreach.ClassSample(ctx, actor, id) })
		})
	register(s, op{id: "check-family-mission", method: http.MethodPost, path: "/classes/{id}/family-missions/{mission}/check", tag: "classes",
		action: models.ActTeach, summary: "Record a call-back: the digits that the relative said, or that nobody answered.",
		refuses: []models.Kind{models.KindConflict, models.KindClosed}},
		func(ctx context.Context, actor models.Actor, in *checkInput) (*body[outreach.Sampled], error) {
			class, err := models.ParseID(in.ID)
			if err != nil {
				return nil, models.NotFound()
			}
			mission, err := models.ParseID(in.Mission)
			if err != nil {
				return nil, models.NotFound()
			}
			return answer(s.Outreach.Check(ctx, actor, class, mission, in.Body.Pin))
		})
}
