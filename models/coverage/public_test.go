package coverage

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
)

// settle gives the village counts, as one household's change.
func (w *world) settle(village models.ID, f Figures) {
	d := f.minus(w.truth[village])
	w.record(Delta{SubjectID: models.NewID(w.clock.Now()), VillageID: village, Households: d.Households, Known: d.Known, Covered: d.Covered, Skills: d.Skills, Cause: "test"})
}

func (w *world) public(area models.ID, onDate string) PublicPage {
	p, err := w.cov.Public(ctx, area, onDate)
	require.NoError(w.t, err)
	return p
}

// row is the line of a village.
func (w *world) row(p PublicPage, village models.ID) PublicRow {
	i := slices.IndexFunc(p.Rows, func(r PublicRow) bool { return r.Code == village.String()[20:] })
	require.GreaterOrEqual(w.t, i, 0)
	return p.Rows[i]
}

func (w *world) publishDue() string {
	day, err := w.cov.PublishDue(ctx)
	require.NoError(w.t, err)
	return day
}

func officer(role models.Role) models.Actor {
	return models.Actor{Account: models.ID{9}, Grants: []models.Grant{{Role: role, Scope: models.ScopeArea, At: models.ID{1}}}}
}

func TestPublishingBeginsWhenTheDepartmentSaysSo(t *testing.T) {
	each(t, func(w *world) {
		require.Empty(t, w.publishDue())
		_, err := w.cov.BeginPublishing(ctx, models.System())
		require.Equal(t, "nothing_to_publish", models.CodeOf(err))
		w.settle(w.villages[0], counts(300, 57, 12))
		require.Empty(t, w.publishDue(), "nobody has begun")
		_, err = w.cov.Public(ctx, w.provinces[0], "")
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		for _, role := range models.Roles {
			_, err := w.cov.BeginPublishing(ctx, officer(role))
			if role == models.RoleDeptOfficer || role == models.RoleAdmin {
				require.NoError(t, err, role)
			} else {
				require.Equal(t, models.KindForbidden, models.KindOf(err), role)
			}
		}
		w.clock.Add(48 * time.Hour)
		day, err := w.cov.BeginPublishing(ctx, models.System())
		require.NoError(t, err)
		require.Equal(t, "2026-11-23", day, "asked again it answers as the first time")
		areas, err := w.cov.PublicAreas(ctx)
		require.NoError(t, err)
		require.Len(t, areas, 1)
	})
}

func TestAReleaseStaysAndTheNextComesAtTheEndOfTheMonth(t *testing.T) {
	each(t, func(w *world) {
		for i, v := range w.villages[:4] {
			w.settle(v, counts(300, 57+i, 12))
		}
		_, err := w.cov.BeginPublishing(ctx, models.System())
		require.NoError(t, err)
		first := w.public(w.communes[0], "")
		require.Equal(t, "2026-11-23", first.OnDate)
		require.Equal(t, published(600, Span{110, 118}, Span{20, 28}, Span{454, 470}), first.Published, "two villages: no closer than each")
		require.Len(t, first.Rows, 2)
		require.Equal(t, Span{55, 59}, w.row(first, w.villages[0]).Covered)
		require.Equal(t, 1200, w.public(w.provinces[0], "").Households)
		require.Len(t, w.public(w.provinces[0], "").Rows, 2)

		w.settle(w.villages[0], counts(300, 80, 30)) // dated 23 November, after the release of that day
		require.Equal(t, first, w.public(w.communes[0], ""), "a release is never made anew")
		require.Empty(t, w.publishDue(), "November is not over")
		w.clock.Add(10 * 24 * time.Hour)
		require.Equal(t, "2026-11-30", w.publishDue())
		require.Empty(t, w.publishDue())
		again := New(w.db, models.ID{})
		second, err := again.Public(ctx, w.communes[0], "")
		require.NoError(t, err)
		require.Equal(t, "2026-11-30", second.OnDate)
		require.Equal(t, "2026-12-03", second.ReleasedOn)
		require.Equal(t, Span{80, 84}, w.row(second, w.villages[0]).Covered)
		require.Equal(t, first, w.public(w.communes[0], "2026-11-23"))
		trend, err := again.PublicTrend(ctx, w.communes[0])
		require.NoError(t, err)
		require.Equal(t, []string{"2026-11-23", "2026-11-30"}, []string{trend[0].OnDate, trend[1].OnDate})
		_, err = again.Public(ctx, w.communes[0], "2026-11-24")
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		_, err = again.Public(ctx, w.communes[2], "")
		require.Equal(t, models.KindNotFound, models.KindOf(err), "no household there")
	})
}

// A village that moves takes its own bands along; what was known of the block
// as a whole is then told of neither commune.
func TestUnitsDoNotFollowTheMap(t *testing.T) {
	each(t, func(w *world) {
		for range 6 {
			w.tx(func(tx *gorm.DB) error { w.village(tx, w.communes[0]); return nil })
		}
		for _, v := range append(w.villages[:2:2], w.villages[8:]...) {
			w.settle(v, counts(300, 53, 13))
		}
		small := w.villages[13]
		w.settle(small, counts(5, 2, 1))
		w.settle(w.villages[12], counts(7, 2, 1))
		_, err := w.cov.BeginPublishing(ctx, models.System())
		require.NoError(t, err)
		before := w.public(w.communes[0], "")
		require.Len(t, before.Rows, 7)
		require.Len(t, before.Rows[6].Names, 2)
		require.Equal(t, 12, before.Rows[6].Households)
		require.Empty(t, before.Rows[6].Code)

		w.clock.Add(20 * 24 * time.Hour)
		require.NoError(t, w.move(w.villages[0], w.communes[1], "2026-11-28"))
		require.NoError(t, w.move(small, w.communes[1], "2026-11-28"))
		require.Equal(t, "2026-11-30", w.publishDue())
		here, there := w.public(w.communes[0], ""), w.public(w.communes[1], "")
		require.Len(t, here.Rows, 5, "the villages together lie in two communes now")
		require.Equal(t, 1, here.HiddenIn)
		require.Equal(t, 1, there.HiddenIn)
		require.Equal(t, published(305, Span{50, 59}, Span{10, 19}, Span{232, 245}), there.Published)
		require.Equal(t, here.Published.plus(there.Published), w.public(w.provinces[0], "").Published, "the block is told of no more")
		require.Equal(t, 5*300+7, here.Households)
		require.Equal(t, 5*50, here.Covered.Low)
		require.Equal(t, 5*54+7, here.Covered.High)
	})
}

func TestTwoProcessesMakeOneRelease(t *testing.T) {
	each(t, func(w *world) {
		w.settle(w.villages[0], counts(300, 57, 12))
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() {
				_, err := New(w.db, models.ID{}).BeginPublishing(ctx, models.System())
				assert.NoError(t, err)
			})
		}
		both.Wait()
		var n int
		require.NoError(t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM public_figures").Scan(&n).Error)
		require.Equal(t, 2, n)
	})
}
