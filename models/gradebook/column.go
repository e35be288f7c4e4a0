package gradebook

import (
	"slices"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/learning"
	"nhaso/models/paper"
	"nhaso/models/sheet"
)

// Column is one column of a board, on the screen and in every file.
type Column struct {
	Code      string `json:"code"` // name, class, a skill's key, certificate, household, practice, last_work
	Kind      string `json:"kind" enum:"name,class,skill,certificate,household,practice,last_work"`
	Heading   string `json:"heading"`
	HeadingEN string `json:"heading_en"`
}

// skillEnglish are the skills' names in English; paper has the Vietnamese ones.
var skillEnglish = map[string]string{
	"public_services": "Public services", "online_shopping": "Online shopping", "online_payment": "Digital payment",
	"self_protection": "Self-protection", "local_platforms": "Local platforms",
}

// columns lists the columns of a board in their order. The name is never left
// out: rows without it cannot be told apart.
func (v View) columns() ([]Column, error) {
	all := []Column{{"name", "name", "Họ và tên", "Full name"}}
	all = append(all, Column{"class", "class", "Lớp", "Class"})
	for _, skill := range certificate.Skills {
		all = append(all, Column{skill, "skill", paper.SkillName(skill), skillEnglish[skill]})
	}
	all = append(all, Column{"certificate", "certificate", "Giấy xác nhận", "Confirmation"}, Column{"household", "household", "Hộ gia đình", "Household"},
		Column{"practice", "practice", "Luyện tập", "Practice"}, Column{"last_work", "last_work", "Học gần nhất", "Last active"})
	for _, code := range v.Hide {
		if !slices.ContainsFunc(all, func(c Column) bool { return c.Code == code }) {
			return nil, models.InvalidField("query.hide", "unknown")
		}
	}
	return slices.DeleteFunc(all, func(c Column) bool { return c.Code != "name" && slices.Contains(v.Hide, c.Code) }), nil
}

// StateWords are the states as they stand in files.
var StateWords = map[string]string{
	"passed": "Đạt", "learning": "Đang học", "not_started": "Chưa bắt đầu", "not_available": "Chưa có khóa học",
	"valid": "Có hiệu lực", "revoked": "Đã thu hồi",
	"confirmed": "Đã xác nhận", "claimed": "Chờ xác nhận", "rejected": "Không nhận", "none": "Chưa có",
}

// part is one column of a file: a skill's cell shows three things, which a
// spreadsheet counts with only when each has a column of its own.
type part struct {
	sheet.Column
	cell  func(Row) sheet.Cell
	total func(learning.BoardTotals) sheet.Cell
}

func nothing(learning.BoardTotals) sheet.Cell { return sheet.Cell{} }

// parts are the columns of a file for one column of the screen.
func (c Column) parts() []part {
	switch c.Kind {
	case "name":
		return c.one(func(r Row) sheet.Cell { return sheet.Text(r.Name) }, func(learning.BoardTotals) sheet.Cell { return sheet.Text("Cộng") })
	case "class":
		return c.one(func(r Row) sheet.Cell { return sheet.Text(r.ClassName) }, func(t learning.BoardTotals) sheet.Cell { return sheet.Int(t.Students) })
	case "certificate":
		return c.certificateParts()
	case "household":
		return c.householdParts()
	case "practice":
		return c.practiceParts()
	case "last_work":
		return c.one(func(r Row) sheet.Cell {
			if r.LastWork == "" {
				return sheet.Cell{}
			}
			return sheet.Day(r.LastWork)
		}, nothing)
	}
	return c.skillParts()
}

func (c Column) one(cell func(Row) sheet.Cell, total func(learning.BoardTotals) sheet.Cell) []part {
	return []part{{sheet.Column{Heading: c.Heading, Code: c.Code}, cell, total}}
}

func (c Column) certificateParts() []part {
	issued := func(show func(*learning.CertificateRef) sheet.Cell) func(Row) sheet.Cell {
		return func(r Row) sheet.Cell {
			if r.Certificate == nil {
				return sheet.Cell{}
			}
			return show(r.Certificate)
		}
	}
	list := c.one(func(r Row) sheet.Cell {
		return sheet.Text(StateWords[[]string{"none", "revoked", "valid"}[certificateRank(r)]])
	},
		func(t learning.BoardTotals) sheet.Cell { return sheet.Int(t.Certified) })
	return append(list,
		part{sheet.Column{Heading: "Mã giấy xác nhận", Code: c.Code + "_code"},
			issued(func(x *learning.CertificateRef) sheet.Cell { return sheet.Text(models.GroupCode(x.Code)) }), nothing},
		part{sheet.Column{Heading: "Ngày cấp", Code: c.Code + "_on"},
			issued(func(x *learning.CertificateRef) sheet.Cell { return sheet.Day(models.Day(x.IssuedAt)) }), nothing})
}

func (c Column) householdParts() []part {
	list := c.one(func(r Row) sheet.Cell { return sheet.Text(StateWords[linkState(r)]) },
		func(t learning.BoardTotals) sheet.Cell { return sheet.Int(t.LinksConfirmed) })
	return append(list, part{sheet.Column{Heading: "Thôn, khu", Code: "village"}, func(r Row) sheet.Cell {
		if r.Household == nil {
			return sheet.Cell{}
		}
		return sheet.Text(r.Household.VillageName)
	}, nothing})
}

// practiceParts are empty for a pupil who is asked nothing: a 0 would say that
// the pupil had done nothing of it.
func (c Column) practiceParts() []part {
	count := func(of func(*learning.BoardPractice) int) func(Row) sheet.Cell {
		return func(r Row) sheet.Cell {
			if r.Practice == nil {
				return sheet.Cell{}
			}
			return sheet.Int(of(r.Practice))
		}
	}
	return []part{
		{sheet.Column{Heading: c.Heading + ": số câu đã đúng", Code: c.Code + "_right"}, count(func(p *learning.BoardPractice) int { return p.Right }),
			func(t learning.BoardTotals) sheet.Cell { return sheet.Int(t.PracticeRight) }},
		{sheet.Column{Heading: c.Heading + ": số câu được giao", Code: c.Code + "_asked"}, count(func(p *learning.BoardPractice) int { return p.Asked }),
			func(t learning.BoardTotals) sheet.Cell { return sheet.Int(t.PracticeAsked) }},
	}
}

func (c Column) skillParts() []part {
	list := c.one(func(r Row) sheet.Cell { return sheet.Text(StateWords[state(r, c.Code)]) },
		func(t learning.BoardTotals) sheet.Cell { return sheet.Int(t.BySkill[c.Code]) })
	return append(list,
		part{sheet.Column{Heading: c.Heading + ": điểm cao nhất (%)", Code: c.Code + "_best"}, func(r Row) sheet.Cell {
			if p := r.Skills[c.Code].BestPercent; p != nil {
				return sheet.Int(*p)
			}
			return sheet.Cell{}
		}, nothing},
		part{sheet.Column{Heading: c.Heading + ": số bài đã học", Code: c.Code + "_lessons"}, func(r Row) sheet.Cell {
			return sheet.Int(r.Skills[c.Code].LessonsDone)
		}, nothing})
}
