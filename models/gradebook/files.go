package gradebook

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/learning"
	"nhaso/models/paper"
	"nhaso/models/sheet"
)

// Sheet is the board as a table: the columns, rows and order of the screen,
// with the sums below.
func (b Board) Sheet() sheet.Page {
	var parts []part
	for _, c := range b.Columns {
		parts = append(parts, c.parts()...)
	}
	p := sheet.Page{Name: b.title(), Heading: b.heading(), Frozen: 1, Columns: make([]sheet.Column, len(parts))}
	sum := make([]sheet.Cell, len(parts))
	for i, x := range parts {
		p.Columns[i], sum[i] = x.Column, x.total(b.Totals)
	}
	for _, r := range b.Students {
		row := make([]sheet.Cell, len(parts))
		for i, x := range parts {
			row[i] = x.cell(r)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Totals = [][]sheet.Cell{sum}
	return p
}

// title names what the board is of: "Lớp 7A", "Khối 7", "Toàn trường".
func (b Board) title() string {
	if b.Class != nil {
		return "Lớp " + b.Class.Name
	}
	grades := map[int]bool{}
	for _, c := range b.Classes {
		grades[c.Grade] = true
	}
	if len(grades) == 1 {
		return fmt.Sprintf("Khối %d", b.Classes[0].Grade)
	}
	return "Các lớp"
}

// heading is the line above every printed page.
func (b Board) heading() string {
	s := b.School()
	return fmt.Sprintf("%s · %s · năm học %s · %d trong %d học sinh", s.SchoolName, b.title(), s.SchoolYear, len(b.Students), b.All)
}

// attemptWords are the states of a quiz in files.
var attemptWords = map[string]string{"open": "Đang làm", "submitted": "Đã nộp", "closed": "Hết giờ", "in": "Đã vào lớp, chưa làm bài"}

// releaseWords say what a pupil may see of a result.
var releaseWords = map[string]string{
	learning.ReleaseDone: "Đã công bố", learning.ReleaseWaiting: "Có điểm, chờ đáp án", learning.ReleaseHeld: "Chưa công bố",
}

// RecordSheet is a pupil's record as a table: what was learnt, practised and
// taken, skill by skill. The score of a quiz that is still open is left out.
func RecordSheet(r learning.Record) sheet.Page {
	p := sheet.Page{
		Name: r.Student.Name, Frozen: 2,
		Heading: fmt.Sprintf("%s · lớp %s · %s", r.Student.Name, r.Class.Name, r.Class.SchoolName),
		Columns: []sheet.Column{
			{Heading: "Họ và tên", Code: "name"}, {Heading: "Lớp", Code: "class"}, {Heading: "Kỹ năng", Code: "skill"}, {Heading: "Việc", Code: "kind"},
			{Heading: "Tên", Code: "title"}, {Heading: "Bắt đầu", Code: "started_at"}, {Heading: "Xong", Code: "finished_at"},
			{Heading: "Ở đâu", Code: "place"}, {Heading: "Tình trạng", Code: "state"}, {Heading: "Điểm (%)", Code: "percent"},
			{Heading: "Kết quả", Code: "release"},
		},
	}
	for _, s := range r.Skills {
		line := func(kind, title string, started, finished time.Time, where, state string, percent *int, release string) {
			score := sheet.Cell{}
			if percent != nil {
				score = sheet.Int(*percent)
			}
			p.Rows = append(p.Rows, []sheet.Cell{sheet.Text(r.Student.Name), sheet.Text(r.Class.Name), sheet.Text(paper.SkillName(s.Skill)), sheet.Text(kind),
				sheet.Text(title), sheet.Instant(started), sheet.Instant(finished), sheet.Text(where), sheet.Text(state), score, sheet.Text(release)})
		}
		for _, x := range s.Lessons {
			line("Bài học", x.Title, time.Time{}, at(x.DoneAt), "", lessonWord(x), nil, "")
		}
		for _, x := range s.Attempts {
			where := "Ở nhà"
			if x.Session != nil {
				where = "Phiên học lớp " + x.Session.ClassName
			}
			state := attemptWords[x.State]
			if x.Percent != nil {
				state = passedWord(x.Passed)
			}
			line("Bài kiểm tra", "", x.StartedAt, at(x.SubmittedAt), where, state, x.Percent, releaseWords[x.Release])
		}
		for _, x := range s.Runs {
			line("Tình huống", x.Title, time.Time{}, x.FinishedAt, "", passedWord(x.Passed), &x.Percent, "")
		}
		if s.PassedAt != nil {
			line("Đạt kỹ năng", "", time.Time{}, *s.PassedAt, "", "Đạt", nil, "")
		}
	}
	return p
}

// RecordPaper is a pupil's record as it is printed: quizzes and practice runs
// skill by skill. The score of a quiz that is still open is left out.
func RecordPaper(r learning.Record, made time.Time) paper.PupilRecord {
	p := paper.PupilRecord{SchoolName: r.Class.SchoolName, Name: r.Student.Name, ClassName: r.Class.Name, SchoolYear: r.Class.SchoolYear, Made: made,
		Certified: r.Student.Certificate != nil && r.Student.Certificate.Status == "valid"}
	for _, s := range r.Skills {
		line := paper.PupilSkill{Key: s.Skill, State: s.Standing.State, Best: s.Standing.BestPercent, PassedAt: s.PassedAt, Lessons: len(s.Lessons)}
		for _, x := range s.Lessons {
			if x.DoneAt != nil {
				line.Done++
			}
		}
		for _, x := range s.Attempts {
			one := paper.PupilLine{What: "Bài kiểm tra", At: x.StartedAt, Where: "Ở nhà", State: attemptWords[x.State], Percent: x.Percent}
			if x.Session != nil {
				one.Where = "Phiên học lớp " + x.Session.ClassName
			}
			if x.Percent != nil {
				one.State = passedWord(x.Passed)
			}
			line.Lines = append(line.Lines, one)
		}
		for _, x := range s.Runs {
			percent := x.Percent
			line.Lines = append(line.Lines, paper.PupilLine{What: "Tình huống: " + x.Title, At: x.FinishedAt, State: passedWord(x.Passed), Percent: &percent})
		}
		slices.SortStableFunc(line.Lines, func(a, b paper.PupilLine) int { return b.At.Compare(a.At) })
		p.Skills = append(p.Skills, line)
	}
	return p
}

func passedWord(passed bool) string {
	if passed {
		return "Đạt"
	}
	return "Chưa đạt"
}

func lessonWord(x learning.RecordLesson) string {
	switch {
	case x.DoneAt != nil:
		return "Đã học"
	case x.Begun:
		return "Đang học"
	}
	return "Chưa học"
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// SessionSheet is the results of a lesson session as a table. The mean is over
// finished quizzes alone.
func SessionSheet(s learning.Session, rows []learning.SessionResult) sheet.Page {
	p := sheet.Page{
		Name: "Lớp " + s.ClassName + " " + models.Day(s.OpenedAt), Frozen: 1,
		Heading: "Lớp " + s.ClassName + " · tiết học ngày " + models.Day(s.OpenedAt) + " · mã " + s.Code,
		Columns: []sheet.Column{
			{Heading: "Họ và tên", Code: "name"}, {Heading: "Lớp", Code: "class"}, {Heading: "Khóa học", Code: "course"}, {Heading: "Tình trạng", Code: "state"},
			{Heading: "Bắt đầu", Code: "started_at"}, {Heading: "Nộp", Code: "submitted_at"}, {Heading: "Số câu", Code: "questions"},
			{Heading: "Câu đúng", Code: "correct"}, {Heading: "Điểm (%)", Code: "percent", Decimals: 1}, {Heading: "Đạt", Code: "passed"},
			{Heading: "Làm khi mất mạng", Code: "late"},
		},
	}
	sum, finished, passed := 0, 0, 0
	for _, r := range rows {
		row := []sheet.Cell{sheet.Text(r.Name), sheet.Text(s.ClassName), sheet.Text(r.Course), sheet.Text(attemptWords[r.State]),
			sheet.Instant(at(r.StartedAt)), sheet.Instant(at(r.SubmittedAt)), {}, {}, {}, {}, {}}
		if r.Slots > 0 {
			row[6] = sheet.Int(r.Slots)
		}
		if r.Correct != nil {
			row[7] = sheet.Int(*r.Correct)
		}
		if r.Percent != nil {
			row[8] = sheet.Int(*r.Percent)
			sum, finished = sum+*r.Percent, finished+1
		}
		if r.Passed != nil {
			row[9] = sheet.Text(passedWord(*r.Passed))
			if *r.Passed {
				passed++
			}
		}
		if r.Late {
			row[10] = sheet.Text("Có")
		}
		p.Rows = append(p.Rows, row)
	}
	total := make([]sheet.Cell, len(p.Columns))
	total[0], total[3], total[9] = sheet.Text("Cộng, trung bình các bài đã nộp"), sheet.Int(finished), sheet.Int(passed)
	if finished > 0 {
		total[8] = sheet.Number(float64(sum) / float64(finished))
	}
	p.Totals = [][]sheet.Cell{total}
	return p
}

// Anonymous is the board for eyes that need no names: pupils are numbered and
// stand in the order of what they have reached, not of their names, so that no
// place tells who it is; codes of certificates, villages and days of work are left out.
func (b Board) Anonymous() Board {
	b.Students = byStanding(b.Students)
	for i := range b.Students {
		r := &b.Students[i]
		r.Name = fmt.Sprintf("Em %d", i+1)
		if r.Certificate != nil {
			r.Certificate = &learning.CertificateRef{Status: r.Certificate.Status, IssuedAt: r.Certificate.IssuedAt}
		}
		if r.Household != nil {
			r.Household = &learning.HomeHousehold{State: r.Household.State}
		}
		r.LastWork = ""
	}
	return b
}

// Report is the board as it is printed for a meeting. named adds, for each
// skill, who has not reached it yet.
func (b Board) Report(named bool, made time.Time) paper.ClassReport {
	s := b.School()
	r := paper.ClassReport{SchoolName: s.SchoolName, Title: b.title(), SchoolYear: s.SchoolYear, Made: made,
		Students: b.Totals.Students, All: b.All, Certified: b.Totals.Certified, Linked: b.Totals.LinksConfirmed}
	for _, skill := range certificate.Skills {
		line := paper.ReportSkill{Key: skill, Passed: b.Totals.BySkill[skill]}
		for _, x := range b.Students {
			if state(x, skill) == "learning" {
				line.Learning++
			}
			if named && state(x, skill) != "passed" {
				line.NotYet = append(line.NotYet, x.Name)
			}
		}
		r.Skills = append(r.Skills, line)
	}
	for _, x := range b.Students {
		row := paper.ReportRow{Name: x.Name, Certified: certificateRank(x) == 2, Link: StateWords[linkState(x)], LastWork: x.LastWork}
		if b.Class == nil {
			row.Class = x.ClassName
		}
		for _, skill := range certificate.Skills {
			row.Cells = append(row.Cells, paper.ReportCell{State: state(x, skill), Percent: x.Skills[skill].BestPercent})
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

// FileName is an ASCII name for a file of the board.
func (b Board) FileName(day string) string {
	return strings.Join(strings.Fields(models.Fold("bang "+b.title())), "-") + "-" + day
}
