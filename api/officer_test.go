package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

func TestAreas(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var villages list[villageView]
		w.ok(t, "hocsinh", "GET", "/villages?commune=06685", "", &villages)
		plain := url.QueryEscape(strings.ReplaceAll(villages.Items[0].Kind, "_", " ") + " " + models.Fold(villages.Items[0].Name))
		w.run(t, []scenario{
			{name: "without marks", as: "hocsinh", method: "GET", url: "/areas?q=hong+gai&level=commune", status: 200, contains: `"code":"06685"`},
			{name: "within", as: "so", method: "GET", url: "/areas?q=hong+gai&within=22", status: 200, contains: `"parent_code":"22"`},
			{name: "within nothing", as: "so", method: "GET", url: "/areas?q=hong&within=99999", status: 404},
			{name: "Ba Chẽ by its new code", as: "so", method: "GET", url: "/areas/06970", status: 200, contains: "Ba Chẽ"},
			{name: "Ba Chẽ by its other code", as: "so", method: "GET", url: "/areas/06978", status: 200, contains: "Ba Chẽ"},
			{name: "before the reform", as: "so", method: "GET", url: "/areas/06685?on=2025-01-01", status: 200, contains: `"successors":[{`},
			{name: "bad day", as: "so", method: "GET", url: "/areas/06685?on=2025-13-01", status: 422, contains: "query.on"},
			{name: "no such area", as: "so", method: "GET", url: "/areas/99999", status: 404},
			{name: "villages", as: "hocsinh", method: "GET", url: "/villages?commune=06685", status: 200, contains: `"commune_code":"06685"`},
			{name: "village search", as: "hocsinh", method: "GET", url: "/me/village-search?q=" + plain, status: 200, contains: villages.Items[0].Code},
			{name: "school classes", as: "to", method: "GET", url: "/schools?q=bai+tho", status: 200, contains: `"type":"thcs"`},
			{name: "a teacher makes no village", as: "giaovien", method: "POST", url: "/villages", body: `{"commune_code":"06685","name":"Khu 99"}`, status: 403},
			{name: "the department does", as: "so", method: "POST", url: "/villages", body: `{"commune_code":"06685","name":"Khu phố Chín Chín"}`, status: 200, contains: `"kind"`},
			{name: "not twice", as: "so", method: "POST", url: "/villages", body: `{"commune_code":"06685","name":"Khu phố Chín Chín"}`, status: 409, contains: "duplicate_village"},
		})
	})
}

// village is a village of the demo commune with households.
func (w *world) village(t *testing.T) coverageChild {
	t.Helper()
	var c coverageView
	w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", &c)
	for _, v := range c.Children {
		if v.Households > 2 {
			return v
		}
	}
	t.Fatal("no village with households")
	return coverageChild{}
}

func TestHouseholds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		v := w.village(t)
		var page list[householdRow]
		w.ok(t, "canbo", "GET", "/villages/"+v.Code+"/households?limit=2", "", &page)
		require.Len(t, page.Items, 2)
		require.NotNil(t, page.NextCursor)
		first := page.Items[0]
		seen := 2
		for page.NextCursor != nil {
			next := *page.NextCursor
			page = list[householdRow]{}
			w.ok(t, "canbo", "GET", "/villages/"+v.Code+"/households?limit=2&cursor="+next, "", &page)
			seen += len(page.Items)
		}
		require.Equal(t, v.Households, seen, "the list has as many as the figure")
		given := first.HeadName[strings.LastIndex(first.HeadName, " ")+1:]
		w.run(t, []scenario{
			{name: "names for the commune", as: "canbo", method: "GET", url: "/households/" + first.ID, status: 200, contains: first.HeadName},
			{name: "masked for the department", as: "so", method: "GET", url: "/households/" + first.ID, status: 200, contains: given, lacks: first.HeadName},
			{name: "by status", as: "to", method: "GET", url: "/villages/" + v.Code + "/households?status=unknown", status: 200, lacks: `"status":"covered"`},
			{name: "bad status", as: "to", method: "GET", url: "/villages/" + v.Code + "/households?status=x", status: 422, contains: "query.status"},
			{name: "explained", as: "so", method: "GET", url: "/households/" + first.ID + "/explanation", status: 200, contains: `"kind":"household"`, lacks: first.HeadName},
			{name: "village figures", as: "to", method: "GET", url: "/areas/" + v.Code + "/coverage", status: 200, contains: `"level":"village"`},
			{name: "as of the day before the register", as: "so", method: "GET", url: "/areas/22/coverage?on=2026-10-08", status: 200, contains: `"households":0`},
			{name: "a pupil lists nobody", as: "hocsinh", method: "GET", url: "/villages/" + v.Code + "/households", status: 403},
			{name: "a teacher neither", as: "giaovien", method: "GET", url: "/households/" + first.ID, status: 403},
		})
		var c coverageView
		w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", &c)
		to := c.Children[0].Code
		if to == v.Code {
			to = c.Children[1].Code
		}
		w.run(t, []scenario{
			{name: "a team moves nobody", as: "to", method: "POST", url: "/households/" + first.ID + "/move", body: `{"village_code":"` + to + `","on":"2026-11-23","reason":"chuyển nhà"}`, status: 403},
			{name: "no reason", as: "canbo", method: "POST", url: "/households/" + first.ID + "/move", body: `{"village_code":"` + to + `","on":"2026-11-23","reason":""}`, status: 422},
			{name: "moved", as: "canbo", method: "POST", url: "/households/" + first.ID + "/move", body: `{"village_code":"` + to + `","on":"2026-11-23","reason":"chuyển nhà"}`, status: 200, contains: to},
			{name: "one less", as: "canbo", method: "GET", url: "/areas/" + v.Code + "/coverage", status: 200, contains: fmt.Sprintf(`"households":%d`, v.Households-1)},
		})
	})
}

func TestLinks(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var links list[classLink]
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/household-links", "", &links)
		require.Len(t, links.Items, 6)
		state := map[string]classLink{}
		for _, l := range links.Items {
			state[l.State] = l
		}
		claimed, free := state["claimed"], state["none"]
		require.NotEmpty(t, claimed.PersonID)
		require.NotEmpty(t, free.PersonID)
		var page list[householdRow]
		w.ok(t, "canbo", "GET", "/villages/"+w.village(t).Code+"/households?status=unknown", "", &page)
		claim := fmt.Sprintf(`{"id":%q,"person_id":%q,"household_code":%q,"relation":"child"}`, w.newID(), free.PersonID, page.Items[0].Code)
		given := models.Fold(models.GivenName(page.Items[0].HeadName))
		decision := "/household-links/" + *claimed.LinkID + "/decision"
		w.run(t, []scenario{
			{name: "claimed for a pupil", as: "giaovien", method: "POST", url: "/household-links", body: claim, status: 200, contains: `"state":"claimed"`},
			{name: "the same again", as: "giaovien", method: "POST", url: "/household-links", body: claim, status: 200, contains: free.PersonID},
			{name: "an unknown relation", as: "giaovien", method: "POST", url: "/household-links", body: strings.Replace(claim, "child", "friend", 1), status: 422, contains: "body.relation"},
			{name: "an unknown household", as: "giaovien", method: "POST", url: "/household-links", body: strings.Replace(claim, page.Items[0].Code, "ABCDEFG", 1), status: 404},
			{name: "a pupil decides nothing", as: "hocsinh", method: "POST", url: decision, body: `{"decision":"confirm"}`, status: 403},
			{name: "the department neither", as: "so", method: "POST", url: decision, body: `{"decision":"confirm"}`, status: 403},
			{name: "confirmed", as: "giaovien", method: "POST", url: decision, body: `{"decision":"confirm"}`, status: 200, contains: `"decided_by_role":"teacher"`},
			{name: "confirmed twice", as: "giaovien", method: "POST", url: decision, body: `{"decision":"confirm"}`, status: 200},
			{name: "turned round without a reason", as: "canbo", method: "POST", url: decision, body: `{"decision":"reject"}`, status: 409, contains: "already_decided"},
			{name: "turned round", as: "canbo", method: "POST", url: decision, body: `{"decision":"reject","reason":"không ở đây"}`, status: 200, contains: `"rejected"`},
			{name: "candidates", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/households?q=" + url.QueryEscape(given), status: 200, contains: `"village_name"`},
			{name: "one letter", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/households?q=n", status: 422, contains: "query.q"},
		})
	})
}

func TestClassAccounts(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		require.Equal(t, 200, w.upload(t, "truong", "/classes/"+w.class+"/rosters", "file", string(seeds.RosterFile(3, 5))).Code)
		var cards list[signInCard]
		w.ok(t, "truong", "POST", "/classes/"+w.class+"/accounts", `{}`, &cards)
		fresh := signInCard{}
		for _, c := range cards.Items {
			if c.Password != "" {
				fresh = c
			}
		}
		first := `{"username":"` + fresh.Username + `","password":"` + fresh.Password + `"}`
		w.run(t, []scenario{
			{name: "the card opens the account", method: "POST", url: "/sessions", body: first, status: 200, contains: `"must_change_password":true`},
			{name: "a second time nothing is new", as: "giaovien", method: "POST", url: "/classes/" + w.class + "/accounts", body: `{}`, status: 200, lacks: fresh.Password},
			{name: "a pupil gets no list", as: "hocsinh", method: "POST", url: "/classes/" + w.class + "/accounts", body: `{}`, status: 403},
			{name: "forgotten", as: "giaovien", method: "POST", url: "/classes/" + w.class + "/password-resets", body: `{"person_ids":["` + fresh.PersonID + `"]}`, status: 200, contains: fresh.Username, lacks: fresh.Password},
			{name: "the old one is over", method: "POST", url: "/sessions", body: first, status: 401},
			{name: "of nobody", as: "giaovien", method: "POST", url: "/classes/" + w.class + "/password-resets", body: `{"person_ids":[]}`, status: 422},
			{name: "another class", as: "giaovien", method: "POST", url: "/classes/" + w.newID() + "/password-resets", body: `{"person_ids":["` + fresh.PersonID + `"]}`, status: 404},
			{name: "a new school", as: "so", method: "POST", url: "/schools", body: `{"code":"22NEW","name":"Trường THCS Mới","type":"thcs","commune_code":"06685"}`, status: 200, contains: "22NEW"},
			{name: "not by a teacher", as: "giaovien", method: "POST", url: "/schools", body: `{"code":"22NEW2","name":"Trường THCS Mới","type":"thcs","commune_code":"06685"}`, status: 403},
		})
	})
}

func (w *world) upload(t *testing.T, user, url string, pairs ...string) *httptest.ResponseRecorder {
	t.Helper()
	in, kind := form(t, pairs...)
	req := httptest.NewRequest("POST", base+url, bytes.NewReader(in.Bytes()))
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+w.token(t, user))
	res := httptest.NewRecorder()
	w.ServeHTTP(res, req)
	return res
}

func TestRosterImport(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		file := string(seeds.RosterFile(5, 3))
		at := "/classes/" + w.class + "/rosters"
		var r rosterReport
		read := func(res *httptest.ResponseRecorder) {
			t.Helper()
			require.Equal(t, 200, res.Code, res.Body.String())
			r = rosterReport{}
			require.NoError(t, json.Unmarshal(res.Body.Bytes(), &r))
		}
		read(w.upload(t, "truong", at+"?dry_run=true", "file", file))
		require.Equal(t, 5, r.Rows, "%+v", r)
		require.False(t, r.Written)
		dry := r.New
		read(w.upload(t, "truong", at, "file", file))
		require.True(t, r.Written, "%+v", r)
		require.Equal(t, dry, r.New)
		read(w.upload(t, "truong", at, "file", file))
		require.Zero(t, r.New, "the same file again changes nothing")
		for user, status := range map[string]int{"hocsinh": 403, "canbo": 403, "so": 403} {
			require.Equal(t, status, w.upload(t, user, at, "file", file).Code, user)
		}
		require.Equal(t, 404, w.upload(t, "truong", "/classes/"+w.newID()+"/rosters", "file", file).Code)
		broken := w.upload(t, "truong", at, "file", "STT;Họ và tên;Ngày sinh\n1;An;1/1/2014\n")
		require.Equal(t, 422, broken.Code)
		require.Contains(t, broken.Body.String(), "row 1, column ", "the place is named")
	})
}

func TestRegisterImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		villages, err := w.Villages(t.Context())
		require.NoError(t, err)
		file, err := seeds.RegisterFile(villages, 200, 9)
		require.NoError(t, err)
		at := "/household-registers"
		good := []string{"source", "Công an tỉnh (thử)", "as_of", "2026-11-23", "file", string(file)}
		require.Equal(t, 403, w.upload(t, "giaovien", at, good...).Code)
		for _, c := range []struct {
			name  string
			pairs []string
			want  string
		}{
			{"no source", []string{"as_of", "2026-11-23", "file", string(file)}, "source"},
			{"bad day", []string{"source", "x", "as_of", "20/11/2026", "file", string(file)}, "as_of"},
			{"no file", []string{"source", "x", "as_of", "2026-11-23"}, "body.file"},
		} {
			res := w.upload(t, "so", at, c.pairs...)
			require.Equal(t, 422, res.Code, c.name+res.Body.String())
			require.Contains(t, res.Body.String(), c.want, c.name)
		}
		res := w.upload(t, "so", at+"?dry_run=true", good...)
		require.Equal(t, 200, res.Code, res.Body.String())
		var r registerReport
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), &r))
		require.Equal(t, 200, r.Rows)
		require.False(t, r.Written)
	})
}
