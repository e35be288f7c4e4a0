package learning

import (
	"context"

	"nhaso/models"
)

// maxOfflinePractice bounds one request of tries made without a network.
const maxOfflinePractice = 200

// OfflineTry is one try at a practice question that the device dealt and
// graded by itself. Options and Lefts are the order in which it showed the
// parts, as in a frozen item. The score is not part of it: the server grades
// the response itself.
type OfflineTry struct {
	ID           models.ID
	CourseKey    string
	QuestionKey  string
	QuestionHash string
	Options      []int
	Lefts        []int
	Response     Response
}

// TryRejection says why a try was not recorded: invalid, not_found, id_taken.
type TryRejection struct {
	ID   models.ID `json:"id"`
	Code string    `json:"code"`
}

// TryReport answers a request of several tries. What is in neither list was
// not decided and may be sent again.
type TryReport struct {
	Acked    []models.ID    `json:"acked"`
	Rejected []TryRejection `json:"rejected"`
}

// RecordTries writes tries made without a network, each once: its id is made by
// the device. Only practice questions are taken, so nothing is told by it that
// a quiz asks. Errors: Invalid field body.tries ("too_many", over 200).
func (l *Learning) RecordTries(ctx context.Context, actor models.Actor, tries []OfflineTry) (TryReport, error) {
	report := TryReport{Acked: []models.ID{}, Rejected: []TryRejection{}}
	person, err := learner(actor)
	if err != nil {
		return report, err
	}
	if len(tries) > maxOfflinePractice {
		return report, models.InvalidField("body.tries", "too_many")
	}
	for _, t := range tries {
		switch err := l.recordTry(ctx, person, t); models.KindOf(err) {
		case "":
			report.Acked = append(report.Acked, t.ID)
		case models.KindInvalid, models.KindNotFound, models.KindConflict:
			report.Rejected = append(report.Rejected, TryRejection{ID: t.ID, Code: models.CodeOf(err)})
		default:
			return report, err
		}
	}
	return report, nil
}

func (l *Learning) recordTry(ctx context.Context, person models.ID, t OfflineTry) error {
	if t.ID.IsZero() {
		return models.InvalidField("body.tries.id", "required")
	}
	if isSet(t.CourseKey) {
		if _, err := l.triedSet(ctx, person, t.CourseKey); err != nil {
			return err
		}
	}
	q, err := l.practiceVersion(ctx, t.CourseKey, t.QuestionHash)
	if err != nil {
		return err
	}
	s := shown{item: item{Question: q.Hash, Options: t.Options, Lefts: t.Lefts}, q: q}
	if !s.fits() || t.QuestionKey != q.Key {
		return models.InvalidField("body.tries.options", "invalid")
	}
	if _, err := s.canonical(t.Response); err != nil {
		return err
	}
	_, err = l.recordPractice(ctx, person, PracticeAnswer{ID: t.ID, CourseKey: t.CourseKey, QuestionKey: q.Key, Response: t.Response}, s, s.grade(t.Response))
	return err
}
