package paper

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// classOf makes a report of n pupils; every seventh has the longest name.
func classOf(n int, named bool) ClassReport {
	r := ClassReport{SchoolName: school90, Title: "Lớp 7A", SchoolYear: "2026-2027", Made: day, Students: n, All: n}
	for _, key := range []string{"public_services", "online_shopping", "online_payment", "self_protection", "local_platforms"} {
		r.Skills = append(r.Skills, ReportSkill{Key: key})
	}
	names := []string{"Nguyễn Thị Hồng Ánh", "Trần Văn Đức", "Phạm Quỳnh Như", "Đỗ Gia Bảo", "Lê Hoàng Phương", "Vũ Thùy Dương",
		"Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc Ánh Tuyết Thùy Dương Quỳnh Như"}
	for i := range n {
		row := ReportRow{Name: names[i%7], Certified: i%5 == 0, Link: []string{"Đã xác nhận", "Chờ xác nhận", "Chưa có"}[i%3], LastWork: []string{"2026-11-25", ""}[i%4/3]}
		if !named {
			row.Name, row.LastWork = fmt.Sprintf("Em %d", i+1), ""
		}
		for j := range r.Skills {
			cell, s := ReportCell{State: "passed"}, &r.Skills[j]
			switch percent := 10 + (i*13+j*7)%80; {
			case (i+j)%3 == 0 || i%5 == 0:
				s.Passed++
			case (i+j)%3 == 1:
				cell = ReportCell{State: "learning", Percent: &percent}
				s.Learning++
			default:
				cell = ReportCell{State: "not_started"}
			}
			if named && cell.State != "passed" {
				s.NotYet = append(s.NotYet, row.Name)
			}
			row.Cells = append(row.Cells, cell)
		}
		if row.Certified {
			r.Certified++
		}
		if i%3 == 0 {
			r.Linked++
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

func reportOf(t *testing.T, r ClassReport) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Report(&b, r))
	return b.Bytes()
}

// textOf reads a file's words, page by page.
func textOf(t *testing.T, pdf []byte) []string {
	t.Helper()
	in := filepath.Join(t.TempDir(), "in.pdf")
	require.NoError(t, os.WriteFile(in, pdf, 0o600))
	out, err := exec.Command(tool(t, "pdftotext"), "-layout", in, "-").Output()
	require.NoError(t, err)
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	for i, p := range pages {
		pages[i] = strings.Join(strings.Fields(p), " ")
	}
	return pages
}

func TestReportPictures(t *testing.T) {
	compare(t, "report-named.png", picture(t, reportOf(t, classOf(12, true)), "60"))
	compare(t, "report-numbered.png", picture(t, reportOf(t, classOf(45, false)), "60"))
	part := classOf(3, true)
	part.All, part.SchoolName = 45, "Trường THCS Lê Văn Tám"
	for i := range part.Rows {
		part.Rows[i].Class = "7A"
	}
	compare(t, "report-part.png", picture(t, reportOf(t, part), "60"))
}

func TestReportSaysEverything(t *testing.T) {
	r := classOf(45, true)
	pages := textOf(t, reportOf(t, r))
	require.Greater(t, len(pages), 2)
	for i, p := range pages {
		assert.Contains(t, p, fmt.Sprintf("Trang %d/%d", i+1, len(pages)))
		assert.Contains(t, p, "Năm học 2026-2027")
		assert.Contains(t, p, "Lập ngày 1 tháng 12 năm 2026")
	}
	all := strings.Join(pages, " ")
	assert.Contains(t, all, "Cộng: 45 học sinh")
	assert.Contains(t, all, fmt.Sprintf("%d/45", r.Certified))
	for _, s := range r.Skills {
		assert.Contains(t, all, fmt.Sprintf("%d đạt · %d đang học · %d chưa bắt đầu", s.Passed, s.Learning, 45-s.Passed-s.Learning))
		assert.Contains(t, all, fmt.Sprintf("%s: %d em", SkillName(s.Key), len(s.NotYet)))
	}
	assert.GreaterOrEqual(t, strings.Count(all, "Trần Văn Đức"), 7, "each of seven rows")
	assert.NotContains(t, all, "{so}")
	for _, reserved := range []string{"chứng chỉ", "văn bằng"} {
		assert.NotContains(t, strings.ToLower(all), reserved)
	}
}

func TestReportWithoutNames(t *testing.T) {
	all := strings.Join(textOf(t, reportOf(t, classOf(45, false))), " ")
	assert.Contains(t, all, "Em 45")
	assert.NotContains(t, all, "Chưa đạt, theo từng kỹ năng")
	for _, word := range []string{"Nguyễn", "Ánh", "Đức"} {
		assert.NotContains(t, all, word)
	}
}

func TestReportOfNobodyAndOfMany(t *testing.T) {
	assert.Len(t, textOf(t, reportOf(t, classOf(0, true))), 1)
	many := classOf(1000, true)
	pages := textOf(t, reportOf(t, many))
	assert.Less(t, len(pages), 70)
	assert.Contains(t, strings.Join(pages, " "), "Cộng: 1000 học sinh")
	assert.True(t, bytes.Equal(reportOf(t, many), reportOf(t, many)), "the same report is the same file")
	assert.Less(t, len(reportOf(t, many)), 1<<20)
}
