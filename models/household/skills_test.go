package household_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
)

// Two members hold different skills: the household is in the count of both, and
// covered only when one person holds all five. A revoked confirmation takes the
// coverage, a member who leaves takes the skills along.
func TestSkillsOfAHousehold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		village := w.villages[0]
		skills := func() coverage.Skills {
			w.sound()
			f, err := w.cov.Counts(ctx, models.System(), coverage.Area{ID: village, Level: coverage.LevelVillage})
			require.NoError(t, err)
			return f.Skills
		}
		h := w.home(village, "Chủ Hộ")
		a, b := w.pupil(0), w.pupil(0)
		w.pass(a, "online_payment")
		require.Zero(t, skills(), "a skill without a household counts nowhere")
		link := w.confirmed(a, h)
		require.Equal(t, coverage.Skills{OnlinePayment: 1}, skills())
		w.confirmed(b, h)
		w.pass(b, "self_protection")
		w.pass(b, "online_payment")
		require.Equal(t, coverage.Skills{OnlinePayment: 1, SelfProtection: 1}, skills(), "counted once, however many hold it")
		w.shows(village, 1, 1, 0)
		_, err := w.homes.End(ctx, w.teacher(), link.ID, w.today(), "")
		require.NoError(t, err)
		require.Equal(t, coverage.Skills{OnlinePayment: 1, SelfProtection: 1}, skills())
		code := w.certify(b)
		w.shows(village, 1, 1, 1)
		_, err = w.homes.Revoke(ctx, models.System(), code, "proof_invalid")
		require.NoError(t, err)
		w.shows(village, 1, 1, 0)
		all := coverage.SkillsIn(31)
		require.Equal(t, all, skills(), "what was passed stays proved")
		_, err = w.homes.Move(ctx, models.System(), h.ID, w.code(w.villages[1]), w.today(), "")
		require.NoError(t, err)
		require.Zero(t, skills(), "the skills move with the household")
	})
}

// Flags that somebody changed by hand are found and mended, the skills like the
// others.
func TestRebuildMendsSkills(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Chủ Hộ"), w.pupil(0)
		w.confirmed(p, h)
		w.pass(p, "public_services")
		w.tx(func(tx *gorm.DB) error { return tx.Exec("UPDATE households SET skills = 24").Error })
		repaired, _, err := w.homes.Rebuild(ctx, models.System())
		require.NoError(t, err)
		require.Equal(t, 1, repaired)
		w.sound()
	})
}
