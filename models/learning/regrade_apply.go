package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/store"
)

// ApplyRegrade grades the answers to an old version of a question by the one
// published now. The result that is replaced is kept beside the new one; a
// skill that the new score proves is awarded like any other; one that was
// proved stays. Each attempt is one transaction and is changed once, so that a
// call that was cut off is simply repeated: it then answers what was left.
// Attempts that are open, may still get answers or are on a laptop follow by
// themselves when they are final (followRegrades). The
// actor needs the action operate. Errors as for PreviewRegrade.
func (l *Learning) ApplyRegrade(ctx context.Context, actor models.Actor, spec RegradeSpec) (RegradeReport, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return RegradeReport{}, err
	}
	p, err := l.planRegrade(ctx, spec)
	if err != nil {
		return RegradeReport{}, err
	}
	p.Applied = true
	// Written before the first attempt, and where none is there yet: what ends or arrives from now on follows it.
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		id, err := regradeID(tx, p, actor, l.clock.Now())
		if err != nil {
			return err
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.RegradeApplied, Kind: audit.KindSystem, Subject: id, Detail: audit.Detail{"question": spec.QuestionKey}})
	})
	if err != nil {
		return RegradeReport{}, err
	}
	err = l.eachRegradable(ctx, p, func(list []regradable) error {
		for i := range list {
			if err := l.applyOne(ctx, actor, p, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return RegradeReport{}, err
	}
	return p.reportFor(actor)
}

// applyOne regrades one attempt, if there is anything to change.
func (l *Learning) applyOne(ctx context.Context, actor models.Actor, p *regradePlan, r *regradable) error {
	c, err := p.preview(ctx, l, r)
	if err != nil || c == nil {
		return err
	}
	var gained, cert bool
	var changed bool
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		changed = false
		now := l.clock.Now()
		id, err := regradeID(tx, p, actor, now)
		if err != nil {
			return err
		}
		again, err := l.regradables(ctx, tx, p, "a.id = ? AND a.state <> 'open'", r.f.ID)
		if err != nil || len(again) == 0 || again[0].waiting {
			return err
		}
		x, _, err := p.regrade(&again[0])
		if err != nil || x == nil {
			return err // somebody else was here first
		}
		changed = true
		gained, cert, err = writeRegrade(tx, id, &again[0], x, now)
		return err
	})
	if err != nil {
		return err
	}
	if !changed {
		p.Unchanged++
		return nil
	}
	c.PassGained, c.Certificate = gained, cert
	p.count(c)
	return nil
}

// regradeID finds or writes the row of this regrade; the unique index lets one
// in.
func regradeID(tx *gorm.DB, p *regradePlan, actor models.Actor, now time.Time) (models.ID, error) {
	var rows []struct{ ID models.ID }
	if err := tx.Raw("SELECT id FROM regrades WHERE from_hash = ? AND to_hash = ?", p.From, p.To).Scan(&rows).Error; err != nil {
		return models.ID{}, err
	}
	if len(rows) > 0 {
		return rows[0].ID, nil
	}
	id := models.NewID(now)
	var by *models.ID
	if !actor.Account.IsZero() {
		by = &actor.Account
	}
	return id, retryDuplicate(tx.Exec(`INSERT INTO regrades (id, course_key, question_key, from_hash, to_hash, applied_by, applied_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, p.CourseKey, p.QuestionKey, p.From, p.To, by, now).Error)
}

// writeRegrade replaces the result, awards what it proves and keeps both.
func writeRegrade(tx *gorm.DB, id models.ID, r *regradable, x *regraded, now time.Time) (gained, cert bool, err error) {
	err = store.One(tx.Exec("UPDATE attempts SET score = ?, passed = ?, result = ?, result_hash = ? WHERE id = ? AND state <> 'open' AND result_hash = ?",
		x.score, bit(x.passed), x.text, x.hash, r.f.ID, r.row.ResultHash), store.ErrRetry)
	if err != nil {
		return false, false, err
	}
	if r.f.counts() {
		if gained, cert, err = awardRegraded(tx, r, x, now); err != nil {
			return false, false, err
		}
	}
	return gained, cert, retryDuplicate(tx.Exec(`INSERT INTO regrade_results (attempt_id, seq, regrade_id, slot, old_score, old_passed, old_result, old_hash,
		new_score, new_passed, new_hash, pass_gained, regraded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.f.ID, len(r.before)+1, id, x.slot+1, *r.row.Score, *r.row.Passed, *r.row.Result, r.row.ResultHash,
		x.score, bit(x.passed), x.hash, bit(gained), now).Error)
}

// awardRegraded hands the new result to the rule, as the end of a quiz does.
func awardRegraded(tx *gorm.DB, r *regradable, x *regraded, now time.Time) (gained, cert bool, err error) {
	rule, err := certificate.ActiveRule(tx, now)
	if err != nil {
		return false, false, err
	}
	before, err := certificate.Passes(tx, r.f.Person)
	if err != nil {
		return false, false, err
	}
	out := Outcome{AttemptID: r.f.ID, Score: x.score, Passed: x.passed, Counts: true, SubmittedAt: r.row.SubmittedAt.UTC()}
	if err := awardAfterQuiz(tx, rule, ending{f: r.f, out: out, state: r.row.State, result: x.text, hash: x.hash}, now); err != nil {
		return false, false, err
	}
	after, err := certificate.Passes(tx, r.f.Person)
	if err != nil {
		return false, false, err
	}
	gained = len(after) > len(before)
	return gained, gained && rule.Complete(after), nil
}

// regradeRow is one replaced result of an attempt with its versions.
type regradeRow struct {
	AttemptID          models.ID
	Seq, Slot          int
	FromHash, ToHash   string
	OldScore, NewScore int
	OldResult          string
	OldHash, NewHash   string
	PassGained         int
	RegradedAt         time.Time
	SeenAt             *time.Time
}

const regradeSelect = `SELECT x.attempt_id, x.seq, x.slot, r.from_hash, r.to_hash, x.old_score, x.new_score, x.old_result, x.old_hash, x.new_hash,
	x.pass_gained, x.regraded_at, x.seen_at FROM regrade_results x JOIN regrades r ON r.id = x.regrade_id WHERE `

// regradesOf reads the regrades of attempts, in their order.
func regradesOf(tx *gorm.DB, ids []models.ID) (map[models.ID][]regradeRow, error) {
	var rows []regradeRow
	err := tx.Raw(regradeSelect+"x.attempt_id IN ? ORDER BY x.attempt_id, x.seq", ids).Scan(&rows).Error
	found := map[models.ID][]regradeRow{}
	for _, r := range rows {
		found[r.AttemptID] = append(found[r.AttemptID], r)
	}
	return found, err
}

// bestReplaced is the best result of a person in a course's sessions that a
// regrade replaced: who had passed keeps that, also where the lessons were done
// only afterwards. nil: there is none.
func bestReplaced(tx *gorm.DB, person models.ID, courseKey string) (*regradeRow, error) {
	var rows []regradeRow
	err := tx.Raw(`SELECT x.attempt_id, x.old_score, x.old_hash FROM attempts a JOIN regrade_results x ON x.attempt_id = a.id
		WHERE a.person_id = ? AND a.course_key = ? AND a.session_id IS NOT NULL ORDER BY x.old_score DESC, x.seq LIMIT 1`, person, courseKey).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
