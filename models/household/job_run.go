package household

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// RunJobs works on the register jobs that wait, one after the other, and
// answers how many it brought to their next state. Several copies of the
// program may call it: each job has one runner, and when that one falls silent
// for a minute another goes on. Files that nobody looked at for a day are
// thrown away.
func (s *Households) RunJobs(ctx context.Context) (int, error) {
	if err := s.dropOldJobs(ctx); err != nil {
		return 0, err
	}
	for n := 0; ; n++ {
		row, ok, err := s.claimJob(ctx)
		if err != nil || !ok {
			return n, err
		}
		if err := s.runJob(ctx, row); err != nil {
			return n, err
		}
	}
}

// dropOldJobs ends jobs that wait for somebody who does not come back.
func (s *Households) dropOldJobs(ctx context.Context) error {
	now := s.db.Clock().Now()
	var old []jobRow
	err := s.db.Read(ctx).Raw("SELECT "+jobColumns+" FROM register_jobs WHERE state IN ? AND beat_at < ?", []string{JobReady, JobReceiving}, now.Add(-jobKept)).Scan(&old).Error
	if err != nil {
		return fmt.Errorf("look for old jobs: %w", err)
	}
	for _, row := range old {
		err := s.db.Tx(ctx, func(tx *gorm.DB) error { return endJob(tx, row, JobCancelled, outcome{}, "job_expired", now) })
		if err != nil && models.KindOf(err) != models.KindUnavailable {
			return err
		}
	}
	return nil
}

// claimJob takes the oldest job that waits.
func (s *Households) claimJob(ctx context.Context) (row jobRow, ok bool, err error) {
	now := s.db.Clock().Now()
	runner := models.NewID(now)
	waits := "state IN ? AND (runner IS NULL OR beat_at < ?)"
	args := []any{[]string{JobChecking, JobWriting}, now.Add(-jobSilent)}
	err = s.db.Read(ctx).Raw("SELECT "+jobColumns+" FROM register_jobs WHERE "+waits+" ORDER BY created_at, id LIMIT 1", args...).Scan(&row).Error
	if err != nil || row.ID.IsZero() {
		return row, false, err
	}
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE register_jobs SET runner = ?, beat_at = ?, updated_at = ? WHERE id = ? AND "+waits, append([]any{runner, now, now, row.ID}, args...)...)
		ok = res.RowsAffected == 1
		return res.Error
	})
	row.Runner = runner
	return row, ok, err
}

// errStopped ends an import whose job was cancelled or taken over.
var errStopped = errors.New("the job is somebody else's now")

// runJob checks or writes the register of one job. The error is one of the
// database or of ctx; what is wrong with the file is the job's outcome.
func (s *Households) runJob(ctx context.Context, row jobRow) error {
	var actor models.Actor
	if err := json.Unmarshal([]byte(row.Actor), &actor); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	f := row.job().File
	f.DryRun, f.MaxBytes = row.State == JobChecking, row.FileSize
	f.Read = func(rows int) error { return s.beat(ctx, row, rows, 0) }
	if !f.DryRun {
		f.Read = nil
		written := 0
		f.Progress = func(done, total int) error {
			if done < total && done-written < beatStep {
				return nil
			}
			written = done
			return s.beat(ctx, row, done, total)
		}
	}
	report, err := s.importSafely(ctx, actor, f, row)
	if errors.Is(err, errStopped) {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err() // the program stops: the next one goes on
	}
	return s.settleJob(ctx, row, report, err)
}

// importSafely is ImportRegister on a job's file. Nobody's request waits for it,
// so a file that breaks the program must end its job and not the server.
func (s *Households) importSafely(ctx context.Context, actor models.Actor, f RegisterFile, row jobRow) (report RegisterReport, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &models.Error{Kind: models.KindInternal, Code: "internal", Err: fmt.Errorf("import: %v", p)}
		}
	}()
	return s.ImportRegister(ctx, actor, f, &partReader{ctx: ctx, db: s.db, job: row.ID}, row.FileSize)
}

// beatStep is after how many households a job says how far it is.
const beatStep = 2_000

// beat tells how far a job is. The error is errStopped when it is not this
// runner's any more.
func (s *Households) beat(ctx context.Context, row jobRow, done, total int) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.db.Clock().Now()
		return store.One(tx.Exec("UPDATE register_jobs SET done = ?, total = ?, beat_at = ?, updated_at = ? WHERE id = ? AND runner = ? AND state = ?",
			done, total, now, now, row.ID, row.Runner, row.State), errStopped)
	})
}

// settleJob writes what became of a job: a preview waits, everything else has
// ended.
func (s *Households) settleJob(ctx context.Context, row jobRow, report RegisterReport, failed error) error {
	now := s.db.Clock().Now()
	var e *models.Error
	switch {
	case failed != nil && (!errors.As(failed, &e) || e.Kind == models.KindUnavailable):
		return failed // the database's: tried again after jobSilent
	case failed != nil:
		return ignoreTaken(s.db.Tx(ctx, func(tx *gorm.DB) error {
			return endJob(tx, row, JobFailed, outcome{Fields: e.Fields, Kind: e.Kind}, e.Code, now)
		}))
	case row.State == JobWriting && !report.Written:
		// A row that was right in the preview is wrong now.
		return ignoreTaken(s.db.Tx(ctx, func(tx *gorm.DB) error {
			return endJob(tx, row, JobFailed, outcome{Report: &report, Kind: models.KindConflict}, "register_changed", now)
		}))
	case row.State == JobWriting:
		return ignoreTaken(s.db.Tx(ctx, func(tx *gorm.DB) error { return endJob(tx, row, JobDone, outcome{Report: &report}, "", now) }))
	}
	text, err := json.Marshal(outcome{Report: &report})
	if err != nil {
		return err
	}
	return ignoreTaken(s.db.Tx(ctx, func(tx *gorm.DB) error {
		return store.One(tx.Exec("UPDATE register_jobs SET state = ?, report = ?, done = ?, runner = NULL, beat_at = ?, updated_at = ? WHERE id = ? AND runner = ? AND state = ?",
			JobReady, string(text), report.Rows, now, now, row.ID, row.Runner, JobChecking), errStopped)
	}))
}

// ignoreTaken forgets that a job was cancelled in its last moment.
func ignoreTaken(err error) error {
	if errors.Is(err, errStopped) || models.CodeOf(err) == "busy" {
		return nil
	}
	return err
}

// partReader reads a job's file part by part.
type partReader struct {
	ctx  context.Context
	db   *store.DB
	job  models.ID
	seq  int
	rest []byte
}

func (r *partReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		var parts []struct{ Data []byte }
		err := r.db.Read(r.ctx).Raw("SELECT data FROM register_job_parts WHERE job_id = ? AND seq = ?", r.job, r.seq).Scan(&parts).Error
		if err != nil {
			return 0, fmt.Errorf("read file: %w", err)
		}
		if len(parts) == 0 {
			return 0, io.EOF
		}
		r.rest, r.seq = slices.Clone(parts[0].Data), r.seq+1
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
