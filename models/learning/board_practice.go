package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// BoardPractice is how far a pupil is with the question sets of banks that the
// pupil is or was asked to practise: questions, each set once. Practice counts
// for no skill.
type BoardPractice struct {
	Asked int `json:"asked"`
	Right int `json:"right"` // answered rightly at least once
}

// practiceOf reads the practice of the pupils of some classes, in one statement
// where no set was given, else in one more for each 500 pupils. Who is asked
// nothing is not in it.
func (l *Learning) practiceOf(ctx context.Context, tx *gorm.DB, classes []models.ID, now time.Time) (map[models.ID]BoardPractice, error) {
	var asked []struct {
		PersonID  models.ID
		CourseKey string
	}
	err := tx.Raw("SELECT DISTINCT e.person_id, a.course_key FROM assignments a"+addressedTo+
		" WHERE a.class_id IN ? AND a.kind = ? AND a.removed_at IS NULL AND a.opens_at <= ?", classes, AssignBank, now).Scan(&asked).Error
	if err != nil || len(asked) == 0 {
		return nil, err
	}
	sets, did := map[string]*course{}, map[models.ID]work{}
	var keys []string
	var persons []models.ID
	for _, a := range asked {
		if sets[a.CourseKey] == nil {
			if sets[a.CourseKey], err = l.catalog.set(ctx, a.CourseKey); err != nil {
				return nil, err
			}
			keys = append(keys, a.CourseKey)
		}
		if _, known := did[a.PersonID]; !known {
			did[a.PersonID] = work{tried: map[tryKey]bool{}}
			persons = append(persons, a.PersonID)
		}
	}
	if err := readTries(tx, did, persons, keys); err != nil {
		return nil, err
	}
	out := make(map[models.ID]BoardPractice, len(persons))
	for _, a := range asked {
		p := out[a.PersonID]
		for _, q := range sets[a.CourseKey].Questions {
			p.Asked++
			p.Right += bit(did[a.PersonID].tried[tryKey{a.CourseKey, q.Hash}])
		}
		out[a.PersonID] = p
	}
	return out, nil
}
