package learning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/place"
)

// A question set is questions of a bank that pupils are given as practice. It
// stands where a course stands in what practice keeps, under a key that no
// course can have, and in no catalog: no quiz is drawn from it, nothing in it
// counts for a skill. It is addressed by its content and never changes, so
// that a bank may lose a question that pupils are practising.
const setPrefix = "set-"

// mostQuestions bounds a set.
const mostQuestions = 60

// isSet tells whether a course key names a question set.
func isSet(key string) bool { return strings.HasPrefix(key, setPrefix) }

// NewSet asks for a set. SchoolID is whose classes may be given it, zero for
// everybody's.
type NewSet struct {
	SchoolID  models.ID
	Title     string
	Questions []curriculum.Question // use "practice" only, at most 60
	Images    []curriculum.Image    // that they show
}

// QuestionSet names a set that can be assigned: Key is the course key of the
// assignment.
type QuestionSet struct {
	Key       string `json:"key"`
	Title     string `json:"title"`
	Questions int    `json:"questions"`
}

// PutSet keeps a set, or finds the one of the same content. Errors: NotFound
// for a school in which the actor teaches nobody; Invalid field
// body.question_ids for a question of another use, none, or more than 60.
func (l *Learning) PutSet(ctx context.Context, actor models.Actor, n NewSet) (QuestionSet, error) {
	reach, err := models.Allow(actor, models.ActTeach)
	if err != nil {
		return QuestionSet{}, err
	}
	if len(n.Questions) == 0 || len(n.Questions) > mostQuestions {
		return QuestionSet{}, models.InvalidField("body.question_ids", "out_of_range")
	}
	questions, err := ownKeys(n.Questions)
	if err != nil {
		return QuestionSet{}, err
	}
	doc, err := json.Marshal(questions)
	if err != nil {
		return QuestionSet{}, err
	}
	set := QuestionSet{Key: setKey(n.SchoolID, n.Title, questions), Title: n.Title, Questions: len(questions)}
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		if !n.SchoolID.IsZero() {
			where, args := place.ClassFilter(reach, "c.id")
			var known int
			err := tx.Raw("SELECT COUNT(*) FROM school_classes c WHERE c.school_id = ? AND "+where, append([]any{n.SchoolID}, args...)...).Scan(&known).Error
			if err == nil && known == 0 {
				err = models.NotFound()
			}
			if err != nil {
				return err
			}
		}
		var known int
		if err := tx.Raw("SELECT COUNT(*) FROM question_sets WHERE set_key = ?", set.Key).Scan(&known).Error; err != nil || known > 0 {
			return err
		}
		if _, err := writeMedia(tx, n.Images); err != nil {
			return err
		}
		return retryDuplicate(tx.Exec("INSERT INTO question_sets (set_key, school_id, title, doc, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)",
			set.Key, n.SchoolID, n.Title, string(doc), actor.Account, l.clock.Now()).Error)
	})
	return set, err
}

// ownKeys gives questions that came from several files under one key each a
// key of its own: practice finds a question by its key.
func ownKeys(list []curriculum.Question) ([]curriculum.Question, error) {
	out := make([]curriculum.Question, len(list))
	used := map[string]bool{}
	for i, q := range list {
		if q.Use != usePractice {
			return nil, models.InvalidField("body.question_ids", "not_practice")
		}
		for key, n := q.Key, 2; used[q.Key]; n++ {
			q.Key = key[:min(len(key), 60)] + "-" + strconv.Itoa(n)
		}
		used[q.Key] = true
		q.Hash = q.ContentHash()
		out[i] = q
	}
	return out, nil
}

// setKey is the content address of a set.
func setKey(school models.ID, title string, questions []curriculum.Question) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%q\n", school, title)
	for _, q := range questions {
		fmt.Fprintln(sum, q.Hash)
	}
	return setPrefix + hex.EncodeToString(sum.Sum(nil))[:32]
}

// set answers a question set as a course without lessons and quiz. NotFound
// for an unknown key.
func (c *catalog) set(ctx context.Context, key string) (*course, error) {
	c.mu.RLock()
	known := c.sets[key]
	c.mu.RUnlock()
	if known != nil {
		return known, nil
	}
	var rows []struct {
		SchoolID   models.ID
		Title, Doc string
	}
	if err := c.db.Read(ctx).Raw("SELECT school_id, title, doc FROM question_sets WHERE set_key = ?", key).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, models.NotFound()
	}
	full := &curriculum.Course{Key: key, Title: rows[0].Title}
	if err := json.Unmarshal([]byte(rows[0].Doc), &full.Questions); err != nil {
		return nil, fmt.Errorf("question set %s: %w", key, err)
	}
	if setKey(rows[0].SchoolID, rows[0].Title, full.Questions) != key {
		return nil, fmt.Errorf("question set %s was changed after it was made", key)
	}
	v, err := prepare(full, 0)
	if err != nil {
		return nil, err
	}
	v.school, v.summary.Bytes = rows[0].SchoolID, len(rows[0].Doc)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sets) >= mostSets {
		clear(c.sets) // they are read again
	}
	c.sets[key] = v
	return v, nil
}

// mostSets bounds how many sets are held in memory.
const mostSets = 500

// practisedCourse answers what a key of practice names: a published course, or
// a question set that the person is asked to practise, or was until it was due.
func (l *Learning) practisedCourse(ctx context.Context, person models.ID, key string) (*course, error) {
	if !isSet(key) {
		return l.catalog.byKey(ctx, key)
	}
	return l.setFor(ctx, key, addressedTo+` WHERE a.course_key = ? AND a.kind = ? AND e.person_id = ? AND a.opens_at <= ? AND a.removed_at IS NULL`, person)
}

// triedSet is the question set of a try that was made without a network: who
// left the class or the group meanwhile may still bring it.
func (l *Learning) triedSet(ctx context.Context, person models.ID, key string) (*course, error) {
	return l.setFor(ctx, key, ` JOIN enrolments e ON e.class_id = a.class_id
		WHERE a.course_key = ? AND a.kind = ? AND e.person_id = ? AND a.opens_at <= ?`, person)
}

func (l *Learning) setFor(ctx context.Context, key, which string, person models.ID) (*course, error) {
	var n int
	err := l.db.Read(ctx).Raw("SELECT COUNT(*) FROM assignments a"+which, key, AssignBank, person, l.clock.Now()).Scan(&n).Error
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, models.NotFound()
	}
	return l.catalog.set(ctx, key)
}

// courseOrSet answers a current course or a question set, whoever asks.
func (l *Learning) courseOrSet(ctx context.Context, key string) (*course, error) {
	if isSet(key) {
		return l.catalog.set(ctx, key)
	}
	return l.catalog.byKey(ctx, key)
}

// withSets adds the question sets of assignments to the current courses.
func (l *Learning) withSets(ctx context.Context, current map[string]*course, rows []assignmentRow) (map[string]*course, error) {
	var out map[string]*course
	for _, r := range rows {
		if r.Kind != AssignBank {
			continue
		}
		if out == nil {
			out = make(map[string]*course, len(current)+1)
			for key, c := range current {
				out[key] = c
			}
		}
		c, err := l.catalog.set(ctx, r.CourseKey)
		if models.KindOf(err) == models.KindNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[r.CourseKey] = c
	}
	if out == nil {
		return current, nil
	}
	return out, nil
}

// PracticeSet is a question set as its pupil takes it along: with the answers,
// so that practice gives feedback with the network gone. Right lists the keys
// that were answered rightly before.
type PracticeSet struct {
	Key       string                `json:"key"`
	Title     string                `json:"title"`
	DueAt     *time.Time            `json:"due_at"` // of the assignment that ends last; nil when none runs
	Questions []curriculum.Question `json:"questions"`
	Right     []string              `json:"right"`
}

// PracticeSet answers a set that the actor is asked to practise. NotFound for
// any other.
func (l *Learning) PracticeSet(ctx context.Context, actor models.Actor, key string) (PracticeSet, error) {
	person, err := learner(actor)
	if err != nil {
		return PracticeSet{}, err
	}
	if !isSet(key) {
		return PracticeSet{}, models.NotFound()
	}
	c, err := l.practisedCourse(ctx, person, key)
	if err != nil {
		return PracticeSet{}, err
	}
	out := PracticeSet{Key: key, Title: c.Title, Questions: c.Questions, Right: []string{}}
	now := l.clock.Now()
	rows, err := assignmentRows(l.db.Read(ctx).Raw(assignmentSelect+addressedTo+` WHERE e.person_id = ? AND a.course_key = ? AND a.kind = ?
		AND a.removed_at IS NULL AND a.opens_at <= ? AND a.due_at > ? ORDER BY a.due_at DESC LIMIT 1`, person, key, AssignBank, now, now))
	if err != nil {
		return PracticeSet{}, err
	}
	if len(rows) > 0 {
		out.DueAt = timeOf(&rows[0].DueAt)
	}
	did := map[models.ID]work{person: {tried: map[tryKey]bool{}}}
	if err := readTries(l.db.Read(ctx), did, []models.ID{person}, []string{key}); err != nil {
		return PracticeSet{}, err
	}
	for _, q := range c.Questions {
		if did[person].tried[tryKey{key, q.Hash}] {
			out.Right = append(out.Right, q.Key)
		}
	}
	return out, nil
}
