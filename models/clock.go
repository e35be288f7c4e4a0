package models

import "time"

// Clock tells the time. Every room gets one from its maker; none calls
// time.Now itself, so that a test can set the hour.
type Clock func() time.Time

// Now is the clock's instant in UTC cut to whole seconds: what every DATETIME
// column holds, on every database alike.
func (c Clock) Now() time.Time { return c().UTC().Truncate(time.Second) }

// Today is the civil day in Quảng Ninh, "2026-11-23".
func (c Clock) Today() string { return Day(c()) }

// SystemClock is the machine's clock.
func SystemClock() Clock { return time.Now }

// vietNam is UTC+7 all year (no summer time since 1975), so that no time zone
// data needs to be on the machine.
var vietNam = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// VietNam is the zone in which school days begin and end.
func VietNam() *time.Location { return vietNam }

// Day is the civil day of an instant in Viet Nam, "2006-01-02". Days are kept
// as text because they are compared, not computed with.
func Day(t time.Time) string { return t.In(vietNam).Format(time.DateOnly) }

// ParseDay checks a civil day and answers it in canonical form. The error is an
// Invalid Error with code "invalid_date".
func ParseDay(s string) (string, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 9999 {
		return "", Invalid("invalid_date")
	}
	return s, nil
}

// Forever ends a validity period that has no end; validity is half-open,
// [valid_from, valid_to).
const Forever = "9999-12-31"

// DayBefore and DayAfter answer the neighbours of a civil day; empty for text
// that is none.
func DayBefore(day string) string { return shiftDay(day, -1) }

// DayAfter answers the civil day after another; see DayBefore.
func DayAfter(day string) string { return shiftDay(day, 1) }

func shiftDay(day string, by int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, by).Format(time.DateOnly)
}
