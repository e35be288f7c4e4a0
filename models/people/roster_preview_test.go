package people_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/sheet"
)

func TestRosterSaysWhatChanges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		here, there := people.RosterTarget{SchoolID: w.school[0]}, people.RosterTarget{SchoolID: w.school[1]}
		w.take(here, "2201;Lê An;05/09/2014;Nam;6A1;;;;H1", "2202;Lê Bình;05/09/2014;;6A1;;;;", "2203;Lê Chi;05/09/2014;;7B;;;;", "2206;Lê Giang;05/09/2014;;7B;;;;")
		w.take(there, "2204;Lê Dân;05/09/2014;;6A1;;;;")
		here.DryRun, here.Complete = true, true
		r, err := w.roster(w.admin, here, "2201;Lê Văn An;06/09/2014;Nữ;6A1;;;;H2", "2202;Lê Bình;05/09/2014;;7B;;;;", "2203;Lê Chi;05/09/2014;;;;;Thôi học;",
			"2204;Lê Dân;05/09/2014;;6A1;;;;", "2205;Lê Én;05/09/2014;;6A1;;;;")
		require.NoError(t, err)
		assert.Equal(t, []people.RowChange{
			{Row: 2, Kind: "changed", Name: "Lê Văn An", Class: "6A1", Fields: []people.FieldChange{{"full_name", "Lê An", "Lê Văn An"},
				{"birth_date", "2014-09-05", "2014-09-06"}, {"gender", "male", "female"}, {"school_code", "H1", "H2"}}},
			{Row: 3, Kind: "moved", Name: "Lê Bình", Class: "7B", FromClass: "6A1"},
			{Row: 4, Kind: "left", Name: "Lê Chi", FromClass: "7B"},
			{Row: 5, Kind: "moved", Name: "Lê Dân", Class: "6A1", OtherSchool: true},
			{Row: 6, Kind: "new", Name: "Lê Én", Class: "6A1"},
			{Kind: "left", Name: "Lê Giang", FromClass: "7B"},
		}, r.Changes)
		assert.Equal(t, "rows=5 new=1 changed=3 left=2 same=0", tally(r))
		assert.Equal(t, 2, r.Moved)
	})
}

func TestRosterPreviewMarksTheCell(t *testing.T) {
	w := newWorldSQLite(t)
	var rows []string
	for range 30 {
		rows = append(rows, fmt.Sprintf("220%03d;Lê An;41887;Nam;6A1;6;;;", len(rows)))
	}
	rows[1] = "2201;Lê 3;31/02/2014;Nam;6A1;6;;;"
	rows[27] = "2202;Lê Bình;05/09/2014;?;6A1;6;;;"
	rows[29] = ";Tổng số: 28;;;;;;;"
	r, err := w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0]}, rows...)
	require.NoError(t, err)
	require.Len(t, r.Preview, 21, "the first twenty, and the one with an error below")
	assert.Equal(t, people.RowNew, r.Preview[0].Kind)
	assert.Equal(t, people.PreviewCell{Column: "Ngày sinh", Value: "2014-09-05"}, r.Preview[0].Cells[2], "a serial day as a day")
	assert.Equal(t, people.RowFailed, r.Preview[1].Kind)
	assert.Equal(t, []people.PreviewCell{{"Mã định danh Bộ GD&ĐT", "2201", ""}, {"Họ và tên", "Lê 3", "invalid_name"}, {"Ngày sinh", "31/02/2014", "invalid_date"}}, r.Preview[1].Cells[:3])
	assert.Equal(t, 29, r.Preview[20].Row)
	assert.Equal(t, "invalid_gender", r.Preview[20].Cells[3].Reason)
	assert.Equal(t, []people.RowError{{Row: 31, Reason: "not_a_pupil"}}, r.Skipped)
	assert.False(t, r.Written)
}

// The class stands in a column, in the sheet's name, in the title, or it is the
// one the file is brought to.
func TestRosterClassOfASheet(t *testing.T) {
	w := newWorldSQLite(t)
	head := []string{"Mã định danh", "Họ và tên", "Ngày sinh"}
	table := func(name, title string, rows ...[]string) sheet.Table {
		tab := sheet.Table{Sheet: name, HeaderRow: 3, Header: head, Columns: map[string]int{"ministry_student_code": 0, "full_name": 1, "date_of_birth": 2}}
		if title != "" {
			tab.Top = []sheet.Row{{Number: 1, Cells: []string{"UBND phường"}}, {Number: 2, Cells: []string{"", title}}}
		}
		for i, cells := range rows {
			tab.Rows = append(tab.Rows, sheet.Row{Number: 4 + i, Cells: cells})
		}
		return tab
	}
	for i, c := range []struct{ sheet, title, want string }{
		{"6A1", "", "6A1"}, {"Lớp 7 b", "", "7B"}, {"lop 10CB2", "", "10CB2"}, {"Sheet1", "DANH SÁCH HỌC SINH LỚP 6A1", "6A1"},
		{"", "Danh sách lớp: 8Đ, năm học 2026-2027", "8Đ"}, {"2026", "Lớp 7B", "7B"}, {"7B", "DANH SÁCH LỚP 6A1", "7B"},
		{"Sheet1", "Danh sách các lớp khối 6", ""}, {"Sheet1", "Lớp học 6 buổi", ""}, {"10 bài", "", ""},
	} {
		r, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0], DryRun: true}, people.RosterFile{Tables: []sheet.Table{table(c.sheet, c.title, []string{"22012" + string(rune('A'+i)), "Lê An", "05/09/2014"})}})
		if c.want == "" {
			assert.Equal(t, "missing_columns", models.CodeOf(err), "%+v", c)
			continue
		}
		require.NoError(t, err, "%+v", c)
		require.Len(t, r.Changes, 1, "%+v: %s", c, tally(r))
		assert.Equal(t, c.want, r.Changes[0].Class, "%+v", c)
	}
	teacher := w.actor(w.account("cn1", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0])))
	r, err := w.people.ImportRoster(ctx, teacher, people.RosterTarget{ClassID: w.class[0][0]}, people.RosterFile{Tables: []sheet.Table{table("7B", "", []string{"22011", "Lê An", "05/09/2014"})}})
	require.NoError(t, err)
	assert.Equal(t, "rows=1 new=0 changed=0 left=0 same=0 [4 Lớp other_class]", tally(r), "the list of another class does not slip in")
	r, err = w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0]}, people.RosterFile{Tables: []sheet.Table{
		table("6A1", "", []string{"22011", "Lê An", "05/09/2014"}, []string{"VIDU-1", "Nguyễn Văn Mẫu", "01/01/2014"}, []string{"36", "36", "36"}, []string{"", "", ""}),
		table("7B", "", []string{"22012", "Lê Bình", "05/09/2014"})}})
	require.NoError(t, err)
	assert.Equal(t, "rows=2 new=2 changed=0 left=0 same=0", tally(r))
	assert.Equal(t, []people.RowError{{Sheet: "6A1", Row: 5, Reason: "example"}}, r.Skipped)
}

// Every heading collected in the field is known, and means the column that the
// collection says. testdata/roster_headers.csv is the project's own collection
// from public templates and importers; its column seen_in names them.
func TestRosterKnowsEveryHeading(t *testing.T) {
	raw, err := os.ReadFile("testdata/roster_headers.csv")
	require.NoError(t, err)
	lines, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 25)
	opts := people.RosterSheet()
	opts.Required = nil
	for _, line := range lines[1:] {
		for heading := range strings.SplitSeq(line[2], "|") {
			tables, err := sheet.Read(strings.NewReader("x\t"+heading+"\n1\t2\n"), -1, opts)
			require.NoError(t, err, heading)
			assert.Equal(t, map[string]int{line[0]: 1}, tables[0].Columns, heading)
		}
	}
}
