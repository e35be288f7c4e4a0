package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// noticesFor is how long a teacher sees that results of the class have changed.
const noticesFor = 60 * 24 * time.Hour

// RegradeNote tells a pupil that a question was mended and the own score
// changed.
type RegradeNote struct {
	Slot       int       `json:"slot"`
	OldPercent int       `json:"old_percent"`
	NewPercent int       `json:"new_percent"`
	PassGained bool      `json:"pass_gained"` // the skill was proved by it
	At         time.Time `json:"at"`
}

// noteRegrades shows the pupil what changed and keeps that it was shown.
func (l *Learning) noteRegrades(ctx context.Context, f *frozen, done []regradeRow) ([]RegradeNote, error) {
	notes, fresh := []RegradeNote{}, false
	for _, r := range done {
		notes = append(notes, RegradeNote{Slot: r.Slot, OldPercent: percent(r.OldScore), NewPercent: percent(r.NewScore),
			PassGained: r.PassGained == 1, At: r.RegradedAt.UTC()})
		fresh = fresh || r.SeenAt == nil
	}
	if !fresh {
		return notes, nil
	}
	return notes, l.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE regrade_results SET seen_at = ? WHERE attempt_id = ? AND seen_at IS NULL", l.clock.Now(), f.ID).Error
	})
}

// HomeRegrade is a change of the pupil's own result that was not looked at yet.
type HomeRegrade struct {
	AttemptID   models.ID `json:"attempt_id"`
	CourseTitle string    `json:"course_title"`
	Slot        int       `json:"slot"`
	OldPercent  int       `json:"old_percent"`
	NewPercent  int       `json:"new_percent"`
}

// unseenRegrades lists what a pupil has not been told yet, the newest ten.
func unseenRegrades(tx *gorm.DB, person models.ID, bySkill map[string]*course) ([]HomeRegrade, error) {
	var rows []struct {
		AttemptID                models.ID
		CourseKey                string
		Slot, OldScore, NewScore int
	}
	err := tx.Raw(`SELECT x.attempt_id, a.course_key, x.slot, x.old_score, x.new_score FROM attempts a JOIN regrade_results x ON x.attempt_id = a.id
		WHERE a.person_id = ? AND x.seen_at IS NULL ORDER BY x.regraded_at DESC, x.attempt_id, x.seq DESC LIMIT 10`, person).Scan(&rows).Error
	list := []HomeRegrade{}
	for _, r := range rows {
		h := HomeRegrade{AttemptID: r.AttemptID, Slot: r.Slot, OldPercent: percent(r.OldScore), NewPercent: percent(r.NewScore)}
		for _, c := range bySkill {
			if c != nil && c.Key == r.CourseKey {
				h.CourseTitle = c.Title
			}
		}
		list = append(list, h)
	}
	return list, err
}

// ClassRegrade is a changed result of a pupil of the class.
type ClassRegrade struct {
	AttemptID   models.ID `json:"attempt_id"`
	PersonID    models.ID `json:"person_id"`
	Name        string    `json:"name"`
	CourseKey   string    `json:"course_key"`
	QuestionKey string    `json:"question_key"`
	Slot        int       `json:"slot"`
	OldPercent  int       `json:"old_percent"`
	NewPercent  int       `json:"new_percent"`
	PassGained  bool      `json:"pass_gained"`
	At          time.Time `json:"at"`
}

// ClassRegrades tells a teacher whose results changed because a question was
// mended, of the last 60 days, the newest 200. Out of reach is NotFound.
func (l *Learning) ClassRegrades(ctx context.Context, actor models.Actor, classID models.ID) ([]ClassRegrade, error) {
	db := l.db.Read(ctx)
	if _, err := classFor(db, actor, models.ActReadClass, classID); err != nil {
		return nil, err
	}
	var rows []struct {
		AttemptID, PersonID                  models.ID
		Name, CourseKey, QuestionKey         string
		Slot, OldScore, NewScore, PassGained int
		RegradedAt                           time.Time
	}
	err := db.Raw(`SELECT x.attempt_id, a.person_id, p.full_name AS name, r.course_key, r.question_key, x.slot, x.old_score, x.new_score, x.pass_gained, x.regraded_at
		FROM enrolments e JOIN attempts a ON a.person_id = e.person_id JOIN regrade_results x ON x.attempt_id = a.id
		JOIN regrades r ON r.id = x.regrade_id JOIN persons p ON p.id = a.person_id
		WHERE e.class_id = ? AND e.live = 1 AND x.regraded_at >= ? ORDER BY x.regraded_at DESC, p.sort_key, x.attempt_id, x.seq LIMIT 200`,
		classID, l.clock.Now().Add(-noticesFor)).Scan(&rows).Error
	list := make([]ClassRegrade, len(rows))
	for i, r := range rows {
		list[i] = ClassRegrade{AttemptID: r.AttemptID, PersonID: r.PersonID, Name: r.Name, CourseKey: r.CourseKey, QuestionKey: r.QuestionKey,
			Slot: r.Slot, OldPercent: percent(r.OldScore), NewPercent: percent(r.NewScore), PassGained: r.PassGained == 1, At: r.RegradedAt.UTC()}
	}
	return list, err
}
