package learning

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/household"
)

// awardBatch is awardAfterQuiz for all endings of one commit: passes and
// lessons of all persons are read once and the new passes go in together. It
// answers the ending whose award failed, -1 when it may be any.
func awardBatch(tx *gorm.DB, rule certificate.Rule, list []ending, now time.Time) (failed int, err error) {
	var at []int // in list, of those that may prove a skill
	for i, e := range list {
		if e.f.counts() && e.out.Score >= rule.PassPercent*100 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return -1, nil
	}
	passes, err := certificate.PassesOf(tx, personsOf(list, at))
	if err != nil {
		return -1, err
	}
	// Who has the skill and not yet all of them gets nothing from a repeated quiz.
	at = slices.DeleteFunc(at, func(i int) bool {
		own := passes[list[i].f.Person]
		_, has := own[list[i].f.course.Skill]
		return has && !rule.Complete(own)
	})
	if len(at) == 0 {
		return -1, nil
	}
	met, proofs, failed, err := meeting(tx, rule, list, at)
	if err != nil {
		return failed, err
	}
	if err := certificate.RecordPasses(tx, rule, passes, proofs, now); err != nil {
		return -1, err
	}
	counted := map[models.ID]bool{} // several quizzes of one pupil count the household once
	var reasons []household.Reason
	for k, i := range met {
		person := proofs[k].PersonID
		own := passes[person]
		if rule.Complete(own) && !counted[person] {
			if counted[person], err = issue(tx, rule, person, now); err != nil {
				return i, err
			}
		}
		if pass := own[proofs[k].Skill]; !counted[person] && pass.AttemptID == proofs[k].AttemptID {
			counted[person] = true
			reasons = append(reasons, household.Reason{PersonID: person, Cause: causePassed, CauseID: pass.ID})
		}
	}
	return -1, household.RecountPersons(tx, reasons, now)
}

// meeting picks the endings that prove their skill, with the evidence, and
// marks the guard rows of those that only lack lessons or the scenario.
func meeting(tx *gorm.DB, rule certificate.Rule, list []ending, at []int) (met []int, proofs []certificate.Evidence, failed int, err error) {
	courses := []string{}
	for _, i := range at {
		if key := list[i].f.CourseKey; !slices.Contains(courses, key) {
			courses = append(courses, key)
		}
	}
	done, err := lessonsOf(tx, personsOf(list, at), courses)
	if err != nil {
		return nil, nil, -1, err
	}
	runs, err := bestScenarios(tx, rule, personsOf(list, at), courses)
	if err != nil {
		return nil, nil, -1, err
	}
	for _, i := range at {
		x := list[i]
		e := x.f.evidence(x.out.Score, x.hash)
		for _, lesson := range x.f.course.Lessons {
			if done[lessonOf{x.f.Person, x.f.CourseKey, lesson.Key}] {
				e.LessonsDone++
			}
		}
		runs[runOf{x.f.Person, x.f.CourseKey}].into(&e)
		ok, why := rule.Meets(e)
		switch {
		case ok:
			met, proofs = append(met, i), append(proofs, e)
		case mayFollow(why):
			if err := touchGuard(tx, x.f.Person, x.f.CourseKey); err != nil {
				return nil, nil, i, err
			}
		}
	}
	return met, proofs, -1, nil
}

func personsOf(list []ending, at []int) []models.ID {
	ids := make([]models.ID, 0, len(at))
	for _, i := range at {
		if p := list[i].f.Person; !slices.Contains(ids, p) {
			ids = append(ids, p)
		}
	}
	return ids
}

// lessonOf names a lesson of a person.
type lessonOf struct {
	person      models.ID
	course, key string
}

// lessonsOf reads which lessons of the courses the persons have done.
func lessonsOf(tx *gorm.DB, persons []models.ID, courses []string) (map[lessonOf]bool, error) {
	args := make([]any, 0, len(persons)+len(courses))
	for _, p := range persons {
		args = append(args, p)
	}
	for _, key := range courses {
		args = append(args, key)
	}
	rows, err := tx.Raw("SELECT person_id, course_key, lesson_key FROM lesson_progress WHERE done_at IS NOT NULL AND person_id IN ("+
		marks(len(persons))+") AND course_key IN ("+marks(len(courses))+")", args...).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	done := map[lessonOf]bool{}
	for rows.Next() {
		var l lessonOf
		if err := rows.Scan(&l.person, &l.course, &l.key); err != nil {
			return nil, err
		}
		done[l] = true
	}
	return done, rows.Err()
}

// blame sends one job on alone, and after a few faults the whole batch; one is
// nil when the fault may be anybody's.
func blame(batch []*endJob, one *endJob) {
	for _, j := range batch {
		j.faults++
	}
	if one != nil {
		one.faults = maxFaults
	}
}
