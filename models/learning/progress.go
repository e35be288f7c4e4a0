package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// Progress is a pupil's place in a lesson as a device reports it. Seq is the
// device's own rising number: an older report never moves the place back. Done
// says that the last card was reached, and stays.
type Progress struct {
	Seq       int64
	CardIndex int // from 0: the cards, then the practice questions
	Done      bool
}

// LessonProgress is the stored place in a lesson. Via is "placement" where a
// placement test showed the lesson to be known, else empty.
type LessonProgress struct {
	CourseKey string     `json:"course_key"`
	LessonKey string     `json:"lesson_key"`
	Seq       int64      `json:"seq"`
	CardIndex int        `json:"card_index"`
	DoneAt    *time.Time `json:"done_at"`
	Via       string     `json:"via"`
}

// MyProgress lists the actor's place in every lesson begun.
func (l *Learning) MyProgress(ctx context.Context, actor models.Actor) ([]LessonProgress, error) {
	person, err := learner(actor)
	if err != nil {
		return nil, err
	}
	return progressOf(l.db.Read(ctx), person)
}

func progressOf(tx *gorm.DB, person models.ID) ([]LessonProgress, error) {
	rows := []LessonProgress{}
	err := tx.Raw(`SELECT course_key, lesson_key, seq, card_index, done_at, via FROM lesson_progress
		WHERE person_id = ? ORDER BY course_key, lesson_key`, person).Scan(&rows).Error
	for i := range rows {
		rows[i].DoneAt = timeOf(rows[i].DoneAt)
	}
	return rows, err
}

// PutProgress keeps a pupil's place in a lesson. A report with a seq not above
// the stored one changes nothing but Done, which only ever becomes true. The
// last lesson done may complete a skill whose quiz was passed before. Errors:
// NotFound for an unknown lesson; Invalid fields body.seq, body.card_index,
// body.done ("last_card_not_reached").
func (l *Learning) PutProgress(ctx context.Context, actor models.Actor, courseKey, lessonKey string, p Progress) (LessonProgress, error) {
	person, err := learner(actor)
	if err != nil {
		return LessonProgress{}, err
	}
	c, err := l.courseFor(ctx, actor, courseKey)
	if err != nil {
		return LessonProgress{}, err
	}
	lesson, ok := c.lessons[lessonKey]
	if !ok {
		return LessonProgress{}, models.NotFound()
	}
	least, most := l.lastCards(ctx, c, lesson)
	switch {
	case p.Seq < 1:
		return LessonProgress{}, models.InvalidField("body.seq", "out_of_range")
	case p.CardIndex < 0 || p.CardIndex > most:
		return LessonProgress{}, models.InvalidField("body.card_index", "out_of_range")
	case p.Done && p.CardIndex < least:
		return LessonProgress{}, models.InvalidField("body.done", "last_card_not_reached")
	}
	var out LessonProgress
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		var finished bool
		out, finished, err = putProgress(tx, person, c.Key, lesson.Key, lesson.Hash, p, now)
		if err != nil || !finished {
			return err
		}
		return l.awardAfterLesson(ctx, tx, person, c, now)
	})
	return out, err
}

// lastCards answers the index of the last card that must be reached, and of the
// last place there is, practice included. Cards count with those of the pupil's
// place or without: a device may have taken the lesson along before the place's
// pack was published.
func (l *Learning) lastCards(ctx context.Context, c *course, lesson *curriculum.Lesson) (least, most int) {
	least = max(len(lesson.Cards)-1, 0)
	most = least + len(practised(c, lesson))
	base, err := l.catalog.byKey(ctx, c.Key)
	if err != nil {
		return least, most
	}
	if own, ok := base.lessons[lesson.Key]; ok {
		last := max(len(own.Cards)-1, 0)
		least, most = min(least, last), max(most, last+len(practised(base, own)))
	}
	return least, most
}

// putProgress merges one report into its row; finished is true when this
// report made the lesson done.
func putProgress(tx *gorm.DB, person models.ID, courseKey, lessonKey, hash string, p Progress, now time.Time) (out LessonProgress, finished bool, err error) {
	const where = " WHERE person_id = ? AND course_key = ? AND lesson_key = ?"
	var rows []LessonProgress
	err = tx.Raw("SELECT seq, card_index, done_at, via FROM lesson_progress"+where, person, courseKey, lessonKey).Scan(&rows).Error
	if err != nil {
		return out, false, err
	}
	out = LessonProgress{CourseKey: courseKey, LessonKey: lessonKey, Seq: p.Seq, CardIndex: p.CardIndex}
	if len(rows) == 0 {
		if p.Done {
			out.DoneAt = &now
		}
		err = tx.Exec(`INSERT INTO lesson_progress (person_id, course_key, lesson_key, lesson_hash, seq, card_index, done_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, person, courseKey, lessonKey, hash, p.Seq, p.CardIndex, out.DoneAt, now).Error
		return out, p.Done, retryDuplicate(err)
	}
	old := rows[0]
	out.DoneAt, out.Via = timeOf(old.DoneAt), old.Via
	if finished = p.Done && old.DoneAt == nil; finished {
		out.DoneAt = &now
	}
	if p.Seq <= old.Seq {
		out.Seq, out.CardIndex = old.Seq, old.CardIndex
		if !finished {
			return out, false, nil
		}
	}
	same := " AND seq = ?"
	if old.DoneAt == nil {
		same += " AND done_at IS NULL" // a late report makes it done without a new seq
	}
	err = store.One(tx.Exec("UPDATE lesson_progress SET seq = ?, card_index = ?, done_at = ?, lesson_hash = ?, updated_at = ?"+where+same,
		out.Seq, out.CardIndex, out.DoneAt, hash, now, person, courseKey, lessonKey, old.Seq), store.ErrRetry)
	return out, finished, err
}

// lessonsDone counts the lessons of one course version that a person has done.
func lessonsDone(tx *gorm.DB, person models.ID, c *course) (int, error) {
	keys := make([]string, len(c.Lessons))
	for i := range c.Lessons {
		keys[i] = c.Lessons[i].Key
	}
	var n int
	err := tx.Raw(`SELECT COUNT(*) FROM lesson_progress WHERE person_id = ? AND course_key = ? AND done_at IS NOT NULL AND lesson_key IN ?`,
		person, c.Key, keys).Scan(&n).Error
	return n, err
}
