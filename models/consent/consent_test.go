package consent_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/consent"
)

// The test clock stands at 2026-11-23.
func TestWhoMustAgreeByAge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		yes, no := consent.Granted, consent.Withdrawn
		for name, k := range map[string]struct {
			born            string
			child, guardian string
			shown           bool
		}{
			"nobody asked":                          {"2013-05-01", "", "", false},
			"child alone, of thirteen":              {"2013-05-01", yes, "", false},
			"guardian alone":                        {"2013-05-01", "", yes, false},
			"both":                                  {"2013-05-01", yes, yes, true},
			"child withdrew":                        {"2013-05-01", no, yes, false},
			"guardian withdrew":                     {"2013-05-01", yes, no, false},
			"a day before sixteen, child alone":     {"2010-11-24", yes, "", false},
			"sixteen today, child alone":            {"2010-11-23", yes, "", true},
			"sixteen, guardian withdrew":            {"2010-11-23", yes, no, false},
			"sixteen, nobody asked":                 {"2008-11-23", "", "", false},
			"seven today, guardian alone":           {"2019-11-23", "", yes, false},
			"a day before seven, guardian alone":    {"2019-11-24", "", yes, true},
			"no birth date, child alone":            {"", yes, "", false},
			"no birth date, both":                   {"", yes, yes, true},
			"no birth date, child alone, no mother": {"", yes, no, false},
		} {
			p := w.pupil(k.born)
			if k.child != "" {
				w.record(w.says(p, consent.AreaNames, consent.Child, k.child))
			}
			if k.guardian != "" {
				w.record(w.says(p, consent.AreaNames, consent.Guardian, k.guardian))
			}
			assert.Equal(t, k.shown, w.shown(p, consent.AreaNames), name)
			sheets, err := w.c.Sheets(ctx, w.teacher(0), []models.ID{p})
			require.NoError(t, err)
			assert.Equal(t, k.shown, sheets[0].Kinds[0].Shown, "%s: what the page says is what lists do", name)
		}
	})
}

func TestThePublicPageIsOpenToObjection(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("2013-05-01")
		require.True(t, w.shown(p, consent.PublicPage), "the holder hands the code out")
		w.record(w.says(p, consent.PublicPage, consent.Guardian, consent.Withdrawn))
		require.False(t, w.shown(p, consent.PublicPage))
		w.record(w.says(p, consent.PublicPage, consent.Child, consent.Granted))
		require.False(t, w.shown(p, consent.PublicPage), "the child does not speak for the guardian")
		w.record(w.says(p, consent.PublicPage, consent.Guardian, consent.Granted))
		require.True(t, w.shown(p, consent.PublicPage))
		require.False(t, w.shown(p, consent.AreaNames), "one kind says nothing of the other")
		require.True(t, w.shown(models.NewID(w.clock.Now()), consent.PublicPage))
	})
}

func TestABirthdayLiftsTheGuardian(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("2010-12-01")
		w.record(w.says(p, consent.AreaNames, consent.Child, consent.Granted))
		require.False(t, w.shown(p, consent.AreaNames))
		w.clock.Add(8 * 24 * time.Hour)
		require.True(t, w.shown(p, consent.AreaNames), "nothing was written in between")
	})
}

func TestRecordRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("2013-05-01")
		good := w.says(p, consent.AreaNames, consent.Guardian, consent.Granted)
		bad := func(change func(*consent.NewEvent)) consent.NewEvent {
			e := good
			e.ID = w.id()
			change(&e)
			return e
		}
		for name, k := range map[string]struct {
			e     consent.NewEvent
			place string
		}{
			"no id":              {bad(func(e *consent.NewEvent) { e.ID = models.ID{} }), "id"},
			"unknown kind":       {bad(func(e *consent.NewEvent) { e.Kind = "photos" }), "kind"},
			"unknown party":      {bad(func(e *consent.NewEvent) { e.Party = "aunt" }), "party"},
			"unknown act":        {bad(func(e *consent.NewEvent) { e.Act = "maybe" }), "act"},
			"guardian, no who":   {bad(func(e *consent.NewEvent) { e.Relation = "" }), "relation"},
			"child with a who":   {bad(func(e *consent.NewEvent) { e.Party = consent.Child }), "relation"},
			"tomorrow":           {bad(func(e *consent.NewEvent) { e.OnDate = "2026-11-24" }), "on_date"},
			"no day":             {bad(func(e *consent.NewEvent) { e.OnDate = "2026-13-01" }), "on_date"},
			"before the words":   {bad(func(e *consent.NewEvent) { e.OnDate = "2025-12-31" }), "text_version"},
			"unknown words":      {bad(func(e *consent.NewEvent) { e.TextVersion = 99 }), "text_version"},
			"no words":           {bad(func(e *consent.NewEvent) { e.TextVersion = 0 }), "text_version"},
			"a pupil's channel":  {bad(func(e *consent.NewEvent) { e.Channel = consent.ChannelAccount }), "channel"},
			"a code's channel":   {bad(func(e *consent.NewEvent) { e.Channel = consent.ChannelCode }), "channel"},
			"an unknown channel": {bad(func(e *consent.NewEvent) { e.Channel = "" }), "channel"},
		} {
			err := w.c.Record(ctx, w.teacher(0), []consent.NewEvent{good, k.e})
			var e *models.Error
			require.ErrorAs(t, err, &e, name)
			require.Len(t, e.Fields, 1, name)
			assert.Equal(t, "body.events[1]."+k.place, e.Fields[0].Location, name)
		}
		require.Equal(t, "not_found", models.CodeOf(w.c.Record(ctx, w.teacher(1), []consent.NewEvent{good})), "another class")
		require.Equal(t, "forbidden", models.CodeOf(w.c.Record(ctx, w.student(p), []consent.NewEvent{good})))
		require.Zero(t, w.events(), "all or none")
	})
}

func TestARepeatIsOneEvent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("2013-05-01")
		yes, no := w.says(p, consent.AreaNames, consent.Child, consent.Granted), w.says(p, consent.AreaNames, consent.Child, consent.Withdrawn)
		w.record(yes)
		w.record(no)
		w.record(yes) // sent again by a phone that heard no answer
		require.Equal(t, 2, w.events())
		sheets, err := w.c.Sheets(ctx, w.teacher(0), []models.ID{p})
		require.NoError(t, err)
		require.Equal(t, consent.SaidNo, sheets[0].Kinds[0].Child)
		other := w.says(w.pupil("2013-05-01"), consent.AreaNames, consent.Child, consent.Granted)
		other.ID = yes.ID
		require.Equal(t, "id_taken", models.CodeOf(w.c.Record(ctx, w.teacher(0), []consent.NewEvent{other})))
	})
}

func TestAnOldFormDoesNotUndoAWithdrawal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("2013-05-01")
		w.record(w.says(p, consent.AreaNames, consent.Guardian, consent.Withdrawn))
		late := w.says(p, consent.AreaNames, consent.Guardian, consent.Granted)
		late.OnDate = "2026-11-20"
		require.Equal(t, "withdrawn_since", models.CodeOf(w.c.Record(ctx, w.teacher(0), []consent.NewEvent{late})))
		late.OnDate = "2026-11-23"
		w.record(late)
		child := w.says(p, consent.AreaNames, consent.Child, consent.Granted)
		child.OnDate = "2026-11-20"
		w.record(child) // the other party's word is its own
		require.True(t, w.shown(p, consent.AreaNames))
	})
}

func TestAPupilSpeaksForThemselfOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, other := w.pupil("2013-05-01"), w.pupil("2013-05-01")
		w.record(w.says(p, consent.AreaNames, consent.Child, consent.Granted), w.says(p, consent.AreaNames, consent.Guardian, consent.Granted))
		e := w.says(other, consent.AreaNames, consent.Guardian, consent.Withdrawn)
		require.NoError(t, w.c.Decide(ctx, w.student(p), []consent.NewEvent{e}))
		mine, err := w.c.Mine(ctx, w.student(p))
		require.NoError(t, err)
		require.Equal(t, consent.SaidNo, mine.Kinds[0].Child, "whatever the body said")
		require.Equal(t, consent.SaidYes, mine.Kinds[0].Guardian)
		require.Equal(t, consent.ChannelAccount, mine.Kinds[0].LastChild.Channel)
		require.False(t, w.shown(p, consent.AreaNames))
		_, err = w.c.Mine(ctx, w.teacher(0))
		require.Equal(t, "forbidden", models.CodeOf(err))
		log, err := w.c.Log(ctx, w.teacher(0), p)
		require.NoError(t, err)
		require.Len(t, log, 3)
		require.NotEmpty(t, log[0].TextHash)
		require.Empty(t, log[2].TextHash)
		_, err = w.c.Log(ctx, w.teacher(1), p)
		require.Equal(t, "not_found", models.CodeOf(err))
	})
}

func TestTheCodeTakesBackAndNoMore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, q := w.pupil("2013-05-01"), w.pupil("2013-05-01")
		codes, err := w.c.Codes(ctx, w.teacher(0), []models.ID{p, q})
		require.NoError(t, err)
		again, err := w.c.Codes(ctx, w.teacher(0), []models.ID{q, p})
		require.NoError(t, err)
		require.Equal(t, codes, again, "printed twice, one code")
		require.NotEqual(t, codes[p], codes[q])
		_, err = w.c.Codes(ctx, w.teacher(1), []models.ID{p})
		require.Equal(t, "not_found", models.CodeOf(err))

		w.record(w.says(p, consent.AreaNames, consent.Child, consent.Granted), w.says(p, consent.AreaNames, consent.Guardian, consent.Granted))
		choices, err := w.c.ByCode(ctx, " "+models.GroupCode(codes[p]))
		require.NoError(t, err)
		require.True(t, choices[0].Granted)
		back := consent.NewEvent{ID: w.id(), PersonID: q, Kind: consent.AreaNames, Act: consent.Granted, Party: consent.Child}
		choices, err = w.c.WithdrawByCode(ctx, codes[p], []consent.NewEvent{back})
		require.NoError(t, err)
		require.True(t, choices[0].Withdrawn)
		require.False(t, w.shown(p, consent.AreaNames))
		_, err = w.c.WithdrawByCode(ctx, codes[p], []consent.NewEvent{back})
		require.NoError(t, err)
		require.Equal(t, 3, w.events())
		for _, wrong := range []string{"", "ABC", models.NewCode(9), codes[p][:9] + "?"} {
			_, err = w.c.ByCode(ctx, wrong)
			require.Equal(t, "not_found", models.CodeOf(err))
			_, err = w.c.WithdrawByCode(ctx, wrong, []consent.NewEvent{{ID: w.id(), Kind: consent.AreaNames}})
			require.Equal(t, "not_found", models.CodeOf(err))
		}
	})
}

func TestManyAtOnceLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("2013-05-01")
		var all sync.WaitGroup
		for i := range 8 {
			party, act := []string{consent.Child, consent.Guardian}[i%2], []string{consent.Granted, consent.Withdrawn}[i/4]
			e, actor := w.says(p, consent.AreaNames, party, act), w.teacher(0)
			all.Go(func() { assert.NoError(t, w.c.Record(ctx, actor, []consent.NewEvent{e})) })
		}
		all.Wait()
		require.Equal(t, 8, w.events())
		log, err := w.c.Log(ctx, w.teacher(0), p)
		require.NoError(t, err)
		last := map[string]string{}
		seqs := map[int]bool{}
		for _, e := range log {
			seqs[e.Seq] = true
		}
		require.Len(t, seqs, 8)
		for seq := 1; seq <= 8; seq++ {
			for _, e := range log {
				if e.Seq == seq {
					last[e.Party] = e.Act
				}
			}
		}
		require.Equal(t, last[consent.Child] == consent.Granted && last[consent.Guardian] == consent.Granted, w.shown(p, consent.AreaNames))
	})
}
