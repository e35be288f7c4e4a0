package place_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// A village list of the old map can be taken in again: the villages are found in
// the communes that theirs became. The atlas of each day has them where the list
// put them, and a merged one in the village that took it in.
func TestOldVillageListTwiceAndItsAtlas(t *testing.T) {
	each(t, func(t *testing.T, p *place.Places, db *store.DB, _ *storetest.Clock) {
		ctx, province := context.Background(), area(t, p, "22", "")
		rows := []place.VillageRow{
			{Row: 1, CommuneCode: "06649", Kind: "khu_pho", Name: "1", ValidFrom: "2024-01-01"},
			{Row: 2, CommuneCode: "06682", Kind: "khu_pho", Name: "2", ValidFrom: "2024-01-01"},
		}
		for again := range 2 {
			rep, err := p.ImportVillages(ctx, models.System(), rows, false)
			require.NoError(t, err)
			require.Empty(t, rep.Errors)
			assert.Equal(t, [2]int{2 - 2*again, 2 * again}, [2]int{rep.New, rep.Unchanged})
		}
		village := func(commune string) models.ID {
			list, _, err := p.Villages(ctx, area(t, p, commune, "").ID, "", place.Page{})
			require.NoError(t, err)
			require.Len(t, list, 1)
			return list[0].ID
		}
		for day, codes := range map[string][2]string{
			"2023-01-01": {"06649", "06682"}, "2024-10-31": {"06649", "06682"}, "2024-11-01": {"06649", "06685"},
			"2025-06-30": {"06649", "06685"}, "2025-07-01": {"06658", "06685"}, "2026-11-23": {"06658", "06685"},
		} {
			atlas, err := place.AtlasOf(db.Read(ctx), province.ID, day)
			require.NoError(t, err)
			assert.Empty(t, atlas.Unplaced)
			assert.Empty(t, atlas.Elsewhere)
			for i, now := range []string{"06658", "06685"} {
				assert.Equal(t, area(t, p, codes[i], day).ID, atlas.Commune[village(now)], "%s %s", day, now)
			}
			assert.Equal(t, []models.ID{village("06658")}, atlas.Villages(area(t, p, codes[0], day).ID))
		}
	})
}
