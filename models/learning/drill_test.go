package learning

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
)

func drill(key, from string) curriculum.Drill {
	return curriculum.Drill{Key: key, From: from, Skill: "self_protection", Title: "Trò " + key, Alert: "Cẩn thận", AskHome: "Kể ở nhà",
		Items: curriculum.DrillItems{THCS: []string{"q-00", "q-01"}}, Hash: digestOf(key + from)}
}

func (w *world) publishDrills(list ...curriculum.Drill) {
	w.t.Helper()
	_, err := w.l.Publish(ctx, models.System(), &curriculum.Catalog{Drills: list})
	require.NoError(w.t, err)
}

// try answers a practice question, rightly or not at all.
func (w *world) try(p models.Actor, key string, right bool) {
	w.t.Helper()
	q, err := w.l.PracticeQuestion(ctx, p, course1, key)
	require.NoError(w.t, err)
	a := PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: key, Nonce: q.Nonce}
	if right {
		a.Response = w.solve(p, q)
	}
	_, err = w.l.PracticeAnswer(ctx, p, a)
	require.NoError(w.t, err)
}

func TestThisWeek(t *testing.T) {
	from := []string{"2026-11-23", "2026-11-30", "2026-12-07"}
	for day, want := range map[string]int{
		"2026-11-01": 0, "2026-11-23": 0, "2026-11-29": 0, "2026-11-30": 1, "2026-12-07": 2, "2026-12-13": 2,
		"2026-12-14": 0, "2026-12-21": 1, "2026-12-28": 2, "2027-01-04": 0,
	} {
		require.Equal(t, want, thisWeek(from, day), day)
	}
	require.Equal(t, 0, thisWeek([]string{"2026-11-23", "2026-12-14"}, "2026-12-08"), "a gap keeps the last one")
}

func TestDrill(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		none, err := w.l.Drill(ctx, p)
		require.NoError(w.t, err)
		require.Nil(w.t, none)
		w.publishDrills(drill("2026-w48", "2026-11-23"))
		d, err := w.l.Drill(ctx, p)
		require.NoError(w.t, err)
		require.Equal(w.t, []string{"q-00", "q-01"}, d.Items)
		require.Nil(w.t, d.Done)
		h, err := w.l.Home(ctx, p)
		require.NoError(w.t, err)
		require.Equal(w.t, d, h.Drill, "home shows the same at once")

		id := newID()
		_, err = w.l.FinishDrill(ctx, p, id, d.Key, false)
		require.Equal(w.t, "not_answered", models.CodeOf(err))
		w.try(p, "q-00", true)
		w.try(p, "q-01", false)
		w.try(p, "q-01", true) // the first try is what counts
		end, err := w.l.FinishDrill(ctx, p, id, d.Key, false)
		require.NoError(w.t, err)
		require.Equal(w.t, DrillEnd{Right: 1, Total: 2, DoneAt: w.clock.Now()}, end)
		again, err := w.l.FinishDrill(ctx, p, newID(), d.Key, true)
		require.NoError(w.t, err)
		require.True(w.t, again.ShownHome && again.Right == 1, "it was shown at home afterwards")
		require.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM drill_runs"))
		d, err = w.l.Drill(ctx, p)
		require.NoError(w.t, err)
		require.NotNil(w.t, d.Done)

		_, err = w.l.FinishDrill(ctx, p, newID(), "2020-w01", false)
		require.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.FinishDrill(ctx, w.teacher, newID(), d.Key, false)
		require.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

// TestDrillKeepsASkillFresh: half a year after the pass the skill wants review; a drill makes it fresh; the pass and the
// certificate are never touched.
func TestDrillKeepsASkillFresh(t *testing.T) {
	each(t, func(w *world) {
		w.publishDrills(drill("2026-w48", "2026-11-23"))
		p := w.pupil(w.class)
		s := w.session("", p)
		w.lessons(p, course1)
		w.quiz(p, course1, s.ID, 10)
		tile := func() SkillTile {
			h, err := w.l.Home(ctx, p)
			require.NoError(w.t, err)
			for _, x := range h.Skills {
				if x.CourseKey == course1 {
					return x
				}
			}
			w.t.Fatal("no tile")
			return SkillTile{}
		}
		require.Equal(w.t, Fresh, tile().Freshness)
		require.Equal(w.t, w.clock.Now().Add(FreshFor), *tile().FreshUntil)
		w.clock.Add(FreshFor + time.Hour)
		old := tile()
		require.Equal(w.t, Review, old.Freshness)
		require.Equal(w.t, "passed", old.State, "a pass is kept")
		d, err := w.l.Drill(ctx, p)
		require.NoError(w.t, err)
		for _, key := range d.Items {
			w.try(p, key, true)
		}
		_, err = w.l.FinishDrill(ctx, p, newID(), d.Key, true)
		require.NoError(w.t, err)
		require.Equal(w.t, Fresh, tile().Freshness)
		require.Equal(w.t, 1, w.passes(p))
	})
}

func TestTwinAfterTheThirdMiss(t *testing.T) {
	w := worldOnSQLite(t)
	p := w.pupil(w.class)
	for miss := 1; miss <= 3; miss++ {
		q, err := w.l.PracticeQuestion(ctx, p, course1, "q-00")
		require.NoError(t, err)
		r, err := w.l.PracticeAnswer(ctx, p, PracticeAnswer{ID: newID(), CourseKey: course1, QuestionKey: "q-00", Nonce: q.Nonce})
		require.NoError(t, err)
		require.Equal(t, miss >= 2, r.Hint != nil, "a hint by the second miss")
		require.Equal(t, miss >= 3, r.WorkedExample != nil, "the worked example by the third")
		require.Equal(t, miss >= 3, r.Twin != nil, "then a twin")
		if r.Twin != nil {
			require.Equal(t, "q-06", *r.Twin, "a like question of the same objective")
		}
	}
}
