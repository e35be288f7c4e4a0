package paper

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordWith is a pupil with n quizzes and runs in each skill.
func recordWith(n int) PupilRecord {
	r := PupilRecord{SchoolName: school90, Name: "Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc", ClassName: "7A", SchoolYear: "2026-2027", Made: day, Certified: n > 3}
	for i, key := range []string{"public_services", "online_shopping", "online_payment", "self_protection", "local_platforms"} {
		passed, best := day.Add(-time.Duration(i)*24*time.Hour), 60+i*8
		s := PupilSkill{Key: key, State: []string{"passed", "learning", "passed", "not_started", "not_available"}[i], Done: 4 - i, Lessons: 6}
		if s.State == "passed" {
			s.PassedAt = &passed
		}
		if s.State == "passed" || s.State == "learning" {
			s.Best = &best
			for k := range n {
				percent := 40 + (k*17)%60
				line := PupilLine{What: "Bài kiểm tra", At: day.Add(-time.Duration(k) * 24 * time.Hour), Where: "Phiên học lớp 7A", State: "Đạt", Percent: &percent}
				if k%3 == 1 {
					line = PupilLine{What: "Tình huống: Gói hàng lạ trước cổng nhà và lời nhắn của người giao hàng", At: line.At, State: "Chưa đạt", Percent: &percent}
				}
				if k%4 == 3 {
					line.State, line.Percent, line.Where = "Đang làm", nil, "Ở nhà"
				}
				s.Lines = append(s.Lines, line)
			}
		} else {
			s.Done = 0
		}
		r.Skills = append(r.Skills, s)
	}
	return r
}

func recordOf(t *testing.T, r PupilRecord) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Record(&b, r))
	return b.Bytes()
}

func TestRecordPicture(t *testing.T) {
	compare(t, "record.png", picture(t, recordOf(t, recordWith(5)), "60"))
}

func TestRecordSaysEverything(t *testing.T) {
	pages := textOf(t, recordOf(t, recordWith(40)))
	require.Greater(t, len(pages), 3)
	for i, p := range pages {
		assert.Contains(t, p, fmt.Sprintf("Trang %d/%d", i+1, len(pages)))
		assert.Contains(t, p, "không phải Giấy xác nhận hoàn thành")
		assert.Contains(t, p, "Việc đã làm", "the head of the table is on every page")
	}
	all := strings.Join(pages, " ")
	assert.Contains(t, all, "Lớp 7A · năm học 2026-2027 · đạt 2/5 kỹ năng · đã có Giấy xác nhận hoàn thành")
	assert.Contains(t, all, "Đạt ngày 01/12/2026 · 4/6 bài học · điểm cao nhất 60 %")
	assert.Contains(t, all, "Chưa có khóa học cho khối này")
	assert.Equal(t, 3*40, strings.Count(all, "Bài kiểm tra")+strings.Count(all, "Gói hàng lạ"), "every line of three skills")
	for _, reserved := range []string{"chứng chỉ", "văn bằng", "{so}"} {
		assert.NotContains(t, strings.ToLower(all), reserved)
	}
}

func TestRecordOfNothing(t *testing.T) {
	r := recordWith(0)
	pages := textOf(t, recordOf(t, r))
	require.Len(t, pages, 1)
	assert.Equal(t, 5, strings.Count(pages[0], "Chưa có bài kiểm tra hay tình huống nào."))
	assert.NotContains(t, pages[0], "đã có Giấy xác nhận")
	assert.Equal(t, recordOf(t, r), recordOf(t, r), "the same record is the same file")
}
