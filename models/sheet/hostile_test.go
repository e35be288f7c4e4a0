package sheet_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"nhaso/models"
	"nhaso/models/sheet"
)

var pupils = [][]any{{"Họ tên", "Ngày sinh", "Mã định danh"}, {"An", "1/2/2013", "1"}, {"Bình", "1/2/2013", "2"}, {"Chi", "1/2/2013", "3"}}

// The workbook library ends a sheet where its XML is broken, and says nothing:
// half a list must not pass for a whole one.
func TestSheetBrokenHalfWayIsRefused(t *testing.T) {
	good := workbook(t, map[string][][]any{"S": pupils}, "S")
	for name, c := range map[string]struct{ from, to, place string }{
		"between rows":    {`<row r="3"`, `</row><row r="3"`, "file"},
		"entity":          {`<row r="3"`, `&x;<row r="3"`, "file"},
		"declaration":     {`<sheetData>`, `<!DOCTYPE x [<!ENTITY x "aaa">]><sheetData>`, "file"},
		"control":         {`<row r="3"`, "\x01<row r=\"3\"", "sheet S, row 2"},
		"bare attribute":  {`<row r="3"`, `<row r="3" s=1`, "sheet S, row 2"},
		"order":           {`<row r="4"`, `<row r="2"`, "row 4"},
		"ends early":      {`</sheetData>`, ``, "file"},
		"never ends":      {`</worksheet>`, ``, "file"},
		"too many rows":   {`<row r="4"`, `<row r="1048577"`, "row 4"},
		"tag never ends":  {`</worksheet>`, `</worksheet><a b="`, "file"},
		"deeper than any": {`</sheetData>`, `</sheetData>` + strings.Repeat("<a>", 2000) + strings.Repeat("</a>", 2000), "file"},
	} {
		t.Run(name, func(t *testing.T) {
			data := rezip(t, good, func(n string, b []byte) []byte {
				if strings.HasPrefix(n, "xl/worksheets/sheet") {
					require.Contains(t, string(b), c.from)
					return bytes.Replace(b, []byte(c.from), []byte(c.to), 1)
				}
				return b
			})
			_, err := sheet.Read(bytes.NewReader(data), -1, roster)
			require.Equal(t, "broken_file", models.CodeOf(err), "%v", err)
			assert.Equal(t, c.place, fieldsOf(t, err)[0].Location)
		})
	}
	fine := rezip(t, good, func(n string, b []byte) []byte {
		b = bytes.ReplaceAll(b, []byte("<sheetData>"), []byte("<!-- a > b --><?pi x > y?><sheetData>"))
		return bytes.ReplaceAll(b, []byte(`<row r="3"`), []byte(`<row r="3" note='>"&amp;'`))
	})
	assert.Len(t, read(t, fine, roster)[0].Rows, 3)
}

func fieldsOf(t *testing.T, err error) []models.Field {
	t.Helper()
	var e *models.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Fields)
	return e.Fields
}

func TestHiddenSheetsAreNotRead(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(workbook(t, map[string][][]any{"6A1": pupils, "Năm ngoái": pupils, "DM": pupils}, "6A1", "Năm ngoái", "DM")))
	require.NoError(t, err)
	require.NoError(t, f.SetSheetVisible("Năm ngoái", false))
	require.NoError(t, f.SetSheetVisible("DM", false, true))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	tables := read(t, b.Bytes(), roster)
	require.Len(t, tables, 1)
	assert.Equal(t, "6A1", tables[0].Sheet)
	assert.Equal(t, []string{"Năm ngoái", "DM"}, tables[0].Hidden)
}

// A million empty rows with a format are a school's list; several millions are
// somebody's bomb.
func TestEmptyRowsAreBounded(t *testing.T) {
	good := workbook(t, map[string][][]any{"A": pupils, "B": pupils, "C": pupils}, "A", "B", "C")
	data := rezip(t, good, func(n string, b []byte) []byte {
		return bytes.Replace(b, []byte("</sheetData>"), []byte(`<row r="1048576" ht="15"/></sheetData>`), 1)
	})
	_, err := sheet.Read(bytes.NewReader(data), -1, roster)
	assert.Equal(t, "too_many_rows", fieldsOf(t, err)[0].Code)
}

func TestHeaderOfTwoRowsWithAnOptionalColumn(t *testing.T) {
	data := workbook(t, map[string][][]any{"S": {
		{"TT", "Thông tin học sinh", nil, nil, "Lớp"}, {nil, "Mã định danh", "Họ tên", "Ngày sinh"},
		{1, "1", "An", "1/2/2013", "7A"},
	}}, "S")
	tab := read(t, data, roster)[0]
	assert.Equal(t, 2, tab.HeaderRow)
	require.Len(t, tab.Rows, 1)
	assert.Equal(t, []string{"An", "7A"}, []string{tab.Cell(tab.Rows[0], "name"), tab.Cell(tab.Rows[0], "class")})

	// What stands above a whole header does not move its columns.
	data = workbook(t, map[string][][]any{"S": {
		{"Lớp", "7A", nil, "Ngày sinh"}, {"Mã định danh", "Họ tên", "Ngày sinh"}, {"1", "An", "1/2/2013"},
	}}, "S")
	tab = read(t, data, roster)[0]
	assert.Equal(t, "1", tab.Cell(tab.Rows[0], "code"))
}

// Invisible signs come with text copied from web pages and chat programs.
func TestInvisibleSignsOfCopiedText(t *testing.T) {
	for _, mark := range []string{"\u200b", "\ufeff", "\u200e", "\u200d", "\u2060", "\u00ad", "\u202e", "\u00a0"} {
		text := "Mã định danh" + mark + ";" + mark + "Họ tên;Ngày sinh\n" +
			mark + "221" + mark + "2345" + mark + ";" + mark + "Nguyễn " + mark + "An" + mark + ";" + mark + "05/09/2013" + mark + "\n"
		tab := read(t, []byte(text), roster)[0]
		require.Len(t, tab.Rows, 1)
		assert.Equal(t, "2212345", sheet.Code(tab.Cell(tab.Rows[0], "code")), "%q", mark)
		assert.Equal(t, "Nguyễn An", models.Clean(tab.Cell(tab.Rows[0], "name")), "%q", mark)
		day, err := tab.Date(tab.Rows[0], "birth")
		assert.NoError(t, err, "%q", mark)
		assert.Equal(t, "2013-09-05", day, "%q", mark)
	}
}

func TestUnknownEncodingNamesTheRow(t *testing.T) {
	head := "Mã định danh;Họ tên;Ngày sinh\n1;Đỗ Thị Ánh;05/09/2013\n"
	_, err := sheet.Read(strings.NewReader(head+"2;Nguy\xff\xfen;05/09/2013\n"), -1, roster)
	require.Equal(t, "unknown_encoding", models.CodeOf(err))
	assert.Equal(t, "row 3", fieldsOf(t, err)[0].Location)

	var wide []byte
	for _, r := range "\ufeff" + head {
		wide = append(wide, byte(r), byte(r>>8), byte(r>>16), 0)
	}
	_, err = sheet.Read(bytes.NewReader(wide), -1, roster)
	assert.Equal(t, "unknown_encoding", models.CodeOf(err), "UTF-32 begins like UTF-16")
}
