package learning

import (
	"context"
	"slices"

	"nhaso/curriculum"
	"nhaso/models"
)

// ObjectiveView is one thing that a pupil can do after the course, with the
// competences of TT 02/2025 that it serves.
type ObjectiveView struct {
	Key         string   `json:"key"`
	Text        string   `json:"text"`
	TextEN      string   `json:"text_en"`
	Competences []string `json:"competences"`
}

// ScenarioName is a practice scenario that can be assigned.
type ScenarioName struct {
	Key     string `json:"key"`
	Title   string `json:"title"`
	TitleEN string `json:"title_en"`
	Minutes int    `json:"minutes"`
}

// Teaching is what a teacher needs of a course beside its lessons: periods of
// 45 minutes, what is to be learnt, and the family's leaflet.
type Teaching struct {
	CourseKey  string              `json:"course_key"`
	Skill      string              `json:"skill"`
	Level      string              `json:"level"`
	Title      string              `json:"title"`
	TitleEN    string              `json:"title_en"`
	Lessons    []LessonHead        `json:"lessons"`
	Scenarios  []ScenarioName      `json:"scenarios"`
	Objectives []ObjectiveView     `json:"objectives"`
	Plans      []curriculum.Plan   `json:"plans"`
	Leaflet    *curriculum.Leaflet `json:"leaflet"`
	Sources    []SourceView        `json:"sources"` // of the leaflet
	Hash       string              `json:"hash"`
}

// Teaching answers a course's plans and leaflet, in the language asked for.
// The error is NotFound for an unknown course.
func (l *Learning) Teaching(ctx context.Context, actor models.Actor, key string) (Teaching, error) {
	c, err := l.courseFor(ctx, actor, key)
	if err != nil {
		return Teaching{}, err
	}
	t := Teaching{CourseKey: c.Key, Skill: c.Skill, Level: c.Level, Title: c.Title, TitleEN: c.TitleEN, Lessons: c.summary.Lessons,
		Scenarios: []ScenarioName{}, Objectives: []ObjectiveView{}, Plans: orEmpty(slices.Clone(c.Plans)), Leaflet: c.Leaflet, Sources: []SourceView{}, Hash: c.detail.Hash}
	for _, x := range c.Scenarios {
		t.Scenarios = append(t.Scenarios, ScenarioName{x.Key, x.Title, x.TitleEN, x.Minutes})
	}
	for _, o := range c.Objectives {
		t.Objectives = append(t.Objectives, ObjectiveView{o.Key, o.Text, o.TextEN, orEmpty(o.Competences)})
	}
	if c.Leaflet != nil {
		t.Sources = c.sources(c.Leaflet.Sources)
	}
	return t, nil
}
