package learning

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
)

// SealPasses checks the passes of a person in full, attempt, lessons and
// scenario run, and writes a stub for each, so that what they rest on may be
// erased. A pass that has a stub keeps it. The error is Conflict "proof_broken"
// when one does not hold: then nothing of it may be erased before somebody has
// looked. The caller puts certificate.Root into its audit entry.
func (l *Learning) SealPasses(ctx context.Context, tx *gorm.DB, person, cause models.ID, now time.Time) (made int, err error) {
	return l.sealPasses(ctx, tx, person, cause, now, func(certificate.Pass) bool { return true })
}

func (l *Learning) sealPasses(ctx context.Context, tx *gorm.DB, person, cause models.ID, now time.Time, which func(certificate.Pass) bool) (int, error) {
	passes, err := certificate.Passes(tx, person)
	if err != nil {
		return 0, err
	}
	var ids []models.ID
	for _, p := range passes {
		ids = append(ids, p.ID)
	}
	have, err := certificate.StubsByID(tx, ids)
	if err != nil {
		return 0, err
	}
	var stubs []certificate.Stub
	for _, p := range passes {
		if _, stubbed := have[p.ID]; stubbed || !which(p) {
			continue
		}
		ok, err := l.passHolds(ctx, tx, p)
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, models.Conflict("proof_broken")
		}
		stubs = append(stubs, certificate.StubOfPass(p))
	}
	return certificate.WriteStubs(tx, stubs, cause, now)
}

// ForgetAttempts drops what is kept in memory of a person's attempts, after they were
// erased.
func (l *Learning) ForgetAttempts(attempts []models.ID) {
	for _, id := range attempts {
		l.frozen.drop(id)
	}
}

// Aged are the persons who have detailed logs from before a moment: answers of
// quizzes that are over, or logs of scenario runs.
func Aged(tx *gorm.DB, before time.Time, after models.ID, limit int) ([]models.ID, error) {
	var rows []struct{ PersonID models.ID }
	err := tx.Raw(`SELECT person_id FROM (
			SELECT person_id FROM attempts WHERE state <> ? AND submitted_at < ? AND item_fold <> 2
			UNION SELECT person_id FROM scenario_runs WHERE finished_at < ? AND log <> '[]') x
		WHERE person_id > ? ORDER BY person_id LIMIT ?`, stateOpen, before, before, after[:], limit).Scan(&rows).Error
	ids := make([]models.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.PersonID
	}
	return ids, err
}

// Logs counts what is detailed.
type Logs struct {
	Attempts int64 `json:"attempts"` // whose answers and questions go
	Answers  int64 `json:"answers"`
	Runs     int64 `json:"runs"` // whose log goes
}

// CountLogs counts the detailed logs from before a moment.
func CountLogs(tx *gorm.DB, before time.Time) (n Logs, err error) {
	err = tx.Raw(`SELECT (SELECT COUNT(*) FROM attempts WHERE state <> ? AND submitted_at < ? AND item_fold <> 2) AS attempts,
		(SELECT COUNT(*) FROM answers x JOIN attempts a ON a.id = x.attempt_id WHERE a.state <> ? AND a.submitted_at < ? AND a.item_fold <> 2) AS answers,
		(SELECT COUNT(*) FROM scenario_runs WHERE finished_at < ? AND log <> '[]') AS runs`,
		stateOpen, before, stateOpen, before, before).Scan(&n).Error
	return n, err
}

// ExpireLogs erases the detailed logs of one person from before a moment: the
// answers and questions of ended quizzes, and the logs of scenario runs. Scores
// stay. A pass that rests on one of them is checked first and gets a stub. The
// error is Conflict "proof_broken" as for SealPasses.
func (l *Learning) ExpireLogs(ctx context.Context, tx *gorm.DB, person, cause models.ID, before, now time.Time) (n Logs, err error) {
	var attempts, runs []struct{ ID models.ID }
	err = tx.Raw("SELECT id FROM attempts WHERE person_id = ? AND state <> ? AND submitted_at < ? AND item_fold <> 2", person, stateOpen, before).Scan(&attempts).Error
	if err != nil {
		return n, fmt.Errorf("read aged attempts: %w", err)
	}
	err = tx.Raw("SELECT id FROM scenario_runs WHERE person_id = ? AND finished_at < ? AND log <> '[]'", person, before).Scan(&runs).Error
	if err != nil {
		return n, fmt.Errorf("read aged runs: %w", err)
	}
	old := map[models.ID]bool{}
	var attemptIDs, runIDs []models.ID
	for _, a := range attempts {
		old[a.ID], attemptIDs = true, append(attemptIDs, a.ID)
	}
	for _, r := range runs {
		old[r.ID], runIDs = true, append(runIDs, r.ID)
	}
	_, err = l.sealPasses(ctx, tx, person, cause, now, func(p certificate.Pass) bool { return old[p.AttemptID] || old[p.ScenarioRunID] })
	if err != nil {
		return n, err
	}
	n.Attempts, n.Runs = int64(len(attemptIDs)), int64(len(runIDs))
	for part := range slices.Chunk(attemptIDs, 200) {
		for _, table := range []string{"answers", "late_batches", "regrade_results", "question_alerts"} {
			res := tx.Exec("DELETE FROM "+table+" WHERE attempt_id IN ?", part)
			if res.Error != nil {
				return n, fmt.Errorf("erase %s: %w", table, res.Error)
			}
			if table == "answers" {
				n.Answers += res.RowsAffected
			}
		}
		if err := tx.Exec("UPDATE attempts SET "+emptyAttempt+" WHERE id IN ?", part).Error; err != nil {
			return n, fmt.Errorf("empty attempts: %w", err)
		}
	}
	for part := range slices.Chunk(runIDs, 200) {
		if err := tx.Exec("UPDATE scenario_runs SET "+emptyRun+" WHERE id IN ?", part).Error; err != nil {
			return n, fmt.Errorf("empty runs: %w", err)
		}
	}
	return n, nil
}
