package seeds

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/place"
)

// Pupil is a student as the builder made it.
type Pupil struct {
	Person models.ID
	Name   string
}

// Actor is the pupil signed in.
func (p Pupil) Actor() models.Actor {
	return models.Actor{Account: p.Person, Person: p.Person, Name: p.Name,
		Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
}

// NewClass makes a class of the current school year with so many pupils.
func (h *House) NewClass(ctx context.Context, g generator, school place.School, grade int, name string, pupils int) (place.Class, []Pupil, error) {
	now := h.DB.Clock().Now()
	today := models.Day(now)
	var class place.Class
	list := make([]people.NewPerson, pupils)
	made := make([]Pupil, pupils)
	for i := range list {
		full, gender := g.fullName()
		list[i] = people.NewPerson{
			ID: models.NewID(now), FullName: full, Gender: map[string]string{"Nam": people.GenderMale, "Nữ": people.GenderFemale}[gender],
			BirthDate:    fmt.Sprintf("%d-%02d-%02d", now.Year()-grade-6, 1+g.IntN(12), 1+g.IntN(28)),
			MinistryCode: ministryCode(school.Code, grade, name, g.IntN(10), i),
		}
		made[i] = Pupil{Person: list[i].ID, Name: full}
	}
	err := h.DB.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		if class, _, err = place.EnsureClass(tx, school.ID, place.SchoolYear(today), grade, name, now); err != nil {
			return err
		}
		if _, err = people.CreatePersons(tx, list, now); err != nil {
			return err
		}
		enrolments := make([]people.NewEnrolment, pupils)
		for i, p := range list {
			enrolments[i] = people.NewEnrolment{PersonID: p.ID, SchoolID: school.ID, ClassID: class.ID, SchoolYear: class.SchoolYear, FromDate: today}
		}
		return people.EnrolMany(tx, enrolments, now)
	})
	return class, made, err
}

// ministryCode is like the ministry's codes of pupils: no two pupils of the
// demo have the same, because no two classes of a school share grade and letter.
func ministryCode(school string, grade int, class string, digit, n int) string {
	return fmt.Sprintf("22%s%02d%02d%d%03d", school[max(len(school)-3, 0):], grade, class[len(class)-1]-'A', digit, n)
}

// Learn reads every lesson of a course to the end, as the pupil.
func (h *House) Learn(ctx context.Context, pupil Pupil, courseKey string) error {
	course, ok := h.Catalog.Course(courseKey)
	if !ok {
		return models.NotFound()
	}
	for _, lesson := range course.Lessons {
		_, err := h.Learning.PutProgress(ctx, pupil.Actor(), courseKey, lesson.Key,
			learning.Progress{Seq: 1, CardIndex: len(lesson.Cards) - 1, Done: true})
		if err != nil {
			return fmt.Errorf("lesson %s: %w", lesson.Key, err)
		}
	}
	return nil
}

// Take takes the quiz of a course as the pupil, with so many wrong answers,
// and submits it. session zero: at home.
func (h *House) Take(ctx context.Context, pupil Pupil, courseKey string, session models.ID, wrong int) (learning.Outcome, error) {
	actor := pupil.Actor()
	attempt, err := h.Learning.StartAttempt(ctx, actor, learning.NewAttempt{
		ID: models.NewID(h.DB.Clock().Now()), CourseKey: courseKey, SessionID: session,
	})
	if err != nil {
		return learning.Outcome{}, fmt.Errorf("start: %w", err)
	}
	answers := Oracle(h.Catalog)[courseKey]
	for i, item := range attempt.Items {
		_, err := h.Learning.SaveAnswer(ctx, actor, attempt.ID, learning.Answer{
			Seq: i + 1, Slot: item.Slot, Response: Respond(item, answers[item.QuestionKey], i >= wrong),
		})
		if err != nil {
			return learning.Outcome{}, fmt.Errorf("answer: %w", err)
		}
	}
	return h.Learning.Submit(ctx, actor, attempt.ID)
}

// PassSkills learns and passes the quizzes of the given skills inside a lesson
// session that the pupil has joined.
func (h *House) PassSkills(ctx context.Context, pupil Pupil, session learning.Session, level string, skills ...string) error {
	if _, err := h.Learning.JoinSession(ctx, pupil.Actor(), session.Code); err != nil {
		return fmt.Errorf("join: %w", err)
	}
	for _, skill := range skills {
		key := skill + "-" + level
		if err := h.Learn(ctx, pupil, key); err != nil {
			return err
		}
		result, err := h.Take(ctx, pupil, key, session.ID, 0)
		if err != nil {
			return fmt.Errorf("quiz %s: %w", key, err)
		}
		if !result.Passed {
			return fmt.Errorf("quiz %s: the right answers scored %d of 10000", key, result.Score)
		}
	}
	return nil
}
