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
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

// tampered changes one member of a pack and leaves the signature as it is.
func tampered(t *testing.T, pack []byte, change func(map[string]any)) []byte {
	t.Helper()
	var p map[string]any
	require.NoError(t, json.Unmarshal(pack, &p))
	change(p)
	raw, err := json.Marshal(p)
	require.NoError(t, err)
	return raw
}

// A class pack that was changed, is another's, comes from another server, or
// whose time is over is refused with its reason, and nothing of it is loaded.
func TestPacksAreRefused(t *testing.T) {
	clock := storetest.NewClock()
	w := withLaptop(t, t, storetest.SQLite(t, clock.Now), clock, 2)
	w.tick(time.Minute)
	good, err := w.room().Pack(ctx, w.teacher, w.laptop.id)
	require.NoError(t, err)
	second := w.newLaptop(t)
	w.enrol(second)
	theirs, err := w.room().Pack(ctx, w.teacher, second.id)
	require.NoError(t, err)
	other := newWorld(t, t, storetest.SQLite(t, clock.Now), clock, 2)
	foreign, err := classroom.WithoutMember(good, other.room(), w.laptop.house.Classroom, "nothing")
	require.NoError(t, err)
	names := func() (n int) {
		require.NoError(t, w.laptop.db.Read(ctx).Raw("SELECT COUNT(*) FROM persons").Scan(&n).Error)
		return n
	}
	before := names()
	for name, tt := range map[string]struct {
		pack []byte
		want string
	}{
		"one bit of the box": {tampered(t, good, func(p map[string]any) {
			box := []byte(p["box"].(string))
			box[len(box)/2] ^= 1
			p["box"] = string(box)
		}), "bad_signature"},
		"a longer time":         {tampered(t, good, func(p map[string]any) { p["expires_at"] = "2036-01-01T00:00:00Z" }), "bad_signature"},
		"another laptop's name": {tampered(t, good, func(p map[string]any) { p["laptop"] = second.id }), "bad_signature"},
		"of a newer program":    {tampered(t, good, func(p map[string]any) { p["v"] = 9 }), "future_version"},
		"no pack at all":        {[]byte(`{"nhaso":"classroom-results","v":1}`), "not_this_file"},
		"cut off":               {good[:len(good)/2], "not_this_file"},
		"another laptop's":      {theirs, "other_laptop"},
		"of another server":     {foreign, "other_server"},
	} {
		_, err := w.laptop.house.Classroom.LoadPack(ctx, bytes.NewReader(tt.pack))
		assert.Equal(t, models.KindInvalid, models.KindOf(err), name)
		assert.ErrorContains(t, err, tt.want, name)
		assert.Equal(t, before, names(), name)
	}
	w.tick(time.Hour)
	w.load(w.laptop)
	_, err = w.laptop.house.Classroom.LoadPack(ctx, bytes.NewReader(good))
	assert.ErrorContains(t, err, "older", "a pack of the hour before")
}

// A pack is good for thirty days: it is not read afterwards, and what came with
// it signs nobody in any more; what happened stays and comes home.
func TestPackExpires(t *testing.T) {
	clock := storetest.NewClock()
	w := withLaptop(t, t, storetest.SQLite(t, clock.Now), clock, 1)
	s := w.onLaptop()
	w.tick(time.Minute)
	s.open()
	s.join(0)
	s.quiz("kept", 0, course, 0)
	late, err := w.room().Pack(ctx, w.teacher, w.laptop.id)
	require.NoError(t, err)
	secrets := func() (n int) {
		require.NoError(t, w.laptop.db.Read(ctx).Raw("SELECT COUNT(*) FROM accounts WHERE secret_hash <> ''").Scan(&n).Error)
		return n
	}
	room := w.laptop.house.Classroom
	w.tick(30*24*time.Hour - 2*time.Minute)
	ended, err := room.EndPack(ctx)
	require.NoError(t, err)
	assert.False(t, ended, "the last minutes")
	assert.Positive(t, secrets())
	w.tick(5 * time.Minute)
	for _, want := range []bool{true, false} {
		ended, err = room.EndPack(ctx)
		require.NoError(t, err)
		assert.Equal(t, want, ended, "once")
	}
	assert.Zero(t, secrets())
	_, err = room.LoadPack(ctx, bytes.NewReader(late))
	assert.ErrorContains(t, err, "expired")
	w.push()
	assert.Equal(t, 1, w.count("SELECT COUNT(*) FROM attempts WHERE laptop_id = ?", w.laptop.id))
	w.load(w.laptop)
	assert.Positive(t, secrets(), "a new pack lets them in again")
}

// A placement test, a drill of the week and a question that was found broken
// come home and are worth there what they were worth on the laptop.
func TestPlacementsDrillsAndAlertsComeHome(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		s := w.onLaptop()
		lern, oracle := s.house.Learning, seeds.Oracle(s.house.Catalog)
		w.tick(time.Minute)
		s.open()
		for i := range 2 {
			s.join(i)
		}
		first := s.pupils[0].Actor()
		test, err := lern.Placement(ctx, first, course)
		require.NoError(t, err)
		require.NotEmpty(t, test.Questions)
		taken := learning.PlacementAnswers{ID: s.id(), CourseKey: course, Nonce: test.Nonce}
		for i, q := range test.Questions {
			taken.Answers = append(taken.Answers, learning.PlacementAnswer{QuestionKey: q.Key, Response: seeds.Respond(q.Question, oracle[course][q.Key], i > 0)})
		}
		placed, err := lern.TakePlacement(ctx, first, taken)
		require.NoError(t, err)

		drill, err := lern.Drill(ctx, first)
		require.NoError(t, err)
		require.NotNil(t, drill)
		for i, key := range drill.Items {
			view, err := lern.PracticeQuestion(ctx, first, drill.CourseKey, key)
			require.NoError(t, err)
			_, err = lern.PracticeAnswer(ctx, first, learning.PracticeAnswer{ID: s.id(), CourseKey: drill.CourseKey, QuestionKey: key, Nonce: view.Nonce,
				Response: seeds.Respond(view.Question, oracle[drill.CourseKey][key], i == 0)})
			require.NoError(t, err)
		}
		end, err := lern.FinishDrill(ctx, first, s.id(), drill.Key, true)
		require.NoError(t, err)

		_, err = lern.SetInvigilated(ctx, s.teacher, s.session.ID, true)
		require.NoError(t, err)
		_, err = lern.ConfirmPresence(ctx, s.teacher, s.session.ID, []models.ID{s.pupils[1].Person})
		require.NoError(t, err)
		a := s.start("broken", 1, course)
		alert, err := lern.RaiseAlert(ctx, s.pupils[1].Actor(), a.ID, learning.NewAlert{ID: s.id(), Slot: 1, Reason: "unclear"})
		require.NoError(t, err)
		_, err = lern.DecideAlert(ctx, s.teacher, alert.ID, learning.AlertDecision{Accept: true, Reason: "unclear"})
		require.NoError(t, err)
		s.answer(1, a, 1, 0) // the first one is wrong, and does not count
		s.submit(1, a)
		w.tick(time.Hour)
		for range 2 {
			w.push()
		}
		server := w.house.Learning
		home, err := server.Placement(ctx, first, course)
		require.NoError(t, err)
		require.NotNil(t, home.Result)
		assert.Equal(t, placed.Lessons, home.Result.Lessons)
		assert.Equal(t, [2]int{len(test.Questions) - 1, len(test.Questions)}, [2]int{home.Result.Right, home.Result.Total})
		week, err := server.Drill(ctx, first)
		require.NoError(t, err)
		require.NotNil(t, week.Done)
		assert.Equal(t, [2]int{end.Right, end.Total}, [2]int{week.Done.Right, week.Done.Total})
		assert.True(t, week.Done.ShownHome)
		assert.Equal(t, 10000, w.count("SELECT score FROM attempts WHERE id = ?", a.ID), "what was accepted as broken does not count here either")
		assert.Equal(t, 1, w.count("SELECT COUNT(*) FROM question_alerts WHERE attempt_id = ? AND state = 'accepted' AND decided_reason = 'unclear'", a.ID))
		proof, err := server.Explain(ctx, models.System(), a.ID)
		require.NoError(t, err)
		assert.True(t, proof.Intact)
	})
}
