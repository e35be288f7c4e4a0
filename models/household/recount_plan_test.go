package household

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

// A recount of the province goes through the links once. When each part scans
// them all, 400,000 households take minutes instead of seconds.
func TestARecountGoesAlongTheIndex(t *testing.T) {
	clock := storetest.NewClock()
	db := storetest.SQLite(t, clock.Now)
	var plan []struct{ Detail string }
	after := models.NewID(clock.Now())
	require.NoError(t, db.Read(t.Context()).Raw("EXPLAIN QUERY PLAN "+linkedSQL, Confirmed, StateActive, after[:], partLinks).Scan(&plan).Error)
	var all []string
	for _, p := range plan {
		all = append(all, p.Detail)
	}
	assert.Contains(t, strings.Join(all, "\n"), "SEARCH l USING INDEX household_links_household (household_id>?)")
}
