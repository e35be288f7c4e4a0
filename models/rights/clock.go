package rights

import (
	_ "embed"
	"encoding/json"
	"time"

	"nhaso/models"
)

//go:embed clock.json
var rawClock []byte

// Term is how long the law gives for one kind of request.
type Term struct {
	Kind        string `json:"kind"`
	WorkingDays int    `json:"working_days"`
	Source      string `json:"source"`
	Sure        bool   `json:"sure"` // false: not read in the full text; the shortest term is taken
}

// Holiday is a day on which nobody works. One that is not sure does not
// lengthen a clock: better early than late.
type Holiday struct {
	Day  string `json:"day"`
	Name string `json:"name"`
	Sure bool   `json:"sure"`
}

var calendar = func() (c struct {
	WorkingDayEnds string    `json:"working_day_ends"`
	Clocks         []Term    `json:"clocks"`
	Holidays       []Holiday `json:"holidays"`
}) {
	if err := json.Unmarshal(rawClock, &c); err != nil {
		panic(err) // the file is part of the program
	}
	return c
}()

// TermOf answers the term of a kind of request.
func TermOf(kind string) Term {
	for _, t := range calendar.Clocks {
		if t.Kind == kind {
			return t
		}
	}
	return calendar.Clocks[0]
}

// Due is the moment by which a request filed at an instant must be answered:
// the end of the last working day of its term, in Viet Nam, in UTC. The day of
// filing does not count.
func Due(kind string, filed time.Time) time.Time {
	day := models.Day(filed)
	for left := TermOf(kind).WorkingDays; left > 0; {
		day = models.DayAfter(day)
		if worked(day) {
			left--
		}
	}
	end, err := time.ParseInLocation("2006-01-02 15:04", day+" "+calendar.WorkingDayEnds, models.VietNam())
	if err != nil {
		panic(err) // both are written in the program
	}
	return end.UTC()
}

// worked tells whether a civil day is a working day: Monday to Friday, and no
// holiday that is sure.
func worked(day string) bool {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return true
	}
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		return false
	}
	for _, h := range calendar.Holidays {
		if h.Day == day && h.Sure {
			return false
		}
	}
	return true
}
