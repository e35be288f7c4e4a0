package learning

import (
	"time"

	"nhaso/models"
)

// The statuses of a pupil in a lesson, worst first. A pupil has exactly one: a
// card that says two things at once lets the teacher think that the worse one
// is dealt with (reference/ux.md 2.3).
const (
	needsHelp   = "needs_help"
	isOffline   = "offline"
	unconfirmed = "unconfirmed" // invigilated, and the teacher has not seen the pupil yet
	isPaused    = "paused"
	isWorking   = "working"
	isIn        = "in"
	isDone      = "done"
	notIn       = "not_in"
)

// Statuses lists them in the order in which they are shown.
var Statuses = []string{needsHelp, isOffline, unconfirmed, isPaused, isWorking, isIn, isDone, notIn}

// silentFor is how long a device may be silent before its pupil counts as
// offline: three pulses.
const silentFor = 3 * pulseEvery * time.Second

// Why a pupil needs help, the most pressing first.
const (
	whyAlert  = "alert"
	whyCalled = "called"
	whyMisses = "misses"
)

// lifeSigns is what is known of a pupil in a lesson.
type lifeSigns struct {
	Joined      bool
	Invigilated bool
	Confirmed   bool
	CalledAt    *time.Time
	HelpedAt    *time.Time
	SeenAt      time.Time // the last sign of life of any kind
	AlertAt     *time.Time
	MissAt      time.Time // the last miss at a question missed three times by then; zero: none
	RightAt     time.Time // the last right try
	Quiz        string    // state of the last quiz of the session, empty: none
	QuizPaused  bool
	QuizAt      time.Time // its start, or its end once it is over
	LessonAt    time.Time // the last step in a lesson of this session; zero: none
	LessonDone  bool      // that step finished the lesson
}

// status decides: which of the statuses, why help is needed, and since when it
// holds (zero where that says nothing).
func (s lifeSigns) status(now time.Time) (status, why string, since time.Time) {
	switch {
	case !s.Joined:
		return notIn, "", time.Time{}
	case s.AlertAt != nil:
		return needsHelp, whyAlert, *s.AlertAt
	case s.CalledAt != nil:
		return needsHelp, whyCalled, *s.CalledAt
	case s.stuck():
		return needsHelp, whyMisses, s.MissAt
	case s.done():
		return isDone, "", s.QuizAt
	case now.Sub(s.SeenAt) > silentFor:
		return isOffline, "", s.SeenAt
	case s.Invigilated && !s.Confirmed:
		return unconfirmed, "", time.Time{}
	case s.Quiz == stateOpen && s.QuizPaused:
		return isPaused, "", time.Time{}
	case s.Quiz == stateOpen || !s.LessonAt.IsZero():
		return isWorking, "", time.Time{}
	}
	return isIn, "", time.Time{}
}

// stuck tells whether three misses at one practice question still ask for help:
// not once a later try was right, nor after the teacher came.
func (s lifeSigns) stuck() bool {
	return !s.MissAt.IsZero() && s.MissAt.After(s.RightAt) && (s.HelpedAt == nil || s.MissAt.After(*s.HelpedAt))
}

// done tells whether the pupil has finished what was begun last: a quiz handed
// in or ended, or a lesson read to its end.
func (s lifeSigns) done() bool {
	switch {
	case s.Quiz == stateOpen:
		return false
	case s.Quiz != "" && !s.LessonAt.After(s.QuizAt):
		return true
	}
	return s.LessonDone
}

// Place is where a pupil works: a card, a practice question or a quiz question.
type Place struct {
	Kind      string `json:"kind"` // lesson, practice, quiz
	CourseKey string `json:"course_key"`
	Title     string `json:"title"` // of the lesson or the course
	N         int    `json:"n"`     // from 1; of a quiz how many are answered, never how well
	Total     int    `json:"total"`
}

// LivePupil is one card of the monitor.
type LivePupil struct {
	PersonID     models.ID  `json:"person_id"`
	Name         string     `json:"name"`
	Status       string     `json:"status"` // needs_help, offline, unconfirmed, paused, working, in, done, not_in
	Why          string     `json:"why"`    // of needs_help: alert, called, misses
	Since        *time.Time `json:"since"`
	Place        *Place     `json:"place"`
	Unsent       int        `json:"unsent"` // answers that wait on the device, by its own word
	Confirmed    bool       `json:"confirmed"`
	ExtraPercent int        `json:"extra_percent"` // more time in quizzes; no reason is known
	AttemptID    *models.ID `json:"attempt_id"`    // the last quiz of the session
	Late         bool       `json:"late"`          // answers kept on the device came in after the end
	Awaited      bool       `json:"awaited"`       // they may still come
	Alert        *Alert     `json:"alert"`         // the one that waits longest
}

// LiveBoard is the monitor of a session. Version changes whenever anything
// shown changes.
type LiveBoard struct {
	Session Session     `json:"session"`
	Version string      `json:"version"`
	Pupils  []LivePupil `json:"pupils"` // by given name
}
