package learning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
)

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// maxChanges bounds the list of single results in a report; counts are whole.
const maxChanges = 500

// RegradeSpec names a mended question: QuestionKey and the version that pupils
// answered, From, as a hash or at least its first 8 characters. Its answers are
// graded by the version that is published now. CourseKey is needed only where
// several courses have the same question.
type RegradeSpec struct {
	QuestionKey string
	From        string
	CourseKey   string
}

// RegradeChange is one result that the new key changes. Name is nil outside
// the classes that the actor may read.
type RegradeChange struct {
	AttemptID   models.ID `json:"attempt_id"`
	SchoolName  string    `json:"school_name"`
	ClassName   string    `json:"class_name"`
	Name        *string   `json:"name"`
	Slot        int       `json:"slot"`
	OldPercent  int       `json:"old_percent"`
	NewPercent  int       `json:"new_percent"`
	PassGained  bool      `json:"pass_gained"` // the skill is proved by it
	Certificate bool      `json:"certificate"` // and it was the last one
	BelowNow    bool      `json:"below_now"`   // under the quiz's pass mark now; a pass earned stays
	class       models.ID // zero: enrolled nowhere
	school      models.ID
}

// RegradeClass sums up one class.
type RegradeClass struct {
	SchoolName  string `json:"school_name"`
	ClassName   string `json:"class_name"`
	Changed     int    `json:"changed"`
	Up          int    `json:"up"`
	Down        int    `json:"down"`
	PassGained  int    `json:"pass_gained"`
	BelowNow    int    `json:"below_now"`
	Certificate int    `json:"certificates"`
}

// RegradeReport says what the new key of a question changes. Attempts are
// those that were asked the old version and are over.
type RegradeReport struct {
	CourseKey     string          `json:"course_key"`
	QuestionKey   string          `json:"question_key"`
	From          string          `json:"from"`
	To            string          `json:"to"`
	OldStem       string          `json:"old_stem"` // sanitised inline HTML
	NewStem       string          `json:"new_stem"`
	Applied       bool            `json:"applied"`
	Attempts      int             `json:"attempts"`
	Changed       int             `json:"changed"`
	Unchanged     int             `json:"unchanged"`
	NotRegradable int             `json:"not_regradable"`
	Reason        string          `json:"reason"`  // of not_regradable: kind_changed, options_changed
	Waiting       int             `json:"waiting"` // devices may still bring answers: regrade again afterwards
	Open          int             `json:"open"`    // being taken now, with the old version
	Up            int             `json:"up"`
	Down          int             `json:"down"`
	PassGained    int             `json:"pass_gained"`
	BelowNow      int             `json:"below_now"`
	Certificates  int             `json:"certificates"`
	Classes       []RegradeClass  `json:"classes"`
	Changes       []RegradeChange `json:"changes"` // at most 500
}

// PreviewRegrade says whose results change when answers to an old version of a
// question are graded by the version published now; nothing is written.
// Teachers see the results of their own classes, the department and the
// administrator all of them; names only where the actor may read the class.
// Errors: NotFound for an unknown question or version; Invalid field
// query.from for a beginning of a hash that fits several, query.course where
// several courses have the question; Conflict
// "no_new_version" where the version is the published one.
func (l *Learning) PreviewRegrade(ctx context.Context, actor models.Actor, spec RegradeSpec) (RegradeReport, error) {
	if _, err := models.Allow(actor, models.ActReadRegrade); err != nil {
		return RegradeReport{}, err
	}
	p, err := l.planRegrade(ctx, spec)
	if err != nil {
		return RegradeReport{}, err
	}
	err = l.eachRegradable(ctx, p, func(list []regradable) error {
		for i := range list {
			c, err := p.preview(ctx, l, &list[i])
			if err != nil {
				return err
			}
			p.count(c)
		}
		return nil
	})
	if err != nil {
		return RegradeReport{}, err
	}
	return p.reportFor(actor)
}

// regradePlan is one regrade on its way.
type regradePlan struct {
	RegradeReport
	course     *course // as published now
	old, fresh *curriculum.Question
	all        []RegradeChange
}

// planRegrade finds the two versions.
func (l *Learning) planRegrade(ctx context.Context, spec RegradeSpec) (*regradePlan, error) {
	from := strings.ToLower(spec.From)
	if len(from) < 8 || strings.Trim(from, "0123456789abcdef") != "" {
		return nil, models.InvalidField("query.from", "invalid")
	}
	var hashes []string
	db := l.db.Read(ctx)
	err := db.Raw("SELECT hash FROM question_versions WHERE question_key = ? AND hash LIKE ?", spec.QuestionKey, from+"%").Scan(&hashes).Error
	if err != nil {
		return nil, err
	}
	switch {
	case len(hashes) == 0:
		return nil, models.NotFound()
	case len(hashes) > 1:
		return nil, models.InvalidField("query.from", "ambiguous")
	}
	p := &regradePlan{}
	if p.course, err = l.courseThatHad(ctx, hashes[0], spec); err != nil {
		return nil, err
	}
	p.fresh = p.course.byKey[spec.QuestionKey]
	if p.old, err = questionVersion(db, hashes[0]); err != nil {
		return nil, err
	}
	p.RegradeReport = RegradeReport{CourseKey: p.course.Key, QuestionKey: spec.QuestionKey, From: p.old.Hash, To: p.fresh.Hash,
		OldStem: p.old.Stem, NewStem: p.fresh.Stem, Classes: []RegradeClass{}, Changes: []RegradeChange{}}
	return p, nil
}

// courseThatHad finds the course in which a version was asked and is another
// one now.
func (l *Learning) courseThatHad(ctx context.Context, hash string, spec RegradeSpec) (*course, error) {
	order, _, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	var found []*course
	for _, c := range order {
		q := c.byKey[spec.QuestionKey]
		if q == nil || q.Hash == hash || spec.CourseKey != "" && c.Key != spec.CourseKey {
			continue
		}
		versions, err := l.versionsWith(ctx, c.Key, hash)
		if err != nil {
			return nil, err
		}
		if len(versions) > 0 {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return nil, models.Conflict("no_new_version")
	case 1:
		return found[0], nil
	}
	return nil, models.InvalidField("query.course", "ambiguous")
}

// versionsWith lists the versions of a course that hold a question version.
func (l *Learning) versionsWith(ctx context.Context, courseKey, hash string) (found []string, err error) {
	var versions []string
	if err := l.db.Read(ctx).Raw("SELECT hash FROM course_versions WHERE course_key = ? ORDER BY published_at, hash", courseKey).Scan(&versions).Error; err != nil {
		return nil, err
	}
	for _, v := range versions {
		c, err := l.catalog.version(ctx, v)
		if err != nil {
			return nil, err
		}
		if c.byHash[hash] != nil {
			found = append(found, v)
		}
	}
	return found, nil
}

// regradable is an ended attempt that was asked the old version.
type regradable struct {
	graded
	row     attemptRow
	before  []regradeRow // regrades of it so far
	pupil   pupil
	waiting bool
}

// eachRegradable walks through the ended attempts that were asked the old
// version, a batch at a time, and counts those that are still open. They are
// found by the index of the course version and by their frozen items: a draw
// takes a quarter to a third of its pool, so that many of the attempts looked at
// are wanted, and looking is a twelfth of what grading them takes
// (regrade_preview in docs/performance.md). An index by question would hold ten
// rows an attempt to save that.
func (l *Learning) eachRegradable(ctx context.Context, p *regradePlan, do func([]regradable) error) error {
	db := l.db.Read(ctx)
	versions, err := l.versionsWith(ctx, p.CourseKey, p.From)
	if err != nil {
		return err
	}
	for _, hash := range versions {
		const which = "a.course_hash = ? AND a.items LIKE ?"
		like := "%" + p.From + "%"
		var open int
		if err := db.Raw("SELECT COUNT(*) FROM attempts a WHERE a.state = 'open' AND "+which, hash, like).Scan(&open).Error; err != nil {
			return err
		}
		p.Open += open
		for after := (models.ID{}); ; {
			list, err := l.regradables(ctx, db, p, which+" AND a.id > ? AND a.state <> 'open' ORDER BY a.id LIMIT ?", hash, like, after[:], itemBatch)
			if err != nil || len(list) == 0 {
				if err != nil {
					return err
				}
				break
			}
			if err := do(list); err != nil {
				return err
			}
			after = list[len(list)-1].f.ID
		}
	}
	return nil
}

// regradables reads attempts with all that a regrade needs.
func (l *Learning) regradables(ctx context.Context, tx *gorm.DB, p *regradePlan, where string, args ...any) ([]regradable, error) {
	base, err := l.attemptsWhere(ctx, tx, where, args...)
	if err != nil || len(base) == 0 {
		return nil, err
	}
	ids := make([]models.ID, len(base))
	for i, g := range base {
		ids[i] = g.f.ID
	}
	rows, err := attemptRows(tx.Raw(attemptSelect+"id IN ?", ids))
	if err != nil {
		return nil, err
	}
	waiting, err := l.mayChange(tx, ids)
	if err != nil {
		return nil, err
	}
	done, err := regradesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	pupils, err := pupilsOf(tx, base)
	if err != nil {
		return nil, err
	}
	list := make([]regradable, len(base))
	for i, g := range base {
		at := slices.IndexFunc(rows, func(r attemptRow) bool { return r.ID == g.f.ID })
		list[i] = regradable{graded: g, row: rows[at], before: done[g.f.ID], pupil: pupils[g.f.Person], waiting: waiting[g.f.ID]}
	}
	return list, nil
}

// mayChange tells of which attempts a device may still bring answers: they are
// graded by the version they were made of, so the regrade waits for them.
func (l *Learning) mayChange(tx *gorm.DB, ids []models.ID) (map[models.ID]bool, error) {
	var rows []struct{ ID models.ID }
	err := tx.Raw("SELECT a.id FROM attempts a WHERE a.id IN ? AND "+awaitedWhere, ids, l.clock.Now().Add(-lateFor)).Scan(&rows).Error
	waiting := map[models.ID]bool{}
	for _, r := range rows {
		waiting[r.ID] = true
	}
	return waiting, err
}

func pupilsOf(tx *gorm.DB, list []graded) (map[models.ID]pupil, error) {
	var ids []models.ID
	for _, g := range list {
		ids = append(ids, g.f.Person)
	}
	var rows []pupil
	err := tx.Raw(pupilSelect+" AND e.live = 1"+pupilJoins+"p.id IN ?", ids).Scan(&rows).Error
	found := make(map[models.ID]pupil, len(rows))
	for _, r := range rows {
		found[r.PersonID] = r
	}
	return found, err
}

// regraded is the result of an attempt by the new version.
type regraded struct {
	slot     int // from 0
	score    int
	oldSlots []slotResult
	slots    []slotResult
	text     string // slots as stored
	hash     string
	passed   bool
	below    bool
}

// regrade grades an attempt by the new version; nil where nothing changes.
// reason is not empty where it cannot be.
func (p *regradePlan) regrade(r *regradable) (*regraded, string, error) {
	slot := slices.IndexFunc(r.f.items, func(s shown) bool { return s.q.Hash == p.From })
	it, reason := remap(p.old, r.f.items[slot].item, p.fresh)
	if reason != "" {
		return nil, reason, nil
	}
	if r.row.Score == nil || r.row.Result == nil || r.row.Passed == nil {
		return nil, "", nil
	}
	var slots []slotResult
	if err := json.Unmarshal([]byte(*r.row.Result), &slots); err != nil {
		return nil, "", err
	}
	f := r.f.with(slot, shown{item: it, q: p.fresh})
	out := &regraded{slot: slot, oldSlots: slots, slots: slices.Clone(slots)}
	out.slots[slot] = f.gradeSlot(slot, r.log, slots[slot])
	out.score = scoreOf(out.slots)
	text, err := json.Marshal(out.slots)
	if err != nil || string(text) == *r.row.Result {
		return nil, "", err
	}
	out.text, out.hash = string(text), regradeHash(r.row.ResultHash, p.From, p.To, slot+1, string(text), out.score)
	mark := r.f.course.Quiz.PassPercent * 100
	// A quiz once passed stays passed: only the score says what the new key makes of it.
	out.passed = *r.row.Passed == 1 || out.score >= mark
	out.below = *r.row.Passed == 1 && out.score < mark
	return out, "", nil
}

// with is the attempt with another version in one slot, to be read only.
func (f *frozen) with(slot int, s shown) *frozen {
	g := *f
	g.items = slices.Clone(f.items)
	g.items[slot] = s
	return &g
}

// gradeSlot grades one slot anew. One that does not count stays out.
func (f *frozen) gradeSlot(slot int, log []savedAnswer, before slotResult) slotResult {
	x := latestBySlot(len(f.items), log)[slot]
	if x == nil || before.Seq == 0 || before.Out {
		return before
	}
	before.Score = f.items[slot].grade(decode(x.Response))
	return before
}

// scoreOf is the score of a whole quiz from the results of the slots that
// count.
func scoreOf(slots []slotResult) int {
	scores := make([]int, 0, len(slots))
	for _, s := range slots {
		if !s.Out {
			scores = append(scores, s.Score)
		}
	}
	return quizScore(scores)
}

// regradeHash ties a new result to the one it replaces, to the two versions and
// to the slot: the chain of an attempt's results begins with the answers.
func regradeHash(before, from, to string, slot int, result string, score int) string {
	text, err := json.Marshal([]any{before, from, to, slot, result, score})
	if err != nil {
		panic(err) // plain values cannot fail
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
