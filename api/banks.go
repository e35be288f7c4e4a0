package api

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/bank"
	"nhaso/models/drafts"
)

// bankList is the banks in reach, and for whom the caller may bring questions
// in.
type bankList struct {
	Items    []drafts.Bank   `json:"items"`
	Schools  []drafts.School `json:"schools"`
	Province bool            `json:"province" doc:"The caller keeps the banks of the province."`
}

type bankDraft struct {
	ID        string              `json:"id"`
	Question  curriculum.Question `json:"question"`
	Problems  []string            `json:"problems" doc:"Codes of what an author must still add."`
	Unplayed  string              `json:"unplayed" doc:"Why pupils cannot be given it as practice; empty: they can."`
	CreatedAt string              `json:"created_at"`
}

type bankQuestionsInput struct {
	ByID
	PageQuery
}

type bankQuestionInput struct {
	ByID
	Question string `path:"question" maxLength:"36"`
}

type exportInput struct {
	Format string `query:"format" enum:"gift,moodlexml,qti,qti3" required:"true"`
	Course string `query:"course" maxLength:"64" doc:"Key of a course; or name a bank."`
	Bank   string `query:"bank" maxLength:"36" doc:"Id of a bank."`
}

// bankOperations are about questions of other programs.
func (s *server) bankOperations() {
	keep := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "question-banks", action: models.ActKeepBank, refuses: refuses}
	}
	register(s, keep("list-question-banks", http.MethodGet, "/question-banks", "Banks of draft questions: the own schools' and the province's."), s.banks)
	registerUpload(s, keep("import-questions", http.MethodPost, "/question-banks/imports",
		"Read a GIFT, Moodle XML or QTI file into a bank. What cannot be kept is listed; a hostile file is refused whole.", models.KindNotFound, models.KindConflict),
		map[string]string{
			"bank":      "Name of the bank; made if there is none.",
			"format":    "gift, moodlexml or qti; empty: found out.",
			"school_id": "Whose bank; empty for the caller's only school, or for the province.",
		}, s.importQuestions)
	register(s, keep("list-bank-questions", http.MethodGet, "/question-banks/{id}/questions", "The drafts of a bank with their answers and what is missing."), s.bankQuestions)
	register(s, keep("delete-bank-question", http.MethodDelete, "/question-banks/{id}/questions/{question}", "Take a draft out of a bank of an own school."),
		func(ctx context.Context, actor models.Actor, in *bankQuestionInput) (*struct{}, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			question, err := models.ParseID(in.Question)
			if err != nil {
				return nil, models.NotFound()
			}
			return nil, s.Drafts.Delete(ctx, actor, id, question)
		})
	register(s, keep("preview-question-export", http.MethodGet, "/question-exports/report",
		"What a file of a bank or of a course would hold, and what it could not. Questions of quizzes leave only in an administrator's file.",
		models.KindNotFound, models.KindInvalid),
		func(ctx context.Context, actor models.Actor, in *exportInput) (*body[bank.Report], error) {
			_, report, err := s.exportQuestions(ctx, actor, in)
			return answer(report, err)
		})
	registerFile(s, keep("export-questions", http.MethodGet, "/question-exports/file", "Questions of a bank or of a course as a file for another program.",
		models.KindNotFound, models.KindInvalid), "application/octet-stream",
		func(ctx context.Context, actor models.Actor, in *exportInput) (*file, error) {
			data, _, err := s.exportQuestions(ctx, actor, in)
			if err != nil {
				return nil, err
			}
			info, _ := bank.InfoOf(bank.Format(in.Format))
			name := in.Course
			if name == "" {
				name = "bank"
			}
			return &file{bank.Slug(name) + info.Extension, info.Type, data}, nil
		})
}

func (s *server) banks(ctx context.Context, actor models.Actor, _ *none) (*body[bankList], error) {
	rows, err := s.Drafts.Banks(ctx, actor)
	if err != nil {
		return nil, err
	}
	schools, err := s.Drafts.Schools(ctx, actor)
	if err != nil {
		return nil, err
	}
	reach, err := models.Allow(actor, models.ActKeepBank)
	return answer(bankList{Items: rows, Schools: schools, Province: reach.All}, err)
}

func (s *server) importQuestions(ctx context.Context, actor models.Actor, _ *none, form *fileForm) (*body[drafts.Report], error) {
	to := drafts.Target{Name: form.fields["bank"]}
	if text := form.fields["school_id"]; text != "" {
		school, err := models.ParseID(text)
		if err != nil {
			return nil, models.NotFound()
		}
		to.SchoolID = school
	}
	data, err := io.ReadAll(io.LimitReader(form, bank.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	return answer(s.Drafts.Import(ctx, actor, to, bank.Format(form.fields["format"]), data))
}

func (s *server) bankQuestions(ctx context.Context, actor models.Actor, in *bankQuestionsInput) (*body[list[bankDraft]], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	after, err := in.skip()
	if err != nil {
		return nil, err
	}
	rows, next, err := s.Drafts.Questions(ctx, actor, id, after, in.Limit)
	cursor := ""
	if next > 0 {
		cursor = strconv.Itoa(next)
	}
	return answer(listed(converted(rows, func(d drafts.Draft) bankDraft {
		return bankDraft{ID: d.ID.String(), Question: d.Question, Problems: d.Problems, Unplayed: drafts.Unplayable(&d.Question), CreatedAt: d.CreatedAt.Format("2006-01-02T15:04:05Z07:00")}
	}), cursor), err)
}

// exportQuestions writes a bank or the questions of a course.
func (s *server) exportQuestions(ctx context.Context, actor models.Actor, in *exportInput) ([]byte, bank.Report, error) {
	var content drafts.Content
	switch {
	case (in.Course == "") == (in.Bank == ""):
		return nil, bank.Report{}, models.InvalidField("query.bank", "required")
	case in.Course != "":
		c, err := s.Learning.CourseQuestions(ctx, actor, in.Course)
		if err != nil {
			return nil, bank.Report{}, err
		}
		content.Questions, content.Images = c.Questions, c.Images
		for _, key := range c.Withheld {
			content.Withheld = append(content.Withheld, bank.Note{Where: key, Reason: "not_practice"})
		}
	default:
		id, err := models.ParseID(in.Bank)
		if err != nil {
			return nil, bank.Report{}, models.NotFound()
		}
		if content, err = s.Drafts.Content(ctx, actor, id); err != nil {
			return nil, bank.Report{}, err
		}
	}
	data, report, err := bank.Write(bank.Format(in.Format), content.Questions, content.Images)
	report.Skipped = append(report.Skipped, content.Withheld...)
	return data, report, err
}
