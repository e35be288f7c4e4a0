package seeds_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/coverage"
	"nhaso/models/household"
	"nhaso/models/outreach"
	"nhaso/models/people"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

func build(db *store.DB) *seeds.House {
	return seeds.Build(db, seeds.Wiring{Cost: &people.Cost{MemoryKiB: 64, Passes: 1, Parallel: 2, Queue: 100}})
}

// The chain, end to end, through the rooms: the demo pupil passes the last
// quiz, and the village, the commune and the province count one household
// more; revoking the confirmation takes it back.
func TestTheLastQuizMovesTheProvince(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, house := context.Background(), build(db)
		signIns, err := house.Demo(ctx, seeds.DemoOptions{Households: 900, Pupils: 9})
		require.NoError(t, err)
		// Head, module teacher and invigilator are not signed up: a school delegates them.
		assert.Len(t, signIns, len(models.Roles)-3)
		province, err := house.Places.AreaByCode(ctx, "22", "")
		require.NoError(t, err)
		count := func() coverage.Figures {
			f, err := house.Coverage.Counts(ctx, house.System, coverage.Area{ID: province.ID, Level: coverage.LevelProvince})
			require.NoError(t, err)
			return f
		}
		before := count()
		assert.Equal(t, 900, before.Households)
		assert.Positive(t, before.Covered)
		assert.Greater(t, before.Known, before.Covered)

		pupil, session, err := house.DemoPupil(ctx)
		require.NoError(t, err)
		outcome, err := house.Take(ctx, pupil, "self_protection-thcs", session, 0)
		require.NoError(t, err)
		require.True(t, outcome.Passed)
		after := count()
		assert.Equal(t, before.Covered+1, after.Covered, "exact before any fold")

		mine, err := house.Learning.Result(ctx, pupil.Actor(), outcome.AttemptID)
		require.NoError(t, err)
		require.NotNil(t, mine.Certificate)
		_, err = house.Households.Revoke(ctx, house.System, mine.Certificate.Code, "Phát hiện làm bài hộ")
		require.NoError(t, err)
		now := count()
		assert.Equal(t, before.Skills.SelfProtection+1, now.Skills.SelfProtection, "what was passed stays proved")
		now.Skills = before.Skills
		assert.Equal(t, before, now)

		report, err := house.Coverage.Verify(ctx, household.Recounter())
		require.NoError(t, err)
		assert.Zero(t, report.Differences, "%+v", report)
	})
}

// The demo under rule 2: who was certified before stays so by rule 1, and the
// pupil who is one quiz short also lacks a scenario.
func TestDemoUnderRuleTwo(t *testing.T) {
	clock := storetest.NewClock()
	ctx, house := context.Background(), build(storetest.SQLite(t, clock.Now))
	_, err := house.Demo(ctx, seeds.DemoOptions{Households: 900, Pupils: 6, RuleTwo: clock.Now()})
	require.NoError(t, err)
	list, err := house.Certificates.Search(ctx, house.System, certificate.Query{})
	require.NoError(t, err)
	require.NotEmpty(t, list)
	for _, c := range list {
		assert.Equal(t, 1, c.RuleVersion)
		public, err := house.Certificates.Verify(ctx, c.Code)
		require.NoError(t, err)
		assert.Equal(t, certificate.Valid, public.Status)
	}
	pupil, session, err := house.DemoPupil(ctx)
	require.NoError(t, err)
	_, err = house.Take(ctx, pupil, "self_protection-thcs", session, 0)
	require.NoError(t, err)
	mine, missing, err := house.Learning.MyCertificate(ctx, pupil.Actor())
	require.NoError(t, err)
	assert.Nil(t, mine, "the quiz alone is not enough any more")
	assert.Equal(t, 2, missing.RuleVersion)
	for _, line := range missing.Skills {
		assert.Equal(t, !line.Passed, line.ScenarioNeeded, line.Skill)
	}
}

// The demo's families and runs are made through the rooms: the class has runs
// of every mode that replay, and the relative who was taught twice counts once.
func TestDemoHasFamiliesAndRuns(t *testing.T) {
	ctx, house := context.Background(), build(storetest.SQLite(t, storetest.NewClock().Now))
	_, err := house.Demo(ctx, seeds.DemoOptions{Households: 900, Pupils: 9})
	require.NoError(t, err)
	pupil, _, err := house.DemoPupil(ctx)
	require.NoError(t, err)
	mine, err := house.Outreach.Mine(ctx, pupil.Actor())
	require.NoError(t, err)
	require.Len(t, mine, 2)
	assert.ElementsMatch(t, []string{outreach.Confirmed, outreach.Waiting}, []string{mine[0].State, mine[1].State})

	var seven struct{ ID models.ID }
	require.NoError(t, house.DB.Read(ctx).Raw("SELECT id FROM school_classes WHERE name = '7A'").Scan(&seven).Error)
	id := seven.ID
	teacher := models.Actor{Account: house.System.Account, Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: id}}}
	sample, err := house.Outreach.ClassSample(ctx, teacher, id)
	require.NoError(t, err)
	assert.Equal(t, [2]int{8, 7}, [2]int{sample.Confirmed, sample.Relatives})
	assert.NotEmpty(t, sample.Items)

	runs, err := house.Learning.ClassRuns(ctx, teacher, id)
	require.NoError(t, err)
	require.NotEmpty(t, runs)
	failed := 0
	for _, r := range runs {
		detail, err := house.Learning.ClassRun(ctx, teacher, id, r.ID)
		require.NoError(t, err)
		assert.True(t, detail.Intact, r.ScenarioKey)
		if !r.Passed {
			failed++
		}
	}
	assert.Equal(t, 1, failed, "one run that ended badly, to be looked at")

	_, err = house.Play(ctx, pupil, "self_protection-thcs", "no_such", "alone", false, 1)
	assert.Equal(t, models.KindNotFound, models.KindOf(err))
	_, err = house.Teach(ctx, pupil, "no_such", "x", "mother", "2580", "own")
	assert.Equal(t, models.KindNotFound, models.KindOf(err))
}

// Every scenario has an example that passes and one that ends without passing,
// whatever mode it is played in: the demo may take any of them.
func TestEveryScenarioCanBePlayed(t *testing.T) {
	ctx, house := context.Background(), build(storetest.SQLite(t, storetest.NewClock().Now))
	room, err := house.NewClassroom(ctx, 1)
	require.NoError(t, err)
	pace := 1000
	for _, c := range house.Catalog.Courses {
		for _, s := range c.Scenarios {
			for _, fail := range []bool{false, true} {
				pace++
				run, err := house.Play(ctx, room.Pupils[0], c.Key, s.Key, "assisted", fail, pace)
				require.NoError(t, err, s.Key)
				assert.Equal(t, !fail, run.Passed, s.Key)
			}
		}
	}
}

func TestDemoRefusesADatabaseInUse(t *testing.T) {
	ctx, house := context.Background(), build(storetest.SQLite(t, storetest.NewClock().Now))
	_, err := house.NewClassroom(ctx, 2)
	require.NoError(t, err)
	_, err = house.Demo(ctx, seeds.DemoOptions{Households: 100, Pupils: 9})
	assert.Equal(t, "not_empty", models.CodeOf(err))
}

func TestFoundationTwiceChangesNothing(t *testing.T) {
	ctx, house := context.Background(), build(storetest.SQLite(t, storetest.NewClock().Now))
	count := func(table string) (n int64) {
		require.NoError(t, house.DB.Read(ctx).Table(table).Count(&n).Error)
		return n
	}
	require.NoError(t, house.Foundation(ctx))
	areas, versions := count("areas"), count("course_versions")
	require.NoError(t, house.Foundation(ctx))
	assert.Equal(t, areas, count("areas"))
	assert.Equal(t, versions, count("course_versions"))
	assert.NotZero(t, areas)
	assert.EqualValues(t, len(house.Catalog.Courses), versions)
}

// Right answers score everything and wrong ones fail, for every question of
// every course, so the demo and the browser tests can trust the oracle.
func TestOracleKnowsEveryAnswer(t *testing.T) {
	catalog, err := seeds.Courses()
	require.NoError(t, err)
	oracle := seeds.Oracle(catalog)
	for _, course := range catalog.Courses {
		for _, q := range course.Questions {
			a, ok := oracle[course.Key][q.Key]
			require.True(t, ok, q.Key)
			assert.NotEmpty(t, append(append(a.Texts, a.Spots...), keys(a.Pairs)...), q.Key)
			assert.Equal(t, q.Kind == "true_false", a.Verdict != nil, q.Key)
		}
	}
}

func keys(m map[string]string) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	return list
}
