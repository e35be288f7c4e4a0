package signoff

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/store/storetest"
)

// Whatever is recorded, moved or unlocked later: a locked month shows what it
// showed when it was locked, an open one everything that is known of its end,
// and what the next open month gained is exactly what is not in the frozen one.
func lockedMonthsNeverChange(t *testing.T, l *land) {
	cov := coverage.New(l.db, models.ID{})
	start := monthOf(models.Day(l.clock.Now())).add(-5)
	l.fact(0, start.first(), 5, 2, 1)
	p := history{land: l, cov: cov, frozen: map[Month]map[models.ID]Unit{}, first: start}
	rapid.Check(t, func(rt *rapid.T) {
		l.t = rt
		rt.Repeat(map[string]func(*rapid.T){
			"fact":   p.anyFact,
			"pupil":  p.anyPupil,
			"leaves": p.anyLeaving,
			"move":   p.anyMove,
			"lock":   p.anyLock,
			"unlock": p.anyUnlock,
			"fold":   func(*rapid.T) { _, err := cov.Fold(ctx); require.NoError(rt, err) },
			"days":   func(rt *rapid.T) { l.clock.Add(time.Duration(rapid.IntRange(1, 20).Draw(rt, "n")) * 24 * time.Hour) },
			"":       func(*rapid.T) { p.check() },
		})
	})
}

type history struct {
	*land
	cov    *coverage.Coverage
	frozen map[Month]map[models.ID]Unit
	first  Month
	pupils []models.ID
}

func (p *history) anyDay(rt *rapid.T) string {
	return models.Day(p.clock.Now().AddDate(0, 0, -rapid.IntRange(0, 100).Draw(rt, "days ago")))
}

func (p *history) anyFact(rt *rapid.T) {
	n := rapid.IntRange(-2, 3)
	p.fact(rapid.IntRange(0, 3).Draw(rt, "village"), p.anyDay(rt), n.Draw(rt, "h"), n.Draw(rt, "k"), n.Draw(rt, "c"))
	p.passes(rapid.IntRange(0, 3).Draw(rt, "village"), p.anyDay(rt), coverage.Skills{OnlinePayment: n.Draw(rt, "p"), LocalPlatforms: n.Draw(rt, "l")})
}

func (p *history) anyPupil(rt *rapid.T) {
	id := p.pupil(rapid.IntRange(0, 1).Draw(rt, "school"), p.anyDay(rt))
	p.pupils = append(p.pupils, id)
	p.certify(id, p.clock.Now())
}

func (p *history) anyLeaving(rt *rapid.T) {
	if len(p.pupils) > 0 {
		p.exec("UPDATE enrolments SET live = NULL, to_date = ? WHERE live = 1 AND person_id = ?", p.anyDay(rt), rapid.SampledFrom(p.pupils).Draw(rt, "pupil"))
	}
}

// anyMove puts a village into the other commune, from a day that may lie in a
// locked month.
func (p *history) anyMove(rt *rapid.T) {
	v, c := rapid.IntRange(0, 3).Draw(rt, "village"), rapid.IntRange(0, 1).Draw(rt, "to")
	err := p.cov.MoveVillage(ctx, models.System(), p.villages[v], p.communes[c], p.anyDay(rt), "thử")
	require.NotEqual(rt, models.KindInternal, models.KindOf(err), "%v", err)
}

func (p *history) anyLock(rt *rapid.T) {
	m := p.first
	for p.frozen[m] != nil {
		m = m.next()
	}
	if m.last() >= models.Day(p.clock.Now()) {
		return
	}
	p.approveAll(m)
	err := p.lock(m)
	if models.CodeOf(err) == "nothing_to_lock" {
		return
	}
	require.NoError(rt, err)
	p.frozen[m] = p.tree(m).byValue()
}

func (p *history) anyUnlock(rt *rapid.T) {
	last := Month("")
	for m := range p.frozen {
		last = max(last, m)
	}
	if last == "" || rapid.IntRange(0, 2).Draw(rt, "rarely") > 0 {
		return
	}
	require.NoError(rt, p.unlock(last))
	delete(p.frozen, last)
}

// tree reads the whole province's month as a page would.
func (p *history) tree(m Month) (t *tree) {
	require.NoError(p.t, p.db.Snapshot(ctx, func(tx *gorm.DB) error {
		spot, _, err := p.s.open(tx, models.System(), models.ActReadSignOff, area(p.provinceCode))
		if err != nil {
			return err
		}
		locks, err := locksOf(tx, spot.province.ID)
		if err != nil {
			return err
		}
		t, err = reading{SignOff: p.s, tx: tx, spot: spot, month: m, locks: locks}.at(m)
		return err
	}))
	return t
}

func (t *tree) byValue() map[models.ID]Unit {
	units := map[models.ID]Unit{}
	for id, u := range t.units {
		units[id] = *u
	}
	return units
}

func (p *history) check() {
	today := models.Day(p.clock.Now())
	for m := max(p.first, monthOf(today).add(-5)); m <= monthOf(today); m = m.next() {
		got := p.tree(m).byValue()
		if want := p.frozen[m]; want != nil {
			require.Equal(p.t, want, got, "locked %s", m)
			continue
		}
		known, err := p.cov.AsOf(ctx, models.System(), coverage.Area{ID: p.province, Level: KindProvince}, min(m.last(), today))
		require.NoError(p.t, err)
		u := got[p.province]
		require.Equal(p.t, coverage.Figures{Households: u.Households, Known: u.Known, Covered: u.Covered, Skills: coverage.Skills(*u.Skills)}, known, "open %s", m)
		if before := p.frozen[m.prev()]; before != nil {
			page := p.page(area(p.provinceCode), m)
			asOf, err := p.cov.AsOf(ctx, models.System(), coverage.Area{ID: p.province, Level: KindProvince}, m.prev().last())
			require.NoError(p.t, err)
			require.Equal(p.t, asOf.Covered-before[p.province].Covered, page.Late.Covered, "what rolled into %s", m)
			require.Equal(p.t, before[p.province].Figures, page.Before)
		}
	}
	v, err := p.s.Verify(ctx, models.System())
	require.NoError(p.t, err)
	require.Empty(p.t, v.Faults)
}

// Whatever is altered, added or removed in a signed month is found, and named
// where it can be.
func TestTamperingIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		what string
		unit string
	}{
		"a village's figure":    {"UPDATE signoff_figures SET covered = covered + 1 WHERE kind = 'village'", FaultFigures, "village Thôn Số 0"},
		"a commune's name":      {"UPDATE signoff_figures SET name = 'X' WHERE name = 'Xã Hà Tu'", FaultFigures, "commune X"},
		"a school taken out":    {"DELETE FROM signoff_figures WHERE kind = 'school'", FaultFigures, "commune Xã Hà Tu"},
		"a province's figure":   {"UPDATE signoff_figures SET pupils = 99 WHERE kind = 'province'", FaultFigures, "province Xã Quảng Ninh"},
		"everything taken out":  {"DELETE FROM signoff_figures", FaultFigures, "province Xã Quảng Ninh"},
		"the root":              {"UPDATE signoff_locks SET root = 'x' WHERE month = '2026-10'", FaultSignature, ""},
		"the day of the lock":   {"UPDATE signoff_locks SET locked_at = '2026-11-01 00:00:00' WHERE month = '2026-10'", FaultSignature, ""},
		"another key":           {"UPDATE signoff_locks SET public_key = 'x' WHERE month = '2026-10'", FaultSignature, ""},
		"a lock taken out":      {"DELETE FROM signoff_locks WHERE month = '2026-09'", FaultOrder, ""},
		"a reason of a step":    {"UPDATE signoff_steps SET reason = 'khác' WHERE kind = 'approved'", FaultStep, ""},
		"who approved":          {"UPDATE signoff_steps SET actor_name = 'khác'", FaultStep, ""},
		"approved figures":      {"UPDATE signoff_steps SET pupils = pupils + 1", FaultStep, ""},
		"a step moved to later": {"UPDATE signoff_steps SET seq = 2", FaultStep, ""},
	} {
		t.Run(name, func(t *testing.T) {
			clock := storetest.NewClock()
			l := newLand(t, storetest.SQLite(t, clock.Now), clock)
			l.fact(0, "2026-09-02", 10, 4, 1)
			l.pupil(0, "2026-09-01")
			for _, m := range []Month{"2026-09", "2026-10"} {
				l.approveAll(m)
				require.NoError(t, l.lock(m))
			}
			l.exec(c.sql)
			v, err := l.s.Verify(ctx, models.System())
			require.NoError(t, err)
			require.NotEmpty(t, v.Faults)
			found := false
			for _, f := range v.Faults {
				found = found || f.What == c.what && (c.unit == "" || withoutCode(f.Unit) == c.unit)
			}
			require.True(t, found, "%+v", v.Faults)
		})
	}
}

// withoutCode leaves kind and name of a unit's title: the codes differ by province.
func withoutCode(title string) string {
	kind, rest, _ := strings.Cut(title, " ")
	_, name, _ := strings.Cut(rest, " ")
	return kind + " " + name
}

// Another server's key is told apart from a false signature.
func TestAnotherKey(t *testing.T) {
	clock := storetest.NewClock()
	l := newLand(t, storetest.SQLite(t, clock.Now), clock)
	l.fact(0, "2026-10-02", 10, 4, 1)
	l.approveAll("2026-10")
	require.NoError(t, l.lock("2026-10"))
	l.s = New(l.db, []byte("another"))
	v, err := l.s.Verify(ctx, models.System())
	require.NoError(t, err)
	require.Equal(t, []Fault{{"2026-10", FaultKey, ""}}, v.Faults)
}
