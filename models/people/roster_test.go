package people_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/sheet"
)

const rosterHead = "Mã định danh Bộ GD&ĐT;Họ và tên;Ngày sinh;Giới tính;Lớp;Khối;Trường;Trạng thái;Mã học sinh\n"

// csvFile reads a roster as a request would.
func csvFile(t *testing.T, text string) people.RosterFile {
	t.Helper()
	file, err := people.ReadRoster(strings.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	return file
}

// roster imports rows below the usual header.
func (w *world) roster(actor models.Actor, target people.RosterTarget, rows ...string) (people.RosterReport, error) {
	w.t.Helper()
	return w.people.ImportRoster(ctx, actor, target, csvFile(w.t, rosterHead+strings.Join(rows, "\n")+"\n"))
}

// tally is a report without its details.
func tally(r people.RosterReport) string {
	s := fmt.Sprintf("rows=%d new=%d changed=%d left=%d same=%d", r.Rows, r.New, r.Changed, r.Left, r.Unchanged)
	for _, e := range r.Errors {
		s += fmt.Sprintf(" [%d %s %s]", e.Row, e.Column, e.Reason)
	}
	return s
}

func (w *world) take(target people.RosterTarget, rows ...string) string {
	w.t.Helper()
	r, err := w.roster(w.admin, target, rows...)
	require.NoError(w.t, err)
	return tally(r)
}

func TestRosterLifeOfASchool(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		here, there := people.RosterTarget{SchoolID: w.school[0]}, people.RosterTarget{SchoolID: w.school[1]}
		first := []string{
			"2200000001;Nguyễn Thị Ánh;05/09/2014;Nữ;6A1;6;THCS Hà Tu;Đang học;HS01",
			"2200000002;Lê An;2014-01-31;Nam;Lớp 6a1;Khối 6;Trường Trung học cơ sở Hà Tu;Chuyển đến kỳ 1;",
			"2200000003.0;Trần Bình;41640;36;8C;8.0;36;36;36",
		}
		assert.Equal(t, "rows=3 new=3 changed=0 left=0 same=0", w.take(here, first...))
		assert.Equal(t, 1, w.count("persons", "ministry_code = '2200000001' AND birth_date = '2014-09-05' AND gender = 'female' AND full_name = 'Nguyễn Thị Ánh'"))
		assert.Equal(t, 1, w.count("persons", "ministry_code = '2200000003' AND birth_date = '2014-01-01' AND gender IS NULL"))
		assert.Equal(t, 1, w.count("school_classes", "name = '8C' AND grade = 8 AND school_year = '2026-2027'"))
		assert.Equal(t, 2, w.count("enrolments", "class_id = ? AND live = 1 AND from_date = '2026-11-23'", w.class[0][0]))
		assert.Equal(t, 1, w.count("enrolments", "school_code = 'HS01'"))
		assert.Equal(t, "rows=3 new=0 changed=0 left=0 same=3", w.take(here, first...), "again: nothing changes")

		w.clock.Add(24 * time.Hour)
		assert.Equal(t, "rows=3 new=0 changed=3 left=0 same=0", w.take(here,
			"2200000001;Nguyễn Thị Ánh;05/09/2014;Nữ;6A1;;;;HS99", // number of the school
			"2200000002;Lê Văn An;31/01/2014;Nam;6A1;;;;",         // name
			"2200000003;Trần Bình;01/01/2014;;7B;;;;"))            // class
		assert.Equal(t, 1, w.count("persons", "full_name = 'Lê Văn An' AND name_fold = 'le van an' AND gender = 'male'"))
		assert.Equal(t, 1, w.count("enrolments", "live IS NULL AND to_date = '2026-11-24'"))

		assert.Equal(t, "rows=1 new=0 changed=1 left=0 same=0", w.take(there, "2200000002;LÊ VĂN AN;31/01/2014;Nam;7B;;;Chuyển đến kỳ 2;"), "transfer")
		assert.Equal(t, 1, w.count("enrolments", "live = 1 AND class_id = ?", w.class[1][1]))
		assert.Equal(t, 1, w.count("persons", "full_name = 'Lê Văn An'"), "a transfer renames nobody")
		assert.Equal(t, "rows=2 new=0 changed=0 left=1 same=1", w.take(here,
			"2200000002;Lê Văn An;31/01/2014;Nam;;;;Chuyển đi;", // gone already
			"2200000003;Trần Bình;01/01/2014;;7B;;;Thôi học;"))
		assert.Equal(t, 2, w.count("enrolments", "live = 1"))
		assert.Equal(t, "rows=1 new=0 changed=1 left=0 same=0", w.take(here, "2200000003;Trần Bình;01/01/2014;;7B;;;Nghỉ học xin học lại kỳ 1;"), "back again")
		assert.Equal(t, 3, w.count("persons", "1 = 1"))
		assert.Equal(t, 3, w.count("enrolments", "live = 1"))
	})
}

func TestRosterOfTheNextYear(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		this := people.RosterTarget{SchoolID: w.school[0]}
		next := people.RosterTarget{SchoolID: w.school[0], SchoolYear: "2027-2028", Complete: true}
		w.take(this, "2201;Lê An;01/01/2015;;6A1;;;;", "2202;Lê Bình;01/01/2012;;9A;;;;")
		w.clock.Add(270 * 24 * time.Hour)
		r, err := w.roster(w.admin, next, "2201;Lê An;01/01/2015;;7A1;;;;")
		require.NoError(t, err)
		assert.Equal(t, "rows=1 new=0 changed=1 left=1 same=0", tally(r))
		assert.Equal(t, []string{"7A1"}, r.NewClasses)
		assert.Equal(t, "rows=1 new=0 changed=0 left=0 same=0 [2 Lớp newer_enrolment]", w.take(people.RosterTarget{SchoolID: w.school[0], SchoolYear: "2026-2027"},
			"2201;Lê An;01/01/2015;;6A1;;;;"), "last year's file")
		assert.Equal(t, "rows=1 new=0 changed=0 left=0 same=0 [2 Lớp required]", w.take(next, "2201;Lê An;01/01/2015;;;;;;"), "with an error nobody counts as absent")
	})
}

func TestRosterRowErrors(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := []string{"2200000001", "Lê An", "05/09/2014", "Nam", "6A1", "6", "THCS Hà Tu", "Đang học", "HS1"}
		for _, c := range []struct {
			column int
			value  string
			want   string
		}{
			{0, "", "Mã định danh Bộ GD&ĐT required"},
			{0, "36", "Mã định danh Bộ GD&ĐT required"},
			{0, "2.2E+09", "Mã định danh Bộ GD&ĐT rounded_number"},
			{0, "=cmd|' /C calc'!A0", "Mã định danh Bộ GD&ĐT invalid_code"},
			{0, "123", "Mã định danh Bộ GD&ĐT invalid_code"},
			{0, strings.Repeat("9", 41), "Mã định danh Bộ GD&ĐT invalid_code"},
			{1, "", "Họ và tên required"},
			{1, "36", "Họ và tên required"},
			{1, "<script>alert(1)</script>", "Họ và tên invalid_name"},
			{1, "=HYPERLINK(1)", "Họ và tên invalid_name"},
			{1, "-Lê An", "Họ và tên invalid_name"},
			{1, "Lê An 3", "Họ và tên invalid_name"},
			{1, strings.Repeat("ả", 121), "Họ và tên too_long"},
			{2, "", "Ngày sinh required"},
			{2, "31/02/2014", "Ngày sinh invalid_date"},
			{2, "2014", "Ngày sinh invalid_date"},
			{2, "05/09/2024", "Ngày sinh date_out_of_range"},
			{2, "05/09/1914", "Ngày sinh date_out_of_range"},
			{3, "?", "Giới tính invalid_gender"},
			{4, "", "Lớp required"},
			{4, "6A1; DROP", "Lớp invalid_class_name"},
			{4, strings.Repeat("6", 25), "Lớp invalid_class_name"},
			{4, "7A1", "Khối grade_differs_from_class"},
			{5, "5", "Khối invalid_grade"},
			{5, "Khối", "Khối invalid_grade"},
			{6, "THCS Cao Xanh", "Trường another_school"},
			{6, "THPT Hà Tu", "Trường another_school"},
			{7, "bay đi", "Trạng thái unknown_status"},
			{8, strings.Repeat("1", 41), "Mã học sinh too_long"},
		} {
			cells := append([]string{}, good...)
			cells[c.column] = `"` + c.value + `"`
			r, err := w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0]}, "2200000009;Lê Tốt;05/09/2014;;6A1;;;;", strings.Join(cells, ";"))
			require.NoError(t, err, c.value)
			assert.Equal(t, "rows=2 new=1 changed=0 left=0 same=0 [3 "+c.want+"]", tally(r), c.value)
			assert.False(t, r.Written)
		}
		r, err := w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0]}, "2201;Lê An;05/09/2014;;Cờ vua;;;;")
		require.NoError(t, err)
		assert.Equal(t, "rows=1 new=0 changed=0 left=0 same=0 [2 Khối required]", tally(r), "a new class needs a grade")
		assert.Zero(t, w.count("persons", "1 = 1")+w.count("school_classes", "1 = 1")-4, "nothing written")
	})
}

func TestRosterWritesAllOrTheGoodRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rows := []string{
			"2201;Lê An;05/09/2014;;6D;;;;", "2202;;05/09/2014;;6A1;;;;", "2201;Lê Ân;05/09/2014;;6A1;;;;", "2203;Lê Bình;xx;?;6A1;;;;",
		}
		target := people.RosterTarget{SchoolID: w.school[0], DryRun: true, GoodRowsOnly: true}
		want := "rows=4 new=1 changed=0 left=0 same=0 [3 Họ và tên required] [4 Mã định danh Bộ GD&ĐT duplicate] [5 Ngày sinh invalid_date] [5 Giới tính invalid_gender]"
		for range 2 {
			r, err := w.roster(w.admin, target, rows...)
			require.NoError(t, err)
			assert.Equal(t, want, tally(r))
			assert.Equal(t, []string{"6D"}, r.NewClasses)
			assert.Equal(t, 4, r.ErrorCount)
			assert.False(t, r.Written)
			assert.Zero(t, w.count("persons", "1 = 1"))
			assert.Equal(t, 4, w.count("school_classes", "1 = 1"))
		}
		target.DryRun = false
		r, err := w.roster(w.admin, target, rows...)
		require.NoError(t, err)
		assert.True(t, r.Written)
		assert.Equal(t, 1, w.count("persons", "full_name = 'Lê An'"))
		assert.Equal(t, 1, w.count("persons", "1 = 1"))

		var many []string
		for i := range 600 {
			many = append(many, fmt.Sprintf("%d;Lê An;xx;;6A1;;;;", 10000+i))
		}
		r, err = w.roster(w.admin, target, many...)
		require.NoError(t, err)
		assert.Equal(t, 600, r.ErrorCount)
		assert.Len(t, r.Errors, 500)
	})
}

func TestRosterDropsWhatIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		text := "UBND PHƯỜNG HÀ TU\n\nSTT,Mã định danh Bộ GD&ĐT,Họ tên,Ngày sinh,Lớp,Dân tộc,Số CCCD,Chiều cao kỳ 1,Cân nặng kỳ 1,Họ tên cha,Màu mắt,SĐT liên hệ\n" +
			"1,2201,Lê An,05/09/2014,6A1,Sán Dìu,022312345678,150,41,Lê Cha,nâu,0912345678\n"
		r, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0]}, csvFile(t, text))
		require.NoError(t, err)
		assert.Equal(t, 1, r.New)
		assert.Equal(t, []string{"Dân tộc", "Số CCCD", "Chiều cao kỳ 1", "Cân nặng kỳ 1", "Họ tên cha", "Màu mắt", "SĐT liên hệ"}, r.DroppedColumns)
		var all string
		require.NoError(t, w.db.Read(ctx).Raw("SELECT CONCAT(p.full_name, '|', p.name_fold, '|', p.birth_date, '|', p.ministry_code, '|', COALESCE(p.gender, ''),"+
			" '|', COALESCE(e.school_code, '')) FROM persons p JOIN enrolments e ON e.person_id = p.id").Row().Scan(&all))
		assert.Equal(t, "Lê An|le an|2014-09-05|2201||", all, "and there is no column for more")
	})
}

func TestRosterNeedsItsColumns(t *testing.T) {
	w := newWorldSQLite(t)
	_, err := sheet.Read(strings.NewReader("Họ tên,Ngày sinh,Lớp\nLê An,05/09/2014,6A\n"), -1, people.RosterSheet())
	assert.Equal(t, "missing_columns", models.CodeOf(err))
	tables := csvFile(t, "Mã định danh Bộ GD&ĐT,Họ tên,Ngày sinh\n2201,Lê An,05/09/2014\n")
	_, err = w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0]}, tables)
	assert.Equal(t, "missing_columns", models.CodeOf(err))
	assert.ErrorContains(t, err, "row 1, column Lớp missing_column")
	r, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{ClassID: w.class[0][1]}, tables)
	require.NoError(t, err)
	assert.Equal(t, 1, r.New)
	assert.Equal(t, 1, w.count("enrolments", "class_id = ?", w.class[0][1]))
	_, err = w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0], SchoolYear: "2026"}, tables)
	assert.Equal(t, "invalid_school_year", models.CodeOf(err))
}

func TestRosterOfAWorkbook(t *testing.T) {
	w := newWorldSQLite(t)
	f := excelize.NewFile()
	for name, rows := range map[string][][]any{
		"6A1": {{"DANH SÁCH LỚP 6A1"}, {}, {"Mã định danh", "Họ và tên", "Ngày sinh", "Lớp"}, {2201234567.0, "Lê An", 41887, "6A1"}, {"2201234568", "Lê Bình", "5/9/2014", "6A1"}},
		"7B":  {{"Mã định danh", "Họ và tên", "Ngày sinh", "Lớp"}, {2201234569, "Lê Chi", "2013-12-01", "7B"}, {2201234568, "Lê Bình", "05/09/2014", "7B"}},
	} {
		_, err := f.NewSheet(name)
		require.NoError(t, err)
		for i, row := range rows {
			require.NoError(t, f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row))
		}
	}
	require.NoError(t, f.DeleteSheet("Sheet1"))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	tables, err := people.ReadRoster(&b, -1)
	require.NoError(t, err)
	require.Len(t, tables.Tables, 2)
	r, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0], GoodRowsOnly: true}, tables)
	require.NoError(t, err)
	assert.Equal(t, 3, r.New)
	require.Len(t, r.Errors, 1)
	assert.Equal(t, "duplicate", r.Errors[0].Reason)
	assert.NotEmpty(t, r.Errors[0].Sheet)
	assert.Equal(t, 1, w.count("persons", "ministry_code = '2201234567' AND birth_date = '2014-09-05'"))
}

func TestRosterReach(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		head := w.actor(w.account("ht1", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0])))
		teacher := w.actor(w.account("cn1", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0])))
		both := w.actor(w.account("cn2", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0]), grant(models.RoleTeacher, models.ScopeClass, w.class[0][1])))
		officer := w.actor(w.account("cb1", grant(models.RoleCommuneOfficer, models.ScopeArea, w.commune)))
		here, there := people.RosterTarget{SchoolID: w.school[0]}, people.RosterTarget{SchoolID: w.school[1]}
		w.take(here, "2201;Lê An;05/09/2014;;6A1;;;;", "2202;Lê Bình;05/09/2014;;7B;;;;")
		w.take(there, "2203;Lê Chi;05/09/2014;;6A1;;;;")
		for _, c := range []struct {
			name   string
			actor  models.Actor
			target people.RosterTarget
			row    string
			kind   models.Kind
			want   string
		}{
			{"nobody", models.Actor{}, here, "", models.KindUnauthenticated, ""},
			{"officer", officer, here, "2204;Lê Dân;05/09/2014;;6A1;;;;", models.KindForbidden, ""},
			{"another school", head, there, "2204;Lê Dân;05/09/2014;;6A1;;;;", models.KindNotFound, ""},
			{"unknown school", w.admin, people.RosterTarget{SchoolID: w.id()}, "2204;Lê Dân;05/09/2014;;6A1;;;;", models.KindNotFound, ""},
			{"class of another school", head, people.RosterTarget{ClassID: w.class[1][0]}, "2204;Lê Dân;05/09/2014;;6A1;;;;", models.KindNotFound, ""},
			{"class and school differ", w.admin, people.RosterTarget{SchoolID: w.school[0], ClassID: w.class[1][0]}, "2204;Lê Dân;05/09/2014;;6A1;;;;", models.KindNotFound, ""},
			{"teacher, another class", teacher, people.RosterTarget{ClassID: w.class[0][1]}, "2204;Lê Dân;05/09/2014;;7B;;;;", models.KindNotFound, ""},
			{"teacher, row of another class", teacher, here, "2204;Lê Dân;05/09/2014;;7B;;;;", "", "new=0 changed=0 left=0 same=0 [2 Lớp class_out_of_scope]"},
			{"teacher, new class", teacher, here, "2204;Lê Dân;05/09/2014;;6Z;;;;", "", "new=0 changed=0 left=0 same=0 [2 Lớp class_out_of_scope]"},
			{"teacher, list of another class", both, people.RosterTarget{ClassID: w.class[0][0]}, "2202;Lê Bình;05/09/2014;;7B;;;;", "", "new=0 changed=0 left=0 same=0 [2 Lớp other_class]"},
			{"teacher, own class", teacher, people.RosterTarget{ClassID: w.class[0][0]}, "2201;Lê Ân;05/09/2014;;;;;;", "", "new=0 changed=1 left=0 same=0"},
			{"teacher ends in another class", teacher, here, "2202;Lê Bình;05/09/2014;;7B;;;Thôi học;", "", "new=0 changed=0 left=0 same=1"},
			{"guessed code", head, here, "2203;Kẻ Đoán;01/01/2014;;6A1;;;;", "", "new=0 changed=0 left=0 same=0 [2 Mã định danh Bộ GD&ĐT another_pupil]"},
			{"guessed code, admin too", w.admin, here, "2203;Kẻ Đoán;01/01/2014;;6A1;;;;", "", "new=0 changed=0 left=0 same=0 [2 Mã định danh Bộ GD&ĐT another_pupil]"},
			{"name alone is not enough", head, here, "2203;Lê Chi;06/09/2014;;6A1;;;;", "", "new=0 changed=0 left=0 same=0 [2 Mã định danh Bộ GD&ĐT another_pupil]"},
			{"transfer", head, here, "2203;lê chi;05/09/2014;;6A1;;;;", "", "new=0 changed=1 left=0 same=0"},
			{"new class", head, here, "2204;Lê Dân;05/09/2014;;6Z;;;;", "", "new=1 changed=0 left=0 same=0"},
		} {
			r, err := w.roster(c.actor, c.target, c.row)
			require.Equal(t, c.kind, models.KindOf(err), c.name)
			if c.kind == "" {
				assert.Equal(t, "rows=1 "+c.want, tally(r), c.name)
			}
		}
		got, err := people.Enrolment(w.db.Read(ctx), personByCode(w, "2203"))
		require.NoError(t, err)
		assert.Equal(t, "Lê Chi", got.FullName)
		assert.Equal(t, w.class[0][0], got.ClassID)
		r, err := w.roster(teacher, people.RosterTarget{ClassID: w.class[0][0], Complete: true}, "2201;Lê Ân;05/09/2014;;;;;;")
		require.NoError(t, err)
		assert.Equal(t, "rows=1 new=0 changed=0 left=1 same=1", tally(r), "the class alone")
	})
}

func personByCode(w *world, code string) models.ID {
	w.t.Helper()
	var id models.ID
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT id FROM persons WHERE ministry_code = ?", code).Row().Scan(&id))
	return id
}

// Two who import overlapping files at once: everybody is there once.
func TestRostersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		for n := range 4 {
			var rows []string
			for i := range 40 {
				rows = append(rows, fmt.Sprintf("22%04d;Lê An;05/09/2014;;6%c;;;;", i+n*10, 'K'+rune(i%3)))
			}
			wg.Go(func() {
				r, err := w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0]}, rows...)
				if assert.NoError(t, err) {
					assert.True(t, r.Written)
				}
			})
		}
		wg.Wait()
		assert.Equal(t, 70, w.count("persons", "1 = 1"))
		assert.Equal(t, 70, w.count("enrolments", "live = 1"))
		assert.Equal(t, 7, w.count("school_classes", "1 = 1"))
	})
}

func TestRosterOfFiveThousandRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var b strings.Builder
		b.WriteString(rosterHead)
		for i := range 5000 {
			fmt.Fprintf(&b, "22%08d;Nguyễn Thị Hồng Ánh;%02d/%02d/2014;Nữ;%d%c;;;;\n", i, 1+i%28, 1+i%12, 6+i%4, 'A'+rune(i%12))
		}
		tables := csvFile(t, b.String())
		for _, want := range []string{"rows=5000 new=5000 changed=0 left=0 same=0", "rows=5000 new=0 changed=0 left=0 same=5000"} {
			r, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0]}, tables)
			require.NoError(t, err)
			assert.Equal(t, want, tally(r))
		}
	})
}

func FuzzRosterRow(f *testing.F) {
	f.Add("2200000001", "Nguyễn Thị Ánh", "05/09/2014", "Nữ", "6A1", "Khối 6", "THCS Hà Tu", "Đang học", "HS1")
	f.Add("2.2E+99", "\xff\u0300", "99999", "36", "ⅧA", "", " ", "Nghỉ học xin học lại kỳ 1", "1.0")
	f.Add("", "-", "0/0/0", "nam", "lớp", "12.0", "Trường Trường", "chuyen di", "\x00")
	f.Add("+++++", "ﷺ", "1e9", "ŃỮ", "6"+strings.Repeat("ả", 30), "Khối", "trung hoc co so", "-", "'007")
	table := sheet.Table{Columns: map[string]int{}, Header: make([]string, 9)}
	for i, c := range []string{"ministry_student_code", "full_name", "date_of_birth", "gender", "class_name", "grade", "school_name", "status", "school_student_code"} {
		table.Columns[c], table.Header[i] = i, c
	}
	code := regexp.MustCompile(`^[A-Z0-9][A-Z0-9._/-]{3,39}$`)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i, j string) {
		row := sheet.Row{Number: 7, Cells: []string{a, b, c, d, e, g, h, i, j}}
		key, name, birth, gender, class, schoolCode, grade, errs := people.ReadRosterRow(&table, row, "2026-11-23", "Trường THCS Hà Tu")
		for _, e := range errs {
			if e.Row != 7 || e.Column == "" || e.Reason == "" {
				t.Fatalf("an error without a place: %+v", e)
			}
		}
		if len(errs) > 0 {
			return
		}
		if !code.MatchString(key) || name == "" || models.Clean(name) != name || utf8.RuneCountInString(name) > 120 {
			t.Fatalf("accepted %q %q", key, name)
		}
		if _, err := models.ParseDay(birth); err != nil {
			t.Fatalf("accepted day %q", birth)
		}
		if gender != "" && gender != "male" && gender != "female" || utf8.RuneCountInString(class) > 24 || utf8.RuneCountInString(schoolCode) > 40 || grade != 0 && (grade < 6 || grade > 12) {
			t.Fatalf("accepted %q %q %q %d", gender, class, schoolCode, grade)
		}
		if _, err := people.CreatePerson(nil, people.NewPerson{FullName: name, BirthDate: birth, Gender: "x"}, start); !strings.Contains(err.Error(), "gender") {
			t.Fatalf("the row is accepted and the person not: %v", err)
		}
	})
}
