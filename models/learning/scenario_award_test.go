package learning

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// ruleTwo makes rule 2 decide from now on.
func (w *world) ruleTwo() {
	w.t.Helper()
	require.NoError(w.t, certificate.New(w.db).SetRuleFrom(ctx, models.System(), 2, w.clock.Now()))
}

// played is a run that rule 2 takes.
func played(p models.Actor, courseKey string) scenarioRun {
	return scenarioRun{ID: newID(), PersonID: p.Person, CourseKey: courseKey, ScenarioHash: "h1", Mode: modeAlone, Passed: true, HardSpotted: 1}
}

func insertRun(tx *gorm.DB, r scenarioRun, now time.Time) error {
	return tx.Exec(`INSERT INTO scenario_runs (id, person_id, course_key, scenario_key, scenario_hash, variant, mode, rewound, log, result,
		passed, hard_spotted, legit_rejected, score, run_hash, finished_at) VALUES (?, ?, ?, 's1', ?, 'x', ?, 0, '[]', '{}', ?, ?, ?, 90, '', ?)`, r.ID, r.PersonID, r.CourseKey, r.ScenarioHash, r.Mode, bit(r.Passed), r.HardSpotted, r.LegitRejected, now).Error
}

// play stores a finished run as the API will.
func (w *world) play(r scenarioRun) {
	w.t.Helper()
	require.NoError(w.t, w.playErr(ctx, r))
}

func (w *world) playErr(ctx context.Context, r scenarioRun) error {
	c, err := w.l.catalog.byKey(ctx, r.CourseKey)
	if err != nil {
		return err
	}
	return w.db.Tx(ctx, func(tx *gorm.DB) error {
		now := w.clock.Now()
		if err := insertRun(tx, r, now); err != nil {
			return err
		}
		return w.l.awardAfterScenario(ctx, tx, r.PersonID, c, now)
	})
}

func (w *world) passes(p models.Actor) int {
	w.t.Helper()
	return w.count("SELECT COUNT(*) FROM skill_passes WHERE person_id = ?", p.Person)
}

// The three parts of rule 2 in each order: the last one earns the pass, whichever
// it is, and none before.
func TestRuleTwoInAnyOrder(t *testing.T) {
	each(t, func(w *world) {
		w.ruleTwo()
		steps := map[string]func(p models.Actor, session models.ID){
			"lessons":  func(p models.Actor, _ models.ID) { w.lessons(p, course1) },
			"quiz":     func(p models.Actor, session models.ID) { w.quiz(p, course1, session, 9) },
			"scenario": func(p models.Actor, _ models.ID) { w.play(played(p, course1)) },
		}
		s := w.session("")
		for _, order := range [][]string{
			{"lessons", "quiz", "scenario"}, {"lessons", "scenario", "quiz"}, {"quiz", "lessons", "scenario"},
			{"quiz", "scenario", "lessons"}, {"scenario", "lessons", "quiz"}, {"scenario", "quiz", "lessons"},
		} {
			p := w.pupil(w.class)
			_, err := w.l.JoinSession(ctx, p, s.Code)
			require.NoError(w.t, err)
			for i, step := range order {
				steps[step](p, s.ID)
				assert.Equal(w.t, i/2, w.passes(p), "%v after %s", order, step)
			}
			pass, err := certificate.Passes(w.db.Read(ctx), p.Person)
			require.NoError(w.t, err)
			for _, one := range pass {
				assert.Equal(w.t, 2, one.RuleVersion)
				assert.False(w.t, one.ScenarioRunID.IsZero())
				assert.Equal(w.t, "h1", one.ScenarioHash)
			}
		}
	})
}

// Runs that the rule does not take, and the one among many that it takes.
func TestOnlyTheRightRunCounts(t *testing.T) {
	each(t, func(w *world) {
		w.ruleTwo()
		p := w.pupil(w.class)
		s := w.session("", p)
		w.lessons(p, course1)
		w.quiz(p, course1, s.ID, 9)
		line := func() certificate.MissingSkill {
			m, err := w.l.Missing(ctx, p)
			require.NoError(w.t, err)
			i := slices.IndexFunc(m.Skills, func(x certificate.MissingSkill) bool { return x.Skill+"-thcs" == course1 })
			return m.Skills[i]
		}
		assert.True(w.t, line().ScenarioNeeded)
		for name, change := range map[string]func(*scenarioRun){
			"guided":            func(r *scenarioRun) { r.Mode = "guided" },
			"failed":            func(r *scenarioRun) { r.Passed = false },
			"no hard lure":      func(r *scenarioRun) { r.HardSpotted = 0 },
			"a genuine refused": func(r *scenarioRun) { r.LegitRejected, r.HardSpotted = 1, 3 },
			"another course":    func(r *scenarioRun) { r.CourseKey = certificate.Skills[1] + "-thcs" },
			"another person":    func(r *scenarioRun) { r.PersonID = w.pupil(w.class).Person },
		} {
			r := played(p, course1)
			change(&r)
			w.play(r)
			assert.Zero(w.t, w.passes(p), name)
			assert.False(w.t, line().ScenarioPassed, name)
		}
		good := played(p, course1)
		w.play(good)
		assert.Equal(w.t, 1, w.passes(p))
		assert.Equal(w.t, good.ID, w.idOf("SELECT scenario_run_id AS id FROM skill_passes WHERE person_id = ?", p.Person))
		assert.True(w.t, line().ScenarioPassed)
		assert.False(w.t, line().ScenarioNeeded, "nothing is needed any more")
	})
}

// Under rule 1 a run changes nothing, and nothing is said of it.
func TestRuleOneKnowsNoScenario(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		w.play(played(p, course1))
		w.lessons(p, course1)
		w.quiz(p, course1, s.ID, 9)
		assert.Equal(w.t, 1, w.passes(p))
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM skill_passes WHERE scenario_run_id IS NOT NULL"))
		m, err := w.l.Missing(ctx, p)
		require.NoError(w.t, err)
		for _, line := range m.Skills {
			assert.False(w.t, line.ScenarioNeeded || line.ScenarioPassed)
		}
	})
}

// finishing are the parts that may complete a skill, each as the body of the
// transaction that stores it.
func (w *world) finishing(p models.Actor, session models.ID) map[string]func(l *Learning, tx *gorm.DB) error {
	c, err := w.l.catalog.byKey(ctx, course1)
	require.NoError(w.t, err)
	lesson := func(key string) func(*Learning, *gorm.DB) error {
		return func(l *Learning, tx *gorm.DB) error {
			_, _, err := putProgress(tx, p.Person, course1, key, "h", Progress{Seq: 1, CardIndex: 2, Done: true}, w.clock.Now())
			if err != nil {
				return err
			}
			return l.awardAfterLesson(ctx, tx, p.Person, c, w.clock.Now())
		}
	}
	quiz := w.job(p, course1, session, 10)
	run := played(p, course1)
	return map[string]func(*Learning, *gorm.DB) error{
		"quiz": func(l *Learning, tx *gorm.DB) error {
			err := errors.Join(l.applyEnds(tx, []*endJob{quiz})...)
			if err == nil && quiz.alone { // its award collided once: as Submit does then
				_, err = l.finishTx(tx, quiz.f, byPupil, w.clock.Now())
			}
			return err
		},
		"lesson 1": lesson("bai-1"),
		"lesson 2": lesson("bai-2"),
		"scenario": func(l *Learning, tx *gorm.DB) error {
			if err := insertRun(tx, run, w.clock.Now()); err != nil {
				return err
			}
			return l.awardAfterScenario(ctx, tx, p.Person, c, w.clock.Now())
		},
	}
}

// Of two parts that are the last ones, the first has read and not yet
// committed when the second does all its work: neither sees the other, and the
// award must be made all the same.
func TestTwoLastPartsCannotMissEachOther(t *testing.T) {
	each(t, func(w *world) {
		w.ruleTwo()
		s := w.session("")
		names := []string{"quiz", "lesson 1", "lesson 2", "scenario"}
		for _, first := range names {
			for _, second := range names {
				if first == second {
					continue
				}
				p := w.pupil(w.class)
				_, err := w.l.JoinSession(ctx, p, s.Code)
				require.NoError(w.t, err)
				parts := w.finishing(p, s.ID)
				for _, name := range names {
					if name != first && name != second {
						require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return parts[name](w.l, tx) }))
					}
				}
				require.Zero(w.t, w.passes(p))
				read, done := make(chan struct{}), make(chan error, 1)
				go func() {
					<-read
					done <- w.db.Tx(ctx, func(tx *gorm.DB) error { return parts[second](w.l, tx) })
				}()
				var once sync.Once
				require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error {
					if err := parts[first](w.l, tx); err != nil {
						return err
					}
					once.Do(func() {
						close(read)
						select {
						case err := <-done:
							done <- err
						case <-time.After(150 * time.Millisecond): // it waits for this one to commit
						}
					})
					return nil
				}), "%s beside %s", first, second)
				require.NoError(w.t, <-done)
				assert.Equal(w.t, 1, w.passes(p), "%s beside %s", first, second)
			}
		}
	})
}

// The two last lessons, the quiz and the run finish at one moment, in two
// copies of the program: the award is made once and never missed.
func TestAllPartsAtOneMoment(t *testing.T) {
	each(t, func(w *world) {
		w.ruleTwo()
		copies := []*Learning{w.l, New(w.db, Options{})}
		var pupils []models.Actor
		for range 12 {
			pupils = append(pupils, w.pupil(w.class))
		}
		s := w.session("", pupils...)
		for i, p := range pupils {
			a := w.start(p, course1, s.ID)
			w.answer(p, a.ID, 10)
			start := make(chan struct{})
			var wg sync.WaitGroup
			together := func(f func() error) {
				wg.Go(func() {
					<-start
					assert.NoError(w.t, f())
				})
			}
			for n, key := range []string{"bai-1", "bai-2"} {
				together(func() error {
					_, err := copies[(i+n)%2].PutProgress(ctx, p, course1, key, Progress{Seq: 1, CardIndex: 2, Done: true})
					return err
				})
			}
			together(func() error { _, err := copies[i%2].Submit(ctx, p, a.ID); return err })
			together(func() error { return w.playErr(ctx, played(p, course1)) })
			close(start)
			wg.Wait()
			assert.Equal(w.t, 1, w.passes(p))
		}
	})
}

// A change of any part of a pass of rule 2 is found, and so is a run that does
// not come out again as it is stored.
func TestCheckProofsAsksTheRuleAgain(t *testing.T) {
	each(t, func(w *world) {
		w.ruleTwo()
		w.l.regrade = func(_ context.Context, _ *gorm.DB, run scenarioRun) (scenarioRun, error) { return run, nil }
		p := w.pupil(w.class)
		s := w.session("", p)
		for _, skill := range certificate.Skills {
			w.lessons(p, skill+"-thcs")
			w.quiz(p, skill+"-thcs", s.ID, 10)
			w.play(played(p, skill+"-thcs"))
		}
		broken := func() int {
			r, err := w.l.CheckProofs(ctx, models.System())
			require.NoError(w.t, err)
			require.Equal(w.t, 1, r.Certificates)
			return r.Broken
		}
		assert.Zero(w.t, broken())
		for _, c := range []struct{ what, change, back string }{
			{"mode", "UPDATE scenario_runs SET mode = 'guided'", "UPDATE scenario_runs SET mode = 'alone'"},
			{"result", "UPDATE scenario_runs SET passed = 0", "UPDATE scenario_runs SET passed = 1"},
			{"lures", "UPDATE scenario_runs SET hard_spotted = 0", "UPDATE scenario_runs SET hard_spotted = 1"},
			{"version", "UPDATE scenario_runs SET scenario_hash = 'h2'", "UPDATE scenario_runs SET scenario_hash = 'h1'"},
			{"whose", "UPDATE scenario_runs SET course_key = 'x' WHERE course_key LIKE 'self%'", "UPDATE scenario_runs SET course_key = 'self_protection-thcs' WHERE course_key = 'x'"},
			{"lesson", "UPDATE lesson_progress SET done_at = NULL WHERE lesson_key = 'bai-1'", "UPDATE lesson_progress SET done_at = updated_at WHERE lesson_key = 'bai-1'"},
		} {
			w.exec(c.change)
			assert.Equal(w.t, 1, broken(), c.what)
			w.exec(c.back)
			assert.Zero(w.t, broken(), c.what)
		}
		w.l.regrade = func(_ context.Context, _ *gorm.DB, run scenarioRun) (scenarioRun, error) {
			run.HardSpotted++
			return run, nil
		}
		assert.Equal(w.t, 1, broken())
	})
}
