package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/household"
)

// registerJob is the import of a register file that goes on in the background.
type registerJob struct {
	ID         string          `json:"id"`
	State      string          `json:"state" enum:"receiving,checking,ready,writing,done,failed,cancelled"`
	FileName   string          `json:"file_name"`
	FileSize   int64           `json:"file_size" doc:"Bytes."`
	Source     string          `json:"source"`
	AsOf       string          `json:"as_of"`
	MapOn      string          `json:"map_on" doc:"The day whose map the file's communes are of."`
	Successors bool            `json:"successors"`
	LocalCodes bool            `json:"local_codes"`
	GoodRows   bool            `json:"good_rows"`
	Done       int             `json:"done" doc:"Rows read while checking, households written while writing."`
	Total      int             `json:"total" doc:"Households to write; 0 while checking."`
	Report     *registerReport `json:"report" doc:"Of the check or, at the end, of the import."`
	Failure    *jobFailure     `json:"failure"`
	CreatedAt  time.Time       `json:"created_at"`
	FinishedAt *time.Time      `json:"finished_at"`
}

// jobFailure says why a job came to nothing.
type jobFailure struct {
	Code   string         `json:"code"`
	Fields []models.Field `json:"fields" nullable:"false"`
}

type startJobInput struct {
	ByID
	Body struct {
		GoodRows bool `json:"good_rows,omitempty" doc:"Write the households without a fault although others have one."`
	}
}

type recheckJobInput struct {
	ByID
	Body struct {
		Successors bool   `json:"successors,omitempty" doc:"Communes that are gone are read as those they went into."`
		MapOn      string `json:"map_on,omitempty" maxLength:"10" doc:"The day of the file's map; empty: as before."`
	}
}

func (s *server) registerJobOperations() {
	job := func(id, method, path, summary string) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "imports", action: models.ActImportHouseholds, refuses: []models.Kind{models.KindConflict}}
	}
	registerUpload(s, job("start-register-job", http.MethodPost, "/household-register-jobs",
		"Bring a household register (CSV or XLSX) to be checked in the background. Nothing is written before it is told to."),
		map[string]string{
			"id":           "Made by the client: a repeat is the same job.",
			"source":       "Who keeps the register; shown under every figure.",
			"as_of":        "Civil day of its figures.",
			"map_on":       "Civil day whose map the communes of the file are of; default as_of.",
			"successors":   "true: communes that are gone are read as those they went into.",
			"commune_code": "For a file without a column of communes.",
			"local_codes":  "true: the file's household codes are unique in a commune only.",
		}, s.createRegisterJob)
	register(s, job("list-register-jobs", http.MethodGet, "/household-register-jobs", "The caller's last 20 imports, without row errors."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[registerJob]], error) {
			jobs, err := s.Households.Jobs(ctx, actor)
			return answer(listed(converted(jobs, jobOf), ""), err)
		})
	register(s, job("get-register-job", http.MethodGet, "/household-register-jobs/{id}", "How far one of the caller's imports is; while it is at work without its report."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[registerJob], error) {
			return withID(in, func(id models.ID) (registerJob, error) {
				j, err := s.Households.Job(ctx, actor, id)
				if j.State == household.JobWriting {
					j.Report = nil
				}
				return jobOf(j), err
			})
		})
	register(s, job("write-register-job", http.MethodPost, "/household-register-jobs/{id}/start", "Write a register that was checked."),
		func(ctx context.Context, actor models.Actor, in *startJobInput) (*body[registerJob], error) {
			return withID(&in.ByID, func(id models.ID) (registerJob, error) {
				j, err := s.Households.StartJob(ctx, actor, id, in.Body.GoodRows)
				return jobOf(j), err
			})
		})
	register(s, job("recheck-register-job", http.MethodPost, "/household-register-jobs/{id}/check", "Check a register anew with its communes read in another way."),
		func(ctx context.Context, actor models.Actor, in *recheckJobInput) (*body[registerJob], error) {
			return withID(&in.ByID, func(id models.ID) (registerJob, error) {
				j, err := s.Households.RecheckJob(ctx, actor, id, in.Body.Successors, in.Body.MapOn)
				return jobOf(j), err
			})
		})
	register(s, job("cancel-register-job", http.MethodPost, "/household-register-jobs/{id}/cancel", "Stop an import and throw its file away; what is written stays."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[registerJob], error) {
			return withID(in, func(id models.ID) (registerJob, error) {
				j, err := s.Households.CancelJob(ctx, actor, id)
				return jobOf(j), err
			})
		})
}

func (s *server) createRegisterJob(ctx context.Context, actor models.Actor, _ *none, file *fileForm) (*body[registerJob], error) {
	id, err := parseID("body.id", file.fields["id"])
	if err != nil {
		return nil, err
	}
	asOf, err := parseDay("body.as_of", file.fields["as_of"])
	if err != nil {
		return nil, err
	}
	mapOn := file.fields["map_on"]
	if mapOn != "" {
		if mapOn, err = parseDay("body.map_on", mapOn); err != nil {
			return nil, err
		}
	}
	j, err := s.Households.CreateJob(ctx, actor, household.NewJob{ID: id, FileName: file.title, File: household.RegisterFile{
		Source: models.Clean(file.fields["source"]), AsOf: asOf, MapOn: mapOn, CommuneCode: file.fields["commune_code"],
		LocalCodes: file.fields["local_codes"] == "true", Successors: file.fields["successors"] == "true", MaxBytes: maxUpload,
	}}, file, file.size)
	return answer(jobOf(j), err)
}

func jobOf(j household.Job) registerJob {
	v := registerJob{
		ID: textOf(j.ID), State: j.State, FileName: j.FileName, FileSize: j.FileSize, Source: j.File.Source, AsOf: j.File.AsOf, MapOn: j.File.MapOn,
		Successors: j.File.Successors, LocalCodes: j.File.LocalCodes, GoodRows: j.File.GoodRows, Done: j.Done, Total: j.Total,
		CreatedAt: j.CreatedAt.UTC(), FinishedAt: optionalTime(j.FinishedAt),
	}
	if j.Report != nil {
		r := registerReportOf(*j.Report)
		v.Report = &r
	}
	if j.Failure != nil {
		v.Failure = &jobFailure{Code: j.Failure.Code, Fields: filled(j.Failure.Fields)}
	}
	return v
}
