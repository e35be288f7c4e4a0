package report_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/report"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

// world is a province of two communes with twelve villages in the first.
type world struct {
	t        *testing.T
	db       *store.DB
	clock    *storetest.Clock
	reports  *report.Reports
	province report.Area
	communes [2]report.Area
	villages []models.ID
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := &world{t: t, db: db, clock: clock, reports: report.New(db, coverage.New(db, models.ID{}))}
		w.province = w.area(report.Area{}, "22", "tỉnh", "Quảng Ninh", coverage.LevelProvince)
		w.communes[0] = w.area(w.province, "06652", "phường", "Hà Tu", coverage.LevelCommune)
		w.communes[1] = w.area(w.province, "06658", "phường", "Cao Xanh", coverage.LevelCommune)
		for i := range 12 {
			w.village(i+1, w.communes[0].ID)
		}
		w.village(1, w.communes[1].ID)
		test(t, w)
	})
}

func (w *world) tx(fn func(tx *gorm.DB) error) { require.NoError(w.t, w.db.Tx(ctx, fn)) }

func (w *world) area(up report.Area, code, kind, name, level string) report.Area {
	a := report.Area{Area: coverage.Area{ID: models.NewID(w.clock.Now()), Level: level}, Code: code, Name: report.Title(kind, name), In: up.Name}
	province := up.ID
	if province.IsZero() {
		province = a.ID
	}
	w.tx(func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)
			VALUES (?,?,?,?,?,?,?,?,?,'2025-07-01','9999-12-31','test')`, a.ID, code, up.ID, province, level, kind, name, a.Name, models.Fold(name)).Error
	})
	return a
}

func (w *world) village(number int, commune models.ID) {
	id := models.NewID(w.clock.Now())
	w.tx(func(tx *gorm.DB) error {
		name := fmt.Sprint(number)
		if err := tx.Exec(`INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, created_at)
			VALUES (?,?,'khu_pho',?,?,'2025-07-01','9999-12-31',?)`, id, "V"+id.String()[24:], name, name, w.clock.Now()).Error; err != nil {
			return err
		}
		return tx.Exec("INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason) VALUES (?,'2025-07-01','9999-12-31',?,'')", id, commune).Error
	})
	w.villages = append(w.villages, id)
}

// settle gives a village households, known and covered from a day on.
func (w *world) settle(village int, households, known, covered int, on string) {
	w.tx(func(tx *gorm.DB) error {
		return coverage.Record(tx, coverage.Delta{SubjectID: models.NewID(w.clock.Now()), VillageID: w.villages[village], OnDate: on,
			Households: households, Known: known, Covered: covered, Cause: "test"}, w.clock.Now())
	})
}

func (w *world) of(actor models.Actor, a report.Area, on string) report.Report {
	r, err := w.reports.Of(ctx, actor, a, on)
	require.NoError(w.t, err)
	return r
}

func (w *world) written(r report.Report, format string) []byte {
	var b bytes.Buffer
	require.NoError(w.t, r.Write(&b, format, ';', w.clock.Now()))
	return b.Bytes()
}

func TestReportOfAnArea(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 12 {
			w.settle(i, 200+i, 40, 10+i, "2026-10-15")
		}
		w.settle(12, 300, 0, 0, "2026-11-20")
		r := w.of(models.System(), w.province, "")
		require.Equal(t, 12*200+66+300, r.Figures.Households)
		require.Len(t, r.Rows, 2)
		require.Equal(t, "Phường Hà Tu", r.Rows[0].Name)
		require.Equal(t, "", r.Rows[1].Grade, "nothing is known there")
		require.Equal(t, r.Figures.Households, r.Rows[0].Households+r.Rows[1].Households)
		require.Equal(t, 12*200+66, w.of(models.System(), w.province, "2026-10-31").Figures.Households)

		commune := w.of(models.System(), w.communes[0], "2026-11-22")
		require.Equal(t, "Khu phố 2", commune.Rows[1].Name, "before Khu phố 10")
		require.Equal(t, "do-phu-phuong-ha-tu-2026-11-22", commune.FileName())
		last := commune.Trend[len(commune.Trend)-1]
		require.Equal(t, "2026-11-22", last.On)
		require.Equal(t, commune.Figures.Covered, last.Covered)

		csv := string(w.written(commune, report.FormatCSV))
		require.Contains(t, csv, `"Khu phố 12";211;21;19;171;10;E;2026-11-22`)
		require.Contains(t, csv, "\"Cộng: Phường Hà Tu\";2466;186;294;1986;\"7,5\";")
		require.True(t, bytes.HasPrefix(w.written(commune, report.FormatXLSX), []byte("PK")))
		pdf := w.written(r, report.FormatPDF)
		require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
		require.Less(t, len(pdf), 400_000)
		require.Equal(t, models.KindInvalid, models.KindOf(r.Write(&bytes.Buffer{}, "doc", ';', w.clock.Now())))
		_, err := w.reports.Of(ctx, models.System(), w.province, "2026-11-24")
		require.Equal(t, models.KindInvalid, models.KindOf(err), "not yet")
	})
}

// officer reads the figures of one area.
func officer(role models.Role, at models.ID) models.Actor {
	return models.Actor{Account: models.ID{7}, Grants: []models.Grant{{Role: role, Scope: models.ScopeArea, At: at}}}
}

func TestReportsStayWithinReach(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.settle(0, 200, 40, 10, "2026-10-15")
		own := officer(models.RoleCommuneOfficer, w.communes[0].ID)
		w.of(own, w.communes[0], "")
		for _, a := range []report.Area{w.province, w.communes[1]} {
			_, err := w.reports.Of(ctx, own, a, "")
			require.Equal(t, models.KindNotFound, models.KindOf(err), a.Name)
			require.Equal(t, models.KindNotFound, models.KindOf(w.reports.Subscribe(ctx, own, a.Area)), a.Name)
			_, _, err = w.reports.File(ctx, own, a.Area, "2026-10", "pdf")
			require.Equal(t, models.KindNotFound, models.KindOf(err), a.Name)
		}
		_, err := w.reports.Of(ctx, officer(models.RoleTeacher, w.communes[0].ID), w.communes[0], "")
		require.Equal(t, models.KindForbidden, models.KindOf(err))
		require.NoError(t, w.reports.Subscribe(ctx, models.System(), w.communes[1].Area))
		list, _, err := w.reports.List(ctx, own)
		require.NoError(t, err)
		require.Empty(t, list)
		village := coverage.Area{ID: w.villages[0], Level: coverage.LevelVillage}
		require.Equal(t, "invalid_level", models.CodeOf(w.reports.Subscribe(ctx, own, village)))
	})
}

func TestTheReportOfAMonthIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.reports.Dir = t.TempDir()
		w.settle(0, 200, 40, 10, "2026-10-15")
		own := officer(models.RoleCommuneOfficer, w.communes[0].ID)
		for range 2 {
			require.NoError(t, w.reports.Subscribe(ctx, own, w.communes[0].Area))
		}
		require.NoError(t, w.reports.Subscribe(ctx, models.System(), w.province.Area))
		run := func(want int) {
			t.Helper()
			made, err := w.reports.RunMonthly(ctx)
			require.NoError(t, err)
			require.Equal(t, want, made)
		}
		run(2)
		run(0)
		name, first, err := w.reports.File(ctx, own, w.communes[0].Area, "2026-10", report.FormatPDF)
		require.NoError(t, err)
		require.Equal(t, "do-phu-phuong-ha-tu-2026-10-31.pdf", name)
		onDisk := filepath.Join(w.reports.Dir, "2026-10", name)
		laid, err := os.ReadFile(onDisk)
		require.NoError(t, err)
		require.True(t, bytes.Equal(first, laid))

		w.settle(0, 5, 5, 5, "2026-10-20") // late: the report that was made stays
		require.NoError(t, os.Remove(onDisk))
		run(0)
		laid, err = os.ReadFile(onDisk)
		require.NoError(t, err, "laid out again")
		require.True(t, bytes.Equal(first, laid))

		require.NoError(t, w.reports.Unsubscribe(ctx, own, w.communes[0].Area))
		w.clock.Add(9 * 24 * time.Hour)
		run(1)
		_, made, err := w.reports.List(ctx, models.System())
		require.NoError(t, err)
		months := make([]string, len(made))
		for i, m := range made {
			months[i] = m.Month + " " + m.AreaCode
		}
		require.Equal(t, "2026-11 22, 2026-10 22, 2026-10 06652", strings.Join(months, ", "))
	})
}

func TestTwoProcessesMakeOneReport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.settle(0, 200, 40, 10, "2026-10-15")
		require.NoError(t, w.reports.Subscribe(ctx, models.System(), w.communes[0].Area))
		other := report.New(w.db, coverage.New(w.db, models.ID{}))
		done := make(chan int, 2)
		for _, r := range []*report.Reports{w.reports, other} {
			go func() {
				n, err := r.RunMonthly(ctx)
				if err != nil {
					n = -10
				}
				done <- n
			}()
		}
		require.Equal(t, 1, <-done+<-done)
	})
}
