package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/seeds"
)

// Each of so many pupils has handed in one quiz of one course: more than a
// province has, whose pupils share two courses a skill.
const benchAttempts = 150_000

// benchPart is how many copies of a quiz go into one transaction.
const benchPart = 2000

// items measures the item analysis of a whole province's quizzes, and the
// preview of what a mended question changes.
func (b *bench) items() error {
	c, err := b.classroom("sqlite:" + b.file("items.db"))
	if err != nil {
		return err
	}
	defer c.house.DB.Close()
	asked, err := b.provinceOfQuizzes(c)
	if err != nil {
		return fmt.Errorf("write quizzes: %w", err)
	}
	if b.wanted("items_fold") {
		start := time.Now()
		folded, err := c.house.Learning.FoldItems(b.ctx)
		if err != nil {
			return err
		}
		if folded != benchAttempts {
			return fmt.Errorf("%d of %d quizzes were counted", folded, benchAttempts)
		}
		b.add(benchResult{Name: "items_fold", Value: float64(folded) / time.Since(start).Seconds(), Unit: "quizzes/s",
			Note: fmt.Sprintf("%d quizzes of one course graded again and counted question by question", folded)})
	}
	if b.wanted("regrade_preview") {
		return b.regradePreview(c, asked)
	}
	return nil
}

// provinceOfQuizzes writes the same four hundred quizzes again and again for
// pupils of their own. It answers the question of one choice that was asked most
// rarely.
func (b *bench) provinceOfQuizzes(c *benchClass) (key string, err error) {
	attempts, err := c.Answered(b.ctx, benchSubmits)
	if err != nil {
		return "", err
	}
	asked := map[string]int{}
	for i, a := range attempts {
		if _, err := c.house.Learning.Submit(b.ctx, c.Pupils[i].Actor(), a.ID); err != nil {
			return "", err
		}
		for _, item := range a.Items {
			asked[item.QuestionKey]++
		}
	}
	for n := benchSubmits; n < benchAttempts; n += benchPart {
		err := bareTx(b.ctx, c.pool, func(tx *sql.Tx) error {
			w := quizWriter{ctx: b.ctx, tx: tx, now: b.clock.Now(), class: c.Class.ID, school: c.Class.SchoolID}
			for i := n; i < min(n+benchPart, benchAttempts) && w.err == nil; i++ {
				w.copy(attempts[i%len(attempts)].ID)
			}
			return w.err
		})
		if err != nil {
			return "", err
		}
	}
	if _, err := c.pool.ExecContext(b.ctx, "ANALYZE"); err != nil {
		return "", err
	}
	var keys []string
	course, _ := c.house.Catalog.Course(benchCourse)
	for _, q := range course.Questions {
		if q.Kind == "single" && asked[q.Key] > 0 {
			keys = append(keys, q.Key)
		}
	}
	if len(keys) == 0 {
		return "", fmt.Errorf("no question of one choice was asked")
	}
	slices.SortFunc(keys, func(x, y string) int { return asked[x] - asked[y] })
	return keys[0], nil
}

// quizWriter writes pupils with a quiz that another pupil has taken.
type quizWriter struct {
	ctx           context.Context
	tx            *sql.Tx
	now           time.Time
	class, school models.ID
	n             int
	err           error
}

func (w *quizWriter) exec(query string, args ...any) {
	if w.err == nil {
		_, w.err = w.tx.ExecContext(w.ctx, query, args...)
	}
}

func (w *quizWriter) copy(from models.ID) {
	person, attempt := models.NewID(w.now), models.NewID(w.now)
	w.exec("INSERT INTO persons (id, full_name, name_fold, sort_key, created_at, updated_at) VALUES (?,'Trần Minh Anh','tran minh anh',?,?,?)",
		person, []byte("anh"+person.String()), w.now, w.now)
	w.exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live) VALUES (?,?,?,?,'2026-2027','2026-08-01','9999-12-31',1)`,
		models.NewID(w.now), person, w.school, w.class)
	const columns = "course_key, course_hash, session_id, items, slots, position, state, live, started_at, deadline_at, submitted_at, closed_by, score, passed, result, result_hash"
	w.exec("INSERT INTO attempts (id, person_id, "+columns+") SELECT ?, ?, "+columns+" FROM attempts WHERE id = ?", attempt, person, from)
	w.exec(`INSERT INTO answers (attempt_id, seq, slot, response, saved_at) SELECT ?, seq, slot, response, saved_at FROM answers WHERE attempt_id = ?`, attempt, from)
}

// regradePreview publishes another key for one question and asks whose results
// change.
func (b *bench) regradePreview(c *benchClass, key string) error {
	from, err := b.mend(c.house, key)
	if err != nil {
		return err
	}
	var took, bare []float64
	var report learning.RegradeReport
	for range b.Rounds {
		start := time.Now()
		var n int
		err := c.house.DB.Read(b.ctx).Raw("SELECT COUNT(*) FROM attempts WHERE items LIKE ?", "%"+from+"%").Scan(&n).Error
		if err != nil {
			return err
		}
		bare = append(bare, time.Since(start).Seconds())
		start = time.Now()
		if report, err = c.house.Learning.PreviewRegrade(b.ctx, c.house.System, learning.RegradeSpec{QuestionKey: key, From: from, CourseKey: c.Course}); err != nil {
			return err
		}
		took = append(took, time.Since(start).Seconds())
	}
	if report.Attempts == 0 || report.Changed == 0 {
		return fmt.Errorf("the new key of %s changes nothing", key)
	}
	b.add(benchResult{Name: "regrade_preview", Value: median(took), Unit: "s", Floor: median(bare),
		Note: fmt.Sprintf("%d of %d quizzes were asked the question; %d would change", report.Attempts, benchAttempts, report.Changed)})
	return nil
}

// mend publishes the course once more with the right option of one question
// made wrong, and answers the content hash of the version before.
func (b *bench) mend(house *seeds.House, key string) (string, error) {
	catalog := *house.Catalog
	catalog.Courses = slices.Clone(catalog.Courses)
	for i := range catalog.Courses {
		if catalog.Courses[i].Key != benchCourse {
			continue
		}
		course := catalog.Courses[i]
		course.Questions = slices.Clone(course.Questions)
		for k := range course.Questions {
			q := &course.Questions[k]
			if q.Key != key {
				continue
			}
			from := q.Hash
			q.Stem = strings.TrimSuffix(q.Stem, ".") + " (đã sửa)."
			turn(q)
			q.Hash = q.ContentHash()
			course.Hash = course.ContentHash()
			catalog.Courses[i] = course
			_, err := house.Learning.Publish(b.ctx, house.System, &catalog)
			return from, err
		}
	}
	return "", fmt.Errorf("no question %s in %s", key, benchCourse)
}

// turn makes the option after the right one the right one.
func turn(q *curriculum.Question) {
	q.Options = slices.Clone(q.Options)
	right := slices.IndexFunc(q.Options, func(o curriculum.Option) bool { return o.Correct })
	next := (right + 1) % len(q.Options)
	q.Options[right].Correct, q.Options[next].Correct = false, true
}
