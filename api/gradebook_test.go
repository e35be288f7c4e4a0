package api

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models/certificate"
	"nhaso/models/gradebook"
	"nhaso/models/learning"
	"nhaso/models/sheet"
	"nhaso/models/sheet/sheettest"
)

// sums reads the last row of a file by its codes.
func sums(t *testing.T, data []byte) (sum map[string]string, rows int) {
	t.Helper()
	tables, err := sheet.Read(bytes.NewReader(data), int64(len(data)), sheet.Options{})
	require.NoError(t, err)
	codes, last := tables[0].Rows[0].Cells, tables[0].Rows[len(tables[0].Rows)-1].Cells
	sum = map[string]string{}
	for i, c := range codes {
		if i < len(last) {
			sum[c] = last[i]
		}
	}
	return sum, len(tables[0].Rows) - 2
}

// What the API says of a view is what each file of the same view says.
func TestExportsEqualTheBoard(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		views := []struct{ query, body string }{
			{"", ""},
			{"?filter=certificate:missing&sort=online_payment&desc=true", `,"filters":["certificate:missing"],"sort":"online_payment","desc":true`},
			{"?filter=link:missing&filter=any:not_started", `,"filters":["link:missing","any:not_started"]`},
			{"?q=an", `,"q":"an"`},
		}
		for as, paths := range map[string][2]string{
			"giaovien": {"/classes/" + w.class + "/board", "/classes/" + w.class + "/board-exports"},
			"truong":   {"/school-board", "/school-board-exports"},
		} {
			for _, v := range views {
				var b gradebook.Board
				w.ok(t, as, "GET", paths[0]+v.query, "", &b)
				for _, format := range []string{`"xlsx"`, `"csv"`, `"csv","delimiter":"comma"`} {
					res := w.as(t, as, "POST", paths[1], fmt.Sprintf(`{"id":%q,"format":%s%s}`, w.newID(), format, v.body))
					require.Equal(t, 200, res.Code, res.Body.String())
					sum, rows := sums(t, res.Body.Bytes())
					require.Equal(t, len(b.Students), rows, "%s %s", v.query, format)
					require.Equal(t, strconv.Itoa(b.Totals.Students), sum["class"])
					require.Equal(t, strconv.Itoa(b.Totals.Certified), sum["certificate"])
					require.Equal(t, strconv.Itoa(b.Totals.LinksConfirmed), sum["household"])
					for _, skill := range certificate.Skills {
						require.Equal(t, strconv.Itoa(b.Totals.BySkill[skill]), sum[skill], skill)
					}
				}
				res := w.as(t, as, "POST", paths[1], fmt.Sprintf(`{"id":%q,"format":"pdf"%s}`, w.newID(), v.body))
				require.Equal(t, 200, res.Code)
				require.True(t, bytes.HasPrefix(res.Body.Bytes(), []byte("%PDF-")))
			}
		}
	})
}

func TestGradebookThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		board, record := "/classes/"+w.class+"/board", "/classes/"+w.class+"/students/"+w.pupils[0]+"/record"
		wish := func(more string) string { return fmt.Sprintf(`{"id":%q%s}`, w.newID(), more) }
		id := w.newID()
		repeat := fmt.Sprintf(`{"id":%q,"format":"csv"}`, id)
		var whole gradebook.Board
		w.ok(t, "giaovien", "GET", board, "", &whole)
		name := whole.Students[0].Name
		w.run(t, []scenario{
			{name: "columns come with the board", as: "giaovien", method: "GET", url: board, status: 200, contains: `"heading":"Họ và tên"`},
			{name: "unknown filter", as: "giaovien", method: "GET", url: board + "?filter=age:7", status: 422, contains: "query.filter"},
			{name: "unknown order", as: "giaovien", method: "GET", url: board + "?sort=age", status: 422, contains: "query.sort"},
			{name: "class of nobody", as: "giaovien", method: "POST", url: "/classes/" + w.newID() + "/board-exports", body: wish(`,"format":"csv"`), status: 404},
			{name: "a pupil exports nothing", as: "hocsinh", method: "POST", url: board + "-exports", body: wish(`,"format":"csv"`), status: 403},
			{name: "an officer exports no class", as: "so", method: "POST", url: board + "-exports", body: wish(`,"format":"csv"`), status: 403},
			{name: "unknown format", as: "giaovien", method: "POST", url: board + "-exports", body: wish(`,"format":"doc"`), status: 422},
			{name: "without an id", as: "giaovien", method: "POST", url: board + "-exports", body: `{"id":"","format":"csv"}`, status: 422},
			{name: "a file", as: "giaovien", method: "POST", url: board + "-exports", body: repeat, status: 200, contains: name},
			{name: "the same again", as: "giaovien", method: "POST", url: board + "-exports", body: repeat, status: 200, contains: name},
			{name: "the same id by another", as: "truong", method: "POST", url: board + "-exports", body: repeat, status: 409, contains: "id_taken"},
			{name: "only one pupil", as: "giaovien", method: "POST", url: board + "-exports", body: wish(fmt.Sprintf(`,"format":"csv","persons":[%q]`, w.pupils[1])), status: 200, lacks: name},
			{name: "without names", as: "giaovien", method: "POST", url: board + "-exports", body: wish(`,"format":"csv","anonymous":true`), status: 200, contains: "Em 1", lacks: name},
			{name: "a pupil's record", as: "giaovien", method: "GET", url: record, status: 200, contains: `"lessons"`},
			{name: "one skill of it", as: "truong", method: "GET", url: record + "?skill=online_payment", status: 200, lacks: `"skill":"self_protection"`},
			{name: "no such skill", as: "giaovien", method: "GET", url: record + "?skill=swimming", status: 404},
			{name: "the record as a file", as: "giaovien", method: "POST", url: record + "-exports", body: wish(`,"format":"csv"`), status: 200, contains: "Bài học"},
			{name: "the record on paper", as: "giaovien", method: "POST", url: record + "-exports", body: wish(`,"format":"pdf"`), status: 200, contains: "%PDF-"},
			{name: "not for a pupil", as: "hocsinh", method: "POST", url: record + "-exports", body: wish(`,"format":"pdf"`), status: 403},
			{name: "not for an officer", as: "canbo", method: "POST", url: record + "-exports", body: wish(`,"format":"pdf"`), status: 403},
			{name: "of somebody of another class", as: "giaovien", method: "POST", url: "/classes/" + w.class + "/students/" + w.newID() + "/record-exports", body: wish(`,"format":"pdf"`), status: 404},
			{name: "of another school", as: "giaovien", method: "POST", url: "/classes/" + w.newID() + "/students/" + w.pupils[0] + "/record-exports", body: wish(`,"format":"pdf"`), status: 404},
			{name: "nonsense for a pupil", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/students/zz/record", status: 404},
			{name: "another school", as: "truong", method: "GET", url: "/school-board?school=" + w.newID(), status: 404},
			{name: "nonsense for a school", as: "truong", method: "GET", url: "/school-board?school=x", status: 404},
			{name: "the log is the school's", as: "giaovien", method: "GET", url: "/exports", status: 403},
		})
		var log list[gradebook.Export]
		w.ok(t, "truong", "GET", "/exports", "", &log)
		kinds := map[string]int{}
		for _, x := range log.Items {
			kinds[x.Kind]++
			require.NotEmpty(t, x.Maker)
		}
		require.Equal(t, map[string]int{"board": 3, "record": 2}, kinds, "a repeat and a refusal are not written down")
	})
}

func TestSessionResultsThroughHTTP(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		j := w.newJourney(t)
		j.start(t, "self_protection-thcs")
		var sessions list[learning.Session]
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/lesson-sessions", "", &sessions)
		url := "/lesson-sessions/" + sessions.Items[0].ID.String()
		var r sessionResults
		w.ok(t, "giaovien", "GET", url+"/results", "", &r)
		open := 0
		for _, x := range r.Items {
			if x.State == "open" {
				open++
				require.Nil(t, x.Percent)
				require.Nil(t, x.Passed)
			}
		}
		require.Equal(t, 1, open)
		w.run(t, []scenario{
			{name: "a pupil", as: "hocsinh", method: "GET", url: url + "/results", status: 403},
			{name: "no session", as: "giaovien", method: "GET", url: "/lesson-sessions/" + w.newID() + "/results", status: 404},
			{name: "a file", as: "giaovien", method: "POST", url: url + "/result-exports", body: fmt.Sprintf(`{"id":%q,"format":"csv"}`, w.newID()), status: 200, contains: "Đang làm"},
			{name: "of nobody", as: "giaovien", method: "POST", url: "/lesson-sessions/" + w.newID() + "/result-exports", body: fmt.Sprintf(`{"id":%q,"format":"csv"}`, w.newID()), status: 404},
		})
		res := w.as(t, "giaovien", "POST", url+"/result-exports", fmt.Sprintf(`{"id":%q,"format":"xlsx"}`, w.newID()))
		require.Equal(t, 200, res.Code)
		require.Contains(t, res.Header().Get("Content-Disposition"), ".xlsx")
		rows := sheettest.Cells(t, res.Body.Bytes())
		require.Len(t, rows, len(r.Items)+3)
		require.Equal(t, r.Items[0].Name, rows[2][0])
		require.True(t, strings.HasPrefix(rows[len(rows)-1][0], "Cộng"))
	})
}
