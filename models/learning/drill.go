package learning

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
)

// FreshFor is how long a skill stays fresh after it was last shown: half a
// year. Tricks change faster than that, and reminders, not lessons, keep habits
// alive (features.md, row 39). A certificate does not depend on it.
const FreshFor = 180 * 24 * time.Hour

// drillWindow is how long before its end the answers of a drill may lie.
const drillWindow = time.Hour

// DrillView is the drill of this week for a pupil. Items are practice questions
// of the course, to be fetched and answered as such; Done tells whether it was
// finished before.
type DrillView struct {
	Key       string     `json:"key"`
	Skill     string     `json:"skill"`
	CourseKey string     `json:"course_key"`
	Title     string     `json:"title"`
	TitleEN   string     `json:"title_en"`
	Alert     string     `json:"alert"`
	AlertEN   string     `json:"alert_en"`
	AskHome   string     `json:"ask_home"`
	Source    SourceView `json:"source"`
	Items     []string   `json:"items"`
	Seconds   int        `json:"seconds"`
	Done      *DrillEnd  `json:"done"`
}

// DrillEnd is a finished drill.
type DrillEnd struct {
	Right     int       `json:"right"`
	Total     int       `json:"total"`
	ShownHome bool      `json:"shown_home"` // the pupil says that somebody at home has seen it
	DoneAt    time.Time `json:"done_at"`
}

// drillSeconds is how long a drill takes.
const drillSeconds = 90

// Drill answers the drill of the week, nil when there is none for the actor's
// grade. When the last one published is over, the drills go round again by
// week, so that there is one every week.
func (l *Learning) Drill(ctx context.Context, actor models.Actor) (*DrillView, error) {
	person, err := learner(actor)
	if err != nil {
		return nil, err
	}
	d, c, err := l.drillFor(ctx, person)
	if err != nil || d == nil {
		return nil, err
	}
	v := &DrillView{Key: d.Key, Skill: d.Skill, CourseKey: c.Key, Title: d.Title, TitleEN: d.TitleEN, Alert: d.Alert, AlertEN: d.AlertEN,
		AskHome: d.AskHome, Source: SourceView{d.Source.Title, d.Source.Publisher, d.Source.Date, d.Source.CheckedOn}, Items: []string{}, Seconds: drillSeconds}
	for _, key := range d.Items.Of(c.Level) {
		if q := c.byKey[key]; q != nil && q.Practised() {
			v.Items = append(v.Items, key)
		}
	}
	if len(v.Items) == 0 {
		return nil, nil
	}
	v.Done, err = drillEnd(l.db.Read(ctx), person, d.Key)
	return v, err
}

// drillFor picks the drill of today and the pupil's course for it.
func (l *Learning) drillFor(ctx context.Context, person models.ID) (*curriculum.Drill, *course, error) {
	p, err := pupilOf(l.db.Read(ctx), person)
	if err != nil {
		return nil, nil, err
	}
	order, _, err := l.catalog.list(ctx)
	if err != nil {
		return nil, nil, err
	}
	var rows []struct{ FromDate, Doc string }
	if err := l.db.Read(ctx).Raw("SELECT from_date, doc FROM drills ORDER BY from_date, drill_key").Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	today := models.Day(l.clock.Now())
	dates := make([]string, len(rows))
	for i, r := range rows {
		dates[i] = r.FromDate
	}
	d := &curriculum.Drill{}
	row := rows[thisWeek(dates, today)]
	if err := json.Unmarshal([]byte(row.Doc), d); err != nil {
		return nil, nil, fmt.Errorf("drill of %s: %w", row.FromDate, err)
	}
	c := forGrade(order, p.Grade)[d.Skill]
	if c == nil {
		return nil, nil, nil
	}
	return d, c, nil
}

// thisWeek picks the index of the drill shown on a day: the last that has
// begun, for a week; after the last one's week they go round by whole weeks.
// Before the first begins it is the first.
func thisWeek(from []string, today string) int {
	last := -1
	for i, day := range from {
		if day <= today {
			last = i
		}
	}
	if last < 0 {
		return 0
	}
	begun, err1 := time.Parse(time.DateOnly, from[last])
	now, err2 := time.Parse(time.DateOnly, today)
	if err1 != nil || err2 != nil {
		return last
	}
	weeks := int(now.Sub(begun).Hours()) / (7 * 24)
	if last < len(from)-1 || weeks == 0 {
		return last
	}
	return (last + weeks) % len(from)
}

func drillEnd(tx *gorm.DB, person models.ID, key string) (*DrillEnd, error) {
	var rows []struct {
		RightCount, Total, ShownHome int
		DoneAt                       time.Time
	}
	err := tx.Raw("SELECT right_count, total, shown_home, done_at FROM drill_runs WHERE person_id = ? AND drill_key = ?", person, key).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	return &DrillEnd{Right: r.RightCount, Total: r.Total, ShownHome: r.ShownHome == 1, DoneAt: r.DoneAt.UTC()}, nil
}

// FinishDrill ends the drill of the week: the last answers of the past hour to
// its items are what counts. A repeat answers as the first did, but "shown at
// home" may still become true. Errors: NotFound when key is not the drill of
// the week; Conflict "not_answered" while an item has no answer.
func (l *Learning) FinishDrill(ctx context.Context, actor models.Actor, id models.ID, key string, shownHome bool) (DrillEnd, error) {
	person, err := learner(actor)
	if err != nil {
		return DrillEnd{}, err
	}
	if id.IsZero() {
		return DrillEnd{}, models.InvalidField("body.id", "required")
	}
	d, c, err := l.drillFor(ctx, person)
	if err != nil {
		return DrillEnd{}, err
	}
	if d == nil || d.Key != key {
		return DrillEnd{}, models.NotFound()
	}
	var out DrillEnd
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		old, err := drillEnd(tx, person, key)
		if err != nil {
			return err
		}
		if old != nil {
			out = *old
			if !shownHome || old.ShownHome {
				return nil
			}
			out.ShownHome = true
			return store.One(tx.Exec("UPDATE drill_runs SET shown_home = 1 WHERE person_id = ? AND drill_key = ?", person, key), store.ErrRetry)
		}
		out = DrillEnd{ShownHome: shownHome, DoneAt: now}
		if out.Right, out.Total, err = drillScore(tx, person, c, d.Items.Of(c.Level), now); err != nil {
			return err
		}
		return retryDuplicate(tx.Exec(`INSERT INTO drill_runs (id, person_id, drill_key, skill, right_count, total, shown_home, done_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			id, person, key, d.Skill, out.Right, out.Total, flag(shownHome), now).Error)
	})
	return out, err
}

// drillScore counts the items whose first answer of the past hour was right.
func drillScore(tx *gorm.DB, person models.ID, c *course, items []string, now time.Time) (right, total int, err error) {
	for _, key := range items {
		q := c.byKey[key]
		if q == nil || !q.Practised() {
			continue
		}
		var scores []int
		err := tx.Raw(`SELECT score FROM practice_answers WHERE person_id = ? AND course_key = ? AND question_hash = ? AND answered_at >= ?
			ORDER BY answered_at, miss LIMIT 1`, person, c.Key, q.Hash, now.Add(-drillWindow)).Scan(&scores).Error
		if err != nil {
			return 0, 0, err
		}
		if len(scores) == 0 {
			return 0, 0, models.Conflict("not_answered")
		}
		total++
		if scores[0] == full {
			right++
		}
	}
	return right, total, nil
}

// The freshness of a passed skill.
const (
	Fresh  = "fresh"
	Review = "review" // "cần ôn": the certificate stays valid
)

// shownLast answers when a person last showed each skill: a pass, a quiz that
// reached the mark, a scenario passed, a drill of the week. It takes one
// statement.
func shownLast(tx *gorm.DB, person models.ID, courses map[string]*course, passes map[string]certificate.Pass) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	note := func(skill string, at time.Time) {
		if at.After(last[skill]) {
			last[skill] = at.UTC()
		}
	}
	for skill, p := range passes {
		note(skill, p.PassedAt)
	}
	bySkill := map[string]string{}
	for skill, c := range courses {
		bySkill[c.Key] = skill
	}
	var rows []struct {
		What string
		At   time.Time
	}
	err := tx.Raw(`SELECT course_key AS what, submitted_at AS at FROM attempts WHERE person_id = ? AND passed = 1 AND submitted_at IS NOT NULL
		UNION ALL SELECT course_key AS what, finished_at AS at FROM scenario_runs WHERE person_id = ? AND passed = 1
		UNION ALL SELECT skill AS what, done_at AS at FROM drill_runs WHERE person_id = ?`, person, person, person).Scan(&rows).Error
	for _, r := range rows {
		if skill, ok := bySkill[r.What]; ok {
			note(skill, r.At)
		} else {
			note(r.What, r.At)
		}
	}
	return last, err
}

// publishDrill makes a drill the current one of its key.
func (l *Learning) publishDrill(tx *gorm.DB, d *curriculum.Drill) (changed bool, err error) {
	var current []string
	if err := tx.Raw("SELECT hash FROM drills WHERE drill_key = ?", d.Key).Scan(&current).Error; err != nil {
		return false, err
	}
	if len(current) > 0 && current[0] == d.Hash {
		return false, nil
	}
	doc, err := json.Marshal(d)
	if err != nil {
		return false, err
	}
	now := l.clock.Now()
	if len(current) == 0 {
		return true, retryDuplicate(tx.Exec("INSERT INTO drills (drill_key, from_date, skill, hash, doc, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
			d.Key, d.From, d.Skill, d.Hash, string(doc), now).Error)
	}
	return true, store.One(tx.Exec("UPDATE drills SET from_date = ?, skill = ?, hash = ?, doc = ?, updated_at = ? WHERE drill_key = ? AND hash = ?",
		d.From, d.Skill, d.Hash, string(doc), now, d.Key, current[0]), store.ErrRetry)
}
