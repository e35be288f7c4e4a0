package api

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// bring uploads a register as a job.
func (w *world) bring(t *testing.T, user string, fields map[string]string, csv string) *httptest.ResponseRecorder {
	t.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	for name, text := range fields {
		require.NoError(t, m.WriteField(name, text))
	}
	part, err := m.CreateFormFile("file", "so-ho.csv")
	require.NoError(t, err)
	_, err = part.Write([]byte(csv))
	require.NoError(t, err)
	require.NoError(t, m.Close())
	req := httptest.NewRequest("POST", base+"/household-register-jobs", &form)
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+w.token(t, user))
	res := httptest.NewRecorder()
	w.ServeHTTP(res, req)
	return res
}

// A second register with the same families comes in, their doubles are found,
// one pair is merged, taken back and kept apart for good; a household is split.
func TestRegisterJobDuplicatesAndMerges(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		village := w.village(t).Code
		var rows list[householdRow]
		w.ok(t, "canbo", "GET", "/villages/"+village+"/households?limit=2", "", &rows)
		csv := "Mã hộ,Mã thôn,Chủ hộ\nM1," + village + "," + rows.Items[0].HeadName + "\nM2," + village + "," + rows.Items[1].HeadName + "\nM3,V-QQQQQQQ,An\n"
		fields := map[string]string{"id": w.newID(), "source": "Công an phường", "as_of": w.clock.Now().Format("2006-01-02")}
		require.Equal(t, 403, w.bring(t, "giaovien", fields, csv).Code)
		require.Equal(t, 422, w.bring(t, "canbo", map[string]string{"id": fields["id"], "as_of": fields["as_of"]}, csv).Code)
		res := w.bring(t, "canbo", fields, csv)
		require.Equal(t, 200, res.Code, res.Body.String())
		_, err := w.House.Households.RunJobs(t.Context())
		require.NoError(t, err)
		job := "/household-register-jobs/" + fields["id"]
		w.run(t, []scenario{
			{name: "checked", as: "canbo", method: "GET", url: job, status: 200, contains: `"state":"ready"`},
			{name: "another's is not there", as: "so", method: "GET", url: job, status: 404},
			{name: "nor written by another", as: "so", method: "POST", url: job + "/start", body: `{}`, status: 404},
			{name: "a wrong row stops it", as: "canbo", method: "POST", url: job + "/start", body: `{}`, status: 409, contains: "rows_refused"},
			{name: "checked in another way", as: "canbo", method: "POST", url: job + "/check", body: `{"successors":true}`, status: 200, contains: `"state":"checking"`},
			{name: "not while it is checked", as: "canbo", method: "POST", url: job + "/start", body: `{"good_rows":true}`, status: 409, contains: "job_over"},
		})
		_, err = w.House.Households.RunJobs(t.Context())
		require.NoError(t, err)
		w.ok(t, "canbo", "POST", job+"/start", `{"good_rows":true}`, nil)
		_, err = w.House.Households.RunJobs(t.Context())
		require.NoError(t, err)
		w.run(t, []scenario{
			{name: "written", as: "canbo", method: "GET", url: job, status: 200, contains: `"state":"done"`, lacks: rows.Items[0].HeadName},
			{name: "cancelled too late", as: "canbo", method: "POST", url: job + "/cancel", status: 200, contains: `"state":"done"`},
			{name: "in the list", as: "canbo", method: "GET", url: "/household-register-jobs", status: 200, contains: fields["id"]},
			{name: "no search for a teacher", as: "giaovien", method: "POST", url: "/areas/06685/duplicate-scan", status: 403},
			{name: "nor for a team", as: "to", method: "GET", url: "/areas/06685/duplicates", status: 403},
			{name: "nor beyond the commune", as: "canbo", method: "POST", url: "/areas/22/duplicate-scan", status: 404},
			{name: "found", as: "canbo", method: "POST", url: "/areas/06685/duplicate-scan", status: 200, contains: `"found"`},
		})
		w.mergedAndBack(t, rows.Items[0].ID)
		w.splitAway(t, rows.Items[1].ID)
	})
}

// mergedAndBack merges the double of a household and takes it back.
func (w *world) mergedAndBack(t *testing.T, kept string) {
	t.Helper()
	var page duplicatePage
	w.ok(t, "canbo", "GET", "/areas/06685/duplicates?limit=100", "", &page)
	var pair duplicatePair
	for _, p := range page.Items {
		if (p.A.ID == kept || p.B.ID == kept) && (p.A.Ref == "M1" || p.B.Ref == "M1") {
			pair = p
		}
	}
	require.NotEmpty(t, pair.ID)
	gone := pair.B
	if gone.ID == kept {
		gone = pair.A
	}
	before := w.covered(t)
	merge := fmt.Sprintf(`{"id":%q,"gone_id":%q,"reason":"một hộ"}`, w.newID(), gone.ID)
	w.run(t, []scenario{
		{name: "not by a team", as: "to", method: "POST", url: "/households/" + kept + "/merge", body: merge, status: 403},
		{name: "merged", as: "canbo", method: "POST", url: "/households/" + kept + "/merge", body: merge, status: 200, contains: `"merges":[{`},
		{name: "again", as: "canbo", method: "POST", url: "/households/" + kept + "/merge", body: merge, status: 200},
		{name: "once more", as: "canbo", method: "POST", url: "/households/" + kept + "/merge", body: fmt.Sprintf(`{"id":%q,"gone_code":%q}`, w.newID(), gone.Code), status: 409, contains: "already_merged"},
		{name: "no opinion on what is merged", as: "canbo", method: "POST", url: "/household-duplicates/" + pair.ID + "/decision", body: `{}`, status: 409, contains: "already_merged"},
		{name: "the other says where it went", as: "canbo", method: "GET", url: "/households/" + gone.ID, status: 200, contains: `"state":"merged"`},
	})
	var view householdView
	w.ok(t, "canbo", "GET", "/households/"+kept, "", &view)
	undo := "/household-merges/" + view.Merges[0].ID + "/undo"
	w.run(t, []scenario{
		{name: "not undone by a team", as: "to", method: "POST", url: undo, body: `{}`, status: 403},
		{name: "undone", as: "canbo", method: "POST", url: undo, body: `{"reason":"hai hộ"}`, status: 200, contains: `"merges":[]`},
		{name: "twice", as: "canbo", method: "POST", url: undo, body: `{}`, status: 200},
		{name: "two for good", as: "canbo", method: "POST", url: "/household-duplicates/" + pair.ID + "/decision", body: `{}`, status: 200, contains: `"not_duplicate"`},
		{name: "kept apart", as: "canbo", method: "GET", url: "/areas/06685/duplicates?state=not_duplicate", status: 200, contains: pair.ID},
	})
	require.Equal(t, before, w.covered(t))
}

// splitAway makes a household of its own out of a member that a register named.
func (w *world) splitAway(t *testing.T, home string) {
	t.Helper()
	csv := "Mã hộ,Mã thôn,Họ và tên,Quan hệ,Năm sinh\nS1," + w.village(t).Code + ",Ông Cụ Già,chủ hộ,1950\nS1,,Con Út,con,1990\n"
	fields := map[string]string{"id": w.newID(), "source": "Công an phường", "as_of": w.clock.Now().Format("2006-01-02")}
	require.Equal(t, 200, w.bring(t, "canbo", fields, csv).Code)
	for _, step := range []string{"", "/start"} {
		if step != "" {
			w.ok(t, "canbo", "POST", "/household-register-jobs/"+fields["id"]+step, `{}`, nil)
		}
		_, err := w.House.Households.RunJobs(t.Context())
		require.NoError(t, err)
	}
	var rows list[householdRow]
	w.ok(t, "to", "GET", "/villages/"+w.village(t).Code+"/households?pupils=no", "", &rows)
	require.NotEmpty(t, rows.Items, "nobody of school age lives with the old man")
	var view householdView
	w.ok(t, "canbo", "GET", "/households/"+rows.Items[0].ID, "", &view)
	require.Len(t, view.Members, 2)
	split := fmt.Sprintf(`{"id":%q,"head_name":"Con Út","on":%q,"links":[],"members":[%q],"reason":"ra ở riêng"}`, w.newID(), fields["as_of"], view.Members[1].ID)
	w.run(t, []scenario{
		{name: "a team splits nothing", as: "to", method: "POST", url: "/households/" + view.ID + "/split", body: split, status: 403},
		{name: "not another's member", as: "canbo", method: "POST", url: "/households/" + home + "/split", body: split, status: 422, contains: "not_of_household"},
		{name: "split", as: "canbo", method: "POST", url: "/households/" + view.ID + "/split", body: split, status: 200, contains: "Con Út"},
		{name: "again", as: "canbo", method: "POST", url: "/households/" + view.ID + "/split", body: split, status: 200, contains: "Con Út"},
		{name: "counted", as: "to", method: "GET", url: "/areas/06685/school-age", status: 200, contains: `"no":2`},
		{name: "not for a teacher", as: "giaovien", method: "GET", url: "/areas/06685/school-age", status: 403},
		{name: "nor another commune", as: "to", method: "GET", url: "/areas/06970/school-age", status: 404},
	})
	res := w.as(t, "to", "GET", "/areas/06685/school-age.xlsx?pupils=no", "")
	require.Equal(t, 200, res.Code)
	require.True(t, strings.HasPrefix(res.Body.String(), "PK"))
	require.Equal(t, 404, w.as(t, "to", "GET", "/areas/06970/school-age.xlsx", "").Code)
	var mine myHousehold
	w.ok(t, "hocsinh", "GET", "/me/household", "", &mine)
	since := fmt.Sprintf(`{"since":%q}`, fields["as_of"])
	w.run(t, []scenario{
		{name: "boards", as: "canbo", method: "POST", url: "/household-links/" + mine.Link.ID + "/boarding", body: since, status: 200},
		{name: "not for a team to say", as: "to", method: "POST", url: "/household-links/" + mine.Link.ID + "/boarding", body: since, status: 403},
	})
}
