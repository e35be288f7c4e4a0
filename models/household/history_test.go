package household_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/household"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// bruteForce counts every area from the bare tables, by a program of its own:
// nothing of the rooms' code takes part.
func (w *world) bruteForce() map[models.ID]coverage.Figures {
	type pair struct{ A, B models.ID }
	read := func(sql string) []pair {
		var list []pair
		require.NoError(w.t, w.db.Read(ctx).Raw(sql).Scan(&list).Error)
		return list
	}
	certified := map[models.ID]bool{}
	for _, c := range read("SELECT person_id AS a, id AS b FROM certificates WHERE state = 'valid'") {
		certified[c.A] = true
	}
	passed := map[models.ID]map[string]bool{}
	for _, skill := range coverage.SkillNames {
		for _, p := range read("SELECT person_id AS a, id AS b FROM skill_passes WHERE skill = '" + skill + "'") {
			if passed[p.A] == nil {
				passed[p.A] = map[string]bool{}
			}
			passed[p.A][skill] = true
		}
	}
	known, covered, skilled := map[models.ID]bool{}, map[models.ID]bool{}, map[models.ID]map[string]bool{}
	for _, l := range read("SELECT household_id AS a, person_id AS b FROM household_links WHERE state = 'confirmed'") {
		known[l.A] = true
		covered[l.A] = covered[l.A] || certified[l.B]
		if skilled[l.A] == nil {
			skilled[l.A] = map[string]bool{}
		}
		maps.Copy(skilled[l.A], passed[l.B])
	}
	commune, province := map[models.ID]models.ID{}, map[models.ID]models.ID{}
	// Written in the order of time, so that the last membership stays.
	for _, m := range read("SELECT village_id AS a, commune_id AS b FROM village_communes ORDER BY valid_from") {
		commune[m.A] = m.B
	}
	for _, a := range read("SELECT id AS a, province_id AS b FROM areas") {
		province[a.A] = a.B
	}
	sums := map[models.ID]coverage.Figures{}
	for _, h := range read("SELECT id AS a, village_id AS b FROM households WHERE state = 'active'") {
		for _, area := range []models.ID{h.B, commune[h.B], province[commune[h.B]]} {
			f := sums[area]
			f.Households++
			if known[h.A] {
				f.Known++
			}
			if covered[h.A] {
				f.Covered++
			}
			f.Skills = addSkills(f.Skills, skilled[h.A])
			sums[area] = f
		}
	}
	return sums
}

// addSkills counts a household in every skill that it holds.
func addSkills(s coverage.Skills, held map[string]bool) coverage.Skills {
	for skill, count := range map[string]*int{"public_services": &s.PublicServices, "online_shopping": &s.OnlineShopping,
		"online_payment": &s.OnlinePayment, "self_protection": &s.SelfProtection, "local_platforms": &s.LocalPlatforms} {
		if held[skill] {
			*count++
		}
	}
	return s
}

// exact compares every figure that is shown with the brute force, and asks
// Verify for differences.
func (w *world) exact() {
	want := w.bruteForce()
	check := func(id models.ID, level string) {
		got, err := w.cov.Counts(ctx, models.System(), coverage.Area{ID: id, Level: level})
		require.NoError(w.t, err)
		require.Equal(w.t, want[id], got, level)
	}
	for _, p := range w.province {
		check(p, coverage.LevelProvince)
	}
	for _, c := range w.communes {
		check(c, coverage.LevelCommune)
	}
	for _, v := range w.villages {
		check(v, coverage.LevelVillage)
	}
	w.sound()
}

// deeds are what can happen; each picks its objects by pick(n) in [0, n) and
// ignores a refusal that the rules foresee.
type deeds struct {
	*world
	mu      sync.Mutex
	pupils  []models.ID
	homesOf []models.ID
	codes   map[models.ID]string // of certificates, by person
	serial  int
}

func newDeeds(w *world, pupils, homes int) *deeds {
	d := &deeds{world: w, codes: map[models.ID]string{}}
	for range pupils {
		d.pupils = append(d.pupils, w.pupil(0))
	}
	for i := range homes {
		d.homesOf = append(d.homesOf, w.home(w.villages[i%6], fmt.Sprintf("Chủ %d", i)).ID)
	}
	return d
}

// foreseen are the refusals that a random history may meet.
var foreseen = []string{"not_found", "link_confirmed", "link_ended", "link_rejected", "link_exists", "already_decided", "same_village",
	"village_closed", "same_commune", "merge_into_itself", "merge_target_closed", "already_revoked", "not_revoked", "invalid", "busy",
	"village_changed", "lease_lost", "already_merged", "merged_since"}

func (d *deeds) allow(err error) {
	if err != nil && !slices.Contains(foreseen, models.CodeOf(err)) {
		assert.NoError(d.t.(assert.TestingT), err)
	}
}

// someLink is any link of a pupil, zero when there is none.
func (d *deeds) someLink(pick func(int) int) models.ID {
	var links []struct{ ID models.ID }
	if err := d.db.Read(ctx).Raw("SELECT id FROM household_links WHERE person_id = ? ORDER BY id", d.pupils[pick(len(d.pupils))]).Scan(&links).Error; err != nil || len(links) == 0 {
		return models.ID{}
	}
	return links[pick(len(links))].ID
}

func (d *deeds) someVillage(pick func(int) int) models.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.villages[pick(len(d.villages))]
}

func (d *deeds) list() map[string]func(pick func(int) int) {
	list := d.ofPlaces()
	maps.Copy(list, d.ofPeople())
	maps.Copy(list, d.ofHomes())
	return list
}

func (d *deeds) ofPeople() map[string]func(pick func(int) int) {
	return map[string]func(pick func(int) int){
		"certify": func(pick func(int) int) {
			p := d.pupils[pick(len(d.pupils))]
			code := d.certify(p)
			d.mu.Lock()
			d.codes[p] = code
			d.mu.Unlock()
		},
		"pass a skill": func(pick func(int) int) {
			d.pass(d.pupils[pick(len(d.pupils))], coverage.SkillNames[pick(5)])
		},
		"claim": func(pick func(int) int) {
			h := d.find("id = ?", d.homesOf[pick(len(d.homesOf))])
			_, err := d.homes.Claim(ctx, d.student(d.pupils[pick(len(d.pupils))]), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
			d.allow(err)
		},
		"confirm": func(pick func(int) int) {
			_, err := d.homes.Decide(ctx, d.teacher(), d.someLink(pick), true, []string{"", "đã kiểm tra"}[pick(2)])
			d.allow(err)
		},
		"reject": func(pick func(int) int) {
			_, err := d.homes.Decide(ctx, d.teacher(), d.someLink(pick), false, []string{"", "sai hộ"}[pick(2)])
			d.allow(err)
		},
		"leave": func(pick func(int) int) {
			_, err := d.homes.End(ctx, d.teacher(), d.someLink(pick), d.today(), "")
			d.allow(err)
		},
		"revoke": func(pick func(int) int) {
			_, err := d.homes.Revoke(ctx, models.System(), d.certificate(pick), "proof_invalid")
			d.allow(err)
		},
		"reinstate": func(pick func(int) int) {
			_, err := d.homes.Reinstate(ctx, models.System(), d.certificate(pick), "proof checked")
			d.allow(err)
		},
	}
}

func (d *deeds) ofPlaces() map[string]func(pick func(int) int) {
	return map[string]func(pick func(int) int){
		"move household": func(pick func(int) int) {
			_, err := d.homes.Move(ctx, models.System(), d.homesOf[pick(len(d.homesOf))], d.code(d.someVillage(pick)), d.today(), "")
			d.allow(err)
		},
		"move village": func(pick func(int) int) {
			d.allow(d.cov.MoveVillage(ctx, models.System(), d.someVillage(pick), d.communes[pick(3)], d.today(), ""))
		},
		"merge villages": func(pick func(int) int) {
			_, err := d.homes.MergeVillage(ctx, models.System(), d.code(d.someVillage(pick)), d.code(d.someVillage(pick)), d.today(), "")
			d.allow(err)
		},
		"register": func(pick func(int) int) {
			d.mu.Lock()
			d.serial++
			n := d.serial
			d.mu.Unlock()
			csv := fmt.Sprintf("Mã hộ,Mã thôn,Chủ hộ\nR%d,%s,Chủ Mới %d\n", n, d.code(d.someVillage(pick)), n)
			_, err := d.take(household.RegisterFile{AsOf: d.today()}, models.System(), []byte(csv))
			d.allow(err)
		},
		"fold": func(func(int) int) {
			_, err := d.cov.Fold(ctx)
			d.allow(err)
		},
	}
}

func (d *deeds) certificate(pick func(int) int) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.world.certCode(d.codes[d.pupils[pick(len(d.pupils))]])
}

// certCode is a code as it is, or one that does not exist.
func (w *world) certCode(code string) string {
	if code == "" {
		return "222222222"
	}
	return code
}

// Any history, in any order, with folds in between: every figure at every level
// equals a recount, at every step.
func TestAnyHistoryEqualsARecount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		d := newDeeds(w, 4, 6)
		rapid.Check(t, func(rt *rapid.T) {
			w.t = rt
			pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }
			actions := map[string]func(*rapid.T){
				"":      func(*rapid.T) { w.exact() },
				"a day": func(*rapid.T) { clock.Add(days(1)) },
				"new village": func(*rapid.T) {
					w.tx(func(tx *gorm.DB) error { w.village(tx, w.communes[pick(3)], 0); return nil })
				},
				"rebuild": func(rt *rapid.T) {
					n, rebuilt, err := w.homes.Rebuild(ctx, models.System())
					require.NoError(rt, err)
					require.Zero(rt, n+rebuilt.Corrected, "there was nothing to repair")
				},
			}
			for name, deed := range d.list() {
				actions[name] = func(*rapid.T) { deed(pick) }
			}
			// The path to a covered household is long: give it more weight.
			for i := range 3 {
				for _, name := range []string{"certify", "claim", "confirm"} {
					actions[fmt.Sprint(name, i)] = actions[name]
				}
			}
			rt.Repeat(actions)
		})
	})
}

// The same deeds from many hands at once.
func TestConcurrentHistoryEqualsARecount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := newDeeds(w, 6, 8)
		names := []string{}
		for name := range d.list() {
			names = append(names, name)
		}
		slices.Sort(names)
		names = append(names, "certify", "claim", "confirm", "claim", "confirm", "revoke", "reinstate") // more of what covers
		for round := range 3 {
			var wg sync.WaitGroup
			for hand := range 6 {
				random := rand.New(rand.NewPCG(uint64(round), uint64(hand)))
				wg.Go(func() {
					list := d.list()
					for range 25 {
						list[names[random.IntN(len(names))]](random.IntN)
					}
				})
			}
			wg.Wait()
			w.exact()
			_, err := w.cov.Fold(ctx)
			require.NoError(t, err)
			w.exact()
			clockForward(w)
		}
		require.Positive(t, w.count("coverage_batches"))
	})
}

// clockForward lets a day pass and opens two villages in each commune, for
// those that were merged away.
func clockForward(w *world) {
	w.clock.Add(days(1))
	w.tx(func(tx *gorm.DB) error {
		for _, c := range w.communes {
			w.village(tx, c, 0)
			w.village(tx, c, 1)
		}
		return nil
	})
}

// The interleaving that snapshots would lose, step by step: a certificate is
// issued, and before its transaction looks for the person's link another one
// confirms that link. (SQLite has one writer, so it cannot happen there.)
func TestConfirmedWhileACertificateIsBeingIssued(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.MySQL(t, clock.Now), clock)
	h, p := w.home(w.villages[0], "Chủ Hộ"), w.pupil(0)
	l, err := w.homes.Claim(ctx, w.student(p), household.NewClaim{HouseholdCode: h.Code, Relation: "child"})
	require.NoError(t, err)
	tries := 0
	w.tx(func(tx *gorm.DB) error {
		tries++
		now := clock.Now()
		var n int // takes the snapshot
		require.NoError(t, tx.Raw("SELECT COUNT(*) FROM household_links").Scan(&n).Error)
		require.NoError(t, tx.Exec(`INSERT INTO certificates (id, code, person_id, holder_name, holder_fold, school_name, class_name, rule_version, issued_at, state, live, hash)
			VALUES (?,?,?,'A','a','S','C',1,?,'valid',1,'h')`, models.NewID(now), models.NewCode(9), p, now).Error)
		if tries == 1 {
			_, err := w.homes.Decide(ctx, w.teacher(), l.ID, true, "")
			require.NoError(t, err)
		}
		return household.RecountPerson(tx, p, "certificate", models.ID{}, now)
	})
	require.Equal(t, 2, tries, "the view was too old: the body runs again")
	w.shows(w.villages[0], 1, 1, 1)
}
