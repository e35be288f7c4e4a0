package learning

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"nhaso/curriculum"
	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
)

// staleAfter is how long a copy of the program may go on serving the versions
// it knows after another copy has published new ones.
const staleAfter = 5 * time.Second

// course is one immutable course version, prepared for reading.
type course struct {
	*curriculum.Course
	lessons  map[string]*curriculum.Lesson
	byKey    map[string]*curriculum.Question
	byHash   map[string]*curriculum.Question
	pools    pool
	slots    int // questions in a quiz
	summary  CourseSummary
	detail   CourseDetail
	view     map[string]*LessonView
	viewJSON map[string][]byte

	machines     map[string]*scenario.Machine // by scenario key
	scenarioJSON map[string][]byte

	school models.ID // of a question set: whose classes may be given it, zero for all
}

// catalog holds published content in memory. Versions are immutable and stay;
// which of them are current is asked again every few seconds.
type catalog struct {
	db       *store.DB
	mu       sync.RWMutex
	versions map[string]*course // by hash
	current  map[string]*course // by course key
	order    []*course          // by skill, then level
	readAt   time.Time
	media    map[string]Media
	packs    []curriculum.Pack
	drawn    map[*course]pool   // what the quizzes of the current courses draw from
	local    map[string]*course // courses with packs, by the hashes of both
	sets     map[string]*course // question sets, by key
}

func newCatalog(db *store.DB) *catalog {
	return &catalog{db: db, versions: map[string]*course{}, media: map[string]Media{}, local: map[string]*course{}, sets: map[string]*course{}}
}

// forget makes the next reader ask again what is current.
func (c *catalog) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readAt = time.Time{}
}

// list answers the current courses, by skill and level.
func (c *catalog) list(ctx context.Context) ([]*course, map[string]*course, error) {
	now := c.db.Clock().Now()
	c.mu.RLock()
	order, current, fresh := c.order, c.current, !c.readAt.IsZero() && now.Sub(c.readAt) < staleAfter
	c.mu.RUnlock()
	if fresh {
		return order, current, nil
	}
	var rows []struct{ CourseKey, CourseHash string }
	if err := c.db.Read(ctx).Raw("SELECT course_key, course_hash FROM courses").Scan(&rows).Error; err != nil {
		return nil, nil, err
	}
	current, order = map[string]*course{}, nil
	for _, r := range rows {
		v, err := c.version(ctx, r.CourseHash)
		if err != nil {
			return nil, nil, err
		}
		current[r.CourseKey] = v
		order = append(order, v)
	}
	slices.SortFunc(order, func(a, b *course) int {
		return cmp.Or(slices.Index(certificate.Skills, a.Skill)-slices.Index(certificate.Skills, b.Skill), cmp.Compare(a.Level, b.Level))
	})
	packs, err := c.loadPacks(ctx)
	if err != nil {
		return nil, nil, err
	}
	drawn, err := c.loadDrawn(ctx, order)
	if err != nil {
		return nil, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.packs, c.drawn = packs, drawn
	c.order, c.current, c.readAt = order, current, now
	return order, current, nil
}

// byKey answers the current version of a course; NotFound for an unknown key.
func (c *catalog) byKey(ctx context.Context, key string) (*course, error) {
	_, current, err := c.list(ctx)
	if err != nil {
		return nil, err
	}
	if v, ok := current[key]; ok {
		return v, nil
	}
	return nil, models.NotFound()
}

// version answers a course version, current or old, by its hash.
func (c *catalog) version(ctx context.Context, hash string) (*course, error) {
	c.mu.RLock()
	v := c.versions[hash]
	c.mu.RUnlock()
	if v != nil {
		return v, nil
	}
	full, err := c.load(ctx, hash)
	if err != nil {
		return nil, err
	}
	var size int
	if len(full.Images) > 0 {
		if size, err = c.mediaSize(ctx, full.Images); err != nil {
			return nil, err
		}
	}
	if v, err = prepare(full, size); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.versions[hash]; known != nil {
		return known, nil
	}
	c.versions[hash] = v
	return v, nil
}

// load reads a version and checks that it is what its hash says.
func (c *catalog) load(ctx context.Context, hash string) (*curriculum.Course, error) {
	db := c.db.Read(ctx)
	var doc string
	if err := db.Raw("SELECT doc FROM course_versions WHERE hash = ?", hash).Scan(&doc).Error; err != nil {
		return nil, err
	}
	if doc == "" {
		return nil, fmt.Errorf("course version %.12s is missing", hash)
	}
	var m manifest
	if err := json.Unmarshal([]byte(doc), &m); err != nil {
		return nil, fmt.Errorf("course version %.12s: %w", hash, err)
	}
	course := m.Course
	var err error
	if course.Lessons, err = loadAll[curriculum.Lesson](ctx, c.db, "lesson_versions", m.Lessons); err != nil {
		return nil, err
	}
	if course.Questions, err = loadAll[curriculum.Question](ctx, c.db, "question_versions", m.Questions); err != nil {
		return nil, err
	}
	if len(m.Scenarios) > 0 {
		if course.Scenarios, err = loadAll[scenario.Scenario](ctx, c.db, "scenario_versions", m.Scenarios); err != nil {
			return nil, err
		}
	}
	if course.ContentHash() != hash {
		return nil, fmt.Errorf("course version %.12s was changed after it was published", hash)
	}
	return &course, nil
}

// loadAll reads content by hash, in the order asked for.
func loadAll[T any](ctx context.Context, db *store.DB, table string, hashes []string) ([]T, error) {
	docs := map[string]string{}
	for rest := hashes; len(rest) > 0; {
		n := min(len(rest), store.MaxRows)
		var rows []struct{ Hash, Doc string }
		if err := db.Read(ctx).Raw("SELECT hash, doc FROM "+table+" WHERE hash IN ?", rest[:n]).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			docs[r.Hash] = r.Doc
		}
		rest = rest[n:]
	}
	list := make([]T, len(hashes))
	for i, h := range hashes {
		if err := json.Unmarshal([]byte(docs[h]), &list[i]); err != nil {
			return nil, fmt.Errorf("read %s %.12s: %w", table, h, err)
		}
	}
	return list, nil
}

// mediaSize is what the pictures of a course weigh, in bytes.
func (c *catalog) mediaSize(ctx context.Context, images []curriculum.Image) (size int, err error) {
	names := make([]string, len(images))
	for i, m := range images {
		names[i] = m.Src
	}
	err = c.db.Read(ctx).Raw("SELECT COALESCE(SUM(LENGTH(data)), 0) FROM media WHERE name IN ?", names).Scan(&size).Error
	return size, err
}

// prepare indexes a version and builds everything that readers ask for.
func prepare(full *curriculum.Course, mediaSize int) (*course, error) {
	c := &course{
		Course: full, lessons: map[string]*curriculum.Lesson{}, byKey: map[string]*curriculum.Question{},
		byHash: map[string]*curriculum.Question{}, pools: pools(full),
		view: map[string]*LessonView{}, viewJSON: map[string][]byte{},
		machines: map[string]*scenario.Machine{}, scenarioJSON: map[string][]byte{},
	}
	for i := range full.Lessons {
		c.lessons[full.Lessons[i].Key] = &full.Lessons[i]
	}
	for i := range full.Questions {
		q := &full.Questions[i]
		c.byKey[q.Key], c.byHash[q.Hash] = q, q
	}
	for _, s := range full.Quiz.Slots {
		c.slots += s.Count
	}
	for i := range full.Scenarios {
		s := &full.Scenarios[i]
		m, err := scenario.NewMachine(s)
		if err != nil {
			return nil, err
		}
		body, err := json.Marshal(s.ForPlay())
		if err != nil {
			return nil, err
		}
		c.machines[s.Key], c.scenarioJSON[s.Key] = m, body
	}
	return c, c.buildViews(mediaSize)
}

// forGrade answers the course of each skill for a pupil's grade: thpt from
// grade 10 on, and the thcs course where no thpt course exists yet.
func forGrade(order []*course, grade int) map[string]*course {
	level := "thcs"
	if grade >= 10 {
		level = "thpt"
	}
	m := map[string]*course{}
	for _, c := range order {
		if c.Level == level || (c.Level == "thcs" && m[c.Skill] == nil) {
			m[c.Skill] = c
		}
	}
	return m
}
