package outreach

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func (l *land) slips(id models.ID, renew bool, villages ...int) map[models.ID]Slip {
	l.t.Helper()
	w := SlipWish{Renew: renew}
	for _, v := range villages {
		w.Villages = append(w.Villages, l.codes[v])
	}
	_, list, err := l.o.Slips(ctx, l.officer, id, w)
	require.NoError(l.t, err)
	of := map[models.ID]Slip{}
	for _, s := range list {
		of[s.HouseholdID] = s
	}
	require.Len(l.t, of, len(list), "one a household")
	return of
}

func TestSlips(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id := l.campaign(m)
		home, second := l.house(0, 0, 0), l.house(0, 0, 0)
		l.house(0, 1, 1)
		l.house(1, 0, 0)
		first := l.slips(id, false, 0)
		require.Len(l.t, first, 2, "of this village, not covered")
		code := first[home].Code
		require.Len(l.t, code, slipCode+1)
		again := l.slips(id, false, 0, 1)
		require.Equal(l.t, code, again[home].Code, "printed again it is the same paper")
		require.Len(l.t, again, 3)

		rounds, err := l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		for _, d := range rounds[0].Doors {
			require.Equal(l.t, again[d.ID].Code, d.Slip, "the phone knows the codes of its list without a network")
		}
		typed := strings.ToLower(code[:3] + " " + code[3:])
		open, err := l.o.OpenSlip(ctx, m, typed)
		require.NoError(l.t, err)
		require.Equal(l.t, []models.ID{id, home}, []models.ID{open.CampaignID, open.Door.ID})

		require.NoError(l.t, l.o.RevokeSlip(ctx, l.officer, id, code))
		require.NoError(l.t, l.o.RevokeSlip(ctx, l.officer, id, code), "again it changes nothing")
		_, err = l.o.OpenSlip(ctx, m, code)
		require.Equal(l.t, "slip_revoked", models.CodeOf(err))
		next := l.slips(id, false, 0)
		require.NotEqual(l.t, code, next[home].Code)
		require.Equal(l.t, first[second].Code, next[second].Code, "only the one that was taken back is new")
		renewed := l.slips(id, true, 0)
		require.NotEqual(l.t, first[second].Code, renewed[second].Code)
		_, err = l.o.OpenSlip(ctx, m, first[second].Code)
		require.Equal(l.t, "slip_revoked", models.CodeOf(err))

		l.exec("UPDATE households SET covered = 1 WHERE id = ?", home)
		_, err = l.o.OpenSlip(ctx, m, renewed[home].Code)
		require.Equal(l.t, "slip_covered", models.CodeOf(err))
		l.clock.Add(9 * 24 * time.Hour)
		_, err = l.o.OpenSlip(ctx, m, renewed[second].Code)
		require.Equal(l.t, "campaign_over", models.CodeOf(err), "good in its campaign alone")
		_, _, err = l.o.Slips(ctx, l.officer, id, SlipWish{Villages: []string{l.codes[0]}})
		require.Equal(l.t, "campaign_over", models.CodeOf(err))
	})
}

// mistyped has one wrong character, which the check character always catches.
func mistyped(code string) string {
	if code[0] == '2' {
		return "3" + code[1:]
	}
	return "2" + code[1:]
}

func TestSlipsRefuse(t *testing.T) {
	oneLand(t, func(l *land) {
		m, elsewhere := l.walker(), l.walker()
		id := l.campaign(m)
		l.house(0, 0, 0)
		home := l.house(1, 0, 0)
		wish := SlipWish{Villages: []string{l.codes[0]}}
		for name, row := range map[string]struct {
			actor models.Actor
			wish  SlipWish
			kind  models.Kind
		}{
			"a member prints none":      {m, wish, models.KindForbidden},
			"another commune's officer": {l.stranger, wish, models.KindNotFound},
			"a village elsewhere":       {l.officer, SlipWish{Villages: []string{l.codes[2]}}, models.KindInvalid},
			"no village":                {l.officer, SlipWish{}, models.KindInvalid},
			"nonsense":                  {l.officer, SlipWish{Villages: []string{"V-1"}}, models.KindInvalid},
		} {
			_, _, err := l.o.Slips(ctx, row.actor, id, row.wish)
			require.Equal(l.t, row.kind, models.KindOf(err), name)
		}
		require.Zero(l.t, l.count("SELECT COUNT(*) FROM slips"))
		other := l.slips(id, false, 1)[home].Code
		for name, row := range map[string]struct {
			actor models.Actor
			code  string
			want  string
		}{
			"a village that is another's": {m, other, "not_found"},
			"not in a team":               {elsewhere, other, "not_found"},
			"an officer":                  {l.officer, other, "forbidden"},
			"unknown":                     {m, models.NewCode(slipCode), "not_found"},
			"mistyped":                    {m, mistyped(other), "invalid"},
			"nothing":                     {m, "", "invalid"},
		} {
			_, err := l.o.OpenSlip(ctx, row.actor, row.code)
			require.Equal(l.t, row.want, models.CodeOf(err), name)
		}
		require.Equal(l.t, models.KindNotFound, models.KindOf(l.o.RevokeSlip(ctx, l.officer, id, models.NewCode(slipCode))))
		require.Equal(l.t, models.KindNotFound, models.KindOf(l.o.RevokeSlip(ctx, l.stranger, id, other)))
		require.Equal(l.t, models.KindForbidden, models.KindOf(l.o.RevokeSlip(ctx, m, id, other)))
	})
}

// TestSlipsPrintedAtOnce: two who print one village at the same time hold the same codes.
func TestSlipsPrintedAtOnce(t *testing.T) {
	eachLand(t, func(l *land) {
		id := l.campaign()
		for range 5 {
			l.house(0, 0, 0)
		}
		var wg sync.WaitGroup
		papers := make([]string, 3)
		for i := range papers {
			wg.Go(func() {
				_, list, err := l.o.Slips(ctx, l.officer, id, SlipWish{Villages: []string{l.codes[0]}})
				if err == nil {
					text, _ := json.Marshal(list)
					papers[i] = string(text)
				}
			})
		}
		wg.Wait()
		require.NotEmpty(l.t, papers[0])
		require.Equal(l.t, papers[0], papers[1])
		require.Equal(l.t, papers[0], papers[2])
		require.Equal(l.t, 5, l.count("SELECT COUNT(*) FROM slips"))
	})
}
