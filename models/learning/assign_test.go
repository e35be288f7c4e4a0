package learning

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

const day = 24 * time.Hour

// give assigns course1 to 7A for a week, changed as told.
func (w *world) give(change func(*NewAssignment)) Assignment {
	w.t.Helper()
	n := NewAssignment{ID: newID(), ClassID: w.class, CourseKey: course1,
		Terms: Terms{OpensAt: w.clock.Now(), DueAt: w.clock.Now().Add(7 * day)}}
	if change != nil {
		change(&n)
	}
	a, err := w.l.Assign(ctx, w.teacher, n)
	require.NoError(w.t, err)
	return a
}

// asked lists the ids on a pupil's home page.
func (w *world) asked(p models.Actor) (ids []models.ID) {
	w.t.Helper()
	for _, a := range w.home(p) {
		ids = append(ids, a.ID)
	}
	return ids
}

func (w *world) home(p models.Actor) []HomeAssignment {
	w.t.Helper()
	h, err := w.l.Home(ctx, p)
	require.NoError(w.t, err)
	return h.Assignments
}

func (w *world) group(name string, members ...models.Actor) Group {
	w.t.Helper()
	g := Group{ID: newID(), ClassID: w.class, Name: name, Persons: []models.ID{}}
	for _, p := range members {
		g.Persons = append(g.Persons, p.Person)
	}
	out, err := w.l.PutGroup(ctx, w.teacher, g)
	require.NoError(w.t, err)
	return out
}

// move enrols a pupil in another class.
func (w *world) move(p models.Actor, class models.ID) {
	w.t.Helper()
	w.exec("UPDATE enrolments SET live = NULL, to_date = '2026-11-23' WHERE person_id = ? AND live = 1", p.Person)
	w.exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live)
		VALUES (?, ?, ?, ?, '2026-2027', '2026-11-23', '9999-12-31', 1)`, newID(), p.Person, w.school, class)
}

// places lists what an error complains about, "body.name taken".
func places(err error) (list []string) {
	var e *models.Error
	if ok := errors.As(err, &e); ok {
		for _, f := range e.Fields {
			list = append(list, f.Location+" "+f.Code)
		}
	}
	return list
}

func TestAssignKindsAndTheirStates(t *testing.T) {
	each(t, func(w *world) {
		scenarioKey := testScenario(course1, 1).Key
		p := w.pupil(w.class)
		kinds := map[string]Assignment{}
		for kind, parts := range map[string][]string{AssignCourse: nil, AssignLessons: {"bai-1", "bai-2"}, AssignQuiz: nil, AssignScenario: {scenarioKey}} {
			kinds[kind] = w.give(func(n *NewAssignment) { n.Kind, n.Parts = kind, parts })
		}
		states := func() map[string]string {
			m := map[string]string{}
			for _, a := range w.home(p) {
				m[a.Kind] = a.State
			}
			return m
		}
		assert.Equal(w.t, map[string]string{"course": "not_started", "lessons": "not_started", "quiz": "not_started", "scenario": "not_started"}, states())
		_, err := w.l.PutProgress(ctx, p, course1, "bai-1", Progress{Seq: 1, CardIndex: 2, Done: true})
		require.NoError(w.t, err)
		assert.Equal(w.t, map[string]string{"course": "in_progress", "lessons": "in_progress", "quiz": "not_started", "scenario": "not_started"}, states())
		w.lessons(p, course1)
		assert.Equal(w.t, "done", states()["lessons"])
		w.quiz(p, course1, models.ID{}, 2)
		assert.Equal(w.t, "in_progress", states()["quiz"])
		w.quiz(p, course1, models.ID{}, 10)
		assert.Equal(w.t, map[string]string{"course": "done", "lessons": "done", "quiz": "done", "scenario": "not_started"}, states())
		run := func(passed int) {
			w.exec(`INSERT INTO scenario_runs (id, person_id, course_key, scenario_key, scenario_hash, variant, mode, rewound, log, log_digest, result, score,
				passed, hard_spotted, legit_rejected, run_hash, finished_at) VALUES (?, ?, ?, ?, '', '', 'guided', 0, '', ?, '', 0, ?, 0, 0, '', ?)`,
				newID(), p.Person, course1, scenarioKey, newID().String(), passed, w.clock.Now())
		}
		run(0)
		assert.Equal(w.t, "in_progress", states()["scenario"])
		run(1)
		assert.Equal(w.t, "done", states()["scenario"])
		for _, h := range w.home(p) {
			assert.Positive(w.t, h.Minutes, h.Kind)
		}
		list, err := w.l.Assignments(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		for _, a := range list {
			assert.Equal(w.t, [3]int{1, 0, 1}, [3]int{a.Done, a.Begun, a.Total}, a.Kind)
		}
		assert.Equal(w.t, "Bài 1", w.give(func(n *NewAssignment) { n.Kind, n.Parts = AssignLessons, []string{"bai-1"} }).Title)
		assert.NotEmpty(w.t, kinds[AssignScenario].Title)
	})
}

func TestAssignRefusesByField(t *testing.T) {
	each(t, func(w *world) {
		p, stranger := w.pupil(w.class), w.pupil(w.other)
		old := w.group("Cũ", p)
		require.NoError(w.t, w.l.RemoveGroup(ctx, w.teacher, old.ID))
		elsewhere := newID()
		w.exec(`INSERT INTO pupil_groups (id, class_id, name, name_fold, live, version, created_at) VALUES (?, ?, 'X', 'x', 1, 1, ?)`, elsewhere, w.other, w.clock.Now())
		high := newID()
		w.addClass(high, "10A", 10)
		cat := testCatalog()
		cat.Courses = append(cat.Courses, testCourse("self_protection", "thpt", 1))
		_, err := w.l.Publish(ctx, models.System(), cat)
		require.NoError(w.t, err)
		for name, c := range map[string]struct {
			change func(*NewAssignment)
			fields []string
		}{
			"kind":                {func(n *NewAssignment) { n.Kind = "essay" }, []string{"body.kind unknown"}},
			"no lessons":          {func(n *NewAssignment) { n.Kind = AssignLessons }, []string{"body.parts unknown"}},
			"lesson unknown":      {func(n *NewAssignment) { n.Kind, n.Parts = AssignLessons, []string{"bai-9"} }, []string{"body.parts unknown"}},
			"lesson twice":        {func(n *NewAssignment) { n.Kind, n.Parts = AssignLessons, []string{"bai-1", "bai-1"} }, []string{"body.parts unknown"}},
			"scenario unknown":    {func(n *NewAssignment) { n.Kind, n.Parts = AssignScenario, []string{"x"} }, []string{"body.parts unknown"}},
			"parts of a course":   {func(n *NewAssignment) { n.Parts = []string{"bai-1"} }, []string{"body.parts unknown"}},
			"level":               {func(n *NewAssignment) { n.CourseKey = "self_protection-thpt" }, []string{"body.course_key other_level"}},
			"yesterday":           {func(n *NewAssignment) { n.OpensAt = n.OpensAt.Add(-day) }, []string{"body.opens_at in_the_past"}},
			"ends as it begins":   {func(n *NewAssignment) { n.DueAt = n.OpensAt }, []string{"body.due_at not_after_opening"}},
			"over":                {func(n *NewAssignment) { n.OpensAt, n.DueAt = n.OpensAt.Add(-2*time.Hour), n.OpensAt }, []string{"body.due_at in_the_past"}},
			"too long":            {func(n *NewAssignment) { n.DueAt = n.OpensAt.Add(400 * day) }, []string{"body.due_at too_late"}},
			"no attempts":         {func(n *NewAssignment) { n.Attempts = new(0) }, []string{"body.attempts out_of_range"}},
			"attempts of lessons": {func(n *NewAssignment) { n.Kind, n.Parts, n.Attempts = AssignLessons, []string{"bai-1"}, new(2) }, []string{"body.attempts not_for_kind"}},
			"release of lessons":  {func(n *NewAssignment) { n.Kind, n.Parts, n.Release = AssignLessons, []string{"bai-1"}, ByHand }, []string{"body.release not_for_kind"}},
			"to whom":             {func(n *NewAssignment) { n.Recipients.To = "school" }, []string{"body.recipients.to unknown"}},
			"no group":            {func(n *NewAssignment) { n.Recipients.To = ToGroup }, []string{"body.recipients.group_id unknown"}},
			"removed group":       {func(n *NewAssignment) { n.Recipients = Recipients{To: ToGroup, GroupID: &old.ID} }, []string{"body.recipients.group_id unknown"}},
			"another's group":     {func(n *NewAssignment) { n.Recipients = Recipients{To: ToGroup, GroupID: &elsewhere} }, []string{"body.recipients.group_id unknown"}},
			"nobody":              {func(n *NewAssignment) { n.Recipients.To = ToPupils }, []string{"body.recipients.person_ids out_of_range"}},
			"of another class": {func(n *NewAssignment) {
				n.Recipients = Recipients{To: ToPupils, Persons: []models.ID{p.Person, stranger.Person}}
			},
				[]string{"body.recipients.person_ids unknown"}},
			"named twice": {func(n *NewAssignment) {
				n.Recipients = Recipients{To: ToPupils, Persons: []models.ID{p.Person, p.Person}}
			},
				[]string{"body.recipients.person_ids unknown"}},
		} {
			n := NewAssignment{ID: newID(), ClassID: w.class, CourseKey: course1, Terms: Terms{OpensAt: w.clock.Now(), DueAt: w.clock.Now().Add(7 * day)}}
			c.change(&n)
			_, err := w.l.Assign(ctx, w.teacher, n)
			assert.Equal(w.t, c.fields, places(err), name)
		}
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM assignments"))
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM assignment_pupils"))
		// Today's midnight is not the past: a day picker says 00:00.
		w.give(func(n *NewAssignment) { n.OpensAt = time.Date(2026, 11, 23, 0, 0, 0, 0, models.VietNam()) })
	})
}

func TestEditAssignment(t *testing.T) {
	each(t, func(w *world) {
		a, b := w.pupil(w.class), w.pupil(w.class)
		given := w.give(func(n *NewAssignment) { n.Recipients = Recipients{To: ToPupils, Persons: []models.ID{a.Person}} })
		assert.Equal(w.t, []models.ID{given.ID}, w.asked(a))
		assert.Empty(w.t, w.asked(b))
		w.clock.Add(2 * day)
		terms := Terms{Recipients: Recipients{To: ToPupils, Persons: []models.ID{b.Person}}, OpensAt: given.OpensAt, DueAt: given.DueAt.Add(day), Attempts: new(3)}
		edited, err := w.l.EditAssignment(ctx, w.teacher, given.ID, 0, terms)
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, edited.Version)
		assert.Equal(w.t, given.DueAt.Add(day), edited.DueAt)
		assert.Empty(w.t, w.asked(a))
		assert.Equal(w.t, []models.ID{given.ID}, w.asked(b))
		again, err := w.l.EditAssignment(ctx, w.teacher, given.ID, 0, terms)
		require.NoError(w.t, err, "sent twice")
		assert.Equal(w.t, edited, again)
		terms.Recipients = Recipients{}
		_, err = w.l.EditAssignment(ctx, w.teacher, given.ID, 0, terms)
		assert.Equal(w.t, "assignment_changed", models.CodeOf(err))
		terms.OpensAt = given.OpensAt.Add(time.Hour)
		_, err = w.l.EditAssignment(ctx, w.teacher, given.ID, 1, terms)
		assert.Equal(w.t, []string{"body.opens_at in_the_past"}, places(err), "moved, but into the past")
		_, err = w.l.EditAssignment(ctx, w.teacherOf(w.other), given.ID, 1, terms)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))

		w.lessons(b, course1)
		ended, err := w.l.EndAssignment(ctx, w.teacher, given.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, w.clock.Now(), ended.DueAt)
		assert.Equal(w.t, 1, ended.Begun, "work stays")
		w.clock.Add(time.Hour)
		again, err = w.l.EndAssignment(ctx, w.teacher, given.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, ended, again)
		assert.Equal(w.t, "overdue", w.home(b)[0].State)
		later := w.give(func(n *NewAssignment) { n.OpensAt = n.OpensAt.Add(day) })
		_, err = w.l.EndAssignment(ctx, w.teacher, later.ID)
		assert.Equal(w.t, "not_open_yet", models.CodeOf(err))
		require.NoError(w.t, w.l.RemoveAssignment(ctx, w.teacher, later.ID))
		_, err = w.l.EndAssignment(ctx, w.teacher, later.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM lesson_progress"))
	})
}

func TestCopyAssignment(t *testing.T) {
	each(t, func(w *world) {
		high, foreign := newID(), newID()
		w.addClass(high, "10A", 10)
		w.addClass(foreign, "7C", 7)
		cat := testCatalog()
		cat.Courses = append(cat.Courses, testCourse("self_protection", "thpt", 1))
		_, err := w.l.Publish(ctx, models.System(), cat)
		require.NoError(w.t, err)
		for _, class := range []models.ID{w.other, high} {
			w.teacher.Grants = append(w.teacher.Grants, models.Grant{Role: models.RoleTeacher, Scope: models.ScopeClass, At: class})
		}
		p := w.pupil(w.other)
		from := w.give(func(n *NewAssignment) { n.Attempts, n.Release = new(2), AfterDue })
		w.clock.Add(2 * day)
		copies := []Copy{{newID(), w.other}, {newID(), high}, {newID(), foreign}, {newID(), w.class}}
		_, err = w.l.CopyAssignment(ctx, w.teacher, from.ID, copies)
		assert.Equal(w.t, []string{"body.copies[1].class_id other_level", "body.copies[2].class_id unknown", "body.copies[3].class_id unknown"}, places(err))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM assignments"), "all or none")
		for range 2 {
			list, err := w.l.CopyAssignment(ctx, w.teacher, from.ID, copies[:1])
			require.NoError(w.t, err)
			require.Len(w.t, list, 1)
			assert.Equal(w.t, w.other, list[0].ClassID)
			assert.Equal(w.t, from.DueAt, list[0].DueAt)
			assert.Equal(w.t, AfterDue, list[0].Release)
			assert.Equal(w.t, 2, *list[0].Attempts)
		}
		assert.Equal(w.t, []models.ID{copies[0].ID}, w.asked(p))
		w.clock.Add(10 * day)
		_, err = w.l.CopyAssignment(ctx, w.teacher, from.ID, []Copy{{newID(), w.other}})
		assert.NotEmpty(w.t, places(err), "over")
		_, err = w.l.CopyAssignment(ctx, w.teacherOf(w.other), from.ID, copies[:1])
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.CopyAssignment(ctx, w.teacher, from.ID, nil)
		assert.Equal(w.t, []string{"body.copies out_of_range"}, places(err))
	})
}

func TestTheSameAssignmentSentAtOnce(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		n := NewAssignment{ID: newID(), ClassID: w.class, CourseKey: course1, Terms: Terms{OpensAt: w.clock.Now(), DueAt: w.clock.Now().Add(day),
			Recipients: Recipients{To: ToPupils, Persons: []models.ID{p.Person}}}}
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				_, err := w.l.Assign(ctx, w.teacher, n)
				assert.NoError(w.t, err)
			})
		}
		wg.Wait()
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM assignments"))
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM assignment_pupils"))
		w.clock.Add(30 * day)
		_, err := w.l.Assign(ctx, w.teacher, n)
		assert.NoError(w.t, err, "a repeat after its end answers as the first did")
	})
}
