package outreach

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// late makes a campaign whose member was removed before a visit arrived.
func (l *land) late() (m models.Actor, id, home models.ID, v NewVisit) {
	l.t.Helper()
	m = l.walker()
	id, home = l.campaign(m), l.house(0, 0, 0)
	v = l.visit(home, VisitTaught)
	_, err := l.o.Remove(ctx, l.officer, id, m.Account)
	require.NoError(l.t, err)
	got, err := l.o.RecordVisits(ctx, m, id, []NewVisit{v})
	require.NoError(l.t, err)
	require.Equal(l.t, []string{RefusedRemoved}, refusals(got))
	return m, id, home, v
}

func TestARemovedMembersVisitIsAccepted(t *testing.T) {
	eachLand(t, func(l *land) {
		m, id, _, v := l.late()
		rounds, err := l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		require.Len(l.t, rounds[0].Kept, 1, "the member sees that it is kept")
		require.Empty(l.t, rounds[0].Kept[0].Decision)
		board := func() []int {
			b, err := l.o.CampaignBoard(ctx, l.officer, id)
			require.NoError(l.t, err)
			return []int{b.Visits, b.Met, b.Refused, b.Waiting}
		}
		require.Equal(l.t, []int{0, 0, 1, 1}, board())
		for range 2 {
			out, err := l.o.DecideVisit(ctx, l.officer, id, v.ID, VisitDecision{Accept: true})
			require.NoError(l.t, err)
			require.Equal(l.t, []any{"accepted", true, RefusedRemoved, l.officer.Name}, []any{out.Decision, out.Counts, out.Refusal, out.DecidedBy})
		}
		require.Equal(l.t, []int{1, 1, 0, 0}, board())
		_, err = l.o.DecideVisit(ctx, l.officer, id, v.ID, VisitDecision{Reason: "đã nghĩ lại"})
		require.Equal(l.t, "visit_decided", models.CodeOf(err))
		got, err := l.o.RecordVisits(ctx, m, id, []NewVisit{v})
		require.NoError(l.t, err)
		require.Equal(l.t, []string{RefusedRemoved}, refusals(got), "the receipt stays what it was: the fact never changes")
		rounds, err = l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		require.Equal(l.t, "accepted", rounds[0].Kept[0].Decision)
	})
}

func TestARemovedMembersVisitIsRefused(t *testing.T) {
	oneLand(t, func(l *land) {
		m, id, home, v := l.late()
		_, err := l.o.DecideVisit(ctx, l.officer, id, v.ID, VisitDecision{})
		require.Equal(l.t, models.KindInvalid, models.KindOf(err), "the member has to read why")
		_, err = l.o.DecideVisit(ctx, l.officer, id, v.ID, VisitDecision{Reason: "Hộ nói chưa ai đến"})
		require.NoError(l.t, err)
		rounds, err := l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		require.Equal(l.t, []string{"refused", "Hộ nói chưa ai đến"}, []string{rounds[0].Kept[0].Decision, rounds[0].Kept[0].Reason})
		b, err := l.o.CampaignBoard(ctx, l.officer, id)
		require.NoError(l.t, err)
		require.Equal(l.t, []int{0, 1, 0}, []int{b.Visits, b.Refused, b.Waiting})
		require.Equal(l.t, 1, l.count("SELECT COUNT(*) FROM visits WHERE household_id = ?", home), "nothing is lost")
	})
}

func TestDecideVisitRefuses(t *testing.T) {
	oneLand(t, func(l *land) {
		m := l.walker()
		id, home, far := l.campaign(m), l.house(0, 0, 0), l.house(2, 0, 0)
		counted, unknown, elsewhere := l.visit(home, VisitTaught), l.visit(newID(), VisitTaught), l.visit(far, VisitTaught)
		_, err := l.o.RecordVisits(ctx, m, id, []NewVisit{counted, unknown, elsewhere})
		require.NoError(l.t, err)
		yes := VisitDecision{Accept: true}
		for name, row := range map[string]struct {
			actor models.Actor
			visit models.ID
			code  string
		}{
			"one that counts":          {l.officer, counted.ID, "not_found"},
			"no such visit":            {l.officer, newID(), "not_found"},
			"of no household":          {l.officer, unknown.ID, "visit_no_household"},
			"of another commune's":     {l.officer, elsewhere.ID, "visit_no_household"},
			"another commune":          {l.stranger, unknown.ID, "not_found"},
			"the member":               {m, unknown.ID, "forbidden"},
			"a head of school":         {l.head, unknown.ID, "forbidden"},
			"nobody":                   {models.Actor{}, unknown.ID, "unauthenticated"},
			"the department, no house": {l.dept, unknown.ID, "visit_no_household"},
		} {
			_, err := l.o.DecideVisit(ctx, row.actor, id, row.visit, yes)
			require.Equal(l.t, row.code, models.CodeOf(err), name)
		}
		require.Zero(l.t, l.count("SELECT COUNT(*) FROM visit_decisions"))
	})
}

func TestHouseholdVisits(t *testing.T) {
	eachLand(t, func(l *land) {
		one, two := l.walker(), l.walker()
		id, home := l.campaign(one, two), l.house(0, 0, 0)
		for i, m := range []models.Actor{one, two} {
			_, err := l.o.RecordVisits(ctx, m, id, []NewVisit{l.visit(home, VisitOutcomes[i])})
			require.NoError(l.t, err)
		}
		other, err := l.o.StartCampaign(ctx, l.officer, NewCampaign{ID: newID(), AreaCode: communeCode[0], Name: "Đợt sau", StartsOn: "2026-11-20", EndsOn: "2026-11-30", Target: 5})
		require.NoError(l.t, err)
		_, err = l.o.Post(ctx, l.officer, other.ID, Posting{Account: one.Account, Team: "Tổ 9", Villages: []string{l.codes[0]}})
		require.NoError(l.t, err)
		for _, who := range []models.Actor{one, l.officer} {
			list, err := l.o.HouseholdVisits(ctx, who, home)
			require.NoError(l.t, err)
			require.Len(l.t, list, 2, "two members who wrote at once stand side by side")
			require.ElementsMatch(l.t, []string{"Tổ 1", "Tổ 2"}, []string{list[0].Team, list[1].Team})
		}
		gone, into := home, l.house(0, 0, 0)
		l.exec(`INSERT INTO household_merges (id, kept_id, gone_id, live, kept_village_id, kept_village_since, reason, merged_name, merged_at, undone_name)
			VALUES (?,?,?,1,?,'2026-01-01','','',?,'')`, newID(), into, gone, l.villages[0], l.clock.Now())
		merged, err := l.o.HouseholdVisits(ctx, one, into)
		require.NoError(l.t, err)
		require.Len(l.t, merged, 2, "the history goes along with a merge")
		rounds, err := l.o.Rounds(ctx, one)
		require.NoError(l.t, err)
		for _, r := range rounds {
			if r.ID == other.ID {
				require.Empty(l.t, r.Doors[0].Seen)
				require.Equal(l.t, "2026-11-23", r.Doors[0].Last.OnDay, "what an earlier campaign found is in the round")
			}
		}
		for _, row := range []struct {
			actor models.Actor
			kind  models.Kind
		}{
			{l.actor(models.RoleTeamMember, models.ScopeArea, l.communes[1]), models.KindNotFound},
			{l.stranger, models.KindNotFound},
			{l.dept, models.KindForbidden}, {l.head, models.KindForbidden}, {pupil(newID()), models.KindForbidden},
		} {
			_, err := l.o.HouseholdVisits(ctx, row.actor, home)
			require.Equal(l.t, row.kind, models.KindOf(err))
		}
	})
}

func TestWhyADoorIsOnTheList(t *testing.T) {
	oneLand(t, func(l *land) {
		m := l.walker()
		l.campaign(m)
		born := func(home models.ID, years ...any) {
			for i, y := range years {
				l.exec("INSERT INTO household_members (id, household_id, full_name, name_fold, relation, birth_year, created_at) VALUES (?,?,'','',?,?,?)",
					newID(), home, []string{"head", "spouse", "child"}[i], y, l.clock.Now())
			}
		}
		want := map[models.ID]bool{}
		add := func(noPupil bool, years ...any) models.ID {
			home := l.house(0, 0, 0)
			born(home, years...)
			want[home] = noPupil
			return home
		}
		add(true, 1960, 1962)
		add(true, 1990, 2020)       // too young for our schools
		add(true, 1970, 2007)       // grown
		add(false, 1980, 2008)      // eighteen this year
		add(false, 1980, 2015)      // eleven this year
		add(false, 1980, nil)       // a year is missing: we do not know
		add(false)                  // nobody is registered: we do not know
		claimed := add(false, 1960) // and yet a pupil says so
		l.member(0, claimed, "claimed")
		rounds, err := l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		got := map[models.ID]bool{}
		for _, d := range rounds[0].Doors {
			got[d.ID] = d.NoPupil
		}
		require.Equal(l.t, want, got)
	})
}

func TestAHeadWhoIsAPupilIsNamedByConsent(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		l.campaign(m)
		child := l.member(0, l.house(0, 1, 0), "confirmed")
		l.exec("UPDATE household_links SET relation = 'head' WHERE person_id = ?", child)
		head := func() string {
			rounds, err := l.o.Rounds(ctx, m)
			require.NoError(l.t, err)
			return rounds[0].Doors[0].Head
		}
		require.Empty(l.t, head())
		l.agree(child, 1, 1)
		require.NotEmpty(l.t, head())
		l.agree(child, 1, -1)
		require.Empty(l.t, head(), "from the next request on")
	})
}

// TestARoleThatWasTakenAway: who walks no more, or walks elsewhere now, still hands over what the phone holds.
func TestARoleThatWasTakenAway(t *testing.T) {
	oneLand(t, func(l *land) {
		m := l.walker()
		id, home := l.campaign(m), l.house(0, 0, 0)
		for name, grant := range map[string]models.Grant{
			"a teacher now":             {Role: models.RoleTeacher, Scope: models.ScopeClass, At: l.classes[0]},
			"a member of another place": {Role: models.RoleTeamMember, Scope: models.ScopeArea, At: l.communes[1]},
		} {
			m.Grants = []models.Grant{grant}
			v := l.visit(home, VisitTaught)
			got, err := l.o.RecordVisits(ctx, m, id, []NewVisit{v})
			require.NoError(l.t, err, name)
			require.Equal(l.t, []string{RefusedRemoved}, refusals(got), name)
			rounds, err := l.o.Rounds(ctx, m)
			require.NoError(l.t, err, name)
			require.Empty(l.t, rounds[0].Doors, name)
			require.NotEmpty(l.t, rounds[0].Kept, "%s: it is seen that they are kept", name)
			out, err := l.o.DecideVisit(ctx, l.officer, id, v.ID, VisitDecision{Accept: true})
			require.NoError(l.t, err, name)
			require.True(l.t, out.Counts, name)
		}
	})
}
