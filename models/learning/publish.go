package learning

import (
	"context"
	"encoding/json"
	"slices"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// PublishReport says what a publication changed.
type PublishReport struct {
	Published []string `json:"published"` // keys of courses with a new version
	Unchanged []string `json:"unchanged"`
	Lessons   int      `json:"lessons"` // versions that were not there before
	Questions int      `json:"questions"`
	Scenarios int      `json:"scenarios"`
	Media     int      `json:"media"`
	Packs     []string `json:"packs"`  // keys of packs with a new version
	Drills    []string `json:"drills"` // keys of drills with a new version
}

// manifest is a course version as stored: the course without the bodies of its
// lessons and questions, which are rows of their own under their hashes.
type manifest struct {
	Course    curriculum.Course `json:"course"`
	Lessons   []string          `json:"lessons"`
	Questions []string          `json:"questions"`
	Scenarios []string          `json:"scenarios,omitempty"`
}

// Publish makes the catalog's courses the current ones. Content is written
// under its hash and never changed, so publishing twice does nothing and an
// attempt that is open keeps the version it was made on. Courses that are not
// in the catalog stay. The actor needs the action operate everywhere. The
// error is Invalid for a course whose quiz cannot be drawn.
func (l *Learning) Publish(ctx context.Context, actor models.Actor, cat *curriculum.Catalog) (PublishReport, error) {
	var report PublishReport
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return report, err
	}
	for i := range cat.Courses {
		if err := checkBlueprint(&cat.Courses[i]); err != nil {
			return report, err
		}
	}
	for i := range cat.Courses {
		c := &cat.Courses[i]
		var one PublishReport
		err := l.db.Tx(ctx, func(tx *gorm.DB) error {
			var err error
			one, err = l.publishCourse(tx, c)
			return err
		})
		if err != nil {
			return report, err
		}
		report.Published = append(report.Published, one.Published...)
		report.Unchanged = append(report.Unchanged, one.Unchanged...)
		report.Lessons += one.Lessons
		report.Questions += one.Questions
		report.Scenarios += one.Scenarios
		report.Media += one.Media
	}
	if err := l.publishExtras(ctx, cat, &report); err != nil {
		return report, err
	}
	l.catalog.forget()
	return report, nil
}

// publishExtras publishes packs and drills, one transaction each.
func (l *Learning) publishExtras(ctx context.Context, cat *curriculum.Catalog, report *PublishReport) error {
	one := func(list *[]string, key string, publish func(tx *gorm.DB) (bool, error)) error {
		var changed bool
		err := l.db.Tx(ctx, func(tx *gorm.DB) (err error) {
			changed, err = publish(tx)
			return err
		})
		if err == nil && changed {
			*list = append(*list, key)
		}
		return err
	}
	for i := range cat.Packs {
		err := one(&report.Packs, cat.Packs[i].Key, func(tx *gorm.DB) (bool, error) { return l.publishPack(tx, &cat.Packs[i]) })
		if err != nil {
			return err
		}
	}
	for i := range cat.Drills {
		err := one(&report.Drills, cat.Drills[i].Key, func(tx *gorm.DB) (bool, error) { return l.publishDrill(tx, &cat.Drills[i]) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Learning) publishCourse(tx *gorm.DB, c *curriculum.Course) (r PublishReport, err error) {
	var current string
	if err := tx.Raw("SELECT course_hash FROM courses WHERE course_key = ?", c.Key).Scan(&current).Error; err != nil {
		return r, err
	}
	if current == c.Hash {
		r.Unchanged = []string{c.Key}
		return r, nil
	}
	if r.Media, err = writeMedia(tx, c.Images); err != nil {
		return r, err
	}
	m := manifest{Course: *c}
	m.Course.Lessons, m.Course.Questions, m.Course.Scenarios = nil, nil, nil
	var lessons, questions, scenarios []version
	for _, x := range c.Lessons {
		m.Lessons = append(m.Lessons, x.Hash)
		lessons = append(lessons, version{x.Hash, x.Key, x})
	}
	for _, x := range c.Questions {
		m.Questions = append(m.Questions, x.Hash)
		questions = append(questions, version{x.Hash, x.Key, x})
	}
	if r.Lessons, err = writeVersions(tx, "lesson_versions", "lesson_key", c.Key, lessons); err != nil {
		return r, err
	}
	if r.Questions, err = writeVersions(tx, "question_versions", "question_key", c.Key, questions); err != nil {
		return r, err
	}
	for _, x := range c.Scenarios {
		m.Scenarios = append(m.Scenarios, x.Hash)
		scenarios = append(scenarios, version{x.Hash, x.Key, x})
	}
	if r.Scenarios, err = writeVersions(tx, "scenario_versions", "scenario_key", c.Key, scenarios); err != nil {
		return r, err
	}
	r.Published = []string{c.Key}
	return r, l.pointTo(tx, c, m, current == "")
}

// pointTo writes the course version, unless it was published before, and makes
// it the current one.
func (l *Learning) pointTo(tx *gorm.DB, c *curriculum.Course, m manifest, first bool) error {
	now := l.clock.Now()
	known, err := existing(tx, "course_versions", "hash", []string{c.Hash})
	if err != nil {
		return err
	}
	if !known[c.Hash] {
		doc, err := json.Marshal(m)
		if err != nil {
			return err
		}
		err = tx.Exec("INSERT INTO course_versions (hash, course_key, skill, school_level, doc, published_at) VALUES (?, ?, ?, ?, ?, ?)",
			c.Hash, c.Key, c.Skill, c.Level, string(doc), now).Error
		if err := retryDuplicate(err); err != nil {
			return err
		}
	}
	if first {
		return retryDuplicate(tx.Exec("INSERT INTO courses (course_key, skill, school_level, course_hash, updated_at) VALUES (?, ?, ?, ?, ?)",
			c.Key, c.Skill, c.Level, c.Hash, now).Error)
	}
	return store.One(tx.Exec("UPDATE courses SET course_hash = ?, updated_at = ? WHERE course_key = ?", c.Hash, now, c.Key), store.ErrRetry)
}

// version is one piece of content under its hash.
type version struct {
	hash, key string
	doc       any
}

func writeVersions(tx *gorm.DB, table, keyColumn, courseKey string, list []version) (written int, err error) {
	hashes := make([]string, len(list))
	for i, v := range list {
		hashes[i] = v.hash
	}
	known, err := existing(tx, table, "hash", hashes)
	if err != nil {
		return 0, err
	}
	var fresh []any
	for _, v := range list {
		if known[v.hash] {
			continue
		}
		known[v.hash] = true // the same content twice is one version
		doc, err := json.Marshal(v.doc)
		if err != nil {
			return 0, err
		}
		fresh = append(fresh, v.hash, courseKey, v.key, string(doc))
		written++
	}
	for part := range slices.Chunk(fresh, versionRows*versionColumns) {
		err := tx.Exec("INSERT INTO "+table+" (hash, course_key, "+keyColumn+", doc) VALUES "+tuples(len(part)/versionColumns, versionColumns), part...).Error
		if err := retryDuplicate(err); err != nil {
			return 0, err
		}
	}
	return written, nil
}

// A version takes four values; this many go into one statement, far below the
// largest packet that MySQL takes by default.
const (
	versionColumns = 4
	versionRows    = 40
)

func writeMedia(tx *gorm.DB, images []curriculum.Image) (written int, err error) {
	names := make([]string, len(images))
	for i, m := range images {
		names[i] = m.Src
	}
	known, err := existing(tx, "media", "name", names)
	if err != nil {
		return 0, err
	}
	for _, m := range images {
		if known[m.Src] {
			continue
		}
		known[m.Src] = true
		err := tx.Exec("INSERT INTO media (name, media_type, data) VALUES (?, ?, ?)", m.Src, m.Type, m.Data).Error
		if err := retryDuplicate(err); err != nil {
			return 0, err
		}
		written++
	}
	return written, nil
}

func existing(tx *gorm.DB, table, column string, names []string) (map[string]bool, error) {
	known := map[string]bool{}
	for len(names) > 0 {
		n := min(len(names), store.MaxRows)
		var found []string
		if err := tx.Raw("SELECT "+column+" FROM "+table+" WHERE "+column+" IN ?", names[:n]).Scan(&found).Error; err != nil {
			return nil, err
		}
		for _, f := range found {
			known[f] = true
		}
		names = names[n:]
	}
	return known, nil
}

// retryDuplicate lets a writer that lost a race run again and find the row.
func retryDuplicate(err error) error {
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}
