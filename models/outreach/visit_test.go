package outreach

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// campaign starts one in the first commune with one member in its first village.
func (l *land) campaign(members ...models.Actor) models.ID {
	l.t.Helper()
	id := newID()
	_, err := l.o.StartCampaign(ctx, l.officer, NewCampaign{ID: id, AreaCode: communeCode[0], Name: "Mười ngày cao điểm", StartsOn: "2026-11-20", EndsOn: "2026-11-30", Target: 400, Hotline: "0203 123 456"})
	require.NoError(l.t, err)
	for i, m := range members {
		_, err := l.o.Post(ctx, l.officer, id, Posting{Account: m.Account, Team: fmt.Sprint("Tổ ", i+1), Villages: []string{l.codes[0]}})
		require.NoError(l.t, err)
	}
	return id
}

func (l *land) walker() models.Actor {
	return l.actor(models.RoleTeamMember, models.ScopeArea, l.communes[0])
}

func (l *land) visit(household models.ID, outcome string) NewVisit {
	return NewVisit{ID: newID(), HouseholdID: household, Outcome: outcome, At: l.clock.Now()}
}

func TestCampaign(t *testing.T) {
	eachLand(t, func(l *land) {
		n := NewCampaign{ID: newID(), AreaCode: communeCode[0], Name: "Cao điểm", StartsOn: "2026-12-01", EndsOn: "2026-12-10", Target: 10}
		first, err := l.o.StartCampaign(ctx, l.officer, n)
		require.NoError(l.t, err)
		again, err := l.o.StartCampaign(ctx, l.officer, n)
		require.NoError(l.t, err)
		require.Equal(l.t, first, again, "a repeat answers as the first did")
		require.Equal(l.t, 1, l.count("SELECT COUNT(*) FROM campaigns"))
		for name, change := range map[string]func(*NewCampaign){
			"short name":     func(n *NewCampaign) { n.Name = "a" },
			"no target":      func(n *NewCampaign) { n.Target = 0 },
			"ends before":    func(n *NewCampaign) { n.EndsOn = "2026-11-30" },
			"a whole year":   func(n *NewCampaign) { n.EndsOn = "2027-11-30" },
			"no such day":    func(n *NewCampaign) { n.StartsOn = "2026-02-30" },
			"long hotline":   func(n *NewCampaign) { n.Hotline = "01234567890123456789012345678901234567890" },
			"no id":          func(n *NewCampaign) { n.ID = models.ID{} },
			"not its own":    func(n *NewCampaign) { n.AreaCode = communeCode[1] },
			"no such area":   func(n *NewCampaign) { n.AreaCode = "99999" },
			"another's name": func(n *NewCampaign) { n.Name = "Khác hẳn" },
		} {
			bad := n
			change(&bad)
			_, err := l.o.StartCampaign(ctx, l.officer, bad)
			require.NotEmpty(l.t, models.KindOf(err), name)
			require.NotEqual(l.t, models.KindInternal, models.KindOf(err), name)
		}
		for _, row := range []struct {
			actor models.Actor
			sees  int
		}{{l.officer, 1}, {l.dept, 1}, {l.stranger, 0}, {l.walker(), 1}} {
			list, err := l.o.Campaigns(ctx, row.actor)
			require.NoError(l.t, err)
			require.Len(l.t, list, row.sees)
		}
		_, err = l.o.StartCampaign(ctx, l.walker(), n)
		require.Equal(l.t, models.KindForbidden, models.KindOf(err))
		_, err = l.o.CampaignBoard(ctx, l.stranger, n.ID)
		require.Equal(l.t, models.KindNotFound, models.KindOf(err))
	})
}

func TestPosting(t *testing.T) {
	eachLand(t, func(l *land) {
		m, other := l.walker(), l.actor(models.RoleTeamMember, models.ScopeArea, l.communes[1])
		id := l.campaign()
		list, err := l.o.Walkers(ctx, l.officer, id)
		require.NoError(l.t, err)
		require.Len(l.t, list, 1, "of this commune only")
		require.Empty(l.t, list[0].Team)
		post := Posting{Account: m.Account, Team: "Tổ 1", Villages: []string{l.codes[0], l.codes[1], l.codes[0]}}
		for range 2 {
			list, err = l.o.Post(ctx, l.officer, id, post)
			require.NoError(l.t, err)
			require.ElementsMatch(l.t, []string{l.codes[0], l.codes[1]}, list[0].Villages)
		}
		for name, bad := range map[string]Posting{
			"another commune's member":  {Account: other.Account, Team: "Tổ", Villages: []string{l.codes[0]}},
			"another commune's village": {Account: m.Account, Team: "Tổ", Villages: []string{l.codes[2]}},
			"no village":                {Account: m.Account, Team: "Tổ"},
			"no team":                   {Account: m.Account, Villages: []string{l.codes[0]}},
			"nonsense":                  {Account: m.Account, Team: "Tổ", Villages: []string{"x"}},
		} {
			_, err := l.o.Post(ctx, l.officer, id, bad)
			require.Contains(l.t, []models.Kind{models.KindNotFound, models.KindInvalid}, models.KindOf(err), name)
		}
		_, err = l.o.Post(ctx, l.stranger, id, post)
		require.Equal(l.t, models.KindNotFound, models.KindOf(err))
		_, err = l.o.Remove(ctx, l.officer, id, other.Account)
		require.Equal(l.t, models.KindNotFound, models.KindOf(err))
		list, err = l.o.Remove(ctx, l.officer, id, m.Account)
		require.NoError(l.t, err)
		require.NotNil(l.t, list[0].RemovedAt)
		list, err = l.o.Post(ctx, l.officer, id, post)
		require.NoError(l.t, err)
		require.Nil(l.t, list[0].RemovedAt, "back in the team")
	})
}

func TestVisits(t *testing.T) {
	eachLand(t, func(l *land) {
		one, two := l.walker(), l.walker()
		id := l.campaign(one, two)
		home, far := l.house(0, 0, 0), l.house(1, 0, 0)
		l.house(0, 1, 1)
		v := l.visit(home, VisitNotHome)
		early := l.visit(home, VisitTaught)
		early.At = early.At.AddDate(0, 0, -10)
		ahead := l.visit(home, VisitRefused)
		ahead.At = ahead.At.AddDate(0, 0, 1)
		got, err := l.o.RecordVisits(ctx, one, id, []NewVisit{v, early, ahead, l.visit(far, VisitTaught), l.visit(newID(), VisitTaught)})
		require.NoError(l.t, err)
		require.Equal(l.t, []string{"", RefusedDates, "", RefusedList, RefusedList}, refusals(got))
		require.Equal(l.t, 5, l.count("SELECT COUNT(*) FROM visits"), "nothing is lost")
		require.Equal(l.t, 0, l.count("SELECT COUNT(*) FROM visits WHERE visited_at > ?", l.clock.Now()), "a clock ahead counts as now")

		_, err = l.o.RecordVisits(ctx, two, id, []NewVisit{v})
		require.Equal(l.t, "id_taken", models.CodeOf(err), "another's id")
		_, err = l.o.RecordVisits(ctx, two, id, []NewVisit{l.visit(home, VisitTaught)})
		require.NoError(l.t, err)
		rounds, err := l.o.Rounds(ctx, two)
		require.NoError(l.t, err)
		require.Len(l.t, rounds[0].Doors, 1, "covered households and other villages are nobody's errand")
		require.Len(l.t, rounds[0].Doors[0].Seen, 3, "two members at one door stand side by side")
		require.Equal(l.t, "0203 123 456", rounds[0].Hotline)
		require.Equal(l.t, 0, l.count("SELECT COUNT(*) FROM households WHERE covered = 1 AND id = ?", home), "a visit covers nothing")

		b, err := l.o.CampaignBoard(ctx, l.dept, id)
		require.NoError(l.t, err)
		require.Equal(l.t, []int{3, 1, 1, 3}, []int{b.Visits, b.Visited, b.Met, b.Refused})
		require.Equal(l.t, map[string]int{VisitNotHome: 1, VisitRefused: 1, VisitTaught: 1}, b.Outcomes)
		require.Equal(l.t, []TeamTally{{"Tổ 1", 2, 1}, {"Tổ 2", 1, 1}}, b.Teams)
		require.Equal(l.t, []DayTally{{"2026-11-23", 3}}, b.Days)
	})
}

func refusals(list []Receipt) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.Refusal)
	}
	return out
}

func TestRemovedMember(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id := l.campaign(m)
		home := l.house(0, 0, 0)
		before, late := l.visit(home, VisitNotHome), l.visit(home, VisitTaught)
		_, err := l.o.RecordVisits(ctx, m, id, []NewVisit{before})
		require.NoError(l.t, err)
		_, err = l.o.Remove(ctx, l.officer, id, m.Account)
		require.NoError(l.t, err)
		got, err := l.o.RecordVisits(ctx, m, id, []NewVisit{late, before})
		require.NoError(l.t, err)
		require.Equal(l.t, []string{RefusedRemoved, ""}, refusals(got), "what counted before still counts")
		kept, err := l.o.KeptVisits(ctx, l.officer, id)
		require.NoError(l.t, err)
		require.Len(l.t, kept, 1)
		require.Equal(l.t, []string{late.ID.String(), VisitTaught, RefusedRemoved, m.Name}, []string{kept[0].ID.String(), kept[0].Outcome, kept[0].Refusal, kept[0].Visitor})
		_, err = l.o.KeptVisits(ctx, l.stranger, id)
		require.Equal(l.t, models.KindNotFound, models.KindOf(err))
		rounds, err := l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		require.True(l.t, rounds[0].Removed)
		require.Empty(l.t, rounds[0].Doors)
	})
}

// TestVisitsInAnyOrder: however visits are cut into batches, mixed and repeated, the facts are the same.
func TestVisitsInAnyOrder(t *testing.T) {
	eachLand(t, func(l *land) {
		r := rand.New(rand.NewPCG(3, 9))
		for round := range 4 {
			m := l.walker()
			id := l.campaign(m)
			want := map[string]string{}
			var queue []NewVisit
			for range 12 {
				v := l.visit(l.house(r.IntN(2), 0, 0), VisitOutcomes[r.IntN(5)])
				v.At = v.At.Add(-time.Duration(r.IntN(72)) * time.Hour)
				want[v.ID.String()] = v.Outcome
				queue = append(queue, v, v)
			}
			r.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
			answered := map[models.ID]string{}
			for part := range slices.Chunk(queue, 1+r.IntN(7)) {
				got, err := l.o.RecordVisits(ctx, m, id, part)
				require.NoError(l.t, err)
				for i, receipt := range got {
					require.Equal(l.t, part[i].ID, receipt.ID)
					if first, ok := answered[receipt.ID]; ok {
						require.Equal(l.t, first, receipt.Refusal, "a repeat answers as the first did")
					}
					answered[receipt.ID] = receipt.Refusal
				}
			}
			kept, err := visitRows(l.db.Read(ctx).Raw(visitSelect+"WHERE v.campaign_id = ?", id))
			require.NoError(l.t, err)
			facts := map[string]string{}
			for _, v := range kept {
				facts[v.ID.String()] = v.Outcome
			}
			require.Equal(l.t, want, facts, "round %d", round)
		}
	})
}

func TestRecordVisitsRefuses(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id, home := l.campaign(m), l.house(0, 0, 0)
		for name, row := range map[string]struct {
			actor models.Actor
			list  []NewVisit
			kind  models.Kind
		}{
			"nothing":           {m, nil, models.KindInvalid},
			"too many":          {m, make([]NewVisit, maxVisits+1), models.KindInvalid},
			"no id":             {m, []NewVisit{{HouseholdID: home, Outcome: VisitTaught, At: l.clock.Now()}}, models.KindInvalid},
			"no such outcome":   {m, []NewVisit{l.visit(home, "sold_something")}, models.KindInvalid},
			"no time":           {m, []NewVisit{{ID: newID(), HouseholdID: home, Outcome: VisitTaught}}, models.KindInvalid},
			"never a member":    {l.walker(), []NewVisit{l.visit(home, VisitTaught)}, models.KindNotFound},
			"an officer":        {l.officer, []NewVisit{l.visit(home, VisitTaught)}, models.KindNotFound},
			"a pupil":           {pupil(newID()), []NewVisit{l.visit(home, VisitTaught)}, models.KindForbidden},
			"no such campaign?": {l.actor(models.RoleTeamMember, models.ScopeArea, l.province), []NewVisit{l.visit(home, VisitTaught)}, models.KindNotFound},
		} {
			_, err := l.o.RecordVisits(ctx, row.actor, id, row.list)
			require.Equal(l.t, row.kind, models.KindOf(err), name)
		}
		require.Zero(l.t, l.count("SELECT COUNT(*) FROM visits"))
	})
}

// TestRoundsAreSmall: 500 doors at most, those to be visited first, well below a megabyte.
func TestRoundsAreSmall(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id := l.campaign(m)
		var done []NewVisit
		for i := range 520 {
			h := l.house(0, i%2, 0)
			if i < 40 {
				done = append(done, l.visit(h, VisitTaught))
			}
		}
		_, err := l.o.RecordVisits(ctx, m, id, done)
		require.NoError(l.t, err)
		rounds, err := l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		r := rounds[0]
		require.Len(l.t, r.Doors, maxDoors)
		require.Equal(l.t, 20, r.More)
		for _, d := range r.Doors[:480] {
			require.Empty(l.t, d.Seen, "open doors come first")
		}
		text, err := json.Marshal(rounds)
		require.NoError(l.t, err)
		t.Logf("first sync: %d bytes", len(text))
		require.Less(l.t, len(text), 200_000, "at 50 kB/s that is 4 s, uncompressed")
	})
}

func TestBoardPassesA2GLine(t *testing.T) {
	eachLand(t, func(l *land) {
		var all []models.Actor
		for range 35 {
			all = append(all, l.walker())
		}
		id := l.campaign(all...)
		for i, m := range all {
			v := l.visit(l.house(0, 0, 0), VisitOutcomes[i%5])
			v.At = v.At.AddDate(0, 0, -i%4)
			_, err := l.o.RecordVisits(ctx, m, id, []NewVisit{v})
			require.NoError(l.t, err)
		}
		b, err := l.o.CampaignBoard(ctx, l.officer, id)
		require.NoError(l.t, err)
		require.Len(l.t, b.Teams, boardTeams)
		text, err := json.Marshal(b)
		require.NoError(l.t, err)
		require.Less(l.t, len(text), 5000, "one poll")
		require.Equal(l.t, []int{35, 35, 28}, []int{b.Visits, b.Visited, b.Met})
	})
}
