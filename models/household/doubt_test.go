package household_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/household"
)

// called gives a pupil a name.
func (w *world) called(person models.ID, name string) models.ID {
	w.tx(func(tx *gorm.DB) error {
		return tx.Exec("UPDATE persons SET full_name = ? WHERE id = ?", name, person).Error
	})
	return person
}

func (w *world) claimed(person models.ID, h household.Household) household.Link {
	l, err := w.homes.ClaimFor(ctx, grantOf(w, person), household.NewClaim{PersonID: person, HouseholdCode: h.Code, Relation: "child"})
	require.NoError(w.t, err)
	return l
}

// grantOf is the teacher of a pupil's class.
func grantOf(w *world, person models.ID) models.Actor {
	return grant(models.RoleTeacher, models.ScopeClass, w.inClass[person])
}

func (w *world) doubts(actor models.Actor, person models.ID) []household.Doubt {
	views, err := w.homes.Links(ctx, actor, []models.ID{person})
	require.NoError(w.t, err)
	all, err := w.homes.Doubts(ctx, actor, views)
	require.NoError(w.t, err)
	return all[person]
}

func kindsOf(list []household.Doubt) []string {
	kinds := []string{}
	for _, d := range list {
		kinds = append(kinds, d.Kind)
	}
	return kinds
}

func TestDoubtsSayWhy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		clear, shared := w.home(w.villages[0], "Hoàng Văn Riêng"), w.home(w.villages[0], "Trần Văn Chung")
		w.home(w.villages[0], "Lê Thị Trùng")
		twin := w.find("head_name = ?", "Lê Thị Trùng")
		w.importRows("Mã hộ,Mã thôn,Chủ hộ\nN1," + w.code(w.villages[0]) + ",lê thị  TRÙNG\nN2," + w.code(w.villages[1]) + ",Lê Thị Trùng\nN3," + w.code(w.villages[3]) + ",Lê Thị Trùng\n")
		alone := w.called(w.pupil(0), "Hoàng An")
		older, younger, guest := w.called(w.pupil(0), "Trần Văn Anh"), w.called(w.pupil(0), "Trần Thị Em"), w.called(w.pupil(1), "Phạm Khách")
		namesake := w.called(w.pupil(0), "Lê Con")
		w.claimed(alone, clear)
		w.claimed(older, shared)
		require.Empty(t, w.doubts(w.teacher(), alone))
		require.Empty(t, w.doubts(w.teacher(), older))
		w.claimed(younger, shared)
		siblings := w.doubts(w.teacher(), older)
		require.Equal(t, []string{household.DoubtSibling}, kindsOf(siblings))
		require.False(t, siblings[0].Warns())
		require.Equal(t, "Trần Thị Em", siblings[0].Person)

		w.claimed(guest, shared)
		list := w.doubts(w.teacher(), older)
		require.ElementsMatch(t, []string{household.DoubtSibling, household.DoubtOtherSurname}, kindsOf(list))
		for _, d := range list {
			if d.Kind == household.DoubtOtherSurname {
				assert.True(t, d.Warns())
				assert.Empty(t, d.Person, "a pupil of a class that is not the teacher's is not named")
			}
		}
		w.claimed(namesake, twin)
		list = w.doubts(w.teacher(), namesake)
		require.ElementsMatch(t, []string{household.DoubtNamesake, household.DoubtSameHead}, kindsOf(list), "none in another commune")
		for _, d := range list {
			assert.Equal(t, "L. T. T", d.Household.HeadName[:len("L. T. T")], "masked")
		}
		w.claimed(alone, shared) // replaces the claim that nobody decided
		require.Contains(t, kindsOf(w.doubts(w.teacher(), alone)), household.DoubtOtherClaim)
		_, err := w.homes.Doubts(ctx, w.student(alone), nil)
		require.Equal(t, "forbidden", models.CodeOf(err))
	})
}

func TestUndoRestoresWhatWas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, p := w.home(w.villages[0], "Nguyễn Văn Chủ"), w.pupil(0)
		w.certify(p)
		teacher := w.teacher()
		l := w.claimed(p, h)
		decide := func(confirm bool, reason string) {
			_, err := w.homes.Decide(ctx, teacher, l.ID, confirm, reason)
			require.NoError(t, err)
		}
		undo := func(a models.Actor) (string, string) {
			got, err := w.homes.Undo(ctx, a, l.ID)
			return got.State, models.CodeOf(err)
		}
		_, code := undo(teacher)
		require.Equal(t, "not_your_decision", code, "nothing was decided")
		decide(true, "")
		w.shows(w.villages[0], 1, 1, 1)
		_, code = undo(w.officer())
		require.Equal(t, "not_your_decision", code)
		_, code = undo(grant(models.RoleTeacher, models.ScopeClass, w.classes[1]))
		require.Equal(t, "not_found", code)
		state, code := undo(teacher)
		require.Equal(t, [2]string{household.Claimed, ""}, [2]string{state, code})
		w.shows(w.villages[0], 1, 0, 0)
		state, code = undo(teacher)
		require.Equal(t, [2]string{household.Claimed, ""}, [2]string{state, code}, "a repeat answers the same")

		decide(true, "")
		decide(false, "nhầm em khác")
		w.shows(w.villages[0], 1, 0, 0)
		state, _ = undo(teacher)
		require.Equal(t, household.Confirmed, state, "what was confirmed before is confirmed again")
		w.shows(w.villages[0], 1, 1, 1)
		state, _ = undo(teacher)
		require.Equal(t, household.Confirmed, state, "one undo, one decision")

		w.clock.Add(time.Minute)
		decide(false, "không cùng hộ")
		w.clock.Add(household.UndoWindow + time.Second)
		_, code = undo(teacher)
		require.Equal(t, "undo_over", code)
	})
}

func TestUndoOfARejectionYieldsToANewClaim(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b, p := w.home(w.villages[0], "Chủ Một"), w.home(w.villages[0], "Chủ Hai"), w.pupil(0)
		l := w.claimed(p, a)
		teacher := w.teacher()
		_, err := w.homes.Decide(ctx, teacher, l.ID, false, "")
		require.NoError(t, err)
		w.claimed(p, b)
		_, err = w.homes.Undo(ctx, teacher, l.ID)
		require.Equal(t, "link_exists", models.CodeOf(err))
		w.sound()
	})
}
