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

// push brings everything home.
func (w *world) push() {
	_, err := w.laptop.house.Classroom.Push(ctx, wire{w: w})
	require.NoError(w.t, err)
}

func (w *world) arrange(l *learning.Learning, i int, a learning.Accommodation) {
	require.NoError(w.t, l.SetAccommodation(ctx, w.teacher, w.pupilsA[i].Person, a))
	w.tick(time.Minute)
}

func (w *world) arranged(l *learning.Learning, i int) learning.Accommodation {
	a, err := l.Accommodation(ctx, w.teacher, w.pupilsA[i].Person)
	require.NoError(w.t, err)
	return a
}

// Extra time and reading aloud come with the class pack and count in quizzes
// there; what is changed on the laptop comes home, and the later word wins.
func TestAccommodationsTravel(t *testing.T) {
	each(t, 4, func(t *testing.T, w *world) {
		server, laptop := w.house.Learning, w.laptop.house.Learning
		more, none := learning.Accommodation{ExtraPercent: 50, ReadAloud: true}, learning.Accommodation{}
		for i := range 3 {
			w.arrange(server, i, more)
		}
		w.tick(time.Minute)
		w.load(w.laptop)
		s := w.onLaptop()
		s.open()
		s.join(0)
		a := s.start("longer", 0, course)
		minutes := 20 * time.Minute
		if c, ok := w.house.Catalog.Course(course); ok {
			minutes = time.Duration(c.Quiz.Minutes) * time.Minute
		}
		assert.Equal(t, minutes*3/2, a.DeadlineAt.Sub(a.StartedAt))
		w.push()
		assert.Equal(t, more, w.arranged(server, 0), "what came with the pack is nothing new")

		w.arrange(laptop, 0, none)
		w.arrange(laptop, 1, learning.Accommodation{ExtraPercent: 25})
		w.arrange(laptop, 3, learning.Accommodation{ReadAloud: true})
		w.arrange(laptop, 2, learning.Accommodation{ExtraPercent: 100})
		w.arrange(server, 2, learning.Accommodation{ExtraPercent: 10}) // later, at school
		for range 2 {
			w.push()
			assert.Equal(t, []learning.Accommodation{none, {ExtraPercent: 25}, {ExtraPercent: 10}, {ReadAloud: true}},
				[]learning.Accommodation{w.arranged(server, 0), w.arranged(server, 1), w.arranged(server, 2), w.arranged(server, 3)})
		}
		assert.Zero(t, w.count("SELECT COUNT(*) FROM accommodations WHERE person_id = ?", w.pupilsA[0].Person), "nothing is kept of what was taken away")

		// A change that waits on the laptop outlives the next pack; what was taken away at school does not.
		w.arrange(laptop, 1, learning.Accommodation{ExtraPercent: 30})
		w.arrange(server, 3, none)
		w.load(w.laptop)
		assert.Equal(t, []learning.Accommodation{{ExtraPercent: 30}, {ExtraPercent: 10}, none},
			[]learning.Accommodation{w.arranged(laptop, 1), w.arranged(laptop, 2), w.arranged(laptop, 3)})
		w.push()
		assert.Equal(t, []learning.Accommodation{{ExtraPercent: 30}, none}, []learning.Accommodation{w.arranged(server, 1), w.arranged(server, 3)})
	})
}

// Why a pupil did not finish comes home with the lesson, also when it is
// changed or taken back later.
func TestIncidentsTravel(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		s.join(0)
		w.tick(time.Minute)
		s.end()
		note := func(l *learning.Learning, i int, category string) {
			require.NoError(t, l.NoteIncident(ctx, w.teacher, s.session.ID, w.pupilsA[i].Person, category))
			w.tick(time.Minute)
		}
		at := func(i int) (category string) {
			require.NoError(t, w.house.DB.Read(ctx).Raw("SELECT category FROM session_incidents WHERE person_id = ?", w.pupilsA[i].Person).Scan(&category).Error)
			return category
		}
		laptop := w.laptop.house.Learning
		note(laptop, 0, "out_of_time")
		note(laptop, 1, "site_blocked")
		w.push()
		assert.Equal(t, []string{"out_of_time", "site_blocked"}, []string{at(0), at(1)})
		counts, err := w.house.Learning.Incidents(ctx, w.admin)
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"out_of_time": 1, "site_blocked": 1}, counts[0].Categories)
		note(laptop, 0, "")
		note(laptop, 1, "other")
		note(w.house.Learning, 1, "link_dead") // later, at school
		w.push()
		assert.Equal(t, []string{"", "link_dead"}, []string{at(0), at(1)})
		assert.Equal(t, 1, w.count("SELECT COUNT(*) FROM session_incidents"))
		sheet, err := laptop.ClosingSheet(ctx, w.teacher, s.session.ID)
		require.NoError(t, err)
		require.Len(t, sheet.Unfinished, 2)
		for _, u := range sheet.Unfinished {
			assert.Equal(t, map[bool]string{true: "", false: "other"}[u.PersonID == w.pupilsA[0].Person], u.Category)
		}
	})
}

// What no honest laptop can have written is refused with its place.
func TestForgedArrangementsAreRefused(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		s.join(0)
		s.end()
		require.NoError(t, w.laptop.house.Learning.NoteIncident(ctx, w.teacher, s.session.ID, w.pupilsA[0].Person, "other"))
		w.arrange(w.laptop.house.Learning, 0, learning.Accommodation{ExtraPercent: 10})
		for name, forge := range map[string]struct {
			change func(f *learning.Fact)
			want   string
		}{
			"three times the time":     {func(f *learning.Fact) { f.Accommodation.ExtraPercent = 200 }, "extra_percent out_of_range"},
			"another class's pupil":    {func(f *learning.Fact) { f.Accommodation.PersonID = w.pupilsB[0].Person }, "person_id not_of_laptop"},
			"a reason of its own":      {func(f *learning.Fact) { f.Incident.Category = "lazy" }, "category unknown"},
			"a lesson of another wall": {func(f *learning.Fact) { f.Incident.SessionID = models.NewID(w.clock.Now()) }, "session_id not_of_laptop"},
		} {
			_, err := w.room().Apply(ctx, w.laptop.forge(t, forge.change), classroom.ViaNetwork)
			assert.Equal(t, models.KindInvalid, models.KindOf(err), name)
			assert.ErrorContains(t, err, forge.want, name)
			assert.Zero(t, w.count("SELECT (SELECT COUNT(*) FROM accommodations) + (SELECT COUNT(*) FROM session_incidents)"), name)
		}
	})
}

// A batch says that it is of the newer kind only where it has to, so that a
// server which was not renewed yet still takes the others; and a laptop reads
// the pack of a server that does not say what is arranged.
func TestBatchVersions(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		s := w.onLaptop()
		w.tick(time.Minute)
		s.open()
		s.join(0)
		versions := func() (list []int) {
			_, err := w.laptop.house.Classroom.Seal(ctx)
			require.NoError(t, err)
			_, batches := w.laptop.export(t)
			for _, raw := range batches {
				var b classroom.Batch
				require.NoError(t, json.Unmarshal(raw, &b))
				list = append(list, b.Version)
			}
			return list
		}
		assert.Equal(t, []int{1}, versions())
		w.arrange(w.laptop.house.Learning, 0, learning.Accommodation{ExtraPercent: 10})
		assert.Equal(t, []int{1, 2}, versions())
		w.push()
		assert.Equal(t, 10, w.arranged(w.house.Learning, 0).ExtraPercent)

		pack, err := w.room().Pack(ctx, w.teacher, w.laptop.id)
		require.NoError(t, err)
		older, err := classroom.WithoutMember(pack, w.room(), w.laptop.house.Classroom, "accommodations")
		require.NoError(t, err)
		_, err = w.laptop.house.Classroom.LoadPack(ctx, bytes.NewReader(older))
		require.NoError(t, err)
		assert.Equal(t, 10, w.arranged(w.laptop.house.Learning, 0).ExtraPercent, "it says nothing, so nothing changes")
	})
}
