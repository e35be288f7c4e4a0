package seeds_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/household"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// A demo with a history: the same chain, on the days on which it happened.
func TestATermBeforeToday(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx, house := context.Background(), build(db)
		_, err := house.Demo(ctx, seeds.DemoOptions{Households: 1500, Villages: 108, Pupils: 6, History: true})
		require.NoError(t, err)

		province, err := house.Places.AreaByCode(ctx, "22", "")
		require.NoError(t, err)
		at := func(days int) coverage.Figures {
			f, err := house.Coverage.AsOf(ctx, house.System, coverage.Area{ID: province.ID, Level: coverage.LevelProvince}, models.Day(clock.Now().AddDate(0, 0, -days)))
			require.NoError(t, err)
			return f
		}
		first, middle, now := at(95), at(25), at(0)
		assert.Equal(t, 1500, first.Households, "the register is a term old")
		assert.Zero(t, first.Covered)
		assert.Less(t, middle.Covered, now.Covered)
		assert.Positive(t, middle.Covered)

		communes, err := house.Coverage.ChildCounts(ctx, house.System, coverage.Area{ID: province.ID, Level: coverage.LevelProvince})
		require.NoError(t, err)
		share := map[string]int{}
		for _, c := range communes {
			share[c.Code] = c.Covered * 100 / max(1, c.Households)
		}
		assert.Greater(t, share["07192"], 30, "some lead")
		assert.Zero(t, share["06652"], "others have not begun")

		report, err := house.Coverage.Verify(ctx, household.Recounter())
		require.NoError(t, err)
		assert.Zero(t, report.Differences, "%+v", report)
		assert.Zero(t, future(t, db, clock.Now()))

		assert.Equal(t, 3, howMany(t, db, "SELECT COUNT(DISTINCT outcome) FROM visits WHERE outcome IN ('taught', 'not_home', 'already_skilled')"), "doors were knocked at")
		assert.Zero(t, howMany(t, db, "SELECT COUNT(*) FROM visits WHERE refusal <> ''"))

		// The two classes of the demo school have homes of their own: its last quiz still moves the province.
		pupil, session, err := house.DemoPupil(ctx)
		require.NoError(t, err)
		assert.Zero(t, howMany(t, db, `SELECT COUNT(*) FROM household_links a JOIN household_links b ON b.household_id = a.household_id AND b.person_id <> a.person_id
			JOIN enrolments e ON e.person_id = b.person_id JOIN schools s ON s.id = e.school_id AND s.code LIKE '22MINHHOA%' WHERE a.person_id = ?`, pupil.Person))
		_, err = house.Take(ctx, pupil, "self_protection-thcs", session, 0)
		require.NoError(t, err)
		assert.Equal(t, now.Covered+1, at(0).Covered)
		now = at(0)

		again, err := house.Demo(ctx, seeds.DemoOptions{Households: 1500, History: true})
		require.NoError(t, err)
		assert.NotEmpty(t, again)
		assert.Equal(t, now, at(0), "a second start changes nothing")
	})
}

// future counts what a history wrote after the demo's own moment.
func future(t *testing.T, db *store.DB, now time.Time) (n int) {
	t.Helper()
	return howMany(t, db, `SELECT (SELECT COUNT(*) FROM coverage_ledger WHERE at > ?) + (SELECT COUNT(*) FROM attempts WHERE submitted_at > ?)
		+ (SELECT COUNT(*) FROM certificates WHERE issued_at > ?)`, now, now, now)
}

func howMany(t *testing.T, db *store.DB, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, db.Read(context.Background()).Raw(query, args...).Scan(&n).Error)
	return n
}

// Whatever day a demo is made on: in the summer its past lies in the school year
// before.
func TestATermBeforeAnyDay(t *testing.T) {
	for _, day := range []string{"2026-08-01", "2026-09-07", "2027-01-02", "2027-02-28", "2027-06-30"} {
		t.Run(day, func(t *testing.T) {
			at, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
			ctx, house := context.Background(), build(storetest.SQLite(t, func() time.Time { return at.Add(3 * time.Hour) }))
			_, err = house.Demo(ctx, seeds.DemoOptions{Households: 600, Villages: 54, Pupils: 6, History: true})
			require.NoError(t, err)
			report, err := house.Coverage.Verify(ctx, household.Recounter())
			require.NoError(t, err)
			assert.Zero(t, report.Differences, "%+v", report)
			assert.Greater(t, howMany(t, house.DB, "SELECT COUNT(*) FROM certificates"), 50)
		})
	}
}
