package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/seeds"
)

// journey is the demo's pupil, one quiz short of the five skills.
type journey struct {
	*world
	session learning.Session
}

// newJourney joins the open session of 7A, as the pupil does from the wall.
func (w *world) newJourney(t *testing.T) *journey {
	t.Helper()
	j := &journey{world: w}
	var sessions list[learning.Session]
	w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/lesson-sessions", "", &sessions)
	require.NotEmpty(t, sessions.Items)
	j.session = sessions.Items[0]
	w.ok(t, "hocsinh", "POST", "/lesson-sessions/join", `{"code":"`+j.session.Code+`"}`, nil)
	return j
}

func (j *journey) start(t *testing.T, course string) learning.Attempt {
	t.Helper()
	var a learning.Attempt
	j.ok(t, "hocsinh", "POST", "/attempts", fmt.Sprintf(`{"id":%q,"course_key":%q,"session_id":%q}`, j.newID(), course, j.session.ID), &a)
	return a
}

// right is the right answer to a question as shown.
func (w *world) right(course string, q learning.QuestionView) string {
	raw, err := json.Marshal(seeds.Respond(q, seeds.Oracle(w.Catalog)[course][q.QuestionKey], true))
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func (j *journey) answerAll(t *testing.T, a learning.Attempt) {
	t.Helper()
	for i, q := range a.Items {
		body := fmt.Sprintf(`{"slot":%d,"response":%s}`, q.Slot, j.right(a.CourseKey, q))
		j.ok(t, "hocsinh", "PUT", fmt.Sprintf("/attempts/%s/answers/%d", a.ID, a.LastSeq+i+1), body, nil)
	}
}

// pupilUser is the user name of another pupil of 7A, signed in.
func (w *world) pupilUser(t *testing.T, n int) string {
	t.Helper()
	var accounts list[accountView]
	w.ok(t, "admin", "GET", "/accounts?role=student&limit=200", "", &accounts)
	for _, a := range accounts.Items {
		if a.Username == w.username("hocsinh") {
			continue
		}
		if n--; n == 0 {
			return a.Username
		}
	}
	t.Fatal("no such pupil")
	return ""
}

// anyHousehold is a household of a village outside the demo commune.
func (w *world) anyHousehold(t *testing.T, user string) string {
	t.Helper()
	var province coverageView
	w.ok(t, user, "GET", "/areas/22/coverage", "", &province)
	for _, commune := range province.Children {
		if commune.Code == "06685" || commune.Households == 0 {
			continue
		}
		var c coverageView
		w.ok(t, user, "GET", "/areas/"+commune.Code+"/coverage", "", &c)
		for _, village := range c.Children {
			var rows list[householdRow]
			w.ok(t, user, "GET", "/villages/"+village.Code+"/households", "", &rows)
			if len(rows.Items) > 0 {
				return rows.Items[0].ID
			}
		}
	}
	t.Fatal("no household elsewhere")
	return ""
}

func (w *world) covered(t *testing.T) int {
	t.Helper()
	var c coverageView
	w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", &c)
	require.Equal(t, c.Households, c.Covered+c.NotCovered+c.Unknown)
	sum := 0
	for _, child := range c.Children {
		sum += child.Covered
	}
	require.Equal(t, c.Covered, sum, "the villages add up to the commune")
	require.NotNil(t, c.Register)
	return c.Covered
}

// TestTheChain is the product's promise through HTTP: the last of five quizzes
// covers a household and moves the commune's number by one; revoking takes it
// back, reinstating gives it again.
func TestTheChain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		var home learning.Home
		w.ok(t, "hocsinh", "GET", "/home", "", &home)
		require.Len(t, home.Skills, 5)
		require.Nil(t, home.Certificate)
		before := w.covered(t)

		a := j.start(t, "self_protection-thcs")
		require.True(t, a.Counts)
		j.answerAll(t, a)
		var r learning.Result
		w.ok(t, "hocsinh", "POST", "/attempts/"+a.ID.String()+"/submission", `{}`, &r)
		require.Equal(t, 100, r.Percent)
		require.NotNil(t, r.Certificate, "%+v", r.Missing)
		require.Equal(t, before+1, w.covered(t), "at once, folded or not")
		w.ok(t, "hocsinh", "POST", "/attempts/"+a.ID.String()+"/submission", `{}`, &r)
		require.Equal(t, before+1, w.covered(t), "a repeat counts once")

		code, holder := r.Certificate.Code, home.Person.DisplayName
		require.NotEmpty(t, holder)
		w.run(t, []scenario{
			{name: "own certificate", as: "hocsinh", method: "GET", url: "/me/certificate", status: 200, contains: `"verify_url":"http://example.com/verify/` + code},
			{name: "public page", method: "GET", url: "/verify/" + code, status: 200, contains: `"holder_masked"`, lacks: "birth"},
			{name: "as printed", method: "GET", url: "/verify/" + models.GroupCode(code), status: 200},
			{name: "unknown code", method: "GET", url: "/verify/" + models.NewCode(9), status: 404, contains: `"not_found"`},
			{name: "wrong check character", method: "GET", url: "/verify/" + code[1:], status: 404, contains: `"not_found"`},
			{name: "search", as: "so", method: "GET", url: "/certificates?q=" + code, status: 200, contains: code},
			{name: "the department reads no whole name", as: "so", method: "GET", url: "/certificates?q=" + code, status: 200, contains: models.MaskName(holder), lacks: holder},
			{name: "the school does", as: "truong", method: "GET", url: "/certificates?q=" + code, status: 200, contains: holder},
			{name: "own household", as: "hocsinh", method: "GET", url: "/me/household", status: 200, contains: `"covered":true`},
			{name: "board", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/board", status: 200, contains: code},
			{name: "a pupil revokes nothing", as: "hocsinh", method: "POST", url: "/certificates/" + code + "/revocation", body: `{"reason":"không rõ"}`, status: 403},
			{name: "a commune officer neither", as: "canbo", method: "POST", url: "/certificates/" + code + "/revocation", body: `{"reason":"không rõ"}`, status: 403},
			{name: "no reason", as: "so", method: "POST", url: "/certificates/" + code + "/revocation", body: `{"reason":""}`, status: 422},
			{name: "revoked", as: "so", method: "POST", url: "/certificates/" + code + "/revocation", body: `{"reason":"Nhập nhầm học sinh"}`, status: 200, contains: `"revoked"`},
			{name: "public page says so", method: "GET", url: "/verify/" + code, status: 200, contains: `"status":"revoked"`, lacks: "Nhập nhầm"},
			{name: "history", as: "so", method: "GET", url: "/certificates/" + code + "/history", status: 200, contains: "Nhập nhầm"},
		})
		require.Equal(t, before, w.covered(t))
		w.ok(t, "so", "POST", "/certificates/"+code+"/reinstatement", `{"reason":"Đã kiểm tra lại"}`, nil)
		require.Equal(t, before+1, w.covered(t))
		w.explained(t)
	})
}

// explained opens the commune's number down to the attempts and the rule.
func (w *world) explained(t *testing.T) {
	t.Helper()
	var area areaExplanation
	w.ok(t, "canbo", "GET", "/areas/06685/coverage/explanation", "", &area)
	require.True(t, area.ChainOK)
	require.Equal(t, 1, area.RuleVersion)
	require.NotEmpty(t, area.LastChanges)
	require.NotNil(t, area.LastChanges[0].HouseholdID)
	var e householdExplanation
	w.ok(t, "canbo", "GET", "/households/"+*area.LastChanges[0].HouseholdID+"/explanation", "", &e)
	require.Equal(t, "covered", e.Status)
	require.True(t, e.Intact)
	kinds := map[string]int{}
	for _, step := range e.Chain {
		kinds[step.Kind]++
	}
	require.Equal(t, 5, kinds["pass"])
	require.Equal(t, 5, kinds["attempt"])
	require.Equal(t, 1, kinds["rule"])
	require.Positive(t, kinds["certificate"]*kinds["link"]*kinds["household"])
}

// TestAnswers covers what telephones and children do to a quiz.
func TestAnswers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		a := j.start(t, "self_protection-thcs")
		at := "/attempts/" + a.ID.String()
		right := w.right(a.CourseKey, a.Items[0])
		var lesson learning.LessonView
		w.ok(t, "hocsinh", "GET", "/courses/self_protection-thcs/lessons/mat-khau-manh", "", &lesson)
		practised := lesson.Practice[0]
		first := fmt.Sprintf(`{"slot":%d,"response":%s}`, a.Items[0].Slot, right)
		w.run(t, []scenario{
			{name: "saved", as: "hocsinh", method: "PUT", url: at + "/answers/1", body: first, status: 200, contains: `"saved_at"`},
			{name: "the same again", as: "hocsinh", method: "PUT", url: at + "/answers/1", body: first, status: 200, contains: `"seq":1`},
			{name: "same number, other answer", as: "hocsinh", method: "PUT", url: at + "/answers/1", body: `{"slot":2,"response":{}}`, status: 409, contains: `"last_seq":1`},
			{name: "a gap", as: "hocsinh", method: "PUT", url: at + "/answers/9", body: first, status: 409, contains: `"out_of_date"`},
			{name: "a slot that is not there", as: "hocsinh", method: "PUT", url: at + "/answers/2", body: `{"slot":99,"response":{}}`, status: 422, contains: `"body.slot"`},
			{name: "an option that is not there", as: "hocsinh", method: "PUT", url: at + "/answers/2", body: fmt.Sprintf(`{"slot":%d,"response":{"choice":"HIDDEN"}}`, a.Items[0].Slot), status: 422, lacks: "HIDDEN"},
			{name: "an unknown member", as: "hocsinh", method: "PUT", url: at + "/answers/2", body: `{"slot":1,"response":{"answer":"x"}}`, status: 422},
			{name: "position", as: "hocsinh", method: "PUT", url: at + "/position", body: `{"slot":2}`, status: 204},
			{name: "resumed elsewhere", as: "hocsinh", method: "GET", url: at, status: 200, contains: `"current_slot":2`, lacks: "correct"},
			{name: "a second attempt", as: "hocsinh", method: "POST", url: "/attempts", body: fmt.Sprintf(`{"id":%q,"course_key":"self_protection-thcs"}`, w.newID()), status: 409, contains: `"detail_id":"` + a.ID.String()},
			{name: "no result yet", as: "hocsinh", method: "GET", url: at + "/result", status: 409, contains: "not_submitted"},
			{name: "practice is closed meanwhile", as: "hocsinh", method: "GET", url: "/courses/self_protection-thcs/questions/" + practised + "/practice", status: 409, contains: `"closed"`},
			{name: "batch", as: "hocsinh", method: "POST", url: at + "/answers", body: fmt.Sprintf(`{"answers":[{"seq":2,"slot":%d,"response":{},"client_at":"2011-01-01T00:00:00Z"},{"seq":5,"slot":1,"response":{}}]}`, a.Items[1].Slot), status: 200, contains: `"acked":[2]`},
		})
		w.clock.Add(5 * time.Hour)
		delete(w.tokens, w.username("hocsinh"))
		w.run(t, []scenario{
			{name: "after the end", as: "hocsinh", method: "PUT", url: at + "/answers/3", body: first, status: 409, contains: `"closed"`},
			{name: "what was saved is graded", as: "hocsinh", method: "GET", url: at + "/result", status: 200, contains: `"correct":1`},
			{name: "an acknowledged answer stays acknowledged", as: "hocsinh", method: "PUT", url: at + "/answers/1", body: first, status: 200},
			{name: "in the list", as: "hocsinh", method: "GET", url: "/me/attempts", status: 200, contains: a.ID.String()},
		})
	})
}

func TestAQuizIsAskedForOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		body := fmt.Sprintf(`{"id":%q,"course_key":"self_protection-thcs","session_id":%q}`, w.newID(), j.session.ID)
		first := w.as(t, "hocsinh", "POST", "/attempts", body)
		again := w.as(t, "hocsinh", "POST", "/attempts", body)
		require.Equal(t, 200, first.Code)
		require.JSONEq(t, first.Body.String(), again.Body.String())
	})
}

func TestNewAccounts(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var school list[schoolView]
		w.ok(t, "truong", "GET", "/schools?q=bai+tho", "", &school)
		require.Len(t, school.Items, 1)
		grant := func(id string) string {
			return fmt.Sprintf(`{"id":%q,"username":"comoi","display_name":"Cô Mới","password":"Ha-Tu-7788","roles":[{"role":"teacher","scope_kind":"school","scope_id":%q}]}`, w.newID(), id)
		}
		w.run(t, []scenario{
			{name: "own school", as: "truong", method: "POST", url: "/accounts", body: grant(school.Items[0].ID), status: 200, contains: `"scope_name":"Trường THCS Bài Thơ`, lacks: "Tu-7788"},
			{name: "name taken", as: "truong", method: "POST", url: "/accounts", body: grant(school.Items[0].ID), status: 409, contains: "username_taken"},
			{name: "another school", as: "truong", method: "POST", url: "/accounts", body: strings.Replace(grant(w.newID()), "comoi", "comoi2", 1), status: 422, contains: "body.roles"},
			{name: "a role above the own", as: "truong", method: "POST", url: "/accounts", body: `{"display_name":"X","password":"Ha-Tu-7788","roles":[{"role":"admin","scope_kind":"all"}]}`, status: 404},
			{name: "a teacher makes none", as: "giaovien", method: "POST", url: "/accounts", body: grant(school.Items[0].ID), status: 403},
		})
		var page list[accountView]
		w.ok(t, "admin", "GET", "/accounts?limit=3", "", &page)
		require.Len(t, page.Items, 3)
		seen := map[string]bool{}
		for page.NextCursor != nil {
			w.ok(t, "admin", "GET", "/accounts?limit=3&cursor="+*page.NextCursor, "", &page)
			for _, a := range page.Items {
				require.False(t, seen[a.ID])
				seen[a.ID] = true
			}
		}
		require.Greater(t, len(seen), 8)
		w.run(t, []scenario{{name: "a broken cursor", as: "admin", method: "GET", url: "/accounts?cursor=%21", status: 422, contains: "query.cursor"}})
	})
}
