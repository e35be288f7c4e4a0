package learning

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// tryKey names a question of a set.
type tryKey struct{ set, hash string }

// readTries adds to the work of persons which questions of some sets they have
// tried, and whether rightly.
func readTries(tx *gorm.DB, did map[models.ID]work, persons []models.ID, sets []string) error {
	if len(sets) == 0 {
		return nil
	}
	for part := range slices.Chunk(persons, store.MaxRows) {
		var rows []struct {
			PersonID                models.ID
			CourseKey, QuestionHash string
			Best                    int
		}
		err := tx.Raw(`SELECT person_id, course_key, question_hash, MAX(score) AS best FROM practice_answers
			WHERE person_id IN ? AND course_key IN ? GROUP BY person_id, course_key, question_hash`, part, sets).Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			did[r.PersonID].tried[tryKey{r.CourseKey, r.QuestionHash}] = r.Best == full
		}
	}
	return nil
}

// setsOf lists the sets that assignments ask for, each once.
func setsOf(rows []assignmentRow) []string {
	var keys []string
	for _, r := range rows {
		if r.Kind == AssignBank && !slices.Contains(keys, r.CourseKey) {
			keys = append(keys, r.CourseKey)
		}
	}
	return keys
}

// stateOfSet is how far a person is with a question set.
func (w work) stateOfSet(c *course, key string) (begun, done bool) {
	if c == nil {
		return false, false
	}
	done = true
	for _, q := range c.Questions {
		right, tried := w.tried[tryKey{key, q.Hash}]
		begun, done = begun || tried, done && right
	}
	return begun, done
}

// SetQuestion is one question of a set with what its recipients made of it.
type SetQuestion struct {
	Key   string `json:"key"`
	Stem  string `json:"stem"` // sanitised inline HTML
	Tried int    `json:"tried"`
	First int    `json:"first"` // pupils who had it right at the first try
	Right int    `json:"right"` // pupils who have had it right
}

// SetPupil is one recipient. Right and First count questions, Tries every try.
type SetPupil struct {
	PersonID models.ID  `json:"person_id"`
	Name     string     `json:"name"`
	State    string     `json:"state"` // not_started, in_progress, done
	Right    int        `json:"right"`
	First    int        `json:"first"`
	Tries    int        `json:"tries"`
	LastAt   *time.Time `json:"last_at"`
}

// SetResults is what pupils made of a question set: practice, which counts for
// nothing else.
type SetResults struct {
	Title     string        `json:"title"`
	Questions []SetQuestion `json:"questions"` // in the order of the set
	Pupils    []SetPupil    `json:"pupils"`    // the recipients as of now, by given name
}

// SetResults answers the practice of an assignment of a question set. The error
// is NotFound for an assignment out of reach, removed or of another kind.
func (l *Learning) SetResults(ctx context.Context, actor models.Actor, id models.ID) (SetResults, error) {
	db := l.db.Read(ctx)
	rows, err := assignmentRows(db.Raw(assignmentSelect+" WHERE a.removed_at IS NULL AND a.id = ? AND a.kind = ?", id, AssignBank))
	if err != nil {
		return SetResults{}, err
	}
	if len(rows) == 0 {
		return SetResults{}, models.NotFound()
	}
	if _, err := classFor(db, actor, models.ActReadClass, rows[0].ClassID); err != nil {
		return SetResults{}, err
	}
	c, err := l.catalog.set(ctx, rows[0].CourseKey)
	if err != nil {
		return SetResults{}, err
	}
	asked, err := recipientsOf(db, []models.ID{id})
	if err != nil {
		return SetResults{}, err
	}
	return setResults(db, c, asked[id])
}

// setResults counts the tries of pupils at a set.
func setResults(db *gorm.DB, c *course, pupils []pupilName) (SetResults, error) {
	out := SetResults{Title: c.Title, Questions: make([]SetQuestion, len(c.Questions)), Pupils: make([]SetPupil, len(pupils))}
	position := map[string]int{}
	for i, q := range c.Questions {
		out.Questions[i], position[q.Hash] = SetQuestion{Key: q.Key, Stem: q.Stem}, i
	}
	at := map[models.ID]int{}
	for i, p := range pupils {
		out.Pupils[i], at[p.PersonID] = SetPupil{PersonID: p.PersonID, Name: p.Name, State: workNotStarted}, i
	}
	type cell struct{ pupil, question int }
	seen := map[cell]bool{} // true: right
	for part := range slices.Chunk(idsOf(pupils), store.MaxRows) {
		var tries []struct {
			PersonID     models.ID
			QuestionHash string
			Miss, Score  int
			AnsweredAt   time.Time
		}
		err := db.Raw(`SELECT person_id, question_hash, miss, score, answered_at FROM practice_answers
			WHERE person_id IN ? AND course_key = ? ORDER BY answered_at, miss, score DESC`, part, c.Key).Scan(&tries).Error
		if err != nil {
			return SetResults{}, err
		}
		for _, x := range tries {
			q, known := position[x.QuestionHash]
			if !known {
				continue
			}
			k := cell{at[x.PersonID], q}
			before, tried := seen[k]
			seen[k] = before || x.Score == full
			out.count(k.pupil, q, tried, before, x.Score == full)
			out.Pupils[k.pupil].LastAt = timeOf(&x.AnsweredAt)
		}
	}
	for i := range out.Pupils {
		switch p := &out.Pupils[i]; {
		case p.Right == len(c.Questions):
			p.State = workDone
		case p.Tries > 0:
			p.State = workInProgress
		}
	}
	return out, nil
}

// count adds one try: tried and before say whether the pupil had tried the
// question, and had it right.
func (r *SetResults) count(pupil, question int, tried, before, right bool) {
	p, q := &r.Pupils[pupil], &r.Questions[question]
	p.Tries++
	q.Tried += bit(!tried)
	if right && !before {
		p.Right, q.Right = p.Right+1, q.Right+1
	}
	if right && !tried {
		p.First, q.First = p.First+1, q.First+1
	}
}
