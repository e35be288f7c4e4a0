package outreach

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// as makes the change that leaves a campaign as it is.
func as(c Campaign) CampaignChange {
	return CampaignChange{Version: c.Version, Name: c.Name, Hotline: c.Hotline, StartsOn: c.StartsOn, EndsOn: c.EndsOn, Target: c.Target, Ended: c.EndedOn != ""}
}

func (l *land) read(id models.ID) Campaign {
	l.t.Helper()
	b, err := l.o.CampaignBoard(ctx, l.officer, id)
	require.NoError(l.t, err)
	return b.Campaign
}

func kinds(list []CampaignEvent) []string {
	out := []string{}
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, list[i].Kind)
	}
	return out
}

func TestChangeCampaign(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id := l.campaign(m)
		c := as(l.read(id))
		c.Name, c.Target, c.EndsOn = "Cao điểm cuối năm", 500, "2026-12-05"
		now, err := l.o.ChangeCampaign(ctx, l.officer, id, c)
		require.NoError(l.t, err)
		require.Equal(l.t, []any{"Cao điểm cuối năm", 500, "2026-12-05", 2}, []any{now.Name, now.Target, now.EndsOn, now.Version})
		again, err := l.o.ChangeCampaign(ctx, l.officer, id, c)
		require.NoError(l.t, err, "the same again, with the version from before")
		require.Equal(l.t, now, again)
		c.Target = 600
		_, err = l.o.ChangeCampaign(ctx, l.officer, id, c)
		require.Equal(l.t, "campaign_changed", models.CodeOf(err), "another change on an old reading")

		_, err = l.o.Remove(ctx, l.officer, id, m.Account)
		require.NoError(l.t, err)
		_, err = l.o.Remove(ctx, l.officer, id, m.Account)
		require.NoError(l.t, err)
		history, err := l.o.CampaignHistory(ctx, l.officer, id)
		require.NoError(l.t, err)
		require.ElementsMatch(l.t, []string{EventStarted, EventMember, EventName, EventEndsOn, EventTarget, EventRemoved}, kinds(history), "a repeat is no line")
		for _, e := range history {
			require.Equal(l.t, l.officer.Name, e.By)
			switch e.Kind {
			case EventTarget:
				require.Equal(l.t, []string{"400", "500"}, []string{e.Old, e.New})
			case EventRemoved:
				require.Equal(l.t, []string{m.Name, "Tổ 1: Thôn Thôn 0", ""}, []string{e.About, e.Old, e.New})
			}
		}
		start, err := l.o.StartCampaign(ctx, l.officer, NewCampaign{ID: id, AreaCode: communeCode[0], Name: "Mười ngày cao điểm", StartsOn: "2026-11-20", EndsOn: "2026-11-30", Target: 400})
		require.NoError(l.t, err, "the beginning sent once more answers what it has become")
		require.Equal(l.t, "Cao điểm cuối năm", start.Name)
	})
}

func TestChangeCampaignRefuses(t *testing.T) {
	oneLand(t, func(l *land) {
		m := l.walker()
		id := l.campaign(m)
		good := as(l.read(id))
		for name, row := range map[string]struct {
			actor  models.Actor
			change func(*CampaignChange)
			kind   models.Kind
		}{
			"short name":           {l.officer, func(c *CampaignChange) { c.Name = "a" }, models.KindInvalid},
			"ends before":          {l.officer, func(c *CampaignChange) { c.EndsOn = "2026-11-19" }, models.KindInvalid},
			"no target":            {l.officer, func(c *CampaignChange) { c.Target = 0 }, models.KindInvalid},
			"a member":             {m, func(c *CampaignChange) { c.Target = 9 }, models.KindForbidden},
			"another's officer":    {l.stranger, func(c *CampaignChange) { c.Target = 9 }, models.KindNotFound},
			"a version not there":  {l.officer, func(c *CampaignChange) { c.Target, c.Version = 9, 7 }, models.KindConflict},
			"a teacher, no action": {l.head, func(c *CampaignChange) { c.Ended = true }, models.KindForbidden},
		} {
			c := good
			row.change(&c)
			_, err := l.o.ChangeCampaign(ctx, row.actor, id, c)
			require.Equal(l.t, row.kind, models.KindOf(err), name)
		}
		_, err := l.o.CampaignHistory(ctx, l.stranger, id)
		require.Equal(l.t, models.KindNotFound, models.KindOf(err))
		require.Equal(l.t, 1, l.read(id).Version)
	})
}

// TestTwoOfficersChangeAtOnce: one wins, the other is told.
func TestTwoOfficersChangeAtOnce(t *testing.T) {
	eachLand(t, func(l *land) {
		id := l.campaign()
		c := as(l.read(id))
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				mine := c
				mine.Target = 500 + i
				_, errs[i] = l.o.ChangeCampaign(ctx, l.officer, id, mine)
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.Equal(l.t, "campaign_changed", models.CodeOf(err))
		}
		require.Equal(l.t, 1, won)
		require.Equal(l.t, 1, l.count("SELECT COUNT(*) FROM campaign_events WHERE kind = 'target'"))
	})
}

func TestEndAndReopenCampaign(t *testing.T) {
	eachLand(t, func(l *land) {
		m := l.walker()
		id, home := l.campaign(m), l.house(0, 0, 0)
		c := as(l.read(id))
		c.Ended = true
		over, err := l.o.ChangeCampaign(ctx, l.officer, id, c)
		require.NoError(l.t, err)
		require.Equal(l.t, "2026-11-23", over.EndedOn)
		today := l.visit(home, VisitNotHome)
		got, err := l.o.RecordVisits(ctx, m, id, []NewVisit{today})
		require.NoError(l.t, err)
		require.Equal(l.t, []string{""}, refusals(got), "its last day counts, whenever the phone gets a line")
		rounds, err := l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		require.True(l.t, rounds[0].Over)
		require.Empty(l.t, rounds[0].Doors)

		l.clock.Add(24 * 60 * 60 * 1e9)
		got, err = l.o.RecordVisits(ctx, m, id, []NewVisit{l.visit(home, VisitTaught)})
		require.NoError(l.t, err)
		require.Equal(l.t, []string{RefusedDates}, refusals(got))
		c = as(over)
		again, err := l.o.ChangeCampaign(ctx, l.officer, id, c)
		require.NoError(l.t, err)
		require.Equal(l.t, "2026-11-23", again.EndedOn, "ended once")
		c.Ended = false
		open, err := l.o.ChangeCampaign(ctx, l.officer, id, c)
		require.NoError(l.t, err)
		require.Empty(l.t, open.EndedOn)
		rounds, err = l.o.Rounds(ctx, m)
		require.NoError(l.t, err)
		require.Len(l.t, rounds[0].Doors, 1)
		require.Len(l.t, rounds[0].Kept, 1)
		history, err := l.o.CampaignHistory(ctx, l.officer, id)
		require.NoError(l.t, err)
		require.Equal(l.t, []string{EventReopened, EventEnded}, []string{history[0].Kind, history[1].Kind})
	})
}
