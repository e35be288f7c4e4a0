package school_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/people/peopletest"
	"nhaso/models/school"
)

func TestLeaveAndReturn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("7A")
		n := school.NewLeaving{PersonID: p.ID, Reason: school.LeftStopped, On: "2026-06-01"}
		for want, change := range map[string]func(*school.NewLeaving){
			"body.reason unknown":      func(n *school.NewLeaving) { n.Reason = "ill" },
			"body.on future_date":      func(n *school.NewLeaving) { n.On = "2026-06-11" },
			"body.on before_enrolment": func(n *school.NewLeaving) { n.On = "2025-06-11" },
			"not_found":                func(n *school.NewLeaving) { n.PersonID = w.id() },
		} {
			bad := n
			change(&bad)
			require.Equal(t, want, fieldCode(w.s.Leave(ctx, w.boss[0], w.school[0], bad)))
		}
		require.Equal(t, models.KindNotFound, models.KindOf(w.s.Leave(ctx, w.boss[1], w.school[1], n)), "another school's pupil")
		require.NoError(t, w.s.Leave(ctx, w.boss[0], w.school[0], n))
		require.NoError(t, w.s.Leave(ctx, w.boss[0], w.school[0], n), "again")
		require.False(t, w.signsIn(1, password))
		left, err := w.s.Leavers(ctx, w.boss[0], w.school[0], school.LeaverQuery{})
		require.NoError(t, err)
		require.Equal(t, []school.Leaver{{PersonID: p.ID, Name: p.FullName, ClassName: "7A", On: "2026-06-01", Reason: school.LeftStopped}}, left)
		w.tx(func(tx *gorm.DB) error { return peopletest.Enrol(tx, p.ID, w.class["7A"], "2026-06-10", w.clock.Now()) })
		require.True(t, w.signsIn(1, password), "back, with the same account")
		left, err = w.s.Leavers(ctx, w.boss[0], w.school[0], school.LeaverQuery{})
		require.NoError(t, err)
		require.Empty(t, left)

		// Who left by a roster has no reason until somebody says one.
		w.tx(func(tx *gorm.DB) error { return peopletest.EndEnrolment(tx, p.ID, "2026-06-10") })
		left, err = w.s.Leavers(ctx, w.boss[0], w.school[0], school.LeaverQuery{Unexplained: true})
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.NoError(t, w.s.Leave(ctx, w.boss[0], w.school[0], school.NewLeaving{PersonID: p.ID, Reason: school.LeftMovedAway}))
		left, err = w.s.Leavers(ctx, w.boss[0], w.school[0], school.LeaverQuery{Unexplained: true})
		require.NoError(t, err)
		require.Empty(t, left)
		require.False(t, w.signsIn(1, password))
	})
}

// TestHistoryHolds: whatever happens to pupils in whatever order, each has at most one live enrolment, no stay is lost
// but those of a roll-over taken back, stays follow each other without overlapping, and who goes to school can sign in.
func TestHistoryHolds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for seed := range uint64(6) {
			w.randomYear(rand.New(rand.NewPCG(seed, 7)))
		}
	})
}

func (w *world) randomYear(r *rand.Rand) {
	var list []people.Person
	for range 4 {
		list = append(list, w.pupil([]string{"6A", "7A", "9A"}[r.IntN(3)]))
	}
	var last *school.RollOver
	stays := func(p people.Person) int { return w.count("enrolments", "person_id = ?", p.ID) }
	for range 14 {
		w.clock.Add(time.Duration(r.IntN(3)) * 24 * time.Hour)
		p := list[r.IntN(len(list))]
		before := map[models.ID]int{}
		for _, q := range list {
			before[q.ID] = stays(q)
		}
		undone := false
		switch r.IntN(6) {
		case 0:
			roll := w.proposed()
			if _, err := w.s.RollOver(ctx, w.boss[0], w.school[0], roll, false); err == nil {
				last = &roll
			} else {
				require.Contains(w.t, []string{"rollover_early"}, models.CodeOf(err))
			}
		case 1:
			if last != nil {
				_, err := w.s.UndoRollOver(ctx, w.boss[0], w.school[0], last.ID)
				if undone = err == nil; !undone {
					require.Contains(w.t, []string{"rollover_used", "not_found"}, models.CodeOf(err))
				}
			}
		case 2:
			err := w.s.Leave(ctx, w.boss[0], w.school[0], school.NewLeaving{PersonID: p.ID, Reason: school.LeftOther})
			require.True(w.t, err == nil || models.KindOf(err) == models.KindNotFound, "%v", err)
		case 3:
			n := w.ask(p)
			if _, err := w.s.AskTransfer(ctx, w.boss[1], w.school[1], n); err == nil {
				err := w.s.Release(ctx, w.boss[0], w.school[0], n.ID)
				require.True(w.t, err == nil || models.KindOf(err) == models.KindNotFound, "%v", err)
			}
		case 4:
			if offer, err := w.s.OfferTransfer(ctx, w.boss[1], w.school[1], p.ID); err == nil {
				_, err = w.s.RedeemTransfer(ctx, w.boss[0], w.school[0], w.class["8A"], offer.Code)
				require.NoError(w.t, err)
			}
		case 5:
			w.tx(func(tx *gorm.DB) error {
				return peopletest.Enrol(tx, p.ID, w.class["7A"], models.Day(w.clock.Now()), w.clock.Now())
			})
		}
		for _, q := range list {
			require.LessOrEqual(w.t, w.count("enrolments", "person_id = ? AND live = 1", q.ID), 1)
			if !undone {
				require.GreaterOrEqual(w.t, stays(q), before[q.ID], "no stay is lost")
			}
			require.Zero(w.t, w.count("enrolments", "person_id = ? AND live IS NULL AND to_date = '9999-12-31'", q.ID))
			require.Zero(w.t, w.count("enrolments a JOIN enrolments b ON b.person_id = a.person_id AND b.id <> a.id",
				"a.person_id = ? AND a.from_date < b.from_date AND a.to_date > b.from_date", q.ID), "stays follow each other")
			live := w.count("enrolments", "person_id = ? AND live = 1", q.ID)
			require.Equal(w.t, 1-live, w.count("accounts", "person_id = ? AND state = 'resting'", q.ID))
		}
	}
}
