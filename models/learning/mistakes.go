package learning

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
)

// Mistakes are the questions that an attempt answered wrongly, each as question
// version and what was chosen in the content's own order, sorted: the same
// mistakes are the same list, whatever order each pupil was shown.
type Mistakes struct {
	AttemptID models.ID
	PersonID  models.ID
	Wrong     []string
}

// WrongAnswers reads the mistakes of every attempt that ended in a lesson
// session. Questions left out and those not answered are no mistakes here. For
// rooms that checked the access themselves.
func (l *Learning) WrongAnswers(ctx context.Context, tx *gorm.DB, session models.ID) ([]Mistakes, error) {
	var rows []struct {
		ID, PersonID models.ID
		Slots        int
	}
	err := tx.Raw("SELECT id, person_id, slots FROM attempts WHERE session_id = ? AND state IN ('submitted', 'closed') ORDER BY id", session).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	list := make([]Mistakes, 0, len(rows))
	for _, r := range rows {
		f, err := l.thawAttempt(ctx, tx, r.ID)
		if err != nil {
			return nil, err
		}
		log, err := savedAnswers(tx, r.ID)
		if err != nil {
			return nil, err
		}
		out, err := excluded(tx, r.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, Mistakes{r.ID, r.PersonID, f.mistakes(log, out)})
	}
	return list, nil
}

func (f *frozen) mistakes(log []savedAnswer, out map[int]bool) []string {
	wrong := []string{}
	for i, x := range latestBySlot(len(f.items), log) {
		if x == nil || out[i+1] {
			continue
		}
		response := decode(x.Response)
		if response.Empty() || f.items[i].grade(response) == full {
			continue
		}
		chosen := f.items[i].choices(response)
		slices.Sort(chosen)
		wrong = append(wrong, f.items[i].q.Hash+" "+strings.Join(chosen, ","))
	}
	slices.Sort(wrong)
	return wrong
}
