package classroom_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models/classroom"
	"nhaso/models/store/storetest"
)

// safety answers the state of each pupil's work, in the order of w.pupilsA.
func (w *world) safety() []string {
	status, err := w.laptop.house.Classroom.Status(ctx, w.teacher)
	require.NoError(w.t, err)
	list := make([]string, len(w.pupilsA))
	for i, p := range w.pupilsA {
		for _, s := range status.Pupils {
			if s.PersonID == p.Person {
				list[i] = s.State
			}
		}
	}
	return list
}

// unsent is what a phone said last of answers that it could not send.
func (s *side) unsent(i, n int) {
	require.NoError(s.w.t, s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE session_participants SET unsent = ?, seen_at = ? WHERE session_id = ? AND person_id = ?",
			n, s.w.laptop.clock.Now(), s.session.ID, s.pupils[i].Person).Error
	}))
}

// A phone's last word may be older than the handing in: a teacher who ends the
// lesson at that moment must not be told to keep a phone that holds nothing.
func TestWhoseWorkIsSafe(t *testing.T) {
	clock := storetest.NewClock()
	w := withLaptop(t, t, storetest.SQLite(t, clock.Now), clock, 5)
	s := w.onLaptop()
	w.tick(time.Minute)
	s.open()
	for i := range 4 {
		s.join(i)
		s.unsent(i, 2)
	}
	w.tick(time.Minute)
	s.quiz("handed in", 0, course, 0)
	a := s.start("open", 1, course)
	s.answer(1, a, 0, 0)
	s.quiz("first", 2, course, 9)
	w.tick(time.Minute)
	s.start("second", 2, course)
	phone, waiting, never, safe := classroom.PupilPhone, classroom.PupilWaiting, classroom.PupilNever, classroom.PupilSafe
	assert.Equal(t, []string{waiting, phone, phone, phone, never}, w.safety(),
		"handed in; an open quiz; handed in one and begun another; answers on the phone by its own word; never here")
	s.end()
	_, err := w.laptop.house.Classroom.Push(ctx, wire{w: w})
	require.NoError(t, err)
	assert.Equal(t, []string{safe, phone, phone, phone, never}, w.safety(), "late answers may come")
	s.unsent(3, 0)
	assert.Equal(t, []string{safe, phone, phone, safe, never}, w.safety())
}
