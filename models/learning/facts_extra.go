package learning

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// known reads a course version that this house has published, nil for another.
func (l *Learning) known(tx *gorm.DB, courseKey, hash string) (*course, error) {
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM course_versions WHERE hash = ? AND course_key = ?", hash, courseKey).Scan(&n).Error
	if err != nil || n == 0 {
		return nil, err
	}
	return l.catalog.version(tx.Statement.Context, hash)
}

// applyPlacement grades a placement test again and marks the lessons that it
// shows to be known. A test is taken once: where it was taken here meanwhile,
// that one stands.
func (l *Learning) applyPlacement(tx *gorm.DB, h Arrival, p *PlacementFact) (string, error) {
	if p.ID.IsZero() {
		return "", models.InvalidField("fact.placement.id", "required")
	}
	c, err := l.known(tx, p.CourseKey, p.CourseHash)
	if err != nil || c == nil {
		return SkipVersion, err
	}
	result, stored, err := gradeDealt(c, p)
	if err != nil {
		return "", err
	}
	answers, err := json.Marshal(stored)
	if err != nil {
		return "", err
	}
	doc, err := json.Marshal(result)
	if err != nil {
		return "", err
	}
	err = tx.Exec(`INSERT INTO placements (id, person_id, course_key, course_hash, nonce, answers, result, taken_at) VALUES (?, ?, ?, ?, '', ?, ?, ?)`,
		p.ID, p.PersonID, c.Key, c.Hash, string(answers), string(doc), result.TakenAt).Error
	if store.IsDuplicate(err) {
		skip, err := mine(tx, "placements", "person_id", p.ID, p.PersonID)
		if skip != "" {
			skip = SkipPlacement
		}
		return skip, err
	}
	if err != nil {
		return "", err
	}
	return "", l.skipLessons(tx.Statement.Context, tx, p.PersonID, c, result, h.Now)
}

// gradeDealt is gradePlacement for questions that were dealt elsewhere.
func gradeDealt(c *course, p *PlacementFact) (PlacementResult, map[string]string, error) {
	given := map[string]DealtItem{}
	for i, d := range p.Answers {
		if _, twice := given[d.Question]; twice || c.byHash[d.Question] == nil {
			return PlacementResult{}, nil, models.InvalidField("fact.placement.answers["+itoa(i)+"]", "not_in_test")
		}
		given[d.Question] = d
	}
	marks := placementMarks{stored: map[string]string{}, missed: map[string]bool{}, asked: map[string]bool{}}
	for _, q := range placementItems(c) {
		d, ok := given[q.Hash]
		if !ok {
			return PlacementResult{}, nil, models.InvalidField("fact.placement.answers", "incomplete")
		}
		s, text, err := dealtAs(q, d)
		if err != nil {
			return PlacementResult{}, nil, models.InvalidField("fact.placement.answers", "invalid")
		}
		marks.note(s, d.Response, text)
	}
	return marks.result(c, p.At), marks.stored, nil
}

// applyDrill counts a drill anew from the tries that came with it.
func (l *Learning) applyDrill(tx *gorm.DB, d *DrillFact) (string, error) {
	ctx := tx.Statement.Context
	if d.ID.IsZero() {
		return "", models.InvalidField("fact.drill.id", "required")
	}
	old, err := drillEnd(tx, d.PersonID, d.DrillKey)
	if err != nil {
		return "", err
	}
	if old != nil {
		if !d.ShownHome || old.ShownHome {
			return "", nil
		}
		return "", store.One(tx.Exec("UPDATE drill_runs SET shown_home = 1 WHERE person_id = ? AND drill_key = ?", d.PersonID, d.DrillKey), store.ErrRetry)
	}
	var docs []string
	if err := tx.Raw("SELECT doc FROM drills WHERE drill_key = ?", d.DrillKey).Scan(&docs).Error; err != nil || len(docs) == 0 {
		return SkipVersion, err
	}
	drill := &curriculum.Drill{}
	if err := json.Unmarshal([]byte(docs[0]), drill); err != nil {
		return "", fmt.Errorf("drill %s: %w", d.DrillKey, err)
	}
	p, err := holderOf(tx, d.PersonID)
	if err != nil {
		return "", err
	}
	order, _, err := l.catalog.list(ctx)
	if err != nil {
		return "", err
	}
	c := forGrade(order, p.Grade)[drill.Skill]
	if c == nil {
		return SkipVersion, nil
	}
	right, total, err := drillScore(tx, d.PersonID, c, drill.Items.Of(c.Level), d.At)
	if models.KindOf(err) == models.KindConflict {
		return SkipDrill, nil
	}
	if err != nil {
		return "", err
	}
	return "", retryDuplicate(tx.Exec(`INSERT INTO drill_runs (id, person_id, drill_key, skill, right_count, total, shown_home, done_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		d.ID, d.PersonID, d.DrillKey, drill.Skill, right, total, flag(d.ShownHome), d.At).Error)
}
