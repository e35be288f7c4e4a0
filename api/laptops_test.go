package api

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// laptopWorld is a province with two schools, and a classroom laptop with a
// database and an API of its own.
type laptopWorld struct {
	*world
	away *world // the laptop
	id   string
	code string
}

// neighbours makes those who must not see the laptops of 7A: gv8b teaches
// another class of the school, truongkhac keeps another school.
func (w *world) neighbours(t *testing.T) {
	t.Helper()
	var classes list[struct{ ID, Name string }]
	w.ok(t, "giaovien", "GET", "/classes", "", &classes)
	class8B := models.ID{}
	for _, c := range classes.Items {
		if c.Name == "8B" {
			class8B, _ = models.ParseID(c.ID)
		}
	}
	other, err := w.Places.CreateSchool(t.Context(), w.System, place.NewSchool{Code: "22TEST02", Name: "Trường THCS Khác", Type: "thcs", CommuneCode: "06685"})
	require.NoError(t, err)
	for name, g := range map[string]models.Grant{
		"gv8b":       {Role: models.RoleTeacher, Scope: models.ScopeClass, At: class8B},
		"truongkhac": {Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: other.ID},
	} {
		_, err := w.People.CreateAccount(t.Context(), w.System, people.NewAccount{Username: name, DisplayName: name, Password: seeds.DemoPassword, Grants: []models.Grant{g}})
		require.NoError(t, err)
	}
}

func (w *world) newLaptop(t *testing.T) *laptopWorld {
	t.Helper()
	clock := storetest.NewClock()
	clock.Add(w.clock.Now().Sub(clock.Now()))
	house := seeds.Build(storetest.SQLite(t, clock.Now), seeds.Wiring{Cost: &cheap, Away: true})
	l := &laptopWorld{world: w, away: &world{House: house, clock: clock, users: w.users, tokens: map[string]string{}}}
	var err error
	l.away.Handler, err = New(Deps{DB: house.DB, Clock: clock.Now, Places: house.Places, People: house.People, Certificates: house.Certificates,
		Coverage: house.Coverage, Households: house.Households, Learning: house.Learning, Outreach: house.Outreach, Drafts: house.Drafts, SignIn: house.SignIn,
		Classroom: house.Classroom, School: house.School, Gradebook: house.Gradebook, Rights: house.Rights, Log: slog.New(slog.DiscardHandler),
		Away: &Away{Addresses: func() []string { return []string{"http://192.168.1.5:8080"} }}})
	require.NoError(t, err)
	var made struct{ ID, Code, State string }
	w.ok(t, "giaovien", "POST", "/laptops", jsonOf(map[string]any{"id": w.newID(), "name": "Máy cô Hà", "class_ids": []string{w.class}}), &made)
	require.Equal(t, classroom.StatePending, made.State)
	l.id, l.code = made.ID, made.Code
	return l
}

// enrol enrols by code and takes the class pack to the laptop.
func (l *laptopWorld) enrol(t *testing.T) {
	t.Helper()
	keys, err := l.away.House.Classroom.Prepare(t.Context())
	require.NoError(t, err)
	res := l.raw("POST", "/laptop-enrolments", jsonOf(map[string]any{"code": l.code, "keys": keys}), "")
	require.Equal(t, 200, res.Code, res.Body.String())
	var e classroom.Enrolled
	unmarshal(t, res.Body.Bytes(), &e)
	require.NoError(t, l.away.House.Classroom.Joined(t.Context(), "http://province.test", e))
	res = l.ask(t)
	require.Equal(t, 200, res.Code)
	_, err = l.away.House.Classroom.LoadPack(t.Context(), res.Body)
	require.NoError(t, err)
}

// ask is the laptop's own question for its class pack.
func (l *laptopWorld) ask(t *testing.T) *httptest.ResponseRecorder {
	t.Helper()
	asked, _, err := l.away.House.Classroom.Ask(t.Context())
	require.NoError(t, err)
	return l.raw("POST", "/laptop-packs", jsonOf(asked), "")
}

func (l *laptopWorld) bring(batch string) *httptest.ResponseRecorder {
	return l.raw("POST", "/laptop-batches", jsonOf(map[string]string{"batch": batch}), "")
}

func jsonOf(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values of a test
	}
	return string(raw)
}

// TestLaptopsAreKeptByTheirOwn: registering, packs, revoking and results are for the class's teacher and the school; to
// the rest of the school and to other schools the laptop does not exist.
func TestLaptopsAreKeptByTheirOwn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.neighbours(t)
		l := w.newLaptop(t)
		at := "/laptops/" + l.id
		fresh := jsonOf(map[string]any{"id": w.newID(), "name": "x", "class_ids": []string{w.class}})
		w.run(t, []scenario{{name: "pending", as: "giaovien", method: "GET", url: at + "/pack", status: 409, contains: "laptop_pending"}})
		l.enrol(t)
		for _, r := range []struct{ method, url, body string }{
			{"GET", "/laptops", ""}, {"POST", "/laptops", fresh}, {"GET", at + "/pack", ""}, {"POST", at + "/revocation", ""},
		} {
			for _, as := range []string{"hocsinh", "to", "canbo", "so"} {
				require.Equal(t, 403, w.as(t, as, r.method, r.url, r.body).Code, "%s %s", as, r.url)
			}
			require.Equal(t, 401, w.as(t, "", r.method, r.url, r.body).Code, r.url)
			if r.method == "GET" && r.url == "/laptops" {
				continue
			}
			for _, as := range []string{"gv8b", "truongkhac"} {
				require.Equal(t, 404, w.as(t, as, r.method, r.url, r.body).Code, "%s %s", as, r.url)
			}
		}
		w.run(t, []scenario{
			{name: "own", as: "giaovien", method: "GET", url: "/laptops", status: 200, contains: l.id},
			{name: "own school", as: "truong", method: "GET", url: "/laptops", status: 200, contains: l.id},
			{name: "the province", as: "admin", method: "GET", url: "/laptops", status: 200, contains: l.id},
			{name: "another class", as: "gv8b", method: "GET", url: "/laptops", status: 200, lacks: l.id},
			{name: "another school", as: "truongkhac", method: "GET", url: "/laptops", status: 200, lacks: l.id},
			{name: "no name", as: "giaovien", method: "POST", url: "/laptops", body: jsonOf(map[string]any{"id": w.newID(), "name": " ", "class_ids": []string{w.class}}), status: 422, contains: "body.name"},
			{name: "no class", as: "giaovien", method: "POST", url: "/laptops", body: jsonOf(map[string]any{"id": w.newID(), "name": "x", "class_ids": []string{}}), status: 422, contains: "class_ids"},
			{name: "nobody's class", as: "admin", method: "POST", url: "/laptops", body: jsonOf(map[string]any{"id": w.newID(), "name": "x", "class_ids": []string{w.newID()}}), status: 404},
		})
		pack := w.as(t, "truong", "GET", at+"/pack", "")
		require.Equal(t, 200, pack.Code)
		require.False(t, strings.Contains(pack.Body.String(), "Trường THCS"), "sealed: nobody but the laptop reads names")
	})
}

// TestLaptopMachines: what a laptop itself asks is proved by its signature; wrong, used and old codes and a revoked
// laptop get nothing.
func TestLaptopMachines(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.neighbours(t)
		l := w.newLaptop(t)
		keys, err := l.away.House.Classroom.Prepare(t.Context())
		require.NoError(t, err)
		wrong := jsonOf(map[string]any{"code": "AAAAA-AAAAA", "keys": keys})
		require.Equal(t, 404, w.raw("POST", "/laptop-enrolments", wrong, "").Code)
		l.enrol(t)
		strange, err := w.newLaptop(t).away.House.Classroom.Prepare(t.Context())
		require.NoError(t, err)
		require.Equal(t, 404, w.raw("POST", "/laptop-enrolments", jsonOf(map[string]any{"code": l.code, "keys": strange}), "").Code, "used by another machine")

		asked, _, err := l.away.House.Classroom.Ask(t.Context())
		require.NoError(t, err)
		asked.Sig[0] ^= 1
		require.Equal(t, 403, w.raw("POST", "/laptop-packs", jsonOf(asked), "").Code, "not signed by it")

		batch, file := l.lesson(t)
		for range 2 {
			res := l.bring(batch)
			require.Equal(t, 200, res.Code, res.Body.String())
			require.Contains(t, res.Body.String(), "receipt")
		}
		require.Equal(t, 422, l.bring(batch[:len(batch)-9]).Code)
		w.results(t, file)

		w.ok(t, "truong", "POST", "/laptops/"+l.id+"/revocation", "", nil)
		for name, res := range map[string]*httptest.ResponseRecorder{"batch": l.bring(batch), "pack": l.ask(t), "file": w.upload(t, "giaovien", "/laptops/results", "file", file),
			"pack by hand": w.as(t, "giaovien", "GET", "/laptops/"+l.id+"/pack", "")} {
			require.Equal(t, 403, res.Code, name)
			require.Contains(t, res.Body.String(), "laptop_revoked", name)
		}
	})
}

// results loads a results file that the network has brought already.
func (w *world) results(t *testing.T, file string) {
	t.Helper()
	for as, status := range map[string]int{"hocsinh": 403, "canbo": 403, "gv8b": 404, "truongkhac": 404, "truong": 200, "giaovien": 200} {
		res := w.upload(t, as, "/laptops/results", "file", file)
		require.Equal(t, status, res.Code, "%s: %s", as, res.Body.String())
		if status == 200 {
			var report resultsView
			unmarshal(t, res.Body.Bytes(), &report)
			require.Equal(t, []int{1, 0, 1}, []int{report.Batches, report.New, report.Again})
			require.Contains(t, report.Receipts, "classroom-receipts")
		}
	}
	res := w.upload(t, "giaovien", "/laptops/results", "file", file[:len(file)/2])
	require.Equal(t, 422, res.Code)
	require.Contains(t, res.Body.String(), "cut_off")
}
