package api

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

var update = flag.Bool("update", false, "write the golden files anew")

// bench is a server without rooms: the middleware, with operations of the test.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile("testdata/"+name, got, 0o644))
	}
	want, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "run `go test ./api -update` and look at the difference")
}

func TestOpenAPIGolden(t *testing.T) {
	got, err := OpenAPI("dev")
	require.NoError(t, err)
	golden(t, "openapi.json", got)
}

func TestEveryOperationIsGuarded(t *testing.T) {
	raw, err := OpenAPI("dev")
	require.NoError(t, err)
	var doc struct {
		Paths map[string]map[string]struct {
			ID        string                      `json:"operationId"`
			Summary   string                      `json:"summary"`
			Tags      []string                    `json:"tags"`
			Action    models.Action               `json:"x-action"`
			Security  []map[string][]string       `json:"security"`
			Responses map[string]json.RawMessage  `json:"responses"`
			Params    []struct{ Name, In string } `json:"parameters"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(raw, &doc))
	require.NotEmpty(t, doc.Paths)
	ids := map[string]bool{}
	matrix := models.AccessMatrix()
	for path, operations := range doc.Paths {
		for method, o := range operations {
			at := method + " " + path
			require.NotEmpty(t, o.ID, at)
			require.False(t, ids[o.ID], "%s: id used twice", at)
			ids[o.ID] = true
			require.NotEmpty(t, o.Summary, at)
			require.NotEmpty(t, o.Tags, at)
			require.NotEmpty(t, o.Action, at)
			require.Contains(t, o.Responses, "500", at)
			for part := range strings.SplitSeq(path, "/") {
				if name, ok := strings.CutPrefix(part, "{"); ok {
					require.Contains(t, o.Params, struct{ Name, In string }{strings.TrimSuffix(name, "}"), "path"}, at)
				}
			}
			if o.Action == models.ActPublic {
				require.Empty(t, o.Security, at)
				continue
			}
			require.Contains(t, matrix, "\n"+string(o.Action)+" ", at)
			require.NotEmpty(t, o.Security, at)
			require.Contains(t, o.Responses, "401", at)
			require.Contains(t, o.Responses, "403", at)
		}
	}
}

func TestAnUndescribedOperationStopsTheProgram(t *testing.T) {
	b := newBench(t)
	require.Panics(t, func() {
		register(b.server, op{id: "x", method: "GET", path: "/x", summary: "x", tag: "x"},
			func(context.Context, models.Actor, *none) (*none, error) { return nil, nil })
	})
}
