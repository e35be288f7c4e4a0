package api

import (
	"context"
	"net/http"

	scenarios "nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/learning"
)

type scenarioInput struct {
	Course   string `path:"course" maxLength:"64"`
	Scenario string `path:"scenario" maxLength:"64"`
	Hash     string `query:"hash" maxLength:"64" doc:"A version published here before, to finish a run begun on it; empty: the version of today."`
}

type runInput struct {
	Body struct {
		ID           string            `json:"id" maxLength:"36" doc:"Made by the device when the run begins: it chooses the variant, and a repeat answers as the first did."`
		CourseKey    string            `json:"course_key" minLength:"1" maxLength:"64"`
		ScenarioKey  string            `json:"scenario_key" minLength:"1" maxLength:"64"`
		ScenarioHash string            `json:"scenario_hash" minLength:"64" maxLength:"64" doc:"The version that was played."`
		Mode         string            `json:"mode" enum:"guided,assisted,alone"`
		Rewound      bool              `json:"rewound,omitempty" doc:"The run went on from a decision of an earlier one: it never counts."`
		Log          []scenarios.Entry `json:"log" minItems:"1" maxItems:"400" nullable:"false" doc:"What was done, in order; the server replays it and scores."`
	}
}

type classRunPath struct {
	ByID
	Run string `path:"run" maxLength:"36"`
}

func (s *server) scenarioOperations() {
	register(s, learn("list-scenarios", http.MethodGet, "/courses/{course}/scenarios", "The practice scenarios of a course, with the pupil's own best runs."),
		func(ctx context.Context, actor models.Actor, in *coursePath) (*body[list[learning.ScenarioHead]], error) {
			rows, err := s.Learning.Scenarios(ctx, actor, in.Course)
			return answer(listed(rows, ""), err)
		})
	registerContent[scenarioInput, scenarios.Scenario](s, op{
		id: "get-scenario", method: http.MethodGet, path: "/courses/{course}/scenarios/{scenario}", tag: "courses", action: models.ActReadCourse,
		refuses: []models.Kind{models.KindConflict},
		summary: "One practice scenario, for play. Its rubric is in it, so that it can be scored without a network; the server scores again.",
	}, s.scenario)
	register(s, learn("record-scenario-run", http.MethodPost, "/scenario-runs",
		"Replay the log of a finished run, score it and keep it. The score is the server's; a log sent before is refused.",
		models.KindNotFound, models.KindConflict), s.recordRun)
	register(s, learn("list-my-scenario-runs", http.MethodGet, "/me/scenario-runs", "The pupil's latest runs, newest first."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[learning.RunHead]], error) {
			rows, err := s.Learning.MyRuns(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	register(s, learn("get-scenario-run", http.MethodGet, "/scenario-runs/{id}", "An own run, to be watched again."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[learning.RunDetail], error) {
			return withID(in, func(id models.ID) (learning.RunDetail, error) { return s.Learning.MyRun(ctx, actor, id) })
		})
	s.classRunOperations()
}

// scenario answers the version of today, or one that was played before.
func (s *server) scenario(ctx context.Context, _ models.Actor, in *scenarioInput) (*content, error) {
	doc, err := s.Learning.ScenarioJSON(ctx, in.Course, in.Scenario)
	if in.Hash != "" && doc.Hash != in.Hash {
		doc, err = s.Learning.ScenarioVersion(ctx, in.Course, in.Scenario, in.Hash)
	}
	if err != nil {
		return nil, err
	}
	key := "scenario " + doc.ETag
	if c := s.shelf.find(key); c != nil {
		return c, nil
	}
	return s.shelf.put(key, newContent("application/json", doc.ETag, revalidate, doc.JSON, true)), nil
}

func (s *server) recordRun(ctx context.Context, actor models.Actor, in *runInput) (*body[learning.Run], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	return answer(s.Learning.RecordRun(ctx, actor, learning.NewRun{ID: id, CourseKey: in.Body.CourseKey, ScenarioKey: in.Body.ScenarioKey,
		ScenarioHash: in.Body.ScenarioHash, Mode: in.Body.Mode, Rewound: in.Body.Rewound, Log: in.Body.Log}))
}

func (s *server) classRunOperations() {
	read := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "classes", action: models.ActReadClass}
	}
	register(s, read("list-class-scenario-runs", "/classes/{id}/scenario-runs", "The latest scenario runs of a class's pupils, newest first."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[learning.ClassRun]], error) {
			return withID(in, func(id models.ID) (list[learning.ClassRun], error) {
				rows, err := s.Learning.ClassRuns(ctx, actor, id)
				return listed(rows, ""), err
			})
		})
	register(s, read("get-class-scenario-run", "/classes/{id}/scenario-runs/{run}", "A pupil's run, to be watched again."),
		func(ctx context.Context, actor models.Actor, in *classRunPath) (*body[learning.RunDetail], error) {
			run, err := parseID("path.run", in.Run)
			if err != nil {
				return nil, models.NotFound()
			}
			return withID(&in.ByID, func(id models.ID) (learning.RunDetail, error) { return s.Learning.ClassRun(ctx, actor, id, run) })
		})
}
