package learning

import (
	"context"

	"nhaso/curriculum"
	"nhaso/models"
)

// CourseQuestions is what of a published course may be written into a file of
// another program. Withheld are the keys of questions that may stand in a quiz
// or a placement test: with their answers they leave only in an
// administrator's file.
type CourseQuestions struct {
	Questions []curriculum.Question
	Images    map[string]curriculum.Image
	Withheld  []string
}

// CourseQuestions answers the questions of a course for a file, in the order
// of the course. NotFound for an unknown key.
func (l *Learning) CourseQuestions(ctx context.Context, actor models.Actor, courseKey string) (CourseQuestions, error) {
	reach, err := models.Allow(actor, models.ActKeepBank)
	if err != nil {
		return CourseQuestions{}, err
	}
	c, err := l.catalog.byKey(ctx, courseKey)
	if err != nil {
		return CourseQuestions{}, err
	}
	out := CourseQuestions{Images: map[string]curriculum.Image{}}
	for _, q := range c.Questions {
		if q.Use != usePractice && !reach.All {
			out.Withheld = append(out.Withheld, q.Key)
			continue
		}
		out.Questions = append(out.Questions, q)
		if q.Image == nil || out.Images[q.Image.Src].Src != "" {
			continue
		}
		m, err := l.Media(ctx, q.Image.Src)
		if err != nil {
			return CourseQuestions{}, err
		}
		out.Images[q.Image.Src] = curriculum.Image{Src: q.Image.Src, Type: m.Type, Data: m.Data}
	}
	return out, nil
}
