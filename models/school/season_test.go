package school_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/school"
)

func (w *world) todos(actor models.Actor) map[string]string {
	w.t.Helper()
	list, err := w.s.Todos(ctx, actor, w.school[0])
	require.NoError(w.t, err)
	m := map[string]string{}
	for _, t := range list {
		m[t.Key] = t.Title
	}
	return m
}

func TestSeason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("6A")
		head := models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleHead, Scope: models.ScopeSchool, At: w.school[0]}}}
		require.NotContains(t, w.todos(w.boss[0]), "rollover", "in June the old year is still the present one")
		w.clock.Add(60 * 24 * time.Hour) // 9 August
		require.Equal(t, "Chuyển năm học: 1 em còn ở lớp của năm cũ", w.todos(w.boss[0])["rollover"])
		list, err := w.s.Todos(models.WithLang(ctx, "en"), w.boss[0], w.school[0])
		require.NoError(t, err)
		require.Equal(t, "rollover", list[0].Key, "urgent first")
		require.Contains(t, list[0].Title, "1 pupils are still")
		require.NotContains(t, w.todos(head), "rollover", "the head decides nothing")

		require.NoError(t, w.s.PutOffTodo(ctx, w.boss[0], w.school[0], "rollover", 3))
		require.NotContains(t, w.todos(w.boss[0]), "rollover")
		w.clock.Add(3 * 24 * time.Hour)
		require.Contains(t, w.todos(w.boss[0]), "rollover")
		w.roll(w.proposed())
		require.NotContains(t, w.todos(w.boss[0]), "rollover", "done")
		require.Equal(t, models.KindNotFound, models.KindOf(w.s.PutOffTodo(ctx, w.boss[0], w.school[0], "no_such", 1)))
		require.Equal(t, models.KindNotFound, models.KindOf(w.s.PutOffTodo(ctx, w.boss[1], w.school[0], "rollover", 1)))
		require.Equal(t, "body.days out_of_range", fieldCode(w.s.PutOffTodo(ctx, w.boss[0], w.school[0], "rollover", 61)))

		// Somebody asks for the pupil; a week later it is urgent.
		w.asked(p)
		require.Contains(t, w.todos(w.boss[0]), "transfers")
		w.clock.Add(7 * 24 * time.Hour)
		require.Contains(t, w.todos(w.boss[0]), "transfers_overdue")
		require.NotContains(t, w.todos(w.boss[0]), "transfers")

		// A new item needs no release.
		const own = `- {key: bring_cables, roles: [school_admin], when: {pupils: ">0"}, count: pupils, link: /school, title: {vi: "Mang dây cho {n} em", en: "Cables for {n}"}}`
		n, err := w.s.LoadTodo(ctx, models.System(), []byte(own))
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, map[string]string{"bring_cables": "Mang dây cho 1 em"}, w.todos(w.boss[0]))
		require.NoError(t, w.s.PutOffTodo(ctx, w.boss[0], w.school[0], "bring_cables", 0))
		require.Empty(t, w.todos(w.boss[0]), "done with for this school year")
		w.clock.Add(365 * 24 * time.Hour)
		require.Len(t, w.todos(w.boss[0]), 1)
		_, err = w.s.LoadTodo(ctx, w.boss[0], []byte(own))
		require.Equal(t, models.KindForbidden, models.KindOf(err))
		_, err = w.s.LoadTodo(ctx, models.System(), []byte("x"))
		require.Error(t, err)
		_, err = w.s.LoadTodo(ctx, models.System(), nil)
		require.NoError(t, err)
		require.NotContains(t, w.todos(w.boss[0]), "bring_cables")
	})
}

func TestOverview(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("6A")
		w.pupil("7A")
		w.pupil("b.7A")
		w.exec("DELETE FROM accounts WHERE person_id = ?", p.ID)
		w.exec("INSERT INTO lesson_sessions (id, class_id, code, opened_at, closes_at) VALUES (?, ?, 'x', ?, ?)", w.id(), w.class["6A"], w.clock.Now(), w.clock.Now())
		w.exec("INSERT INTO lesson_sessions (id, class_id, code, opened_at, closes_at) VALUES (?, ?, 'x', '2026-05-31 16:59:59', ?)", w.id(), w.class["6A"], w.clock.Now())
		o, err := w.s.Overview(ctx, w.boss[0], w.school[0])
		require.NoError(t, err)
		require.True(t, o.Manages)
		require.Equal(t, school.Figures{SchoolYear: oldYear, Classes: 4, Pupils: 2, Accounts: 1, ClassesWithoutAccounts: 1, ClassesWithoutTeacher: 2,
			SessionsThisMonth: 1, DaysSinceCheck: 9999}, o.Figures)
		head := models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleHead, Scope: models.ScopeSchool, At: w.school[0]}}}
		o, err = w.s.Overview(ctx, head, w.school[0])
		require.NoError(t, err)
		require.False(t, o.Manages)
		_, err = w.s.Overview(ctx, w.boss[1], w.school[0])
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		pupils, err := w.s.Pupils(ctx, head, w.school[0], w.class["7A"])
		require.NoError(t, err)
		require.Len(t, pupils, 1)
		_, err = w.s.Pupils(ctx, head, w.school[0], w.class["b.7A"])
		require.Equal(t, models.KindNotFound, models.KindOf(err))
	})
}

func TestChecksAreKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		teacher := models.Actor{Account: w.id(), Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.class["6A"]}}}
		for slot := range 3 {
			require.NoError(t, w.s.Probe(ctx, teacher, w.school[0], slot%2, "x"))
		}
		require.Equal(t, 2, w.count("school_probes", "1 = 1"))
		m := school.Measured{LessonBytes: 1000, LessonSeconds: 1, Steps: []school.SaveStep{{AtOnce: 2, Saves: 10, Seconds: 1}, {AtOnce: 1, Saves: 10, Seconds: 1}}}
		id := w.id()
		first, err := w.s.KeepCheck(ctx, teacher, w.school[0], id, m)
		require.NoError(t, err)
		require.Equal(t, 84, first.Pupils)
		require.Zero(t, w.count("school_probes", "1 = 1"), "nothing of the measuring stays")
		again, err := w.s.KeepCheck(ctx, teacher, w.school[0], id, m)
		require.NoError(t, err)
		require.Equal(t, first, again)
		list, err := w.s.Checks(ctx, w.boss[0], w.school[0])
		require.NoError(t, err)
		require.Equal(t, []school.Check{first}, list)
		for _, err := range []error{
			w.s.Probe(ctx, teacher, w.school[1], 0, "x"),
			func() error { _, err := w.s.Checks(ctx, teacher, w.school[1]); return err }(),
			func() error { _, err := w.s.KeepCheck(ctx, teacher, w.school[1], w.id(), m); return err }(),
		} {
			require.Equal(t, models.KindNotFound, models.KindOf(err))
		}
		require.Equal(t, "body.slot out_of_range", fieldCode(w.s.Probe(ctx, teacher, w.school[0], 16, "x")))
		schools, err := w.s.CheckableSchools(ctx, teacher)
		require.NoError(t, err)
		require.Len(t, schools, 1)
	})
}
