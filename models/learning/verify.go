package learning

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// ProofReport is what CheckProofs found.
type ProofReport struct {
	Certificates int         `json:"certificates"` // people with a certificate whose chain was checked
	Learners     int         `json:"learners"`     // people without one whose passes were checked
	Broken       int         `json:"broken_proofs"`
	Stubbed      int         `json:"stubbed_passes"` // proved by what was checked before their details were erased
	Persons      []models.ID `json:"broken_persons"` // the first 100
	// Missing counts the people whose passes fill the rule and who have no
	// certificate that counts, although none was taken back.
	Missing        int         `json:"missing_certificates"`
	MissingPersons []models.ID `json:"missing_persons"` // the first 100
}

// CheckProofs grades every attempt behind every pass again and checks each hash
// from the answers over the passes to a certificate's last event: the part of
// "every number can be proved" that lies above the ledger. Passes of persons
// without a certificate are in it, because single skills are counted too; who
// has all of them and no certificate is named as well. For
// operators; the error is KindForbidden for others.
func (l *Learning) CheckProofs(ctx context.Context, actor models.Actor) (ProofReport, error) {
	report := ProofReport{Persons: []models.ID{}, MissingPersons: []models.ID{}}
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return report, err
	}
	var anchors certificate.Anchors
	for last := (models.ID{}); ; {
		var rows []struct{ PersonID models.ID }
		// Both: a certificate whose passes are gone is broken too.
		err := l.db.Read(ctx).Raw(`SELECT person_id FROM (SELECT DISTINCT person_id FROM certificates WHERE person_id > ? ORDER BY person_id LIMIT 200) c
			UNION SELECT person_id FROM (SELECT DISTINCT person_id FROM skill_passes WHERE person_id > ? ORDER BY person_id LIMIT 200) p
			ORDER BY person_id LIMIT 200`, last[:], last[:]).Scan(&rows).Error
		if err != nil || len(rows) == 0 {
			return report, err
		}
		for _, r := range rows {
			found, err := l.provable(ctx, r.PersonID, &anchors)
			if err != nil {
				return report, err
			}
			report.add(r.PersonID, found)
		}
		last = rows[len(rows)-1].PersonID
	}
}

// maxNamed is how many people a report names; it counts all of them.
const maxNamed = 100

// proved is what was found about one person.
type proved struct {
	certified, ok bool
	missing       bool
	stubbed       int
}

func (r *ProofReport) add(person models.ID, found proved) {
	r.Stubbed += found.stubbed
	if found.certified {
		r.Certificates++
	} else {
		r.Learners++
	}
	if found.missing {
		r.Missing++
		if len(r.MissingPersons) < maxNamed {
			r.MissingPersons = append(r.MissingPersons, person)
		}
	}
	if found.ok {
		return
	}
	r.Broken++
	if len(r.Persons) < maxNamed {
		r.Persons = append(r.Persons, person)
	}
}

// provable tells whether a person's certificate, or what was passed so far,
// holds down to the answers, or down to the stubs that stand for them.
func (l *Learning) provable(ctx context.Context, person models.ID, anchors *certificate.Anchors) (found proved, err error) {
	err = l.db.Snapshot(ctx, func(tx *gorm.DB) error {
		found = proved{}
		proof, err := certificate.Prove(tx, person)
		if err != nil {
			return err
		}
		var p certificate.PassProof
		if found.certified = proof != nil; found.certified {
			p = certificate.PassProof{Passes: proof.Passes, Intact: proof.Intact, Stubs: proof.Stubs}
			found.missing = proof.Unwithdrawn()
		} else if p, err = certificate.ProvePasses(tx, person); err != nil {
			return err
		} else if found.missing, err = certificate.Earned(tx, p.Passes); err != nil {
			return err
		}
		found.ok = p.Intact
		for _, pass := range p.Passes {
			holds := false
			if stub, erased := p.Stubs[pass.ID]; erased {
				found.stubbed++
				holds, err = anchors.Hold(tx, stub, pass.Hash)
			} else {
				holds, err = l.passHolds(ctx, tx, pass)
			}
			if err != nil {
				return err
			}
			found.ok = found.ok && holds
		}
		return nil
	})
	return found, err
}

// passHolds grades the attempt behind a pass again and asks its rule.
func (l *Learning) passHolds(ctx context.Context, tx *gorm.DB, pass certificate.Pass) (bool, error) {
	f, err := l.anyAttempt(ctx, pass.AttemptID)
	if models.KindOf(err) == models.KindNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p, err := f.prove(tx)
	if models.KindOf(err) == models.KindNotFound {
		return false, nil
	}
	if err != nil || !p.Intact || !p.bears(pass.Score, pass.AttemptHash) {
		return false, err
	}
	return l.meets(ctx, tx, f, pass)
}

// meets asks the rule that a pass names once more, with the evidence as it
// lies in the database: session, score, lessons, and the scenario run.
func (l *Learning) meets(ctx context.Context, tx *gorm.DB, f *frozen, pass certificate.Pass) (bool, error) {
	rule, err := certificate.RuleByVersion(tx, pass.RuleVersion)
	if err != nil {
		return false, err
	}
	e := f.evidence(pass.Score, pass.AttemptHash)
	if e.Skill != pass.Skill || e.PersonID != pass.PersonID || e.SessionID != pass.SessionID {
		return false, nil
	}
	if e.LessonsDone, err = lessonsDone(tx, f.Person, f.course); err != nil {
		return false, err
	}
	if rule.NeedScenario {
		run, err := l.runBehind(ctx, tx, pass)
		if err != nil || run == nil {
			return false, err
		}
		run.into(&e)
	}
	ok, _ := rule.Meets(e)
	return ok, nil
}

// runBehind reads the scenario run that a pass names; nil when it is not
// there, is another's, or does not come out again as it is stored.
func (l *Learning) runBehind(ctx context.Context, tx *gorm.DB, pass certificate.Pass) (*scenarioRun, error) {
	var rows []scenarioRun
	if err := tx.Raw(runSelect+"id = ?", pass.ScenarioRunID).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	run := rows[0]
	if run.PersonID != pass.PersonID || run.CourseKey != pass.CourseKey || run.ScenarioHash != pass.ScenarioHash {
		return nil, nil
	}
	if l.regrade != nil {
		again, err := l.regrade(ctx, tx, run)
		if err != nil || again != run {
			return nil, err
		}
	}
	return &run, nil
}
