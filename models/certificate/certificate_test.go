package certificate_test

import (
	"context"
	"sync"
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

// room opens the room with rule version 1.
func room(t *testing.T, db *store.DB) (*certificate.Certificates, certificate.Rule) {
	t.Helper()
	c := certificate.New(db)
	require.NoError(t, c.EnsureRules(context.Background()))
	rule, err := certificate.ActiveRule(db.Read(context.Background()), db.Clock().Now())
	require.NoError(t, err)
	return c, rule
}

func good(person models.ID, skill string) certificate.Evidence {
	now := time.Now()
	return certificate.Evidence{
		PersonID: person, Skill: skill, AttemptID: models.NewID(now), SessionID: models.NewID(now),
		CourseKey: skill + "-thcs", CourseHash: "abc", Score: 8000, LessonsDone: 6, LessonsTotal: 6,
	}
}

func holder(person models.ID) certificate.Holder {
	return certificate.Holder{PersonID: person, SchoolID: models.NewID(time.Now()), Name: "Nguyễn Thị Hồng Anh",
		SchoolName: "Trường THCS Ba Chẽ", ClassName: "7A"}
}

// prove records one skill and issues when complete, as learning does.
func prove(db *store.DB, rule certificate.Rule, h certificate.Holder, skill string) (cert *certificate.Certificate, created bool, err error) {
	err = db.Tx(context.Background(), func(tx *gorm.DB) error {
		now := db.Clock().Now()
		if _, _, err := certificate.RecordPass(tx, rule, good(h.PersonID, skill), now); err != nil {
			return err
		}
		cert, created, err = certificate.IssueIfComplete(tx, rule, h, now)
		return err
	})
	return cert, created, err
}

func certified(t *testing.T, db *store.DB, rule certificate.Rule, h certificate.Holder) certificate.Certificate {
	t.Helper()
	var cert *certificate.Certificate
	for _, s := range certificate.Skills {
		var err error
		cert, _, err = prove(db, rule, h, s)
		require.NoError(t, err)
	}
	require.NotNil(t, cert)
	return *cert
}

func count(t *testing.T, db *store.DB, table string) int64 {
	t.Helper()
	var n int64
	require.NoError(t, db.Read(context.Background()).Table(table).Count(&n).Error)
	return n
}

func TestRuleMeets(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	_, rule := room(t, db)
	person := models.NewID(time.Now())
	for name, c := range map[string]struct {
		change func(*certificate.Evidence)
		why    []string
	}{
		"all there":       {func(*certificate.Evidence) {}, nil},
		"just below":      {func(e *certificate.Evidence) { e.Score = 7999 }, []string{certificate.WhyScore}},
		"at home":         {func(e *certificate.Evidence) { e.SessionID = models.ID{} }, []string{certificate.WhySession}},
		"a lesson short":  {func(e *certificate.Evidence) { e.LessonsDone = 5 }, []string{certificate.WhyLessons}},
		"no lessons":      {func(e *certificate.Evidence) { e.LessonsDone, e.LessonsTotal = 0, 0 }, []string{certificate.WhyLessons}},
		"unknown skill":   {func(e *certificate.Evidence) { e.Skill = "cooking" }, []string{certificate.WhySkill}},
		"several reasons": {func(e *certificate.Evidence) { e.Score, e.LessonsDone = 0, 0 }, []string{certificate.WhyScore, certificate.WhyLessons}},
	} {
		t.Run(name, func(t *testing.T) {
			e := good(person, "self_protection")
			c.change(&e)
			ok, why := rule.Meets(e)
			assert.Equal(t, c.why, why)
			assert.Equal(t, len(c.why) == 0, ok)
		})
	}
}

func TestRulesAreWrittenOnceAndTakeEffectByTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		c, v1 := room(t, db)
		require.NoError(t, c.EnsureRules(ctx))
		assert.Equal(t, certificate.Rule{Version: 1, PassPercent: 80, NeedSession: true, NeedAllLessons: true, Skills: certificate.Skills}, v1)

		v3 := v1
		v3.Version, v3.PassPercent = 3, 85
		require.NoError(t, c.AddRule(ctx, v3, storetest.Start.Add(time.Hour)))
		assert.Equal(t, "rule_exists", models.CodeOf(c.AddRule(ctx, v3, storetest.Start)))
		for _, bad := range []func(*certificate.Rule){
			func(r *certificate.Rule) { r.PassPercent = 0 }, func(r *certificate.Rule) { r.PassPercent = 101 },
			func(r *certificate.Rule) { r.Skills = nil }, func(r *certificate.Rule) { r.Skills = []string{"cooking"} },
			func(r *certificate.Rule) { r.Skills = []string{"self_protection", "self_protection"} },
		} {
			r := v1
			r.Version = 9
			bad(&r)
			assert.Equal(t, models.KindInvalid, models.KindOf(c.AddRule(ctx, r, storetest.Start)))
		}
		now, err := certificate.ActiveRule(db.Read(ctx), clock.Now())
		require.NoError(t, err)
		assert.Equal(t, 1, now.Version)
		later, err := certificate.ActiveRule(db.Read(ctx), clock.Now().Add(time.Hour))
		require.NoError(t, err)
		assert.Equal(t, v3, later)

		require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error {
			return tx.Exec(`UPDATE certificate_rules SET doc = '{"version":1,"pass_percent":10}' WHERE version = 1`).Error
		}))
		_, err = certificate.RuleByVersion(db.Read(ctx), 1)
		assert.ErrorContains(t, err, "changed")
	})
}

func TestNoRuleIsUnavailable(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	_, err := certificate.ActiveRule(db.Read(context.Background()), storetest.Start)
	assert.Equal(t, models.KindUnavailable, models.KindOf(err))
}

func TestFivePassesIssueOneCertificate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		_, rule := room(t, db)
		h := holder(models.NewID(time.Now()))
		for i, s := range certificate.Skills {
			clock.Add(time.Minute)
			cert, created, err := prove(db, rule, h, s)
			require.NoError(t, err)
			assert.Equal(t, i == 4, created)
			assert.Equal(t, i == 4, cert != nil)
		}
		live, err := certificate.Live(db.Read(ctx), h.PersonID)
		require.NoError(t, err)
		require.NotNil(t, live)
		_, err = models.NormalizeCode(live.Code)
		require.NoError(t, err)
		assert.Len(t, live.Code, 10)
		assert.Equal(t, h.Name, live.HolderName)
		assert.Equal(t, clock.Now(), live.IssuedAt.UTC())

		again, created, err := prove(db, rule, h, certificate.Skills[0])
		require.NoError(t, err)
		assert.False(t, created)
		assert.Equal(t, live.Code, again.Code)
		assert.EqualValues(t, 5, count(t, db, "skill_passes"))

		nobody, err := certificate.Live(db.Read(ctx), models.NewID(time.Now()))
		require.NoError(t, err)
		assert.Nil(t, nobody)
		many, err := certificate.LivePersons(db.Read(ctx), []models.ID{h.PersonID, models.NewID(time.Now())})
		require.NoError(t, err)
		assert.Len(t, many, 1)
		passes, err := certificate.PassesOf(db.Read(ctx), []models.ID{h.PersonID})
		require.NoError(t, err)
		assert.Len(t, passes[h.PersonID], 5)
	})
}

func TestEvidenceBelowTheRuleIsRefused(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	_, rule := room(t, db)
	e := good(models.NewID(time.Now()), "self_protection")
	e.SessionID = models.ID{}
	err := db.Tx(context.Background(), func(tx *gorm.DB) error {
		_, _, err := certificate.RecordPass(tx, rule, e, storetest.Start)
		return err
	})
	assert.Equal(t, "rule_not_met", models.CodeOf(err))
	assert.Zero(t, count(t, db, "skill_passes"))
}

// All five skills of one person are proved at the same moment, each twice: the
// certificate must neither be missed nor issued twice.
func TestConcurrentPassesIssueExactlyOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		_, rule := room(t, db)
		for range 5 {
			h := holder(models.NewID(time.Now()))
			var wg sync.WaitGroup
			var mu sync.Mutex
			issued := 0
			for _, s := range append(append([]string{}, certificate.Skills...), certificate.Skills...) {
				wg.Go(func() {
					_, created, err := prove(db, rule, h, s)
					assert.NoError(t, err)
					mu.Lock()
					defer mu.Unlock()
					if created {
						issued++
					}
				})
			}
			wg.Wait()
			assert.Equal(t, 1, issued)
			passes, err := certificate.Passes(db.Read(context.Background()), h.PersonID)
			require.NoError(t, err)
			assert.Len(t, passes, 5)
		}
		assert.EqualValues(t, 5, count(t, db, "certificates"))
		assert.EqualValues(t, 5, count(t, db, "certificate_events"))
	})
}

func TestRolledBackTransactionLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		_, rule := room(t, db)
		h := holder(models.NewID(time.Now()))
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			for _, s := range certificate.Skills {
				if _, _, err := certificate.RecordPass(tx, rule, good(h.PersonID, s), storetest.Start); err != nil {
					return err
				}
			}
			if _, created, err := certificate.IssueIfComplete(tx, rule, h, storetest.Start); err != nil || !created {
				t.Errorf("issue: %v %v", created, err)
			}
			return models.Conflict("power_cut")
		})
		assert.Equal(t, "power_cut", models.CodeOf(err))
		for _, table := range []string{"skill_passes", "certificates", "certificate_events"} {
			assert.Zero(t, count(t, db, table), table)
		}
	})
}
