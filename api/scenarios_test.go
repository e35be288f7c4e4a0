package api

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	scenarios "nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/learning"
)

// trialScenario publishes the checker's trial course, whose scenario has two
// variants, in place of self_protection-thcs.
func trialScenario(t *testing.T, w *world) *scenarios.Scenario {
	t.Helper()
	catalog, problems := curriculum.Load(os.DirFS("../curriculum/testdata/valid"))
	require.Empty(t, problems)
	_, err := w.Learning.Publish(t.Context(), models.System(), catalog)
	require.NoError(t, err)
	return &catalog.Courses[0].Scenarios[0]
}

// runBody is a run of a variant's own solution; offset makes its times its own.
func runBody(t *testing.T, s *scenarios.Scenario, id, mode string, offset int) string {
	t.Helper()
	parsed, err := models.ParseID(id)
	require.NoError(t, err)
	for _, ex := range s.Solutions {
		if ex.Variant != s.PickVariant(parsed) {
			continue
		}
		log := scenarios.ParseLog(ex.Log)
		for i := range log {
			log[i].At += offset
		}
		text, err := json.Marshal(map[string]any{"id": id, "course_key": "self_protection-thcs", "scenario_key": s.Key, "scenario_hash": s.Hash, "mode": mode, "log": log})
		require.NoError(t, err)
		return string(text)
	}
	t.Fatal("no solution for the variant")
	return ""
}

func TestScenarioRuns(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := trialScenario(t, w)
		var heads list[learning.ScenarioHead]
		w.ok(t, "hocsinh", "GET", "/courses/self_protection-thcs/scenarios", "", &heads)
		require.Len(t, heads.Items, 1)
		require.Nil(t, heads.Items[0].Best)
		url := "/courses/self_protection-thcs/scenarios/" + s.Key
		res := w.as(t, "hocsinh", "GET", url, "")
		require.Equal(t, 200, res.Code)
		require.NotContains(t, res.Body.String(), `"solutions"`)
		require.Equal(t, 304, w.raw("GET", url, "", w.token(t, "hocsinh"), "If-None-Match", res.Header().Get("ETag")).Code)

		id := w.newID()
		good := runBody(t, s, id, "alone", 1)
		var run learning.Run
		w.ok(t, "hocsinh", "POST", "/scenario-runs", good, &run)
		require.True(t, run.Counts && run.Result.Passed, "%+v", run)
		other := w.newID()
		w.run(t, []scenario{
			{name: "again", as: "hocsinh", method: "POST", url: "/scenario-runs", body: good, status: 200, contains: `"counts":true`},
			{name: "not signed in", method: "POST", url: "/scenario-runs", body: good, status: 401},
			{name: "a teacher", as: "giaovien", method: "POST", url: "/scenario-runs", body: good, status: 403},
			{name: "the same log as another run", as: w.pupilUser(t, 2), method: "POST", url: "/scenario-runs", status: 409, contains: "log_reused",
				body: sameVariant(t, w, s, 1)},
			{name: "a score sent along", as: "hocsinh", method: "POST", url: "/scenario-runs", body: `{"score":100,` + runBody(t, s, other, "alone", 9)[1:], status: 422, contains: `"body.score"`},
			{name: "a result sent along", as: "hocsinh", method: "POST", url: "/scenario-runs", body: `{"result":{"passed":true},` + runBody(t, s, other, "alone", 9)[1:], status: 422, contains: `"body.result"`},
			{name: "a tampered log", as: "hocsinh", method: "POST", url: "/scenario-runs", status: 422, contains: `"body.log[0]"`,
				body: fmt.Sprintf(`{"id":%q,"course_key":"self_protection-thcs","scenario_key":%q,"scenario_hash":%q,"mode":"alone","log":[{"do":"win","at":0}]}`, other, s.Key, s.Hash)},
			{name: "no such mode", as: "hocsinh", method: "POST", url: "/scenario-runs", body: runBody(t, s, other, "easy", 9), status: 422, contains: `"body.mode"`},
			{name: "no such scenario", as: "hocsinh", method: "GET", url: url + "x", status: 404},
			{name: "own runs", as: "hocsinh", method: "GET", url: "/me/scenario-runs", status: 200, contains: id},
			{name: "watch it again", as: "hocsinh", method: "GET", url: "/scenario-runs/" + id, status: 200, contains: `"intact":true`, lacks: `"solutions"`},
			{name: "another pupil's run", as: w.pupilUser(t, 2), method: "GET", url: "/scenario-runs/" + id, status: 404},
			{name: "officers have no runs", as: "canbo", method: "GET", url: "/me/scenario-runs", status: 403},
		})
	})
}

// sameVariant is the request of somebody else with a log that was sent before:
// an id of the same variant, so that nothing but the log gives it away.
func sameVariant(t *testing.T, w *world, s *scenarios.Scenario, offset int) string {
	t.Helper()
	var used string
	require.NoError(t, w.DB.Read(t.Context()).Raw("SELECT variant FROM scenario_runs WHERE scenario_key = ? LIMIT 1", s.Key).Scan(&used).Error)
	for {
		id := w.newID()
		parsed, err := models.ParseID(id)
		require.NoError(t, err)
		if s.PickVariant(parsed) == used {
			return runBody(t, s, id, "alone", offset)
		}
	}
}

func TestTeacherWatchesRuns(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := trialScenario(t, w)
		id, user := w.newID(), w.pupilUser(t, 2)
		w.ok(t, user, "POST", "/scenario-runs", runBody(t, s, id, "guided", 5), nil)
		url := "/classes/" + w.class + "/scenario-runs"
		w.run(t, []scenario{
			{name: "the class's runs", as: "giaovien", method: "GET", url: url, status: 200, contains: id},
			{name: "one of them", as: "giaovien", method: "GET", url: url + "/" + id, status: 200, contains: `"steps"`},
			{name: "a run that is not there", as: "giaovien", method: "GET", url: url + "/" + w.newID(), status: 404},
			{name: "nonsense for an id", as: "giaovien", method: "GET", url: url + "/zz", status: 404},
			{name: "a pupil", as: "hocsinh", method: "GET", url: url, status: 403},
			{name: "another class", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/scenario-runs", status: 404},
			{name: "the officer sees no class", as: "canbo", method: "GET", url: url, status: 403},
		})
	})
}
