package gradebook

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/learning"
	"nhaso/models/paper"
	"nhaso/models/sheet"
	"nhaso/models/sheet/sheettest"
)

func boardOf(t *testing.T, n int, v View) Board {
	t.Helper()
	rows := randomRows(rand.New(rand.NewPCG(11, 4)), n)
	students := make([]learning.BoardStudent, n)
	for i, r := range rows {
		students[i] = r.BoardStudent
	}
	class := learning.BoardClass{ID: rows[0].ClassID, Name: "7A", Grade: 7, SchoolYear: "2026-2027", SchoolName: "THCS Ba Chẽ"}
	b, err := show(&class, []learning.BoardClass{class}, students, v)
	require.NoError(t, err)
	return b
}

// cells reads a file back: codes first, then the rows, the sums last.
func cells(t *testing.T, p sheet.Page, form string) (codes []string, rows []sheet.Row) {
	t.Helper()
	var out bytes.Buffer
	if form == "xlsx" {
		require.NoError(t, sheet.WriteXLSX(&out, sheet.Book{Pages: []sheet.Page{p}}))
	} else {
		require.NoError(t, sheet.WriteCSV(&out, p, ','))
	}
	tables, err := sheet.Read(&out, int64(out.Len()), sheet.Options{})
	require.NoError(t, err)
	require.Len(t, tables, 1)
	return tables[0].Rows[0].Cells, tables[0].Rows[1:]
}

// Every cell of the file is that of the board, and the sums are the board's.
func TestFileEqualsBoard(t *testing.T) {
	for _, v := range []View{{}, {Sort: "online_payment", Desc: true, Filters: []string{"link:missing"}}, {Query: "hoa"}, {Hide: []string{"class", "self_protection", "household"}}} {
		b := boardOf(t, 90, v)
		for _, form := range []string{"xlsx", "csv"} {
			codes, rows := cells(t, b.Sheet(), form)
			require.Len(t, rows, len(b.Students)+1)
			for i, row := range rows {
				value := func(code string) string {
					for j, c := range codes {
						if c == code && j < len(row.Cells) {
							return row.Cells[j]
						}
					}
					return ""
				}
				if i == len(b.Students) {
					for _, skill := range certificate.Skills {
						if has(codes, skill) {
							assert.Equal(t, strconv.Itoa(b.Totals.BySkill[skill]), value(skill), "%s sum of %s", form, skill)
						}
					}
					assert.Equal(t, strconv.Itoa(b.Totals.Certified), value("certificate"))
					assert.Equal(t, [2]string{strconv.Itoa(b.Totals.PracticeRight), strconv.Itoa(b.Totals.PracticeAsked)}, [2]string{value("practice_right"), value("practice_asked")})
					continue
				}
				want := b.Students[i]
				assert.Equal(t, want.Name, value("name"))
				right, asked := "", ""
				if p := want.Practice; p != nil {
					right, asked = strconv.Itoa(p.Right), strconv.Itoa(p.Asked)
				}
				assert.Equal(t, [2]string{right, asked}, [2]string{value("practice_right"), value("practice_asked")})
				for _, skill := range certificate.Skills {
					if !has(codes, skill) {
						continue
					}
					assert.Equal(t, StateWords[want.Skills[skill].State], value(skill))
					best := ""
					if p := want.Skills[skill].BestPercent; p != nil {
						best = strconv.Itoa(*p)
					}
					assert.Equal(t, best, value(skill+"_best"))
				}
			}
			for _, hidden := range v.Hide {
				assert.False(t, has(codes, hidden), hidden)
			}
		}
	}
}

// A class that was given no bank's questions has no column of them.
func TestNoPracticeNoColumn(t *testing.T) {
	with := boardOf(t, 30, View{})
	students := make([]learning.BoardStudent, len(with.Students))
	for i, r := range with.Students {
		students[i] = r.BoardStudent
		students[i].Practice = nil
	}
	without, err := show(with.Class, with.Classes, students, View{Sort: "practice"})
	require.NoError(t, err)
	assert.Equal(t, len(with.Columns)-1, len(without.Columns))
	for _, c := range without.Columns {
		assert.NotEqual(t, "practice", c.Code)
	}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestOfficeOpensABoard(t *testing.T) {
	b := boardOf(t, 45, View{Sort: "certificate", Desc: true})
	var out bytes.Buffer
	require.NoError(t, sheet.WriteXLSX(&out, sheet.Book{Title: "Bảng", Made: made, Pages: []sheet.Page{b.Sheet()}}))
	rows := sheettest.Cells(t, out.Bytes())
	require.Len(t, rows, 48)
	assert.Equal(t, "Họ và tên", rows[0][0])
	assert.Equal(t, "name", rows[1][0])
	for i, s := range b.Students {
		assert.Equal(t, s.Name, rows[i+2][0])
	}
	assert.Equal(t, []string{"Cộng", "45", strconv.Itoa(b.Totals.BySkill["public_services"])}, rows[47][:3])
	pdf := sheettest.PDF(t, out.Bytes(), ".xlsx")
	assert.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
}

func TestAnonymousBoardTellsNobody(t *testing.T) {
	named := boardOf(t, 60, View{})
	b := named.Anonymous()
	assert.Equal(t, named.Totals, totals(b.Students))
	var out bytes.Buffer
	require.NoError(t, sheet.WriteCSV(&out, b.Sheet(), ';'))
	for _, s := range named.Students {
		assert.NotContains(t, out.String(), s.Name)
	}
	assert.NotContains(t, out.String(), "7KQM")
	assert.NotContains(t, out.String(), "Khu 3")
	for i := 1; i < len(b.Students); i++ {
		if certificateRank(b.Students[i-1]) == certificateRank(b.Students[i]) {
			assert.GreaterOrEqual(t, passedSkills(b.Students[i-1]), passedSkills(b.Students[i]))
		}
	}
	r := b.Report(false, made)
	for _, s := range r.Skills {
		assert.Empty(t, s.NotYet)
	}
	assert.NotEqual(t, "Em 1", named.Students[0].Name, "the board itself keeps its names")
}

func TestReportAddsUp(t *testing.T) {
	b := boardOf(t, 60, View{Filters: []string{"certificate:missing"}})
	r := b.Report(true, made)
	assert.Equal(t, len(b.Students), r.Students)
	assert.Equal(t, 60, r.All)
	for i, s := range r.Skills {
		assert.Equal(t, b.Totals.BySkill[certificate.Skills[i]], s.Passed)
		assert.Len(t, s.NotYet, r.Students-s.Passed)
	}
	assert.Equal(t, "bang-lop-7a-2026-11-26", b.FileName("2026-11-26"))
}

// A quiz that is being taken has no score in any file, and no part in the mean.
func TestSessionSheetLeavesOutOpenQuizzes(t *testing.T) {
	percent, correct, yes := 80, 8, true
	low := 45
	p := SessionSheet(learning.Session{ClassName: "7A", OpenedAt: made}, []learning.SessionResult{
		{Name: "An", State: "submitted", Slots: 10, Percent: &percent, Correct: &correct, Passed: &yes, StartedAt: &made},
		{Name: "Bình", State: "open", Slots: 10, StartedAt: &made},
		{Name: "Chi", State: "closed", Slots: 10, Percent: &low, Late: true},
		{Name: "Dũng", State: "in"},
	})
	assert.Equal(t, "80", p.Rows[0][8].Plain(1))
	assert.Equal(t, "2026-11-26 08:00", p.Rows[0][4].Plain(0))
	assert.Equal(t, sheet.Cell{}, p.Rows[1][8])
	assert.Equal(t, "Đang làm", p.Rows[1][3].Plain(0))
	assert.Equal(t, "Có", p.Rows[2][10].Plain(0))
	assert.Equal(t, "62.5", p.Totals[0][8].Plain(1))
	assert.Equal(t, "2", p.Totals[0][3].Plain(0))
	assert.Equal(t, "1", p.Totals[0][9].Plain(0))
}

func TestRecordSheet(t *testing.T) {
	score, when := 70, made.Add(time.Hour)
	r := learning.Record{Class: learning.BoardClass{Name: "7A"}, Student: learning.BoardStudent{Name: "Nguyễn Ánh", PersonID: models.ID{1}}, Skills: []learning.RecordSkill{{
		Skill: "online_payment", PassedAt: &when,
		Lessons: []learning.RecordLesson{{Title: "Bài 1", Begun: true, DoneAt: &made}, {Title: "Bài 2", Begun: true}, {Title: "Bài 3"}},
		Attempts: []learning.RecordAttempt{
			{AttemptHead: learning.AttemptHead{State: "open", StartedAt: made}},
			{AttemptHead: learning.AttemptHead{State: "submitted", StartedAt: made, SubmittedAt: &when, Percent: &score}, Release: learning.ReleaseHeld, Session: &learning.RecordSession{ClassName: "7A"}},
		},
		Runs: []learning.RecordRun{{RunHead: learning.RunHead{Percent: 90, Passed: true, FinishedAt: made}, Title: "Hộp thư"}},
	}}}
	var lines []string
	for _, row := range RecordSheet(r).Rows {
		var line []string
		for _, c := range row[3:] {
			line = append(line, c.Plain(0))
		}
		lines = append(lines, strings.Join(line, "|"))
	}
	assert.Equal(t, []string{
		"Bài học|Bài 1||2026-11-26 08:00||Đã học||", "Bài học|Bài 2||||Đang học||", "Bài học|Bài 3||||Chưa học||",
		"Bài kiểm tra||2026-11-26 08:00||Ở nhà|Đang làm||",
		"Bài kiểm tra||2026-11-26 08:00|2026-11-26 09:00|Phiên học lớp 7A|Chưa đạt|70|Chưa công bố",
		"Tình huống|Hộp thư||2026-11-26 08:00||Đạt|90|", "Đạt kỹ năng|||2026-11-26 09:00||Đạt||",
	}, lines)

	r.Student.Certificate = &learning.CertificateRef{Status: "revoked"}
	p := RecordPaper(r, made)
	assert.False(t, p.Certified, "a revoked confirmation is none")
	require.Len(t, p.Skills, 1)
	s := p.Skills[0]
	assert.Equal(t, []any{1, 3, &when}, []any{s.Done, s.Lessons, s.PassedAt})
	ninety := 90
	assert.Equal(t, []paper.PupilLine{
		{What: "Bài kiểm tra", At: made, Where: "Ở nhà", State: "Đang làm"},
		{What: "Bài kiểm tra", At: made, Where: "Phiên học lớp 7A", State: "Chưa đạt", Percent: &score},
		{What: "Tình huống: Hộp thư", At: made, State: "Đạt", Percent: &ninety},
	}, s.Lines, "an open quiz has no score")
}
