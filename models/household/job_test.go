package household_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/household"
)

// bring makes a job out of a file.
func (w *world) bring(actor models.Actor, id models.ID, csv string) (household.Job, error) {
	return w.homes.CreateJob(ctx, actor, household.NewJob{ID: id, FileName: "sổ hộ.csv", File: household.RegisterFile{Source: "Sổ hộ", AsOf: "2026-11-01"}},
		strings.NewReader(csv), int64(len(csv)))
}

func (w *world) run() int {
	n, err := w.homes.RunJobs(ctx)
	require.NoError(w.t, err)
	return n
}

func (w *world) job(actor models.Actor, id models.ID) household.Job {
	j, err := w.homes.Job(ctx, actor, id)
	require.NoError(w.t, err)
	return j
}

func TestJobIsCheckedShownAndWritten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		officer, id := w.officer(), models.NewID(w.clock.Now())
		csv := "Mã hộ,Mã thôn,Chủ hộ\n"
		for i := range 30 {
			csv += fmt.Sprintf("A%d,%s,Nguyễn Văn %c\n", i, w.code(w.villages[i%2]), 'A'+i%26)
		}
		job, err := w.bring(officer, id, csv)
		require.NoError(t, err)
		require.Equal(t, household.JobChecking, job.State)
		again, err := w.bring(officer, id, csv)
		require.NoError(t, err)
		require.Equal(t, job.ID, again.ID, "a phone that sends twice makes one job")

		require.Equal(t, 1, w.run())
		job = w.job(officer, id)
		require.Equal(t, household.JobReady, job.State)
		assert.Equal(t, 30, job.Report.New)
		require.Len(t, job.Report.Sample, 20)
		assert.Equal(t, household.SampleRow{Row: 2, Ref: "A0", Commune: "Xã Hà Tu", Village: "Thôn Khe Cát", Head: "Nguyễn Văn A", State: "new"}, job.Report.Sample[0])
		assert.Equal(t, []household.CommuneRows{{Code: "06652", Name: "Xã Hà Tu", Households: 30, New: 30}}, job.Report.Communes)
		require.Zero(t, w.count("households"), "a preview writes nothing")
		require.Zero(t, w.run(), "a preview waits for its officer")

		for range 2 { // a repeat answers as the first time
			job, err = w.homes.StartJob(ctx, officer, id, false)
			require.NoError(t, err)
			require.Equal(t, household.JobWriting, job.State)
		}
		require.Equal(t, 1, w.run())
		job = w.job(officer, id)
		require.Equal(t, household.JobDone, job.State)
		assert.True(t, job.Report.Written)
		assert.Empty(t, job.Report.Sample, "names are not kept in the job")
		assert.Zero(t, w.count("register_job_parts"))
		assert.Equal(t, 30, w.count("households"))
		w.shows(w.villages[0], 15, 0, 0)

		list, err := w.homes.Jobs(ctx, officer)
		require.NoError(t, err)
		require.Len(t, list, 1)
		job, err = w.homes.StartJob(ctx, officer, id, false)
		require.NoError(t, err)
		assert.Equal(t, household.JobDone, job.State)
	})
}

func TestJobsOfOthersAreNotFound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		officer, id := w.officer(), models.NewID(w.clock.Now())
		_, err := w.bring(officer, id, "Mã hộ,Mã thôn,Chủ hộ\n1,"+w.code(w.villages[0])+",An\n")
		require.NoError(t, err)
		other := w.dept()
		other.Account = models.NewID(w.clock.Now())
		for name, call := range map[string]func() error{
			"read":   func() error { _, err := w.homes.Job(ctx, other, id); return err },
			"start":  func() error { _, err := w.homes.StartJob(ctx, other, id, true); return err },
			"cancel": func() error { _, err := w.homes.CancelJob(ctx, other, id); return err },
		} {
			assert.Equal(t, models.KindNotFound, models.KindOf(call()), name)
		}
		_, err = w.bring(other, id, "x")
		assert.Equal(t, "id_taken", models.CodeOf(err))
		_, err = w.bring(w.teacher(), models.ID{}, "x")
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
		_, err = w.homes.Jobs(ctx, w.teacher())
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
		for range 2 {
			_, err = w.bring(officer, models.ID{}, "Mã hộ\n")
			require.NoError(t, err)
		}
		_, err = w.bring(officer, models.ID{}, "Mã hộ\n")
		assert.Equal(t, "too_many_imports", models.CodeOf(err))
	})
}

func TestJobLeavesWrongHouseholdsOutWhole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dept, id := w.dept(), models.NewID(w.clock.Now())
		csv := "Mã hộ,Xã,Thôn,Họ và tên,Quan hệ,Năm sinh\n" +
			"1,Hà Tu,Khe Cát,An,Chủ hộ,1980\n1,Hà Tu,Khe Cát,Bình,con,2012\n" + // right
			"2,Hà Tu,Khe Cát,Chi,Chủ hộ,1975\n2,Hà Tu,Nà Làng,Dung,con,2010\n" + // in two villages
			"3,Hà Tu,Khe Vằn,Em,Chủ hộ,1970\n" + // unknown village
			"4,Hà Tu,Nà Làng,Giang,Chủ hộ,70\n" + // no year
			"5,Hà Tu,Nà Làng,Hoa,Chủ hộ,01/05/1970\n"
		_, err := w.bring(dept, id, csv)
		require.NoError(t, err)
		w.run()
		job := w.job(dept, id)
		require.Equal(t, household.JobReady, job.State)
		assert.Equal(t, []string{"5 Thôn: household_in_two_villages (4)", "6 Thôn: unknown_village", "7 Năm sinh: invalid_birth_year"}, reasons(*job.Report))
		assert.Equal(t, 2, job.Report.New)
		assert.Equal(t, 3, job.Report.LeftOut)
		_, err = w.homes.StartJob(ctx, dept, id, false)
		assert.Equal(t, "rows_refused", models.CodeOf(err))
		_, err = w.homes.StartJob(ctx, dept, id, true)
		require.NoError(t, err)
		w.run()
		job = w.job(dept, id)
		require.Equal(t, household.JobDone, job.State, job.Failure)
		assert.Equal(t, 2, w.count("households"))
		assert.Equal(t, 1, w.count("household_members WHERE birth_year = 2012"))
		assert.Equal(t, 1, w.count("household_members WHERE birth_year = 1970 AND relation = 'head'"))
		w.shows(w.villages[0], 1, 0, 0)
	})
}

func TestJobOfABrokenFileFails(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, k := range map[string]struct{ file, code string }{
			"empty":      {"   ", "empty_file"},
			"no columns": {"Mã hộ,Chủ hộ\n1,An\n", "missing_columns"},
			"no table":   {"%PDF-1.7 ............", "unknown_format"},
			"broken zip": {"PK\x03\x04" + strings.Repeat("x", 600), "broken_file"},
		} {
			officer := w.officer()
			officer.Account = models.NewID(w.clock.Now())
			job, err := w.bring(officer, models.ID{}, k.file)
			require.NoError(t, err)
			w.run()
			job = w.job(officer, job.ID)
			require.Equal(t, household.JobFailed, job.State, name)
			assert.Equal(t, k.code, job.Failure.Code, name)
		}
		assert.Zero(t, w.count("register_job_parts"))
	})
}

// A copy of the program that stops in the middle leaves a job that another copy
// finishes; every household is there once.
func TestJobGoesOnWhereAnotherStopped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		officer, id := w.officer(), models.NewID(w.clock.Now())
		var csv bytes.Buffer
		csv.WriteString("Mã hộ,Mã thôn,Chủ hộ\n")
		for i := range 1200 {
			fmt.Fprintf(&csv, "A%d,%s,Nguyễn Văn An\n", i, w.code(w.villages[i%3]))
		}
		_, err := w.bring(officer, id, csv.String())
		require.NoError(t, err)
		w.run()
		_, err = w.homes.StartJob(ctx, officer, id, false)
		require.NoError(t, err)
		dying, stop := context.WithCancel(ctx)
		chunks := 0
		household.SetStep(w.homes, func(name string) error {
			if name == "register chunk" {
				if chunks++; chunks == 3 {
					stop()
				}
			}
			return nil
		})
		_, err = w.homes.RunJobs(dying)
		require.Error(t, err)
		household.SetStep(w.homes, func(string) error { return nil })
		have := w.count("households")
		require.Positive(t, have)
		require.Less(t, have, 1200)
		require.Zero(t, w.run(), "its runner may still be alive")
		w.clock.Add(2 * time.Minute)
		require.Equal(t, 1, w.run())
		require.Equal(t, household.JobDone, w.job(officer, id).State)
		require.Equal(t, 1200, w.count("households"))
		w.shows(w.villages[0], 400, 0, 0)
	})
}

func TestJobsCancelledAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		officer := w.officer()
		file := "Mã hộ,Mã thôn,Chủ hộ\n1," + w.code(w.villages[0]) + ",An\n"
		job, err := w.bring(officer, models.ID{}, file)
		require.NoError(t, err)
		for range 2 {
			got, err := w.homes.CancelJob(ctx, officer, job.ID)
			require.NoError(t, err)
			require.Equal(t, household.JobCancelled, got.State)
		}
		require.Zero(t, w.run())
		_, err = w.homes.StartJob(ctx, officer, job.ID, true)
		require.Equal(t, "job_over", models.CodeOf(err))

		job, err = w.bring(officer, models.ID{}, file)
		require.NoError(t, err)
		w.run()
		w.clock.Add(25 * time.Hour)
		w.run()
		got := w.job(officer, job.ID)
		require.Equal(t, household.JobCancelled, got.State)
		require.Equal(t, "job_expired", got.Failure.Code)
		require.Zero(t, w.count("register_job_parts"))
	})
}

// Cancelled while it is written: what is written stays, nothing more comes, and
// the same file again writes the rest.
func TestJobCancelledWhileWriting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		officer, id := w.officer(), models.NewID(w.clock.Now())
		var csv bytes.Buffer
		csv.WriteString("Mã hộ,Mã thôn,Chủ hộ\n")
		for i := range 3000 {
			fmt.Fprintf(&csv, "A%d,%s,Nguyễn Văn An\n", i, w.code(w.villages[i%3]))
		}
		_, err := w.bring(officer, id, csv.String())
		require.NoError(t, err)
		w.run()
		_, err = w.homes.StartJob(ctx, officer, id, false)
		require.NoError(t, err)
		var once sync.Once
		household.SetStep(w.homes, func(name string) error {
			if name == "register chunk" {
				once.Do(func() {
					_, err := w.homes.CancelJob(ctx, officer, id)
					assert.NoError(t, err)
				})
			}
			return nil
		})
		w.run()
		household.SetStep(w.homes, func(string) error { return nil })
		require.Equal(t, household.JobCancelled, w.job(officer, id).State)
		require.Less(t, w.count("households"), 3000)
		w.sound()
		rep := w.importRows(csv.String())
		require.Equal(t, 3000, rep.New+rep.Unchanged)
		require.Equal(t, 3000, w.count("households"))
	})
}
