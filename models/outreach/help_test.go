package outreach

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/consent"
)

func (l *land) suggestions(m models.Actor, campaign, home models.ID) []models.ID {
	l.t.Helper()
	list, err := l.o.Helpers(ctx, m, campaign, home)
	require.NoError(l.t, err)
	ids := []models.ID{}
	for _, h := range list.Helpers {
		ids = append(ids, h.PersonID)
	}
	return ids
}

func yes(home, person models.ID) NewHelp {
	return NewHelp{ID: newID(), Household: home, Person: person, Accepted: true, Adult: "guardian"}
}

// TestWhoIsSuggested: of the same village, certified, and with both consents.
func TestWhoIsSuggested(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id, home := l.campaign(m), l.house(0, 0, 0)
		near := l.neighbour(0)
		l.neighbour(1) // another village
		uncertified := l.member(0, l.house(0, 1, 0), "confirmed")
		l.agree(uncertified, 1, 1)
		claimed := l.member(0, l.house(0, 0, 0), "claimed")
		l.certify(claimed)
		l.agree(claimed, 1, 1)
		require.Equal(l.t, []models.ID{near}, l.suggestions(m, id, home))
		require.Equal(l.t, 1, l.count("SELECT COUNT(*) FROM audit_entries WHERE act = 'names_read' AND school_id = ? AND account_id = ?", l.school, m.Account),
			"the pupil's school can see who read the name")
		for _, said := range [][2]int{{0, 0}, {1, 0}, {0, 1}, {1, -1}, {-1, 1}} {
			l.agree(near, said[0], said[1])
			require.Empty(l.t, l.suggestions(m, id, home), "child %d, guardian %d", said[0], said[1])
		}
		require.Equal(l.t, 1, l.count("SELECT COUNT(*) FROM audit_entries WHERE act = 'names_read'"), "nobody was named")
		l.exec("UPDATE persons SET birth_date = '2009-01-01' WHERE id = ?", near) // named by the own word alone, and still not asked
		for _, kind := range []string{consent.AreaNames, consent.HelpNeighbours} {
			for _, said := range [][2]int{{0, 0}, {1, -1}, {-1, 1}} {
				l.agree(near, 1, 1)
				l.said(near, kind, said[0], said[1])
				require.Empty(l.t, l.suggestions(m, id, home), "%s: child %d, guardian %d; each purpose has its own consent", kind, said[0], said[1])
			}
		}
		l.said(near, consent.HelpNeighbours, 1, 0)
		require.Empty(l.t, l.suggestions(m, id, home), "seventeen: the guardian is asked too")
		l.exec("UPDATE persons SET birth_date = '2008-11-23' WHERE id = ?", near)
		require.Equal(l.t, []models.ID{near}, l.suggestions(m, id, home), "eighteen today")
		l.agree(near, 1, 1)
		l.exec("UPDATE certificates SET state = 'revoked', live = NULL WHERE person_id = ?", near)
		require.Empty(l.t, l.suggestions(m, id, home))
	})
}

func TestSuggestionsAreTheTeamsAlone(t *testing.T) {
	oneLand(t, func(l *land) {
		m, other := l.walker(), l.walker()
		id, home, far := l.campaign(m), l.house(0, 0, 0), l.house(1, 0, 0)
		near := l.neighbour(0)
		for name, row := range map[string]struct {
			actor models.Actor
			home  models.ID
			kind  models.Kind
		}{
			"a village that is not the member's": {m, far, models.KindNotFound},
			"not in a team":                      {other, home, models.KindNotFound},
			"the officer":                        {l.officer, home, models.KindForbidden},
			"the head of school":                 {l.head, home, models.KindForbidden},
			"a pupil":                            {pupil(near), home, models.KindForbidden},
		} {
			_, err := l.o.Helpers(ctx, row.actor, id, row.home)
			require.Equal(l.t, row.kind, models.KindOf(err), name)
			_, err = l.o.RecordHelp(ctx, row.actor, id, yes(row.home, near))
			require.Equal(l.t, row.kind, models.KindOf(err), name)
		}
		_, err := l.o.Remove(ctx, l.officer, id, m.Account)
		require.NoError(l.t, err)
		_, err = l.o.Helpers(ctx, m, id, home)
		require.Equal(l.t, models.KindNotFound, models.KindOf(err), "removed")
		require.Zero(l.t, l.count("SELECT COUNT(*) FROM neighbour_helps"))
	})
}

func TestHelpIsAskedGivenAndTakenBack(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id, home, second := l.campaign(m), l.house(0, 0, 0), l.house(0, 0, 0)
		near, shy := l.neighbour(0), l.neighbour(0)
		bad := yes(home, near)
		bad.Adult = ""
		_, err := l.o.RecordHelp(ctx, m, id, bad)
		require.Equal(l.t, models.KindInvalid, models.KindOf(err), "nobody goes without an adult")
		n := yes(home, near)
		for range 2 {
			list, err := l.o.RecordHelp(ctx, m, id, n)
			require.NoError(l.t, err)
			require.Len(l.t, list.Helps, 1)
			require.Equal(l.t, []string{HelpAccepted, "guardian"}, []string{list.Helps[0].State, list.Helps[0].Adult})
		}
		_, err = l.o.RecordHelp(ctx, m, id, yes(home, near))
		require.Equal(l.t, "helper_asked", models.CodeOf(err))
		_, err = l.o.RecordHelp(ctx, m, id, NewHelp{ID: newID(), Household: home, Person: shy})
		require.NoError(l.t, err)
		require.Empty(l.t, l.suggestions(m, id, home), "who said no is not asked again")
		require.Equal(l.t, []models.ID{shy, near}, l.suggestions(m, id, second), "whoever is expected nowhere comes first")

		mine, err := l.o.MyHelps(ctx, pupil(near))
		require.NoError(l.t, err)
		require.Equal(l.t, []MyHelp{{n.ID, "Mười ngày cao điểm", "Tổ 1", "guardian", "0203 123 456", "2026-11-30"}}, mine)
		text, err := json.Marshal(mine)
		require.NoError(l.t, err)
		for _, secret := range []string{home.String(), l.codes[0], "Chủ hộ", "Thôn"} {
			require.NotContains(l.t, string(text), secret, "no address reaches the pupil")
		}
		none, err := l.o.MyHelps(ctx, pupil(shy))
		require.NoError(l.t, err)
		require.Empty(l.t, none, "nothing that was not accepted")

		list, err := l.o.FinishHelp(ctx, m, id, home, n.ID, true, "relative")
		require.NoError(l.t, err)
		require.Equal(l.t, []string{HelpTaught, "relative"}, []string{list.Helps[0].State, list.Helps[0].Adult})
		_, err = l.o.FinishHelp(ctx, m, id, home, n.ID, true, "relative")
		require.NoError(l.t, err)
		_, err = l.o.FinishHelp(ctx, m, id, home, n.ID, false, "")
		require.Equal(l.t, "help_over", models.CodeOf(err))
		require.Equal(l.t, "help_over", models.CodeOf(l.o.DeclineMyHelp(ctx, pupil(near), n.ID)))
	})
}

func TestAPupilAndTheHomeTakeBack(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id, home := l.campaign(m), l.house(0, 0, 0)
		near, other := l.neighbour(0), l.neighbour(0)
		n := yes(home, near)
		_, err := l.o.RecordHelp(ctx, m, id, n)
		require.NoError(l.t, err)
		l.agree(near, 1, -1)
		list, err := l.o.Helpers(ctx, m, id, home)
		require.NoError(l.t, err)
		require.Empty(l.t, list.Helps[0].Name, "the guardian took it back: no name from the next request on")
		mine, err := l.o.MyHelps(ctx, pupil(near))
		require.NoError(l.t, err)
		require.Empty(l.t, mine)
		l.agree(near, 1, 1)
		require.Equal(l.t, models.KindNotFound, models.KindOf(l.o.DeclineMyHelp(ctx, pupil(other), n.ID)), "another's")
		for range 2 {
			require.NoError(l.t, l.o.DeclineMyHelp(ctx, pupil(near), n.ID))
		}
		_, err = l.o.FinishHelp(ctx, m, id, home, n.ID, true, "guardian")
		require.Equal(l.t, "help_over", models.CodeOf(err))
		require.Equal(l.t, 1, l.count("SELECT COUNT(*) FROM neighbour_helps WHERE state = 'declined' AND declined_by = 'pupil' AND slot IS NULL"))
	})
}

// TestTwoHouseholdsAtMost: also when teams ask at once, and again once the campaign is over.
func TestTwoHouseholdsAtMost(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id, near := l.campaign(m), l.neighbour(0)
		homes := []models.ID{l.house(0, 0, 0), l.house(0, 0, 0), l.house(0, 0, 0), l.house(0, 0, 0)}
		var wg sync.WaitGroup
		errs := make([]error, len(homes))
		for i, home := range homes {
			wg.Go(func() { _, errs[i] = l.o.RecordHelp(ctx, m, id, yes(home, near)) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.Equal(l.t, "helper_busy", models.CodeOf(err))
		}
		require.Equal(l.t, 2, won)
		l.clock.Add(9 * 24 * time.Hour)
		next, err := l.o.StartCampaign(ctx, l.officer, NewCampaign{ID: newID(), AreaCode: communeCode[0], Name: "Đợt sau", StartsOn: "2026-12-01", EndsOn: "2026-12-10", Target: 5})
		require.NoError(l.t, err)
		_, err = l.o.Post(ctx, l.officer, next.ID, Posting{Account: m.Account, Team: "Tổ", Villages: []string{l.codes[0]}})
		require.NoError(l.t, err)
		_, err = l.o.RecordHelp(ctx, m, id, yes(homes[3], near))
		require.Equal(l.t, "campaign_over", models.CodeOf(err))
		_, err = l.o.RecordHelp(ctx, m, next.ID, yes(homes[0], near))
		require.NoError(l.t, err, "a campaign that is over holds nobody")
		require.Equal(l.t, 2, l.count("SELECT COUNT(*) FROM neighbour_helps WHERE state = ?", HelpLapsed))
	})
}
