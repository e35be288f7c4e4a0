package api

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store/storetest"
)

// filed is the body of a request about a pupil.
func (w *world) filed(kind, person, more string) (id, body string) {
	id = w.newID()
	return id, `{"id":"` + id + `","kind":"` + kind + `","person_id":"` + person + `","asked_by":"self","channel":"in_person"` + more + `}`
}

// The desk through HTTP, with who may not beside who may.
func TestDeskOverHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		person := w.pupils[0]
		id, body := w.filed("access", person, "")
		const desk = "/data-requests"
		w.run(t, []scenario{
			{"nobody", "", "GET", desk, "", 401, "", ""},
			{"a pupil has no desk", "hocsinh", "GET", desk, "", 403, "forbidden", ""},
			{"the department answers for none", "so", "GET", desk + "/desk", "", 403, "", ""},
			{"a pupil of another commune's household", "canbo", "POST", desk, strings.Replace(body, person, w.newID(), 1), 404, "not_found", ""},
			{"a teacher writes it down", "giaovien", "POST", desk, body, 200, `"state":"filed"`, ""},
			{"once", "giaovien", "POST", desk, body, 200, id, ""},
			{"one of a kind at a time", "truong", "POST", desk, strings.Replace(body, id, w.newID(), 1), 409, "request_open", ""},
			{"a wrong kind", "truong", "POST", desk, strings.Replace(body, "access", "gossip", 1), 422, "body.kind", ""},
			{"the teacher does not answer", "giaovien", "POST", desk + "/" + id + "/owner", "", 403, "", ""},
			{"nor makes the copy", "giaovien", "POST", desk + "/" + id + "/copies", "", 403, "", ""},
			{"the commune does not see it", "canbo", "GET", desk, "", 200, `"items":[]`, id},
			{"the school does", "truong", "GET", desk, "", 200, id, ""},
			{"an administrator answers too", "admin", "GET", desk + "/desk", "", 200, id, ""},
			{"and takes it", "truong", "POST", desk + "/" + id + "/owner", "", 200, `"own":true`, ""},
			{"not before the copy", "truong", "POST", desk + "/" + id + "/completion", `{}`, 409, "copy_first", ""},
			{"found by name", "truong", "GET", desk + "/persons?q=a", "", 422, "too_short", ""},
			{"unknown", "truong", "POST", desk + "/" + w.newID() + "/owner", "", 404, "", ""},
		})
		res := w.as(t, "truong", "POST", desk+"/"+id+"/copies", "")
		require.Equal(t, 200, res.Code, res.Body.String())
		assert.Equal(t, `attachment; filename="du-lieu-ca-nhan.zip"`, res.Header().Get("Content-Disposition"))
		z, err := zip.NewReader(bytes.NewReader(res.Body.Bytes()), int64(res.Body.Len()))
		require.NoError(t, err)
		assert.Len(t, z.File, 3)
		deletion, other := w.filed("deletion", w.pupils[1], "")
		w.run(t, []scenario{
			{"handed over", "truong", "POST", desk + "/" + id + "/completion", `{"answer":"Đã đưa tệp"}`, 200, `"state":"done"`, ""},
			{"it is over", "truong", "POST", desk + "/" + id + "/refusal", `{"reason":"other","answer":"không"}`, 409, "request_closed", ""},
			{"erasing is asked for", "truong", "POST", desk, other, 200, "", ""},
			{"and needs the word", "truong", "POST", desk + "/" + deletion + "/completion", `{"confirm":"xoa"}`, 422, "confirm_word", ""},
			{"a reason of the list", "truong", "POST", desk + "/" + deletion + "/refusal", `{"reason":"lazy","answer":"không"}`, 422, "body.reason", ""},
			{"refused", "truong", "POST", desk + "/" + deletion + "/refusal", `{"reason":"law_keeps","answer":"Hồ sơ đang cần"}`, 200, `"reason":"law_keeps"`, ""},
			{"nothing to lift", "truong", "POST", desk + "/" + deletion + "/lift", "", 409, "not_restricted", ""},
		})
	})
}

func TestConsentLog(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	h := w.certifiedPupil(t)
	at := "/students/" + h.person + "/consent-log"
	var before, after list[consentLine]
	w.ok(t, "giaovien", "GET", at, "", &before)
	w.clock.Add(time.Minute)
	w.says(t, h.person, "area_names", "guardian", "withdraw")
	w.ok(t, "giaovien", "GET", at, "", &after)
	require.Len(t, after.Items, len(before.Items)+1)
	assert.Equal(t, "withdraw", after.Items[0].Act, "the newest first")
	assert.Equal(t, "Cô Trần Thu Hà", after.Items[0].By)
	w.run(t, []scenario{
		{"the school", "truong", "GET", at, "", 200, "withdraw", ""},
		{"not beyond it", "canbo", "GET", at, "", 403, "", "withdraw"},
		{"nor the pupil's own class", "hocsinh", "GET", at, "", 403, "", ""},
		{"another pupil's", "giaovien", "GET", "/students/" + w.newID() + "/consent-log", "", 404, "", ""},
	})
}

func TestNamesForAReason(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		id := w.newID()
		begin := `{"id":"` + id + `","reason":"complaint","note":"Phụ huynh khiếu nại về giấy"}`
		w.run(t, []scenario{
			{"a school has its own", "truong", "POST", "/name-lookups", begin, 403, "", ""},
			{"no reason", "so", "POST", "/name-lookups", strings.Replace(begin, "complaint", "fun", 1), 422, "body.reason", ""},
			{"no words", "so", "POST", "/name-lookups", strings.Replace(begin, "Phụ huynh khiếu nại về giấy", "x", 1), 422, "body.note", ""},
			{"none is open", "so", "GET", "/name-lookups/current", "", 200, `"lookup":null`, ""},
			{"begun", "so", "POST", "/name-lookups", begin, 200, `"left":10800`, ""},
			{"somebody else's", "canbo", "GET", "/name-lookups/" + id + "/pupils?q=nguyen", "", 404, "", ""},
			{"too little", "so", "GET", "/name-lookups/" + id + "/pupils?q=ng", "", 422, "too_short", ""},
		})
		var found lookedUpList
		var board struct {
			Students []struct{ Name string }
		}
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/board", "", &board)
		w.ok(t, "so", "GET", "/name-lookups/"+id+"/pupils?q="+queryEscape(board.Students[0].Name), "", &found)
		require.NotEmpty(t, found.Items)
		var record list[auditEntry]
		w.ok(t, "truong", "GET", "/audit?act=lookup_read", "", &record)
		require.Len(t, record.Items, len(found.Items), "the owning school sees who looked, and why")
		assert.Equal(t, "Phụ huynh khiếu nại về giấy", record.Items[0].Note)
		assert.NotEmpty(t, record.Items[0].Actor)
		w.clock.Add(3 * time.Hour)
		w.tokens = map[string]string{}
		w.run(t, []scenario{
			{"over", "so", "GET", "/name-lookups/" + id + "/pupils?q=nguyen", "", 409, "lookup_over", ""},
			{"a teacher reads no record", "giaovien", "GET", "/audit", "", 403, "", ""},
			{"an unknown act", "truong", "GET", "/audit?act=dancing", "", 422, "", ""},
			{"digests are the operator's", "truong", "GET", "/audit/days", "", 403, "", ""},
			{"so is the check", "truong", "GET", "/audit/check", "", 403, "", ""},
			{"intact", "admin", "GET", "/audit/check", "", 200, `"differences":0`, ""},
			{"half a printed line", "admin", "GET", "/audit/check?day=2026-11-23", "", 422, "day", ""},
			{"a printed line of no day", "admin", "GET", "/audit/check?day=2026-11-01&digest=ab", "", 200, `"missing"`, ""},
		})
	})
}

func queryEscape(s string) string { return strings.ReplaceAll(models.Fold(s), " ", "%20") }

// Every action that is marked as sensitive has operations that leave an entry:
// this does one thing of each kind and reads the record.
func TestSensitiveActionsLeaveARecord(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	code, h := w.certified(t), w.certifiedPupil(t)
	var account []models.ID
	require.NoError(t, w.DB.Read(t.Context()).Raw("SELECT id FROM accounts WHERE username = 'giaovien'").Scan(&account).Error)
	_, filed := w.filed("access", w.pupils[0], "")
	for _, r := range []struct{ as, method, url, body string }{
		{"truong", "POST", "/schools/" + w.schoolOf(t, "truong") + "/delegations", `{"id":"` + w.newID() + `","account_id":"` + account[0].String() + `","role":"invigilator"}`},
		{"admin", "POST", "/accounts/" + account[0].String() + "/password-reset", ""},
		{"canbo", "GET", "/households/" + h.household, ""},
		{"so", "POST", "/name-lookups", `{"id":"` + w.newID() + `","reason":"other","note":"kiểm tra việc ghi sổ"}`},
		{"truong", "GET", "/certificates/" + code + "/pdf", ""},
		{"truong", "POST", "/certificates/" + code + "/revocation", `{"reason":"other: thử"}`},
		{"truong", "POST", "/data-requests", filed},
		{"truong", "POST", "/laptops", `{"id":"` + w.newID() + `","name":"Máy 1","class_ids":["` + w.class + `"]}`},
	} {
		res := w.as(t, r.as, r.method, r.url, r.body)
		require.Less(t, res.Code, 300, "%s %s: %s", r.method, r.url, res.Body.String())
	}
	lockedOverHTTP(t, w, "/areas/22/months/2026-10", func(digest, reason string) string {
		return fmt.Sprintf(`{"id":%q,"kind":"approved","digest":%q,"reason":%q}`, w.newID(), digest, reason)
	})
	class, err := models.ParseID(w.class)
	require.NoError(t, err)
	_, err = w.People.IssueCards(t.Context(), w.System, class, nil)
	require.NoError(t, err)
	_, err = w.People.RotateKeys(t.Context())
	require.NoError(t, err)
	move(t, w, h)

	left := map[models.Action]bool{}
	lines, _, err := audit.Lines(w.DB.Read(t.Context()), audit.Filter{All: true, Limit: 500})
	require.NoError(t, err)
	for _, l := range lines {
		left[audit.ActionOf(l.Act)] = true
	}
	for _, action := range models.Sensitive() {
		assert.True(t, left[action], "%s is sensitive and nothing it did is on record", action)
	}
}

// move puts a household into another village of its commune.
func move(t *testing.T, w *world, h hidden) {
	t.Helper()
	id, err := models.ParseID(h.household)
	require.NoError(t, err)
	d, err := w.House.Households.Household(t.Context(), w.System, id)
	require.NoError(t, err)
	var codes []string
	require.NoError(t, w.DB.Read(t.Context()).Raw(`SELECT v.code FROM villages v JOIN village_communes vc ON vc.village_id = v.id
		WHERE vc.valid_to = ? AND vc.commune_id = (SELECT commune_id FROM village_communes WHERE village_id = ? AND valid_to = ?)
		AND v.id <> ? AND v.valid_to = ? ORDER BY v.code LIMIT 1`, models.Forever, d.VillageID, models.Forever, d.VillageID, models.Forever).Scan(&codes).Error)
	require.NotEmpty(t, codes)
	_, err = w.House.Households.Move(t.Context(), w.System, id, codes[0], models.Day(w.clock.Now()), "Chuyển nhà sang khu khác")
	require.NoError(t, err)
}

// An act that no room writes would be a word without a deed.
func TestEveryActIsWritten(t *testing.T) {
	source, err := os.ReadFile("../models/audit/act.go")
	require.NoError(t, err)
	var all strings.Builder
	for _, dir := range []string{"../models", "../api"} {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "audit/act.go") {
				return err
			}
			text, err := os.ReadFile(path)
			all.Write(text)
			return err
		}))
	}
	for _, act := range regexp.MustCompile(`(?m)^\t(\w+) +Act = "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
		written := strings.Contains(all.String(), "audit."+act[1]) || strings.Contains(all.String(), "e.Act, e.Detail = "+act[1])
		assert.True(t, written, "nothing writes %s", act[2])
	}
	words, err := os.ReadFile("../frontend/messages/rights.vi.json")
	require.NoError(t, err)
	var catalogue map[string]string
	require.NoError(t, json.Unmarshal(words, &catalogue))
	for _, act := range audit.Acts() {
		assert.NotEmpty(t, catalogue["audit_act_"+string(act)], "the page has no word for %s", act)
	}
}
