package seeds_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// notHeld are the tables with a column of a person, an account or an attempt
// that keep nothing about a pupil or a relative: what staff did in their office.
var notHeld = map[string]string{
	"campaign_members":     "of staff",
	"campaign_villages":    "of staff",
	"visits":               "of staff; a visit names nobody of the household",
	"register_jobs":        "of staff",
	"import_progress":      "of staff, for as long as an import runs",
	"name_lookups":         "of staff",
	"public_releases":      "of staff",
	"signoff_steps":        "of staff",
	"school_probes":        "of staff",
	"school_todo_marks":    "of staff",
	"laptop_classes":       "of a class",
	"school_rollover_made": "of a class",
}

// A copy for a person, and erasing, know every table: one with a column of a
// person, an account or an attempt is in Held() of its room (held.go), or says
// here why not.
func TestUsedTablesAreHeld(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		tx := db.Read(context.Background())
		held := map[string]bool{}
		for _, h := range seeds.Held() {
			held[h.Table] = true
			require.True(t, tx.Migrator().HasTable(h.Table), h.Table)
			for _, column := range h.Hide {
				assert.True(t, tx.Migrator().HasColumn(h.Table, column), "%s.%s is hidden and not there", h.Table, column)
			}
			assert.NotEmpty(t, h.Label, h.Table)
			assert.Contains(t, []store.Fate{store.FateErased, store.FateBlanked, store.FateKept}, h.Fate, h.Table)
			assert.Equal(t, h.Fate == store.FateBlanked, h.Blank != "", h.Table)
			assert.Equal(t, h.Fate != store.FateErased, h.Why != "", "%s: what stays says why", h.Table)
			_, err := h.Read(tx, models.NewID(clock.Now()))
			assert.NoError(t, err, h.Table)
		}
		tables, err := tx.Migrator().GetTables()
		require.NoError(t, err)
		found := 0
		for _, table := range tables {
			for _, column := range []string{"person_id", "account_id", "attempt_id"} {
				if tx.Migrator().HasColumn(table, column) {
					found++
					assert.True(t, held[table] || notHeld[table] != "", "%s.%s: add the table to Held() of its room (held.go), or to notHeld", table, column)
				}
			}
			if !held[table] {
				continue
			}
			types, err := tx.Migrator().ColumnTypes(table)
			require.NoError(t, err)
			for _, c := range types {
				if secret(c.Name()) {
					hides := slices.ContainsFunc(seeds.Held(), func(h store.Holding) bool {
						return h.Table == table && (h.Apart || slices.Contains(h.Hide, c.Name()))
					})
					assert.True(t, hides, "%s.%s looks like a secret and leaves with a copy", table, c.Name())
				}
			}
		}
		assert.Greater(t, found, 35)
	})
}

func secret(column string) bool {
	return strings.HasPrefix(column, "totp_s") || strings.HasPrefix(column, "totp_p") || slices.Contains([]string{"secret_hash", "token_hash", "code_hash", "pin_digest"}, column)
}
