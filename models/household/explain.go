package household

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/consent"
	"nhaso/models/coverage"
)

// The kinds of a step in an explanation, from the number down to its causes.
const (
	StepHousehold   = "household"
	StepLedger      = "ledger"
	StepLink        = "link"
	StepCertificate = "certificate"
	StepRule        = "rule"
	StepPass        = "pass"
)

// Step is one fact that a household's status rests on. What it leads to further
// down (the attempt of a pass) is named in its facts by id; room learning knows
// those.
type Step struct {
	Kind  string
	ID    models.ID // zero for a rule
	At    time.Time
	Facts map[string]any // keys in English, for the front end to translate
	Hash  string         // "" where the fact carries none
}

// Explanation says why a household has its status.
type Explanation struct {
	Status string
	Reason string // "certified_member", "no_certificate", "no_confirmed_member"
	Chain  []Step
	Intact bool // every hash recomputes and follows the one before it
}

// Explain answers the chain from the household over its confirmed links to the
// certificates, passes and the rule's version. The actor needs read_household
// with its village in reach, otherwise NotFound; names are masked without
// read_names. Whoever is not to be named in area lists stays in the chain with
// dates and hashes alone, so that the number is proved all the same.
func (s *Households) Explain(ctx context.Context, actor models.Actor, id models.ID) (Explanation, error) {
	var e Explanation
	var d Details // whose names were read
	named := false
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		var h Household
		names, err := s.open(tx, actor, id, &h)
		if err != nil {
			return err
		}
		e = Explanation{Status: h.Status(), Reason: reasonFor(h)}
		today := s.db.Clock().Today()
		list, err := members(tx, id, names, today)
		if err != nil {
			return err
		}
		d, named = Details{Household: h, Members: list}, names
		at := time.Time{}
		if h.CoveredAt != nil {
			at = *h.CoveredAt
		}
		e.Chain = append(e.Chain, Step{Kind: StepHousehold, ID: h.ID, At: at, Facts: map[string]any{
			"code": h.Code, "head": shown(h.HeadName, names && !headWithheld(list)), "known": h.Known == 1, "covered": h.Covered == 1, "village_since": h.VillageSince,
		}})
		if err := e.addLedger(tx, h.ID); err != nil {
			return err
		}
		return e.addMembers(tx, h.ID, names, today)
	})
	if err == nil && named {
		err = s.recordNames(ctx, actor, d)
	}
	if err != nil {
		return Explanation{}, err
	}
	return e, nil
}

func reasonFor(h Household) string {
	switch h.Status() {
	case StatusCovered:
		return "certified_member"
	case StatusNotCovered:
		return "no_certificate"
	}
	return "no_confirmed_member"
}

func (e *Explanation) addLedger(tx *gorm.DB, id models.ID) error {
	changes, ok, err := coverage.OfSubject(tx, id)
	e.Intact = ok
	for _, c := range changes {
		facts := map[string]any{
			"village": c.VillageName, "on": c.OnDate, "cause": c.Cause,
			"delta_households": c.Households, "delta_known": c.Known, "delta_covered": c.Covered, "batch": c.Batch,
		}
		if (c.Skills != coverage.Skills{}) {
			facts["delta_skills"] = c.Skills.ByName()
		}
		e.Chain = append(e.Chain, Step{Kind: StepLedger, ID: c.CauseID, At: c.At, Hash: c.Hash, Facts: facts})
	}
	return err
}

func (e *Explanation) addMembers(tx *gorm.DB, id models.ID, names bool, today string) error {
	links, err := confirmedOf(tx, []models.ID{id})
	if err != nil {
		return err
	}
	slices.SortFunc(links, func(a, b Link) int { return a.ClaimedAt.Compare(b.ClaimedAt) })
	persons := make([]models.ID, len(links))
	for i, l := range links {
		persons[i] = l.PersonID
	}
	agreed, err := consent.Shown(tx, persons, consent.AreaNames, today)
	if err != nil {
		return err
	}
	called, err := personNames(tx, persons)
	if err != nil {
		return err
	}
	var rules []int
	for _, l := range links {
		facts := map[string]any{
			"relation": l.Relation, "state": l.State, "claimed_at": l.ClaimedAt, "claimed_role": l.ClaimedRole,
			"decided_by": l.DecidedName, "decided_role": l.DecidedRole,
		}
		if agreed[l.PersonID] {
			facts["person_id"], facts["name"], facts["reason"] = l.PersonID, shown(called[l.PersonID], names), l.Reason
		} else {
			facts["name_withheld"] = true
		}
		e.Chain = append(e.Chain, Step{Kind: StepLink, ID: l.ID, At: decidedAt(l), Facts: facts})
		proof, err := certificate.Prove(tx, l.PersonID)
		if err != nil {
			return err
		}
		if proof == nil {
			continue
		}
		e.addProof(proof, agreed[l.PersonID], &rules)
	}
	return nil
}

func decidedAt(l Link) time.Time {
	if l.DecidedAt != nil {
		return *l.DecidedAt
	}
	return l.ClaimedAt
}

// addProof adds a certificate, the passes under it, and its rule once. What
// leads to the holder (code, school, class) stands there only for those named.
func (e *Explanation) addProof(proof *certificate.Proof, named bool, rules *[]int) {
	e.Intact = e.Intact && proof.Intact
	c := proof.Certificate
	facts := map[string]any{"status": c.State, "rule_version": c.RuleVersion}
	if named {
		facts["code"], facts["school"], facts["class"], facts["person_id"] = c.Code, c.SchoolName, c.ClassName, c.PersonID
	} else {
		facts["name_withheld"] = true
	}
	e.Chain = append(e.Chain, Step{Kind: StepCertificate, ID: c.ID, At: c.IssuedAt, Hash: c.Hash, Facts: facts})
	for _, p := range proof.Passes {
		facts := map[string]any{
			"skill": p.Skill, "score": p.Score, "rule_version": p.RuleVersion, "attempt_id": p.AttemptID, "session_id": p.SessionID,
			"course_key": p.CourseKey, "course_hash": p.CourseHash, "attempt_hash": p.AttemptHash,
		}
		if !p.ScenarioRunID.IsZero() {
			facts["scenario_run_id"], facts["scenario_hash"] = p.ScenarioRunID, p.ScenarioHash
		}
		e.Chain = append(e.Chain, Step{Kind: StepPass, ID: p.ID, At: p.PassedAt, Hash: p.Hash, Facts: facts})
	}
	if slices.Contains(*rules, proof.Rule.Version) {
		return
	}
	*rules = append(*rules, proof.Rule.Version)
	e.Chain = append(e.Chain, Step{Kind: StepRule, Facts: map[string]any{
		"version": proof.Rule.Version, "pass_percent": proof.Rule.PassPercent, "need_session": proof.Rule.NeedSession,
		"need_all_lessons": proof.Rule.NeedAllLessons, "need_scenario": proof.Rule.NeedScenario, "skills": proof.Rule.Skills,
	}})
}
