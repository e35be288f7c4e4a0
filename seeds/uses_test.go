package seeds_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// notUses are the columns of persons and classes that tell of no use: what an
// import writes itself, and what follows from a row of Uses.
var notUses = map[string]string{
	"enrolments.person_id":            "the import's own",
	"enrolments.class_id":             "counted before a class is removed",
	"roster_imports.class_id":         "the record of the import",
	"accounts.person_id":              "looked at by itself: a pupil with an account stays",
	"class_secrets.person_id":         "only with an account",
	"class_secret_kinds.class_id":     "removed with its class",
	"learning_guards.person_id":       "written with progress",
	"consent_states.person_id":        "the sum of consent_events",
	"school_rollover_moves.person_id": "an enrolment tells it",
	"adult_invites.person_id":         "grown up, of no roster",
	"adult_learners.person_id":        "grown up, of no roster",
	"quality_findings.class_id":       "found anew every night",
	"proof_stubs.person_id":           "only of somebody with passes",
	"person_restrictions.person_id":   "only with a request",
	"person_changes.person_id":        "only with a request",
	"classroom_sent.person_id":        "of a laptop, where nothing is imported",
}

// A table that records what somebody did is either looked at before a roster is
// taken back, or says here why not.
func TestEveryTableOfAPersonIsKnown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		known := map[string]bool{}
		migrator := db.Read(context.Background()).Migrator()
		for _, u := range seeds.Uses() {
			known[u.Table+"."+u.ID] = true
			assert.True(t, migrator.HasColumn(u.Table, u.ID), u)
			assert.True(t, u.At == "" || migrator.HasColumn(u.Table, u.At), u)
		}
		tables, err := migrator.GetTables()
		require.NoError(t, err)
		found := 0
		for _, table := range tables {
			for _, column := range []string{"person_id", "class_id"} {
				if !migrator.HasColumn(table, column) {
					continue
				}
				found++
				at := table + "." + column
				assert.True(t, known[at] || notUses[at] != "", "%s: is it in Used() of its room?", at)
			}
		}
		assert.Greater(t, found, 25)
	})
}
