package seeds

import (
	"context"
	"fmt"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/place"
)

// Classroom is one class at work: a school, pupils who have read the course, a
// teacher and an open lesson session. Benchmarks and tests start from it.
type Classroom struct {
	house    *House
	Class    place.Class
	Pupils   []Pupil
	Teacher  models.Actor
	Session  learning.Session
	Course   string // "self_protection-thcs"
	Username string // of the first pupil
	Password string
	answers  map[string]Answer
}

// NewClassroom makes one with so many pupils on a database without a school of
// the same code. Every pupil has joined the session and read every lesson of
// Course; the first can sign in.
func (h *House) NewClassroom(ctx context.Context, pupils int) (*Classroom, error) {
	if err := h.Foundation(ctx); err != nil {
		return nil, err
	}
	// Tests and benchmarks measure quizzes, on any day: no scenarios are played here.
	if err := h.Certificates.SetRuleFrom(ctx, h.System, 2, h.DB.Clock().Now().AddDate(1, 0, 0)); err != nil {
		return nil, err
	}
	school, err := h.Places.CreateSchool(ctx, h.System, place.NewSchool{Code: "22TEST01", Name: "Trường THCS Thử Nghiệm", Type: "thcs", CommuneCode: demoCommune})
	if err != nil {
		return nil, err
	}
	c := &Classroom{house: h, Course: "self_protection-thcs", Username: "hocsinh", Password: DemoPassword}
	c.answers = Oracle(h.Catalog)[c.Course]
	if c.Class, c.Pupils, err = h.NewClass(ctx, newGenerator(7), school, 7, "7A", pupils); err != nil {
		return nil, err
	}
	c.Teacher = models.Actor{Account: c.Class.ID, Name: "Cô giáo", Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: c.Class.ID}}}
	_, err = h.People.CreateAccount(ctx, h.System, people.NewAccount{
		Username: c.Username, DisplayName: c.Pupils[0].Name, Password: c.Password, PersonID: c.Pupils[0].Person,
		Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}},
	})
	if err != nil {
		return nil, err
	}
	if c.Session, err = h.openSession(ctx, c.Teacher, c.Class.ID); err != nil {
		return nil, err
	}
	for _, p := range c.Pupils {
		if _, err := h.Learning.JoinSession(ctx, p.Actor(), c.Session.Code); err != nil {
			return nil, fmt.Errorf("join: %w", err)
		}
		if err := h.Learn(ctx, p, c.Course); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Start begins a quiz of the course for one pupil, inside the session.
func (c *Classroom) Start(ctx context.Context, p Pupil) (learning.Attempt, error) {
	return c.house.Learning.StartAttempt(ctx, p.Actor(), learning.NewAttempt{
		ID: models.NewID(c.house.DB.Clock().Now()), CourseKey: c.Course, SessionID: c.Session.ID,
	})
}

// Right is the right answer to a question as shown.
func (c *Classroom) Right(item learning.QuestionView) learning.Response {
	return Respond(item, c.answers[item.QuestionKey], true)
}

// Answered starts a quiz for each of the first n pupils and answers all of it
// rightly, without submitting. A pupil with an open quiz submits that first.
func (c *Classroom) Answered(ctx context.Context, n int) ([]learning.Attempt, error) {
	attempts := make([]learning.Attempt, n)
	for i, p := range c.Pupils[:n] {
		a, err := c.Start(ctx, p)
		if models.CodeOf(err) == "attempt_open" {
			if err = c.submitOpen(ctx, p); err == nil {
				a, err = c.Start(ctx, p)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("start: %w", err)
		}
		list := make([]learning.Answer, len(a.Items))
		for k, item := range a.Items {
			list[k] = learning.Answer{Seq: a.LastSeq + k + 1, Slot: item.Slot, Response: c.Right(item)}
		}
		report, err := c.house.Learning.SaveAnswers(ctx, p.Actor(), a.ID, list)
		if err != nil {
			return nil, err
		}
		if len(report.Rejected) > 0 {
			return nil, fmt.Errorf("answer %d: %s", report.Rejected[0].Seq, report.Rejected[0].Code)
		}
		attempts[i] = a
	}
	return attempts, nil
}

func (c *Classroom) submitOpen(ctx context.Context, p Pupil) error {
	home, err := c.house.Learning.Home(ctx, p.Actor())
	if err != nil || home.OpenAttempt == nil {
		return err
	}
	_, err = c.house.Learning.Submit(ctx, p.Actor(), home.OpenAttempt.ID)
	return err
}
