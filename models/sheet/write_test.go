package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"nhaso/models"
	"nhaso/models/sheet"
	"nhaso/models/sheet/sheettest"
)

var made = time.Date(2026, 11, 26, 1, 15, 42, 0, time.UTC)

func board() sheet.Page {
	return sheet.Page{
		Name: "Lớp 7A/1", Frozen: 1, Heading: "THCS R&D, lớp 7A",
		Columns: []sheet.Column{
			{Heading: "Họ và tên", Code: "name"}, {Heading: "Điểm cao nhất (%)", Code: "best"},
			{Heading: "Độ khó", Code: "p", Decimals: 2}, {Heading: "Ngày đạt", Code: "passed_on"}, {Heading: "Nộp lúc", Code: "at"},
		},
		Rows: [][]sheet.Cell{
			{sheet.Text("Nguyễn Thị Hồng Ánh"), sheet.Int(60), sheet.Number(0.254), sheet.Day("2026-11-03"), sheet.Instant(made)},
			{sheet.Text("Trần \"Tí\", Đức;"), sheet.Int(0), sheet.Number(-0.5), {}, {}},
			{sheet.Text("=1+1"), {}, sheet.Number(1)},
		},
		Totals: [][]sheet.Cell{{sheet.Text("Cả lớp"), sheet.Int(3)}},
	}
}

func workbookOf(t *testing.T, p sheet.Page) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, sheet.WriteXLSX(&b, sheet.Book{Title: "Bảng lớp", Made: made, Pages: []sheet.Page{p}}))
	return b.Bytes()
}

func textOf(t *testing.T, p sheet.Page, delimiter rune) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, sheet.WriteCSV(&b, p, delimiter))
	return b.String()
}

func TestWriteCSV(t *testing.T) {
	want := "\ufeff" + strings.Join([]string{
		`"Họ và tên","Điểm cao nhất (%)","Độ khó","Ngày đạt","Nộp lúc"`,
		`name,best,p,passed_on,at`,
		`"Nguyễn Thị Hồng Ánh",60,0.25,2026-11-03,"2026-11-26 08:15"`,
		`"Trần ""Tí"", Đức;",0,-0.5,,`,
		`"'=1+1",,1,,`,
		`"Cả lớp",3,,,`, "",
	}, "\r\n")
	assert.Equal(t, want, textOf(t, board(), ','))
	semi := textOf(t, board(), ';')
	assert.Contains(t, semi, `"Nguyễn Thị Hồng Ánh";60;"0,25";2026-11-03;"2026-11-26 08:15"`)
	assert.Contains(t, semi, `;0;"-0,5";;`)
}

func TestNoCodesNoRowOfCodes(t *testing.T) {
	p := sheet.Page{Columns: []sheet.Column{{Heading: "ID"}, {Heading: "Họ tên"}}, Rows: [][]sheet.Cell{{sheet.Text("1"), sheet.Text("An")}}}
	assert.Equal(t, "\ufeff\"ID\",\"Họ tên\"\r\n1,An\r\n", textOf(t, p, ','), "a file that begins with ID bare is another format to Excel")
	tab := read(t, workbookOf(t, p), sheet.Options{})[0]
	assert.Equal(t, []string{"ID", "Họ tên"}, tab.Header)
	assert.Equal(t, []sheet.Row{{Number: 2, Cells: []string{"1", "An"}}}, tab.Rows)
}

// Whatever begins like a formula leaves as a text, in both forms.
func TestFormulasAreTexts(t *testing.T) {
	for _, s := range []string{"=1+1", "+84912345678", "-1", "@SUM(A1)", "＝1", "=HYPERLINK(\"http://x\")", "\t=1+1", "\r\n=cmd|' /C calc'!A0"} {
		p := sheet.Page{Columns: []sheet.Column{{Heading: s}}, Rows: [][]sheet.Cell{{sheet.Text(s)}}}
		for i, line := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(textOf(t, p, ','), "\ufeff"), "\r\n"), "\r\n") {
			assert.True(t, strings.HasPrefix(strings.TrimPrefix(line, `"`), "'"), "%q line %d: %s", s, i, line)
		}
		f, err := excelize.OpenReader(bytes.NewReader(workbookOf(t, p)))
		require.NoError(t, err)
		for _, at := range []string{"A1", "A2"} {
			formula, err := f.GetCellFormula("Bảng", at)
			require.NoError(t, err)
			assert.Empty(t, formula)
			kind, err := f.GetCellType("Bảng", at)
			require.NoError(t, err)
			assert.Equal(t, excelize.CellTypeInlineString, kind)
		}
		value, err := f.GetCellValue("Bảng", "A2")
		require.NoError(t, err)
		assert.Equal(t, models.Clean(s), value, "no apostrophe to be seen in a workbook")
		id, err := f.GetCellStyle("Bảng", "A2")
		require.NoError(t, err)
		require.NotNil(t, f.Styles.CellXfs.Xf[id].QuotePrefix)
		assert.True(t, *f.Styles.CellXfs.Xf[id].QuotePrefix)
	}
	for _, s := range []string{"An", "1=1", "'=1", ""} {
		assert.False(t, sheet.Formula(s), s)
	}
}

func TestWriteXLSXIsSetUp(t *testing.T) {
	data := workbookOf(t, board())
	f, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	const name = "Lớp 7A-1"
	assert.Equal(t, []string{name}, f.GetSheetList())
	panes, err := f.GetPanes(name)
	require.NoError(t, err)
	assert.True(t, panes.Freeze)
	assert.Equal(t, []int{1, 2}, []int{panes.XSplit, panes.YSplit})
	layout, err := f.GetPageLayout(name)
	require.NoError(t, err)
	assert.Equal(t, 9, *layout.Size, "A4")
	assert.Equal(t, "landscape", *layout.Orientation)
	for at, want := range map[string]excelize.CellType{"A3": excelize.CellTypeInlineString, "B3": excelize.CellTypeNumber, "D3": excelize.CellTypeNumber} {
		kind, err := f.GetCellType(name, at)
		require.NoError(t, err)
		if want == excelize.CellTypeNumber && kind == excelize.CellTypeUnset {
			kind = want // a cell without a type is a number
		}
		assert.Equal(t, want, kind, at)
	}
	shown, err := f.GetRows(name)
	require.NoError(t, err)
	assert.Equal(t, []string{"Nguyễn Thị Hồng Ánh", "60", "0.25", "03/11/2026", "26/11/2026 08:15"}, shown[2])
	parts := part(t, data, "xl/worksheets/sheet1.xml")
	assert.Contains(t, parts, `<autoFilter ref="$A$2:$E$5"`, "the filter leaves the totals alone")
	assert.Contains(t, parts, "R&amp;&amp;D")
	assert.Contains(t, part(t, data, "xl/workbook.xml"), "_xlnm.Print_Titles")
	assert.Contains(t, part(t, data, "docProps/core.xml"), "2026-11-26T01:15:42Z")
	assert.True(t, bytes.Equal(data, workbookOf(t, board())), "the same book is the same bytes")
}

func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	f, err := z.Open(name)
	require.NoError(t, err)
	defer f.Close()
	b, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(b)
}

func TestSheetNames(t *testing.T) {
	var pages []sheet.Page
	for _, name := range []string{"7A", "7a", "'Lớp' [1]:*?", "", strings.Repeat("ỹ", 40), strings.Repeat("ỹ", 40)} {
		pages = append(pages, sheet.Page{Name: name, Columns: []sheet.Column{{Heading: "x"}}})
	}
	var b bytes.Buffer
	require.NoError(t, sheet.WriteXLSX(&b, sheet.Book{Pages: pages}))
	f, err := excelize.OpenReader(&b)
	require.NoError(t, err)
	assert.Equal(t, []string{"7A", "7a (2)", "Lớp' -1----", "Bảng", strings.Repeat("ỹ", 31), strings.Repeat("ỹ", 27) + " (2)"}, f.GetSheetList())
}

func TestWriteRefuses(t *testing.T) {
	one := []sheet.Column{{Heading: "x"}}
	for name, p := range map[string]sheet.Page{
		"no columns":        {},
		"a row is too long": {Columns: one, Rows: [][]sheet.Cell{{sheet.Int(1), sheet.Int(2)}}},
		"too many rows":     {Columns: one, Rows: make([][]sheet.Cell, 1_048_576)},
		"too many columns":  {Columns: make([]sheet.Column, 16_385)},
		"a text too long":   {Columns: one, Totals: [][]sheet.Cell{{sheet.Text(strings.Repeat("ă", 32_768))}}},
	} {
		var e *models.Error
		err := sheet.WriteXLSX(io.Discard, sheet.Book{Pages: []sheet.Page{p}})
		require.ErrorAs(t, err, &e, name)
		assert.Equal(t, models.KindTooLarge, e.Kind, name)
		require.ErrorAs(t, sheet.WriteCSV(io.Discard, p, ','), &e, name)
		assert.Equal(t, models.KindTooLarge, e.Kind, name)
	}
	assert.Error(t, sheet.WriteCSV(io.Discard, board(), '\t'))
	assert.Error(t, sheet.WriteXLSX(io.Discard, sheet.Book{}))
	full := errors.New("disk full")
	assert.ErrorIs(t, sheet.WriteCSV(failing{full}, board(), ','), full)
	assert.ErrorIs(t, sheet.WriteXLSX(failing{full}, sheet.Book{Pages: []sheet.Page{board()}}), full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestPlain(t *testing.T) {
	for _, c := range []struct {
		cell     sheet.Cell
		decimals int
		want     string
	}{
		{sheet.Cell{}, 0, ""}, {sheet.Text(" a\u0302\n b\x00 "), 0, "â b"}, {sheet.Int(-3), 2, "-3"}, {sheet.Number(2.5), 0, "3"},
		{sheet.Number(-0.2), 0, "0"}, {sheet.Number(1.0 / 3), 3, "0.333"}, {sheet.Number(1e21), 0, "1000000000000000000000"},
		{sheet.Number(math.NaN()), 0, ""}, {sheet.Number(math.Inf(-1)), 0, ""}, {sheet.Number(1e305), 6, "1" + strings.Repeat("0", 305)},
		{sheet.Day("2026-02-29"), 0, "2026-02-29"}, {sheet.Day("2026-11-26"), 0, "2026-11-26"}, {sheet.Instant(time.Time{}), 0, ""},
		{sheet.Instant(time.Date(2026, 12, 31, 17, 0, 59, 0, time.UTC)), 0, "2027-01-01 00:00"},
	} {
		assert.Equal(t, c.want, c.cell.Plain(c.decimals))
	}
}

// What is written is read back by our own reader as the same cells, for random
// tables with hostile texts.
func TestWrittenIsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"Nguyễn Văn A", "=x", "a,b;c", `"`, "'", "\u200bx", "&<>", "0012", "1E5", "_x000D_", "😀", "x\vy", "-"}
	for range 60 {
		p := sheet.Page{Name: "t", Frozen: r.IntN(2)}
		for i := range 1 + r.IntN(6) {
			p.Columns = append(p.Columns, sheet.Column{Heading: fmt.Sprintf("Cột %d", i), Code: fmt.Sprintf("c%d", i), Decimals: r.IntN(4)})
		}
		for range r.IntN(20) {
			row := []sheet.Cell{sheet.Text("hàng")}
			for range len(p.Columns) - 1 {
				row = append(row, []sheet.Cell{{}, sheet.Text(texts[r.IntN(len(texts))]), sheet.Number(r.NormFloat64() * 1000), sheet.Int(r.IntN(100))}[r.IntN(4)])
			}
			p.Rows = append(p.Rows, row)
		}
		for form, data := range map[string][]byte{"xlsx": workbookOf(t, p), "csv": []byte(textOf(t, p, ','))} {
			tab := read(t, data, sheet.Options{})[0]
			require.Len(t, tab.Rows, len(p.Rows)+1, form)
			for i, row := range p.Rows {
				for j, c := range row {
					want := c.Plain(p.Columns[j].Decimals)
					got := ""
					if cells := tab.Rows[i+1].Cells; j < len(cells) {
						got = cells[j]
					}
					if form == "csv" {
						got = strings.TrimPrefix(got, "'")
						want = strings.TrimPrefix(want, "'")
					}
					assert.Equal(t, want, got, "%s row %d column %d", form, i, j)
				}
			}
		}
	}
}

func TestOfficeOpensWhatIsWritten(t *testing.T) {
	rows := sheettest.Cells(t, workbookOf(t, board()))
	assert.Equal(t, [][]string{
		{"Họ và tên", "Điểm cao nhất (%)", "Độ khó", "Ngày đạt", "Nộp lúc"},
		{"name", "best", "p", "passed_on", "at"},
		{"Nguyễn Thị Hồng Ánh", "60", "0.25", "03/11/2026", "26/11/2026 08:15"},
		{`Trần "Tí", Đức;`, "0", "-0.50", "", ""},
		{"=1+1", "", "1.00", "", ""},
		{"Cả lớp", "3", "", "", ""},
	}, rows)
	for extension, data := range map[string][]byte{".xlsx": workbookOf(t, board()), ".csv": []byte(textOf(t, board(), ','))} {
		pdf := sheettest.PDF(t, data, extension)
		assert.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")), extension)
	}
}

func FuzzWrite(f *testing.F) {
	f.Add("=1+1", "\"", 0.5, 2)
	f.Add("\ufeff", "'", math.Inf(1), -1)
	f.Fuzz(func(t *testing.T, a, b string, v float64, decimals int) {
		p := sheet.Page{Name: a, Heading: b, Columns: []sheet.Column{{Heading: a, Code: "a"}, {Heading: b, Code: "b", Decimals: decimals}},
			Rows: [][]sheet.Cell{{sheet.Text(a), sheet.Number(v)}, {sheet.Text(b), sheet.Day(a)}}}
		var out bytes.Buffer
		if err := sheet.WriteXLSX(&out, sheet.Book{Title: a, Made: made, Pages: []sheet.Page{p}}); err != nil {
			var e *models.Error
			require.ErrorAs(t, err, &e)
			return
		}
		_, err := excelize.OpenReader(&out)
		require.NoError(t, err)
		require.NoError(t, sheet.WriteCSV(io.Discard, p, ';'))
	})
}
