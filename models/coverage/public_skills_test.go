package coverage

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
)

// Skills are told of communes and provinces, as closely as many villages allow,
// and of no village; a preview says what a release will be and leaves no trace.
func TestSkillsArePublishedOfCommunes(t *testing.T) {
	each(t, func(w *world) {
		for range 8 {
			w.tx(func(tx *gorm.DB) error { w.village(tx, w.communes[0]); return nil })
		}
		here := append(w.villages[:2:2], w.villages[8:]...)
		held := 0
		for i, v := range here {
			w.settle(v, holding(300, 50+i, 40, 60+2*i))
			held += 60 + 2*i
		}
		w.settle(w.villages[2], holding(300, 20, 30, 33)) // alone in the second commune
		for _, role := range models.Roles {
			_, err := w.cov.PreviewRelease(ctx, officer(role))
			require.Equal(t, role == models.RoleDeptOfficer || role == models.RoleAdmin, err == nil, role)
		}
		before, err := w.cov.PreviewRelease(ctx, models.System())
		require.NoError(t, err)
		require.Equal(t, ReleasePreview{OnDate: "2026-11-23", First: true, Villages: 11, Units: 11, Areas: before.Areas}, before)
		require.Equal(t, 1, before.Areas[0].SkillsTold)
		require.Equal(t, 2, before.Areas[0].Communes)
		require.Zero(t, before.Areas[0].NothingTold)
		dates, err := w.cov.Releases(ctx)
		require.NoError(t, err)
		require.Empty(t, dates, "a preview publishes nothing")

		day, err := w.cov.Publish(ctx, models.System())
		require.NoError(t, err)
		require.Equal(t, "2026-11-23", day)
		first, second, all := w.public(w.communes[0], ""), w.public(w.communes[1], ""), w.public(w.provinces[0], "")
		require.Equal(t, before.Areas[0].Published, all.Published, "as the preview said")
		require.True(t, first.TellsSkills)
		require.Equal(t, 4, first.Skills[0].High-first.Skills[0].Low)
		require.True(t, first.Skills[0].Low <= held && held <= first.Skills[0].High)
		require.Equal(t, second.untold(), second.Skills, "one village: nothing of its skills")
		require.Equal(t, first.Skills.plus(second.Skills), all.Skills)
		for _, row := range first.Rows {
			require.Equal(t, row.untold(), row.Skills)
		}
		for _, row := range all.Rows {
			require.Equal(t, row.Households == first.Households, row.Skills == first.Skills)
		}

		again, err := w.cov.PreviewRelease(ctx, models.System())
		require.NoError(t, err)
		require.Equal(t, ReleasePreview{Newest: "2026-11-23", Areas: []PreviewArea{}}, again, "nothing is due")
		day, err = w.cov.Publish(ctx, models.System())
		require.NoError(t, err)
		require.Empty(t, day)
		w.clock.Add(10 * 24 * time.Hour)
		require.NoError(t, w.move(here[0], w.communes[1], "2026-12-02"))
		day, err = w.cov.Publish(ctx, models.System())
		require.NoError(t, err)
		require.Equal(t, "2026-11-30", day)
		w.clock.Add(30 * 24 * time.Hour)
		require.Equal(t, "2026-12-31", w.publishDue())
		moved := w.public(w.communes[0], "")
		require.Equal(t, moved.untold(), moved.Skills, "the block lies in two communes: it is told of neither")

		w.tx(func(tx *gorm.DB) error {
			return tx.Exec("DELETE FROM public_skills WHERE on_date = ?", "2026-11-23").Error
		})
		old, err := New(w.db, models.ID{}).Public(ctx, w.communes[0], "2026-11-23")
		require.NoError(t, err)
		require.False(t, old.TellsSkills, "a release of before skills were published")
		require.Equal(t, old.untold(), old.Skills)
	})
}
