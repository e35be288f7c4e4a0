package classroom_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/learning"
)

// invigilated is a lesson on the laptop in which everything is decided that a
// teacher can decide over pupils.
func (w *world) invigilated() *side {
	s := w.onLaptop()
	lern := s.house.Learning
	must := func(_ any, err error) { require.NoError(w.t, err) }
	w.tick(time.Minute)
	s.open()
	s.join(0)
	s.join(1)
	must(lern.SetInvigilated(ctx, s.teacher, s.session.ID, true))
	must(lern.ConfirmPresence(ctx, s.teacher, s.session.ID, nil))
	w.tick(time.Minute)
	first, second := s.start("first", 0, course), s.start("second", 1, course)
	must(lern.Pause(ctx, s.teacher, s.session.ID, s.pupils[0].Person, true))
	w.tick(time.Minute)
	must(lern.Pause(ctx, s.teacher, s.session.ID, s.pupils[0].Person, false))
	alert, err := lern.RaiseAlert(ctx, s.pupils[0].Actor(), first.ID, learning.NewAlert{ID: s.id(), Slot: 1, Reason: "unclear"})
	require.NoError(w.t, err)
	w.tick(time.Minute)
	must(lern.DecideAlert(ctx, s.teacher, alert.ID, learning.AlertDecision{Accept: true, Replace: true, Reason: "unclear"}))
	first, err = lern.Attempt(ctx, s.pupils[0].Actor(), first.ID)
	require.NoError(w.t, err)
	s.answer(0, first, 0, 0)
	s.submit(0, first)
	w.tick(time.Minute)
	s.answer(1, second, 0, 0)
	var name string
	require.NoError(w.t, s.db.Read(ctx).Raw("SELECT full_name FROM persons WHERE id = ?", s.pupils[1].Person).Scan(&name).Error)
	require.NoError(w.t, lern.EndFor(ctx, s.teacher, s.session.ID, s.pupils[1].Person, name, "left_room"))
	w.tick(time.Minute)
	s.end()
	require.NoError(w.t, lern.NoteIncident(ctx, s.teacher, s.session.ID, s.pupils[1].Person, "other"))
	w.tick(time.Minute)
	return s
}

// The record of a lesson comes home line by line: who was confirmed, stopped,
// ended and why, and what was said to a broken question. By network and by
// file, twice each, it is there once, and the closing page of both is the same.
func TestDecisionsComeHome(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		s := w.invigilated()
		file, batches := w.laptop.export(t)
		var b classroom.Batch
		require.NoError(t, json.Unmarshal(batches[0], &b))
		assert.Equal(t, 3, b.Version, "a server that knows no decisions must say so")
		there, err := s.house.Learning.ClosingSheet(ctx, w.teacher, s.session.ID)
		require.NoError(t, err)
		kinds := map[string]int{}
		for _, d := range there.Record {
			kinds[d.Kind]++
		}
		require.Equal(t, map[string]int{"invigilated": 1, "confirm": 2, "pause": 1, "resume": 1, "alert_replaced": 1, "end": 1}, kinds)
		for range 2 {
			_, err := w.room().ApplyFile(ctx, w.teacher, bytes.NewReader(file))
			require.NoError(t, err)
			for _, raw := range batches {
				_, err = w.room().Apply(ctx, raw, classroom.ViaNetwork)
				require.NoError(t, err)
			}
			w.push()
			home, err := w.house.Learning.ClosingSheet(ctx, w.teacher, s.session.ID)
			require.NoError(t, err)
			assert.Equal(t, there.Record, home.Record)
			assert.Equal(t, [2]any{there.Finished, there.Unfinished}, [2]any{home.Finished, home.Unfinished}, "and why one did not finish")
		}
		assert.Equal(t, 1, w.count("SELECT COUNT(*) FROM question_alerts WHERE state = 'accepted' AND replacement > 0"))
		status, err := s.house.Classroom.Status(ctx, w.teacher)
		require.NoError(t, err)
		assert.Equal(t, [2]int{0, 0}, [2]int{status.Unsealed, status.Batches}, "nothing waits any more")
	})
}

// A decision that no honest laptop can have written is refused with its place,
// and nothing of its batch is kept.
func TestForgedDecisionsAreRefused(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.invigilated()
		of := func(kind string, change func(*learning.DecisionFact)) func(*learning.Fact) {
			return func(f *learning.Fact) {
				if f.Decision.Kind == kind {
					change(f.Decision)
				}
			}
		}
		for name, forge := range map[string]struct {
			change func(*learning.Fact)
			want   string
		}{
			"a word of its own":     {of("pause", func(d *learning.DecisionFact) { d.Kind = "shamed" }), "kind unknown"},
			"a reason of its own":   {of("end", func(d *learning.DecisionFact) { d.Reason = "ill" }), "reason unknown"},
			"no reason":             {of("end", func(d *learning.DecisionFact) { d.Reason = "" }), "reason unknown"},
			"a reason too many":     {of("pause", func(d *learning.DecisionFact) { d.Reason = "left_room" }), "reason unknown"},
			"over nobody":           {of("end", func(d *learning.DecisionFact) { d.PersonID = models.ID{} }), "person_id invalid"},
			"another class's pupil": {of("end", func(d *learning.DecisionFact) { d.PersonID = w.pupilsB[0].Person }), "person_id not_of_laptop"},
			"another lesson":        {of("pause", func(d *learning.DecisionFact) { d.SessionID = models.NewID(w.clock.Now()) }), "session_id not_of_laptop"},
			"no id":                 {of("pause", func(d *learning.DecisionFact) { d.ID = models.ID{} }), "id required"},
		} {
			_, err := w.room().Apply(ctx, w.laptop.forge(t, forge.change), classroom.ViaNetwork)
			assert.Equal(t, models.KindInvalid, models.KindOf(err), name)
			assert.ErrorContains(t, err, forge.want, name)
			assert.Zero(t, w.count("SELECT (SELECT COUNT(*) FROM session_decisions) + (SELECT COUNT(*) FROM attempts)"), name)
		}
		w.push()
		assert.Equal(t, 7, w.count("SELECT COUNT(*) FROM session_decisions"))
	})
}
