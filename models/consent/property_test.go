package consent_test

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/consent"
)

func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	_ = flag.Set("rapid.nofailfile", "true")
	if !set {
		_ = flag.Set("rapid.checks", "12") // each check is dozens of transactions on a real database
	}
	os.Exit(m.Run())
}

// TestShownIsTheFold grants and withdraws at random and compares who is shown
// with a reading of the log by a program of its own.
func TestShownIsTheFold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rapid.Check(t, func(r *rapid.T) {
			born := []string{"2013-05-01", "2010-01-01", "", "2020-05-01", "2010-11-23"}
			var pupils []models.ID
			for _, b := range born {
				pupils = append(pupils, w.pupil(b))
			}
			said := map[[3]string]string{}
			for range rapid.IntRange(1, 30).Draw(r, "events") {
				p := rapid.IntRange(0, len(pupils)-1).Draw(r, "pupil")
				kind := rapid.SampledFrom([]string{consent.AreaNames, consent.PublicPage, consent.HelpNeighbours}).Draw(r, "kind")
				party := rapid.SampledFrom([]string{consent.Child, consent.Guardian}).Draw(r, "party")
				act := rapid.SampledFrom([]string{consent.Granted, consent.Withdrawn}).Draw(r, "act")
				w.record(w.says(pupils[p], kind, party, act))
				said[[3]string{pupils[p].String(), kind, party}] = act
			}
			for _, kind := range []string{consent.AreaNames, consent.PublicPage, consent.HelpNeighbours} {
				shown, err := consent.Shown(w.db.Read(ctx), pupils, kind, models.Day(w.clock.Now()))
				require.NoError(r, err)
				for i, p := range pupils {
					child, guardian := said[[3]string{p.String(), kind, consent.Child}], said[[3]string{p.String(), kind, consent.Guardian}]
					want := child != consent.Withdrawn && guardian != consent.Withdrawn
					if kind != consent.PublicPage {
						childMust, guardianMust := i != 3, i == 0 || i == 2 || i == 3
						if kind == consent.HelpNeighbours {
							childMust, guardianMust = true, true
						}
						want = want && (child != "" || guardian != "") && (child == consent.Granted || !childMust) && (guardian == consent.Granted || !guardianMust)
					}
					require.Equal(r, want, shown[p], "%s of %q: child %q, guardian %q", kind, born[i], child, guardian)
				}
			}
		})
	})
}
