package sheet_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nhaso/models"
	"nhaso/models/sheet"
)

// checkTables holds for whatever a file contains.
func checkTables(t *testing.T, data []byte) {
	opts := roster
	opts.MaxRows, opts.MaxColumns, opts.MaxBytes = 1000, 50, 1<<20
	for _, o := range []sheet.Options{opts, {MaxRows: 1000, MaxColumns: 50, MaxBytes: 1 << 20}} {
		tables, err := sheet.Read(bytes.NewReader(data), -1, o)
		if err != nil {
			if k := models.KindOf(err); k != models.KindInvalid && k != models.KindTooLarge {
				t.Fatalf("%s: %v", k, err)
			}
			continue
		}
		for _, tab := range tables {
			last := tab.HeaderRow
			for _, r := range tab.Rows {
				if r.Number <= last {
					t.Fatalf("row %d after %d", r.Number, last)
				}
				last = r.Number
				for _, c := range r.Cells {
					if !utf8.ValidString(c) || !norm.NFC.IsNormalString(c) || strings.TrimSpace(c) != c {
						t.Fatalf("cell %q", c)
					}
				}
			}
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add([]byte("\xfe\xff\x00a\xd8\x00\x00\n"))
	f.Add([]byte("sep=;\na;b\n\"1\"\"\";2"))
	f.Add([]byte("Hä tªn;NguyÔn\n\"\r\n"))
	f.Add([]byte("Hoï teân\tNgaøy sinh\x00"))
	f.Add([]byte("a\r\r\n\n\"b\"c\"d\",\n"))
	f.Add([]byte("H\xe4 v\xb5 t\xaan\nNguy\xd4n V\xa8n \x90\n"))
	f.Fuzz(checkTables)
}

func FuzzReadXLSX(f *testing.F) {
	good := workbook(f, map[string][][]any{"S": {{"Họ tên", "Ngày sinh", "Mã định danh"}, {"A", 41522, 1.5}}}, "S")
	f.Add("xl/worksheets/sheet2.xml", []byte(`<worksheet><sheetData><row r="3"><c r="B3" t="s"><v>99</v></c></row></sheetData></worksheet>`))
	f.Add("xl/worksheets/sheet2.xml", []byte(`<worksheet><sheetData><row r="-1"><c r="" t="b"><v>1</v></c></row><row r="2"/></sheetData></worksheet>`))
	f.Add("xl/sharedStrings.xml", []byte(`<sst><si><r><t>`))
	f.Add("xl/workbook.xml", []byte(`<workbook><sheets><sheet name="" sheetId="1"/></sheets></workbook>`))
	f.Add("[Content_Types].xml", []byte(""))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		checkTables(t, rezip(t, good, func(n string, b []byte) []byte {
			if n == name {
				return content
			}
			return b
		}))
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"05/09/2013", "2013-09-05", "41522", "29.2.2012", "1/2", "////", "٣/٤/٢٠١٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		day, err := sheet.Date(s)
		if err != nil {
			if models.CodeOf(err) != "invalid_date" {
				t.Fatal(err)
			}
			return
		}
		if again, err := sheet.Date(day); err != nil || again != day {
			t.Fatalf("%q → %q → %q %v", s, day, again, err)
		}
	})
}

func FuzzCode(f *testing.F) {
	for _, s := range []string{"123.0", "1.23E+5", "2,2E+11", "'001", "1e9999", "E+", " 7 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code := sheet.Code(s)
		if len(code) > len(s) && !strings.Contains(strings.ToUpper(s), "E") {
			t.Fatalf("%q → %q", s, code)
		}
		_ = sheet.Rounded(s)
		_ = sheet.Blank(s)
	})
}

func BenchmarkStreamCSV(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("Mã hộ,Thôn,Chủ hộ,Thành viên 1,Quan hệ 1\n")
	const rows = 100_000
	for i := range rows {
		fmt.Fprintf(&text, "H%06d,Thôn Khe Vằn,Nguyễn Thị Hồng Ánh,Trần Văn Đức,con\n", i)
	}
	for b.Loop() {
		n := 0
		err := sheet.Stream(bytes.NewReader(text.Bytes()), -1, sheet.Options{}, func(*sheet.Table, sheet.Row) error { n++; return nil })
		if err != nil || n != rows {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
