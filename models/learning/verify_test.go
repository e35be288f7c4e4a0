package learning

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
)

// Whatever is altered between an answer and a certificate is found.
func TestCheckProofsFindsEveryAlteration(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		for _, skill := range certificate.Skills {
			w.lessons(p, skill+"-thcs")
			w.quiz(p, skill+"-thcs", s.ID, 10)
		}
		broken := func() int {
			r, err := w.l.CheckProofs(ctx, models.System())
			require.NoError(w.t, err)
			require.Equal(w.t, 1, r.Certificates)
			return r.Broken
		}
		assert.Zero(w.t, broken())
		for _, c := range []struct{ what, change, back string }{
			{"a pass", "UPDATE skill_passes SET score = score - 100 WHERE skill = 'online_payment'", "UPDATE skill_passes SET score = score + 100 WHERE skill = 'online_payment'"},
			{"an answer", "UPDATE answers SET slot = slot + 100 WHERE seq = 1", "UPDATE answers SET slot = slot - 100 WHERE seq = 1"},
			{"a result", "UPDATE attempts SET score = score - 100", "UPDATE attempts SET score = score + 100"},
			{"an event", "UPDATE certificate_events SET seq = seq + 1", "UPDATE certificate_events SET seq = seq - 1"},
			{"the holder", "UPDATE certificates SET holder_name = 'Kẻ Khác'", ""},
		} {
			w.exec(c.change)
			assert.Equal(w.t, 1, broken(), c.what)
			if c.back != "" {
				w.exec(c.back)
				assert.Zero(w.t, broken(), c.what)
			}
		}
		_, err := w.l.CheckProofs(ctx, p)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

// Single skills are counted as well: a pass without a certificate is proved too.
func TestCheckProofsOfWhoIsOnTheWay(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		w.lessons(p, "online_payment-thcs")
		w.quiz(p, "online_payment-thcs", s.ID, 10)
		check := func() ProofReport {
			r, err := w.l.CheckProofs(ctx, models.System())
			require.NoError(w.t, err)
			require.Zero(w.t, r.Certificates)
			return r
		}
		require.Equal(w.t, 1, check().Learners)
		assert.Zero(w.t, check().Broken)
		w.exec("UPDATE answers SET slot = slot + 100 WHERE seq = 1")
		assert.Equal(w.t, []models.ID{p.Person}, check().Persons, "an answer")
		w.exec("UPDATE answers SET slot = slot - 100 WHERE seq = 1")
		assert.Zero(w.t, check().Broken)
		w.exec("UPDATE skill_passes SET skill = 'online_shopping'")
		assert.Equal(w.t, 1, check().Broken, "another skill")
	})
}

// A certificate that was earned and is not there is named: one that was taken
// back with a reason is not missing.
func TestCheckProofsNamesMissingCertificates(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		for _, skill := range certificate.Skills {
			w.lessons(p, skill+"-thcs")
			w.quiz(p, skill+"-thcs", s.ID, 10)
		}
		missing := func() []models.ID {
			r, err := w.l.CheckProofs(ctx, models.System())
			require.NoError(w.t, err)
			require.Equal(w.t, len(r.MissingPersons), r.Missing)
			return r.MissingPersons
		}
		require.Empty(w.t, missing())

		w.exec("UPDATE certificates SET state = 'revoked', live = NULL")
		assert.Equal(w.t, []models.ID{p.Person}, missing(), "it counts no more, and nobody took it back")
		w.exec("UPDATE certificates SET state = 'valid', live = 1")
		require.Empty(w.t, missing())

		w.exec("UPDATE certificate_events SET kind = 'revoked'")
		w.exec("UPDATE certificates SET state = 'revoked', live = NULL")
		assert.Empty(w.t, missing(), "taken back")

		w.exec("DELETE FROM certificate_events")
		w.exec("DELETE FROM certificates")
		assert.Equal(w.t, []models.ID{p.Person}, missing(), "all five skills, and no certificate")
		w.exec("DELETE FROM skill_passes WHERE seq = 5")
		assert.Empty(w.t, missing(), "four skills")
	})
}
