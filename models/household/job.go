package household

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The states of a register job. A job is checked, shown (ready) and, when its
// officer says so, written.
const (
	JobReceiving = "receiving"
	JobChecking  = "checking"
	JobReady     = "ready"
	JobWriting   = "writing"
	JobDone      = "done"
	JobFailed    = "failed"
	JobCancelled = "cancelled"
)

// Job is the import of one register file.
type Job struct {
	ID         models.ID
	FileName   string
	FileSize   int64
	File       RegisterFile // without its functions
	State      string
	Done       int // rows read while checking, households written while writing
	Total      int // households to write; 0 while checking
	Report     *RegisterReport
	Failure    *models.Error // why it failed
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// NewJob describes the file of a job. The ID is made by the client.
type NewJob struct {
	ID       models.ID
	FileName string
	File     RegisterFile
}

const (
	// maxJobs is how many unfinished jobs one account may have.
	maxJobs = 3
	// jobPart is how many bytes of a file one row keeps.
	jobPart = 256 << 10
	// jobKept is how long a file waits for somebody to look at its preview.
	jobKept = 24 * time.Hour
	// jobSilent is how long a copy of the program may say nothing before another
	// one goes on with its job.
	jobSilent = time.Minute
)

// jobRow is the register_jobs table.
type jobRow struct {
	ID         models.ID
	AccountID  models.ID
	Actor      string
	FileName   string
	FileSize   int64
	Settings   string
	State      string
	Done       int
	Total      int
	Report     string
	ErrorCode  string
	Runner     models.ID
	BeatAt     time.Time
	CreatedAt  time.Time
	FinishedAt *time.Time
}

const jobColumns = "id, account_id, actor, file_name, file_size, settings, state, done, total, report, error_code, runner, beat_at, created_at, finished_at"

// outcome is what a job's report column holds.
type outcome struct {
	Report *RegisterReport `json:",omitempty"`
	Fields []models.Field  `json:",omitempty"`
	Kind   models.Kind     `json:",omitempty"`
}

// settings are the parts of a RegisterFile that can be kept.
type settings struct {
	Source, AsOf, CommuneCode, MapOn string
	LocalCodes, Successors, GoodRows bool
}

func (f RegisterFile) settings() settings {
	return settings{f.Source, f.AsOf, f.CommuneCode, f.MapOn, f.LocalCodes, f.Successors, f.GoodRows}
}

func (c settings) file() RegisterFile {
	return RegisterFile{Source: c.Source, AsOf: c.AsOf, CommuneCode: c.CommuneCode, MapOn: c.MapOn,
		LocalCodes: c.LocalCodes, Successors: c.Successors, GoodRows: c.GoodRows}
}

// CreateJob takes a register file of size bytes to be checked in the
// background. The same id again answers the same job. The actor needs
// import_households. Errors: Invalid fields as ImportRegister; KindTooLarge;
// Conflict "too_many_imports" and "id_taken".
func (s *Households) CreateJob(ctx context.Context, actor models.Actor, n NewJob, r io.Reader, size int64) (Job, error) {
	if _, err := models.Allow(actor, models.ActImportHouseholds); err != nil {
		return Job{}, err
	}
	now := s.db.Clock().Now()
	if err := n.File.check(models.Day(now)); err != nil {
		return Job{}, err
	}
	if size > n.File.MaxBytes {
		return Job{}, models.Fail(models.KindTooLarge, "too_large")
	}
	if n.ID.IsZero() {
		n.ID = models.NewID(now)
	}
	have, err := s.beginJob(ctx, actor, n, size, now)
	if err != nil || have.State != JobReceiving {
		return have, err
	}
	if err := s.keepParts(ctx, n.ID, r); err != nil {
		return Job{}, err
	}
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		return store.One(tx.Exec("UPDATE register_jobs SET state = ?, updated_at = ? WHERE id = ? AND state = ?", JobChecking, now, n.ID, JobReceiving),
			models.Conflict("conflict"))
	})
	if err != nil {
		return Job{}, err
	}
	return s.Job(ctx, actor, n.ID)
}

// beginJob writes the job's row, or answers the one that is there. A job whose
// file was cut off on its way is received anew.
func (s *Households) beginJob(ctx context.Context, actor models.Actor, n NewJob, size int64, now time.Time) (Job, error) {
	who, err := json.Marshal(actor)
	if err != nil {
		return Job{}, err
	}
	about, err := json.Marshal(n.File.settings())
	if err != nil {
		return Job{}, err
	}
	var have Job
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		row, err := jobByID(tx, n.ID)
		if err == nil {
			if row.AccountID != actor.Account {
				return models.Conflict("id_taken")
			}
			have = row.job()
			return tx.Exec("DELETE FROM register_job_parts WHERE job_id IN (SELECT id FROM register_jobs WHERE id = ? AND state = ?)", n.ID, JobReceiving).Error
		}
		if models.KindOf(err) != models.KindNotFound {
			return err
		}
		var open int
		err = tx.Raw("SELECT COUNT(*) FROM register_jobs WHERE account_id = ? AND finished_at IS NULL", actor.Account).Scan(&open).Error
		if err != nil {
			return fmt.Errorf("count jobs: %w", err)
		}
		if open >= maxJobs {
			return models.Conflict("too_many_imports")
		}
		have = Job{State: JobReceiving}
		err = tx.Exec(`INSERT INTO register_jobs (id, account_id, actor, file_name, file_size, settings, state, done, total, report, error_code,
			runner, beat_at, created_at, updated_at, finished_at) VALUES (?,?,?,?,?,?,?,0,0,'{}','',NULL,?,?,?,NULL)`,
			n.ID, actor.Account, string(who), cut(models.Clean(n.FileName), 200), size, string(about), JobReceiving, now, now, now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
	return have, err
}

// keepParts writes a file in parts: one transaction each, so that a large file
// keeps nobody waiting.
func (s *Households) keepParts(ctx context.Context, id models.ID, r io.Reader) error {
	buf := make([]byte, jobPart)
	for seq := 0; ; seq++ {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			part := buf[:n]
			err := s.db.Tx(ctx, func(tx *gorm.DB) error {
				return tx.Exec("INSERT INTO register_job_parts (job_id, seq, data) VALUES (?,?,?)", id, seq, part).Error
			})
			if err != nil {
				return fmt.Errorf("keep file: %w", err)
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Job answers one of the actor's own jobs; another's is NotFound.
func (s *Households) Job(ctx context.Context, actor models.Actor, id models.ID) (Job, error) {
	row, err := s.ownJob(s.db.Read(ctx), actor, id)
	return row.job(), err
}

// Jobs answers the actor's own last 20 jobs, the newest first, without reports.
func (s *Households) Jobs(ctx context.Context, actor models.Actor) ([]Job, error) {
	if _, err := models.Allow(actor, models.ActImportHouseholds); err != nil {
		return nil, err
	}
	var rows []jobRow
	err := s.db.Read(ctx).Raw("SELECT "+jobColumns+" FROM register_jobs WHERE account_id = ? ORDER BY created_at DESC, id DESC LIMIT 20", actor.Account).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	jobs := make([]Job, len(rows))
	for i, r := range rows {
		jobs[i] = r.job()
		if rep := jobs[i].Report; rep != nil {
			rep.Errors, rep.Sample = nil, nil
		}
	}
	return jobs, nil
}

// StartJob has a ready job written, all rows or, with goodRows, those without a
// fault. A job that is being written or is done is answered as it is. Errors:
// NotFound; Conflict "rows_refused" (wrong rows, and goodRows not asked for)
// and "job_over".
func (s *Households) StartJob(ctx context.Context, actor models.Actor, id models.ID, goodRows bool) (Job, error) {
	who, err := json.Marshal(actor)
	if err != nil {
		return Job{}, err
	}
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		row, err := s.ownJob(tx, actor, id)
		if err != nil {
			return err
		}
		job := row.job()
		switch {
		case row.State == JobWriting || row.State == JobDone:
			return nil
		case row.State != JobReady || job.Report == nil:
			return models.Conflict("job_over")
		case job.Report.ErrorCount > 0 && !goodRows:
			return models.Conflict("rows_refused")
		}
		job.File.GoodRows = goodRows
		about, err := json.Marshal(job.File.settings())
		if err != nil {
			return err
		}
		now := s.db.Clock().Now()
		return store.One(tx.Exec("UPDATE register_jobs SET state = ?, settings = ?, actor = ?, done = 0, total = ?, runner = NULL, updated_at = ? WHERE id = ? AND state = ?",
			JobWriting, string(about), string(who), job.Report.New+job.Report.Changed, now, id, JobReady), store.ErrRetry)
	})
	if err != nil {
		return Job{}, err
	}
	return s.Job(ctx, actor, id)
}

// RecheckJob checks a ready job anew with its communes read in another way:
// successors for those that are gone, mapOn (a civil day, or "" as before) for
// the day of their map. Errors: NotFound; Invalid field "map_on"; Conflict
// "job_over".
func (s *Households) RecheckJob(ctx context.Context, actor models.Actor, id models.ID, successors bool, mapOn string) (Job, error) {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		row, err := s.ownJob(tx, actor, id)
		if err != nil {
			return err
		}
		f := row.job().File
		same := f.Successors == successors && (mapOn == "" || mapOn == f.MapOn)
		switch {
		case row.State == JobChecking && same:
			return nil
		case row.State != JobReady:
			return models.Conflict("job_over")
		}
		f.Successors = successors
		if mapOn != "" {
			f.MapOn = mapOn
		}
		if err := f.check(s.db.Clock().Today()); err != nil {
			return err
		}
		about, err := json.Marshal(f.settings())
		if err != nil {
			return err
		}
		now := s.db.Clock().Now()
		return store.One(tx.Exec("UPDATE register_jobs SET state = ?, settings = ?, report = '{}', done = 0, total = 0, runner = NULL, updated_at = ? WHERE id = ? AND state = ?",
			JobChecking, string(about), now, id, JobReady), store.ErrRetry)
	})
	if err != nil {
		return Job{}, err
	}
	return s.Job(ctx, actor, id)
}

// CancelJob stops a job and throws its file away. What was written stays: the
// same file again goes on from there. One that has ended is answered as it is.
func (s *Households) CancelJob(ctx context.Context, actor models.Actor, id models.ID) (Job, error) {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		row, err := s.ownJob(tx, actor, id)
		if err != nil || row.FinishedAt != nil {
			return err
		}
		return endJob(tx, row, JobCancelled, outcome{}, "", s.db.Clock().Now())
	})
	if err != nil {
		return Job{}, err
	}
	return s.Job(ctx, actor, id)
}

func (s *Households) ownJob(tx *gorm.DB, actor models.Actor, id models.ID) (jobRow, error) {
	if _, err := models.Allow(actor, models.ActImportHouseholds); err != nil {
		return jobRow{}, err
	}
	row, err := jobByID(tx, id)
	if err == nil && row.AccountID != actor.Account {
		return jobRow{}, models.NotFound()
	}
	return row, err
}

func jobByID(tx *gorm.DB, id models.ID) (jobRow, error) {
	var row jobRow
	res := tx.Raw("SELECT "+jobColumns+" FROM register_jobs WHERE id = ?", id).Scan(&row)
	return row, store.One(res, models.NotFound())
}

// endJob writes a job's end on condition that nobody else changed it, and
// removes its file.
func endJob(tx *gorm.DB, row jobRow, state string, o outcome, code string, now time.Time) error {
	if o.Report != nil {
		o.Report.Sample = nil // names are kept no longer than they are looked at
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	err = store.One(tx.Exec("UPDATE register_jobs SET state = ?, report = ?, error_code = ?, actor = '', runner = NULL, updated_at = ?, finished_at = ? WHERE id = ? AND state = ?",
		state, string(text), cut(code, 60), now, now, row.ID, row.State), store.ErrRetry)
	if err != nil {
		return err
	}
	return tx.Exec("DELETE FROM register_job_parts WHERE job_id = ?", row.ID).Error
}

// job is the row as it is shown. What does not parse was written by a newer
// program and is left out.
func (r jobRow) job() Job {
	j := Job{ID: r.ID, FileName: r.FileName, FileSize: r.FileSize, State: r.State, Done: r.Done, Total: r.Total, CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt}
	var about settings
	if json.Unmarshal([]byte(r.Settings), &about) == nil {
		j.File = about.file()
	}
	var o outcome
	if json.Unmarshal([]byte(r.Report), &o) == nil {
		j.Report = o.Report
	}
	if r.ErrorCode != "" {
		j.Failure = &models.Error{Kind: o.Kind, Code: r.ErrorCode, Fields: o.Fields}
	}
	return j
}
