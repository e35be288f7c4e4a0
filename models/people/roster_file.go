package people

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"nhaso/models"
	"nhaso/models/oneroster"
	"nhaso/models/sheet"
)

// RosterFile is a file that was read: its tables, its hash, and for a OneRoster
// bundle what of it is no pupil of a class, and which columns are not kept.
type RosterFile struct {
	Tables  []sheet.Table
	Hash    string
	Notes   []RowError
	Dropped []string
}

// maxBundle is how large a file may be, in bytes; as sheet's own limit.
const maxBundle = 50 << 20

// ReadRoster reads a roster, whatever it came as: a table (see RosterSheet) or
// a OneRoster bundle, told by its manifest. size is -1 when unknown. Errors as
// sheet.Read; Invalid "bundle_refused".
func ReadRoster(r io.Reader, size int64) (RosterFile, error) {
	if size > maxBundle {
		return RosterFile{}, &models.Error{Kind: models.KindTooLarge, Code: "too_large", Fields: []models.Field{{Location: "file", Code: "too_many_bytes"}}}
	}
	sum := sha256.New()
	in := bufio.NewReader(io.TeeReader(r, sum))
	if start, _ := in.Peek(4); !bytes.Equal(start, []byte("PK\x03\x04")) { // a read error comes again below
		tables, err := sheet.Read(in, size, rosterSheet)
		return rosterTables(tables, hex.EncodeToString(sum.Sum(nil)), err)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxBundle+1))
	if err != nil {
		return RosterFile{}, err
	}
	file := RosterFile{Hash: hex.EncodeToString(sum.Sum(nil))}
	if !oneroster.Is(data) {
		tables, err := sheet.Read(bytes.NewReader(data), int64(len(data)), rosterSheet)
		return rosterTables(tables, file.Hash, err)
	}
	bundle, err := oneroster.Read(data)
	if err != nil {
		return RosterFile{}, err
	}
	file.Tables, file.Dropped = []sheet.Table{bundleTable(bundle)}, bundle.Dropped
	for _, n := range bundle.Notes {
		file.Notes = append(file.Notes, RowError{Sheet: n.File, Row: n.Row, Column: n.Column, Reason: n.Reason})
	}
	return file, nil
}

// rosterTables makes the file of the tables of a spreadsheet, with whole names.
func rosterTables(tables []sheet.Table, hash string, err error) (RosterFile, error) {
	file := RosterFile{Tables: tables, Hash: hash}
	for i := 0; i < len(tables) && err == nil; i++ {
		err = joinNames(&tables[i])
	}
	if err == nil && len(tables) > 0 {
		for _, name := range tables[0].Hidden {
			file.Notes = append(file.Notes, RowError{Sheet: name, Reason: "hidden_sheet"})
		}
	}
	return file, err
}

// colYear is a column that only bundles have: the school year of the class.
const colYear = "school_year"

// bundleTable lays the lines of a bundle out as a roster's table, so that the
// same reader checks them. Headings say where a cell stands in the bundle.
func bundleTable(b oneroster.Bundle) sheet.Table {
	order := []string{colCode, colName, colBirth, colGender, colClass, colGrade, colSchool, colYear, colSchoolCode, colStatus}
	t := sheet.Table{
		Sheet: "users.csv", Encoding: "oneroster " + b.Version, HeaderRow: 1, Columns: map[string]int{},
		Header: []string{"identifier", "familyName, middleName, givenName", "demographics: birthDate", "demographics: sex", "classes: title", "classes: grades", "orgs: name",
			"academicSessions: schoolYear", "userIds", "status"},
	}
	for i, c := range order {
		t.Columns[c] = i
	}
	for _, l := range b.Lines {
		status := ""
		if l.Left {
			status = "Thôi học"
		}
		t.Rows = append(t.Rows, sheet.Row{Number: l.Row, Cells: []string{
			l.Code, l.FullName, l.BirthDate, l.Gender, l.Class, l.Grade, l.School, l.SchoolYear, l.SchoolCode, status,
		}})
	}
	return t
}
