package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"nhaso/models"
	"nhaso/models/sheet"
)

var roster = sheet.Options{
	HeaderAliases: map[string][]string{
		"name":  {"Họ và tên", "Họ tên", "Tên học sinh"},
		"birth": {"Ngày sinh"},
		"code":  {"Mã định danh Bộ GD&ĐT", "Mã định danh"},
		"class": {"Lớp", "Lớp học", "Mã lớp"},
	},
	Required: []string{"name", "birth", "code"},
}

const sample = `SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH QUẢNG NINH
DANH SÁCH HỌC SINH

STT,HỌ TÊN (*),Ngày sinh,Lớp,Mã định danh bộ GD&ĐT,Dân tộc
1,Nguyễn Thị Hồng Ánh,05/09/2013,7A,2200123456.0,Kinh
2,"Trần Văn Đức, Hoà",2013-11-30,7A,2200123457,Tày

3,Phạm Quỳnh Như,41500,7A,2200123458,Dao
`

func read(t *testing.T, data []byte, opts sheet.Options) []sheet.Table {
	t.Helper()
	tables, err := sheet.Read(bytes.NewReader(data), int64(len(data)), opts)
	require.NoError(t, err)
	return tables
}

// checkSample is what every writing of the sample must read as.
func checkSample(t *testing.T, tab sheet.Table, names ...string) {
	t.Helper()
	if len(names) == 0 {
		names = []string{"Nguyễn Thị Hồng Ánh", "Trần Văn Đức, Hoà", "Phạm Quỳnh Như"}
	}
	assert.Equal(t, 4, tab.HeaderRow)
	require.Len(t, tab.Rows, 3)
	want := []struct {
		row        int
		birth, key string
	}{{5, "2013-09-05", "2200123456"}, {6, "2013-11-30", "2200123457"}, {8, "2013-08-14", "2200123458"}}
	for i, w := range want {
		r := tab.Rows[i]
		assert.Equal(t, w.row, r.Number)
		assert.Equal(t, names[i], tab.Cell(r, "name"))
		day, err := tab.Date(r, "birth")
		assert.NoError(t, err)
		assert.Equal(t, w.birth, day)
		assert.Equal(t, w.key, sheet.Code(tab.Cell(r, "code")))
		assert.Equal(t, "7A", tab.Cell(r, "class"))
	}
	assert.Equal(t, "Dân tộc", tab.Header[5], "columns that are not ours keep their heading")
	assert.Empty(t, tab.Cell(tab.Rows[0], "village"), "a column that is not there")
}

func TestReadEveryEncoding(t *testing.T) {
	utf16Bytes := func(order func(uint16) []byte, mark bool) []byte {
		var b []byte
		if mark {
			b = order(0xfeff)
		}
		for _, u := range utf16.Encode([]rune(sample)) {
			b = append(b, order(u)...)
		}
		return b
	}
	little := func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} }
	big := func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} }
	cases := []struct {
		encoding string
		data     []byte
	}{
		{"utf-8", []byte(sample)},
		{"utf-8", append([]byte("\xef\xbb\xbf"), sample...)},
		{"utf-8", []byte(decomposed(sample))},
		{"utf-8", []byte(strings.ReplaceAll(sample, "\n", "\r\n"))},
		{"utf-8", []byte(strings.ReplaceAll(sample, "\n", "\r"))},
		{"utf-16le", utf16Bytes(little, true)},
		{"utf-16be", utf16Bytes(big, true)},
		{"utf-16le", utf16Bytes(little, false)},
		{"windows-1258", encode1258(t, sample)},
		{"tcvn3", encodeTable(tcvn3Bytes(t), sample)},
		{"vni", encodeTable(vniBytes(t), sample)},
	}
	for i, c := range cases {
		t.Run(fmt.Sprint(i, c.encoding), func(t *testing.T) {
			tables := read(t, c.data, roster)
			require.Len(t, tables, 1)
			assert.Equal(t, c.encoding, tables[0].Encoding)
			if c.encoding == "tcvn3" {
				checkSample(t, tables[0], "Nguyễn Thị Hồng ánh", "Trần Văn Đức, Hoà", "Phạm Quỳnh Như")
				return
			}
			checkSample(t, tables[0])
		})
	}
}

// The national motto, as the two font codes write it in thousands of documents.
func TestKnownLegacyText(t *testing.T) {
	motto := "Cộng hoà xã hội chủ nghĩa Việt Nam\nĐộc lập - Tự do - Hạnh phúc\n"
	for enc, latin := range map[string]string{
		"tcvn3": "Céng hoµ x· héi chñ nghÜa ViÖt Nam\n§éc lËp - Tù do - H¹nh phóc\n",
		"vni":   "Coäng hoaø xaõ hoäi chuû nghóa Vieät Nam\nÑoäc laäp - Töï do - Haïnh phuùc\n",
	} {
		b, err := charmap.Windows1252.NewEncoder().String(latin)
		require.NoError(t, err)
		tab := read(t, []byte(b), sheet.Options{})[0]
		assert.Equal(t, enc, tab.Encoding)
		assert.Equal(t, motto, tab.Header[0]+"\n"+tab.Rows[0].Cells[0]+"\n")

		tab = read(t, []byte(latin), sheet.Options{})[0]
		assert.Equal(t, "utf-8+"+enc, tab.Encoding, "the same text, saved as Unicode without conversion")
		assert.Equal(t, "Cộng hoà xã hội chủ nghĩa Việt Nam", tab.Header[0])
	}
}

func TestLegacyCapitals(t *testing.T) {
	latin, err := charmap.Windows1252.NewEncoder().Bytes([]byte("Hä vµ tªn\nNGUYÔN V¡N Hµ\nTrÇn V¨n Hµ\nTRÇN THÞ NGäC\nVò §øc Hµ\n"))
	require.NoError(t, err)
	tab := read(t, latin, sheet.Options{})[0]
	var names []string
	for _, r := range tab.Rows {
		names = append(names, r.Cells[0])
	}
	assert.Equal(t, []string{"NGUYỄN VĂN HÀ", "Trần Văn Hà", "TRẦN THỊ NGỌC", "Vũ Đức Hà"}, names)
}

func TestUnicodeNamesAreNotTakenForAFont(t *testing.T) {
	for _, text := range []string{"Họ tên\nNguyễn Văn Á\nÝ Lan\nÂu Cơ\n", "Tên\nÁ\n", "Name\nCafé Müller\nSørensen\n", "Họ tên\nH'Hen Niê\nK'Brêu\n"} {
		tab := read(t, []byte(text), sheet.Options{})[0]
		assert.Equal(t, "utf-8", tab.Encoding, text)
	}
}

func TestDelimitersAndQuotes(t *testing.T) {
	cases := map[string]string{
		"semicolon":      "Họ tên;Ngày sinh;Mã định danh\n\"Lê; Hà\";1/2/2013;77\n",
		"tab":            "Họ tên\tNgày sinh\tMã định danh\nLê; Hà\t1/2/2013\t77\n",
		"pipe":           "Họ tên|Ngày sinh|Mã định danh\nLê; Hà|1/2/2013|77\n",
		"directive":      "sep=;\r\nHọ tên;Ngày sinh;Mã định danh\r\n\"Lê; Hà\";1/2/2013;77\r\n",
		"spaces":         "Họ tên , Ngày sinh , Mã định danh\n\u00a0Lê; Hà ,1/2/2013, 77 \n",
		"no last break":  "Họ tên,Ngày sinh,Mã định danh\nLê; Hà,1/2/2013,77",
		"text after it":  "Họ tên,Ngày sinh,Mã định danh\n\"Lê; \"Hà,1/2/2013,77",
		"header again":   "Họ tên,Ngày sinh,Mã định danh\nLê; Hà,1/2/2013,77\nHọ tên,Ngày sinh,Mã định danh\n",
		"heading in two": "STT,Thông tin,,Mã định danh\n,Họ tên,Ngày sinh,\n",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			tab := read(t, []byte(text), roster)[0]
			if name == "heading in two" {
				assert.Equal(t, map[string]int{"name": 1, "birth": 2, "code": 3}, tab.Columns)
				assert.Equal(t, 2, tab.HeaderRow)
				return
			}
			require.Len(t, tab.Rows, 1)
			assert.Equal(t, "Lê; Hà", tab.Cell(tab.Rows[0], "name"))
			assert.Equal(t, "77", tab.Cell(tab.Rows[0], "code"))
			assert.Equal(t, "1/2/2013", tab.Cell(tab.Rows[0], "birth"))
		})
	}
	tab := read(t, []byte("a,b\n\"x \"\"y\"\"\nz\",2\n,3\n"), sheet.Options{})[0]
	assert.Equal(t, []sheet.Row{{Number: 2, Cells: []string{"x \"y\"\nz", "2"}}, {Number: 3, Cells: []string{"", "3"}}}, tab.Rows)
}

func TestFormulasAreText(t *testing.T) {
	tab := read(t, []byte("a,b\n\"=HYPERLINK(\"\"x\"\")\",+1\n"), sheet.Options{})[0]
	assert.Equal(t, []string{`=HYPERLINK("x")`, "+1"}, tab.Rows[0].Cells)
}

func TestBetterAliasWins(t *testing.T) {
	tab := read(t, []byte("Mã lớp,Họ tên,Lớp,Ngày sinh,Mã định danh,Họ tên\nL77,Lê Hà,7A,1/2/2013,77,Lê Cha\n"), roster)[0]
	assert.Equal(t, "7A", tab.Cell(tab.Rows[0], "class"))
	assert.Equal(t, "Lê Hà", tab.Cell(tab.Rows[0], "name"), "of two equal headings the left one")
}

func TestRefusals(t *testing.T) {
	wide := strings.Repeat("x,", 300) + "x"
	cases := []struct {
		name, data string
		opts       sheet.Options
		kind       models.Kind
		code, at   string
	}{
		{"empty", "", roster, models.KindInvalid, "empty_file", "file"},
		{"mark only", "\xef\xbb\xbf \r\n", roster, models.KindInvalid, "empty_file", "file"},
		{"no header", "a,b\n1,2\n", roster, models.KindInvalid, "header_not_found", "file"},
		{"missing column", "\n\nHọ tên,Lớp\nLê,7A\n", roster, models.KindInvalid, "missing_columns", "row 3, column Ngày sinh"},
		{"header too low", strings.Repeat("x\n", 40) + "Họ tên,Ngày sinh,Mã định danh\n", roster, models.KindInvalid, "header_not_found", "file"},
		{"old workbook", "\xd0\xcf\x11\xe0" + strings.Repeat("x", 600), roster, models.KindInvalid, "unknown_format", "file"},
		{"web page", "<html><p>Phiên làm việc đã hết</p>", roster, models.KindInvalid, "header_not_found", "file"},
		{"web page cut off", "<html><table><tr><td>Họ tên", roster, models.KindInvalid, "missing_columns", "row 1, column Ngày sinh"},
		{"binary", "ab\x00\x00\x00\x00cd", roster, models.KindInvalid, "unknown_format", "file"},
		{"open quote", "a,b\n1,\"2\n3,4\n", sheet.Options{}, models.KindInvalid, "broken_file", "row 2"},
		{"no encoding", "a\n\xff\xfe\x81\x81 \x90\x90\n", sheet.Options{}, models.KindInvalid, "unknown_encoding", "row 2"},
		{"not a zip", "PK\x03\x04 and then nothing", roster, models.KindInvalid, "broken_file", "file"},
		{"bytes", sample, sheet.Options{MaxBytes: 100}, models.KindTooLarge, "too_large", "file"},
		{"rows", sample, sheet.Options{MaxRows: 2}, models.KindTooLarge, "too_large", "row 5"},
		{"columns", wide, sheet.Options{}, models.KindTooLarge, "too_large", "row 1"},
		{"long row", "a,b\n" + strings.Repeat("x", 3<<20), sheet.Options{}, models.KindTooLarge, "too_large", "row 2"},
		{"long quote", "a,b\n\"" + strings.Repeat("x\n", 3<<20), sheet.Options{}, models.KindTooLarge, "too_large", "row 2"},
	}
	for _, c := range cases {
		for _, size := range []int64{int64(len(c.data)), -1} {
			t.Run(fmt.Sprint(c.name, size < 0), func(t *testing.T) {
				_, err := sheet.Read(strings.NewReader(c.data), size, c.opts)
				var e *models.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, c.kind, e.Kind)
				assert.Equal(t, c.code, e.Code)
				require.NotEmpty(t, e.Fields)
				assert.Equal(t, c.at, e.Fields[0].Location)
			})
		}
	}
}

func TestMixedEncodingsNameTheRow(t *testing.T) {
	text := "Họ tên\n" + strings.Repeat("Nguyễn Văn Hoà\n", 100_000) + "Tr\xc7n\n"
	_, err := sheet.Read(strings.NewReader(text), -1, sheet.Options{})
	var e *models.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "unknown_encoding", e.Code)
	assert.Equal(t, "row 100002", e.Fields[0].Location)
}

// endless gives the same line for ever.
type endless struct{ line string }

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.line)
	}
	return n, nil
}

// stuck never says anything, not even that it has ended.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestReaderThatGivesNothing(t *testing.T) {
	_, err := sheet.Read(io.MultiReader(strings.NewReader(strings.Repeat("a,b\n", 1000)), stuck{}), -1, sheet.Options{})
	assert.ErrorIs(t, err, io.ErrNoProgress)
}

func TestFileOf200MegabytesIsRefused(t *testing.T) {
	for name, first := range map[string]string{"csv": "", "xlsx": "PK\x03\x04"} {
		huge := io.MultiReader(strings.NewReader(first), io.LimitReader(endless{"Lê,1/2/2013,77\n"}, 200<<20))
		_, err := sheet.Read(huge, 200<<20, sheet.Options{})
		assert.Equal(t, models.KindTooLarge, models.KindOf(err), "said at once by its size")
		err = sheet.Stream(huge, -1, sheet.Options{MaxRows: 100 << 20}, func(*sheet.Table, sheet.Row) error { return nil })
		var e *models.Error
		require.ErrorAs(t, err, &e, name)
		assert.Equal(t, "too_large", e.Code)
		assert.Equal(t, []models.Field{{Location: "file", Code: "too_many_bytes"}}, e.Fields)
	}
}

func TestStreamStopsAtTheCallersError(t *testing.T) {
	stop := errors.New("stop")
	n := 0
	err := sheet.Stream(strings.NewReader(sample), -1, roster, func(tab *sheet.Table, row sheet.Row) error {
		n++
		assert.Equal(t, "row 5, column HỌ TÊN (*)", tab.Place(row.Number, "name"))
		return stop
	})
	assert.Equal(t, stop, err)
	assert.Equal(t, 1, n)
}

func TestLateLettersAreStillDetected(t *testing.T) {
	var b strings.Builder
	b.WriteString("ten,lop\n")
	for i := range 200_000 {
		fmt.Fprintf(&b, "Le Van Nam,%d\n", i)
	}
	b.WriteString("Hoµng V¨n §øc,7\n")
	data, err := charmap.Windows1252.NewEncoder().String(b.String())
	require.NoError(t, err)
	tables := read(t, []byte(data), sheet.Options{})
	assert.Equal(t, "tcvn3", tables[0].Encoding)
	assert.Equal(t, "Hoàng Văn Đức", tables[0].Rows[200_000].Cells[0])
	assert.Equal(t, "Le Van Nam", tables[0].Rows[199_999].Cells[0])
}

// workbook writes rows into sheets, from A1.
func workbook(t testing.TB, sheets map[string][][]any, order ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for _, name := range order {
		_, err := f.NewSheet(name)
		require.NoError(t, err)
		for i, row := range sheets[name] {
			require.NoError(t, f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row))
		}
	}
	require.NoError(t, f.DeleteSheet("Sheet1"))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.Bytes()
}
