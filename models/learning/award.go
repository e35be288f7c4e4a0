package learning

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/household"
	"nhaso/models/store"
)

// Why the ledger changes: a certificate was issued, or a skill was passed.
const (
	causeIssued = "issued"
	causePassed = "pass"
)

// awardAfterQuiz hands an ended attempt to the rule: in the transaction that
// ends it. When only lessons or the scenario are missing it leaves a mark on the
// guard row, so that those, done at the same moment, cannot miss the quiz.
func awardAfterQuiz(tx *gorm.DB, rule certificate.Rule, x ending, now time.Time) (err error) {
	if x.out.Score < rule.PassPercent*100 {
		return nil // an attempt that does not pass needs no more statements
	}
	e := x.f.evidence(x.out.Score, x.hash)
	if e.LessonsDone, err = lessonsDone(tx, x.f.Person, x.f.course); err != nil {
		return err
	}
	if err := bestScenario(tx, rule, &e); err != nil {
		return err
	}
	ok, why := rule.Meets(e)
	if ok {
		return award(tx, rule, e, now)
	}
	if mayFollow(why) {
		return touchGuard(tx, x.f.Person, x.f.CourseKey)
	}
	return nil
}

func (f *frozen) evidence(score int, hash string) certificate.Evidence {
	return certificate.Evidence{
		PersonID: f.Person, Skill: f.course.Skill, AttemptID: f.ID, SessionID: f.Session,
		CourseKey: f.CourseKey, CourseHash: f.course.Hash, AttemptHash: hash, Score: score, LessonsTotal: len(f.course.Lessons),
	}
}

// awardAfterLesson looks, when a lesson was done just now, for a quiz that was
// passed in a session before, the best first. A lesson that is not the last one
// marks the guard row all the same: two last lessons done at one moment see
// each other by it.
func (l *Learning) awardAfterLesson(ctx context.Context, tx *gorm.DB, person models.ID, c *course, now time.Time) error {
	if l.away {
		return nil
	}
	done, err := lessonsDone(tx, person, c)
	if err != nil {
		return err
	}
	if done < len(c.Lessons) {
		return touchGuard(tx, person, c.Key)
	}
	rule, err := certificate.ActiveRule(tx, now)
	if err != nil {
		return err
	}
	return l.awardFromBest(ctx, tx, rule, person, c, now)
}

// award records the skill; the last skill issues the certificate, and that
// may cover the household.
func award(tx *gorm.DB, rule certificate.Rule, e certificate.Evidence, now time.Time) error {
	pass, created, err := certificate.RecordPass(tx, rule, e, now)
	if err != nil {
		return err
	}
	if created && pass.Seq < len(rule.Skills) {
		// As the person's n-th pass it cannot complete the rule.
		return household.RecountPerson(tx, e.PersonID, causePassed, pass.ID, now)
	}
	issued, err := issue(tx, rule, e.PersonID, now)
	if err != nil || issued || !created {
		return err
	}
	return household.RecountPerson(tx, e.PersonID, causePassed, pass.ID, now)
}

// issue gives the certificate to a person who has every skill and never had
// one, and counts the household anew then.
func issue(tx *gorm.DB, rule certificate.Rule, person models.ID, now time.Time) (issued bool, err error) {
	p, err := holderOf(tx, person)
	if err != nil {
		return false, err
	}
	cert, issued, err := certificate.IssueIfComplete(tx, rule, certificate.Holder{
		PersonID: person, SchoolID: p.SchoolID, Name: p.Name, SchoolName: p.SchoolName, ClassName: p.ClassName,
	}, now)
	if err != nil || !issued {
		return false, err
	}
	return true, household.RecountPerson(tx, person, causeIssued, cert.ID, now)
}

// touchGuard makes two transactions about one person and course collide even
// where each only reads what the other writes. It must come after those reads:
// the version it compares is that of the same snapshot.
func touchGuard(tx *gorm.DB, person models.ID, courseKey string) error {
	var versions []int
	err := tx.Raw("SELECT version FROM learning_guards WHERE person_id = ? AND course_key = ?", person, courseKey).Scan(&versions).Error
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return retryDuplicate(tx.Exec("INSERT INTO learning_guards (person_id, course_key, version) VALUES (?, ?, 1)", person, courseKey).Error)
	}
	return store.One(tx.Exec("UPDATE learning_guards SET version = version + 1 WHERE person_id = ? AND course_key = ? AND version = ?",
		person, courseKey, versions[0]), store.ErrRetry)
}
