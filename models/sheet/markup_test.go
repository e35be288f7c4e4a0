package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/sheet"
)

// page is a table as school software writes it and names ".xls": a title over
// all columns, a heading of two rows, cells with markup in them.
const page = `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1252">
<style>td{mso-number-format:"\@"} </style><title>Danh sách</title></head><body><table border=1>
<tr><td colspan="5"><b>DANH SÁCH LỚP 7A</b></td></tr>
<tr><th rowspan=2>STT</th><th rowspan="2">Họ tên</th><th colspan=2>Lý lịch</th><th rowspan=2>Mã định danh</th></tr>
<tr><th>Ngày<br>sinh</th><th>Dân tộc</th></tr>
<tr><td>1<td> Nguyễn&nbsp;Thị <b>Hồng</b> Ánh </td><td>05/09/2013</td><td>Kinh</td><td x:num>2200123456</td></tr>
<tr><td>2</td><td>Trần Văn Đức &amp; Hoà</td><td>2013-11-30</td><td></td><td>2200123457</td></tr>
</table><script>document.write("<tr><td>x</td></tr>")</script></body></html>`

func TestReadAPageThatPassesForXLS(t *testing.T) {
	wide := func(s string) []byte {
		b := []byte("\xff\xfe")
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return b
	}
	for name, c := range map[string]struct {
		data     []byte
		encoding string
	}{
		"utf-8":        {[]byte(page), "utf-8"},
		"with a mark":  {append([]byte("\xef\xbb\xbf\r\n"), page...), "utf-8"},
		"utf-16":       {wide(page), "utf-16le"},
		"windows-1258": {encode1258(t, page), "windows-1258"},
		"tcvn3":        {encodeTable(tcvn3Bytes(t), page), "tcvn3"},
	} {
		t.Run(name, func(t *testing.T) {
			tab := read(t, c.data, roster)[0]
			assert.Equal(t, c.encoding, tab.Encoding)
			assert.Equal(t, 3, tab.HeaderRow)
			require.Len(t, tab.Rows, 2)
			if name != "tcvn3" { // it has no marked capitals
				assert.Equal(t, "Nguyễn Thị Hồng Ánh", tab.Cell(tab.Rows[0], "name"))
				assert.Equal(t, "DANH SÁCH LỚP 7A", tab.Top[0].Cells[0])
			}
			assert.Equal(t, "Trần Văn Đức & Hoà", tab.Cell(tab.Rows[1], "name"))
			assert.Equal(t, "2013-11-30", tab.Cell(tab.Rows[1], "birth"))
			assert.Equal(t, "2200123457", tab.Cell(tab.Rows[1], "code"))
			assert.Equal(t, 5, tab.Rows[1].Number)
		})
	}
}

// A letterhead, two classes and a page of instructions, each a table of its own.
func TestSeveralTablesOfAPage(t *testing.T) {
	head := "<tr><th>Họ tên</th><th>Ngày sinh</th><th>Mã định danh</th></tr>"
	tables := read(t, []byte("<html><table><tr><td>UBND</td></tr></table><p>Danh sách</p><table>"+head+"<tr><td>A<td>1/2/2013<td>1</table>"+
		"<table>"+head+"<tr><td>B<td>1/2/2013<td>2</table><table><tr><td>Hướng dẫn</td></tr><tr><td>Điền đủ</td></tr></table>"), roster)
	require.Len(t, tables, 2)
	assert.Equal(t, "UBND", tables[0].Top[0].Cells[0])
	assert.Equal(t, []sheet.Row{{Number: 3, Cells: []string{"A", "1/2/2013", "1"}}}, tables[0].Rows)
	assert.Equal(t, []sheet.Row{{Number: 5, Cells: []string{"B", "1/2/2013", "2"}}}, tables[1].Rows)
	assert.Equal(t, 4, tables[1].HeaderRow)
}

func TestReadTheXMLOfOldExcel(t *testing.T) {
	tables := read(t, []byte(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="7A"><Table><Row ss:Index="3"><Cell><Data ss:Type="String">Họ tên</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Ngày sinh</Data></Cell>
<Cell><Data ss:Type="String">Mã định danh</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">Lê An</Data></Cell><Cell ss:Index="3"><Data ss:Type="DateTime">2013-09-05T00:00:00.000</Data></Cell><Cell ss:Formula="=1+1"><Data ss:Type="Number">2200123456</Data></Cell></Row>
</Table></Worksheet><Worksheet ss:Name="7B"><Table><Row><Cell><Data>Họ tên</Data></Cell><Cell><Data>Ngày sinh</Data></Cell><Cell><Data>Mã định danh</Data></Cell></Row>
<Row/><Row><Cell><Data>Lê Bình</Data></Cell><Cell><Data>1/2/2013</Data></Cell><Cell><Data>2200123457</Data></Cell></Row></Table></Worksheet></Workbook>`), roster)
	require.Len(t, tables, 2)
	a, b := &tables[0], &tables[1]
	assert.Equal(t, []string{"7A", "7B"}, []string{a.Sheet, b.Sheet})
	assert.Equal(t, []int{3, 4, 3}, []int{a.HeaderRow, a.Rows[0].Number, b.Rows[0].Number})
	day, err := a.Date(a.Rows[0], "birth")
	require.NoError(t, err)
	assert.Equal(t, "2013-09-05", day)
	assert.Equal(t, "2200123456", a.Cell(a.Rows[0], "code"), "the saved value of a formula")
}

// What is sent by mistake, or to break the reader, is told apart with a reason.
func TestHostileFilesAreNamed(t *testing.T) {
	archive := func(names ...string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, n := range names {
			_, err := w.Create(n)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 1000)
	head := "<table><tr><td>Họ tên<td>Ngày sinh<td>Mã định danh</tr>"
	columns := make([]any, 10_000)
	for i := range columns {
		columns[i] = "x"
	}
	for name, c := range map[string]struct {
		data   []byte
		opts   sheet.Options
		kind   models.Kind
		at     string
		reason string
	}{
		"old binary workbook":  {[]byte(ole), roster, models.KindInvalid, "file", "xls_binary"},
		"locked workbook":      {[]byte(ole + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), roster, models.KindInvalid, "file", "encrypted"},
		"binary xlsb":          {archive("xl/workbook.bin"), roster, models.KindInvalid, "file", "xlsb"},
		"LibreOffice":          {archive("mimetype", "content.xml"), roster, models.KindInvalid, "file", "ods"},
		"a letter":             {archive("word/document.xml"), roster, models.KindInvalid, "file", "not_a_table"},
		"PDF":                  {[]byte("%PDF-1.7\n1 0 obj\n"), roster, models.KindInvalid, "file", "not_a_table"},
		"photograph":           {[]byte("\xff\xd8\xff\xe0JFIF"), roster, models.KindInvalid, "file", "not_a_table"},
		"10,000 columns":       {workbook(t, map[string][][]any{"S": {columns}}, "S"), roster, models.KindTooLarge, "sheet S, row 1", "too_many_columns"},
		"10,000 cells, page":   {[]byte(head + "<tr>" + strings.Repeat("<td>x", 10_000)), roster, models.KindTooLarge, "row 2", "too_many_columns"},
		"a cell over 10⁶":      {[]byte(head + "<tr><td colspan=1000000 rowspan=1000000>x</tr>" + strings.Repeat("<tr></tr>", 50)), roster, "", "", ""},
		"one endless tag":      {[]byte(head + "<tr><td title=\"" + strings.Repeat("x", 400<<10)), roster, models.KindTooLarge, "row 2", "cell_too_long"},
		"a million rows":       {[]byte("Họ tên,Ngày sinh,Mã định danh\n" + strings.Repeat("a,1/2/2013,1\n", 1_000_000)), sheet.Options{MaxRows: 20_000, HeaderAliases: roster.HeaderAliases}, models.KindTooLarge, "row 20002", "too_many_rows"},
		"a million empty rows": {[]byte("Họ tên,Ngày sinh,Mã định danh\na,1/2/2013,1\n" + strings.Repeat(",,\n", 1_000_000)), sheet.Options{MaxRows: 20_000, HeaderAliases: roster.HeaderAliases}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sheet.Read(bytes.NewReader(c.data), -1, c.opts)
			require.Equal(t, c.kind, models.KindOf(err), "%v", err)
			if c.kind != "" {
				require.ErrorContains(t, err, fmt.Sprintf("[%s %s]", c.at, c.reason))
			}
		})
	}
}

func FuzzReadMarkup(f *testing.F) {
	f.Add([]byte(page))
	f.Add([]byte(`<?xml?><Worksheet ss:Name="a"><Row ss:Index="9"/><Row ss:Index="2"><Cell ss:Index="-1" ss:MergeDown="3"/><Cell ss:Index="5">`))
	f.Add([]byte("<table><tr><td rowspan=9><tr><td colspan=0><th><table><tr></table></td>\xb5\xe1"))
	f.Add([]byte("<html><script><td></script><title><tr>"))
	f.Fuzz(func(t *testing.T, data []byte) { checkTables(t, append([]byte("<table>"), data...)) })
}
