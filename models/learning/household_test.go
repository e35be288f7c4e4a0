package learning

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/household"
)

// household makes one with the pupils as confirmed members.
func (w *world) household(members ...models.Actor) models.ID {
	w.t.Helper()
	commune, province, village, id := newID(), newID(), newID(), newID()
	area := `INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)
		VALUES (?, ?, ?, ?, ?, 'x', 'x', 'x', 'x', '2025-07-01', '9999-12-31', 'test')`
	code := models.NewCode(9)
	w.exec(area, province, code[:8], nil, province, "province")
	w.exec(area, commune, "c"+code[:8], province, province, "commune")
	w.exec("INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, created_at) VALUES (?, ?, 'thôn', 'Khe', 'khe', '2025-07-01', '9999-12-31', ?)", village, code, w.clock.Now())
	w.exec("INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason) VALUES (?, '2025-07-01', '9999-12-31', ?, '')", village, commune)
	w.exec(`INSERT INTO households (id, code, village_id, village_since, head_name, head_fold, head_sort, state, known, covered, version, created_at, updated_at)
		VALUES (?, ?, ?, '2025-07-01', 'x', 'x', 'x', 'active', 1, 0, 1, ?, ?)`, id, code, village, w.clock.Now(), w.clock.Now())
	for _, p := range members {
		w.exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_role, claimed_at, decided_name, decided_role, reason, from_date, to_date)
			VALUES (?, ?, ?, 'child', 'confirmed', 1, 'student', ?, '', '', '', '2026-11-23', '9999-12-31')`, newID(), id, p.Person, w.clock.Now())
	}
	return id
}

// Two siblings pass everything at the same moment, on two copies of the
// program: both are certified, the household is covered once, and the ledger
// says so in one row. Taking both certificates back takes it back once.
func TestSiblingsCoverTheirHouseholdOnce(t *testing.T) {
	each(t, func(w *world) {
		a, b := w.pupil(w.class), w.pupil(w.class)
		home := w.household(a, b)
		s := w.session("", a, b)
		copies := []*Learning{w.l, New(w.db, Options{})}
		var submits []func() error
		for i, p := range []models.Actor{a, b} {
			for _, skill := range certificate.Skills {
				w.lessons(p, skill+"-thcs")
				x := w.start(p, skill+"-thcs", s.ID)
				w.answer(p, x.ID, 10)
				submits = append(submits, func() error { return errOf(copies[i].Submit(ctx, p, x.ID)) })
			}
		}
		assert.Zero(w.t, w.count("SELECT covered FROM households WHERE id = ?", home))
		var wg sync.WaitGroup
		for _, submit := range submits {
			wg.Go(func() { assert.NoError(w.t, submit()) })
		}
		wg.Wait()
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM certificates WHERE live = 1"))
		assert.Equal(w.t, 1, w.count("SELECT covered FROM households WHERE id = ?", home))
		assert.Equal(w.t, 1, w.count("SELECT SUM(d_covered) FROM coverage_ledger"))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM coverage_ledger WHERE cause = ?", causeIssued))

		rooms := household.New(w.db, nil, nil)
		for i, p := range []models.Actor{a, b} {
			cert, _, err := w.l.MyCertificate(ctx, p)
			require.NoError(w.t, err)
			_, err = rooms.Revoke(ctx, models.System(), cert.Code, "issued_in_error: thử")
			require.NoError(w.t, err)
			assert.Equal(w.t, 1-i, w.count("SELECT covered FROM households WHERE id = ?", home))
		}
		assert.Equal(w.t, 0, w.count("SELECT SUM(d_covered) FROM coverage_ledger"))
	})
}
