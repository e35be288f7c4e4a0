package coverage

import (
	"math"
	"slices"
	"time"
)

// Forecast is where a figure may stand on a later day if the coming weeks are
// like the last eight: Mid after as many typical weeks (the median of the weekly
// gains), Low and High after as many slow or good ones (their quartiles). It is a
// continuation of what was, no promise, and never beyond the register.
type Forecast struct {
	On             string
	Low, Mid, High int // households
	// What a week brought, in households, the same three.
	SlowWeek, TypicalWeek, GoodWeek float64
	Reached                         string // the day on which the goal is reached at the typical pace; "" when never within ten years
}

// fewestGains is how many weeks of history a forecast needs.
const fewestGains = 4

// Project continues a trend to a day, for what count picks of the figures; goal is
// the number of households that a target asks for. It answers false when there
// are fewer than four weeks since the first register, or the day is past.
func Project(points []Point, on string, goal int, count func(Figures) int) (Forecast, bool) {
	if len(points) == 0 || on <= points[len(points)-1].On {
		return Forecast{}, false
	}
	last := points[len(points)-1]
	var gains []float64
	for i := max(1, len(points)-trendWeeks); i < len(points); i++ {
		if points[i-1].Households > 0 && points[i].On == addDays(points[i-1].On, 7) {
			gains = append(gains, float64(count(points[i].Figures)-count(points[i-1].Figures)))
		}
	}
	if len(gains) < fewestGains {
		return Forecast{}, false
	}
	slices.Sort(gains)
	f := Forecast{On: on, SlowWeek: quantile(gains, 0.25), TypicalWeek: quantile(gains, 0.5), GoodWeek: quantile(gains, 0.75)}
	weeks := float64(daysBetween(last.On, on)) / 7
	at := func(gain float64) int {
		return min(max(int(math.Round(float64(count(last.Figures))+gain*weeks)), 0), last.Households)
	}
	f.Low, f.Mid, f.High = at(f.SlowWeek), at(f.TypicalWeek), at(f.GoodWeek)
	f.Reached = reachedOn(last.On, goal-count(last.Figures), f.TypicalWeek)
	return f, true
}

// quantile interpolates between the sorted values.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// reachedOn is the day on which what is missing has come together at a weekly
// pace.
func reachedOn(from string, missing int, weekly float64) string {
	if missing <= 0 {
		return from
	}
	if weekly <= 0 {
		return ""
	}
	days := math.Ceil(float64(missing) / weekly * 7)
	if days > 3653 {
		return ""
	}
	return addDays(from, int(days))
}

func daysBetween(from, to string) int {
	a, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return 0
	}
	b, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
