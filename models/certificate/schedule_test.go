package certificate_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// ruleTwo is the shipped rule 2.
func ruleTwo(t *testing.T, db *store.DB) certificate.Rule {
	t.Helper()
	r, err := certificate.RuleByVersion(db.Read(context.Background()), 2)
	require.NoError(t, err)
	return r
}

// practised is good evidence with a scenario run that rule 2 takes.
func practised(person models.ID, skill string) certificate.Evidence {
	e := good(person, skill)
	e.ScenarioRunID, e.ScenarioHash = models.NewID(time.Now()), "def"
	e.ScenarioAlone, e.ScenarioPassed, e.HardSpotted = true, true, 1
	return e
}

func TestRuleTwoWantsTheScenario(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	_, rule1 := room(t, db)
	rule2 := ruleTwo(t, db)
	for name, c := range map[string]struct {
		change func(*certificate.Evidence)
		met    bool
	}{
		"all there":            {func(*certificate.Evidence) {}, true},
		"two hard ones":        {func(e *certificate.Evidence) { e.HardSpotted = 2 }, true},
		"no run":               {func(e *certificate.Evidence) { e.ScenarioRunID = models.ID{} }, false},
		"with help":            {func(e *certificate.Evidence) { e.ScenarioAlone = false }, false},
		"not passed":           {func(e *certificate.Evidence) { e.ScenarioPassed = false }, false},
		"no hard lure spotted": {func(e *certificate.Evidence) { e.HardSpotted = 0 }, false},
		"a friend rejected":    {func(e *certificate.Evidence) { e.LegitRejected = 1 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := practised(models.NewID(time.Now()), "self_protection")
			c.change(&e)
			ok, why := rule2.Meets(e)
			assert.Equal(t, c.met, ok)
			if !c.met {
				assert.Equal(t, []string{certificate.WhyScenario}, why)
			}
			ok, _ = rule1.Meets(e)
			assert.True(t, ok, "rule 1 asks for no scenario")
		})
	}
	e := practised(models.NewID(time.Now()), "self_protection")
	e.Score, e.ScenarioPassed = 0, false
	_, why := rule2.Meets(e)
	assert.Equal(t, []string{certificate.WhyScore, certificate.WhyScenario}, why)
}

// The hash of rule 1, as installations hold it since before rule 2 was thought
// of: a new field must not change it.
func TestRuleOneKeepsItsHash(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	room(t, db)
	var doc string
	require.NoError(t, db.Read(context.Background()).Raw("SELECT doc FROM certificate_rules WHERE version = 1").Scan(&doc).Error)
	assert.Equal(t, `{"version":1,"pass_percent":80,"need_session":true,"need_all_lessons":true,`+
		`"skills":["public_services","online_shopping","online_payment","self_protection","local_platforms"]}`, doc)
}

func TestShippedRulesAndTheirDates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		c, rule1 := room(t, db)
		assert.Equal(t, 1, rule1.Version)
		list, err := c.Rules(ctx)
		require.NoError(t, err)
		require.Len(t, list, 2)
		assert.True(t, list[0].Active)
		assert.False(t, list[1].Active)
		assert.Equal(t, "2026-12-01T00:00:00+07:00", list[1].From.In(models.VietNam()).Format(time.RFC3339))
		at := func(when time.Time) int {
			r, err := certificate.ActiveRule(db.Read(ctx), when)
			require.NoError(t, err)
			return r.Version
		}
		assert.Equal(t, 1, at(list[1].From.Add(-time.Second)))
		assert.Equal(t, 2, at(list[1].From))

		// The operator's date is data, and a restart leaves it alone.
		require.NoError(t, c.SetRuleFrom(ctx, models.System(), 2, clock.Now()))
		require.NoError(t, c.EnsureRules(ctx))
		assert.Equal(t, 2, at(clock.Now()))
		list, err = c.Rules(ctx)
		require.NoError(t, err)
		assert.True(t, list[1].Active)
		later := clock.Now().Add(365 * 24 * time.Hour)
		require.NoError(t, c.SetRuleFrom(ctx, models.System(), 2, later))
		assert.Equal(t, 1, at(clock.Now()))

		teacher := models.Actor{Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: models.NewID(time.Now())}}}
		assert.Equal(t, models.KindForbidden, models.KindOf(c.SetRuleFrom(ctx, teacher, 2, clock.Now())))
		assert.Equal(t, models.KindNotFound, models.KindOf(c.SetRuleFrom(ctx, models.System(), 7, clock.Now())))
		assert.Equal(t, "no_rule_left", models.CodeOf(c.SetRuleFrom(ctx, models.System(), 1, later)))
		assert.Equal(t, 1, at(clock.Now()), "a refused change leaves nothing")
	})
}

// A holder with passes of both rules has a certificate of the lower one, which
// says so, verifies, and stays valid whatever rule decides later.
func TestCertificateNamesItsLowestRule(t *testing.T) {
	for name, c := range map[string]struct{ ones, want int }{"all of rule 1": {5, 1}, "four and one": {4, 1}, "one and four": {1, 1}, "all of rule 2": {0, 2}} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
				ctx := context.Background()
				room, rule1 := room(t, db)
				rule2 := ruleTwo(t, db)
				h := holder(models.NewID(time.Now()))
				var cert *certificate.Certificate
				for i, skill := range certificate.Skills {
					rule := rule1
					if i >= c.ones {
						rule = rule2
					}
					require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) (err error) {
						if _, _, err = certificate.RecordPass(tx, rule, practised(h.PersonID, skill), clock.Now()); err != nil {
							return err
						}
						cert, _, err = certificate.IssueIfComplete(tx, rule, h, clock.Now())
						return err
					}))
				}
				require.NotNil(t, cert)
				assert.Equal(t, c.want, cert.RuleVersion)
				clock.Add(400 * 24 * time.Hour) // rule 2 decides by now
				public, err := room.Verify(ctx, cert.Code)
				require.NoError(t, err)
				assert.Equal(t, certificate.Valid, public.Status)
				assert.Equal(t, c.want, public.RuleVersion)
				assert.Equal(t, c.want == 2, public.Scenarios)
				proof, err := certificate.Prove(db.Read(ctx), h.PersonID)
				require.NoError(t, err)
				assert.True(t, proof.Intact)
				for i, p := range proof.Passes {
					assert.Equal(t, i < c.ones, p.ScenarioRunID.IsZero(), "a pass of rule 1 rests on no scenario")
				}
			})
		})
	}
}

// A pass as it was hashed before there were scenarios still verifies, and the
// scenario of a new one cannot be exchanged.
func TestScenarioStandsInTheHash(t *testing.T) {
	for name, c := range map[string]struct {
		sql    string
		intact bool
	}{
		"untouched":          {"UPDATE skill_passes SET seq = seq", true},
		"another run":        {"UPDATE skill_passes SET scenario_run_id = person_id WHERE seq = 2", false},
		"no run":             {"UPDATE skill_passes SET scenario_run_id = NULL WHERE seq = 2", false},
		"another scenario":   {"UPDATE skill_passes SET scenario_hash = 'x' WHERE seq = 2", false},
		"a run for an older": {"UPDATE skill_passes SET scenario_run_id = person_id WHERE seq = 1", false},
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.SQLite(t, storetest.NewClock().Now)
			ctx := context.Background()
			_, rule1 := room(t, db)
			rule2 := ruleTwo(t, db)
			h := holder(models.NewID(time.Now()))
			require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error {
				for i, skill := range certificate.Skills {
					rule := rule2
					if i == 0 {
						rule = rule1
					}
					if _, _, err := certificate.RecordPass(tx, rule, practised(h.PersonID, skill), db.Clock().Now()); err != nil {
						return err
					}
				}
				_, _, err := certificate.IssueIfComplete(tx, rule2, h, db.Clock().Now())
				return err
			}))
			require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(c.sql).Error }))
			proof, err := certificate.Prove(db.Read(ctx), h.PersonID)
			require.NoError(t, err)
			assert.Equal(t, c.intact, proof.Intact)
		})
	}
}
