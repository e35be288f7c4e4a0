package learning

import (
	"context"

	"nhaso/curriculum"
	"nhaso/curriculum/scenario"
	"nhaso/models"
)

// usePractice marks the questions that never stand in a quiz: the only ones
// that may leave the server together with their answers.
const usePractice = "practice"

// PackMedia is a picture of a pack, to be fetched under its name. Bytes is its
// size, uncompressed.
type PackMedia struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Bytes int    `json:"bytes"`
}

// Pack is everything of one course that a pupil takes along: what the lessons
// show, and the practice questions with their answers, so that practice gives
// feedback with the network gone. A question that may stand in a quiz is not
// in it, whatever lesson names it.
type Pack struct {
	Course    CourseDetail          `json:"course"`
	Lessons   []*LessonView         `json:"lessons"`
	Questions []curriculum.Question `json:"questions"` // use "practice" only
	Scenarios []scenario.Scenario   `json:"scenarios"` // with their rubric: the browser scores too, the server decides
	Media     []PackMedia           `json:"media"`     // what lessons and questions show
}

// Pack builds what a pupil takes along of a published course. NotFound for an
// unknown key.
func (l *Learning) Pack(ctx context.Context, actor models.Actor, courseKey string) (Pack, error) {
	c, err := l.courseFor(ctx, actor, courseKey)
	if err != nil {
		return Pack{}, err
	}
	p := Pack{Course: c.detail, Lessons: []*LessonView{}, Questions: []curriculum.Question{}, Scenarios: []scenario.Scenario{}, Media: []PackMedia{}}
	shown := map[string]bool{}
	for i := range c.Lessons {
		v := c.view[c.Lessons[i].Key]
		p.Lessons = append(p.Lessons, v)
		for _, card := range v.Cards {
			if card.Image != nil {
				shown[card.Image.Src] = true
			}
			shown[card.Audio] = true
		}
	}
	for _, q := range c.Questions {
		if q.Use != usePractice {
			continue
		}
		p.Questions = append(p.Questions, q)
		if q.Image != nil {
			shown[q.Image.Src] = true
		}
	}
	for _, s := range c.Scenarios {
		p.Scenarios = append(p.Scenarios, s.ForPlay())
		for _, screen := range s.Screens {
			for _, e := range screen.Elements {
				shown[e.Image] = true
			}
		}
	}
	p.Media, err = l.packMedia(ctx, c.Images, shown)
	return p, err
}

// packMedia lists the pictures that are shown, in the order of the content.
func (l *Learning) packMedia(ctx context.Context, images []curriculum.Image, shown map[string]bool) ([]PackMedia, error) {
	list := []PackMedia{}
	for _, image := range images {
		if !shown[image.Src] {
			continue
		}
		m, err := l.Media(ctx, image.Src)
		if err != nil {
			return nil, err
		}
		list = append(list, PackMedia{Name: image.Src, Type: m.Type, Bytes: len(m.Data)})
	}
	return list, nil
}

// CourseHash answers the content address of the current version of a course;
// NotFound for an unknown key.
func (l *Learning) CourseHash(ctx context.Context, actor models.Actor, courseKey string) (string, error) {
	c, err := l.courseFor(ctx, actor, courseKey)
	if err != nil {
		return "", err
	}
	return c.detail.Hash, nil
}

// practiceVersion finds a practice question by its content address, also one of
// an older version of its course: a pupil may have taken that one along. The
// error is NotFound for a question of another course or use.
func (l *Learning) practiceVersion(ctx context.Context, courseKey, hash string) (*curriculum.Question, error) {
	q, err := l.questionVersion(ctx, courseKey, hash)
	if err == nil && q.Use != usePractice {
		return nil, models.NotFound()
	}
	return q, err
}

// questionVersion finds any question of a course, current or older, by its
// content address. The error is NotFound for a question of another course.
func (l *Learning) questionVersion(ctx context.Context, courseKey, hash string) (*curriculum.Question, error) {
	c, err := l.courseOrSet(ctx, courseKey)
	if err != nil {
		return nil, err
	}
	q := c.byHash[hash]
	if q == nil && isSet(courseKey) {
		return nil, models.NotFound()
	}
	if q == nil {
		var known int
		err := l.db.Read(ctx).Raw("SELECT COUNT(*) FROM question_versions WHERE hash = ? AND course_key = ?", hash, courseKey).Scan(&known).Error
		if err != nil {
			return nil, err
		}
		if known == 0 {
			return nil, models.NotFound()
		}
		old, err := loadAll[curriculum.Question](ctx, l.db, "question_versions", []string{hash})
		if err != nil {
			return nil, err
		}
		q = &old[0]
		q.Hash = hash
	}
	return q, nil
}
