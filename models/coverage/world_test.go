package coverage

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	_ = flag.Set("rapid.nofailfile", "true")
	if !set {
		_ = flag.Set("rapid.checks", "8") // each check is a history of dozens of transactions on a real database
	}
	os.Exit(m.Run())
}

// world is two provinces of two communes of two villages each, with the truth
// beside the database: what every village should count.
type world struct {
	t         require.TestingT
	db        *store.DB
	clock     *storetest.Clock
	cov       *Coverage
	provinces []models.ID
	communes  []models.ID // 0, 1 in the first province
	villages  []models.ID
	commune   map[models.ID]models.ID // of a village, today
	province  map[models.ID]models.ID // of a commune
	truth     map[models.ID]Figures   // of a village
}

var ctx = context.Background()

func newWorld(t require.TestingT, db *store.DB, clock *storetest.Clock) *world {
	w := &world{t: t, db: db, clock: clock, cov: New(db, models.ID{}),
		commune: map[models.ID]models.ID{}, province: map[models.ID]models.ID{}, truth: map[models.ID]Figures{}}
	w.tx(func(tx *gorm.DB) error {
		for p := range 2 {
			province := w.area(tx, models.ID{}, models.ID{}, LevelProvince, p)
			w.provinces = append(w.provinces, province)
			for k := range 2 {
				commune := w.area(tx, province, province, LevelCommune, k)
				w.communes = append(w.communes, commune)
				w.province[commune] = province
				for range 2 {
					w.village(tx, commune)
				}
			}
		}
		return nil
	})
	return w
}

func (w *world) tx(fn func(tx *gorm.DB) error) { require.NoError(w.t, w.db.Tx(ctx, fn)) }

func (w *world) area(tx *gorm.DB, parent, province models.ID, level string, n int) models.ID {
	id := models.NewID(w.clock.Now())
	if province.IsZero() {
		province = id
	}
	require.NoError(w.t, tx.Exec(`INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)
		VALUES (?,?,?,?,?,'x',?,?,?,'2025-07-01','9999-12-31','test')`,
		id, id.String()[20:], parent, province, level, fmt.Sprint(level, n), fmt.Sprint(level, n), fmt.Sprint(level, n)).Error)
	return id
}

func (w *world) village(tx *gorm.DB, commune models.ID) models.ID {
	id := models.NewID(w.clock.Now())
	require.NoError(w.t, tx.Exec(`INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, created_at)
		VALUES (?,?,'thôn','Thôn','thon','2025-07-01','9999-12-31',?)`, id, id.String()[20:], w.clock.Now()).Error)
	require.NoError(w.t, tx.Exec(`INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason)
		VALUES (?,'2025-07-01','9999-12-31',?,'')`, id, commune).Error)
	w.villages = append(w.villages, id)
	w.commune[id] = commune
	return id
}

// record writes one delta and keeps the truth.
func (w *world) record(d Delta) {
	if d.OnDate == "" {
		d.OnDate = w.clock.Now().Format(time.DateOnly)
	}
	w.tx(func(tx *gorm.DB) error { return Record(tx, d, w.clock.Now()) })
	w.truth[d.VillageID] = w.truth[d.VillageID].plus(d.figures())
}

// recount is the Recounter over the truth.
func (w *world) recount(_ *gorm.DB, yield func(models.ID, Figures) error) error {
	for id, f := range w.truth {
		if err := yield(id, f); err != nil {
			return err
		}
	}
	return nil
}

// check compares every figure with the truth and asks Verify.
func (w *world) check() {
	want := map[models.ID]Figures{}
	for v, f := range w.truth {
		c := w.commune[v]
		for _, id := range []models.ID{v, c, w.province[c]} {
			want[id] = want[id].plus(f)
		}
	}
	for _, p := range w.provinces {
		w.same(want, Area{p, LevelProvince})
	}
	for _, c := range w.communes {
		w.same(want, Area{c, LevelCommune})
	}
	for _, v := range w.villages {
		w.same(want, Area{v, LevelVillage})
	}
	rep, err := w.cov.Verify(ctx, w.recount)
	require.NoError(w.t, err)
	require.Zero(w.t, rep.Differences, "%+v", rep)
}

func (w *world) same(want map[models.ID]Figures, a Area) {
	got, err := w.cov.Counts(ctx, models.System(), a)
	require.NoError(w.t, err)
	require.Equal(w.t, want[a.ID], got, a.Level)
	asOf, err := w.cov.AsOf(ctx, models.System(), a, w.clock.Now().Format(time.DateOnly))
	require.NoError(w.t, err)
	require.Equal(w.t, want[a.ID], asOf, "as of today, %s", a.Level)
	children, err := w.cov.ChildCounts(ctx, models.System(), a)
	require.NoError(w.t, err)
	var sum Figures
	for _, c := range children {
		require.Equal(w.t, want[c.ID], c.Figures, "child of %s", a.Level)
		sum = sum.plus(c.Figures)
	}
	if a.Level != LevelVillage {
		require.Equal(w.t, got, sum, "children of %s", a.Level)
	}
}

func (w *world) fold() int {
	n, err := w.cov.Fold(ctx)
	require.NoError(w.t, err)
	return n
}

func (w *world) move(village, commune models.ID, on string) error {
	err := w.cov.MoveVillage(ctx, models.System(), village, commune, on, "test")
	if err == nil {
		w.commune[village] = commune
	}
	return err
}

// each runs a test in a fresh world on both databases.
func each(t *testing.T, test func(w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newWorld(t, db, clock)) })
}
