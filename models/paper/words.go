package paper

import (
	"fmt"
	"time"

	"nhaso/models"
)

// Title is what the paper is called. The words that the law keeps for others
// (TT 10/2026/TT-BGDĐT) never stand on it.
const Title = "Giấy xác nhận hoàn thành"

// skillNames are the five skills as they stand on paper.
var skillNames = map[string]string{
	"public_services": "Dịch vụ công trực tuyến",
	"online_shopping": "Mua sắm trực tuyến",
	"online_payment":  "Thanh toán số",
	"self_protection": "Tự bảo vệ trên mạng",
	"local_platforms": "Nền tảng số địa phương",
}

// SkillName is a skill in words; one that is not known stays as it is.
func SkillName(skill string) string {
	if name, ok := skillNames[skill]; ok {
		return name
	}
	return skill
}

// RuleWords says under which rule a paper was given.
func RuleWords(version int) string {
	switch version {
	case 1:
		return "Theo quy tắc 1: đủ bài học và bài kiểm tra của từng kỹ năng."
	case 2:
		return "Theo quy tắc 2: đủ bài học, bài kiểm tra và có thêm thực hành tình huống của từng kỹ năng."
	}
	return fmt.Sprintf("Theo quy tắc %d.", version)
}

// longDate is "ngày 5 tháng 9 năm 2026" in Viet Nam.
func longDate(t time.Time) string {
	t = t.In(models.VietNam())
	return fmt.Sprintf("ngày %d tháng %d năm %d", t.Day(), int(t.Month()), t.Year())
}

// shortDate is "05/09/2026" in Viet Nam.
func shortDate(t time.Time) string { return t.In(models.VietNam()).Format("02/01/2006") }
