package oneroster

import (
	"archive/zip"
	"bytes"
	"slices"
	"strconv"
	"strings"

	"nhaso/models"
)

// Read reads a bundle. Errors: Invalid "bundle_refused" naming the file and a
// reason; KindTooLarge.
func Read(data []byte) (Bundle, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Bundle{}, refused("file", "broken_file")
	}
	r := &reader{files: map[string]*table{}}
	var total int64
	for _, name := range []string{fileManifest, fileSessions, fileOrgs, fileClasses, fileUsers, fileRoles, fileEnrollments, fileDemographic} {
		if r.files[name], err = open(z, name, &total); err != nil {
			return Bundle{}, err
		}
	}
	if err := r.manifest(); err != nil {
		return Bundle{}, err
	}
	for _, name := range []string{fileUsers, fileClasses, fileEnrollments} {
		t := r.files[name]
		if t == nil {
			return Bundle{}, refused(name, "missing_file")
		}
		if _, ok := t.columns["sourcedId"]; !ok {
			return Bundle{}, refused(name, "missing_column")
		}
	}
	r.dropped()
	r.lines()
	return r.bundle, nil
}

type reader struct {
	files  map[string]*table
	bundle Bundle
}

// manifest checks version and mode: a delta says what changed since a bundle
// that is not there.
func (r *reader) manifest() error {
	t := r.files[fileManifest]
	if t == nil {
		return refused(fileManifest, "missing_file")
	}
	for row := range t.rows {
		name, value := t.cell(row, "propertyName"), t.cell(row, "value")
		switch {
		case name == "oneroster.version":
			r.bundle.Version = value
		case strings.HasPrefix(name, "file.") && strings.EqualFold(value, "delta"):
			return refused(strings.TrimPrefix(name, "file.")+".csv", "delta")
		}
	}
	if manifestFiles[r.bundle.Version] == nil {
		return refused(fileManifest, "unknown_version")
	}
	return nil
}

// kept are the columns of a pupil that are taken over; the rest is named.
var kept = map[string][]string{
	fileUsers:       {"sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "userIds", "givenName", "familyName", "middleName", "identifier", "grades", "primaryOrgSourcedId"},
	fileDemographic: {"sourcedId", "status", "dateLastModified", "birthDate", "sex"},
}

func (r *reader) dropped() {
	for _, name := range []string{fileUsers, fileDemographic} {
		t := r.files[name]
		if t == nil {
			continue
		}
		for i, h := range t.header {
			if h != "" && !slices.Contains(kept[name], h) && slices.ContainsFunc(t.rows, func(row []string) bool { return i < len(row) && row[i] != "" }) {
				r.bundle.Dropped = append(r.bundle.Dropped, name+": "+h)
			}
		}
	}
}

// maxNotes bounds the list of what was not taken.
const maxNotes = 500

func (r *reader) note(file string, row int, column, reason string) {
	if len(r.bundle.Notes) < maxNotes {
		r.bundle.Notes = append(r.bundle.Notes, Note{File: file, Row: row + 2, Column: column, Reason: reason})
	}
}

// index finds rows by sourcedId; the first one of two counts.
func (t *table) index() map[string]int {
	m := map[string]int{}
	if t == nil {
		return m
	}
	for row := range t.rows {
		if id := t.cell(row, "sourcedId"); id != "" {
			if _, twice := m[id]; !twice {
				m[id] = row
			}
		}
	}
	return m
}

// lines joins users, enrollments and classes.
func (r *reader) lines() {
	users, classes := r.files[fileUsers], r.files[fileClasses]
	userAt, classAt := users.index(), classes.index()
	pupils := r.pupils()
	homeroom := r.homerooms()
	in := map[string]int{} // user → class row
	ended := map[string]bool{}
	e := r.files[fileEnrollments]
	for row := range e.rows {
		if e.cell(row, "role") != "student" {
			r.note(fileEnrollments, row, "role", "staff_not_taken")
			continue
		}
		user, class := e.cell(row, "userSourcedId"), e.cell(row, "classSourcedId")
		at, known := classAt[class]
		if _, pupil := userAt[user]; !pupil {
			r.note(fileEnrollments, row, "userSourcedId", "unknown_user")
			continue
		}
		if !known {
			r.note(fileEnrollments, row, "classSourcedId", "unknown_class")
			continue
		}
		if homeroom && classes.cell(at, "classType") != "homeroom" {
			continue // noted once, with the class
		}
		if _, twice := in[user]; twice {
			r.note(fileEnrollments, row, "userSourcedId", "second_class")
			continue
		}
		in[user] = at
		ended[user] = e.cell(row, "status") == "tobedeleted"
	}
	r.join(pupils, in, ended)
}

// homerooms tells whether the bundle has classes in our sense beside lessons of
// single subjects, and notes the latter.
func (r *reader) homerooms() bool {
	t := r.files[fileClasses]
	any := false
	for row := range t.rows {
		any = any || t.cell(row, "classType") == "homeroom"
	}
	for row := range t.rows {
		if any && t.cell(row, "classType") != "homeroom" {
			r.note(fileClasses, row, "classType", "no_homeroom")
		}
	}
	return any
}

// pupils answers which users are pupils: 1.1 says it in users.csv, 1.2 in
// roles.csv. The others are noted.
func (r *reader) pupils() []bool {
	t, roles := r.files[fileUsers], r.files[fileRoles]
	student := map[string]bool{}
	if roles != nil {
		for row := range roles.rows {
			if roles.cell(row, "role") == "student" {
				student[roles.cell(row, "userSourcedId")] = true
			}
		}
	}
	is := make([]bool, len(t.rows))
	for row := range t.rows {
		is[row] = t.cell(row, "role") == "student" || student[t.cell(row, "sourcedId")]
		if !is[row] {
			r.note(fileUsers, row, "role", "staff_not_taken")
		}
	}
	return is
}

func (r *reader) join(pupils []bool, in map[string]int, ended map[string]bool) {
	users, classes := r.files[fileUsers], r.files[fileClasses]
	facts, orgs, sessions := r.files[fileDemographic].index(), r.files[fileOrgs].index(), r.files[fileSessions].index()
	for row := range users.rows {
		if !pupils[row] {
			continue
		}
		id := users.cell(row, "sourcedId")
		at, enrolled := in[id]
		if !enrolled {
			r.note(fileUsers, row, "sourcedId", "not_enrolled")
			continue
		}
		line := Line{
			Row: row + 2, Code: users.cell(row, "identifier"), FullName: joinName(users, row), SchoolCode: userID(users.cell(row, "userIds")),
			Class: classes.cell(at, "title"), Grade: plainGrade(classes.cell(at, "grades")), SchoolYear: r.schoolYear(sessions, classes.cell(at, "termSourcedIds")),
			Left: ended[id] || users.cell(row, "status") == "tobedeleted",
		}
		if f, ok := facts[id]; ok {
			line.BirthDate, line.Gender = r.files[fileDemographic].cell(f, "birthDate"), r.files[fileDemographic].cell(f, "sex")
			if line.Gender != "male" && line.Gender != "female" {
				line.Gender = "" // "unspecified", "other": nothing that is kept
			}
		}
		if o, ok := orgs[classes.cell(at, "schoolSourcedId")]; ok {
			line.School, line.SchoolCodeOfOrg = r.files[fileOrgs].cell(o, "name"), r.files[fileOrgs].cell(o, "identifier")
		}
		r.bundle.Lines = append(r.bundle.Lines, line)
	}
}

func joinName(t *table, row int) string {
	family := t.cell(row, "familyName")
	if family == noFamily || family == "-" {
		family = ""
	}
	return models.Clean(family + " " + t.cell(row, "middleName") + " " + t.cell(row, "givenName"))
}

// userID finds the school's number among "{type:id},{type:id}".
func userID(s string) string {
	for part := range strings.SplitSeq(s, ",") {
		kind, id, ok := strings.Cut(strings.Trim(strings.TrimSpace(part), "{}"), ":")
		if ok && kind == schoolNumber {
			return id
		}
	}
	return ""
}

// plainGrade takes the zero off "06"; of several grades none is meant.
func plainGrade(s string) string {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	return strconv.Itoa(n)
}

// schoolYear is that of the first of the class's sessions: the standard names a
// school year by the calendar year it ends in.
func (r *reader) schoolYear(sessions map[string]int, terms string) string {
	first, _, _ := strings.Cut(terms, ",")
	at, ok := sessions[strings.TrimSpace(first)]
	if !ok {
		return ""
	}
	end, err := strconv.Atoi(r.files[fileSessions].cell(at, "schoolYear"))
	if err != nil || end < 1990 || end > 2200 {
		return ""
	}
	return strconv.Itoa(end-1) + "-" + strconv.Itoa(end)
}
