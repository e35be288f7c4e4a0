package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// TestEveryOperationAsksTheTable sends every operation of the document as every
// role, and as nobody, and compares with the access table: 401 and 403 exactly
// where it says so. Addresses name nothing, so that nothing is changed.
func TestEveryOperationAsksTheTable(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		raw, err := OpenAPI("dev")
		require.NoError(t, err)
		var doc struct {
			Paths map[string]map[string]struct {
				Action models.Action `json:"x-action"`
			} `json:"paths"`
		}
		require.NoError(t, json.Unmarshal(raw, &doc))
		nothing := strings.NewReplacer("{id}", "018f0000-0000-7000-8000-000000000000", "{code}", "ZZZZ", "{course}", "no", "{lesson}", "no",
			"{question}", "no", "{seq}", "1", "{src}", "no.svg")
		// A school admin manages accounts, but does not open an officer's.
		narrower := map[string]models.Role{"POST /accounts/{id}/second-factor-reset": models.RoleAdmin}
		allowed, denied := 0, 0
		for path, operations := range doc.Paths {
			for method, o := range operations {
				if o.Action == models.ActPublic || strings.HasPrefix(path, "/sessions") {
					continue
				}
				at := strings.ToUpper(method) + " " + path
				body := ""
				if method != "get" {
					body = `{"nothing":true}` // signing out of a test's session by a good request would spoil it
				}
				url := nothing.Replace(path)
				require.Equal(t, 401, w.as(t, "", strings.ToUpper(method), url, body).Code, "%s as nobody", at)
				require.Equal(t, 401, w.raw(strings.ToUpper(method), url, body, "noise").Code, "%s with noise", at)
				for role, user := range w.users {
					_, err := models.Allow(models.Actor{Person: models.ID{1}, Grants: []models.Grant{{Role: role, Scope: models.ScopeArea, At: models.ID{1}}}}, o.Action)
					res := w.as(t, user, strings.ToUpper(method), url, body)
					if only, ok := narrower[at]; err != nil || ok && role != only {
						denied++
						require.Equal(t, http.StatusForbidden, res.Code, "%s as %s: %s", at, role, res.Body.String())
						continue
					}
					allowed++
					require.NotContains(t, []int{401, 403, 500}, res.Code, "%s as %s: %s", at, role, res.Body.String())
				}
			}
		}
		require.Greater(t, allowed, 100)
		require.Greater(t, denied, 100)
	})
}

// TestForeignRows asks for what exists but is not the asker's: the answer is
// that of what does not exist.
func TestForeignRows(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		attempt := j.start(t, "self_protection-thcs")
		other := w.pupilUser(t, 1)
		household := w.anyHousehold(t, "so")
		w.run(t, []scenario{
			{name: "own attempt", as: "hocsinh", method: "GET", url: "/attempts/" + attempt.ID.String(), status: 200},
			{name: "foreign attempt", as: other, method: "GET", url: "/attempts/" + attempt.ID.String(), status: 404, contains: `"not_found"`},
			{name: "answer to a foreign attempt", as: other, method: "PUT", url: "/attempts/" + attempt.ID.String() + "/answers/1", body: `{"slot":1,"response":{"choice":"1"}}`, status: 404},
			{name: "submit a foreign attempt", as: other, method: "POST", url: "/attempts/" + attempt.ID.String() + "/submission", body: `{}`, status: 404},
			{name: "malformed id", as: "hocsinh", method: "GET", url: "/attempts/1", status: 404},
			{name: "class of nobody", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/board", status: 404},
			{name: "household elsewhere, officer", as: "canbo", method: "GET", url: "/households/" + household, status: 404},
			{name: "household elsewhere, team", as: "to", method: "GET", url: "/households/" + household + "/explanation", status: 404},
			{name: "household, department", as: "so", method: "GET", url: "/households/" + household, status: 200},
			{name: "figures of the province, commune officer", as: "canbo", method: "GET", url: "/areas/22/coverage", status: 404},
			{name: "figures of the own commune", as: "canbo", method: "GET", url: "/areas/06685/coverage", status: 200},
			{name: "certificate", as: other, method: "GET", url: "/certificates", status: 403},
		})
	})
}
