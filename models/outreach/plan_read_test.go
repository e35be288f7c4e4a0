package outreach

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
)

// planned fills the first commune: two households to win (one with siblings), one that waits for
// a decision alone, one claimed, one covered, two of which nobody knows; one more in the other commune.
func planned(l *land) (near models.ID) {
	siblings := l.house(0, 1, 0)
	l.member(0, siblings, "confirmed", "public_services")
	near = l.member(1, siblings, "confirmed", "public_services", "online_shopping")
	l.member(0, l.house(1, 1, 0), "confirmed")
	decided := l.house(0, 0, 0)
	l.certify(l.member(0, decided, "claimed", certificate.Skills...))
	l.member(0, l.house(0, 0, 0), "claimed")
	l.certify(l.member(1, l.house(0, 1, 1), "confirmed", certificate.Skills...))
	l.house(0, 0, 0)
	l.house(1, 0, 0)
	l.member(1, l.house(2, 1, 0), "confirmed")
	l.member(1, models.ID{}, "")
	return near
}

func TestPlanArea(t *testing.T) {
	eachLand(t, func(l *land) {
		planned(l)
		p, err := l.o.PlanArea(ctx, l.officer, communeCode[0], PlanWish{})
		require.NoError(l.t, err)
		require.Equal(l.t, []int{7, 1, 0}, []int{p.Registered, p.Covered, p.Needed})
		require.Equal(l.t, Gain{Pupils: 3, Households: 2, AfterLink: 1, Skills: 3 + 5 + 5}, p.Gain)
		require.Equal(l.t, []int{1, 4, 2}, []int{p.ConfirmOnly, p.Candidates, p.Reachable})
		require.Len(l.t, p.Schools, 1)
		require.Equal(l.t, p.Gain, p.Schools[0].Gain)
		require.Equal(l.t, "Trường Hà Tu", p.Schools[0].Name)

		village, err := l.o.PlanArea(ctx, l.officer, l.codes[1], PlanWish{})
		require.NoError(l.t, err)
		require.Equal(l.t, Gain{Pupils: 1, Households: 1, Skills: 5}, village.Gain)
		whole, err := l.o.PlanArea(ctx, l.dept, "22", PlanWish{})
		require.NoError(l.t, err)
		require.Equal(l.t, []int{8, 4, 3}, []int{whole.Registered, whole.Pupils, whole.Households})
		few, err := l.o.PlanArea(ctx, l.officer, communeCode[0], PlanWish{Pupils: 1})
		require.NoError(l.t, err)
		require.Equal(l.t, Gain{Pupils: 1, Households: 1, Skills: 3}, few.Gain)
	})
}

func TestPlanAreaTarget(t *testing.T) {
	eachLand(t, func(l *land) {
		planned(l)
		for _, row := range []struct{ target, needed, pupils int }{
			{10, 0, 0}, // one of seven is covered already
			{28, 1, 1}, // 1.96 is two households
			{29, 2, 2}, // 2.03 is three
			{95, 6, 3}, // more than there is: everything that helps
		} {
			p, err := l.o.PlanArea(ctx, l.officer, communeCode[0], PlanWish{Target: row.target})
			require.NoError(l.t, err)
			require.Equal(l.t, []int{row.needed, row.pupils}, []int{p.Needed, p.Pupils}, "target %d", row.target)
		}
		_, err := l.o.PlanArea(ctx, l.officer, communeCode[0], PlanWish{Target: 101})
		require.Equal(l.t, models.KindInvalid, models.KindOf(err))
	})
}

func TestPlanAreaReach(t *testing.T) {
	eachLand(t, func(l *land) {
		for name, row := range map[string]struct {
			actor models.Actor
			code  string
			kind  models.Kind
		}{
			"another commune":      {l.stranger, communeCode[0], models.KindNotFound},
			"its village":          {l.stranger, l.codes[0], models.KindNotFound},
			"a commune's province": {l.officer, "22", models.KindNotFound},
			"no such area":         {l.dept, "99999", models.KindNotFound},
			"a head of school":     {l.head, communeCode[0], models.KindForbidden},
		} {
			_, err := l.o.PlanArea(ctx, row.actor, row.code, PlanWish{})
			require.Equal(l.t, row.kind, models.KindOf(err), name)
		}
	})
}

func TestPlanSchool(t *testing.T) {
	eachLand(t, func(l *land) {
		near := planned(l)
		p, err := l.o.PlanSchool(ctx, l.head, l.school, 0)
		require.NoError(l.t, err)
		require.Equal(l.t, Gain{Pupils: 4, Households: 3, AfterLink: 1, Skills: 18}, p.Gain)
		require.Equal(l.t, near, p.Students[0].PersonID, "three skills are fewer than five")
		require.Equal(l.t, []string{"online_payment", "self_protection", "local_platforms"}, p.Students[0].Missing)
		require.Equal(l.t, "7A2", p.Students[0].ClassName)
		require.False(l.t, p.Students[3].Confirmed)
		require.Len(l.t, p.Classes, 2)
		require.Equal(l.t, p.Pupils, p.Classes[0].Pupils+p.Classes[1].Pupils)
		require.Equal(l.t, 6, p.Candidates, "a pupil without a household is a pupil of the alphabet too")

		class := l.actor(models.RoleTeacher, models.ScopeClass, l.classes[0])
		_, err = l.o.PlanSchool(ctx, class, l.school, 0)
		require.Equal(l.t, models.KindNotFound, models.KindOf(err), "a class is not its school")
		_, err = l.o.PlanSchool(ctx, l.officer, l.school, 0)
		require.Equal(l.t, models.KindForbidden, models.KindOf(err), "names stay in the school")
		_, err = l.o.PlanSchool(ctx, l.head, newID(), 0)
		require.Equal(l.t, models.KindNotFound, models.KindOf(err))
	})
}
