package oneroster

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"nhaso/models"
)

// Write writes a bundle. It answers the pupils it left out, by their place in
// r.Pupils, with the reason: "no_ministry_code", "no_birth_date", or
// "unsafe_text" for a name that a spreadsheet would take for a formula. The
// error is Invalid "unknown_version", or the writer's own.
func Write(w io.Writer, version string, r Roster) ([]Note, error) {
	if manifestFiles[version] == nil {
		return nil, models.InvalidField("query.version", "unknown_version")
	}
	b := &builder{version: version, roster: r, rows: map[string][][]string{}}
	b.school()
	notes := b.pupils()
	z := zip.NewWriter(w)
	if err := b.write(z); err != nil {
		return nil, err
	}
	return notes, z.Close()
}

type builder struct {
	version string
	roster  Roster
	rows    map[string][][]string
}

func (b *builder) header(file string) []string {
	if file != fileUsers {
		return strings.Split(columns[file], ",")
	}
	if b.version == V12 {
		return strings.Split(users12, ",")
	}
	return strings.Split(users11, ",")
}

// add puts a row into a file; in bulk status and date stay empty.
func (b *builder) add(file string, cells map[string]string) {
	header := b.header(file)
	row := make([]string, len(header))
	for i, c := range header {
		row[i] = cells[c]
	}
	b.rows[file] = append(b.rows[file], row)
}

// school writes what the pupils hang on.
func (b *builder) school() {
	r := b.roster
	from, to, _ := strings.Cut(r.SchoolYear, "-")
	org, session := r.School.ID.String(), "year-"+r.SchoolYear
	b.add(fileOrgs, map[string]string{"sourcedId": org, "name": r.School.Name, "type": "school", "identifier": r.School.Code})
	b.add(fileSessions, map[string]string{"sourcedId": session, "title": r.SchoolYear, "type": "schoolYear", "startDate": from + "-08-01", "endDate": to + "-07-31", "schoolYear": to})
	seen := map[int]bool{}
	for _, c := range r.Classes {
		course := fmt.Sprintf("grade-%02d", c.Grade)
		if !seen[c.Grade] {
			seen[c.Grade] = true
			b.add(fileCourses, map[string]string{"sourcedId": course, "schoolYearSourcedId": session, "title": fmt.Sprintf("Khối %d", c.Grade), "grades": grade(c.Grade), "orgSourcedId": org})
		}
		b.add(fileClasses, map[string]string{"sourcedId": c.ID.String(), "title": c.Title, "grades": grade(c.Grade), "courseSourcedId": course, "classCode": c.Title,
			"classType": "homeroom", "schoolSourcedId": org, "termSourcedIds": session})
	}
}

func grade(n int) string { return fmt.Sprintf("%02d", n) }

func (b *builder) pupils() (notes []Note) {
	org := b.roster.School.ID.String()
	grades := map[models.ID]string{}
	for _, c := range b.roster.Classes {
		grades[c.ID] = grade(c.Grade)
	}
	for i, p := range b.roster.Pupils {
		if reason := unfit(p); reason != "" {
			notes = append(notes, Note{File: fileUsers, Row: i, Reason: reason})
			continue
		}
		id := p.ID.String()
		family, middle, given := splitName(p.FullName)
		user := map[string]string{"sourcedId": id, "enabledUser": "true", "orgSourcedIds": org, "role": "student", "username": p.Username, "givenName": given,
			"familyName": family, "middleName": middle, "identifier": p.Code, "grades": grades[p.ClassID], "primaryOrgSourcedId": org}
		if p.Username == "" {
			user["username"] = p.Code
		}
		if p.SchoolCode != "" {
			user["userIds"] = "{" + schoolNumber + ":" + p.SchoolCode + "}"
		}
		b.add(fileUsers, user)
		b.add(fileDemographic, map[string]string{"sourcedId": id, "birthDate": p.BirthDate, "sex": p.Gender})
		b.add(fileEnrollments, map[string]string{"sourcedId": "in-" + id, "classSourcedId": p.ClassID.String(), "schoolSourcedId": org, "userSourcedId": id, "role": "student", "primary": "false"})
		if b.version == V12 {
			b.add(fileRoles, map[string]string{"sourcedId": "role-" + id, "userSourcedId": id, "roleType": "primary", "role": "student", "orgSourcedId": org})
		}
	}
	return notes
}

// unfit tells why a pupil cannot travel. A name that begins like a formula would
// be run by whoever opens the file in a spreadsheet program.
func unfit(p Pupil) string {
	switch {
	case p.Code == "":
		return "no_ministry_code"
	case p.BirthDate == "":
		return "no_birth_date"
	case strings.ContainsAny(p.FullName[:min(1, len(p.FullName))], "=+-@\t\r"), strings.ContainsAny(p.SchoolCode, "{},:"):
		return "unsafe_text"
	}
	return ""
}

// noFamily stands for the family name of a person with one name: the standard
// wants both.
const noFamily = "."

func splitName(s string) (family, middle, given string) {
	words := strings.Fields(s)
	if len(words) < 2 {
		return noFamily, "", s
	}
	last := len(words) - 1
	return words[0], strings.Join(words[1:last], " "), words[last]
}

func (b *builder) write(z *zip.Writer) error {
	files := []string{fileSessions, fileOrgs, fileCourses, fileClasses, fileUsers, fileEnrollments, fileDemographic}
	if b.version == V12 {
		files = append(files, fileRoles)
	}
	manifest := [][]string{{"manifest.version", "1.0"}, {"oneroster.version", b.version}}
	for _, name := range manifestFiles[b.version] {
		mode := "absent"
		if slices.Contains(files, name+".csv") {
			mode = "bulk"
		}
		manifest = append(manifest, []string{"file." + name, mode})
	}
	manifest = append(manifest, []string{"source.systemName", "Nhà Số"}, []string{"source.systemCode", "nhaso"})
	if err := b.file(z, fileManifest, []string{"propertyName", "value"}, manifest); err != nil {
		return err
	}
	for _, name := range files {
		if err := b.file(z, name, b.header(name), b.rows[name]); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) file(z *zip.Writer, name string, header []string, rows [][]string) error {
	part, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.roster.At})
	if err != nil {
		return err
	}
	w := csv.NewWriter(part)
	w.UseCRLF = true
	if err := w.Write(header); err != nil {
		return err
	}
	return w.WriteAll(rows)
}
