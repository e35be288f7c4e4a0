package seeds

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/learning"
)

// pastYield is how many of a hundred pupils of a pilot cover a household of
// their own in the end: the others failed a quiz, were away, or are not linked.
const pastYield = 62

// period is how long a lesson lasts.
const period = 45 * time.Minute

// plan puts the term of every class into the calendar: links, then a lesson for
// each skill, classes one after the other.
func (s *pastSchool) plan(homes []string) {
	for k, c := range s.classes {
		later := 0.44 * (float64(k) + s.g.Float64()) / float64(len(s.classes))
		from := k * classSize
		mine := homes[min(len(homes), from):min(len(homes), from+len(c.pupils))]
		s.link(c, mine, s.day(0.04+later/2), s.day(0.10+later/2+0.05*s.g.Float64()))
		sure := make([]bool, len(c.pupils)) // of passing: three of four have all five skills in the end
		for n := range sure {
			sure[n] = s.g.IntN(4) != 0
		}
		for i, skill := range certificate.Skills {
			s.lesson(c, skill, s.day(0.14+later+0.08*float64(i)), func(n int) (wrong int, here bool) {
				return s.fares(sure[n], toll[skill])
			})
		}
	}
}

// toll is how many more answers of ten go wrong in a skill for those who are
// not at home in it.
var toll = map[string]int{"public_services": 1, "online_payment": 2}

// fares draws how many answers of ten go wrong for a pupil, and whether the
// pupil is there at all.
func (s *pastSchool) fares(sure bool, toll int) (wrong int, here bool) {
	if sure {
		return max(0, s.g.IntN(4)-2), true
	}
	return toll + s.g.IntN(8), s.g.IntN(8) != 0
}

// lesson has a class learn a skill and take its quiz. It is written as the facts
// that a classroom laptop brings home, when the lesson ends, and graded here.
func (s *pastSchool) lesson(c pastClass, skill string, at time.Time, how func(n int) (wrong int, here bool)) {
	key := skill + "-" + s.level
	s.on(at, func(ctx context.Context) error {
		course, ok := s.Catalog.Course(key)
		if !ok {
			return models.NotFound()
		}
		closed := at.Add(period)
		session := learning.SessionFact{
			ID: models.NewID(at), ClassID: c.class.ID, CourseKey: key, Code: models.NewCode(6),
			OpenedBy: s.teacher.Account, OpenedAt: at, ClosesAt: closed, ClosedAt: &closed, ReleasedAt: &closed,
		}
		facts := []learning.Fact{{Kind: learning.FactSession, Session: &session}}
		for n, pupil := range c.pupils {
			wrong, here := how(n)
			if !here {
				if s.g.IntN(2) == 0 {
					facts = append(facts, s.absent(session, pupil))
				}
				continue
			}
			facts = append(facts, learning.Fact{Kind: learning.FactJoined, Joined: &learning.JoinedFact{SessionID: session.ID, PersonID: pupil.Person, At: at.Add(time.Minute)}})
			for _, l := range course.Lessons {
				read := at.Add(2 * time.Minute)
				facts = append(facts, learning.Fact{Kind: learning.FactProgress, Progress: &learning.ProgressFact{
					PersonID: pupil.Person, CourseKey: key, LessonKey: l.Key, Hash: l.Hash, Seq: 1, CardIndex: len(l.Cards) - 1, DoneAt: &read, At: read,
				}})
			}
			quiz, err := s.quiz(ctx, pupil, key, session, wrong)
			if err != nil {
				return err
			}
			facts = append(facts, learning.Fact{Kind: learning.FactAttempt, Attempt: quiz})
		}
		s.at = closed
		return s.take(ctx, c, facts)
	})
}

// absent is what the teacher notes of a pupil who was not there.
func (s *pastSchool) absent(session learning.SessionFact, pupil Pupil) learning.Fact {
	why := learning.IncidentCategories[s.g.IntN(len(learning.IncidentCategories))]
	return learning.Fact{Kind: learning.FactIncident, Incident: &learning.IncidentFact{
		SessionID: session.ID, PersonID: pupil.Person, Category: why, NotedBy: s.teacher.Account, At: *session.ClosedAt}}
}

// take writes the facts of a lesson in one transaction, at the end of it.
func (s *pastSchool) take(ctx context.Context, c pastClass, facts []learning.Fact) error {
	home := learning.Arrival{Laptop: s.laptop, Classes: []models.ID{c.class.ID}, Now: s.DB.Clock().Now()}
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		for i := range facts {
			skip, err := s.Learning.ApplyFact(tx, home, &facts[i])
			if err == nil && skip != "" {
				err = fmt.Errorf("skipped: %s", skip)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", facts[i].Kind, err)
			}
		}
		return nil
	})
}

// quiz is one quiz, taken in the lesson with so many wrong answers of ten.
func (s *pastSchool) quiz(ctx context.Context, pupil Pupil, key string, session learning.SessionFact, wrong int) (*learning.AttemptFact, error) {
	drawn, err := s.Learning.Draw(ctx, key)
	if err != nil {
		return nil, err
	}
	begun := session.OpenedAt.Add(15*time.Minute + time.Duration(s.g.IntN(300))*time.Second)
	ended := begun.Add(8*time.Minute + time.Duration(s.g.IntN(600))*time.Second)
	quiz := &learning.AttemptFact{
		ID: models.NewID(begun), PersonID: pupil.Person, CourseKey: key, CourseHash: drawn.Hash, SessionID: session.ID, Items: drawn.Items,
		Position: len(drawn.Questions), State: "submitted", ClosedBy: "pupil", StartedAt: begun, DeadlineAt: session.ClosesAt, SubmittedAt: ended,
	}
	missed := s.missed(key, drawn.Questions, wrong)
	for i, q := range drawn.Questions {
		if unclear(q.QuestionKey) {
			missed[i] = s.g.IntN(6) == 0
		}
		given, err := json.Marshal(Respond(q, s.oracle[key][q.QuestionKey], !missed[i]))
		if err != nil {
			return nil, err
		}
		saved := begun.Add(time.Duration(i+1) * ended.Sub(begun) / time.Duration(len(drawn.Questions)+1))
		quiz.Answers = append(quiz.Answers, learning.AnswerFact{Seq: i + 1, Slot: q.Slot, Response: given, SavedAt: saved})
	}
	return quiz, nil
}

// missed draws which questions go wrong: wrong of ten of them. Who misses few
// misses hard ones; who misses many, any.
func (s *pastSchool) missed(key string, questions []learning.QuestionView, wrong int) map[int]bool {
	out := map[int]bool{}
	left := min(wrong, 10) * len(questions) / 10
	for tries := 0; left > 0; tries++ {
		i := s.g.IntN(len(questions))
		picky := wrong <= fewMissed && tries < 100 // there may be no hard ones
		if out[i] || picky && s.hardness(key, questions[i].QuestionKey) == 0 {
			continue
		}
		out[i] = true
		left--
	}
	return out
}

// unclear picks a few questions that go wrong for anybody, so that the analysis
// of the demo has something to find.
func unclear(question string) bool { return crc32.ChecksumIEEE([]byte(question))%45 == 0 }

// fewMissed is how many of ten answers somebody misses who knows the skill.
const fewMissed = 1

// hardness is a question's difficulty as its author sees it, from 0.
func (p *past) hardness(key, question string) int {
	course, _ := p.Catalog.Course(key)
	for _, q := range course.Questions {
		if q.Key == question {
			return q.Difficulty - 1
		}
	}
	return 0
}
