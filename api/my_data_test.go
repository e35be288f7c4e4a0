package api

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// TestOwnDataOverHTTP: a pupil asks on the own phone, the school answers, the
// pupil alone fetches the copy, with the password once more.
func TestOwnDataOverHTTP(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	id, foreign := w.newID(), w.newID()
	const mine = "/me/data-requests"
	file := func(id, kind, more string) string { return `{"id":"` + id + `","kind":"` + kind + `"` + more + `}` }
	w.run(t, []scenario{
		{"nobody", "", "GET", mine, "", 401, "", ""},
		{"a teacher has no person", "giaovien", "GET", mine, "", 403, "forbidden", ""},
		{"nothing yet", "hocsinh", "GET", mine, "", 200, `"items":[]`, ""},
		{"which school answers", "hocsinh", "GET", mine, "", 200, `"school":"`, `"school":""`},
		{"no kind", "hocsinh", "POST", mine, file(id, "gossip", ""), 422, "body.kind", ""},
		{"no id", "hocsinh", "POST", mine, file("x", "access", ""), 422, "body.id", ""},
		{"wishes are of a correction", "hocsinh", "POST", mine, file(id, "access", `,"wishes":{"gender":"female"}`), 422, "body.wishes", ""},
		{"not every field", "hocsinh", "POST", mine, file(id, "correction", `,"wishes":{"score":"100"}`), 422, "body.wishes.score", ""},
		{"a child alone closes no account", "hocsinh", "POST", mine, file(id, "deletion", ""), 422, "guardian_needed", ""},
		{"nor with anybody", "hocsinh", "POST", mine, file(id, "deletion", `,"guardian":"friend"`), 422, "body.guardian", ""},
		{"asked", "hocsinh", "POST", mine, file(id, "access", `,"note":"Em muốn xem"`), 200, `"state":"filed"`, ""},
		{"once", "hocsinh", "POST", mine, file(id, "access", ""), 200, id, ""},
		{"one of a kind", "hocsinh", "POST", mine, file(w.newID(), "access", ""), 409, "request_open", ""},
		{"the desk has it", "truong", "GET", "/data-requests", "", 200, `"channel":"account"`, ""},
		{"not before the answer", "hocsinh", "POST", mine + "/" + id + "/copies", `{"secret":"` + seeds.DemoPassword + `"}`, 409, "copy_not_ready", ""},
		{"answered", "truong", "POST", "/data-requests/" + id + "/completion", `{"answer":"Em tải nhé"}`, 200, `"state":"done"`, ""},
		{"no password", "hocsinh", "POST", mine + "/" + id + "/copies", `{}`, 422, "body.secret", ""},
		{"a wrong one", "hocsinh", "POST", mine + "/" + id + "/copies", `{"secret":"sai mật khẩu"}`, 422, "wrong_password", ""},
		{"nobody else's request", "hocsinh", "POST", mine + "/" + foreign + "/copies", `{"secret":"` + seeds.DemoPassword + `"}`, 404, "not_found", ""},
		{"the desk takes no copy by this door", "truong", "POST", mine + "/" + id + "/copies", `{"secret":"` + seeds.DemoPassword + `"}`, 403, "forbidden", ""},
		{"no way back", "hocsinh", "POST", mine + "/" + id + "/withdrawal", "", 409, "request_closed", ""},
		{"who answered is not named", "hocsinh", "GET", mine, "", 200, `"has_copy":true`, "closed_name"},
	})
	res := w.as(t, "hocsinh", "POST", mine+"/"+id+"/copies", `{"secret":"`+seeds.DemoPassword+`"}`)
	require.Equal(t, 200, res.Code, res.Body.String())
	_, err := zip.NewReader(bytes.NewReader(res.Body.Bytes()), int64(res.Body.Len()))
	require.NoError(t, err)
	assert.Equal(t, "no-store", res.Header().Get("Cache-Control"))
	for range 4 {
		w.as(t, "hocsinh", "POST", mine+"/"+id+"/copies", `{"secret":"sai"}`)
	}
	w.run(t, []scenario{{"five wrong ones lock", "hocsinh", "POST", mine + "/" + id + "/copies", `{"secret":"` + seeds.DemoPassword + `"}`, 423, "locked", ""}})
}
