package rights_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/rights"
)

func TestDue(t *testing.T) {
	for name, c := range map[string]struct{ filed, due string }{
		"a Monday":                              {"2026-11-23 08:00", "2026-11-25 17:00"},
		"late in the evening of that day":       {"2026-11-23 23:59", "2026-11-25 17:00"},
		"a holiday that is not sure is no help": {"2026-11-23 00:00", "2026-11-25 17:00"},
		"a Thursday":                            {"2026-11-26 09:00", "2026-11-30 17:00"},
		"a Friday":                              {"2026-11-27 16:59", "2026-12-01 17:00"},
		"a Saturday":                            {"2026-11-28 10:00", "2026-12-01 17:00"},
		"before Tết":                            {"2026-02-13 10:00", "2026-02-24 17:00"},
		"before two holidays in a row":          {"2026-04-29 10:00", "2026-05-05 17:00"},
		"over the end of the year":              {"2026-12-31 10:00", "2027-01-05 17:00"},
		"a year without data":                   {"2031-01-06 10:00", "2031-01-08 17:00"},
	} {
		at := func(s string) time.Time {
			v, err := time.ParseInLocation("2006-01-02 15:04", s, models.VietNam())
			require.NoError(t, err)
			return v
		}
		assert.Equal(t, at(c.due).UTC(), rights.Due(rights.Access, at(c.filed)), name)
	}
}

func TestEveryKindHasATerm(t *testing.T) {
	for _, kind := range []string{rights.Access, rights.Correction, rights.Deletion, rights.Restriction} {
		term := rights.TermOf(kind)
		assert.Equal(t, kind, term.Kind)
		assert.Positive(t, term.WorkingDays)
		assert.NotEmpty(t, term.Source)
	}
}

func TestNextRun(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, models.VietNam())
		require.NoError(t, err)
		return v
	}
	for now, next := range map[string]string{
		"2026-11-23 00:59": "2026-11-23 01:00", "2026-11-23 01:00": "2026-11-24 01:00", "2026-11-23 14:00": "2026-11-24 01:00", "2026-12-31 23:00": "2027-01-01 01:00",
	} {
		assert.Equal(t, at(next).UTC(), rights.NextRun(at(now)), now)
	}
}

func TestPeriods(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range rights.Periods {
		assert.False(t, seen[p.Key], p.Key)
		seen[p.Key] = true
		assert.Positive(t, p.Months, p.Key)
		assert.NotEmpty(t, p.Source, p.Key)
		assert.True(t, p.Before("2026-11-26").Before(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)), p.Key)
	}
	year := rights.Period{Months: 12, From: "school_year"}
	for today, before := range map[string]string{
		"2026-11-26": "2025-08-01", // what was done in 2024-2025 is over since 31/7/2026
		"2026-07-31": "2024-08-01", // one day before
		"2026-08-01": "2025-08-01",
	} {
		assert.Equal(t, before, models.Day(year.Before(today)), today)
	}
	assert.Equal(t, "2026-08-26", models.Day(rights.Period{Months: 3, From: "event"}.Before("2026-11-26")))
	assert.True(t, year.Before("no day").IsZero(), "nothing is over")
}
