package household_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/household"
)

// take imports a file and answers the report.
func (w *world) take(f household.RegisterFile, actor models.Actor, data []byte) (household.RegisterReport, error) {
	if f.Source == "" {
		f.Source = "Sổ hộ"
	}
	if f.AsOf == "" {
		f.AsOf = "2026-11-01"
	}
	return w.homes.ImportRegister(ctx, actor, f, bytes.NewReader(data), int64(len(data)))
}

func reasons(rep household.RegisterReport) []string {
	list := []string{}
	for _, e := range rep.Errors {
		line := fmt.Sprintf("%d %s: %s", e.Row, e.Column, e.Reason)
		if e.Beside > 0 {
			line += fmt.Sprintf(" (%d)", e.Beside)
		}
		list = append(list, line)
	}
	return list
}

func TestRegisterRowsRefusedByPlaceAndReason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importRows("Mã hộ,Mã thôn,Chủ hộ\nKEPT1," + w.code(w.villages[3]) + ",Đã Có\n")
		before := w.count("coverage_ledger")
		officer, dept := w.officer(), w.dept()
		for name, k := range map[string]struct {
			actor models.Actor
			csv   string
			want  []string
		}{
			"no code":           {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n,Hà Tu,Khe Cát,An\n-,Hà Tu,Khe Cát,An\n", []string{"2 Mã hộ: required", "3 Mã hộ: required"}},
			"code rounded off":  {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n2.2E+11,Hà Tu,Khe Cát,An\n", []string{"2 Mã hộ: code_rounded"}},
			"code too long":     {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n" + strings.Repeat("9", 41) + ",Hà Tu,Khe Cát,An\n", []string{"2 Mã hộ: invalid_code"}},
			"formulas":          {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n=1+1,Hà Tu,Khe Cát,An\n7,Hà Tu,Khe Cát,=HYPERLINK(A1)\n8,Hà Tu,Khe Cát,<b>An</b>\n", []string{"2 Mã hộ: invalid_code", "3 Chủ hộ: invalid_name", "4 Chủ hộ: invalid_name"}},
			"no head":           {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n1,Hà Tu,Khe Cát,\n2,Hà Tu,Khe Cát,12345\n", []string{"2 Chủ hộ: required", "3 Chủ hộ: invalid_name"}},
			"head too long":     {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n1,Hà Tu,Khe Cát," + strings.Repeat("An ", 60) + "\n", []string{"2 Chủ hộ: too_long"}},
			"no village":        {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n1,Hà Tu,,An\n", []string{"2 Thôn: required"}},
			"unknown village":   {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n1,Hà Tu,Khe Vằn,An\n", []string{"2 Thôn: unknown_village"}},
			"name in two":       {dept, "Mã hộ,Thôn,Chủ hộ\n1,Khe Cát,An\n", []string{"2 Thôn: ambiguous_village"}},
			"unknown code":      {dept, "Mã hộ,Mã thôn,Chủ hộ\n1,V-QQQQQQQ,An\n", []string{"2 Mã thôn: unknown_village"}},
			"village elsewhere": {dept, "Mã hộ,Xã,Mã thôn,Chủ hộ\n1,Hà Tu," + w.code(w.villages[4]) + ",An\n", []string{"2 Mã thôn: village_in_other_commune"}},
			"unknown commune":   {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n1,Hà Tĩnh,Khe Cát,An\n2,99999,Khe Cát,An\n", []string{"2 Xã: unknown_commune", "3 Xã: unknown_commune"}},
			"other province":    {dept, "Mã hộ,Mã xã,Thôn,Chủ hộ\n1,07210,Khe Cát,An\n", []string{"2 Mã xã: commune_out_of_reach"}},
			"its villages":      {dept, "Mã hộ,Mã thôn,Chủ hộ\n1," + w.code(w.villages[7]) + ",An\n", []string{"2 Mã thôn: unknown_village"}},
			"other commune":     {officer, "Mã hộ,Xã,Thôn,Chủ hộ\n1,Ba Chẽ,Khe Cát,An\n", []string{"2 Xã: commune_out_of_reach"}},
			"code and name":     {dept, "Mã hộ,Mã xã,Xã,Thôn,Chủ hộ\n1,06652,Ba Chẽ,Khe Cát,An\n2,06652,xã Nào Đó,Khe Cát,Bình\n3,-,Ba Chẽ,Khe Cát,Chi\n", []string{"2 Xã: other_than_code"}},
			"village and name":  {dept, "Mã hộ,Mã thôn,Thôn,Chủ hộ\n1," + w.code(w.villages[0]) + ",Nà Làng,An\n2," + w.code(w.villages[0]) + ",Xóm Trên (tên cũ),Bình\n3," + w.code(w.villages[0]) + ",thôn khe cát,Chi\n", []string{"2 Thôn: other_than_code"}},
			"twice":             {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n1,Hà Tu,Khe Cát,An\n1.0,Hà Tu,Khe Cát,An\n", []string{"3 Mã hộ: duplicate_household (2)"}},
			"in two villages":   {dept, "Mã hộ,Xã,Thôn,Chủ hộ\n1,Hà Tu,Khe Cát,An\n1,Hà Tu,Nà Làng,An\n", []string{"3 Thôn: household_in_two_villages (2)"}},
			"two heads":         {dept, "Mã hộ,Xã,Thôn,Họ và tên,Quan hệ\n1,Hà Tu,Khe Cát,An,Chủ hộ\n1,Hà Tu,Khe Cát,Bình,chủ hộ\n", []string{"3 Họ và tên: two_heads (2)"}},
			"members no head":   {dept, "Mã hộ,Xã,Thôn,Họ và tên,Quan hệ\n1,Hà Tu,Khe Cát,An,Con\n", []string{"2 Họ và tên: required"}},
			"kept elsewhere":    {officer, "Mã hộ,Xã,Thôn,Chủ hộ\nKEPT1,Hà Tu,Khe Cát,Đã Có\n", []string{"2 : code_elsewhere"}},
			"kept next door":    {dept, "Mã hộ,Xã,Thôn,Chủ hộ\nKEPT1,Hà Tu,Khe Cát,Đã Có\n", []string{"2 : code_in_other_commune"}},
			"one of many": {dept, "BẢNG KÊ HỘ GIA ĐÌNH\n\nSTT,Mã hộ,Xã,Thôn,Chủ hộ\n1,A1,Hà Tu,Khe Cát,An\n2,A2,Hà Tu,Khe Cat,Bình\n3,A3,ha tu,thôn nà làng,\n",
				[]string{"6 Chủ hộ: required"}},
		} {
			rep, err := w.take(household.RegisterFile{}, k.actor, []byte(k.csv))
			require.NoError(t, err, name)
			assert.Equal(t, k.want, reasons(rep), name)
			assert.False(t, rep.Written, name)
		}
		require.Equal(t, 1, w.count("households"), "nothing half-written")
		require.Equal(t, 1, w.count("household_registers"))
		require.Equal(t, before, w.count("coverage_ledger"))
	})
}

func TestRegisterFilesRefusedWhole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := "Mã hộ,Mã thôn,Chủ hộ\n1," + w.code(w.villages[0]) + ",An\n"
		for name, k := range map[string]struct {
			f     household.RegisterFile
			actor models.Actor
			csv   string
			code  string
			field string
		}{
			"nobody":            {household.RegisterFile{}, models.Actor{}, good, "unauthenticated", ""},
			"a teacher":         {household.RegisterFile{}, w.teacher(), good, "forbidden", ""},
			"no code column":    {household.RegisterFile{}, w.dept(), "Thôn,Chủ hộ\nKhe Cát,An\n", "header_not_found", ""},
			"no village column": {household.RegisterFile{}, w.dept(), "Mã hộ,Chủ hộ\n1,An\n", "missing_columns", "missing_column_village"},
			"no head column":    {household.RegisterFile{}, w.dept(), "Mã hộ,Thôn\n1,Khe Cát\n", "missing_columns", "missing_column_head"},
			"no rows":           {household.RegisterFile{}, w.dept(), "Mã hộ,Thôn,Chủ hộ\n", "empty_file", "no_rows"},
			"empty":             {household.RegisterFile{}, w.dept(), "", "empty_file", ""},
			"too large":         {household.RegisterFile{MaxBytes: 10}, w.dept(), good, "too_large", ""},
			"no source":         {household.RegisterFile{Source: " "}, w.dept(), good, "invalid", "required"},
			"no day":            {household.RegisterFile{AsOf: "1/11/2026"}, w.dept(), good, "invalid", "invalid_date"},
			"future":            {household.RegisterFile{AsOf: "2027-01-01"}, w.dept(), good, "invalid", "future_date"},
			"bad commune":       {household.RegisterFile{CommuneCode: "07210"}, w.dept(), good, "invalid", "commune_out_of_reach"},
		} {
			_, err := w.take(k.f, k.actor, []byte(k.csv))
			var e *models.Error
			require.ErrorAs(t, err, &e, name)
			if name == "no code column" {
				assert.Contains(t, []string{"header_not_found", "missing_columns"}, e.Code, name)
				continue
			}
			assert.Equal(t, k.code, e.Code, name)
			if k.field != "" {
				assert.Equal(t, k.field, e.Fields[0].Code, name)
			}
		}
		require.Zero(t, w.count("households"))
	})
}

func TestRegisterInEveryEncoding(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		text := "Mã hộ,Xã,Thôn,Chủ hộ\n%s1,Hà Tu,Đồng Chanh,Nguyễn Thị Hồng Ánh\n%s2,Hà Tu,Nà Làng,Đỗ Văn Bưởi\n%s3,Hà Tu,Khe Cát,Lê Hữu Phước\n"
		utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(fmt.Sprintf(text, "C", "C", "C")))
		require.NoError(t, err)
		files := map[string][]byte{
			"A": []byte(fmt.Sprintf(text, "A", "A", "A")),
			"B": []byte(norm.NFD.String(fmt.Sprintf(text, "B", "B", "B"))),
			"C": utf16,
			"D": windows1258(t, fmt.Sprintf(text, "D", "D", "D")),
			"E": tcvn3(fmt.Sprintf(text, "E", "E", "E")),
		}
		for prefix, data := range files {
			rep, err := w.take(household.RegisterFile{}, w.dept(), data)
			require.NoError(t, err, prefix)
			require.Empty(t, reasons(rep), prefix)
			require.Equal(t, 3, rep.New, prefix)
			h := w.find("external_ref = ?", prefix+"1")
			// TCVN3 has no capitals with a tone: they came from a font of their own.
			assert.Equal(t, "nguyễn thị hồng ánh", strings.ToLower(h.HeadName), prefix)
			assert.Equal(t, w.villages[2], h.VillageID, prefix)
		}
	})
}

// windows1258 writes text as old Windows programs did: base letters, and the
// tone as a mark of its own.
func windows1258(t *testing.T, s string) []byte {
	var b bytes.Buffer
	for _, r := range norm.NFC.String(s) {
		out, err := charmap.Windows1258.NewEncoder().String(string(r))
		if err != nil {
			d := []rune(norm.NFD.String(string(r)))
			base, tone := norm.NFC.String(string(d[:len(d)-1])), string(d[len(d)-1])
			if len(d) == 3 && strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", d[1]) {
				base, tone = norm.NFC.String(string([]rune{d[0], d[2]})), string(d[1])
			}
			out, err = charmap.Windows1258.NewEncoder().String(base + tone)
		}
		require.NoError(t, err, string(r))
		b.WriteString(out)
	}
	return b.Bytes()
}

// tcvn3 writes text as typed with the .VnTime fonts; only the letters needed.
func tcvn3(s string) []byte {
	table := map[rune]byte{
		'ã': 0xb7, 'ộ': 0xe9, 'ô': 0xab, 'à': 0xb5, 'ủ': 0xf1, 'Đ': 0xa7, 'ồ': 0xe5, 'ễ': 0xd4, 'ị': 0xde, 'Á': 'A', 'á': 0xb8,
		'ỗ': 0xe7, 'ă': 0xa8, 'ư': 0xad, 'ở': 0xeb, 'ê': 0xaa, 'ữ': 0xf7, 'ớ': 0xed,
	}
	var b bytes.Buffer
	for _, r := range norm.NFC.String(s) {
		switch c, ok := table[r]; {
		case r == 'Á':
			b.WriteByte(0xb8) // capitals with a tone come from a capital font
		case ok:
			b.WriteByte(c)
		default:
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

func TestRegisterXLSXWithCodesAsNumbersAndMembers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := excelize.NewFile()
		defer x.Close()
		for i, row := range [][]any{
			{"DANH SÁCH HỘ"}, {},
			{"Mã số hộ", "Xã/phường", "Thôn/bản/khu phố", "Họ tên chủ hộ", "Thành viên"},
			{220012345678.0, 6652.0, "Thôn Khe Cát", "Nguyễn Văn An", "Trần Thị Bình – vợ; Nguyễn Văn Con - con\nNguyễn Thị Út (con)"},
			{"220012345679", "06652", "khe cat", "Lê Văn Tư", ""},
		} {
			require.NoError(t, x.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row))
		}
		var file bytes.Buffer
		require.NoError(t, x.Write(&file))
		rep, err := w.take(household.RegisterFile{}, w.dept(), file.Bytes())
		require.NoError(t, err)
		require.Empty(t, reasons(rep))
		require.Equal(t, 2, rep.New)
		h := w.find("external_ref = '220012345678'")
		var got []string
		require.NoError(t, w.db.Read(ctx).Raw("SELECT relation FROM household_members WHERE household_id = ? ORDER BY full_name", h.ID).Scan(&got).Error)
		require.Equal(t, []string{"child", "child", "spouse"}, got)
		again, err := w.take(household.RegisterFile{}, w.dept(), file.Bytes())
		require.NoError(t, err)
		require.Equal(t, 2, again.Unchanged)
		require.Equal(t, 3, w.count("household_members"))
	})
}

func TestRegisterWithARowForEachMember(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		csv := "Mã hộ,Mã xã,Thôn,Họ và tên,Quan hệ với chủ hộ\n" +
			"1,6652,Khe Cát,Nguyễn Văn An,Chủ hộ\n1,,,Trần Thị Bình,Vợ\n1,,,Nguyễn Văn Con,Con đẻ\n" +
			"2,6652,Nà Làng,Cháu Nhỏ,Cháu nội\n2,6652,Nà Làng,Bà Cụ,CHỦ HỘ\n"
		for _, local := range []bool{false, true} {
			rep, err := w.take(household.RegisterFile{LocalCodes: local}, w.dept(), []byte(csv))
			require.NoError(t, err)
			require.Empty(t, reasons(rep))
			require.Equal(t, 2, rep.New)
			require.Equal(t, 5, rep.Rows)
		}
		require.Equal(t, "Bà Cụ", w.find("external_ref = '2'").HeadName)
		require.Equal(t, "Bà Cụ", w.find("external_ref = '06652/2'").HeadName)
		require.Equal(t, 10, w.count("household_members"))
	})
}

func TestLocalCodesKeepCommunesApart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		csv := "Mã hộ,Thôn,Chủ hộ\n1,Khe Cát,An\n2,Khe Cát,Bình\n"
		for _, commune := range []string{"06652", "6655"} {
			rep, err := w.take(household.RegisterFile{LocalCodes: true, CommuneCode: commune}, w.dept(), []byte(csv))
			require.NoError(t, err)
			require.Empty(t, reasons(rep))
			require.Equal(t, 2, rep.New, commune)
		}
		w.shows(w.villages[0], 2, 0, 0)
		w.shows(w.villages[3], 2, 0, 0)
	})
}

func TestDryRunAndRepetitionChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v0, v1 := w.code(w.villages[0]), w.code(w.villages[1])
		csv := []byte("Mã hộ,Mã thôn,Chủ hộ\n1," + v0 + ",An\n2," + v0 + ",Bình\n3," + v1 + ",Cư\n")
		rep, err := w.take(household.RegisterFile{DryRun: true}, w.dept(), csv)
		require.NoError(t, err)
		require.True(t, rep.DryRun)
		require.False(t, rep.Written)
		require.Equal(t, 3, rep.New)
		require.Zero(t, w.count("households")+w.count("household_registers")+w.count("coverage_ledger"))

		rep, err = w.take(household.RegisterFile{}, w.dept(), csv)
		require.NoError(t, err)
		require.True(t, rep.Written)
		w.shows(w.villages[0], 2, 0, 0)
		reg, err := w.homes.RegisterOf(ctx, w.dept(), coverage.Area{ID: w.villages[0], Level: coverage.LevelVillage})
		require.NoError(t, err)
		require.Equal(t, "2026-11-01", reg.AsOf)

		ledger, registers := w.count("coverage_ledger"), w.count("household_registers")
		rep, err = w.take(household.RegisterFile{}, w.dept(), csv)
		require.NoError(t, err)
		require.Equal(t, [4]int{0, 0, 3, 0}, [4]int{rep.New, rep.Changed, rep.Unchanged, rep.Missing})
		require.Equal(t, ledger, w.count("coverage_ledger"))
		require.Equal(t, registers, w.count("household_registers"))
	})
}

func TestNewerRegisterMovesRenamesAddsAndMisses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v0, v1 := w.code(w.villages[0]), w.code(w.villages[1])
		w.importRows("Mã hộ,Mã thôn,Chủ hộ\n1," + v0 + ",An\n2," + v0 + ",Bình\n3," + v0 + ",Cư\n4," + v0 + ",Dũng\n")
		p := w.pupil(0)
		w.confirmed(p, w.find("external_ref = '2'"))
		w.certify(p)
		w.clock.Add(days(30))
		moved := w.find("external_ref = '4'")
		_, err := w.homes.Move(ctx, w.officer(), moved.ID, w.code(w.villages[2]), "2026-12-20", "xin chuyển")
		require.NoError(t, err)

		// 1 renamed, 2 in another village, 3 missing, 4 still listed where it was
		// before it moved (the register is older than that), 5 new.
		csv := []byte("Mã hộ,Mã thôn,Chủ hộ\n1," + v0 + ",An Bình\n2," + v1 + ",Bình\n4," + v0 + ",Dũng\n5," + v0 + ",Ê\n")
		file := household.RegisterFile{AsOf: "2026-12-10", Source: "Sổ mới"}
		dry := file
		dry.DryRun = true
		for _, f := range []household.RegisterFile{dry, file} {
			rep, err := w.take(f, w.dept(), csv)
			require.NoError(t, err)
			require.Empty(t, reasons(rep))
			require.Equal(t, [4]int{1, 2, 1, 1}, [4]int{rep.New, rep.Changed, rep.Unchanged, rep.Missing})
		}
		w.shows(w.villages[0], 3, 0, 0) // 1, 3, 5
		w.shows(w.villages[1], 1, 1, 1) // 2, with its coverage
		w.shows(w.villages[2], 1, 0, 0) // 4
		w.asOf(w.villages[0], "2026-12-09", 4, 1, 1)
		w.asOf(w.villages[1], "2026-12-10", 1, 1, 1)
		require.Equal(t, "An Bình", w.find("external_ref = '1'").HeadName)
		reg, err := w.homes.RegisterOf(ctx, w.dept(), coverage.Area{ID: w.province[0], Level: coverage.LevelProvince})
		require.NoError(t, err)
		require.Equal(t, "Sổ mới", reg.Source)

		rep, err := w.take(file, w.dept(), csv)
		require.NoError(t, err)
		require.Equal(t, 4, rep.Unchanged, "the same file again changes nothing")
		_, err = w.take(household.RegisterFile{AsOf: "2026-11-15"}, w.dept(), csv)
		require.Equal(t, "older_register", models.CodeOf(err))
	})
}

// Cut off between any two steps, the figures are exact for what is written, and
// the same file again completes it.
func TestImportCutOffAnywhereIsCompletedByRepeating(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		died := errors.New("died")
		var csv bytes.Buffer
		csv.WriteString("Mã hộ,Mã thôn,Chủ hộ\n")
		const rows = 1700
		for i := range rows {
			fmt.Fprintf(&csv, "%d,%s,Chủ Hộ %d\n", i, w.code(w.villages[i%3]), i)
		}
		for at := 1; ; at++ {
			left := at
			household.SetStep(w.homes, func(string) error {
				if left--; left == 0 {
					return died
				}
				return nil
			})
			rep, err := w.take(household.RegisterFile{}, w.dept(), csv.Bytes())
			household.SetStep(w.homes, func(string) error { return nil })
			w.sound()
			if err == nil {
				require.True(t, rep.Written)
				break
			}
			require.ErrorIs(t, err, died)
			require.False(t, rep.Written)
			reg, err := w.homes.RegisterOf(ctx, w.dept(), coverage.Area{ID: w.communes[0], Level: coverage.LevelCommune})
			require.NoError(t, err)
			require.Nil(t, reg, "no source stands under figures that are not whole")
			require.LessOrEqual(t, at, 20)
		}
		require.Equal(t, rows, w.count("households"))
		f, err := w.cov.Counts(ctx, w.dept(), coverage.Area{ID: w.communes[0], Level: coverage.LevelCommune})
		require.NoError(t, err)
		require.Equal(t, rows, f.Households)
	})
}

// FuzzRegister: no file makes the reader crash, write half, or leave figures
// that a recount does not confirm.
func FuzzRegister(f *testing.F) {
	for _, s := range []string{
		"Mã hộ,Mã thôn,Chủ hộ\n1,V-A,An\n", "Mã hộ;Thôn;Họ và tên;Quan hệ\n1;Khe Cát;An;chủ hộ\n1;;Bình;\n",
		"\xff\xfeM\x00", "Mã hộ,Thôn,Chủ hộ,Thành viên\n\"1\n\",Khe Cát,\"A;B\",– ( ; : -", "PK\x03\x04", "Mã hộ\tXã\tThôn\tChủ hộ\n1\t6652\tKhe Cát\tAn\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w := fuzzWorld(t)
		before := w.count("households")
		rep, err := w.take(household.RegisterFile{LocalCodes: len(data)%2 == 0, MaxBytes: 1 << 16}, w.dept(), data)
		if err != nil && models.KindOf(err) == models.KindInternal {
			t.Fatalf("%v", err)
		}
		if !rep.Written {
			require.Equal(t, before, w.count("households"))
		}
		w.sound()
	})
}
