package api

import (
	"bytes"
	"context"
	"net/http"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/sheet"
)

type ItemsQuery struct {
	Course string `query:"course" maxLength:"64" doc:"Key of a course; empty: all."`
}

type itemFileInput struct {
	ItemsQuery
	Format string `query:"format" enum:"xlsx,csv" required:"true"`
}

type ItemPath struct {
	Question string `path:"question" maxLength:"64" doc:"Hash of the version."`
}

type clearanceInput struct {
	ItemPath
	Body struct {
		Reason string `json:"reason" maxLength:"400" doc:"10 to 200 characters."`
	}
}

type classItemsInput struct {
	ByID
	Session string `query:"session" maxLength:"36" doc:"Id of a lesson session of the class; empty: all quizzes."`
}

func (in *classItemsInput) ids() (class, session models.ID, err error) {
	if class, err = in.id(); err != nil || in.Session == "" {
		return class, session, err
	}
	if session, err = models.ParseID(in.Session); err != nil {
		return class, session, models.NotFound()
	}
	return class, session, nil
}

// itemOperations are about how questions behave, and about going through them
// again with a class.
func (s *server) itemOperations() {
	read := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "items", action: models.ActReadItems}
	}
	register(s, read("list-items", "/item-analysis", "How every question behaves over all final attempts of the province: difficulty, discrimination, flags. Nobody is named."),
		func(ctx context.Context, actor models.Actor, in *ItemsQuery) (*body[list[learning.ItemAnalysis]], error) {
			rows, err := s.Learning.Items(ctx, actor, in.Course)
			return answer(listed(rows, ""), err)
		})
	registerFile(s, read("export-items", "/item-analysis/file", "The same as a workbook or as CSV."), "application/octet-stream", s.itemFile)
	register(s, read("get-item", "/item-analysis/{question}", "One version of a question, with how often each answer was chosen by the weakest and the strongest third."),
		func(ctx context.Context, actor models.Actor, in *ItemPath) (*body[learning.ItemDetail], error) {
			return answer(s.Learning.Item(ctx, actor, in.Question))
		})
	register(s, op{id: "clear-item-flag", method: http.MethodPost, path: "/item-analysis/{question}/clearance", tag: "items", action: models.ActOperate,
		summary: "Let a flagged question be drawn again, with a reason; a repeat changes nothing."},
		func(ctx context.Context, actor models.Actor, in *clearanceInput) (*none, error) {
			return done(s.Learning.ClearFlag(ctx, actor, in.Question, in.Body.Reason))
		})
	register(s, readClass("list-class-items", "/classes/{id}/items", "What the pupils of a class missed in quizzes that are over, the most missed first."),
		func(ctx context.Context, actor models.Actor, in *classItemsInput) (*body[learning.ClassItems], error) {
			class, session, err := in.ids()
			if err != nil {
				return nil, err
			}
			return answer(s.Learning.ClassItems(ctx, actor, class, session))
		})
	register(s, readClass("get-reteach-cards", "/classes/{id}/reteach", "The five most-missed questions of a class or a session as cards for the wall; none whose keys may not be shown yet."),
		func(ctx context.Context, actor models.Actor, in *classItemsInput) (*body[learning.Reteach], error) {
			class, session, err := in.ids()
			if err != nil {
				return nil, err
			}
			return answer(s.Learning.Reteach(ctx, actor, class, session))
		})
	register(s, readClass("get-projected-lesson", "/courses/{course}/lessons/{lesson}/projection", "Cards and practice questions of a lesson with their answers, for the wall."),
		func(ctx context.Context, actor models.Actor, in *LessonPath) (*body[learning.ProjectedLesson], error) {
			return answer(s.Learning.ProjectLesson(ctx, actor, in.Course, in.Lesson))
		})
}

// itemFile writes what the page shows: one definition of columns for both
// formats.
func (s *server) itemFile(ctx context.Context, actor models.Actor, in *itemFileInput) (*file, error) {
	rows, err := s.Learning.Items(ctx, actor, in.Course)
	if err != nil {
		return nil, err
	}
	page := itemPage(rows)
	var b bytes.Buffer
	if in.Format == "csv" {
		err = sheet.WriteCSV(&b, page, ';')
		return &file{"phan-tich-cau-hoi.csv", "text/csv; charset=utf-8", b.Bytes()}, err
	}
	err = sheet.WriteXLSX(&b, sheet.Book{Title: page.Name, Made: s.Clock.Now(), Pages: []sheet.Page{page}})
	return &file{"phan-tich-cau-hoi.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes()}, err
}

func itemPage(rows []learning.ItemAnalysis) sheet.Page {
	p := sheet.Page{Name: "Phân tích câu hỏi", Frozen: 2, Columns: []sheet.Column{
		{Heading: "Khóa học", Code: "course_key"}, {Heading: "Mã câu", Code: "question_key"}, {Heading: "Câu hỏi", Code: "stem", Width: 60},
		{Heading: "Dạng", Code: "kind"}, {Heading: "Số lượt làm", Code: "n"}, {Heading: "Độ dễ (p)", Code: "difficulty", Decimals: 3},
		{Heading: "Độ phân biệt (r)", Code: "discrimination", Decimals: 3}, {Heading: "Tình trạng", Code: "state"}, {Heading: "Phiên bản", Code: "question_hash"}}}
	for _, it := range rows {
		r := sheet.Cell{}
		if it.Discrimination != nil {
			r = sheet.Number(*it.Discrimination)
		}
		difficulty := sheet.Cell{}
		if it.N > 0 {
			difficulty = sheet.Number(it.Difficulty)
		}
		p.Rows = append(p.Rows, []sheet.Cell{sheet.Text(it.CourseKey), sheet.Text(it.QuestionKey), sheet.Text(curriculum.PlainStem(it.Stem)), sheet.Text(it.Kind),
			sheet.Int(int(it.N)), difficulty, r, sheet.Text(itemState(it)), sheet.Text(it.QuestionHash)})
	}
	return p
}

func itemState(it learning.ItemAnalysis) string {
	switch {
	case !it.Current:
		return "bản cũ"
	case it.Kept:
		return "bị gắn cờ, vẫn rút vì thiếu câu"
	case it.Flag != nil && it.Flag.ClearedAt == nil:
		return "bị gắn cờ, không rút nữa"
	}
	return ""
}
