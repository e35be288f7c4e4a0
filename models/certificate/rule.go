package certificate

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
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

	// Of rule 2 on. Left out of the JSON while unset, so that the hash of an
	// older rule, which knows nothing of them, stays what it was.
	NeedScenario    bool `json:"need_scenario,omitempty"`     // one scenario of the skill passed in the mode "alone"
	MinHardSpotted  int  `json:"min_hard_spotted,omitempty"`  // hard lures seen through in that run, at least
	NoLegitRejected bool `json:"no_legit_rejected,omitempty"` // nothing genuine refused in that run
}

// firstRule is version 1 (issue 2, item 7): for each of the five skills all
// lessons done and a quiz of at least 80 % in a teacher-opened session.
func firstRule() Rule {
	return Rule{Version: 1, PassPercent: 80, NeedSession: true, NeedAllLessons: true, Skills: slices.Clone(Skills)}
}

// secondRule is version 2 (issue B): version 1 plus one scenario per skill
// passed alone, with a hard lure spotted and nothing genuine rejected.
func secondRule() Rule {
	r := firstRule()
	r.Version, r.NeedScenario, r.MinHardSpotted, r.NoLegitRejected = 2, true, 1, true
	return r
}

// shipped are the rules that every installation has, with the instant from
// which each decides unless the operator sets another (SetRuleFrom): version 1
// from before anybody could pass, version 2 from 1 December 2026 in Viet Nam.
func shipped() []ScheduledRule {
	return []ScheduledRule{
		{Rule: firstRule(), From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Rule: secondRule(), From: time.Date(2026, 12, 1, 0, 0, 0, 0, models.VietNam()).UTC()},
	}
}

// The reasons of Rule.Meets, translated by the front end.
const (
	WhyScore   = "score_below_pass"
	WhySession = "not_in_session"
	WhyLessons = "lessons_missing"
	WhySkill   = "unknown_skill"

	WhyScenario = "scenario_missing"
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

	// The person's best scenario run of the skill; all zero without one.
	ScenarioRunID  models.ID
	ScenarioHash   string // of the scenario's version that was played
	ScenarioAlone  bool
	ScenarioPassed bool
	HardSpotted    int // hard lures seen through
	LegitRejected  int // genuine things refused
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
	if !r.ScenarioDone(e) {
		why = append(why, WhyScenario)
	}
	return len(why) == 0, why
}

// ScenarioDone tells whether the evidence has the practice that the rule wants;
// true for a rule that wants none.
func (r Rule) ScenarioDone(e Evidence) bool {
	if !r.NeedScenario {
		return true
	}
	return !e.ScenarioRunID.IsZero() && e.ScenarioAlone && e.ScenarioPassed && e.HardSpotted >= r.MinHardSpotted &&
		(!r.NoLegitRejected || e.LegitRejected == 0)
}

// check refuses a rule that could never be met or always would be.
func (r Rule) check() error {
	if r.Version < 1 || r.PassPercent < 1 || r.PassPercent > 100 || len(r.Skills) == 0 || r.MinHardSpotted < 0 {
		return models.Invalid("invalid_rule")
	}
	for i, s := range r.Skills {
		if !slices.Contains(Skills, s) || slices.Contains(r.Skills[:i], s) {
			return models.Invalid("invalid_rule")
		}
	}
	return nil
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

	ScenarioNeeded bool `json:"scenario_needed"` // by the rule in force, and the skill is not passed yet
	ScenarioPassed bool `json:"scenario_passed"` // a run is there that the rule takes
}
