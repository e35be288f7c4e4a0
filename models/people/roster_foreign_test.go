package people_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"nhaso/models"
	"nhaso/models/people"
)

// book writes the sheets of a workbook, in order.
func book(t *testing.T, names []string, rows ...[][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, name := range names {
		_, err := f.NewSheet(name)
		require.NoError(t, err)
		for r, row := range rows[i] {
			at, err := excelize.CoordinatesToCellName(1, r+1)
			require.NoError(t, err)
			require.NoError(t, f.SetSheetRow(name, at, &row))
		}
	}
	require.NoError(t, f.DeleteSheet("Sheet1"))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.Bytes()
}

// namesOf imports a file as a dry run and answers the names in it.
func (w *world) namesOf(data []byte) (names []string, r people.RosterReport) {
	w.t.Helper()
	file, err := people.ReadRoster(bytes.NewReader(data), int64(len(data)))
	require.NoError(w.t, err)
	r, err = w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0], DryRun: true}, file)
	require.NoError(w.t, err)
	for _, c := range r.Changes {
		names = append(names, c.Name)
	}
	return names, r
}

// Lists for paper split a name so that they can be sorted by the given one. Half
// a name must never be taken for a whole one.
func TestRosterNamesInTwoColumns(t *testing.T) {
	w := newWorldSQLite(t)
	want := []string{"Nguyễn Văn An", "Trần Thị Bích Ngọc", "Lê Anh"}
	parts := [][2]string{{"Nguyễn Văn", "An"}, {"Trần Thị Bích", "Ngọc"}, {"Lê", "Anh"}}
	for _, c := range []struct {
		family, given string
		whole         bool // the first column has the whole name, the other repeats its end
	}{
		{"Họ và tên", "", false}, {"Họ và tên", "Tên", false}, {"Họ và tên đệm", "Tên", false}, {"Họ đệm", "Tên", false}, {"Họ", "TÊN", false},
		{"Họ và tên", "Tên", true}, {"Họ và tên", "", true},
	} {
		text := "Mã định danh;" + c.family + ";" + c.given + ";Ngày sinh;Lớp\n"
		for i, p := range parts {
			name := p[0]
			if c.whole {
				name = want[i]
			}
			text += "220000000" + p[1][:1] + string(rune('1'+i)) + ";" + name + ";" + p[1] + ";05/09/2014;6A1\n"
		}
		names, r := w.namesOf([]byte(text))
		assert.Equal(t, want, names, "%+v %s", c, tally(r))
		assert.Empty(t, r.DroppedColumns)
	}
	_, err := people.ReadRoster(strings.NewReader("Mã định danh;Họ đệm;Ngày sinh;Lớp\n2200000001;Nguyễn Văn;05/09/2014;6A1\n"), -1)
	require.Equal(t, "missing_columns", models.CodeOf(err), "%v", err)
	assert.ErrorContains(t, err, "column Tên")

	// A column without a heading that has no given names is something else.
	names, _ := w.namesOf([]byte("Mã định danh;Họ và tên;;Ngày sinh;Lớp\n2200000001;Lê An;x2;05/09/2014;6A1\n2200000002;Lê Chi;;05/09/2014;6A1\n"))
	assert.Equal(t, []string{"Lê An", "Lê Chi"}, names)
}

// What stands around the pupils in the forms of schools is passed over and said.
func TestRosterRowsOfNobody(t *testing.T) {
	w := newWorldSQLite(t)
	head := "STT;Mã định danh;Họ và tên;Ngày sinh;Giới tính;Lớp\n"
	pupil := "1;2200000001;Lê An;05/09/2014;Nam;6A1\n"
	for _, c := range []string{
		"(1);(2);(3);(4);(5);(6)\n" + pupil,
		"A;B;1;2;3;4\n" + pupil,
		"1;2;3;4;5;6\n" + pupil,
		pupil + "Tổng cộng;;1;;1;\n",
		pupil + ";;Tổng số học sinh: 1;;Nữ: 0;\n",
		pupil + ";NGƯỜI LẬP BIỂU;;;HIỆU TRƯỞNG;\n;(Ký, ghi rõ họ tên);;;(Ký, đóng dấu);\n;Nguyễn Thị Hoa;;;Trần Văn Bình;\n",
		pupil + ";NGUOI LAP BIEU;;Ha Long, ngay 5 thang 9 nam 2026;HIEU TRUONG;\n",
		pupil + ";;;Hạ Long, ngày 05 tháng 9 năm 2026;;\n;GVCN;;;KT. HIỆU TRƯỞNG;\n",
	} {
		names, r := w.namesOf([]byte(head + c))
		assert.Equal(t, []string{"Lê An"}, names, "%s\n%s", c, tally(r))
		assert.Zero(t, r.ErrorCount, "%s\n%s", c, tally(r))
		assert.NotEmpty(t, r.Skipped, c)
	}
	// A pupil's row stays one, wherever it stands and whatever it lacks.
	for row, want := range map[string]string{
		";;Lê Bình;;Nam;6A1\n":                      "[3 Mã định danh required] [3 Ngày sinh required]",
		";2200000002;;;;\n":                         "[3 Họ và tên required] [3 Ngày sinh required] [3 Lớp required]",
		"Tổng cộng;;1;;;\n;2200000002;Lê Bình;;;\n": "[4 Ngày sinh required] [4 Lớp required]",
		"Tổng cộng;;1;;;\n;;Lê Bình;05/09/2014;;\n": "[4 Mã định danh required] [4 Lớp required]",
		";2.2E+09;Tổng số;;;6A1\n":                  "[3 Mã định danh rounded_number] [3 Ngày sinh required]",
	} {
		_, r := w.namesOf([]byte(head + pupil + row))
		assert.Equal(t, strings.TrimSpace("rows=2 new=1 changed=0 left=0 same=0 "+want), tally(r), row)
	}
}

// A spreadsheet makes a day of the class "6/1"; no class may be made of that.
func TestRosterClassNamesAsSchoolsWriteThem(t *testing.T) {
	w := newWorldSQLite(t)
	for in, want := range map[string]string{
		"6A1": "6A1", "6 A 1": "6A1", "Lớp 6A1": "6A1", "Lớp: 6a1": "6A1", "LOP 6A1": "6A1", "6/1": "6/1", "6a1\u00a0": "6A1",
		"46028": "class_is_date", "46028.0": "class_is_date", "6-Jan": "class_is_date", "06-thg 1": "class_is_date", "Jan-06": "class_is_date",
		"2026-01-06": "class_is_date", "2026-01-06 00:00:00": "class_is_date", "6A1 (CLC)": "invalid_class_name",
	} {
		_, r := w.namesOf([]byte("Mã định danh;Họ và tên;Ngày sinh;Lớp;Khối\n2200000001;Lê An;05/09/2014;" + in + ";6\n"))
		if r.ErrorCount > 0 {
			assert.Equal(t, want, r.Errors[0].Reason, in)
			continue
		}
		require.Len(t, r.Changes, 1)
		assert.Equal(t, want, r.Changes[0].Class, in)
	}
	// The title says it in two cells.
	_, r := w.namesOf([]byte("Lớp:;6A1\nMã định danh;Họ và tên;Ngày sinh\n2200000001;Lê An;05/09/2014\n"))
	require.Len(t, r.Changes, 1)
	assert.Equal(t, "6A1", r.Changes[0].Class)
}

func TestRosterSaysWhichSheetsAreHidden(t *testing.T) {
	w := newWorldSQLite(t)
	rows := [][]any{{"Mã định danh", "Họ và tên", "Ngày sinh"}, {"2200000001", "Lê An", "05/09/2014"}}
	f, err := excelize.OpenReader(bytes.NewReader(book(t, []string{"6A1", "7A1"}, rows, rows)))
	require.NoError(t, err)
	require.NoError(t, f.SetSheetVisible("7A1", false))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	names, r := w.namesOf(b.Bytes())
	assert.Equal(t, []string{"Lê An"}, names)
	assert.Equal(t, []people.RowError{{Sheet: "7A1", Reason: "hidden_sheet"}}, r.Skipped)
}

func TestRosterWordsForSexAndState(t *testing.T) {
	w := newWorldSQLite(t)
	for in, want := range map[string]int{"Nam": 0, "nữ": 0, "M": 0, "F": 0, "Trai": 0, "Gái": 0, "": 0, "X": 1, "1": 1} {
		_, r := w.namesOf([]byte("Mã định danh;Họ và tên;Ngày sinh;Lớp;Giới tính;Trạng thái\n2200000001;Lê An;05/09/2014;6A1;" + in + ";Chuyển lớp\n"))
		assert.Equal(t, want, r.ErrorCount, in)
	}
}
