package certificate

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Rule says what proves a skill and how many skills earn the certificate. It
// is data with a version: every pass and certificate names the version that
// made it, and a version never changes once it is in the database.
type Rule struct {
	Version        int      `json:"version"`
	PassPercent    int      `json:"pass_percent"`     // 1..100, of the quiz
	NeedSession    bool     `json:"need_session"`     // quiz taken inside a lesson session a teacher opened
	NeedAllLessons bool     `json:"need_all_lessons"` // every lesson of the course done
	Skills         []string `json:"skills"`           // all of them are needed
}

// firstRule is version 1 (issue 2, item 7): for each of the five skills all
// lessons done and a quiz of at least 80 % in a teacher-opened session.
func firstRule() Rule {
	return Rule{Version: 1, PassPercent: 80, NeedSession: true, NeedAllLessons: true, Skills: slices.Clone(Skills)}
}

// firstRuleFrom is before the first school year in which anybody could pass.
var firstRuleFrom = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// The reasons of Rule.Meets, translated by the front end.
const (
	WhyScore   = "score_below_pass"
	WhySession = "not_in_session"
	WhyLessons = "lessons_missing"
	WhySkill   = "unknown_skill"
)

// Evidence is what is known about one person and one skill when a quiz ends.
type Evidence struct {
	PersonID     models.ID
	Skill        string
	AttemptID    models.ID
	SessionID    models.ID // zero: at home
	CourseKey    string
	CourseHash   string
	AttemptHash  string // over the attempt's questions, answers and score: the next link of the chain
	Score        int    // basis points, 0..10000
	LessonsDone  int
	LessonsTotal int
}

// Meets tells whether the evidence proves its skill under the rule, and if
// not, every reason why.
func (r Rule) Meets(e Evidence) (bool, []string) {
	var why []string
	if !slices.Contains(r.Skills, e.Skill) {
		why = append(why, WhySkill)
	}
	if e.Score < r.PassPercent*100 {
		why = append(why, WhyScore)
	}
	if r.NeedSession && e.SessionID.IsZero() {
		why = append(why, WhySession)
	}
	if r.NeedAllLessons && (e.LessonsTotal < 1 || e.LessonsDone < e.LessonsTotal) {
		why = append(why, WhyLessons)
	}
	return len(why) == 0, why
}

// check refuses a rule that could never be met or always would be.
func (r Rule) check() error {
	if r.Version < 1 || r.PassPercent < 1 || r.PassPercent > 100 || len(r.Skills) == 0 {
		return models.Invalid("invalid_rule")
	}
	for i, s := range r.Skills {
		if !slices.Contains(Skills, s) || slices.Contains(r.Skills[:i], s) {
			return models.Invalid("invalid_rule")
		}
	}
	return nil
}

// EnsureRules writes rule version 1 when it is not there yet. It is idempotent
// and safe on many machines at once.
func (c *Certificates) EnsureRules(ctx context.Context) error {
	var n int64
	if err := c.db.Read(ctx).Table("certificate_rules").Where("version = ?", 1).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	err := c.AddRule(ctx, firstRule(), firstRuleFrom)
	if models.CodeOf(err) == "rule_exists" {
		return nil
	}
	return err
}

// AddRule writes a new version that decides from the instant from on. Errors:
// Invalid "invalid_rule"; Conflict "rule_exists" when the version is taken.
func (c *Certificates) AddRule(ctx context.Context, r Rule, from time.Time) error {
	if err := r.check(); err != nil {
		return err
	}
	doc, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode rule: %w", err)
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("INSERT INTO certificate_rules (version, active_from, doc, doc_hash, created_at) VALUES (?, ?, ?, ?, ?)",
			r.Version, from.UTC().Truncate(time.Second), string(doc), digest(r), c.clock.Now()).Error
		if store.IsDuplicate(err) {
			return models.Conflict("rule_exists")
		}
		return err
	})
}

// ActiveRule is the rule in force at the instant at: the latest to have begun.
// Without any rule the error is KindUnavailable with code "no_rule": the
// program was started without EnsureRules.
func ActiveRule(tx *gorm.DB, at time.Time) (Rule, error) {
	return readRule(tx.Raw(`SELECT doc, doc_hash FROM certificate_rules WHERE active_from <= ?
		ORDER BY active_from DESC, version DESC LIMIT 1`, at))
}

// RuleByVersion is the rule that an older pass or certificate names. The error
// is as for ActiveRule.
func RuleByVersion(tx *gorm.DB, version int) (Rule, error) {
	return readRule(tx.Raw("SELECT doc, doc_hash FROM certificate_rules WHERE version = ?", version))
}

func readRule(q *gorm.DB) (Rule, error) {
	var row struct{ Doc, DocHash string }
	if err := q.Scan(&row).Error; err != nil {
		return Rule{}, err
	}
	if row.Doc == "" {
		return Rule{}, models.Fail(models.KindUnavailable, "no_rule")
	}
	var r Rule
	if err := json.Unmarshal([]byte(row.Doc), &r); err != nil {
		return Rule{}, fmt.Errorf("decode rule: %w", err)
	}
	if digest(r) != row.DocHash {
		return Rule{}, fmt.Errorf("rule %d was changed after it was written", r.Version)
	}
	return r, nil
}

// Missing answers "why not yet": what each skill still needs for the
// certificate.
type Missing struct {
	RuleVersion int            `json:"rule_version"`
	Skills      []MissingSkill `json:"skills"`
	Complete    bool           `json:"complete"` // all skills of the rule are passed
}

// MissingSkill is one line of Missing. BestPercent is nil without a submitted
// quiz. NeedsSession is true when a good quiz at home does not count.
type MissingSkill struct {
	Skill        string `json:"skill"`
	LessonsDone  int    `json:"lessons_done"`
	LessonsTotal int    `json:"lessons_total"` // 0: no course of this skill for the pupil's grade yet
	BestPercent  *int   `json:"best_percent"`
	NeedsSession bool   `json:"needs_session"`
	Passed       bool   `json:"passed"`
}
