package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/consent"
)

// hidden is a certified pupil of 7A with a confirmed household, and everything
// by which somebody could be led to that pupil.
type hidden struct {
	person, name, code       string
	household, link, village string
	area, school, class      string
}

func (w *world) certifiedPupil(t *testing.T) hidden {
	t.Helper()
	var certs list[certificateView]
	w.ok(t, "giaovien", "GET", "/certificates", "", &certs)
	var links list[classLink]
	w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/household-links", "", &links)
	for _, l := range links.Items {
		for _, c := range certs.Items {
			if c.PersonID != l.PersonID || l.State != "confirmed" {
				continue
			}
			var h householdView
			w.ok(t, "canbo", "GET", "/households/"+l.Household.ID, "", &h)
			return hidden{person: l.PersonID, name: l.StudentName, code: c.Code, household: l.Household.ID, link: *l.LinkID,
				village: h.Village.Code, area: "06685", class: w.class}
		}
	}
	t.Fatal("the demo has a certified pupil with a household")
	return hidden{}
}

// says records through HTTP, as the class's teacher.
func (w *world) says(t *testing.T, person, kind, party, act string) {
	t.Helper()
	relation := ""
	if party == consent.Guardian {
		relation = `"relation":"mother",`
	}
	w.ok(t, "giaovien", "POST", "/classes/"+w.class+"/consents", fmt.Sprintf(
		`{"events":[{"id":%q,"person_id":%q,"kind":%q,"party":%q,"act":%q,%s"text_version":1,"channel":"paper"}]}`,
		w.newID(), person, kind, party, act, relation), nil)
}

// TestNoAddressNamesWhoWithdrew asks every readable address of the document, as
// everybody beyond the school, with everything that leads to a pupil. A new
// endpoint is in the test by being in the document.
func TestNoAddressNamesWhoWithdrew(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.certifiedPupil(t)
		raw, err := OpenAPI("dev")
		require.NoError(t, err)
		var doc struct {
			Paths map[string]map[string]struct {
				ID         string        `json:"operationId"`
				Action     models.Action `json:"x-action"`
				Parameters []struct{ Name, In string }
			} `json:"paths"`
		}
		require.NoError(t, json.Unmarshal(raw, &doc))
		// Accounts and their cards are managed by name, by an administrator too:
		// that is signing in, and no list of an area. The page behind a code has a
		// consent of its own.
		apart := []string{"/accounts", "/classes/{id}/sign-in-cards", "/verify/{code}", "/me"}
		ask := func() (asked int, told []string) {
			for path, operations := range doc.Paths {
				o, ok := operations["get"]
				if !ok || strings.HasSuffix(path, "/live") || containsPrefix(apart, path) {
					continue
				}
				for _, at := range addresses(path, p) {
					for _, param := range o.Parameters {
						if param.Name == "q" && param.In == "query" {
							at += "?q=" + url.QueryEscape(p.name)
						}
					}
					for _, as := range []string{"canbo", "to", "so", "admin"} {
						res := w.as(t, as, "GET", at, "")
						if res.Code != 200 {
							continue
						}
						asked++
						words := []string{p.name, models.MaskName(p.name), p.person}
						if !strings.Contains(at, p.code) {
							words = append(words, p.code)
						}
						for _, word := range words {
							if strings.Contains(res.Body.String(), word) {
								told = append(told, as+" "+at+": "+word)
							}
						}
					}
				}
			}
			return asked, told
		}
		_, told := ask()
		require.NotEmpty(t, told, "before the withdrawal the name is there to be found")
		before := w.as(t, "so", "GET", "/areas/22/coverage", "").Body.String()
		w.says(t, p.person, consent.AreaNames, consent.Guardian, consent.Withdrawn)
		asked, told := ask()
		require.Greater(t, asked, 40)
		require.Empty(t, told)
		require.Equal(t, before, w.as(t, "so", "GET", "/areas/22/coverage", "").Body.String(), "the count is anonymous and stays")
		w.says(t, p.person, consent.AreaNames, consent.Guardian, consent.Granted)
		_, told = ask()
		require.NotEmpty(t, told, "granting again shows again")
	})
}

func containsPrefix(list []string, path string) bool {
	for _, p := range list {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// addresses fills a path with all that may stand in it.
func addresses(path string, p hidden) []string {
	at := strings.NewReplacer("{person}", p.person).Replace(path)
	if strings.Contains(at, "{id}") {
		var list []string
		for _, id := range []string{p.household, p.link, p.person, p.class} {
			list = append(list, strings.ReplaceAll(at, "{id}", id))
		}
		return list
	}
	if strings.Contains(at, "{code}") {
		var list []string
		for _, code := range []string{p.village, p.area, "22", p.code} {
			list = append(list, strings.ReplaceAll(at, "{code}", code))
		}
		return list
	}
	if strings.Contains(at, "{") {
		return nil
	}
	return []string{at}
}

// What is written answers no name either.
func TestWritesDoNotNameWhoWithdrew(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.certifiedPupil(t)
		w.says(t, p.person, consent.AreaNames, consent.Child, consent.Withdrawn)
		given := models.GivenName(p.name)
		to := ""
		var c coverageView
		w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", &c)
		for _, child := range c.Children {
			if child.Code != p.village {
				to = child.Code
			}
		}
		w.run(t, []scenario{
			{name: "moved", as: "canbo", method: "POST", url: "/households/" + p.household + "/move", body: `{"village_code":"` + to + `","on":"2026-11-23","reason":"chuyển nhà"}`, status: 200, contains: `"name_withheld":true`, lacks: p.name},
			{name: "no paper for the commune", as: "canbo", method: "GET", url: "/certificates/" + p.code + "/pdf", status: 403, contains: "name_withheld"},
			{name: "the school prints", as: "giaovien", method: "GET", url: "/certificates/" + p.code + "/pdf", status: 200},
			{name: "history", as: "canbo", method: "GET", url: "/certificates/" + p.code + "/history", status: 200, contains: `"name_withheld":true`, lacks: p.name},
			{name: "revoked", as: "so", method: "POST", url: "/certificates/" + p.code + "/revocation", body: `{"reason":"issued_in_error: của ` + p.name + `"}`, status: 200, contains: `"person_id":""`, lacks: given},
			{name: "its reason", as: "so", method: "GET", url: "/certificates/" + p.code + "/history", status: 200, contains: `"reason":"issued_in_error"`, lacks: p.name},
			{name: "reinstated", as: "so", method: "POST", url: "/certificates/" + p.code + "/reinstatement", body: `{"reason":"nhầm lẫn"}`, status: 200, lacks: given},
			{name: "the teacher sees the pupil", as: "giaovien", method: "GET", url: "/certificates?q=" + url.QueryEscape(p.name), status: 200, contains: p.name},
			{name: "the school's log", as: "truong", method: "GET", url: "/exports", status: 200},
		})
	})
}

func TestConsentsThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var all classConsents
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/consents", "", &all)
		require.Len(t, all.Items, 6)
		require.Len(t, all.Texts, 3)
		var missing consentRow
		for _, row := range all.Items {
			if !row.Complete {
				missing = row
			}
		}
		require.NotEmpty(t, missing.PersonID, "one form is not back")
		at := "/classes/" + w.class + "/consents"
		event := func(id, person, rest string) string {
			return fmt.Sprintf(`{"events":[{"id":%q,"person_id":%q,"kind":"area_names","party":"child","act":"grant",%s"channel":"paper"}]}`, id, person, rest)
		}
		id := w.newID()
		good := event(id, missing.PersonID, `"text_version":1,`)
		var other struct{ ID string }
		var classes list[struct{ ID, Name string }]
		w.ok(t, "giaovien", "GET", "/classes", "", &classes)
		for _, c := range classes.Items {
			if c.Name == "8B" {
				other.ID = c.ID
			}
		}
		w.run(t, []scenario{
			{name: "recorded", as: "giaovien", method: "POST", url: at, body: good, status: 200, contains: `"by":"Cô Trần Thu Hà"`},
			{name: "the same again", as: "giaovien", method: "POST", url: at, body: good, status: 200},
			{name: "another's id", as: "giaovien", method: "POST", url: at, body: event(id, w.pupils[0], `"text_version":1,`), status: 409, contains: "id_taken"},
			{name: "unread words", as: "giaovien", method: "POST", url: at, body: event(w.newID(), missing.PersonID, `"text_version":9,`), status: 422, contains: "text_version"},
			{name: "by the school", as: "truong", method: "POST", url: at, body: event(w.newID(), missing.PersonID, `"text_version":1,`), status: 200},
			{name: "under another class", as: "giaovien", method: "POST", url: "/classes/" + other.ID + "/consents", body: good, status: 404},
			{name: "a class of nobody", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/consents", status: 404},
			{name: "a pupil", as: "hocsinh", method: "GET", url: at, status: 403},
			{name: "the commune", as: "canbo", method: "GET", url: at, status: 403},
			{name: "the department", as: "so", method: "GET", url: at, status: 403},
			{name: "the team", as: "to", method: "POST", url: at, body: good, status: 403},
			{name: "the operator", as: "admin", method: "GET", url: at, status: 403},
			{name: "nobody", method: "GET", url: at, status: 401},
			{name: "own", as: "hocsinh", method: "GET", url: "/me/consents", status: 200, contains: `"shown":true`, lacks: "Cô Trần"},
			{name: "own, withdrawn", as: "hocsinh", method: "POST", url: "/me/consents", body: `{"events":[{"id":"` + w.newID() + `","kind":"area_names","act":"withdraw"}]}`, status: 200, contains: `"channel":"account"`},
			{name: "a teacher has no own", as: "giaovien", method: "GET", url: "/me/consents", status: 403},
		})
	})
}

func TestAGuardianWithdrawsByCode(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.certifiedPupil(t)
		id, err := models.ParseID(p.person)
		require.NoError(t, err)
		reach := models.Actor{Account: id, Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeAll}}}
		codes, err := w.Consents.Codes(t.Context(), reach, []models.ID{id})
		require.NoError(t, err)
		at := "/consent/" + models.GroupCode(codes[id])
		body := `{"events":[{"id":"` + w.newID() + `","kind":"public_page"}]}`
		w.run(t, []scenario{
			{name: "what it can do", method: "GET", url: at, status: 200, contains: `"granted":true`, lacks: models.GivenName(p.name)},
			{name: "the page has a name", method: "GET", url: "/verify/" + p.code, status: 200, contains: models.MaskName(p.name)},
			{name: "withdrawn", method: "POST", url: at + "/withdrawal", body: body, status: 200, contains: `"withdrawn":true`},
			{name: "the same again", method: "POST", url: at + "/withdrawal", body: body, status: 200},
			{name: "the page has none", method: "GET", url: "/verify/" + p.code, status: 200, contains: `"holder_masked":""`, lacks: models.MaskName(p.name)},
			{name: "an unknown code", method: "GET", url: "/consent/" + models.NewCode(9), status: 404},
			{name: "a mistyped code", method: "POST", url: "/consent/AAAA/withdrawal", body: body, status: 404},
			{name: "an unknown kind", method: "POST", url: at + "/withdrawal", body: `{"events":[{"id":"` + w.newID() + `","kind":"photos"}]}`, status: 422},
		})
	})
}

func TestConsentFiles(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		at := "/classes/" + w.class
		id := w.newID()
		res := w.as(t, "giaovien", "POST", at+"/consent-forms", `{"id":"`+id+`"}`)
		require.Equal(t, 200, res.Code, res.Body.String())
		require.Equal(t, "%PDF", res.Body.String()[:4])
		var all classConsents
		w.ok(t, "giaovien", "GET", at+"/consents", "", &all)
		for _, row := range all.Items {
			require.NotEmpty(t, row.Code, "a printed form has a code")
		}
		res = w.as(t, "giaovien", "POST", at+"/consent-exports", `{"id":"`+w.newID()+`","format":"csv"}`)
		require.Equal(t, 200, res.Code)
		for _, row := range all.Items {
			require.Contains(t, res.Body.String(), row.Name)
			require.Contains(t, res.Body.String(), models.GroupCode(row.Code))
		}
		require.Contains(t, res.Body.String(), "Chưa hỏi")
		body := `{"id":"` + w.newID() + `","person_ids":["` + w.pupils[0] + `"]}`
		w.run(t, []scenario{
			{name: "one pupil", as: "truong", method: "POST", url: at + "/consent-forms", body: body, status: 200},
			{name: "again", as: "truong", method: "POST", url: at + "/consent-forms", body: body, status: 200},
			{name: "somebody else's pupil", as: "giaovien", method: "POST", url: at + "/consent-forms", body: `{"id":"` + w.newID() + `","person_ids":["` + w.newID() + `"]}`, status: 404},
			{name: "a class of nobody", as: "giaovien", method: "POST", url: "/classes/" + w.newID() + "/consent-forms", body: body, status: 404},
			{name: "the commune", as: "canbo", method: "POST", url: at + "/consent-forms", body: body, status: 403},
			{name: "the department", as: "so", method: "POST", url: at + "/consent-exports", body: `{"id":"` + w.newID() + `","format":"csv"}`, status: 403},
			{name: "written down", as: "truong", method: "GET", url: "/exports", status: 200, contains: `"kind":"consent"`},
		})
	})
}

func TestUndoAndDoubtsThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var links list[classLink]
		at := "/classes/" + w.class + "/household-links"
		w.ok(t, "giaovien", "GET", at, "", &links)
		var claimed, free classLink
		for _, l := range links.Items {
			if l.State == "claimed" {
				claimed = l
			}
			if l.State == "none" {
				free = l
			}
		}
		undo := "/household-links/" + *claimed.LinkID + "/undo"
		shared := fmt.Sprintf(`{"id":%q,"person_id":%q,"household_code":%q,"relation":"child"}`, w.newID(), free.PersonID, claimed.Household.Code)
		w.run(t, []scenario{
			{name: "nothing to undo", as: "giaovien", method: "POST", url: undo, status: 409, contains: "not_your_decision"},
			{name: "confirmed", as: "giaovien", method: "POST", url: "/household-links/" + *claimed.LinkID + "/decision", body: `{"decision":"confirm"}`, status: 200},
			{name: "can be undone", as: "giaovien", method: "GET", url: at, status: 200, contains: `"undo_until":"`},
			{name: "by nobody else", as: "truong", method: "POST", url: undo, status: 409},
			{name: "nor a pupil", as: "hocsinh", method: "POST", url: undo, status: 403},
			{name: "undone", as: "giaovien", method: "POST", url: undo, status: 200, contains: `"state":"claimed"`},
			{name: "shared by a second pupil", as: "giaovien", method: "POST", url: "/household-links", body: shared, status: 200},
		})
		w.ok(t, "giaovien", "GET", at, "", &links)
		for _, l := range links.Items {
			if l.PersonID == free.PersonID {
				require.NotEmpty(t, l.Doubts)
				require.Equal(t, claimed.StudentName, *l.Doubts[0].Person)
				require.Equal(t, l.Doubts[0].Kind != "sibling", l.Doubts[0].Warns)
			}
		}
	})
}
