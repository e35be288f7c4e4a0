package learning

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// lastQuizzes reads when many persons last began or ended a quiz, in one
// statement for each 500 persons. A time in a column keeps its type, which one
// out of MAX() does not on every database.
func lastQuizzes(tx *gorm.DB, persons []models.ID) (map[models.ID]time.Time, error) {
	last := make(map[models.ID]time.Time, len(persons))
	for part := range slices.Chunk(persons, store.MaxRows) {
		var rows []struct {
			PersonID    models.ID
			StartedAt   time.Time
			SubmittedAt *time.Time
		}
		err := tx.Raw(`SELECT a.person_id, a.started_at, a.submitted_at FROM attempts a WHERE a.person_id IN ? AND NOT EXISTS
			(SELECT 1 FROM attempts b WHERE b.person_id = a.person_id AND b.course_key = a.course_key AND b.started_at > a.started_at)`, part).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			at := r.StartedAt
			if r.SubmittedAt != nil && r.SubmittedAt.After(at) {
				at = *r.SubmittedAt
			}
			if at.After(last[r.PersonID]) {
				last[r.PersonID] = at
			}
		}
	}
	return last, nil
}

// lastWork is the day of a pupil's last step in a lesson or quiz.
func (d boardData) lastWork(person models.ID) string {
	at := d.quizzed[person]
	for _, s := range d.done[person] {
		if s.at.After(at) {
			at = s.at
		}
	}
	if at.IsZero() {
		return ""
	}
	return models.Day(at)
}
