package api

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/store/storetest"
)

const rosterHead = "Mã định danh Bộ GD&ĐT;Họ và tên;Ngày sinh;Giới tính;Lớp;Dân tộc\n"

// sendRoster uploads a file as somebody.
func (w *world) sendRoster(t *testing.T, username, url, name string, data []byte) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write(data)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	req := httptest.NewRequest("POST", base+url, &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	if username != "" {
		req.Header.Set("Authorization", "Bearer "+w.token(t, username))
	}
	res := httptest.NewRecorder()
	w.ServeHTTP(res, req)
	return res
}

// takes uploads a roster and expects an answer.
func (w *world) takes(t *testing.T, username, url, text string) rosterReport {
	t.Helper()
	res := w.sendRoster(t, username, url, "danh sach.csv", []byte(text))
	require.Equal(t, 200, res.Code, res.Body.String())
	var r rosterReport
	require.NoError(t, json.Unmarshal(res.Body.Bytes(), &r))
	return r
}

// mySchool is the school of the demo's class.
func (w *world) mySchool(t *testing.T) string {
	t.Helper()
	id, err := models.ParseID(w.class)
	require.NoError(t, err)
	class, err := w.Places.Class(t.Context(), models.Reach{All: true}, id)
	require.NoError(t, err)
	return class.SchoolID.String()
}

func TestRosterWizard(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		url := "/classes/" + w.class + "/rosters"
		good := rosterHead + "9901;Lê Thị Mới;05/09/2013;Nữ;;Kinh\n9902;Lê Văn Mới;31/01/2013;Nam;7A;Tày\n"
		wrong := w.takes(t, "giaovien", url+"?dry_run=true", good+"9903;Lê 3;31/02/2013;;;\n")
		require.Equal(t, 2, wrong.ErrorCount)
		require.False(t, wrong.Written)
		require.Equal(t, "invalid_date", wrong.Preview[2].Cells[2].Reason)
		require.Equal(t, []string{"Dân tộc"}, wrong.DroppedColumns)
		id := w.newID()
		preview := w.takes(t, "giaovien", url+"?dry_run=true&import_id="+id, good)
		require.Equal(t, 2, preview.New)
		require.Equal(t, "Lê Thị Mới", preview.Changes[0].Name)
		apply := url + "?import_id=" + id + "&expect=" + preview.Plan
		done := w.takes(t, "giaovien", apply, good)
		require.True(t, done.Written)
		require.Equal(t, id, *done.ImportID)
		again := w.takes(t, "giaovien", apply, good)
		require.True(t, again.Already)
		require.Equal(t, 2, again.New)
		require.Equal(t, 2, w.takes(t, "giaovien", url+"?import_id="+w.newID(), good).Unchanged, "the same file again changes nothing")
		res := w.sendRoster(t, "giaovien", url+"?import_id="+w.newID()+"&expect="+preview.Plan, "x.csv", []byte(good))
		require.Equal(t, 409, res.Code)
		require.Contains(t, res.Body.String(), "roster_changed")

		var list list[rosterImportView]
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/roster-imports", "", &list)
		require.Len(t, list.Items, 1)
		require.NotNil(t, list.Items[0].UndoUntil)
		undo := "/roster-imports/" + id + "/undo"
		w.run(t, []scenario{
			{name: "undo by a pupil", as: "hocsinh", method: "POST", url: undo, body: `{}`, status: 403},
			{name: "undo by an officer", as: "canbo", method: "POST", url: undo, body: `{}`, status: 403},
			{name: "undo of nothing", as: "giaovien", method: "POST", url: "/roster-imports/" + w.newID() + "/undo", body: `{}`, status: 404},
			{name: "progress of what is over", as: "giaovien", method: "GET", url: "/roster-imports/" + id + "/progress", status: 404},
			{name: "a teacher, the school's list", as: "giaovien", method: "GET", url: "/schools/" + w.mySchool(t) + "/roster-imports", status: 404},
			{name: "undo", as: "giaovien", method: "POST", url: undo, body: `{}`, status: 200, contains: `"restored":2`},
			{name: "undo again", as: "truong", method: "POST", url: undo, body: `{}`, status: 200, contains: `"already":true`},
		})
	})
}

// learns records a lesson of a pupil, as if done on a phone.
func (w *world) learns(t *testing.T, code string) {
	t.Helper()
	require.NoError(t, w.DB.Tx(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO lesson_progress (person_id, course_key, lesson_key, lesson_hash, seq, card_index, updated_at)"+
			" SELECT id, 'c', 'l', 'h', 1, 1, ? FROM persons WHERE ministry_code = ?", w.clock.Now(), code).Error
	}))
}

// Taking a file back keeps whoever learnt meanwhile, as the program is wired.
func TestUndoKeepsALearner(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.clock.Add(time.Minute)
		done := w.takes(t, "giaovien", "/classes/"+w.class+"/rosters", rosterHead+"9901;Lê Thị Mới;05/09/2013;Nữ;;\n9902;Lê Văn Mới;31/01/2013;Nam;;\n")
		w.learns(t, "9902")
		var undone rosterUndoneView
		w.ok(t, "giaovien", "POST", "/roster-imports/"+*done.ImportID+"/undo", `{}`, &undone)
		require.Equal(t, 1, undone.Restored)
		require.Len(t, undone.Kept, 1)
		require.Equal(t, "Lê Văn Mới has_work", undone.Kept[0].FullName+" "+undone.Kept[0].Reason)
	})
}

func TestRosterOfASchool(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		school := w.mySchool(t)
		url := "/schools/" + school + "/rosters"
		text := rosterHead + "9901;Lê Thị Mới;05/09/2013;Nữ;6K;\n"
		for who, status := range map[string]int{"": 401, "hocsinh": 403, "canbo": 403, "giaovien": 404} {
			require.Equal(t, status, w.sendRoster(t, who, url, "x.csv", []byte(text)).Code, who)
		}
		require.Equal(t, 404, w.sendRoster(t, "truong", "/schools/"+w.newID()+"/rosters", "x.csv", []byte(text)).Code)
		r := w.takes(t, "truong", url, text)
		require.True(t, r.Written)
		require.Equal(t, []string{"6K"}, r.NewClasses)

		res := w.as(t, "truong", "GET", "/schools/"+school+"/oneroster.zip?version=1.1", "")
		require.Equal(t, 200, res.Code, res.Body.String())
		require.Equal(t, `attachment; filename="danh-sach-oneroster-1.1.zip"`, res.Header().Get("Content-Disposition"))
		bundle := res.Body.Bytes()
		_, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
		require.NoError(t, err)
		back := w.sendRoster(t, "truong", url, "danh-sach.zip", bundle)
		require.Equal(t, 200, back.Code, back.Body.String())
		require.NoError(t, json.Unmarshal(back.Body.Bytes(), &r))
		require.Zero(t, r.New+r.Changed+r.Left+r.ErrorCount, back.Body.String())
		require.Positive(t, r.Unchanged)
		var report oneRosterView
		w.ok(t, "truong", "GET", "/schools/"+school+"/oneroster", "", &report)
		require.Equal(t, r.Unchanged, report.Pupils)
		w.run(t, []scenario{
			{name: "bundle of the school for a teacher", as: "giaovien", method: "GET", url: "/schools/" + school + "/oneroster.zip", status: 404},
			{name: "bundle of the own class", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/oneroster", status: 200, contains: `"classes":1`},
			{name: "bundle for a pupil", as: "hocsinh", method: "GET", url: "/classes/" + w.class + "/oneroster.zip", status: 403},
			{name: "unknown version", as: "truong", method: "GET", url: "/schools/" + school + "/oneroster.zip?version=3", status: 422},
			{name: "template", as: "giaovien", method: "GET", url: "/roster-template", status: 200},
		})
	})
}

// What is no roster is refused with a place and a reason, and nothing is written.
func TestHostileRosters(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	for name, c := range map[string]struct {
		data     string
		status   int
		contains string
	}{
		"old workbook":   {"\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 600), 422, "xls_binary"},
		"PDF":            {"%PDF-1.4", 422, "not_a_table"},
		"empty":          {" ", 422, "empty_file"},
		"10,000 columns": {strings.Repeat("x;", 10_000) + "\n", 413, "too_many_columns"},
		"too many rows":  {rosterHead + strings.Repeat("9901;a;1/1/2013;;;\n", 20_001), 413, "too_many_rows"},
		"no name":        {"Mã định danh;Ngày sinh\n1;2\n", 422, "missing_columns"},
	} {
		res := w.sendRoster(t, "giaovien", "/classes/"+w.class+"/rosters", "x.xls", []byte(c.data))
		require.Equal(t, c.status, res.Code, "%s: %s", name, res.Body.String())
		require.Contains(t, res.Body.String(), c.contains, name)
	}
}

// How far an import is answers every copy of the program to its own account,
// and to nobody when it is over or its copy has died.
func TestProgressIsOnesOwn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		here, there := progress{keep: w.People, every: time.Millisecond}, progress{keep: w.People}
		mine, other, run := models.NewID(time.Now()), models.NewID(time.Now()), models.NewID(time.Now())
		ctx := t.Context()
		gone := func(p *progress, account models.ID) {
			t.Helper()
			_, err := p.of(ctx, account, run)
			require.Equal(t, models.KindNotFound, models.KindOf(err))
		}
		gone(&there, mine)
		tell, end := here.begin(ctx, mine, run)
		tell("write", 500, 1000)
		_, endSecond := here.begin(ctx, other, run)
		endSecond()
		want := rosterProgress{"write", 500, 1000}
		at, err := here.of(ctx, mine, run)
		require.NoError(t, err)
		require.Equal(t, want, at)
		require.Eventually(t, func() bool {
			at, err := there.of(ctx, mine, run)
			return err == nil && at == want
		}, 10*time.Second, 5*time.Millisecond, "another copy")
		gone(&here, other)
		gone(&there, other)
		require.NoError(t, w.People.TellProgress(ctx, other, run, people.ImportProgress{Stage: "read"}))
		gone(&there, other)
		end()
		gone(&here, mine)
		gone(&there, mine)

		require.NoError(t, w.People.TellProgress(ctx, mine, run, people.ImportProgress{Stage: "read"}))
		w.clock.Add(3 * time.Minute)
		gone(&there, mine)
	})
}
