package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"nhaso/models"
	"nhaso/models/sheet"
)

func TestReadWorkbook(t *testing.T) {
	birth := time.Date(2013, 9, 5, 0, 0, 0, 0, time.UTC)
	data := workbook(t, map[string][][]any{
		"Bìa": {{"Trường THCS Hà Tu"}},
		"7A": {
			{"SỞ GIÁO DỤC"}, {}, {nil, "DANH SÁCH"},
			{"STT", "Họ tên", "Ngày sinh", "Mã định danh", "Lớp"},
			{1, " Nguyễn Thị Hồng Ánh\u00a0", birth, 2200123456.0, "7A"},
			{},
			{2, decomposed("Trần Văn Đức"), "30/11/2013", "2200123457", "7A"},
		},
		"7B": {
			{"Mã định danh", "Họ tên", "Ngày sinh"},
			{220012345678.0, "Phạm Quỳnh Như", 41522},
		},
	}, "Bìa", "7A", "7B")
	tables := read(t, data, roster)
	require.Len(t, tables, 2, "a cover is no table")
	a, b := &tables[0], &tables[1]
	assert.Equal(t, []string{"7A", "7B"}, []string{a.Sheet, b.Sheet})
	assert.Equal(t, "xlsx", a.Encoding)
	assert.Equal(t, 4, a.HeaderRow)
	require.Len(t, a.Rows, 2)
	assert.Equal(t, []int{5, 7}, []int{a.Rows[0].Number, a.Rows[1].Number}, "empty rows count")
	assert.Equal(t, "Nguyễn Thị Hồng Ánh", a.Cell(a.Rows[0], "name"))
	assert.Equal(t, "Trần Văn Đức", a.Cell(a.Rows[1], "name"))
	for _, c := range []struct {
		tab  *sheet.Table
		row  int
		day  string
		code string
	}{{a, 0, "2013-09-05", "2200123456"}, {a, 1, "2013-11-30", "2200123457"}, {b, 0, "2013-09-05", "220012345678"}} {
		day, err := c.tab.Date(c.tab.Rows[c.row], "birth")
		assert.NoError(t, err)
		assert.Equal(t, c.day, day)
		assert.Equal(t, c.code, sheet.Code(c.tab.Cell(c.tab.Rows[c.row], "code")))
	}
	assert.Equal(t, "sheet 7B, row 2, column Ngày sinh", b.Place(2, "birth"))
	assert.Equal(t, "sheet 7B, row 2, column class", b.Place(2, "class"))
}

func TestWorkbookMissingColumnNamesTheSheet(t *testing.T) {
	data := workbook(t, map[string][][]any{"Lớp 7": {{}, {"Họ tên", "Lớp"}, {"A", "7A"}}}, "Lớp 7")
	_, err := sheet.Read(bytes.NewReader(data), -1, roster)
	var e *models.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "missing_columns", e.Code)
	assert.Equal(t, []models.Field{
		{Location: "sheet Lớp 7, row 2, column Ngày sinh", Code: "missing_column"},
		{Location: "sheet Lớp 7, row 2, column Mã định danh Bộ GD&ĐT", Code: "missing_column"},
	}, e.Fields)
}

func TestWorkbookCounting1904(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	yes := true
	require.NoError(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
	require.NoError(t, f.SetSheetRow("Sheet1", "A1", &[]any{"Họ tên", "Ngày sinh", "Mã định danh"}))
	require.NoError(t, f.SetSheetRow("Sheet1", "A2", &[]any{"A", 41522 - 1462, "1"}))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	tab := read(t, b.Bytes(), roster)[0]
	day, err := tab.Date(tab.Rows[0], "birth")
	require.NoError(t, err)
	assert.Equal(t, "2013-09-05", day)
}

func TestWorkbookFormulasAreNotComputed(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	require.NoError(t, f.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"}))
	require.NoError(t, f.SetCellFormula("Sheet1", "A2", `HYPERLINK("http://127.0.0.1:1/","x")`))
	require.NoError(t, f.SetCellValue("Sheet1", "B2", "=1+1"))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	tab := read(t, b.Bytes(), sheet.Options{})[0]
	require.Len(t, tab.Rows, 1)
	assert.Equal(t, []string{"", "=1+1"}, tab.Rows[0].Cells, "a formula without a saved value is empty")
}

func TestWorkbookInAVnTimeFont(t *testing.T) {
	data := workbook(t, map[string][][]any{"S": {
		{"STT", "Hä vµ tªn", "Ngµy sinh", "M· ®Þnh danh"},
		{1, "NguyÔn ThÞ Hång", "05/09/2013", "1"},
		{2, "Trần Văn Đức", "05/09/2013", "2"},
	}}, "S")
	tab := read(t, data, roster)[0]
	assert.Equal(t, "xlsx+tcvn3", tab.Encoding)
	assert.Equal(t, "Nguyễn Thị Hồng", tab.Cell(tab.Rows[0], "name"))
	assert.Equal(t, "Trần Văn Đức", tab.Cell(tab.Rows[1], "name"), "typed with another keyboard")
}

// rezip copies an archive through change.
func rezip(t testing.TB, data []byte, change func(name string, content []byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		part, err := w.Create(f.Name)
		require.NoError(t, err)
		_, err = part.Write(change(f.Name, content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestBrokenWorkbooks(t *testing.T) {
	good := workbook(t, map[string][][]any{"S": {{"Họ tên", "Ngày sinh", "Mã định danh"}, {"A", "1/2/2013", "1"}}}, "S")
	part := func(name string, content string) []byte {
		return rezip(t, good, func(n string, b []byte) []byte {
			if strings.HasPrefix(n, name) {
				return []byte(content)
			}
			return b
		})
	}
	for name, c := range map[string]struct {
		data []byte
		opts sheet.Options
		kind models.Kind
		code string
	}{
		"cut off":          {good[:len(good)/2], roster, models.KindInvalid, "broken_file"},
		"no workbook":      {rezip(t, good, func(string, []byte) []byte { return nil }), roster, models.KindInvalid, ""},
		"sheet is no XML":  {part("xl/worksheets/", "<worksheet><sheetData><row r=\"1\"><c"), roster, models.KindInvalid, ""},
		"sheet of garbage": {part("xl/worksheets/", "\x00\x01\x02"), roster, models.KindInvalid, ""},
		"cell out of range": {
			part("xl/worksheets/", `<worksheet><sheetData><row r="1"><c r="ZZZZZZ1" t="str"><v>x</v></c></row></sheetData></worksheet>`),
			roster, models.KindInvalid, "",
		},
		"shared text absent": {
			part("xl/worksheets/", `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>-7</v></c></row></sheetData></worksheet>`),
			roster, models.KindInvalid, "",
		},
		"row far below": {
			part("xl/worksheets/", `<worksheet><sheetData><row r="2147483647"><c r="A2147483647" t="str"><v>x</v></c></row></sheetData></worksheet>`),
			roster, models.KindInvalid, "",
		},
		"bytes": {good, sheet.Options{MaxBytes: 100}, models.KindTooLarge, "too_large"},
		"rows":  {good, sheet.Options{MaxRows: 1, HeaderAliases: map[string][]string{"x": {"Mã định danh"}}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sheet.Read(bytes.NewReader(c.data), -1, c.opts)
			assert.Equal(t, c.kind, models.KindOf(err), "%v", err)
			if c.code != "" {
				assert.Equal(t, c.code, models.CodeOf(err))
			}
		})
	}
}

func TestZipBombs(t *testing.T) {
	good := workbook(t, map[string][][]any{"S": {{"a"}, {"1"}}}, "S")
	bomb := rezip(t, good, func(name string, b []byte) []byte {
		if strings.HasPrefix(name, "xl/worksheets/") {
			return append([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`), bytes.Repeat([]byte("x"), 30<<20)...)
		}
		return b
	})
	require.Less(t, len(bomb), 100<<10)
	opts := sheet.Options{MaxBytes: 1 << 20}
	_, err := sheet.Read(bytes.NewReader(bomb), -1, opts)
	assert.Equal(t, "too_large", models.CodeOf(err))

	// The same, with sizes in the directory that claim 1,000 bytes.
	liar := bytes.Clone(bomb)
	for i := 0; i+46 < len(liar); i++ {
		if bytes.Equal(liar[i:i+4], []byte("PK\x01\x02")) && binary.LittleEndian.Uint32(liar[i+24:]) > 1<<20 {
			binary.LittleEndian.PutUint32(liar[i+24:], 1000)
		}
	}
	require.NotEqual(t, bomb, liar)
	_, err = sheet.Read(bytes.NewReader(liar), -1, opts)
	assert.Equal(t, models.KindInvalid, models.KindOf(err), "%v", err)

	var many bytes.Buffer
	w := zip.NewWriter(&many)
	for i := range 3000 {
		_, err := w.Create("p" + strings.Repeat("x", i%7) + string(rune('a'+i%26)))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	_, err = sheet.Read(&many, -1, opts)
	assert.Equal(t, "too_large", models.CodeOf(err))
}

func TestPanicOfTheCallerPasses(t *testing.T) {
	data := workbook(t, map[string][][]any{"S": {{"a"}, {"1"}}}, "S")
	assert.PanicsWithValue(t, "mine", func() {
		_ = sheet.Stream(bytes.NewReader(data), -1, sheet.Options{}, func(*sheet.Table, sheet.Row) error { panic("mine") })
	})
}

// One cell of 300 MB fits into a small file; it is refused before anything of
// it is kept.
func TestOneHugeCellIsRefusedInPassing(t *testing.T) {
	good := workbook(t, map[string][][]any{"A": {{"Mã hộ"}, {"H1"}}})
	huge := func(size int) []byte {
		return rezip(t, good, func(name string, b []byte) []byte {
			if name != "xl/worksheets/sheet1.xml" {
				return b
			}
			return bytes.Replace(b, []byte("<sheetData>"), []byte("<sheetData><!--"+strings.Repeat("A", size)+"-->"), 1)
		})
	}
	for _, c := range []struct {
		size   int
		reason string
	}{{300 << 10, "cell_too_long"}, {100 << 20, "unpacks_too_large"}} {
		var before, after runtime.MemStats
		file := huge(c.size)
		runtime.ReadMemStats(&before)
		_, err := sheet.Read(bytes.NewReader(file), int64(len(file)), sheet.Options{})
		runtime.ReadMemStats(&after)
		require.Equal(t, models.KindTooLarge, models.KindOf(err), "%v", err)
		require.ErrorContains(t, err, c.reason)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20), "memory taken while refusing")
	}
}
