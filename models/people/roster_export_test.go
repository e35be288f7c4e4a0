package people_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"nhaso/models"
	"nhaso/models/people"
)

// What is written as a bundle and read again changes nothing, in both versions,
// for a class and for the school.
func TestOneRosterOutAndIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.take(people.RosterTarget{SchoolID: w.school[0]}, "2201;Lê An;05/09/2014;Nam;6A1;;;;H1", "2202;Trần Thị Hồng Ánh;01/02/2013;Nữ;7B;;;;", "2203;Chi;01/02/2013;;10CB;;;;")
		w.pupil("Không Mã", w.class[0][0])
		before := w.rosterState()
		for _, version := range []string{"1.1", "1.2"} {
			for name, target := range map[string]people.OneRosterTarget{"school": {SchoolID: w.school[0], Version: version}, "class": {ClassID: w.class[0][0], Version: version}} {
				var b bytes.Buffer
				r, err := w.people.WriteOneRoster(ctx, w.admin, target, &b)
				require.NoError(t, err)
				assert.Equal(t, map[string]int{"school": 3, "class": 1}[name], r.Pupils)
				assert.Equal(t, []people.LeftOut{{FullName: "Không Mã", Class: "6A1", Reason: "no_ministry_code"}}, r.LeftOut)
				file, err := people.ReadRoster(&b, -1)
				require.NoError(t, err)
				report, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0]}, file)
				require.NoError(t, err)
				assert.Equal(t, fmt.Sprintf("rows=%d new=0 changed=0 left=0 same=%d", r.Pupils, r.Pupils), tally(report), "%s %s", version, name)
				assert.Contains(t, report.DroppedColumns, "users.csv: username")
			}
		}
		assert.Equal(t, before, w.rosterState())
		var b bytes.Buffer
		_, err := w.people.WriteOneRoster(ctx, w.admin, people.OneRosterTarget{SchoolID: w.school[0], Version: "1.1"}, &b)
		require.NoError(t, err)
		file, err := people.ReadRoster(&b, -1)
		require.NoError(t, err)
		report, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[1]}, file)
		require.NoError(t, err)
		assert.Equal(t, 3, report.ErrorCount, "another school's bundle is refused row by row: %s", tally(report))
		report, err = w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0], SchoolYear: "2027-2028"}, file)
		require.NoError(t, err)
		assert.Equal(t, "other_school_year", report.Errors[0].Reason)
		assert.Equal(t, "users.csv", report.Errors[0].Sheet)
	})
}

func TestOneRosterReach(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		teacher := w.actor(w.account("cn1", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0])))
		officer := w.actor(w.account("cb1", grant(models.RoleCommuneOfficer, models.ScopeArea, w.commune)))
		for _, c := range []struct {
			actor  models.Actor
			target people.OneRosterTarget
			kind   models.Kind
		}{
			{models.Actor{}, people.OneRosterTarget{ClassID: w.class[0][0]}, models.KindUnauthenticated}, {officer, people.OneRosterTarget{ClassID: w.class[0][0]}, models.KindForbidden},
			{teacher, people.OneRosterTarget{ClassID: w.class[0][1]}, models.KindNotFound}, {teacher, people.OneRosterTarget{SchoolID: w.school[0]}, models.KindNotFound},
			{teacher, people.OneRosterTarget{ClassID: w.class[0][0]}, ""}, {w.admin, people.OneRosterTarget{SchoolID: w.school[0], SchoolYear: "x"}, models.KindInvalid},
		} {
			c.target.Version = "1.2"
			_, err := w.people.WriteOneRoster(ctx, c.actor, c.target, io.Discard)
			assert.Equal(t, c.kind, models.KindOf(err), "%+v", c)
		}
	})
}

// The template is read by the import: examples passed over, codes as text.
func TestTemplateFilledInIsRead(t *testing.T) {
	w := newWorldSQLite(t)
	var b bytes.Buffer
	require.NoError(t, people.WriteRosterTemplate(&b))
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	require.NoError(t, err)
	assert.Equal(t, []string{"Danh sách", "Hướng dẫn"}, f.GetSheetList())
	for i, row := range [][]any{{"022201234567", "Lê An", "05/09/2014", "Nam", "6A1", "HS1", "Đang học"}, {"2202", "Lê Bình", "5/9/2014", "Nữ", "6Z", "", ""}} {
		require.NoError(t, f.SetSheetRow("Danh sách", fmt.Sprintf("A%d", i+4), &row))
	}
	style, err := f.GetCellStyle("Danh sách", "A200")
	require.NoError(t, err)
	format, err := f.GetStyle(style)
	require.NoError(t, err)
	assert.Equal(t, "@", *format.CustomNumFmt, "an empty cell of the codes is text")
	var filled bytes.Buffer
	require.NoError(t, f.Write(&filled))
	file, err := people.ReadRoster(&filled, -1)
	require.NoError(t, err)
	r, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0]}, file)
	require.NoError(t, err)
	assert.Equal(t, "rows=2 new=2 changed=0 left=0 same=0", tally(r))
	assert.Equal(t, []people.RowError{{Sheet: "Danh sách", Row: 2, Reason: "example"}, {Sheet: "Danh sách", Row: 3, Reason: "example"}}, r.Skipped)
	assert.Equal(t, 1, w.count("persons", "ministry_code = '022201234567'"), "the zero in front stays")
	empty, err := people.ReadRoster(bytes.NewReader(b.Bytes()), -1)
	require.NoError(t, err)
	r, err = w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0], Complete: true, DryRun: true}, empty)
	require.NoError(t, err)
	assert.Zero(t, r.Rows)
}

func TestImportTellsHowFarItIs(t *testing.T) {
	w := newWorldSQLite(t)
	var rows []string
	for i := range 1200 {
		rows = append(rows, fmt.Sprintf("22%06d;Lê An;05/09/2014;;6A1;;;;", i))
	}
	var told []string
	_, err := w.roster(w.admin, people.RosterTarget{SchoolID: w.school[0], Progress: func(stage string, done, total int) { told = append(told, fmt.Sprint(stage, done, "/", total)) }}, rows...)
	require.NoError(t, err)
	assert.Equal(t, "read0/1200 read500/1200 read1000/1200 compare0/1200 write0/2400 write500/2400 write1000/2400 write1200/2400 write1700/2400 write2200/2400 write2400/2400", strings.Join(told, " "))
}

// A request that is given up before the write leaves nothing.
func TestCancelledImportWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := w.people.ImportRoster(ctx, w.admin, people.RosterTarget{SchoolID: w.school[0], Progress: func(stage string, done, _ int) {
			if stage == people.StageWrite && done > 0 {
				cancel()
			}
		}}, csvFile(t, rosterHead+"2201;Lê An;05/09/2014;;6A1;;;;\n2202;Lê Bình;05/09/2014;;8C;;;;\n"))
		require.Error(t, err)
		assert.Zero(t, w.count("persons", "1 = 1")+w.count("enrolments", "1 = 1")+w.count("roster_imports", "1 = 1"))
		assert.Equal(t, 4, w.count("school_classes", "1 = 1"))
	})
}

func FuzzReadRoster(f *testing.F) {
	var bundle bytes.Buffer
	z := zip.NewWriter(&bundle)
	for name, text := range map[string]string{"manifest.csv": "propertyName,value\noneroster.version,1.1\n", "users.csv": "sourcedId,role\nu,student\n", "classes.csv": "sourcedId,title\nc,6A\n", "enrollments.csv": "sourcedId,role,userSourcedId,classSourcedId\ne,student,u,c\n"} {
		part, _ := z.Create(name)
		_, _ = io.WriteString(part, text)
	}
	_ = z.Close()
	f.Add(bundle.Bytes())
	f.Add([]byte(rosterHead + "2201;Lê An;05/09/2014;Nam;6A1;6;;;\n"))
	f.Add([]byte("<table><tr><td>Họ tên<td>Ngày sinh<td>Mã định danh<tr><td>a<td>1/2/2013<td>22"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := people.ReadRoster(bytes.NewReader(data), -1)
		if k := models.KindOf(err); err != nil && k != models.KindInvalid && k != models.KindTooLarge {
			t.Fatal(err)
		}
		for _, table := range file.Tables {
			for _, row := range table.Rows {
				people.ReadRosterRow(&table, row, "2026-11-23", "THCS Hà Tu")
			}
		}
	})
}
