package oneroster_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/oneroster"
)

var at = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func school(pupils ...oneroster.Pupil) oneroster.Roster {
	r := oneroster.Roster{School: oneroster.Org{ID: models.NewID(at), Code: "22THCS001", Name: "Trường THCS Hà Tu"}, SchoolYear: "2026-2027", At: at,
		Classes: []oneroster.Class{{ID: models.NewID(at), Title: "6A1", Grade: 6}, {ID: models.NewID(at), Title: "10CB", Grade: 10}}}
	for i := range pupils {
		pupils[i].ID = models.NewID(at)
		pupils[i].ClassID = r.Classes[i%2].ID
	}
	r.Pupils = pupils
	return r
}

func write(t require.TestingT, version string, r oneroster.Roster) ([]byte, []oneroster.Note) {
	var b bytes.Buffer
	notes, err := oneroster.Write(&b, version, r)
	require.NoError(t, err)
	return b.Bytes(), notes
}

// unzip answers the files of a bundle as tables.
func unzip(t *testing.T, data []byte) map[string][][]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	files := map[string][][]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		files[f.Name], err = csv.NewReader(r).ReadAll()
		require.NoError(t, err, f.Name)
	}
	return files
}

// bundle packs files into an archive.
func bundle(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(f, text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestBundleIsWhatTheStandardSays(t *testing.T) {
	for version, want := range map[string]map[string]string{
		"1.1": {"orgs": "bulk", "users": "bulk", "enrollments": "bulk", "demographics": "bulk", "academicSessions": "bulk", "courses": "bulk", "classes": "bulk", "results": "absent"},
		"1.2": {"orgs": "bulk", "users": "bulk", "roles": "bulk", "userProfiles": "absent", "lineItems": "absent"},
	} {
		data, notes := write(t, version, school(oneroster.Pupil{Code: "2201", FullName: "Nguyễn Thị Hồng Ánh", BirthDate: "2014-09-05", Gender: "female", SchoolCode: "HS1"}))
		assert.Empty(t, notes)
		assert.True(t, oneroster.Is(data))
		files := unzip(t, data)
		manifest := map[string]string{}
		for _, row := range files["manifest.csv"] {
			manifest[row[0]] = row[1]
		}
		assert.Equal(t, version, manifest["oneroster.version"])
		for name, mode := range want {
			assert.Equal(t, mode, manifest["file."+name], "%s %s", version, name)
			assert.Equal(t, mode == "bulk", files[name+".csv"] != nil, "%s %s", version, name)
		}
		users := files["users.csv"]
		require.Len(t, users, 2)
		cell := func(column string) string {
			for i, h := range users[0] {
				if h == column {
					return users[1][i]
				}
			}
			return "no column " + column
		}
		assert.Equal(t, []string{"", "", "Nguyễn", "Thị Hồng", "Ánh", "2201", "06", "{schoolNumber:HS1}", "true"},
			[]string{cell("status"), cell("dateLastModified"), cell("familyName"), cell("middleName"), cell("givenName"), cell("identifier"), cell("grades"), cell("userIds"), cell("enabledUser")})
		assert.Equal(t, map[string]int{"1.1": 18, "1.2": 23}[version], len(users[0]))
		if version == "1.1" {
			assert.Equal(t, "student", cell("role"))
		} else {
			assert.Equal(t, "student", files["roles.csv"][1][5])
			assert.Equal(t, files["users.csv"][1][0], files["roles.csv"][1][3])
		}
		assert.Equal(t, []string{"2026-2027", "schoolYear", "2026-08-01", "2027-07-31", "", "2027"}, files["academicSessions.csv"][1][3:])
		again, _ := write(t, version, oneroster.Roster{})
		assert.Less(t, len(again), len(data))
	}
}

// Whatever pupils there are: what is written is read, and what is not is named.
func TestWriteThenRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-ZĐÂ][a-zàạảấ'’-]{0,8}( [A-ZĐ][a-zâế",;]{0,9}){0,4}`)
		var pupils []oneroster.Pupil
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			pupils = append(pupils, oneroster.Pupil{Code: rapid.StringMatching(`([0-9A-Z./_-]{4,12})?`).Draw(t, "code"), FullName: text.Draw(t, "name"),
				BirthDate: rapid.SampledFrom([]string{"2014-09-05", "2013-01-31", ""}).Draw(t, "day"), Gender: rapid.SampledFrom([]string{"", "male", "female"}).Draw(t, "gender"),
				SchoolCode: rapid.SampledFrom([]string{"", "HS1", "a:b"}).Draw(t, "number")})
		}
		r := school(pupils...)
		version := rapid.SampledFrom([]string{"1.1", "1.2"}).Draw(t, "version")
		data, notes := write(t, version, r)
		got, err := oneroster.Read(data)
		require.NoError(t, err)
		require.Equal(t, version, got.Version)
		require.Len(t, got.Lines, len(pupils)-len(notes))
		out := map[int]bool{}
		for _, n := range notes {
			require.NotEmpty(t, n.Reason)
			out[n.Row] = true
		}
		i := 0
		for n, p := range pupils {
			if out[n] {
				continue
			}
			l := got.Lines[i]
			i++
			require.Equal(t, oneroster.Line{Row: i + 1, Code: p.Code, SchoolCode: p.SchoolCode, FullName: models.Clean(p.FullName), BirthDate: p.BirthDate, Gender: p.Gender,
				Class: r.Classes[n%2].Title, Grade: []string{"6", "10"}[n%2], School: r.School.Name, SchoolCodeOfOrg: r.School.Code, SchoolYear: "2026-2027"}, l)
		}
		require.Empty(t, got.Notes)
		require.LessOrEqual(t, len(got.Dropped), 2, "the sign-in name and 1.2's main school are not kept: %v", got.Dropped)
	})
}

// foreign is a bundle as another program writes it: staff, lessons of single
// subjects, a pupil in no class, columns of no use here.
func foreign() map[string]string {
	return map[string]string{
		"manifest.csv":         "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\n",
		"orgs.csv":             "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\no1,,,THCS Hà Tu,school,22THCS001,\n",
		"academicSessions.csv": "sourcedId,title,type,startDate,endDate,schoolYear\nt1,HK1,semester,2026-09-05,2027-01-15,2027\n",
		"classes.csv":          "sourcedId,title,grades,classType,schoolSourcedId,termSourcedIds\nc1,6A1,06,homeroom,o1,\"t1,t2\"\nc2,Toán 6,06,scheduled,o1,t1\n",
		"users.csv": "\xef\xbb\xbfsourcedId,enabledUser,role,givenName,familyName,middleName,identifier,email,password\n" +
			"u1,true,student,An,Lê,Văn,2201,an@example.vn,matkhau\nu2,true,teacher,Hoa,Trần,,,hoa@example.vn,\nu3,true,student,Bình,Lê,,2202,,\nu4,true,student,Chi,.,,2203,,\n",
		"enrollments.csv":  "sourcedId,classSourcedId,userSourcedId,role,status\ne1,c1,u1,student,\ne2,c2,u1,student,\ne3,c1,u2,teacher,\ne4,c9,u3,student,\ne5,c1,u9,student,\ne6,c1,u4,student,tobedeleted\n",
		"demographics.csv": "sourcedId,birthDate,sex,asian\nu1,2014-09-05,male,true\n",
	}
}

func TestReadABundleOfAnotherProgram(t *testing.T) {
	got, err := oneroster.Read(bundle(t, foreign()))
	require.NoError(t, err)
	assert.Equal(t, []oneroster.Line{
		{Row: 2, Code: "2201", FullName: "Lê Văn An", BirthDate: "2014-09-05", Gender: "male", Class: "6A1", Grade: "6", School: "THCS Hà Tu", SchoolCodeOfOrg: "22THCS001", SchoolYear: "2026-2027"},
		{Row: 5, Code: "2203", FullName: "Chi", Class: "6A1", Grade: "6", School: "THCS Hà Tu", SchoolCodeOfOrg: "22THCS001", SchoolYear: "2026-2027", Left: true},
	}, got.Lines)
	assert.ElementsMatch(t, []oneroster.Note{
		{"users.csv", 3, "role", "staff_not_taken"}, {"classes.csv", 3, "classType", "no_homeroom"}, {"enrollments.csv", 4, "role", "staff_not_taken"},
		{"enrollments.csv", 5, "classSourcedId", "unknown_class"}, {"enrollments.csv", 6, "userSourcedId", "unknown_user"}, {"users.csv", 4, "sourcedId", "not_enrolled"},
	}, got.Notes)
	assert.Equal(t, []string{"users.csv: email", "users.csv: password", "demographics.csv: asian"}, got.Dropped)
}

func TestHostileBundlesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"no users":       {func(f map[string]string) { delete(f, "users.csv") }, "[users.csv missing_file]"},
		"no manifest":    {func(f map[string]string) { delete(f, "manifest.csv") }, "[manifest.csv missing_file]"},
		"delta":          {func(f map[string]string) { f["manifest.csv"] += "file.enrollments,delta\n" }, "[enrollments.csv delta]"},
		"version 1.0":    {func(f map[string]string) { f["manifest.csv"] = "propertyName,value\noneroster.version,1.0\n" }, "[manifest.csv unknown_version]"},
		"no key":         {func(f map[string]string) { f["classes.csv"] = "id,title\n1,6A\n" }, "[classes.csv missing_column]"},
		"empty":          {func(f map[string]string) { f["classes.csv"] = "" }, "[classes.csv empty_file]"},
		"not UTF-8":      {func(f map[string]string) { f["users.csv"] += "u7,true,student,\xc0\xff,,,,,\n" }, "[users.csv not_utf8]"},
		"open quote":     {func(f map[string]string) { f["users.csv"] += "\"u7" }, "[users.csv broken_file]"},
		"huge cell":      {func(f map[string]string) { f["users.csv"] += strings.Repeat("x", 5000) + "\n" }, "[users.csv cell_too_long]"},
		"bomb":           {func(f map[string]string) { f["enrollments.csv"] += strings.Repeat("e,c1,u1,student,\n", 3<<20) }, "[enrollments.csv unpacks_too_large]"},
		"too many lines": {func(f map[string]string) { f["enrollments.csv"] += strings.Repeat("e,c1,u1,x\n", 200_001) }, "[enrollments.csv too_many_rows]"},
	} {
		t.Run(name, func(t *testing.T) {
			files := foreign()
			c.change(files)
			_, err := oneroster.Read(bundle(t, files))
			require.ErrorContains(t, err, c.want)
			require.Contains(t, []models.Kind{models.KindInvalid, models.KindTooLarge}, models.KindOf(err))
		})
	}
	_, err := oneroster.Read([]byte("PK\x03\x04 nothing"))
	require.ErrorContains(t, err, "[file broken_file]")
	assert.False(t, oneroster.Is([]byte("PK")))
	_, err = oneroster.Write(io.Discard, "2.0", oneroster.Roster{})
	assert.Equal(t, models.KindInvalid, models.KindOf(err))
}

func FuzzReadBundle(f *testing.F) {
	files := foreign()
	for name, text := range files {
		f.Add(name, text)
	}
	f.Add("users.csv", "sourcedId,sourcedId\n,\n\"\n")
	f.Add("roles.csv", "userSourcedId,role\nu2,student\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		if len(name) > 100 || strings.HasSuffix(name, "/") {
			return
		}
		files := foreign()
		files[name] = text
		got, err := oneroster.Read(bundle(t, files))
		if err != nil {
			if k := models.KindOf(err); k != models.KindInvalid && k != models.KindTooLarge {
				t.Fatal(err)
			}
			return
		}
		for _, l := range got.Lines {
			if l.Row < 2 || !utf8.ValidString(l.FullName) || l.Gender != "" && l.Gender != "male" && l.Gender != "female" {
				t.Fatalf("%+v", l)
			}
		}
		for _, n := range got.Notes {
			if n.Row < 2 || n.File == "" || n.Reason == "" {
				t.Fatalf("%+v", n)
			}
		}
	})
}
