package learning

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Every pupil has exactly one status, and the worst that holds wins.
func TestStatus(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	ago := func(s int) time.Time { return now.Add(-time.Duration(s) * time.Second) }
	at := func(s int) *time.Time { x := ago(s); return &x }
	here := lifeSigns{Joined: true, SeenAt: ago(10)}
	with := func(change func(*lifeSigns)) lifeSigns { s := here; change(&s); return s }
	for name, c := range map[string]struct {
		signs  lifeSigns
		status string
		why    string
	}{
		"not joined":                   {lifeSigns{}, notIn, ""},
		"not joined, whatever else":    {lifeSigns{AlertAt: at(1), Quiz: stateOpen}, notIn, ""},
		"just in":                      {here, isIn, ""},
		"silent for three pulses":      {with(func(s *lifeSigns) { s.SeenAt = ago(90) }), isIn, ""},
		"silent for longer":            {with(func(s *lifeSigns) { s.SeenAt = ago(91) }), isOffline, ""},
		"reads a lesson":               {with(func(s *lifeSigns) { s.LessonAt = ago(20) }), isWorking, ""},
		"finished the lesson":          {with(func(s *lifeSigns) { s.LessonAt, s.LessonDone = ago(20), true }), isDone, ""},
		"in a quiz":                    {with(func(s *lifeSigns) { s.Quiz = stateOpen }), isWorking, ""},
		"in a quiz, silent":            {with(func(s *lifeSigns) { s.Quiz, s.SeenAt = stateOpen, ago(200) }), isOffline, ""},
		"a quiz after a lesson":        {with(func(s *lifeSigns) { s.LessonAt, s.LessonDone, s.Quiz = ago(20), true, stateOpen }), isWorking, ""},
		"handed in":                    {with(func(s *lifeSigns) { s.Quiz, s.QuizAt = stateSubmitted, ago(5) }), isDone, ""},
		"handed in and gone":           {with(func(s *lifeSigns) { s.Quiz, s.QuizAt, s.SeenAt = stateSubmitted, ago(500), ago(500) }), isDone, ""},
		"ended by the clock":           {with(func(s *lifeSigns) { s.Quiz, s.QuizAt = stateClosed, ago(5) }), isDone, ""},
		"a lesson after the quiz":      {with(func(s *lifeSigns) { s.Quiz, s.QuizAt, s.LessonAt = stateSubmitted, ago(50), ago(5) }), isWorking, ""},
		"stopped":                      {with(func(s *lifeSigns) { s.Quiz, s.QuizPaused = stateOpen, true }), isPaused, ""},
		"stopped and silent":           {with(func(s *lifeSigns) { s.Quiz, s.QuizPaused, s.SeenAt = stateOpen, true, ago(300) }), isOffline, ""},
		"waits to be let in":           {with(func(s *lifeSigns) { s.Invigilated = true }), unconfirmed, ""},
		"waits, reading":               {with(func(s *lifeSigns) { s.Invigilated, s.LessonAt = true, ago(4) }), unconfirmed, ""},
		"was let in":                   {with(func(s *lifeSigns) { s.Invigilated, s.Confirmed = true, true }), isIn, ""},
		"nobody to let in":             {with(func(s *lifeSigns) { s.Confirmed = true }), isIn, ""},
		"calls":                        {with(func(s *lifeSigns) { s.CalledAt = at(3) }), needsHelp, whyCalled},
		"calls, then goes silent":      {with(func(s *lifeSigns) { s.CalledAt, s.SeenAt = at(400), ago(400) }), needsHelp, whyCalled},
		"calls after handing in":       {with(func(s *lifeSigns) { s.CalledAt, s.Quiz = at(3), stateSubmitted }), needsHelp, whyCalled},
		"three misses":                 {with(func(s *lifeSigns) { s.MissAt = ago(3) }), needsHelp, whyMisses},
		"three misses, then right":     {with(func(s *lifeSigns) { s.MissAt, s.RightAt, s.LessonAt = ago(9), ago(3), ago(9) }), isWorking, ""},
		"right, then three misses":     {with(func(s *lifeSigns) { s.MissAt, s.RightAt = ago(3), ago(9) }), needsHelp, whyMisses},
		"three misses, then helped":    {with(func(s *lifeSigns) { s.MissAt, s.HelpedAt = ago(9), at(3) }), isIn, ""},
		"helped, then missed again":    {with(func(s *lifeSigns) { s.MissAt, s.HelpedAt = ago(3), at(9) }), needsHelp, whyMisses},
		"an alert before a call":       {with(func(s *lifeSigns) { s.AlertAt, s.CalledAt = at(2), at(60) }), needsHelp, whyAlert},
		"an alert in a stopped quiz":   {with(func(s *lifeSigns) { s.AlertAt, s.Quiz, s.QuizPaused = at(2), stateOpen, true }), needsHelp, whyAlert},
		"an alert and not seen":        {with(func(s *lifeSigns) { s.AlertAt, s.Invigilated = at(2), true }), needsHelp, whyAlert},
		"a resumed quiz with an alert": {with(func(s *lifeSigns) { s.AlertAt, s.Quiz, s.Confirmed = at(2), stateOpen, true }), needsHelp, whyAlert},
	} {
		status, why, _ := c.signs.status(now)
		assert.Equal(t, c.status, status, name)
		assert.Equal(t, c.why, why, name)
		assert.Contains(t, Statuses, status, name)
	}
}
