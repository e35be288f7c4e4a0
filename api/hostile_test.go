package api

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

// hostileValues is what somebody types into an address who means no good: a day
// that is none, a number past every list, an id of another kind, a text that is
// too long, and what a database might take for its own.
var hostileValues = []string{"2026-02-30", "0000-00-00", "-1", "9223372036854775808", "018f0000-0000-7000-8000-000000000000", "khong-co",
	strings.Repeat("x", 5000), "' OR 1=1 --", "%", "\x00", "🏠"}

// hostileBodies is what stands in a field where another kind of thing belongs.
var hostileBodies = []any{"2026-02-30", strings.Repeat("x", 20000), -1, 1e300, true, nil, []any{}, map[string]any{}, "018f0000-0000-7000-8000-000000000000", "\x00", []any{nil}}

// document is the API document as the sweeps read it.
type document struct {
	Paths map[string]map[string]struct {
		ID          string `json:"operationId"`
		Parameters  []parameter
		RequestBody struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				}
			}
		} `json:"requestBody"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]struct {
			Properties map[string]json.RawMessage
		}
	}
}

type parameter struct{ Name, In string }

func readDocument(t *testing.T) (doc document) {
	t.Helper()
	raw, err := OpenAPI("dev")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &doc))
	return doc
}

// refused checks an answer to something hostile: never a fault of ours; a refusal
// is a problem document; one of an input names the field and does not repeat
// what was sent.
func refused(t *testing.T, what, sent string, res response) {
	t.Helper()
	require.NotEqual(t, 500, res.Code, "%s: %s", what, res.Body)
	if res.Code < 400 {
		return
	}
	assert.Equal(t, "application/problem+json", res.Header, what)
	var p struct {
		Code   string
		Errors []struct{ Location, Code string }
	}
	require.NoError(t, json.Unmarshal([]byte(res.Body), &p), what)
	assert.NotEmpty(t, p.Code, what)
	if res.Code == 422 {
		assert.True(t, len(p.Errors) > 0 && p.Errors[0].Location != "" || p.Code == "invalid_cursor", "%s names no field: %s", what, res.Body)
	}
	if len(sent) > 8 {
		assert.NotContains(t, res.Body, sent, what)
	}
	for _, word := range []string{"SQL", "sqlite", "mysql", "gorm", "panic", ".go:"} {
		assert.NotContains(t, res.Body, word, what)
	}
}

type response struct {
	Code         int
	Header, Body string
}

func (w *world) hostile(t *testing.T, as, method, at, body string) response {
	res := w.as(t, as, method, at, body)
	return response{res.Code, res.Header().Get("Content-Type"), res.Body.String()}
}

// TestHostileQueries puts every hostile value into every parameter of every
// address that can be read, as everybody beyond the school.
func TestHostileQueries(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	p, doc, asked := w.certifiedPupil(t), readDocument(t), 0
	for path, operations := range doc.Paths {
		o, ok := operations["get"]
		if !ok || strings.HasSuffix(path, "/events") || strings.HasSuffix(path, "/live") {
			continue
		}
		for _, as := range []string{"canbo", "so", "admin"} {
			for _, v := range hostileValues {
				asked++
				at := path
				for strings.Contains(at, "{") {
					i, j := strings.Index(at, "{"), strings.Index(at, "}")
					at = at[:i] + url.PathEscape(v) + at[j+1:]
				}
				refused(t, as+" GET "+path+" with "+v[:min(len(v), 20)], v, w.hostile(t, as, "GET", at, ""))
			}
			for _, at := range addresses(path, p) {
				for _, param := range o.Parameters {
					for _, v := range hostileValues {
						if param.In != "query" {
							continue
						}
						asked++
						refused(t, as+" GET "+at+"?"+param.Name+"="+v[:min(len(v), 20)], v, w.hostile(t, as, "GET", at+"?"+param.Name+"="+url.QueryEscape(v), ""))
					}
				}
			}
		}
	}
	require.Greater(t, asked, 1000)
}

// TestHostileBodies puts every hostile thing into every field of every body.
func TestHostileBodies(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	doc, asked := readDocument(t), 0
	nothing := strings.NewReplacer("{id}", w.newID(), "{code}", "22")
	for path, operations := range doc.Paths {
		for method, o := range operations {
			ref := strings.TrimPrefix(o.RequestBody.Content["application/json"].Schema.Ref, "#/components/schemas/")
			if method == "get" || ref == "" || strings.HasPrefix(path, "/sessions") || strings.HasPrefix(path, "/me/password") {
				continue
			}
			at := nothing.Replace(path)
			for strings.Contains(at, "{") {
				i, j := strings.Index(at, "{"), strings.Index(at, "}")
				at = at[:i] + w.newID() + at[j+1:]
			}
			var fields []string
			for f := range doc.Components.Schemas[ref].Properties {
				fields = append(fields, f)
			}
			slices.Sort(fields)
			for _, as := range []string{"canbo", "so", "admin"} {
				for _, v := range hostileBodies {
					body := map[string]any{}
					for _, f := range fields {
						if f != "$schema" {
							body[f] = v
						}
					}
					raw, err := json.Marshal(body)
					require.NoError(t, err)
					asked++
					sent, _ := v.(string)
					refused(t, as+" "+strings.ToUpper(method)+" "+path+" "+string(raw[:min(len(raw), 60)]), sent, w.hostile(t, as, strings.ToUpper(method), at, string(raw)))
				}
			}
		}
	}
	require.Greater(t, asked, 1000)
}

// TestNobodyReachesAcross: an officer and a team of one commune, a school and a
// program ask for what is another's, with codes and ids that are right.
func TestNobodyReachesAcross(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	var far []struct {
		ID      models.ID
		Village string
		Commune string
	}
	require.NoError(t, w.DB.Read(t.Context()).Raw(`SELECT h.id, v.code AS village, a.code AS commune FROM households h JOIN villages v ON v.id = h.village_id
		JOIN village_communes vc ON vc.village_id = v.id AND vc.valid_to = '9999-12-31' JOIN areas a ON a.id = vc.commune_id
		WHERE a.code <> '06685' AND h.state = 'active' ORDER BY h.id LIMIT 1`).Scan(&far).Error)
	require.Len(t, far, 1)
	home, village, commune := "/households/"+far[0].ID.String(), "/villages/"+far[0].Village, "/areas/"+far[0].Commune
	var rows []scenario
	for _, as := range []string{"canbo", "to"} {
		for _, at := range []string{home, home + "/explanation", home + "/visits", village + "/households", commune + "/school-age", commune + "/school-age.xlsx"} {
			rows = append(rows, scenario{as + " " + at, as, "GET", at, "", 404, "not_found", ""})
		}
	}
	for _, at := range []string{home, village + "/households", commune + "/coverage", commune + "/school-age.xlsx"} {
		rows = append(rows, scenario{"a school " + at, "truong", "GET", at, "", 403, "forbidden", ""})
		rows = append(rows, scenario{"a pupil " + at, "hocsinh", "GET", at, "", 403, "forbidden", ""})
	}
	rows = append(rows,
		scenario{"an officer merges none of another's", "canbo", "POST", home + "/merge", `{"id":"` + w.newID() + `","other_id":"` + far[0].ID.String() + `","reason":"trùng hộ"}`, 0, "", ""},
		scenario{"moves none", "canbo", "POST", home + "/move", `{"village_code":"` + far[0].Village + `","on":"2026-11-23","reason":"chuyển nhà"}`, 404, "not_found", ""},
		scenario{"scans none", "canbo", "POST", commune + "/duplicate-scan", "", 404, "not_found", ""},
		scenario{"past the end", "canbo", "GET", "/villages/" + far[0].Village + "/households?cursor=" + far[0].ID.String(), "", 404, "not_found", ""},
		scenario{"a day that is none", "so", "GET", "/areas/22?on=2026-02-30", "", 422, "query.on", "2026-02-30"},
		scenario{"a digest's day", "so", "GET", "/coverage-digests/2026-02-30/paper", "", 422, "path.day", ""},
	)
	for _, r := range rows {
		res := w.as(t, r.as, r.method, r.url, r.body)
		if r.status != 0 {
			assert.Equal(t, r.status, res.Code, "%s: %s", r.name, res.Body)
		}
		assert.Contains(t, []int{401, 403, 404, 409, 422}, res.Code, "%s: %s", r.name, res.Body)
		assert.Contains(t, res.Body.String(), r.contains, r.name)
		if r.lacks != "" {
			assert.NotContains(t, res.Body.String(), r.lacks, r.name)
		}
	}
}
