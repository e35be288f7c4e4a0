package classroom

import (
	"time"

	"nhaso/models/learning"
)

// floor is the earliest instant at which anything can have happened on a
// laptop: when its first class pack was made, or when it was registered.
func floor(l laptopRow) time.Time {
	if l.FirstPackAt != nil {
		return l.FirstPackAt.UTC()
	}
	return l.CreatedAt.UTC()
}

// straighten sets the times of facts right where the laptop's clock was wrong,
// and answers by how many seconds they were moved. A clock that is ahead is
// known by when the batch says it was made; one that is behind by facts from
// before the laptop had its classes. The whole batch is moved, so that what
// lay a minute apart still does; what is left outside is put on the edge.
func straighten(facts []learning.Fact, madeAt, from, now time.Time) int64 {
	var shift time.Duration
	first := earliest(facts)
	switch {
	case madeAt.After(now.Add(clockTolerance)):
		shift = now.Sub(madeAt)
	case !first.IsZero() && first.Before(from.Add(-clockTolerance)):
		shift = from.Sub(first)
	}
	for i := range facts {
		ahead := deadlines(&facts[i])
		for _, t := range facts[i].Times() {
			*t = t.Add(shift).UTC().Truncate(time.Second)
			if ahead[t] {
				continue // the end of a lesson or quiz may lie ahead
			}
			if t.Before(from) {
				*t = from
			}
			if t.After(now) {
				*t = now
			}
		}
		if p := facts[i].Progress; p != nil && p.DoneAt != nil && p.DoneAt.After(p.At) {
			*p.DoneAt = p.At
		}
	}
	return int64(shift / time.Second)
}

// deadlines names the instants of a fact that were not read from the laptop's
// clock: set for the future, claimed by the pupil's device, or from before.
func deadlines(f *learning.Fact) map[*time.Time]bool {
	set := map[*time.Time]bool{}
	if f.Session != nil {
		set[&f.Session.ClosesAt] = true
	}
	if f.Progress != nil && f.Progress.DoneAt != nil {
		set[f.Progress.DoneAt] = true // may have come with the class pack
	}
	if f.Attempt != nil {
		set[&f.Attempt.DeadlineAt] = true
		for i := range f.Attempt.Answers {
			if at := f.Attempt.Answers[i].ClientAt; at != nil {
				set[at] = true
			}
		}
	}
	return set
}

// earliest is the first instant that the laptop's clock gave.
func earliest(facts []learning.Fact) (first time.Time) {
	for i := range facts {
		ahead := deadlines(&facts[i])
		for _, t := range facts[i].Times() {
			if !ahead[t] && !t.IsZero() && (first.IsZero() || t.Before(first)) {
				first = *t
			}
		}
	}
	return first
}
