package learning

import (
	"context"
	"encoding/json"

	"nhaso/curriculum"
	"nhaso/models"
)

// LessonHead is a lesson in a list.
type LessonHead struct {
	Key     string `json:"key"`
	Title   string `json:"title"`
	TitleEN string `json:"title_en"`
	Goal    string `json:"goal"`
	GoalEN  string `json:"goal_en"`
	Minutes int    `json:"minutes"`
	Cards   int    `json:"cards"`
}

// CourseSummary is a published course in a list. Minutes is the sum over its
// lessons; Bytes is what reading it offline takes, pictures included.
type CourseSummary struct {
	Key       string       `json:"key"`
	Skill     string       `json:"skill"`
	Level     string       `json:"level"`
	Title     string       `json:"title"`
	TitleEN   string       `json:"title_en"`
	Summary   string       `json:"summary"`
	SummaryEN string       `json:"summary_en"`
	Minutes   int          `json:"minutes"`
	Bytes     int          `json:"bytes"`
	Lessons   []LessonHead `json:"lessons"`
	Hash      string       `json:"hash"` // content address: the ETag
}

// SourceView is where a fact comes from.
type SourceView struct {
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Date      string `json:"date"`
	CheckedOn string `json:"checked_on"`
}

// QuizHead says what the quiz will be like.
type QuizHead struct {
	Minutes     int `json:"minutes"`
	Slots       int `json:"slots"` // questions
	PassPercent int `json:"pass_percent"`
}

// CourseDetail is everything about a course but its lessons' cards.
type CourseDetail struct {
	CourseSummary
	Glossary []curriculum.Term `json:"glossary"`
	Goals    []string          `json:"goals"`
	Sources  []SourceView      `json:"sources"`
	Quiz     QuizHead          `json:"quiz"`
	// Platforms are those of the reader's place, PlaceTitle names it; both are empty where nobody has listed any.
	Platforms    []PlatformView `json:"platforms"`
	PlaceTitle   string         `json:"place_title"`
	PlaceTitleEN string         `json:"place_title_en"`
}

// CardView is one screen of a lesson.
type CardView struct {
	Key    string              `json:"key"`
	Title  string              `json:"title"`
	HTML   string              `json:"html"`
	Text   string              `json:"text"`
	Action string              `json:"action"`
	Image  *curriculum.Picture `json:"image"`
	// Sources is where the card's facts come from, Audio the name of its recording; both may be empty.
	Sources []SourceView `json:"sources"`
	Audio   string       `json:"audio"`
}

// LessonView is a lesson to be read: the same for everybody.
type LessonView struct {
	CourseKey string       `json:"course_key"`
	Key       string       `json:"key"`
	Title     string       `json:"title"`
	TitleEN   string       `json:"title_en"`
	Goal      string       `json:"goal"`
	Minutes   int          `json:"minutes"`
	Hash      string       `json:"hash"` // content address: the ETag
	Bytes     int          `json:"bytes"`
	Cards     []CardView   `json:"cards"`
	Practice  []string     `json:"practice"` // question keys
	Sources   []SourceView `json:"sources"`
}

// Media is a picture of the content.
type Media struct {
	Type string
	Data []byte
}

// Courses lists the published courses, by skill and level. Callers must not
// change what they get: it is shared.
func (l *Learning) Courses(ctx context.Context) ([]CourseSummary, error) {
	order, _, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]CourseSummary, len(order))
	for i, c := range order {
		list[i] = c.summary
	}
	return list, nil
}

// Course answers one published course as it is taught where the actor is; NotFound for an unknown key.
func (l *Learning) Course(ctx context.Context, actor models.Actor, key string) (CourseDetail, error) {
	c, err := l.courseFor(ctx, actor, key)
	if err != nil {
		return CourseDetail{}, err
	}
	return c.detail, nil
}

// Lesson answers one lesson, with the cards of the actor's place; NotFound for an unknown key. Callers must not
// change what they get: it is shared.
func (l *Learning) Lesson(ctx context.Context, actor models.Actor, courseKey, lessonKey string) (*LessonView, error) {
	c, err := l.courseFor(ctx, actor, courseKey)
	if err != nil {
		return nil, err
	}
	if v, ok := c.view[lessonKey]; ok {
		return v, nil
	}
	return nil, models.NotFound()
}

// LessonJSON is Lesson already written as JSON, with its ETag: the body that a
// whole class asks for in the same minute.
func (l *Learning) LessonJSON(ctx context.Context, actor models.Actor, courseKey, lessonKey string) (body []byte, hash string, err error) {
	c, err := l.courseFor(ctx, actor, courseKey)
	if err != nil {
		return nil, "", err
	}
	v, ok := c.view[lessonKey]
	if !ok {
		return nil, "", models.NotFound()
	}
	return c.viewJSON[lessonKey], v.Hash, nil
}

// Media answers a picture by its content name; NotFound for an unknown one.
func (l *Learning) Media(ctx context.Context, name string) (Media, error) {
	l.catalog.mu.RLock()
	m, ok := l.catalog.media[name]
	l.catalog.mu.RUnlock()
	if ok {
		return m, nil
	}
	var row struct {
		MediaType string
		Data      []byte
	}
	if err := l.db.Read(ctx).Raw("SELECT media_type, data FROM media WHERE name = ?", name).Scan(&row).Error; err != nil {
		return Media{}, err
	}
	if row.MediaType == "" {
		return Media{}, models.NotFound()
	}
	m = Media{Type: row.MediaType, Data: row.Data}
	l.catalog.mu.Lock()
	defer l.catalog.mu.Unlock()
	l.catalog.media[name] = m // bounded by what is published
	return m, nil
}

// buildViews prepares what readers get. A lesson's ETag covers its own content
// and the sources it quotes from the course, so it is the course's hash with
// the lesson's.
func (c *course) buildViews(mediaSize int) error {
	c.summary = CourseSummary{Key: c.Key, Skill: c.Skill, Level: c.Level, Title: c.Title, TitleEN: c.TitleEN,
		Summary: c.Summary, SummaryEN: c.SummaryEN, Bytes: mediaSize, Lessons: []LessonHead{}, Hash: c.Hash}
	for i := range c.Lessons {
		lesson := &c.Lessons[i]
		v := c.lessonView(lesson)
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		v.Bytes = len(body)
		if body, err = json.Marshal(v); err != nil {
			return err
		}
		c.view[lesson.Key], c.viewJSON[lesson.Key] = v, body
		c.summary.Minutes += lesson.Minutes
		c.summary.Bytes += len(body)
		c.summary.Lessons = append(c.summary.Lessons, LessonHead{Key: lesson.Key, Title: lesson.Title, TitleEN: lesson.TitleEN,
			Goal: lesson.Goal, GoalEN: lesson.GoalEN, Minutes: lesson.Minutes, Cards: len(lesson.Cards)})
	}
	c.detail = CourseDetail{CourseSummary: c.summary, Glossary: orEmpty(c.Glossary), Goals: orEmpty(c.Goals), Sources: []SourceView{}, Platforms: []PlatformView{},
		Quiz: QuizHead{Minutes: c.Quiz.Minutes, Slots: c.slots, PassPercent: c.Quiz.PassPercent}}
	for _, s := range c.Sources {
		c.detail.Sources = append(c.detail.Sources, SourceView{s.Title, s.Publisher, s.Date, s.CheckedOn})
	}
	return nil
}

func (c *course) lessonView(lesson *curriculum.Lesson) *LessonView {
	v := &LessonView{CourseKey: c.Key, Key: lesson.Key, Title: lesson.Title, TitleEN: lesson.TitleEN, Goal: lesson.Goal,
		Minutes: lesson.Minutes, Hash: c.Hash[:min(16, len(c.Hash))] + lesson.Hash[:min(16, len(lesson.Hash))],
		Cards: []CardView{}, Practice: practised(c, lesson)}
	for _, card := range lesson.Cards {
		v.Cards = append(v.Cards, CardView{Key: card.Key, Title: card.Title, HTML: card.HTML, Text: card.Text, Action: card.Action, Image: card.Image,
			Sources: c.sources(card.Sources), Audio: card.Audio})
	}
	v.Sources = c.sources(lesson.Sources)
	return v
}

// sources answers the sources with these ids.
func (c *course) sources(ids []string) []SourceView {
	list := []SourceView{}
	for _, id := range ids {
		for _, s := range c.Sources {
			if s.ID == id {
				list = append(list, SourceView{s.Title, s.Publisher, s.Date, s.CheckedOn})
			}
		}
	}
	return list
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
