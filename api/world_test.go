package api

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// world is the whole program on one database with the demo province in small:
// a class 7A and an 8B, a household register, one account per role.
type world struct {
	*seeds.House
	http.Handler
	clock  *storetest.Clock
	log    *bytes.Buffer
	users  map[models.Role]string
	tokens map[string]string // by user name
	class  string            // id of 7A
	pupils []string          // person ids of 7A by given name
}

// cheap makes hashing free of the cost that production needs.
var cheap = people.Cost{MemoryKiB: 64, Passes: 1, Parallel: 2, Queue: 1000}

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock, change ...func(*Deps)) *world {
	t.Helper()
	w := &world{House: seeds.Build(db, seeds.Wiring{Cost: &cheap}), clock: clock, log: &bytes.Buffer{}, users: map[models.Role]string{}, tokens: map[string]string{}}
	signIns, err := w.Demo(t.Context(), seeds.DemoOptions{Households: 1200, Villages: 162, Pupils: 6})
	require.NoError(t, err)
	for _, s := range signIns {
		w.users[s.Role] = s.Username
	}
	d := Deps{DB: db, Clock: clock.Now, Places: w.Places, People: w.People, Certificates: w.Certificates, Coverage: w.Coverage, Reports: w.Reports,
		Households: w.House.Households, Consents: w.Consents, Learning: w.Learning, Outreach: w.Outreach, Drafts: w.Drafts, SignIn: w.SignIn, SignOff: w.SignOff, Quality: w.Quality, Classroom: w.Classroom, School: w.School, Gradebook: w.Gradebook, Rights: w.Rights, Version: "test", Log: slog.New(slog.NewJSONHandler(w.log, nil))}
	for _, f := range change {
		f(&d)
	}
	w.Handler, err = New(d)
	require.NoError(t, err)
	var classes list[struct{ ID, Name string }]
	w.ok(t, "giaovien", "GET", "/classes", "", &classes)
	for _, c := range classes.Items {
		if c.Name == "7A" {
			w.class = c.ID
		}
	}
	var board struct {
		Students []struct {
			PersonID string `json:"person_id"`
		}
	}
	w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/board", "", &board)
	for _, s := range board.Students {
		w.pupils = append(w.pupils, s.PersonID)
	}
	return w
}

// eachWorld runs one test on SQLite and on MariaDB.
func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, newWorld(t, db, clock)) })
}

// roles are the short names by which tests call the demo accounts.
var roles = map[string]models.Role{
	"hocsinh": models.RoleStudent, "giaovien": models.RoleTeacher, "truong": models.RoleSchoolAdmin, "to": models.RoleTeamMember,
	"canbo": models.RoleCommuneOfficer, "so": models.RoleDeptOfficer, "admin": models.RoleAdmin,
}

// username is that of a demo account, or the name itself.
func (w *world) username(name string) string {
	if role, ok := roles[name]; ok {
		return w.users[role]
	}
	return name
}

// token signs a demo account in, once.
func (w *world) token(t testing.TB, username string) string {
	t.Helper()
	username = w.username(username)
	if w.tokens[username] == "" {
		res := w.raw("POST", "/sessions", `{"username":"`+username+`","password":"`+seeds.DemoPassword+`"}`, "")
		require.Equal(t, 200, res.Code, res.Body.String())
		var session sessionView
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), &session))
		w.tokens[username] = session.AccessToken
	}
	return w.tokens[username]
}

// raw asks with a bearer token, or without when it is empty.
func (w *world) raw(method, url, body, token string, headers ...string) *httptest.ResponseRecorder {
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, base+url, in)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res := httptest.NewRecorder()
	w.ServeHTTP(res, req)
	return res
}

// as asks as a demo account; "" is nobody.
func (w *world) as(t testing.TB, username, method, url, body string) *httptest.ResponseRecorder {
	t.Helper()
	token := ""
	if username != "" {
		token = w.token(t, username)
	}
	return w.raw(method, url, body, token)
}

// ok asks, expects success and reads the answer into out, if any.
func (w *world) ok(t testing.TB, username, method, url, body string, out any) {
	t.Helper()
	res := w.as(t, username, method, url, body)
	require.Less(t, res.Code, 300, "%s %s as %s: %s", method, url, username, res.Body.String())
	if out != nil {
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), out), res.Body.String())
	}
}

// scenario is one row of a test through HTTP.
type scenario struct {
	name     string
	as       string // demo account, "" for nobody
	method   string
	url      string
	body     string
	status   int
	contains string
	lacks    string
}

func (w *world) run(t *testing.T, rows []scenario) {
	t.Helper()
	for _, r := range rows {
		res := w.as(t, r.as, r.method, r.url, r.body)
		require.Equal(t, r.status, res.Code, "%s: %s", r.name, res.Body.String())
		if r.contains != "" {
			require.Contains(t, res.Body.String(), r.contains, r.name)
		}
		if r.lacks != "" {
			require.NotContains(t, res.Body.String(), r.lacks, r.name)
		}
	}
}

func (w *world) newID() string { return models.NewID(w.clock.Now()).String() }

// restart keeps the database and puts another copy of the program on it.
func (w *world) restart(t *testing.T) *world {
	t.Helper()
	again := *w
	again.House = seeds.Build(w.DB, seeds.Wiring{Cost: &cheap})
	var err error
	again.Handler, err = New(Deps{DB: w.DB, Clock: w.clock.Now, Places: again.Places, People: again.People, Certificates: again.Certificates,
		Coverage: again.Coverage, Reports: again.Reports, Households: again.House.Households, Consents: again.Consents, Learning: again.Learning, Outreach: again.Outreach, Drafts: again.Drafts, SignIn: again.SignIn, SignOff: again.SignOff, Quality: again.Quality, Classroom: again.Classroom, School: again.School, Gradebook: again.Gradebook, Rights: again.Rights, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return &again
}
