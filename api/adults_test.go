package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models/learning"
	"nhaso/models/outreach"
	"nhaso/seeds"
)

// A grandmother's way, through HTTP: a code from the team, an account of her
// own, the lessons and quizzes of grade 12 in a lesson at the school, the
// household confirmed by the team; and her household is covered.
func TestAnAdultCoversTheHousehold(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		home := w.unknownHousehold(t)
		w.walks(t, w.village(t).Code)
		require.True(t, w.onRound(t, home))
		invite := fmt.Sprintf(`{"id":%q}`, w.newID())
		w.run(t, []scenario{
			{name: "a teacher invites nobody", as: "giaovien", method: "POST", url: "/households/" + home + "/adult-codes", body: invite, status: 403},
			{name: "the department neither", as: "so", method: "POST", url: "/households/" + home + "/adult-codes", body: invite, status: 403},
			{name: "not beyond the own commune", as: "canbo", method: "POST", url: "/households/" + w.anyHousehold(t, "so") + "/adult-codes", body: invite, status: 404},
		})
		var void, code outreach.AdultCode
		w.ok(t, "to", "POST", "/households/"+home+"/adult-codes", invite, &void)
		w.ok(t, "to", "POST", "/households/"+home+"/adult-codes", invite, &code)
		require.NotEqual(t, void.Code, code.Code)
		join := func(id, born, password string) string {
			return fmt.Sprintf(`{"id":%q,"full_name":"Bà Nguyễn Thị Tám","birth_date":%q,"relation":"head","password":%q}`, id, born, password)
		}
		account := w.newID()
		at := "/adult-codes/" + strings.ToLower(code.Code[:5]) + "-" + code.Code[5:]
		w.run(t, []scenario{
			{name: "what it is for", method: "GET", url: at, status: 200, contains: `"head_masked"`},
			{name: "the older code is void", method: "GET", url: "/adult-codes/" + void.Code, status: 404},
			{name: "a wrong code", method: "GET", url: "/adult-codes/AAAAAAAAAA", status: 404},
			{name: "a child", method: "POST", url: at + "/account", body: join(account, "2012-05-01", seeds.DemoPassword), status: 422, contains: "adult_only"},
			{name: "a weak password", method: "POST", url: at + "/account", body: join(account, "1958-05-01", "12345678"), status: 422, contains: "body.password"},
			{name: "no name", method: "POST", url: at + "/account", body: strings.Replace(join(account, "1958-05-01", seeds.DemoPassword), "Bà Nguyễn Thị Tám", " ", 1), status: 422},
			{name: "joined", method: "POST", url: at + "/account", body: join(account, "1958-05-01", seeds.DemoPassword), status: 200, contains: `"username":"banguyenthitam"`},
			{name: "sent twice", method: "POST", url: at + "/account", body: join(account, "1958-05-01", seeds.DemoPassword), status: 200, contains: `"username":"banguyenthitam"`},
			{name: "used by another", method: "POST", url: at + "/account", body: join(w.newID(), "1958-05-01", seeds.DemoPassword), status: 404},
			{name: "over", method: "GET", url: at, status: 404},
			{name: "the used right makes no new code", as: "to", method: "POST", url: "/households/" + home + "/adult-codes", body: invite, status: 409, contains: "invite_used"},
		})
		before := w.covered(t)
		w.adultPasses(t, "banguyenthitam")
		require.Equal(t, before, w.covered(t), "her household is not confirmed yet")

		var view householdView
		w.ok(t, "to", "GET", "/households/"+home, "", &view)
		require.Len(t, view.Links, 1)
		require.True(t, view.Links[0].Adult)
		require.True(t, view.Links[0].Withheld, "she has not agreed to be named")
		link := "/household-links/" + view.Links[0].ID + "/adult-decision"
		w.run(t, []scenario{
			{name: "not by herself", as: "banguyenthitam", method: "POST", url: link, body: `{"decision":"confirm"}`, status: 403},
			{name: "not by a teacher", as: "giaovien", method: "POST", url: link, body: `{"decision":"confirm"}`, status: 403},
			{name: "a team decides no pupil's link", as: "to", method: "POST", url: "/household-links/" + w.pupilsLink(t) + "/adult-decision", body: `{"decision":"confirm"}`, status: 404},
			{name: "by the team", as: "to", method: "POST", url: link, body: `{"decision":"confirm"}`, status: 200, contains: `"confirmed"`},
		})
		require.Equal(t, before+1, w.covered(t))
		require.False(t, w.onRound(t, home), "nobody needs to come any more")
		var own ownCertificate
		w.ok(t, "banguyenthitam", "GET", "/me/certificate", "", &own)
		paper := "/certificates/" + own.Certificate.Code + "/pdf"
		w.run(t, []scenario{
			{name: "the paper of somebody of no school", as: "banguyenthitam", method: "GET", url: paper, status: 200, contains: "%PDF-"},
			{name: "as a card", as: "banguyenthitam", method: "GET", url: paper + "?format=card", status: 200, contains: "%PDF-"},
			{name: "spoken to as a grown-up", as: "banguyenthitam", method: "GET", url: "/me", status: 200, contains: `"adult":true`},
			{name: "a pupil is not", as: "hocsinh", method: "GET", url: "/me", status: 200, contains: `"adult":false`},
		})
	})
}

// walks posts the demo's team member to a village, in a campaign of its own.
func (w *world) walks(t *testing.T, village string) {
	t.Helper()
	at := "/campaigns/" + w.newID()
	w.ok(t, "canbo", "POST", "/campaigns", fmt.Sprintf(`{"id":%q,"area_code":"06685","name":"Đến nhà","starts_on":"2026-11-20","ends_on":"2026-11-30","target":3}`, strings.TrimPrefix(at, "/campaigns/")), nil)
	var members list[outreach.Walker]
	w.ok(t, "canbo", "GET", at+"/members", "", &members)
	w.ok(t, "canbo", "PUT", at+"/members", fmt.Sprintf(`{"account_id":%q,"team":"Tổ 1","villages":[%q]}`, members.Items[0].AccountID, village), nil)
}

// onRound tells whether a household is on the team member's list.
func (w *world) onRound(t *testing.T, home string) bool {
	t.Helper()
	var rounds list[outreach.Round]
	w.ok(t, "to", "GET", "/me/rounds", "", &rounds)
	require.NotEmpty(t, rounds.Items)
	return slices.ContainsFunc(rounds.Items[0].Doors, func(d outreach.Door) bool { return d.ID.String() == home })
}

// unknownHousehold is a household of the demo commune of which nobody is known.
func (w *world) unknownHousehold(t *testing.T) string {
	t.Helper()
	var rows list[householdRow]
	w.ok(t, "canbo", "GET", "/villages/"+w.village(t).Code+"/households?status=unknown&limit=1", "", &rows)
	require.NotEmpty(t, rows.Items)
	return rows.Items[0].ID
}

// pupilsLink is a live link of the demo's pupil.
func (w *world) pupilsLink(t *testing.T) string {
	t.Helper()
	var mine myHousehold
	w.ok(t, "hocsinh", "GET", "/me/household", "", &mine)
	require.NotNil(t, mine.Link)
	return mine.Link.ID
}

// adultPasses does all lessons at home and the five quizzes in the school's
// open lesson.
func (w *world) adultPasses(t *testing.T, user string) {
	t.Helper()
	var sessions list[learning.Session]
	w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/lesson-sessions", "", &sessions)
	session := sessions.Items[0]
	w.ok(t, user, "POST", "/lesson-sessions/join", `{"code":"`+session.Code+`"}`, nil)
	var home learning.Home
	w.ok(t, user, "GET", "/home", "", &home)
	require.NotNil(t, home.Session)
	var lesson learning.Lesson
	w.ok(t, user, "POST", "/me/lesson-pulse", `{}`, &lesson)
	require.NotNil(t, lesson.Session, "the lesson is hers, too")
	for _, skill := range home.Skills {
		require.True(t, strings.HasSuffix(skill.CourseKey, "-thpt"), skill.CourseKey)
		var course struct {
			Lessons []struct {
				Key   string
				Cards int
			}
		}
		w.ok(t, user, "GET", "/courses/"+skill.CourseKey, "", &course)
		for _, one := range course.Lessons {
			w.ok(t, user, "PUT", "/me/progress/"+skill.CourseKey+"/"+one.Key, fmt.Sprintf(`{"seq":1,"card_index":%d,"done":true}`, one.Cards-1), nil)
		}
		var a learning.Attempt
		w.ok(t, user, "POST", "/attempts", fmt.Sprintf(`{"id":%q,"course_key":%q,"session_id":%q}`, w.newID(), skill.CourseKey, session.ID), &a)
		require.True(t, a.Counts)
		var answers []string
		for i, q := range a.Items {
			answers = append(answers, fmt.Sprintf(`{"seq":%d,"slot":%d,"response":%s}`, i+1, q.Slot, w.right(a.CourseKey, q)))
		}
		w.ok(t, user, "POST", "/attempts/"+a.ID.String()+"/answers", `{"answers":[`+strings.Join(answers, ",")+`]}`, nil)
		res := w.as(t, user, "POST", "/attempts/"+a.ID.String()+"/submission", `{}`)
		require.Equal(t, 200, res.Code, res.Body.String())
		var r learning.Result
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), &r))
		require.Equal(t, 100, r.Percent)
	}
	var own ownCertificate
	w.ok(t, user, "GET", "/me/certificate", "", &own)
	require.NotNil(t, own.Certificate, "%+v", own.Missing)
}
