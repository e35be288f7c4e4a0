package oneroster

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nhaso/models"
)

// How large a bundle may be: 20,000 pupils need a tenth of it.
const (
	maxPart  = 32 << 20
	maxTotal = 96 << 20
	maxRows  = 200_000
	maxCell  = 4096
)

// Is tells whether an archive is a OneRoster bundle: it has a manifest, at the
// top or in one folder.
func Is(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	return err == nil && find(z, fileManifest) != nil
}

func find(z *zip.Reader, name string) *zip.File {
	for _, f := range z.File {
		if strings.EqualFold(path.Base(f.Name), name) && strings.Count(f.Name, "/") <= 1 && !strings.HasPrefix(f.Name, "__MACOSX") {
			return f
		}
	}
	return nil
}

// table is one file of a bundle. Rows are numbered as a spreadsheet program
// shows them, the header being row 1.
type table struct {
	name    string
	columns map[string]int
	header  []string
	rows    [][]string
}

func (t *table) cell(row int, column string) string {
	i, ok := t.columns[column]
	if !ok || i >= len(t.rows[row]) {
		return ""
	}
	return t.rows[row][i]
}

func refused(file, reason string) error {
	return models.Invalid("bundle_refused", models.Field{Location: file, Code: reason})
}

// open reads one file whole. A nil table without error: the bundle has none.
func open(z *zip.Reader, name string, total *int64) (*table, error) {
	f := find(z, name)
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, refused(name, "broken_file")
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err != nil {
		return nil, refused(name, "broken_file")
	}
	if *total += int64(len(data)); len(data) > maxPart || *total > maxTotal {
		return nil, &models.Error{Kind: models.KindTooLarge, Code: "too_large", Fields: []models.Field{{Location: name, Code: "unpacks_too_large"}}}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, refused(name, "not_utf8")
	}
	return parse(name, data)
}

func parse(name string, data []byte) (*table, error) {
	c := csv.NewReader(bytes.NewReader(data))
	c.FieldsPerRecord = -1
	t := &table{name: name, columns: map[string]int{}}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refused(name, "broken_file")
		}
		for i, cell := range row {
			if len(cell) > maxCell {
				return nil, refused(name, "cell_too_long")
			}
			row[i] = strings.TrimSpace(norm.NFC.String(cell))
		}
		if t.header == nil {
			t.header = row
			for i, h := range row {
				if _, twice := t.columns[h]; !twice {
					t.columns[h] = i
				}
			}
			continue
		}
		if t.rows = append(t.rows, row); len(t.rows) > maxRows {
			return nil, &models.Error{Kind: models.KindTooLarge, Code: "too_large", Fields: []models.Field{{Location: name, Code: "too_many_rows"}}}
		}
	}
	if t.header == nil {
		return nil, refused(name, "empty_file")
	}
	return t, nil
}
