package certificate

import (
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Pass is the proof of one skill by one person, written once.
type Pass struct {
	ID          models.ID `json:"id"`
	PersonID    models.ID `json:"person_id"`
	Seq         int       `json:"seq"` // 1.. in the person's order
	Skill       string    `json:"skill"`
	RuleVersion int       `json:"rule_version"`
	AttemptID   models.ID `json:"attempt_id"`
	SessionID   models.ID `json:"session_id"`
	CourseKey   string    `json:"course_key"`
	CourseHash  string    `json:"course_hash"`
	AttemptHash string    `json:"attempt_hash"`
	Score       int       `json:"score"` // basis points
	PassedAt    time.Time `json:"passed_at"`
	Hash        string    `json:"hash"`

	ScenarioRunID models.ID `json:"scenario_run_id"` // zero for a pass of a rule that needs no scenario
	ScenarioHash  string    `json:"scenario_hash"`   // the version of the scenario that was played
}

const passColumns = `id, person_id, seq, skill, rule_version, attempt_id, session_id, course_key, course_hash, attempt_hash, score, passed_at, hash, scenario_run_id, scenario_hash`

// digest covers everything but the row's own id, which is drawn at random. The
// scenario stands in it only where there is one, so that the hashes of passes
// from before rule 2 still hold.
func (p Pass) digest() string {
	run := ""
	if !p.ScenarioRunID.IsZero() {
		run = p.ScenarioRunID.String()
	}
	return digest(struct {
		Person, Skill, Attempt, Session, CourseKey, CourseHash, AttemptHash, At string
		Seq, Rule, Score                                                        int
		ScenarioRun, ScenarioHash                                               string `json:",omitempty"`
	}{p.PersonID.String(), p.Skill, p.AttemptID.String(), p.SessionID.String(), p.CourseKey, p.CourseHash, p.AttemptHash,
		stamp(p.PassedAt), p.Seq, p.RuleVersion, p.Score, run, p.ScenarioHash})
}

// RecordPass writes the proof of a skill. A person who has the skill already
// keeps the first pass: created is false then. Evidence that does not meet the
// rule is refused with Conflict "rule_not_met". It may answer store.ErrRetry,
// when another transaction proves a skill of the same person at this moment;
// store.Tx then runs the body again.
func RecordPass(tx *gorm.DB, rule Rule, e Evidence, now time.Time) (pass Pass, created bool, err error) {
	if ok, _ := rule.Meets(e); !ok {
		return Pass{}, false, models.Conflict("rule_not_met")
	}
	before, err := passRows(tx, e.PersonID)
	if err != nil {
		return Pass{}, false, err
	}
	for _, p := range before {
		if p.Skill == e.Skill {
			return p, false, nil
		}
	}
	pass = newPass(rule, e, len(before)+1, now)
	if err := insertPasses(tx, []Pass{pass}); err != nil {
		return Pass{}, false, err
	}
	return pass, true, nil
}

// RecordPasses is RecordPass for many endings in one INSERT. before holds the
// passes of all persons in list, as PassesOf answered them in this
// transaction; the new ones are added to it. The errors are those of
// RecordPass, for the whole list.
func RecordPasses(tx *gorm.DB, rule Rule, before map[models.ID]map[string]Pass, list []Evidence, now time.Time) error {
	var fresh []Pass
	for _, e := range list {
		if ok, _ := rule.Meets(e); !ok {
			return models.Conflict("rule_not_met")
		}
		own := before[e.PersonID]
		if _, has := own[e.Skill]; has {
			continue
		}
		if own == nil {
			own = map[string]Pass{}
			before[e.PersonID] = own
		}
		pass := newPass(rule, e, len(own)+1, now)
		own[e.Skill] = pass
		fresh = append(fresh, pass)
	}
	for part := range slices.Chunk(fresh, store.MaxRows) {
		if err := insertPasses(tx, part); err != nil {
			return err
		}
	}
	return nil
}

func newPass(rule Rule, e Evidence, seq int, now time.Time) Pass {
	pass := Pass{
		ID: models.NewID(now), PersonID: e.PersonID, Seq: seq, Skill: e.Skill, RuleVersion: rule.Version,
		AttemptID: e.AttemptID, SessionID: e.SessionID, CourseKey: e.CourseKey, CourseHash: e.CourseHash, AttemptHash: e.AttemptHash,
		Score: e.Score, PassedAt: now,
	}
	if rule.NeedScenario {
		pass.ScenarioRunID, pass.ScenarioHash = e.ScenarioRunID, e.ScenarioHash
	}
	pass.Hash = pass.digest()
	return pass
}

// insertPasses answers store.ErrRetry when a unique index refuses a row: the
// other pass is not visible in this snapshot.
func insertPasses(tx *gorm.DB, list []Pass) error {
	args := make([]any, 0, 15*len(list))
	for _, p := range list {
		args = append(args, p.ID, p.PersonID, p.Seq, p.Skill, p.RuleVersion, p.AttemptID, p.SessionID,
			p.CourseKey, p.CourseHash, p.AttemptHash, p.Score, p.PassedAt, p.Hash, p.ScenarioRunID, p.ScenarioHash)
	}
	const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	err := tx.Exec("INSERT INTO skill_passes ("+passColumns+") VALUES "+row+strings.Repeat(", "+row, len(list)-1), args...).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}

// Passes answers a person's passes by skill.
func Passes(tx *gorm.DB, personID models.ID) (map[string]Pass, error) {
	rows, err := passRows(tx, personID)
	if err != nil {
		return nil, err
	}
	m := make(map[string]Pass, len(rows))
	for _, p := range rows {
		m[p.Skill] = p
	}
	return m, nil
}

func passRows(tx *gorm.DB, personID models.ID) ([]Pass, error) {
	var rows []Pass
	err := tx.Raw("SELECT "+passColumns+" FROM skill_passes WHERE person_id = ? ORDER BY seq", personID).Scan(&rows).Error
	return rows, err
}

// PassesOf answers the passes of many persons in few statements, by person and
// skill: for a class board.
func PassesOf(tx *gorm.DB, ids []models.ID) (map[models.ID]map[string]Pass, error) {
	out := make(map[models.ID]map[string]Pass, len(ids))
	err := chunks(ids, func(part []models.ID) error {
		var rows []Pass
		if err := tx.Raw("SELECT "+passColumns+" FROM skill_passes WHERE person_id IN ?", part).Scan(&rows).Error; err != nil {
			return err
		}
		for _, p := range rows {
			if out[p.PersonID] == nil {
				out[p.PersonID] = map[string]Pass{}
			}
			out[p.PersonID][p.Skill] = p
		}
		return nil
	})
	return out, err
}

// SkillsOf answers which skills persons have passed; who has none is left out.
func SkillsOf(tx *gorm.DB, ids []models.ID) (map[models.ID][]string, error) {
	out := make(map[models.ID][]string, len(ids))
	err := chunks(ids, func(part []models.ID) error {
		var rows []struct {
			PersonID models.ID
			Skill    string
		}
		if err := tx.Raw("SELECT person_id, skill FROM skill_passes WHERE person_id IN ?", part).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			out[r.PersonID] = append(out[r.PersonID], r.Skill)
		}
		return nil
	})
	return out, err
}

// chunks hands ids on in parts that stay below the bind variable limit.
func chunks(ids []models.ID, fn func([]models.ID) error) error {
	for len(ids) > 0 {
		n := min(len(ids), store.MaxRows)
		if err := fn(ids[:n]); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}
