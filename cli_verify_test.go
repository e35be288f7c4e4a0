package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models/store"
)

// Whatever is altered in the database comes out of `coverage verify` under its
// own key, with its place, and the command fails.
func TestVerifyNamesWhatDoesNotAgree(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--demo", "--households", "600")
	sound := p.json(exitOK, "coverage", "verify")
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(p.dir, "nhaso.db"), time.Now)
	require.NoError(t, err)
	defer db.Close()
	alter := func(sql string) {
		require.NoError(t, db.Tx(context.Background(), func(tx *gorm.DB) error { return tx.Exec(sql).Error }))
	}
	for _, c := range []struct{ key, list, change, back string }{
		{"wrong_ledger_sums", "household_faults",
			"UPDATE coverage_ledger SET d_known = d_known + 1 WHERE id = (SELECT MAX(l.id) FROM coverage_ledger l JOIN households h ON h.id = l.subject_id)",
			"UPDATE coverage_ledger SET d_known = d_known - 1 WHERE id = (SELECT MAX(l.id) FROM coverage_ledger l JOIN households h ON h.id = l.subject_id)"},
		{"not_covering_now", "household_faults",
			"UPDATE household_links SET to_date = from_date WHERE live = 1 AND state = 'confirmed'",
			"UPDATE household_links SET to_date = '9999-12-31' WHERE live = 1 AND state = 'confirmed'"},
		{"links_on_merged", "household_faults",
			"UPDATE households SET state = 'merged' WHERE id = (SELECT MIN(household_id) FROM household_links WHERE live = 1)",
			"UPDATE households SET state = 'active' WHERE state = 'merged'"},
		{"missing_certificates", "missing_persons", "UPDATE certificates SET state = 'revoked', live = NULL WHERE state = 'valid'", ""},
	} {
		require.Equal(t, 0.0, sound[c.key], c.key)
		alter(c.change)
		found := p.json(exitFailed, "coverage", "verify")
		assert.Positive(t, found[c.key], c.key)
		assert.NotEmpty(t, found[c.list], c.key)
		assert.GreaterOrEqual(t, found["differences"], found[c.key], c.key)
		if c.back != "" {
			alter(c.back)
			require.Equal(t, 0.0, p.json(exitOK, "coverage", "verify")["differences"], c.key)
		}
	}
	code, out, _ := p.run("coverage", "verify")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, out, "missing_certificates: person ")
}
